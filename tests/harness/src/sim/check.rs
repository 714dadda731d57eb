//! What must hold at the end, when everything is healed and time has passed.
//!
//! The checks know everything that any disk holds, and judge it by a fold of their own over all of it.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, Value};
use domain::id::{Hash32, PersonId, SpaceId, VoteId};
use signing::VoteProblem;
use signing::wrap::SpaceKey;
use sync::access::{Access, Judge};
use sync::control::{ControlOp, SpaceKind, directory_space};
use sync::dag::Dag;
use sync::directory::Directory;
use sync::document::annotations;
use sync::envelope::{DocKind, Verified, open, open_content, open_unsigned};
use sync::port::Shelf as _;
use sync::space::Space;

use super::world::World;

/// Revocations of which some may have been known and others not.
const REVOCATIONS_TRIED: usize = 6;

/// What a device shows of a document: heads, every value in a fixed order, the bytes of all changes in the order of their hashes. (A
/// saved document is no measure: automerge keeps changes in the order of their arrival.)
type Shown = (Vec<ChangeHash>, String, BTreeMap<ChangeHash, Vec<u8>>);

/// What a device shows of a space.
struct View {
    at: usize,
    access: Access,
    keys: BTreeMap<u32, SpaceKey>,
    documents: BTreeMap<Hash32, Shown>,
    /// All texts of all documents.
    values: String,
    tallies: BTreeMap<VoteId, String>,
    /// Members would write under a key that nobody has who should not; `None` if they cannot write.
    clean: Option<bool>,
}

/// Looks at everything.
pub struct Check {
    directory: Directory,
    /// What all disks together say of whose devices are whose: who was let in by a revoked device is known to nobody else.
    everybody: Directory,
    everything: BTreeMap<SpaceId, BTreeMap<Hash32, Verified>>,
    trusted: Vec<usize>,
}

impl World {
    /// Devices that are on and not revoked by anybody who is on; and what all of them know of the directory.
    pub fn trusted(&self) -> Option<(Vec<usize>, Directory)> {
        let on: Vec<usize> = (0..self.nodes.len()).filter(|at| self.is_enrolled(*at)).collect();
        let root = *self.nodes[*on.first()?].replica.as_ref()?.directory()?.root();
        let id = directory_space(&root);
        let mut trusted = on;
        loop {
            let mut space = Space::empty(id);
            let rows: BTreeMap<Hash32, &[u8]> = trusted.iter().flat_map(|at| self.nodes[*at].shelf.named(&id)).collect();
            fill(&mut space, rows.values().filter_map(|bytes| open_unsigned(bytes).ok()));
            let directory = Directory::fold(root, &space.dag);
            let before = trusted.len();
            trusted.retain(|at| self.device(*at).is_some_and(|device| directory.trusts(&device)));
            if trusted.len() == before {
                return Some((trusted, directory));
            }
        }
    }

    /// Everything that is looked at when all is over.
    pub fn check(&mut self) {
        let Some((trusted, directory)) = self.trusted() else { return };
        let mut ids = BTreeSet::new();
        for node in &self.nodes {
            ids.extend(node.shelf.spaces().unwrap_or_default());
        }
        let views: BTreeMap<SpaceId, Vec<View>> = ids.iter().map(|id| (*id, self.views(*id, &trusted))).collect();
        for (space, vote) in self.votes.clone() {
            for at in trusted.clone() {
                self.note_final(at, space, vote);
            }
        }
        // From here on nothing is made wrong on purpose: the judge must be right.
        #[cfg(feature = "defects")]
        sync::defect::make(None);
        let mut everything: BTreeMap<SpaceId, BTreeMap<Hash32, Verified>> = BTreeMap::new();
        for node in &self.nodes {
            for id in &ids {
                let known = everything.entry(*id).or_default();
                for (name, bytes) in node.shelf.named(id) {
                    if let std::collections::btree_map::Entry::Vacant(vacant) = known.entry(name)
                        && let Ok(envelope) = open_unsigned(bytes)
                    {
                        vacant.insert(envelope);
                    }
                }
            }
        }
        let mut whole = Space::empty(directory.space());
        fill(&mut whole, everything.get(&directory.space()).into_iter().flat_map(|all| all.values().cloned()));
        let everybody = Directory::fold(*directory.root(), &whole.dag);
        let check = Check { directory, everybody, everything, trusted };
        let mut found = Vec::new();
        check.signatures(self, &mut found);
        check.secrets(self, &mut found);
        for (id, views) in &views {
            check.space(self, *id, views, &mut found);
        }
        check.finals(self, &mut found);
        for (invariant, detail) in found {
            self.violated(invariant, detail);
        }
    }

