//! What each step does.

use domain::annotation::{Annotation, Mark, Point};
use domain::id::{AnnotationId, Hash32, Incarnation, PaperId, PersonId, SpaceId, VoteId};
use domain::meeting::{MeetingInfo, MeetingRole};
use domain::vote::{Ballot, Choice, CloseAcknowledgement, RollEntry, VoteOpening};
use rand_core::Rng;
use signing::{Act, VoteState};
use sync::DocRef;
use sync::control::SpaceKind;
use sync::document::{acts, annotations, meeting};
use sync::envelope::{Content, DocKind, Header, VERSION, actor, seal_content};
use sync::port::Shelf as _;
use sync::wire::Message;

use super::step::Step;
use super::world::{BEGINNING, Weather, World, Written};

/// Devices of one world.
const NODES_MAX: usize = 13;
/// Meetings of one world.
const SPACES_MAX: usize = 3;
/// Votes of one world.
const VOTES_MAX: usize = 6;
/// Files of one world.
const BLOBS_MAX: usize = 6;

fn pick<T: Copy>(from: &[T], number: u8) -> Option<T> {
    from.get(usize::from(number) % from.len().max(1)).copied()
}

impl World {
    /// Performs a step, or nothing if it makes no sense now.
    pub fn perform(&mut self, step: Step) -> Option<()> {
        tracing::debug!(now = self.now, ?step);
        match step {
            Step::Edit { at, space } => {
                let space = pick(&self.spaces, space)?;
                let at = pick(&self.writers(space, true), at)?;
                self.write(at, DocRef::meeting(space))
            }
            Step::Annotate { at, space, private } => {
                let space = pick(&self.spaces, space)?;
                let at = pick(&self.writers(space, false), at)?;
                let person = self.nodes[at].person;
                let target = if private {
                    let personal = *self.nodes[at].replica.as_ref()?.spaces_of(SpaceKind::Personal).first()?;
                    DocRef::notes(personal, &person, &space)
                } else {
                    DocRef::seat(space, &person)
                };
                self.write(at, target)
            }
            Step::OpenVote { at, space } => {
                let space = pick(&self.spaces, space)?;
                let at = pick(&self.writers(space, true), at)?;
                self.open_vote(at, space)
            }
            Step::Cast { at, vote, choice } => {
                let (space, vote) = pick(&self.votes, vote)?;
                let at = pick(&self.writers(space, false), at)?;
                self.cast(at, space, vote, [Choice::For, Choice::Against, Choice::NotVoting][usize::from(choice) % 3])
            }
            Step::Close { at: _, vote } => {
                let (space, vote) = pick(&self.votes, vote)?;
                let at = self.opener(space, vote)?;
                self.close(at, space, vote)
            }
            Step::CloseAgain { vote } => {
                let (space, vote) = pick(&self.votes, vote)?;
                let at = self.opener(space, vote)?;
                self.nodes[at].backup = Some(self.nodes[at].shelf.clone());
                self.close(at, space, vote)?;
                self.run_for(1_000);
                for other in (0..self.nodes.len()).filter(|other| *other != at) {
                    self.acknowledge(other, space, vote);
                }
                self.run_for(1_000);
                for other in 0..self.nodes.len() {
                    self.note_final(other, space, vote);
                }
                self.restore(at);
                self.jump(at, -2);
                self.close(at, space, vote)
            }
            Step::Acknowledge { at, vote } => {
                let (space, vote) = pick(&self.votes, vote)?;
                let at = pick(&self.writers(space, false), at)?;
                self.acknowledge(at, space, vote)
            }
            Step::NewSitting { at } => {
                let at = pick(&self.enrolled(), at).filter(|_| self.spaces.len() < SPACES_MAX)?;
                self.sitting(at)
            }
            Step::Invite { at, space, person, role } => {
                let space = pick(&self.spaces, space)?;
                let at = pick(&self.writers(space, true), at)?;
                let person = pick(&self.people(), person)?;
                let roles = [MeetingRole::Delegate, MeetingRole::Chair, MeetingRole::Secretary, MeetingRole::Guest];
                self.invite(at, space, person, pick(&roles, role)?)
            }
            Step::Remove { at, space, person } => {
                let space = pick(&self.spaces, space)?;
                let at = pick(&self.writers(space, true), at)?;
                let person = pick(&self.people(), person)?;
                self.local(at, |replica, cx| Ok(((), replica.remove_member(cx, &space, person)?)))
            }
            Step::Enrol { by } => {
                let by = pick(&self.administrators(), by).filter(|_| self.nodes.len() < NODES_MAX)?;
                self.enrol(by, false, false);
                self.wire_up(self.nodes.len() - 1);
                Some(())
            }
            Step::Further { of } => {
                let of = pick(&self.enrolled(), of).filter(|_| self.nodes.len() < NODES_MAX)?;
                self.enrol(of, true, false);
                self.wire_up(self.nodes.len() - 1);
                Some(())
            }
            Step::Revoke { by, device } => {
                let by = pick(&self.enrolled(), by)?;
                let device = self.device(usize::from(device) % self.nodes.len())?;
                self.local(by, |replica, cx| Ok(((), replica.revoke_device(cx, device)?)))
            }
            Step::Stolen { by, device, witness } => self.stolen(by, device, witness),
            Step::Backup { at } => {
                let at = pick(&self.enrolled(), at)?;
                self.nodes[at].backup = Some(self.nodes[at].shelf.clone());
                Some(())
            }
            Step::Restore { at } => {
                let kept: Vec<usize> =
                    (0..self.nodes.len()).filter(|at| self.nodes[*at].backup.is_some() && !self.nodes[*at].lost).collect();
                self.restore(pick(&kept, at)?);
                Some(())
            }
            Step::Lose { at } => {
                let at = usize::from(at) % self.nodes.len();
                let remaining = self.nodes.iter().filter(|node| !node.lost && !node.hub).count();
                if remaining > 2 {
                    self.switch_off(at);
                    self.nodes[at].lost = true;
                }
                Some(())
            }
            Step::AddBlob { at, space, size } => {
                let space = pick(&self.spaces, space).filter(|_| self.blobs.len() < BLOBS_MAX)?;
                let at = pick(&self.writers(space, true), at)?;
                self.add_blob(at, space, usize::from(size) + 1)
            }
            Step::WantBlob { at, blob } => {
                let number = usize::from(blob) % self.blobs.len().max(1);
                let (space, blob, _) = self.blobs.get(number)?.clone();
                let at = pick(&self.writers(space, false), at)?;
                self.local(at, |replica, cx| Ok(((), replica.want_blob(cx, space, &blob))))?;
                self.wanted.insert((at, number));
                Some(())
            }
            Step::BadPiece { at, blob } => {
                let number = usize::from(blob) % self.blobs.len().max(1);
                let (space, blob, _) = self.blobs.get(number)?.clone();
                let has = |node: &super::world::Node| matches!(node.shelf.blob(&blob.cipher), Ok(Some(row)) if row.complete);
                let (holders, others): (Vec<usize>, Vec<usize>) =
                    self.writers(space, false).into_iter().partition(|at| has(&self.nodes[*at]));
                let (holder, at) = (pick(&holders, at)?, pick(&others, at)?);
                self.nodes[holder].lying = true;
                self.connect(holder, at);
                self.local(at, |replica, cx| Ok(((), replica.want_blob(cx, space, &blob))))?;
                self.wanted.insert((at, number));
                Some(())
            }
            Step::Forge { at, to, space, kind } => {
                let space = pick(&self.spaces, space)?;
                self.forge(at, to, space, kind)
            }
            Step::Wait { ms } => {
                self.run_for(u64::from(ms));
                Some(())
            }
            Step::Weather { lost, doubled, overtaking, delay } => {
                self.weather = Weather { lost, doubled, overtaking, delay };
                Some(())
            }
            Step::Partition { halves } => {
                for a in 0..self.nodes.len() {
                    for b in a + 1..self.nodes.len() {
                        if (halves >> (a % 16)) & 1 != (halves >> (b % 16)) & 1 {
                            self.cut.insert((a, b));
                            self.disconnect(a, b);
                        }
                    }
                }
                Some(())
            }
            Step::Heal => {
                self.weather = Weather::default();
                self.cut.clear();
                self.connect_all();
                Some(())
            }
            Step::Disconnect { at, other } => {
                self.disconnect(usize::from(at) % self.nodes.len(), usize::from(other) % self.nodes.len());
                Some(())
            }
            Step::Crash { at, committing } => {
                let at = usize::from(at) % self.nodes.len();
                if committing {
                    self.nodes[at].failing = self.nodes[at].replica.is_some();
                } else {
                    self.switch_off(at);
                }
                Some(())
            }
            Step::Restart { at } => {
                let off: Vec<usize> =
                    (0..self.nodes.len()).filter(|at| self.nodes[*at].replica.is_none() && !self.nodes[*at].lost).collect();
                self.switch_on(pick(&off, at)?);
                Some(())
            }
            Step::Clock { at, hours } => {
                self.jump(usize::from(at) % self.nodes.len(), hours);
                Some(())
            }
            Step::Disk { at, full } => {
                let at = usize::from(at) % self.nodes.len();
                self.nodes[at].shelf.full = full;
                Some(())
            }
        }
    }

