//! The directory of an organisation: who is who, on which devices, and what was taken back. A fold over the directory
//! space's control operations.

use std::collections::BTreeMap;

use domain::id::{DeviceId, Hash32, PersonId, SpaceId};
use signing::certificate::{Chain, DeviceCertificate, Issuer, SignedCertificate, verify_one};
use signing::keys::RootPublic;

use crate::access::covered;
use crate::control::{ControlOp, SeenLog, directory_space};
use crate::envelope::Header;

/// Certificates that wait for their issuer's.
const WAITING_MAX: usize = 4_096;
/// Longest X.509 certificate or request.
const X509_BYTES_MAX: usize = 8 << 10;

/// A value that the operation latest in folding order decides.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Register<T> {
    rank: (u64, Hash32),
    value: T,
}

/// What the directory says.
#[derive(Debug, Clone)]
pub struct Directory {
    root: RootPublic,
    space: SpaceId,
    name: Option<Register<String>>,
    certificates: BTreeMap<DeviceId, (SignedCertificate, DeviceCertificate)>,
    waiting: Vec<SignedCertificate>,
    revoked: BTreeMap<DeviceId, Vec<SeenLog>>,
    authority: Option<Register<Vec<u8>>>,
    requests: BTreeMap<PersonId, Register<Vec<u8>>>,
    person_certificates: BTreeMap<PersonId, Register<Vec<u8>>>,
}

impl Directory {
    /// An empty directory below a root.
    pub fn new(root: RootPublic) -> Self {
        Self {
            root,
            space: directory_space(&root),
            name: None,
            certificates: BTreeMap::new(),
            waiting: Vec::new(),
            revoked: BTreeMap::new(),
            authority: None,
            requests: BTreeMap::new(),
            person_certificates: BTreeMap::new(),
        }
    }

    /// The organisation's root.
    pub fn root(&self) -> &RootPublic {
        &self.root
    }

