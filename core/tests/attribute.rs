//! The table of attributes is generated from the data file: `UPDATE_TABLE=1 cargo test --test attribute`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

use core::fmt::Write;
use std::path::{Path, PathBuf};

use batterypass::attribute::{self, Category, Guidance, Obligation, Point, Step};
use serde_json::{Value, json};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn data() -> Value {
    let text = std::fs::read_to_string(repository().join("schemas/attributes.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

fn option(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        text => format!("Some({:?})", text.as_str().unwrap()),
    }
}

fn texts(value: &Value) -> String {
    let texts: Vec<String> = value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| format!("{:?}", text.as_str().unwrap()))
        .collect();
    format!("&[{}]", texts.join(", "))
}

/// The text of `core/src/attribute/table.rs`.
fn table() -> String {
    let data = data();
    let attributes = data["attributes"].as_array().unwrap();
    let mut text = format!(
        "//! Generated from `schemas/attributes.json` by `core/tests/attribute.rs`.\n\n\
         use super::{{Attribute, Granularity, Guidance, Obligation, Point, Purpose, Update}};\n\n\
         pub(super) static ATTRIBUTES: [Attribute; {}] = [\n",
        attributes.len()
    );
    for attribute in attributes {
        let of = |name: &str| attribute[name].as_str().unwrap();
        let point = point_of(&attribute["point"]);
        let obligations = Category::ALL.map(|category| {
            let obligation = attribute["obligation"][category.as_str()].as_str().unwrap();
            format!("Obligation::{}", camel(obligation))
        });
        let guidance = ["ev", "lmt", "industrial"].map(|category| {
            attribute["guidance"][category]
                .as_str()
                .map_or("None".to_owned(), |rule| {
                    format!("Some(Guidance::{})", camel(rule))
                })
        });
        writeln!(
            text,
            "    Attribute {{\n        \
             number: {},\n        clause: {:?},\n        name: {:?},\n        \
             paths: {},\n        leaves: {},\n        point: Point::{point:?},\n        \
             from: {},\n        dynamic: {},\n        update: Update::{},\n        \
             granularity: Granularity::{},\n        unit: {},\n        wire_unit: {},\n        \
             reference: {:?},\n        note: {},\n        \
             obligations: [{}],\n        guidance: [{}],\n    }},",
            attribute["number"],
            of("clause"),
            of("name"),
            texts(&attribute["paths"]),
            texts(&attribute["leaves"]),
            option(&attribute["from"]),
            attribute["dynamic"],
            camel(of("update")),
            camel(of("granularity")),
            option(&attribute["unit"]),
            option(&attribute["wireUnit"]),
            of("reference"),
            option(&attribute["note"]),
            obligations.join(", "),
            guidance.join(", "),
        )
        .unwrap();
    }
    text.push_str("];\n\npub(super) static PURPOSES: &[Purpose] = &[\n");
    for purpose in data["purposes"].as_array().unwrap() {
        let points: Vec<String> = purpose["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| format!("Point::{:?}", point_of(point)))
            .collect();
        writeln!(
            text,
            "    Purpose {{ name: {}, about: {}, points: &[{}], reference: {} }},",
            purpose["name"],
            purpose["about"],
            points.join(", "),
            purpose["reference"]
        )
        .unwrap();
    }
    text.push_str("];\n");
    text
}

fn point_of(number: &Value) -> Point {
    Point::ALL
        .into_iter()
        .find(|point| json!(*point as u8) == *number)
        .unwrap()
}

/// What may follow a step, and the point of the leaf that ends there.
#[derive(Default)]
struct Node {
    point: Option<Point>,
    children: Vec<(String, Node)>,
}

impl Node {
    fn add(&mut self, path: &str, point: Point) {
        let mut node = self;
        for step in attribute::steps(path) {
            let step = format!("{step:?}")
                .replace("Member(", "Step::Member(")
                .replace("AnyMember", "Step::AnyMember")
                .replace("Elements", "Step::Elements")
                .replace("Selected", "Step::Selected");
            let index = node.children.iter().position(|(name, _)| *name == step);
            let index = index.unwrap_or_else(|| {
                node.children.push((step, Node::default()));
                node.children.len() - 1
            });
            node = &mut node.children[index].1;
        }
        assert!(node.point.is_none_or(|other| other == point), "{path}");
        node.point = Some(point);
    }

    fn write(&self, step: &str, depth: usize, text: &mut String) {
        let indent = "    ".repeat(depth);
        let point = self
            .point
            .map_or("None".to_owned(), |point| format!("Some(Point::{point:?})"));
        write!(
            text,
            "{indent}Node {{ step: {step}, point: {point}, children: &["
        )
        .unwrap();
        if !self.children.is_empty() {
            text.push('\n');
            for (step, child) in &self.children {
                child.write(step, depth + 1, text);
            }
            text.push_str(&indent);
        }
        text.push_str("] },\n");
    }
}

/// The text of `core/src/attribute/tree.rs`.
fn tree() -> String {
    let data = data();
    let mut root = Node::default();
    for leaf in data["header"].as_array().unwrap() {
        root.add(leaf.as_str().unwrap(), Point::Public);
    }
    for attribute in data["attributes"].as_array().unwrap() {
        for leaf in attribute["leaves"].as_array().unwrap() {
            root.add(leaf.as_str().unwrap(), point_of(&attribute["point"]));
        }
    }
    let mut text = String::from(
        "//! Generated from `schemas/attributes.json` by `core/tests/attribute.rs`.\n\n\
         use super::{Node, Point, Step};\n\n\
         pub(crate) static TREE: &[Node] = &[\n",
    );
    for (step, child) in &root.children {
        child.write(step, 1, &mut text);
    }
    text.push_str("];\n");
    text
}

#[test]
fn the_generated_files_are_those_of_the_data_file() {
    for (name, text) in [("table", table()), ("tree", tree())] {
        let path = repository().join(format!("core/src/attribute/{name}.rs"));
        if std::env::var_os("UPDATE_TABLE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == text,
            "run UPDATE_TABLE=1 cargo test --test attribute"
        );
    }
}

#[test]
fn there_are_93() {
    for (index, attribute) in attribute::all().iter().enumerate() {
        assert_eq!(usize::from(attribute.number), index + 1);
        assert_eq!(attribute::by_number(attribute.number), Some(attribute));
        assert!(attribute.clause.starts_with("6."), "{}", attribute.number);
        assert!(!attribute.name.is_empty() && !attribute.reference.is_empty());
        assert!(!attribute.paths.is_empty() && !attribute.leaves.is_empty());
    }
    for number in [0, 94, 255] {
        assert_eq!(attribute::by_number(number), None);
    }
}

/// Figures of the published tables, and what the corrections in the data file make of them.
#[test]
fn the_counts_are_those_of_the_facts_and_the_corrections() {
    let count = |rule: &dyn Fn(&attribute::Attribute) -> bool| {
        attribute::all().iter().filter(|a| rule(a)).count()
    };
    assert_eq!(
        Point::ALL.map(|point| count(&|a| a.point == point)),
        [60, 5, 1, 27]
    );
    assert_eq!(count(&|a| a.dynamic), 20);
    let missing: Vec<u8> = attribute::all()
        .iter()
        .filter(|a| a.paths.is_empty())
        .map(|a| a.number)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for (category, counts) in [
        (Category::Ev, [58, 12, 12, 11]),
        (Category::Lmt, [66, 14, 9, 4]),
        (Category::Industrial, [38, 30, 14, 11]),
        (Category::Stationary, [66, 14, 9, 4]),
    ] {
        let of = |obligation| count(&|a| a.obligation(category) == obligation);
        assert_eq!(
            [
                of(Obligation::Mandatory),
                of(Obligation::Conditional),
                of(Obligation::Voluntary),
                of(Obligation::NotApplicable),
            ],
            counts,
            "{category:?}"
        );
    }
}

/// Annex XIII has points 1(a) to 1(s), 2(a) to 2(d), 3 and 4(a) to 4(d). An attribute falls under the point
/// that its reference names.
#[test]
fn references_name_points_that_annex_xiii_has() {
    let mut named = 0;
    for attribute in attribute::all() {
        for part in attribute.reference.split("; ") {
            let Some(points) = part.strip_prefix("Annex XIII (") else {
                continue;
            };
            let (point, rest) = points.split_once(')').unwrap();
            assert_eq!(
                point,
                (attribute.point as u8).to_string(),
                "{}",
                attribute.number
            );
            let last = match point {
                "1" => 's',
                "3" => {
                    assert_eq!(rest, "");
                    named += 1;
                    continue;
                }
                _ => 'd',
            };
            let letters: Vec<char> = rest
                .split(" and ")
                .map(|letter| letter.strip_prefix('(').unwrap().chars().next().unwrap())
                .collect();
            assert!(!letters.is_empty());
            for letter in letters {
                assert!(
                    ('a'..=last).contains(&letter),
                    "{}: {part}",
                    attribute.number
                );
            }
            named += 1;
        }
    }
    assert_eq!(named, 82);
}

#[test]
fn what_the_issue_names_holds() {
    let of = |number| attribute::by_number(number).unwrap();
    let threshold = of(83);
    assert_eq!(
        threshold.guidance(Category::Lmt),
        Some(Guidance::NotToBeFilled)
    );
    assert_eq!(threshold.guidance(Category::Ev), Some(Guidance::Mandatory));
    assert_eq!(
        threshold.obligation(Category::Stationary),
        Obligation::NotApplicable
    );
    assert_eq!(of(57).obligation(Category::Lmt), Obligation::NotApplicable);
    for category in [Category::Industrial, Category::Stationary] {
        assert_eq!(
            of(54).guidance(category),
            Some(Guidance::Conditional),
            "stationary batteries are industrial"
        );
    }
}

#[test]
fn values_are_found_by_path_and_filter() {
    let passport = json!({
        "materialComposition": { "batteryMaterials": [
            { "batteryMaterialLocation": { "componentName": "Housing" }, "isCriticalRawMaterial": true },
            { "batteryMaterialLocation": { "componentName": "Anode" }, "isCriticalRawMaterial": "true" },
        ] },
        "labels": { "labels": [
            { "labelingSubject": "HazardousMaterial", "labelingSymbol": "https://example.com/cd" }
        ] },
    });
    let found = |number| -> Vec<String> {
        let attribute = attribute::by_number(number).unwrap();
        let found = attribute.find(&passport);
        assert_eq!(attribute.is_in(&passport), !found.is_empty());
        for (pointer, value) in &found {
            assert_eq!(passport.pointer(pointer), Some(*value));
        }
        found.into_iter().map(|(pointer, _)| pointer).collect()
    };
    assert_eq!(found(32), ["/materialComposition/batteryMaterials/0"]);
    assert_eq!(found(33), ["/materialComposition/batteryMaterials/1"]);
    assert_eq!(found(13), ["/labels/labels/0/labelingSymbol"]);
    assert!(found(12).is_empty());
}

/// A path that upstream's model does not have would never be found.
#[test]
fn leaves_have_a_name_at_the_top_that_a_passport_has() {
    const TOP: [&str; 10] = [
        "digitalProductPassportId",
        "uniqueProductIdentifier",
        "economicOperatorId",
        "generalProductInformation",
        "carbonFootprint",
        "circularity",
        "materialComposition",
        "performanceAndDurability",
        "labels",
        "supplyChainDueDiligence",
    ];
    let mut seen = [false; TOP.len()];
    for attribute in attribute::all() {
        for path in attribute.paths.iter().chain(attribute.leaves) {
            let Some(Step::Member(top)) = attribute::steps(path).next() else {
                panic!("{path}");
            };
            seen[TOP.iter().position(|name| *name == top).unwrap()] = true;
        }
    }
    assert_eq!(seen, [true; TOP.len()]);
}
