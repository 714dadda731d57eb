//! The words for a sitting: its course and who speaks.

use clap::{Args, Subcommand, ValueEnum};
use domain::sitting::{QueueRule, SpeechKind};

/// A sitting.
#[derive(Debug, Subcommand)]
pub enum Sitting {
    /// Đang ở đâu, ai phát biểu, ai chờ (how far it is, who speaks, who waits)
    Show {
        /// Mã cuộc họp; bỏ trống: cuộc họp kế tiếp (the meeting)
        meeting: Option<String>,
    },
    /// Khai mạc (open)
    Open {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã quy tắc về số người dự họp (the rules of the quorum)
        #[arg(long, default_value = "ubnd-majority")]
        rules: String,
    },
    /// Chuyển sang một mục (turn to an item)
    Turn {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Số của mục, ví dụ 2 hoặc 2.1; bỏ trống: không mục nào (the item's number)
        item: Option<String>,
    },
    /// Tạm nghỉ (pause)
    Pause {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Họp tiếp (resume)
    Resume {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Bế mạc (close)
    Close {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Đăng ký phát biểu (ask for the word)
    Ask(AskWord),
    /// Rút đăng ký (withdraw a request)
    Withdraw {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã đăng ký (the request)
        request: String,
    },
    /// Xếp một đăng ký lên trước đăng ký khác; chủ tọa và thư ký (reorder the queue)
    Place {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã đăng ký (the request)
        request: String,
        /// Đứng trước đăng ký này; bỏ trống: xuống cuối (before this one)
        #[arg(long)]
        before: Option<String>,
    },
    /// Xếp lại tất cả người đang chờ theo một quy tắc; chủ tọa và thư ký (order all who wait)
    Order {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Theo lúc đăng ký, người phát biểu ít trước, chất vấn trước (the rule)
        #[arg(value_enum)]
        rule: OrderRule,
    },
    /// Mời phát biểu; bỏ trống người: người kế tiếp; chủ tọa và thư ký (give the word)
    Give {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã hoặc họ tên (id or name)
        person: Option<String>,
        /// Số phút (minutes)
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=240))]
        minutes: Option<u32>,
    },
    /// Kết thúc lượt phát biểu; chủ tọa và thư ký (end the word)
    End {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
}

/// A request for the word.
#[derive(Debug, Args)]
pub struct AskWord {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Phát biểu, chất vấn, ý kiến về thủ tục (what for)
    #[arg(long, value_enum, default_value = "speech")]
    pub kind: SpeechWord,
    /// Số của mục (on which item)
    #[arg(long)]
    pub item: Option<String>,
    /// Cho người này; chủ tọa và thư ký (for somebody)
    #[arg(long = "for", value_name = "PERSON")]
    pub person: Option<String>,
}

/// How those who wait are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OrderRule {
    /// Theo lúc đăng ký
    Asked,
    /// Người phát biểu ít trước
    NewVoices,
    /// Chất vấn trước
    Interpellations,
}

impl From<OrderRule> for QueueRule {
    fn from(rule: OrderRule) -> Self {
        match rule {
            OrderRule::Asked => Self::Asked,
            OrderRule::NewVoices => Self::NewVoices,
            OrderRule::Interpellations => Self::Interpellations,
        }
    }
}

/// What the word is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpeechWord {
    /// Phát biểu
    Speech,
    /// Chất vấn
    Interpellation,
    /// Ý kiến về thủ tục
    PointOfOrder,
}

impl From<SpeechWord> for SpeechKind {
    fn from(word: SpeechWord) -> Self {
        match word {
            SpeechWord::Speech => Self::Speech,
            SpeechWord::Interpellation => Self::Interpellation,
            SpeechWord::PointOfOrder => Self::PointOfOrder,
        }
    }
}
