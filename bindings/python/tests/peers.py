"""The other side of the interop tests: npm libraries, driven through the scripts of `interop/`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "interop"
MODULES = FOLDER / "node_modules"


class PeerError(Exception):
    """What the other library said no with."""


class Node:
    """A script of `interop/`, started when it is first asked and kept until the end."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.process: subprocess.Popen[str] | None = None

    def __call__(self, command: str, /, **options: Any) -> Any:
        process = self.process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"command": command, **options}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"{self.script} ended"
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer["result"]

    def _start(self) -> subprocess.Popen[str]:
        # The virtual environment has one where the system has none that is new enough.
        folders = [str(Path(sys.prefix) / "bin"), os.environ.get("PATH", "")]
        node = shutil.which("node", path=os.pathsep.join(folders))
        if node is None or not MODULES.is_dir():
            missing = "node" if node is None else "its packages (.ci/setup python tests)"
            reason = f"NOT RUN: no {missing} for {self.script}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        self.process = subprocess.Popen(  # noqa: S603
            [node, str(FOLDER / self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return self.process

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


digitalbazaar = Node("digitalbazaar.mjs")
hpke = Node("hpke.mjs")
jose = Node("jose.mjs")
sd_jwt_js = Node("sd-jwt.mjs")


def close_all() -> None:
    for peer in (digitalbazaar, hpke, jose, sd_jwt_js):
        peer.close()


def version(library: str) -> str:
    """Return the version of a library that the tests ran with."""
    registry, name = library.split(" ")
    if registry == "PyPI":
        return metadata.version(name)
    document = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    return str(document["dependencies"][name])
