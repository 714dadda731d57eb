//! From signed acts to the sitting that they tell.

use domain::id::{DeviceId, PersonId, SpaceId, Timestamp};
use domain::sitting::{AttendanceMark, Mark, Noted, Said};

use crate::act::{Act, VerifiedAct};

/// What a fold asks of the directory, of the space and of the clock.
pub struct Witness<'a> {
    /// Whose a device is.
    pub person: &'a dyn Fn(&DeviceId) -> Option<PersonId>,
    /// Is, or was at some time of this sitting, its chair or secretary.
    pub managed: &'a dyn Fn(&PersonId) -> bool,
    /// A moment by another device's clock as the clock of this one has it, as well as that is known.
    pub here: &'a dyn Fn(&DeviceId, Timestamp) -> Timestamp,
}

/// The acts of a sitting among all acts of its space. Those of devices that nobody knows are left out until their certificate comes.
pub fn sitting_acts(acts: &[VerifiedAct], space: &SpaceId, witness: &Witness<'_>) -> Vec<Noted<Said>> {
    acts.iter().filter_map(|act| noted(act, space, witness)).collect()
}

fn noted(act: &VerifiedAct, space: &SpaceId, witness: &Witness<'_>) -> Option<Noted<Said>> {
    let (of, at, after) = match act.act() {
        Act::CheckedIn { space, at } => (space, *at, None),
        Act::Attendance(mark) => (&mark.space, mark.at, mark.after),
        Act::Floor(step) => (&step.space, step.at, step.after),
        Act::Course(step) => (&step.space, step.at, step.after),
        Act::RoomCode(step) => (&step.space, step.at, step.after),
        _ => return None,
    };
    // An act of another sitting, brought into this one, says nothing here.
    if of != space {
        return None;
    }
    let device = act.device();
    let by = (witness.person)(&device)?;
    let what = match act.act() {
        Act::Attendance(mark) => Said::Attendance(mark.clone()),
        Act::Floor(step) => Said::Floor(*step),
        Act::Course(step) => Said::Course(step.clone()),
        Act::RoomCode(step) => Said::Code(*step),
        _ => {
            let (mark, reason) = (Mark::Arrived, String::new());
            Said::Attendance(AttendanceMark { space: *space, person: by, mark, reason, at, after })
        }
    };
    let (managed, here_at) = ((witness.managed)(&by), (witness.here)(&device, at));
    Some(Noted { hash: act.hash(), by, device, managed, after, at, here_at, what })
}
