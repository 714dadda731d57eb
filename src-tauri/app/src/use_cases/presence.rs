//! Who is in the room right now.

use api::error::ApiError;
use api::view::PresenceRow;
use domain::id::{PersonId, SpaceId};

use crate::app::App;
use crate::engine::Core;
use crate::engine::SEEN_MS;

impl App {
    pub(crate) async fn presence(&self, meeting: SpaceId) -> Result<Vec<PresenceRow>, ApiError> {
        self.engine()?.run(move |core| core.presence_rows(&meeting)).await
    }

    /// The person reads a paper: it is no longer unread, the meeting is told that it was opened, and the room hears that somebody is here.
    pub(crate) async fn reading(&self, act: api::act::Reading) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.mark_opened(&act.meeting, &act.paper)?;
                core.tell_opened(&act.meeting, &act.paper)?;
                core.send_beat(act.meeting);
                Ok(())
            })
            .await
    }
}

impl Core {
    /// Is the person's device connected to this one, or heard through others lately.
    pub fn is_connected(&self, space: &SpaceId, person: &PersonId) -> bool {
        if self.replica.me().is_some_and(|me| me.person == *person) {
            return true;
        }
        let direct = self.replica.peers().any(|(_, peer)| peer.person() == Some(*person));
        let now = self.now().wall;
        direct || self.presence.last(space, person).is_some_and(|(at, _)| now.0.saturating_sub(at.0) < SEEN_MS)
    }

    fn presence_rows(&mut self, space: &SpaceId) -> Vec<PresenceRow> {
        let members: Vec<PersonId> =
            self.replica.access(space).map(|access| access.members.keys().copied().collect()).unwrap_or_default();
        let me = self.replica.me().map(|me| me.person);
        let mine = self.has_all_papers(space);
        members
            .iter()
            .map(|person| {
                let last = self.last_heard(space, person);
                PresenceRow {
                    person: *person,
                    name: self.person_name(person),
                    connected: self.is_connected(space, person),
                    last_seen: last.map(|(at, _)| at),
                    // Nobody tells oneself.
                    has_papers: if me == Some(*person) { mine } else { last.is_some_and(|(_, papers)| papers) },
                }
            })
            .collect()
    }
}
