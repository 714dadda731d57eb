//! What a device that carries for others takes of each: bytes of envelopes and files, counted for the device that wrote an envelope or
//! offered a file. The directory is always taken: without it nobody could be removed.
//!
//! A log has no gaps, so where one envelope of a device is declined, its log ends there until the administrator raises the limit; the logs of
//! other devices go on. What is declined is said to whoever brought it, so that it is kept and offered again later.
//!
//! Envelopes are counted by a number for each device that only grows. Files are counted one by one, each with the device that was charged, and only
//! as long as the shelf has them: a file that is withdrawn is not counted any more, whatever happens in between, and cannot be given back twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, SpaceId};

use crate::limits::PEERS_MAX;
use crate::port::{Cx, Effects, PeerKey, Shelf, ShelfError, Write};
use crate::replica::Replica;

/// The organisation has used up what it may.
pub const QUOTA_ORGANISATION: &str = "quota_organisation";
/// The device has used up what it may.
pub const QUOTA_DEVICE: &str = "quota_device";

/// What a carrier allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Bytes of envelopes and files of all devices together.
    pub organisation_bytes: u64,
    /// Bytes of envelopes and files of one device.
    pub device_bytes: u64,
    /// Connections whose frames are read.
    pub peers_max: usize,
}

/// What is carried, and for whom.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    allowance: Option<Allowance>,
    total: u64,
    /// Numbers that only grow: envelopes.
    devices: BTreeMap<DeviceId, u64>,
    /// Who was charged for which file, and with how much.
    files: BTreeMap<Hash32, (DeviceId, u64)>,
    /// The same, summed up.
    of_files: BTreeMap<DeviceId, u64>,
    /// Counted since the last write.
    changed: Vec<DeviceId>,
    /// Files that were charged, or given back, since the last write.
    changed_files: BTreeSet<Hash32>,
    /// Devices of which no envelope is taken any more, and why: a smaller one that would still fit would only leave a gap.
    full: BTreeMap<DeviceId, &'static str>,
    declined: u64,
}

impl Carried {
    pub(crate) fn peers_max(&self) -> usize {
        self.allowance.map_or(PEERS_MAX, |allowance| allowance.peers_max)
    }

    /// Is there room for this much more of the device.
    pub(crate) fn room(&self, device: &DeviceId, bytes: u64) -> Result<(), &'static str> {
        let Some(allowance) = self.allowance else { return Ok(()) };
        if self.used(device).saturating_add(bytes) > allowance.device_bytes {
            return Err(QUOTA_DEVICE);
        }
        if self.total.saturating_add(bytes) > allowance.organisation_bytes {
            return Err(QUOTA_ORGANISATION);
        }
        Ok(())
    }

    fn used(&self, device: &DeviceId) -> u64 {
        let of = |counts: &BTreeMap<DeviceId, u64>| counts.get(device).copied().unwrap_or(0);
        of(&self.devices).saturating_add(of(&self.of_files))
    }

    /// Counts a file for the device that offered it, and for no other any more.
    pub(crate) fn charge_file(&mut self, cipher: Hash32, device: DeviceId, bytes: u64) {
        if self.allowance.is_none() {
            return;
        }
        self.give_back(&cipher);
        self.put_file(cipher, device, bytes);
        self.changed_files.insert(cipher);
    }

    fn put_file(&mut self, cipher: Hash32, device: DeviceId, bytes: u64) {
        self.files.insert(cipher, (device, bytes));
        let used = self.of_files.entry(device).or_default();
        *used = used.saturating_add(bytes);
        self.total = self.total.saturating_add(bytes);
    }

    /// A file is gone: whoever was charged for it has its bytes back, and is heard again if it had used up what it may.
    pub(crate) fn give_back(&mut self, cipher: &Hash32) -> Option<(DeviceId, u64)> {
        let (device, bytes) = self.files.remove(cipher)?;
        if let Some(used) = self.of_files.get_mut(&device) {
            *used = used.saturating_sub(bytes);
        }
        self.total = self.total.saturating_sub(bytes);
        self.full.retain(|full, code| *full != device && *code != QUOTA_ORGANISATION);
        self.changed_files.insert(*cipher);
        Some((device, bytes))
    }

    /// Counts a file as the shelf says that it was charged.
    pub(crate) fn take_up(&mut self, shelf: &dyn Shelf, cipher: &Hash32) -> Result<(), ShelfError> {
        if self.allowance.is_none() {
            return Ok(());
        }
        let Some((device, bytes)) = shelf.meta(&charge_name(cipher))?.and_then(|value| charge_of(&value)) else { return Ok(()) };
        let unsaved = self.changed_files.contains(cipher);
        self.give_back(cipher);
        self.put_file(*cipher, device, bytes);
        if !unsaved {
            self.changed_files.remove(cipher);
        }
        Ok(())
    }

    pub(crate) fn charge(&mut self, device: DeviceId, bytes: u64) {
        if self.allowance.is_none() {
            return;
        }
        let used = self.devices.entry(device).or_default();
        *used = used.saturating_add(bytes);
        self.total = self.total.saturating_add(bytes);
        if !self.changed.contains(&device) {
            self.changed.push(device);
        }
    }

    /// The counts that changed, to be durable together with what changed them.
    pub(crate) fn write(&mut self, fx: &mut Effects) {
        for device in std::mem::take(&mut self.changed) {
            let used = self.devices.get(&device).copied().unwrap_or(0);
            fx.writes.push(Write::Meta { key: carried_name(&device), value: used.to_be_bytes().to_vec() });
        }
        for cipher in std::mem::take(&mut self.changed_files) {
            let charged = |(device, bytes): &(DeviceId, u64)| [device.as_bytes().as_slice(), &bytes.to_be_bytes()].concat();
            let value = self.files.get(&cipher).map(charged).unwrap_or_default();
            fx.writes.push(Write::Meta { key: charge_name(&cipher), value });
        }
    }
}

