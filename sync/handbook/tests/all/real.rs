//! Real collections, where they are at hand (`KYHOP_DATA`): everything that is in them comes through.

use std::path::PathBuf;

use handbook::import::Collection;
use handbook::{Block, Kind};

use crate::support::*;

fn data(file: &str) -> Option<Vec<u8>> {
    std::fs::read(PathBuf::from(std::env::var_os("KYHOP_DATA")?).join(file)).ok()
}

fn import(file: &str) -> Option<Collection> {
    let bytes = data(file)?;
    let mut collection = Collection::default();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        collection.json_line(file, number, line, line.len() as u64);
    }
    Some(collection)
}

#[test]
fn a_corpus_of_laws_is_imported_and_published() {
    let Some(collection) = import("alqac/corpus.jsonl") else {
        return;
    };
    assert_eq!((collection.len(), collection.skipped.len()), (3_368, 0), "{:?}", collection.skipped.first());
    let articles = collection.into_articles();
    let clauses = articles
        .iter()
        .flat_map(|article| &article.blocks)
        .filter(|block| matches!(block, Block::Point { depth: 0, .. }))
        .count();
    assert!(clauses > articles.len(), "{clauses} clauses");
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &articles);
    let package = publisher.open(&bytes).unwrap();
    package.check().unwrap();
    println!("{} articles, {} bytes", package.manifest.articles, bytes.len());
}

#[test]
fn the_national_procedures_are_imported() {
    let Some(collection) = import("tthc/procedures_207.jsonl") else {
        return;
    };
    assert_eq!((collection.len(), collection.skipped.len()), (207, 0), "{:?}", collection.skipped.first());
    let articles = collection.into_articles();
    assert!(articles.iter().all(|article| article.kind == Kind::Procedure && !article.field.is_empty()));
    let with_steps =
        articles.iter().filter(|article| article.blocks.iter().any(|block| matches!(block, Block::Steps { .. }))).count();
    assert_eq!(with_steps, 207);
}

#[test]
fn the_handbook_of_the_demonstration_is_whole_and_names_nobody() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/handbook/so-tay.jsonl");
    let mut collection = Collection::default();
    for (number, line) in (1..).zip(std::fs::read_to_string(&file).unwrap().lines()) {
        collection.json_line("so-tay.jsonl", number, line.as_bytes(), line.len() as u64);
    }
    assert_eq!(collection.skipped, []);
    let articles = collection.into_articles();
    assert!((25..=60).contains(&articles.len()), "{} articles", articles.len());
    for article in &articles {
        let found = handbook::personal::find(&article.body());
        assert!(found.is_empty(), "{}: {found:?}", article.id);
        let own = |id: &str| articles.iter().any(|other| other.id == id);
        assert!(article.links.iter().filter_map(|link| link.to.as_deref()).all(own), "{}: a link leads nowhere", article.id);
    }
    let publisher = Publisher::new(1);
    publisher.open(&publisher.build(1, &articles)).unwrap().check().unwrap();
}
