//! Which points of Annex XIII stand where in a passport.

use super::{Nodes, Point, Reader};
use crate::attribute::Step;
use crate::json::push_token;
use crate::model::node::Node;
use crate::prelude::*;

/// The points of the leaves within a value. None where the table knows nothing: for the operator only.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Points(u8);

impl Points {
    fn of(point: Point) -> Self {
        Self(1 << point as u8)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Tells whether a reader other than the operator may read any of it.
    pub(crate) fn any_for(self, reader: Reader) -> bool {
        let has = |point: &Point| self.0 & Self::of(*point).0 != 0;
        let mut points = Point::ALL.into_iter().filter(has);
        points.any(|point| reader.may_read(point))
    }
}

/// Returns the points within each value of a passport but the passport itself, by JSON Pointer. What lies
/// within a value that the table does not know is left out.
///
/// A value is in the view of a reader exactly if the reader may read one of its points.
pub(crate) fn points_within(passport: Node<'_>) -> Vec<(String, Points)> {
    let mut found = Vec::new();
    walk(passport, &Nodes::top(), &mut String::new(), &mut found);
    // The passport itself came last.
    found.pop();
    found
}

/// Recurses no deeper than the table's paths are long.
fn walk(
    value: Node<'_>,
    at: &Nodes,
    pointer: &mut String,
    found: &mut Vec<(String, Points)>,
) -> Points {
    let mut points = Points::default();
    let length = pointer.len();
    match value {
        // Only the operator reads it, so nothing in it needs a place of its own.
        _ if at.is_nowhere() => {}
        Node::Object(members) => members.each(&mut |name, member| {
            push_token(pointer, name);
            points = points.and(walk(member, &at.after(Step::Member(name)), pointer, found));
            pointer.truncate(length);
        }),
        Node::List(_) => {
            for (i, element) in value.elements().enumerate() {
                push_token(pointer, &i.to_string());
                points = points.and(walk(element, &at.element(element), pointer, found));
                pointer.truncate(length);
            }
        }
        _ => points = at.point().map(Points::of).unwrap_or_default(),
    }
    found.push((pointer.clone(), points));
    points
}
