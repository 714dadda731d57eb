//! One-use invitations: this device makes them, and lets in by itself whoever shows one, once.
//!
//! What is kept of an invitation is the public half of its key. That it was used is committed together with the certificate of the device
//! that used it, so that no fault in between leaves it open.

mod promised;

use api::error::ApiError;
use api::roster::{InvitationMade, InvitationRole, InvitationRow, InvitationState, MakeInvitation};
use domain::id::{DeviceId, Hash32, PersonId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use signing::certificate::Issuer;
use signing::invitation::INVITATION_VERSION;
use signing::limits::{INVITATION_ADDRESS_BYTES, INVITATION_ADDRESSES, PERSON_TITLE_CHARS};
use signing::{Invitation, InvitationClaim, InvitationKey, InvitationSecret, JoinRequest};
use store::Store;
use sync::port::{Shelf as _, Write};
use sync::{META_INCARNATION, Whom};
use zeroize::Zeroizing;

use super::agenda::limit;
use super::organisation::Names;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};
use crate::profile;
use crate::qr;

/// Where invitations are kept.
const META_INVITATIONS: &str = "invitations";
/// Where a device that asks to be let in keeps the addresses that it was given, or that were typed.
const META_CALL: &str = "join-addresses";
/// Invitations that are kept; those that nobody can use any more make room.
const INVITATIONS_MAX: usize = 4_000;
/// Longest time that an invitation is good for: sixty days.
const VALID_HOURS_MAX: u32 = 60 * 24;
const HOUR_MS: i64 = 3_600_000;

/// An invitation as it is kept here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    key: [u8; 32],
    pub name: String,
    pub title: String,
    pub unit: UnitId,
    pub unit_name: String,
    role: InvitationRole,
    made_at: Timestamp,
    expires_at: Timestamp,
    #[serde(default)]
    used: Option<Used>,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    tries: u32,
}

/// By whom an invitation was used.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Used {
    device: DeviceId,
    person: PersonId,
    at: Timestamp,
    /// What the invitation promised besides coming in has not been given yet.
    #[serde(default)]
    owed: bool,
}

/// For whom an invitation is made.
#[derive(Debug, Clone)]
pub(crate) struct Invitee {
    pub name: String,
    pub title: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub role: InvitationRole,
}

/// For how long, and where this device is reached.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    made_at: Timestamp,
    expires_at: Timestamp,
    addresses: Vec<String>,
}

impl Terms {
    /// Until when the invitations are good.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Why a device that shows an invitation is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Unknown,
    Forged,
    Differs,
    Used,
    Revoked,
    Expired,
    NotApproved,
}

impl Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::Unknown => "invitation_unknown",
            Self::Forged => "invitation_forged",
            Self::Differs => "invitation_differs",
            Self::Used => "invitation_used",
            Self::Revoked => "invitation_revoked",
            Self::Expired => "invitation_expired",
            Self::NotApproved => "invitation_not_approved",
        }
    }
}

impl Kept {
    fn invitation(&self) -> Hash32 {
        InvitationKey(self.key).name()
    }

    fn state(&self, now: Timestamp) -> InvitationState {
        if self.used.is_some() {
            InvitationState::Used
        } else if self.revoked {
            InvitationState::Revoked
        } else if now >= self.expires_at {
            InvitationState::Expired
        } else {
            InvitationState::Open
        }
    }

    /// Whether somebody can still come in by it.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state(now) == InvitationState::Open
    }

    /// The invitation as lists show it.
    pub fn row(&self, now: Timestamp) -> InvitationRow {
        InvitationRow {
            invitation: self.invitation(),
            name: self.name.clone(),
            title: self.title.clone(),
            unit: self.unit,
            unit_name: self.unit_name.clone(),
            role: self.role,
            made_at: self.made_at,
            expires_at: self.expires_at,
            state: self.state(now),
            used_by: self.used.map(|used| used.device),
            person: self.used.map(|used| used.person),
            used_at: self.used.map(|used| used.at),
            tries: self.tries,
        }
    }

    /// Whether this request may come in by it at `now`.
    fn judge(&self, claim: &InvitationClaim, root: &Hash32, request: &JoinRequest, now: Timestamp) -> Result<(), Refusal> {
        claim.verify(&InvitationKey(self.key), root, request).map_err(|_| Refusal::Forged)?;
        match self.state(now) {
            InvitationState::Used => return Err(Refusal::Used),
            InvitationState::Revoked => return Err(Refusal::Revoked),
            InvitationState::Expired => return Err(Refusal::Expired),
            InvitationState::Open => {}
        }
        let same = request.name == self.name && request.title == self.title;
        if same { Ok(()) } else { Err(Refusal::Differs) }
    }
}

