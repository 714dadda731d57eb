//! A shelf in memory: durable as long as the room, and strict about what the real one is strict about.

use std::collections::BTreeMap;

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use signing::wrap::SpaceKey;
use sync::port::{BlobRow, Head, Shelf, ShelfError, Snapshot, StoredAct, Write};

#[derive(Clone)]
struct Row {
    space: SpaceId,
    device: DeviceId,
    incarnation: Incarnation,
    seq: u64,
    hash: Hash32,
    doc: DocId,
    kind: u16,
    control: bool,
    bytes: Vec<u8>,
}

#[derive(Clone)]
struct Blob {
    row: BlobRow,
    bytes: Vec<u8>,
    ranges: Vec<(u64, u64)>,
}

/// What a device keeps.
#[derive(Clone, Default)]
pub struct MemoryShelf {
    /// Position is the index plus one.
    rows: Vec<Row>,
    ends: BTreeMap<(SpaceId, DeviceId, Incarnation), u64>,
    acts: Vec<(SpaceId, Hash32, StoredAct)>,
    keys: BTreeMap<(SpaceId, u32), SpaceKey>,
    snapshots: BTreeMap<(SpaceId, DocId), Snapshot>,
    blobs: BTreeMap<Hash32, Blob>,
    meta: BTreeMap<String, Vec<u8>>,
    /// The next commits fail, as on a full disk.
    pub full: bool,
}

fn broken(detail: &str) -> ShelfError {
    ShelfError { code: "store_damaged", detail: detail.to_owned() }
}

impl MemoryShelf {
    /// Makes all writes durable, or none: everything is looked at before anything is changed.
    pub fn commit(&mut self, writes: &[Write]) -> Result<(), ShelfError> {
        if self.full {
            return Err(ShelfError { code: "disk_full", detail: "the room says so".into() });
        }
        let mut ends: BTreeMap<(SpaceId, DeviceId, Incarnation), u64> = BTreeMap::new();
        let mut blobs: BTreeMap<Hash32, Blob> = BTreeMap::new();
        let mut erased = Vec::new();
        for write in writes {
            match write {
                Write::Envelope { space, head, .. } => {
                    let log = (*space, head.device, head.incarnation);
                    let end = ends.entry(log).or_insert_with(|| self.ends.get(&log).copied().unwrap_or(0));
                    if head.seq != *end + 1 {
                        return Err(broken("a sequence number is reused or left out"));
                    }
                    *end = head.seq;
                }
                Write::BlobWanted(row) => {
                    let bytes = vec![0; usize::try_from(row.size).map_err(|_| broken("size"))?];
                    // Another size than before starts it again.
                    if self.blobs.get(&row.cipher).is_none_or(|known| !known.row.complete && known.row.size != row.size) {
                        blobs.entry(row.cipher).or_insert(Blob { row: *row, bytes, ranges: Vec::new() });
                    }
                }
                Write::BlobRange { cipher, offset, bytes } => {
                    let blob = self.changed(&mut blobs, cipher)?;
                    let at = usize::try_from(*offset).map_err(|_| broken("offset"))?;
                    blob.bytes.get_mut(at..at + bytes.len()).ok_or_else(|| broken("range"))?.copy_from_slice(bytes);
                    blob.ranges.push((*offset, offset + bytes.len() as u64));
                    blob.ranges.sort_unstable();
                }
                Write::BlobComplete { cipher } => {
                    let blob = self.changed(&mut blobs, cipher)?;
                    if sync::envelope::hash(&blob.bytes) != *cipher {
                        return Err(broken("blob_damaged"));
                    }
                    blob.row.complete = true;
                }
                Write::BlobDamaged { cipher } => {
                    let blob = self.changed(&mut blobs, cipher)?;
                    blob.row.complete = false;
                    blob.ranges.clear();
                }
                Write::BlobErased { cipher } => {
                    blobs.remove(cipher);
                    erased.push(*cipher);
                }
                Write::Act { .. } | Write::SpaceKey { .. } | Write::Snapshot { .. } | Write::Meta { .. } => {}
            }
        }
        self.ends.extend(ends);
        self.blobs.retain(|cipher, _| !erased.contains(cipher));
        self.blobs.extend(blobs);
        writes.iter().for_each(|write| self.apply(write));
        Ok(())
    }

