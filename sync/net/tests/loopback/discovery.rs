//! mDNS between two devices, each in a network namespace of its own.

use std::{
    process::{Child, Command, Stdio},
    time::Instant,
};

use net::{Config, Lane};

use crate::common::{Node, PATIENCE};

/// Set in the processes that play one device each.
const DEVICE: &str = "KYHOP_NET_TEST_DEVICE";
const THIS_TEST: &str = "discovery::two_devices_on_one_lan_find_each_other_without_anybody_typing";

#[test]
fn two_devices_on_one_lan_find_each_other_without_anybody_typing() {
    if std::env::var_os(DEVICE).is_some() {
        tokio::runtime::Runtime::new().unwrap().block_on(device());
        return;
    }
    let Some(lan) = Lan::new() else {
        println!("skipped: discovery by multicast needs two network namespaces, and this machine does not let us make them");
        return;
    };
    let mut devices = lan.names.each_ref().map(|name| lan.device(name));
    let start = Instant::now();
    for device in &mut devices {
        let status = loop {
            if let Some(status) = device.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "the devices did not find each other");
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        assert!(status.success());
    }
}

/// One of the two: waits for the other, greets it, and is greeted.
async fn device() {
    let mut node = Node::with(Config::lan()).await;
    assert!(node.handle.discovers());
    let other = node.met().await;
    node.send(other.peer, Lane::Sync, b"xin chao").await;
    assert_eq!(node.frame(Lane::Sync).await, b"xin chao");
    node.handle.shutdown().await;
}

/// Two namespaces joined by a cable, taken down when dropped.
struct Lan {
    names: [String; 2],
}

impl Lan {
    fn new() -> Option<Self> {
        let names = ["a", "b"].map(|side| format!("kyhop-{}-{side}", std::process::id()));
        let lan = Self { names };
        let [a, b] = lan.names.each_ref().map(String::as_str);
        let made = ip(&["netns", "add", a])
            && ip(&["netns", "add", b])
            && ip(&["link", "add", "lan0", "netns", a, "type", "veth", "peer", "name", "lan0", "netns", b])
            && [(a, "10.99.7.1/24"), (b, "10.99.7.2/24")].iter().all(|(name, address)| {
                ip(&["-n", name, "addr", "add", address, "dev", "lan0"])
                    && ip(&["-n", name, "link", "set", "lo", "up"])
                    && ip(&["-n", name, "link", "set", "lan0", "up"])
            });
        made.then_some(lan)
    }

    fn device(&self, name: &str) -> Child {
        let exe = std::env::current_exe().unwrap();
        Command::new("ip")
            .args(["netns", "exec", name])
            .arg(exe)
            .args(["--exact", THIS_TEST, "--nocapture"])
            .env(DEVICE, "1")
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for name in &self.names {
            ip(&["netns", "del", name]);
        }
    }
}

fn ip(arguments: &[&str]) -> bool {
    let run = Command::new("ip").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}
