//! A sheet of invitations to print: one page that opens in any browser, without scripts and without anything from elsewhere.

use std::fmt::Write as _;

use domain::calendar;
use domain::id::Timestamp;

use crate::markup::escaped;
use crate::qr;

/// One invitation on the sheet.
pub(crate) struct Slip {
    pub name: String,
    pub title: String,
    pub unit_name: String,
    /// What is handed over.
    pub text: zeroize::Zeroizing<String>,
    /// The file that says the same.
    pub file: String,
}

const STYLE: &str = "body{font:12pt/1.4 \"Times New Roman\",serif;margin:12mm;color:#000;background:#fff}\
section{display:flex;gap:8mm;border:1px dashed #000;padding:6mm;margin:0 0 6mm;break-inside:avoid}\
svg{width:62mm;height:62mm;flex:none}h1{font-size:15pt}h2{font-size:14pt;margin:0}p{margin:1mm 0}small{font-size:10pt}";

/// The sheet. Vietnamese, because it is handed to people of the office.
pub(crate) fn sheet(organisation: &str, expires_at: Timestamp, slips: &[Slip]) -> zeroize::Zeroizing<String> {
    let mut page = zeroize::Zeroizing::new(String::new());
    let until = calendar::in_words(expires_at);
    let _ = write!(
        page,
        "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>Phiếu mời – {0}</title><style>{STYLE}</style><h1>Phiếu mời tham gia {0}</h1>\
         <p>Mỗi phiếu chỉ dùng được một lần, cho một người, đến {until}. Ai cầm phiếu là vào được: hãy trao tận tay, cắt rời từng phiếu và hủy phiếu đã dùng.</p>",
        escaped(organisation)
    );
    for slip in slips {
        let picture = qr::view(&slip.text).map_or_else(String::new, |qr| qr::svg(&qr));
        let _ = write!(
            page,
            "<section>{picture}<div><h2>{}</h2><p>{}</p><p>{}</p><p>Cài chương trình, chọn “Tham gia tổ chức”, “Có phiếu mời”, rồi quét mã này hoặc mở tệp <b>{}</b>.</p><p><small>Dùng một lần, đến {until}. Không chụp, không gửi cho người khác.</small></p></div></section>",
            escaped(&slip.name),
            escaped(&slip.title),
            escaped(&slip.unit_name),
            escaped(&slip.file)
        );
    }
    page.push_str("</html>\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_part_of_the_page() {
        let slip = Slip {
            name: "<script>alert(1)</script>".into(),
            title: "\"Trưởng\" phòng".into(),
            unit_name: "A & B".into(),
            text: zeroize::Zeroizing::new("KYHOP1:ABCD".into()),
            file: "001.kyhop-invitation".into(),
        };
        let page = sheet("Thành phố <b>", Timestamp(1_790_000_000_000), &[slip]);
        assert!(!page.contains("<script") && !page.contains("phố <b>"));
        assert!(page.contains("&lt;script&gt;") && page.contains("A &amp; B") && page.contains("<svg"));
    }
}
