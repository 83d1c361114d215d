"""`vc+sd-jwt`: what is hidden, what is shown, and the holder's signature over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from batterypass import (
    BatteryPassError,
    DecodeError,
    Passport,
    SigningKey,
    disclose,
    sign,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "2027-02-18T00:00:00Z"
CLOUD: Any = {"aud": "https://cloud.example", "nonce": "n-0S6"}
CREDENTIAL = {"credentialSubject": {"id": "urn:uuid:1", "mass": 430, "events": ["a", "b"]}}
HIDDEN = ["/credentialSubject/mass", "/credentialSubject/events/1"]


def codes(report: Any) -> list[str]:
    return [finding.code for finding in report.findings]


def test_a_passport_hides_what_is_not_public(key: SigningKey, example: dict[str, Any]) -> None:
    passport = Passport.parse(example)
    issued = sign(passport, key, securing="vc+sd-jwt", decoys=True)
    assert verify(issued, at=AT).claims == verify(sign(passport, key), at=AT).claims
    audiences: list[Any] = ["public", "authority", "legitimate_interest", "operator"]
    for audience in audiences:
        report = verify(disclose(issued, audience=audience), at=AT)
        assert report.ok, report.findings
        own = {"id": passport.id, "type": "BatteryPassport"}
        assert report.claims["credentialSubject"] == {**passport.view(audience), **own}
    narrow = disclose(issued, audience="legitimate_interest", purpose="recycling")
    subject = verify(narrow, at=AT).claims["credentialSubject"]
    view = passport.view("legitimate_interest", purpose="recycling")
    assert subject == {**view, "id": passport.id, "type": "BatteryPassport"}
    # From a part, a smaller part can be made, but not a larger one.
    public = disclose(narrow, audience="public")
    assert public == disclose(issued, audience="public")
    assert disclose(public, audience="authority") == public


def test_any_credential_hides_what_is_named(key: SigningKey) -> None:
    issued = sign(CREDENTIAL, key, securing="vc+sd-jwt", hide=HIDDEN)
    assert issued.endswith("~")
    assert issued.count("~") == 3
    subject = verify(issued).claims["credentialSubject"]
    assert subject == CREDENTIAL["credentialSubject"]
    for paths, expected in [
        ([], {"id": "urn:uuid:1", "events": ["a"]}),
        (HIDDEN[:1], {"id": "urn:uuid:1", "mass": 430, "events": ["a"]}),
        (HIDDEN, CREDENTIAL["credentialSubject"]),
    ]:
        report = verify(disclose(issued, paths=paths))
        assert (report.ok, report.claims["credentialSubject"]) == (True, expected)
    assert disclose(issued) == issued
    assert sign(CREDENTIAL, key, securing="vc+sd-jwt").count("~") == 1


def test_the_holder_signs_what_is_shown(key: SigningKey) -> None:
    holder = SigningKey.generate()
    issued = sign(CREDENTIAL, key, securing="vc+sd-jwt", hide=HIDDEN, holder=holder.public_key)
    asked: Any = {"domain": CLOUD["aud"], "challenge": CLOUD["nonce"], "at": AT}
    shown = disclose(issued, paths=HIDDEN[:1], holder_key=holder, at=AT, **CLOUD)
    assert verify(shown, **asked).ok
    assert codes(verify(disclose(issued), **asked)) != []
    assert not verify(shown, **{**asked, "challenge": "other"}).ok
    assert not verify(shown, **{**asked, "domain": "https://other.example"}).ok
    assert not verify(shown, **{**asked, "at": "2027-02-18T00:10:00Z"}).ok
    # Showing less drops the signature, which was over more.
    assert disclose(shown, paths=[]).endswith("~")
    with pytest.raises(BatteryPassError) as caught:
        disclose(issued, holder_key=key, **CLOUD)
    assert (caught.value.code, caught.value.path) == ("key_mismatch", "/cnf")


def test_wrong_wishes_are_refused(key: SigningKey) -> None:
    issued = sign(CREDENTIAL, key, securing="vc+sd-jwt", hide=HIDDEN)
    refused: list[tuple[Callable[[], Any], str, str]] = [
        (lambda: disclose(issued, audience="public", paths=[]), "invalid_argument", "/paths"),
        (lambda: disclose(issued, purpose="recycling"), "invalid_argument", "/purpose"),
        (lambda: disclose(issued, paths=["/none"]), "invalid_argument", "/none"),
        (lambda: disclose(issued, nonce="n"), "invalid_argument", "/holderKey"),
        (lambda: disclose(issued, holder_key=key), "invalid_argument", "/nonce"),
        (lambda: disclose(issued, holder_key=key, nonce="n"), "invalid_argument", "/aud"),
        (lambda: disclose(issued, holder_key=key, **CLOUD), "missing_member", "/cnf"),
        (lambda: sign(CREDENTIAL, key, decoys=True), "invalid_argument", "/disclosure/decoys"),
        (
            lambda: sign(CREDENTIAL, key, securing="vc+sd-jwt", hide=["/issuer"]),
            "invalid_argument",
            "/issuer",
        ),
    ]
    for call, code, path in refused:
        with pytest.raises(BatteryPassError) as caught:
            call()
        assert (caught.value.code, caught.value.path) == (code, path)
    with pytest.raises(DecodeError) as caught_text:
        disclose("no token")
    assert caught_text.value.code == "malformed_sd_jwt"
