"""The service as a whole: its description, its logs, its command line."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from batterypass import SigningKey

from batterypass_cloud.authorize import ROUTES
from cloudtest import LocalCloud, Onboarded, ProcessCloud, free_port, refusal, sample_passport


def test_every_route_is_described(local: LocalCloud) -> None:
    schema = local.http.get("/openapi.json").json()
    described = {(m.upper(), p) for p, operations in schema["paths"].items() for m in operations}
    assert described == set(ROUTES) - {("GET", "/openapi.json")}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["summary"] and operation["description"], path
            for status, answer in operation["responses"].items():
                assert answer["description"], (path, status)
                if status not in ("204", "303", "304"):
                    assert answer["content"], (path, status)
                if status == "default" or status >= "400":
                    assert "application/problem+json" in answer["content"]
    references = {
        part.split('"')[0] for part in json.dumps(schema).split("#/components/schemas/")[1:]
    }
    assert references <= set(schema["components"]["schemas"])
    assert "HTTPValidationError" not in references


def test_requests_with_bodies_describe_them(local: LocalCloud) -> None:
    schema = local.app.openapi()
    for method, path in ROUTES:
        if method == "POST":
            content = schema["paths"][path]["post"]["requestBody"]["content"]
            assert len(content) == 1 and next(iter(content.values()))["schema"]


def test_an_internal_error_tells_nothing(
    local: LocalCloud,
    battery: Onboarded,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from batterypass_cloud import passports

    def broken(*_: Any) -> None:
        raise KeyError("a secret in an exception")

    monkeypatch.setattr(passports, "find", broken)
    answer = local.http.get(f"/v1/dpps/{battery.id}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "secret" not in answer.text and "KeyError" not in answer.text
    assert "secret" not in caplog.text and "KeyError" in caplog.text


def test_logs_hold_no_secrets(local: LocalCloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="batterypass")
    battery = local.onboard()
    operator = local.client(local.actors.operator)
    signed = battery.device.signed(1)
    local.client().submit_record(battery.device.seal(signed))
    link = operator.session_link(battery.id)
    local.http.get(link)
    local.http.get(f"/p/{battery.id}?k={battery.device.public_key.thumbprint}")
    operator.delete(battery.id)
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("batterypass")
    )
    assert "route=/p/{passport_id}" in ours and "event=passport_deleted" in ours
    for secret in (
        battery.id,
        link.rsplit("/", 1)[1],
        local.http.cookies.get("bp_session", "none"),
        battery.issued.passport,
        battery.device.public_key.thumbprint,
        str(local.app.state.services.key.to_jwk()["d"]),
    ):
        assert secret not in ours


def command(
    data: Path, *arguments: str, url: str = "http://127.0.0.1:1"
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "BATTERYPASS_DATA": str(data),
        "BATTERYPASS_BASE_URL": url,
    }
    return subprocess.run(
        [sys.executable, "-m", "batterypass_cloud", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_is_helpful(tmp_path: Path) -> None:
    shown = command(tmp_path, "--help")
    assert shown.returncode == 0
    for word in ("init", "serve", "keys", "grants", "gateway", "provision", "BATTERYPASS_DATA"):
        assert word in shown.stdout
    for words in (("keys", "add"), ("grants", "add"), ("gateway",), ("provision",), ("serve",)):
        assert command(tmp_path, *words, "--help").returncode == 0
    assert command(tmp_path).returncode == 2


def test_keys_and_grants_by_command(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    data = cloud.settings.data
    pem = data.parent / "repair.pem"
    made = command(data, "keys", "new", "--out", str(pem))
    did = json.loads(made.stdout)["did"]
    assert pem.stat().st_mode & 0o777 == 0o600
    key = SigningKey.from_pem(pem.read_text())
    assert key.did == did
    assert "PRIVATE" not in made.stdout + made.stderr
    grant = ("grants", "add", "--passport", onboarded.id, "--did", did)
    assert command(data, *grant, "--purpose", "curiosity", "--expires", "x").returncode == 2
    grant = (*grant, "--purpose", "energy_market")
    refused = command(data, *grant, "--expires", "2099-01-01T00:00:00Z")
    assert refused.returncode == 1 and "not_a_data_broker" in refused.stderr
    added = command(data, "keys", "add", "--role", "data_broker", "--did", did, "--name", "R")
    assert added.returncode == 0
    assert command(data, "keys", "add", "--role", "operator", "--did", did).returncode == 1
    assert refusal(cloud.client(key).records, onboarded.id) == (403, "not_allowed")
    given = command(data, *grant, "--expires", "2099-01-01T00:00:00Z")
    assert given.returncode == 0
    assert cloud.client(key).records(onboarded.id) == []
    listed = command(data, "grants", "list", "--passport", onboarded.id)
    assert [json.loads(line)["active"] for line in listed.stdout.splitlines()] == [True]
    number = str(json.loads(given.stdout)["id"])
    assert command(data, "grants", "revoke", "--id", number).returncode == 0
    assert refusal(cloud.client(key).records, onboarded.id) == (403, "not_allowed")
    assert command(data, "keys", "revoke", "--did", did).returncode == 0
    assert refusal(cloud.client(key).passport, onboarded.id) == (401, "key_revoked")
    states = [json.loads(x) for x in command(data, "keys", "list").stdout.splitlines()]
    assert {"revoked", "active"} == {state["state"] for state in states}


def test_commands_that_are_refused(tmp_path: Path) -> None:
    assert command(tmp_path / "none", "serve").returncode == 2
    assert command(tmp_path / "none", "keys", "list").returncode == 2
    data = tmp_path / "data"
    assert command(data, "init").returncode == 0
    assert command(data, "init").returncode == 0
    assert command(data, "keys", "add", "--role", "bms", "--did", "x").returncode == 2
    assert command(data, "keys", "add", "--role", "operator", "--did", "x").returncode == 1
    wrong = command(data, "grants", "add", "--passport", "x", "--did", "x", "--expires", "soon")
    assert wrong.returncode == 2
    assert command(data, "gateway", "--cloud", "x", "--listen", "nowhere").returncode == 2
    assert command(data, "serve", url="nonsense").returncode == 2


def test_provisioning_by_command(cloud: ProcessCloud, tmp_path: Path) -> None:
    import asyncio

    from batterypass_cloud.services import write_key
    from device import Device, DeviceSession

    document, pem = tmp_path / "passport.json", tmp_path / "operator.pem"
    document.write_text(json.dumps(sample_passport()))
    write_key(pem, cloud.actors.operator)
    device, port = Device(), free_port()

    async def battery() -> None:
        async with asyncio.timeout(40):
            while True:
                try:
                    session = await DeviceSession.connect(device, port)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
            await session.be_provisioned()
            await session.close()

    thread = threading.Thread(target=asyncio.run, args=(battery(),))
    thread.start()
    arguments = ["--listen", f"127.0.0.1:{port}", "--cloud", cloud.base_url]
    arguments += ["--operator-key", str(pem), "--passport", str(document)]
    done = command(cloud.settings.data, "provision", *arguments)
    thread.join()
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["device"] == device.key.did
    assert cloud.client().follow(answer["label"]).headers["Battery-Key"] == "registered"


def test_a_server_stops_when_it_is_asked_to(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    cloud.client().submit_record(onboarded.device.next_envelope())
    cloud.stop()
    assert cloud.process is not None and cloud.process.returncode in (0, -15)
    log = cloud.log.read_text()
    assert "Traceback" not in log
    assert onboarded.id not in log
