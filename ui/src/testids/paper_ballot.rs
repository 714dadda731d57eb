//! Of a vote: paper ballots.

testids! {
    /// Opens the form that enters one.
    PAPER_BALLOT_ENTER = "paper-ballot-enter";
    /// The form.
    PAPER_BALLOT_DIALOG = "paper-ballot-dialog";
    /// Whose ballot it is.
    PAPER_BALLOT_VOTER = "paper-ballot-voter";
    /// What it says.
    PAPER_BALLOT_CHOICE = "paper-ballot-choice";
    /// Sends the form.
    PAPER_BALLOT_SAVE = "paper-ballot-save";
    /// An entry that waits for a witness; `data-name`.
    PAPER_BALLOT_WAITING = "paper-ballot-waiting";
    /// Witnesses it.
    PAPER_BALLOT_WITNESS = "paper-ballot-witness";
    /// Beside a voter: who entered and who witnessed; `data-void`.
    PAPER_BALLOT_NOTE = "paper-ballot-note";
}
