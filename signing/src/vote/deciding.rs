//! Which close of a vote holds, and who may decide: the opener, or who has taken the lead from a device that is gone.
//!
//! A close by the opener stands in term 0. In a later term a close stands by a decision of whoever took the lead in it; the decision
//! rests on the acknowledgements of that taking, and must be one that they allow ([`proposal`]). A result is final where more than half of the
//! roll's devices acknowledged one close in one term. Whatever is signed by whomever, no set of acts makes two closes final: a decision counts
//! only on words of more than half of the devices, and an acknowledgement that a device did not own up to when it left its term is void.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId};
use domain::lead::{Accepted, CloseDecision, DeputyNaming, LeadTaking, Proposal, proposal};
use domain::vote::{VoteClosing, final_after};

use super::{Ground, VoteProblem};
use crate::act::{Act, VerifiedAct};
use crate::defect::{self, Defect};
use crate::lead::chairs_of;

/// A close in the term in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    term: u32,
    closing: Hash32,
}

/// An acknowledgement of a taking.
#[derive(Debug, Clone, Copy)]
struct Promise {
    device: DeviceId,
    taking: Hash32,
    term: u32,
    accepted: Option<Hash32>,
}

/// The lead of a vote as it stands: who decides it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteLead {
    /// The term.
    pub term: u32,
    /// The taking.
    pub taking: Hash32,
    /// The device that took it.
    pub device: DeviceId,
}

/// What whoever has the lead can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decidable {
    /// The taking by which it decides.
    pub taking: Hash32,
    /// What the decision rests on.
    pub basis: Vec<Hash32>,
    /// What that allows.
    pub proposal: Proposal,
}

impl Decidable {
    /// The act.
    pub fn decide(self, vote: domain::id::VoteId, closing: Hash32) -> Act {
        let Self { taking, basis, .. } = self;
        Act::CloseDecided(CloseDecision { vote, taking, basis, closing })
    }
}

/// The close that holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding<'a> {
    pub(crate) hash: Hash32,
    pub(crate) closing: &'a VoteClosing,
    pub(crate) acknowledgements: u32,
}