    /// A blob as it will be after this commit.
    fn changed<'a>(&self, blobs: &'a mut BTreeMap<Hash32, Blob>, cipher: &Hash32) -> Result<&'a mut Blob, ShelfError> {
        if !blobs.contains_key(cipher) {
            let blob = self.blobs.get(cipher).ok_or_else(|| broken("no such blob"))?;
            blobs.insert(*cipher, blob.clone());
        }
        blobs.get_mut(cipher).ok_or_else(|| broken("no such blob"))
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Envelope { space, head, doc, kind, control, bytes } => self.rows.push(Row {
                space: *space,
                device: head.device,
                incarnation: head.incarnation,
                seq: head.seq,
                hash: head.hash,
                doc: *doc,
                kind: *kind,
                control: *control,
                bytes: bytes.clone(),
            }),
            Write::Act { space, doc, hash, bytes } => {
                if !self.acts.iter().any(|(of, known, _)| of == space && known == hash) {
                    self.acts.push((*space, *hash, StoredAct { doc: *doc, bytes: bytes.clone() }));
                }
            }
            Write::SpaceKey { space, epoch, key } => {
                self.keys.insert((*space, *epoch), key.clone());
            }
            Write::Snapshot { space, doc, snapshot } => {
                self.snapshots.insert((*space, *doc), snapshot.clone());
            }
            Write::Meta { key, value } => {
                self.meta.insert(key.clone(), value.clone());
            }
            Write::BlobWanted(_)
            | Write::BlobRange { .. }
            | Write::BlobComplete { .. }
            | Write::BlobDamaged { .. }
            | Write::BlobErased { .. } => {}
        }
    }

    /// What is here of one space, and nothing else.
    pub fn only(&self, space: &SpaceId) -> Self {
        Self {
            rows: self.rows.iter().filter(|row| row.space == *space).cloned().collect(),
            ends: self.ends.iter().filter(|((of, _, _), _)| of == space).map(|(log, end)| (*log, *end)).collect(),
            ..Self::default()
        }
    }

    /// From here on the device writes this log.
    pub fn name_log(&mut self, incarnation: Incarnation) {
        self.meta.insert(sync::META_INCARNATION.into(), incarnation.0.to_vec());
    }

    /// One bit of a file is not any more what was written.
    pub fn flip_blob_bit(&mut self, cipher: &Hash32, at: usize) {
        if let Some(byte) = self.blobs.get_mut(cipher).and_then(|blob| blob.bytes.get_mut(at)) {
            *byte ^= 1;
        }
    }

    /// A whole blob of the device's own making.
    pub fn put_blob(&mut self, space: SpaceId, cipher: Hash32, bytes: Vec<u8>) {
        let row = BlobRow { space, cipher, size: bytes.len() as u64, complete: true };
        self.blobs.insert(cipher, Blob { row, bytes, ranges: Vec::new() });
    }

    /// Do these bytes stand anywhere on this shelf, in the open.
    pub fn holds(&self, canary: &[u8]) -> bool {
        let found = |bytes: &[u8]| bytes.windows(canary.len()).any(|window| window == canary);
        self.rows.iter().any(|row| found(&row.bytes)) || self.blobs.values().any(|blob| found(&blob.bytes))
    }

    /// Every key that is here.
    pub fn keys(&self) -> impl Iterator<Item = (&SpaceId, u32, &SpaceKey)> {
        self.keys.iter().map(|((space, epoch), key)| (space, *epoch, key))
    }

    /// Bytes of envelopes by others and of files that others brought.
    pub fn foreign_bytes(&self, own: &DeviceId) -> u64 {
        let rows: usize = self.rows.iter().filter(|row| row.device != *own).map(|row| row.bytes.len()).sum();
        let blobs: usize = self.blobs.values().filter(|blob| !blob.ranges.is_empty()).map(|blob| blob.bytes.len()).sum();
        (rows + blobs) as u64
    }

    /// How far a log has come here.
    pub fn end(&self, space: &SpaceId, device: &DeviceId, incarnation: &Incarnation) -> u64 {
        self.ends.get(&(*space, *device, *incarnation)).copied().unwrap_or(0)
    }

    /// The envelopes of a space by their names, with their bytes.
    pub fn named(&self, space: &SpaceId) -> BTreeMap<Hash32, &[u8]> {
        self.rows.iter().filter(|row| row.space == *space).map(|row| (row.hash, row.bytes.as_slice())).collect()
    }

    /// Number of envelopes of a space.
    pub fn count(&self, space: &SpaceId) -> usize {
        self.rows.iter().filter(|row| row.space == *space).count()
    }

    fn positioned(&self) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.iter().enumerate().map(|(index, row)| (index as u64 + 1, row))
    }
}

