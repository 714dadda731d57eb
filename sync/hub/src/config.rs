//! The configuration file, `hub.toml`.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::id::Hash32;
use serde::Deserialize;
use sync::quota::Allowance;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::HubError;
use crate::limits::{CONFIG_BYTES_MAX, CONNECTIONS_MAX, DEVICE_QUOTA_MB_MIN, DIAL_MAX};

/// Stands at the beginning of `key_file` for a credential that systemd hands to the service.
const CREDENTIAL: &str = "credential:";

/// What an administrator decides about a hub. Unknown names are refused: a misspelt limit must not be no limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How the hub is called in the list of requests that an administrator sees.
    pub name: String,
    /// Where it keeps what it carries.
    pub folder: PathBuf,
    /// The key of what is in the folder. Empty: `hub.key` in the folder. `credential:NAME`: from systemd.
    pub key_file: String,
    /// Fingerprint of the organisation's root key, 64 hexadecimal digits. Empty: the words are confirmed with `kyhop-hub confirm`.
    pub organisation: String,
    /// Multiaddresses to listen on.
    pub listen: Vec<String>,
    /// Addresses to call, such as that of another hub.
    pub dial: Vec<String>,
    /// Where `/healthz` and `/metrics` are answered, on the loopback interface; empty: nowhere.
    pub watch: String,
    /// For devices behind a firewall that lets only HTTPS out.
    pub tls: Tls,
    /// What peers may use up.
    pub limits: Limits,
    /// What may be stored.
    pub quota: Quota,
    /// Where what is carried is kept.
    pub backend: BackendConfig,
    /// What is written to the log.
    pub log: Log,
}

/// See [`Config::tls`]: files in PEM.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// The certificate and those between it and its authority, for listening on `/tls/ws`. Empty: none. `credential:NAME`: from systemd.
    pub certificate: String,
    /// The certificate's key. `credential:NAME`: from systemd.
    pub key: String,
    /// Authorities that are believed beside the public ones when a hub is called by `wss`. Empty: none.
    pub authorities: String,
}

/// See [`Config::limits`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Devices connected at a time.
    pub connections: u32,
}

/// See [`Config::quota`]. A megabyte is 1,000,000 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    /// Megabytes of envelopes and files of the whole organisation.
    pub organisation_mb: u64,
    /// Megabytes of envelopes that one device wrote and files that it offered.
    pub device_mb: u64,
}

/// See [`Config::backend`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackendConfig {
    /// Which.
    pub kind: BackendKind,
    /// How PostgreSQL is reached: `host=/run/postgresql user=kyhop-hub dbname=kyhop_hub`, or a URL. Without a password.
    pub database: String,
    /// Where the object store answers, such as `https://s3.example.vn`.
    pub endpoint: String,
    /// Its bucket, which exists already.
    pub bucket: String,
    /// Its region, as its signatures want it.
    pub region: String,
    /// A file with the passwords of both (see [`Secrets`]). Empty: they are in the environment. `credential:NAME`: from systemd.
    pub credentials_file: String,
    /// The key that all hubs on this database share. Empty: `shared.key` in the folder. `credential:NAME`: from systemd.
    pub key_file: String,
}

/// Where what is carried is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendKind {
    /// In the hub's folder.
    Folder,
    /// In PostgreSQL and an object store, which hubs may share.
    Postgres,
}

/// What opens the database and the object store. Never in `hub.toml`, which people send each other.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Empty where PostgreSQL knows the hub by its user of the system.
    #[serde(default)]
    pub database_password: String,
    /// The object store's key.
    #[serde(default)]
    pub access_key: String,
    /// What belongs to that key.
    #[serde(default)]
    pub secret_key: String,
}

/// See [`Config::log`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// Which lines: `error`, `warn`, `info`, `debug`, or a filter such as `info,net=debug`.
    pub level: String,
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Default for Config {
    fn default() -> Self {
        let listen = ["/ip4/0.0.0.0/tcp/4433", "/ip4/0.0.0.0/udp/4433/quic-v1", "/ip6/::/tcp/4433", "/ip6/::/udp/4433/quic-v1"];
        Self {
            name: "Máy chủ lưu chuyển".into(),
            folder: "/var/lib/kyhop-hub".into(),
            key_file: String::new(),
            organisation: String::new(),
            listen: listen.map(str::to_owned).to_vec(),
            dial: Vec::new(),
            watch: "127.0.0.1:9464".into(),
            tls: Tls::default(),
            limits: Limits::default(),
            quota: Quota::default(),
            backend: BackendConfig::default(),
            log: Log::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 500 }
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self { organisation_mb: 500_000, device_mb: 20_000 }
    }
}

