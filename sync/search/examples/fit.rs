//! Finds the weights of the order from questions with known answers, and says by cross-validation what they are worth.
//!
//! `cargo run --release -p search --example fit -- CORPUS.jsonl QUERIES.jsonl [--write]`
//!
//! The procedure, all of it: each question is asked three times (as given, without marks, every second syllable without marks); its 200
//! candidates get their figures; for each penalty of [`RIDGES`] the questions are split into [`FOLDS`] parts by [`SEED`] and each part is
//! ranked with weights fitted on the others; the penalty with the best R@10 and MRR@10, added over the three ways of asking, is taken, and
//! the weights are fitted once more on all questions with it. The same for similar questions, by hit@1 and hit@5: a question's similar ones
//! are those that have an answer in common with it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use search::abbreviation::Table;
use search::compare::{Comparison, FIGURE_NAMES, FIGURES, Figures};
use search::fit::{Group, fit, folds};
use search::memory::Collection;
use search::query::Query;
use search::rank::{self, Weights};
use search::{fold, similar, token, understand};
use serde_json::Value;

const FOLDS: usize = 5;
const SEED: u64 = 1;
const RIDGES: [f64; 4] = [1.0, 4.0, 16.0, 64.0];
const RANKED: usize = 10;
/// Every so many articles one is looked for by its title.
const EVERY: usize = 20;

struct Question {
    text: String,
    relevant: BTreeSet<u32>,
}

#[derive(Clone, Copy, Default)]
struct Measured {
    first: f64,
    ten: f64,
    reciprocal: f64,
    /// Mean logarithm of the chance that the model gave to the answers.
    told: f64,
}