    /// A meeting of a device's person, to which all others of the beginning are invited.
    pub fn sitting(&mut self, at: usize) -> Option<()> {
        let space = self.local(at, |replica, cx| replica.create_space(cx, SpaceKind::Meeting))?;
        self.spaces.push(space);
        let info = MeetingInfo {
            title: "Phiên họp".into(),
            body: "UBND phường".into(),
            place: "Phòng 1".into(),
            starts_at: domain::id::Timestamp(BEGINNING),
            conclusions: Vec::new(),
        };
        self.local(at, |replica, cx| {
            let edit = replica.transact(cx, DocRef::meeting(space), &[], |tx, _| {
                meeting::create(tx, &info).map_err(|error| error.to_string())
            })?;
            Ok(((), edit.2))
        })
    }

    /// Gives a person a role.
    pub fn invite(&mut self, at: usize, space: SpaceId, person: PersonId, role: MeetingRole) -> Option<()> {
        self.local(at, |replica, cx| Ok(((), replica.set_member(cx, &space, person, role)?)))
    }

    /// Connects a device with two or three others.
    pub fn wire_up(&mut self, at: usize) {
        for step in [1, 2, 5] {
            let other = (at + step) % self.nodes.len();
            if other != at {
                self.wires.insert((at.min(other), at.max(other)));
                self.connect(at, other);
            }
        }
    }

