//! The replica: one device's part of everything it shares. A state machine: events in, effects out.
//!
//! This module holds its state, how it is opened and what can be read from it; what it does stands in `admission`,
//! `session`, `catchup`, `blobs`, `beats` and `local`.

use std::collections::{BTreeMap, BTreeSet};

use automerge::Automerge;
use domain::id::{DeviceId, DocId, Incarnation, PersonId, SpaceId, Timestamp};
use signing::act::SignedAct;
use signing::certificate::{Chain, DeviceCertificate, verify_chain};
use signing::defect::{self, Defect};
use signing::join::SignedJoinRequest;
use signing::keys::{DeviceKeys, RootFingerprint, RootPublic};
use signing::wrap::{SpaceKey, unwrap_key};

use crate::access::Access;
use crate::admission::{refold, suspects};
use crate::asking::Asking;
use crate::beats::Beats;
use crate::blobs::Blobs;
use crate::control::{ControlOp, KeyWrap, SpaceKind};
use crate::directory::Directory;
use crate::documents::{Documents, LoadError, Reading};
use crate::envelope::{actor, open_unsigned};
use crate::joining::Whom;
use crate::leaving::Left;
use crate::parked::Parked;
use crate::peer::Peer;
use crate::port::{Change, Cx, Effects, Event, PeerKey, Shelf, ShelfError, Write};
use crate::quota::Carried;
use crate::relaying::Relaying;
use crate::space::Space;
use crate::standing::standing_acts;

/// Name of the stored root key.
pub const META_ROOT: &str = "root";
/// Name of the incarnation: the log that this device writes.
pub const META_INCARNATION: &str = "incarnation";
/// Name of the stored certificate chain.
pub const META_CHAIN: &str = "chain";
/// Name of the stored request to join.
pub const META_JOIN: &str = "join";
/// Name of the stored fingerprint of the root that an invitation named.
pub const META_PINNED: &str = "join-root";
/// Name of the stored mark that only who answers at a typed address is asked to let this device in.
pub const META_CALLED: &str = "join-called";
/// Name of the organisation as its member told it before the directory came.
pub const META_ORGANISATION: &str = "organisation";

/// The mark of a space that is to be read again.
const RESCAN_DUE: &[u8] = &[1];

/// A replica cannot be opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// The shelf failed.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// What is stored is not what was stored.
    #[error("{0} is damaged")]
    Damaged(&'static str),
}

impl OpenError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shelf(error) => error.code,
            Self::Damaged(_) => "store_damaged",
        }
    }
}

/// A request to join that waits for a person's decision.
#[derive(Debug, Clone)]
pub struct PendingJoin {
    /// The request.
    pub request: signing::join::JoinRequest,
    /// The connection it came over, if it is still there.
    pub peer: Option<PeerKey>,
    /// When it came.
    pub asked_at: Timestamp,
    /// It was asked at a hub, and `peer` is the hub.
    pub relayed: bool,
}

/// Joining, as the new device sees it.
#[derive(Debug, Clone)]
pub struct Joining {
    /// Our request.
    pub request: SignedJoinRequest,
    /// The root that the person confirmed, or that a peer has told so far.
    pub root: Option<RootPublic>,
    /// The organisation's name, as the peer told it.
    pub organisation: String,
    /// The fingerprint of the root that the invitation names, if there is one.
    pub pinned: Option<RootFingerprint>,
    /// Who may be asked as long as the root is not confirmed.
    pub whom: Whom,
    /// The person has compared the words, or the invitation named the root: it is pinned.
    pub confirmed: bool,
    /// Turned away.
    pub refused: bool,
    /// Why, as far as the other side said so.
    pub code: Option<String>,
}

