//! Asking to be let in, as the new device does, and turning requests away.

use std::collections::BTreeSet;

use domain::id::DeviceId;
use signing::canonical;
use signing::certificate::verify_chain;
use signing::join::{JoinRequest, SignedJoinRequest};
use signing::keys::{Context, RootFingerprint, RootPublic, verify};

use crate::limits::CALLED_MAX;
use crate::local::LocalError;
use crate::peer::Stage;
use crate::port::{Change, Effects, PeerKey, Write};
use crate::replica::{Joining, META_CALLED, META_JOIN, META_PINNED, META_ROOT, Replica};
use crate::wire::{Message, Refusal, RefusalBody};

/// A device of another organisation answered somebody who was invited: nothing was asked of it.
const OTHER_ORGANISATION: &str = "invitation_other_organisation";

/// Who may be asked to let this device in, as long as no root is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whoever is met first and names a root.
    Anybody,
    /// Who answers at an address that a person typed: the transport ids of those who have.
    Called(BTreeSet<Vec<u8>>),
}

impl Whom {
    fn includes(&self, remote_id: &[u8]) -> bool {
        match self {
            Self::Anybody => true,
            Self::Called(called) => called.contains(remote_id),
        }
    }
}

impl Replica {
    /// Keeps the request to join; it is shown to every member that this device meets.
    pub fn ask_to_join(&mut self, request: SignedJoinRequest) -> Effects {
        self.ask(request, None, Whom::Anybody)
    }

    /// As [`Self::ask_to_join`] where a person typed the address of the device to be asked: nobody is asked but who answers there, as
    /// [`Self::answered`] tells, until the words are confirmed. On one network there may be devices of several organisations, and the first
    /// that calls may be of another.
    pub fn ask_who_answers(&mut self, request: SignedJoinRequest) -> Effects {
        self.ask(request, None, Whom::Called(BTreeSet::new()))
    }

    /// Somebody answers at an address that a person typed.
    pub fn answered(&mut self, remote_id: Vec<u8>) -> Effects {
        let mut fx = Effects::default();
        let Some(Joining { whom: Whom::Called(called), .. }) = self.joining.as_mut() else { return fx };
        if called.len() >= CALLED_MAX {
            called.clear();
        }
        if called.insert(remote_id) {
            self.offer_to_met(&mut fx);
        }
        fx
    }

    /// As [`Self::ask_to_join`] with an invitation, which names the root: nobody of another organisation is asked, and there are no words to
    /// compare.
    pub fn ask_as_invited(&mut self, request: SignedJoinRequest, root: RootFingerprint) -> Effects {
        self.ask(request, Some(root), Whom::Anybody)
    }

    fn ask(&mut self, request: SignedJoinRequest, pinned: Option<RootFingerprint>, whom: Whom) -> Effects {
        let mut fx = Effects::default();
        if let Some(pinned) = pinned {
            fx.writes.push(Write::Meta { key: META_PINNED.into(), value: pinned.0.to_vec() });
        }
        if whom != Whom::Anybody {
            fx.writes.push(Write::Meta { key: META_CALLED.into(), value: vec![1] });
        }
        fx.writes.push(Write::Meta { key: META_JOIN.into(), value: request.to_bytes() });
        let organisation = String::new();
        let (root, confirmed, refused, code) = (None, false, false, None);
        self.joining = Some(Joining { request, root, pinned, whom, organisation, confirmed, refused, code });
        fx.changes.insert(Change::Joining);
        self.offer_to_met(&mut fx);
        fx
    }

