//! Taking an organisation up again from its root's file, on a new device: when the administrators' devices are lost or not to be trusted.
//!
//! The device is certified by the root itself, which every device accepts. It goes on as the founder, whose place in the spaces is
//! still there, or as somebody new. Whom it no longer trusts it revokes afterwards, in the light of what others' devices tell it.

use std::path::{Path, PathBuf};

use api::act::RecoverOrganisation;
use api::error::ApiError;
use api::view::IdentityView;
use domain::id::PersonId;
use signing::{Founded, RootFile};
use signing_pdf::CertificateAuthority;
use sync::control::ControlOp;
use zeroize::Zeroizing;

use super::agenda::limit;
use super::organisation::{Names, founding, shorten};
use crate::app::{App, blocking, fresh_rng};
use crate::engine::Core;
use crate::error::AtBoundary;
use crate::file::read_whole;
use crate::profile;

/// Longest file of a root.
const ROOT_FILE_BYTES_MAX: usize = 64 << 10;

impl App {
    pub(crate) async fn recover_organisation(&self, act: RecoverOrganisation) -> Result<IdentityView, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are read by the desktop and the command line only"));
        }
        let turn = self.inner().opening.lock().await;
        let RecoverOrganisation { path, root_passphrase, passphrase, organisation, unit, name, title } = act;
        let (root_passphrase, passphrase) = (Zeroizing::new(root_passphrase), Zeroizing::new(passphrase));
        let typed = Typed::check(organisation, unit, name, &title)?;
        let folder = self.folder().to_owned();
        let path = PathBuf::from(path);
        let (making, store, secrets, root, founded) = blocking(move || {
            let mut rng = fresh_rng()?;
            let file = opened(&path, &root_passphrase)?;
            let unit = profile::new_unit(&mut rng);
            // Nothing is made before it is known that the file is good.
            let (founded, is_new) = typed.over(file.founded, unit)?;
            let (making, mut store, mut secrets) = profile::create(&folder, &passphrase, &mut rng)?;
            let person = if is_new { secrets.person } else { founded.person };
            if !file.authority.is_empty() {
                let authority = CertificateAuthority::from_secret_bytes(&file.authority).at_boundary()?;
                profile::keep_authority(&mut store, &authority)?;
                secrets.authority = Some(authority);
            }
            profile::mark_recovered(&mut store)?;
            Ok((making, store, secrets, file.root, Founded { person, ..founded }))
        })
        .await?;
        let engine = self.start(store, secrets)?;
        let made = engine
            .attempt(move |core| {
                let founding = founding(founded);
                core.with(|replica, cx| Ok(((), replica.recover(cx, &root, &founding)?)))?;
                // The root has done what it is for.
                drop(root);
                core.ask_for_certificate(founding.person, &founding.name)?;
                core.ensure_personal_space()?;
                core.identity_view()
            })
            .await;
        let made = self.finished(making, made).await;
        drop(turn);
        made
    }
}

impl Core {
    /// Somebody new has no certificate for signing yet. Whoever comes back has one, for the key of the lost device.
    fn ask_for_certificate(&mut self, person: PersonId, name: &str) -> Result<(), ApiError> {
        if person != self.secrets.person {
            return Ok(());
        }
        let request = self.secrets.person_key.request(&shorten(name)).at_boundary()?;
        self.with(|replica, cx| {
            Ok(((), replica.directory_op(cx, ControlOp::RequestPersonCertificate { person, request: request.into() })?))
        })
    }
}

fn opened(path: &Path, passphrase: &str) -> Result<RootFile, ApiError> {
    let sealed = read_whole(path, ROOT_FILE_BYTES_MAX, "root_file_not_one")?;
    RootFile::open(passphrase.as_bytes(), &sealed).at_boundary().map_err(|error| error.with("file", path.display()))
}

/// What was typed in place of what the file tells, or because it tells nothing.
struct Typed {
    organisation: Option<String>,
    unit: Option<String>,
    names: Option<Names>,
}

impl Typed {
    fn check(organisation: Option<String>, unit: Option<String>, name: Option<String>, title: &str) -> Result<Self, ApiError> {
        let line = |field: &'static str, typed: Option<String>| {
            typed.map(|typed| domain::identity::title(&typed).map_err(|error| limit(&error).with("field", field))).transpose()
        };
        Ok(Self {
            organisation: line("organisation", organisation)?,
            unit: line("unit", unit)?,
            names: name.map(|name| Names::check(&name, title)).transpose()?,
        })
    }

    /// What the new certificate says, and whether it is of somebody new.
    fn over(self, founded: Option<Founded>, new_unit: domain::id::UnitId) -> Result<(Founded, bool), ApiError> {
        let missing =
            || ApiError::new("root_file_names_needed", "the file tells the root alone: organisation, unit and name are needed");
        let is_new = self.names.is_some();
        match (founded, self.names) {
            (Some(founded), Some(names)) => {
                Ok((Founded { person_name: names.name, person_title: names.title, ..founded }, is_new))
            }
            (Some(founded), None) => Ok((founded, is_new)),
            (None, Some(names)) => {
                let (organisation, unit_name) = (self.organisation.ok_or_else(missing)?, self.unit.ok_or_else(missing)?);
                // The person is chosen by whoever makes the profile.
                let person = PersonId([0; PersonId::LEN]);
                let Names { name: person_name, title: person_title } = names;
                Ok((Founded { organisation, unit: new_unit, unit_name, person, person_name, person_title }, is_new))
            }
            (None, None) => Err(missing()),
        }
    }
}
