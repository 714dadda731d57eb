//! Does a change of a document make sense on top of what it says it had.
//!
//! Automerge believes that a change comes from automerge. One that speaks of an object that nobody made, puts an element after one of another
//! list or replaces a value of another key makes it panic, or, worse, is taken in and leaves its index wrong, so that the next honest
//! insertion goes astray. So what a document consists of is noted here, operation by operation, and a change is looked at before automerge
//! sees it: by what is in its own past and nothing else, so that every device says the same of it, whatever came first there.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{ElementId, Key, ObjectId, Op as Operation, OpId, OpType};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjType};

use crate::documents::contained;

/// Pieces of a past that are kept with a change. One with more is put together anew from the changes that it is built on.
const PIECES_MAX: usize = 32;

/// An operation: its counter, and the number of its actor here.
type Id = (u64, u32);

/// Where an operation stands in its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Under a key of a map, by its hash.
    Key([u8; 16]),
    /// At an element of a list or text, by the operation that inserted it.
    Element(Id),
}

/// What an operation leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Map,
    Sequence,
    Value,
    /// Nothing that could be replaced.
    Nothing,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    /// Of which change it is.
    change: u32,
    /// `None`: the root.
    object: Option<Id>,
    slot: Slot,
    left: Left,
    inserts: bool,
}

/// Numbers of changes, as ascending pieces `[from, to)` that do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Past(Vec<(u32, u32)>);

impl Past {
    fn has(&self, change: u32) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= change);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, to)| change < *to)
    }

    fn add(&mut self, other: &[(u32, u32)]) {
        let mine = std::mem::take(&mut self.0);
        let (mut one, mut two) = (mine.into_iter().peekable(), other.iter().copied().peekable());
        loop {
            let next = match (one.peek(), two.peek()) {
                (Some(a), Some(b)) if a.0 <= b.0 => one.next(),
                (_, Some(_)) => two.next(),
                _ => one.next(),
            };
            let Some((from, to)) = next else { return };
            match self.0.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => self.0.push((from, to)),
            }
        }
    }
}

#[derive(Debug)]
struct Known {
    deps: Vec<u32>,
    last_op: u64,
    /// `None`: in too many pieces.
    past: Option<Past>,
}

/// What a document consists of.
#[derive(Debug, Default)]
pub(crate) struct Sense {
    actors: BTreeMap<ActorId, u32>,
    changes: Vec<Known>,
    numbers: BTreeMap<ChangeHash, u32>,
    claims: BTreeMap<(u32, u64), ChangeHash>,
    operations: BTreeMap<Id, Place>,
    heads: BTreeSet<ChangeHash>,
}

impl Sense {
    /// Notes what has come into the document on another way: from a snapshot, or as this device's own change.
    pub fn catch_up(&mut self, document: &Automerge) {
        let heads: Vec<ChangeHash> = self.heads.iter().copied().collect();
        if document.get_heads() == heads {
            return;
        }
        for change in document.get_changes(&heads) {
            if !self.numbers.contains_key(&change.hash()) {
                self.claim(&change);
                let judged = self.judge(&change);
                self.note(&change, judged);
            }
        }
    }

    /// Of two changes at one place of an actor the one that stands first in its log is the one; `false` for the other. To be asked in the
    /// order of the log, before anything is known of what they are built on.
    pub fn claim(&mut self, change: &Change) -> bool {
        let actor = self.number(change.actor_id());
        *self.claims.entry((actor, change.seq())).or_insert_with(|| change.hash()) == change.hash()
    }

    /// Notes a change that makes sense; `false` if it makes none. What it is built on has to be known before.
    pub fn take(&mut self, change: &Change) -> bool {
        if self.numbers.contains_key(&change.hash()) {
            return true;
        }
        let judged = self.judge(change);
        let sensible = judged.is_some();
        if sensible {
            self.note(change, judged);
        }
        sensible
    }

