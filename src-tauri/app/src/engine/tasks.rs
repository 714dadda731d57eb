//! Tasks: folded from what everybody says of them when that changes, and kept as rows for lists. They are read in the same pass as questions
//! ([`super::questions`]), on the same basis, and count as sent by the same rule.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use api::push::{Push, Tag};
use domain::id::{DocId, PersonId, SpaceId, TaskEventId, TaskId};
use domain::task::{Said, Task, Void, fold};
use serde::{Deserialize, Serialize};
use store::{Listing, Projection};
use sync::DocRef;
use sync::document::task as document;
use sync::envelope::DocKind;

use super::Core;
use super::questions::{Written, place_of_thread};
use crate::error::AtBoundary;

/// Whose words about which task a document holds; in order of the task.
const CONTRIBUTION: &str = "task_contribution";
/// Rows of tasks, by time of the last entry.
const ROW: &str = "task";
/// Tasks with entries of people whose certificates have not arrived.
const UNKNOWN: &str = "task_unknown";
/// The place in this device's log of each entry that was written here.
const MINE: &str = "task_mine";
/// When this person last looked at a task.
const LOOKED: &str = "task_looked";
/// Characters of a task that the filter of a list looks at.
const WORDS_CHARS: usize = 1_500;

/// A task in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListedTask {
    /// The task without its course.
    pub task: Task,
    /// Words that it is found by, without marks.
    pub words: String,
}

/// What the engine keeps of tasks in memory.
#[derive(Default)]
pub(crate) struct Tasks {
    rows: BTreeMap<TaskId, ListedTask>,
    mine: BTreeMap<TaskEventId, Written<TaskId>>,
    looked: BTreeMap<TaskId, i64>,
}

impl Core {
    /// Reads what was kept.
    pub(super) fn open_tasks(&mut self) -> Result<(), ApiError> {
        let mut tasks = Tasks::default();
        for row in self.all(ROW)? {
            if let (Some(id), Ok(listed)) = (TaskId::from_slice(&row.key), serde_json::from_slice(&row.value)) {
                tasks.rows.insert(id, listed);
            }
        }
        for row in self.all(MINE)? {
            if let (Some(id), Some(written)) = (TaskEventId::from_slice(&row.key), Written::read(&row, TaskId::from_slice)) {
                tasks.mine.insert(id, written);
            }
        }
        for row in self.all(LOOKED)? {
            if let Some(id) = TaskId::from_slice(&row.key) {
                tasks.looked.insert(id, row.sort);
            }
        }
        self.tasks = tasks;
        Ok(())
    }

    /// The tasks with entries of people whom this device did not know.
    pub(super) fn tasks_of_unknown(&self) -> Result<Vec<TaskId>, ApiError> {
        Ok(self.all(UNKNOWN)?.iter().filter_map(|row| TaskId::from_slice(&row.key)).collect())
    }

    /// Brings the rows of tasks up to date: of those that documents are about, and of those named. Gives which they were.
    pub(super) fn renew_tasks(
        &mut self,
        space: &SpaceId,
        docs: BTreeSet<DocId>,
        mut tasks: BTreeSet<TaskId>,
        writes: &mut Vec<Projection>,
    ) -> Result<BTreeSet<TaskId>, ApiError> {
        let mut contributions = Vec::new();
        for doc in docs {
            let place = DocRef { space: *space, doc, kind: DocKind::Task };
            let read = self.replica.read(&self.store, space, &doc, |tree| document::read(tree, &place)).at_boundary()?;
            // What cannot be opened yet comes again when its key comes.
            let Ok(contribution) = read else { continue };
            tasks.insert(contribution.task);
            contributions.extend(self.noted(CONTRIBUTION, &doc, &contribution.person, contribution.task.as_bytes())?);
        }
        if !contributions.is_empty() {
            self.store.commit(&[], &contributions).at_boundary()?;
        }
        for id in &tasks {
            self.renew_task(id, writes)?;
        }
        Ok(tasks)
    }

