//! Somebody stands at the projector's window and tries to see what is not for the room.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use api::act::{
    AddItem, AddPaper, Annotate, Audience, CastBallot, CheckIn, CloseVote, CreateMeeting, CreateOrganisation, Does, FileSource,
    Invite, ItemDraft, MoveItem, OpenVote,
};
use api::error::ApiError;
use api::projector::{Projector, ProjectorQuery, Scene, SetItemInternal, ShowOnProjector, Showing, StageView};
use api::query::{Reads, Room};
use api::sitting::{AskToSpeak, GiveWord, MoveSitting};
use api::view::RoomView;
use app::{App, Options};
use domain::annotation::{Mark, Point};
use domain::id::{Hash32, ItemId, PaperId, PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use domain::sitting::{Move, SpeechKind};
use domain::vote::Choice;
use tempfile::TempDir;

const CHAIR: &str = "Trần Thị Bích";
const PUBLIC: &str = "Báo cáo kinh tế – xã hội";
const INTERNAL: &str = "Kỷ luật cán bộ";
const NEXT: &str = "Kế hoạch trực bão";
const INTERNAL_PAPER: &str = "Hồ sơ cá nhân";
const INTERNAL_QUESTION: &str = "Khiển trách";
const NOTE: &str = "hỏi riêng kế toán";

/// A chair at her computer, with a sitting of three items of which the second is internal, each of the first two with a paper.
struct Office {
    app: App,
    meeting: SpaceId,
    me: PersonId,
    items: Vec<ItemId>,
    papers: Vec<(PaperId, Hash32, u32)>,
    _home: TempDir,
}

impl Office {
    async fn sits() -> Self {
        let home = tempfile::tempdir().unwrap();
        let app = App::new(Options::alone(home.path().join("profile")));
        let founding = CreateOrganisation {
            organisation: "Thành phố Huế".into(),
            unit: "UBND phường An Bình".into(),
            name: CHAIR.into(),
            title: "Chủ tịch".into(),
            passphrase: "mật khẩu thử nghiệm".into(),
        };
        let me = act(&app, founding).await.me.person;
        let item = |title: &str| ItemDraft {
            title: title.into(),
            presenter: String::new(),
            starts_at: None,
            minutes: None,
            papers_due: None,
        };
        let new = CreateMeeting {
            title: "Phiên họp tháng 11".into(),
            body: "UBND phường".into(),
            place: String::new(),
            starts_at: Timestamp(1_795_000_000_000),
            items: [PUBLIC, INTERNAL, NEXT].map(|title| item(title).into()).to_vec(),
            invited: Vec::new(),
        };
        let meeting = act(&app, new).await;
        act(&app, Invite { meeting, person: me, role: MeetingRole::Chair }).await;
        act(&app, CheckIn { meeting }).await;
        let mut office = Self { app, meeting, me, items: Vec::new(), papers: Vec::new(), _home: home };
        office.items = office.room().await.items.iter().map(|row| row.item.id).collect();
        for (at, title, file) in [(0, PUBLIC, "bao-cao-kinh-te-xa-hoi.pdf"), (1, INTERNAL_PAPER, "ke-hoach-truc-bao.pdf")] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/papers").join(file);
            let adding = AddPaper {
                meeting,
                item: Some(office.items[at]),
                title: title.into(),
                file: FileSource::Path(path.display().to_string()),
                confirmed_unmarked: true,
            };
            act(&office.app, adding).await;
        }
        let room = office.room().await;
        office.papers = room
            .items
            .iter()
            .flat_map(|row| &row.papers)
            .map(|paper| (paper.paper, paper.versions[0].version, paper.versions[0].pages))
            .collect();
        act(&office.app, SetItemInternal { meeting, item: office.items[1], internal: true }).await;
        act(&office.app, MoveSitting { meeting, what: Move::Opened { rules: "ubnd-majority".into() } }).await;
        office
    }

    async fn room(&self) -> RoomView {
        ask(&self.app, Room { meeting: self.meeting }).await
    }

    async fn turn_to(&self, item: usize) {
        let what = Move::Turned { item: Some(self.items[item]) };
        act(&self.app, MoveSitting { meeting: self.meeting, what }).await;
    }

    async fn show(&self, showing: Showing) -> Result<(), ApiError> {
        let act = ShowOnProjector { meeting: self.meeting, showing };
        self.app.act(act.any()).await.map(drop)
    }

    /// What the projector shows; nothing of it is private, whatever else it is.
    async fn stage(&self) -> StageView {
        let stage = self.app.project(ProjectorQuery::Stage { meeting: self.meeting }).await.unwrap();
        let told = serde_json::to_string(&stage).unwrap();
        for private in [INTERNAL, INTERNAL_PAPER, INTERNAL_QUESTION, NOTE] {
            assert!(!told.contains(private), "{private}: {told}");
        }
        stage
    }

    /// The code with which a page is refused.
    async fn refused(&self, version: Hash32, page: u32) -> String {
        self.app.projected_page(self.meeting, version, page, 400).await.unwrap_err().code
    }
}

