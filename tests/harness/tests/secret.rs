//! Secret votes in a room that falls apart: tellers who make a key while doors shut, ballots from both halves, a count by who is left.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use domain::id::{SpaceId, Timestamp, VoteId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::vote::{BallotForm, CloseAcknowledgement, RollEntry, TellerElection, TellerSeat, VoteOpening, profile};
use harness::Room;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::secret::{
    CeremonyProblem, CeremonyRecord, CeremonyStage, CheckedBallots, SecretActs, SecretBallot, SecretOpening, SecretRecord,
    TellerError, TellerSecret, Totals, confirm, count_secret_verified, deal, judge_ceremony, offer, seal_ballot,
};
use signing::{Act, SecretBundleSource, SignedAct, VerifiedAct, VoteState, export_secret_bundle, verify_evidence};
use sync::DocRef;

const NINE: [&str; 9] = ["secretary", "chair", "t1", "t2", "t3", "t4", "t5", "d1", "d2"];
const TELLERS: [&str; 5] = ["t1", "t2", "t3", "t4", "t5"];
const VOTE: VoteId = VoteId([3; 16]);

/// A room, and what each teller's device keeps to itself.
struct Body {
    room: Room,
    space: SpaceId,
    secrets: BTreeMap<&'static str, TellerSecret>,
    rng: ChaCha20Rng,
}

impl Body {
    fn sits() -> Self {
        let mut room = Room::new(&NINE);
        let invited: Vec<_> = NINE.iter().skip(1).map(|name| (*name, if *name == "chair" { Chair } else { Delegate })).collect();
        let space = room.sitting("secretary", &invited);
        Self { room, space, secrets: BTreeMap::new(), rng: ChaCha20Rng::seed_from_u64(5) }
    }

    fn acts(&self, name: &str) -> Vec<VerifiedAct> {
        self.signed(name).iter().filter_map(|act| act.verified().ok()).collect()
    }

    fn signed(&self, name: &str) -> Vec<SignedAct> {
        let replica = self.room.replica(name);
        replica.acts(&self.room.device(name).shelf, &self.space).unwrap().into_iter().map(|(_, act)| act).collect()
    }

    fn in_seat(&mut self, name: &str, act: Act) {
        let seat = DocRef::seat(self.space, &self.room.person(name));
        self.room.act(name, seat, act).unwrap();
    }

    /// The chair declares the election of the tellers.
    fn elects(&mut self, threshold: u32) {
        let tellers = TELLERS
            .iter()
            .map(|name| TellerSeat {
                person: self.room.person(name),
                name: (*name).to_owned(),
                device: self.room.replica(name).device(),
            })
            .collect();
        let election = TellerElection { space: self.space, tellers, threshold, elected_at: Timestamp(0) };
        self.room.act("chair", DocRef::meeting(self.space), Act::TellersElected(election)).unwrap();
        self.room.run_until_quiescent();
    }

    fn ceremony(&self, name: &str) -> CeremonyRecord {
        let acts = self.acts(name);
        let election = acts.iter().find(|act| matches!(act.act(), Act::TellersElected(_))).expect("tellers are elected");
        judge_ceremony(election, &acts).unwrap()
    }

    /// A teller's device does what it can with what it sees.
    fn turn(&mut self, name: &'static str) {
        let record = self.ceremony(name);
        let device = self.room.replica(name).device();
        if record.has_spoken(&device) {
            return;
        }
        match record.stage {
            CeremonyStage::Offers(_) => {
                let (secret, offered) = offer(&record.election, &record.election_hash, &device, &mut self.rng).unwrap();
                self.secrets.insert(name, secret);
                self.in_seat(name, Act::TellerKeyOffered(offered));
            }
            CeremonyStage::Dealings(_) => {
                let dealing = deal(&record, &device, &mut self.rng).unwrap();
                self.in_seat(name, Act::TellerDealt(dealing));
            }
            CeremonyStage::Confirmations(_) => {
                let confirmation = confirm(&record, &device, &self.secrets[name], &mut self.rng).unwrap();
                self.in_seat(name, Act::TellerConfirmed(confirmation));
            }
            CeremonyStage::Ready(_) | CeremonyStage::Void => {}
        }
    }

    /// All tellers that are switched on, again and again, until nobody has anything to do.
    fn makes_the_key(&mut self) {
        for _ in 0..3 {
            for name in TELLERS {
                self.turn(name);
            }
            self.room.run_until_quiescent();
        }
    }

