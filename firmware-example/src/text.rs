//! A plain text log without the formatting machinery of `core::fmt`, which would cost kilobytes.

use embedded_io::Write;

/// A piece of a log line.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// As it stands.
    Text(&'a str),
    /// In decimal.
    Number(u64),
    /// In hexadecimal, eight digits: an address.
    Address(u32),
}

/// Writes a line and its end. Log text that cannot be written is lost: the battery goes on.
pub fn line<W: Write>(out: &mut W, parts: &[Part<'_>]) {
    for part in parts {
        let mut digits = [0; 20];
        let bytes = match *part {
            Part::Text(text) => text.as_bytes(),
            Part::Number(number) => decimal(number, &mut digits),
            Part::Address(address) => hexadecimal(address, &mut digits),
        };
        let _ = out.write_all(bytes);
    }
    let _ = out.write_all(b"\r\n");
    let _ = out.flush();
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[start..];
        }
    }
}

fn hexadecimal(number: u32, digits: &mut [u8; 20]) -> &[u8] {
    for (digit, shift) in digits[..8].iter_mut().zip((0..32).step_by(4).rev()) {
        *digit = b"0123456789abcdef"[(number >> shift) as usize & 15];
    }
    &digits[..8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut out = [0; 64];
        let mut rest = &mut out[..];
        let parts = [
            Part::Text("a "),
            Part::Number(0),
            Part::Text(" "),
            Part::Number(u64::MAX),
            Part::Text(" 0x"),
            Part::Address(0x2000_00af),
        ];
        line(&mut rest, &parts);
        let len = 64 - rest.len();
        assert_eq!(&out[..len], b"a 0 18446744073709551615 0x200000af\r\n");
    }
}
