//! Invitations (giấy mời) to a sitting.

use domain::id::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::TypesetError;
use crate::date::Local;
use crate::limits::{MAX_ITEMS, MAX_PEOPLE, MAX_RECIPIENTS};
use crate::minutes::{agency, closed_list, person, place_date, sentence, symbol_line};
use crate::paper::Signer;
use crate::record::{Agency, Person};
use crate::text::{Texts, at_most};
use crate::world::{Template, Typeset, produce};

/// An invitation in the layout of Decree 30/2020/NĐ-CP, Annex III, form of the giấy mời (mark `GM`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// The agency that invites.
    pub agency: Agency,
    /// The number, if allocated.
    pub number: Option<u32>,
    /// The symbol, for instance `GM-UBND`.
    pub symbol: String,
    /// Where it is issued.
    pub place: String,
    /// Its date, also in the PDF's metadata.
    pub date: Timestamp,
    /// The sitting, for instance `Phiên họp thường kỳ tháng 11`.
    pub title: String,
    /// Who is invited, one line each.
    pub invited: Vec<Person>,
    /// Who presides, if known.
    pub chair: Option<Person>,
    /// When it begins.
    pub starts: Timestamp,
    /// Room or address; may be empty.
    pub venue: String,
    /// The agenda.
    pub items: Vec<InvitationItem>,
    /// What else to heed, a paragraph each.
    pub notes: Vec<String>,
    /// Who signs.
    pub signer: Signer,
    /// Recipients, without the dashes.
    pub recipients: Vec<String>,
}

/// A line of the agenda in an invitation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvitationItem {
    /// For instance `2` or `2.1`.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Who presents it; may be empty.
    pub presenter: String,
    /// When it is planned to begin.
    pub starts: Option<Timestamp>,
}

/// Typesets an invitation. The same record gives the same bytes. The result has one anchor, `signer`.
///
/// # Errors
/// As [`crate::minutes`].
pub fn invitation(invitation: &Invitation) -> Result<Typeset, TypesetError> {
    at_most("guests", invitation.invited.len(), MAX_PEOPLE)?;
    at_most("agenda items", invitation.items.len(), MAX_ITEMS)?;
    at_most("recipients", invitation.recipients.len() + invitation.notes.len() + invitation.signer.lines.len(), MAX_RECIPIENTS)?;
    let mut texts = Texts::default();
    let date = Local::of(invitation.date, "the invitation")?;
    let data = view(invitation, date, &mut texts)?;
    produce(Template::Invitation, &data, date, &["signer"], texts.missing())
}

fn view(invitation: &Invitation, date: Local, texts: &mut Texts) -> Result<Value, TypesetError> {
    let title = texts.required("the title", &invitation.title)?;
    let place = texts.line("the place", &invitation.place)?;
    let invited = invitation.invited.iter().map(|guest| person(guest, "a guest", texts)).collect::<Result<Vec<_>, _>>()?;
    let chair = invitation.chair.as_ref().map(|chair| person(chair, "the chair", texts)).transpose()?;
    let items = invitation.items.iter().map(|item| item_view(item, texts)).collect::<Result<Vec<_>, _>>()?;
    let notes = invitation.notes.iter().map(|note| texts.lines("a note", note)).collect::<Result<Vec<_>, _>>()?;
    let lines = invitation.signer.lines.iter().map(|line| texts.line("an office", line)).collect::<Result<Vec<_>, _>>()?;
    let recipients = invitation.recipients.iter().map(|text| texts.line("a recipient", text)).collect::<Result<Vec<_>, _>>()?;
    let host = texts.line("the agency", &invitation.agency.name)?;
    Ok(json!({
        "document_title": format!("Giấy mời {title}"),
        "agency": agency(&invitation.agency, texts)?,
        "symbol_line": symbol_line(invitation.number, &invitation.symbol, texts)?,
        "place_date": place_date(&place, date),
        "title": title,
        "opening": format!("{host} trân trọng kính mời:"),
        "invited": closed_list(invited),
        "event": sentence(title.clone()),
        "chair_line": sentence(chair.unwrap_or_default()),
        "starts": sentence(Local::of(invitation.starts, "the beginning")?.date_time()),
        "venue": sentence(texts.line("the venue", &invitation.venue)?),
        "items": items,
        "notes": notes,
        "signer": { "lines": lines, "name": texts.line("the signer", &invitation.signer.name)? },
        "recipients": closed_list(recipients),
    }))
}

fn item_view(item: &InvitationItem, texts: &mut Texts) -> Result<Value, TypesetError> {
    let starts = item.starts.map(|starts| Local::of(starts, "an item's beginning")).transpose()?;
    Ok(json!({
        "number": texts.line("an item's number", &item.number)?,
        "title": texts.required("an item's title", &item.title)?,
        "presenter": texts.line("a presenter", &item.presenter)?,
        "starts": starts.map(|starts| format!("{:02}:{:02}", starts.hour, starts.minute)).unwrap_or_default(),
    }))
}
