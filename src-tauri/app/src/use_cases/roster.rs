//! Inviting everybody on a list: first what would happen, then, in one go, invitations as files and a sheet to print.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use api::act::FileSource;
use api::error::ApiError;
use api::roster::{ApplyRoster, InvitationRow, RosterApplied, RosterOutcome, RosterRow, RosterView};
use domain::id::{Timestamp, UnitId};
use domain::identity::sanitize_file_name;
use zeroize::Zeroizing;

use super::enrolment::{Invitee, Kept};
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::{AtBoundary, Boundary as _};
use crate::profile;
use crate::roster::{self, ROSTER_BYTES_MAX, ROSTER_ROWS_MAX, Row};
use crate::sheet::{Slip, sheet};

/// How the file of an invitation ends.
const INVITATION_ENDING: &str = "kyhop-invitation";
/// The sheet to print.
const SHEET: &str = "phieu-moi.html";

/// What is about to be handed over, before anything is kept.
struct Drawn {
    organisation: String,
    expires_at: Timestamp,
    kept: Vec<Kept>,
    slips: Vec<Slip>,
    known: u32,
}

impl App {
    pub(crate) async fn preview_roster(&self, file: FileSource) -> Result<RosterView, ApiError> {
        let rows = self.read_roster(file).await?;
        self.engine()?.attempt(move |core| core.roster_view(&rows)).await
    }

    pub(crate) async fn apply_roster(&self, act: ApplyRoster) -> Result<RosterApplied, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are written by the desktop and the command line only"));
        }
        let ApplyRoster { file, path, valid_hours, addresses } = act;
        let rows = self.read_roster(file).await?;
        let engine = self.engine()?;
        let drawn = engine.attempt(move |core| core.draw_invitations(&rows, valid_hours, &addresses)).await?;
        let Drawn { organisation, expires_at, kept, slips, known } = drawn;
        // First the files: an invitation that is kept and that nobody has would only confuse.
        let (folder, sheet) = blocking(move || write_slips(Path::new(&path), &organisation, expires_at, &slips)).await?;
        let made = engine.attempt(move |core| core.keep_drawn(kept)).await?;
        Ok(RosterApplied { path: folder, sheet, made, known })
    }

    async fn read_roster(&self, file: FileSource) -> Result<Vec<Row>, ApiError> {
        let (name, bytes) = self.read_source(file, ROSTER_BYTES_MAX, "roster_too_large").await?;
        let too_large = bytes.len() > ROSTER_BYTES_MAX;
        if too_large {
            return Err(ApiError::new("roster_too_large", "the file is over the limit")
                .with("file", name)
                .with("limit_mb", ROSTER_BYTES_MAX >> 20));
        }
        roster::read(&bytes).map_err(|error| {
            let line = match &error {
                roster::RosterError::NotUtf8 { line } => *line,
                _ => 1,
            };
            error.at_boundary().with("file", &name).with("line", line).with("limit", ROSTER_ROWS_MAX)
        })
    }
}

impl Core {
    /// What would happen to each row.
    fn roster_view(&mut self, rows: &[Row]) -> Result<RosterView, ApiError> {
        // Whoever may not do it is told so before a list is looked at.
        self.terms(1, &[])?;
        let outcomes = self.outcomes(rows)?;
        let count = |wanted: fn(&RosterOutcome) -> bool| {
            u32::try_from(outcomes.iter().filter(|outcome| wanted(outcome)).count()).unwrap_or(u32::MAX)
        };
        let new = count(|outcome| matches!(outcome, RosterOutcome::New { .. }));
        let known = count(|outcome| matches!(outcome, RosterOutcome::Exists | RosterOutcome::Invited));
        let errors = count(|outcome| matches!(outcome, RosterOutcome::Error { .. }));
        let shown = rows.iter().zip(outcomes).map(|(row, outcome)| shown(row, outcome)).collect();
        Ok(RosterView { rows: shown, new, known, errors })
    }

    fn outcomes(&self, rows: &[Row]) -> Result<Vec<RosterOutcome>, ApiError> {
        let now = self.now().wall;
        let open: Vec<Kept> = self.kept_invitations()?.into_iter().filter(|kept| kept.is_open(now)).collect();
        let people = self.people();
        let own = self.replica.me().map(|me| me.unit_name.clone()).unwrap_or_default();
        let outcome = |row: &Row| match &row.person {
            Err(wrong) => {
                RosterOutcome::Error { code: wrong.flaw.code().to_owned(), column: wrong.column, typed: wrong.typed.clone() }
            }
            Ok(person) => {
                let unit = if person.unit_name.is_empty() { &own } else { &person.unit_name };
                // A list without titles names people all the same.
                let same = |name: &str, unit_name: &str, title: &str| {
                    person.name == name && unit == unit_name && (person.title.is_empty() || person.title == title)
                };
                if people.iter().any(|known| same(&known.name, &known.unit_name, &known.title)) {
                    RosterOutcome::Exists
                } else if open.iter().any(|kept| same(&kept.name, &kept.unit_name, &kept.title)) {
                    RosterOutcome::Invited
                } else {
                    let there =
                        people.iter().any(|known| known.unit_name == *unit) || open.iter().any(|kept| kept.unit_name == *unit);
                    RosterOutcome::New { new_unit: !there && *unit != own }
                }
            }
        };
        Ok(rows.iter().map(outcome).collect())
    }

