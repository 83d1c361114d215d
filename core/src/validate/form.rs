//! Forms of texts: points in time, periods, addresses, identifiers.

use crate::prelude::*;
use crate::time::Timestamp;

/// How a text stands to `xsd:dateTime` and RFC 3339.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Moment {
    /// A point in time as RFC 3339 writes it.
    Exact(Timestamp),
    /// A date and time of `xsd:dateTime` that is no point in time: no zone, or a year that RFC 3339
    /// has not, or `24:00:00`.
    Vague,
    /// Something else, dates that do not exist included.
    No,
}

/// Reads a date and time. Upstream's pattern is not anchored and knows no calendar (D04).
pub(super) fn moment(text: &str) -> Moment {
    if let Ok(time) = text.parse() {
        return Moment::Exact(time);
    }
    // A year of the same calendar and a zone are put in, so that one parser decides on the rest.
    let (sign, body) = text.strip_prefix('-').map_or((false, text), |b| (true, b));
    let Some((year, rest)) = body.split_once('-') else {
        return Moment::No;
    };
    let digits = year.bytes().all(|b| b.is_ascii_digit());
    if !digits || year.len() < 4 || (year.len() > 4 && year.starts_with('0')) {
        return Moment::No;
    }
    let turn = year.bytes().fold(0_u32, |value, digit| {
        (value * 10 + u32::from(digit - b'0')) % 400
    });
    // The proleptic calendar repeats after 400 years; before year 0 it counts the other way.
    let turn = if sign { (400 - turn) % 400 } else { turn };
    let midnight = rest.get(6..14) == Some("24:00:00");
    let mut rest = if midnight {
        rest.replacen("T24:00:00", "T00:00:00", 1)
    } else {
        rest.to_string()
    };
    let zone = rest.get(14..).unwrap_or_default();
    if midnight
        && zone
            .trim_start_matches(['.', '0'])
            .starts_with(|c: char| c.is_ascii_digit())
    {
        return Moment::No;
    }
    if !zone.contains(['Z', '+', '-']) {
        rest.push('Z');
    }
    match format!("{:04}-{rest}", 2000 + turn).parse::<Timestamp>() {
        Ok(_) => Moment::Vague,
        Err(_) => Moment::No,
    }
}

/// Reads a date of manufacture: a point in time, a day or, as Annex VI asks, month and year. The earliest
/// instant that it can mean is returned.
pub(super) fn day_or_month(text: &str) -> Option<Timestamp> {
    match text.len() {
        7 => Timestamp::from_day(&format!("{text}-01")).ok(),
        10 => Timestamp::from_day(text).ok(),
        _ => text.parse().ok(),
    }
}

/// Tells whether a text is `xsd:gMonth`, `--MM` with an optional zone.
pub(super) fn is_month_of_any_year(text: &str) -> bool {
    let Some(month) = text.strip_prefix("--") else {
        return false;
    };
    let (month, zone) = month.split_at_checked(2).unwrap_or_default();
    let zone = if zone.is_empty() { "Z" } else { zone };
    format!("2000-{month}-01T00:00:00{zone}")
        .parse::<Timestamp>()
        .is_ok()
}

/// Tells whether a text is the end of a period, `YYYY-MM`, or its length, `P8Y` or `P8Y6M`.
pub(super) fn is_period(text: &str) -> bool {
    match text.strip_prefix('P') {
        None => text.len() == 7 && day_or_month(text).is_some(),
        Some(mut rest) => {
            let mut units = "YMWD".chars();
            while !rest.is_empty() {
                let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                let Some(name) = unit.chars().next() else {
                    return false;
                };
                if unit.len() == rest.len() || !units.any(|next| next == name) {
                    return false;
                }
                rest = &unit[name.len_utf8()..];
            }
            text.len() > 1
        }
    }
}

