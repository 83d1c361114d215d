"""What members of the data model are called on a page, and the units of their values.

Names and units follow the BatteryPass data model, but for the remaining capacity: the model says
kilowatt hours, the law and DIN DKE SPEC 99100 say ampere hours.
"""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """Text and unit of one member."""

    text: str
    unit: str = ""


SUBMODELS: dict[str, str] = {
    "generalProductInformation": "Product",
    "performanceAndDurability": "Performance and durability",
    "materialComposition": "Materials",
    "carbonFootprint": "Carbon footprint",
    "circularity": "Circularity",
    "labels": "Labels and conformity",
    "supplyChainDueDiligence": "Supply chain due diligence",
}
"""Submodels in the order of the page."""

HEADER = "Passport"
"""Title of the section with the members that belong to no submodel."""

LABELS: dict[str, Label] = {
    # Header, EN 18223
    "digitalProductPassportId": Label("Passport identifier"),
    "uniqueProductIdentifier": Label("Product identifier"),
    "granularity": Label("This passport is of"),
    "dppSchemaVersion": Label("Schema version"),
    "dppStatus": Label("Passport status"),
    "lastUpdate": Label("Last update"),
    "economicOperatorId": Label("Economic operator"),
    "facilityId": Label("Facility"),
    "predecessors": Label("Passports of the original batteries"),
    "successor": Label("Passport of the successor"),
    # GeneralProductInformation
    "productIdentifier": Label("Battery identifier"),
    "batteryPassportIdentifier": Label("Battery passport identifier"),
    "batteryCategory": Label("Category"),
    "manufacturerInformation": Label("Manufacturer"),
    "manufacturingDate": Label("Manufactured"),
    "manufacturingPlace": Label("Manufacturing place"),
    "operatorInformation": Label("Operator"),
    "batteryStatus": Label("Status of the battery"),
    "batteryMass": Label("Mass", "kg"),
    "puttingIntoService": Label("Put into service"),
    "warrentyPeriod": Label("Warranty period"),
    "contactName": Label("Name"),
    "postalAddress": Label("Address"),
    "addressCountry": Label("Country"),
    "postalCode": Label("Postal code"),
    "streetAddress": Label("Street"),
    "identifier": Label("Identifier"),
    "emailAddress": Label("E-mail"),
    "webAddress": Label("Web address"),
    # PerformanceAndDurability
    "batteryTechicalProperties": Label("Technical properties"),
    "batteryCondition": Label("Condition"),
    "originalPowerCapability": Label("Original power capability"),
    "atSoC": Label("At state of charge", "%"),
    "powerCapabilityAt": Label("Power capability", "%"),
    "ratedMaximumPower": Label("Maximum permitted power", "kW"),
    "powerCapabilityRatio": Label("Power capability ratio", "%"),
    "ratedEnergy": Label("Rated energy", "kWh"),
    "expectedNumberOfCycles": Label("Expected number of cycles"),
    "initialSelfDischarge": Label("Initial self-discharge", "% per month"),
    "roundtripEfficiency": Label("Round-trip efficiency", "%"),
    "roundTripEfficiencyat50PerCentCycleLife": Label(
        "Round-trip efficiency at half of the cycle life", "%"
    ),
    "roundTripEfficiencyFade": Label("Round-trip efficiency fade", "%"),
    "ratedCapacity": Label("Rated capacity", "Ah"),
    "initialInternalResistance": Label("Initial internal resistance"),
    "ohmicResistance": Label("Resistance", "Ω"),
    "batteryComponent": Label("Part"),
    "expectedLifetime": Label("Expected lifetime", "years"),
    "cRate": Label("C-rate", "C"),
    "cRateLifeCycleTest": Label("C-rate of the cycle-life test", "C"),
    "nominalVoltage": Label("Nominal voltage", "V"),
    "minimumVoltage": Label("Minimum voltage", "V"),
    "maximumVoltage": Label("Maximum voltage", "V"),
    "capacityThresholdForExhaustion": Label("Capacity threshold for exhaustion", "%"),
    "lifetimeReferenceTest": Label("Lifetime reference test"),
    "temperatureRangeIdleState": Label("Temperature range when idle"),
    "minimum": Label("Minimum", "°C"),
    "maximum": Label("Maximum", "°C"),
    "powerFade": Label("Power fade", "%"),
    "stateOfCharge": Label("State of charge", "%"),
    "stateOfCertifiedEnergy": Label("State of certified energy", "%"),
    "remainingCapacity": Label("Remaining capacity", "Ah"),
    "remainingEnergy": Label("Remaining energy", "kWh"),
    "numberOfFullCycles": Label("Full cycles"),
    "numberOfDeepDischargeEvents": Label("Deep discharge events"),
    "numberOfOverchargeEvents": Label("Overcharge events"),
    "energyThroughput": Label("Energy throughput", "kWh"),
    "capacityThroughput": Label("Capacity throughput", "Ah"),
    "capacityFade": Label("Capacity fade", "%"),
    "negativeEvents": Label("Negative events"),
    "negativeEvent": Label("Event"),
    "temperatureInformation": Label("Time outside the temperature limits"),
    "timeExtremeHighTemp": Label("Above the limit", "min"),
    "timeExtremeLowTemp": Label("Below the limit", "min"),
    "timeExtremeHighTempCharging": Label("Above the limit while charging", "min"),
    "timeExtremeLowTempCharging": Label("Below the limit while charging", "min"),
    "remainingPowerCapability": Label("Remaining power capability"),
    "remainingPowerCapabilityValue": Label("Value"),
    "rPCLastUpdated": Label("Measured"),
    "evolutionOfSelfDischarge": Label("Evolution of self-discharge", "%"),
    "currentSelfDischargingRate": Label("Self-discharge now", "%"),
    "internalResistanceIncrease": Label("Increase of internal resistance"),
    "internalResistanceIncreaseValue": Label("Increase", "%"),
    "remainingRoundTripEnergyEfficiency": Label("Remaining round-trip efficiency", "%"),
    # CarbonFootprint
    "batteryCarbonFootprint": Label("Carbon footprint", "kg CO₂e per kWh"),
    "carbonFootprintPerLifecycleStage": Label("By life-cycle stage"),
    "lifecycleStage": Label("Stage"),
    "carbonFootprintPerformanceClass": Label("Performance class"),
    "carbonFootprintStudy": Label("Study"),
    "absoluteCarbonFootprint": Label("Absolute carbon footprint", "kg CO₂e"),
    # Circularity
    "dismantlingAndRemovalInformation": Label("Dismantling and removal"),
    "documentType": Label("Document"),
    "mimeType": Label("Format"),
    "documentURL": Label("Address"),
    "sparePartSources": Label("Spare parts"),
    "nameOfSupplier": Label("Supplier"),
    "addressOfSupplier": Label("Address"),
    "emailAddressOfSupplier": Label("E-mail"),
    "supplierWebAddress": Label("Web address"),
    "components": Label("Parts"),
    "partName": Label("Part"),
    "partNumber": Label("Number"),
    "recycledContent": Label("Recycled content"),
    "recycledMaterial": Label("Material"),
    "preConsumerShare": Label("Pre-consumer share", "%"),
    "postConsumerShare": Label("Post-consumer share", "%"),
    "safetyMeasures": Label("Safety"),
    "safetyInstructions": Label("Instructions"),
    "extinguishingAgent": Label("Extinguishing agent"),
    "endOfLifeInformation": Label("End of life"),
    "wastePrevention": Label("Preventing waste"),
    "separateCollection": Label("Separate collection"),
    "informationOnCollection": Label("Collection"),
    "renewableContent": Label("Renewable content", "%"),
    # MaterialComposition
    "batteryChemistry": Label("Chemistry"),
    "shortName": Label("Short name"),
    "clearName": Label("Name"),
    "batteryMaterials": Label("Materials"),
    "batteryMaterialLocation": Label("Where"),
    "batteryMaterialIdentifier": Label("CAS number"),
    "batteryMaterialName": Label("Material"),
    "batteryMaterialMass": Label("Mass", "g"),
    "isCriticalRawMaterial": Label("Critical raw material"),
    "hazardousSubstances": Label("Hazardous substances"),
    "hazardousSubstanceClass": Label("Hazard"),
    "hazardousSubstanceName": Label("Substance"),
    "hazardousSubstanceConcentration": Label("Concentration", "%"),
    "hazardousSubstanceImpact": Label("Impact"),
    "hazardousSubstanceLocation": Label("Where"),
    "hazardousSubstanceIdentifier": Label("CAS number"),
    "componentName": Label("Component"),
    "componentId": Label("Component number"),
    # Labels, SupplyChainDueDiligence
    "declarationOfConformity": Label("EU declaration of conformity"),
    "resultOfTestReport": Label("Results of test reports"),
    "labels": Label("Labels"),
    "labelingSymbol": Label("Symbol"),
    "labelingMeaning": Label("Meaning"),
    "labelingSubject": Label("Subject"),
    "supplyChainDueDiligenceReport": Label("Due diligence report"),
    "thirdPartyAussurances": Label("Third-party assurances"),
    "supplyChainIndicies": Label("Supply chain indices"),
}
"""Members whose name alone says what they are; what is not here is shown by its own name."""

WORDS = {
    "batteryCategory": {
        "lmt": "Light means of transport battery",
        "ev": "Electric vehicle battery",
        "industrial": "Industrial battery",
        "stationary": "Stationary battery energy storage",
    },
    "granularity": {
        "item": "one battery",
        "batch": "a batch of batteries",
        "model": "a model",
    },
}
"""Values that a page writes out, by member."""

SPELT_OUT = frozenset(
    {
        "batteryStatus",
        "documentType",
        "hazardousSubstanceClass",
        "labelingSubject",
        "lifecycleStage",
        "recycledMaterial",
    }
)
"""Members whose values are names written together, such as `RawMaterialExtraction`."""


def label(name: str) -> Label:
    """Return what a member is called."""
    return LABELS.get(name) or Label(spelt_out(name))


def spelt_out(name: str) -> str:
    """Turn `RawMaterialExtraction` into `Raw material extraction`."""
    words: list[str] = []
    for character in name:
        if character.isupper() and words and words[-1] != " " and not words[-1].isupper():
            words.append(" ")
        words.append(character)
    text = "".join(words)
    parts = [word if word.isupper() and len(word) > 1 else word.lower() for word in text.split()]
    joined = " ".join(parts)
    return joined[:1].upper() + joined[1:]
