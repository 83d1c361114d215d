//! Whom a verifier trusts, as options say it.

use batterypass::Result;
use batterypass::attribute::Category;
use batterypass::credential::Secured;
use batterypass::trust::{Anchor, MAX_DEPTH, PassportFacts, Support, Trust};
use napi_derive::napi;
use serde::Deserialize;
use serde_json::json;

use crate::error::OrThrow;
use crate::input::{Given, word, words};
use crate::passport::Passport;

/// The option `trust`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Trusted {
    anchors: Vec<GivenAnchor>,
    #[serde(default)]
    support: Vec<Given>,
    max_depth: Option<usize>,
    roles: Option<Vec<String>>,
    passport: Option<Facts>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenAnchor {
    did: String,
    roles: Option<Vec<String>>,
    operator_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Facts {
    id: String,
    operator_id: String,
    model: Option<String>,
    category: Option<String>,
}

impl Trusted {
    pub(crate) fn read(self) -> Result<Trust<'static>> {
        let mut trust = Trust::anchor("");
        trust.anchors = self
            .anchors
            .into_iter()
            .map(GivenAnchor::read)
            .collect::<Result<_>>()?;
        trust.support = self
            .support
            .into_iter()
            .map(|given| Support::from(Secured::from(given)))
            .collect();
        trust.max_depth = self.max_depth.unwrap_or(MAX_DEPTH);
        if let Some(roles) = self.roles {
            trust.roles = words(&roles, "/trust/roles")?;
        }
        trust.passport = self.passport.map(Facts::read).transpose()?;
        Ok(trust)
    }
}

impl GivenAnchor {
    fn read(self) -> Result<Anchor> {
        let mut anchor = Anchor::new(self.did);
        let roles = self
            .roles
            .map(|roles| words(&roles, "/trust/anchors/roles"));
        anchor.roles = roles.transpose()?;
        anchor.operator_id = self.operator_id;
        Ok(anchor)
    }
}

impl Facts {
    fn read(self) -> Result<PassportFacts> {
        let mut facts = PassportFacts::new(self.id, self.operator_id);
        facts.model = self.model;
        let category = self.category;
        let category = category.map(|name| word(&name, "/trust/passport/category"));
        facts.category = category.transpose()?;
        Ok(facts)
    }
}

/// What decides about rights on a passport, as the option `trust.passport` has it.
#[napi]
pub fn passport_facts(passport: &Passport) -> napi::Result<String> {
    let facts = PassportFacts::of(passport).or_throw()?;
    Ok(json!({
        "id": facts.id,
        "operatorId": facts.operator_id,
        "model": facts.model,
        "category": facts.category.map(Category::as_str),
    })
    .to_string())
}
