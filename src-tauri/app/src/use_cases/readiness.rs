//! Who is prepared: for the secretary before a sitting.
//!
//! Nothing here watches anybody. That a paper was opened is told by each person's own device in the person's own seat, and the screen says so
//! above the paper; the rest is what every device of the meeting hears anyway.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::meeting::{ReadinessItem, ReadinessPaper, ReadinessRow, ReadinessView};
use api::view::MemberRow;
use domain::id::{Hash32, PersonId, SpaceId, Timestamp};
use domain::meeting::Paper;
use domain::order::numbering;
use domain::reminder::papers_state;

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn readiness(&self, meeting: SpaceId) -> Result<ReadinessView, ApiError> {
        self.engine()?.attempt(move |core| core.readiness(&meeting)).await
    }
}

impl Core {
    fn readiness(&mut self, space: &SpaceId) -> Result<ReadinessView, ApiError> {
        let me = self.me()?;
        let access = self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        if !access.manages(&me) {
            return Err(ApiError::new("not_allowed", "the board is for the chair and the secretary"));
        }
        let meeting = self.meeting(space)?;
        let papers: Vec<Paper> = meeting.kept_papers().cloned().collect();
        let mine = self.has_all_papers(space);
        let mut people = Vec::new();
        for member in self.members(space)? {
            // A seat that cannot be read says nothing about anybody.
            let told = self.told_opened(space, &member.person).unwrap_or_default();
            let heard = self.last_heard(space, &member.person);
            let has_papers = if member.person == me { Some(mine) } else { heard.map(|(_, papers)| papers) };
            let opened = member.person == me || heard.is_some() || self.has_written(space, member.person);
            people.push(row(member, &papers, &told, opened, heard.map(|(at, _)| at), has_papers));
        }
        let now = self.now().wall;
        let due = meeting
            .items
            .iter()
            .zip(numbering(&meeting.items))
            .filter_map(|(item, number)| {
                let (due, state) = item.papers_due.zip(papers_state(&meeting, item, now))?;
                let (title, presenter) = (item.title.clone(), item.presenter.clone());
                Some(ReadinessItem { item: item.id, number, title, presenter, due, state })
            })
            .collect();
        let papers = papers.into_iter().map(|paper| ReadinessPaper {
            members_only: meeting.inner_papers.contains(&paper.id),
            paper: paper.id,
            title: paper.title,
        });
        Ok(ReadinessView { papers: papers.collect(), people, due })
    }

    /// A device of this person has written something in the meeting.
    fn has_written(&self, space: &SpaceId, person: PersonId) -> bool {
        let state = self.replica.spaces().find(|state| state.id == *space);
        state.is_some_and(|state| state.logs.keys().any(|(device, _)| self.replica.person_of(device) == Some(person)))
    }
}

fn row(
    member: MemberRow,
    papers: &[Paper],
    told: &BTreeMap<Hash32, Timestamp>,
    opened: bool,
    last_seen: Option<Timestamp>,
    has_papers: Option<bool>,
) -> ReadinessRow {
    let (mut read, mut read_older) = (Vec::new(), Vec::new());
    for paper in papers {
        let mut versions = paper.versions.iter().rev().map(|version| told.contains_key(&version.blob.plain));
        if versions.next() == Some(true) {
            read.push(paper.id);
        } else if versions.any(|opened| opened) {
            read_older.push(paper.id);
        }
    }
    let MemberRow { person, name, title, role, .. } = member;
    ReadinessRow { person, name, title, role, opened, last_seen, has_papers, read, read_older }
}