    fn number(&mut self, actor: &ActorId) -> u32 {
        let next = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        *self.actors.entry(actor.clone()).or_insert(next)
    }

    fn note(&mut self, change: &Change, judged: Option<Judged>) {
        let number = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        let actor = self.number(change.actor_id());
        let deps: Vec<u32> = change.deps().iter().filter_map(|dep| self.numbers.get(dep).copied()).collect();
        let (past, places) = match judged {
            Some(judged) => (judged.past, judged.places),
            None => (self.past_of(&deps), Vec::new()),
        };
        for (counter, place) in (change.start_op().get()..).zip(places) {
            self.operations.insert((counter, actor), place);
        }
        for dep in change.deps() {
            self.heads.remove(dep);
        }
        self.heads.insert(change.hash());
        self.numbers.insert(change.hash(), number);
        let past = Some(past).filter(|past| past.0.len() <= PIECES_MAX);
        self.changes.push(Known { deps, last_op: change.max_op(), past });
    }

    /// Everything at or before some changes.
    fn past_of(&self, changes: &[u32]) -> Past {
        let mut past = Past::default();
        let mut open = changes.to_vec();
        while let Some(number) = open.pop() {
            if past.has(number) {
                continue;
            }
            past.add(&[(number, number.saturating_add(1))]);
            match self.changes.get(usize::try_from(number).unwrap_or(usize::MAX)) {
                Some(Known { past: Some(known), .. }) => past.add(&known.0),
                Some(known) => open.extend(&known.deps),
                None => {}
            }
        }
        past
    }

    /// What a change does if it makes sense.
    fn judge(&self, change: &Change) -> Option<Judged> {
        let actor = *self.actors.get(change.actor_id())?;
        let deps: Vec<u32> = change.deps().iter().map(|dep| self.numbers.get(dep).copied()).collect::<Option<_>>()?;
        let last_op = |dep: &u32| Some(self.changes.get(usize::try_from(*dep).ok()?)?.last_op);
        let before = deps.iter().map(last_op).collect::<Option<Vec<u64>>>()?.into_iter().max().unwrap_or(0);
        let past = self.past_of(&deps);
        let first = change.start_op().get();
        // Who leaves numbers out leaves none for others; who leaves out an own change speaks with two tongues.
        let follows = match change.seq() {
            0 => false,
            1 => true,
            seq => {
                self.claims.get(&(actor, seq - 1)).and_then(|hash| self.numbers.get(hash)).is_some_and(|number| past.has(*number))
            }
        };
        if !follows || before.checked_add(1) != Some(first) {
            return None;
        }
        let operations = contained(|| Some(change.decode()))?.operations;
        let number = u32::try_from(self.changes.len()).ok()?;
        let places = Vec::with_capacity(operations.len());
        let mut reader = Reader { sense: self, number, actor, first, judged: Judged { past, places } };
        for operation in &operations {
            let place = reader.place(operation)?;
            reader.judged.places.push(place);
        }
        Some(reader.judged)
    }
}

/// A change that makes sense: what is in its past, and where its operations stand.
struct Judged {
    past: Past,
    places: Vec<Place>,
}

struct Reader<'a> {
    sense: &'a Sense,
    number: u32,
    actor: u32,
    first: u64,
    judged: Judged,
}

