//! Issuing and verifying a passport's credential in each form, beside `jsonwebtoken`, `ssi` and the bare
//! signature: `make bench`.
//!
//! `jsonwebtoken` checks the signature and makes values of the claims; `ssi` at the level of the token does
//! the same. Ours checks the rules of VCDM 2.0, the issuer's DID and the times as well, and makes values of
//! the claims when they are read, so it stands here with and without.

use core::hint::black_box;
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use batterypass::SigningKey;
use batterypass::credential::{
    CONTEXT, Secured, Securing, SignOptions, UNDEFINED_TERMS_CONTEXT, VerifyOptions, derive,
    passport_credential, sign, sign_text, verify,
};
use batterypass::passport::Passport;
use cpu_time::ThreadTime;
use criterion::Criterion;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use ssi::JWK;
use ssi::claims::jws::{Header as SsiHeader, decode_verify, encode_sign_custom_header};

const EXAMPLE: &[u8] = include_bytes!("../../../schemas/examples/lmt-ebike.json");

const FORMS: [Securing; 6] = [
    Securing::VcJwt,
    Securing::VcSdJwt,
    Securing::VcCose,
    Securing::EcdsaJcs2019,
    Securing::EcdsaRdfc2019,
    Securing::EcdsaSd2023,
];

/// Rounds of the comparison; in each of them every case has its turn.
const ROUNDS: usize = 60;
/// Calls of a case in one round.
const CALLS: u32 = 40;

fn issuer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).expect("a key")
}

/// The passport of an e-bike, complete but for the proof.
fn credential() -> Value {
    let passport = Passport::parse(EXAMPLE).expect("a passport");
    let mut credential = passport_credential(&passport).expect("a credential");
    credential["@context"] = json!([CONTEXT, UNDEFINED_TERMS_CONTEXT]);
    credential["issuer"] = issuer().public_key().did().as_str().into();
    credential
}

fn now() -> VerifyOptions<'static> {
    VerifyOptions::at("2027-06-01T00:00:00Z".parse().expect("a time"))
}

fn options(securing: Securing) -> SignOptions<'static> {
    let mut options = SignOptions::securing(securing);
    if securing == Securing::EcdsaSd2023 {
        options.proof.mandatory = &["/issuer"];
    }
    options
}

/// Every form, under criterion.
fn forms(criterion: &mut Criterion) {
    let (key, claims, now) = (issuer(), credential(), now());
    for securing in FORMS {
        let (name, options) = (securing.as_str(), options(securing));
        let issue = || sign(claims.clone(), &key, &options).expect("signs");
        criterion.bench_function(&format!("issue/{name}"), |bencher| bencher.iter(issue));
        let mut issued = issue();
        if securing == Securing::EcdsaSd2023 {
            // Only what was derived from it can be verified.
            let base = issued.into_json().expect("a document");
            let cut = || derive(&base, &["/credentialSubject"], None).expect("derives");
            criterion.bench_function(&format!("derive/{name}"), |bencher| bencher.iter(cut));
            issued = Secured::Json(cut());
        }
        let report = verify(&issued, &now).expect("reads");
        assert!(report.ok, "{:?}", report.findings);
        criterion.bench_function(&format!("verify/{name}"), |bencher| {
            bencher.iter(|| verify(&issued, &now));
        });
    }
}

/// A case of the comparison, and its times for a call.
struct Case<'a> {
    name: &'static str,
    call: Box<dyn FnMut() + 'a>,
    seconds: Vec<f64>,
}

impl<'a> Case<'a> {
    fn new<T>(name: &'static str, mut call: impl FnMut() -> T + 'a) -> Self {
        Self {
            name,
            call: Box::new(move || drop(black_box(call()))),
            seconds: Vec::new(),
        }
    }

    fn median(&self) -> f64 {
        let mut all = self.seconds.clone();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }
}

