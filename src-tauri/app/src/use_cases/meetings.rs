//! Meetings: making, listing, inviting.

use api::act::{CreateMeeting, Invited, UpdateMeeting};
use api::error::ApiError;
use api::view::{LeftView, MeetingRow, PaperRow, ReminderRow, TodayView};
use domain::id::{PersonId, SpaceId};
use domain::meeting::{Meeting, MeetingInfo, MeetingRole};
use domain::reminder::{REMINDERS, Reader, of_meeting};
use sync::control::SpaceKind;
use sync::document::meeting as document;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// A meeting is still "next" this long after its planned start.
const RUNNING_MS: i64 = 12 * 3_600_000;
/// A day: a sitting of today may have begun this long ago.
const DAY_MS: i64 = 24 * 3_600_000;
/// Papers shown on the first screen.
const TO_READ_MAX: usize = 12;

impl App {
    pub(crate) async fn create_meeting(&self, act: CreateMeeting) -> Result<SpaceId, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let unit = core.replica.me().map(|me| me.unit_name.clone()).unwrap_or_default();
                let info = MeetingInfo {
                    title: domain::identity::title(&act.title).map_err(|error| limit(&error))?,
                    body: if act.body.trim().is_empty() { unit } else { act.body.trim().to_owned() },
                    place: act.place.trim().to_owned(),
                    starts_at: act.starts_at,
                    conclusions: Vec::new(),
                };
                info.validate().map_err(|error| limit(&error))?;
                let items = core.planned(act.items)?;
                let me = core.me()?;
                for one in &act.invited {
                    core.person_row(&one.person).ok_or_else(|| not_found("person"))?;
                }
                let space = core.with(|replica, cx| replica.create_space(cx, SpaceKind::Meeting))?;
                core.edit_meeting(space, |tx| {
                    document::create(tx, &info)?;
                    items.iter().try_for_each(|item| document::put_item(tx, item))
                })?;
                for Invited { person, role } in act.invited {
                    // Whoever makes the sitting must be able to go on with it.
                    if person != me || role == MeetingRole::Chair {
                        core.with(|replica, cx| Ok(((), replica.set_participant(cx, &space, person, role)?)))?;
                    }
                }
                Ok(space)
            })
            .await
    }

    pub(crate) async fn update_meeting(&self, act: UpdateMeeting) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let old = core.meeting(&act.meeting)?.info;
                let info = MeetingInfo {
                    title: match act.title {
                        Some(title) => domain::identity::title(&title).map_err(|error| limit(&error))?,
                        None => old.title,
                    },
                    place: act.place.map_or(old.place, |place| place.trim().to_owned()),
                    starts_at: act.starts_at.unwrap_or(old.starts_at),
                    conclusions: act.conclusions.clone().unwrap_or(old.conclusions),
                    body: old.body,
                };
                info.validate().map_err(|error| limit(&error))?;
                core.edit_meeting(act.meeting, |tx| {
                    document::set_info(tx, &info)?;
                    if act.conclusions.is_some() { document::set_conclusions(tx, &info.conclusions) } else { Ok(()) }
                })
            })
            .await
    }

    pub(crate) async fn invite(&self, meeting: SpaceId, person: PersonId, role: MeetingRole) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.person_row(&person).ok_or_else(|| not_found("person"))?;
                let me = core.me()?;
                if role == MeetingRole::Chair && person != me && core.role_of(&meeting, &me) == Some(MeetingRole::Chair) {
                    core.hand_over(meeting, person)?;
                }
                core.with(|replica, cx| Ok(((), replica.set_participant(cx, &meeting, person, role)?)))
            })
            .await
    }

    pub(crate) async fn meeting_list(&self) -> Result<Vec<MeetingRow>, ApiError> {
        self.engine()?.attempt(|core| core.meeting_rows()).await
    }

    pub(crate) async fn today(&self) -> Result<TodayView, ApiError> {
        self.engine()?.attempt(|core| core.today()).await
    }
}

