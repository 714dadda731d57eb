//! Minutes (biên bản): from the record to what the template prints.

use serde_json::{Value, json};

use crate::TypesetError;
use crate::date::Local;
use crate::limits::{
    MAX_AWAY, MAX_BALLOTS, MAX_CONCLUSIONS, MAX_ITEMS, MAX_PAPERS, MAX_PEOPLE, MAX_PLACES, MAX_RECIPIENTS, MAX_REMARKS_PER_ITEM,
    MAX_TELLERS, MAX_VOTES, MAX_VOTES_PER_ITEM,
};
use crate::record::{
    AgendaItem, Attendance, Attendee, Ballot, Choice, Finality, LateBallot, MinutesRecord, PaperRef, Person, PlaceCount,
    SecretCount, SecretResult, VoteRecord,
};
use crate::text::{Texts, at_most};
use crate::world::{Template, Typeset, produce};

/// Typesets the minutes of a sitting by the layout of Decree 30/2020/NĐ-CP. The same record gives the same bytes.
/// The result has two anchors, `secretary` (left) and `chair` (right), both on one page.
///
/// # Errors
/// [`TypesetError::TooMany`] and [`TypesetError::TextTooLong`] beyond [`crate::limits`], [`TypesetError::Missing`] without
/// agency, title, chair or secretary, [`TypesetError::BadDate`], [`TypesetError::Layout`].
pub fn minutes(record: &MinutesRecord) -> Result<Typeset, TypesetError> {
    check_counts(record)?;
    let mut texts = Texts::default();
    let date = Local::of(record.date, "the minutes")?;
    let data = view(record, date, &mut texts)?;
    produce(Template::Minutes, &data, date, &["secretary", "chair"], texts.missing())
}

fn check_counts(record: &MinutesRecord) -> Result<(), TypesetError> {
    let Attendance { present, absent, guests, .. } = &record.attendance;
    at_most("members", present.len() + absent.len(), MAX_PEOPLE)?;
    at_most("guests", guests.len(), MAX_PEOPLE)?;
    at_most("agenda items", record.items.len(), MAX_ITEMS)?;
    at_most("papers", record.papers.len(), MAX_PAPERS)?;
    at_most("conclusions", record.conclusions.len(), MAX_CONCLUSIONS)?;
    at_most("recipients", record.recipients.len(), MAX_RECIPIENTS)?;
    for item in &record.items {
        at_most("votes on one item", item.votes.len(), MAX_VOTES_PER_ITEM)?;
        at_most("remarks on one item", item.remarks.len(), MAX_REMARKS_PER_ITEM)?;
        at_most("papers of one item", item.papers.len(), MAX_PAPERS)?;
    }
    let votes = || record.items.iter().flat_map(|item| &item.votes);
    at_most("votes", votes().count(), MAX_VOTES)?;
    at_most("ballots", votes().map(|vote| vote.ballots.len() + vote.late.len()).sum(), MAX_BALLOTS)
}

fn view(record: &MinutesRecord, date: Local, texts: &mut Texts) -> Result<Value, TypesetError> {
    let title = texts.required("the title", &record.title)?;
    let place = texts.line("the place", &record.place)?;
    let ended = Local::of(record.ended, "the end")?.date_time();
    let items = record.items.iter().map(|item| item_view(item, texts)).collect::<Result<Vec<_>, _>>()?;
    let conclusions = record.conclusions.iter().map(|text| texts.lines("a conclusion", text)).collect::<Result<Vec<_>, _>>()?;
    let recipients = record.recipients.iter().map(|text| texts.line("a recipient", text)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "document_title": format!("Biên bản {title}"),
        "title": title,
        "agency": agency(&record.agency, texts)?,
        "symbol_line": symbol_line(record.number, &record.symbol, texts)?,
        "place_date": place_date(&place, date),
        "started": format!("{}.", Local::of(record.started, "the beginning")?.date_time()),
        "ended": format!("Cuộc họp kết thúc vào {ended}./."),
        "venue": sentence(texts.line("the venue", &record.venue)?),
        "chair_line": sentence(person(&record.chair, "the chair", texts)?),
        "secretary_line": sentence(person(&record.secretary, "the secretary", texts)?),
        "attendance": attendance(&record.attendance, texts)?,
        "items": items,
        "conclusions": conclusions,
        "papers": papers(&record.papers, texts)?,
        "recipients": closed_list(recipients),
        "signers": [
            { "role": "Thư ký", "anchor": "secretary", "name": texts.line("the secretary", &record.secretary.name)? },
            { "role": "Chủ tọa", "anchor": "chair", "name": texts.line("the chair", &record.chair.name)? },
        ],
    }))
}