/// Does the code say that a quota is used up.
pub(crate) fn is_quota(code: &str) -> bool {
    matches!(code, QUOTA_ORGANISATION | QUOTA_DEVICE)
}

/// What the names of counts begin with.
const COUNT: &str = "carried-";

fn carried_name(device: &DeviceId) -> String {
    format!("{COUNT}{device}")
}

/// What the names of charges begin with.
const CHARGE: &str = "charge-";

fn charge_name(cipher: &Hash32) -> String {
    format!("{CHARGE}{cipher}")
}

fn charge_of(value: &[u8]) -> Option<(DeviceId, u64)> {
    let (device, bytes) = value.split_last_chunk::<8>()?;
    Some((DeviceId::from_slice(device)?, u64::from_be_bytes(*bytes)))
}

/// Does the stored value of this name say who was charged for a file: the device and eight bytes, most significant first; empty when the file
/// is gone. Carriers that share a shelf share these too; of two the later one counts.
pub fn is_charge(name: &str) -> bool {
    name.starts_with(CHARGE)
}

/// Is the stored value of this name a count of what is carried: eight bytes, most significant first, which only grows. Carriers that share a
/// shelf share these, and what [`is_charge`] says.
pub fn is_count(name: &str) -> bool {
    name.starts_with(COUNT)
}

impl Replica {
    /// From here on this replica takes of others what the allowance says. What it holds already counts.
    ///
    /// # Errors
    /// The shelf failed.
    pub fn carry(&mut self, shelf: &dyn Shelf, allowance: Allowance) -> Result<(), ShelfError> {
        let mut carried = Carried { allowance: Some(allowance), ..Carried::default() };
        let writers = self.spaces.values().flat_map(|space| space.logs.keys().map(|(device, _)| *device));
        let known = self
            .directory
            .iter()
            .flat_map(|directory| directory.all_certificates().filter_map(|known| Some(known.read_unverified().ok()?.device)));
        for device in writers.chain(known).collect::<std::collections::BTreeSet<_>>() {
            let stored = shelf.meta(&carried_name(&device))?;
            let used = stored.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?))).unwrap_or(0);
            if used > 0 {
                carried.devices.insert(device, used);
                carried.total = carried.total.saturating_add(used);
            }
        }
        for cipher in self.blobs.complete.keys().chain(self.blobs.wanted.keys()) {
            carried.take_up(shelf, cipher)?;
        }
        self.carried = carried;
        Ok(())
    }

    /// Bytes carried for all devices together. Counted only by one that was told to [`Self::carry`].
    pub fn carried_bytes(&self) -> u64 {
        self.carried.total
    }

    /// Devices that have used up what they may.
    pub fn devices_over_quota(&self) -> usize {
        self.carried.full.len()
    }

    /// How often something was declined because of a quota.
    pub fn declined_for_quota(&self) -> u64 {
        self.carried.declined
    }

    /// Is an envelope of the device to be taken, as far as room is concerned.
    pub(crate) fn room_for_envelope(&mut self, space: &SpaceId, device: &DeviceId, bytes: usize) -> Result<(), &'static str> {
        if self.directory.as_ref().is_some_and(|directory| directory.space() == *space) {
            return Ok(());
        }
        if let Some(code) = self.carried.full.get(device) {
            return Err(code);
        }
        let room = self.carried.room(device, u64::try_from(bytes).unwrap_or(u64::MAX));
        if let Err(code) = room {
            self.carried.full.insert(*device, code);
        }
        room
    }

    /// Counts an envelope that was taken.
    pub(crate) fn charge_envelope(&mut self, space: &SpaceId, device: &DeviceId, bytes: usize) {
        if self.directory.as_ref().is_none_or(|directory| directory.space() != *space) {
            self.carried.charge(*device, u64::try_from(bytes).unwrap_or(u64::MAX));
        }
    }

    /// Counts what was declined.
    pub(crate) fn count_declined(&mut self) {
        self.carried.declined += 1;
    }

    /// The way to a peer is full, or has room again: what is fresh meanwhile is sent when there is room, from the shelf.
    pub(crate) fn room_to(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, free: bool) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.congested = !free;
        if !free {
            return;
        }
        let behind: Vec<SpaceId> = peer.spaces.iter().filter(|(_, shared)| shared.behind).map(|(id, _)| *id).collect();
        for id in behind {
            self.resume(cx, key, id);
        }
        self.pump_all(cx, fx, key);
    }
}
