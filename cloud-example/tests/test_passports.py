"""Publishing and reading passports."""

from __future__ import annotations

import copy
import json
from typing import Any, Literal

import pytest
from batterypass import (
    Passport,
    SigningKey,
    decrypt,
    disclose,
    sign,
    signed_record_kid,
    verify,
    verify_record,
)

from batterypass_cloud import credentials
from batterypass_cloud.authorize import Audience
from batterypass_cloud.client import CloudClient, CloudError
from batterypass_cloud.credentials import Credentials
from batterypass_cloud.negotiate import VC_SD_JWT
from batterypass_cloud.times import rfc3339
from cloudtest import GTIN, LocalCloud, Onboarded, refusal, sample_passport
from device import Device


def issued(
    local: LocalCloud, document: dict[str, Any] | None = None, key: SigningKey | None = None
) -> Credentials:
    operator = key or local.actors.operator
    return credentials.issue(
        document or sample_passport(), operator, Device().public_key, at=local.time - 60
    )


def signed_again(
    local: LocalCloud,
    token: str,
    form: Literal["vc+jwt", "vc+sd-jwt"] = "vc+sd-jwt",
    hide: list[str] | None = None,
    **changes: Any,
) -> str:
    """Sign a credential again with a changed subject, or in another way."""
    claims = verify(token).claims
    subject = {**claims["credentialSubject"], **changes}
    return sign(
        {"type": claims["type"], "credentialSubject": subject},
        local.actors.operator,
        securing=form,
        hide=hide,
        valid_from=rfc3339(local.time - 60),
    )


def publish(local: LocalCloud, given: Credentials) -> tuple[int, str]:
    return refusal(local.client(local.actors.operator).publish_passport, given)


def test_publishing_answers_with_the_address(local: LocalCloud) -> None:
    given = issued(local)
    answer = local.client(local.actors.operator).request("POST", "/v1/dpps", json=given.document())
    assert answer.status_code == 201
    location = answer.headers["Location"]
    assert location == f"/v1/dpps/{answer.json()['digitalProductPassportId']}"
    assert local.http.get(location).status_code == 200


def test_a_passport_is_published_once(local: LocalCloud) -> None:
    document = sample_passport()
    given = issued(local, document)
    local.client(local.actors.operator).publish_passport(given)
    assert publish(local, given) == (409, "passport_exists")
    assert publish(local, issued(local, document)) == (409, "passport_exists")


def test_a_battery_key_belongs_to_one_passport(local: LocalCloud, battery: Onboarded) -> None:
    for key in (battery.device.key, local.actors.authority):
        given = credentials.issue(
            sample_passport(), local.actors.operator, key.public_key, at=local.time
        )
        assert publish(local, given) == (409, "device_key_taken")


def test_a_product_has_one_passport(local: LocalCloud, battery: Onboarded) -> None:
    product = battery.passport["uniqueProductIdentifier"]
    document = sample_passport(uniqueProductIdentifier=product)
    assert publish(local, issued(local, document)) == (409, "product_taken")


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"{}", b'{"passportCredential": 1}'])
def test_bodies_that_are_refused(local: LocalCloud, body: bytes) -> None:
    client = local.client(local.actors.operator)
    call = lambda: client.request(  # noqa: E731
        "POST", "/v1/dpps", content=body, headers={"Content-Type": "application/json"}
    )
    assert refusal(call) == (400, "body_invalid")


def test_bodies_of_other_kinds_and_sizes(local: LocalCloud) -> None:
    client = local.client(local.actors.operator)
    text = {"Content-Type": "text/plain"}
    assert refusal(client.request, "POST", "/v1/dpps", content=b"{}", headers=text)[0] == 415
    huge = {"passportCredential": "x" * (1024 * 1024)}
    assert refusal(client.request, "POST", "/v1/dpps", json=huge)[0] == 413


