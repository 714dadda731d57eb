//! How the weights of the order are found: by rule, from questions with known answers, never by hand.
//!
//! The model is a conditional logit: among the candidates of a question, the chance that one is the answer is proportional to `exp` of
//! its weighted figures. The weights are those of the largest likelihood less a ridge penalty on standardized figures; the problem is
//! convex, so there is one solution, and Newton's method finds it. What weights are worth is said by cross-validation: each question
//! is judged with weights that were fitted on questions of other folds.

/// The candidates of one question.
#[derive(Debug, Clone, Default)]
pub struct Group<const N: usize> {
    /// Figures of each candidate.
    pub figures: Vec<[f32; N]>,
    /// Whether it is an answer.
    pub relevant: Vec<bool>,
}

/// Steps of Newton's method; it is done after about ten.
const STEPS: usize = 30;
/// Steps that are shorter change nothing.
const SHORTEST_STEP: f64 = 1e-6;
/// Standard deviations below this are those of figures that never change.
const FLAT: f64 = 1e-9;

/// The weights that explain best which candidates are answers. `ridge` is the penalty for a weight of 1 per standard deviation,
/// in units of questions.
pub fn fit<const N: usize>(groups: &[&Group<N>], ridge: f64) -> [f32; N] {
    let scale = deviations(groups);
    let mut weights = [0.0_f64; N];
    for _ in 0..STEPS {
        let mut gradient = [0.0; N];
        let mut curvature = vec![[0.0; N]; N];
        for at in 0..N {
            gradient[at] = -ridge * weights[at];
            curvature[at][at] = ridge;
        }
        for group in groups {
            add(group, &scale, &weights, &mut gradient, &mut curvature);
        }
        let step = solve(curvature, gradient);
        let now = gain(groups, &scale, &weights, ridge);
        let mut length = 1.0;
        let further = loop {
            let further: [f64; N] = std::array::from_fn(|at| weights[at] + length * step[at]);
            if gain(groups, &scale, &further, ridge) >= now || length < SHORTEST_STEP {
                break further;
            }
            length /= 2.0;
        };
        weights = further;
        if length * step.iter().fold(0.0, |most: f64, part| most.max(part.abs())) < SHORTEST_STEP {
            break;
        }
    }
    let mut out = [0.0; N];
    for ((out, weight), scale) in out.iter_mut().zip(weights).zip(scale) {
        *out = (weight * scale) as f32;
    }
    out
}

/// One over the mean standard deviation within questions, 0 for figures that never differ.
fn deviations<const N: usize>(groups: &[&Group<N>]) -> [f64; N] {
    let mut scale = [0.0; N];
    for (at, scale) in scale.iter_mut().enumerate() {
        let (mut sum, mut number) = (0.0, 0.0);
        for group in groups.iter().filter(|group| !group.figures.is_empty()) {
            let values = group.figures.iter().map(|figures| f64::from(figures[at]));
            let mean = values.clone().sum::<f64>() / group.figures.len() as f64;
            sum += values.map(|value| (value - mean).powi(2)).sum::<f64>();
            number += group.figures.len() as f64;
        }
        let deviation = (sum / f64::max(number, 1.0)).sqrt();
        *scale = if deviation > FLAT { 1.0 / deviation } else { 0.0 };
    }
    scale
}

/// The logarithm of the likelihood less the penalty.
fn gain<const N: usize>(groups: &[&Group<N>], scale: &[f64; N], weights: &[f64; N], ridge: f64) -> f64 {
    let mut sum = -ridge / 2.0 * weights.iter().map(|weight| weight * weight).sum::<f64>();
    for group in groups {
        let answers = group.relevant.iter().filter(|relevant| **relevant).count();
        if answers == 0 || answers == group.relevant.len() {
            continue;
        }
        let score = |figures: &[f32; N]| -> f64 { (0..N).map(|at| f64::from(figures[at]) * scale[at] * weights[at]).sum() };
        let scores: Vec<f64> = group.figures.iter().map(score).collect();
        let best = scores.iter().copied().fold(f64::MIN, f64::max);
        let total = best + scores.iter().map(|score| (score - best).exp()).sum::<f64>().ln();
        let told = scores.iter().zip(&group.relevant).filter(|(_, relevant)| **relevant).map(|(score, _)| score - total);
        sum += told.sum::<f64>() / answers as f64;
    }
    sum
}