impl Default for BackendConfig {
    fn default() -> Self {
        Self {
            kind: BackendKind::Folder,
            database: String::new(),
            endpoint: String::new(),
            bucket: String::new(),
            region: "us-east-1".into(),
            credentials_file: String::new(),
            key_file: String::new(),
        }
    }
}

impl BackendConfig {
    fn check(&self) -> Result<(), String> {
        if self.kind == BackendKind::Folder {
            return Ok(());
        }
        let database: postgres::Config =
            self.database.parse().map_err(|error: postgres::Error| format!("backend.database: {error}"))?;
        if database.get_password().is_some() {
            return Err("backend.database: no password here, it belongs into backend.credentials_file".into());
        }
        if database.get_dbname().is_none() || (database.get_hosts().is_empty() && database.get_hostaddrs().is_empty()) {
            return Err("backend.database: host and dbname are expected".into());
        }
        if !["http://", "https://"].iter().any(|scheme| self.endpoint.starts_with(scheme)) || self.endpoint.contains('@') {
            return Err("backend.endpoint: such as https://s3.example.vn, without a password".into());
        }
        if self.bucket.is_empty() || self.region.is_empty() {
            return Err("backend.bucket and backend.region must not be empty".into());
        }
        Ok(())
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".into() }
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`HubError::Config`] says what is wrong, and where.
    pub fn read(file: &Path) -> Result<Self, HubError> {
        let wrong = |detail: String| HubError::Config { file: file.to_owned(), detail };
        let mut text = String::new();
        std::fs::File::open(file)
            .and_then(|open| open.take(CONFIG_BYTES_MAX + 1).read_to_string(&mut text))
            .map_err(|error| wrong(error.to_string()))?;
        if text.len() as u64 > CONFIG_BYTES_MAX {
            return Err(wrong(format!("longer than {CONFIG_BYTES_MAX} bytes")));
        }
        let config: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        config.check().map_err(wrong)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        self.organisation()?;
        self.watch()?;
        self.check_web()?;
        self.backend.check()?;
        if self.listen.is_empty() && self.dial.is_empty() {
            return Err("listen and dial are both empty: nobody could ever be met".into());
        }
        for address in &self.dial {
            net::address::parse(address).map_err(|error| format!("dial: {address}: {error}"))?;
        }
        if self.dial.len() > DIAL_MAX {
            return Err(format!("dial: at most {DIAL_MAX} addresses"));
        }
        if !(1..=CONNECTIONS_MAX).contains(&self.limits.connections) {
            return Err(format!("limits.connections: 1 to {CONNECTIONS_MAX}"));
        }
        if self.quota.device_mb < DEVICE_QUOTA_MB_MIN || self.quota.organisation_mb < self.quota.device_mb {
            return Err(format!("quota: device_mb at least {DEVICE_QUOTA_MB_MIN}, organisation_mb not less than device_mb"));
        }
        Ok(())
    }

    /// Plain `/ws` is for a web server on the same machine that speaks TLS: who sees it from outside sees who talks, and when.
    fn check_web(&self) -> Result<(), String> {
        let Tls { certificate, key, .. } = &self.tls;
        if certificate.is_empty() != key.is_empty() {
            return Err("tls: certificate and key belong together".into());
        }
        for address in &self.listen {
            let secure = address.ends_with("/tls/ws") || address.ends_with("/wss");
            let local = address.starts_with("/ip4/127.") || address.starts_with("/ip6/::1/");
            if secure && certificate.is_empty() {
                return Err(format!("listen: {address}: tls.certificate and tls.key are missing"));
            }
            if !secure && address.ends_with("/ws") && !local {
                return Err(format!("listen: {address}: without TLS only on the loopback interface, behind a web server"));
            }
        }
        Ok(())
    }

