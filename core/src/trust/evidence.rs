//! Supporting credentials, verified, and which accreditations an anchor stands behind.

use core::fmt;

use serde_json::Value;

use super::chain::Link;
use super::read::{self, Readable, has_type};
use super::rights::Why;
use super::{
    AccessGrant, Action, BatteryStatusRecord, BmsProduction, MAX_SUPPORT, OperatorAccreditation,
    OperatorRole, PassportFacts, ProcessorAuthorisation, ResponsibilityTransfer, Trust,
};
use crate::attribute::Point;
use crate::credential::{SecuredRef, VerifyOptions, verify};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Findings;
use crate::time::Timestamp;

const TYPES: &str = "batterypass credential types 1.0.0";

/// What a credential says, by its type.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Passport(PassportFacts),
    Accreditation(OperatorAccreditation),
    Production(BmsProduction),
    Authorisation(ProcessorAuthorisation),
    Grant(AccessGrant),
    Transfer(ResponsibilityTransfer),
    Status(BatteryStatusRecord),
    /// Of a type that nothing is known about.
    Other,
}

impl Content {
    /// Reads claims. Nothing where a rule of the type does not hold; the findings say which.
    pub(super) fn read(
        claims: &Value,
        secured: SecuredRef<'_>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let before = findings.0.len();
        let mut found = [
            read_as(claims, findings, Self::Passport),
            read_as(claims, findings, Self::Accreditation),
            read_as(claims, findings, Self::Production),
            read_as(claims, findings, Self::Authorisation),
            read_as(claims, findings, Self::Grant),
            read_as(claims, findings, Self::Transfer),
            read_as(claims, findings, Self::Status),
        ]
        .into_iter()
        .flatten();
        let (first, second) = (found.next(), found.next());
        if second.is_some() {
            let detail = "the credential is of two types with rules of their own";
            findings.error(ErrorCode::InvalidMember, "/type", detail, TYPES);
        }
        if let Some(Some(Self::Transfer(transfer))) = &first
            && !transfer.is_signed_by_both(secured)
        {
            let detail = "expected proofs by both operators";
            findings.error(ErrorCode::NotCountersigned, "/proof", detail, TYPES);
        }
        let broken = Findings(findings.0.split_off(before));
        let holds = broken.first_error().is_none();
        findings.0.extend(broken.0);
        first.unwrap_or(Some(Self::Other)).filter(|_| holds)
    }

    /// Whom a credential gives a right to speak. Credentials that give none have no place in a chain.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Accreditation(accreditation) => Some(&accreditation.operator),
            Self::Production(production) => Some(&production.bms),
            Self::Authorisation(authorisation) => Some(&authorisation.delegate),
            _ => None,
        }
    }
}

/// Reads claims as one type; nothing where they are of another.
fn read_as<T: Readable>(
    claims: &Value,
    findings: &mut Findings,
    wrap: fn(T) -> Content,
) -> Option<Option<Content>> {
    has_type(claims, T::TYPE).then(|| T::read(claims, findings).map(wrap))
}

/// A supporting credential after its verification.
pub(super) struct Item {
    pub(super) link: Link,
    /// None unless it verifies and holds the rules of its type.
    pub(super) content: Option<Content>,
    /// The subject as it claims, whether it verifies or not.
    pub(super) claimed: Option<String>,
}

/// How an accreditation leads to an anchor.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// How many accreditations the way has.
    pub(super) depth: usize,
    /// The accreditation of its issuer; none where an anchor issued it.
    pub(super) above: Option<usize>,
}

/// The supporting credentials of a [`Trust`], verified at a point in time.
pub struct Evidence<'t> {
    pub(super) trust: &'t Trust<'t>,
    pub(super) at: Timestamp,
    pub(super) items: Vec<Item>,
    pub(super) standing: Vec<Option<Standing>>,
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("at", &self.at)
            .field("links", &self.links().collect::<Vec<_>>())
            .finish()
    }
}

impl<'t> Evidence<'t> {
    pub(super) fn new(trust: &'t Trust<'_>, options: &VerifyOptions<'_>) -> Self {
        let options = VerifyOptions {
            resolver: options.resolver,
            status: options.status,
            ..VerifyOptions::at(options.at)
        };
        let support = trust.support.get(..MAX_SUPPORT.min(trust.support.len()));
        let items: Vec<Item> = support
            .unwrap_or_default()
            .iter()
            .map(|support| Item::verified(support.secured(), &options))
            .collect();
        let mut evidence = Self {
            trust,
            at: options.at,
            standing: vec![None; items.len()],
            items,
        };
        evidence.rank();
        evidence
    }

