//! Every method of both backends side by side, on random and on awkward input: the same bytes, the same
//! verdicts, the same error codes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "aws-lc")]

mod common;
#[path = "backends/inputs.rs"]
mod inputs;

use batterypass::crypto::{
    AwsLc, AwsLcKey, COMPRESSED_LEN, Crypto, KEY_LEN, Portable, SIGNATURE_LEN, Scalar, TAG_LEN,
};
use batterypass::{ErrorCode, Result, SigningKey};
use common::runner;
use inputs::{Key, N, Point, near, negated, number, numbers, point_of, points, scalars};
use proptest::collection::vec;
use proptest::prelude::*;

/// What can be compared: errors are equal by their code.
fn comparable<T>(result: Result<T>) -> Result<T, ErrorCode> {
    result.map_err(|error| error.code())
}

fn keys(scalar: &Key) -> Result<(Scalar, AwsLcKey), ErrorCode> {
    let keys = (
        comparable(Portable.p256_private_key(scalar)),
        comparable(AwsLc.p256_private_key(scalar)),
    );
    match keys {
        (Ok(portable), Ok(aws_lc)) => Ok((portable, aws_lc)),
        (Err(one), Err(other)) => {
            assert_eq!(one, other);
            Err(one)
        }
        (portable, aws_lc) => panic!("{scalar:02x?}: {portable:?}, {aws_lc:?}"),
    }
}

#[test]
fn private_keys() {
    for (scalar, ok) in [
        ([0; KEY_LEN], false),
        (near([0; KEY_LEN], 1), true),
        (near(number(N), -1), true),
        (number(N), false),
        (near(number(N), 1), false),
        ([0xff; KEY_LEN], false),
    ] {
        assert_eq!(keys(&scalar).is_ok(), ok, "{scalar:02x?}");
    }
    let property = |scalar| {
        match keys(&scalar) {
            Ok((portable, aws_lc)) => prop_assert_eq!(
                comparable(Portable.p256_public_key(&portable)),
                comparable(AwsLc.p256_public_key(&aws_lc))
            ),
            Err(code) => prop_assert_eq!(code, ErrorCode::InvalidKey),
        }
        Ok(())
    };
    runner(128).run(&numbers(), property).unwrap();
}

#[test]
fn key_agreement() {
    let property = |(scalar, point)| {
        let (portable, aws_lc) = keys(&scalar).unwrap();
        let shared = comparable(Portable.p256_ecdh(&portable, &point));
        prop_assert_eq!(shared, comparable(AwsLc.p256_ecdh(&aws_lc, &point)));
        let checked = comparable(Portable.p256_check_point(&point));
        prop_assert_eq!(&checked, &comparable(AwsLc.p256_check_point(&point)));
        prop_assert_eq!(checked, shared.map(|_| ()));
        Ok(())
    };
    runner(512).run(&(scalars(), points()), property).unwrap();
}

#[test]
fn compressed_points() {
    let property = |(x, tag): (Key, u8)| {
        let mut point = [tag % 8; COMPRESSED_LEN];
        point[1..].copy_from_slice(&x);
        prop_assert_eq!(
            comparable(Portable.p256_decompress(&point)),
            comparable(AwsLc.p256_decompress(&point))
        );
        Ok(())
    };
    runner(128)
        .run(&(numbers(), any::<u8>()), property)
        .unwrap();
}

#[test]
fn signing() {
    let property = |(scalar, digest)| {
        let (portable, aws_lc) = keys(&scalar).unwrap();
        let repeatable = Portable
            .p256_sign_deterministic(&portable, &digest)
            .unwrap();
        let same = AwsLc.p256_sign_deterministic(&aws_lc, &digest).unwrap();
        prop_assert_eq!(repeatable, same);
        prop_assert_eq!(repeatable, Portable.p256_sign(&portable, &digest).unwrap());

        let random = AwsLc.p256_sign(&aws_lc, &digest).unwrap();
        prop_assert_ne!(random, AwsLc.p256_sign(&aws_lc, &digest).unwrap());
        let point = point_of(&scalar);
        for signature in [repeatable, random] {
            Portable.p256_verify(&point, &digest, &signature).unwrap();
            AwsLc.p256_verify(&point, &digest, &signature).unwrap();
        }
        Ok(())
    };
    runner(64).run(&(scalars(), numbers()), property).unwrap();
}

/// How a right signature is spoiled, or written in another way.
#[derive(Clone, Debug)]
enum Change {
    None,
    /// `n - s` is as good as `s`.
    OtherS,
    /// One half is replaced by a number.
    Replace(bool, Key),
    Flip(usize, u8),
    OtherPoint(Box<Point>),
}

