//! Trouble in the room: the chair's laptop is closed in the middle of a vote, the room falls apart and comes together, clocks are wrong, people
//! leave and come back.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{DeviceId, PersonId, SpaceId, VoteId};
use domain::lead::{Accepted, DeputyNaming, LeadAcknowledgement, LeadSeat, LeadTaking};
use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::vote::{Choice, CloseAcknowledgement, VoteClosing};
use harness::Room;
use signing::lead::{Lead, LeadWitness, lead, left_by, takings_due};
use signing::vote::{VoteActs, VoteRecord, VoteState, count_verified, deciding};
use signing::{Act, BallotStatus, SignedAct, VerifiedAct};
use sync::DocRef;

const SEVEN: [&str; 7] = ["secretary", "chair", "deputy", "d1", "d2", "d3", "d4"];

/// A sitting with a vote of which all have heard, and a deputy.
struct Sitting {
    room: Room,
    space: SpaceId,
    vote: VoteId,
}

/// The acts of a vote as somebody's device has them.
struct Held {
    all: Vec<VerifiedAct>,
    opening: VerifiedAct,
    ballots: Vec<VerifiedAct>,
    closings: Vec<VerifiedAct>,
    words: Vec<VerifiedAct>,
}

impl Sitting {
    fn new() -> Self {
        Self::with_clock(|_| {})
    }

    fn with_clock(set: impl FnOnce(&mut Room)) -> Self {
        let mut room = Room::new(&SEVEN);
        set(&mut room);
        let invited: Vec<_> = SEVEN.iter().skip(1).map(|name| (*name, if *name == "chair" { Chair } else { Delegate })).collect();
        let space = room.sitting("secretary", &invited);
        let deputy = Some(room.person("deputy"));
        let naming = DeputyNaming { space, deputy, replaces: None, at: room.wall("chair") };
        room.act("chair", DocRef::meeting(space), Act::DeputyNamed(naming)).unwrap();
        let vote = room.open_vote("chair", space, "ubnd-majority");
        room.run_until_quiescent();
        Self { room, space, vote }
    }

    fn cast(&mut self, names: &[&str], choice: Choice) {
        for name in names {
            self.room.cast(name, self.space, self.vote, choice).unwrap();
        }
        self.room.run_until_quiescent();
    }

    fn held(&self, name: &str) -> Held {
        let acts = self.room.replica(name).acts(&self.room.device(name).shelf, &self.space).unwrap();
        let all: Vec<VerifiedAct> = acts.iter().filter_map(|(_, act)| act.verified().ok()).collect();
        let of = |wanted: &dyn Fn(&Act) -> bool| all.iter().filter(|act| wanted(act.act())).cloned().collect::<Vec<_>>();
        let opening = of(&|act| matches!(act, Act::VoteOpened(_))).remove(0);
        let ballots = of(&|act| matches!(act, Act::BallotCast(_)));
        let closings =
            of(&|act| matches!(act, Act::VoteClosed(_) | Act::DeputyNamed(_) | Act::LeadTaken(_) | Act::CloseDecided(_)));
        let words = of(&|act| matches!(act, Act::CloseAcknowledged(_) | Act::LeadAcknowledged(_)));
        Held { all, opening, ballots, closings, words }
    }

    fn person_of(&self, name: &str, device: &DeviceId) -> Option<PersonId> {
        self.room.replica(name).person_of(device)
    }

    fn record(&self, name: &str) -> VoteRecord {
        let held = self.held(name);
        let acts =
            VoteActs { opening: &held.opening, ballots: &held.ballots, closings: &held.closings, acknowledgements: &held.words };
        count_verified(acts, |device| self.person_of(name, device)).unwrap()
    }

    fn lead(&self, name: &str) -> Lead {
        let chair = self.room.person("chair");
        let chairs = |person: &PersonId| *person == chair;
        let person = |device: &DeviceId| self.person_of(name, device);
        lead(&self.held(name).all, &self.space, &LeadWitness { person: &person, chairs: &chairs, chaired: &chairs })
    }

    fn in_seat(&mut self, name: &str, act: Act) {
        let seat = DocRef::seat(self.space, &self.room.person(name));
        self.room.act(name, seat, act).unwrap();
    }

