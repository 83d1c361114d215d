use serde_json::{Value, json};

use super::read::{self, Readable, Subject};
use super::{PassportFacts, Scope};
use crate::attribute::{Point, Purpose, purposes};
use crate::error::{ErrorCode, Result};
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

/// Access for a person with a legitimate interest: bound to a purpose, to batteries or models, and to a
/// time (Art. 77(2) of Regulation (EU) 2023/1542).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccessGrant {
    /// The DID of the one who may read.
    pub reader: String,
    /// What for: the name of one of [`purposes`].
    pub purpose: String,
    /// Which passports.
    pub scope: Scope,
    /// Which points of Annex XIII; no more than serve the purpose.
    pub points: Vec<Point>,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Timestamp,
}

impl AccessGrant {
    /// A grant of all points that serve the purpose, valid at once.
    pub fn new(
        reader: impl Into<String>,
        purpose: &Purpose,
        scope: Scope,
        valid_until: Timestamp,
    ) -> Self {
        Self {
            reader: reader.into(),
            purpose: purpose.name.into(),
            scope,
            points: purpose.points.to_vec(),
            valid_from: None,
            valid_until,
        }
    }

    /// Tells whether this opens a point of Annex XIII of a passport for a purpose at a time. Whether the
    /// grant itself holds is for [`Evidence::grant_covers`](super::Evidence::grant_covers).
    pub fn covers(
        &self,
        purpose: &str,
        point: Point,
        passport: &PassportFacts,
        at: Timestamp,
    ) -> bool {
        self.purpose == purpose
            && self.points.contains(&point)
            && self.scope.covers(passport)
            && self.valid_from.is_none_or(|from| from <= at)
            && at <= self.valid_until
    }

    /// Makes the credential, to be signed by the operator or an authority.
    ///
    /// # Errors
    /// `missing_member`, `invalid_member`, `unknown_word`, `grant_scope`, `invalid_did` with the path of
    /// what cannot stand so.
    pub fn to_credential(&self) -> Result<Value> {
        let points = self.points.iter().map(|point| *point as u8);
        let mut subject = json!({
            "id": self.reader,
            "purpose": self.purpose,
            "annexXIIIPoints": points.collect::<Vec<_>>(),
        });
        self.scope.write(&mut subject);
        read::to_credential::<Self>(subject, self.valid_from, Some(self.valid_until), None)
    }

    /// Reads the claims of a credential. It says nothing about who signed them.
    ///
    /// # Errors
    /// The first rule that does not hold, with its path: `missing_member` (`/validUntil` too),
    /// `invalid_member`, `unknown_word` for a purpose or point that is none, `grant_scope` for points that
    /// do not serve the purpose and for all passports of an operator, `invalid_did`, `too_many_values`.
    pub fn from_claims(claims: &Value) -> Result<Self> {
        read::from_claims(claims)
    }
}

impl Readable for AccessGrant {
    const TYPE: &'static str = "AccessGrant";
    const SUBJECT_TYPE: &'static str = "AccessRights";

    fn read(claims: &Value, findings: &mut Findings) -> Option<Self> {
        let until = read::end(claims, "expected the end of the grant", findings);
        let mut subject = Subject::typed::<Self>(claims, findings)?;
        let reader = subject.did("id");
        let purpose = subject.text("purpose");
        let points = subject.list("annexXIIIPoints", "expected 1 to 4", |value| {
            let number = value.as_u64()?;
            Point::ALL
                .into_iter()
                .find(|point| u64::from(*point as u8) == number)
        });
        if points.is_empty() {
            subject.missing("annexXIIIPoints", "expected at least one");
        }
        if let Some(purpose) = &purpose {
            check_purpose(purpose, &points, &mut subject);
        }
        let scope = Scope::read(&mut subject);
        if scope.all {
            let detail = "a grant is for batteries or models";
            subject.refuse(ErrorCode::GrantScope, "allPassports", detail);
        }
        Some(Self {
            scope,
            points,
            reader: reader?,
            purpose: purpose?,
            valid_from: read::validity(claims, "validFrom"),
            valid_until: until?,
        })
    }
}

/// Grants open no more than what serves their purpose.
fn check_purpose(name: &str, points: &[Point], subject: &mut Subject<'_, '_>) {
    let Some(purpose) = purposes().iter().find(|purpose| purpose.name == name) else {
        let names: Vec<&str> = purposes().iter().map(|purpose| purpose.name).collect();
        let detail = format!("expected one of {}", names.join(", "));
        return subject.refuse(ErrorCode::UnknownWord, "purpose", detail);
    };
    for point in points {
        if !purpose.points.contains(point) {
            let detail = format!("point {} does not serve {name}", *point as u8);
            subject.refuse(ErrorCode::GrantScope, "annexXIIIPoints", detail);
        }
    }
}
