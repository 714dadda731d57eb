//! One device of ours in a process of its own, asked by [`crate::process::Process`].

use std::io::{BufRead as _, stdin};
use std::path::PathBuf;

use domain::id::{DocId, SpaceId};
use domain::meeting::BlobRef;
use net::Lane;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sync::DocRef;
use sync::envelope::DocKind;

use crate::Outcome;
use crate::device::{Device, until};
use crate::machine::now_us;

/// Answers requests until the input ends.
pub fn serve() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut device = None;
    for line in stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let answered = runtime.block_on(answer(device.take(), &asked));
        let (kept, mut answer) = answered.unwrap_or_else(|error| (None, json!({ "error": error.to_string() })));
        device = kept;
        answer["id"] = asked["id"].clone();
        println!("{answer}");
    }
    Ok(())
}

/// What it was asked for, and the device as it is afterwards.
async fn answer(device: Option<Device>, asked: &Value) -> Outcome<(Option<Device>, Value)> {
    if asked["do"] == "open" {
        let device = Device::open(&get::<PathBuf>(asked, "folder")?, None)?;
        let address = device.address().await?;
        return Ok((Some(device), json!({ "address": address })));
    }
    let device = device.ok_or("nothing is open")?;
    let answer = match asked["do"].as_str() {
        Some("catch_up") => catch_up(&device, asked).await?,
        Some("meet") => {
            device.dials(&get::<String>(asked, "address")?).await?;
            until("a connection", async || Ok((device.connected().await? > 0).then_some(()))).await?;
            json!({})
        }
        Some("write") => {
            device.writes(document(asked)?, get(asked, "changes")?, get(asked, "bytes")?).await?;
            json!({ "envelopes": device.envelopes(get(asked, "space")?).await? })
        }
        Some("write_burst") => {
            device.writes_ahead(document(asked)?, get(asked, "changes")?, get(asked, "bytes")?).await?;
            json!({ "envelopes": device.envelopes(get(asked, "space")?).await? })
        }
        Some("has") => {
            has(&device, get(asked, "space")?, get(asked, "envelopes")?).await?;
            json!({})
        }
        Some("fetch") => {
            let from = now_us();
            device.wants(get(asked, "space")?, get::<BlobRef>(asked, "blob")?).await?;
            device.dials(&get::<String>(asked, "address")?).await?;
            device.has_file().await?;
            json!({ "us": now_us() - from })
        }
        Some("traffic") => json!({ "bytes": device.metrics.traffic.bytes(Lane::Sync) }),
        Some("off") => {
            device.off().await?;
            return Ok((None, json!({})));
        }
        _ => return Err("what?".into()),
    };
    Ok((Some(device), answer))
}

/// From the first call until everything is verified and durable, and until it has all been read, too.
async fn catch_up(device: &Device, asked: &Value) -> Outcome<Value> {
    let space = get(asked, "space")?;
    let docs: Vec<(DocId, u16, usize)> = get(asked, "docs")?;
    let from = now_us();
    device.dials(&get::<String>(asked, "address")?).await?;
    has(device, space, get(asked, "envelopes")?).await?;
    let durable = now_us();
    for (doc, kind, entries) in docs {
        let found = device.entries(DocRef { space, doc, kind: DocKind::from_code(kind) }).await?;
        if found != entries {
            return Err(format!("a document has {found} entries instead of {entries}").into());
        }
    }
    Ok(json!({ "durable_us": durable - from, "us": now_us() - from }))
}

async fn has(device: &Device, space: SpaceId, envelopes: u64) -> Outcome<()> {
    let before = device.envelopes(space).await?;
    let counted = device.metrics.envelopes.get();
    until("envelopes", async || {
        // The engine is not asked before there can be enough.
        let may = before + device.metrics.envelopes.get().saturating_sub(counted) >= envelopes;
        Ok((may && device.envelopes(space).await? >= envelopes).then_some(()))
    })
    .await
}

fn document(asked: &Value) -> Outcome<DocRef> {
    Ok(DocRef { space: get(asked, "space")?, doc: get(asked, "doc")?, kind: DocKind::from_code(get(asked, "kind")?) })
}

fn get<T: DeserializeOwned>(asked: &Value, name: &str) -> Outcome<T> {
    serde_json::from_value(asked[name].clone()).map_err(|error| format!("{name}: {error}").into())
}
