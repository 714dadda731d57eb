//! Sentences for people, from the stable codes of errors.

mod before;
mod drafting;
mod inner;
mod leading;
mod letting_in;
mod paper;
mod recovering;
mod web;

use api::error::ApiError;
use clap::ValueEnum;

/// The language of what is said to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Tiếng Việt
    Vi,
    /// English
    En,
}

impl Lang {
    /// `KYHOP_LANG`, else English where the system speaks it, else Vietnamese.
    pub fn of_system() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let asked = set("KYHOP_LANG").or_else(|| set("LC_ALL")).or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        if asked.is_some_and(|lang| lang.starts_with("en")) { Self::En } else { Self::Vi }
    }

    /// Is it Vietnamese.
    pub fn is_vietnamese(self) -> bool {
        self == Self::Vi
    }

    /// One of the two.
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        if self.is_vietnamese() { vi } else { en }
    }
}

/// Code, Vietnamese, English. `{name}` is a fact of the error.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("ambiguous", "Có nhiều mục khớp với “{typed}”. Hãy gõ dài hơn.", "Several match “{typed}”. Type more of it."),
    (
        "backup_cut_off",
        "Bản sao lưu {file} bị thiếu hoặc thừa dữ liệu. Hãy sao chép lại.",
        "The backup {file} is cut off or was added to. Copy it again.",
    ),
    (
        "backup_damaged",
        "Bản sao lưu {file} bị hỏng; không có gì được lập lại.",
        "The backup {file} is damaged; nothing was restored.",
    ),
    (
        "backup_newer",
        "Bản sao lưu {file} do phiên bản mới hơn tạo. Hãy cập nhật chương trình.",
        "The backup {file} was made by a newer program. Please update.",
    ),
    ("backup_not_one", "{file} không phải tệp sao lưu.", "{file} is not a backup."),
    ("bad_argument", "“{typed}” không đúng dạng {form}.", "“{typed}” is not of the form {form}."),
    (
        "bad_reply",
        "Chương trình đang giữ hồ sơ trả lời theo cách lệnh này không hiểu. Có thể hai bên khác phiên bản.",
        "The program that owns the profile answers in a way this command does not understand. The versions may differ.",
    ),
    (
        "bad_request",
        "Chương trình đang giữ hồ sơ không hiểu yêu cầu. Có thể hai bên khác phiên bản.",
        "The program that owns the profile does not understand the request. The versions may differ.",
    ),
    (
        "ballot_final",
        "Quy tắc của lần biểu quyết này không cho đổi phiếu.",
        "The rules of this vote do not let a ballot be changed.",
    ),
    ("broken", "Tệp PDF {file} bị hỏng.", "The PDF {file} is damaged."),
    (
        "bundle_certificate_missing",
        "Bằng chứng thiếu chứng thư của một thiết bị.",
        "The exported vote lacks the certificate of a device.",
    ),
    ("bundle_not_a_bundle", "{file} không phải tệp bằng chứng biểu quyết.", "{file} is not an exported vote."),
    ("bundle_not_an_opening", "{file} không có lệnh mở biểu quyết hợp lệ.", "{file} does not hold the opening of a vote."),
    ("bundle_over_limit", "Tệp bằng chứng {file} quá lớn.", "The exported vote {file} is over the limit."),
    (
        "bundle_unknown_version",
        "Tệp bằng chứng do phiên bản mới hơn ghi. Hãy cập nhật chương trình.",
        "The exported vote needs a newer program.",
    ),
    ("bundle_unreadable", "Không đọc được tệp bằng chứng {file}.", "The exported vote {file} is not readable."),
    (
        "bundle_bad_organisation_name",
        "Không đọc được tệp bằng chứng {file}: tên tổ chức không dùng được.",
        "The exported vote {file} is not readable: the organisation's name is not acceptable.",
    ),
    (
        "certificate_not_issued",
        "Bạn không có quyền nhận máy này vào tổ chức. Hãy nhờ người quản trị.",
        "You may not let this device in. Ask an administrator.",
    ),
    ("certificate_not_valid", "Chứng thư của bạn không còn hiệu lực vào lúc này.", "Your certificate is not valid at this time."),
    ("chair_only", "Chỉ chủ tọa làm được việc này.", "Only the chair can do this."),
    (
        "confirm_unmarked",
        "{file} là bản quét, máy không đọc được chữ. Hãy tự xem, rồi thêm --confirm-unmarked nếu không có dấu chỉ độ mật.",
        "{file} is a scan that cannot be read by machine. Look at it, then add --confirm-unmarked if it bears no secrecy marking.",
    ),
    ("disk_error", "Không đọc hoặc ghi được {file}.", "{file} cannot be read or written."),
    (
        "disk_full",
        "Ổ đĩa đã đầy. Những gì đã lưu vẫn còn; hãy giải phóng chỗ rồi làm lại.",
        "The disk is full. What was saved is still there; make room and try again.",
    ),
    (
        "document_empty",
        "Nội dung chưa về đến máy này. Hãy kết nối rồi thử lại.",
        "The content has not arrived on this device yet. Connect and try again.",
    ),
    ("does_not_fit", "Chữ ký không vừa chỗ dành cho nó.", "The signature does not fit into its place."),
    (
        "edit_failed",
        "Không ghi được thay đổi này. Những gì đã lưu vẫn còn nguyên.",
        "This change could not be made. What was saved is intact.",
    ),
    ("encrypted", "Tệp PDF {file} có mật khẩu.", "The PDF {file} is encrypted."),
    ("file_exists", "Đã có tệp {file}.", "{file} exists already."),
    ("file_not_allowed", "Hệ điều hành không cho mở {file}.", "The system does not let {file} be opened."),
    ("file_not_found", "Không tìm thấy {file}.", "{file} was not found."),
    (
        "file_not_here_yet",
        "Tệp chưa về đến máy này. Hãy kết nối rồi thử lại.",
        "The file has not arrived on this device yet. Connect and try again.",
    ),
    (
        "internal",
        "Chương trình gặp lỗi bên trong. Dữ liệu đã lưu vẫn còn nguyên.",
        "Something went wrong inside the program. What was saved is intact.",
    ),
    ("interrupted", "Đã dừng theo yêu cầu; có thể làm tiếp sau.", "Ended as asked; it can be taken up again."),
    ("item_into_itself", "Không thể đặt một mục vào bên trong chính nó.", "An item cannot be moved under itself."),
    ("join_not_found", "Không có yêu cầu tham gia này.", "There is no such request to join."),
    ("join_refused", "Yêu cầu tham gia đã bị từ chối.", "The request to join was turned away."),
    ("limit_over", "Dài quá hoặc nhiều quá giới hạn ({what}).", "Over a limit ({what})."),
    ("limit_under", "Thiếu nội dung ({what}).", "Something is missing ({what})."),
    ("locked", "Hồ sơ đang khóa. Hãy nhập mật khẩu.", "The profile is locked. Its passphrase is needed."),
    ("locked_by_certification", "Tài liệu đã khóa, không cho ký thêm.", "An earlier signature forbids further signatures."),
    ("malformed_trust", "Không đọc được chứng thư tin cậy {file}.", "The trusted certificate {file} cannot be read."),
    (
        "minutes_changed",
        "Biên bản vừa được thay đổi. Hãy xem lại rồi thử lại.",
        "The minutes were changed meanwhile. Look again, then retry.",
    ),
    ("missing_glyph", "Phông chữ thiếu ký tự để in nội dung này.", "The font lacks a character of this text."),
    (
        "needs_newer",
        "Dữ liệu do phiên bản mới hơn ghi. Hãy cập nhật chương trình.",
        "The data was written by a newer program. Please update.",
    ),
    (
        "newer_version",
        "Dữ liệu do phiên bản mới hơn ghi. Hãy cập nhật chương trình.",
        "The data was written by a newer program. Please update.",
    ),
    (
        "no_certificate_yet",
        "Bạn chưa có chứng thư để ký PDF. Hãy kết nối với máy của người quản trị.",
        "The certificate for signing has not been issued yet. Connect with the administrator's device.",
    ),
    ("no_chair", "Chưa mời ai làm chủ tọa.", "Nobody is invited as chair."),
    (
        "no_key_yet",
        "Khóa của cuộc họp này chưa về đến máy. Hãy kết nối rồi thử lại.",
        "The key of this meeting has not arrived yet. Connect and try again.",
    ),
    (
        "no_network",
        "Lệnh này cần kết nối: hãy chạy “kyhop node” hoặc mở cửa sổ chương trình trước.",
        "This needs the network: start `kyhop node` or the window first.",
    ),
    (
        "no_profile",
        "Chưa có hồ sơ trong {folder}. Hãy dùng “kyhop init” hoặc “kyhop join”.",
        "There is no profile in {folder}. Use `kyhop init` or `kyhop join`.",
    ),
    (
        "no_quorum",
        "Chưa đủ số người theo quy định: có mặt {present}, cần {needed}.",
        "No quorum: {present} present, {needed} needed.",
    ),
    ("no_randomness", "Hệ điều hành không cấp được số ngẫu nhiên.", "The system gives no random numbers."),
    ("no_request", "Không có máy nào xin tham gia.", "Nobody asks to join."),
    ("no_secretary", "Chưa mời ai làm thư ký.", "Nobody is invited as secretary."),
    (
        "no_thread",
        "Hệ điều hành không cho chạy thêm việc. Hãy đóng bớt chương trình.",
        "The system lets no more work be started. Close some programs.",
    ),
    ("not_a_pdf", "{file} không phải tệp PDF.", "{file} is not a PDF."),
    ("not_allowed", "Bạn không có quyền làm việc này.", "You may not do this."),
    (
        "not_checked_in",
        "Chưa điểm danh khi mở biểu quyết nên không bỏ phiếu được lần này.",
        "Not checked in when the vote opened, so there is no ballot this time.",
    ),
    ("not_distinct", "Có phần bị trùng ({what}).", "Something is there twice ({what})."),
    ("not_enrolled", "Máy này chưa được nhận vào tổ chức.", "This device has not been let in yet."),
    ("not_found", "Không tìm thấy, hoặc bạn không có quyền xem ({what}).", "Not found, or not yours to see ({what})."),
    ("not_on_roll", "Bạn không có tên trong danh sách biểu quyết.", "You are not on the roll of this vote."),
    ("not_present", "Người không có mặt thì không ghi ra về được.", "Who is not in the room cannot leave it."),
    (
        "not_your_turn",
        "Chưa đến lượt bạn ký: thư ký ký trước, chủ tọa ký sau.",
        "It is not your turn: the secretary signs first, then the chair.",
    ),
    ("opener_only", "Chỉ máy đã mở biểu quyết mới đóng được.", "Only the device that opened the vote closes it."),
    (
        "own_device",
        "Không thể thôi tin chính máy đang dùng. Hãy làm việc này từ một máy khác của bạn hoặc nhờ người quản trị.",
        "A device cannot end the trust in itself. Do it from another device of yours, or ask an administrator.",
    ),
    (
        "own_person",
        "Không ai tự đưa mình ra được. Hãy nhờ một người quản trị khác.",
        "Nobody can take themselves out. Ask another administrator.",
    ),
    (
        "owner_gone",
        "Chương trình đang giữ hồ sơ đã dừng giữa chừng. Hãy thử lại.",
        "The program that owned the profile ended meanwhile. Try again.",
    ),
    ("passphrase_file", "Tệp mật khẩu {file} không dùng được.", "The passphrase file {file} cannot be used."),
    ("passphrase_length", "Mật khẩu quá ngắn hoặc quá dài.", "The passphrase is too short or too long."),
    ("passphrase_mismatch", "Hai lần nhập mật khẩu không giống nhau.", "The two passphrases differ."),
    (
        "passphrase_needed",
        "Cần mật khẩu: hãy chạy trong cửa sổ dòng lệnh, hoặc dùng --passphrase-file.",
        "A passphrase is needed: run in a terminal, or use --passphrase-file.",
    ),
    (
        "passphrase_too_short",
        "Mật khẩu quá ngắn: cần ít nhất {least} ký tự.",
        "The passphrase is too short: at least {least} characters.",
    ),
    (
        "pdf_broken",
        "Tệp PDF {file} bị hỏng, không mở được. Hãy xuất lại từ chương trình soạn thảo.",
        "The PDF {file} is damaged. Export it again.",
    ),
    (
        "pdf_encrypted",
        "Tệp PDF {file} có mật khẩu. Hãy bỏ mật khẩu rồi thêm lại.",
        "The PDF {file} is encrypted. Remove the password and add it again.",
    ),
    (
        "pdf_engine_broken",
        "Bộ hiển thị PDF không chạy được. Hãy cài đặt lại chương trình.",
        "The PDF engine does not work. Install the program again.",
    ),
    (
        "pdf_engine_missing",
        "Thiếu bộ hiển thị PDF. Hãy cài đặt lại chương trình.",
        "The PDF engine is missing. Install the program again.",
    ),
    ("pdf_engine_stopped", "Bộ hiển thị PDF đã dừng. Hãy thử lại.", "The PDF engine has stopped. Try again."),
    ("pdf_no_pages", "Tệp PDF {file} không có trang nào.", "The PDF {file} has no pages."),
    ("pdf_no_such_page", "Tài liệu không có trang này.", "The paper has no such page."),
    (
        "pdf_not_a_pdf",
        "{file} không phải tệp PDF. Hãy xuất tài liệu ra PDF rồi thêm lại.",
        "{file} is not a PDF. Export it as PDF and add it again.",
    ),
    ("pdf_too_large", "Tệp PDF {file} quá lớn.", "The PDF {file} is over the limit."),
    ("pdf_too_many_pages", "Tệp PDF {file} có quá nhiều trang.", "The PDF {file} has too many pages."),
    (
        "profile_exists",
        "Trong {folder} đã có hồ sơ. Không tạo đè lên hồ sơ cũ.",
        "There is a profile in {folder} already. It is not overwritten.",
    ),
    (
        "present_without_device",
        "{name} có mặt nhưng chưa điểm danh bằng máy của mình, mà quy tắc này tính trên số người có mặt.",
        "{name} is present but has not checked in with a device, and these rules count those present.",
    ),
    ("profile_in_use", "Hồ sơ đang được một chương trình khác sử dụng.", "Another program uses the profile."),
    (
        "record_damaged",
        "Tệp khóa của hồ sơ bị hỏng. Không có gì bị xóa; hãy báo cho người quản trị.",
        "The profile's key file is damaged. Nothing was deleted; tell the administrator.",
    ),
    (
        "record_unknown_version",
        "Hồ sơ do phiên bản mới hơn ghi. Hãy cập nhật chương trình.",
        "The profile was written by a newer program. Please update.",
    ),
    (
        "secrecy_marking",
        "{file} có dấu chỉ độ mật “{marking}”. Hệ thống này không được lưu tài liệu mật.",
        "{file} bears the secrecy marking “{marking}”. This system must not hold classified papers.",
    ),
    (
        "self_check_failed",
        "Chữ ký vừa tạo không tự kiểm tra được nên đã bỏ. Tài liệu không thay đổi.",
        "The new signature did not pass its own check and was dropped. The file is unchanged.",
    ),
    ("signing_failed", "Không ký được tài liệu.", "The file could not be signed."),
    ("sitting_closed", "Phiên họp đã bế mạc.", "The sitting is closed."),
    (
        "sitting_does_not_fit",
        "Phiên họp chưa ở bước cho phép làm việc này.",
        "The sitting does not stand where this could follow.",
    ),
    ("stopped", "Hồ sơ đã đóng.", "The profile was closed."),
    (
        "store_damaged",
        "Hồ sơ bị hỏng hoặc không đọc được. Không có gì bị xóa; hãy báo cho người quản trị.",
        "The profile is damaged or cannot be read. Nothing was deleted; tell the administrator.",
    ),
    (
        "task_bad_deadline",
        "Hạn phải sau hạn đang có, ở trong tương lai và trong vòng mười năm.",
        "The deadline must be later than the present one, in the future, and within ten years.",
    ),
    (
        "task_no_such_entry",
        "Không có báo cáo hoặc đề nghị gia hạn nào đang chờ.",
        "No report and no request for a later deadline waits.",
    ),
    (
        "task_not_concerned",
        "Nhiệm vụ này không thuộc đơn vị bạn và bạn không được nhắc đến trong đó.",
        "This task is not your unit's, and you were not mentioned in it.",
    ),
    (
        "task_not_now",
        "Nhiệm vụ đã kết thúc hoặc đang chờ xác nhận nên chưa làm được việc này.",
        "The task is finished, or waits for its confirmation: this cannot be done now.",
    ),
    (
        "task_not_of_this_meeting",
        "Chỉ chủ tọa hoặc thư ký cuộc họp giao được nhiệm vụ của cuộc họp.",
        "Only the chair or a secretary of the meeting can give its tasks.",
    ),
    ("task_not_the_assigner", "Chỉ người giao nhiệm vụ làm được việc này.", "Only who gave the task can do this."),
    (
        "task_not_the_lead",
        "Chỉ đơn vị hoặc người chủ trì làm được việc này.",
        "Only the unit or person that leads the task can do this.",
    ),
    ("task_nothing_new", "Việc này không thay đổi gì.", "This would change nothing."),
    (
        "task_too_long",
        "Nhiệm vụ này đã có quá nhiều mục. Hãy giao nhiệm vụ mới.",
        "This task has too many entries. Give a new one.",
    ),
    ("text_characters", "Có ký tự không dùng được ({what}).", "There are characters that cannot be used ({what})."),
    ("text_too_long", "Văn bản quá dài.", "A text is too long."),
    (
        "timed_out",
        "Chờ quá lâu: hai hồ sơ trên máy này không tìm thấy nhau.",
        "It took too long: the two profiles on this machine did not find each other.",
    ),
    ("too_complex", "Tệp PDF {file} phức tạp quá giới hạn.", "The PDF {file} is too complex."),
    ("too_large", "Tệp {file} quá lớn.", "The file {file} is over the limit."),
    (
        "too_many_requests_to_speak",
        "Một người có nhiều nhất {limit} lượt đăng ký đang chờ.",
        "One person can have {limit} requests waiting at most.",
    ),
    ("vote_closed", "Biểu quyết đã đóng.", "The vote is closed."),
    (
        "keyring_unavailable",
        "Không dùng được kho khóa của hệ điều hành. Hãy nhập mật khẩu mỗi lần mở.",
        "The system's keyring cannot be used here. Enter the passphrase at each start.",
    ),
    (
        "words_differ",
        "Sáu từ không khớp. Đừng tiếp tục: có thể có người đứng giữa.",
        "The six words differ. Do not go on: somebody may stand in between.",
    ),
    (
        "wrong_device",
        "Bạn đã điểm danh bằng máy khác. Hãy bỏ phiếu trên máy đó.",
        "You checked in with another device. Vote there.",
    ),
    (
        "wrong_key",
        "Mật khẩu đúng nhưng kho dữ liệu không mở được bằng khóa này. Hãy báo cho người quản trị.",
        "The passphrase is right, but the store does not open with this key. Tell the administrator.",
    ),
    (
        "wrong_passphrase",
        "Mật khẩu không đúng. Hãy kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi nhập lại.",
        "Wrong passphrase. Check the input method and Caps Lock, then try again.",
    ),
    ("package_not_one", "{file} không phải gói sổ tay.", "{file} is not a handbook package."),
    (
        "package_newer_version",
        "Gói {file} do phiên bản mới hơn tạo. Hãy cập nhật chương trình.",
        "The package {file} was made by a newer program. Please update.",
    ),
    ("package_too_long", "Gói {file} quá lớn.", "The package {file} is over the limit."),
    (
        "package_truncated",
        "Gói {file} bị thiếu hoặc thừa dữ liệu. Hãy sao chép lại.",
        "The package {file} is cut off or was added to. Copy it again.",
    ),
    ("package_header_damaged", "Phần đầu của gói {file} bị hỏng.", "The header of the package {file} is damaged."),
    (
        "package_untrusted",
        "Không cài gói {file}: người ký ({signer}) không thuộc tổ chức này hoặc không được giao phát hành sổ tay.",
        "The package {file} was not installed: its signer ({signer}) is not of this organisation or does not publish its handbook.",
    ),
    (
        "package_signer_invalid",
        "Không cài gói {file}: chứng thư của người ký không hợp lệ.",
        "The package {file} was not installed: its signer's certificate does not hold.",
    ),
    (
        "package_signature_invalid",
        "Không cài gói {file}: chữ ký không khớp với nội dung.",
        "The package {file} was not installed: its signature does not hold.",
    ),
    ("package_damaged", "Gói {file} bị hỏng tại mục {item}.", "The package {file} is damaged at article {item}."),
    (
        "package_block_too_long",
        "Gói {file} có mục {item} lớn quá giới hạn.",
        "The package {file} holds more than allowed at article {item}.",
    ),
    ("package_duplicate_article", "Mục {item} có hai lần ({file}).", "Article {item} is there twice ({file})."),
    ("package_too_many_articles", "Quá nhiều mục ({file}).", "Too many articles ({file})."),
    (
        "package_base_missing",
        "Chưa cài “{item}” bản {version} trên máy này, nên bản cập nhật sẽ mất những mục chỉ có trong tệp gốc. Hãy cài tệp đó (kyhop handbook install) rồi làm lại.",
        "“{item}” version {version} is not installed on this device, so the update would lose what only the base file has. Install that file (kyhop handbook install), then try again.",
    ),
    (
        "package_wrong_base",
        "Bản cập nhật {file} không dành cho phiên bản đang cài. Hãy cài gói đầy đủ.",
        "The update {file} is for another version than the installed one. Install a whole package.",
    ),
    (
        "package_content_differs",
        "Không cài gói {file}: nội dung sau khi cài không đúng với nội dung đã ký.",
        "The package {file} was not installed: its content is not the one that was signed.",
    ),
    ("package_older", "Đã cài phiên bản mới bằng hoặc mới hơn gói {file}.", "What is installed is as new as {file}, or newer."),
    ("article_bad_id", "Mã “{item}” không dùng được ({file}).", "“{item}” cannot be used as an id ({file})."),
    ("article_no_title", "Mục {item} không có tiêu đề ({file}).", "Article {item} has no title ({file})."),
    ("article_no_text", "Mục {item} không có nội dung ({file}).", "Article {item} has no text ({file})."),
    (
        "article_bad_dates",
        "Mục {item} hết hiệu lực trước khi có hiệu lực ({file}).",
        "Article {item} ends before it begins ({file}).",
    ),
    ("article_too_long", "Mục {item} quá dài ({file}).", "Article {item} is over the limit ({file})."),
    (
        "article_out_of_bounds",
        "Mục {item} có phần vượt giới hạn hoặc ký tự không dùng được ({file}).",
        "Article {item} has a part that is over a limit or holds characters that cannot be used ({file}).",
    ),
    ("import_unknown_format", "Không nhập được loại tệp này: {file}.", "Files of this kind are not imported: {file}."),
    ("import_file_too_long", "Tệp {file} quá lớn.", "The file {file} is over the limit."),
    ("import_unreadable", "Không đọc được tệp {file}.", "The file {file} cannot be read."),
    ("import_not_text", "Tệp {file} không phải văn bản UTF-8.", "The file {file} is not UTF-8 text."),
    ("import_bad_json", "Dòng {line} của {file} không đúng dạng một mục sổ tay.", "Line {line} of {file} is not an article."),
    ("import_bad_date", "Mục {item} có ngày không hợp lệ ({file}).", "Article {item} has a date that does not exist ({file})."),
    ("import_duplicate", "Mã {item} trùng với một mục đã có ({file}).", "The id {item} was there already ({file})."),
    ("import_bad_docx", "{file} không phải tệp DOCX đọc được.", "{file} is not a DOCX that can be read."),
    (
        "import_bomb",
        "Không mở {file}: tệp nén bung ra quá lớn so với một văn bản.",
        "{file} was not opened: it unpacks to much more than a text document.",
    ),
    ("import_text_too_long", "Văn bản trong {file} quá dài.", "The text of {file} is over the limit."),
    (
        "needs_text",
        "{file} chỉ có hình ảnh, chưa có chữ. Hãy nhận dạng chữ rồi nhập lại.",
        "{file} holds pictures only. Recognise its text, then import it again.",
    ),
    ("import_nothing", "Không có mục nào nhập được từ {file}.", "Nothing in {file} could be imported."),
    (
        "import_running",
        "Đang nhập một thư mục khác. Hãy đợi hoặc hủy việc đó.",
        "Another import is running. Wait for it or cancel it.",
    ),
    ("cancelled", "Đã hủy; không có gì thay đổi.", "Cancelled; nothing has changed."),
    ("search_superseded", "Đã có yêu cầu tìm kiếm mới hơn.", "A newer search has taken its place."),
    ("search_stopped", "Đã có yêu cầu tìm kiếm mới hơn.", "A newer search has taken its place."),
    (
        "draft_conflict",
        "Hai người đã sửa cùng một chỗ. Hãy chọn một bên trước.",
        "Two people changed the same place. Choose a side first.",
    ),
    (
        "draft_state",
        "Bản thảo đang ở bước khác, không làm được việc này.",
        "The draft is at another step; this cannot be done now.",
    ),
    ("draft_own_review", "Người viết không tự duyệt bản thảo của mình.", "Who wrote a draft does not review it."),
    ("xfa_form", "Tệp PDF {file} là biểu mẫu XFA, không ký được.", "The PDF {file} is an XFA form and cannot be signed."),
    (
        "personal_data",
        "Có {count} chỗ giống dữ liệu cá nhân chưa được xem xét. Đầu tiên: “{found}”. Hãy sửa lời, hoặc thêm --confirm đúng chữ đó nếu được giữ.",
        "{count} places look like personal data and were not looked at. The first: “{found}”. Change the words, or add --confirm with exactly these words if they may stay.",
    ),
    (
        "question_bad_deadline",
        "Hạn mới phải sau hạn đang có và trong vòng một năm.",
        "The new deadline must be later than the present one, and within a year.",
    ),
    (
        "question_file_kind",
        "Tệp {file} không phải PDF, DOCX, XLSX, PNG hay JPEG; chỉ đính kèm được các loại này.",
        "{file} is neither PDF, DOCX, XLSX, PNG nor JPEG; only these can be attached.",
    ),
    (
        "question_no_such_answer",
        "Chưa có câu trả lời ở trạng thái cho phép việc này.",
        "There is no answer for which this can be done now.",
    ),
    (
        "question_not_concerned",
        "Câu hỏi này không thuộc đơn vị bạn và bạn không được nhắc đến trong đó.",
        "This question is not your unit's, and you were not mentioned in it.",
    ),
    ("question_not_published", "Câu hỏi này không được công khai.", "This question is not shared with everybody."),
    ("question_not_responsible", "Chỉ đơn vị được hỏi làm được việc này.", "Only the unit that is to answer can do this."),
    (
        "question_not_the_asker",
        "Chỉ người hỏi hoặc thủ trưởng đơn vị hỏi làm được việc này.",
        "Only the person who asked, or the head of that unit, can do this.",
    ),
    (
        "question_not_the_head",
        "Chỉ thủ trưởng đơn vị trả lời làm được việc này.",
        "Only the head of the answering unit can do this.",
    ),
    ("question_nothing_new", "Việc này không thay đổi gì.", "This would change nothing."),
    (
        "question_secrecy",
        "Nội dung có dòng chỉ độ mật “{marking}”. Hệ thống này không được chứa nội dung mật.",
        "The text has a line with the secrecy marking “{marking}”. This system must not hold classified content.",
    ),
    (
        "question_too_long",
        "Câu hỏi này đã có quá nhiều mục. Hãy đặt câu hỏi mới.",
        "This question has too many entries. Ask a new one.",
    ),
    ("question_withdrawn", "Câu hỏi này đã được rút.", "This question was withdrawn."),
    (
        "dial_no_answer",
        "Sau {seconds} giây vẫn chưa có máy nào trả lời ở {address}. Chương trình vẫn tiếp tục gọi.",
        "After {seconds} seconds nobody has answered at {address}. The program keeps calling.",
    ),
    (
        "dial_other_organisation",
        "Máy ở {address} thuộc tổ chức khác: {organisation}.",
        "The device at {address} belongs to another organisation: {organisation}.",
    ),
    (
        "net.dial.refused",
        "Không có máy nào trả lời ở {address}. Hãy kiểm tra máy kia đang mở chương trình, cùng mạng, và địa chỉ đúng.",
        "Nobody answers at {address}. Check that the program is open there, that both are on one network, and the address.",
    ),
    (
        "net.dial.timed_out",
        "Không có máy nào trả lời ở {address}. Hãy kiểm tra máy kia đang mở chương trình, cùng mạng, và địa chỉ đúng.",
        "Nobody answers at {address}. Check that the program is open there, that both are on one network, and the address.",
    ),
    (
        "net.dial.unreachable",
        "Không có máy nào trả lời ở {address}. Hãy kiểm tra máy kia đang mở chương trình, cùng mạng, và địa chỉ đúng.",
        "Nobody answers at {address}. Check that the program is open there, that both are on one network, and the address.",
    ),
    (
        "net.dial.other",
        "Không có máy nào trả lời ở {address}. Hãy kiểm tra máy kia đang mở chương trình, cùng mạng, và địa chỉ đúng.",
        "Nobody answers at {address}. Check that the program is open there, that both are on one network, and the address.",
    ),
    (
        "net.dial.foreign",
        "Ở {address} có chương trình trả lời, nhưng không phải Kỳ Họp.",
        "Something answers at {address}, but it is not a Kỳ Họp device.",
    ),
    (
        "net.dial.limit",
        "Đang có quá nhiều kết nối. Hãy thử lại sau giây lát.",
        "There are too many connections. Try again in a moment.",
    ),
    ("net.dial.name_unknown", "Không tìm thấy máy có tên trong {address}.", "There is no device with the name in {address}."),
    ("net.dial.own", "{address} là địa chỉ của chính máy này.", "{address} is the address of this very device."),
    (
        "net.dial.switched_off",
        "Máy này không mở kiểu kết nối của {address}.",
        "The kind of connection of {address} is switched off here.",
    ),
    (
        "net.dial.turned_away",
        "Máy ở {address} đã đầy kết nối hoặc tạm thời không nhận máy này.",
        "The device at {address} has too many connections, or does not take this one for a while.",
    ),
    (
        "net.address.bad_host",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.bad_port",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.empty",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.malformed",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.no_port",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.peer_id",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.too_long",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.transport",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "net.address.unspecified",
        "Địa chỉ không đúng dạng. Ví dụ: /ip4/192.168.1.20/tcp/4801",
        "The address is malformed. Example: /ip4/192.168.1.20/tcp/4801",
    ),
    (
        "secret_body_too_small",
        "Bỏ phiếu kín cần ít nhất {least} người có quyền biểu quyết đã điểm danh bằng máy của mình; hiện có {found}.",
        "A secret vote needs at least {least} people who can vote, checked in with a device; there are {found}.",
    ),
    (
        "tellers_missing",
        "Chưa bầu ban kiểm phiếu. Hãy nêu tên: --tellers TÊN,TÊN,TÊN.",
        "Nobody has been elected as teller. Name them: --tellers NAME,NAME,NAME.",
    ),
    (
        "tellers_not_ready",
        "Ban kiểm phiếu chưa tạo xong khóa; đang chờ máy của: {names}. Hãy chạy lại lệnh này khi máy đó đã kết nối.",
        "The tellers have not made their key yet; still waiting for: {names}. Run this command again once they are connected.",
    ),
    (
        "ceremony_void",
        "Khóa của ban kiểm phiếu không dùng được ({names}). Hãy bầu lại.",
        "The tellers' key is void ({names}). Elect the tellers again.",
    ),
    (
        "teller_without_device",
        "{name} chưa điểm danh bằng máy của mình nên chưa thể ở trong ban kiểm phiếu.",
        "{name} has not checked in with a device and so cannot be a teller.",
    ),
    (
        "teller_not_of_the_body",
        "Ban kiểm phiếu có người không thuộc danh sách biểu quyết, hoặc đã điểm danh bằng máy khác.",
        "A teller is not on the roll, or checked in with another device.",
    ),
    (
        "teller_on_ballot",
        "{name} có tên trên phiếu nên không được ở trong ban kiểm phiếu.",
        "{name} stands on the ballot and so cannot be a teller.",
    ),
    ("not_a_teller", "Máy này không thuộc ban kiểm phiếu.", "This device is none of the tellers'."),
    (
        "totals_not_due",
        "Chưa có gì để mở: lệnh đóng chưa được quá nửa số máy trong danh sách xác nhận.",
        "There is nothing to open: more than half of the roll's devices have not acknowledged the close yet.",
    ),
    (
        "too_few_ballots",
        "Quá ít phiếu được tính: kết quả không được mở để không lộ lựa chọn của từng người.",
        "Too few ballots are counted: the result stays sealed, so that nobody's choice shows.",
    ),
    (
        "vote_must_be_secret",
        "Quy tắc này chỉ dùng cho bỏ phiếu kín: thêm --secret.",
        "These rules are for secret ballots only: add --secret.",
    ),
    ("vote_must_be_open", "Quy tắc này chỉ dùng cho biểu quyết công khai.", "These rules are for open votes only."),
    ("vote_not_secret", "Đây là biểu quyết công khai.", "This is an open vote."),
    (
        "ballot_has_other_form",
        "Lá phiếu này có nhiều ô: dùng --mark cho từng ô.",
        "This ballot has several places: use --mark for each.",
    ),
    (
        "ballot_marks",
        "Số ô đánh dấu không đúng: cần từ {least} đến {most}, phiếu có {found}.",
        "The ballot has {found} marks; {least} to {most} are allowed.",
    ),
    ("ballot_no_such_slot", "Phiếu không có ô này.", "The ballot has no such place."),
    ("ballot_marked_twice", "Một ô được đánh dấu hai lần.", "A place is marked twice."),
];

