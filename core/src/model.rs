//! The data model: one type per submodel of the BatteryPassDataModel, newest versions.
//!
//! Names on the wire are upstream's, misspelt ones included, because they are the format; Rust names are
//! spelt right. Reading is lossless: every member is optional, unknown members are kept in `extra`,
//! words outside an enumeration are kept as `Other`, numbers keep their integer form. A member of the
//! wrong JSON type is an error, `null` included. What the law asks for beyond that is for validation.
//!
//! Facts (names, types, units) are those of github.com/batterypass/BatteryPassDataModel, CC BY 4.0,
//! © Circulor for and on behalf of the Battery Pass Consortium.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::json::push_token;
use crate::prelude::*;

pub mod carbon;
pub mod circularity;
pub mod due_diligence;
pub mod general;
pub(crate) mod kinds;
pub mod labels;
pub mod material;
pub(crate) mod node;
pub mod performance;
#[cfg(feature = "schemars")]
pub mod schema;

pub use carbon::CarbonFootprint;
pub use circularity::Circularity;
pub use due_diligence::SupplyChainDueDiligence;
pub use general::GeneralProductInformation;
pub use labels::Labels;
pub use material::MaterialComposition;
pub use performance::PerformanceAndDurability;

/// Member of a passport and aspect of the BatteryPassDataModel, for each submodel.
pub(crate) const SPECIFICATIONS: &[(&str, &str)] = &[
    (
        "generalProductInformation",
        "urn:samm:io.BatteryPass.GeneralProductInformation:1.2.0#GeneralProductInformation",
    ),
    (
        "carbonFootprint",
        "urn:samm:io.BatteryPass.CarbonFootprint:1.2.0#CarbonFootprintForBatteries",
    ),
    (
        "circularity",
        "urn:samm:io.BatteryPass.Circularity:1.2.0#Circularity",
    ),
    (
        "materialComposition",
        "urn:samm:io.BatteryPass.MaterialComposition:1.2.0#MaterialComposition",
    ),
    (
        "performanceAndDurability",
        "urn:samm:io.BatteryPass.Performance:1.2.1#PerformanceAndDurability",
    ),
    ("labels", "urn:samm:io.BatteryPass.Labels:1.2.0#Labeling"),
    (
        "supplyChainDueDiligence",
        "urn:samm:io.BatteryPass.SupplyChainDueDiligence:1.2.0#SupplyChainDueDiligence",
    ),
];

