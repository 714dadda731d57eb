//! Marks on papers. Private ones live in the person's own space, shared ones in the person's seat.

use std::collections::BTreeMap;

use api::act::{Annotate, Audience};
use api::error::ApiError;
use api::view::AnnotationView;
use domain::annotation::{Annotation, Mark};
use domain::id::{AnnotationId, Hash32, PaperId, PersonId, SpaceId, Timestamp};
use sync::DocRef;
use sync::control::SpaceKind;
use sync::document::{annotations as document, seat};

use super::agenda::limit;
use super::withdrawing::withdrawn;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

impl App {
    pub(crate) async fn annotations(&self, meeting: SpaceId, paper: PaperId) -> Result<Vec<AnnotationView>, ApiError> {
        self.engine()?.attempt(move |core| core.annotation_views(&meeting, &paper)).await
    }

    pub(crate) async fn annotate(&self, act: Annotate) -> Result<AnnotationId, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let found = core.meeting(&act.meeting)?;
                let paper = found.papers.iter().find(|paper| paper.id == act.paper).ok_or_else(|| not_found("paper"))?;
                if found.withdrawn.contains_key(&paper.id) {
                    return Err(withdrawn());
                }
                let version = paper
                    .versions
                    .iter()
                    .find(|version| version.blob.plain == act.version)
                    .ok_or_else(|| not_found("version"))?;
                if act.page >= version.pages {
                    return Err(not_found("page"));
                }
                let annotation = Annotation {
                    id: AnnotationId(core.random_id()),
                    paper: act.paper,
                    version: act.version,
                    page: act.page,
                    colour: act.colour & 0x00ff_ffff,
                    mark: act.mark,
                    made_at: core.now().wall,
                };
                annotation.validate().map_err(|error| limit(&error))?;
                core.put_annotation(&act.meeting, act.audience, &annotation)?;
                Ok(annotation.id)
            })
            .await
    }

    pub(crate) async fn erase_annotation(&self, meeting: SpaceId, annotation: AnnotationId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let (audience, found) = core.own_annotation(&meeting, &annotation)?;
                core.remove_annotation(&meeting, audience, &found)
            })
            .await
    }

    /// The copy is made before the original goes, so that a crash between leaves both, never none.
    pub(crate) async fn share_annotation(
        &self,
        meeting: SpaceId,
        annotation: AnnotationId,
        audience: Audience,
    ) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let (now, found) = core.own_annotation(&meeting, &annotation)?;
                if now == audience {
                    return Ok(());
                }
                core.put_annotation(&meeting, audience, &found)?;
                core.remove_annotation(&meeting, now, &found)
            })
            .await
    }
}

impl Core {
    /// Where this person's annotations of a paper stand: those for the meeting where everybody is who has the paper, and nobody else.
    fn annotation_home(&mut self, meeting: &SpaceId, audience: Audience, paper: PaperId) -> Result<DocRef, ApiError> {
        match audience {
            Audience::Shared => Ok(DocRef::seat(self.home_of_paper(meeting, paper), &self.me()?)),
            Audience::Private => self.notes(meeting),
        }
    }

    fn notes(&self, meeting: &SpaceId) -> Result<DocRef, ApiError> {
        let personal =
            self.personal_space().ok_or_else(|| ApiError::new("no_key_yet", "the personal space has not arrived yet"))?;
        Ok(DocRef::notes(personal, &self.me()?, meeting))
    }

    /// Where a person's words for the whole meeting stand, those that guests get first.
    fn seats(&self, meeting: &SpaceId, person: &PersonId) -> Vec<DocRef> {
        let homes = [*meeting].into_iter().chain(self.replica.inner_spaces(meeting));
        homes.map(|home| DocRef::seat(home, person)).collect()
    }

    /// This person's own space: of several (two devices began one each) the lowest, on all devices alike.
    pub fn personal_space(&self) -> Option<SpaceId> {
        self.replica.spaces_of(SpaceKind::Personal).into_iter().min()
    }

    fn put_annotation(&mut self, meeting: &SpaceId, audience: Audience, annotation: &Annotation) -> Result<(), ApiError> {
        // What was noted on a paper that this person has no more is not for all of the meeting: the paper may have been internal.
        let mut has_paper = || self.meeting(meeting).map(|found| found.papers.iter().any(|paper| paper.id == annotation.paper));
        if audience == Audience::Shared && !has_paper()? {
            return Err(not_found("paper"));
        }
        let home = self.annotation_home(meeting, audience, annotation.paper)?;
        self.with(|replica, cx| {
            let (_, _, fx) = replica
                .transact(cx, home, &[], |tx, _| document::put_annotation(tx, annotation).map_err(|error| error.to_string()))?;
            Ok(((), fx))
        })
    }

    fn remove_annotation(&mut self, meeting: &SpaceId, audience: Audience, annotation: &Annotation) -> Result<(), ApiError> {
        let home = self.annotation_home(meeting, audience, annotation.paper)?;
        let id = annotation.id;
        self.with(|replica, cx| {
            let (_, _, fx) = replica.transact(cx, home, &[], |tx, _| {
                document::remove_annotation(tx, id).map(drop).map_err(|error| error.to_string())
            })?;
            Ok(((), fx))
        })
    }