/// One device's replica.
pub struct Replica {
    pub(crate) keys: DeviceKeys,
    pub(crate) incarnation: Incarnation,
    pub(crate) directory: Option<Directory>,
    pub(crate) chain: Chain,
    pub(crate) me: Option<DeviceCertificate>,
    pub(crate) organisation_hint: String,
    pub(crate) joining: Option<Joining>,
    pub(crate) join_requests: BTreeMap<DeviceId, PendingJoin>,
    pub(crate) relaying: Relaying,
    pub(crate) spaces: BTreeMap<SpaceId, Space>,
    pub(crate) documents: Documents,
    pub(crate) peers: BTreeMap<PeerKey, Peer>,
    pub(crate) parked: Parked,
    pub(crate) retry_parked: bool,
    pub(crate) rescan: BTreeSet<SpaceId>,
    pub(crate) compare_again: bool,
    pub(crate) wraps_due: BTreeMap<SpaceId, u64>,
    pub(crate) blobs: Blobs,
    pub(crate) beats: Beats,
    pub(crate) asking: Asking,
    pub(crate) carried: Carried,
    /// For a deliberate defect only.
    pub(crate) held_back: Vec<Write>,
    pub(crate) forks: BTreeSet<(SpaceId, DeviceId, Incarnation)>,
    /// Somebody brought what this device once wrote in its log and has not any more.
    pub(crate) log_is_behind: bool,
    pub(crate) left: BTreeMap<SpaceId, Left>,
}

impl Replica {
    /// Opens what is on the shelf. The device goes on writing the log that is named there, otherwise `incarnation`.
    ///
    /// # Errors
    /// The shelf cannot be read, or holds what this program did not write.
    pub fn open(keys: DeviceKeys, incarnation: Incarnation, shelf: &dyn Shelf) -> Result<Self, OpenError> {
        let root = match shelf.meta(META_ROOT)? {
            Some(bytes) => Some(RootPublic(bytes.try_into().map_err(|_| OpenError::Damaged("the stored root key"))?)),
            None => None,
        };
        let chain: Chain = match shelf.meta(META_CHAIN)? {
            Some(bytes) => {
                signing::canonical::decode(&bytes, Chain::LIMIT).map_err(|_| OpenError::Damaged("the stored certificate"))?
            }
            None => Chain(Vec::new()),
        };
        let me = match (&root, chain.0.is_empty()) {
            (Some(root), false) => Some(verify_chain(&chain, root).map_err(|_| OpenError::Damaged("the stored certificate"))?),
            _ => None,
        };
        let incarnation = match shelf.meta(META_INCARNATION)? {
            Some(bytes) => Incarnation::from_slice(&bytes).ok_or(OpenError::Damaged("the name of the log"))?,
            None => incarnation,
        };
        let organisation_hint =
            shelf.meta(META_ORGANISATION)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let mut replica = Self {
            keys,
            incarnation,
            directory: root.filter(|_| me.is_some()).map(Directory::new),
            chain,
            me,
            organisation_hint,
            joining: None,
            join_requests: BTreeMap::new(),
            relaying: Relaying::default(),
            spaces: BTreeMap::new(),
            documents: Documents::default(),
            peers: BTreeMap::new(),
            parked: Parked::default(),
            retry_parked: false,
            rescan: BTreeSet::new(),
            compare_again: false,
            wraps_due: BTreeMap::new(),
            blobs: Blobs::open(shelf)?,
            beats: Beats::default(),
            asking: Asking::default(),
            carried: Carried::default(),
            held_back: Vec::new(),
            forks: BTreeSet::new(),
            log_is_behind: false,
            left: BTreeMap::new(),
        };
        replica.open_joining(shelf, root)?;
        replica.open_spaces(shelf)?;
        replica.open_left(shelf)?;
        Ok(replica)
    }

    fn open_joining(&mut self, shelf: &dyn Shelf, root: Option<RootPublic>) -> Result<(), OpenError> {
        if self.me.is_none()
            && let Some(bytes) = shelf.meta(META_JOIN)?
        {
            let request = SignedJoinRequest::from_bytes(&bytes).map_err(|_| OpenError::Damaged("the stored request to join"))?;
            let organisation = self.organisation_hint.clone();
            let pinned = shelf.meta(META_PINNED)?.and_then(|bytes| RootFingerprint::from_slice(&bytes));
            let confirmed = root.is_some();
            // Transport ids are made anew at each start.
            let whom = if shelf.meta(META_CALLED)?.is_some() { Whom::Called(BTreeSet::new()) } else { Whom::Anybody };
            self.joining = Some(Joining { request, root, pinned, whom, organisation, confirmed, refused: false, code: None });
        }
        Ok(())
    }