pub(crate) fn agency(agency: &crate::record::Agency, texts: &mut Texts) -> Result<Value, TypesetError> {
    let name = texts.lines("the agency", &agency.name)?;
    if name.is_empty() {
        return Err(TypesetError::Missing { field: "the agency" });
    }
    Ok(json!({ "name": name, "parent": texts.lines("the agency above", agency.parent.as_deref().unwrap_or_default())? }))
}

/// `Số: 05/BB-UBND`; below 10 with a zero (Decree 30/2020/NĐ-CP, Art. 15 and Annex I, II.3).
pub(crate) fn symbol_line(number: Option<u32>, symbol: &str, texts: &mut Texts) -> Result<String, TypesetError> {
    let symbol = texts.line("the symbol", symbol)?;
    Ok(match number {
        Some(number) => format!("Số: {number:02}/{symbol}"),
        None => format!("Số: \u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}/{symbol}"),
    })
}

pub(crate) fn place_date(place: &str, date: Local) -> String {
    if place.is_empty() { date.date() } else { format!("{place}, {}", date.date()) }
}

/// A list as recipients are written: semicolons, and a full stop at the end.
pub(crate) fn closed_list(mut lines: Vec<String>) -> Vec<String> {
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter_mut().enumerate() {
        let end = line.trim_end_matches([';', '.', ',']).len();
        line.truncate(end);
        line.push(if at == last { '.' } else { ';' });
    }
    lines
}

pub(crate) fn sentence(text: String) -> String {
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { text } else { text + "." }
}

pub(crate) fn person(person: &Person, field: &'static str, texts: &mut Texts) -> Result<String, TypesetError> {
    let name = texts.required(field, &person.name)?;
    let position = texts.line("an office", &person.position)?;
    Ok(if position.is_empty() { name } else { format!("{name}, {position}") })
}

fn attendance(attendance: &Attendance, texts: &mut Texts) -> Result<Value, TypesetError> {
    let Attendance { total, quorum_needed, present, absent, .. } = attendance;
    let basis = texts.line("the rule on quorum", &attendance.quorum_basis)?;
    let basis = if basis.is_empty() { String::new() } else { format!(" ({})", basis.trim_end_matches('.')) };
    let enough = if present.len() >= *quorum_needed as usize { "đủ" } else { "không đủ" };
    let summary = format!(
        "có mặt {}/{total} thành viên, vắng mặt {}; {enough} điều kiện họp, cần ít nhất {quorum_needed} thành viên{basis}.",
        present.len(),
        absent.len()
    );
    let mut rows = Vec::new();
    for member in present {
        rows.push(attendance_row(rows.len(), &member.person, presence(member)?, texts)?);
    }
    for member in absent {
        let state = match member.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
            Some(reason) => format!("Vắng có lý do: {}", texts.line("a reason", reason)?),
            None if member.excused => "Vắng có phép".to_owned(),
            None => "Vắng không lý do".to_owned(),
        };
        rows.push(attendance_row(rows.len(), &member.person, state, texts)?);
    }
    let guests = attendance.guests.iter().map(|guest| person(guest, "a guest", texts)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "summary": summary, "rows": rows, "guests": guests }))
}

/// "Có mặt từ 08 giờ 20; ra ngoài từ 09 giờ 00 đến 09 giờ 30; ra về lúc 10 giờ 40".
fn presence(member: &Attendee) -> Result<String, TypesetError> {
    let time = |at, what| Ok::<_, TypesetError>(Local::of(at, what)?.time());
    let mut parts = vec![match member.late_since {
        Some(since) => format!("Có mặt từ {}", time(since, "an arrival")?),
        None => "Có mặt".to_owned(),
    }];
    at_most("absences of one member", member.away.len(), MAX_AWAY)?;
    for away in &member.away {
        let from = time(away.from, "a departure")?;
        parts.push(match away.until {
            Some(until) => format!("ra ngoài từ {from} đến {}", time(until, "a return")?),
            None => format!("ra về lúc {from}"),
        });
    }
    Ok(parts.join("; "))
}

fn attendance_row(before: usize, person: &Person, state: String, texts: &mut Texts) -> Result<Value, TypesetError> {
    let (name, position) = (texts.required("a member", &person.name)?, texts.line("an office", &person.position)?);
    Ok(json!({ "number": (before + 1).to_string(), "name": name, "position": position, "state": state }))
}

fn papers(papers: &[PaperRef], texts: &mut Texts) -> Result<Vec<Value>, TypesetError> {
    papers
        .iter()
        .enumerate()
        .map(|(at, paper)| {
            let (title, hash) = (texts.line("a paper", &paper.title)?, texts.line("a hash", &paper.hash_short)?);
            Ok(json!({ "number": (at + 1).to_string(), "title": title, "hash": hash }))
        })
        .collect()
}

