//! The public points that were last decompressed. It takes a square root, an eighth of a verification, and
//! verifiers meet the `did:key` of the same few issuers again and again.

use std::sync::Mutex;

use super::super::{COMPRESSED_LEN, Crypto, POINT_LEN, Portable};
use crate::error::Result;

const KEPT: usize = 16;

static RECENT: Mutex<Recent> = Mutex::new(Recent {
    points: [None; KEPT],
    oldest: 0,
});

struct Recent {
    points: [Option<([u8; COMPRESSED_LEN], [u8; POINT_LEN])>; KEPT],
    oldest: usize,
}

impl Recent {
    fn get(&self, compressed: &[u8; COMPRESSED_LEN]) -> Option<[u8; POINT_LEN]> {
        let mut kept = self.points.iter().flatten();
        kept.find(|(known, _)| known == compressed)
            .map(|(_, point)| *point)
    }

    fn keep(&mut self, compressed: &[u8; COMPRESSED_LEN], point: &[u8; POINT_LEN]) {
        if self.get(compressed).is_none()
            && let Some(slot) = self.points.get_mut(self.oldest)
        {
            *slot = Some((*compressed, *point));
            self.oldest = (self.oldest + 1) % KEPT;
        }
    }
}

/// Decompresses a point. Who does not get at the table at once calculates.
///
/// # Errors
/// `invalid_key`.
pub(super) fn find(compressed: &[u8; COMPRESSED_LEN]) -> Result<[u8; POINT_LEN]> {
    let known = RECENT.try_lock().ok();
    if let Some(point) = known.and_then(|recent| recent.get(compressed)) {
        return Ok(point);
    }
    let point = Portable.p256_decompress(compressed)?;
    if let Ok(mut recent) = RECENT.try_lock() {
        recent.keep(compressed, &point);
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;
    use crate::prelude::*;

    #[test]
    fn more_points_than_are_kept() {
        let keys = (1..=KEPT as u8 + 4).map(|seed| SigningKey::from_bytes(&[seed; 32]));
        let points: Vec<_> = keys.map(|key| *key.unwrap().public_key()).collect();
        for _ in 0..3 {
            for point in &points {
                // Twice: once calculated, once remembered.
                for _ in 0..2 {
                    assert_eq!(find(&point.to_sec1_compressed()).unwrap(), point.to_sec1());
                }
                let mut other = point.to_sec1_compressed();
                other[0] ^= 1;
                let mirrored = find(&other).unwrap();
                assert_eq!(mirrored[..33], point.to_sec1()[..33]);
                assert_ne!(mirrored, point.to_sec1());
            }
        }
    }

    #[test]
    fn what_is_no_point_is_refused_each_time() {
        let mut none = [0xFF; COMPRESSED_LEN];
        none[0] = 2;
        for _ in 0..3 {
            assert!(find(&none).is_err());
        }
    }
}
