//! Eight hosts of their own on one LAN: network namespaces at one bridge, with the real program in each. They find each other by multicast, one
//! of them is moved from the Wi-Fi to a cable, a second organisation is in the same house, and at last the network lets no multicast
//! through. Needs to be allowed to make namespaces; where that is not so the test says so.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{Desk, Running, until};

/// Hosts of the one organisation, the first of them its founder's.
const OURS: usize = 6;
/// Hosts of the other.
const THEIRS: usize = 2;
/// Where each node listens: in its namespace nobody else does.
const PORT: u16 = 4411;
const WIFI: &str = "wlan0";
const CABLE: &str = "eth0";

/// Namespaces at a bridge in one more, all gone when dropped.
struct Lan {
    name: String,
    hosts: usize,
}

impl Lan {
    /// `None` if this machine does not let us make namespaces.
    fn new(hosts: usize) -> Option<Self> {
        let lan = Self { name: format!("kyhop-cli-{}", std::process::id()), hosts };
        let switch = lan.switch();
        if !ip(&["netns", "add", &switch]) {
            return None;
        }
        assert!(ip(&["-n", &switch, "link", "add", "br0", "type", "bridge"]) && ip(&["-n", &switch, "link", "set", "br0", "up"]));
        for host in 0..hosts {
            assert!(ip(&["netns", "add", &lan.host(host)]) && ip(&["-n", &lan.host(host), "link", "set", "lo", "up"]));
            lan.plug(host, WIFI, &address(host));
        }
        Some(lan)
    }

    fn switch(&self) -> String {
        format!("{}-switch", self.name)
    }

    fn host(&self, host: usize) -> String {
        format!("{}-{host}", self.name)
    }

    fn port(host: usize, interface: &str) -> String {
        format!("p{host}-{interface}")
    }

    /// Connects an interface of a host with the bridge and gives it an address.
    fn plug(&self, host: usize, interface: &str, address: &str) {
        let (switch, name, port) = (self.switch(), self.host(host), Self::port(host, interface));
        let made = ip(&["link", "add", interface, "netns", &name, "type", "veth", "peer", "name", &port, "netns", &switch])
            && ip(&["-n", &switch, "link", "set", &port, "master", "br0"])
            && ip(&["-n", &switch, "link", "set", &port, "up"])
            && ip(&["-n", &name, "addr", "add", &format!("{address}/24"), "dev", interface])
            && ip(&["-n", &name, "link", "set", interface, "up"]);
        assert!(made, "{port} can be plugged in");
    }

    /// Switches an interface of a host off; its addresses are gone, as when a lease ends with the connection.
    fn unplug(&self, host: usize, interface: &str) {
        let name = self.host(host);
        assert!(ip(&["-n", &name, "addr", "flush", "dev", interface]) && ip(&["-n", &name, "link", "set", interface, "down"]));
    }

    /// From here on no multicast reaches anybody, as in networks that keep their guests apart.
    fn without_multicast(&self) {
        let switch = self.switch();
        let off = |port: &str| ip(&["-n", &switch, "link", "set", port, "type", "bridge_slave", "mcast_flood", "off"]);
        for host in 0..self.hosts {
            assert!(off(&Self::port(host, WIFI)));
            let cable = Self::port(host, CABLE);
            assert!(!ip(&["-n", &switch, "link", "show", &cable]) || off(&cable));
        }
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for name in (0..self.hosts).map(|host| self.host(host)).chain([self.switch()]) {
            ip(&["netns", "del", &name]);
        }
    }
}

fn ip(arguments: &[&str]) -> bool {
    let run = Command::new("ip").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

fn address(host: usize) -> String {
    format!("10.98.7.{}", host + 1)
}

/// The address that people type.
fn typed(host: usize) -> String {
    format!("/ip4/{}/tcp/{PORT}", address(host))
}

/// A command as it is run on a host.
fn within(namespace: &str, command: &Command) -> Command {
    let mut within = Command::new("ip");
    within.args(["netns", "exec", namespace]).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => within.env(name, value),
            None => within.env_remove(name),
        };
    }
    within
}

/// A profile on a host.
struct Host<'a> {
    lan: &'a Lan,
    at: usize,
    desk: Desk,
    node: Option<Running>,
    device: String,
}

impl<'a> Host<'a> {
    fn new(lan: &'a Lan, at: usize, desk: Desk) -> Self {
        Self { lan, at, desk, node: None, device: String::new() }
    }

    /// Goes online with discovery, and calls these addresses.
    fn starts(&mut self, peers: &[&str]) {
        let listen = format!("/ip4/0.0.0.0/tcp/{PORT}");
        let mut words = vec!["node", "--listen", &listen];
        for peer in peers {
            words.extend(["--peer", peer]);
        }
        let command = self.desk.command(&self.desk.path("passphrase"), &words);
        let mut running = Running::start(&mut within(&self.lan.host(self.at), &command));
        let ready = running.line();
        assert_eq!(ready["ready"], true, "{ready}");
        self.device = ready["device"].as_str().unwrap().to_owned();
        self.node = Some(running);
    }

