//! Files with one JSON object a line. What is broken is named by file and line.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Outcome;

/// A line is at most so long.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read at all.
    #[error("{}: {why}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// In the system's words.
        why: String,
    },
    /// One of its lines is not what it should be.
    #[error("{}:{line}: {why}", file.display())]
    Line {
        /// Of this file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl Refused {
    /// Something about the whole file.
    pub fn file(file: &Path, why: impl ToString) -> Self {
        Self::File { file: file.to_owned(), why: why.to_string() }
    }

    /// Something about one line.
    pub fn line(file: &Path, line: usize, why: impl ToString) -> Self {
        Self::Line { file: file.to_owned(), line, why: why.to_string() }
    }
}

/// Every line with its number, blank ones left out; at most `most` of them.
pub fn read<T: DeserializeOwned>(file: &Path, most: usize) -> Result<Vec<(usize, T)>, Refused> {
    let mut found = Vec::new();
    for line in open(file)? {
        let (number, item) = line?;
        if found.len() == most {
            return Err(Refused::line(file, number, format!("more than {most} lines")));
        }
        found.push((number, item));
    }
    if found.is_empty() {
        return Err(Refused::file(file, "is empty"));
    }
    Ok(found)
}

/// The same one after the other, as many as there are. After an error it must not be asked again.
pub fn open<T: DeserializeOwned>(file: &Path) -> Result<impl Iterator<Item = Result<(usize, T), Refused>>, Refused> {
    let opened = File::open(file).map_err(|error| Refused::file(file, error))?;
    let mut lines = BufReader::new(opened);
    let file = file.to_owned();
    let mut number = 0;
    Ok(std::iter::from_fn(move || {
        loop {
            number += 1;
            match next(&mut lines, &file, number) {
                Ok(Some(text)) if text.is_empty() => {}
                Ok(Some(text)) => {
                    let item = parse(&text).map_err(|why| Refused::line(&file, number, why));
                    return Some(item.map(|item| (number, item)));
                }
                Ok(None) => return None,
                Err(refused) => return Some(Err(refused)),
            }
        }
    }))
}

/// The next line without what surrounds it; `None` at the end.
fn next(lines: &mut impl BufRead, file: &Path, number: usize) -> Result<Option<String>, Refused> {
    let mut bytes = Vec::new();
    let read = lines.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
    if read.map_err(|error| Refused::file(file, error))? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 == LINE_BYTES_MAX {
        return Err(Refused::line(file, number, format!("the line has {} MB or more", LINE_BYTES_MAX >> 20)));
    }
    let text = str::from_utf8(&bytes).map_err(|_| Refused::line(file, number, "not UTF-8"))?;
    Ok(Some(text.trim_start_matches('\u{feff}').trim().to_owned()))
}

/// Without serde's "at line 1 column 7": the line is that of the file.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let column = error.column();
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default().to_owned();
        format!("{why} (column {column})")
    })
}

/// A new file for lines.
pub fn create(file: &Path) -> Outcome<BufWriter<File>> {
    Ok(BufWriter::new(File::create(file)?))
}

/// One more line.
pub fn append<T: Serialize>(out: &mut BufWriter<File>, item: &T) -> Outcome<()> {
    serde_json::to_writer(&mut *out, item)?;
    Ok(out.write_all(b"\n")?)
}

/// The last line was written.
pub fn finish(mut out: BufWriter<File>) -> Outcome<()> {
    Ok(out.flush()?)
}

/// Writes one line for each.
pub fn write<T: Serialize>(file: &Path, items: impl IntoIterator<Item = T>) -> Outcome<()> {
    let mut out = create(file)?;
    for item in items {
        append(&mut out, &item)?;
    }
    finish(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read_text(bytes: &[u8]) -> Result<Vec<(usize, serde_json::Value)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, bytes).unwrap();
        let prefix = format!("{}", folder.path().display());
        read(&file, 3).map_err(|error| error.to_string().replace(&prefix, ""))
    }

    #[test]
    fn blank_lines_a_byte_order_mark_and_carriage_returns_do_no_harm() {
        let found = read_text("\u{feff}{\"a\":1}\r\n\r\n{\"a\":2}".as_bytes()).unwrap();
        assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn a_broken_line_is_named_by_file_and_number() {
        assert!(read_text(b"{}\n{\"a\":").unwrap_err().starts_with("/a.jsonl:2: EOF while parsing"));
        assert_eq!(read_text(b"{}\n\xff\n").unwrap_err(), "/a.jsonl:2: not UTF-8");
        assert_eq!(read_text(b"{}\n{}\n{}\n{}\n").unwrap_err(), "/a.jsonl:4: more than 3 lines");
        assert_eq!(read_text(b"\n").unwrap_err(), "/a.jsonl: is empty");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read::<serde_json::Value>(Path::new("/nowhere/x.jsonl"), 1).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/x.jsonl: "), "{error}");
    }
}
