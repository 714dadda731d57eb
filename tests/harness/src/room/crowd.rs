//! A sitting of more people than can be let in one after the other over the wire, each with a few neighbours, while time passes.

use domain::id::SpaceId;
use domain::meeting::MeetingRole;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::canonical;
use signing::keys::DeviceKeys;
use sync::port::{Event, Write};
use sync::{META_CHAIN, META_ROOT, Replica};

use super::{ROUND_MS, Room};
use crate::network::Network;

/// Frames after which a crowd that does not come to rest is at fault.
const FRAMES_MAX: usize = 5_000_000;

impl Room {
    /// The first person prepares a sitting that the second chairs and all others are delegates of. The others were let in some days ago: they
    /// have their certificates and the directory, and nothing of the sitting. Nobody is connected with anybody yet.
    pub fn crowd(seed: u64, names: &[&str]) -> (Self, SpaceId) {
        let mut room =
            Self { devices: Vec::new(), network: Network::default(), rng: ChaCha20Rng::seed_from_u64(seed), mono_ms: 1_000 };
        for name in names {
            room.add_device(name);
        }
        room.found();
        let role = |at: usize| if at == 0 { MeetingRole::Chair } else { MeetingRole::Delegate };
        let invited: Vec<_> = names.iter().skip(1).enumerate().map(|(at, name)| (*name, role(at))).collect();
        let space = room.sitting(names[0], &invited);
        for (at, name) in names.iter().enumerate().skip(1) {
            let (keys, person) = (room.keys(at), room.devices[at].person);
            room.certify(names[0], &keys, person, (*name).to_owned());
        }
        room.run_until_quiescent();
        for at in 1..names.len() {
            room.has_been_let_in(at);
        }
        (room, space)
    }

    fn keys(&self, at: usize) -> DeviceKeys {
        DeviceKeys::from_secret_bytes(&self.devices[at].secret).expect("stored keys")
    }

    fn has_been_let_in(&mut self, at: usize) {
        let keys = self.keys(at);
        let founder = &self.devices[0];
        let directory = founder.replica.as_ref().and_then(Replica::directory).expect("enrolled");
        let chain = directory.chain(&keys.device()).expect("certified");
        let mut shelf = founder.shelf.only(&directory.space());
        let root = Write::Meta { key: META_ROOT.into(), value: directory.root().0.to_vec() };
        let chain = Write::Meta { key: META_CHAIN.into(), value: canonical::encode(&chain) };
        shelf.commit(&[root, chain]).expect("there is room");
        let device = &mut self.devices[at];
        device.replica = Some(Replica::open(keys, device.incarnation, &shelf).expect("the shelf opens"));
        device.shelf = shelf;
    }

    /// Everybody calls the next one, and so many others at random: who finds a whole town of devices calls a few.
    pub fn everybody_calls(&mut self, others: usize) {
        let count = self.devices.len();
        for at in 0..count {
            self.connect(at, (at + 1) % count);
            for _ in 0..others {
                let other = usize::try_from(self.rng.next_u32()).unwrap_or(0) % count;
                self.connect(at, other);
            }
        }
    }

    /// A lid is closed: all wires of a device go dead. Gives whom it was connected with.
    pub fn falls_asleep(&mut self, name: &str) -> Vec<usize> {
        let at = self.at(name);
        let neighbours: Vec<usize> = (0..self.devices.len()).filter(|other| self.network.key(at, *other).is_some()).collect();
        for other in &neighbours {
            self.disconnect(at, *other);
        }
        neighbours
    }

    /// It is opened again.
    pub fn wakes_up(&mut self, name: &str, neighbours: &[usize]) {
        let at = self.at(name);
        for other in neighbours {
            self.connect(at, *other);
        }
    }

    /// So much time passes, in which everything that is said is heard.
    pub fn pass_ms(&mut self, ms: u64) {
        let mut frames = 0;
        for _ in 0..ms.div_ceil(ROUND_MS) {
            while self.deliver_one() {
                frames += 1;
                assert!(frames < FRAMES_MAX, "the crowd does not come to rest");
            }
            self.mono_ms += ROUND_MS;
            for at in 0..self.devices.len() {
                self.event(at, Event::Tick);
            }
        }
        while self.deliver_one() {
            frames += 1;
            assert!(frames < FRAMES_MAX, "the crowd does not come to rest");
        }
    }
}