    /// The power fails.
    fn ends(&mut self) {
        self.node.take().expect("it runs").kill();
    }

    /// Connections with devices that proved to belong to the organisation.
    fn connections(&self) -> Vec<Value> {
        let peers = self.desk.maybe(&["peers"]).unwrap_or(Value::Null);
        let rows = peers["peers"].as_array().cloned().unwrap_or_default();
        rows.into_iter().filter(|row| row["device"].is_string()).collect()
    }

    /// With which devices.
    fn hears(&self) -> BTreeSet<String> {
        self.connections().iter().map(|row| row["device"].as_str().unwrap().to_owned()).collect()
    }

    /// Has this meeting.
    fn has(&self, meeting: &str) {
        until(&format!("host {} has the meeting", self.at), || self.desk.maybe(&["meeting", "show", meeting]));
    }
}

fn name(at: usize) -> String {
    format!("Thành viên {at}")
}

/// An organisation whose devices were let in somewhere else, on the hosts from `first` on.
fn organisation(lan: &Lan, first: usize, count: usize) -> Vec<Host<'_>> {
    let founder = Desk::founded();
    let node = founder.node(&[]);
    let mut desks = Vec::new();
    for at in first + 1..first + count {
        let member = Desk::new();
        let mut joining = member.joins(node.address(), &name(at));
        let words = joining.line()["words"].as_str().unwrap().to_owned();
        until("the request to join arrives", || founder.maybe(&["approve", "--words", &words]));
        assert!(joining.end().0);
        desks.push(member);
    }
    node.stop();
    [founder].into_iter().chain(desks).zip(first..).map(|(desk, at)| Host::new(lan, at, desk)).collect()
}

/// Each hears all others, and nobody else.
fn all_hear_each_other(hosts: &[Host<'_>]) {
    for host in hosts {
        let others: BTreeSet<String> =
            hosts.iter().map(|other| other.device.clone()).filter(|device| *device != host.device).collect();
        until(&format!("host {} hears the others of its organisation", host.at), || (host.hears() == others).then_some(()));
    }
}

#[test]
fn eight_hosts_of_two_organisations_find_their_own_move_to_a_cable_and_get_by_without_multicast() {
    let Some(lan) = Lan::new(OURS + THEIRS) else {
        println!("skipped: eight hosts need network namespaces, and this machine does not let us make them");
        return;
    };
    let mut ours = organisation(&lan, 0, OURS);
    let mut theirs = organisation(&lan, OURS, THEIRS);
    for host in ours.iter_mut().chain(&mut theirs) {
        host.starts(&[]);
    }
    all_hear_each_other(&ours);
    all_hear_each_other(&theirs);

    let meeting = ours[0].desk.meeting();
    for host in &ours[1..] {
        ours[0].desk.ok(&["meeting", "invite", &meeting, &name(host.at), "delegate"]);
    }
    ours.iter().for_each(|host| host.has(&meeting));

    // From the Wi-Fi to a cable, with another address.
    let (mover, moved) = (3, "10.98.7.103");
    lan.plug(mover, CABLE, moved);
    lan.unplug(mover, WIFI);
    let second = ours[0].desk.meeting();
    ours[0].desk.ok(&["meeting", "invite", &second, &name(mover), "delegate"]);
    ours[mover].has(&second);
    until("the moved host is heard from its new address", || {
        let mut rows = ours.iter().filter(|host| host.at != mover).flat_map(Host::connections);
        let seen = |row: &Value| {
            row["device"] == json!(ours[mover].device) && row["address"].as_str().is_some_and(|address| address.contains(moved))
        };
        rows.any(|row| seen(&row)).then_some(())
    });

    for host in &theirs {
        assert_eq!(host.desk.ok(&["meeting", "list"]), json!([]), "the other organisation in the house has nothing of it");
    }
    all_hear_each_other(&theirs);

    // New devices find nobody where no multicast goes through; who types an address gets by.
    lan.without_multicast();
    let (typing, silent) = (4, 5);
    for at in [typing, silent] {
        ours[at].ends();
    }
    ours[silent].starts(&[]);
    ours[typing].starts(&[&typed(0)]);
    let founder = ours[0].device.clone();
    until("the typed address answers", || ours[typing].hears().contains(&founder).then_some(()));
    assert!(ours[silent].hears().is_empty(), "nobody told it of the others");
    ours[silent].desk.ok(&["dial", &typed(0)]);
    let third = ours[0].desk.meeting();
    for at in [typing, silent] {
        ours[0].desk.ok(&["meeting", "invite", &third, &name(at), "delegate"]);
        ours[at].has(&third);
    }
}
