//! The demonstration: an organisation of our own making, a sitting with three items and papers, ready to be tried.

mod questions;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::act::{
    Act, AddPaper, ApproveJoin, CheckIn, ConfirmWords, CreateMeeting, CreateOrganisation, FileSource, Invite, ItemDraft,
    JoinOrganisation, UnitChoice,
};
use api::error::ApiError;
use api::query::{Identity, MeetingList, Query, Room, Status, SyncState};
use api::view::{IdentityView, MeetingRow, ProfileState, RoomView, StatusView, SyncView};
use domain::id::{PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::{App, Options};

/// The papers of the demonstration by item.
const PAPERS: [(usize, &str, &str, &[u8]); 4] = [
    (
        0,
        "Báo cáo kinh tế – xã hội tháng 11",
        "bao-cao-kinh-te-xa-hoi.pdf",
        include_bytes!("../../../fixtures/papers/bao-cao-kinh-te-xa-hoi.pdf"),
    ),
    (
        1,
        "Dự thảo Quyết định hỗ trợ hộ dân vùng ngập",
        "du-thao-quyet-dinh-ho-tro-ngap.pdf",
        include_bytes!("../../../fixtures/papers/du-thao-quyet-dinh-ho-tro-ngap.pdf"),
    ),
    (
        1,
        "Tờ trình về mức hỗ trợ",
        "to-trinh-ho-tro-ngap.pdf",
        include_bytes!("../../../fixtures/papers/to-trinh-ho-tro-ngap.pdf"),
    ),
    (2, "Kế hoạch trực bão", "ke-hoach-truc-bao.pdf", include_bytes!("../../../fixtures/papers/ke-hoach-truc-bao.pdf")),
];
/// The handbook of the demonstration.
const HANDBOOK: &str = include_str!("../../../fixtures/handbook/so-tay.jsonl");
/// How long two profiles on one machine may take to find each other.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// The passphrase of demonstration profiles: they hold nothing but the demonstration.
const PASSPHRASE: &str = "trinh-dien-ky-hop";
/// The department of the demonstration, and who works there.
const DEPARTMENT: &str = "Sở Nông nghiệp và Môi trường (trình diễn)";
const OFFICIAL: &str = "Chuyên viên Sở";
const HOUR_MS: i64 = 3_600_000;

/// A profile of the two-person demonstration.
#[derive(Debug, Clone, Serialize)]
pub struct DemoProfile {
    /// Its folder.
    pub profile: PathBuf,
    /// The file with its passphrase.
    pub passphrase_file: PathBuf,
    /// The person.
    pub name: String,
    /// `chair`, `secretary` or `department`.
    pub role: &'static str,
}

/// Profiles on this machine: two people already in the same sitting, and a department that answers questions.
#[derive(Debug, Clone, Serialize)]
pub struct Demo {
    /// The chair's, the secretary's and the department's.
    pub profiles: Vec<DemoProfile>,
    /// The sitting.
    pub meeting: SpaceId,
}

/// Fills an empty profile with the demonstration, as one person who presides.
pub(crate) async fn fill(app: &App, passphrase: &str) -> Result<(), ApiError> {
    let me = found(app, "Chủ tịch UBND phường", "Chủ tịch", passphrase).await?;
    let meeting = sitting(app).await?;
    let _: () = act(app, Act::Invite(Invite { meeting, person: me.me.person, role: MeetingRole::Chair })).await?;
    let _: () = act(app, Act::CheckIn(CheckIn { meeting })).await?;
    // Alone, the own unit answers the own questions.
    questions::play(app, app, me.me.unit).await
}

async fn found(app: &App, name: &str, title: &str, passphrase: &str) -> Result<IdentityView, ApiError> {
    let founding = CreateOrganisation {
        organisation: "Thành phố Huế (trình diễn)".into(),
        unit: "Ủy ban nhân dân phường Thuận Hóa".into(),
        name: name.into(),
        title: title.into(),
        passphrase: passphrase.into(),
    };
    let identity = act(app, Act::CreateOrganisation(founding)).await?;
    app.give_out_handbook(HANDBOOK).await?;
    Ok(identity)
}

/// A sitting that begins at the next full hour, with its papers.
async fn sitting(app: &App) -> Result<SpaceId, ApiError> {
    let now = crate::engine::wall();
    let starts_at = Timestamp((now.0 / HOUR_MS + 1) * HOUR_MS);
    let item = |title: &str, presenter: &str, from_minutes: i64, minutes: u16| ItemDraft {
        title: title.into(),
        presenter: presenter.into(),
        starts_at: Some(starts_at.plus_ms(from_minutes * 60_000)),
        minutes: Some(minutes),
        papers_due: None,
    };
    let items = vec![
        item("Báo cáo kinh tế – xã hội tháng 11", "Văn phòng HĐND và UBND", 0, 25),
        item("Dự thảo quyết định hỗ trợ hộ dân vùng ngập", "Phòng Kinh tế", 25, 35),
        item("Kế hoạch trực bão", "Ban chỉ huy phòng thủ dân sự", 60, 20),
    ];
    let create = CreateMeeting {
        title: "Phiên họp thường kỳ tháng 11".into(),
        body: String::new(),
        place: "Phòng họp số 1".into(),
        starts_at,
        items: items.into_iter().map(Into::into).collect(),
        invited: Vec::new(),
    };
    let meeting: SpaceId = act(app, Act::CreateMeeting(create)).await?;
    let room: RoomView = query(app, Query::Room(Room { meeting })).await?;
    for (index, title, file, bytes) in PAPERS {
        let item = room.items.get(index).map(|row| row.item.id);
        let file = FileSource::Upload(app.upload(file, bytes.to_vec())?);
        let _: domain::id::PaperId =
            act(app, Act::AddPaper(AddPaper { meeting, item, title: title.into(), file, confirmed_unmarked: true })).await?;
    }
    Ok(meeting)
}

/// Makes profiles in a folder: a secretary who prepared a sitting and a chair who was invited; both have checked in and have all papers; and
/// an official of a department, whom the secretary has asked some questions. A folder that already holds the demonstration is left as it
/// is.
///
/// # Errors
/// A profile cannot be made, or the two do not find each other on the loopback interface.
pub async fn pair(folder: &Path) -> Result<Demo, ApiError> {
    let profile = |role: &'static str, name: &str| DemoProfile {
        profile: folder.join(role),
        passphrase_file: folder.join("passphrase"),
        name: name.to_owned(),
        role,
    };
    let profiles =
        vec![profile("chair", "Chủ tịch UBND phường"), profile("secretary", "Thư ký phiên họp"), profile("department", OFFICIAL)];
    if let Some(meeting) = existing(folder)? {
        // One that an earlier program made has no department.
        let profiles = profiles.into_iter().filter(|profile| crate::profile::exists(&profile.profile)).collect();
        return Ok(Demo { profiles, meeting });
    }
    std::fs::create_dir_all(folder).map_err(|error| crate::error::Boundary::at_boundary(&error))?;
    std::fs::write(folder.join("passphrase"), format!("{PASSPHRASE}\n"))
        .map_err(|error| crate::error::Boundary::at_boundary(&error))?;
    let open = |role: &str| {
        App::new(Options { folder: folder.join(role), net: Some(net::Config::loopback()), dial: Vec::new(), paths: true })
    };
    let (secretary, chair, department) = (open("secretary"), open("chair"), open("department"));
    let meeting = prepare(&secretary, &chair, &department).await;
    for app in [secretary, chair, department] {
        app.close().await;
    }
    let meeting = meeting?;
    std::fs::write(folder.join("meeting"), meeting.to_string()).map_err(|error| crate::error::Boundary::at_boundary(&error))?;
    Ok(Demo { profiles, meeting })
}

