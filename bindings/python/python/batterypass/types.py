"""Plain values that go in and come out: records, reports and messages of the device link."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from . import _batterypass

if TYPE_CHECKING:
    from datetime import datetime

    from ._batterypass import (
        PublicKey,
        _DataCategory,
        _RecipientRole,
        _Relationship,
        _Role,
    )

__all__ = [
    "Ack",
    "AckStatus",
    "Anchor",
    "Attribute",
    "Change",
    "DeviceState",
    "DidKey",
    "Finding",
    "Hello",
    "Link",
    "Message",
    "NotCarried",
    "PassportFacts",
    "PlannedEnvelope",
    "PresentationReport",
    "Provision",
    "Purpose",
    "RecipientGrant",
    "RecipientKey",
    "Record",
    "RecordMessage",
    "Reject",
    "RejectCode",
    "Report",
    "TimeQuality",
    "VerificationMethod",
    "VerifyReport",
]


_T = TypeVar("_T")


class Attribute(TypedDict):
    """One attribute of a battery passport."""

    number: int
    """Number in the BatteryPass longlist and in DIN DKE SPEC 99100, 1 to 93."""
    clause: str
    """Clause of DIN DKE SPEC 99100:2025-02."""
    name: str
    """Name."""
    paths: list[str]
    """Where the value is, from the top of a passport: in any of these."""
    leaves: list[str]
    """Every leaf that belongs to the attribute."""
    point: Literal[1, 2, 3, 4]
    """Point of Annex XIII: who may read it."""
    obligation: dict[
        Literal["ev", "lmt", "industrial", "stationary"],
        Literal["mandatory", "conditional", "voluntary", "not_applicable"],
    ]
    """Whether it must be given."""
    guidance: dict[
        Literal["ev", "lmt", "industrial", "stationary"],
        Literal["mandatory", "conditional", "not_to_be_filled"] | None,
    ]
    """Rule of the Commission's guidance of 28 July 2026."""
    applies_from: str | None
    """Day from which the law asks for it, where that is later than 18 February 2027."""
    dynamic: bool
    """Whether the value changes while the battery is in use."""
    update: Literal["none", "status_change", "continuous"]
    """When the value must be brought up to date."""
    granularity: Literal["model", "item"]
    """Whether the value is of the model or of one battery."""
    unit: str | None
    """Unit that the law or the DIN SPEC gives."""
    wire_unit: str | None
    """Unit of the number in the document."""
    reference: str
    """Articles and annexes of Regulation (EU) 2023/1542, or `none`."""
    note: str | None
    """What to know about it, corrections of the facts included."""


class Purpose(TypedDict):
    """A purpose of legitimate interest, Art. 77(2)."""

    name: str
    """Name, as `Passport.view` takes it."""
    about: str
    """Who has it and what for."""
    points: list[Literal[1, 2, 3, 4]]
    """Points of Annex XIII that serve it."""
    reference: str
    """Where the law names it."""


@dataclass(frozen=True, slots=True)
class NotCarried:
    """What an element of an EN 18223 document says and a passport has no place for."""

    path: str
    """JSON Pointer in the imported document."""
    value: Any
    """The value there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does not hold."""

    code: str
    """The rule's code."""
    severity: Literal["error", "warning", "info"]
    """Whether it decides the verdict."""
    path: str
    """JSON Pointer into the document, or into a token's header below `/protected`."""
    detail: str
    """What was expected."""
    reference: str
    """Standard and clause of the rule."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a validation found."""

    ok: bool
    """Whether the passport or the record is valid: no finding is an error."""
    findings: list[Finding]
    """Every finding, not only the first."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an upgrade did with one member."""

    path: str
    """JSON Pointer of the member before the change."""
    to: str | None
    """JSON Pointer of the member after the change; `None` for a removed one."""
    kind: Literal["moved", "reshaped", "kept", "removed"]
    """What was done; "kept" means as a member that the new version does not know."""
    detail: str
    """Why, or what to mend."""
    removed: Any
    """The value of a removed member."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Someone whom a verifier trusts without a credential."""

    did: str
    """The DID."""
    roles: tuple[_Role, ...] | None = None
    """What it may be or, with "authority" among them, accredit others for; `None`: everything."""
    operator_id: str | None = None
    """Its `economicOperatorId`, if it is an operator itself; `None`: any."""