    fn views(&mut self, id: SpaceId, trusted: &[usize]) -> Vec<View> {
        let mut views = Vec::new();
        for at in trusted.iter().copied() {
            let documents = self.nodes[at].shelf.documents(&id).unwrap_or_default();
            let (mut shown, mut values) = (BTreeMap::new(), String::new());
            for (doc, kind) in documents {
                let node = &mut self.nodes[at];
                let Some(replica) = node.replica.as_mut() else { continue };
                let read = replica.read(&node.shelf, &id, &doc, |document| {
                    let marks = annotations::read_annotations(document);
                    let mut text = String::new();
                    dump(document, &automerge::ROOT, &mut text);
                    let changes = document.get_changes(&[]);
                    let bytes = changes.iter().map(|change| (change.hash(), change.raw_bytes().to_vec())).collect();
                    ((document.get_heads(), text.clone(), bytes), format!("{text} {marks:?}"))
                });
                if let Ok((read, text)) = read {
                    values.push_str(&text);
                    let mut name = [0; 32];
                    name[..16].copy_from_slice(doc.as_bytes());
                    name[16..18].copy_from_slice(&kind.to_be_bytes());
                    shown.insert(Hash32(name), read);
                }
            }
            let votes: Vec<VoteId> = self.votes.iter().filter(|(space, _)| *space == id).map(|(_, vote)| *vote).collect();
            let tallies = votes
                .into_iter()
                .filter_map(|vote| {
                    let record = self.tally(at, id, vote)?;
                    Some((vote, format!("{:?} {:?} {}", record.state, record.outcome, record.final_)))
                })
                .collect();
            let Some(replica) = self.nodes[at].replica.as_ref() else { continue };
            let Some(space) = replica.spaces().find(|space| space.id == id) else { continue };
            let belongs = |device: &domain::id::DeviceId| {
                replica.directory().is_some_and(|directory| {
                    directory.trusts(device) && directory.person(device).is_some_and(|person| space.access.is_member(&person))
                })
            };
            views.push(View {
                at,
                access: space.access.clone(),
                keys: space.keys.clone(),
                documents: shown,
                values,
                tallies,
                clean: space.writing_epoch(&belongs).map(|(_, clean)| clean),
            });
        }
        views
    }
}

/// Every value of a document, in a fixed order.
fn dump(document: &automerge::Automerge, object: &ObjId, text: &mut String) {
    let named = |key: &str, values: Vec<(Value<'_>, ObjId)>, text: &mut String| {
        for (value, id) in values {
            text.push_str(&format!("{key}={value:?};"));
            if matches!(value, Value::Object(_)) {
                dump(document, &id, text);
            }
        }
    };
    match document.object_type(object) {
        Ok(ObjType::Map | ObjType::Table) => {
            let mut keys: Vec<String> = document.keys(object).collect();
            keys.sort_unstable();
            for key in keys {
                named(&key, document.get_all(object, key.as_str()).unwrap_or_default(), text);
            }
        }
        Ok(ObjType::List) => {
            for at in 0..document.length(object) {
                named("", document.get_all(object, at).unwrap_or_default(), text);
            }
        }
        Ok(ObjType::Text) => text.push_str(&document.text(object).unwrap_or_default()),
        Err(_) => {}
    }
}

