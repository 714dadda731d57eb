//! The words for questions between offices.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// How soon an answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UrgencyWord {
    /// Thường
    Normal,
    /// Khẩn
    Urgent,
    /// Thượng khẩn
    VeryUrgent,
    /// Hỏa tốc
    Immediate,
}

/// Whose questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ScopeWord {
    /// Mọi câu được xem (all that may be seen)
    #[default]
    All,
    /// Câu tôi hỏi (asked by me)
    Mine,
    /// Câu của đơn vị tôi (of my unit)
    MyUnit,
    /// Câu tôi theo dõi (followed)
    Following,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateWord {
    /// Chờ trả lời
    Open,
    /// Chờ duyệt
    Approving,
    /// Đã trả lời
    Answered,
    /// Đã đồng ý
    Accepted,
    /// Đã giải đáp ở câu khác
    Duplicate,
    /// Đã rút
    Withdrawn,
}

/// A new question.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// Đơn vị được hỏi, theo tên hoặc mã; bỏ trống: tìm theo lĩnh vực (the unit; without one the field decides)
    #[arg(long, value_name = "UNIT")]
    pub to: Option<String>,
    /// Lĩnh vực (field of work)
    #[arg(long, default_value = "")]
    pub field: String,
    /// Mã thủ tục hoặc điều trong Sổ tay (procedure or article of the handbook)
    #[arg(long, value_name = "ID")]
    pub article: Option<String>,
    /// Câu hỏi trong một dòng (in one line)
    #[arg(long)]
    pub title: String,
    /// Nội dung đầy đủ (in full)
    #[arg(long, default_value = "")]
    pub text: String,
    /// Mức độ khẩn (urgency)
    #[arg(long, default_value = "normal")]
    pub urgency: UrgencyWord,
    /// Tệp kèm theo: PDF, DOCX, XLSX, PNG, JPEG; lặp lại được (a file; may be repeated)
    #[arg(long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Đã xem: không tệp nào có dấu chỉ độ mật; cần cho ảnh, bản quét, bảng tính (no file bears a secrecy marking)
    #[arg(long)]
    pub confirm_unmarked: bool,
}

/// An answer.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// Mã câu hỏi hoặc phần đầu của mã (the question)
    pub question: String,
    /// Nội dung trả lời (the answer)
    #[arg(long)]
    pub text: String,
    /// Mã điều được viện dẫn; lặp lại được (an article that it cites; may be repeated)
    #[arg(long = "cite", value_name = "ARTICLE")]
    pub citations: Vec<String>,
    /// Tệp kèm theo: PDF, DOCX, XLSX, PNG, JPEG; lặp lại được (a file; may be repeated)
    #[arg(long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Đã xem: không tệp nào có dấu chỉ độ mật; cần cho ảnh, bản quét, bảng tính (no file bears a secrecy marking)
    #[arg(long)]
    pub confirm_unmarked: bool,
}

/// What everybody reads.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Mã câu hỏi (the question)
    pub question: String,
    /// Tiêu đề công khai; bỏ trống: như đã hỏi (title to share)
    #[arg(long)]
    pub title: Option<String>,
    /// Nội dung câu hỏi công khai; bỏ trống: như đã hỏi (question to share)
    #[arg(long)]
    pub text: Option<String>,
    /// Câu trả lời công khai; bỏ trống: như đã trả lời (answer to share)
    #[arg(long)]
    pub answer: Option<String>,
    /// Chỗ giống dữ liệu cá nhân mà bạn đã xem và cho giữ, đúng từng chữ; lặp lại được (a finding that may stay, word for word)
    #[arg(long = "confirm", value_name = "TEXT")]
    pub confirmed: Vec<String>,
}

/// How a unit answers.
#[derive(Debug, Args)]
pub struct SetUnitArgs {
    /// Đơn vị, theo tên hoặc mã (the unit)
    pub unit: String,
    /// Lĩnh vực phụ trách; lặp lại được (a field that it answers for; may be repeated)
    #[arg(long = "field", value_name = "FIELD")]
    pub fields: Vec<String>,
    /// Đơn vị cấp thành phố, không phải cấp xã (of the city's level)
    #[arg(long)]
    pub city: bool,
    /// Câu trả lời phải được thủ trưởng duyệt (answers need the head's approval)
    #[arg(long)]
    pub approval: bool,
    /// Thủ trưởng, theo tên hoặc mã (the head)
    #[arg(long, value_name = "PERSON")]
    pub head: Option<String>,
    /// Số ngày làm việc để trả lời câu không khẩn (working days for an answer)
    #[arg(long, default_value = "5")]
    pub days: u32,
}