/// Defines structs of optional members with the name each has on the wire.
///
/// Serde's own derive would need `flatten` for `extra`, which buffers every member and loses the path of
/// a type error; the visitor written here does neither.
macro_rules! objects {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident {
            $($(#[doc = $member_doc:literal])* $member:ident: $type:ty = $wire:literal,)*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[doc = $member_doc])* pub $member: Option<$type>,)*
            /// Members that this version of the model does not know, as they were read.
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let known = 0 $(+ usize::from(self.$member.is_some()))*;
                let mut map = serializer.serialize_map(Some(known + self.extra.len()))?;
                $(if let Some(value) = &self.$member {
                    map.serialize_entry($wire, value)?;
                })*
                for (name, value) in &self.extra {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut object = $name::default();
                        while let Some(name) = map.next_key()? {
                            let twice = match name {
                                $(Name::$member => {
                                    let value = map.next_value_seed($crate::model::node::Read::new())?;
                                    object.$member.replace(value).is_some()
                                })*
                                Name::Unknown(name) => {
                                    let value = map.next_value_seed($crate::model::node::Read::new())?;
                                    object.extra.insert(name, value).is_some()
                                }
                            };
                            if twice {
                                return Err(serde::de::Error::custom("a member occurs twice"));
                            }
                        }
                        Ok(object)
                    }
                }

                /// A member by its name, so that no text is made of names that are known.
                #[allow(non_camel_case_types, reason = "variants are called as the members are")]
                enum Name {
                    $($member,)*
                    Unknown(String),
                }

                impl<'de> serde::Deserialize<'de> for Name {
                    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        deserializer.deserialize_identifier(Names)
                    }
                }

                struct Names;

                impl serde::de::Visitor<'_> for Names {
                    type Value = Name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("the name of a member")
                    }

                    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                        Ok(match name {
                            $($wire => Name::$member,)*
                            _ => Name::Unknown(name.into()),
                        })
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }

        impl $crate::model::node::AsNode for $name {
            fn node(&self) -> $crate::model::node::Node<'_> {
                $crate::model::node::Node::Object(self)
            }

            fn is_within(&self, depth: usize) -> bool {
                let Some(depth) = depth.checked_sub(1) else {
                    return false;
                };
                $(self.$member.as_ref().is_none_or(|member| member.is_within(depth)) &&)*
                (self.extra.is_empty() || self.extra.is_within(depth + 1))
            }
        }

        impl $crate::model::node::Members for $name {
            fn member(&self, name: &str) -> Option<$crate::model::node::Node<'_>> {
                use $crate::model::node::AsNode as _;
                let known = match name {
                    $($wire => self.$member.as_ref().map(|member| member.node()),)*
                    _ => None,
                };
                known.or_else(|| self.extra.get(name).map(|member| member.node()))
            }

            fn each<'m>(&'m self, visit: &mut dyn FnMut(&'m str, $crate::model::node::Node<'m>)) {
                use $crate::model::node::AsNode as _;
                $(if let Some(member) = &self.$member {
                    visit($wire, member.node());
                })*
                self.extra.each(visit);
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> $crate::model::schema::Name {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::model::schema::object(
                    stringify!($name),
                    &[$($doc),*],
                    [$(($wire, &[$($member_doc),*] as &[&str], generator.subschema_for::<$type>()),)*],
                )
            }
        }
    )*};
}
pub(crate) use objects;

/// Defines enumerations of words that keep a word they do not know.
macro_rules! words {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident {
            $($(#[doc = $word_doc:literal])* $word:ident = $wire:literal,)*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $word_doc])* $word,)*
            /// A word outside the enumeration, kept as it was read.
            Other(String),
        }

        impl $name {
            /// Returns the word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $wire,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($wire => Self::$word,)*
                    _ => Self::Other(word),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        impl $crate::model::node::AsNode for $name {
            fn node(&self) -> $crate::model::node::Node<'_> {
                $crate::model::node::Node::Text(self.as_str())
            }

            fn is_within(&self, _: usize) -> bool {
                true
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> $crate::model::schema::Name {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::model::schema::word(stringify!($name), &[$($doc),*], &[$($wire),*])
            }
        }
    )*};
}
pub(crate) use words;

/// Reads a model type out of parsed JSON.
///
/// # Errors
/// `wrong_type` with the path of the first member whose JSON type is another than the model's.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        use serde_path_to_error::Segment;

        let mut path = String::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => push_token(&mut path, &index.to_string()),
                Segment::Map { key } => push_token(&mut path, key),
                Segment::Enum { variant } => push_token(&mut path, variant),
                Segment::Unknown => {}
            }
        }
        Error::new(ErrorCode::WrongType)
            .at(path)
            .because(expectation(&error.into_inner().to_string()))
    })
}

/// Keeps what was expected and drops what was found, which may be text of the document.
fn expectation(message: &str) -> String {
    match message.rsplit_once("expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Readers that do not come through [`crate::json`] must not let the last of two win either.
    #[test]
    fn serde_alone_refuses_a_member_twice() {
        for text in [
            r#"{"batteryMass":1,"batteryMass":2}"#,
            r#"{"other":1,"other":2}"#,
        ] {
            let result = serde_json::from_str::<GeneralProductInformation>(text);
            let error = result.expect_err("must be refused");
            assert!(error.to_string().contains("twice"), "{error}");
        }
    }
}
