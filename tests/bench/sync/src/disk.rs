//! What receiving costs the disk: bytes that a device hands to the file system while changes arrive in bursts, over the bytes that its
//! profile takes up in the end.

use std::path::Path;

use serde_json::{Value, json};
use sync::DocRef;
use sync::control::SpaceKind;

use crate::Outcome;
use crate::catch_up::{VALUE_BYTES, opened};
use crate::device::{Device, folder_of, until};
use crate::figures::hundredth;
use crate::machine::{folder_bytes, written_bytes};
use crate::process::number;

/// Changes of one burst.
const BURST: usize = 100;
/// Of the changes that come as fast as the other device commits them, fewer are made: there the bursts are of no use.
const PACED_PART: usize = 5;

/// The ratio, and details.
pub async fn measure(folder: &Path, changes: usize) -> Outcome<(f64, Value)> {
    let (ratio, bursts) = one(folder, "write_burst", changes).await?;
    let (_, paced) = one(folder, "write", changes / PACED_PART).await?;
    Ok((ratio, json!({ "bursts": bursts, "paced": paced })))
}

/// `write`: each change is committed and sent before the next is made. `write_burst`: a burst is one commit of the other device, and arrives
/// at once.
async fn one(folder: &Path, how: &str, changes: usize) -> Outcome<(f64, Value)> {
    let folder = tempfile::tempdir_in(folder)?;
    let (writer, reader) = (folder_of(folder.path(), 0), folder_of(folder.path(), 1));
    let space = {
        let founder = Device::founder(&writer).await?;
        let other = founder.admits("Đại biểu", &reader).await?;
        let space = founder.space(SpaceKind::Meeting, vec![other.person().await?]).await?;
        let begun = founder.envelopes(space).await?;
        until("the space", async || Ok((other.envelopes(space).await? >= begun).then_some(()))).await?;
        other.off().await?;
        founder.off().await?;
        space
    };
    let copy = folder.path().join("reader");
    let (writer, address) = opened(&writer, &folder.path().join("writer")).await?;
    let (reader, _) = opened(&reader, &copy).await?;
    reader.ask("meet", json!({ "address": address })).await?;
    let before = written_bytes(reader.number())?;
    let target = DocRef::meeting(space);
    let write = json!({ "space": space, "doc": target.doc, "kind": target.kind.code(), "changes": BURST, "bytes": VALUE_BYTES });
    for _ in 0..changes / BURST {
        let there = number(&writer.ask(how, write.clone()).await?, "envelopes")?;
        reader.ask("has", json!({ "space": space, "envelopes": there })).await?;
    }
    // Closing moves the write-ahead log into the database, which belongs to the price.
    reader.ask("off", json!({})).await?;
    let written = written_bytes(reader.number())? - before;
    let kept = folder_bytes(&copy)?;
    let ratio = hundredth(written as f64 / kept as f64);
    Ok((ratio, json!({ "ratio": ratio, "written_bytes": written, "kept_bytes": kept, "changes": changes, "burst": BURST })))
}
