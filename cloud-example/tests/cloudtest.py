"""Clouds for tests: one in this process with a clock that can be set, one as a real process."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from batterypass import PublicKey, SigningKey
from fastapi import FastAPI
from starlette.testclient import TestClient

from batterypass_cloud import credentials, services
from batterypass_cloud.app import create_app
from batterypass_cloud.client import CloudClient, CloudError
from batterypass_cloud.registry import Grant, Role, TableRegistry
from batterypass_cloud.settings import Settings
from batterypass_cloud.storage import Database
from device import Device

GTIN = "09506000134352"
START_TIMEOUT_S = 30.0


def sample_passport(**changes: Any) -> dict[str, Any]:
    """Return the passport of an invented EV battery, with an id and a serial number of its own."""
    unique = uuid.uuid4()
    document: dict[str, Any] = {
        "digitalProductPassportId": f"urn:uuid:{unique}",
        "uniqueProductIdentifier": f"https://id.example.com/01/{GTIN}/21/{unique.hex[:12].upper()}",
        "granularity": "item",
        "dppSchemaVersion": "1.2.0",
        "dppStatus": "active",
        "lastUpdate": "2026-11-02T08:00:00Z",
        "economicOperatorId": "urn:example:operator:4711",
        "generalProductInformation": {
            "productIdentifier": f"EXCELL-75-{unique.hex[:8]}",
            "batteryPassportIdentifier": "urn:example:4711",
            "batteryCategory": "ev",
            "manufacturerInformation": {
                "contactName": "Example Cells GmbH",
                "postalAddress": {
                    "streetAddress": "Musterstrasse 1",
                    "postalCode": "12345",
                    "addressCountry": "DE",
                },
                "identifier": "DE000000000",
                "webAddress": "https://cells.example.com",
            },
            "manufacturingDate": "2026-10-05T00:00:00Z",
            "batteryStatus": "Original",
            "batteryMass": 478.5,
        },
        "performanceAndDurability": {
            "batteryTechicalProperties": {
                "ratedCapacity": 205.0,
                "ratedEnergy": 75.2,
                "nominalVoltage": 366.0,
                "minimumVoltage": 280.0,
                "maximumVoltage": 412.0,
                "expectedNumberOfCycles": 1500,
                "expectedLifetime": 12,
            },
            "batteryCondition": {
                "capacityFade": {
                    "capacityFadeValue": 1.9,
                    "lastUpdate": "2026-11-02T08:00:00Z",
                },
            },
        },
    }
    return {**document, **changes}


@dataclass
class Actors:
    """The keys of everybody who uses a cloud."""

    operator: SigningKey = field(default_factory=SigningKey.generate)
    other_operator: SigningKey = field(default_factory=SigningKey.generate)
    authority: SigningKey = field(default_factory=SigningKey.generate)
    broker: SigningKey = field(default_factory=SigningKey.generate)
    stranger: SigningKey = field(default_factory=SigningKey.generate)

    def registered(self) -> list[tuple[Role, SigningKey, str]]:
        """Return who is registered, in which role, under which name."""
        return [
            (Role.OPERATOR, self.operator, "Example Cells GmbH"),
            (Role.OPERATOR, self.other_operator, "Other Example Cells AG"),
            (Role.AUTHORITY, self.authority, "Example Market Surveillance"),
            (Role.DATA_BROKER, self.broker, "Example Repair Shop"),
        ]


@dataclass
class Onboarded:
    """A published passport and its battery."""

    passport: dict[str, Any]
    device: Device
    issued: credentials.Credentials

    @property
    def id(self) -> str:
        """The passport id."""
        return self.device.passport_id


class TestCloud:
    """What both kinds of cloud offer to tests."""

    __test__ = False

    base_url: str
    settings: Settings
    actors: Actors

    def client(self, key: SigningKey | None = None) -> CloudClient:
        """Return a client with a key, or an anonymous one."""
        raise NotImplementedError

    def now(self) -> float:
        """Return the time of the cloud's clock."""
        raise NotImplementedError

    def onboard(self, passport: dict[str, Any] | None = None) -> Onboarded:
        """Publish a passport for a new battery."""
        document = passport or sample_passport()
        device = Device()
        operator = self.actors.operator
        issued = credentials.issue(document, operator, device.public_key, at=self.now() - 60)
        client = self.client(operator)
        device.passport_id = client.publish_passport(issued)
        device.recipients = [r.key for r in client.recipients(device.passport_id)]
        return Onboarded(document, device, issued)

    def grant(
        self, passport_id: str, *, purpose: str = "residual_value", until: float | None = None
    ) -> int:
        """Give the broker a grant and return its number."""
        subject = self.actors.broker.public_key.thumbprint
        now = int(self.now())
        made: Grant = self.administer(
            lambda registry: registry.grant(
                passport_id, subject, purpose=purpose, at=now, until=int(until or now + 3600)
            )
        )
        return made.id

    def administer(self, work: Any) -> Any:
        """Change the registry as the command line does, beside the server."""
        database = Database(self.settings.database)
        try:
            return database.write_now(lambda c: work(TableRegistry(c)))
        finally:
            database.close()


