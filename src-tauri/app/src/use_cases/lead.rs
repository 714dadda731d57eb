//! The lead: a deputy is named, takes over, gives back.

use api::error::ApiError;
use api::lead::{LeadPerson, LeadTaken, LeadView};
use domain::id::{PersonId, SpaceId};
use domain::lead::{DeputyNaming, LeadSeat, LeadTaking, TAKING_VOTES};
use domain::meeting::MeetingRole;
use signing::Act;
use signing::lead::{Lead, Named, Taken};
use sync::DocRef;

use super::agenda::limit;
use super::meetings::count;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn name_deputy(&self, meeting: SpaceId, person: Option<PersonId>) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.name_deputy(meeting, person)).await
    }

    pub(crate) async fn take_lead(&self, meeting: SpaceId) -> Result<LeadView, ApiError> {
        self.engine()?.attempt(move |core| core.take_lead(meeting)).await
    }
}

impl Core {
    fn name_deputy(&mut self, space: SpaceId, person: Option<PersonId>) -> Result<(), ApiError> {
        let me = self.me()?;
        if self.role_of(&space, &me) != Some(MeetingRole::Chair) {
            return Err(ApiError::new("chair_only", "only the chair names a deputy"));
        }
        self.require_chair(&space, "only the chair names a deputy")?;
        if let Some(person) = &person {
            let role = self.role_of(&space, person).ok_or_else(|| not_found("person"))?;
            if *person == me || !role.votes() {
                return Err(ApiError::new("deputy_unfit", "a deputy is somebody else with a vote"));
            }
        }
        let named = self.lead(&space)?.named;
        if named.and_then(|named| named.deputy) == person {
            return Ok(());
        }
        let replaces = named.map(|named| named.naming);
        let naming = DeputyNaming { space, deputy: person, replaces, at: self.now().wall };
        self.act_in(DocRef::meeting(space), Act::DeputyNamed(naming)).map(|_| ())
    }

    fn take_lead(&mut self, space: SpaceId) -> Result<LeadView, ApiError> {
        let me = self.me()?;
        self.role_of(&space, &me).ok_or_else(|| not_found("meeting"))?;
        let lead = self.lead(&space)?;
        let namings = self.namings_for(&space, &lead, me);
        if namings.is_empty() && lead.named.is_none() {
            return Err(ApiError::new("no_deputy", "the chair has named no deputy"));
        }
        if namings.is_empty() {
            return Err(ApiError::new("deputy_only", "only the deputy takes the lead, or the chair takes it back"));
        }
        let named = self.takes_by(&space, &lead, me)?;
        let named = named.ok_or_else(|| ApiError::new("leads_already", "this person has the lead"))?;
        let members = self.members(&space)?;
        let voting = members.iter().filter(|member| member.role.votes());
        let seated = voting
            .filter_map(|member| member.attendance.voting_device().map(|device| LeadSeat { person: member.person, device }));
        let mut seats: Vec<LeadSeat> = seated.collect();
        seats.sort_unstable();
        let mut votes = self.undecided_votes(&space, &named.chair)?;
        votes.truncate(TAKING_VOTES);
        if seats.is_empty() {
            return Err(ApiError::new("nobody_checked_in", "nobody has checked in with a device"));
        }
        let term = lead.last_term.saturating_add(1);
        let taking = LeadTaking { space, term, naming: named.naming, seats, votes, at: self.now().wall };
        taking.validate().map_err(|error| limit(&error))?;
        self.act_in(DocRef::seat(space, &me), Act::LeadTaken(taking))?;
        self.lead_view(&space)
    }

    /// The namings by which this person can take something, those of today's chairs first. Who chairs takes by an own naming, or by that of an
    /// earlier chair who handed over: by that of somebody else who chairs too they would say that they lead in that one's place.
    fn namings_for(&self, space: &SpaceId, lead: &Lead, me: PersonId) -> Vec<Named> {
        let chairs = |person: &PersonId| self.role_of(space, person) == Some(MeetingRole::Chair);
        let fits = |named: &&Named| match chairs(&me) {
            true if named.chair == me => true,
            true => named.deputy == Some(me) && !chairs(&named.chair),
            false => named.deputy == Some(me),
        };
        let mut namings: Vec<Named> = lead.named_by.values().filter(fits).copied().collect();
        namings.sort_by_key(|named| (Some(named.naming) != lead.named.map(|shown| shown.naming), !chairs(&named.chair)));
        namings
    }

    /// The naming by which there is something to take: the lead of the sitting, or a vote that somebody else decides.
    fn takes_by(&mut self, space: &SpaceId, lead: &Lead, me: PersonId) -> Result<Option<Named>, ApiError> {
        for named in self.namings_for(space, lead, me) {
            let of_today = self.role_of(space, &named.chair) == Some(MeetingRole::Chair);
            let leads = lead.leading.map_or(named.chair, |leading| leading.person) == me;
            let open = self.undecided_votes(space, &named.chair)?;
            let votes = self.votes_of(space)?;
            let mut deciders = votes.iter().filter(|vote| open.contains(&vote.id())).map(|vote| self.decider(vote));
            if (of_today && !leads) || deciders.any(|decider| self.replica.person_of(&decider) != Some(me)) {
                return Ok(Some(named));
            }
        }
        Ok(None)
    }

    /// The chair makes somebody else chair: this person may then also take what is open, by the chair's own word. A role alone hands no vote on.
    pub fn hand_over(&mut self, space: SpaceId, person: PersonId) -> Result<(), ApiError> {
        let me = self.me()?;
        let lead = self.lead(&space)?;
        if lead.named_by.get(&me).and_then(|named| named.deputy) == Some(person) {
            return Ok(());
        }
        let replaces = lead.named.map(|named| named.naming);
        let naming = DeputyNaming { space, deputy: Some(person), replaces, at: self.now().wall };
        self.act_in(DocRef::meeting(space), Act::DeputyNamed(naming)).map(|_| ())
    }

    /// Who leads, as the room shows it.
    pub fn lead_view(&mut self, space: &SpaceId) -> Result<LeadView, ApiError> {
        let me = self.me()?;
        let lead = self.lead(space)?;
        let may_take = self.takes_by(space, &lead, me)?.is_some();
        let by = |person: PersonId| LeadPerson { person, name: self.person_name(&person) };
        let chair = self.replica.access(space).and_then(|access| {
            let chairs = || access.members.iter().filter(|(_, role)| **role == MeetingRole::Chair).map(|(person, _)| *person);
            chairs().find(|person| lead.named.is_some_and(|named| named.chair == *person)).or_else(|| chairs().next())
        });
        let taken = |taken: Taken| LeadTaken {
            by: by(taken.person),
            term: taken.term,
            at: taken.at,
            acknowledged: taken.acknowledged,
            needed: taken.needed,
            devices: self.seats_of(space, &taken),
        };
        let deputy_leads = lead.deputy_leading().is_some();
        Ok(LeadView {
            chair: chair.map(by),
            chair_connected: chair.is_some_and(|chair| self.is_connected(space, &chair)),
            deputy: lead.named.and_then(|named| named.deputy).map(by),
            leading: lead.leading.filter(|_| deputy_leads).map(taken),
            claimed: lead.claimed.map(taken),
            may_name: chair == Some(me) && !deputy_leads,
            may_take,
        })
    }

    fn seats_of(&self, space: &SpaceId, taken: &Taken) -> u32 {
        let act = self.known_acts(space).iter().find(|act| act.hash() == taken.taking);
        act.map_or(0, |act| if let Act::LeadTaken(taking) = act.act() { count(taking.seats.len()) } else { 0 })
    }
}
