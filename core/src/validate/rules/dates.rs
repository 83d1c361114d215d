//! Order of dates: made, put into service, last updated, now.

use super::{CONDITION, Rules, form, instant, text};
use crate::error::ErrorCode;
use crate::model::node::Node;
use crate::prelude::*;
use crate::time::Timestamp;

pub(super) fn check(rules: &mut Rules<'_, '_>, now: Timestamp) {
    const MADE: &str = "/generalProductInformation/manufacturingDate";
    const IN_SERVICE: &str = "/generalProductInformation/puttingIntoService";
    let document = rules.document;
    let general = document.get("generalProductInformation");
    let made = text(
        document,
        &["generalProductInformation", "manufacturingDate"],
    )
    .and_then(form::day_or_month);
    let in_service = instant(general.and_then(|g| g.get("puttingIntoService")));
    let updated = instant(document.get("lastUpdate"));
    for (earlier, later, path, detail) in [
        (
            made,
            in_service,
            IN_SERVICE,
            "the battery was put into service before it was made",
        ),
        (
            made,
            updated,
            "/lastUpdate",
            "the last update is before the battery was made",
        ),
        (
            in_service,
            updated,
            "/lastUpdate",
            "the last update is before the battery was put into service",
        ),
    ] {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier > later
        {
            rules.broken(ErrorCode::Inconsistent, path, detail, "Art. 77(4)");
        }
    }
    for (time, path) in [
        (made, MADE),
        (in_service, IN_SERVICE),
        (updated, "/lastUpdate"),
    ] {
        in_the_past(rules, time, || path.into(), now);
    }
    let Some(Node::Object(condition)) = document.at(CONDITION) else {
        return;
    };
    condition.each(&mut |name, value| {
        // Written down only when there is something to report.
        let path = |index: Option<usize>| {
            let index = index.map_or_else(String::new, |index| format!("/{index}"));
            format!("/performanceAndDurability/batteryCondition/{name}{index}/lastUpdate")
        };
        match value {
            Node::List(_) => {
                for (index, element) in value.elements().enumerate() {
                    let path = || path(Some(index));
                    measurement(rules, element, path, (made, updated), now);
                }
            }
            value => measurement(rules, value, || path(None), (made, updated), now),
        }
    });
}

/// Checks the time of one measured value against the whole passport's.
fn measurement(
    rules: &mut Rules<'_, '_>,
    value: Node<'_>,
    path: impl Fn() -> String,
    (made, updated): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) {
    let time = instant(value.get("lastUpdate"));
    in_the_past(rules, time, &path, now);
    if let (Some(time), Some(made)) = (time, made)
        && time < made
    {
        let detail = "measured before the battery was made";
        rules.broken(ErrorCode::Inconsistent, path(), detail, "Art. 77(4)");
    }
    if let (Some(time), Some(updated)) = (time, updated)
        && time > updated
    {
        let detail = "measured after the passport's own lastUpdate";
        rules.doubt(ErrorCode::Inconsistent, path(), detail, "Art. 77(4)");
    }
}

fn in_the_past(
    rules: &mut Rules<'_, '_>,
    time: Option<Timestamp>,
    path: impl Fn() -> String,
    now: Timestamp,
) {
    if time.is_some_and(|time| time > now) {
        let detail = "later than the time of validation";
        rules.broken(ErrorCode::InTheFuture, path(), detail, "Art. 77(4)");
    }
}
