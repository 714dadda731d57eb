//! What this device does itself: edits and acts, new spaces, members, keys, letting others in.
//!
//! Each call returns effects that the driver commits before anybody hears of them.

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, ChangeHash};
use domain::duty::Duty;
use domain::id::{DeviceId, DocId, Hash32, PersonId, SpaceId, Timestamp, UnitId};
use domain::meeting::MeetingRole;
use minicbor::bytes::ByteVec;
use signing::act::{Act, SignedAct};
use signing::canonical;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::defect::{self, Defect};
use signing::join::SignedJoinRequest;
use signing::keys::{RootKey, RootPublic};
use signing::signed::Signed;
use signing::wrap::{SpaceKey, wrap_key};

use crate::admission::{is_own, suspects};
use crate::control::{ControlOp, Genesis, KeyWrap, SeenLog, SpaceKind, directory_space, document_id, own_document_id};
use crate::documents::{LoadError, Reading};
use crate::envelope::{Content, DocKind, Header, VERSION, actor, seal_content, seal_plain};
use crate::extent::bytes_lacking;
use crate::limits::{ACTS_MAX, PAYLOAD_BYTES_MAX, WRAPS_MAX};
use crate::peer::Stage;
use crate::port::{Change, Cx, Effects, Write};
use crate::replica::{Joining, META_JOIN, META_ROOT, Replica, wrap_context};
use crate::space::Space;

