"""The demo: one battery's data on its whole way, with real parts on this machine.

A Cortex-M4F firmware in QEMU, a gateway, the cloud server and its SQLite file; the maker, an
authority and a data broker each with a key of their own. Every line with a tick was checked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from batterypass import (
    BatteryPassError,
    PublicKey,
    SigningKey,
    decrypt,
    encrypt,
    qr_png,
    qr_text,
    verify,
    verify_record,
)

from batterypass_cloud import credentials, provision, services
from batterypass_cloud.client import CloudClient, CloudError, SealedRecord
from batterypass_cloud.link import DeviceLink, accept_one
from batterypass_cloud.negotiate import VC_SD_JWT

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".demo"
SAMPLE = ROOT / "schemas/examples/ev-battery.json"
PERIOD_MS = 1000
WANTED_RECORDS = 6
PATIENCE_S = 120.0

COLOUR = sys.stdout.isatty()


def colour(code: str, text: str) -> str:
    """Colour text on a terminal."""
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def say(text: str) -> None:
    """Print one line of the story."""
    print(text, flush=True)


class StepFailed(Exception):
    """What a step promised did not happen."""


class Step:
    """One line with a tick, or with a cross and the reason."""

    def __init__(self, title: str) -> None:
        self.title = title

    def progress(self, text: str) -> None:
        """Show how far a long step is."""
        if COLOUR:
            print(f"\r\033[K{colour('2', '…')} {self.title} {text}", end="", flush=True)

    def result(self, text: str) -> None:
        """Add what came out."""
        self.title += f" {text}"

    def require(self, holds: bool, reason: str) -> None:
        """End the demo unless something holds."""
        if not holds:
            raise StepFailed(reason)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Run one step of the demo."""
    current = Step(title)
    current.progress("")
    start = "\r\033[K" if COLOUR else ""
    try:
        yield current
    except Exception as error:
        say(f"{start}{colour('31', '✗')} {current.title}: {type(error).__name__}: {error}")
        raise
    say(f"{start}{colour('32', '✓')} {current.title}")


def wait_for(ready: Callable[[], Any], what: str, patience: float = PATIENCE_S) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.2)
    raise StepFailed(f"{what} did not happen within {patience:.0f} s; logs are in {WORK}")


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """The processes of the demo, each with a log in the demo's folder, ended with it."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, so that its children end with it."""
        with (WORK / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | environment,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def stop(self) -> None:
        """End all processes, the last one first."""
        for process in reversed(self._running):
            for kill in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, kill)
                    process.wait(5)
                except ProcessLookupError:
                    process.wait()
                except subprocess.TimeoutExpired:
                    continue
                break


def actor(name: str) -> SigningKey:
    """Make an actor's key and keep it in a file that only its owner can read."""
    key = SigningKey.generate()
    services.write_key(WORK / f"{name}.pem", key)
    return key