    /// Makes the invitations of all new persons. Nothing is stored.
    fn draw_invitations(&mut self, rows: &[Row], valid_hours: u32, addresses: &[String]) -> Result<Drawn, ApiError> {
        let terms = self.terms(valid_hours, addresses)?;
        let outcomes = self.outcomes(rows)?;
        let errors = outcomes.iter().filter(|outcome| matches!(outcome, RosterOutcome::Error { .. })).count();
        if errors > 0 {
            return Err(ApiError::new("roster_has_errors", "some rows cannot be understood").with("count", errors));
        }
        let invited = self.kept_invitations()?;
        let mut units: BTreeMap<String, (UnitId, String)> = BTreeMap::new();
        let mut drawn = Drawn {
            organisation: self.replica.organisation().to_owned(),
            expires_at: terms.expires_at(),
            kept: Vec::new(),
            slips: Vec::new(),
            known: 0,
        };
        for (row, outcome) in rows.iter().zip(outcomes) {
            let Ok(person) = &row.person else { continue };
            if !matches!(outcome, RosterOutcome::New { .. }) {
                drawn.known = drawn.known.saturating_add(1);
                continue;
            }
            let (unit, unit_name) = match units.get(&person.unit_name) {
                Some(known) => known.clone(),
                None => {
                    let chosen = self.unit_to_invite_into(Some(&person.unit_name), &invited)?;
                    units.insert(person.unit_name.clone(), chosen.clone());
                    chosen
                }
            };
            let invitee = Invitee {
                name: person.name.clone(),
                title: person.title.clone(),
                unit,
                unit_name: unit_name.clone(),
                role: person.role,
            };
            let (kept, text) = self.invite(&invitee, &terms)?;
            let number = drawn.slips.len() + 1;
            let file = sanitize_file_name(&format!("{number:04} {}.{INVITATION_ENDING}", person.name));
            drawn.kept.push(kept);
            drawn.slips.push(Slip { name: person.name.clone(), title: person.title.clone(), unit_name, text, file });
        }
        if drawn.kept.is_empty() {
            return Err(ApiError::new("roster_nobody_new", "everybody on the list is there or invited already"));
        }
        Ok(drawn)
    }

    fn keep_drawn(&mut self, drawn: Vec<Kept>) -> Result<Vec<InvitationRow>, ApiError> {
        let now = self.now().wall;
        let rows = drawn.iter().map(|kept| kept.row(now)).collect();
        let mut all = self.kept_invitations()?;
        all.extend(drawn);
        self.keep_invitations(all)?;
        Ok(rows)
    }
}

fn shown(row: &Row, outcome: RosterOutcome) -> RosterRow {
    match &row.person {
        Ok(person) => RosterRow {
            line: row.line,
            name: person.name.clone(),
            title: person.title.clone(),
            unit_name: person.unit_name.clone(),
            role: person.role,
            outcome,
        },
        Err(wrong) => RosterRow {
            line: row.line,
            name: wrong.name.clone(),
            title: String::new(),
            unit_name: String::new(),
            role: Default::default(),
            outcome,
        },
    }
}

/// Writes a file for each invitation and the sheet, into a folder that is new or empty and that only its owner can read.
fn write_slips(folder: &Path, organisation: &str, expires_at: Timestamp, slips: &[Slip]) -> Result<(String, String), ApiError> {
    let named = |error: ApiError| error.with("file", folder.display());
    profile::create_private(folder).at_boundary().map_err(named)?;
    if std::fs::read_dir(folder).at_boundary().map_err(named)?.next().is_some() {
        return Err(named(ApiError::new("file_exists", "the folder is not empty")));
    }
    for slip in slips {
        let text: Zeroizing<String> = Zeroizing::new(format!("{}\n", slip.text.as_str()));
        profile::write_new(&folder.join(&slip.file), text.as_bytes()).map_err(named)?;
    }
    let page = folder.join(SHEET);
    profile::write_new(&page, sheet(organisation, expires_at, slips).as_bytes()).map_err(named)?;
    let absolute = |path: &Path| -> PathBuf { std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) };
    Ok((absolute(folder).display().to_string(), absolute(&page).display().to_string()))
}
