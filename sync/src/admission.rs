//! Admission: the one way in for foreign envelopes, in a fixed order.
//!
//! Form and sizes, place in the log, signature, certificate, right to write, seal, actor, only then the shelf. What
//! cannot be decided yet waits unacknowledged. Nothing is applied that was not admitted.

use automerge::Change as DocumentChange;
use domain::id::{Hash32, PersonId, SpaceId};
use signing::act::SignedAct;

use crate::control::{ControlOp, SpaceKind};
use crate::documents::read_changes;
use crate::envelope::{Content, DocKind, EnvelopeError, Verified, open, open_content, open_unsigned};
use crate::limits::{LOGS_MAX, RUN_BYTES_MAX, SPACES_MAX};
use crate::port::{Change, Cx, Effects, Write};
use crate::replica::Replica;
use crate::space::Space;

/// What became of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It is on its way to the shelf.
    Admitted(Box<Verified>),
    /// It was here already.
    Known,
    /// It waits for something else.
    Waits,
    /// It is refused for good; the code says why.
    Refused(&'static str),
}

impl Replica {
    /// Takes one envelope in, or not.
    pub(crate) fn admit(&mut self, fx: &mut Effects, space_id: SpaceId, bytes: &[u8]) -> Admission {
        let claimed = match open_unsigned(bytes) {
            Ok(claimed) => claimed,
            Err(error) => return Admission::Refused(error.code()),
        };
        let header = &claimed.header;
        if header.space != space_id {
            return Admission::Refused("envelope_wrong_space");
        }
        let log = (header.device, header.incarnation);
        if self.forks.contains(&(space_id, log.0, log.1)) {
            return Admission::Refused("log_forked");
        }
        if header.device == self.keys.device() {
            return self.own_from_outside(space_id, &claimed);
        }
        if let Some(space) = self.spaces.get(&space_id) {
            let end = space.logs.get(&log).copied();
            match end {
                Some((seq, hash)) if header.seq == seq && claimed.hash != hash => {
                    return self.forked(space_id, bytes, &claimed);
                }
                Some((seq, _)) if header.seq <= seq => return Admission::Known,
                Some((seq, _)) if header.seq > seq + 1 => return self.wait(space_id, claimed),
                Some((_, hash)) if header.prev != hash => {
                    return self.forked(space_id, bytes, &claimed);
                }
                None if header.seq > 1 => return self.wait(space_id, claimed),
                None if header.prev != Hash32([0; 32]) => {
                    return Admission::Refused("log_bad_beginning");
                }
                None if space.logs.len() >= LOGS_MAX => return Admission::Refused("too_many_logs"),
                _ => {}
            }
        }
        if let Err(error) = open(bytes) {
            return Admission::Refused(error.code());
        }
        match DocKind::from_code(header.kind) {
            DocKind::Control => self.admit_control(fx, space_id, claimed),
            kind => self.admit_content(fx, space_id, kind, claimed),
        }
    }

    /// An envelope under our own name from outside: either we know it, or this profile is older than what it once sent.
    fn own_from_outside(&self, space: SpaceId, claimed: &Verified) -> Admission {
        let header = &claimed.header;
        let known = self.spaces.get(&space).map_or(0, |space| space.seq(&header.device, &header.incarnation));
        match (header.incarnation == self.incarnation, header.seq <= known) {
            (_, true) => Admission::Known,
            (true, false) => Admission::Refused("own_log_is_ahead"),
            (false, false) => Admission::Refused("own_other_incarnation"),
        }
    }

    fn wait(&mut self, space: SpaceId, envelope: Verified) -> Admission {
        self.parked.insert(space, envelope.hash, envelope.bytes);
        Admission::Waits
    }

    /// Two envelopes at one place of a log, both signed: proof that the device (or a copy of it) forked.
    fn forked(&mut self, space: SpaceId, bytes: &[u8], claimed: &Verified) -> Admission {
        match open(bytes) {
            Ok(_) => {
                tracing::warn!(?space, device = ?claimed.header.device, seq = claimed.header.seq, "two envelopes at one place: the log forked");
                self.forks.insert((space, claimed.header.device, claimed.header.incarnation));
                Admission::Refused("log_forked")
            }
            Err(error) => Admission::Refused(error.code()),
        }
    }

