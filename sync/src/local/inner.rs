//! The inner spaces of meetings: what guests do not have.
//!
//! A meeting's internal items live in a space of their own with the same chair, secretaries and delegates. It is begun with the first of them, so two
//! managers who do not know of each other may begin one each: both count. Whoever invites, or takes somebody out, does it in all of them. A device that
//! had not heard of an inner space makes up for it when the space comes, for its own decisions only: of others' it may know an older state.

use std::collections::BTreeMap;

use domain::id::{DeviceId, PersonId, SpaceId};
use domain::meeting::MeetingRole;

use super::LocalError;
use crate::control::{ControlOp, SpaceKind, inner_tag};
use crate::port::{Cx, Effects};
use crate::replica::Replica;
use crate::space::Space;

/// Bytes of a nonce that tell the meeting.
const TAG_BYTES: usize = 8;

impl Replica {
    /// Begins an inner space of a meeting, with everybody who belongs to the meeting and is no guest.
    ///
    /// # Errors
    /// This person does not manage the meeting.
    pub fn create_inner_space(&mut self, cx: &mut Cx<'_>, meeting: &SpaceId) -> Result<(SpaceId, Effects), LocalError> {
        let me = self.me.as_ref().ok_or(LocalError::NotEnrolled)?.person;
        let outer = self.spaces.get(meeting).ok_or(LocalError::NoSuchSpace)?;
        if outer.kind() != Some(SpaceKind::Meeting) || !outer.access.manages(&me) {
            return Err(LocalError::NotAllowed("this person does not manage the meeting"));
        }
        let members: Vec<(PersonId, MeetingRole)> =
            outer.access.members.iter().filter(|(_, role)| role.votes()).map(|(person, role)| (*person, *role)).collect();
        let mut nonce = [0; 16];
        cx.rng.fill_bytes(&mut nonce);
        nonce[..TAG_BYTES].copy_from_slice(&inner_tag(meeting));
        let (id, mut fx) = self.begin_space(cx, SpaceKind::Inner, nonce)?;
        for (person, role) in members {
            // Its founder is its secretary from the beginning.
            if person != me || role != MeetingRole::Secretary {
                self.push_control(cx, &mut fx, id, ControlOp::Member { person, role })?;
            }
        }
        self.push_wraps(cx, &mut fx, id)?;
        self.settle(cx, &mut fx);
        Ok((id, fx))
    }

    /// The inner spaces of a meeting that this person belongs to, ascending: none for a guest.
    pub fn inner_spaces(&self, meeting: &SpaceId) -> Vec<SpaceId> {
        let Some(me) = &self.me else { return Vec::new() };
        let role = self.spaces.get(meeting).and_then(|outer| outer.access.members.get(&me.person));
        if !role.is_some_and(|role| role.votes()) {
            return Vec::new();
        }
        self.spaces_inside(meeting).filter(|inner| inner.access.is_member(&me.person)).map(|inner| inner.id).collect()
    }

    /// The meeting whose inner space this is.
    pub fn meeting_of_inner(&self, inner: &SpaceId) -> Option<SpaceId> {
        let space = self.spaces.get(inner).filter(|space| space.kind() == Some(SpaceKind::Inner))?;
        let genesis = space.access.genesis.as_ref()?;
        let mut meetings = self.spaces.values().filter(|space| space.kind() == Some(SpaceKind::Meeting));
        let led = |meeting: &&Space| {
            genesis.nonce.starts_with(&inner_tag(&meeting.id)) && meeting.access.managed.contains(&genesis.founder)
        };
        meetings.find(led).map(|meeting| meeting.id)
    }

    /// Gives a person a role in a meeting, and in what guests do not have: a guest is taken out of that.
    ///
    /// # Errors
    /// This person does not manage the meeting.
    pub fn set_participant(
        &mut self,
        cx: &mut Cx<'_>,
        meeting: &SpaceId,
        person: PersonId,
        role: MeetingRole,
    ) -> Result<Effects, LocalError> {
        let inside = self.managed_inside(meeting);
        let mut fx = self.set_member(cx, meeting, person, role)?;
        for inner in inside {
            fx.append(self.follow(cx, &inner, person, Some(role).filter(|role| role.votes()))?);
        }
        Ok(fx)
    }

    /// Takes a person out of a meeting and of what guests do not have.
    ///
    /// # Errors
    /// This person does not manage the meeting, or the other does not belong to it.
    pub fn remove_participant(&mut self, cx: &mut Cx<'_>, meeting: &SpaceId, person: PersonId) -> Result<Effects, LocalError> {
        let inside = self.managed_inside(meeting);
        let mut fx = self.remove_member(cx, meeting, person)?;
        for inner in inside {
            fx.append(self.follow(cx, &inner, person, None)?);
        }
        Ok(fx)
    }

