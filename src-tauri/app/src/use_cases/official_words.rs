//! The words of minutes, resolution and notice as the record gives them; a person edits them before anybody signs.

use api::task::{ConclusionTasks, TaskRow};
use domain::calendar::VnDate;
use domain::limits::{OFFICIAL_LINE_CHARS, TITLE_CHARS};
use domain::official::{OfficialKind, OfficialText};
use typeset::{AgendaItem, Finality, MinutesRecord, Paper, Signer, VoteRecord, blocks};

use super::invitation::symbol;

/// Bodies by the beginnings of their names, and how a collective signs (Decree 30/2020/NĐ-CP, Art. 13: `TM.`).
const COLLECTIVES: [(&str, &str); 5] = [
    ("hội đồng nhân dân", "TM. Hội đồng nhân dân"),
    ("hđnd", "TM. Hội đồng nhân dân"),
    ("ủy ban nhân dân", "TM. Ủy ban nhân dân"),
    ("uỷ ban nhân dân", "TM. Ủy ban nhân dân"),
    ("ubnd", "TM. Ủy ban nhân dân"),
];
/// Where the office ends and the name of the body begins in a person's title.
const OF_A_BODY: [&str; 5] = [" Ủy ban", " Uỷ ban", " UBND", " Hội đồng", " HĐND"];
/// The heading of what the minutes tell beside the record.
const BESIDE: &str = "Nội dung khác";

/// What a person typed: lines without space around them, none empty.
pub(super) fn tidied(mut text: OfficialText) -> OfficialText {
    for line in [&mut text.symbol, &mut text.place, &mut text.title] {
        *line = line.trim().to_owned();
    }
    for lines in [&mut text.grounds, &mut text.body, &mut text.recipients, &mut text.signer] {
        *lines = lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    }
    text
}

/// The words of the minutes that stand beside the record.
pub(super) fn minutes(record: &MinutesRecord) -> OfficialText {
    OfficialText {
        number: record.number,
        symbol: record.symbol.clone(),
        place: record.place.clone(),
        title: record.title.clone(),
        recipients: record.recipients.clone(),
        ..OfficialText::default()
    }
}

/// Puts edited words into the minutes. The record itself is not a person's to edit.
pub(super) fn apply(record: &mut MinutesRecord, text: &OfficialText) {
    record.number = text.number;
    record.symbol.clone_from(&text.symbol);
    record.place.clone_from(&text.place);
    record.title.clone_from(&text.title);
    record.recipients.clone_from(&text.recipients);
    if !text.body.is_empty() {
        let main = record.items.iter().filter(|item| !item.number.contains('.')).count();
        record.items.push(AgendaItem {
            number: (main + 1).to_string(),
            title: BESIDE.to_owned(),
            presenter: None,
            papers: Vec::new(),
            discussion: text.body.join("\n"),
            remarks: Vec::new(),
            votes: Vec::new(),
            conclusion: String::new(),
        });
    }
}

