//! What the vehicle does with the pack: a day of driving and charging that repeats for ever.

use serde::{Deserialize, Serialize};

/// Seconds of rest after a drive and after a charge.
const PARK_S: u32 = 300;
/// Current of the control units while parked, in thousandths of the 1C current.
const PARK_PERMILLE: i32 = -2;
/// Charging current before the voltage limit, in thousandths of the 1C current.
pub const CHARGE_PERMILLE: i32 = 500;

/// One leg of the drive: seconds, and the current in thousandths of the 1C current
/// (negative = out of the pack, positive = regeneration).
const DRIVE: [(u32, i32); 13] = [
    (60, -250),   // town
    (20, -800),   // pulling away
    (40, -320),   // town
    (15, 350),    // braking before the lights
    (90, -350),   // main road
    (25, -1400),  // ramp of the motorway
    (240, -640),  // motorway
    (60, -780),   // overtaking
    (120, -1000), // climb
    (60, 150),    // descent
    (180, -580),  // motorway
    (20, 450),    // exit
    (70, -280),   // town
];

/// What is happening now.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Phase {
    /// Driving, until the pack is nearly empty.
    Drive,
    /// Parked after the drive.
    ParkedEmpty,
    /// On the charger: constant current, then constant voltage.
    Charge,
    /// Parked after charging.
    ParkedFull,
}

/// The place in the repeating day. Stored with the pack, so that a reset goes on from here.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Profile {
    phase: Phase,
    leg: u8,
    seconds: u32,
}

impl Profile {
    /// The first second of the first drive.
    pub const START: Self = Self {
        phase: Phase::Drive,
        leg: 0,
        seconds: 0,
    };

    /// Returns what is happening now.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the wanted current, in thousandths of the 1C current (positive = charging).
    pub fn wanted_permille(&self) -> i32 {
        match self.phase {
            Phase::Drive => DRIVE[usize::from(self.leg) % DRIVE.len()].1,
            Phase::ParkedEmpty | Phase::ParkedFull => PARK_PERMILLE,
            Phase::Charge => CHARGE_PERMILLE,
        }
    }

    /// Moves on by one second. `empty` ends the drive, `full` ends the charge.
    pub fn step(&mut self, empty: bool, full: bool) {
        self.seconds += 1;
        match self.phase {
            Phase::Drive if empty => self.enter(Phase::ParkedEmpty),
            Phase::Drive => {
                if self.seconds >= DRIVE[usize::from(self.leg) % DRIVE.len()].0 {
                    self.seconds = 0;
                    self.leg = if usize::from(self.leg) + 1 < DRIVE.len() {
                        self.leg + 1
                    } else {
                        0
                    };
                }
            }
            Phase::ParkedEmpty if self.seconds >= PARK_S => self.enter(Phase::Charge),
            Phase::Charge if full => self.enter(Phase::ParkedFull),
            Phase::ParkedFull if self.seconds >= PARK_S => self.enter(Phase::Drive),
            Phase::ParkedEmpty | Phase::Charge | Phase::ParkedFull => {}
        }
    }

    fn enter(&mut self, phase: Phase) {
        *self = Self {
            phase,
            leg: 0,
            seconds: 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drive_takes_half_a_capacity_an_hour() {
        let (seconds, charge) = DRIVE.iter().fold((0, 0), |(s, c), &(leg, permille)| {
            (s + leg, c + permille * leg.cast_signed())
        });
        assert_eq!(seconds, 1000);
        let average = charge / seconds.cast_signed();
        assert!((-600..=-450).contains(&average), "{average} permille of 1C");
    }

    #[test]
    fn the_day_repeats() {
        let mut profile = Profile::START;
        for _ in 0..1000 {
            profile.step(false, false);
        }
        assert_eq!(profile, Profile::START);
        profile.step(true, false);
        assert_eq!(profile.phase(), Phase::ParkedEmpty);
        for _ in 0..PARK_S {
            profile.step(true, false);
        }
        assert_eq!(profile.phase(), Phase::Charge);
        profile.step(false, false);
        profile.step(false, true);
        assert_eq!(profile.phase(), Phase::ParkedFull);
        for _ in 0..PARK_S {
            profile.step(false, true);
        }
        assert_eq!(profile, Profile::START);
    }
}
