//! JSON scalars as RDF literals (JSON-LD 1.1 API section 8.2.2).

use serde_json::{Number, Value};

use crate::prelude::*;
use crate::rdf::{Term, XSD_BOOLEAN, XSD_DOUBLE, XSD_INTEGER, XSD_STRING};

/// The literal of a scalar, with the datatype that its term asks for. `None` where the literal would
/// not say the same as the JSON.
pub(super) fn literal(value: &Value, datatype: Option<&str>) -> Option<Term> {
    match value {
        Value::Bool(value) => Some(Term::typed(
            value.to_string(),
            datatype.unwrap_or(XSD_BOOLEAN),
        )),
        Value::Number(value) => number(value, datatype),
        Value::String(text) => string(text, datatype.unwrap_or(XSD_STRING)),
        _ => None,
    }
}

/// Text stays as it is. Text that is to be a double is rewritten by some processors, so that only the
/// canonical form is the same to all.
pub(super) fn string(text: &str, datatype: &str) -> Option<Term> {
    let canonical = || {
        let double: Option<f64> = text.parse().ok().filter(|double: &f64| double.is_finite());
        double.is_some_and(|double| scientific(double) == text)
    };
    (datatype != XSD_DOUBLE || canonical()).then(|| Term::typed(text, datatype))
}

/// Numbers are doubles in JSON-LD. One that a double or the literal's 16 digits cannot hold is none.
fn number(number: &Number, datatype: Option<&str>) -> Option<Term> {
    let double = number.as_f64()?;
    let exact = match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => double as i128 == i128::from(integer),
        (None, Some(integer)) => double as i128 == i128::from(integer),
        (None, None) => true,
    };
    let integral = double % 1.0 == 0.0 && double.abs() < 1e21;
    let (text, default) = if integral && datatype != Some(XSD_DOUBLE) {
        (format!("{:.0}", double + 0.0), XSD_INTEGER)
    } else {
        (scientific(double), XSD_DOUBLE)
    };
    let same = exact && text.parse() == Ok(double);
    same.then(|| Term::typed(text, datatype.unwrap_or(default)))
}

/// The canonical text of `xsd:double`: 16 digits, rounded half away from zero, without zeros at the end.
fn scientific(double: f64) -> String {
    const DIGITS: usize = 16;
    // As many digits as tell a tie from what only looks like one.
    let exact = format!("{:.60e}", double.abs() + 0.0);
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or_default();
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let up = digits.get(DIGITS).is_some_and(|digit| *digit >= b'5');
    digits.truncate(DIGITS);
    if up {
        let nines = digits
            .iter()
            .rev()
            .take_while(|digit| **digit == b'9')
            .count();
        let kept = digits.len() - nines;
        digits[kept..].fill(b'0');
        match digits[..kept].last_mut() {
            Some(last) => *last += 1,
            None => {
                digits.insert(0, b'1');
                exponent += 1;
            }
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    let (first, rest) = text.split_at(1);
    let rest = match rest.trim_end_matches('0') {
        "" => "0",
        rest => rest,
    };
    let sign = if double < 0.0 { "-" } else { "" };
    format!("{sign}{first}.{rest}E{exponent}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rdf::Kind;

    fn of(value: &Value, datatype: Option<&str>) -> Option<(String, String)> {
        let Term::Literal(literal) = self::literal(value, datatype)? else {
            return None;
        };
        let Kind::Typed(kind) = &literal.kind else {
            return None;
        };
        let kind = kind.rsplit('#').next().unwrap_or_default();
        Some((literal.value.clone(), kind.into()))
    }

    #[test]
    fn numbers_as_json_ld_writes_them() {
        let cases = [
            (json!(5), "5", "integer"),
            (json!(-7), "-7", "integer"),
            (json!(5.0), "5", "integer"),
            (json!(-0.0), "0", "integer"),
            (json!(430.5), "4.305E2", "double"),
            (json!(-0.001), "-1.0E-3", "double"),
            (json!(1e21), "1.0E21", "double"),
            (json!(1e20), "100000000000000000000", "integer"),
            (json!(0.1), "1.0E-1", "double"),
            (
                json!(9_007_199_254_740_992_u64),
                "9007199254740992",
                "integer",
            ),
            (json!(true), "true", "boolean"),
            // A tie in the 17th digit goes up, as ECMAScript does it.
            (
                json!(5.960_464_477_539_063e-8),
                "5.960464477539063E-8",
                "double",
            ),
            (json!(5e-324), "4.940656458412465E-324", "double"),
        ];
        for (value, text, kind) in cases {
            assert_eq!(
                of(&value, None),
                Some((text.into(), kind.into())),
                "{value}"
            );
        }
        assert_eq!(
            of(&json!(5), Some(XSD_DOUBLE)),
            Some(("5.0E0".into(), "double".into()))
        );
        assert_eq!(
            of(&json!(1.5), Some("urn:x#decimal")),
            Some(("1.5E0".into(), "decimal".into()))
        );
    }

    /// Rust rounds ties to even, which is all that differs.
    #[test]
    fn digits_are_those_of_rust() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let double = f64::from_bits(bits);
            let exact = format!("{double:.60e}");
            let tail = exact
                .split_once('.')
                .and_then(|(_, digits)| digits.get(15..60));
            let tie = tail.is_some_and(|tail| tail.trim_end_matches('0') == "5");
            if double.is_finite() && !tie {
                let rust = format!("{double:.15e}");
                let (mantissa, exponent) = rust.split_once('e').expect("an exponent");
                let mantissa = mantissa.trim_end_matches('0');
                let zero = if mantissa.ends_with('.') { "0" } else { "" };
                assert_eq!(scientific(double), format!("{mantissa}{zero}E{exponent}"));
            }
        }
        // Powers of ten that lie a little below: the nines carry into a new digit.
        let powers = (-300..300).map(|exponent| format!("1e{exponent}"));
        let nines = powers
            .map(|text| text.parse::<f64>().expect("a double"))
            .filter(|power| format!("{power:.30e}").starts_with('9'))
            .filter(|power| scientific(*power).starts_with("1.0E"));
        assert!(nines.count() > 20);
    }

    #[test]
    fn numbers_that_would_change_are_none() {
        for value in [
            json!(0.300_000_000_000_000_04),
            json!(9_007_199_254_740_993_u64),
            json!(i64::MAX),
        ] {
            assert_eq!(of(&value, None), None, "{value}");
        }
    }
}