impl Reader<'_> {
    /// An operation that the author could know: one before it in the same change, or one of its past.
    fn known(&self, id: &OpId) -> Option<(Id, Place)> {
        let named = (id.counter(), *self.sense.actors.get(id.actor())?);
        if let Some(own) = named.0.checked_sub(self.first).filter(|_| named.1 == self.actor) {
            return Some((named, *self.judged.places.get(usize::try_from(own).ok()?)?));
        }
        let place = self.sense.operations.get(&named)?;
        self.judged.past.has(place.change).then_some((named, *place))
    }

    /// Where an operation stands, if it can stand there.
    fn place(&self, operation: &Operation) -> Option<Place> {
        let (object, holds) = match &operation.obj {
            ObjectId::Root => (None, Left::Map),
            ObjectId::Id(id) => self.known(id).map(|(id, place)| (Some(id), place.left))?,
        };
        let element = |id: &OpId| self.known(id).filter(|(_, place)| place.inserts && place.object == object).map(|(id, _)| id);
        let own = (self.first.checked_add(u64::try_from(self.judged.places.len()).ok()?)?, self.actor);
        let slot = match (holds, &operation.key, operation.insert) {
            (Left::Map, Key::Map(key), false) => Slot::Key(short(key)),
            (Left::Sequence, Key::Seq(ElementId::Head), true) => Slot::Element(own),
            (Left::Sequence, Key::Seq(ElementId::Id(id)), true) => element(id).map(|_| Slot::Element(own))?,
            (Left::Sequence, Key::Seq(ElementId::Id(id)), false) => Slot::Element(element(id)?),
            _ => return None,
        };
        let replaces: Vec<&OpId> = operation.pred.iter().collect();
        let some = !replaces.is_empty();
        let left = match (&operation.action, operation.insert) {
            (OpType::Make(ObjType::Map | ObjType::Table), inserts) if !(inserts && some) => Left::Map,
            (OpType::Make(ObjType::List | ObjType::Text), inserts) if !(inserts && some) => Left::Sequence,
            (OpType::Put(_), inserts) if !(inserts && some) => Left::Value,
            (OpType::MarkBegin(_) | OpType::MarkEnd(_), true) if !some => Left::Nothing,
            (OpType::Delete | OpType::Increment(_), false) if some => Left::Nothing,
            _ => return None,
        };
        let stood_there = |id: &OpId| {
            self.known(id).is_some_and(|(_, place)| place.object == object && place.slot == slot && place.left != Left::Nothing)
        };
        let each_once = replaces.windows(2).all(|pair| pair[0] != pair[1]);
        (each_once && replaces.into_iter().all(stood_there)).then_some(Place {
            change: self.number,
            object,
            slot,
            left,
            inserts: operation.insert,
        })
    }
}

