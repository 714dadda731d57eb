//! Further devices of a person: whose word is enough for them.
//!
//! A person who makes a profile is named by its device's key ([`PersonId::first_on`]), so everybody can tell the first device by itself.
//! What a single administrator says of a further device of such a person is not enough: it stands once a device of the person says the
//! same, or the root itself did, or, where the person has no device left, two administrators do. Until then it is *doubted*: known, shown, and trusted with nothing.
//! So is a device of which somebody says another key than what was said before, to which what is meant for it would be sealed.
//! Persons of earlier profiles have names at random; of their devices it cannot be told which was first, and none is doubted.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId};
use signing::certificate::{Chain, DeviceCertificate, Issuer, SignedCertificate, verify_one};
use signing::limits::CHAIN_LENGTH;

use super::Directory;

/// Administrators who have to say the same of a further device, where no device of the person does.
pub const ADMINISTRATORS_NEEDED: usize = 2;

/// Is it the first device of its person.
pub(super) fn is_first(certificate: &DeviceCertificate) -> bool {
    PersonId::first_on(&certificate.device) == certificate.person
}

/// A certificate by who issued it, and its hash.
pub(super) type Word = (DeviceId, Hash32);

/// Do two certificates of one device say the same, but for who says it and when.
fn agree(one: &DeviceCertificate, other: &DeviceCertificate) -> bool {
    let keys =
        |certificate: &DeviceCertificate| (certificate.version, certificate.root, certificate.device, certificate.agreement);
    let whose = |certificate: &DeviceCertificate| (certificate.person, certificate.unit, certificate.administrator);
    keys(one) == keys(other)
        && whose(one) == whose(other)
        && one.person_name == other.person_name
        && one.person_title == other.person_title
        && one.unit_name == other.unit_name
}

impl Directory {
    /// Of two certificates of one device the one that says less of this stands: the root's comes before all, one whose issuer was not revoked, or not
    /// before it was seen, before one of which nobody knows when it was made, what a device's key itself says of its person before what somebody else
    /// makes of it, and an administrator's, since nobody takes that back but by a revocation: what an administrator revoked would be void with it; then the
    /// hash decides, whichever came first.
    pub(super) fn standing_order(&self, signed: &SignedCertificate, certificate: &DeviceCertificate) -> (u8, bool, bool, Hash32) {
        let hash = signed.hash();
        let rank = match certificate.issuer {
            Issuer::Root => 0,
            Issuer::Device(issuer) if self.is_word_of(&issuer, || hash) => 1,
            Issuer::Device(_) => 2,
        };
        (rank, !is_first(certificate), !certificate.administrator, hash)
    }

    /// Notes what a certificate that holds says, whether it is the one that stands or not.
    pub(super) fn note_voucher(&mut self, signed: &SignedCertificate, certificate: &DeviceCertificate) {
        if let Issuer::Device(issuer) = certificate.issuer {
            let vouchers = self.vouchers.entry(certificate.device).or_default();
            vouchers.entry((issuer, signed.hash())).or_insert_with(|| certificate.clone());
        }
    }

    /// Notes the certificate that stands for a device now.
    pub(super) fn note_standing(&mut self, certificate: &DeviceCertificate) {
        if is_first(certificate) {
            self.first.insert(certificate.person);
            self.further.remove(&certificate.device);
        } else if certificate.issuer == Issuer::Root {
            self.further.remove(&certificate.device);
        } else {
            self.further.insert(certificate.device);
        }
    }

    /// Works out again which devices are doubted: all further ones that nobody who is not doubted stands for. First by the word of their owners;
    /// administrators together are heard only of persons who then have no device left.
    pub(super) fn doubt_again(&mut self) {
        let contested = self.doubt_without_owners_word();
        let bereft = self.bereft(&contested);
        if !bereft.is_empty() {
            let (doubted, sponsors) = (std::mem::take(&mut self.doubted), std::mem::take(&mut self.sponsors));
            (self.doubted, self.sponsors) = self.settle_doubts(doubted, sponsors, &bereft, &contested);
        }
    }

