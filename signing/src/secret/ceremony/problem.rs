//! What can be wrong with a key ceremony, and whose doing it is.

use serde::{Deserialize, Serialize};

/// Something that makes a key ceremony void. Names are those of the election.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CeremonyProblem {
    /// The tellers cannot be: too few, twice the same, a threshold that is none.
    #[error("the election of the tellers is not sound")]
    ElectionUnsound,
    /// A teller said two different things in one round.
    #[error("the teller '{name}' said two different things in one round of the key ceremony")]
    TellerTwoFaced {
        /// The teller.
        name: String,
    },
    /// A teller's offer does not prove that the teller has the key.
    #[error("the teller '{name}' offered a key without having it")]
    TellerOfferWrong {
        /// The teller.
        name: String,
    },
    /// A teller's dealing is not what it must be.
    #[error("the teller '{name}' dealt without proof or in another form")]
    TellerDealingWrong {
        /// The teller.
        name: String,
    },
    /// A teller answers other messages than the ones that are here.
    #[error("the teller '{name}' answers other messages than the ones that are here")]
    TellerSawOther {
        /// The teller.
        name: String,
    },
    /// A dealer sealed a share that does not fit the commitments: proved.
    #[error("the teller '{name}' gave '{to}' a false share")]
    TellerShareFalse {
        /// The dealer.
        name: String,
        /// Who received it.
        to: String,
    },
    /// A teller complained of a share that was good, or without proof.
    #[error("the teller '{name}' complained of '{of}' without reason")]
    TellerComplaintFalse {
        /// Who complained.
        name: String,
        /// Of whom; empty if of nobody who dealt.
        of: String,
    },
    /// The parts add up to no key.
    #[error("the parts of the tellers add up to no key")]
    TellersKeyUnusable,
}

impl CeremonyProblem {
    /// Stable code; the tag of the JSON form.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ElectionUnsound => "election_unsound",
            Self::TellerTwoFaced { .. } => "teller_two_faced",
            Self::TellerOfferWrong { .. } => "teller_offer_wrong",
            Self::TellerDealingWrong { .. } => "teller_dealing_wrong",
            Self::TellerSawOther { .. } => "teller_saw_other",
            Self::TellerShareFalse { .. } => "teller_share_false",
            Self::TellerComplaintFalse { .. } => "teller_complaint_false",
            Self::TellersKeyUnusable => "tellers_key_unusable",
        }
    }

    /// Who it is about, as [`crate::vote::VoteProblem::about`].
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::TellerTwoFaced { name }
            | Self::TellerOfferWrong { name }
            | Self::TellerDealingWrong { name }
            | Self::TellerSawOther { name } => vec![name.clone()],
            Self::TellerShareFalse { name, to: other } | Self::TellerComplaintFalse { name, of: other } => {
                [name, other].into_iter().filter(|name| !name.is_empty()).cloned().collect()
            }
            Self::ElectionUnsound | Self::TellersKeyUnusable => Vec::new(),
        }
    }
}