class LocalCloud(TestCloud):
    """A cloud in this process, whose clock the test sets; every answer is checked with OpenAPI."""

    def __init__(self, data: Path, **changes: Any) -> None:
        self.base_url = "http://testserver"
        self.settings = Settings(data=data, base_url=self.base_url, **changes)
        self.actors = Actors()
        self.time = float(int(time.time()))
        services.initialise(self.settings)
        register(self.settings, self.actors, int(self.time) - 3600)
        self.app: FastAPI = create_app(self.settings, clock=self.now)
        self.http = TestClient(self.app, base_url=self.base_url, follow_redirects=False)
        self.http.event_hooks = {"response": [self._declared]}
        self.http.__enter__()

    def now(self) -> float:
        return self.time

    def client(self, key: SigningKey | None = None) -> CloudClient:
        return CloudClient(self.base_url, key, clock=self.now, http=self.http)

    def administer(self, work: Any) -> Any:
        database = self.app.state.services.database
        return database.write_now(lambda c: work(TableRegistry(c)))

    def close(self) -> None:
        """Stop the server."""
        self.http.__exit__(None, None, None)

    def _declared(self, response: httpx.Response) -> None:
        """Check that the API description names this answer with its content type."""
        operation = operation_of(self.app.openapi(), response.request)
        if operation is None:
            assert response.status_code in (200, 404, 405)
            return
        unforeseen = "default" if response.status_code == 500 else ""
        answers = operation["responses"]
        declared = answers.get(str(response.status_code)) or answers.get(unforeseen)
        where = f"{response.request.method} {response.request.url.path} {response.status_code}"
        assert declared is not None, f"{where} is not declared"
        kind = response.headers.get("content-type", "").split(";")[0]
        assert kind in (declared.get("content") or {"": None}), f"{where} as {kind} is not declared"


def operation_of(schema: dict[str, Any], request: httpx.Request) -> dict[str, Any] | None:
    """Return the description of the operation that a request is for."""
    raw = request.url.raw_path.split(b"?")[0].decode()
    for template, operations in schema["paths"].items():
        pattern = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, raw):
            found = operations.get(request.method.lower())
            return dict(found) if found else None
    return None


class ProcessCloud(TestCloud):
    """A cloud as its own process on loopback, which tests may kill."""

    def __init__(self, data: Path, log: Path) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.settings = Settings(data=data, base_url=self.base_url)
        self.actors = Actors()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[CloudClient] = []
        services.initialise(self.settings)
        register(self.settings, self.actors, int(time.time()) - 3600)

    def now(self) -> float:
        return time.time()

    def client(self, key: SigningKey | None = None) -> CloudClient:
        made = CloudClient(self.base_url, key)
        self._clients.append(made)
        return made

    def start(self) -> None:
        """Start the server and wait until it answers."""
        environment = {
            **os.environ,
            "BATTERYPASS_DATA": str(self.settings.data),
            "BATTERYPASS_BASE_URL": self.base_url,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "batterypass_cloud", "serve"],
                env=environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        with CloudClient(self.base_url) as client:
            while not client.healthy():
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)

    def kill(self) -> None:
        """End the process as a power cut would: without a chance to write anything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End the process as an administrator would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def close(self) -> None:
        """End the process and the connections to it."""
        self.stop()
        for client in self._clients:
            client.close()


def register(settings: Settings, actors: Actors, at: int) -> None:
    """Register the keys of everybody but the stranger."""
    database = Database(settings.database)
    try:
        for role, key, name in actors.registered():
            public = key.public_key
            database.write_now(partial(_register, key=public, role=role, name=name, at=at))
    finally:
        database.close()


def _register(
    connection: sqlite3.Connection, key: PublicKey, role: Role, name: str, at: int
) -> None:
    TableRegistry(connection).register(key, role, at=at, name=name)


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refusal(call: Any, *arguments: Any, **options: Any) -> tuple[int, str]:
    """Run a request that must be refused; return status and code."""
    try:
        call(*arguments, **options)
    except CloudError as error:
        return error.status, error.code
    raise AssertionError("the request was not refused")
