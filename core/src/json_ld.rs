//! JSON-LD 1.1 to RDF, as far as credentials use it: what the RDF cryptosuites sign (feature `ssi`).
//!
//! JSON members become statements; what the contexts do not define becomes none, and so would not be
//! signed. Here each such member is reported with its place. Contexts are never fetched.
//!
//! Not processed, and refused where a document uses it: `@graph`, `@included`, `@nest`, `@reverse`,
//! `@import`, a base IRI, and containers by index, id or type; and what processors read in two ways.

#[cfg(feature = "ssi")]
mod cache;
#[cfg(feature = "ssi")]
mod canonical;
#[cfg(feature = "ssi")]
mod context;
mod contexts;
#[cfg(feature = "ssi")]
mod iri;
#[cfg(feature = "ssi")]
mod statements;
#[cfg(feature = "ssi")]
mod term;
#[cfg(feature = "ssi")]
mod value;

#[cfg(feature = "ssi")]
pub use canonical::{Canonical, canonicalize};
pub use contexts::Contexts;
#[cfg(feature = "ssi")]
pub(crate) use {
    canonical::report,
    statements::{Dropped, MAX_STATEMENTS, process},
};

/// The URL of the passport's own context, which is `schemas/context/passport.jsonld`.
pub const PASSPORT_CONTEXT: &str = "urn:batterypass:dpp:1.0.0";
