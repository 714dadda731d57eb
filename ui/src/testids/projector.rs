//! Of the projector: its own window, and what steers it in the room.

testids! {
    /// The projector's picture: `data-scene`: `blank`, `code`, `message`, `page`, `internal`, `sitting`, `vote`.
    PROJECTOR = "projector";
    /// How many are here; `data-present`.
    PROJECTOR_QUORUM = "projector-quorum";
    /// The item that is dealt with.
    PROJECTOR_ITEM = "projector-item";
    /// An item that comes next.
    PROJECTOR_NEXT = "projector-next";
    /// Who has the word.
    PROJECTOR_SPEAKER = "projector-speaker";
    /// The time that is left.
    PROJECTOR_TIMER = "projector-timer";
    /// The question of the vote; `data-state`: `open`, `closed`.
    PROJECTOR_QUESTION = "projector-question";
    /// How many have voted.
    PROJECTOR_RECEIVED = "projector-received";
    /// The verdict; `data-passed`, `data-final`.
    PROJECTOR_RESULT = "projector-result";
    /// A total; `data-mark`, `data-votes`.
    PROJECTOR_TOTAL = "projector-total";
    /// The legal basis.
    PROJECTOR_BASIS = "projector-basis";
    /// The chair's message.
    PROJECTOR_MESSAGE = "projector-message";
    /// The picture of a page.
    PROJECTOR_PICTURE = "projector-picture";
    /// Of the room: opens what steers the projector.
    PROJECTOR_STEER = "projector-steer";
    /// Of the room: what steers it.
    PROJECTOR_DIALOG = "projector-dialog";
    /// Of the room: puts its window up.
    PROJECTOR_OPEN = "projector-open";
    /// Of the room: what it shows; `data-show`: `follow`, `page`, `message`, `code`, `blank`.
    PROJECTOR_SHOWS = "projector-shows";
    /// Of the room: it follows the sitting.
    PROJECTOR_FOLLOW = "projector-follow";
    /// Of the room: it shows nothing.
    PROJECTOR_BLANK = "projector-blank";
    /// Of the room: the paper to show.
    PROJECTOR_PAPER = "projector-paper";
    /// Of the room: the page to show.
    PROJECTOR_PAGE_NUMBER = "projector-page-number";
    /// Of the room: shows the page.
    PROJECTOR_SHOW_PAGE = "projector-show-page";
    /// Of the room: shows the page before.
    PROJECTOR_PAGE_BEFORE = "projector-page-before";
    /// Of the room: shows the page after.
    PROJECTOR_PAGE_AFTER = "projector-page-after";
    /// Of the room: the message to show.
    PROJECTOR_TEXT = "projector-text";
    /// Of the room: shows the message.
    PROJECTOR_SHOW_MESSAGE = "projector-show-message";
    /// Of the agenda: marks an item as internal, or takes that back.
    ITEM_INTERNAL = "item-internal";
    /// Of a new item: guests do not get it.
    ITEM_MEMBERS_ONLY = "item-members-only";
}
