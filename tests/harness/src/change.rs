//! Automerge changes as their bytes, column by column: also those that automerge itself would never write.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

/// Begins every chunk of automerge.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Bytes of magic and checksum.
const CHECKSUM_END: usize = 8;
/// A change as it is, not packed.
const PLAIN: u8 = 1;
/// A change that automerge inflates before it looks at it.
const PACKED: u8 = 2;
/// Bytes that are packed at a time.
const PART_BYTES: usize = 1 << 20;

/// Numbers of the columns of a change's operations.
pub mod column {
    /// Actor of the object.
    pub const OBJECT_ACTOR: u32 = 0x01;
    /// Counter of the object.
    pub const OBJECT_COUNTER: u32 = 0x02;
    /// Actor of the element that an operation comes after.
    pub const KEY_ACTOR: u32 = 0x11;
    /// Its counter, as differences.
    pub const KEY_COUNTER: u32 = 0x13;
    /// Key of a map.
    pub const KEY_TEXT: u32 = 0x15;
    /// Does the operation insert.
    pub const INSERT: u32 = 0x34;
    /// What it does.
    pub const ACTION: u32 = 0x42;
    /// Kind and length of the value.
    pub const VALUE_META: u32 = 0x56;
    /// The values.
    pub const VALUE: u32 = 0x57;
    /// How many operations it replaces.
    pub const PRED_COUNT: u32 = 0x70;
    /// Their actors.
    pub const PRED_ACTOR: u32 = 0x71;
    /// Their counters, as differences.
    pub const PRED_COUNTER: u32 = 0x73;
}

/// Sets a key.
const PUT: u64 = 1;
/// Makes a list.
const MAKE_LIST: u64 = 2;

/// A change whose operations say whatever one wants.
#[derive(Debug, Clone, Default)]
pub struct RawChange {
    /// Hashes of the changes that it comes after, ascending.
    pub deps: Vec<[u8; 32]>,
    /// Who makes it.
    pub actor: Vec<u8>,
    /// Its place among the changes of the actor, from 1.
    pub seq: u64,
    /// Number of its first operation.
    pub start_op: u64,
    /// A word on it.
    pub message: String,
    /// Columns, ascending by their numbers.
    pub columns: Vec<(u32, Vec<u8>)>,
}

impl RawChange {
    /// The first change of an actor in a document in which nothing else stands.
    pub fn first(actor: &[u8]) -> Self {
        Self { actor: actor.to_vec(), seq: 1, start_op: 1, ..Self::default() }
    }

    /// Sets one key `count` times: as many operations as one wants in some sixty bytes.
    pub fn puts(mut self, count: u64) -> Self {
        self.columns = vec![
            (column::KEY_TEXT, run(count, &text("a"))),
            (column::INSERT, unsigned(count)),
            (column::ACTION, run(count, &unsigned(PUT))),
            (column::VALUE_META, run(count, &unsigned(0))),
            (column::PRED_COUNT, run(count, &unsigned(0))),
        ];
        self
    }

    /// Makes a list and fills it with `count` elements that say nothing.
    pub fn list(mut self, count: u64) -> Self {
        let own = unsigned(0);
        let after_nothing = |rest: Vec<u8>| [vec![0x00, 0x01], rest].concat();
        self.columns = vec![
            (column::OBJECT_ACTOR, after_nothing(run(count, &own))),
            (column::OBJECT_COUNTER, after_nothing(run(count, &unsigned(self.start_op)))),
            // The first element comes after the head, which has no actor, and each of the others after the one before it.
            (column::KEY_ACTOR, [vec![0x00, 0x02], run(count - 1, &own)].concat()),
            // Written as differences: the head is 0.
            (
                column::KEY_COUNTER,
                after_nothing([signed(-2), signed(0), signed(delta(self.start_op + 1)), run(count - 2, &signed(1))].concat()),
            ),
            (column::KEY_TEXT, [literal(&text("a")), vec![0x00], unsigned(count)].concat()),
            (column::INSERT, [unsigned(1), unsigned(count)].concat()),
            (column::ACTION, [literal(&unsigned(MAKE_LIST)), run(count, &unsigned(PUT))].concat()),
            (column::VALUE_META, run(count + 1, &unsigned(0))),
            (column::PRED_COUNT, run(count + 1, &unsigned(0))),
        ];
        self
    }

