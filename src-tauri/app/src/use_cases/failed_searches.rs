//! What people searched without opening anything: kept on the device, and told to the organisation's editors, who see what the handbook
//! lacks. Words that look like personal data are never noted.
//!
//! Each person tells in a contribution of their own, at most once an hour, so that a day of searching is a few changes and not hundreds.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::search::{FailedSearch, SearchEnded};
use domain::duty::Duty;
use domain::id::{PersonId, Timestamp};
use domain::limits::{check_characters, forbidden_in_line};
use serde::{Deserialize, Serialize};
use sync::DocRef;
use sync::document::table;
use sync::envelope::DocKind;
use sync::port::Shelf as _;

use crate::app::App;
use crate::engine::{Core, place_of_thread};
use crate::error::AtBoundary;

/// Searches that one device remembers.
const FAILED_MAX: u64 = 500;
const FAILED: &str = "handbook/failed";
/// What an editor has put aside, with how often it had been searched by then.
const PUT_ASIDE: &str = "handbook/failed-aside";
const PUT_ASIDE_MAX: u64 = 2_000;
/// When this person last told what was not found.
const TOLD: &str = "handbook/failed-told";
const TELL_EVERY_MS: i64 = 3_600_000;
/// Searches that one person tells of.
const TOLD_MAX: usize = 100;
/// Characters of a search that are noted; the bound of a row's key.
const TEXT_CHARS: usize = table::KEY_CHARS_MAX;
/// People whose searches are looked at for one list.
const PEOPLE_MAX: usize = 5_000;
/// Rows of a list.
const LIST_MAX: usize = 500;
/// The thread that nobody can ask in, as ids of threads are hashes: contributions to it are searches.
const TOPIC: &[u8; 16] = b"searches in vain";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failed {
    text: String,
    count: u32,
    last_at: Timestamp,
}

impl App {
    pub(crate) async fn failed_searches(&self) -> Result<Vec<FailedSearch>, ApiError> {
        self.engine()?.attempt(Core::searched_in_vain).await
    }

    pub(crate) async fn search_ended(&self, act: SearchEnded) -> Result<(), ApiError> {
        let text: String = act.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TEXT_CHARS).collect();
        // Personal data does not belong into a list that editors look at.
        if act.opened.is_some() || text.chars().count() < 2 || !super::handbook::personal_data(&text).is_empty() {
            return Ok(());
        }
        self.engine()?
            .attempt(move |core| {
                let key = text.to_lowercase();
                let count = core.row::<Failed>(FAILED, key.as_bytes())?.map_or(0, |row| row.count).saturating_add(1);
                let last_at = core.now().wall;
                core.put_row(FAILED, key.as_bytes(), last_at, &Failed { text, count, last_at })?;
                core.trim(FAILED, FAILED_MAX)?;
                core.tell_searches()?;
                core.handbook_changed();
                Ok(())
            })
            .await
    }

    pub(crate) async fn forget_failed_search(&self, text: String) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let key = text.to_lowercase();
                let count = core.searched_in_vain()?.iter().find(|row| row.text.to_lowercase() == key).map_or(0, |row| row.count);
                let at = core.now().wall;
                core.put_row(PUT_ASIDE, key.as_bytes(), at, &Failed { text, count, last_at: at })?;
                core.trim(PUT_ASIDE, PUT_ASIDE_MAX)?;
                core.handbook_changed();
                Ok(())
            })
            .await
    }
}

