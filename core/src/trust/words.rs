use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the word on the wire and in all bindings.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Reads the word that `as_str` gives. Fails with `unknown_word` for others.
            fn from_str(word: &str) -> Result<Self> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => {
                        let words = [$($word),+].join(", ");
                        Err(Error::new(ErrorCode::UnknownWord)
                            .because(format!("expected one of {words}")))
                    }
                }
            }
        }
    )+};
}

words! {
    /// What an accreditation lets an organisation be.
    OperatorRole {
        /// Accredits others, with no more than it has itself.
        Authority = "authority",
        /// Makes batteries and places them on the market, Art. 77(4).
        Manufacturer = "manufacturer",
        /// Places batteries from outside the Union on the market, Art. 77(4).
        Importer = "importer",
        /// Places batteries on the market that were prepared for re-use, Art. 77(7).
        Reuse = "reuse",
        /// Places repurposed batteries on the market, Art. 77(7).
        Repurposing = "repurposing",
        /// Places remanufactured batteries on the market, Art. 77(7).
        Remanufacturing = "remanufacturing",
        /// Answers for batteries that became waste, for their producers, Art. 77(7).
        ProducerResponsibility = "producer_responsibility",
        /// Manages batteries that became waste, Art. 77(7).
        WasteManagement = "waste_management",
    }

    /// What a delegate may do for the operator, Art. 77(4) and Art. 78(c).
    Action {
        /// Read what the operator may read.
        Read = "read",
        /// Introduce, modify and update: sign passports for the operator.
        Write = "write",
        /// Store passports.
        Store = "store",
    }
}

impl OperatorRole {
    /// The roles that can be responsible for a passport: all but [`OperatorRole::Authority`].
    pub const RESPONSIBLE: &'static [Self] = &[
        Self::Manufacturer,
        Self::Importer,
        Self::Reuse,
        Self::Repurposing,
        Self::Remanufacturing,
        Self::ProducerResponsibility,
        Self::WasteManagement,
    ];
}
