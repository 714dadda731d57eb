//! Words of the handbook.

use std::path::PathBuf;

use api::day::Day;
use clap::{Args, Subcommand};
use domain::id::Hash32;

/// The handbook.
#[derive(Debug, Subcommand)]
pub enum Handbook {
    /// Tìm trong sổ tay và hỏi – đáp; có dấu hay không dấu đều được (search, with or without marks)
    Search(Search),
    /// Đọc một mục (read an article)
    Show {
        /// Mã của mục, như kết quả tìm kiếm ghi (its id)
        article: String,
        /// Hiệu lực xem tại ngày này, ví dụ 2026-11-22 (as of this day)
        #[arg(long, value_name = "DATE")]
        as_of: Option<Day>,
    },
    /// Nhập một thư mục JSONL, HTML, DOCX, PDF thành gói của máy này (import a folder as a package of this device)
    Import {
        /// Thư mục hoặc tệp (the folder or file)
        dir: PathBuf,
        /// Tên gói; bỏ trống: tên thư mục. Gói mình đã phát hành cùng tên sẽ có bản mới (title; one published under it gets its next version)
        #[arg(long, default_value = "")]
        title: String,
        /// Làm bản mới của gói này (the package that gets its next version)
        #[arg(long, value_name = "ID")]
        package: Option<String>,
        /// Bỏ những mục của bản trước không còn trong thư mục; không có thì giữ (remove what the folder lacks; otherwise it stays)
        #[arg(long)]
        replace: bool,
    },
    /// Nhập một thư mục rồi ghi thành tệp gói đã ký để cài trên máy khác (import a folder and write a signed package)
    Build(Build),
    /// Cài một gói từ tệp, sau khi kiểm tra chữ ký (install a package from a file)
    Install {
        /// Tệp gói (the package)
        file: PathBuf,
    },
    /// Các gói đã cài, ngày lập và đã bao lâu (installed packages, when they were made and how long ago)
    List,
    /// Ghi một gói đã cài ra tệp (write an installed package to a file)
    Export {
        /// Mã gói (the package)
        package: String,
        /// Ghi ra tệp này (where to)
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Gửi một gói đã cài cho mọi máy của tổ chức (give a package to all devices of the organisation)
    Publish {
        /// Mã gói (the package)
        package: String,
    },
    /// Gỡ một gói khỏi máy này (take a package off this device)
    Remove {
        /// Mã gói (the package)
        package: String,
    },
    /// Các bản thảo của nhóm biên tập (the editors' drafts)
    Drafts,
    /// Xem, tạo hoặc sửa một bản thảo (read, begin or change a draft)
    Draft(Draft),
    /// Trình duyệt một bản thảo (hand a draft in for review)
    Submit {
        /// Mã bản thảo hoặc vài ký tự đầu (the draft)
        draft: String,
    },
    /// Duyệt hoặc trả lại một bản thảo của người khác (approve or return somebody else's draft)
    Review {
        /// Mã bản thảo hoặc vài ký tự đầu (the draft)
        draft: String,
        /// Trả lại với nhận xét này (return it with this note)
        #[arg(long = "return", value_name = "NOTE")]
        returned: Option<String>,
    },
    /// Phát hành các bản thảo đã duyệt (publish approved drafts)
    PublishDrafts {
        /// Mã bản thảo hoặc vài ký tự đầu (the drafts)
        #[arg(required = true)]
        drafts: Vec<String>,
    },
    /// Tin gói của một tổ chức khác trên máy này; chỉ người quản trị (trust the packages of another organisation)
    Trust(Trust),
}

/// A search.
#[derive(Debug, Args)]
pub struct Search {
    /// Điều cần tìm (what to look for)
    pub text: String,
    /// Hiệu lực xem tại ngày này, ví dụ 2026-11-22; mặc định hôm nay (as of this day)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Day>,
    /// Số kết quả nhiều nhất (most hits)
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub limit: u32,
}

/// A package that is made.
#[derive(Debug, Args)]
pub struct Build {
    /// Thư mục hoặc tệp (the folder or file)
    pub dir: PathBuf,
    /// Ghi ra tệp này (where to)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Tên gói; bỏ trống: tên thư mục (title of the package)
    #[arg(long, default_value = "")]
    pub title: String,
    /// Chỉ ghi những gì đã đổi so với tệp gói này (write only what changed since this file of the package)
    #[arg(long, value_name = "FILE")]
    pub base: Option<PathBuf>,
    /// Bỏ những mục của bản trước không còn trong thư mục; không có thì giữ (remove what the folder lacks; otherwise it stays)
    #[arg(long)]
    pub replace: bool,
}

/// A draft.
#[derive(Debug, Args)]
pub struct Draft {
    /// Mã bản thảo cần xem hoặc sửa; bỏ trống: tạo mới (the draft; without it a new one)
    pub draft: Option<String>,
    /// Bài mà bản thảo mới sửa (the article that a new draft changes)
    #[arg(long, value_name = "ID", conflicts_with = "draft")]
    pub article: Option<String>,
    /// Nội dung: tệp JSON như `handbook draft MÃ --json` in ở mục "content" (the content, as JSON)
    #[arg(long, value_name = "FILE")]
    pub content: Option<PathBuf>,
}

/// Another organisation.
#[derive(Debug, Args)]
pub struct Trust {
    /// Dấu vân tay gốc của tổ chức đó (fingerprint of its root)
    pub root: Hash32,
    /// Tên gọi trên máy này (what it is called here)
    #[arg(long, default_value = "")]
    pub title: String,
    /// Thôi tin (no longer)
    #[arg(long)]
    pub remove: bool,
}
