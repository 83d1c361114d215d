//! The primitives and HPKE with each backend of the build, beside the crate `hpke`.
//!
//! `cargo bench -p batterypass --features aws-lc --bench crypto`
#![allow(missing_docs, reason = "criterion's macros make items without")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![cfg(feature = "std")]

use core::hint::black_box;

#[cfg(feature = "aws-lc")]
use batterypass::crypto::AwsLc;
use batterypass::crypto::{Crypto, Portable, Random, System};
use batterypass::hpke::{Aead, Mode, setup_receiver, setup_sender};
use batterypass::jwe::{self, Algorithm, Serialization};
use batterypass::{SigningKey, envelope};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

const INFO: &[u8] = b"batterypass benchmark";

fn primitives<C: Crypto>(criterion: &mut Criterion, crypto: &C, name: &str) {
    let key = crypto.p256_private_key(&[7; 32]).unwrap();
    let public = crypto.p256_public_key(&key).unwrap();
    let digest = crypto.sha256(&[b"message"]);
    let signature = crypto.p256_sign(&key, &digest).unwrap();

    let mut group = criterion.benchmark_group(name);
    group.bench_function("load a private key", |b| {
        b.iter(|| {
            let key = crypto.p256_private_key(black_box(&[7; 32])).unwrap();
            crypto.p256_public_key(&key).unwrap()
        });
    });
    group.bench_function("generate a private key", |b| {
        b.iter(|| System.key_pair(crypto).unwrap().1);
    });
    group.bench_function("sign", |b| {
        b.iter(|| crypto.p256_sign(&key, black_box(&digest)).unwrap());
    });
    group.bench_function("sign, deterministic", |b| {
        b.iter(|| {
            crypto
                .p256_sign_deterministic(&key, black_box(&digest))
                .unwrap()
        });
    });
    group.bench_function("verify", |b| {
        b.iter(|| {
            crypto
                .p256_verify(&public, black_box(&digest), &signature)
                .unwrap()
        });
    });
    group.bench_function("ECDH", |b| {
        b.iter(|| crypto.p256_ecdh(&key, black_box(&public)).unwrap());
    });
    group.bench_function("HKDF-Expand, 32 bytes", |b| {
        b.iter(|| {
            let mut out = [0; 32];
            crypto
                .hkdf_expand(black_box(&digest), &[INFO], &mut out)
                .unwrap();
            out
        });
    });
    for len in [64_usize, 16 * 1024] {
        let data = vec![7; len];
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(format!("SHA-256, {len} bytes"), |b| {
            b.iter(|| crypto.sha256(&[black_box(&data)]));
        });
        let mut sealed = data.clone();
        let tag = crypto
            .aes_gcm_seal(&[1; 32], &[2; 12], b"", &mut sealed)
            .unwrap();
        group.bench_function(format!("AES-256-GCM seal, {len} bytes"), |b| {
            let mut buffer = data.clone();
            b.iter(|| {
                crypto
                    .aes_gcm_seal(&[1; 32], &[2; 12], b"", black_box(&mut buffer))
                    .unwrap()
            });
        });
        group.bench_function(format!("AES-256-GCM open, {len} bytes"), |b| {
            b.iter_batched_ref(
                || sealed.clone(),
                |buffer| {
                    crypto
                        .aes_gcm_open(&[1; 32], &[2; 12], b"", buffer, &tag)
                        .unwrap()
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn hpke_with<C: Crypto + Copy>(criterion: &mut Criterion, crypto: &C, name: &str) {
    let key = crypto.p256_private_key(&[7; 32]).unwrap();
    let key = SigningKey::with_backend(*crypto, key).unwrap();
    let seal = || {
        let mut buffer = [7; 1024];
        let (enc, mut context) = setup_sender(
            crypto,
            &mut System,
            key.public_key(),
            Aead::Aes256Gcm,
            Mode::Base,
            INFO,
        )
        .unwrap();
        let tag = context.seal(b"", &mut buffer).unwrap();
        (enc, buffer, tag)
    };
    let (enc, sealed, tag) = seal();
    let mut group = criterion.benchmark_group("HPKE, 1 KiB");
    group.bench_function(format!("seal, {name}"), |b| b.iter(seal));
    group.bench_function(format!("open, {name}"), |b| {
        b.iter(|| {
            let mut buffer = sealed;
            let mut context =
                setup_receiver(crypto, &enc, &key, Aead::Aes256Gcm, Mode::Base, INFO).unwrap();
            context.open(b"", &mut buffer, &tag).unwrap();
            buffer
        });
    });
    group.finish();
}

fn hpke_crate(criterion: &mut Criterion) {
    type Aes = hpke::aead::AesGcm256;
    type Sha = hpke::kdf::HkdfSha256;
    type P256 = hpke::kem::DhP256HkdfSha256;

    let private = <P256 as Kem>::PrivateKey::from_bytes(&[7; 32]).unwrap();
    let public = P256::sk_to_pk(&private);
    let seal = || {
        hpke::single_shot_seal::<Aes, Sha, P256>(&OpModeS::Base, &public, INFO, &[7; 1024], b"")
            .unwrap()
    };
    let (enc, sealed) = seal();
    // It reads what this crate writes, so that both do the same work.
    let own = SigningKey::from_bytes(&[7; 32]).unwrap();
    assert_eq!(public.to_bytes()[..], own.public_key().to_sec1());
    let mut group = criterion.benchmark_group("HPKE, 1 KiB");
    group.bench_function("seal, crate hpke", |b| b.iter(seal));
    group.bench_function("open, crate hpke", |b| {
        b.iter(|| {
            hpke::single_shot_open::<Aes, Sha, P256>(
                &OpModeR::Base,
                &private,
                &enc,
                INFO,
                black_box(&sealed),
                b"",
            )
            .unwrap()
        });
    });
    group.finish();
}

/// The scalar multiplications and the encryption that no HPKE can do without: what is left is the cost of
/// everything else.
#[cfg(feature = "aws-lc")]
fn hpke_floor<C: Crypto>(criterion: &mut Criterion, crypto: &C, name: &str) {
    let (key, public) = System.key_pair(crypto).unwrap();
    let encrypt = || {
        let mut buffer = [7; 1024];
        let tag = crypto.aes_gcm_seal(&[1; 32], &[2; 12], b"", &mut buffer);
        (buffer, tag.unwrap())
    };
    let mut group = criterion.benchmark_group("HPKE, 1 KiB");
    group.bench_function(format!("key, ECDH and AES-GCM, {name}"), |b| {
        b.iter(|| {
            let (own, point) = System.key_pair(crypto).unwrap();
            let shared = crypto.p256_ecdh(&own, black_box(&public)).unwrap();
            (point, shared, encrypt())
        });
    });
    group.bench_function(format!("ECDH and AES-GCM, {name}"), |b| {
        b.iter(|| {
            let shared = crypto.p256_ecdh(&key, black_box(&public)).unwrap();
            (shared, encrypt())
        });
    });
    group.finish();
}

/// What the crate's users call, with the backend of the build.
fn envelopes(criterion: &mut Criterion) {
    let keys = [1, 2, 3, 4, 5, 6, 7, 8].map(|seed| SigningKey::from_bytes(&[seed; 32]).unwrap());
    let recipients = keys.each_ref().map(|key| *key.public_key());
    let mut group = criterion.benchmark_group("envelope, 1 KiB");
    for count in [1, 2, 8] {
        let recipients = recipients.get(..count).unwrap();
        let last = keys.get(count - 1).unwrap();
        let options = envelope::SealOptions::default();
        let seal = || envelope::seal_to_vec(&[7; 1024], recipients, &options).unwrap();
        let sealed = seal();
        group.bench_function(format!("COSE_Encrypt, seal for {count}"), |b| b.iter(seal));
        group.bench_function(format!("COSE_Encrypt, open by the last of {count}"), |b| {
            b.iter(|| envelope::open_to_vec(black_box(&sealed), last, b"").unwrap());
        });
        let options = jwe::EncryptOptions::default();
        let seal = || jwe::encrypt(&[7; 1024], recipients, &options).unwrap();
        let sealed = seal();
        group.bench_function(format!("general JWE, seal for {count}"), |b| b.iter(seal));
        group.bench_function(format!("general JWE, open by the last of {count}"), |b| {
            b.iter(|| jwe::decrypt(black_box(&sealed), last, b"").unwrap());
        });
    }
    let options = envelope::EncryptOptions {
        format: envelope::Format::CoseEncrypt0,
        ..envelope::EncryptOptions::default()
    };
    let seal = || envelope::encrypt(&[7; 1024], &recipients[..1], &options).unwrap();
    let sealed = seal();
    group.bench_function("COSE_Encrypt0, seal", |b| b.iter(seal));
    group.bench_function("COSE_Encrypt0, open", |b| {
        b.iter(|| envelope::decrypt(black_box(sealed.as_bytes()), &keys[0], b"").unwrap());
    });
    let options = jwe::EncryptOptions {
        algorithm: Algorithm::EcdhEs,
        serialization: Serialization::Compact,
        ..jwe::EncryptOptions::default()
    };
    let seal = || jwe::encrypt(&[7; 1024], &recipients[..1], &options).unwrap();
    let sealed = seal();
    group.bench_function("compact JWE, seal", |b| b.iter(seal));
    group.bench_function("compact JWE, open", |b| {
        b.iter(|| jwe::decrypt(black_box(&sealed), &keys[0], b"").unwrap());
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    primitives(criterion, &Portable, "portable");
    #[cfg(feature = "aws-lc")]
    primitives(criterion, &AwsLc, "aws-lc");
    hpke_crate(criterion);
    hpke_with(criterion, &Portable, "portable");
    #[cfg(feature = "aws-lc")]
    {
        hpke_with(criterion, &AwsLc, "aws-lc");
        hpke_floor(criterion, &AwsLc, "aws-lc");
    }
    envelopes(criterion);
}

criterion_group!(benches, all);
criterion_main!(benches);
