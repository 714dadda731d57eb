//! What is printed: one JSON value, or a few lines for a person.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use api::error::ApiError;
use serde::Serialize;
use serde_json::{Value, json};

use crate::connect::Context;
use crate::texts;

/// What a command has to say in the end.
#[derive(Debug)]
pub struct Reply {
    json: Option<Value>,
    text: String,
    exit: u8,
}

impl Reply {
    /// A value, and the same for a person.
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn new(value: &impl Serialize, text: impl Into<String>) -> Result<Self, ApiError> {
        let json = serde_json::to_value(value).map_err(|error| ApiError::new("internal", error.to_string()))?;
        Ok(Self { json: Some(json), text: text.into(), exit: 0 })
    }

    /// Nothing more to say.
    pub fn silent() -> Self {
        Self { json: None, text: String::new(), exit: 0 }
    }

    /// The same with an exit status.
    #[must_use]
    pub fn exit(self, exit: u8) -> Self {
        Self { exit, ..self }
    }
}

/// Prints a reply; the program's exit status.
pub fn print(context: &Context, reply: &Reply) -> ExitCode {
    match &reply.json {
        Some(json) if context.json => line(&json.to_string()),
        _ if reply.text.is_empty() => {}
        _ => line(reply.text.trim_end()),
    }
    ExitCode::from(reply.exit)
}

/// Prints an error; the program's exit status.
pub fn fail(context: &Context, error: &ApiError, exit: u8) -> ExitCode {
    if context.json {
        line(&json!({ "error": error }).to_string());
    } else {
        // Nobody is left to hear that standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{}", texts::sentence(context.lang, error));
    }
    ExitCode::from(exit)
}

/// One line to standard output, at once.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that has gone away wants nothing more.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Lines of a list.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// One more line.
    pub fn add(&mut self, line: std::fmt::Arguments<'_>) -> &mut Self {
        // Writing into a string does not fail.
        let _ = writeln!(self.0, "{line}");
        self
    }

    /// The lines, or what to say when there are none.
    pub fn or(self, none: &str) -> String {
        if self.0.is_empty() { none.to_owned() } else { self.0 }
    }
}
