"""The gateway and the provisioning station, over real TCP and with a real server process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from batterypass import Ack, PublicKey, RecordMessage, Reject, encode_frame

from batterypass_cloud import provision
from batterypass_cloud.gateway import Gateway
from batterypass_cloud.link import accept_one, connect
from batterypass_cloud.provision import ProvisioningError
from cloudtest import Onboarded, ProcessCloud, free_port, sample_passport
from device import Device, DeviceSession, deliver_until_stored

SEEN_BEFORE, STORED = 1, 0
NOT_ACCEPTED, TRY_LATER = 1, 2


def through_gateway(
    url: str, device: Device, scenario: Callable[[DeviceSession, int], Coroutine[Any, Any, None]]
) -> None:
    async def run() -> None:
        async with Gateway(url) as gateway:
            port = await gateway.listen("127.0.0.1", 0)
            session = await DeviceSession.connect(device, port)
            try:
                await asyncio.wait_for(scenario(session, port), 60)
            finally:
                await session.close()

    asyncio.run(run())


def test_records_reach_the_cloud(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    device = onboarded.device

    async def scenario(session: DeviceSession, _: int) -> None:
        await session.hello(1)
        for sequence in range(1, 6):
            answer = await session.deliver(sequence, device.envelope(sequence))
            assert isinstance(answer, Ack)
            assert (answer.sequence, answer.status) == (sequence, STORED)
            assert abs(answer.time - cloud.now()) < 60

    through_gateway(cloud.base_url, device, scenario)
    assert cloud.client(cloud.actors.operator).status(onboarded.id)["sequence"] == 5


def test_a_resent_record_is_acknowledged_as_seen(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    envelope = onboarded.device.envelope(1)

    async def scenario(session: DeviceSession, _: int) -> None:
        first = await session.deliver(1, envelope)
        again = await session.deliver(1, envelope)
        assert isinstance(first, Ack) and first.status == STORED
        assert isinstance(again, Ack) and again.status == SEEN_BEFORE

    through_gateway(cloud.base_url, onboarded.device, scenario)


def test_a_record_that_the_cloud_refuses_is_dropped(
    cloud: ProcessCloud, onboarded: Onboarded
) -> None:
    device = onboarded.device

    async def scenario(session: DeviceSession, _: int) -> None:
        assert isinstance(await session.deliver(5, device.envelope(5)), Ack)
        for sequence, envelope in ((4, device.envelope(4)), (6, b"nonsense"), (7, b"")):
            answer = await session.deliver(sequence, envelope)
            assert isinstance(answer, Reject) and answer.code == NOT_ACCEPTED
        # The number on the frame is the sender's claim; the signed one counts.
        answer = await session.deliver(99, device.envelope(8))
        assert isinstance(answer, Reject) and answer.code == NOT_ACCEPTED
        assert isinstance(await session.deliver(9, device.envelope(9)), Ack)

    through_gateway(cloud.base_url, device, scenario)


def test_frames_split_merged_and_broken(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    device = onboarded.device

    def frame(sequence: int) -> bytes:
        envelope = device.envelope(sequence)
        return bytes(encode_frame(RecordMessage(sequence=sequence, envelope=envelope)))

    async def scenario(session: DeviceSession, _: int) -> None:
        for byte in frame(1):
            await session.raw(bytes([byte]))
        assert isinstance(await session.answer(1), Ack)
        await session.raw(frame(2) + frame(3))
        assert isinstance(await session.answer(2), Ack)
        assert isinstance(await session.answer(3), Ack)
        broken = bytearray(frame(4))
        broken[len(broken) // 2] ^= 0x01
        await session.raw(bytes(broken))
        assert await session.silent(0.5)
        # Noise, an overlong frame, an unknown type, empty frames: then the link still works.
        await session.raw(b"\x01\x02\x03\x00" + b"\x55" * 10_000 + b"\x00\x00\x00")
        await session.raw(frame(4)[10:] + frame(4))
        assert isinstance(await session.answer(4), Ack)

    through_gateway(cloud.base_url, device, scenario)


def test_what_only_hosts_send_is_ignored(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    async def scenario(session: DeviceSession, _: int) -> None:
        await session.send(Ack(sequence=1, status=0, time=0))
        await session.send(Reject(sequence=1, code=1))
        assert await session.silent(0.3)
        assert isinstance(await session.deliver(1, onboarded.device.envelope(1)), Ack)

    through_gateway(cloud.base_url, onboarded.device, scenario)


def test_without_a_cloud_nothing_is_acknowledged(cloud: ProcessCloud, onboarded: Onboarded) -> None:
    device = onboarded.device
    envelope = device.envelope(1)

    async def scenario(session: DeviceSession, port: int) -> None:
        cloud.kill()
        for _ in range(3):
            answer = await session.deliver(1, envelope)
            assert isinstance(answer, Reject) and answer.code == TRY_LATER
        await asyncio.to_thread(cloud.start)
        answer = await deliver_until_stored(device, port, 2)
        assert answer.status == STORED

    through_gateway(cloud.base_url, device, scenario)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("302 Found", ""),
        ("200 OK", "<p>Welcome to the proxy</p>"),
        ("201 Created", "{}"),
        ("404 Not Found", "<p>No such page</p>"),
        ("404 Not Found", '{"code": "not_found"}'),
        ("403 Forbidden", "[]"),
        ("408 Request Timeout", '{"code": "body_too_slow"}'),
        ("429 Too Many Requests", '{"code": "slow_down"}'),
        ("500 Internal Server Error", '{"code": "internal_error"}'),
        ("507 Insufficient Storage", '{"code": "storage_full"}'),
    ],
)
def test_answers_that_decide_nothing_cost_no_record(status: str, body: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nLocation: /\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async def run() -> None:
        proxy = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        async with Gateway(url) as gateway:
            port = await gateway.listen("127.0.0.1", 0)
            session = await DeviceSession.connect(Device(), port)
            reply = await session.deliver(1, b"an envelope")
            assert isinstance(reply, Reject) and reply.code == TRY_LATER
            await session.close()
        proxy.close()
        await proxy.wait_closed()

    asyncio.run(run())


def test_many_devices_at_once(cloud: ProcessCloud) -> None:
    batteries = [cloud.onboard() for _ in range(8)]

    async def one(battery: Onboarded, port: int) -> None:
        session = await DeviceSession.connect(battery.device, port)
        for sequence in range(1, 6):
            answer = await session.deliver(sequence, battery.device.envelope(sequence))
            assert isinstance(answer, Ack)
        await session.close()

    async def run() -> None:
        async with Gateway(cloud.base_url) as gateway:
            port = await gateway.listen("127.0.0.1", 0)
            await asyncio.gather(*(one(battery, port) for battery in batteries))

    asyncio.run(run())
    operator = cloud.client(cloud.actors.operator)
    assert [operator.status(b.id)["sequence"] for b in batteries] == [5] * 8


def test_a_battery_is_onboarded_and_then_served_on_the_same_link(cloud: ProcessCloud) -> None:
    device = Device()
    passport = sample_passport()

    async def run() -> provision.Onboarded:
        port = free_port()
        waiting = asyncio.create_task(accept_one("127.0.0.1", port, within=20))
        await asyncio.sleep(0.1)
        session = await DeviceSession.connect(device, port)
        link = await waiting
        provisioned = asyncio.create_task(session.be_provisioned())
        done = await provision.onboard(
            link, passport, cloud.actors.operator, cloud.base_url, period_ms=250, within=20
        )
        message = await provisioned
        assert message.period_ms == 250
        assert abs(message.time - cloud.now()) < 60
        async with Gateway(cloud.base_url) as gateway:
            serving = asyncio.create_task(gateway.serve(link))
            assert isinstance(await session.deliver(1, device.envelope(1)), Ack)
            await session.close()
            await serving
        return done

    done = asyncio.run(run())
    assert done.passport_id == device.passport_id == passport["digitalProductPassportId"]
    assert done.device.thumbprint == device.public_key.thumbprint
    assert len(device.recipients) == 2
    client = cloud.client()
    label = client.follow(done.link)
    assert label.headers["Battery-Key"] == "registered"


def test_a_station_that_connects(cloud: ProcessCloud) -> None:
    device = Device()

    async def emulator(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = DeviceSession(device, reader, writer)
        await session.hello(0)
        await session.close()

    async def run() -> PublicKey:
        server = await asyncio.start_server(emulator, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with await connect("127.0.0.1", port) as link:
            key = await provision.device_key(link, within=10)
        server.close()
        return key

    assert asyncio.run(run()).thumbprint == device.public_key.thumbprint


def test_provisioning_gives_up() -> None:
    device, other = Device(), Device()

    async def scenario(answer: Callable[[DeviceSession], Coroutine[Any, Any, None]]) -> None:
        port = free_port()
        waiting = asyncio.create_task(accept_one("127.0.0.1", port, within=10))
        await asyncio.sleep(0.1)
        session = await DeviceSession.connect(device, port)
        async with await waiting as link:
            replying = asyncio.create_task(answer(session))
            try:
                await provision.provision(
                    link,
                    "urn:uuid:1",
                    [device.public_key],
                    period_ms=1000,
                    device=device.public_key,
                    within=1.0,
                )
            finally:
                await replying
                await session.close()

    async def silent(session: DeviceSession) -> None:
        await session.receive()

    async def gone(session: DeviceSession) -> None:
        await session.close()

    async def another(session: DeviceSession) -> None:
        await session.receive()
        session.device = other
        await session.hello(1)

    for answer in (silent, gone, another):
        with pytest.raises(ProvisioningError):
            asyncio.run(scenario(answer))


def test_nobody_connects() -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(accept_one("127.0.0.1", free_port(), within=0.2))


def test_hello_of_a_running_device_is_not_one_to_provision() -> None:
    device = Device()

    async def run() -> None:
        port = free_port()
        waiting = asyncio.create_task(accept_one("127.0.0.1", port, within=10))
        await asyncio.sleep(0.1)
        session = await DeviceSession.connect(device, port)
        async with await waiting as link:
            await session.hello(1)
            with pytest.raises(ProvisioningError):
                await provision.device_key(link, within=0.5)
        await session.close()

    asyncio.run(run())
