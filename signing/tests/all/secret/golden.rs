//! Files of the first released formats of secret votes, and vectors for whoever writes a verifier of their own.

use domain::vote::BallotForm;
use serde_json::{Value, json};
use signing::secret::BallotChecker;
use signing::{Act, SignedAct, export_secret_bundle, verify_secret_bundle};

use super::SecretVote;
use super::bundles::small_secret_vote;
use crate::golden::golden;
use crate::support::{keys, member_keys, root};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_act_of_each_kind_of_a_secret_vote() {
    let vote = small_secret_vote();
    let acts = [
        ("tellers-elected", &vote.election),
        ("teller-key-offered", &vote.ceremony[0]),
        ("teller-dealt", &vote.ceremony[3]),
        ("teller-confirmed", &vote.ceremony[6]),
        ("secret-vote-opened", &vote.opening),
        ("secret-ballot-cast", &vote.ballots[0]),
        ("totals-opened", &vote.totals[0]),
    ];
    for (name, act) in acts {
        let act = act.verify().unwrap();
        let stored = golden(&format!("act-{name}.cbor"), &SignedAct::sign(&keys(1), &act).to_bytes());
        assert_eq!(SignedAct::from_bytes(&stored).unwrap().verify().unwrap(), act, "{name}");
    }
}

#[test]
fn an_exported_secret_vote() {
    let stored = golden("secret-vote.kyhopvote", &export_secret_bundle(small_secret_vote().source(), &member_keys(1)).unwrap());
    let report = verify_secret_bundle(&stored, &root().fingerprint()).unwrap();
    assert_eq!((report.ok, report.counted, report.votes_for, report.against), (true, 5, Some(3), Some(1)), "{report:?}");
}

/// One vote with everything that is secret in it, and ballots that do not hold.
fn vectors(vote: &SecretVote) -> Value {
    let body = vote.body();
    let opening = vote.opening.hash();
    let sealed = |act: &SignedAct| -> Vec<u8> {
        let Act::SecretBallotCast(ballot) = act.verify().unwrap() else { panic!("a ballot") };
        ballot.sealed
    };
    let ballot = |seat: usize, sealed: &[u8]| {
        let entry = &body.opening.roll[seat];
        let device = entry.device.unwrap();
        json!({
            "seat": seat,
            "person": hex(entry.person.as_bytes()),
            "device": hex(device.as_bytes()),
            "sealed": hex(sealed),
            "holds": BallotChecker::new(&body, opening).check(&device, sealed).is_ok(),
        })
    };
    let cast: Vec<(usize, Vec<u8>)> = vote
        .ballots
        .iter()
        .map(|act| (body.opening.roll.iter().position(|entry| entry.device == Some(act.device)).unwrap(), sealed(act)))
        .collect();
    let mut ballots: Vec<Value> = cast.iter().map(|(seat, sealed)| ballot(*seat, sealed)).collect();
    // The same ballot for another entry of the roll, and with one bit of a response changed.
    ballots.push(ballot(4, &cast[0].1));
    let mut changed = cast[0].1.clone();
    let last = changed.len() - 1;
    changed[last - 20] ^= 1;
    ballots.push(ballot(cast[0].0, &changed));
    let acts = |acts: &[SignedAct]| -> Vec<Value> {
        acts.iter()
            .map(|act| json!({ "hash": act.hash().to_string(), "device": act.device.to_string(), "body": hex(&act.body) }))
            .collect()
    };
    let outcome = vote.outcome().unwrap();
    json!({
        "election": acts(std::slice::from_ref(&vote.election))[0],
        "ceremony": acts(&vote.ceremony),
        "teller_secrets": vote.secrets.iter().map(|(_, secret)| hex(&secret.to_secret_bytes()[1..])).collect::<Vec<_>>(),
        "key": hex(body.tellers.key.as_bytes()),
        "opening": opening.to_string(),
        "groups": body.form.groups().iter().map(|group| json!([group.first, group.slots, group.least, group.most])).collect::<Vec<_>>(),
        "ballots": ballots,
        "counted": vote.record().ballots.iter().filter(|line| line.status == signing::BallotStatus::Counts)
            .map(|line| vote.ballots.iter().position(|act| act.hash() == line.hash)).collect::<Vec<_>>(),
        "closing": vote.closings[0].hash().to_string(),
        "totals_opened": acts(&vote.totals),
        "totals": outcome.places.iter().map(|place| place.votes).collect::<Vec<_>>(),
    })
}

#[test]
fn test_vectors_of_decisions_and_elections() {
    let form = BallotForm::AtMost { most: 2, options: super::candidates(&["An", "Bình", "Cường"]) };
    let mut election = SecretVote::open(6, form, 5, 3, 21);
    for (member, marked) in (0u8..).zip([vec![0, 1], vec![], vec![2], vec![0], vec![0, 2]]) {
        election.cast(member, &marked);
    }
    election.finish();
    election.open_by(&[5, 1, 3]);
    let both = json!({ "decision": vectors(&small_secret_vote()), "election": vectors(&election) });
    let stored = golden("secret-ballots.json", format!("{}\n", serde_json::to_string_pretty(&both).unwrap()).as_bytes());
    let stored: Value = serde_json::from_slice(&stored).unwrap();
    assert_eq!(stored["election"]["totals"], json!([3, 1, 2]));
    let holds = |vote: &str| -> Vec<bool> {
        stored[vote]["ballots"].as_array().unwrap().iter().map(|ballot| ballot["holds"].as_bool().unwrap()).collect()
    };
    assert_eq!(holds("decision"), [true, true, true, true, true, true, true, false, false]);
    assert_eq!(holds("election"), [true, true, true, true, true, false, false]);
}

/// A verifier in another language, written from the document and not from this code, reads the same vectors.
#[test]
fn a_verifier_written_from_the_document_agrees() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var("KYHOP_PYTHON").unwrap_or_else(|_| "python3".into());
    let said = std::process::Command::new(&python)
        .arg(folder.join("tests/oracle/secret_ballots.py"))
        .arg(folder.join("../fixtures/golden/v1/secret-ballots.json"))
        .output();
    let Ok(said) = said else {
        assert!(std::env::var("KYHOP_REQUIRE_ORACLES").is_err(), "required but not installed: {python}");
        eprintln!("skipped: {python}");
        return;
    };
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(text.lines().collect::<Vec<_>>(), ["decision: [3, 1, 1]", "election: [3, 1, 2]"]);
}
