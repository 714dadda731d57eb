//! Devices behind a firewall that lets only HTTPS out.

use domain::meeting::MeetingRole;
use net::{DialReason, NetEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::device::{CANARY, Device, PATIENCE, until};
use crate::process::Place;

const CLERK: &str = "Nguyễn Văn Thư Ký";

/// The hub's certificate for this machine, and how devices are made to believe it.
fn certified(place: &Place, listen: &[&str]) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (place.config().with_file_name("tls.pem"), place.config().with_file_name("tls.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.key_pair.serialize_pem()).unwrap();
    place.configure(|config| {
        config.listen = listen.iter().map(|address| (*address).to_owned()).collect();
        config.tls.certificate = certificate.to_str().unwrap().to_owned();
        config.tls.key = key.to_str().unwrap().to_owned();
    });
    made.cert.pem().into_bytes()
}

/// `wss://localhost:PORT` of a hub that listens on `/tls/ws`.
fn typed(address: &str) -> String {
    assert!(address.contains("/tls/ws"), "{address}");
    format!("wss://localhost:{}", port(address))
}

fn port(address: &str) -> u16 {
    address.split("/tcp/").nth(1).unwrap().split('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_reached_by_https_alone_carries_between_devices_that_never_meet() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let authority = certified(&place, &["/ip4/127.0.0.1/tcp/0/tls/ws"]);
    let hub = place.start().await;
    let address = typed(&hub.address().await);

    let chair = chair.off().await.believing(authority.clone()).on();
    chair.dials(&address).await;
    let device = hub.device();
    chair.has_request(device).await;
    chair.ask(move |engine| engine.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?))).unwrap()).await;
    until("the hub to carry", async || (hub.metric("carrying") == 1).then_some(())).await;

    let clerk = chair.admits(CLERK).await;
    let person = clerk.person().await;
    let clerk = clerk.off().await.believing(authority);
    let space = chair.sitting(&[(person, MeetingRole::Secretary)]).await;
    chair.writes(space, "item", CANARY).await;
    // More than one WebSocket message holds.
    let file = CANARY.repeat(40_000).into_bytes();
    let blob = chair.adds_file(space, file.clone()).await;
    chair.is_acknowledged(space).await;
    until("the file to be at the hub", async || (hub.metric("files_total") == 1).then_some(())).await;
    chair.off().await;

    let clerk = clerk.on();
    clerk.dials(&address).await;
    clerk.comes_to_read(space, "item", CANARY).await;
    assert_eq!(clerk.fetches(space, blob).await, file);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_know_the_hubs_authority_is_told_why_it_does_not_get_there() {
    let place = Place::init(None);
    certified(&place, &["/ip4/127.0.0.1/tcp/0/tls/ws"]);
    let hub = place.start().await;
    let address = typed(&hub.address().await);
    let (handle, mut events) = net::start(net::Config::loopback(), &tokio::runtime::Handle::current()).unwrap();
    handle.dial(&address).unwrap();
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            match events.recv().await.unwrap() {
                NetEvent::DialFailed { address, reason } => return (address, reason),
                NetEvent::Connected { .. } => panic!("it was believed"),
                _ => {}
            }
        }
    });
    assert_eq!(told.await.unwrap(), (address, DialReason::Certificate));
    handle.shutdown().await;
}

/// A device that believes an authority gets to the hub, and one that does not is told why.
async fn meets(hub: &crate::process::Hub, believes: Vec<u8>, met: bool) {
    let tls = net::Tls { authorities: believes, ..net::Tls::default() };
    let config = net::Config { tls, ..net::Config::loopback() };
    let (handle, mut events) = net::start(config, &tokio::runtime::Handle::current()).unwrap();
    handle.dial(&typed(&hub.address().await)).unwrap();
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            match events.recv().await.unwrap() {
                NetEvent::DialFailed { reason, .. } => return Err(reason),
                NetEvent::Connected { .. } => return Ok(()),
                _ => {}
            }
        }
    });
    assert_eq!(told.await.unwrap(), if met { Ok(()) } else { Err(DialReason::Certificate) });
    // What it still holds must not keep the node from ending.
    drop(events);
    handle.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_renewed_is_shown_without_a_restart_and_one_that_is_broken_is_not() {
    const LISTEN: [&str; 1] = ["/ip4/127.0.0.1/tcp/0/tls/ws"];
    let place = Place::init(None);
    let first = certified(&place, &LISTEN);
    let hub = place.start().await;
    meets(&hub, first.clone(), true).await;

    std::fs::write(place.config().with_file_name("tls.key"), "half a").unwrap();
    hub.signal("HUP");
    until("the complaint", async || hub.log().contains("the one before stays").then_some(())).await;
    meets(&hub, first.clone(), true).await;

    let second = certified(&place, &LISTEN);
    hub.signal("HUP");
    until("the renewal", async || hub.log().contains("the certificate was renewed").then_some(())).await;
    meets(&hub, second, true).await;
    meets(&hub, first, false).await;
    let (ended, log) = hub.terminate("TERM").await;
    assert!(ended.success(), "{log}");
}

/// What a browser, a scanner or a web server's check sees.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_http_to_the_port_behind_a_web_server_learns_nothing_and_the_hub_goes_on() {
    let place = Place::init(None);
    place.configure(|config| config.listen = vec!["/ip4/127.0.0.1/tcp/0/ws".to_owned()]);
    let hub = place.start().await;
    let address = hub.address().await;
    for request in ["GET / HTTP/1.1\r\nHost: hub.example.vn\r\n\r\n", "POST /metrics HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd"] {
        let mut stream = TcpStream::connect(("127.0.0.1", port(&address))).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the hub ends what is no WebSocket");
        assert!(!String::from_utf8_lossy(&answer).contains("kyhop"), "{answer:?}");
    }
    let chair = Device::founder("Thành phố Huế").await;
    chair.dials(&format!("ws://127.0.0.1:{}", port(&address))).await;
    until("the caller", async || (hub.status().candidates.len() == 1).then_some(())).await;
}

#[test]
fn a_hub_does_not_start_with_a_key_of_another_certificate() {
    let place = Place::init(None);
    certified(&place, &["/ip4/127.0.0.1/tcp/0/tls/ws"]);
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(place.config().with_file_name("tls.key"), other.key_pair.serialize_pem()).unwrap();
    let output = place.run(&["run"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("net.transport") && said.contains("certificate and key"), "{said}");
}