/// The closes of a vote, the terms in which they stand, and what devices have said of them.
#[derive(Debug)]
pub struct Deciding<'a> {
    ground: Ground<'a>,
    /// The devices of the roll and whose they are.
    roll: BTreeMap<DeviceId, String>,
    devices: u32,
    /// All acts here, whether they hold or not.
    seen: BTreeSet<Hash32>,
    closings: BTreeMap<Hash32, (&'a VoteClosing, DeviceId)>,
    takings: BTreeMap<Hash32, (&'a LeadTaking, DeviceId)>,
    promises: BTreeMap<Hash32, Promise>,
    /// Of each device the latest term that it has acknowledged a taking of, in whatever contradiction.
    left: BTreeMap<DeviceId, u32>,
    /// The opener's closes and the decisions that hold.
    slots: BTreeMap<Hash32, Slot>,
    decided: BTreeMap<Hash32, Slot>,
    /// Decisions that cannot be judged yet: something that they rest on is not here.
    waiting: BTreeSet<Hash32>,
    /// What each device has acknowledged, as it said so.
    said: BTreeMap<DeviceId, BTreeSet<Hash32>>,
    support: BTreeMap<Slot, u32>,
    missing: BTreeSet<Hash32>,
    problems: BTreeSet<VoteProblem>,
}

impl<'a> Deciding<'a> {
    /// Reads all acts of a vote but its ballots. `roll` are the devices with a seat.
    pub(crate) fn of(
        ground: Ground<'a>,
        roll: BTreeMap<DeviceId, String>,
        person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    ) -> Self {
        let entries = ground.opening.roll.iter().filter(|entry| entry.device.is_some()).count();
        let mut deciding = Self {
            ground,
            roll,
            devices: u32::try_from(entries).unwrap_or(u32::MAX - 1),
            seen: ground.closings.iter().chain(ground.acknowledgements).map(VerifiedAct::hash).collect(),
            closings: BTreeMap::new(),
            takings: BTreeMap::new(),
            promises: BTreeMap::new(),
            left: BTreeMap::new(),
            slots: BTreeMap::new(),
            decided: BTreeMap::new(),
            waiting: BTreeSet::new(),
            said: BTreeMap::new(),
            support: BTreeMap::new(),
            missing: BTreeSet::new(),
            problems: BTreeSet::new(),
        };
        deciding.read_takings(&person_of);
        deciding.read_closings();
        deciding.read_words();
        deciding.read_decisions();
        deciding.read_support();
        deciding
    }

    /// How many devices make a close final, or a taking hold.
    pub fn needed(&self) -> u32 {
        final_after(self.devices)
    }

    fn unexpected(&mut self, act: &VerifiedAct) {
        self.problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device() });
    }

    fn double(&mut self, device: &DeviceId) {
        if let Some(name) = self.roll.get(device) {
            self.problems.insert(VoteProblem::DoubleAcknowledgement { name: name.clone() });
        }
    }

    /// By who chaired when the vote was opened, and by whom that chair has named. Anybody can sign a naming, also one that names the opener, and
    /// who may change roles can chair a moment later: neither takes a vote that somebody else opened.
    fn read_takings(&mut self, person_of: &impl Fn(&DeviceId) -> Option<PersonId>) {
        let Ground { opening, opener, closings, .. } = self.ground;
        let chairs = chairs_of(&opener, opening, closings, person_of);
        let namings: BTreeMap<Hash32, (&DeputyNaming, DeviceId)> = closings
            .iter()
            .filter_map(|act| match act.act() {
                Act::DeputyNamed(naming) if naming.space == opening.space => Some((act.hash(), (naming, act.device()))),
                _ => None,
            })
            .collect();
        for act in closings {
            let Act::LeadTaken(taking) = act.act() else { continue };
            // One whose naming has not come waits; one that does not name this vote says nothing of it.
            let Some((naming, named_by)) = namings.get(&taking.naming) else { continue };
            if taking.space != opening.space || taking.votes.binary_search(&opening.vote).is_err() {
                continue;
            }
            let chair = person_of(named_by).filter(|chair| chairs.contains(chair));
            let taker = person_of(&act.device());
            if chair.is_some() && taker.is_some() && (taker == chair || taker == naming.deputy) {
                self.takings.insert(act.hash(), (taking, act.device()));
            } else {
                self.problems.insert(VoteProblem::LeadByOther { act: act.hash(), device: act.device() });
            }
        }
    }

    fn read_closings(&mut self) {
        let Ground { opening, hash, opener, closings, .. } = self.ground;
        let takers: BTreeSet<DeviceId> = self.takings.values().map(|(_, device)| *device).collect();
        let mut by_device: BTreeMap<DeviceId, u32> = BTreeMap::new();
        let mut counted = BTreeSet::new();
        for act in closings {
            let closing = match act.act() {
                Act::VoteClosed(closing) => closing,
                Act::DeputyNamed(_) | Act::LeadTaken(_) => continue,
                Act::CloseDecided(decision) if decision.vote == opening.vote => {
                    self.waiting.insert(act.hash());
                    continue;
                }
                _ => {
                    self.unexpected(act);
                    continue;
                }
            };
            let device = act.device();
            if device != opener && !takers.contains(&device) {
                self.problems.insert(VoteProblem::CloseByOther { act: act.hash(), device });
            } else if closing.vote != opening.vote || closing.opening != hash || !closing.ballots.is_sorted_by(|a, b| a < b) {
                self.problems.insert(VoteProblem::CloseMalformed { act: act.hash() });
            } else {
                if counted.insert(act.hash()) {
                    *by_device.entry(device).or_default() += 1;
                }
                self.closings.insert(act.hash(), (closing, device));
                if device == opener {
                    self.slots.insert(act.hash(), Slot { term: 0, closing: act.hash() });
                }
            }
        }
        if by_device.values().any(|count| *count > 1) {
            self.problems.insert(VoteProblem::TwoClosings);
        }
    }

    /// Who promised what, and who acknowledged what.
    fn read_words(&mut self) {
        let Ground { opening, acknowledgements, .. } = self.ground;
        let mut at_term: BTreeMap<(DeviceId, u32), BTreeSet<Hash32>> = BTreeMap::new();
        for act in acknowledgements {
            let device = act.device();
            match act.act() {
                Act::CloseAcknowledged(word) if word.vote == opening.vote => {
                    if self.roll.contains_key(&device) {
                        self.said.entry(device).or_default().insert(word.closing);
                    }
                }
                Act::LeadAcknowledged(word) if word.space == opening.space => {
                    let of_this = self.takings.get(&word.taking).is_some_and(|(taking, _)| taking.term == word.term);
                    if !of_this || !self.roll.contains_key(&device) {
                        continue;
                    }
                    let accepted =
                        word.accepted.iter().find(|accepted| accepted.vote == opening.vote).map(|accepted| accepted.act);
                    at_term.entry((device, word.term)).or_default().insert(act.hash());
                    let left = self.left.entry(device).or_default();
                    *left = word.term.max(*left);
                    self.promises.insert(act.hash(), Promise { device, taking: word.taking, term: word.term, accepted });
                }
                _ => self.unexpected(act),
            }
        }
        // Who gives two words in one term has given none.
        for ((device, _), words) in at_term.iter().filter(|(_, words)| words.len() > 1) {
            self.double(device);
            self.promises.retain(|hash, _| !words.contains(hash));
        }
    }

    /// In the order of their terms: what a decision rests on stands in earlier ones.
    fn read_decisions(&mut self) {
        let closings = self.ground.closings;
        let mut decisions: Vec<(u32, Hash32, DeviceId, &CloseDecision)> = closings
            .iter()
            .filter_map(|act| match act.act() {
                Act::CloseDecided(decision) if decision.vote == self.ground.opening.vote => {
                    let term = self.takings.get(&decision.taking)?.0.term;
                    Some((term, act.hash(), act.device(), decision))
                }
                _ => None,
            })
            .collect();
        decisions.sort_by_key(|(term, hash, ..)| (*term, *hash));
        for (term, hash, device, decision) in decisions {
            match self.allows(decision, &device) {
                Ok(true) => {
                    let slot = Slot { term, closing: decision.closing };
                    self.waiting.remove(&hash);
                    self.slots.insert(hash, slot);
                    self.decided.insert(hash, slot);
                }
                Ok(false) => {
                    self.waiting.remove(&hash);
                    self.problems.insert(VoteProblem::DecisionUnsound { act: hash, device });
                }
                Err(missing) => {
                    self.missing.insert(missing);
                }
            }
        }
    }

    /// Whether a decision follows from what it rests on; `Err` names something that is not here.
    fn allows(&self, decision: &CloseDecision, by: &DeviceId) -> Result<bool, Hash32> {
        let Some((taking, taker)) = self.takings.get(&decision.taking) else {
            return Err(decision.taking);
        };
        let mut devices = BTreeSet::new();
        let mut reports = Vec::with_capacity(decision.basis.len());
        for word in &decision.basis {
            let Some(promise) = self.promises.get(word) else {
                return if self.seen.contains(word) { Ok(false) } else { Err(*word) };
            };
            if promise.taking != decision.taking || !devices.insert(promise.device) {
                return Ok(false);
            }
            match self.report(promise, taking.term) {
                Ok(Some(report)) => reports.push(report),
                Ok(None) => return Ok(false),
                Err(missing) => return Err(missing),
            }
        }
        if taker != by || reports.len() < self.needed() as usize {
            return Ok(false);
        }
        if !self.closings.contains_key(&decision.closing) {
            return if self.seen.contains(&decision.closing) { Ok(false) } else { Err(decision.closing) };
        }
        Ok(match proposal(self.devices, &reports) {
            Proposal::Free => true,
            Proposal::Bound(closing) => closing == decision.closing,
            Proposal::Undecided => false,
        })
    }

    /// What a promise tells of earlier terms. `Ok(None)`: something that never stood; `Err`: something that is not here.
    fn report(&self, promise: &Promise, term: u32) -> Result<Option<Option<(u32, Hash32)>>, Hash32> {
        let Some(act) = promise.accepted else { return Ok(Some(None)) };
        match self.slots.get(&act) {
            Some(slot) if slot.term < term => Ok(Some(Some((slot.term, slot.closing)))),
            Some(_) => Ok(None),
            None if self.seen.contains(&act) && !self.waiting.contains(&act) => Ok(None),
            None => Err(act),
        }
    }

    fn read_support(&mut self) {
        let mut by_promise: BTreeMap<DeviceId, Vec<Promise>> = BTreeMap::new();
        for promise in self.promises.values() {
            by_promise.entry(promise.device).or_default().push(*promise);
        }
        for (device, said) in self.said.clone() {
            let mut at_term: BTreeMap<u32, BTreeSet<Hash32>> = BTreeMap::new();
            for act in said {
                match self.slots.get(&act) {
                    Some(slot) => {
                        at_term.entry(slot.term).or_default().insert(slot.closing);
                    }
                    // Where nobody took the lead there is only term 0.
                    None if self.takings.is_empty() => {
                        at_term.entry(0).or_default().insert(act);
                    }
                    None if self.seen.contains(&act) => {}
                    None => {
                        self.missing.insert(act);
                    }
                }
            }
            for (term, closings) in at_term {
                let mut closings = closings.into_iter();
                let (Some(closing), None) = (closings.next(), closings.next()) else {
                    self.double(&device);
                    continue;
                };
                let slot = Slot { term, closing };
                let promises = by_promise.get(&device).map_or(&[][..], Vec::as_slice);
                if promises.iter().any(|promise| self.denies(promise, &slot)) {
                    self.double(&device);
                    continue;
                }
                if !self.seen.contains(&closing) {
                    self.missing.insert(closing);
                }
                *self.support.entry(slot).or_insert(0) += 1;
            }
        }
    }

    /// A device that left a term said nothing of having acknowledged this in it: its word against its word.
    fn denies(&self, promise: &Promise, slot: &Slot) -> bool {
        if promise.term <= slot.term {
            return false;
        }
        match promise.accepted.map(|act| self.slots.get(&act)) {
            None => true,
            // What it names is not here, or never stood: no decision rests on this promise.
            Some(None) => false,
            Some(Some(known)) => known.term < slot.term || (known.term == slot.term && known.closing != slot.closing),
        }
    }

    fn supported(&self, slot: &Slot) -> u32 {
        self.support.get(slot).copied().unwrap_or(0)
    }

    /// The close that holds: the final one; or else that of the latest decision; or else, of the opener's, the one with most support.
    pub(crate) fn holding(&self) -> Option<Holding<'a>> {
        let chosen = self
            .support
            .iter()
            .filter(|(slot, count)| **count >= self.needed() && (slot.term > 0 || self.slots.contains_key(&slot.closing)))
            .max_by_key(|(_, count)| **count)
            .map(|(slot, _)| *slot);
        let latest = || self.decided.values().rev().max_by_key(|slot| slot.term).copied();
        let slot = match chosen {
            Some(slot) if !defect::is(Defect::CloseByClock) => slot,
            _ => latest().or_else(|| self.of_opener())?,
        };
        let (closing, _) = self.closings.get(&slot.closing)?;
        Some(Holding { hash: slot.closing, closing, acknowledgements: self.supported(&slot) })
    }

    /// Ascending by hash and strictly more support to win: of equals the lower hash stays.
    fn of_opener(&self) -> Option<Slot> {
        let own = self.closings.iter().filter(|(_, (_, device))| *device == self.ground.opener);
        let none: Option<(Slot, &VoteClosing)> = None;
        let best = own.fold(none, |best, (hash, (closing, _))| {
            let next = Slot { term: 0, closing: *hash };
            match best {
                Some(best) if defect::is(Defect::CloseByClock) => {
                    Some(if best.1.closed_at <= closing.closed_at { best } else { (next, *closing) })
                }
                Some(best) if self.supported(&best.0) >= self.supported(&next) => Some(best),
                _ => Some((next, *closing)),
            }
        });
        best.map(|(slot, _)| slot)
    }

    /// Acts that others have spoken of and that are not here.
    pub(crate) fn missing(&self) -> &BTreeSet<Hash32> {
        &self.missing
    }

    /// What is wrong.
    pub(crate) fn problems(&self) -> &BTreeSet<VoteProblem> {
        &self.problems
    }

    /// The latest term that more than half of the devices have acknowledged; `None`: the opener decides.
    pub fn lead(&self) -> Option<VoteLead> {
        let holding = self.takings.iter().filter(|(hash, _)| self.promised(hash) >= self.needed());
        let latest = holding.max_by_key(|(hash, (taking, _))| (taking.term, std::cmp::Reverse(**hash)));
        latest.map(|(hash, (taking, device))| VoteLead { term: taking.term, taking: *hash, device: *device })
    }

    /// The device that decides now.
    pub fn decider(&self) -> DeviceId {
        self.lead().map_or(self.ground.opener, |lead| lead.device)
    }

    /// Devices of the roll that have acknowledged a taking.
    pub fn promised(&self, taking: &Hash32) -> u32 {
        let words = self.promises.values().filter(|promise| promise.taking == *taking);
        u32::try_from(words.count()).unwrap_or(u32::MAX)
    }

    /// The act that a device of the roll has to acknowledge now: the decision of a term that it has not left; or, where it has given no word
    /// at all, the opener's close.
    pub fn due(&self, device: &DeviceId) -> Option<Hash32> {
        if !self.roll.contains_key(device) {
            return None;
        }
        let left = self.left.get(device).copied().unwrap_or(0);
        let said = self.said.get(device);
        // What it said of an act that is not here binds it to something unknown: then it says no more.
        let terms: Option<Vec<u32>> = said.into_iter().flatten().map(|act| self.slots.get(act).map(|slot| slot.term)).collect();
        let last = terms?.into_iter().max();
        let open = |slot: &Slot| slot.term >= left && last.is_none_or(|last| slot.term > last);
        // Ascending by name, and the last of equals is the maximum: reversed, so that the lower name is taken.
        let latest = self.decided.iter().rev().filter(|decided| open(decided.1)).max_by_key(|(_, slot)| slot.term);
        if let Some((hash, _)) = latest {
            return Some(*hash);
        }
        (left == 0 && last.is_none()).then(|| self.of_opener()).flatten().map(|slot| slot.closing)
    }

    /// The latest term in which a device has given any word.
    pub fn left(&self, device: &DeviceId) -> u32 {
        let left = self.left.get(device).copied().unwrap_or(0);
        let said = self.said.get(device).into_iter().flatten();
        said.filter_map(|act| self.slots.get(act).map(|slot| slot.term)).fold(left, u32::max)
    }

    /// What a device has acknowledged last: its report when it acknowledges a taking.
    pub fn accepted(&self, device: &DeviceId) -> Option<Accepted> {
        let said = self.said.get(device)?;
        let known = said.iter().filter_map(|act| self.slots.get(act).map(|slot| (slot.term, *act)));
        let vote = self.ground.opening.vote;
        known.max().map(|(_, act)| Accepted { vote, act })
    }

    /// What the device that has the lead can decide, unless it has.
    pub fn decidable(&self, device: &DeviceId) -> Option<Decidable> {
        let lead = self.lead().filter(|lead| lead.device == *device)?;
        if self.decided.values().any(|slot| slot.term == lead.term) {
            return None;
        }
        let usable = self.promises.iter().filter(|(_, promise)| promise.taking == lead.taking).filter_map(|(hash, promise)| {
            let report = self.report(promise, lead.term).ok().flatten()?;
            Some((*hash, report))
        });
        let (basis, reports): (Vec<_>, Vec<_>) = usable.unzip();
        if reports.len() < self.needed() as usize {
            return None;
        }
        Some(Decidable { taking: lead.taking, basis, proposal: proposal(self.devices, &reports) })
    }

    /// A close that was made before and that can be decided on as it stands: the one that binds, or the one that everybody is shown.
    pub fn earlier(&self, decidable: &Decidable) -> Option<Hash32> {
        match decidable.proposal {
            Proposal::Bound(closing) => self.closings.contains_key(&closing).then_some(closing),
            Proposal::Free => self.holding().map(|holding| holding.hash),
            Proposal::Undecided => None,
        }
    }
}
