//! Who signs what is tried: keys, certificates, a room of devices.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use domain::id::{PersonId, SpaceId, Timestamp, UnitId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::certificate::{CERTIFICATE_VERSION, DeviceCertificate, Issuer};
use signing::keys::{DeviceKeys, RootKey};

/// Keys of a device.
pub fn keys(seed: u64) -> DeviceKeys {
    DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// The organisation's root.
pub fn root() -> RootKey {
    RootKey::generate(&mut ChaCha20Rng::seed_from_u64(7))
}

/// What the root says of a device.
pub fn certificate(keys: &DeviceKeys, administrator: bool, issuer: Issuer) -> DeviceCertificate {
    DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root().fingerprint(),
        unit: UnitId([1; 16]),
        unit_name: "UBND thành phố".to_owned(),
        person: PersonId([keys.device().0[0]; 16]),
        person_name: "Nguyễn Văn A".to_owned(),
        person_title: "Chuyên viên".to_owned(),
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator,
        issued_at: Timestamp(1_790_000_000_000),
        issuer,
    }
}

/// A room of three with a meeting; made anew when much was tried in it.
pub struct Meeting {
    /// The room.
    pub room: Room,
    /// The meeting.
    pub space: SpaceId,
    /// What was tried.
    pub tried: u64,
}

impl Meeting {
    /// Secretary, chair and the delegate whose device is hostile.
    pub fn new() -> Self {
        let mut room = Room::new(&["secretary", "chair", "d1"]);
        let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
        room.run_until_quiescent();
        Self { room, space, tried: 0 }
    }
}
