//! Devices by the dozen that belong to the organisation's space and write there, without anybody running them; and wires that are pulled
//! and put back while others go on.
#![allow(clippy::expect_used, reason = "a room is for tests: what cannot be done there ends the test with its reason")]

use domain::id::{PersonId, SpaceId};
use domain::meeting::MeetingRole;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use signing::certificate::CERTIFICATE_VERSION;
use signing::keys::DeviceKeys;
use signing::{DeviceCertificate, Issuer, Signed};
use sync::control::ControlOp;

use crate::Room;

impl Room {
    /// So many people, each with one certified device, who belong to a space: their keys, to write under with [`crate::forgery::Pen`].
    pub fn staff(&mut self, administrator: &str, space: SpaceId, count: usize) -> Vec<(PersonId, DeviceKeys)> {
        let mut rng = ChaCha20Rng::seed_from_u64(63);
        let mut staff = Vec::new();
        for number in 1..=count {
            let keys = DeviceKeys::generate(&mut rng);
            let mut person = PersonId([0; PersonId::LEN]);
            rng.fill_bytes(&mut person.0);
            self.certify(administrator, &keys, person, format!("Cán bộ {number}"));
            self.invite(administrator, space, person, MeetingRole::Delegate);
            staff.push((person, keys));
        }
        self.run_until_quiescent();
        staff
    }

    /// Lets a device in without its having asked over the wire.
    pub(crate) fn certify(&mut self, administrator: &str, keys: &DeviceKeys, person: PersonId, name: String) {
        let replica = self.replica(administrator);
        let issuer = replica.me().expect("an administrator is enrolled");
        let certificate = DeviceCertificate {
            version: CERTIFICATE_VERSION,
            root: issuer.root,
            unit: issuer.unit,
            unit_name: issuer.unit_name.clone(),
            person,
            person_name: name,
            person_title: "Chuyên viên".into(),
            device: keys.device(),
            agreement: keys.agreement_key(),
            administrator: false,
            issued_at: self.wall(administrator),
            issuer: Issuer::Device(issuer.device),
        };
        let certificate = Signed::sign(replica.keys(), &certificate);
        self.directory_op(administrator, ControlOp::Certify { certificate }).expect("an administrator certifies");
    }

    /// A device greets, and is greeted, as by a program of version 1 of the protocol, from its next connection on.
    pub fn greets_in_version_1(&mut self, name: &str) {
        let at = self.at(name);
        self.network.old.insert(at);
    }

    /// Joins two devices by a wire, and nothing else: what follows stays on it.
    pub fn plug_in(&mut self, a: &str, b: &str) {
        let (a, b) = (self.at(a), self.at(b));
        self.network.cut.remove(&(a.min(b), a.max(b)));
        self.connect(a, b);
    }
}
