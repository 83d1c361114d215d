//! Points in time, days, months and periods.

use crate::prelude::*;
use crate::time::Timestamp;

/// How a text stands to `xsd:dateTime` and RFC 3339.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::validate) enum Moment {
    /// A point in time as RFC 3339 writes it.
    Exact(Timestamp),
    /// A date and time of `xsd:dateTime` that is no point in time: no zone, or a year that RFC 3339
    /// has not, or `24:00:00`.
    Vague,
    /// Something else, dates that do not exist included.
    No,
}

/// Reads a date and time. Upstream's pattern is not anchored and knows no calendar (D04).
pub(in crate::validate) fn moment(text: &str) -> Moment {
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
pub(in crate::validate) fn day_or_month(text: &str) -> Option<Timestamp> {
    match text.len() {
        7 => Timestamp::from_day(&format!("{text}-01")).ok(),
        10 => Timestamp::from_day(text).ok(),
        _ => text.parse().ok(),
    }
}

/// Tells whether a text is `xsd:gMonth`, `--MM` with an optional zone.
pub(in crate::validate) fn is_month_of_any_year(text: &str) -> bool {
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
pub(in crate::validate) fn is_period(text: &str) -> bool {
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
}
