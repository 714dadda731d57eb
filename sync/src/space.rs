//! One space as a replica holds it in memory: the ends of its logs, who belongs to it, its keys.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, DocId, Hash32, Incarnation, PersonId, SpaceId, Timestamp};
use signing::wrap::SpaceKey;

use crate::access::{Access, Judge, covered, takes_back};
use crate::control::{ControlOp, KeyWrap, SpaceKind};
use crate::dag::Dag;
use crate::envelope::{DocKind, Header, Verified};
use crate::limits::{GRAFT_LATEST_MS, GRAFT_MS};
use crate::port::Head;

/// Folds at older heads that are remembered.
const ACCESS_CACHE_MAX: usize = 64;
/// Lower bits of an epoch's number that come from the device that made it.
const EPOCH_TAG_BITS: u32 = 16;
/// The highest upper half of an epoch's number.
const GENERATIONS_MAX: u32 = u32::MAX >> EPOCH_TAG_BITS;

type Folds = BTreeMap<Vec<Hash32>, Access>;

/// The end of each log: how far it has come, and the hash of its newest envelope.
pub type Logs = BTreeMap<(DeviceId, Incarnation), (u64, Hash32)>;

/// A space in memory.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// The end of each log.
    pub logs: Logs,
    /// Its control operations.
    pub dag: Dag,
    /// Who belongs to it now.
    pub access: Access,
    /// Keys that this device has.
    pub keys: BTreeMap<u32, SpaceKey>,
    /// When the last fresh envelope came from another device, monotonic milliseconds.
    pub arrived_at: u64,
    admitting: RefCell<Folds>,
    counting: RefCell<Folds>,
    tainted: bool,
    digest: Option<Hash32>,
}

impl Space {
    /// A space of which nothing is here.
    pub fn empty(id: SpaceId) -> Self {
        Self {
            id,
            logs: BTreeMap::new(),
            dag: Dag::default(),
            access: Access::default(),
            keys: BTreeMap::new(),
            arrived_at: 0,
            admitting: RefCell::default(),
            counting: RefCell::default(),
            tainted: false,
            digest: None,
        }
    }

    /// The kind, once the genesis is here.
    pub fn kind(&self) -> Option<SpaceKind> {
        self.access.kind()
    }

    /// Digest over the ends of all logs: equal digests, equal envelopes.
    pub fn digest(&mut self) -> Hash32 {
        if let Some(digest) = self.digest {
            return digest;
        }
        let digest = digest_of(&self.id, &self.logs);
        self.digest = Some(digest);
        digest
    }

    /// The ends of all logs, ascending.
    pub fn heads(&self) -> Vec<Head> {
        self.logs
            .iter()
            .map(|((device, incarnation), (seq, hash))| Head {
                device: *device,
                incarnation: *incarnation,
                seq: *seq,
                hash: *hash,
            })
            .collect()
    }

    /// How far a log has come; 0 if nothing of it is here.
    pub fn seq(&self, device: &DeviceId, incarnation: &Incarnation) -> u64 {
        self.logs.get(&(*device, *incarnation)).map_or(0, |(seq, _)| *seq)
    }

    /// How many logs of a device are here.
    pub fn logs_of(&self, device: &DeviceId) -> usize {
        self.logs.range((*device, Incarnation([0; 8]))..=(*device, Incarnation([u8::MAX; 8]))).count()
    }

    /// Notes an admitted envelope as the end of its log.
    pub fn advance(&mut self, envelope: &Verified) -> Head {
        let header = &envelope.header;
        self.logs.insert((header.device, header.incarnation), (header.seq, envelope.hash));
        self.digest = None;
        Head { device: header.device, incarnation: header.incarnation, seq: header.seq, hash: envelope.hash }
    }

    /// Places a control operation and folds again.
    pub fn control(&mut self, envelope: &Verified, op: Option<ControlOp>, person: &dyn Fn(&DeviceId) -> Option<PersonId>) {
        self.dag.insert(envelope.hash, envelope.header.clone(), op);
        self.refold(&Judge { person, counts: &|_| true });
    }

