//! What can be wrong with a secret vote.

use domain::id::Hash32;
use serde::{Deserialize, Serialize};

use super::CeremonyProblem;
use crate::vote::VoteProblem;

/// Something that is not as it should be with a secret vote. Ballots whose proof does not hold are in the list of ballots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(untagged)]
pub enum SecretVoteProblem {
    /// As in an open vote.
    #[error(transparent)]
    Vote(#[from] VoteProblem),
    /// The tellers' key.
    #[error(transparent)]
    Ceremony(#[from] CeremonyProblem),
    /// What only secret votes have.
    #[error(transparent)]
    Secret(#[from] SecrecyProblem),
}

impl SecretVoteProblem {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vote(problem) => problem.code(),
            Self::Ceremony(problem) => problem.code(),
            Self::Secret(problem) => problem.code(),
        }
    }

    /// Who and what it is about, as [`VoteProblem::about`].
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::Vote(problem) => problem.about(),
            Self::Ceremony(problem) => problem.about(),
            Self::Secret(problem) => problem.about(),
        }
    }
}

/// Something wrong that only a secret vote can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SecrecyProblem {
    /// The rules for secret votes do not allow this one: body, tellers or form.
    #[error("the rules do not allow this secret vote: {rule}")]
    SecretRuleBroken {
        /// The code of the rule.
        rule: String,
    },
    /// The key of the opening is not the one that the tellers made in the acts it cites.
    #[error("the key of this vote is not the one that its tellers made")]
    KeyNotOfTellers,
    /// A ballot whose proof does not hold.
    #[error("ballot {} of '{name}' is sealed wrongly", act.short())]
    BallotUnsound {
        /// The ballot.
        act: Hash32,
        /// The voter.
        name: String,
    },
    /// A teller's share of a total is not what it must be.
    #[error("the teller '{name}' gave a false share of the totals")]
    TotalShareFalse {
        /// The teller.
        name: String,
    },
    /// A teller gave shares for another close than the one that holds: two sums that differ by a ballot tell that ballot.
    #[error("the teller '{name}' opened the totals of another close")]
    OtherTotalsOpened {
        /// The teller.
        name: String,
    },
    /// The totals that the shares open are none that sound ballots can have.
    #[error("the opened totals are no result of these ballots")]
    TotalsImpossible,
}

impl SecrecyProblem {
    /// Stable code; the tag of the JSON form.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretRuleBroken { .. } => "secret_rule_broken",
            Self::KeyNotOfTellers => "key_not_of_tellers",
            Self::BallotUnsound { .. } => "ballot_unsound",
            Self::TotalShareFalse { .. } => "total_share_false",
            Self::OtherTotalsOpened { .. } => "other_totals_opened",
            Self::TotalsImpossible => "totals_impossible",
        }
    }

    /// Who and what it is about, as [`VoteProblem::about`].
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::BallotUnsound { act, name } => vec![act.short(), name.clone()],
            Self::TotalShareFalse { name } | Self::OtherTotalsOpened { name } => vec![name.clone()],
            Self::SecretRuleBroken { .. } | Self::KeyNotOfTellers | Self::TotalsImpossible => Vec::new(),
        }
    }
}