    fn opens(&mut self) {
        let roll = NINE
            .iter()
            .map(|name| RollEntry {
                person: self.room.person(name),
                name: (*name).to_owned(),
                device: Some(self.room.replica(name).device()),
                chair: *name == "chair",
            })
            .collect();
        let opening = VoteOpening {
            vote: VOTE,
            space: self.space,
            item: None,
            question: "Bãi nhiệm?".to_owned(),
            profile: profile("hdnd-majority").unwrap(),
            roll,
            opened_at: Timestamp(0),
            paper: None,
            form: None,
        };
        let tellers = self.ceremony("chair").key().expect("the key holds").clone();
        let opening = SecretOpening { opening, form: BallotForm::Decision, tellers };
        self.room.act("chair", DocRef::meeting(self.space), Act::SecretVoteOpened(opening)).unwrap();
        self.room.run_until_quiescent();
    }

    fn record(&self, name: &str) -> SecretRecord {
        let acts = self.acts(name);
        let of =
            |wanted: fn(&Act) -> bool| -> Vec<VerifiedAct> { acts.iter().filter(|act| wanted(act.act())).cloned().collect() };
        let election = of(|act| matches!(act, Act::TellersElected(_)));
        let opening = of(|act| matches!(act, Act::SecretVoteOpened(_)));
        let acts = SecretActs {
            election: &election[0],
            ceremony: &of(|act| matches!(act, Act::TellerKeyOffered(_) | Act::TellerDealt(_) | Act::TellerConfirmed(_))),
            opening: &opening[0],
            ballots: &of(|act| matches!(act, Act::SecretBallotCast(_))),
            closings: &of(|act| matches!(act, Act::VoteClosed(_))),
            acknowledgements: &of(|act| matches!(act, Act::CloseAcknowledged(_))),
            totals: &of(|act| matches!(act, Act::TotalsOpened(_))),
        };
        let person_of = |device: &domain::id::DeviceId| self.room.replica(name).person_of(device);
        count_secret_verified(acts, person_of, &mut CheckedBallots::new()).unwrap()
    }

    fn casts(&mut self, name: &str, place: usize) {
        let record = self.record(name);
        let device = self.room.replica(name).device();
        let marks = record.opening.form.marks(&[place]).unwrap();
        let sealed = seal_ballot(&record.opening, &record.opening_hash, &device, &marks, &mut self.rng).unwrap();
        let replaces = record.standing_ballot(&device);
        let ballot = SecretBallot { vote: VOTE, opening: record.opening_hash, sealed, cast_at: Timestamp(1), replaces };
        self.in_seat(name, Act::SecretBallotCast(ballot));
    }

    fn closes(&mut self) {
        let closing = self.record("chair").closing(Timestamp(2));
        self.room.act("chair", DocRef::meeting(self.space), Act::VoteClosed(closing)).unwrap();
        self.room.run_until_quiescent();
    }

    fn acknowledge(&mut self, names: &[&str]) {
        for name in names {
            if let VoteState::Closed { closing_hash, .. } = self.record(name).state {
                self.in_seat(name, Act::CloseAcknowledged(CloseAcknowledgement { vote: VOTE, closing: closing_hash }));
            }
        }
        self.room.run_until_quiescent();
    }

    /// The teller's device opens the totals if there are any to open.
    fn counts(&mut self, name: &'static str) -> bool {
        let device = self.room.replica(name).device();
        let opened = self.record(name).open_totals(&device, &self.secrets[name], &mut self.rng).unwrap();
        let any = opened.is_some();
        if let Some(opened) = opened {
            self.in_seat(name, Act::TotalsOpened(opened));
        }
        any
    }

    fn votes(&self, name: &str) -> Option<Vec<u32>> {
        match self.record(name).totals {
            Totals::Open(outcome) => Some(outcome.places.iter().map(|place| place.votes).collect()),
            _ => None,
        }
    }
}

