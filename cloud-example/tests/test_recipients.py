"""Whom batteries seal to: the server's policy, and records that leave out somebody mandatory."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batterypass import RecipientPolicy, SigningKey

from batterypass_cloud import records
from batterypass_cloud.app import create_app
from batterypass_cloud.registry import Role
from batterypass_cloud.settings import Settings, SettingsError
from cloudtest import LocalCloud, Onboarded, refusal

CONDITION = {"category": "condition", "delivery": "mandatory"}
OPERATOR = {"role": "operator", **CONDITION}
AUTHORITY = {"role": "authority", **CONDITION}
BROKER = {"role": "data_broker", "category": "condition", "delivery": "by_grant"}


def written(folder: Path, *rules: dict[str, str]) -> Path:
    path = folder / "policy.json"
    path.write_text(json.dumps({"rules": rules}), encoding="utf-8")
    return path


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., LocalCloud]]:
    """Start clouds with policies of their own."""
    started: list[LocalCloud] = []

    def start(*rules: dict[str, str], **changes: Any) -> LocalCloud:
        if rules:
            changes["recipients_policy"] = written(tmp_path, *rules)
        cloud = LocalCloud(tmp_path / f"data{len(started)}", **changes)
        started.append(cloud)
        return cloud

    yield start
    for cloud in started:
        cloud.close()


def seal(battery: Onboarded, sequence: int, *keys: Any) -> bytes:
    return battery.device.seal(battery.device.signed(sequence), recipients=keys)


def roles(cloud: LocalCloud, passport_id: str) -> list[str]:
    return [r.role for r in cloud.client(cloud.actors.operator).recipients(passport_id)]


def stored(cloud: LocalCloud, passport_id: str) -> int:
    database = cloud.app.state.services.database
    return int(database.read_now(lambda c: records.count(c, passport_id)))


def test_a_record_must_name_who_is_mandatory(
    serve: Callable[..., LocalCloud], caplog: pytest.LogCaptureFixture
) -> None:
    cloud = serve(OPERATOR, AUTHORITY, BROKER)
    assert "event=recipients_widened" in caplog.text and '"role": "authority"' in caplog.text
    battery = cloud.onboard()
    assert roles(cloud, battery.id) == ["cloud", "authority"]
    own = cloud.app.state.services.key.public_key
    authority = cloud.actors.authority.public_key
    submit = cloud.client().submit_record
    assert refusal(submit, seal(battery, 1, own)) == (422, "recipient_mandatory")
    stranger = SigningKey.generate().public_key
    assert refusal(submit, seal(battery, 1, own, stranger)) == (422, "recipient_mandatory")
    assert "event=recipient_left_out" in caplog.text and battery.id not in caplog.text
    assert stored(cloud, battery.id) == 0
    envelope = seal(battery, 1, own, authority)
    assert submit(envelope) == "stored"
    # More recipients than the policy names are the battery's own choice.
    assert submit(seal(battery, 2, own, authority, stranger)) == "stored"
    answer = cloud.http.post(
        "/v1/records",
        content=seal(battery, 3, own),
        headers={"Content-Type": "application/cose"},
    ).json()
    assert answer["path"] == "/rules/1" and authority.thumbprint in answer["detail"]


def test_mandatory_is_who_was_so_when_the_operator_last_asked(
    serve: Callable[..., LocalCloud],
) -> None:
    cloud = serve(OPERATOR, AUTHORITY)
    battery = cloud.onboard()
    own, first = cloud.app.state.services.key.public_key, cloud.actors.authority.public_key
    second = SigningKey.generate().public_key
    submit = cloud.client().submit_record
    cloud.time += 10
    cloud.administer(lambda r: r.register(second, Role.AUTHORITY, at=int(cloud.time), name="2"))
    # The battery cannot know of it yet.
    assert submit(seal(battery, 1, own, first)) == "stored"
    cloud.time += 10
    assert roles(cloud, battery.id) == ["cloud", "authority", "authority"]
    assert refusal(submit, seal(battery, 2, own, first)) == (422, "recipient_mandatory")
    # What was stored before is answered as before.
    both = seal(battery, 2, own, first, second)
    assert submit(both) == "stored"
    cloud.time += 10
    cloud.administer(lambda r: r.revoke(first.thumbprint, int(cloud.time)))
    assert submit(both) == "seen_before"
    assert refusal(submit, seal(battery, 3, own, second)) == (422, "recipient_mandatory")
    assert roles(cloud, battery.id) == ["cloud", "authority"]
    assert submit(seal(battery, 3, own, second)) == "stored"


def test_a_mandatory_role_that_nobody_holds(serve: Callable[..., LocalCloud]) -> None:
    cloud = serve(OPERATOR, AUTHORITY)
    battery = cloud.onboard()
    key = cloud.actors.authority.public_key.thumbprint
    cloud.administer(lambda r: r.revoke(key, int(cloud.time)))
    operator = cloud.client(cloud.actors.operator)
    assert refusal(operator.recipients, battery.id) == (409, "recipient_missing")


@pytest.mark.parametrize("deliver", [True, False])
def test_the_switch_for_authorities_widens_the_usual_policy(
    serve: Callable[..., LocalCloud], caplog: pytest.LogCaptureFixture, deliver: bool
) -> None:
    cloud = serve(deliver_to_authority=deliver)
    battery = cloud.onboard()
    cloud.grant(battery.id)
    cloud.grant(battery.id, purpose="repair")
    named = ["cloud", "authority", "data_broker"] if deliver else ["cloud", "data_broker"]
    assert sorted(roles(cloud, battery.id)) == sorted(named)
    assert ("event=recipients_widened" in caplog.text) == deliver
    # An authority may be left out then; the cloud cannot.
    own = cloud.app.state.services.key.public_key
    assert cloud.client().submit_record(seal(battery, 1, own)) == "stored"
    authority = cloud.actors.authority.public_key
    status, code = refusal(cloud.client().submit_record, seal(battery, 2, authority))
    assert (status, code) == (400, "recipient_unknown")


def test_a_grant_counts_for_its_time(serve: Callable[..., LocalCloud]) -> None:
    cloud = serve(OPERATOR, BROKER)
    battery = cloud.onboard()
    number = cloud.grant(battery.id, until=cloud.time + 100)
    assert roles(cloud, battery.id) == ["cloud", "data_broker"]
    cloud.time += 100
    assert roles(cloud, battery.id) == ["cloud"]
    cloud.time -= 50
    assert roles(cloud, battery.id) == ["cloud", "data_broker"]
    cloud.administer(lambda r: r.revoke_grant(number, int(cloud.time)))
    assert roles(cloud, battery.id) == ["cloud"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        json.dumps({"rules": []}),
        json.dumps({"rules": [{**OPERATOR, "delivery": "optional"}]}),
        json.dumps({"rules": [{**OPERATOR, "role": "bms"}]}),
        None,
    ],
)
def test_policies_that_stop_the_server(local: LocalCloud, tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "policy.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    environment = {
        "BATTERYPASS_DATA": str(local.settings.data),
        "BATTERYPASS_RECIPIENTS_POLICY": str(path),
    }
    with pytest.raises(SettingsError):
        create_app(Settings.from_environment(environment))


def test_a_narrower_policy_is_not_logged(
    serve: Callable[..., LocalCloud], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        cloud = serve(OPERATOR)
    assert "recipients_widened" not in caplog.text
    assert cloud.app.state.services.recipients.policy == RecipientPolicy({"rules": [OPERATOR]})
