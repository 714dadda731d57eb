//! Letting others into the organisation. How a device asks for it: `joining.rs` of the crate.

use domain::id::{DeviceId, UnitId};
use signing::certificate::{CERTIFICATE_VERSION, DeviceCertificate, Issuer, SignedCertificate};
use signing::signed::Signed;

use super::LocalError;
use crate::control::{ControlOp, directory_space};
use crate::port::{Cx, Effects};
use crate::replica::Replica;

impl Replica {
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
        // Whoever asks chooses the person's id. Somebody whose only device was lost and revoked still sits where they sat.
        if !mine && self.directory.as_ref().is_some_and(|directory| directory.knows_person(&request.person)) {
            return Err(LocalError::NotAllowed("the request names a person who has or had a device"));
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
        self.answer_join(&mut fx, device, None);
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
}
