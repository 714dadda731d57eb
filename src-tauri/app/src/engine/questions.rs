//! Threads of questions: folded from everybody's contributions when they change, kept as rows for lists, and handed to the library.
//! Tasks are read in the same pass ([`super::tasks`]).
//!
//! Rows are made from envelopes and can be made again. Which envelopes they were made from is remembered with them, so that a program
//! that ends between the envelope and the row makes up for it at the next start; to make all again the memory is set back to the beginning.
//! A turn of the engine looks at a limited number of envelopes, the rest follows at the next tick.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use domain::id::{DocId, Incarnation, PersonId, QuestionEventId, QuestionId, SpaceId, TaskId};
use domain::question::{Offices, QuestionRow, Rules, Thread, fold};
use serde::{Deserialize, Serialize};
use store::{LISTING_MAX, Listing, Projection};
use sync::DocRef;
use sync::document::question as document;
use sync::envelope::DocKind;
use sync::port::{Change, Cx, Effects, Shelf as _};

use super::Core;
use crate::error::AtBoundary;

/// Whose contribution a document is; in order of the thread, so that those of one thread are found together.
const CONTRIBUTION: &str = "contribution";
/// Rows of threads, by time of the last entry.
const ROW: &str = "question";
/// The threads with entries of people whose certificates have not arrived.
const UNKNOWN: &str = "question_unknown";
/// The place in this device's log of each entry that was written here.
const MINE: &str = "question_mine";
/// When this person last looked at a thread.
const LOOKED: &str = "question_looked";
/// How far all this has come.
const STATE: &str = "question_state";
const POSITION: &[u8] = b"position";
const SENT: &[u8] = b"sent";
const BASIS: &[u8] = b"basis";
/// The handbook that the library's entries of threads were made with.
const HANDBOOK: &[u8] = b"handbook";
/// The rows' layout: raised when they have to be made again after an update of the program.
const LAYOUT: i64 = 3;
/// Envelopes that one turn looks at.
const ENVELOPES_A_TURN: usize = 128;
/// Characters of a thread that the filter of a list looks at.
const WORDS_CHARS: usize = 1_500;

/// A thread in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// What lists show.
    pub row: QuestionRow,
    /// Words that it is found by, without marks.
    pub words: String,
    /// The same of what everybody may read.
    pub public_words: String,
    /// Who said something last.
    pub last_by: PersonId,
}

/// What the engine keeps of questions in memory.
#[derive(Default)]
pub(crate) struct Questions {
    rows: BTreeMap<QuestionId, Listed>,
    position: u64,
    /// Everything stored has been looked at.
    current: bool,
    sent: u64,
    offices: Option<Offices>,
    rules: Option<Rules>,
    mine: BTreeMap<QuestionEventId, Written<QuestionId>>,
    looked: BTreeMap<QuestionId, i64>,
    /// Threads that the library does not have as they are.
    pub(super) unindexed: BTreeSet<QuestionId>,
    /// A hash of the packages that their entries were made with.
    pub(super) handbook: Option<[u8; 32]>,
}

/// Where an entry that was written here stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<T> {
    pub log: Incarnation,
    pub seq: u64,
    pub of: T,
}

/// What has to be looked at: documents that changed, and threads whose authors became known.
#[derive(Default)]
pub(super) struct Came {
    contributions: BTreeSet<DocId>,
    threads: BTreeSet<QuestionId>,
    task_documents: BTreeSet<DocId>,
    tasks: BTreeSet<TaskId>,
}

impl Came {
    fn document(&mut self, doc: DocId, kind: DocKind) {
        match kind {
            DocKind::Contribution => self.contributions.insert(doc),
            DocKind::Task => self.task_documents.insert(doc),
            _ => false,
        };
    }
}

