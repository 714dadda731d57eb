//! What this device does itself: edits and acts, new spaces, members; in [`admitting`] letting others in, in [`inner`] what guests of a meeting
//! do not have, in [`keys`] the keys of spaces.
//!
//! Each call returns effects that the driver commits before anybody hears of them.

mod admitting;
mod inner;
mod keys;

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, ChangeHash};
use domain::duty::Duty;
use domain::id::{DeviceId, DocId, Hash32, PersonId, SpaceId, Timestamp, UnitId};
use domain::meeting::MeetingRole;
use minicbor::bytes::ByteVec;
use signing::act::{Act, SignedAct};
use signing::canonical;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::keys::RootKey;
use signing::signed::Signed;

use crate::admission::suspects;
use crate::control::{ControlOp, Genesis, SeenLog, SpaceKind, directory_space, document_id, own_document_id};
use crate::documents::{LoadError, Reading};
use crate::envelope::{Content, DocKind, Header, VERSION, actor, seal_content, seal_plain};
use crate::extent::bytes_lacking;
use crate::limits::{ACTS_MAX, PAYLOAD_BYTES_MAX};
use crate::port::{Change, Cx, Effects, Write};
use crate::replica::Replica;
use crate::space::Space;

/// Why something was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LocalError {
    /// This device belongs to no organisation yet.
    #[error("this device belongs to no organisation yet")]
    NotEnrolled,
    /// The space is not here or the person does not belong to it.
    #[error("no such space")]
    NoSuchSpace,
    /// The person may not do this.
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    /// The key of the space has not arrived yet.
    #[error("the key of this space has not arrived yet")]
    NoKey,
    /// The document cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The edit is larger than one envelope.
    #[error("the edit is too large")]
    TooLarge,
    /// The edit itself failed.
    #[error("{0}")]
    Edit(String),
    /// Nobody with this device asks to be let in.
    #[error("no such request")]
    NoSuchRequest,
    /// The certificate cannot be issued.
    #[error("the certificate cannot be issued: {0}")]
    Certificate(String),
}

impl LocalError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "not_enrolled",
            Self::NoSuchSpace => "not_found",
            Self::NotAllowed(_) => "not_allowed",
            Self::NoKey => "no_key_yet",
            Self::Load(error) => error.code(),
            Self::TooLarge => "too_large",
            Self::Edit(_) => "edit_failed",
            Self::NoSuchRequest => "join_not_found",
            Self::Certificate(_) => "certificate_not_issued",
        }
    }
}

/// A document by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocRef {
    /// The space.
    pub space: SpaceId,
    /// The document.
    pub doc: DocId,
    /// Its kind.
    pub kind: DocKind,
}

impl DocRef {
    /// The meeting's own document.
    pub fn meeting(space: SpaceId) -> Self {
        Self { space, doc: document_id(&space, DocKind::Meeting.code(), None, &[]), kind: DocKind::Meeting }
    }

    /// A person's seat in a meeting.
    pub fn seat(space: SpaceId, person: &PersonId) -> Self {
        Self { space, doc: document_id(&space, DocKind::Seat.code(), Some(person), &[]), kind: DocKind::Seat }
    }

    /// A person's private notes on a meeting, in the personal space.
    pub fn notes(personal: SpaceId, person: &PersonId, meeting: &SpaceId) -> Self {
        Self {
            space: personal,
            doc: document_id(&personal, DocKind::Notes.code(), Some(person), meeting.as_bytes()),
            kind: DocKind::Notes,
        }
    }
}

impl DocRef {
    /// What one person contributes to one thread, in the organisation's space.
    pub fn contribution(organisation: SpaceId, person: &PersonId, thread: &[u8; 16]) -> Self {
        let kind = DocKind::Contribution;
        Self { space: organisation, doc: own_document_id(&organisation, kind.code(), person, thread), kind }
    }

    /// What one person says of one task, in the organisation's space.
    pub fn task(organisation: SpaceId, person: &PersonId, task: &[u8; 16]) -> Self {
        let kind = DocKind::Task;
        Self { space: organisation, doc: own_document_id(&organisation, kind.code(), person, task), kind }
    }

    /// A draft of the handbook; its author chooses the id at random.
    pub fn draft(organisation: SpaceId, id: DocId) -> Self {
        Self { space: organisation, doc: id, kind: DocKind::Draft }
    }

    /// The list of published handbook packages.
    pub fn library(organisation: SpaceId) -> Self {
        let kind = DocKind::Library;
        Self { space: organisation, doc: document_id(&organisation, kind.code(), None, &[]), kind }
    }

