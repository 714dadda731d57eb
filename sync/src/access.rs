//! Who belongs to a space and in which role: a deterministic fold over its control operations.
//!
//! Removal is strong (the rules of `p2panda-auth`): a removal, or a demotion of somebody who manages, makes void what its
//! target decided without knowing of it; removals themselves stand even if each of two people removes the other; who is
//! given a role without knowledge of the removal stays removed. Who was removed can be invited again by somebody who knows.

use std::collections::{BTreeMap, BTreeSet};

use domain::duty::Duty;
use domain::id::{DeviceId, DocId, Hash32, Incarnation, PersonId, SpaceId};
use domain::meeting::MeetingRole;

use crate::control::{ControlOp, Genesis, SeenLog, SpaceKind, document_id, is_own_document};
use crate::dag::{Dag, Node};
use crate::envelope::{DocKind, Header};
use crate::limits::{MEMBERS_MAX, WITHDRAWN_MAX};

/// What the fold asks of the directory.
pub struct Judge<'a> {
    /// Whose a device is.
    pub person: &'a dyn Fn(&DeviceId) -> Option<PersonId>,
    /// Is the envelope not void by a revocation.
    pub counts: &'a dyn Fn(&Header) -> bool,
}

/// A removal that took effect: what its target wrote without being seen or knowing of it is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The removal's envelope.
    pub removal: Hash32,
    /// Who was removed.
    pub person: PersonId,
    /// What had been seen of that person's devices.
    pub seen: Vec<SeenLog>,
}

/// The members of a space and its keys' commitments, at some point of its history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// How it began; `None` while the genesis has not come.
    pub genesis: Option<Genesis>,
    /// Members and roles.
    pub members: BTreeMap<PersonId, MeetingRole>,
    /// Everybody who managed the space at some time. Stays after the role was handed over: what a former chair did as chair stays done.
    pub managed: BTreeSet<PersonId>,
    /// Everybody who chaired it at some time, likewise.
    pub chaired: BTreeSet<PersonId>,
    /// What members may do beyond their role.
    pub duties: BTreeMap<PersonId, BTreeSet<Duty>>,
    /// Those who were taken out and not invited again, with what still counts of theirs.
    pub removed: BTreeMap<PersonId, Vec<SeenLog>>,
    /// Commitment to the key of each epoch that members may write under.
    pub epochs: BTreeMap<u32, Hash32>,
    /// Commitment to the key of each epoch that somebody may have written under: also those that a removal made void.
    pub readable: BTreeMap<u32, Hash32>,
    /// Every removal that took effect, in folding order.
    pub cuts: Vec<Cut>,
    /// Files that were withdrawn, by the hash of their ciphertext.
    pub withdrawn: BTreeSet<Hash32>,
    /// Operations without effect although their authors could have believed in them.
    pub void: usize,
}

/// A removal or demotion that holds by what its author knew.
struct Removal {
    hash: Hash32,
    target: PersonId,
    /// Takes the person out, not only out of the management.
    out: bool,
    past: BTreeSet<Hash32>,
    future: BTreeSet<Hash32>,
}

impl Removal {
    /// Was the operation made without knowledge of this removal, and the removal without knowledge of it.
    fn is_concurrent(&self, hash: &Hash32) -> bool {
        self.hash != *hash && !self.past.contains(hash) && !self.future.contains(hash)
    }
}

impl Access {
    /// Folds all operations of a space.
    pub fn fold(space: &SpaceId, dag: &Dag, judge: &Judge<'_>) -> Self {
        Self::fold_nodes(space, dag, &dag.ordered(), judge)
    }

    /// Folds what is at or before `heads`.
    pub fn fold_at(space: &SpaceId, dag: &Dag, heads: &[Hash32], judge: &Judge<'_>) -> Self {
        Self::fold_nodes(space, dag, &dag.ordered_at(heads), judge)
    }

    /// Everything that was ever given at or before `heads`, and nothing taken back: who could at some time have been right in
    /// believing in a right. What comes of it is for [`Self::fold_at`] to say.
    pub fn given_at(space: &SpaceId, dag: &Dag, heads: &[Hash32]) -> Self {
        let mut access = Self::default();
        for op in dag.ordered_at(heads).iter().filter_map(|node| node.op.as_ref()) {
            match op {
                ControlOp::Genesis(genesis) if access.genesis.is_none() && genesis.space() == *space => {
                    access.members.insert(genesis.founder, MeetingRole::Secretary);
                    access.genesis = Some(genesis.clone());
                }
                ControlOp::Member { person, role } if !access.manages(person) => {
                    access.members.insert(*person, *role);
                }
                ControlOp::Duty { person, duty, held: true } => {
                    access.duties.entry(*person).or_default().insert(*duty);
                }
                _ => {}
            }
        }
        access
    }

