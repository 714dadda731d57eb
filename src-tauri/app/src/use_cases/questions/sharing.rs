//! Sharing an answer with everybody, after somebody has looked at every personal datum that was found in it.

use api::error::ApiError;
use api::question::QuestionView;
use api::question::{PublishAnswer, UnpublishAnswer};
use domain::question::Event;
use domain::question::limits::FINDINGS;

use super::super::agenda::limit;
use crate::app::App;

/// Texts that may stay, as they were confirmed.
const CONFIRMED_MAX: usize = 1_000;

impl App {
    pub(crate) async fn publish_answer(&self, act: PublishAnswer) -> Result<QuestionView, ApiError> {
        domain::limits::at_most("findings", CONFIRMED_MAX, act.confirmed.len()).map_err(|error| limit(&error))?;
        let (title, text, answer_text) = (act.title.trim().to_owned(), act.text.trim().to_owned(), act.answer.trim().to_owned());
        let confirmed = checked([("title", &title), ("question", &text), ("answer", &answer_text)], &act.confirmed)?;
        self.in_thread(act.question, move |_, thread| {
            let none = || ApiError::new("question_no_such_answer", "there is no answer yet");
            let answer = thread.best_answer().map(|answer| answer.id).ok_or_else(none)?;
            Ok(Event::Published { answer, title, text, answer_text, confirmed })
        })
        .await
    }

    pub(crate) async fn unpublish_answer(&self, act: UnpublishAnswer) -> Result<QuestionView, ApiError> {
        let reason = act.reason.trim().to_owned();
        self.in_thread(act.question, |_, _| Ok(Event::Unpublished { reason })).await
    }
}

/// How many findings a person has let stand; the first that nobody has confirmed is an error that names it.
pub(super) fn checked(texts: [(&str, &String); 3], confirmed: &[String]) -> Result<u32, ApiError> {
    let found: Vec<(&str, handbook::personal::PersonalKind, &str)> = texts
        .iter()
        .flat_map(|(place, text)| {
            let findings = handbook::personal::find(text);
            findings.into_iter().filter_map(move |finding| Some((*place, finding.kind, text.get(finding.range)?)))
        })
        .collect();
    let open: Vec<_> = found.iter().filter(|(_, _, found)| !confirmed.iter().any(|known| known == found)).collect();
    match open.first() {
        Some((place, kind, found)) => {
            Err(ApiError::new("personal_data", "personal data were found and nobody has confirmed them")
                .with("found", found)
                .with("kind", kind.code())
                .with("place", place)
                .with("count", open.len()))
        }
        None => Ok(u32::try_from(found.len()).unwrap_or(FINDINGS).min(FINDINGS)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_finding_has_to_be_confirmed_by_its_own_words() {
        let none = String::new();
        let answer = "Liên hệ ông Nguyễn Văn An, số điện thoại 0912 345 678.".to_owned();
        let ask = |confirmed: &[&str]| {
            let confirmed: Vec<String> = confirmed.iter().map(|text| (*text).to_owned()).collect();
            checked([("title", &none), ("question", &none), ("answer", &answer)], &confirmed)
        };
        let refused = ask(&[]).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.facts["count"].as_str()), ("personal_data", "2"));
        assert_eq!(ask(&["0912 345 678"]).unwrap_err().facts["found"], "Nguyễn Văn An");
        assert_eq!(ask(&["0912 345 678", "Nguyễn Văn An"]).unwrap(), 2);
        assert_eq!(ask(&["0912 345 679", "Nguyễn Văn An"]).unwrap_err().facts["kind"], "phone");
    }
}