@pytest.mark.parametrize("member", ["passport", "production"])
def test_each_credential_must_verify(local: LocalCloud, member: str) -> None:
    given = issued(local)
    head, body, signature = getattr(given, member).split(".")
    broken = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    outcome = publish(local, Credentials(**{**given.__dict__, member: broken}))
    assert outcome == (422, "signature_invalid")
    outcome = publish(local, Credentials(**{**given.__dict__, member: "nonsense"}))
    assert outcome[0] == 400


def test_a_credential_that_is_not_valid_yet(local: LocalCloud) -> None:
    given = credentials.issue(
        sample_passport(), local.actors.operator, Device().public_key, at=local.time + 3600
    )
    assert publish(local, given) == (422, "not_yet_valid")


def test_a_credential_of_another_issuer(local: LocalCloud) -> None:
    given = issued(local, key=local.actors.other_operator)
    assert publish(local, given) == (403, "issuer_not_caller")


def test_credentials_that_do_not_belong_together(local: LocalCloud) -> None:
    one, other = issued(local), issued(local)
    assert publish(local, Credentials(one.passport, other.production)) == (
        422,
        "production_mismatch",
    )
    assert publish(local, Credentials(one.production, one.production)) == (
        422,
        "credential_form_wrong",
    )
    for passport, production in (
        (signed_again(local, one.production), one.production),
        (one.passport, signed_again(local, one.passport, "vc+jwt")),
    ):
        assert publish(local, Credentials(passport, production)) == (422, "credential_type_wrong")


def test_the_passport_is_an_sd_jwt(local: LocalCloud) -> None:
    given = issued(local)
    whole = signed_again(local, given.passport, "vc+jwt")
    outcome = publish(local, Credentials(whole, given.production))
    assert outcome == (422, "credential_form_wrong")
    # A presentation of it, signed by a holder for somebody, is not it either.
    holder = SigningKey.generate()
    held = sign(
        Passport.parse(sample_passport()),
        local.actors.operator,
        holder=holder.public_key,
        securing="vc+sd-jwt",
        valid_from=rfc3339(local.time - 60),
    )
    at = rfc3339(local.time)
    presented = disclose(held, holder_key=holder, aud="https://x.example", nonce="n", at=at)
    assert verify(presented, at=at).ok
    outcome = publish(local, Credentials(presented, given.production))
    assert outcome == (422, "credential_form_wrong")


SUBJECT = "/credentialSubject"
HIDDEN = [
    f"{SUBJECT}/generalProductInformation/batteryStatus",
    f"{SUBJECT}/performanceAndDurability/batteryCondition",
    f"{SUBJECT}/performanceAndDurability/batteryTechicalProperties/expectedLifetime",
]
"""All of the sample that is not public."""


@pytest.mark.parametrize("shown", HIDDEN)
def test_what_is_not_public_is_hidden(local: LocalCloud, shown: str) -> None:
    given = issued(local)
    client = local.client(local.actors.operator)
    for hide in ([], [path for path in HIDDEN if path != shown]):
        token = signed_again(local, given.passport, hide=hide)
        assert verify(token).ok
        with pytest.raises(CloudError) as caught:
            client.publish_passport(Credentials(token, given.production))
        refused = caught.value
        assert (refused.status, refused.code) == (422, "public_view_mismatch")
        assert refused.path == "/passportCredential/credentialSubject"
    # Nothing was stored: the same passport, hidden as it must be, is new.
    token = signed_again(local, given.passport, hide=HIDDEN)
    client.publish_passport(Credentials(token, given.production))


def test_each_audience_can_be_given_its_view(local: LocalCloud) -> None:
    # One is for authorities, the other for nobody but the operator.
    together = {"resultOfTestReport": "https://documents.example/report", "ourOwn": "note"}
    given = issued(local, sample_passport(labels=together))
    coarse = signed_again(local, given.passport, hide=[*HIDDEN, f"{SUBJECT}/labels"])
    outcome = publish(local, Credentials(coarse, given.production))
    assert outcome == (422, "disclosure_too_wide")
    assert local.client(local.actors.operator).publish_passport(given)


