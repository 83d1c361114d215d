//! A battery passport as one document: the EN 18223 header and one member per submodel.

use serde_json::Value;

use crate::access::{self, Audience};
use crate::error::{Error, ErrorCode, Result};
use crate::json::{self, Limits};
use crate::link::is_valid_id;
use crate::model::node::AsNode as _;
use crate::model::{
    self, CarbonFootprint, Circularity, GeneralProductInformation, Labels, MaterialComposition,
    PerformanceAndDurability, SupplyChainDueDiligence, objects, words,
};
use crate::prelude::*;
use crate::upgrade::{self, PerformanceVersion};

objects! {
    /// A battery passport.
    ///
    /// Everything unknown is kept in `extra`: what was read is what is written.
    Passport {
        /// Identifier of this passport, EN 18223. Read it through [`Passport::id`], which checks it.
        digital_product_passport_id: String = "digitalProductPassportId",
        /// Identifier of the battery, EN 18219, for example a GS1 Digital Link.
        unique_product_identifier: String = "uniqueProductIdentifier",
        /// Whether the passport is of a model, a batch or one item; battery passports are of one item.
        granularity: Granularity = "granularity",
        /// Version of the document's structure.
        dpp_schema_version: String = "dppSchemaVersion",
        /// Whether the passport is in force.
        dpp_status: PassportStatus = "dppStatus",
        /// Last change of the passport, RFC 3339.
        last_update: String = "lastUpdate",
        /// Identifier of the operator that is responsible for the passport.
        economic_operator_id: String = "economicOperatorId",
        /// Identifier of the facility where the battery was made.
        facility_id: String = "facilityId",
        /// Passports of the batteries that this one was made from, Art. 77(7).
        predecessors: Vec<String> = "predecessors",
        /// Passport that replaces this one, Art. 77(7).
        successor: String = "successor",
        /// Identification of the battery, its maker and its operator.
        general_product_information: GeneralProductInformation = "generalProductInformation",
        /// Declared carbon footprint.
        carbon_footprint: CarbonFootprint = "carbonFootprint",
        /// Dismantling, spare parts, recycled content and end of life.
        circularity: Circularity = "circularity",
        /// What the battery is made of.
        material_composition: MaterialComposition = "materialComposition",
        /// Ratings and condition.
        performance_and_durability: PerformanceAndDurability = "performanceAndDurability",
        /// Labels and proofs of conformity.
        labels: Labels = "labels",
        /// Due diligence in the supply chain.
        supply_chain_due_diligence: SupplyChainDueDiligence = "supplyChainDueDiligence",
    }
}

words! {
    /// What a passport is about, EN 18223.
    Granularity {
        /// All batteries of one model.
        Model = "model",
        /// One production batch.
        Batch = "batch",
        /// One battery.
        Item = "item",
    }

    /// Whether a passport is in force, EN 18223.
    PassportStatus {
        /// In force.
        Active = "active",
        /// Not in force now.
        Inactive = "inactive",
        /// Kept for the record only.
        Archived = "archived",
        /// Withdrawn.
        Invalid = "invalid",
    }
}

impl Passport {
    /// Reads a passport from JSON text.
    ///
    /// # Errors
    /// Those of [`json::parse`], and `wrong_type` with the path of the member.
    pub fn parse(text: &[u8]) -> Result<Self> {
        match Self::read(text) {
            Some(passport) => Ok(passport),
            None => Self::from_value(json::parse(text)?),
        }
    }

    /// Reads a passport of the newest version without a detour. All others, those that must be refused
    /// included, are left to the way through a value, which knows how to say what is wrong and where.
    fn read(text: &[u8]) -> Option<Self> {
        let passport: Self = json::read(text)?;
        let performance = passport.performance_and_durability.as_ref();
        let newest = performance.is_none_or(|submodel| {
            PerformanceVersion::of_node(submodel.node()) == PerformanceVersion::V1_2_1
        });
        (newest && passport.is_within(Limits::DEFAULT.depth)).then_some(passport)
    }