    fn enrolled(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|at| self.is_enrolled(*at) && !self.nodes[*at].hub).collect()
    }

    fn administrators(&self) -> Vec<usize> {
        let admin = |at: &usize| {
            let me = self.nodes[*at].replica.as_ref().and_then(|replica| replica.me());
            me.is_some_and(|me| me.administrator)
        };
        self.enrolled().into_iter().filter(admin).collect()
    }

    /// Everybody, once each.
    pub fn people(&self) -> Vec<PersonId> {
        let mut people: Vec<PersonId> = Vec::new();
        for node in self.nodes.iter().filter(|node| !node.hub) {
            if !people.contains(&node.person) {
                people.push(node.person);
            }
        }
        people
    }

    /// Devices that believe they may write here: the meeting's own document, or their seat.
    fn writers(&self, space: SpaceId, manages: bool) -> Vec<usize> {
        let may = |at: &usize| {
            let node = &self.nodes[*at];
            let access = node.replica.as_ref().and_then(|replica| replica.access(&space));
            access.is_some_and(|access| access.is_member(&node.person) && (!manages || access.manages(&node.person)))
        };
        self.enrolled().into_iter().filter(may).collect()
    }

    /// Writes something that can be found again.
    pub fn write(&mut self, at: usize, target: DocRef) -> Option<()> {
        let canary = format!("canary-{}-", self.written.len());
        let text = canary.clone();
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let mark = Annotation {
            id: AnnotationId(id),
            paper: PaperId([1; 16]),
            version: Hash32([2; 32]),
            page: 0,
            colour: 0,
            mark: Mark::Note { at: Point { x: 1, y: 2 }, text: text.clone() },
            made_at: self.wall(at),
        };
        self.local(at, |replica, cx| {
            let edit = replica.transact(cx, target, &[], |tx, _| match target.kind {
                DocKind::Meeting => automerge::transaction::Transactable::put(tx, automerge::ROOT, text.as_str(), text.as_str())
                    .map_err(|error| error.to_string()),
                _ => annotations::put_annotation(tx, &mark).map_err(|error| error.to_string()),
            })?;
            Ok(((), edit.2))
        })?;
        self.note_written(at, target.space, canary);
        Some(())
    }

    fn note_written(&mut self, at: usize, space: SpaceId, canary: String) {
        let (device, incarnation) = (self.device(at), self.nodes[at].incarnation);
        let heads = self.nodes[at].shelf.heads(&space).unwrap_or_default();
        if let Some(head) = heads.iter().find(|head| Some(head.device) == device && head.incarnation == incarnation) {
            self.written.push(Written { canary, space, envelope: head.hash });
        }
    }

    fn act(&mut self, at: usize, target: DocRef, act: Act) -> Option<()> {
        self.local(at, |replica, cx| {
            let done = replica.transact(cx, target, &[act], |tx, signed| {
                signed.iter().try_for_each(|act| acts::append_act(tx, &act.to_bytes()).map_err(|error| error.to_string()))
            })?;
            Ok(((), done.2))
        })
    }

    /// The device that opened the vote, if it is still open there.
    fn opener(&self, space: SpaceId, vote: VoteId) -> Option<usize> {
        self.writers(space, true).into_iter().find(|at| {
            let record = self.tally(*at, space, vote);
            record.is_some_and(|record| Some(record.opened_by) == self.device(*at) && record.state == VoteState::Open)
        })
    }

    fn close(&mut self, at: usize, space: SpaceId, vote: VoteId) -> Option<()> {
        let record = self.tally(at, space, vote)?;
        let closing = record.closing(self.wall(at));
        self.act(at, DocRef::meeting(space), Act::VoteClosed(closing))
    }

    fn open_vote(&mut self, at: usize, space: SpaceId) -> Option<()> {
        if self.votes.len() >= VOTES_MAX {
            return None;
        }
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let chair = self.nodes[at].person;
        let replica = self.nodes[at].replica.as_ref()?;
        let members = replica.access(&space)?.members.clone();
        let roll = members
            .iter()
            .filter(|(_, role)| role.votes())
            .map(|(person, _)| RollEntry {
                person: *person,
                name: "Người".into(),
                device: (0..self.nodes.len()).find(|at| self.nodes[*at].person == *person).and_then(|at| self.device(at)),
                chair: *person == chair,
            })
            .collect();
        let opening = VoteOpening {
            vote: VoteId(id),
            space,
            item: None,
            question: "Thông qua?".into(),
            profile: domain::vote::profile("ubnd-majority")?,
            roll,
            opened_at: self.wall(at),
            paper: None,
            form: None,
        };
        self.act(at, DocRef::meeting(space), Act::VoteOpened(opening))?;
        self.votes.push((space, VoteId(id)));
        Some(())
    }

    fn cast(&mut self, at: usize, space: SpaceId, vote: VoteId, choice: Choice) -> Option<()> {
        let record = self.tally(at, space, vote)?;
        let device = self.device(at)?;
        let ballot = Ballot {
            vote,
            opening: record.opening_hash,
            choice,
            cast_at: self.wall(at),
            replaces: record.standing_ballot(&device),
        };
        let seat = DocRef::seat(space, &self.nodes[at].person);
        self.act(at, seat, Act::BallotCast(ballot))
    }

    fn acknowledge(&mut self, at: usize, space: SpaceId, vote: VoteId) -> Option<()> {
        let device = self.device(at)?;
        let record = self.tally(at, space, vote)?;
        let VoteState::Closed { closing_hash, .. } = record.state else { return None };
        let node = &self.nodes[at];
        let acts = node.replica.as_ref()?.acts(&node.shelf, &space).ok()?;
        let done = acts.iter().any(|(_, act)| {
            act.device == device && matches!(act.verify(), Ok(Act::CloseAcknowledged(seen)) if seen.vote == vote)
        });
        if !done {
            let seat = DocRef::seat(space, &self.nodes[at].person);
            self.act(at, seat, Act::CloseAcknowledged(CloseAcknowledgement { vote, closing: closing_hash }))?;
        }
        self.note_final(at, space, vote);
        Some(())
    }

    /// Remembers a result that a device shows as final.
    pub fn note_final(&mut self, at: usize, space: SpaceId, vote: VoteId) {
        let Some(record) = self.tally(at, space, vote).filter(|record| record.final_) else { return };
        let VoteState::Closed { closing_hash, .. } = record.state else { return };
        let outcome = &record.outcome;
        let shown =
            format!("{} counted {} for {} against {}", closing_hash.short(), outcome.counted, outcome.votes_for, outcome.against);
        let acts = self.nodes[at].replica.as_ref().and_then(|replica| replica.acts(&self.nodes[at].shelf, &space).ok());
        let acknowledges = |act: &signing::SignedAct| matches!(act.verify(), Ok(Act::CloseAcknowledged(seen)) if seen.vote == vote && seen.closing == closing_hash);
        let seen = acts.into_iter().flatten().map(|(_, act)| act).filter(acknowledges).map(|act| act.hash());
        let evidence = seen.chain([closing_hash]).collect();
        self.finals.entry((space, vote)).or_default().insert((shown, evidence));
    }

    /// A device is stolen; its thief meets one other device before the word of it gets around, and writes.
    fn stolen(&mut self, by: u8, device: u8, witness: u8) -> Option<()> {
        let space = pick(&self.spaces, witness)?;
        let by = pick(&self.administrators(), by)?;
        let writers: Vec<usize> = self.writers(space, false).into_iter().filter(|at| *at != by).collect();
        let stolen = pick(&writers, device)?;
        let person = self.nodes[stolen].person;
        let others: Vec<usize> = writers.into_iter().filter(|at| self.nodes[*at].person != person).collect();
        let witness = pick(&others, witness)?;
        for at in [stolen, witness] {
            for other in (0..self.nodes.len()).filter(|other| ![stolen, witness].contains(other)) {
                self.cut.insert((at.min(other), at.max(other)));
                self.disconnect(at, other);
            }
        }
        self.cut.remove(&(stolen.min(witness), stolen.max(witness)));
        self.connect(stolen, witness);
        self.run_for(300);
        self.write(stolen, DocRef::seat(space, &person));
        self.run_for(300);
        let device = self.device(stolen)?;
        self.local(by, |replica, cx| Ok(((), replica.revoke_device(cx, device)?)));
        self.run_for(300);
        self.cut.clear();
        self.connect_all();
        Some(())
    }

    fn add_blob(&mut self, at: usize, space: SpaceId, size: usize) -> Option<()> {
        let canary = format!("canary-blob-{}-", self.blobs.len());
        let plain: Vec<u8> = canary.bytes().cycle().take(size + 64).collect();
        let node = &mut self.nodes[at];
        if node.shelf.full {
            return None;
        }
        let replica = node.replica.as_mut()?;
        let (blob, cipher) = replica.encrypt_blob(&space, &plain)?;
        node.shelf.put_blob(space, blob.cipher, cipher);
        let fx = replica.blob_added(space, blob.cipher);
        self.carry_out(at, fx);
        self.blobs.push((space, blob, plain));
        Some(())
    }

    /// An envelope that ours would never make, from one device to another.
    fn forge(&mut self, at: u8, to: u8, space: SpaceId, kind: u8) -> Option<()> {
        let to = pick(&self.writers(space, false), to)?;
        let at = pick(&self.enrolled().into_iter().filter(|at| *at != to).collect::<Vec<_>>(), at)?;
        if kind % 3 == 2 {
            self.nodes[at].lying = true;
            return Some(());
        }
        let in_anothers_name = kind.is_multiple_of(3);
        let author = if in_anothers_name { *self.writers(space, true).first()? } else { at };
        let judged = self.nodes[to].replica.as_ref()?;
        let state = judged.spaces().find(|state| state.id == space)?;
        let person = self.nodes[author].person;
        if !in_anothers_name && (state.access.manages(&person) || !state.access.is_member(&person)) {
            return None;
        }
        let seen = state.dag.heads();
        if in_anothers_name && author == at {
            return None;
        }
        let target = DocRef::meeting(space);
        if !in_anothers_name && state.admitting_at(&seen, |access| access.manages(&person)) {
            return None;
        }
        let (epoch, key) = self.nodes[to].shelf.space_keys(&space).ok()?.into_iter().next_back()?;
        let mut incarnation = [0; 8];
        self.rng.fill_bytes(&mut incarnation);
        let (incarnation, device) = (Incarnation(incarnation), self.device(author)?);
        let canary = format!("forged-{}-", self.forged.len());
        let nonce = [0; 8];
        let mut document =
            automerge::Automerge::new().with_actor(automerge::ActorId::from(actor(&device, &incarnation, &nonce).as_slice()));
        document
            .transact::<_, _, automerge::AutomergeError>(|tx| {
                automerge::transaction::Transactable::put(tx, automerge::ROOT, canary.as_str(), canary.as_str())
            })
            .ok()?;
        let changes = document.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec().into()).collect();
        let content = Content { actor_nonce: nonce, changes, acts: Vec::new() };
        let header = Header {
            version: VERSION,
            space,
            device,
            incarnation,
            seq: 1,
            prev: Hash32([0; 32]),
            seen,
            epoch,
            doc: target.doc,
            kind: target.kind.code(),
            payload_hash: Hash32([0; 32]),
            made_at: self.wall(at),
        };
        let keys = signing::keys::DeviceKeys::from_secret_bytes(&self.nodes[at].secret).ok()?;
        let envelope = seal_content(&keys, header, &key, &content, &mut self.rng).ok()?;
        self.forged.push(canary);
        self.inject(at, to, Message::Envelopes { space, envelopes: vec![envelope.bytes.into()], live: true }.encode());
        Some(())
    }
}