/// The whole table.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    let parts = [
        SENTENCES,
        before::SENTENCES,
        drafting::SENTENCES,
        inner::SENTENCES,
        leading::SENTENCES,
        letting_in::SENTENCES,
        paper::SENTENCES,
        recovering::SENTENCES,
        web::SENTENCES,
    ];
    parts.into_iter().flatten()
}

/// What to tell a person about an error.
pub fn sentence(lang: Lang, error: &ApiError) -> String {
    match all().find(|(code, _, _)| *code == error.code) {
        Some((_, vi, en)) => fill(lang.pick(vi, en), error),
        None => format!("{} ({}: {})", lang.pick("Không làm được.", "This did not work."), error.code, error.detail),
    }
}

fn fill(template: &str, error: &ApiError) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        filled.push_str(error.facts.get(name).map_or("…", String::as_str));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_stand_in_the_sentence() {
        let error = ApiError::new("secrecy_marking", "").with("file", "a.pdf").with("marking", "MẬT");
        assert_eq!(
            sentence(Lang::En, &error),
            "a.pdf bears the secrecy marking “MẬT”. This system must not hold classified papers."
        );
        assert!(sentence(Lang::Vi, &error).starts_with("a.pdf có dấu chỉ độ mật “MẬT”."));
    }

    #[test]
    fn an_unknown_code_still_says_what_happened() {
        let said = sentence(Lang::Vi, &ApiError::new("brand_new", "the detail"));
        assert!(said.contains("brand_new") && said.contains("the detail"));
    }

    #[test]
    fn every_code_has_one_sentence_with_the_same_facts_in_both_languages() {
        let facts = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned())).collect();
            names.sort();
            names
        };
        for (index, (code, vi, en)) in all().enumerate() {
            assert!(all().skip(index + 1).all(|(other, _, _)| other != code), "{code} twice");
            assert_eq!(facts(vi), facts(en), "{code}");
        }
    }
}
