//! Compares a document with the shape of a passport, value by value.

use super::Profile;
use super::country::{Country, country};
use super::form::{self, Cas, Moment};
use super::shape::{Kind, Member, Need, Number, PASSPORT};
use crate::error::ErrorCode;
use crate::json::push_token;
use crate::link::is_valid_id;
use crate::model::node::{Members, Node};
use crate::prelude::*;
use crate::report::{Findings, Severity};

/// Checks names, types, forms, words and ranges of a whole passport.
pub(super) fn check(passport: &dyn Members, profile: Profile, findings: &mut Findings) {
    let mut walk = Walk { profile, findings };
    let root = Place {
        parent: None,
        token: Token::Root,
    };
    walk.object(passport, PASSPORT, &root);
}

/// Where the walk is. The pointer is written only when there is something to report.
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    token: Token<'a>,
}

enum Token<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        let mut pointer = self.parent.map_or_else(String::new, Place::pointer);
        match self.token {
            Token::Root => {}
            Token::Name(name) => push_token(&mut pointer, name),
            Token::Index(index) => push_token(&mut pointer, &index.to_string()),
        }
        pointer
    }
}

struct Walk<'f> {
    profile: Profile,
    findings: &'f mut Findings,
}

impl Walk<'_> {
    fn object(&mut self, members: &dyn Members, shape: &'static [Member], place: &Place<'_>) {
        // No object of the model has more than 64 members.
        let mut seen = 0_u64;
        // Members mostly come in the order of the shape.
        let mut next = 0;
        members.each(&mut |name, value| {
            let place = Place {
                parent: Some(place),
                token: Token::Name(name),
            };
            let is = |member: &Member| member.name == name;
            let found = if shape.get(next).is_some_and(is) {
                Some(next)
            } else {
                shape.iter().position(is)
            };
            match found {
                Some(index) => {
                    seen |= 1 << index;
                    next = index + 1;
                    self.value(value, &shape[index].kind, &place, shape[index].reference);
                }
                None => {
                    let severity = match self.profile {
                        Profile::Wire => Severity::Info,
                        Profile::Regulation => Severity::Warning,
                    };
                    let detail = "the data model has no such member; it is kept, and shown to the operator only";
                    self.push(
                        ErrorCode::UnknownMember,
                        severity,
                        &place,
                        detail,
                        "EN 18223",
                    );
                }
            }
        });
        for (index, member) in shape.iter().enumerate() {
            let needed = match member.need {
                Need::Part => true,
                Need::Wire => self.profile == Profile::Wire,
                Need::Header => self.profile == Profile::Regulation,
                Need::Excused | Need::May => false,
            };
            if needed && seen & (1 << index) == 0 {
                let place = Place {
                    parent: Some(place),
                    token: Token::Name(member.name),
                };
                self.error(
                    ErrorCode::MissingMember,
                    &place,
                    expected(&member.kind),
                    member.reference,
                );
            }
        }
    }

    fn value(
        &mut self,
        value: Node<'_>,
        kind: &'static Kind,
        place: &Place<'_>,
        reference: &'static str,
    ) {
        match (kind, value) {
            (Kind::Any, _) | (Kind::Flag, Node::Flag(_)) => {}
            (Kind::Object(shape), Node::Object(members)) => self.object(members, shape, place),
            (Kind::List(kind), Node::List(_)) => {
                for (index, element) in value.elements().enumerate() {
                    let place = Place {
                        parent: Some(place),
                        token: Token::Index(index),
                    };
                    self.value(element, kind, &place, reference);
                }
            }
            (Kind::Number(bounds), Node::Number(number)) => {
                self.number(
                    number.as_f64().unwrap_or(f64::NAN),
                    bounds,
                    place,
                    reference,
                );
            }
            (Kind::Languages, Node::Object(texts)) => {
                let (mut any, mut right) = (false, true);
                texts.each(&mut |language, text| {
                    any = true;
                    right &= form::is_language(language)
                        && text.as_str().is_some_and(|text| !text.is_empty());
                });
                if !any || !right {
                    self.doubtful(ErrorCode::InvalidMember, place, expected(kind), reference);
                }
            }
            (
                Kind::Flag | Kind::Object(_) | Kind::List(_) | Kind::Number(_) | Kind::Languages,
                _,
            ) => self.wrong_type(expected(kind), place, reference),
            (_, Node::Text(text)) => self.text(text, kind, place, reference),
            _ => self.wrong_type(expected(kind), place, reference),
        }
    }

    fn number(&mut self, value: f64, bounds: &Number, place: &Place<'_>, reference: &'static str) {
        let within = |(min, max): (f64, f64)| (min..=max).contains(&value);
        if let Some(range) = bounds.wire
            && !within(range)
        {
            let detail = format!("expected {} to {} {}", range.0, range.1, bounds.unit);
            return self.error(ErrorCode::OutOfRange, place, &detail, reference);
        }
        let (min, max) = bounds.range;
        if !within(bounds.range) || (bounds.above && value <= min) {
            let detail = match (bounds.above, max < 1e9) {
                (true, true) => {
                    format!("expected more than {min} and at most {max} {}", bounds.unit)
                }
                (true, false) => format!("expected more than {min} {}", bounds.unit),
                (false, true) => format!("expected {min} to {max} {}", bounds.unit),
                (false, false) => format!("expected at least {min} {}", bounds.unit),
            };
            self.doubtful(ErrorCode::OutOfRange, place, &detail, reference);
        } else if bounds.whole && value % 1.0 != 0.0 {
            let detail = format!("expected a whole number of {}", bounds.unit);
            self.doubtful(ErrorCode::InvalidMember, place, &detail, reference);
        }
    }

    fn text(
        &mut self,
        text: &str,
        kind: &'static Kind,
        place: &Place<'_>,
        reference: &'static str,
    ) {
        use ErrorCode::{CheckDigit, InvalidMember, UnknownWord};
        let detail = expected(kind);
        let right = match kind {
            Kind::Uri => form::is_uri(text),
            Kind::Email => form::is_email(text),
            Kind::PassportId => is_valid_id(text),
            Kind::Text => {
                if text.trim().is_empty() {
                    self.doubtful(InvalidMember, place, detail, reference);
                }
                true
            }
            Kind::Link => {
                let uri = form::is_uri(text);
                if uri && self.profile == Profile::Regulation && !form::is_web_link(text) {
                    let detail = "expected an http or https link that a reader can open";
                    self.push(InvalidMember, Severity::Warning, place, detail, reference);
                }
                uri
            }
            Kind::Moment => match form::moment(text) {
                Moment::Exact(_) => true,
                Moment::Vague => {
                    self.doubtful(InvalidMember, place, detail, reference);
                    true
                }
                Moment::No => false,
            },
            Kind::DayOrMonth => form::day_or_month(text).is_some(),
            Kind::Warranty => {
                let month = form::is_month_of_any_year(text);
                if month && self.profile == Profile::Regulation {
                    let detail = "a month of any year is no period; expected an end such as 2035-06 or a length such as P8Y";
                    self.push(InvalidMember, Severity::Warning, place, detail, reference);
                }
                month || form::is_period(text)
            }
            Kind::Cas => match form::cas(text) {
                Cas::Right => true,
                Cas::WrongDigit => {
                    let detail = "the check digit of the CAS registry number does not fit";
                    self.doubtful(CheckDigit, place, detail, reference);
                    true
                }
                Cas::No => false,
            },
            Kind::Country => {
                match country(text) {
                    Country::Known => {}
                    Country::NoSuchCode => self.doubtful(InvalidMember, place, detail, reference),
                    Country::Unknown => {
                        self.push(InvalidMember, Severity::Warning, place, detail, reference);
                    }
                }
                true
            }
            Kind::MediaType => {
                if !form::is_media_type(text) {
                    self.doubtful(InvalidMember, place, detail, reference);
                }
                true
            }
            Kind::Word(words, others) => {
                if !words.contains(&text) && !others.contains(&text) {
                    let words: Vec<&str> = words.iter().chain(*others).copied().collect();
                    let detail = format!("expected one of {}", words.join(", "));
                    self.error(UnknownWord, place, &detail, reference);
                }
                true
            }
            _ => return self.wrong_type(detail, place, reference),
        };
        if !right {
            self.error(InvalidMember, place, detail, reference);
        }
    }

    fn wrong_type(&mut self, expected: &str, place: &Place<'_>, reference: &'static str) {
        self.error(ErrorCode::WrongType, place, expected, reference);
    }

    fn error(&mut self, code: ErrorCode, place: &Place<'_>, detail: &str, reference: &'static str) {
        self.push(code, Severity::Error, place, detail, reference);
    }

    /// Reports what upstream's schema accepts and the law cannot mean.
    fn doubtful(
        &mut self,
        code: ErrorCode,
        place: &Place<'_>,
        detail: &str,
        reference: &'static str,
    ) {
        let severity = match self.profile {
            Profile::Wire => Severity::Warning,
            Profile::Regulation => Severity::Error,
        };
        self.push(code, severity, place, detail, reference);
    }

    fn push(
        &mut self,
        code: ErrorCode,
        severity: Severity,
        place: &Place<'_>,
        detail: &str,
        reference: &'static str,
    ) {
        self.findings
            .push(code, severity, place.pointer(), detail, reference);
    }
}

/// What a person has to write, in words.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Any => "expected a value",
        Kind::Text => "expected a text that is not empty",
        Kind::PassportId => "expected 1 to 128 bytes of visible ASCII",
        Kind::Uri => "expected a URI such as urn:uuid:... or https://...",
        Kind::Link => "expected a link such as https://...",
        Kind::Email => "expected an e-mail address such as info@example.com",
        Kind::Moment => "expected a time with a zone such as 2027-02-18T08:00:00Z",
        Kind::DayOrMonth => "expected 2027-02, 2027-02-18 or 2027-02-18T08:00:00Z",
        Kind::Warranty => "expected an end such as 2035-06 or a length such as P8Y",
        Kind::Cas => "expected a CAS registry number such as 7439-93-2",
        Kind::Country => {
            "expected a country code of ISO 3166-1 such as DE or DEU, or its English name"
        }
        Kind::MediaType => "expected a media type such as application/pdf",
        Kind::Languages => "expected texts by language such as {\"en\": \"Separate collection\"}",
        Kind::Word(..) => "expected a word of the enumeration",
        Kind::Flag => "expected true or false",
        Kind::Number(_) => "expected a number",
        Kind::List(_) => "expected an array",
        Kind::Object(_) => "expected an object",
    }
}