    /// The operations that took effect.
    pub fn effective(space: &SpaceId, dag: &Dag, judge: &Judge<'_>) -> BTreeSet<Hash32> {
        let nodes = dag.ordered();
        let removals = removals(space, dag, &nodes, judge);
        let mut effective = BTreeSet::new();
        Self::replay_noting(space, nodes.into_iter(), &removals, judge, |node| {
            effective.insert(node.hash);
        });
        effective
    }

    fn fold_nodes(space: &SpaceId, dag: &Dag, nodes: &[&Node], judge: &Judge<'_>) -> Self {
        let removals = removals(space, dag, nodes, judge);
        Self::replay(space, nodes.iter().copied(), &removals, judge)
    }

    fn replay<'n>(space: &SpaceId, nodes: impl Iterator<Item = &'n Node>, removals: &[Removal], judge: &Judge<'_>) -> Self {
        Self::replay_noting(space, nodes, removals, judge, |_| {})
    }

    fn replay_noting<'n>(
        space: &SpaceId,
        nodes: impl Iterator<Item = &'n Node>,
        removals: &[Removal],
        judge: &Judge<'_>,
        mut note: impl FnMut(&Node),
    ) -> Self {
        let mut access = Self::default();
        for node in nodes {
            let (Some(op), Some(author)) = (&node.op, (judge.person)(&node.header.device)) else {
                continue;
            };
            if let ControlOp::Epoch { epoch, commitment, .. } = op {
                access.readable.entry(*epoch).or_insert(*commitment);
            }
            let stands = removals.iter().find(|removal| removal.hash == node.hash);
            let concurrent = |wanted: &dyn Fn(&Removal) -> bool| {
                removals.iter().any(|removal| wanted(removal) && removal.is_concurrent(&node.hash))
            };
            let grants = |target| matches!(op, ControlOp::Member { person, .. } if *person == target);
            let undone = |removal: &Removal| removal.target == author || (removal.out && grants(removal.target));
            let undone = !(judge.counts)(&node.header) || concurrent(&undone);
            let void = match stands {
                // A removal stands whoever removed its author. A demotion does too, but it only takes: it brings in nobody who was
                // removed at the same time, or whom only its own author had invited.
                Some(removal) => !removal.out && undone && !access.manages(&removal.target),
                None => undone,
            };
            if void || !access.apply(space, node, op, author, stands.is_some()) {
                access.void += 1;
            } else {
                note(node);
            }
        }
        access
    }

    /// One operation. Returns whether its author might; without effect otherwise.
    fn apply(&mut self, space: &SpaceId, node: &Node, op: &ControlOp, author: PersonId, stands: bool) -> bool {
        let manages = self.manages(&author) || stands;
        match op {
            ControlOp::Genesis(genesis) => {
                let first = self.genesis.is_none() && genesis.space() == *space;
                if first && genesis.device == node.header.device && genesis.founder == author {
                    self.genesis = Some(genesis.clone());
                    self.members.insert(author, MeetingRole::Secretary);
                    self.managed.insert(author);
                }
                true
            }
            ControlOp::Member { person, role } if manages && self.members.len() < MEMBERS_MAX => {
                self.members.insert(*person, *role);
                self.managed.extend(role.manages().then_some(*person));
                self.chaired.extend((*role == MeetingRole::Chair).then_some(*person));
                self.removed.remove(person);
                true
            }
            ControlOp::Remove { person, seen } if manages => {
                self.duties.remove(person);
                if self.members.remove(person).is_some() || stands {
                    self.removed.insert(*person, seen.clone());
                    self.cuts.push(Cut { removal: node.hash, person: *person, seen: seen.clone() });
                }
                true
            }
            ControlOp::Epoch { epoch, commitment, .. } if manages => {
                self.epochs.entry(*epoch).or_insert(*commitment);
                true
            }
            ControlOp::Wraps { .. } => true,
            ControlOp::Withdraw { files } if manages && self.withdrawn.len() < WITHDRAWN_MAX => {
                self.withdrawn.extend(files.iter().take(WITHDRAWN_MAX - self.withdrawn.len()));
                true
            }
            ControlOp::Duty { person, duty, held } if manages && self.kind() == Some(SpaceKind::Organisation) => {
                if !self.is_member(person) {
                    return false;
                }
                let duties = self.duties.entry(*person).or_default();
                if *held {
                    duties.insert(*duty)
                } else {
                    duties.remove(duty)
                };
                true
            }
            _ => false,
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

    /// Has the duty, or decides who has it.
    pub fn has_duty(&self, person: &PersonId, duty: Duty) -> bool {
        self.manages(person) || (self.is_member(person) && self.duties.get(person).is_some_and(|held| held.contains(&duty)))
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
            (Some(SpaceKind::Meeting | SpaceKind::Inner), DocKind::Meeting) => {
                role.manages() && *doc == document_id(space, kind.code(), None, &[])
            }
            (Some(SpaceKind::Meeting | SpaceKind::Inner), DocKind::Seat) => own(&[]),
            (Some(SpaceKind::Personal), DocKind::Notes) => true,
            (Some(SpaceKind::Organisation), DocKind::Contribution | DocKind::Task) => {
                is_own_document(doc, space, kind.code(), person)
            }
            (Some(SpaceKind::Organisation), DocKind::Draft | DocKind::Table) => self.has_duty(person, Duty::Editor),
            (Some(SpaceKind::Organisation), DocKind::Library) => {
                self.has_duty(person, Duty::Publisher) && *doc == document_id(space, kind.code(), None, &[])
            }
            (Some(_), DocKind::Unknown(_)) => true,
            _ => false,
        }
    }
}