fn item_view(item: &AgendaItem, texts: &mut Texts) -> Result<Value, TypesetError> {
    let number = texts.line("an item's number", &item.number)?;
    let title = texts.required("an item's title", &item.title)?;
    let heading = if number.is_empty() { title } else { format!("{}. {title}", number.trim_end_matches('.')) };
    let papers = item
        .papers
        .iter()
        .map(|paper| {
            let (title, hash) = (texts.line("a paper", &paper.title)?, texts.line("a hash", &paper.hash_short)?);
            Ok(if hash.is_empty() { title } else { format!("{title} (mã đối chiếu {hash})") })
        })
        .collect::<Result<Vec<_>, TypesetError>>()?;
    let remarks = item
        .remarks
        .iter()
        .map(|remark| {
            Ok(json!({ "speaker": texts.line("a speaker", &remark.speaker)?, "text": texts.lines("a remark", &remark.text)? }))
        })
        .collect::<Result<Vec<_>, TypesetError>>()?;
    let several = item.votes.len() > 1;
    let votes = item
        .votes
        .iter()
        .enumerate()
        .map(|(at, vote)| {
            let heading = if several { format!("Biểu quyết lần {}:", at + 1) } else { "Biểu quyết:".to_owned() };
            vote_view(vote, &heading, texts)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let presenter = texts.line("a presenter", item.presenter.as_deref().unwrap_or_default())?;
    Ok(json!({
        "heading": heading,
        "presenter": presenter.trim_end_matches('.'),
        "papers": papers,
        "discussion": texts.lines("a discussion", &item.discussion)?,
        "remarks": remarks,
        "votes": votes,
        "conclusion": texts.lines("a conclusion", &item.conclusion)?,
    }))
}

fn vote_view(vote: &VoteRecord, heading: &str, texts: &mut Texts) -> Result<Value, TypesetError> {
    let third = match vote.not_voting_label.as_deref() {
        Some(label) => texts.line("an option", label)?,
        None => "Không biểu quyết".to_owned(),
    };
    let profile = texts.line("a rule profile", &vote.profile_name)?;
    let basis = texts.line("a legal basis", &vote.legal_basis)?;
    let note = texts.line("a note", &vote.note)?;
    let how = if vote.secret.is_some() { "bỏ phiếu kín" } else { "biểu quyết công khai" };
    let basis = if basis.is_empty() { String::new() } else { format!(" Căn cứ: {}.", basis.trim_end_matches('.')) };
    let (opened, closed) = (Local::of(vote.opened, "a vote's opening")?, Local::of(vote.closed, "a vote's close")?);
    let VoteRecord { needed, base, in_favour, against, not_voting, no_ballot, .. } = vote;
    let rule = format!(
        "Hình thức: {how}, từ {} đến {}. Quy tắc: {}.{basis} Điều kiện thông qua: ít nhất {needed}/{base} tán thành.",
        opened.time(),
        closed.time(),
        profile.trim_end_matches('.')
    );
    let result = format!(
        "{in_favour}/{base} tán thành, {against}/{base} không tán thành, {not_voting}/{base} {}, {no_ballot}/{base} không bỏ phiếu; nội dung ",
        lower_first(&third)
    );
    let finality = match vote.finality {
        Finality::Final => "kết quả chính thức",
        Finality::Provisional => "kết quả tạm tính, chưa được quá nửa số thiết bị trong danh sách xác nhận",
    };
    let note = if note.is_empty() { String::new() } else { format!(" {}", sentence(note)) };
    let count = |label: &str, value: u32| json!({ "label": label, "value": value.to_string() });
    let totals = |value: u32| count("Tổng số", value);
    let ballots = vote
        .ballots
        .iter()
        .enumerate()
        .map(|(at, ballot)| ballot_view(at, ballot, &third, texts))
        .collect::<Result<Vec<_>, _>>()?;
    let late = vote.late.iter().map(|ballot| late_view(ballot, &third, texts)).collect::<Result<Vec<_>, _>>()?;
    let none = count("Không bỏ phiếu", *no_ballot);
    let decision = json!([
        totals(*base),
        count("Tán thành", *in_favour),
        count("Không tán thành", *against),
        count(&third, *not_voting),
        none,
    ]);
    let verdict = if vote.passed { "ĐƯỢC THÔNG QUA" } else { "KHÔNG ĐƯỢC THÔNG QUA" };
    let firm = format!(" ({finality}).{note}");
    let secret = vote.secret.as_ref().map(|secret| secret_view(secret, texts)).transpose()?.unwrap_or_default();
    let open_places = place_rows(vote.places.as_deref().unwrap_or_default(), texts)?;
    let (counts, result, verdict, firm) = match (vote.secret.as_ref().map(|secret| &secret.result), &vote.places) {
        // Totals of such a ballot are for the body to judge: there is no one question that passes or fails.
        (Some(SecretResult::Places(_)), _) | (None, Some(_)) => {
            let cast = base.saturating_sub(*no_ballot);
            let told = "số phiếu của từng nội dung ở bảng dưới đây".to_owned();
            (json!([totals(*base), count("Số phiếu", cast), none]), told, "", firm)
        }
        (None | Some(SecretResult::Decision), _) => (decision, result, verdict, firm),
        (Some(SecretResult::Sealed(why)), _) => {
            let why = sentence(texts.line("a reason", why)?);
            (json!([totals(*base), none]), format!("{why} "), "KHÔNG CÓ KẾT QUẢ", ".".to_owned())
        }
    };
    Ok(json!({
        "heading": heading,
        "question": sentence(texts.required("a question", &vote.question)?),
        "rule": rule,
        "tellers": secret.tellers,
        "counts": counts,
        "sentence": result,
        "verdict": verdict,
        "finality": firm,
        "places": if secret.places.is_empty() { open_places } else { secret.places },
        "ballots": ballots,
        "late": closed_list(late),
    }))
}

/// What the template prints of a secret ballot only.
#[derive(Default)]
struct SecretLines {
    tellers: String,
    places: Vec<Value>,
}

fn secret_view(secret: &SecretCount, texts: &mut Texts) -> Result<SecretLines, TypesetError> {
    at_most("tellers", secret.tellers.len(), MAX_TELLERS)?;
    let names = secret.tellers.iter().map(|name| texts.required("a teller", name)).collect::<Result<Vec<_>, _>>()?;
    let tellers = format!(
        "Ban kiểm phiếu: {}; kết quả do ít nhất {}/{} thành viên cùng mở, không ai mở được từng lá phiếu một mình.",
        names.join(", "),
        secret.tellers_needed,
        names.len()
    );
    let SecretResult::Places(places) = &secret.result else {
        return Ok(SecretLines { tellers, places: Vec::new() });
    };
    Ok(SecretLines { tellers, places: place_rows(places, texts)? })
}

fn place_rows(places: &[PlaceCount], texts: &mut Texts) -> Result<Vec<Value>, TypesetError> {
    at_most("places of a ballot", places.len(), MAX_PLACES)?;
    let row = |(at, place): (usize, &PlaceCount)| {
        let label = texts.required("an option", &place.label)?;
        Ok::<_, TypesetError>(json!({ "number": (at + 1).to_string(), "label": label, "votes": place.votes.to_string() }))
    };
    places.iter().enumerate().map(row).collect()
}

fn ballot_view(at: usize, ballot: &Ballot, third: &str, texts: &mut Texts) -> Result<Value, TypesetError> {
    let note = match ballot.paper_witness.as_deref() {
        Some(witness) => format!("Phiếu giấy, người chứng kiến: {}", texts.line("a witness", witness)?),
        None => String::new(),
    };
    let name = texts.required("a voter", &ballot.name)?;
    let choice = match ballot.marked.as_deref() {
        Some(marked) => texts.line("a ballot", marked)?,
        None => choice_label(ballot.choice, third).to_owned(),
    };
    Ok(json!({ "number": (at + 1).to_string(), "name": name, "choice": choice, "note": note }))
}

fn late_view(ballot: &LateBallot, third: &str, texts: &mut Texts) -> Result<String, TypesetError> {
    let name = texts.required("a voter", &ballot.name)?;
    Ok(match ballot.choice {
        Some(choice) => format!("{name}: {}", lower_first(choice_label(choice, third))),
        None => name,
    })
}

fn choice_label(choice: Choice, third: &str) -> &str {
    match choice {
        Choice::InFavour => "Tán thành",
        Choice::Against => "Không tán thành",
        Choice::NotVoting => third,
        Choice::NoBallot => "Không bỏ phiếu",
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn numbers_below_ten_get_a_zero_and_an_unnumbered_draft_leaves_room() {
        let mut texts = Texts::default();
        assert_eq!(symbol_line(Some(5), "BB-UBND", &mut texts).unwrap(), "Số: 05/BB-UBND");
        assert_eq!(symbol_line(Some(128), "BB-UBND", &mut texts).unwrap(), "Số: 128/BB-UBND");
        assert!(symbol_line(None, "BB-UBND", &mut texts).unwrap().ends_with("\u{a0}/BB-UBND"));
    }

    #[test]
    fn a_list_of_recipients_ends_as_the_decree_wants_it() {
        let list = closed_list(vec!["UBND thành phố".into(), "Như trên;".into(), "Lưu: VT, HĐND.".into()]);
        assert_eq!(list, ["UBND thành phố;", "Như trên;", "Lưu: VT, HĐND."]);
        assert!(closed_list(Vec::new()).is_empty());
    }
}