/// Places all control operations that can be placed.
fn fill(space: &mut Space, envelopes: impl Iterator<Item = Verified>) {
    let mut open: Vec<Verified> =
        envelopes.filter(|envelope| DocKind::from_code(envelope.header.kind) == DocKind::Control).collect();
    loop {
        let before = open.len();
        open.retain(|envelope| {
            if space.dag.missing(&envelope.header).is_some() {
                return true;
            }
            space.advance(envelope);
            space.dag.insert(envelope.hash, envelope.header.clone(), ControlOp::decode(&envelope.payload));
            false
        });
        if open.len() == before {
            return;
        }
    }
}

type Found = Vec<(&'static str, String)>;

impl Check {
    fn signatures(&self, world: &World, found: &mut Found) {
        if world.forged.is_empty() {
            return;
        }
        for envelope in self.everything.values().flat_map(BTreeMap::values) {
            if open(&envelope.bytes).is_err() {
                found.push(("what nobody signed is on no disk", format!("{:?}", envelope.header)));
                return;
            }
        }
    }

    /// Who has what.
    fn secrets(&self, world: &World, found: &mut Found) {
        for (at, node) in world.nodes.iter().enumerate() {
            if node.shelf.holds(b"canary-") {
                found.push(("no disk holds plaintext", format!("device {at}")));
            }
            for id in node.shelf.spaces().unwrap_or_default().iter().filter(|id| **id != self.directory.space()) {
                let personal = self.kind(id) == Some(SpaceKind::Personal);
                let invited = self.was_invited(id, &node.person);
                if !(invited || node.hub && !personal) {
                    found.push(("who does not belong to a space has nothing of it", format!("device {at} has {id:?}")));
                }
            }
            for (id, epoch, _) in node.shelf.keys() {
                if node.hub || !self.was_invited(id, &node.person) {
                    found.push(("who does not belong to a space has no key of it", format!("device {at} has epoch {epoch}")));
                }
            }
        }
        for (id, envelopes) in &self.everything {
            let mut space = Space::empty(*id);
            fill(&mut space, envelopes.values().cloned());
            for envelope in envelopes.values() {
                let Some(ControlOp::Epoch { wraps, epoch, .. } | ControlOp::Wraps { wraps, epoch }) =
                    ControlOp::decode(&envelope.payload).filter(|_| envelope.header.kind == DocKind::Control.code())
                else {
                    continue;
                };
                let mut heads = envelope.header.seen.clone();
                heads.push(envelope.hash);
                let person = |device: &_| self.everybody.person(device);
                let known = Access::fold_at(id, &space.dag, &heads, &Judge { person: &person, counts: &|_| true });
                let counts = |header: &_| self.directory.counts(id, header);
                let effective = Access::fold_at(id, &space.dag, &heads, &Judge { person: &person, counts: &counts });
                for wrap in wraps {
                    let Some(owner) = self.everybody.person(&wrap.device) else { continue };
                    let belongs = known.is_member(&owner) || effective.is_member(&owner);
                    // Whoever gave it may have heard of some of the revocations and not of others.
                    let belongs = belongs
                        || self.between().iter().any(|directory| {
                            let counts = |header: &_| directory.counts(id, header);
                            Access::fold_at(id, &space.dag, &heads, &Judge { person: &person, counts: &counts }).is_member(&owner)
                        });
                    if !belongs {
                        found.push(("no key is given to who does not belong", format!("epoch {epoch} to {:?}", wrap.device)));
                    }
                }
            }
        }
    }

    /// The directory with some of its revocations and without the others, in every way.
    fn between(&self) -> Vec<Directory> {
        let id = self.directory.space();
        let mut whole = Space::empty(id);
        fill(&mut whole, self.everything.get(&id).into_iter().flat_map(|all| all.values().cloned()));
        let revocations: Vec<Hash32> =
            whole.dag.nodes().filter(|node| matches!(node.op, Some(ControlOp::Revoke { .. }))).map(|node| node.hash).collect();
        let ways = 1_u32 << revocations.len().min(REVOCATIONS_TRIED);
        (0..ways)
            .map(|way| {
                let left_out =
                    |hash: &Hash32| revocations.iter().position(|known| known == hash).is_some_and(|at| way >> at & 1 == 1);
                let mut dag = Dag::default();
                for node in whole.dag.ordered() {
                    dag.insert(node.hash, node.header.clone(), node.op.clone().filter(|_| !left_out(&node.hash)));
                }
                Directory::fold(*self.directory.root(), &dag)
            })
            .collect()
    }

    fn kind(&self, id: &SpaceId) -> Option<SpaceKind> {
        self.everything.get(id)?.values().find_map(|envelope| match ControlOp::decode(&envelope.payload) {
            Some(ControlOp::Genesis(genesis)) if genesis.space() == *id => Some(genesis.kind),
            _ => None,
        })
    }

    fn was_invited(&self, id: &SpaceId, person: &PersonId) -> bool {
        self.everything.get(id).is_some_and(|envelopes| {
            envelopes.values().filter(|envelope| envelope.header.kind == 0).any(|envelope| {
                match ControlOp::decode(&envelope.payload) {
                    Some(ControlOp::Genesis(genesis)) => genesis.founder == *person,
                    Some(ControlOp::Member { person: invited, .. }) => invited == *person,
                    _ => false,
                }
            })
        })
    }

    fn fold(&self, id: SpaceId, envelopes: impl Iterator<Item = Verified>) -> Space {
        let mut space = Space::empty(id);
        let (control, content): (Vec<Verified>, Vec<Verified>) =
            envelopes.partition(|envelope| DocKind::from_code(envelope.header.kind) == DocKind::Control);
        fill(&mut space, control.into_iter());
        // Also who only wrote and decided nothing has a log here: it may be of a revoked device.
        for envelope in &content {
            let log = (envelope.header.device, envelope.header.incarnation);
            if space.seq(&log.0, &log.1) < envelope.header.seq {
                space.advance(envelope);
            }
        }
        let person = |device: &_| self.directory.person(device);
        let counts = |header: &_| self.directory.counts(&id, header);
        space.refold(&Judge { person: &person, counts: &counts });
        space
    }

    /// Members hold the same, show the same, and show everything that was said to be saved.
    fn space(&self, world: &World, id: SpaceId, views: &[View], found: &mut Found) {
        let is_directory = id == self.directory.space();
        // Who belongs is what those say who belong.
        let mut holders: Vec<usize> = self.trusted.clone();
        let mut space = Space::empty(id);
        let mut all: BTreeMap<Hash32, Verified> = BTreeMap::new();
        for _ in 0..4 {
            all.clear();
            for at in &holders {
                for name in world.nodes[*at].shelf.named(&id).into_keys() {
                    if let Some(envelope) = self.everything.get(&id).and_then(|known| known.get(&name)) {
                        all.insert(name, envelope.clone());
                    }
                }
            }
            space = self.fold(id, all.values().cloned());
            let next: Vec<usize> = self
                .trusted
                .iter()
                .copied()
                .filter(|at| {
                    let node = &world.nodes[*at];
                    let carries = world.device(*at).is_some_and(|device| self.directory.is_hub(&device));
                    is_directory
                        || (carries && space.kind() != Some(SpaceKind::Personal))
                        || space.access.is_member(&node.person) && !node.hub
                })
                .collect();
            if next == holders {
                break;
            }
            holders = next;
        }
        if !is_directory && space.access.genesis.is_none() {
            return;
        }
        for at in &holders {
            let has = world.nodes[*at].shelf.named(&id);
            if let Some(missing) = all.values().find(|envelope| !has.contains_key(&envelope.hash)) {
                let header = &missing.header;
                found.push((
                    "members hold the same envelopes",
                    format!(
                        "device {at} lacks {} of device {:?} seq {} kind {} in {:?} ({:?})",
                        missing.hash.short(),
                        (0..world.nodes.len()).find(|at| world.device(*at) == Some(header.device)),
                        header.seq,
                        header.kind,
                        id,
                        space.kind()
                    ),
                ));
                return;
            }
        }
        if is_directory {
            return;
        }
        let members: Vec<&View> = views.iter().filter(|view| holders.contains(&view.at) && !world.nodes[view.at].hub).collect();
        for view in &members {
            if view.access != space.access {
                found.push(("members agree who belongs", format!("device {} in {id:?}", view.at)));
                return;
            }
        }
        let managing: Vec<&&View> = members.iter().filter(|view| space.access.manages(&world.nodes[view.at].person)).collect();
        for view in &members {
            let had = managing.iter().flat_map(|manager| manager.keys.keys()).find(|epoch| !view.keys.contains_key(epoch));
            if let Some(epoch) = had {
                found.push(("members have the keys", format!("device {} lacks epoch {epoch} in {id:?}", view.at)));
                return;
            }
            if !managing.is_empty() && view.clean == Some(false) {
                found.push(("members write under a key that no outsider has", format!("device {} in {id:?}", view.at)));
                return;
            }
        }
        for pair in members.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if a.keys.keys().ne(b.keys.keys()) {
                continue;
            }
            if a.documents != b.documents {
                let name = a.documents.keys().find(|name| a.documents.get(*name) != b.documents.get(*name));
                let which = name.map(|name| {
                    let heads = |view: &View| view.documents.get(name).map(|shown| shown.0.clone());
                    if heads(a) == heads(b) { "the same heads" } else { "other heads" }
                });
                found.push(("the same envelopes are the same documents", format!("devices {} and {}: {which:?}", a.at, b.at)));
                return;
            }
            if a.tallies != b.tallies {
                found.push((
                    "a vote has one result everywhere",
                    format!("devices {} and {}: {:?} and {:?}", a.at, b.at, a.tallies, b.tallies),
                ));
                return;
            }
        }
        for view in &members {
            for (vote, tally) in &view.tallies {
                let final_once = !self.finals_of(world, &id, vote).is_empty();
                if final_once && tally.ends_with("false") && !self.is_excused(world, &id, vote) {
                    found.push(("a final result is final", format!("device {} no longer shows it", view.at)));
                    return;
                }
            }
        }
        self.saved(world, id, &space, &all, &members, found);
        self.blobs(world, id, &holders, found);
    }

    /// What stays of all content, by the changes themselves; and whether it is shown.
    fn saved(
        &self,
        world: &World,
        id: SpaceId,
        space: &Space,
        all: &BTreeMap<Hash32, Verified>,
        members: &[&View],
        found: &mut Found,
    ) {
        let keys: BTreeMap<u32, SpaceKey> =
            members.iter().flat_map(|view| view.keys.iter().map(|(epoch, key)| (*epoch, key.clone()))).collect();
        let person = |device: &_| self.directory.person(device);
        let counts = |header: &_| self.directory.counts(&id, header);
        let judge = Judge { person: &person, counts: &counts };
        let mut changes: BTreeMap<ChangeHash, (Hash32, Vec<ChangeHash>)> = BTreeMap::new();
        let mut open_ones: Vec<ChangeHash> = Vec::new();
        for envelope in all.values().filter(|envelope| envelope.header.kind != DocKind::Control.code()) {
            let Some(content) = keys.get(&envelope.header.epoch).and_then(|key| open_content(envelope, key).ok()) else {
                continue;
            };
            let void = space.suspects(&envelope.header, &judge);
            for change in content.changes.iter().filter_map(|bytes| automerge::Change::from_bytes(bytes.to_vec()).ok()) {
                if !void {
                    open_ones.push(change.hash());
                }
                changes.insert(change.hash(), (envelope.hash, change.deps().to_vec()));
            }
        }
        let mut standing: BTreeSet<Hash32> = BTreeSet::new();
        let mut met = BTreeSet::new();
        while let Some(hash) = open_ones.pop() {
            if met.insert(hash)
                && let Some((envelope, deps)) = changes.get(&hash)
            {
                standing.insert(*envelope);
                open_ones.extend(deps);
            }
        }
        for view in members {
            let shown = |canary: &str| view.values.contains(canary);
            for written in world.written.iter().filter(|written| written.space == id) {
                let Some(envelope) = all.get(&written.envelope).filter(|envelope| view.keys.contains_key(&envelope.header.epoch))
                else {
                    continue;
                };
                match (standing.contains(&written.envelope), shown(&written.canary)) {
                    (true, false) => found.push((
                        "what was saved is shown",
                        format!("device {} does not show {} (seq {})", view.at, written.canary, envelope.header.seq),
                    )),
                    (false, true) => found.push((
                        "what is void is not shown",
                        format!("device {} shows {} (seq {})", view.at, written.canary, envelope.header.seq),
                    )),
                    _ => continue,
                }
                return;
            }
            if let Some(forged) = world.forged.iter().find(|forged| shown(forged)) {
                found.push(("what nobody may write is shown nowhere", format!("device {} shows {forged}", view.at)));
                return;
            }
        }
    }

    fn blobs(&self, world: &World, id: SpaceId, holders: &[usize], found: &mut Found) {
        for (at, number) in &world.wanted {
            let Some((space, blob, plain)) = world.blobs.get(*number).filter(|(space, _, _)| *space == id) else { continue };
            let wants = world.nodes[*at].shelf.blob(&blob.cipher).ok().flatten();
            let somewhere =
                holders.iter().any(|other| matches!(world.nodes[*other].shelf.blob(&blob.cipher), Ok(Some(row)) if row.complete));
            if !holders.contains(at) || wants.is_none() || !somewhere {
                continue;
            }
            let node = &world.nodes[*at];
            // Who lacks the key has the file all the same; who should have which keys is looked at elsewhere.
            let opened = node.shelf.blob_bytes(&blob.cipher, 0, plain.len()).ok().and_then(|mut bytes| {
                let replica = node.replica.as_ref()?;
                replica.decrypt_blob(space, blob, 0, &mut bytes).then_some(bytes)
            });
            let whole = wants.is_some_and(|row| row.complete) && opened.is_none_or(|bytes| bytes == *plain);
            if !whole {
                found.push(("a wanted file arrives whole", format!("device {at}, file {number}")));
                return;
            }
        }
    }

    /// A result that was final anywhere at any time is the only final one.
    fn finals(&self, world: &World, found: &mut Found) {
        for (space, vote) in world.finals.keys() {
            let shown = self.finals_of(world, space, vote);
            if shown.len() > 1 && !self.is_excused(world, space, vote) {
                found.push(("a final result is final", format!("{shown:?}")));
            }
        }
    }

    /// The results that were shown as final somewhere, but for those that stood on what is on no disk any more: a device showed them by
    /// its own acknowledgement, and its disk was put back before anybody else had it.
    fn finals_of<'w>(&self, world: &'w World, space: &SpaceId, vote: &VoteId) -> BTreeSet<&'w str> {
        let rows = self.trusted.iter().filter_map(|at| world.nodes[*at].shelf.acts(space).ok()).flatten();
        let kept: BTreeSet<Hash32> =
            rows.filter_map(|row| Some(signing::SignedAct::from_bytes(&row.bytes).ok()?.hash())).collect();
        let shown = world.finals.get(&(*space, *vote)).into_iter().flatten();
        shown.filter(|(_, evidence)| evidence.is_subset(&kept)).map(|(text, _)| text.as_str()).collect()
    }

    /// Was finality taken away by the rules: a device that was put back acknowledges twice, the word of a device that was revoked or
    /// of a person who was removed may be void.
    fn is_excused(&self, world: &World, space: &SpaceId, vote: &VoteId) -> bool {
        self.trusted.iter().filter_map(|at| Some((*at, world.tally(*at, *space, *vote)?))).any(|(at, record)| {
            let access = world.nodes[at].replica.as_ref().and_then(|replica| replica.access(space));
            let gone = |device: &domain::id::DeviceId| {
                let removed = |person| access.is_none_or(|access| access.cuts.iter().any(|cut| cut.person == person));
                !self.directory.trusts(device) || self.directory.person(device).is_none_or(removed)
            };
            record.problems.iter().any(|problem| matches!(problem, VoteProblem::DoubleAcknowledgement { .. }))
                || record.opening.roll.iter().filter_map(|entry| entry.device).any(|device| gone(&device))
        })
    }
}
