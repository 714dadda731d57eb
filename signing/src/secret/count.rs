//! The count of a secret vote: who voted and whether it counts by the rules of every vote, and what the tellers open.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId, Timestamp};
use domain::limits::SECRET_BODY_LEAST;
use domain::vote::{FormOutcome, VoteClosing, check_secret, form_tally};
use rand_core::CryptoRng;

use super::ballot::{BallotChecker, SealedBallot};
use super::ceremony::{CeremonyRecord, TellerError, TellerSecret, judge_ceremony, share_of_key};
use super::one_of::Ciphertext;
use super::totals::{Occasion, open, shares, shares_hold};
use super::vote::{SecretOpening, TotalShare, TotalsOpened};
use super::{SecrecyProblem, SecretError, SecretVoteProblem};
use crate::act::{Act, SignedAct, VerifiedAct};
use crate::vote::{BallotStatus, Cast, Ground, Judged, Papers, VoteProblem, VoteState, judge, verified, within_limit};

/// The acts of one secret vote, in any order within each list. `A` is [`SignedAct`] or, with signatures checked, [`VerifiedAct`].
#[derive(Debug)]
pub struct SecretActs<'a, A> {
    /// The act that declares the election of the tellers.
    pub election: &'a A,
    /// The acts of their key ceremony; of others too, they are not looked at.
    pub ceremony: &'a [A],
    /// The act that opens the vote.
    pub opening: &'a A,
    /// All ballots seen.
    pub ballots: &'a [A],
    /// All closes seen.
    pub closings: &'a [A],
    /// All acknowledgements seen.
    pub acknowledgements: &'a [A],
    /// All shares of totals seen.
    pub totals: &'a [A],
}

/// Sealed ballots that were checked before. Checking one costs about a millisecond: a device that counts again and again keeps this.
#[derive(Debug, Default)]
pub struct CheckedBallots(BTreeMap<(Hash32, Hash32), Option<SealedBallot>>);

impl CheckedBallots {
    /// Nothing checked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all ballots of other openings than these.
    pub fn keep(&mut self, openings: &BTreeSet<Hash32>) {
        self.0.retain(|(opening, _), _| openings.contains(opening));
    }
}

/// One ballot of the record. What it says is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretBallotLine {
    /// Whose it is; `None` while the device's certificate is not known.
    pub person: Option<PersonId>,
    /// The name on the roll; empty for people who are not on it.
    pub name: String,
    /// The device that signed it.
    pub device: DeviceId,
    /// When its device says it was cast.
    pub cast_at: Timestamp,
    /// The act.
    pub hash: Hash32,
    /// What became of it.
    pub status: BallotStatus,
}

/// How far the totals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Totals {
    /// The close is not final, or there is none.
    NotYet,
    /// Fewer ballots than may be opened ([`SECRET_BODY_LEAST`]): the totals stay sealed for good.
    TooFewBallots,
    /// So many tellers have given their shares.
    Waiting {
        /// Shares that hold.
        given: u32,
        /// Shares that open.
        needed: u32,
    },
    /// Opened.
    Open(FormOutcome),
    /// The vote rests on nothing sound: see the problems.
    Void,
}

/// A secret vote as its acts tell it.
#[derive(Debug, Clone)]
pub struct SecretRecord {
    /// The opening.
    pub opening: SecretOpening,
    /// Hash of the opening act.
    pub opening_hash: Hash32,
    /// The device that opened the vote: only it can close.
    pub opened_by: DeviceId,
    /// The tellers and their key, by the acts that the opening cites.
    pub ceremony: CeremonyRecord,
    /// Open or closed.
    pub state: VoteState,
    /// All ballots seen, in the order of the roll.
    pub ballots: Vec<SecretBallotLine>,
    /// Ballots that count.
    pub counted: u32,
    /// Devices of the roll that have acknowledged the close.
    pub acknowledgements: u32,
    /// How many make it final.
    pub acknowledgements_needed: u32,
    /// As of an open vote.
    pub final_: bool,
    /// Ballots that are named or cited but have not arrived.
    pub missing_ballots: Vec<Hash32>,
    /// Closes that are acknowledged but have not arrived.
    pub missing_closings: Vec<Hash32>,
    /// Places of the tellers whose shares of the totals hold.
    pub given: Vec<usize>,
    /// What the tellers opened.
    pub totals: Totals,
    /// What is not as it should be, in a fixed order.
    pub problems: Vec<SecretVoteProblem>,
    sums: Option<Vec<Ciphertext>>,
}

/// Checks the signature of every act and judges the vote.
///
/// # Errors
/// [`SecretError`] if election or opening do not hold; whatever else is wrong is a problem in the record.
pub fn count_secret(
    acts: SecretActs<'_, SignedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    checked: &mut CheckedBallots,
) -> Result<SecretRecord, SecretError> {
    let (election, opening) = (acts.election.verified()?, acts.opening.verified()?);
    let mut problems = BTreeSet::new();
    let ceremony = verified(acts.ceremony, &mut problems)?;
    let ballots = verified(acts.ballots, &mut problems)?;
    let closings = verified(acts.closings, &mut problems)?;
    let acknowledgements = verified(acts.acknowledgements, &mut problems)?;
    let totals = verified(acts.totals, &mut problems)?;
    let acts = SecretActs {
        election: &election,
        ceremony: &ceremony,
        opening: &opening,
        ballots: &ballots,
        closings: &closings,
        acknowledgements: &acknowledgements,
        totals: &totals,
    };
    count(acts, person_of, checked, problems)
}