    /// The space it is replicated in.
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// The organisation's name; empty until it has arrived.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |register| register.value.as_str())
    }

    /// May the author post this here. What a certificate needs is checked when it is taken in, not who brings it,
    /// except that a device unknown so far can only bring its own certificate from the root.
    pub fn permits(&self, header: &Header, op: &ControlOp) -> bool {
        let author = self.certificate(&header.device);
        match (op, author) {
            (ControlOp::Certify { certificate }, None) => {
                verify_one(certificate, None, &self.root).is_ok_and(|certified| certified.device == header.device)
            }
            (_, None) => false,
            (ControlOp::Certify { .. }, Some(_)) => true,
            (ControlOp::Organisation { .. } | ControlOp::Authority { .. }, Some(author)) => {
                author.administrator && author.issuer == Issuer::Root
            }
            (ControlOp::Revoke { device, .. }, Some(author)) => self.certificate(device).is_some_and(|target| {
                target.person == author.person
                    || (author.administrator && (author.issuer == Issuer::Root || target.unit == author.unit))
            }),
            (ControlOp::RequestPersonCertificate { person, request }, Some(author)) => {
                request.len() <= X509_BYTES_MAX && (author.administrator || author.person == *person)
            }
            (ControlOp::PersonCertificate { certificate, .. }, Some(author)) => {
                certificate.len() <= X509_BYTES_MAX && author.administrator
            }
            _ => false,
        }
    }

    /// Takes an operation in that [`Self::permits`] lets through. Returns the devices that became known by it.
    pub fn apply(&mut self, rank: u64, hash: Hash32, header: &Header, op: &ControlOp) -> Vec<DeviceId> {
        if !self.permits(header, op) {
            return Vec::new();
        }
        let rank = (rank, hash);
        match op {
            ControlOp::Certify { certificate } => {
                if self.waiting.len() < WAITING_MAX {
                    self.waiting.push(certificate.clone());
                }
                return self.settle();
            }
            ControlOp::Organisation { name } => put(&mut self.name, rank, name.clone()),
            ControlOp::Authority { certificate } => put(&mut self.authority, rank, certificate.to_vec()),
            ControlOp::Revoke { device, seen } => {
                self.revoked.entry(*device).or_insert_with(|| seen.clone());
            }
            ControlOp::RequestPersonCertificate { person, request } => {
                put_in(&mut self.requests, *person, rank, request.to_vec())
            }
            ControlOp::PersonCertificate { person, certificate } => {
                put_in(&mut self.person_certificates, *person, rank, certificate.to_vec())
            }
            _ => {}
        }
        Vec::new()
    }

    /// Verifies certificates that wait until no more can be.
    fn settle(&mut self) -> Vec<DeviceId> {
        let mut known = Vec::new();
        loop {
            let before = known.len();
            let waiting = std::mem::take(&mut self.waiting);
            for signed in waiting {
                let Ok(claim) = signed.read_unverified() else {
                    continue;
                };
                let issuer = match claim.issuer {
                    Issuer::Root => None,
                    Issuer::Device(device) => match self.certificate(&device) {
                        Some(issuer) => Some(issuer.clone()),
                        None => {
                            self.waiting.push(signed);
                            continue;
                        }
                    },
                };
                if let Ok(certificate) = verify_one(&signed, issuer.as_ref(), &self.root) {
                    self.take(signed, certificate, &mut known);
                }
            }
            if known.len() == before {
                return known;
            }
        }
    }

    /// Of two certificates for one device the one with the lower hash stands, whichever came first.
    fn take(&mut self, signed: SignedCertificate, certificate: DeviceCertificate, known: &mut Vec<DeviceId>) {
        let device = certificate.device;
        match self.certificates.get(&device) {
            Some((standing, _)) if standing.hash() <= signed.hash() => {}
            _ => {
                self.certificates.insert(device, (signed, certificate));
                known.push(device);
            }
        }
    }

    /// The certificate of a device, revoked or not.
    pub fn certificate(&self, device: &DeviceId) -> Option<&DeviceCertificate> {
        self.certificates.get(device).map(|(_, certificate)| certificate)
    }

    /// The certificates from a device's up to the root's; `None` if the device is not known.
    pub fn chain(&self, device: &DeviceId) -> Option<Chain> {
        let mut chain = Vec::new();
        let mut next = *device;
        loop {
            let (signed, certificate) = self.certificates.get(&next)?;
            chain.push(signed.clone());
            match certificate.issuer {
                Issuer::Root => return Some(Chain(chain)),
                Issuer::Device(issuer) if chain.len() < signing::limits::CHAIN_LENGTH => next = issuer,
                Issuer::Device(_) => return None,
            }
        }
    }

    /// Whose device it is, revoked or not.
    pub fn person(&self, device: &DeviceId) -> Option<PersonId> {
        self.certificate(device).map(|certificate| certificate.person)
    }

    /// Is the device known and not revoked.
    pub fn trusts(&self, device: &DeviceId) -> bool {
        self.certificates.contains_key(device) && !self.revoked.contains_key(device)
    }

    /// Was the device revoked.
    pub fn is_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.contains_key(device)
    }

    /// Does this envelope count: its device is not revoked, or it had been seen before the revocation.
    pub fn counts(&self, space: &SpaceId, header: &Header) -> bool {
        match self.revoked.get(&header.device) {
            None => true,
            Some(seen) => covered(seen, space, &header.device, &header.incarnation, header.seq),
        }
    }

    /// All devices in use with their certificates.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceCertificate> {
        self.certificates
            .values()
            .map(|(_, certificate)| certificate)
            .filter(|certificate| !self.revoked.contains_key(&certificate.device))
    }

    /// All certificates, also of revoked devices: what evidence is judged by.
    pub fn all_certificates(&self) -> impl Iterator<Item = &SignedCertificate> {
        self.certificates.values().map(|(signed, _)| signed)
    }

    /// Devices in use of one person.
    pub fn devices_of(&self, person: &PersonId) -> impl Iterator<Item = &DeviceCertificate> {
        self.devices().filter(move |certificate| certificate.person == *person)
    }

    /// A person by any device's certificate: the one with the lowest device id, so that all say the same.
    pub fn person_certificate_card(&self, person: &PersonId) -> Option<&DeviceCertificate> {
        self.certificates.values().map(|(_, certificate)| certificate).find(|certificate| certificate.person == *person)
    }

    /// The organisation's certificate authority (X.509 DER).
    pub fn authority(&self) -> Option<&[u8]> {
        self.authority.as_ref().map(|register| register.value.as_slice())
    }

    /// A person's certificate for PDF signatures (X.509 DER).
    pub fn x509(&self, person: &PersonId) -> Option<&[u8]> {
        self.person_certificates.get(person).map(|register| register.value.as_slice())
    }

    /// Requests for certificates that have no certificate yet.
    pub fn open_requests(&self) -> impl Iterator<Item = (&PersonId, &[u8])> {
        self.requests
            .iter()
            .filter(|(person, _)| !self.person_certificates.contains_key(person))
            .map(|(person, register)| (person, register.value.as_slice()))
    }
}

fn put<T>(register: &mut Option<Register<T>>, rank: (u64, Hash32), value: T) {
    if register.as_ref().is_none_or(|standing| standing.rank < rank) {
        *register = Some(Register { rank, value });
    }
}

fn put_in<T>(registers: &mut BTreeMap<PersonId, Register<T>>, person: PersonId, rank: (u64, Hash32), value: T) {
    let mut register = registers.remove(&person);
    put(&mut register, rank, value);
    if let Some(register) = register {
        registers.insert(person, register);
    }
}
