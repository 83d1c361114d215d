//! Fetching DID documents and status lists over HTTPS, for hosts (feature `http`).
//!
//! Whoever presents a credential chooses which URL a verifier fetches. So that this cannot be turned
//! against the verifier's own network, [`Client`] speaks only `https` to domain names, follows no
//! redirect, uses no proxy from the environment, and connects only to addresses of the public internet.
//! The addresses are checked as they come from the name lookup and the connection is made to exactly
//! those, so that a name cannot change its meaning in between.

mod address;

use core::fmt;
use core::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::header::CONTENT_TYPE;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::did::{self, DidDocument};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;
use crate::status::StatusLists;

const USER_AGENT: &str = concat!("batterypass/", env!("CARGO_PKG_VERSION"));
/// Media types of a DID document (DID 1.0 section 6, DID 1.1, and plain JSON as web servers send it).
const DID_TYPES: [&str; 5] = [
    "application/did+json",
    "application/did+ld+json",
    "application/did",
    "application/json",
    "application/ld+json",
];
/// Media types of a status list: a credential in any form.
const LIST_TYPES: [&str; 6] = [
    "application/vc+jwt",
    "application/vc+sd-jwt",
    "application/vc+cose",
    "application/vc",
    "application/json",
    "application/ld+json",
];
/// Ports below this one belong to well-known services, of which only HTTPS is wanted.
const FIRST_USER_PORT: u16 = 1024;

/// What [`Client`] does beyond its defaults.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    timeout: Duration,
    max_bytes: u64,
    private: bool,
    roots: Vec<Certificate<'static>>,
}

impl ClientBuilder {
    /// Sets how long a fetch may take in all, from name lookup to the last byte; 10 seconds by default.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the largest body, in bytes; 4 MiB by default.
    #[must_use]
    pub const fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Also connects to addresses that are not public, for tests and closed networks. A server that
    /// takes credentials from strangers must not do this.
    #[must_use]
    pub const fn allow_private_addresses(mut self) -> Self {
        self.private = true;
        self
    }

    /// Trusts this root certificate (X.509 in DER), and no longer those of the web. May be repeated.
    #[must_use]
    pub fn root_certificate(mut self, der: &[u8]) -> Self {
        self.roots.push(Certificate::from_der(der).to_owned());
        self
    }

    /// Makes the client.
    pub fn build(self) -> Client {
        let mut tls = TlsConfig::builder();
        if !self.roots.is_empty() {
            tls = tls.root_certs(RootCerts::new_with_certs(&self.roots));
        }
        let config = Config::builder()
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_response_header_size(32 << 10)
            .proxy(None)
            .timeout_global(Some(self.timeout))
            .tls_config(tls.build())
            .user_agent(USER_AGENT)
            .build();
        let lookup = Lookup {
            private: self.private,
            system: DefaultResolver::default(),
        };
        Client {
            agent: ureq::Agent::with_parts(config, DefaultConnector::new(), lookup),
            max_bytes: self.max_bytes,
        }
    }
}

/// A body and what it is said to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fetched {
    /// The media type in lower case, without parameters.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// An HTTPS client for what strangers point at. It resolves `did:web`; see
/// [`Cache`](crate::did::Cache) for not asking every time.
///
/// ```no_run
/// use batterypass::{did, http::Client};
///
/// let client = Client::new();
/// let document = did::resolve("did:web:maker.example", Some(&client))?;
/// # Ok::<(), batterypass::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    max_bytes: u64,
}

impl Client {
    /// Makes a client with the defaults of [`Client::builder`].
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts from the defaults: 10 seconds, 4 MiB, public addresses, the web's root certificates.
    pub const fn builder() -> ClientBuilder {
        ClientBuilder {
            timeout: Duration::from_secs(10),
            max_bytes: 4 << 20,
            private: false,
            roots: Vec::new(),
        }
    }

