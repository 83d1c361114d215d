"""Merging a device record into a passport: `performanceAndDurability.batteryCondition`.

Member names and units are those of the BatteryPass data model, PerformanceAndDurability 1.2.1.
"""

from __future__ import annotations

import copy
from typing import Any

from .records import StoredRecord
from .times import parse_rfc3339, rfc3339


def merge(document: dict[str, Any], record: StoredRecord | None) -> dict[str, Any]:
    """Return a passport document with the values of the newest record; the input stays as it is.

    Without a record, this is the document as the operator signed it. Members that a record says
    nothing about keep what the operator signed.
    """
    if record is None:
        return document
    merged = copy.deepcopy(document)
    performance = _object(merged, "performanceAndDurability")
    _object(performance, "batteryCondition").update(_condition(record))
    merged["lastUpdate"] = _later(merged.get("lastUpdate"), record.measured_at)
    return merged


def _condition(record: StoredRecord) -> dict[str, Any]:
    fields = record.fields
    when = rfc3339(record.measured_at)

    def value(name: str, amount: float) -> dict[str, Any]:
        return {f"{name}Value": amount, "lastUpdate": when}

    condition = {
        "stateOfCharge": value("stateOfCharge", fields["state_of_charge_permille"] / 10),
        "numberOfFullCycles": value("numberOfFullCycles", fields["full_cycles"]),
        "energyThroughput": value("energyThroughput", fields["energy_throughput_wh"] / 1000),
        "capacityThroughput": value("capacityThroughput", fields["capacity_throughput_mah"] / 1000),
        "temperatureInformation": {
            "timeExtremeHighTemp": fields["time_above_limit_min"],
            "timeExtremeLowTemp": fields["time_below_limit_min"],
            "timeExtremeHighTempCharging": fields["time_above_limit_charging_min"],
            "timeExtremeLowTempCharging": fields["time_below_limit_charging_min"],
            "lastUpdate": when,
        },
    }
    # Members of the SDK: the data model has none for the events of Annex VII Part B (4).
    for name, events in (
        ("numberOfDeepDischargeEvents", fields["deep_discharge_events"]),
        ("numberOfOverchargeEvents", fields["overcharge_events"]),
    ):
        condition[name] = value(name, events)
    certified = fields["state_of_certified_energy_permille"]
    if certified is not None:
        condition["stateOfCertifiedEnergy"] = value("stateOfCertifiedEnergy", certified / 10)
    remaining = fields["remaining_capacity_mah"]
    if remaining is not None:
        # Ampere hours: the law speaks of capacity; the model's unit kilowatt hour is an error.
        condition["remainingCapacity"] = value("remainingCapacity", remaining / 1000)
    return condition


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    member = parent.get(name)
    if not isinstance(member, dict):
        member = parent[name] = {}
    return member


def _later(signed: Any, measured_at: int) -> str:
    try:
        if isinstance(signed, str) and parse_rfc3339(signed) > measured_at:
            return signed
    except ValueError:
        pass
    return rfc3339(measured_at)
