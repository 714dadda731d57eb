//! From the set of all entries to the thread: an order that respects what each author had seen, a verdict on each entry, and the state
//! that the valid ones leave.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::entry::{Event, Said};
use super::limits::ENTRIES_OF_A_THREAD;
use super::office::{Offices, Rules};
use super::state::{Folding, Under};
use super::thread::{Step, Thread, Void};
use crate::id::{QuestionEventId, QuestionId};

/// Folds the entries of a thread, in whatever order they are given. `None` while the question itself has not come, or was never asked.
pub fn fold(thread: &QuestionId, said: &[Said], offices: &Offices, rules: &Rules) -> Option<Thread> {
    let under = Under { thread, offices, rules };
    let (kept, left_out) = distinct(said);
    let order = causal_order(&kept);
    let mut now = Folding::default();
    let mut steps: Vec<Step> = Vec::with_capacity(kept.len() + left_out.len());
    for (place, (entry, past)) in order.iter().enumerate() {
        let verdict = if past.len() == place {
            now.judge(under, entry)
        } else {
            let mut then = Folding::default();
            for step in past.iter().filter_map(|before| steps.get(*before)).filter(|step| step.void.is_none()) {
                then.apply(under, &step.said);
            }
            then.judge(under, entry)
        };
        let second = matches!(entry.entry.event, Event::Asked(_)) && now.asked.is_some();
        let void = if second { Some(Void::NotTheQuestion) } else { verdict.err() };
        if void.is_none() {
            now.apply(under, entry);
        }
        steps.push(Step { said: (*entry).clone(), void });
    }
    steps.extend(left_out.into_iter().map(|said| Step { said: said.clone(), void: Some(Void::TooMany) }));
    thread_of(*thread, now, steps)
}

/// Each entry once, by time and id, and what is beyond the limit.
fn distinct(said: &[Said]) -> (Vec<&Said>, Vec<&Said>) {
    let by_id: BTreeMap<QuestionEventId, &Said> = said.iter().map(|said| (said.id, said)).collect();
    let mut kept: Vec<&Said> = by_id.into_values().collect();
    kept.sort_by_key(|said| (said.entry.at, said.id));
    let left_out = kept.split_off(kept.len().min(ENTRIES_OF_A_THREAD));
    (kept, left_out)
}

/// The entries so that each comes after those that its author had seen; where that leaves a choice, the earlier clock first, then the
/// lower id. With each entry the places of all that it follows from, ascending. What an entry names and is not here yet is passed over.
fn causal_order<'a>(said: &[&'a Said]) -> Vec<(&'a Said, Vec<usize>)> {
    let index: BTreeMap<QuestionEventId, usize> = said.iter().enumerate().map(|(at, said)| (said.id, at)).collect();
    let parents: Vec<Vec<usize>> = said
        .iter()
        .map(|said| {
            let mut named: Vec<usize> = said.entry.after.iter().filter_map(|id| index.get(id).copied()).collect();
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
    let key = |at: usize| Reverse((said[at].entry.at, said[at].id, at));
    let mut ready: BinaryHeap<_> = (0..said.len()).filter(|at| missing[*at] == 0).map(key).collect();
    let mut place: Vec<Option<usize>> = vec![None; said.len()];
    let mut order: Vec<(&'a Said, Vec<usize>)> = Vec::with_capacity(said.len());
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

/// Puts the long texts back that were left in the entries.
fn thread_of(id: QuestionId, folding: Folding, steps: Vec<Step>) -> Option<Thread> {
    let state = folding.state();
    let asked = folding.asked?;
    let event = |id: &QuestionEventId| steps.iter().find(|step| step.said.id == *id).map(|step| &step.said.entry.event);
    let Some(Event::Asked(question)) = event(&asked.id) else { return None };
    let mut answers = folding.answers;
    for answer in &mut answers {
        if let Some(Event::Answer { text, citations, attachments, .. }) = event(&answer.id) {
            answer.text.clone_from(text);
            answer.citations.clone_from(citations);
            answer.attachments.clone_from(attachments);
        }
    }
    let mut published = folding.published;
    if let Some(publication) = &mut published
        && let Some(Event::Published { title, text, answer_text, .. }) = event(&publication.entry)
    {
        publication.title.clone_from(title);
        publication.text.clone_from(text);
        publication.answer_text.clone_from(answer_text);
    }
    Some(Thread {
        id,
        question: question.clone(),
        asker: asked.asker,
        asker_unit: asked.unit,
        asked_at: asked.at,
        responsible: asked.responsible,
        units: asked.units,
        state,
        timing: asked.timing,
        answers,
        accepted: folding.accepted,
        rating: folding.rating,
        published,
        duplicate_of: folding.duplicate_of,
        asked_too: folding.asked_too,
        followers: folding.followers,
        mentioned: folding.mentioned,
        steps,
    })
}
