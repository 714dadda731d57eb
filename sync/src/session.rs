//! Connections: who is at the other end, and letting newcomers in.
//!
//! Both sides send a hello with certificates and a fresh nonce, then a proof that binds both nonces and both transport
//! ids, so that a hello cannot be replayed or passed on. Who proves nothing can do one thing: ask to be let in.

use domain::id::{DeviceId, SpaceId};
use signing::canonical;
use signing::certificate::{Chain, verify_chain};
use signing::join::{SignedJoinRequest, verify_join};
use signing::keys::{Context, RootPublic, Signature, verify};
use signing::limits::ORGANISATION_NAME_CHARS;

use crate::catchup::{Acked, Declining};
use crate::directory::Directory;
use crate::joining::check_refusal;
use crate::limits::{BLOB_FRAME_BYTES_MAX, DECLINED_CODE_BYTES_MAX, JOIN_REQUESTS_MAX, STRANGERS_MAX, STRIKES_MAX};
use crate::parts::{Divided, Told};
use crate::peer::{Peer, Stage};
use crate::port::{Change, Cx, Effects, Lane, PeerKey, Write};
use crate::replica::{META_CHAIN, META_ORGANISATION, META_ROOT, PendingJoin, Replica};
use crate::wire::{HelloProof, Message, PROTOCOL, PROTOCOL_PARTS, Refusal};

impl Replica {
    pub(crate) fn send(fx: &mut Effects, peer: PeerKey, message: &Message) {
        let lane = match message {
            Message::BlobGet { .. } | Message::BlobData { .. } => Lane::Blob,
            _ => Lane::Sync,
        };
        fx.sends.push((peer, lane, message.encode()));
    }

    pub(crate) fn connected(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        local_id: Vec<u8>,
        remote_id: Vec<u8>,
        address: String,
    ) {
        if self.peers.len() >= self.carried.peers_max() && !self.send_a_stranger_away(fx, 1) {
            fx.closes.push(key);
            return;
        }
        let mut nonce = [0; 32];
        cx.rng.fill_bytes(&mut nonce);
        let peer = Peer {
            stage: Stage::Hello,
            nonce,
            local_id,
            remote_id,
            address,
            since: cx.now.wall,
            spaces: Default::default(),
            compared: Default::default(),
            heard_out: Default::default(),
            told_left: Default::default(),
            put_off: Default::default(),
            knows_parts: false,
            dividing: Default::default(),
            digests_at: cx.now.mono_ms,
            hello_at: None,
            strikes: 0,
            has_blobs: Default::default(),
            wants_blobs: Default::default(),
            in_flight: 0,
            congested: false,
            declined: None,
            declined_blobs: Default::default(),
            organisation: String::new(),
            root: None,
            chain: None,
        };
        self.peers.insert(key, peer);
        self.say_hello(fx, key);
        fx.changes.insert(Change::Sync);
    }

    /// Says who this device is, as far as it is somebody yet.
    fn say_hello(&self, fx: &mut Effects, key: PeerKey) {
        let Some(nonce) = self.peers.get(&key).map(|peer| peer.nonce) else { return };
        let pinned = self.joining.as_ref().filter(|joining| joining.confirmed).and_then(|joining| joining.root);
        let root = self.directory.as_ref().map(|directory| *directory.root()).or(pinned);
        let hello = Message::Hello {
            versions: vec![PROTOCOL, PROTOCOL_PARTS],
            nonce,
            root,
            organisation: self.organisation().to_owned(),
            chain: self.chain.clone(),
        };
        Self::send(fx, key, &hello);
    }

    pub(crate) fn disconnected(&mut self, fx: &mut Effects, key: PeerKey) {
        if self.peers.remove(&key).is_some() {
            for request in self.join_requests.values_mut().filter(|request| request.peer == Some(key)) {
                request.peer = None;
            }
            self.blobs.lost_peer(&key);
            self.asking.lost(key);
            self.relaying.lost(key);
            fx.changes.insert(Change::Sync);
        }
    }