    /// The supporting credentials, in the order in which they were given.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.items.iter().map(|item| &item.link)
    }

    /// Tells whether someone may act on a passport: its responsible operator, or a delegate that it has
    /// authorised. A chain to an anchor must stand behind the operator.
    pub fn authorises(&self, actor: &str, action: Action, passport: &PassportFacts) -> bool {
        let mut why = self.too_many();
        why.is_empty()
            && self
                .actor(actor, action, passport, &mut why)
                .is_some_and(|way| way.len() <= self.trust.max_depth)
    }

    /// Tells whether someone was granted a point of Annex XIII of a passport for a purpose, by a
    /// supporting credential that holds and whose issuer leads to an anchor.
    pub fn grant_covers(
        &self,
        reader: &str,
        purpose: &str,
        point: Point,
        passport: &PassportFacts,
    ) -> bool {
        let mut why = self.too_many();
        why.is_empty()
            && self.items.iter().any(|item| match &item.content {
                Some(Content::Grant(grant)) => {
                    grant.reader == reader
                        && grant.covers(purpose, point, passport, self.at)
                        && self
                            .grantor(grant, &item.link.issuer, Some(passport), &mut why)
                            .is_some_and(|way| way.len() < self.trust.max_depth)
                }
                _ => false,
            })
    }

    /// A finding when there are more supporting credentials than are looked at.
    pub(super) fn too_many(&self) -> Why {
        let mut why = Why::default();
        let count = self.trust.support.len();
        if count > MAX_SUPPORT {
            let detail = format!("{count} supporting credentials, the limit is {MAX_SUPPORT}");
            let finding = Why::finding(ErrorCode::TooManyValues, "/trust", detail);
            why.own.push(finding);
        }
        why
    }

    /// Finds the accreditations that lead to an anchor, the shortest way for each. It goes from the
    /// anchors outward, so that no loop counts.
    fn rank(&mut self) {
        for depth in 1..=self.items.len() {
            let found: Vec<(usize, Option<usize>)> = (0..self.items.len())
                .filter(|i| self.depth(*i) == usize::MAX)
                .filter_map(|i| {
                    let accreditation = self.accreditation(i)?;
                    let issuer = &self.items.get(i)?.link.issuer;
                    Some((i, self.accreditor(accreditation, issuer)?))
                })
                .collect();
            if found.is_empty() {
                return;
            }
            for (i, above) in found {
                if let Some(standing) = self.standing.get_mut(i) {
                    *standing = Some(Standing { depth, above });
                }
            }
        }
    }

    pub(super) fn accreditation(&self, i: usize) -> Option<&OperatorAccreditation> {
        match &self.items.get(i)?.content {
            Some(Content::Accreditation(accreditation)) => Some(accreditation),
            _ => None,
        }
    }

    /// Who stands behind an accreditation: an anchor, or an accreditation that an anchor stands behind.
    pub(super) fn accreditor(
        &self,
        wanted: &OperatorAccreditation,
        issuer: &str,
    ) -> Option<Option<usize>> {
        let anchored = self.trust.anchors.iter().any(|anchor| {
            anchor.did == issuer
                && anchor.may_be(OperatorRole::Authority)
                && wanted.roles.iter().all(|role| anchor.may_be(*role))
        });
        if anchored {
            return Some(None);
        }
        let above = (0..self.items.len()).filter(|i| {
            self.standing.get(*i).copied().flatten().is_some()
                && self.accreditation(*i).is_some_and(|above| {
                    above.operator == issuer
                        && above.roles.contains(&OperatorRole::Authority)
                        && is_within(wanted, above)
                })
        });
        above.min_by_key(|i| self.depth(*i)).map(Some)
    }

    pub(super) fn depth(&self, i: usize) -> usize {
        let standing = self.standing.get(i).copied().flatten();
        standing.map_or(usize::MAX, |standing| standing.depth)
    }

    /// The way from an accreditation to its anchor, itself included.
    pub(super) fn way(&self, i: usize) -> Vec<usize> {
        let mut way = Vec::new();
        let mut next = Some(i);
        while let Some(i) = next {
            way.push(i);
            next = self
                .standing
                .get(i)
                .copied()
                .flatten()
                .and_then(|s| s.above);
        }
        way
    }
}

/// Tells whether nobody is accredited for more than the one who accredits has.
pub(super) fn is_within(wanted: &OperatorAccreditation, above: &OperatorAccreditation) -> bool {
    let role = |role| above.roles.contains(role);
    let category = |category| above.categories.contains(category);
    wanted.roles.iter().all(role) && wanted.categories.iter().all(category)
}

impl Item {
    fn verified(secured: SecuredRef<'_>, options: &VerifyOptions<'_>) -> Self {
        let mut link = Link {
            kind: String::new(),
            issuer: String::new(),
            subject: String::new(),
            ok: false,
            findings: Vec::new(),
            valid_from: None,
            valid_until: None,
        };
        let report = match verify(secured, options) {
            Ok(report) => report,
            Err(error) => {
                let finding = Why::finding(error.code(), error.path(), error.to_string());
                link.findings.push(finding);
                return Self {
                    link,
                    content: None,
                    claimed: None,
                };
            }
        };
        let claims = &report.claims;
        let subject = claims.get("credentialSubject").and_then(|s| s.get("id"));
        let subject = subject.and_then(Value::as_str).map(ToString::to_string);
        let mut findings = Findings(report.findings);
        let content = Content::read(claims, secured, &mut findings);
        link.kind = kind_of(claims);
        link.issuer = report.issuer.unwrap_or_default();
        link.subject = subject.clone().unwrap_or_default();
        link.valid_from = read::validity(claims, "validFrom");
        link.valid_until = read::validity(claims, "validUntil");
        link.findings = findings.0;
        Self {
            content: content.filter(|_| report.ok),
            claimed: subject,
            link,
        }
    }
}

/// The type beside `VerifiableCredential`.
fn kind_of(claims: &Value) -> String {
    let types = match claims.get("type") {
        Some(Value::Array(types)) => types.as_slice(),
        Some(one) => core::slice::from_ref(one),
        None => &[],
    };
    let mut names = types.iter().filter_map(Value::as_str);
    let own = names.find(|name| *name != "VerifiableCredential");
    own.unwrap_or_default().into()
}
