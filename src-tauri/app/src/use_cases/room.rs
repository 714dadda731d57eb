//! The meeting room: everything it shows in one answer.

use api::error::ApiError;
use api::view::{ItemRow, MemberRow, PaperRow, QuorumView, RoomView, VersionRow};
use domain::id::{ItemId, SpaceId};
use domain::meeting::{Meeting, MeetingRole, Paper};

use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// The profile whose quorum the room shows when no vote says otherwise.
const DEFAULT_PROFILE: &str = "ubnd-majority";

impl App {
    pub(crate) async fn room(&self, meeting: SpaceId) -> Result<RoomView, ApiError> {
        self.engine()?.attempt(move |core| core.room(&meeting)).await
    }
}

impl Core {
    pub fn room(&mut self, space: &SpaceId) -> Result<RoomView, ApiError> {
        let me = self.me()?;
        let role =
            self.replica.access(space).and_then(|access| access.members.get(&me).copied()).ok_or_else(|| not_found("meeting"))?;
        let meeting = self.meeting(space)?;
        let members = self.members(space)?;
        let votes = self.vote_views(space)?;
        let numbers = domain::order::numbering(&meeting.items);
        let depths = domain::order::depths(&meeting.items);
        let items = meeting
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| ItemRow {
                item: item.clone(),
                number: numbers.get(index).cloned().unwrap_or_default(),
                depth: depths.get(index).map_or(0, |depth| count(*depth)),
                papers: self.papers(space, &meeting, Some(item.id)),
            })
            .collect();
        let known = |item: &Option<ItemId>| item.is_some_and(|id| meeting.items.iter().any(|other| other.id == id));
        let loose: Vec<PaperRow> =
            meeting.papers.iter().filter(|paper| !known(&paper.item)).map(|paper| self.paper_row(space, paper)).collect();
        Ok(RoomView {
            row: self.meeting_row(space, &meeting)?,
            me,
            manages: role.manages(),
            chairs: role == MeetingRole::Chair,
            items,
            papers: loose,
            quorum: quorum(&members),
            members,
            votes,
            conclusions: meeting.info.conclusions.clone(),
            minutes: self.minutes_view(space)?,
        })
    }

    /// Everybody who is invited: chair, secretary, delegates, guests, then by name.
    pub fn members(&mut self, space: &SpaceId) -> Result<Vec<MemberRow>, ApiError> {
        let here = self.check_ins(space)?;
        let members = self.replica.access(space).map(|access| access.members.clone()).unwrap_or_default();
        let mut rows: Vec<MemberRow> = members
            .into_iter()
            .map(|(person, role)| {
                let card = self.person_row(&person);
                MemberRow {
                    person,
                    name: self.person_name(&person),
                    title: card.map(|card| card.title).unwrap_or_default(),
                    role,
                    checked_in_at: here.get(&person).map(|(at, _)| *at),
                    device: here.get(&person).map(|(_, device)| *device),
                }
            })
            .collect();
        rows.sort_by(|a, b| (a.role, &a.name, a.person).cmp(&(b.role, &b.name, b.person)));
        Ok(rows)
    }

    fn papers(&self, space: &SpaceId, meeting: &Meeting, item: Option<ItemId>) -> Vec<PaperRow> {
        meeting.papers.iter().filter(|paper| paper.item == item).map(|paper| self.paper_row(space, paper)).collect()
    }

    pub fn paper_row(&self, space: &SpaceId, paper: &Paper) -> PaperRow {
        let versions = paper
            .versions
            .iter()
            .rev()
            .map(|version| VersionRow {
                number: version.number,
                version: version.blob.plain,
                file_name: version.file_name.clone(),
                size: version.blob.size,
                pages: version.pages,
                added_at: version.added_at,
                here: self.replica.has_blob(&version.blob.cipher),
                received: self.replica.blob_progress(&version.blob),
            })
            .collect();
        PaperRow { meeting: *space, paper: paper.id, item: paper.item, title: paper.title.clone(), versions }
    }
}

fn quorum(members: &[MemberRow]) -> QuorumView {
    let total = count(members.iter().filter(|member| member.role.votes()).count());
    let present = count(members.iter().filter(|member| member.role.votes() && member.checked_in_at.is_some()).count());
    let quorum = domain::vote::profile(DEFAULT_PROFILE).map(|profile| domain::vote::quorum(&profile, total, present));
    let needed = quorum.as_ref().map_or(total, |quorum| quorum.needed);
    QuorumView { present, total, needed, met: quorum.is_some_and(|quorum| quorum.met) }
}
