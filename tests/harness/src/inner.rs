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

    /// Carries over to inner spaces what this device decided before they came.
    pub fn carry_over(&mut self, name: &str, sitting: SpaceId) {
        let at = self.at(name);
        self.local(at, |replica, cx| Ok(((), replica.carry_over(cx, &sitting)?))).expect("a manager's device");
    }
}
