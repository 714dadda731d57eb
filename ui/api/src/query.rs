//! Everything that can be read.

use domain::id::{Hash32, PaperId, SpaceId, VoteId};
use domain::vote::RuleProfile;
use serde::{Serialize, de::DeserializeOwned};

use crate::audit::*;
use crate::handbook::*;
use crate::meeting::*;
use crate::official::*;
use crate::opinion::*;
use crate::projector::*;
use crate::push::Tag;
use crate::question::*;
use crate::roster::*;
use crate::rules::*;
use crate::search::*;
use crate::sitting::RoomCode;
use crate::task::*;
use crate::view::*;

/// A request that reads.
pub trait Reads: Serialize {
    /// What it answers.
    type Reply: Serialize + DeserializeOwned + Clone + PartialEq + 'static;
    /// The request as one of the closed enum.
    fn any(self) -> Query;
}

crate::endpoints! {
    /// Every request that reads.
    Query: Reads in query;

    /// Is there a profile, is it locked, who is it.
    Status {} -> StatusView,
    /// The first screen.
    Today {} -> TodayView,
    /// All meetings, newest first.
    MeetingList {} -> Vec<MeetingRow>,
    /// A meeting with everything its room shows, but annotations.
    Room { /// The meeting's space.
        meeting: SpaceId } -> RoomView,
    /// One vote.
    Vote { /// The vote.
        vote: VoteId } -> VoteView,
    /// Size of each page of a version of a paper; `missing` while the file has not arrived.
    PaperPages { /// The meeting.
        meeting: SpaceId, /// The version's plaintext hash.
        version: Hash32 } -> PaperPagesView,
    /// Words of a page with their places, for selection and search.
    PageText { /// The meeting.
        meeting: SpaceId, /// The version's plaintext hash.
        version: Hash32, /// Page from 0.
        page: u32 } -> PageTextView,
    /// Annotations on a paper: one's own and what others share.
    Annotations { /// The meeting.
        meeting: SpaceId, /// The paper.
        paper: PaperId } -> Vec<AnnotationView>,
    /// People of the organisation.
    People {} -> Vec<PersonRow>,
    /// Devices of this person, requests to join, and this device's words.
    Identity {} -> IdentityView,
    /// Connections, addresses, what waits.
    SyncState {} -> SyncView,
    /// Rule profiles that a vote can be opened under.
    RuleProfiles {} -> Vec<RuleProfile>,
    /// The state of minutes and their signatures.
    Minutes { /// The meeting.
        meeting: SpaceId } -> MinutesView,
    /// Who has checked in, is connected, has all papers.
    Presence { /// The meeting.
        meeting: SpaceId } -> Vec<PresenceRow>;
    also
        RuleBook,
        Search, SearchTitles, SimilarQuestions, FailedSearches, Synonyms,
        Article, Contents, FieldList, Shelf, Cases, Case, Packages, Publishers, ImportState, Drafts, Draft, CheckPersonalData,
        QuestionList, Question, Units, QuestionStatistics,
        Tasks, Task, MeetingTasks, UnfinishedTasks,
        Audit, Invitations,
        MeetingTemplates, MeetingPattern, Readiness,
        Official, Opinions,
        Projector, RoomCode,
}

impl Query {
    /// The tags that the answer shows: when one of them changes, the answer may be another.
    pub fn tags(&self) -> Vec<Tag> {
        match self {
            Self::Status(_) => vec![Tag::Profile],
            Self::Today(_) => vec![Tag::Profile, Tag::Meetings, Tag::Directory, Tag::Sync],
            Self::MeetingList(_) => vec![Tag::Meetings],
            Self::Room(q) => vec![Tag::Meeting(q.meeting), Tag::Directory],
            Self::Vote(_) => vec![Tag::Meetings],
            Self::PaperPages(q) => vec![Tag::Meeting(q.meeting)],
            Self::PageText(_) => vec![],
            Self::Annotations(q) => vec![Tag::Annotations(q.meeting)],
            Self::People(_) | Self::Identity(_) | Self::Invitations(_) => vec![Tag::Directory],
            Self::SyncState(_) => vec![Tag::Sync],
            Self::RuleProfiles(_) | Self::RuleBook(_) => vec![Tag::Handbook, Tag::Directory],
            Self::MeetingTemplates(_) => vec![],
            Self::MeetingPattern(_) => vec![Tag::Meetings, Tag::Directory],
            Self::Projector(q) => vec![Tag::Projector(q.meeting), Tag::Meeting(q.meeting)],
            Self::RoomCode(q) => vec![Tag::Meeting(q.meeting)],
            Self::Minutes(q) => vec![Tag::Meeting(q.meeting)],
            Self::Official(q) => vec![Tag::Meeting(q.meeting), Tag::Directory, Tag::Tasks],
            Self::Opinions(q) => vec![Tag::Meeting(q.meeting), Tag::Directory],
            Self::Readiness(q) => vec![Tag::Presence(q.meeting), Tag::Meeting(q.meeting), Tag::Directory, Tag::Sync],
            Self::Presence(q) => vec![Tag::Presence(q.meeting), Tag::Meeting(q.meeting), Tag::Sync],
            Self::Search(_) | Self::SimilarQuestions(_) => vec![Tag::Library, Tag::Questions],
            Self::SearchTitles(_) | Self::Contents(_) => vec![Tag::Library],
            Self::FailedSearches(_) => vec![Tag::Handbook],
            Self::Synonyms(_) => vec![Tag::Handbook],
            Self::Article(_) => vec![Tag::Library, Tag::Handbook, Tag::Questions, Tag::Tasks],
            Self::FieldList(_) => vec![Tag::Library, Tag::Directory],
            Self::Shelf(_) => vec![Tag::Library, Tag::Handbook, Tag::Drafts],
            Self::Cases(_) | Self::Case(_) => vec![Tag::Handbook, Tag::Library],
            Self::Packages(_) | Self::Publishers(_) | Self::ImportState(_) => vec![Tag::Library],
            Self::Drafts(_) | Self::Draft(_) => vec![Tag::Drafts],
            Self::CheckPersonalData(_) => vec![],
            Self::QuestionList(_) => vec![Tag::Questions, Tag::Directory, Tag::Sync],
            Self::Question(q) => vec![Tag::Question(q.question), Tag::Library, Tag::Directory, Tag::Sync],
            Self::Tasks(_) => vec![Tag::Tasks, Tag::Directory, Tag::Sync],
            Self::Task(q) => vec![Tag::Task(q.task), Tag::Handbook, Tag::Library, Tag::Directory, Tag::Sync],
            Self::MeetingTasks(q) => vec![Tag::Tasks, Tag::Meeting(q.meeting), Tag::Directory, Tag::Sync],
            Self::UnfinishedTasks(_) => vec![Tag::Tasks, Tag::Meetings, Tag::Directory, Tag::Sync],
            Self::Units(_) => vec![Tag::Directory],
            Self::QuestionStatistics(_) => vec![Tag::Questions, Tag::Handbook],
            Self::Audit(q) => q.meeting.map(Tag::Meeting).into_iter().chain([Tag::Directory]).collect(),
        }
    }
}
