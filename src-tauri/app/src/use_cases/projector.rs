//! The projector: what a room sees of a sitting, drawn from the sitting's public parts alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use api::error::ApiError;
use api::projector::{
    MESSAGE_CHARS_MAX, NEXT_MAX, Scene, SetItemInternal, ShowOnProjector, Showing, StageItem, StageResult, StageSpeaker,
    StageTotal, StageView, StageVote,
};
use api::push::{Push, Tag};
use api::secret::SecretPhase;
use api::view::VoteView;
use domain::id::{ItemId, PaperId, SpaceId};
use domain::meeting::Meeting;
use domain::sitting::{Course, Phase};
use domain::vote::{Base, FormOutcome, Marking, Outcome, PlaceTotal, ranked};
use sync::document::meeting as document;

use super::agenda::limit;
use super::meetings::count;
use super::room::{quorum, rules};
use super::withdrawing::withdrawn;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// Meetings whose projector is remembered; beyond that the others follow their sittings again.
const SHOWINGS_MAX: usize = 64;

/// What the projectors of this device were told to show.
#[derive(Debug, Default)]
pub(crate) struct Showings(Mutex<BTreeMap<SpaceId, Showing>>);

impl Showings {
    fn of(&self, meeting: &SpaceId) -> Showing {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(meeting).cloned().unwrap_or_default()
    }

    fn set(&self, meeting: SpaceId, showing: Showing) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SHOWINGS_MAX && !all.contains_key(&meeting) {
            all.clear();
        }
        all.insert(meeting, showing);
    }
}

impl App {
    pub(crate) async fn projector(&self, meeting: SpaceId) -> Result<Showing, ApiError> {
        self.engine()?.attempt(move |core| core.require_manager(&meeting).map(|_| ())).await?;
        Ok(self.inner().showings.of(&meeting))
    }

    pub(crate) async fn show_on_projector(&self, act: ShowOnProjector) -> Result<(), ApiError> {
        let ShowOnProjector { meeting, showing } = act;
        let showing = self.engine()?.attempt(move |core| core.may_be_shown(&meeting, showing)).await?;
        self.inner().showings.set(meeting, showing);
        // Without a window there is nobody to tell.
        let _ = self.inner().pushes.send(Push::Changed { tags: vec![Tag::Projector(meeting)] });
        Ok(())
    }

    pub(crate) async fn set_item_internal(&self, act: SetItemInternal) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.require_manager(&act.meeting)?;
                core.known_item(&act.meeting, Some(act.item))?;
                if core.meeting(&act.meeting)?.inner.contains(&act.item) {
                    let stays = || ApiError::new("internal_stays", "guests do not have the item, and what belongs to it");
                    return if act.internal { Ok(()) } else { Err(stays()) };
                }
                core.edit_meeting(act.meeting, |tx| document::set_internal(tx, act.item, act.internal))
            })
            .await
    }

    /// What the projector of a meeting shows now.
    pub(crate) async fn stage(&self, meeting: SpaceId) -> Result<StageView, ApiError> {
        let showing = self.inner().showings.of(&meeting);
        self.engine()?.attempt(move |core| core.stage(&meeting, &showing)).await
    }
}

impl Core {
    /// What was asked for, if a room may see it.
    fn may_be_shown(&mut self, space: &SpaceId, showing: Showing) -> Result<Showing, ApiError> {
        self.require_manager(space)?;
        match showing {
            Showing::Page { paper, page } => {
                let meeting = self.meeting(space)?;
                let found = meeting.papers.iter().find(|other| other.id == paper).ok_or_else(|| not_found("paper"))?;
                if !meeting.is_public_paper(found) {
                    return Err(ApiError::new("internal_not_shown", "the paper belongs to an internal item"));
                }
                if meeting.withdrawn.contains_key(&paper) {
                    return Err(withdrawn());
                }
                if found.versions.last().is_none_or(|version| page >= version.pages) {
                    return Err(not_found("page"));
                }
                Ok(Showing::Page { paper, page })
            }
            Showing::Message { text } => {
                let text = domain::identity::one_line("message", &text, MESSAGE_CHARS_MAX).map_err(|error| limit(&error))?;
                Ok(Showing::Message { text })
            }
            Showing::Follow | Showing::Blank | Showing::Code => Ok(showing),
        }
    }

