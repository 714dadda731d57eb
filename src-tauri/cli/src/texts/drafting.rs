//! Sentences of conclusions that people wrote at the same time.

/// Code, Vietnamese, English.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "conclusions_changed",
        "Kết luận vừa thay đổi, hoặc số lựa chọn không khớp. Hãy xem lại bằng `meeting show` rồi chọn.",
        "The conclusions have just changed, or the choices do not fit them. Look again with `meeting show`, then choose.",
    ),
    (
        "conclusions_meanwhile",
        "Người khác vừa sửa chính câu chữ này. Hãy xem bản của họ rồi lưu lại.",
        "Somebody has just changed the same words. Look at theirs, then save again.",
    ),
];
