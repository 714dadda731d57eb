//! What a person sees while xtask works: each step with its seconds, and a table at the end of a long run. Everything goes to stderr.

use std::time::Instant;

use anyhow::Result;

/// The steps of one command, in order.
#[derive(Debug, Default)]
pub struct Progress {
    finished: Vec<(String, f64)>,
}

impl Progress {
    /// Runs one step between its heading and its seconds. The step's error is passed on with the step's name.
    pub fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("==> {title}");
        let begun = Instant::now();
        let result = work();
        let seconds = begun.elapsed().as_secs_f64();
        match &result {
            Ok(_) => eprintln!("    done in {seconds:.1} s"),
            Err(_) => eprintln!("    FAILED after {seconds:.1} s"),
        }
        self.finished.push((title.to_owned(), seconds));
        result.map_err(|error| error.context(format!("step \"{title}\"")))
    }

    /// Prints each step's seconds and their sum.
    pub fn summary(&self) {
        for (title, seconds) in &self.finished {
            eprintln!("{seconds:>9.1} s  {title}");
        }
        eprintln!("{:>9.1} s  in all", self.finished.iter().map(|(_, seconds)| seconds).sum::<f64>());
    }
}
