//! A room: devices that belong to one space and are connected as discovery would connect them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use domain::id::SpaceId;
use rand_core::Rng;
use sync::control::SpaceKind;

use crate::Outcome;
use crate::device::{Device, folder_of, until};

/// Devices that have everything of a space, the first is its founder's.
pub struct Mesh {
    /// The devices.
    pub devices: Vec<Arc<Device>>,
    /// The space.
    pub space: SpaceId,
}

impl Mesh {
    /// Devices that were let in and invited, one after the other as people do, and are on, but not connected.
    pub async fn seat(folder: &Path, devices: usize) -> Outcome<Self> {
        let founder = Device::founder(&folder_of(folder, 0)).await?;
        let mut people = Vec::with_capacity(devices);
        for number in 1..devices {
            let other = founder.admits(&format!("Đại biểu {number}"), &folder_of(folder, number)).await?;
            people.push(other.person().await?);
            other.off().await?;
        }
        let space = founder.space(SpaceKind::Meeting, people).await?;
        let mut seated = vec![Arc::new(founder)];
        for number in 1..devices {
            seated.push(Arc::new(Device::open(&folder_of(folder, number), None)?));
        }
        Ok(Self { devices: seated, space })
    }

    /// Waits until all have all that is in the space, and nothing more comes.
    pub async fn alike(&self) -> Outcome<()> {
        until("all devices to be alike", async || {
            let mut counts = BTreeSet::new();
            for device in &self.devices {
                counts.insert(device.envelopes(self.space).await?);
            }
            Ok((counts.len() == 1).then_some(()))
        })
        .await
    }

    /// Everybody calls `calls` others at random, as many as discovery would; two are connected once.
    pub async fn connect(&self, calls: usize) -> Outcome<()> {
        for (caller, called) in pairs(self.devices.len(), calls)? {
            let (Some(caller), Some(called)) = (self.devices.get(caller), self.devices.get(called)) else { continue };
            caller.dials(&called.address().await?).await?;
        }
        self.alike().await
    }
}

/// Who calls whom: `calls` others at random, without those that call already.
pub fn pairs(devices: usize, calls: usize) -> Outcome<Vec<(usize, usize)>> {
    let mut rng = hub::identity::fresh_rng()?;
    let mut pairs = BTreeSet::new();
    for caller in 0..devices {
        let mut others: Vec<usize> = (0..devices).filter(|other| *other != caller).collect();
        for _ in 0..calls.min(others.len()) {
            let at = usize::try_from(rng.next_u64() % u64::try_from(others.len())?)?;
            let called = others.swap_remove(at);
            if !pairs.contains(&(called, caller)) {
                pairs.insert((caller, called));
            }
        }
    }
    Ok(pairs.into_iter().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nobody_calls_itself_or_one_who_calls_already() {
        let pairs = pairs(20, 12).unwrap();
        assert!(pairs.iter().all(|(caller, called)| caller != called && !pairs.contains(&(*called, *caller))));
        assert!((0..20).all(|device| pairs.iter().any(|(caller, called)| *caller == device || *called == device)));
    }
}