    fn stage(&mut self, space: &SpaceId, showing: &Showing) -> Result<StageView, ApiError> {
        self.require_manager(space)?;
        let meeting = self.meeting(space)?;
        let course = self.sitting(space)?.course;
        let members = self.members(space)?;
        let votes = self.vote_views(space)?;
        let own = self.own_rules_for(&course)?;
        let rules = rules(&course, &votes, &own).ok_or_else(|| not_found("profile"))?;
        let scene = match showing {
            Showing::Blank => Scene::Blank,
            Showing::Message { text } => Scene::Message { text: text.clone() },
            Showing::Code => Scene::Code { code: self.room_code_view(space)? },
            // It may have become internal, or have been removed, since it was asked for.
            Showing::Page { paper, page } => match page_scene(&meeting, *paper, *page) {
                Some(scene) => scene,
                None => self.follow(space, &meeting, &course, &votes)?,
            },
            Showing::Follow => self.follow(space, &meeting, &course, &votes)?,
        };
        Ok(StageView {
            title: meeting.info.title.clone(),
            body: meeting.info.body.clone(),
            phase: course.phase,
            quorum: quorum(&rules, &members),
            scene,
        })
    }

    /// The sitting as it goes.
    fn follow(&mut self, space: &SpaceId, meeting: &Meeting, course: &Course, votes: &[VoteView]) -> Result<Scene, ApiError> {
        let sits = matches!(course.phase, Phase::Running | Phase::Paused);
        let current = course.item.filter(|_| sits);
        if current.is_some_and(|item| !meeting.is_public_item(item)) {
            return Ok(Scene::Internal);
        }
        let public = |item: Option<ItemId>| item.is_none_or(|item| meeting.is_public_item(item));
        let floor = self.sitting(space)?.floor;
        let mut floor = self.floor_view(&floor);
        floor.queue.retain(|request| public(request.item));
        let speaking = floor.speaking.filter(|word| public(word.item));
        let mut seen = votes.iter().filter(|vote| public(vote.item));
        let vote = seen.clone().find(|vote| vote.closed_at.is_none()).or_else(|| {
            let newest = seen.next()?;
            // Whoever was given the word after the close is what the room looks at.
            let spoken_since = speaking.as_ref().is_some_and(|word| newest.closed_at <= Some(word.began_at));
            (is_of_now(newest, current, course) && !spoken_since).then_some(newest)
        });
        if let Some(vote) = vote {
            let item = vote.item.and_then(|item| stage_item(meeting, item));
            return Ok(Scene::Vote { item, vote: stage_vote(vote) });
        }
        Ok(Scene::Sitting {
            item: current.and_then(|item| stage_item(meeting, item)),
            next: next_items(meeting, course),
            speaker: speaking.map(|word| StageSpeaker {
                name: word.name,
                kind: word.kind,
                seconds: word.seconds,
                began_at: word.began_at,
            }),
            waiting: count(floor.queue.len()),
            queue: floor.queue.into_iter().take(NEXT_MAX).map(|request| request.name).collect(),
        })
    }
}

fn page_scene(meeting: &Meeting, paper: PaperId, page: u32) -> Option<Scene> {
    let paper = meeting.papers.iter().find(|other| other.id == paper).filter(|paper| meeting.is_public_paper(paper))?;
    if meeting.withdrawn.contains_key(&paper.id) {
        return None;
    }
    let version = paper.versions.last()?;
    Some(Scene::Page {
        title: paper.title.clone(),
        version: version.blob.plain,
        // A newer version may be shorter.
        page: page.min(version.pages.saturating_sub(1)),
        pages: version.pages,
    })
}

