"""The way every route about a passport begins: who asks, for what, and whether they may."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from fastapi import Request

from . import passports
from .authorize import ROUTES, Action, Actor, Decision, authorize
from .passports import StoredPassport
from .services import Services

COOKIE = "bp_session"
SECURE_COOKIE = "__Host-bp_session"


@dataclass(frozen=True)
class Access:
    """An allowed request about a passport."""

    actor: Actor
    decision: Decision
    passport: StoredPassport


def action_of(request: Request) -> Action:
    """Return the action that the policy gives the request's route."""
    return ROUTES[request.method, request.scope["route"].path]


async def permit(request: Request, services: Services, passport_id: str) -> Access:
    """Authenticate and authorise a request about a passport.

    Raises `Problem`: 401 without or with a bad proof, 403, 404 `passport_unknown`, 410
    `passport_deleted`.
    """
    actor = await services.authenticator.actor(request)
    action = action_of(request)
    return await services.database.read(
        lambda connection: decide(connection, services, actor, action, passport_id)
    )


def decide(
    connection: sqlite3.Connection,
    services: Services,
    actor: Actor,
    action: Action,
    passport_id: str,
) -> Access:
    """Authorise an actor inside a transaction. Raises as `permit` does."""
    passport = passports.find(connection, passport_id)
    facts = passports.facts(services.registry(connection), passport, services.now)
    decision = authorize(actor, action, facts).require(actor)
    return Access(actor, decision, passport)


def session_cookie(request: Request, services: Services) -> str | None:
    """Return the session token that a browser sent."""
    name = SECURE_COOKIE if services.settings.secure_cookies else COOKIE
    return request.cookies.get(name)
