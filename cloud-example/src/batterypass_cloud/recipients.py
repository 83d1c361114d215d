"""Whom a battery seals its records to: the server's policy, its keys and its grants.

The decision is the SDK's. A device record is data of the category `condition`. The cloud's own key
stands for the operator whose passports it stores.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Final

from batterypass import (
    BatteryPassError,
    PublicKey,
    RecipientGrant,
    RecipientKey,
    RecipientPolicy,
)

from .problems import Problem
from .registry import INDIVIDUAL_BATTERY, Grant, Registry, Role
from .settings import Settings, SettingsError
from .times import rfc3339

log = logging.getLogger("batterypass.cloud")

CATEGORY: Final = "condition"
GRANTED: Final = ("condition", "events")
"""What a grant about the individual battery lets a data broker receive."""
DELIVERIES = (None, "by_grant", "optional", "mandatory")
"""From the narrowest to the widest."""
_BEGINNING = rfc3339(0)


def policy_of(settings: Settings) -> RecipientPolicy:
    """Return the server's policy: that of a file, or the SDK's with the authority's switch.

    Every rule that is wider than the SDK's is logged. Raises `SettingsError` for a policy that
    cannot be read, and for one under which the cloud could not open what it stores.
    """
    default = RecipientPolicy()
    if settings.recipients_policy is None:
        rules = default.to_dict()["rules"]
        if settings.deliver_to_authority:
            rules.append({"role": "authority", "category": CATEGORY, "delivery": "optional"})
        policy = RecipientPolicy({"rules": rules})
    else:
        try:
            policy = RecipientPolicy.from_json(settings.recipients_policy.read_text("utf-8"))
        except (BatteryPassError, OSError, ValueError) as error:
            raise SettingsError(f"{settings.recipients_policy}: {error}") from error
    if policy.delivery("operator", CATEGORY) != "mandatory":
        raise SettingsError("the operator's cloud must be a mandatory recipient of the condition")
    for rule in policy.to_dict()["rules"]:
        usual = default.delivery(rule["role"], rule["category"])
        if DELIVERIES.index(rule["delivery"]) > DELIVERIES.index(usual):
            log.warning("event=recipients_widened %s", json.dumps(rule))
    return policy


class Recipients:
    """Answers who receives the records of a passport, and whether an envelope left somebody out."""

    def __init__(self, policy: RecipientPolicy, cloud: PublicKey) -> None:
        self.policy = policy
        self._cloud = RecipientKey(cloud, "operator", _BEGINNING)

    def of(self, registry: Registry, passport_id: str, at: int) -> list[PublicKey]:
        """Return the keys that a battery seals to, the cloud's first.

        Raises `Problem` 409 with the SDK's codes: `recipient_missing` where the policy makes a role
        mandatory that nobody holds, `too_many_recipients`.
        """
        try:
            return self.policy.recipients(
                CATEGORY,
                self._keys(registry),
                subject=passport_id,
                grants=[
                    _granted(grant)
                    for grant in registry.grants(passport_id)
                    if INDIVIDUAL_BATTERY in grant.points
                ],
                at=rfc3339(at),
            )
        except BatteryPassError as error:
            raise Problem(409, error.code, error.detail, path=error.path) from error

    def check(self, registry: Registry, passport_id: str, named: Sequence[str], at: int) -> None:
        """Check that an envelope names everybody who was mandatory at a time, by thumbprints.

        Raises `Problem` 422 `recipient_mandatory` or `recipient_missing`.
        """
        try:
            self.policy.check(
                CATEGORY, named, self._keys(registry), subject=passport_id, at=rfc3339(at)
            )
        except BatteryPassError as error:
            raise Problem(422, error.code, error.detail, path=error.path) from error

    def _keys(self, registry: Registry) -> list[RecipientKey]:
        known = [self._cloud]
        for role in (Role.AUTHORITY, Role.DATA_BROKER):
            for key in registry.keys(role):
                until = None if key.revoked_at is None else rfc3339(key.revoked_at)
                known.append(
                    RecipientKey(
                        key.public_key(),
                        "authority" if role is Role.AUTHORITY else "data_broker",
                        rfc3339(key.registered_at),
                        until,
                    )
                )
        return known


def _granted(grant: Grant) -> RecipientGrant:
    ends = [grant.expires_at] if grant.revoked_at is None else [grant.expires_at, grant.revoked_at]
    return RecipientGrant(
        grant.subject,
        GRANTED,
        grant.passport_id,
        rfc3339(grant.created_at),
        rfc3339(min(ends)),
    )