impl Core {
    /// Searches without a result, most often first: an editor's list is everybody's, anybody else's their own.
    pub fn searched_in_vain(&mut self) -> Result<Vec<FailedSearch>, ApiError> {
        let mut all: BTreeMap<String, FailedSearch> = BTreeMap::new();
        let mut add = |row: Failed| {
            let known = all.entry(row.text.to_lowercase()).or_insert_with(|| FailedSearch {
                text: row.text.clone(),
                count: 0,
                last_at: row.last_at,
            });
            known.count = known.count.saturating_add(row.count);
            known.last_at = known.last_at.max(row.last_at);
        };
        self.rows::<Failed>(FAILED)?.into_iter().for_each(&mut add);
        if self.has_duty(Duty::Editor) || self.has_duty(Duty::Publisher) {
            self.told_by_others()?.into_iter().for_each(&mut add);
        }
        for aside in self.rows::<Failed>(PUT_ASIDE)? {
            let key = aside.text.to_lowercase();
            // Somebody has searched for it since: it is missed again.
            if all.get(&key).is_some_and(|row| row.count <= aside.count) {
                all.remove(&key);
            }
        }
        let mut list: Vec<FailedSearch> = all.into_values().collect();
        list.sort_by_key(|row| (std::cmp::Reverse(row.count), std::cmp::Reverse(row.last_at)));
        list.truncate(LIST_MAX);
        Ok(list)
    }

    /// Tells the organisation what this person did not find, if the last time is long enough ago.
    fn tell_searches(&mut self) -> Result<(), ApiError> {
        // Without an organisation, or before its space has arrived, there is nobody to tell; it is told later.
        let (Ok((me, _)), Ok(space)) = (self.acting(), self.organisation_space()) else { return Ok(()) };
        let now = self.now().wall;
        let last = self.row::<Timestamp>(TOLD, b"at")?;
        if last.is_some_and(|last| last.0 <= now.0 && now.0 < last.0.saturating_add(TELL_EVERY_MS)) {
            return Ok(());
        }
        let rows: Vec<Failed> = self.rows::<Failed>(FAILED)?.into_iter().take(TOLD_MAX).collect();
        let mut lines = BTreeMap::new();
        for row in &rows {
            let line = serde_json::to_string(row).map_err(|error| ApiError::new("internal", error.to_string()))?;
            lines.insert(row.text.to_lowercase().chars().take(TEXT_CHARS).collect::<String>(), line);
        }
        let place = DocRef::contribution(space, &me, TOPIC);
        self.with(|replica, cx| {
            let edit = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                let told = table::read_rows(tx).map_err(|error| error.to_string())?;
                for key in told.keys().filter(|key| !lines.contains_key(*key)) {
                    table::remove_row(tx, key).map_err(|error| error.to_string())?;
                }
                lines.iter().try_for_each(|(key, line)| table::put_row(tx, key, line)).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, place, &[], edit)?;
            Ok(((), fx))
        })?;
        self.put_row(TOLD, b"at", now, &now)
    }

    fn told_by_others(&mut self) -> Result<Vec<Failed>, ApiError> {
        let (Ok((me, _)), Ok(space)) = (self.acting(), self.organisation_space()) else { return Ok(Vec::new()) };
        let mine = DocRef::contribution(space, &me, TOPIC).doc;
        let place = place_of_thread(&DocRef::contribution(space, &PersonId([0; PersonId::LEN]), TOPIC).doc);
        let documents = self.store.documents(&space).at_boundary()?;
        let others = documents.into_iter().filter(|(doc, kind)| {
            DocKind::from_code(*kind) == DocKind::Contribution && *doc != mine && place_of_thread(doc) == place
        });
        let mut told = Vec::new();
        for (doc, _) in others.take(PEOPLE_MAX) {
            // What cannot be read yet is counted when it can.
            let Ok(rows) = self.replica.read(&self.store, &space, &doc, table::read_rows).at_boundary()? else {
                continue;
            };
            let rows = rows.into_values().take(TOLD_MAX).filter_map(|line| serde_json::from_str::<Failed>(&line).ok());
            let fits = |row: &Failed| {
                row.text.chars().count() <= TEXT_CHARS && check_characters("text", &row.text, forbidden_in_line).is_ok()
            };
            told.extend(rows.filter(fits));
        }
        Ok(told)
    }
}
