//! The active context and how a local context changes it (JSON-LD 1.1 API section 4.1).

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use serde_json::{Map, Value};

use super::Contexts;
use super::cache::{self, MAX_URLS};
use super::iri::{is_absolute, is_keyword, looks_like_keyword, split_compact};
use super::term::{self, Term};
use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

/// How many term definitions may be made or copied for one document.
const MAX_TERMS: usize = 250_000;
/// How many contexts may lie inside each other.
const MAX_NESTING: usize = 8;

/// What names mean at one place of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Active {
    pub(super) terms: BTreeMap<Arc<str>, Arc<Term>>,
    pub(super) vocab: Option<Arc<str>>,
    pub(super) language: Option<Arc<str>>,
    /// Whether strings have a base direction, which RDF statements do not carry.
    pub(super) direction: bool,
    /// The context to go back to in the next node, if this one does not propagate.
    pub(super) previous: Option<Arc<Active>>,
}

/// How a local context is applied.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
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
    /// What was applied in this document. It holds every active context to the end, so that the
    /// addresses in its keys stay theirs.
    applied: BTreeMap<cache::Key, Arc<Active>>,
    terms: usize,
    nesting: usize,
}

impl<'c> Processor<'c> {
    pub(super) const fn new(contexts: &'c Contexts) -> Self {
        Self {
            contexts,
            applied: BTreeMap::new(),
            terms: 0,
            nesting: 0,
        }
    }

    /// Returns what `active` becomes under `local`, a part of the document or of a term that it uses.
    /// `path` is where `local` stands.
    pub(super) fn enter(
        &mut self,
        active: &Arc<Active>,
        local: &Value,
        mode: Mode,
        path: &str,
    ) -> Result<Arc<Active>> {
        let key = cache::key(active, local, mode);
        if let Some(known) = self.applied.get(&key) {
            return Ok(known.clone());
        }
        let known = self.contexts.cache().scoped(&key);
        let result = match known {
            Some(known) => known,
            None if active.is_initial() && mode == Mode::EMBEDDED => {
                self.apply_first(active, local, path)?
            }
            None => {
                let result = self.apply(active, local, mode, path)?;
                self.contexts.cache().keep_scoped(key, result)
            }
        };
        self.applied.insert(key, result.clone());
        Ok(result)
    }

    /// Applies the first context of a document, which mostly begins with URLs that others begin with.
    fn apply_first(
        &mut self,
        active: &Arc<Active>,
        local: &Value,
        path: &str,
    ) -> Result<Arc<Active>> {
        let Value::Array(list) = local else {
            return self.apply(active, local, Mode::EMBEDDED, path);
        };
        let urls = list.iter().map_while(Value::as_str).take(MAX_URLS);
        let urls: Vec<String> = urls.map(ToString::to_string).collect();
        let (mut done, mut result) = (0, active.clone());
        if let Some(known) = self.contexts.cache().first(&urls) {
            (done, result) = (urls.len(), known);
        }
        self.nesting += 1;
        for (i, one) in list.iter().enumerate().skip(done) {
            self.count(result.terms.len(), path)?;
            let mut next = Arc::unwrap_or_clone(result);
            self.apply_listed(&mut next, one, Mode::EMBEDDED, &format!("{path}/{i}"))?;
            result = Arc::new(next);
            if i + 1 == urls.len() {
                result = self.contexts.cache().keep_first(&urls, result);
            }
        }
        self.nesting -= 1;
        Ok(result)
    }

    /// Returns what `active` becomes under `local` (section 4.1.2).
    fn apply(
        &mut self,
        active: &Arc<Active>,
        local: &Value,
        mode: Mode,
        path: &str,
    ) -> Result<Arc<Active>> {
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
                    self.apply_listed(&mut result, one, mode, &format!("{path}/{i}"))?;
                }
            }
            one => self.apply_one(&mut result, one, mode, path)?,
        }
        self.nesting -= 1;
        Ok(Arc::new(result))
    }

    /// Applies one of several contexts. Processors differ in whether the first of them says for all
    /// that they do not propagate.
    fn apply_listed(
        &mut self,
        active: &mut Active,
        one: &Value,
        mode: Mode,
        path: &str,
    ) -> Result<()> {
        if one.get("@propagate").is_some_and(|value| value == false) {
            return Err(unsupported(path, "@propagate in a list"));
        }
        self.apply_one(active, one, mode, path)
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
                let from = Arc::new(core::mem::take(active));
                let applied = self.apply(&from, stored, mode, path)?;
                *active = Arc::unwrap_or_clone(applied);
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
                // Before the terms of this context: they are not what it is made of.
                let vocab = active.expand(text, true).filter(|iri| is_absolute(iri));
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
        active.terms.insert(name.into(), Arc::new(definition));
        Ok(())
    }

    /// Processes the context of a term for its faults alone, where the term is defined (section 4.2.2
    /// step 21): others refuse a document for them also where the term is not used.
    pub(super) fn validate(
        &mut self,
        active: &Active,
        local: &Value,
        scope: &Scope<'_>,
    ) -> Result<()> {
        let is_url = match local {
            Value::Array(list) => list.iter().any(Value::is_string),
            one => one.is_string(),
        };
        // A stored context may name itself here, and is checked where it is used.
        if is_url {
            return Ok(());
        }
        self.count(active.terms.len(), scope.path)?;
        let active = Arc::new(active.clone());
        self.apply(&active, local, Mode::OF_PROPERTY, scope.path)?;
        Ok(())
    }

    /// Expands a name while a context is being processed; `None` stands for null.
    pub(super) fn expand(
        &mut self,
        active: &mut Active,
        value: &str,
        scope: &mut Scope<'_>,
    ) -> Result<Option<Arc<str>>> {
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
    /// Whether nothing was defined yet.
    fn is_initial(&self) -> bool {
        let Self {
            terms,
            vocab,
            language,
            direction,
            previous,
        } = self;
        terms.is_empty()
            && vocab.is_none()
            && language.is_none()
            && !direction
            && previous.is_none()
    }

    /// Expands a name (section 5.2.2). What is no IRI afterwards is returned as it is; `None` stands
    /// for a name that is mapped to null or looks like a keyword.
    pub(super) fn expand(&self, value: &str, vocab: bool) -> Option<Arc<str>> {
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
