"""Merging a device record into a passport."""

from __future__ import annotations

from typing import Any

from .records import StoredRecord
from .times import rfc3339


def merge(document: dict[str, Any], record: StoredRecord | None) -> dict[str, Any]:
    """Return a passport document with the values of the newest record; the input stays as it is.

    Without a record, this is the document as the operator signed it. Members that a record says
    nothing about keep what the operator signed.
    """
    if record is None:
        return document
    return record.record().apply(document, received_at=rfc3339(record.received_at))
