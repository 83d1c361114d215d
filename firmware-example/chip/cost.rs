//! Measures on the chip what each operation of the SDK costs: instructions and stack.
//!
//! Run it in QEMU with `-icount shift=0`. `COST_ONLY`, at build time, leaves one operation in the
//! binary, so that its size tells the flash that the operation needs.

#![no_std]
#![no_main]

mod host;

use batterypass::crypto::{Backend, Crypto};
use batterypass::frame::{self, Decoder, Message};
use batterypass::record::{self, Record, TimeQuality};
use batterypass::{ErrorCode, PublicKey, SigningKey, envelope};
use core::hint::black_box;
use cortex_m_rt::entry;
use rand_core::{TryCryptoRng, TryRng};

use host::{File, Meter};

const PASSPORT: &str = "urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93";
const AAD: &[u8] = PASSPORT.as_bytes();
const OPTIONS: envelope::SealOptions<'_> = envelope::SealOptions {
    aad: AAD,
    subject: Some(PASSPORT),
};
/// The only operation in the binary, where one is asked for.
const ONLY: Option<&str> = option_env!("COST_ONLY");
/// The longest envelope: eight recipients.
const SEALED: usize = 2048;

/// What the operations work on.
struct State {
    key: Option<SigningKey>,
    recipients: heapless::Vec<PublicKey, 8>,
    record: Option<Record>,
    encoded: heapless::Vec<u8, { record::MAX_LEN }>,
    signed: heapless::Vec<u8, { record::MAX_SIGNED_LEN }>,
    sealed: heapless::Vec<u8, SEALED>,
    framed: heapless::Vec<u8, { SEALED + 64 }>,
    out: [u8; SEALED],
    decoder: Decoder<{ SEALED + 64 }>,
}

impl State {
    const fn new() -> Self {
        Self {
            key: None,
            recipients: heapless::Vec::new(),
            record: None,
            encoded: heapless::Vec::new(),
            signed: heapless::Vec::new(),
            sealed: heapless::Vec::new(),
            framed: heapless::Vec::new(),
            out: [0; SEALED],
            decoder: Decoder::new(),
        }
    }
}

/// A random source for measurements: it counts.
struct Counting(u8);

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 = self.0.wrapping_add(1);
        Ok(self.0.into())
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        self.0 = self.0.wrapping_add(1);
        out.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Runs a function with the name of each operation and what it does. The condition is known to the
/// compiler, so that an operation that is not wanted leaves nothing behind.
macro_rules! operations {
    ($($name:literal => $operation:expr,)*) => {
        fn each(mut run: impl FnMut(&str, fn(&mut State))) {
            $(if const { wanted($name) } {
                run($name, $operation);
            })*
        }
    };
}

operations! {
    "nothing" => |_| {},
    "load-key" => |state| state.key = SigningKey::from_bytes(&black_box([1; 32])).ok(),
    "sign-record" => sign,
    "verify-record" => |state| {
        if let Some(key) = &state.recipients.first() {
            check(record::verify(&state.signed, PASSPORT, key).is_ok());
        }
    },
    "seal-1" => |state| seal(state, 1),
    "seal-2" => |state| seal(state, 2),
    "seal-8" => |state| seal(state, 8),
    "sign-and-seal-2" => |state| {
        sign(state);
        seal(state, 2);
    },
    "open" => |state| {
        if let Some(key) = &state.key {
            check(envelope::open(&state.sealed, key, AAD, &mut state.out).is_ok());
        }
    },
    "encode-record" => |state| {
        if let Some(record) = &state.record {
            check(record.encode(&mut state.out).is_ok());
        }
    },
    "decode-record" => |state| check(Record::decode(&state.encoded).is_ok()),
    "encode-frame" => |state| {
        let envelope = &state.sealed;
        let message = Message::Record { sequence: 4711, envelope };
        check(frame::encode(&message, &mut state.out).is_ok());
    },
    "decode-frame" => |state| {
        let mut seen = false;
        for byte in &state.framed {
            seen |= matches!(state.decoder.push(*byte), Some(Ok(_)));
        }
        check(seen);
    },
    "hkdf" => |state| {
        let prk = Backend.hkdf_extract(AAD, &[&state.out[..32]]);
        check(Backend.hkdf_expand(&prk, &[AAD], &mut state.out[..32]).is_ok());
    },
    "aes-256-gcm-256" => |state| {
        let (key, buffer) = state.out.split_at_mut(32);
        check(Backend.aes_gcm_seal(key, &[1; 12], AAD, &mut buffer[..256]).is_ok());
    },
    "sha-256-256" => |state| {
        black_box(Backend.sha256(&[&state.out[..256]]));
    },
}

