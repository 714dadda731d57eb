//! What many people say of one thing, each naming what they had seen of the others: the order of it, and the verdict on each entry.
//!
//! The result is the same on every device that has the same entries, whatever came first. An entry is judged by the state that its
//! author had seen, not by what others did meanwhile; one that its author might not say changes nothing. Questions and tasks are
//! folded so.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::id::{PersonId, Timestamp};

/// An entry that names others.
pub trait Entered {
    /// What it is named by.
    type Id: Copy + Ord;

    /// Its id: made of what it says, so that it can name only what was there before it.
    fn id(&self) -> Self::Id;

    /// Whose it is.
    fn author(&self) -> PersonId;

    /// When, by its author's clock.
    fn at(&self) -> Timestamp;

    /// The newest entries that its author had seen.
    fn after(&self) -> &[Self::Id];
}

/// The rules that entries are folded by.
pub trait Rulebook<E> {
    /// What is known at some point.
    type State: Default;
    /// Why an entry has no effect.
    type Void: Copy;

    /// Might its author say this, having seen exactly `then`.
    fn judge(&self, then: &Self::State, entry: &E) -> Result<(), Self::Void>;

    /// Takes in what its author might say.
    fn apply(&self, state: &mut Self::State, entry: &E);

    /// Is it the entry that everything began with; its id binds it, so there is at most one.
    fn begins(&self, entry: &E) -> bool;

    /// Is all of it a person's business, by what it began with.
    fn concerns(&self, first: &E, person: &PersonId) -> bool;

    /// Does an entry of somebody whose business it is make it this person's business too.
    fn draws_in(&self, entry: &E, person: &PersonId) -> bool;
}

/// How many entries are folded.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Of one author, besides the entry that everything began with.
    pub of_an_author: usize,
    /// Of all together.
    pub in_all: usize,
}

/// An entry with the verdict on it; `None`: it counts.
pub type Verdict<'a, E, V> = (&'a E, Option<V>);

/// Folds entries, in whatever order they are given. Those for which there is no room are `too_many`.
pub fn weigh<'a, E: Entered, R: Rulebook<E>>(
    rules: &R,
    said: &'a [E],
    room: Room,
    too_many: R::Void,
) -> (R::State, Vec<Verdict<'a, E, R::Void>>) {
    let (kept, left_out) = with_room(rules, said, room);
    let order = causal_order(&kept);
    let mut now = R::State::default();
    let mut steps: Vec<Verdict<'a, E, R::Void>> = Vec::with_capacity(kept.len() + left_out.len());
    for (place, &(entry, ref past)) in order.iter().enumerate() {
        let verdict = if past.len() == place {
            rules.judge(&now, entry)
        } else {
            let mut then = R::State::default();
            for (before, void) in past.iter().filter_map(|before| steps.get(*before)) {
                if void.is_none() {
                    rules.apply(&mut then, before);
                }
            }
            rules.judge(&then, entry)
        };
        let void = verdict.err();
        if void.is_none() {
            rules.apply(&mut now, entry);
        }
        steps.push((entry, void));
    }
    steps.extend(left_out.into_iter().map(|entry| (entry, Some(too_many))));
    (now, steps)
}

/// The entries that a next one names as seen: those that no other one names; of more than `most` the last.
pub fn heads<'a, E: Entered + 'a>(said: impl Iterator<Item = &'a E> + Clone, most: usize) -> Vec<E::Id> {
    let named: BTreeSet<E::Id> = said.clone().flat_map(|entry| entry.after().iter().copied()).collect();
    let mut heads: Vec<E::Id> = said.map(|entry| entry.id()).filter(|id| !named.contains(id)).collect();
    let over = heads.len().saturating_sub(most);
    heads.drain(..over);
    heads
}