    /// Carries over to the inner spaces of a meeting what this device has decided in the meeting before they came. Nobody who was once taken out of an
    /// inner space comes back by this: who did that may know more.
    ///
    /// # Errors
    /// The space's key is missing, or this device was revoked.
    pub fn carry_over(&mut self, cx: &mut Cx<'_>, meeting: &SpaceId) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        let inside = self.managed_inside(meeting);
        if inside.is_empty() {
            return Ok(fx);
        }
        let decided = self.own_decisions(meeting);
        for inner in inside {
            for (person, wanted) in &decided {
                let once_out = self.spaces.get(&inner).is_none_or(|space| space.access.removed.contains_key(person));
                if wanted.is_none() || !once_out {
                    fx.append(self.follow(cx, &inner, *person, *wanted)?);
                }
            }
        }
        Ok(fx)
    }

    /// The inner space that new internal items go to, if there is one that is fit for them.
    pub fn inner_for_writing(&self, meeting: &SpaceId) -> Option<SpaceId> {
        self.inner_spaces(meeting).into_iter().find(|inner| self.is_fit_inside(meeting, inner))
    }

    /// Whether this person manages an inner space and nobody belongs to it but those who have a vote in the meeting, as far as is known here. Its
    /// founder may not have heard who is a guest by now, and who once managed the meeting can begin one with anybody.
    pub fn is_fit_inside(&self, meeting: &SpaceId, inner: &SpaceId) -> bool {
        let (Some(me), Some(outer), Some(space)) = (&self.me, self.spaces.get(meeting), self.spaces.get(inner)) else {
            return false;
        };
        let votes = |person: &PersonId| outer.access.members.get(person).is_some_and(|role| role.votes());
        space.access.manages(&me.person) && space.access.members.keys().all(votes)
    }

    /// Takes those out of an inner space of whom this device knows that they are guests of the meeting, or were taken out of it: to be done before
    /// anything new is written there, as whoever decided that may not have had the inner space. Without effect where this person does not manage both.
    ///
    /// # Errors
    /// The space's key is missing, or this device was revoked.
    pub fn shut_out(&mut self, cx: &mut Cx<'_>, meeting: &SpaceId, inner: &SpaceId) -> Result<Effects, LocalError> {
        let mut fx = Effects::default();
        for person in self.outvoted(meeting, inner) {
            fx.append(self.follow(cx, inner, person, None)?);
        }
        Ok(fx)
    }

    /// Members of an inner space who have no vote in the meeting any more. Of whom the meeting has not heard yet nothing is known.
    fn outvoted(&self, meeting: &SpaceId, inner: &SpaceId) -> Vec<PersonId> {
        let (Some(me), Some(outer), Some(space)) = (&self.me, self.spaces.get(meeting), self.spaces.get(inner)) else {
            return Vec::new();
        };
        let outer = &outer.access;
        if !outer.manages(&me.person) || !self.managed_inside(meeting).contains(inner) {
            return Vec::new();
        }
        let out = |person: &PersonId| match outer.members.get(person) {
            Some(role) => !role.votes(),
            None => outer.removed.contains_key(person),
        };
        space.access.members.keys().copied().filter(out).collect()
    }

    fn spaces_inside(&self, meeting: &SpaceId) -> impl Iterator<Item = &Space> {
        let (tag, outer) = (inner_tag(meeting), self.spaces.get(meeting));
        self.spaces.values().filter(move |space| {
            space.kind() == Some(SpaceKind::Inner)
                && space.access.genesis.as_ref().is_some_and(|genesis| {
                    genesis.nonce.starts_with(&tag) && outer.is_some_and(|outer| outer.access.managed.contains(&genesis.founder))
                })
        })
    }

    fn managed_inside(&self, meeting: &SpaceId) -> Vec<SpaceId> {
        let Some(me) = &self.me else { return Vec::new() };
        self.spaces_inside(meeting).filter(|inner| inner.access.manages(&me.person)).map(|inner| inner.id).collect()
    }

    /// Those of whom this device said last what they are in a meeting, and what follows for its inner spaces.
    fn own_decisions(&self, meeting: &SpaceId) -> Vec<(PersonId, Option<MeetingRole>)> {
        let Some(outer) = self.spaces.get(meeting) else { return Vec::new() };
        let mut last: BTreeMap<PersonId, DeviceId> = BTreeMap::new();
        for node in outer.dag.ordered() {
            if let Some(ControlOp::Member { person, .. } | ControlOp::Remove { person, .. }) = &node.op {
                last.insert(*person, node.header.device);
            }
        }
        let own = last.into_iter().filter(|(_, device)| *device == self.keys.device());
        own.map(|(person, _)| (person, outer.access.members.get(&person).copied().filter(|role| role.votes()))).collect()
    }

    fn follow(
        &mut self,
        cx: &mut Cx<'_>,
        inner: &SpaceId,
        person: PersonId,
        wanted: Option<MeetingRole>,
    ) -> Result<Effects, LocalError> {
        let has = self.spaces.get(inner).and_then(|space| space.access.members.get(&person)).copied();
        match wanted {
            Some(role) if has != Some(role) => self.set_member(cx, inner, person, role),
            None if has.is_some() => self.remove_member(cx, inner, person),
            _ => Ok(Effects::default()),
        }
    }
}