/// Tells whether a text is a URI (RFC 3986, not a relative reference).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    if !letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        || !letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match hierarchy.strip_prefix("//") {
        None => hierarchy,
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !is_authority(authority) {
                return false;
            }
            path
        }
    };
    made_of(path, b":@/") && made_of(query, b":@/?") && made_of(fragment, b":@/?")
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match host.strip_prefix('[') {
        Some(literal) => {
            let Some((address, port)) = literal.split_once(']') else {
                return false;
            };
            if address.parse::<core::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("", port)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    made_of(user, b":") && made_of(host, b"") && port.bytes().all(|b| b.is_ascii_digit())
}

/// Unreserved characters, sub-delimiters, percent-encoded bytes and some others, RFC 3986 section 2.
fn made_of(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let right = match byte {
            b'%' => {
                let mut hex = || bytes.next().is_some_and(|b| b.is_ascii_hexdigit());
                hex() && hex()
            }
            _ => {
                byte.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=".contains(&byte)
                    || others.contains(&byte)
            }
        };
        if !right {
            return false;
        }
    }
    true
}

/// Tells whether a URI leads somewhere that a browser can go.
pub(super) fn is_web_link(uri: &str) -> bool {
    let host = uri.strip_prefix("https://").or(uri.strip_prefix("http://"));
    host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

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
pub(super) fn is_language(text: &str) -> bool {
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
    fn moments() {
        for text in ["2025-08-08T16:19:26Z", "2025-08-08T16:19:26.123+02:00"] {
            assert!(matches!(moment(text), Moment::Exact(_)), "{text}");
        }
        for text in [
            "2025-08-08T16:19:26",
            "2025-08-08T16:19:26.5",
            "2025-08-08T24:00:00Z",
            "2025-08-08T24:00:00.00",
            "-0004-02-29T00:00:00Z",
            "12000-02-29T00:00:00Z",
        ] {
            assert_eq!(moment(text), Moment::Vague, "{text}");
        }
        for text in [
            "zzz2025-08-08T16:19:26Zzzz",
            "2025-08-08T16:19:26Zz",
            "2025-02-30T00:00:00",
            "2025-08-08T24:00:01",
            "2025-08-08T24:00:00.01Z",
            "-0001-02-29T00:00:00Z",
            "02025-08-08T16:19:26Z",
            "2025-08-08",
            "2025-08-08T16:19",
            "2025-08-08T16:19:26+15:00",
            "ü-ü",
            "",
            "-",
        ] {
            assert_eq!(moment(text), Moment::No, "{text}");
        }
    }

    #[test]
    fn periods() {
        for text in ["2035-06", "P8Y", "P8Y6M", "P96M", "P2W", "P10D"] {
            assert!(is_period(text), "{text}");
        }
        for text in [
            "",
            "P",
            "PY",
            "P8",
            "P6M8Y",
            "8Y",
            "2035-13",
            "2035-06-01",
            "--06",
            "P1ü",
        ] {
            assert!(!is_period(text), "{text}");
        }
        assert!(is_month_of_any_year("--06") && is_month_of_any_year("--12+02:00"));
        for text in ["--13", "--6", "x--06", "--06x", "--0ü", "06"] {
            assert!(!is_month_of_any_year(text), "{text}");
        }
    }

    #[test]
    fn uris() {
        for text in [
            "https://example.com/a?b=c#d",
            "http://user:pass@example.com:8080/%41",
            "https://[2001:db8::1]:443/",
            "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90",
            "did:web:example.com",
            "telnet://192.0.2.16:80/",
            "mailto:a@b.example",
            "urn:",
            "http://",
        ] {
            assert!(is_uri(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "/path",
            "1http://x",
            ":x",
            "http://a b",
            "http://a/%4",
            "http://a/%zz",
            "http://a/ü",
            "http://[::1/",
            "http://[x]/",
            "http://a:b/",
            "a:b#c#d",
            "a:[b]",
        ] {
            assert!(!is_uri(text), "{text}");
        }
        assert!(
            is_web_link("https://example.com")
                && !is_web_link("telnet://x")
                && !is_web_link("http://")
        );
    }

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