    pub(crate) fn frame(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, bytes: &[u8]) {
        if !self.peers.contains_key(&key) || bytes.len() > BLOB_FRAME_BYTES_MAX {
            return;
        }
        let outcome = match Message::decode(bytes) {
            Ok(message) => self.message(cx, fx, key, message),
            Err(error) => Err(error.code()),
        };
        if let Err(code) = outcome {
            self.strike(fx, key, code);
        }
    }

    /// A peer that keeps sending nonsense is left.
    pub(crate) fn strike(&mut self, fx: &mut Effects, key: PeerKey, code: &'static str) {
        tracing::debug!(peer = key.0, code, "a frame is refused");
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.strikes += 1;
            if peer.strikes >= STRIKES_MAX {
                fx.closes.push(key);
            }
        }
    }

    fn message(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, message: Message) -> Result<(), &'static str> {
        let Some(peer) = self.peers.get(&key) else {
            return Ok(());
        };
        match (&peer.stage, message) {
            (Stage::Hello, Message::Hello { versions, nonce, root, organisation, chain }) => {
                self.agree_on_versions(key, &versions)?;
                self.hello(fx, key, nonce, root, organisation, &chain)
            }
            (Stage::Proof { device, nonce, .. }, Message::Proof { signature }) => {
                let (device, nonce) = (*device, *nonce);
                self.proof(cx, fx, key, device, nonce, &signature)
            }
            // A stranger that was let in begins again on the same connection.
            (Stage::Stranger, Message::Hello { versions, nonce, root, organisation, chain }) => {
                // One that says nothing new is not answered: two strangers would greet each other for ever.
                let says_nothing_new = peer.root == root && peer.chain == Some(crate::envelope::hash(&canonical::encode(&chain)));
                self.agree_on_versions(key, &versions)?;
                if says_nothing_new {
                    return Ok(());
                }
                self.say_hello(fx, key);
                self.hello(fx, key, nonce, root, organisation, &chain)
            }
            (Stage::Stranger, Message::Enrol { request }) => self.enrol(cx, fx, key, &request),
            (Stage::Stranger, Message::Enrolled { chain, code, refusal }) => self.enrolled(fx, chain, code, refusal),
            (Stage::Ready { .. }, message) => self.ready_message(cx, fx, key, message),
            // A member whose directory is older than ours cannot know our certificate's issuer yet; it may speak again later.
            _ => Err("out_of_turn"),
        }
    }

    fn agree_on_versions(&mut self, key: PeerKey, versions: &[u16]) -> Result<(), &'static str> {
        if !versions.contains(&PROTOCOL) {
            return Err("no_common_version");
        }
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.knows_parts = versions.contains(&PROTOCOL_PARTS);
        }
        Ok(())
    }

    fn ready_message(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, message: Message) -> Result<(), &'static str> {
        match message {
            Message::Relayed { request } => self.relayed(cx, fx, key, &request),
            Message::TurnedAway { device, code, refusal } => self.turned_away(fx, key, &device, code, refusal),
            Message::Digests { spaces } => self.digests(cx, fx, key, &spaces),
            Message::Vector { space, ends, reply } => self.vector(cx, fx, key, space, &ends, reply),
            Message::Envelopes { space, envelopes, live } => self.envelopes(cx, fx, key, space, &envelopes, live),
            Message::Ack { space, ends, lazy, run } => {
                let acked = Acked { ends: &ends, lazy, run };
                self.ack(cx, fx, key, space, &acked)
            }
            Message::Announce { space, ends } => self.announced(cx, key, space, &ends),
            Message::Graft { space, ends } => self.graft(cx, fx, key, space, &ends),
            Message::Declined { space, devices, ciphers, code } => {
                self.declined(cx, fx, key, &Declining { space, devices, ciphers, code })
            }
            Message::Left { space, envelope } => self.shown_left(fx, space, &envelope),
            Message::Parts { space, digest, depth, parts } => self.parts(cx, fx, key, &Divided { space, digest, depth, parts }),
            Message::PartEnds { space, digest, parts, ends, reply } => {
                self.part_ends(cx, fx, key, &Told { space, digest, parts, ends, reply })
            }
            Message::Beat { body, signature } => self.beat(cx, fx, key, &body, signature),
            Message::BlobQuery { ciphers } => self.blob_query(cx, fx, key, &ciphers),
            Message::BlobOffer { blobs } => self.blob_offer(cx, fx, key, &blobs),
            Message::BlobHave { ciphers } => self.blob_have(key, &ciphers),
            Message::BlobGet { cipher, offset, len } => self.blob_get(cx, fx, key, cipher, offset, len),
            Message::BlobData { cipher, offset, len, encoded } => self.blob_data(fx, key, cipher, offset, len, &encoded),
            Message::Hello { .. } | Message::Proof { .. } | Message::Enrol { .. } | Message::Enrolled { .. } => {
                Err("out_of_turn")
            }
        }
    }

    fn hello(
        &mut self,
        fx: &mut Effects,
        key: PeerKey,
        nonce: [u8; 32],
        root: Option<RootPublic>,
        organisation: String,
        chain: &Chain,
    ) -> Result<(), &'static str> {
        if organisation.chars().count() > ORGANISATION_NAME_CHARS {
            return Err("organisation_too_long");
        }
        let claimed = match &self.directory {
            // The certificates in the hello stand for themselves up to our root; a revocation that we know stands above them.
            Some(directory) => match verify_chain(chain, directory.root()) {
                Ok(certificate) if directory.is_revoked(&certificate.device) => {
                    return Err("device_revoked");
                }
                // Unknown so far, and vouched for by somebody who was revoked: it has to come in through the directory.
                Ok(certificate)
                    if directory.certificate(&certificate.device).is_none() && vouched_by_revoked(chain, directory) =>
                {
                    return Err("device_revoked");
                }
                Ok(certificate) if certificate.device == self.keys.device() => {
                    return Err("that_is_me");
                }
                // A person's further device by the word of one administrator: likewise.
                Ok(certificate) => {
                    let person = directory.speaker(chain, &certificate).ok_or("device_revoked")?;
                    Some((certificate.device, person))
                }
                Err(_) => None,
            },
            None => None,
        };
        let Some(peer) = self.peers.get_mut(&key) else {
            return Ok(());
        };
        peer.organisation = organisation.clone();
        peer.root = root;
        peer.chain = Some(crate::envelope::hash(&canonical::encode(chain)));
        match (claimed, &self.directory) {
            (Some((device, person)), Some(directory)) => {
                peer.stage = Stage::Proof { device, person, nonce };
                let proof = HelloProof {
                    root: *directory.root(),
                    my_nonce: peer.nonce,
                    your_nonce: nonce,
                    my_transport: peer.local_id.clone().into(),
                    your_transport: peer.remote_id.clone().into(),
                };
                let signature = self.keys.sign(Context::Hello, &canonical::encode(&proof));
                Self::send(fx, key, &Message::Proof { signature });
            }
            _ => {
                peer.stage = Stage::Stranger;
                self.offer_join(fx, key, root, &organisation);
                self.send_a_stranger_away(fx, STRANGERS_MAX + 1);
            }
        }
        fx.changes.insert(Change::Sync);
        Ok(())
    }

    /// Ends the oldest connection with somebody who belongs to nobody here, if there are at least so many. Returns whether one was
    /// ended. Who was waiting there for an answer calls again; the request stays.
    fn send_a_stranger_away(&mut self, fx: &mut Effects, at_least: usize) -> bool {
        let mut strangers = self.peers.iter().filter(|(_, peer)| peer.stage == Stage::Stranger).map(|(key, _)| *key);
        let Some(oldest) = strangers.next().filter(|_| self.directory.is_some() && strangers.count() + 1 >= at_least) else {
            return false;
        };
        fx.closes.push(oldest);
        self.disconnected(fx, oldest);
        true
    }

    fn proof(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        device: DeviceId,
        nonce: [u8; 32],
        signature: &Signature,
    ) -> Result<(), &'static str> {
        let (Some(peer), Some(directory)) = (self.peers.get_mut(&key), &self.directory) else {
            return Ok(());
        };
        let proof = HelloProof {
            root: *directory.root(),
            my_nonce: nonce,
            your_nonce: peer.nonce,
            my_transport: peer.remote_id.clone().into(),
            your_transport: peer.local_id.clone().into(),
        };
        if verify(&device, Context::Hello, &canonical::encode(&proof), signature).is_err() {
            fx.closes.push(key);
            return Err("hello_not_proved");
        }
        if let Stage::Proof { person, .. } = peer.stage {
            peer.stage = Stage::Ready { device, person };
        }
        // A device that comes back over another connection: the older one is dead or soon will be.
        let older: Vec<PeerKey> = self
            .peers
            .iter()
            .filter(|(other, peer)| **other != key && peer.device() == Some(device))
            .map(|(other, _)| *other)
            .collect();
        for other in older {
            fx.closes.push(other);
            self.disconnected(fx, other);
        }
        fx.changes.insert(Change::Sync);
        self.compare_all(cx, fx, key);
        self.ask_for_blobs(fx, key);
        self.relaying.look_again();
        self.show_asked(fx, cx.now.mono_ms);
        Ok(())
    }

    fn enrol(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, signed: &SignedJoinRequest) -> Result<(), &'static str> {
        let request = verify_join(signed).map_err(|error| error.code())?;
        let Some(directory) = &self.directory else {
            return Err("no_organisation");
        };
        if directory.trusts(&request.device) {
            // It was let in while it was away.
            if let Some(chain) = directory.chain(&request.device) {
                Self::send(fx, key, &Message::Enrolled { chain, code: None, refusal: None });
            }
            return Ok(());
        }
        if directory.is_revoked(&request.device) {
            return Err("join_not_now");
        }
        // One for each connection, so that nobody takes all places; and who has gone makes room for who is here.
        let asked = |pending: &PendingJoin| pending.peer == Some(key) && pending.request.device != request.device;
        self.join_requests.retain(|_, pending| !asked(pending));
        if self.join_requests.len() >= JOIN_REQUESTS_MAX && !self.join_requests.contains_key(&request.device) {
            let gone = self.join_requests.iter().filter(|(_, pending)| pending.peer.is_none());
            let Some(oldest) = gone.min_by_key(|(_, pending)| pending.asked_at).map(|(device, _)| *device) else {
                return Err("join_not_now");
            };
            self.join_requests.remove(&oldest);
        }
        let device = request.device;
        self.join_requests.insert(device, PendingJoin { request, peer: Some(key), asked_at: cx.now.wall, relayed: false });
        fx.changes.insert(Change::Directory);
        self.relay(cx, fx, device, signed);
        Ok(())
    }

    /// The answer to our request. Believed only under the root whose words a person has confirmed, a refusal as well as the certificates.
    fn enrolled(
        &mut self,
        fx: &mut Effects,
        chain: Chain,
        code: Option<String>,
        refusal: Option<Refusal>,
    ) -> Result<(), &'static str> {
        let Some(joining) = self.joining.as_mut() else {
            return Err("out_of_turn");
        };
        let Some(root) = joining.root.filter(|_| joining.confirmed) else {
            return Err("words_not_confirmed");
        };
        if chain.0.is_empty() {
            let refusal = refusal.ok_or("refusal_not_proved")?;
            check_refusal(&root, &joining.request, &refusal, code.as_deref())?;
            joining.refused = true;
            joining.code = code.filter(|code| is_code(code));
            fx.changes.insert(Change::Joining);
            return Ok(());
        }
        let certificate = verify_chain(&chain, &root).map_err(|error| error.code())?;
        if certificate.device != self.keys.device() || certificate.agreement != self.keys.agreement_key() {
            return Err("certificate_for_another_device");
        }
        // A person is named by the own device's key, and that is what the request says. Under another name nothing would tell which device is the
        // person's own; only who has a device already is somebody by that device's word.
        let asked = joining.request.read_unverified().map_err(|error| error.code())?.person;
        let issuer = chain.0.get(1).and_then(|signed| signed.read_unverified().ok());
        if certificate.person != asked && issuer.is_none_or(|issuer| issuer.person != certificate.person) {
            return Err("certificate_for_another_person");
        }
        let organisation = joining.organisation.clone();
        self.enter(fx, root, chain, certificate, organisation);
        Ok(())
    }

    /// This device belongs to the organisation from here on.
    pub(crate) fn enter(
        &mut self,
        fx: &mut Effects,
        root: RootPublic,
        chain: Chain,
        certificate: signing::certificate::DeviceCertificate,
        organisation: String,
    ) {
        fx.writes.push(Write::Meta { key: META_ROOT.into(), value: root.0.to_vec() });
        fx.writes.push(Write::Meta { key: META_CHAIN.into(), value: canonical::encode(&chain) });
        fx.writes.push(Write::Meta { key: META_ORGANISATION.into(), value: organisation.clone().into_bytes() });
        self.directory = Some(crate::directory::Directory::new(root));
        self.chain = chain;
        self.me = Some(certificate);
        self.organisation_hint = organisation;
        self.joining = None;
        // Whoever is connected was met by a stranger: a new hello, now with a certificate.
        let met: Vec<PeerKey> = self.peers.keys().copied().collect();
        for key in met {
            if let Some(peer) = self.peers.get_mut(&key) {
                peer.stage = Stage::Hello;
            }
            self.say_hello(fx, key);
        }
        fx.changes.extend([Change::Joining, Change::Directory, Change::Sync]);
    }

    /// Tells a newcomer that waits on a connection what was decided.
    pub(crate) fn answer_join(&mut self, fx: &mut Effects, device: &DeviceId, code: Option<String>) -> Option<SpaceId> {
        let pending = self.join_requests.remove(device)?;
        let directory = self.directory.as_ref()?;
        let space = directory.space();
        let chain = directory.chain(device).unwrap_or(Chain(Vec::new()));
        let refusal = if chain.0.is_empty() { self.refusal(&pending.request, code.clone()) } else { None };
        match pending.peer {
            // A hub learns from the directory who was let in.
            Some(hub) if pending.relayed && chain.0.is_empty() => {
                Self::send(fx, hub, &Message::TurnedAway { device: *device, code, refusal });
            }
            Some(peer) if !pending.relayed => Self::send(fx, peer, &Message::Enrolled { chain, code, refusal }),
            _ => {}
        }
        fx.changes.insert(Change::Directory);
        Some(space)
    }
}

/// Is this a code, and nothing that does something to the screen on which it is shown.
pub(crate) fn is_code(told: &str) -> bool {
    told.len() <= DECLINED_CODE_BYTES_MAX && told.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Does the nearest issuer that is known here not stand any more. One whose own issuer was revoked later, after having let it in, stands.
fn vouched_by_revoked(chain: &Chain, directory: &Directory) -> bool {
    let issuers = chain.0.iter().skip(1).filter_map(|signed| Some(signed.read_unverified().ok()?.device));
    let known = issuers.into_iter().find(|issuer| directory.certificate(issuer).is_some());
    known.is_some_and(|issuer| directory.is_revoked(&issuer))
}
