//! GeneralProductInformation 1.2.0
//! (`urn:samm:io.BatteryPass.GeneralProductInformation:1.2.0#GeneralProductInformation`).

use serde_json::Number;

use super::{objects, words};
use crate::prelude::*;

objects! {
    /// Identification of the battery, its maker and its operator: Annex VI Part A and Annex XIII point 1(a)
    /// of Regulation (EU) 2023/1542.
    GeneralProductInformation {
        /// Unique identifier of the battery, Art. 77(3).
        product_identifier: String = "productIdentifier",
        /// Identifier of the passport itself, a URN upstream.
        battery_passport_identifier: String = "batteryPassportIdentifier",
        /// Category of the battery, Art. 3.
        battery_category: BatteryCategory = "batteryCategory",
        /// The maker, Annex VI Part A(1).
        manufacturer_information: ContactInformation = "manufacturerInformation",
        /// When it was made; upstream wants a full date-time, the law year and month.
        manufacturing_date: String = "manufacturingDate",
        /// Where it is in its life, Annex XIII point 4(c).
        battery_status: BatteryStatus = "batteryStatus",
        /// Mass of the whole battery in kilograms.
        battery_mass_kg: Number = "batteryMass",
        /// Where it was made, Annex VI Part A(3).
        manufacturing_place: PostalAddress = "manufacturingPlace",
        /// The economic operator that is responsible for the passport.
        operator_information: ContactInformation = "operatorInformation",
        /// When it was put into service, as an XSD dateTime.
        putting_into_service: String = "puttingIntoService",
        /// Warranty; upstream's type is a month of any year (`--MM`).
        warranty_period: String = "warrentyPeriod",
    }

    /// Name and addresses of an organisation.
    ContactInformation {
        /// Name of the organisation.
        contact_name: String = "contactName",
        /// Its postal address.
        postal_address: PostalAddress = "postalAddress",
        /// Its identifier, in a scheme of its own choice.
        identifier: String = "identifier",
        /// Its e-mail address.
        email_address: String = "emailAddress",
        /// The URI of its web site.
        web_address: String = "webAddress",
    }

    /// A postal address.
    PostalAddress {
        /// Country, free text upstream.
        address_country: String = "addressCountry",
        /// Postal code, which upstream's samples follow with the town.
        postal_code: String = "postalCode",
        /// Street and number.
        street_address: String = "streetAddress",
    }
}

words! {
    /// Category of a battery.
    BatteryCategory {
        /// Light means of transport, Art. 3(1)(11).
        Lmt = "lmt",
        /// Electric vehicle, Art. 3(1)(14).
        Ev = "ev",
        /// Industrial, Art. 3(1)(13).
        Industrial = "industrial",
        /// Stationary energy storage: upstream's word for a kind of industrial battery, Art. 3(1)(15).
        Stationary = "stationary",
    }

    /// Where a battery is in its life.
    BatteryStatus {
        /// In its first use.
        Original = "Original",
        /// Prepared for another purpose, Art. 3(1)(31).
        Repurposed = "Repurposed",
        /// Used again for the same purpose; the law writes `re-used`.
        Reused = "Reused",
        /// Brought back to at least 90 % of its capacity, Art. 3(1)(32).
        Remanufactured = "Remanufactured",
        /// Discarded.
        Waste = "Waste",
    }
}
