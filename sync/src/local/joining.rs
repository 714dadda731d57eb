//! Asking to be let into an organisation, and letting others in.

use domain::id::{DeviceId, UnitId};
use signing::certificate::{CERTIFICATE_VERSION, DeviceCertificate, Issuer, SignedCertificate};
use signing::join::SignedJoinRequest;
use signing::keys::RootPublic;
use signing::signed::Signed;

use super::LocalError;
use crate::control::{ControlOp, directory_space};
use crate::peer::Stage;
use crate::port::{Change, Cx, Effects, Write};
use crate::replica::{Joining, META_JOIN, META_ROOT, Replica};

impl Replica {
    /// Keeps the request to join; it is shown to every member that this device meets.
    pub fn ask_to_join(&mut self, request: SignedJoinRequest) -> Effects {
        let mut fx = Effects::default();
        fx.writes.push(Write::Meta { key: META_JOIN.into(), value: request.to_bytes() });
        self.joining = Some(Joining { request, root: None, organisation: String::new(), confirmed: false, refused: false });
        fx.changes.insert(Change::Joining);
        // Members met before the person decided to join are asked as well.
        let met: Vec<_> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.stage == Stage::Stranger)
            .map(|(key, peer)| (*key, peer.root, peer.organisation.clone()))
            .collect();
        for (key, root, organisation) in met {
            self.offer_join(&mut fx, key, root, &organisation);
        }
        fx
    }

    /// The person has compared the words: the root that the peers told is pinned.
    ///
    /// # Errors
    /// No peer has told its root yet.
    pub fn confirm_words(&mut self) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        let Some(joining) = self.joining.as_mut() else {
            return Err(LocalError::NoSuchRequest);
        };
        let Some(root) = joining.root else {
            return Err(LocalError::NoSuchRequest);
        };
        joining.confirmed = true;
        fx.writes.push(Write::Meta { key: META_ROOT.into(), value: root.0.to_vec() });
        let request = joining.request.clone();
        // An answer that came before the words were confirmed was not believed: ask again.
        for (key, peer) in self.peers.iter().filter(|(_, peer)| peer.root == Some(root)) {
            let _ = peer;
            Self::send(&mut fx, *key, &crate::wire::Message::Enrol { request: request.clone() });
        }
        fx.changes.insert(Change::Joining);
        Ok(fx)
    }

    /// As [`Self::confirm_words`] for a root that a person named otherwise, such as by its fingerprint: peers of other organisations that
    /// called first do not decide whom this device asks.
    ///
    /// # Errors
    /// Nothing was asked, or this device belongs to an organisation already.
    pub fn confirm_root(&mut self, root: RootPublic) -> Result<Effects, LocalError> {
        let told = self.peers.values().find(|peer| peer.root == Some(root)).map(|peer| peer.organisation.clone());
        let joining = self.joining.as_mut().ok_or(LocalError::NoSuchRequest)?;
        joining.root = Some(root);
        if let Some(organisation) = told {
            joining.organisation = organisation;
        }
        self.confirm_words()
    }

    /// Lets a device in. `mine`: it is a further device of this person; otherwise it is the person named in the request,
    /// in this administrator's unit.
    ///
    /// # Errors
    /// Nobody asks with this device, or this device may not issue the certificate.
    pub fn approve(
        &mut self,
        cx: &mut Cx<'_>,
        device: &DeviceId,
        administrator: bool,
        mine: bool,
    ) -> Result<Effects, LocalError> {
        self.approve_into(cx, device, administrator, mine, None)
    }

    /// As [`Self::approve`], into another unit: administrators certified by the root may.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub fn approve_into(
        &mut self,
        cx: &mut Cx<'_>,
        device: &DeviceId,
        administrator: bool,
        mine: bool,
        unit: Option<(UnitId, String)>,
    ) -> Result<Effects, LocalError> {
        let me = self.me.clone().ok_or(LocalError::NotEnrolled)?;
        let request = self.join_requests.get(device).ok_or(LocalError::NoSuchRequest)?.request.clone();
        let (unit, unit_name) = unit.filter(|_| !mine).unwrap_or_else(|| (me.unit, me.unit_name.clone()));
        let certificate = DeviceCertificate {
            version: CERTIFICATE_VERSION,
            root: me.root,
            unit,
            unit_name,
            person: if mine { me.person } else { request.person },
            person_name: if mine { me.person_name.clone() } else { request.name.clone() },
            person_title: if mine { me.person_title.clone() } else { request.title.clone() },
            device: request.device,
            agreement: request.agreement,
            administrator: administrator && me.administrator,
            issued_at: cx.now.wall,
            issuer: Issuer::Device(me.device),
        };
        let taken =
            self.directory.as_ref().is_some_and(|directory| !mine && directory.devices_of(&request.person).next().is_some());
        if taken {
            return Err(LocalError::NotAllowed("the request names a person who already has a device"));
        }
        let signed: SignedCertificate = Signed::sign(&self.keys, &certificate);
        let root = *self.directory.as_ref().ok_or(LocalError::NotEnrolled)?.root();
        signing::verify_one(&signed, Some(&me), &root).map_err(|error| LocalError::Certificate(error.to_string()))?;
        let mut fx = Effects::default();
        let pending = self.join_requests.get(device).cloned();
        let space = directory_space(&root);
        self.push_control(cx, &mut fx, space, ControlOp::Certify { certificate: signed })?;
        if !request.certificate_request.is_empty() && !mine {
            let op = ControlOp::RequestPersonCertificate {
                person: request.person,
                request: request.certificate_request.clone().into(),
            };
            self.push_control(cx, &mut fx, space, op)?;
        }
        if let Some(pending) = pending {
            self.join_requests.insert(*device, pending);
        }
        self.answer_join(&mut fx, device);
        self.settle(cx, &mut fx);
        Ok(fx)
    }

    /// Lets a headless device in that carries everything as ciphertext: it is certified and gets its role at once, before anybody could give
    /// it a key.
    ///
    /// # Errors
    /// Nobody asks with this device, or this person is no administrator.
    pub fn approve_hub(&mut self, cx: &mut Cx<'_>, device: &DeviceId) -> Result<Effects, LocalError> {
        if !self.me.as_ref().ok_or(LocalError::NotEnrolled)?.administrator {
            return Err(LocalError::NotAllowed("only administrators let hubs in"));
        }
        let mut fx = self.approve(cx, device, false, false)?;
        fx.append(self.directory_op(cx, ControlOp::Hub { device: *device, carries: true })?);
        Ok(fx)
    }

    /// Turns a request to join away.
    pub fn refuse(&mut self, device: &DeviceId) -> Effects {
        let mut fx = Effects::default();
        self.answer_join(&mut fx, device);
        fx
    }
}
