//! What the measurements of a room share: its devices, papers, seating, figures. The programs are the folders beside.

pub mod device;
pub mod papers;
pub mod seating;
pub mod spread;

/// What goes wrong is told to the person who started the measurement.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
