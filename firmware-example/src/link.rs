//! When to send what: the device's half of the link protocol, without bytes and without a clock.
//!
//! One record is outstanding at a time. It is sent again, the same bytes, until the host says that
//! it is stored (ACK) or that it never will be (REJECT 1); the pauses grow from 1 s to 30 s.

use batterypass::frame::RejectCode;

/// Pause between two HELLOs of a device that waits for its provisioning, in milliseconds.
const HELLO_MS: u64 = 2000;
/// First pause before a record is sent again, in milliseconds.
const RESEND_FIRST_MS: u64 = 1000;
/// Longest pause before a record is sent again, in milliseconds.
const RESEND_LAST_MS: u64 = 30_000;

/// What has to be sent now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing: wait.
    Nothing,
    /// Say who we are.
    Hello,
    /// Take a new record and send it, then call [`Link::sent`] or [`Link::failed`].
    Record,
    /// Send the outstanding record again.
    Resend,
}

/// What an answer of the host did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The record is stored; it may be forgotten.
    Stored,
    /// The record will never be stored; it may be forgotten.
    Dropped,
    /// The record is kept and sent again later.
    Kept,
    /// The answer is for no outstanding record: a late copy.
    Unexpected,
}

#[derive(Clone, Copy, Debug)]
struct Outstanding {
    sequence: u64,
    resend_at: u64,
    pause: u64,
}

/// The timing of the link. All times are milliseconds since boot.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Time from record to record; nothing while the device is not provisioned.
    period: Option<u32>,
    hello_at: Option<u64>,
    record_at: u64,
    outstanding: Option<Outstanding>,
}

impl Link {
    /// A link at boot: it begins with a HELLO. `period_ms` is that of a provisioned device.
    pub const fn new(period_ms: Option<u32>) -> Self {
        Self {
            period: period_ms,
            hello_at: Some(0),
            record_at: 0,
            outstanding: None,
        }
    }

    /// Returns whether the device is provisioned.
    pub const fn is_running(&self) -> bool {
        self.period.is_some()
    }

    /// Starts the records of a device that was provisioned; it says HELLO in its new state at once.
    pub const fn provisioned(&mut self, period_ms: u32) {
        *self = Self::new(Some(period_ms));
    }

    /// Returns what to send now, and takes it as sent.
    pub fn due(&mut self, now: u64) -> Due {
        if self.hello_at.is_some_and(|at| now >= at) {
            // A running device says HELLO once, a waiting one until somebody provisions it.
            self.hello_at = if self.is_running() {
                None
            } else {
                Some(now + HELLO_MS)
            };
            return Due::Hello;
        }
        if !self.is_running() {
            return Due::Nothing;
        }
        match &mut self.outstanding {
            Some(record) if now >= record.resend_at => {
                record.pause = (record.pause * 2).min(RESEND_LAST_MS);
                record.resend_at = now + record.pause;
                Due::Resend
            }
            None if now >= self.record_at => Due::Record,
            _ => Due::Nothing,
        }
    }

    /// Notes that a record, taken at `taken_at`, left the device at `now`.
    pub fn sent(&mut self, sequence: u64, taken_at: u64, now: u64) {
        self.schedule(taken_at);
        self.outstanding = Some(Outstanding {
            sequence,
            resend_at: now + RESEND_FIRST_MS,
            pause: RESEND_FIRST_MS,
        });
    }

    /// Notes that no record could be made; the next attempt follows a period later.
    pub fn failed(&mut self, taken_at: u64) {
        self.schedule(taken_at);
    }

    /// Takes an acknowledgement.
    pub fn acknowledged(&mut self, sequence: u64) -> Outcome {
        self.end(sequence, Outcome::Stored)
    }

    /// Takes a rejection.
    pub fn rejected(&mut self, sequence: u64, code: RejectCode) -> Outcome {
        match code {
            RejectCode::NotAccepted => self.end(sequence, Outcome::Dropped),
            RejectCode::TryLater if self.awaits(sequence) => Outcome::Kept,
            RejectCode::TryLater => Outcome::Unexpected,
        }
    }