/// A resolution of what was adopted: an article for each vote that passed and is final. `None` if nothing was.
pub(super) fn resolution(record: &MinutesRecord) -> Option<OfficialText> {
    let votes: Vec<&VoteRecord> = record.items.iter().flat_map(|item| &item.votes).filter(|vote| is_adopted(vote)).collect();
    let first = votes.first()?;
    let body = &record.agency.name;
    let day = VnDate::of(record.date).in_document();
    let title = if votes.len() == 1 {
        format!("Về việc {}", lower_first(first.question.trim_end_matches('.')))
    } else {
        format!("Về các nội dung được thông qua tại {}", lower_first(&record.title))
    };
    let mut grounds: Vec<String> = Vec::new();
    let bases = votes.iter().filter_map(|vote| basis(&vote.legal_basis)).map(|basis| format!("Căn cứ {basis}"));
    let papers = record.items.iter().filter(|item| item.votes.iter().any(is_adopted)).flat_map(|item| &item.papers);
    let proposals = papers.filter(|paper| paper.title.starts_with("Tờ trình")).map(|paper| format!("Xét {}", paper.title));
    let result = format!("Căn cứ kết quả biểu quyết tại {} {day}", lower_first(&record.title));
    for ground in bases.chain(proposals).chain([result]) {
        if !grounds.contains(&ground) {
            grounds.push(ground);
        }
    }
    let mut lines = Vec::new();
    for (at, vote) in votes.iter().enumerate() {
        lines.push(format!("Điều {}. {}", at + 1, sentence(&vote.question)));
        lines.push(outcome(vote));
    }
    let last = votes.len() + 1;
    let present = record.attendance.present.len();
    lines.push(format!(
        "Điều {last}. Các cơ quan, tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Nghị quyết này. Nghị quyết được {body} thông qua tại \
         {} {day}, có {present}/{} thành viên dự, và có hiệu lực kể từ ngày ký./.",
        lower_first(&record.title),
        record.attendance.total,
    ));
    Some(OfficialText {
        number: None,
        symbol: symbol(OfficialKind::Resolution.mark(), body),
        place: record.place.clone(),
        title: shortened(title),
        grounds: closed(grounds),
        body: lines,
        recipients: vec![format!("Như Điều {last}"), "Lưu: VT".to_owned()],
        signer: signer(record),
    })
}

/// A notice of what the chair concluded, each with the tasks that were made of it. `None` without conclusions.
pub(super) fn notice(record: &MinutesRecord, tasks: &[ConclusionTasks]) -> Option<OfficialText> {
    if record.conclusions.is_empty() {
        return None;
    }
    let chair = match record.chair.position.trim() {
        "" => format!("Chủ tọa {}", record.chair.name),
        position => format!("{position} {}", record.chair.name),
    };
    let day = VnDate::of(record.started).in_document();
    let venue = if record.venue.is_empty() { String::new() } else { format!(" tại {}", record.venue) };
    let mut lines = vec![
        format!(
            "{}{venue}, {} tổ chức {} do {chair} chủ tọa; có mặt {}/{} thành viên.",
            upper_first(&day),
            record.agency.name,
            lower_first(&record.title),
            record.attendance.present.len(),
            record.attendance.total
        ),
        "Sau khi nghe báo cáo và ý kiến của các thành viên dự họp, Chủ tọa kết luận như sau:".to_owned(),
    ];
    for (at, conclusion) in record.conclusions.iter().enumerate() {
        let mut parts = conclusion.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.push(format!("{}. {}", at + 1, sentence(parts.next().unwrap_or_default())));
        lines.extend(parts.map(sentence));
        let given = tasks.iter().find(|of| of.conclusion == *conclusion);
        lines.extend(given.into_iter().flat_map(|of| &of.tasks).map(assignment));
    }
    let votes = record.items.iter().flat_map(|item| &item.votes).filter(|vote| is_adopted(vote));
    lines.extend(votes.map(|vote| format!("{} {}", sentence(&vote.question), outcome(vote))));
    lines.push(format!(
        "Trên đây là kết luận tại {}, thông báo để các cơ quan, đơn vị, cá nhân có liên quan biết, thực hiện./.",
        lower_first(&record.title)
    ));
    Some(OfficialText {
        number: None,
        symbol: symbol(OfficialKind::Notice.mark(), &record.agency.name),
        place: record.place.clone(),
        title: shortened(format!("Kết luận của {chair} tại {}", lower_first(&record.title))),
        grounds: Vec::new(),
        body: lines.into_iter().map(|line| line.chars().take(OFFICIAL_LINE_CHARS).collect()).collect(),
        recipients: vec!["Các thành viên dự họp".to_owned(), "Các cơ quan, đơn vị có liên quan".to_owned(), "Lưu: VT".to_owned()],
        signer: signer(record),
    })
}

