//! Answers of screens that are gone, for whoever comes back: the last ones looked at, each under its question.

use std::any::Any;
use std::collections::BTreeMap;

/// Answers kept: a room, its marks, sizes and words of the pages last in sight, of the few papers that somebody turns to and fro between.
pub const KEPT_MAX: usize = 64;

/// What is kept.
#[derive(Default)]
pub struct Kept {
    clock: u64,
    answers: BTreeMap<String, (u64, Box<dyn Any>)>,
}

impl Kept {
    /// Keeps an answer in place of the one before it; what was not looked at longest goes.
    pub fn keep<T: 'static>(&mut self, question: String, answer: T) {
        self.clock += 1;
        self.answers.insert(question, (self.clock, Box::new(answer)));
        while self.answers.len() > KEPT_MAX {
            let oldest = self.answers.iter().min_by_key(|(_, (used, _))| *used).map(|(question, _)| question.clone());
            if oldest.and_then(|oldest| self.answers.remove(&oldest)).is_none() {
                break;
            }
        }
    }

    /// The answer, if it is kept and of this kind.
    pub fn recall<T: Clone + 'static>(&mut self, question: &str) -> Option<T> {
        let (used, answer) = self.answers.get_mut(question)?;
        self.clock += 1;
        *used = self.clock;
        answer.downcast_ref::<T>().cloned()
    }

    /// Forgets one answer.
    pub fn forget(&mut self, question: &str) {
        self.answers.remove(question);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.answers.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_last_is_kept_and_never_more_than_the_limit() {
        let mut kept = Kept::default();
        for number in 0..KEPT_MAX {
            kept.keep(number.to_string(), number);
        }
        assert_eq!(kept.recall::<usize>("0"), Some(0));
        kept.keep("one more".into(), 7_usize);
        assert_eq!(kept.recall::<usize>("1"), None, "nobody looked at it longest");
        assert_eq!((kept.recall::<usize>("0"), kept.recall::<usize>("one more")), (Some(0), Some(7)));
        assert_eq!((2..KEPT_MAX).filter(|number| kept.recall::<usize>(&number.to_string()).is_some()).count(), KEPT_MAX - 2);
    }

    #[test]
    fn a_newer_answer_takes_the_place_of_the_older_and_one_of_another_kind_is_none() {
        let mut kept = Kept::default();
        kept.keep("room".into(), "before".to_owned());
        kept.keep("room".into(), "after".to_owned());
        assert_eq!(kept.recall::<String>("room").as_deref(), Some("after"));
        assert_eq!(kept.recall::<u32>("room"), None);
        kept.forget("room");
        assert_eq!(kept.recall::<String>("room"), None);
        kept.keep("room".into(), 1_u32);
        kept.clear();
        assert_eq!(kept.recall::<u32>("room"), None);
    }
}
