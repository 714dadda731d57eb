//! A one-use invitation: an administrator hands it to one named person as a file or a picture, and the device that shows it is let in
//! without words being compared.
//!
//! What is handed over holds a secret. A signing key is derived from it; the administrator's device keeps only the public half, so that
//! neither its disk nor a backup of it lets anybody in. The new device signs its own request to join with that key, so that the invitation
//! is good for the keys of that device and for no others.

use std::fmt;

use domain::id::{DeviceId, Hash32, Timestamp};
use ed25519_dalek::{Signer as _, SigningKey};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::canonical;
use crate::certificate::{is_acceptable_name, is_acceptable_text};
use crate::join::JoinRequest;
use crate::keys::{Context, RootFingerprint, Signature, SignatureError, verify};
use crate::limits::{
    INVITATION_ADDRESS_BYTES, INVITATION_ADDRESSES, INVITATION_BYTES, ORGANISATION_NAME_CHARS, PERSON_NAME_CHARS,
    PERSON_TITLE_CHARS, UNIT_NAME_CHARS,
};

/// The version of invitations that this program writes and understands.
pub const INVITATION_VERSION: u8 = 1;
/// Bytes of the secret.
pub const INVITATION_SECRET_BYTES: usize = 16;
/// How the text of an invitation begins. All of it are characters that a QR code packs well (ISO/IEC 18004, alphanumeric mode).
const PREFIX: &str = "KYHOP1:";
/// Bytes of the checksum at the end: a slip in typing is told from an invitation that is not known.
const CHECKSUM_BYTES: usize = 4;
/// RFC 4648, section 6.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What opens an invitation. Shown once, kept by nobody but the person who is invited.
pub struct InvitationSecret(Zeroizing<[u8; INVITATION_SECRET_BYTES]>);

impl InvitationSecret {
    /// A new secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; INVITATION_SECRET_BYTES]);
        rng.fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    fn key(&self) -> SigningKey {
        let seed = Zeroizing::new(blake3::derive_key("kyhop 2026 invitation key v1", self.0.as_ref()));
        SigningKey::from_bytes(&seed)
    }

    /// The public half of the key that is derived from it: what the administrator's device keeps.
    pub fn public(&self) -> InvitationKey {
        InvitationKey(self.key().verifying_key().to_bytes())
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvitationSecret({}, secret)", self.public().name().short())
    }
}

impl<C> Encode<C> for InvitationSecret {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(self.0.as_ref())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for InvitationSecret {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?;
        let secret = bytes.try_into().map_err(|_| decode::Error::message("the secret of an invitation has 16 bytes"))?;
        Ok(Self(Zeroizing::new(secret)))
    }
}

/// The public half of an invitation's key (Ed25519).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InvitationKey(pub [u8; 32]);

impl InvitationKey {
    /// The name of the invitation: BLAKE3 of the key.
    pub fn name(&self) -> Hash32 {
        Hash32(*blake3::hash(&self.0).as_bytes())
    }
}

/// What a new device shows of the invitation that it was given: that it has its secret, for this request alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct InvitationClaim {
    /// The name of the invitation.
    #[n(0)]
    pub invitation: Hash32,
    /// The device that made the invitation, and the only one that can judge it.
    #[n(1)]
    pub by: DeviceId,
    /// By the invitation's key, over [`claimed`].
    #[n(2)]
    pub proof: Signature,
}

/// What the proof is over: the organisation, the device that made the invitation, and the whole request with all its keys.
fn claimed(root: &RootFingerprint, by: &DeviceId, request: &JoinRequest) -> Vec<u8> {
    let mut message = Vec::new();
    message.extend_from_slice(root.as_bytes());
    message.extend_from_slice(by.as_bytes());
    message.extend_from_slice(&canonical::encode(&JoinRequest { invitation: None, ..request.clone() }));
    message
}

impl InvitationClaim {
    /// Whether whoever made this request has the secret behind `key`.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(&self, key: &InvitationKey, root: &RootFingerprint, request: &JoinRequest) -> Result<(), SignatureError> {
        verify(&DeviceId(key.0), Context::Invitation, &claimed(root, &self.by, request), &self.proof)
    }
}

