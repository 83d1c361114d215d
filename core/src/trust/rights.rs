//! Who may issue what.

use super::evidence::{Content, Evidence};
use super::{
    AccessGrant, Action, OperatorRole, PassportFacts, ProcessorAuthorisation,
    ResponsibilityTransfer,
};
use crate::attribute::Category;
use crate::error::ErrorCode;
use crate::prelude::*;
use crate::report::Finding;

/// What kept a way from being one.
#[derive(Default)]
pub(super) struct Why {
    /// About the credential itself.
    pub(super) own: Vec<Finding>,
    /// About supporting credentials, by their number.
    pub(super) links: Vec<(usize, Finding)>,
}

impl Why {
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    fn refuse(&mut self, code: ErrorCode, path: &str, detail: &str) {
        self.own.push(Self::finding(code, path, detail));
    }

    fn link(&mut self, i: usize, code: ErrorCode, path: &str, detail: &str) {
        self.links.push((i, Self::finding(code, path, detail)));
    }
}

/// What an operator must be accredited for.
#[derive(Clone, Default)]
struct Need<'a> {
    /// With one of these identifiers; where empty, with any.
    ids: Vec<&'a str>,
    /// For this category. An unknown one asks for all of them.
    category: Option<Option<Category>>,
}

impl<'a> Need<'a> {
    fn of(passport: Option<&'a PassportFacts>) -> Self {
        Self {
            ids: passport.iter().map(|p| p.operator_id.as_str()).collect(),
            category: passport.map(|passport| passport.category),
        }
    }

    fn of_id(id: &'a str) -> Self {
        Self {
            ids: vec![id],
            category: None,
        }
    }

    fn allows_id(&self, id: &str) -> bool {
        self.ids.is_empty() || self.ids.contains(&id)
    }

    fn allows_categories(&self, categories: &[Category]) -> bool {
        match self.category {
            None => true,
            Some(Some(category)) => categories.contains(&category),
            Some(None) => Category::ALL.iter().all(|one| categories.contains(one)),
        }
    }
}

/// The supporting credentials that lead to an anchor, in order; empty for an anchor itself.
type Way = Vec<usize>;

