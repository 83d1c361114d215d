"""Who is calling: a proof of possession of a registered key.

The proof has the format of RFC 9449 (DPoP) section 4.2: a short-lived JWT, signed with the caller's
key, that names the method and the address of the one request it is for. There is no access token
yet: the registered role of the key decides. A proof is accepted once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from batterypass import BatteryPassError, PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request

from .authorize import ANONYMOUS, Actor
from .paths import routed_path
from .problems import Problem
from .registry import KeyState, RegistryFactory
from .storage import Database
from .times import MAX_SKEW_S, Clock

HEADER = "DPoP"
MAX_PROOF_CHARS = 4096
MAX_JTI_CHARS = 256
PROOF_TYPE = "dpop+jwt"
CHALLENGE = 'DPoP algs="ES256", error="invalid_dpop_proof"'


@dataclass(frozen=True)
class Proof:
    """What a valid proof says."""

    thumbprint: str
    jti: str
    issued_at: float


def check_proof(proof: str, method: str, url: str, now: float) -> Proof:
    """Check a proof for one request and return whose it is.

    Follows RFC 9449 section 4.3 points 1 to 11 without an access token; whether `jti` was used
    before is for the caller to check. Raises `Problem` 401 with `proof_malformed`,
    `proof_algorithm_refused`, `proof_signature_invalid`, `proof_wrong_request` or
    `proof_not_current`.
    """
    if len(proof) > MAX_PROOF_CHARS:
        raise _refused("proof_malformed", "the proof is too long")
    try:
        header = jws.extract_compact(proof.encode("ascii")).headers()
    except (JoseError, ValueError) as error:
        raise _refused("proof_malformed", "the proof is not a JWT in compact form") from error
    if header.get("typ") != PROOF_TYPE or "crit" in header:
        raise _refused("proof_malformed", f"the proof's typ must be {PROOF_TYPE}, without crit")
    if header.get("alg") != "ES256":
        raise _refused("proof_algorithm_refused", "the proof must be signed with ES256")
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or "d" in jwk:
        raise _refused("proof_malformed", "the proof must carry the public key as jwk")
    public: dict[str, str | list[str]] = {
        name: str(jwk.get(name)) for name in ("kty", "crv", "x", "y")
    }
    try:
        thumbprint = PublicKey.from_jwk(public).thumbprint
    except (BatteryPassError, TypeError, ValueError) as error:
        raise _refused("proof_malformed", "the proof's jwk is not a P-256 public key") from error
    try:
        payload = jws.deserialize_compact(proof, ECKey.import_key(public), ["ES256"]).payload
    except (JoseError, ValueError) as error:
        raise _refused("proof_signature_invalid", "the proof's signature is wrong") from error
    return _check_claims(payload, thumbprint, method, url, now)


def _check_claims(
    payload: bytes | None, thumbprint: str, method: str, url: str, now: float
) -> Proof:
    try:
        claims: Any = json.loads(payload or b"")
    except (ValueError, RecursionError) as error:
        raise _refused("proof_malformed", "the proof's claims are not JSON") from error
    if not isinstance(claims, dict):
        raise _refused("proof_malformed", "the proof's claims are not an object")
    jti, issued_at = claims.get("jti"), claims.get("iat")
    if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI_CHARS:
        raise _refused("proof_malformed", "the proof needs a jti")
    if isinstance(issued_at, bool) or not isinstance(issued_at, (int, float)):
        raise _refused("proof_malformed", "the proof needs an iat")
    htu = claims.get("htu")
    if claims.get("htm") != method or not isinstance(htu, str):
        raise _refused("proof_wrong_request", "the proof is for another method")
    if normal_url(htu) != normal_url(url):
        raise _refused("proof_wrong_request", "the proof is for another address")
    # Written so that a NaN is refused too.
    if not abs(now - issued_at) <= MAX_SKEW_S:
        raise _refused("proof_not_current", "the proof's time is too far from the server's")
    return Proof(thumbprint, jti, float(issued_at))


def normal_url(text: str) -> str | None:
    """Return an address without query and fragment in one spelling (RFC 3986 section 6.2)."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    default = 443 if parts.scheme == "https" else 80
    host = parts.hostname if port in (None, default) else f"{parts.hostname}:{port}"
    return f"{parts.scheme}://{host}{routed_path(parts.path.encode()) or '/'}"


class Authenticator:
    """Finds the registered key behind a request."""

    def __init__(
        self, database: Database, registry: RegistryFactory, base_url: str, clock: Clock
    ) -> None:
        self._database = database
        self._registry = registry
        self._base_url = base_url
        self._clock = clock

    async def actor(self, request: Request) -> Actor:
        """Return who is calling; anonymous without a proof.

        Raises `Problem` 401 with a code of `check_proof`, `key_unknown`, `key_revoked` or
        `proof_replayed`. A proof that is refused never falls back to anonymous.
        """
        proofs = request.headers.getlist(HEADER)
        if not proofs:
            return ANONYMOUS
        if len(proofs) > 1:
            raise _refused("proof_malformed", "send one proof")
        url = self._base_url + request.scope["raw_path"].decode("latin-1")
        now = self._clock()
        method = request.method
        proof = await self._database.compute(lambda: check_proof(proofs[0], method, url, now))
        return await self._database.write(lambda connection: self._accept(connection, proof, now))

    def _accept(self, connection: sqlite3.Connection, proof: Proof, now: float) -> Actor:
        registry = self._registry(connection)
        key = registry.key(proof.thumbprint)
        state = KeyState.UNKNOWN if key is None else key.state(int(now))
        if key is None or state is KeyState.UNKNOWN:
            raise _refused("key_unknown", "the proof's key is not registered")
        if state is KeyState.REVOKED:
            raise _refused("key_revoked", "the proof's key has been revoked")
        # Only proofs of registered keys are remembered, so that strangers cannot fill the table.
        used = hashlib.sha256(f"{proof.thumbprint}.{proof.jti}".encode()).digest()
        connection.execute("DELETE FROM used_proofs WHERE expires_at < ?", (int(now),))
        # Kept twice as long as a proof can live, for a clock that is set back in between.
        expires = int(max(now, proof.issued_at)) + 2 * MAX_SKEW_S + 1
        inserted = connection.execute(
            "INSERT OR IGNORE INTO used_proofs VALUES (?, ?)", (used, expires)
        )
        if inserted.rowcount == 0:
            raise _refused("proof_replayed", "the proof has been used before")
        return Actor(proof.thumbprint, key.role)


def _refused(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": CHALLENGE})