/// Runs the cases in turns and prints them as a table. Returns the CPU time of each, with which what else the
/// machine does counts little.
fn compare(title: &str, cases: &mut [Case<'_>]) -> Vec<f64> {
    for _ in 0..ROUNDS {
        for case in &mut *cases {
            let start = ThreadTime::now();
            for _ in 0..CALLS {
                (case.call)();
            }
            case.seconds
                .push(start.elapsed().as_secs_f64() / f64::from(CALLS));
        }
    }
    let times: Vec<f64> = cases.iter().map(Case::median).collect();
    println!("\n| {title} | per second | ours, beside it |\n|---|---|---|");
    for (case, time) in cases.iter().zip(&times) {
        println!(
            "| {} | {:.0} | x{:.2} |",
            case.name,
            1.0 / time,
            time / times[0]
        );
    }
    times
}

struct Peers {
    text: String,
    claims: Value,
    token: String,
    private: EncodingKey,
    public: DecodingKey,
    header: Header,
    rules: Validation,
    ssi_private: JWK,
    ssi_public: JWK,
    ssi_header: SsiHeader,
}

impl Peers {
    fn new() -> Self {
        let (key, claims) = (issuer(), credential());
        let kid = key.public_key().did_url();
        let jwk = key.public_key().to_jwk();
        let coordinate = |name: &str| jwk[name].as_str().expect("a coordinate").to_owned();
        let pem = key.to_pem().expect("PEM");
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("vc+jwt".into());
        header.cty = Some("vc".into());
        header.kid = Some(kid.to_string());
        // A credential has no `exp`; its own times are not this library's business.
        let mut rules = Validation::new(Algorithm::ES256);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        let ssi_header =
            json!({ "alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": kid.as_str() });
        let read_jwk = |jwk: Value| JWK::try_from(jwk).expect("ssi reads our JWK");
        let issued = sign(claims.clone(), &key, &SignOptions::default());
        Self {
            text: claims.to_string(),
            token: issued.and_then(Secured::into_text).expect("signs"),
            private: EncodingKey::from_ec_pem(pem.as_bytes()).expect("a key"),
            public: DecodingKey::from_ec_components(&coordinate("x"), &coordinate("y"))
                .expect("a key"),
            header,
            rules,
            ssi_private: read_jwk(key.to_jwk()),
            ssi_public: read_jwk(jwk),
            ssi_header: serde_json::from_value(ssi_header).expect("a header"),
            claims,
        }
    }

    /// What each library makes, all of them read.
    fn check(&self) {
        let ours = verify(&self.token, &now()).expect("reads");
        assert!(ours.ok && ours.claims == self.claims, "{:?}", ours.findings);
        let theirs = encode(&self.header, &self.claims, &self.private).expect("signs");
        let report = verify(&theirs, &now()).expect("reads");
        assert!(report.ok, "{:?}", report.findings);
        let read = decode::<Value>(&self.token, &self.public, &self.rules).expect("verifies");
        assert_eq!(read.claims, self.claims);
        assert_eq!(self.ssi_read().as_ref(), Some(&self.claims));
    }

    fn ssi_read(&self) -> Option<Value> {
        let (_, payload) = decode_verify(&self.token, &self.ssi_public).ok()?;
        serde_json::from_slice(&payload).ok()
    }
}

/// `vc+jwt` beside the peers. Returns how often ours goes into `jsonwebtoken` and the bare check when it
/// verifies, and into `jsonwebtoken` when it issues.
fn vc_jwt() -> (f64, f64, f64) {
    let (peers, key, now) = (Peers::new(), issuer(), now());
    peers.check();
    let (input, _) = peers.token.rsplit_once('.').expect("a token");
    let signature = key.sign(input.as_bytes()).expect("signs");
    let bare = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().to_sec1());
    let verified = compare(
        "verify `vc+jwt`",
        &mut [
            Case::new("batterypass, verdict", || verify(&peers.token, &now)),
            Case::new("batterypass, verdict and claims as values", || {
                verify(&peers.token, &now).map(|report| report.claims.into_value())
            }),
            Case::new("bare signature check, aws-lc-rs", || {
                bare.verify(input.as_bytes(), &signature)
            }),
            Case::new("jsonwebtoken", || {
                decode::<Value>(&peers.token, &peers.public, &peers.rules)
            }),
            Case::new("ssi, JWS", || peers.ssi_read()),
        ],
    );
    let default = SignOptions::default();
    let issued = compare(
        "issue `vc+jwt`",
        &mut [
            Case::new("batterypass, from text", || {
                sign_text(&peers.text, &key, &default)
            }),
            Case::new("batterypass, from a copy of values", || {
                sign(peers.claims.clone(), &key, &default)
            }),
            Case::new("bare signature, aws-lc-rs", || key.sign(input.as_bytes())),
            Case::new("jsonwebtoken, from values", || {
                encode(&peers.header, &peers.claims, &peers.private)
            }),
            Case::new("ssi, JWS, from text", || {
                encode_sign_custom_header(&peers.text, &peers.ssi_private, &peers.ssi_header)
            }),
        ],
    );
    (
        verified[3] / verified[0],
        verified[2] / verified[0],
        issued[3] / issued[0],
    )
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    forms(&mut criterion);
    criterion.final_summary();
    let (to_jsonwebtoken, to_bare, issued) = vc_jwt();
    println!(
        "\nverify: x{to_jsonwebtoken:.2} of jsonwebtoken (goal 2), x{to_bare:.2} of the bare check (goal 0.85)"
    );
    println!("issue: x{issued:.2} of jsonwebtoken (goal 1.8)");
    // Floors under what was measured, not goals: below them something got slower.
    assert!(to_jsonwebtoken > 1.6 && to_bare > 0.7 && issued > 0.5);
}
