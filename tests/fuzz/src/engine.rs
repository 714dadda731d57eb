//! Makes inputs from what honest programs wrote, by changing bytes and, where it is CBOR, what it says. Inputs that take a new way
//! cannot be told without instruments, so those that were taken to an answer nobody gave before are kept instead: see [`Run::outcomes`].

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::cbor::Item;
use crate::targets::Target;

/// Longest input, bytes.
pub const INPUT_BYTES_MAX: usize = 256 << 10;
/// Inputs that are kept because of their answer.
const KEPT_MAX: usize = 4_096;
/// An input that takes longer runs away.
pub const INPUT_MAX: Duration = Duration::from_secs(5);

/// An input on which a target did not come back well.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The bytes.
    pub input: Vec<u8>,
    /// What it said.
    pub why: String,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// Inputs tried.
    pub tried: u64,
    /// How often each answer was given.
    pub outcomes: BTreeMap<String, u64>,
    /// The input that took longest, and how long.
    pub slowest: (Duration, Vec<u8>),
    /// The first failure: the run ended there.
    pub failure: Option<Failure>,
}

/// Tries a target on one input.
pub fn attempt(target: &Target, input: &[u8]) -> Result<String, String> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_else(|| "a panic".to_owned())
    })
}

/// Tries a target until `inputs` were tried or the time is over.
pub fn run(target: &Target, seed: u64, inputs: u64, time: Option<Duration>) -> Run {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut corpus: Vec<Vec<u8>> = (target.corpus)();
    if corpus.is_empty() {
        corpus.push(Vec::new());
    }
    let honest = corpus.clone();
    let mut run = Run::default();
    let began = Instant::now();
    while run.tried < inputs && time.is_none_or(|time| began.elapsed() < time) {
        let number = usize::try_from(run.tried).unwrap_or(usize::MAX);
        let input = match honest.get(number) {
            Some(whole) => whole.clone(),
            None => mutated(&corpus, &mut rng),
        };
        run.tried += 1;
        let since = Instant::now();
        let answer = attempt(target, &input);
        let took = since.elapsed();
        if took > run.slowest.0 {
            run.slowest = (took, input.clone());
        }
        let answer = if took > INPUT_MAX { Err(format!("took {} ms", took.as_millis())) } else { answer };
        match answer {
            Ok(outcome) => {
                let times = run.outcomes.entry(outcome).or_default();
                *times += 1;
                if *times <= 8 && corpus.len() < KEPT_MAX && input.len() < INPUT_BYTES_MAX / 8 {
                    corpus.push(input);
                }
            }
            Err(why) => {
                run.failure = Some(Failure { input: shrunk(target, input), why });
                return run;
            }
        }
    }
    run
}

/// The same failure with fewer bytes.
fn shrunk(target: &Target, mut input: Vec<u8>) -> Vec<u8> {
    let mut step = input.len() / 2;
    let until = Instant::now() + Duration::from_secs(20);
    while step > 0 {
        let mut at = 0;
        while at < input.len() && Instant::now() < until {
            let mut fewer = input.clone();
            fewer.drain(at..(at + step).min(input.len()));
            if attempt(target, &fewer).is_err() {
                input = fewer;
            } else {
                at += step;
            }
        }
        step /= 2;
    }
    input
}

fn mutated(corpus: &[Vec<u8>], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let pick = |rng: &mut ChaCha20Rng, end: usize| usize::try_from(rng.next_u64() % (end.max(1) as u64)).unwrap_or(0);
    let mut input = corpus[pick(rng, corpus.len())].clone();
    for _ in 0..=pick(rng, 4) {
        let other = &corpus[pick(rng, corpus.len())];
        if pick(rng, 2) == 0
            && let Some(mut item) = Item::read(&input)
        {
            item.change(Item::read(other).as_ref(), rng);
            input = item.write();
        } else {
            change_bytes(&mut input, other, rng);
        }
        input.truncate(INPUT_BYTES_MAX);
    }
    input
}

fn change_bytes(input: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha20Rng) {
    let mut below = |end: usize| usize::try_from(rng.next_u64() % (end.max(1) as u64)).unwrap_or(0);
    let length = input.len();
    if length == 0 {
        input.extend(other);
        return;
    }
    let (one, another) = (below(length), below(length));
    let (from, to) = (one.min(another), one.max(another));
    match below(11) {
        0 | 1 => input[one] ^= 1 << below(8),
        2 => input[one] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'<', b'{', b'(', b'\n'][below(10)],
        3 => input.truncate(one),
        4 => drop(input.drain(from..to)),
        5 => {
            let part = input[from..to].to_vec();
            input.splice(from..from, part);
        }
        6 => {
            let start = below(other.len());
            let end = (start + below(64)).min(other.len());
            input.splice(one..one, other[start..end].iter().copied());
        }
        7 => {
            let end = (one + 8).min(length);
            let value = [0, u64::MAX, 1 << 31, 1 << 32, 1 << 63][below(5)].to_le_bytes();
            input[one..end].copy_from_slice(&value[..end - one]);
        }
        8 => input.swap(one, another),
        9 => {
            let part = input[from..to.min(from + 40)].to_vec();
            let many: Vec<u8> = part.iter().copied().cycle().take(part.len() * (1 + below(400))).collect();
            input.splice(from..from, many);
        }
        _ => input[one] = input[one].wrapping_add(1),
    }
}
