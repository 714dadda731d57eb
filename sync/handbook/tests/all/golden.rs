//! Packages of the first released format: what they hold must be readable for ever.
//!
//! `KYHOP_WRITE_GOLDEN=1` writes files that are not there yet. One that is there is never overwritten. The packed bytes may come
//! out differently with another version of the packer, so files are compared by what they hold.

use std::path::PathBuf;

use handbook::package::{Base, build_delta};

use crate::support::*;

fn golden(name: &str, today: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden/v1/handbook").join(name);
    if !path.exists() && std::env::var_os("KYHOP_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, today).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_whole_package_and_an_update_of_the_first_version() {
    let publisher = Publisher::new(1);
    let whole = golden("whole.kyhopb", &publisher.build(1, &articles(20)));
    let package = publisher.open(&whole).unwrap();
    let mut installed = Installed::default();
    installed.apply(&package);
    assert_eq!(installed.content(), package.manifest.content);
    assert!(installed.0.values().map(|(_, article)| article).eq(articles(20).iter()), "every article as it was");
    let today = publisher.build(1, &articles(20));
    assert_eq!(publisher.open(&today).unwrap().manifest.content, package.manifest.content, "articles are encoded as they were");

    let mut second = articles(21);
    second.remove(4);
    second[0].title = "Điều đã sửa".to_owned();
    let base = Base { number: 1, content: installed.content() };
    let today = build_delta(&publisher.signer(), &edition(2), base, &installed.hashes(), &second).unwrap();
    let delta = golden("update.kyhopb", &today);
    let package = publisher.open(&delta).unwrap();
    assert_eq!(package.manifest.rows, 3);
    installed.apply(&package);
    assert_eq!(installed.content(), package.manifest.content);
    assert_eq!(publisher.open(&today).unwrap().manifest.content, package.manifest.content);
}
