//! Acts: signed records that must stand by themselves for years.
//!
//! On the wire an act is `[version, [kind, [fields]]]`. A version or kind that this program does not know is kept, passed on and
//! counted by nobody until a newer program reads it.

use domain::id::{DeviceId, Hash32, SpaceId, Timestamp};
use domain::lead::{CloseDecision, DeputyNaming, LeadAcknowledgement, LeadTaking};
use domain::opinion::{OpinionAnswer, OpinionForm};
use domain::sitting::{AttendanceMark, CodeStep, CourseStep, FloorStep};
use domain::vote::{
    Ballot, CloseAcknowledgement, MarkedBallot, PaperBallot, PaperWitness, TellerElection, VoteClosing, VoteOpening,
};
use minicbor::{Decode, Encode};

use crate::canonical::{self, DecodeError};
use crate::keys::{Context, DeviceKeys, Signature, verify};
use crate::limits::{ACT_BYTES, BALLOT_MARKS, QUESTION_CHARS, ROLL_ENTRIES, SEALED_BALLOT_BYTES, SIGNED_ACT_BYTES};
use crate::secret::{Confirmation, Dealing, KeyOffer, SecretBallot, SecretOpening, TotalsOpened};

/// The version of acts that this program writes and understands.
pub const ACT_VERSION: u8 = 1;
/// The version of an opening that allows paper ballots. A program that does not know of them must say that it cannot count such a vote.
pub const PAPER_OPENING_VERSION: u8 = 2;
/// The version of an opening whose ballot has a form, or whose rules say when the count is told: likewise.
pub const FORM_OPENING_VERSION: u8 = 3;
/// The highest of the kinds that this version understands one after another. Besides them it knows four groups; those between are given to nothing.
const LAST_KIND: u64 = 16;
/// Paper ballots.
const PAPER_KINDS: std::ops::RangeInclusive<u64> = 20..=21;
/// Who has the lead.
const LEAD_KINDS: std::ops::RangeInclusive<u64> = 24..=27;
/// Written opinions.
const OPINION_KINDS: std::ops::RangeInclusive<u64> = 30..=31;
/// The code of the room.
const CODE_KINDS: std::ops::RangeInclusive<u64> = 40..=40;
const HASH_CONTEXT: &str = "kyhop/1 act hash";

