//! Counts of votes: acts as they travel, and what everybody comes to from them.

use std::collections::BTreeMap;

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp, VoteId};
use domain::vote::{
    Ballot, Base, Choice, CloseAcknowledgement, RollEntry, RuleProfile, Share, TieRule, VoteClosing, VoteOpening,
};
use serde_json::{Value, json};
use signing::keys::DeviceKeys;
use signing::vote::{VoteActs, VoteRecord, VoteState, count};
use signing::{Act, SignedAct};

use crate::office::rng;

const VOTE: VoteId = VoteId([9; 16]);
/// People on the roll; the first one chairs and opens.
const ROLL: u8 = 4;
/// Devices with a certificate: one more than people, the last is a second device of person 1.
const DEVICES: u8 = ROLL + 1;

fn keys(device: u8) -> DeviceKeys {
    DeviceKeys::generate(&mut rng(400 + u64::from(device)))
}

fn person(device: u8) -> PersonId {
    PersonId([0xb0 + if device == ROLL { 1 } else { device }; 16])
}

fn person_of(device: &DeviceId) -> Option<PersonId> {
    (0..DEVICES).find(|known| keys(*known).device() == *device).map(person)
}

fn rules(may_change: bool) -> RuleProfile {
    RuleProfile {
        id: "ubnd-majority".to_owned(),
        name: "UBND: quá nửa tổng số thành viên".to_owned(),
        base: Base::Roll,
        threshold: Share::Majority,
        quorum: Share::TwoThirds,
        tie: TieRule::ChairDecides,
        legal_basis: "Quy chế làm việc của Ủy ban nhân dân".to_owned(),
        may_change,
        secret: None,
        results: None,
    }
}

struct Vote {
    name: &'static str,
    about: &'static str,
    opening: SignedAct,
    ballots: Vec<SignedAct>,
    closings: Vec<SignedAct>,
    acknowledgements: Vec<SignedAct>,
}

impl Vote {
    /// All but one are present.
    fn open(name: &'static str, about: &'static str, may_change: bool) -> Self {
        Self::open_with(name, about, may_change, ROLL - 1)
    }

    fn open_with(name: &'static str, about: &'static str, may_change: bool, present: u8) -> Self {
        let entry = |device: u8| RollEntry {
            person: person(device),
            name: format!("Đại biểu {device}"),
            device: (device < present).then(|| keys(device).device()),
            chair: device == 0,
        };
        let opening = VoteOpening {
            vote: VOTE,
            space: SpaceId([8; 16]),
            item: None,
            question: "Thông qua dự toán ngân sách năm 2027?".to_owned(),
            profile: rules(may_change),
            roll: (0..ROLL).map(entry).collect(),
            opened_at: Timestamp(1_790_000_100_000),
            paper: None,
            form: None,
        };
        let opening = SignedAct::sign(&keys(0), &Act::VoteOpened(opening));
        Self { name, about, opening, ballots: Vec::new(), closings: Vec::new(), acknowledgements: Vec::new() }
    }

    fn cast(&mut self, device: u8, choice: Choice, replaces: Option<Hash32>) -> Hash32 {
        let cast_at = Timestamp(1_790_000_100_010);
        let ballot = Ballot { vote: VOTE, opening: self.opening.hash(), choice, cast_at, replaces };
        let act = SignedAct::sign(&keys(device), &Act::BallotCast(ballot));
        self.ballots.push(act.clone());
        act.hash()
    }

    fn close(&mut self, device: u8, named: &[Hash32], at: i64) -> Hash32 {
        let mut ballots = named.to_vec();
        ballots.sort_unstable();
        let closing = VoteClosing { vote: VOTE, opening: self.opening.hash(), ballots, closed_at: Timestamp(at) };
        let act = SignedAct::sign(&keys(device), &Act::VoteClosed(closing));
        self.closings.push(act.clone());
        act.hash()
    }

    fn acknowledge(&mut self, device: u8, closing: Hash32) {
        let act = Act::CloseAcknowledged(CloseAcknowledgement { vote: VOTE, closing });
        self.acknowledgements.push(SignedAct::sign(&keys(device), &act));
    }

    fn record(&self) -> VoteRecord {
        let acts = VoteActs {
            opening: &self.opening,
            ballots: &self.ballots,
            closings: &self.closings,
            acknowledgements: &self.acknowledgements,
        };
        count(acts, person_of).unwrap()
    }