    /// Reads a passport from parsed JSON. A `performanceAndDurability` of an older version is kept in
    /// `extra`; see [`Passport::upgrade`].
    ///
    /// # Errors
    /// `wrong_type` with the path of the member.
    pub fn from_value(mut value: Value) -> Result<Self> {
        let older = upgrade::take_older(&mut value);
        let mut passport = model::from_value(value)?;
        if let Some(older) = older {
            upgrade::keep_older(&mut passport, older);
        }
        Ok(passport)
    }

    /// Returns the passport as JSON text: header, submodels, then all other members.
    ///
    /// # Errors
    /// None that a passport made of JSON can cause; the type is that of the serialiser.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|_| ErrorCode::MalformedJson.into())
    }

    /// Returns the passport as a JSON value.
    ///
    /// # Errors
    /// As [`Passport::to_json`].
    pub fn to_value(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|_| ErrorCode::MalformedJson.into())
    }

    /// Returns the identifier of this passport.
    ///
    /// # Errors
    /// `missing_member`, or `invalid_member` unless it is 1 to 128 bytes of visible ASCII.
    pub fn id(&self) -> Result<&str> {
        const PATH: &str = "/digitalProductPassportId";
        let id = self
            .digital_product_passport_id
            .as_deref()
            .ok_or_else(|| Error::new(ErrorCode::MissingMember).at(PATH))?;
        if is_valid_id(id) {
            Ok(id)
        } else {
            Err(Error::new(ErrorCode::InvalidMember)
                .at(PATH)
                .because("expected 1 to 128 bytes of visible ASCII"))
        }
    }

    /// Returns what an audience may read, Art. 77(2).
    ///
    /// # Errors
    /// As [`Passport::to_json`].
    pub fn view(&self, audience: Audience) -> Result<Value> {
        match audience {
            Audience::Operator => self.to_value(),
            _ => Ok(access::view_of(self.node(), audience)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wrong_types_are_named_by_path() {
        for (text, path) in [
            ("[]", ""),
            (
                r#"{"digitalProductPassportId":1}"#,
                "/digitalProductPassportId",
            ),
            (r#"{"successor":null}"#, "/successor"),
            (r#"{"predecessors":["a",2]}"#, "/predecessors/1"),
            (
                r#"{"generalProductInformation":{"manufacturerInformation":{"postalAddress":{"postalCode":1}}}}"#,
                "/generalProductInformation/manufacturerInformation/postalAddress/postalCode",
            ),
            (
                r#"{"performanceAndDurability":{"batteryCondition":{"negativeEvents":[{},{"negativeEvent":true}]}}}"#,
                "/performanceAndDurability/batteryCondition/negativeEvents/1/negativeEvent",
            ),
        ] {
            let error = Passport::parse(text.as_bytes()).expect_err(text);
            assert_eq!((error.code(), error.path()), (ErrorCode::WrongType, path));
        }
    }

    #[test]
    fn a_type_error_does_not_repeat_the_document() {
        let error = Passport::parse(br#"{"predecessors":"s3cret"}"#).expect_err("wrong type");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }

    #[test]
    fn the_id_is_checked() {
        let id_of = |id: Value| {
            let passport =
                Passport::from_value(json!({ "digitalProductPassportId": id })).expect("model");
            passport
                .id()
                .map(ToString::to_string)
                .map_err(|error| error.code())
        };
        assert_eq!(id_of(json!("urn:x:1")), Ok("urn:x:1".into()));
        assert_eq!(id_of(json!("a".repeat(128))), Ok("a".repeat(128)));
        for bad in ["", "a b", "ü", "a\n", &"a".repeat(129)] {
            assert_eq!(id_of(json!(bad)), Err(ErrorCode::InvalidMember), "{bad:?}");
        }
        assert_eq!(
            Passport::default().id().map_err(|e| e.code()),
            Err(ErrorCode::MissingMember)
        );
    }
}
