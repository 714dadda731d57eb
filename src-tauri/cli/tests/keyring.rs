//! The system's keyring as a cache of the profile's key: the real Secret Service of GNOME Keyring on a session bus of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::process::{Command, Stdio};

use support::Desk;

/// Starts the keyring with a login keyring in the test's own folder, then runs every further argument as a shell command.
/// A line with its exit status follows the output of each.
const SESSION: &str = r#"
printf 'login' | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
keyring=$!
here() { dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets; }
tries=0
until here | grep -q true || [ $tries -ge 200 ]; do tries=$((tries + 1)); sleep 0.05; done
for command in "$@"; do sh -c "$command"; echo "status $?"; done
kill $keyring
"#;

/// What the commands printed, in a session with a keyring.
fn in_session(desk: &Desk, commands: &[String]) -> String {
    let home = desk.path("home");
    std::fs::create_dir_all(home.join("runtime")).unwrap();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", SESSION, "session"])
        .args(commands)
        .env("HOME", &home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home.join("runtime"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("KYHOP_PASSPHRASE_FILE")
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session: set-up installs package dbus");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A command line of the program for this desk, with or without its passphrase.
fn line(desk: &Desk, passphrase: bool, words: &str) -> String {
    let file = if passphrase { format!("--passphrase-file '{}'", desk.text_path("passphrase")) } else { String::new() };
    format!("'{}' --profile '{}' {file} --json {words} 2>&1", support::kyhop().get_program().display(), desk.profile().display())
}

#[test]
fn a_remembered_profile_opens_without_its_passphrase_until_it_is_forgotten() {
    let desk = Desk::founded();
    let said = in_session(
        &desk,
        &[
            line(&desk, false, "identity"),
            line(&desk, true, "remember"),
            line(&desk, false, "identity"),
            line(&desk, false, "remember --forget"),
            line(&desk, false, "identity"),
        ],
    );
    let statuses: Vec<&str> = said.lines().filter(|line| line.starts_with("status ")).collect();
    assert_eq!(statuses, ["status 1", "status 0", "status 0", "status 0", "status 1"], "{said}");
    assert_eq!(said.matches("passphrase_needed").count(), 2, "{said}");
    assert!(said.contains(support::FOUNDER), "{said}");
}

#[test]
fn where_there_is_no_keyring_nothing_is_remembered_and_that_is_said() {
    let desk = Desk::founded();
    let output = desk
        .command(&desk.path("passphrase"), &["remember"])
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", desk.text_path("no-bus")))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(support::said(&output).contains("keyring_unavailable"), "{}", support::said(&output));
    assert_eq!(desk.ok(&["identity"])["me"]["name"], support::FOUNDER, "the profile opens as before");
}
