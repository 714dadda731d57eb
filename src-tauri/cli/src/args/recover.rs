//! The words for taking an organisation up again.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done with the root that was put away.
#[derive(Debug, Subcommand)]
pub enum OrganisationVerb {
    /// Lập lại quyền quản trị trên một máy mới từ tệp khóa gốc (take the organisation up again on a new device, from its root's file)
    Recover(RecoverFrom),
}

/// The file of a root, and who comes back.
#[derive(Debug, Args)]
pub struct RecoverFrom {
    /// Tệp organisation-root.sealed đã cất giữ (the file that was put away)
    pub file: PathBuf,
    /// Đọc mật khẩu của tệp khóa gốc từ tệp này; bỏ trống: hỏi (read the passphrase of the root's file from a file)
    #[arg(long, value_name = "FILE")]
    pub root_passphrase_file: Option<PathBuf>,
    /// Người khác chứ không phải người lập tổ chức: họ tên (somebody else than the founder)
    #[arg(long)]
    pub name: Option<String>,
    /// Chức vụ của người đó (that person's title)
    #[arg(long, default_value = "", requires = "name")]
    pub title: String,
    /// Tên tổ chức, nếu tệp khóa gốc cũ không ghi (where the file tells the root alone)
    #[arg(long)]
    pub organisation: Option<String>,
    /// Đơn vị, nếu tệp khóa gốc cũ không ghi (likewise)
    #[arg(long)]
    pub unit: Option<String>,
}
