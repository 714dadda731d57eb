//! First run: making an organisation, joining one, unlocking, the demonstration.

use api::act::{CreateOrganisation, JoinOrganisation, Unlock};
use api::error::ApiError;
use api::view::{IdentityView, JoinView, ProfileState, StatusView};
use signing::join::JOIN_VERSION;
use signing::keys::RootKey;
use signing::{Founded, Invitation, JoinRequest, RootFile};
use signing_pdf::CertificateAuthority;
use sync::Founding;
use sync::control::ControlOp;
use zeroize::Zeroizing;

use crate::app::{App, blocking, fresh_rng};
use crate::engine::Core;
use crate::error::AtBoundary;
use crate::making::Making;
use crate::profile;

impl App {
    pub(crate) async fn status(&self) -> Result<StatusView, ApiError> {
        if !self.is_open() {
            return Ok(self.closed_status());
        }
        let closed = self.closed_status();
        self.engine()?
            .run(move |core| {
                let enrolled = core.replica.me().is_some();
                let me = core.replica.me().map(|me| me.person).and_then(|person| core.person_row(&person));
                StatusView {
                    state: if enrolled { ProfileState::Ready } else { ProfileState::Joining },
                    me,
                    organisation: core.replica.organisation().to_owned(),
                    version: closed.version,
                    join: (!enrolled).then(|| core.join_view()),
                }
            })
            .await
    }

    pub(crate) async fn unlock_and_report(&self, act: Unlock) -> Result<StatusView, ApiError> {
        let passphrase = Zeroizing::new(act.passphrase);
        self.unlock_and(&passphrase, act.remember).await?;
        self.status().await
    }

