//! The words for rule profiles.

use std::path::PathBuf;

use clap::Subcommand;

/// Rule profiles.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Mọi quy tắc (all of them)
    List,
    /// Xem một quy tắc (show one)
    Show {
        /// Mã quy tắc (its id)
        id: String,
    },
    /// Ghi quy tắc từ tệp JSON: một quy tắc hoặc một danh sách; mã đã có thì sửa (write one or a list from JSON; a known id is changed)
    Import {
        /// Tệp (file)
        file: PathBuf,
    },
    /// Xuất ra tệp JSON mà `import` đọc được (export as JSON)
    Export {
        /// Mã quy tắc; bỏ trống: mọi quy tắc của tổ chức (ids; none: all of the organisation's own)
        ids: Vec<String>,
        /// Ghi ra tệp (write to)
        #[arg(long)]
        out: PathBuf,
    },
    /// Bỏ một quy tắc của tổ chức; biểu quyết đã mở không đổi (take one away; votes that were opened stay)
    Remove {
        /// Mã quy tắc (its id)
        id: String,
    },
}
