"""The provisioning station: gives a new battery its passport at the end of the production line.

The battery made its own key and never shows the private part. The station reads the public part
from the HELLO message, the operator signs the passport for it, the cloud takes the passport, and
the battery learns its passport id, the time and whom to seal its records to.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from batterypass import Hello, PassportLink, Provision, PublicKey, SigningKey

from . import credentials
from .client import CloudClient
from .credentials import Credentials
from .link import DeviceLink
from .times import Clock

log = logging.getLogger("batterypass.provision")

NOT_PROVISIONED, RUNNING = 0, 1
RESEND_S = 3.0
"""How long to wait for the answer to PROVISION before it is sent again."""


class ProvisioningError(Exception):
    """The battery did not do what provisioning needs."""


@dataclass(frozen=True)
class Onboarded:
    """A battery with a passport."""

    passport_id: str
    device: PublicKey
    link: str
    """The text of the label's code."""
    credentials: Credentials


async def device_key(link: DeviceLink, *, within: float = 30.0) -> PublicKey:
    """Wait for a battery that has no passport yet and return its public key.

    Raises `ProvisioningError` when none says hello in time.
    """
    try:
        async with asyncio.timeout(within):
            hello = await link.hello(NOT_PROVISIONED)
    except (EOFError, OSError) as error:
        raise ProvisioningError("no unprovisioned battery has said hello") from error
    return PublicKey.from_sec1(bytes(hello.public_key))


async def provision(
    link: DeviceLink,
    passport_id: str,
    recipients: Sequence[PublicKey],
    *,
    period_ms: int,
    device: PublicKey,
    within: float = 30.0,
    clock: Clock = time.time,
) -> Hello:
    """Give a battery its passport id and recipients; return its HELLO as a running device.

    PROVISION is sent again until the battery answers. Raises `ProvisioningError` when it does not
    in time, or when another battery answers.
    """
    try:
        async with asyncio.timeout(within):
            while True:
                message = Provision(
                    time=int(clock()),
                    period_ms=period_ms,
                    passport_id=passport_id,
                    recipients=[bytes(key.to_sec1()) for key in recipients],
                )
                await link.send(message)
                try:
                    async with asyncio.timeout(RESEND_S):
                        hello = await link.hello(RUNNING)
                except TimeoutError:
                    continue
                break
    except (EOFError, OSError) as error:
        raise ProvisioningError("the battery did not accept its provisioning") from error
    if PublicKey.from_sec1(bytes(hello.public_key)).thumbprint != device.thumbprint:
        raise ProvisioningError("another battery answered")
    return hello


async def onboard(
    link: DeviceLink,
    passport: dict[str, Any],
    operator: SigningKey,
    cloud_url: str,
    *,
    period_ms: int = 10_000,
    within: float = 30.0,
    clock: Clock = time.time,
) -> Onboarded:
    """Do it all for one battery: read its key, sign and publish its passport, provision it.

    Raises `ProvisioningError`, and `CloudError` when the cloud refuses the passport.
    """
    device = await device_key(link, within=within)
    log.info("event=battery_found key=%s", device.thumbprint)
    issued = credentials.issue(passport, operator, device, at=clock())
    passport_id, recipients = await asyncio.to_thread(_publish, cloud_url, operator, issued, clock)
    log.info("event=passport_published recipients=%d", len(recipients))
    await provision(
        link,
        passport_id,
        recipients,
        period_ms=period_ms,
        device=device,
        within=within,
        clock=clock,
    )
    log.info("event=battery_provisioned key=%s", device.thumbprint)
    return Onboarded(passport_id, device, label_text(cloud_url, passport, device), issued)


def label_text(base_url: str, passport: dict[str, Any], device: PublicKey) -> str:
    """Return the text of a battery's code.

    It is a GS1 Digital Link where the product identifier of the passport is one too; otherwise the
    link names the passport id.
    """
    gtin, serial = credentials.product_of(passport)
    if gtin is not None and serial is not None:
        return str(PassportLink.build(base_url, gtin=gtin, serial=serial, key=device.thumbprint))
    passport_id = passport["digitalProductPassportId"]
    return str(PassportLink.build(base_url, passport_id=passport_id, key=device.thumbprint))


def _publish(
    cloud_url: str, operator: SigningKey, issued: Credentials, clock: Clock
) -> tuple[str, list[PublicKey]]:
    with CloudClient(cloud_url, operator, clock=clock) as client:
        passport_id = client.publish_passport(issued)
        return passport_id, [recipient.key for recipient in client.recipients(passport_id)]
