"""The device link over a byte stream: framed messages in both directions.

A frame is COBS(message, CRC-32) and a zero byte. The SDK's decoder drops frames with a wrong
checksum and goes on at the next zero byte, and it holds no more than one frame.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from batterypass import FrameDecoder, Hello, Message, encode_frame

READ_SIZE = 4096
SEND_TIMEOUT_S = 10.0


class DeviceLink:
    """One device at the other end of a stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = FrameDecoder()
        self._waiting: deque[Message] = deque()

    @property
    def peer(self) -> str:
        """Return the address of the other end, for logs."""
        name = self._writer.get_extra_info("peername")
        return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else "local"

    async def receive(self) -> Message:
        """Return the next message. Raises `EOFError` when the stream has ended."""
        while not self._waiting:
            data = await self._reader.read(READ_SIZE)
            if not data:
                raise EOFError("the device closed the link")
            self._waiting.extend(self._decoder.feed(data))
        return self._waiting.popleft()

    async def send(self, message: Message) -> None:
        """Send a message. Raises `TimeoutError` when the other end does not read."""
        self._writer.write(encode_frame(message))
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await self._writer.drain()

    async def hello(self, state: int) -> Hello:
        """Wait for a HELLO that reports this state: 0 not provisioned, 1 running."""
        while True:
            message = await self.receive()
            if isinstance(message, Hello) and message.state == state:
                return message

    async def close(self) -> None:
        """Close the stream; an end that is gone already is fine."""
        self._writer.close()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            pass

    async def __aenter__(self) -> Self:
        """Return the link, which is closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the link."""
        await self.close()


async def accept_one(host: str, port: int, within: float | None = None) -> DeviceLink:
    """Listen until one device has connected, then stop listening and return its link.

    Raises `TimeoutError` when none comes within so many seconds.
    """
    arrived: asyncio.Future[DeviceLink] = asyncio.get_running_loop().create_future()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if arrived.done():
            writer.close()
        else:
            arrived.set_result(DeviceLink(reader, writer))

    server = await asyncio.start_server(connected, host, port)
    try:
        return await asyncio.wait_for(arrived, within)
    finally:
        # Not `wait_closed`: it would wait for the accepted link to end.
        server.close()


async def connect(host: str, port: int) -> DeviceLink:
    """Connect to a device, or to an emulator, that listens."""
    return DeviceLink(*await asyncio.open_connection(host, port))
