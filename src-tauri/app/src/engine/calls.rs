//! The addresses that somebody typed, and what became of the last call to each. Addresses found on the local network are the network's own affair.

use std::collections::BTreeMap;

use api::view::{CallOutcome, CallRow};
use domain::id::Timestamp;
use net::limits::TYPED_MAX;
use sync::peer::Stage;

use super::Core;

/// What is known of a call.
#[derive(Debug)]
enum Call {
    /// Nobody has answered yet.
    Calling,
    /// Somebody has, with this transport identity.
    Answered(Vec<u8>),
    /// Nobody who speaks our protocol, as the code says. The network tries again by itself.
    Failed(&'static str),
}

/// All of them, as they were typed.
#[derive(Debug, Default)]
pub(crate) struct Calls(BTreeMap<String, (Call, Timestamp)>);

impl Calls {
    /// An address is called.
    pub fn begun(&mut self, address: &str, now: Timestamp) {
        self.note(address, Call::Calling, now);
    }

    /// Somebody answers there.
    pub fn answered(&mut self, address: &str, remote_id: Vec<u8>, now: Timestamp) {
        self.note(address, Call::Answered(remote_id), now);
    }

    /// It could not be reached, as the code says.
    pub fn failed(&mut self, address: &str, code: &'static str, now: Timestamp) {
        self.note(address, Call::Failed(code), now);
    }

    fn note(&mut self, address: &str, call: Call, now: Timestamp) {
        // The network remembers no more of them either.
        if self.0.len() < TYPED_MAX || self.0.contains_key(address) {
            self.0.insert(address.to_owned(), (call, now));
        }
    }
}

impl Core {
    /// What became of each call, in the words of the screen.
    pub fn call_rows(&self) -> Vec<CallRow> {
        let row = |(address, (call, at)): (&String, &(Call, Timestamp))| CallRow {
            address: address.clone(),
            outcome: match call {
                Call::Calling => CallOutcome::Calling,
                Call::Answered(remote_id) => self.who_answered(remote_id),
                Call::Failed(code) => CallOutcome::Failed { code: (*code).to_owned(), organisation: String::new() },
            },
            at: *at,
        };
        self.calls.0.iter().map(row).collect()
    }

    /// A device of this organisation, or one that may still ask to be let in: reached. One that says another root is not.
    fn who_answered(&self, remote_id: &[u8]) -> CallOutcome {
        let Some((_, peer)) = self.replica.peers().find(|(_, peer)| peer.remote_id == remote_id) else {
            return CallOutcome::Calling;
        };
        let ours = self.replica.directory().map(|directory| *directory.root());
        match (&peer.stage, ours, peer.root) {
            (Stage::Hello | Stage::Proof { .. }, ..) => CallOutcome::Calling,
            (Stage::Stranger, Some(ours), Some(theirs)) if ours != theirs => {
                CallOutcome::Failed { code: "dial_other_organisation".into(), organisation: peer.organisation.clone() }
            }
            (Stage::Ready { .. } | Stage::Stranger, ..) => CallOutcome::Reached,
        }
    }
}
