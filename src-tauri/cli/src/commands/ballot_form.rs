//! Ballots that are marked place by place: how they are described, marked and told.

use api::error::ApiError;
use api::view::{MemberRow, VoteView};
use domain::vote::{BallotForm, BallotOption, Marking, PlaceTotal, Standing, ranked};

use super::vote::marking_text;
use crate::args::Form;
use crate::connect::Context;
use crate::output::Lines;

/// What is typed after a name in a vote of confidence.
const LEVELS: [(&str, Marking); 3] = [("high", Marking::High), ("medium", Marking::Medium), ("low", Marking::Low)];

/// The form that is described on the command line. Somebody of the meeting stands on the ballot as that person, who then cannot be a teller
/// of a secret vote.
pub fn described(form: &Form, members: &[MemberRow]) -> BallotForm {
    let named = |label: &String| {
        let label = label.trim().to_owned();
        let person = members.iter().find(|member| member.name == label).map(|member| member.person);
        BallotOption { label, person }
    };
    if !form.confidence.is_empty() {
        return BallotForm::Confidence { people: form.confidence.iter().map(named).collect() };
    }
    if !form.option.is_empty() {
        return BallotForm::AtMost { most: form.most.unwrap_or(1), options: form.option.iter().map(named).collect() };
    }
    BallotForm::Decision
}

/// The place of an option that is called by its name, in a vote of confidence with its level behind a `=`.
pub fn place_of(view: &VoteView, typed: &str) -> Result<u32, ApiError> {
    let level = |(name, slug): (&str, &str)| {
        LEVELS.iter().find(|(known, _)| *known == slug.trim()).map(|(_, mark)| (name.trim().to_owned(), *mark))
    };
    let (name, mark) = typed.rsplit_once('=').and_then(level).unwrap_or_else(|| (typed.trim().to_owned(), Marking::Chosen));
    let places = view.ballot_form().map(BallotForm::places).unwrap_or_default();
    let is_it =
        |(said, option): &(Marking, Option<&BallotOption>)| *said == mark && option.is_some_and(|option| option.label == name);
    let place = places.iter().position(is_it).and_then(|place| u32::try_from(place).ok());
    place.ok_or_else(|| ApiError::new("ballot_no_such_slot", "no such option on the ballot").with("typed", typed))
}

/// The places of a ballot with the numbers by which they are marked.
pub fn show_places(context: &Context, form: &BallotForm, lines: &mut Lines) {
    for (place, (mark, option)) in form.places().into_iter().enumerate() {
        let of = option.map(|option| format!("{} – ", option.label)).unwrap_or_default();
        let mark = if mark == Marking::Chosen { "" } else { marking_text(context, mark) };
        lines.add(format_args!("  {}. {of}{mark}", place + 1));
    }
}

/// What came out, options by votes.
pub fn show_totals(context: &Context, places: &[PlaceTotal], lines: &mut Lines) {
    let lang = context.lang;
    for (_, total) in ranked(places) {
        let of = if total.option.is_empty() { String::new() } else { format!("{} – ", total.option) };
        let standing = match total.standing {
            Some(Standing::Chosen) => lang.pick(", được chọn", ", chosen"),
            Some(Standing::Tied) => lang.pick(", bằng phiếu, chưa quyết định", ", tied, undecided"),
            Some(Standing::NotChosen) | None => "",
        };
        lines.add(format_args!("  {of}{}: {}{standing}", marking_text(context, total.mark), total.votes));
    }
}

/// What a ballot marks, in words.
pub fn marks_text(context: &Context, form: &BallotForm, marks: &[u32]) -> String {
    let places = form.places();
    let said = marks.iter().filter_map(|place| places.get(usize::try_from(*place).ok()?)).map(|(mark, option)| {
        let label = option.map(|option| option.label.as_str()).unwrap_or_default();
        if *mark == Marking::Chosen { label.to_owned() } else { format!("{label}: {}", marking_text(context, *mark)) }
    });
    let said = said.collect::<Vec<_>>().join("; ");
    if said.is_empty() { context.lang.pick("phiếu trắng", "blank").to_owned() } else { said }
}
