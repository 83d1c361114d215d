"""What several tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batterypass import SigningKey
from interop_table import (
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_deselected,
    pytest_runtest_makereport,
    pytest_sessionfinish,
)

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_deselected",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
]

ROOT = Path(__file__).resolve().parents[3]
PASSPORT_ID = "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93"


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def example() -> dict[str, Any]:
    text = (ROOT / "schemas/examples/ev-battery.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
