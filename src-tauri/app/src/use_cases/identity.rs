//! People and devices: who is who, letting others in.

use api::act::{ApproveJoin, UnitChoice};
use api::error::ApiError;
use api::view::{DeviceRow, IdentityView, PersonRow};
use domain::id::{DeviceId, PersonId, UnitId};
use signing::certificate::Issuer;
use signing::keys::RootPublic;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;
use crate::profile;

impl App {
    pub(crate) async fn people(&self) -> Result<Vec<PersonRow>, ApiError> {
        self.engine()?.run(|core| core.people()).await
    }

    pub(crate) async fn identity(&self) -> Result<IdentityView, ApiError> {
        let view = self.engine()?.attempt(|core| core.identity_view()).await?;
        Ok(IdentityView { recovery: self.has_recovery_code().await?, ..view })
    }

    pub(crate) async fn approve_join(&self, act: ApproveJoin) -> Result<PersonRow, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let unit = act.unit.map(|choice| core.unit_chosen(choice)).transpose()?;
                core.with(|replica, cx| {
                    Ok(((), replica.approve_into(cx, &act.device, act.administrator, act.mine, unit.clone())?))
                })?;
                let person = core.replica.person_of(&act.device).ok_or_else(|| not_found("device"))?;
                core.admit_to_organisation_space(&person)?;
                core.person_row(&person).ok_or_else(|| not_found("person"))
            })
            .await
    }

    /// A hub belongs to no space and is nobody in lists of people.
    pub(crate) async fn approve_hub(&self, device: DeviceId) -> Result<PersonRow, ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?)))?;
                let person = core.replica.person_of(&device).ok_or_else(|| not_found("device"))?;
                core.person_row(&person).ok_or_else(|| not_found("person"))
            })
            .await
    }

    pub(crate) async fn refuse_join(&self, device: DeviceId) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.with(|replica, _| Ok(((), replica.refuse(&device))))).await
    }
}

impl Core {
    /// The unit that somebody is let into, with its name.
    fn unit_chosen(&mut self, choice: UnitChoice) -> Result<(UnitId, String), ApiError> {
        match choice {
            UnitChoice::Existing(unit) => self
                .replica
                .directory()
                .and_then(|directory| directory.devices().find(|certificate| certificate.unit == unit))
                .map(|certificate| (unit, certificate.unit_name.clone()))
                .ok_or_else(|| not_found("unit")),
            UnitChoice::New(typed) => {
                let name = domain::identity::title(&typed).map_err(|error| limit(&error).with("field", "unit"))?;
                Ok((profile::new_unit(&mut self.rng), name))
            }
        }
    }

    /// The six words for a device under a root.
    pub fn words(&self, root: &RootPublic, device: &DeviceId) -> String {
        domain::words::six_words(&root.0, device).join(" ")
    }

    /// A person as lists show it.
    pub fn person_row(&self, person: &PersonId) -> Option<PersonRow> {
        let directory = self.replica.directory()?;
        // A device that was just let in may not have the directory yet; its own certificate is enough for itself.
        let card = directory.person_certificate_card(person).or_else(|| self.replica.me().filter(|me| me.person == *person))?;
        Some(PersonRow {
            person: *person,
            name: card.person_name.clone(),
            title: card.person_title.clone(),
            unit: card.unit,
            unit_name: card.unit_name.clone(),
            administrator: directory.devices_of(person).any(|certificate| certificate.administrator),
            duties: self.duties_of(person),
            devices: u32::try_from(directory.devices_of(person).count()).unwrap_or(u32::MAX),
            certified: directory.x509(person).is_some(),
        })
    }

    /// A person's name; the short id if it is not known yet.
    pub fn person_name(&self, person: &PersonId) -> String {
        self.replica
            .directory()
            .and_then(|directory| directory.person_certificate_card(person))
            .map_or_else(|| person.short(), |card| card.person_name.clone())
    }

    pub fn people(&self) -> Vec<PersonRow> {
        let Some(directory) = self.replica.directory() else {
            return Vec::new();
        };
        let persons: std::collections::BTreeSet<PersonId> = directory
            .devices()
            .filter(|certificate| !directory.is_hub(&certificate.device))
            .map(|certificate| certificate.person)
            .collect();
        let mut rows: Vec<PersonRow> = persons.iter().filter_map(|person| self.person_row(person)).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.person.cmp(&b.person)));
        rows
    }

    pub fn identity_view(&self) -> Result<IdentityView, ApiError> {
        let not_yet = || ApiError::new("not_enrolled", "this device belongs to no organisation yet");
        let me = self.replica.me().ok_or_else(not_yet)?;
        let directory = self.replica.directory().ok_or_else(not_yet)?;
        let root = *directory.root();
        let device = self.replica.device();
        let devices = directory
            .devices_of(&me.person)
            .map(|certificate| DeviceRow {
                device: certificate.device,
                name: certificate.person_name.clone(),
                title: certificate.person_title.clone(),
                since: certificate.issued_at,
                words: self.words(&root, &certificate.device),
                this_device: certificate.device == device,
            })
            .collect();
        let requests = self
            .replica
            .join_requests()
            .map(|pending| DeviceRow {
                device: pending.request.device,
                name: pending.request.name.clone(),
                title: pending.request.title.clone(),
                since: pending.asked_at,
                words: self.words(&root, &pending.request.device),
                this_device: false,
            })
            .collect();
        Ok(IdentityView {
            me: self.person_row(&me.person).ok_or_else(not_yet)?,
            organisation: self.replica.organisation().to_owned(),
            root: root.fingerprint(),
            device,
            words: self.words(&root, &device),
            devices,
            requests,
            decides_units: me.administrator && me.issuer == Issuer::Root,
            recovery: false,
            doubted: directory
                .doubted()
                .filter(|certificate| certificate.person == me.person && !directory.was_revoked(&certificate.device))
                .map(|certificate| DeviceRow {
                    device: certificate.device,
                    name: match certificate.issuer {
                        Issuer::Root => String::new(),
                        Issuer::Device(issuer) => {
                            directory.certificate(&issuer).map(|by| by.person_name.clone()).unwrap_or_default()
                        }
                    },
                    title: String::new(),
                    since: certificate.issued_at,
                    words: self.words(&root, &certificate.device),
                    this_device: false,
                })
                .collect(),
        })
    }
}