@dataclass(frozen=True, slots=True)
class PassportFacts:
    """What decides about rights on a passport, where the passport itself is not at hand."""

    id: str
    """`digitalProductPassportId`."""
    operator_id: str
    """`economicOperatorId`: who is responsible for it."""
    model: str | None = None
    """The GTIN of 14 digits."""
    category: Literal["ev", "lmt", "industrial", "stationary"] | None = None
    """`batteryCategory`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A supporting credential in a chain of trust."""

    kind: str
    """The type of the credential; empty where it cannot be read."""
    issuer: str
    """Who says so; empty where it cannot be read."""
    subject: str
    """About whom; empty where it cannot be read."""
    ok: bool
    """Whether it holds at the point in time, and its issuer may say so."""
    findings: list[Finding]
    """What is wrong with it or worth knowing, with paths into it."""
    valid_from: str | None
    """From when on it is valid, where it says so."""
    valid_until: str | None
    """Until when it is valid, where it says so."""


def _claims_when_read(report: type[_T]) -> type[_T]:
    """Let a report hold its claims unconverted until somebody reads them."""
    slot = report.__dict__["claims"]

    def claims(self: _T) -> dict[str, Any]:
        value: dict[str, Any] | _batterypass.Claims = slot.__get__(self)
        if isinstance(value, _batterypass.Claims):
            value = value.to_dict()
            slot.__set__(self, value)
        return value

    type.__setattr__(report, "claims", property(claims, slot.__set__))
    return report


@_claims_when_read
@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Everything that a verification found."""

    ok: bool
    """Whether the credential is genuine and valid at the given time."""
    findings: list[Finding]
    """Every rule that does not hold, not only the first."""
    issuer: str | None
    """The issuer that the credential names. Only proven when `ok` is true."""
    securing: str
    """How the credential is secured."""
    claims: dict[str, Any]
    """The credential. Anyone can have written it unless `ok` is true."""
    chain: list[Link] = field(default_factory=list)
    """The chain from the issuer to an anchor, where `trust` was given, the anchor's link last.

    Where none holds, every credential that could have been part of one.
    """


@_claims_when_read
@dataclass(frozen=True, slots=True)
class PresentationReport:
    """Everything that the verification of a presentation found."""

    ok: bool
    """Whether the presentation and every credential in it are genuine and valid."""
    findings: list[Finding]
    """All findings; those of a credential below its path, `/verifiableCredential/0`."""
    holder: str | None
    """The holder that the presentation names. Only proven when `ok` is true."""
    securing: str
    """How the presentation is secured."""
    claims: dict[str, Any]
    """The presentation without its proof. Anyone can have written it unless `ok` is true."""
    credentials: list[VerifyReport]
    """What was found for each credential that could be read, in their order."""


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """A key of a DID document."""

    id: str
    """The DID URL."""
    controller: str
    """Who controls the key."""
    key: PublicKey | None
    """The key; `None` for one that is not on P-256."""
    expires: str | None
    """From when on nothing by this key is to be accepted, as planned."""
    revoked: str | None
    """From when on nothing by this key is to be accepted, as decided later."""


@dataclass(frozen=True, slots=True)
class DidKey:
    """A key that `did_web_document` writes. To rotate, add the new one and keep the old one."""

    fragment: str
    """The name within the document, without `#`. Never given to another key."""
    key: PublicKey
    """The key."""
    relationships: tuple[_Relationship, ...] = ("assertionMethod", "authentication")
    """What it is for."""
    expires: datetime | str | None = None
    """When it is planned to end."""
    revoked: datetime | str | None = None
    """When it was withdrawn. What it signed before stays verifiable."""


@dataclass(frozen=True, slots=True)
class RecipientKey:
    """A key that may receive device data: what it is registered as, and when."""

    key: PublicKey
    """The key."""
    role: _RecipientRole
    """What it is registered as."""
    valid_from: datetime | str
    """From when on, the instant itself included."""
    valid_until: datetime | str | None = None
    """Until when, the instant itself excluded: its expiry or revocation."""


@dataclass(frozen=True, slots=True)
class RecipientGrant:
    """The permission of an operator for one key to receive categories of data."""

    thumbprint: str
    """The key that receives."""
    categories: tuple[_DataCategory, ...]
    """Which data."""
    passport_id: str | None
    """Of which passport; `None` for all of the operator's."""
    valid_from: datetime | str
    """From when on, the instant itself included."""
    valid_until: datetime | str | None = None
    """Until when, the instant itself excluded: its expiry or revocation."""


