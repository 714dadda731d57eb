//! What a new sitting takes over: from a template, or from an earlier sitting.

use api::act::{ItemDraft, PlannedItem};
use api::error::ApiError;
use api::meeting::{InvitedRow, PatternOf, PatternView, TemplateRow};
use domain::id::SpaceId;
use domain::order;

use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// The agendas that come with the program.
pub(crate) fn templates() -> Vec<TemplateRow> {
    let templates = domain::template::templates().into_iter();
    templates.map(|template| TemplateRow { id: template.id, name: template.name, items: count(template.items.len()) }).collect()
}

impl App {
    pub(crate) async fn meeting_pattern(&self, of: PatternOf) -> Result<PatternView, ApiError> {
        match of {
            PatternOf::Template(id) => from_template(&id),
            PatternOf::Meeting(meeting) => self.engine()?.attempt(move |core| core.pattern_of(&meeting)).await,
        }
    }
}

fn from_template(id: &str) -> Result<PatternView, ApiError> {
    let template = domain::template::template(id).ok_or_else(|| not_found("template"))?;
    let item = |item: domain::template::TemplateItem| PlannedItem {
        depth: count(item.depth),
        draft: ItemDraft {
            title: item.title,
            presenter: item.presenter,
            starts_at: None,
            minutes: item.minutes,
            papers_due: None,
        },
    };
    Ok(PatternView {
        title: String::new(),
        body: String::new(),
        place: String::new(),
        items: template.items.into_iter().map(item).collect(),
        people: Vec::new(),
        gone: 0,
    })
}

impl Core {
    fn pattern_of(&mut self, space: &SpaceId) -> Result<PatternView, ApiError> {
        let me = self.me()?;
        self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        // Guests of the new meeting would get what those of the old one did not.
        let meeting = self.open_meeting(space)?;
        let levels = order::depths(&meeting.items);
        let items = meeting.items.into_iter().zip(levels).map(|(item, depth)| PlannedItem {
            depth: count(depth),
            // The times were those of that day.
            draft: ItemDraft {
                title: item.title,
                presenter: item.presenter,
                starts_at: None,
                minutes: item.minutes,
                papers_due: None,
            },
        });
        let members = self.members(space)?;
        let (known, gone): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|member| member.person == me || self.person_row(&member.person).is_some_and(|row| row.devices > 0));
        let people = known
            .into_iter()
            .filter(|member| member.person != me || member.role.manages())
            .map(|member| InvitedRow { person: member.person, name: member.name, title: member.title, role: member.role })
            .collect();
        Ok(PatternView {
            title: meeting.info.title,
            body: meeting.info.body,
            place: meeting.info.place,
            items: items.collect(),
            people,
            gone: count(gone.len()),
        })
    }
}
