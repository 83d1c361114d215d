//! One error type for the whole crate: a frozen code, a place, and nothing secret.

use core::fmt;

use crate::prelude::*;

/// The result of every fallible call in this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// What kind of caller mistake or bad input an [`ErrorCode`] stands for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Category {
    /// The input is not a well-formed value of the expected format.
    Decode,
    /// Well-formed, but a signature, an issuer or a time does not hold.
    Verify,
    /// Well-formed, but a rule on its content is broken.
    Validation,
    /// Sealing or opening failed.
    Encryption,
    /// The call itself was wrong: an argument, a buffer, a missing random source.
    Usage,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $category:ident $sentence:literal;)*) => {
        /// A stable, machine-readable reason. The text of a code never changes, in any language.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[doc = $sentence] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the frozen snake_case text of the code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns the kind of failure the code belongs to.
            pub const fn category(self) -> Category {
                match self { $(Self::$name => Category::$category,)* }
            }

            const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

codes! {
    Truncated "truncated" Decode "the input ends too early";
    TrailingBytes "trailing_bytes" Decode "there are bytes after the end of the value";
    TooLarge "too_large" Decode "the input is larger than the limit";
    TooManyValues "too_many_values" Decode "the input has more members and elements than the limit";
    TooDeep "too_deep" Decode "the input is nested deeper than the limit";
    TooComplex "too_complex" Decode "the blank nodes of the statements cannot be told apart within the limit";
    MalformedCbor "malformed_cbor" Decode "the input is not the expected CBOR structure";
    MalformedJson "malformed_json" Decode "the input is not JSON";
    MalformedJwt "malformed_jwt" Decode "the input is not a compact JWS";
    MalformedJwe "malformed_jwe" Decode "the input is not a JWE";
    MalformedSdJwt "malformed_sd_jwt" Decode "the input is not an SD-JWT";
    MalformedDisclosure "malformed_disclosure" Decode "the text is not a disclosure";
    TooManyDisclosures "too_many_disclosures" Decode "the token has more disclosures than the limit";
    MalformedBase64 "malformed_base64" Decode "the text is not unpadded base64url";
    MalformedRecord "malformed_record" Decode "the bytes are not a device record";
    MalformedFrame "malformed_frame" Decode "the bytes are not a frame of the device link";
    FrameChecksum "frame_checksum" Decode "the frame's checksum does not match";
    MalformedStatusList "malformed_status_list" Decode "the text is not a compressed status list";
    StatusListChecksum "status_list_checksum" Decode "the status list's checksum or length does not match";
    StatusListTooLarge "status_list_too_large" Decode "the status list is larger than the limit";
    DuplicateKey "duplicate_key" Decode "a member or header occurs twice";
    WrongEncoding "wrong_encoding" Decode "the text is not UTF-8";
    WrongType "wrong_type" Decode "a member has another type than expected";
    UnsupportedVersion "unsupported_version" Decode "the version is not supported";
    UnsupportedHeader "unsupported_header" Decode "a header that must be understood is not supported";
    UnsupportedAlgorithm "unsupported_algorithm" Decode "the algorithm is not supported";
    UnsupportedDigest "unsupported_digest" Decode "the digest algorithm is not supported";
    InvalidKey "invalid_key" Decode "the key is not a valid P-256 key";
    InvalidDid "invalid_did" Decode "the identifier is not a supported DID";
    PrivateKey "private_key" Decode "private key material stands where only a public key belongs";
    InvalidLink "invalid_link" Decode "the text is not a passport link";
    InvalidGtin "invalid_gtin" Decode "the GTIN or its check digit is wrong";
    SignatureMalformed "signature_malformed" Verify "the signature has not the form of its algorithm";
    WrongCurve "wrong_curve" Verify "the key is not one of the algorithm's curve";
    SignatureInvalid "signature_invalid" Verify "the signature does not verify";
    KeyMismatch "key_mismatch" Verify "the signature names another key";
    IssuerMismatch "issuer_mismatch" Verify "the issuer is not the holder of the signing key";
    DidNotResolved "did_not_resolved" Verify "the DID document could not be obtained";
    DidMismatch "did_mismatch" Verify "the DID document is of another DID";
    MethodNotFound "method_not_found" Verify "the DID document has no such verification method";
    MethodNotAuthorised "method_not_authorised" Verify "the verification method is not listed for this purpose";
    ControllerMismatch "controller_mismatch" Verify "the verification method is controlled by another identifier";
    KeyExpired "key_expired" Verify "the verification method had expired by then";
    KeyRevoked "key_revoked" Verify "the verification method had been revoked by then";
    DomainMismatch "domain_mismatch" Verify "the proof was made for another recipient";
    ChallengeMismatch "challenge_mismatch" Verify "the proof answers another challenge";
    DuplicateDigest "duplicate_digest" Verify "a digest stands in more than one place";
    DisclosureUnreferenced "disclosure_unreferenced" Verify "no digest in the token stands for the disclosure";
    DisclosureMismatch "disclosure_mismatch" Verify "the disclosure does not fit the place of its digest";
    DisclosureTooWide "disclosure_too_wide" Verify "the token cannot be cut down to what the reader may read";
    KeyBindingMissing "key_binding_missing" Verify "the holder has not signed the presentation";
    KeyBindingMismatch "key_binding_mismatch" Verify "the holder signed another presentation";
    NotYetValid "not_yet_valid" Verify "the credential is not valid yet";
    Expired "expired" Verify "the credential has expired";
    StatusRevoked "status_revoked" Verify "the credential was revoked";
    StatusSuspended "status_suspended" Verify "the credential is suspended";
    StatusSet "status_set" Verify "a status of a purpose that is not known is set";
    StatusMessage "status_message" Verify "there is a message about the credential";
    StatusRefresh "status_refresh" Verify "a newer credential is available";
    StatusNotChecked "status_not_checked" Verify "the status was not asked for";
    StatusUnavailable "status_unavailable" Verify "the status list could not be had";
    StatusUnsupported "status_unsupported" Verify "the status is of a kind that is not supported";
    StatusMismatch "status_mismatch" Verify "the status list is not the one that the credential names";
    StatusOutOfRange "status_out_of_range" Verify "the status list has no such entry";
    StatusListInvalid "status_list_invalid" Verify "the credential of the status list does not verify";
    StatusListTooShort "status_list_too_short" Verify "the status list has too few entries";
    UntrustedIssuer "untrusted_issuer" Verify "no chain of credentials leads from the issuer to a trust anchor";
    NotAuthorised "not_authorised" Verify "the issuer has no right to say this";
    GrantScope "grant_scope" Verify "the right does not cover what is asked for";
    ChainTooLong "chain_too_long" Verify "the chain of credentials is longer than the limit";
    ChainLoop "chain_loop" Verify "the issuers of a chain vouch for each other in a circle";
    NotCountersigned "not_countersigned" Verify "the signature of the other party is missing";
    OutOfRange "out_of_range" Validation "a value is outside its range";
    MissingMember "missing_member" Validation "a required member is missing";
    InvalidMember "invalid_member" Validation "a member breaks a rule of its standard";
    ReservedName "reserved_name" Validation "the name of a member is reserved";
    UnknownMember "unknown_member" Validation "a member is not one of the data model";
    UnknownWord "unknown_word" Validation "a word is not one of its enumeration";
    CheckDigit "check_digit" Validation "a check digit is wrong";
    DuplicateValue "duplicate_value" Validation "a value that must be unique occurs twice";
    SequenceNotIncreasing "sequence_not_increasing" Validation "the sequence number is not above the one before";
    TimeFell "time_fell" Validation "a time is earlier than the one before";
    CounterFell "counter_fell" Validation "a counter is lower than before";
    RateImpossible "rate_impossible" Validation "a counter grew faster than it can";
    Inconsistent "inconsistent" Validation "members contradict each other";
    DoubtfulUnit "doubtful_unit" Validation "a value looks as if it were in another unit";
    InTheFuture "in_the_future" Validation "a time lies in the future";
    NotToBeFilled "not_to_be_filled" Validation "a member must not be filled yet";
    NotApplicable "not_applicable" Validation "a member is not asked of this battery category";
    UnknownContext "unknown_context" Validation "a JSON-LD context is not one of those that are stored";
    InvalidContext "invalid_context" Validation "a JSON-LD context, or what is made of it, is not valid or not supported";
    UnprocessedTerm "unprocessed_term" Validation "JSON-LD drops a claim or a part of it, so that it is not signed";
    NotUpgradable "not_upgradable" Validation "a member has no place in the newest version";
    PassportNotOwed "passport_not_owed" Validation "the law asks for no passport of this battery";
    NoRecipients "no_recipients" Encryption "the envelope has no recipients";
    TooManyRecipients "too_many_recipients" Encryption "the envelope has more recipients than the limit";
    RecipientUnknown "recipient_unknown" Encryption "the envelope is not addressed to this key";
    RecipientMandatory "recipient_mandatory" Encryption "a recipient that the policy makes mandatory is left out";
    RecipientMissing "recipient_missing" Encryption "no valid key is registered for a mandatory recipient";
    DecryptionFailed "decryption_failed" Encryption "the envelope cannot be opened";
    RandomnessFailed "randomness_failed" Usage "the random source failed";
    BufferTooSmall "buffer_too_small" Usage "the output buffer is too small";
    InvalidArgument "invalid_argument" Usage "an argument is not acceptable";
    StatusListFull "status_list_full" Usage "the status list has no free entry";
    AddressRefused "address_refused" Usage "the host has no address on the public internet";
    FetchFailed "fetch_failed" Usage "the resource could not be fetched";
    LinkBroken "link_broken" Usage "the byte stream of the device link failed";
}

/// A failure: what went wrong ([`Error::code`]) and, where the input has a structure, where
/// ([`Error::path`], RFC 6901).
///
/// Neither the text nor `Debug` ever holds key material, plaintext or whole inputs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    code: ErrorCode,
    #[cfg(not(feature = "alloc"))]
    path: &'static str,
    #[cfg(feature = "alloc")]
    place: Option<Box<Place>>,
}