/// The document that goes to the printer.
pub(super) fn paper(kind: OfficialKind, record: MinutesRecord, text: &OfficialText) -> Paper {
    let resolution = kind == OfficialKind::Resolution;
    Paper {
        authority: if resolution { record.agency.name.clone() } else { String::new() },
        enacting: if resolution { "Quyết nghị:".to_owned() } else { String::new() },
        agency: record.agency,
        number: text.number,
        symbol: text.symbol.clone(),
        place: text.place.clone(),
        date: record.date,
        secrecy: String::new(),
        kind: kind.printed().to_owned(),
        summary: text.title.clone(),
        addressee: String::new(),
        grounds: text.grounds.clone(),
        body: blocks(&text.body),
        signer: Signer { lines: text.signer.clone(), name: record.chair.name },
        recipients: text.recipients.clone(),
    }
}

/// A provisional result is nothing to issue a document on.
fn is_adopted(vote: &VoteRecord) -> bool {
    vote.passed && vote.finality == Finality::Final
}

/// The source of a rule without what it says: up to the first colon.
fn basis(legal_basis: &str) -> Option<&str> {
    let source = legal_basis.split(':').next().unwrap_or_default().trim().trim_end_matches(['.', ';', ',']);
    let source = ["Căn cứ ", "Theo "].iter().find_map(|word| source.strip_prefix(word)).unwrap_or(source);
    Some(source).filter(|source| !source.is_empty())
}

fn outcome(vote: &VoteRecord) -> String {
    let VoteRecord { base, in_favour, against, not_voting, no_ballot, .. } = vote;
    let how = if vote.secret.is_some() { "Kết quả bỏ phiếu kín" } else { "Kết quả biểu quyết" };
    format!(
        "{how}: {in_favour}/{base} tán thành, {against} không tán thành, {not_voting} không biểu quyết, {no_ballot} không bỏ phiếu."
    )
}

/// Who does it, with whom, until when.
fn assignment(task: &TaskRow) -> String {
    let lead = if task.lead_person_name.is_empty() {
        task.lead_name.clone()
    } else {
        format!("{} ({})", task.lead_person_name, task.lead_name)
    };
    let supporting: Vec<&str> = task.supporting.iter().map(|unit| unit.name.as_str()).collect();
    let supporting = if supporting.is_empty() { String::new() } else { format!("; phối hợp: {}", supporting.join(", ")) };
    format!("- {} Chủ trì: {lead}{supporting}; thời hạn: {}.", sentence(&task.title), VnDate::of(task.due_at).in_document())
}

/// Authority and office of the chair.
fn signer(record: &MinutesRecord) -> Vec<String> {
    let body = record.agency.name.to_lowercase();
    let collective = COLLECTIVES.iter().find(|(name, _)| body.starts_with(name)).map(|(_, line)| (*line).to_owned());
    let position = record.chair.position.trim();
    let ends = OF_A_BODY.iter().filter_map(|name| position.find(name)).min().unwrap_or(position.len());
    let office = position.get(..ends).unwrap_or(position).trim();
    let office = if office.is_empty() { "Chủ tọa" } else { office };
    collective.into_iter().chain([office.to_owned()]).collect()
}

/// Grounds as the decree ends them: semicolons, and a full stop at the end (Annex I, II.6).
fn closed(grounds: Vec<String>) -> Vec<String> {
    let last = grounds.len().saturating_sub(1);
    let close = |(at, ground): (usize, String)| {
        format!("{}{}", ground.trim_end_matches([';', '.', ',']), if at == last { '.' } else { ';' })
    };
    grounds.into_iter().enumerate().map(close).collect()
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', '…', ';', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// For the middle of a sentence; a name in capitals stays.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn shortened(title: String) -> String {
    if title.chars().count() <= TITLE_CHARS { title } else { title.chars().take(TITLE_CHARS - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests;
