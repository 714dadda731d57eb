//! Of the lead: the deputy is named, takes over, gives back.

testids! {
    /// Who leads in the chair's place; `data-name`, `data-mine`.
    LEAD_BANNER = "lead-banner";
    /// Who takes the lead, before enough devices have acknowledged it; `data-acknowledged`, `data-needed`.
    LEAD_CLAIM = "lead-claim";
    /// Takes the lead, or takes it back.
    LEAD_TAKE = "lead-take";
    /// Asks before.
    LEAD_CONFIRM = "lead-confirm";
    /// Of the people: who is named as deputy; `data-name`.
    DEPUTY = "deputy";
    /// Of the people: the chair names the deputy.
    DEPUTY_PICK = "deputy-pick";
}
