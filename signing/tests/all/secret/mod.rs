//! Secret votes: a body with tellers, from their election to the evidence.

mod bundles;
mod golden;
mod votes;

use domain::id::{Hash32, SpaceId, Timestamp};
use domain::vote::{BallotForm, BallotOption, CloseAcknowledgement, FormOutcome, TellerElection, TellerSeat, VoteOpening};
use rand_chacha::ChaCha20Rng;
use signing::secret::{
    CeremonyRecord, CheckedBallots, SecretActs, SecretBallot, SecretOpening, SecretRecord, TellerSecret, Totals, confirm,
    count_secret, deal, judge_ceremony, offer, seal_ballot,
};
use signing::{Act, SecretBundleSource, SignedAct, VerifiedAct};

use crate::support::{NAMES, VOTE, changeable, member_certificate, member_keys, opening_body, person, person_of, rng, root};

pub const SPACE: SpaceId = SpaceId([8; 16]);

/// A secret vote; member 0 chairs and opens.
pub struct SecretVote {
    pub election: SignedAct,
    pub ceremony: Vec<SignedAct>,
    pub opening: SignedAct,
    pub ballots: Vec<SignedAct>,
    pub closings: Vec<SignedAct>,
    pub acknowledgements: Vec<SignedAct>,
    pub totals: Vec<SignedAct>,
    /// By member.
    pub secrets: Vec<(u8, TellerSecret)>,
    pub rng: ChaCha20Rng,
}

pub fn name(member: u8) -> String {
    NAMES[usize::from(member) % NAMES.len()].to_owned()
}

pub fn candidates(of: &[&str]) -> Vec<BallotOption> {
    of.iter().map(|label| BallotOption { label: (*label).to_owned(), person: None }).collect()
}

fn verified(acts: &[SignedAct]) -> Vec<VerifiedAct> {
    acts.iter().map(|act| act.verified().unwrap()).collect()
}

/// Tellers elected and their key made, as honest devices do it.
pub struct Tellers {
    pub election: SignedAct,
    pub acts: Vec<SignedAct>,
    pub secrets: Vec<(u8, TellerSecret)>,
}

impl Tellers {
    pub fn elect(members: &[u8], threshold: u32, rng: &mut ChaCha20Rng) -> Self {
        let tellers = members
            .iter()
            .map(|member| TellerSeat { person: person(*member), name: name(*member), device: member_keys(*member).device() })
            .collect();
        let body = TellerElection { space: SPACE, tellers, threshold, elected_at: Timestamp(1_790_000_060_000) };
        let election = SignedAct::sign(&member_keys(0), &Act::TellersElected(body.clone()));
        let mut tellers = Self { election, acts: Vec::new(), secrets: Vec::new() };
        for member in members {
            let keys = member_keys(*member);
            let (secret, offered) = offer(&body, &tellers.election.hash(), &keys.device(), rng).unwrap();
            tellers.secrets.push((*member, secret));
            tellers.acts.push(SignedAct::sign(&keys, &Act::TellerKeyOffered(offered)));
        }
        for member in members {
            let keys = member_keys(*member);
            let dealing = deal(&tellers.record(), &keys.device(), rng).unwrap();
            tellers.acts.push(SignedAct::sign(&keys, &Act::TellerDealt(dealing)));
        }
        for (at, member) in members.iter().enumerate() {
            let keys = member_keys(*member);
            let confirmation = confirm(&tellers.record(), &keys.device(), &tellers.secrets[at].1, rng).unwrap();
            tellers.acts.push(SignedAct::sign(&keys, &Act::TellerConfirmed(confirmation)));
        }
        tellers
    }

    pub fn record(&self) -> CeremonyRecord {
        judge_ceremony(&self.election.verified().unwrap(), &verified(&self.acts)).unwrap()
    }
}

impl SecretVote {
    /// A vote of `size` members with the tellers 1, 2, 3, …
    pub fn open(size: u8, form: BallotForm, tellers: u8, threshold: u32, seed: u64) -> Self {
        Self::of(opening_body(size, changeable()), form, &(1..=tellers).collect::<Vec<_>>(), threshold, seed)
    }

    pub fn of(body: VoteOpening, form: BallotForm, tellers: &[u8], threshold: u32, seed: u64) -> Self {
        let mut rng = rng(seed);
        let made = Tellers::elect(tellers, threshold, &mut rng);
        let key = made.record().key().unwrap().clone();
        let opening = SecretOpening { opening: body, form, tellers: key };
        Self {
            election: made.election,
            ceremony: made.acts,
            opening: SignedAct::sign(&member_keys(0), &Act::SecretVoteOpened(opening)),
            ballots: Vec::new(),
            closings: Vec::new(),
            acknowledgements: Vec::new(),
            totals: Vec::new(),
            secrets: made.secrets,
            rng,
        }
    }

