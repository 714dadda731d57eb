//! Cases: the checklist of a procedure for one citizen, as the procedure was when the case began. They name citizens, so they stay in the
//! profile's own database and are in no package, document or message.

use api::error::ApiError;
use api::handbook::{CaseLine, CaseLineKind, CaseRow, CaseView, Cases, StartCase, UseKind, UseRow};
use domain::id::{CaseId, Timestamp};
use handbook::article::CheckKind;
use serde::{Deserialize, Serialize};
use store::Listing;

use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

const CASE: &str = "handbook/case";
/// Cases that are kept.
const CASES_MAX: u64 = 5_000;
/// Characters of a case's name.
const NAME_CHARS: usize = 200;
/// Characters of a file's number.
const FILE_NUMBER_CHARS: usize = 100;
/// Characters of a note.
const NOTE_CHARS: usize = 1_000;

#[derive(Clone, Serialize, Deserialize)]
struct Case {
    case: CaseId,
    name: String,
    #[serde(default)]
    file_number: String,
    #[serde(default)]
    note: String,
    article: String,
    title: String,
    started_at: Timestamp,
    closed_at: Option<Timestamp>,
    lines: Vec<CaseLine>,
}

impl Case {
    fn row(&self) -> CaseRow {
        let count = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        CaseRow {
            case: self.case,
            name: self.name.clone(),
            file_number: self.file_number.clone(),
            article: self.article.clone(),
            title: self.title.clone(),
            started_at: self.started_at,
            closed_at: self.closed_at,
            done: count(self.lines.iter().filter(|line| line.done_at.is_some()).count()),
            total: count(self.lines.len()),
        }
    }

    /// Its name in a list of uses.
    fn label(&self) -> String {
        if self.file_number.is_empty() { self.name.clone() } else { format!("{} · {}", self.file_number, self.name) }
    }

    /// Does it have all these words; they are folded.
    fn has(&self, words: &[&str]) -> bool {
        let own = search::fold::folded(&format!("{}\n{}\n{}\n{}", self.file_number, self.name, self.note, self.title));
        words.iter().all(|word| own.contains(word))
    }
}

