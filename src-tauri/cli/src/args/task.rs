//! The words for tasks.

use clap::{Args, Subcommand, ValueEnum};

use super::UrgencyWord;

/// Whose tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TaskScopeWord {
    /// Mọi nhiệm vụ được xem (all that may be seen)
    #[default]
    All,
    /// Tôi hoặc đơn vị tôi chủ trì (led by me or my unit)
    Mine,
    /// Đơn vị tôi phối hợp (supported by my unit)
    Supporting,
    /// Tôi giao (given by me)
    Given,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TaskStateWord {
    /// Đã giao
    Given,
    /// Đã nhận
    Accepted,
    /// Đang thực hiện
    InProgress,
    /// Báo cáo hoàn thành
    ReportedDone,
    /// Trả lại
    Returned,
    /// Đã hoàn thành
    Confirmed,
    /// Đã dừng
    Closed,
}

/// A new task.
#[derive(Debug, Args)]
pub struct NewTaskArgs {
    /// Nhiệm vụ trong một dòng (in one line)
    #[arg(long)]
    pub title: String,
    /// Nội dung đầy đủ (in full)
    #[arg(long, default_value = "")]
    pub text: String,
    /// Đơn vị chủ trì, theo tên hoặc mã (the unit that leads)
    #[arg(long, value_name = "UNIT")]
    pub lead: String,
    /// Người chủ trì, theo tên hoặc mã; bỏ trống: đơn vị tự phân công (the person who leads)
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
    /// Đơn vị phối hợp; lặp lại được (a unit that supports; may be repeated)
    #[arg(long = "with", value_name = "UNIT")]
    pub supporting: Vec<String>,
    /// Thời hạn, ví dụ "2026-12-04 17:00"; chỉ ghi ngày: đến 17 giờ (the deadline; a day alone means 17:00)
    #[arg(long, value_name = "TIME")]
    pub due: String,
    /// Mức độ khẩn (urgency)
    #[arg(long, default_value = "normal")]
    pub urgency: UrgencyWord,
    /// Mã điều hoặc thủ tục trong Sổ tay (an article of the handbook)
    #[arg(long, value_name = "ID")]
    pub article: Option<String>,
    /// Cuộc họp đã kết luận; chỉ chủ tọa và thư ký (the meeting that decided it)
    #[arg(long, value_name = "MEETING")]
    pub meeting: Option<String>,
    /// Kết luận thứ mấy của cuộc họp, từ 1 (which of its conclusions, from 1)
    #[arg(long, value_name = "NUMBER", requires = "meeting")]
    pub conclusion: Option<usize>,
    /// Số của mục chương trình, ví dụ 2.1 (number of the agenda item)
    #[arg(long, value_name = "NUMBER", requires = "meeting")]
    pub item: Option<String>,
    /// Biểu quyết đã thông qua việc này (the vote that decided it)
    #[arg(long, value_name = "VOTE", requires = "meeting")]
    pub vote: Option<String>,
}

/// Tasks.
#[derive(Debug, Subcommand)]
pub enum TaskVerb {
    /// Giao nhiệm vụ; không có mạng thì chờ trên máy này (give a task; waits here without a connection)
    New(NewTaskArgs),
    /// Danh sách nhiệm vụ (list)
    List {
        /// Của ai (whose)
        #[arg(long, default_value = "all")]
        scope: TaskScopeWord,
        /// Trạng thái (state)
        #[arg(long)]
        state: Option<TaskStateWord>,
        /// Chỉ việc chưa xong (only what is still owed)
        #[arg(long)]
        open: bool,
        /// Chỉ việc quá hạn (only overdue)
        #[arg(long)]
        overdue: bool,
        /// Đơn vị chủ trì (the unit that leads)
        #[arg(long, value_name = "UNIT")]
        lead: Option<String>,
        /// Của cuộc họp này (of this meeting)
        #[arg(long, value_name = "MEETING")]
        meeting: Option<String>,
        /// Chữ trong nhiệm vụ, có dấu hay không, hoặc phần đầu của số (words, with or without marks; beginning of the number)
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Xem một nhiệm vụ và mọi diễn biến (show)
    Show {
        /// Số nhiệm vụ hoặc phần đầu của số (the task)
        task: String,
    },
    /// Nhận nhiệm vụ (take up)
    Accept {
        /// Số nhiệm vụ (the task)
        task: String,
    },
    /// Báo cáo tiến độ (report progress)
    Report {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Phần trăm đã làm, 0 đến 100 (done so far)
        percent: u8,
        /// Ghi chú (remark)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Báo cáo hoàn thành (report that it is done)
    Done {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Kết quả (what came of it)
        #[arg(long)]
        note: String,
    },
    /// Xác nhận đã hoàn thành (confirm)
    Confirm {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Ghi chú (remark)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Trả lại để làm tiếp (send back)
    Return {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Còn thiếu gì (what is missing)
        #[arg(long)]
        note: String,
    },
    /// Đề nghị gia hạn; dành cho đơn vị chủ trì (ask for a later deadline)
    AskExtension {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Hạn mới (the new deadline)
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Gia hạn; dành cho người giao (set a later deadline)
    Extend {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Hạn mới; bỏ trống: như đã đề nghị (the new deadline; without it the one asked for)
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// Ghi chú (remark)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Không gia hạn như đã đề nghị (keep the deadline)
    RefuseExtension {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Lý do (why)
        #[arg(long)]
        note: String,
    },
    /// Nêu lý do chậm (say why it is late)
    Explain {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Trao đổi (comment)
    Comment {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Nội dung (text)
        #[arg(long)]
        text: String,
        /// Nhắc đến một người; lặp lại được (mention a person)
        #[arg(long = "mention", value_name = "PERSON")]
        mentions: Vec<String>,
    },
    /// Đôn đốc (chase up)
    Urge {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Lời nhắn (words with it)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Dừng nhiệm vụ, không cần kết quả (end it without a result)
    Close {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Lý do (why)
        #[arg(long)]
        reason: String,
    },
    /// Gắn một điều của Sổ tay với nhiệm vụ, trong việc của tôi (note that an article is used for it)
    Link {
        /// Số nhiệm vụ (the task)
        task: String,
        /// Mã điều (the article)
        article: String,
        /// Gỡ ra (take it back)
        #[arg(long)]
        remove: bool,
    },
    /// Kết luận nào của cuộc họp đã thành nhiệm vụ (which conclusions of a meeting have become tasks)
    OfMeeting {
        /// Mã cuộc họp; bỏ trống: cuộc họp kế tiếp (the meeting)
        meeting: Option<String>,
    },
    /// Việc cuộc họp trước giao mà chưa xong; --into đưa vào chương trình cuộc họp khác (what the last meeting left open)
    Unfinished {
        /// Cuộc họp trước; bỏ trống: cuộc gần nhất có giao việc (the earlier meeting)
        #[arg(long, value_name = "MEETING")]
        of: Option<String>,
        /// Đưa vào chương trình của cuộc họp này (add them to this agenda)
        #[arg(long, value_name = "MEETING")]
        into: Option<String>,
    },
}
