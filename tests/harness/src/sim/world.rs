//! Devices, the wires between them, the time: everything that happens, happens at a millisecond and in one order.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, Incarnation, PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::meeting::BlobRef;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::join::JOIN_VERSION;
use signing::keys::{DeviceKeys, RootKey};
use signing::vote::{VoteActs, count};
use signing::{Act, JoinRequest, SignedAct, VoteRecord};
use sync::control::SpaceKind;
use sync::port::{Cx, Effects, Event, Now, PeerKey};
use sync::wire::Message;
use sync::{Founding, LocalError, Replica};

use super::Violation;
use crate::memory::MemoryShelf;

/// When worlds begin: 22 November 2026, 14:00 in Viet Nam.
pub const BEGINNING: i64 = 1_795_330_800_000;
/// Between the end of a connection and the next try.
const DIAL_AGAIN_MS: u64 = 1_500;
/// Until a device that was opened begins to work.
const OPENING_MS: u64 = 300;
/// Events after which a world that does not come to rest is at fault.
const EVENTS_MAX: usize = 400_000;
/// Name of what carries acknowledgements, on the wire.
const ACK: u8 = 13;
/// Comes before a message's number of 24 and more.
const LONG_CODE: u8 = 0x18;
/// Of what carries pieces of files.
const BLOB_DATA: [u8; 2] = [LONG_CODE, 33];

/// A device.
pub struct Node {
    /// What it keeps.
    pub shelf: MemoryShelf,
    /// Running, or not.
    pub replica: Option<Replica>,
    /// Its secret keys.
    pub secret: Vec<u8>,
    /// Its present log.
    pub incarnation: Incarnation,
    /// Whose it is.
    pub person: PersonId,
    /// Carries for others.
    pub hub: bool,
    /// Gone for good.
    pub lost: bool,
    /// A copy of the disk that was put aside.
    pub backup: Option<MemoryShelf>,
    /// The power fails after the next commit.
    pub failing: bool,
    /// The next piece of a file that it hands out is not what it should be.
    pub lying: bool,
    skew_ms: i64,
    wake: u64,
}

/// Something that the schedule wrote.
#[derive(Debug, Clone)]
pub struct Written {
    /// What can be found again.
    pub canary: String,
    /// The space.
    pub space: SpaceId,
    /// The envelope.
    pub envelope: Hash32,
}

/// A result that was shown as final, and the acts that made it so.
pub type Final = (String, BTreeSet<Hash32>);

enum Due {
    Frame { link: u64, from: usize, to: usize, bytes: Vec<u8> },
    Tick { at: usize, wake: u64 },
    Dial { a: usize, b: usize },
}

/// What the network does to frames.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// Per mille.
    pub lost: u16,
    /// Per mille.
    pub doubled: u16,
    /// Per mille.
    pub overtaking: u16,
    /// Milliseconds at most, besides one.
    pub delay: u16,
}

struct Link {
    id: u64,
    keys: (PeerKey, PeerKey),
}

