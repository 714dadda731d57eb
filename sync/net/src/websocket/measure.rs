//! Reads along what a WebSocket server says and refuses messages that are too long, before the library makes room for what is announced:
//! it bounds messages of callers only, and takes a quarter of a gigabyte at the word of a header of ten bytes.

use std::io;

use crate::limits::{WEBSOCKET_HEAD_BYTES_MAX, WEBSOCKET_MESSAGE_BYTES_MAX};

/// Longest header of a frame (RFC 6455 §5.2): two bytes, eight of length, four of a mask.
const HEADER_BYTES_MAX: usize = 14;

/// Where in the stream the next byte stands.
enum Place {
    /// In the answer to the request (RFC 6455 §4.2.2), after so many of its bytes; `end` bytes of the empty line have been seen.
    Head { bytes: usize, end: usize },
    /// In the header of a frame.
    Header { bytes: [u8; HEADER_BYTES_MAX], have: usize },
    /// In the content of a frame, so many bytes of which are to come.
    Content { left: u64 },
}

/// See the module.
pub(super) struct Measure {
    place: Place,
    /// Bytes announced so far of the message that is not finished.
    message: u64,
}

impl Default for Measure {
    fn default() -> Self {
        Self { place: Place::Head { bytes: 0, end: 0 }, message: 0 }
    }
}

impl Measure {
    /// Takes what has arrived.
    ///
    /// # Errors
    /// The answer or a message is too long, or the answer is written so that two readers could disagree on where it ends.
    pub(super) fn take(&mut self, mut arrived: &[u8]) -> io::Result<()> {
        while let Some((byte, rest)) = arrived.split_first() {
            match &mut self.place {
                Place::Content { left } => {
                    let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(arrived.len());
                    *left -= skipped as u64;
                    arrived = arrived.get(skipped..).unwrap_or_default();
                    if *left == 0 {
                        self.place = header();
                    }
                    continue;
                }
                Place::Head { bytes, end } => {
                    *bytes += 1;
                    *end = match (*byte, *end) {
                        (b'\r', 0 | 2) | (b'\n', 1 | 3) => *end + 1,
                        (b'\r' | b'\n', _) | (_, 1 | 3) => return Err(refused("the answer is malformed")),
                        _ => 0,
                    };
                    if *bytes == 1 && *byte != b'H' {
                        return Err(refused("the answer is not HTTP"));
                    }
                    if *bytes > WEBSOCKET_HEAD_BYTES_MAX {
                        return Err(refused("the answer is too long"));
                    }
                    if *end == 4 {
                        self.place = header();
                    }
                }
                Place::Header { bytes, have } => {
                    if let Some(place) = bytes.get_mut(*have) {
                        *place = *byte;
                        *have += 1;
                    }
                    if let Some(left) = announced(bytes, *have) {
                        let first = bytes[0];
                        self.place = if left == 0 { header() } else { Place::Content { left } };
                        self.count(first, left)?;
                    }
                }
            }
            arrived = rest;
        }
        Ok(())
    }

    /// A message is one frame, or several of which the last one says so; frames of control may stand between them.
    fn count(&mut self, first: u8, bytes: u64) -> io::Result<()> {
        let (last, kind) = (first & 0x80 != 0, first & 0x0f);
        let is_control = kind >= 8;
        let message = if is_control { bytes } else { self.message.saturating_add(bytes) };
        if message > WEBSOCKET_MESSAGE_BYTES_MAX as u64 {
            return Err(refused("a message is too long"));
        }
        if !is_control {
            self.message = if last { 0 } else { message };
        }
        Ok(())
    }
}

fn header() -> Place {
    Place::Header { bytes: [0; HEADER_BYTES_MAX], have: 0 }
}

/// The length of a frame's content, once its header is complete.
fn announced(bytes: &[u8; HEADER_BYTES_MAX], have: usize) -> Option<u64> {
    if have < 2 {
        return None;
    }
    let (short, mask) = (bytes[1] & 0x7f, if bytes[1] & 0x80 == 0 { 0 } else { 4 });
    let extra = match short {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    if have < 2 + extra + mask {
        return None;
    }
    let length = bytes.iter().skip(2).take(extra).fold(0, |length: u64, byte| (length << 8) | u64::from(*byte));
    Some(if extra == 0 { u64::from(short) } else { length })
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("WebSocket handshake: {why}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    /// A frame as a server writes it; `content` may be shorter than what is announced.
    fn frame(first: u8, announced: u64, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match announced {
            0..=125 => bytes.push(announced as u8),
            126..=65_535 => {
                bytes.push(126);
                bytes.extend_from_slice(&(announced as u16).to_be_bytes());
            }
            _ => {
                bytes.push(127);
                bytes.extend_from_slice(&announced.to_be_bytes());
            }
        }
        bytes.extend_from_slice(content);
        bytes
    }

    fn said(parts: &[Vec<u8>]) -> io::Result<()> {
        Measure::default().take(&[ANSWER.to_vec(), parts.concat()].concat())
    }

    #[test]
    fn what_is_announced_too_long_is_refused_at_its_header() {
        let most = WEBSOCKET_MESSAGE_BYTES_MAX as u64;
        assert!(said(&[frame(0x82, most, &[])]).is_ok());
        for announced in [most + 1, 256 << 20, u64::MAX] {
            assert!(said(&[frame(0x82, announced, &[])]).is_err(), "{announced}");
        }
        // In pieces: the first, one between, the last; a ping between them counts for itself.
        let half = vec![0; WEBSOCKET_MESSAGE_BYTES_MAX / 2];
        let begun = [frame(0x02, most / 2, &half), frame(0x89, 1, &[0]), frame(0x00, most / 2, &half)];
        assert!(said(&begun).is_ok());
        assert!(said(&[begun.concat(), frame(0x80, 1, &[])]).is_err());
        assert!(said(&[begun.concat(), frame(0x80, 0, &[]), frame(0x82, most, &[])]).is_ok(), "the next message begins anew");
    }

    #[test]
    fn an_answer_that_two_readers_could_end_at_different_places_is_refused() {
        for answer in [
            &b"\r\nHTTP/1.1 101 X\r\n\r\n"[..],
            b"HTTP/1.1 101 X\n\n",
            b"HTTP/1.1 101 X\r\n\n",
            b"HTTP/1.1 101 X\r\r\n",
            b"SSH-2.0\r\n\r\n",
        ] {
            assert!(Measure::default().take(answer).is_err(), "{}", String::from_utf8_lossy(answer));
        }
        let endless = [b"HTTP/1.1 101 X\r\nA: ".to_vec(), vec![b'x'; WEBSOCKET_HEAD_BYTES_MAX]].concat();
        assert!(Measure::default().take(&endless).is_err());
    }

    proptest! {
        /// However it is cut on its way, honest traffic passes, and the long message after it does not.
        #[test]
        fn honest_traffic_passes_however_it_is_cut(
            sizes in prop::collection::vec(0_usize..70_000, 0..8),
            cut in 1_usize..5_000,
        ) {
            let mut stream = ANSWER.to_vec();
            for size in sizes {
                stream.extend(frame(0x82, size as u64, &vec![0xff; size]));
            }
            let mut measure = Measure::default();
            for piece in stream.chunks(cut) {
                prop_assert!(measure.take(piece).is_ok());
            }
            let long = frame(0x82, WEBSOCKET_MESSAGE_BYTES_MAX as u64 + 1, &[]);
            prop_assert!(long.chunks(cut).any(|piece| measure.take(piece).is_err()));
        }
    }
}
