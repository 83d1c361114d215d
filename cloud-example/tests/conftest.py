"""Fixtures: clouds, and batteries on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudtest import LocalCloud, Onboarded, ProcessCloud


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalCloud]:
    """Start a cloud in this process with a clock that the test sets."""
    cloud = LocalCloud(tmp_path / "data")
    yield cloud
    cloud.close()


@pytest.fixture
def battery(local: LocalCloud) -> Onboarded:
    """Publish a battery's passport on the cloud in this process."""
    return local.onboard()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[ProcessCloud]:
    """Start a server process with the keys of operators, authority and broker registered."""
    process = ProcessCloud(tmp_path / "data", tmp_path / "cloud.log")
    process.start()
    yield process
    process.close()


@pytest.fixture
def onboarded(cloud: ProcessCloud) -> Onboarded:
    """Publish a battery's passport on the running server."""
    return cloud.onboard()
