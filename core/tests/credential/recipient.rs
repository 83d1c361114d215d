//! For whom a credential was made: the same answer from every securing form, plain and enveloped.

use batterypass::ErrorCode;
use batterypass::credential::{
    DisclosureOptions, PresentationOptions, Secured, Securing, SignOptions, VerifyOptions, sign,
    sign_presentation, to_enveloped, verify, verify_presentation,
};
use batterypass::data_integrity::ProofOptions;
use batterypass::sd_jwt::{KeyBinding, SdJwt};
use serde_json::{Value, json};

use super::common::*;

const DOMAIN: &str = "https://cloud.example";
const CHALLENGE: &str = "n-0S6";

/// What a credential says of its recipient: nothing, another one, or the right one.
const DOMAINS: [Option<&str>; 3] = [None, Some("https://other.example"), Some(DOMAIN)];
const CHALLENGES: [Option<&str>; 3] = [None, Some("n-1"), Some(CHALLENGE)];
const BOTH: [bool; 2] = [false, true];

/// Whether the signature can hold, and what is shown.
type Shown = (bool, Secured);

/// A credential in a form, for a recipient. None where the form cannot say just this.
fn shown(form: Securing, domain: Option<&str>, challenge: Option<&str>) -> Option<Shown> {
    let mut options = SignOptions::securing(form);
    let mut credential = minimal();
    let issued = match form {
        Securing::VcJwt | Securing::VcCose => {
            if let Some(domain) = domain {
                credential["aud"] = json!(domain);
            }
            if let Some(challenge) = challenge {
                credential["nonce"] = json!(challenge);
            }
            sign(credential, &key(7), &options)
        }
        Securing::VcSdJwt => return bound(domain, challenge),
        Securing::EcdsaJcs2019 | Securing::EcdsaRdfc2019 | Securing::EcdsaSd2023 => {
            if form != Securing::EcdsaJcs2019 && !cfg!(feature = "ssi") {
                return unsigned(form, domain, challenge);
            }
            options.proof.domain = domain;
            options.proof.challenge = challenge;
            let issued = sign(credential, &key(7), &options);
            #[cfg(feature = "ssi")]
            if form == Securing::EcdsaSd2023 {
                let issued = issued.expect("signs").into_json().expect("a document");
                let shown = ["/credentialSubject/name"];
                let derived = batterypass::credential::derive(&issued, &shown, None);
                return Some((true, Secured::Json(derived.expect("derives"))));
            }
            issued
        }
        // Nobody signs this one here.
        Securing::EddsaRdfc2022 => return unsigned(form, domain, challenge),
        new => panic!("{new} must say for whom a credential was made"),
    };
    Some((true, issued.expect("signs")))
}

/// A key binding names both or is not there. The issuer's claims are of no account.
fn bound(domain: Option<&str>, challenge: Option<&str>) -> Option<Shown> {
    let holder = key(8);
    let options = SignOptions {
        disclosure: DisclosureOptions {
            holder: Some(holder.public_key()),
            ..DisclosureOptions::default()
        },
        ..SignOptions::securing(Securing::VcSdJwt)
    };
    let mut credential = minimal();
    credential["aud"] = json!(DOMAIN);
    credential["nonce"] = json!(CHALLENGE);
    let issued = sign(credential, &key(7), &options).and_then(Secured::into_text);
    let token: SdJwt = issued.expect("signs").parse().expect("an SD-JWT");
    let token = match (domain, challenge) {
        (None, None) => token,
        (Some(audience), Some(nonce)) => {
            let binding = KeyBinding {
                audience,
                nonce,
                issued_at: now().at,
            };
            token.bind(&holder, &binding).expect("binds")
        }
        _ => return None,
    };
    Some((true, Secured::Text(token.to_string())))
}

/// A document with a proof that nobody made: the recipient is compared all the same.
fn unsigned(form: Securing, domain: Option<&str>, challenge: Option<&str>) -> Option<Shown> {
    let mut document = good_payload();
    document["proof"] = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": form.as_str(),
        "verificationMethod": kid(7),
        "proofPurpose": "assertionMethod",
        "proofValue": "z1111",
    });
    if let Some(domain) = domain {
        document["proof"]["domain"] = json!(domain);
    }
    if let Some(challenge) = challenge {
        document["proof"]["challenge"] = json!(challenge);
    }
    Some((false, Secured::Json(document)))
}

fn asked(domain: bool, challenge: bool) -> VerifyOptions<'static> {
    VerifyOptions {
        domain: domain.then_some(DOMAIN),
        challenge: challenge.then_some(CHALLENGE),
        ..now()
    }
}

const fn is_about_recipient(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DomainMismatch | ErrorCode::ChallengeMismatch
    )
}

/// Which of the two must be found.
fn expected(said: (Option<&str>, Option<&str>), options: &VerifyOptions<'_>) -> Vec<ErrorCode> {
    let differs = |asked: Option<&str>, said| asked.is_some() && asked != said;
    [
        (differs(options.domain, said.0), ErrorCode::DomainMismatch),
        (
            differs(options.challenge, said.1),
            ErrorCode::ChallengeMismatch,
        ),
    ]
    .into_iter()
    .filter_map(|(differs, code)| differs.then_some(code))
    .collect()
}