/// How long another manager is given to wrap keys before this device does it.
const WRAP_PATIENCE_MS: u64 = 3_000;
/// Those who do not manage a space and give its managers a key that these lack wait for at most so many others.
const TURNS_MAX: u64 = 20;
/// Others who gave a device a key that no manager gave, so that one of them may have been wrong.
const GIVERS_ENOUGH: usize = 3;

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
        self.push_control(cx, &mut fx, space, ControlOp::Organisation { name: founding.organisation.clone() })?;
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Keeps the request to join; it is shown to every member that this device meets.
    pub fn ask_to_join(&mut self, request: SignedJoinRequest) -> Effects {
        let mut fx = Effects::default();
        fx.writes.push(Write::Meta { key: META_JOIN.into(), value: request.to_bytes() });
        self.joining = Some(Joining { request, root: None, organisation: String::new(), confirmed: false, refused: false });
        fx.changes.insert(Change::Joining);
        // Members met before the person decided to join are asked as well.
        let met: Vec<_> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.stage == Stage::Stranger)
            .map(|(key, peer)| (*key, peer.root, peer.organisation.clone()))
            .collect();
        for (key, root, organisation) in met {
            self.offer_join(&mut fx, key, root, &organisation);
        }
        fx
    }

    /// The person has compared the words: the root that the peers told is pinned.
    ///
    /// # Errors
    /// No peer has told its root yet.
    pub fn confirm_words(&mut self) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        let Some(joining) = self.joining.as_mut() else {
            return Err(LocalError::NoSuchRequest);
        };
        let Some(root) = joining.root else {
            return Err(LocalError::NoSuchRequest);
        };
        joining.confirmed = true;
        fx.writes.push(Write::Meta { key: META_ROOT.into(), value: root.0.to_vec() });
        let request = joining.request.clone();
        // An answer that came before the words were confirmed was not believed: ask again.
        for (key, peer) in self.peers.iter().filter(|(_, peer)| peer.root == Some(root)) {
            let _ = peer;
            Self::send(&mut fx, *key, &crate::wire::Message::Enrol { request: request.clone() });
        }
        fx.changes.insert(Change::Joining);
        Ok(fx)
    }

    /// As [`Self::confirm_words`] for a root that a person named otherwise, such as by its fingerprint: peers of other organisations that
    /// called first do not decide whom this device asks.
    ///
    /// # Errors
    /// Nothing was asked, or this device belongs to an organisation already.
    pub fn confirm_root(&mut self, root: RootPublic) -> Result<Effects, LocalError> {
        let told = self.peers.values().find(|peer| peer.root == Some(root)).map(|peer| peer.organisation.clone());
        let joining = self.joining.as_mut().ok_or(LocalError::NoSuchRequest)?;
        joining.root = Some(root);
        if let Some(organisation) = told {
            joining.organisation = organisation;
        }
        self.confirm_words()
    }

    /// Lets a device in. `mine`: it is a further device of this person; otherwise it is the person named in the request,
    /// in this administrator's unit.
    ///
    /// # Errors
    /// Nobody asks with this device, or this device may not issue the certificate.
    pub fn approve(
        &mut self,
        cx: &mut Cx<'_>,
        device: &DeviceId,
        administrator: bool,
        mine: bool,
    ) -> Result<Effects, LocalError> {
        self.approve_into(cx, device, administrator, mine, None)
    }

    /// As [`Self::approve`], into another unit: administrators certified by the root may.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub fn approve_into(
        &mut self,
        cx: &mut Cx<'_>,
        device: &DeviceId,
        administrator: bool,
        mine: bool,
        unit: Option<(UnitId, String)>,
    ) -> Result<Effects, LocalError> {
        let me = self.me.clone().ok_or(LocalError::NotEnrolled)?;
        let request = self.join_requests.get(device).ok_or(LocalError::NoSuchRequest)?.request.clone();
        let (unit, unit_name) = unit.filter(|_| !mine).unwrap_or_else(|| (me.unit, me.unit_name.clone()));
        let certificate = DeviceCertificate {
            version: CERTIFICATE_VERSION,
            root: me.root,
            unit,
            unit_name,
            person: if mine { me.person } else { request.person },
            person_name: if mine { me.person_name.clone() } else { request.name.clone() },
            person_title: if mine { me.person_title.clone() } else { request.title.clone() },
            device: request.device,
            agreement: request.agreement,
            administrator: administrator && me.administrator,
            issued_at: cx.now.wall,
            issuer: Issuer::Device(me.device),
        };
        let taken =
            self.directory.as_ref().is_some_and(|directory| !mine && directory.devices_of(&request.person).next().is_some());
        if taken {
            return Err(LocalError::NotAllowed("the request names a person who already has a device"));
        }
        let signed: SignedCertificate = Signed::sign(&self.keys, &certificate);
        let root = *self.directory.as_ref().ok_or(LocalError::NotEnrolled)?.root();
        signing::verify_one(&signed, Some(&me), &root).map_err(|error| LocalError::Certificate(error.to_string()))?;
        let mut fx = Effects::default();
        let pending = self.join_requests.get(device).cloned();
        let space = directory_space(&root);
        self.push_control(cx, &mut fx, space, ControlOp::Certify { certificate: signed })?;
        if !request.certificate_request.is_empty() && !mine {
            let op = ControlOp::RequestPersonCertificate {
                person: request.person,
                request: request.certificate_request.clone().into(),
            };
            self.push_control(cx, &mut fx, space, op)?;
        }
        if let Some(pending) = pending {
            self.join_requests.insert(*device, pending);
        }
        self.answer_join(&mut fx, device);
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Lets a headless device in that carries everything as ciphertext: it is certified and gets its role at once, before anybody could give
    /// it a key.
    ///
    /// # Errors
    /// Nobody asks with this device, or this person is no administrator.
    pub fn approve_hub(&mut self, cx: &mut Cx<'_>, device: &DeviceId) -> Result<Effects, LocalError> {
        if !self.me.as_ref().ok_or(LocalError::NotEnrolled)?.administrator {
            return Err(LocalError::NotAllowed("only administrators let hubs in"));
        }
        let mut fx = self.approve(cx, device, false, false)?;
        fx.append(self.directory_op(cx, ControlOp::Hub { device: *device, carries: true })?);
        Ok(fx)
    }

    /// Turns a request to join away.
    pub fn refuse(&mut self, device: &DeviceId) -> Effects {
        let mut fx = Effects::default();
        self.answer_join(&mut fx, device);
        fx
    }

    /// Begins a space with this person as its founder and a first key.
    ///
    /// # Errors
    /// This device belongs to no organisation yet.
    pub fn create_space(&mut self, cx: &mut Cx<'_>, kind: SpaceKind) -> Result<(SpaceId, Effects), LocalError> {
        let me = self.me.clone().ok_or(LocalError::NotEnrolled)?;
        let mut nonce = [0; 16];
        cx.rng.fill_bytes(&mut nonce);
        let genesis = Genesis { kind, nonce, founder: me.person, device: me.device };
        let id = genesis.space();
        self.spaces.insert(id, Space::empty(id));
        let mut fx = Effects::default();
        self.push_control(cx, &mut fx, id, ControlOp::Genesis(genesis))?;
        self.push_epoch(cx, &mut fx, id, 1)?;
        self.settle(cx, &mut fx);
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

    /// The key to write with and its epoch.
    pub(crate) fn writing_key(&self, space: &Space) -> Option<(u32, SpaceKey)> {
        let (epoch, _) = space.writing_epoch(&|device| self.may_hold_keys(space, device))?;
        Some((epoch, space.keys.get(&epoch)?.clone()))
    }

    /// A device in use of a member. Hubs hold no keys, whoever owns them.
    fn may_hold_keys(&self, space: &Space, device: &DeviceId) -> bool {
        self.directory.as_ref().is_some_and(|directory| {
            directory.trusts(device)
                && !directory.is_hub(device)
                && directory.person(device).is_some_and(|person| {
                    let own = space.kind() != Some(SpaceKind::Personal) || is_own(space, directory, device, &person);
                    space.access.is_member(&person) && own
                })
        })
    }

    /// Does this device know of no revocation of itself.
    fn is_trusted(&self) -> bool {
        self.directory.as_ref().is_some_and(|directory| !directory.is_revoked(&self.keys.device()))
    }

    /// Makes a new key if this person manages the space and somebody has the present one who should not. Returns whether it did.
    fn rotate(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, id: SpaceId) -> Result<bool, LocalError> {
        let (Some(me), Some(space)) = (&self.me, self.spaces.get(&id)) else {
            return Ok(false);
        };
        let clean = space.writing_epoch(&|device| self.may_hold_keys(space, device)).is_none_or(|(_, clean)| clean);
        // A revoked device decides nothing: its new key would be void, and the next one, and so on.
        if clean || !space.access.manages(&me.person) || !self.is_trusted() || defect::is(Defect::NoRotation) {
            return Ok(false);
        }
        let epoch = space.next_epoch(&me.device, &self.incarnation);
        self.push_epoch(cx, fx, id, epoch)?;
        Ok(true)
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

    fn push_epoch(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, space: SpaceId, epoch: u32) -> Result<(), LocalError> {
        let key = SpaceKey::generate(&mut cx.rng);
        let wraps = self.wraps_for(cx, &space, epoch, &key, |_| true)?;
        fx.writes.push(Write::SpaceKey { space, epoch, key: key.clone() });
        let commitment = key.commitment();
        if let Some(state) = self.spaces.get_mut(&space) {
            state.keys.insert(epoch, key);
        }
        self.push_control(cx, fx, space, ControlOp::Epoch { epoch, commitment, wraps })
    }

    /// Wraps a key for every device of every member that `wanted` accepts.
    fn wraps_for(
        &self,
        cx: &mut Cx<'_>,
        space: &SpaceId,
        epoch: u32,
        key: &SpaceKey,
        wanted: impl Fn(&DeviceId) -> bool,
    ) -> Result<Vec<KeyWrap>, LocalError> {
        let directory = self.directory.as_ref().ok_or(LocalError::NotEnrolled)?;
        let state = self.spaces.get(space).ok_or(LocalError::NoSuchSpace)?;
        let context = wrap_context(space, epoch);
        let left = state.access.removed.keys().filter(|_| defect::is(Defect::LeakEpoch));
        let devices = state
            .access
            .members
            .keys()
            .chain(left)
            .flat_map(|person| directory.devices_of(person))
            .filter(|certificate| wanted(&certificate.device) && !directory.is_hub(&certificate.device))
            .filter(|certificate| {
                state.kind() != Some(SpaceKind::Personal) || is_own(state, directory, &certificate.device, &certificate.person)
            });
        let mut wraps = Vec::new();
        for certificate in devices.take(WRAPS_MAX) {
            if let Ok(wrapped) = wrap_key(&certificate.agreement, key, &context, &mut cx.rng) {
                wraps.push(KeyWrap { device: certificate.device, wrapped });
            }
        }
        Ok(wraps)
    }

    /// Wraps all keys of a space for devices of members that have none yet. Returns whether there were any.
    fn push_wraps(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, space: SpaceId) -> Result<bool, LocalError> {
        let Some(state) = self.spaces.get(&space) else {
            return Ok(false);
        };
        let keys = state.keys.clone();
        let mut any = false;
        for (epoch, key) in keys {
            let served = self.spaces.get(&space).map(|state| state.served(epoch, &self.believed(state))).unwrap_or_default();
            let wraps = self.wraps_for(cx, &space, epoch, &key, |device| !served.contains(device))?;
            if !wraps.is_empty() {
                any = true;
                self.push_control(cx, fx, space, ControlOp::Wraps { epoch, wraps })?;
            }
        }
        Ok(any)
    }

    /// Who is believed to have given the right key: this device, and devices in use of those who manage the space.
    fn believed<'a>(&'a self, space: &'a Space) -> impl Fn(&DeviceId) -> bool + 'a {
        move |device| {
            *device == self.keys.device()
                || self.directory.as_ref().is_some_and(|directory| {
                    directory.trusts(device) && directory.person(device).is_some_and(|person| space.access.manages(&person))
                })
        }
    }

    /// Devices of those who manage the space that lack a key which this device has and none of them: the device of the one who made it
    /// was revoked, or its owner no longer manages.
    fn managers_lacking(&self, id: &SpaceId) -> Vec<(u32, Vec<DeviceId>)> {
        let (Some(space), Some(directory)) = (self.spaces.get(id), &self.directory) else { return Vec::new() };
        let managers = space.access.members.keys().filter(|person| space.access.manages(person));
        let devices: Vec<DeviceId> = managers
            .flat_map(|person| directory.devices_of(person))
            .map(|certificate| certificate.device)
            .filter(|device| !directory.is_hub(device))
            .collect();
        let me = self.keys.device();
        let lacking = space.keys.keys().filter_map(|epoch| {
            let givers = space.givers(*epoch);
            let served = |device: &DeviceId| {
                givers.get(device).is_some_and(|givers| givers.contains(&me) || givers.len() >= GIVERS_ENOUGH)
            };
            let has = |device: &DeviceId| givers.get(device).is_some_and(|givers| givers.iter().any(self.believed(space)));
            (!devices.iter().any(|device| has(device) || served(device))).then(|| (*epoch, devices.clone()))
        });
        lacking.filter(|(_, devices)| !devices.is_empty()).collect()
    }

    /// Who does not manage waits longer, one after the other.
    fn turn(&self, id: &SpaceId) -> u64 {
        let Some(space) = self.spaces.get(id) else { return 0 };
        let before = space.logs.keys().filter(|(device, _)| *device < self.keys.device()).count();
        2 + u64::try_from(before).unwrap_or(u64::MAX).min(TURNS_MAX)
    }

    /// Gives managers the keys that they lack.
    fn help_managers(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, id: SpaceId) -> Result<(), LocalError> {
        for (epoch, devices) in self.managers_lacking(&id) {
            let Some(key) = self.spaces.get(&id).and_then(|state| state.keys.get(&epoch)).cloned() else { continue };
            let wraps = self.wraps_for(cx, &id, epoch, &key, |device| devices.contains(device))?;
            if !wraps.is_empty() {
                self.push_control(cx, fx, id, ControlOp::Wraps { epoch, wraps })?;
            }
        }
        Ok(())
    }

    /// Devices that became known after their owner became a member get the keys, and a key that somebody has who no longer should
    /// is followed by a new one: from the founder's device at once, from another manager's if that takes too long.
    pub(crate) fn wrap_missing(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        let now = cx.now.mono_ms;
        let Some(me) = self.me.clone() else { return };
        let due: Vec<SpaceId> = self.wraps_due.iter().filter(|(_, at)| **at <= now).map(|(space, _)| *space).collect();
        for space in due {
            let (founder, manages) = self.spaces.get(&space).map_or((false, false), |state| {
                let founder = state.access.genesis.as_ref().is_some_and(|genesis| genesis.device == me.device);
                (founder, state.access.manages(&me.person) && !state.keys.is_empty())
            });
            let patience_over = self.wraps_due.get(&space).is_some_and(|at| *at > 0);
            self.wraps_due.remove(&space);
            if !self.is_trusted() {
                continue;
            }
            if !manages {
                if self.managers_lacking(&space).is_empty() {
                    continue;
                }
                if !patience_over {
                    self.wraps_due.insert(space, now + WRAP_PATIENCE_MS * self.turn(&space));
                } else if let Err(error) = self.help_managers(cx, fx, space) {
                    tracing::debug!(%error, ?space, "keys could not be wrapped");
                }
                continue;
            }
            if founder || patience_over {
                let rotated = if defect::is(Defect::LeakEpoch) { Ok(false) } else { self.rotate(cx, fx, space) };
                if let Err(error) = rotated.and_then(|_| self.push_wraps(cx, fx, space)) {
                    tracing::warn!(%error, ?space, "keys could not be wrapped");
                }
            } else {
                self.wraps_due.insert(space, now + WRAP_PATIENCE_MS);
            }
        }
    }
}

fn changes_since(document: &Automerge, heads: &[ChangeHash]) -> Vec<ByteVec> {
    document.get_changes(heads).iter().map(|change| change.raw_bytes().to_vec().into()).collect()
}
