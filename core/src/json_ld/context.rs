//! The active context and how a local context changes it (JSON-LD 1.1 API section 4.1).

use alloc::collections::BTreeMap;
use alloc::rc::Rc;

use serde_json::{Map, Value};

use super::Contexts;
use super::iri::{is_absolute, is_keyword, looks_like_keyword, split_compact};
use super::term::{self, Term};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// How many term definitions may be made or copied for one document.
const MAX_TERMS: usize = 1_000_000;
/// How many contexts may lie inside each other.
const MAX_NESTING: usize = 8;

/// What names mean at one place of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Active {
    pub(super) terms: BTreeMap<Rc<str>, Rc<Term>>,
    pub(super) vocab: Option<Rc<str>>,
    pub(super) language: Option<Rc<str>>,
    /// Whether strings have a base direction, which RDF statements do not carry.
    pub(super) direction: bool,
    /// The context to go back to in the next node, if this one does not propagate.
    pub(super) previous: Option<Rc<Active>>,
}

/// How a local context is applied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) propagate: bool,
    /// A context that a property's definition brings may redefine protected terms.
    pub(super) override_protected: bool,
}

impl Mode {
    pub(super) const EMBEDDED: Self = Self {
        propagate: true,
        override_protected: false,
    };
    pub(super) const OF_PROPERTY: Self = Self {
        propagate: true,
        override_protected: true,
    };
    pub(super) const OF_TYPE: Self = Self {
        propagate: false,
        override_protected: false,
    };
}

/// Applies contexts and counts what it costs.
#[derive(Debug)]
pub(super) struct Processor<'c> {
    contexts: &'c Contexts,
    terms: usize,
    nesting: usize,
}

impl<'c> Processor<'c> {
    pub(super) const fn new(contexts: &'c Contexts) -> Self {
        Self {
            contexts,
            terms: 0,
            nesting: 0,
        }
    }

    /// Returns what `active` becomes under `local` (section 4.1.2). `path` is where `local` stands.
    pub(super) fn apply(
        &mut self,
        active: &Rc<Active>,
        local: &Value,
        mode: Mode,
        path: &str,
    ) -> Result<Rc<Active>> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Error::new(ErrorCode::TooDeep).at(path));
        }
        self.count(active.terms.len(), path)?;
        let mut result = Active::clone(active);
        let mut propagate = mode.propagate;
        if let Some(value) = local.get("@propagate") {
            propagate = value
                .as_bool()
                .ok_or_else(|| invalid(path, "@propagate is no boolean"))?;
        }
        if !propagate && result.previous.is_none() {
            result.previous = Some(active.clone());
        }
        match local {
            Value::Array(list) => {
                for (i, one) in list.iter().enumerate() {
                    self.apply_one(&mut result, one, mode, &format!("{path}/{i}"))?;
                }
            }
            one => self.apply_one(&mut result, one, mode, path)?,
        }
        self.nesting -= 1;
        Ok(Rc::new(result))
    }

    fn apply_one(
        &mut self,
        active: &mut Active,
        local: &Value,
        mode: Mode,
        path: &str,
    ) -> Result<()> {
        match local {
            Value::Null => {
                if !mode.override_protected && active.terms.values().any(|term| term.protected) {
                    return Err(invalid(path, "null would remove protected terms"));
                }
                *active = Active {
                    previous: active.previous.take(),
                    ..Active::default()
                };
                Ok(())
            }
            Value::String(url) => {
                let stored = self.contexts.get(url).ok_or_else(|| {
                    Error::new(ErrorCode::UnknownContext)
                        .at(path)
                        .because(format!("{url} is not stored, and nothing is fetched"))
                })?;
                let from = Rc::new(core::mem::take(active));
                let applied = self.apply(&from, stored, mode, path)?;
                *active = Rc::unwrap_or_clone(applied);
                Ok(())
            }
            Value::Object(members) => self.apply_object(active, members, mode, path),
            _ => Err(invalid(
                path,
                "a context is null, a URL, an object or a list",
            )),
        }
    }

    fn apply_object(
        &mut self,
        active: &mut Active,
        local: &Map<String, Value>,
        mode: Mode,
        path: &str,
    ) -> Result<()> {
        for name in ["@import", "@base"] {
            if local.get(name).is_some_and(|value| !value.is_null()) {
                return Err(unsupported(path, name));
            }
        }
        let version = local.get("@version");
        if version.is_some_and(|version| version.as_f64() != Some(1.1)) {
            return Err(invalid(path, "@version is not 1.1"));
        }
        match local.get("@vocab") {
            None => {}
            Some(Value::Null) => active.vocab = None,
            Some(Value::String(text)) => {
                let mut scope = Scope::new(local, path);
                let vocab = self.expand(active, text, &mut scope)?;
                let vocab = vocab.filter(|iri| is_absolute(iri));
                active.vocab = Some(vocab.ok_or_else(|| invalid(path, "@vocab is no IRI"))?);
            }
            Some(_) => return Err(invalid(path, "@vocab is no IRI")),
        }
        match local.get("@language") {
            None => {}
            Some(Value::Null) => active.language = None,
            Some(Value::String(tag)) => active.language = Some(tag.to_lowercase().into()),
            Some(_) => return Err(invalid(path, "@language is no string")),
        }
        match local.get("@direction") {
            None => {}
            Some(Value::Null) => active.direction = false,
            Some(Value::String(text)) if text == "ltr" || text == "rtl" => active.direction = true,
            Some(_) => return Err(invalid(path, "@direction is neither ltr nor rtl")),
        }
        let protected = match local.get("@protected") {
            None => false,
            Some(value) => value
                .as_bool()
                .ok_or_else(|| invalid(path, "@protected is no boolean"))?,
        };
        let mut scope = Scope::new(local, path);
        scope.protected = protected;
        scope.override_protected = mode.override_protected;
        for name in local.keys() {
            let of_context = [
                "@base",
                "@direction",
                "@import",
                "@language",
                "@propagate",
                "@protected",
                "@version",
                "@vocab",
            ];
            if !of_context.contains(&name.as_str()) {
                self.define(active, name, &mut scope)?;
            }
        }
        Ok(())
    }

    /// Makes the definition of a term, and first of those that it needs (section 4.2.2).
    pub(super) fn define(
        &mut self,
        active: &mut Active,
        name: &str,
        scope: &mut Scope<'_>,
    ) -> Result<()> {
        match scope.defined.get(name) {
            Some(true) => return Ok(()),
            Some(false) => return Err(invalid(&scope.at(name), "the term needs itself")),
            None => {}
        }
        self.count(1, scope.path)?;
        scope.defined.insert(name.into(), false);
        let previous = active.terms.remove(name);
        let definition = term::create(self, active, name, scope)?;
        scope.defined.insert(name.into(), true);
        let Some(mut definition) = definition else {
            return Ok(());
        };
        if let Some(previous) = previous.filter(|term| term.protected && !scope.override_protected)
        {
            definition.protected = true;
            if definition != *previous {
                return Err(invalid(&scope.at(name), "the term is protected"));
            }
        }
        active.terms.insert(name.into(), Rc::new(definition));
        Ok(())
    }

    /// Expands a name while a context is being processed; `None` stands for null.
    pub(super) fn expand(
        &mut self,
        active: &mut Active,
        value: &str,
        scope: &mut Scope<'_>,
    ) -> Result<Option<Rc<str>>> {
        if is_keyword(value) || looks_like_keyword(value) {
            return Ok(is_keyword(value).then(|| value.into()));
        }
        for name in [Some(value), split_compact(value).map(|(prefix, _)| prefix)] {
            let open = |name: &&str| {
                scope.local.contains_key(*name) && scope.defined.get(*name) != Some(&true)
            };
            if let Some(name) = name.filter(open) {
                self.define(active, name, scope)?;
            }
        }
        Ok(active.expand(value, true))
    }

    fn count(&mut self, terms: usize, path: &str) -> Result<()> {
        self.terms += terms;
        if self.terms > MAX_TERMS {
            let detail = "the contexts define too many terms";
            return Err(Error::new(ErrorCode::TooManyValues)
                .at(path)
                .because(detail));
        }
        Ok(())
    }
}

