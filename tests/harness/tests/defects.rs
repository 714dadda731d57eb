//! That the simulation bites: every deliberate mistake is noticed. Runs only where the mistakes are compiled in
//! (`cargo test -p harness --features defects,remember --test defects`; `cargo xtask test` does that).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::sim::{Schedule, play};
use sync::defect::{Defect, make};

/// Seeds within which a mistake has to be noticed.
const SEEDS: u64 = 2_000;

/// The first seed that fails with the mistake and holds without it.
fn noticed_by(defect: Defect) -> Option<u64> {
    (0..SEEDS).find(|seed| {
        let schedule = Schedule::of(*seed);
        make(Some(defect));
        let played = play(&schedule);
        make(None);
        played.is_err() && play(&schedule).is_ok()
    })
}

#[test]
fn every_deliberate_mistake_is_noticed() {
    std::panic::set_hook(Box::new(|_| {}));
    let unnoticed: Vec<&str> = Defect::ALL.into_iter().filter(|defect| noticed_by(*defect).is_none()).map(Defect::name).collect();
    assert!(unnoticed.is_empty(), "not noticed within {SEEDS} seeds: {unnoticed:?}");
}