/// The world.
pub struct World {
    /// All devices, also those that are off or lost.
    pub nodes: Vec<Node>,
    /// Meetings.
    pub spaces: Vec<SpaceId>,
    /// Votes, with their meeting.
    pub votes: Vec<(SpaceId, VoteId)>,
    /// Files.
    pub blobs: Vec<(SpaceId, BlobRef, Vec<u8>)>,
    /// Who asked for which file.
    pub wanted: BTreeSet<(usize, usize)>,
    /// Everything that was said to be saved.
    pub written: Vec<Written>,
    /// What must never be read anywhere.
    pub forged: Vec<String>,
    /// Results that some device showed as final, with the close and the acknowledgements that it had.
    pub finals: BTreeMap<(SpaceId, VoteId), BTreeSet<Final>>,
    /// What went wrong so far.
    pub violations: Vec<Violation>,
    /// What the network does.
    pub weather: Weather,
    /// Pairs that are to be connected.
    pub wires: BTreeSet<(usize, usize)>,
    /// Pairs that cannot hear each other.
    pub cut: BTreeSet<(usize, usize)>,
    /// Bytes that went over any wire.
    pub wire_bytes: u64,
    /// The same by the number of the message, as it stands on the wire.
    pub wire_kinds: BTreeMap<u8, u64>,
    /// Randomness of keys and of the network.
    pub rng: ChaCha20Rng,
    /// The time, milliseconds.
    pub now: u64,
    links: BTreeMap<(usize, usize), Link>,
    due: BTreeMap<(u64, u64), Due>,
    last: BTreeMap<(usize, usize), u64>,
    counter: u64,
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

impl World {
    /// A world with nobody in it.
    pub fn empty(seed: u64) -> Self {
        Self {
            nodes: Vec::new(),
            spaces: Vec::new(),
            votes: Vec::new(),
            blobs: Vec::new(),
            wanted: BTreeSet::new(),
            written: Vec::new(),
            forged: Vec::new(),
            finals: BTreeMap::new(),
            violations: Vec::new(),
            weather: Weather::default(),
            wires: BTreeSet::new(),
            cut: BTreeSet::new(),
            wire_bytes: 0,
            wire_kinds: BTreeMap::new(),
            rng: ChaCha20Rng::seed_from_u64(seed),
            now: 1_000,
            links: BTreeMap::new(),
            due: BTreeMap::new(),
            last: BTreeMap::new(),
            counter: 0,
        }
    }

    /// Notes that something is not as it must be.
    pub fn violated(&mut self, invariant: &'static str, detail: String) {
        self.violations.push(Violation { invariant, detail });
    }

    /// A new device with fresh keys.
    pub fn add_node(&mut self) -> usize {
        let keys = DeviceKeys::generate(&mut self.rng);
        let (mut incarnation, mut person) = ([0; 8], [0; 16]);
        self.rng.fill_bytes(&mut incarnation);
        self.rng.fill_bytes(&mut person);
        let shelf = MemoryShelf::default();
        let secret = keys.to_secret_bytes().to_vec();
        let replica = Replica::open(keys, Incarnation(incarnation), &shelf).ok();
        self.nodes.push(Node {
            shelf,
            replica,
            secret,
            incarnation: Incarnation(incarnation),
            person: PersonId(person),
            hub: false,
            lost: false,
            backup: None,
            failing: false,
            lying: false,
            skew_ms: 0,
            wake: 0,
        });
        self.nodes.len() - 1
    }

    /// The first device makes an organisation.
    pub fn found(&mut self) {
        let at = self.add_node();
        let root = RootKey::generate(&mut self.rng);
        let founding = Founding {
            organisation: "Thành phố Huế".into(),
            unit: UnitId([7; 16]),
            unit_name: "UBND phường Thuận Hóa".into(),
            person: self.nodes[at].person,
            name: "Người 0".into(),
            title: "Chánh Văn phòng".into(),
        };
        self.local(at, |replica, cx| Ok(((), replica.found(cx, &root, &founding)?)));
        self.local(at, |replica, cx| replica.create_space(cx, SpaceKind::Personal));
    }