/// As [`count_secret`], for acts whose signatures have been checked before.
///
/// # Errors
/// As [`count_secret`].
pub fn count_secret_verified(
    acts: SecretActs<'_, VerifiedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    checked: &mut CheckedBallots,
) -> Result<SecretRecord, SecretError> {
    count(acts, person_of, checked, BTreeSet::new())
}

fn count(
    acts: SecretActs<'_, VerifiedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
    checked: &mut CheckedBallots,
    mut problems: BTreeSet<VoteProblem>,
) -> Result<SecretRecord, SecretError> {
    for acts in [acts.ceremony, acts.ballots, acts.closings, acts.acknowledgements, acts.totals] {
        within_limit(acts)?;
    }
    let Act::SecretVoteOpened(opening) = acts.opening.act() else {
        return Err(SecretError::NotAnOpening);
    };
    let hash = acts.opening.hash();
    let mut found: BTreeSet<SecretVoteProblem> = BTreeSet::new();
    let ceremony = cited_ceremony(&acts, opening, &mut found)?;
    let sound = found.is_empty();

    let sealed = if sound { read_ballots(&acts, opening, hash, checked) } else { BTreeMap::new() };
    let mut casts = BTreeMap::new();
    for act in acts.ballots {
        let Act::SecretBallotCast(ballot) = act.act() else {
            problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device() });
            continue;
        };
        let cast = Cast {
            device: act.device(),
            vote: ballot.vote,
            opening: ballot.opening,
            replaces: ballot.replaces,
            cast_at: ballot.cast_at,
            sound: sealed.contains_key(&act.hash()),
        };
        casts.insert(act.hash(), cast);
    }
    let ground = Ground {
        opening: &opening.opening,
        hash,
        opener: acts.opening.device(),
        closings: acts.closings,
        acknowledgements: acts.acknowledgements,
    };
    // No paper in a secret vote: whoever enters or witnesses a named ballot would know what it says.
    let judged = judge(ground, &casts, &Papers::default(), person_of, problems);
    let Judged { lines, state, acknowledgements, acknowledgements_needed, final_, missing_ballots, missing_closings, problems } =
        judged;
    found.extend(problems.into_iter().map(SecretVoteProblem::from));
    let counting: Vec<&SealedBallot> = lines
        .iter()
        .filter(|line| line.status == BallotStatus::Counts)
        .filter_map(|line| sealed.get(&line.hash).copied())
        .collect();
    let counted = u32::try_from(counting.len()).unwrap_or(u32::MAX);
    if sound {
        found.extend(
            lines
                .iter()
                .filter(|line| line.status == BallotStatus::Unsound)
                .map(|line| SecretVoteProblem::from(SecrecyProblem::BallotUnsound { act: line.hash, name: line.name.clone() })),
        );
    }
    let sums = (final_ && sound && counted >= SECRET_BODY_LEAST)
        .then(|| SealedBallot::add(counting.iter().copied(), opening.form.slots()))
        .flatten();
    let ballots = lines
        .into_iter()
        .map(|line| SecretBallotLine {
            person: line.person,
            name: line.name,
            device: line.device,
            cast_at: line.cast_at,
            hash: line.hash,
            status: line.status,
        })
        .collect();
    let mut record = SecretRecord {
        opening: opening.clone(),
        opening_hash: hash,
        opened_by: acts.opening.device(),
        ceremony,
        state,
        ballots,
        counted,
        acknowledgements,
        acknowledgements_needed,
        final_,
        missing_ballots,
        missing_closings,
        given: Vec::new(),
        totals: Totals::Void,
        problems: Vec::new(),
        sums,
    };
    let given = record.given(acts.totals, &mut found);
    if sound {
        record.totals = record.open(&given, &mut found);
    }
    record.given = given.into_keys().collect();
    record.problems = found.into_iter().collect();
    Ok(record)
}

/// The ceremony by the acts that the opening cites: later words of a teller change nothing in a vote that runs.
fn cited_ceremony(
    acts: &SecretActs<'_, VerifiedAct>,
    opening: &SecretOpening,
    found: &mut BTreeSet<SecretVoteProblem>,
) -> Result<CeremonyRecord, SecretError> {
    let cited: BTreeSet<Hash32> = opening.tellers.acts.iter().copied().collect();
    let made: Vec<VerifiedAct> = acts.ceremony.iter().filter(|act| cited.contains(&act.hash())).cloned().collect();
    let ceremony = judge_ceremony(acts.election, &made)?;
    found.extend(ceremony.problems.iter().cloned().map(SecretVoteProblem::from));
    if let Err(error) = check_secret(&opening.opening, &opening.form, &ceremony.election) {
        found.insert(SecrecyProblem::SecretRuleBroken { rule: error.code().to_owned() }.into());
    }
    if ceremony.key() != Some(&opening.tellers) {
        found.insert(SecrecyProblem::KeyNotOfTellers.into());
    }
    Ok(ceremony)
}

