//! The room and what people do in it.
#![allow(clippy::expect_used, reason = "a room is for tests: what cannot be done there ends the test with its reason")]

mod crowd;

use std::collections::BTreeSet;

use domain::id::{DeviceId, Incarnation, PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::meeting::{BlobRef, MeetingInfo, MeetingRole};
use domain::vote::{Ballot, Choice, CloseAcknowledgement, PaperTerms, RollEntry, VoteOpening};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::join::JOIN_VERSION;
use signing::keys::{DeviceKeys, RootKey};
use signing::vote::{VoteActs, count};
use signing::{Act, JoinRequest, SignedAct, VoteRecord, VoteState};
use sync::control::SpaceKind;
use sync::port::{Cx, Effects, Event, Now, PeerKey};
use sync::wire::Message;
use sync::{DocRef, Founding, LocalError, Replica};

use crate::memory::MemoryShelf;
use crate::network::Network;

/// When rooms begin: 22 November 2026, 14:00 in Viet Nam.
const BEGINNING: i64 = 1_795_330_800_000;
/// Steps after which a room that does not come to rest is at fault.
const STEPS_MAX: usize = 200_000;
/// Frames that are shown when it does not.
const LAST_SHOWN: usize = 12;
/// Quiet rounds of ticks that count as rest: longer than any patience of the replica but that of digests.
const QUIET_ROUNDS: usize = 24;
const ROUND_MS: u64 = 250;

/// A device of the room.
pub struct Device {
    /// Whose it is.
    pub name: String,
    /// What it keeps.
    pub shelf: MemoryShelf,
    replica: Option<Replica>,
    secret: Vec<u8>,
    incarnation: Incarnation,
    person: PersonId,
    clock_skew_ms: i64,
    /// What it says to connections that are none of the room's.
    outside: Vec<(PeerKey, Vec<u8>)>,
    left: BTreeSet<PeerKey>,
    /// Words that are not kept, as they were heard.
    pub heard: Vec<Vec<u8>>,
}

/// Where somebody who is let in belongs: by default with the one who lets in, without being an administrator.
#[derive(Default)]
pub(crate) struct Place {
    pub unit: Option<(UnitId, String)>,
    pub administrator: bool,
}

/// Devices, the wires between them and the time.
pub struct Room {
    devices: Vec<Device>,
    pub(crate) network: Network,
    rng: ChaCha20Rng,
    mono_ms: u64,
}

impl Room {
    /// An organisation in which the first person is the administrator and all others were let in over the wire.
    pub fn new(names: &[&str]) -> Self {
        Self::seeded(1, names)
    }

    /// As [`Self::new`], another way for another seed.
    pub fn seeded(seed: u64, names: &[&str]) -> Self {
        let mut room =
            Self { devices: Vec::new(), network: Network::default(), rng: ChaCha20Rng::seed_from_u64(seed), mono_ms: 1_000 };
        for name in names {
            room.add_device(name);
        }
        room.found();
        for name in names.iter().skip(1) {
            room.join(name, names[0], false, Place::default());
        }
        room
    }

    pub(crate) fn add_device(&mut self, name: &str) -> usize {
        let keys = DeviceKeys::generate(&mut self.rng);
        let (mut incarnation, mut person) = ([0; 8], [0; 16]);
        self.rng.fill_bytes(&mut incarnation);
        self.rng.fill_bytes(&mut person);
        let shelf = MemoryShelf::default();
        let incarnation = Incarnation(incarnation);
        let secret = keys.to_secret_bytes().to_vec();
        let replica = Replica::open(keys, incarnation, &shelf).expect("an empty shelf opens");
        self.devices.push(Device {
            name: name.into(),
            shelf,
            replica: Some(replica),
            secret,
            incarnation,
            person: PersonId(person),
            clock_skew_ms: 0,
            outside: Vec::new(),
            left: BTreeSet::new(),
            heard: Vec::new(),
        });
        self.devices.len() - 1
    }

    fn found(&mut self) {
        let root = RootKey::generate(&mut self.rng);
        let (person, name) = (self.devices[0].person, self.devices[0].name.clone());
        let founding = Founding {
            organisation: "Thành phố Huế".into(),
            unit: UnitId([7; 16]),
            unit_name: "UBND phường Thuận Hóa".into(),
            person,
            name,
            title: "Chánh Văn phòng".into(),
        };
        self.local(0, |replica, cx| Ok(((), replica.found(cx, &root, &founding)?))).expect("an organisation can be founded");
    }

    /// A further device of somebody who has one: asks, and that person lets it in.
    pub fn further_device(&mut self, name: &str, owner: &str) {
        self.add_device(name);
        self.join(name, owner, true, Place::default());
    }

    /// What comes of agreeing to a request that came over the wire, of somebody new.
    pub fn agree(&mut self, approver: &str, device: &DeviceId) -> Result<(), LocalError> {
        let by = self.at(approver);
        self.local(by, |replica, cx| Ok(((), replica.approve(cx, device, false, false)?)))
    }

    /// Asks to be let in over the wire; the person at `approver` compares the words and agrees.
    pub(crate) fn join(&mut self, name: &str, approver: &str, mine: bool, place: Place) {
        let (at, by) = (self.at(name), self.at(approver));
        let keys = DeviceKeys::from_secret_bytes(&self.devices[at].secret).expect("stored keys");
        let mut nonce = [0; 16];
        self.rng.fill_bytes(&mut nonce);
        let request = JoinRequest {
            version: JOIN_VERSION,
            device: keys.device(),
            agreement: keys.agreement_key(),
            person: self.devices[at].person,
            name: name.into(),
            title: "Ủy viên".into(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce,
            made_at: self.now(at).wall,
            invitation: None,
        }
        .sign(&keys)
        .expect("the request is well formed");
        self.local(at, |replica, _| Ok(((), replica.ask_to_join(request)))).expect("asking is local");
        self.connect(at, by);
        self.run_until_quiescent();
        let told = self.devices[at]
            .replica
            .as_ref()
            .and_then(Replica::joining)
            .and_then(|joining| joining.root)
            .expect("the peer told its root");
        let own = *self.replica(approver).directory().expect("enrolled").root();
        assert_eq!(
            domain::words::six_words(&told.0, &keys.device()),
            domain::words::six_words(&own.0, &keys.device()),
            "both screens show the same words"
        );
        self.local(at, |replica, _| Ok(((), replica.confirm_words()?))).expect("the words can be confirmed");
        let Place { unit, administrator } = place;
        self.local(by, |replica, cx| Ok(((), replica.approve_into(cx, &keys.device(), administrator, mine, unit)?)))
            .expect("the request waits");
        self.run_until_quiescent();
        self.connect_all();
        self.run_until_quiescent();
        if mine {
            self.devices[at].person = self.devices[by].person;
        } else {
            self.local(at, |replica, cx| Ok(((), replica.create_space(cx, SpaceKind::Personal)?.1))).expect("a personal space");
        }
    }

    /// A sitting prepared by `secretary`, to which the others are invited in their roles.
    pub fn sitting(&mut self, secretary: &str, invited: &[(&str, MeetingRole)]) -> SpaceId {
        let at = self.at(secretary);
        let space = self.local(at, |replica, cx| replica.create_space(cx, SpaceKind::Meeting)).expect("a space");
        let info = MeetingInfo {
            title: "Phiên họp".into(),
            body: "UBND phường".into(),
            place: "Phòng 1".into(),
            starts_at: Timestamp(BEGINNING),
            conclusions: Vec::new(),
        };
        self.edit(secretary, DocRef::meeting(space), |tx| {
            sync::document::meeting::create(tx, &info).map_err(|error| error.to_string())
        })
        .expect("the secretary writes");
        for (name, role) in invited {
            let person = self.person(name);
            self.local(at, |replica, cx| Ok(((), replica.set_member(cx, &space, person, *role)?)))
                .expect("the secretary invites");
        }
        self.run_until_quiescent();
        space
    }

    /// Invites a person to a sitting.
    pub fn invite(&mut self, secretary: &str, space: SpaceId, person: PersonId, role: MeetingRole) {
        let at = self.at(secretary);
        self.local(at, |replica, cx| Ok(((), replica.set_member(cx, &space, person, role)?))).expect("the secretary invites");
    }

    /// A headless device that carries everything as ciphertext: let in and given its role by an administrator.
    pub fn hub(&mut self, name: &str, administrator: &str) {
        self.add_device(name);
        self.join(name, administrator, false, Place::default());
        let (at, by) = (self.at(name), self.at(administrator));
        let device = self.devices[at].id().expect("it has keys");
        let op = sync::control::ControlOp::Hub { device, carries: true };
        self.local(by, |replica, cx| Ok(((), replica.directory_op(cx, op)?))).expect("an administrator decides");
        self.run_until_quiescent();
    }

    /// Takes a person out of a sitting.
    pub fn remove(&mut self, secretary: &str, space: SpaceId, person: PersonId) -> Result<(), LocalError> {
        let at = self.at(secretary);
        self.local(at, |replica, cx| Ok(((), replica.remove_member(cx, &space, person)?)))
    }

    /// Withdraws files from a sitting.
    pub fn withdraw(&mut self, secretary: &str, space: SpaceId, files: &[BlobRef]) -> Result<(), LocalError> {
        let at = self.at(secretary);
        let files = files.iter().map(|file| file.cipher).collect();
        self.local(at, |replica, cx| Ok(((), replica.withdraw_files(cx, &space, files)?)))
    }

    /// A device is no longer trusted.
    pub fn revoke(&mut self, administrator: &str, name: &str) -> Result<(), LocalError> {
        let (at, by) = (self.at(name), self.at(administrator));
        let device = self.devices[at].id().expect("it has keys");
        self.local(by, |replica, cx| Ok(((), replica.revoke_device(cx, device)?)))
    }

    /// Puts an older copy of a device's disk back; the device goes on in a new log.
    pub fn restore(&mut self, name: &str, backup: MemoryShelf) {
        let at = self.at(name);
        self.switch_off(name);
        let mut incarnation = [0; 8];
        self.rng.fill_bytes(&mut incarnation);
        self.devices[at].incarnation = Incarnation(incarnation);
        self.devices[at].shelf = backup;
        self.devices[at].shelf.name_log(Incarnation(incarnation));
        self.switch_on(name);
    }

    /// Puts an older copy of a device's disk back behind its program's back.
    pub fn put_back(&mut self, name: &str, copy: MemoryShelf) {
        let at = self.at(name);
        self.switch_off(name);
        self.devices[at].shelf = copy;
        self.switch_on(name);
    }

    /// Edits a document on somebody's device.
    pub fn edit(
        &mut self,
        name: &str,
        target: DocRef,
        edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), String>,
    ) -> Result<(), LocalError> {
        let at = self.at(name);
        self.local(at, |replica, cx| {
            let (_, _, fx) = replica.transact(cx, target, &[], |tx, _| edit(tx))?;
            Ok(((), fx))
        })
    }

    /// Signs an act on somebody's device and puts it into a document.
    pub fn act(&mut self, name: &str, target: DocRef, act: Act) -> Result<SignedAct, LocalError> {
        let at = self.at(name);
        self.local(at, |replica, cx| {
            let (_, signed, fx) = replica.transact(cx, target, &[act], |tx, signed| {
                signed
                    .iter()
                    .try_for_each(|act| sync::document::acts::append_act(tx, &act.to_bytes()).map_err(|error| error.to_string()))
            })?;
            Ok((signed.into_iter().next().expect("one act went in"), fx))
        })
    }

    /// Opens a vote over everybody in the meeting who has a vote, each with the device of this room.
    pub fn open_vote(&mut self, chair: &str, space: SpaceId, profile: &str) -> VoteId {
        self.open_vote_on(chair, space, profile, None)
    }

    pub(crate) fn open_vote_on(&mut self, chair: &str, space: SpaceId, profile: &str, paper: Option<PaperTerms>) -> VoteId {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let members = self.replica(chair).access(&space).expect("in the meeting").members.clone();
        let chair_person = self.person(chair);
        let roll = members
            .iter()
            .filter(|(_, role)| role.votes())
            .map(|(person, _)| RollEntry {
                person: *person,
                name: self
                    .devices
                    .iter()
                    .find(|device| device.person == *person)
                    .map(|device| device.name.clone())
                    .unwrap_or_default(),
                device: self
                    .devices
                    .iter()
                    .find(|device| device.person == *person)
                    .and_then(Device::id)
                    .filter(|_| !paper.as_ref().is_some_and(|paper| paper.present.contains(person))),
                chair: *person == chair_person,
            })
            .collect();
        let opening = VoteOpening {
            vote: VoteId(id),
            space,
            item: None,
            question: "Thông qua mức hỗ trợ?".into(),
            profile: domain::vote::profile(profile).expect("a profile of ours"),
            roll,
            opened_at: Timestamp(BEGINNING),
            paper,
            form: None,
        };
        self.act(chair, DocRef::meeting(space), Act::VoteOpened(opening)).expect("the chair opens");
        VoteId(id)
    }

    /// Casts a ballot, replacing this device's earlier one.
    pub fn cast(&mut self, name: &str, space: SpaceId, vote: VoteId, choice: Choice) -> Result<SignedAct, LocalError> {
        let record = self.tally(name, space, vote).ok_or(LocalError::NoSuchSpace)?;
        let device = self.replica(name).device();
        let ballot = Ballot {
            vote,
            opening: record.opening_hash,
            choice,
            cast_at: self.now(self.at(name)).wall,
            replaces: record.standing_ballot(&device),
        };
        let seat = DocRef::seat(space, &self.person(name));
        self.act(name, seat, Act::BallotCast(ballot))
    }

    /// The chair closes with what has arrived.
    pub fn close(&mut self, chair: &str, space: SpaceId, vote: VoteId) {
        let record = self.tally(chair, space, vote).expect("the chair sees the vote");
        let closing = record.closing(self.now(self.at(chair)).wall);
        self.act(chair, DocRef::meeting(space), Act::VoteClosed(closing)).expect("the chair closes");
    }

    /// Every device that sees a close and has not acknowledged one does so.
    pub fn acknowledge_everywhere(&mut self, space: SpaceId, vote: VoteId) {
        let names: Vec<String> =
            self.devices.iter().filter(|device| device.replica.is_some()).map(|device| device.name.clone()).collect();
        for name in names {
            let Some(record) = self.tally(&name, space, vote) else {
                continue;
            };
            let VoteState::Closed { closing_hash, .. } = record.state else {
                continue;
            };
            let seat = DocRef::seat(space, &self.person(&name));
            let _ = self.act(&name, seat, Act::CloseAcknowledged(CloseAcknowledgement { vote, closing: closing_hash }));
        }
        self.run_until_quiescent();
    }

    /// The vote as somebody's device sees it.
    pub fn tally(&self, name: &str, space: SpaceId, vote: VoteId) -> Option<VoteRecord> {
        let device = &self.devices[self.at(name)];
        let replica = device.replica.as_ref()?;
        let acts: Vec<SignedAct> = replica.acts(&device.shelf, &space).ok()?.into_iter().map(|(_, act)| act).collect();
        let of = |wanted: &dyn Fn(&Act) -> bool| -> Vec<SignedAct> {
            acts.iter().filter(|act| act.verify().is_ok_and(|act| wanted(&act))).cloned().collect()
        };
        let opening = of(&|act| matches!(act, Act::VoteOpened(opening) if opening.vote == vote)).into_iter().next()?;
        let ballots = of(&|act| match act {
            Act::BallotCast(ballot) => ballot.vote == vote,
            Act::MarkedBallotCast(ballot) => ballot.vote == vote,
            Act::PaperBallotEntered(entry) => entry.vote == vote,
            Act::PaperBallotWitnessed(word) => word.vote == vote,
            _ => false,
        });
        let closings = of(&|act| matches!(act, Act::VoteClosed(closing) if closing.vote == vote));
        let acknowledgements = of(&|act| matches!(act, Act::CloseAcknowledged(acknowledgement) if acknowledgement.vote == vote));
        count(
            VoteActs { opening: &opening, ballots: &ballots, closings: &closings, acknowledgements: &acknowledgements },
            |device| replica.person_of(device),
        )
        .ok()
    }

    /// Adds a file to a meeting on somebody's device.
    pub fn add_blob(&mut self, name: &str, space: SpaceId, bytes: &[u8]) -> BlobRef {
        let at = self.at(name);
        let device = &mut self.devices[at];
        let replica = device.replica.as_mut().expect("switched on");
        let (blob, cipher) = replica.encrypt_blob(&space, bytes).expect("has the key");
        device.shelf.put_blob(space, blob.cipher, cipher);
        let fx = replica.blob_added(space, blob.cipher);
        self.carry_out(at, fx);
        blob
    }

    /// Asks for a file on somebody's device.
    pub fn want_blob(&mut self, name: &str, space: SpaceId, blob: &BlobRef) {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.want_blob(cx, space, blob)))).expect("asking is local");
    }

    /// The file's bytes on somebody's device, if all are there.
    pub fn blob(&self, name: &str, space: SpaceId, blob: &BlobRef) -> Option<Vec<u8>> {
        use sync::port::Shelf as _;
        let device = &self.devices[self.at(name)];
        let replica = device.replica.as_ref()?;
        let mut bytes = device.shelf.blob_bytes(&blob.cipher, 0, usize::try_from(blob.size).ok()?).ok()?;
        replica.decrypt_blob(&space, blob, 0, &mut bytes).then_some(bytes)
    }

    /// One bit of a file flips on somebody's disk.
    pub fn flip_blob_bit(&mut self, name: &str, blob: &BlobRef, at: usize) {
        let device = self.at(name);
        self.devices[device].shelf.flip_blob_bit(&blob.cipher, at);
    }

    /// Somebody's program finds that a file is not what it should be.
    pub fn recheck_blob(&mut self, name: &str, blob: &BlobRef) {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.recheck_blob(cx, &blob.cipher)))).expect("looking is local");
    }

    /// Reads a document on somebody's device.
    pub fn read<R>(&mut self, name: &str, target: &DocRef, read: impl FnOnce(&automerge::Automerge) -> R) -> R {
        let at = self.at(name);
        let device = &mut self.devices[at];
        let replica = device.replica.as_mut().expect("switched on");
        replica.read(&device.shelf, &target.space, &target.doc, read).expect("the document loads")
    }

    /// Cuts somebody off from everybody.
    pub fn isolate(&mut self, name: &str) {
        let at = self.at(name);
        for other in (0..self.devices.len()).filter(|other| *other != at) {
            self.network.cut.insert((at.min(other), at.max(other)));
            self.disconnect(at, other);
        }
    }

    /// Splits the room: only people of one group hear each other.
    pub fn partition(&mut self, groups: &[&[&str]]) {
        let group = |name: &str| groups.iter().position(|group| group.contains(&name));
        for a in 0..self.devices.len() {
            for b in a + 1..self.devices.len() {
                if group(&self.devices[a].name) != group(&self.devices[b].name) {
                    self.network.cut.insert((a, b));
                    self.disconnect(a, b);
                }
            }
        }
    }

    /// Only this device hears the others, as when all have typed its address.
    pub fn star(&mut self, centre: &str) {
        let centre = self.at(centre);
        for a in 0..self.devices.len() {
            for b in (a + 1..self.devices.len()).filter(|b| a != centre && *b != centre) {
                self.network.cut.insert((a, b));
                self.disconnect(a, b);
            }
        }
    }

    /// These two hear each other again.
    pub fn heal_between(&mut self, a: &str, b: &str) {
        let (a, b) = (self.at(a), self.at(b));
        self.network.cut.remove(&(a.min(b), a.max(b)));
        self.connect(a, b);
        self.run_until_quiescent();
    }

    /// Appends an operation to the directory.
    pub fn directory_op(&mut self, name: &str, op: sync::control::ControlOp) -> Result<(), LocalError> {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.directory_op(cx, op)?)))
    }

    /// Delivers one frame; `false` if there is none.
    pub fn deliver_one(&mut self) -> bool {
        let Some((from, to, bytes)) = self.network.pop(&mut self.rng) else { return false };
        if let Some(peer) = self.network.key(to, from) {
            self.event(to, Event::Frame { peer, bytes });
        }
        true
    }

    /// Everybody hears everybody again.
    pub fn heal(&mut self) {
        self.network.cut.clear();
        self.connect_all();
        self.run_until_quiescent();
    }

    /// Switches a device off: only what is on its shelf remains.
    pub fn switch_off(&mut self, name: &str) {
        let at = self.at(name);
        for other in 0..self.devices.len() {
            self.disconnect(at, other);
        }
        self.devices[at].replica = None;
    }

    /// Starts a device from its shelf.
    pub fn switch_on(&mut self, name: &str) {
        let at = self.at(name);
        let device = &mut self.devices[at];
        let keys = DeviceKeys::from_secret_bytes(&device.secret).expect("stored keys");
        device.replica = Some(Replica::open(keys, device.incarnation, &device.shelf).expect("the shelf opens"));
        self.connect_all();
        self.run_until_quiescent();
    }

    /// The next commits of a device fail, or succeed again.
    pub fn disk_full(&mut self, name: &str, full: bool) {
        let at = self.at(name);
        self.devices[at].shelf.full = full;
    }

    /// What somebody's clock says.
    pub fn wall(&self, name: &str) -> Timestamp {
        self.now(self.at(name)).wall
    }

    /// Sets a device's clock wrong.
    pub fn skew_clock(&mut self, name: &str, ms: i64) {
        let at = self.at(name);
        self.devices[at].clock_skew_ms = ms;
    }

    /// Hands a device a frame as if `from` had sent it.
    pub fn inject(&mut self, from: &str, to: &str, frame: Vec<u8>) {
        let (a, b) = (self.at(from), self.at(to));
        self.network.push(a, b, frame);
        self.run_until_quiescent();
    }

    /// Somebody who is no device of the room connects; `id` is what the transport says of who it is.
    pub fn knock(&mut self, name: &str, id: &[u8]) -> PeerKey {
        let at = self.at(name);
        let peer = self.network.link_outside();
        let local_id = format!("transport-{at}").into_bytes();
        self.event(at, Event::Connected { peer, local_id, remote_id: id.to_vec(), address: "outside".into() });
        peer
    }

    /// What such a one says; gives the answers since it last spoke, to this connection only.
    pub fn speak(&mut self, name: &str, peer: PeerKey, bytes: Vec<u8>) -> Vec<Message> {
        let at = self.at(name);
        self.event(at, Event::Frame { peer, bytes });
        self.answers(name, peer)
    }

    /// What was said to such a one since it was last asked.
    pub fn answers(&mut self, name: &str, peer: PeerKey) -> Vec<Message> {
        let at = self.at(name);
        let said = self.devices[at].outside.extract_if(.., |(to, _)| *to == peer);
        said.map(|(_, frame)| Message::decode(&frame).expect("a device speaks well")).collect()
    }

    /// Was such a one hung up on.
    pub fn is_left(&self, name: &str, peer: PeerKey) -> bool {
        self.devices[self.at(name)].left.contains(&peer)
    }

    /// Keeps what goes over the wires from here on.
    pub fn tap(&mut self) {
        self.network.tap = Some(Vec::new());
    }

    /// What went over the wires since then: from whom, to whom, and what.
    pub fn tapped(&mut self) -> Vec<(String, String, Message)> {
        let tapped = self.network.tap.take().unwrap_or_default();
        let named = |at: usize| self.devices[at].name.clone();
        tapped.into_iter().filter_map(|(from, to, frame)| Some((named(from), named(to), Message::decode(&frame).ok()?))).collect()
    }

    /// Says something in a space that is not kept.
    pub fn beat(&mut self, name: &str, space: SpaceId, payload: &[u8]) {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.beat_now(cx, space, payload)))).expect("whoever has a key may speak");
    }

    /// Hands a device a frame as if `from` had sent it, and nothing else: what follows stays on the wires.
    pub fn hand(&mut self, from: &str, to: &str, bytes: Vec<u8>) {
        let (a, b) = (self.at(from), self.at(to));
        if let Some(peer) = self.network.key(b, a) {
            self.event(b, Event::Frame { peer, bytes });
        }
    }

    /// Delivers frames and lets time pass until nothing happens any more.
    pub fn run_until_quiescent(&mut self) {
        let mut quiet = 0;
        let mut last = std::collections::VecDeque::new();
        for _ in 0..STEPS_MAX {
            if let Some((from, to, bytes)) = self.network.pop(&mut self.rng) {
                let message = sync::wire::Message::decode(&bytes);
                // Digests are compared for ever; only what follows from a difference is unrest.
                if !matches!(message, Ok(sync::wire::Message::Digests { .. })) {
                    quiet = 0;
                }
                if last.len() >= LAST_SHOWN {
                    last.pop_front();
                }
                last.push_back((from, to, message));
                if let Some(peer) = self.network.key(to, from) {
                    self.event(to, Event::Frame { peer, bytes });
                }
                continue;
            }
            if quiet >= QUIET_ROUNDS {
                return;
            }
            quiet += 1;
            self.mono_ms += ROUND_MS;
            for at in 0..self.devices.len() {
                self.event(at, Event::Tick);
            }
        }
        panic!("the room does not come to rest; the last frames: {last:#?}");
    }

    /// Delivers all frames and what follows from them, while no time passes.
    pub fn deliver(&mut self) {
        for _ in 0..STEPS_MAX {
            let Some((from, to, bytes)) = self.network.pop(&mut self.rng) else { return };
            if let Some(peer) = self.network.key(to, from) {
                self.event(to, Event::Frame { peer, bytes });
            }
        }
        panic!("the room does not come to rest");
    }

    /// Lets time pass and delivers what follows.
    pub fn wait_ms(&mut self, ms: u64) {
        self.mono_ms += ms;
        for at in 0..self.devices.len() {
            self.event(at, Event::Tick);
        }
        self.run_until_quiescent();
    }

    /// Bytes that went over any wire so far.
    pub fn wire_bytes(&self) -> u64 {
        self.network.bytes
    }

    /// Somebody's replica.
    pub fn replica(&self, name: &str) -> &Replica {
        self.devices[self.at(name)].replica.as_ref().expect("switched on")
    }

    /// Somebody's device.
    pub fn device(&self, name: &str) -> &Device {
        &self.devices[self.at(name)]
    }

    /// Whose a device is.
    pub fn person(&self, name: &str) -> PersonId {
        self.devices[self.at(name)].person
    }

    /// Do these devices hold the same envelopes of a space, and the same documents.
    pub fn same(&mut self, space: SpaceId, names: &[&str]) -> bool {
        let mut seen = Vec::new();
        for name in names {
            let at = self.at(name);
            let device = &mut self.devices[at];
            let Some(replica) = device.replica.as_mut() else {
                return false;
            };
            let heads: Vec<_> =
                replica.spaces().find(|state| state.id == space).map(sync::space::Space::heads).unwrap_or_default();
            let doc = DocRef::meeting(space);
            let document = replica.read(&device.shelf, &space, &doc.doc, |document| document.get_heads()).ok();
            seen.push((heads, document));
        }
        seen.windows(2).all(|pair| pair[0] == pair[1])
    }

    pub(crate) fn at(&self, name: &str) -> usize {
        self.devices.iter().position(|device| device.name == name).expect("somebody of this room")
    }

    fn now(&self, at: usize) -> Now {
        let elapsed = i64::try_from(self.mono_ms).unwrap_or(i64::MAX);
        Now { wall: Timestamp(BEGINNING + elapsed + self.devices[at].clock_skew_ms), mono_ms: self.mono_ms }
    }

    pub(crate) fn local<R>(
        &mut self,
        at: usize,
        act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Result<(R, Effects), LocalError>,
    ) -> Result<R, LocalError> {
        let now = self.now(at);
        let device = &mut self.devices[at];
        let replica = device.replica.as_mut().expect("switched on");
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &device.shelf };
        let (result, fx) = act(replica, &mut cx)?;
        self.carry_out(at, fx);
        Ok(result)
    }

    fn event(&mut self, at: usize, event: Event) {
        let now = self.now(at);
        let device = &mut self.devices[at];
        let Some(replica) = device.replica.as_mut() else { return };
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &device.shelf };
        let fx = replica.handle(&mut cx, event);
        self.carry_out(at, fx);
    }

    fn carry_out(&mut self, at: usize, fx: Effects) {
        let device = &mut self.devices[at];
        if device.shelf.commit(&fx.writes).is_err() {
            let keys = DeviceKeys::from_secret_bytes(&device.secret).expect("stored keys");
            device.replica = Some(Replica::open(keys, device.incarnation, &device.shelf).expect("the shelf opens"));
            for other in 0..self.devices.len() {
                self.disconnect(at, other);
            }
            return;
        }
        device.heard.extend(fx.beats.into_iter().map(|beat| beat.payload));
        for (peer, _, frame) in fx.sends {
            match self.network.other(at, peer) {
                Some(to) => self.network.push(at, to, frame),
                None => self.devices[at].outside.push((peer, frame)),
            }
        }
        for peer in fx.closes {
            match self.network.other(at, peer) {
                Some(other) => {
                    self.disconnect(at, other);
                    self.connect(at, other);
                }
                None => {
                    self.devices[at].left.insert(peer);
                    self.event(at, Event::Disconnected { peer });
                }
            }
        }
    }

    pub(crate) fn connect(&mut self, a: usize, b: usize) {
        let both_on = self.devices[a].replica.is_some() && self.devices[b].replica.is_some();
        if a == b || !both_on || self.network.is_cut(a, b) || self.network.key(a, b).is_some() {
            return;
        }
        let (at_a, at_b) = self.network.link(a, b);
        let id = |at: usize| format!("transport-{at}").into_bytes();
        self.event(a, Event::Connected { peer: at_a, local_id: id(a), remote_id: id(b), address: "wire".into() });
        self.event(b, Event::Connected { peer: at_b, local_id: id(b), remote_id: id(a), address: "wire".into() });
    }

    fn connect_all(&mut self) {
        for a in 0..self.devices.len() {
            for b in a + 1..self.devices.len() {
                self.connect(a, b);
            }
        }
    }

    fn disconnect(&mut self, a: usize, b: usize) {
        let keys = (self.network.key(a, b), self.network.key(b, a));
        self.network.unlink(a, b);
        if let (Some(at_a), Some(at_b)) = keys {
            self.event(a, Event::Disconnected { peer: at_a });
            self.event(b, Event::Disconnected { peer: at_b });
        }
    }
}

impl Device {
    /// The device's id.
    pub fn id(&self) -> Option<DeviceId> {
        DeviceKeys::from_secret_bytes(&self.secret).ok().map(|keys| keys.device())
    }
}
