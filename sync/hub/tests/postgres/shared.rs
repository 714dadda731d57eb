//! Two hubs at one backend, without a network between them; and servers that are away, of another version, or of other hubs.

use std::time::Instant;

use hub::backend::News;
use hub::config::Config;
use hub::identity;
use sync::port::{BlobRow, Write};

use crate::device::{PATIENCE, until};
use crate::process::Place;
use crate::promises::{DEVICE, LOG, SPACE, brings, bytes_of, envelope, file, member};
use crate::servers::Servers;

/// Why a hub cannot be opened.
fn refused(place: &Place) -> String {
    identity::open(&Config::read(&place.config()).unwrap()).err().unwrap().code().to_owned()
}

#[test]
fn what_one_hub_commits_the_other_hears_once_and_may_be_brought_again_but_not_as_another() {
    let Some(servers) = Servers::start() else { return };
    let (first, second) = (servers.hub(None), servers.hub(None));
    let (mut a, mut b) = (first.backend(), second.backend());
    a.commit(&[member(), envelope(1, "one", true)]).unwrap();
    assert!(b.spaces().unwrap().is_empty(), "a hub that is not let in yet sees nothing");
    assert_eq!(b.news().unwrap(), None);
    b.commit(&[member()]).unwrap();
    assert_eq!(b.news().unwrap().unwrap().envelopes, [(SPACE, bytes_of(&envelope(1, "one", true)))]);
    assert_eq!(b.news().unwrap(), None, "once");

    let (row, bytes) = file(9, 300_000);
    brings(a.as_mut(), row, &bytes).unwrap();
    a.commit(&[envelope(2, "two", false), envelope(3, "three", false)]).unwrap();
    let mut heard = News::default();
    while let Some(more) = b.news().unwrap() {
        heard.envelopes.extend(more.envelopes);
        heard.blobs.extend(more.blobs);
    }
    assert_eq!(heard.envelopes.len(), 2);
    assert_eq!(heard.blobs, [BlobRow { complete: true, ..row }]);
    assert_eq!(b.blob_bytes(&row.cipher, 0, bytes.len()).unwrap(), bytes);

    // A device brings the second hub what the first has, and something more.
    b.commit(&[envelope(2, "two", false), envelope(3, "three", false), envelope(4, "four", false)]).unwrap();
    assert_eq!(b.envelopes(&SPACE, 0, usize::MAX).unwrap().len(), 4, "each is there once");
    let forked = a.commit(&[envelope(4, "another four", false)]).unwrap_err();
    assert_eq!(forked.code, "log_forked");
    assert_eq!(a.envelope(&SPACE, &DEVICE, &LOG, 4).unwrap(), Some(bytes_of(&envelope(4, "four", false))));
    let told = a.news().unwrap().unwrap();
    assert_eq!(told.envelopes, [(SPACE, bytes_of(&envelope(4, "four", false)))], "of its own it is told nothing");
    assert_eq!(a.news().unwrap(), None);

    // What is counted for a device only grows, whichever hub writes last.
    let count = |number: u64| Write::Meta { key: "carried-ab".into(), value: number.to_be_bytes().to_vec() };
    a.commit(&[count(500)]).unwrap();
    b.commit(&[count(480)]).unwrap();
    assert_eq!(a.meta("carried-ab").unwrap(), Some(500_u64.to_be_bytes().to_vec()));
    // Who was charged for a file is what was said last, and nobody once the file is gone.
    let charged =
        |bytes: u64| Write::Meta { key: "charge-ab".into(), value: [[7_u8; 32].as_slice(), &bytes.to_be_bytes()].concat() };
    a.commit(&[charged(500)]).unwrap();
    b.commit(&[charged(480)]).unwrap();
    assert_eq!(a.meta("charge-ab").unwrap(), Some([[7_u8; 32].as_slice(), &480_u64.to_be_bytes()].concat()));
    a.commit(&[Write::Meta { key: "charge-ab".into(), value: Vec::new() }]).unwrap();
    assert_eq!(b.meta("charge-ab").unwrap(), None);
    // Everything else is each hub's own.
    a.commit(&[Write::Meta { key: "note".into(), value: vec![1] }]).unwrap();
    assert_eq!(b.meta("note").unwrap(), None);
    a.close().unwrap();
    b.close().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_rings_at_the_other_hub_and_a_lost_database_is_told_and_found_again() {
    let Some(mut servers) = Servers::start() else { return };
    let (first, second) = (servers.hub(None), servers.hub(None));
    let (mut a, mut b) = (first.backend(), second.backend());
    a.commit(&[member()]).unwrap();
    b.commit(&[member()]).unwrap();
    let mut listening = b.listen().unwrap().unwrap();
    let begun = listening.next().await;
    assert_eq!(begun.away, None, "it rings when it begins to listen");

    a.commit(&[envelope(1, "one", true)]).unwrap();
    until("the first envelope", async || {
        listening.next().await;
        b.news().unwrap().filter(|news| !news.envelopes.is_empty())
    })
    .await;

    servers.postgres.stop();
    until("the loss to be told", async || (listening.next().await.away == Some("database_away")).then_some(())).await;
    let refused = a.commit(&[envelope(2, "two", true)]).unwrap_err();
    assert_eq!(refused.code, "database_away");
    assert!(b.recover().is_err());

    servers.postgres.start();
    until("the database to be found", async || listening.next().await.away.is_none().then_some(())).await;
    a.recover().unwrap();
    assert_eq!(a.heads(&SPACE).unwrap()[0].seq, 1, "what was refused is not there");
    a.commit(&[envelope(2, "two", true)]).unwrap();
    b.recover().unwrap();
    assert_eq!(b.heads(&SPACE).unwrap()[0].seq, 2);
}

#[test]
fn while_the_object_store_is_away_no_file_counts_as_kept_and_afterwards_it_does() {
    let Some(mut servers) = Servers::without_objects() else { return };
    let place = servers.hub(None);
    let mut hub = place.backend();
    hub.commit(&[member(), envelope(1, "one", true)]).unwrap();
    let (row, bytes) = file(3, 200_000);
    assert_eq!(brings(hub.as_mut(), row, &bytes).unwrap_err().code, "objects_away");
    assert_ne!(hub.blob(&row.cipher).unwrap().map(|row| row.complete), Some(true));
    assert_eq!(servers.postgres.asks("SELECT count(*) FROM kyhop_hub.blob"), "0");
    assert_eq!(hub.recover().unwrap_err().code, "objects_away");
    hub.commit(&[envelope(2, "two", false)]).unwrap();

    servers.objects.start();
    hub.recover().unwrap();
    assert_eq!(hub.blob(&row.cipher).unwrap(), Some(BlobRow { complete: true, ..row }));
    assert_eq!(hub.blob_bytes(&row.cipher, 0, bytes.len()).unwrap(), bytes);

    // A store that lost what it was given is noticed, not believed.
    servers.objects.stop();
    servers.objects.start();
    drop(hub);
    let hub = place.backend();
    assert_eq!(hub.blob_bytes(&row.cipher, 0, 10).unwrap_err().code, "store_damaged");
}

#[test]
fn another_version_another_key_and_a_database_that_forgets_are_refused() {
    let Some(servers) = Servers::start() else { return };
    let place = servers.hub(None);
    servers.postgres.asks("UPDATE kyhop_hub.state SET version = version + 1");
    assert_eq!(refused(&place), "schema_version");
    servers.postgres.asks("UPDATE kyhop_hub.state SET version = version - 1");
    place.backend().close().unwrap();

    let key = Config::read(&place.config()).unwrap().backend.key_file;
    let kept = std::fs::read_to_string(&key).unwrap();
    let (title, hex) = kept.split_once('\n').unwrap();
    let other: String = hex.chars().map(|digit| if digit == '0' { '1' } else { digit }).rev().collect();
    std::fs::write(&key, format!("{title}\n{}\n", other.trim())).unwrap();
    assert_eq!(refused(&place), "wrong_key");
    std::fs::write(&key, kept).unwrap();

    servers.postgres.asks("ALTER SYSTEM SET fsync = off");
    servers.postgres.asks("SELECT pg_reload_conf()");
    let deadline = Instant::now() + PATIENCE;
    while servers.postgres.asks("SHOW fsync") != "off" {
        assert!(Instant::now() < deadline);
    }
    assert_eq!(refused(&place), "database_unsafe");
}
