//! Units, what they answer for and how: the table `routing` that all offices share.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::question::SetUnit;
use api::question::{UnitRow, UnitsView};
use api::search::Level;
use domain::duty::Duty;
use domain::id::{Timestamp, UnitId};
use domain::question::limits::FIELD_CHARS;
use domain::question::office::{Approver, UnitRule};
use serde::{Deserialize, Serialize};
use sync::DocRef;
use sync::document::table;

use super::super::agenda::limit;
use super::writing::clean;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

const ROUTING: &str = "routing";
/// Fields that one unit answers for.
const FIELDS_MAX: usize = 100;
/// Working days that a unit may take for what is not urgent.
const DAYS_MAX: u32 = 60;

/// What is kept of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct UnitKept {
    /// Its level; `None`: the units that the organisation began with are the city's, others communes.
    pub level: Option<Level>,
    /// Fields that it answers for.
    pub fields: Vec<String>,
    /// How it answers.
    pub rule: UnitRule,
}

impl App {
    pub(crate) async fn units(&self) -> Result<UnitsView, ApiError> {
        self.engine()?.attempt(|core| core.units_view()).await
    }

    pub(crate) async fn set_unit(&self, act: SetUnit) -> Result<UnitsView, ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.set_unit(act)?;
                core.units_view()
            })
            .await
    }
}

impl Core {
    /// What is kept of units; a row that is no such thing is passed over.
    pub fn unit_rules(&mut self) -> Result<BTreeMap<UnitId, UnitKept>, ApiError> {
        let place = DocRef::table(self.organisation_space()?, ROUTING);
        let rows = self.replica.read(&self.store, &place.space, &place.doc, table::read_rows).at_boundary()?.at_boundary()?;
        Ok(rows.into_iter().filter_map(|(key, text)| Some((key.parse().ok()?, serde_json::from_str(&text).ok()?))).collect())
    }

    /// The unit that answers for a field when the city is asked: the one that names it (of several the one with the lowest id), else the
    /// one with which the organisation began.
    pub fn responsible_for(&mut self, field: &str) -> Result<UnitId, ApiError> {
        let wanted = search::fold::folded(field);
        let named = |kept: &UnitKept| !wanted.is_empty() && kept.fields.iter().any(|own| search::fold::folded(own) == wanted);
        let units = self.units_here();
        let found = self.unit_rules()?.into_iter().find(|(unit, kept)| units.contains_key(unit) && named(kept));
        let first = || self.first_unit();
        found.map(|(unit, _)| unit).or_else(first).ok_or_else(|| not_found("unit"))
    }

    fn first_unit(&self) -> Option<UnitId> {
        let directory = self.replica.directory()?;
        directory.devices().filter(|device| device.issuer == signing::certificate::Issuer::Root).map(|device| device.unit).min()
    }

    /// Units that anybody belongs to, with their names: that of the earliest certificate, so that all devices show one.
    pub fn units_here(&self) -> BTreeMap<UnitId, String> {
        let mut units: BTreeMap<UnitId, (Timestamp, String)> = BTreeMap::new();
        for device in self.replica.directory().into_iter().flat_map(|directory| directory.devices()) {
            let named = (device.issued_at, device.unit_name.clone());
            units.entry(device.unit).and_modify(|known| *known = known.clone().min(named.clone())).or_insert(named);
        }
        units.into_iter().map(|(unit, (_, name))| (unit, name)).collect()
    }

    /// A unit's name; the short id if nobody of it is known.
    pub fn unit_name(&self, unit: &UnitId) -> String {
        self.units_here().remove(unit).unwrap_or_else(|| unit.short())
    }

    pub fn units_view(&mut self) -> Result<UnitsView, ApiError> {
        let (_, mine) = self.acting()?;
        let rules = self.unit_rules().unwrap_or_default();
        let (now, first, standard) = (self.now().wall, self.first_unit(), self.question_rules().days.normal);
        let mut people: BTreeMap<UnitId, u32> = BTreeMap::new();
        for person in self.people() {
            *people.entry(person.unit).or_default() += 1;
        }
        let mut units: Vec<UnitRow> = Vec::new();
        for (unit, name) in self.units_here() {
            let kept = rules.get(&unit).cloned().unwrap_or_default();
            let head = kept.rule.approvers.iter().rev().find(|head| head.until.is_none()).map(|head| head.person);
            units.push(UnitRow {
                unit,
                name,
                level: kept.level.unwrap_or(if first == Some(unit) { Level::City } else { Level::Commune }),
                fields: kept.fields,
                needs_approval: kept.rule.approval_from.is_some_and(|from| from <= now),
                days: u32::from(kept.rule.days.unwrap_or(standard)),
                head,
                head_name: head.map(|head| self.person_name(&head)).unwrap_or_default(),
                people: people.get(&unit).copied().unwrap_or(0),
                mine: unit == mine,
            });
        }
        units.sort_by(|a, b| (a.level, &a.name, a.unit).cmp(&(b.level, &b.name, b.unit)));
        Ok(UnitsView { units, may_edit: self.has_duty(Duty::Editor) })
    }

    fn set_unit(&mut self, act: SetUnit) -> Result<(), ApiError> {
        if !self.units_here().contains_key(&act.unit) {
            return Err(not_found("unit"));
        }
        let now = self.now().wall;
        let mut kept = self.unit_rules()?.remove(&act.unit).unwrap_or_default();
        domain::limits::at_most("fields of work", FIELDS_MAX, act.fields.len()).map_err(|error| limit(&error))?;
        let mut fields = Vec::new();
        for field in act.fields.iter().map(|field| clean(field)).filter(|field| !field.is_empty()) {
            let field = domain::identity::one_line("field of work", &field, FIELD_CHARS).map_err(|error| limit(&error))?;
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let days = usize::try_from(act.days).unwrap_or(usize::MAX);
        domain::limits::at_most("days to answer", DAYS_MAX as usize, days).map_err(|error| limit(&error))?;
        domain::limits::at_least("days to answer", 1, days).map_err(|error| limit(&error))?;
        let in_unit = |core: &Self, person| core.person_row(person).is_some_and(|row| row.unit == act.unit);
        if let Some(stranger) = act.head.as_ref().filter(|head| !in_unit(self, head)) {
            return Err(not_found("person").with("person", stranger));
        }
        // What was written under the rule until now is judged by it for good.
        for approver in kept.rule.approvers.iter_mut().filter(|old| old.until.is_none() && act.head != Some(old.person)) {
            approver.until = Some(now);
        }
        if let Some(person) = act.head
            && !kept.rule.approvers.iter().any(|known| known.person == person && known.until.is_none())
        {
            kept.rule.approvers.push(Approver { person, from: now, until: None });
        }
        kept.rule.approval_from = act.needs_approval.then(|| kept.rule.approval_from.unwrap_or(now));
        kept.rule.days = u16::try_from(act.days).ok();
        (kept.level, kept.fields) = (Some(act.level), fields);
        let place = DocRef::table(self.organisation_space()?, ROUTING);
        let row = serde_json::to_string(&kept).map_err(|error| ApiError::new("internal", error.to_string()))?;
        self.with(|replica, cx| {
            let edit = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                table::put_row(tx, &act.unit.to_string(), &row).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, place, &[], edit)?;
            Ok(((), fx))
        })
    }
}
