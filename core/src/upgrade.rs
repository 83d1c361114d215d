//! Documents of older versions of the data model, brought up to the newest one by an explicit call.
//!
//! From 1.0.0 to 1.2.0 every submodel changed but CarbonFootprint, which got an optional member;
//! PerformanceAndDurability did so once more, in a patch release, from 1.2.0 to 1.2.1. A passport with older ones is read without loss: members
//! that the model's types do not know are kept in `extra`, an older PerformanceAndDurability as a whole.
//! [`Passport::performance_version`] names its version, [`Passport::is_older`] tells whether any submodel
//! is of an older one, and [`Passport::upgrade`] makes a new document of them. Nothing is invented and
//! nothing is lost in silence: every change is listed, and what cannot be said in the new version is an
//! error.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, Result};
use crate::model::node::{AsNode as _, Node};
use crate::passport::Passport;
use crate::prelude::*;

mod edit;
mod submodels;
mod v1_0_0;
mod v1_2_0;

use edit::Document;

/// Member of a passport that holds the submodel with versions of different shape.
pub(crate) const PERFORMANCE: &str = "performanceAndDurability";

/// Versions of PerformanceAndDurability, told apart by the shape of the document.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum PerformanceVersion {
    /// 1.0.0: eight groups, one time for all values.
    V1_0_0,
    /// 1.2.0: as 1.2.1 with other names, some scalars and lists.
    V1_2_0,
    /// 1.2.1: the version of the model's types.
    V1_2_1,
}

impl PerformanceVersion {
    /// Returns the version as upstream writes it, for example `1.2.0`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0_0 => "1.0.0",
            Self::V1_2_0 => "1.2.0",
            Self::V1_2_1 => "1.2.1",
        }
    }

    /// Tells the version of a PerformanceAndDurability by names and shapes that no newer one has.
    pub fn of(submodel: &Value) -> Self {
        Self::of_node(submodel.node())
    }

    pub(crate) fn of_node(submodel: Node<'_>) -> Self {
        if v1_0_0::is(submodel) {
            Self::V1_0_0
        } else if v1_2_0::is(submodel) {
            Self::V1_2_0
        } else {
            Self::V1_2_1
        }
    }
}

/// What an upgrade did with one member.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It has another place or name; its value is the same.
    Moved,
    /// Its value has another shape.
    Reshaped,
    /// The new version does not know it; it was kept as an unknown member.
    Kept,
    /// The new version cannot hold it; it is in [`Change::removed`] only.
    Removed,
}

impl ChangeKind {
    /// Returns `moved`, `reshaped`, `kept` or `removed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Reshaped => "reshaped",
            Self::Kept => "kept",
            Self::Removed => "removed",
        }
    }
}

/// One change of an upgrade. Changes are listed in the order in which they were made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// JSON Pointer of the member before this change.
    pub path: String,
    /// JSON Pointer of the member after this change; `None` for a removed one.
    pub to: Option<String>,
    /// What was done.
    pub kind: ChangeKind,
    /// Why, or what to mend, in English.
    pub detail: &'static str,
    /// The value of a removed member.
    pub removed: Option<Value>,
}

impl Passport {
    /// Tells the version of this passport's PerformanceAndDurability; `None` if it has none.
    pub fn performance_version(&self) -> Option<PerformanceVersion> {
        match self.extra.get(PERFORMANCE) {
            Some(older) => Some(PerformanceVersion::of(older)),
            None => self
                .performance_and_durability
                .as_ref()
                .map(|_| PerformanceVersion::V1_2_1),
        }
    }

    /// Tells whether a submodel, by the name of its member in the passport, has a member or a shape that
    /// only an older version of it has. CarbonFootprint and SupplyChainDueDiligence never are: what is
    /// valid in the older version is valid in the newer.
    ///
    /// # Errors
    /// As [`Passport::to_json`].
    pub fn is_older(&self, submodel: &str) -> Result<bool> {
        let document = self.to_value()?;
        let value = document.get(submodel);
        Ok(value.is_some_and(|value| is_1_0_0(submodel, value))
            || submodel == PERFORMANCE
                && self
                    .performance_version()
                    .is_some_and(|version| version != PerformanceVersion::V1_2_1))
    }

    /// Returns this passport in the newest version of the data model, and what had to be changed.
    ///
    /// A passport of the newest version comes back as it is, with no changes; members of 1.0.0 that have
    /// stayed in place as unknown ones are told each time. Values are never
    /// computed: a time that an older version did not record stays missing, for validation to find.
    ///
    /// # Errors
    /// `not_upgradable` with the path of a member of this document that the new version cannot hold, and
    /// why; `wrong_type` with the path, in the new document, of a member whose type never fitted.
    pub fn upgrade(&self) -> Result<(Self, Vec<Change>)> {
        let mut document = Document::new(self.to_value()?);
        v1_0_0::upgrade(&mut document)?;
        submodels::upgrade(&mut document)?;
        v1_2_0::upgrade(&mut document)?;
        let (value, changes) = document.finish();
        let passport = Self::from_value(value)?;
        match passport.performance_version() {
            None | Some(PerformanceVersion::V1_2_1) => Ok((passport, changes)),
            Some(_) => Err(Error::new(ErrorCode::NotUpgradable)
                .at(format!("/{PERFORMANCE}"))
                .because("it mixes members of several versions")),
        }
    }
}

/// Tells whether a submodel has a member that only 1.0.0 has.
pub(crate) fn is_1_0_0(name: &str, submodel: &Value) -> bool {
    match name {
        PERFORMANCE => v1_0_0::is(submodel.node()),
        "generalProductInformation" => v1_0_0::is_general(submodel),
        _ => submodels::is(name, submodel),
    }
}

/// Takes an older PerformanceAndDurability out of a passport, so that the rest fits the types.
pub(crate) fn take_older(passport: &mut Value) -> Option<Value> {
    let members: &mut Map<String, Value> = passport.as_object_mut()?;
    if PerformanceVersion::of(members.get(PERFORMANCE)?) == PerformanceVersion::V1_2_1 {
        return None;
    }
    members.shift_remove(PERFORMANCE)
}

/// Puts it back where everything unknown is kept.
pub(crate) fn keep_older(passport: &mut Passport, older: Value) {
    passport.extra.insert(PERFORMANCE.into(), older);
}