impl App {
    pub(crate) async fn invitations(&self) -> Result<Vec<InvitationRow>, ApiError> {
        self.engine()?
            .attempt(|core| {
                let now = core.now().wall;
                let mut rows: Vec<InvitationRow> = core.kept_invitations()?.iter().map(|kept| kept.row(now)).collect();
                rows.sort_by(|a, b| b.made_at.cmp(&a.made_at).then_with(|| a.name.cmp(&b.name)));
                Ok(rows)
            })
            .await
    }

    pub(crate) async fn make_invitation(&self, act: MakeInvitation) -> Result<InvitationMade, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let mut all = core.kept_invitations()?;
                let terms = core.terms(act.valid_hours, &act.addresses)?;
                let names = Names::check(&act.name, &act.title)?;
                let (unit, unit_name) = core.unit_to_invite_into(act.unit.as_deref(), &all)?;
                let invitee = Invitee { name: names.name, title: names.title, unit, unit_name, role: act.role };
                let (kept, text) = core.invite(&invitee, &terms)?;
                let row = kept.row(terms.made_at);
                all.push(kept);
                core.keep_invitations(all)?;
                Ok(InvitationMade { row, qr: qr::view(&text), text: text.to_string() })
            })
            .await
    }

    pub(crate) async fn revoke_invitation(&self, invitation: Hash32) -> Result<InvitationRow, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let mut all = core.kept_invitations()?;
                let now = core.now().wall;
                let kept = all.iter_mut().find(|kept| kept.invitation() == invitation).ok_or_else(|| not_found("invitation"))?;
                if kept.used.is_some() {
                    return Err(ApiError::new("invitation_was_used", "somebody has come in by it").with("name", &kept.name));
                }
                kept.revoked = true;
                let row = kept.row(now);
                core.keep_invitations(all)?;
                Ok(row)
            })
            .await
    }
}

impl Core {
    /// All invitations that are kept here, oldest first.
    pub(crate) fn kept_invitations(&self) -> Result<Vec<Kept>, ApiError> {
        kept_in(&self.store)
    }

    /// Keeps these and no others; those that nobody can use any more make room.
    ///
    /// # Errors
    /// `invitations_too_many`; those of the disk.
    pub(crate) fn keep_invitations(&mut self, mut all: Vec<Kept>) -> Result<(), ApiError> {
        let now = self.now().wall;
        while all.len() > INVITATIONS_MAX {
            let over = all.iter().position(|kept| !kept.is_open(now)).ok_or_else(|| {
                ApiError::new("invitations_too_many", "too many invitations are open").with("limit", INVITATIONS_MAX)
            })?;
            all.remove(over);
        }
        self.store.commit(&[written(&all)?], &[]).at_boundary()?;
        self.push(api::push::Push::Changed { tags: vec![api::push::Tag::Directory] });
        Ok(())
    }

    /// The terms of invitations that are made now.
    ///
    /// # Errors
    /// `not_allowed` for who is no administrator, `invitation_hours`, those of addresses.
    pub(crate) fn terms(&self, valid_hours: u32, addresses: &[String]) -> Result<Terms, ApiError> {
        if !self.replica.me().is_some_and(|me| me.administrator) {
            return Err(ApiError::new("not_allowed", "only administrators invite"));
        }
        if valid_hours == 0 || valid_hours > VALID_HOURS_MAX {
            return Err(ApiError::new("invitation_hours", "the time is out of bounds").with("limit", VALID_HOURS_MAX));
        }
        let made_at = self.now().wall;
        let addresses = if addresses.is_empty() { self.own_addresses() } else { checked(addresses)? };
        Ok(Terms { made_at, expires_at: made_at.plus_ms(i64::from(valid_hours) * HOUR_MS), addresses })
    }

