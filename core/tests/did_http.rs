//! `did:web` over a real TLS server on this machine.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "http")]

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Instant;

use batterypass::credential::{SignOptions, VerifyOptions, sign, verify};
use batterypass::did::{self, Relationship, Resolver};
use batterypass::http::{Client, ClientBuilder};
use batterypass::status::{EntryOptions, MIN_ENTRIES, Purpose, StatusList, entry, list_credential};
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

struct Server {
    port: u16,
    root: Vec<u8>,
    /// How many connections it saw.
    seen: &'static AtomicUsize,
}

impl Server {
    fn start() -> Self {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
        let root = certified.cert.der().to_vec();
        let key = certified.signing_key.serialize_der();
        let provider = rustls::crypto::ring::default_provider().into();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![root.clone().into()],
                rustls::pki_types::PrivatePkcs8KeyDer::from(key).into(),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: &AtomicUsize = Box::leak(Box::default());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                seen.fetch_add(1, Ordering::SeqCst);
                let connection = rustls::ServerConnection::new(config.clone().into()).unwrap();
                let mut tls = rustls::StreamOwned::new(connection, stream);
                thread::spawn(move || answer(&mut tls, port));
            }
        });
        Self { port, root, seen }
    }

    fn client(&self, with: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        with(
            Client::builder()
                .root_certificate(&self.root)
                .allow_private_addresses(),
        )
        .build()
    }

    fn did(&self, path: &str) -> String {
        format!("did:web:localhost%3A{}{path}", self.port)
    }

    fn refusal(&self, client: &Client, path: &str) -> ErrorCode {
        client.resolve(&self.did(path)).unwrap_err().code()
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn document(did: &str) -> String {
    let keys = [did::web::DocumentKey::new("key-1", *key().public_key())];
    did::web::document(did, &keys, &[])
        .unwrap()
        .to_value()
        .to_string()
}

/// The signed status list at a URL, of an organisation on the same server; entry 7 is set.
fn list(url: &str, issuer: &str) -> String {
    let mut list = StatusList::new(MIN_ENTRIES, 1).unwrap();
    list.set(7, 1).unwrap();
    let credential = list_credential(url, &list, &[Purpose::Revocation], None).unwrap();
    signed(credential, issuer, None)
}

fn signed(credential: Value, issuer: &str, status: Option<&Value>) -> String {
    let method = format!("{issuer}#key-1");
    let options = SignOptions {
        verification_method: Some(&method),
        status,
        ..SignOptions::default()
    };
    sign(credential, &key(), &options)
        .unwrap()
        .into_text()
        .unwrap()
}

/// Answers one request; the path says how.
fn answer(tls: &mut (impl Read + Write), port: u16) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match tls.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.contains("user-agent: batterypass/"), "{request}");
    let path = request.split(' ').nth(1).unwrap();
    let folder = path.strip_suffix("/did.json").unwrap_or(path);
    let folder = folder.trim_start_matches('/');
    let own = match folder {
        ".well-known" => document(&format!("did:web:localhost%3A{port}")),
        folder => document(&format!("did:web:localhost%3A{port}:{folder}")),
    };
    let (status, kind, extra, body) = match folder {
        "other" => (
            "200 OK",
            "application/did+json",
            String::new(),
            document("did:web:other.example"),
        ),
        "list" => {
            let url = format!("https://localhost:{port}/list");
            let list = list(&url, &format!("did:web:localhost%3A{port}"));
            ("200 OK", "application/vc+jwt", String::new(), list)
        }
        "html" => ("200 OK", "text/html", String::new(), own),
        "typed" => (
            "200 OK",
            "application/DID+LD+JSON; charset=utf-8",
            String::new(),
            own,
        ),
        "missing" => ("404 Not Found", "application/json", String::new(), own),
        "moved" => {
            let to = format!("location: https://localhost:{port}/.well-known/did.json\r\n");
            ("302 Found", "application/json", to, own)
        }
        "broken" => ("200 OK", "application/json", String::new(), "{".into()),
        "large" => (
            "200 OK",
            "application/json",
            String::new(),
            " ".repeat(5000) + &own,
        ),
        "slow" => {
            thread::sleep(Duration::from_secs(5));
            ("200 OK", "application/json", String::new(), own)
        }
        "endless" => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut sent = tls.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = tls.write_all(b"4\r\n    \r\n");
            }
            return;
        }
        _ => ("200 OK", "application/json", String::new(), own),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{extra}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len(),
    );
    let _ = tls.write_all(head.as_bytes());
    let _ = tls.write_all(body.as_bytes());
    let _ = tls.flush();
}

