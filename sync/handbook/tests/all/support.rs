//! An organisation with a publisher, and articles of our own making.

use std::collections::BTreeMap;

use domain::id::{DeviceId, Hash32, PersonId, Timestamp, UnitId};
use handbook::package::{Edition, Row, Signer, build};
use handbook::validity::Validity;
use handbook::{Article, Block, Kind, Package, PackageError};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::{DeviceKeys, RootKey};

pub const MADE_AT: Timestamp = Timestamp(1_790_000_000_000);

pub fn root(seed: u64) -> RootKey {
    RootKey::generate(&mut ChaCha20Rng::seed_from_u64(1_000 + seed))
}

pub fn keys(seed: u64) -> DeviceKeys {
    DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn certificate(root: &RootKey, keys: &DeviceKeys, name: &str, issuer: Issuer, administrator: bool) -> DeviceCertificate {
    DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root.fingerprint(),
        unit: UnitId([1; 16]),
        unit_name: "UBND thành phố".to_owned(),
        person: PersonId([keys.device().0[0]; 16]),
        person_name: name.to_owned(),
        person_title: String::new(),
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator,
        issued_at: MADE_AT,
        issuer,
    }
}

/// A publisher whom an administrator's device certified.
pub struct Publisher {
    pub root: RootKey,
    pub keys: DeviceKeys,
    pub chain: Chain,
}

impl Publisher {
    pub fn new(seed: u64) -> Self {
        let (root, administrator, own) = (root(seed), keys(10 * seed), keys(10 * seed + 1));
        let by_root = certificate(&root, &administrator, "Quản trị", Issuer::Root, true);
        let by_device = certificate(&root, &own, "Biên tập", Issuer::Device(administrator.device()), false);
        let chain =
            Chain(vec![SignedCertificate::sign(&administrator, &by_device), SignedCertificate::sign_root(&root, &by_root)]);
        Self { root, keys: own, chain }
    }

    pub fn signer(&self) -> Signer<'_> {
        Signer { keys: &self.keys, chain: &self.chain, root: self.root.public() }
    }

    pub fn device(&self) -> DeviceId {
        self.keys.device()
    }

    pub fn build(&self, number: u64, articles: &[Article]) -> Vec<u8> {
        build(&self.signer(), &edition(number), articles).unwrap()
    }

    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<Package<'a>, PackageError> {
        Package::open(bytes, &[self.root.fingerprint()])
    }
}

pub fn edition(number: u64) -> Edition {
    Edition { package: "so-tay".to_owned(), title: "Sổ tay thử nghiệm".to_owned(), number, made_at: MADE_AT }
}

pub fn article(number: usize) -> Article {
    Article {
        id: format!("luat/dieu-{number:05}"),
        kind: Kind::Law,
        title: format!("Điều thử số {number}"),
        source: "Luật Thử nghiệm".to_owned(),
        number: Some("1/2030/QH".to_owned()),
        article: Some(number.to_string()),
        path: vec!["Chương I".to_owned()],
        validity: Validity { from: Some(20_000), to: None, partly: false },
        blocks: vec![
            Block::point("1.", format!("Khoản một của điều {number} nói về việc thứ {}.", number * 7_919 % 1_009), 0),
            Block::point("2.", "Khoản hai dẫn chiếu khoản một.", 0),
        ],
        ..Article::default()
    }
}

pub fn articles(count: usize) -> Vec<Article> {
    (1..=count).map(article).collect()
}

/// The rows of a package, or the first error.
pub fn rows(package: &Package<'_>) -> Result<Vec<Row>, PackageError> {
    package.rows().collect()
}

/// What is installed, as a device keeps it.
#[derive(Default, Clone)]
pub struct Installed(pub BTreeMap<String, (Hash32, Article)>);

impl Installed {
    pub fn hashes(&self) -> BTreeMap<String, Hash32> {
        self.0.iter().map(|(id, (hash, _))| (id.clone(), *hash)).collect()
    }

    pub fn content(&self) -> Hash32 {
        let mut content = handbook::package::Content::default();
        self.0.iter().for_each(|(id, (hash, _))| content.add(id, hash));
        content.finish()
    }

    pub fn apply(&mut self, package: &Package<'_>) {
        for row in rows(package).unwrap() {
            match row {
                Row::Article { article, hash, .. } => drop(self.0.insert(article.id.clone(), (hash, *article))),
                Row::Tombstone(id) => drop(self.0.remove(&id).expect("a tombstone of what was there")),
            }
        }
    }
}