    /// Where this device is reached on the network that it is on. The name of the transport is left out: it changes with every start.
    fn own_addresses(&self) -> Vec<String> {
        let reached = self.addresses.iter().map(|address| address.split("/p2p/").next().unwrap_or_default());
        let usable = |address: &&str| {
            !address.is_empty() && address.len() <= INVITATION_ADDRESS_BYTES && !address.starts_with("/ip6/fe80")
        };
        let all: Vec<String> = reached.filter(usable).map(str::to_owned).collect();
        let here = |address: &String| address.starts_with("/ip4/127.") || address.starts_with("/ip6/::1/");
        let (near, mut far): (Vec<String>, Vec<String>) = all.into_iter().partition(here);
        if far.is_empty() {
            far = near;
        }
        far.truncate(INVITATION_ADDRESSES);
        far
    }

    /// The unit of this name: one that somebody belongs to or is invited into, else a new one.
    ///
    /// # Errors
    /// `not_allowed` for another unit than the own one by who was not certified by the root; those of the name.
    pub(crate) fn unit_to_invite_into(&mut self, typed: Option<&str>, invited: &[Kept]) -> Result<(UnitId, String), ApiError> {
        let me = self.replica.me().ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))?;
        let own = (me.unit, me.unit_name.clone());
        let decides = me.administrator && me.issuer == Issuer::Root;
        let Some(typed) = typed.filter(|typed| !typed.trim().is_empty()) else {
            return Ok(own);
        };
        let name = domain::identity::title(typed).map_err(|error| limit(&error).with("field", "unit"))?;
        if name == own.1 {
            return Ok(own);
        }
        if !decides {
            return Err(ApiError::new("not_allowed", "only administrators certified by the root invite into other units"));
        }
        let of_somebody = self
            .replica
            .directory()
            .and_then(|directory| directory.devices().find(|certificate| certificate.unit_name == name))
            .map(|certificate| certificate.unit);
        let of_invited = || invited.iter().find(|kept| kept.unit_name == name).map(|kept| kept.unit);
        let unit = of_somebody.or_else(of_invited).unwrap_or_else(|| profile::new_unit(&mut self.rng));
        Ok((unit, name))
    }

    /// Makes an invitation: what is kept of it, and the text that is handed over. Nothing is stored yet.
    pub(crate) fn invite(&mut self, invitee: &Invitee, terms: &Terms) -> Result<(Kept, Zeroizing<String>), ApiError> {
        let root = self.replica.directory().ok_or_else(|| not_found("organisation"))?.root().fingerprint();
        let secret = InvitationSecret::generate(&mut self.rng);
        let kept = Kept {
            key: secret.public().0,
            name: invitee.name.clone(),
            title: invitee.title.clone(),
            unit: invitee.unit,
            unit_name: invitee.unit_name.clone(),
            role: invitee.role,
            made_at: terms.made_at,
            expires_at: terms.expires_at,
            used: None,
            revoked: false,
            tries: 0,
        };
        let invitation = Invitation {
            version: INVITATION_VERSION,
            root,
            organisation: self.replica.organisation().to_owned(),
            by: self.replica.device(),
            secret,
            name: invitee.name.clone(),
            title: invitee.title.clone(),
            unit_name: invitee.unit_name.clone(),
            expires_at: terms.expires_at,
            addresses: terms.addresses.clone(),
        };
        if !invitation.is_acceptable() {
            let found = invitee.title.chars().count().max(invitee.unit_name.chars().count());
            return Err(ApiError::new("limit_over", "a text of the invitation is too long")
                .with("what", "title")
                .with("limit", PERSON_TITLE_CHARS)
                .with("found", found));
        }
        Ok((kept, invitation.to_text()))
    }

    /// Lets in, or turns away, everybody who shows an invitation of this device.
    pub(crate) fn admit_invited(&mut self) -> Result<(), ApiError> {
        if self.admitting || !self.replica.me().is_some_and(|me| me.administrator) {
            return Ok(());
        }
        self.admitting = true;
        let mut done = Ok(());
        while done.is_ok()
            && let Some((request, claim)) = self.next_invited()
        {
            done = self.admit(&request, &claim);
        }
        self.admitting = false;
        done
    }

    fn next_invited(&self) -> Option<(JoinRequest, InvitationClaim)> {
        let own = self.replica.device();
        self.replica.join_requests().find_map(|pending| {
            let claim = pending.request.invitation.filter(|claim| claim.by == own)?;
            Some((pending.request.clone(), claim))
        })
    }

    /// Decides about one request, so that it does not wait any longer whatever the decision is.
    fn admit(&mut self, request: &JoinRequest, claim: &InvitationClaim) -> Result<(), ApiError> {
        let mut all = self.kept_invitations()?;
        let now = self.now().wall;
        let root = self.replica.directory().ok_or_else(|| not_found("organisation"))?.root().fingerprint();
        let Some(at) = all.iter().position(|kept| kept.invitation() == claim.invitation) else {
            return self.turn_away(&request.device, Refusal::Unknown, None);
        };
        if let Err(refusal) = all[at].judge(claim, &root, request, now) {
            // Only who has the secret can make us write.
            let noted = refusal != Refusal::Forged;
            if noted {
                all[at].tries = all[at].tries.saturating_add(1);
            }
            let write = if noted { Some(written(&all)?) } else { None };
            return self.turn_away(&request.device, refusal, write);
        }
        all[at].used = Some(Used { device: request.device, person: request.person, at: now, owed: true });
        let unit = (all[at].unit, all[at].unit_name.clone());
        let write = written(&all)?;
        let admitted = self.with(|replica, cx| {
            let mut fx = replica.approve_into(cx, &request.device, false, false, Some(unit))?;
            fx.writes.push(write);
            Ok(((), fx))
        });
        match admitted {
            Ok(()) => {}
            Err(error) if matches!(error.code.as_str(), "not_allowed" | "certificate_not_issued") => {
                tracing::warn!(%error, "an invitation was good and its person could not be let in");
                return self.turn_away(&request.device, Refusal::NotApproved, None);
            }
            Err(error) => return Err(error),
        }
        // Who is in stays in, and who comes next does not wait for it; it is tried again at the next start.
        if let Err(error) = self.keep_promise(&claim.invitation) {
            tracing::warn!(%error, "somebody was let in by an invitation and has not everything yet that it promised");
        }
        Ok(())
    }

    fn turn_away(&mut self, device: &DeviceId, refusal: Refusal, write: Option<Write>) -> Result<(), ApiError> {
        tracing::info!(device = %device.short(), code = refusal.code(), "a device with an invitation is turned away");
        self.with(|replica, _| {
            let mut fx = replica.refuse_invitation(device, refusal.code());
            fx.writes.extend(write);
            Ok(((), fx))
        })
    }

    /// As the new device: calls whoever invited, and remembers where.
    pub(super) fn call_who_invited(&mut self, addresses: &[String]) -> Result<(), ApiError> {
        self.remember_whom_to_call(addresses)?;
        self.call_all(addresses);
        Ok(())
    }

    /// As the new device: calls the address that a person typed, and remembers it.
    pub(super) fn call_who_was_typed(&mut self, address: &str) -> Result<(), ApiError> {
        self.remember_whom_to_call(&[address.to_owned()])?;
        self.dial(address)
    }

    fn remember_whom_to_call(&mut self, addresses: &[String]) -> Result<(), ApiError> {
        let value = serde_json::to_vec(addresses).map_err(|error| ApiError::new("internal", error.to_string()))?;
        self.store.commit(&[Write::Meta { key: META_CALL.into(), value }], &[]).at_boundary()
    }

    /// After a start: who has not been let in yet calls again.
    pub(crate) fn call_again_who_was_asked(&mut self) -> Result<(), ApiError> {
        let Some(joining) = self.replica.joining() else { return Ok(()) };
        let typed: Vec<String> = self.call_rows().into_iter().map(|row| row.address).collect();
        // Only who answers at a typed address is asked: one that is typed now stands for the one that was typed then.
        if matches!(joining.whom, Whom::Called(_)) && !typed.is_empty() {
            return self.remember_whom_to_call(&typed);
        }
        if let Some(bytes) = self.store.meta(META_CALL).at_boundary()? {
            let addresses: Vec<String> = serde_json::from_slice(&bytes).unwrap_or_default();
            self.call_all(&addresses);
        }
        Ok(())
    }

    fn call_all(&mut self, addresses: &[String]) {
        for address in addresses {
            // The device may be found on the local network all the same.
            if let Err(error) = self.dial(address) {
                tracing::debug!(%error, address, "an address of the invitation is not called");
            }
        }
    }
}