    pub(crate) async fn change_passphrase(&self, old: String, new: String) -> Result<(), ApiError> {
        let (old, new) = (Zeroizing::new(old), Zeroizing::new(new));
        let _turn = self.inner().opening.lock().await;
        let folder = self.folder().to_owned();
        blocking(move || {
            profile::change_passphrase(&folder, &old, &new, &mut fresh_rng()?)?;
            // Who changes a passphrase wants it to be asked for. Where there is no keyring nothing is kept.
            if let Err(error) = crate::keyring::forget(&folder) {
                tracing::debug!(%error, "no keyring to forget in");
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn forget_key(&self) -> Result<(), ApiError> {
        let folder = self.folder().to_owned();
        blocking(move || crate::keyring::forget(&folder)).await
    }

    pub(crate) async fn create_organisation(&self, act: CreateOrganisation) -> Result<IdentityView, ApiError> {
        let turn = self.inner().opening.lock().await;
        let names = Names::check(&act.name, &act.title)?;
        let organisation = domain::identity::title(&act.organisation)
            .map_err(|error| crate::use_cases::agenda::limit(&error).with("field", "organisation"))?;
        let unit =
            domain::identity::title(&act.unit).map_err(|error| crate::use_cases::agenda::limit(&error).with("field", "unit"))?;
        let folder = self.folder().to_owned();
        let passphrase = Zeroizing::new(act.passphrase);
        let (making, store, secrets, root, founded) = blocking(move || {
            let mut rng = fresh_rng()?;
            let (making, mut store, mut secrets) = profile::create(&folder, &passphrase, &mut rng)?;
            let authority =
                CertificateAuthority::create(&shorten(&organisation), crate::engine::wall(), &mut rng).at_boundary()?;
            let founded = Founded {
                organisation,
                unit: profile::new_unit(&mut rng),
                unit_name: unit,
                person: secrets.person,
                person_name: names.name,
                person_title: names.title,
            };
            let root = RootFile {
                root: RootKey::generate(&mut rng),
                founded: Some(founded.clone()),
                authority: authority.to_secret_bytes().at_boundary()?,
            };
            profile::seal_root(&folder, &root, &passphrase, &mut rng)?;
            profile::keep_authority(&mut store, &authority)?;
            secrets.authority = Some(authority);
            Ok((making, store, secrets, root.root, founded))
        })
        .await?;
        let engine = self.start(store, secrets)?;
        let made = engine
            .attempt(move |core| {
                let founding = founding(founded);
                core.with(|replica, cx| Ok(((), replica.found(cx, &root, &founding)?)))?;
                drop(root);
                core.publish_authority(&founding.name)?;
                core.ensure_personal_space()?;
                core.ensure_organisation_space()?;
                core.identity_view()
            })
            .await;
        let made = self.finished(making, made).await;
        drop(turn);
        made
    }

    /// What was made counts once all of it is there; of what failed nothing stays.
    pub(super) async fn finished<R>(&self, mut making: Making, made: Result<R, ApiError>) -> Result<R, ApiError> {
        let made = made.and_then(|made| making.finish().map(|()| made));
        if made.is_err() {
            self.close().await;
        }
        made
    }

    pub(crate) async fn join_organisation(&self, act: JoinOrganisation) -> Result<JoinView, ApiError> {
        let turn = self.inner().opening.lock().await;
        let invitation = act.invitation.map(Zeroizing::new).as_deref().map(|text| Invitation::from_text(text)).transpose();
        let invitation = invitation.at_boundary()?;
        let names = match &invitation {
            Some(invitation) => Names::check(&invitation.name, &invitation.title)?,
            None => Names::check(&act.name, &act.title)?,
        };
        // Before anything is made: a slip in the address must not cost a profile.
        if let Some(peer) = act.peer.as_deref().map(str::trim).filter(|peer| !peer.is_empty()) {
            net::address::parse(peer).map_err(net::NetError::from).at_boundary().map_err(|error| error.with("address", peer))?;
        }
        let folder = self.folder().to_owned();
        let passphrase = Zeroizing::new(act.passphrase);
        let (making, store, secrets) = blocking(move || profile::create(&folder, &passphrase, &mut fresh_rng()?)).await?;
        let engine = self.start(store, secrets)?;
        let made = engine
            .attempt(move |core| {
                let keys = core.secrets.keys()?;
                let mut nonce = [0; 16];
                rand_core::Rng::fill_bytes(&mut core.rng, &mut nonce);
                let mut request = JoinRequest {
                    version: JOIN_VERSION,
                    device: keys.device(),
                    agreement: keys.agreement_key(),
                    person: core.secrets.person,
                    name: names.name.clone(),
                    title: names.title,
                    unit_name: None,
                    certificate_request: core.secrets.person_key.request(&names.name).at_boundary()?,
                    nonce,
                    made_at: core.now().wall,
                    invitation: None,
                };
                if let Some(invitation) = &invitation {
                    request.invitation = Some(invitation.claim(&request));
                }
                let signed = request.sign(&keys).at_boundary()?;
                let typed = act.peer.as_deref().map(str::trim).filter(|peer| !peer.is_empty());
                match (&invitation, typed) {
                    (Some(invitation), typed) => {
                        core.with(|replica, _| Ok(((), replica.ask_as_invited(signed, invitation.root))))?;
                        // An address that somebody typed stands for all others.
                        match typed {
                            Some(typed) => core.dial(typed)?,
                            None => core.call_who_invited(&invitation.addresses)?,
                        }
                    }
                    (None, Some(typed)) => {
                        core.with(|replica, _| Ok(((), replica.ask_who_answers(signed))))?;
                        core.call_who_was_typed(typed)?;
                    }
                    (None, None) => core.with(|replica, _| Ok(((), replica.ask_to_join(signed))))?,
                }
                Ok(core.join_view())
            })
            .await;
        let made = self.finished(making, made).await;
        drop(turn);
        made
    }

    pub(crate) async fn confirm_words(&self) -> Result<JoinView, ApiError> {
        self.engine()?
            .attempt(|core| {
                core.with(|replica, _| Ok(((), replica.confirm_words()?)))?;
                Ok(core.join_view())
            })
            .await
    }

    pub(crate) async fn try_demo(&self, passphrase: String) -> Result<StatusView, ApiError> {
        crate::demo::fill(self, &passphrase).await?;
        self.status().await
    }
}

/// What the first certificate of the root says.
pub(super) fn founding(founded: Founded) -> Founding {
    let Founded { organisation, unit, unit_name, person, person_name: name, person_title: title } = founded;
    Founding { organisation, unit, unit_name, person, name, title }
}

/// X.509 names hold 64 characters.
pub(super) fn shorten(name: &str) -> String {
    name.chars().take(signing_pdf::MAX_NAME_CHARS).collect()
}

/// A person's name and title, checked before anything is made.
pub(super) struct Names {
    pub name: String,
    pub title: String,
}

impl Names {
    pub fn check(name: &str, title: &str) -> Result<Self, ApiError> {
        let name = domain::identity::PersonName::parse(name)
            .map_err(|error| crate::use_cases::agenda::limit(&error).with("field", "name"))?;
        let title = match title.trim() {
            "" => String::new(),
            typed => {
                domain::identity::title(typed).map_err(|error| crate::use_cases::agenda::limit(&error).with("field", "title"))?
            }
        };
        Ok(Self { name: name.as_str().to_owned(), title })
    }
}

impl Core {
    /// Joining as the new device sees it.
    pub fn join_view(&self) -> JoinView {
        let joining = self.replica.joining();
        let root =
            joining.and_then(|joining| joining.root).or_else(|| self.replica.directory().map(|directory| *directory.root()));
        JoinView {
            device: self.replica.device(),
            words: root.map(|root| self.words(&root, &self.replica.device())).unwrap_or_default(),
            organisation: joining.map_or_else(|| self.replica.organisation().to_owned(), |joining| joining.organisation.clone()),
            confirmed: joining.is_none_or(|joining| joining.confirmed),
            enrolled: self.replica.me().is_some(),
            refused: joining.is_some_and(|joining| joining.refused),
            invited: joining.is_some_and(|joining| joining.pinned.is_some()),
            refusal: joining.and_then(|joining| joining.code.clone()),
        }
    }

    /// Publishes the certificate authority and asks it for this person's own certificate.
    fn publish_authority(&mut self, name: &str) -> Result<(), ApiError> {
        let Some(certificate) = self.secrets.authority.as_ref().map(|authority| authority.certificate_der().to_vec()) else {
            return Ok(());
        };
        let person = self.secrets.person;
        let request = self.secrets.person_key.request(&shorten(name)).at_boundary()?;
        self.with(|replica, cx| Ok(((), replica.directory_op(cx, ControlOp::Authority { certificate: certificate.into() })?)))?;
        self.with(|replica, cx| {
            Ok(((), replica.directory_op(cx, ControlOp::RequestPersonCertificate { person, request: request.into() })?))
        })
    }
}