/// An invitation as it is handed over.
#[derive(Debug, Encode, Decode)]
pub struct Invitation {
    /// [`INVITATION_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The fingerprint of the organisation's root: the new device asks nobody else.
    #[n(1)]
    pub root: RootFingerprint,
    /// The organisation's name.
    #[n(2)]
    pub organisation: String,
    /// The device that made it.
    #[n(3)]
    pub by: DeviceId,
    /// What opens it.
    #[n(4)]
    pub secret: InvitationSecret,
    /// For whom.
    #[n(5)]
    pub name: String,
    /// The person's title; may be empty.
    #[n(6)]
    pub title: String,
    /// The person's unit.
    #[n(7)]
    pub unit_name: String,
    /// Good until then, as the administrator's device counts.
    #[n(8)]
    pub expires_at: Timestamp,
    /// Where the administrator's device is reached; may be empty.
    #[n(9)]
    pub addresses: Vec<String>,
}

/// Why a text is not taken as an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// It does not look like one.
    #[error("this is no invitation")]
    NotOne,
    /// Something is missing or was changed.
    #[error("the invitation is damaged")]
    Damaged,
    /// A version that this program does not know.
    #[error("the invitation has version {0}, a newer program is needed")]
    UnknownVersion(u8),
}

impl InvitationError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOne => "invitation_unreadable",
            Self::Damaged => "invitation_damaged",
            Self::UnknownVersion(_) => "invitation_version",
        }
    }
}

impl Invitation {
    /// The text that goes into a file or a QR code.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(canonical::encode(self));
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + bytes.len() * 8 / 5 + 1));
        text.push_str(PREFIX);
        to_base32(&bytes, &mut text);
        text
    }

    /// Reads the text of an invitation, as it was scanned, pasted or typed: blanks, line breaks and small letters do no harm.
    ///
    /// # Errors
    /// [`InvitationError`].
    pub fn from_text(text: &str) -> Result<Self, InvitationError> {
        if text.len() > INVITATION_BYTES * 2 {
            return Err(InvitationError::NotOne);
        }
        let clean: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect());
        let digits = clean.strip_prefix(PREFIX).ok_or(InvitationError::NotOne)?;
        let bytes = from_base32(digits).ok_or(InvitationError::Damaged)?;
        let (body, sum) =
            bytes.len().checked_sub(CHECKSUM_BYTES).and_then(|at| bytes.split_at_checked(at)).ok_or(InvitationError::Damaged)?;
        if checksum(body) != sum {
            return Err(InvitationError::Damaged);
        }
        // The version comes first, so that a newer one is told from a damaged one: an array of at least one, then a number below 24.
        if let Some(version) = body.get(1).copied().filter(|version| *version < 24 && *version != INVITATION_VERSION) {
            return Err(InvitationError::UnknownVersion(version));
        }
        let invitation: Self = canonical::decode(body, INVITATION_BYTES).map_err(|_| InvitationError::Damaged)?;
        if invitation.version != INVITATION_VERSION {
            return Err(InvitationError::UnknownVersion(invitation.version));
        }
        if invitation.is_acceptable() { Ok(invitation) } else { Err(InvitationError::Damaged) }
    }

    /// Whether the texts are within the limits that the certificate and the request hold to.
    pub fn is_acceptable(&self) -> bool {
        is_acceptable_name(&self.name, PERSON_NAME_CHARS)
            && is_acceptable_text(&self.title, PERSON_TITLE_CHARS)
            && is_acceptable_name(&self.unit_name, UNIT_NAME_CHARS)
            && is_acceptable_name(&self.organisation, ORGANISATION_NAME_CHARS)
            && self.addresses.len() <= INVITATION_ADDRESSES
            && self.addresses.iter().all(|address| address.len() <= INVITATION_ADDRESS_BYTES && address.is_ascii())
    }

    /// What a device adds to its own request, before it signs it.
    pub fn claim(&self, request: &JoinRequest) -> InvitationClaim {
        let key = self.secret.key();
        let framed = Context::Invitation.frame(&claimed(&self.root, &self.by, request));
        InvitationClaim { invitation: self.secret.public().name(), by: self.by, proof: Signature(key.sign(&framed).to_bytes()) }
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECKSUM_BYTES]);
    sum
}