fn lines(path: &str) -> Vec<Value> {
    std::fs::read_to_string(path).expect("the file can be read").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn half_toned(text: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for token in token::tokens(text).skip(1).step_by(2) {
        out.push_str(&text[at..token.place.start]);
        out.push_str(&fold::folded(&text[token.place.clone()]));
        at = token.place.end;
    }
    out + &text[at..]
}

fn dot<const N: usize>(weights: &[f32; N], figures: &[f32; N]) -> f32 {
    weights.iter().zip(figures).map(|(weight, figure)| weight * figure).sum()
}

/// Places of the relevant candidates in the order by the weights.
fn ranks<const N: usize>(group: &Group<N>, weights: &[f32; N]) -> Vec<usize> {
    let scores: Vec<f32> = group.figures.iter().map(|figures| dot(weights, figures)).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
    (0..order.len()).filter(|place| group.relevant[order[*place]]).collect()
}

fn measure<const N: usize>(groups: &[Group<N>], answers: &[usize], weights: impl Fn(usize) -> [f32; N]) -> Measured {
    let mut sum = Measured::default();
    for (at, group) in groups.iter().enumerate() {
        let ranks = ranks(group, &weights(at));
        let within = |limit: usize| ranks.iter().filter(|rank| **rank < limit).count() as f64 / answers[at] as f64;
        sum.first += within(1);
        sum.ten += within(RANKED);
        sum.reciprocal += ranks.first().filter(|rank| **rank < RANKED).map_or(0.0, |rank| 1.0 / (*rank as f64 + 1.0));
    }
    let number = groups.len() as f64;
    let told = groups.iter().enumerate().map(|(at, group)| told(group, &weights(at))).sum::<f64>() / number;
    Measured { first: sum.first / number, ten: sum.ten / number, reciprocal: sum.reciprocal / number, told }
}

fn told<const N: usize>(group: &Group<N>, weights: &[f32; N]) -> f64 {
    let scores: Vec<f64> = group.figures.iter().map(|figures| f64::from(dot(weights, figures))).collect();
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    let all = best + scores.iter().map(|score| (score - best).exp()).sum::<f64>().ln();
    let answers: Vec<f64> =
        scores.iter().zip(&group.relevant).filter(|(_, relevant)| **relevant).map(|(score, _)| score - all).collect();
    if answers.is_empty() { 0.0 } else { answers.iter().sum::<f64>() / answers.len() as f64 }
}

struct Data {
    collection: Collection,
    sources: Vec<u32>,
    articles: usize,
    questions: Vec<Question>,
    /// Title and law of each article.
    named: Vec<String>,
}

impl Data {
    fn load(corpus: &str, queries: &str) -> Self {
        let (corpus, queries) = (lines(corpus), lines(queries));
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let mut zones: Vec<[String; 4]> = corpus
            .iter()
            .map(|article| [text(article, "law"), text(article, "title"), String::new(), text(article, "text")])
            .collect();
        zones.extend(queries.iter().map(|query| [String::new(), text(query, "text"), String::new(), String::new()]));
        let collection = Collection::new(zones.iter().map(|zones| zones.each_ref().map(String::as_str)));
        let number: BTreeMap<String, u32> = corpus.iter().map(|article| text(article, "id")).zip(0..).collect();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        let sources = zones.iter().map(|zones| {
            let next = names.len() as u32;
            *names.entry(&zones[0]).or_insert(next)
        });
        let sources = sources.collect();
        let questions = queries
            .iter()
            .map(|query| Question {
                text: text(query, "text"),
                relevant: query["relevant"].as_array().unwrap().iter().map(|id| number[id.as_str().unwrap()]).collect(),
            })
            .collect();
        let named = corpus.iter().map(|article| format!("{} {}", text(article, "title"), text(article, "law"))).collect();
        Self { collection, sources, articles: corpus.len(), questions, named }
    }

    fn query(&self, text: &str) -> Query {
        let (vocabulary, pairs) = (&self.collection.vocabulary, &self.collection.pairs);
        let Ok(understood) = understand::understand(text, &Table::standard(), vocabulary, pairs);
        let Ok(query) = Query::new(&understood.slots, &understood.readings, vocabulary, pairs);
        query
    }

    /// The best candidates among articles, or among questions.
    fn candidates(&self, query: &Query, questions: bool, limit: usize) -> Vec<u32> {
        let all = self.collection.candidates(query, u64::MAX, usize::MAX);
        all.into_iter().filter(|number| (*number as usize >= self.articles) == questions).take(limit).collect()
    }

    fn figures(&self, query: &Query, candidates: &[u32]) -> Vec<Figures> {
        let mut comparison = Comparison::new(query, &self.collection.vocabulary, self.collection.mean_words);
        candidates.iter().map(|number| comparison.figures(&self.collection.forms[*number as usize])).collect()
    }

    fn group(&self, question: &Question, text: &str) -> (Vec<u32>, Group<FIGURES>) {
        let query = self.query(text);
        let candidates = self.candidates(&query, false, rank::CANDIDATES);
        let mut figures = self.figures(&query, &candidates);
        let sources: Vec<u32> = candidates.iter().map(|number| self.sources[*number as usize]).collect();
        rank::scores(&rank::FITTED, &mut figures, &sources);
        let relevant = candidates.iter().map(|number| question.relevant.contains(number)).collect();
        (candidates, Group { figures, relevant })
    }
}

fn print(name: &str, measured: Measured) {
    println!(
        "  {name:<12} R@1 {:.4}  R@10 {:.4}  MRR@10 {:.4}  told {:.4}",
        measured.first, measured.ten, measured.reciprocal, measured.told
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let data = Data::load(&arguments[0], &arguments[1]);
    let part = folds(data.questions.len(), FOLDS, SEED);
    let variants: [fn(&str) -> String; 3] = [str::to_owned, fold::folded, half_toned];
    let mut asked: Vec<Vec<Group<FIGURES>>> = Vec::new();
    let mut candidates: Vec<Vec<u32>> = Vec::new();
    for (number, variant) in variants.iter().enumerate() {
        let mut groups = Vec::new();
        for question in &data.questions {
            let (chosen, group) = data.group(question, &variant(&question.text));
            if number == 0 {
                candidates.push(chosen);
            }
            groups.push(group);
        }
        asked.push(groups);
    }
    let answers: Vec<usize> = data.questions.iter().map(|question| question.relevant.len()).collect();
    let train = |without: Option<usize>, ridge: f64| -> Weights {
        let groups = asked.iter().flat_map(|groups| groups.iter().zip(&part)).filter(|(_, fold)| Some(**fold) != without);
        fit(&groups.map(|(group, _)| group).collect::<Vec<_>>(), ridge)
    };
    let mut best = (f64::MIN, 0.0, Vec::new());
    for ridge in RIDGES {
        let weights: Vec<Weights> = (0..FOLDS).map(|fold| train(Some(fold), ridge)).collect();
        let measured: Vec<Measured> = asked.iter().map(|groups| measure(groups, &answers, |at| weights[part[at]])).collect();
        println!("articles, {FOLDS}-fold cross-validation, penalty {ridge}:");
        for (name, measured) in ["given", "untoned", "half-toned"].iter().zip(&measured) {
            print(name, *measured);
        }
        let value = measured.iter().map(|measured| measured.ten + measured.reciprocal).sum();
        if value > best.0 {
            best = (value, ridge, weights);
        }
    }
    let (_, ridge, fold_weights) = best;
    let weights = train(None, ridge);
    println!("taken: penalty {ridge}");
    for (name, weight) in FIGURE_NAMES.iter().zip(weights) {
        println!("  {name:<18} {weight:8.3}");
    }

    let named: Vec<Measured> = (0..data.articles)
        .step_by(EVERY)
        .map(|number| {
            let question = Question { text: data.named[number].clone(), relevant: BTreeSet::from([number as u32]) };
            let (_, group) = data.group(&question, &fold::folded(&question.text));
            measure(&[group], &[1], |_| weights)
        })
        .collect();
    let mean = |value: fn(&Measured) -> f64| named.iter().map(value).sum::<f64>() / named.len() as f64;
    let named_mean =
        Measured { first: mean(|m| m.first), ten: mean(|m| m.ten), reciprocal: mean(|m| m.reciprocal), told: mean(|m| m.told) };
    println!("keywords: title and law of every {EVERY}th article, untoned");
    print("", named_mean);

    let alike = |weights: &dyn Fn(usize) -> Weights| -> Vec<Group<{ similar::FIGURES }>> {
        (0..data.questions.len()).map(|at| similar_group(&data, &candidates[at], &asked[0][at], at, &weights(at))).collect()
    };
    let groups = alike(&|at| fold_weights[part[at]]);
    let has: Vec<bool> = groups.iter().map(|group| group.relevant.iter().any(|relevant| *relevant)).collect();
    let mut best = (f64::MIN, 0.0);
    for ridge in RIDGES {
        let fitted: Vec<_> = (0..FOLDS)
            .map(|fold| {
                fit(
                    &groups.iter().zip(&part).filter(|(_, part)| **part != fold).map(|(group, _)| group).collect::<Vec<_>>(),
                    ridge,
                )
            })
            .collect();
        let (mut one, mut five, mut all) = (0.0, 0.0, 0.0);
        for at in 0..groups.len() {
            let question = &data.questions[at];
            let others = data.questions.iter().enumerate().filter(|(other, _)| *other != at);
            if !others.into_iter().any(|(_, other)| !other.relevant.is_disjoint(&question.relevant)) {
                continue;
            }
            all += 1.0;
            if has[at] {
                let first = ranks(&groups[at], &fitted[part[at]])[0];
                one += f64::from(u8::from(first < 1));
                five += f64::from(u8::from(first < 5));
            }
        }
        let likely: f64 = groups.iter().enumerate().map(|(at, group)| told(group, &fitted[part[at]])).sum();
        println!("similar questions ({all}), penalty {ridge}: hit@1 {:.4}  hit@5 {:.4}  told {likely:.2}", one / all, five / all);
        if one + five > best.0 {
            best = (one + five, ridge);
        }
    }
    let groups = alike(&|_| weights);
    let similar_weights = fit(&groups.iter().collect::<Vec<_>>(), best.1);
    println!("taken: penalty {}, weights {similar_weights:?}", best.1);
    if arguments.iter().any(|argument| argument == "--write") {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        std::fs::write(format!("{folder}/weights.in"), format!("{weights:?}\n")).unwrap();
        std::fs::write(format!("{folder}/similar.in"), format!("{similar_weights:?}\n")).unwrap();
        println!("written");
    }
}

/// The other questions as candidates for the one at `at`.
fn similar_group(
    data: &Data,
    articles: &[u32],
    group: &Group<FIGURES>,
    at: usize,
    weights: &Weights,
) -> Group<{ similar::FIGURES }> {
    let scores: Vec<f32> = group.figures.iter().map(|figures| dot(weights, figures)).collect();
    let led: Vec<(&[u8], f32)> = similar::leads_to(&scores)
        .into_iter()
        .map(|(place, share)| (data.collection.forms[articles[place] as usize].as_slice(), share))
        .collect();
    let query = data.query(&data.questions[at].text);
    let own = (data.articles + at) as u32;
    let mut others = data.candidates(&query, true, similar::CANDIDATES + 1);
    others.retain(|number| *number != own);
    let direct = data.figures(&query, &others);
    let mut made = Group::default();
    for (number, direct) in others.iter().zip(&direct) {
        let other = &data.questions[*number as usize - data.articles];
        let (vocabulary, pairs) = (&data.collection.vocabulary, &data.collection.pairs);
        let Ok(old) = Query::new(&similar::plain(&other.text), &[], vocabulary, pairs);
        let through = similar::through_articles(&old, &led, weights, vocabulary, data.collection.mean_words);
        made.figures.push(similar::figures(direct, through));
        made.relevant.push(!other.relevant.is_disjoint(&data.questions[at].relevant));
    }
    made
}
