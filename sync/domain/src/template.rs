//! Agendas to begin from: the order of business of the sittings that every office holds again and again.
//!
//! Wording of our own after common practice, data and not law: a person changes everything before the sitting is made.

use serde::{Deserialize, Serialize};

use crate::identity::check_line;
use crate::limits::{self, LimitError};

const BUILT_IN: &str = include_str!("templates.json");

/// An agenda without a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// `a–z`, `0–9` and `-`.
    pub id: String,
    /// What the list shows, e.g. "Kỳ họp thường lệ Hội đồng nhân dân xã, phường".
    pub name: String,
    /// In reading order.
    pub items: Vec<TemplateItem>,
}

/// One line of such an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateItem {
    /// What it is about.
    pub title: String,
    /// Who usually presents it; may be empty.
    #[serde(default)]
    pub presenter: String,
    /// Usual length.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// 0 for the top level.
    #[serde(default)]
    pub depth: usize,
}

impl Template {
    /// Id and name are there, every line is one that an agenda takes.
    ///
    /// # Errors
    /// [`LimitError`] for the first that is not.
    pub fn validate(&self) -> Result<(), LimitError> {
        let foreign = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        limits::at_least("profile id", 1, self.id.len())?;
        limits::at_most("profile id", limits::PROFILE_ID_CHARS, self.id.len())?;
        limits::check_characters("profile id", &self.id, foreign)?;
        check_line("title", &self.name, 1, limits::TITLE_CHARS)?;
        limits::at_most("agenda items", limits::AGENDA_ITEMS, self.items.len())?;
        for item in &self.items {
            check_line("title", &item.title, 1, limits::TITLE_CHARS)?;
            check_line("presenter", &item.presenter, 0, limits::PRESENTER_CHARS)?;
            limits::at_most("minutes", limits::ITEM_MINUTES.into(), item.minutes.unwrap_or_default().into())?;
        }
        Ok(())
    }
}

/// The templates that come with the program. Empty should the embedded file be broken; a test keeps it whole.
pub fn templates() -> Vec<Template> {
    let read: Vec<Template> = serde_json::from_str(BUILT_IN).unwrap_or_default();
    read.into_iter().filter(|template| template.validate().is_ok()).collect()
}

/// The template of that id.
pub fn template(id: &str) -> Option<Template> {
    templates().into_iter().find(|template| template.id == id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_template_of_the_file_can_be_used_as_it_stands() {
        let written: Vec<Template> = serde_json::from_str(BUILT_IN).unwrap();
        assert_eq!(written.len(), templates().len());
        assert_eq!(written.iter().map(|template| &template.id).collect::<BTreeSet<_>>().len(), written.len(), "an id twice");
        for template in written {
            template.validate().unwrap();
            assert!(template.items.len() >= 4, "{}", template.id);
            let mut deepest_next = 0;
            for item in &template.items {
                assert!(item.depth <= deepest_next, "{}: '{}' skips a level", template.id, item.title);
                deepest_next = item.depth + 1;
            }
            let minutes: u32 =
                template.items.iter().filter(|item| item.depth == 0).filter_map(|item| item.minutes).map(u32::from).sum();
            assert!((45..=960).contains(&minutes), "{}: {minutes} minutes", template.id);
        }
        assert!(template("ky-hop-hdnd").is_some() && template("phien-hop-ubnd").is_some() && template("none").is_none());
    }
}
