"""What the W3C VC-API asks of request bodies and answers, apart from the routes themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batterypass import BatteryPassError, Finding, to_enveloped
from starlette.responses import JSONResponse

from .problems import Problem, from_core

FORMS = ("vc+jwt", "vc+sd-jwt", "vc+cose", "ecdsa-jcs-2019", "ecdsa-rdfc-2019", "ecdsa-sd-2023")
DEFAULT_FORM = "ecdsa-jcs-2019"
NO_STORE = {"Cache-Control": "no-store"}


class Options:
    """The `options` of a request; what has another type is refused, with its path."""

    def __init__(self, body: dict[str, Any]) -> None:
        options = body.get("options", {})
        if not isinstance(options, dict):
            raise _invalid("expected an object", "/options")
        self._options: dict[str, Any] = options

    def text(self, *names: str) -> str | None:
        """Return the first of several names for the same option."""
        for name in names:
            value = self._options.get(name)
            if value is not None:
                if not isinstance(value, str):
                    raise _invalid("expected a text", f"/options/{name}")
                return value
        return None

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, empty when the option is not there."""
        value = self._options.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _invalid("expected a list of texts", f"/options/{name}")
        return value

    def members(self, name: str) -> dict[str, Any] | None:
        """Return an object."""
        value = self._options.get(name)
        if value is not None and not isinstance(value, dict):
            raise _invalid("expected an object", f"/options/{name}")
        return value

    def form(self) -> str:
        """Return the securing form that is asked for, as `securing` or `cryptosuite`."""
        form = self.text("securing", "cryptosuite") or DEFAULT_FORM
        if form not in FORMS:
            raise _invalid(f"expected one of {', '.join(FORMS)}", "/options/securing")
        return form


def document(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the credential or presentation of a request."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise _invalid("expected an object", f"/{name}")
    return value


def secured(body: dict[str, Any], name: str) -> dict[str, Any] | str:
    """Return the secured document of a request: an object, or a token as it is."""
    value = body.get(name)
    if not isinstance(value, (dict, str)):
        raise _invalid("expected an object or a token", f"/{name}")
    return value


def as_json(made: str | bytes | dict[str, Any]) -> dict[str, Any]:
    """Return a secured document as an object; tokens and CBOR in an envelope (VCDM 2.0, 4.13.1)."""
    return to_enveloped(made)


def verdict(
    *, ok: bool, findings: Sequence[Finding], name: str, content: dict[str, Any] | None = None
) -> JSONResponse:
    """Answer exactly 200 or 400, with every finding in either."""

    def listed(severity: str) -> list[dict[str, Any]]:
        return [_finding(f, name) for f in findings if f.severity == severity]

    body = {
        "verified": ok,
        "checks": ["proof", "validity", "credentialStatus"],
        "errors": listed("error"),
        "warnings": listed("warning"),
        **(content or {}),
    }
    if not ok:
        first = body["errors"][0] if body["errors"] else {}
        body = {
            "type": first.get("type", "urn:batterypass:problem:signature_invalid"),
            "title": "Bad Request",
            "status": 400,
            "detail": first.get("detail", "the document does not verify"),
            "code": first.get("code", "signature_invalid"),
            "path": first.get("path", ""),
            **body,
        }
    media_type = "application/json" if ok else "application/problem+json"
    return JSONResponse(body, 200 if ok else 400, NO_STORE, media_type=media_type)


def unreadable(error: BatteryPassError | Problem, name: str) -> Problem:
    """Turn what went wrong before a verdict into the one refusal that verification knows: 400."""
    problem = error if isinstance(error, Problem) else from_core(error, path=f"/{name}")
    if problem.status >= 500:
        return problem
    headers = {k: v for k, v in problem.headers.items() if k != "WWW-Authenticate"}
    return Problem(
        400,
        problem.code,
        problem.detail,
        path=problem.path,
        headers=headers,
        members={"verified": False},
    )


def _finding(finding: Finding, name: str) -> dict[str, Any]:
    return {
        "type": f"urn:batterypass:problem:{finding.code}",
        "title": finding.code.replace("_", " "),
        "detail": finding.detail,
        "code": finding.code,
        "path": f"/{name}{finding.path}",
        "reference": finding.reference,
    }


def _invalid(detail: str, path: str) -> Problem:
    return Problem(400, "body_invalid", detail, path=path)
