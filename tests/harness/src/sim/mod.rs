//! The deterministic simulation: a seed is a schedule of people's work and of faults over several replicas, then everything heals,
//! time passes, and what must hold is looked at. The same seed does the same, always.

mod burst;
mod check;
mod perform;
mod step;
mod world;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::meeting::MeetingRole;

pub use burst::Burst;
pub use step::{Schedule, Step};
use world::World;

/// Time that everything gets to heal, in milliseconds.
const HEALING_MS: u64 = 100_000;
/// Time between two steps.
const PACE_MS: u64 = 60;
/// How often the shrinker may play a schedule.
const SHRINKING_MAX: usize = 600;
/// On the wire, for each byte that must be.
const WIRE_FACTOR: u64 = 3;

/// Something that must hold and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What must hold.
    pub invariant: &'static str,
    /// What was found.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.invariant, self.detail)
    }
}

/// What a calm schedule put on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wire {
    /// Bytes of all frames.
    pub sent: u64,
    /// Bytes of each envelope and file, once for each device that lacked it.
    pub least: u64,
}

impl Wire {
    /// Bytes for each that must be; `None` where the talk about nothing new outweighs what is new.
    pub fn factor(&self) -> Option<f64> {
        (self.least > WIRE_WORTH).then(|| self.sent as f64 / self.least as f64)
    }
}

/// Plays a schedule.
///
/// # Errors
/// The first thing that does not hold.
pub fn play(schedule: &Schedule) -> Result<Wire, Violation> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::empty(schedule.seed);
        let wire = play_in(&mut world, schedule);
        match world.violations.into_iter().next() {
            Some(violation) => Err(violation),
            None => Ok(wire),
        }
    }));
    played.unwrap_or_else(|panic| {
        let detail =
            panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(Violation { invariant: "nothing panics", detail: detail.unwrap_or_default() })
    })
}

fn play_in(world: &mut World, schedule: &Schedule) -> Wire {
    world.found();
    for _ in 0..schedule.people {
        world.enrol(0, false, false);
    }
    if schedule.hub {
        world.enrol(0, false, true);
    }
    let count = world.nodes.len();
    for at in 0..count {
        if schedule.calm {
            world.wires.extend((0..at).map(|other| (other, at)));
        } else {
            world.wire_up(at);
        }
    }
    world.connect_all();
    world.sitting(0);
    if let Some(space) = world.spaces.first().copied() {
        let people = world.people();
        for (number, person) in people.into_iter().skip(1).enumerate() {
            // The last one stays outside for now.
            if number + 2 < schedule.people || number == 0 {
                let role = if number == 0 { MeetingRole::Chair } else { MeetingRole::Delegate };
                world.invite(0, space, person, role);
            }
        }
    }
    world.run_for(2_000);
    let (sent, least) = (world.wire_bytes, least(world));
    world.wire_kinds.clear();
    for step in &schedule.steps {
        world.perform(*step);
        world.run_for(PACE_MS);
        if !world.violations.is_empty() {
            return Wire::default();
        }
    }
    heal(world, schedule);
    if !world.violations.is_empty() {
        return Wire::default();
    }
    let wire = Wire { sent: world.wire_bytes - sent, least: self::least(world) - least };
    world.check();
    if schedule.calm && wire.sent > WIRE_FACTOR * wire.least && wire.least > WIRE_WORTH {
        let detail = format!("{wire:?}, by the number of the message {:?}", world.wire_kinds);
        world.violated("without faults the wire carries little more than it must", detail);
    }
    wire
}

/// Below this the talk about nothing new outweighs what is new.
const WIRE_WORTH: u64 = 100_000;

/// What had to be sent so that everybody has what they have.
fn least(world: &World) -> u64 {
    world.nodes.iter().enumerate().filter_map(|(at, node)| Some(node.shelf.foreign_bytes(&world.device(at)?))).sum()
}

/// Everybody is on, hears each other, has room on the disk; time passes.
fn heal(world: &mut World, schedule: &Schedule) {
    world.weather = world::Weather::default();
    world.cut.clear();
    for at in 0..world.nodes.len() {
        world.nodes[at].shelf.full = false;
        world.nodes[at].failing = false;
        world.nodes[at].lying = false;
        world.switch_on(at);
    }
    if schedule.calm {
        world.run_for(HEALING_MS / 4);
        return;
    }
    let there: Vec<usize> = (0..world.nodes.len()).filter(|at| world.is_enrolled(*at)).collect();
    let trusted = world.trusted().map(|(trusted, directory)| {
        let hub = trusted.iter().copied().find(|at| world.device(*at).is_some_and(|device| directory.is_hub(&device)));
        (trusted, hub)
    });
    let hub = trusted.and_then(|(_, hub)| hub).filter(|_| !schedule.mesh);
    world.wires = there
        .iter()
        .flat_map(|a| there.iter().map(move |b| (*a, *b)))
        .filter(|(a, b)| a < b)
        .filter(|(a, b)| {
            let same = world.nodes[*a].person == world.nodes[*b].person;
            hub.is_none_or(|hub| *a == hub || *b == hub || same)
        })
        .collect();
    for a in 0..world.nodes.len() {
        for b in a + 1..world.nodes.len() {
            if !world.wires.contains(&(a, b)) {
                world.disconnect(a, b);
            }
        }
    }
    world.connect_all();
    world.run_for(HEALING_MS);
}

/// Leaves steps out as long as the same invariant stays violated.
pub fn shrink(schedule: &Schedule, violation: &Violation) -> Schedule {
    let mut smallest = schedule.clone();
    let mut part = smallest.steps.len().div_ceil(2).max(1);
    let mut played = 0;
    while part > 0 && played < SHRINKING_MAX {
        let mut from = 0;
        while from < smallest.steps.len() && played < SHRINKING_MAX {
            let mut fewer = smallest.clone();
            fewer.steps.drain(from..(from + part).min(smallest.steps.len()));
            played += 1;
            match play(&fewer) {
                Err(found) if found.invariant == violation.invariant => smallest = fewer,
                _ => from += part,
            }
        }
        part /= 2;
    }
    smallest
}
