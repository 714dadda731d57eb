//! What follows from a change without anybody asking: papers are fetched, closes acknowledged, certificates issued,
//! windows told.

use std::collections::BTreeSet;

use api::error::ApiError;
use api::push::{Push, Tag};
use domain::id::{PersonId, SpaceId, Timestamp};
use signing_pdf::Subject;
use sync::control::{ControlOp, SpaceKind};
use sync::envelope::DocKind;
use sync::port::{Change, Cx, Effects};

use super::Core;
use super::presence::PresenceBeat;

impl Core {
    /// Draws the consequences of changes.
    pub(super) fn react(&mut self, changes: &BTreeSet<Change>) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        let mut acknowledge = BTreeSet::new();
        let (mut packages, mut synonyms) = (false, false);
        for change in changes {
            match change {
                Change::Document(space, _, kind) if DocKind::from_code(*kind) == DocKind::Meeting => {
                    fx.append(self.fetch_papers(space)?);
                    let meeting = self.outer(*space);
                    fx.append(self.forget_teller_secrets(&meeting)?);
                }
                Change::Document(_, _, kind) if DocKind::from_code(*kind) == DocKind::Library => packages = true,
                Change::Document(_, _, kind) if DocKind::from_code(*kind) == DocKind::Table => synonyms = true,
                Change::Blob(_) => packages = true,
                Change::Acts(space) | Change::Space(space) => {
                    // With a space comes its key: what it lists can be read now.
                    packages |= matches!(change, Change::Space(_));
                    acknowledge.insert(*space);
                }
                Change::Directory => fx.append(self.issue_certificates()),
                _ => {}
            }
        }
        for space in acknowledge {
            fx.append(self.say_of_lead(&space)?);
            fx.append(self.serve_as_teller(&space)?);
            fx.append(self.accept_codes(&space)?);
        }
        for change in changes {
            if let Change::Space(space) = change {
                fx.append(self.carry_over(*space));
            }
        }
        fx.append(self.react_to_questions(changes)?);
        if packages {
            fx.append(self.follow_packages()?);
        }
        if synonyms {
            self.apply_synonyms();
        }
        Ok(fx)
    }

    /// What opening a profile makes up for.
    pub(super) fn after_open(&mut self) -> Result<(), ApiError> {
        self.open_questions()?;
        let mut fx = Effects::default();
        for space in self.replica.spaces_of(SpaceKind::Inner) {
            fx.append(self.fetch_papers(&space)?);
        }
        for space in self.replica.spaces_of(SpaceKind::Meeting) {
            fx.append(self.carry_over(space));
            fx.append(self.fetch_papers(&space)?);
            fx.append(self.say_of_lead(&space)?);
            fx.append(self.serve_as_teller(&space)?);
            fx.append(self.forget_teller_secrets(&space)?);
        }
        self.perform(fx)?;
        self.ensure_personal_space()?;
        self.ensure_organisation_space()?;
        self.keep_promises();
        self.call_again_who_was_asked()?;
        let fx = self.follow_packages()?;
        self.perform(fx)?;
        self.apply_synonyms();
        Ok(())
    }

    /// A person's first device begins the personal space.
    pub fn ensure_personal_space(&mut self) -> Result<(), ApiError> {
        let alone =
            self.replica.me().map(|me| me.person).is_some_and(|person| {
                self.replica.directory().is_some_and(|directory| directory.devices_of(&person).count() <= 1)
            });
        if self.replica.me().is_some()
            && alone
            && self.replica.spaces_of(SpaceKind::Personal).is_empty()
            && self.replica.directory().is_some_and(|directory| directory.certificate(&self.replica.device()).is_some())
        {
            self.with(|replica, cx| replica.create_space(cx, SpaceKind::Personal))?;
        }
        Ok(())
    }

    /// Fetches every file that the document of a meeting, or of an inner space, names.
    fn fetch_papers(&mut self, space: &SpaceId) -> Result<Effects, ApiError> {
        let Ok(meeting) = self.open_meeting(space) else {
            return Ok(Effects::default());
        };
        let files = meeting
            .papers
            .iter()
            .flat_map(|paper| &paper.versions)
            .map(|version| version.blob)
            .chain(meeting.official_files().map(|file| file.blob));
        let mut fx = Effects::default();
        for blob in files {
            let now = self.now();
            let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
            fx.append(self.replica.want_blob(&mut cx, *space, &blob));
        }
        Ok(fx)
    }

    /// The device with the certificate authority issues what was asked for.
    fn issue_certificates(&mut self) -> Effects {
        let mut fx = Effects::default();
        let Some(authority) = &self.secrets.authority else {
            return fx;
        };
        let Some(directory) = self.replica.directory() else {
            return fx;
        };
        let open: Vec<_> = directory
            .open_requests()
            .filter_map(|(person, request)| Some((directory.person_certificate_card(person)?.clone(), request.to_vec())))
            .collect();
        for (card, request) in open {
            let subject = Subject {
                common_name: card.person_name.clone(),
                title: Some(card.person_title.clone()).filter(|title| !title.is_empty()),
                unit: Some(card.unit_name.clone()),
                organisation: None,
            };
            let now = self.replica_now();
            let issued = authority.issue(&request, &subject, now.wall, &mut self.rng);
            let der = match issued {
                Ok(der) => der,
                Err(error) => {
                    tracing::warn!(%error, person = %card.person, "a certificate could not be issued");
                    continue;
                }
            };
            let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
            match self
                .replica
                .directory_op(&mut cx, ControlOp::PersonCertificate { person: card.person, certificate: der.into() })
            {
                Ok(more) => fx.append(more),
                Err(error) => tracing::warn!(%error, "a certificate could not be published"),
            }
        }
        fx
    }

    fn replica_now(&self) -> sync::port::Now {
        self.now()
    }

    /// Tells the windows what to fetch again.
    pub(super) fn tell(&mut self, changes: &BTreeSet<Change>) {
        let mut tags = BTreeSet::new();
        for change in changes {
            match change {
                Change::Directory => tags.extend([Tag::Directory, Tag::Profile]),
                Change::Sync => {
                    tags.insert(Tag::Sync);
                }
                Change::Space(space) | Change::Acts(space) => tags.extend([Tag::Meetings, Tag::Meeting(self.outer(*space))]),
                Change::Document(_, _, kind) if DocKind::from_code(*kind) == DocKind::Draft => {
                    tags.insert(Tag::Drafts);
                }
                Change::Document(_, _, kind) if DocKind::from_code(*kind) == DocKind::Library => {
                    tags.insert(Tag::Library);
                }
                Change::Document(_, _, kind) if DocKind::from_code(*kind) == DocKind::Table => {
                    tags.insert(Tag::Handbook);
                }
                Change::Document(space, _, kind) => {
                    tags.extend([Tag::Meetings, Tag::Meeting(self.outer(*space))]);
                    if DocKind::from_code(*kind) != DocKind::Meeting {
                        tags.extend(self.replica.spaces_of(SpaceKind::Meeting).into_iter().map(Tag::Annotations));
                    }
                }
                Change::Blob(_) => {
                    tags.insert(Tag::Meetings);
                    tags.extend(self.replica.spaces_of(SpaceKind::Meeting).into_iter().map(Tag::Meeting));
                }
                Change::Joining => {
                    tags.insert(Tag::Profile);
                }
            }
        }
        let belongs = changes.contains(&Change::Directory) || changes.contains(&Change::Joining);
        if belongs && let Err(error) = self.ensure_personal_space() {
            tracing::warn!(%error, "the personal space could not be begun");
        }
        if changes.contains(&Change::Directory)
            && let Err(error) = self.admit_invited()
        {
            tracing::warn!(%error, "somebody who was invited could not be let in");
        }
        let votes: Vec<SpaceId> =
            changes.iter().filter_map(|change| if let Change::Acts(space) = change { Some(*space) } else { None }).collect();
        for space in votes {
            self.confirm_ballots(space);
        }
        if !tags.is_empty() {
            self.push(Push::Changed { tags: tags.into_iter().collect() });
        }
    }

    /// The device that decides a vote says at once which ballots it has.
    fn confirm_ballots(&mut self, space: SpaceId) {
        let decides = self.votes_of(&space).is_ok_and(|votes| votes.iter().any(|vote| self.awaits_close(vote)));
        if decides {
            self.send_beat(space);
        }
    }

    /// Says in every meeting that this person is here; in inner spaces too, which papers are withdrawn there is told nowhere else.
    pub(super) fn send_beats(&mut self) {
        if self.replica.peers().next().is_none() {
            return;
        }
        for space in self.meeting_spaces() {
            self.send_beat(space);
        }
    }

    /// Says in one meeting that this person is here.
    pub fn send_beat(&mut self, space: SpaceId) {
        let clock = Some(self.now().wall);
        let erased = Some(self.erased_here(&space)).filter(|files| *files > 0);
        // Of an inner space of which nothing has come nothing is missed either.
        let nothing_known = self.outer(space) != space;
        let has_papers = self.has_papers_of(&space).unwrap_or(nothing_known);
        let mut beat = PresenceBeat { has_papers, clock, erased, ..PresenceBeat::default() };
        if let Ok(votes) = self.votes_of(&space) {
            for vote in votes.iter().filter(|vote| self.awaits_close(vote)) {
                beat.confirm(vote.ballots.iter().map(signing::VerifiedAct::hash));
            }
        }
        let payload = signing::canonical::encode(&beat);
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        let fx = self.replica.beat_now(&mut cx, space, &payload);
        if let Err(error) = self.perform(fx) {
            tracing::warn!(%error, "a beat was not sent");
        }
    }

    /// Every version of every paper of a meeting is on this device, of those too that guests do not have.
    pub fn has_all_papers(&mut self, space: &SpaceId) -> bool {
        let inside = self.replica.inner_spaces(space);
        self.has_papers_of(space) == Some(true) && inside.iter().all(|inner| self.has_papers_of(inner) != Some(false))
    }

    /// Every version of every paper that stands in one space is here; `None` while nothing of it can be read. It is told to all who belong to that
    /// space, so nothing else bears on it: guests would see that a paper is missing which they do not know.
    fn has_papers_of(&mut self, space: &SpaceId) -> Option<bool> {
        let part = self.open_meeting(space).ok()?;
        let mut versions = part.kept_papers().flat_map(|paper| &paper.versions);
        Some(versions.all(|version| self.replica.has_blob(&version.blob.cipher)))
    }

    /// When a person was last heard in a meeting, and whether all papers were there, as far as this person may know of them.
    pub fn last_heard(&self, space: &SpaceId, person: &PersonId) -> Option<(Timestamp, bool)> {
        let (at, papers) = self.presence.last(space, person)?;
        let inside = self.replica.inner_spaces(space);
        let inside_too = inside.iter().filter_map(|inner| self.presence.last(inner, person)).all(|(_, all)| all);
        Some((at, papers && inside_too))
    }
}

/// Keeps the acts inside the document as well, so that a plain export has them.
pub(crate) fn mirror_acts(tx: &mut automerge::transaction::Transaction<'_>, signed: &[signing::SignedAct]) -> Result<(), String> {
    signed.iter().try_for_each(|act| sync::document::acts::append_act(tx, &act.to_bytes()).map_err(|error| error.to_string()))
}