/// One line without spaces around or beside each other, cut where it is too long.
fn one_line(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

fn line(check: handbook::article::Check) -> CaseLine {
    let kind = match check.kind {
        CheckKind::Paper => CaseLineKind::Paper,
        CheckKind::Step => CaseLineKind::Step,
    };
    CaseLine { key: check.key, kind, text: check.text, note: check.note, done_at: None }
}

impl App {
    pub(crate) async fn cases(&self, wanted: Cases) -> Result<Vec<CaseRow>, ApiError> {
        self.engine()?.attempt(move |core| core.case_rows(wanted.closed, &wanted.text)).await
    }

    pub(crate) async fn case(&self, case: CaseId) -> Result<CaseView, ApiError> {
        let found = self.engine()?.attempt(move |core| core.find_case(&case)).await?;
        self.case_view(found).await
    }

    /// The case, compared with what its procedure says now.
    async fn case_view(&self, case: Case) -> Result<CaseView, ApiError> {
        let article = case.article.clone();
        let now = self.library()?.read(move |reader| reader.article(&article).at_boundary()).await?;
        let changed = now.is_none_or(|article| {
            let lines: Vec<CaseLine> = article.checklist().into_iter().map(line).collect();
            let without_ticks =
                |lines: &[CaseLine]| lines.iter().map(|line| CaseLine { done_at: None, ..line.clone() }).collect::<Vec<_>>();
            without_ticks(&case.lines) != lines
        });
        let target = case.case.to_string();
        let linked = self.engine()?.attempt(move |core| core.linked_articles(UseKind::Case, &target)).await?;
        let articles = self.refs_of(linked).await?;
        Ok(CaseView { row: case.row(), note: case.note, lines: case.lines, articles, changed })
    }

    /// Notes that an article is used for a case.
    pub(crate) async fn link_case(&self, article: String, case: CaseId) -> Result<(), ApiError> {
        self.ref_of(&article).await?;
        self.engine()?
            .attempt(move |core| {
                let found = core.find_case(&case)?;
                if found.article == article {
                    return Ok(());
                }
                core.link_use(article, UseKind::Case, case.to_string(), found.label())
            })
            .await
    }

    pub(crate) async fn start_case(&self, wanted: StartCase) -> Result<CaseId, ApiError> {
        let StartCase { article, name, file_number, note } = wanted;
        let (name, file_number) = (one_line(&name, NAME_CHARS), one_line(&file_number, FILE_NUMBER_CHARS));
        let note: String = note.trim().chars().take(NOTE_CHARS).collect();
        if name.is_empty() {
            return Err(ApiError::new("limit_under", "a case has a name").with("what", "name"));
        }
        let id = article.clone();
        let stored = self.library()?.read(move |reader| reader.article(&id).at_boundary()).await?;
        let stored = stored.ok_or_else(|| not_found("article"))?;
        let lines: Vec<CaseLine> = stored.checklist().into_iter().map(line).collect();
        if lines.is_empty() {
            return Err(not_found("checklist"));
        }
        self.engine()?
            .attempt(move |core| {
                if core.store.count(CASE, &Listing::default()).at_boundary()? >= CASES_MAX {
                    return Err(ApiError::new("limit_over", "too many cases").with("what", "cases"));
                }
                let (case, started_at) = (CaseId(core.random_id()), core.now().wall);
                let title = stored.title;
                core.put_case(&Case { case, name, file_number, note, article, title, started_at, closed_at: None, lines })?;
                Ok(case)
            })
            .await
    }

    pub(crate) async fn tick_case(&self, case: CaseId, key: String, done: bool) -> Result<CaseView, ApiError> {
        let changed = self
            .engine()?
            .attempt(move |core| {
                let now = core.now().wall;
                let mut found = core.find_case(&case)?;
                let line = found.lines.iter_mut().find(|line| line.key == key).ok_or_else(|| not_found("line"))?;
                line.done_at = if done { line.done_at.or(Some(now)) } else { None };
                core.put_case(&found)?;
                Ok(found)
            })
            .await?;
        self.case_view(changed).await
    }

    pub(crate) async fn close_case(&self, case: CaseId, closed: bool) -> Result<CaseView, ApiError> {
        let changed = self
            .engine()?
            .attempt(move |core| {
                let now = core.now().wall;
                let mut found = core.find_case(&case)?;
                found.closed_at = if closed { found.closed_at.or(Some(now)) } else { None };
                core.put_case(&found)?;
                Ok(found)
            })
            .await?;
        self.case_view(changed).await
    }
}

impl Core {
    fn find_case(&self, case: &CaseId) -> Result<Case, ApiError> {
        self.row(CASE, case.as_bytes())?.ok_or_else(|| not_found("case"))
    }

    fn put_case(&mut self, case: &Case) -> Result<(), ApiError> {
        self.put_row(CASE, case.case.as_bytes(), case.started_at, case)?;
        self.handbook_changed();
        Ok(())
    }

    /// This person's cases that have the words of `text`, the newest first.
    pub fn case_rows(&self, closed: bool, text: &str) -> Result<Vec<CaseRow>, ApiError> {
        let words = search::fold::folded(text);
        let words: Vec<&str> = words.split_whitespace().collect();
        let wanted = |case: &&Case| (closed || case.closed_at.is_none()) && case.has(&words);
        Ok(self.rows::<Case>(CASE)?.iter().filter(wanted).map(Case::row).collect())
    }

    /// The cases that an article is used for: those of the procedure, and those that this person linked it to (`linked`, as it was done).
    pub fn case_uses(&self, article: &str, linked: Vec<UseRow>) -> Result<Vec<UseRow>, ApiError> {
        let cases = self.rows::<Case>(CASE)?.into_iter().filter(|case| case.article == article);
        let row = |case: Case| UseRow {
            kind: UseKind::Case,
            target: case.case.to_string(),
            title: case.label(),
            at: case.started_at,
            task: None,
            removable: false,
        };
        Ok(cases.map(row).chain(linked).collect())
    }
}
