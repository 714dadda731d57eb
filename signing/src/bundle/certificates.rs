//! The certificates of a bundle: which are needed, and which hold up to the root.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::id::{DeviceId, Hash32};

use crate::certificate::{DeviceCertificate, Issuer, SignedCertificate, verify_one};
use crate::keys::RootPublic;
use crate::limits::{CERTIFICATES_PER_DEVICE, CHAIN_LENGTH};

/// Certificates by what they claim.
pub(super) struct Pool {
    by_device: BTreeMap<DeviceId, BTreeMap<Hash32, (SignedCertificate, DeviceCertificate)>>,
}

impl Pool {
    /// Unreadable ones are left out.
    pub(super) fn of(certificates: &[SignedCertificate]) -> Self {
        let mut by_device: BTreeMap<DeviceId, BTreeMap<_, _>> = BTreeMap::new();
        for certificate in certificates {
            if let Ok(claim) = certificate.read_unverified() {
                by_device.entry(claim.device).or_default().insert(certificate.hash(), (certificate.clone(), claim));
            }
        }
        Self { by_device }
    }

    /// All certificates of the devices, of their issuers, of theirs and so on, ascending by hash; and the devices without any.
    pub(super) fn needed_for(&self, devices: BTreeSet<DeviceId>) -> (Vec<SignedCertificate>, BTreeSet<DeviceId>) {
        let mut needed = BTreeMap::new();
        let mut without = BTreeSet::new();
        let mut seen = devices.clone();
        let mut queue: VecDeque<DeviceId> = devices.into_iter().collect();
        while let Some(device) = queue.pop_front() {
            let Some(certificates) = self.by_device.get(&device) else {
                without.insert(device);
                continue;
            };
            for (hash, (certificate, claim)) in certificates {
                needed.insert(*hash, certificate.clone());
                if let Issuer::Device(issuer) = claim.issuer
                    && seen.insert(issuer)
                {
                    queue.push_back(issuer);
                }
            }
        }
        (needed.into_values().collect(), without)
    }

    /// A device has more certificates than anybody needs.
    pub(super) fn is_crowded(&self) -> bool {
        self.by_device.values().any(|certificates| certificates.len() > CERTIFICATES_PER_DEVICE)
    }

    /// What holds: found from the root outwards, at most [`CHAIN_LENGTH`] steps. Every pair of certificate and issuer's
    /// certificate is tried once, and [`Self::is_crowded`] bounds the pairs.
    pub(super) fn verified(&self, root: &RootPublic) -> BTreeMap<DeviceId, Vec<DeviceCertificate>> {
        let mut issued_by: BTreeMap<Issuer, Vec<(Hash32, &SignedCertificate)>> = BTreeMap::new();
        for (hash, (certificate, claim)) in self.by_device.values().flatten() {
            issued_by.entry(claim.issuer).or_default().push((*hash, certificate));
        }
        let mut holds: BTreeMap<DeviceId, Vec<DeviceCertificate>> = BTreeMap::new();
        let mut done: BTreeSet<Hash32> = BTreeSet::new();
        let mut frontier: Vec<Option<DeviceCertificate>> = vec![None];
        for _ in 0..CHAIN_LENGTH {
            let mut next = Vec::new();
            for issuer in &frontier {
                let key = issuer.as_ref().map_or(Issuer::Root, |issuer| Issuer::Device(issuer.device));
                for (hash, certificate) in issued_by.get(&key).into_iter().flatten() {
                    if done.contains(hash) {
                        continue;
                    }
                    if let Ok(good) = verify_one(certificate, issuer.as_ref(), root) {
                        done.insert(*hash);
                        holds.entry(good.device).or_default().push(good.clone());
                        next.push(Some(good));
                    }
                }
            }
            frontier = next;
        }
        holds
    }

    /// The number of different certificates.
    pub(super) fn len(&self) -> usize {
        self.by_device.values().map(BTreeMap::len).sum()
    }
}
