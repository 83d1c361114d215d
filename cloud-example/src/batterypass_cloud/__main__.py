"""Command line: `python -m batterypass_cloud` or `batterypass-cloud`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from batterypass import BatteryPassError, PublicKey, SigningKey

from . import __version__, gateway, provision, services, tls
from .app import create_app
from .client import CloudError
from .link import accept_one, connect
from .problems import Problem
from .registry import POINTS, Registry, Role, TableRegistry
from .settings import Settings, SettingsError
from .storage import Database, SchemaError
from .times import parse_rfc3339, rfc3339

ENVIRONMENT = """\
environment:
  BATTERYPASS_DATA                    data directory (default: ./batterypass-data)
  BATTERYPASS_BASE_URL                address that callers use (default: http://127.0.0.1:8080)
  BATTERYPASS_DELIVER_TO_AUTHORITY    1: batteries seal to every authority too (default), 0: not
  BATTERYPASS_RECIPIENTS_POLICY       JSON file: who receives device data (default: the SDK's)
  BATTERYPASS_OPEN_ISSUER             1: sign credentials for callers without a key (default: 0)
  BATTERYPASS_CACHE_BYTES             memory for parts of passports (default: 67108864, 0: none)
  BATTERYPASS_MAX_DATABASE_PAGES      most pages of 4 KiB in the database (default: 0, any)

exit status: 0 done, 1 refused, 2 wrong use
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=options.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    # The HTTP library logs addresses, which may hold login tokens.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        return 0
    except (SettingsError, SchemaError) as error:
        print(f"batterypass-cloud: {error}", file=sys.stderr)
        return 2
    except Problem as problem:
        print(f"batterypass-cloud: {problem.code}: {problem.detail}", file=sys.stderr)
    except (BatteryPassError, CloudError, OSError, provision.ProvisioningError) as error:
        print(f"batterypass-cloud: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="batterypass-cloud",
        description="Reference cloud for EU battery passports.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--log-level", default="info", choices=("debug", "info", "warning", "error")
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(
        parent: Any, name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parent.add_parser(name, help=text, description=text)
        made.set_defaults(command=run)
        return made

    def group(name: str, text: str) -> Any:
        made = commands.add_parser(name, help=text, description=text)
        return made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command(commands, "init", _init, "create the data directory, the cloud's key and the database")

    serve = command(commands, "serve", _serve, "run the server")
    serve.add_argument("--host", default="127.0.0.1", help="address to bind to (%(default)s)")
    serve.add_argument("--port", type=int, help="port (that of BATTERYPASS_BASE_URL)")

    serve.add_argument(
        "--https",
        action="store_true",
        help="serve TLS; without a certificate a self-signed one is made in the data directory",
    )
    serve.add_argument("--tls-certificate", type=Path, metavar="FILE", help="chain in PEM")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key in PEM")

    keys = group("keys", "registered keys")
    add = command(keys, "add", _keys_add, "register a public key in a role")
    add.add_argument(
        "--role", required=True, choices=[role.value for role in Role if role is not Role.BMS]
    )
    add.add_argument("--did", required=True, help="did:key of the public key")
    add.add_argument("--name", default="", help="name of the holder, shown on pages")
    command(keys, "list", _keys_list, "list registered keys as JSON lines")
    revoke = command(keys, "revoke", _keys_revoke, "revoke a key from now on")
    revoke.add_argument("--did", required=True, help="did:key of the public key")
    new = command(keys, "new", _keys_new, "make a key pair: private key to a file, did:key printed")
    new.add_argument("--out", required=True, type=Path, help="PEM file to create, mode 0600")

    grants = group("grants", "rights of data brokers to read a passport")
    grant = command(grants, "add", _grants_add, "let a data broker read a passport")
    grant.add_argument("--passport", required=True, metavar="ID", help="passport id")
    grant.add_argument("--did", required=True, help="did:key of the data broker")
    grant.add_argument(
        "--expires", required=True, type=_moment, help="end, for instance 2027-12-31T00:00:00Z"
    )
    grant.add_argument(
        "--purpose",
        required=True,
        choices=list(POINTS),
        help="what for (Art. 77(2)); it decides which part of the passport the broker may read",
    )
    listing = command(grants, "list", _grants_list, "list grants as JSON lines")
    listing.add_argument("--passport", metavar="ID", help="only those for this passport")
    end = command(grants, "revoke", _grants_revoke, "end a grant from now on")
    end.add_argument("--id", required=True, type=int, help="number of the grant")

    relay = command(commands, "gateway", _gateway, "carry device records from TCP to a cloud")
    relay.add_argument(
        "--listen", type=_address, default=("127.0.0.1", 7400), help="HOST:PORT (127.0.0.1:7400)"
    )
    relay.add_argument("--cloud", required=True, metavar="URL", help="address of the cloud")

    station = command(
        commands,
        "provision",
        _provision,
        "give a new battery its passport: read its key, sign, publish, provision",
    )
    where = station.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", type=_address, metavar="HOST:PORT", help="the device connects")
    where.add_argument("--connect", type=_address, metavar="HOST:PORT", help="the device listens")
    station.add_argument("--cloud", required=True, metavar="URL", help="address of the cloud")
    station.add_argument(
        "--operator-key", required=True, type=Path, help="PEM file of the operator's key"
    )
    station.add_argument("--passport", required=True, type=Path, help="passport document, JSON")
    station.add_argument("--period-ms", type=int, default=10_000, help="between records")
    station.add_argument("--timeout", type=float, default=60.0, help="seconds to wait for a device")
    return parser


def _init(_: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    key = services.initialise(settings)
    _print({"data": str(settings.data), "did": key.did})
    return 0


def _serve(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    port = options.port
    if port is None:
        parts = urlsplit(settings.base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    certificate = None
    if options.https or options.tls_certificate or options.tls_key:
        certificate = tls.certificate(settings, options.tls_certificate, options.tls_key)
    app = create_app(settings)
    uvicorn.run(
        app,
        host=options.host,
        port=port,
        # Uvicorn's access log would hold whole paths, with login tokens in them.
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32 * 1024,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    return 0


def _registry(work: Callable[[Registry, int], Any]) -> Any:
    settings = Settings.from_environment()
    if not settings.database.exists():
        raise SettingsError(f"{settings.data} has no database: run `batterypass-cloud init` first")
    database = Database(settings.database)
    try:
        return database.write_now(lambda c: work(TableRegistry(c), int(time.time())))
    finally:
        database.close()


def _keys_add(options: argparse.Namespace) -> int:
    key = PublicKey.from_did(options.did)
    role = Role(options.role)
    _registry(lambda registry, now: registry.register(key, role, at=now, name=options.name))
    _print({"thumbprint": key.thumbprint, "did": key.did, "role": role.value})
    return 0


def _keys_list(_: argparse.Namespace) -> int:
    def rows(registry: Registry, now: int) -> list[dict[str, Any]]:
        return [
            {
                "thumbprint": key.thumbprint,
                "did": key.did,
                "role": key.role.value,
                "name": key.name,
                "state": key.state(now).value,
                "passport": key.passport_id,
            }
            for key in registry.keys(None)
        ]

    for row in _registry(rows):
        _print(row)
    return 0


def _keys_revoke(options: argparse.Namespace) -> int:
    thumbprint = PublicKey.from_did(options.did).thumbprint
    _registry(lambda registry, now: registry.revoke(thumbprint, now))
    _print({"thumbprint": thumbprint, "state": "revoked"})
    return 0


def _keys_new(options: argparse.Namespace) -> int:
    key = SigningKey.generate()
    services.write_key(options.out, key)
    _print({"did": key.did, "file": str(options.out)})
    return 0


def _grants_add(options: argparse.Namespace) -> int:
    subject = PublicKey.from_did(options.did).thumbprint
    made = _registry(
        lambda registry, now: registry.grant(
            options.passport, subject, purpose=options.purpose, at=now, until=options.expires
        )
    )
    _print({"id": made.id, "passport": made.passport_id, "expires": rfc3339(made.expires_at)})
    return 0


def _grants_list(options: argparse.Namespace) -> int:
    def rows(registry: Registry, now: int) -> list[dict[str, Any]]:
        return [
            {
                "id": grant.id,
                "passport": grant.passport_id,
                "subject": grant.subject,
                "purpose": grant.purpose,
                "points": sorted(grant.points),
                "expires": rfc3339(grant.expires_at),
                "active": bool(grant.points) and grant.active(now),
            }
            for grant in registry.grants(options.passport)
        ]

    for row in _registry(rows):
        _print(row)
    return 0


def _grants_revoke(options: argparse.Namespace) -> int:
    _registry(lambda registry, now: registry.revoke_grant(options.id, now))
    _print({"id": options.id, "active": False})
    return 0


def _gateway(options: argparse.Namespace) -> int:
    host, port = options.listen
    asyncio.run(gateway.run(host, port, options.cloud))
    return 0


def _provision(options: argparse.Namespace) -> int:
    operator = services.read_key(options.operator_key)
    passport = json.loads(options.passport.read_text(encoding="utf-8"))

    async def work() -> provision.Onboarded:
        if options.listen:
            host, port = options.listen
            link = await accept_one(host, port, within=options.timeout)
        else:
            link = await connect(*options.connect)
        async with link:
            return await provision.onboard(
                link,
                passport,
                operator,
                options.cloud,
                period_ms=options.period_ms,
                within=options.timeout,
            )

    done = asyncio.run(work())
    _print({"passport": done.passport_id, "device": done.device.did, "label": done.link})
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("expected HOST:PORT")
    return host.strip("[]"), int(port)


def _moment(text: str) -> int:
    try:
        return int(parse_rfc3339(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError("expected a date-time with a zone") from error


def _print(row: dict[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    # A reader that closes the pipe early is not an error.
    try:
        status = main()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
