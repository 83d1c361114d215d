"""The W3C VC-API: issue, verify and derive credentials, verify presentations, status lists."""

from __future__ import annotations

import json
import logging
from typing import Annotated, Any

import batterypass
from batterypass import BatteryPassError
from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from .. import issuer, status_lists, vc_api
from ..access import action_of
from ..authorize import Audience, authorize
from ..bodies import read_object
from ..negotiate import VC, VC_JWT, conditional, negotiated
from ..problems import Problem, from_core
from ..responses import body, problems
from ..services import Services, ServicesDep
from ..times import rfc3339

router = APIRouter(tags=["credentials"])
log = logging.getLogger("batterypass.cloud")

ENTRY_TYPE = "BitstringStatusListEntry"
OBJECT = {"type": "object"}
SECURED = {"oneOf": [OBJECT, {"type": "string", "description": "A token."}]}
VERDICT = {
    200: {
        "description": "Verified.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    **problems(400, 503),
}


def _request(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    members = {name: schema, "options": OBJECT}
    return body("application/json", {"type": "object", "required": [name], "properties": members})


@router.post(
    "/credentials/issue",
    status_code=201,
    summary="Issue a credential",
    response_class=JSONResponse,
    responses={
        201: {
            "description": "The secured credential.",
            "content": {"application/json": {"schema": OBJECT}},
        },
        **problems(400, 401, 403, 408, 413, 415, 422, 503, 507),
    },
    openapi_extra=_request("credential", OBJECT),
)
async def issue(request: Request, services: ServicesDep) -> Response:
    """Sign a credential as this server, for a registered operator.

    `options`: `securing` or `cryptosuite` (by default `ecdsa-jcs-2019`), `mandatoryPointers` for
    `ecdsa-sd-2023`, `credentialStatus` with a `statusPurpose` for a place in a status list,
    `domain`, `challenge`. What VCDM 2.0 forbids is refused.
    """
    owner = await _operator(request, services)
    asked = await read_object(request, services.settings.max_passport_bytes)
    credential = vc_api.document(asked, "credential")
    options = vc_api.Options(asked)
    form = options.form()
    arguments = _arguments(options, form)
    status = options.members("credentialStatus")
    purpose = None if status is None else _purpose(status)
    try:
        made = await services.issuer.issue(
            services.database,
            credential,
            form,
            services.now,
            owner=owner,
            purpose=purpose,
            **arguments,
        )
    except BatteryPassError as error:
        raise from_core(error, path="/credential", unverified=422) from error
    log.info("event=credential_issued securing=%s status=%s", form, purpose or "none")
    answer = {"verifiableCredential": vc_api.as_json(made)}
    return JSONResponse(answer, 201, vc_api.NO_STORE)


def _arguments(options: vc_api.Options, form: str) -> dict[str, Any]:
    """Return the options that only some forms have a place for; the SDK refuses the others."""
    arguments: dict[str, Any] = {}
    for name in ("domain", "challenge"):
        value = options.text(name)
        if value is not None:
            arguments[name] = value
    pointers = options.texts("mandatoryPointers")
    if pointers and form != "ecdsa-sd-2023":
        raise Problem(
            400,
            "body_invalid",
            "only ecdsa-sd-2023 has mandatory pointers",
            path="/options/mandatoryPointers",
        )
    if form == "ecdsa-sd-2023":
        arguments["mandatory_pointers"] = pointers
    return arguments


def _purpose(status: dict[str, Any]) -> str:
    purpose = status.get("statusPurpose", "revocation")
    if status.get("type", ENTRY_TYPE) != ENTRY_TYPE:
        raise Problem(
            400,
            "body_invalid",
            "expected BitstringStatusListEntry",
            path="/options/credentialStatus",
        )
    if purpose not in status_lists.PURPOSES:
        raise Problem(
            400,
            "body_invalid",
            f"expected one of {', '.join(status_lists.PURPOSES)}",
            path="/options/credentialStatus/statusPurpose",
        )
    return str(purpose)


async def _operator(request: Request, services: Services) -> str:
    """Return who asks: an operator's key, or nobody where the server issues for everyone."""
    if services.settings.open_issuer:
        return ""
    actor = await services.authenticator.actor(request)
    authorize(actor, action_of(request), None).require(actor)
    return actor.thumbprint or ""


@router.post(
    "/credentials/status",
    summary="Revoke, suspend or resume a credential",
    response_class=JSONResponse,
    responses={
        200: {
            "description": "The list says so from now on.",
            "content": {"application/json": {"schema": OBJECT}},
        },
        **problems(400, 401, 403, 404, 408, 409, 413, 415, 503, 507),
    },
    openapi_extra=_request("credentialStatus", OBJECT),
)
async def change_status(request: Request, services: ServicesDep) -> Response:
    """Write the status of a credential that this server issued for the caller.

    The body repeats the credential's `credentialStatus`, with `status` true or false beside it. A
    revocation cannot be taken back, a suspension can.
    """
    owner = await _operator(request, services)
    asked = await read_object(request, services.settings.max_passport_bytes)
    entry = vc_api.document(asked, "credentialStatus")
    value = asked.get("status", True)
    if not isinstance(value, bool):
        raise Problem(400, "body_invalid", "expected true or false", path="/status")
    number = services.issuer.list_number(str(entry.get("statusListCredential")))
    index = str(entry.get("statusListIndex"))
    if number is None or not index.isdecimal() or len(index) > 9:
        raise Problem(404, "status_entry_unknown", "the list is not one of this server")
    await services.database.write(
        lambda c: status_lists.write(c, number, int(index), owner, value=value)
    )
    log.info("event=credential_status list=%d value=%s", number, str(value).lower())
    return JSONResponse({"status": value}, headers=vc_api.NO_STORE)


@router.post(
    "/credentials/verify",
    summary="Verify a credential",
    response_class=JSONResponse,
    responses=VERDICT,
    openapi_extra=_request("verifiableCredential", SECURED),
)
async def verify(request: Request, services: ServicesDep) -> Response:
    """Verify a credential in any form: exactly 200 or 400, with every finding.

    `options`: `domain` and `challenge`, which the proof must then name.
    """
    name = "verifiableCredential"
    try:
        asked = await read_object(request, services.settings.max_passport_bytes)
        given, options = vc_api.secured(asked, name), vc_api.Options(asked)
        arguments = _expectations(services, options)
        report = await services.database.compute(lambda: batterypass.verify(given, **arguments))
    except (BatteryPassError, Problem) as error:
        raise vc_api.unreadable(error, name) from error
    content = {"credential": report.claims} if report.ok else None
    return vc_api.verdict(ok=report.ok, findings=report.findings, name=name, content=content)


@router.post(
    "/presentations/verify",
    summary="Verify a presentation",
    response_class=JSONResponse,
    responses=VERDICT,
    openapi_extra=_request("verifiablePresentation", SECURED),
)
async def verify_presentation(request: Request, services: ServicesDep) -> Response:
    """Verify a presentation and every credential in it: exactly 200 or 400, with every finding.

    `options`: `domain` and `challenge`, which the presentation's proof must then name.
    """
    name = "verifiablePresentation"
    try:
        asked = await read_object(request, services.settings.max_passport_bytes)
        given, options = vc_api.secured(asked, name), vc_api.Options(asked)
        arguments = _expectations(services, options)
        report = await services.database.compute(
            lambda: batterypass.verify_presentation(given, **arguments)
        )
    except (BatteryPassError, Problem) as error:
        raise vc_api.unreadable(error, name) from error
    content = {"presentation": report.claims, "holder": report.holder} if report.ok else None
    return vc_api.verdict(ok=report.ok, findings=report.findings, name=name, content=content)


def _expectations(services: Services, options: vc_api.Options) -> dict[str, Any]:
    """Return what a verification is to expect: the time, the recipient, and where lists are."""
    return {
        "at": rfc3339(services.now),
        "domain": options.text("domain"),
        "challenge": options.text("challenge"),
        "status": lambda url: _own_list(services, url),
    }


def _own_list(services: Services, url: str) -> str | None:
    """Return one of this server's lists. It fetches no others: callers would choose the address."""
    number = services.issuer.list_number(url)
    if number is None:
        return None
    now = services.now
    made = services.database.look(
        lambda connection: services.issuer.status_list(connection, number, "vc+jwt", now)
    )
    return str(made)


@router.post(
    "/credentials/derive",
    status_code=201,
    summary="Derive a part of a credential",
    response_class=JSONResponse,
    responses={
        201: {
            "description": "The credential with the chosen parts; its proof still verifies.",
            "content": {"application/json": {"schema": OBJECT}},
        },
        **problems(400, 408, 413, 415, 422, 503),
    },
    openapi_extra=_request("verifiableCredential", SECURED),
)
async def derive(request: Request, services: ServicesDep) -> Response:
    """Cut an `ecdsa-sd-2023` or `vc+sd-jwt` credential to what `options.selectivePointers` name."""
    asked = await read_object(request, services.settings.max_passport_bytes)
    given = vc_api.secured(asked, "verifiableCredential")
    pointers = vc_api.Options(asked).texts("selectivePointers")

    def work() -> str | dict[str, Any]:
        token = batterypass.from_enveloped(given) if isinstance(given, dict) else given
        if isinstance(token, str):
            return batterypass.disclose(token, paths=pointers)
        if not isinstance(given, dict):
            raise Problem(400, "body_invalid", "this form cannot be derived from")
        return batterypass.derive(given, pointers)

    try:
        made = await services.database.compute(work)
    except BatteryPassError as error:
        raise from_core(error, path="/verifiableCredential", unverified=422) from error
    return JSONResponse({"verifiableCredential": vc_api.as_json(made)}, 201, vc_api.NO_STORE)


@router.get(
    "/status/{number}",
    summary="Read a status list",
    response_class=Response,
    responses={
        200: {
            "description": "The signed list.",
            "content": {VC: {"schema": OBJECT}, VC_JWT: {"schema": {"type": "string"}}},
        },
        304: {"description": "The caller has this already."},
        **problems(400, 404, 406, 503),
    },
)
async def status_list(
    request: Request,
    services: ServicesDep,
    number: Annotated[int, Path(ge=1, le=999_999_999)],
) -> Response:
    """Return a status list, as `application/vc` with an embedded proof or as a token."""
    media_type = negotiated(request, (VC, VC_JWT, "application/json"))
    form = "vc+jwt" if media_type == VC_JWT else "ecdsa-jcs-2019"
    now = services.now
    made = await services.database.read(
        lambda connection: services.issuer.status_list(connection, number, form, now)
    )
    content = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
    return conditional(
        request,
        content.encode(),
        VC_JWT if media_type == VC_JWT else VC,
        Audience.PUBLIC,
        {"Cache-Control": f"public, max-age={issuer.LIST_TTL_S}", "Vary": "Accept"},
    )
