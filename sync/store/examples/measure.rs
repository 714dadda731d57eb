//! How long durable work takes on this disk: `cargo run -p store --release --example measure [FOLDER]`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use store::Store;
use sync::port::{Head, Shelf, Write};

const KEY: [u8; 32] = [7; 32];
const SPACE: SpaceId = SpaceId([1; 16]);
const ENVELOPES: u64 = 10_000;
const ENVELOPE_BYTES: usize = 500;

fn envelope(seq: u64) -> Write {
    let head = Head { device: DeviceId([2; 32]), incarnation: Incarnation([3; 8]), seq, hash: Hash32([4; 32]) };
    let doc = DocId([u8::try_from(seq % 40).unwrap(); 16]);
    Write::Envelope {
        space: SPACE,
        head,
        doc,
        kind: 10,
        control: seq.is_multiple_of(50),
        bytes: vec![u8::try_from(seq % 251).unwrap(); ENVELOPE_BYTES],
    }
}

fn percentile(times: &mut [Duration], hundredth: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * hundredth / 100]
}

fn told(what: &str, mut times: Vec<Duration>) {
    println!("{what}: p50 {:?}, p95 {:?}, n {}", percentile(&mut times, 50), percentile(&mut times, 95), times.len());
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed(), value)
}

fn main() {
    let parent = std::env::args().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = parent.join(format!("kyhop-measure-{}", std::process::id()));
    let (made, mut store) = timed(|| Store::open(&folder, &KEY).unwrap());
    println!("make a profile: {made:?}");
    let mut seq = 0;
    let mut next = |count: u64| -> Vec<Write> {
        let writes = (seq + 1..=seq + count).map(envelope).collect();
        seq += count;
        writes
    };
    let single = (0..400).map(|_| next(1)).map(|writes| timed(|| store.commit(&writes, &[]).unwrap()).0).collect();
    told("one envelope", single);
    let batches = (0..100).map(|_| next(64)).map(|writes| timed(|| store.commit(&writes, &[]).unwrap()).0).collect();
    told("64 envelopes at once", batches);
    let rest = next(ENVELOPES - 400 - 6_400);
    println!("{} envelopes at once: {:?}", rest.len(), timed(|| store.commit(&rest, &[]).unwrap()).0);
    let bytes = vec![9; 20 << 20];
    let cipher = Hash32(*blake3::hash(&bytes).as_bytes());
    println!("a blob of 20 MiB: {:?}", timed(|| store.put_blob(SPACE, cipher, &bytes).unwrap()).0);
    println!("close: {:?}", timed(|| store.close().unwrap()).0);
    let opens = (0..20).map(|_| timed(|| Store::open(&folder, &KEY).unwrap()).0).collect();
    told("open with 10,000 envelopes", opens);
    let mut store = Store::open(&folder, &KEY).unwrap();
    println!("read all control envelopes: {:?}", timed(|| store.control(&SPACE).unwrap().len()));
    println!("read one document: {:?}", timed(|| store.document(&SPACE, &DocId([1; 16]), 0).unwrap().len()));
    println!("read all content: {:?}", timed(|| store.content(&SPACE, 0, 1 << 20).unwrap().len()));
    println!("check every page: {:?}", timed(|| store.check().unwrap()).0);
    println!("read 20 MiB of a blob: {:?}", timed(|| store.blob_bytes(&cipher, 0, 20 << 20).unwrap().len()));
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}
