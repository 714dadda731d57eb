//! For whom people act, which answers need their head's approval, and how long an answer may take.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entry::Urgency;
use crate::id::{PersonId, Timestamp, UnitId};
use crate::limits::{LimitError, at_most};
use crate::workdays::{DEADLINE_DAYS_MAX, Workdays};

/// Units of a table of rules.
pub const UNITS_MAX: usize = 5_000;
/// People named as heads of one unit.
pub const APPROVERS_MAX: usize = 50;

/// Who belongs where, by certificates. Certificates are only ever added, so that what somebody did for an office stays done when
/// they leave it; what a revoked device or a removed person did unseen is left out before entries get here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offices {
    people: BTreeMap<PersonId, BTreeMap<UnitId, bool>>,
    coordinating: BTreeSet<UnitId>,
}

impl Offices {
    /// A person has a certificate for a unit; `administrator` says whether for its administration.
    pub fn belongs(&mut self, person: PersonId, unit: UnitId, administrator: bool) {
        *self.people.entry(person).or_default().entry(unit).or_default() |= administrator;
    }

    /// A unit in which the organisation began: its administrators route questions of all others.
    pub fn coordinates(&mut self, unit: UnitId) {
        self.coordinating.insert(unit);
    }

    /// Is anything known of the person.
    pub fn knows(&self, person: &PersonId) -> bool {
        self.people.contains_key(person)
    }

    /// May the person speak for the unit.
    pub fn acts_for(&self, person: &PersonId, unit: &UnitId) -> bool {
        self.people.get(person).is_some_and(|units| units.contains_key(unit))
    }

    /// The units of a person.
    pub fn units_of(&self, person: &PersonId) -> impl Iterator<Item = UnitId> {
        self.people.get(person).into_iter().flat_map(|units| units.keys().copied())
    }

    /// Does the person administer the unit.
    pub fn administers(&self, person: &PersonId, unit: &UnitId) -> bool {
        self.people.get(person).and_then(|units| units.get(unit)).copied().unwrap_or(false)
    }

    /// Does the person route questions for everybody.
    pub fn is_coordinator(&self, person: &PersonId) -> bool {
        self.coordinating.iter().any(|unit| self.administers(person, unit))
    }
}

/// Somebody who approves the answers of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approver {
    /// Who.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None`: still.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// How one unit answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRule {
    /// Answers written from then on need the head's approval; `None`: they are given at once.
    #[serde(default)]
    pub approval_from: Option<Timestamp>,
    /// Who approves, besides the unit's administrators.
    #[serde(default)]
    pub approvers: Vec<Approver>,
    /// Working days for a question that is not urgent; `None`: as everywhere.
    #[serde(default)]
    pub days: Option<u16>,
}

/// Working days for an answer, by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDays {
    /// Thường.
    pub normal: u16,
    /// Khẩn.
    pub urgent: u16,
    /// Thượng khẩn.
    pub very_urgent: u16,
    /// Hỏa tốc; 0 is the same working day.
    pub immediate: u16,
}

impl Default for AnswerDays {
    fn default() -> Self {
        Self { normal: 5, urgent: 2, very_urgent: 1, immediate: 0 }
    }
}

impl AnswerDays {
    /// The days for one urgency.
    pub fn of(&self, urgency: Urgency) -> u16 {
        match urgency {
            Urgency::Normal => self.normal,
            Urgency::Urgent => self.urgent,
            Urgency::VeryUrgent => self.very_urgent,
            Urgency::Immediate => self.immediate,
        }
    }
}

/// The rules that an organisation can edit. All devices that have the same table get the same thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Units that differ from the ordinary.
    pub units: BTreeMap<UnitId, UnitRule>,
    /// How long an answer may take.
    pub days: AnswerDays,
    /// Which days count.
    pub workdays: Workdays,
}

impl Rules {
    /// Are they within bounds.
    pub fn validate(&self) -> Result<(), LimitError> {
        at_most("units", UNITS_MAX, self.units.len())?;
        self.units.values().try_for_each(|unit| at_most("approvers", APPROVERS_MAX, unit.approvers.len()))?;
        let own = self.units.values().filter_map(|unit| unit.days);
        let days = [self.days.normal, self.days.urgent, self.days.very_urgent, self.days.immediate].into_iter().chain(own);
        days.map(usize::from).try_for_each(|days| at_most("days to answer", usize::from(DEADLINE_DAYS_MAX), days))
    }

    /// Did an answer of a unit need approval when it was written.
    pub fn needs_approval(&self, unit: &UnitId, at: Timestamp) -> bool {
        self.units.get(unit).and_then(|rule| rule.approval_from).is_some_and(|from| at >= from)
    }

    /// Was the person a head of the unit at that time.
    pub fn is_head(&self, offices: &Offices, person: &PersonId, unit: &UnitId, at: Timestamp) -> bool {
        let named = |approver: &Approver| {
            approver.person == *person && approver.from <= at && approver.until.is_none_or(|until| at < until)
        };
        offices.acts_for(person, unit)
            && (offices.administers(person, unit) || self.units.get(unit).is_some_and(|rule| rule.approvers.iter().any(named)))
    }

    /// The deadline of what a unit was asked at a time.
    pub fn due(&self, unit: &UnitId, asked_at: Timestamp, urgency: Urgency) -> Timestamp {
        let own = self.units.get(unit).and_then(|rule| rule.days).filter(|_| urgency == Urgency::Normal);
        self.workdays.deadline(asked_at, own.unwrap_or_else(|| self.days.of(urgency)))
    }
}