    /// Doubts all further devices for which no device of the person stands, and those that are contested. Returns the latter.
    fn doubt_without_owners_word(&mut self) -> BTreeSet<DeviceId> {
        let named =
            |device: &&DeviceId| self.certificate(device).is_some_and(|certificate| self.first.contains(&certificate.person));
        let further: BTreeSet<DeviceId> = match self.first.is_empty() {
            true => BTreeSet::new(),
            false => self.further.iter().filter(named).copied().collect(),
        };
        let (nobody, nothing) = (BTreeSet::new(), BTreeSet::new());
        let (doubted, sponsors) = self.settle_doubts(further.clone(), BTreeMap::new(), &nobody, &nothing);
        let contested = self.contested(&doubted, &sponsors);
        (self.doubted, self.sponsors) = match contested.is_empty() {
            true => (doubted, sponsors),
            false => self.settle_doubts(&further | &contested, BTreeMap::new(), &nobody, &nothing),
        };
        contested
    }

    /// Devices of which two keys are said to which keys are sealed, by words that count: whoever names another than the device's own wants to read what is
    /// meant for it. Which is the right one the device knows, and nobody else; so it is given none. What the root said is not contested.
    fn contested(&self, doubted: &BTreeSet<DeviceId>, sponsors: &BTreeMap<DeviceId, Word>) -> BTreeSet<DeviceId> {
        let is_contested = |(device, words): &(&DeviceId, &BTreeMap<Word, DeviceCertificate>)| {
            let counts = |(issuer, hash): &Word| self.is_word_of(issuer, || *hash) && self.stands_by(issuer, doubted, sponsors);
            let by_root = || self.certificate(device).is_some_and(|certificate| certificate.issuer == Issuer::Root);
            let mut keys = words.values().map(|said| said.agreement);
            let first = keys.next();
            let counting = || words.iter().filter_map(|(word, said)| counts(word).then_some(said.agreement));
            keys.any(|key| Some(key) != first) && !by_root() && counting().collect::<BTreeSet<_>>().len() > 1
        };
        self.vouchers.iter().filter(is_contested).map(|(device, _)| *device).collect()
    }

    /// Persons in whose name devices are doubted, and who have none left that is trusted. Who has a contested one has to have it revoked first: nobody loses
    /// a device to two administrators without a revocation that everybody sees.
    fn bereft(&self, contested: &BTreeSet<DeviceId>) -> BTreeSet<PersonId> {
        let mut persons: BTreeSet<PersonId> = self.doubted().map(|certificate| certificate.person).collect();
        if !persons.is_empty() {
            let contested =
                contested.iter().filter(|device| !self.was_revoked(device)).filter_map(|device| self.certificate(device));
            for device in self.devices().chain(contested) {
                persons.remove(&device.person);
            }
        }
        persons
    }

    /// Takes out of those doubted, as long as there are any, for whom somebody stands who is not doubted; for devices of these persons administrators
    /// may. Those held stay doubted.
    fn settle_doubts(
        &self,
        mut doubted: BTreeSet<DeviceId>,
        mut sponsors: BTreeMap<DeviceId, Word>,
        bereft: &BTreeSet<PersonId>,
        held: &BTreeSet<DeviceId>,
    ) -> (BTreeSet<DeviceId>, BTreeMap<DeviceId, Word>) {
        loop {
            let found = |device: &DeviceId| Some((*device, self.sponsor(device, &doubted, &sponsors, bereft)?));
            let vouched: Vec<(DeviceId, Word)> = doubted.difference(held).filter_map(found).collect();
            if vouched.is_empty() {
                return (doubted, sponsors);
            }
            for (device, sponsor) in vouched {
                doubted.remove(&device);
                sponsors.insert(device, sponsor);
            }
        }
    }

