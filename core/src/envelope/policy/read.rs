//! A policy as JSON.

use core::str::FromStr;

use serde_json::Value;

use super::{Policy, Rule};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::prelude::*;

/// Bounds on a policy's text.
const LIMITS: Limits = Limits {
    bytes: 8192,
    depth: 4,
    values: 128,
};

impl Policy {
    /// Reads a policy from JSON: `{"rules": [{"role": .., "category": .., "delivery": ..}]}`.
    ///
    /// # Errors
    /// Those of [`json::parse_with`]; `missing_member`, `unknown_member`, `wrong_type`, `unknown_word`
    /// and those of [`Policy::new`]; with a path.
    pub fn from_json(text: &[u8]) -> Result<Self> {
        let value = json::parse_with(text, &LIMITS)?;
        let Value::Object(mut members) = value else {
            return Err(ErrorCode::WrongType.into());
        };
        let rules = members
            .remove("rules")
            .ok_or_else(|| Error::new(ErrorCode::MissingMember).at("/rules"))?;
        if let Some(name) = members.keys().next() {
            let mut path = String::new();
            json::push_token(&mut path, name);
            return Err(Error::new(ErrorCode::UnknownMember).at(path));
        }
        let Value::Array(rules) = rules else {
            return Err(Error::new(ErrorCode::WrongType).at("/rules"));
        };
        let rules = rules.into_iter().enumerate();
        Self::new(
            rules
                .map(|(i, rule)| read_rule(&rule).map_err(|e| e.under(&format!("/rules/{i}"))))
                .collect::<Result<_>>()?,
        )
    }
}

fn read_rule(rule: &Value) -> Result<Rule> {
    let Value::Object(members) = rule else {
        return Err(ErrorCode::WrongType.into());
    };
    let known = ["role", "category", "delivery"];
    if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
        let mut path = String::new();
        json::push_token(&mut path, name);
        return Err(Error::new(ErrorCode::UnknownMember).at(path));
    }
    Ok(Rule {
        role: word(rule, "role")?,
        category: word(rule, "category")?,
        delivery: word(rule, "delivery")?,
    })
}

fn word<T: FromStr<Err = Error>>(rule: &Value, name: &str) -> Result<T> {
    let path = format!("/{name}");
    let value = rule
        .get(name)
        .ok_or_else(|| Error::new(ErrorCode::MissingMember).at(&path))?;
    let text = value
        .as_str()
        .ok_or_else(|| Error::new(ErrorCode::WrongType).at(&path))?;
    text.parse().map_err(|error: Error| error.at(&path))
}