    fn read_annotations(&mut self, home: DocRef) -> Result<Vec<Annotation>, ApiError> {
        self.replica.read(&self.store, &home.space, &home.doc, document::read_annotations).at_boundary()?.at_boundary()
    }

    fn own_annotation(&mut self, meeting: &SpaceId, id: &AnnotationId) -> Result<(Audience, Annotation), ApiError> {
        let shared = self.seats(meeting, &self.me()?).into_iter().map(|seat| (Audience::Shared, seat));
        let homes: Vec<(Audience, DocRef)> =
            self.notes(meeting).ok().map(|notes| (Audience::Private, notes)).into_iter().chain(shared).collect();
        for (audience, home) in homes {
            if let Some(found) = self.read_annotations(home)?.into_iter().find(|annotation| annotation.id == *id) {
                return Ok((audience, found));
            }
        }
        Err(not_found("annotation"))
    }

    fn annotation_views(&mut self, meeting: &SpaceId, paper: &PaperId) -> Result<Vec<AnnotationView>, ApiError> {
        let me = self.me()?;
        let members: Vec<PersonId> = self
            .replica
            .access(meeting)
            .map(|access| access.members.keys().copied().collect())
            .ok_or_else(|| not_found("meeting"))?;
        let home = self.home_of_paper(meeting, *paper);
        let mut views: BTreeMap<AnnotationId, AnnotationView> = BTreeMap::new();
        let mut add = |core: &Self, author: PersonId, audience: Audience, found: Vec<Annotation>| {
            for annotation in found.into_iter().filter(|annotation| annotation.paper == *paper) {
                let view =
                    AnnotationView { author, author_name: core.person_name(&author), mine: author == me, audience, annotation };
                views.insert(view.annotation.id, view);
            }
        };
        if let Ok(home) = self.notes(meeting) {
            let found = self.read_annotations(home)?;
            add(self, me, Audience::Private, found);
        }
        for person in members {
            // A seat that cannot be read hides nobody else's.
            if let Ok(found) = self.read_annotations(DocRef::seat(home, &person)) {
                add(self, person, Audience::Shared, found);
            }
        }
        let mut views: Vec<AnnotationView> = views.into_values().collect();
        if self.meeting(meeting)?.withdrawn.contains_key(paper) {
            // What people wrote in their own words stays theirs; a highlight repeats the paper's.
            views.retain(|view| matches!(view.annotation.mark, Mark::Note { .. }));
        }
        views.sort_by_key(|view| (view.annotation.page, view.annotation.made_at, view.annotation.id));
        Ok(views)
    }

    /// Versions of papers that this person has opened, and when.
    pub fn opened_papers(&mut self, meeting: &SpaceId) -> Result<BTreeMap<Hash32, Timestamp>, ApiError> {
        let Ok(home) = self.notes(meeting) else {
            return Ok(BTreeMap::new());
        };
        self.replica.read(&self.store, &home.space, &home.doc, sync::document::notes::read_opened).at_boundary()?.at_boundary()
    }

    fn newest_version(&mut self, meeting: &SpaceId, paper: &PaperId) -> Result<Hash32, ApiError> {
        let found = self.meeting(meeting)?.papers.into_iter().find(|other| other.id == *paper);
        found.and_then(|paper| paper.versions.last().map(|version| version.blob.plain)).ok_or_else(|| not_found("paper"))
    }

    /// Notes that this person has opened a version of a paper.
    pub fn mark_opened(&mut self, meeting: &SpaceId, paper: &PaperId) -> Result<(), ApiError> {
        let version = self.newest_version(meeting, paper)?;
        if self.opened_papers(meeting)?.contains_key(&version) {
            return Ok(());
        }
        let home = self.notes(meeting)?;
        let at = self.now().wall;
        self.with(|replica, cx| {
            let (_, _, fx) = replica.transact(cx, home, &[], |tx, _| {
                sync::document::notes::mark_opened(tx, version, at).map_err(|error| error.to_string())
            })?;
            Ok(((), fx))
        })
    }

    /// Tells the meeting that this person has opened a paper, in the person's own seat: once for each version, and nothing more.
    pub fn tell_opened(&mut self, meeting: &SpaceId, paper: &PaperId) -> Result<(), ApiError> {
        let version = self.newest_version(meeting, paper)?;
        let me = self.me()?;
        if self.told_opened(meeting, &me)?.contains_key(&version) {
            return Ok(());
        }
        let (at, home) = (self.now().wall, self.home_of_paper(meeting, *paper));
        self.with(|replica, cx| {
            let (_, _, fx) = replica.transact(cx, DocRef::seat(home, &me), &[], |tx, _| {
                seat::mark_read(tx, version, at).map_err(|error| error.to_string())
            })?;
            Ok(((), fx))
        })
    }

    /// Versions of papers that a person has told to have opened, and when first.
    pub fn told_opened(&mut self, meeting: &SpaceId, person: &PersonId) -> Result<BTreeMap<Hash32, Timestamp>, ApiError> {
        let mut told: BTreeMap<Hash32, Timestamp> = BTreeMap::new();
        for home in self.seats(meeting, person) {
            let read = self.replica.read(&self.store, &home.space, &home.doc, seat::read_marks);
            told.extend(read.at_boundary()?.at_boundary()?);
        }
        Ok(told)
    }
}
