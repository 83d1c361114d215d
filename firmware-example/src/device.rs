//! The application: measure, sign, seal, send, wait for the acknowledgement, and again.

use batterypass::frame::{self, Decoder, Message, State};
use batterypass::record::{self, Record, TimeQuality, plausibility};
use batterypass::{Error, SigningKey, envelope};
use embedded_io::{Read, ReadReady, Write};
use embedded_storage_async::nor_flash::NorFlash;

use crate::link::{Due, Link, Outcome};
use crate::pack::{self, Pack};
use crate::platform::Platform;
use crate::provisioning::{self, Provisioning};
use crate::store::{self, Store};
use crate::text::{self, Part};

mod report;

/// The longest frame that the host sends: PROVISION with a checksum, and COBS overhead.
const FRAME_IN: usize = provisioning::STORED_MAX + 1 + 8 + 4 + 4;
/// Host times from the year 5000 on are not believed: a record could not carry them.
const TIME_LIMIT_S: u64 = 95_617_584_000;
/// A device knows no time of receipt, and this one simulates faster than its clock runs.
const CHECK: plausibility::Options = plausibility::Options {
    received_at: None,
    rates: None,
};
/// Pause of a device that has no key yet and no randomness to make one, in milliseconds.
const KEY_RETRY_MS: u64 = 2000;

/// The large buffers of a device. They live outside the stack.
#[derive(Debug)]
pub struct Buffers {
    /// The outstanding frame: what is sent again must be the same bytes.
    frame: [u8; frame::MAX_FRAME],
    decoder: Decoder<FRAME_IN>,
    signed: [u8; record::MAX_SIGNED_LEN],
    sealed: [u8; frame::MAX_MESSAGE],
}

impl Buffers {
    /// Empty buffers.
    pub const fn new() -> Self {
        Self {
            frame: [0; frame::MAX_FRAME],
            decoder: Decoder::new(),
            signed: [0; record::MAX_SIGNED_LEN],
            sealed: [0; frame::MAX_MESSAGE],
        }
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

/// A battery management system that reports to a passport.
#[derive(Debug)]
pub struct Device<'b, P, F: NorFlash> {
    platform: P,
    store: Store<F>,
    buffers: &'b mut Buffers,
    link: Link,
    pack: Pack,
    key: Option<SigningKey>,
    provisioning: Option<Provisioning>,
    /// Unix time that a host gave, and the milliseconds since boot when it did.
    host_time: Option<(u64, u64)>,
    /// Length of the outstanding frame.
    frame_len: usize,
    /// The last record that was signed since the start: the next one must be possible after it.
    last: Option<Record>,
    advanced_to: u64,
    next_key_attempt: u64,
    stack_peak: u32,
}

impl<'b, P: Platform, F: NorFlash> Device<'b, P, F> {
    /// A device that has not looked at its flash yet.
    pub fn new(platform: P, flash: F, buffers: &'b mut Buffers) -> Self {
        Self {
            platform,
            store: Store::new(flash),
            buffers,
            link: Link::new(None),
            pack: Pack::new(pack::State::EXAMPLE),
            key: None,
            provisioning: None,
            host_time: None,
            frame_len: 0,
            last: None,
            advanced_to: 0,
            next_key_attempt: 0,
            stack_peak: 0,
        }
    }

    /// Goes on from what the flash holds.
    ///
    /// # Errors
    /// The store's errors. The device must then stand still: see [`store::Error`].
    pub fn start(&mut self) -> Result<(), store::Error> {
        report::start(&mut self.platform);
        self.load().inspect_err(|error| {
            self.log(&[Part::Text(match error {
                store::Error::Flash => "standing still: the flash failed",
                store::Error::Damaged => "standing still: the stored data is damaged",
            })]);
        })?;
        self.log_key();
        // Closes a frame that a reset may have cut off.
        let _ = self.platform.link().write_all(&[0]);
        Ok(())
    }

    // The large steps below are never inlined: their stack is then in use one at a time.
    #[inline(never)]
    fn load(&mut self) -> Result<(), store::Error> {
        self.key = self.store.device_key()?;
        self.provisioning = self.store.provisioning()?;
        self.pack = Pack::new(self.store.pack()?);
        self.link = Link::new(self.provisioning.as_ref().map(|known| known.period_ms));
        self.advanced_to = self.platform.now_ms();
        Ok(())
    }

    /// Runs for ever.
    pub fn run(&mut self) -> ! {
        loop {
            self.poll();
            self.platform.idle();
        }
    }