/// Addresses that somebody typed.
fn checked(typed: &[String]) -> Result<Vec<String>, ApiError> {
    let too_many = |found: usize| {
        ApiError::new("invitation_addresses", "too many or too long").with("limit", INVITATION_ADDRESSES).with("found", found)
    };
    if typed.len() > INVITATION_ADDRESSES {
        return Err(too_many(typed.len()));
    }
    let clean: Vec<String> = typed.iter().map(|address| address.trim().to_owned()).collect();
    for address in &clean {
        net::address::parse(address)
            .map_err(net::NetError::from)
            .at_boundary()
            .map_err(|error| error.with("address", address))?;
        if address.len() > INVITATION_ADDRESS_BYTES || !address.is_ascii() {
            return Err(too_many(typed.len()));
        }
    }
    Ok(clean)
}

fn kept_in(store: &Store) -> Result<Vec<Kept>, ApiError> {
    let Some(bytes) = store.meta(META_INVITATIONS).at_boundary()? else { return Ok(Vec::new()) };
    serde_json::from_slice(&bytes).map_err(|error| ApiError::new("store_damaged", format!("invitations: {error}")))
}

fn written(all: &[Kept]) -> Result<Write, ApiError> {
    let value = serde_json::to_vec(all).map_err(|error| ApiError::new("internal", error.to_string()))?;
    Ok(Write::Meta { key: META_INVITATIONS.into(), value })
}

