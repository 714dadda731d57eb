//! How much a task may hold. Texts have the bounds of questions.

/// Units that support the lead.
pub const SUPPORTING: usize = 50;
/// People who may confirm besides the assigner.
pub const STEWARDS: usize = 50;
/// Entries of one person in one task: kept, and folded besides the task itself.
pub const ENTRIES_OF_A_PERSON: usize = 300;
/// Entries of a task that are folded: the task itself, then by turns those whom it concerns, then by turns the others. What there is no room
/// for is left out and told.
pub const ENTRIES_OF_A_TASK: usize = 1_000;
/// How far a deadline may be, counted from when the task was given: ten years.
pub const DUE_DAYS_MAX: i64 = 3_660;
/// All of it is done.
pub const PERCENT_MAX: u8 = 100;
