//! Every screen of the window with something on it, for those who look at all of them: pictures in every look, and the checks of
//! accessibility.

use std::path::Path;

use api::act::*;
use api::handbook::{CreateDraft, StartCase};
use api::query::{MeetingList, Query, Reads, Room, RuleProfiles, Status};
use api::question::{QuestionFilter, QuestionList, QuestionListView, QuestionScope, Urgency};
use api::task::{NewTask, TaskEntry, TaskLead, TaskOrigin, TaskScope, TaskView, TellTask};
use api::view::{MeetingRow, RoomView};
use domain::id::{CaseId, DraftId, QuestionId, SpaceId, TaskId, VoteId};
use domain::vote::Choice;
use ui::route::{HandbookPlace, QuestionPlace, Route, SettingsPage, TaskPlace};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::{Driver, Server, Stage};
use crate::tasks::in_days;

/// A procedure of the demonstration's handbook.
const PROCEDURE: &str = "so-tay:thu-tuc/dang-ky-khai-sinh";

/// A screen: where it is, and what brings it to its usual state.
pub struct Screen {
    /// The name of its picture.
    pub name: String,
    route: Route,
    tab: Option<&'static str>,
}

/// The demonstration's office in a window, with a vote, minutes, a task, a case, a draft and questions.
pub struct Office {
    /// The window.
    pub window: Browser,
    /// Its screens.
    pub screens: Vec<Screen>,
    _server: Server,
}

impl Browser {
    /// Does something, as the window would.
    pub async fn act<A: Does>(&self, act: A) -> A::Reply {
        let reply = self.ask("act", serde_json::to_value(act.any()).unwrap()).await;
        serde_json::from_value(reply).unwrap()
    }

    /// Asks something, as the window would.
    pub async fn query<Q: Reads>(&self, query: Q) -> Q::Reply {
        let query: Query = query.any();
        let reply = self.ask("query", serde_json::to_value(query).unwrap()).await;
        serde_json::from_value(reply).unwrap()
    }

    /// Fonts and pictures are there, nothing turns, no message is shown, nothing moves.
    pub async fn settled(&self) {
        let quiet = "document.fonts.status === 'loaded' && !document.querySelector('.spin, .toast, .lost')
            && document.querySelector('main, [role=main]') !== null
            && [...document.images].every((one) => one.complete)
            && document.getAnimations().every((one) => one.playState !== 'running')";
        self.until("a quiet screen", quiet, vec![]).await;
    }

    /// Goes to a screen and waits until all of it is there.
    pub async fn visit(&self, screen: &Screen) {
        self.go(&screen.route.fragment()).await;
        if let Some(tab) = screen.tab {
            self.tab(tab).await;
        }
        self.settled().await;
    }
}

impl Office {
    /// The demonstration, with what its people have done since.
    pub async fn open(stage: &Stage, driver: &Driver, profile: &Path) -> Self {
        let server = stage.serve(profile, None);
        let window = Browser::open(driver, "office", &server.url, Looks::USUAL).await;
        window.shown(testids::FIRST_RUN).await;
        window.act(TryDemo { passphrase: PASSPHRASE.into() }).await;
        window.shown(testids::NAV_TODAY).await;
        let meetings: Vec<MeetingRow> = window.query(MeetingList {}).await;
        let meeting = meetings[0].meeting;
        sit(&window, meeting).await;
        let task = give(&window, meeting).await;
        let begin = StartCase {
            article: PROCEDURE.into(),
            name: "N.V.A.".into(),
            file_number: "H-2026-014".into(),
            note: "Hẹn trả kết quả thứ Sáu".into(),
        };
        let case: CaseId = window.act(begin).await;
        let draft: DraftId = window.act(CreateDraft { article: Some(PROCEDURE.into()), content: None }).await;
        let listed: QuestionListView = window.query(QuestionList { filter: QuestionFilter::default() }).await;
        let questions: Vec<QuestionId> = listed.rows.iter().map(|row| row.question).collect();
        let screens = screens(meeting, task, case, draft, &questions);
        Self { window, screens, _server: server }
    }
}

