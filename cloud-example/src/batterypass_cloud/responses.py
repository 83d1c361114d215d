"""What routes answer, declared for OpenAPI: every status with its content type."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:batterypass:problem:passport_unknown"])
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable snake_case reason.", examples=["passport_unknown"])
    path: str = Field(description="JSON Pointer into the request, or empty.")


class Published(BaseModel):
    """A passport has been stored."""

    digitalProductPassportId: str  # noqa: N815 (a wire name)


class RecordReceipt(BaseModel):
    """A device record is on disk."""

    sequence: int
    status: str = Field(pattern="^(stored|seen_before)$")


class SessionLink(BaseModel):
    """A login link: opens one browser session, once."""

    url: str
    expiresAt: str  # noqa: N815 (a wire name)


class Health(BaseModel):
    """The server works and its database answers."""

    status: str = "ok"


_DESCRIPTIONS = {
    400: "The request cannot be read.",
    401: "No proof of a registered key, or one that does not hold.",
    403: "The caller's role does not allow this.",
    404: "Not stored here.",
    406: "Not to be had in the media types that the caller accepts.",
    408: "The body did not arrive in time.",
    409: "In conflict with what is stored.",
    410: "The passport has ceased to exist.",
    413: "The body is too large.",
    415: "The body has another media type than asked for.",
    422: "The content breaks a rule.",
    503: "The database is busy; try again.",
    507: "No room left; nothing was stored.",
}


def problems(*statuses: int, html: bool = False) -> Responses:
    """Declare problem documents for these statuses and for what nobody foresees."""
    content: dict[str, Any] = {MEDIA_TYPE: {"schema": _ref(ProblemDocument)}}
    if html:
        content["text/html"] = {"schema": {"type": "string"}}
    declared: Responses = {
        status: {"description": _DESCRIPTIONS[status], "content": content} for status in statuses
    }
    declared["default"] = {
        "description": "Anything else that goes wrong.",
        "content": content,
    }
    return declared


def text(media_type: str, description: str) -> dict[str, Any]:
    """Declare a textual answer."""
    return {"description": description, "content": {media_type: {"schema": {"type": "string"}}}}


def body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Declare a request body that the route reads by itself."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