/// What is declared.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Act {
    /// A vote begins; its roll is frozen.
    #[n(0)]
    VoteOpened(#[n(0)] VoteOpening),
    /// A ballot.
    #[n(1)]
    BallotCast(#[n(0)] Ballot),
    /// A vote ends and names the ballots it counts.
    #[n(2)]
    VoteClosed(#[n(0)] VoteClosing),
    /// A device has seen a close and accepts no other.
    #[n(3)]
    CloseAcknowledged(#[n(0)] CloseAcknowledgement),
    /// The person is present, with this device. What programs said before there was [`Act::Attendance`], which they say now.
    #[n(4)]
    CheckedIn {
        /// The meeting.
        #[n(0)]
        space: SpaceId,
        /// When the device says so.
        #[n(1)]
        at: Timestamp,
    },
    /// The person approves exactly this file as the minutes.
    #[n(5)]
    MinutesApproved {
        /// The meeting.
        #[n(0)]
        space: SpaceId,
        /// BLAKE3 of the PDF.
        #[n(1)]
        blob_plain: Hash32,
        /// When the device says so.
        #[n(2)]
        at: Timestamp,
    },
    /// Somebody came, left, or does not come.
    #[n(6)]
    Attendance(#[n(0)] AttendanceMark),
    /// The word is asked for, given, ended.
    #[n(7)]
    Floor(#[n(0)] FloorStep),
    /// The sitting is opened, turned to an item, paused, closed.
    #[n(8)]
    Course(#[n(0)] CourseStep),
    /// The body has elected tellers.
    #[n(9)]
    TellersElected(#[n(0)] TellerElection),
    /// A teller's first word in the key ceremony.
    #[n(10)]
    TellerKeyOffered(#[n(0)] KeyOffer),
    /// A teller's second.
    #[n(11)]
    TellerDealt(#[n(0)] Dealing),
    /// A teller's third.
    #[n(12)]
    TellerConfirmed(#[n(0)] Confirmation),
    /// A secret vote begins; its roll is frozen.
    #[n(13)]
    SecretVoteOpened(#[n(0)] SecretOpening),
    /// A secret ballot.
    #[n(14)]
    SecretBallotCast(#[n(0)] SecretBallot),
    /// A teller's share of the totals of a close.
    #[n(15)]
    TotalsOpened(#[n(0)] TotalsOpened),
    /// A ballot of an open vote that has a form.
    #[n(16)]
    MarkedBallotCast(#[n(0)] MarkedBallot),
    /// A secretary enters what is on somebody's paper ballot.
    #[n(20)]
    PaperBallotEntered(#[n(0)] PaperBallot),
    /// Another person says that the entry says what the paper says. The name of this act is the ballot's.
    #[n(21)]
    PaperBallotWitnessed(#[n(0)] PaperWitness),
    /// The chair names who takes over if the chair's device is gone.
    #[n(24)]
    DeputyNamed(#[n(0)] DeputyNaming),
    /// Somebody takes the lead.
    #[n(25)]
    LeadTaken(#[n(0)] LeadTaking),
    /// A device acknowledges that, and nothing of earlier terms any more.
    #[n(26)]
    LeadAcknowledged(#[n(0)] LeadAcknowledgement),
    /// Whoever has the lead says which close stands.
    #[n(27)]
    CloseDecided(#[n(0)] CloseDecision),
    /// Members are asked for a written opinion.
    #[n(30)]
    OpinionAsked(#[n(0)] OpinionForm),
    /// A member answers.
    #[n(31)]
    OpinionGiven(#[n(0)] OpinionAnswer),
    /// The code on a screen of the room is shown to have been read, and that is accepted.
    #[n(40)]
    RoomCode(#[n(0)] CodeStep),
}

impl Act {
    /// The version that the act is written in.
    fn version(&self) -> u8 {
        match self {
            Self::VoteOpened(opening) | Self::SecretVoteOpened(SecretOpening { opening, .. })
                if opening.form.is_some() || opening.profile.results.is_some() =>
            {
                FORM_OPENING_VERSION
            }
            Self::VoteOpened(opening) if opening.paper.is_some() => PAPER_OPENING_VERSION,
            _ => ACT_VERSION,
        }
    }
}

#[derive(Encode, Decode)]
struct Body {
    #[n(0)]
    version: u8,
    #[n(1)]
    act: Act,
}

/// Why an act is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The bytes are no act.
    #[error("the act is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know: keep it.
    #[error("the act has version {0}, a newer program is needed")]
    UnknownVersion(u64),
    /// A kind that this program does not know: keep it.
    #[error("the act is of kind {0}, a newer program is needed")]
    UnknownKind(u64),
    /// The signature is not by the device that the act names.
    #[error("the act was not signed by its device")]
    BadSignature,
    /// A list or text is over its limit.
    #[error("the act has too many or too long {0}")]
    OverLimit(&'static str),
}

impl ActError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "act_unreadable",
            Self::UnknownVersion(_) => "act_unknown_version",
            Self::UnknownKind(_) => "act_unknown_kind",
            Self::BadSignature => "act_bad_signature",
            Self::OverLimit(_) => "act_over_limit",
        }
    }

    /// The act may make sense to a newer program: it is kept and passed on, not understood.
    pub fn is_from_newer_program(&self) -> bool {
        matches!(self, Self::UnknownVersion(_) | Self::UnknownKind(_))
    }
}

/// Version and kind, read before anything else so that the unknown is told from the broken.
fn peek(body: &[u8]) -> Result<(u64, u64), minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(body);
    decoder.array()?;
    let version = decoder.u64()?;
    decoder.array()?;
    Ok((version, decoder.u64()?))
}

fn check_limits(act: &Act) -> Result<(), ActError> {
    match act {
        Act::VoteOpened(opening) | Act::SecretVoteOpened(SecretOpening { opening, .. }) => {
            let paper = opening.paper.as_ref().map_or(0, |paper| paper.clerks.len().max(paper.present.len()));
            if opening.roll.len().max(paper) > ROLL_ENTRIES {
                Err(ActError::OverLimit("people on the roll"))
            } else if opening.question.chars().count() > QUESTION_CHARS {
                Err(ActError::OverLimit("characters in the question"))
            } else {
                opening.check_form().map_err(|error| ActError::OverLimit(error.what))
            }
        }
        Act::MarkedBallotCast(ballot) if ballot.marks.len() > BALLOT_MARKS => Err(ActError::OverLimit("marks")),
        Act::VoteClosed(closing) if closing.ballots.len() > ROLL_ENTRIES => Err(ActError::OverLimit("ballots")),
        Act::Attendance(mark) => mark.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::Floor(step) => step.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::Course(step) => step.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::LeadTaken(taking) => taking.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::LeadAcknowledged(word) => word.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::CloseDecided(decision) => decision.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::OpinionAsked(form) => form.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::OpinionGiven(answer) => answer.validate().map_err(|error| ActError::OverLimit(error.what)),
        Act::SecretBallotCast(ballot) if ballot.sealed.len() > SEALED_BALLOT_BYTES => {
            Err(ActError::OverLimit("bytes in the sealed ballot"))
        }
        _ => Ok(()),
    }
}

/// Reads the body of an act. Verifies no signature.
///
/// # Errors
/// [`ActError`], all but [`ActError::BadSignature`].
pub fn decode_body(body: &[u8]) -> Result<Act, ActError> {
    if body.len() > ACT_BYTES {
        return Err(DecodeError::TooLong { limit: ACT_BYTES, actual: body.len() }.into());
    }
    let (version, kind) = peek(body).map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
    if ![ACT_VERSION, PAPER_OPENING_VERSION, FORM_OPENING_VERSION].iter().any(|known| version == u64::from(*known)) {
        return Err(ActError::UnknownVersion(version));
    }
    if kind > LAST_KIND && ![PAPER_KINDS, LEAD_KINDS, OPINION_KINDS, CODE_KINDS].iter().any(|kinds| kinds.contains(&kind)) {
        return Err(ActError::UnknownKind(kind));
    }
    let body: Body = canonical::decode(body, ACT_BYTES)?;
    if body.version != body.act.version() {
        return Err(ActError::UnknownVersion(version));
    }
    check_limits(&body.act)?;
    Ok(body.act)
}

/// An act as it travels and is kept: its bytes, the device that declares it, the signature.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode, Decode)]
pub struct SignedAct {
    /// Canonical bytes of the act.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Who declares it.
    #[n(1)]
    pub device: DeviceId,
    /// Over the body, for [`Context::Act`].
    #[n(2)]
    pub signature: Signature,
}

impl SignedAct {
    /// Declares an act. One over the limits of its kind is signed too and refused by everybody, the signer included.
    pub fn sign(keys: &DeviceKeys, act: &Act) -> Self {
        let body = canonical::encode(&Body { version: act.version(), act: act.clone() });
        let signature = keys.sign(Context::Act, &body);
        Self { body, device: keys.device(), signature }
    }

    /// The name of the act: BLAKE3 (`derive_key`) of body and device. The signature is left out, because a key can sign one
    /// body in several valid ways and must not get two acts out of it.
    pub fn hash(&self) -> Hash32 {
        let mut hasher = blake3::Hasher::new_derive_key(HASH_CONTEXT);
        hasher.update(&self.body);
        hasher.update(self.device.as_bytes());
        Hash32(*hasher.finalize().as_bytes())
    }

    /// Checks the signature, the form and the limits, and returns what is declared. An act of a newer program is
    /// reported as such only if its signature holds.
    ///
    /// # Errors
    /// [`ActError`].
    pub fn verify(&self) -> Result<Act, ActError> {
        if self.body.len() > ACT_BYTES {
            return Err(DecodeError::TooLong { limit: ACT_BYTES, actual: self.body.len() }.into());
        }
        verify(&self.device, Context::Act, &self.body, &self.signature).map_err(|_| ActError::BadSignature)?;
        decode_body(&self.body)
    }

    /// As [`Self::verify`], with the names that a count needs. Verifying costs some 50 µs; the result can be kept.
    ///
    /// # Errors
    /// [`ActError`].
    pub fn verified(&self) -> Result<VerifiedAct, ActError> {
        Ok(VerifiedAct { act: self.verify()?, device: self.device, hash: self.hash() })
    }

    /// The wire form.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// Reads the wire form. Verifies nothing yet.
    ///
    /// # Errors
    /// [`ActError::Unreadable`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ActError> {
        Ok(canonical::decode(bytes, SIGNED_ACT_BYTES)?)
    }
}

/// An act whose signature has been checked. Made only by [`SignedAct::verified`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedAct {
    act: Act,
    device: DeviceId,
    hash: Hash32,
}

impl VerifiedAct {
    /// What is declared.
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// Who declares it.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Its name: [`SignedAct::hash`].
    pub fn hash(&self) -> Hash32 {
        self.hash
    }
}
