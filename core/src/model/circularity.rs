//! Circularity 1.2.0 (`urn:samm:io.BatteryPass.Circularity:1.2.0#Circularity`).

use serde_json::Number;

use super::general::PostalAddress;
use super::{objects, words};
use crate::prelude::*;

objects! {
    /// Dismantling, spare parts, recycled content and end of life: Art. 8, 74 and Annex XIII points 1
    /// and 2 of Regulation (EU) 2023/1542.
    Circularity {
        /// Manuals for removal and dismantling, Annex XIII point 2(c).
        dismantling_and_removal_information: Vec<DismantlingDocument> = "dismantlingAndRemovalInformation",
        /// Where spare parts come from, Annex XIII point 2(b).
        spare_part_sources: Vec<SparePartSource> = "sparePartSources",
        /// Recycled content by material, Art. 8(1).
        recycled_content: Vec<RecycledContent> = "recycledContent",
        /// Safety, Annex XIII points 1 and 2(d).
        safety_measures: SafetyMeasures = "safetyMeasures",
        /// What end users should know, Art. 74(1).
        end_of_life_information: EndOfLifeInformation = "endOfLifeInformation",
        /// Share of renewable content in percent.
        renewable_content_percent: Number = "renewableContent",
    }

    /// One document for those who take the battery out or apart.
    DismantlingDocument {
        /// What it is.
        document_type: DocumentType = "documentType",
        /// Its media type.
        mime_type: String = "mimeType",
        /// Its URI.
        document_url: String = "documentURL",
    }

    /// A supplier of spare parts.
    SparePartSource {
        /// Name of the supplier.
        name_of_supplier: String = "nameOfSupplier",
        /// Its postal address.
        address_of_supplier: PostalAddress = "addressOfSupplier",
        /// Its e-mail address.
        email_address_of_supplier: String = "emailAddressOfSupplier",
        /// The URI of its web site.
        supplier_web_address: String = "supplierWebAddress",
        /// What it supplies.
        components: Vec<SparePart> = "components",
    }

    /// A spare part.
    SparePart {
        /// Its name.
        part_name: String = "partName",
        /// Its part number.
        part_number: String = "partNumber",
    }

    /// Recycled content of one material.
    RecycledContent {
        /// Share recovered from manufacturing waste in percent.
        pre_consumer_share_percent: Number = "preConsumerShare",
        /// The material.
        recycled_material: RecycledMaterial = "recycledMaterial",
        /// Share recovered from waste of consumers in percent.
        post_consumer_share_percent: Number = "postConsumerShare",
    }

    /// Safety of those who handle the battery.
    SafetyMeasures {
        /// URI of the safety instructions; not public, Annex XIII point 2(d).
        safety_instructions: String = "safetyInstructions",
        /// Usable extinguishing agents; public, Annex VI Part A(9).
        extinguishing_agent: Vec<String> = "extinguishingAgent",
    }

    /// What end users can do for prevention and collection, Art. 74(1).
    EndOfLifeInformation {
        /// URI of information on waste prevention.
        waste_prevention: String = "wastePrevention",
        /// URI of information on separate collection.
        separate_collection: String = "separateCollection",
        /// URI of information on take-back and collection points.
        information_on_collection: String = "informationOnCollection",
    }
}

words! {
    /// Kinds of documents for dismantling.
    DocumentType {
        /// List of parts.
        BillOfMaterial = "BillOfMaterial",
        /// Three-dimensional model.
        Model3D = "Model3D",
        /// How to take the battery apart.
        DismantlingManual = "DismantlingManual",
        /// How to take the battery out of the appliance.
        RemovalManual = "RemovalManual",
        /// Another manual.
        OtherManual = "OtherManual",
        /// Exploded or other drawing.
        Drawing = "Drawing",
    }

    /// Materials with a recycled share to be declared, Art. 8(1).
    RecycledMaterial {
        /// Cobalt.
        Cobalt = "Cobalt",
        /// Nickel.
        Nickel = "Nickel",
        /// Lithium.
        Lithium = "Lithium",
        /// Lead.
        Lead = "Lead",
    }
}
