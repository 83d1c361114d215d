//! The W3C's vectors for the RDF suites, with every intermediate value (VC-DI-ECDSA 1.0 appendix A).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::sd::Secrets;
use super::{eddsa, rdfc, sd};
use crate::did::KeyMaterial;
use crate::error::ErrorCode;
use crate::json_ld::{Contexts, process};
use crate::key::SigningKey;
use crate::prelude::*;
use crate::rdf::canonical::canonicalize;
use crate::report::Findings;
use serde_json::{Map, Value, json};

const FOLDER: &str = "vc-di-ecdsa";

/// A file of the third-party vectors, found as `tests/common` does it; `None`, said aloud, without them.
fn file(name: &str) -> Option<String> {
    use std::path::PathBuf;
    let given = std::env::var_os("BATTERYPASS_VECTORS").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = given.clone().unwrap_or(beside);
    let text = std::fs::read_to_string(folder.join(name));
    if given.is_some() {
        return Some(text.expect(name));
    }
    if text.is_err() {
        std::eprintln!("NOT RUN: third-party file {name} is not on this machine");
    }
    text.ok()
}

fn vectors(name: &str) -> Option<Value> {
    file(name).map(|text| serde_json::from_str(&text).unwrap())
}

/// The bundled contexts and the two that only the vectors use.
fn contexts() -> Contexts {
    let citizenship = include_str!("../../tests/data_integrity/citizenship-v4rc1.jsonld");
    Contexts::bundled()
        .and_then(|contexts| {
            contexts.clone().with(
                "https://www.w3.org/ns/credentials/examples/v2",
                &json!({ "@context": { "@vocab": "https://www.w3.org/ns/credentials/examples#" } }),
            )
        })
        .and_then(|contexts| {
            let citizenship = serde_json::from_str(citizenship).unwrap();
            contexts.with("https://w3id.org/citizenship/v4rc1", &citizenship)
        })
        .unwrap()
}

fn multibase(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().strip_prefix('z').unwrap();
    bs58::decode(digits).into_vec().unwrap()
}

fn secret(pair: &Value) -> SigningKey {
    let bytes = multibase(&pair["secretKeyMultibase"]);
    let key = SigningKey::from_bytes(bytes[2..].try_into().unwrap()).unwrap();
    // The vectors are signed by RFC 6979.
    key.deterministic()
}

/// The document and its proof.
fn apart(signed: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let mut document = signed.as_object().unwrap().clone();
    let proof = document.shift_remove("proof").unwrap();
    (document, proof.as_object().unwrap().clone())
}

fn text(file: &str) -> String {
    self::file(&format!("{FOLDER}/{file}")).unwrap()
}

fn lines(document: &Map<String, Value>) -> Vec<String> {
    let processed = process(document, &contexts()).unwrap();
    assert_eq!(processed.dropped, []);
    canonicalize(&processed.quads).unwrap().lines
}