    /// What is shown to those who call by `wss`, and who is believed when the hub calls.
    ///
    /// # Errors
    /// A file cannot be read or is too long; what stands in it is judged by the network.
    pub fn certificates(&self) -> Result<net::Tls, HubError> {
        let Tls { certificate, key, authorities } = &self.tls;
        let identity = if certificate.is_empty() {
            None
        } else {
            let chain_pem = pem(&handed_over(certificate)?)?;
            Some(net::TlsIdentity { chain_pem, key_pem: Zeroizing::new(pem(&handed_over(key)?)?) })
        };
        let authorities = if authorities.is_empty() { Vec::new() } else { pem(Path::new(authorities))? };
        Ok(net::Tls { identity, authorities })
    }

    /// Where the certificate and its key are; nowhere if none is named.
    ///
    /// # Errors
    /// systemd is to hand one over, and has not.
    pub fn certificate_files(&self) -> Result<Vec<PathBuf>, HubError> {
        [&self.tls.certificate, &self.tls.key]
            .into_iter()
            .filter(|named| !named.is_empty())
            .map(|named| handed_over(named))
            .collect()
    }

    /// The root that the hub is to serve, if it is named.
    ///
    /// # Errors
    /// It is no fingerprint.
    pub fn organisation(&self) -> Result<Option<Hash32>, String> {
        match self.organisation.trim() {
            "" => Ok(None),
            hex => hex.parse().map(Some).map_err(|_| "organisation: 64 hexadecimal digits are expected".to_owned()),
        }
    }

    /// Where to be watched from.
    ///
    /// # Errors
    /// It is no address, or not one of this machine only: metrics tell how much an office works and are not for the internet.
    pub fn watch(&self) -> Result<Option<SocketAddr>, String> {
        if self.watch.trim().is_empty() {
            return Ok(None);
        }
        let address: SocketAddr = self.watch.trim().parse().map_err(|_| "watch: such as 127.0.0.1:9464".to_owned())?;
        if !address.ip().is_loopback() {
            return Err("watch: only an address of the loopback interface".into());
        }
        Ok(Some(address))
    }

    /// Where the key is.
    ///
    /// # Errors
    /// A credential is named and systemd handed none over.
    pub fn key_path(&self) -> Result<PathBuf, HubError> {
        self.secret_path(&self.key_file, "hub.key")
    }

    /// Where the key is that hubs on one database share.
    ///
    /// # Errors
    /// As [`Self::key_path`].
    pub fn shared_key_path(&self) -> Result<PathBuf, HubError> {
        self.secret_path(&self.backend.key_file, "shared.key")
    }

