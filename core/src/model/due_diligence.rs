//! SupplyChainDueDiligence 1.2.0
//! (`urn:samm:io.BatteryPass.SupplyChainDueDiligence:1.2.0#SupplyChainDueDiligence`).

use serde_json::Number;

use super::objects;
use crate::prelude::*;

objects! {
    /// Due diligence in the supply chain: Art. 52 and Annex XIII point 1(d) of Regulation (EU) 2023/1542.
    SupplyChainDueDiligence {
        /// URI of the report on due diligence policies, Art. 52(3).
        supply_chain_due_diligence_report: String = "supplyChainDueDiligenceReport",
        /// URI of the assurances of recognised schemes.
        third_party_assurances: String = "thirdPartyAussurances",
        /// Index of the supply chain; no unit, no scale upstream.
        supply_chain_indices: Number = "supplyChainIndicies",
    }
}
