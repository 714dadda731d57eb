//! The words for votes, open and secret.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::id::Hash32;
use domain::vote::Choice;

/// Votes.
#[derive(Debug, Subcommand)]
pub enum Vote {
    /// Chủ tọa mở biểu quyết (open; chair)
    Open {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Nội dung biểu quyết (the question)
        #[arg(long)]
        question: String,
        /// Quy tắc tính (rule profile)
        #[arg(long, default_value = "ubnd-majority")]
        rules: String,
        /// Mục chương trình (agenda item)
        #[arg(long, value_name = "N")]
        item: Option<String>,
        /// Bỏ phiếu kín (a secret ballot)
        #[arg(long)]
        secret: bool,
        /// How it is secret.
        #[command(flatten)]
        how: Secretly,
        /// What the ballot looks like.
        #[command(flatten)]
        form: Form,
    },
    /// Ban kiểm phiếu: xem, hoặc bầu khi có tên (tellers: show, or elect those named; chair)
    Tellers {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Tên hoặc mã của từng người (who)
        names: Vec<String>,
        /// Số người cần để mở kết quả; bỏ trống: quá nửa (how many open a result)
        #[arg(long, value_name = "N")]
        needed: Option<u32>,
    },
    /// Bỏ phiếu hoặc đổi phiếu (cast or change a ballot)
    Cast {
        /// Mã biểu quyết hoặc phần đầu của mã (the vote)
        vote: String,
        /// Lựa chọn (choice)
        #[arg(required_unless_present_any = ["mark", "choose", "blank"])]
        choice: Option<Ballot>,
        /// Phiếu dạng khác: số của ô được đánh dấu, từ 1; lặp lại được (of other ballots: the place marked, from 1)
        #[arg(long, value_name = "N", conflicts_with = "choice")]
        mark: Vec<u32>,
        /// Phiếu dạng khác: tên hoặc phương án được chọn; tín nhiệm: TÊN=high, TÊN=medium hoặc TÊN=low; lặp lại được (of other ballots: the option chosen, or NAME=high, NAME=medium, NAME=low)
        #[arg(long, value_name = "NAME", conflicts_with = "choice")]
        choose: Vec<String>,
        /// Phiếu dạng khác: không đánh dấu ô nào (a blank ballot)
        #[arg(long, conflicts_with_all = ["choice", "mark", "choose"])]
        blank: bool,
    },
    /// Thư ký nhập phiếu giấy có ghi tên; sửa lại nếu đã nhập (enter or correct a paper ballot; secretaries)
    Paper {
        /// Mã biểu quyết (the vote)
        vote: String,
        /// Tên hoặc mã người bỏ phiếu (whose ballot)
        person: String,
        /// Lựa chọn ghi trên phiếu (what is on the paper)
        choice: Ballot,
    },
    /// Chứng kiến phiếu giấy: nói điều đọc thấy trên phiếu, phải đúng như thư ký đã nhập (witness a paper ballot: say what it says)
    Witness {
        /// Mã biểu quyết (the vote)
        vote: String,
        /// Tên hoặc mã người bỏ phiếu (whose ballot)
        person: String,
        /// Lựa chọn đọc thấy trên phiếu (what is on the paper)
        choice: Ballot,
    },
    /// Thành viên ban kiểm phiếu cho mở kết quả của phiếu kín khi lệnh đóng bỏ sót phiếu (a teller opens totals although ballots were left out)
    Count {
        /// Mã biểu quyết (the vote)
        vote: String,
    },
    /// Chủ tọa đóng biểu quyết (close; chair)
    Close {
        /// Mã biểu quyết (the vote)
        vote: String,
    },
    /// Xem biểu quyết (show)
    Show {
        /// Mã biểu quyết (the vote)
        vote: String,
    },
    /// Xuất bằng chứng ra tệp mà ai cũng kiểm tra được (export the evidence)
    Export {
        /// Mã biểu quyết (the vote)
        vote: String,
        /// Tệp (file)
        #[arg(long)]
        out: PathBuf,
    },
    /// Kiểm tra tệp bằng chứng, không cần hồ sơ; 0 đúng, 1 sai, 2 không đọc được (verify, no profile needed)
    Verify {
        /// Tệp bằng chứng (the file)
        bundle: PathBuf,
        /// Dấu vân tay khóa gốc của tổ chức, 64 chữ số hex (fingerprint of the root)
        #[arg(long, value_name = "FINGERPRINT")]
        root: Hash32,
    },
}

/// How a vote is secret.
#[derive(Debug, Args)]
pub struct Secretly {
    /// Bầu những người này vào ban kiểm phiếu, cách nhau bằng dấu phẩy; bỏ trống: ban đã bầu (elect these tellers; none: those elected before)
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "secret")]
    pub tellers: Vec<String>,
    /// Số người cần để mở kết quả; bỏ trống: quá nửa (how many open a result)
    #[arg(long, value_name = "N", requires = "tellers")]
    pub needed: Option<u32>,
    /// Chờ ban kiểm phiếu tạo khóa nhiều nhất bấy nhiêu giây (how long to wait for the tellers' key, in seconds)
    #[arg(long, value_name = "S", default_value_t = 30)]
    pub patience: u64,
}

/// What the ballot of a vote looks like, open or secret; without any of these: for, against or not voting.
#[derive(Debug, Args)]
pub struct Form {
    /// Bầu hoặc chọn: một người hoặc một phương án; lặp lại cho mỗi lựa chọn (an election or a choice: one of the options)
    #[arg(long, value_name = "NAME")]
    pub option: Vec<String>,
    /// Bầu hoặc chọn: được chọn nhiều nhất bao nhiêu; bỏ trống: một (an election or a choice: how many may be marked)
    #[arg(long, value_name = "N", requires = "option")]
    pub most: Option<u32>,
    /// Phiếu tín nhiệm ba mức đối với người này; lặp lại được (a vote of confidence in this person)
    #[arg(long, value_name = "NAME", conflicts_with = "option")]
    pub confidence: Vec<String>,
}

/// A choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Ballot {
    /// Tán thành
    For,
    /// Không tán thành
    Against,
    /// Không biểu quyết
    NotVoting,
}

impl From<Ballot> for Choice {
    fn from(ballot: Ballot) -> Self {
        match ballot {
            Ballot::For => Self::For,
            Ballot::Against => Self::Against,
            Ballot::NotVoting => Self::NotVoting,
        }
    }
}
