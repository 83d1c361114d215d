"""The recipients policy: who must, may and must not get which data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from batterypass import (
    BatteryPassError,
    Envelope,
    PlannedEnvelope,
    PublicKey,
    RecipientGrant,
    RecipientKey,
    RecipientPolicy,
    SigningKey,
    encrypt,
)

FROM, AT, UNTIL = "2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z", "2027-06-01T00:00:00Z"
PASSPORT = "urn:example:1"
OPERATOR, AUTHORITY, BROKER, OTHER = (SigningKey.generate().public_key for _ in range(4))
KEYS = [
    RecipientKey(BROKER, "data_broker", FROM),
    RecipientKey(OPERATOR, "operator", FROM),
    RecipientKey(AUTHORITY, "authority", FROM, UNTIL),
    RecipientKey(OTHER, "data_broker", FROM),
]
GRANTS = [RecipientGrant(BROKER.thumbprint, ("condition",), PASSPORT, FROM, UNTIL)]


def asked(policy: RecipientPolicy, category: Any, **changes: Any) -> list[PublicKey]:
    options = {"subject": PASSPORT, "grants": GRANTS, "at": AT, **changes}
    return policy.recipients(category, options.pop("keys", KEYS), **options)


def test_the_default_policy() -> None:
    policy = RecipientPolicy()
    assert asked(policy, "condition") == [OPERATOR, BROKER]
    assert asked(policy, "events") == [OPERATOR, AUTHORITY]
    assert asked(policy, "condition", subject="urn:example:2") == [OPERATOR]
    assert asked(policy, "condition", at=UNTIL) == [OPERATOR]
    assert policy.delivery("authority", "events") == "mandatory"
    assert policy.delivery("authority", "condition") is None
    assert policy.delivery("data_broker", "condition") == "by_grant"
    assert repr(policy) == "<RecipientPolicy of 7 rules>"


def test_policies_are_data() -> None:
    policy = RecipientPolicy()
    assert RecipientPolicy(policy.to_dict()) == policy
    assert RecipientPolicy.from_json(json.dumps(policy.to_dict())) == policy
    rules = policy.to_dict()["rules"]
    assert len(rules) == 7
    assert rules[0] == {"role": "operator", "category": "condition", "delivery": "mandatory"}
    rules.append({"role": "authority", "category": "condition", "delivery": "optional"})
    wider = RecipientPolicy({"rules": rules})
    assert wider != policy
    assert asked(wider, "condition") == [OPERATOR, BROKER, AUTHORITY]
    assert asked(wider, "condition", leave_out=[AUTHORITY.thumbprint]) == [OPERATOR, BROKER]


def test_as_few_envelopes_as_there_are_sets_of_recipients() -> None:
    planned = RecipientPolicy().plan(
        ["condition", "events", "test_reports"], KEYS, subject=PASSPORT, grants=GRANTS, at=AT
    )
    assert planned == [
        PlannedEnvelope(["condition"], [OPERATOR, BROKER]),
        PlannedEnvelope(["events", "test_reports"], [OPERATOR, AUTHORITY]),
    ]


def test_who_was_left_out_of_an_envelope() -> None:
    policy = RecipientPolicy()
    both = Envelope.parse(encrypt(b"x", [OPERATOR, AUTHORITY], subject=PASSPORT))
    policy.check("events", both.recipients, KEYS, subject=PASSPORT, at=AT)
    one = Envelope.parse(encrypt(b"x", [OPERATOR], subject=PASSPORT))
    policy.check("condition", one.recipients, KEYS, subject=PASSPORT, at=AT)
    with pytest.raises(BatteryPassError) as caught:
        policy.check("events", one.recipients, KEYS, subject=PASSPORT, at=AT)
    assert (caught.value.code, caught.value.path) == ("recipient_mandatory", "/rules/3")
    assert AUTHORITY.thumbprint in caught.value.detail
    # Its key ended, and nobody else holds the role.
    with pytest.raises(BatteryPassError) as caught:
        policy.check("events", both.recipients, KEYS, subject=PASSPORT, at=UNTIL)
    assert (caught.value.code, caught.value.path) == ("recipient_missing", "/rules/3")


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"leave_out": [OPERATOR.thumbprint]}, "recipient_mandatory", "/rules/0"),
        ({"keys": KEYS[2:]}, "recipient_missing", "/rules/0"),
        ({"keys": []}, "recipient_missing", "/rules/0"),
        ({"leave_out": ["x"]}, "invalid_argument", "/leave_out/0"),
        ({"keys": [RecipientKey(OTHER, "bms", FROM)]}, "unknown_word", "/keys/0/role"),  # type: ignore[arg-type]
        (
            {"grants": [RecipientGrant(BROKER.thumbprint, ("x",), None, FROM)]},  # type: ignore[arg-type]
            "unknown_word",
            "/grants/0/categories",
        ),
        (
            {"grants": [RecipientGrant("x", ("condition",), None, FROM)]},
            "invalid_argument",
            "/grants/0/thumbprint",
        ),
    ],
)
def test_refusals(changes: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(BatteryPassError) as caught:
        asked(RecipientPolicy(), "condition", **changes)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(BatteryPassError) as caught:
        asked(RecipientPolicy(), "everything")
    assert (caught.value.code, caught.value.path) == ("unknown_word", "/category")


RULE = {"role": "operator", "category": "events", "delivery": "mandatory"}


@pytest.mark.parametrize(
    ("policy", "code", "path"),
    [
        ({}, "missing_member", "/rules"),
        ({"rules": 1}, "wrong_type", "/rules"),
        ({"rules": [], "more": 1}, "unknown_member", "/more"),
        ({"rules": [RULE, RULE]}, "duplicate_value", "/rules/1"),
        ({"rules": [{**RULE, "role": "bms"}]}, "unknown_word", "/rules/0/role"),
        ({"rules": [{**RULE, "delivery": 1}]}, "wrong_type", "/rules/0/delivery"),
    ],
)
def test_policies_that_cannot_be_read(policy: dict[str, Any], code: str, path: str) -> None:
    for read in (RecipientPolicy, lambda p: RecipientPolicy.from_json(json.dumps(p))):
        with pytest.raises(BatteryPassError) as caught:
            read(policy)
        assert (caught.value.code, caught.value.path) == (code, path)
