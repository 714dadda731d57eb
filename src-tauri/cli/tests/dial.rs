//! Calling an address: who answers is told, and who does not.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use serde_json::json;
use support::{Desk, until};

/// A program of somebody else at a port of this machine: what it does with each caller, until the test process ends.
fn answerer(mut answers: impl FnMut(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(&mut answers));
    address
}

#[test]
fn a_call_that_does_not_reach_a_device_of_the_organisation_fails_and_says_why() {
    let (desk, stranger) = (Desk::founded(), Desk::founded());
    let (_node, strangers_node) = (desk.node(&[]), stranger.node(&[]));
    // Reserved (RFC 1078), and never given to another test that asks for a free port.
    let nobody = "/ip4/127.0.0.1/tcp/1";
    // A caller that is hung up on in the middle of an answer is as good.
    let garbage = answerer(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")));
    let other = strangers_node.address();
    for (address, code, vi, en) in [
        (nobody, "net.dial.refused", "Không có máy nào trả lời", "Nobody answers"),
        (garbage.as_str(), "net.dial.foreign", "không phải Kỳ Họp", "not a Kỳ Họp device"),
        (other, "dial_other_organisation", "tổ chức khác: Thành phố Minh Hải", "another organisation: Thành phố Minh Hải"),
    ] {
        assert_eq!(desk.fails(&["dial", address]), code);
        let said = desk.says(&["dial", address]);
        for (sentence, must) in said.iter().zip([vi, en]) {
            assert!(sentence.contains(must) && sentence.contains(address), "{sentence}");
        }
        let calls = desk.ok(&["peers"])["calls"].clone();
        let call = calls.as_array().unwrap().iter().find(|call| call["address"] == address).unwrap();
        assert_eq!((&call["outcome"]["state"], &call["outcome"]["code"]), (&json!("failed"), &json!(code)));
    }
    assert_eq!(desk.fails(&["dial", "phòng họp"]), "net.address.no_port");
}

#[test]
fn a_call_that_nobody_answers_ends_when_the_patience_does() {
    let desk = Desk::founded();
    let _node = desk.node(&[]);
    let mut held = Vec::new();
    let silent = answerer(move |stream| held.push(stream));
    assert_eq!(desk.fails(&["dial", &silent, "--timeout", "1"]), "dial_no_answer");
    assert_eq!(desk.ok(&["dial", &silent, "--timeout", "0"]), json!({ "dialled": silent, "reached": false }));
}

#[test]
fn a_call_to_a_device_of_the_organisation_ends_when_it_has_proved_to_be_one() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let node = desk.node(&[]);
    let mut joining = member.joins(node.address(), "Lê Minh Châu");
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request to join arrives", || desk.maybe(&["approve", "--words", &words]));
    assert!(joining.end().0);
    let _members_node = member.node(&[]);
    let address = node.address();
    // Typed again while the connection stands, it is reached as well.
    for _ in 0..2 {
        assert_eq!(member.ok(&["dial", address]), json!({ "dialled": address, "reached": true }));
    }
    assert!(member.ok(&["peers"])["peers"].as_array().unwrap().iter().any(|peer| peer["name"] == support::FOUNDER));
}
