//! A NOR flash chip on top of plain memory: what a port replaces by its flash driver.
//!
//! Erasing sets whole 4 KiB sectors to ones, programming can only clear bits, and a word is
//! programmed at once: the rules that the storage layer above has to live with.

use core::sync::atomic::{AtomicU32, Ordering};

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

/// Bytes that are programmed at once.
const WORD: usize = 4;
/// Bytes that are erased at once.
pub const SECTOR: usize = 4096;

/// The chip. Its cells hold the complement of its content, so that zeroed memory (a new file, which
/// the host backs the simulated chip with) is an erased chip.
///
/// The cells are atomic for one reason: each store then reaches the memory when it is made, also
/// when the power fails at the next instruction.
#[derive(Clone, Copy, Debug)]
pub struct Nor<'m> {
    cells: &'m [AtomicU32],
}

impl<'m> Nor<'m> {
    /// Uses memory as a chip. A last part of less than a sector stays unused.
    pub fn new(cells: &'m [AtomicU32]) -> Self {
        let usable = cells.len() / (SECTOR / WORD) * (SECTOR / WORD);
        Self {
            cells: &cells[..usable],
        }
    }

    /// The cells from byte `offset` on, when both ends are on a multiple of `unit` and inside.
    fn range(
        &self,
        offset: u32,
        len: usize,
        unit: usize,
    ) -> Result<&'m [AtomicU32], NorFlashErrorKind> {
        let start = offset as usize;
        if !start.is_multiple_of(unit) || !len.is_multiple_of(unit) {
            return Err(NorFlashErrorKind::NotAligned);
        }
        let end = start
            .checked_add(len)
            .ok_or(NorFlashErrorKind::OutOfBounds)?;
        self.cells
            .get(start / WORD..end / WORD)
            .ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

/// The chip's only errors are those of the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Error(NorFlashErrorKind);

impl NorFlashError for Error {
    fn kind(&self) -> NorFlashErrorKind {
        self.0
    }
}

impl ErrorType for Nor<'_> {
    type Error = Error;
}

impl ReadNorFlash for Nor<'_> {
    const READ_SIZE: usize = WORD;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Error> {
        let cells = self.range(offset, bytes.len(), WORD).map_err(Error)?;
        for (word, cell) in bytes.chunks_exact_mut(WORD).zip(cells) {
            word.copy_from_slice(&(!cell.load(Ordering::Relaxed)).to_le_bytes());
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.cells.len() * WORD
    }
}

impl NorFlash for Nor<'_> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Error> {
        let len = to
            .checked_sub(from)
            .ok_or(Error(NorFlashErrorKind::OutOfBounds))?;
        for cell in self.range(from, len as usize, SECTOR).map_err(Error)? {
            cell.store(0, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        let cells = self.range(offset, bytes.len(), WORD).map_err(Error)?;
        for (word, cell) in bytes.chunks_exact(WORD).zip(cells) {
            let word = [word[0], word[1], word[2], word[3]];
            // A cleared bit of the content is a set bit of the cell, and programming only clears.
            cell.fetch_or(!u32::from_le_bytes(word), Ordering::SeqCst);
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for Nor<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ready;

    #[test]
    fn programming_only_clears_bits() {
        let memory = [const { AtomicU32::new(0) }; 2 * SECTOR / WORD];
        let mut nor = Nor::new(&memory);
        let mut bytes = [0; 8];
        ready(nor.read(SECTOR as u32, &mut bytes)).unwrap();
        assert_eq!(bytes, [0xff; 8], "zeroed memory is an erased chip");

        ready(nor.write(4, &[0xf0; 4])).unwrap();
        ready(nor.write(4, &[0x3f; 4])).unwrap();
        ready(nor.read(0, &mut bytes)).unwrap();
        assert_eq!(bytes, [0xff, 0xff, 0xff, 0xff, 0x30, 0x30, 0x30, 0x30]);

        ready(nor.erase(0, SECTOR as u32)).unwrap();
        ready(nor.read(0, &mut bytes)).unwrap();
        assert_eq!(bytes, [0xff; 8]);
    }

    #[test]
    fn bad_ranges_are_refused() {
        let memory = [const { AtomicU32::new(0) }; SECTOR / WORD + 1];
        let mut nor = Nor::new(&memory);
        assert_eq!(nor.capacity(), SECTOR, "half a sector is not used");
        for (result, kind) in [
            (ready(nor.write(2, &[0; 4])), NorFlashErrorKind::NotAligned),
            (ready(nor.write(0, &[0; 3])), NorFlashErrorKind::NotAligned),
            (
                ready(nor.write(SECTOR as u32, &[0; 4])),
                NorFlashErrorKind::OutOfBounds,
            ),
            (ready(nor.erase(0, 8)), NorFlashErrorKind::NotAligned),
            (ready(nor.erase(8, 0)), NorFlashErrorKind::OutOfBounds),
            (
                ready(nor.erase(0, 2 * SECTOR as u32)),
                NorFlashErrorKind::OutOfBounds,
            ),
        ] {
            assert_eq!(result.unwrap_err().kind(), kind);
        }
    }
}
