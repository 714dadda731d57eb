//! A process that is asked: requests and answers are JSON objects, one a line; several may be under way. Ours ([`crate::child`]) and the
//! peers' (`tests/bench/peers/sync`) speak the same way.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::Outcome;
use crate::machine;

/// How long an answer may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Default)]
struct Waiting {
    next: u64,
    answers: BTreeMap<u64, oneshot::Sender<Value>>,
}

/// See the module. The process ends with its handle.
pub struct Process {
    child: Child,
    input: Mutex<ChildStdin>,
    waiting: Arc<Mutex<Waiting>>,
}

impl Process {
    /// Starts a program.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = Mutex::new(child.stdin.take().ok_or("no input")?);
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let waiting = Arc::<Mutex<Waiting>>::default();
        let answered = Arc::clone(&waiting);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let Ok(answer) = serde_json::from_str::<Value>(&line) else { continue };
                let asked = answer["id"].as_u64().unwrap_or(u64::MAX);
                let asker = answered.lock().unwrap_or_else(PoisonError::into_inner).answers.remove(&asked);
                if let Some(asker) = asker {
                    let _ = asker.send(answer);
                }
            }
            // Whoever still waits hears that nobody will answer.
            answered.lock().unwrap_or_else(PoisonError::into_inner).answers.clear();
        });
        Ok(Self { child, input, waiting })
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.child.id()
    }

    /// Asks something and waits for the answer.
    pub async fn ask(&self, what: &str, mut request: Value) -> Outcome<Value> {
        let (asker, answer) = oneshot::channel();
        let id = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.next += 1;
            let id = waiting.next;
            waiting.answers.insert(id, asker);
            id
        };
        request["id"] = id.into();
        request["do"] = what.into();
        writeln!(self.input.lock().unwrap_or_else(PoisonError::into_inner), "{request}")?;
        let answer = tokio::time::timeout(PATIENCE, answer).await.map_err(|_| format!("{what}: no answer"))?;
        let answer = answer.map_err(|_| format!("{what}: the process has ended"))?;
        match answer["error"].as_str() {
            Some(error) => Err(format!("{what}: {error}").into()),
            None => Ok(answer),
        }
    }

    /// Processor time that it has used, in milliseconds.
    pub fn cpu_ms(&self) -> Outcome<u64> {
        machine::cpu_ms(self.number())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number of an answer.
pub fn number(answer: &Value, name: &str) -> Outcome<i64> {
    answer[name].as_i64().ok_or_else(|| format!("{name} is not in the answer").into())
}
