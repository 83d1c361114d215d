//! The 93 attributes of a battery passport: what each is, where it stands, who must give it and who may
//! read it.
//!
//! The table is generated from `schemas/attributes.json`, which also says what was corrected in it and
//! why. It needs no allocator. Obligations are those of Regulation (EU) 2023/1542 and of the BatteryPass
//! longlist where the law is silent; [`Guidance`] is that of the Commission of 28 July 2026.

use core::str::FromStr;

use crate::error::{Error, ErrorCode, Result};

mod path;
#[rustfmt::skip]
mod table;
#[rustfmt::skip]
pub(crate) mod tree;

pub use path::{Step, Steps, steps};
#[cfg(feature = "alloc")]
pub(crate) use path::{reaches, selects};

/// Returns the attributes in the order of their numbers.
pub fn all() -> &'static [Attribute; 93] {
    &table::ATTRIBUTES
}

/// Returns the attribute of a number from 1 to 93.
pub fn by_number(number: u8) -> Option<&'static Attribute> {
    all().get(usize::from(number).checked_sub(1)?)
}

/// Returns what a person with a legitimate interest may want to read a passport for, Art. 77(2).
pub fn purposes() -> &'static [Purpose] {
    table::PURPOSES
}

/// Returns the purpose of a name.
///
/// # Errors
/// `invalid_argument` for a name that [`purposes`] does not have.
pub fn purpose(name: &str) -> Result<&'static Purpose> {
    let found = purposes().iter().find(|purpose| purpose.name == name);
    found.ok_or_else(|| {
        let error = Error::new(ErrorCode::InvalidArgument);
        #[cfg(feature = "alloc")]
        let error = error.because("it is no purpose of legitimate interest");
        error
    })
}

/// One attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Attribute {
    /// Number in the BatteryPass longlist and in Table A.1 of DIN DKE SPEC 99100:2025-02, 1 to 93.
    pub number: u8,
    /// Clause of DIN DKE SPEC 99100:2025-02.
    pub clause: &'static str,
    /// Name.
    pub name: &'static str,
    /// Where the value is, from the top of a passport: in any of these. [`steps`] reads a path.
    pub paths: &'static [&'static str],
    /// Every leaf that belongs to the attribute, those that qualify its value included.
    pub leaves: &'static [&'static str],
    /// Point of Annex XIII: who may read it.
    pub point: Point,
    /// Day from which the law asks for it, `YYYY-MM-DD`, where that is later than 18 February 2027.
    pub from: Option<&'static str>,
    /// Whether the value changes while the battery is in use.
    pub dynamic: bool,
    /// When the value must be brought up to date.
    pub update: Update,
    /// Whether the value is of the model or of one battery.
    pub granularity: Granularity,
    /// Unit that the law or the DIN SPEC gives.
    pub unit: Option<&'static str>,
    /// Unit of the number in the document, which differs from `unit` where upstream's model does.
    pub wire_unit: Option<&'static str>,
    /// Articles and annexes of Regulation (EU) 2023/1542 unless another act is named; `none` where the
    /// attribute comes from the longlist alone.
    pub reference: &'static str,
    /// What to know about it, corrections of the facts included.
    pub note: Option<&'static str>,
    /// In the order of [`Category::ALL`].
    obligations: [Obligation; 4],
    /// In the order EV, LMT, industrial.
    guidance: [Option<Guidance>; 3],
}

impl Attribute {
    /// Tells whether the attribute must be given for a category.
    pub const fn obligation(&self, category: Category) -> Obligation {
        self.obligations[category as usize]
    }

    /// Returns the rule of the Commission's guidance for a category, if it has one. The guidance knows
    /// no category for stationary batteries: they are industrial.
    pub const fn guidance(&self, category: Category) -> Option<Guidance> {
        self.guidance[match category {
            Category::Ev => 0,
            Category::Lmt => 1,
            Category::Industrial | Category::Stationary => 2,
        }]
    }
}

