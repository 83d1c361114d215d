"""The package as a whole: threads, documentation, stubs."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import threading
from importlib import metadata
from pathlib import Path

import batterypass
import pytest
from batterypass import SigningKey, sign, verify
from conftest import ROOT

SOURCE = Path(batterypass.__file__).parent


def test_the_gil_is_released() -> None:
    """One long call must not stop another thread."""
    subject = {"id": "urn:uuid:1", "text": "x" * 2_500_000, "values": list(range(100_000))}
    secured = sign({"credentialSubject": subject}, SigningKey.generate())
    started, done = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        try:
            verify(secured)
        finally:
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    ticks = 0
    while not done.wait(0.001):
        ticks += 1
    thread.join()
    # With the GIL held, this thread would first run again when the call is over: 0 or 1 ticks.
    assert ticks >= 5


@pytest.mark.parametrize("readme", ["README.md", "bindings/python/README.md"])
def test_the_snippets_run_as_printed(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, readme, "exec"), {})  # noqa: S102


def test_the_stubs_fit_the_native_module(tmp_path: Path) -> None:
    """Run stubtest, away from the sources, which it would take for the package."""
    command = [sys.executable, "-m", "mypy.stubtest", "batterypass"]
    outcome = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "no issues found" in outcome.stdout


def test_names_and_version() -> None:
    assert batterypass.__version__ == metadata.version("batterypass")
    assert sorted(batterypass.__all__, key=str.lower) == sorted(
        set(batterypass.__all__), key=str.lower
    )
    for name in batterypass.__all__:
        value = getattr(batterypass, name)
        assert name == "Message" or isinstance(value, str) or inspect.getdoc(value), name
    assert (SOURCE / "py.typed").exists()
