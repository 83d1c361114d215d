"""The gateway: takes device records from TCP links to the cloud's HTTP interface.

It opens nothing and keeps nothing. A record is acknowledged to the device after the cloud has
answered 200 or 201 for it, and at no other time, so that a record is either with the device or on
the cloud's disk. Each device has one outstanding record; the bytes that wait here are bounded.
"""

from __future__ import annotations

import asyncio
import logging
import time
from types import TracebackType
from typing import Self

import httpx
from batterypass import Ack, Hello, RecordMessage, Reject

from .link import DeviceLink
from .times import Clock

log = logging.getLogger("batterypass.gateway")

STORED, SEEN_BEFORE = 0, 1
NOT_ACCEPTED, TRY_LATER = 1, 2
MAX_DEVICES = 256
IDLE_TIMEOUT_S = 900.0
CLOUD_TIMEOUT_S = 10.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.25, 8.0
RETRIED = (408, 425, 429)
"""The only answers below 500 that a later attempt may change."""


class Cloud:
    """The cloud as the gateway sees it, with back-off while it cannot take records."""

    def __init__(self, url: str, *, monotonic: Clock = time.monotonic) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=CLOUD_TIMEOUT_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=16),
        )
        self._monotonic = monotonic
        self._quiet_until = 0.0
        self._backoff = FIRST_BACKOFF_S

    async def deliver(self, message: RecordMessage, now: int) -> Ack | Reject:
        """Hand a record to the cloud and return what the device is to be told."""
        later = Reject(message.sequence, TRY_LATER)
        if self._monotonic() < self._quiet_until:
            return later
        try:
            answer = await self._client.post(
                "/v1/records",
                content=bytes(message.envelope),
                headers={"Content-Type": "application/cose"},
            )
        except httpx.HTTPError as error:
            self._failed(type(error).__name__)
            return later
        reply = self._reply(message.sequence, answer, now)
        if reply is None:
            self._failed(str(answer.status_code))
            return later
        self._quiet_until, self._backoff = 0.0, FIRST_BACKOFF_S
        return reply

    def _reply(self, sequence: int, answer: httpx.Response, now: int) -> Ack | Reject | None:
        """Return what the cloud has decided, or None where it has not."""
        if answer.status_code in (200, 201) and (stored := _member(answer, "sequence")) is not None:
            if stored == sequence:
                return Ack(sequence, STORED if answer.status_code == 201 else SEEN_BEFORE, now)
            log.warning("event=sequence_differs sequence=%d", sequence)
            return Reject(sequence, NOT_ACCEPTED)
        # A device drops what is rejected for good. Only the cloud itself may decide that: an error
        # page of a proxy, a redirect or a wrong address must not cost a record.
        refused = 400 <= answer.status_code < 500 and answer.status_code not in RETRIED
        code = _member(answer, "code") if refused else None
        if code is None or code == "not_found":
            return None
        log.warning("event=record_refused status=%d code=%s", answer.status_code, code)
        return Reject(sequence, NOT_ACCEPTED)

    async def close(self) -> None:
        """Close the connections to the cloud."""
        await self._client.aclose()

    def _failed(self, reason: str) -> None:
        log.warning("event=cloud_unavailable reason=%s backoff_s=%.2f", reason, self._backoff)
        self._quiet_until = self._monotonic() + self._backoff
        self._backoff = min(self._backoff * 2, LONGEST_BACKOFF_S)


def _member(answer: httpx.Response, name: str) -> object:
    try:
        document = answer.json()
    except ValueError:
        return None
    return document.get(name) if isinstance(document, dict) else None


class Gateway:
    """A TCP listener for devices, one task per link."""

    def __init__(self, cloud_url: str, *, clock: Clock = time.time) -> None:
        self._cloud = Cloud(cloud_url)
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()

    async def listen(self, host: str, port: int) -> int:
        """Start to accept devices and return the port, which the system chooses for port 0."""
        self._server = await asyncio.start_server(self._accepted, host, port)
        actual = int(self._server.sockets[0].getsockname()[1])
        log.info("event=gateway_listening address=%s:%d", host, actual)
        return actual

    async def serve(self, link: DeviceLink) -> None:
        """Carry the records of one device until its link ends.

        Also takes over a link from the provisioning station.
        """
        try:
            while True:
                async with asyncio.timeout(IDLE_TIMEOUT_S):
                    message = await link.receive()
                match message:
                    case RecordMessage():
                        # The next frame is read after the answer: a device that sends faster than
                        # the cloud stores is held back by TCP, not by memory here.
                        await link.send(await self._cloud.deliver(message, int(self._clock())))
                    case Hello():
                        log.info(
                            "event=hello device=%s state=%d next_sequence=%d",
                            link.peer,
                            message.state,
                            message.next_sequence,
                        )
                    case _:
                        # Unknown types, and what only hosts send, mean nothing here.
                        pass
        except EOFError:
            log.info("event=link_ended device=%s", link.peer)
        except (OSError, TimeoutError) as error:
            log.info("event=link_lost device=%s reason=%s", link.peer, type(error).__name__)
        finally:
            await link.close()

    async def close(self) -> None:
        """Stop listening and end all links. Records without an answer stay with their devices."""
        if self._server is not None:
            self._server.close()
        for task in self._links:
            task.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)
        await self._cloud.close()

    async def __aenter__(self) -> Self:
        """Return the gateway, which is closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the gateway."""
        await self.close()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._links) >= MAX_DEVICES:
            log.warning("event=link_refused reason=too_many")
            writer.close()
            return
        link = DeviceLink(reader, writer)
        log.info("event=link_opened device=%s", link.peer)
        task = asyncio.get_running_loop().create_task(self.serve(link))
        self._links.add(task)
        task.add_done_callback(self._links.discard)


async def run(host: str, port: int, cloud_url: str) -> None:
    """Run a gateway until the task is cancelled."""
    async with Gateway(cloud_url) as gateway:
        await gateway.listen(host, port)
        await asyncio.Event().wait()
