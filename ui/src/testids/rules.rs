//! Of Settings: the rules of votes.

testids! {
    /// A profile in the list; `data-id`, `data-built-in`.
    RULE_ROW = "rule-row";
    /// Makes another from it.
    RULE_COPY = "rule-copy";
    /// Changes it.
    RULE_EDIT = "rule-edit";
    /// Takes it away.
    RULE_REMOVE = "rule-remove";
    /// Asks whether to.
    RULE_REMOVE_DIALOG = "rule-remove-dialog";
    /// The form.
    RULE_DIALOG = "rule-dialog";
    /// Of the form: its id.
    RULE_ID = "rule-id";
    /// Of the form: its name.
    RULE_NAME = "rule-name";
    /// Of the form: what the share is of.
    RULE_BASE = "rule-base";
    /// Of the form: how many must be for.
    RULE_THRESHOLD = "rule-threshold";
    /// Of the form: how many must be present.
    RULE_QUORUM = "rule-quorum";
    /// Of the form: what a tie means.
    RULE_TIE = "rule-tie";
    /// Of the form: open or secret.
    RULE_SECRET = "rule-secret";
    /// Of the form: whether the count of an open vote is told while it is open.
    RULE_LIVE = "rule-live";
    /// Of the form: whether a ballot may be changed.
    RULE_MAY_CHANGE = "rule-may-change";
    /// Of the form: the legal basis.
    RULE_LEGAL_BASIS = "rule-legal-basis";
    /// Of the form: writes it.
    RULE_SAVE = "rule-save";
}