    /// One turn of the main loop: whatever has arrived, then whatever is due.
    pub fn poll(&mut self) {
        self.platform.feed_watchdog();
        let now = self.platform.now_ms();
        let elapsed = now.saturating_sub(self.advanced_to);
        self.pack
            .advance(u32::try_from(elapsed).unwrap_or(u32::MAX));
        self.advanced_to = now;

        if self.key.is_none() {
            return self.make_key(now);
        }
        self.receive(now);
        match self.link.due(now) {
            Due::Nothing => {}
            Due::Hello => self.send_hello(),
            Due::Record => self.send_record(now),
            Due::Resend => {
                self.log(&[Part::Text("no answer: record sent again")]);
                self.send_frame();
            }
        }
    }

    /// Makes the key of a new device, and stores it before it is used.
    #[inline(never)]
    fn make_key(&mut self, now: u64) {
        if now < self.next_key_attempt {
            return;
        }
        self.next_key_attempt = now + KEY_RETRY_MS;
        match SigningKey::generate(self.platform.rng()) {
            Err(error) => self.log_error("no key made", &error),
            Ok(key) => match self.store.set_device_key(&key) {
                Err(_) => self.log(&[Part::Text("no key made: the flash failed")]),
                Ok(()) => {
                    self.key = Some(key);
                    self.log(&[Part::Text("first boot: key made")]);
                    self.log_key();
                }
            },
        }
    }

    /// Takes what has arrived on the link.
    #[inline(never)]
    fn receive(&mut self, now: u64) {
        let mut byte = [0];
        while matches!(self.platform.link().read_ready(), Ok(true)) {
            if !matches!(self.platform.link().read(&mut byte), Ok(1)) {
                return;
            }
            match self.buffers.decoder.push(byte[0]) {
                None => {}
                Some(Ok(Message::Ack {
                    sequence, time_s, ..
                })) => self.acknowledged(sequence, time_s, now),
                Some(Ok(Message::Reject { sequence, code })) => {
                    let what = match self.link.rejected(sequence, code) {
                        Outcome::Dropped => " rejected: dropped",
                        Outcome::Kept => " not taken now: kept",
                        _ => continue,
                    };
                    self.log(&[
                        Part::Text("record "),
                        Part::Number(sequence),
                        Part::Text(what),
                    ]);
                }
                Some(Ok(Message::Provision {
                    time_s,
                    period_ms,
                    passport_id,
                    recipients,
                })) => {
                    // The lock: only a device that was never provisioned looks at the content.
                    let new = if self.link.is_running() {
                        Err("already provisioned: refused")
                    } else {
                        Provisioning::new(passport_id, period_ms, recipients.iter())
                            .ok_or("provisioning refused: not valid")
                    };
                    self.provision(new, time_s, now);
                }
                // HELLO and RECORD are the device's own messages.
                Some(Ok(_)) => {}
                Some(Err(error)) => report::error(self.platform.log(), "frame ignored", &error),
            }
        }
    }

    fn acknowledged(&mut self, sequence: u64, time_s: u64, now: u64) {
        if self.link.acknowledged(sequence) != Outcome::Stored {
            return;
        }
        self.set_time(time_s, now);
        self.log(&[
            Part::Text("record "),
            Part::Number(sequence),
            Part::Text(" acknowledged"),
        ]);
        self.log_stack();
    }

    #[inline(never)]
    fn provision(&mut self, new: Result<Provisioning, &'static str>, time_s: u64, now: u64) {
        match new {
            Err(why) => self.log(&[Part::Text(why)]),
            Ok(new) => match self.store.set_provisioning(&new) {
                Err(_) => self.log(&[Part::Text("provisioning failed: the flash failed")]),
                Ok(()) => {
                    self.log(&[
                        Part::Text("provisioned for "),
                        Part::Text(&new.passport_id),
                        Part::Text(", recipients: "),
                        Part::Number(new.recipients.len() as u64),
                    ]);
                    self.set_time(time_s, now);
                    self.link.provisioned(new.period_ms);
                    self.provisioning = Some(new);
                }
            },
        }
    }

    #[inline(never)]
    fn send_hello(&mut self) {
        let (Some(key), Ok(next_sequence)) = (&self.key, self.store.next_sequence()) else {
            return self.log(&[Part::Text("no hello: the flash failed")]);
        };
        let state = if self.link.is_running() {
            State::Running
        } else {
            State::Unprovisioned
        };
        let public_key = key.public_key().as_sec1();
        let hello = Message::Hello {
            state,
            public_key,
            next_sequence,
        };
        // No record is outstanding while a HELLO is due, so its frame buffer is free.
        let _ = frame::write(self.platform.link(), &hello, &mut self.buffers.frame);
    }

