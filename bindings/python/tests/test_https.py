"""`HttpsClient` against a real TLS server on this machine."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from batterypass import (
    BatteryPassError,
    DidKey,
    HttpsClient,
    SigningKey,
    StatusList,
    StatusLists,
    VerifyError,
    did_web_document,
    resolve_did,
    sign,
    status_entry,
    verify,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = "2027-02-18T00:00:00Z"


def certificate(folder: Path) -> tuple[Path, bytes]:
    """Make a certificate for localhost; return the file with its key, and itself in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "localhost.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file, made.public_bytes(serialization.Encoding.DER)


class Server:
    """Serves what is put into `files`, by path, with its media type, and counts."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                found = server.files.get(self.path)
                self.send_response(200 if found else 404)
                media_type, body = found or ("text/plain", b"")
                self.send_header("content-type", media_type)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        file, self.root = certificate(folder)
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("tls"))
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_documents_and_lists_are_fetched(server: Server, key: SigningKey) -> None:
    did, list_url = f"did:web:localhost%3A{server.port}", f"https://localhost:{server.port}/1"
    signs: Any = {"issuer": did, "verification_method": f"{did}#key-1"}
    document = did_web_document(did, [DidKey("key-1", key.public_key)])
    listed = StatusList()
    listed.set(5)
    served = sign(listed.credential(list_url, ttl_ms=60_000), key, **signs)
    server.files = {
        "/.well-known/did.json": ("application/did+json", document.to_json().encode()),
        "/1": ("application/vc+jwt", served.encode()),
    }
    server.asked = []
    client = HttpsClient(root_certificates=[server.root], allow_private_addresses=True)
    lists = StatusLists(client)
    assert resolve_did(did, resolver=client) == document
    for index, ok in [(4, True), (5, False)]:
        subject = {"credentialSubject": {"id": "urn:uuid:1"}}
        token = sign(subject, key, status=status_entry(list_url, index), **signs)
        for status in (lists, client):
            report = verify(token, at=AT, resolver=client, status=status)
            assert report.ok is ok, report.findings
    # The document was kept; the list as well, where something keeps it.
    assert sorted(server.asked) == ["/.well-known/did.json", *["/1"] * 3]


def test_what_is_refused(server: Server) -> None:
    did = f"did:web:localhost%3A{server.port}:none"
    local: Any = {"root_certificates": [server.root]}
    for client, code in [
        (HttpsClient(**local, allow_private_addresses=True), "did_not_resolved"),
        (HttpsClient(**local), "address_refused"),
        (HttpsClient(allow_private_addresses=True), "did_not_resolved"),
    ]:
        with pytest.raises(BatteryPassError) as caught:
            resolve_did(did, resolver=client)
        assert caught.value.code == code
    with pytest.raises(VerifyError):
        resolve_did("did:example:1", resolver=HttpsClient())
    for wrong in ({"timeout_s": -1.0}, {"lifetime_s": float("nan")}, {"timeout_s": 1e9}):
        with pytest.raises(BatteryPassError) as caught:
            HttpsClient(**wrong)  # type: ignore[arg-type]
        assert caught.value.code == "invalid_argument"
