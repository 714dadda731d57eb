//! The keys of spaces: who may hold one, a new one when somebody has it who no longer should, and one for every device that lacks it.

use domain::id::{DeviceId, SpaceId};
use signing::defect::{self, Defect};
use signing::wrap::{SpaceKey, wrap_key};

use super::LocalError;
use crate::admission::is_own;
use crate::control::{ControlOp, KeyWrap, SpaceKind};
use crate::limits::WRAPS_MAX;
use crate::port::{Cx, Effects, Write};
use crate::replica::{Replica, wrap_context};
use crate::space::Space;

/// How long another manager is given to wrap keys before this device does it.
const WRAP_PATIENCE_MS: u64 = 3_000;
/// Those who do not manage a space and give its managers a key that these lack wait for at most so many others.
const TURNS_MAX: u64 = 20;
/// Others who gave a device a key that no manager gave, so that one of them may have been wrong.
const GIVERS_ENOUGH: usize = 3;

impl Replica {
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

    /// Makes a new key if this person manages the space and somebody has the present one who should not. Returns whether it did.
    pub(super) fn rotate(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, id: SpaceId) -> Result<bool, LocalError> {
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

    pub(super) fn push_epoch(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, space: SpaceId, epoch: u32) -> Result<(), LocalError> {
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
    pub(super) fn push_wraps(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, space: SpaceId) -> Result<bool, LocalError> {
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
