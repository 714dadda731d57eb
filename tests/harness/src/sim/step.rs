//! A schedule is data: what people do and what goes wrong, made from a seed, executed in order, shrunk by leaving steps out.
//!
//! Numbers are taken modulo whatever there is when the step is reached; a step that makes no sense then does nothing. So every
//! part of a schedule is a schedule.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// Longest schedule.
pub const STEPS_MAX: usize = 90;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the numbers pick a device, a person, a space, a vote or a file")]
pub enum Step {
    /// Writes into the meeting's own document.
    Edit {
        at: u8,
        space: u8,
    },
    /// A shared mark in one's seat, or a private one in one's notes.
    Annotate {
        at: u8,
        space: u8,
        private: bool,
    },
    OpenVote {
        at: u8,
        space: u8,
    },
    /// Casts, or replaces what was cast.
    Cast {
        at: u8,
        vote: u8,
        choice: u8,
    },
    Close {
        at: u8,
        vote: u8,
    },
    /// The chair closes, the chair's disk is put back to just before, its clock is behind, and the chair closes again.
    CloseAgain {
        vote: u8,
    },
    Acknowledge {
        at: u8,
        vote: u8,
    },
    NewSitting {
        at: u8,
    },
    /// Invites a person or gives another role.
    Invite {
        at: u8,
        space: u8,
        person: u8,
        role: u8,
    },
    Remove {
        at: u8,
        space: u8,
        person: u8,
    },
    /// A new person asks and is let in.
    Enrol {
        by: u8,
    },
    /// A further device of somebody.
    Further {
        of: u8,
    },
    Revoke {
        by: u8,
        device: u8,
    },
    /// Stolen: it meets one other device and writes before that one hears of the revocation.
    Stolen {
        by: u8,
        device: u8,
        witness: u8,
    },
    /// A copy of the disk is put aside.
    Backup {
        at: u8,
    },
    /// The copy is put back: the device begins a new log.
    Restore {
        at: u8,
    },
    /// Lost for good, with its disk.
    Lose {
        at: u8,
    },
    AddBlob {
        at: u8,
        space: u8,
        size: u16,
    },
    WantBlob {
        at: u8,
        blob: u8,
    },
    /// Somebody with a program of their own sends what ours never would.
    Forge {
        at: u8,
        to: u8,
        space: u8,
        kind: u8,
    },
    /// Whoever has a file hands out one piece that is not what it should be, to somebody who asks for it.
    BadPiece {
        at: u8,
        blob: u8,
    },
    Wait {
        ms: u16,
    },
    /// From here on: frames lost, doubled and overtaking, per mille; delay in milliseconds.
    Weather {
        lost: u16,
        doubled: u16,
        overtaking: u16,
        delay: u16,
    },
    /// Devices hear only those of their own half.
    Partition {
        halves: u16,
    },
    Heal,
    Disconnect {
        at: u8,
        other: u8,
    },
    /// The power fails; `committing`: between the next commit and what was to be sent.
    Crash {
        at: u8,
        committing: bool,
    },
    Restart {
        at: u8,
    },
    /// The wall clock jumps by hours.
    Clock {
        at: u8,
        hours: i16,
    },
    Disk {
        at: u8,
        full: bool,
    },
}

/// What a seed means.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The seed: also of keys and of what the network does.
    pub seed: u64,
    /// People besides the founder at the beginning.
    pub people: usize,
    /// With a hub.
    pub hub: bool,
    /// Nothing goes wrong: then the wire is measured.
    pub calm: bool,
    /// At the end all hear each other; otherwise only the hub, if there is one.
    pub mesh: bool,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Schedule {
    /// The schedule of a seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0x5eed_0f57_e95e_ed0f);
        let mut dice = Dice(&mut rng);
        let calm = seed.is_multiple_of(8);
        let count = 20 + dice.below(STEPS_MAX - 20);
        let (people, hub, mesh) = (2 + dice.below(5), dice.below(3) > 0, dice.below(2) == 0);
        let steps = (0..count).map(|_| dice.step(calm)).collect();
        Self { seed, people, hub, calm, mesh: mesh || calm, steps }
    }
}

struct Dice<'a>(&'a mut ChaCha20Rng);

impl Dice<'_> {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u32()).unwrap_or(0) % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.0.next_u32().to_le_bytes()[0]
    }

    fn word(&mut self, end: usize) -> u16 {
        u16::try_from(self.below(end)).unwrap_or(0)
    }

    fn step(&mut self, calm: bool) -> Step {
        let work = calm || self.below(100) < 68;
        let (at, space) = (self.byte(), self.byte());
        if work {
            return match self.below(if calm { 82 } else { 100 }) {
                0..22 => Step::Edit { at, space },
                22..32 => Step::Annotate { at, space, private: self.below(3) == 0 },
                32..37 => Step::OpenVote { at, space },
                37..53 => Step::Cast { at, vote: self.byte(), choice: self.byte() },
                53..58 => Step::Close { at, vote: self.byte() },
                58..68 => Step::Acknowledge { at, vote: self.byte() },
                68..70 => Step::NewSitting { at },
                70..74 => Step::Invite { at, space, person: self.byte(), role: self.byte() },
                74..76 => Step::AddBlob { at, space, size: self.word(20_000) },
                76..79 => Step::WantBlob { at, blob: self.byte() },
                79..82 => Step::Wait { ms: self.word(2_000) },
                82..87 => Step::Invite { at, space, person: self.byte(), role: self.byte() },
                87..91 => Step::Remove { at, space, person: self.byte() },
                91..93 => Step::Enrol { by: at },
                93..95 => Step::Further { of: at },
                95..97 => Step::Revoke { by: at, device: self.byte() },
                _ => Step::Forge { at, to: self.byte(), space, kind: self.byte() },
            };
        }
        match self.below(100) {
            0..14 => {
                Step::Weather { lost: self.word(120), doubled: self.word(120), overtaking: self.word(200), delay: self.word(400) }
            }
            14..26 => Step::Partition { halves: self.word(65_536) },
            26..40 => Step::Heal,
            40..48 => Step::Disconnect { at, other: space },
            48..60 => Step::Crash { at, committing: self.below(2) == 0 },
            60..70 => Step::Restart { at },
            70..73 => Step::Backup { at },
            73..75 => Step::CloseAgain { vote: at },
            75..79 => Step::Restore { at },
            79..80 => Step::Lose { at },
            80..84 => Step::Clock { at, hours: i16::try_from(self.below(400)).unwrap_or(0) - 200 },
            84..88 => Step::Disk { at, full: self.below(2) == 0 },
            88..91 => Step::Stolen { by: at, device: space, witness: self.byte() },
            91..94 => Step::BadPiece { at, blob: space },
            _ => Step::Wait { ms: self.word(30_000) },
        }
    }
}
