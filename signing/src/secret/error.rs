//! Why there is no secret vote to judge.

use crate::act::ActError;
use crate::vote::VoteError;

/// Why there is no secret vote, or no ceremony, to judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The act that should declare the election of tellers is another kind of act.
    #[error("the act does not elect tellers")]
    NotAnElection,
    /// The act that should open the vote is another kind of act.
    #[error("the act does not open a secret vote")]
    NotAnOpening,
    /// An act that everything rests on does not hold.
    #[error("the opening or the election does not hold: {0}")]
    Act(#[from] ActError),
    /// As of an open vote.
    #[error(transparent)]
    Vote(#[from] VoteError),
}

impl SecretError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnElection => "secret_not_an_election",
            Self::NotAnOpening => "secret_not_an_opening",
            Self::Act(_) => "vote_opening_invalid",
            Self::Vote(error) => error.code(),
        }
    }
}
