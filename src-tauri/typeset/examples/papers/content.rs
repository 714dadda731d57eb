//! The words of the sample papers: a ward that we made up, offices instead of people, figures that add up and mean nothing.

use super::{Agency, Block, Paper, Signer, Timestamp};

/// 2026-11-02T01:00:00Z and the following days, in milliseconds.
const NOV_2: i64 = 1_793_581_200_000;
const DAY: i64 = 86_400_000;

fn ward() -> Agency {
    Agency { parent: None, name: "Ủy ban nhân dân\nphường An Bình".into() }
}

fn chair() -> Signer {
    Signer { lines: vec!["TM. Ủy ban nhân dân".into(), "Chủ tịch".into()], name: String::new() }
}

fn heading(text: &str) -> Block {
    Block::Heading { text: text.into() }
}

fn text(text: &str) -> Block {
    Block::Text { text: text.into() }
}

fn article(label: &str, text: &str) -> Block {
    Block::Article { label: label.into(), text: text.into() }
}

fn table(caption: &str, head: &[&str], widths: &[u32], rows: &[&[&str]]) -> Block {
    let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    Block::Table {
        caption: caption.into(),
        head: cells(head),
        widths: widths.to_vec(),
        rows: rows.iter().map(|row| cells(row)).collect(),
    }
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn blank(day: i64, symbol: &str, kind: &str, summary: &str) -> Paper {
    Paper {
        agency: ward(),
        number: None,
        symbol: symbol.into(),
        place: "An Bình".into(),
        date: Timestamp(NOV_2 + (day - 2) * DAY),
        secrecy: String::new(),
        kind: kind.into(),
        summary: summary.into(),
        addressee: String::new(),
        authority: String::new(),
        grounds: Vec::new(),
        enacting: String::new(),
        body: Vec::new(),
        signer: chair(),
        recipients: Vec::new(),
    }
}

/// The good papers with their file names.
pub fn all() -> [(&'static str, Paper); 4] {
    [
        ("bao-cao-kinh-te-xa-hoi.pdf", report()),
        ("to-trinh-ho-tro-ngap.pdf", proposal()),
        ("du-thao-quyet-dinh-ho-tro-ngap.pdf", decision()),
        ("ke-hoach-truc-bao.pdf", plan()),
    ]
}

fn report() -> Paper {
    Paper {
        number: Some(87),
        body: vec![
            text(
                "Thực hiện chương trình công tác năm 2026, Ủy ban nhân dân phường An Bình báo cáo tình hình kinh tế - xã hội tháng 10, mười tháng đầu năm và nhiệm vụ trọng tâm tháng 11 năm 2026 như sau:",
            ),
            heading("I. TÌNH HÌNH KINH TẾ - XÃ HỘI THÁNG 10 NĂM 2026"),
            heading("1. Thu, chi ngân sách"),
            text(
                "Tổng thu ngân sách nhà nước trên địa bàn tháng 10 ước đạt 3,42 tỷ đồng; lũy kế mười tháng đạt 31,86 tỷ đồng, bằng 88,5% dự toán năm và tăng 6,3% so với cùng kỳ. Các khoản thu đạt khá gồm lệ phí trước bạ nhà đất, thuế sử dụng đất phi nông nghiệp và thuế giá trị gia tăng của hộ kinh doanh.\nTổng chi ngân sách mười tháng là 27,14 tỷ đồng, bằng 79,1% dự toán. Chi thường xuyên bảo đảm tiền lương, an sinh xã hội và hoạt động của Trung tâm Phục vụ hành chính công; chi đầu tư phát triển đạt 71,4% kế hoạch vốn được giao.",
            ),
            table(
                "Bảng 1. Một số chỉ tiêu thu ngân sách mười tháng năm 2026",
                &["TT", "Nội dung", "Dự toán năm (triệu đồng)", "Thực hiện (triệu đồng)", "Tỷ lệ (%)"],
                &[1, 6, 3, 3, 2],
                &[
                    &["1", "Thuế giá trị gia tăng, thu nhập cá nhân của hộ kinh doanh", "9.800", "8.915", "91,0"],
                    &["2", "Thuế sử dụng đất phi nông nghiệp", "3.100", "2.986", "96,3"],
                    &["3", "Lệ phí trước bạ nhà, đất", "6.400", "6.027", "94,2"],
                    &["4", "Phí, lệ phí", "1.250", "1.104", "88,3"],
                    &["5", "Thu tiền sử dụng đất (phần phường hưởng)", "12.600", "10.232", "81,2"],
                    &["6", "Thu khác ngân sách", "2.850", "2.596", "91,1"],
                    &["", "Tổng cộng", "36.000", "31.860", "88,5"],
                ],
            ),
            heading("2. Nông nghiệp, thương mại, dịch vụ"),
            text(
                "Toàn phường đã thu hoạch xong 214 ha lúa hè thu, năng suất bình quân 57,8 tạ/ha. Đàn lợn giữ ở mức 1.150 con; công tác tiêm phòng vụ thu đạt 86% tổng đàn. Diện tích rau màu ven sông bị ngập trong đợt mưa từ ngày 18 đến ngày 21 tháng 10 là 32,5 ha, trong đó 11 ha mất trắng.\nHoạt động chợ, cửa hàng và dịch vụ lưu trú ổn định. Trong tháng có 14 hộ đăng ký kinh doanh mới, lũy kế mười tháng là 128 hộ; 9 hộ tạm ngừng kinh doanh do ảnh hưởng của mưa lụt.",
            ),
            heading("3. Quản lý đô thị, đất đai, môi trường"),
            text(
                "Đã giải quyết 96 hồ sơ đất đai đúng hạn, 3 hồ sơ quá hạn do chờ trích đo; cấp 11 giấy phép xây dựng nhà ở riêng lẻ; lập biên bản, đình chỉ 2 trường hợp xây dựng sai phép. Tuyến cống trên đường Bến Đò được khơi thông 640 m, tháo dỡ 27 điểm lấn chiếm hành lang thoát nước.",
            ),
            heading("4. Giáo dục, y tế, văn hóa, an sinh xã hội"),
            text(
                "Bốn trường học trên địa bàn duy trì sĩ số 99,6%; sau đợt ngập, Trường Tiểu học số 2 đã vệ sinh phòng học và dạy bù xong chương trình. Trạm y tế khám, điều trị 1.240 lượt người; không ghi nhận ổ dịch sốt xuất huyết mới.\nChi trả trợ cấp thường xuyên cho 486 đối tượng bảo trợ xã hội với số tiền 372 triệu đồng, trong đó 81% chi trả qua tài khoản. Qua rà soát, toàn phường còn 42 hộ nghèo (1,06%) và 67 hộ cận nghèo (1,69%).",
            ),
            heading("5. Cải cách hành chính, chuyển đổi số"),
            text(
                "Trung tâm Phục vụ hành chính công tiếp nhận 1.873 hồ sơ, trong đó 78,2% nộp trực tuyến; trả kết quả đúng và trước hạn 98,9%. Phường đã trả lời 37/39 phản ánh hiện trường; hai phản ánh còn lại về thoát nước kiệt 115 đang được xử lý và đã xin gia hạn có lý do.",
            ),
            heading("6. Quốc phòng, an ninh, phòng, chống thiên tai"),
            text(
                "Lực lượng dân quân, công an phường và tổ bảo vệ an ninh trật tự trực 24/24 giờ trong đợt mưa lũ tháng 10, di dời an toàn 63 hộ với 218 khẩu ở khu vực thấp trũng. Không có thiệt hại về người. Tình hình an ninh chính trị, trật tự an toàn xã hội giữ ổn định.",
            ),
            heading("II. TỒN TẠI, HẠN CHẾ"),
            text(
                "Giải ngân vốn đầu tư công còn chậm ở hai công trình giao thông do vướng mặt bằng. Hệ thống thoát nước khu dân cư số 4 chưa đáp ứng khi mưa trên 150 mm. Việc cập nhật thiệt hại sau mưa lũ ở một số tổ dân phố còn trùng lặp, phải rà soát nhiều lần.",
            ),
            heading("III. NHIỆM VỤ TRỌNG TÂM THÁNG 11 NĂM 2026"),
            text(
                "1. Hoàn thành việc hỗ trợ các hộ dân bị ngập theo quyết định của Ủy ban nhân dân phường, công khai danh sách tại tổ dân phố trước khi chi trả.\n2. Tập trung thu các khoản còn thấp so với dự toán, phấn đấu đến hết ngày 30 tháng 11 đạt 95% dự toán năm.\n3. Bàn giao mặt bằng hai công trình giao thông trước ngày 20 tháng 11; giải ngân tối thiểu 85% kế hoạch vốn.\n4. Tổ chức trực ban phòng, chống bão theo kế hoạch; kiểm tra các điểm sơ tán, xuồng máy, máy phát điện, lương thực dự phòng.\n5. Tỷ lệ hồ sơ trực tuyến đạt từ 80%; không để phản ánh hiện trường quá hạn mà không có lý do.\n6. Chuẩn bị tài liệu trình kỳ họp thường lệ cuối năm của Hội đồng nhân dân phường.",
            ),
            text(
                "Trên đây là báo cáo tình hình kinh tế - xã hội tháng 10 và nhiệm vụ trọng tâm tháng 11 năm 2026 của Ủy ban nhân dân phường An Bình./.",
            ),
        ],
        recipients: strings(&[
            "Thường trực HĐND phường",
            "Chủ tịch, các Phó Chủ tịch UBND phường",
            "Thành viên UBND phường",
            "Lưu: VT",
        ]),
        ..blank(2, "BC-UBND", "Báo cáo", "Tình hình kinh tế - xã hội tháng 10 và nhiệm vụ trọng tâm tháng 11 năm 2026")
    }
}

fn proposal() -> Paper {
    Paper {
        agency: Agency {
            parent: Some("Ủy ban nhân dân\nphường An Bình".into()),
            name: "Phòng Kinh tế, Hạ tầng\nvà Đô thị".into(),
        },
        number: Some(23),
        addressee: "Ủy ban nhân dân phường An Bình".into(),
        body: vec![
            text(
                "Đợt mưa lớn từ ngày 18 đến ngày 21 tháng 10 năm 2026 gây ngập sâu từ 0,5 m đến 1,4 m tại các tổ dân phố số 3, số 4 và số 7. Thực hiện ý kiến chỉ đạo của Chủ tịch Ủy ban nhân dân phường, Phòng Kinh tế, Hạ tầng và Đô thị phối hợp với các tổ dân phố rà soát thiệt hại, kính trình Ủy ban nhân dân phường xem xét, ban hành Quyết định hỗ trợ các hộ dân vùng ngập, cụ thể như sau:",
            ),
            heading("1. Sự cần thiết"),
            text(
                "Qua kiểm tra, 146 hộ có nhà ở bị ngập trên 0,5 m, trong đó 38 hộ thuộc diện nghèo, cận nghèo hoặc có người cao tuổi sống một mình. Nhiều hộ hư hỏng đồ dùng thiết yếu, mất nguồn thu nhập trong thời gian chợ và bến đò dừng hoạt động. Việc hỗ trợ kịp thời giúp người dân ổn định đời sống, khôi phục sản xuất trước mùa vụ mới.",
            ),
            heading("2. Đối tượng và mức hỗ trợ đề nghị"),
            table(
                "",
                &["Nhóm", "Đối tượng", "Số hộ", "Mức hỗ trợ (đồng/hộ)", "Thành tiền (đồng)"],
                &[2, 7, 2, 4, 4],
                &[
                    &[
                        "1",
                        "Hộ nghèo, cận nghèo, hộ có người cao tuổi sống một mình, nhà ngập trên 0,5 m",
                        "38",
                        "3.000.000",
                        "114.000.000",
                    ],
                    &["2", "Hộ khác có nhà ngập từ 1,0 m trở lên", "47", "2.000.000", "94.000.000"],
                    &["3", "Hộ khác có nhà ngập từ 0,5 m đến dưới 1,0 m", "61", "1.000.000", "61.000.000"],
                    &["", "Tổng cộng", "146", "", "269.000.000"],
                ],
            ),
            heading("3. Nguồn kinh phí"),
            text(
                "Từ nguồn dự phòng ngân sách phường năm 2026 (số dư đến ngày 31 tháng 10 là 512 triệu đồng) và Quỹ phòng, chống thiên tai phân bổ cho phường. Sau khi chi, dự phòng ngân sách còn 243 triệu đồng, bảo đảm cho công tác phòng, chống bão trong hai tháng cuối năm.",
            ),
            heading("4. Cách thực hiện"),
            text(
                "Danh sách được niêm yết tại nhà sinh hoạt cộng đồng và trên trang thông tin của phường trong 03 ngày làm việc; ý kiến thắc mắc được trả lời trong 02 ngày làm việc. Chi trả qua tài khoản; hộ không có tài khoản nhận tiền tại Trung tâm Phục vụ hành chính công, có ký nhận.",
            ),
            text(
                "Phòng Kinh tế, Hạ tầng và Đô thị kính trình Ủy ban nhân dân phường xem xét, biểu quyết thông qua. (Kèm theo dự thảo Quyết định và danh sách 146 hộ.)/.",
            ),
        ],
        signer: Signer { lines: vec!["Trưởng phòng".into()], name: String::new() },
        recipients: strings(&["Như trên", "Thành viên UBND phường", "Lưu: VT, KTHTĐT"]),
        ..blank(
            3,
            "TTr-KTHTĐT",
            "Tờ trình",
            "Về việc ban hành Quyết định hỗ trợ các hộ dân vùng ngập trên địa bàn phường trong đợt mưa lớn tháng 10 năm 2026",
        )
    }
}

fn decision() -> Paper {
    Paper {
        authority: "Ủy ban nhân dân phường An Bình".into(),
        grounds: strings(&[
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
            "Căn cứ Luật Phòng, chống thiên tai ngày 19 tháng 6 năm 2013; Luật sửa đổi, bổ sung một số điều của Luật Phòng, chống thiên tai và Luật Đê điều ngày 17 tháng 6 năm 2020;",
            "Căn cứ Biên bản phiên họp Ủy ban nhân dân phường tháng 11 năm 2026;",
            "Theo đề nghị của Trưởng phòng Kinh tế, Hạ tầng và Đô thị tại Tờ trình số 23/TTr-KTHTĐT ngày 03 tháng 11 năm 2026.",
        ]),
        enacting: "Quyết định:".into(),
        body: vec![
            article(
                "Điều 1",
                "Hỗ trợ 146 hộ dân có nhà ở bị ngập trong đợt mưa lớn từ ngày 18 đến ngày 21 tháng 10 năm 2026 với tổng số tiền 269.000.000 đồng (Hai trăm sáu mươi chín triệu đồng), theo các mức sau:",
            ),
            text(
                "a) 3.000.000 đồng/hộ đối với hộ nghèo, hộ cận nghèo, hộ có người cao tuổi sống một mình có nhà ngập trên 0,5 m;\nb) 2.000.000 đồng/hộ đối với hộ khác có nhà ngập từ 1,0 m trở lên;\nc) 1.000.000 đồng/hộ đối với hộ khác có nhà ngập từ 0,5 m đến dưới 1,0 m.\nMỗi hộ chỉ được hỗ trợ theo một mức cao nhất. Danh sách chi tiết kèm theo Quyết định này.",
            ),
            article(
                "Điều 2",
                "Kinh phí thực hiện từ nguồn dự phòng ngân sách phường năm 2026 và Quỹ phòng, chống thiên tai phân bổ cho phường.",
            ),
            article("Điều 3", "Tổ chức thực hiện"),
            text(
                "1. Phòng Kinh tế, Hạ tầng và Đô thị chủ trì, phối hợp với các tổ dân phố niêm yết công khai danh sách trong 03 ngày làm việc, tổng hợp ý kiến, hoàn chỉnh hồ sơ chi trả.\n2. Trung tâm Phục vụ hành chính công chi trả xong trước ngày 25 tháng 11 năm 2026, ưu tiên qua tài khoản.\n3. Phòng Văn hóa - Xã hội rà soát các hộ nghèo, cận nghèo, người cao tuổi sống một mình, không để sót đối tượng.\n4. Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam phường giám sát việc thực hiện.",
            ),
            article("Điều 4", "Quyết định này có hiệu lực kể từ ngày ký."),
            article(
                "Điều 5",
                "Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường, Trưởng các phòng, Giám đốc Trung tâm Phục vụ hành chính công, Tổ trưởng các tổ dân phố số 3, số 4, số 7 và các hộ có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này./.",
            ),
        ],
        recipients: strings(&[
            "Như Điều 5",
            "UBND thành phố (để báo cáo)",
            "Thường trực HĐND phường",
            "Ủy ban MTTQ Việt Nam phường",
            "Lưu: VT, KTHTĐT",
        ]),
        ..blank(
            5,
            "QĐ-UBND",
            "Quyết định",
            "Về việc hỗ trợ các hộ dân vùng ngập trên địa bàn phường An Bình trong đợt mưa lớn tháng 10 năm 2026\n(Dự thảo)",
        )
    }
}

fn plan() -> Paper {
    Paper {
        number: Some(41),
        body: vec![
            text(
                "Để chủ động ứng phó với bão, áp thấp nhiệt đới và mưa lũ trong hai tháng cuối năm 2026, Ủy ban nhân dân phường An Bình ban hành Kế hoạch trực ban như sau:",
            ),
            heading("I. MỤC ĐÍCH, YÊU CẦU"),
            text(
                "1. Bảo đảm thông tin thông suốt 24/24 giờ từ tổ dân phố đến phường và thành phố, kể cả khi mất điện, mất mạng.\n2. Thực hiện phương châm \"bốn tại chỗ\": chỉ huy tại chỗ, lực lượng tại chỗ, phương tiện và vật tư tại chỗ, hậu cần tại chỗ.\n3. Di dời dân ở vùng thấp trũng, ven sông xong trước khi bão đổ bộ ít nhất 06 giờ.",
            ),
            heading("II. PHÂN CÔNG TRỰC"),
            text(
                "Mỗi ca trực 12 giờ, gồm một lãnh đạo, một cán bộ chuyên môn và lực lượng cơ động. Ca ngày từ 06 giờ 00 đến 18 giờ 00; ca đêm từ 18 giờ 00 đến 06 giờ 00 hôm sau. Người trực bàn giao bằng sổ, ghi rõ mực nước, lượng mưa và việc còn tồn.",
            ),
            table(
                "Bảng phân công trực từ ngày 09 đến ngày 15 tháng 11 năm 2026",
                &["Ngày", "Lãnh đạo trực", "Cán bộ trực", "Lực lượng cơ động"],
                &[2, 4, 4, 4],
                &[
                    &["09/11", "Chủ tịch UBND phường", "Văn phòng HĐND và UBND", "Dân quân tiểu đội 1"],
                    &["10/11", "Phó Chủ tịch (kinh tế)", "Phòng Kinh tế, Hạ tầng và Đô thị", "Dân quân tiểu đội 2"],
                    &["11/11", "Phó Chủ tịch (văn hóa - xã hội)", "Phòng Văn hóa - Xã hội", "Công an phường"],
                    &["12/11", "Chỉ huy trưởng Ban CHQS phường", "Trung tâm Phục vụ hành chính công", "Dân quân tiểu đội 1"],
                    &["13/11", "Trưởng Công an phường", "Văn phòng HĐND và UBND", "Tổ an ninh trật tự cơ sở"],
                    &["14/11", "Phó Chủ tịch (kinh tế)", "Phòng Kinh tế, Hạ tầng và Đô thị", "Dân quân tiểu đội 2"],
                    &["15/11", "Chủ tịch UBND phường", "Phòng Văn hóa - Xã hội", "Công an phường"],
                ],
            ),
            heading("III. PHƯƠNG TIỆN, ĐIỂM SƠ TÁN"),
            table(
                "",
                &["TT", "Điểm sơ tán", "Sức chứa (người)", "Tổ dân phố được phân về", "Máy phát điện"],
                &[1, 5, 2, 4, 2],
                &[
                    &["1", "Trường Tiểu học số 2, nhà ba tầng", "320", "Số 3, số 4", "01"],
                    &["2", "Trường Trung học cơ sở An Bình", "450", "Số 5, số 6, số 7", "01"],
                    &["3", "Trụ sở UBND phường, hội trường tầng 2", "120", "Số 1, số 2", "01"],
                    &["4", "Trạm y tế phường", "40", "Người bệnh, phụ nữ mang thai", "01"],
                ],
            ),
            text(
                "Phương tiện gồm 02 xuồng máy, 06 thuyền nhôm, 120 áo phao, 02 cưa máy, 01 xe tải mượn của đơn vị trên địa bàn. Lương thực dự phòng: 1,5 tấn gạo, 300 thùng mì, 400 thùng nước uống, hợp đồng với hai cửa hàng cung ứng trong 02 giờ.",
            ),
            heading("IV. TỔ CHỨC THỰC HIỆN"),
            text(
                "1. Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường theo dõi việc trực, tổng hợp báo cáo trước 06 giờ 30 và 17 giờ 00 hằng ngày; khi có tình huống khẩn cấp thì báo cáo ngay.\n2. Ban Chỉ huy Quân sự, Công an phường chuẩn bị lực lượng, phương tiện cứu hộ; tổ chức diễn tập cơ chế vào ngày 07 tháng 11.\n3. Tổ trưởng tổ dân phố lập danh sách hộ phải di dời, người già yếu, trẻ em, phụ nữ mang thai; gửi về phường trước ngày 06 tháng 11.\n4. Trạm y tế chuẩn bị cơ số thuốc, hóa chất khử khuẩn nước.",
            ),
            text(
                "Các phòng, đơn vị và tổ dân phố triển khai thực hiện; nếu có vướng mắc, báo cáo Chủ tịch Ủy ban nhân dân phường xem xét, quyết định./.",
            ),
        ],
        recipients: strings(&[
            "UBND thành phố (để báo cáo)",
            "Thành viên UBND phường",
            "Các phòng, đơn vị thuộc phường",
            "Tổ trưởng các tổ dân phố",
            "Lưu: VT",
        ]),
        ..blank(4, "KH-UBND", "Kế hoạch", "Trực ban phòng, chống bão và mưa lũ tháng 11, tháng 12 năm 2026")
    }
}

/// Bears a secrecy mark: must be refused.
pub fn marked_secret() -> Paper {
    Paper {
        number: Some(1),
        secrecy: "MẬT".into(),
        body: vec![text("Đây là văn bản mẫu để thử việc từ chối tài liệu có dấu chỉ độ mật. Nội dung không chứa thông tin nào.")],
        recipients: strings(&["Lưu: VT"]),
        ..blank(4, "TB-UBND", "Thông báo", "Văn bản mẫu có dấu chỉ độ mật")
    }
}

/// Speaks of security in a sentence: must be taken in.
pub fn about_security() -> Paper {
    Paper {
        number: Some(52),
        body: vec![
            text("Để bảo đảm an toàn thông tin khi sử dụng phòng họp không giấy, Ủy ban nhân dân phường thông báo:"),
            text(
                "1. Mỗi đại biểu tự bảo quản thiết bị và giữ bảo mật cụm mật khẩu; không ghi mật khẩu lên thiết bị.\n2. Tài liệu thuộc danh mục bí mật nhà nước, độ Mật trở lên, không được đưa vào phòng họp này.\n3. Khi mất thiết bị, báo ngay cho Văn phòng để thu hồi quyền truy cập.",
            ),
            text("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường hướng dẫn, kiểm tra việc thực hiện./."),
        ],
        recipients: strings(&["Thành viên UBND phường", "Các phòng, đơn vị", "Lưu: VT"]),
        ..blank(4, "TB-UBND", "Thông báo", "Về việc bảo mật khi sử dụng phòng họp không giấy")
    }
}
