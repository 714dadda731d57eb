//! The page of an archive. Plain HTML with its style inside: it must open in fifty years, from a stick, without a network.

use api::view::{ItemRow, MemberRow, PaperRow, RoomView, VoteView};
use domain::calendar::{in_words, iso8601_seconds};
use domain::id::Hash32;
use domain::meeting::MeetingRole;
use domain::official::OfficialKind;
use domain::vote::{Marking, PlaceTotal, Standing, ranked};

use super::official;
use crate::markup::escaped;

/// No scripts, nothing from anywhere, whatever a title says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = "body{font:17px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f1a24;background:#fff}\
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #ddd}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #ddd}\
a{color:#5b2a86}small,code{color:#55505a}code{word-break:break-all}ul{padding-left:1.2rem}\
@media (prefers-color-scheme:dark){body{background:#1b171f;color:#eee}a{color:#c9a3ea}small,code{color:#bbb}h2,th,td{border-color:#444}}";

/// What the page links to.
pub(crate) struct Links<'a> {
    /// The file of a version of a paper, by its hash.
    pub papers: &'a dyn Fn(&Hash32) -> Option<String>,
    /// The evidence of a vote.
    pub votes: &'a dyn Fn(&VoteView) -> Option<String>,
    /// The official documents that are there.
    pub officials: &'a [OfficialKind],
    /// Fingerprint of the organisation's root.
    pub root: &'a str,
}

/// Writes the page.
pub(crate) fn page(room: &RoomView, links: &Links<'_>) -> String {
    let row = &room.row;
    let title = escaped(&row.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n\
<p>{} · <time datetime=\"{}\">{}</time> · {}</p>\n",
        escaped(&row.body),
        iso8601_seconds(row.starts_at),
        in_words(row.starts_at),
        escaped(&row.place)
    );
    let quorum = room.quorum;
    section(&mut out, "Người dự", &people(&room.members));
    out.push_str(&format!("<p>Có mặt {}/{}, cần {}.</p>\n", quorum.present, quorum.total, quorum.needed));
    section(&mut out, "Chương trình và tài liệu", &agenda(room, links));
    section(&mut out, "Biểu quyết", &room.votes.iter().rev().map(|vote| ballot(vote, links)).collect::<String>());
    let conclusions: String = room.conclusions.iter().map(|text| format!("<li>{}</li>", escaped(text))).collect();
    section(&mut out, "Kết luận", &list("ol", &conclusions));
    let named = |kind: OfficialKind| match kind {
        OfficialKind::Minutes => "Biên bản (PDF)",
        OfficialKind::Resolution => "Nghị quyết (PDF)",
        OfficialKind::Notice => "Thông báo kết luận (PDF)",
    };
    let officials = links.officials.iter().map(|kind| format!("<p>{}</p>", link(official(*kind), named(*kind))));
    section(&mut out, "Văn bản của cuộc họp", &officials.collect::<String>());
    out.push_str(&format!(
        "<h2>Kiểm tra hồ sơ này</h2>\n<p>Tệp <code>SHA256SUMS</code> ghi mã băm của từng tệp, tệp <code>SEAL.kyhopseal</code> là chữ ký của máy đã xuất hồ sơ. \
Kiểm tra không cần mạng:</p>\n<p><code>kyhop meeting verify-archive THƯ_MỤC_HOẶC_TỆP_ZIP --root {0}</code></p>\n\
<p><small>Dấu vân tay khóa gốc ở trên chỉ có giá trị khi so với dấu vân tay mà bạn có từ nơi khác.</small></p>\n</body></html>\n",
        escaped(links.root)
    ));
    out
}

fn section(out: &mut String, heading: &str, content: &str) {
    if !content.is_empty() {
        out.push_str(&format!("<h2>{heading}</h2>\n{content}\n"));
    }
}

fn list(kind: &str, items: &str) -> String {
    if items.is_empty() { String::new() } else { format!("<{kind}>{items}</{kind}>") }
}

fn people(members: &[MemberRow]) -> String {
    let role = |role| match role {
        MeetingRole::Chair => "Chủ tọa",
        MeetingRole::Secretary => "Thư ký",
        MeetingRole::Delegate => "Đại biểu",
        MeetingRole::Guest => "Khách mời",
    };
    let rows: String = members
        .iter()
        .map(|member| {
            let here = member.attendance.first().map_or_else(|| "không điểm danh".to_owned(), in_words);
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{here}</td></tr>",
                escaped(&member.name),
                escaped(&member.title),
                role(member.role)
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    let head = "<tr><th scope=\"col\">Họ và tên</th><th scope=\"col\">Chức vụ</th><th scope=\"col\">Vai trò</th><th scope=\"col\">Điểm danh</th></tr>";
    format!("<table><thead>{head}</thead><tbody>{rows}</tbody></table>")
}

fn agenda(room: &RoomView, links: &Links<'_>) -> String {
    let item = |row: &ItemRow| {
        let presenter = if row.item.presenter.is_empty() {
            String::new()
        } else {
            format!(" <small>{}</small>", escaped(&row.item.presenter))
        };
        format!("<li><b>{}</b> {}{presenter}{}</li>", escaped(&row.number), escaped(&row.item.title), papers(&row.papers, links))
    };
    let items: String = room.items.iter().map(item).collect();
    let loose = papers(&room.papers, links);
    let loose = if loose.is_empty() { loose } else { format!("<p>Tài liệu chung</p>{loose}") };
    format!("{}{loose}", list("ul", &items))
}

fn papers(papers: &[PaperRow], links: &Links<'_>) -> String {
    let mut items = String::new();
    for paper in papers {
        if let Some(withdrawn) = &paper.withdrawn {
            items.push_str(&format!(
                "<li>{} <small>đã thu hồi {}, {}. {}</small></li>",
                escaped(&paper.title),
                in_words(withdrawn.at),
                escaped(&withdrawn.by),
                escaped(&withdrawn.reason)
            ));
            continue;
        }
        for version in &paper.versions {
            let text = format!("{} (bản {})", paper.title, version.number);
            let shown = match (links.papers)(&version.version) {
                Some(path) => link(&path, &text),
                None => format!("{} <small>tệp không có trên máy đã xuất</small>", escaped(&text)),
            };
            items.push_str(&format!("<li>{shown}</li>"));
        }
    }
    list("ul", &items)
}

fn ballot(vote: &VoteView, links: &Links<'_>) -> String {
    let result = match vote.outcome {
        None => unopened(vote),
        Some(outcome) => format!(
            "tán thành {}, không tán thành {}, không biểu quyết {}, trên tổng số {}; cần {}: <b>{}</b>{}",
            outcome.votes_for,
            outcome.against,
            outcome.not_voting,
            outcome.roll,
            outcome.needed,
            if outcome.passed { "được thông qua" } else { "không được thông qua" },
            if vote.is_final { "" } else { " (tạm tính)" }
        ),
    };
    let result = match &vote.secret {
        None => result,
        Some(secret) => {
            let tellers: Vec<String> = secret.tellers.iter().map(|teller| escaped(&teller.name)).collect();
            format!(
                "{result}<br>Bỏ phiếu kín. Ban kiểm phiếu: {}; cần {} người để mở kết quả.",
                tellers.join(", "),
                secret.needed
            )
        }
    };
    let evidence = (links.votes)(vote).map(|path| format!("<br>{}", link(&path, "Chứng cứ biểu quyết"))).unwrap_or_default();
    format!(
        "<p><b>{}</b><br>{result}<br><small>{}: {}</small>{evidence}</p>",
        escaped(&vote.question),
        escaped(&vote.profile.name),
        escaped(&vote.profile.legal_basis)
    )
}

/// A vote without a decision: open, sealed, or of a form that decides nothing by itself.
fn unopened(vote: &VoteView) -> String {
    if vote.closed_at.is_none() {
        return "chưa kết thúc".to_owned();
    }
    let Some(outcome) = vote.totals() else {
        return "đã đóng, kết quả chưa được mở".to_owned();
    };
    let place = |total: &PlaceTotal| {
        let level = match total.mark {
            Marking::High => ": tín nhiệm cao",
            Marking::Medium => ": tín nhiệm",
            Marking::Low => ": tín nhiệm thấp",
            _ => "",
        };
        let standing = match total.standing {
            Some(Standing::Chosen) => ", được chọn",
            Some(Standing::Tied) => ", bằng phiếu, chưa quyết định",
            Some(Standing::NotChosen) | None => "",
        };
        format!("{}{level}: {}{standing}", escaped(&total.option), total.votes)
    };
    let places: Vec<String> = ranked(&outcome.places).into_iter().map(|(_, total)| place(total)).collect();
    format!("{} phiếu trên tổng số {}; {}", outcome.counted, outcome.roll, places.join("; "))
}

fn link(path: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", address(path), escaped(text))
}

/// A relative path as an address (RFC 3986): everything but letters, digits, `-`, `.`, `_`, `~` and `/` is encoded.
fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_and_never_markup_or_an_address_of_its_own() {
        assert_eq!(address("papers/01-v1-báo cáo#1?.pdf"), "papers/01-v1-b%C3%A1o%20c%C3%A1o%231%3F.pdf");
        assert_eq!(address("javascript:x"), "javascript%3Ax");
    }
}
