//! Keys, tokens and a random source that repeats on demand.

use core::convert::Infallible;

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::sd_jwt::{Decoys, Plan, SdJwt, VerifyOptions, VerifyReport, conceal};
use batterypass::time::Timestamp;
use batterypass::{ErrorCode, SigningKey};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};

/// The same claims with the same salts are the same token.
pub(super) fn issuer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap().deterministic()
}

pub(super) fn holder() -> SigningKey {
    SigningKey::from_bytes(&[8; 32]).unwrap()
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

pub(super) const NOW: i64 = 1_800_000_000;

/// SplitMix64: not secret, but never the same twice.
pub(super) struct Seeded(pub(super) u64);

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|wide| (wide >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(z ^ (z >> 31))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// A random source that always says the same.
pub(super) struct Stuck;

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(4)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(4)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.fill(4);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

pub(super) fn claims() -> Value {
    json!({
        "open": 1,
        "secret": "s3cret",
        "address": { "street": "Ring", "town": "Graz", "people": ["Ada", "Bob", "Cyd"] },
        "list": ["x", { "name": "inner", "flag": true }, ["deep"], null],
        "cnf": { "jwk": holder().public_key().to_jwk() },
    })
}

/// Members, elements, and what is hidden within what is hidden.
pub(super) fn plan() -> Plan {
    [
        "/secret",
        "/address",
        "/address/street",
        "/address/people/0",
        "/address/people/2",
        "/list/0",
        "/list/1/name",
        "/list/2",
        "/list/2/0",
        "/list/3",
    ]
    .into_iter()
    .fold(Plan::new(), Plan::hide)
}

pub(super) fn token_with(plan: &Plan) -> SdJwt {
    let concealed = conceal(claims(), plan, &mut Seeded(1)).unwrap();
    let header = json!({ "typ": "example+sd-jwt" });
    concealed.sign(&header, &issuer()).unwrap()
}

pub(super) fn token() -> SdJwt {
    token_with(&plan().with_decoys(Decoys::PowerOfTwo))
}

pub(super) fn check(token: &SdJwt) -> VerifyReport {
    let key = issuer();
    let options = VerifyOptions {
        typ: Some("example+sd-jwt"),
        ..VerifyOptions::new(key.public_key(), at(NOW))
    };
    token.verify(&options)
}

pub(super) fn errors(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    assert_eq!(report.ok, report.findings.is_empty());
    let findings = report.findings.iter();
    findings.map(|f| (f.code, f.path.as_str())).collect()
}

/// A token over any payload, rightly signed, with any disclosures.
pub(super) fn raw(payload: &Value, disclosures: &[&str]) -> SdJwt {
    let header = json!({ "alg": "ES256", "typ": "example+sd-jwt" });
    raw_with(&header, payload, disclosures)
}

pub(super) fn raw_with(header: &Value, payload: &Value, disclosures: &[&str]) -> SdJwt {
    let mut text = jwt(header, payload, &issuer());
    text.push('~');
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text.parse().unwrap()
}

pub(super) fn jwt(header: &Value, payload: &Value, key: &SigningKey) -> String {
    let [header, payload] = [header, payload].map(|part| encode(part.to_string().as_bytes()));
    let input = format!("{header}.{payload}");
    let signature = encode(&key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

pub(super) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(super) fn decode(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}
