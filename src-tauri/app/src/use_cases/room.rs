//! The meeting room: everything it shows in one answer.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::sitting::VoidRow;
use api::view::{ItemRow, MemberRow, PaperRow, QuorumView, RoomView, VersionRow, VoteView};
use domain::id::{DeviceId, Hash32, ItemId, SpaceId};
use domain::meeting::{Meeting, MeetingRole, Paper};
use domain::sitting::{Course, Sitting, Void};
use domain::vote::{Quorum, RuleProfile};

use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// The profile whose quorum the room shows when nothing says otherwise.
const DEFAULT_PROFILE: &str = "ubnd-majority";
/// Acts without effect that the room tells of.
const VOID_ROWS_MAX: usize = 20;

impl App {
    pub(crate) async fn room(&self, meeting: SpaceId) -> Result<RoomView, ApiError> {
        let room = self.engine()?.attempt(move |core| core.room(&meeting)).await?;
        self.forget_withdrawn(&room);
        Ok(room)
    }
}

impl Core {
    pub fn room(&mut self, space: &SpaceId) -> Result<RoomView, ApiError> {
        let me = self.me()?;
        let role =
            self.replica.access(space).and_then(|access| access.members.get(&me).copied()).ok_or_else(|| not_found("meeting"))?;
        let meeting = self.meeting(space)?;
        let sitting = self.sitting(space)?;
        let members = self.members_in(space, &sitting);
        let votes = self.vote_views(space)?;
        let tellers = self.tellers_view(space)?;
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
                internal: !meeting.is_public_item(item.id),
                members_only: meeting.inner.contains(&item.id),
                papers: self.papers(space, &meeting, Some(item.id)),
            })
            .collect();
        let known = |item: &Option<ItemId>| item.is_some_and(|id| meeting.items.iter().any(|other| other.id == id));
        let loose: Vec<PaperRow> = meeting
            .papers
            .iter()
            .filter(|paper| !known(&paper.item))
            .map(|paper| self.paper_row(space, &meeting, paper))
            .collect();
        let own = self.own_rules_for(&sitting.course)?;
        let rules = rules(&sitting.course, &votes, &own).ok_or_else(|| not_found("profile"))?;
        let void = self.void_rows(space, &sitting)?;
        let lead = self.lead_view(space)?;
        let leads = lead.leading.as_ref().map_or(role == MeetingRole::Chair, |leading| leading.by.person == me);
        Ok(RoomView {
            row: self.meeting_row(space, &meeting)?,
            me,
            manages: role.manages(),
            chairs: leads,
            lead,
            items,
            papers: loose,
            quorum: quorum(&rules, &members),
            rules,
            void,
            floor: self.floor_view(&sitting.floor),
            course: sitting.course,
            members,
            votes,
            tellers,
            conclusions: meeting.info.conclusions.clone(),
            drafting: self.drafting_view(space)?,
            seating: meeting.seating.clone(),
            minutes: self.minutes_view(space)?,
        })
    }

    /// Everybody who is invited: chair, secretary, delegates, guests, then by name.
    pub fn members(&mut self, space: &SpaceId) -> Result<Vec<MemberRow>, ApiError> {
        let sitting = self.sitting(space)?;
        Ok(self.members_in(space, &sitting))
    }

    fn members_in(&self, space: &SpaceId, sitting: &Sitting) -> Vec<MemberRow> {
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
                    attendance: sitting.attendance.of(&person),
                }
            })
            .collect();
        rows.sort_by(|a, b| (a.role, &a.name, a.person).cmp(&(b.role, &b.name, b.person)));
        rows
    }

    /// What was said in the sitting and has no effect, by whom and why.
    fn void_rows(&mut self, space: &SpaceId, sitting: &Sitting) -> Result<Vec<VoidRow>, ApiError> {
        // Pressed twice, or on two devices at once: nothing that anybody has to know.
        let all = sitting.attendance.void.iter().chain(&sitting.floor.void).chain(&sitting.course.void);
        let told = all.filter(|(_, why)| *why != Void::DoesNotFit);
        let void: Vec<(Hash32, Void)> = told.take(VOID_ROWS_MAX).copied().collect();
        let authors: BTreeMap<Hash32, DeviceId> = if void.is_empty() {
            BTreeMap::new()
        } else {
            self.acts_of(space)?.iter().map(|act| (act.hash(), act.device())).collect()
        };
        let name = |act: &Hash32| {
            let person = authors.get(act).and_then(|device| self.replica.person_of(device));
            person.map(|person| self.person_name(&person)).unwrap_or_default()
        };
        Ok(void.iter().map(|(act, why)| VoidRow { act: *act, name: name(act), why: *why }).collect())
    }

    fn papers(&self, space: &SpaceId, meeting: &Meeting, item: Option<ItemId>) -> Vec<PaperRow> {
        meeting.papers.iter().filter(|paper| paper.item == item).map(|paper| self.paper_row(space, meeting, paper)).collect()
    }

    pub fn paper_row(&self, space: &SpaceId, meeting: &Meeting, paper: &Paper) -> PaperRow {
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
        let withdrawn = self.withdrawn_view(space, meeting, &paper.id);
        PaperRow { meeting: *space, paper: paper.id, item: paper.item, title: paper.title.clone(), versions, withdrawn }
    }
}

/// The rules under which the body sits, as far as its opening or its votes tell.
pub fn rules(course: &Course, votes: &[VoteView], own: &[RuleProfile]) -> Option<RuleProfile> {
    let find = |id: &str| domain::vote::profile(id).or_else(|| own.iter().find(|profile| profile.id == id).cloned());
    let named = course.rules.as_deref().and_then(find);
    named.or_else(|| votes.first().map(|vote| vote.profile.clone())).or_else(|| domain::vote::profile(DEFAULT_PROFILE))
}

/// The quorum of those invited who have a vote.
pub fn quorum(rules: &RuleProfile, members: &[MemberRow]) -> QuorumView {
    let voters = || members.iter().filter(|member| member.role.votes());
    let present = voters().filter(|member| member.attendance.presence.is_present());
    let Quorum { needed, present, total, met } = domain::vote::quorum(rules, count(voters().count()), count(present.count()));
    QuorumView { present, total, needed, met }
}
