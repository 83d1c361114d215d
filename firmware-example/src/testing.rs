//! What several tests share.

use core::sync::atomic::AtomicU32;

use batterypass::SigningKey;

use crate::provisioning::Provisioning;
use crate::store::FLASH_LEN;

/// The memory of a chip; it outlives the devices that are "reset" on it.
pub struct Memory(pub [AtomicU32; FLASH_LEN as usize / 4]);

impl Memory {
    /// A new chip.
    pub const fn new() -> Self {
        Self([const { AtomicU32::new(0) }; _])
    }
}

/// A key for tests.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

/// A provisioning with recipients whose keys are `key(1)`, `key(2)` ...
pub fn provisioning(recipients: u8) -> Provisioning {
    let points: Vec<_> = (1..=recipients)
        .map(|seed| key(seed).public_key().to_sec1())
        .collect();
    Provisioning::new(
        "urn:example:battery:1",
        1000,
        points.iter().map(|point| &point[..]),
    )
    .unwrap()
}