    /// A new device asks at `by` and is let in; `mine` as a further one of the same person. The hub gets its role.
    pub fn enrol(&mut self, by: usize, mine: bool, hub: bool) {
        if !self.is_enrolled(by) {
            return;
        }
        let at = self.add_node();
        let name = format!("Người {at}");
        let Ok(keys) = DeviceKeys::from_secret_bytes(&self.nodes[at].secret) else { return };
        let mut nonce = [0; 16];
        self.rng.fill_bytes(&mut nonce);
        let request = JoinRequest {
            version: JOIN_VERSION,
            device: keys.device(),
            agreement: keys.agreement_key(),
            person: self.nodes[at].person,
            name,
            title: "Ủy viên".into(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce,
            made_at: self.wall(at),
            invitation: None,
        };
        let Ok(request) = request.sign(&keys) else { return };
        let administrator = !mine && !hub && at % 3 == 1;
        let weather = std::mem::take(&mut self.weather);
        self.local(at, |replica, _| Ok(((), replica.ask_to_join(request))));
        // At the door: nothing between the two.
        self.cut.remove(&pair(at, by));
        self.wires.insert(pair(at, by));
        self.connect(at, by);
        self.run_for(40);
        self.local(at, |replica, _| Ok(((), replica.confirm_words()?)));
        self.local(by, |replica, cx| Ok(((), replica.approve(cx, &keys.device(), administrator, mine)?)));
        self.run_for(60);
        self.weather = weather;
        let person = self.nodes[by].person;
        if mine {
            self.nodes[at].person = person;
        } else if hub {
            self.nodes[at].hub = true;
            let op = sync::control::ControlOp::Hub { device: keys.device(), carries: true };
            self.local(by, |replica, cx| Ok(((), replica.directory_op(cx, op)?)));
        } else {
            self.local(at, |replica, cx| replica.create_space(cx, SpaceKind::Personal));
        }
    }

    /// Is the device on and one of the organisation's.
    pub fn is_enrolled(&self, at: usize) -> bool {
        self.nodes[at].replica.as_ref().is_some_and(|replica| replica.me().is_some())
    }

    /// The device's id.
    pub fn device(&self, at: usize) -> Option<DeviceId> {
        DeviceKeys::from_secret_bytes(&self.nodes[at].secret).ok().map(|keys| keys.device())
    }

    /// What the device's wall clock shows.
    pub fn wall(&self, at: usize) -> Timestamp {
        Timestamp(BEGINNING + i64::try_from(self.now).unwrap_or(i64::MAX) + self.nodes[at].skew_ms)
    }

    /// The wall clock jumps.
    pub fn jump(&mut self, at: usize, hours: i16) {
        self.nodes[at].skew_ms += i64::from(hours) * 3_600_000;
    }

    /// Does something on a device; `None` if it is off, may not, or could not save.
    pub fn local<R>(
        &mut self,
        at: usize,
        act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Result<(R, Effects), LocalError>,
    ) -> Option<R> {
        let _device = tracing::debug_span!("device", at, now = self.now).entered();
        let now = Now { wall: self.wall(at), mono_ms: self.now };
        let node = &mut self.nodes[at];
        let replica = node.replica.as_mut()?;
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &node.shelf };
        let (result, fx) = act(replica, &mut cx).ok()?;
        self.carry_out(at, fx).then_some(result)
    }

    fn event(&mut self, at: usize, event: Event) {
        let _device = tracing::debug_span!("device", at, now = self.now).entered();
        let now = Now { wall: self.wall(at), mono_ms: self.now };
        let node = &mut self.nodes[at];
        let Some(replica) = node.replica.as_mut() else { return };
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &node.shelf };
        let fx = replica.handle(&mut cx, event);
        self.carry_out(at, fx);
    }

    /// Commits, then sends. Returns whether it is durable.
    pub fn carry_out(&mut self, at: usize, fx: Effects) -> bool {
        if let Err(error) = self.nodes[at].shelf.commit(&fx.writes) {
            if error.code != "disk_full" {
                self.violated("a sequence number is never reused and what is written fits", format!("device {at}: {error}"));
            }
            self.reopen(at);
            return false;
        }
        if self.nodes[at].failing && !fx.writes.is_empty() {
            self.switch_off(at);
            return true;
        }
        for (peer, _, frame) in fx.sends {
            self.send(at, peer, frame);
        }
        for peer in fx.closes {
            if let Some(other) = self.other(at, peer) {
                self.disconnect(at, other);
            }
        }
        let wake = self.now + fx.wake_in_ms.unwrap_or(15_000).max(1);
        let node = &mut self.nodes[at];
        node.wake += 1;
        let wake_number = node.wake;
        self.at(wake, Due::Tick { at, wake: wake_number });
        true
    }

    fn at(&mut self, time: u64, due: Due) {
        self.counter += 1;
        self.due.insert((time, self.counter), due);
    }

    fn other(&self, at: usize, key: PeerKey) -> Option<usize> {
        self.links.iter().find_map(|((a, b), link)| match (link.keys, at) {
            ((first, _), _) if *a == at && first == key => Some(*b),
            ((_, second), _) if *b == at && second == key => Some(*a),
            _ => None,
        })
    }

