//! What is said about invitations and lists of persons.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "invitation_addresses",
        "Phiếu mời ghi được nhiều nhất {limit} địa chỉ, mỗi địa chỉ không quá dài.",
        "An invitation holds at most {limit} addresses, none of them too long.",
    ),
    (
        "invitation_damaged",
        "Phiếu mời bị thiếu hoặc sai ký tự. Hãy quét lại, hoặc dùng tệp gốc.",
        "The invitation is damaged: something is missing or mistyped. Scan it again, or use the original file.",
    ),
    ("invitation_differs", "Họ tên hoặc chức vụ không đúng với phiếu mời.", "The name or title is not that of the invitation."),
    (
        "invitation_expired",
        "Phiếu mời đã hết hạn. Hãy xin người quản trị phiếu mới.",
        "The invitation has expired. Ask the administrator for a new one.",
    ),
    (
        "invitation_forged",
        "Phiếu mời không có thật: bằng chứng không khớp với mã bí mật. Không ai được nhận vào.",
        "The invitation is not genuine: the proof does not fit its secret. Nobody was let in.",
    ),
    ("invitation_hours", "Phiếu mời có hiệu lực từ 1 đến {limit} giờ.", "An invitation is good for 1 to {limit} hours."),
    (
        "invitation_not_approved",
        "Phiếu mời đúng, nhưng máy quản trị không nhận được người này. Hãy báo người quản trị.",
        "The invitation is good, but the administrator's device cannot let this person in. Tell the administrator.",
    ),
    (
        "invitation_other_organisation",
        "Máy được gọi thuộc tổ chức khác với tổ chức ghi trong phiếu mời.",
        "The device that was called belongs to another organisation than the invitation names.",
    ),
    (
        "invitation_revoked",
        "Phiếu mời đã bị thu hồi. Hãy hỏi người quản trị.",
        "The invitation was withdrawn. Ask the administrator.",
    ),
    (
        "invitation_unknown",
        "Máy quản trị không biết phiếu mời này. Phiếu mời chỉ dùng được với máy đã tạo ra nó.",
        "The administrator's device does not know this invitation. It is good only with the device that made it.",
    ),
    (
        "invitation_unreadable",
        "Đây không phải phiếu mời. Phiếu mời bắt đầu bằng KYHOP1:",
        "This is no invitation. An invitation begins with KYHOP1:",
    ),
    (
        "invitation_used",
        "Phiếu mời này đã được dùng; mỗi phiếu chỉ nhận một máy. Nếu không phải bạn đã dùng, hãy báo ngay người quản trị.",
        "This invitation was used already; each lets one device in. If it was not you, tell the administrator at once.",
    ),
    (
        "invitation_version",
        "Phiếu mời do phiên bản mới hơn tạo. Hãy cập nhật chương trình.",
        "The invitation was made by a newer program. Please update.",
    ),
    (
        "invitation_was_used",
        "{name} đã vào bằng phiếu này, không thu hồi được nữa. Muốn thôi tin máy đó, hãy dùng “Thôi tin máy này”.",
        "{name} has come in by it, it cannot be withdrawn. To no longer trust that device, revoke the device.",
    ),
    (
        "invitations_too_many",
        "Đang có quá nhiều phiếu mời còn hiệu lực (nhiều nhất {limit}). Hãy thu hồi bớt.",
        "Too many invitations are open (at most {limit}). Withdraw some.",
    ),
    (
        "roster_administrator",
        "Dòng {line}, cột {column}: người quản trị không vào bằng phiếu mời mà bằng cách so sánh sáu từ.",
        "Line {line}, column {column}: administrators are let in by comparing six words, not by an invitation.",
    ),
    (
        "roster_cells",
        "Dòng {line}, cột {column}: thừa ô “{typed}” so với dòng tiêu đề.",
        "Line {line}, column {column}: the cell “{typed}” has no heading.",
    ),
    ("roster_empty", "{file} chỉ có dòng tiêu đề, không có ai.", "{file} has headings and nobody in it."),
    (
        "roster_has_errors",
        "Có {count} dòng có lỗi; chưa tạo phiếu mời nào. Hãy sửa tệp rồi làm lại.",
        "{count} rows have errors; no invitation was made. Correct the file and try again.",
    ),
    (
        "roster_name",
        "Dòng {line}, cột {column}: thiếu họ tên, hoặc họ tên “{typed}” không dùng được.",
        "Line {line}, column {column}: the name is missing, or “{typed}” cannot be used.",
    ),
    (
        "roster_no_headings",
        "{file} không có dòng tiêu đề với cột “Họ và tên”.",
        "{file} has no line of headings with a column “Name”.",
    ),
    (
        "roster_nobody_new",
        "Mọi người trong danh sách đã có hoặc đã được mời.",
        "Everybody on the list is there or invited already.",
    ),
    (
        "roster_not_utf8",
        "{file} không phải UTF-8 (dòng {line}). Hãy lưu lại dưới dạng “CSV UTF-8”.",
        "{file} is not UTF-8 (line {line}). Save it again as “CSV UTF-8”.",
    ),
    (
        "roster_quote",
        "Dòng {line}, cột {column}: dấu ngoặc kép không đóng hoặc đặt sai chỗ.",
        "Line {line}, column {column}: a quotation mark is not closed or stands in the wrong place.",
    ),
    (
        "roster_role",
        "Dòng {line}, cột {column}: không có vai trò “{typed}”. Dùng: thành viên, biên tập, phát hành.",
        "Line {line}, column {column}: there is no role “{typed}”. Use: member, editor, publisher.",
    ),
    (
        "roster_title",
        "Dòng {line}, cột {column}: chức vụ “{typed}” quá dài hoặc có ký tự không dùng được.",
        "Line {line}, column {column}: the title “{typed}” is too long or holds characters that cannot be used.",
    ),
    ("roster_too_large", "{file} lớn hơn {limit_mb} MB.", "{file} is larger than {limit_mb} MB."),
    (
        "roster_too_many_rows",
        "{file} có nhiều hơn {limit} người. Hãy chia ra nhiều tệp.",
        "{file} has more than {limit} people. Split it.",
    ),
    ("roster_twice", "Dòng {line}: người này đã có ở dòng {typed}.", "Line {line}: this person stands in line {typed} already."),
    (
        "roster_unit",
        "Dòng {line}, cột {column}: tên đơn vị “{typed}” quá dài hoặc có ký tự không dùng được.",
        "Line {line}, column {column}: the unit “{typed}” is too long or holds characters that cannot be used.",
    ),
];
