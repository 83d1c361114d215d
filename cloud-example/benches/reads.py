"""CPU time that the server needs for a request, as the operating system counts it.

    .venv/bin/python cloud-example/benches/reads.py [--requests N]

A server process on loopback holds the example of an EV battery with one record. Each line is one
kind of request, sent one after the other; user and system time of the server process is divided by
their number. A proof of possession, where a reader needs one, is a part of its request.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from batterypass import Record, SigningKey, TimeQuality, encrypt, sign_record

from batterypass_cloud import credentials, services
from batterypass_cloud.client import CloudClient
from batterypass_cloud.negotiate import HTML, JSON, VC_SD_JWT
from batterypass_cloud.registry import Role, TableRegistry
from batterypass_cloud.settings import Settings
from batterypass_cloud.storage import Database

EXAMPLE = Path(__file__).resolve().parents[2] / "schemas/examples/ev-battery.json"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Bench:
    """A running server, its actors and one passport."""

    url: str
    pid: int
    operator: SigningKey
    authority: SigningKey
    passport_id: str = ""

    def cpu_s(self) -> float:
        """Return the processor time of the server process so far."""
        fields = (
            Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        )
        return (int(fields[11]) + int(fields[12])) * TICK_S

    def measure(self, name: str, requests: int, send: Callable[[], object]) -> None:
        """Print the CPU and wall time of one kind of request."""
        for _ in range(5):
            send()
        begun, cpu = time.perf_counter(), self.cpu_s()
        for _ in range(requests):
            send()
        cpu, wall = self.cpu_s() - cpu, time.perf_counter() - begun
        print(f"{name:<44}{cpu / requests * 1e3:>9.2f}{wall / requests * 1e3:>9.2f}")


@contextmanager
def server(data: Path) -> Iterator[Bench]:
    """Run a server process with an operator and an authority."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    settings = Settings(data=data, base_url=url)
    services.initialise(settings)
    operator, authority = SigningKey.generate(), SigningKey.generate()
    database = Database(settings.database)
    for role, key in ((Role.OPERATOR, operator), (Role.AUTHORITY, authority)):
        database.write_now(
            lambda c, role=role, key=key: TableRegistry(c).register(key.public_key, role, at=0)
        )
    database.close()
    environment = {
        **os.environ,
        "BATTERYPASS_DATA": str(data),
        "BATTERYPASS_BASE_URL": url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "batterypass_cloud", "--log-level", "error", "serve"],
        env=environment,
    )
    try:
        with CloudClient(url) as client:
            while not client.healthy():
                if process.poll() is not None:
                    raise SystemExit("the server did not start")
                time.sleep(0.1)
        yield Bench(url, process.pid, operator, authority)
    finally:
        process.terminate()
        process.wait()


def publish(bench: Bench) -> None:
    """Publish the example and deliver one record of its battery."""
    device = SigningKey.generate()
    document = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    now = time.time()
    with CloudClient(bench.url, bench.operator) as client:
        issued = credentials.issue(document, bench.operator, device.public_key, at=now)
        bench.passport_id = client.publish_passport(issued)
        recipients = [recipient.key for recipient in client.recipients(bench.passport_id)]
        record = Record(
            sequence=1, device_time_s=int(now), time_quality=TimeQuality.GATEWAY, full_cycles=112
        )
        aad = bench.passport_id.encode()
        signed = sign_record(record, device, passport_id=bench.passport_id)
        client.submit_record(encrypt(signed, recipients, aad=aad, subject=bench.passport_id))


def status_credential(client: CloudClient) -> dict[str, object]:
    """Have the server sign a credential with a place in a status list."""
    body = {"credential": {"credentialSubject": {"id": "urn:x:1"}}, "options": with_status()}
    made = client.request("POST", "/credentials/issue", json=body).json()
    return dict(made["verifiableCredential"])


def with_status() -> dict[str, object]:
    """Return the options that ask for a place in a status list."""
    return {"credentialStatus": {"statusPurpose": "revocation"}}


def main() -> None:
    """Measure every kind of request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="of each kind (%(default)s)")
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as bench:
        publish(bench)
        anyone, operator, authority = (
            CloudClient(bench.url, key) for key in (None, bench.operator, bench.authority)
        )
        print(f"{'request':<44}{'CPU ms':>9}{'wall ms':>9}")
        bench.measure("health", requests, anyone.healthy)
        for reader, client in (
            ("public", anyone),
            ("authority", authority),
            ("operator", operator),
        ):
            for kind in (JSON, VC_SD_JWT, HTML):
                bench.measure(
                    f"{reader}, {kind}",
                    requests,
                    lambda client=client, kind=kind: client.get(bench.passport_id, accept=kind),
                )
        for kind in (JSON, VC_SD_JWT):
            unchanged(anyone, bench, kind, requests)
        made = status_credential(operator)
        bench.measure("issue with a status", requests, lambda: status_credential(operator))
        body = {"verifiableCredential": made}
        bench.measure(
            "verify with a status",
            requests,
            lambda: anyone.request("POST", "/credentials/verify", json=body),
        )
        bench.measure("status list", requests, lambda: anyone.request("GET", "/status/1"))
        for client in (anyone, operator, authority):
            client.close()


def unchanged(client: CloudClient, bench: Bench, kind: str, requests: int) -> None:
    """Measure answers of 304 to a reader who has the passport already."""
    tag = client.get(bench.passport_id, accept=kind).headers["ETag"]
    headers = {"Accept": kind, "If-None-Match": tag}
    with httpx.Client(base_url=bench.url, headers=headers, trust_env=False) as http:
        url = f"/v1/dpps/{bench.passport_id}"
        if http.get(url).status_code != 304:
            raise SystemExit("the entity tag does not hold")
        bench.measure(f"public, {kind}, 304", requests, lambda: http.get(url))


if __name__ == "__main__":
    main()
