//! Status lists: whether a credential was revoked or suspended after it was issued (W3C Bitstring
//! Status List 1.0).
//!
//! The issuer writes an [`entry`] into each credential: the address of a list and a position in it. The
//! list itself is a credential ([`list_credential`]) that holds one small number for each position, so
//! that one download answers for at least 131,072 credentials and tells nobody which one was asked for.
//!
//! A verifier gives a [`StatusLists`], which fetches lists, to [`check`]; [`Cache`] keeps what was
//! verified. Whatever stands between the verifier and the list is an error: a status that cannot be
//! learnt is never taken for a good one.
//!
//! # Privacy
//! - A list is as large as a crowd: never one list for each credential, purchaser or model.
//! - Positions are drawn at random ([`random_index`]); in order they would tell when a passport was
//!   issued and how many there are.
//! - Whoever serves a list sees who asks. Serve it from where it can be cached, and cache it.
//! - An entry is the same in every copy of a credential, so it links them. A passport has a public
//!   identifier anyway; for credentials about people keep that in mind.
//!
//! Token Status List (the IETF's, for SD-JWT VC) has another bit order and another container; it is not
//! supported yet.

mod cache;
mod check;
mod credential;
mod entry;
mod gzip;
mod index;
mod list;
mod source;

#[cfg(feature = "std")]
pub use cache::Cached;
pub use cache::{Cache, MAX_AGE_S, UNTOLD_AGE_S};
pub use check::{EntryStatus, MAX_ENTRIES, StatusReport, check};
pub use credential::list_credential;
pub use entry::{EntryOptions, Purpose, entry};
pub use index::random_index;
pub use list::{MAX_LIST_LEN, MAX_SIZE, MIN_ENTRIES, StatusList};
pub use source::{StatusLists, VerifiedList};

/// The type of a `credentialStatus`, Bitstring Status List 1.0 section 2.1.
pub const ENTRY_TYPE: &str = "BitstringStatusListEntry";
/// The type of a credential that holds a list, Bitstring Status List 1.0 section 2.2.
pub const LIST_CREDENTIAL: &str = "BitstringStatusListCredential";
/// The type of the subject of such a credential.
pub const LIST_SUBJECT: &str = "BitstringStatusList";

const ENTRY: &str = "Bitstring Status List 1.0 section 2.1";
const LIST: &str = "Bitstring Status List 1.0 section 2.2";
const VALIDATE: &str = "Bitstring Status List 1.0 section 3.2";
