//! How much a thread may hold. Far above what an office writes; there so that one device cannot fill the others.

/// Characters of the text of a question.
pub const QUESTION_TEXT_CHARS: usize = 20_000;
/// Characters of an answer.
pub const ANSWER_CHARS: usize = 40_000;
/// Characters of a comment.
pub const COMMENT_CHARS: usize = 10_000;
/// Characters of a reason or a short note.
pub const REASON_CHARS: usize = 2_000;
/// Characters of the name of a field of work.
pub const FIELD_CHARS: usize = 100;
/// Characters of the id of a handbook article or package.
pub const ARTICLE_ID_CHARS: usize = 200;
/// Characters of a citation as people read it.
pub const CITATION_CHARS: usize = 500;
/// Characters of the words that a citation quotes.
pub const CITATION_QUOTE_CHARS: usize = 1_000;
/// Citations of an answer.
pub const CITATIONS: usize = 40;
/// Files of a question or an answer.
pub const ATTACHMENTS: usize = 10;
/// People mentioned in one comment.
pub const MENTIONS: usize = 50;
/// Entries that an entry names as seen. With more, the latest are named.
pub const AFTER: usize = 32;
/// Entries of one person in one thread: kept, and folded besides the question itself.
pub const ENTRIES_OF_A_PERSON: usize = 300;
/// Entries of a thread that are folded: the question itself, then by turns those whom it concerns, then by turns the others. What there is no
/// room for is left out and told.
pub const ENTRIES_OF_A_THREAD: usize = 1_000;
/// Bytes of one entry; the longest texts in the longest letters fit into an envelope.
pub const ENTRY_BYTES: usize = 416 * 1024;
/// Findings of the check for personal data that one publication confirms.
pub const FINDINGS: u32 = 10_000;
/// Highest mark of a rating; the lowest is 1.
pub const STARS: u8 = 5;
/// How far an extension may put the deadline, counted from when the question was asked.
pub const EXTENSION_DAYS: i64 = 366;
