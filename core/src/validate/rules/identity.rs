//! Identifiers, and how a passport stands to its predecessors.

use super::{Rules, elements, text};
use crate::error::ErrorCode;
use crate::link::{PassportLink, Target};
use crate::prelude::*;

impl Rules<'_, '_> {
    pub(super) fn identity(&mut self) {
        const PRODUCT: &str = "/uniqueProductIdentifier";
        let document = self.document;
        if text(document, &["granularity"])
            .is_some_and(|word| matches!(word, "model" | "batch" | "Model" | "Batch"))
        {
            self.broken(
                ErrorCode::InvalidMember,
                "/granularity",
                "a battery passport is about one item",
                "Art. 77(1)",
            );
        }
        // Only a GS1 Digital Link has a GTIN; other identifiers are as good (Art. 77(3)).
        let Some(product) =
            text(document, &["uniqueProductIdentifier"]).filter(|id| id.contains("/01/"))
        else {
            return;
        };
        match product.parse::<PassportLink>() {
            Err(error) if error.code() == ErrorCode::InvalidGtin => {
                self.broken(
                    ErrorCode::InvalidGtin,
                    PRODUCT,
                    "the GTIN's length or check digit is wrong",
                    "GS1 General Specifications section 7.9",
                );
            }
            Err(_) => {
                self.doubt(
                    ErrorCode::InvalidLink,
                    PRODUCT,
                    "expected https://<host>/01/<GTIN>/21/<serial number>",
                    "GS1 Digital Link URI Syntax",
                );
            }
            Ok(link) => {
                // One fact in two places (D20).
                let own = text(
                    document,
                    &["generalProductInformation", "productIdentifier"],
                );
                if let (Target::Item { serial, .. }, Some(own)) = (link.target(), own)
                    && !own.contains("//")
                    && !own.contains(serial.as_str())
                {
                    self.doubt(
                        ErrorCode::Inconsistent,
                        "/generalProductInformation/productIdentifier",
                        "another serial number than in uniqueProductIdentifier",
                        "Annex VI Part A(2)",
                    );
                }
            }
        }
    }

    pub(super) fn status(&mut self) {
        const STATUS: &str = "/generalProductInformation/batteryStatus";
        let document = self.document;
        let predecessors = elements(document, &["predecessors"]);
        let own = text(document, &["digitalProductPassportId"]);
        for (index, id) in predecessors.clone().enumerate() {
            if id.as_str().is_some() && id.as_str() == own {
                self.broken(
                    ErrorCode::Inconsistent,
                    format!("/predecessors/{index}"),
                    "a passport is not its own predecessor",
                    "Art. 77(7)",
                );
            }
        }
        let successor = text(document, &["successor"]);
        if successor.is_some() && successor == own {
            self.broken(
                ErrorCode::Inconsistent,
                "/successor",
                "a passport is not its own successor",
                "Art. 77(7)",
            );
        } else if successor.is_some() && text(document, &["dppStatus"]) == Some("active") {
            self.doubt(
                ErrorCode::Inconsistent,
                "/dppStatus",
                "a passport that has a successor is no longer active",
                "Art. 77(7)",
            );
        }
        let Some(status) = text(document, &["generalProductInformation", "batteryStatus"]) else {
            return;
        };
        let has_predecessors = predecessors.clone().next().is_some();
        let status = status.replace('-', "").to_ascii_lowercase();
        match status.as_str() {
            "original" if has_predecessors => {
                self.broken(
                    ErrorCode::Inconsistent,
                    STATUS,
                    "an original battery has no predecessors",
                    "Art. 77(7)",
                );
            }
            "reused" | "repurposed" | "remanufactured" if !has_predecessors => {
                self.broken(
                    ErrorCode::Inconsistent,
                    STATUS,
                    "expected the passports of the original batteries in predecessors",
                    "Art. 77(7)",
                );
            }
            _ => {}
        }
    }
}