@pytest.mark.parametrize("tail", ["without a disclosure", "with another's disclosure"])
def test_disclosures_belong_to_the_token(local: LocalCloud, tail: str) -> None:
    given, other = issued(local), issued(local)
    foreign = other.passport.split("~", 1)[1]
    if tail == "with another's disclosure":
        outcome = publish(local, Credentials(given.passport + foreign, given.production))
        assert outcome == (422, "disclosure_unreferenced")
    else:
        # Nobody can tell a hidden value from a decoy: the passport is what was disclosed.
        bare = given.passport.split("~")[0] + "~"
        client = local.client(local.actors.operator)
        passport_id = client.publish_passport(Credentials(bare, given.production))
        assert client.passport(passport_id) == local.client().passport(passport_id)


@pytest.mark.parametrize("value", ["urn:example:" + "x" * 117, "urn:example:ä"])
def test_passport_ids_that_are_refused(local: LocalCloud, value: str) -> None:
    given = issued(local)
    changes = {"id": value, "digitalProductPassportId": value}
    passport = signed_again(local, given.passport, **changes)
    status, code = publish(local, Credentials(passport, given.production))
    assert (status, code) in ((422, "passport_id_invalid"), (422, "invalid_member"))


def test_an_id_that_is_not_the_subjects(local: LocalCloud) -> None:
    given = issued(local)
    passport = signed_again(local, given.passport, id="urn:uuid:other")
    outcome = publish(local, Credentials(passport, given.production))
    assert outcome == (422, "passport_id_mismatch")


def test_what_each_audience_reads(local: LocalCloud, battery: Onboarded) -> None:
    local.client().submit_record(battery.device.envelope(1, state_of_charge_permille=731))
    local.grant(battery.id)

    def read(key: SigningKey | None) -> dict[str, Any]:
        return local.client(key).passport(battery.id)

    public, operator = read(None), read(local.actors.operator)
    assert public["generalProductInformation"]["batteryMass"] == 478.5
    assert "batteryStatus" not in public["generalProductInformation"]
    assert "batteryCondition" not in public["performanceAndDurability"]
    assert read(local.actors.other_operator) == public
    assert read(battery.device.key) == public
    # State of charge is point 4 of Annex XIII: not for authorities, but for legitimate interest.
    assert "batteryCondition" not in read(local.actors.authority)["performanceAndDurability"]
    granted = read(local.actors.broker)
    assert granted["generalProductInformation"]["batteryStatus"] == "Original"
    for document in (granted, operator):
        condition = document["performanceAndDurability"]["batteryCondition"]
        assert condition["stateOfCharge"]["stateOfChargeValue"] == 73.1
    text = json.dumps(public)
    assert "stateOfCharge" not in text and "731" not in text