/// Was a right ever taken back here, whether that holds or not.
pub fn takes_back(dag: &Dag) -> bool {
    let (mut managed, mut others) = (BTreeSet::new(), BTreeSet::new());
    for op in dag.nodes().filter_map(|node| node.op.as_ref()) {
        match op {
            ControlOp::Remove { .. } | ControlOp::Duty { held: false, .. } => return true,
            ControlOp::Genesis(genesis) => managed.insert(genesis.founder),
            ControlOp::Member { person, role } if role.manages() => managed.insert(*person),
            ControlOp::Member { person, .. } => others.insert(*person),
            _ => continue,
        };
    }
    !managed.is_disjoint(&others)
}

/// The removals and demotions among these operations that hold, each judged by what its author had seen.
fn removals(space: &SpaceId, dag: &Dag, nodes: &[&Node], judge: &Judge<'_>) -> Vec<Removal> {
    let managed: BTreeSet<PersonId> = nodes
        .iter()
        .filter_map(|node| match &node.op {
            Some(ControlOp::Genesis(genesis)) => Some(genesis.founder),
            Some(ControlOp::Member { person, role }) if role.manages() => Some(*person),
            _ => None,
        })
        .collect();
    let mut found: Vec<Removal> = Vec::new();
    for node in nodes {
        let (target, out) = match &node.op {
            Some(ControlOp::Remove { person, .. }) => (*person, true),
            Some(ControlOp::Member { person, role }) if !role.manages() && managed.contains(person) => (*person, false),
            _ => continue,
        };
        let Some(author) = (judge.person)(&node.header.device).filter(|_| (judge.counts)(&node.header)) else {
            continue;
        };
        let past = dag.past(&node.header.seen);
        let known: Vec<&Node> = nodes.iter().copied().filter(|node| past.contains(&node.hash)).collect();
        let before: Vec<Removal> = found.extract_if(.., |removal| past.contains(&removal.hash)).collect();
        let then = Access::replay(space, known.into_iter(), &before, judge);
        found.extend(before);
        if then.manages(&author) && if out { then.is_member(&target) } else { then.manages(&target) } {
            let mut future = BTreeSet::new();
            for later in nodes {
                if later.header.seen.iter().any(|seen| *seen == node.hash || future.contains(seen)) {
                    future.insert(later.hash);
                }
            }
            found.push(Removal { hash: node.hash, target, out, past, future });
        }
    }
    found
}

/// Is the envelope at or before what `seen` names of its log.
pub fn covered(seen: &[SeenLog], space: &SpaceId, device: &DeviceId, incarnation: &Incarnation, seq: u64) -> bool {
    seen.iter().any(|log| log.space == *space && log.device == *device && log.incarnation == *incarnation && seq <= log.seq)
}