    /// The passwords of database and object store.
    ///
    /// # Errors
    /// The file that is named cannot be read or holds something else.
    pub fn secrets(&self) -> Result<Secrets, HubError> {
        if self.backend.credentials_file.is_empty() {
            let from = |name: &str| std::env::var(name).unwrap_or_default();
            return Ok(Secrets {
                database_password: from("KYHOP_HUB_DATABASE_PASSWORD"),
                access_key: from("AWS_ACCESS_KEY_ID"),
                secret_key: from("AWS_SECRET_ACCESS_KEY"),
            });
        }
        let file = self.secret_path(&self.backend.credentials_file, "")?;
        // What the file holds must not be in an error: not even the line on which it went wrong.
        let wrong = |detail: String| HubError::Config { file: file.clone(), detail };
        let mut text = Zeroizing::new(String::new());
        std::fs::File::open(&file)
            .and_then(|open| open.take(CONFIG_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| wrong(error.to_string()))?;
        toml::from_str(&text).map_err(|_| wrong("database_password, access_key, secret_key are expected, each in quotes".into()))
    }

    fn secret_path(&self, named: &str, otherwise: &str) -> Result<PathBuf, HubError> {
        if named.is_empty() { Ok(self.folder.join(otherwise)) } else { handed_over(named) }
    }

    /// What the replica is told to take.
    pub fn allowance(&self) -> Allowance {
        Allowance {
            organisation_bytes: self.quota.organisation_mb.saturating_mul(1_000_000),
            device_bytes: self.quota.device_mb.saturating_mul(1_000_000),
            peers_max: self.limits.connections as usize,
        }
    }

    /// How the hub takes part in the network.
    pub fn net(&self) -> net::Config {
        let limits = net::Limits {
            inbound_max: self.limits.connections,
            pending_inbound_max: self.limits.connections.min(512),
            ..net::Limits::default()
        };
        let quic = self.listen.iter().chain(&self.dial).any(|address| address.contains("/quic"));
        net::Config { listen: self.listen.clone(), mdns: false, quic, limits, ..net::Config::lan() }
    }

    /// The file that `kyhop-hub init` writes: this configuration, explained.
    pub fn explained(&self) -> String {
        let list = |items: &[String]| items.iter().map(|item| format!("    {item:?},\n")).collect::<String>();
        let format = match self.log.format {
            LogFormat::Json => "json",
            LogFormat::Text => "text",
        };
        let kind = match self.backend.kind {
            BackendKind::Folder => "folder",
            BackendKind::Postgres => "postgres",
        };
        format!(
            r#"# Cấu hình máy chủ lưu chuyển Kỳ Họp (configuration of a Kỳ Họp hub). See docs/hub.md.

# Tên hiện ra khi quản trị viên duyệt (how the administrator who lets it in sees it).
name = {name:?}

# Nơi giữ dữ liệu mã hóa (where it keeps what it carries; only ciphertext, and that encrypted once more).
folder = {folder:?}

# Khóa của thư mục trên (the key of that folder). "": hub.key in the folder. "credential:hub.key": LoadCredential= of systemd.
key_file = {key_file:?}

# Dấu vân tay khóa gốc của tổ chức, xem "kyhop identity" (fingerprint of the organisation's root key). When it is given the hub asks only
# this organisation to let it in; when it is empty, compare the six words and type them: "kyhop-hub confirm WORDS".
organisation = {organisation:?}

# Cổng lắng nghe (where devices find it). Open these ports in the firewall, TCP and UDP.
listen = [
{listen}]

# Máy gọi tới (addresses to call, such as another hub).
dial = [
{dial}]

# Nơi xem tình trạng: /healthz và /metrics (for monitoring; only this machine; "": nowhere).
watch = {watch:?}

[tls]
# Cho máy ở sau tường lửa chỉ mở HTTPS (for devices whose firewall lets only HTTPS out): listen = ["/ip4/0.0.0.0/tcp/443/tls/ws", …], and
# devices type wss://hub.example.vn. PEM files; "": none. Read again when they change, and on SIGHUP. Behind nginx or Caddy leave them
# empty and listen on "/ip4/127.0.0.1/tcp/4434/ws". See docs/hub.md.
certificate = {certificate:?}
key = {key:?}
# Nơi cấp chứng chỉ riêng (an authority of your own, to call other hubs by wss).
authorities = {authorities:?}

[limits]
# Số máy kết nối cùng lúc (devices connected at a time; a connection takes about 40 kB of memory, more for each space shared).
connections = {connections}

[quota]
# Dung lượng tối đa, MB (megabytes at most). What goes beyond is declined with the reason "quota_organisation" or "quota_device";
# the device keeps it and offers it again after the limit was raised and the hub restarted.
organisation_mb = {organisation_mb}
device_mb = {device_mb}

[backend]
# folder: trong thư mục trên (in the folder above). postgres: PostgreSQL 15 và kho đối tượng S3, nhiều máy chủ dùng chung
# (PostgreSQL 15 and an S3 object store, which any number of hubs may share; see docs/hub.md).
kind = "{kind}"
# Only for postgres. The connection is not encrypted by the hub: a Unix socket, this machine, or a VPN.
database = {database:?}
endpoint = {endpoint:?}
bucket = {bucket:?}
region = {region:?}
# Mật khẩu (passwords: database_password, access_key, secret_key). "": from the environment. "credential:NAME": LoadCredential= of systemd.
credentials_file = {credentials_file:?}
# Khóa chung của các máy chủ (the key that the hubs share). "": shared.key in the folder; copy it to every hub before "kyhop-hub init".
key_file = {shared_key_file:?}

[log]
# json | text
format = "{format}"
# error | warn | info | debug
level = {level:?}
"#,
            name = self.name,
            folder = self.folder,
            key_file = self.key_file,
            organisation = self.organisation,
            listen = list(&self.listen),
            dial = list(&self.dial),
            watch = self.watch,
            certificate = self.tls.certificate,
            key = self.tls.key,
            authorities = self.tls.authorities,
            connections = self.limits.connections,
            organisation_mb = self.quota.organisation_mb,
            device_mb = self.quota.device_mb,
            database = self.backend.database,
            endpoint = self.backend.endpoint,
            bucket = self.backend.bucket,
            region = self.backend.region,
            credentials_file = self.backend.credentials_file,
            shared_key_file = self.backend.key_file,
            level = self.log.level,
        )
    }
}

/// Where a file is that is named in the configuration and that systemd may hand over.
fn handed_over(named: &str) -> Result<PathBuf, HubError> {
    let Some(name) = named.strip_prefix(CREDENTIAL) else { return Ok(named.into()) };
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| HubError::Key {
        file: name.into(),
        detail: "the service got no credentials from systemd (LoadCredential=)".into(),
    })?;
    Ok(Path::new(&folder).join(name))
}

