//! The words for minutes, resolution and notice of conclusions.

use std::path::PathBuf;

use clap::Subcommand;

/// An official document of a meeting.
#[derive(Debug, Subcommand)]
pub enum Official {
    /// Soạn từ diễn biến cuộc họp, hoặc với lời văn đã sửa (draft from the record, or with edited words)
    Draft {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Tệp lời văn do lệnh `text` in ra, đã sửa (the words that `text` prints, edited)
        #[arg(long, value_name = "FILE", conflicts_with = "fresh")]
        words: Option<PathBuf>,
        /// Bỏ lời văn đã sửa, lấy lại từ diễn biến (forget what was edited)
        #[arg(long)]
        fresh: bool,
    },
    /// In lời văn ra dạng JSON để sửa (print the words to be edited)
    Text {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Ký: thư ký trước, chủ tọa sau (sign)
    Sign {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Tình trạng (show)
    Show {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Xuất ra tệp PDF (export)
    Export {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Tệp (file)
        #[arg(long)]
        out: PathBuf,
    },
}
