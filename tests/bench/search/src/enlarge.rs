//! Many articles out of few, to measure time, size and memory. They say nothing about quality.

use crate::corpus::Article;
use crate::letters::replaced;
use crate::random::Random;

/// The size at which times are promised.
pub const LARGE: usize = 60_000;
/// Decides the copies.
const SEED: u64 = 60_000;
/// Of a hundred syllables of a copy, so many are replaced by one from anywhere in the articles. New pairs of syllables come about by it, as
/// many as 60,000 articles that differ would have if pairs went on growing as they do among the articles of 28 laws (Heaps' law).
const REPLACED_PERCENT: usize = 5;
/// Syllables from which a copy's replacements are drawn.
const DRAWN_FROM: usize = 200_000;

/// The first `size` of: the articles, then copies of them round by round. A copy has an id and a law of its own, its paragraphs
/// in another order, and some syllables of its title and text replaced by syllables drawn as often as the articles use them.
pub fn enlarged(articles: &[Article], size: usize) -> impl Iterator<Item = Article> {
    let syllables = syllables(articles);
    let rounds = size.div_ceil(articles.len().max(1));
    let all = (0..rounds).flat_map(move |round| articles.iter().map(move |article| (round, article)));
    all.take(size).map(move |(round, article)| if round == 0 { article.clone() } else { copy(article, round, &syllables) })
}

fn copy(article: &Article, round: usize, syllables: &[String]) -> Article {
    let id = format!("{}#{round}", article.id);
    let mut random = Random::of(SEED, &id);
    let mut perturbed =
        |text: &str| replaced(text, |_, _| if random.percent(REPLACED_PERCENT) { random.pick(syllables).cloned() } else { None });
    let (title, text) = (perturbed(&article.title), perturbed(&article.text));
    let mut paragraphs: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    random.shuffle(&mut paragraphs);
    Article {
        id,
        law: format!("{} ({round})", article.law),
        article: article.article.clone(),
        title,
        text: paragraphs.join("\n\n"),
    }
}

/// Syllables of the articles, from places that are evenly spread.
fn syllables(articles: &[Article]) -> Vec<String> {
    let mut all = Vec::new();
    for article in articles {
        all.extend(crate::letters::syllables(&article.text).into_iter().filter_map(|run| article.text.get(run)));
    }
    let step = all.len().div_ceil(DRAWN_FROM).max(1);
    all.into_iter().step_by(step).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn articles() -> Vec<Article> {
        let article = |id: &str, text: &str| Article {
            id: id.into(),
            law: "Luật Đất đai".into(),
            article: "1".into(),
            title: "Phạm vi".into(),
            text: text.into(),
        };
        vec![
            article("a", &"Nhà nước thu hồi đất.\n\nNgười sử dụng đất được bồi thường.\n".repeat(5)),
            article("b", "Hộ gia đình."),
        ]
    }

    #[test]
    fn copies_have_their_own_ids_and_their_own_text_and_are_the_same_every_time() {
        let articles = articles();
        let many: Vec<_> = enlarged(&articles, 7).collect();
        assert_eq!(many, enlarged(&articles, 7).collect::<Vec<_>>());
        assert_eq!(many[..2], articles[..]);
        assert_eq!(
            many.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(),
            ["a", "b", "a#1", "b#1", "a#2", "b#2", "a#3"]
        );
        let texts: BTreeSet<_> = many.iter().filter(|article| article.id.starts_with('a')).map(|article| &article.text).collect();
        assert_eq!(texts.len(), 4);
        let lengths: BTreeSet<_> = texts.iter().map(|text| crate::letters::syllables(text).len()).collect();
        assert_eq!(lengths.len(), 1, "a copy is as long as what it was made from");
    }

    #[test]
    fn fewer_than_there_are_is_the_first_of_them() {
        let articles = articles();
        assert_eq!(enlarged(&articles, 1).collect::<Vec<_>>(), articles[..1]);
    }
}
