//! What is said about web addresses of hubs.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "net.address.path",
        "Sau tên máy không ghi gì thêm. Ví dụ: wss://hub.example.vn",
        "Nothing may follow the name of the host. Example: wss://hub.example.vn",
    ),
    (
        "net.address.scheme",
        "Địa chỉ mạng phải bắt đầu bằng wss:// hoặc ws://. Ví dụ: wss://hub.example.vn",
        "A web address must begin with wss:// or ws://. Example: wss://hub.example.vn",
    ),
    (
        "net.dial.certificate",
        "Chứng chỉ của {address} không được tin cậy: nơi cấp lạ, đã hết hạn hoặc ghi tên khác. Hãy kiểm tra lại địa chỉ và hỏi người quản trị.",
        "The certificate of {address} is not trusted: an unknown issuer, expired, or for another name. Check the address and ask the administrator.",
    ),
];