/// What withdraws every invitation that is still open, in a profile that may have forgotten whom it let in.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn withdraw_open(store: &Store) -> Result<Option<Write>, ApiError> {
    let mut all = kept_in(store)?;
    let mut changed = false;
    for kept in all.iter_mut().filter(|kept| kept.used.is_none() && !kept.revoked) {
        kept.revoked = true;
        changed = true;
    }
    if changed { written(&all).map(Some) } else { Ok(None) }
}

/// [`withdraw_open`], if these writes begin a new log: then the disk was put back while nobody looked, and whom the lost part let in is
/// not known here. It goes into the same commit.
///
/// # Errors
/// As [`withdraw_open`].
pub(crate) fn withdrawn_with(store: &Store, writes: &[Write]) -> Result<Option<Write>, ApiError> {
    let new_log = writes.iter().any(|write| matches!(write, Write::Meta { key, .. } if key == META_INCARNATION));
    if new_log { withdraw_open(store) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;
    use signing::DeviceKeys;
    use signing::join::JOIN_VERSION;

    use super::*;

    const NAME: &str = "Lê Minh Châu";
    const MADE: Timestamp = Timestamp(1_790_000_000_000);

    struct Story {
        root: Hash32,
        kept: Kept,
        invitation: Invitation,
    }

    /// An invitation, with what is kept of it.
    fn story() -> Story {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (root, secret) = (Hash32([7; 32]), InvitationSecret::generate(&mut rng));
        let kept = Kept {
            key: secret.public().0,
            name: NAME.into(),
            title: String::new(),
            unit: UnitId([1; 16]),
            unit_name: "Sở Tư pháp".into(),
            role: InvitationRole::Member,
            made_at: MADE,
            expires_at: MADE.plus_ms(HOUR_MS),
            used: None,
            revoked: false,
            tries: 0,
        };
        let invitation = Invitation {
            version: INVITATION_VERSION,
            root,
            organisation: "Thành phố Huế".into(),
            by: DeviceKeys::generate(&mut rng).device(),
            secret,
            name: NAME.into(),
            title: String::new(),
            unit_name: "Sở Tư pháp".into(),
            expires_at: kept.expires_at,
            addresses: Vec::new(),
        };
        Story { root, kept, invitation }
    }

    fn request(seed: u64, name: &str) -> JoinRequest {
        let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed));
        JoinRequest {
            version: JOIN_VERSION,
            device: keys.device(),
            agreement: keys.agreement_key(),
            person: PersonId([3; 16]),
            name: name.into(),
            title: String::new(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce: [5; 16],
            made_at: MADE,
            invitation: None,
        }
    }

    #[test]
    fn it_is_good_until_its_last_millisecond() {
        let Story { root, kept, invitation } = story();
        let asked = request(2, NAME);
        let claim = invitation.claim(&asked);
        assert_eq!(kept.judge(&claim, &root, &asked, MADE), Ok(()));
        assert_eq!(kept.judge(&claim, &root, &asked, kept.expires_at.plus_ms(-1)), Ok(()));
        assert_eq!(kept.judge(&claim, &root, &asked, kept.expires_at), Err(Refusal::Expired));
        assert_eq!(kept.state(kept.expires_at), InvitationState::Expired);
    }

    #[test]
    fn a_proof_that_was_copied_from_another_device_or_made_without_the_secret_is_forged() {
        let Story { root, kept, invitation } = story();
        let (invited, thief) = (request(2, NAME), request(3, NAME));
        let seen = invitation.claim(&invited);
        assert_eq!(kept.judge(&seen, &root, &thief, MADE), Err(Refusal::Forged), "copied from the wire");
        let own = Invitation { secret: InvitationSecret::generate(&mut ChaCha20Rng::seed_from_u64(9)), ..invitation };
        let made_up = InvitationClaim { invitation: kept.invitation(), ..own.claim(&thief) };
        assert_eq!(kept.judge(&made_up, &root, &thief, MADE), Err(Refusal::Forged), "with a secret of its own");
        assert_eq!(kept.judge(&seen, &Hash32([8; 32]), &invited, MADE), Err(Refusal::Forged), "of another organisation");
    }

    #[test]
    fn a_disk_that_was_put_back_does_not_let_a_second_person_in_by_the_same_invitation() {
        let home = tempfile::tempdir().unwrap();
        let mut store = Store::open(home.path(), &[7; 32]).unwrap();
        store.commit(&[written(&[story().kept]).unwrap()], &[]).unwrap();
        let meta = |key: &str| [Write::Meta { key: key.into(), value: vec![1; 16] }];
        assert_eq!(withdrawn_with(&store, &meta("said")).unwrap(), None, "the same log goes on");
        let withdrawn = withdrawn_with(&store, &meta(META_INCARNATION)).unwrap().unwrap();
        store.commit(&[withdrawn], &[]).unwrap();
        let states: Vec<InvitationState> = kept_in(&store).unwrap().iter().map(|kept| kept.state(MADE)).collect();
        assert_eq!(states, [InvitationState::Revoked]);
    }

    #[test]
    fn a_forger_does_not_learn_whether_it_was_used_and_a_copy_does() {
        let Story { root, mut kept, invitation } = story();
        let (invited, thief) = (request(2, NAME), request(3, NAME));
        kept.used = Some(Used { device: invited.device, person: invited.person, at: MADE, owed: false });
        assert_eq!(kept.judge(&invitation.claim(&invited), &root, &thief, MADE), Err(Refusal::Forged));
        assert_eq!(kept.judge(&invitation.claim(&thief), &root, &thief, MADE), Err(Refusal::Used));
    }

    #[test]
    fn nobody_comes_in_under_another_name() {
        let Story { root, mut kept, invitation } = story();
        let other = request(2, "Nguyễn Văn Khác");
        assert_eq!(kept.judge(&invitation.claim(&other), &root, &other, MADE), Err(Refusal::Differs));
        kept.revoked = true;
        let asked = request(2, NAME);
        assert_eq!(kept.judge(&invitation.claim(&asked), &root, &asked, MADE), Err(Refusal::Revoked));
    }
}
