use super::{Action, Evidence, MAX_DEPTH, OperatorRole, PassportFacts};
use crate::credential::{Secured, SecuredRef, VerifyOptions};
use crate::prelude::*;

/// Someone whom the verifier trusts without a credential.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Anchor {
    /// The DID.
    pub did: String,
    /// What it may be, and with [`OperatorRole::Authority`] among these, what it may accredit others for.
    /// None: everything.
    pub roles: Option<Vec<OperatorRole>>,
    /// Its identifier in passports, if it is an operator itself. None: any.
    pub operator_id: Option<String>,
}

impl Anchor {
    /// An anchor for everything.
    pub fn new(did: impl Into<String>) -> Self {
        Self {
            did: did.into(),
            roles: None,
            operator_id: None,
        }
    }

    /// An anchor for some roles.
    pub fn with_roles(did: impl Into<String>, roles: &[OperatorRole]) -> Self {
        Self {
            roles: Some(roles.to_vec()),
            ..Self::new(did)
        }
    }

    pub(super) fn may_be(&self, role: OperatorRole) -> bool {
        self.roles
            .as_ref()
            .is_none_or(|roles| roles.contains(&role))
    }
}

impl From<&str> for Anchor {
    fn from(did: &str) -> Self {
        Self::new(did)
    }
}

/// A supporting credential, owned or borrowed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Support<'a> {
    /// Kept here.
    Owned(Secured),
    /// Kept by the caller.
    Borrowed(SecuredRef<'a>),
}

impl Support<'_> {
    pub(super) fn secured(&self) -> SecuredRef<'_> {
        match self {
            Self::Owned(secured) => secured.into(),
            Self::Borrowed(secured) => *secured,
        }
    }
}

impl<'a> From<SecuredRef<'a>> for Support<'a> {
    fn from(secured: SecuredRef<'a>) -> Self {
        Self::Borrowed(secured)
    }
}

impl From<Secured> for Support<'_> {
    fn from(secured: Secured) -> Self {
        Self::Owned(secured)
    }
}

impl<'a, T> From<&'a T> for Support<'a>
where
    T: ?Sized,
    &'a T: Into<SecuredRef<'a>>,
{
    fn from(secured: &'a T) -> Self {
        Self::Borrowed(secured.into())
    }
}

/// Whom a verifier trusts, what was presented in support, and what it allows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trust<'a> {
    /// Where a chain may end. Without any, nothing is trusted.
    pub anchors: Vec<Anchor>,
    /// The credentials that a chain may be made of, in any order; those that do not matter do no harm.
    pub support: Vec<Support<'a>>,
    /// The longest chain that is accepted, counted in supporting credentials.
    pub max_depth: usize,
    /// The roles that may be responsible for a passport.
    pub roles: Vec<OperatorRole>,
    /// The passport that is asked about, where the caller knows it: then a credential of another
    /// battery, or by an operator that is not responsible for this one, does not pass.
    pub passport: Option<PassportFacts>,
}

impl<'a> Trust<'a> {
    /// Trusts one anchor.
    pub fn anchor(anchor: impl Into<Anchor>) -> Self {
        Self {
            anchors: vec![anchor.into()],
            support: Vec::new(),
            max_depth: MAX_DEPTH,
            roles: OperatorRole::RESPONSIBLE.to_vec(),
            passport: None,
        }
    }

    /// Adds an anchor.
    #[must_use]
    pub fn and_anchor(mut self, anchor: impl Into<Anchor>) -> Self {
        self.anchors.push(anchor.into());
        self
    }

    /// Adds a supporting credential in any securing form.
    #[must_use]
    pub fn with(mut self, support: impl Into<Support<'a>>) -> Self {
        self.support.push(support.into());
        self
    }

    /// Says which passport is asked about.
    #[must_use]
    pub fn about(mut self, passport: PassportFacts) -> Self {
        self.passport = Some(passport);
        self
    }

    /// Verifies the supporting credentials at the time of the options, once for many questions.
    ///
    /// Resolver and status lists are those of the options; what else they say is about another credential
    /// and does not count here.
    pub fn evidence(&self, options: &VerifyOptions<'_>) -> Evidence<'_> {
        Evidence::new(self, options)
    }

    /// Tells whether someone may act on a passport: see [`Evidence::authorises`].
    pub fn authorises(
        &self,
        actor: &str,
        action: Action,
        passport: &PassportFacts,
        options: &VerifyOptions<'_>,
    ) -> bool {
        self.evidence(options).authorises(actor, action, passport)
    }
}
