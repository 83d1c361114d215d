"""Taking in sealed device records.

The caller of `POST /v1/records` is not authenticated; the record is. A record counts when the
battery's registered key signed it for this passport, when its sequence number is new, and when its
values are possible after the last ones. Only then is it stored, and only after that acknowledged.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from typing import Any

from batterypass import (
    BatteryPassError,
    Envelope,
    Record,
    SigningKey,
    decrypt,
    signed_record_kid,
    verify_record,
)

from . import passports, records
from .problems import RECORD_CHALLENGE, Problem, from_core
from .recipients import Recipients
from .records import StoredRecord
from .registry import KeyState, RegisteredKey, Registry, RegistryFactory, Role
from .storage import MAX_INTEGER, Database
from .times import Clock, rfc3339

log = logging.getLogger("batterypass.cloud")


@dataclass(frozen=True)
class Receipt:
    """What the sender learns: the sequence number, and whether the record was new."""

    sequence: int
    stored: bool


@dataclass(frozen=True)
class _Opened:
    passport_id: str
    device_key: str
    named: list[str]
    """The recipients that the envelope names."""
    envelope: bytes
    signed: bytes
    record: Record


class Ingest:
    """Opens, checks and stores device records."""

    def __init__(
        self,
        database: Database,
        registry: RegistryFactory,
        key: SigningKey,
        recipients: Recipients,
        clock: Clock,
    ) -> None:
        self._database = database
        self._registry = registry
        self._key = key
        self._recipients = recipients
        self._clock = clock

    async def submit(self, envelope: bytes) -> Receipt:
        """Take in one sealed record; it is on disk when this returns.

        Raises `Problem`: 400 and 401 with the SDK's codes, 400 `subject_missing`, 401
        `device_key_unknown`, `device_key_foreign` or `device_key_revoked`, 404 `passport_unknown`,
        409 `sequence_not_increasing`, 410 `passport_deleted`, 422 `record_implausible`,
        `recipient_mandatory`.
        """
        now = int(self._clock())
        opened = await self._database.read(lambda c: self._open(c, envelope, now))
        return await self._database.write(lambda c: self._store(c, opened, now))

    def _open(self, connection: sqlite3.Connection, envelope: bytes, now: int) -> _Opened:
        if envelope[:1].isascii() and envelope:
            # The SDK reads JWE as well, which is text; devices seal to COSE, which never is.
            raise Problem(400, "malformed_cbor", "a device record is sealed as COSE_Encrypt")
        try:
            outside = Envelope.parse(envelope)
        except BatteryPassError as error:
            raise from_core(error) from error
        passport_id = outside.subject
        if passport_id is None:
            raise Problem(
                400, "subject_missing", "the envelope does not say which passport it is for"
            )
        passports.find(connection, passport_id)
        try:
            signed = bytes(decrypt(envelope, self._key, aad=passport_id.encode()))
            kid = signed_record_kid(signed)
            device = _device_key(self._registry(connection), kid, passport_id, now)
            record = verify_record(signed, device.public_key(), passport_id=passport_id)
        except BatteryPassError as error:
            raise from_core(error) from error
        return _Opened(
            passport_id, device.thumbprint, outside.recipients, bytes(envelope), signed, record
        )

    def _store(self, connection: sqlite3.Connection, opened: _Opened, now: int) -> Receipt:
        # Asked again inside the transaction: the passport or the key may have gone in between.
        passport = passports.find(connection, opened.passport_id)
        registry = self._registry(connection)
        _device_key(registry, opened.device_key, opened.passport_id, now)
        sequence = opened.record.sequence
        fields = records.decoded_fields(opened.record)
        _check_storable(sequence, fields)
        same = records.at_sequence(connection, opened.passport_id, sequence)
        if same is not None and same.envelope == opened.envelope:
            return Receipt(sequence, stored=False)
        self._check_recipients(registry, passport, opened.named)
        previous = records.newest(connection, opened.passport_id)
        if previous is not None and sequence <= previous.sequence:
            raise Problem(
                409,
                "sequence_not_increasing",
                "a record with this or a higher sequence number has been stored",
                path="/sequence",
            )
        _check_plausible(opened.record, previous, now)
        records.insert(
            connection,
            opened.passport_id,
            StoredRecord(sequence, now, opened.envelope, opened.signed, opened.device_key, fields),
        )
        return Receipt(sequence, stored=True)

    def _check_recipients(
        self, registry: Registry, passport: passports.StoredPassport, named: list[str]
    ) -> None:
        try:
            self._recipients.check(registry, passport.id, named, passport.recipients_at)
        except Problem as problem:
            log.warning(
                "event=recipient_left_out passport=%s code=%s",
                passports.short_hash(passport.id),
                problem.code,
            )
            raise


def _device_key(registry: Registry, kid: str, passport_id: str, now: int) -> RegisteredKey:
    key = registry.key(kid)
    if key is None or key.role is not Role.BMS:
        raise _refused("device_key_unknown", "the record's key is not a registered battery key")
    if key.passport_id != passport_id:
        raise _refused("device_key_foreign", "the record's key belongs to another battery")
    if key.state(now) is not KeyState.ACTIVE:
        raise _refused("device_key_revoked", "the record's key is no longer valid")
    return key


def _refused(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": RECORD_CHALLENGE})


def _check_storable(sequence: int, fields: dict[str, Any]) -> None:
    for name, value in (("sequence", sequence), *fields.items()):
        if isinstance(value, int) and value > MAX_INTEGER:
            raise _implausible(name, "the value is larger than any battery reaches")


def _check_plausible(record: Record, previous: StoredRecord | None, now: int) -> None:
    before = None if previous is None else previous.record()
    for finding in record.check(before, received_at=rfc3339(now)).findings:
        if finding.severity == "error":
            raise _implausible(finding.path.lstrip("/"), finding.detail)


def _implausible(name: str, detail: str) -> Problem:
    return Problem(422, "record_implausible", detail, path=f"/{name}")
