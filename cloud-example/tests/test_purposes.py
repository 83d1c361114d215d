"""A grant opens what its purpose needs, Art. 77(2), and nothing else."""

from __future__ import annotations

import json
from typing import Any

import batterypass
import pytest
from batterypass import Passport

from batterypass_cloud.authorize import (
    Action,
    Actor,
    Audience,
    PassportFacts,
    Reader,
    Relation,
    authorize,
    relate,
)
from batterypass_cloud.client import CloudError
from batterypass_cloud.negotiate import HTML
from batterypass_cloud.problems import Problem
from batterypass_cloud.registry import POINTS, Role
from batterypass_cloud.times import rfc3339
from cloudtest import LocalCloud, Onboarded, refusal
from test_disclosure import SAMPLE

MODEL = ["repair", "remanufacturing", "second_life", "recycling"]
BATTERY = ["energy_market", "residual_value"]


@pytest.fixture
def example(local: LocalCloud) -> Onboarded:
    """Publish the example passport, which has values of every point of Annex XIII."""
    return local.onboard(json.loads(SAMPLE.read_text(encoding="utf-8")))


def part(local: LocalCloud, battery: Onboarded) -> dict[str, Any]:
    """Return what the broker gets, which must be the same as JSON and as a credential."""
    client = local.client(local.actors.broker)
    shown = client.passport(battery.id)
    report = batterypass.verify(client.credential(battery.id), at=rfc3339(local.now()))
    assert report.ok
    subject = {
        k: v for k, v in report.claims["credentialSubject"].items() if k not in ("id", "type")
    }
    assert subject == shown
    return shown


def expected(battery: Onboarded, audience: str, purpose: str | None = None) -> dict[str, Any]:
    return dict(Passport.parse(battery.passport).view(audience, purpose=purpose))  # type: ignore[arg-type]


def test_every_purpose_of_the_law_is_tested() -> None:
    assert sorted(POINTS) == sorted(MODEL + BATTERY)


@pytest.mark.parametrize("purpose", MODEL + BATTERY)
def test_a_grant_shows_the_part_of_its_purpose(
    local: LocalCloud, example: Onboarded, purpose: str
) -> None:
    assert part(local, example) == expected(example, "public")
    local.grant(example.id, purpose=purpose)
    shown = part(local, example)
    assert shown == expected(example, "legitimate_interest", purpose)
    assert shown != expected(example, "legitimate_interest")
    # The other readers are given what they were.
    assert local.client().passport(example.id) == expected(example, "public")
    authority = local.client(local.actors.authority).passport(example.id)
    assert authority == expected(example, "authority")
    page = local.client(local.actors.broker).get(example.id, accept=HTML).text
    assert f"serves this purpose is shown: {purpose.replace('_', ' ')}." in page


@pytest.mark.parametrize("purpose", MODEL + BATTERY)
def test_records_are_for_purposes_about_the_battery(
    local: LocalCloud, battery: Onboarded, purpose: str
) -> None:
    local.client().submit_record(battery.device.next_envelope())
    local.grant(battery.id, purpose=purpose)
    client = local.client(local.actors.broker)
    recipients = local.client(local.actors.operator).recipients(battery.id)
    roles = [recipient.role for recipient in recipients]
    shown = json.dumps(client.passport(battery.id))
    if purpose in BATTERY:
        assert client.status(battery.id)["record"]["full_cycles"] == 112
        assert len(client.records(battery.id)) == 1
        assert "data_broker" in roles and "numberOfFullCycles" in shown
    else:
        assert refusal(client.status, battery.id) == (403, "not_allowed")
        assert refusal(client.records, battery.id) == (403, "not_allowed")
        assert "data_broker" not in roles and "numberOfFullCycles" not in shown


def test_several_grants_open_what_each_of_them_does(local: LocalCloud, example: Onboarded) -> None:
    first = local.grant(example.id, purpose="repair")
    local.grant(example.id, purpose="recycling")
    assert part(local, example) == expected(example, "legitimate_interest", "repair")
    second = local.grant(example.id, purpose="residual_value")
    assert part(local, example) == expected(example, "legitimate_interest")
    local.administer(lambda registry: registry.revoke_grant(second, int(local.time)))
    assert part(local, example) == expected(example, "legitimate_interest", "repair")
    local.administer(lambda registry: registry.revoke_grant(first, int(local.time)))
    assert part(local, example) == expected(example, "legitimate_interest", "recycling")
    local.time += 3600
    assert part(local, example) == expected(example, "public")


@pytest.mark.parametrize("purpose", ["", "curiosity", "Repair", "legitimate_interest"])
def test_a_purpose_that_the_law_does_not_know_opens_nothing(
    local: LocalCloud, example: Onboarded, purpose: str
) -> None:
    with pytest.raises(Problem, match="422 purpose_unknown"):
        local.grant(example.id, purpose=purpose)
    # A database of an earlier version may hold one.
    subject = local.actors.broker.public_key.thumbprint
    local.app.state.services.database.write_now(
        lambda c: c.execute(
            "INSERT INTO grants (passport_id, subject, purpose, created_at, expires_at) "
            "VALUES (?, ?, ?, 0, 99999999999)",
            (example.id, subject, purpose),
        )
    )
    assert part(local, example) == expected(example, "public")
    with pytest.raises(CloudError):
        local.client(local.actors.broker).records(example.id)


INTEREST = Audience.LEGITIMATE_INTEREST


@pytest.mark.parametrize(
    ("purposes", "relation", "reader"),
    [
        (["repair"], Relation.BROKER_FOR_MODEL, Reader(INTEREST, "repair")),
        (["repair", "recycling"], Relation.BROKER_FOR_MODEL, Reader(INTEREST, "recycling")),
        (["energy_market"], Relation.BROKER_FOR_BATTERY, Reader(INTEREST, "energy_market")),
        (["repair", "energy_market"], Relation.BROKER_FOR_BATTERY, Reader(INTEREST)),
        (["curiosity"], Relation.BROKER_WITHOUT_GRANT, Reader(Audience.PUBLIC)),
        ([], Relation.BROKER_WITHOUT_GRANT, Reader(Audience.PUBLIC)),
    ],
)
def test_the_decision_names_the_purpose(
    purposes: list[str], relation: Relation, reader: Reader
) -> None:
    facts = PassportFacts("urn:uuid:1", "op", {"broker": frozenset(purposes)})
    actor = Actor("broker", Role.DATA_BROKER)
    assert relate(actor, facts) is relation
    assert authorize(actor, Action.PASSPORT_READ, facts).reader == reader