    /// A table that all offices share, by its name, e.g. `routing`.
    pub fn table(organisation: SpaceId, name: &str) -> Self {
        let kind = DocKind::Table;
        Self { space: organisation, doc: document_id(&organisation, kind.code(), None, name.as_bytes()), kind }
    }
}

/// What the first administrator says of the organisation.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The organisation's name.
    pub organisation: String,
    /// The first unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// The first person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Title or office.
    pub title: String,
}

impl Replica {
    /// Makes an organisation: the root certifies this device as the first administrator and can then be sealed away.
    ///
    /// # Errors
    /// The names are not acceptable in a certificate.
    pub fn found(&mut self, cx: &mut Cx<'_>, root: &RootKey, founding: &Founding) -> Result<Effects, LocalError> {
        let (space, mut fx) = self.enter_by_root(cx, root, founding)?;
        self.push_control(cx, &mut fx, space, ControlOp::Organisation { name: founding.organisation.clone() })?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Enters an organisation that is there already, as an administrator whom its root certifies on this device: when no other
    /// administrator's device is left, or some are not to be trusted. What the organisation is comes from others' devices.
    ///
    /// # Errors
    /// The names are not acceptable in a certificate.
    pub fn recover(&mut self, cx: &mut Cx<'_>, root: &RootKey, founding: &Founding) -> Result<Effects, LocalError> {
        let (_, mut fx) = self.enter_by_root(cx, root, founding)?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    fn enter_by_root(&mut self, cx: &mut Cx<'_>, root: &RootKey, founding: &Founding) -> Result<(SpaceId, Effects), LocalError> {
        let certificate = DeviceCertificate {
            version: CERTIFICATE_VERSION,
            root: root.fingerprint(),
            unit: founding.unit,
            unit_name: founding.unit_name.clone(),
            person: founding.person,
            person_name: founding.name.clone(),
            person_title: founding.title.clone(),
            device: self.keys.device(),
            agreement: self.keys.agreement_key(),
            administrator: true,
            issued_at: cx.now.wall,
            issuer: Issuer::Root,
        };
        let signed: SignedCertificate = Signed::sign_root(root, &certificate);
        let checked =
            signing::verify_one(&signed, None, &root.public()).map_err(|error| LocalError::Certificate(error.to_string()))?;
        let mut fx = Effects::default();
        self.enter(&mut fx, root.public(), Chain(vec![signed.clone()]), checked, founding.organisation.clone());
        let space = directory_space(&root.public());
        self.spaces.insert(space, Space::empty(space));
        self.push_control(cx, &mut fx, space, ControlOp::Certify { certificate: signed })?;
        Ok((space, fx))
    }

    /// Begins a space with this person as its founder and a first key.
    ///
    /// # Errors
    /// This device belongs to no organisation yet.
    pub fn create_space(&mut self, cx: &mut Cx<'_>, kind: SpaceKind) -> Result<(SpaceId, Effects), LocalError> {
        let mut nonce = [0; 16];
        cx.rng.fill_bytes(&mut nonce);
        let (id, mut fx) = self.begin_space(cx, kind, nonce)?;
        self.settle(cx, &mut fx);
        Ok((id, fx))
    }

    fn begin_space(&mut self, cx: &mut Cx<'_>, kind: SpaceKind, nonce: [u8; 16]) -> Result<(SpaceId, Effects), LocalError> {
        let me = self.me.clone().ok_or(LocalError::NotEnrolled)?;
        let genesis = Genesis { kind, nonce, founder: me.person, device: me.device };
        let id = genesis.space();
        self.spaces.insert(id, Space::empty(id));
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, id, ControlOp::Genesis(genesis))?;
        self.push_epoch(cx, &mut fx, id, 1)?;
        Ok((id, fx))
    }

    /// Gives a person a role in a space, with the keys that the person's devices need.
    ///
    /// # Errors
    /// This person does not manage the space.
    pub fn set_member(
        &mut self,
        cx: &mut Cx<'_>,
        space: &SpaceId,
        person: PersonId,
        role: MeetingRole,
    ) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, *space, ControlOp::Member { person, role })?;
        self.push_wraps(cx, &mut fx, *space)?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Gives a member of the organisation's space a duty, or takes it back.
    ///
    /// # Errors
    /// This person does not manage the space, or the other does not belong to it.
    pub fn set_duty(
        &mut self,
        cx: &mut Cx<'_>,
        space: &SpaceId,
        person: PersonId,
        duty: Duty,
        held: bool,
    ) -> Result<Effects, LocalError> {
        let state = self.spaces.get(space).ok_or(LocalError::NoSuchSpace)?;
        if state.kind() != Some(SpaceKind::Organisation) || !state.access.is_member(&person) {
            return Err(LocalError::NotAllowed("this person does not belong to the organisation's space"));
        }
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, *space, ControlOp::Duty { person, duty, held })?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Withdraws files from a space: every device throws their bytes away as soon as it hears of it, this one at once. What says that they were
    /// there stays.
    ///
    /// # Errors
    /// This person does not manage the space.
    pub fn withdraw_files(&mut self, cx: &mut Cx<'_>, space: &SpaceId, files: Vec<Hash32>) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, *space, ControlOp::Withdraw { files })?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Takes a person out of a space: what that person writes without being seen is void from here on, and a new key follows.
    ///
    /// # Errors
    /// This person does not manage the space.
    pub fn remove_member(&mut self, cx: &mut Cx<'_>, space: &SpaceId, person: PersonId) -> Result<Effects, LocalError> {
        let state = self.spaces.get(space).ok_or(LocalError::NoSuchSpace)?;
        if !state.access.is_member(&person) {
            return Err(LocalError::NotAllowed("this person does not belong to the space"));
        }
        let seen = self.seen_of(|device| self.person_of(device) == Some(person), |id| id == space);
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, *space, ControlOp::Remove { person, seen })?;
        self.rotate(cx, &mut fx, *space)?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// A device is no longer trusted: lost, stolen, handed back. What it does without having been seen is void; the spaces that
    /// this person manages get new keys, and others' managers do the same when they hear of it.
    ///
    /// # Errors
    /// Neither an administrator of the device's unit nor its owner.
    pub fn revoke_device(&mut self, cx: &mut Cx<'_>, device: DeviceId) -> Result<Effects, LocalError> {
        let seen = self.seen_of(|log| *log == device, |_| true);
        let space = self.directory.as_ref().ok_or(LocalError::NotEnrolled)?.space();
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, space, ControlOp::Revoke { device, seen })?;
        let ids: Vec<SpaceId> = self.spaces.keys().copied().filter(|id| *id != space).collect();
        for id in ids {
            self.rotate(cx, &mut fx, id)?;
        }
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// How far the logs of some devices have been seen.
    fn seen_of(&self, device: impl Fn(&DeviceId) -> bool, space: impl Fn(&SpaceId) -> bool) -> Vec<SeenLog> {
        let spaces = self.spaces.values().filter(|state| space(&state.id));
        spaces
            .flat_map(|state| state.heads().into_iter().map(|head| (state.id, head)))
            .filter(|(_, head)| device(&head.device))
            .map(|(space, head)| SeenLog { space, device: head.device, incarnation: head.incarnation, seq: head.seq })
            .collect()
    }

    /// Does this device know of no revocation of itself.
    fn is_trusted(&self) -> bool {
        self.directory.as_ref().is_some_and(|directory| !directory.is_revoked(&self.keys.device()))
    }

    /// Appends an operation to the directory.
    ///
    /// # Errors
    /// This device may not.
    pub fn directory_op(&mut self, cx: &mut Cx<'_>, op: ControlOp) -> Result<Effects, LocalError> {
        let space = self.directory.as_ref().ok_or(LocalError::NotEnrolled)?.space();
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, space, op)?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Edits a document and adds acts, as one envelope. Nothing happens if there is nothing to say.
    ///
    /// # Errors
    /// The person may not write this document, its key is missing, or `edit` fails; then nothing has changed.
    pub fn transact<R>(
        &mut self,
        cx: &mut Cx<'_>,
        target: DocRef,
        acts: &[Act],
        edit: impl FnOnce(&mut Transaction<'_>, &[SignedAct]) -> Result<R, String>,
    ) -> Result<(R, Vec<SignedAct>, Effects), LocalError> {
        let me = self.me.as_ref().ok_or(LocalError::NotEnrolled)?;
        if !self.is_trusted() {
            return Err(LocalError::NotAllowed("this device was revoked"));
        }
        let space = self.spaces.get(&target.space).ok_or(LocalError::NoSuchSpace)?;
        if !space.access.may_write(&target.space, target.kind, &target.doc, &me.person) {
            return Err(LocalError::NotAllowed("this person does not write this document"));
        }
        let (epoch, key) = self.writing_key(space).ok_or(LocalError::NoKey)?;
        if acts.len() > ACTS_MAX {
            return Err(LocalError::TooLarge);
        }
        let signed: Vec<SignedAct> = acts.iter().map(|act| SignedAct::sign(&self.keys, act)).collect();
        let nonce = space.actor_nonce(&me.person);
        let directory = &self.directory;
        let reading =
            Reading { keys: &space.keys, suspects: &|header| suspects(space, directory, header), tainted: space.is_tainted() };
        let (document, snapshot) = self.documents.get(cx.shelf, &target.space, &target.doc, &reading)?;
        document.set_actor(ActorId::from(actor(&me.device, &self.incarnation, &nonce).as_slice()));
        let before = document.get_heads();
        let mut transaction = document.transaction();
        let result = match edit(&mut transaction, &signed) {
            Ok(result) => result,
            Err(reason) => {
                transaction.rollback();
                return Err(LocalError::Edit(reason));
            }
        };
        transaction.commit();
        let mut changes = changes_since(document, &before);
        // Who deletes much says little and makes much work: the bytes that others want for it follow as blanks.
        if let Some(lacking) = bytes_lacking(&changes) {
            document.empty_commit(CommitOptions::default().with_message(" ".repeat(lacking.min(PAYLOAD_BYTES_MAX))));
            changes = changes_since(document, &before);
        }
        let mut fx = Effects::default();
        if changes.is_empty() && signed.is_empty() {
            return Ok((result, signed, fx));
        }
        let content = Content { actor_nonce: nonce, changes, acts: signed.iter().map(|act| act.to_bytes().into()).collect() };
        let header =
            self.next_header(cx.now.wall, target.space, target.doc, target.kind.code(), epoch).ok_or(LocalError::NoSuchSpace)?;
        let envelope = match seal_content(&self.keys, header, &key, &content, cx.rng) {
            Ok(envelope) => envelope,
            Err(_) => {
                self.documents.forget(&target.space, &target.doc);
                return Err(LocalError::TooLarge);
            }
        };
        if let Some(snapshot) = snapshot {
            fx.writes.push(Write::Snapshot { space: target.space, doc: target.doc, snapshot });
        }
        let Some(space) = self.spaces.get_mut(&target.space) else {
            return Err(LocalError::NoSuchSpace);
        };
        let head = space.advance(&envelope);
        fx.writes.push(Write::Envelope {
            space: target.space,
            head,
            doc: target.doc,
            kind: target.kind.code(),
            control: false,
            bytes: envelope.bytes.clone(),
        });
        for act in &signed {
            fx.writes.push(Write::Act { space: target.space, doc: target.doc, hash: act.hash(), bytes: act.to_bytes() });
            fx.changes.insert(Change::Acts(target.space));
        }
        fx.changes.extend([Change::Document(target.space, target.doc, target.kind.code()), Change::Sync]);
        self.distribute(cx, &mut fx, &target.space, &envelope, None);
        self.settle(cx, &mut fx);
        Ok((result, signed, fx))
    }

    fn next_header(&self, made_at: Timestamp, space: SpaceId, doc: DocId, kind: u16, epoch: u32) -> Option<Header> {
        let state = self.spaces.get(&space)?;
        let device = self.keys.device();
        let (seq, prev) = state.logs.get(&(device, self.incarnation)).copied().unwrap_or((0, Hash32([0; 32])));
        Some(Header {
            version: VERSION,
            space,
            device,
            incarnation: self.incarnation,
            seq: seq + 1,
            prev,
            seen: state.dag.heads(),
            epoch,
            doc,
            kind,
            payload_hash: Hash32([0; 32]),
            made_at,
        })
    }

    /// Signs, folds and stores one control operation of our own, by the same rules that others judge it by.
    pub(crate) fn push_control(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        space: SpaceId,
        op: ControlOp,
    ) -> Result<(), LocalError> {
        let me = self.me.clone().ok_or(LocalError::NotEnrolled)?;
        if !self.is_trusted() {
            return Err(LocalError::NotAllowed("this device was revoked"));
        }
        let doc = document_id(&space, DocKind::Control.code(), None, &[]);
        let header = self.next_header(cx.now.wall, space, doc, DocKind::Control.code(), 0).ok_or(LocalError::NoSuchSpace)?;
        let allowed = match (&self.directory, self.spaces.get(&space)) {
            (Some(directory), _) if directory.space() == space => directory.permits(&header, &op),
            (Some(_), Some(state)) => match &op {
                ControlOp::Genesis(_) => state.dag.is_empty(),
                ControlOp::Wraps { .. } => state.access.is_member(&me.person),
                op => !op.is_directory() && state.access.manages(&me.person),
            },
            _ => false,
        };
        if !allowed {
            return Err(LocalError::NotAllowed("this person does not decide this"));
        }
        let payload = canonical::encode(&op);
        // Nobody would take it, nor anything later of this log.
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(LocalError::TooLarge);
        }
        let envelope = seal_plain(&self.keys, header, payload);
        self.store_control(fx, space, envelope.clone(), Some(op));
        self.distribute(cx, fx, &space, &envelope, None);
        Ok(())
    }
}

fn changes_since(document: &Automerge, heads: &[ChangeHash]) -> Vec<ByteVec> {
    document.get_changes(heads).iter().map(|change| change.raw_bytes().to_vec().into()).collect()
}