impl Core {
    /// Reads what was kept, and forgets it if it was made on another basis.
    pub(super) fn open_questions(&mut self) -> Result<(), ApiError> {
        let mut questions = Questions { position: self.number(POSITION)?, sent: self.number(SENT)?, ..Questions::default() };
        for row in self.all(ROW)? {
            if let (Some(id), Ok(listed)) = (QuestionId::from_slice(&row.key), serde_json::from_slice(&row.value)) {
                questions.rows.insert(id, listed);
            }
        }
        for row in self.all(MINE)? {
            if let (Some(id), Some(written)) =
                (QuestionEventId::from_slice(&row.key), Written::read(&row, QuestionId::from_slice))
            {
                questions.mine.insert(id, written);
            }
        }
        for row in self.all(LOOKED)? {
            if let Some(id) = QuestionId::from_slice(&row.key) {
                questions.looked.insert(id, row.sort);
            }
        }
        let handbook = self.store.projection(STATE, HANDBOOK).at_boundary()?;
        questions.handbook = handbook.and_then(|row| row.value.try_into().ok());
        self.questions = questions;
        self.open_tasks()?;
        self.check_basis()?;
        self.index_all_if_none();
        self.index_citing_again()
    }

    /// Notes with which handbook the threads' entries in the library were made.
    pub(super) fn note_handbook(&mut self, handbook: [u8; 32]) -> Result<(), ApiError> {
        self.questions.handbook = Some(handbook);
        let kept = Projection::Put { kind: STATE, key: HANDBOOK.to_vec(), sort: 0, value: handbook.to_vec() };
        self.store.commit(&[], &[kept]).at_boundary()
    }

    pub(super) fn all(&self, kind: &'static str) -> Result<Vec<store::ProjectionRow>, ApiError> {
        let mut rows = Vec::new();
        loop {
            let offset = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            let page = self.store.list(kind, &Listing { offset, ..Listing::default() }).at_boundary()?;
            let full = page.len() as u64 >= LISTING_MAX;
            rows.extend(page);
            if !full {
                return Ok(rows);
            }
        }
    }

    fn number(&self, key: &[u8]) -> Result<u64, ApiError> {
        let row = self.store.projection(STATE, key).at_boundary()?;
        Ok(row.and_then(|row| u64::try_from(row.sort).ok()).unwrap_or(0))
    }

    /// What verdicts rest on besides the entries: removals, revocations, the table of rules. If it has changed, all rows are made again.
    fn check_basis(&mut self) -> Result<(), ApiError> {
        let Ok(space) = self.organisation_space() else { return Ok(()) };
        let taken_back = self.replica.access(&space).map_or((0, 0), |access| (access.cuts.len(), access.void));
        let revoked =
            self.replica.directory().map_or(0, |directory| directory.all_certificates().count() - directory.devices().count());
        let rules = format!("{:?}", self.question_rules());
        let basis = blake3::hash(format!("{LAYOUT} {space} {taken_back:?} {revoked} {rules}").as_bytes());
        let known = self.store.projection(STATE, BASIS).at_boundary()?.map(|row| row.value);
        if known.as_deref() == Some(basis.as_bytes().as_slice()) {
            return Ok(());
        }
        let again = [
            Projection::Put { kind: STATE, key: BASIS.to_vec(), sort: 0, value: basis.as_bytes().to_vec() },
            Projection::Put { kind: STATE, key: POSITION.to_vec(), sort: 0, value: Vec::new() },
        ];
        self.store.commit(&[], &again).at_boundary()?;
        (self.questions.position, self.questions.current) = (0, false);
        Ok(())
    }