    /// Members met before the person decided to join are asked as well.
    fn offer_to_met(&mut self, fx: &mut Effects) {
        let met: Vec<_> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.stage == Stage::Stranger)
            .map(|(key, peer)| (*key, peer.root, peer.organisation.clone()))
            .collect();
        for (key, root, organisation) in met {
            self.offer_join(fx, key, root, &organisation);
        }
    }

    /// The person has compared the words: the root that the peers told is pinned.
    ///
    /// # Errors
    /// No peer has told its root yet.
    pub fn confirm_words(&mut self) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        let Some(joining) = self.joining.as_mut() else {
            return Err(LocalError::NoSuchRequest);
        };
        let Some(root) = joining.root else {
            return Err(LocalError::NoSuchRequest);
        };
        joining.confirmed = true;
        fx.writes.push(Write::Meta { key: META_ROOT.into(), value: root.0.to_vec() });
        let request = joining.request.clone();
        // An answer that came before the words were confirmed was not believed: ask again.
        for (key, peer) in self.peers.iter().filter(|(_, peer)| peer.root == Some(root)) {
            let _ = peer;
            Self::send(&mut fx, *key, &Message::Enrol { request: request.clone() });
        }
        fx.changes.insert(Change::Joining);
        Ok(fx)
    }

    /// As [`Self::confirm_words`] for a root that a person named otherwise, such as by its fingerprint: peers of other organisations that
    /// called first do not decide whom this device asks.
    ///
    /// # Errors
    /// Nothing was asked, or this device belongs to an organisation already.
    pub fn confirm_root(&mut self, root: RootPublic) -> Result<Effects, LocalError> {
        let told = self.peers.values().find(|peer| peer.root == Some(root)).map(|peer| peer.organisation.clone());
        let joining = self.joining.as_mut().ok_or(LocalError::NoSuchRequest)?;
        joining.root = Some(root);
        if let Some(organisation) = told {
            joining.organisation = organisation;
        }
        self.confirm_words()
    }

    /// Joining: remembers whom the peer belongs to and asks it to let us in, once a person has confirmed the words.
    pub(crate) fn offer_join(&mut self, fx: &mut Effects, key: PeerKey, root: Option<RootPublic>, organisation: &str) {
        let (Some(joining), Some(root)) = (self.joining.as_mut(), root) else {
            return;
        };
        let remote_id = self.peers.get(&key).map(|peer| peer.remote_id.as_slice());
        if !joining.confirmed && !remote_id.is_some_and(|remote_id| joining.whom.includes(remote_id)) {
            return;
        }
        if joining.pinned.is_some_and(|pinned| pinned != root.fingerprint()) {
            if joining.root.is_none() && joining.code.is_none() {
                joining.code = Some(OTHER_ORGANISATION.to_owned());
                fx.changes.insert(Change::Joining);
            }
            return;
        }
        if joining.root.is_none() {
            joining.root = Some(root);
            organisation.clone_into(&mut joining.organisation);
            // The invitation has named this root: there is nothing left for a person to compare.
            if joining.pinned.is_some() {
                joining.confirmed = true;
                joining.code = None;
                fx.writes.push(Write::Meta { key: META_ROOT.into(), value: root.0.to_vec() });
            }
            fx.changes.insert(Change::Joining);
        }
        // Asking reveals nothing that the words do not: name, title and public keys. The person on the other side needs
        // the request in order to compare words at all.
        if joining.root == Some(root) {
            Self::send(fx, key, &Message::Enrol { request: joining.request.clone() });
        }
    }

    /// Who turns a request away; `None` for who belongs nowhere.
    pub(crate) fn refusal(&self, request: &JoinRequest, code: Option<String>) -> Option<Refusal> {
        let directory = self.directory.as_ref()?;
        let body = RefusalBody { root: *directory.root(), device: request.device, nonce: request.nonce, code };
        Some(Refusal { by: self.chain.clone(), signature: self.keys.sign(Context::Refusal, &canonical::encode(&body)) })
    }

    /// Turns a request to join away.
    pub fn refuse(&mut self, device: &DeviceId) -> Effects {
        let mut fx = Effects::default();
        self.answer_join(&mut fx, device, None);
        fx
    }

    /// As [`Self::refuse`], and says why: the invitation that the device showed is not good. `code` is told to that device.
    pub fn refuse_invitation(&mut self, device: &DeviceId, code: &str) -> Effects {
        let mut fx = Effects::default();
        self.answer_join(&mut fx, device, Some(code.to_owned()));
        fx
    }
}

/// Is a request turned away by a device of the organisation that it was shown to. What is told of an invitation is believed of the device
/// that made it. The new device knows of no revocations yet.
///
/// # Errors
/// `refusal_not_proved`, and those of certificates.
pub(crate) fn check_refusal(
    root: &RootPublic,
    request: &SignedJoinRequest,
    refusal: &Refusal,
    code: Option<&str>,
) -> Result<(), &'static str> {
    let request = request.read_unverified().map_err(|error| error.code())?;
    let by = verify_chain(&refusal.by, root).map_err(|error| error.code())?.device;
    let body = RefusalBody { root: *root, device: request.device, nonce: request.nonce, code: code.map(str::to_owned) };
    verify(&by, Context::Refusal, &canonical::encode(&body), &refusal.signature).map_err(|_| "refusal_not_proved")?;
    if code.is_some() && request.invitation.is_some_and(|claim| claim.by != by) {
        return Err("refusal_not_proved");
    }
    Ok(())
}