    /// Folds again, after a control operation, a revocation, or when devices became known.
    pub fn refold(&mut self, judge: &Judge<'_>) {
        self.counting.borrow_mut().clear();
        self.access = Access::fold(&self.id, &self.dag, judge);
        // Also who never wrote here and only was given keys.
        let wraps = self.dag.nodes().filter_map(|node| wraps_of(node.op.as_ref()?)).flat_map(|(_, wraps)| wraps);
        let devices: BTreeSet<DeviceId> =
            self.logs.keys().map(|(device, _)| *device).chain(wraps.map(|wrap| wrap.device)).collect();
        let revoked = devices.into_iter().any(|device| !(judge.counts)(&self.beyond_all(device)));
        self.tainted = revoked || self.access.void > 0 || takes_back(&self.dag);
    }

    /// When an envelope that was announced at `since` is asked for if it has not come, monotonic milliseconds.
    pub fn graft_at(&self, since: u64) -> u64 {
        (since.max(self.arrived_at) + GRAFT_MS).min(since + GRAFT_LATEST_MS)
    }

    /// A device wrote here for the first time; it may have been revoked before anybody saw it here.
    pub fn note_author(&mut self, device: DeviceId, judge: &Judge<'_>) {
        self.tainted |= !(judge.counts)(&self.beyond_all(device));
    }

    /// Forgets what was folded at older heads, after a device became somebody else's.
    pub fn forget_folds(&mut self) {
        self.admitting.borrow_mut().clear();
        self.counting.borrow_mut().clear();
    }

    /// A header that no revocation can cover.
    fn beyond_all(&self, device: DeviceId) -> Header {
        Header {
            version: 0,
            space: self.id,
            device,
            incarnation: Incarnation([0; 8]),
            seq: u64::MAX,
            prev: Hash32([0; 32]),
            seen: Vec::new(),
            epoch: 0,
            doc: DocId([0; 16]),
            kind: 0,
            payload_hash: Hash32([0; 32]),
            made_at: Timestamp(0),
        }
    }

    /// What had ever been given at the heads that an envelope cites: who may be let in with it. Removals and revocations play no part,
    /// not even those that its author knew of, since one of them may turn out to be void and every device must let in the same,
    /// whenever it comes. Whether it has an effect is another question: [`Self::suspects`], [`Access::fold`].
    pub fn admitting_at<R>(&self, heads: &[Hash32], read: impl FnOnce(&Access) -> R) -> R {
        self.at(&self.admitting, heads, || Access::given_at(&self.id, &self.dag, heads), read)
    }

    fn at<R>(
        &self,
        folds: &RefCell<Folds>,
        heads: &[Hash32],
        fold: impl FnOnce() -> Access,
        read: impl FnOnce(&Access) -> R,
    ) -> R {
        let mut folds = folds.borrow_mut();
        if !folds.contains_key(heads) {
            if folds.len() >= ACCESS_CACHE_MAX {
                folds.pop_first();
            }
            folds.insert(heads.to_vec(), fold());
        }
        read(folds.get(heads).unwrap_or(&self.access))
    }

    /// Is this content without effect, unless something that counts depends on it: its device was revoked or its author
    /// removed before it was seen, or its author had no right to write by what it cites and what of that counts.
    pub fn suspects(&self, header: &Header, judge: &Judge<'_>) -> bool {
        let Some(author) = (judge.person)(&header.device) else {
            return false;
        };
        // Before anything else: a log that begins here after its device was revoked taints the space only now.
        if !(judge.counts)(header) {
            return true;
        }
        if !self.tainted {
            return false;
        }
        let cut = self.access.cuts.iter().any(|cut| {
            cut.person == author
                && !covered(&cut.seen, &self.id, &header.device, &header.incarnation, header.seq)
                && !self.dag.is_past(&cut.removal, &header.seen)
        });
        let kind = DocKind::from_code(header.kind);
        let fold = || Access::fold_at(&self.id, &self.dag, &header.seen, judge);
        cut || !self.at(&self.counting, &header.seen, fold, |access| access.may_write(&self.id, kind, &header.doc, &author))
    }