    fn send(&mut self, from: usize, peer: PeerKey, mut bytes: Vec<u8>) {
        if self.nodes[from].lying
            && bytes.get(1..3) == Some(&BLOB_DATA)
            && let Some(last) = bytes.last_mut()
        {
            *last ^= 1;
            self.nodes[from].lying = false;
        }
        self.acknowledged_is_durable(from, &bytes);
        let Some(to) = self.other(from, peer) else { return };
        let Some(link) = self.links.get(&pair(from, to)).map(|link| link.id) else { return };
        self.wire_bytes += bytes.len() as u64;
        let kind = bytes.get(1..3).map_or(0, |start| if start[0] == LONG_CODE { start[1] } else { start[0] });
        *self.wire_kinds.entry(kind).or_default() += bytes.len() as u64;
        let weather = self.weather;
        let mut roll = |chance: u16| chance > 0 && self.rng.next_u32() % 1_000 < u32::from(chance);
        let (lost, doubled, overtaking) = (roll(weather.lost), roll(weather.doubled), roll(weather.overtaking));
        if lost {
            return;
        }
        for _ in 0..=usize::from(doubled) {
            let delay = if weather.delay > 0 { u64::from(self.rng.next_u32()) % u64::from(weather.delay) } else { 0 };
            let last = self.last.get(&(from, to)).copied().unwrap_or(0);
            let mut time = self.now + 1 + delay;
            if !overtaking {
                time = time.max(last);
                self.last.insert((from, to), time);
            }
            self.at(time, Due::Frame { link, from, to, bytes: bytes.clone() });
        }
    }

    /// Whoever says that something is durable has it on the disk at that very moment.
    fn acknowledged_is_durable(&mut self, at: usize, frame: &[u8]) {
        if frame.get(1) != Some(&ACK) {
            return;
        }
        let Ok(Message::Ack { space, ends, .. }) = Message::decode(frame) else { return };
        for end in ends {
            if self.nodes[at].shelf.end(&space, &end.device, &end.incarnation) < end.seq {
                self.violated("what is acknowledged is durable", format!("device {at} acknowledged seq {}", end.seq));
            }
        }
    }

    /// A frame from one device to another, as if sent on their connection.
    pub fn inject(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        if let Some(link) = self.links.get(&pair(from, to)).map(|link| link.id) {
            self.at(self.now + 1, Due::Frame { link, from, to, bytes });
        }
    }

    /// Connects two devices if they can hear each other.
    pub fn connect(&mut self, a: usize, b: usize) {
        let (a, b) = pair(a, b);
        let on = self.nodes[a].replica.is_some() && self.nodes[b].replica.is_some();
        if a == b || !on || self.cut.contains(&(a, b)) || self.links.contains_key(&(a, b)) {
            return;
        }
        self.counter += 2;
        let keys = (PeerKey(self.counter), PeerKey(self.counter + 1));
        self.counter += 2;
        self.links.insert((a, b), Link { id: self.counter, keys });
        let id = |at: usize| format!("transport-{at}").into_bytes();
        self.event(a, Event::Connected { peer: keys.0, local_id: id(a), remote_id: id(b), address: "wire".into() });
        self.event(b, Event::Connected { peer: keys.1, local_id: id(b), remote_id: id(a), address: "wire".into() });
    }

    /// Connects all that are to be connected.
    pub fn connect_all(&mut self) {
        for (a, b) in self.wires.clone() {
            self.connect(a, b);
        }
    }

    /// Ends a connection; what was on it is lost; it is tried again later.
    pub fn disconnect(&mut self, a: usize, b: usize) {
        let (a, b) = pair(a, b);
        if let Some(link) = self.links.remove(&(a, b)) {
            self.event(a, Event::Disconnected { peer: link.keys.0 });
            self.event(b, Event::Disconnected { peer: link.keys.1 });
            self.at(self.now + DIAL_AGAIN_MS, Due::Dial { a, b });
        }
    }

    fn disconnect_from_all(&mut self, at: usize) {
        for other in 0..self.nodes.len() {
            self.disconnect(at, other);
        }
    }

    /// The power fails.
    pub fn switch_off(&mut self, at: usize) {
        self.nodes[at].replica = None;
        self.nodes[at].failing = false;
        self.disconnect_from_all(at);
    }

