//! What can be typed: the words of the command line, with help for the person who types them.

pub mod handbook;
mod invitation;
mod official;
mod opinion;
mod passphrase;
mod question;
mod recover;
mod rules;
mod sitting;
mod task;
mod vote;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::annotation::{Point, Quad};
use domain::id::{DeviceId, Hash32, Timestamp};
use domain::meeting::MeetingRole;

pub use invitation::*;
pub use official::*;
pub use opinion::*;
pub use passphrase::*;
pub use question::*;
pub use recover::*;
pub use rules::*;
pub use sitting::*;
pub use task::*;
pub use vote::*;

use crate::texts::Lang;

/// Hundredths in a point: the grid of annotations.
const HUNDREDTHS: f64 = 100.0;
/// Farthest coordinate that can be typed, in points: the largest page that PDF knows (ISO 32000-1, annex C).
const COORDINATE_MAX: f64 = 14_400.0;

/// Kỳ Họp: họp không giấy tờ, không cần máy chủ (paperless meetings without a server).
#[derive(Debug, Parser)]
#[command(
    name = "kyhop",
    version,
    disable_help_subcommand = true,
    subcommand_help_heading = "Lệnh (commands)",
    next_help_heading = "Tùy chọn (options)",
    after_help = "Ví dụ (examples):\n  kyhop init --organisation \"Thành phố Huế\" --unit \"UBND phường Thuận Hóa\" --name \"Trần Thị Bích\"\n  kyhop meeting new --title \"Phiên họp tháng 11\" --starts \"2026-11-22 14:00\" --item \"Kinh tế – xã hội@45\"\n  kyhop vote verify bieu-quyet.kyhop --root DẤU_VÂN_TAY"
)]
pub struct Cli {
    /// Thư mục hồ sơ; mặc định là hồ sơ của cửa sổ chương trình (profile folder)
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Đọc mật khẩu từ dòng đầu của tệp này, hoặc đặt KYHOP_PASSPHRASE_FILE (read the passphrase from a file)
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// In kết quả dạng JSON (print JSON)
    #[arg(long, global = true)]
    pub json: bool,
    /// Ngôn ngữ, mặc định theo KYHOP_LANG, rồi theo hệ thống (language)
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One verb.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tạo tổ chức mới; bạn là người quản trị đầu tiên (make an organisation)
    Init(Init),
    /// Tham gia tổ chức của một máy khác (join an organisation)
    Join(Join),
    /// Sao lưu cả hồ sơ vào một tệp đã mã hóa, trong khi vẫn đang dùng (back up the profile into one encrypted file)
    Backup {
        /// Ghi ra tệp (write to)
        file: PathBuf,
    },
    /// Lập lại hồ sơ từ bản sao lưu; mật khẩu là mật khẩu của ngày sao lưu (make a profile of a backup)
    Restore {
        /// Tệp sao lưu (the backup)
        file: PathBuf,
    },
    /// Giữ máy này trực tuyến và đồng bộ, đến khi Ctrl-C (stay online and sync)
    Node(Node),
    /// Hồ sơ này là ai, đang ở trạng thái nào (who and in what state)
    Status,
    /// Xem và duyệt các máy xin tham gia (list and approve requests to join)
    Approve(Approve),
    /// Ghi nhớ khóa của hồ sơ trong kho khóa của hệ điều hành, để không phải nhập mật khẩu (remember the key in the system's keyring)
    Remember {
        /// Thôi ghi nhớ: hỏi mật khẩu từ lần mở sau (forget it)
        #[arg(long)]
        forget: bool,
    },
    /// Khóa gốc của tổ chức: lập lại quyền quản trị khi mất mọi máy quản trị (the organisation's root: when no administrator's device is left)
    #[command(subcommand)]
    Organisation(OrganisationVerb),
    /// Mã khôi phục cho lúc quên mật khẩu (a recovery code for a forgotten passphrase)
    #[command(subcommand)]
    Passphrase(PassphraseVerb),
    /// Phiếu mời dùng một lần cho từng người (one-use invitations)
    #[command(subcommand)]
    Invitation(InvitationVerb),
    /// Danh sách người từ tệp bảng tính (a list of persons)
    #[command(subcommand)]
    Roster(RosterVerb),
    /// Mọi người trong tổ chức (people of the organisation)
    People,
    /// Giao hoặc thôi một nhiệm vụ chung: biên tập hay phát hành sổ tay (give or take back a duty)
    Duty(DutyOf),
    /// Cho một người rời tổ chức, hoặc rời một cuộc họp (a person leaves the organisation, or a meeting)
    Remove {
        /// Tên hoặc mã của người (name or id)
        person: String,
        /// Chỉ rời cuộc họp này (only this meeting)
        #[arg(long)]
        meeting: Option<String>,
    },
    /// Thôi tin một máy bị mất, bị lấy cắp hay đã trả lại (no longer trust a device)
    Revoke {
        /// Mã của máy, như `kyhop audit` hiện ra (the device's id)
        device: String,
    },
    /// Ai đọc và ghi được gì, từ khi nào, do ai quyết định (who may read and write what, decided by whom)
    Audit {
        /// Một cuộc họp; bỏ trống: tổ chức (a meeting; without it: the organisation)
        #[arg(long)]
        meeting: Option<String>,
    },
    /// Danh tính, thiết bị và sáu từ của máy này (identity, devices, six words)
    Identity,
    /// Cuộc họp (meetings)
    #[command(subcommand)]
    Meeting(Meeting),
    /// Phiên họp: khai mạc, chuyển mục, phát biểu, bế mạc (a sitting)
    #[command(subcommand)]
    Sitting(Sitting),
    /// Tài liệu của cuộc họp (papers)
    #[command(subcommand)]
    Paper(Paper),
    /// Ghi chú hoặc tô một đoạn trên trang tài liệu (mark a page)
    Annotate(Annotate),
    /// Xem ghi chú trên một tài liệu (annotations on a paper)
    Annotations(OnPaper),
    /// Biểu quyết (votes)
    #[command(subcommand)]
    Vote(Vote),
    /// Quy tắc biểu quyết: tỷ lệ, số người họp, căn cứ (rules of votes)
    #[command(subcommand)]
    Rules(Rules),
    /// Phiếu lấy ý kiến bằng văn bản, ngoài phiên họp (written opinions)
    #[command(subcommand)]
    Opinion(OpinionVerb),
    /// Hỏi đáp giữa các đơn vị (questions between offices)
    #[command(subcommand)]
    Question(QuestionVerb),
    /// Nhiệm vụ: giao, báo cáo, xác nhận, đôn đốc (tasks)
    #[command(subcommand)]
    Task(TaskVerb),
    /// Biên bản (minutes)
    #[command(subcommand)]
    Minutes(Official),
    /// Nghị quyết (resolution)
    #[command(subcommand)]
    Resolution(Official),
    /// Thông báo kết luận (notice of conclusions)
    #[command(subcommand)]
    Notice(Official),
    /// Sổ tay: tìm, đọc, nhập, cài gói (the handbook)
    #[command(subcommand)]
    Handbook(handbook::Handbook),
    /// Chứng thư gốc của tổ chức (the organisation's certificate authority)
    #[command(subcommand)]
    Ca(Ca),
    /// Ký và kiểm tra chữ ký tệp PDF (sign and verify PDF files)
    #[command(subcommand)]
    Pdf(Pdf),
    /// Kết nối và đồng bộ (connections and sync)
    Peers,
    /// Kết nối tới một địa chỉ và cho biết có máy nào của tổ chức trả lời không (connect to an address, and say who answers)
    Dial {
        /// Ví dụ /ip4/192.168.1.20/tcp/4801 (a multiaddress)
        address: String,
        /// Chờ câu trả lời nhiều nhất bao nhiêu giây; 0: không chờ (how long to wait for an answer, in seconds)
        #[arg(long, value_name = "SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u64).range(..=600))]
        timeout: u64,
    },
    /// Xuất một tài liệu nội bộ ra tệp automerge (export a document as automerge)
    Export(Export),
    /// Tạo hai hồ sơ trình diễn đã ở trong cùng một cuộc họp (make the two-person demonstration)
    Demo {
        /// Thư mục chứa hai hồ sơ (where to)
        #[arg(long)]
        dir: PathBuf,
    },
}

