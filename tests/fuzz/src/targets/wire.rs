//! What comes over the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use std::cell::RefCell;

use domain::id::{Hash32, SpaceId};
use domain::meeting::BlobRef;
use harness::forgery::{Pen, frame as frame_of};
use signing::canonical;
use signing::keys::Context;
use signing::wrap::SpaceKey;
use sync::DocRef;
use sync::control::ControlOp;
use sync::envelope::{Header, open, open_content, open_unsigned, seal_plain};
use sync::port::Shelf as _;
use sync::wire::{BeatBody, Message};

use super::fixtures;
use crate::office::{Meeting, keys};

/// Inputs after which a room is made anew.
const ROOM_INPUTS: u64 = 200;
/// Longest header that is tried.
const HEADER_BYTES: usize = 4 << 10;
/// Bytes of a file that is fetched.
const FILE_BYTES: usize = 100_000;

thread_local! {
    static MEETING: RefCell<Option<Meeting>> = const { RefCell::new(None) };
    static FETCHING: RefCell<Option<(Meeting, BlobRef, Vec<u8>)>> = const { RefCell::new(None) };
}

/// Tries something in a room, and looks whether people still hear each other when much was tried.
pub fn in_a_room(work: impl FnOnce(&mut Meeting) -> String) -> String {
    MEETING.with(|kept| {
        let mut meeting = kept.borrow_mut().take().unwrap_or_else(Meeting::new);
        let said = work(&mut meeting);
        meeting.tried += 1;
        if meeting.tried < ROOM_INPUTS {
            *kept.borrow_mut() = Some(meeting);
        } else {
            still_meets(&mut meeting);
        }
        said
    })
}

fn still_meets(meeting: &mut Meeting) {
    use automerge::ReadDoc as _;
    use automerge::transaction::Transactable as _;
    let target = DocRef::meeting(meeting.space);
    let room = &mut meeting.room;
    room.heal();
    room.edit("secretary", target, |tx| tx.put(automerge::ROOT, "still", "here").map_err(|error| error.to_string())).unwrap();
    room.run_until_quiescent();
    let heard = room.read("chair", &target, |document| document.get(automerge::ROOT, "still").unwrap().is_some());
    assert!(heard, "the chair hears the secretary");
    room.switch_off("chair");
    room.switch_on("chair");
    let heard = room.read("chair", &target, |document| document.get(automerge::ROOT, "still").unwrap().is_some());
    assert!(heard, "and reads it from the disk");
}

/// Messages of every kind.
pub fn frames() -> Vec<Vec<u8>> {
    fixtures("golden/v1/sync", "message-")
}

/// Envelopes of every kind.
pub fn envelopes() -> Vec<Vec<u8>> {
    fixtures("golden/v1/sync", "envelope-")
}

/// Control operations of every kind.
pub fn controls() -> Vec<Vec<u8>> {
    fixtures("golden/v1/sync", "control-")
}

