//! A question that is being answered ends where it is when a newer one comes: told by what it still did, not by the time that it took.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::Cell;

use ::search::entry::{Entry, Section, Validity};

use super::search::{Search, quoted};
use super::{Library, LibraryReader, Request, sql};
use crate::error::StoreError;

const KEY: [u8; 32] = [9; 32];
/// More than the index hands over at once.
const ENTRIES: usize = 300;
const ASKED: &str = "đất rừng ngập mặn";

fn filled(folder: &std::path::Path) -> (Library, LibraryReader) {
    let entries: Vec<Entry> = (0..ENTRIES)
        .map(|number| Entry {
            id: format!("m{number}"),
            section: if number % 2 == 0 { Section::Question } else { Section::Law },
            source: "Luật Lâm nghiệp".to_owned(),
            number: None,
            title: format!("Đất rừng {number}"),
            path: String::new(),
            body: "Giao đất rừng ngập mặn cho cộng đồng.".to_owned(),
            agency: String::new(),
            field: String::new(),
            level: String::new(),
            from: None,
            to: None,
            validity: Validity::InForce,
        })
        .collect();
    let mut library = Library::open(folder, &KEY).unwrap();
    library.change(|change| change.put_entries(&entries)).unwrap();
    let reader = library.reader().unwrap();
    (library, reader)
}

/// How one of the two kinds of questions is answered.
type Answering = fn(&Search<'_>) -> Result<usize, StoreError>;

const KINDS: [Answering; 2] =
    [|search| search.run().map(|answer| answer.hits.len()), |search| search.similar().map(|similar| similar.len())];

/// Answers a question, with a newer one that comes when it looks for one the `comes`th time. What it answered, and how often it looked.
fn answered(reader: &mut LibraryReader, answering: Answering, turn: u64, comes: usize) -> (Result<usize, StoreError>, usize) {
    let (stopper, check) = (reader.stopper(), reader.still_newest(turn));
    let looked = Cell::new(0_usize);
    let look = || {
        looked.set(looked.get() + 1);
        if looked.get() == comes {
            stopper.newest(turn + 1);
        }
        check()
    };
    let request = Request { turn, sections: vec![Section::Question], ..Request::new(ASKED, 50) };
    let answer = reader.reading(|connection, state| answering(&Search { connection, state, request: &request, check: &look }));
    (answer, looked.get())
}

#[test]
fn wherever_a_newer_question_comes_the_older_one_does_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, mut reader) = filled(folder.path());
    let mut turn = 1;
    for answering in KINDS {
        let (whole, steps) = answered(&mut reader, answering, turn, usize::MAX);
        assert_eq!(whole.unwrap(), 50);
        // It looks at least once for every entry that it reads.
        assert!(steps > 50, "it looks only {steps} times");
        for comes in 1..=steps {
            let (stopped, looked) = answered(&mut reader, answering, turn, comes);
            assert_eq!(stopped.unwrap_err().code(), "search_stopped");
            assert_eq!(looked, comes, "it went on after the newer one had come");
            turn += 1;
        }
        // The newer one is answered as if nothing had been.
        assert_eq!(answered(&mut reader, answering, turn, usize::MAX).0.unwrap(), 50);
    }
}

/// Reads rows of the index, with a newer question after the first of them. How many came, and how it ended.
fn rows(reader: &LibraryReader, turn: u64) -> (usize, Result<(), StoreError>) {
    let stopper = reader.stopper();
    let mut statement = reader.connection.prepare(sql::TERM_ROWS).unwrap();
    let mut rows = statement.query([quoted("rung")]).unwrap();
    let mut came = 0;
    loop {
        match rows.next() {
            Ok(Some(_)) => came += 1,
            Ok(None) => return (came, Ok(())),
            Err(error) => return (came, Err(error.into())),
        }
        if came == 1 {
            stopper.newest(turn);
        }
    }
}

#[test]
fn the_index_stops_in_the_middle_of_its_rows_and_only_for_a_newer_question() {
    let folder = tempfile::tempdir().unwrap();
    let (_library, reader) = filled(folder.path());
    let (came, ended) = rows(&reader, 7);
    assert_eq!((came, ended.unwrap_err().code()), (1, "search_stopped"));
    // Somebody who comes late with an older number does not stop what is newer.
    for late in [7, 6] {
        let (came, ended) = rows(&reader, late);
        assert!(ended.is_ok(), "{ended:?}");
        assert_eq!(came, ENTRIES);
    }
}