/// Makes an organisation.
#[derive(Debug, Args)]
pub struct Init {
    /// Tên tổ chức, ví dụ "Thành phố Huế" (its name)
    #[arg(long)]
    pub organisation: String,
    /// Đơn vị, ví dụ "UBND phường Thuận Hóa" (the first unit)
    #[arg(long)]
    pub unit: String,
    /// Họ tên của bạn (your name)
    #[arg(long)]
    pub name: String,
    /// Chức vụ (title or office)
    #[arg(long, default_value = "")]
    pub title: String,
}

/// Stays online.
#[derive(Debug, Args)]
pub struct Node {
    /// Địa chỉ lắng nghe; mặc định mọi giao diện mạng (listen here)
    #[arg(long, value_name = "ADDR")]
    pub listen: Vec<String>,
    /// Kết nối tới địa chỉ này (call this address)
    #[arg(long, value_name = "ADDR")]
    pub peer: Vec<String>,
    /// Không tìm máy khác và không để máy khác tìm thấy (no discovery on the local network)
    #[arg(long)]
    pub no_mdns: bool,
}

/// Lets devices in.
#[derive(Debug, Args)]
pub struct Approve {
    /// Duyệt yêu cầu có đúng sáu từ này (the request with these six words)
    #[arg(long)]
    pub words: Option<String>,
    /// Duyệt thiết bị này; sáu từ phải được so sánh trước (this device)
    #[arg(long, value_name = "HEX")]
    pub device: Option<DeviceId>,
    /// Người này cũng được duyệt người khác (may let others in)
    #[arg(long)]
    pub administrator: bool,
    /// Đây là thiết bị khác của chính tôi (a further device of mine)
    #[arg(long, conflicts_with = "unit")]
    pub mine: bool,
    /// Vào đơn vị này: tên một đơn vị đã có, hoặc một đơn vị mới (into this unit)
    #[arg(long, value_name = "NAME")]
    pub unit: Option<String>,
    /// Đây là máy chủ lưu chuyển: chỉ giữ dữ liệu đã mã hóa (a hub: carries ciphertext, gets no key)
    #[arg(long, conflicts_with_all = ["administrator", "mine", "unit"])]
    pub hub: bool,
}

