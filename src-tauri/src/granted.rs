//! Paths that the person chose in a dialog of the shell. A request of the window may name no others: whoever could make the
//! window ask for what nobody wished would still not read or write the person's files.

use std::collections::VecDeque;

use api::act::Act;
use api::error::ApiError;

/// Chosen paths that are remembered; the oldest is forgotten first.
const PATHS_MAX: usize = 64;

/// Paths that a request may name.
#[derive(Debug, Default)]
pub struct Granted(VecDeque<String>);

impl Granted {
    /// The person chose this path.
    pub fn add(&mut self, path: String) {
        if self.0.len() >= PATHS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(path);
    }

    /// Refuses an act that names a path which nobody chose.
    ///
    /// # Errors
    /// `not_allowed`.
    pub fn check(&self, act: &Act) -> Result<(), ApiError> {
        match act.paths().into_iter().find(|path| !self.0.iter().any(|granted| granted == path)) {
            Some(path) => Err(ApiError::new("not_allowed", "the path was not chosen in a dialog").with("file", path)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use api::act::{ExportAuthority, SignPdf};

    use super::*;

    fn export(path: &str) -> Act {
        Act::ExportAuthority(ExportAuthority { path: path.to_owned() })
    }

    #[test]
    fn only_chosen_paths_may_be_named() {
        let mut granted = Granted::default();
        assert_eq!(granted.check(&export("/home/a/.ssh/authorized_keys")).map_err(|error| error.code), Err("not_allowed".into()));
        granted.add("/home/a/ca.pem".into());
        assert_eq!(granted.check(&export("/home/a/ca.pem")), Ok(()));
        assert!(granted.check(&export("/home/a/./ca.pem")).is_err());
        let sign = SignPdf { path: "/home/a/ca.pem".into(), output: "/home/b".into(), reason: String::new(), visible: false };
        assert!(granted.check(&Act::SignPdf(sign)).is_err(), "both ends must have been chosen");
    }

    #[test]
    fn the_oldest_choice_is_forgotten_first() {
        let mut granted = Granted::default();
        for number in 0..=PATHS_MAX {
            granted.add(format!("/{number}"));
        }
        assert!(granted.check(&export("/0")).is_err());
        assert!(granted.check(&export("/1")).is_ok());
    }
}
