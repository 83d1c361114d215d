"""The reference firmware in QEMU against the real gateway and the real server."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from batterypass import BatteryPassError, Provision, PublicKey, SigningKey, decrypt, verify_record

from batterypass_cloud import credentials, provision
from batterypass_cloud.gateway import Gateway
from batterypass_cloud.link import DeviceLink, accept_one
from batterypass_cloud.provision import RUNNING
from cloudtest import ProcessCloud, free_port, sample_passport

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware-example"
PERIOD_MS = 200
PATIENCE_S = 60.0
ACKNOWLEDGED = re.compile(r"^record (\d+) acknowledged$", re.MULTILINE)
MOST_STACK = re.compile(r"^most stack so far, bytes: (\d+)$", re.MULTILINE)
STACK_BUDGET = 8 * 1024


class Emulator:
    """The firmware in QEMU with a flash file that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._nv = folder / "bms.nv"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._boots = 0

    def boot(self) -> None:
        """Start the machine; it connects to `port` until somebody listens."""
        self._boots += 1
        settings = [f"PORT={self.port}", f"NV={self._nv}", f"LOG={self._log(self._boots)}"]
        with (self._folder / "qemu.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["make", "--no-print-directory", "-C", str(FIRMWARE), "run", *settings],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def power_off(self) -> None:
        """End the machine as a loss of power would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def acknowledged(self) -> set[int]:
        """Return the sequence numbers that the firmware took as stored, over all boots."""
        return {int(number) for number in ACKNOWLEDGED.findall(self._logged())}

    def most_stack(self) -> int:
        """Return the most bytes of stack that the firmware has found used."""
        return max(int(number) for number in MOST_STACK.findall(self._logged()))

    def _logged(self) -> str:
        logs = [self._log(boot) for boot in range(1, self._boots + 1)]
        return "\n".join(log.read_text() for log in logs if log.exists())

    def _log(self, boot: int) -> Path:
        return self._folder / f"bms-{boot}.log"


@pytest.fixture(scope="session", autouse=True)
def firmware() -> None:
    """Build the firmware once, with the size check of its Makefile."""
    subprocess.run(["make", "--no-print-directory", "-C", str(FIRMWARE)], check=True)  # noqa: S607


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    """Provide a machine with an empty flash file."""
    machine = Emulator(tmp_path)
    yield machine
    machine.power_off()


@asynccontextmanager
async def booted(emulator: Emulator) -> AsyncIterator[DeviceLink]:
    """Boot the machine and take its link, as a provisioning station does."""
    listening = asyncio.create_task(accept_one("127.0.0.1", emulator.port, PATIENCE_S))
    await asyncio.sleep(0.1)
    emulator.boot()
    async with await listening as link:
        yield link


async def onboard(cloud: ProcessCloud, emulator: Emulator) -> provision.Onboarded:
    """Boot a new battery and give it a passport."""
    async with booted(emulator) as link:
        return await provision.onboard(
            link,
            sample_passport(),
            cloud.actors.operator,
            cloud.base_url,
            period_ms=PERIOD_MS,
            within=PATIENCE_S,
        )


def stored(cloud: ProcessCloud) -> list[int]:
    """Return the stored sequence numbers, read without the server."""
    connection = sqlite3.connect(cloud.settings.database)
    try:
        rows = connection.execute("SELECT sequence FROM records ORDER BY sequence")
        return [int(row[0]) for row in rows]
    finally:
        connection.close()


async def until_stored(cloud: ProcessCloud, count: int) -> list[int]:
    """Wait until so many records are stored."""
    deadline = time.monotonic() + PATIENCE_S
    while len(numbers := stored(cloud)) < count:
        assert time.monotonic() < deadline, f"{len(numbers)} of {count} records"
        await asyncio.sleep(0.1)
    return numbers


def test_records_of_the_chip_open_for_each_recipient(
    cloud: ProcessCloud, emulator: Emulator
) -> None:
    async def story() -> provision.Onboarded:
        onboarded = await onboard(cloud, emulator)
        async with Gateway(cloud.base_url) as gateway:
            await gateway.listen("127.0.0.1", emulator.port)
            await until_stored(cloud, 8)
        return onboarded

    onboarded = asyncio.run(story())
    with cloud.client(cloud.actors.authority) as authority:
        sealed = authority.records(onboarded.passport_id)
    assert len(sealed) >= 8
    records = []
    for item in sealed:
        signed = decrypt(item.envelope, cloud.actors.authority, aad=onboarded.passport_id.encode())
        record = verify_record(signed, onboarded.device, passport_id=onboarded.passport_id)
        assert record.sequence == item.sequence
        records.append(record)
    # A believable pack: the charge moves, in small steps, and no counter falls.
    charges = [record.state_of_charge_permille for record in records]
    steps = [abs(a - b) for a, b in pairwise(charges)]
    assert len(set(charges)) > 1
    assert max(steps) <= 50
    for earlier, later in pairwise(records):
        assert later.device_time_s >= earlier.device_time_s
        assert later.energy_throughput_wh >= earlier.energy_throughput_wh
        assert later.cell_voltage_min_mv <= later.cell_voltage_max_mv
    assert emulator.most_stack() <= STACK_BUDGET
    with cloud.client(cloud.actors.operator) as operator:
        newest = operator.status(onboarded.passport_id)
    signed = credentials.unb64(newest["signedRecord"])
    verify_record(signed, onboarded.device, passport_id=onboarded.passport_id)


def test_key_and_sequence_survive_losses_of_power(cloud: ProcessCloud, emulator: Emulator) -> None:
    async def story() -> tuple[PublicKey, list[PublicKey], list[int]]:
        device = (await onboard(cloud, emulator)).device
        seen = []
        async with Gateway(cloud.base_url) as gateway:
            await gateway.listen("127.0.0.1", emulator.port)
            await until_stored(cloud, 3)
        for _ in range(3):
            emulator.power_off()
            before = stored(cloud)
            async with booted(emulator) as link, asyncio.timeout(PATIENCE_S):
                hello = await link.hello(RUNNING)
            seen.append(PublicKey.from_sec1(bytes(hello.public_key)))
            # Numbers are reserved before they are used, so the next one was never sent before.
            assert hello.next_sequence > before[-1]
            async with Gateway(cloud.base_url) as gateway:
                await gateway.listen("127.0.0.1", emulator.port)
                await until_stored(cloud, len(before) + 3)
        return device, seen, stored(cloud)

    device, seen, numbers = asyncio.run(story())
    assert [key.thumbprint for key in seen] == [device.thumbprint] * 3
    assert len(numbers) == len(set(numbers))
    assert emulator.acknowledged() <= set(numbers)


def test_a_second_provisioning_is_not_obeyed(cloud: ProcessCloud, emulator: Emulator) -> None:
    thief = SigningKey.generate()

    async def story() -> str:
        onboarded = await onboard(cloud, emulator)
        emulator.power_off()
        async with booted(emulator) as link, asyncio.timeout(PATIENCE_S):
            await link.hello(RUNNING)
            to = [bytes(thief.public_key.to_sec1())]
            await link.send(
                Provision(time=0, period_ms=1, passport_id="urn:example:stolen", recipients=to)
            )
        async with Gateway(cloud.base_url) as gateway:
            await gateway.listen("127.0.0.1", emulator.port)
            await until_stored(cloud, 2)
        return onboarded.passport_id

    passport_id = asyncio.run(story())
    with cloud.client(cloud.actors.operator) as operator:
        sealed = operator.records(passport_id)
    for item in sealed:
        with pytest.raises(BatteryPassError, match="recipient_unknown"):
            decrypt(item.envelope, thief, aad=passport_id.encode())


def test_no_acknowledged_record_is_lost_when_the_server_is_killed(
    cloud: ProcessCloud, emulator: Emulator
) -> None:
    async def story() -> None:
        await onboard(cloud, emulator)
        async with Gateway(cloud.base_url) as gateway:
            await gateway.listen("127.0.0.1", emulator.port)
            for _ in range(3):
                await until_stored(cloud, len(stored(cloud)) + 4)
                cloud.kill()
                await asyncio.sleep(0.5)
                await asyncio.to_thread(cloud.start)
            await until_stored(cloud, len(stored(cloud)) + 2)

    asyncio.run(story())
    emulator.power_off()
    acknowledged = emulator.acknowledged()
    assert len(acknowledged) >= 10
    assert acknowledged <= set(stored(cloud))
