//! base64url without padding (RFC 4648 section 5), in its one canonical form, for what is no secret.
//!
//! Tokens are public, so hosts take a coder that is fast instead of one that runs in constant time.

#[cfg(feature = "std")]
use std::sync::LazyLock;

#[cfg(feature = "std")]
use base64::Engine;
#[cfg(feature = "std")]
use base64::engine::general_purpose::NO_PAD;
#[cfg(not(feature = "std"))]
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::{ErrorCode, Result};
use crate::prelude::*;

/// Of these two the library has vector instructions; which the processor has it asks once.
#[cfg(all(
    feature = "std",
    any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_feature = "neon")
    )
))]
static CODER: LazyLock<base64::engine::Simd> =
    LazyLock::new(|| base64::engine::Simd::url_safe(NO_PAD));
#[cfg(all(
    feature = "std",
    not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_feature = "neon")
    ))
))]
static CODER: LazyLock<base64::engine::GeneralPurpose> =
    LazyLock::new(|| base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD));

/// Appends the text of bytes.
pub(crate) fn encode_onto(bytes: &[u8], text: &mut String) {
    #[cfg(feature = "std")]
    CODER.encode_string(bytes, text);
    #[cfg(not(feature = "std"))]
    text.push_str(&Base64UrlUnpadded::encode_string(bytes));
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    #[cfg(feature = "std")]
    return CODER.encode(bytes);
    #[cfg(not(feature = "std"))]
    Base64UrlUnpadded::encode_string(bytes)
}

/// Appends what a text stands for.
///
/// # Errors
/// Those of [`decode`]. The bytes are of no use then.
pub(crate) fn decode_onto(text: &str, bytes: &mut Vec<u8>) -> Result<()> {
    #[cfg(feature = "std")]
    return CODER
        .decode_vec(text, bytes)
        .map_err(|_| ErrorCode::MalformedBase64.into());
    #[cfg(not(feature = "std"))]
    decode(text).map(|decoded| bytes.extend(decoded))
}

/// # Errors
/// `malformed_base64` for padding, other characters, a wrong length, or unused bits that are not zero.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>> {
    #[cfg(feature = "std")]
    let bytes = CODER.decode(text);
    #[cfg(not(feature = "std"))]
    let bytes = Base64UrlUnpadded::decode_vec(text);
    bytes.map_err(|_| ErrorCode::MalformedBase64.into())
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The coder for hosts and the one for devices read the same texts as the same bytes.
        #[test]
        fn both_coders_agree(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 0..3),
        ) {
            let text = Base64UrlUnpadded::encode_string(&bytes);
            prop_assert_eq!(encode(&bytes), text.as_str());
            let mut appended = String::from("a.");
            encode_onto(&bytes, &mut appended);
            prop_assert_eq!(appended.strip_prefix("a."), Some(text.as_str()));
            let mut chars: Vec<char> = text.chars().collect();
            for (place, c) in changes {
                let at = place.index(chars.len() + 1);
                chars.insert(at, c);
                if c.is_ascii() {
                    chars.pop();
                }
            }
            let changed: String = chars.into_iter().collect();
            let other = Base64UrlUnpadded::decode_vec(&changed).ok();
            prop_assert_eq!(decode(&changed).ok(), other, "{}", changed);
        }

        #[test]
        fn both_refuse_the_same_ends(text in "[A-Za-z0-9_=+/-]{0,9}") {
            prop_assert_eq!(decode(&text).ok(), Base64UrlUnpadded::decode_vec(&text).ok(), "{}", text);
        }
    }
}