    fn take(&mut self, name: &str) {
        let lead = self.lead(name);
        let mut seats: Vec<LeadSeat> = SEVEN
            .iter()
            .filter_map(|name| Some(LeadSeat { person: self.room.person(name), device: self.room.device(name).id()? }))
            .collect();
        seats.sort_unstable();
        let naming = lead.named.unwrap().naming;
        let (space, at) = (self.space, self.room.wall(name));
        let taking = LeadTaking { space, term: lead.last_term + 1, naming, seats, votes: vec![self.vote], at };
        self.in_seat(name, Act::LeadTaken(taking));
    }

    /// What a device says by itself, until nobody near it has anything to add.
    fn settle(&mut self, names: &[&str]) {
        loop {
            self.room.run_until_quiescent();
            let said: Vec<(&str, Act)> =
                names.iter().flat_map(|name| self.due(name).into_iter().map(move |act| (*name, act))).collect();
            if said.is_empty() {
                return;
            }
            for (name, act) in said {
                self.in_seat(name, act);
            }
        }
    }

    fn due(&self, name: &str) -> Vec<Act> {
        let held = self.held(name);
        let device = self.room.replica(name).device();
        let person = |device: &DeviceId| self.person_of(name, device);
        let chair = self.room.person("chair");
        let chairs = |person: &PersonId| *person == chair;
        let deciding = deciding(&held.opening, &held.closings, &held.words, person).unwrap();
        let left = left_by(&held.all, &self.space, &device).max(deciding.left(&device));
        let witness = LeadWitness { person: &person, chairs: &chairs, chaired: &chairs };
        let accepted: Vec<Accepted> = deciding.accepted(&device).into_iter().collect();
        let takings = takings_due(&held.all, &self.space, left, &|_| true, &witness);
        let mut due: Vec<Act> = takings
            .into_iter()
            .map(|(taking, body)| {
                let accepted = accepted.clone();
                Act::LeadAcknowledged(LeadAcknowledgement { space: self.space, taking, term: body.term, accepted })
            })
            .collect();
        if due.is_empty() {
            let word = |closing| Act::CloseAcknowledged(CloseAcknowledgement { vote: self.vote, closing });
            due.extend(deciding.due(&device).map(word));
        }
        if due.is_empty()
            && let Some(decidable) = deciding.decidable(&device)
            && let Some(closing) = deciding.earlier(&decidable)
        {
            due.push(decidable.decide(self.vote, closing));
        }
        due
    }

    /// Closes as the one who decides: the opener, or who has taken the lead.
    fn close(&mut self, name: &str) {
        let record = self.record(name);
        let held = self.held(name);
        let device = self.room.replica(name).device();
        let closing = Act::VoteClosed(record.closing(self.room.wall(name)));
        let mut acts = vec![closing.clone()];
        {
            let deciding = deciding(&held.opening, &held.closings, &held.words, |device| self.person_of(name, device)).unwrap();
            assert_eq!(deciding.decider(), device, "{name} decides");
            if deciding.lead().is_some() {
                let hash = SignedAct::sign(self.room.replica(name).keys(), &closing).hash();
                acts.push(deciding.decidable(&device).unwrap().decide(self.vote, hash));
            }
        }
        for act in acts {
            self.in_seat(name, act);
        }
    }

    fn results(&self, names: &[&str]) -> Vec<(bool, u32)> {
        names.iter().map(|name| self.record(name)).map(|record| (record.final_, record.outcome.counted)).collect()
    }
}

