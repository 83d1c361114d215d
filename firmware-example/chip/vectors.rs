//! Computes on the chip what the host asks for: `requests.bin` in, `answers.bin` out. What the answers
//! should be, only the host knows; see `tests/chip.rs`.
//!
//! A request is the number of the operation, the number of arguments, and the arguments; an argument
//! is a length (u16 little endian) and that many bytes. An answer is 1 and a result in the same form,
//! or 0 when the operation was refused.

#![no_std]
#![no_main]

mod host;

use batterypass::crypto::{Backend, Crypto, TAG_LEN};
use batterypass::envelope::{self, OpenOptions};
use batterypass::hpke::{self, Aead, Mode};
use batterypass::{ErrorCode, Result, SigningKey};
use cortex_m_rt::entry;
use rand_core::{TryCryptoRng, TryRng};

use host::File;

/// The longest argument and the longest result.
const ROOM: usize = 2048;
const ARGUMENTS: usize = 8;

type Argument = heapless::Vec<u8, ROOM>;

/// A random source that returns prepared bytes and then fails.
struct Prepared<'a>(&'a [u8]);

impl TryRng for Prepared<'_> {
    type Error = core::fmt::Error;

    fn try_next_u32(&mut self) -> core::result::Result<u32, Self::Error> {
        Err(core::fmt::Error)
    }

    fn try_next_u64(&mut self) -> core::result::Result<u64, Self::Error> {
        Err(core::fmt::Error)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> core::result::Result<(), Self::Error> {
        let (bytes, rest) = self.0.split_at_checked(out.len()).ok_or(core::fmt::Error)?;
        out.copy_from_slice(bytes);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Prepared<'_> {}

#[entry]
fn main() -> ! {
    static mut INPUT: [Argument; ARGUMENTS] = [const { Argument::new() }; ARGUMENTS];
    static mut OUTPUT: [u8; ROOM] = [0; ROOM];
    let (requests, answers) = (
        File::open(b"requests.bin\0"),
        File::create(b"answers.bin\0"),
    );
    let mut head = [0; 2];
    while requests.read(&mut head) {
        let [operation, count] = head;
        let mut views: [&[u8]; ARGUMENTS] = [&[]; ARGUMENTS];
        for (argument, view) in INPUT.iter_mut().zip(&mut views).take(count.into()) {
            let mut len = [0; 2];
            assert!(requests.read(&mut len));
            let len = usize::from(u16::from_le_bytes(len));
            assert!(argument.resize_default(len).is_ok() && requests.read(argument));
            *view = argument;
        }
        match run(operation, views, OUTPUT) {
            Err(_) => answers.write(&[0]),
            Ok(len) => {
                answers.write(&[1]);
                answers.write(&(len as u16).to_le_bytes());
                answers.write(&OUTPUT[..len]);
            }
        }
    }
    host::exit(0)
}

fn run(operation: u8, arguments: [&[u8]; ARGUMENTS], out: &mut [u8; ROOM]) -> Result<usize> {
    let [a, b, c, d, e, f, g, h] = arguments;
    match operation {
        1 => {
            let key = Backend.p256_private_key(&exact(a)?)?;
            put(out, &Backend.p256_public_key(&key)?)
        }
        2 => {
            let key = Backend.p256_private_key(&exact(a)?)?;
            put(out, &Backend.p256_sign_deterministic(&key, &exact(b)?)?)
        }
        3 => {
            Backend.p256_verify(&exact(a)?, &exact(b)?, &exact(c)?)?;
            Ok(0)
        }
        4 => {
            let key = Backend.p256_private_key(&exact(a)?)?;
            let point = match b.len() {
                33 => Backend.p256_decompress(&exact(b)?)?,
                _ => exact(b)?,
            };
            put(out, &Backend.p256_ecdh(&key, &point)?)
        }
        5 => {
            Backend.p256_check_point(&exact(a)?)?;
            Ok(0)
        }
        6 => {
            put(out, d)?;
            let text = &mut out[..d.len()];
            Backend.aes_gcm_open(a, b, c, text, &exact(e)?)?;
            Ok(d.len())
        }
        7 => {
            put(out, d)?;
            let tag = Backend.aes_gcm_seal(a, b, c, &mut out[..d.len()])?;
            put(&mut out[d.len()..], &tag)?;
            Ok(d.len() + TAG_LEN)
        }
        8 => {
            let prk = Backend.hkdf_extract(a, &[b]);
            let len = usize::from(u16::from_le_bytes(exact(d)?));
            let okm = out.get_mut(..len).ok_or(ErrorCode::BufferTooSmall)?;
            Backend.hkdf_expand(&prk, &[c], okm)?;
            Ok(len)
        }
        // HPKE, sender: the AEAD, the ephemeral key, the receiver's, PSK and its name, info, AAD, text.
        9 => {
            let receiver = SigningKey::from_bytes(&exact(c)?)?;
            let (enc, mut context) = hpke::setup_sender(
                &Backend,
                &mut Prepared(b),
                receiver.public_key(),
                aead(a)?,
                mode(d, e),
                f,
            )?;
            let mut len = put(out, &enc)?;
            if aead(a)? != Aead::ExportOnly {
                put(&mut out[len..], h)?;
                let tag = context.seal(g, &mut out[len..][..h.len()])?;
                len += h.len();
                len += put(&mut out[len..], &tag)?;
            }
            Ok(len)
        }
        // HPKE, receiver: the AEAD, the key, the encapsulated one, PSK and its name, info, AAD, and a
        // ciphertext; of an export-only context the AAD is the context of a secret of 32 bytes.
        10 => {
            let receiver = SigningKey::from_bytes(&exact(b)?)?;
            let mut context =
                hpke::setup_receiver(&Backend, &exact(c)?, &receiver, aead(a)?, mode(d, e), f)?;
            if aead(a)? == Aead::ExportOnly {
                context.export(g, &mut out[..32])?;
                return Ok(32);
            }
            let (text, tag) = h
                .split_last_chunk::<TAG_LEN>()
                .ok_or(ErrorCode::Truncated)?;
            put(out, text)?;
            context.open(g, &mut out[..text.len()], tag)?;
            Ok(text.len())
        }
        11 => {
            let key = SigningKey::from_bytes(&exact(a)?)?;
            let options = OpenOptions {
                aad: d,
                kid: Some(b),
                extra_info: e,
                recipient_aad: f,
                psk: None,
            };
            Ok(envelope::open_with(c, &key, &options, out)?.len())
        }
        _ => Err(ErrorCode::InvalidArgument.into()),
    }
}

fn exact<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes
        .try_into()
        .map_err(|_| ErrorCode::InvalidArgument.into())
}

fn put(out: &mut [u8], bytes: &[u8]) -> Result<usize> {
    out.get_mut(..bytes.len())
        .ok_or(ErrorCode::BufferTooSmall)?
        .copy_from_slice(bytes);
    Ok(bytes.len())
}

fn aead(number: &[u8]) -> Result<Aead> {
    match number {
        [1] => Ok(Aead::Aes128Gcm),
        [2] => Ok(Aead::Aes256Gcm),
        [0xff] => Ok(Aead::ExportOnly),
        _ => Err(ErrorCode::InvalidArgument.into()),
    }
}

fn mode<'a>(psk: &'a [u8], psk_id: &'a [u8]) -> Mode<'a> {
    if psk.is_empty() {
        Mode::Base
    } else {
        Mode::Psk { psk, psk_id }
    }
}
