//! The envelopes of one commit, as columns: one statement for many rows.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use postgres::Row;
use sync::port::{Head, Write};

use super::database::{Work, column};
use super::seal::Seal;
use super::{BackendError, sql};

/// A log by its three names.
type Log = (SpaceId, DeviceId, Incarnation);

/// An envelope that is to be written.
struct Fresh<'a> {
    space: SpaceId,
    head: Head,
    doc: DocId,
    kind: u16,
    control: bool,
    bytes: &'a [u8],
}

/// See the module.
pub(super) struct Batch<'a> {
    envelopes: Vec<Fresh<'a>>,
}

/// As PostgreSQL counts; beyond its numbers there is nothing stored.
pub(super) fn place(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// As the replica counts.
pub(super) fn natural(number: i64) -> Result<u64, BackendError> {
    u64::try_from(number).map_err(|_| BackendError::new("store_damaged", "a number in the database is negative"))
}

/// An identifier out of a row.
pub(super) fn id<T>(row: &Row, at: usize, from: impl Fn(&[u8]) -> Option<T>) -> Result<T, BackendError> {
    let bytes: &[u8] = column(row, at)?;
    from(bytes).ok_or_else(|| BackendError::new("store_damaged", "an identifier in the database has a wrong length"))
}

impl<'a> Batch<'a> {
    pub(super) fn of(writes: &'a [Write]) -> Self {
        let envelopes = writes
            .iter()
            .filter_map(|write| match write {
                Write::Envelope { space, head, doc, kind, control, bytes } => {
                    Some(Fresh { space: *space, head: *head, doc: *doc, kind: *kind, control: *control, bytes })
                }
                _ => None,
            })
            .collect();
        Self { envelopes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.envelopes.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.envelopes.len()
    }

    /// Leaves out what another hub has stored already: the very same envelope at the very same place.
    ///
    /// # Errors
    /// `log_forked`: another envelope stands there. `ask` runs the statement.
    pub(super) fn without_stored(
        &mut self,
        ask: impl FnOnce(&'static str, super::database::Values<'_>) -> Result<Vec<Row>, BackendError>,
    ) -> Result<(), BackendError> {
        if self.is_empty() {
            return Ok(());
        }
        let spaces: Vec<&[u8]> = self.envelopes.iter().map(|fresh| fresh.space.as_bytes().as_slice()).collect();
        let devices: Vec<&[u8]> = self.envelopes.iter().map(|fresh| fresh.head.device.as_bytes().as_slice()).collect();
        let incarnations: Vec<&[u8]> = self.envelopes.iter().map(|fresh| fresh.head.incarnation.as_bytes().as_slice()).collect();
        let seqs: Vec<i64> = self.envelopes.iter().map(|fresh| place(fresh.head.seq)).collect();
        let mut stored: BTreeMap<(Log, i64), Hash32> = BTreeMap::new();
        for row in ask(sql::ENVELOPES_STORED, &[&spaces, &devices, &incarnations, &seqs])? {
            stored.insert((log_of(&row)?, column(&row, 3)?), id(&row, 4, Hash32::from_slice)?);
        }
        for fresh in &self.envelopes {
            if stored.get(&(fresh.log(), place(fresh.head.seq))).is_some_and(|hash| *hash != fresh.head.hash) {
                let detail =
                    format!("{} {}: another hub has stored another envelope there", fresh.head.device.short(), fresh.head.seq);
                return Err(BackendError::new("log_forked", detail));
            }
        }
        self.envelopes.retain(|fresh| !stored.contains_key(&(fresh.log(), place(fresh.head.seq))));
        Ok(())
    }

    /// Writes everything, from the position after `position` on. The caller holds the lock on positions.
    ///
    /// # Errors
    /// `sequence_reused`, `sequence_gap`; what the database says.
    pub(super) fn write(&self, work: &mut Work<'_>, seal: &Seal, writer: i64, position: i64) -> Result<(), BackendError> {
        let heads = self.heads(work)?;
        self.put_heads(work, &heads)?;
        self.put_documents(work)?;
        let sealed = self.envelopes.iter().map(|fresh| seal.seal(&fresh.space, fresh.bytes)).collect::<Result<Vec<_>, _>>()?;
        let (mut positions, mut spaces, mut devices, mut incarnations) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut seqs, mut hashes, mut documents, mut controls, mut contents) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((fresh, sealed), position) in self.envelopes.iter().zip(&sealed).zip(position + 1..) {
            positions.push(position);
            spaces.push(fresh.space.as_bytes().as_slice());
            devices.push(fresh.head.device.as_bytes().as_slice());
            incarnations.push(fresh.head.incarnation.as_bytes().as_slice());
            seqs.push(place(fresh.head.seq));
            hashes.push(fresh.head.hash.as_bytes().as_slice());
            documents.push(fresh.doc.as_bytes().as_slice());
            controls.push(fresh.control);
            contents.push(sealed.as_slice());
        }
        work.rows(
            sql::ENVELOPES_ADD,
            &[&writer, &positions, &spaces, &devices, &incarnations, &seqs, &hashes, &documents, &controls, &contents],
        )?;
        Ok(())
    }

    /// The heads that the logs have afterwards. A log has no gaps and no number twice.
    fn heads(&self, work: &mut Work<'_>) -> Result<BTreeMap<Log, Head>, BackendError> {
        let logs: BTreeSet<Log> = self.envelopes.iter().map(Fresh::log).collect();
        let spaces: Vec<&[u8]> = logs.iter().map(|(space, _, _)| space.as_bytes().as_slice()).collect();
        let devices: Vec<&[u8]> = logs.iter().map(|(_, device, _)| device.as_bytes().as_slice()).collect();
        let incarnations: Vec<&[u8]> = logs.iter().map(|(_, _, incarnation)| incarnation.as_bytes().as_slice()).collect();
        let mut newest: BTreeMap<Log, u64> = BTreeMap::new();
        for row in work.rows(sql::LOGS_FIND, &[&spaces, &devices, &incarnations])? {
            newest.insert(log_of(&row)?, natural(column(&row, 3)?)?);
        }
        let mut heads = BTreeMap::new();
        for fresh in &self.envelopes {
            let newest = newest.entry(fresh.log()).or_default();
            let next = newest.saturating_add(1);
            if fresh.head.seq != next {
                let code = if fresh.head.seq < next { "sequence_reused" } else { "sequence_gap" };
                let detail = format!("{}: {} after {newest}", fresh.head.device.short(), fresh.head.seq);
                return Err(BackendError::new(code, detail));
            }
            *newest = next;
            heads.insert(fresh.log(), fresh.head);
        }
        Ok(heads)
    }

    fn put_heads(&self, work: &mut Work<'_>, heads: &BTreeMap<Log, Head>) -> Result<(), BackendError> {
        let (mut spaces, mut devices, mut incarnations, mut seqs, mut hashes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((space, device, incarnation), head) in heads {
            spaces.push(space.as_bytes().as_slice());
            devices.push(device.as_bytes().as_slice());
            incarnations.push(incarnation.as_bytes().as_slice());
            seqs.push(place(head.seq));
            hashes.push(head.hash.as_bytes().as_slice());
        }
        work.rows(sql::LOGS_PUT, &[&spaces, &devices, &incarnations, &seqs, &hashes])?;
        Ok(())
    }

    /// The kind of a document is that of its first content.
    fn put_documents(&self, work: &mut Work<'_>) -> Result<(), BackendError> {
        let mut known: BTreeMap<(SpaceId, DocId), (u16, bool)> = BTreeMap::new();
        for fresh in &self.envelopes {
            let row = known.entry((fresh.space, fresh.doc)).or_insert((fresh.kind, !fresh.control));
            if !fresh.control && !row.1 {
                *row = (fresh.kind, true);
            }
        }
        let (mut spaces, mut names, mut kinds, mut contents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((space, doc), (kind, has_content)) in &known {
            spaces.push(space.as_bytes().as_slice());
            names.push(doc.as_bytes().as_slice());
            kinds.push(i32::from(*kind));
            contents.push(*has_content);
        }
        work.rows(sql::DOCUMENTS_PUT, &[&spaces, &names, &kinds, &contents])?;
        Ok(())
    }
}

impl Fresh<'_> {
    fn log(&self) -> Log {
        (self.space, self.head.device, self.head.incarnation)
    }
}

fn log_of(row: &Row) -> Result<Log, BackendError> {
    Ok((id(row, 0, SpaceId::from_slice)?, id(row, 1, DeviceId::from_slice)?, id(row, 2, Incarnation::from_slice)?))
}
