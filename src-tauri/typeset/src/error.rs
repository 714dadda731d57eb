//! Why a document could not be produced, each reason with a code that the interface translates.

/// An error of typesetting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypesetError {
    /// More entries than the limit for this part of the record, see [`crate::limits`].
    #[error("{count} {what}, at most {limit} fit into one document")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A text, or all texts together, are longer than the limit.
    #[error("the text of {field} has {chars} characters, at most {limit} fit")]
    TextTooLong {
        /// Which text.
        field: &'static str,
        /// How long it is.
        chars: usize,
        /// The limit.
        limit: usize,
    },
    /// A text without which the document makes no sense is empty.
    #[error("{field} is missing")]
    Missing {
        /// Which text.
        field: &'static str,
    },
    /// An instant outside the years 1 to 9999.
    #[error("the date of {field} is not within the years 1 to 9999")]
    BadDate {
        /// Which date.
        field: &'static str,
    },
    /// A table whose rows have not as many cells as its head.
    #[error("a table row has {cells} cells, its head has {head}")]
    UnevenTable {
        /// Cells of the row.
        cells: usize,
        /// Cells of the head.
        head: usize,
    },
    /// A defect in our template or in the typesetter.
    #[error("the document could not be laid out: {what}")]
    Layout {
        /// What the typesetter said.
        what: String,
    },
}

impl TypesetError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "typeset_too_many",
            Self::TextTooLong { .. } => "typeset_text_too_long",
            Self::Missing { .. } => "typeset_missing",
            Self::BadDate { .. } => "typeset_bad_date",
            Self::UnevenTable { .. } => "typeset_uneven_table",
            Self::Layout { .. } => "typeset_layout",
        }
    }
}