#[test]
fn every_form_answers_for_whom_it_was_made() {
    let mut cells = 0;
    for form in Securing::ALL {
        for said in DOMAINS
            .into_iter()
            .flat_map(|domain| CHALLENGES.map(|challenge| (domain, challenge)))
        {
            let Some((signed, secured)) = shown(form, said.0, said.1) else {
                continue;
            };
            for options in BOTH.iter().flat_map(|d| BOTH.map(|c| asked(*d, c))) {
                let wanted = expected(said, &options);
                let enveloped = to_enveloped(&secured);
                let bytes = secured.clone().into_bytes();
                for report in [
                    verify(&secured, &options),
                    verify(&enveloped, &options),
                    verify(&bytes, &options),
                ] {
                    let report = report.expect("can be read");
                    let place = format!("{form} {said:?} {options:?}: {:?}", report.findings);
                    let found = report.findings.iter().map(|finding| finding.code);
                    let found: Vec<_> = found.filter(|code| is_about_recipient(*code)).collect();
                    assert_eq!(found, wanted, "{place}");
                    assert_eq!(report.ok, signed && wanted.is_empty(), "{place}");
                    cells += 1;
                }
            }
        }
    }
    // Six forms with nine statements, one with five; four questions; three ways to show.
    assert_eq!(cells, (6 * 9 + 5) * 4 * 3);
}

#[test]
fn every_presentation_answers_for_whom_it_was_made() {
    let mut cells = 0;
    let mut forms = vec![Securing::VcJwt, Securing::VcCose, Securing::EcdsaJcs2019];
    if cfg!(feature = "ssi") {
        forms.push(Securing::EcdsaRdfc2019);
    }
    let count = forms.len();
    for form in forms {
        for said in DOMAINS
            .into_iter()
            .flat_map(|domain| CHALLENGES.map(|challenge| (domain, challenge)))
        {
            let options = PresentationOptions {
                securing: form,
                proof: ProofOptions {
                    domain: said.0,
                    challenge: said.1,
                    ..ProofOptions::default()
                },
                ..PresentationOptions::default()
            };
            // A credential for nobody in particular: the question is about the presentation.
            let (_, inner) = shown(form, None, None).expect("a credential");
            let presentation = json!({ "verifiableCredential": [to_enveloped(&inner)] });
            let secured = sign_presentation(presentation, &key(8), &options).expect("signs");
            for options in BOTH.iter().flat_map(|d| BOTH.map(|c| asked(*d, c))) {
                let report = verify_presentation(&secured, &options).expect("can be read");
                let found: Vec<_> = report.findings.iter().map(|f| f.code).collect();
                assert_eq!(found, expected(said, &options), "{form} {said:?}");
                assert_eq!(report.ok, found.is_empty());
                cells += 1;
            }
        }
    }
    assert_eq!(cells, count * 9 * 4);
}

/// A credential may be for several recipients, but answers one challenge. A claim of another type names
/// nobody.
#[test]
fn only_one_of_several_recipients_must_be_the_expected_one() {
    let found = |domain: Value, challenge: Value| {
        let payload = with(good_payload(), "aud", domain);
        let payload = with(payload, "nonce", challenge);
        let report = verify(&token(&good_header(), &payload), &asked(true, true));
        let report = report.expect("can be read");
        let paths = report.findings.iter().map(|f| f.path.clone());
        paths.collect::<Vec<_>>()
    };
    let right = || json!(CHALLENGE);
    assert_eq!(found(json!(["a", DOMAIN]), right()), [""; 0]);
    for domain in [
        json!([]),
        json!(["a"]),
        json!([[DOMAIN]]),
        json!({ "id": DOMAIN }),
        json!(true),
        json!("https://cloud.example/"),
        json!("HTTPS://cloud.example"),
    ] {
        assert_eq!(found(domain, right()), ["/aud"]);
    }
    for challenge in [json!([CHALLENGE]), json!(""), json!(1)] {
        assert_eq!(found(json!(DOMAIN), challenge), ["/nonce"]);
    }
}

/// In a set of proofs each of the issuer's must be for the recipient; those of others are not asked.
#[test]
fn each_proof_of_the_issuer_is_for_the_recipient() {
    let proof = |domain, seed, document: Option<Value>| {
        let options = SignOptions {
            proof: ProofOptions {
                domain,
                challenge: Some(CHALLENGE),
                ..ProofOptions::default()
            },
            ..SignOptions::securing(Securing::EcdsaJcs2019)
        };
        match document {
            None => sign(minimal(), &key(seed), &options).and_then(Secured::into_json),
            Some(document) => batterypass::credential::add_proof(document, &key(seed), &options),
        }
        .expect("signs")
    };
    let first = proof(Some(DOMAIN), 7, None);
    let own = proof(None, 7, Some(first.clone()));
    let report = verify(&own, &asked(true, true)).expect("can be read");
    assert_eq!(
        errors(&report),
        [(ErrorCode::DomainMismatch, "/proof/1/domain")]
    );
    let witness = proof(None, 8, Some(first));
    assert!(verify(&witness, &asked(true, true)).expect("reads").ok);
}
