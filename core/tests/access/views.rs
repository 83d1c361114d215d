//! Views of documents made at random: each holds the leaves that `may_read` allows, and no other.

use std::sync::LazyLock;

use super::documents::documents;
use super::*;

/// The filters of the table.
static FILTERS: LazyLock<BTreeSet<(&str, &str)>> = LazyLock::new(|| {
    let leaves = attribute::all().iter().flat_map(|a| a.leaves);
    leaves
        .flat_map(|leaf| steps(leaf))
        .filter_map(|step| match step {
            Step::Selected { member, value } => Some((member, value)),
            _ => None,
        })
        .collect()
});

/// Every leaf with every path that says where it is; none where a name cannot be said in a path.
fn leaves(value: &Value, paths: &[String], found: &mut Vec<(Vec<String>, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let sayable = !name.is_empty() && !name.contains(['.', '[', '*']);
                let next: Vec<_> = paths
                    .iter()
                    .filter(|_| sayable)
                    .map(|path| {
                        if path.is_empty() {
                            name.clone()
                        } else {
                            format!("{path}.{name}")
                        }
                    })
                    .collect();
                leaves(member, &next, found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                let mut next: Vec<_> = paths.iter().map(|path| format!("{path}[]")).collect();
                for (member, is) in FILTERS.iter().copied() {
                    let selected = match element.get(member) {
                        Some(Value::Bool(flag)) => *flag && is == "true",
                        Some(Value::String(text)) => text == is && is != "true",
                        _ => false,
                    };
                    if selected {
                        next.extend(paths.iter().map(|path| format!("{path}[?{member}={is}]")));
                    }
                }
                leaves(element, &next, found);
            }
        }
        leaf => found.push((paths.to_vec(), leaf.to_string())),
    }
}

proptest! {
    #[test]
    fn a_view_holds_the_leaves_that_may_read_allows_and_no_other(document in documents()) {
        for audience in [Audience::Public, Audience::Authority, Audience::LegitimateInterest] {
            let allowed = |paths: &[String]| paths.iter().any(|path| may_read(audience, path));
            let mut expected = Vec::new();
            leaves(&document, &[String::new()], &mut expected);
            expected.retain(|(paths, _)| allowed(paths));
            let view = access::view(document.clone(), audience);
            let mut seen = Vec::new();
            leaves(&view, &[String::new()], &mut seen);
            for (paths, value) in &seen {
                prop_assert!(allowed(paths), "{audience:?} {paths:?} {value}");
            }
            expected.sort();
            seen.sort();
            prop_assert_eq!(&seen, &expected);
            prop_assert_eq!(access::view(view.clone(), audience), view);
        }
        prop_assert_eq!(access::view(document.clone(), Audience::Operator), document);
    }
}
