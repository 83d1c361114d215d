//! The table of the 93 attributes and the purposes, as JSON.

use batterypass::attribute::{self, Attribute, Category, Guidance};
use napi_derive::napi;
use serde_json::{Map, Value, json};

#[napi]
pub fn attributes() -> String {
    let table = attribute::all().iter().map(row);
    table.collect::<Value>().to_string()
}

#[napi]
pub fn purposes() -> String {
    let purposes = attribute::purposes().iter().map(|purpose| {
        let points = purpose.points.iter().map(|point| *point as u8);
        json!({
            "name": purpose.name,
            "about": purpose.about,
            "points": points.collect::<Vec<_>>(),
            "reference": purpose.reference,
        })
    });
    purposes.collect::<Value>().to_string()
}

fn row(attribute: &Attribute) -> Value {
    let by_category = |rule: &dyn Fn(Category) -> Value| -> Map<String, Value> {
        let all = Category::ALL.into_iter();
        all.map(|category| (category.as_str().to_owned(), rule(category)))
            .collect()
    };
    json!({
        "number": attribute.number,
        "clause": attribute.clause,
        "name": attribute.name,
        "paths": attribute.paths,
        "leaves": attribute.leaves,
        "point": attribute.point as u8,
        "obligation": by_category(&|category| attribute.obligation(category).as_str().into()),
        "guidance": by_category(&|category| attribute.guidance(category).map(Guidance::as_str).into()),
        "appliesFrom": attribute.from,
        "dynamic": attribute.dynamic,
        "update": attribute.update.as_str(),
        "granularity": attribute.granularity.as_str(),
        "unit": attribute.unit,
        "wireUnit": attribute.wire_unit,
        "reference": attribute.reference,
        "note": attribute.note,
    })
}
