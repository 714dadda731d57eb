//! The words for written opinions.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::id::Timestamp;
use domain::opinion::Opinion;

/// Written opinions.
#[derive(Debug, Subcommand)]
pub enum OpinionVerb {
    /// Gửi phiếu lấy ý kiến tới mọi người có quyền biểu quyết; chủ tọa và thư ký (ask)
    Ask(AskMembers),
    /// Các phiếu và ý kiến đã nhận (forms and what was answered)
    List {
        /// Mã cuộc họp; bỏ trống: cuộc họp kế tiếp (the meeting)
        meeting: Option<String>,
    },
    /// Trả lời một phiếu, kể cả khi không có mạng; trả lời lại thay câu trước (answer)
    Answer(AnswerForm),
    /// Ghi báo cáo tổng hợp ý kiến ra tệp PDF; chủ tọa và thư ký (write the report as a PDF)
    Report {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã phiếu hoặc phần đầu của mã (the form)
        form: String,
        /// Tệp (file)
        #[arg(long)]
        out: PathBuf,
    },
}

/// A form.
#[derive(Debug, Args)]
pub struct AskMembers {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Nội dung lấy ý kiến (what members are asked)
    #[arg(long)]
    pub question: String,
    /// Hạn trả lời, ví dụ "2026-11-20 17:00" (deadline, Vietnamese time)
    #[arg(long, value_parser = domain::calendar::parse)]
    pub until: Timestamp,
    /// Tài liệu kèm theo; dùng được nhiều lần (a paper that it is about)
    #[arg(long = "paper", value_name = "PAPER")]
    pub papers: Vec<String>,
}

/// An answer.
#[derive(Debug, Args)]
pub struct AnswerForm {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Mã phiếu hoặc phần đầu của mã (the form)
    pub form: String,
    /// Ý kiến (the opinion)
    #[arg(value_enum)]
    pub opinion: OpinionWord,
    /// Nội dung ý kiến khác (in your own words)
    #[arg(long, default_value = "")]
    pub remark: String,
}

/// What somebody thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OpinionWord {
    /// Đồng ý
    Agree,
    /// Đồng ý và có ý kiến khác
    Remarks,
    /// Không đồng ý
    Disagree,
}

impl From<OpinionWord> for Opinion {
    fn from(word: OpinionWord) -> Self {
        match word {
            OpinionWord::Agree => Self::Agree,
            OpinionWord::Remarks => Self::AgreeWithRemarks,
            OpinionWord::Disagree => Self::Disagree,
        }
    }
}
