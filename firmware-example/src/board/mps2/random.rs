//! Randomness of the host, by Arm semihosting: this machine has no random source of its own.
//!
//! Semihosting stops a processor without a debugger, which is one more reason why this module
//! exists for QEMU only. There is no fallback: when the host gives nothing, the call fails.

use core::arch::asm;
use core::fmt;

use rand_core::{TryCryptoRng, TryRng};

// Semihosting operations (Arm IHI 0100, version 2.0).
const SYS_OPEN: u32 = 0x01;
const SYS_READ: u32 = 0x06;
/// Mode "rb".
const MODE_READ_BINARY: u32 = 1;
const FAILED: u32 = u32::MAX;

const PATH: &[u8] = b"/dev/urandom\0";

/// The host's random source.
#[derive(Debug)]
pub struct HostRng {
    handle: Option<u32>,
}

/// The host gave no randomness.
#[derive(Debug)]
pub struct NoRandomness;

impl HostRng {
    /// Makes the source; the host's device is opened with the first use.
    pub const fn new() -> Self {
        Self { handle: None }
    }

    fn handle(&mut self) -> Result<u32, NoRandomness> {
        if let Some(handle) = self.handle {
            return Ok(handle);
        }
        // The last argument is the length without the closing zero.
        let arguments = [
            PATH.as_ptr() as u32,
            MODE_READ_BINARY,
            PATH.len() as u32 - 1,
        ];
        // SAFETY: the arguments of SYS_OPEN; the host only reads the path.
        match unsafe { semihosting(SYS_OPEN, &arguments) } {
            FAILED => Err(NoRandomness),
            handle => {
                self.handle = Some(handle);
                Ok(handle)
            }
        }
    }
}

impl TryRng for HostRng {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        let arguments = [self.handle()?, out.as_mut_ptr() as u32, out.len() as u32];
        // SAFETY: the arguments of SYS_READ; the host writes at most `out.len()` bytes into `out`,
        // which is borrowed mutably here.
        let missing = unsafe { semihosting(SYS_READ, &arguments) };
        // SYS_READ returns the number of bytes that it did not fill.
        if missing == 0 {
            Ok(())
        } else {
            Err(NoRandomness)
        }
    }
}

impl TryCryptoRng for HostRng {}

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host gave no randomness")
    }
}

impl core::error::Error for NoRandomness {}

/// Calls the host.
///
/// # Safety
/// The operation must be one that takes these arguments, and every pointer among them must be valid
/// for what the host does with it.
unsafe fn semihosting(operation: u32, arguments: &[u32; 3]) -> u32 {
    let result;
    // SAFETY: BKPT 0xAB is the semihosting call of M-profile processors; it returns in r0 and may
    // read and write memory through the arguments, which is why no memory clobber is ruled out.
    unsafe {
        asm!(
            "bkpt #0xab",
            inlateout("r0") operation => result,
            in("r1") arguments.as_ptr(),
            options(nostack),
        );
    }
    result
}
