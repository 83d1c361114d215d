//! MaterialComposition 1.2.0 (`urn:samm:io.BatteryPass.MaterialComposition:1.2.0#MaterialComposition`).

use serde_json::Number;

use super::{objects, words};
use crate::prelude::*;

objects! {
    /// What the battery is made of: Annex VI Part A and Annex XIII points 1(b) and 2(a) of Regulation
    /// (EU) 2023/1542.
    MaterialComposition {
        /// Chemistry, Annex VI Part A(7).
        battery_chemistry: BatteryChemistry = "batteryChemistry",
        /// Materials of cathode, anode and electrolyte, and critical raw materials.
        battery_materials: Vec<BatteryMaterial> = "batteryMaterials",
        /// Hazardous substances other than mercury, cadmium and lead, Annex VI Part A(8).
        hazardous_substances: Vec<HazardousSubstance> = "hazardousSubstances",
    }

    /// Chemistry of a battery.
    BatteryChemistry {
        /// Abbreviation, for example `NMC`.
        short_name: String = "shortName",
        /// Name in full.
        clear_name: String = "clearName",
    }

    /// One material.
    BatteryMaterial {
        /// Where in the battery it is.
        battery_material_location: ComponentLocation = "batteryMaterialLocation",
        /// CAS number.
        battery_material_identifier: String = "batteryMaterialIdentifier",
        /// Name.
        battery_material_name: String = "batteryMaterialName",
        /// Mass in grams.
        battery_material_mass_g: Number = "batteryMaterialMass",
        /// Whether it is a critical raw material above 0,1 % by weight, Annex VI Part A(10).
        is_critical_raw_material: bool = "isCriticalRawMaterial",
    }

    /// A component of a battery.
    ComponentLocation {
        /// Name, free text upstream: `Cathode`, `Anode`, `Electrolyte` and so on.
        component_name: String = "componentName",
        /// Identifier of the component.
        component_id: String = "componentId",
    }

    /// One hazardous substance.
    HazardousSubstance {
        /// Hazard class of Regulation (EC) No 1272/2008; upstream knows three.
        hazardous_substance_class: HazardClass = "hazardousSubstanceClass",
        /// Name.
        hazardous_substance_name: String = "hazardousSubstanceName",
        /// Concentration in percent by weight.
        hazardous_substance_concentration_percent: Number = "hazardousSubstanceConcentration",
        /// Impact on the environment and on health, Art. 74(1)(f).
        hazardous_substance_impact: Vec<String> = "hazardousSubstanceImpact",
        /// Where in the battery it is.
        hazardous_substance_location: ComponentLocation = "hazardousSubstanceLocation",
        /// CAS number.
        hazardous_substance_identifier: String = "hazardousSubstanceIdentifier",
    }
}

words! {
    /// Hazard classes that upstream has words for.
    HazardClass {
        /// Acute toxicity.
        AcuteToxicity = "AcuteToxicity",
        /// Skin corrosion or irritation.
        SkinCorrosionOrIrritation = "SkinCorrosionOrIrritation",
        /// Serious eye damage or eye irritation.
        EyeDamageOrIrritation = "EyeDamageOrIrritation",
    }
}