#[test]
fn verification() {
    let changes = prop_oneof![
        1 => Just(Change::None),
        1 => Just(Change::OtherS),
        4 => (any::<bool>(), numbers()).prop_map(|(half, number)| Change::Replace(half, number)),
        1 => (0..SIGNATURE_LEN, 1..=u8::MAX).prop_map(|(at, by)| Change::Flip(at, by)),
        4 => points().prop_map(|point| Change::OtherPoint(Box::new(point))),
    ];
    let property = |(scalar, digest, change): (Key, Key, Change)| {
        let mut point = point_of(&scalar);
        let key = Portable.p256_private_key(&scalar).unwrap();
        let mut signature = Portable.p256_sign(&key, &digest).unwrap();
        let valid = matches!(change, Change::None | Change::OtherS);
        match change {
            Change::None => {}
            Change::OtherS => {
                let s = signature[KEY_LEN..].try_into().unwrap();
                signature[KEY_LEN..].copy_from_slice(&negated(&s));
            }
            Change::Replace(half, number) => {
                signature[KEY_LEN * usize::from(half)..][..KEY_LEN].copy_from_slice(&number);
            }
            Change::Flip(at, by) => signature[at] ^= by,
            Change::OtherPoint(other) => point = *other,
        }
        let verdict = comparable(Portable.p256_verify(&point, &digest, &signature));
        prop_assert_eq!(
            verdict,
            comparable(AwsLc.p256_verify(&point, &digest, &signature))
        );
        prop_assert!(!valid || verdict.is_ok());
        Ok(())
    };
    runner(768)
        .run(&(scalars(), numbers(), changes), property)
        .unwrap();
}

/// The four numbers that no half of a signature may be, each in each half, by their code.
#[test]
fn halves_out_of_range() {
    let scalar = [7; KEY_LEN];
    let (point, digest) = (point_of(&scalar), [1; KEY_LEN]);
    let key = Portable.p256_private_key(&scalar).unwrap();
    let right = Portable.p256_sign(&key, &digest).unwrap();
    for bad in [[0; KEY_LEN], number(N), near(number(N), 1), [0xff; KEY_LEN]] {
        for start in [0, KEY_LEN] {
            let mut signature = right;
            signature[start..start + KEY_LEN].copy_from_slice(&bad);
            for verdict in [
                Portable.p256_verify(&point, &digest, &signature),
                AwsLc.p256_verify(&point, &digest, &signature),
            ] {
                assert_eq!(comparable(verdict), Err(ErrorCode::SignatureInvalid));
            }
        }
    }
}

type Parts = Vec<Vec<u8>>;

fn parts() -> impl Strategy<Value = Parts> {
    vec(vec(any::<u8>(), 0..200), 0..6)
}

