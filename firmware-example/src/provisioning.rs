//! What a device is told once, on the production line: whose passport it reports to, and who may
//! read its records.

use batterypass::link::{MAX_ID_LEN, is_valid_id};
use batterypass::{PublicKey, envelope};
use heapless::{String, Vec};

/// Bytes of an uncompressed SEC 1 point.
pub const POINT: usize = 65;
/// Bytes of the longest stored form.
pub const STORED_MAX: usize = 4 + 1 + MAX_ID_LEN + 1 + envelope::MAX_RECIPIENTS * POINT;
/// Shortest time between two records, in milliseconds. Sealing takes some hundred milliseconds on a
/// Cortex-M4, so a shorter period would leave no time for the battery.
const PERIOD_MIN_MS: u32 = 500;

/// The provisioning of a device. Written once; nothing can change it afterwards.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provisioning {
    /// The passport id: what records are bound to and routed by.
    pub passport_id: String<MAX_ID_LEN>,
    /// Everyone that records are sealed to.
    pub recipients: Vec<PublicKey, { envelope::MAX_RECIPIENTS }>,
    /// Time from record to record in milliseconds.
    pub period_ms: u32,
}

impl Provisioning {
    /// Checks what a provisioning station sent. Nothing is accepted in part.
    pub fn new<'k>(
        passport_id: &str,
        period_ms: u32,
        recipients: impl IntoIterator<Item = &'k [u8]>,
    ) -> Option<Self> {
        if !is_valid_id(passport_id) {
            return None;
        }
        let mut keys = Vec::new();
        for point in recipients {
            // A key off the curve, or one too many, spoils the whole message.
            let point = point.try_into().ok()?;
            keys.push(PublicKey::from_sec1_uncompressed(point).ok()?)
                .ok()?;
        }
        if keys.is_empty() {
            return None;
        }
        Some(Self {
            passport_id: String::try_from(passport_id).ok()?,
            recipients: keys,
            period_ms: period_ms.max(PERIOD_MIN_MS),
        })
    }

    /// Writes the stored form and returns its length:
    /// period u32 little endian | length u8 and passport id | keys of 65 bytes.
    pub fn to_stored(&self, out: &mut [u8; STORED_MAX]) -> usize {
        let id = self.passport_id.as_bytes();
        out[..4].copy_from_slice(&self.period_ms.to_le_bytes());
        // At most 128.
        out[4] = id.len() as u8;
        out[5..][..id.len()].copy_from_slice(id);
        let mut end = 5 + id.len();
        for key in &self.recipients {
            out[end..][..POINT].copy_from_slice(key.as_sec1());
            end += POINT;
        }
        end
    }

    /// Reads the stored form with the same checks as a new provisioning.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        let (period, rest) = bytes.split_first_chunk::<4>()?;
        let (&len, rest) = rest.split_first()?;
        let (id, keys) = rest.split_at_checked(len.into())?;
        let keys = keys.chunks_exact(POINT);
        if !keys.remainder().is_empty() {
            return None;
        }
        Self::new(
            core::str::from_utf8(id).ok()?,
            u32::from_le_bytes(*period),
            keys,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::key;

    #[test]
    fn stored_form_round_trip() {
        let id = "x".repeat(MAX_ID_LEN);
        let points = core::array::from_fn::<_, 8, _>(|i| key(i as u8 + 1).public_key().to_sec1());
        for n in [1, 8] {
            let new = Provisioning::new(&id, 1000, points[..n].iter().map(|p| &p[..])).unwrap();
            let mut out = [0; STORED_MAX];
            let len = new.to_stored(&mut out);
            assert_eq!(Provisioning::from_stored(&out[..len]), Some(new));
            assert_eq!(Provisioning::from_stored(&out[..len - 1]), None);
        }
        assert_eq!(Provisioning::from_stored(&[]), None);
    }

    #[test]
    fn unusable_provisioning_is_refused_as_a_whole() {
        let good = key(1).public_key().to_sec1();
        let mut off_curve = good;
        off_curve[64] ^= 1;
        let long = "x".repeat(MAX_ID_LEN + 1);
        for (id, keys) in [
            ("", &[&good[..]][..]),
            ("with space", &[&good[..]]),
            (&long, &[&good[..]]),
            ("id", &[]),
            ("id", &[&good[..], &off_curve[..]]),
            ("id", &[&good[..]; 9]),
        ] {
            assert_eq!(
                Provisioning::new(id, 1000, keys.iter().copied()),
                None,
                "{id}"
            );
        }
        let quick = Provisioning::new("id", 0, [&good[..]]).unwrap();
        assert_eq!(quick.period_ms, PERIOD_MIN_MS);
    }
}
