//! Admission: the one way in for foreign envelopes, in a fixed order.
//!
//! Form and sizes, place in the log, signature, certificate, right to write, seal, actor, only then the shelf. What
//! cannot be decided yet waits unacknowledged. Nothing is applied that was not admitted.

use automerge::Change as DocumentChange;
use domain::id::{DeviceId, Hash32, PersonId, SpaceId};
use signing::act::SignedAct;
use signing::defect::{self, Defect};

use crate::access::Judge;
use crate::control::{ControlOp, SpaceKind};
use crate::directory::Directory;
use crate::documents::read_changes;
use crate::envelope::{Content, DocKind, EnvelopeError, Header, Verified, open, open_content, open_unsigned};
use crate::limits::{LOGS_MAX, LOGS_OF_DEVICE_MAX, RUN_BYTES_MAX, SPACES_MAX};
use crate::port::{Change, Cx, Effects, PeerKey, Write};
use crate::replica::{PendingJoin, Replica, rescan_name};
use crate::space::Space;
use crate::wire::Message;

/// What became of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It is on its way to the shelf.
    Admitted(Box<Verified>),
    /// It was here already.
    Known,
    /// It waits for something else.
    Waits,
    /// It is refused for good; the code says why. Whoever passed it on may have judged with less in hand.
    Refused(&'static str),
    /// It is refused for good and nobody could honestly have passed it on.
    Forged(&'static str),
}

impl Replica {
    /// Takes one envelope in, or not.
    pub(crate) fn admit(&mut self, fx: &mut Effects, space_id: SpaceId, bytes: &[u8]) -> Admission {
        let claimed = match open_unsigned(bytes) {
            Ok(claimed) => claimed,
            // Whoever passed it on may have a newer program.
            Err(error @ EnvelopeError::NewerVersion(_)) => return Admission::Refused(error.code()),
            Err(error) => return Admission::Forged(error.code()),
        };
        if claimed.header.space != space_id {
            return Admission::Forged("envelope_wrong_space");
        }
        if self.is_known(&space_id, &claimed) {
            return Admission::Known;
        }
        // Nothing waits here that its author did not sign.
        if !defect::is(Defect::SkipSignature)
            && let Err(error) = open(bytes)
        {
            return Admission::Forged(error.code());
        }
        self.admit_verified(fx, space_id, claimed)
    }

    /// The very envelope that stands at the end of its log, or one at an earlier place.
    pub(crate) fn is_known(&self, space: &SpaceId, claimed: &Verified) -> bool {
        let header = &claimed.header;
        self.spaces
            .get(space)
            .and_then(|space| space.logs.get(&(header.device, header.incarnation)))
            .is_some_and(|(seq, hash)| header.seq < *seq || (header.seq == *seq && claimed.hash == *hash))
    }

    fn admit_verified(&mut self, fx: &mut Effects, space_id: SpaceId, claimed: Verified) -> Admission {
        let (hash, device, seq, kind) = (claimed.hash, claimed.header.device, claimed.header.seq, claimed.header.kind);
        let admission = self.judge(fx, space_id, claimed);
        let code = match &admission {
            Admission::Admitted(_) => "admitted",
            Admission::Known => "known",
            Admission::Waits => "waits",
            Admission::Refused(code) | Admission::Forged(code) => code,
        };
        tracing::debug!(?space_id, envelope = %hash.short(), ?device, seq, kind, code, "judged");
        admission
    }

    fn judge(&mut self, fx: &mut Effects, space_id: SpaceId, claimed: Verified) -> Admission {
        let header = &claimed.header;
        let log = (header.device, header.incarnation);
        if self.forks.contains(&(space_id, log.0, log.1)) {
            return Admission::Refused("log_forked");
        }
        if self.is_known(&space_id, &claimed) {
            return Admission::Known;
        }
        // Under our own name and log: this profile is older than what it once sent, and nobody made it a new log. It makes one now; what it
        // sent before comes back like anybody's.
        if log == (self.keys.device(), self.incarnation) {
            self.log_is_behind = true;
            return self.wait(space_id, claimed);
        }
        if let Err(code) = self.room_for_envelope(&space_id, &log.0, claimed.bytes.len()) {
            return Admission::Refused(code);
        }
        let header = &claimed.header;
        let space = self.spaces.get(&space_id);
        match space.and_then(|space| space.logs.get(&log)).copied() {
            Some((seq, _)) if header.seq > seq + 1 => return self.wait(space_id, claimed),
            Some((seq, hash)) if header.seq == seq || header.prev != hash => return self.forked(space_id, &claimed),
            None if header.seq > 1 => return self.wait(space_id, claimed),
            None if header.prev != Hash32([0; 32]) => return Admission::Refused("log_bad_beginning"),
            None if space.is_some_and(|space| space.logs.len() >= LOGS_MAX || space.logs_of(&log.0) >= LOGS_OF_DEVICE_MAX) => {
                return Admission::Refused("too_many_logs");
            }
            _ => {}
        }
        match DocKind::from_code(header.kind) {
            DocKind::Control => self.admit_control(fx, space_id, claimed),
            kind => self.admit_content(fx, space_id, kind, claimed),
        }
    }

    fn wait(&mut self, space: SpaceId, envelope: Verified) -> Admission {
        if defect::is(Defect::DropParked) {
            return Admission::Admitted(Box::new(envelope));
        }
        self.parked.insert(space, envelope);
        Admission::Waits
    }

    /// Two envelopes at one place of a log, both signed: proof that the device (or a copy of it) forked.
    fn forked(&mut self, space: SpaceId, claimed: &Verified) -> Admission {
        let header = &claimed.header;
        tracing::warn!(?space, device = ?header.device, seq = header.seq, "two envelopes at one place: the log forked");
        self.forks.insert((space, header.device, header.incarnation));
        Admission::Refused("log_forked")
    }

    fn admit_control(&mut self, fx: &mut Effects, id: SpaceId, envelope: Verified) -> Admission {
        let Some(directory) = &self.directory else {
            return Admission::Refused("no_organisation");
        };
        if id == directory.space() {
            let op = ControlOp::decode(&envelope.payload);
            return self.admit_directory(fx, id, envelope, op);
        }
        let header = &envelope.header;
        let Some(author) = directory.person(&header.device) else {
            return self.wait(id, envelope);
        };
        let op = ControlOp::decode(&envelope.payload);
        if op.as_ref().is_some_and(ControlOp::is_directory) {
            return Admission::Refused("operation_in_wrong_space");
        }
        if !self.spaces.contains_key(&id) {
            return match &op {
                Some(ControlOp::Genesis(genesis))
                    if genesis.space() == id && genesis.device == header.device && genesis.founder == author =>
                {
                    if self.spaces.len() >= SPACES_MAX {
                        return Admission::Refused("too_many_spaces");
                    }
                    self.spaces.insert(id, Space::empty(id));
                    self.store_control(fx, id, envelope, op)
                }
                _ => self.wait(id, envelope),
            };
        }
        let Some(space) = self.spaces.get(&id) else {
            return Admission::Refused("unknown_space");
        };
        if space.dag.missing(header).is_some() {
            return self.wait(id, envelope);
        }
        // Let in by what its author was ever given. A removal or revocation does not keep it out: it makes it void, on every device
        // alike, whatever came first.
        let allowed = match &op {
            Some(ControlOp::Genesis(genesis)) => genesis.space() == id && genesis.device == header.device,
            op => space.admitting_at(&header.seen, |access| match op {
                Some(ControlOp::Wraps { .. }) | None => access.is_member(&author),
                Some(_) => access.manages(&author),
            }),
        };
        if !allowed {
            return Admission::Refused("not_allowed");
        }
        self.store_control(fx, id, envelope, op)
    }

    fn admit_directory(&mut self, fx: &mut Effects, id: SpaceId, envelope: Verified, op: Option<ControlOp>) -> Admission {
        let Some(directory) = &self.directory else {
            return Admission::Refused("no_organisation");
        };
        let header = &envelope.header;
        let introduces_itself =
            op.as_ref().is_some_and(|op| directory.certificate(&header.device).is_none() && directory.permits(header, op));
        if directory.certificate(&header.device).is_none() && !introduces_itself {
            return self.wait(id, envelope);
        }
        if let Some(space) = self.spaces.get(&id)
            && space.dag.missing(header).is_some()
        {
            return self.wait(id, envelope);
        }
        if op.as_ref().is_some_and(|op| !directory.permits(header, op)) {
            return Admission::Refused("not_allowed");
        }
        self.spaces.entry(id).or_insert_with(|| Space::empty(id));
        self.store_control(fx, id, envelope, op)
    }

    /// Stores an admitted control operation and draws its consequences. Also the way of our own operations.
    pub(crate) fn store_control(
        &mut self,
        fx: &mut Effects,
        id: SpaceId,
        envelope: Verified,
        op: Option<ControlOp>,
    ) -> Admission {
        let Some(space) = self.spaces.get_mut(&id) else {
            return Admission::Refused("unknown_space");
        };
        let head = space.advance(&envelope);
        fx.writes.push(Write::Envelope {
            space: id,
            head,
            doc: envelope.header.doc,
            kind: envelope.header.kind,
            control: true,
            bytes: envelope.bytes.clone(),
        });
        space.dag.insert(envelope.hash, envelope.header.clone(), op.clone());
        self.charge_envelope(&id, &head.device, envelope.bytes.len());
        let in_directory = self.directory.as_ref().is_some_and(|directory| directory.space() == id);
        if in_directory {
            self.fold_directory(fx, id, &envelope, op.as_ref());
        } else if let Some(space) = self.spaces.get_mut(&id) {
            let was = space.access.cuts.len() + space.access.void;
            refold(space, &self.directory);
            fx.changes.insert(Change::Space(id));
            if space.access.cuts.len() + space.access.void != was {
                self.documents.forget_space(&id);
                fx.changes.insert(Change::Acts(id));
            }
            self.wraps_due.entry(id).or_insert(0);
        }
        if let Some(ControlOp::Epoch { epoch, wraps, .. } | ControlOp::Wraps { epoch, wraps }) = &op {
            self.take_wraps(fx, &id, *epoch, wraps);
        }
        self.compare_again = true;
        self.retry_parked = true;
        Admission::Admitted(Box::new(envelope))
    }

    fn fold_directory(&mut self, fx: &mut Effects, id: SpaceId, envelope: &Verified, op: Option<&ControlOp>) {
        let (Some(directory), Some(op), Some(space)) = (self.directory.as_mut(), op, self.spaces.get(&id)) else {
            return;
        };
        let rank = space.dag.rank(&envelope.hash);
        let doubted: Vec<DeviceId> = directory.doubted().map(|certificate| certificate.device).collect();
        let known = directory.apply(rank, envelope.hash, &envelope.header, op, &space.dag);
        // A device that is doubted from now on is as good as revoked; one that no longer is counts from the beginning.
        let turned = !directory.doubted().map(|certificate| &certificate.device).eq(&doubted);
        let revokes = matches!(op, ControlOp::Revoke { .. }) || turned || directory.is_unsettled();
        if revokes {
            *directory = Directory::fold(*directory.root(), &space.dag);
        }
        fx.changes.insert(Change::Directory);
        let is_hub_here = directory.is_hub(&self.keys.device());
        for device in &known {
            // Whoever waits at a hub is told there what an administrator elsewhere decided.
            if let Some(PendingJoin { peer: Some(peer), .. }) = self.join_requests.remove(device)
                && is_hub_here
                && let Some(chain) = directory.chain(device)
            {
                Self::send(fx, peer, &Message::Enrolled { chain, code: None, refusal: None });
            }
        }
        if !known.is_empty() {
            self.relaying.look_again();
        }
        if !known.is_empty() || revokes {
            for space in self.spaces.values_mut() {
                if !known.is_empty() {
                    space.forget_folds();
                }
                refold(space, &self.directory);
                self.wraps_due.entry(space.id).or_insert(0);
                if revokes {
                    self.documents.forget_space(&space.id);
                    fx.changes.extend([Change::Space(space.id), Change::Acts(space.id)]);
                }
            }
        }
        if (revokes || !known.is_empty())
            && let Some(directory) = &self.directory
        {
            let is_somebody_else =
                |(device, person): (DeviceId, PersonId)| directory.has_to_greet_again(&device, &person, &known);
            let gone: Vec<_> = self
                .peers
                .iter()
                .filter(|(_, peer)| {
                    peer.device().is_some_and(|device| directory.is_revoked(&device))
                        || peer.identity().is_some_and(is_somebody_else)
                })
                .map(|(key, _)| *key)
                .collect();
            // At once: nothing more is said to it, not even in this breath.
            for key in gone {
                fx.closes.push(key);
                self.disconnected(fx, key);
            }
        }
    }

    fn admit_content(&mut self, fx: &mut Effects, id: SpaceId, kind: DocKind, envelope: Verified) -> Admission {
        let header = &envelope.header;
        let Some(directory) = &self.directory else {
            return Admission::Refused("no_organisation");
        };
        let Some(author) = directory.person(&header.device) else {
            return self.wait(id, envelope);
        };
        let Some(space) = self.spaces.get(&id) else {
            return self.wait(id, envelope);
        };
        if space.kind().is_none() || header.seen.is_empty() || space.dag.missing(header).is_some() {
            return self.wait(id, envelope);
        }
        let permitted = space.admitting_at(&header.seen, |access| {
            access.may_write(&id, kind, &header.doc, &author)
                || (defect::is(Defect::WriterWithoutRole) && access.is_member(&author))
        });
        if !permitted {
            return Admission::Refused("not_allowed");
        }
        let opened = match space.keys.get(&header.epoch) {
            Some(key) => match open_content(&envelope, key) {
                Err(error @ EnvelopeError::Sealed) => return Admission::Refused(error.code()),
                content => Some(content.map_err(|error| error.code()).and_then(|content| check_content(&envelope, &content))),
            },
            None => None,
        };
        let checked = match opened {
            // What a newer program wrote is not judged by what this one knows: it is kept and passed on, and the log goes on.
            Some(Err(_)) if matches!(kind, DocKind::Unknown(_)) => None,
            Some(Err(code)) => return Admission::Refused(code),
            Some(Ok(checked)) => Some(checked),
            None => None,
        };
        self.store_content(fx, id, &envelope, checked);
        Admission::Admitted(Box::new(envelope))
    }

    /// Stores an admitted content envelope; applies it if it could be opened.
    fn store_content(&mut self, fx: &mut Effects, id: SpaceId, envelope: &Verified, checked: Option<Checked>) {
        let header = &envelope.header;
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let head = space.advance(envelope);
        if head.seq == 1 {
            note_author(space, &self.directory, head.device);
        }
        fx.writes.push(Write::Envelope {
            space: id,
            head,
            doc: header.doc,
            kind: header.kind,
            control: false,
            bytes: envelope.bytes.clone(),
        });
        self.charge_envelope(&id, &head.device, envelope.bytes.len());
        if let Some(checked) = checked {
            self.take_checked(fx, id, envelope, checked);
        }
        self.retry_parked |= !self.parked.is_empty();
    }

    fn take_checked(&mut self, fx: &mut Effects, id: SpaceId, envelope: &Verified, checked: Checked) {
        let header = &envelope.header;
        let suspect = self.suspects(&id, header);
        if suspect && let Some(space) = self.spaces.get_mut(&id) {
            space.taint();
        }
        if !checked.acts.is_empty() {
            fx.changes.insert(Change::Acts(id));
        }
        // Also what is void: a later revocation may say that it is not.
        for act in checked.acts {
            fx.writes.push(Write::Act { space: id, doc: header.doc, hash: act.hash(), bytes: act.to_bytes() });
        }
        if !checked.changes.is_empty() {
            if suspect {
                self.documents.forget(&id, &header.doc);
            } else {
                self.documents.apply(&id, &header.doc, checked.changes);
            }
            fx.changes.insert(Change::Document(id, header.doc, header.kind));
        }
    }

    /// See [`Space::suspects`].
    pub(crate) fn suspects(&self, id: &SpaceId, header: &Header) -> bool {
        self.spaces.get(id).is_some_and(|space| suspects(space, &self.directory, header))
    }

    /// Tries again what waited.
    pub(crate) fn retry_parked(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        while std::mem::take(&mut self.retry_parked) && !self.parked.is_empty() {
            let mut admitted = Vec::new();
            for (space, envelope, from) in self.parked.take() {
                self.parked.from = from;
                match self.admit_verified(fx, space, envelope) {
                    Admission::Admitted(envelope) => admitted.push((space, *envelope)),
                    Admission::Refused(code) | Admission::Forged(code) => {
                        tracing::debug!(code, "a parked envelope is refused")
                    }
                    Admission::Known | Admission::Waits => {}
                }
            }
            if admitted.is_empty() {
                self.retry_parked = false;
            }
            for (space, envelope) in admitted {
                self.acknowledge_to_all(fx, &space, &envelope);
                self.distribute(cx, fx, &space, &envelope, None);
            }
        }
    }

    /// After a key came: opens what was stored sealed. Reads the shelf, so it runs at the start of the next event, when
    /// everything before is durable.
    pub(crate) fn rescan_spaces(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        for id in std::mem::take(&mut self.rescan) {
            self.documents.forget_space(&id);
            let mut from = 0;
            while let Ok(rows) = cx.shelf.envelopes(&id, from, RUN_BYTES_MAX) {
                let Some((last, _)) = rows.last() else { break };
                from = last + 1;
                for (_, bytes) in &rows {
                    self.rescan_envelope(fx, &id, bytes);
                }
            }
            fx.writes.push(Write::Meta { key: rescan_name(&id), value: Vec::new() });
        }
    }

    fn rescan_envelope(&mut self, fx: &mut Effects, id: &SpaceId, bytes: &[u8]) {
        let Ok(envelope) = open_unsigned(bytes) else {
            return;
        };
        let header = &envelope.header;
        if DocKind::from_code(header.kind) == DocKind::Control {
            return;
        }
        let Some(key) = self.spaces.get(id).and_then(|space| space.keys.get(&header.epoch)) else {
            return;
        };
        let checked = open_content(&envelope, key)
            .map_err(|error: EnvelopeError| error.code())
            .and_then(|content| check_content(&envelope, &content));
        match checked {
            Ok(checked) => {
                for act in &checked.acts {
                    fx.writes.push(Write::Act { space: *id, doc: header.doc, hash: act.hash(), bytes: act.to_bytes() });
                    fx.changes.insert(Change::Acts(*id));
                }
                fx.changes.insert(Change::Document(*id, header.doc, header.kind));
            }
            Err(code) => {
                tracing::warn!(code, device = ?header.device, "an envelope stored sealed holds nonsense, it has no effect")
            }
        }
    }

    /// May this device of this person be shown anything of the space. A hub carries every space but personal ones.
    pub(crate) fn shares(&self, space: &SpaceId, (device, person): &(DeviceId, PersonId)) -> bool {
        let Some(directory) = &self.directory else {
            return false;
        };
        if directory.is_revoked(device) {
            return false;
        }
        if directory.space() == *space || defect::is(Defect::SendToNonMember) {
            return true;
        }
        self.spaces.get(space).is_some_and(|space| match space.kind() {
            Some(SpaceKind::Personal) => is_own(space, directory, device, person),
            Some(_) => space.access.is_member(person) || directory.is_hub(device),
            None => false,
        })
    }

    /// Does the device at the other end of a connection share the space: nobody else is told anything of it.
    pub(crate) fn is_shared_with(&self, key: PeerKey, space: &SpaceId) -> bool {
        self.peers.get(&key).and_then(|peer| peer.identity()).is_some_and(|identity| self.shares(space, &identity))
    }
}

/// Is the device one of the owner's, of whom the personal space is: the one that began it, or one that another device of the owner let in.
/// What an administrator says of whose a device is, is not enough here.
pub(crate) fn is_own(space: &Space, directory: &Directory, device: &DeviceId, person: &PersonId) -> bool {
    space
        .access
        .genesis
        .as_ref()
        .is_some_and(|genesis| genesis.founder == *person && (genesis.device == *device || directory.is_vouched_by_owner(device)))
}

/// Asks with a judge who says what the directory says.
pub(crate) fn judged<R>(directory: &Option<Directory>, id: SpaceId, ask: impl FnOnce(&Judge<'_>) -> R) -> R {
    ask(&Judge {
        person: &|device| directory.as_ref().and_then(|directory| directory.person(device)),
        counts: &|header| directory.as_ref().is_none_or(|directory| directory.counts(&id, header)),
    })
}

/// Folds a space's operations by what the directory says.
pub(crate) fn refold(space: &mut Space, directory: &Option<Directory>) {
    judged(directory, space.id, |judge| space.refold(judge));
}

/// See [`Space::note_author`].
fn note_author(space: &mut Space, directory: &Option<Directory>, device: DeviceId) {
    judged(directory, space.id, |judge| space.note_author(device, judge));
}

/// See [`Space::suspects`].
pub(crate) fn suspects(space: &Space, directory: &Option<Directory>, header: &Header) -> bool {
    judged(directory, space.id, |judge| space.suspects(header, judge))
}

/// Content whose changes and acts are the author's.
pub(crate) struct Checked {
    pub(crate) changes: Vec<DocumentChange>,
    pub(crate) acts: Vec<SignedAct>,
}

/// Changes under the author's actor, acts under the author's signature.
pub(crate) fn check_content(envelope: &Verified, content: &Content) -> Result<Checked, &'static str> {
    let header = &envelope.header;
    let changes = read_changes(content, &header.device, &header.incarnation).map_err(|error| error.code())?;
    let mut acts = Vec::with_capacity(content.acts.len());
    for bytes in &content.acts {
        let act = SignedAct::from_bytes(bytes).map_err(|error| error.code())?;
        if act.device != header.device {
            return Err("act_not_the_authors");
        }
        match act.verify() {
            Ok(_) => acts.push(act),
            Err(error) if error.is_from_newer_program() => acts.push(act),
            Err(error) => return Err(error.code()),
        }
    }
    Ok(Checked { changes, acts })
}