fn existing(folder: &Path) -> Result<Option<SpaceId>, ApiError> {
    match std::fs::read_to_string(folder.join("meeting")) {
        Ok(text) => {
            text.trim().parse().map(Some).map_err(|_| ApiError::new("store_damaged", "the demonstration's folder is damaged"))
        }
        Err(_) => Ok(None),
    }
}

async fn prepare(secretary: &App, chair: &App, department: &App) -> Result<SpaceId, ApiError> {
    found(secretary, "Thư ký phiên họp", "Chánh Văn phòng HĐND và UBND", PASSPHRASE).await?;
    let person = let_in(secretary, chair, "Chủ tịch UBND phường", "Chủ tịch", None).await?;
    let meeting = meet(secretary, chair, person.person).await?;
    let official = let_in(secretary, department, OFFICIAL, "Chuyên viên", Some(UnitChoice::New(DEPARTMENT.into()))).await?;
    questions::play(secretary, department, official.unit).await?;
    Ok(meeting)
}

/// Somebody joins by the secretary's address and is let in after the words were compared.
async fn let_in(
    secretary: &App,
    newcomer: &App,
    name: &str,
    title: &str,
    unit: Option<UnitChoice>,
) -> Result<api::view::PersonRow, ApiError> {
    let address = until(|| async {
        let sync: SyncView = query(secretary, Query::SyncState(SyncState {})).await?;
        Ok(sync.addresses.into_iter().next())
    })
    .await?;
    let (name, title) = (name.into(), title.into());
    let join = JoinOrganisation { peer: Some(address), name, title, passphrase: PASSPHRASE.into(), invitation: None };
    let _: api::view::JoinView = act(newcomer, Act::JoinOrganisation(join)).await?;
    let request = until(|| async {
        let identity: IdentityView = query(secretary, Query::Identity(Identity {})).await?;
        Ok(identity.requests.into_iter().next())
    })
    .await?;
    let words = until(|| async {
        let status: StatusView = query(newcomer, Query::Status(Status {})).await?;
        Ok(status.join.map(|join| join.words).filter(|words| !words.is_empty()))
    })
    .await?;
    if words != request.words {
        return Err(ApiError::new("words_differ", "the two profiles show different words"));
    }
    let _: api::view::JoinView = act(newcomer, Act::ConfirmWords(ConfirmWords {})).await?;
    // In the own unit as an administrator, elsewhere as one of its people.
    let approve = ApproveJoin { device: request.device, administrator: unit.is_none(), mine: false, unit };
    let person: api::view::PersonRow = act(secretary, Act::ApproveJoin(approve)).await?;
    until(|| async {
        let status: StatusView = query(newcomer, Query::Status(Status {})).await?;
        Ok((status.state == ProfileState::Ready).then_some(()))
    })
    .await?;
    Ok(person)
}