/// A frame has one spelling.
pub fn frame(data: &[u8]) -> String {
    match Message::decode(data) {
        Ok(message) => {
            assert_eq!(message.encode(), data, "one spelling");
            format!("{message:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// An envelope, as it came and with its signature made right.
pub fn envelope(data: &[u8]) -> String {
    let said = open(data).map_or_else(|error| error.code(), |_| "opened").to_owned();
    let Ok(unsigned) = open_unsigned(data) else {
        // A header of its own making under a true signature.
        if let Ok(header) = canonical::decode::<Header>(data, HEADER_BYTES) {
            return signed(header, vec![1, 2, 3]);
        }
        return said;
    };
    signed(unsigned.header, unsigned.payload)
}

fn signed(header: Header, payload: Vec<u8>) -> String {
    let keys = keys(3);
    let made = seal_plain(&keys, Header { device: keys.device(), ..header }, payload);
    match open(&made.bytes) {
        Ok(opened) => {
            assert_eq!(opened.header, made.header);
            let content = open_content(&opened, &SpaceKey([1; 32]));
            let op = ControlOp::decode(&opened.payload).map(|op| canonical::encode(&op));
            assert!(op.is_none_or(|op| op == opened.payload), "one spelling");
            content.map_or_else(|error| error.code(), |_| "content").to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// A control operation in the log of somebody who decides: the secretary's device, taken over.
pub fn control(data: &[u8]) -> String {
    in_a_room(|meeting| {
        let directory = meeting.room.replica("chair").directory().unwrap().space();
        let space = if data.first().is_some_and(|byte| byte % 2 == 0) { directory } else { meeting.space };
        let mut pen = Pen::new(&meeting.room, "d1", space, meeting.tried);
        let before = meeting.room.device("chair").shelf.count(&space);
        meeting.room.hand("d1", "chair", frame_of(space, &[pen.plain(data.to_vec())]));
        let mut pen = Pen::new(&meeting.room, "secretary", meeting.space, 500 + meeting.tried);
        // What a manager decides is tried one of four times, so that the room is not empty at once.
        if data.len().is_multiple_of(4)
            && ControlOp::decode(data).is_some_and(|op| !matches!(op, ControlOp::Remove { .. } | ControlOp::Member { .. }))
        {
            let space = meeting.space;
            meeting.room.hand("secretary", "chair", frame_of(space, &[pen.plain(data.to_vec())]));
        }
        let kept = meeting.room.device("chair").shelf.count(&space) > before;
        let op = ControlOp::decode(data).map(|op| format!("{op:?}"));
        let kind = op.as_deref().and_then(|op| op.split([' ', '{', '(']).next()).unwrap_or("none");
        format!("{kind} {kept}")
    })
}

/// A frame by a member of the organisation who is connected, with the signatures inside made right.
pub fn session(data: &[u8]) -> String {
    let Ok(message) = Message::decode(data) else { return "no message".to_owned() };
    in_a_room(|meeting| {
        let space = meeting.space;
        let here = |named: SpaceId, odd: bool| if odd { space } else { named };
        let odd = data.len() % 2 == 1;
        let message = match message {
            Message::Beat { body, .. } => {
                let keys = meeting.room.replica("d1").keys();
                let body = match canonical::decode::<BeatBody>(&body, 4_096) {
                    Ok(beat) => canonical::encode(&BeatBody { space: here(beat.space, odd), device: keys.device(), ..beat }),
                    Err(_) => body.to_vec(),
                };
                let signature = keys.sign(Context::Presence, &body);
                Message::Beat { body: body.into(), signature }
            }
            Message::Vector { space, ends, reply } => Message::Vector { space: here(space, odd), ends, reply },
            Message::Ack { space, ends, lazy, run } => Message::Ack { space: here(space, odd), ends, lazy, run },
            Message::Announce { space, ends } => Message::Announce { space: here(space, odd), ends },
            Message::Graft { space, ends } => Message::Graft { space: here(space, odd), ends },
            Message::Envelopes { space, envelopes, live } => Message::Envelopes { space: here(space, odd), envelopes, live },
            Message::Digests { mut spaces } => {
                spaces.iter_mut().for_each(|told| told.space = here(told.space, odd));
                Message::Digests { spaces }
            }
            other => other,
        };
        let name = format!("{message:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
        meeting.room.hand("d1", "chair", message.encode());
        meeting.room.wait_ms(500);
        name
    })
}

/// Proofs of pieces of a file.
pub fn proofs() -> Vec<Vec<u8>> {
    let mut meeting = Meeting::new();
    let plain: Vec<u8> = (0..FILE_BYTES).map(|at| (at % 251) as u8).collect();
    let space = meeting.space;
    let blob = meeting.room.add_blob("secretary", space, &plain);
    meeting.room.tap();
    meeting.room.want_blob("chair", space, &blob);
    meeting.room.run_until_quiescent();
    let tapped = meeting.room.tapped().into_iter();
    tapped
        .filter_map(|(_, _, message)| match message {
            Message::BlobData { encoded, .. } if !encoded.is_empty() => Some(encoded.to_vec()),
            _ => None,
        })
        .collect()
}

/// A piece of a file with its proof: kept only if it is the piece.
pub fn blob(data: &[u8]) -> String {
    FETCHING.with(|kept| {
        let (mut meeting, blob, plain) = kept.borrow_mut().take().unwrap_or_else(|| {
            let mut meeting = Meeting::new();
            let plain: Vec<u8> = (0..FILE_BYTES).map(|at| (at % 251) as u8).collect();
            let space = meeting.space;
            let blob = meeting.room.add_blob("secretary", space, &plain);
            meeting.room.isolate("secretary");
            meeting.room.want_blob("chair", space, &blob);
            meeting.room.run_until_quiescent();
            (meeting, blob, plain)
        });
        let space = meeting.space;
        meeting.room.hand("d1", "chair", Message::BlobHave { ciphers: vec![blob.cipher] }.encode());
        let encoded = data.to_vec().into();
        let piece = Message::BlobData { cipher: blob.cipher, offset: 0, len: FILE_BYTES as u64, encoded };
        meeting.room.hand("d1", "chair", piece.encode());
        meeting.tried += 1;
        let got = meeting.room.blob("chair", space, &blob);
        let said = match &got {
            Some(bytes) => {
                assert_eq!(*bytes, plain, "what is here is what it is named after");
                "the file"
            }
            None => "nothing",
        };
        assert!(meeting.room.device("chair").shelf.blob(&blob.cipher).unwrap().is_some_and(|row| row.cipher != Hash32([0; 32])));
        if got.is_none() && meeting.tried < ROOM_INPUTS * 10 {
            *kept.borrow_mut() = Some((meeting, blob, plain));
        }
        said.to_owned()
    })
}