fn short(key: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::hash(key.as_bytes()).as_bytes()[..16]);
    short
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use automerge::legacy::SortedVec;
    use automerge::marks::{ExpandMark, Mark};
    use automerge::transaction::Transactable;
    use automerge::{ExpandedChange, ObjId, ROOT, ReadDoc, ScalarValue, Value};
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::documents::{apply_checked, has_marks};

    /// Changes that are tried in the tests that choose at random.
    const TRIED: usize = 400;

    fn below(rng: &mut ChaCha20Rng, end: usize) -> usize {
        usize::try_from(rng.next_u32()).unwrap() % end.max(1)
    }

    fn fork(of: &Automerge, actor: u8) -> Automerge {
        of.fork().with_actor(ActorId::from([actor; 16]))
    }

    /// A map, two lists, a text and a counter.
    fn base() -> Automerge {
        let mut document = Automerge::new().with_actor(ActorId::from([1; 16]));
        let mut tx = document.transaction();
        tx.put(&ROOT, "title", "Phiên họp").unwrap();
        tx.put(&ROOT, "count", ScalarValue::counter(3)).unwrap();
        for name in ["one", "two"] {
            let list = tx.put_object(&ROOT, name, ObjType::List).unwrap();
            for at in 0..4 {
                tx.insert(&list, at, format!("{name} {at}")).unwrap();
            }
        }
        let text = tx.put_object(&ROOT, "text", ObjType::Text).unwrap();
        tx.splice_text(&text, 0, 0, "điều khoản").unwrap();
        let map = tx.put_object(&ROOT, "map", ObjType::Map).unwrap();
        tx.put(&map, "title", 1).unwrap();
        tx.commit();
        document
    }

    fn object(document: &impl ReadDoc, name: &str) -> ObjId {
        document.get(&ROOT, name).unwrap().unwrap().1
    }

    /// Something that people do.
    fn edit(document: &mut Automerge, rng: &mut ChaCha20Rng) {
        let (one, two, text, map) =
            (object(document, "one"), object(document, "two"), object(document, "text"), object(document, "map"));
        let mut tx = document.transaction();
        for _ in 0..=below(rng, 3) {
            let list = if below(rng, 2) == 0 { &one } else { &two };
            let (length, letters) = (tx.length(list), tx.length(&text));
            match below(rng, 10) {
                0 | 1 => tx.insert(list, below(rng, length + 1), below(rng, 100) as i64).unwrap(),
                2 if length > 1 => tx.put(list, below(rng, length), "ở đó").unwrap(),
                3 if length > 2 => tx.delete(list, below(rng, length)).unwrap(),
                4 => drop(tx.insert_object(list, 0, ObjType::Map).unwrap()),
                5 => tx.splice_text(&text, below(rng, letters), 0, "một").unwrap(),
                6 if letters > 3 => tx.splice_text(&text, below(rng, letters - 2), 2, "").unwrap(),
                7 if letters > 3 => {
                    tx.mark(&text, Mark::new("bold".to_owned(), true, 0, 2), ExpandMark::Both).unwrap();
                }
                8 => tx.increment(&ROOT, "count", 2).unwrap(),
                _ => {
                    tx.put(&map, format!("key {}", below(rng, 3)), below(rng, 9) as i64).unwrap();
                    let _ = tx.delete(&map, format!("key {}", below(rng, 3)));
                }
            }
        }
        tx.commit();
    }

    fn knowing(document: &Automerge) -> Sense {
        let mut sense = Sense::default();
        sense.catch_up(document);
        sense
    }

    #[test]
    fn whatever_people_do_at_the_same_time_makes_sense() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut documents: Vec<Automerge> = (2..6).map(|actor| fork(&base(), actor)).collect();
        for _ in 0..TRIED {
            let (at, other) = (below(&mut rng, documents.len()), below(&mut rng, documents.len()));
            edit(&mut documents[at], &mut rng);
            if at != other && below(&mut rng, 3) == 0 {
                let mut met = documents[other].clone();
                documents[at].merge(&mut met).unwrap();
            }
        }
        let mut whole = base();
        documents.iter_mut().for_each(|document| drop(whole.merge(document).unwrap()));
        let mut sense = Sense::default();
        for change in whole.get_changes(&[]) {
            assert!(sense.claim(&change) && sense.take(&change), "{:?}", change.decode());
        }
        let heads: Vec<ChangeHash> = sense.heads.iter().copied().collect();
        assert_eq!(heads, whole.get_heads());
    }

    /// What a change of somebody else becomes when its one operation is another.
    fn made(base: &Automerge, operation: Operation) -> Change {
        let mut author = fork(base, 9);
        let mut tx = author.transaction();
        tx.put(&ROOT, "x", 1).unwrap();
        tx.commit();
        let honest = author.get_last_local_change().unwrap().decode();
        Change::from(ExpandedChange { operations: vec![operation], hash: None, ..honest })
    }

    #[test]
    fn what_speaks_of_another_list_another_key_or_nothing_makes_no_sense() {
        let base = base();
        let first = base.get_changes(&[])[0].decode();
        // Where things stand: found in the change that made them.
        let number = |wanted: &dyn Fn(&Operation) -> bool| {
            let at = first.operations.iter().position(wanted).unwrap();
            OpId::new(first.start_op.get() + at as u64, &first.actor_id)
        };
        let of_key = |key: &str| number(&|operation| operation.key == Key::Map(key.into()) && operation.obj == ObjectId::Root);
        let (one, two, text) = (of_key("one"), of_key("two"), of_key("text"));
        let element = |list: &OpId| number(&|operation| operation.insert && operation.obj == ObjectId::Id(list.clone()));
        let inside = |list: &OpId, after: ElementId, insert: bool, pred: Vec<OpId>| Operation {
            action: OpType::Put(1.into()),
            obj: ObjectId::Id(list.clone()),
            key: Key::Seq(after),
            pred: SortedVec::from(pred),
            insert,
        };
        let under = |key: &str, action: OpType, pred: Vec<OpId>| Operation {
            action,
            obj: ObjectId::Root,
            key: Key::Map(key.into()),
            pred: SortedVec::from(pred),
            insert: false,
        };
        let (e1, e2) = (element(&one), element(&two));
        let id = |id: &OpId| ElementId::Id(id.clone());
        let nobody = OpId::new(2, &ActorId::from([77; 16]));
        let put = || OpType::Put(1.into());
        let takes = |operation: &Operation| {
            let change = made(&base, operation.clone());
            let mut sense = knowing(&base);
            sense.claim(&change) && sense.take(&change)
        };
        for sensible in [
            inside(&one, id(&e1), true, vec![]),
            inside(&one, ElementId::Head, true, vec![]),
            inside(&one, id(&e1), false, vec![e1.clone()]),
            inside(&one, id(&e1), false, vec![]),
            under("title", put(), vec![of_key("title")]),
            under("title", OpType::Delete, vec![of_key("title")]),
            under("count", OpType::Increment(1), vec![of_key("count")]),
        ] {
            assert!(takes(&sensible), "{sensible:?}");
        }
        for senseless in [
            inside(&one, id(&e2), true, vec![]),
            inside(&one, id(&e2), false, vec![e2.clone()]),
            inside(&one, id(&e1), false, vec![e2.clone()]),
            inside(&one, id(&e1), true, vec![e1.clone()]),
            inside(&one, ElementId::Head, false, vec![]),
            inside(&one, id(&nobody), true, vec![]),
            inside(&nobody, ElementId::Head, true, vec![]),
            inside(&of_key("title"), ElementId::Head, true, vec![]),
            inside(&of_key("map"), ElementId::Head, true, vec![]),
            Operation { action: OpType::Delete, ..inside(&one, id(&e1), true, vec![]) },
            Operation { action: OpType::Delete, ..inside(&one, id(&e1), false, vec![]) },
            Operation { key: Key::Map("title".into()), ..inside(&text, ElementId::Head, false, vec![]) },
            under("title", put(), vec![of_key("count")]),
            under("title", put(), vec![nobody.clone()]),
            under("title", put(), vec![of_key("title"), of_key("title")]),
            under("title", put(), vec![OpId::new(9_999, &ActorId::from([9; 16]))]),
            under("title", OpType::Increment(1), vec![]),
            under("title", OpType::MarkEnd(true), vec![]),
            Operation { insert: true, ..under("title", put(), vec![]) },
        ] {
            assert!(!takes(&senseless), "{senseless:?}");
        }
    }

    #[test]
    fn only_what_its_author_had_counts_and_of_two_tongues_the_first() {
        let base = base();
        let mut other = fork(&base, 2);
        let mut tx = other.transaction();
        tx.put(&ROOT, "new", "từ người khác").unwrap();
        tx.commit();
        let change = other.get_last_local_change().unwrap();
        let there = OpId::new(change.start_op().get(), change.actor_id());
        let knows_not = made(
            &base,
            Operation {
                action: OpType::Put(1.into()),
                obj: ObjectId::Root,
                key: Key::Map("new".into()),
                pred: SortedVec::from(vec![there]),
                insert: false,
            },
        );
        let mut sense = knowing(&other);
        assert!(sense.claim(&knows_not) && !sense.take(&knows_not), "it replaces what was not there for its author");
        // The same device says two things at one place of its log.
        let mut again = fork(&base, 2);
        let mut tx = again.transaction();
        tx.put(&ROOT, "new", "một lần nữa").unwrap();
        tx.commit();
        let second = again.get_last_local_change().unwrap();
        assert!(!knowing(&other).claim(&second) && knowing(&base).claim(&second));
    }

    /// The same text, the same elements, and the same after something was put in at every place.
    fn index_is_right(document: &Automerge) {
        let again = Automerge::load(&document.save()).unwrap();
        for name in ["one", "two", "text"] {
            let Some((Value::Object(kind), list)) = document.get(&ROOT, name).unwrap() else { continue };
            if !kind.is_sequence() {
                continue;
            }
            assert_eq!(document.length(&list), again.length(&list), "{name}");
            assert_eq!(document.text(&list).ok(), again.text(&list).ok(), "{name}");
            for at in 0..=document.length(&list) {
                assert_eq!(document.get_all(&list, at).unwrap(), again.get_all(&list, at).unwrap(), "{name} {at}");
                let put = |document: &Automerge| {
                    let mut document = fork(document, 200);
                    let mut tx = document.transaction();
                    tx.insert(&list, at, "x").unwrap();
                    tx.commit();
                    let found: Vec<_> =
                        (0..document.length(&list)).map(|at| document.get_all(&list, at).unwrap().len()).collect();
                    (found, document.get_heads())
                };
                assert_eq!(put(document), put(&again), "{name} {at}");
            }
        }
    }

    /// Has the document still what [`edit`] works on.
    fn is_whole(document: &Automerge) -> bool {
        let is = |name: &str, wanted: ObjType| matches!(document.get(&ROOT, name).unwrap(), Some((Value::Object(kind), _)) if kind == wanted);
        let counts = matches!(document.get(&ROOT, "count").unwrap(), Some((Value::Scalar(count), _)) if count.is_counter());
        counts && is("one", ObjType::List) && is("two", ObjType::List) && is("text", ObjType::Text) && is("map", ObjType::Map)
    }

    #[test]
    fn what_makes_sense_leaves_automerge_sure_of_its_index() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut document = base();
        let (mut taken, mut left) = (0, 0);
        for number in 0..TRIED {
            let mut author = fork(&document, 100 + (number % 90) as u8);
            edit(&mut author, &mut rng);
            let Some(honest) = author.get_last_local_change() else { continue };
            let mut change = honest.decode();
            let known: Vec<OpId> = document
                .get_changes(&[])
                .iter()
                .chain([&honest])
                .flat_map(|change| {
                    (change.start_op().get()..=change.max_op()).map(|counter| OpId::new(counter, change.actor_id()))
                })
                .collect();
            let count = change.operations.len();
            let at = below(&mut rng, count);
            let id = known[below(&mut rng, known.len())].clone();
            let operation = &mut change.operations[at];
            match below(&mut rng, 8) {
                0 => operation.key = Key::Seq(ElementId::Id(id)),
                1 => operation.pred = SortedVec::from(vec![id]),
                2 => operation.obj = ObjectId::Id(id),
                3 => operation.insert = !operation.insert,
                4 => operation.action = OpType::Delete,
                5 => operation.action = OpType::Make(ObjType::List),
                6 => operation.action = OpType::Increment(3),
                _ => operation.pred = SortedVec::new(),
            }
            change.hash = None;
            let Some(change) = contained(|| Some(Change::from(change))) else { continue };
            let mut sense = knowing(&document);
            if !(sense.claim(&change) && sense.take(&change)) {
                left += 1;
                continue;
            }
            // Marks are looked at once more when a document is loaded.
            let marks = has_marks(&change);
            let mut next = document.clone();
            let applied = apply_checked(&mut next, vec![change]).is_some();
            assert!(applied || marks, "what makes sense is taken");
            if applied {
                taken += 1;
                index_is_right(&next);
                document = if is_whole(&next) { next } else { base() };
            }
            if number % 40 == 0 {
                document = base();
            }
        }
        assert!(taken > TRIED / 20 && left > TRIED / 4, "{taken} taken, {left} left out");
    }
}