fn to_base32(bytes: &[u8], text: &mut String) {
    let (mut held, mut bits) = (0_u32, 0_u32);
    let digit = |value: u32| char::from(ALPHABET[(value & 31) as usize]);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(digit(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(digit(held << (5 - bits)));
    }
}

fn from_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == c)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
        held &= (1 << bits) - 1;
    }
    // One value has one spelling.
    (bits < 5 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use domain::id::PersonId;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::join::{JOIN_VERSION, verify_join};
    use crate::keys::DeviceKeys;

    fn rng(seed: u64) -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(seed)
    }

    fn invitation() -> Invitation {
        Invitation {
            version: INVITATION_VERSION,
            root: Hash32([7; 32]),
            organisation: "Thành phố Huế".into(),
            by: DeviceKeys::generate(&mut rng(1)).device(),
            secret: InvitationSecret::generate(&mut rng(2)),
            name: "Lê Minh Châu".into(),
            title: "Ủy viên".into(),
            unit_name: "UBND phường Thuận Hóa".into(),
            expires_at: Timestamp(1_790_000_000_000),
            addresses: vec!["/ip4/192.168.1.20/tcp/4801".into()],
        }
    }

    fn request(keys: &DeviceKeys) -> JoinRequest {
        JoinRequest {
            version: JOIN_VERSION,
            device: keys.device(),
            agreement: keys.agreement_key(),
            person: PersonId([3; 16]),
            name: "Lê Minh Châu".into(),
            title: "Ủy viên".into(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce: [5; 16],
            made_at: Timestamp(1_780_000_000_000),
            invitation: None,
        }
    }

    #[test]
    fn an_invitation_is_read_from_its_text_however_it_was_broken_into_lines() {
        let made = invitation();
        let text = made.to_text();
        let typed: String = text
            .to_lowercase()
            .chars()
            .enumerate()
            .flat_map(|(at, c)| (at % 40 == 39).then_some('\n').into_iter().chain([c]))
            .collect();
        let read = Invitation::from_text(&typed).unwrap();
        assert_eq!(canonical::encode(&read), canonical::encode(&made));
        assert_eq!(read.secret.public(), made.secret.public());
    }

    #[test]
    fn every_slip_in_the_text_is_noticed() {
        let text = invitation().to_text();
        for at in 0..text.len() {
            let mut typed = text.as_bytes().to_vec();
            typed[at] = if typed[at] == b'A' { b'B' } else { b'A' };
            assert!(Invitation::from_text(&String::from_utf8(typed).unwrap()).is_err(), "character {at}");
        }
        for end in 0..text.len() {
            assert!(Invitation::from_text(&text[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn an_invitation_of_a_newer_program_says_so() {
        let text = Invitation { version: 2, ..invitation() }.to_text();
        assert_eq!(Invitation::from_text(&text).unwrap_err(), InvitationError::UnknownVersion(2));
    }

    #[test]
    fn the_proof_is_good_for_one_request_of_one_device_and_one_administrator() {
        let (invited, thief) = (DeviceKeys::generate(&mut rng(3)), DeviceKeys::generate(&mut rng(4)));
        let made = invitation();
        let asked = request(&invited);
        let claim = made.claim(&asked);
        let key = made.secret.public();
        claim.verify(&key, &made.root, &asked).unwrap();
        let with_claim = JoinRequest { invitation: Some(claim), ..asked.clone() };
        claim.verify(&key, &made.root, &with_claim).unwrap();
        assert_eq!(verify_join(&with_claim.sign(&invited).unwrap()).unwrap(), with_claim);

        assert!(claim.verify(&key, &made.root, &request(&thief)).is_err(), "another device's keys");
        assert!(claim.verify(&key, &made.root, &JoinRequest { name: "Ai đó".into(), ..asked.clone() }).is_err(), "another name");
        assert!(claim.verify(&key, &Hash32([8; 32]), &asked).is_err(), "another organisation");
        let elsewhere = InvitationClaim { by: thief.device(), ..claim };
        assert!(elsewhere.verify(&key, &made.root, &asked).is_err(), "another administrator");
        let other = InvitationSecret::generate(&mut rng(5)).public();
        assert!(claim.verify(&other, &made.root, &asked).is_err(), "another invitation");
    }

    #[test]
    fn a_secret_does_not_show_where_an_invitation_is_logged() {
        let made = invitation();
        let hex: String = made.secret.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let logged = format!("{made:?}");
        assert!(!logged.contains(&hex) && !logged.contains(&format!("{:?}", made.secret.0.as_slice())), "{logged}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,400}") {
            let _ = Invitation::from_text(&text);
            let _ = Invitation::from_text(&format!("{PREFIX}{text}"));
        }

        #[test]
        fn bytes_come_back_from_their_spelling(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut text = String::new();
            to_base32(&bytes, &mut text);
            let back = from_base32(&text).unwrap();
            prop_assert_eq!(back.as_slice(), bytes.as_slice());
        }
    }
}
