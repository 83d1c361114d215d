"""TLS without a reverse proxy in front: a given certificate, or a self-signed one for trials."""

from __future__ import annotations

import datetime
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .settings import Settings, SettingsError

LIFETIME = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Certificate:
    """The files that the server reads."""

    chain: Path
    key: Path


def certificate(settings: Settings, chain: Path | None, key: Path | None) -> Certificate:
    """Return the given certificate, or the self-signed one of the data directory.

    Raises `SettingsError` when only half of one is given, or the base URL is not an `https` one.
    """
    if (chain is None) != (key is None):
        raise SettingsError("--tls-certificate and --tls-key belong together")
    if not settings.secure_cookies:
        raise SettingsError("with TLS, BATTERYPASS_BASE_URL must be an https address")
    if chain is not None and key is not None:
        return Certificate(chain, key)
    made = Certificate(settings.data / "tls-certificate.pem", settings.data / "tls-key.pem")
    if not _current(made):
        _write(made, urlsplit(settings.base_url).hostname or "localhost")
    return made


def _current(made: Certificate) -> bool:
    if not (made.chain.exists() and made.key.exists()):
        return False
    found = x509.load_pem_x509_certificate(made.chain.read_bytes())
    return found.not_valid_after_utc > _now() + datetime.timedelta(days=1)


def _write(made: Certificate, host: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - datetime.timedelta(minutes=5))
        .not_valid_after(_now() + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    made.key.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(made.key, flags, 0o600), "wb") as file:
        file.write(pem)
    made.chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
