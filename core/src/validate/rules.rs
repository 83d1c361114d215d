//! Rules across members: what each value may be, the values together may not.

use super::form::{self, Moment};
use crate::error::ErrorCode;
use crate::jcs;
use crate::model::node::Node;
use crate::prelude::*;
use crate::report::{Findings, Severity};
use crate::time::Timestamp;

mod dates;
mod identity;
mod ratings;

/// Returns the text at a path of names.
pub(super) fn text<'a>(document: Node<'a>, path: &[&str]) -> Option<&'a str> {
    document.at(path)?.as_str()
}

fn number(document: Node<'_>, path: &[&str]) -> Option<f64> {
    document.at(path)?.as_f64()
}

fn elements<'a>(document: Node<'a>, path: &[&str]) -> impl Iterator<Item = Node<'a>> + Clone {
    document.at(path).into_iter().flat_map(Node::elements)
}

/// Energy in kilowatt hours: the rated one, else nominal voltage times rated capacity.
pub(super) fn energy(document: Node<'_>) -> Option<f64> {
    let technical = document.at(TECHNICAL)?;
    number(technical, &["ratedEnergy"]).or_else(|| nominal_energy(technical))
}

fn nominal_energy(technical: Node<'_>) -> Option<f64> {
    Some(number(technical, &["nominalVoltage"])? * number(technical, &["ratedCapacity"])? / 1000.0)
}

const TECHNICAL: &[&str] = &["performanceAndDurability", "batteryTechicalProperties"];
const CONDITION: &[&str] = &["performanceAndDurability", "batteryCondition"];

/// Checks all rules. `severity` is that of values that contradict each other.
pub(super) fn check(
    document: Node<'_>,
    severity: Severity,
    now: Timestamp,
    findings: &mut Findings,
) {
    let mut rules = Rules {
        document,
        severity,
        findings,
    };
    rules.identity();
    rules.status();
    rules.ratings();
    rules.uniqueness();
    rules.sums();
    dates::check(&mut rules, now);
}

struct Rules<'a, 'f> {
    document: Node<'a>,
    severity: Severity,
    findings: &'f mut Findings,
}

impl Rules<'_, '_> {
    fn broken(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.findings
            .push(code, self.severity, path, detail, reference);
    }

    fn doubt(
        &mut self,
        code: ErrorCode,
        path: impl Into<String>,
        detail: impl Into<String>,
        reference: &'static str,
    ) {
        self.findings.warning(code, path, detail, reference);
    }

    fn uniqueness(&mut self) {
        for (path, key, reference) in [
            (
                &["circularity", "recycledContent"][..],
                Some("recycledMaterial"),
                "Art. 8(1)",
            ),
            (
                &["carbonFootprint", "carbonFootprintPerLifecycleStage"],
                Some("lifecycleStage"),
                "Art. 7(1)",
            ),
            (
                &[
                    "performanceAndDurability",
                    "batteryTechicalProperties",
                    "originalPowerCapability",
                ],
                Some("atSoC"),
                "Annex IV Part B(4)",
            ),
            (&["predecessors"], None, "Art. 77(7)"),
        ] {
            // A set, because a list can be as long as the limits of a document allow.
            let mut seen = BTreeSet::new();
            for (index, element) in elements(self.document, path).enumerate() {
                let this = key.map_or(Some(element), |key| element.get(key));
                if this.is_some_and(|this| !seen.insert(jcs::to_string(&this.to_value()))) {
                    let mut pointer = format!("/{}/{index}", path.join("/"));
                    if let Some(key) = key {
                        pointer.push('/');
                        pointer.push_str(key);
                    }
                    self.broken(
                        ErrorCode::DuplicateValue,
                        pointer,
                        "the same value stands in an earlier element",
                        reference,
                    );
                }
            }
        }
    }

    fn sums(&mut self) {
        let document = self.document;
        for (index, content) in elements(document, &["circularity", "recycledContent"]).enumerate()
        {
            let share = |name| number(content, &[name]).unwrap_or(0.0);
            if share("preConsumerShare") + share("postConsumerShare") > 100.0 {
                let path = format!("/circularity/recycledContent/{index}");
                self.broken(
                    ErrorCode::Inconsistent,
                    path,
                    "the two shares of one material are more than 100 % together",
                    "Art. 8(1)",
                );
            }
        }
        let grams: f64 = elements(document, &["materialComposition", "batteryMaterials"])
            .filter_map(|material| number(material, &["batteryMaterialMass"]))
            .sum();
        if let Some(kilograms) = number(document, &["generalProductInformation", "batteryMass"])
            && grams > kilograms * 1000.0
        {
            self.broken(
                ErrorCode::Inconsistent,
                "/materialComposition/batteryMaterials",
                "the materials, in grams, weigh more than the battery, in kilograms",
                "Annex VI Part A(5)",
            );
        }
        let stages = elements(
            document,
            &["carbonFootprint", "carbonFootprintPerLifecycleStage"],
        );
        let total: f64 = stages
            .clone()
            .filter_map(|stage| number(stage, &["carbonFootprint"]))
            .sum();
        // Only all four stages together are the whole.
        if let (4, Some(whole)) = (
            stages.count(),
            number(document, &["carbonFootprint", "batteryCarbonFootprint"]),
        ) && (total - whole).abs() > whole.abs() * 0.01
        {
            let shares = (total - 100.0).abs() < 1.0;
            let (code, detail) = if shares {
                (
                    ErrorCode::DoubtfulUnit,
                    "the stages look like percent; expected kilograms of CO2 equivalent per kilowatt hour",
                )
            } else {
                (
                    ErrorCode::Inconsistent,
                    "the four stages do not sum up to batteryCarbonFootprint",
                )
            };
            self.doubt(
                code,
                "/carbonFootprint/carbonFootprintPerLifecycleStage",
                detail,
                "Art. 7(1)",
            );
        }
    }
}

/// Reads a point in time at a path, if it is one.
fn instant(value: Option<Node<'_>>) -> Option<Timestamp> {
    match form::moment(value?.as_str()?) {
        Moment::Exact(time) => Some(time),
        Moment::Vague | Moment::No => None,
    }
}
