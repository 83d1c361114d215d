"""A battery for tests: makes believable records and speaks the device link as the firmware does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any

from batterypass import (
    Ack,
    FrameDecoder,
    Hello,
    Message,
    Provision,
    PublicKey,
    Record,
    RecordMessage,
    Reject,
    SigningKey,
    encode_frame,
    encrypt,
    sign_record,
)

TIME_UNSET, TIME_GATEWAY, TIME_SYNCHRONISED = 0, 1, 2


def record_fields(sequence: int, **changes: Any) -> dict[str, Any]:
    """Return the fields of a pack that discharges a little with each record."""
    fields = {
        "sequence": sequence,
        "device_time_s": int(time.time()),
        "time_quality": TIME_GATEWAY,
        "state_of_charge_permille": 900 - sequence % 800,
        "state_of_certified_energy_permille": 981,
        "remaining_capacity_mah": 190_000 - 10 * (sequence % 800),
        "pack_voltage_mv": 396_000 - 40 * (sequence % 800),
        "cell_voltage_min_mv": 3_650,
        "cell_voltage_max_mv": 3_668,
        "current_ma": -42_000,
        "temperatures_ddegc": [243, 251, 248, 256],
        "time_above_limit_min": 3,
        "time_below_limit_min": 41,
        "time_above_limit_charging_min": 0,
        "time_below_limit_charging_min": 2,
        "full_cycles": 112 + sequence // 500,
        "energy_throughput_wh": 8_400_000 + 25 * sequence,
        "capacity_throughput_mah": 23_500_000 + 70 * sequence,
        "internal_resistance_uohm": 41_500,
        "deep_discharge_events": 0,
        "overcharge_events": 0,
        "over_temperature_events": 1,
    }
    return {**fields, **changes}


class Device:
    """A battery with a key of its own, provisioned for one passport."""

    def __init__(self, key: SigningKey | None = None) -> None:
        self.key = key or SigningKey.generate()
        self.passport_id = ""
        self.recipients: list[PublicKey] = []
        self.sequence = 0

    @property
    def public_key(self) -> PublicKey:
        """The key that the passport names."""
        return self.key.public_key

    def signed(self, sequence: int, *, passport_id: str | None = None, **changes: Any) -> bytes:
        """Return a signed record."""
        record = Record(**record_fields(sequence, **changes))
        named = self.passport_id if passport_id is None else passport_id
        return bytes(sign_record(record, self.key, passport_id=named))

    def seal(
        self,
        signed: bytes,
        *,
        recipients: Sequence[PublicKey] | None = None,
        subject: str | None = None,
        aad: str | None = None,
    ) -> bytes:
        """Return a signed record sealed to the recipients of the battery, or to others."""
        to = list(self.recipients if recipients is None else recipients)
        named = self.passport_id if subject is None else subject
        bound = named if aad is None else aad
        sealed = encrypt(signed, to, aad=bound.encode(), format="cose", subject=named)
        assert isinstance(sealed, bytes)
        return sealed

    def envelope(self, sequence: int, **changes: Any) -> bytes:
        """Return a sealed record."""
        return self.seal(self.signed(sequence, **changes))

    def next_envelope(self, **changes: Any) -> bytes:
        """Return the next sealed record of this battery."""
        self.sequence += 1
        return self.envelope(self.sequence, **changes)


class DeviceSession:
    """The battery's end of a device link over TCP."""

    def __init__(
        self, device: Device, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.device = device
        self._reader = reader
        self._writer = writer
        self._decoder = FrameDecoder()
        self._waiting: list[Message] = []

    @classmethod
    async def connect(cls, device: Device, port: int) -> DeviceSession:
        """Connect to a gateway or a provisioning station on this machine."""
        return cls(device, *await asyncio.open_connection("127.0.0.1", port))

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def send(self, message: Message) -> None:
        """Send one framed message."""
        await self.raw(bytes(encode_frame(message)))

    async def hello(self, state: int) -> None:
        """Say hello."""
        await self.send(
            Hello(
                protocol=1,
                state=state,
                public_key=bytes(self.device.public_key.to_sec1()),
                next_sequence=self.device.sequence + 1,
            )
        )

    async def receive(self, within: float = 10.0) -> Message:
        """Return the next message of the host."""
        async with asyncio.timeout(within):
            while not self._waiting:
                data = await self._reader.read(4096)
                if not data:
                    raise EOFError
                self._waiting.extend(self._decoder.feed(data))
        return self._waiting.pop(0)

    async def silent(self, for_s: float) -> bool:
        """Return whether the host says nothing for a while."""
        try:
            await self.receive(for_s)
        except TimeoutError:
            return True
        return False

    async def be_provisioned(self) -> Provision:
        """Say hello as a new battery until the station provisions it, then answer as running."""
        while True:
            await self.hello(0)
            try:
                message = await self.receive(0.5)
            except TimeoutError:
                continue
            if isinstance(message, Provision):
                break
        self.device.passport_id = message.passport_id
        self.device.recipients = [PublicKey.from_sec1(bytes(key)) for key in message.recipients]
        await self.hello(1)
        return message

    async def deliver(self, sequence: int, envelope: bytes) -> Ack | Reject:
        """Send one record once and return the answer for it."""
        await self.send(RecordMessage(sequence=sequence, envelope=envelope))
        return await self.answer(sequence)

    async def answer(self, sequence: int, within: float = 10.0) -> Ack | Reject:
        """Return the host's answer for one record."""
        while True:
            message = await self.receive(within)
            if isinstance(message, (Ack, Reject)) and message.sequence == sequence:
                return message

    async def close(self) -> None:
        """Close the link."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


async def deliver_until_stored(
    device: Device, port: int, sequence: int, *, within: float = 60.0
) -> Ack:
    """Do what the firmware does: the same bytes again, with back-off, until they are acknowledged.

    Connects again when the link is lost. Raises `AssertionError` when the record is refused.
    """
    envelope = device.envelope(sequence)
    backoff = 0.1
    async with asyncio.timeout(within):
        while True:
            try:
                session = await DeviceSession.connect(device, port)
                try:
                    answer = await session.deliver(sequence, envelope)
                finally:
                    await session.close()
            except (OSError, EOFError, TimeoutError):
                answer = None
            if isinstance(answer, Ack):
                return answer
            assert answer is None or answer.code == 2, f"record {sequence} was refused"
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, 2.0)
