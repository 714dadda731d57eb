//! The order of what was found.

use crate::compare::{FIGURES, Figures, support};

/// Candidates that are compared in full.
pub const CANDIDATES: usize = 200;
/// What an article loses that is no longer in force: it stays, behind equals that are.
pub const EXPIRED_COSTS: f32 = 2.0;
/// What an article loses that is not yet in force.
pub const NOT_YET_COSTS: f32 = 1.0;
/// What an article gains whose document's number was asked for: more than words can.
pub const NUMBER_GAINS: f32 = 100.0;
/// What the very article gains that was named ("Điều 20" of a source that was named too).
pub const ARTICLE_GAINS: f32 = 50.0;

/// What each figure counts.
pub type Weights = Figures;

/// The weights that `cargo run -p search --example fit` found.
pub const FITTED: Weights = include!("weights.in");

/// What an article has on its own, before the other articles of its source are looked at.
pub fn alone(weights: &Weights, figures: &Figures) -> f32 {
    (0..FIGURES).map(|at| weights[at] * figures[at]).sum()
}

/// Scores for all candidates of a question; fills in what depends on the other candidates.
pub fn scores(weights: &Weights, figures: &mut [Figures], sources: &[u32]) -> Vec<f32> {
    let first: Vec<f32> = figures.iter().map(first_score).collect();
    support(figures, sources, &first);
    figures.iter().map(|figures| alone(weights, figures)).collect()
}

/// Good enough to say which source a question is about.
pub fn first_score(figures: &Figures) -> f32 {
    FIRST * (figures[0] + figures[1])
}

const FIRST: f32 = 6.0;
