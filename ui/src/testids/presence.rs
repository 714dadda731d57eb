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
    /// Of what steers the projector: it shows the code.
    PROJECTOR_CODE = "projector-code";
}
