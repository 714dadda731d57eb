//! Who belongs to a space and in which role: a deterministic fold over its control operations.

use std::collections::BTreeMap;

use domain::id::{DeviceId, DocId, Hash32, Incarnation, PersonId, SpaceId};
use domain::meeting::MeetingRole;

use crate::control::{ControlOp, Genesis, SeenLog, SpaceKind, document_id};
use crate::dag::{Dag, Node};
use crate::envelope::{DocKind, Header};
use crate::limits::MEMBERS_MAX;

/// The members of a space and its keys' commitments, at some point of its history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// How it began; `None` while the genesis has not come.
    pub genesis: Option<Genesis>,
    /// Members and roles.
    pub members: BTreeMap<PersonId, MeetingRole>,
    /// Those who were taken out, with what still counts of theirs.
    pub removed: BTreeMap<PersonId, Vec<SeenLog>>,
    /// Commitment to the key of each epoch.
    pub epochs: BTreeMap<u32, Hash32>,
}

impl Access {
    /// Folds all operations of a space. `person` tells whose a device is.
    pub fn fold(space: &SpaceId, dag: &Dag, person: &dyn Fn(&DeviceId) -> Option<PersonId>) -> Self {
        Self::fold_nodes(space, dag.ordered(), person)
    }

    /// Folds what is at or before `heads`.
    pub fn fold_at(space: &SpaceId, dag: &Dag, heads: &[Hash32], person: &dyn Fn(&DeviceId) -> Option<PersonId>) -> Self {
        Self::fold_nodes(space, dag.ordered_at(heads), person)
    }

    fn fold_nodes(space: &SpaceId, nodes: Vec<&Node>, person: &dyn Fn(&DeviceId) -> Option<PersonId>) -> Self {
        let mut access = Self::default();
        for node in nodes {
            if let (Some(op), Some(author)) = (&node.op, person(&node.header.device)) {
                access.apply(space, &node.header, op, author);
            }
        }
        access
    }

    /// One operation; without effect if its author may not.
    fn apply(&mut self, space: &SpaceId, header: &Header, op: &ControlOp, author: PersonId) {
        match op {
            ControlOp::Genesis(genesis) => {
                let first = self.genesis.is_none() && genesis.space() == *space;
                if first && genesis.device == header.device && genesis.founder == author {
                    self.genesis = Some(genesis.clone());
                    self.members.insert(author, MeetingRole::Secretary);
                }
            }
            ControlOp::Member { person, role } if self.manages(&author) && self.members.len() < MEMBERS_MAX => {
                self.members.insert(*person, *role);
                self.removed.remove(person);
            }
            ControlOp::Remove { person, seen } if self.manages(&author) && self.members.remove(person).is_some() => {
                self.removed.insert(*person, seen.clone());
            }
            ControlOp::Epoch { epoch, commitment, .. } if self.manages(&author) => {
                self.epochs.entry(*epoch).or_insert(*commitment);
            }
            _ => {}
        }
    }

    /// May change members and keys.
    pub fn manages(&self, person: &PersonId) -> bool {
        self.members.get(person).is_some_and(|role| role.manages())
    }

    /// Belongs to the space now.
    pub fn is_member(&self, person: &PersonId) -> bool {
        self.members.contains_key(person)
    }

    /// What the space is for.
    pub fn kind(&self) -> Option<SpaceKind> {
        self.genesis.as_ref().map(|genesis| genesis.kind)
    }

    /// May `person` write a document of this kind and id here.
    pub fn may_write(&self, space: &SpaceId, kind: DocKind, doc: &DocId, person: &PersonId) -> bool {
        let Some(role) = self.members.get(person) else {
            return false;
        };
        let own = |subject: &[u8]| document_id(space, kind.code(), Some(person), subject) == *doc;
        match (self.kind(), kind) {
            (Some(SpaceKind::Meeting), DocKind::Meeting) => role.manages() && *doc == document_id(space, kind.code(), None, &[]),
            (Some(SpaceKind::Meeting), DocKind::Seat) => own(&[]),
            (Some(SpaceKind::Personal), DocKind::Notes) => true,
            (Some(_), DocKind::Unknown(_)) => true,
            _ => false,
        }
    }

    /// Of a person who was taken out: does this envelope still count, because it had been seen before.
    pub fn counts_although_removed(&self, space: &SpaceId, header: &Header, person: &PersonId) -> bool {
        self.removed.get(person).is_some_and(|seen| covered(seen, space, &header.device, &header.incarnation, header.seq))
    }
}

/// Is the envelope at or before what `seen` names of its log.
pub fn covered(seen: &[SeenLog], space: &SpaceId, device: &DeviceId, incarnation: &Incarnation, seq: u64) -> bool {
    seen.iter().any(|log| log.space == *space && log.device == *device && log.incarnation == *incarnation && seq <= log.seq)
}