    /// Draws the consequences of changes for questions: rows and the library are brought up to date, files are fetched.
    pub(super) fn react_to_questions(&mut self, changes: &BTreeSet<Change>) -> Result<Effects, ApiError> {
        let Ok(space) = self.organisation_space() else { return Ok(Effects::default()) };
        let mut came = Came::default();
        for change in changes {
            match change {
                Change::Directory => {
                    self.questions.offices = None;
                    self.check_basis()?;
                    came.threads.extend(self.all(UNKNOWN)?.iter().filter_map(|row| QuestionId::from_slice(&row.key)));
                    came.tasks.extend(self.tasks_of_unknown()?);
                }
                Change::Space(of) if *of == space => self.check_basis()?,
                Change::Document(of, doc, kind) if *of == space => match DocKind::from_code(*kind) {
                    known @ (DocKind::Contribution | DocKind::Task) => {
                        came.document(*doc, known);
                        self.questions.current = false;
                    }
                    DocKind::Table => {
                        self.questions.rules = None;
                        self.check_basis()?;
                    }
                    _ => {}
                },
                Change::Sync => self.note_sent(&space)?,
                _ => {}
            }
        }
        self.catch_up_questions(&space, came)
    }

    /// How far this device's entries are known to be elsewhere. Remembered: a device that has them keeps them when it goes away.
    fn note_sent(&mut self, space: &SpaceId) -> Result<(), ApiError> {
        let (_, elsewhere) = self.replica.own_log(space);
        if elsewhere > self.questions.sent {
            self.questions.sent = elsewhere;
            let sort = i64::try_from(elsewhere).unwrap_or(i64::MAX);
            let kept = Projection::Put { kind: STATE, key: SENT.to_vec(), sort, value: Vec::new() };
            self.store.commit(&[], &[kept]).at_boundary()?;
        }
        Ok(())
    }

    /// Is something left that the next turn should look at.
    pub(super) fn questions_wait(&self) -> bool {
        !self.questions.current && self.organisation_space().is_ok()
    }

    /// Looks at what came since the last time.
    pub(super) fn catch_up_questions(&mut self, space: &SpaceId, mut came: Came) -> Result<Effects, ApiError> {
        let mut position = self.questions.position;
        if !self.questions.current {
            let rows = self.store.content(space, position, ENVELOPES_A_TURN).at_boundary()?;
            self.questions.current = rows.len() < ENVELOPES_A_TURN;
            for (at, bytes) in rows {
                position = at;
                if let Ok(envelope) = sync::envelope::open_unsigned(&bytes) {
                    came.document(envelope.header.doc, DocKind::from_code(envelope.header.kind));
                }
            }
        }
        let Came { contributions: docs, mut threads, task_documents, tasks } = came;
        let mut contributions = Vec::new();
        for doc in docs {
            let place = DocRef { space: *space, doc, kind: DocKind::Contribution };
            let read = self.replica.read(&self.store, space, &doc, |tree| document::read(tree, &place)).at_boundary()?;
            // What cannot be opened yet comes again when its key comes.
            let Ok(contribution) = read else { continue };
            threads.insert(contribution.thread);
            contributions.extend(self.noted(CONTRIBUTION, &doc, &contribution.person, contribution.thread.as_bytes())?);
        }
        if !contributions.is_empty() {
            self.store.commit(&[], &contributions).at_boundary()?;
        }
        let (mut rows, mut fx) = (Vec::new(), Effects::default());
        for id in &threads {
            fx.append(self.renew_question(id, &mut rows)?);
        }
        let tasks = self.renew_tasks(space, task_documents, tasks, &mut rows)?;
        if position != self.questions.position {
            self.questions.position = position;
            let sort = i64::try_from(position).unwrap_or(i64::MAX);
            rows.push(Projection::Put { kind: STATE, key: POSITION.to_vec(), sort, value: Vec::new() });
        }
        if !rows.is_empty() {
            self.store.commit(&[], &rows).at_boundary()?;
        }
        self.index_questions(&threads);
        if !threads.is_empty() {
            self.tell_questions(&threads);
        }
        self.tell_tasks(&tasks);
        Ok(fx)
    }

    /// Where the documents of a thread are found again: in order of the thread, with whose they are. `None` if it is known.
    pub(super) fn noted(
        &self,
        kind: &'static str,
        doc: &DocId,
        person: &PersonId,
        thread: &[u8; 16],
    ) -> Result<Option<Projection>, ApiError> {
        let value = [person.as_bytes().as_slice(), thread].concat();
        let known = self.store.projection(kind, doc.as_bytes()).at_boundary()?;
        let new = known.is_none_or(|row| row.value != value);
        Ok(new.then(|| Projection::Put { kind, key: doc.as_bytes().to_vec(), sort: place_of_thread(doc), value }))
    }

