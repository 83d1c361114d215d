//! What survives a loss of power: the key, the provisioning, the sequence numbers, the pack.
//!
//! On top of `sequential-storage`: a log of items with checksums that wears the sectors evenly and
//! in which an item is either whole or absent, whenever the power fails.

use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use batterypass::SigningKey;
use embedded_storage_async::nor_flash::NorFlash;
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage};
use zeroize::Zeroize;

use crate::pack;
use crate::provisioning::{self, Provisioning};

/// Bytes of flash that the store uses.
pub const FLASH_LEN: u32 = 64 * 1024;
/// Sequence numbers that one write reserves. The flash is worn a 256th of what a write for each
/// record would cost, and a reset skips 255 numbers at most.
pub const SEQUENCE_BLOCK: u64 = 256;
/// The first sequence number of a new device.
pub const SEQUENCE_START: u64 = 1;
/// Bytes of the longest stored state of the pack.
pub const STATE_MAX: usize = 160;

/// The longest item with its key, rounded up to words.
const BUFFER: usize = (provisioning::STORED_MAX + 1).next_multiple_of(4);

// Names of the stored items. Never reused for another content.
const DEVICE_KEY: u8 = 1;
const PROVISIONING: u8 = 2;
const SEQUENCE_END: u8 = 3;
const PACK: u8 = 4;

/// Why the store cannot serve. The device then stands still rather than guess: a wrong guess would
/// be a second key or a sequence number used twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// The flash failed, or is full.
    Flash,
    /// What is stored does not fit together.
    Damaged,
}

/// The non-volatile memory of a device.
pub struct Store<F: NorFlash> {
    map: MapStorage<u8, F, Cache<Uncached, Uncached, Uncached, u8>>,
    buffer: [u8; BUFFER],
    /// The next free sequence number, and the end of the reserved block.
    sequence: Option<(u64, u64)>,
}

impl<F: NorFlash> Store<F> {
    /// Opens the first [`FLASH_LEN`] bytes of a flash.
    pub fn new(flash: F) -> Self {
        let config = const { MapConfig::new(0..FLASH_LEN) };
        Self {
            map: MapStorage::new(flash, config, Cache::new_uncached()),
            buffer: [0; BUFFER],
            sequence: None,
        }
    }

    /// Returns the device's key, or nothing on a new device.
    ///
    /// # Errors
    /// [`Error::Flash`]; [`Error::Damaged`] when it is not a key.
    pub fn device_key(&mut self) -> Result<Option<SigningKey>, Error> {
        let key = match self.fetch(DEVICE_KEY)? {
            None => Ok(None),
            Some(bytes) => match bytes.try_into() {
                Ok(bytes) => SigningKey::from_bytes(bytes)
                    .map(Some)
                    .map_err(|_| Error::Damaged),
                Err(_) => Err(Error::Damaged),
            },
        };
        self.buffer.zeroize();
        key
    }

    /// Stores the key of a new device.
    ///
    /// # Errors
    /// [`Error::Flash`].
    pub fn set_device_key(&mut self, key: &SigningKey) -> Result<(), Error> {
        // Before the key: a device with a key always has a sequence number.
        self.put(SEQUENCE_END, &SEQUENCE_START.to_le_bytes())?;
        let result = self.put(DEVICE_KEY, &key.to_bytes()[..]);
        self.buffer.zeroize();
        result
    }

    /// Returns the provisioning, or nothing before the device was provisioned.
    ///
    /// # Errors
    /// [`Error::Flash`]; [`Error::Damaged`] when it is not usable.
    pub fn provisioning(&mut self) -> Result<Option<Provisioning>, Error> {
        match self.fetch(PROVISIONING)? {
            None => Ok(None),
            Some(bytes) => Provisioning::from_stored(bytes)
                .map(Some)
                .ok_or(Error::Damaged),
        }
    }

    /// Stores the provisioning.
    ///
    /// # Errors
    /// [`Error::Flash`].
    pub fn set_provisioning(&mut self, provisioning: &Provisioning) -> Result<(), Error> {
        let mut bytes = [0; provisioning::STORED_MAX];
        let len = provisioning.to_stored(&mut bytes);
        self.put(PROVISIONING, &bytes[..len])
    }

    /// Returns the sequence number that the next record will carry.
    ///
    /// # Errors
    /// [`Error::Flash`]; [`Error::Damaged`] when a device with a key has no sequence number.
    pub fn next_sequence(&mut self) -> Result<u64, Error> {
        if let Some((next, _)) = self.sequence {
            return Ok(next);
        }
        // After a reset the rest of the reserved block is lost: some of it may be in use.
        let bytes = self.fetch(SEQUENCE_END)?.ok_or(Error::Damaged)?;
        let end = u64::from_le_bytes(bytes.try_into().map_err(|_| Error::Damaged)?);
        self.sequence = Some((end, end));
        Ok(end)
    }

    /// Takes a sequence number. It is never handed out again, whenever the power fails.
    ///
    /// # Errors
    /// Those of [`Self::next_sequence`].
    pub fn take_sequence(&mut self) -> Result<u64, Error> {
        let next = self.next_sequence()?;
        let mut end = self.sequence.map_or(next, |(_, end)| end);
        if next >= end {
            // The end of the new block is on flash before its first number is used.
            end = next.saturating_add(SEQUENCE_BLOCK);
            self.put(SEQUENCE_END, &end.to_le_bytes())?;
        }
        self.sequence = Some((next + 1, end));
        Ok(next)
    }

    /// Returns the stored state of the pack, or that of the example at the first start.
    ///
    /// # Errors
    /// [`Error::Flash`]; [`Error::Damaged`] when it is not readable: counters must not start again.
    pub fn pack(&mut self) -> Result<pack::State, Error> {
        match self.fetch(PACK)? {
            None => Ok(pack::State::EXAMPLE),
            Some(bytes) => postcard::from_bytes(bytes).map_err(|_| Error::Damaged),
        }
    }

    /// Stores the state of the pack.
    ///
    /// # Errors
    /// [`Error::Flash`].
    pub fn set_pack(&mut self, state: &pack::State) -> Result<(), Error> {
        let mut bytes = [0; STATE_MAX];
        let stored = postcard::to_slice(state, &mut bytes).map_err(|_| Error::Damaged)?;
        self.put(PACK, stored)
    }

    fn fetch(&mut self, item: u8) -> Result<Option<&[u8]>, Error> {
        ready(self.map.fetch_item::<&[u8]>(&mut self.buffer, &item)).map_err(|_| Error::Flash)
    }

    fn put(&mut self, item: u8, value: &[u8]) -> Result<(), Error> {
        ready(
            self.map
                .store_item::<&[u8]>(&mut self.buffer, &item, &value),
        )
        .map_err(|_| Error::Flash)
    }
}

impl<F: NorFlash> fmt::Debug for Store<F> {
    /// Shows no content: the buffer may hold the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Drives a future of a flash driver that never waits.
pub(crate) fn ready<T: Future>(future: T) -> T::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[cfg(test)]
mod tests;
