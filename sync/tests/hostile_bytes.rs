//! Bytes that nobody of ours would send, thousands of kinds of them: refused without a panic, and never taken for something else.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod office;

use std::sync::LazyLock;

use office::{key, rng, secretary};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use signing::canonical;
use signing::wrap::SpaceKey;
use sync::control::ControlOp;
use sync::envelope::{Content, Verified, open, open_content, open_unsigned, seal_content};
use sync::wire::Message;

/// The honest ones, made once.
static MESSAGES: LazyLock<Vec<(&'static str, Message)>> = LazyLock::new(office::messages);
static ENVELOPES: LazyLock<Vec<(&'static str, Verified)>> = LazyLock::new(office::envelopes);
static OPERATIONS: LazyLock<Vec<(&'static str, ControlOp)>> = LazyLock::new(office::operations);

/// What somebody between two devices can do to bytes.
#[derive(Debug, Clone)]
enum Harm {
    Flip(Index, u8),
    Cut(Index),
    Drop(Index),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index),
    Swap(Index, Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        4 => (any::<Index>(), 1u8..).prop_map(|(at, by)| Harm::Flip(at, by)),
        1 => any::<Index>().prop_map(Harm::Cut),
        1 => any::<Index>().prop_map(Harm::Drop),
        1 => (any::<Index>(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Repeat(from, to)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Swap(from, to)),
    ]
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match harm {
            Harm::Flip(at, by) => bytes[at.index(length)] ^= by,
            Harm::Cut(at) => bytes.truncate(at.index(length)),
            Harm::Drop(at) => drop(bytes.remove(at.index(length))),
            Harm::Insert(at, more) => {
                let at = at.index(length);
                bytes.splice(at..at, more.iter().copied());
            }
            Harm::Repeat(from, to) => {
                let (from, to) = (from.index(length).min(to.index(length)), from.index(length).max(to.index(length)));
                let part = bytes[from..to].to_vec();
                bytes.splice(to..to, part);
            }
            Harm::Swap(one, other) => bytes.swap(one.index(length), other.index(length)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_a_message_in_one_spelling_or_none(bytes in vec(any::<u8>(), 0..600)) {
        if let Ok(message) = Message::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes);
        }
    }

    #[test]
    fn a_harmed_message_is_refused_or_means_exactly_its_bytes(of in any::<Index>(), harms in vec(harm(), 1..4)) {
        let bytes = harmed(of.get(&MESSAGES).1.encode(), &harms);
        if let Ok(message) = Message::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes);
        }
    }

    #[test]
    fn a_harmed_envelope_is_never_opened(of in any::<Index>(), harms in vec(harm(), 1..4)) {
        let honest = &of.get(&ENVELOPES).1;
        let bytes = harmed(honest.bytes.clone(), &harms);
        let opened = open(&bytes);
        prop_assert_eq!(opened.is_ok(), bytes == honest.bytes);
        // Without the signature it may pass for another envelope, but never for one with this name and another payload.
        if let Ok(unsigned) = open_unsigned(&bytes) {
            prop_assert!(unsigned.hash != honest.hash || unsigned.payload == honest.payload);
        }
    }

    #[test]
    fn a_harmed_operation_has_one_spelling_or_no_effect(of in any::<Index>(), harms in vec(harm(), 1..4)) {
        let bytes = harmed(canonical::encode(&of.get(&OPERATIONS).1), &harms);
        if let Some(op) = ControlOp::decode(&bytes) {
            prop_assert_eq!(canonical::encode(&op), bytes);
        }
    }

    #[test]
    fn content_opens_with_its_key_under_its_header_only(
        changes in vec(vec(any::<u8>(), 0..80), 0..5),
        acts in vec(vec(any::<u8>(), 0..80), 0..5),
        other_key in any::<[u8; 32]>(),
        later in 1u64..,
    ) {
        let content = Content {
            actor_nonce: [3; 8],
            changes: changes.into_iter().map(Into::into).collect(),
            acts: acts.into_iter().map(Into::into).collect(),
        };
        let header = ENVELOPES.iter().find(|(name, _)| *name == "meeting").unwrap().1.header.clone();
        let sealed = seal_content(&secretary(), header, &key(), &content, &mut rng(later)).unwrap();
        prop_assert_eq!(&open_content(&open(&sealed.bytes).unwrap(), &key()).unwrap(), &content);
        prop_assume!(other_key != *key().as_bytes());
        prop_assert_eq!(open_content(&sealed, &SpaceKey(other_key)).unwrap_err().code(), "envelope_sealed");
        let mut moved = sealed;
        moved.header.seq = moved.header.seq.wrapping_add(later);
        prop_assert_eq!(open_content(&moved, &key()).unwrap_err().code(), "envelope_sealed");
    }
}