class Demo:
    """The parts that the steps share."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.url = f"http://127.0.0.1:{free_port()}"
        self.link_port = free_port()
        self.settings = {"BATTERYPASS_DATA": str(WORK / "cloud"), "BATTERYPASS_BASE_URL": self.url}
        self.passport: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
        self.id: str = self.passport["digitalProductPassportId"]

    def cloud(self, *arguments: str) -> None:
        """Run one administrative command of the cloud."""
        command = [sys.executable, "-m", "batterypass_cloud", *arguments]
        done = subprocess.run(
            command, env=os.environ | self.settings, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StepFailed(done.stderr.strip())

    def start_actors(self) -> None:
        """Bring up the cloud and the three people's keys."""
        with step("cloud: started, SQLite in WAL mode with synchronous=FULL") as s:
            self.cloud("init")
            serve = (sys.executable, "-m", "batterypass_cloud", "serve")
            self.processes.start("cloud", *serve, **self.settings)
            with CloudClient(self.url) as anyone:
                wait_for(anyone.healthy, "the cloud's answer", 30)
            s.result(f"at {self.url}")
        with step("keys: made and registered for the maker, the authority and a data broker"):
            self.maker, self.authority, self.broker = map(actor, ("maker", "authority", "broker"))
            self.add_key("operator", self.maker, "Example Cells GmbH (example)")
            self.add_key("authority", self.authority, "Example market surveillance authority")
            self.add_key("data_broker", self.broker, "Example data broker")
            self.operator = CloudClient(self.url, self.maker)

    def add_key(self, role: str, key: SigningKey, name: str) -> None:
        """Register a public key with the cloud."""
        self.cloud("keys", "add", "--role", role, "--did", key.public_key.did, "--name", name)

    async def onboard(self) -> None:
        """Do what the maker's production line does with one battery."""
        with step("BMS: booted in QEMU (Cortex-M4F), made its own key") as s:
            listening = asyncio.create_task(accept_one("127.0.0.1", self.link_port, PATIENCE_S))
            await asyncio.sleep(0.2)
            make = ("make", "--no-print-directory", "-C", str(ROOT / "firmware-example"), "run")
            nv, log = WORK / "bms.nv", WORK / "bms-uart1.log"
            self.processes.start("bms", *make, f"PORT={self.link_port}", f"NV={nv}", f"LOG={log}")
            link: DeviceLink = await listening
            self.device: PublicKey = await provision.device_key(link)
            s.result(f"{self.device.thumbprint[:12]}…")
        async with link:
            with step(
                "maker: signed the passport, once, and the BMS key as verifiable credentials"
            ):
                issued = credentials.issue(self.passport, self.maker, self.device, at=time.time())
                await asyncio.to_thread(self.operator.publish_passport, issued)
            with step("BMS: provisioned, seals to") as s:
                recipients = await asyncio.to_thread(self.operator.recipients, self.id)
                s.result(" and ".join(recipient.role for recipient in recipients))
                await provision.provision(
                    link,
                    self.id,
                    [recipient.key for recipient in recipients],
                    period_ms=PERIOD_MS,
                    device=self.device,
                )
        self.label = provision.label_text(self.url, self.passport, self.device)

    def receive(self) -> None:
        """Let records come in over UART, TCP and HTTP."""
        with step("gateway: carries frames from the UART over TCP to the cloud"):
            listen = ("--listen", f"127.0.0.1:{self.link_port}", "--cloud", self.url)
            gateway = (sys.executable, "-m", "batterypass_cloud", "gateway")
            self.processes.start("gateway", *gateway, *listen)
        with step("records: signed and sealed by the BMS, stored, then acknowledged:") as s:
            charges = [self.state_of_charge()]

            def enough() -> list[SealedRecord] | None:
                records = self.operator.records(self.id)
                if (charge := self.state_of_charge()) != charges[-1]:
                    charges.append(charge)
                s.progress(f"{len(records)} of {WANTED_RECORDS}")
                return records if len(records) >= WANTED_RECORDS else None

            self.sealed: list[SealedRecord] = wait_for(enough, "enough records")
            sizes = sorted(len(record.envelope) for record in self.sealed)
            size = f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
            s.result(f"{len(self.sealed)}, {size} bytes each")
        with step("passport: its state of charge follows the battery:") as s:
            s.result(" → ".join(f"{charge:.1f}" for charge in charges) + " %")
            s.require(len(charges) > 2, "the state of charge does not move")

    def state_of_charge(self) -> float:
        """Return the percentage in the passport as its operator sees it."""
        condition = self.operator.passport(self.id)["performanceAndDurability"]["batteryCondition"]
        return float(condition["stateOfCharge"]["stateOfChargeValue"])

    def cloud_key(self) -> SigningKey:
        """Return the cloud's private key, which lies in its data directory."""
        return services.read_key(WORK / "cloud" / "cloud-key.pem")

    def opened(self, sealed: SealedRecord, key: SigningKey) -> Any:
        """Open an envelope with one recipient's key and check the BMS's signature."""
        signed = decrypt(sealed.envelope, key, aad=self.id.encode())
        return verify_record(signed, self.device, passport_id=self.id)

    def read_by_role(self) -> None:
        """Show who can open what."""
        with step("cloud: opens every envelope with its key, each signature is the BMS's") as s:
            as_cloud = [self.opened(record, self.cloud_key()) for record in self.sealed]
            numbers = [record.sequence for record in as_cloud]
            s.require(numbers == [r.sequence for r in self.sealed], "sequence numbers differ")
        with step("authority: opens the same envelopes with its own key, reads the same") as s:
            with CloudClient(self.url, self.authority) as authority:
                received = authority.records(self.id)[: len(self.sealed)]
            as_authority = [self.opened(record, self.authority).to_dict() for record in received]
            s.require(as_authority == [r.to_dict() for r in as_cloud], "the records differ")
        with step("data broker without a grant: refused by the cloud") as s:
            with CloudClient(self.url, self.broker) as broker:
                s.result(f"({refusal(lambda: broker.records(self.id))})")
            code = refusal(lambda: self.opened(self.sealed[0], self.broker))
            s.result(f"and cannot open the bytes either ({code})")
            s.require(code == "recipient_unknown", "the broker's key opened a record")

    def scan(self) -> None:
        """Do what a phone does with the label."""
        picture = WORK / "passport-qr.png"
        with step("label: QR code for the battery, also as a picture in") as s:
            picture.write_bytes(qr_png(self.label))
            s.result(str(picture.relative_to(ROOT)))
        say(f"\n{qr_text(self.label)}\n  {self.label}\n")
        with step("phone: follows the link; the cloud says the label's key is") as s:
            with CloudClient(self.url) as phone:
                answer = phone.follow(self.label, accept=VC_SD_JWT)
                newest = self.operator.status(self.id)
            s.result(answer.headers["Battery-Key"])
            s.require(answer.headers["Battery-Key"] == "registered", "the key is not registered")
        with step("phone: the credential verifies offline against the maker's key") as s:
            report = verify(answer.text, issuer_key=self.maker.public_key)
            s.require(report.ok, str(report.findings))
            subject = report.claims["credentialSubject"]
            s.require(subject["id"] == self.id, "it is another passport")
            hidden = "batteryCondition" not in subject.get("performanceAndDurability", {})
            s.require(hidden, "the public part shows restricted data")
        with step("authority: gets more under the maker's same signature:") as s:
            with CloudClient(self.url, self.authority) as authority:
                part = authority.credential(self.id)
            s.require(verify(part, issuer_key=self.maker.public_key).ok, "it does not verify")
            same = part.split("~")[0] == answer.text.split("~")[0]
            s.require(same, "the authority's part was signed separately")
            s.result(f"{part.count('~') - answer.text.count('~')} disclosures")
        with step("operator: the newest record verifies offline against the BMS's key") as s:
            signed = credentials.unb64(newest["signedRecord"])
            record = verify_record(signed, self.device, passport_id=self.id)
            s.require(record.sequence == newest["record"]["sequence"], "another record")

    def attack(self) -> None:
        """Show that what is changed or repeated is refused."""
        old = self.sealed[0]
        with CloudClient(self.url) as anyone:
            with step("tampered record (one bit flipped): refused,") as s:
                changed = bytearray(old.envelope)
                changed[len(changed) // 4] ^= 1
                code = refusal(lambda: anyone.submit_record(bytes(changed)))
                s.result(code)
                s.require(code.endswith("decryption_failed"), "another refusal was expected")
            with step("old record sealed anew and sent again: refused,") as s:
                # Only a recipient can try this: it opens the record and seals it as its own.
                signed = decrypt(old.envelope, self.authority, aad=self.id.encode())
                to = [self.cloud_key().public_key]
                replay = encrypt(signed, to, aad=self.id.encode(), subject=self.id)
                code = refusal(lambda: anyone.submit_record(replay))
                s.result(code)
                s.require(code.endswith("sequence_not_increasing"), "another refusal was expected")
            with step("the very same bytes again: nothing changes,") as s:
                s.result(anyone.submit_record(old.envelope))

    def run(self) -> None:
        """Tell the whole story."""
        self.start_actors()
        asyncio.run(self.onboard())
        self.receive()
        self.read_by_role()
        self.scan()
        self.attack()


def refusal(call: Callable[[], object]) -> str:
    """Return the code with which a call is refused."""
    try:
        call()
    except CloudError as error:
        return f"{error.status} {error.code}"
    except BatteryPassError as error:
        return str(error.code)
    raise StepFailed("it was not refused")


def main() -> int:
    """Run the demo; 0 when every step held."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--once", action="store_true", help="end after the last step")
    once = options.parse_args().once
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(mode=0o700)
    with ExitStack() as stack:
        processes = Processes()
        stack.callback(processes.stop)
        # A termination must end the other processes too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        demo = Demo(processes)
        try:
            demo.run()
        except KeyboardInterrupt:
            return 130
        except Exception as error:
            say(f"\n{colour('31', 'The demo failed')}: {error}\nLogs are in {WORK}.")
            return 1
        say(f"\n{colour('1', 'All steps held.')}")
        if not once:
            say(f"  The passport, as everyone sees it: {demo.label}")
            say(f"  As its operator sees it, live:     {demo.operator.session_link(demo.id)}")
            say("  Ctrl-C ends the demo.")
            try:
                signal.pause()
            except KeyboardInterrupt:
                say("")
    return 0


if __name__ == "__main__":
    sys.exit(main())
