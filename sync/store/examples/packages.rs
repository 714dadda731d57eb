//! What packages cost: `cargo run --release -p store --example packages -- CORPUS.jsonl [ARTICLES]`. The corpus is repeated, each time with other names,
//! until there are so many articles; then every hundredth changes. The answer is one JSON object on standard output: bytes and their ratio, and
//! seconds by the clock and of the processor for each step; `seconds` is what the update takes, made and installed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::time::Instant;

use domain::id::{PersonId, Timestamp, UnitId};
use handbook::import::Collection;
use handbook::package::{Base, Edition, Signer, build, build_delta};
use handbook::{Article, Block, Package};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde_json::json;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::{DeviceKeys, RootKey};
use store::library::Library;

const KEY: [u8; 32] = [9; 32];
const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Seconds of the processor that this thread has used, where the system tells.
fn processor() -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(0.0, |ns| ns / 1e9)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let corpus = arguments.next().expect("a file of articles");
    let wanted: usize = arguments.next().map_or(60_000, |number| number.parse().unwrap());
    let mut collection = Collection::default();
    for (number, line) in (1..).zip(std::fs::read_to_string(&corpus).unwrap().lines()) {
        collection.json_line(&corpus, number, line.as_bytes(), line.len() as u64);
    }
    let real = collection.into_articles();
    let articles: Vec<Article> = (0..wanted)
        .map(|at| {
            let (round, article) = (at / real.len(), &real[at % real.len()]);
            Article { id: format!("{round}/{}", article.id), source: format!("{} {round}", article.source), ..article.clone() }
        })
        .collect();

    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (root, keys) = (RootKey::generate(&mut rng), DeviceKeys::generate(&mut rng));
    let certificate = DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root.fingerprint(),
        unit: UnitId([1; 16]),
        unit_name: "UBND".to_owned(),
        person: PersonId([2; 16]),
        person_name: "A".to_owned(),
        person_title: String::new(),
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator: true,
        issued_at: NOW,
        issuer: Issuer::Root,
    };
    let chain = Chain(vec![SignedCertificate::sign_root(&root, &certificate)]);
    let signer = Signer { keys: &keys, chain: &chain, root: root.public() };
    let edition = |number| Edition { package: "so-tay".to_owned(), title: "Sổ tay".to_owned(), number, made_at: NOW };
    // On a busy machine the processor's time says more than the clock.
    let mut steps = BTreeMap::new();
    let mut timed = |what: &str, began: (Instant, f64)| {
        let (clock, used) = (began.0.elapsed().as_secs_f64(), processor() - began.1);
        steps.insert(what.to_owned(), json!({ "seconds": clock, "processor_seconds": used }));
        clock
    };

    let began = (Instant::now(), processor());
    let whole = build(&signer, &edition(1), &articles).unwrap();
    timed("whole_made", began);
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    let mut install = |file: &[u8]| {
        let package = Package::open(file, &[root.fingerprint()]).unwrap();
        library.change(|change| change.install(&package, file, NOW, &mut |_| true)).unwrap()
    };
    let began = (Instant::now(), processor());
    let installed = install(&whole);
    timed("whole_installed", began);

    let reader = store::library::LibraryReader::open(folder.path(), &KEY).unwrap();
    let base = Base { number: 1, content: installed.package.content };
    let hashes = reader.article_hashes("so-tay").unwrap();
    let mut changed = articles;
    for article in changed.iter_mut().step_by(100) {
        article.blocks.push(Block::paragraph(format!("Được sửa đổi, bổ sung: {}.", article.title)));
    }
    let began = (Instant::now(), processor());
    let delta = build_delta(&signer, &edition(2), base, &hashes, &changed).unwrap();
    let mut seconds = timed("update_made", began);
    let began = (Instant::now(), processor());
    let done = install(&delta);
    seconds += timed("update_installed", began);
    let size = std::fs::metadata(folder.path().join("library.db")).unwrap().len();
    let answer = json!({
        "articles": wanted,
        "changed": done.changed,
        "whole_bytes": whole.len(),
        "update_bytes": delta.len(),
        "bytes_ratio": delta.len() as f64 / whole.len() as f64,
        "seconds": seconds,
        "library_bytes": size,
        "steps": steps,
    });
    println!("{answer}");
}
