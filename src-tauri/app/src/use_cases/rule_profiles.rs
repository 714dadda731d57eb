//! Rule profiles: those of the program, and the organisation's own in a table that all its devices share.

use api::error::ApiError;
use api::rules::{RuleBookView, RuleRow};
use domain::duty::Duty;
use domain::limits::{PROFILES, at_most};
use domain::sitting::Course;
use domain::vote::{RuleError, RuleProfile};
use sync::DocRef;
use sync::document::table;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// The name of the organisation's table.
const RULES: &str = "rule-profiles";

impl App {
    pub(crate) async fn all_rule_profiles(&self) -> Result<Vec<RuleProfile>, ApiError> {
        self.engine()?.attempt(|core| core.rule_profiles()).await
    }

    pub(crate) async fn rule_book(&self) -> Result<RuleBookView, ApiError> {
        self.engine()?.attempt(|core| core.rule_book()).await
    }

    pub(crate) async fn save_rule_profile(&self, profile: RuleProfile) -> Result<RuleBookView, ApiError> {
        self.engine()?.attempt(move |core| core.save_rule_profile(&profile)).await
    }

    pub(crate) async fn remove_rule_profile(&self, id: String) -> Result<RuleBookView, ApiError> {
        self.engine()?.attempt(move |core| core.remove_rule_profile(&id)).await
    }
}

impl Core {
    /// The organisation's own, by id. A row that is no sound profile, or pretends to be the program's, is left out.
    pub fn own_rule_profiles(&mut self) -> Result<Vec<RuleProfile>, ApiError> {
        let Ok(space) = self.organisation_space() else {
            return Ok(Vec::new());
        };
        let target = DocRef::table(space, RULES);
        let rows = self.replica.read(&self.store, &space, &target.doc, table::read_rows).at_boundary()?.at_boundary()?;
        let read = |(key, text): (String, String)| {
            let profile: RuleProfile = serde_json::from_str(&text).ok()?;
            let sound = profile.id == key && profile.validate().is_ok() && domain::vote::profile(&key).is_none();
            sound.then_some(profile)
        };
        Ok(rows.into_iter().filter_map(read).take(PROFILES).collect())
    }

    /// The organisation's own, if a sitting was opened under rules that the program does not have.
    pub fn own_rules_for(&mut self, course: &Course) -> Result<Vec<RuleProfile>, ApiError> {
        let foreign = course.rules.as_deref().is_some_and(|id| domain::vote::profile(id).is_none());
        if foreign { self.own_rule_profiles() } else { Ok(Vec::new()) }
    }

    /// All that a vote can be opened under.
    pub fn rule_profiles(&mut self) -> Result<Vec<RuleProfile>, ApiError> {
        let mut all = domain::vote::profiles();
        all.extend(self.own_rule_profiles()?);
        Ok(all)
    }

    /// The profile of that id.
    pub fn rule_profile(&mut self, id: &str) -> Result<RuleProfile, ApiError> {
        let found = self.rule_profiles()?.into_iter().find(|profile| profile.id == id);
        found.ok_or_else(|| not_found("profile").with("profile", id))
    }

    fn rule_book(&mut self) -> Result<RuleBookView, ApiError> {
        let row = |built_in| move |profile| RuleRow { profile, built_in };
        let mut rules: Vec<RuleRow> = domain::vote::profiles().into_iter().map(row(true)).collect();
        rules.extend(self.own_rule_profiles()?.into_iter().map(row(false)));
        Ok(RuleBookView { rules, may_edit: self.has_duty(Duty::Editor) })
    }

    fn save_rule_profile(&mut self, profile: &RuleProfile) -> Result<RuleBookView, ApiError> {
        self.need_duty(Duty::Editor)?;
        profile.validate().map_err(|error| match error {
            RuleError::Limit(error) => limit(&error),
            other => ApiError::new(other.code(), other.to_string()),
        })?;
        if domain::vote::profile(&profile.id).is_some() {
            return Err(
                ApiError::new("profile_built_in", "the rules of the program stay as they are").with("profile", &profile.id)
            );
        }
        let own = self.own_rule_profiles()?;
        if !own.iter().any(|known| known.id == profile.id) {
            at_most("profiles", PROFILES, own.len() + 1).map_err(|error| limit(&error))?;
        }
        let text = serde_json::to_string(profile).map_err(|error| ApiError::new("internal", error.to_string()))?;
        let target = DocRef::table(self.organisation_space()?, RULES);
        self.with(|replica, cx| {
            let ((), _, fx) = replica
                .transact(cx, target, &[], |tx, _| table::put_row(tx, &profile.id, &text).map_err(|error| error.to_string()))?;
            Ok(((), fx))
        })?;
        self.handbook_changed();
        self.rule_book()
    }

    fn remove_rule_profile(&mut self, id: &str) -> Result<RuleBookView, ApiError> {
        self.need_duty(Duty::Editor)?;
        if !self.own_rule_profiles()?.iter().any(|known| known.id == id) {
            return Err(not_found("profile").with("profile", id));
        }
        let target = DocRef::table(self.organisation_space()?, RULES);
        self.with(|replica, cx| {
            let ((), _, fx) = replica
                .transact(cx, target, &[], |tx, _| table::remove_row(tx, id).map(drop).map_err(|error| error.to_string()))?;
            Ok(((), fx))
        })?;
        self.handbook_changed();
        self.rule_book()
    }
}