/// A local context while it is being processed.
#[derive(Debug)]
pub(super) struct Scope<'l> {
    pub(super) local: &'l Map<String, Value>,
    /// True when done, false when begun.
    defined: BTreeMap<String, bool>,
    pub(super) protected: bool,
    override_protected: bool,
    path: &'l str,
}

impl<'l> Scope<'l> {
    const fn new(local: &'l Map<String, Value>, path: &'l str) -> Self {
        Self {
            local,
            defined: BTreeMap::new(),
            protected: false,
            override_protected: false,
            path,
        }
    }

    /// The place of a term's definition, or of the URL that brings it.
    pub(super) fn at(&self, name: &str) -> String {
        format!("{} ({name})", self.path)
    }
}

impl Active {
    /// Expands a name (section 5.2.2). What is no IRI afterwards is returned as it is; `None` stands
    /// for a name that is mapped to null or looks like a keyword.
    pub(super) fn expand(&self, value: &str, vocab: bool) -> Option<Rc<str>> {
        if is_keyword(value) || looks_like_keyword(value) {
            return is_keyword(value).then(|| value.into());
        }
        if let Some(term) = self.terms.get(value) {
            let iri = term.iri.as_ref();
            if vocab || iri.is_some_and(|iri| is_keyword(iri)) {
                return iri.cloned();
            }
        }
        if let Some((prefix, suffix)) = split_compact(value) {
            if prefix == "_" || suffix.starts_with("//") {
                return Some(value.into());
            }
            let term = self.terms.get(prefix).filter(|term| term.prefix);
            if let Some(iri) = term.and_then(|term| term.iri.as_ref()) {
                return Some(format!("{iri}{suffix}").into());
            }
            if is_absolute(value) {
                return Some(value.into());
            }
        }
        match &self.vocab {
            Some(iri) if vocab => Some(format!("{iri}{value}").into()),
            _ => Some(value.into()),
        }
    }
}

pub(super) fn invalid(path: &str, detail: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidContext)
        .at(path)
        .because(detail)
}

/// A part of JSON-LD that credentials have no use for: refused, so that nothing is left unsigned.
pub(super) fn unsupported(path: &str, what: &str) -> Error {
    Error::new(ErrorCode::InvalidContext)
        .at(path)
        .because(format!("{what} is not supported"))
}