/// A closed vote stays on the screen while its item is dealt with; one on no item, until the next is turned to.
fn is_of_now(vote: &VoteView, current: Option<ItemId>, course: &Course) -> bool {
    match vote.item {
        Some(item) => current == Some(item),
        None => {
            let turned_at = course.turns.last().map(|turn| turn.stay.until.unwrap_or(turn.stay.from));
            course.phase != Phase::Closed && vote.closed_at >= turned_at
        }
    }
}

/// An item, if a room may see it.
fn stage_item(meeting: &Meeting, id: ItemId) -> Option<StageItem> {
    let place = meeting.items.iter().position(|item| item.id == id).filter(|_| meeting.is_public_item(id))?;
    let item = meeting.items.get(place)?;
    Some(StageItem {
        // The room counts as guests do: a hole would tell of what they do not have.
        number: meeting.open_numbers().remove(&id).unwrap_or_default(),
        title: item.title.clone(),
        presenter: item.presenter.clone(),
    })
}

/// The public items after the one that is, or was last, dealt with.
fn next_items(meeting: &Meeting, course: &Course) -> Vec<StageItem> {
    if course.phase == Phase::Closed {
        return Vec::new();
    }
    let last = course.item.or_else(|| course.turns.last().map(|turn| turn.item));
    let after = last.and_then(|last| meeting.items.iter().position(|item| item.id == last)).map_or(0, |place| place + 1);
    meeting.items.iter().skip(after).filter_map(|item| stage_item(meeting, item.id)).take(NEXT_MAX).collect()
}

/// A vote in numbers: whatever [`VoteView`] knows of persons stays behind.
fn stage_vote(vote: &VoteView) -> StageVote {
    let open = vote.closed_at.is_none();
    let result = match (&vote.secret, &vote.outcome) {
        (Some(secret), _) if !open && secret.phase == SecretPhase::Counted => secret.outcome.as_ref().map(places_result),
        (Some(_), _) => None,
        (None, _) if open => vote.running.as_deref().map(|places| so_far(vote, places)),
        (None, Some(outcome)) => Some(open_result(outcome)),
        (None, None) => vote.marked.as_ref().map(places_result),
    };
    StageVote {
        question: vote.question.clone(),
        profile: vote.profile.clone(),
        secret: vote.secret.is_some(),
        open,
        is_final: vote.is_final,
        roll: count(vote.voters.len()),
        present: count(vote.voters.iter().filter(|voter| voter.present).count()),
        received: vote.received,
        result,
    }
}

fn open_result(outcome: &Outcome) -> StageResult {
    let total = |mark, votes, reached| StageTotal { mark, option: String::new(), votes, reached, standing: None };
    StageResult {
        totals: vec![
            total(Marking::For, outcome.votes_for, outcome.passed),
            total(Marking::Against, outcome.against, false),
            total(Marking::NotVoting, outcome.not_voting, false),
        ],
        needed: outcome.needed,
        passed: Some(outcome.passed),
        by_chair: outcome.by_chair,
    }
}

/// What came out place by place, options by votes.
fn places_result(outcome: &FormOutcome) -> StageResult {
    StageResult { totals: stage_totals(&outcome.places), needed: outcome.needed, passed: outcome.passed, by_chair: false }
}

/// The count while ballots are cast, which the rules of this vote let everybody follow. There is no verdict yet, and the order is that of the
/// ballot: options that change places at each ballot could not be read.
fn so_far(vote: &VoteView, places: &[PlaceTotal]) -> StageResult {
    let base = match vote.profile.base {
        Base::Roll => count(vote.voters.len()),
        Base::Present => count(vote.voters.iter().filter(|voter| voter.present).count()),
    };
    let totals = places.iter().map(stage_total).collect();
    StageResult { totals, needed: vote.profile.threshold.of(base), passed: None, by_chair: false }
}

fn stage_totals(places: &[PlaceTotal]) -> Vec<StageTotal> {
    ranked(places).into_iter().map(|(_, place)| stage_total(place)).collect()
}

fn stage_total(place: &PlaceTotal) -> StageTotal {
    StageTotal {
        mark: place.mark,
        option: place.option.clone(),
        votes: place.votes,
        reached: place.reached,
        standing: place.standing,
    }
}

#[cfg(test)]
mod tests;