def test_the_newest_record_is_merged(local: LocalCloud, battery: Onboarded) -> None:
    operator = local.client(local.actors.operator)
    before = operator.passport(battery.id)
    assert before == battery.passport
    when = int(local.time) - 30
    local.client().submit_record(
        battery.device.envelope(
            4,
            device_time_s=when,
            state_of_charge_permille=505,
            state_of_certified_energy_permille=979,
            remaining_capacity_mah=198_750,
            full_cycles=321,
            energy_throughput_wh=12_345_678,
            capacity_throughput_mah=33_000_500,
            time_above_limit_min=7,
            time_below_limit_min=8,
            time_above_limit_charging_min=5,
            time_below_limit_charging_min=6,
            deep_discharge_events=2,
            overcharge_events=1,
            over_temperature_events=3,
        )
    )
    after = operator.passport(battery.id)
    at = rfc3339(when)
    assert after["lastUpdate"] == at
    assert after["performanceAndDurability"]["batteryCondition"] == {
        **before["performanceAndDurability"]["batteryCondition"],
        "stateOfCharge": {"stateOfChargeValue": 50.5, "lastUpdate": at},
        "stateOfCertifiedEnergy": {"stateOfCertifiedEnergyValue": 97.9, "lastUpdate": at},
        "remainingCapacity": {"remainingCapacityValue": 198.75, "lastUpdate": at},
        "numberOfFullCycles": {"numberOfFullCyclesValue": 321, "lastUpdate": at},
        "energyThroughput": {"energyThroughputValue": 12345.678, "lastUpdate": at},
        "capacityThroughput": {"capacityThroughputValue": 33000.5, "lastUpdate": at},
        "temperatureInformation": {
            "timeExtremeHighTemp": 7,
            "timeExtremeLowTemp": 8,
            "timeExtremeHighTempCharging": 5,
            "timeExtremeLowTempCharging": 6,
            "lastUpdate": at,
        },
        "numberOfDeepDischargeEvents": {"numberOfDeepDischargeEventsValue": 2, "lastUpdate": at},
        "numberOfOverchargeEvents": {"numberOfOverchargeEventsValue": 1, "lastUpdate": at},
        "negativeEvents": [
            {"negativeEvent": "Over-temperatures counted by the battery: 3", "lastUpdate": at},
        ],
    }
    rest = copy.deepcopy(after)
    rest["lastUpdate"] = before["lastUpdate"]
    rest["performanceAndDurability"]["batteryCondition"] = before["performanceAndDurability"][
        "batteryCondition"
    ]
    assert rest == before


def test_each_audience_gets_its_part_of_one_signature(local: LocalCloud) -> None:
    # A test report is for authorities only, the state of the battery for legitimate interest.
    battery = local.onboard(
        sample_passport(labels={"resultOfTestReport": "https://documents.example/report"})
    )
    local.grant(battery.id)
    whole = Passport.parse(battery.passport)
    for key, audience in (
        (None, Audience.PUBLIC),
        (local.actors.other_operator, Audience.PUBLIC),
        (local.actors.authority, Audience.AUTHORITY),
        (local.actors.broker, Audience.LEGITIMATE_INTEREST),
        (local.actors.operator, Audience.OPERATOR),
    ):
        answer = local.client(key).get(battery.id, accept=VC_SD_JWT)
        assert answer.headers["content-type"] == VC_SD_JWT
        # The same signed bytes for everyone, and what is shown of them is the audience's view.
        assert answer.text.split("~")[0] == battery.issued.passport.split("~")[0]
        report = verify(answer.text)
        assert report.ok and report.issuer == local.actors.operator.did
        subject = report.claims["credentialSubject"]
        shown = {name: subject[name] for name in subject if name not in ("id", "type")}
        assert shown == whole.view(audience.value)
        assert subject["id"] == battery.id
        if audience is Audience.PUBLIC:
            assert answer.text.count("~") == 1
        if audience is Audience.OPERATOR:
            assert answer.text == battery.issued.passport


