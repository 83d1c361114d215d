//! Who may read and write what: Art. 77(2), Art. 78(f) and Annex XIII of Regulation (EU) 2023/1542.
//!
//! The point of Annex XIII sits on the leaf, and where an array mixes elements of different points, on the
//! element. All questions are answered from one tree, which is generated from the table of
//! [`attribute`]. What is not in it is denied.

use core::str::FromStr;

use crate::attribute::tree::TREE;
use crate::attribute::{self, Node, Purpose, Step, steps};
use crate::error::{Error, ErrorCode, Result};
use crate::key::Thumbprint;

#[cfg(feature = "alloc")]
mod points;
#[cfg(feature = "alloc")]
mod view;

pub use crate::attribute::Point;
#[cfg(feature = "alloc")]
pub(crate) use points::{Points, points_within};
#[cfg(feature = "alloc")]
pub(crate) use view::view_of;
#[cfg(feature = "alloc")]
pub use view::{view, view_for};

/// Who reads. The audiences form a lattice, not a ladder: an authority does not see point 4.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Audience {
    /// Anyone: point 1.
    Public,
    /// Notified bodies, market surveillance authorities and the Commission: points 1, 2 and 3.
    Authority,
    /// Persons with a legitimate interest, such as repairers and recyclers: points 1, 2 and 4.
    LegitimateInterest,
    /// The operator that is responsible for the passport: everything, unknown members included.
    Operator,
}

impl Audience {
    /// All audiences.
    pub const ALL: [Self; 4] = [
        Self::Public,
        Self::Authority,
        Self::LegitimateInterest,
        Self::Operator,
    ];

    /// Tells whether this audience may read members of a point of Annex XIII.
    pub const fn may_read(self, point: Point) -> bool {
        matches!(
            (self, point),
            (_, Point::Public)
                | (Self::Operator, _)
                | (
                    Self::Authority | Self::LegitimateInterest,
                    Point::InterestAndCommission
                )
                | (Self::Authority, Point::Authorities)
                | (Self::LegitimateInterest, Point::IndividualBattery)
        )
    }

    /// Returns the name in all bindings: `public`, `authority`, `legitimate_interest`, `operator`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Authority => "authority",
            Self::LegitimateInterest => "legitimate_interest",
            Self::Operator => "operator",
        }
    }
}

impl FromStr for Audience {
    type Err = Error;

    /// Reads the name that [`Audience::as_str`] gives. Fails with `invalid_argument` for others.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.as_str() == name)
            .ok_or_else(|| {
                let error = Error::new(ErrorCode::InvalidArgument);
                #[cfg(feature = "alloc")]
                let error =
                    error.because("expected public, authority, legitimate_interest or operator");
                error
            })
    }
}

/// Who reads and, where the law binds reading to it, what for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reader {
    /// An audience and all that it may read.
    Audience(Audience),
    /// A person with a legitimate interest, narrowed to a purpose of Art. 77(2).
    Purpose(&'static Purpose),
}

impl Reader {
    /// Returns the reader of an audience's name and a purpose's.
    ///
    /// # Errors
    /// `invalid_argument` for an unknown name, and for a purpose with another audience than
    /// `legitimate_interest`.
    pub fn named(audience: &str, purpose: Option<&str>) -> Result<Self> {
        match (audience.parse()?, purpose) {
            (audience, None) => Ok(Self::Audience(audience)),
            (Audience::LegitimateInterest, Some(name)) => {
                attribute::purpose(name).map(Self::Purpose)
            }
            _ => {
                let error = Error::new(ErrorCode::InvalidArgument);
                #[cfg(feature = "alloc")]
                let error = error.because("only legitimate_interest has a purpose");
                Err(error)
            }
        }
    }

    /// Tells whether this reader may read members of a point of Annex XIII.
    pub fn may_read(self, point: Point) -> bool {
        match self {
            Self::Audience(audience) => audience.may_read(point),
            Self::Purpose(purpose) => purpose.may_read(point),
        }
    }
}

impl From<Audience> for Reader {
    fn from(audience: Audience) -> Self {
        Self::Audience(audience)
    }
}

/// Who writes, seen from one passport.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Actor {
    /// The operator that is responsible for the passport, Art. 77(4).
    Operator,
    /// An operator that the responsible one has authorised in writing, Art. 77(4). What the
    /// authorisation covers is to be checked beside this.
    Delegate,
    /// The management system of the very battery that the passport is about.
    Bms,
    /// Everyone else: authorities, persons with a legitimate interest, the BMS of another battery.
    Other,
}

