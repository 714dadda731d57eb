//! Every bound of this crate in one place. A sitting of a city council stays far below; a hostile record does not get far.

/// Longest single text, in characters.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// All texts of one document together, in characters (some 110 full pages); a line break counts as [`LINE_BREAK_CHARS`].
pub const MAX_TOTAL_CHARS: usize = 400_000;
/// What a line break counts for in [`MAX_TOTAL_CHARS`]: the room it takes on the page.
pub const LINE_BREAK_CHARS: usize = 40;
/// Members and guests of a sitting, each.
pub const MAX_PEOPLE: usize = 2_000;
/// Times out of the room of one member.
pub const MAX_AWAY: usize = 50;
/// Items of an agenda.
pub const MAX_ITEMS: usize = 200;
/// Votes of one item.
pub const MAX_VOTES_PER_ITEM: usize = 50;
/// Votes of a whole sitting; with the limit on named ballots this bounds the tables.
pub const MAX_VOTES: usize = 200;
/// Named ballots of all votes together.
pub const MAX_BALLOTS: usize = 10_000;
/// Places of one secret ballot.
pub const MAX_PLACES: usize = 100;
/// Tellers of one secret ballot.
pub const MAX_TELLERS: usize = 50;
/// Remarks of one item.
pub const MAX_REMARKS_PER_ITEM: usize = 500;
/// Papers of an item or of the sitting.
pub const MAX_PAPERS: usize = 500;
/// General conclusions.
pub const MAX_CONCLUSIONS: usize = 200;
/// Recipients.
pub const MAX_RECIPIENTS: usize = 100;
/// Blocks of a paper.
pub const MAX_BLOCKS: usize = 2_000;
/// Rows of a table in a paper.
pub const MAX_TABLE_ROWS: usize = 1_000;
/// Columns of a table in a paper.
pub const MAX_TABLE_COLUMNS: usize = 12;
/// A run of more characters without a place to break gets such places, so that nothing runs off the page.
pub const MAX_UNBROKEN_CHARS: usize = 24;