def test_parts_have_entity_tags_of_their_own(local: LocalCloud) -> None:
    battery = local.onboard(sample_passport(labels={"resultOfTestReport": "https://x.example"}))
    local.grant(battery.id)
    tags = []
    for key in (None, local.actors.authority, local.actors.broker, local.actors.operator):
        client = local.client(key)
        first = client.get(battery.id, accept=VC_SD_JWT)
        assert client.get(battery.id, accept=VC_SD_JWT).headers["ETag"] == first.headers["ETag"]
        tags.append(first.headers["ETag"])
        scope = "public" if key is None else "private"
        assert first.headers["Cache-Control"] == f"{scope}, no-cache"
    assert len(set(tags)) == 4
    headers = {"Accept": VC_SD_JWT, "If-None-Match": tags[0]}
    again = local.http.get(f"/v1/dpps/{battery.id}", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    # The operator signed once: a record changes JSON, not the credential.
    local.client().submit_record(battery.device.envelope(1))
    assert local.client().get(battery.id, accept=VC_SD_JWT).headers["ETag"] == tags[0]


def test_a_passport_is_not_to_be_had_as_a_plain_token(
    local: LocalCloud, battery: Onboarded
) -> None:
    answer = local.http.get(f"/v1/dpps/{battery.id}", headers={"Accept": "application/vc+jwt"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    for kind in ("application/json", VC_SD_JWT, "text/html"):
        assert kind in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json;q=0.5, application/vc+sd-jwt", "application/vc+sd-jwt"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/html;q=0, */*", "application/json"),
        ("TEXT/HTML", "text/html"),
        ("application/json;q=0, */*;q=0.1", "application/vc+sd-jwt"),
    ],
)
def test_negotiation(local: LocalCloud, battery: Onboarded, accept: str, kind: str) -> None:
    answer = local.client().get(battery.id, accept=accept)
    assert answer.headers["content-type"].split(";")[0] == kind


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "application/json;q=0"])
def test_nothing_acceptable(local: LocalCloud, battery: Onboarded, accept: str) -> None:
    outcome = refusal(local.client().get, battery.id, accept=accept)
    assert outcome == (406, "not_acceptable")


def test_entity_tags(local: LocalCloud, battery: Onboarded) -> None:
    path = f"/v1/dpps/{battery.id}"
    first = local.http.get(path)
    tag = first.headers["ETag"]
    assert first.headers["Vary"] == "Accept, DPoP, Cookie"
    assert first.headers["Cache-Control"] == "public, no-cache"
    for condition in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        again = local.http.get(path, headers={"If-None-Match": condition})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    assert local.http.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    operator = local.client(local.actors.operator).get(battery.id)
    assert operator.headers["Cache-Control"] == "private, no-cache"
    assert operator.headers["ETag"] != tag
    local.client().submit_record(battery.device.envelope(1))
    assert local.http.get(path).headers["ETag"] != tag


@pytest.mark.parametrize("route", ["/p/{id}", "/01/{gtin}/21/{serial}"])
def test_the_key_of_a_label(local: LocalCloud, battery: Onboarded, route: str) -> None:
    serial = battery.passport["uniqueProductIdentifier"].rsplit("/", 1)[1]
    url = route.format(id=battery.id, gtin=GTIN, serial=serial)
    key = battery.device.public_key.thumbprint
    client = local.client()
    assert client.follow(url).headers["Battery-Key"] == "not-given"
    assert client.follow(url).json()["batteryKey"] == "not-given"
    good = client.follow(f"{url}?k={key}")
    assert good.headers["Battery-Key"] == good.json()["batteryKey"] == "registered"
    assert client.follow(f"{url}?k={key}", accept="application/vc+sd-jwt").status_code == 200
    foreign = local.onboard().device.public_key.thumbprint
    for wrong in ("", "x", foreign, local.actors.operator.public_key.thumbprint, key + "A"):
        assert refusal(client.follow, f"{url}?k={wrong}") == (409, "link_key_mismatch")
        answer = local.http.get(f"{url}?k={wrong}", headers={"Accept": "application/vc+sd-jwt"})
        assert answer.headers["Battery-Key"] == answer.json()["batteryKey"] == "unknown"
    local.administer(lambda registry: registry.revoke(key, int(local.time)))
    answer = local.http.get(f"{url}?k={key}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Battery-Key"]) == (409, "revoked")


def test_gtins_are_the_same_with_leading_zeros(local: LocalCloud, battery: Onboarded) -> None:
    serial = battery.passport["uniqueProductIdentifier"].rsplit("/", 1)[1]
    client = local.client()
    assert client.follow(f"/01/{GTIN.lstrip('0')}/21/{serial}").status_code == 200
    assert refusal(client.follow, f"/01/{GTIN}/21/none") == (404, "passport_unknown")