#[test]
fn the_chairs_laptop_is_closed_in_the_middle_of_a_vote_and_the_deputy_brings_it_to_an_end() {
    let mut sitting = Sitting::new();
    sitting.cast(&["secretary", "deputy", "d1"], Choice::For);
    sitting.room.switch_off("chair");
    let others = ["secretary", "deputy", "d1", "d2", "d3", "d4"];
    sitting.cast(&["d2", "d3"], Choice::Against);
    sitting.take("deputy");
    sitting.settle(&others);
    let deputy = Some(sitting.room.person("deputy"));
    for name in others {
        assert_eq!(sitting.lead(name).deputy_leading(), deputy, "{name}");
    }
    sitting.close("deputy");
    sitting.settle(&others);
    assert_eq!(sitting.results(&others), [(true, 5); 6]);
    sitting.room.switch_on("chair");
    sitting.room.heal();
    sitting.settle(&SEVEN);
    let record = sitting.record("chair");
    assert!(record.final_ && record.outcome.counted == 5 && record.problems.is_empty(), "{:?}", record.problems);
    assert_eq!(sitting.lead("chair").deputy_leading(), deputy, "who comes back sees who leads");
    sitting.take("chair");
    sitting.settle(&SEVEN);
    assert_eq!(sitting.lead("d4").deputy_leading(), None, "and takes the lead back");
    assert_eq!(sitting.results(&SEVEN), [(true, 5); 7]);
}

#[test]
fn in_a_room_split_in_two_the_larger_half_ends_the_vote_and_the_smaller_agrees_afterwards() {
    let mut sitting = Sitting::new();
    let (small, large) = (["secretary", "chair", "d1"], ["deputy", "d2", "d3", "d4"]);
    sitting.room.partition(&[&small, &large]);
    sitting.cast(&SEVEN, Choice::For);
    sitting.close("chair");
    sitting.settle(&small);
    assert_eq!(sitting.results(&small), [(false, 3); 3], "three of seven make nothing final");
    sitting.take("deputy");
    sitting.settle(&large);
    sitting.close("deputy");
    sitting.settle(&large);
    assert_eq!(sitting.results(&large), [(true, 4); 4]);
    sitting.room.heal();
    sitting.settle(&SEVEN);
    assert_eq!(sitting.results(&SEVEN), [(true, 4); 7], "one result, the same for all");
    let late = sitting.record("chair").ballots.iter().filter(|line| line.status == BallotStatus::Late).count();
    assert_eq!(late, 3, "the ballots of the smaller half are shown as late");
    assert!(sitting.record("d1").problems.is_empty());
}

#[test]
fn a_close_that_is_final_before_the_chair_is_gone_stays_under_the_deputy() {
    let mut sitting = Sitting::new();
    sitting.cast(&["secretary", "chair", "d1", "d2"], Choice::For);
    sitting.close("chair");
    sitting.room.run_until_quiescent();
    sitting.settle(&["secretary", "chair", "d1", "d2"]);
    let VoteState::Closed { closing_hash, .. } = sitting.record("d2").state else { panic!("it is closed") };
    sitting.room.switch_off("chair");
    let others = ["secretary", "deputy", "d1", "d2", "d3", "d4"];
    sitting.take("deputy");
    sitting.settle(&others);
    for name in others {
        let record = sitting.record(name);
        assert!(matches!(record.state, VoteState::Closed { closing_hash: held, .. } if held == closing_hash), "{name}");
        assert!(record.final_ && record.outcome.counted == 4 && record.problems.is_empty(), "{name}: {:?}", record.problems);
    }
}

#[test]
fn a_clock_a_day_wrong_keeps_no_deputy_from_taking_over_and_no_chair_from_coming_back() {
    let mut sitting = Sitting::with_clock(|room| {
        room.skew_clock("deputy", -86_400_000);
        room.skew_clock("chair", 86_400_000);
    });
    sitting.cast(&SEVEN, Choice::For);
    sitting.take("deputy");
    sitting.settle(&SEVEN);
    assert_eq!(sitting.lead("d1").deputy_leading(), Some(sitting.room.person("deputy")));
    sitting.take("chair");
    sitting.settle(&SEVEN);
    assert_eq!(sitting.lead("d1").deputy_leading(), None, "the later term leads, not the later clock");
    sitting.close("chair");
    sitting.settle(&SEVEN);
    assert_eq!(sitting.results(&SEVEN), [(true, 7); 7]);
}

