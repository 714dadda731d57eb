//! The words for letting people in: joining, one-use invitations, lists of persons.

use std::path::PathBuf;

use api::roster::InvitationRole;
use clap::{Args, Subcommand, ValueEnum};

/// Joins an organisation.
#[derive(Debug, Args)]
pub struct Join {
    /// Địa chỉ máy của tổ chức; bỏ trống: tìm trong mạng nội bộ (address of a device of the organisation)
    #[arg(long, value_name = "ADDR")]
    pub peer: Option<String>,
    /// Họ tên của bạn; phiếu mời đã ghi sẵn (your name)
    #[arg(long, required_unless_present = "invitation")]
    pub name: Option<String>,
    /// Chức vụ (title or office)
    #[arg(long, default_value = "")]
    pub title: String,
    /// Không hỏi lại: sáu từ đã được so sánh bằng cách khác (the words are compared elsewhere)
    #[arg(long)]
    pub yes: bool,
    /// Phiếu mời: tệp, hoặc chính dòng chữ KYHOP1:… (a one-use invitation: a file, or its text)
    #[arg(long, value_name = "FILE|TEXT", conflicts_with_all = ["name", "title"])]
    pub invitation: Option<String>,
}

/// One-use invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationVerb {
    /// Tạo phiếu mời cho một người; chỉ hiện một lần (make one for a named person; shown once)
    New(NewInvitation),
    /// Các phiếu mời đã tạo trên máy này, ai đã dùng (invitations of this device, and who used them)
    List,
    /// Thu hồi một phiếu chưa dùng (withdraw one that nobody has used)
    Revoke {
        /// Mã của phiếu hoặc phần đầu của mã (its id or its beginning)
        invitation: String,
    },
}

/// A new invitation.
#[derive(Debug, Args)]
pub struct NewInvitation {
    /// Họ tên người được mời (name)
    #[arg(long)]
    pub name: String,
    /// Chức vụ (title or office)
    #[arg(long, default_value = "")]
    pub title: String,
    /// Vào đơn vị này; bỏ trống: đơn vị của bạn (into this unit)
    #[arg(long, value_name = "NAME")]
    pub unit: Option<String>,
    /// Vai trò (role)
    #[arg(long, value_enum, default_value = "member")]
    pub role: RoleOfInvited,
    /// How long, and where.
    #[command(flatten)]
    pub terms: InvitationTerms,
    /// Ghi ra tệp mới (write to a new file)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What holds for every invitation.
#[derive(Debug, Args)]
pub struct InvitationTerms {
    /// Có hiệu lực trong bao nhiêu giờ (good for so many hours)
    #[arg(long, value_name = "HOURS", default_value_t = 72)]
    pub hours: u32,
    /// Địa chỉ của máy này; bỏ trống: các địa chỉ đang lắng nghe (where this device is reached)
    #[arg(long, value_name = "ADDR")]
    pub address: Vec<String>,
}

/// A role by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleOfInvited {
    /// Thành viên (belongs to the organisation)
    Member,
    /// Biên tập sổ tay (writes and reviews the handbook)
    Editor,
    /// Phát hành sổ tay (publishes packages)
    Publisher,
}

impl From<RoleOfInvited> for InvitationRole {
    fn from(role: RoleOfInvited) -> Self {
        match role {
            RoleOfInvited::Member => Self::Member,
            RoleOfInvited::Editor => Self::Editor,
            RoleOfInvited::Publisher => Self::Publisher,
        }
    }
}

/// Lists of persons.
#[derive(Debug, Subcommand)]
pub enum RosterVerb {
    /// Xem trước tệp CSV: mỗi dòng sẽ ra sao; chỉ với --apply mới làm (what each row would do; --apply does it)
    Import {
        /// Tệp CSV, UTF-8: họ và tên, đơn vị, chức vụ, vai trò (the file)
        file: PathBuf,
        /// Tạo phiếu mời cho từng người mới (make an invitation for each new person)
        #[arg(long, requires = "out")]
        apply: bool,
        /// Thư mục mới cho các phiếu mời và tờ in (a new folder for invitations and the sheet)
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// How long, and where.
        #[command(flatten)]
        terms: InvitationTerms,
    },
}