    /// Starts a device from its disk.
    pub fn switch_on(&mut self, at: usize) {
        if self.nodes[at].lost || self.nodes[at].replica.is_some() {
            return;
        }
        self.open(at);
        let wires: Vec<(usize, usize)> = self.wires.iter().filter(|(a, b)| *a == at || *b == at).copied().collect();
        for (a, b) in wires {
            self.connect(a, b);
        }
    }

    fn reopen(&mut self, at: usize) {
        self.nodes[at].replica = None;
        self.disconnect_from_all(at);
        self.open(at);
    }

    fn open(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let Ok(keys) = DeviceKeys::from_secret_bytes(&node.secret) else { return };
        match Replica::open(keys, node.incarnation, &node.shelf) {
            Ok(replica) => node.replica = Some(replica),
            Err(error) => self.violated("what was stored opens again", format!("device {at}: {error}")),
        }
        self.nodes[at].wake += 1;
        let wake = self.nodes[at].wake;
        self.at(self.now + OPENING_MS, Due::Tick { at, wake });
    }

    /// The copy that was put aside becomes the disk; the device goes on in a new log.
    pub fn restore(&mut self, at: usize) {
        let Some(backup) = self.nodes[at].backup.clone() else { return };
        self.switch_off(at);
        self.nodes[at].shelf = backup;
        self.nodes[at].shelf.full = false;
        let mut incarnation = [0; 8];
        self.rng.fill_bytes(&mut incarnation);
        self.nodes[at].incarnation = Incarnation(incarnation);
        self.nodes[at].shelf.name_log(Incarnation(incarnation));
        self.switch_on(at);
    }

    /// Lets time pass and what is due happen.
    pub fn run_for(&mut self, ms: u64) {
        let until = self.now + ms;
        for _ in 0..EVENTS_MAX {
            let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= until) else {
                self.now = until;
                return;
            };
            let time = entry.key().0;
            self.now = self.now.max(time);
            match entry.remove() {
                Due::Frame { link, from, to, bytes } => {
                    let Some(known) = self.links.get(&pair(from, to)).filter(|known| known.id == link) else { continue };
                    let peer = if to < from { known.keys.0 } else { known.keys.1 };
                    self.event(to, Event::Frame { peer, bytes });
                }
                Due::Tick { at, wake } => {
                    if self.nodes[at].wake == wake {
                        self.event(at, Event::Tick);
                    }
                }
                Due::Dial { a, b } => {
                    if self.wires.contains(&(a, b)) {
                        self.connect(a, b);
                    }
                }
            }
            if !self.violations.is_empty() {
                return;
            }
        }
        let detail = format!("the network never falls silent; bytes by message: {:?}", self.wire_kinds);
        self.violated("everything comes to rest", detail);
    }

    /// The vote as a device sees it.
    pub fn tally(&self, at: usize, space: SpaceId, vote: VoteId) -> Option<VoteRecord> {
        let node = &self.nodes[at];
        let replica = node.replica.as_ref()?;
        let acts: Vec<(Act, SignedAct)> =
            replica.acts(&node.shelf, &space).ok()?.into_iter().filter_map(|(_, act)| Some((act.verify().ok()?, act))).collect();
        let of = |wanted: &dyn Fn(&Act) -> bool| -> Vec<SignedAct> {
            acts.iter().filter(|(act, _)| wanted(act)).map(|(_, signed)| signed.clone()).collect()
        };
        let opening = of(&|act| matches!(act, Act::VoteOpened(opening) if opening.vote == vote)).into_iter().next()?;
        let ballots = of(&|act| matches!(act, Act::BallotCast(ballot) if ballot.vote == vote));
        let closings = of(&|act| matches!(act, Act::VoteClosed(closing) if closing.vote == vote));
        let acknowledgements = of(&|act| matches!(act, Act::CloseAcknowledged(seen) if seen.vote == vote));
        let acts = VoteActs { opening: &opening, ballots: &ballots, closings: &closings, acknowledgements: &acknowledgements };
        count(acts, |device| replica.person_of(device)).ok()
    }
}
