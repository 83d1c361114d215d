//! CarbonFootprint 1.2.0 (`urn:samm:io.BatteryPass.CarbonFootprint:1.2.0#CarbonFootprintForBatteries`).

use serde_json::Number;

use super::{objects, words};
use crate::prelude::*;

objects! {
    /// The declared carbon footprint: Art. 7(1) and Annex XIII point 1(c) of Regulation (EU) 2023/1542.
    CarbonFootprint {
        /// Footprint in kilograms of CO2 equivalent per kilowatt hour of energy over the service life.
        battery_carbon_footprint_kg_per_kwh: Number = "batteryCarbonFootprint",
        /// What each stage of the life contributes.
        carbon_footprint_per_lifecycle_stage: Vec<LifecycleStageFootprint> = "carbonFootprintPerLifecycleStage",
        /// Performance class, Art. 7(2).
        carbon_footprint_performance_class: String = "carbonFootprintPerformanceClass",
        /// URI of the public version of the study.
        carbon_footprint_study: String = "carbonFootprintStudy",
        /// Footprint of the whole battery in kilograms of CO2 equivalent (DIN DKE SPEC 99100: tonnes).
        absolute_carbon_footprint_kg: Number = "absoluteCarbonFootprint",
    }

    /// What one stage of the life contributes.
    LifecycleStageFootprint {
        /// The stage.
        lifecycle_stage: LifecycleStage = "lifecycleStage",
        /// Its share in kilograms of CO2 equivalent per kilowatt hour.
        carbon_footprint_kg_per_kwh: Number = "carbonFootprint",
    }
}

words! {
    /// Stages of the life of a battery, Annex II point 4.
    LifecycleStage {
        /// Raw materials and their first processing.
        RawMaterialExtraction = "RawMaterialExtraction",
        /// Production of the battery.
        MainProduction = "MainProduction",
        /// Transport to the place of sale.
        Distribution = "Distribution",
        /// End of life and recycling.
        Recycling = "Recycling",
    }
}