#[test]
fn documents_are_fetched() {
    let server = Server::start();
    let client = server.client(|builder| builder);
    for path in ["", ":maker", ":typed"] {
        let did = server.did(path);
        let document = did::resolve(&did, Some(&client)).unwrap();
        let at = "2027-02-18T00:00:00Z".parse().unwrap();
        let method = document
            .method("#key-1", Relationship::AssertionMethod, at)
            .unwrap();
        assert_eq!(method.key.p256(), Some(key().public_key()));
    }
    let seen = server.seen.load(Ordering::SeqCst);
    let cached = did::Cache::new(client, 10, Duration::from_secs(60));
    for _ in 0..3 {
        cached.resolve(&server.did("")).unwrap();
    }
    assert_eq!(server.seen.load(Ordering::SeqCst), seen + 1);
}

/// Nothing of the issuer is known beforehand: its keys and its status list are fetched.
#[test]
fn a_credential_with_a_status_is_verified() {
    let server = Server::start();
    let client = server.client(|builder| builder);
    let issuer = server.did("");
    let url = format!("https://localhost:{}/list", server.port);
    let options = VerifyOptions {
        resolver: Some(&client),
        status: Some(&client),
        ..VerifyOptions::at("2027-02-18T00:00:00Z".parse().unwrap())
    };
    for (index, codes) in [(6, &[][..]), (7, &[ErrorCode::StatusRevoked])] {
        let status = entry(&url, index, Purpose::Revocation, &EntryOptions::default()).unwrap();
        let credential = json!({ "credentialSubject": { "id": "urn:uuid:1" } });
        let token = signed(credential, &issuer, Some(&status));
        let report = verify(&token, &options).unwrap();
        let found: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(found, codes, "{:?}", report.findings);
        assert_eq!(report.ok, codes.is_empty());
    }
}

#[test]
fn private_addresses_are_not_connected_to() {
    let server = Server::start();
    let client = Client::builder().root_certificate(&server.root).build();
    assert_eq!(server.refusal(&client, ""), ErrorCode::AddressRefused);
    let url = format!("https://localhost:{}/.well-known/did.json", server.port);
    let error = client.fetch(&url, &["application/json"]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AddressRefused);
    assert_eq!(server.seen.load(Ordering::SeqCst), 0);
}

#[test]
fn answers_that_are_refused() {
    let server = Server::start();
    let client = server.client(|builder| builder.max_bytes(4096));
    for (path, code) in [
        (":other", ErrorCode::DidMismatch),
        (":html", ErrorCode::DidNotResolved),
        (":missing", ErrorCode::DidNotResolved),
        (":broken", ErrorCode::Truncated),
        (":large", ErrorCode::TooLarge),
        (":endless", ErrorCode::TooLarge),
    ] {
        assert_eq!(server.refusal(&client, path), code, "{path}");
    }
    // A redirect is not followed, not even on the same host.
    let seen = server.seen.load(Ordering::SeqCst);
    assert_eq!(server.refusal(&client, ":moved"), ErrorCode::DidNotResolved);
    assert_eq!(server.seen.load(Ordering::SeqCst), seen + 1);
}

#[test]
fn servers_that_are_not_believed_or_waited_for() {
    let server = Server::start();
    // The certificate is not one of the web's.
    let client = Client::builder().allow_private_addresses().build();
    assert_eq!(server.refusal(&client, ""), ErrorCode::DidNotResolved);

    let client = server.client(|builder| builder.timeout(Duration::from_millis(300)));
    let start = Instant::now();
    assert_eq!(server.refusal(&client, ":slow"), ErrorCode::DidNotResolved);
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn other_methods_are_not_fetched() {
    let error = Client::new().resolve("did:example:1").unwrap_err();
    assert_eq!(error.code(), ErrorCode::DidNotResolved);
}
