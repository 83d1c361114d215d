"""The one decision about who may do what. Everything that is not allowed here is refused.

Art. 77(2) of Regulation (EU) 2023/1542 makes the rights to read a lattice: an authority and a
person with a legitimate interest each see parts that the other does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .problems import Problem
from .registry import INDIVIDUAL_BATTERY, Role, opened


class Action(StrEnum):
    """Everything that a caller can ask of the server."""

    PASSPORT_CREATE = "passport.create"
    PASSPORT_READ = "passport.read"
    PASSPORT_DELETE = "passport.delete"
    STATUS_READ = "status.read"
    RECORDS_READ = "records.read"
    RECIPIENTS_READ = "recipients.read"
    RECORD_SUBMIT = "record.submit"
    SESSION_CREATE = "session.create"
    SESSION_OPEN = "session.open"
    CREDENTIAL_ISSUE = "credential.issue"
    CREDENTIAL_STATUS = "credential.status"
    CREDENTIAL_CHECK = "credential.check"
    SERVICE_READ = "service.read"


class Audience(StrEnum):
    """Which part of a passport an answer may hold; the first three are the SDK's names."""

    PUBLIC = "public"
    AUTHORITY = "authority"
    LEGITIMATE_INTEREST = "legitimate_interest"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Reader:
    """Whose part of a passport: an audience, and with a legitimate interest what it is for."""

    audience: Audience
    purpose: str | None = None
    """A purpose of Art. 77(2) that narrows the part; None for all that the audience may read."""


INTEREST = frozenset({1, 2, 4})
"""The points of Annex XIII that some legitimate interest opens."""


class Relation(StrEnum):
    """How a caller stands to a passport."""

    ANYONE = "anyone"
    OPERATOR_OF_PASSPORT = "operator_of_passport"
    OTHER_OPERATOR = "other_operator"
    AUTHORITY = "authority"
    BROKER_FOR_BATTERY = "broker_for_battery"
    """A grant's purpose opens point 4 of Annex XIII: the individual battery and its records."""
    BROKER_FOR_MODEL = "broker_for_model"
    """The purposes of the grants open what is about the model, and no more."""
    BROKER_WITHOUT_GRANT = "broker_without_grant"
    BATTERY = "battery"


@dataclass(frozen=True)
class Actor:
    """Who is asking: a key that proved itself, or nobody in particular."""

    thumbprint: str | None = None
    role: Role | None = None

    @property
    def anonymous(self) -> bool:
        """Whether the caller has not shown a key."""
        return self.thumbprint is None


ANONYMOUS = Actor()


@dataclass(frozen=True)
class PassportFacts:
    """What a decision needs to know about a passport."""

    id: str
    operator: str
    grantees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The purposes of active grants, by the thumbprints of their holders."""


@dataclass(frozen=True)
class Decision:
    """The answer, with the part of the passport that the caller may see."""

    allowed: bool
    audience: Audience | None
    relation: Relation
    purpose: str | None = None
    """What the audience's part is narrowed to."""

    @property
    def reader(self) -> Reader:
        """Whose part of the passport an answer may hold: by default the public's."""
        return Reader(self.audience or Audience.PUBLIC, self.purpose)

    def require(self, actor: Actor) -> Decision:
        """Return the decision, or raise 401 for a stranger and 403 for a known caller."""
        if self.allowed:
            return self
        if actor.anonymous:
            raise Problem(401, "authentication_required", "this needs a proof of a registered key")
        raise Problem(403, "not_allowed", "the caller's role does not allow this")


_READERS: Mapping[Relation, Audience] = {
    Relation.ANYONE: Audience.PUBLIC,
    Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR,
    Relation.OTHER_OPERATOR: Audience.PUBLIC,
    Relation.AUTHORITY: Audience.AUTHORITY,
    Relation.BROKER_FOR_BATTERY: Audience.LEGITIMATE_INTEREST,
    Relation.BROKER_FOR_MODEL: Audience.LEGITIMATE_INTEREST,
    Relation.BROKER_WITHOUT_GRANT: Audience.PUBLIC,
    Relation.BATTERY: Audience.PUBLIC,
}

