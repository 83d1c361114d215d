"""Served over HTTPS on request: a certificate of one's own, or a self-signed one for trials."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from batterypass_cloud import services, tls
from batterypass_cloud.settings import Settings, SettingsError
from cloudtest import START_TIMEOUT_S, free_port


def test_the_server_speaks_tls(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(data=tmp_path, base_url=f"https://127.0.0.1:{port}")
    services.initialise(settings)
    environment = {
        **os.environ,
        "BATTERYPASS_DATA": str(tmp_path),
        "BATTERYPASS_BASE_URL": settings.base_url,
    }
    command = [sys.executable, "-m", "batterypass_cloud", "serve", "--https"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + START_TIMEOUT_S
            while not (tmp_path / "tls-certificate.pem").exists():
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            answer = _get(tmp_path, settings.base_url, deadline)
            assert answer.status_code == 200
            assert answer.headers["Strict-Transport-Security"]
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{settings.base_url}/healthz")
        finally:
            process.terminate()
            process.wait(timeout=20)
    assert stat.S_IMODE((tmp_path / "tls-key.pem").stat().st_mode) == 0o600


def _get(data: Path, base_url: str, deadline: float) -> httpx.Response:
    import ssl

    while True:
        try:
            trust = ssl.create_default_context(cafile=str(data / "tls-certificate.pem"))
            return httpx.get(f"{base_url}/healthz", verify=trust)
        except (httpx.ConnectError, ssl.SSLError, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_certificate_is_used_again_until_it_ends(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, base_url="https://cloud.example")
    made = tls.certificate(settings, None, None)
    first = made.chain.read_bytes()
    assert tls.certificate(settings, None, None).chain.read_bytes() == first
    made.key.unlink()
    assert tls.certificate(settings, None, None).chain.read_bytes() != first


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    https = Settings(data=tmp_path, base_url="https://cloud.example")
    with pytest.raises(SettingsError, match="belong together"):
        tls.certificate(https, tmp_path / "chain.pem", None)
    with pytest.raises(SettingsError, match="https"):
        tls.certificate(Settings(data=tmp_path), None, None)
