//! What guests of a sitting do not have, in a room.
#![allow(clippy::expect_used, reason = "a room is for tests: what cannot be done there ends the test with its reason")]

use domain::id::SpaceId;
use domain::meeting::MeetingRole;
use sync::LocalError;

use crate::Room;

impl Room {
    /// Begins an inner space of a sitting.
    pub fn inner(&mut self, name: &str, sitting: SpaceId) -> Result<SpaceId, LocalError> {
        let at = self.at(name);
        self.local(at, |replica, cx| replica.create_inner_space(cx, &sitting))
    }

    /// Gives a person a role in a sitting and in what guests do not have.
    pub fn participant(&mut self, by: &str, sitting: SpaceId, name: &str, role: MeetingRole) {
        let (at, person) = (self.at(by), self.person(name));
        self.local(at, |replica, cx| Ok(((), replica.set_participant(cx, &sitting, person, role)?))).expect("a manager decides");
    }

    /// Takes a person out of a sitting and of what guests do not have.
    pub fn take_out(&mut self, by: &str, sitting: SpaceId, name: &str) {
        let (at, person) = (self.at(by), self.person(name));
        self.local(at, |replica, cx| Ok(((), replica.remove_participant(cx, &sitting, person)?))).expect("a manager decides");
    }

    /// Gives somebody a role in an inner space and nowhere else, as only a changed program does.
    pub fn bring_in(&mut self, by: &str, inner: SpaceId, name: &str, role: MeetingRole) {
        let (at, person) = (self.at(by), self.person(name));
        self.local(at, |replica, cx| Ok(((), replica.set_member(cx, &inner, person, role)?))).expect("a manager of that space");
    }

    /// Takes those out of an inner space who have no vote in the sitting any more.
    pub fn shut_out(&mut self, by: &str, sitting: SpaceId, inner: SpaceId) {
        let at = self.at(by);
        self.local(at, |replica, cx| Ok(((), replica.shut_out(cx, &sitting, &inner)?))).expect("a manager's device");
    }

    /// Carries over to inner spaces what this device decided before they came.
    pub fn carry_over(&mut self, name: &str, sitting: SpaceId) {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.carry_over(cx, &sitting)?))).expect("a manager's device");
    }
}
