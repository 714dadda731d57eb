//! The handbook as its readers, its publishers and those who mean harm meet it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod golden;
mod hostile;
mod packages;
mod real;
mod support;
