//! Everybody writes at the same moment: what that puts on the wire, against what must be.

use std::collections::BTreeMap;

use domain::meeting::MeetingRole;
use sync::DocRef;

use super::world::{Weather, World};
use super::{Wire, least};

/// A room in which all write at once, again and again.
#[derive(Debug, Clone, Copy)]
pub struct Burst {
    /// Devices.
    pub devices: usize,
    /// Connections of each.
    pub neighbours: usize,
    /// How often all write.
    pub rounds: usize,
    /// A frame is under way for up to this many milliseconds: a slow network, or busy machines.
    pub delay_ms: u16,
}

/// Time between two rounds.
const ROUND_MS: u64 = 1_000;
/// Time until all have everything.
const REST_MS: u64 = 30_000;

impl Burst {
    /// Plays it. Returns what went over the wire, in all and by the number of the message.
    ///
    /// # Errors
    /// Somebody lacks something in the end.
    pub fn play(self, seed: u64) -> Result<(Wire, BTreeMap<u8, u64>), String> {
        let mut world = World::empty(seed);
        world.found();
        for _ in 1..self.devices {
            world.enrol(0, false, false);
        }
        world.wires.clear();
        for at in 0..self.devices {
            for step in 0..self.neighbours.div_ceil(2) {
                // Near ones and far ones.
                let other = (at + 1 + step * step * 3) % self.devices;
                if other != at {
                    world.wires.insert((at.min(other), at.max(other)));
                }
            }
        }
        for a in 0..self.devices {
            for b in a + 1..self.devices {
                if !world.wires.contains(&(a, b)) {
                    world.disconnect(a, b);
                }
            }
        }
        world.connect_all();
        world.sitting(0);
        let space = world.spaces.first().copied().ok_or("no sitting")?;
        for person in world.people().into_iter().skip(1) {
            world.invite(0, space, person, MeetingRole::Delegate);
        }
        world.run_for(REST_MS);
        world.weather = Weather { delay: self.delay_ms, ..Weather::default() };
        let (sent, had) = (world.wire_bytes, least(&world));
        world.wire_kinds.clear();
        for _ in 0..self.rounds {
            for at in 0..self.devices {
                let seat = DocRef::seat(space, &world.nodes[at].person);
                world.write(at, seat).ok_or(format!("device {at} cannot write"))?;
            }
            world.run_for(ROUND_MS);
        }
        world.run_for(REST_MS);
        let all = world.nodes[0].shelf.count(&space);
        match (0..self.devices).find(|at| world.nodes[*at].shelf.count(&space) != all) {
            Some(at) => Err(format!("device {at} has {} of {all}", world.nodes[at].shelf.count(&space))),
            None => Ok((Wire { sent: world.wire_bytes - sent, least: least(&world) - had }, world.wire_kinds)),
        }
    }
}
