//! What is said about what guests do not have.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "internal_stays",
        "Mục này thuộc phần mà khách mời không có và ở lại đó. Muốn mọi người đều có, hãy thêm một mục mới.",
        "This item belongs to what guests do not have and stays there. For everybody to have it, add a new one.",
    ),
    (
        "internal_to_guests",
        "Khách mời cũng nhận được biểu quyết và phiếu lấy ý kiến, nên không làm được về nội dung mà họ không có.",
        "Votes and opinion forms go to guests too, so there can be none about what they do not have.",
    ),
    (
        "item_under_internal",
        "Khách mời có mục này nên không thể đặt nó dưới một mục mà họ không có.",
        "Guests have this item, so it cannot be put under one that they do not have.",
    ),
];
