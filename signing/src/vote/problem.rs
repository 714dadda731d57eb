//! What can be wrong with a vote.

use domain::id::{DeviceId, Hash32};
use serde::{Deserialize, Serialize};

use super::BallotStatus;

/// Something that is not as it should be. Ballots that merely do not count (late, replaced, from another device) are no
/// problem of the vote: they are in the list with their status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum VoteProblem {
    /// An act that the device it names did not sign.
    #[error("act {} was not signed by device {}", act.short(), device.short())]
    ForgedAct {
        /// The act.
        act: Hash32,
        /// The device it pretends to be of.
        device: DeviceId,
    },
    /// A signed act that this program cannot judge: another kind, another vote, a newer version, over a limit.
    #[error("act {} of device {} does not belong here", act.short(), device.short())]
    UnexpectedAct {
        /// The act.
        act: Hash32,
        /// Who signed it.
        device: DeviceId,
    },
    /// A person or device stands on the roll twice, or two people chair.
    #[error("the roll is not sound at '{name}'")]
    RollMalformed {
        /// The name of the later entry.
        name: String,
    },
    /// The roll gives a device to somebody whose device it is not.
    #[error("the roll gives '{name}' the device of somebody else")]
    RollDeviceMismatch {
        /// The name on the roll.
        name: String,
    },
    /// A device has cast several ballots that do not follow from one another.
    #[error("'{name}' has cast several ballots that do not follow from one another")]
    DoubleBallot {
        /// The voter.
        name: String,
    },
    /// A ballot was replaced although the rules of this vote do not allow it.
    #[error("'{name}' has replaced a ballot, which this vote does not allow")]
    ReplacementNotAllowed {
        /// The voter.
        name: String,
    },
    /// The close names a ballot that must not count.
    #[error("the close names ballot {}, which must not count ({})", act.short(), status.code())]
    NamedBallotInvalid {
        /// The ballot.
        act: Hash32,
        /// Why not.
        status: BallotStatus,
    },
    /// The close names two ballots of one voter.
    #[error("the close names several ballots of '{name}'")]
    CloseNamesTwo {
        /// The voter.
        name: String,
    },
    /// The device that opened the vote has closed it twice, differently.
    #[error("the vote was closed twice, with different results")]
    TwoClosings,
    /// A close by a device that did not open the vote.
    #[error("close {} is not by the device that opened the vote", act.short())]
    CloseByOther {
        /// The close.
        act: Hash32,
        /// Who signed it.
        device: DeviceId,
    },
    /// The lead was taken by somebody who neither chaired when the vote was opened nor was named by who did.
    #[error("taking {} of the lead is neither by the deputy nor by the chair", act.short())]
    LeadByOther {
        /// The taking.
        act: Hash32,
        /// Who signed it.
        device: DeviceId,
    },
    /// A decision on a close that does not follow from the acknowledgements it rests on.
    #[error("decision {} does not follow from what devices had acknowledged", act.short())]
    DecisionUnsound {
        /// The decision.
        act: Hash32,
        /// Who signed it.
        device: DeviceId,
    },
    /// A close that cites another opening, or whose list is not in ascending order.
    #[error("close {} does not fit this vote", act.short())]
    CloseMalformed {
        /// The close.
        act: Hash32,
    },
    /// A device has acknowledged two closes in one term, or one of a term that it had left behind.
    #[error("the device of '{name}' has acknowledged two different closes")]
    DoubleAcknowledgement {
        /// The voter.
        name: String,
    },
}

impl VoteProblem {
    /// Stable code; the tag of the JSON form.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ForgedAct { .. } => "forged_act",
            Self::UnexpectedAct { .. } => "unexpected_act",
            Self::RollMalformed { .. } => "roll_malformed",
            Self::RollDeviceMismatch { .. } => "roll_device_mismatch",
            Self::DoubleBallot { .. } => "double_ballot",
            Self::ReplacementNotAllowed { .. } => "replacement_not_allowed",
            Self::NamedBallotInvalid { .. } => "named_ballot_invalid",
            Self::CloseNamesTwo { .. } => "close_names_two",
            Self::TwoClosings => "two_closings",
            Self::CloseByOther { .. } => "close_by_other",
            Self::LeadByOther { .. } => "lead_by_other",
            Self::DecisionUnsound { .. } => "decision_unsound",
            Self::CloseMalformed { .. } => "close_malformed",
            Self::DoubleAcknowledgement { .. } => "double_acknowledgement",
        }
    }

    /// Who and what it is about, to stand behind a sentence in any language: names, and the beginnings of hashes and devices.
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::ForgedAct { act, device }
            | Self::UnexpectedAct { act, device }
            | Self::CloseByOther { act, device }
            | Self::LeadByOther { act, device }
            | Self::DecisionUnsound { act, device } => vec![act.short(), device.short()],
            Self::RollMalformed { name }
            | Self::RollDeviceMismatch { name }
            | Self::DoubleBallot { name }
            | Self::ReplacementNotAllowed { name }
            | Self::CloseNamesTwo { name }
            | Self::DoubleAcknowledgement { name } => vec![name.clone()],
            Self::NamedBallotInvalid { act, .. } | Self::CloseMalformed { act } => vec![act.short()],
            Self::TwoClosings => Vec::new(),
        }
    }
}
