//! The engines that ours is compared with; `cargo xtask bench search` builds them and says where they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::Outcome;
use crate::trial::{self, Found};

/// Where the peers are. Without them ours is measured alone.
#[derive(Debug, Clone, Args)]
pub struct Places {
    /// The program `peer-search`.
    #[arg(long, hide = true)]
    peer_program: Option<PathBuf>,
    /// A Python with bm25s and pyvi.
    #[arg(long, hide = true, requires = "peer_script")]
    peer_python: Option<PathBuf>,
    /// The program for it.
    #[arg(long, hide = true)]
    peer_script: Option<PathBuf>,
}

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// SQLite FTS5 with `unicode61 remove_diacritics 2`.
    Fts5,
    /// tantivy with its default tokenizer.
    Tantivy,
    /// bm25s over words cut by pyvi.
    Bm25sPyvi,
}

/// All of them, in the order in which they are told.
pub const ALL: [Peer; 3] = [Peer::Fts5, Peer::Tantivy, Peer::Bm25sPyvi];

impl Peer {
    /// Its name in the result.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fts5 => "fts5",
            Self::Tantivy => "tantivy",
            Self::Bm25sPyvi => "bm25s_pyvi",
        }
    }

    /// Whether it is also built with [`crate::enlarge::LARGE`] articles. To cut so many into words would take pyvi minutes.
    pub fn is_enlarged(self) -> bool {
        self != Self::Bm25sPyvi
    }

    /// Lets it index the articles and answer the questions; `None` when it is not there. Its index is made below `folder` and removed.
    pub fn run(self, places: &Places, docs: &Path, asks: &Path, folder: &Path) -> Outcome<Option<Found>> {
        let made = tempfile::tempdir_in(folder)?;
        let mut command = match (self, &places.peer_program, &places.peer_python, &places.peer_script) {
            (Self::Fts5 | Self::Tantivy, Some(program), ..) => {
                let mut command = Command::new(program);
                command.arg(self.name()).args([docs, asks, made.path()]);
                command
            }
            (Self::Bm25sPyvi, _, Some(python), Some(script)) => {
                let mut command = Command::new(python);
                command.arg(script).args([docs, asks]);
                command
            }
            _ => return Ok(None),
        };
        Ok(Some(trial::run(&mut command)?))
    }
}
