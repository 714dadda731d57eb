//! The recovery code of a profile: 128 random bits that a person writes down on paper, in words that can be read out and typed.
//!
//! Twelve words of the list that devices are compared by ([`domain::words`]), 11 bits each: the 128 bits, most significant first, then four
//! bits that tell a slip of the pen. Nobody but who has the paper can open a profile with it; an administrator has none of it.

use domain::words;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::sealed::SealError;

/// Words of a code.
pub const CODE_WORDS: usize = 12;
const SECRET_LEN: usize = 16;
const BITS: usize = 11;
/// The secret and its check bits.
const CODED_LEN: usize = SECRET_LEN + 1;
const CHECK_CONTEXT: &str = "kyhop/1 recovery code check";

/// A recovery code.
pub struct RecoveryCode(Zeroizing<[u8; SECRET_LEN]>);

/// Why typed words are no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
    /// The word at this place, counted from one, is not in the list.
    #[error("word {0} of the recovery code is none of the list")]
    Word(usize),
    /// More or fewer words than a code has.
    #[error("{0} words were typed, a recovery code has {CODE_WORDS}")]
    Count(usize),
    /// Words of the list that are not a code: one is wrong, or two changed places.
    #[error("the words are not a recovery code")]
    Check,
}

impl RecoveryCodeError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Word(_) => "recovery_code_word",
            Self::Count(_) => "recovery_code_count",
            Self::Check => "recovery_code_check",
        }
    }
}

/// Why a recovery code does not open a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// The person made none, or gave it up.
    #[error("the profile has no recovery code")]
    NoCode,
    /// It is another profile's, or was replaced.
    #[error("the recovery code does not open this profile")]
    Wrong,
    /// The file, or the new passphrase.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl RecoveryError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCode => "recovery_code_none",
            Self::Wrong => "recovery_code_wrong",
            Self::Seal(error) => error.code(),
        }
    }
}

impl RecoveryCode {
    /// A new code.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        rng.fill_bytes(secret.as_mut_slice());
        Self(secret)
    }

    /// The words, parted by spaces: to be shown once and written down.
    pub fn to_words(&self) -> Zeroizing<String> {
        let mut coded = Zeroizing::new([0; CODED_LEN]);
        coded[..SECRET_LEN].copy_from_slice(self.0.as_slice());
        coded[SECRET_LEN] = check(&self.0) << 4;
        // Long enough that nothing is moved, which would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(CODE_WORDS * 32));
        for at in 0..CODE_WORDS {
            let bits = at * BITS..(at + 1) * BITS;
            let place = bits.fold(0, |place, bit| place << 1 | usize::from(coded[bit / 8] >> (7 - bit % 8) & 1));
            if at > 0 {
                text.push(' ');
            }
            text.push_str(words::word(place).unwrap_or_default());
        }
        text
    }

    /// Reads what a person typed. Capitals, marks, hyphens, spaces, numbers of lines and syllables that are closed up make no difference.
    ///
    /// # Errors
    /// [`RecoveryCodeError`].
    pub fn from_typed(typed: &str) -> Result<Self, RecoveryCodeError> {
        let plain = Zeroizing::new(words::normalise_words(typed));
        let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
        let parts: Vec<&str> = plain.split(' ').filter(|part| !part.is_empty() && !is_number(part)).collect();
        let mut coded = Zeroizing::new([0; CODED_LEN]);
        let (mut read, mut at) = (0, 0);
        while at < parts.len() {
            let pair = parts.get(at..at + 2).map(|pair| Zeroizing::new(pair.join(" ")));
            let (place, parts_read) = match pair.and_then(|pair| words::place(&pair)) {
                Some(place) => (place, 2),
                None => (words::place(parts[at]).ok_or(RecoveryCodeError::Word(read + 1))?, 1),
            };
            if read < CODE_WORDS {
                for bit in (0..BITS).filter(|bit| place >> (BITS - 1 - bit) & 1 == 1) {
                    let bit = read * BITS + bit;
                    coded[bit / 8] |= 1 << (7 - bit % 8);
                }
            }
            read += 1;
            at += parts_read;
        }
        if read != CODE_WORDS {
            return Err(RecoveryCodeError::Count(read));
        }
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        secret.copy_from_slice(&coded[..SECRET_LEN]);
        if coded[SECRET_LEN] >> 4 == check(&secret) { Ok(Self(secret)) } else { Err(RecoveryCodeError::Check) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(secret)")
    }
}

/// Four bits.
fn check(secret: &[u8; SECRET_LEN]) -> u8 {
    blake3::derive_key(CHECK_CONTEXT, secret)[0] >> 4
}
