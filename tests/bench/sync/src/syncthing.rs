//! syncthing between two folders of this machine, on loopback alone: no discovery, no relays, no reports.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::blob::{Ended, Transfer};
use crate::device::random;
use crate::figures::Samples;

/// The key of the control interface.
const API_KEY: &str = "kyhop-bench";
const FOLDER_ID: &str = "papers";
/// How long two instances may take to know each other, or to transfer.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(2);

struct Instance {
    home: std::path::PathBuf,
    data: std::path::PathBuf,
    id: String,
    listen: u16,
    control: u16,
}

impl Instance {
    fn make(folder: &Path) -> Outcome<Self> {
        let (home, data) = (folder.join("home"), folder.join("data"));
        std::fs::create_dir_all(&home)?;
        std::fs::create_dir_all(&data)?;
        let made = syncthing(&home).arg("generate").arg(format!("--home={}", home.display())).output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        let id = syncthing(&home).arg(format!("--home={}", home.display())).arg("--device-id").output()?;
        let id = String::from_utf8(id.stdout)?.trim().to_owned();
        let free = || -> Outcome<u16> { Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()) };
        Ok(Self { home, data, id, listen: free()?, control: free()? })
    }

    fn start(&self, other: &Self) -> Outcome<Ended> {
        let device =
            |of: &Self| format!(r#"<device id="{}" name="d"><address>tcp://127.0.0.1:{}</address></device>"#, of.id, of.listen);
        let config = format!(
            r#"<configuration version="36">
<folder id="{FOLDER_ID}" label="" path="{}" type="sendreceive" rescanIntervalS="0" fsWatcherEnabled="false">
<device id="{}"></device><device id="{}"></device></folder>
{}{}
<gui enabled="true" tls="false"><address>127.0.0.1:{}</address><apikey>{API_KEY}</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:{}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH><reconnectionIntervalS>1</reconnectionIntervalS></options>
</configuration>"#,
            self.data.display(),
            self.id,
            other.id,
            device(self),
            device(other),
            self.control,
            self.listen
        );
        std::fs::write(self.home.join("config.xml"), config)?;
        let child = syncthing(&self.home)
            .arg("serve")
            .arg(format!("--home={}", self.home.display()))
            .args(["--no-browser", "--no-restart"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Ended(child))
    }

    fn ask(&self, method: &str, path: &str) -> Outcome<String> {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.control))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-API-Key: {API_KEY}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.control
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

fn syncthing(home: &Path) -> Command {
    let mut command = Command::new("syncthing");
    command.env("HOME", home).env("STNODEFAULTFOLDER", "1").env("STNOUPGRADE", "1");
    command
}

fn until(what: &str, mut look: impl FnMut() -> bool) -> Outcome<()> {
    let deadline = Instant::now() + PATIENCE;
    while !look() {
        if Instant::now() > deadline {
            return Err(format!("syncthing: waited in vain for {what}").into());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// From telling one instance that there is a new file, which it hashes first, until the file stands complete in the other's folder.
pub async fn transfer(folder: &Path, transfer: Transfer) -> Outcome<Samples> {
    let folder = tempfile::tempdir_in(folder)?;
    tokio::task::spawn_blocking(move || {
        let (a, b) = (Instance::make(&folder.path().join("a"))?, Instance::make(&folder.path().join("b"))?);
        let _running = [a.start(&b)?, b.start(&a)?];
        // A first small file: then both are connected and know each other's folder.
        std::fs::write(a.data.join("first"), "first")?;
        until("the first file", || {
            let _ = a.ask("POST", &format!("/rest/db/scan?folder={FOLDER_ID}"));
            std::thread::sleep(Duration::from_millis(200));
            b.data.join("first").exists()
        })?;
        let mut samples = Samples::default();
        for run in 0..transfer.runs {
            let name = format!("file-{run}");
            std::fs::write(a.data.join(&name), random(transfer.bytes)?)?;
            std::fs::File::open(a.data.join(&name))?.sync_all()?;
            let begun = Instant::now();
            a.ask("POST", &format!("/rest/db/scan?folder={FOLDER_ID}"))?;
            // It writes under another name and renames what is complete.
            until("a file", || b.data.join(&name).exists())?;
            samples.add(begun.elapsed().as_secs_f64() * 1e3);
        }
        Ok(samples)
    })
    .await?
}
