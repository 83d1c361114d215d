"""Settings of the server, read from the environment once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_DATA = "batterypass-data"
DEFAULT_BASE_URL = "http://127.0.0.1:8080"


class SettingsError(ValueError):
    """A setting has a value that the server cannot work with."""


@dataclass(frozen=True)
class Settings:
    """What the server must know before it starts."""

    data: Path
    """Directory with `cloud.db`, `cloud-key.pem` and `issuer-key.pem`."""

    base_url: str = DEFAULT_BASE_URL
    """The address under which callers see the server, without a trailing slash.

    Proofs name the address that the caller meant (RFC 9449, `htu`), so it is a setting and is not
    taken from the request's Host header.
    """

    deliver_to_authority: bool = True
    """Whether batteries also seal their records to every registered authority.

    This is wider than Art. 77(2) of Regulation (EU) 2023/1542 asks; each use is logged. A policy of
    its own takes its place.
    """

    recipients_policy: Path | None = None
    """JSON file with the policy on who receives device data; None for the SDK's own."""

    open_issuer: bool = False
    """Whether `POST /credentials/issue` serves callers without a registered key.

    For conformance suites, which cannot prove one. Each start logs it.
    """

    max_record_bytes: int = 8 * 1024
    """Largest body of `POST /v1/records`. An envelope for eight recipients is below 2 KiB."""

    max_passport_bytes: int = 1024 * 1024
    """Largest body of `POST /v1/dpps`."""

    max_database_pages: int = 0
    """Upper bound of the database file in pages of 4 KiB; 0 leaves it to the file system."""

    cache_bytes: int = 64 * 1024 * 1024
    """How much memory parts of passports that were cut before may take; 0 keeps none."""

    @property
    def database(self) -> Path:
        """Path of the database file."""
        return self.data / "cloud.db"

    @property
    def key_file(self) -> Path:
        """Path of the private key that devices seal to."""
        return self.data / "cloud-key.pem"

    @property
    def issuer_key_file(self) -> Path:
        """Path of the private key that signs the server's own credentials."""
        return self.data / "issuer-key.pem"

    @property
    def secure_cookies(self) -> bool:
        """Whether the server is reached over TLS, so that cookies must be too."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from variables that start with `BATTERYPASS_`.

        Raises `SettingsError` for a value that cannot be used.
        """
        env = os.environ if environment is None else environment
        return cls(
            data=Path(env.get("BATTERYPASS_DATA", DEFAULT_DATA)),
            base_url=_base_url(env.get("BATTERYPASS_BASE_URL", DEFAULT_BASE_URL)),
            deliver_to_authority=_switch(env, "BATTERYPASS_DELIVER_TO_AUTHORITY", True),
            recipients_policy=_file(env, "BATTERYPASS_RECIPIENTS_POLICY"),
            open_issuer=_switch(env, "BATTERYPASS_OPEN_ISSUER", False),
            cache_bytes=_count(env, "BATTERYPASS_CACHE_BYTES", cls.cache_bytes),
            max_database_pages=_count(env, "BATTERYPASS_MAX_DATABASE_PAGES", 0),
        )


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError("BATTERYPASS_BASE_URL must be an http or https address without a query")
    if parts.path.strip("/"):
        raise SettingsError("BATTERYPASS_BASE_URL must not have a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _file(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    return Path(value) if value else None


def _switch(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = env.get(name)
    if value is None:
        return default
    if value not in ("0", "1"):
        raise SettingsError(f"{name} must be 0 or 1")
    return value == "1"


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise SettingsError(f"{name} must be a whole number")
    return int(value)
