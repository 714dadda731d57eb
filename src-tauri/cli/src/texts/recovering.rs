//! What is said about recovery: of a passphrase, of an organisation.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "recovery_code_check",
        "Các từ đều đúng chính tả nhưng không phải một mã khôi phục: có từ bị nhầm hoặc đổi chỗ. Hãy so lại với tờ giấy.",
        "All the words are known, but together they are no recovery code: one is wrong or two changed places.",
    ),
    (
        "recovery_code_count",
        "Mã khôi phục có {words} từ; bạn đã nhập {found}.",
        "A recovery code has {words} words; {found} were entered.",
    ),
    (
        "recovery_code_none",
        "Hồ sơ này không có mã khôi phục. Hãy tham gia lại bằng hồ sơ mới và nhờ người quản trị thôi tin máy cũ.",
        "This profile has no recovery code. Join again with a new profile, and have the old device revoked.",
    ),
    (
        "recovery_code_word",
        "Từ thứ {place} không phải từ của mã khôi phục. Hãy xem lại tờ giấy.",
        "Word {place} is no word of a recovery code. Look at the paper again.",
    ),
    (
        "recovery_code_wrong",
        "Mã khôi phục này không mở được hồ sơ này: nó của hồ sơ khác, hoặc đã được thay.",
        "This recovery code does not open this profile: it is another profile's, or it was replaced.",
    ),
    (
        "root_file_damaged",
        "Tệp khóa gốc bị hỏng hoặc đã bị sửa; không mở được. Hãy dùng bản chép khác.",
        "The file of the root is damaged or was changed; it cannot be opened. Use another copy.",
    ),
    (
        "root_file_names_needed",
        "Tệp khóa gốc này chỉ giữ khóa: hãy cho biết tên tổ chức, đơn vị và họ tên (--organisation, --unit, --name).",
        "This file holds the root alone: say the organisation, the unit and the name (--organisation, --unit, --name).",
    ),
    ("root_file_not_one", "Đây không phải tệp khóa gốc của một tổ chức.", "This is no file of an organisation's root."),
    (
        "root_file_wrong_passphrase",
        "Mật khẩu của tệp khóa gốc không đúng. Đó là mật khẩu của người lập tổ chức vào ngày lập.",
        "The passphrase of the root's file is wrong. It is the founder's passphrase of the day of the founding.",
    ),
];
