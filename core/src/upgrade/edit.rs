//! Moving members about in a JSON document and writing down each move.

use serde_json::{Map, Value};

use super::{Change, ChangeKind};
use crate::error::{Error, ErrorCode, Result};
use crate::json::push_token;
use crate::prelude::*;

/// A document while it is upgraded.
pub(super) struct Document {
    root: Value,
    changes: Vec<Change>,
}

impl Document {
    pub(super) fn new(root: Value) -> Self {
        Self {
            root,
            changes: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Value, Vec<Change>) {
        (self.root, self.changes)
    }

    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        self.root.pointer(path)
    }

    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut Value> {
        self.root.pointer_mut(path)
    }

    /// Takes a member out; `None` if it is not there. Says nothing: the caller does.
    pub(super) fn take(&mut self, path: &str) -> Option<Value> {
        let (parent, name) = path.rsplit_once('/')?;
        self.root
            .pointer_mut(parent)?
            .as_object_mut()?
            .shift_remove(unescape(name).as_str())
    }

    /// Puts a member where none is, and makes the objects around it.
    ///
    /// # Errors
    /// `not_upgradable` at `from` when there is one already or no object to put it into.
    pub(super) fn put(&mut self, from: &str, to: &str, value: Value) -> Result<()> {
        let mut place = &mut self.root;
        let mut tokens = to.split('/').skip(1).peekable();
        while let Some(token) = tokens.next() {
            let Some(members) = place.as_object_mut() else {
                return Err(refusal(from, "its new place is not in an object"));
            };
            let name = unescape(token);
            if tokens.peek().is_none() {
                if members.contains_key(&name) {
                    return Err(refusal(from, "its new place is taken"));
                }
                members.insert(name, value);
                return Ok(());
            }
            place = members
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
        }
        Err(refusal(from, "its new place is not in an object"))
    }

    /// Moves a member, if it is there.
    pub(super) fn rename(&mut self, from: &str, to: &str, detail: &'static str) -> Result<()> {
        let Some(value) = self.take(from) else {
            return Ok(());
        };
        self.put(from, to, value)?;
        self.note(ChangeKind::Moved, from, to, detail);
        Ok(())
    }

    /// Replaces the value of a member that is there.
    pub(super) fn reshape(&mut self, path: &str, value: Value, detail: &'static str) {
        if let Some(member) = self.root.pointer_mut(path) {
            *member = value;
            self.note(ChangeKind::Reshaped, path, path, detail);
        }
    }

    pub(super) fn note(&mut self, kind: ChangeKind, from: &str, to: &str, detail: &'static str) {
        self.changes.push(Change {
            path: from.into(),
            to: Some(to.into()),
            kind,
            detail,
            removed: None,
        });
    }

    pub(super) fn note_removed(&mut self, path: &str, value: Value, detail: &'static str) {
        self.changes.push(Change {
            path: path.into(),
            to: None,
            kind: ChangeKind::Removed,
            detail,
            removed: Some(value),
        });
    }
}

pub(super) fn refusal(path: &str, why: &'static str) -> Error {
    Error::new(ErrorCode::NotUpgradable).at(path).because(why)
}

/// Returns the pointer of a member.
pub(super) fn member(object: &str, name: &str) -> String {
    let mut path = object.into();
    push_token(&mut path, name);
    path
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
