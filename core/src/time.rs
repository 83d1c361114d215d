//! Points in time as credentials write them: RFC 3339 with seconds and a zone.

use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorCode, Result};

const DAY: i64 = 86_400;

/// A point in time, years 0000 to 9999, to the nanosecond.
///
/// The text form is the intersection of RFC 3339 and `xsd:dateTimeStamp`, which VCDM 2.0 section 4.9
/// asks for: upper-case `T` and `Z`, a mandatory zone within 14 hours, no leap second, no `24:00:00`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// 0000-01-01T00:00:00Z in Unix seconds.
    const MIN_SECONDS: i64 = -62_167_219_200;
    /// 9999-12-31T23:59:59Z in Unix seconds.
    const MAX_SECONDS: i64 = 253_402_300_799;

    /// Makes a point in time from seconds since 1970-01-01T00:00:00Z, without leap seconds.
    ///
    /// # Errors
    /// `out_of_range` outside the years 0000 to 9999.
    pub fn from_unix(seconds: i64) -> Result<Self> {
        if !(Self::MIN_SECONDS..=Self::MAX_SECONDS).contains(&seconds) {
            return Err(ErrorCode::OutOfRange.into());
        }
        Ok(Self {
            seconds,
            nanoseconds: 0,
        })
    }

    /// Reads a day, `2027-02-18`, as its first instant in UTC.
    ///
    /// # Errors
    /// `invalid_argument` for every other form and for days that do not exist.
    pub fn from_day(text: &str) -> Result<Self> {
        let mut whole = *b"0000-00-00T00:00:00Z";
        if text.len() != 10 {
            return Err(ErrorCode::InvalidArgument.into());
        }
        whole[..10].copy_from_slice(text.as_bytes());
        parse(&whole).ok_or_else(|| Error::new(ErrorCode::InvalidArgument))
    }

    /// Returns the whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn unix(&self) -> i64 {
        self.seconds
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads `2027-02-18T08:00:00Z` or `2027-02-18T09:00:00.5+01:00`. Digits after the ninth of the
    /// fraction are dropped.
    ///
    /// Fails with `invalid_argument` for every other form and for dates that do not exist.
    fn from_str(text: &str) -> Result<Self> {
        parse(text.as_bytes()).ok_or_else(|| Error::new(ErrorCode::InvalidArgument))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanoseconds != 0 {
            let (mut fraction, mut width) = (self.nanoseconds, 9);
            while fraction % 10 == 0 {
                fraction /= 10;
                width -= 1;
            }
            write!(f, ".{fraction:0width$}")?;
        }
        f.write_str("Z")
    }
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let (date, text) = text.split_at_checked(11)?;
    let (clock, mut text) = text.split_at_checked(8)?;
    let [b'-', b'-', b'T'] = [date[4], date[7], date[10]] else {
        return None;
    };
    let [b':', b':'] = [clock[2], clock[5]] else {
        return None;
    };
    let (year, month, day) = (
        number(&date[..4])?,
        number(&date[5..7])?,
        number(&date[8..10])?,
    );
    let (hour, minute, second) = (
        number(&clock[..2])?,
        number(&clock[3..5])?,
        number(&clock[6..])?,
    );
    let day_exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !day_exists || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut nanoseconds = 0;
    if let [b'.', rest @ ..] = text {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let fraction = &rest[..digits.min(9)];
        nanoseconds = number(fraction)? * 10_i64.pow(9 - u32::try_from(fraction.len()).ok()?);
        text = &rest[digits..];
    }
    let offset = match text {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if minutes > 59 || hours * 60 + minutes > 14 * 60 {
                return None;
            }
            let offset = (hours * 60 + minutes) * 60;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let seconds =
        days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
    let mut time = Timestamp::from_unix(seconds).ok()?;
    time.nanoseconds = u32::try_from(nanoseconds).ok()?;
    Some(time)
}

/// Reads 1 to 9 ASCII digits.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + i64::from(digit - b'0'))
    })
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years start in March here, so
/// that the leap day is the last of its year and a month's start is linear in its number.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn known_instants() {
        for (text, unix, shown) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2000-02-29T23:59:59Z", 951_868_799, "2000-02-29T23:59:59Z"),
            (
                "2027-02-18T09:00:00+01:00",
                1_802_937_600,
                "2027-02-18T08:00:00Z",
            ),
            (
                "2027-02-18T08:00:00.250Z",
                1_802_937_600,
                "2027-02-18T08:00:00.25Z",
            ),
            (
                "1969-12-31T23:59:59.000000001Z",
                -1,
                "1969-12-31T23:59:59.000000001Z",
            ),
            (
                "9999-12-31T23:59:59Z",
                253_402_300_799,
                "9999-12-31T23:59:59Z",
            ),
            (
                "0000-01-01T00:00:00Z",
                -62_167_219_200,
                "0000-01-01T00:00:00Z",
            ),
        ] {
            let time: Timestamp = text.parse().expect(text);
            assert_eq!((time.unix(), time.to_string().as_str()), (unix, shown));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2027-02-18",
            "2027-02-18T08:00:00",
            "2027-02-18t08:00:00Z",
            "2027-02-18T08:00:00z",
            "2027-02-18 08:00:00Z",
            "2027-02-29T08:00:00Z",
            "1900-02-29T08:00:00Z",
            "2027-13-01T08:00:00Z",
            "2027-00-01T08:00:00Z",
            "2027-02-18T24:00:00Z",
            "2027-02-18T08:00:60Z",
            "2027-02-18T08:00:00.Z",
            "2027-02-18T08:00:00+14:01",
            "2027-02-18T08:00:00+1:00",
            "2027-02-18T08:00:00Zx",
            "x2027-02-18T08:00:00Z",
            "0000-01-01T00:00:00+01:00",
            "+027-02-18T08:00:00Z",
            "2027-02-18T08:00:00Ä",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_its_first_instant() {
        let day = Timestamp::from_day("2027-02-18").expect("a day");
        assert_eq!(day.to_string(), "2027-02-18T00:00:00Z");
        for text in [
            "",
            "2027-02",
            "2027-02-30",
            "2027-02-18T",
            "18.02.2027",
            "2027-02-ü",
        ] {
            assert!(Timestamp::from_day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn order_is_of_instants_not_of_texts() {
        let time = |text: &str| text.parse::<Timestamp>().expect("valid");
        assert!(time("2027-02-18T09:00:00+02:00") < time("2027-02-18T07:00:00.1Z"));
    }

    proptest::proptest! {
        #[test]
        fn display_reads_back(seconds in Timestamp::MIN_SECONDS..=Timestamp::MAX_SECONDS, nanoseconds in 0_u32..1_000_000_000) {
            let time = Timestamp { seconds, nanoseconds };
            proptest::prop_assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
        }

        #[test]
        fn never_panics(text in "[0-9TZ:.+-]{0,40}|\\PC{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