    /// By whose word a further device is not doubted: a device of the person, or the first of enough administrators who say the same as the
    /// certificate that stands, if the person is one of these.
    fn sponsor(
        &self,
        device: &DeviceId,
        doubted: &BTreeSet<DeviceId>,
        sponsors: &BTreeMap<DeviceId, Word>,
        bereft: &BTreeSet<PersonId>,
    ) -> Option<Word> {
        let (standing, vouchers) = (self.certificate(device)?, self.vouchers.get(device)?);
        let good = vouchers.iter().filter(|((issuer, hash), said)| {
            agree(said, standing) && self.is_word_of(issuer, || *hash) && self.stands_by(issuer, doubted, sponsors)
        });
        let good: Vec<(Word, &DeviceCertificate)> =
            good.filter_map(|(word, _)| Some((*word, self.certificate(&word.0)?))).collect();
        let own = good.iter().find(|(_, by)| by.person == standing.person);
        let mut administrators = good.iter().filter(|(_, by)| by.administrator);
        let persons: BTreeSet<PersonId> = administrators.clone().map(|(_, by)| by.person).collect();
        let may = persons.len() >= ADMINISTRATORS_NEEDED && bereft.contains(&standing.person);
        let enough = || administrators.next().filter(|_| may);
        own.or_else(enough).map(|(word, _)| *word)
    }

    /// Does the certificate of a device stand, and of everybody by whose word it does, if these are doubted.
    pub(super) fn stands_by(&self, device: &DeviceId, doubted: &BTreeSet<DeviceId>, sponsors: &BTreeMap<DeviceId, Word>) -> bool {
        let mut subject = *device;
        for _ in 0..CHAIN_LENGTH {
            if doubted.contains(&subject) {
                return false;
            }
            let Some((signed, certificate)) = self.certificates.get(&subject) else {
                return false;
            };
            let (issuer, is_word) = match (sponsors.get(&subject), certificate.issuer) {
                (Some((sponsor, hash)), _) => (*sponsor, self.is_word_of(sponsor, || *hash)),
                (None, Issuer::Device(issuer)) => (issuer, self.is_word_of(&issuer, || signed.hash())),
                (None, Issuer::Root) => return true,
            };
            if !is_word {
                return false;
            }
            subject = issuer;
        }
        false
    }

    /// A device in somebody's name for which nobody stands ends the trust in none of that person's devices: nor does one for which two administrators
    /// stand, as long as that is the only reason why the person has none left.
    pub(super) fn drop_what_doubted_devices_revoked(&mut self) {
        self.doubt_without_owners_word();
        if self.doubted.is_empty() {
            return;
        }
        let doubted = &self.doubted;
        self.revoked.retain(|_, revocations| {
            revocations.retain(|revocation| !doubted.contains(&revocation.by));
            !revocations.is_empty()
        });
        self.doubt_again();
    }

    /// Is the device known, with a certificate of a person who has not said so: see the module.
    pub fn is_doubted(&self, device: &DeviceId) -> bool {
        self.doubted.contains(device)
    }

