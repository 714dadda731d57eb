//! A chair opens votes whose ballots have a form, and votes whose count everybody may follow.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use api::act::{CastBallot, CastMarks, CheckIn, CloseVote, CreateMeeting, CreateOrganisation, Does, Invite, OpenVote};
use api::paper::EnterPaperBallot;
use api::query::{Reads, Vote};
use api::rules::SaveRuleProfile;
use api::view::VoteView;
use app::{App, Options};
use domain::id::{PersonId, SpaceId, Timestamp, VoteId};
use domain::meeting::MeetingRole;
use domain::vote::{BallotForm, BallotOption, Choice, Results, RuleProfile, Standing, profile};
use tempfile::TempDir;

const LIVE: &str = "theo-doi-truc-tiep";

/// A chair alone at her computer, in a meeting that she has checked in to.
struct Office {
    app: App,
    meeting: SpaceId,
    me: PersonId,
    _home: TempDir,
}

impl Office {
    async fn sits() -> Self {
        let home = tempfile::tempdir().unwrap();
        let app = App::new(Options::alone(home.path().join("profile")));
        let founding = CreateOrganisation {
            organisation: "Thành phố Huế".into(),
            unit: "UBND phường An Bình".into(),
            name: "Trần Thị Bích".into(),
            title: "Chủ tịch".into(),
            passphrase: "mật khẩu thử nghiệm".into(),
        };
        let me = act(&app, founding).await.me.person;
        let new = CreateMeeting {
            title: "Phiên họp tháng 11".into(),
            body: "UBND phường".into(),
            place: String::new(),
            starts_at: Timestamp(1_795_000_000_000),
            items: Vec::new(),
            invited: Vec::new(),
        };
        let meeting = act(&app, new).await;
        act(&app, Invite { meeting, person: me, role: MeetingRole::Chair }).await;
        act(&app, CheckIn { meeting }).await;
        let live = RuleProfile { id: LIVE.into(), results: Some(Results::Live), ..profile("ubnd-majority").unwrap() };
        act(&app, SaveRuleProfile { profile: live }).await;
        Self { app, meeting, me, _home: home }
    }

    fn opening(&self, rules: &str, form: BallotForm) -> OpenVote {
        let (meeting, question, profile) = (self.meeting, "Chọn phương án".to_owned(), rules.to_owned());
        OpenVote { meeting, item: None, question, profile, secret: None, form: Some(form) }
    }

    async fn vote(&self, vote: VoteId) -> VoteView {
        let view = self.app.query(Vote { vote }.any()).await.unwrap_or_else(|error| panic!("{error}"));
        serde_json::from_value(view).unwrap()
    }

    async fn refused(&self, request: impl Does) -> String {
        self.app.act(request.any()).await.unwrap_err().code
    }
}

async fn act<A: Does>(app: &App, act: A) -> A::Reply {
    let reply = app.act(act.any()).await.unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_value(reply).unwrap()
}

fn options(labels: &[&str]) -> Vec<BallotOption> {
    labels.iter().map(|label| BallotOption { label: (*label).to_owned(), person: None }).collect()
}

fn votes(view: &VoteView) -> Vec<u32> {
    view.totals().unwrap().places.iter().map(|place| place.votes).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_of_two_of_three_is_opened_followed_changed_and_closed() {
    let office = Office::sits().await;
    let form =
        BallotForm::AtMost { most: 2, options: options(&["Nhà văn hóa", "Trường mầm non", "Đường liên thôn"]) };
    let vote = act(&office.app, office.opening(LIVE, form.clone())).await;
    assert_eq!(office.refused(CastBallot { vote, choice: Choice::For }).await, "ballot_has_other_form");
    for (marks, code) in [(vec![0, 1, 2], "ballot_marks"), (vec![2, 2], "ballot_marked_twice"), (vec![3], "ballot_no_such_slot")]
    {
        assert_eq!(office.refused(CastMarks { vote, marks }).await, code);
    }
    let paper = EnterPaperBallot { vote, person: office.me, choice: Choice::For };
    assert_eq!(office.refused(paper).await, "paper_not_with_form");

    let receipt = act(&office.app, CastMarks { vote, marks: vec![2, 0] }).await;
    assert_eq!((receipt.choice, receipt.marks), (None, Some(vec![0, 2])));
    let open = office.vote(vote).await;
    let so_far = open.running.clone().unwrap();
    assert_eq!(so_far.iter().map(|place| place.votes).collect::<Vec<_>>(), [1, 0, 1]);
    assert!(so_far.iter().all(|place| place.standing.is_none()), "nobody is chosen before the close");
    assert_eq!((open.ballot_form(), open.totals(), open.outcome), (Some(&form), None, None));

    act(&office.app, CastMarks { vote, marks: vec![1] }).await;
    let closed = act(&office.app, CloseVote { vote }).await;
    assert_eq!((votes(&closed), closed.outcome, closed.running.is_none()), (vec![0, 1, 0], None, true));
    let standings: Vec<_> = closed.totals().unwrap().places.iter().map(|place| place.standing.unwrap()).collect();
    assert_eq!(standings, [Standing::NotChosen, Standing::Chosen, Standing::NotChosen]);
    assert_eq!(closed.voters[0].marks, Some(vec![1]));
    assert_eq!(office.refused(CastMarks { vote, marks: vec![0] }).await, "vote_closed");
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_rules_say_nothing_of_results_nobody_is_told_a_count_before_the_close() {
    let office = Office::sits().await;
    let form = BallotForm::Confidence { people: options(&["Nguyễn Văn An", "Lê Thị Bình"]) };
    let vote = act(&office.app, office.opening("ubnd-majority", form)).await;
    act(&office.app, CastMarks { vote, marks: vec![0, 5] }).await;
    let open = office.vote(vote).await;
    assert_eq!((open.received, &open.running, open.totals()), (1, &None, None));
    assert_eq!(votes(&act(&office.app, CloseVote { vote }).await), [1, 0, 0, 0, 0, 1]);
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_the_same_whether_it_was_asked_as_a_form_or_not_and_can_be_followed_too() {
    let office = Office::sits().await;
    let vote = act(&office.app, office.opening(LIVE, BallotForm::Decision)).await;
    assert_eq!(office.vote(vote).await.form, None);
    let receipt = act(&office.app, CastMarks { vote, marks: vec![0] }).await;
    assert_eq!((receipt.choice, receipt.marks), (Some(Choice::For), None));
    let running = office.vote(vote).await.running.unwrap();
    assert_eq!(running.iter().map(|place| place.votes).collect::<Vec<_>>(), [1, 0, 0]);
    let closed = act(&office.app, CloseVote { vote }).await;
    assert!(closed.outcome.unwrap().passed && closed.totals().is_none());

    let twice = BallotForm::AtMost { most: 1, options: options(&["An", "An"]) };
    assert_eq!(office.refused(office.opening(LIVE, twice)).await, "not_distinct");
    office.app.close().await;
}