    fn as_json(&self) -> Value {
        let record = self.record();
        let wire = |acts: &[SignedAct]| acts.iter().map(|act| hex::encode(act.to_bytes())).collect::<Vec<_>>();
        let closing = match record.state {
            VoteState::Open => None,
            VoteState::Closed { closing_hash, .. } => Some(closing_hash.to_string()),
        };
        let ballots: BTreeMap<String, &str> =
            record.ballots.iter().map(|line| (line.hash.to_string(), line.status.code())).collect();
        let people: BTreeMap<String, String> =
            (0..DEVICES).map(|device| (keys(device).device().to_string(), person(device).to_string())).collect();
        let outcome = record.outcome;
        json!({
            "name": self.name,
            "about": self.about,
            "people": people,
            "opening": hex::encode(self.opening.to_bytes()),
            "ballots": wire(&self.ballots),
            "closings": wire(&self.closings),
            "acknowledgements": wire(&self.acknowledgements),
            "expected": {
                "closing": closing,
                "ballots": ballots,
                "for": outcome.votes_for,
                "against": outcome.against,
                "not_voting": outcome.not_voting,
                "needed": outcome.needed,
                "passed": outcome.passed,
                "by_chair": outcome.by_chair,
                "acknowledgements": record.acknowledgements,
                "acknowledgements_needed": record.acknowledgements_needed,
                "final": record.final_,
                "missing": record.missing_ballots.iter().map(ToString::to_string).collect::<Vec<_>>(),
            },
        })
    }
}

fn all() -> Vec<Vote> {
    use Choice::{Against, For, NotVoting};
    let mut all = Vec::new();

    let mut vote = Vote::open("final", "named by the close, acknowledged by more than half of the devices of the roll", true);
    let named = [vote.cast(0, For, None), vote.cast(1, For, None), vote.cast(2, For, None)];
    let closing = vote.close(0, &named, 1_790_000_200_000);
    (0..2).for_each(|device| vote.acknowledge(device, closing));
    all.push(vote);

    let mut vote = Vote::open("open", "still open: the last of each chain counts for now", true);
    let first = vote.cast(1, Against, None);
    vote.cast(1, For, Some(first));
    vote.cast(0, NotVoting, None);
    all.push(vote);

    let mut vote =
        Vote::open("replaced-and-late", "a replacement after the close is not named; who is not named at all is late", true);
    let early = vote.cast(1, Against, None);
    let chairs = vote.cast(0, For, None);
    vote.close(0, &[early, chairs], 1_790_000_200_000);
    vote.cast(1, For, Some(early));
    vote.cast(2, For, None);
    all.push(vote);

    let mut vote =
        Vote::open("not-counted", "from another device, twice without replacing, replaced where that is not allowed", false);
    vote.cast(ROLL, For, None);
    vote.cast(1, For, None);
    vote.cast(1, Against, None);
    let first = vote.cast(2, For, None);
    vote.cast(2, Against, Some(first));
    all.push(vote);

    let mut vote = Vote::open(
        "two-closes",
        "the one that more devices acknowledged holds; who acknowledged both has acknowledged none",
        true,
    );
    let (chairs, other) = (vote.cast(0, For, None), vote.cast(1, Against, None));
    let one = vote.close(0, &[chairs], 1_790_000_200_000);
    let two = vote.close(0, &[chairs, other], 1_790_000_300_000);
    vote.acknowledge(1, two);
    vote.acknowledge(2, one);
    vote.acknowledge(2, two);
    vote.close(1, &[other], 1_790_000_100_500);
    all.push(vote);

    let mut vote = Vote::open("missing", "the close names a ballot that has not come: not final", true);
    let chairs = vote.cast(0, For, None);
    let closing = vote.close(0, &[chairs, Hash32([0x0f; 32])], 1_790_000_200_000);
    (0..3).for_each(|device| vote.acknowledge(device, closing));
    all.push(vote);

    let mut vote = Vote::open_with("tie", "only the tie keeps it from its threshold: the chair's side wins", true, ROLL);
    let named = [vote.cast(0, For, None), vote.cast(1, Against, None), vote.cast(2, For, None), vote.cast(3, Against, None)];
    vote.close(0, &named, 1_790_000_200_000);
    all.push(vote);
    all
}

pub fn as_json() -> Vec<Value> {
    all().iter().map(Vote::as_json).collect()
}

#[test]
fn the_counts_are_as_they_are_told() {
    let expected = |name: &str| as_json().into_iter().find(|vote| vote["name"] == name).unwrap()["expected"].clone();
    let statuses = |name: &str| -> Vec<String> {
        let mut all: Vec<String> =
            expected(name)["ballots"].as_object().unwrap().values().map(|code| code.as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!((&expected("final")["final"], &expected("final")["passed"]), (&json!(true), &json!(true)));
    assert_eq!(statuses("open"), ["counts", "counts", "replaced"]);
    assert_eq!(statuses("replaced-and-late"), ["counts", "counts", "late", "not_named"]);
    assert_eq!(statuses("not-counted"), ["counts", "double", "double", "double", "not_counted_wrong_device"]);
    assert_eq!((&expected("two-closes")["acknowledgements"], &expected("two-closes")["against"]), (&json!(1), &json!(1)));
    assert_eq!((&expected("tie")["passed"], &expected("tie")["by_chair"]), (&json!(true), &json!(true)));
    assert_eq!((&expected("missing")["final"], expected("missing")["missing"].as_array().unwrap().len()), (&json!(false), 1));
}
