"""Acknowledged means on disk: the server is killed while records stream, and nothing is lost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time

import httpx
import pytest

from batterypass_cloud.client import CloudError
from batterypass_cloud.gateway import Gateway
from cloudtest import Onboarded, ProcessCloud
from device import deliver_until_stored

KILLS = 4


def stored(cloud: ProcessCloud, passport_id: str) -> set[int]:
    """Return what the database holds, read without the server."""
    connection = sqlite3.connect(cloud.settings.database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        rows = connection.execute(
            "SELECT sequence FROM records WHERE passport_id = ?", (passport_id,)
        )
        return {int(row[0]) for row in rows}
    finally:
        connection.close()


def test_killed_while_records_stream_over_http(cloud: ProcessCloud) -> None:
    batteries = [cloud.onboard() for _ in range(3)]
    acknowledged: dict[str, set[int]] = {battery.id: set() for battery in batteries}
    stop = threading.Event()
    failures: list[str] = []

    def stream(battery: Onboarded) -> None:
        client = cloud.client()
        envelope = battery.device.next_envelope()
        while not stop.is_set():
            try:
                client.submit_record(envelope)
            except httpx.HTTPError:
                time.sleep(0.02)
                continue
            except CloudError as error:
                failures.append(error.code)
                return
            acknowledged[battery.id].add(battery.device.sequence)
            envelope = battery.device.next_envelope()
        client.close()

    threads = [threading.Thread(target=stream, args=(battery,)) for battery in batteries]
    for thread in threads:
        thread.start()
    chance = random.Random(3)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 0.9))
        cloud.kill()
        for battery in batteries:
            seen = set(acknowledged[battery.id])
            assert seen <= stored(cloud, battery.id)
        cloud.start()
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    for battery in batteries:
        sent = acknowledged[battery.id]
        assert len(sent) > 10
        assert sent == set(range(1, max(sent) + 1))
        assert sent <= stored(cloud, battery.id)


@pytest.mark.parametrize("clean", [False, True])
def test_killed_while_records_stream_through_the_gateway(
    cloud: ProcessCloud, onboarded: Onboarded, clean: bool
) -> None:
    acknowledged: set[int] = set()

    async def run() -> None:
        async with Gateway(cloud.base_url) as gateway:
            port = await gateway.listen("127.0.0.1", 0)

            async def stream() -> None:
                for sequence in range(1, 10_000):
                    await deliver_until_stored(onboarded.device, port, sequence)
                    acknowledged.add(sequence)

            streaming = asyncio.create_task(stream())
            chance = random.Random(4)
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.3, 0.8))
                await asyncio.to_thread(cloud.stop if clean else cloud.kill)
                assert acknowledged <= await asyncio.to_thread(stored, cloud, onboarded.id)
                await asyncio.to_thread(cloud.start)
            before = len(acknowledged)
            async with asyncio.timeout(30):
                while len(acknowledged) < before + 5:
                    assert not streaming.done(), streaming.result()
                    await asyncio.sleep(0.05)
            streaming.cancel()

    asyncio.run(run())
    assert acknowledged == set(range(1, max(acknowledged) + 1))
    assert acknowledged <= stored(cloud, onboarded.id)