/// A duty of somebody.
#[derive(Debug, Args)]
pub struct DutyOf {
    /// Tên hoặc mã của người (name or id)
    pub person: String,
    /// Nhiệm vụ (which)
    #[arg(value_enum)]
    pub duty: DutyName,
    /// Thôi nhiệm vụ (take it back)
    #[arg(long)]
    pub take_back: bool,
}

/// A duty by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DutyName {
    /// Biên tập sổ tay (writes and reviews the handbook)
    Editor,
    /// Phát hành sổ tay (publishes packages)
    Publisher,
}

/// Meetings.
#[derive(Debug, Subcommand)]
pub enum Meeting {
    /// Tạo cuộc họp (create)
    New(NewMeeting),
    /// Danh sách cuộc họp (list)
    List,
    /// Xem một cuộc họp (show)
    Show {
        /// Mã cuộc họp hoặc phần đầu của mã; bỏ trống: cuộc họp kế tiếp (id or its beginning)
        meeting: Option<String>,
    },
    /// Chọn bản dùng tiếp khi nhiều người sửa kết luận cùng lúc, như `meeting show` đã nêu (settle conclusions that people changed at once)
    Settle {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mỗi chỗ một lựa chọn, theo thứ tự: số của một bên, tất cả, hoặc bản đã gộp (one for each place, in their order)
        #[arg(required = true, value_name = "N|all|merged")]
        choices: Vec<String>,
    },
    /// Mẫu chương trình có sẵn, dùng với `meeting new --template` (agendas to begin from)
    Templates,
    /// Mời một người hoặc đổi vai trò; xuất giấy mời và lịch (invite; write the invitation)
    Invite {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã hoặc họ tên (id or name)
        #[arg(requires = "role", required_unless_present_any = ["pdf", "ics"])]
        person: Option<String>,
        /// Vai trò (role)
        role: Option<Role>,
        /// Ghi giấy mời ra tệp PDF (write the invitation as a PDF)
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        /// Ghi lịch họp ra tệp .ics cho phần mềm lịch (write an entry for calendars)
        #[arg(long, value_name = "FILE")]
        ics: Option<PathBuf>,
    },
    /// Thêm một mục vào cuối chương trình (add an agenda item)
    AddItem {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Nội dung, kèm số phút nếu muốn (what it is about, with its minutes)
        #[arg(value_name = "TITLE@MINUTES")]
        item: String,
        /// Nội bộ: khách mời không nhận được mục này và tài liệu của nó (guests get neither it nor its papers)
        #[arg(long)]
        internal: bool,
        /// Ai trình bày, cũng là người gửi tài liệu (who presents it and provides its papers)
        #[arg(long, value_name = "NAME", default_value = "")]
        presenter: String,
        /// Hạn gửi tài liệu, ví dụ "2026-11-20 17:00" (until when its papers are due, Vietnamese time)
        #[arg(long, value_name = "TIME", value_parser = domain::calendar::parse)]
        papers_due: Option<Timestamp>,
    },
    /// Đặt hoặc bỏ hạn gửi tài liệu của một mục (until when the papers of an item are due)
    PapersDue {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Số của mục, ví dụ 2 hoặc 2.1 (number of the item)
        item: String,
        /// Hạn, ví dụ "2026-11-20 17:00"; bỏ trống: không còn hạn (when; without it: no deadline)
        #[arg(value_parser = domain::calendar::parse)]
        due: Option<Timestamp>,
    },
    /// Ai đã mở ứng dụng, đủ tài liệu, đã mở tài liệu nào; cho chủ tọa và thư ký (who is prepared)
    Readiness {
        /// Mã cuộc họp hoặc phần đầu của mã; bỏ trống: cuộc họp kế tiếp (id or its beginning)
        meeting: Option<String>,
    },
    /// Điểm danh bằng máy này (check in with this device)
    CheckIn {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã đọc được trên màn hình của phòng họp; máy của chủ tọa đối chiếu (the code on the screen of the room)
        #[arg(long)]
        code: Option<String>,
    },
    /// Mã của phòng họp lúc này, để chiếu cho người trong phòng; chủ tọa và thư ký (the code of the room, to be shown there)
    Code {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Ra về; điểm danh lại khi trở lại (leave the room)
    Leave {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Điểm danh cho người khác; chủ tọa và thư ký (say whether somebody is here)
    Mark(MarkPerson),
    /// Ai có mặt, ai vắng, từ lúc nào (who is here)
    Attendance {
        /// Mã cuộc họp; bỏ trống: cuộc họp kế tiếp (the meeting)
        meeting: Option<String>,
    },
    /// Chỉ định phó chủ tọa, người nhận điều hành khi máy của chủ tọa hỏng; xem ai đang điều hành (name the deputy; show who leads)
    Deputy {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Mã hoặc họ tên; bỏ trống: chỉ xem (id or name; without: only show)
        #[arg(conflicts_with = "none")]
        person: Option<String>,
        /// Không còn phó chủ tọa (nobody any more)
        #[arg(long)]
        none: bool,
    },
    /// Nhận điều hành thay chủ tọa, hoặc chủ tọa nhận lại (take the lead, or take it back)
    TakeOver {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Xuất cả cuộc họp ra một thư mục mới hoặc một tệp zip, đọc và kiểm tra được không cần chương trình này (export as a new folder or zip)
    Export {
        /// Mã cuộc họp (the meeting)
        meeting: String,
        /// Ra một thư mục mới (as a new folder)
        #[arg(long, value_name = "DIR", required_unless_present = "zip")]
        out: Option<PathBuf>,
        /// Ra một tệp zip, cùng nội dung (as one zip file)
        #[arg(long, value_name = "FILE", conflicts_with = "out")]
        zip: Option<PathBuf>,
    },
    /// Kiểm tra một hồ sơ đã xuất, không cần hồ sơ cá nhân, không cần mạng; 0 đúng, 1 sai, 2 không đọc được (verify an exported meeting)
    VerifyArchive {
        /// Thư mục hoặc tệp zip đã xuất (the exported folder or zip)
        archive: PathBuf,
        /// Dấu vân tay khóa gốc của tổ chức, 64 chữ số hex (fingerprint of the root)
        #[arg(long, value_name = "FINGERPRINT")]
        root: Hash32,
    },
}

/// A new meeting.
#[derive(Debug, Args)]
pub struct NewMeeting {
    /// Tên cuộc họp; với --like có thể bỏ trống: tên cuộc họp trước (name)
    #[arg(long, required_unless_present = "like")]
    pub title: Option<String>,
    /// Bắt đầu lúc, ví dụ "2026-11-22 14:00" (start, Vietnamese time)
    #[arg(long, value_parser = domain::calendar::parse)]
    pub starts: Timestamp,
    /// Lấy chương trình và người dự của một cuộc họp trước; không lấy tài liệu, biểu quyết (agenda and people of an earlier meeting)
    #[arg(long, value_name = "MEETING", conflicts_with = "template")]
    pub like: Option<String>,
    /// Lấy một mẫu chương trình, xem `meeting templates` (the agenda of a template)
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// Địa điểm (place)
    #[arg(long)]
    pub place: Option<String>,
    /// Cơ quan họp; bỏ trống: đơn vị của bạn (the body that sits)
    #[arg(long)]
    pub body: Option<String>,
    /// Một mục chương trình, kèm số phút nếu muốn; dùng được nhiều lần (an agenda item)
    #[arg(long = "item", value_name = "TITLE@MINUTES")]
    pub items: Vec<String>,
    /// Một mục nội bộ ở cuối chương trình, khách mời không nhận được; dùng được nhiều lần (an item at the end that guests do not get)
    #[arg(long = "internal-item", value_name = "TITLE@MINUTES")]
    pub internal_items: Vec<String>,
    /// Một tài liệu của mục thứ N; dùng được nhiều lần (a paper of item N)
    #[arg(long = "paper", value_name = "N:FILE")]
    pub papers: Vec<String>,
    /// Mời một người; dùng được nhiều lần (invite)
    #[arg(long = "invite", value_name = "PERSON:ROLE")]
    pub invited: Vec<String>,
}

/// Somebody's presence, by the word of chair or secretary.
#[derive(Debug, Args)]
pub struct MarkPerson {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Mã hoặc họ tên (id or name)
    pub person: String,
    /// Có mặt, ra về, vắng có phép, vắng (what)
    #[arg(value_enum)]
    pub mark: PresenceMark,
    /// Lý do (why)
    #[arg(long, default_value = "")]
    pub reason: String,
}

/// What is said of somebody's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PresenceMark {
    /// Có mặt
    Present,
    /// Ra về
    Left,
    /// Vắng có phép
    Excused,
    /// Vắng
    Absent,
}

impl From<PresenceMark> for domain::sitting::Mark {
    fn from(mark: PresenceMark) -> Self {
        match mark {
            PresenceMark::Present => Self::Arrived,
            PresenceMark::Left => Self::Left,
            PresenceMark::Excused => Self::Excused,
            PresenceMark::Absent => Self::Absent,
        }
    }
}

/// A role in a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Chủ tọa
    Chair,
    /// Thư ký
    Secretary,
    /// Đại biểu
    Delegate,
    /// Khách mời
    Guest,
}

impl From<Role> for MeetingRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Chair => Self::Chair,
            Role::Secretary => Self::Secretary,
            Role::Delegate => Self::Delegate,
            Role::Guest => Self::Guest,
        }
    }
}

