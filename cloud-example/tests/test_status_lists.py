"""Status lists: signed once for each change, current at once, no position for what is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from batterypass import StatusList

from batterypass_cloud import issuer, status_lists, storage
from batterypass_cloud.problems import Problem
from batterypass_cloud.status_lists import LIFETIME_S, RENEW_S, Contents, Place, SignedLists
from batterypass_cloud.storage import Database
from cloudtest import LocalCloud
from test_storage import database_of_schema_2
from test_vc_api import CREDENTIAL, issue, post, verify

REVOCABLE = {"credentialStatus": {"statusPurpose": "revocation"}}


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every signature of the issuer by its securing form."""
    made: list[str] = []
    sign = issuer.sign

    def noting(*arguments: Any, **options: Any) -> Any:
        made.append(options["securing"])
        return sign(*arguments, **options)

    monkeypatch.setattr(issuer, "sign", noting)
    return made


def change(local: LocalCloud, made: dict[str, Any], value: bool) -> None:
    body = {"credentialStatus": made["credentialStatus"], "status": value}
    assert post(local, "/credentials/status", body, local.actors.operator)[0] == 200


def entries(local: LocalCloud) -> int:
    database = local.app.state.services.database
    count = "SELECT count(*), (SELECT coalesce(sum(used), 0) FROM status_lists) FROM status_entries"
    rows, used = database.read_now(lambda c: tuple(c.execute(count).fetchone()))
    assert rows == used
    return int(rows)


def test_a_list_is_signed_once_for_each_change(local: LocalCloud, signatures: list[str]) -> None:
    first, second = issue(local, **REVOCABLE), issue(local, **REVOCABLE)
    del signatures[:]
    for _ in range(3):
        assert verify(local, first)[0] == 200
        assert verify(local, second)[0] == 200
    assert signatures == ["vc+jwt"]
    change(local, first, True)
    # The next answer says so, whatever was kept.
    assert verify(local, first)[1]["code"] == "status_revoked"
    assert verify(local, second)[0] == 200
    change(local, first, True)  # No change.
    assert verify(local, first)[1]["code"] == "status_revoked"
    assert signatures == ["vc+jwt"] * 2
    # Another credential takes a position, which says 0 already.
    third = issue(local, **REVOCABLE)
    assert verify(local, third)[0] == 200
    assert signatures == ["vc+jwt"] * 2 + ["ecdsa-jcs-2019"]


def test_a_change_by_another_process_is_seen_at_once(
    local: LocalCloud, signatures: list[str]
) -> None:
    made = issue(local, **REVOCABLE)
    assert verify(local, made)[0] == 200
    owner = local.actors.operator.public_key.thumbprint
    index = int(made["credentialStatus"]["statusListIndex"])
    other = Database(local.settings.database)
    try:
        other.write_now(lambda c: status_lists.write(c, 1, index, owner, value=True))
    finally:
        other.close()
    assert verify(local, made)[1]["code"] == "status_revoked"


def test_a_list_is_signed_anew_before_it_expires(local: LocalCloud, signatures: list[str]) -> None:
    made = issue(local, **REVOCABLE)
    del signatures[:]
    begun = local.time
    for moment in (0, RENEW_S - 1, RENEW_S, LIFETIME_S, LIFETIME_S + RENEW_S - 1, -5):
        local.time = begun + moment
        if moment >= 0:
            assert verify(local, made)[0] == 200
        answer = local.http.get("/status/1", headers={"Accept": "application/vc"})
        listed = answer.json()
        assert listed["validFrom"] <= issuer.rfc3339(local.time) < listed["validUntil"]
    # A clock that was set back is given no list of a time to come.
    assert signatures.count("vc+jwt") == 3
    assert signatures.count("ecdsa-jcs-2019") == 4


def test_a_list_that_did_not_change_is_not_sent_again(local: LocalCloud) -> None:
    made = issue(local, **REVOCABLE)
    for accept in ("application/vc", "application/vc+jwt"):
        headers = {"Accept": accept}
        tag = local.http.get("/status/1", headers=headers).headers["ETag"]
        headers["If-None-Match"] = tag
        assert local.http.get("/status/1", headers=headers).status_code == 304
    change(local, made, True)
    assert local.http.get("/status/1", headers=headers).status_code == 200


