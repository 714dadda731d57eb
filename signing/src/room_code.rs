//! The code of a room: who is there reads it from a screen and types it, and so proves to have been there a moment ago.
//!
//! The device that shows codes keeps a secret of its own, from which it makes another code every [`STEP_MS`]. Who types one sends no code
//! but a hash of code, meeting and device: it says nothing for another device, and nobody is told the code by it. Only the device with the
//! secret compares, by its own clock. Whoever is called up by somebody in the room can be read the code as well: it proves no more than that.

use std::fmt;
use std::str::FromStr;

use domain::id::{DeviceId, Hash32, SpaceId, Timestamp};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Characters of a code, without the hyphen in its middle.
pub const CODE_CHARS: usize = 8;
/// Longest text that is looked at as a code, in bytes.
pub const TYPED_BYTES: usize = 64;
/// How long a code is shown.
pub const STEP_MS: i64 = 60_000;
/// Codes that are accepted: the one on the screen, and the one before, which somebody may be typing.
const STEPS_ACCEPTED: i64 = 2;
const CODE_LEN: usize = 5;
const BITS: usize = 5;
/// No letter looks like a figure or like another letter.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CONTEXT: &str = "kyhop/1 room code";
const PROOF_CONTEXT: &str = "kyhop/1 room code shown";

/// What codes are made of. It leaves no device.
pub struct RoomSecret(Zeroizing<[u8; 32]>);

/// A code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RoomCode([u8; CODE_LEN]);

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no code of a room: it has {CODE_CHARS} letters and figures")]
pub struct NotACode;

impl NotACode {
    /// Stable code.
    pub fn code(self) -> &'static str {
        "room_code_form"
    }
}

impl RoomSecret {
    /// A new secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(secret.as_mut_slice());
        Self(secret)
    }

    /// The code that is shown now, and until when.
    pub fn now(&self, space: &SpaceId, now: Timestamp) -> (RoomCode, Timestamp) {
        let step = now.0.div_euclid(STEP_MS);
        (self.at(space, step), Timestamp(step.saturating_add(1).saturating_mul(STEP_MS)))
    }

    /// Whether a device has shown to know a code that is, or was just before, on the screen.
    pub fn accepts(&self, space: &SpaceId, now: Timestamp, device: &DeviceId, proof: &Hash32) -> bool {
        let step = now.0.div_euclid(STEP_MS);
        (0..STEPS_ACCEPTED).any(|back| self.at(space, step.saturating_sub(back)).proof(space, device) == *proof)
    }

    fn at(&self, space: &SpaceId, step: i64) -> RoomCode {
        let mut hasher = blake3::Hasher::new_derive_key(CODE_CONTEXT);
        hasher.update(self.0.as_slice()).update(space.as_bytes()).update(&step.to_be_bytes());
        let mut code = [0; CODE_LEN];
        code.copy_from_slice(&hasher.finalize().as_bytes()[..CODE_LEN]);
        RoomCode(code)
    }
}

impl fmt::Debug for RoomSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomSecret(secret)")
    }
}

