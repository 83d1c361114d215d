"""The frozen vectors of records, against the SDK and against a second encoder.

The encoder here is written from `schemas/record.json` and docs/src/records.md alone: it shares no
code with the core.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batterypass import DecodeError, Record, ValidationError

SCHEMAS = Path(__file__).parents[3] / "schemas"
TABLE = json.loads((SCHEMAS / "record.json").read_text(encoding="utf-8"))
VECTORS = json.loads((SCHEMAS / "vectors/records.json").read_text(encoding="utf-8"))


def varint(value: int) -> bytes:
    """Write seven bits a byte, least significant first; the top bit says that more follow."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value: int) -> int:
    """Interleave the signed numbers: 0, -1, 1, -2, 2 are 0 to 4."""
    return 2 * value if value >= 0 else -2 * value - 1


def encode(values: dict[str, Any]) -> bytes:
    """Encode a record by the table."""
    out = bytearray([TABLE["schema"]])
    for field in TABLE["fields"]:
        value = values[field["name"]]
        if field["optional"]:
            out.append(value is not None)
            if value is None:
                continue
        if field["type"] == "list of i16":
            out += varint(len(value))
            for one in value:
                out += varint(zigzag(one))
        else:
            out += varint(zigzag(value) if field["type"] == "i32" else value)
    return bytes(out)


@pytest.mark.parametrize("case", VECTORS["records"], ids=lambda case: case["id"])
def test_golden_records(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    assert encode(case["fields"]) == data
    assert Record(**case["fields"]).encode() == data
    assert Record.decode(data).to_dict() == case["fields"]
    assert len(data) <= TABLE["maxLength"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["id"])
def test_refused_bytes(case: dict[str, Any]) -> None:
    with pytest.raises((DecodeError, ValidationError)) as caught:
        Record.decode(bytes.fromhex(case["hex"]))
    assert (caught.value.code, caught.value.path) == (case["code"], case["path"])


def test_every_vector_was_run() -> None:
    assert (len(VECTORS["records"]), len(VECTORS["refused"])) == (6, 9)
    names = [field["name"] for field in TABLE["fields"]]
    assert list(Record(sequence=0, device_time_s=0).to_dict()) == names