fn borrowed(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

#[test]
fn digests() {
    let property = |parts: Parts| {
        let parts = borrowed(&parts);
        prop_assert_eq!(Portable.sha256(&parts), AwsLc.sha256(&parts));
        Ok(())
    };
    runner(256).run(&parts(), property).unwrap();
}

#[test]
fn key_derivation() {
    // 255 digests are 8,160 bytes.
    let lengths = prop_oneof![4 => 0..200_usize, 1 => 8158..8164_usize];
    let property = |(salt, ikm, info, len): (Vec<u8>, Parts, Parts, usize)| {
        let prk = Portable.hkdf_extract(&salt, &borrowed(&ikm));
        prop_assert_eq!(prk, AwsLc.hkdf_extract(&salt, &borrowed(&ikm)));

        let (mut portable, mut aws_lc) = (vec![0x55; len], vec![0x55; len]);
        let info = borrowed(&info);
        let result = comparable(Portable.hkdf_expand(&prk, &info, &mut portable));
        let other = comparable(AwsLc.hkdf_expand(&prk, &info, &mut aws_lc));
        prop_assert_eq!(&result, &other);
        prop_assert_eq!(portable, aws_lc);
        let code = (len > 8160).then_some(ErrorCode::InvalidArgument);
        prop_assert_eq!(result.err(), code);
        Ok(())
    };
    let input = (vec(any::<u8>(), 0..150), parts(), parts(), lengths);
    runner(256).run(&input, property).unwrap();
}

#[test]
fn authenticated_encryption() {
    type Input = (
        (usize, [u8; 40]),
        (usize, [u8; 40]),
        Vec<u8>,
        Vec<u8>,
        u8,
        usize,
    );
    let key_lengths = prop::sample::select(vec![0, 15, 16, 16, 16, 17, 24, 31, 32, 32, 32, 33]);
    let nonce_lengths = prop::sample::select(vec![0, 8, 11, 12, 12, 12, 12, 13, 16, 24, 32, 33]);
    let input = (
        (key_lengths, any::<[u8; 40]>()),
        (nonce_lengths, any::<[u8; 40]>()),
        vec(any::<u8>(), 0..80),
        vec(any::<u8>(), 0..3000),
        any::<u8>(),
        0..TAG_LEN,
    );
    let property = |input: Input| {
        let ((key_len, key), (nonce_len, nonce), aad, plaintext, spoil, at) = input;
        let (key, nonce): (&[u8], &[u8]) = (&key[..key_len], &nonce[..nonce_len]);
        let (mut portable, mut aws_lc) = (plaintext.clone(), plaintext.clone());
        let sealed = comparable(Portable.aes_gcm_seal(key, nonce, &aad, &mut portable));
        let other = comparable(AwsLc.aes_gcm_seal(key, nonce, &aad, &mut aws_lc));
        prop_assert_eq!(sealed, other);
        prop_assert_eq!(&portable, &aws_lc);

        // Where nothing could be sealed, opening must refuse the same input in the same way.
        let mut tag = sealed.unwrap_or([0; TAG_LEN]);
        tag[at] ^= spoil & 1;
        let ciphertext = portable.clone();
        let result = comparable(Portable.aes_gcm_open(key, nonce, &aad, &mut portable, &tag));
        let other = comparable(AwsLc.aes_gcm_open(key, nonce, &aad, &mut aws_lc, &tag));
        prop_assert_eq!(result, other);
        prop_assert_eq!(&portable, &aws_lc);
        let expected = if result.is_ok() {
            &plaintext
        } else {
            &ciphertext
        };
        prop_assert_eq!(&portable, expected);
        Ok(())
    };
    runner(512).run(&input, property).unwrap();

    // The loop above could be right about nothing but refusals.
    for len in [0, 1, 15, 16, 17, 20_000] {
        let mut buffer = vec![7; len];
        let tag = Portable.aes_gcm_seal(&[1; 32], &[2; 12], b"aad", &mut buffer);
        let tag = tag.unwrap();
        AwsLc
            .aes_gcm_open(&[1; 32], &[2; 12], b"aad", &mut buffer, &tag)
            .unwrap();
        assert_eq!(buffer, vec![7; len]);
    }
}

/// Keys of AWS-LC's own generator are keys for the other backend too, and none comes twice.
#[test]
fn generated_keys() {
    assert!(Portable.p256_generate().is_none());
    let mut seen = Vec::new();
    for _ in 0..16 {
        let key = SigningKey::random().unwrap();
        assert_eq!(point_of(&key.to_bytes()), key.public_key().to_sec1());
        assert!(!seen.contains(&key.to_bytes()));
        seen.push(key.to_bytes());

        let (key, point) = AwsLc.p256_generate().unwrap().unwrap();
        let other = Portable.p256_private_key(&[7; KEY_LEN]).unwrap();
        assert_eq!(
            AwsLc.p256_ecdh(&key, &point_of(&[7; KEY_LEN])).unwrap(),
            Portable.p256_ecdh(&other, &point).unwrap()
        );
        let signature = AwsLc.p256_sign(&key, &[1; KEY_LEN]).unwrap();
        Portable
            .p256_verify(&point, &[1; KEY_LEN], &signature)
            .unwrap();
    }
}

#[test]
fn key_wrapping() {
    let lengths = prop::sample::select(vec![0, 8, 15, 16, 16, 24, 32, 32, 40]);
    let key_lengths = prop::sample::select(vec![0, 16, 16, 24, 32, 32, 33]);
    let input = (key_lengths, lengths, any::<[[u8; 48]; 2]>(), 0..48_usize);
    let property = |(kek_len, len, [kek, key], at): (usize, usize, [[u8; 48]; 2], usize)| {
        let (kek, key) = (&kek[..kek_len], &key[..len]);
        let (mut portable, mut aws_lc) = (vec![0; len + 8], vec![0; len + 8]);
        let wrapped = comparable(Portable.aes_key_wrap(kek, key, &mut portable));
        let other = comparable(AwsLc.aes_key_wrap(kek, key, &mut aws_lc));
        prop_assert_eq!(&wrapped, &other);
        prop_assert_eq!(&portable, &aws_lc);
        if let Some(byte) = portable.get_mut(at) {
            *byte ^= 1;
        }
        let (mut one, mut two) = (vec![1; len], vec![2; len]);
        let opened = comparable(Portable.aes_key_unwrap(kek, &portable, &mut one));
        let other = comparable(AwsLc.aes_key_unwrap(kek, &portable, &mut two));
        prop_assert_eq!(&opened, &other);
        prop_assert!(opened == Err(ErrorCode::InvalidArgument) || one == two);
        prop_assert_eq!(opened.is_ok(), wrapped.is_ok() && at >= len + 8);
        Ok(())
    };
    runner(256).run(&input, property).unwrap();
}

#[test]
fn no_secret_is_shown() {
    let (portable, aws_lc) = keys(&[0x5a; KEY_LEN]).unwrap();
    for text in [format!("{portable:?}"), format!("{aws_lc:?}")] {
        assert!(!text.contains("5a") && !text.contains("90"), "{text}");
    }
}
