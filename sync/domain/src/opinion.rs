//! Written opinions (phiếu lấy ý kiến): a question to the members outside a sitting, answered by each in writing, on paper or, here, by a signed
//! act; after the deadline they are drawn together. The working rules of committees ask for it where a matter cannot wait for a sitting; which
//! majority then decides, and how, is theirs to say and is not computed here.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{Hash32, PersonId, SpaceId, Timestamp};
use crate::identity::check_paragraph;
use crate::limits::{self, LimitError};

/// Characters of the remarks of one answer.
pub const REMARK_CHARS: usize = 5_000;
/// Papers that a form names.
pub const FORM_PAPERS: usize = 50;
/// Forms of one meeting that are looked at.
pub const FORMS: usize = 500;
/// Answers of one person to one form that are looked at: who changes one's mind more often than that has said enough.
pub const ANSWERS_OF_A_PERSON: usize = 100;

/// What a member thinks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Opinion {
    /// Đồng ý.
    #[n(0)]
    Agree,
    /// Đồng ý và có ý kiến khác.
    #[n(1)]
    AgreeWithRemarks,
    /// Không đồng ý.
    #[n(2)]
    Disagree,
}

/// The act: members are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct OpinionForm {
    /// The meeting whose members and papers these are.
    #[n(0)]
    pub space: SpaceId,
    /// What they are asked.
    #[n(1)]
    pub question: String,
    /// The versions of papers that it is about, by the hash of their plaintext.
    #[n(2)]
    pub papers: Vec<Hash32>,
    /// Who is asked: those who had a vote when it was sent.
    #[n(3)]
    pub asked: Vec<PersonId>,
    /// Until when.
    #[n(4)]
    pub deadline: Timestamp,
    /// When the device says so.
    #[n(5)]
    pub at: Timestamp,
}

impl OpinionForm {
    /// A question, some members, nobody twice, a deadline after the asking.
    ///
    /// # Errors
    /// What is not so.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_paragraph("opinion question", &self.question, limits::QUESTION_CHARS)?;
        limits::at_least("opinion question", 1, self.question.trim().chars().count())?;
        limits::at_most("papers", FORM_PAPERS, self.papers.len())?;
        limits::at_least("people asked", 1, self.asked.len())?;
        limits::at_most("people asked", limits::ROLL, self.asked.len())?;
        limits::distinct("people asked", &self.asked)
    }
}

/// The act: a member answers. One who changes one's mind answers again and names the answer that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct OpinionAnswer {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// The form: the name of its act.
    #[n(1)]
    pub form: Hash32,
    /// What the member thinks.
    #[n(2)]
    pub opinion: Opinion,
    /// In the member's own words; needed with [`Opinion::AgreeWithRemarks`].
    #[n(3)]
    pub remark: String,
    /// When the device says so.
    #[n(4)]
    pub at: Timestamp,
    /// The answer that this one takes the place of.
    #[n(5)]
    pub replaces: Option<Hash32>,
}

impl OpinionAnswer {
    /// Remarks within bounds, and there where the opinion promises them.
    ///
    /// # Errors
    /// What is not so.
    pub fn validate(&self) -> Result<(), LimitError> {
        check_paragraph("remark", &self.remark, REMARK_CHARS)?;
        let least = usize::from(self.opinion == Opinion::AgreeWithRemarks);
        limits::at_least("remark", least, self.remark.trim().chars().count())
    }
}

/// An answer with what its verified envelope says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The name of its act.
    pub hash: Hash32,
    /// Whose device signed it.
    pub by: PersonId,
    /// What it says.
    pub answer: OpinionAnswer,
}

/// The answer of one member that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The name of its act.
    pub hash: Hash32,
    /// What the member thinks.
    pub opinion: Opinion,
    /// The remarks.
    pub remark: String,
    /// When, by the clock of the device that answered.
    pub at: Timestamp,
    /// After the deadline, by that clock.
    pub late: bool,
}

/// What has come of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// The answers that hold, by who gave them.
    pub answers: BTreeMap<PersonId, Held>,
    /// In time, by opinion.
    pub in_time: BTreeMap<Opinion, u32>,
    /// After the deadline, by opinion; never added to those in time.
    pub late: BTreeMap<Opinion, u32>,
    /// Asked and without an answer.
    pub silent: BTreeSet<PersonId>,
}