/// A purpose of legitimate interest. The Commission may lay down others by implementing act, Art. 77(9).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Purpose {
    /// Name, as a grant gives it.
    pub name: &'static str,
    /// Who has it and what for.
    pub about: &'static str,
    /// Points of Annex XIII that serve it: no more than a grant for this purpose should open.
    /// [`access::view_for`](crate::access) narrows a passport to them.
    pub points: &'static [Point],
    /// Where the law names it.
    pub reference: &'static str,
}

/// All leaves of a passport, a tree of their paths.
#[derive(Debug)]
pub(crate) struct Node {
    /// Last step of the path.
    pub(crate) step: Step<'static>,
    /// Point of the leaf that ends here.
    pub(crate) point: Option<Point>,
    /// What comes next.
    pub(crate) children: &'static [Node],
}

/// What kind of battery a passport is about, in the words of `batteryCategory`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Category {
    /// Electric vehicle battery.
    Ev,
    /// Battery of a light means of transport.
    Lmt,
    /// Industrial battery other than a stationary one.
    Industrial,
    /// Stationary battery energy storage system; in law a kind of industrial battery.
    Stationary,
}

impl Category {
    /// All categories.
    pub const ALL: [Self; 4] = [Self::Ev, Self::Lmt, Self::Industrial, Self::Stationary];
}

/// The four points of Annex XIII.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Point {
    /// Point 1: publicly accessible, about the model.
    Public = 1,
    /// Point 2: for persons with a legitimate interest and the Commission, about the model.
    InterestAndCommission = 2,
    /// Point 3: for notified bodies, market surveillance authorities and the Commission.
    Authorities = 3,
    /// Point 4: for persons with a legitimate interest, about the individual battery.
    IndividualBattery = 4,
}

impl Point {
    /// All points.
    pub const ALL: [Self; 4] = [
        Self::Public,
        Self::InterestAndCommission,
        Self::Authorities,
        Self::IndividualBattery,
    ];
}

macro_rules! names {
    ($type:ident, $($variant:ident = $name:literal),+) => {
        impl $type {
            /// Returns the name in all bindings.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl FromStr for $type {
            type Err = Error;

            /// Reads the name that `as_str` gives. Fails with `invalid_argument` for others.
            fn from_str(name: &str) -> Result<Self> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(ErrorCode::InvalidArgument.into()),
                }
            }
        }
    };
}

names!(
    Category,
    Ev = "ev",
    Lmt = "lmt",
    Industrial = "industrial",
    Stationary = "stationary"
);

/// Whether an attribute must be given.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Obligation {
    /// Always.
    Mandatory,
    /// Where the condition in the law holds; [`Attribute::note`] says which.
    Conditional,
    /// It may be given.
    Voluntary,
    /// It says nothing about batteries of this category.
    NotApplicable,
}

names!(
    Obligation,
    Mandatory = "mandatory",
    Conditional = "conditional",
    Voluntary = "voluntary",
    NotApplicable = "not_applicable"
);

/// Rule of the Commission's guidance on the data points by category.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Guidance {
    /// To be filled from 18 February 2027.
    Mandatory,
    /// To be filled where it applies.
    Conditional,
    /// Not to be filled as of February 2027.
    NotToBeFilled,
}

names!(
    Guidance,
    Mandatory = "mandatory",
    Conditional = "conditional",
    NotToBeFilled = "not_to_be_filled"
);

/// When a value must be brought up to date.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Update {
    /// Never: it is given once.
    None,
    /// When the battery is placed on the market and when its status changes.
    StatusChange,
    /// While the battery is in use; no interval is fixed yet.
    Continuous,
}

names!(
    Update,
    None = "none",
    StatusChange = "status_change",
    Continuous = "continuous"
);

/// Whether a value is of the model or of one battery.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Granularity {
    /// The same for all batteries of a model.
    Model,
    /// Of one battery.
    Item,
}

names!(Granularity, Model = "model", Item = "item");
