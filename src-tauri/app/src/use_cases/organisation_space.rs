//! The space that everybody of the organisation belongs to, and who has which duty in it.

use api::error::ApiError;
use api::view::PersonRow;
use domain::duty::Duty;
use domain::id::{PersonId, SpaceId};
use domain::meeting::MeetingRole;
use signing::certificate::Issuer;
use sync::control::SpaceKind;

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;
use crate::profile::is_recovered;

impl App {
    pub(crate) async fn set_duty(&self, person: PersonId, duty: Duty, held: bool) -> Result<PersonRow, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let space = core.organisation_space()?;
                core.with(|replica, cx| Ok(((), replica.set_duty(cx, &space, person, duty, held)?)))?;
                core.person_row(&person).ok_or_else(|| not_found("person"))
            })
            .await
    }
}

impl Core {
    /// The organisation's space. Anybody can begin a space and call it the organisation's; only one that an administrator certified by the
    /// root began is believed, and of several (two such devices began one each) all devices take the lowest.
    ///
    /// # Errors
    /// `no_key_yet`: it has not arrived.
    pub fn organisation_space(&self) -> Result<SpaceId, ApiError> {
        self.organisation_space_here()
            .ok_or_else(|| ApiError::new("no_key_yet", "the organisation's shared space has not arrived yet"))
    }

    fn organisation_space_here(&self) -> Option<SpaceId> {
        let directory = self.replica.directory()?;
        let begun_by_the_root = |space: &SpaceId| {
            let genesis = self.replica.access(space).and_then(|access| access.genesis.as_ref());
            genesis
                .and_then(|genesis| directory.certificate(&genesis.device))
                .is_some_and(|founder| founder.administrator && founder.issuer == Issuer::Root)
        };
        self.replica.spaces_of(SpaceKind::Organisation).into_iter().filter(begun_by_the_root).min()
    }

    /// An administrator certified by the root begins the space if there is none, and every administrator lets in who was missed: a profile
    /// of an earlier program, a device that stopped between letting somebody in and this, or an administrator whom the root certified
    /// since. Who took the organisation up again waits for the space that is there.
    pub fn ensure_organisation_space(&mut self) -> Result<(), ApiError> {
        let Some(me) = self.replica.me().filter(|me| me.administrator) else { return Ok(()) };
        if self.organisation_space_here().is_none() {
            if me.issuer != Issuer::Root || is_recovered(&self.store)? {
                return Ok(());
            }
            self.with(|replica, cx| replica.create_space(cx, SpaceKind::Organisation))?;
        }
        for row in self.people() {
            self.admit_to_organisation_space(&row.person)?;
        }
        Ok(())
    }

    /// Lets a person into the organisation's space: administrators let others in, everybody else writes. Who was removed stays removed.
    pub fn admit_to_organisation_space(&mut self, person: &PersonId) -> Result<(), ApiError> {
        let (Some(space), Some(me)) = (self.organisation_space_here(), self.replica.me().map(|me| me.person)) else {
            return Ok(());
        };
        let Some(access) = self.replica.access(&space) else { return Ok(()) };
        let administrator = self
            .replica
            .directory()
            .is_some_and(|directory| directory.devices_of(person).any(|certificate| certificate.administrator));
        let role = if administrator { MeetingRole::Secretary } else { MeetingRole::Delegate };
        let there = access.members.get(person).is_some_and(|has| has.manages() || *has == role);
        if !access.manages(&me) || there || access.removed.contains_key(person) {
            return Ok(());
        }
        self.with(|replica, cx| Ok(((), replica.set_member(cx, &space, *person, role)?)))
    }

    /// The duties that a person was given.
    pub fn duties_of(&self, person: &PersonId) -> Vec<Duty> {
        self.organisation_space_here()
            .and_then(|space| self.replica.access(&space))
            .and_then(|access| access.duties.get(person))
            .map(|duties| duties.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Whether this person has a duty, as an administrator or by name.
    pub fn has_duty(&self, duty: Duty) -> bool {
        let Some(me) = self.replica.me().map(|me| me.person) else { return false };
        self.organisation_space_here()
            .and_then(|space| self.replica.access(&space))
            .is_some_and(|access| access.has_duty(&me, duty))
    }
}