    fn open_spaces(&mut self, shelf: &dyn Shelf) -> Result<(), OpenError> {
        let mut ids = shelf.spaces()?;
        if let Some(directory) = &self.directory {
            ids.retain(|id| *id != directory.space());
            ids.insert(0, directory.space());
        }
        for id in ids {
            let mut space = Space::empty(id);
            for head in shelf.heads(&id)? {
                space.logs.insert((head.device, head.incarnation), (head.seq, head.hash));
            }
            space.keys = shelf.space_keys(&id)?.into_iter().collect();
            for bytes in shelf.control(&id)? {
                let envelope = open_unsigned(&bytes).map_err(|_| OpenError::Damaged("a control envelope"))?;
                let op = ControlOp::decode(&envelope.payload);
                space.dag.insert(envelope.hash, envelope.header.clone(), op);
            }
            if let Some(directory) = self.directory.as_mut().filter(|directory| directory.space() == id) {
                *directory = Directory::fold(*directory.root(), &space.dag);
            }
            if defect::is(Defect::ReuseSeq)
                && let Some((seq, _)) = space.logs.get_mut(&(self.keys.device(), self.incarnation))
            {
                *seq -= 1;
            }
            refold(&mut space, &self.directory);
            if shelf.meta(&rescan_name(&id))?.as_deref() == Some(RESCAN_DUE) {
                self.rescan.insert(id);
            }
            self.wraps_due.insert(id, 0);
            self.spaces.insert(id, space);
        }
        Ok(())
    }

    /// Takes an event in.
    pub fn handle(&mut self, cx: &mut Cx<'_>, event: Event) -> Effects {
        let mut fx = Effects { writes: std::mem::take(&mut self.held_back), ..Effects::default() };
        self.rescan_spaces(cx, &mut fx);
        match event {
            Event::Connected { peer, local_id, remote_id, address } => {
                self.connected(cx, &mut fx, peer, local_id, remote_id, address)
            }
            Event::Frame { peer, bytes } => self.frame(cx, &mut fx, peer, &bytes),
            Event::Room { peer, free } => self.room_to(cx, &mut fx, peer, free),
            Event::Disconnected { peer } => self.disconnected(&mut fx, peer),
            Event::Stored { envelopes, blobs } => self.stored_elsewhere(cx, &mut fx, &envelopes, &blobs),
            Event::Tick => self.tick(cx, &mut fx),
        }
        self.settle(cx, &mut fx);
        fx
    }

    /// What has to follow any change: parked envelopes that may be decidable now, comparisons with peers that share
    /// more than before, the next time to wake.
    pub(crate) fn settle(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        if std::mem::take(&mut self.log_is_behind) {
            self.begin_new_log(cx, fx);
        }
        self.retry_parked(cx, fx);
        if std::mem::take(&mut self.compare_again) {
            self.compare_new(cx, fx);
        }
        self.erase_withdrawn(fx);
        self.forward_blobs(cx, fx);
        self.carried.write(fx);
        if !self.rescan.is_empty() {
            fx.wake_in_ms = Some(0);
        }
        let next = self.next_wake(cx.now);
        fx.wake_in_ms = Some(fx.wake_in_ms.map_or(next, |wake| wake.min(next)));
    }

    /// A number that was used once must not be used again: from here on this device writes another log, and the old one is like anybody's.
    fn begin_new_log(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        let mut incarnation = [0; Incarnation::LEN];
        cx.rng.fill_bytes(&mut incarnation);
        tracing::warn!("this profile is older than what its device once sent: it goes on in a new log");
        self.incarnation = Incarnation(incarnation);
        fx.writes.push(Write::Meta { key: META_INCARNATION.into(), value: incarnation.to_vec() });
        self.retry_parked = true;
    }

