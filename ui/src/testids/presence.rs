//! Of presence in the room: the code by which people check in, and the seats.

testids! {
    /// Of the head: opens where a code is typed.
    CODE_ENTER = "code-enter";
    /// Where a code is typed.
    CODE_DIALOG = "code-dialog";
    /// The code that is typed.
    CODE_TYPED = "code-typed";
    /// Checks in by the code.
    CODE_SEND = "code-send";
    /// Of the people: opens the code on this screen.
    CODE_SHOW = "code-show";
    /// The code on a screen: `data-code`.
    CODE_SHOWN = "code-shown";
    /// Of the people: opens the seats.
    SEATS = "seats";
    /// The seats.
    SEATS_DIALOG = "seats-dialog";
    /// One seat: `data-row`, `data-column`, `data-name`, `data-presence` (as of a person, or `empty`), `data-speaking`, `data-voted`.
    SEAT = "seat";
    /// Draws the room or seats people, or ends that.
    SEATS_EDIT = "seats-edit";
    /// How many rows.
    SEATS_ROWS = "seats-rows";
    /// Seats in a row.
    SEATS_COLUMNS = "seats-columns";
    /// Draws the room.
    SEATS_DRAW = "seats-draw";
    /// Seats those who have no place.
    SEATS_EVERYBODY = "seats-everybody";
    /// The name of the place that was picked.
    SEAT_LABEL = "seat-label";
    /// Who sits there.
    SEAT_PERSON = "seat-person";
    /// Saves that.
    SEAT_SAVE = "seat-save";
    /// Of what steers the projector: it shows the code.
    PROJECTOR_CODE = "projector-code";
}
