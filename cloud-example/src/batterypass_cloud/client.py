"""A client of the server: signs the proofs, reads the answers, raises the problems."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from batterypass import PublicKey, SigningKey
from joserfc import jws
from joserfc.jwk import ECKey

from .auth import HEADER, PROOF_TYPE
from .credentials import Credentials, unb64
from .negotiate import JSON, VC_SD_JWT
from .paths import encode_segment
from .times import Clock

COSE = "application/cose"


class CloudError(Exception):
    """The server refused a request: `status`, and `code`, `detail`, `path` of the problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail", ""))
        self.path = str(problem.get("path", ""))
        super().__init__(f"{status} {self.code}: {self.detail}")


@dataclass(frozen=True)
class Recipient:
    """A key that a battery seals its records to, and whose it is."""

    role: str
    name: str
    did: str
    key: PublicKey


@dataclass(frozen=True)
class SealedRecord:
    """A device record as the battery sealed it."""

    sequence: int
    received_at: str
    envelope: bytes


def make_proof(key: SigningKey, method: str, url: str, *, at: float) -> str:
    """Return a proof of possession for one request (RFC 9449 section 4.2).

    `url` is the address without query and fragment, as the server is set up to see it.
    """
    private = ECKey.import_key(dict(key.to_jwk()))
    header = {"typ": PROOF_TYPE, "alg": "ES256", "jwk": private.as_dict(private=False)}
    claims = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": url, "iat": int(at)}
    return jws.serialize_compact(header, json.dumps(claims), private, ["ES256"])


class CloudClient:
    """Requests to one server, signed with one key or, without a key, anonymous.

    Raises `CloudError` for every answer that is not a success, `httpx.HTTPError` when there is
    none. `http` replaces the connection, for instance by one to a server in the same process.
    """

    def __init__(
        self,
        base_url: str,
        key: SigningKey | None = None,
        *,
        clock: Clock = time.time,
        http: httpx.Client | None = None,
    ) -> None:
        self._key = key
        self._clock = clock
        self._http = http or httpx.Client(
            base_url=base_url.rstrip("/"), trust_env=False, timeout=30.0
        )

    def publish_passport(self, credentials: Credentials) -> str:
        """Publish a passport and return its id."""
        answer = self.request("POST", "/v1/dpps", json=credentials.document())
        return str(answer.json()["digitalProductPassportId"])

    def get(self, passport_id: str, *, accept: str = JSON) -> httpx.Response:
        """Return the answer for a passport in a media type."""
        return self.request("GET", _path(passport_id), headers={"Accept": accept})

    def passport(self, passport_id: str) -> dict[str, Any]:
        """Return the part of a passport that the key's holder may read."""
        return dict(self.get(passport_id).json())

    def credential(self, passport_id: str) -> str:
        """Return the part of the operator's `vc+sd-jwt` that the key's holder may read.

        It verifies without the server.
        """
        return self.get(passport_id, accept=VC_SD_JWT).text

    def follow(self, link: str, *, accept: str = JSON) -> httpx.Response:
        """Follow the link of a label; `Battery-Key` of the answer says whether its key fits."""
        return self.request("GET", link, headers={"Accept": accept})

    def status(self, passport_id: str) -> dict[str, Any]:
        """Return the newest record: decoded, and as the battery signed it."""
        return dict(self.request("GET", _path(passport_id, "status")).json())

    def records(self, passport_id: str, *, after: int = -1, limit: int = 100) -> list[SealedRecord]:
        """Return sealed records with a sequence number above `after`, oldest first."""
        answer = self.request(
            "GET", _path(passport_id, "records"), params={"after": after, "limit": limit}
        )
        return [
            SealedRecord(item["sequence"], item["receivedAt"], unb64(item["envelope"]))
            for item in answer.json()["items"]
        ]

    def recipients(self, passport_id: str) -> list[Recipient]:
        """Return whom the battery of a passport seals to."""
        answer = self.request("GET", _path(passport_id, "recipients"))
        return [
            Recipient(
                item["role"], item["name"], item["did"], PublicKey.from_sec1(unb64(item["sec1"]))
            )
            for item in answer.json()["recipients"]
        ]

    def session_link(self, passport_id: str) -> str:
        """Return an address that opens a browser session, once, within ten minutes."""
        answer = self.request(
            "POST", "/v1/sessions", json={"digitalProductPassportId": passport_id}
        )
        return str(answer.json()["url"])

    def delete(self, passport_id: str) -> None:
        """End a passport."""
        self.request("DELETE", _path(passport_id))

    def submit_record(self, envelope: bytes) -> str:
        """Deliver a sealed record; return `stored` or `seen_before`."""
        answer = self.request(
            "POST", "/v1/records", content=envelope, headers={"Content-Type": COSE}
        )
        return str(answer.json()["status"])

    def healthy(self) -> bool:
        """Return whether the server answers and its database does."""
        try:
            return self._http.get("/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send one request with a fresh proof."""
        request = self._http.build_request(method, url, **options)
        if self._key is not None:
            target = str(request.url.copy_with(query=None, fragment=None))
            request.headers[HEADER] = make_proof(self._key, method, target, at=self._clock())
        answer = self._http.send(request)
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        raise CloudError(answer.status_code, problem if isinstance(problem, dict) else {})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        """Return the client, which is closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()


def _path(passport_id: str, *more: str) -> str:
    return "/".join(("/v1/dpps", encode_segment(passport_id), *more))