def test_issue_signs_once_and_a_refusal_takes_no_position(
    local: LocalCloud, signatures: list[str]
) -> None:
    issue(local, **REVOCABLE)
    assert signatures == ["ecdsa-jcs-2019"]
    assert entries(local) == 1
    for change in ({"validFrom": "no time"}, {"credentialSubject": {}}, {"type": 1}):
        body = {"credential": {**CREDENTIAL, **change}, "options": REVOCABLE}
        assert post(local, "/credentials/issue", body, local.actors.operator)[0] == 422
    body = {"credential": CREDENTIAL, "options": {**REVOCABLE, "securing": "vc+jwt", "domain": "x"}}
    assert post(local, "/credentials/issue", body, local.actors.operator)[0] == 400
    assert entries(local) == 1


def test_a_place_that_someone_else_took_is_drawn_again(
    local: LocalCloud, signatures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issue(local, **REVOCABLE)
    taken = Place(1, int(first["credentialStatus"]["statusListIndex"]), "revocation")
    places = [taken, Place(1, 5, "suspension"), Place(2, 5, "revocation")]
    monkeypatch.setattr(status_lists, "draw", lambda *_: places.pop(0))
    made = issue(local, **REVOCABLE)
    assert made["credentialStatus"]["statusListCredential"].endswith("/status/2")
    assert not places and entries(local) == 2
    monkeypatch.setattr(status_lists, "draw", lambda *_: taken)
    body = {"credential": CREDENTIAL, "options": REVOCABLE}
    status, answer = post(local, "/credentials/issue", body, local.actors.operator)
    assert (status, answer["code"]) == (503, "storage_busy")
    assert entries(local) == 2


def test_a_half_full_list_is_followed_by_the_next(
    local: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_lists, "MAX_USED", 2)
    purposes = ["revocation", "suspension", "revocation", "revocation", "suspension"]
    lists = [
        issue(local, credentialStatus={"statusPurpose": purpose})["credentialStatus"][
            "statusListCredential"
        ]
        for purpose in purposes
    ]
    assert [int(url[-1]) for url in lists] == [1, 2, 1, 3, 2]


def test_many_readers_wait_for_one_signature(local: LocalCloud) -> None:
    issue(local, **REVOCABLE)
    made: list[int] = []

    def sign(contents: Contents, form: str, now: int) -> str:
        made.append(contents.number)
        assert isinstance(contents.bits, StatusList)
        return f"{form} {now}"

    lists = SignedLists(sign)
    database = local.app.state.services.database
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda _: database.look(lambda c: lists.get(c, 1, "f", 7)), range(64))
        )
    assert set(answers) == {"f 7"} and made == [1]
    with pytest.raises(Problem):
        database.look(lambda c: lists.get(c, 2, "f", 7))


def test_lists_of_earlier_schemas_are_taken_over(tmp_path: Any) -> None:
    connection = database_of_schema_2(tmp_path / "cloud.db")
    rows = [
        (1, 7, "revocation", "op", 1),
        (1, 9, "revocation", "op", 0),
        (2, 7, "suspension", "", 0),
    ]
    connection.executemany("INSERT INTO status_entries VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    database = Database(tmp_path / "cloud.db")
    try:
        found = database.read_now(
            lambda c: [tuple(row) for row in c.execute("SELECT * FROM status_lists")]
        )
        assert found == [(1, "revocation", 2, 0), (2, "suspension", 1, 0)]
        with pytest.raises(Problem, match="revocation_is_final"):
            database.write_now(lambda c: status_lists.write(c, 1, 7, "op", value=False))
        assert storage.migrate(database._connection) >= 5
    finally:
        database.close()


def test_the_list_is_the_one_that_was_kept(local: LocalCloud) -> None:
    issue(local, **REVOCABLE)
    answers = [
        local.http.get("/status/1", headers={"Accept": "application/vc"}).text for _ in range(2)
    ]
    # Signatures differ each time, so the same text is the same signature.
    assert answers[0] == answers[1] and json.loads(answers[0])["proof"]
