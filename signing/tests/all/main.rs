//! What users, delegates, administrators, thieves and auditors do with keys, certificates, acts and votes, and what must hold.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod accession;
mod acts;
mod archives;
mod bundles;
mod certificates;
mod golden;
mod keys;
mod lead;
mod marked;
mod paper;
mod recovery;
mod root_files;
mod sealed;
mod secret;
mod support;
mod votes;
mod votes_in_any_order;