    /// One operation that replaces `count` others.
    pub fn replacing(mut self, count: u64) -> Self {
        self.columns = vec![
            (column::KEY_TEXT, literal(&text("a"))),
            (column::INSERT, unsigned(1)),
            (column::ACTION, literal(&unsigned(PUT))),
            (column::VALUE_META, literal(&unsigned(0))),
            (column::PRED_COUNT, literal(&unsigned(count))),
            (column::PRED_ACTOR, run(count, &unsigned(0))),
            (column::PRED_COUNTER, run(count, &signed(1))),
        ];
        self
    }

    /// The chunk, with a checksum that holds.
    pub fn bytes(&self) -> Vec<u8> {
        let body = self.body();
        let chunk = [MAGIC.as_slice(), &[0; 4], &[PLAIN], &unsigned(body.len() as u64), &body].concat();
        with_checksum(chunk)
    }

    fn body(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| body.extend(dep));
        body.extend(unsigned(self.actor.len() as u64));
        body.extend(&self.actor);
        body.extend([unsigned(self.seq), unsigned(self.start_op), signed(0)].concat());
        body.extend(text(&self.message));
        body.extend(unsigned(0));
        body.extend(unsigned(self.columns.len() as u64));
        for (number, data) in &self.columns {
            body.extend([unsigned(u64::from(*number)), unsigned(data.len() as u64)].concat());
        }
        self.columns.iter().for_each(|(_, data)| body.extend(data));
        body
    }
}

/// A sound change with a message of so many letters, packed: for each thousand of them some single byte on the wire. It is never whole in
/// memory here.
pub fn packed(actor: &[u8], letters: usize) -> Vec<u8> {
    let change = RawChange::first(actor).puts(1);
    let body = change.body();
    // The message is empty there: its length, 0, stands after the actor, the three numbers of one byte each and the number of dependencies.
    let (before, after) = (&body[..2 + actor.len() + 3], &body[2 + actor.len() + 4..]);
    let length = unsigned(letters as u64);
    let whole = (before.len() + length.len() + letters + after.len()) as u64;
    let mut digest = Sha256::new().chain_update([PLAIN]).chain_update(unsigned(whole));
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    let spaces = vec![b' '; PART_BYTES];
    let message = std::iter::repeat_n(spaces.as_slice(), letters / PART_BYTES).chain([&spaces[..letters % PART_BYTES]]);
    for part in [before, length.as_slice()].into_iter().chain(message).chain([after]) {
        digest.update(part);
        // A vector takes everything.
        let _ = packer.write_all(part);
    }
    let packed = packer.finish().unwrap_or_default();
    let checksum = digest.finalize();
    [MAGIC.as_slice(), &checksum[..4], &[PACKED], &unsigned(packed.len() as u64), &packed].concat()
}

/// A chunk with the checksum that automerge expects, so that what was changed in it is looked at and not merely found damaged.
pub fn with_checksum(mut chunk: Vec<u8>) -> Vec<u8> {
    if chunk.len() > CHECKSUM_END {
        let digest = Sha256::digest(&chunk[CHECKSUM_END..]);
        chunk[4..CHECKSUM_END].copy_from_slice(&digest[..4]);
    }
    chunk
}

fn delta(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number as automerge writes it (unsigned LEB128).
pub fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// A number with a sign (signed LEB128).
pub fn signed(mut value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn text(text: &str) -> Vec<u8> {
    [unsigned(text.len() as u64), text.as_bytes().to_vec()].concat()
}

/// One value as often as one wants; written as automerge writes it, which has another form for once: a change that does not come out the
/// same when automerge makes it again is left out of its document.
pub fn run(count: u64, value: &[u8]) -> Vec<u8> {
    if count == 1 {
        return literal(value);
    }
    [signed(delta(count)), value.to_vec()].concat()
}

/// One value once.
pub fn literal(value: &[u8]) -> Vec<u8> {
    [signed(-1), value.to_vec()].concat()
}