impl Shelf for MemoryShelf {
    fn spaces(&self) -> Result<Vec<SpaceId>, ShelfError> {
        let ids: std::collections::BTreeSet<SpaceId> = self.rows.iter().map(|row| row.space).collect();
        Ok(ids.into_iter().collect())
    }

    fn heads(&self, space: &SpaceId) -> Result<Vec<Head>, ShelfError> {
        let mut heads: BTreeMap<(DeviceId, Incarnation), Head> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.space == *space) {
            heads.insert(
                (row.device, row.incarnation),
                Head { device: row.device, incarnation: row.incarnation, seq: row.seq, hash: row.hash },
            );
        }
        Ok(heads.into_values().collect())
    }

    fn envelopes(&self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        let mut total = 0;
        let mut rows = Vec::new();
        for (position, row) in self.positioned().filter(|(position, row)| row.space == *space && *position >= from) {
            if total > 0 && total + row.bytes.len() > bytes_max {
                break;
            }
            total += row.bytes.len();
            rows.push((position, row.bytes.clone()));
        }
        Ok(rows)
    }

    fn position(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<u64>, ShelfError> {
        Ok(self
            .positioned()
            .find(|(_, row)| row.space == *space && row.device == *device && row.incarnation == *incarnation && row.seq == seq)
            .map(|(position, _)| position))
    }

    fn envelope(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self
            .rows
            .iter()
            .find(|row| row.space == *space && row.device == *device && row.incarnation == *incarnation && row.seq == seq)
            .map(|row| row.bytes.clone()))
    }

    fn control(&self, space: &SpaceId) -> Result<Vec<Vec<u8>>, ShelfError> {
        Ok(self.rows.iter().filter(|row| row.space == *space && row.control).map(|row| row.bytes.clone()).collect())
    }

    fn document(&self, space: &SpaceId, doc: &DocId, after: u64) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        Ok(self
            .positioned()
            .filter(|(position, row)| row.space == *space && row.doc == *doc && !row.control && *position > after)
            .map(|(position, row)| (position, row.bytes.clone()))
            .collect())
    }

    fn content(&self, space: &SpaceId, after: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        Ok(self
            .positioned()
            .filter(|(position, row)| row.space == *space && !row.control && *position > after)
            .take(limit)
            .map(|(position, row)| (position, row.bytes.clone()))
            .collect())
    }

    fn snapshot(&self, space: &SpaceId, doc: &DocId) -> Result<Option<Snapshot>, ShelfError> {
        Ok(self.snapshots.get(&(*space, *doc)).cloned())
    }

    fn documents(&self, space: &SpaceId) -> Result<Vec<(DocId, u16)>, ShelfError> {
        let docs: std::collections::BTreeSet<(DocId, u16)> =
            self.rows.iter().filter(|row| row.space == *space && !row.control).map(|row| (row.doc, row.kind)).collect();
        Ok(docs.into_iter().collect())
    }

    fn acts(&self, space: &SpaceId) -> Result<Vec<StoredAct>, ShelfError> {
        Ok(self.acts.iter().filter(|(of, _, _)| of == space).map(|(_, _, act)| act.clone()).collect())
    }

    fn space_keys(&self, space: &SpaceId) -> Result<Vec<(u32, SpaceKey)>, ShelfError> {
        Ok(self.keys.iter().filter(|((of, _), _)| of == space).map(|((_, epoch), key)| (*epoch, key.clone())).collect())
    }

    fn blobs(&self) -> Result<Vec<BlobRow>, ShelfError> {
        Ok(self.blobs.values().map(|blob| blob.row).collect())
    }

    fn blob(&self, cipher: &Hash32) -> Result<Option<BlobRow>, ShelfError> {
        Ok(self.blobs.get(cipher).map(|blob| blob.row))
    }

    fn blob_ranges(&self, cipher: &Hash32) -> Result<Vec<(u64, u64)>, ShelfError> {
        Ok(self.blobs.get(cipher).map(|blob| blob.ranges.clone()).unwrap_or_default())
    }

    fn blob_bytes(&self, cipher: &Hash32, offset: u64, len: usize) -> Result<Vec<u8>, ShelfError> {
        let blob = self.blobs.get(cipher).filter(|blob| blob.row.complete).ok_or_else(|| broken("no such blob"))?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(blob.bytes.len());
        Ok(blob.bytes[from..(from + len).min(blob.bytes.len())].to_vec())
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.meta.get(key).cloned())
    }
}