fn add<const N: usize>(
    group: &Group<N>,
    scale: &[f64; N],
    weights: &[f64; N],
    gradient: &mut [f64; N],
    curvature: &mut [[f64; N]],
) {
    let answers = group.relevant.iter().filter(|relevant| **relevant).count();
    if answers == 0 || answers == group.relevant.len() {
        return;
    }
    let rows: Vec<[f64; N]> =
        group.figures.iter().map(|figures| std::array::from_fn(|at| f64::from(figures[at]) * scale[at])).collect();
    let scores: Vec<f64> = rows.iter().map(|row| row.iter().zip(weights).map(|(value, weight)| value * weight).sum()).collect();
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    let chances: Vec<f64> = scores.iter().map(|score| (score - best).exp()).collect();
    let total: f64 = chances.iter().sum();
    let mut mean = [0.0; N];
    for (row, chance) in rows.iter().zip(&chances) {
        for at in 0..N {
            mean[at] += row[at] * chance / total;
        }
    }
    for (row, relevant) in rows.iter().zip(&group.relevant) {
        if *relevant {
            for at in 0..N {
                gradient[at] += (row[at] - mean[at]) / answers as f64;
            }
        }
    }
    for (row, chance) in rows.iter().zip(&chances) {
        let chance = chance / total;
        if chance < 1e-9 {
            continue;
        }
        let off: [f64; N] = std::array::from_fn(|at| row[at] - mean[at]);
        for one in 0..N {
            for other in 0..=one {
                curvature[one][other] += chance * off[one] * off[other];
            }
        }
    }
}

/// Solves the symmetric positive system whose lower half is given (Cholesky).
fn solve<const N: usize>(mut matrix: Vec<[f64; N]>, mut right: [f64; N]) -> [f64; N] {
    for column in 0..N {
        for row in column..N {
            let known = matrix[row].iter().zip(&matrix[column]).take(column);
            let value = matrix[row][column] - known.map(|(one, other)| one * other).sum::<f64>();
            matrix[row][column] = if row == column { value.max(1e-12).sqrt() } else { value / matrix[column][column] };
        }
    }
    for row in 0..N {
        for inner in 0..row {
            right[row] -= matrix[row][inner] * right[inner];
        }
        right[row] /= matrix[row][row];
    }
    for row in (0..N).rev() {
        for below in row + 1..N {
            right[row] -= matrix[below][row] * right[below];
        }
        right[row] /= matrix[row][row];
    }
    right
}

/// Into which of `folds` parts each of `questions` questions falls: parts of equal size, mixed by `seed`.
pub fn folds(questions: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..questions).collect();
    let mut state = seed;
    for at in (1..questions).rev() {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        order.swap(at, (mixed % (at as u64 + 1)) as usize);
    }
    let mut part = vec![0; questions];
    for (place, question) in order.into_iter().enumerate() {
        part[question] = place % folds.max(1);
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_that_tells_gets_the_weight() {
        let groups: Vec<Group<3>> = (0..60_usize)
            .map(|question| {
                let figures: Vec<[f32; 3]> = (0..10_usize)
                    .map(|at| {
                        let noise = ((question * 31 + at * 17) % 11) as f32 / 11.0;
                        // Every tenth question has its answer elsewhere, so that no weight is infinite.
                        let told = if at == if question % 10 == 0 { 3 } else { 0 } { 1.0 } else { 0.0 };
                        [told + noise, noise, 5.0]
                    })
                    .collect();
                Group { figures, relevant: (0..10).map(|at| at == 0).collect() }
            })
            .collect();
        let weights = fit(&groups.iter().collect::<Vec<_>>(), 1.0);
        assert!(weights[0] > 1.0, "{weights:?}");
        assert!(weights[1] < 0.0, "the noise is taken off again: {weights:?}");
        assert_eq!(weights[2], 0.0, "what never differs tells nothing");
    }

    #[test]
    fn folds_are_equal_and_repeatable() {
        let parts = folds(366, 5, 7);
        assert_eq!(parts, folds(366, 5, 7));
        assert_ne!(parts, folds(366, 5, 8));
        for fold in 0..5 {
            assert!((73..=74).contains(&parts.iter().filter(|part| **part == fold).count()));
        }
    }
}