#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Place {
    path: String,
    detail: String,
}

impl Error {
    /// Makes an error without a place.
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            #[cfg(not(feature = "alloc"))]
            path: "",
            #[cfg(feature = "alloc")]
            place: None,
        }
    }

    /// Makes an error with a place that is known when the crate is built.
    pub(crate) fn in_field(code: ErrorCode, path: &'static str) -> Self {
        #[cfg(not(feature = "alloc"))]
        return Self { code, path };
        #[cfg(feature = "alloc")]
        return Self::new(code).at(path);
    }

    /// Returns the stable code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Returns the JSON Pointer (RFC 6901) of the offending member; empty for the whole input.
    pub fn path(&self) -> &str {
        #[cfg(not(feature = "alloc"))]
        return self.path;
        #[cfg(feature = "alloc")]
        return self.place.as_ref().map_or("", |place| &place.path);
    }
}

#[cfg(feature = "alloc")]
impl Error {
    /// Sets the JSON Pointer (RFC 6901) of the offending member.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.place.get_or_insert_default().path = path.into();
        self
    }

    /// Puts the place below `parent`, for a value that was read as a part of another.
    #[must_use]
    pub(crate) fn under(self, parent: &str) -> Self {
        let path = format!("{parent}{}", self.path());
        self.at(path)
    }

    /// What a person needs to mend the input; may be empty.
    pub(crate) fn detail(&self) -> &str {
        self.place.as_ref().map_or("", |place| &place.detail)
    }

    /// Adds what a person needs to mend the input. Must not hold secrets or whole inputs.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.place.get_or_insert_default().detail = detail.into();
        self
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.sentence())?;
        if !self.path().is_empty() {
            write!(f, " at {}", self.path())?;
        }
        #[cfg(feature = "alloc")]
        if let Some(place) = &self.place
            && !place.detail.is_empty()
        {
            write!(f, ": {}", place.detail)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_snake_case() {
        for (i, code) in ErrorCode::ALL.iter().enumerate() {
            let text = code.as_str();
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
            );
            assert!(
                ErrorCode::ALL[i + 1..]
                    .iter()
                    .all(|other| other.as_str() != text)
            );
        }
    }
}
