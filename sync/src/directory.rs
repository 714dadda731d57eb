//! The directory of an organisation: who is who, on which devices, and what was taken back. A fold over the directory
//! space's control operations.

mod further;

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, Incarnation, PersonId, SpaceId};
use domain::question::Offices;
use signing::certificate::{Chain, DeviceCertificate, Issuer, SignedCertificate, verify_one};
use signing::defect::{self, Defect};
use signing::keys::RootPublic;
use signing::limits::ORGANISATION_NAME_CHARS;

use crate::access::covered;
use crate::control::{ControlOp, SeenLog, directory_space};
use crate::dag::Dag;
use crate::envelope::Header;

pub use further::ADMINISTRATORS_NEEDED;
use further::Word;

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

/// A revocation that holds.
#[derive(Debug, Clone)]
struct Revocation {
    hash: Hash32,
    by: DeviceId,
    seen: Vec<SeenLog>,
}

/// What the directory says.
#[derive(Debug, Clone)]
pub struct Directory {
    root: RootPublic,
    space: SpaceId,
    name: Option<Register<String>>,
    certificates: BTreeMap<DeviceId, (SignedCertificate, DeviceCertificate)>,
    /// Certificates whose issuer is not known, by that issuer and their hash.
    waiting: BTreeMap<DeviceId, BTreeMap<Hash32, SignedCertificate>>,
    /// Certificates that were judged by what their issuer's says.
    judged: BTreeSet<Hash32>,
    /// Devices of which more than one certificate held when it came.
    disputed: BTreeSet<DeviceId>,
    /// Something came that makes more than itself different: all is to be folded again.
    unsettled: bool,
    /// Who brought a certificate, by its hash: author, log, place in it.
    brought: BTreeMap<Hash32, Vec<(DeviceId, Incarnation, u64)>>,
    revoked: BTreeMap<DeviceId, Vec<Revocation>>,
    /// Persons whose first device is known by its key.
    first: BTreeSet<PersonId>,
    /// Devices that are not the first of their person and that the root did not certify.
    further: BTreeSet<DeviceId>,
    /// What was said of a device, by issuer and hash.
    vouchers: BTreeMap<DeviceId, BTreeMap<Word, DeviceCertificate>>,
    /// Devices in a person's name for which nobody stands whose word is enough.
    doubted: BTreeSet<DeviceId>,
    /// By whose word another further device is not doubted.
    sponsors: BTreeMap<DeviceId, Word>,
    hubs: BTreeMap<DeviceId, Register<bool>>,
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
            waiting: BTreeMap::new(),
            judged: BTreeSet::new(),
            disputed: BTreeSet::new(),
            unsettled: false,
            brought: BTreeMap::new(),
            revoked: BTreeMap::new(),
            first: BTreeSet::new(),
            further: BTreeSet::new(),
            vouchers: BTreeMap::new(),
            doubted: BTreeSet::new(),
            sponsors: BTreeMap::new(),
            hubs: BTreeMap::new(),
            authority: None,
            requests: BTreeMap::new(),
            person_certificates: BTreeMap::new(),
        }
    }

    /// Folds everything again: a revocation makes earlier operations void, and so does doubt in a device.
    pub fn fold(root: RootPublic, dag: &Dag) -> Self {
        let mut directory = Self::new(root);
        directory.gather(dag);
        directory.apply_all(dag);
        directory.drop_what_doubted_devices_revoked();
        if !directory.revoked.is_empty() || !directory.doubted.is_empty() {
            // The revocations are known now, each judged by what its author had seen; again, for what they leave.
            let Self { certificates, brought, revoked, first, further, vouchers, doubted, sponsors, .. } = directory;
            let empty = Self::new(root);
            directory = Self { certificates, brought, revoked, first, further, vouchers, doubted, sponsors, ..empty };
            directory.gather(dag);
            directory.apply_all(dag);
            directory.doubt_again();
        }
        directory.unsettled = false;
        directory
    }

    /// Takes all certificates in, before anything else is judged: each is judged by its own signatures, and who brought it was let in with it. Where
    /// it stands in folding order, which its author chooses, hides none.
    fn gather(&mut self, dag: &Dag) {
        for node in dag.ordered() {
            if let Some(ControlOp::Certify { certificate }) = &node.op {
                self.take_word(&node.header, certificate);
            }
        }
    }

    fn apply_all(&mut self, dag: &Dag) {
        for node in dag.ordered() {
            if let Some(op) = &node.op {
                self.apply_one(node.rank, node.hash, &node.header, op, dag);
            }
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
            // Everybody says the name in the hello, and a longer one is not heard.
            (ControlOp::Organisation { name }, Some(author)) => {
                name.chars().count() <= ORGANISATION_NAME_CHARS && author.administrator && author.issuer == Issuer::Root
            }
            (ControlOp::Authority { .. }, Some(author)) => author.administrator && author.issuer == Issuer::Root,
            (ControlOp::Revoke { device, .. }, Some(author)) => self.certificate(device).is_some_and(|target| {
                target.person == author.person
                    || (author.administrator && (author.issuer == Issuer::Root || target.unit == author.unit))
            }),
            (ControlOp::Hub { device, .. }, Some(author)) => self
                .certificate(device)
                .is_some_and(|target| author.administrator && (author.issuer == Issuer::Root || target.unit == author.unit)),
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
    pub fn apply(&mut self, rank: u64, hash: Hash32, header: &Header, op: &ControlOp, dag: &Dag) -> Vec<DeviceId> {
        let ControlOp::Certify { certificate } = op else {
            self.apply_one(rank, hash, header, op, dag);
            return Vec::new();
        };
        if !self.permits(header, op) {
            return Vec::new();
        }
        let known = self.take_word(header, certificate);
        self.doubt_again();
        known
    }

    /// Did something come since the last fold that another order of coming would have made different, or what was folded before it: another certificate
    /// of a device that has one, one by a device of which there are several, or the place at which a revoked device had said something. Which of
    /// two certificates stands may decide on what the device itself said. What does not hold, or came before, asks for nothing: whoever may write in
    /// the directory would have everybody fold for each envelope.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.unsettled
    }

    /// Takes a certificate in that somebody brought. Returns the devices that became known by it.
    fn take_word(&mut self, header: &Header, certificate: &SignedCertificate) -> Vec<DeviceId> {
        let (hash, by) = (certificate.hash(), (header.device, header.incarnation, header.seq));
        let counted = self.is_word_of(&header.device, || hash);
        let brought = self.brought.entry(hash).or_default();
        if !brought.contains(&by) {
            brought.push(by);
        }
        self.unsettled |= counted != self.is_word_of(&header.device, || hash);
        self.consider(certificate.clone())
    }

    /// Applies anything but a certificate.
    fn apply_one(&mut self, rank: u64, hash: Hash32, header: &Header, op: &ControlOp, dag: &Dag) {
        if !self.permits(header, op) {
            return;
        }
        let counts = self.counts(&self.space, header);
        let rank = (rank, hash);
        match op {
            ControlOp::Revoke { device, seen } => {
                // Revocations stand even if each of two devices revokes the other; but who knew of being revoked revokes nobody.
                let knew = self
                    .revoked
                    .get(&header.device)
                    .is_some_and(|revocations| revocations.iter().any(|known| dag.is_past(&known.hash, &header.seen)));
                // Nor does who stands for nobody.
                let doubted = self.doubted.contains(&header.device);
                let revocations = self.revoked.entry(*device).or_default();
                if !knew && !doubted && revocations.iter().all(|known| known.hash != hash) {
                    revocations.push(Revocation { hash, by: header.device, seen: seen.clone() });
                }
                if revocations.is_empty() {
                    self.revoked.remove(device);
                }
            }
            // What a revoked device decided without being seen is void.
            _ if !counts => {}
            ControlOp::Hub { device, carries } => {
                let mut register = self.hubs.remove(device);
                put(&mut register, rank, *carries);
                if let Some(register) = register {
                    self.hubs.insert(*device, register);
                }
            }
            ControlOp::Organisation { name } => put(&mut self.name, rank, name.clone()),
            ControlOp::Authority { certificate } => put(&mut self.authority, rank, certificate.to_vec()),
            ControlOp::RequestPersonCertificate { person, request } => {
                put_in(&mut self.requests, *person, rank, request.to_vec())
            }
            ControlOp::PersonCertificate { person, certificate } => {
                put_in(&mut self.person_certificates, *person, rank, certificate.to_vec())
            }
            _ => {}
        }
    }

    /// Verifies a certificate, and then those that waited for whom it makes known. Only one whose issuer is not known needs a place to wait, so
    /// that nobody who fills all of them keeps anybody out.
    fn consider(&mut self, signed: SignedCertificate) -> Vec<DeviceId> {
        let mut known = Vec::new();
        let mut next = vec![signed];
        while let Some(signed) = next.pop() {
            let Ok(claim) = signed.read_unverified() else {
                continue;
            };
            let issuer = match claim.issuer {
                Issuer::Root => None,
                Issuer::Device(device) => match self.certificate(&device) {
                    Some(issuer) => Some(issuer.clone()),
                    None => {
                        self.wait_for(device, signed);
                        continue;
                    }
                },
            };
            let is_new = self.judged.insert(signed.hash());
            self.unsettled |= is_new && issuer.as_ref().is_some_and(|issuer| self.disputed.contains(&issuer.device));
            if let Ok(certificate) = verify_one(&signed, issuer.as_ref(), &self.root) {
                let device = certificate.device;
                self.unsettled |= self.take(signed, certificate, &mut known) && is_new;
                next.extend(self.waiting.remove(&device).unwrap_or_default().into_values());
            }
        }
        known
    }

    fn wait_for(&mut self, issuer: DeviceId, signed: SignedCertificate) {
        if self.waiting.values().map(BTreeMap::len).sum::<usize>() < WAITING_MAX {
            self.waiting.entry(issuer).or_default().insert(signed.hash(), signed);
        }
    }

    /// Of two certificates for one device one stands, whichever came first: see [`Self::standing_order`]. Returns whether there are two.
    fn take(&mut self, signed: SignedCertificate, certificate: DeviceCertificate, known: &mut Vec<DeviceId>) -> bool {
        let device = certificate.device;
        let is_second = self.certificates.get(&device).is_some_and(|(standing, _)| standing.hash() != signed.hash());
        if is_second {
            self.disputed.insert(device);
        }
        self.note_voucher(&signed, &certificate);
        let order = self.standing_order(&signed, &certificate);
        match self.certificates.get(&device) {
            Some((standing, says)) if self.standing_order(standing, says) <= order => {}
            _ => {
                self.note_standing(&certificate);
                self.certificates.insert(device, (signed, certificate));
                known.push(device);
            }
        }
        is_second
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
        self.certificates.contains_key(device) && !self.is_revoked(device)
    }

    /// Was the device revoked, or let in by a device that had been revoked by then.
    pub fn is_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.contains_key(device) || (self.certificates.contains_key(device) && !self.stands(device))
    }

    /// Is this the, or a, revocation that the device is revoked by.
    pub(crate) fn is_revoked_by(&self, device: &DeviceId, revocation: &Hash32) -> bool {
        self.revoked.get(device).is_some_and(|revocations| revocations.iter().any(|known| known.hash == *revocation))
    }

    /// Does the device's certificate stand: what a revoked device issued stands only if it had been seen, and of a further device of a
    /// person one administrator's word is not enough.
    pub(crate) fn stands(&self, device: &DeviceId) -> bool {
        (self.revoked.is_empty() && self.doubted.is_empty()) || self.stands_by(device, &self.doubted, &self.sponsors)
    }

    /// Does this certificate of the issuer's count: nobody revoked the issuer, or it had brought it itself and every revocation had seen that.
    fn is_word_of(&self, issuer: &DeviceId, hash: impl FnOnce() -> Hash32) -> bool {
        let seen = |(author, incarnation, seq): &(DeviceId, Incarnation, u64)| {
            author == issuer && self.is_seen(&self.space, author, incarnation, *seq)
        };
        !self.revoked.contains_key(issuer) || self.brought.get(&hash()).is_some_and(|brought| brought.iter().any(seen))
    }

    /// Did every revocation of this device leave this place of its log.
    fn is_seen(&self, space: &SpaceId, device: &DeviceId, incarnation: &Incarnation, seq: u64) -> bool {
        self.revoked.get(device).is_none_or(|revocations| {
            revocations.iter().all(|revocation| covered(&revocation.seen, space, device, incarnation, seq))
        })
    }

    /// Does this envelope count: its device is not revoked, or it had been seen before the revocation.
    pub fn counts(&self, space: &SpaceId, header: &Header) -> bool {
        if defect::is(Defect::RevokedLate) {
            return true;
        }
        self.is_seen(space, &header.device, &header.incarnation, header.seq)
            && (!self.certificates.contains_key(&header.device) || self.stands(&header.device))
    }

    /// Does the device carry spaces as ciphertext for others.
    pub fn is_hub(&self, device: &DeviceId) -> bool {
        self.hubs.get(device).is_some_and(|register| register.value) && self.trusts(device)
    }

    /// Did the device carry spaces as ciphertext for others at any time.
    pub fn was_hub(&self, device: &DeviceId) -> bool {
        self.hubs.contains_key(device)
    }

    /// All devices in use with their certificates.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceCertificate> {
        self.certificates.values().map(|(_, certificate)| certificate).filter(|certificate| self.trusts(&certificate.device))
    }

    /// All certificates, also of revoked devices: what evidence is judged by.
    pub fn all_certificates(&self) -> impl Iterator<Item = &SignedCertificate> {
        self.certificates.values().map(|(signed, _)| signed)
    }

    /// Did a device of its own owner let this one in. Of the others some administrator said whose they are.
    pub fn is_vouched_by_owner(&self, device: &DeviceId) -> bool {
        let Some(certificate) = self.certificate(device) else { return false };
        match certificate.issuer {
            Issuer::Root => false,
            Issuer::Device(issuer) => self.person(&issuer) == Some(certificate.person),
        }
    }

    /// Devices in use of one person.
    pub fn devices_of(&self, person: &PersonId) -> impl Iterator<Item = &DeviceCertificate> {
        self.devices().filter(move |certificate| certificate.person == *person)
    }

    /// Does a device of this person belong, or did one: what the person was given may still stand after the last one was revoked.
    pub fn knows_person(&self, person: &PersonId) -> bool {
        self.certificates.values().any(|(_, certificate)| certificate.person == *person)
    }

    /// For which offices people act, and which of them route questions for all: the unit whose administrators the root itself certified.
    /// Certificates of devices that were revoked since count: what was done for an office stays done.
    pub fn offices(&self) -> Offices {
        let mut offices = Offices::default();
        for (_, certificate) in self.certificates.values().filter(|(_, certificate)| self.stands(&certificate.device)) {
            offices.belongs(certificate.person, certificate.unit, certificate.administrator);
            if certificate.issuer == Issuer::Root {
                offices.coordinates(certificate.unit);
            }
        }
        offices
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
