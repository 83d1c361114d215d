//! An authority, operators, a delegate, a BMS and readers, and the credentials among them.

use batterypass::attribute::{Category, purposes};
use batterypass::credential::{
    Secured, Securing, SignOptions, VerifyOptions, VerifyReport, add_proof, sign, verify,
};
use batterypass::record::Record;
use batterypass::report::Severity;
use batterypass::time::Timestamp;
use batterypass::trust::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, OperatorAccreditation, OperatorRole,
    PassportFacts, ProcessorAuthorisation, ResponsibilityTransfer, Scope, Trust,
};
use batterypass::{ErrorCode, SigningKey};
use serde_json::{Value, json};

pub(crate) const AUTHORITY: u8 = 1;
pub(crate) const MAKER: u8 = 2;
pub(crate) const DELEGATE: u8 = 3;
pub(crate) const BMS: u8 = 4;
pub(crate) const READER: u8 = 5;
pub(crate) const REPURPOSER: u8 = 6;
pub(crate) const STATE: u8 = 7;
pub(crate) const STRANGER: u8 = 9;

pub(crate) const MAKER_ID: &str = "https://id.cells.example/417/9520123000011";
pub(crate) const REPURPOSER_ID: &str = "https://id.second.example/417/9520123000035";
pub(crate) const PASSPORT: &str = "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90";
pub(crate) const GTIN: &str = "09520123456788";
pub(crate) const FROM: &str = "2027-01-01T00:00:00Z";
pub(crate) const NOW: &str = "2027-06-01T00:00:00Z";
pub(crate) const UNTIL: &str = "2027-12-31T00:00:00Z";

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

pub(crate) fn did(seed: u8) -> String {
    key(seed).public_key().did().to_string()
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A credential and who signs it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) credential: Value,
    pub(crate) signers: Vec<u8>,
}

impl Draft {
    pub(crate) fn new(credential: Value, signer: u8) -> Self {
        Self {
            credential,
            signers: vec![signer],
        }
    }

    pub(crate) fn set(mut self, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        self.credential.pointer_mut(parent).unwrap()[name] = value;
        self
    }

    pub(crate) fn by(mut self, signer: u8) -> Self {
        self.signers = vec![signer];
        self
    }

    /// One signer: a token. Several: a set of proofs.
    pub(crate) fn secured(&self) -> Secured {
        let [first, others @ ..] = self.signers.as_slice() else {
            panic!("nobody signs");
        };
        if others.is_empty() {
            return sign(
                self.credential.clone(),
                &key(*first),
                &SignOptions::default(),
            )
            .unwrap();
        }
        let options = SignOptions::securing(Securing::EcdsaJcs2019);
        let mut document = sign(self.credential.clone(), &key(*first), &options)
            .and_then(Secured::into_json)
            .unwrap();
        for other in others {
            document = add_proof(document, &key(*other), &options).unwrap();
        }
        Secured::Json(document)
    }
}

/// A credential to be verified, and what supports it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) target: Draft,
    pub(crate) support: Vec<Draft>,
}

impl Case {
    pub(crate) fn trust(&self) -> Trust<'static> {
        self.support
            .iter()
            .fold(Trust::anchor(did(AUTHORITY).as_str()), |trust, support| {
                trust.with(support.secured())
            })
    }

    pub(crate) fn verify(&self) -> VerifyReport {
        self.verify_with(&self.trust())
    }

    pub(crate) fn verify_with(&self, trust: &Trust<'_>) -> VerifyReport {
        verify(&self.target.secured(), &options(trust)).unwrap()
    }

    pub(crate) fn with_support(mut self, i: usize, draft: Draft) -> Self {
        self.support[i] = draft;
        self
    }
}

pub(crate) fn options<'a>(trust: &'a Trust<'a>) -> VerifyOptions<'a> {
    let mut options = VerifyOptions::at(time(NOW));
    options.trust = Some(trust);
    options
}

pub(crate) fn errors(report: &VerifyReport) -> Vec<(ErrorCode, &str)> {
    let errors = report.findings.iter();
    errors
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.code, finding.path.as_str()))
        .collect()
}

#[track_caller]
pub(crate) fn assert_refused(report: &VerifyReport, code: ErrorCode, path: &str) {
    assert!(!report.ok, "accepted: {report:#?}");
    assert!(
        errors(report).contains(&(code, path)),
        "expected {code:?} at {path}: {:?}",
        errors(report)
    );
}

pub(crate) fn facts() -> PassportFacts {
    let mut facts = PassportFacts::new(PASSPORT, MAKER_ID);
    facts.model = Some(GTIN.into());
    facts.category = Some(Category::Ev);
    facts
}

