//! The organisation's own rule profiles: made from others, edited, taken back. A vote carries the copy it was opened under, so nothing here
//! changes a vote that is there.

use domain::vote::RuleProfile;
use serde::{Deserialize, Serialize};

crate::requests! {
    Query: Reads in query;

    /// All rule profiles, with those of the program told from those of the organisation.
    RuleBook {} -> RuleBookView,
}

crate::requests! {
    Act: Does in act;

    /// Writes a rule profile of the organisation, new or in place of the one with this id; it goes to all devices. Editors and administrators.
    SaveRuleProfile { /// The whole profile. Its id is none of the program's own.
        profile: RuleProfile } -> RuleBookView,
    /// Takes a rule profile of the organisation away. Editors and administrators.
    RemoveRuleProfile { /// Its id.
        id: String } -> RuleBookView,
}

/// The rule profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBookView {
    /// First those of the program, then the organisation's by id.
    pub rules: Vec<RuleRow>,
    /// I may change those of the organisation.
    pub may_edit: bool,
}

/// A rule profile in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRow {
    /// The rules.
    pub profile: RuleProfile,
    /// It came with the program and stays as it is; others are made from it.
    pub built_in: bool,
}