def test_the_status_verifies_without_the_server(local: LocalCloud, battery: Onboarded) -> None:
    operator = local.client(local.actors.operator)
    assert refusal(operator.status, battery.id) == (404, "record_unknown")
    signed = battery.device.signed(3, state_of_charge_permille=444)
    local.client().submit_record(battery.device.seal(signed))
    document = operator.status(battery.id)
    assert document["record"]["state_of_charge_permille"] == 444
    assert document["device"] == battery.device.key.did
    raw = credentials.unb64(document["signedRecord"])
    assert raw == signed
    assert signed_record_kid(raw) == battery.device.public_key.thumbprint
    record = verify_record(raw, battery.device.public_key, passport_id=document["passportId"])
    assert record.sequence == 3


def test_recipients_open_their_records_and_nobody_else(
    local: LocalCloud, battery: Onboarded
) -> None:
    operator = local.client(local.actors.operator)
    assert [r.role for r in operator.recipients(battery.id)] == ["cloud", "authority"]
    local.grant(battery.id)
    recipients = operator.recipients(battery.id)
    assert [r.role for r in recipients] == ["cloud", "authority", "data_broker"]
    before, after = battery.device.signed(1), battery.device.signed(2)
    local.client().submit_record(battery.device.seal(before))
    battery.device.recipients = [r.key for r in recipients]
    local.client().submit_record(battery.device.seal(after))
    sealed = local.client(local.actors.authority).records(battery.id)
    assert [r.sequence for r in sealed] == [1, 2]
    aad = battery.id.encode()
    assert decrypt(sealed[0].envelope, local.actors.authority, aad=aad) == before
    assert decrypt(sealed[1].envelope, local.actors.broker, aad=aad) == after
    with pytest.raises(Exception, match="recipient_unknown"):
        decrypt(sealed[0].envelope, local.actors.broker, aad=aad)


def test_authorities_receive_by_policy(tmp_path: Any) -> None:
    cloud = LocalCloud(tmp_path / "data", deliver_to_authority=False)
    try:
        battery = cloud.onboard()
        recipients = cloud.client(cloud.actors.operator).recipients(battery.id)
        assert [r.role for r in recipients] == ["cloud"]
    finally:
        cloud.close()


def test_more_recipients_than_a_battery_takes(local: LocalCloud, battery: Onboarded) -> None:
    from batterypass_cloud.registry import Role

    for _ in range(7):
        key = SigningKey.generate().public_key
        local.administer(
            lambda registry, k=key: registry.register(k, Role.AUTHORITY, at=int(local.time))
        )
    outcome = refusal(local.client(local.actors.operator).recipients, battery.id)
    assert outcome == (409, "too_many_recipients")


def test_records_come_in_pages(local: LocalCloud, battery: Onboarded) -> None:
    for sequence in range(1, 6):
        local.client().submit_record(battery.device.envelope(sequence * 10))
    client: CloudClient = local.client(local.actors.operator)
    assert [r.sequence for r in client.records(battery.id, limit=2)] == [10, 20]
    assert [r.sequence for r in client.records(battery.id, after=20, limit=3)] == [30, 40, 50]
    assert client.records(battery.id, after=50) == []
    path = f"/v1/dpps/{battery.id}/records"
    assert client.request("GET", path, params={"limit": 2}).json()["next"] == 20
    assert client.request("GET", path, params={"limit": 5}).json()["next"] is None
    for bad in ({"limit": 0}, {"limit": 501}, {"after": -2}, {"after": "x"}, {"after": 2**63}):
        with pytest.raises(CloudError) as caught:
            client.request("GET", path, params=bad)
        assert (caught.value.status, caught.value.code) == (400, "parameter_invalid")


def test_unknown_addresses_and_methods(local: LocalCloud, battery: Onboarded) -> None:
    assert refusal(local.client().get, "urn:uuid:none") == (404, "passport_unknown")
    nothing = local.http.get("/nothing")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    method = local.http.put(f"/v1/dpps/{battery.id}")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert method.headers["content-type"] == "application/problem+json"
