//! Sentences about what is done before and after a sitting: written opinions, papers that are withdrawn, archives.

/// Code, Vietnamese, English. `{name}` is a fact of the error.
pub(super) const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "already_signed",
        "Thư ký và chủ tọa đã ký: văn bản này không soạn lại được nữa.",
        "Secretary and chair have signed: this document is not drafted again.",
    ),
    (
        "archive_zip_unreadable",
        "{file} không phải tệp zip đọc được, hoặc đã bị hỏng.",
        "{file} is not a zip that can be read, or it is damaged.",
    ),
    (
        "archive_zip_unsafe",
        "Tệp zip {file} có cách đóng gói có thể gây hại: đường dẫn ra ngoài, tên trùng nhau hoặc dung lượng giả. Đừng giải nén tệp này.",
        "The zip {file} is packed in a way that can do harm: paths that lead out of it, a name twice, or false sizes. Do not unpack it.",
    ),
    (
        "not_while_sitting",
        "Phiên họp đang diễn ra: chỉ thu hồi tài liệu trước khi khai mạc hoặc sau khi bế mạc.",
        "The body sits: papers are withdrawn before it opens or after it closed.",
    ),
    (
        "nothing_to_issue",
        "Chưa có nội dung nào được thông qua chính thức hoặc kết luận, nên chưa có gì để ban hành.",
        "Nothing was finally adopted or concluded yet, so there is nothing to issue.",
    ),
    ("opinion_deadline_over", "Hạn trả lời phải ở sau lúc này.", "The deadline must lie ahead."),
    (
        "opinion_given_in_time",
        "Đã hết hạn trả lời: ý kiến gửi đúng hạn được giữ nguyên, không thay được nữa.",
        "The deadline is over: what you answered in time stays and can no longer be changed.",
    ),
    (
        "paper_withdrawn",
        "Tài liệu này đã được thu hồi: nội dung không còn, chỉ còn ghi nhận.",
        "This paper was withdrawn: its content is gone, only the record is left.",
    ),
    (
        "room_code_form",
        "Mã của phòng họp có 8 chữ và số, ví dụ 7K3F-Q2M9. Hãy nhập lại như trên màn hình.",
        "A code of the room has 8 letters and figures, as 7K3F-Q2M9. Type it as it is on the screen.",
    ),
];