/// A vote that was closed, one that is open, and minutes to read.
async fn sit(window: &Browser, meeting: SpaceId) {
    let room: RoomView = window.query(Room { meeting }).await;
    let item = room.items.first().map(|row| row.item.id);
    let profile = window.query(RuleProfiles {}).await.swap_remove(0).id;
    for question in ["Thông qua chương trình phiên họp", "Thông qua mức hỗ trợ 3.000.000 đồng mỗi hộ"] {
        let open = OpenVote { meeting, item, question: question.into(), profile: profile.clone(), secret: None, form: None };
        let vote: VoteId = window.act(open).await;
        window.act(CastBallot { vote, choice: Choice::For }).await;
        if question.starts_with("Thông qua chương trình") {
            window.act(CloseVote { vote }).await;
        }
    }
}

/// A task of the meeting that is under way, and asks for more time.
async fn give(window: &Browser, meeting: SpaceId) -> TaskId {
    let me = window.query(Status {}).await.me.expect("the demonstration is open");
    let conclusion = "Giao Văn phòng rà soát, công khai danh sách hộ bị ngập được hỗ trợ.".to_owned();
    let conclusions = Some(vec![conclusion.clone()]);
    window.act(UpdateMeeting { meeting, title: None, place: None, starts_at: None, conclusions }).await;
    let act = NewTask {
        title: "Rà soát, công khai danh sách hộ bị ngập được hỗ trợ".into(),
        text: "Lập danh sách theo từng thôn, niêm yết tại trụ sở và nhà văn hóa thôn.".into(),
        lead: TaskLead { unit: me.unit, person: None },
        supporting: Vec::new(),
        due_at: in_days(2),
        urgency: Urgency::Urgent,
        article: Some(PROCEDURE.into()),
        origin: Some(TaskOrigin { meeting, item: None, conclusion: Some(conclusion), vote: None }),
    };
    let task: TaskId = window.act(act).await;
    let entries = [
        TaskEntry::Accept {},
        TaskEntry::Progress { percent: 40, note: "Xong 2 trên 5 thôn.".into() },
        TaskEntry::AskExtension { until: in_days(5), reason: "Hai thôn còn ngập, chưa vào được.".into() },
    ];
    for entry in entries {
        let _: TaskView = window.act(TellTask { task, entry }).await;
    }
    task
}

fn screens(meeting: SpaceId, task: TaskId, case: CaseId, draft: DraftId, questions: &[QuestionId]) -> Vec<Screen> {
    let mut all: Vec<Screen> = Vec::new();
    let mut add = |name: &str, route: Route, tab: Option<&'static str>| all.push(Screen { name: name.into(), route, tab });
    add("today", Route::Today, None);
    add("meetings", Route::Meetings, None);
    add("meeting-new", Route::NewMeeting, None);
    for tab in ["people", "speech", "vote", "notes", "minutes"] {
        add(&format!("room-{tab}"), Route::Room { meeting, paper: None }, Some(tab));
    }
    let handbook = [
        ("search", HandbookPlace::Search),
        ("article", HandbookPlace::Article(PROCEDURE.into())),
        ("contents", HandbookPlace::Contents),
        ("cases", HandbookPlace::Cases),
        ("case", HandbookPlace::Case(case)),
        ("drafts", HandbookPlace::Drafts),
        ("draft", HandbookPlace::Draft(draft)),
        ("packages", HandbookPlace::Packages),
        ("words", HandbookPlace::Words),
    ];
    for (name, place) in handbook {
        add(&format!("handbook-{name}"), Route::Handbook(place), None);
    }
    for scope in QuestionScope::ALL {
        add(&format!("questions-{}", scope.slug()), Route::Questions(QuestionPlace::List(scope)), None);
    }
    for (at, question) in questions.iter().enumerate() {
        add(&format!("question-{at}"), Route::Questions(QuestionPlace::Thread(*question)), None);
    }
    for (name, place) in [("new", QuestionPlace::New), ("statistics", QuestionPlace::Statistics), ("units", QuestionPlace::Units)]
    {
        add(&format!("questions-{name}"), Route::Questions(place), None);
    }
    for scope in TaskScope::ALL {
        add(&format!("tasks-{}", scope.slug()), Route::Tasks(TaskPlace::List(scope)), None);
    }
    add("task", Route::Tasks(TaskPlace::One(task)), None);
    add("tasks-new", Route::Tasks(TaskPlace::New), None);
    for page in SettingsPage::ALL {
        add(&format!("settings-{}", page.slug()), Route::Settings(page), None);
    }
    all
}
