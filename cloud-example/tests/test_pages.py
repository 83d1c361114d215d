"""Pages: what they say to whom, and that they need nothing but the server."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from batterypass import SigningKey

from batterypass_cloud.credentials import unb64
from batterypass_cloud.views.chart import chart
from cloudtest import LocalCloud, Onboarded, refusal, sample_passport

HTML = {"Accept": "text/html"}


class Reader(HTMLParser):
    """Collects what a page loads, links and shows, and checks that its elements are closed."""

    VOID = frozenset({"meta", "link", "line", "polygon", "polyline", "circle", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """What a person reads."""
        return " ".join(" ".join(self.words).split())


def page(cloud: LocalCloud, url: str, status: int = 200) -> Reader:
    answer = cloud.http.get(url, headers=HTML)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Reader(answer.text)


def signed_in(cloud: LocalCloud, battery: Onboarded, key: SigningKey) -> Reader:
    link = cloud.client(key).session_link(battery.id)
    answer = cloud.http.get(link)
    assert answer.status_code == 303
    return page(cloud, answer.headers["Location"])


def test_the_public_page(local: LocalCloud, battery: Onboarded) -> None:
    local.client().submit_record(battery.device.envelope(1, state_of_charge_permille=617))
    shown = page(local, f"/p/{battery.id}").text
    assert "Electric vehicle battery" in shown
    assert "Example Cells GmbH" in shown
    assert "Verified" in shown and "Not verified" not in shown
    assert "Rated capacity 205 Ah" in shown
    assert "Mass 478.5 kg" in shown
    assert "5 October 2026" in shown
    assert "61.7" not in shown
    # What is hidden is named, with who may see it.
    hidden = shown.split("Not shown to you")[1]
    assert "legitimate interest" in hidden
    assert "State of charge" in hidden and "Status of the battery" in hidden


def test_pages_load_nothing_from_elsewhere(local: LocalCloud, battery: Onboarded) -> None:
    for sequence in (1, 2, 3):
        local.client().submit_record(battery.device.envelope(sequence))
    pages = [
        page(local, f"/p/{battery.id}"),
        page(local, f"/p/{battery.id}?k=x"),
        page(local, "/p/none", 404),
        signed_in(local, battery, local.actors.operator),
    ]
    for shown in pages:
        assert not {"script", "style", "iframe", "form", "img", "object"} & set(shown.tags)
        loaded = [v for t, n, v in shown.attributes if t == "link" and n == "href"]
        assert loaded == ["/static/icon.svg", "/static/style.css"]
        assert not [n for _, n, _ in shown.attributes if n == "style" or n.startswith("on")]
        for path in loaded:
            assert local.http.get(path).status_code == 200
    assert local.http.get("/static/app.py").status_code == 404
    assert "url(" not in local.http.get("/static/style.css").text


def test_headers_of_every_answer(local: LocalCloud, battery: Onboarded) -> None:
    for path in (f"/p/{battery.id}", "/healthz", "/nothing", "/static/style.css", "/openapi.json"):
        headers = local.http.get(path, headers=HTML).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and "script-src" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Strict-Transport-Security" not in headers


def test_what_the_page_says_of_a_label(local: LocalCloud, battery: Onboarded) -> None:
    key = battery.device.public_key.thumbprint
    assert "Label belongs to this battery" in page(local, f"/p/{battery.id}?k={key}").text
    assert "No label was checked" in page(local, f"/p/{battery.id}").text
    wrong = page(local, f"/p/{battery.id}?k=wrong").text
    assert "This label does not belong to this battery" in wrong
    local.administer(lambda registry: registry.revoke(key, int(local.time)))
    assert "This label is no longer valid" in page(local, f"/p/{battery.id}?k={key}").text


def test_a_page_says_when_it_cannot_be_relied_on(local: LocalCloud, battery: Onboarded) -> None:
    thumbprint = local.actors.operator.public_key.thumbprint
    local.administer(lambda registry: registry.revoke(thumbprint, int(local.time)))
    shown = page(local, f"/p/{battery.id}").text
    assert "Not verified" in shown and "key is revoked" in shown


def test_a_changed_database_shows(local: LocalCloud, battery: Onboarded) -> None:
    head, body, rest = battery.issued.passport.split(".")
    first, *others = battery.issued.passport.split("~")[1:-1]
    forged_signature = f"{head}.{body}.{'A' if rest[0] != 'A' else 'B'}{rest[1:]}"
    salt, name, value = json.loads(unb64(first))
    disclosure = json.dumps([salt, name, "forged" if value != "forged" else "value"]).encode()
    forged_value = base64.urlsafe_b64encode(disclosure).rstrip(b"=").decode()
    token = battery.issued.passport.split("~")[0]
    forged_disclosure = "~".join([token, forged_value, *others, ""])
    for forged, code in (
        (forged_signature, "signature_invalid"),
        (forged_disclosure, "disclosure_unreferenced"),
    ):
        local.app.state.services.database.write_now(
            lambda c, forged=forged: c.execute(
                "UPDATE passports SET passport_credential = ?", (forged,)
            )
        )
        shown = page(local, f"/p/{battery.id}").text
        assert "Not verified" in shown and code in shown


def test_the_operators_page(local: LocalCloud, battery: Onboarded) -> None:
    for sequence in range(1, 6):
        local.client().submit_record(
            battery.device.envelope(
                sequence,
                state_of_charge_permille=800 - 50 * sequence,
                device_time_s=int(local.time) - 600 + 60 * sequence,
            )
        )
    shown = signed_in(local, battery, local.actors.operator)
    assert "State of charge 55.0 %" in shown.text
    assert "Pack voltage 395.8 V" in shown.text
    assert "Temperature 25.6 °C" in shown.text
    assert "Full cycles 112" in shown.text
    assert "State of charge over 5 records, from 75.0 % to 55.0 %." in shown.text
    assert "Not shown to you" not in shown.text
    assert "svg" in shown.tags
    assert ("meta", "http-equiv", "refresh") in shown.attributes
    # Others do not see it, and the session is for this passport only.
    other = local.onboard()
    assert "signed in" not in page(local, f"/p/{other.id}").text
    local.http.cookies.clear()
    public = page(local, f"/p/{battery.id}")
    assert "55.0" not in public.text
    assert ("meta", "http-equiv", "refresh") not in public.attributes


def test_pages_of_other_readers(local: LocalCloud, battery: Onboarded) -> None:
    local.client().submit_record(battery.device.envelope(1, state_of_charge_permille=617))
    local.grant(battery.id)
    authority = signed_in(local, battery, local.actors.authority).text
    assert "signed in as an authority" in authority and "61.7" not in authority
    granted = signed_in(local, battery, local.actors.broker).text
    assert "legitimate interest in this battery" in granted and "61.7" in granted


def test_a_login_link_works_once_and_for_ten_minutes(local: LocalCloud, battery: Onboarded) -> None:
    client = local.client(local.actors.operator)
    link = client.session_link(battery.id)
    assert len(link.rsplit("/", 1)[1]) == 22
    opened = local.http.get(link)
    cookie = opened.headers["Set-Cookie"]
    assert opened.headers["Location"] == f"/p/{battery.id}"
    assert opened.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and "Path=/" in cookie
    assert local.http.get(link).status_code == 404
    late = client.session_link(battery.id)
    local.time += 600
    assert local.http.get(late).status_code == 404
    assert local.http.get("/login/guess").status_code == 404


def test_a_session_ends(local: LocalCloud, battery: Onboarded) -> None:
    assert "signed in" in signed_in(local, battery, local.actors.operator).text
    local.time += 3599
    assert "signed in" in page(local, f"/p/{battery.id}").text
    local.time += 1
    assert "signed in" not in page(local, f"/p/{battery.id}").text


def test_a_session_ends_with_its_key(local: LocalCloud, battery: Onboarded) -> None:
    assert "signed in" in signed_in(local, battery, local.actors.operator).text
    thumbprint = local.actors.operator.public_key.thumbprint
    local.administer(lambda registry: registry.revoke(thumbprint, int(local.time)))
    assert "signed in" not in page(local, f"/p/{battery.id}").text


def test_a_cookie_changes_nothing_and_gives_no_data_to_machines(
    local: LocalCloud, battery: Onboarded
) -> None:
    signed_in(local, battery, local.actors.operator)
    client = local.client()
    assert refusal(client.delete, battery.id) == (401, "authentication_required")
    assert refusal(client.status, battery.id) == (401, "authentication_required")
    assert "batteryStatus" not in client.passport(battery.id)["generalProductInformation"]


def test_tokens_are_not_in_the_database(local: LocalCloud, battery: Onboarded) -> None:
    link = local.client(local.actors.operator).session_link(battery.id)
    token = link.rsplit("/", 1)[1].encode()
    local.http.get(local.client(local.actors.operator).session_link(battery.id))
    session = local.http.cookies["bp_session"].encode()
    for path in local.settings.data.iterdir():
        assert token not in path.read_bytes() and session not in path.read_bytes()


def test_cookies_over_tls_are_bound_to_it(tmp_path: Any) -> None:
    cloud = LocalCloud(tmp_path / "data")
    object.__setattr__(cloud.settings, "base_url", "https://testserver")
    try:
        battery = cloud.onboard()
        link = cloud.client(cloud.actors.operator)
        # The proof names the address that the server is set up for.
        services = cloud.app.state.services
        services.authenticator._base_url = "http://testserver"
        token = link.session_link(battery.id).rsplit("/", 1)[1]
        cookie = cloud.http.get(f"/login/{token}").headers["Set-Cookie"]
        assert cookie.startswith("__Host-bp_session=") and "Secure" in cookie
    finally:
        cloud.close()


def test_text_of_a_passport_is_text(local: LocalCloud) -> None:
    document = sample_passport()
    general = document["generalProductInformation"]
    general["manufacturerInformation"]["contactName"] = "<script>alert(1)</script>"
    general["manufacturerInformation"]["webAddress"] = "javascript:alert(1)"
    general["productIdentifier"] = '"><img src=x>'
    battery = local.onboard(document)
    shown = page(local, f"/p/{battery.id}")
    assert "<script>alert(1)</script>" in shown.text
    assert not {"script", "img"} & set(shown.tags)
    assert not [v for _, n, v in shown.attributes if n == "href" and v.startswith("javascript")]


def test_passports_with_little_or_odd_content(local: LocalCloud) -> None:
    bare = sample_passport()
    for member in ("generalProductInformation", "performanceAndDurability"):
        del bare[member]
    bare["uniqueProductIdentifier"] = "urn:example:no-link"
    battery = local.onboard(bare)
    local.client().submit_record(battery.device.envelope(1, temperatures_ddegc=[]))
    assert "Battery" in page(local, f"/p/{battery.id}").text
    assert "State of charge" in signed_in(local, battery, local.actors.operator).text


def test_errors_are_pages_for_people_only(local: LocalCloud) -> None:
    missing = page(local, "/p/none", 404)
    assert "Nothing is stored here" in missing.text and "passport_unknown" in missing.text
    assert refusal(local.client().follow, "/p/none") == (404, "passport_unknown")
    plain = local.http.get("/v1/dpps/none/status", headers=HTML)
    assert plain.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("charges", "times"),
    [
        ([500, 500], [10, 20]),
        ([0, 1000], [10, 20]),
        ([10, 0], [10, 10]),
        ([990, 1000, 995], [30, 20, 10]),
        ([300 + n % 7 for n in range(300)], list(range(300))),
    ],
)
def test_charts_stay_inside_their_frame(
    local: LocalCloud, battery: Onboarded, charges: list[int], times: list[int]
) -> None:
    from batterypass_cloud.records import StoredRecord

    history = [
        StoredRecord(
            number,
            time,
            b"",
            b"",
            "",
            {"state_of_charge_permille": charge, "time_quality": 1, "device_time_s": time},
        )
        for number, (charge, time) in enumerate(zip(charges, times, strict=True))
    ]
    drawn = chart(history)
    points = [tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", drawn.line)]
    assert len(points) == len(charges)
    assert all(drawn.left <= x <= drawn.right and 0 <= y <= drawn.base for x, y in points)
    assert len(drawn.dots) <= 40