    fn renew_question(&mut self, id: &QuestionId, writes: &mut Vec<Projection>) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        let key = || id.as_bytes().to_vec();
        let Some(thread) = self.thread(id)? else {
            if self.questions.rows.remove(id).is_some() {
                writes.push(Projection::Delete { kind: ROW, key: key() });
            }
            return Ok(fx);
        };
        let unknown = thread.steps.iter().any(|step| step.void == Some(domain::question::Void::UnknownAuthor));
        writes.push(match unknown {
            true => Projection::Put { kind: UNKNOWN, key: key(), sort: 0, value: Vec::new() },
            false => Projection::Delete { kind: UNKNOWN, key: key() },
        });
        let listed = listed(&thread);
        let value = serde_json::to_vec(&listed).map_err(|error| ApiError::new("internal", error.to_string()))?;
        let sort = listed.row.last_at.0;
        if self.questions.rows.get(id) != Some(&listed) {
            writes.push(Projection::Put { kind: ROW, key: key(), sort, value });
        }
        let wanted = self.me().is_ok_and(|me| listed.row.concerns(self.offices(), &me));
        self.questions.rows.insert(*id, listed);
        if wanted {
            let space = self.organisation_space()?;
            for attachment in thread.attachments() {
                let now = self.now();
                let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
                fx.append(self.replica.want_blob(&mut cx, space, &attachment.blob));
            }
        }
        Ok(fx)
    }

    /// A thread as everybody's contributions make it; `None` while its question is not here.
    pub fn thread(&mut self, id: &QuestionId) -> Result<Option<Thread>, ApiError> {
        let Ok(space) = self.organisation_space() else { return Ok(None) };
        let place = place_of_thread(&DocRef::contribution(space, &PersonId([0; PersonId::LEN]), id.as_bytes()).doc);
        let rows = self.store.list(CONTRIBUTION, &Listing { from: place, to: place, ..Listing::default() }).at_boundary()?;
        let mut said = Vec::new();
        for doc in rows.iter().filter_map(|row| DocId::from_slice(&row.key)) {
            let place = DocRef { space, doc, kind: DocKind::Contribution };
            let read = self.replica.read(&self.store, &space, &doc, |tree| document::read(tree, &place)).at_boundary()?;
            said.extend(read.ok().filter(|contribution| contribution.thread == *id).into_iter().flat_map(|known| known.said));
        }
        let rules = self.question_rules().clone();
        Ok(fold(id, &said, self.offices(), &rules))
    }

    /// For which offices people act.
    pub fn offices(&mut self) -> &Offices {
        let directory = self.replica.directory();
        self.questions.offices.get_or_insert_with(|| directory.map(sync::directory::Directory::offices).unwrap_or_default())
    }

    /// The organisation's rules for questions.
    pub fn question_rules(&mut self) -> &Rules {
        if self.questions.rules.is_none() {
            let units = self.unit_rules().unwrap_or_default();
            let rules = Rules { units: units.into_iter().map(|(unit, kept)| (unit, kept.rule)).collect(), ..Rules::default() };
            self.questions.rules = Some(if rules.validate().is_ok() { rules } else { Rules::default() });
        }
        self.questions.rules.get_or_insert_default()
    }

    /// All threads that are here.
    pub fn question_rows(&self) -> &BTreeMap<QuestionId, Listed> {
        &self.questions.rows
    }

    /// Notes that an entry was just written as the newest envelope of this device's log.
    pub fn note_written(&mut self, space: &SpaceId, thread: QuestionId, entry: QuestionEventId) -> Result<(), ApiError> {
        let written = self.written(space, thread);
        self.questions.mine.insert(entry, written);
        self.store.commit(&[], &[written.kept(MINE, entry.as_bytes(), thread.as_bytes())]).at_boundary()
    }

    /// Where the newest entry of this device's log stands.
    pub(super) fn written<T>(&self, space: &SpaceId, of: T) -> Written<T> {
        let (log, (seq, _)) = (self.replica.incarnation(), self.replica.own_log(space));
        Written { log, seq, of }
    }

    /// Is an entry not known to be with anybody else.
    pub(super) fn waits<T>(&self, written: &Written<T>) -> bool {
        written.log == self.replica.incarnation() && written.seq > self.questions.sent
    }

    /// Is an entry of this device not known to be with anybody else.
    pub fn waits_here(&self, entry: &QuestionEventId) -> bool {
        self.questions.mine.get(entry).is_some_and(|written| self.waits(written))
    }

    /// Is something that was said here in a thread not known to be with anybody else.
    pub fn question_waits(&self, thread: &QuestionId) -> bool {
        self.questions.mine.values().any(|written| written.of == *thread && self.waits(written))
    }

    /// Entries of this device that are not known to be with anybody else.
    pub fn entries_waiting(&self) -> usize {
        self.questions.mine.values().filter(|written| self.waits(written)).count()
    }

    /// Notes that this person has seen all of a thread.
    pub fn note_looked(&mut self, id: &QuestionId) -> Result<(), ApiError> {
        let Some(at) = self.questions.rows.get(id).map(|listed| listed.row.last_at.0) else { return Ok(()) };
        if self.questions.looked.insert(*id, at) == Some(at) {
            return Ok(());
        }
        let looked = Projection::Put { kind: LOOKED, key: id.as_bytes().to_vec(), sort: at, value: Vec::new() };
        self.store.commit(&[], &[looked]).at_boundary()?;
        self.tell_questions(&BTreeSet::from([*id]));
        Ok(())
    }

    /// Has something been said since this person looked.
    pub fn is_unread(&self, listed: &Listed, me: &PersonId) -> bool {
        listed.last_by != *me && self.questions.looked.get(&listed.row.id).is_none_or(|at| *at < listed.row.last_at.0)
    }
}

