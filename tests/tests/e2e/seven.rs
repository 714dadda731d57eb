//! A committee of seven in one sitting: the secretary and the chair get windows, the five others are applications inside the test.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use api::act::*;
use api::query::{Identity, MeetingList, Query, Reads, Room, Status, SyncState};
use api::sitting::CheckInByCode;
use api::view::{ProfileState, RoomView};
use app::{App, Options};
use domain::id::{PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;

use crate::person::PASSPHRASE;
use crate::stage::{DEADLINE, LOOK_EVERY, Stage};

/// Names and offices: the secretary, the chair, the members.
const PEOPLE: [(&str, &str); 7] = [
    ("Nguyễn Thị Hương", "Chánh Văn phòng HĐND và UBND"),
    ("Trần Văn Minh", "Chủ tịch"),
    ("Lê Thị Thu Hà", "Phó Chủ tịch"),
    ("Phạm Quốc Bảo", "Phó Chủ tịch"),
    ("Hoàng Anh Tuấn", "Trưởng phòng Kinh tế"),
    ("Đặng Mai Lan", "Trưởng phòng Văn hóa – Xã hội"),
    ("Võ Đình Khoa", "Chỉ huy trưởng Quân sự"),
];
/// Item, paper's title, file.
const PAPERS: [(usize, &str, &str); 4] = [
    (0, "Báo cáo kinh tế – xã hội", "bao-cao-kinh-te-xa-hoi.pdf"),
    (1, "Dự thảo Quyết định", "du-thao-quyet-dinh-ho-tro-ngap.pdf"),
    (1, "Tờ trình về mức hỗ trợ", "to-trinh-ho-tro-ngap.pdf"),
    (2, "Kế hoạch trực bão", "ke-hoach-truc-bao.pdf"),
];
const HOUR_MS: i64 = 3_600_000;

/// The committee, the secretary's and the chair's profiles closed again and ready for their windows.
pub struct Seven {
    /// The secretary's profile.
    pub secretary: PathBuf,
    /// The chair's.
    pub chair: PathBuf,
    /// Opens both.
    pub passphrase_file: PathBuf,
    /// The sitting.
    pub meeting: SpaceId,
    members: Vec<App>,
}

fn open(folder: PathBuf) -> App {
    App::new(Options { folder, net: Some(net::Config::loopback()), dial: Vec::new(), paths: true })
}

/// Does something.
pub async fn act<A: Does>(app: &App, act: A) -> A::Reply {
    let reply = app.act(act.any()).await.unwrap_or_else(|error| panic!("{error}"));
    serde_json::from_value(reply).unwrap()
}

async fn ask<Q: Reads>(app: &App, query: Q) -> Q::Reply {
    let query: Query = query.any();
    serde_json::from_value(app.query(query).await.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: this did not happen within {} s", DEADLINE.as_secs());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Seven {
    /// Everybody has joined, is invited and has all papers.
    pub async fn gather(stage: &Stage) -> Self {
        let home = stage.home.path();
        let apps: Vec<App> = (0..PEOPLE.len()).map(|at| open(home.join(format!("person-{at}")))).collect();
        let secretary = &apps[0];
        let founding = CreateOrganisation {
            organisation: "Thành phố Huế".into(),
            unit: "UBND phường An Bình".into(),
            name: PEOPLE[0].0.into(),
            title: PEOPLE[0].1.into(),
            passphrase: PASSPHRASE.into(),
        };
        act(secretary, founding).await;
        let address = address(secretary).await;
        let mut people = Vec::new();
        for (app, (name, title)) in apps.iter().zip(PEOPLE).skip(1) {
            people.push(join(secretary, app, &address, name, title).await);
        }
        let meeting = sitting(stage, secretary, &people).await;
        for (at, person) in people.iter().enumerate() {
            let role = if at == 0 { MeetingRole::Chair } else { MeetingRole::Delegate };
            act(secretary, Invite { meeting, person: *person, role }).await;
        }
        for app in &apps[1..] {
            until("all papers with everybody", || async {
                let rows = ask(app, MeetingList {}).await;
                rows.iter().any(|row| row.papers as usize == PAPERS.len() && row.papers_missing == 0).then_some(())
            })
            .await;
        }
        let passphrase_file = home.join("passphrase");
        std::fs::write(&passphrase_file, format!("{PASSPHRASE}\n")).unwrap();
        let mut apps = apps.into_iter();
        for app in apps.by_ref().take(2) {
            app.close().await;
        }
        let (secretary, chair) = (home.join("person-0"), home.join("person-1"));
        Self { secretary, chair, passphrase_file, meeting, members: apps.collect() }
    }

    /// The members call a device.
    pub async fn dial(&self, address: &str) {
        for app in &self.members {
            act(app, Dial { address: address.to_owned() }).await;
        }
    }

    /// All members are here, but the last `absent`.
    pub async fn check_in(&self, absent: usize) {
        for app in &self.members[..self.members.len() - absent] {
            act(app, CheckIn { meeting: self.meeting }).await;
        }
    }

    /// A member has read the code of the room.
    pub async fn type_code(&self, member: usize, code: &str) {
        act(&self.members[member], CheckInByCode { meeting: self.meeting, code: code.to_owned() }).await;
    }

    /// Members vote in the open vote, in their order, beginning with the one at `from`.
    pub async fn vote(&self, from: usize, choices: &[domain::vote::Choice]) {
        for (app, choice) in self.members.iter().skip(from).zip(choices) {
            let vote = until("the vote", || async {
                let room: RoomView = ask(app, Room { meeting: self.meeting }).await;
                room.votes.into_iter().find(|vote| vote.closed_at.is_none()).map(|vote| vote.vote)
            })
            .await;
            act(app, CastBallot { vote, choice: *choice }).await;
        }
    }

    /// A member's remark on a paper, for everybody.
    pub async fn remark(&self, paper: usize, at: domain::annotation::Point, text: &str) {
        let app = &self.members[0];
        let room: RoomView = ask(app, Room { meeting: self.meeting }).await;
        let paper = room.items.iter().flat_map(|item| &item.papers).nth(paper).unwrap();
        let mark = domain::annotation::Mark::Note { at, text: text.to_owned() };
        let remark = Annotate {
            meeting: self.meeting,
            paper: paper.paper,
            version: paper.versions[0].version,
            page: 0,
            colour: 0x5b_2a_86,
            mark,
            audience: Audience::Shared,
        };
        act(app, remark).await;
    }

    /// Ends the members' applications in order.
    pub async fn close(self) {
        for app in self.members {
            app.close().await;
        }
    }
}

async fn address(app: &App) -> String {
    until("an address", || async { ask(app, SyncState {}).await.addresses.into_iter().next() }).await
}

async fn join(secretary: &App, app: &App, address: &str, name: &str, title: &str) -> PersonId {
    let joining = JoinOrganisation {
        peer: Some(address.to_owned()),
        name: name.to_owned(),
        title: title.to_owned(),
        passphrase: PASSPHRASE.to_owned(),
        invitation: None,
    };
    act(app, joining).await;
    until("the words", || async { ask(app, Status {}).await.join.filter(|join| !join.words.is_empty()) }).await;
    act(app, ConfirmWords {}).await;
    let request = until("the request", || async { ask(secretary, Identity {}).await.requests.into_iter().next() }).await;
    let person =
        act(secretary, ApproveJoin { device: request.device, administrator: false, mine: false, unit: None }).await.person;
    until("being let in", || async { (ask(app, Status {}).await.state == ProfileState::Ready).then_some(()) }).await;
    person
}

async fn sitting(stage: &Stage, secretary: &App, people: &[PersonId]) -> SpaceId {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let starts_at = Timestamp((i64::try_from(now.as_millis()).unwrap() / HOUR_MS + 1) * HOUR_MS);
    let item = |title: &str, presenter: &str, from: i64, minutes: u16| ItemDraft {
        title: title.into(),
        presenter: presenter.into(),
        starts_at: Some(starts_at.plus_ms(from * 60_000)),
        minutes: Some(minutes),
        papers_due: None,
    };
    let items = vec![
        item("Báo cáo kinh tế – xã hội tháng 11", "Văn phòng", 0, 25),
        item("Dự thảo quyết định hỗ trợ hộ dân vùng ngập", "Phòng Kinh tế", 25, 35),
        item("Kế hoạch trực bão số 13", "Ban chỉ huy PTDS", 60, 20),
    ];
    let head = |title: &str, starts_at, items: Vec<ItemDraft>| CreateMeeting {
        title: title.into(),
        body: String::new(),
        place: "Phòng họp số 1".into(),
        starts_at,
        items: items.into_iter().map(Into::into).collect(),
        invited: Vec::new(),
    };
    let meeting = act(secretary, head("Phiên họp thường kỳ tháng 11", starts_at, items)).await;
    let room: RoomView = ask(secretary, Room { meeting }).await;
    for (item, title, file) in PAPERS {
        let path = stage.paper(file).to_string_lossy().into_owned();
        let item = room.items.get(item).map(|row| row.item.id);
        let adding = AddPaper { meeting, item, title: title.into(), file: FileSource::Path(path), confirmed_unmarked: true };
        act(secretary, adding).await;
    }
    let later = starts_at.plus_ms(3 * 24 * HOUR_MS);
    let weekly = act(secretary, head("Họp giao ban tuần", later, vec![item("Công tác tuần", "Văn phòng", 0, 30)])).await;
    for person in people {
        act(secretary, Invite { meeting: weekly, person: *person, role: MeetingRole::Delegate }).await;
    }
    meeting
}
