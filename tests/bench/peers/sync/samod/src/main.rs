//! samod over TCP, in memory: one process with devices, driven by requests that are JSON objects, one a line; several may be under way.
//! The requests are those of `tests/bench/sync/src/peer.rs`.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use automerge::transaction::Transactable;
use automerge::{Automerge, AutomergeError, ObjType, ROOT, ReadDoc};
use futures::StreamExt;
use futures::future::{BoxFuture, try_join_all};
use rustix::time::{ClockId, clock_gettime};
use samod::{BackoffConfig, DialError, Dialer, DialerHandle, DocHandle, DocumentId, PeerId, Repo, ShareConfig, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use url::Url;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_micros(500);
/// The map that the entries stand in.
const STROKES: &str = "strokes";

/// Microseconds of the machine's monotonic clock: comparable between processes.
fn now_us() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A key of 16 hexadecimal digits and random bytes.
    fn entry(&mut self, bytes: usize) -> (String, Vec<u8>) {
        (format!("{:016x}", self.next()), (0..bytes).map(|_| self.next().to_le_bytes()[0]).collect())
    }
}

struct Dial(u16);

impl Dialer for Dial {
    type Error = Infallible;

    fn url(&self) -> Url {
        address(self.0)
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<Self::Error>>> {
        let port = self.0;
        Box::pin(async move {
            let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(DialError::transient)?;
            stream.set_nodelay(true).map_err(DialError::transient)?;
            Ok(Transport::from_tokio_io(stream))
        })
    }
}

#[allow(clippy::expect_used, reason = "the text is an address")]
fn address(port: u16) -> Url {
    Url::parse(&format!("tcp://127.0.0.1:{port}")).expect("an address")
}

struct Client {
    repo: Repo,
    dialer: Option<DialerHandle<Infallible>>,
    doc: Option<DocHandle>,
}

#[derive(Default)]
struct Host {
    server: Option<Repo>,
    served: Vec<DocHandle>,
    clients: Vec<Client>,
}

fn heads(doc: &DocHandle) -> String {
    let mut heads: Vec<String> = doc.with_document(|document| document.get_heads()).iter().map(ToString::to_string).collect();
    heads.sort();
    heads.join(",")
}

fn has(document: &Automerge, key: &str) -> bool {
    let map = document.get(ROOT, STROKES).ok().flatten();
    map.is_some_and(|(_, map)| matches!(document.get(&map, key), Ok(Some(_))))
}

fn put(document: &mut Automerge, key: String, value: Vec<u8>) -> Outcome<()> {
    let (_, map) = document.get(ROOT, STROKES)?.ok_or("no map")?;
    document.transact::<_, _, AutomergeError>(|tx| tx.put(&map, key, value)).map_err(|failed| failed.error)?;
    Ok(())
}

fn made(changes: usize, bytes: usize, seed: u64) -> Outcome<Automerge> {
    let mut document = Automerge::new();
    document.transact::<_, _, AutomergeError>(|tx| tx.put_object(ROOT, STROKES, ObjType::Map)).map_err(|failed| failed.error)?;
    let mut random = Random(seed);
    for _ in 0..changes {
        let (key, value) = random.entry(bytes);
        put(&mut document, key, value)?;
    }
    Ok(document)
}

async fn client(port: u16, number: usize) -> Outcome<Client> {
    let name = PeerId::from(format!("client-{}-{number}", std::process::id()).as_str());
    let repo = Repo::build_tokio().with_peer_id(name).load().await;
    let dialer = repo.dial(BackoffConfig::default(), Arc::new(Dial(port)))?;
    dialer.established().await.map_err(|_| "not connected")?;
    Ok(Client { repo, dialer: Some(dialer), doc: None })
}

/// A document as it is wanted.
async fn found(repo: &Repo, wanted: &Value) -> Outcome<DocHandle> {
    let doc = repo.find(id_of(&wanted["id"])?).await?.ok_or("not found")?;
    while Some(heads(&doc).as_str()) != wanted["heads"].as_str() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(doc)
}

fn id_of(told: &Value) -> Outcome<DocumentId> {
    told.as_str().and_then(|id| id.parse().ok()).ok_or_else(|| "not a document's id".into())
}

async fn arrives(doc: DocHandle, key: String) -> Outcome<()> {
    let mut changes = std::pin::pin!(doc.changes());
    while !doc.with_document(|document| has(document, &key)) {
        changes.next().await.ok_or("the document is gone")?;
    }
    Ok(())
}

impl Host {
    async fn serve(&mut self) -> Outcome<Value> {
        // Who wants a document asks for it. With the default both announce and request may cross, and everything is sent twice.
        let policy = ShareConfig::read_write().with_announce(false);
        let repo = Repo::build_tokio().with_share_policy(policy).with_peer_id(PeerId::from("server")).load().await;
        let acceptor = repo.make_acceptor(Url::parse("tcp://server")?)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let accepted = stream
                    .set_nodelay(true)
                    .map_err(drop)
                    .and_then(|()| acceptor.accept(Transport::from_tokio_io(stream)).map_err(drop));
                if accepted.is_err() {
                    return;
                }
            }
        });
        self.server = Some(repo);
        Ok(json!({ "port": port }))
    }

    async fn make(&mut self, asked: &Value) -> Outcome<Value> {
        let repo = self.server.as_ref().ok_or("nothing is served")?;
        let mut docs = Vec::new();
        for number in 0..number(asked, "docs")? {
            let document = made(usize_of(asked, "changes")?, usize_of(asked, "bytes")?, number + 1)?;
            let doc = repo.create(document).await?;
            docs.push(json!({ "id": doc.document_id().to_string(), "heads": heads(&doc) }));
            self.served.push(doc);
        }
        Ok(json!({ "docs": docs }))
    }

    async fn fetch(&mut self, asked: &Value) -> Outcome<Value> {
        let from = now_us();
        let one = client(port(asked)?, 0).await?;
        let wanted = asked["docs"].as_array().ok_or("no documents")?;
        let mut looking = Vec::new();
        for doc in wanted {
            looking.push(found(&one.repo, doc));
        }
        let found = try_join_all(looking).await?;
        let us = now_us() - from;
        // They stay open.
        self.served.extend(found);
        self.clients.push(one);
        Ok(json!({ "us": us }))
    }

    async fn clients(&mut self, asked: &Value) -> Outcome<Value> {
        for number in 0..usize_of(asked, "count")? {
            let mut one = client(port(asked)?, number).await?;
            one.doc = Some(one.repo.find(id_of(&asked["doc"])?).await?.ok_or("not found")?);
            self.clients.push(one);
        }
        Ok(json!({}))
    }

    async fn answer(&mut self, asked: &Value) -> Outcome<Value> {
        match asked["do"].as_str() {
            Some("serve") => self.serve().await,
            Some("make") => self.make(asked).await,
            Some("fetch") => self.fetch(asked).await,
            Some("leave") => {
                if let Some(dialer) = self.clients.first_mut().and_then(|one| one.dialer.take()) {
                    dialer.close();
                }
                Ok(json!({}))
            }
            Some("again") => {
                let port = port(asked)?;
                let one = self.clients.first_mut().ok_or("no client")?;
                one.dialer = Some(one.repo.dial(BackoffConfig::default(), Arc::new(Dial(port)))?);
                Ok(json!({}))
            }
            Some("clients") => self.clients(asked).await,
            Some("write") => {
                let (_, value) = Random(number(asked, "seed")?).entry(usize_of(asked, "bytes")?);
                let key = asked["key"].as_str().ok_or("no key")?.to_owned();
                let doc = self.clients.first().and_then(|one| one.doc.as_ref()).ok_or("no document")?;
                let at_us = now_us();
                doc.with_document(|document| put(document, key, value))?;
                Ok(json!({ "at_us": at_us }))
            }
            _ => Err("what?".into()),
        }
    }
}

