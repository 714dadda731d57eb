//! Conclusions that people wrote at the same time: told with both sides, settled by a choice.

use api::drafting::{DraftChoice, DraftPlace, DraftSide, DraftingView, SettleConclusions, WriteConclusions};
use api::error::ApiError;
use domain::id::SpaceId;
use domain::meeting::MeetingInfo;
use sync::DocRef;
use sync::document::meeting as document;
use sync::document::meeting::{Chosen, Drafting};

use super::agenda::limit;
use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::AtBoundary;

impl App {
    pub(crate) async fn settle_conclusions(&self, act: SettleConclusions) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.settle_conclusions(&act)).await
    }

    pub(crate) async fn write_conclusions(&self, act: WriteConclusions) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.write_conclusions(act)).await
    }
}

impl Core {
    /// What of the conclusions somebody has to look at.
    pub fn drafting_view(&mut self, space: &SpaceId) -> Result<Option<DraftingView>, ApiError> {
        let Some(Drafting { editions, parts, .. }) = self.drafting(space)? else { return Ok(None) };
        let sides = editions
            .into_iter()
            .map(|edition| {
                let author = self.replica.author(space, &edition.actor);
                DraftSide { edition: edition.change, by: author.map(|person| self.person_name(&person)).unwrap_or_default() }
            })
            .collect();
        let places = parts
            .into_iter()
            .map(|part| DraftPlace { number: count(part.at.saturating_add(1)), merged: part.merged, sides: part.sides })
            .collect();
        Ok(Some(DraftingView { sides, places }))
    }

    fn write_conclusions(&mut self, act: WriteConclusions) -> Result<(), ApiError> {
        self.require_manager(&act.meeting)?;
        let now = self.open_meeting(&act.meeting)?.info;
        // Both are compared letter by letter below.
        for conclusions in [act.base.clone(), act.conclusions.clone()] {
            MeetingInfo { conclusions, ..now.clone() }.validate().map_err(|error| limit(&error))?;
        }
        let conclusions = document::brought_up(&act.base, &now.conclusions, &act.conclusions)
            .at_boundary()?
            .ok_or_else(|| ApiError::new("conclusions_meanwhile", "somebody has changed the same words since"))?;
        let info = MeetingInfo { conclusions, ..now };
        info.validate().map_err(|error| limit(&error))?;
        self.edit_meeting(act.meeting, |tx| document::set_conclusions(tx, &info.conclusions))
    }

    fn settle_conclusions(&mut self, act: &SettleConclusions) -> Result<(), ApiError> {
        self.require_manager(&act.meeting)?;
        let changed = || ApiError::new("conclusions_changed", "others are beside each other by now");
        let drafting = self.drafting(&act.meeting)?.ok_or_else(changed)?;
        if !drafting.editions.iter().map(|edition| edition.change).eq(act.editions.iter().copied()) {
            return Err(changed());
        }
        let choices: Vec<Chosen> = act
            .choices
            .iter()
            .map(|choice| match choice {
                DraftChoice::Side(side) => Chosen::Side(usize::try_from(*side).unwrap_or(usize::MAX)),
                DraftChoice::All => Chosen::All,
                DraftChoice::Merged => Chosen::Merged,
            })
            .collect();
        let conclusions = drafting.settled(&choices).ok_or_else(changed)?;
        let info = MeetingInfo { conclusions, ..self.open_meeting(&act.meeting)?.info };
        info.validate().map_err(|error| limit(&error))?;
        self.edit_meeting(act.meeting, |tx| document::set_conclusions(tx, &info.conclusions))
    }

    fn drafting(&mut self, space: &SpaceId) -> Result<Option<Drafting>, ApiError> {
        let doc = DocRef::meeting(*space);
        self.replica.read(&self.store, space, &doc.doc, document::drafting).at_boundary()?.at_boundary()
    }
}
