//! Papers that are withdrawn: the files go from every device, the record of them stays.
//!
//! What erases is an operation of the space (`Replica::withdraw_files`), so that devices without the key, the hubs, follow it too. Which paper it
//! was and why is said in the meeting's document, in the same commit. Nobody can take back what was printed, photographed or saved elsewhere, nor
//! a device that never comes back, and the screen says so.

use api::error::ApiError;
use api::meeting::WithdrawPaper;
use api::view::{RoomView, WithdrawnView};
use domain::id::{Hash32, PaperId, SpaceId};
use domain::meeting::{Meeting, Withdrawal};
use domain::sitting::Phase;
use pdf::DocKey;
use sync::DocRef;
use sync::document::meeting as document;

use super::agenda::limit;
use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn withdraw_paper(&self, act: WithdrawPaper) -> Result<(), ApiError> {
        let meeting = act.meeting;
        self.engine()?.attempt(move |core| core.withdraw_paper(act)).await?;
        // Forgets its pictures too.
        self.room(meeting).await.map(|_| ())
    }

    /// The pictures and texts of withdrawn papers that this program holds in memory go. Whoever has the room open reads it anew as soon as a paper
    /// is withdrawn.
    pub(crate) fn forget_withdrawn(&self, room: &RoomView) {
        let papers = room.items.iter().flat_map(|item| &item.papers).chain(&room.papers);
        for version in papers.filter(|paper| paper.withdrawn.is_some()).flat_map(|paper| &paper.versions) {
            if let Some(engine) = self.pdf_if_started() {
                engine.forget(DocKey(version.version.0));
            }
        }
    }
}

impl Core {
    fn withdraw_paper(&mut self, act: WithdrawPaper) -> Result<(), ApiError> {
        let WithdrawPaper { meeting: space, paper, reason } = act;
        self.require_manager(&space)?;
        let meeting = self.meeting(&space)?;
        let found = meeting.papers.iter().find(|other| other.id == paper).ok_or_else(|| not_found("paper"))?;
        if matches!(self.sitting(&space)?.course.phase, Phase::Running | Phase::Paused) {
            return Err(ApiError::new("not_while_sitting", "the body sits, its papers stay until the sitting is closed"));
        }
        let withdrawal = Withdrawal { by: self.me()?, at: self.now().wall, reason: reason.trim().to_owned() };
        withdrawal.validate().map_err(|error| limit(&error))?;
        // The same file may stand on the list twice: as long as one of them is kept, its bytes are.
        let kept = |cipher: &Hash32| {
            let others = meeting.kept_papers().filter(|other| other.id != paper);
            others.flat_map(|other| &other.versions).any(|version| version.blob.cipher == *cipher)
        };
        let files: Vec<Hash32> =
            found.versions.iter().map(|version| version.blob.cipher).filter(|cipher| !kept(cipher)).collect();
        let home = self.home_of_paper(&space, paper);
        self.with(|replica, cx| {
            let (_, _, mut fx) = replica.transact(cx, DocRef::meeting(home), &[], |tx, _| {
                document::withdraw_paper(tx, paper, &withdrawal).map_err(|error| error.to_string())
            })?;
            if !files.is_empty() {
                fx.append(replica.withdraw_files(cx, &home, files)?);
            }
            Ok(((), fx))
        })
    }

    /// What is left of a paper, if it was withdrawn.
    pub fn withdrawn_view(&self, space: &SpaceId, meeting: &Meeting, paper: &PaperId) -> Option<WithdrawnView> {
        let withdrawal = meeting.withdrawn.get(paper)?;
        // Who lacks an inner space says nothing of it.
        let inner = meeting.inner_papers.contains(paper).then(|| self.replica.inner_spaces(space).into_iter().next()).flatten();
        let told = inner.unwrap_or(*space);
        let (gone, devices) = self.presence.erased(&told, self.erased_here(&told));
        Some(WithdrawnView {
            by: self.person_name(&withdrawal.by),
            at: withdrawal.at,
            reason: withdrawal.reason.clone(),
            devices: count(devices + 1),
            gone: count(gone + 1),
        })
    }

    /// How many files were withdrawn from a meeting, as far as this device knows: it has none of them any more.
    pub fn erased_here(&self, space: &SpaceId) -> u32 {
        self.replica.access(space).map_or(0, |access| count(access.withdrawn.len()))
    }
}

/// The error of a request for the content of a paper that was withdrawn.
pub(super) fn withdrawn() -> ApiError {
    ApiError::new("paper_withdrawn", "the paper was withdrawn")
}