impl Evidence<'_> {
    /// Finds the way by which an issuer may issue a credential.
    pub(super) fn justify(&self, content: &Content, issuer: &str, why: &mut Why) -> Option<Way> {
        match content {
            Content::Passport(passport) => {
                self.asked_about(&passport.id, why)?;
                if let Some(asked) = &self.trust.passport
                    && asked.operator_id != passport.operator_id
                {
                    let path = "/credentialSubject/economicOperatorId";
                    let detail = "not the operator that is known to be responsible";
                    why.refuse(ErrorCode::NotAuthorised, path, detail);
                    return None;
                }
                self.actor(issuer, Action::Write, passport, why)
            }
            Content::Accreditation(accreditation) => {
                let above = self.accreditor(accreditation, issuer);
                if above.is_none() {
                    why.own.push(self.refusal(accreditation, issuer));
                }
                Some(above?.map_or_else(Way::new, |above| self.way(above)))
            }
            Content::Production(production) => {
                let passport = self.asked_about(&production.passport_id, why)?;
                self.producer(issuer, passport, why)
            }
            Content::Status(status) => self.bms(issuer, &status.passport_id, why),
            Content::Authorisation(authorisation) => self.principal(authorisation, issuer, why),
            Content::Grant(grant) => self.grantor(grant, issuer, self.trust.passport.as_ref(), why),
            Content::Transfer(transfer) => self.both(transfer, why),
            Content::Other => {
                let mut anchors = self.trust.anchors.iter();
                let anchored = anchors.any(|one| one.did == issuer && one.roles.is_none());
                anchored.then(Way::new)
            }
        }
    }

    /// The way of someone who acts on a passport: the responsible operator, or its delegate.
    pub(super) fn actor(
        &self,
        actor: &str,
        action: Action,
        passport: &PassportFacts,
        why: &mut Why,
    ) -> Option<Way> {
        self.still_responsible(passport, why)?;
        if let Some(way) = self.operator(actor, &Need::of(Some(passport)), why) {
            return Some(way);
        }
        let mut best: Option<Way> = None;
        for (i, item) in self.items.iter().enumerate() {
            let Some(Content::Authorisation(authorisation)) = &item.content else {
                continue;
            };
            if authorisation.delegate != actor {
                continue;
            }
            if !authorisation.actions.contains(&action) {
                let path = "/credentialSubject/actions";
                let detail = format!("expected {action}");
                why.link(i, ErrorCode::NotAuthorised, path, &detail);
            } else if !authorisation.scope.covers(passport) {
                let path = "/credentialSubject/passports";
                why.link(i, ErrorCode::GrantScope, path, "not for this passport");
            } else if let Some(above) =
                self.operator(&item.link.issuer, &Need::of(Some(passport)), why)
            {
                let way: Way = core::iter::once(i).chain(above).collect();
                if best.as_ref().is_none_or(|best| way.len() < best.len()) {
                    best = Some(way);
                }
            } else {
                let detail = "the issuer is not the operator of this passport";
                why.link(i, ErrorCode::UntrustedIssuer, "/issuer", detail);
            }
        }
        best
    }

    /// The way of an operator: an anchor, or accredited for what is needed.
    fn operator(&self, did: &str, need: &Need<'_>, why: &mut Why) -> Option<Way> {
        let roles = || {
            let responsible = |role: &&OperatorRole| **role != OperatorRole::Authority;
            self.trust.roles.iter().filter(responsible)
        };
        let anchored = self.trust.anchors.iter().any(|anchor| {
            let id = anchor.operator_id.as_deref();
            anchor.did == did
                && roles().any(|role| anchor.may_be(*role))
                && id.is_none_or(|id| need.allows_id(id))
        });
        if anchored {
            return Some(Way::new());
        }
        let mut best: Option<usize> = None;
        for i in self.standing_accreditations(did) {
            let Some(accreditation) = self.accreditation(i) else {
                continue;
            };
            let mut refuse = |name: &str, detail| {
                let path = format!("/credentialSubject/{name}");
                why.link(i, ErrorCode::NotAuthorised, &path, detail);
            };
            if !roles().any(|role| accreditation.roles.contains(role)) {
                refuse("roles", "not a role that can be responsible here");
            } else if !need.allows_id(&accreditation.operator_id) {
                refuse("economicOperatorId", "not the operator of this passport");
            } else if !need.allows_categories(&accreditation.categories) {
                refuse("batteryCategories", "not for the category of this battery");
            } else if best.is_none_or(|best| self.depth(i) < self.depth(best)) {
                best = Some(i);
            }
        }
        best.map(|i| self.way(i))
    }

    /// The accreditations of someone that lead to an anchor.
    fn standing_accreditations(&self, did: &str) -> impl Iterator<Item = usize> {
        (0..self.items.len()).filter(move |i| {
            self.depth(*i) != usize::MAX
                && self
                    .accreditation(*i)
                    .is_some_and(|one| one.operator == did)
        })
    }

    /// The way of an authority that may grant access to a passport.
    fn authority(&self, did: &str, passport: Option<&PassportFacts>) -> Option<Way> {
        let need = Need::of(passport);
        let authority = OperatorRole::Authority;
        let mut anchors = self.trust.anchors.iter();
        if anchors.any(|anchor| anchor.did == did && anchor.may_be(authority)) {
            return Some(Way::new());
        }
        let best = self
            .standing_accreditations(did)
            .filter(|i| {
                self.accreditation(*i).is_some_and(|one| {
                    one.roles.contains(&authority) && need.allows_categories(&one.categories)
                })
            })
            .min_by_key(|i| self.depth(*i));
        best.map(|i| self.way(i))
    }

    /// The way of the issuer of a grant: the responsible operator or an authority.
    pub(super) fn grantor(
        &self,
        grant: &AccessGrant,
        issuer: &str,
        passport: Option<&PassportFacts>,
        why: &mut Why,
    ) -> Option<Way> {
        if let Some(passport) = passport {
            if !grant.scope.covers(passport) {
                let path = "/credentialSubject/passports";
                why.refuse(
                    ErrorCode::GrantScope,
                    path,
                    "not for the passport asked about",
                );
                return None;
            }
            if let Some(way) = self.authority(issuer, Some(passport)) {
                return Some(way);
            }
            self.still_responsible(passport, why)?;
        } else if let Some(way) = self.authority(issuer, None) {
            return Some(way);
        }
        self.operator(issuer, &Need::of(passport), why)
    }

    /// The way of an operator that authorises another.
    fn principal(
        &self,
        authorisation: &ProcessorAuthorisation,
        issuer: &str,
        why: &mut Why,
    ) -> Option<Way> {
        let passport = self.trust.passport.as_ref();
        if let Some(passport) = passport {
            if !authorisation.scope.covers(passport) {
                let path = "/credentialSubject/passports";
                why.refuse(
                    ErrorCode::GrantScope,
                    path,
                    "not for the passport asked about",
                );
                return None;
            }
            self.still_responsible(passport, why)?;
        }
        self.operator(issuer, &Need::of(passport), why)
    }

    /// The way of the BMS of a battery.
    fn bms(&self, issuer: &str, passport_id: &str, why: &mut Why) -> Option<Way> {
        let passport = self.asked_about(passport_id, why)?;
        let mut best: Option<Way> = None;
        for (i, item) in self.items.iter().enumerate() {
            let Some(Content::Production(production)) = &item.content else {
                continue;
            };
            if production.bms != issuer {
                continue;
            }
            if production.passport_id != passport_id {
                let path = "/credentialSubject/digitalProductPassportId";
                let detail = "the key is that of another battery";
                why.link(i, ErrorCode::NotAuthorised, path, detail);
            } else if let Some(above) = self.producer(&item.link.issuer, passport, why) {
                let way: Way = core::iter::once(i).chain(above).collect();
                if best.as_ref().is_none_or(|best| way.len() < best.len()) {
                    best = Some(way);
                }
            } else {
                let detail = "the issuer is no operator of this battery";
                why.link(i, ErrorCode::UntrustedIssuer, "/issuer", detail);
            }
        }
        best
    }

    /// The way of the operator that made a battery or was responsible for it since.
    fn producer(
        &self,
        issuer: &str,
        passport: Option<&PassportFacts>,
        why: &mut Why,
    ) -> Option<Way> {
        let transfers = passport.map(|passport| self.transfers(&passport.id));
        let mut need = Need::of(passport);
        for transfer in transfers.iter().flatten().rev() {
            if need.ids.contains(&transfer.to_id.as_str()) {
                need.ids.push(&transfer.from_id);
            }
        }
        self.operator(issuer, &need, why)
    }

    /// The ways of both parties of a transfer.
    fn both(&self, transfer: &ResponsibilityTransfer, why: &mut Why) -> Option<Way> {
        if let Some(asked) = &self.trust.passport
            && !transfer.passports.contains(&asked.id)
        {
            let path = "/credentialSubject/passports";
            why.refuse(
                ErrorCode::GrantScope,
                path,
                "not for the passport asked about",
            );
            return None;
        }
        let mut way = self.operator(&transfer.from, &Need::of_id(&transfer.from_id), why)?;
        let Some(to) = self.operator(&transfer.to, &Need::of_id(&transfer.to_id), why) else {
            let path = "/credentialSubject/id";
            why.refuse(ErrorCode::NotAuthorised, path, "not an accredited operator");
            return None;
        };
        for i in to {
            if !way.contains(&i) {
                way.push(i);
            }
        }
        Some(way)
    }

    /// The transfers of a passport that are in effect, the earliest first.
    fn transfers(&self, passport_id: &str) -> Vec<&ResponsibilityTransfer> {
        let mut found: Vec<&ResponsibilityTransfer> = self
            .items
            .iter()
            .filter_map(|item| match &item.content {
                Some(Content::Transfer(transfer)) => Some(transfer),
                _ => None,
            })
            .filter(|transfer| {
                let from = Need::of_id(&transfer.from_id);
                transfer.effective <= self.at
                    && transfer.passports.iter().any(|id| id == passport_id)
                    && self
                        .operator(&transfer.from, &from, &mut Why::default())
                        .is_some()
            })
            .collect();
        found.sort_by_key(|transfer| transfer.effective);
        found
    }

    /// Refuses an operator that has passed its responsibility on, Art. 77(7).
    fn still_responsible(&self, passport: &PassportFacts, why: &mut Why) -> Option<()> {
        let mut id = &passport.operator_id;
        for transfer in self.transfers(&passport.id) {
            if transfer.from_id == *id {
                id = &transfer.to_id;
            }
        }
        if *id == passport.operator_id {
            return Some(());
        }
        let path = "/credentialSubject/economicOperatorId";
        let detail = format!("the responsibility has passed to {id}");
        why.refuse(ErrorCode::NotAuthorised, path, &detail);
        None
    }

    /// The facts of the passport that is asked about. Refuses a credential about another.
    fn asked_about(&self, id: &str, why: &mut Why) -> Option<Option<&PassportFacts>> {
        match &self.trust.passport {
            Some(asked) if asked.id != id => {
                let detail = "about another passport than the one asked about";
                why.refuse(ErrorCode::NotAuthorised, "/credentialSubject", detail);
                None
            }
            asked => Some(asked.as_ref()),
        }
    }
}
