//! Documents that this office produces, as PDF. The only crate that knows typst.
//!
//! A record (plain data) goes in, a PDF comes out: the same record gives the same bytes. The layout is Decree 30/2020/NĐ-CP.
//! Texts of the record reach the templates as string values of a JSON file, so nothing a person typed is ever evaluated.
//! No network, no system fonts, no files: the serif is embedded, see [`fonts`].

mod date;
mod error;
pub mod fonts;
mod invitation;
pub mod limits;
mod minutes;
mod official;
mod paper;
mod record;
mod text;
mod world;

pub use error::TypesetError;
pub use invitation::{Invitation, InvitationItem, invitation};
pub use minutes::minutes;
pub use official::{blocks, official};
pub use paper::{Block, Paper, Signer, paper};
pub use record::{
    Absence, Agency, AgendaItem, Attendance, Attendee, Away, Ballot, Choice, Finality, LateBallot, MinutesRecord, PaperRef,
    Person, PlaceCount, Remark, SecretCount, SecretResult, VoteRecord,
};
pub use world::{Anchor, Typeset};
