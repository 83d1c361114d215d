"""Parts of passports that have been cut before, within a bound of memory.

A part is kept under everything that it depends on: the passport, the text that its operator signed,
the newest record, the reader, and the form. Nothing has to be thrown away when one of them changes,
and what one reader was given is never found by another. Whether a passport may still be read is
decided before, for each request.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from .authorize import Reader
from .negotiate import entity_tag

OVERHEAD = 1024
"""What an entry is taken to need besides its body: key, tag, and places in the tables."""


@dataclass(frozen=True)
class Key:
    """Everything that a part depends on."""

    passport_id: str
    version: bytes
    """Digest of the operator's credential as it is stored."""
    reader: Reader
    form: str
    record: int | None = None
    """Sequence number of the record that is merged in."""
    label: str | None = None
    """What is said about a label's key, where that is part of the answer."""


@dataclass(frozen=True)
class Part:
    """The body of an answer with its entity tag."""

    body: bytes
    tag: str

    @property
    def size(self) -> int:
        """Return the bytes that it counts for."""
        return len(self.body) + OVERHEAD


class Parts:
    """The parts that were asked for last, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Key, Part] = OrderedDict()
        self._bytes = 0
        self._deletions = 0
        self._lock = threading.Lock()

    @property
    def used_bytes(self) -> int:
        """How much is kept."""
        with self._lock:
            return self._bytes

    @property
    def deletions(self) -> int:
        """How many passports have been forgotten; to be read before the database is."""
        return self._deletions

    def get(self, key: Key, make: Callable[[], bytes], deletions: int) -> Part:
        """Return a part, made now if it is not kept.

        What was read from the database before a deletion is not kept after it: `deletions` says
        how many there were when the reading began.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        # Two threads may make the same part. Making others wait would cost more.
        body = make()
        part = Part(body, entity_tag(body))
        with self._lock:
            if deletions == self._deletions and part.size <= self._max_bytes:
                self._keep(key, part)
        return part

    def forget(self, passport_id: str) -> None:
        """Drop everything about a passport that has been deleted."""
        with self._lock:
            self._deletions += 1
            for key in [key for key in self._kept if key.passport_id == passport_id]:
                self._bytes -= self._kept.pop(key).size

    def _keep(self, key: Key, part: Part) -> None:
        before = self._kept.pop(key, None)
        self._bytes += part.size - (before.size if before else 0)
        self._kept[key] = part
        while self._bytes > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size
