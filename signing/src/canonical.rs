//! Canonical CBOR (RFC 8949 §4.2.1: definite lengths, shortest heads), with integer-keyed fields by `#[n]`.
//!
//! One value has exactly one encoding. What decodes but would be written differently is refused, so that two parties who hold
//! the same value hold the same bytes, and a hash or a signature over the bytes is one over the value.

use minicbor::{Decode, Encode};

/// Why bytes were not taken as a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than the kind of value may have.
    #[error("{actual} bytes, at most {limit} are allowed")]
    TooLong {
        /// The limit that was applied.
        limit: usize,
        /// What came.
        actual: usize,
    },
    /// Not this kind of value.
    #[error("not readable: {reason}")]
    Malformed {
        /// What the decoder found, for logs; never for a screen.
        reason: String,
    },
    /// The value ends before the bytes do.
    #[error("{extra} bytes follow the value")]
    Trailing {
        /// How many.
        extra: usize,
    },
    /// A second spelling of the value, or fields that this version does not know.
    #[error("not in canonical form")]
    NotCanonical,
}

impl DecodeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::Malformed { .. } => "malformed",
            Self::Trailing { .. } => "trailing_bytes",
            Self::NotCanonical => "not_canonical",
        }
    }
}

/// The encoding of a value.
pub fn encode<T: Encode<()> + ?Sized>(value: &T) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "writing to a Vec cannot fail and no encoder of ours refuses a value")]
    minicbor::to_vec(value).expect("encoding to memory")
}

/// Reads exactly one value of at most `limit` bytes.
///
/// # Errors
/// [`DecodeError`] for too many bytes, bytes after the value, another kind of value, and any form but the canonical one.
pub fn decode<T>(bytes: &[u8], limit: usize) -> Result<T, DecodeError>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    if bytes.len() > limit {
        return Err(DecodeError::TooLong { limit, actual: bytes.len() });
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value: T = decoder.decode().map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
    let extra = bytes.len() - decoder.position();
    if extra > 0 {
        return Err(DecodeError::Trailing { extra });
    }
    if encode(&value) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[derive(Debug, PartialEq, Encode, Decode)]
    struct Point {
        #[n(0)]
        x: u32,
        #[n(1)]
        y: Option<u32>,
        #[n(2)]
        label: String,
    }

    fn point() -> Point {
        Point { x: 7, y: None, label: "Huế".to_owned() }
    }

    #[test]
    fn a_value_comes_back() {
        assert_eq!(decode::<Point>(&encode(&point()), 64).unwrap(), point());
    }

    #[test]
    fn one_byte_over_the_limit_is_refused_and_the_limit_itself_is_not() {
        let bytes = encode(&point());
        assert!(decode::<Point>(&bytes, bytes.len()).is_ok());
        assert_eq!(decode::<Point>(&bytes, bytes.len() - 1).unwrap_err().code(), "too_long");
    }

    #[test]
    fn bytes_after_the_value_are_refused() {
        let mut bytes = encode(&point());
        bytes.push(0);
        assert_eq!(decode::<Point>(&bytes, 64), Err(DecodeError::Trailing { extra: 1 }));
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = encode(&point());
        for length in 0..bytes.len() {
            assert!(decode::<Point>(&bytes[..length], 64).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn second_spellings_are_refused() {
        let canonical = encode(&point());
        assert_eq!(canonical[..2], [0x83, 0x07]);
        // 7 in two bytes, an indefinite array, an unknown fourth field.
        let long_integer = [&[0x83, 0x18, 0x07], &canonical[2..]].concat();
        let indefinite = [&[0x9f], &canonical[1..], &[0xff]].concat();
        let extra_field = [&[0x84], &canonical[1..], &[0x00]].concat();
        for bytes in [long_integer, indefinite, extra_field] {
            assert_eq!(decode::<Point>(&bytes, 64), Err(DecodeError::NotCanonical), "{bytes:02x?}");
        }
    }

    #[test]
    fn deep_nesting_in_an_unknown_field_neither_recurses_nor_passes() {
        let canonical = encode(&point());
        let mut bytes = vec![0x84];
        bytes.extend_from_slice(&canonical[1..]);
        bytes.extend(std::iter::repeat_n(0x81, 200_000));
        bytes.push(0x00);
        assert!(decode::<Point>(&bytes, 1 << 20).is_err());
    }

    #[test]
    fn a_length_that_promises_more_than_there_is_allocates_nothing() {
        // An array of 2^60 elements, and a string of 2^40 bytes.
        assert!(decode::<Vec<u64>>(&[0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0, 1], 64).is_err());
        assert!(decode::<String>(&[0x7b, 0, 0, 1, 0, 0, 0, 0, 0, b'a'], 64).is_err());
    }
}