@dataclass(frozen=True, slots=True)
class PlannedEnvelope:
    """An envelope to be made."""

    categories: list[_DataCategory]
    """What goes into it."""
    recipients: list[PublicKey]
    """Who gets it."""


class TimeQuality(IntEnum):
    """How far a record's time can be trusted."""

    UNSET = 0
    """Seconds since boot: the device has no time."""
    GATEWAY = 1
    """Unix time that a gateway gave and the device kept counting."""
    SYNCHRONISED = 2
    """Unix time from a synchronised clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The dynamic data of one battery at one moment. The unit is the end of each name.

    `None` means that the device does not know it, which is not zero.
    """

    sequence: int
    """Number of the record; grows with each record of a device key and is never used twice."""
    device_time_s: int
    """Time of measurement: Unix seconds, or seconds since boot where the quality says so."""
    time_quality: TimeQuality = TimeQuality.UNSET
    """Where the time comes from."""
    state_of_charge_permille: int = 0
    """State of charge in 0.1 %."""
    state_of_certified_energy_permille: int | None = None
    """State of certified energy in 0.1 % (electric vehicles)."""
    remaining_capacity_mah: int | None = None
    """Capacity of the full battery as it is now, in mAh (light means of transport, industrial)."""
    remaining_energy_wh: int | None = None
    """Usable energy of the full battery as it is now, in Wh (electric vehicles)."""
    remaining_power_w: int | None = None
    """Power that the battery can give at this record's state of charge, in W."""
    round_trip_efficiency_permille: int | None = None
    """Round-trip energy efficiency now, in 0.1 %."""
    self_discharge_ppm_per_month: int | None = None
    """Self-discharge now, in millionths of the capacity a month."""
    internal_resistance_uohm: int | None = None
    """Internal resistance of the pack in microohm."""
    pack_voltage_mv: int = 0
    """Voltage of the pack in mV."""
    cell_voltage_min_mv: int = 0
    """Lowest cell voltage in mV."""
    cell_voltage_max_mv: int = 0
    """Highest cell voltage in mV."""
    current_ma: int = 0
    """Pack current in mA; positive while charging."""
    temperatures_ddegc: tuple[int, ...] = ()
    """Up to eight temperatures in 0.1 degree Celsius."""
    time_above_limit_min: int | None = None
    """Minutes above the upper temperature limit."""
    time_below_limit_min: int | None = None
    """Minutes below the lower temperature limit."""
    time_above_limit_charging_min: int | None = None
    """Minutes of charging above the upper temperature limit."""
    time_below_limit_charging_min: int | None = None
    """Minutes of charging below the lower temperature limit."""
    full_cycles: int = 0
    """Full equivalent cycles."""
    energy_throughput_wh: int | None = None
    """Energy throughput, in and out, in Wh."""
    capacity_throughput_mah: int | None = None
    """Capacity throughput, in and out, in mAh."""
    deep_discharge_events: int | None = None
    """Number of deep discharge events."""
    overcharge_events: int | None = None
    """Number of overcharge events."""
    over_temperature_events: int | None = None
    """Number of over-temperature events."""
    over_current_events: int | None = None
    """Number of over-current events, short circuits among them."""
    accident_events: int | None = None
    """Number of accidents that the device was told of or saw."""

    def __post_init__(self) -> None:
        """Accept any sequence of temperatures and the plain number of a time quality."""
        object.__setattr__(self, "temperatures_ddegc", tuple(self.temperatures_ddegc))
        if self.time_quality in list(TimeQuality):
            object.__setattr__(self, "time_quality", TimeQuality(self.time_quality))

    @staticmethod
    def decode(data: bytes | bytearray | memoryview) -> Record:
        """Decode a record. Each record has exactly one encoding."""
        return _batterypass.decode_record(data)

    def encode(self) -> bytes:
        """Encode the record. Raises `ValidationError` for values out of range."""
        return _batterypass.encode_record(self)

    def check(
        self,
        previous: Record | None = None,
        *,
        received_at: datetime | str | None = None,
        max_current_ma: int | None = None,
        max_power_w: int | None = None,
    ) -> Report:
        """Tell whether the record is possible, by itself and after the device's `previous` one.

        The report is `ok` when no finding is an error; a value that looks as if it were in another
        unit is a warning. With `received_at`, a time in the future is found. With a largest current
        or power, counters that grew too fast for the time between the records are found too.
        """
        return _batterypass.check_record(
            self,
            previous,
            received_at=received_at,
            max_current_ma=max_current_ma,
            max_power_w=max_power_w,
        )

    def to_condition(
        self,
        *,
        received_at: datetime | str | None = None,
        ratings: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the record as `performanceAndDurability.batteryCondition` of a passport.

        Each `lastUpdate` is the time of measurement or, from a device without the time, the receipt
        (by default: now). The power and the evolution of the self-discharge need the `ratings`, the
        passport's `batteryTechicalProperties`.
        """
        return _batterypass.record_to_condition(self, received_at=received_at, ratings=ratings)

    @staticmethod
    def from_condition(
        condition: dict[str, Any], *, ratings: dict[str, Any] | None = None
    ) -> Record:
        """Return the record that a `batteryCondition` would come from, as far as it says."""
        return _batterypass.record_from_condition(condition, ratings=ratings)

    def apply(
        self, document: dict[str, Any], *, received_at: datetime | str | None = None
    ) -> dict[str, Any]:
        """Return a passport document with what the record reports; the input stays as it is.

        What the record says nothing about stays what the document says. `lastUpdate` moves forward
        to the time of the record, never back.
        """
        return _batterypass.apply_record(self, document, received_at=received_at)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields under their names, as JSON can hold them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["time_quality"] = int(self.time_quality)
        values["temperatures_ddegc"] = list(self.temperatures_ddegc)
        return values


class DeviceState(IntEnum):
    """Whether a device is provisioned."""

    UNPROVISIONED = 0
    """It waits for `Provision`."""
    RUNNING = 1
    """It sends records."""


class AckStatus(IntEnum):
    """What an acknowledgement says."""

    STORED = 0
    """The record was stored now."""
    SEEN_BEFORE = 1
    """The same record was stored before."""


class RejectCode(IntEnum):
    """What a device does with a record that was rejected."""

    NOT_ACCEPTED = 1
    """Drop it and go on: it will never be accepted."""
    TRY_LATER = 2
    """Keep it and send it again later."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Device to host: who I am, and what my next record will be numbered."""

    protocol: int
    """Version of the link; always 1."""
    state: int
    """A `DeviceState`."""
    public_key: bytes
    """The device key, 65 bytes of SEC 1. Not checked to lie on the curve."""
    next_sequence: int
    """Sequence number of the next record."""


@dataclass(frozen=True, slots=True)
class Provision:
    """Host to device: your passport, and who shall receive your records. Obeyed once."""

    time: int
    """Unix time in seconds."""
    period_ms: int
    """Time between two records in milliseconds."""
    passport_id: str
    """The passport's id."""
    recipients: list[bytes]
    """One to eight recipients' keys, each 65 bytes of SEC 1."""


@dataclass(frozen=True, slots=True)
class RecordMessage:
    """Device to host: a sealed record."""

    sequence: int
    """Sequence number of the record, the same as inside."""
    envelope: bytes
    """The envelope, COSE_Encrypt."""


@dataclass(frozen=True, slots=True)
class Ack:
    """Host to device: the record is on disk."""

    sequence: int
    """Sequence number of the record."""
    status: int
    """An `AckStatus`."""
    time: int
    """Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Host to device: the record is not stored."""

    sequence: int
    """Sequence number of the record."""
    code: int
    """A `RejectCode`."""


Message = Hello | Provision | RecordMessage | Ack | Reject
"""Any message of the device link."""