/// Papers.
#[derive(Debug, Subcommand)]
pub enum Paper {
    /// Thêm một tệp PDF (add)
    Add(AddPaper),
    /// Danh sách tài liệu (list)
    List {
        /// Mã cuộc họp (the meeting)
        meeting: String,
    },
    /// Thu hồi một tài liệu sau phiên họp: tệp bị xóa trên mọi máy, ghi nhận vẫn còn (withdraw: erased on every device, the record stays)
    Withdraw {
        /// Which.
        #[command(flatten)]
        on: OnPaper,
        /// Lý do (why)
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// A new paper.
#[derive(Debug, Args)]
pub struct AddPaper {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Tệp PDF (the file)
    pub file: PathBuf,
    /// Đây là bản mới của tài liệu này; các bản trước vẫn còn (a newer version of this paper)
    #[arg(long, value_name = "PAPER", conflicts_with_all = ["item", "title"])]
    pub version_of: Option<String>,
    /// Mục chương trình, ví dụ 2 hoặc 2.1 (agenda item)
    #[arg(long, value_name = "N")]
    pub item: Option<String>,
    /// Tiêu đề; bỏ trống: tên tệp (title)
    #[arg(long, default_value = "")]
    pub title: String,
    /// Tôi đã xem: bản quét không có dấu chỉ độ mật (the scan bears no secrecy marking)
    #[arg(long)]
    pub confirm_unmarked: bool,
}

/// A paper of a meeting.
#[derive(Debug, Args)]
pub struct OnPaper {
    /// Mã cuộc họp (the meeting)
    pub meeting: String,
    /// Mã tài liệu hoặc phần đầu của mã (id of the paper)
    pub paper: String,
}

/// A mark on a page.
#[derive(Debug, Args)]
pub struct Annotate {
    /// Where.
    #[command(flatten)]
    pub on: OnPaper,
    /// Trang, đếm từ 1 (page from 1)
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,
    /// Nội dung ghi chú (text of a note)
    #[arg(long, requires = "at", required_unless_present = "highlight", conflicts_with = "highlight")]
    pub note: Option<String>,
    /// Vị trí ghi chú, tính bằng point từ góc trên bên trái (place of the note)
    #[arg(long, value_name = "X,Y", value_parser = point)]
    pub at: Option<Point>,
    /// Vùng tô, tính bằng point; dùng được nhiều lần, mỗi dòng chữ một vùng (highlighted area)
    #[arg(long, value_name = "X,Y,W,H", value_parser = quad, requires = "quote")]
    pub highlight: Vec<Quad>,
    /// Đoạn chữ được tô (the text under the highlight)
    #[arg(long)]
    pub quote: Option<String>,
    /// Mọi người trong cuộc họp đều thấy; không có: chỉ riêng tôi (shared with the meeting)
    #[arg(long)]
    pub shared: bool,
}

/// The certificate authority.
#[derive(Debug, Subcommand)]
pub enum Ca {
    /// Xuất chứng thư gốc dạng PEM (export as PEM)
    Export {
        /// Tệp (file)
        #[arg(long)]
        out: PathBuf,
    },
}

/// PDF files outside of meetings.
#[derive(Debug, Subcommand)]
pub enum Pdf {
    /// Ký bằng chứng thư của bạn; tệp gốc không đổi (sign)
    Sign {
        /// Tệp PDF (the file)
        file: PathBuf,
        /// Tệp kết quả (where to)
        #[arg(long)]
        out: PathBuf,
        /// Lý do ký (reason)
        #[arg(long, default_value = "")]
        reason: String,
        /// Hiện chữ ký trên trang đầu (show it on the first page)
        #[arg(long)]
        visible: bool,
    },
    /// Kiểm tra chữ ký, không cần hồ sơ; 0 đều đúng, 1 có sai hoặc không có chữ ký, 2 không đọc được (verify)
    Verify {
        /// Tệp PDF (the file)
        file: PathBuf,
        /// Chứng thư gốc tin cậy; dùng được nhiều lần (trusted certificate)
        #[arg(long, value_name = "PEM")]
        trust: Vec<PathBuf>,
    },
}

/// Exports a document.
#[derive(Debug, Args)]
pub struct Export {
    /// Tài liệu nào (which)
    pub document: Document,
    /// Mã cuộc họp (the meeting)
    #[arg(long)]
    pub meeting: String,
    /// Tệp automerge (where to)
    #[arg(long, value_name = "FILE")]
    pub automerge: PathBuf,
}

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// Chương trình, tài liệu, biên bản
    Meeting,
    /// Điểm danh, phiếu, ghi chú chung của tôi
    Seat,
    /// Ghi chú riêng của tôi
    Notes,
}

fn numbers<const N: usize>(text: &str) -> Result<[i32; N], String> {
    let wrong = || format!("{N} số cách nhau bằng dấu phẩy ({N} numbers separated by commas)");
    let mut found = [0; N];
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() != N {
        return Err(wrong());
    }
    for (slot, part) in found.iter_mut().zip(parts) {
        let number: f64 = part.parse().map_err(|_| wrong())?;
        if !number.is_finite() || number.abs() > COORDINATE_MAX {
            return Err(wrong());
        }
        // Bounded just above, so nothing is cut off.
        #[allow(clippy::cast_possible_truncation)]
        let hundredths = (number * HUNDREDTHS).round() as i32;
        *slot = hundredths;
    }
    Ok(found)
}

fn point(text: &str) -> Result<Point, String> {
    numbers(text).map(|[x, y]| Point { x, y })
}

fn quad(text: &str) -> Result<Quad, String> {
    numbers(text).map(|[x, y, w, h]| Quad { x, y, w, h })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_two_commands_side_by_side_are_told_in_the_same_words() {
        fn look_at(command: &clap::Command) {
            let mut told = std::collections::BTreeMap::new();
            for sub in command.get_subcommands() {
                let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
                let begins: String = about.chars().take(30).collect();
                if let Some(other) = told.insert(begins, sub.get_name()) {
                    panic!("{}: {} and {other} begin alike: {about}", command.get_name(), sub.get_name());
                }
                look_at(sub);
            }
        }
        look_at(&Cli::command());
    }

    #[test]
    fn places_are_typed_in_points() {
        assert_eq!(point("72, 100.25").unwrap(), Point { x: 7_200, y: 10_025 });
        assert_eq!(quad("1,2,3,4").unwrap(), Quad { x: 100, y: 200, w: 300, h: 400 });
        for wrong in ["", "1", "1,2,3", "a,b", "1,inf", "1,NaN", "1e9,1"] {
            assert!(point(wrong).is_err(), "{wrong}");
        }
    }
}