fn pem(file: &Path) -> Result<Vec<u8>, HubError> {
    let wrong = |detail: String| HubError::Config { file: file.to_owned(), detail };
    let most = net::limits::PEM_BYTES_MAX as u64;
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(wrong(format!("longer than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn read(text: &str) -> Result<Config, HubError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn the_file_that_init_writes_says_what_the_program_does_without_one() {
        assert_eq!(read(&Config::default().explained()).unwrap(), Config::default());
        assert_eq!(read("").unwrap(), Config::default());
    }

    #[test]
    fn what_an_administrator_chose_comes_back_also_with_odd_names() {
        let chosen = Config {
            name: "Hub \"Huế\" \\ 1".into(),
            folder: "/srv/kỳ họp".into(),
            key_file: "credential:hub.key".into(),
            organisation: "ab".repeat(32),
            dial: vec!["/dns4/hub.example.vn/tcp/4433".into()],
            watch: String::new(),
            tls: Tls {
                certificate: "/etc/kyhop/hub.pem".into(),
                key: "credential:tls.key".into(),
                authorities: "/etc/ca \"1\".pem".into(),
            },
            log: Log { format: LogFormat::Text, level: "debug".into() },
            backend: BackendConfig {
                kind: BackendKind::Postgres,
                database: "host=/run/postgresql user=kyhop-hub dbname=kyhop_hub".into(),
                endpoint: "http://127.0.0.1:9000".into(),
                bucket: "hồ-sơ".into(),
                region: "vn-1".into(),
                credentials_file: "credential:hub.credentials".into(),
                key_file: "/srv/shared.key".into(),
            },
            ..Config::default()
        };
        assert_eq!(read(&chosen.explained()).unwrap(), chosen);
    }

    #[test]
    fn a_misspelt_limit_is_no_silent_default() {
        let error = read("[quota]\ndevice_gb = 5\n").unwrap_err();
        assert!(error.to_string().contains("device_gb"), "{error}");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        for (text, named) in [
            ("organisation = \"abc\"", "organisation"),
            ("watch = \"0.0.0.0:9464\"", "watch"),
            ("watch = \"here\"", "watch"),
            ("listen = []", "listen"),
            ("dial = [\"not an address\"]", "dial"),
            ("[limits]\nconnections = 0", "connections"),
            ("[quota]\norganisation_mb = 1\ndevice_mb = 2", "quota"),
            ("name = 3", "name"),
            ("[tls]\ncertificate = \"/a.pem\"", "belong together"),
            ("listen = [\"/ip4/0.0.0.0/tcp/443/tls/ws\"]", "tls.certificate"),
            ("listen = [\"/ip4/0.0.0.0/tcp/443/wss\"]", "tls.certificate"),
            ("listen = [\"/ip4/0.0.0.0/tcp/80/ws\"]", "loopback"),
            ("[tls]\ncertficate = \"/a.pem\"", "certficate"),
            ("[backend]\nkind = \"postgres\"", "database"),
            ("[backend]\nkind = \"postgres\"\ndatabase = \"host=/run dbname=a password=b\"", "password"),
            ("[backend]\nkind = \"postgres\"\ndatabase = \"host=/run dbname=a\"\nendpoint = \"here\"", "endpoint"),
            ("[backend]\nkind = \"sqlite\"", "kind"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code(), "hub_config");
            assert!(error.to_string().contains(named), "{text}: {error}");
        }
    }
}
