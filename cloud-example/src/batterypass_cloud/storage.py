"""Storage: one SQLite file behind one interface.

One thread writes. Every write is one `BEGIN IMMEDIATE` transaction and is on disk when `write`
returns (WAL with synchronous=FULL), which is what an acknowledgement of the server rests on.
A few threads read, each from its own connection and inside one snapshot. The event loop never
waits for the disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import queue
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TypeVar

from .problems import Problem

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

READERS = 4
BUSY_TIMEOUT_MS = 5_000
SCRUB_PATIENCE_S = 10.0
MAX_INTEGER = 2**63 - 1
"""Largest integer that SQLite stores; the wire format allows unsigned 64 bits."""


class SchemaError(RuntimeError):
    """The database file has a schema, or content, that this version cannot work with."""


class Database:
    """The database file with its one writer and its readers."""

    def __init__(self, path: Path, *, max_pages: int = 0) -> None:
        # VACUUM writes a temporary copy. It must not end up on a shared /tmp.
        os.environ["SQLITE_TMPDIR"] = str(path.parent)
        self._path = path
        self._max_pages = max_pages
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="db-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-reader")
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._connection = self._writer.submit(self._open_writer).result()
        for _ in range(READERS):
            self._idle.put(self._open_reader())

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own; it is durable when this returns.

        An exception from `work` rolls everything back. Raises `Problem` 507 `storage_full` when
        there is no room left and 503 `storage_busy` when another process holds the file too long.
        """
        return await asyncio.wrap_future(self._writer.submit(self._transact, work))

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a consistent snapshot that it cannot change."""
        return await asyncio.wrap_future(self._readers.submit(self._snapshot, work))

    async def compute(self, work: Callable[[], T]) -> T:
        """Run work that needs the processor but not the database outside the event loop."""
        return await asyncio.wrap_future(self._readers.submit(work))

    def look(self, work: Work[T]) -> T:
        """Do the same as `read`, for work that already runs in `compute`."""
        return self._snapshot(work)

    async def scrub(self) -> bool:
        """Overwrite what deletions have freed; true when nothing is left to overwrite."""
        return await asyncio.wrap_future(self._writer.submit(self._scrub))

    def write_now(self, work: Work[T]) -> T:
        """Do the same as `write`, for callers without an event loop."""
        return self._writer.submit(self._transact, work).result()

    def read_now(self, work: Work[T]) -> T:
        """Do the same as `read`, for callers without an event loop."""
        return self._readers.submit(self._snapshot, work).result()

    def close(self) -> None:
        """Finish what is under way and close the file."""
        self._readers.shutdown(wait=True)
        while not self._idle.empty():
            self._idle.get().close()
        self._writer.submit(self._connection.close).result()
        self._writer.shutdown(wait=True)

    def _open_writer(self) -> sqlite3.Connection:
        created = not self._path.exists()
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        if created:
            self._path.chmod(0o600)
        _configure(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        if self._max_pages:
            connection.execute(f"PRAGMA max_page_count = {int(self._max_pages)}")
        migrate(connection)
        self._connection = connection
        self._scrub()
        return connection

    def _open_reader(self) -> sqlite3.Connection:
        uri = f"{self._path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        _configure(connection)
        return connection

    def _transact(self, work: Work[T]) -> T:
        with storage_errors():
            return transaction(self._connection, work)

    def _snapshot(self, work: Work[T]) -> T:
        connection = self._idle.get()
        try:
            with storage_errors():
                connection.execute("BEGIN")
                try:
                    return work(connection)
                finally:
                    connection.execute("ROLLBACK")
        finally:
            self._idle.put(connection)

    def _scrub(self) -> bool:
        # secure_delete zeroes the deleted cells, but copies of them survive in the slack of pages
        # that SQLite had rebalanced earlier. Only rewriting the file removes those, and only a
        # truncated WAL no longer holds the old pages.
        connection = self._connection
        if connection.execute("SELECT count(*) FROM pending_scrubs").fetchone()[0] == 0:
            return True
        deadline = time.monotonic() + SCRUB_PATIENCE_S
        try:
            # The note goes last: after a crash in between, the next start does it again.
            connection.execute("VACUUM")
            while not _checkpointed(connection):
                if time.monotonic() > deadline:
                    return False
            transaction(connection, lambda c: c.execute("DELETE FROM pending_scrubs"))
        except sqlite3.OperationalError:
            return False
        return True


def _checkpointed(connection: sqlite3.Connection) -> bool:
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return bool(busy == 0)


def _configure(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def transaction(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Run `work` between `BEGIN IMMEDIATE` and `COMMIT`; roll back on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # SQLite may have rolled back by itself, for instance when the disk is full.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def migrate(connection: sqlite3.Connection) -> int:
    """Apply the migrations that the file has not seen yet; return the schema's number.

    Each migration is one transaction together with the number that it leads to, so that a crash
    leaves the file at one schema or the other. Raises `SchemaError`, and leaves the file as it is,
    for one from a newer version of the package and for one whose content cannot be taken over.
    """
    known = sorted(
        (int(entry.name[:4]), entry)
        for entry in resources.files(__package__).joinpath("migrations").iterdir()
        if entry.name.endswith(".sql")
    )
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > known[-1][0]:
        raise SchemaError(f"the database has schema {version}, newer than this program knows")
    for number, entry in known:
        if number > version:
            script = entry.read_text(encoding="utf-8")
            try:
                connection.executescript(
                    f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
                )
            except sqlite3.IntegrityError as error:
                # A migration refuses by a constraint, whose name says why.
                connection.execute("ROLLBACK")
                reason = str(error).removeprefix("CHECK constraint failed: ")
                raise SchemaError(f"the database stays at schema {number - 1}: {reason}") from error
    return known[-1][0]


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn a full disk and a locked file into problems that a caller can act on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise Problem(
                507, "storage_full", "the server has no room left; nothing was stored"
            ) from error
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Problem(
                503,
                "storage_busy",
                "the database is busy; try again",
                headers={"Retry-After": "1"},
            ) from error
        raise


def id_hash(passport_id: str) -> bytes:
    """Return what a tombstone keeps of a passport id: a domain-separated SHA-256."""
    return hashlib.sha256(b"batterypass tombstone id\0" + passport_id.encode()).digest()


def product_hash(gtin: str, serial: str) -> bytes:
    """Return what a tombstone keeps of a product identifier: a domain-separated SHA-256."""
    text = f"batterypass tombstone product\0{gtin}\0{serial}"
    return hashlib.sha256(text.encode()).digest()
