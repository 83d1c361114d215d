"""Stored device records: the columns of one, and the queries over them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from batterypass import Record

from .times import rfc3339

TIME_UNSET = 0
"""Time quality of a device whose clock has not been set: its time counts from its last boot."""

FIELDS = (
    "device_time_s",
    "time_quality",
    "state_of_charge_permille",
    "state_of_certified_energy_permille",
    "remaining_capacity_mah",
    "remaining_energy_wh",
    "remaining_power_w",
    "round_trip_efficiency_permille",
    "self_discharge_ppm_per_month",
    "internal_resistance_uohm",
    "pack_voltage_mv",
    "cell_voltage_min_mv",
    "cell_voltage_max_mv",
    "current_ma",
    "temperatures_ddegc",
    "time_above_limit_min",
    "time_below_limit_min",
    "time_above_limit_charging_min",
    "time_below_limit_charging_min",
    "full_cycles",
    "energy_throughput_wh",
    "capacity_throughput_mah",
    "deep_discharge_events",
    "overcharge_events",
    "over_temperature_events",
    "over_current_events",
    "accident_events",
)
"""The decoded fields of a record besides its sequence number, as in the SDK and the table."""

_INSERT = (
    "INSERT INTO records "  # noqa: S608 (built from constants)
    "(passport_id, sequence, received_at, envelope, signed_record, device_key, "
    + ", ".join(FIELDS)
    + ") VALUES ("
    + ", ".join("?" * (6 + len(FIELDS)))
    + ")"
)


@dataclass(frozen=True)
class StoredRecord:
    """One accepted record."""

    sequence: int
    received_at: int
    envelope: bytes
    signed_record: bytes
    device_key: str
    fields: dict[str, Any]
    """The decoded fields by their names in `FIELDS`; temperatures as a list."""

    @property
    def measured_at(self) -> int:
        """When the values held: the device's time, or the receipt if its clock was not set."""
        if self.fields["time_quality"] == TIME_UNSET:
            return self.received_at
        return int(self.fields["device_time_s"])

    def record(self) -> Record:
        """Return the record as the device made it."""
        return Record(sequence=self.sequence, **self.fields)

    def document(self) -> dict[str, Any]:
        """Return the record as JSON members, field names with their units as in the SDK."""
        return {
            "sequence": self.sequence,
            "receivedAt": rfc3339(self.received_at),
            "measuredAt": rfc3339(self.measured_at),
            "record": {"sequence": self.sequence, **self.fields},
        }


def decoded_fields(record: Record) -> dict[str, Any]:
    """Return the fields of a record as the table keeps them."""
    values = {name: getattr(record, name) for name in FIELDS}
    values["time_quality"] = int(values["time_quality"])
    values["temperatures_ddegc"] = list(values["temperatures_ddegc"])
    return values


def insert(connection: sqlite3.Connection, passport_id: str, record: StoredRecord) -> None:
    """Add an accepted record."""
    values = dict(record.fields)
    values["temperatures_ddegc"] = json.dumps(values["temperatures_ddegc"])
    connection.execute(
        _INSERT,
        (
            passport_id,
            record.sequence,
            record.received_at,
            record.envelope,
            record.signed_record,
            record.device_key,
            *(values[name] for name in FIELDS),
        ),
    )


def newest(connection: sqlite3.Connection, passport_id: str) -> StoredRecord | None:
    """Return the accepted record with the highest sequence number."""
    row = connection.execute(
        "SELECT * FROM records WHERE passport_id = ? ORDER BY sequence DESC LIMIT 1",
        (passport_id,),
    ).fetchone()
    return None if row is None else _stored(row)


def newest_sequence(connection: sqlite3.Connection, passport_id: str) -> int | None:
    """Return the sequence number of the newest accepted record."""
    row = connection.execute(
        "SELECT max(sequence) FROM records WHERE passport_id = ?", (passport_id,)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def at_sequence(
    connection: sqlite3.Connection, passport_id: str, sequence: int
) -> StoredRecord | None:
    """Return the accepted record with this sequence number."""
    row = connection.execute(
        "SELECT * FROM records WHERE passport_id = ? AND sequence = ?", (passport_id, sequence)
    ).fetchone()
    return None if row is None else _stored(row)


def page(
    connection: sqlite3.Connection, passport_id: str, after: int, limit: int
) -> list[StoredRecord]:
    """Return accepted records with a higher sequence number than `after`, oldest first."""
    rows = connection.execute(
        "SELECT * FROM records WHERE passport_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
        (passport_id, after, limit),
    )
    return [_stored(row) for row in rows]


def latest(connection: sqlite3.Connection, passport_id: str, limit: int) -> list[StoredRecord]:
    """Return the newest accepted records, oldest first."""
    rows = connection.execute(
        "SELECT * FROM records WHERE passport_id = ? ORDER BY sequence DESC LIMIT ?",
        (passport_id, limit),
    ).fetchall()
    return [_stored(row) for row in reversed(rows)]


def count(connection: sqlite3.Connection, passport_id: str) -> int:
    """Return how many records of a passport have been accepted."""
    row = connection.execute(
        "SELECT count(*) FROM records WHERE passport_id = ?", (passport_id,)
    ).fetchone()
    return int(row[0])


def _stored(row: sqlite3.Row) -> StoredRecord:
    fields = {name: row[name] for name in FIELDS}
    fields["temperatures_ddegc"] = json.loads(fields["temperatures_ddegc"])
    return StoredRecord(
        sequence=row["sequence"],
        received_at=row["received_at"],
        envelope=row["envelope"],
        signed_record=row["signed_record"],
        device_key=row["device_key"],
        fields=fields,
    )
