//! One space as a replica holds it in memory: the ends of its logs, who belongs to it, its keys.

use std::collections::{BTreeMap, VecDeque};

use domain::id::{DeviceId, DocId, Hash32, Incarnation, PersonId, SpaceId};
use signing::wrap::SpaceKey;

use crate::access::Access;
use crate::control::{ControlOp, SpaceKind};
use crate::dag::Dag;
use crate::envelope::{DocKind, Header, Verified};
use crate::port::Head;

/// Folds at older heads that are remembered.
const ACCESS_CACHE_MAX: usize = 64;

/// A space in memory.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// The end of each log.
    pub logs: BTreeMap<(DeviceId, Incarnation), (u64, Hash32)>,
    /// Its control operations.
    pub dag: Dag,
    /// Who belongs to it now.
    pub access: Access,
    /// Keys that this device has.
    pub keys: BTreeMap<u32, SpaceKey>,
    at: BTreeMap<Vec<Hash32>, Access>,
    at_order: VecDeque<Vec<Hash32>>,
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
            at: BTreeMap::new(),
            at_order: VecDeque::new(),
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
        let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 space digest v1");
        hasher.update(self.id.as_bytes());
        for ((device, incarnation), (seq, hash)) in &self.logs {
            hasher.update(device.as_bytes()).update(incarnation.as_bytes()).update(&seq.to_be_bytes()).update(hash.as_bytes());
        }
        let digest = Hash32(*hasher.finalize().as_bytes());
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
        self.refold(person);
    }

    /// Folds again, after a control operation or when devices became known.
    pub fn refold(&mut self, person: &dyn Fn(&DeviceId) -> Option<PersonId>) {
        self.at.clear();
        self.at_order.clear();
        self.access = Access::fold(&self.id, &self.dag, person);
    }

    /// Had `person` the right to write this document at the heads that the envelope cites.
    pub fn might_write(
        &mut self,
        header: &Header,
        kind: DocKind,
        doc: &DocId,
        author: &PersonId,
        person: &dyn Fn(&DeviceId) -> Option<PersonId>,
    ) -> bool {
        if header.seen == self.dag.heads() {
            return self.access.may_write(&self.id, kind, doc, author);
        }
        if !self.at.contains_key(&header.seen) {
            if self.at.len() >= ACCESS_CACHE_MAX
                && let Some(oldest) = self.at_order.pop_front()
            {
                self.at.remove(&oldest);
            }
            let access = Access::fold_at(&self.id, &self.dag, &header.seen, person);
            self.at.insert(header.seen.clone(), access);
            self.at_order.push_back(header.seen.clone());
        }
        self.at.get(&header.seen).is_some_and(|access| access.may_write(&self.id, kind, doc, author))
    }

    /// The key to write with: that of the newest epoch that this device has.
    pub fn newest_key(&self) -> Option<(u32, &SpaceKey)> {
        self.keys.iter().next_back().map(|(epoch, key)| (*epoch, key))
    }
}
