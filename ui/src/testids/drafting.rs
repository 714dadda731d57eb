//! Of conclusions that people wrote at the same time.

testids! {
    /// The box with both sides, above the conclusions.
    DRAFTING = "drafting";
    /// A choice at one place, a radio button; `data-choice`: `side-0`, …, `all`, `merged`.
    DRAFTING_CHOICE = "drafting-choice";
    /// Of writing: what others saved in the meantime was seen.
    CONCLUSIONS_SEEN = "conclusions-seen";
    /// Goes on with what was chosen.
    DRAFTING_SETTLE = "drafting-settle";
}