    fn awaits(&self, sequence: u64) -> bool {
        self.outstanding
            .is_some_and(|record| record.sequence == sequence)
    }

    fn end(&mut self, sequence: u64, outcome: Outcome) -> Outcome {
        if !self.awaits(sequence) {
            return Outcome::Unexpected;
        }
        self.outstanding = None;
        outcome
    }

    /// The next record is due a period after the last one was taken. Records that an outage kept
    /// from being taken are not made up: the counters in the next one cover the gap.
    fn schedule(&mut self, taken_at: u64) {
        self.record_at = taken_at + u64::from(self.period.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A running link after its HELLO with record 5 sent at 1000.
    fn sent() -> Link {
        let mut link = Link::new(Some(1000));
        assert_eq!(link.due(1000), Due::Hello);
        assert_eq!(link.due(1000), Due::Record);
        link.sent(5, 1000, 1000);
        link
    }

    #[test]
    fn a_new_device_says_hello_until_it_is_provisioned() {
        let mut link = Link::new(None);
        let hellos = (0..10_000)
            .filter(|now| link.due(*now) == Due::Hello)
            .count();
        assert_eq!(hellos, 5);
        link.provisioned(1000);
        assert_eq!(link.due(10_000), Due::Hello, "the answer to PROVISION");
        assert_eq!(link.due(10_000), Due::Record);
    }

    #[test]
    fn a_running_device_says_hello_once() {
        let mut link = Link::new(Some(1000));
        assert_eq!(link.due(0), Due::Hello);
        assert_eq!(link.due(0), Due::Record);
        link.sent(1, 0, 0);
        assert_eq!(link.due(999), Due::Nothing);
        assert_eq!(link.acknowledged(1), Outcome::Stored);
        assert_eq!(link.due(999), Due::Nothing, "the period is not over");
        assert_eq!(link.due(1000), Due::Record);
    }

    #[test]
    fn a_record_is_sent_again_with_growing_pauses() {
        let mut link = sent();
        let resent: Vec<u64> = (1000..110_000)
            .filter(|now| link.due(*now) == Due::Resend)
            .collect();
        let pauses: Vec<u64> = resent
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) / 1000)
            .collect();
        assert_eq!(resent[0], 2000);
        assert_eq!(pauses, [2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn only_the_outstanding_record_is_answered() {
        let mut link = sent();
        assert_eq!(link.acknowledged(4), Outcome::Unexpected);
        assert_eq!(
            link.rejected(6, RejectCode::NotAccepted),
            Outcome::Unexpected
        );
        assert_eq!(link.rejected(6, RejectCode::TryLater), Outcome::Unexpected);
        assert_eq!(link.rejected(5, RejectCode::TryLater), Outcome::Kept);
        assert_eq!(link.due(2000), Due::Resend);
        assert_eq!(link.acknowledged(5), Outcome::Stored);
        assert_eq!(link.acknowledged(5), Outcome::Unexpected);
        assert_eq!(link.due(2000), Due::Record);
    }

    #[test]
    fn a_rejected_record_is_dropped() {
        let mut link = sent();
        assert_eq!(link.rejected(5, RejectCode::NotAccepted), Outcome::Dropped);
        assert_eq!(link.due(1500), Due::Nothing);
        assert_eq!(link.due(2000), Due::Record);
    }

    #[test]
    fn an_outage_is_not_made_up() {
        let mut link = sent();
        assert_eq!(link.due(60_000), Due::Resend);
        assert_eq!(link.acknowledged(5), Outcome::Stored);
        assert_eq!(link.due(60_000), Due::Record);
        link.sent(6, 60_000, 60_400);
        assert_eq!(link.acknowledged(6), Outcome::Stored);
        assert_eq!(link.due(60_999), Due::Nothing);
        assert_eq!(link.due(61_000), Due::Record);
    }

    #[test]
    fn a_record_that_cannot_be_made_is_tried_a_period_later() {
        let mut link = Link::new(Some(1000));
        assert_eq!(link.due(0), Due::Hello);
        assert_eq!(link.due(0), Due::Record);
        link.failed(0);
        assert_eq!(link.due(999), Due::Nothing);
        assert_eq!(link.due(1000), Due::Record);
    }
}