    fn renew_task(&mut self, id: &TaskId, writes: &mut Vec<Projection>) -> Result<(), ApiError> {
        let key = || id.as_bytes().to_vec();
        let Some(task) = self.task(id)? else {
            if self.tasks.rows.remove(id).is_some() {
                writes.push(Projection::Delete { kind: ROW, key: key() });
            }
            // The task itself may be what nobody is known for yet.
            writes.push(Projection::Put { kind: UNKNOWN, key: key(), sort: 0, value: Vec::new() });
            return Ok(());
        };
        let unknown = task.steps.iter().any(|step| step.void == Some(Void::UnknownAuthor));
        writes.push(match unknown {
            true => Projection::Put { kind: UNKNOWN, key: key(), sort: 0, value: Vec::new() },
            false => Projection::Delete { kind: UNKNOWN, key: key() },
        });
        let listed = listed(&task);
        if self.tasks.rows.get(id) != Some(&listed) {
            let value = serde_json::to_vec(&listed).map_err(|error| ApiError::new("internal", error.to_string()))?;
            writes.push(Projection::Put { kind: ROW, key: key(), sort: listed.task.last_at.0, value });
        }
        self.tasks.rows.insert(*id, listed);
        Ok(())
    }

    /// A task as everybody's words make it; `None` while the task itself is not here.
    pub fn task(&mut self, id: &TaskId) -> Result<Option<Task>, ApiError> {
        let Ok(space) = self.organisation_space() else { return Ok(None) };
        let place = place_of_thread(&DocRef::task(space, &PersonId([0; PersonId::LEN]), id.as_bytes()).doc);
        let rows = self.store.list(CONTRIBUTION, &Listing { from: place, to: place, ..Listing::default() }).at_boundary()?;
        let mut said: Vec<Said> = Vec::new();
        for doc in rows.iter().filter_map(|row| DocId::from_slice(&row.key)) {
            let place = DocRef { space, doc, kind: DocKind::Task };
            let read = self.replica.read(&self.store, &space, &doc, |tree| document::read(tree, &place)).at_boundary()?;
            said.extend(read.ok().filter(|contribution| contribution.task == *id).into_iter().flat_map(|known| known.said));
        }
        let rules = self.question_rules().clone();
        Ok(fold(id, &said, self.offices(), &rules))
    }

    /// All tasks that are here.
    pub fn task_rows(&self) -> &BTreeMap<TaskId, ListedTask> {
        &self.tasks.rows
    }

    /// Tells the windows that tasks have changed.
    pub(super) fn tell_tasks(&self, tasks: &BTreeSet<TaskId>) {
        if !tasks.is_empty() {
            let tags = tasks.iter().map(|id| Tag::Task(*id)).chain([Tag::Tasks]);
            self.push(Push::Changed { tags: tags.collect() });
        }
    }

    /// Notes that an entry was just written as the newest envelope of this device's log.
    pub fn note_told(&mut self, space: &SpaceId, task: TaskId, entry: TaskEventId) -> Result<(), ApiError> {
        let written = self.written(space, task);
        self.tasks.mine.insert(entry, written);
        self.store.commit(&[], &[written.kept(MINE, entry.as_bytes(), task.as_bytes())]).at_boundary()
    }

    /// Is an entry of this device not known to be with anybody else.
    pub fn task_entry_waits(&self, entry: &TaskEventId) -> bool {
        self.tasks.mine.get(entry).is_some_and(|written| self.waits(written))
    }

    /// Is something that was said here of a task not known to be with anybody else.
    pub fn task_waits(&self, task: &TaskId) -> bool {
        self.tasks.mine.values().any(|written| written.of == *task && self.waits(written))
    }

    /// Entries of this device about tasks that are not known to be with anybody else.
    pub fn task_entries_waiting(&self) -> usize {
        self.tasks.mine.values().filter(|written| self.waits(written)).count()
    }

    /// Notes that this person has seen all of a task.
    pub fn note_task_looked(&mut self, id: &TaskId) -> Result<(), ApiError> {
        let Some(at) = self.tasks.rows.get(id).map(|listed| listed.task.last_at.0) else { return Ok(()) };
        if self.tasks.looked.insert(*id, at) == Some(at) {
            return Ok(());
        }
        let looked = Projection::Put { kind: LOOKED, key: id.as_bytes().to_vec(), sort: at, value: Vec::new() };
        self.store.commit(&[], &[looked]).at_boundary()?;
        self.tell_tasks(&BTreeSet::from([*id]));
        Ok(())
    }

    /// Has something been said since this person looked.
    pub fn is_task_unread(&self, task: &Task, me: &PersonId) -> bool {
        task.last_by != *me && self.tasks.looked.get(&task.id).is_none_or(|at| *at < task.last_at.0)
    }
}

fn listed(task: &Task) -> ListedTask {
    let given = &task.assignment;
    let conclusion = given.origin.as_ref().map(|origin| origin.conclusion.as_str()).unwrap_or_default();
    let joined: String = [given.title.as_str(), &given.text, conclusion].join(" ").chars().take(WORDS_CHARS).collect();
    ListedTask { task: task.head(), words: search::fold::folded(&joined) }
}
