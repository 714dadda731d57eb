//! The demonstration: two people of one sitting on this machine.

use std::path::Path;

use api::error::ApiError;

use crate::connect::Context;
use crate::output::{Lines, Reply};

/// `kyhop demo`
pub async fn demo(context: &Context, folder: &Path) -> Result<Reply, ApiError> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let demo = app::demo::pair(&folder).await?;
    let mut lines = Lines::default();
    lines.add(format_args!("{} {}", context.lang.pick("Cuộc họp", "Meeting"), demo.meeting));
    for person in &demo.profiles {
        lines.add(format_args!(
            "{}: --profile {} --passphrase-file {}",
            person.name,
            person.profile.display(),
            person.passphrase_file.display()
        ));
    }
    Reply::new(&demo, lines.or(""))
}
