//! Generated from `schemas/attributes.json` by `core/tests/attribute.rs`.

use super::{Node, Point, Step};

pub(crate) static TREE: &[Node] = &[
    Node { step: Step::Member("id"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("type"), point: Some(Point::Public), children: &[
        Node { step: Step::Elements, point: Some(Point::Public), children: &[] },
    ] },
    Node { step: Step::Member("digitalProductPassportId"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("uniqueProductIdentifier"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("granularity"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("dppSchemaVersion"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("dppStatus"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("lastUpdate"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("economicOperatorId"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("facilityId"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("predecessors"), point: None, children: &[
        Node { step: Step::Elements, point: Some(Point::Public), children: &[] },
    ] },
    Node { step: Step::Member("successor"), point: Some(Point::Public), children: &[] },
    Node { step: Step::Member("generalProductInformation"), point: None, children: &[
        Node { step: Step::Member("batteryPassportIdentifier"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("productIdentifier"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("operatorInformation"), point: None, children: &[
            Node { step: Step::Member("contactName"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("identifier"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("emailAddress"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("webAddress"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("postalAddress"), point: None, children: &[
                Node { step: Step::Member("addressCountry"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postalCode"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("streetAddress"), point: Some(Point::Public), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("manufacturerInformation"), point: None, children: &[
            Node { step: Step::Member("contactName"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("identifier"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("emailAddress"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("webAddress"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("postalAddress"), point: None, children: &[
                Node { step: Step::Member("addressCountry"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postalCode"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("streetAddress"), point: Some(Point::Public), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("manufacturingPlace"), point: None, children: &[
            Node { step: Step::Member("addressCountry"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("postalCode"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("streetAddress"), point: Some(Point::Public), children: &[] },
        ] },
        Node { step: Step::Member("manufacturingDate"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("puttingIntoService"), point: Some(Point::IndividualBattery), children: &[] },
        Node { step: Step::Member("warrentyPeriod"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("batteryCategory"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("batteryMass"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("batteryStatus"), point: Some(Point::IndividualBattery), children: &[] },
    ] },
    Node { step: Step::Member("labels"), point: None, children: &[
        Node { step: Step::Member("labels"), point: None, children: &[
            Node { step: Step::Selected { member: "labelingSubject", value: "SeparateCollection" }, point: None, children: &[
                Node { step: Step::Member("labelingSubject"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("labelingSymbol"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "labelingSubject", value: "HazardousMaterial" }, point: None, children: &[
                Node { step: Step::Member("labelingSubject"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("labelingSymbol"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "labelingSubject", value: "CarbonFootPrint" }, point: None, children: &[
                Node { step: Step::Member("labelingSubject"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("labelingSymbol"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "labelingSubject", value: "ExtinguishingAgent" }, point: None, children: &[
                Node { step: Step::Member("labelingSubject"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("labelingSymbol"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Elements, point: None, children: &[
                Node { step: Step::Member("labelingMeaning"), point: None, children: &[
                    Node { step: Step::AnyMember, point: Some(Point::Public), children: &[] },
                ] },
            ] },
        ] },
        Node { step: Step::Member("declarationOfConformity"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("resultOfTestReport"), point: Some(Point::Authorities), children: &[] },
    ] },
    Node { step: Step::Member("circularity"), point: None, children: &[
        Node { step: Step::Member("safetyMeasures"), point: None, children: &[
            Node { step: Step::Member("extinguishingAgent"), point: None, children: &[
                Node { step: Step::Elements, point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Member("safetyInstructions"), point: Some(Point::InterestAndCommission), children: &[] },
        ] },
        Node { step: Step::Member("dismantlingAndRemovalInformation"), point: None, children: &[
            Node { step: Step::Elements, point: None, children: &[
                Node { step: Step::Member("documentType"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("mimeType"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("documentURL"), point: Some(Point::InterestAndCommission), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("sparePartSources"), point: None, children: &[
            Node { step: Step::Elements, point: None, children: &[
                Node { step: Step::Member("components"), point: None, children: &[
                    Node { step: Step::Elements, point: None, children: &[
                        Node { step: Step::Member("partName"), point: Some(Point::InterestAndCommission), children: &[] },
                        Node { step: Step::Member("partNumber"), point: Some(Point::InterestAndCommission), children: &[] },
                    ] },
                ] },
                Node { step: Step::Member("nameOfSupplier"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("emailAddressOfSupplier"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("supplierWebAddress"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("addressOfSupplier"), point: None, children: &[
                    Node { step: Step::Member("addressCountry"), point: Some(Point::InterestAndCommission), children: &[] },
                    Node { step: Step::Member("postalCode"), point: Some(Point::InterestAndCommission), children: &[] },
                    Node { step: Step::Member("streetAddress"), point: Some(Point::InterestAndCommission), children: &[] },
                ] },
            ] },
        ] },
        Node { step: Step::Member("recycledContent"), point: None, children: &[
            Node { step: Step::Selected { member: "recycledMaterial", value: "Nickel" }, point: None, children: &[
                Node { step: Step::Member("recycledMaterial"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("preConsumerShare"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postConsumerShare"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "recycledMaterial", value: "Cobalt" }, point: None, children: &[
                Node { step: Step::Member("recycledMaterial"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("preConsumerShare"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postConsumerShare"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "recycledMaterial", value: "Lithium" }, point: None, children: &[
                Node { step: Step::Member("recycledMaterial"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("preConsumerShare"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postConsumerShare"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "recycledMaterial", value: "Lead" }, point: None, children: &[
                Node { step: Step::Member("recycledMaterial"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("preConsumerShare"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("postConsumerShare"), point: Some(Point::Public), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("renewableContent"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("endOfLifeInformation"), point: None, children: &[
            Node { step: Step::Member("wastePrevention"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("separateCollection"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("informationOnCollection"), point: Some(Point::Public), children: &[] },
        ] },
    ] },
    Node { step: Step::Member("carbonFootprint"), point: None, children: &[
        Node { step: Step::Member("batteryCarbonFootprint"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("carbonFootprintPerLifecycleStage"), point: None, children: &[
            Node { step: Step::Selected { member: "lifecycleStage", value: "RawMaterialExtraction" }, point: None, children: &[
                Node { step: Step::Member("lifecycleStage"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("carbonFootprint"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "lifecycleStage", value: "MainProduction" }, point: None, children: &[
                Node { step: Step::Member("lifecycleStage"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("carbonFootprint"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "lifecycleStage", value: "Distribution" }, point: None, children: &[
                Node { step: Step::Member("lifecycleStage"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("carbonFootprint"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Selected { member: "lifecycleStage", value: "Recycling" }, point: None, children: &[
                Node { step: Step::Member("lifecycleStage"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("carbonFootprint"), point: Some(Point::Public), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("carbonFootprintPerformanceClass"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("carbonFootprintStudy"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("absoluteCarbonFootprint"), point: Some(Point::Public), children: &[] },
    ] },
    Node { step: Step::Member("supplyChainDueDiligence"), point: None, children: &[
        Node { step: Step::Member("supplyChainDueDiligenceReport"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("thirdPartyAussurances"), point: Some(Point::Public), children: &[] },
        Node { step: Step::Member("supplyChainIndicies"), point: Some(Point::Public), children: &[] },
    ] },
    Node { step: Step::Member("materialComposition"), point: None, children: &[
        Node { step: Step::Member("batteryChemistry"), point: None, children: &[
            Node { step: Step::Member("shortName"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("clearName"), point: Some(Point::Public), children: &[] },
        ] },
        Node { step: Step::Member("batteryMaterials"), point: None, children: &[
            Node { step: Step::Selected { member: "isCriticalRawMaterial", value: "true" }, point: None, children: &[
                Node { step: Step::Member("batteryMaterialIdentifier"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("batteryMaterialName"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("isCriticalRawMaterial"), point: Some(Point::Public), children: &[] },
            ] },
            Node { step: Step::Elements, point: None, children: &[
                Node { step: Step::Member("batteryMaterialLocation"), point: None, children: &[
                    Node { step: Step::Member("componentName"), point: Some(Point::InterestAndCommission), children: &[] },
                    Node { step: Step::Member("componentId"), point: Some(Point::InterestAndCommission), children: &[] },
                ] },
                Node { step: Step::Member("batteryMaterialIdentifier"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("batteryMaterialName"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("batteryMaterialMass"), point: Some(Point::InterestAndCommission), children: &[] },
                Node { step: Step::Member("isCriticalRawMaterial"), point: Some(Point::InterestAndCommission), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("hazardousSubstances"), point: None, children: &[
            Node { step: Step::Elements, point: None, children: &[
                Node { step: Step::Member("hazardousSubstanceClass"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("hazardousSubstanceName"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("hazardousSubstanceConcentration"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("hazardousSubstanceLocation"), point: None, children: &[
                    Node { step: Step::Member("componentName"), point: Some(Point::Public), children: &[] },
                    Node { step: Step::Member("componentId"), point: Some(Point::Public), children: &[] },
                ] },
                Node { step: Step::Member("hazardousSubstanceIdentifier"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("hazardousSubstanceImpact"), point: None, children: &[
                    Node { step: Step::Elements, point: Some(Point::Public), children: &[] },
                ] },
            ] },
        ] },
    ] },
    Node { step: Step::Member("performanceAndDurability"), point: None, children: &[
        Node { step: Step::Member("batteryTechicalProperties"), point: None, children: &[
            Node { step: Step::Member("ratedCapacity"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("ratedEnergy"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("minimumVoltage"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("maximumVoltage"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("nominalVoltage"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("originalPowerCapability"), point: None, children: &[
                Node { step: Step::Elements, point: None, children: &[
                    Node { step: Step::Member("atSoC"), point: Some(Point::Public), children: &[] },
                    Node { step: Step::Member("powerCapabilityAt"), point: Some(Point::Public), children: &[] },
                ] },
            ] },
            Node { step: Step::Member("powerFade"), point: Some(Point::IndividualBattery), children: &[] },
            Node { step: Step::Member("ratedMaximumPower"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("powerCapabilityRatio"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("cRate"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("roundtripEfficiency"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("roundTripEfficiencyat50PerCentCycleLife"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("roundTripEfficiencyFade"), point: Some(Point::IndividualBattery), children: &[] },
            Node { step: Step::Member("initialSelfDischarge"), point: Some(Point::IndividualBattery), children: &[] },
            Node { step: Step::Member("initialInternalResistance"), point: None, children: &[
                Node { step: Step::Elements, point: None, children: &[
                    Node { step: Step::Member("ohmicResistance"), point: Some(Point::Public), children: &[] },
                    Node { step: Step::Member("batteryComponent"), point: Some(Point::Public), children: &[] },
                ] },
            ] },
            Node { step: Step::Member("expectedLifetime"), point: Some(Point::IndividualBattery), children: &[] },
            Node { step: Step::Member("expectedNumberOfCycles"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("lifetimeReferenceTest"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("cRateLifeCycleTest"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("capacityThresholdForExhaustion"), point: Some(Point::Public), children: &[] },
            Node { step: Step::Member("temperatureRangeIdleState"), point: None, children: &[
                Node { step: Step::Member("minimum"), point: Some(Point::Public), children: &[] },
                Node { step: Step::Member("maximum"), point: Some(Point::Public), children: &[] },
            ] },
        ] },
        Node { step: Step::Member("batteryCondition"), point: None, children: &[
            Node { step: Step::Member("remainingCapacity"), point: None, children: &[
                Node { step: Step::Member("remainingCapacityValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("capacityFade"), point: None, children: &[
                Node { step: Step::Member("capacityFadeValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("remainingEnergy"), point: None, children: &[
                Node { step: Step::Member("remainingEnergyValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("stateOfCertifiedEnergy"), point: None, children: &[
                Node { step: Step::Member("stateOfCertifiedEnergyValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("stateOfCharge"), point: None, children: &[
                Node { step: Step::Member("stateOfChargeValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("remainingPowerCapability"), point: None, children: &[
                Node { step: Step::Member("remainingPowerCapabilityValue"), point: None, children: &[
                    Node { step: Step::Member("atSoC"), point: Some(Point::IndividualBattery), children: &[] },
                    Node { step: Step::Member("powerCapabilityAt"), point: Some(Point::IndividualBattery), children: &[] },
                    Node { step: Step::Member("rPCLastUpdated"), point: Some(Point::IndividualBattery), children: &[] },
                ] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("remainingRoundTripEnergyEfficiency"), point: None, children: &[
                Node { step: Step::Member("remainingRoundTripEnergyEfficiencyValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("currentSelfDischargingRate"), point: None, children: &[
                Node { step: Step::Member("currentSelfDischargingRateValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("evolutionOfSelfDischarge"), point: None, children: &[
                Node { step: Step::Member("evolutionOfSelfDischargeValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("internalResistanceIncrease"), point: None, children: &[
                Node { step: Step::Elements, point: None, children: &[
                    Node { step: Step::Member("internalResistanceIncreaseValue"), point: Some(Point::IndividualBattery), children: &[] },
                    Node { step: Step::Member("batteryComponent"), point: Some(Point::IndividualBattery), children: &[] },
                    Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
                ] },
            ] },
            Node { step: Step::Member("numberOfFullCycles"), point: None, children: &[
                Node { step: Step::Member("numberOfFullCyclesValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("energyThroughput"), point: None, children: &[
                Node { step: Step::Member("energyThroughputValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("capacityThroughput"), point: None, children: &[
                Node { step: Step::Member("capacityThroughputValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("temperatureInformation"), point: None, children: &[
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("timeExtremeHighTemp"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("timeExtremeLowTemp"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("timeExtremeHighTempCharging"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("timeExtremeLowTempCharging"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("numberOfDeepDischargeEvents"), point: None, children: &[
                Node { step: Step::Member("numberOfDeepDischargeEventsValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("numberOfOverchargeEvents"), point: None, children: &[
                Node { step: Step::Member("numberOfOverchargeEventsValue"), point: Some(Point::IndividualBattery), children: &[] },
                Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
            ] },
            Node { step: Step::Member("negativeEvents"), point: None, children: &[
                Node { step: Step::Elements, point: None, children: &[
                    Node { step: Step::Member("negativeEvent"), point: Some(Point::IndividualBattery), children: &[] },
                    Node { step: Step::Member("lastUpdate"), point: Some(Point::IndividualBattery), children: &[] },
                ] },
            ] },
        ] },
    ] },
];
