//! The promises of the store, with the power failing at every single word that is written.

use core::sync::atomic::AtomicU32;

use embedded_storage_async::nor_flash::{
    ErrorType, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

use super::*;
use crate::nor::Nor;
use crate::testing::{Memory, key, provisioning};

/// A chip whose power fails after a number of programmed words.
#[derive(Debug)]
struct Failing<'m> {
    chip: Nor<'m>,
    words: usize,
}

#[derive(Debug)]
struct PowerLost;

impl NorFlashError for PowerLost {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl ErrorType for Failing<'_> {
    type Error = PowerLost;
}

impl ReadNorFlash for Failing<'_> {
    const READ_SIZE: usize = 4;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), PowerLost> {
        self.chip.read(offset, bytes).await.map_err(|_| PowerLost)
    }

    fn capacity(&self) -> usize {
        self.chip.capacity()
    }
}

impl NorFlash for Failing<'_> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 4096;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), PowerLost> {
        self.words = self.words.checked_sub(1).ok_or(PowerLost)?;
        self.chip.erase(from, to).await.map_err(|_| PowerLost)
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PowerLost> {
        for (word, at) in bytes.chunks_exact(4).zip((offset..).step_by(4)) {
            self.words = self.words.checked_sub(1).ok_or(PowerLost)?;
            self.chip.write(at, word).await.map_err(|_| PowerLost)?;
        }
        Ok(())
    }
}

#[test]
fn a_new_chip_holds_nothing() {
    let memory = Memory::new();
    let mut store = Store::new(Nor::new(&memory.0));
    assert!(store.device_key().unwrap().is_none());
    assert!(store.provisioning().unwrap().is_none());
    assert_eq!(store.pack().unwrap(), pack::State::EXAMPLE);
    assert_eq!(
        store.take_sequence(),
        Err(Error::Damaged),
        "there is no key yet"
    );
}

#[test]
fn everything_survives_a_reset() {
    let memory = Memory::new();
    let mut store = Store::new(Nor::new(&memory.0));
    store.set_device_key(&key(7)).unwrap();
    store.set_provisioning(&provisioning(8)).unwrap();
    let mut pack = pack::Pack::new(pack::State::EXAMPLE);
    pack.advance(5000);
    store.set_pack(pack.state()).unwrap();
    assert_eq!(store.take_sequence(), Ok(SEQUENCE_START));
    assert_eq!(store.take_sequence(), Ok(SEQUENCE_START + 1));

    let mut store = Store::new(Nor::new(&memory.0));
    assert_eq!(
        store.device_key().unwrap().unwrap().public_key(),
        key(7).public_key()
    );
    assert_eq!(store.buffer, [0; BUFFER], "no trace of the key");
    assert_eq!(store.provisioning().unwrap(), Some(provisioning(8)));
    assert_eq!(store.pack().unwrap(), *pack.state());
    assert_eq!(store.next_sequence(), Ok(SEQUENCE_START + SEQUENCE_BLOCK));
}

#[test]
fn a_year_of_records_wears_the_chip_and_loses_nothing() {
    let memory = Memory::new();
    let mut store = Store::new(Nor::new(&memory.0));
    store.set_device_key(&key(7)).unwrap();
    store.set_provisioning(&provisioning(2)).unwrap();
    let mut pack = pack::Pack::new(pack::State::EXAMPLE);
    for expected in SEQUENCE_START..SEQUENCE_START + 3000 {
        pack.advance(10);
        store.set_pack(pack.state()).unwrap();
        assert_eq!(store.take_sequence(), Ok(expected));
    }
    let mut store = Store::new(Nor::new(&memory.0));
    assert!(store.device_key().unwrap().is_some());
    assert_eq!(store.provisioning().unwrap(), Some(provisioning(2)));
    assert_eq!(store.pack().unwrap(), *pack.state());
    assert!(store.next_sequence().unwrap() >= SEQUENCE_START + 3000);
}

#[test]
fn no_loss_of_power_repeats_a_sequence_number_or_lowers_a_counter() {
    let memory = Memory::new();
    let mut store = Store::new(Nor::new(&memory.0));
    store.set_device_key(&key(7)).unwrap();
    store.set_provisioning(&provisioning(2)).unwrap();
    let mut used = 0;
    let mut reported = *pack::Pack::new(pack::State::EXAMPLE).state();
    // Each round runs until the power fails, a few words later than in the round before.
    for words in 0..400 {
        let chip = Nor::new(&memory.0);
        let mut store = Store::new(Failing {
            chip,
            words: words * 3,
        });
        let Ok(state) = store.pack() else { continue };
        assert_eq!(state, reported, "the last reported state is the stored one");
        let mut pack = pack::Pack::new(state);
        loop {
            pack.advance(10);
            // The order of a record: number, then state, then it may be sent.
            let Ok(sequence) = store.take_sequence() else {
                break;
            };
            assert!(sequence > used, "{sequence} after {used}");
            used = sequence;
            match store.set_pack(pack.state()) {
                Ok(()) => reported = *pack.state(),
                Err(_) => {
                    // The write may have reached the chip in full before the error.
                    let mut again = Store::new(Nor::new(&memory.0));
                    let stored = again.pack().unwrap();
                    assert!(stored == reported || stored == *pack.state());
                    reported = stored;
                    break;
                }
            }
        }
    }
    let mut store = Store::new(Nor::new(&memory.0));
    assert!(
        used > 3000,
        "the test has to pass through many sectors: {used}"
    );
    assert_eq!(
        store.device_key().unwrap().unwrap().public_key(),
        key(7).public_key()
    );
    assert_eq!(store.provisioning().unwrap(), Some(provisioning(2)));
}

#[test]
fn a_first_boot_that_loses_power_makes_a_key_later() {
    for words in 0..40 {
        let memory: [AtomicU32; FLASH_LEN as usize / 4] = [const { AtomicU32::new(0) }; _];
        let chip = Nor::new(&memory);
        let mut store = Store::new(Failing { chip, words });
        let written = store.set_device_key(&key(7));
        let mut store = Store::new(Nor::new(&memory));
        match store.device_key().unwrap() {
            Some(_) => assert_eq!(store.take_sequence(), Ok(SEQUENCE_START)),
            None => {
                assert!(written.is_err());
                store.set_device_key(&key(8)).unwrap();
                assert_eq!(store.take_sequence(), Ok(SEQUENCE_START));
            }
        }
    }
}
