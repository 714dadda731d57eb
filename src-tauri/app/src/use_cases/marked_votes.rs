//! Open votes that are marked place by place, and counts that are told while ballots are cast.

use api::error::ApiError;
use api::secret::CastSecretBallot;
use api::view::BallotReceipt;
use domain::id::VoteId;
use domain::vote::{BallotForm, MarkedBallot, Marking, PlaceTotal};
use signing::{Act, VoteRecord};
use sync::DocRef;

use super::secret_votes::{DECISION, marking};
use crate::app::App;
use crate::engine::{Core, Counted};

impl App {
    pub(crate) async fn cast_marks(&self, vote: VoteId, marks: Vec<u32>) -> Result<BallotReceipt, ApiError> {
        self.engine()?.attempt(move |core| core.cast_marks(vote, marks)).await
    }
}

impl Core {
    /// Casts the ballot on which these places are marked, whatever kind of vote it is.
    fn cast_marks(&mut self, id: VoteId, mut marks: Vec<u32>) -> Result<BallotReceipt, ApiError> {
        let (space, vote) = self.find_vote(&id)?;
        if vote.is_secret() {
            return self.cast_secret_ballot(CastSecretBallot { vote: id, marks });
        }
        let record = self.count(&vote)?;
        let form = record.opening().form.clone().unwrap_or(BallotForm::Decision);
        let places: Vec<usize> = marks.iter().map(|place| usize::try_from(*place).unwrap_or(usize::MAX)).collect();
        form.marks(&places).map_err(|error| marking(&error))?;
        if form == BallotForm::Decision {
            let choice = places.first().and_then(|place| DECISION.get(*place)).copied();
            let choice = choice.ok_or_else(|| ApiError::new("ballot_no_such_slot", "the ballot has no such place"))?;
            return self.cast_ballot(id, choice);
        }
        let replaces = self.may_cast_now(&record)?;
        marks.sort_unstable();
        let cast_at = self.now().wall;
        let ballot = MarkedBallot { vote: id, opening: record.opening_hash(), marks: marks.clone(), cast_at, replaces };
        let me = self.me()?;
        let hash = self.act_in(DocRef::seat(space, &me), Act::MarkedBallotCast(ballot))?;
        let state = self.state_of_fresh_ballot(&vote);
        Ok(BallotReceipt { ballot: hash, choice: None, marks: Some(marks), cast_at, state })
    }
}

/// The count of a vote that is open and whose rules let everybody follow it. Nobody is chosen or tied before the close.
pub(super) fn running(record: &Counted) -> Option<Vec<PlaceTotal>> {
    let Counted::Open(record) = record else {
        return None;
    };
    let told = record.opening.profile.is_live() && record.state == signing::VoteState::Open;
    told.then(|| so_far(record))
}

fn so_far(record: &VoteRecord) -> Vec<PlaceTotal> {
    if let Some(marked) = &record.marked {
        return marked.places.iter().map(|place| PlaceTotal { standing: None, ..place.clone() }).collect();
    }
    let outcome = record.outcome;
    let total = |mark, votes, reached| PlaceTotal { mark, option: String::new(), votes, reached, standing: None };
    vec![
        total(Marking::For, outcome.votes_for, outcome.votes_for >= outcome.needed),
        total(Marking::Against, outcome.against, false),
        total(Marking::NotVoting, outcome.not_voting, false),
    ]
}