    pub fn body(&self) -> SecretOpening {
        let Act::SecretVoteOpened(opening) = self.opening.verify().unwrap() else { panic!("the opening opens") };
        opening
    }

    pub fn cast_act(&mut self, member: u8, sealed: Vec<u8>, replaces: Option<Hash32>) -> Hash32 {
        let ballot =
            SecretBallot { vote: VOTE, opening: self.opening.hash(), sealed, cast_at: Timestamp(1_790_000_110_000), replaces };
        let act = SignedAct::sign(&member_keys(member), &Act::SecretBallotCast(ballot));
        self.ballots.push(act.clone());
        act.hash()
    }

    pub fn seal(&mut self, member: u8, marked: &[usize]) -> Vec<u8> {
        let body = self.body();
        let marks = body.form.marks(marked).unwrap();
        seal_ballot(&body, &self.opening.hash(), &member_keys(member).device(), &marks, &mut self.rng).unwrap()
    }

    pub fn cast(&mut self, member: u8, marked: &[usize]) -> Hash32 {
        let sealed = self.seal(member, marked);
        self.cast_act(member, sealed, None)
    }

    pub fn replace(&mut self, member: u8, marked: &[usize], before: Hash32) -> Hash32 {
        let sealed = self.seal(member, marked);
        self.cast_act(member, sealed, Some(before))
    }

    pub fn record(&self) -> SecretRecord {
        let acts = SecretActs {
            election: &self.election,
            ceremony: &self.ceremony,
            opening: &self.opening,
            ballots: &self.ballots,
            closings: &self.closings,
            acknowledgements: &self.acknowledgements,
            totals: &self.totals,
        };
        count_secret(acts, person_of, &mut CheckedBallots::new()).unwrap()
    }

    /// The chair closes with what counts, named by `change` differently.
    pub fn close_but(&mut self, change: impl Fn(&mut Vec<Hash32>)) -> Hash32 {
        let mut closing = self.record().closing(Timestamp(1_790_000_200_000));
        change(&mut closing.ballots);
        closing.ballots.sort_unstable();
        let act = SignedAct::sign(&member_keys(0), &Act::VoteClosed(closing));
        self.closings.push(act.clone());
        act.hash()
    }

    pub fn acknowledge(&mut self, members: impl IntoIterator<Item = u8>, closing: Hash32) {
        for member in members {
            let act = Act::CloseAcknowledged(CloseAcknowledgement { vote: VOTE, closing });
            self.acknowledgements.push(SignedAct::sign(&member_keys(member), &act));
        }
    }

    /// Closes, and more than half acknowledge.
    pub fn finish(&mut self) -> Hash32 {
        let closing = self.close_but(|_| ());
        let size = u8::try_from(self.body().opening.roll.len()).unwrap();
        self.acknowledge(0..=size / 2, closing);
        closing
    }

    /// The teller's device opens what its record says.
    pub fn opens(&mut self, member: u8) -> SignedAct {
        let record = self.record();
        let (_, secret) = self.secrets.iter().find(|(teller, _)| *teller == member).unwrap();
        let keys = member_keys(member);
        let opened = record.open_totals(&keys.device(), secret, &mut self.rng).unwrap().expect("there is something to open");
        SignedAct::sign(&keys, &Act::TotalsOpened(opened))
    }

    pub fn open_by(&mut self, members: &[u8]) {
        for member in members {
            let act = self.opens(*member);
            self.totals.push(act);
        }
    }

    pub fn problems(&self) -> Vec<&'static str> {
        self.record().problems.iter().map(|problem| problem.code()).collect()
    }

    pub fn outcome(&self) -> Option<FormOutcome> {
        match self.record().totals {
            Totals::Open(outcome) => Some(outcome),
            _ => None,
        }
    }

    pub fn votes(&self) -> Option<Vec<u32>> {
        Some(self.outcome()?.places.iter().map(|place| place.votes).collect())
    }

    pub fn source(&self) -> SecretBundleSource {
        SecretBundleSource {
            root: root().public(),
            organisation: "Thành phố Huế".to_owned(),
            certificates: (0..20).map(member_certificate).collect(),
            election: self.election.clone(),
            ceremony: self.ceremony.clone(),
            opening: self.opening.clone(),
            ballots: self.ballots.clone(),
            closings: self.closings.clone(),
            acknowledgements: self.acknowledgements.clone(),
            totals: self.totals.clone(),
            exported_at: Timestamp(1_790_000_300_000),
        }
    }
}
