//! Beats: ephemeral words of members ("I am here, on page 3"), signed and sealed, passed on along the space's tree,
//! never stored, the first thing to be dropped.

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::{DeviceId, SpaceId};
use signing::canonical;
use signing::keys::{Context, Signature, verify};
use signing::wrap::SpaceKey;

use crate::limits::{BEAT_BYTES_MAX, BEAT_GAP_MS};
use crate::port::{Beat, Cx, Effects, PeerKey};
use crate::replica::Replica;
use crate::wire::{BeatBody, Message};

/// The newest counter of each device, and when it came (monotonic milliseconds).
#[derive(Debug, Default)]
pub struct Beats {
    newest: BTreeMap<(SpaceId, DeviceId), (u64, u64)>,
}

/// Devices that are remembered.
const REMEMBERED_MAX: usize = 20_000;
/// Overhead of a sealed payload and its body.
const BODY_BYTES_MAX: usize = BEAT_BYTES_MAX + 256;

impl Replica {
    /// Says something to all members of a space who are there right now.
    pub fn beat_now(&mut self, cx: &mut Cx<'_>, space: SpaceId, payload: &[u8]) -> Effects {
        let mut fx = Effects::default();
        // As what is kept: who was removed may have made a later key than all that belong here.
        let Some((_, key)) = self.spaces.get(&space).and_then(|space| self.writing_key(space)) else {
            return fx;
        };
        if payload.len() > BEAT_BYTES_MAX {
            return fx;
        }
        let device = self.keys.device();
        let wall = u64::try_from(cx.now.wall.0).unwrap_or(0);
        let counter = self.beats.newest.get(&(space, device)).map_or(wall, |(counter, _)| wall.max(counter + 1));
        self.beats.newest.insert((space, device), (counter, cx.now.mono_ms));
        let mut nonce = [0; 24];
        cx.rng.fill_bytes(&mut nonce);
        let aad = [space.as_bytes().as_slice(), device.as_bytes(), &counter.to_be_bytes()].concat();
        let Ok(sealed) = cipher(&key).encrypt(&XNonce::from(nonce), Payload { msg: payload, aad: &aad }) else {
            return fx;
        };
        let body = canonical::encode(&BeatBody { space, device, counter, sealed: [nonce.as_slice(), &sealed].concat().into() });
        let signature = self.keys.sign(Context::Presence, &body);
        self.pass_on(&mut fx, space, &body, signature, None);
        fx
    }

    fn pass_on(&self, fx: &mut Effects, space: SpaceId, body: &[u8], signature: Signature, from: Option<PeerKey>) {
        let message = Message::Beat { body: body.to_vec().into(), signature };
        for (key, peer) in &self.peers {
            let member = peer.identity().is_some_and(|identity| self.shares(&space, &identity));
            let eager = peer.spaces.get(&space).is_some_and(|shared| shared.met && !shared.lazy);
            if Some(*key) != from && member && eager {
                Self::send(fx, *key, &message);
            }
        }
    }

    pub(crate) fn beat(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        bytes: &[u8],
        signature: Signature,
    ) -> Result<(), &'static str> {
        let body: BeatBody = canonical::decode(bytes, BODY_BYTES_MAX).map_err(|error| error.code())?;
        // Before anything that a strike could tell of the space.
        if !self.is_shared_with(key, &body.space) {
            return Ok(());
        }
        let id = (body.space, body.device);
        let now = cx.now.mono_ms;
        let newer = self
            .beats
            .newest
            .get(&id)
            .is_none_or(|(counter, at)| body.counter > *counter && now.saturating_sub(*at) >= BEAT_GAP_MS);
        let Some(person) = self.person_of(&body.device) else {
            return Ok(());
        };
        if !newer || body.device == self.keys.device() || !self.shares(&body.space, &(body.device, person)) {
            return Ok(());
        }
        if self.directory.as_ref().is_none_or(|directory| !directory.trusts(&body.device)) {
            return Ok(());
        }
        verify(&body.device, Context::Presence, bytes, &signature).map_err(|_| "beat_bad_signature")?;
        if self.beats.newest.len() >= REMEMBERED_MAX {
            self.beats.newest.clear();
        }
        self.beats.newest.insert(id, (body.counter, now));
        if let Some(payload) = self.open_beat(&body) {
            fx.beats.push(Beat { space: body.space, device: body.device, payload });
        }
        self.pass_on(fx, body.space, bytes, signature, Some(key));
        Ok(())
    }

    fn open_beat(&self, body: &BeatBody) -> Option<Vec<u8>> {
        let (nonce, sealed) = body.sealed.split_first_chunk::<24>()?;
        let aad = [body.space.as_bytes().as_slice(), body.device.as_bytes(), &body.counter.to_be_bytes()].concat();
        let keys = &self.spaces.get(&body.space)?.keys;
        keys.values().rev().find_map(|key| cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad }).ok())
    }
}

fn cipher(key: &SpaceKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&blake3::derive_key("kyhop 2026 beat key v1", key.as_bytes()).into())
}
