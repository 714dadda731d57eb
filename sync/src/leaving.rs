//! Telling somebody who was taken out of a space that this is so.
//!
//! Whoever was removed is sent nothing more of the space, and would wait for ever as if nobody could be reached. So the removal itself, signed
//! by whoever decided it, is shown to that person's devices, and nothing else: it says who took them out and when. It is not admitted, since
//! what it builds on is not theirs to have; what they had stays as it was.

use domain::id::{DeviceId, Hash32, SpaceId, Timestamp};

use crate::control::ControlOp;
use crate::envelope::{DocKind, open, open_unsigned};
use crate::limits::{PAYLOAD_BYTES_MAX, SPACES_MAX};
use crate::port::{Change, Cx, Effects, PeerKey, Shelf, ShelfError, Write};
use crate::replica::Replica;
use crate::wire::Message;

/// Under this name and the space's the removal is kept.
const META_LEFT: &str = "left/";

/// A removal that this person was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Its envelope.
    pub removal: Hash32,
    /// The device that decided it.
    pub by: DeviceId,
    /// When, by the clock of that device.
    pub at: Timestamp,
}

impl Replica {
    /// By whom and when this person was taken out of a space, if that was told and nothing newer came: who was invited again has the
    /// removal among what everybody has. Whoever signed it has to manage the space by what this device was told until now: whom a removal
    /// takes out hears of nothing that came after it, so that one whose author is known to have lost the role was made up later.
    pub fn left(&self, id: &SpaceId) -> Option<&Left> {
        let space = self.spaces.get(id)?;
        let left = self.left.get(id).filter(|left| self.may_remove(id, &left.by))?;
        space.dag.nodes().all(|node| node.hash != left.removal).then_some(left)
    }

    /// Does the person of a device manage a space, as far as this device was told.
    fn may_remove(&self, id: &SpaceId, device: &DeviceId) -> bool {
        let author = self.directory.as_ref().and_then(|directory| directory.person(device));
        author.is_some_and(|author| self.spaces.get(id).is_some_and(|space| space.access.manages(&author)))
    }

    /// What was told before this start.
    pub(crate) fn open_left(&mut self, shelf: &dyn Shelf) -> Result<(), ShelfError> {
        for id in self.spaces.keys().copied().collect::<Vec<_>>() {
            let kept = shelf.meta(&format!("{META_LEFT}{id}"))?;
            if let Some(envelope) = kept.and_then(|bytes| open_unsigned(&bytes).ok()) {
                let left = Left { removal: envelope.hash, by: envelope.header.device, at: envelope.header.made_at };
                self.left.insert(id, left);
            }
        }
        Ok(())
    }

    /// Shows a connected person who was removed the newest removal, once on each connection.
    pub(crate) fn tell_left(&mut self, cx: &Cx<'_>, fx: &mut Effects, key: PeerKey, id: &SpaceId) {
        let (Some(peer), Some(space)) = (self.peers.get_mut(&key), self.spaces.get(id)) else { return };
        let Some((_, person)) = peer.identity() else { return };
        if !space.access.removed.contains_key(&person) {
            return;
        }
        let Some(cut) = space.access.cuts.iter().rev().find(|cut| cut.person == person) else { return };
        if peer.told_left.get(id) == Some(&cut.removal) || peer.told_left.len() >= SPACES_MAX {
            return;
        }
        let Some(header) = space.dag.nodes().find(|node| node.hash == cut.removal).map(|node| &node.header) else { return };
        // What was decided just now is not on the shelf yet.
        let fresh = fx.writes.iter().find_map(|write| match write {
            Write::Envelope { space, head, bytes, .. } if space == id && head.hash == cut.removal => Some(bytes.clone()),
            _ => None,
        });
        let stored = || cx.shelf.envelope(id, &header.device, &header.incarnation, header.seq).ok().flatten();
        if let Some(envelope) = fresh.or_else(stored) {
            peer.told_left.insert(*id, cut.removal);
            Self::send(fx, key, &Message::Left { space: *id, envelope: envelope.into() });
        }
    }

    /// A removal of this person, shown by somebody who belongs. It is believed if somebody signed it who manages the space, as far as this
    /// device was told, and as long as that is so.
    pub(crate) fn shown_left(&mut self, fx: &mut Effects, id: SpaceId, bytes: &[u8]) -> Result<(), &'static str> {
        let (Some(me), Some(directory)) = (&self.me, &self.directory) else {
            return Ok(());
        };
        if bytes.len() > 2 * PAYLOAD_BYTES_MAX {
            return Err("removal_too_long");
        }
        let envelope = open(bytes).map_err(|error| error.code())?;
        let header = &envelope.header;
        if header.space != id || header.kind != DocKind::Control.code() {
            return Err("removal_of_another_space");
        }
        match ControlOp::decode(&envelope.payload) {
            Some(ControlOp::Remove { person, .. }) if person == me.person => {}
            _ => return Err("removal_of_somebody_else"),
        }
        // Last, so that a strike says nothing of what is here.
        let Some(space) = self.spaces.get(&id) else { return Ok(()) };
        let may = directory.trusts(&header.device) && self.may_remove(&id, &header.device);
        let known = space.dag.nodes().any(|node| node.hash == envelope.hash);
        if !may || known || !space.access.is_member(&me.person) {
            return Ok(());
        }
        let left = Left { removal: envelope.hash, by: header.device, at: header.made_at };
        if self.left.insert(id, left) != Some(left) {
            fx.writes.push(Write::Meta { key: format!("{META_LEFT}{id}"), value: envelope.bytes });
            fx.changes.insert(Change::Space(id));
        }
        Ok(())
    }
}
