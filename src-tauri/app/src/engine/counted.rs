//! A counted vote of either kind, as far as open and secret votes are the same.

use std::sync::Arc;

use domain::id::{DeviceId, Hash32, PersonId, Timestamp};
use domain::vote::{Choice, FormOutcome, VoteClosing, VoteOpening};
use signing::secret::SecretRecord;
use signing::{BallotStatus, PaperLine, VoteRecord, VoteState};

/// A vote, counted.
pub(crate) enum Counted {
    /// An open one.
    Open(Box<VoteRecord>),
    /// A secret one.
    Secret(Arc<SecretRecord>),
}

/// A ballot of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BallotSeen {
    /// Whose it is; `None` while the device's certificate is not known.
    pub person: Option<PersonId>,
    /// The device that signed it.
    pub device: DeviceId,
    /// What it says, in an open vote.
    pub choice: Option<Choice>,
    /// When its device says it was cast.
    pub cast_at: Timestamp,
    /// The act.
    pub hash: Hash32,
    /// What became of it.
    pub status: BallotStatus,
    /// Of a paper ballot: who is behind it.
    pub paper: Option<PaperLine>,
}

impl BallotSeen {
    /// It came after the close, or the close names an earlier one of the same voter.
    pub fn is_late(&self) -> bool {
        matches!(self.status, BallotStatus::Late | BallotStatus::NotNamed)
    }
}

impl Counted {
    /// Question, rules and roll.
    pub fn opening(&self) -> &VoteOpening {
        match self {
            Self::Open(record) => &record.opening,
            Self::Secret(record) => &record.opening.opening,
        }
    }

    /// Hash of the opening act.
    pub fn opening_hash(&self) -> Hash32 {
        match self {
            Self::Open(record) => record.opening_hash,
            Self::Secret(record) => record.opening_hash,
        }
    }

    /// The device that opened the vote: only it can close.
    pub fn opened_by(&self) -> DeviceId {
        match self {
            Self::Open(record) => record.opened_by,
            Self::Secret(record) => record.opened_by,
        }
    }

    /// Open or closed.
    pub fn state(&self) -> VoteState {
        match self {
            Self::Open(record) => record.state,
            Self::Secret(record) => record.state,
        }
    }

    /// A close is known.
    pub fn is_closed(&self) -> bool {
        matches!(self.state(), VoteState::Closed { .. })
    }

    /// More than half of the roll's devices have acknowledged the close.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Open(record) => record.final_,
            Self::Secret(record) => record.final_,
        }
    }

    /// Acknowledgements of the close, and how many make it final.
    pub fn acknowledged(&self) -> (u32, u32) {
        match self {
            Self::Open(record) => (record.acknowledgements, record.acknowledgements_needed),
            Self::Secret(record) => (record.acknowledgements, record.acknowledgements_needed),
        }
    }

    /// Ballots that count.
    pub fn counted(&self) -> u32 {
        match self {
            Self::Open(record) => record.outcome.counted,
            Self::Secret(record) => record.counted,
        }
    }

    /// The close that the opener would make now.
    pub fn closing(&self, closed_at: Timestamp) -> VoteClosing {
        match self {
            Self::Open(record) => record.closing(closed_at),
            Self::Secret(record) => record.closing(closed_at),
        }
    }

    /// The ballot of this device that counts: what a replacement has to cite.
    pub fn standing_ballot(&self, device: &DeviceId) -> Option<Hash32> {
        match self {
            Self::Open(record) => record.standing_ballot(device),
            Self::Secret(record) => record.standing_ballot(device),
        }
    }

    /// All ballots seen, in the order of the roll.
    pub fn ballots(&self) -> Vec<BallotSeen> {
        match self {
            Self::Open(record) => record
                .ballots
                .iter()
                .map(|line| BallotSeen {
                    person: line.person,
                    device: line.device,
                    choice: line.choice,
                    cast_at: line.cast_at,
                    hash: line.hash,
                    status: line.status,
                    paper: line.paper,
                })
                .collect(),
            Self::Secret(record) => record
                .ballots
                .iter()
                .map(|line| BallotSeen {
                    person: line.person,
                    device: line.device,
                    choice: None,
                    cast_at: line.cast_at,
                    hash: line.hash,
                    status: line.status,
                    paper: None,
                })
                .collect(),
        }
    }

    /// The totals of an open vote whose ballot has a form.
    pub fn marked(&self) -> Option<&FormOutcome> {
        match self {
            Self::Open(record) => record.marked.as_ref(),
            Self::Secret(_) => None,
        }
    }

    /// The places that an open ballot marks.
    pub fn marks_of(&self, ballot: &Hash32) -> Option<Vec<u32>> {
        let Self::Open(record) = self else {
            return None;
        };
        record.opening.form.as_ref()?;
        record.ballots.iter().find(|line| line.hash == *ballot)?.marks.clone()
    }

    /// Codes of what is not as it should be.
    pub fn problems(&self) -> Vec<String> {
        match self {
            Self::Open(record) => record.problems.iter().map(|problem| problem.code().to_owned()).collect(),
            Self::Secret(record) => record.problems.iter().map(|problem| problem.code().to_owned()).collect(),
        }
    }
}