    /// Fetches a URL. The answer must have status 200 and one of `media_types` (lower case, without
    /// parameters).
    ///
    /// # Errors
    /// `invalid_argument` for a URL that is not `https`, has user information, names no domain in ASCII
    /// and lower case, or a port below 1024 other than 443; `address_refused` when the host has no
    /// public address; `too_large`; `fetch_failed` for everything else, with the reason as detail.
    pub fn fetch(&self, url: &str, media_types: &[&str]) -> Result<Fetched> {
        check_url(url)?;
        let accept = media_types.join(", ");
        let response = self.agent.get(url).header("accept", &accept).call();
        let mut response = response.map_err(|error| failure(&error))?;
        if response.status().as_u16() != 200 {
            return Err(failed(format!("status {}", response.status().as_u16())));
        }
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let media_type = kind.to_ascii_lowercase();
        if !media_types.contains(&media_type.as_str()) {
            return Err(failed(format!("expected {accept}")));
        }
        let body = response.body_mut().with_config().limit(self.max_bytes);
        let body = body.read_to_vec().map_err(|error| failure(&error))?;
        Ok(Fetched { media_type, body })
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// Resolves `did:web`. Fails with `did_not_resolved` for other methods and when the document cannot be
/// fetched, and as [`Client::fetch`], [`did::web::url`] and [`DidDocument::parse`] do.
impl did::Resolver for Client {
    fn resolve(&self, did: &str) -> Result<DidDocument> {
        if !did.starts_with("did:web:") {
            return Err(Error::new(ErrorCode::DidNotResolved).because("only did:web is fetched"));
        }
        let url = did::web::url(did)?;
        let fetched = self
            .fetch(&url, &DID_TYPES)
            .map_err(|error| match error.code() {
                ErrorCode::FetchFailed => {
                    Error::new(ErrorCode::DidNotResolved).because(error.to_string())
                }
                _ => error,
            })?;
        let document = DidDocument::parse(&fetched.body)?;
        if document.id() != did {
            return Err(Error::new(ErrorCode::DidMismatch).at("/id"));
        }
        Ok(document)
    }
}

/// Fetches status lists, as [`Client::fetch`] does.
impl StatusLists for Client {
    fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        Self::fetch(self, url, &LIST_TYPES).map(|fetched| fetched.body)
    }
}

/// Name lookup that keeps only addresses which may be connected to.
struct Lookup {
    private: bool,
    system: DefaultResolver,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup")
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

impl Resolver for Lookup {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.system.resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found.iter() {
            if self.private || address::is_public(address.ip()) {
                kept.push(*address);
            }
        }
        if kept.is_empty() {
            return Err(ureq::Error::Other(Box::new(Error::new(
                ErrorCode::AddressRefused,
            ))));
        }
        Ok(kept)
    }
}

fn check_url(url: &str) -> Result<()> {
    let invalid = |detail: &str| Error::new(ErrorCode::InvalidArgument).because(detail);
    let rest = url.strip_prefix("https://");
    let rest = rest.ok_or_else(|| invalid("expected an https URL"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => {
            let port = did::web::check_port(port).map_err(|_| invalid("a port out of range"))?;
            (host, Some(port))
        }
        None => (authority, None),
    };
    did::web::check_host(host)
        .map_err(|_| invalid("expected a domain name in ASCII and lower case"))?;
    match port {
        Some(port) if port != 443 && port < FIRST_USER_PORT => {
            Err(invalid("a port below 1024 other than 443"))
        }
        _ => Ok(()),
    }
}

fn failed(detail: impl Into<String>) -> Error {
    Error::new(ErrorCode::FetchFailed).because(detail)
}

/// What the caller is told of a failure: never the text of the remote side.
fn failure(error: &ureq::Error) -> Error {
    match error {
        ureq::Error::BodyExceedsLimit(_) => ErrorCode::TooLarge.into(),
        ureq::Error::Other(inner) => match inner.downcast_ref::<Error>() {
            Some(own) => own.clone(),
            None => failed("the request failed"),
        },
        ureq::Error::Timeout(_) => failed("timed out"),
        ureq::Error::HostNotFound => failed("host not found"),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => failed("the TLS connection failed"),
        ureq::Error::Io(error) => failed(format!("input or output failed: {:?}", error.kind())),
        _ => failed("the request failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_are_refused() {
        for url in [
            "http://a.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://user@a.example/",
            "https://a.example:22/",
            "https://a.example:/",
            "https://A.example/",
            "https:///x",
            "https://a.example\\@b.example/",
            "ftp://a.example/",
            "",
            "https://a.example:65536/",
        ] {
            let error = check_url(url).expect_err(url);
            assert_eq!(error.code(), ErrorCode::InvalidArgument, "{url}");
        }
        for url in [
            "https://a.example",
            "https://a.example:443/b?c",
            "https://a.example:8443",
        ] {
            check_url(url).expect(url);
        }
    }
}