    fn send_record(&mut self, now: u64) {
        match self.make_record(now) {
            Ok(sequence) => {
                self.send_frame();
                // Sealing takes its time: the pause counts from now.
                let sent_at = self.platform.now_ms();
                self.link.sent(sequence, now, sent_at);
                self.log(&[
                    Part::Text("record "),
                    Part::Number(sequence),
                    Part::Text(" sent, bytes: "),
                    Part::Number(self.frame_len as u64),
                    Part::Text(", milliseconds: "),
                    Part::Number(sent_at - now),
                ]);
            }
            Err(why) => {
                self.link.failed(now);
                match why {
                    Failure::Store => self.log(&[Part::Text("no record: the flash failed")]),
                    Failure::Implausible => self.log(&[Part::Text("no record: not plausible")]),
                    Failure::Seal(error) => self.log_error("no record", &error),
                }
            }
        }
    }

    /// Makes the frame of a new record: measured, signed, sealed. Returns its sequence number.
    #[inline(never)]
    fn make_record(&mut self, now: u64) -> Result<u64, Failure> {
        let (Some(key), Some(provisioning)) = (&self.key, &self.provisioning) else {
            return Err(Failure::Store);
        };
        // First the number and the counters, on flash; only then may anybody see them.
        let sequence = self.store.take_sequence().map_err(|_| Failure::Store)?;
        self.store
            .set_pack(self.pack.state())
            .map_err(|_| Failure::Store)?;

        let (time_s, quality) = match self.host_time {
            Some((time_s, at)) => (time_s + (now - at) / 1000, TimeQuality::Gateway),
            None => (now / 1000, TimeQuality::Unset),
        };
        let id = provisioning.passport_id.as_str();
        let Buffers {
            frame,
            signed,
            sealed,
            ..
        } = &mut *self.buffers;
        let record = self.pack.record(sequence, time_s, quality);
        // What the cloud would refuse is not signed: the next record is measured anew.
        let report = plausibility::check(&record, self.last.as_ref(), &CHECK);
        if !report.ok() {
            return Err(Failure::Implausible);
        }
        let signed = record::sign(&record, id, key, signed)?;
        let options = envelope::SealOptions {
            aad: id.as_bytes(),
            subject: Some(id),
        };
        let rng = self.platform.rng();
        let envelope = envelope::seal(rng, signed, &provisioning.recipients, &options, sealed)?;
        self.frame_len = frame::encode(&Message::Record { sequence, envelope }, frame)?.len();
        self.last = Some(record);
        Ok(sequence)
    }

    /// Sends the outstanding frame. What the stream does not take is sent again with the next
    /// attempt, and the host finds the beginning of that by the zero byte.
    fn send_frame(&mut self) {
        let link = self.platform.link();
        let frame = &self.buffers.frame[..self.frame_len];
        if link.write_all(frame).and_then(|()| link.flush()).is_err() {
            // Ends the torn frame, so that it costs the next one nothing.
            let _ = link.write_all(&[0]);
            self.log(&[Part::Text("the link is stuck: record kept")]);
        }
    }

    fn set_time(&mut self, time_s: u64, now: u64) {
        if time_s < TIME_LIMIT_S {
            self.host_time = Some((time_s, now));
        }
    }

    fn log(&mut self, parts: &[Part<'_>]) {
        text::line(self.platform.log(), parts);
    }

    fn log_error(&mut self, what: &str, error: &Error) {
        report::error(self.platform.log(), what, error);
    }

    fn log_key(&mut self) {
        if let Some(key) = &self.key {
            let did = key.public_key().did();
            text::line(
                self.platform.log(),
                &[Part::Text("I am "), Part::Text(&did)],
            );
        }
    }

    /// Reports the stack's high-water mark when it has risen.
    fn log_stack(&mut self) {
        if let Some(peak) = self.platform.stack_peak()
            && peak > self.stack_peak
        {
            self.stack_peak = peak;
            self.log(&[
                Part::Text("most stack so far, bytes: "),
                Part::Number(peak.into()),
            ]);
        }
    }
}

/// Why there is no record.
enum Failure {
    Store,
    Implausible,
    Seal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Seal(error)
    }
}

#[cfg(test)]
mod tests;
