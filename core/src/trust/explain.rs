//! What to say when no way leads to an anchor.

use super::chain::Link;
use super::evidence::{Content, Evidence, is_within};
use super::rights::Why;
use super::{OperatorAccreditation, OperatorRole};
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::{Finding, Severity};

impl Evidence<'_> {
    /// The links of a chain that holds.
    pub(super) fn standing_links(&self, way: &[usize]) -> Vec<Link> {
        let items = way.iter().filter_map(|i| self.items.get(*i));
        items
            .map(|item| Link {
                ok: true,
                ..item.link.clone()
            })
            .collect()
    }

    /// Every supporting credential that could have stood between the issuers and an anchor, and what keeps
    /// it from doing so.
    pub(super) fn explain(&self, issuers: &[&str], why: &Why) -> Vec<Link> {
        let mut links = Vec::new();
        for i in self.candidates(issuers) {
            let Some(item) = self.items.get(i) else {
                continue;
            };
            let mut link = item.link.clone();
            if let Some(Content::Accreditation(accreditation)) = &item.content
                && self.depth(i) == usize::MAX
            {
                link.findings
                    .push(self.refusal(accreditation, &item.link.issuer));
            }
            for (of, finding) in &why.links {
                if *of == i && !link.findings.contains(finding) {
                    link.findings.push(finding.clone());
                }
            }
            let good = |finding: &Finding| finding.severity != Severity::Error;
            link.ok = item.content.is_some() && link.findings.iter().all(good);
            links.push(link);
        }
        links
    }

    /// The supporting credentials about an issuer, about their issuers, and so on. Those that cannot be
    /// read could be any.
    fn candidates<'e>(&'e self, issuers: &[&'e str]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        let mut people = issuers.to_vec();
        let mut next = 0;
        while let Some(person) = people.get(next).copied() {
            next += 1;
            for (i, item) in self.items.iter().enumerate() {
                let gives_rights = match &item.content {
                    Some(content) => content.subject().is_some(),
                    None => true,
                };
                let about = item.claimed.as_deref() == Some(person);
                if gives_rights && about && !found.contains(&i) {
                    found.push(i);
                    if !people.contains(&item.link.issuer.as_str()) {
                        people.push(&item.link.issuer);
                    }
                }
            }
        }
        let items = self.items.iter().enumerate();
        found.extend(items.filter_map(|(i, item)| item.link.kind.is_empty().then_some(i)));
        found
    }

    /// Why nobody stands behind an accreditation.
    pub(super) fn refusal(&self, wanted: &OperatorAccreditation, issuer: &str) -> Finding {
        let refuse = |code, name: &str, detail: &str| Why::finding(code, name, detail);
        if self.leads_to(issuer, &wanted.operator) {
            let detail = "the issuers accredit each other in a circle";
            return refuse(ErrorCode::ChainLoop, "/issuer", detail);
        }
        let anchored = self.trust.anchors.iter().any(|one| one.did == issuer);
        let above: Vec<&OperatorAccreditation> = (0..self.items.len())
            .filter(|i| self.depth(*i) != usize::MAX)
            .filter_map(|i| self.accreditation(i))
            .filter(|above| above.operator == issuer)
            .collect();
        if !anchored && above.is_empty() {
            let detail = "the issuer is neither an anchor nor accredited by one";
            return refuse(ErrorCode::UntrustedIssuer, "/issuer", detail);
        }
        let is_authority =
            |above: &&&OperatorAccreditation| above.roles.contains(&OperatorRole::Authority);
        let code = ErrorCode::NotAuthorised;
        match above.iter().find(is_authority) {
            Some(above) if !is_within(wanted, above) => {
                let roles = wanted.roles.iter().all(|role| above.roles.contains(role));
                let name = if roles { "batteryCategories" } else { "roles" };
                let path = format!("/credentialSubject/{name}");
                refuse(code, &path, "wider than what the issuer has itself")
            }
            _ if anchored => {
                let detail = "the anchor is not trusted to accredit for these roles";
                refuse(code, "/credentialSubject/roles", detail)
            }
            _ => refuse(code, "/issuer", "the issuer is no authority"),
        }
    }

    /// Tells whether someone's accreditations come from `end` in the end, or whether they are the same.
    fn leads_to(&self, start: &str, end: &str) -> bool {
        let mut people = vec![start];
        let mut next = 0;
        while let Some(person) = people.get(next).copied() {
            if person == end {
                return true;
            }
            next += 1;
            for (i, item) in self.items.iter().enumerate() {
                let about = self
                    .accreditation(i)
                    .is_some_and(|one| one.operator == person);
                let issuer = item.link.issuer.as_str();
                if about && !people.contains(&issuer) {
                    people.push(issuer);
                }
            }
        }
        false
    }
}