impl RoomCode {
    /// What a device sends that knows the code.
    pub fn proof(&self, space: &SpaceId, device: &DeviceId) -> Hash32 {
        let mut hasher = blake3::Hasher::new_derive_key(PROOF_CONTEXT);
        hasher.update(&self.0).update(space.as_bytes()).update(device.as_bytes());
        Hash32(*hasher.finalize().as_bytes())
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomCode(secret)")
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.iter().fold(0_u64, |whole, byte| whole << 8 | u64::from(*byte));
        for at in 0..CODE_CHARS {
            if at == CODE_CHARS / 2 {
                f.write_str("-")?;
            }
            let place = whole >> ((CODE_CHARS - 1 - at) * BITS) & 0x1f;
            let letter = usize::try_from(place).ok().and_then(|place| ALPHABET.get(place)).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for RoomCode {
    type Err = NotACode;

    /// Reads what a person typed or a scanner read. Small letters, spaces and hyphens make no difference; O is 0, I and L are 1.
    fn from_str(typed: &str) -> Result<Self, NotACode> {
        if typed.len() > TYPED_BYTES {
            return Err(NotACode);
        }
        let (mut whole, mut chars) = (0_u64, 0);
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let plain = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let place = ALPHABET.iter().position(|letter| char::from(*letter) == plain).ok_or(NotACode)?;
            chars += 1;
            if chars > CODE_CHARS {
                return Err(NotACode);
            }
            whole = whole << BITS | u64::try_from(place).map_err(|_| NotACode)?;
        }
        if chars != CODE_CHARS {
            return Err(NotACode);
        }
        let mut code = [0; CODE_LEN];
        code.copy_from_slice(&whole.to_be_bytes()[8 - CODE_LEN..]);
        Ok(Self(code))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ROOM: SpaceId = SpaceId([8; 16]);
    const DEVICE: DeviceId = DeviceId([3; 32]);

    fn minute(minute: i64) -> Timestamp {
        Timestamp(1_790_000_040_000 + minute * STEP_MS)
    }

    fn secret(byte: u8) -> RoomSecret {
        RoomSecret(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn a_code_is_read_back_as_it_is_typed_scanned_or_misread() {
        let (code, _) = secret(1).now(&ROOM, minute(0));
        let text = code.to_string();
        assert_eq!((text.len(), text.find('-')), (CODE_CHARS + 1, Some(4)));
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', ""), format!("  {} ", text.replace('-', " "))] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        assert_eq!("OIL0-1234".parse::<RoomCode>(), "0110-1234".parse::<RoomCode>());
        assert_eq!("0000-0001".parse::<RoomCode>().unwrap().to_string(), "0000-0001");
        assert_eq!("ZZZZ-ZZZZ".parse::<RoomCode>().unwrap().to_string(), "ZZZZ-ZZZZ");
        let long = "0".repeat(TYPED_BYTES + 1);
        for bad in ["", "0000-000", "0000-00000", "0000-000U", "0000-000é", long.as_str()] {
            assert_eq!(bad.parse::<RoomCode>(), Err(NotACode), "{bad}");
        }
    }

    #[test]
    fn a_code_is_good_while_it_is_shown_and_while_the_next_one_is() {
        let secret = secret(1);
        let (code, until) = secret.now(&ROOM, minute(0));
        assert!(until > minute(0) && until <= minute(1), "{until:?}");
        assert_eq!(secret.now(&ROOM, Timestamp(until.0 - 1)).0, code);
        assert_ne!(secret.now(&ROOM, until).0, code);
        let proof = code.proof(&ROOM, &DEVICE);
        assert!(secret.accepts(&ROOM, minute(0), &DEVICE, &proof));
        assert!(secret.accepts(&ROOM, Timestamp(until.0 + STEP_MS - 1), &DEVICE, &proof));
        assert!(
            !secret.accepts(&ROOM, Timestamp(until.0 + STEP_MS), &DEVICE, &proof),
            "read aloud to somebody two minutes later"
        );
        assert!(!secret.accepts(&ROOM, Timestamp(until.0 - STEP_MS - 1), &DEVICE, &proof), "not shown yet");
    }

    #[test]
    fn what_one_device_shows_is_good_for_no_other_device_room_or_screen() {
        let (code, _) = secret(1).now(&ROOM, minute(0));
        let (other_room, other_device) = (SpaceId([9; 16]), DeviceId([4; 32]));
        let proof = code.proof(&ROOM, &DEVICE);
        assert!(!secret(1).accepts(&ROOM, minute(0), &other_device, &proof), "copied from the act of somebody in the room");
        assert!(!secret(1).accepts(&other_room, minute(0), &DEVICE, &proof));
        assert!(!secret(1).accepts(&other_room, minute(0), &DEVICE, &code.proof(&other_room, &DEVICE)));
        assert!(!secret(2).accepts(&ROOM, minute(0), &DEVICE, &proof));
    }
}
