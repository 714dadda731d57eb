//! What is wrong with a vote, an exported file or a signature, in words. They are the window's texts, read from its own files: a text is written
//! once, and both say the same.

use std::collections::BTreeMap;

use api::error::ApiError;
use serde::Deserialize;
use signing::BundleProblem;

use crate::texts::Lang;

const VI: &str = include_str!("../../../ui/locales/errors/vi.json");
const EN: &str = include_str!("../../../ui/locales/errors/en.json");

/// The texts of one language, by code.
#[derive(Debug, Deserialize)]
pub struct Verdicts {
    /// Of errors; some are also found in an archive.
    error: BTreeMap<String, String>,
    /// Of a vote.
    problem: BTreeMap<String, String>,
    /// Of an exported file, where that is said differently than of a vote on this device.
    evidence: BTreeMap<String, String>,
    /// Why a signature has its status.
    signature: BTreeMap<String, String>,
}

impl Verdicts {
    /// The texts in the reader's language.
    ///
    /// # Errors
    /// `internal`: the program was built with texts that cannot be read.
    pub fn of(lang: Lang) -> Result<Self, ApiError> {
        serde_json::from_str(lang.pick(VI, EN)).map_err(|error| ApiError::new("internal", error.to_string()))
    }

    /// What is wrong with a vote of this profile, from its code; the code itself if there is no text.
    pub fn problem<'a>(&'a self, code: &'a str) -> &'a str {
        self.problem.get(code).or_else(|| self.error.get(code)).map_or(code, String::as_str)
    }

    /// What is wrong with an exported vote, and with whom.
    pub fn evidence(&self, problem: &BundleProblem) -> String {
        let (sentence, about) = (self.of_file(problem.code()), problem.about().join(", "));
        if about.is_empty() { sentence.to_owned() } else { format!("{} ({about}).", sentence.trim_end_matches('.')) }
    }

    /// What is wrong with an archive. It is told as `code: what it is about`; of a vote and of a signature in it as `code: name: code`.
    pub fn archive(&self, said: &str) -> String {
        let (code, about) = said.split_once(": ").unwrap_or((said, ""));
        let about = match (code, about.split_once(": ")) {
            // The second code is followed by a sentence in English.
            ("archive_vote_wrong", Some((file, inner))) => {
                format!("{file}: {}", self.of_file(inner.split(": ").next().unwrap_or(inner)))
            }
            ("archive_minutes_wrong", Some((of, reason))) => match self.signature.get(reason) {
                Some(reason) => format!("{of}: {reason}"),
                // Not a signer but the code of why the file could not be judged at all.
                None => self.of_file(of).to_owned(),
            },
            // What follows the code of a seal is a sentence in English.
            ("archive_seal_missing", _) => String::new(),
            _ if self.error.contains_key(code) => String::new(),
            _ => about.to_owned(),
        };
        let sentence = self.of_file(code);
        if about.is_empty() { sentence.to_owned() } else { format!("{}: {about}", sentence.trim_end_matches('.')) }
    }

    /// Why a signature has its status, from the reason's code; empty if there is nothing to say.
    pub fn reason<'a>(&'a self, code: &'a str) -> &'a str {
        self.signature.get(code).map_or(code, String::as_str)
    }

    fn of_file<'a>(&'a self, code: &'a str) -> &'a str {
        self.evidence.get(code).map_or_else(|| self.problem(code), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use domain::id::{DeviceId, Hash32};
    use signing::VoteProblem;

    use super::*;

    #[test]
    fn both_languages_say_something_about_the_same() {
        let (vi, en) = (Verdicts::of(Lang::Vi).unwrap(), Verdicts::of(Lang::En).unwrap());
        for (vi, en) in [(&vi.problem, &en.problem), (&vi.evidence, &en.evidence), (&vi.signature, &en.signature)] {
            assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
            assert!(vi.values().chain(en.values()).all(|text| !text.is_empty() && !text.contains('{')));
            assert!(vi.iter().all(|(code, text)| en[code] != *text), "a text is not translated");
        }
    }

    #[test]
    fn a_problem_is_told_in_the_readers_language_and_says_whose_it_is() {
        let (act, device) = (Hash32([0xab; 32]), DeviceId([0xcd; 32]));
        let forged = BundleProblem::Act(VoteProblem::ForgedAct { act, device });
        let double = BundleProblem::Act(VoteProblem::DoubleBallot { name: "Lê Minh Châu".into() });
        let sealed = BundleProblem::TotalsSealed { given: 1, needed: 2 };
        for (lang, words) in [
            (Lang::Vi, ["chữ ký không đúng", "bỏ hai phiếu", "Chưa đủ", "thay đổi sau khi xuất"]),
            (Lang::En, ["a wrong signature", "two ballots", "Too few tellers", "changed after it was exported"]),
        ] {
            let verdicts = Verdicts::of(lang).unwrap();
            let said = [&forged, &double, &sealed, &BundleProblem::Changed].map(|problem| verdicts.evidence(problem));
            assert!(said.iter().zip(words).all(|(said, word)| said.contains(word) && said.ends_with('.')), "{said:?}");
            assert!(said[0].contains("abababab") && said[0].contains("cdcdcdcd"), "{said:?}");
            assert!(said[1].contains("(Lê Minh Châu)") && said[2].contains("(1/2)") && !said[3].contains('('), "{said:?}");
        }
    }

    #[test]
    fn an_archive_is_told_with_the_file_and_the_signer_and_without_english_in_vietnamese() {
        let vi = Verdicts::of(Lang::Vi).unwrap();
        assert_eq!(vi.archive("archive_file_changed: minutes.pdf"), "Một tệp đã bị thay đổi: minutes.pdf");
        let vote = vi.archive("archive_vote_wrong: votes/1.kyhopvote: wrong_root: the vote belongs to another organisation");
        assert!(vote.contains("votes/1.kyhopvote: Biểu quyết thuộc tổ chức khác") && !vote.contains("belongs"), "{vote}");
        let minutes = vi.archive("archive_minutes_wrong: Lê Minh Châu: digest_mismatch");
        assert!(minutes.contains("Lê Minh Châu: nội dung đã bị thay đổi"), "{minutes}");
        let seal = vi.archive("archive_seal_changed: the seal was changed");
        assert!(seal.contains("Dấu niêm") && !seal.contains("seal"), "{seal}");
    }
}