    fn admit_control(&mut self, fx: &mut Effects, id: SpaceId, envelope: Verified) -> Admission {
        let op = ControlOp::decode(&envelope.payload);
        let Some(directory) = &self.directory else {
            return Admission::Refused("no_organisation");
        };
        if id == directory.space() {
            return self.admit_directory(fx, id, envelope, op);
        }
        let header = &envelope.header;
        let Some(author) = directory.person(&header.device) else {
            return self.wait(id, envelope);
        };
        if !directory.counts(&id, header) {
            return Admission::Refused("device_revoked");
        }
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
        let Some(space) = self.spaces.get_mut(&id) else {
            return Admission::Refused("unknown_space");
        };
        if space.dag.missing(header).is_some() {
            return self.wait(id, envelope);
        }
        let counts = space.access.counts_although_removed(&id, header, &author);
        let allowed = match &op {
            Some(ControlOp::Genesis(genesis)) => genesis.space() == id && genesis.device == header.device,
            Some(ControlOp::Wraps { .. }) | None => space.access.is_member(&author) || counts,
            Some(_) => space.access.manages(&author) || counts,
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
        if !directory.counts(&id, header) {
            return Admission::Refused("device_revoked");
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
        let in_directory = self.directory.as_ref().is_some_and(|directory| directory.space() == id);
        if in_directory {
            self.fold_directory(fx, id, &envelope, op.as_ref());
        } else {
            let directory = &self.directory;
            space.refold(&|device| directory.as_ref().and_then(|directory| directory.person(device)));
            fx.changes.insert(Change::Space(id));
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
        let (Some(directory), Some(op)) = (self.directory.as_mut(), op) else {
            return;
        };
        let rank = self.spaces.get(&id).map_or(0, |space| space.dag.rank(&envelope.hash));
        let known = directory.apply(rank, envelope.hash, &envelope.header, op);
        fx.changes.insert(Change::Directory);
        for device in &known {
            self.join_requests.remove(device);
        }
        if !known.is_empty() {
            let directory = &self.directory;
            for space in self.spaces.values_mut() {
                space.refold(&|device| directory.as_ref().and_then(|directory| directory.person(device)));
                self.wraps_due.entry(space.id).or_insert(0);
            }
        }
        if let ControlOp::Revoke { device, .. } = op {
            let gone: Vec<_> =
                self.peers.iter().filter(|(_, peer)| peer.device() == Some(*device)).map(|(key, _)| *key).collect();
            fx.closes.extend(gone);
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
        if !directory.counts(&id, header) {
            return Admission::Refused("device_revoked");
        }
        let Some(space) = self.spaces.get_mut(&id) else {
            return self.wait(id, envelope);
        };
        if space.kind().is_none() || header.seen.is_empty() || space.dag.missing(header).is_some() {
            return self.wait(id, envelope);
        }
        let person = |device: &_| directory.person(device);
        let now = space.access.is_member(&author) || space.access.counts_although_removed(&id, header, &author);
        if !now || !space.might_write(header, kind, &header.doc, &author, &person) {
            return Admission::Refused("not_allowed");
        }
        let content = match space.keys.get(&header.epoch) {
            Some(key) => match open_content(&envelope, key) {
                Ok(content) => Some(content),
                Err(error) => return Admission::Refused(error.code()),
            },
            None => None,
        };
        let Some(content) = content else {
            self.store_content(fx, id, &envelope, None);
            return Admission::Admitted(Box::new(envelope));
        };
        match check_content(&envelope, &content) {
            Ok(checked) => {
                self.store_content(fx, id, &envelope, Some(checked));
                Admission::Admitted(Box::new(envelope))
            }
            Err(code) => Admission::Refused(code),
        }
    }

    /// Stores an admitted content envelope; applies it if it could be opened.
    fn store_content(&mut self, fx: &mut Effects, id: SpaceId, envelope: &Verified, checked: Option<Checked>) {
        let header = &envelope.header;
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let head = space.advance(envelope);
        fx.writes.push(Write::Envelope {
            space: id,
            head,
            doc: header.doc,
            kind: header.kind,
            control: false,
            bytes: envelope.bytes.clone(),
        });
        if let Some(checked) = checked {
            self.take_checked(fx, id, envelope, checked);
        }
        self.retry_parked |= !self.parked.is_empty();
    }

    fn take_checked(&mut self, fx: &mut Effects, id: SpaceId, envelope: &Verified, checked: Checked) {
        let header = &envelope.header;
        if !checked.acts.is_empty() {
            fx.changes.insert(Change::Acts(id));
        }
        for act in checked.acts {
            fx.writes.push(Write::Act { space: id, doc: header.doc, hash: act.hash(), bytes: act.to_bytes() });
        }
        if !checked.changes.is_empty() {
            self.documents.apply(&id, &header.doc, checked.changes);
            fx.changes.insert(Change::Document(id, header.doc, header.kind));
        }
    }

    /// Tries again what waited.
    pub(crate) fn retry_parked(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        while std::mem::take(&mut self.retry_parked) && !self.parked.is_empty() {
            let mut admitted = Vec::new();
            for (space, bytes) in self.parked.take() {
                match self.admit(fx, space, &bytes) {
                    Admission::Admitted(envelope) => admitted.push((space, *envelope)),
                    Admission::Refused(code) => {
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

    /// May this person be shown anything of the space.
    pub(crate) fn shares(&self, space: &SpaceId, person: &PersonId) -> bool {
        if self.directory.as_ref().is_some_and(|directory| directory.space() == *space) {
            return true;
        }
        self.spaces.get(space).is_some_and(|space| match space.kind() {
            Some(SpaceKind::Personal) => space.access.genesis.as_ref().is_some_and(|genesis| genesis.founder == *person),
            Some(_) => space.access.is_member(person),
            None => false,
        })
    }
}

/// Content whose changes and acts are the author's.
pub(crate) struct Checked {
    changes: Vec<DocumentChange>,
    acts: Vec<SignedAct>,
}

/// Changes under the author's actor, acts under the author's signature.
fn check_content(envelope: &Verified, content: &Content) -> Result<Checked, &'static str> {
    let header = &envelope.header;
    let changes = read_changes(content, &header.device, &header.incarnation).map_err(|_| "content_not_the_authors")?;
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
