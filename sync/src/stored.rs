//! What somebody else has put on the shelf that this replica reads: carriers of one organisation may share one.
//!
//! It enters like what a peer sends, by the same judgement: the shelf is not trusted more than a wire. What is admitted is asked to be written
//! once more, which a shared shelf takes as the same envelope at the same place; another envelope at that place fails the commit.

use domain::id::SpaceId;

use crate::admission::Admission;
use crate::port::{BlobRow, Change, Cx, Effects};
use crate::replica::Replica;

impl Replica {
    pub(crate) fn stored_elsewhere(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        envelopes: &[(SpaceId, Vec<u8>)],
        blobs: &[BlobRow],
    ) {
        self.parked.from = None;
        for (space, bytes) in envelopes {
            match self.admit(fx, *space, bytes) {
                Admission::Admitted(envelope) => {
                    self.acknowledge_to_all(fx, space, &envelope);
                    self.distribute(cx, fx, space, &envelope, None);
                }
                Admission::Known | Admission::Waits => {}
                Admission::Refused(code) | Admission::Forged(code) => {
                    tracing::warn!(code, "what somebody else has stored is not taken");
                }
            }
        }
        for row in blobs.iter().filter(|row| row.complete) {
            self.blobs.wanted.remove(&row.cipher);
            self.blobs.space_of.insert(row.cipher, row.space);
            if let Err(error) = self.carried.take_up(cx.shelf, &row.cipher) {
                // It is counted at the next start.
                tracing::warn!(code = error.code, "who was charged for a file cannot be read");
            }
            if self.blobs.complete.insert(row.cipher, row.size).is_none() {
                fx.changes.insert(Change::Blob(row.cipher));
                self.tell_finished(fx, row.cipher);
            }
        }
    }
}
