//! The write-ahead log as it lies on the disk after an end out of order.
//!
//! SQLite takes from it what comes before the first frame that does not fit, and says nothing about the rest: one flipped bit takes away
//! transactions that were acknowledged, and the database is sound without them. A log of envelopes would then go on with numbers that others
//! have seen already. So the file is read before SQLite opens it; whoever owns numbered logs is told and begins new ones.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#walformat>. Pages are encrypted in it; the checksums are over what is stored.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::error::StoreError;
use crate::profile::DATABASE_FILE;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// Begins the file; the lowest bit says in which order the bytes of checksummed words are.
const MAGIC: u32 = 0x377f_0682;
const PAGE_BYTES_MAX: u32 = 65_536;

/// Does the log of the database in `folder` hold more than SQLite will take from it: frames of the present round behind one that does not
/// fit. Also so when a transaction that nobody was told of was half written as the power failed. A log that was cut between two frames, or is
/// gone, cannot be told from one that never held more.
pub(crate) fn is_torn(folder: &Path) -> Result<bool, StoreError> {
    match File::open(folder.join(format!("{DATABASE_FILE}-wal"))) {
        Ok(file) => Ok(holds_more(&mut BufReader::new(file))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn holds_more(log: &mut impl Read) -> io::Result<bool> {
    let mut header = [0; HEADER_BYTES];
    match fill(log, &mut header)? {
        0 => return Ok(false),
        HEADER_BYTES => {}
        _ => return Ok(true),
    }
    let Some(round) = Round::read(&header) else { return Ok(true) };
    let mut frame = vec![0; FRAME_HEADER_BYTES + round.page_bytes];
    let (mut sum, mut fits) = (round.sum, true);
    loop {
        match fill(log, &mut frame)? {
            // What stands before a page is written by itself: a program that was killed leaves that, too.
            0..=FRAME_HEADER_BYTES => return Ok(false),
            read if read < frame.len() => return Ok(true),
            _ => {}
        }
        let salts = (word(&frame, 8), word(&frame, 12));
        if fits {
            let head = checksum(round.big_endian, sum, frame.get(..8).unwrap_or_default());
            sum = checksum(round.big_endian, head, frame.get(FRAME_HEADER_BYTES..).unwrap_or_default());
            fits = salts == round.salts && sum == (word(&frame, 16), word(&frame, 20));
        }
        // What an earlier round left behind has another first salt, counted up, and another second one, drawn by lot.
        if !fits && (salts.0 == round.salts.0 || salts.1 == round.salts.1) {
            return Ok(true);
        }
    }
}

/// From one beginning of the file to the next.
struct Round {
    big_endian: bool,
    page_bytes: usize,
    salts: (u32, u32),
    sum: (u32, u32),
}

impl Round {
    fn read(header: &[u8]) -> Option<Self> {
        let magic = word(header, 0);
        let big_endian = magic & 1 == 1;
        let page_bytes =
            Some(word(header, 8)).filter(|bytes| bytes.is_power_of_two() && (512..=PAGE_BYTES_MAX).contains(bytes))?;
        let sum = checksum(big_endian, (0, 0), header.get(..24)?);
        let sound = magic & !1 == MAGIC && sum == (word(header, 24), word(header, 28));
        let page_bytes = usize::try_from(page_bytes).ok()?;
        sound.then_some(Self { big_endian, page_bytes, salts: (word(header, 16), word(header, 20)), sum })
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn checksum(big_endian: bool, start: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let read = |bytes: [u8; 4]| if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    bytes.as_chunks::<8>().0.iter().fold(start, |(first, second), &[a, b, c, d, e, f, g, h]| {
        let first = first.wrapping_add(read([a, b, c, d])).wrapping_add(second);
        (first, second.wrapping_add(read([e, f, g, h])).wrapping_add(first))
    })
}

/// Reads until the buffer is full or the file ends; says how much was read.
fn fill(log: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match log.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
