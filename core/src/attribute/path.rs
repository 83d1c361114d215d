//! Paths of the table: `labels.labels[?labelingSubject=SeparateCollection].labelingSymbol`.

/// One step of a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step<'a> {
    /// The member of this name.
    Member(&'a str),
    /// Any member, written `*`: the languages of a text, so its name is a language tag.
    AnyMember,
    /// Every element of an array, written `[]`.
    Elements,
    /// The elements whose `member` (names with `.` between them) is `value`, written
    /// `[?member=value]`. `true` is the boolean, all else a string.
    Selected {
        /// Where the value is, from the element.
        member: &'a str,
        /// What it must be.
        value: &'a str,
    },
}

/// Returns the steps of a path. It is meant for the paths of the table; in any other text it does not
/// panic and the steps mean nothing.
pub const fn steps(path: &str) -> Steps<'_> {
    Steps(path)
}

/// Iterator that [`steps`] returns.
#[derive(Clone, Debug)]
pub struct Steps<'a>(&'a str);

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        if self.0.is_empty() {
            return None;
        }
        if let Some(rest) = self.0.strip_prefix('[') {
            let (inside, rest) = rest.split_once(']').unwrap_or((rest, ""));
            self.0 = rest.strip_prefix('.').unwrap_or(rest);
            let filter = inside
                .strip_prefix('?')
                .and_then(|filter| filter.split_once('='));
            return Some(match filter {
                Some((member, value)) => Step::Selected { member, value },
                None => Step::Elements,
            });
        }
        // By bytes: a passport's validation reads every path of the table.
        let mut bytes = self.0.bytes();
        let end = bytes.position(|byte| matches!(byte, b'.' | b'['));
        let end = end.unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix('.').unwrap_or(rest);
        Some(if name == "*" {
            Step::AnyMember
        } else {
            Step::Member(name)
        })
    }
}

#[cfg(feature = "alloc")]
mod find {
    use serde_json::Value;

    use super::{Step, Steps, steps};
    use crate::attribute::Attribute;
    use crate::json::push_token;
    use crate::model::node::{AsNode as _, Node};
    use crate::prelude::*;

    impl Attribute {
        /// Returns every value of the attribute in a passport, each with its JSON Pointer.
        pub fn find<'v>(&self, passport: &'v Value) -> Vec<(String, &'v Value)> {
            let pointers = self.pointers(passport.node()).into_iter();
            pointers
                .filter_map(|pointer| passport.pointer(&pointer).map(|value| (pointer, value)))
                .collect()
        }

        /// Tells whether a passport gives the attribute.
        pub fn is_in(&self, passport: &Value) -> bool {
            let passport = passport.node();
            self.paths.iter().any(|path| reaches(path, passport))
        }

        /// Returns the JSON Pointer of every value of the attribute.
        pub(crate) fn pointers(&self, passport: Node<'_>) -> Vec<String> {
            let mut found = Vec::new();
            for path in self.paths {
                walk(steps(path), passport, &mut String::new(), &mut found);
            }
            found
        }
    }

    /// Recurses as deep as the path is long.
    fn walk(mut path: Steps<'_>, value: Node<'_>, pointer: &mut String, found: &mut Vec<String>) {
        let length = pointer.len();
        match path.next() {
            None => found.push(pointer.clone()),
            Some(Step::Member(name)) => {
                if let Some(member) = value.get(name) {
                    pointer.push('/');
                    pointer.push_str(name);
                    walk(path, member, pointer, found);
                    pointer.truncate(length);
                }
            }
            Some(Step::AnyMember) => {
                if let Node::Object(members) = value {
                    members.each(&mut |name, member| {
                        push_token(pointer, name);
                        walk(path.clone(), member, pointer, found);
                        pointer.truncate(length);
                    });
                }
            }
            Some(step) => {
                for (index, element) in value.elements().enumerate() {
                    if let Step::Selected { member, value } = step
                        && !selects(element, member, value)
                    {
                        continue;
                    }
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    walk(path.clone(), element, pointer, found);
                    pointer.truncate(length);
                }
            }
        }
    }

    /// Tells whether a path leads to a value, without writing down where.
    pub(crate) fn reaches(path: &str, value: Node<'_>) -> bool {
        follow(steps(path), value)
    }

    /// Recurses as [`walk`] does.
    fn follow(mut path: Steps<'_>, value: Node<'_>) -> bool {
        match path.next() {
            None => true,
            Some(Step::Member(name)) => value.get(name).is_some_and(|member| follow(path, member)),
            Some(Step::AnyMember) => {
                let mut reached = false;
                if let Node::Object(members) = value {
                    members.each(&mut |_, member| {
                        reached = reached || follow(path.clone(), member);
                    });
                }
                reached
            }
            Some(Step::Elements) => (value.elements()).any(|element| follow(path.clone(), element)),
            Some(Step::Selected {
                member,
                value: wanted,
            }) => (value.elements())
                .any(|element| selects(element, member, wanted) && follow(path.clone(), element)),
        }
    }

    /// Tells whether an element of an array is one that a filter means.
    pub(crate) fn selects(element: Node<'_>, member: &str, value: &str) -> bool {
        let mut found = Some(element);
        for name in member.split('.') {
            found = found.and_then(|object| object.get(name));
        }
        match found {
            Some(Node::Flag(is)) => is && value == "true",
            Some(Node::Text(text)) => text == value && value != "true",
            _ => false,
        }
    }
}

#[cfg(feature = "alloc")]
pub(crate) use find::{reaches, selects};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_step_by_step() {
        let mut path = steps("a.b[?c.d=E].f[].g.*");
        for step in [
            Step::Member("a"),
            Step::Member("b"),
            Step::Selected {
                member: "c.d",
                value: "E",
            },
            Step::Member("f"),
            Step::Elements,
            Step::Member("g"),
            Step::AnyMember,
        ] {
            assert_eq!(path.next(), Some(step));
        }
        assert_eq!(path.next(), None);
    }

    #[test]
    fn other_text_does_no_harm() {
        for text in ["", "[", "]", "..", "[?", "[?a", "a[?b=", "ü[", "[]]["] {
            assert!(steps(text).count() <= text.len());
        }
    }
}