async fn act<A: Does>(app: &App, act: A) -> A::Reply {
    let reply = app.act(act.any()).await.unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_value(reply).unwrap()
}

async fn ask<Q: Reads>(app: &App, query: Q) -> Q::Reply {
    serde_json::from_value(app.query(query.any()).await.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_item_is_neither_shown_nor_announced_nor_voted_on_before_the_room() {
    let office = Office::sits().await;
    let meeting = office.meeting;
    let rows = office.room().await.items;
    assert_eq!(rows.iter().map(|row| row.internal).collect::<Vec<_>>(), [false, true, false]);

    office.turn_to(0).await;
    let Scene::Sitting { item, next, .. } = office.stage().await.scene else { panic!("the sitting is followed") };
    assert_eq!(item.unwrap().title, PUBLIC);
    let next: Vec<String> = next.into_iter().map(|item| format!("{} {}", item.number, item.title)).collect();
    assert_eq!(next, [format!("3 {NEXT}")], "the internal one is left out, the others keep their numbers");

    // Somebody asks for the word on the internal item, and gets it while a public one is dealt with.
    let asking = AskToSpeak { meeting, item: Some(office.items[1]), kind: SpeechKind::Speech, person: None };
    let request = act(&office.app, asking).await;
    let Scene::Sitting { queue, waiting, .. } = office.stage().await.scene else { panic!("the sitting is followed") };
    assert_eq!((queue.len(), waiting), (0, 0));
    act(&office.app, GiveWord { meeting, person: office.me, request: Some(request), seconds: None }).await;
    let Scene::Sitting { speaker, .. } = office.stage().await.scene else { panic!("the sitting is followed") };
    assert_eq!(speaker, None);

    // A vote on it, opened while a public one is dealt with.
    let opening = OpenVote {
        meeting,
        item: Some(office.items[1]),
        question: INTERNAL_QUESTION.into(),
        profile: "ubnd-majority".into(),
        secret: None,
        form: None,
    };
    let vote = act(&office.app, opening).await;
    assert!(matches!(office.stage().await.scene, Scene::Sitting { .. }));
    office.turn_to(1).await;
    assert_eq!(office.stage().await.scene, Scene::Internal);
    act(&office.app, CloseVote { vote }).await;
    assert_eq!(office.stage().await.scene, Scene::Internal);
    office.turn_to(2).await;
    assert!(matches!(office.stage().await.scene, Scene::Sitting { .. }));
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_drawn_while_it_is_shown_and_no_other_ever() {
    let office = Office::sits().await;
    let [(public, shown, pages), (internal, hidden, _)] = office.papers[..] else { panic!("two papers") };
    let note = Annotate {
        meeting: office.meeting,
        paper: public,
        version: shown,
        page: 0,
        colour: 0x5b_2a_86,
        mark: Mark::Note { at: Point { x: 7_200, y: 10_000 }, text: NOTE.into() },
        audience: Audience::Private,
    };
    act(&office.app, note).await;

    assert_eq!(office.refused(shown, 0).await, "not_found", "nobody has put it on the screen");
    office.show(Showing::Page { paper: public, page: 0 }).await.unwrap();
    let Scene::Page { version, page, pages: of, .. } = office.stage().await.scene else { panic!("the page is shown") };
    assert_eq!((version, page, of), (shown, 0, pages));
    let picture = office.app.projected_page(office.meeting, shown, 0, 400).await.unwrap();
    assert!(!picture.bytes.is_empty());
    assert_eq!(office.refused(shown, 1).await, "not_found", "another page of the same paper");
    assert_eq!(office.refused(hidden, 0).await, "not_found", "a paper of the internal item");

    assert_eq!(office.show(Showing::Page { paper: internal, page: 0 }).await.unwrap_err().code, "internal_not_shown");
    assert_eq!(office.show(Showing::Page { paper: public, page: pages }).await.unwrap_err().code, "not_found");
    assert_eq!(office.show(Showing::Page { paper: PaperId([9; 16]), page: 0 }).await.unwrap_err().code, "not_found");
    assert!(matches!(office.stage().await.scene, Scene::Page { .. }), "what was refused changes nothing");

    // Its item becomes internal while its page is on the screen.
    act(&office.app, SetItemInternal { meeting: office.meeting, item: office.items[0], internal: true }).await;
    assert!(!matches!(office.stage().await.scene, Scene::Page { .. }));
    assert_eq!(office.refused(shown, 0).await, "not_found");
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_shown_in_numbers_and_its_result_only_after_the_close() {
    let office = Office::sits().await;
    let meeting = office.meeting;
    office.turn_to(0).await;
    let question = "Thông qua báo cáo".to_owned();
    let opening = OpenVote {
        meeting,
        item: Some(office.items[0]),
        question: question.clone(),
        profile: "ubnd-majority".into(),
        secret: None,
        form: None,
    };
    let vote = act(&office.app, opening).await;
    act(&office.app, CastBallot { vote, choice: Choice::For }).await;
    let Scene::Vote { vote: open, .. } = office.stage().await.scene else { panic!("the open vote is followed") };
    assert_eq!((open.question.as_str(), open.open, open.received, open.roll, open.result), (question.as_str(), true, 1, 1, None));

    act(&office.app, CloseVote { vote }).await;
    let stage = office.stage().await;
    let told = serde_json::to_string(&stage).unwrap();
    assert!(!told.contains(CHAIR) && !told.contains(&office.me.to_string()), "{told}");
    let Scene::Vote { vote: closed, .. } = stage.scene else { panic!("the result is followed") };
    let result = closed.result.unwrap();
    assert_eq!((closed.open, result.passed, result.totals[0].votes, result.needed), (false, Some(true), 1, 1));
    assert!(!closed.profile.legal_basis.is_empty());

    // Who gets the word after the close is what the room looks at; after the next turn nothing of the vote is left.
    act(&office.app, GiveWord { meeting, person: office.me, request: None, seconds: Some(120) }).await;
    let Scene::Sitting { speaker, .. } = office.stage().await.scene else { panic!("the speaker is followed") };
    assert_eq!(speaker.map(|speaker| (speaker.name, speaker.seconds)), Some((CHAIR.to_owned(), Some(120))));
    office.turn_to(2).await;
    assert!(matches!(office.stage().await.scene, Scene::Sitting { .. }));
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_counts_without_an_item_that_guests_do_not_have_and_it_stays_what_it_is() {
    let office = Office::sits().await;
    let meeting = office.meeting;
    let draft = ItemDraft { title: INTERNAL.into(), presenter: String::new(), starts_at: None, minutes: None, papers_due: None };
    let add = AddItem { meeting, parent: None, after: Some(office.items[0]), draft: draft.clone(), internal: true };
    let inner = act(&office.app, add).await;
    // What stands under it is internal without being called so.
    act(&office.app, AddItem { meeting, parent: Some(inner), after: None, draft: draft.clone(), internal: false }).await;
    let rows = office.room().await.items;
    assert_eq!(rows.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["1", "2", "2.1", "3", "4"]);
    assert_eq!(rows.iter().map(|row| row.members_only).collect::<Vec<_>>(), [false, true, true, false, false]);

    office.turn_to(0).await;
    let Scene::Sitting { next, .. } = office.stage().await.scene else { panic!("the sitting is followed") };
    let next: Vec<String> = next.into_iter().map(|item| format!("{} {}", item.number, item.title)).collect();
    assert_eq!(next, [format!("3 {NEXT}")]);
    act(&office.app, MoveSitting { meeting, what: Move::Turned { item: Some(inner) } }).await;
    assert_eq!(office.stage().await.scene, Scene::Internal);

    let refused = async |act: api::act::Act| office.app.act(act).await.unwrap_err().code;
    // What it was to stand under is gone, and may have been internal.
    let orphan = AddItem { meeting, parent: Some(ItemId([9; 16])), after: None, draft, internal: false };
    assert_eq!(refused(orphan.any()).await, "not_found");
    assert_eq!(refused(SetItemInternal { meeting, item: inner, internal: false }.any()).await, "internal_stays");
    let under = MoveItem { meeting, item: office.items[2], parent: Some(inner), before: None };
    assert_eq!(refused(under.any()).await, "item_under_internal");
    let question = OpenVote {
        meeting,
        item: Some(inner),
        question: INTERNAL_QUESTION.into(),
        profile: "ubnd-majority".into(),
        secret: None,
        form: None,
    };
    assert_eq!(refused(question.any()).await, "internal_to_guests");
    office.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_and_darkness_are_shown_until_the_sitting_is_followed_again() {
    let office = Office::sits().await;
    office.turn_to(0).await;
    office.show(Showing::Message { text: "  Giải lao\tđến 9 giờ 30 ".into() }).await.unwrap_err();
    office.show(Showing::Message { text: "  Giải lao đến 9 giờ 30 ".into() }).await.unwrap();
    assert_eq!(office.stage().await.scene, Scene::Message { text: "Giải lao đến 9 giờ 30".into() });
    assert_eq!(office.show(Showing::Message { text: " ".into() }).await.unwrap_err().code, "limit_under");
    assert_eq!(office.show(Showing::Message { text: "x".repeat(301) }).await.unwrap_err().code, "limit_over");
    office.show(Showing::Blank).await.unwrap();
    assert_eq!(office.stage().await.scene, Scene::Blank);
    assert_eq!(ask(&office.app, Projector { meeting: office.meeting }).await, Showing::Blank);
    office.show(Showing::Follow).await.unwrap();
    assert!(matches!(office.stage().await.scene, Scene::Sitting { .. }));

    let elsewhere = ProjectorQuery::Stage { meeting: SpaceId([9; 16]) };
    assert_eq!(office.app.project(elsewhere).await.unwrap_err().code, "not_found");
    office.app.close().await;
}
