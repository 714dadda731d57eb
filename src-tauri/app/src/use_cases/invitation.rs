//! The invitation to a sitting: giấy mời as a PDF, and an entry for calendars.

use api::error::ApiError;
use api::meeting::{ExportInvitation, InvitationForm};
use api::view::{ExportView, MemberRow};
use domain::icalendar::{self, Event};
use domain::id::SpaceId;
use domain::meeting::{Meeting, MeetingRole};
use domain::order;
use sync::DocRef;
use typeset::{Agency, Invitation, InvitationItem, Person, Signer};

use super::minutes::locality;
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// Calendars remind so many minutes before the sitting.
const REMIND_MINUTES: u16 = 30;
/// Ends the UID of every entry: it must differ from what other programs write.
const UID_DOMAIN: &str = "kyhop";
/// What an invitation asks for besides coming.
const NOTE: &str =
    "Tài liệu của cuộc họp được gửi trên phần mềm Kỳ Họp. Đề nghị các ông, bà đọc trước tài liệu và dự họp đúng giờ./.";

impl App {
    pub(crate) async fn export_invitation(&self, act: ExportInvitation) -> Result<ExportView, ApiError> {
        let engine = self.engine()?;
        let meeting = act.meeting;
        let bytes = match act.form {
            InvitationForm::Pdf => {
                let record = engine.attempt(move |core| core.invitation_record(&meeting)).await?;
                blocking(move || typeset::invitation(&record).at_boundary()).await?.pdf
            }
            InvitationForm::Calendar => {
                let event = engine.attempt(move |core| core.calendar_event(&meeting)).await?;
                icalendar::write(&event).into_bytes()
            }
        };
        self.write(act.path, bytes).await
    }
}

impl Core {
    fn invitation_record(&mut self, space: &SpaceId) -> Result<Invitation, ApiError> {
        let me = self.me()?;
        self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        // The letter goes to guests too.
        let meeting = self.open_meeting(space)?;
        let members = self.members(space)?;
        let person = |member: &MemberRow| Person { name: member.name.clone(), position: member.title.clone() };
        let chair = members
            .iter()
            .find(|member| member.role == MeetingRole::Chair)
            .ok_or_else(|| ApiError::new("no_chair", "nobody is invited as chair"))?;
        let office = if chair.title.trim().is_empty() { "Chủ tọa".to_owned() } else { chair.title.clone() };
        let body = &meeting.info.body;
        Ok(Invitation {
            agency: Agency { parent: None, name: body.clone() },
            number: None,
            symbol: symbol("GM", body),
            place: locality(body),
            date: self.now().wall,
            title: meeting.info.title.clone(),
            // The chair invites.
            invited: members.iter().filter(|member| member.role != MeetingRole::Chair).map(person).collect(),
            chair: Some(person(chair)),
            starts: meeting.info.starts_at,
            venue: meeting.info.place.clone(),
            items: agenda(&meeting),
            notes: vec![NOTE.to_owned()],
            signer: Signer { lines: vec![office], name: chair.name.clone() },
            recipients: vec!["Như trên".to_owned(), "Lưu: VT".to_owned()],
        })
    }

    fn calendar_event(&mut self, space: &SpaceId) -> Result<Event, ApiError> {
        let me = self.me()?;
        self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        let meeting = self.open_meeting(space)?;
        let doc = DocRef::meeting(*space);
        // Every change of the document is one more, on all devices alike once they have met.
        let changes =
            self.replica.read(&self.store, space, &doc.doc, |doc| automerge::ReadDoc::stats(doc).num_changes).at_boundary()?;
        let slots = order::slots(meeting.info.starts_at, &meeting.items);
        let lines: Vec<String> = meeting
            .items
            .iter()
            .zip(order::numbering(&meeting.items))
            .map(|(item, number)| format!("{number}. {}", item.title))
            .collect();
        Ok(Event {
            uid: format!("{space}@{UID_DOMAIN}"),
            sequence: u32::try_from(changes).unwrap_or(u32::MAX),
            stamp: self.now().wall,
            starts_at: meeting.info.starts_at,
            ends_at: slots.iter().filter_map(|slot| slot.ends_at).max(),
            summary: meeting.info.title,
            location: meeting.info.place,
            description: [meeting.info.body, lines.join("\n")].join("\n\n"),
            remind_minutes: Some(REMIND_MINUTES),
        })
    }
}

/// The agenda with its times; one that is too long for a letter is shown by its main items.
fn agenda(meeting: &Meeting) -> Vec<InvitationItem> {
    let slots = order::slots(meeting.info.starts_at, &meeting.items);
    let whole = meeting.items.len() <= typeset::limits::MAX_ITEMS;
    let rows = meeting.items.iter().zip(order::numbering(&meeting.items)).zip(slots);
    rows.filter(|((item, _), _)| whole || item.parent.is_none())
        .take(typeset::limits::MAX_ITEMS)
        .map(|((item, number), slot)| InvitationItem {
            number,
            title: item.title.clone(),
            presenter: item.presenter.clone(),
            starts: slot.starts_at,
        })
        .collect()
}

/// The symbol of a body's document (Decree 30/2020/NĐ-CP, Annex III): the mark of its type and the body's usual short form.
pub(super) fn symbol(mark: &str, body: &str) -> String {
    let lower = body.to_lowercase();
    let known = [
        ("hội đồng nhân dân", "HĐND"),
        ("hđnd", "HĐND"),
        ("ủy ban nhân dân", "UBND"),
        ("uỷ ban nhân dân", "UBND"),
        ("ubnd", "UBND"),
    ];
    let short = known.iter().find(|(name, _)| lower.starts_with(name)).map(|(_, short)| *short);
    short.map_or_else(|| mark.to_owned(), |short| format!("{mark}-{short}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_bears_the_mark_of_its_body() {
        assert_eq!(symbol("GM", "Hội đồng nhân dân xã Phú Lộc"), "GM-HĐND");
        assert_eq!(symbol("GM", "UBND phường Thuận Hóa"), "GM-UBND");
        assert_eq!(symbol("GM", "Văn phòng HĐND và UBND"), "GM");
    }
}
