"""Status lists: made, signed, looked up by `verify`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from batterypass import (
    BatteryPassError,
    DidKey,
    SigningKey,
    StatusList,
    StatusLists,
    did_web_document,
    sign,
    status_entry,
    verify,
)

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://status.example/3"
AT = "2027-02-18T00:00:00Z"


def credential(key: SigningKey, index: int, **options: Any) -> str:
    subject = {"credentialSubject": {"id": "urn:uuid:1"}}
    return sign(subject, key, status=status_entry(URL, index, **options))


def served(key: SigningKey, listed: StatusList, **options: Any) -> str:
    return sign(listed.credential(URL, **options), key, valid_until="2027-03-01T00:00:00Z")


def codes(report: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in report.findings]


def test_lists_hold_numbers() -> None:
    listed = StatusList()
    assert (len(listed), listed.size) == (131_072, 1)
    listed.set(94_567)
    assert [listed.get(i) for i in (94_566, 94_567)] == [0, 1]
    text = listed.encode()
    assert text.startswith("u")
    assert StatusList.decode(text) == listed != StatusList()
    both = listed.credential(URL, purpose=["revocation", "suspension"])
    assert both["credentialSubject"]["statusPurpose"] == ["revocation", "suspension"]
    assert repr(listed) == "<StatusList of 131072 entries, 1 bit>"
    several = StatusList(200_000, size=3)
    several.set(199_999, 5)
    assert StatusList.decode(several.encode(), size=3).get(199_999) == 5
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: StatusList(10), "status_list_too_short"),
        (lambda: StatusList(size=9), "invalid_argument"),
        (lambda: listed.get(131_072), "status_out_of_range"),
        (lambda: listed.set(0, 2), "invalid_argument"),
        (lambda: StatusList.decode(text[1:]), "malformed_base64"),
        (lambda: listed.credential(URL, purpose=[]), "invalid_argument"),
        (lambda: status_entry(URL, 1, "other"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: status_entry(URL, 1, "message"), "invalid_argument"),
    ]
    for call, code in refused:
        with pytest.raises(BatteryPassError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(OverflowError):
        listed.get(-1)


def test_positions_are_drawn_at_random_among_the_free() -> None:
    drawn = [StatusList.random_index() for _ in range(200)]
    assert len(set(drawn)) > 190
    assert max(drawn) < 131_072
    assert {StatusList.random_index(2) for _ in range(100)} == {0, 1}
    # Of many taken positions the free ones are found, and only they.
    assert {StatusList.random_index(500, is_taken=lambda i: i > 1) for _ in range(100)} == {0, 1}
    for entries, is_taken in ((0, None), (40, lambda _: True)):
        with pytest.raises(BatteryPassError) as caught:
            StatusList.random_index(entries, is_taken=is_taken)
        assert caught.value.code == "status_list_full"

    def fails(index: int) -> bool:
        raise LookupError(index)

    with pytest.raises(LookupError):
        StatusList.random_index(is_taken=fails)


def test_entries_name_their_place() -> None:
    assert status_entry(URL, 7) == {
        "id": f"{URL}#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": URL,
    }
    entry = status_entry(URL, 7, "message", messages=["fine", "recalled"], references=[URL])
    assert entry["statusSize"] == 1
    assert entry["statusMessage"][1] == {"status": "0x1", "message": "recalled"}
    assert entry["statusReference"] == URL


def test_verify_asks_for_the_status(key: SigningKey) -> None:
    listed = StatusList()
    listed.set(5)
    good, revoked = credential(key, 4), credential(key, 5)
    token = served(key, listed)
    embedded = sign(listed.credential(URL), key, securing="ecdsa-jcs-2019")
    sources: list[Any] = [
        {URL: token},
        {URL: token.encode()},
        {URL: embedded},
        {URL: token}.get,
        lambda url: token if url == URL else None,
        StatusLists({URL: token}),
    ]
    for source in sources:
        report = verify(good, at=AT, status=source)
        assert (report.ok, report.findings) == (True, [])
        report = verify(revoked, at=AT, status=source)
        assert (report.ok, codes(report)) == (False, [("status_revoked", "error")])
    # Not asked for: said, but no error.
    assert verify(revoked, at=AT).ok
    assert codes(verify(revoked, at=AT)) == [("status_not_checked", "info")]


def test_a_status_that_cannot_be_learnt_is_an_error(key: SigningKey) -> None:
    token = credential(key, 4)
    expired = sign(StatusList().credential(URL), key, valid_until="2027-01-01T00:00:00Z")
    stranger = served(SigningKey.generate(), StatusList())

    def unreachable(_url: str) -> str:
        raise ConnectionError("refused")

    failing: list[tuple[Any, str]] = [
        ({}, "status_unavailable"),
        (unreachable, "status_unavailable"),
        ({URL: "no token"}, "status_unavailable"),
        ({URL: expired}, "status_list_invalid"),
        ({URL: stranger}, "status_mismatch"),
        ({URL: served(key, StatusList(), purpose="suspension")}, "status_mismatch"),
    ]
    for source, code in failing:
        report = verify(token, at=AT, status=source)
        assert (report.ok, codes(report)) == (False, [(code, "error")])

    def interrupted(_url: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(token, at=AT, status=interrupted)


def test_sources_serve_many_threads(key: SigningKey) -> None:
    """Each verification takes the GIL again for its sources, and none waits for another."""
    did = "did:web:maker.example"
    signs: Any = {"issuer": did, "verification_method": f"{did}#key-1"}
    document = did_web_document(did, [DidKey("key-1", key.public_key)])
    listed = StatusList()
    for index in range(0, 64, 2):
        listed.set(index)
    served = sign(listed.credential(URL), key, **signs)
    subject = {"credentialSubject": {"id": "urn:uuid:1"}}
    tokens = [sign(subject, key, status=status_entry(URL, i), **signs) for i in range(64)]
    lists = StatusLists(lambda _url: served)

    def revoked(token: str) -> bool:
        report = verify(token, at=AT, resolver=lambda _did: document, status=lists)
        return not report.ok

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(revoked, tokens * 4)) == [i % 2 == 0 for i in range(64)] * 4


def test_lists_are_kept_and_other_issuers_trusted(key: SigningKey) -> None:
    asked: list[str] = []
    registrar = SigningKey.generate()
    token = served(registrar, StatusList(), ttl_ms=60_000)

    def fetch(url: str) -> str:
        asked.append(url)
        return token

    lists = StatusLists(fetch, trusted_issuers=[registrar.did])
    for second in ("00", "59"):
        report = verify(credential(key, 4), at=f"2027-02-18T00:00:{second}Z", status=lists)
        assert report.ok, report.findings
    assert asked == [URL]
    assert verify(credential(key, 4), at="2027-02-18T00:01:00Z", status=lists).ok
    assert asked == [URL, URL]
    assert not verify(credential(key, 4), at=AT, status=StatusLists(fetch)).ok
