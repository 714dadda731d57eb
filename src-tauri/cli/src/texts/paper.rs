//! What is said about paper ballots and the rules of votes.

/// As in the table of all others.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "paper_device_stands",
        "Người này đã bỏ phiếu bằng máy của mình; phiếu đó được tính.",
        "This person has voted with a device, and that ballot stands.",
    ),
    (
        "paper_differs",
        "Phiếu giấy của {name} được nhập khác với điều bạn đọc thấy. Hãy báo thư ký.",
        "The paper ballot of {name} was entered with something else than you read. Tell the secretary.",
    ),
    (
        "paper_not_a_clerk",
        "Chỉ thư ký của cuộc họp khi biểu quyết mở mới được nhập phiếu giấy.",
        "Only those who were secretaries when the vote opened enter paper ballots.",
    ),
    ("paper_not_in_secret_vote", "Bỏ phiếu kín không nhận phiếu giấy có ghi tên.", "A secret vote takes no named paper ballots."),
    ("paper_not_waiting", "Phiếu giấy này không còn chờ người chứng kiến.", "This paper ballot waits for no witness any more."),
    (
        "paper_not_with_form",
        "Chỉ biểu quyết tán thành hay không tán thành mới nhận phiếu giấy.",
        "Only a vote for or against takes paper ballots.",
    ),
    (
        "paper_voter_not_on_roll",
        "Người này không có tên trong danh sách biểu quyết.",
        "This person is not on the roll of the vote.",
    ),
    (
        "paper_voter_not_present",
        "Người này không có mặt khi biểu quyết mở nên không bỏ phiếu giấy được.",
        "This person was not present when the vote opened, so there can be no paper ballot.",
    ),
    (
        "paper_witness_is_clerk",
        "Thư ký nhập phiếu giấy thì không được chứng kiến phiếu giấy.",
        "A secretary, who enters paper ballots, witnesses none.",
    ),
    ("paper_witness_is_voter", "Không ai chứng kiến phiếu của chính mình.", "Nobody witnesses their own ballot."),
    (
        "paper_witness_not_on_roll",
        "Người chứng kiến phải có tên trong danh sách biểu quyết và đã điểm danh bằng máy này.",
        "A witness must be on the roll and have checked in with this device.",
    ),
    (
        "profile_built_in",
        "Quy tắc “{profile}” có sẵn trong chương trình, không sửa được; hãy đặt mã khác.",
        "The rules “{profile}” come with the program and stay as they are; use another id.",
    ),
    ("profiles_same_id", "Không đọc được {file}: {reason}", "{file} cannot be read: {reason}"),
    ("profiles_unreadable", "Không đọc được {file}: {reason}", "{file} cannot be read: {reason}"),
];
