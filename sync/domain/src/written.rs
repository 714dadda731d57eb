//! What one person writes of something that nobody owns: its bytes as they are kept and hashed, and the ids that are made of them. Questions and
//! tasks are written so; [`crate::causal`] folds what many people wrote.

use minicbor::{Decode, Encode};

use crate::id::PersonId;
use crate::question::limits::ENTRY_BYTES;

/// The bytes of an entry.
pub(crate) fn to_bytes<E: Encode<()>>(entry: &E) -> Vec<u8> {
    // Writing into a vector does not fail.
    minicbor::to_vec(entry).unwrap_or_default()
}

/// The id of what a person begins with an entry: all of that entry is in it. Who began it cannot put other words, another time or another
/// deadline in the place of the first ones; that would be something else, under another id.
pub(crate) fn begun_id(purpose: &'static str, author: &PersonId, first: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key(purpose);
    hasher.update(author.as_bytes()).update(first);
    half(&hasher)
}

/// The id of an entry: what it says, by whom, about what. An entry can name only what was there before it.
pub(crate) fn entry_id(purpose: &'static str, about: &[u8; 16], author: &PersonId, bytes: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key(purpose);
    hasher.update(about).update(author.as_bytes()).update(bytes);
    half(&hasher)
}

/// Reads the bytes of an entry; `None` if it is too long, was made by a newer program, or is not spelt as it is written here.
pub(crate) fn read<E>(bytes: &[u8]) -> Option<E>
where
    E: Encode<()> + for<'b> Decode<'b, ()>,
{
    if bytes.len() > ENTRY_BYTES {
        return None;
    }
    let entry: E = minicbor::decode(bytes).ok()?;
    (to_bytes(&entry) == bytes).then_some(entry)
}

/// The first half of a hash, as an id.
fn half(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id
}
