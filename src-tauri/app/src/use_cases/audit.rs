//! Taking people and devices out, and the list of who decided what. What is shown is what the replica folds, so it says what holds.

use std::collections::{BTreeMap, BTreeSet};

use api::audit::{AuditDevice, AuditEntry, AuditKind, AuditMember, AuditView};
use api::error::ApiError;
use domain::id::{DeviceId, PersonId, SpaceId, Timestamp};
use signing::certificate::{DeviceCertificate, Issuer};
use sync::audit::{Decided, Decision};
use sync::control::SpaceKind;

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// Decisions of one answer.
const ENTRIES_MAX: usize = 2_000;

impl App {
    pub(crate) async fn audit(&self, meeting: Option<SpaceId>) -> Result<AuditView, ApiError> {
        self.engine()?.attempt(move |core| core.audit_view(meeting)).await
    }

    pub(crate) async fn revoke_device(&self, device: DeviceId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.certificate_of(&device).ok_or_else(|| not_found("device"))?;
                if device == core.replica.device() {
                    return Err(ApiError::new("own_device", "a device does not end the trust in itself"));
                }
                core.with(|replica, cx| Ok(((), replica.revoke_device(cx, device)?)))
            })
            .await
    }

    pub(crate) async fn remove_participant(&self, meeting: SpaceId, person: PersonId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                if core.me()? == person {
                    return Err(ApiError::new("own_person", "nobody takes themselves out"));
                }
                core.with(|replica, cx| Ok(((), replica.remove_participant(cx, &meeting, person)?)))
            })
            .await
    }

    pub(crate) async fn remove_person(&self, person: PersonId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                if core.me()? == person {
                    return Err(ApiError::new("own_person", "nobody takes themselves out"));
                }
                core.person_row(&person).ok_or_else(|| not_found("person"))?;
                let devices: Vec<DeviceCertificate> = core
                    .replica
                    .directory()
                    .map(|directory| directory.devices_of(&person).cloned().collect())
                    .unwrap_or_default();
                if !devices.iter().all(|device| core.may_revoke(device)) {
                    return Err(ApiError::new("not_allowed", "the person belongs to another unit"));
                }
                // First the devices: from then on nothing that they say counts. Spaces that others manage get new keys from their managers.
                for device in devices {
                    core.with(|replica, cx| Ok(((), replica.revoke_device(cx, device.device)?)))?;
                }
                for space in core.spaces_managed_with(&person)? {
                    core.with(|replica, cx| Ok(((), replica.remove_member(cx, &space, person)?)))?;
                }
                Ok(())
            })
            .await
    }
}

impl Core {
    fn certificate_of(&self, device: &DeviceId) -> Option<&DeviceCertificate> {
        self.replica.directory().and_then(|directory| directory.certificate(device))
    }

    /// As [`sync::directory::Directory::permits`] decides it.
    fn may_revoke(&self, target: &DeviceCertificate) -> bool {
        self.replica.me().is_some_and(|me| {
            target.device != me.device
                && (target.person == me.person || (me.administrator && (me.issuer == Issuer::Root || me.unit == target.unit)))
        })
    }

    /// Meetings, what their guests do not have, and the organisation's space, as far as I manage them and the person belongs to them.
    fn spaces_managed_with(&self, person: &PersonId) -> Result<Vec<SpaceId>, ApiError> {
        let me = self.me()?;
        let shared = [SpaceKind::Meeting, SpaceKind::Inner, SpaceKind::Organisation]
            .into_iter()
            .flat_map(|kind| self.replica.spaces_of(kind));
        let mine =
            |space: &SpaceId| self.replica.access(space).is_some_and(|access| access.manages(&me) && access.is_member(person));
        Ok(shared.filter(mine).collect())
    }

    fn audit_view(&self, meeting: Option<SpaceId>) -> Result<AuditView, ApiError> {
        let directory = self.replica.directory().ok_or_else(|| not_found("organisation"))?.space();
        let (space, mut decided, devices) = match meeting {
            Some(meeting) => (meeting, Vec::new(), Vec::new()),
            None => {
                let decided = self.replica.decisions(&directory);
                let devices = self.audit_devices(&decided);
                (self.organisation_space()?, decided, devices)
            }
        };
        let access = self.replica.access(&space).ok_or_else(|| not_found("meeting"))?;
        let me = self.me()?;
        if !access.is_member(&me) {
            return Err(not_found("meeting"));
        }
        let here = self.replica.decisions(&space);
        let holders = holders(&here);
        let manages = access.manages(&me);
        let members = access.members.iter().map(|(person, role)| {
            let given = here.iter().rev().find(|one| {
                let founded = one.decision == Decision::Begun && one.by == Some(*person);
                one.took_effect && (founded || matches!(one.decision, Decision::Role { person: given, .. } if given == *person))
            });
            let mut own = self.replica.directory().into_iter().flat_map(|directory| directory.devices_of(person));
            AuditMember {
                person: *person,
                name: self.person_name(person),
                unit_name: own.next().map(|card| card.unit_name.clone()).unwrap_or_default(),
                role: *role,
                duties: access.duties.get(person).map(|duties| duties.iter().copied().collect()).unwrap_or_default(),
                since: given.map(|one| one.at),
                by: given.map(|one| self.signer_of(one)).unwrap_or_default(),
                devices: self.count_devices(person, &holders),
                may_remove: manages && *person != me,
            }
        });
        let mut members: Vec<AuditMember> = members.collect();
        members.sort_by(|one, other| one.name.cmp(&other.name).then(one.person.cmp(&other.person)));
        decided.extend(here);
        decided.sort_by_key(|one| (std::cmp::Reverse(one.at), one.hash));
        let total = u32::try_from(decided.len()).unwrap_or(u32::MAX);
        let entries = decided.iter().take(ENTRIES_MAX).map(|one| self.audit_entry(one)).collect();
        Ok(AuditView { members, devices, entries, total })
    }