#[test]
fn a_secret_vote_goes_through_although_the_room_splits_in_every_phase_and_two_tellers_never_come_back() {
    let mut body = Body::sits();
    body.elects(3);

    // The tellers are cut apart while they make the key: it waits for the last of them, and holds once all have met.
    body.room.partition(&[&["secretary", "chair", "t1", "t2", "d1"], &["t3", "t4", "t5", "d2"]]);
    body.makes_the_key();
    assert_eq!(body.ceremony("chair").stage, CeremonyStage::Offers(vec![2, 3, 4]));
    body.room.heal();
    body.room.isolate("t5");
    body.makes_the_key();
    assert_eq!(body.ceremony("chair").stage, CeremonyStage::Dealings(vec![4]));
    body.room.heal();
    body.makes_the_key();
    for name in NINE {
        assert!(body.ceremony(name).key().is_some(), "{name}: {:?}", body.ceremony(name).stage);
    }

    // Ballots from both halves; two people change their minds on the far side, where the chair hears nothing.
    body.opens();
    body.room.partition(&[&["secretary", "chair", "t1", "t2", "d1"], &["t3", "t4", "t5", "d2"]]);
    for (name, place) in [("secretary", 0), ("t1", 0), ("t2", 1), ("d1", 2)] {
        body.casts(name, place);
    }
    for (name, place) in [("t3", 1), ("t4", 1), ("d2", 1), ("t3", 0), ("d2", 0)] {
        body.casts(name, place);
        body.room.run_until_quiescent();
    }
    assert_eq!(body.record("chair").counted, 4);
    body.room.heal();
    assert_eq!(body.record("chair").counted, 7);
    body.casts("chair", 0);

    // Two tellers leave for good before the count.
    body.room.run_until_quiescent();
    body.room.switch_off("t4");
    body.room.switch_off("t5");
    body.closes();
    assert!(!body.counts("t1"), "nobody opens a close that is not final");
    body.room.isolate("d2");
    body.acknowledge(&["secretary", "chair", "t1", "t2", "d1"]);
    assert!(body.counts("t1") && body.counts("t2"));
    body.room.run_until_quiescent();
    assert_eq!(body.record("chair").totals, Totals::Waiting { given: 2, needed: 3 });
    assert!(body.counts("t3"));
    body.room.run_until_quiescent();
    body.room.heal();
    for name in ["secretary", "chair", "t1", "t2", "t3", "d1", "d2"] {
        let record = body.record(name);
        assert_eq!(body.votes(name), Some(vec![5, 2, 1]), "{name}: {:?} {:?}", record.totals, record.problems);
        assert!(record.problems.is_empty() && record.final_, "{name}");
    }

    // Anybody exports it, and a stranger checks it.
    let of = |wanted: fn(&Act) -> bool| -> Vec<SignedAct> {
        body.signed("d2").into_iter().filter(|act| act.verify().is_ok_and(|act| wanted(&act))).collect()
    };
    let replica = body.room.replica("d2");
    let directory = replica.directory().unwrap();
    let source = SecretBundleSource {
        root: *directory.root(),
        organisation: "Thành phố Huế".to_owned(),
        certificates: directory.all_certificates().cloned().collect(),
        election: of(|act| matches!(act, Act::TellersElected(_))).remove(0),
        ceremony: of(|act| matches!(act, Act::TellerKeyOffered(_) | Act::TellerDealt(_) | Act::TellerConfirmed(_))),
        opening: of(|act| matches!(act, Act::SecretVoteOpened(_))).remove(0),
        ballots: of(|act| matches!(act, Act::SecretBallotCast(_))),
        closings: of(|act| matches!(act, Act::VoteClosed(_))),
        acknowledgements: of(|act| matches!(act, Act::CloseAcknowledged(_))),
        totals: of(|act| matches!(act, Act::TotalsOpened(_))),
        exported_at: Timestamp(3),
    };
    let root = directory.root().fingerprint();
    let file = export_secret_bundle(source, replica.keys()).unwrap();
    let report = serde_json::to_value(verify_evidence(&file, &root).unwrap()).unwrap();
    assert_eq!((&report["ok"], &report["for"], &report["counted"]), (&true.into(), &5.into(), &8.into()), "{report}");
}

#[test]
fn a_teller_who_was_switched_off_and_on_again_goes_on_where_it_was() {
    let mut body = Body::sits();
    body.elects(3);
    for round in 0..3 {
        for name in TELLERS {
            body.turn(name);
        }
        body.room.switch_off("t2");
        body.room.run_until_quiescent();
        body.room.switch_on("t2");
        let device = body.room.replica("t2").device();
        assert!(round == 2 || !body.ceremony("t2").has_spoken(&device), "the next round waits for it");
    }
    assert!(body.ceremony("t2").key().is_some());
    let record = body.ceremony("t2");
    let device = body.room.replica("t2").device();
    assert_eq!(deal(&record, &device, &mut body.rng).unwrap_err(), TellerError::NotTheTurn);
}

#[test]
fn a_teller_with_a_program_of_its_own_is_named_on_every_screen_and_no_vote_is_opened() {
    let mut body = Body::sits();
    body.elects(3);
    for name in TELLERS {
        body.turn(name);
    }
    body.room.run_until_quiescent();
    for name in TELLERS.iter().skip(1) {
        body.turn(name);
    }
    body.room.run_until_quiescent();
    // t1 deals, and deals once more from what the chair has, where the first has not arrived.
    body.turn("t1");
    let device = body.room.replica("t1").device();
    let record = body.ceremony("chair");
    assert_eq!(record.stage, CeremonyStage::Dealings(vec![0]));
    let second = deal(&record, &device, &mut body.rng).unwrap();
    body.in_seat("t1", Act::TellerDealt(second));
    body.room.run_until_quiescent();
    for name in NINE {
        let record = body.ceremony(name);
        assert_eq!(record.stage, CeremonyStage::Void, "{name}");
        assert_eq!(record.problems, [CeremonyProblem::TellerTwoFaced { name: "t1".to_owned() }], "{name}");
    }
}