impl Core {
    /// This person.
    pub fn me(&self) -> Result<PersonId, ApiError> {
        self.replica
            .me()
            .map(|me| me.person)
            .ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))
    }

    /// All meetings of this person, newest first. One that has not fully arrived yet is left out.
    pub fn meeting_rows(&mut self) -> Result<Vec<MeetingRow>, ApiError> {
        let mut rows = Vec::new();
        for space in self.replica.spaces_of(SpaceKind::Meeting) {
            if let Ok(meeting) = self.meeting(&space) {
                rows.push(self.meeting_row(&space, &meeting)?);
            }
        }
        rows.sort_by_key(|row| (std::cmp::Reverse(row.starts_at), row.meeting));
        Ok(rows)
    }

    /// By whom and when this person was taken out, if that was told.
    fn left_view(&self, space: &SpaceId) -> Option<LeftView> {
        let left = self.replica.left(space)?;
        let by = self.replica.person_of(&left.by).map(|person| self.person_name(&person)).unwrap_or_default();
        Some(LeftView { by, at: left.at })
    }

    pub fn meeting_row(&mut self, space: &SpaceId, meeting: &Meeting) -> Result<MeetingRow, ApiError> {
        let me = self.me()?;
        let role =
            self.replica.access(space).and_then(|access| access.members.get(&me).copied()).ok_or_else(|| not_found("meeting"))?;
        let missing = meeting
            .kept_papers()
            .filter(|paper| paper.versions.last().is_some_and(|version| !self.replica.has_blob(&version.blob.cipher)))
            .count();
        let device = self.replica.device();
        let mut waiting = 0;
        for vote in self.votes_of(space)? {
            if let Some(opening) = vote.opened() {
                let mine = opening.roll.iter().any(|entry| entry.person == me && entry.device == Some(device));
                let open = !vote.has_close();
                let voted = vote.ballots.iter().any(|ballot| ballot.device() == device);
                waiting += u32::from(mine && open && !voted);
            }
        }
        Ok(MeetingRow {
            meeting: *space,
            title: meeting.info.title.clone(),
            body: meeting.info.body.clone(),
            place: meeting.info.place.clone(),
            starts_at: meeting.info.starts_at,
            role,
            items: count(meeting.items.len()),
            papers: count(meeting.kept_papers().count()),
            papers_missing: count(missing),
            votes_waiting: waiting,
            signed: meeting.minutes.last().is_some_and(super::is_signed),
            left: self.left_view(space),
        })
    }

    fn today(&mut self) -> Result<TodayView, ApiError> {
        let now = self.now().wall;
        let rows = self.meeting_rows()?;
        let mut upcoming: Vec<MeetingRow> = rows.iter().filter(|row| row.starts_at.plus_ms(RUNNING_MS) >= now).cloned().collect();
        upcoming.sort_by_key(|row| (row.starts_at, row.meeting));
        let next = (!upcoming.is_empty()).then(|| upcoming.remove(0));
        let mut to_read: Vec<PaperRow> = Vec::new();
        let (mut to_sign, mut reminders) = (Vec::new(), Vec::new());
        for row in &rows {
            if self.waits_for_signature(&row.meeting) {
                to_sign.push(row.clone());
            }
            let unread =
                if next.as_ref() == Some(row) || upcoming.contains(row) { self.unread(&row.meeting)? } else { Vec::new() };
            reminders.extend(self.reminders(row, count(unread.len()))?);
            to_read.extend(unread);
        }
        to_read.truncate(TO_READ_MAX);
        reminders.sort_by_key(|row: &ReminderRow| (row.what.due(), row.meeting));
        reminders.truncate(REMINDERS);
        let requests = count(self.replica.join_requests().count());
        Ok(TodayView { next, upcoming, to_read, to_sign, requests, reminders, sync: self.sync_summary() })
    }

    /// What a meeting reminds this person of; of one that they were taken out of, nothing.
    fn reminders(&mut self, row: &MeetingRow, unread: u32) -> Result<Vec<ReminderRow>, ApiError> {
        if row.left.is_some() {
            return Ok(Vec::new());
        }
        let (me, now) = (self.me()?, self.now().wall);
        let mut told = self.due_opinions(&row.meeting)?;
        // Of a sitting that is long over nothing else is due, and its document need not be read again.
        if row.starts_at.plus_ms(DAY_MS) >= now {
            let name = self.person_name(&me);
            let unit = self.replica.me().map(|me| me.unit_name.clone()).unwrap_or_default();
            let reader = Reader { name, unit, manages: row.role.manages(), unread };
            told.extend(of_meeting(&self.meeting(&row.meeting)?, &reader, now));
        }
        let row_of = |what| ReminderRow { meeting: row.meeting, meeting_title: row.title.clone(), what };
        Ok(told.into_iter().map(row_of).collect())
    }
}

/// A count for the screen.
pub(crate) fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