async fn meet(secretary: &App, chair: &App, chair_person: PersonId) -> Result<SpaceId, ApiError> {
    let meeting = sitting(secretary).await?;
    let _: () = act(secretary, Act::Invite(Invite { meeting, person: chair_person, role: MeetingRole::Chair })).await?;
    let _: () = act(secretary, Act::CheckIn(CheckIn { meeting })).await?;
    until(|| async {
        let rows: Vec<MeetingRow> = query(chair, Query::MeetingList(MeetingList {})).await?;
        Ok(rows
            .iter()
            .any(|row| row.meeting == meeting && row.papers as usize == PAPERS.len() && row.papers_missing == 0)
            .then_some(()))
    })
    .await?;
    let _: () = act(chair, Act::CheckIn(CheckIn { meeting })).await?;
    until(|| async {
        let room: RoomView = query(secretary, Query::Room(Room { meeting })).await?;
        Ok((room.quorum.present == 2).then_some(()))
    })
    .await?;
    Ok(meeting)
}

/// Asks until there is an answer, for as long as patience lasts.
async fn until<T, F: Future<Output = Result<Option<T>, ApiError>>>(mut ask: impl FnMut() -> F) -> Result<T, ApiError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(ApiError::new("timed_out", "two profiles on this machine did not find each other"));
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn act<T: DeserializeOwned>(app: &App, request: Act) -> Result<T, ApiError> {
    read(app.act(request).await?)
}

async fn query<T: DeserializeOwned>(app: &App, request: Query) -> Result<T, ApiError> {
    read(app.query(request).await?)
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(|error| ApiError::new("internal", error.to_string()))
}
