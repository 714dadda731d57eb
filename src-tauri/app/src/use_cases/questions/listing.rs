//! The list of questions: whose, where they stand, in which field, by which words.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::question::{Delivery, QuestionFilter, QuestionList, QuestionListView, QuestionRow, QuestionScope, QuestionState};
use api::search::FacetValue;
use domain::id::{PersonId, UnitId};
use domain::question::row::served;
use domain::question::{DueState, State};

use super::super::meetings::count;
use crate::app::App;
use crate::engine::{Core, Listed};

/// Rows of one answer.
const ROWS_MAX: usize = 500;

impl App {
    pub(crate) async fn question_list(&self, query: QuestionList) -> Result<QuestionListView, ApiError> {
        let (mut view, cited) = self.engine()?.attempt(move |core| core.question_list(&query.filter)).await?;
        view.rows = self.mark_outdated(view.rows, cited).await?;
        Ok(view)
    }
}

/// What a row's standing answer rests on, to be compared with the handbook.
pub(super) struct Cited {
    /// The articles with the versions that were read.
    pub articles: Vec<(String, u64)>,
    /// When somebody last looked at the answer.
    pub looked_at: domain::id::Timestamp,
}

/// What a thread's row says of its standing answer.
fn cited_by(row: &domain::question::QuestionRow) -> Cited {
    let articles = row.cites.iter().map(|(article, version)| (article.clone(), *version)).collect();
    Cited { articles, looked_at: row.looked_at }
}

/// Who asks for a list.
struct Viewer {
    me: PersonId,
    unit: UnitId,
}

impl Core {
    fn question_list(&mut self, filter: &QuestionFilter) -> Result<(QuestionListView, Vec<Cited>), ApiError> {
        let (me, unit) = self.acting()?;
        let viewer = Viewer { me, unit };
        let offices = self.offices().clone();
        let coordinates = offices.is_coordinator(&me);
        let words = search::fold::folded(&filter.text);
        let words: Vec<&str> = words.split_whitespace().collect();
        let now = self.now().wall;
        let served = served(self.question_rows().values().map(|listed| &listed.row));
        let visible: Vec<Listed> =
            self.question_rows().values().filter(|listed| listed.row.is_listed_for(&offices, &me)).cloned().collect();
        let overdue = |listed: &Listed| listed.row.timing.state(listed.row.state, now) == DueState::Overdue;
        let state = |listed: &Listed| filter.state.is_none_or(|state| state == state_of(listed.row.state));
        let late = |listed: &Listed| !filter.overdue || overdue(listed);
        let field = |listed: &Listed| filter.field.as_ref().is_none_or(|field| *field == listed.row.field);
        let asked = |listed: &Listed| filter.unit.is_none_or(|unit| unit == listed.row.responsible);
        let says = |listed: &Listed| {
            let all = if listed.row.concerns(&offices, &me) { &listed.words } else { &listed.public_words };
            words.iter().all(|word| all.contains(word))
        };
        let scope = |listed: &Listed, scope: QuestionScope| viewer.sees(listed, scope);
        let common: Vec<&Listed> = visible.iter().filter(|listed| state(listed) && late(listed) && says(listed)).collect();
        let scopes = QuestionScope::ALL.map(|wanted| {
            (wanted, count(common.iter().filter(|listed| scope(listed, wanted) && field(listed) && asked(listed)).count()))
        });
        let mine = |listed: &&&Listed| scope(listed, filter.scope);
        let mut fields: BTreeMap<String, u32> = BTreeMap::new();
        for listed in common.iter().filter(mine).filter(|listed| asked(listed) && !listed.row.field.is_empty()) {
            *fields.entry(listed.row.field.clone()).or_default() += 1;
        }
        let mut units: BTreeMap<UnitId, u32> = BTreeMap::new();
        for listed in common.iter().filter(mine).filter(|listed| field(listed)) {
            *units.entry(listed.row.responsible).or_default() += 1;
        }
        let mut found: Vec<&Listed> =
            common.iter().filter(mine).filter(|listed| field(listed) && asked(listed)).copied().collect();
        found.sort_by_key(|listed| {
            let waits = self.waits_for(&viewer, listed);
            (!waits, std::cmp::Reverse(listed.row.last_at), listed.row.id)
        });
        let total = count(found.len());
        found.truncate(ROWS_MAX);
        let names = self.units_here();
        let rows: Vec<QuestionRow> = found
            .iter()
            .map(|listed| {
                let same = served.get(&listed.row.id).copied().unwrap_or(0);
                self.question_row(listed, &viewer.me, &names, same)
            })
            .collect();
        let cited = found.iter().map(|listed| cited_by(&listed.row)).collect();
        let facet = |value: String, label: String, count: u32| FacetValue { value, label, count };
        let mut units: Vec<FacetValue> = units
            .into_iter()
            .map(|(unit, count)| facet(unit.to_string(), names.get(&unit).cloned().unwrap_or_else(|| unit.short()), count))
            .collect();
        units.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        let mut fields: Vec<FacetValue> = fields.into_iter().map(|(field, count)| facet(field, String::new(), count)).collect();
        fields.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        let waiting = count(self.entries_waiting());
        let view =
            QuestionListView { rows, total, scopes: scopes.to_vec(), fields, units, waiting, may_see_statistics: coordinates };
        Ok((view, cited))
    }

