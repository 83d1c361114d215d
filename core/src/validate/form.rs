//! Forms of texts: points in time, periods, addresses, identifiers.

use crate::prelude::*;

mod moment;
mod uri;

pub(super) use moment::{Moment, day_or_month, is_month_of_any_year, is_period, moment};
pub(super) use uri::{is_uri, is_web_link};

/// Tells whether a text is an e-mail address of the common form (RFC 5321 `Dot-string` at a host name).
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let atoms = local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    });
    let labels = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
    let top_is_name = top.len() >= 2 && top.starts_with(|c: char| c.is_ascii_alphabetic());
    text.len() <= 254 && local.len() <= 64 && atoms && labels && top_is_name
}

/// How a text stands to a CAS registry number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cas {
    /// The right form and the right check digit.
    Right,
    /// The right form, the wrong check digit (D06).
    WrongDigit,
    /// Another form.
    No,
}

/// Checks a CAS registry number: the digits from the right, times their place, sum modulo ten.
pub(super) fn cas(text: &str) -> Cas {
    let parts: Vec<&str> = text.split('-').collect();
    let [head, pair, check] = parts[..] else {
        return Cas::No;
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(2..=7).contains(&head.len()) || pair.len() != 2 || check.len() != 1 || !digits(head) {
        return Cas::No;
    }
    if !digits(pair) || !digits(check) {
        return Cas::No;
    }
    let sum: u32 = head
        .bytes()
        .chain(pair.bytes())
        .rev()
        .zip(1..)
        .map(|(digit, place)| u32::from(digit - b'0') * place)
        .sum();
    if check.bytes().all(|b| u32::from(b - b'0') == sum % 10) {
        Cas::Right
    } else {
        Cas::WrongDigit
    }
}

/// Tells whether a text is a media type, `type/subtype` with optional parameters.
pub(super) fn is_media_type(text: &str) -> bool {
    let essence = text.split_once(';').map_or(text, |(essence, _)| essence);
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let parts = essence.trim_end().split_once('/');
    parts.is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// Tells whether a text has the form of a language tag (BCP 47): `en`, `de-AT`, `zh-Hans`.
pub(crate) fn is_language(text: &str) -> bool {
    let mut tags = text.split('-');
    let first = tags.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && tags.all(|tag| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_numbers_and_tags() {
        for text in [
            "info@example.com",
            "a.b+c@mail.example.co.uk",
            "o'neil@x.example",
        ] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "ww-@.-xyz",
            "info",
            "@x.example",
            "a@b",
            "a..b@x.example",
            "a@-x.example",
            "a@x.1",
            "ä@x.example",
        ] {
            assert!(!is_email(text), "{text}");
        }
        assert_eq!(cas("7439-93-2"), Cas::Right);
        assert_eq!(cas("7732-18-5"), Cas::Right);
        assert_eq!(cas("7439-93-9"), Cas::WrongDigit);
        for text in [
            "7439-93-2 ",
            "7-93-2",
            "12345678-12-1",
            "7439932",
            "",
            "74٣9-93-2",
        ] {
            assert_eq!(cas(text), Cas::No, "{text}");
        }
        assert!(is_media_type("application/pdf") && is_media_type("text/html; charset=utf-8"));
        assert!(!is_media_type("pdf") && !is_media_type("/pdf") && !is_media_type("a/b c"));
        assert!(is_language("en") && is_language("de-AT") && is_language("zh-Hans"));
        assert!(
            !is_language("english")
                && !is_language("e")
                && !is_language("en_GB")
                && !is_language("")
        );
    }
}