pub(crate) fn accreditation(
    issuer: u8,
    operator: u8,
    id: &str,
    roles: &[OperatorRole],
    categories: &[Category],
) -> Draft {
    let mut it = OperatorAccreditation::new(did(operator), id, roles, categories);
    it.valid_from = Some(time(FROM));
    it.valid_until = Some(time(UNTIL));
    Draft::new(it.to_credential().unwrap(), issuer)
}

pub(crate) fn of_maker() -> Draft {
    accreditation(
        AUTHORITY,
        MAKER,
        MAKER_ID,
        &[OperatorRole::Manufacturer],
        &[Category::Ev, Category::Lmt],
    )
}

pub(crate) fn of_repurposer() -> Draft {
    accreditation(
        AUTHORITY,
        REPURPOSER,
        REPURPOSER_ID,
        &[OperatorRole::Repurposing],
        &Category::ALL,
    )
}

pub(crate) fn of_state() -> Draft {
    let roles = [OperatorRole::Authority, OperatorRole::Manufacturer];
    accreditation(
        AUTHORITY,
        STATE,
        "state",
        &roles,
        &[Category::Ev, Category::Lmt],
    )
}

pub(crate) fn authorisation(actions: &[Action], scope: Scope) -> Draft {
    let it = ProcessorAuthorisation::new(did(DELEGATE), actions, scope, time(UNTIL));
    Draft::new(it.to_credential().unwrap(), MAKER)
}

pub(crate) fn production() -> Draft {
    let mut it = BmsProduction::new(key(BMS).public_key(), PASSPORT);
    it.serial_number = Some("EXC96-7K3QV9M2".into());
    it.model = Some(GTIN.into());
    it.valid_until = Some(time(UNTIL));
    Draft::new(it.to_credential().unwrap(), MAKER)
}

pub(crate) fn grant(purpose: &str, scope: Scope) -> Draft {
    let purpose = purposes().iter().find(|one| one.name == purpose).unwrap();
    let it = AccessGrant::new(did(READER), purpose, scope, time(UNTIL));
    Draft::new(it.to_credential().unwrap(), MAKER)
}

pub(crate) fn transfer() -> Draft {
    let (from, to) = (did(MAKER), did(REPURPOSER));
    let it = ResponsibilityTransfer::new(
        (&from, MAKER_ID),
        (&to, REPURPOSER_ID),
        &[PASSPORT],
        time("2027-05-01T00:00:00Z"),
    );
    Draft {
        credential: it.to_credential().unwrap(),
        signers: vec![MAKER, REPURPOSER],
    }
}

pub(crate) fn status() -> Draft {
    let record = Record {
        sequence: 7,
        state_of_charge_permille: 734,
        ..Record::default()
    };
    let it = BatteryStatusRecord::new(PASSPORT, record);
    Draft::new(it.to_credential().unwrap(), BMS)
}

pub(crate) fn passport() -> Draft {
    let credential = json!({
        "type": ["VerifiableCredential", "BatteryPassportCredential"],
        "credentialSubject": {
            "id": PASSPORT,
            "type": "BatteryPassport",
            "digitalProductPassportId": PASSPORT,
            "uniqueProductIdentifier": format!("https://id.cells.example/01/{GTIN}/21/EXC96-7K3QV9M2"),
            "economicOperatorId": MAKER_ID,
            "generalProductInformation": { "batteryCategory": "ev" },
        },
    });
    Draft::new(credential, MAKER)
}

fn case(name: &'static str, target: Draft, support: Vec<Draft>) -> Case {
    Case {
        name,
        target,
        support,
    }
}

/// One chain of each kind. Every supporting credential of each is needed.
pub(crate) fn cases() -> Vec<Case> {
    let of_maker_by_state = of_maker().by(STATE);
    vec![
        case("passport", passport(), vec![of_maker()]),
        case(
            "passport by a delegate",
            passport().by(DELEGATE),
            vec![
                authorisation(&[Action::Write], Scope::passport(PASSPORT)),
                of_maker(),
            ],
        ),
        case(
            "passport by a delegate for a model, under two authorities",
            passport().by(DELEGATE),
            vec![
                of_state(),
                authorisation(&[Action::Store, Action::Write], Scope::model(GTIN)),
                of_maker_by_state.clone(),
            ],
        ),
        case(
            "accreditation below an authority",
            of_maker_by_state,
            vec![of_state()],
        ),
        case("production", production(), vec![of_maker()]),
        case(
            "authorisation",
            authorisation(&[Action::Read], Scope::all()),
            vec![of_maker()],
        ),
        case(
            "grant",
            grant("residual_value", Scope::passport(PASSPORT)),
            vec![of_maker()],
        ),
        case(
            "grant by an authority",
            grant("repair", Scope::model(GTIN)).by(STATE),
            vec![of_state()],
        ),
        case("transfer", transfer(), vec![of_maker(), of_repurposer()]),
        case("status record", status(), vec![production(), of_maker()]),
    ]
}

pub(crate) fn case_of(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}