    /// Does the next step of a thread lie with this person.
    fn waits_for(&self, viewer: &Viewer, listed: &Listed) -> bool {
        let row = &listed.row;
        match row.state {
            State::Asked | State::Received | State::AwaitingApproval | State::Returned | State::Reopened => {
                row.responsible == viewer.unit
            }
            State::Answered => row.asker == viewer.me,
            State::Accepted | State::Duplicate | State::Withdrawn => false,
        }
    }

    /// A thread in a list, as this person may see it.
    pub(super) fn question_row(
        &self,
        listed: &Listed,
        me: &PersonId,
        names: &BTreeMap<UnitId, String>,
        same_asked: u32,
    ) -> QuestionRow {
        let row = &listed.row;
        let now = self.now().wall;
        let offices = self.replica.directory().map(sync::directory::Directory::offices).unwrap_or_default();
        let concerned = row.concerns(&offices, me);
        let name = |unit: &UnitId| names.get(unit).cloned().unwrap_or_else(|| unit.short());
        let public_title = row.published.clone().filter(|_| !concerned);
        QuestionRow {
            question: row.id,
            title: public_title.unwrap_or_else(|| row.title.clone()),
            field: row.field.clone(),
            asker: if concerned { self.person_name(&row.asker) } else { String::new() },
            asker_unit: name(&row.asker_unit),
            unit: Some(row.responsible),
            unit_name: name(&row.responsible),
            state: state_of(row.state),
            urgency: row.urgency,
            asked_at: row.asked_at,
            due_at: row.timing.due,
            answered_at: row.timing.first_answer_at,
            overdue: row.timing.state(row.state, now) == DueState::Overdue,
            overdue_days: row.timing.days_overdue(row.state, now),
            overdue_reason: row.timing.reason.clone().unwrap_or_default(),
            comments: row.comments,
            same_asked,
            following: row.followers.contains(me),
            unread: self.is_unread(listed, me),
            published: row.published.is_some(),
            delivery: if self.question_waits(&row.id) { Delivery::Waiting } else { Delivery::Sent },
            needs_review: row.needs_review,
        }
    }
}

impl Viewer {
    fn sees(&self, listed: &Listed, scope: QuestionScope) -> bool {
        let row = &listed.row;
        match scope {
            QuestionScope::All => true,
            QuestionScope::Mine => row.asker == self.me,
            QuestionScope::MyUnit => row.units.contains(&self.unit) || row.asker_unit == self.unit,
            QuestionScope::Following => row.followers.contains(&self.me) || row.mentioned.contains(&self.me),
        }
    }
}

/// A thread's state in the words of the list.
pub(super) fn state_of(state: State) -> QuestionState {
    match state {
        State::Asked | State::Received | State::Returned | State::Reopened => QuestionState::Open,
        State::AwaitingApproval => QuestionState::Approving,
        State::Answered => QuestionState::Answered,
        State::Accepted => QuestionState::Accepted,
        State::Duplicate => QuestionState::Duplicate,
        State::Withdrawn => QuestionState::Withdrawn,
    }
}
