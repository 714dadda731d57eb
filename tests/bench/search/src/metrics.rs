//! How good a ranking is.

use serde::Serialize;

use crate::questions::{Question, Similar};

/// The rank up to which a reciprocal rank counts.
const RECIPROCAL_DEPTH: usize = 10;

/// Means over all questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Share of the answering articles that stand first.
    pub r1: f64,
    /// Share of them among the first 10.
    pub r10: f64,
    /// Share of them among the first 100.
    pub r100: f64,
    /// One over the rank of the first answering article, 0 when it is not among the first 10.
    pub mrr10: f64,
}

/// Shares of questions for which a like one stands first, and among the first five.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hits {
    /// First.
    pub hit1: f64,
    /// Among the first five.
    pub hit5: f64,
}

/// The quality of one ranking for each question, best first.
pub fn quality<'a>(questions: &[Question], rankings: impl IntoIterator<Item = &'a [String]>) -> Quality {
    let mut sum = [0.0; 4];
    for (question, ranking) in questions.iter().zip(rankings) {
        sum[0] += recall(&question.relevant, ranking, 1);
        sum[1] += recall(&question.relevant, ranking, 10);
        sum[2] += recall(&question.relevant, ranking, 100);
        sum[3] += reciprocal(&question.relevant, ranking);
    }
    let [r1, r10, r100, mrr10] = sum.map(|sum| mean(sum, questions.len()));
    Quality { r1, r10, r100, mrr10 }
}

/// How often a like question was found.
pub fn hits(wanted: &[Similar], rankings: &[Vec<String>]) -> Hits {
    let mut sum = [0.0; 2];
    for (one, ranking) in wanted.iter().zip(rankings) {
        for (sum, depth) in sum.iter_mut().zip([1, 5]) {
            *sum += f64::from(u8::from(ranking.iter().take(depth).any(|id| one.similar.contains(id))));
        }
    }
    let [hit1, hit5] = sum.map(|sum| mean(sum, wanted.len()));
    Hits { hit1, hit5 }
}

fn recall(relevant: &[String], ranking: &[String], depth: usize) -> f64 {
    let top = ranking.get(..depth).unwrap_or(ranking);
    let found = relevant.iter().filter(|id| top.contains(id)).count();
    found as f64 / relevant.len().max(1) as f64
}

fn reciprocal(relevant: &[String], ranking: &[String]) -> f64 {
    let first = ranking.iter().take(RECIPROCAL_DEPTH).position(|id| relevant.contains(id));
    first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64)
}

/// To four digits; 0 of nothing.
fn mean(sum: f64, count: usize) -> f64 {
    if count == 0 {
        return 0.0;
    }
    (sum / count as f64 * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn question(relevant: &str) -> Question {
        Question { qid: relevant.into(), text: "x".into(), relevant: ids(relevant) }
    }

    fn one(relevant: &str, ranking: &str) -> Quality {
        quality(&[question(relevant)], [ids(ranking).as_slice()])
    }

    #[test]
    fn an_article_counts_by_where_it_stands() {
        assert_eq!(one("a", "a b c"), Quality { r1: 1.0, r10: 1.0, r100: 1.0, mrr10: 1.0 });
        assert_eq!(one("a", "b c a"), Quality { r1: 0.0, r10: 1.0, r100: 1.0, mrr10: 0.3333 });
        let eleventh = "1 2 3 4 5 6 7 8 9 10 a";
        assert_eq!(one("a", eleventh), Quality { r1: 0.0, r10: 0.0, r100: 1.0, mrr10: 0.0 });
        assert_eq!(one("a", ""), Quality { r1: 0.0, r10: 0.0, r100: 0.0, mrr10: 0.0 });
        let long = (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(" ") + " a";
        assert_eq!(one("a", &long).r100, 0.0);
    }

    #[test]
    fn of_two_articles_one_alone_is_half_and_the_first_decides_the_rank() {
        assert_eq!(one("a b", "b x"), Quality { r1: 0.5, r10: 0.5, r100: 0.5, mrr10: 1.0 });
    }

    #[test]
    fn the_mean_is_over_questions() {
        let found = quality(&[question("a"), question("b")], [ids("a").as_slice(), ids("x b").as_slice()]);
        assert_eq!(found, Quality { r1: 0.5, r10: 1.0, r100: 1.0, mrr10: 0.75 });
    }

    #[test]
    fn one_like_question_among_the_first_is_a_hit() {
        let wanted = |similar: &str| Similar { qid: "q".into(), similar: ids(similar) };
        let rankings = [ids("x y"), ids("1 2 3 4 b"), ids("1 2 3 4 5 c"), ids("d")];
        let found = hits(&[wanted("y x"), wanted("b"), wanted("c"), wanted("z")], &rankings);
        assert_eq!(found, Hits { hit1: 0.25, hit5: 0.5 });
    }
}
