"""What the routes work with: one object, made once per server process."""

from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from batterypass import SigningKey
from fastapi import Depends, Request

from .auth import Authenticator
from .ingest import Ingest
from .issuer import Issuer
from .parts import Parts
from .recipients import Recipients, policy_of
from .registry import RegistryFactory, TableRegistry
from .sessions import Sessions
from .settings import Settings, SettingsError
from .storage import Database
from .times import Clock

log = logging.getLogger("batterypass.cloud")


@dataclass(frozen=True)
class Services:
    """Settings, storage and the parts built on them."""

    settings: Settings
    clock: Clock
    key: SigningKey
    """The cloud's private key, to which devices seal."""
    database: Database
    registry: RegistryFactory
    authenticator: Authenticator
    ingest: Ingest
    sessions: Sessions
    issuer: Issuer
    parts: Parts
    recipients: Recipients

    @property
    def now(self) -> int:
        """The current time in Unix seconds."""
        return int(self.clock())


def open_services(settings: Settings, clock: Clock = time.time) -> Services:
    """Open the database and the cloud key of an initialised data directory.

    Raises `SettingsError` when the directory was not initialised or its key is not private.
    """
    if not settings.key_file.exists():
        raise SettingsError(f"{settings.data} has no cloud key: run `batterypass-cloud init` first")
    key = read_key(settings.key_file)
    database = Database(settings.database, max_pages=settings.max_database_pages)
    registry: RegistryFactory = TableRegistry
    recipients = Recipients(policy_of(settings), key.public_key)
    return Services(
        settings=settings,
        clock=clock,
        key=key,
        database=database,
        registry=registry,
        authenticator=Authenticator(database, registry, settings.base_url, clock),
        ingest=Ingest(database, registry, key, recipients, clock),
        sessions=Sessions(database, registry, clock),
        issuer=Issuer(_issuer_key(settings), settings.base_url),
        parts=Parts(settings.cache_bytes),
        recipients=recipients,
    )


def _issuer_key(settings: Settings) -> SigningKey:
    """Read the issuer's key; a data directory from before there was one gets it now."""
    if not settings.issuer_key_file.exists():
        write_key(settings.issuer_key_file, SigningKey.generate())
    if settings.open_issuer:
        log.warning("event=open_issuer state=on note=anyone_may_have_credentials_signed")
    return read_key(settings.issuer_key_file)


def initialise(settings: Settings) -> SigningKey:
    """Create the data directory, the cloud key and the database; keep what is there already."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.key_file.exists():
        write_key(settings.key_file, SigningKey.generate())
    Database(settings.database).close()
    return read_key(settings.key_file)


def write_key(path: Path, key: SigningKey) -> None:
    """Write a private key as PEM that only its owner can read; never replaces a file."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
        file.write(key.to_pem())


def read_key(path: Path) -> SigningKey:
    """Read a private key. Raises `SettingsError` when others could read the file too."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(f"{path} must be readable by its owner only (chmod 600)")
    return SigningKey.from_pem(path.read_text(encoding="ascii"))


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]
"""The services, as a parameter of a route."""