/// Each entry once: those that there is room for, and the others by time and id.
///
/// What everything began with always has its place. Then come those whose business it is, by turns, so that each has the same share: who
/// writes much, with whatever clock, pushes out own entries only. What room is left has everybody else, by turns too. It depends on nothing
/// but the set of entries.
fn with_room<'a, E: Entered, R: Rulebook<E>>(rules: &R, said: &'a [E], room: Room) -> (Vec<&'a E>, Vec<&'a E>) {
    let by_id: BTreeMap<E::Id, &E> = said.iter().map(|entry| (entry.id(), entry)).collect();
    let mut all: Vec<&E> = by_id.into_values().collect();
    all.sort_by_key(|entry| (entry.at(), entry.id()));
    let heard = if all.len() > room.in_all { concerned(rules, &all) } else { BTreeSet::new() };
    let mut turns: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut ranked: Vec<((u8, usize, PersonId), &E)> = Vec::with_capacity(all.len());
    for entry in all {
        let author = entry.author();
        if rules.begins(entry) {
            ranked.push(((0, 0, author), entry));
            continue;
        }
        let turn = turns.entry(author).or_default();
        let group = if heard.contains(&author) { 1 } else { 2 };
        ranked.push(((group, *turn, author), entry));
        *turn += 1;
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let (mut kept, mut beyond): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|((_, turn, _), _)| *turn < room.of_an_author);
    beyond.extend(kept.split_off(kept.len().min(room.in_all)));
    let mut left_out: Vec<&E> = beyond.into_iter().map(|(_, entry)| entry).collect();
    left_out.sort_by_key(|entry| (entry.at(), entry.id()));
    (kept.into_iter().map(|(_, entry)| entry).collect(), left_out)
}

/// The authors whose business it is: by what it began with, and drawn in by others of them. Nobody while the beginning has not come.
fn concerned<E: Entered, R: Rulebook<E>>(rules: &R, said: &[&E]) -> BTreeSet<PersonId> {
    let Some(first) = said.iter().find(|entry| rules.begins(entry)) else { return BTreeSet::new() };
    let mut others: BTreeMap<PersonId, Vec<&E>> = BTreeMap::new();
    for entry in said {
        others.entry(entry.author()).or_default().push(*entry);
    }
    let mut found = BTreeSet::new();
    let mut next: Vec<PersonId> = others.keys().copied().filter(|person| rules.concerns(first, person)).collect();
    while let Some(person) = next.pop() {
        let Some(words) = others.remove(&person) else { continue };
        found.insert(person);
        let drawn = |other: &PersonId| words.iter().any(|entry| rules.draws_in(entry, other));
        next.extend(others.keys().copied().filter(drawn));
    }
    found
}

/// The entries so that each comes after those that its author had seen; where that leaves a choice, the earlier clock first, then the
/// lower id. With each entry the places of all that it follows from, ascending. What an entry names and is not here yet is passed over.
fn causal_order<'a, E: Entered>(said: &[&'a E]) -> Vec<(&'a E, Vec<usize>)> {
    let index: BTreeMap<E::Id, usize> = said.iter().enumerate().map(|(at, entry)| (entry.id(), at)).collect();
    let parents: Vec<Vec<usize>> = said
        .iter()
        .map(|entry| {
            let mut named: Vec<usize> = entry.after().iter().filter_map(|id| index.get(id).copied()).collect();
            named.sort_unstable();
            named.dedup();
            named
        })
        .collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); said.len()];
    let mut missing: Vec<usize> = parents.iter().map(Vec::len).collect();
    for (child, named) in parents.iter().enumerate() {
        for parent in named {
            children[*parent].push(child);
        }
    }
    let key = |at: usize| Reverse((said[at].at(), said[at].id(), at));
    let mut ready: BinaryHeap<_> = (0..said.len()).filter(|at| missing[*at] == 0).map(key).collect();
    let mut place: Vec<Option<usize>> = vec![None; said.len()];
    let mut order: Vec<(&'a E, Vec<usize>)> = Vec::with_capacity(said.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        let mut past = vec![false; order.len()];
        for parent in parents[at].iter().filter_map(|parent| place[*parent]) {
            past[parent] = true;
            for before in &order[parent].1 {
                past[*before] = true;
            }
        }
        place[at] = Some(order.len());
        order.push((said[at], past.iter().enumerate().filter(|(_, seen)| **seen).map(|(before, _)| before).collect()));
        for child in &children[at] {
            missing[*child] -= 1;
            if missing[*child] == 0 {
                ready.push(key(*child));
            }
        }
    }
    order
}