/// The sealed ballots that hold, by act.
fn read_ballots<'c>(
    acts: &SecretActs<'_, VerifiedAct>,
    opening: &SecretOpening,
    hash: Hash32,
    checked: &'c mut CheckedBallots,
) -> BTreeMap<Hash32, &'c SealedBallot> {
    let mut checker = None;
    for act in acts.ballots {
        if let Act::SecretBallotCast(ballot) = act.act()
            && !checked.0.contains_key(&(hash, act.hash()))
        {
            let checker = checker.get_or_insert_with(|| BallotChecker::new(opening, hash));
            checked.0.insert((hash, act.hash()), checker.check(&act.device(), &ballot.sealed).ok());
        }
    }
    acts.ballots.iter().filter_map(|act| Some((act.hash(), checked.0.get(&(hash, act.hash()))?.as_ref()?))).collect()
}

impl SecretRecord {
    /// The close that the opener would make of this record now: it names what counts.
    pub fn closing(&self, closed_at: Timestamp) -> VoteClosing {
        let mut ballots: Vec<Hash32> =
            self.ballots.iter().filter(|line| line.status == BallotStatus::Counts).map(|line| line.hash).collect();
        ballots.sort_unstable();
        VoteClosing { vote: self.opening.opening.vote, opening: self.opening_hash, ballots, closed_at }
    }

    /// The ballot of this device that counts: what a replacement has to cite.
    pub fn standing_ballot(&self, device: &DeviceId) -> Option<Hash32> {
        self.ballots.iter().find(|line| line.device == *device && line.status == BallotStatus::Counts).map(|line| line.hash)
    }

    /// A teller's shares of the totals of the final close; `None` while there is nothing to open.
    ///
    /// Sums are made here, from the ballots of the record: nobody can hand a teller a ciphertext. Only a final close is opened, and
    /// of two closes at most one becomes final, so no two sums that differ by a ballot are opened.
    ///
    /// # Errors
    /// [`TellerError`].
    pub fn open_totals(
        &self,
        device: &DeviceId,
        secret: &TellerSecret,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<TotalsOpened>, TellerError> {
        let (place, share) = share_of_key(&self.ceremony, device, secret)?;
        let (Some(sums), VoteState::Closed { closing_hash, .. }) = (&self.sums, self.state) else {
            return Ok(None);
        };
        let occasion = Occasion { opening: &self.opening_hash, closing: &closing_hash };
        let shares = shares(occasion, place, &share, sums, rng);
        Ok(Some(TotalsOpened { vote: self.opening.opening.vote, closing: closing_hash, shares }))
    }

    /// The shares that hold, by the place of their teller.
    fn given<'a>(&self, acts: &'a [VerifiedAct], found: &mut BTreeSet<SecretVoteProblem>) -> BTreeMap<usize, &'a [TotalShare]> {
        let mut given: BTreeMap<usize, &'a [TotalShare]> = BTreeMap::new();
        for act in acts {
            let Act::TotalsOpened(opened) = act.act() else {
                found.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device() }.into());
                continue;
            };
            // What somebody says who is no teller of this vote is nothing, and spoils nothing.
            let Some(place) = self.ceremony.election.place_of(&act.device()) else {
                continue;
            };
            if opened.vote != self.opening.opening.vote {
                continue;
            }
            // While the close is not final here, nothing can be said of a share.
            let (Some(sums), VoteState::Closed { closing_hash, .. }) = (&self.sums, self.state) else {
                continue;
            };
            let name = self.ceremony.election.name(place);
            let occasion = Occasion { opening: &self.opening_hash, closing: &closing_hash };
            if opened.closing != closing_hash {
                found.insert(SecrecyProblem::OtherTotalsOpened { name }.into());
            } else if shares_hold(occasion, place, &self.ceremony, sums, &opened.shares) {
                given.insert(place, &opened.shares);
            } else {
                found.insert(SecrecyProblem::TotalShareFalse { name }.into());
            }
        }
        given
    }

    fn open(&self, given: &BTreeMap<usize, &[TotalShare]>, found: &mut BTreeSet<SecretVoteProblem>) -> Totals {
        let Some(sums) = &self.sums else {
            return if self.final_ { Totals::TooFewBallots } else { Totals::NotYet };
        };
        let needed = self.ceremony.election.threshold;
        let have = u32::try_from(given.len()).unwrap_or(u32::MAX);
        if have < needed {
            return Totals::Waiting { given: have, needed };
        }
        let outcome = open(sums, given, self.counted)
            .and_then(|totals| form_tally(&self.opening.opening, &self.opening.form, self.counted, &totals));
        match outcome {
            Some(outcome) => Totals::Open(outcome),
            None => {
                found.insert(SecrecyProblem::TotalsImpossible.into());
                Totals::Void
            }
        }
    }
}