fn from_hex(text: &str) -> Vec<u8> {
    let byte = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn strings(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn ecdsa_rdfc_2019() {
    let Some(pair) = vectors(&format!("{FOLDER}/p256KeyPair.json")) else {
        return;
    };
    let key = secret(&pair);
    let mut count = 0;
    for folder in ["ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019-p256/employ"] {
        let signed = vectors(&format!("{FOLDER}/{folder}/signedECDSAP256.json")).unwrap();
        let (document, proof) = apart(&signed);
        let expect = |name: &str| text(&format!("{folder}/{name}ECDSAP256.txt"));
        assert_eq!(lines(&document).concat(), expect("canonDoc"));
        let config = vectors(&format!("{FOLDER}/{folder}/proofConfigECDSAP256.json")).unwrap();
        assert_eq!(
            lines(config.as_object().unwrap()).concat(),
            expect("proofCanon")
        );

        let mut findings = Findings::default();
        let hash =
            rdfc::hash_data(&document, &proof, &contexts(), "/proof", &mut findings).unwrap();
        assert_eq!(findings.0, []);
        assert_eq!(to_hex(&hash), expect("combinedHash").trim());
        assert_eq!(to_hex(&hash[..32]), expect("proofHash").trim());
        assert_eq!(to_hex(&hash[32..]), expect("docHash").trim());
        let signature = key.sign(&hash).unwrap();
        assert_eq!(to_hex(&signature), expect("sigHex").trim());
        assert_eq!(multibase(&proof["proofValue"]), signature);
        count += 1;
    }
    assert_eq!(count, 2);
}

#[test]
fn ecdsa_sd_2023() {
    let Some(material) = vectors(&format!("{FOLDER}/ecdsa-sd-2023/SDKeyMaterial.json")) else {
        return;
    };
    let key = secret(&material["baseKeyPair"]);
    let secrets = Secrets {
        proof_key: secret(&material["proofKeyPair"]),
        hmac_key: zeroize::Zeroizing::new(
            from_hex(material["hmacKeyString"].as_str().unwrap())
                .try_into()
                .unwrap(),
        ),
    };
    let cases = [
        ("employ", "employMandatory", "employSelective"),
        ("prc", "prCredMandatory", "prCredSelective"),
    ];
    let mut count = 0;
    for (folder, mandatory, selective) in cases {
        let file =
            |name: &str| vectors(&format!("{FOLDER}/ecdsa-sd-2023/{folder}/{name}.json")).unwrap();
        let pointers = |name: &str| strings(&vectors(&format!("{FOLDER}/{name}.json")).unwrap());
        let (mandatory, selective) = (pointers(mandatory), pointers(selective));
        let mandatory: Vec<_> = mandatory.iter().map(String::as_str).collect();
        let selective: Vec<_> = selective.iter().map(String::as_str).collect();
        let contexts = contexts();

        // Issuing.
        let (document, proof) = apart(&file("addSignedSDBase"));
        let mut canonical = strings(&file("addBaseDocCanon"));
        canonical.sort_unstable();
        assert_eq!(lines(&document), canonical);
        let statements =
            sd::group::Statements::new(&document, &secrets.hmac_key, &contexts).unwrap();
        assert_eq!(statements.lines, strings(&file("addBaseDocHMACCanon")));
        let transform = file("addBaseTransform");
        let shown = statements.select(&mandatory, &contexts).unwrap();
        let (demanded, others) = statements.split(&shown.indexes);
        for (name, group) in [("mandatory", &demanded), ("nonMandatory", &others)] {
            let expected = transform[name]["value"].as_array().unwrap().iter();
            let expected: Vec<_> = expected.map(|entry| entry[1].as_str().unwrap()).collect();
            assert_eq!(*group, expected, "{name}");
        }
        let mut findings = Findings::default();
        let proof_hash =
            rdfc::hash_config(&document, &proof, &contexts, "/proof", &mut findings).unwrap();
        let hashes = file("addHashData");
        assert_eq!(to_hex(&proof_hash), hashes["proofHash"]);
        assert_eq!(
            to_hex(&rdfc::hash_lines(&demanded)),
            hashes["mandatoryHash"]
        );
        let value = sd::base(&document, &proof, &key, &secrets, &mandatory, &contexts);
        assert_eq!(proof["proofValue"], value.unwrap());

        // Deriving.
        let groups = file("derivedGroupIndexes");
        let both = [mandatory.as_slice(), &selective].concat();
        for (name, pointers) in [
            ("mandatoryIndexes", &mandatory),
            ("selectiveIndexes", &selective),
            ("combinedIndexes", &both),
        ] {
            let indexes = statements.select(pointers, &contexts).unwrap().indexes;
            assert_eq!(json!(indexes), groups[name], "{name}");
        }
        let value = proof["proofValue"].as_str().unwrap();
        let (revealed, value) = sd::derive(&document, value, &selective, &contexts).unwrap();
        assert_eq!(
            Value::Object(revealed.clone()),
            file("derivedUnsignedReveal")
        );
        let (expected, derived) = apart(&file("derivedRevealDocument"));
        assert_eq!(revealed, expected);
        assert_eq!(derived["proofValue"], value);

        // Verifying.
        let config = &derived;
        let verify = |document: &Map<String, Value>, value: &str| {
            let mut findings = Findings::default();
            let verdict = sd::verify(
                document,
                config,
                value,
                key.public_key(),
                &contexts,
                "/proof",
                &mut findings,
            );
            verdict.map(|()| findings.0).map_err(|error| error.code())
        };
        assert_eq!(verify(&revealed, &value), Ok(vec![]));
        assert_eq!(
            verify(&document, proof["proofValue"].as_str().unwrap()),
            Err(ErrorCode::InvalidMember)
        );
        assert_eq!(verify(&document, &value), Err(ErrorCode::SignatureInvalid));
        count += 1;
    }
    assert_eq!(count, 2);
}

/// VC-DI-EDDSA 1.0 appendix B.1.
#[test]
fn eddsa_rdfc_2022() {
    let Some(unsigned) = vectors(&format!("{FOLDER}/unsigned.json")) else {
        return;
    };
    let did = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    let config = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": format!("{did}#{}", &did[8..]),
        "proofPurpose": "assertionMethod",
    });
    let value = json!(
        "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
    );
    let signature: [u8; 64] = multibase(&value).try_into().unwrap();
    let key = match KeyMaterial::from_multikey(&did[8..]) {
        Ok(KeyMaterial::Ed25519(key)) => key,
        other => return assert_eq!(format!("{other:?}"), "an Ed25519 key"),
    };
    let hash = |document: &Value| {
        let (document, config) = (document.as_object().unwrap(), config.as_object().unwrap());
        let mut findings = Findings::default();
        rdfc::hash_data(document, config, &contexts(), "/proof", &mut findings).unwrap()
    };
    assert_eq!(eddsa::verify(&key, &hash(&unsigned), &signature), Ok(()));
    let mut changed = unsigned;
    changed["name"] = json!("alumni Credential");
    let verdict = eddsa::verify(&key, &hash(&changed), &signature);
    assert_eq!(verdict.unwrap_err().code(), ErrorCode::SignatureInvalid);
    // The neutral element, for which anyone can make signatures.
    let mut weak = [0; 32];
    weak[0] = 1;
    let verdict = eddsa::verify(&weak, &[], &signature);
    assert_eq!(verdict.unwrap_err().code(), ErrorCode::InvalidKey);
}