#[test]
fn who_votes_leaves_and_comes_back_finds_the_ballot_counted_and_the_result() {
    let mut sitting = Sitting::new();
    sitting.cast(&["d1"], Choice::Against);
    sitting.room.switch_off("d1");
    let others = ["secretary", "chair", "deputy", "d2", "d3", "d4"];
    sitting.cast(&others, Choice::For);
    sitting.close("chair");
    sitting.settle(&others);
    assert_eq!(sitting.results(&others), [(true, 7); 6], "who left had voted");
    sitting.room.switch_on("d1");
    sitting.room.heal();
    sitting.settle(&SEVEN);
    let record = sitting.record("d1");
    assert!(record.final_ && record.outcome.against == 1 && record.problems.is_empty(), "{:?}", record.problems);
    let own = sitting.room.replica("d1").device();
    assert!(record.ballots.iter().any(|line| line.device == own && line.status == BallotStatus::Counts));
}

#[test]
fn a_secretary_who_becomes_chair_and_names_the_chair_takes_no_vote_of_the_chairs() {
    let mut sitting = Sitting::new();
    sitting.cast(&["chair", "deputy", "d1", "d2"], Choice::For);
    let (space, secretary, chair) = (sitting.space, sitting.room.person("secretary"), sitting.room.person("chair"));
    sitting.room.invite("secretary", space, secretary, Chair);
    let naming = DeputyNaming { space, deputy: Some(chair), replaces: None, at: sitting.room.wall("secretary") };
    let naming = sitting.room.act("secretary", DocRef::meeting(space), Act::DeputyNamed(naming)).unwrap().hash();
    let at = sitting.room.wall("secretary");
    let taking = LeadTaking { space, term: 9, naming, seats: Vec::new(), votes: vec![sitting.vote], at };
    let seat = DocRef::seat(space, &secretary);
    let taking = sitting.room.act("secretary", seat, Act::LeadTaken(taking)).unwrap().hash();
    // More than half of the devices run a program of the secretary's.
    for name in ["secretary", "d1", "d2", "d3", "d4"] {
        sitting.in_seat(name, Act::LeadAcknowledged(LeadAcknowledgement { space, taking, term: 9, accepted: Vec::new() }));
    }
    let closing = sitting.record("secretary").closing(at);
    sitting.in_seat("secretary", Act::VoteClosed(closing));
    sitting.room.run_until_quiescent();
    for name in SEVEN {
        let record = sitting.record(name);
        let problems: Vec<&str> = record.problems.iter().map(|problem| problem.code()).collect();
        assert_eq!(problems, ["close_by_other", "lead_by_other"], "{name} sees what the secretary did");
        assert_eq!(record.state, VoteState::Open, "{name}");
    }
    sitting.close("chair");
    sitting.settle(&SEVEN);
    assert_eq!(sitting.results(&SEVEN), [(true, 4); 7], "and it is the chair's to close");
}

#[test]
fn a_result_stays_final_when_the_chair_is_taken_out_and_what_the_chair_writes_then_is_void() {
    let mut sitting = Sitting::new();
    sitting.cast(&SEVEN, Choice::For);
    sitting.close("chair");
    sitting.settle(&SEVEN);
    let (space, chair) = (sitting.space, sitting.room.person("chair"));
    let others = ["secretary", "deputy", "d1", "d2", "d3", "d4"];
    sitting.room.partition(&[&["chair"], &others]);
    sitting.room.invite("secretary", space, chair, Delegate);
    sitting.room.remove("secretary", space, chair).unwrap();
    sitting.room.run_until_quiescent();
    assert_eq!(sitting.results(&others), [(true, 7); 6]);
    // Without knowing of it the chair opens another vote and closes the first again, without any ballot.
    let empty = VoteClosing { ballots: Vec::new(), ..sitting.record("chair").closing(sitting.room.wall("chair")) };
    sitting.room.open_vote("chair", space, "ubnd-majority");
    sitting.in_seat("chair", Act::VoteClosed(empty));
    sitting.room.heal();
    sitting.settle(&others);
    assert_eq!(sitting.results(&others), [(true, 7); 6]);
    for name in others {
        assert!(sitting.record(name).problems.is_empty(), "{name}");
        let opened = sitting.held(name).all.iter().filter(|act| matches!(act.act(), Act::VoteOpened(_))).count();
        assert_eq!(opened, 1, "{name}");
        let access = sitting.room.replica(name).access(&space).unwrap();
        assert!(access.chaired.contains(&chair) && !access.is_member(&chair), "{name}");
    }
}