/// Draws the answers to a form together, in whatever order they came. Only who was asked is counted, once: by the answer that no other of the same
/// person replaces; of several such (two devices answered without knowing of each other) by the last by its clock, then by name. What was said in
/// time is not taken back by what was said after the deadline.
pub fn collect(name: Hash32, form: &OpinionForm, given: &[Given]) -> Collected {
    let mut of: BTreeMap<PersonId, BTreeMap<Hash32, &OpinionAnswer>> = BTreeMap::new();
    for one in given {
        let mine = one.answer.form == name && one.answer.space == form.space && form.asked.contains(&one.by);
        if mine && one.answer.validate().is_ok() {
            let answers = of.entry(one.by).or_default();
            if answers.len() < ANSWERS_OF_A_PERSON {
                answers.insert(one.hash, &one.answer);
            }
        }
    }
    let mut collected = Collected { silent: form.asked.iter().copied().collect(), ..Collected::default() };
    for (person, mut answers) in of {
        if answers.values().any(|answer| answer.at <= form.deadline) {
            answers.retain(|_, answer| answer.at <= form.deadline);
        }
        let replaced: BTreeSet<Hash32> = answers.values().filter_map(|answer| answer.replaces).collect();
        let holds = answers.iter().filter(|(hash, _)| !replaced.contains(*hash)).max_by_key(|(hash, answer)| (answer.at, **hash));
        let Some((hash, answer)) = holds else { continue };
        let late = answer.at > form.deadline;
        let counted = if late { &mut collected.late } else { &mut collected.in_time };
        *counted.entry(answer.opinion).or_default() += 1;
        collected.silent.remove(&person);
        let held = Held { hash: *hash, opinion: answer.opinion, remark: answer.remark.clone(), at: answer.at, late };
        collected.answers.insert(person, held);
    }
    collected
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FORM: Hash32 = Hash32([9; 32]);

    fn form() -> OpinionForm {
        OpinionForm {
            space: SpaceId([8; 16]),
            question: "Thống nhất dự toán?".to_owned(),
            papers: vec![Hash32([1; 32])],
            asked: (1..=4).map(|number| PersonId([number; 16])).collect(),
            deadline: Timestamp(100),
            at: Timestamp(0),
        }
    }

    fn given(number: u8, by: u8, opinion: Opinion, at: i64, replaces: Option<u8>) -> Given {
        let answer = OpinionAnswer {
            space: SpaceId([8; 16]),
            form: FORM,
            opinion,
            remark: "Đề nghị bổ sung biểu 3".to_owned(),
            at: Timestamp(at),
            replaces: replaces.map(|number| Hash32([number; 32])),
        };
        Given { hash: Hash32([number; 32]), by: PersonId([by; 16]), answer }
    }

    #[test]
    fn answers_in_time_late_and_missing_are_told_apart_and_strangers_are_not_counted() {
        use Opinion::{Agree, AgreeWithRemarks, Disagree};
        let answers = [
            given(1, 1, Agree, 10, None),
            given(2, 2, AgreeWithRemarks, 100, None),
            given(3, 3, Disagree, 101, None),
            given(4, 7, Disagree, 10, None),
        ];
        let mut elsewhere = given(5, 4, Agree, 10, None);
        elsewhere.answer.space = SpaceId([7; 16]);
        let all: Vec<Given> = answers.into_iter().chain([elsewhere]).collect();
        let one = collect(FORM, &form(), &all);
        assert_eq!(one.in_time, BTreeMap::from([(Agree, 1), (AgreeWithRemarks, 1)]));
        assert_eq!(one.late, BTreeMap::from([(Disagree, 1)]));
        assert!(one.answers[&PersonId([3; 16])].late && one.silent == BTreeSet::from([PersonId([4; 16])]));
        let backwards: Vec<Given> = all.into_iter().rev().collect();
        assert_eq!(collect(FORM, &form(), &backwards), one);
    }

    #[test]
    fn who_answers_again_is_counted_once_by_the_answer_that_nothing_replaces() {
        let (first, second) = (given(1, 1, Opinion::Agree, 50, None), given(2, 1, Opinion::Disagree, 20, Some(1)));
        // A clock that went back does not bring the first one back.
        let collected = collect(FORM, &form(), &[first.clone(), second]);
        assert_eq!(collected.in_time, BTreeMap::from([(Opinion::Disagree, 1)]));
        // Somebody else cannot replace it.
        let foreign = given(3, 2, Opinion::Disagree, 20, Some(1));
        assert_eq!(collect(FORM, &form(), &[first.clone(), foreign]).answers[&PersonId([1; 16])].opinion, Opinion::Agree);
        // What comes after the deadline does not take back what was said in time.
        let after = given(5, 1, Opinion::Disagree, 101, Some(1));
        let collected = collect(FORM, &form(), &[after, first.clone()]);
        assert_eq!((collected.in_time, collected.late), (BTreeMap::from([(Opinion::Agree, 1)]), BTreeMap::new()));
        // Two devices that did not know of each other: the later by its clock, on every device alike.
        let other = given(4, 1, Opinion::Disagree, 60, None);
        for answers in [[first.clone(), other.clone()], [other, first]] {
            assert_eq!(collect(FORM, &form(), &answers).answers[&PersonId([1; 16])].opinion, Opinion::Disagree);
        }
    }

    #[test]
    fn a_form_and_an_answer_have_bounds() {
        assert!(form().validate().is_ok());
        let wrong = |change: fn(&mut OpinionForm)| {
            let mut form = form();
            change(&mut form);
            form.validate().unwrap_err().what
        };
        assert_eq!(wrong(|form| form.question = "  ".to_owned()), "opinion question");
        assert_eq!(wrong(|form| form.papers = vec![Hash32([1; 32]); FORM_PAPERS + 1]), "papers");
        assert_eq!(wrong(|form| form.asked.clear()), "people asked");
        assert_eq!(wrong(|form| form.asked.push(PersonId([1; 16]))), "people asked");
        let answer = |opinion, remark: String| OpinionAnswer { remark, ..given(1, 1, opinion, 0, None).answer };
        assert!(answer(Opinion::Agree, String::new()).validate().is_ok());
        assert_eq!(answer(Opinion::AgreeWithRemarks, " ".to_owned()).validate().unwrap_err().what, "remark");
        assert_eq!(answer(Opinion::Disagree, "a".repeat(REMARK_CHARS + 1)).validate().unwrap_err().what, "remark");
    }
}
