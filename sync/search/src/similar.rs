//! Questions that ask the same.
//!
//! Two people ask for the same thing in other words, so words alone miss them; but both questions lead to the same articles. A question that
//! was asked before is therefore compared in two ways: directly, and through the articles that the new question finds — how well do they
//! answer the old one too?

use crate::compare::{Comparison, Figures};
use crate::fold;
use crate::query::{Query, SLOTS_MAX, Slot};
use crate::rank::{self, Weights};
use crate::token::{Gap, tokens};
use crate::vocabulary::Vocabulary;

/// Questions that are compared in full.
pub const CANDIDATES: usize = 60;
/// Articles that the way leads through.
pub const ARTICLES: usize = 10;
/// Number of figures per question.
pub const FIGURES: usize = 4;

/// What each figure counts, as fitted by `cargo run -p search --example fit`.
pub const FITTED: [f32; FIGURES] = include!("similar.in");

/// What a question gains that has the same words in the same order.
pub const SAME_GAINS: f32 = 100.0;

/// Are the words of both the same, marks aside?
pub fn is_same(one: &str, other: &str) -> bool {
    tokens(one).map(|token| token.folded).eq(tokens(other).map(|token| token.folded))
}

/// The syllables of a question as they are written, nothing understood.
pub fn plain(text: &str) -> Vec<Slot> {
    let slot = |(at, token): (usize, crate::token::Token)| {
        let written = &text[token.place.clone()];
        let toned = fold::is_marked(written).then(|| fold::toned(written));
        Slot { folded: token.folded, toned, joined: at > 0 && token.gap == Gap::None, place: token.place, weight: 1.0 }
    };
    tokens(text).take(SLOTS_MAX).enumerate().map(slot).collect()
}

/// Which articles a question leads to: the places of the best scores and their shares, which are 1 together.
pub fn leads_to(scores: &[f32]) -> Vec<(usize, f32)> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
    order.truncate(ARTICLES);
    let Some(best) = order.first().map(|place| scores[*place]) else { return Vec::new() };
    let all: f32 = order.iter().map(|place| (scores[*place] - best).exp()).sum();
    order.into_iter().map(|place| (place, (scores[place] - best).exp() / all)).collect()
}

/// How well the articles (forms with shares) that a new question leads to answer an old one.
pub fn through_articles(
    old: &Query,
    articles: &[(&[u8], f32)],
    weights: &Weights,
    vocabulary: &Vocabulary,
    mean_words: f32,
) -> f32 {
    let mut comparison = Comparison::new(old, vocabulary, mean_words);
    articles.iter().map(|(form, share)| share * rank::alone(weights, &comparison.figures(form))).sum()
}

/// The figures of an old question: what it has of the new one, and what comes through the articles.
pub fn figures(direct: &Figures, through: f32) -> [f32; FIGURES] {
    [direct[0], direct[4], direct[5], through]
}

/// The score of an old question.
pub fn score(weights: &[f32; FIGURES], figures: &[f32; FIGURES]) -> f32 {
    weights.iter().zip(figures).map(|(weight, figure)| weight * figure).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_articles_are_one_together() {
        let led = leads_to(&[1.0, 3.0, 2.0]);
        assert_eq!(led.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1, 2, 0]);
        assert!((led.iter().map(|(_, share)| share).sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(leads_to(&[]), []);
        assert_eq!(leads_to(&[0.0; 50]).len(), ARTICLES);
        assert!(is_same("Đất ai?", "dat, ai") && !is_same("đất", "đất ai"));
    }

    #[test]
    fn plain_slots_say_which_marks_were_typed() {
        let slots = plain("Đất dai. Nhà");
        assert_eq!(
            slots.iter().map(|slot| (slot.folded.as_str(), slot.toned.is_some(), slot.joined)).collect::<Vec<_>>(),
            [("dat", true, false), ("dai", false, true), ("nha", true, false)]
        );
    }
}
