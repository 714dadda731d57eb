//! What can go wrong, each with a stable code.

use std::io;
use std::path::PathBuf;

use crate::backend::BackendError;

/// Why the hub was not made, does not run or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The configuration cannot be read or says what cannot be.
    #[error("{}: {detail}", .file.display())]
    Config {
        /// Which file.
        file: PathBuf,
        /// What is wrong, and where.
        detail: String,
    },
    /// There is a hub in the folder already.
    #[error("there is a hub in {} already", .0.display())]
    Exists(PathBuf),
    /// There is no hub in the folder.
    #[error("there is no hub in {}: `kyhop-hub init` makes one", .0.display())]
    NotMade(PathBuf),
    /// The key file is not what was written.
    #[error("{}: {detail}", .file.display())]
    Key {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// What is kept cannot be read or written.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The replica cannot be opened.
    #[error(transparent)]
    Open(#[from] sync::OpenError),
    /// The network cannot be joined.
    #[error(transparent)]
    Net(#[from] net::NetError),
    /// The name or the request to join is not acceptable.
    #[error("the request to join cannot be made: {0}")]
    Request(String),
    /// The system refuses something.
    #[error("{what}: {error}")]
    Io {
        /// What was to be done.
        what: String,
        /// The system's words.
        error: io::Error,
    },
    /// No hub runs on the folder.
    #[error("no hub is running on {}", .0.display())]
    NotRunning(PathBuf),
    /// The running hub refused.
    #[error("{0}")]
    Refused(String),
    /// The engine has ended.
    #[error("the hub has stopped")]
    Stopped,
}

impl HubError {
    /// Stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Config { .. } => "hub_config",
            Self::Exists(_) => "hub_exists",
            Self::NotMade(_) => "hub_not_made",
            Self::Key { .. } => "hub_key",
            Self::Backend(error) => error.code,
            Self::Open(error) => error.code(),
            Self::Net(error) => error.code(),
            Self::Request(_) => "hub_request",
            Self::Io { .. } => "hub_io",
            Self::NotRunning(_) => "hub_not_running",
            Self::Refused(code) => code,
            Self::Stopped => "hub_stopped",
        }
    }

    /// The system's refusal with what was to be done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}