POLICY: Mapping[Action, Mapping[Relation, Audience]] = {
    Action.PASSPORT_READ: _READERS,
    # A passport that does not exist yet belongs to nobody: every operator may create one.
    Action.PASSPORT_CREATE: {Relation.OTHER_OPERATOR: Audience.OPERATOR},
    Action.PASSPORT_DELETE: {
        Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR,
        Relation.AUTHORITY: Audience.AUTHORITY,
    },
    # The newest record is Annex XIII point 4 data, which authorities do not read from the server.
    Action.STATUS_READ: {
        Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR,
        Relation.BROKER_FOR_BATTERY: Audience.LEGITIMATE_INTEREST,
    },
    # Sealed envelopes: each reader opens only what a battery sealed to it.
    Action.RECORDS_READ: {
        Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR,
        Relation.AUTHORITY: Audience.AUTHORITY,
        Relation.BROKER_FOR_BATTERY: Audience.LEGITIMATE_INTEREST,
    },
    Action.RECIPIENTS_READ: {Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR},
    Action.SESSION_CREATE: {
        Relation.OPERATOR_OF_PASSPORT: Audience.OPERATOR,
        Relation.AUTHORITY: Audience.AUTHORITY,
        Relation.BROKER_FOR_BATTERY: Audience.LEGITIMATE_INTEREST,
        Relation.BROKER_FOR_MODEL: Audience.LEGITIMATE_INTEREST,
    },
    # The signature inside the record and the random login token are the authentication here.
    Action.RECORD_SUBMIT: dict.fromkeys(Relation, Audience.PUBLIC),
    Action.SESSION_OPEN: dict.fromkeys(Relation, Audience.PUBLIC),
    # The server signs as itself, on behalf of operators that are registered with it.
    Action.CREDENTIAL_ISSUE: {Relation.OTHER_OPERATOR: Audience.OPERATOR},
    Action.CREDENTIAL_STATUS: {Relation.OTHER_OPERATOR: Audience.OPERATOR},
    # Verifying and deriving use what the caller brings, and no secret of the server.
    Action.CREDENTIAL_CHECK: dict.fromkeys(Relation, Audience.PUBLIC),
    Action.SERVICE_READ: dict.fromkeys(Relation, Audience.PUBLIC),
}

ROUTES: Mapping[tuple[str, str], Action] = {
    ("POST", "/v1/dpps"): Action.PASSPORT_CREATE,
    ("GET", "/v1/dpps/{passport_id}"): Action.PASSPORT_READ,
    ("DELETE", "/v1/dpps/{passport_id}"): Action.PASSPORT_DELETE,
    ("GET", "/v1/dpps/{passport_id}/status"): Action.STATUS_READ,
    ("GET", "/v1/dpps/{passport_id}/records"): Action.RECORDS_READ,
    ("GET", "/v1/dpps/{passport_id}/recipients"): Action.RECIPIENTS_READ,
    ("POST", "/v1/records"): Action.RECORD_SUBMIT,
    ("POST", "/v1/sessions"): Action.SESSION_CREATE,
    ("GET", "/login/{token}"): Action.SESSION_OPEN,
    ("GET", "/p/{passport_id}"): Action.PASSPORT_READ,
    ("GET", "/01/{gtin}/21/{serial}"): Action.PASSPORT_READ,
    ("POST", "/credentials/issue"): Action.CREDENTIAL_ISSUE,
    ("POST", "/credentials/status"): Action.CREDENTIAL_STATUS,
    ("POST", "/credentials/verify"): Action.CREDENTIAL_CHECK,
    ("POST", "/credentials/derive"): Action.CREDENTIAL_CHECK,
    ("POST", "/presentations/verify"): Action.CREDENTIAL_CHECK,
    ("GET", "/status/{number}"): Action.SERVICE_READ,
    ("GET", "/static/{name}"): Action.SERVICE_READ,
    ("GET", "/healthz"): Action.SERVICE_READ,
    ("GET", "/openapi.json"): Action.SERVICE_READ,
}
"""The action of every route. The server refuses to start when a route is missing here."""


def relate(actor: Actor, passport: PassportFacts | None) -> Relation:
    """Return how a caller stands to a passport."""
    match actor.role:
        case Role.OPERATOR:
            own = passport is not None and actor.thumbprint == passport.operator
            return Relation.OPERATOR_OF_PASSPORT if own else Relation.OTHER_OPERATOR
        case Role.AUTHORITY:
            return Relation.AUTHORITY
        case Role.DATA_BROKER:
            points = opened(_granted(actor, passport))
            if not points:
                return Relation.BROKER_WITHOUT_GRANT
            individual = INDIVIDUAL_BATTERY in points
            return Relation.BROKER_FOR_BATTERY if individual else Relation.BROKER_FOR_MODEL
        case Role.BMS:
            return Relation.BATTERY
        case None:
            return Relation.ANYONE


def authorize(actor: Actor, action: Action, passport: PassportFacts | None) -> Decision:
    """Decide whether an actor may do an action. Denies what the policy does not name."""
    relation = relate(actor, passport)
    audience = POLICY.get(action, {}).get(relation)
    if audience is not Audience.LEGITIMATE_INTEREST:
        return Decision(audience is not None, audience, relation)
    granted = _granted(actor, passport)
    if opened(granted) == INTEREST:
        return Decision(True, audience, relation)
    # Where several purposes do not open all of it together, the part is that of one of them.
    purpose = max(sorted(granted), key=lambda name: len(opened([name])))
    return Decision(True, audience, relation, purpose)


def _granted(actor: Actor, passport: PassportFacts | None) -> frozenset[str]:
    """Return the purposes of an actor's grants for a passport."""
    if passport is None or actor.thumbprint is None:
        return frozenset()
    return passport.grantees.get(actor.thumbprint, frozenset())
