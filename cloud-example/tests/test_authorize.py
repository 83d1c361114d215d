"""Who may do what: the decision itself, and every role on every route."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from batterypass import SigningKey
from fastapi import FastAPI

from batterypass_cloud.app import check_policy
from batterypass_cloud.authorize import (
    ANONYMOUS,
    POLICY,
    ROUTES,
    Action,
    Actor,
    Audience,
    PassportFacts,
    Relation,
    authorize,
    relate,
)
from batterypass_cloud.client import CloudClient, CloudError
from batterypass_cloud.registry import Role
from cloudtest import LocalCloud, Onboarded

GRANTEES = {
    "granted": frozenset({"residual_value"}),
    "granted for the model": frozenset({"repair"}),
}
FACTS = PassportFacts("urn:uuid:1", operator="op", grantees=GRANTEES)
ACTORS = {
    Relation.ANYONE: ANONYMOUS,
    Relation.OPERATOR_OF_PASSPORT: Actor("op", Role.OPERATOR),
    Relation.OTHER_OPERATOR: Actor("other", Role.OPERATOR),
    Relation.AUTHORITY: Actor("authority", Role.AUTHORITY),
    Relation.BROKER_FOR_BATTERY: Actor("granted", Role.DATA_BROKER),
    Relation.BROKER_FOR_MODEL: Actor("granted for the model", Role.DATA_BROKER),
    Relation.BROKER_WITHOUT_GRANT: Actor("broker", Role.DATA_BROKER),
    Relation.BATTERY: Actor("bms", Role.BMS),
}


BY_KEY = (
    Relation.OPERATOR_OF_PASSPORT,
    Relation.BROKER_FOR_BATTERY,
    Relation.BROKER_FOR_MODEL,
)


@pytest.mark.parametrize("relation", Relation)
def test_relations(relation: Relation) -> None:
    assert relate(ACTORS[relation], FACTS) is relation


@pytest.mark.parametrize(
    "actor",
    [
        Actor("op", Role.DATA_BROKER),
        Actor("granted", Role.OPERATOR),
        Actor("op", Role.BMS),
        Actor("granted", Role.BMS),
        Actor("op", None),
    ],
)
def test_a_thumbprint_without_its_role_is_nothing(actor: Actor) -> None:
    assert relate(actor, FACTS) not in BY_KEY


def test_without_a_passport_nobody_has_a_relation_to_it() -> None:
    for actor in ACTORS.values():
        assert relate(actor, None) not in BY_KEY


def test_what_the_policy_does_not_name_is_refused() -> None:
    allowed = {
        (action, relation)
        for action, relation in itertools.product(Action, Relation)
        if authorize(ACTORS[relation], action, FACTS).allowed
    }
    assert allowed == {(a, r) for a, relations in POLICY.items() for r in relations}
    assert not authorize(ANONYMOUS, "made.up", FACTS).allowed  # type: ignore[arg-type]


def test_the_law_is_a_lattice() -> None:
    def audience(relation: Relation) -> Audience | None:
        return authorize(ACTORS[relation], Action.PASSPORT_READ, FACTS).audience

    assert audience(Relation.AUTHORITY) is Audience.AUTHORITY
    assert audience(Relation.BROKER_FOR_BATTERY) is Audience.LEGITIMATE_INTEREST
    assert audience(Relation.BROKER_FOR_MODEL) is Audience.LEGITIMATE_INTEREST
    assert audience(Relation.OPERATOR_OF_PASSPORT) is Audience.OPERATOR
    for relation in (
        Relation.ANYONE,
        Relation.OTHER_OPERATOR,
        Relation.BROKER_WITHOUT_GRANT,
        Relation.BATTERY,
    ):
        assert audience(relation) is Audience.PUBLIC


def test_a_route_without_a_policy_stops_the_server(local: LocalCloud) -> None:
    check_policy(local.app)
    local.app.add_api_route("/v1/everything", lambda: {})
    with pytest.raises(RuntimeError, match="/v1/everything"):
        check_policy(local.app)
    with pytest.raises(RuntimeError):
        check_policy(FastAPI())


ALLOWED = {
    "read": {
        *("anonymous", "operator", "other operator", "authority", "bms"),
        *("granted", "granted for the model", "broker"),
    },
    "status": {"operator", "granted"},
    "records": {"operator", "authority", "granted"},
    "recipients": {"operator"},
    "session": {"operator", "authority", "granted", "granted for the model"},
    "delete": {"operator", "authority"},
    "publish": {"operator", "other operator"},
    "issue": {"operator", "other operator"},
    "revoke": {"operator", "other operator"},
}
CALLS: dict[str, Callable[[CloudClient, str], object]] = {
    "read": lambda client, passport: client.passport(passport),
    "status": lambda client, passport: client.status(passport),
    "records": lambda client, passport: client.records(passport),
    "recipients": lambda client, passport: client.recipients(passport),
    "session": lambda client, passport: client.session_link(passport),
    "delete": lambda client, passport: client.delete(passport),
    # An empty object is refused later than the caller is: 400 means that the caller may publish.
    "publish": lambda client, passport: client.request("POST", "/v1/dpps", json={}),
    "issue": lambda client, _: client.request("POST", "/credentials/issue", json={}),
    "revoke": lambda client, _: client.request("POST", "/credentials/status", json={}),
}
BY_EMPTY_OBJECT = ("publish", "issue", "revoke")
WHO = sorted(ALLOWED["read"])


def key_of(local: LocalCloud, battery: Onboarded, who: str) -> SigningKey | None:
    if who == "granted":
        local.grant(battery.id)
    if who == "granted for the model":
        local.grant(battery.id, purpose="repair")
    keys: dict[str, SigningKey | None] = {
        "anonymous": None,
        "operator": local.actors.operator,
        "other operator": local.actors.other_operator,
        "authority": local.actors.authority,
        "granted": local.actors.broker,
        "granted for the model": local.actors.broker,
        "broker": local.actors.broker,
        "bms": battery.device.key,
    }
    return keys[who]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("what", CALLS)
def test_every_role_on_every_route(
    local: LocalCloud, battery: Onboarded, who: str, what: str
) -> None:
    local.client().submit_record(battery.device.next_envelope())
    # Grants for other passports give nothing here.
    local.grant(local.onboard().id)
    client = local.client(key_of(local, battery, who))
    try:
        CALLS[what](client, battery.id)
        outcome = 200
    except CloudError as error:
        outcome = 200 if what in BY_EMPTY_OBJECT and error.status == 400 else error.status
    if who in ALLOWED[what]:
        assert outcome == 200
    else:
        assert outcome == (401 if who == "anonymous" else 403)


def test_the_matrix_covers_every_route() -> None:
    covered = {
        Action.PASSPORT_READ,
        Action.STATUS_READ,
        Action.RECORDS_READ,
        Action.RECIPIENTS_READ,
        Action.SESSION_CREATE,
        Action.PASSPORT_DELETE,
        Action.PASSPORT_CREATE,
        Action.CREDENTIAL_ISSUE,
        Action.CREDENTIAL_STATUS,
    }
    # These authenticate by a signature inside, by a random token, or not at all.
    open_to_all = {
        Action.RECORD_SUBMIT,
        Action.SESSION_OPEN,
        Action.CREDENTIAL_CHECK,
        Action.SERVICE_READ,
    }
    assert set(ROUTES.values()) == covered | open_to_all


@pytest.mark.parametrize(("moment", "status"), [(3599, 200), (3600, 403)])
def test_a_grant_ends_with_the_second_that_it_names(
    local: LocalCloud, battery: Onboarded, moment: int, status: int
) -> None:
    local.grant(battery.id)
    local.time += moment
    client = local.client(local.actors.broker)
    try:
        client.records(battery.id)
        outcome = 200
    except CloudError as error:
        outcome = error.status
    assert outcome == status


def test_a_revoked_grant_ends_at_once(local: LocalCloud, battery: Onboarded) -> None:
    number = local.grant(battery.id)
    client = local.client(local.actors.broker)
    client.records(battery.id)
    local.administer(lambda registry: registry.revoke_grant(number, int(local.time)))
    with pytest.raises(CloudError) as caught:
        client.records(battery.id)
    assert (caught.value.status, caught.value.code) == (403, "not_allowed")