impl<T> Written<T> {
    /// Reads what [`Self::kept`] keeps.
    pub fn read(row: &store::ProjectionRow, id: fn(&[u8]) -> Option<T>) -> Option<Self> {
        let (log, of) = row.value.split_at_checked(Incarnation::LEN)?;
        Some(Self { log: Incarnation::from_slice(log)?, seq: u64::try_from(row.sort).unwrap_or(0), of: id(of)? })
    }

    /// As it is kept, by the entry's id.
    pub fn kept(&self, kind: &'static str, entry: &[u8], of: &[u8]) -> Projection {
        let sort = i64::try_from(self.seq).unwrap_or(i64::MAX);
        Projection::Put { kind, key: entry.to_vec(), sort, value: [self.log.as_bytes().as_slice(), of].concat() }
    }
}

/// The second half of a contribution's id is its thread's.
pub(crate) fn place_of_thread(doc: &DocId) -> i64 {
    let mut half = [0; 8];
    half.copy_from_slice(&doc.0[8..]);
    i64::from_be_bytes(half)
}

fn listed(thread: &Thread) -> Listed {
    let answer = thread.best_answer().map(|answer| answer.text.as_str()).unwrap_or_default();
    let shorten = |texts: [&str; 3]| -> String {
        let joined: String = texts.join(" ").chars().take(WORDS_CHARS).collect();
        search::fold::folded(&joined)
    };
    let published = thread.published.as_ref();
    let last = thread.steps.iter().filter(|step| step.void.is_none()).max_by_key(|step| (step.said.entry.at, step.said.id));
    Listed {
        row: thread.row(),
        words: shorten([&thread.question.title, &thread.question.text, answer]),
        public_words: published.map(|said| shorten([&said.title, &said.text, &said.answer_text])).unwrap_or_default(),
        last_by: last.map_or(thread.asker, |step| step.said.author),
    }
}