    fn count_devices(&self, person: &PersonId, holders: &BTreeSet<DeviceId>) -> u32 {
        let devices = self.replica.directory().into_iter().flat_map(|directory| directory.devices_of(person));
        u32::try_from(devices.filter(|device| holders.contains(&device.device)).count()).unwrap_or(u32::MAX)
    }

    fn audit_devices(&self, decided: &[Decided]) -> Vec<AuditDevice> {
        let Some(directory) = self.replica.directory() else { return Vec::new() };
        let mut revoked: BTreeMap<DeviceId, (Timestamp, String)> = BTreeMap::new();
        for one in decided.iter().filter(|one| one.took_effect) {
            if let Decision::Revoked { device } = one.decision {
                revoked.entry(device).or_insert_with(|| (one.at, self.signer_of(one)));
            }
        }
        let ended = |device: &DeviceId| match directory.is_doubted(device) {
            true => directory.was_revoked(device),
            false => directory.is_revoked(device),
        };
        let certificates = directory.all_certificates().filter_map(|signed| signed.read_unverified().ok());
        let devices = certificates.filter_map(|claim| directory.certificate(&claim.device)).map(|card| AuditDevice {
            device: card.device,
            name: card.person_name.clone(),
            unit_name: card.unit_name.clone(),
            since: card.issued_at,
            by: match card.issuer {
                Issuer::Root => String::new(),
                Issuer::Device(issuer) => self.device_owner(&issuer),
            },
            administrator: card.administrator,
            hub: directory.is_hub(&card.device),
            revoked: ended(&card.device)
                .then(|| revoked.get(&card.device).cloned().unwrap_or_else(|| (card.issued_at, String::new()))),
            this_device: card.device == self.replica.device(),
            may_revoke: !ended(&card.device) && self.may_revoke(card),
            doubted: directory.is_doubted(&card.device),
        });
        let mut devices: Vec<AuditDevice> = devices.collect();
        devices.sort_by(|one, other| one.name.cmp(&other.name).then(one.since.cmp(&other.since)));
        devices
    }

    fn device_owner(&self, device: &DeviceId) -> String {
        self.certificate_of(device).map_or_else(|| device.short(), |card| card.person_name.clone())
    }

    fn signer_of(&self, one: &Decided) -> String {
        one.by.map_or_else(|| one.device.short(), |person| self.person_name(&person))
    }

    fn audit_entry(&self, one: &Decided) -> AuditEntry {
        let name = |person: &PersonId| self.person_name(person);
        let owner = |device: &DeviceId| format!("{} ({})", self.device_owner(device), device.short());
        let (kind, about) = match &one.decision {
            Decision::Begun => (AuditKind::Begun, String::new()),
            Decision::Role { person, .. } => (AuditKind::Role, name(person)),
            Decision::Removed { person } => (AuditKind::Removed, name(person)),
            Decision::Duty { person, held: true, .. } => (AuditKind::DutyGiven, name(person)),
            Decision::Duty { person, .. } => (AuditKind::DutyTaken, name(person)),
            Decision::Key { .. } => (AuditKind::Key, String::new()),
            Decision::KeyGiven { devices, .. } => {
                (AuditKind::KeyGiven, devices.iter().map(|device| self.device_owner(device)).collect::<Vec<_>>().join(", "))
            }
            Decision::Enrolled { device } => (AuditKind::Enrolled, owner(device)),
            Decision::Revoked { device } => (AuditKind::Revoked, owner(device)),
            Decision::Hub { device, carries: true } => (AuditKind::HubBegun, owner(device)),
            Decision::Hub { device, .. } => (AuditKind::HubEnded, owner(device)),
            Decision::Named(name) => (AuditKind::Named, name.clone()),
            Decision::Authority => (AuditKind::Authority, String::new()),
            Decision::CertificateAsked { person } => (AuditKind::CertificateAsked, name(person)),
            Decision::CertificateIssued { person } => (AuditKind::CertificateIssued, name(person)),
            Decision::Withdrawn { .. } => (AuditKind::Withdrawn, String::new()),
            Decision::Unknown => (AuditKind::Unknown, String::new()),
        };
        let (key, devices) = match &one.decision {
            Decision::Key { epoch, devices } | Decision::KeyGiven { epoch, devices } => (Some(*epoch), devices.len()),
            Decision::Withdrawn { files } => (None, *files),
            _ => (None, 0),
        };
        AuditEntry {
            at: one.at,
            by: self.signer_of(one),
            kind,
            about,
            role: match one.decision {
                Decision::Role { role, .. } => Some(role),
                _ => None,
            },
            duty: match one.decision {
                Decision::Duty { duty, .. } => Some(duty),
                _ => None,
            },
            key,
            devices: u32::try_from(devices).unwrap_or(u32::MAX),
            took_effect: one.took_effect,
        }
    }
}

/// The devices that were given the newest key.
fn holders(decided: &[Decided]) -> BTreeSet<DeviceId> {
    let keys = decided.iter().filter(|one| one.took_effect).filter_map(|one| match &one.decision {
        Decision::Key { epoch, devices } => Some((*epoch, true, devices)),
        Decision::KeyGiven { epoch, devices } => Some((*epoch, false, devices)),
        _ => None,
    });
    let keys: Vec<_> = keys.collect();
    let newest = keys.iter().filter(|(_, first, _)| *first).map(|(epoch, ..)| *epoch).max();
    keys.iter().filter(|(epoch, ..)| Some(*epoch) == newest).flat_map(|(.., devices)| devices.iter().copied()).collect()
}