impl Actor {
    /// Returns what a device key is to a passport: its BMS if it is the key that is registered for its
    /// battery, [`Actor::Other`] if it is another or none is registered.
    pub fn of_device_key(key: &Thumbprint, registered: Option<&Thumbprint>) -> Self {
        if registered == Some(key) {
            Self::Bms
        } else {
            Self::Other
        }
    }
}

/// Tells whether an audience may read what is at a path.
///
/// The path is that of a leaf from the top of a passport, as [`point_of`] takes it. The operator may read
/// everything. For all others what is no leaf of the table is denied.
pub fn may_read(audience: Audience, path: &str) -> bool {
    audience == Audience::Operator || point_of(path).is_some_and(|point| audience.may_read(point))
}

/// Tells whether a person with a legitimate interest may read, for a purpose, what is at a path, which is
/// one that [`may_read`] takes. Never more than [`Audience::LegitimateInterest`] may.
pub fn may_read_for(purpose: &Purpose, path: &str) -> bool {
    point_of(path).is_some_and(|point| purpose.may_read(point))
}

impl Purpose {
    /// Tells whether the purpose opens members of a point of Annex XIII: one that serves it and that is
    /// open to legitimate interest at all.
    pub fn may_read(&self, point: Point) -> bool {
        self.points.contains(&point) && Audience::LegitimateInterest.may_read(point)
    }
}

/// Tells whether an actor may change what is at a path, which is one that [`may_read`] takes.
///
/// The operator and its delegates answer for the whole passport and may change all of it. A BMS may change
/// the leaves of `performanceAndDurability.batteryCondition` of its own battery. Nobody else may change
/// anything.
pub fn may_write(actor: Actor, path: &str) -> bool {
    match actor {
        Actor::Operator | Actor::Delegate => true,
        Actor::Bms => path.starts_with(CONDITION) && point_of(path).is_some(),
        Actor::Other => false,
    }
}

const CONDITION: &str = "performanceAndDurability.batteryCondition.";

/// Returns the point of Annex XIII that a leaf falls under, by its path from the top of a passport with
/// `.` between members and `[]` for the elements of an array:
/// `performanceAndDurability.batteryCondition.negativeEvents[].lastUpdate`.
///
/// `[]` stands for any element. Where the point depends on the element, the path says what is known of it:
/// `materialComposition.batteryMaterials[].batteryMaterialName` is of point 2, with
/// `[?isCriticalRawMaterial=true]` in place of `[]` it is of point 1.
pub fn point_of(path: &str) -> Option<Point> {
    let mut nodes = Nodes::top();
    let mut any = false;
    for step in steps(path) {
        nodes = nodes.after(step);
        any = true;
    }
    if any { nodes.point() } else { None }
}

/// The places in the tree that a path leads to: two where an element is both any and a selected one.
#[derive(Clone, Debug, Default)]
struct Nodes {
    children: heapless::Vec<&'static [Node], MOST>,
    points: heapless::Vec<Point, MOST>,
}

/// More places than any path of the tree leads to. What does not fit is denied.
const MOST: usize = 4;

impl Nodes {
    fn top() -> Self {
        let mut nodes = Self::default();
        let _ = nodes.children.push(TREE);
        nodes
    }

    /// Goes one step further to every child that allows it.
    fn after(&self, step: Step<'_>) -> Self {
        self.all(|child| match (child, step) {
            (Step::AnyMember, Step::Member(name)) => is_language_tag(name),
            (Step::Elements, Step::Selected { .. }) => true,
            (child, step) => *child == step,
        })
    }

    fn all(&self, allows: impl Fn(&Step<'static>) -> bool) -> Self {
        let mut next = Self::default();
        for child in self.children.iter().copied().flatten() {
            if allows(&child.step) {
                let _ = next.children.push(child.children);
                if let Some(point) = child.point {
                    let _ = next.points.push(point);
                }
            }
        }
        next
    }

    /// Goes to an element of an array, which may be a selected one.
    #[cfg(feature = "alloc")]
    fn element(&self, element: crate::model::node::Node<'_>) -> Self {
        self.all(|child| match child {
            Step::Elements => true,
            Step::Selected { member, value } => attribute::selects(element, member, value),
            Step::Member(_) | Step::AnyMember => false,
        })
    }

    /// Tells whether the path leads nowhere.
    #[cfg(feature = "alloc")]
    fn is_nowhere(&self) -> bool {
        self.children.is_empty()
    }

    /// The point of the leaf; where two apply, the one that more may read.
    fn point(&self) -> Option<Point> {
        self.points.iter().copied().min_by_key(|point| *point as u8)
    }
}

/// Names of RFC 5646's form, which is narrow enough to pose as no other path.
fn is_language_tag(name: &str) -> bool {
    (1..=35).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