    /// Did somebody end the trust in this very device.
    pub fn was_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.contains_key(device)
    }

    /// All devices that are doubted, with their certificates.
    pub fn doubted(&self) -> impl Iterator<Item = &DeviceCertificate> {
        self.doubted.iter().filter_map(|device| self.certificate(device))
    }

    /// For whom a device speaks that shows this chain, which holds by itself up to the root. Of a device that the directory knows it is what
    /// the directory says. Nobody, if one of those on the way that the directory does not know would be doubted in it, or was not let in by what the
    /// directory says of its issuer.
    pub(crate) fn speaker(&self, chain: &Chain, certificate: &DeviceCertificate) -> Option<PersonId> {
        if let Some(known) = self.certificate(&certificate.device) {
            return Some(known.person);
        }
        let mut above = chain.0.iter().skip(1);
        for signed in &chain.0 {
            let claim = signed.read_unverified().ok()?;
            if claim.issuer == Issuer::Root || self.certificate(&claim.device).is_some() {
                break;
            }
            let shown = above.next()?.read_unverified().ok()?;
            let issuer = match self.certificate(&shown.device) {
                Some(known) => {
                    verify_one(signed, Some(known), &self.root).ok()?;
                    known.person
                }
                None => shown.person,
            };
            if self.first.contains(&claim.person) && !is_first(&claim) && issuer != claim.person {
                return None;
            }
        }
        Some(certificate.person)
    }

    /// Has a device that is connected in this person's name to show its certificates again: the directory says another person, or does not
    /// know the device while the person's own first device became known by one of these.
    pub(crate) fn has_to_greet_again(&self, device: &DeviceId, person: &PersonId, known: &[DeviceId]) -> bool {
        match self.certificate(device) {
            Some(certificate) => certificate.person != *person,
            None => known.iter().any(|first| PersonId::first_on(first) == *person),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use domain::id::{Timestamp, UnitId};
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use signing::certificate::CERTIFICATE_VERSION;
    use signing::keys::{DeviceKeys, RootKey};
    use signing::signed::Signed;

    use super::super::Revocation;
    use super::*;

    fn root() -> RootKey {
        RootKey::generate(&mut ChaCha20Rng::seed_from_u64(1))
    }

    fn keys(seed: u64) -> DeviceKeys {
        DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    fn person(first: u64) -> PersonId {
        PersonId::first_on(&keys(first).device())
    }

    fn body(device: u64, person: PersonId, administrator: bool) -> DeviceCertificate {
        DeviceCertificate {
            version: CERTIFICATE_VERSION,
            root: root().fingerprint(),
            unit: UnitId([7; 16]),
            unit_name: "UBND phường Thuận Hóa".to_owned(),
            person,
            person_name: "Phạm Thị Dung".to_owned(),
            person_title: String::new(),
            device: keys(device).device(),
            agreement: keys(device).agreement_key(),
            administrator,
            issued_at: Timestamp(1_790_000_000_000),
            issuer: Issuer::Root,
        }
    }

    /// What the device `by` says of `device`.
    fn said(by: u64, device: u64, person: PersonId) -> SignedCertificate {
        let certificate = DeviceCertificate { issuer: Issuer::Device(keys(by).device()), ..body(device, person, false) };
        Signed::sign(&keys(by), &certificate)
    }

    /// Administrators, by the root; each a person of its own.
    const ADMINISTRATORS: [u64; 3] = [10, 11, 12];
    /// The first device of somebody.
    const OWN: u64 = 20;
    /// Another one in that person's name.
    const OTHER: u64 = 30;
    /// One more.
    const THIRD: u64 = 31;

    fn administrators() -> Vec<SignedCertificate> {
        ADMINISTRATORS.iter().map(|seed| Signed::sign_root(&root(), &body(*seed, person(*seed), true))).collect()
    }

    /// The directory after these certificates came one by one.
    fn after(certificates: &[SignedCertificate]) -> Directory {
        let mut directory = Directory::new(root().public());
        for certificate in certificates {
            directory.consider(certificate.clone());
            directory.doubt_again();
        }
        directory
    }

    fn with(more: &[SignedCertificate]) -> Directory {
        after(&[administrators(), vec![said(10, OWN, person(OWN))], more.to_vec()].concat())
    }

    fn trusts(directory: &Directory, device: u64) -> bool {
        directory.trusts(&keys(device).device())
    }

    #[test]
    fn an_administrator_alone_makes_nobodys_further_device() {
        let directory = with(&[said(10, OTHER, person(OWN))]);
        let device = keys(OTHER).device();
        assert!(!directory.trusts(&device) && directory.is_doubted(&device));
        assert_eq!(directory.doubted().count(), 1, "and it is there for all to see");
        assert!(directory.devices_of(&person(OWN)).all(|certificate| certificate.device == keys(OWN).device()));
        assert!(trusts(&directory, OWN));
    }

    #[test]
    fn the_same_administrator_twice_and_by_two_devices_is_still_one() {
        let second_device = Signed::sign(
            &keys(10),
            &DeviceCertificate { issuer: Issuer::Device(keys(10).device()), ..body(13, person(10), true) },
        );
        let directory = bereft(&[second_device, said(10, OTHER, person(OWN)), said(13, OTHER, person(OWN))]);
        assert!(trusts(&directory, 13) && !trusts(&directory, OTHER));
    }

    #[test]
    fn the_persons_own_device_or_the_root_are_enough() {
        assert!(trusts(&with(&[said(OWN, OTHER, person(OWN))]), OTHER), "the owner alone");
        assert!(trusts(&with(&[said(10, OTHER, person(OWN)), said(OWN, OTHER, person(OWN))]), OTHER), "the owner afterwards");
        let by_root = Signed::sign_root(&root(), &body(OTHER, person(OWN), true));
        assert!(trusts(&with(&[by_root]), OTHER), "the root");
    }

    /// As [`with`], after the person's own device was lost: an administrator revoked it.
    fn bereft(more: &[SignedCertificate]) -> Directory {
        let mut directory = with(more);
        let revocation = Revocation { hash: Hash32([1; 32]), by: keys(12).device(), seen: Vec::new() };
        directory.revoked.insert(keys(OWN).device(), vec![revocation]);
        directory.doubt_again();
        directory
    }

    #[test]
    fn two_administrators_bring_back_who_has_no_device_left_and_nobody_else() {
        let both = [said(10, OTHER, person(OWN)), said(11, OTHER, person(OWN))];
        assert!(!trusts(&with(&both), OTHER), "the person has a device, which can say so itself");
        assert!(trusts(&bereft(&both), OTHER));
        assert!(!trusts(&bereft(&both[..1]), OTHER), "one is not enough");
        let third = said(OTHER, THIRD, person(OWN));
        let directory = bereft(&[both.to_vec(), vec![third]].concat());
        assert!(trusts(&directory, OTHER) && trusts(&directory, THIRD), "who came back lets a further one in");
        let own = said(OWN, THIRD, person(OWN));
        let mut directory = with(&[both.to_vec(), vec![own]].concat());
        assert!(trusts(&directory, THIRD) && !trusts(&directory, OTHER));
        let seen = vec![crate::control::SeenLog {
            space: directory.space(),
            device: keys(OWN).device(),
            incarnation: domain::id::Incarnation([1; 8]),
            seq: 1,
        }];
        let hash = said(OWN, THIRD, person(OWN)).hash();
        directory.brought.insert(hash, vec![(keys(OWN).device(), domain::id::Incarnation([1; 8]), 1)]);
        directory.revoked.insert(keys(OWN).device(), vec![Revocation { hash: Hash32([1; 32]), by: keys(12).device(), seen }]);
        directory.doubt_again();
        assert!(
            trusts(&directory, THIRD) && !trusts(&directory, OTHER),
            "the first device is lost, another of the person's is not"
        );
    }

    #[test]
    fn a_device_does_not_make_its_person_bereft_by_itself() {
        let mut directory = with(&[said(10, OTHER, person(OWN)), said(11, OTHER, person(OWN))]);
        let (own, other) = (keys(OWN).device(), keys(OTHER).device());
        directory.revoked.insert(own, vec![Revocation { hash: Hash32([1; 32]), by: other, seen: Vec::new() }]);
        directory.drop_what_doubted_devices_revoked();
        assert!(directory.trusts(&own) && !directory.trusts(&other));
    }

    #[test]
    fn two_administrators_who_do_not_say_the_same_are_not_two() {
        let other_name = DeviceCertificate {
            issuer: Issuer::Device(keys(11).device()),
            person_title: "Chủ tịch".to_owned(),
            ..body(OTHER, person(OWN), false)
        };
        let directory = bereft(&[said(10, OTHER, person(OWN)), Signed::sign(&keys(11), &other_name)]);
        assert!(!trusts(&directory, OTHER));
    }

    #[test]
    fn doubted_devices_do_not_vouch_for_each_other() {
        let (other, third) = (said(THIRD, OTHER, person(OWN)), said(OTHER, THIRD, person(OWN)));
        let directory = with(&[said(10, OTHER, person(OWN)), said(10, THIRD, person(OWN)), other, third]);
        assert!(!trusts(&directory, OTHER) && !trusts(&directory, THIRD));
    }

    #[test]
    fn a_doubted_device_ends_the_trust_in_nobody() {
        let mut directory = with(&[said(10, OTHER, person(OWN))]);
        let (own, other) = (keys(OWN).device(), keys(OTHER).device());
        let by = |by| vec![Revocation { hash: domain::id::Hash32([1; 32]), by, seen: Vec::new() }];
        directory.revoked.insert(own, by(other));
        directory.drop_what_doubted_devices_revoked();
        assert!(directory.trusts(&own));
        directory.revoked.insert(other, by(own));
        directory.drop_what_doubted_devices_revoked();
        assert!(directory.was_revoked(&other), "the person does, in the one that is not theirs");
    }

    /// The directory in which administrator 10 let `OWN` and `THIRD` in and was then revoked by 11, with all of this seen; and this was said later.
    fn after_a_theft(late: &[SignedCertificate]) -> Directory {
        let before = [administrators(), vec![said(10, OWN, person(OWN)), said(10, THIRD, person(THIRD))]].concat();
        let (thief, log) = (keys(10).device(), domain::id::Incarnation([1; 8]));
        let mut directory = Directory::new(root().public());
        let seen = vec![crate::control::SeenLog { space: directory.space(), device: thief, incarnation: log, seq: 1 }];
        directory.revoked.insert(thief, vec![Revocation { hash: Hash32([1; 32]), by: keys(11).device(), seen }]);
        for (certificates, seq) in [(&before[..], 1), (late, 2)] {
            for certificate in certificates {
                directory.brought.entry(certificate.hash()).or_default().push((thief, log, seq));
                directory.consider(certificate.clone());
                directory.doubt_again();
            }
        }
        directory
    }

    #[test]
    fn a_stolen_device_says_nothing_new_of_whom_it_had_let_in_before() {
        for attempt in 0..16 {
            let [mut raised, mut named] = [body(THIRD, person(THIRD), true), body(OWN, person(OWN), false)];
            named.person_title = "Không còn".to_owned();
            for certificate in [&mut raised, &mut named] {
                (certificate.issued_at, certificate.issuer) = (Timestamp(attempt), Issuer::Device(keys(10).device()));
            }
            let directory = after_a_theft(&[Signed::sign(&keys(10), &raised), Signed::sign(&keys(10), &named)]);
            assert!(!trusts(&directory, 10) && trusts(&directory, OWN) && trusts(&directory, THIRD), "attempt {attempt}");
            let third = directory.certificate(&keys(THIRD).device()).unwrap();
            assert!(!third.administrator, "attempt {attempt}: no accomplice is made an administrator afterwards");
            assert_eq!(directory.certificate(&keys(OWN).device()).unwrap().person_title, "", "attempt {attempt}");
        }
        let directory = after_a_theft(&[said(10, OTHER, person(OTHER))]);
        assert!(!trusts(&directory, OTHER), "whom it lets in afterwards is not trusted");
    }

    /// What `by` says of `device`, with a key of its own for what is meant for that device.
    fn said_with_own_key(by: u64, device: u64, person: PersonId, attempt: i64) -> SignedCertificate {
        let certificate = DeviceCertificate {
            issuer: Issuer::Device(keys(by).device()),
            agreement: keys(by).agreement_key(),
            issued_at: Timestamp(attempt),
            ..body(device, person, false)
        };
        Signed::sign(&keys(by), &certificate)
    }

    #[test]
    fn who_names_another_key_for_somebodys_device_is_given_nothing_that_is_meant_for_it() {
        for attempt in 0..16 {
            let forged = said_with_own_key(10, OWN, person(OWN), attempt);
            let directory = with(std::slice::from_ref(&forged));
            assert!(directory.devices_of(&person(OWN)).next().is_none(), "attempt {attempt}: no key is sealed to either");
            assert!(directory.is_doubted(&keys(OWN).device()), "attempt {attempt}: and everybody sees it");
            let second = said_with_own_key(10, OWN, person(OWN), attempt + 100);
            let by_colleague =
                DeviceCertificate { issuer: Issuer::Device(keys(11).device()), ..second.read_unverified().unwrap() };
            let directory = with(&[forged, Signed::sign(&keys(11), &by_colleague)]);
            assert!(!trusts(&directory, OWN), "attempt {attempt}: two administrators do not settle it either");
            let directory = with(&[
                said_with_own_key(10, OWN, person(OWN), attempt),
                said(10, OTHER, person(OWN)),
                said(11, OTHER, person(OWN)),
            ]);
            assert!(!trusts(&directory, OTHER), "attempt {attempt}: nor do they sit down in its place before it is revoked");
        }
        // Of a person of an earlier profile as well, and of a further device.
        let random = PersonId([9; 16]);
        assert!(!trusts(&with(&[said(10, OTHER, random), said_with_own_key(11, OTHER, random, 1)]), OTHER));
        let at_root = with(&[said_with_own_key(11, 10, person(10), 1)]);
        assert!(trusts(&at_root, 10), "what the root says is not contested");
        let late = after_a_theft(&[said_with_own_key(10, OWN, person(OWN), 1)]);
        assert!(trusts(&late, OWN), "a stolen device contests nothing");
    }

    #[test]
    fn nobody_makes_void_what_an_administrator_revoked_by_certifying_that_one_as_somebody_lesser() {
        let colleague = DeviceCertificate { issuer: Issuer::Device(keys(11).device()), ..body(13, person(13), true) };
        for attempt in 0..16 {
            let mut lesser = DeviceCertificate { administrator: false, ..colleague.clone() };
            (lesser.issued_at, lesser.issuer) = (Timestamp(attempt), Issuer::Device(keys(10).device()));
            let directory = with(&[Signed::sign(&keys(11), &colleague), Signed::sign(&keys(10), &lesser)]);
            assert!(directory.certificate(&keys(13).device()).unwrap().administrator, "attempt {attempt}");
        }
    }

    #[test]
    fn whoever_fills_all_places_to_wait_keeps_nobody_out() {
        let stranger = keys(50);
        let nobody = DeviceCertificate { issuer: Issuer::Device(stranger.device()), ..body(51, person(51), false) };
        let mut directory = after(&administrators());
        for at in 0..5_000 {
            let one = DeviceCertificate { issued_at: Timestamp(at), ..nobody.clone() };
            assert!(directory.consider(Signed::sign(&stranger, &one)).is_empty());
        }
        let waiting: usize = directory.waiting.values().map(BTreeMap::len).sum();
        assert_eq!(waiting, super::super::WAITING_MAX);
        assert_eq!(directory.consider(said(10, OWN, person(OWN))), [keys(OWN).device()]);
        assert!(trusts(&directory, OWN));
    }

    #[test]
    fn only_what_holds_and_is_new_has_everything_folded_again() {
        let mut directory = with(&[]);
        assert!(!directory.is_unsettled());
        directory.consider(said(OWN, 11, person(11)));
        directory.consider(said(THIRD, OWN, person(OWN)));
        assert!(!directory.is_unsettled(), "nobody else's device is certified by one that may not, or by one that nobody knows");
        directory.consider(said(11, OWN, person(OWN)));
        assert!(directory.is_unsettled(), "two say something of one device");
        directory.unsettled = false;
        directory.consider(said(11, OWN, person(OWN)));
        assert!(!directory.is_unsettled(), "the same once more");
        directory.consider(said(OWN, OTHER, person(OWN)));
        assert!(directory.is_unsettled(), "whom it may let in is decided by which of the two stands");
    }

    #[test]
    fn whom_the_root_let_in_nobody_names_anew() {
        for attempt in 0..16 {
            let mut lesser = body(10, person(10), false);
            (lesser.issued_at, lesser.issuer) = (Timestamp(attempt), Issuer::Device(keys(11).device()));
            let directory = with(&[Signed::sign(&keys(11), &lesser), said(10, OTHER, person(OTHER))]);
            assert!(directory.certificate(&keys(10).device()).unwrap().administrator, "attempt {attempt}");
            assert!(trusts(&directory, 10) && trusts(&directory, OTHER), "attempt {attempt}");
        }
    }

    #[test]
    fn nobody_gives_a_persons_first_device_to_somebody_else() {
        // Whatever the hashes are: of many attempts some have a lower one.
        for attempt in 0..16 {
            let mut theft = DeviceCertificate { issuer: Issuer::Device(keys(10).device()), ..body(OWN, person(10), false) };
            theft.issued_at = Timestamp(attempt);
            let directory = with(&[Signed::sign(&keys(10), &theft)]);
            assert_eq!(directory.person(&keys(OWN).device()), Some(person(OWN)), "attempt {attempt}");
        }
    }

    #[test]
    fn of_persons_of_earlier_profiles_no_device_is_doubted() {
        let random = PersonId([9; 16]);
        let directory = with(&[said(10, OTHER, random), said(10, THIRD, random)]);
        assert!(trusts(&directory, OTHER) && trusts(&directory, THIRD));
    }

    /// What `by` says of `device`, in no directory: as an administrator or not.
    fn shown(by: u64, device: u64, person: PersonId, administrator: bool) -> SignedCertificate {
        let certificate = DeviceCertificate { issuer: Issuer::Device(keys(by).device()), ..body(device, person, administrator) };
        Signed::sign(&keys(by), &certificate)
    }

    fn speaks_for(directory: &Directory, chain: &[SignedCertificate]) -> Option<PersonId> {
        directory.speaker(&Chain(chain.to_vec()), &chain[0].read_unverified().unwrap())
    }

    #[test]
    fn a_known_device_that_shows_another_certificate_speaks_for_whom_the_directory_says() {
        let directory = with(&[said(10, OTHER, person(OTHER))]);
        let chain = [said(10, OTHER, person(OWN)), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), Some(person(OTHER)), "and not for the person of whom it has a certificate");
    }

    #[test]
    fn a_device_in_somebodys_name_that_the_directory_does_not_know_vouches_for_no_other() {
        let directory = with(&[]);
        let between = said(10, THIRD, person(OWN));
        let chain = [said(THIRD, OTHER, person(OWN)), between, administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), None);
        let chain = [said(10, OTHER, person(OWN)), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), None);
        let chain = [said(OWN, OTHER, person(OWN)), said(10, OWN, person(OWN)), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), Some(person(OWN)), "the person's own word is enough");
    }

    #[test]
    fn a_known_issuer_may_what_the_directory_says_and_no_more() {
        // The directory knows a device of the administrator's; the chain says that it is one of the victim's, or an administrator's.
        let directory = with(&[said(10, THIRD, person(THIRD))]);
        let chain = [said(THIRD, OTHER, person(OWN)), said(10, THIRD, person(OWN)), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), None);
        let chain = [said(THIRD, OTHER, person(OTHER)), shown(10, THIRD, person(THIRD), true), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), None);
        let chain = [said(10, OTHER, person(OTHER)), administrators()[0].clone()];
        assert_eq!(speaks_for(&directory, &chain), Some(person(OTHER)), "somebody new is let in by an administrator");
    }

    #[test]
    fn who_was_met_before_the_persons_own_device_was_known_has_to_greet_again() {
        let directory = with(&[said(10, THIRD, person(THIRD))]);
        let [own, other, third] = [OWN, OTHER, THIRD].map(|seed| keys(seed).device());
        assert!(directory.has_to_greet_again(&other, &person(OWN), &[own]));
        assert!(!directory.has_to_greet_again(&other, &person(OWN), &[third]), "it was judged with the person known");
        assert!(directory.has_to_greet_again(&third, &person(OWN), &[]), "the directory says another person");
        assert!(!directory.has_to_greet_again(&own, &person(OWN), &[own]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Everybody doubts the same devices, in whatever order the certificates came, and each of them by the rule.
        #[test]
        fn the_order_of_arrival_makes_no_difference(
            issuers in proptest::collection::btree_set(prop_oneof![Just(10_u64), Just(11), Just(12), Just(OWN), Just(THIRD)], 1..5),
            shuffled in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut all = [administrators(), vec![said(10, OWN, person(OWN)), said(12, THIRD, person(OWN))]].concat();
            all.extend(issuers.iter().map(|by| said(*by, OTHER, person(OWN))));
            let in_order = after(&all);
            let turned: Vec<_> = shuffled.iter().filter_map(|at| all.get(*at).cloned()).collect();
            prop_assert_eq!(turned.len(), all.len());
            let turned = after(&turned);
            prop_assert_eq!(&in_order.doubted, &turned.doubted);
            prop_assert_eq!(trusts(&in_order, OTHER), issuers.contains(&OWN), "{:?}", issuers);
            prop_assert!(!trusts(&in_order, THIRD));
            let known = [OWN, OTHER, THIRD].map(|device| in_order.trusts(&keys(device).device()));
            prop_assert_eq!(known, [OWN, OTHER, THIRD].map(|device| turned.trusts(&keys(device).device())));
        }
    }
}