/// Waits for a key on all devices here without keeping other requests waiting.
async fn expect(host: &Mutex<Host>, asked: &Value) -> Outcome<Value> {
    let key = asked["key"].as_str().ok_or("no key")?;
    let docs: Vec<DocHandle> = {
        let host = host.lock().await;
        host.served.iter().cloned().chain(host.clients.iter().filter_map(|one| one.doc.clone())).collect()
    };
    try_join_all(docs.into_iter().map(|doc| arrives(doc, key.to_owned()))).await?;
    Ok(json!({ "at_us": now_us() }))
}

fn number(asked: &Value, name: &str) -> Outcome<u64> {
    asked[name].as_u64().ok_or_else(|| format!("{name} is missing").into())
}

fn usize_of(asked: &Value, name: &str) -> Outcome<usize> {
    Ok(usize::try_from(number(asked, name)?)?)
}

fn port(asked: &Value) -> Outcome<u16> {
    Ok(u16::try_from(number(asked, "port")?)?)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let host = Arc::<Mutex<Host>>::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let host = Arc::clone(&host);
        tokio::spawn(async move {
            let Ok(asked) = serde_json::from_str::<Value>(&line) else { return };
            let answered = match asked["do"].as_str() {
                Some("expect") => expect(&host, &asked).await,
                _ => host.lock().await.answer(&asked).await,
            };
            let mut answer = answered.unwrap_or_else(|error| json!({ "error": error.to_string() }));
            answer["id"] = asked["id"].clone();
            println!("{answer}");
        });
    }
    Ok(())
}
