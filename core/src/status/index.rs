use rand_core::TryCryptoRng;

use crate::crypto;
use crate::error::{ErrorCode, Result};

/// How often a position is drawn before all of them are looked at.
const DRAWS: usize = 32;

/// Draws a free position of a list, each with the same chance.
///
/// Positions in order of issue would tell when a credential was issued and how many there are
/// (Bitstring Status List 1.0 section 2.1). `is_taken` says which positions have been given away; it is
/// asked a few times, and for every position twice only when the list is nearly full.
///
/// ```
/// # #[cfg(feature = "std")] {
/// use batterypass::status::{MIN_ENTRIES, random_index};
///
/// let given = [5, 94_567];
/// let index = random_index(MIN_ENTRIES, |index| given.contains(&index), &mut getrandom::SysRng)?;
/// assert!(index < MIN_ENTRIES && !given.contains(&index));
/// # }
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `status_list_full` when no position is free; `randomness_failed`.
pub fn random_index<R: TryCryptoRng + ?Sized>(
    entries: usize,
    mut is_taken: impl FnMut(usize) -> bool,
    rng: &mut R,
) -> Result<usize> {
    for _ in 0..DRAWS {
        let index = below(entries, rng)?;
        if !is_taken(index) {
            return Ok(index);
        }
    }
    let free = (0..entries).filter(|index| !is_taken(*index)).count();
    let chosen = below(free, rng)?;
    (0..entries)
        .filter(|index| !is_taken(*index))
        .nth(chosen)
        .ok_or(ErrorCode::StatusListFull.into())
}

/// Draws a number below `bound` without bias.
fn below<R: TryCryptoRng + ?Sized>(bound: usize, rng: &mut R) -> Result<usize> {
    let bound = u64::try_from(bound)
        .ok()
        .filter(|bound| *bound > 0)
        .ok_or(ErrorCode::StatusListFull)?;
    // Numbers from `fair` on would make the first remainders more likely.
    let fair = u64::MAX - u64::MAX % bound;
    // Half of all numbers are fair at worst, so that only a broken source fails this often.
    for _ in 0..128 {
        let mut bytes = [0; 8];
        crypto::fill(rng, &mut bytes)?;
        let number = u64::from_le_bytes(bytes);
        if number < fair {
            return usize::try_from(number % bound).map_err(|_| ErrorCode::StatusListFull.into());
        }
    }
    Err(ErrorCode::RandomnessFailed.into())
}