    /// Whose a device is.
    pub fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.directory.as_ref().and_then(|directory| directory.person(device))
    }

    /// Who wrote a change of a document, by its automerge actor; `None`: nobody whose log is here, or somebody removed and invited again since.
    pub fn author(&self, space: &SpaceId, of_change: &[u8]) -> Option<PersonId> {
        let state = self.spaces.get(space)?;
        state.heads().into_iter().find_map(|head| {
            let person = self.person_of(&head.device)?;
            // What was written before a removal stands under no nonce.
            let nonces = [state.actor_nonce(&person), [0; 8]];
            nonces.iter().any(|nonce| actor(&head.device, &head.incarnation, nonce).as_slice() == of_change).then_some(person)
        })
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.keys.device()
    }

    /// This device's keys.
    pub fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// This device's certificate, once it was let in.
    pub fn me(&self) -> Option<&DeviceCertificate> {
        self.me.as_ref()
    }

    /// The directory, once this device was let in.
    pub fn directory(&self) -> Option<&Directory> {
        self.directory.as_ref()
    }

    /// The organisation's name.
    pub fn organisation(&self) -> &str {
        match self.directory.as_ref().map(Directory::name) {
            Some(name) if !name.is_empty() => name,
            _ => &self.organisation_hint,
        }
    }

    /// Joining, while it lasts.
    pub fn joining(&self) -> Option<&Joining> {
        self.joining.as_ref()
    }

    /// Requests to join that wait here.
    pub fn join_requests(&self) -> impl Iterator<Item = &PendingJoin> {
        self.join_requests.values()
    }

    /// All spaces of which something is here.
    pub fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.spaces.values()
    }

    /// Spaces of a kind that this person belongs to.
    pub fn spaces_of(&self, kind: SpaceKind) -> Vec<SpaceId> {
        let Some(me) = &self.me else {
            return Vec::new();
        };
        self.spaces
            .values()
            .filter(|space| space.kind() == Some(kind) && space.access.is_member(&me.person))
            .map(|space| space.id)
            .collect()
    }

    /// Who belongs to a space.
    pub fn access(&self, space: &SpaceId) -> Option<&Access> {
        self.spaces.get(space).map(|space| &space.access)
    }

    /// The connections.
    pub fn peers(&self) -> impl Iterator<Item = (&PeerKey, &Peer)> {
        self.peers.iter()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub fn read<R>(
        &mut self,
        shelf: &dyn Shelf,
        space: &SpaceId,
        doc: &DocId,
        read: impl FnOnce(&Automerge) -> R,
    ) -> Result<R, LoadError> {
        let empty = BTreeMap::new();
        let state = self.spaces.get(space);
        let directory = &self.directory;
        let reading = Reading {
            keys: state.map_or(&empty, |state| &state.keys),
            suspects: &|header| state.is_some_and(|state| suspects(state, directory, header)),
            tainted: state.is_some_and(Space::is_tainted),
        };
        let (document, _) = self.documents.get(shelf, space, doc, &reading)?;
        Ok(read(document))
    }

    /// May some acts of the space be void: then [`Self::acts`] says which are not, and what was written last is not all there is to know.
    pub fn has_doubtful_acts(&self, space: &SpaceId) -> bool {
        self.spaces.get(space).is_some_and(Space::is_tainted)
    }

    /// All acts of a space whose signature holds and that are not void, with the document that carried each.
    ///
    /// # Errors
    /// The shelf failed.
    pub fn acts(&self, shelf: &dyn Shelf, space: &SpaceId) -> Result<Vec<(DocId, SignedAct)>, ShelfError> {
        let rows = shelf.acts(space)?;
        let acts: Vec<(DocId, SignedAct)> =
            rows.into_iter().filter_map(|row| Some((row.doc, SignedAct::from_bytes(&row.bytes).ok()?))).collect();
        match self.spaces.get(space).filter(|state| state.is_tainted()) {
            Some(state) => standing_acts(shelf, state, &self.directory, acts),
            None => Ok(acts),
        }
    }

    /// The number of own envelopes that no connected peer is known to have, in spaces that anybody else could have.
    pub fn waiting(&self) -> usize {
        let own = (self.keys.device(), self.incarnation);
        self.spaces
            .values()
            .filter(|space| space.kind() != Some(SpaceKind::Personal))
            .map(|space| {
                let have = space.logs.get(&own).map_or(0, |(seq, _)| *seq);
                let acked = self
                    .peers
                    .values()
                    .filter_map(|peer| peer.spaces.get(&space.id))
                    .filter_map(|shared| shared.acked.get(&own))
                    .max();
                let lacking = have.saturating_sub(acked.copied().unwrap_or(0));
                // Nothing waits where nobody else belongs, such as in a sitting to which nobody is invited yet.
                let lacking = if lacking > 0 && !self.is_shared(&space.id) { 0 } else { lacking };
                usize::try_from(lacking).unwrap_or(usize::MAX)
            })
            .sum()
    }

    /// How many envelopes this device has written in a space, and how many of them a device of somebody else that is connected now has
    /// acknowledged.
    pub fn own_log(&self, space: &SpaceId) -> (u64, u64) {
        let own = (self.keys.device(), self.incarnation);
        let me = self.me.as_ref().map(|me| me.person);
        let written = self.spaces.get(space).and_then(|space| space.logs.get(&own)).map_or(0, |(seq, _)| *seq);
        let elsewhere = self
            .peers
            .values()
            .filter(|peer| peer.person().is_some() && peer.person() != me)
            .filter_map(|peer| peer.spaces.get(space)?.acked.get(&own).copied())
            .max();
        (written, elsewhere.unwrap_or(0))
    }

    /// This device's log since it was installed or restored, or found that its disk was put back.
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// Does another device than this one share the space.
    fn is_shared(&self, space: &SpaceId) -> bool {
        self.directory.as_ref().is_some_and(|directory| {
            let others = directory.devices().filter(|other| other.device != self.keys.device());
            others.map(|other| (other.device, other.person)).any(|other| self.shares(space, &other))
        })
    }

    /// Has the peer acknowledged everything that is here in the spaces that it shares.
    pub fn is_in_sync(&self, peer: &PeerKey) -> bool {
        self.peers.get(peer).is_some_and(|peer| {
            peer.spaces.iter().all(|(id, shared)| {
                self.spaces.get(id).is_none_or(|space| {
                    space.logs.iter().all(|(log, (seq, _))| shared.acked.get(log).is_some_and(|acked| acked >= seq))
                })
            })
        })
    }

    /// Keys that a control operation brings for this device.
    pub(crate) fn take_wraps(&mut self, fx: &mut Effects, id: &SpaceId, epoch: u32, wraps: &[KeyWrap]) {
        let device = self.keys.device();
        let Some(space) = self.spaces.get_mut(id) else {
            return;
        };
        let Some(commitment) = space.access.readable.get(&epoch).copied() else {
            return;
        };
        if space.keys.contains_key(&epoch) {
            return;
        }
        let opened: Option<SpaceKey> = wraps
            .iter()
            .filter(|wrap| wrap.device == device)
            .filter_map(|wrap| unwrap_key(&self.keys, &wrap.wrapped, &wrap_context(id, epoch)).ok())
            .find(|key| key.commitment() == commitment);
        if let Some(key) = opened {
            fx.writes.push(Write::SpaceKey { space: *id, epoch, key: key.clone() });
            space.keys.insert(epoch, key);
            // Durable with the key: a device that stops before it has read what the key opens reads it when it starts.
            fx.writes.push(Write::Meta { key: rescan_name(id), value: RESCAN_DUE.to_vec() });
            self.rescan.insert(*id);
            fx.changes.insert(Change::Space(*id));
        }
    }
}

/// Name of the stored mark that a space has a key whose envelopes were not all read.
pub(crate) fn rescan_name(id: &SpaceId) -> String {
    format!("rescan-{id}")
}

/// What binds a wrapped key to its place.
pub(crate) fn wrap_context(space: &SpaceId, epoch: u32) -> Vec<u8> {
    [space.as_bytes().as_slice(), &epoch.to_be_bytes()].concat()
}
