//! The shape of a passport as one static tree: members, types, forms and ranges.
//!
//! Upstream's schemas state names, types and which members are required; what they state wrongly is
//! noted by the number of the defect. Ranges are ours, from the meaning of each member.

/// One member of an object.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name on the wire.
    pub(super) name: &'static str,
    /// Whether it can be left out.
    pub(super) need: Need,
    /// What its value is.
    pub(super) kind: Kind,
    /// The article or clause that its value stands for.
    pub(super) reference: &'static str,
}

/// Whether a member can be left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// Part of its parent: required in both profiles.
    Part,
    /// An attribute that upstream requires: in the regulation profile the table of attributes decides.
    Wire,
    /// Upstream requires it although not every category owes it (D14): the table decides.
    Excused,
    /// EN 18223's header, which upstream has not (D16): required in the regulation profile.
    Header,
    /// Optional.
    May,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    /// Any value.
    Any,
    /// A text that is not empty.
    Text,
    /// A passport id, see [`crate::link::is_valid_id`].
    PassportId,
    /// A URI.
    Uri,
    /// A URI of a document or a page.
    Link,
    /// An e-mail address.
    Email,
    /// A point in time.
    Moment,
    /// A point in time, a day or a month.
    DayOrMonth,
    /// A period, or upstream's month of any year (D05).
    Warranty,
    /// A CAS registry number.
    Cas,
    /// A country.
    Country,
    /// A media type.
    MediaType,
    /// Texts by language.
    Languages,
    /// A word of an enumeration: upstream's, and those that upstream lacks.
    Word(&'static [&'static str], &'static [&'static str]),
    /// A truth value.
    Flag,
    /// A number.
    Number(Number),
    /// An array.
    List(&'static Kind),
    /// An object.
    Object(&'static [Member]),
}

/// Bounds of a number.
#[derive(Debug)]
pub(super) struct Number {
    /// What the value means, smallest and largest.
    pub(super) range: (f64, f64),
    /// Whether the smallest itself is excluded.
    pub(super) above: bool,
    /// Whether it is a count.
    pub(super) whole: bool,
    /// What upstream's schema states, smallest and largest.
    pub(super) wire: Option<(f64, f64)>,
    /// The unit on the wire (D23: no document holds it).
    pub(super) unit: &'static str,
}

const fn number(min: f64, max: f64, unit: &'static str) -> Number {
    Number {
        range: (min, max),
        above: false,
        whole: false,
        wire: None,
        unit,
    }
}

const fn at_least_zero(unit: &'static str) -> Kind {
    Kind::Number(number(0.0, f64::MAX, unit))
}

const fn above_zero(unit: &'static str) -> Kind {
    let mut number = number(0.0, f64::MAX, unit);
    number.above = true;
    Kind::Number(number)
}

const PERCENT: Kind = Kind::Number(number(0.0, 100.0, "percent"));
/// A fade is negative while a new battery is better than its rating.
const FADE: Kind = Kind::Number(number(-100.0, 100.0, "percent"));
const INCREASE: Kind = Kind::Number(number(-100.0, f64::MAX, "percent"));
const SHARE: Kind = Kind::Number(Number {
    wire: Some((0.0, 100.0)),
    ..number(0.0, 100.0, "percent")
});
const TEMPERATURE: Kind = Kind::Number(Number {
    wire: Some((-100.0, 200.0)),
    ..number(-100.0, 200.0, "degrees Celsius")
});
const YEARS: Kind = Kind::Number(Number {
    above: true,
    wire: Some((-32_768.0, 32_767.0)),
    ..number(0.0, 100.0, "years")
});
const EXPECTED_CYCLES: Kind = Kind::Number(Number {
    above: true,
    whole: true,
    wire: Some((-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_807.0)),
    ..number(0.0, 9_007_199_254_740_991.0, "cycles")
});
const CYCLES: Kind = Kind::Number(Number {
    whole: true,
    ..number(0.0, 9_007_199_254_740_991.0, "cycles")
});
macro_rules! members {
    ($($name:literal $need:ident $kind:expr, $reference:literal;)*) => {
        &[$(Member { name: $name, need: Need::$need, kind: $kind, reference: $reference },)*]
    };
}

/// A measured value and when it was measured.
macro_rules! measured {
    ($name:literal, $kind:expr, $reference:literal) => {
        Kind::Object(members! {
            $name Part $kind, $reference;
            "lastUpdate" Part Kind::Moment, "Art. 77(4)";
        })
    };
}

mod performance;

/// A passport: header and submodels.
pub(super) static PASSPORT: &[Member] = members! {
    "id" May Kind::Any, "VCDM 2.0 section 4.4";
    "type" May Kind::Any, "VCDM 2.0 section 4.5";
    "digitalProductPassportId" Header Kind::PassportId, "EN 18223; Art. 77(3)";
    "uniqueProductIdentifier" Header Kind::Uri, "EN 18219; Art. 77(3)";
    "granularity" Header Kind::Word(&["model", "batch", "item"], &["Model", "Batch", "Item"]), "EN 18223; Art. 77(1)";
    "dppSchemaVersion" Header Kind::Text, "EN 18223";
    "dppStatus" Header Kind::Word(&["active", "inactive", "archived", "invalid"], &[]), "EN 18223";
    "lastUpdate" Header Kind::Moment, "EN 18223; Art. 77(4)";
    "economicOperatorId" Header Kind::Text, "EN 18223; ESPR Annex III";
    "facilityId" May Kind::Text, "EN 18223; ESPR Annex III";
    "predecessors" May Kind::List(&Kind::PassportId), "Art. 77(7)";
    "successor" May Kind::PassportId, "Art. 77(7)";
    "contentSpecificationIds" May Kind::List(&Kind::Text), "EN 18223";
    "generalProductInformation" May Kind::Object(GENERAL), "Annex XIII point 1(a)";
    "carbonFootprint" May Kind::Object(CARBON), "Annex XIII point 1(c)";
    "circularity" May Kind::Object(CIRCULARITY), "Annex XIII point 1(e)";
    "materialComposition" May Kind::Object(MATERIAL), "Annex XIII point 1(b)";
    "performanceAndDurability" May Kind::Object(performance::PERFORMANCE), "Annex XIII point 1(g) to (q)";
    "labels" May Kind::Object(LABELS), "Annex XIII point 1(s)";
    "supplyChainDueDiligence" May Kind::Object(DILIGENCE), "Annex XIII point 1(d)";
};

static GENERAL: &[Member] = members! {
    "productIdentifier" Wire Kind::Text, "Annex VI Part A(2)";
    "batteryPassportIdentifier" Wire Kind::Uri, "Art. 77(3)";
    "batteryCategory" Wire Kind::Word(&["lmt", "ev", "industrial", "stationary"], &[]), "Annex VI Part A(2)";
    "manufacturerInformation" Wire Kind::Object(CONTACT), "Annex VI Part A(1)";
    "manufacturingDate" Wire Kind::DayOrMonth, "Annex VI Part A(4)";
    "batteryStatus" Wire Kind::Word(
        &["Original", "Repurposed", "Reused", "Remanufactured", "Waste"],
        &["original", "repurposed", "re-used", "remanufactured", "waste"],
    ), "Annex XIII point 4(c)";
    "batteryMass" Wire above_zero("kilograms"), "Annex VI Part A(5)";
    "manufacturingPlace" Wire Kind::Object(ADDRESS), "Annex VI Part A(3)";
    "operatorInformation" Excused Kind::Object(CONTACT), "ESPR Annex III";
    "puttingIntoService" Excused Kind::Moment, "Annex VII Part B(1)";
    "warrentyPeriod" Excused Kind::Warranty, "Annex XIII point 1(m)";
};

static CONTACT: &[Member] = members! {
    "contactName" Part Kind::Text, "Art. 38(7)";
    "postalAddress" Part Kind::Object(ADDRESS), "Art. 38(7)";
    "identifier" Part Kind::Text, "EN 18219";
    "emailAddress" May Kind::Email, "Art. 38(7)";
    "webAddress" May Kind::Link, "Art. 38(7)";
};

static ADDRESS: &[Member] = members! {
    "addressCountry" Part Kind::Country, "ISO 3166-1";
    "postalCode" Part Kind::Text, "Art. 38(7)";
    "streetAddress" Part Kind::Text, "Art. 38(7)";
};

static CARBON: &[Member] = members! {
    "batteryCarbonFootprint" Excused at_least_zero("kilograms of CO2 equivalent per kilowatt hour"), "Art. 7(1)";
    "carbonFootprintPerLifecycleStage" Excused Kind::List(&Kind::Object(members! {
        "lifecycleStage" Part Kind::Word(&["RawMaterialExtraction", "MainProduction", "Distribution", "Recycling"], &[]), "Art. 7(1)";
        "carbonFootprint" Part Kind::Number(number(f64::MIN, f64::MAX, "kilograms of CO2 equivalent per kilowatt hour")), "Art. 7(1)";
    })), "Art. 7(1)";
    "carbonFootprintPerformanceClass" Excused Kind::Text, "Art. 7(2)";
    "carbonFootprintStudy" Excused Kind::Link, "Art. 7(1)(g)";
    "absoluteCarbonFootprint" May at_least_zero("kilograms of CO2 equivalent"), "DIN DKE SPEC 99100, 6.3.10";
};

static CIRCULARITY: &[Member] = members! {
    "dismantlingAndRemovalInformation" Wire Kind::List(&Kind::Object(members! {
        "documentType" Part Kind::Word(&["BillOfMaterial", "Model3D", "DismantlingManual", "RemovalManual", "OtherManual", "Drawing"], &[]), "Annex XIII point 2(c)";
        "mimeType" Part Kind::MediaType, "Annex XIII point 2(c)";
        "documentURL" Part Kind::Link, "Annex XIII point 2(c)";
    })), "Annex XIII point 2(c)";
    "sparePartSources" Wire Kind::List(&Kind::Object(members! {
        "nameOfSupplier" Part Kind::Text, "Annex XIII point 2(b)";
        "addressOfSupplier" Part Kind::Object(ADDRESS), "Annex XIII point 2(b)";
        "emailAddressOfSupplier" Part Kind::Email, "Annex XIII point 2(b)";
        "supplierWebAddress" Part Kind::Link, "Annex XIII point 2(b)";
        "components" Part Kind::List(&Kind::Object(members! {
            "partName" Part Kind::Text, "Annex XIII point 2(b)";
            "partNumber" Part Kind::Text, "Annex XIII point 2(b)";
        })), "Annex XIII point 2(b)";
    })), "Annex XIII point 2(b)";
    "recycledContent" Wire Kind::List(&Kind::Object(members! {
        "preConsumerShare" Part SHARE, "Art. 8(1)";
        // Upstream lists each of the four twice (D10).
        "recycledMaterial" Part Kind::Word(&["Cobalt", "Nickel", "Lithium", "Lead"], &[]), "Art. 8(1)";
        "postConsumerShare" Part SHARE, "Art. 8(1)";
    })), "Art. 8(1)";
    "safetyMeasures" Wire Kind::Object(members! {
        "safetyInstructions" Wire Kind::Link, "Annex XIII point 2(d)";
        "extinguishingAgent" Wire Kind::List(&Kind::Text), "Annex VI Part A(9)";
    }), "Annex XIII point 2(d)";
    "endOfLifeInformation" Wire Kind::Object(members! {
        "wastePrevention" Wire Kind::Link, "Art. 74(1)(a)";
        "separateCollection" Wire Kind::Link, "Art. 74(1)(b)";
        "informationOnCollection" Wire Kind::Link, "Art. 74(1)(c)";
    }), "Art. 74(1)";
    "renewableContent" Wire PERCENT, "Annex XIII point 1(f)";
};

static COMPONENT: &[Member] = members! {
    "componentName" Part Kind::Text, "Annex XIII point 2(a)";
    "componentId" May Kind::Text, "Annex XIII point 2(b)";
};

static MATERIAL: &[Member] = members! {
    "batteryChemistry" Wire Kind::Object(members! {
        "shortName" Part Kind::Text, "Annex VI Part A(7)";
        "clearName" Part Kind::Text, "Annex VI Part A(7)";
    }), "Annex VI Part A(7)";
    "batteryMaterials" Wire Kind::List(&Kind::Object(members! {
        "batteryMaterialLocation" Part Kind::Object(COMPONENT), "Annex XIII point 2(a)";
        "batteryMaterialIdentifier" Part Kind::Cas, "Annex XIII point 2(a)";
        "batteryMaterialName" Part Kind::Text, "Annex XIII point 2(a)";
        "batteryMaterialMass" Part at_least_zero("grams"), "Annex XIII point 2(a)";
        "isCriticalRawMaterial" Part Kind::Flag, "Annex VI Part A(10)";
    })), "Annex XIII point 1(b)";
    "hazardousSubstances" Wire Kind::List(&Kind::Object(members! {
        "hazardousSubstanceClass" Part Kind::Word(
            &["AcuteToxicity", "SkinCorrosionOrIrritation", "EyeDamageOrIrritation"],
            OTHER_HAZARDS,
        ), "Annex VI Part A(8); Regulation (EC) No 1272/2008 Annex I";
        "hazardousSubstanceName" Part Kind::Text, "Annex VI Part A(8)";
        "hazardousSubstanceConcentration" Part PERCENT, "Annex VI Part A(8)";
        "hazardousSubstanceImpact" Part Kind::List(&Kind::Text), "Art. 74(1)(f)";
        "hazardousSubstanceLocation" Part Kind::Object(COMPONENT), "Annex VI Part A(8)";
        "hazardousSubstanceIdentifier" Part Kind::Cas, "Annex VI Part A(8)";
    })), "Annex VI Part A(8)";
};

/// Classes of Regulation (EC) No 1272/2008, Annex I, that upstream's enumeration lacks (D25).
const OTHER_HAZARDS: &[&str] = &[
    "Explosives",
    "FlammableGases",
    "Aerosols",
    "OxidisingGases",
    "GasesUnderPressure",
    "FlammableLiquids",
    "FlammableSolids",
    "SelfReactiveSubstances",
    "PyrophoricLiquids",
    "PyrophoricSolids",
    "SelfHeatingSubstances",
    "EmitsFlammableGasesInContactWithWater",
    "OxidisingLiquids",
    "OxidisingSolids",
    "OrganicPeroxides",
    "CorrosiveToMetals",
    "DesensitisedExplosives",
    "RespiratoryOrSkinSensitisation",
    "GermCellMutagenicity",
    "Carcinogenicity",
    "ReproductiveToxicity",
    "SpecificTargetOrganToxicitySingleExposure",
    "SpecificTargetOrganToxicityRepeatedExposure",
    "AspirationHazard",
    "EndocrineDisruptionForHumanHealth",
    "HazardousToTheAquaticEnvironment",
    "EndocrineDisruptionForTheEnvironment",
    "PersistentBioaccumulativeAndToxic",
    "PersistentMobileAndToxic",
    "HazardousToTheOzoneLayer",
];

static LABELS: &[Member] = members! {
    "declarationOfConformity" Wire Kind::Link, "Art. 18";
    "resultOfTestReport" Wire Kind::Link, "Annex XIII point 3";
    "labels" Wire Kind::List(&Kind::Object(members! {
        "labelingSymbol" Part Kind::Link, "Art. 13";
        "labelingMeaning" Part Kind::Languages, "Art. 74(1)(e)";
        "labelingSubject" Part Kind::Word(&["SeparateCollection", "HazardousMaterial", "CarbonFootPrint", "ExtinguishingAgent"], &[]), "Art. 13";
    })), "Art. 13";
};

static DILIGENCE: &[Member] = members! {
    "supplyChainDueDiligenceReport" Excused Kind::Link, "Art. 52(3)";
    "thirdPartyAussurances" May Kind::Link, "Art. 49(1)(d)";
    "supplyChainIndicies" May Kind::Number(number(f64::MIN, f64::MAX, "no unit")), "DIN DKE SPEC 99100, 6.4.4";
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{Category, Step, all, steps};
    use crate::prelude::*;
    use crate::time::Timestamp;
    use crate::validate::{Expectation, expectation};

    /// Returns the member that a path without filters ends at.
    fn member(path: &str) -> Option<&'static Member> {
        let (mut shape, mut found) = (PASSPORT, None);
        for step in steps(path) {
            match step {
                Step::Member(name) => {
                    let member = shape.iter().find(|member| member.name == name)?;
                    shape = match &member.kind {
                        Kind::Object(members) | Kind::List(Kind::Object(members)) => members,
                        _ => &[],
                    };
                    found = Some(member);
                }
                Step::Elements => {}
                _ => return None,
            }
        }
        found
    }

    #[test]
    fn upstream_is_excused_where_some_category_does_not_owe() {
        let day = Timestamp::from_day("2027-02-18").expect("a day");
        let mut checked = 0;
        // 26 restates 4, in whose member it stands.
        for attribute in all().iter().filter(|attribute| attribute.number != 26) {
            let owed = Category::ALL
                .iter()
                .all(|c| expectation(attribute, *c, day) == Expectation::Required);
            let Some(member) = attribute.paths.first().and_then(|path| member(path)) else {
                continue;
            };
            match member.need {
                Need::Wire => assert!(owed, "{}", member.name),
                Need::Excused => assert!(!owed, "{}", member.name),
                _ => continue,
            }
            checked += 1;
        }
        assert!(checked > 55, "{checked}");
    }
}