/// Whether an operation is in this binary.
const fn wanted(name: &str) -> bool {
    let Some(only) = ONLY else { return true };
    let (name, only) = (name.as_bytes(), only.as_bytes());
    let mut same = name.len() == only.len();
    let mut at = 0;
    while same && at < name.len() {
        same = name[at] == only[at];
        at += 1;
    }
    same
}

fn sign(state: &mut State) {
    if let (Some(key), Some(record)) = (&state.key, &state.record) {
        check(record::sign(record, PASSPORT, key, &mut state.out).is_ok());
    }
}

fn seal(state: &mut State, recipients: usize) {
    let to = state.recipients.get(..recipients).unwrap_or_default();
    let sealed = envelope::seal(
        &mut Counting(9),
        &state.signed,
        to,
        &OPTIONS,
        &mut state.out,
    );
    check(sealed.is_ok());
}

/// A failed operation would be a cheap one. Where only one is in the binary, its input is missing.
fn check(success: bool) {
    assert!(black_box(success) || ONLY.is_some());
}

/// Makes the inputs of all operations.
fn prepare(state: &mut State) -> batterypass::Result<()> {
    for seed in 1..=8 {
        let key = SigningKey::from_bytes(&[seed; 32])?;
        let _ = state.recipients.push(*key.public_key());
        if seed == 1 {
            state.key = Some(key);
        }
    }
    let record = Record {
        sequence: 4711,
        device_time_s: 1_800_000_000,
        time_quality: TimeQuality::Gateway,
        state_of_charge_permille: 734,
        state_of_certified_energy_permille: Some(962),
        pack_voltage_mv: 362_400,
        cell_voltage_min_mv: 3769,
        cell_voltage_max_mv: 3781,
        current_ma: -85_000,
        temperatures_ddegc: heapless::Vec::from([271, 284, 266, 268]),
        full_cycles: 213,
        energy_throughput_wh: Some(31_950_000),
        capacity_throughput_mah: Some(91_270_000),
        internal_resistance_uohm: Some(52_000),
        ..Record::default()
    };
    let out = &mut state.out;
    state.encoded = kept(record.encode(out)?)?;
    if let Some(key) = &state.key {
        state.signed = kept(record::sign(&record, PASSPORT, key, out)?)?;
    }
    state.record = Some(record);
    let to = &state.recipients[..2];
    state.sealed = kept(envelope::seal(
        &mut Counting(9),
        &state.signed,
        to,
        &OPTIONS,
        out,
    )?)?;
    let envelope = &state.sealed;
    let message = Message::Record {
        sequence: 4711,
        envelope,
    };
    state.framed = kept(frame::encode(&message, out)?)?;
    Ok(())
}

fn kept<const N: usize>(bytes: &[u8]) -> batterypass::Result<heapless::Vec<u8, N>> {
    heapless::Vec::from_slice(bytes).map_err(|_| ErrorCode::BufferTooSmall.into())
}

#[entry]
fn main() -> ! {
    static mut STATE: State = State::new();
    let Some(core) = cortex_m::Peripherals::take() else {
        host::exit(1)
    };
    let mut meter = Meter::new(core.SYST);
    if ONLY.is_none() && prepare(STATE).is_err() {
        host::exit(2);
    }
    let report = File::create(b"cost.txt\0");
    each(|name, operation| {
        let cost = meter.measure(operation, STATE);
        let mut line = heapless::String::<64>::new();
        let _ = line
            .push_str(name)
            .and_then(|()| number(&mut line, cost.instructions))
            .and_then(|()| number(&mut line, cost.stack))
            .and_then(|()| line.push('\n'));
        report.write(line.as_bytes());
    });
    host::exit(0)
}

/// Appends a number; `core::fmt` would be in every size.
fn number(line: &mut heapless::String<64>, value: u32) -> Result<(), heapless::CapacityError> {
    line.push(' ')?;
    let mut divisor = 1_000_000_000;
    while divisor > value && divisor > 1 {
        divisor /= 10;
    }
    while divisor > 0 {
        line.push(char::from(b'0' + (value / divisor % 10) as u8))?;
        divisor /= 10;
    }
    Ok(())
}
