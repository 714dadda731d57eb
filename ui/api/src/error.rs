//! Errors at the boundary: a stable code and the facts, never a sentence. The text is made at the edge, in the
//! reader's language, from the code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An error as it crosses the boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ApiError {
    /// Stable, e.g. `pdf_encrypted`, `wrong_passphrase`, `not_allowed`, `disk_full`. The translation files have a text for each.
    pub code: String,
    /// Values for the text: file name, limit, found, line …
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// For logs and bug reports only, in English; never shown as the message and never holds a secret.
    #[serde(default)]
    pub detail: String,
}

impl ApiError {
    /// An error with a code and a detail for the log.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), facts: BTreeMap::new(), detail: detail.into() }
    }

    /// The same error with one more fact for the text.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.facts.insert(key.to_owned(), value.to_string());
        self
    }
}
