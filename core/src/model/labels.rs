//! Labels 1.2.0 (`urn:samm:io.BatteryPass.Labels:1.2.0#Labeling`).

use serde_json::{Map, Value};

use super::{objects, words};
use crate::prelude::*;

objects! {
    /// Labels and proofs of conformity: Art. 13, 18 and Annex XIII points 1 and 3 of Regulation (EU)
    /// 2023/1542.
    Labels {
        /// URI of the EU declaration of conformity, Art. 18.
        declaration_of_conformity: String = "declarationOfConformity",
        /// URI of the results of tests; for authorities only, Annex XIII point 3.
        result_of_test_report: String = "resultOfTestReport",
        /// Symbols on the battery.
        labels: Vec<Label> = "labels",
    }

    /// One symbol on the battery.
    Label {
        /// URI of its picture.
        labeling_symbol: String = "labelingSymbol",
        /// What it means, by language tag (BCP 47).
        labeling_meaning: Map<String, Value> = "labelingMeaning",
        /// What it is about.
        labeling_subject: LabelSubject = "labelingSubject",
    }
}

words! {
    /// What a symbol is about.
    LabelSubject {
        /// Separate collection, Art. 13(4).
        SeparateCollection = "SeparateCollection",
        /// Cadmium or lead, Art. 13(5).
        HazardousMaterial = "HazardousMaterial",
        /// Carbon footprint, Art. 7(2).
        CarbonFootprint = "CarbonFootPrint",
        /// Extinguishing agent, Annex VI Part A(9).
        ExtinguishingAgent = "ExtinguishingAgent",
    }
}
