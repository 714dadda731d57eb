//! The window's own small parts, on native elements.

mod button;
mod dialog;
mod feedback;
mod field;
mod file;
mod icon;
mod list;
mod narrowing;
mod qr;
mod sync_chip;
mod tabs;

pub use button::{Button, IconButton, Kind};
pub use dialog::{Confirm, Dialog};
pub use feedback::{Empty, ErrorLine, ErrorPanel, Loading, Toasts};
pub use field::{Area, Check, Choices, Field, Pick};
pub use file::{FilePick, Target, TargetDialog};
pub use icon::Icon;
pub use list::{Avatar, Bar, content_key};
pub use narrowing::{Facet, FindBox};
pub use qr::Qr;
pub use sync_chip::SyncChip;
pub use tabs::{Tab, Tabs};
