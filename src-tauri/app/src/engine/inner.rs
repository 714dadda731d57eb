//! A meeting and what its guests do not have: read as one, written each in its own space.

use api::error::ApiError;
use domain::id::{ItemId, PaperId, SpaceId};
use domain::meeting::Meeting;
use sync::DocRef;
use sync::control::SpaceKind;
use sync::port::{Cx, Effects};

use super::Core;
use crate::error::AtBoundary;

impl Core {
    /// A meeting as this person has it: its own document and those of its inner spaces.
    pub fn meeting(&mut self, space: &SpaceId) -> Result<Meeting, ApiError> {
        let mut meeting = self.open_meeting(space)?;
        for inner in self.replica.inner_spaces(space) {
            // One of which nothing has come yet keeps nobody from the rest.
            if let Ok(part) = self.open_meeting(&inner) {
                meeting = meeting.with_inner(part);
            }
        }
        Ok(meeting)
    }

    /// What the document of one space says: of a meeting, all that guests have too.
    pub fn open_meeting(&mut self, space: &SpaceId) -> Result<Meeting, ApiError> {
        let doc = DocRef::meeting(*space);
        self.replica.read(&self.store, space, &doc.doc, sync::document::meeting::read).at_boundary()?.at_boundary()
    }

    /// The meeting that a space is of: the space itself, or whose inner space it is.
    pub fn outer(&self, space: SpaceId) -> SpaceId {
        self.replica.meeting_of_inner(&space).unwrap_or(space)
    }

    /// The space that an item of a meeting lives in.
    pub fn home_of_item(&mut self, space: &SpaceId, item: ItemId) -> SpaceId {
        self.home(space, |part| part.items.iter().any(|other| other.id == item))
    }

    /// The space that a paper of a meeting lives in.
    pub fn home_of_paper(&mut self, space: &SpaceId, paper: PaperId) -> SpaceId {
        self.home(space, |part| part.papers.iter().any(|other| other.id == paper))
    }

    /// The space that new minutes go to, and a new resolution or notice with the words that somebody edited: minutes tell of every item, and what
    /// is issued is written from the same record, so those of a meeting with internal items are not for guests.
    pub fn home_of_minutes(&mut self, space: &SpaceId) -> Result<SpaceId, ApiError> {
        let inside = self.replica.inner_spaces(space);
        let used = inside.into_iter().any(|inner| {
            self.open_meeting(&inner)
                .is_ok_and(|part| part.official_files().next().is_some() || !(part.items.is_empty() && part.papers.is_empty()))
        });
        if used { self.inner_space(space) } else { Ok(*space) }
    }

    /// The space that a new paper of an item goes to: with the item, unless somebody belongs there who has no vote in the meeting.
    pub fn home_of_new_paper(&mut self, space: &SpaceId, item: ItemId) -> Result<SpaceId, ApiError> {
        let home = self.home_of_item(space, item);
        if home == *space {
            return Ok(home);
        }
        self.shut_out(home)?;
        if self.replica.is_fit_inside(space, &home) { Ok(home) } else { self.inner_space(space) }
    }

    /// As a meeting is read: what stands in its own document is there, whatever an inner space says.
    fn home(&mut self, space: &SpaceId, has: impl Fn(&Meeting) -> bool) -> SpaceId {
        if self.open_meeting(space).is_ok_and(|own| has(&own)) {
            return *space;
        }
        let inside = self.replica.inner_spaces(space);
        inside.into_iter().find(|inner| self.open_meeting(inner).is_ok_and(|part| has(&part))).unwrap_or(*space)
    }

    /// The inner space that new internal items go to, begun with the first of them. One to which somebody belongs who has no vote in the meeting is
    /// none for them.
    pub fn inner_space(&mut self, space: &SpaceId) -> Result<SpaceId, ApiError> {
        for inner in self.replica.inner_spaces(space) {
            self.shut_out(inner)?;
        }
        match self.replica.inner_for_writing(space) {
            Some(inner) => Ok(inner),
            None => self.with(|replica, cx| replica.create_inner_space(cx, space)),
        }
    }

    /// Before anything new is written into an inner space: whoever is known to be a guest by now, or out of the meeting, is out of it too.
    pub fn shut_out(&mut self, inner: SpaceId) -> Result<(), ApiError> {
        let Some(meeting) = self.replica.meeting_of_inner(&inner) else { return Ok(()) };
        self.with(|replica, cx| Ok(((), replica.shut_out(cx, &meeting, &inner)?)))
    }

    /// What this device decided about a meeting's people before an inner space came holds there too.
    pub(super) fn carry_over(&mut self, space: SpaceId) -> Effects {
        let meeting = self.outer(space);
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        self.replica.carry_over(&mut cx, &meeting).unwrap_or_else(|error| {
            tracing::warn!(%error, "who belongs to a meeting could not be carried over to what its guests do not have");
            Effects::default()
        })
    }

    /// Meetings and their inner spaces that this person belongs to.
    pub(super) fn meeting_spaces(&self) -> Vec<SpaceId> {
        [SpaceKind::Meeting, SpaceKind::Inner].into_iter().flat_map(|kind| self.replica.spaces_of(kind)).collect()
    }
}
