//! What is said about who leads a sitting.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "close_waits",
        "Một máy có thể đã xác nhận lệnh đóng của chủ tọa mà máy này chưa nhận được. Hãy chờ thêm máy kết nối rồi đóng lại.",
        "A device may have acknowledged a close by the chair that has not arrived here. Wait for more devices, then close again.",
    ),
    (
        "deputy_leads",
        "{name} đang điều hành. Chủ tọa nhận lại bằng `meeting take-over`.",
        "{name} is leading. The chair takes the lead back by `meeting take-over`.",
    ),
    (
        "deputy_only",
        "Chỉ phó chủ tọa đã được chỉ định mới nhận điều hành được.",
        "Only the deputy who was named can take the lead.",
    ),
    (
        "deputy_unfit",
        "Phó chủ tọa phải là người khác có quyền biểu quyết trong cuộc họp.",
        "The deputy must be somebody else with a vote in the meeting.",
    ),
    ("leads_already", "Bạn đang điều hành.", "You are leading already."),
    ("no_deputy", "Chủ tọa chưa chỉ định phó chủ tọa.", "The chair has not named a deputy."),
    (
        "nobody_checked_in",
        "Chưa ai điểm danh bằng máy, nên không có máy nào xác nhận được.",
        "Nobody has checked in with a device, so no device could acknowledge it.",
    ),
];