    /// Distinguishes what a person writes after having been removed and invited again: automerge must not see two changes at one
    /// place of one actor, even if the earlier one is void. Zeros for who was never removed.
    pub fn actor_nonce(&self, person: &PersonId) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 actor after removal v1");
        let mut nonce = [0; 8];
        let cuts: BTreeSet<Hash32> = self.access.cuts.iter().filter(|cut| cut.person == *person).map(|cut| cut.removal).collect();
        if !cuts.is_empty() {
            for cut in &cuts {
                hasher.update(cut.as_bytes());
            }
            nonce.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        }
        nonce
    }

    /// Devices to which the key of an epoch was given.
    pub fn wrapped(&self, wanted: u32) -> BTreeSet<DeviceId> {
        self.dag
            .nodes()
            .filter_map(|node| wraps_of(node.op.as_ref()?))
            .filter(|(epoch, _)| *epoch == wanted)
            .flat_map(|(_, wraps)| wraps)
            .map(|wrap| wrap.device)
            .collect()
    }

    /// Devices to which somebody who is `believed` gave the key of an epoch. Who is not may have given them anything under its name.
    pub fn served(&self, wanted: u32, believed: &dyn Fn(&DeviceId) -> bool) -> BTreeSet<DeviceId> {
        self.givers(wanted).into_iter().filter(|(_, givers)| givers.iter().any(believed)).map(|(device, _)| device).collect()
    }

    /// Who gave the key of an epoch to whom.
    pub fn givers(&self, wanted: u32) -> BTreeMap<DeviceId, BTreeSet<DeviceId>> {
        let mut givers: BTreeMap<DeviceId, BTreeSet<DeviceId>> = BTreeMap::new();
        for node in self.dag.nodes() {
            let Some((_, wraps)) = node.op.as_ref().and_then(wraps_of).filter(|(epoch, _)| *epoch == wanted) else { continue };
            for wrap in wraps {
                givers.entry(wrap.device).or_default().insert(node.header.device);
            }
        }
        givers
    }

    /// The epoch to write under: the newest that nobody has who does not belong here (`belongs`), else the newest of all.
    /// The second value says whether it is such a clean one.
    pub fn writing_epoch(&self, belongs: &dyn Fn(&DeviceId) -> bool) -> Option<(u32, bool)> {
        let usable: Vec<u32> = self.access.epochs.keys().rev().filter(|epoch| self.keys.contains_key(epoch)).copied().collect();
        let newest = usable.first().copied();
        if !self.tainted {
            return newest.map(|epoch| (epoch, true));
        }
        usable
            .into_iter()
            .find(|epoch| self.wrapped(*epoch).iter().all(belongs))
            .map(|epoch| (epoch, true))
            .or(newest.map(|epoch| (epoch, false)))
    }

    /// The number of the next epoch. Two managers who make a key at the same time do not take the same number: its lower half
    /// comes from the device and its log: neither does a device whose disk was put back give its earlier number to another key.
    pub fn next_epoch(&self, device: &DeviceId, incarnation: &Incarnation) -> u32 {
        let newest = self.access.readable.keys().next_back().copied().unwrap_or(0);
        let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 epoch tag v1");
        let digest = hasher.update(device.as_bytes()).update(incarnation.as_bytes()).finalize();
        let tag = u32::from(u16::from_be_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]));
        let number = |generation: u32| (generation << EPOCH_TAG_BITS) | tag;
        let next = (newest >> EPOCH_TAG_BITS) + 1;
        if next <= GENERATIONS_MAX {
            return number(next);
        }
        // Somebody who managed once took the last number, so that no key could follow: then one that nobody has taken.
        (1..=GENERATIONS_MAX).map(number).find(|epoch| !self.access.readable.contains_key(epoch)).unwrap_or(number(1))
    }

    /// Something without effect has come.
    pub(crate) fn taint(&mut self) {
        self.tainted = true;
    }

    /// Is there something that [`Self::suspects`] may be said of.
    pub fn is_tainted(&self) -> bool {
        self.tainted
    }
}

/// The digest of a space with these logs.
pub(crate) fn digest_of(id: &SpaceId, logs: &Logs) -> Hash32 {
    let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 space digest v1");
    hasher.update(id.as_bytes());
    hash_logs(&mut hasher, logs.iter());
    Hash32(*hasher.finalize().as_bytes())
}

/// Takes in the ends of logs, in the order in which they come.
pub(crate) fn hash_logs<'a>(
    hasher: &mut blake3::Hasher,
    logs: impl Iterator<Item = (&'a (DeviceId, Incarnation), &'a (u64, Hash32))>,
) {
    for ((device, incarnation), (seq, hash)) in logs {
        hasher.update(device.as_bytes()).update(incarnation.as_bytes()).update(&seq.to_be_bytes()).update(hash.as_bytes());
    }
}

/// The keys that an operation gives to devices, with their epoch.
fn wraps_of(op: &ControlOp) -> Option<(u32, &[KeyWrap])> {
    match op {
        ControlOp::Epoch { epoch, wraps, .. } | ControlOp::Wraps { epoch, wraps } => Some((*epoch, wraps)),
        _ => None,
    }
}
