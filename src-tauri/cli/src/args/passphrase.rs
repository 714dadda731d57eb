//! The words for who forgot the passphrase, or wants to be ready for it.

use std::path::PathBuf;

use clap::Subcommand;

/// The recovery code.
#[derive(Debug, Subcommand)]
pub enum PassphraseVerb {
    /// Tạo mã khôi phục mới để chép ra giấy; mã cũ hết tác dụng (make a recovery code, to be written down; an older one is void)
    Code,
    /// Bỏ mã khôi phục (from here on there is none)
    ForgetCode,
    /// Quên mật khẩu: đặt mật khẩu mới bằng mã khôi phục; --passphrase-file là mật khẩu mới (a new passphrase by the recovery code)
    Recover {
        /// Đọc mã từ dòng đầu của tệp này; bỏ trống: hỏi (read the code from a file)
        #[arg(long, value_name = "FILE")]
        code_file: Option<PathBuf>,
    },
}
