//! Seating a room: devices that enrol one after the other as people do, and a mesh such as discovery makes.

use std::path::Path;
use std::time::SystemTime;

use api::act::{AddPaper, ApproveJoin, ConfirmWords, CreateOrganisation, FileSource, JoinOrganisation};
use api::query::{Identity, Room, Status};
use api::view::{IdentityView, PaperRow};
use domain::id::{Hash32, PaperId, PersonId, SpaceId, Timestamp};
use net::Traffic;

use super::Outcome;
use super::device::{Device, PASSPHRASE};
use super::papers::{Random, paper};

/// The wall clock, as envelopes are stamped with it.
pub fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Whom a device calls: `calls` others at random.
pub fn neighbours(random: &mut Random, devices: usize, own: usize, calls: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..devices).filter(|other| *other != own).collect();
    let mut called = Vec::new();
    while called.len() < calls && !others.is_empty() {
        called.push(others.swap_remove(random.below(others.len())));
    }
    called
}

/// The chair's device founds the organisation.
///
/// # Errors
/// What the device refuses.
pub async fn found(folder: &Path, traffic: &Traffic) -> Outcome<(Device, PersonId)> {
    let chair = Device::new("Chủ tịch".into(), folder, traffic);
    let founding = CreateOrganisation {
        organisation: "Thành phố Minh Hải".into(),
        unit: "Hội đồng nhân dân thành phố".into(),
        name: chair.name.clone(),
        title: "Chủ tịch".into(),
        passphrase: PASSPHRASE.into(),
    };
    let me = chair.act(founding).await?.me.person;
    Ok((chair, me))
}

/// So many papers of a size, dealt out to the items.
///
/// # Errors
/// What the device refuses.
pub async fn add_papers(chair: &Device, meeting: SpaceId, count: usize, bytes: usize) -> Outcome<Vec<(PaperId, Hash32)>> {
    let room = chair.read(Room { meeting }).await?;
    for number in 0..count {
        let item = room.items.get(number % room.items.len().max(1)).map(|row| row.item.id);
        let file = FileSource::Upload(chair.upload(&format!("tai-lieu-{number}.pdf"), paper(bytes, u64::try_from(number)?))?);
        chair.act(AddPaper { meeting, item, title: format!("Tài liệu {}", number + 1), file, confirmed_unmarked: true }).await?;
    }
    let room = chair.read(Room { meeting }).await?;
    let rows = room.items.iter().flat_map(|row| &row.papers).chain(&room.papers);
    Ok(rows.filter_map(|row: &PaperRow| Some((row.paper, row.versions.first()?.version))).collect())
}

/// One device asks, both compare the words, the chair lets it in; then it is switched off.
///
/// # Errors
/// If the words differ, or what a device refuses.
pub async fn enrol(chair: &Device, member: &Device) -> Outcome<PersonId> {
    let join = JoinOrganisation {
        peer: Some(chair.address().await?),
        name: member.name.clone(),
        title: "Đại biểu".into(),
        passphrase: PASSPHRASE.into(),
        invitation: None,
    };
    let device = member.act(join).await?.device;
    let asks = |identity: IdentityView| identity.requests.into_iter().find(|request| request.device == device);
    let (request, _) = chair.shows("the request", Identity {}, asks).await?;
    let told = |status: api::view::StatusView| status.join.map(|join| join.words).filter(|words| !words.is_empty());
    let (words, _) = member.shows("the words", Status {}, told).await?;
    if words != request.words {
        return Err("the two screens show different words".into());
    }
    member.act(ConfirmWords {}).await?;
    let person = chair.act(ApproveJoin { device, administrator: false, mine: false, unit: None }).await?.person;
    member.belongs().await?;
    member.shows("itself in the directory", Identity {}, |identity| (!identity.devices.is_empty()).then_some(())).await?;
    member.switch_off().await;
    Ok(person)
}