/// Questions between offices.
#[derive(Debug, Subcommand)]
pub enum QuestionVerb {
    /// Đặt câu hỏi; không có mạng thì chờ trên máy này (ask; waits here without a connection)
    Ask(AskArgs),
    /// Danh sách câu hỏi (list)
    List {
        /// Của ai (whose)
        #[arg(long, default_value = "all")]
        scope: ScopeWord,
        /// Trạng thái (state)
        #[arg(long)]
        state: Option<StateWord>,
        /// Chỉ câu quá hạn (only overdue)
        #[arg(long)]
        overdue: bool,
        /// Lĩnh vực (field)
        #[arg(long)]
        field: Option<String>,
        /// Chữ trong câu hỏi hoặc trả lời, có dấu hay không (words, with or without marks)
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Xem một câu hỏi và mọi diễn biến (show)
    Show {
        /// Mã câu hỏi hoặc phần đầu của mã (the question)
        question: String,
    },
    /// Trả lời thay cho đơn vị của bạn (answer for your unit)
    Answer(AnswerArgs),
    /// Tìm câu đã trả lời giống như vậy (answered questions that are alike)
    Similar {
        /// Câu định hỏi (the text)
        text: String,
        /// Nhiều nhất bao nhiêu (at most)
        #[arg(long, default_value = "5")]
        limit: u32,
    },
    /// Tiếp nhận (take up)
    Receive {
        /// Mã câu hỏi (the question)
        question: String,
    },
    /// Duyệt câu trả lời đang chờ, hoặc trả lại với --return (approve, or return, the answer that waits)
    Approve {
        /// Mã câu hỏi (the question)
        question: String,
        /// Trả lại để soạn lại, với lý do này (return it, and why)
        #[arg(long = "return", value_name = "WHY")]
        returned: Option<String>,
    },
    /// Đồng ý với câu trả lời (the answer serves)
    Accept {
        /// Mã câu hỏi (the question)
        question: String,
        /// Mã câu trả lời, khi có nhiều (which answer)
        #[arg(long)]
        answer: Option<String>,
    },
    /// Hỏi lại: câu trả lời chưa đáp ứng (the answer does not serve)
    Reopen {
        /// Mã câu hỏi (the question)
        question: String,
        /// Còn thiếu gì (what is missing)
        #[arg(long)]
        reason: String,
    },
    /// Đánh giá câu trả lời từ 1 đến 5 (rate)
    Rate {
        /// Mã câu hỏi (the question)
        question: String,
        /// 1 đến 5 (1 to 5)
        stars: u8,
        /// Nhận xét (remark)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Trao đổi thêm (comment)
    Comment {
        /// Mã câu hỏi (the question)
        question: String,
        /// Nội dung (text)
        #[arg(long)]
        text: String,
        /// Nhắc đến một người; lặp lại được (mention a person)
        #[arg(long = "mention", value_name = "PERSON")]
        mentions: Vec<String>,
    },
    /// Chuyển cho đơn vị khác (pass on to another unit)
    Reassign {
        /// Mã câu hỏi (the question)
        question: String,
        /// Đơn vị (the unit)
        #[arg(long, value_name = "UNIT")]
        to: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Gia hạn và nêu lý do (set a later deadline, and why)
    Extend {
        /// Mã câu hỏi (the question)
        question: String,
        /// Hạn mới, ví dụ "2026-12-04 17:00" (the new deadline)
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Câu này đã giải đáp ở câu khác (already answered in another question)
    Duplicate {
        /// Mã câu hỏi (the question)
        question: String,
        /// Câu đã giải đáp (the one that was answered)
        #[arg(long, value_name = "QUESTION")]
        of: String,
    },
    /// Câu trả lời đã công khai cũng giúp tôi (a shared answer serves me too)
    AskedToo {
        /// Mã câu hỏi (the question)
        question: String,
    },
    /// Công khai cho mọi xã, phường, sau khi xem từng dữ liệu cá nhân (share with everybody)
    Publish(PublishArgs),
    /// Soạn bài sổ tay từ câu trả lời; dành cho biên tập viên (make a draft of the handbook of the answer)
    MakeArticle {
        /// Mã câu hỏi (the question)
        question: String,
    },
    /// Thôi công khai (share no longer)
    Unpublish {
        /// Mã câu hỏi (the question)
        question: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Rút câu hỏi (withdraw)
    Withdraw {
        /// Mã câu hỏi (the question)
        question: String,
    },
    /// Theo dõi, hoặc thôi theo dõi (follow, or no longer)
    Follow {
        /// Mã câu hỏi (the question)
        question: String,
        /// Thôi theo dõi (no longer)
        #[arg(long)]
        stop: bool,
    },
    /// Số liệu theo đơn vị và lĩnh vực; ghi ra CSV với --out (figures)
    Statistics {
        /// Tệp CSV (a CSV file)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Các đơn vị và lĩnh vực phụ trách (units and their fields)
    Units,
    /// Đặt lĩnh vực, thời hạn và cách duyệt của một đơn vị (change a unit)
    SetUnit(SetUnitArgs),
}
