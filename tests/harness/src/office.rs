//! The organisation's shared space in a room.
#![allow(clippy::expect_used, reason = "a room is for tests: what cannot be done there ends the test with its reason")]

use domain::duty::Duty;
use domain::id::{DeviceId, SpaceId, UnitId};
use domain::meeting::MeetingRole;
use sync::LocalError;
use sync::control::SpaceKind;

use crate::Room;
use crate::room::Place;

impl Room {
    /// Turns a request away that came over the wire, with a reason.
    pub fn turn_away(&mut self, by: &str, device: &DeviceId, code: &str) {
        let by = self.at(by);
        self.local(by, |replica, _| Ok(((), replica.refuse_invitation(device, code)))).expect("anybody may say no");
    }

    /// Somebody new in another unit, let in by an administrator whom the root certified.
    pub fn newcomer(&mut self, name: &str, approver: &str, unit: (UnitId, &str), administrator: bool) {
        self.add_device(name);
        self.join(name, approver, false, Place { unit: Some((unit.0, unit.1.to_owned())), administrator });
    }

    /// The organisation's space, begun by `administrator`; the others are its members.
    pub fn organisation(&mut self, administrator: &str, members: &[&str]) -> SpaceId {
        let at = self.at(administrator);
        let space = self.local(at, |replica, cx| replica.create_space(cx, SpaceKind::Organisation)).expect("a space");
        for name in members {
            let person = self.person(name);
            self.local(at, |replica, cx| Ok(((), replica.set_member(cx, &space, person, MeetingRole::Delegate)?)))
                .expect("the administrator lets everybody in");
        }
        self.run_until_quiescent();
        space
    }

    /// Gives a person a duty, or takes it back.
    pub fn duty(&mut self, by: &str, space: SpaceId, name: &str, duty: Duty, held: bool) -> Result<(), LocalError> {
        let (at, person) = (self.at(by), self.person(name));
        self.local(at, |replica, cx| Ok(((), replica.set_duty(cx, &space, person, duty, held)?)))
    }
}
