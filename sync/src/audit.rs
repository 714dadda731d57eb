//! What was decided about people, devices and keys: every control operation that this device has verified, with whether it took effect.
//! Nothing is told that the fold does not use, so the list and the rights of people never disagree.

use domain::duty::Duty;
use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;

use crate::access::Access;
use crate::admission::judged;
use crate::control::{ControlOp, KeyWrap};
use crate::directory::Directory;
use crate::envelope::Header;
use crate::replica::Replica;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The space was begun.
    Begun,
    /// A person was given a role.
    Role {
        /// Who.
        person: PersonId,
        /// Which.
        role: MeetingRole,
    },
    /// A person was taken out.
    Removed {
        /// Who.
        person: PersonId,
    },
    /// A duty was given or taken back.
    Duty {
        /// Who.
        person: PersonId,
        /// Which.
        duty: Duty,
        /// Given.
        held: bool,
    },
    /// A new key: what is written from here on is read by these devices.
    Key {
        /// Its number.
        epoch: u32,
        /// Who was given it.
        devices: Vec<DeviceId>,
    },
    /// The key of an epoch was given to further devices: they can read what was written under it.
    KeyGiven {
        /// Its number.
        epoch: u32,
        /// To whom.
        devices: Vec<DeviceId>,
    },
    /// A device was let in.
    Enrolled {
        /// Which.
        device: DeviceId,
    },
    /// A device is no longer trusted.
    Revoked {
        /// Which.
        device: DeviceId,
    },
    /// A device carries sealed spaces for others, or no longer.
    Hub {
        /// Which.
        device: DeviceId,
        /// From here on.
        carries: bool,
    },
    /// The organisation was given its name.
    Named(String),
    /// The authority for PDF signatures was set.
    Authority,
    /// A person asked for a certificate for PDF signatures.
    CertificateAsked {
        /// Who.
        person: PersonId,
    },
    /// A person's certificate for PDF signatures was issued.
    CertificateIssued {
        /// For whom.
        person: PersonId,
    },
    /// Files were withdrawn: their bytes are thrown away everywhere.
    Withdrawn {
        /// How many.
        files: usize,
    },
    /// A newer program decided something that this one does not know.
    Unknown,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The envelope that says so.
    pub hash: Hash32,
    /// The device that signed it.
    pub device: DeviceId,
    /// Whose device that is, if it is known.
    pub by: Option<PersonId>,
    /// When, by that device's clock.
    pub at: Timestamp,
    /// What.
    pub decision: Decision,
    /// It took effect. Otherwise its author had lost the right, by a removal or revocation that was not known to all yet.
    pub took_effect: bool,
}

impl Replica {
    /// All decisions about a space (or about the organisation's directory, by its space) in folding order; none of a space that is not here.
    pub fn decisions(&self, id: &SpaceId) -> Vec<Decided> {
        let Some(space) = self.spaces.get(id) else { return Vec::new() };
        let directory = self.directory.as_ref();
        let is_directory = directory.is_some_and(|directory| directory.space() == *id);
        let effects = judged(&self.directory, *id, |judge| Access::effective(id, &space.dag, judge));
        let person = |device: &DeviceId| directory.and_then(|directory| directory.person(device));
        space
            .dag
            .ordered()
            .into_iter()
            .map(|node| Decided {
                hash: node.hash,
                device: node.header.device,
                by: person(&node.header.device),
                at: node.header.made_at,
                decision: node.op.as_ref().map_or(Decision::Unknown, decision),
                took_effect: match directory {
                    Some(directory) if is_directory => stands(directory, &node.hash, node.op.as_ref(), &node.header),
                    _ => effects.contains(&node.hash),
                },
            })
            .collect()
    }
}

/// Does an operation of the directory stand: a certificate by its own signatures whoever brought it, anything else by its author.
fn stands(directory: &Directory, hash: &Hash32, op: Option<&ControlOp>, header: &Header) -> bool {
    match op {
        Some(ControlOp::Certify { certificate }) => certificate
            .read_unverified()
            .is_ok_and(|claim| directory.certificate(&claim.device).is_some() && directory.stands(&claim.device)),
        Some(ControlOp::Revoke { device, .. }) => directory.is_revoked_by(device, hash),
        Some(_) => directory.counts(&directory.space(), header),
        None => false,
    }
}

fn decision(op: &ControlOp) -> Decision {
    let devices = |wraps: &[KeyWrap]| wraps.iter().map(|wrap| wrap.device).collect();
    match op {
        ControlOp::Genesis(_) => Decision::Begun,
        ControlOp::Member { person, role } => Decision::Role { person: *person, role: *role },
        ControlOp::Remove { person, .. } => Decision::Removed { person: *person },
        ControlOp::Duty { person, duty, held } => Decision::Duty { person: *person, duty: *duty, held: *held },
        ControlOp::Epoch { epoch, wraps, .. } => Decision::Key { epoch: *epoch, devices: devices(wraps) },
        ControlOp::Wraps { epoch, wraps } => Decision::KeyGiven { epoch: *epoch, devices: devices(wraps) },
        ControlOp::Certify { certificate } => match certificate.read_unverified() {
            Ok(claim) => Decision::Enrolled { device: claim.device },
            Err(_) => Decision::Unknown,
        },
        ControlOp::Revoke { device, .. } => Decision::Revoked { device: *device },
        ControlOp::Hub { device, carries } => Decision::Hub { device: *device, carries: *carries },
        ControlOp::Organisation { name } => Decision::Named(name.clone()),
        ControlOp::Authority { .. } => Decision::Authority,
        ControlOp::RequestPersonCertificate { person, .. } => Decision::CertificateAsked { person: *person },
        ControlOp::PersonCertificate { person, .. } => Decision::CertificateIssued { person: *person },
        ControlOp::Withdraw { files } => Decision::Withdrawn { files: files.len() },
    }
}
