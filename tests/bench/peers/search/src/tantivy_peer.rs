//! tantivy: law, title and text in one field with its default tokenizer (words, lower case), any of the words may occur, BM25.
//! Three fields were tried and were worse: it adds up a score for each.

use std::path::Path;
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{STORED, STRING, Schema, TEXT, Value};
use tantivy::{Index, TantivyDocument, doc};

use crate::lines::{Ask, Doc, Found, Outcome, ask_all, bytes_in, seconds};

/// Memory its writer may use before it writes a segment.
const WRITER_BYTES: usize = 100_000_000;

/// Builds the index in `folder` and asks all questions.
pub fn run(docs: &[Doc], asks: &[Ask], folder: &Path, depth: usize) -> Outcome<Found> {
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING | STORED);
    let body = schema.add_text_field("body", TEXT);
    let begun = Instant::now();
    let index = Index::create_in_dir(folder, schema.build())?;
    let mut writer = index.writer(WRITER_BYTES)?;
    for article in docs {
        let text = [&*article.law, &*article.title, &*article.text].join("\n");
        writer.add_document(doc!(id => &*article.id, body => text))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let build_s = seconds(begun.elapsed());
    let searcher = index.reader()?.searcher();
    let parser = QueryParser::for_index(&index, vec![body]);
    let answers = ask_all(asks, |text| {
        // Its query language is not what people type: marks of it are read as spaces, words are joined by OR.
        let plain: String = text.chars().map(|c| if c.is_alphanumeric() || is_mark(c) { c } else { ' ' }).collect();
        let (query, _) = parser.parse_query_lenient(&plain.to_lowercase());
        let found = searcher.search(&query, &TopDocs::with_limit(depth).order_by_score())?;
        let name = |address| -> Outcome<String> {
            let stored: TantivyDocument = searcher.doc(address)?;
            Ok(stored.get_first(id).and_then(|value| value.as_str()).unwrap_or_default().to_owned())
        };
        found.into_iter().map(|(_, address)| name(address)).collect()
    })?;
    Ok(Found { version: tantivy::version_string().to_owned(), build_s, index_bytes: bytes_in(folder)?, answers })
}

/// A combining diacritic, which belongs to the letter before it.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}
