//! Stable names of the controls for end-to-end tests (`data-testid`), in one table.
//!
//! The tabs of the room are `room-agenda`, `room-paper` (both only in one column), `room-people`, `room-speech`, `room-vote`, `room-notes`,
//! `room-minutes`; those of Settings are `settings-identity`, `settings-devices`, `settings-people`, `settings-audit`, `settings-rules`, `settings-sync`, `settings-appearance`.
//! Further `data-` attributes say states in words that no translation changes; they are named beside each constant.

macro_rules! testids {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $value;)*

        /// All of them, for the test that no two are the same.
        pub const ALL: &[&str] = &[$($value),*];
    };
}

// After the macro, which it uses.
pub mod cases;
pub mod drafting;
pub mod lead;
pub mod library;
pub mod paper_ballot;
pub mod presence;
pub mod projector;
pub mod recovery;
pub mod rules;
pub mod tasks;

pub use cases::*;
pub use drafting::*;
pub use lead::*;
pub use library::*;
pub use paper_ballot::*;
pub use presence::*;
pub use projector::*;
pub use recovery::*;
pub use rules::*;
pub use tasks::*;

testids! {
    /// Of first run, joining, unlocking: Create organisation.
    CREATE_ORGANISATION = "create-organisation";
    /// Of first run, joining, unlocking: Create submit.
    CREATE_SUBMIT = "create-submit";
    /// Of first run, joining, unlocking: Create unit.
    CREATE_UNIT = "create-unit";
    /// Of first run, joining, unlocking: Demo submit.
    DEMO_SUBMIT = "demo-submit";
    /// Of first run, joining, unlocking: First back.
    FIRST_BACK = "first-back";
    /// Of first run, joining, unlocking: First create.
    FIRST_CREATE = "first-create";
    /// Of first run, joining, unlocking: First demo.
    FIRST_DEMO = "first-demo";
    /// Of first run, joining, unlocking: First join.
    FIRST_JOIN = "first-join";
    /// Of first run, joining, unlocking: First run.
    FIRST_RUN = "first-run";
    /// Of first run, joining, unlocking: Join address.
    JOIN_ADDRESS = "join-address";
    /// Of first run, joining, unlocking: Join confirm.
    JOIN_CONFIRM = "join-confirm";
    /// Of first run, joining, unlocking: Join differ.
    JOIN_DIFFER = "join-differ";
    /// Of first run, joining, unlocking: the text of an invitation.
    JOIN_INVITATION = "join-invitation";
    /// Of first run, joining, unlocking: why somebody was turned away.
    JOIN_REFUSAL = "join-refusal";
    /// Of first run, joining, unlocking: `data-stage`: `search`, `compare`, `waiting`, `enrolled`, `refused`.
    JOIN_STEPS = "join-steps";
    /// Of first run, joining, unlocking: Join submit.
    JOIN_SUBMIT = "join-submit";
    /// Of first run, joining, unlocking: Prefix: `-lan`, `-address`.
    JOIN_WAY = "join-way";
    /// Of first run, joining, unlocking: Passphrase.
    PASSPHRASE = "passphrase";
    /// Of first run, joining, unlocking: Passphrase again.
    PASSPHRASE_AGAIN = "passphrase-again";
    /// Of first run, joining, unlocking: Passphrase change.
    PASSPHRASE_CHANGE = "passphrase-change";
    /// Of first run, joining, unlocking: Passphrase old.
    PASSPHRASE_OLD = "passphrase-old";
    /// Of first run, joining, unlocking: Person name.
    PERSON_NAME = "person-name";
    /// Of first run, joining, unlocking: Person title.
    PERSON_TITLE = "person-title";
    /// Of first run, joining, unlocking: Unlock.
    UNLOCK = "unlock";
    /// Of first run, joining, unlocking: Unlock open.
    UNLOCK_OPEN = "unlock-open";
    /// Of first run, joining, unlocking: Unlock passphrase.
    UNLOCK_PASSPHRASE = "unlock-passphrase";
    /// Of first run, joining, unlocking: Unlock remember.
    UNLOCK_REMEMBER = "unlock-remember";
    /// Of first run, joining, unlocking: The six words; `data-words` has them in one line.
    WORDS = "words";
    /// Of the frame: navigation, sync, dialogs, messages: Confirm cancel.
    CONFIRM_CANCEL = "confirm-cancel";
    /// Of the frame: navigation, sync, dialogs, messages: Confirm yes.
    CONFIRM_YES = "confirm-yes";
    /// Of the frame: navigation, sync, dialogs, messages: Dialog close.
    DIALOG_CLOSE = "dialog-close";
    /// Of the frame: navigation, sync, dialogs, messages: Empty.
    EMPTY = "empty";
    /// Of the frame: navigation, sync, dialogs, messages: A failure; `data-code` is its code.
    ERROR = "error";
    /// Of the frame: navigation, sync, dialogs, messages: File choose.
    FILE_CHOOSE = "file-choose";
    /// Of Settings: Audit device, with `data-device`, `data-revoked`.
    AUDIT_DEVICE = "audit-device";
    /// Of Settings: Audit entry, with `data-kind`, `data-effect`.
    AUDIT_ENTRY = "audit-entry";
    /// Of Settings: Audit member, with `data-name`.
    AUDIT_MEMBER = "audit-member";
    /// Of Settings: Audit of.
    AUDIT_OF = "audit-of";
    /// Of Settings: Audit remove.
    AUDIT_REMOVE = "audit-remove";
    /// Of Settings: Audit revoke.
    AUDIT_REVOKE = "audit-revoke";
    /// Of the room and its agenda: Person remove.
    PERSON_REMOVE = "person-remove";
    /// Of the frame: navigation, sync, dialogs, messages: File input.
    FILE_INPUT = "file-input";
    /// Of the frame: navigation, sync, dialogs, messages: File name.
    FILE_NAME = "file-name";
    /// Of the frame: navigation, sync, dialogs, messages: Help.
    HELP = "help";
    /// Of the frame: navigation, sync, dialogs, messages: Help open.
    HELP_OPEN = "help-open";
    /// Of the frame: navigation, sync, dialogs, messages: Me name.
    ME_NAME = "me-name";
    /// Of the frame: navigation, sync, dialogs, messages: Nav meetings.
    NAV_MEETINGS = "nav-meetings";
    /// Of the frame: navigation, sync, dialogs, messages: Nav settings.
    NAV_SETTINGS = "nav-settings";
    /// Of the frame: navigation, sync, dialogs, messages: Nav today.
    NAV_TODAY = "nav-today";
    /// Of the frame: navigation, sync, dialogs, messages: Retry.
    RETRY = "retry";
    /// Of the frame: navigation, sync, dialogs, messages: `data-mood`: `in_sync`, `waiting`, `offline`.
    SYNC_CHIP = "sync-chip";
    /// Of the frame: navigation, sync, dialogs, messages: Target dialog.
    TARGET_DIALOG = "target-dialog";
    /// Of the frame: navigation, sync, dialogs, messages: Target path.
    TARGET_PATH = "target-path";
    /// Of the frame: navigation, sync, dialogs, messages: Target write.
    TARGET_WRITE = "target-write";
    /// Of the frame: navigation, sync, dialogs, messages: Toast.
    TOAST = "toast";
    /// Of Today and Meetings: Meeting body.
    MEETING_BODY = "meeting-body";
    /// Of Today and Meetings: Meeting create.
    MEETING_CREATE = "meeting-create";
    /// Of Today and Meetings: Meeting date.
    MEETING_DATE = "meeting-date";
    /// Of Today and Meetings: Meeting form.
    MEETING_FORM = "meeting-form";
    /// Of Today and Meetings: one who is invited with a new meeting.
    MEETING_GUEST = "meeting-guest";
    /// Of Today and Meetings: Meeting guests.
    MEETING_GUESTS = "meeting-guests";
    /// Of Today and Meetings: Meeting new.
    MEETING_NEW = "meeting-new";
    /// Of Today and Meetings: where a new meeting begins.
    MEETING_PATTERN = "meeting-pattern";
    /// Of Today and Meetings: Meeting place.
    MEETING_PLACE = "meeting-place";
    /// Of Today and Meetings: `data-title`.
    MEETING_ROW = "meeting-row";
    /// Of Today and Meetings: Meeting time.
    MEETING_TIME = "meeting-time";
    /// Of Today and Meetings: Meeting title.
    MEETING_TITLE = "meeting-title";
    /// Of Today and Meetings: what the last meeting left open.
    UNFINISHED = "unfinished";
    /// Of Today and Meetings: Unfinished take.
    UNFINISHED_TAKE = "unfinished-take";
    /// Of Today and Meetings: Unfinished task.
    UNFINISHED_TASK = "unfinished-task";
    /// Of Today and Meetings: Today enter.
    TODAY_ENTER = "today-enter";
    /// Of Today and Meetings: Today next.
    TODAY_NEXT = "today-next";
    /// Of Today and Meetings: Today paper.
    TODAY_PAPER = "today-paper";
    /// Of Today and Meetings: a thing to remember.
    TODAY_REMINDER = "today-reminder";
    /// Of Today and Meetings: Today requests.
    TODAY_REQUESTS = "today-requests";
    /// Of Today and Meetings: Today sign.
    TODAY_SIGN = "today-sign";
    /// Of the room and its agenda: Agenda.
    AGENDA = "agenda";
    /// Of the room and its agenda: Agenda add item.
    AGENDA_ADD_ITEM = "agenda-add-item";
    /// Of the room and its agenda: Agenda add paper.
    AGENDA_ADD_PAPER = "agenda-add-paper";
    /// Of the room and its agenda: Agenda edit.
    AGENDA_EDIT = "agenda-edit";
    /// Of the room and its agenda: `data-title`.
    AGENDA_ITEM = "agenda-item";
    /// Of the room and its agenda: Check in.
    CHECK_IN = "check-in";
    /// Of the room and its agenda: Item add.
    ITEM_ADD = "item-add";
    /// Of the room and its agenda: Item add below.
    ITEM_ADD_BELOW = "item-add-below";
    /// Of the room and its agenda: Item add paper.
    ITEM_ADD_PAPER = "item-add-paper";
    /// Of the room and its agenda: Item dialog.
    ITEM_DIALOG = "item-dialog";
    /// Of the room and its agenda: Item slots.
    AGENDA_SLOTS = "agenda-slots";
    /// Of the room and its agenda: Shows the agenda where it has no column of its own.
    AGENDA_SHOW = "agenda-show";
    /// Of the room and its agenda: Item down.
    ITEM_DOWN = "item-down";
    /// Of the room and its agenda: Item edit.
    ITEM_EDIT = "item-edit";
    /// Of the room and its agenda: Item minutes.
    ITEM_MINUTES = "item-minutes";
    /// Of the room and its agenda: until when papers of an item are due.
    ITEM_PAPERS_DUE = "item-papers-due";
    /// Of the room and its agenda: Item presenter.
    ITEM_PRESENTER = "item-presenter";
    /// Of the room and its agenda: Item remove.
    ITEM_REMOVE = "item-remove";
    /// Of the room and its agenda: Item save.
    ITEM_SAVE = "item-save";
    /// Of the room and its agenda: Item time.
    ITEM_TIME = "item-time";
    /// Of the room and its agenda: Item title.
    ITEM_TITLE = "item-title";
    /// Of the room and its agenda: Item up.
    ITEM_UP = "item-up";
    /// Of the room and its agenda: Paper add version.
    PAPER_ADD_VERSION = "paper-add-version";
    /// Of the room and its agenda: Paper dialog.
    PAPER_DIALOG = "paper-dialog";
    /// Of the room and its agenda: Paper first.
    PAPER_FIRST = "paper-first";
    /// Of the room and its agenda: Paper missing.
    PAPER_MISSING = "paper-missing";
    /// Of the room and its agenda: `data-title`.
    PAPER_OPEN = "paper-open";
    /// Of the room and its agenda: Paper save.
    PAPER_SAVE = "paper-save";
    /// Of the room and its agenda: Paper title.
    PAPER_TITLE = "paper-title";
    /// Of the room and its agenda: Paper unmarked.
    PAPER_UNMARKED = "paper-unmarked";
    /// Of the room and its agenda: Paper waiting.
    PAPER_WAITING = "paper-waiting";
    /// Of the room and its agenda: Paper withdraw.
    PAPER_WITHDRAW = "paper-withdraw";
    /// Of the room and its agenda: Paper withdraw dialog.
    PAPER_WITHDRAW_DIALOG = "paper-withdraw-dialog";
    /// Of the room and its agenda: Paper withdraw reason.
    PAPER_WITHDRAW_REASON = "paper-withdraw-reason";
    /// Of the room and its agenda: Paper withdraw save.
    PAPER_WITHDRAW_SAVE = "paper-withdraw-save";
    /// Of the paper: It was withdrawn; `data-gone`, `data-devices`.
    PAPER_WITHDRAWN = "paper-withdrawn";
    /// Of the room and its agenda: `data-present`, `data-needed`, `data-met`.
    QUORUM = "quorum";
    /// Of the room and its agenda: Room.
    ROOM = "room";
    /// Of the room: this person was taken out; `data-by`.
    ROOM_LEFT = "room-left";
    /// Of the room and its agenda: Room back.
    ROOM_BACK = "room-back";
    /// Of the room and its agenda: Room edit.
    ROOM_EDIT = "room-edit";
    /// Of the room and its agenda: Room edit dialog.
    ROOM_EDIT_DIALOG = "room-edit-dialog";
    /// Of the room and its agenda: Room edit save.
    ROOM_EDIT_SAVE = "room-edit-save";
    /// Of the room and its agenda: Room export.
    ROOM_EXPORT = "room-export";
    /// Of the room and its agenda: Room export zip.
    ROOM_EXPORT_ZIP = "room-export-zip";
    /// Of the room and its agenda: Room title.
    ROOM_TITLE = "room-title";
    /// Everywhere: What is wrong with a field.
    FIELD_WRONG = "field-wrong";
    /// Of the paper: Find.
    FIND = "find";
    /// Of the paper: `data-count`: places found.
    FIND_COUNT = "find-count";
    /// Of the paper: Find next.
    FIND_NEXT = "find-next";
    /// Of the paper: A place on a page.
    FIND_PLACE = "find-place";
    /// Of the paper: Find previous.
    FIND_PREVIOUS = "find-previous";
    /// Of the paper: Find text.
    FIND_TEXT = "find-text";
    /// Of the paper: For whom new marks are; `data-audience`: `private`, `shared`.
    AUDIENCE = "audience";
    /// Of the paper: Authors.
    AUTHORS = "authors";
    /// Of the paper: Ink.
    INK = "ink";
    /// Of the paper: A drawn mark; `data-audience`.
    MARK = "mark";
    /// Of the paper: Marks.
    MARKS = "marks";
    /// Of the paper: Marks retry.
    MARKS_RETRY = "marks-retry";
    /// Of the paper: A row of the list of marks; `data-audience`, `data-mine`.
    NOTE = "note";
    /// Of the paper: Notes.
    NOTES = "notes";
    /// Of the paper: Note dialog.
    NOTE_DIALOG = "note-dialog";
    /// Of the paper: Note erase.
    NOTE_ERASE = "note-erase";
    /// Of the paper: Note go.
    NOTE_GO = "note-go";
    /// Of the paper: Note place.
    NOTE_PLACE = "note-place";
    /// Of the paper: Note save.
    NOTE_SAVE = "note-save";
    /// Of the paper: Note share.
    NOTE_SHARE = "note-share";
    /// Of the paper: Note text.
    NOTE_TEXT = "note-text";
    /// Of the paper: A page; `data-page` from 0.
    PAGE = "page";
    /// Of the paper: The scroller; `data-tool`.
    PAGES = "pages";
    /// Of the paper: Page count.
    PAGE_COUNT = "page-count";
    /// Of the paper: Page number.
    PAGE_NUMBER = "page-number";
    /// Of the paper: Page picture.
    PAGE_PICTURE = "page-picture";
    /// Of the paper: A note on the page; `data-audience`.
    PIN = "pin";
    /// Of the paper: Pin erase.
    PIN_ERASE = "pin-erase";
    /// Of the paper: Pin share.
    PIN_SHARE = "pin-share";
    /// Of the paper: Pin text.
    PIN_TEXT = "pin-text";
    /// Of the paper: Rectangle.
    RECTANGLE = "rectangle";
    /// Of the paper: Tool eraser.
    TOOL_ERASER = "tool-eraser";
    /// Of the paper: Tool highlight.
    TOOL_HIGHLIGHT = "tool-highlight";
    /// Of the paper: who learns that it was opened, or what the tool does.
    TOLD = "told";
    /// Of the paper: Tool none.
    TOOL_NONE = "tool-none";
    /// Of the paper: Tool note.
    TOOL_NOTE = "tool-note";
    /// Of the paper: Tool pen.
    TOOL_PEN = "tool-pen";
    /// Of the paper: Version.
    VERSION = "version";
    /// Of the paper: Zoom fit.
    ZOOM_FIT = "zoom-fit";
    /// Of the paper: Zoom in.
    ZOOM_IN = "zoom-in";
    /// Of the paper: Zoom out.
    ZOOM_OUT = "zoom-out";
    /// Of people: `data-name`.
    CANDIDATE = "candidate";
    /// Of people: Candidate invite.
    CANDIDATE_INVITE = "candidate-invite";
    /// Of people: Candidate role.
    CANDIDATE_ROLE = "candidate-role";
    /// Of people: the invitation for calendars.
    INVITATION_CALENDAR = "invitation-calendar";
    /// Of people: the invitation as a letter.
    INVITATION_PDF = "invitation-pdf";
    /// Of people: Excuse reason.
    EXCUSE_REASON = "excuse-reason";
    /// Of people: Excuse save.
    EXCUSE_SAVE = "excuse-save";
    /// Of people: Invite.
    INVITE = "invite";
    /// Of people: Invite dialog.
    INVITE_DIALOG = "invite-dialog";
    /// Of people: Opinions.
    OPINIONS = "opinions";
    /// Of people: Opinions dialog.
    OPINIONS_DIALOG = "opinions-dialog";
    /// Of people: Opinion ask.
    OPINION_ASK = "opinion-ask";
    /// Of people: Opinion date.
    OPINION_DATE = "opinion-date";
    /// Of people: A form of written opinions; `data-form`.
    OPINION_FORM = "opinion-form";
    /// Of people: Opinion new.
    OPINION_NEW = "opinion-new";
    /// Of people: Opinion paper.
    OPINION_PAPER = "opinion-paper";
    /// Of people: Opinion question.
    OPINION_QUESTION = "opinion-question";
    /// Of people: Opinion remark.
    OPINION_REMARK = "opinion-remark";
    /// Of people: Opinion report.
    OPINION_REPORT = "opinion-report";
    /// Of people: Who is asked; `data-name`, `data-opinion`: empty, `agree`, `remarks`, `disagree`.
    OPINION_ROW = "opinion-row";
    /// Of people: Opinion send.
    OPINION_SEND = "opinion-send";
    /// Of people: How many have not answered; `data-count`.
    OPINION_SILENT = "opinion-silent";
    /// Of people: Opinion time.
    OPINION_TIME = "opinion-time";
    /// Of people: the secretary's board.
    READINESS = "readiness";
    /// Of people: Readiness dialog.
    READINESS_DIALOG = "readiness-dialog";
    /// Of people: `data-name`, `data-opened`, `data-read`: papers opened.
    READINESS_ROW = "readiness-row";
    /// Of people: an item whose papers have a deadline; `data-state`.
    READINESS_DUE = "readiness-due";
    /// Of people: Readiness table.
    READINESS_TABLE = "readiness-table";
    /// Of people: Invite find.
    INVITE_FIND = "invite-find";
    /// Of people: Leave.
    LEAVE = "leave";
    /// Of people: Mark as absent.
    MARK_ABSENT = "mark-absent";
    /// Of people: Mark as excused.
    MARK_EXCUSED = "mark-excused";
    /// Of people: Mark as gone.
    MARK_LEFT = "mark-left";
    /// Of people: Mark as present.
    MARK_PRESENT = "mark-present";
    /// Of people: People.
    PEOPLE = "people";
    /// Of people: `data-name`, `data-present`, `data-presence` (`unknown`, `present`, `left`, `excused`, `absent`), `data-connected`,
    /// `data-code` (`none`, `shown`, `accepted`).
    PERSON = "person";
    /// Of people: Roll call.
    ROLL_CALL = "roll-call";
    /// Of people: Roles edit.
    ROLES_EDIT = "roles-edit";
    /// Of people: Role pick.
    ROLE_PICK = "role-pick";
    /// Of the sitting: Ask for an interpellation.
    ASK_INTERPELLATION = "ask-interpellation";
    /// Of the sitting: Ask on which item.
    ASK_ITEM = "ask-item";
    /// Of the sitting: Ask for a point of order.
    ASK_ORDER = "ask-order";
    /// Of the sitting: Ask for a speech.
    ASK_SPEECH = "ask-speech";
    /// Of the sitting: Follow the chair, `aria-pressed`.
    FOLLOW = "follow";
    /// Of the sitting: The strip, `data-phase`: `before`, `running`, `paused`, `closed`.
    NOW = "now";
    /// Of the sitting: What is dealt with.
    NOW_ITEM = "now-item";
    /// Of the sitting: Close.
    SITTING_CLOSE = "sitting-close";
    /// Of the sitting: Open.
    SITTING_OPEN = "sitting-open";
    /// Of the sitting: Open dialog.
    SITTING_OPEN_DIALOG = "sitting-open-dialog";
    /// Of the sitting: Open, in the dialog.
    SITTING_OPEN_YES = "sitting-open-yes";
    /// Of the sitting: Pause.
    SITTING_PAUSE = "sitting-pause";
    /// Of the sitting: Resume.
    SITTING_RESUME = "sitting-resume";
    /// Of the sitting: Rules.
    SITTING_RULES = "sitting-rules";
    /// Of the sitting: Turn to an item.
    SITTING_TURN = "sitting-turn";
    /// Of the sitting: Who has the word, `data-name`.
    SPEAKING = "speaking";
    /// Of the sitting: Later.
    SPEECH_DOWN = "speech-down";
    /// Of the sitting: The queue.
    SPEECH_QUEUE = "speech-queue";
    /// Of the sitting: One who waits, `data-name`, `data-kind`.
    SPEECH_REQUEST = "speech-request";
    /// Of speeches: orders who waits by a rule.
    SPEECH_ORDER = "speech-order";
    /// Of speeches: how often and how long each has spoken: `data-name`, `data-seconds`.
    SPEECH_TOTALS = "speech-totals";
    /// Of the sitting: Earlier.
    SPEECH_UP = "speech-up";
    /// Of the sitting: Withdraw.
    SPEECH_WITHDRAW = "speech-withdraw";
    /// Of the sitting: Who has spoken.
    SPOKEN = "spoken";
    /// Of the sitting: The countdown.
    TIMER = "timer";
    /// Of the sitting: End the word.
    WORD_END = "word-end";
    /// Of the sitting: Give the word.
    WORD_GIVE = "word-give";
    /// Of the sitting: Give the word to somebody who did not ask.
    WORD_GIVE_OTHER = "word-give-other";
    /// Of the sitting: Time for each.
    WORD_MINUTES = "word-minutes";
    /// Of the sitting: Somebody who did not ask.
    WORD_PERSON = "word-person";
    /// Of votes that are marked place by place: Cast what is marked.
    SECRET_CAST = "secret-cast";
    /// Of votes that are marked place by place: A place of the ballot, `data-place` from 0.
    SECRET_MARK = "secret-mark";
    /// Of secret votes: A teller opens the result although ballots are left out.
    SECRET_OPEN_TOTALS = "secret-open-totals";
    /// Of secret votes: `data-phase`: `open`, `acknowledging`, `counting`, `counted`, `too_few_ballots`, `void`.
    SECRET_PHASE = "secret-phase";
    /// Of votes that are marked place by place: The votes of a place, `data-place`, `data-votes`, `data-standing`.
    SECRET_TOTAL = "secret-total";
    /// Of secret votes: Who could learn what.
    SECRET_WHO = "secret-who";
    /// Of secret votes: A teller, `data-name`, `data-done`.
    TELLER = "teller";
    /// Of secret votes: `data-stage`: `offers`, `dealings`, `confirmations`, `ready`, `void`.
    TELLERS = "tellers";
    /// Of secret votes: Elect other tellers.
    TELLERS_AGAIN = "tellers-again";
    /// Of secret votes: Declare their election.
    TELLERS_ELECT = "tellers-elect";
    /// Of secret votes: How many open a result.
    TELLERS_NEEDED = "tellers-needed";
    /// Of secret votes: One who can be elected, `data-name`.
    TELLER_PICK = "teller-pick";
    /// Of votes: `data-state`: `saved_here`, `received_by_chair`, `counted`, `late`; `data-choice`.
    BALLOT_STATE = "ballot-state";
    /// Of votes: Receipt.
    RECEIPT = "receipt";
    /// Of votes: Receipt details.
    RECEIPT_DETAILS = "receipt-details";
    /// Of votes: `data-passed`, `data-final`, `data-counted`.
    RESULT = "result";
    /// Of votes: Result against.
    RESULT_AGAINST = "result-against";
    /// Of votes: Result for.
    RESULT_FOR = "result-for";
    /// Of votes: Result late.
    RESULT_LATE = "result-late";
    /// Of votes: Result none.
    RESULT_NONE = "result-none";
    /// Of votes: A vote; `data-vote` its id, `data-state`: `open`, `closed`, `final`; `data-secret`.
    VOTE = "vote";
    /// Of votes: `data-name`, `data-voted`, `data-choice`.
    VOTER = "voter";
    /// Of votes: Vote against.
    VOTE_AGAINST = "vote-against";
    /// Of votes: Vote basis.
    VOTE_BASIS = "vote-basis";
    /// Of votes: Vote close.
    VOTE_CLOSE = "vote-close";
    /// Of votes: Vote close dialog.
    VOTE_CLOSE_DIALOG = "vote-close-dialog";
    /// Of votes: Vote dialog.
    VOTE_DIALOG = "vote-dialog";
    /// Of votes: Vote export.
    VOTE_EXPORT = "vote-export";
    /// Of votes: Vote for.
    VOTE_FOR = "vote-for";
    /// Of votes: The count so far.
    VOTE_RUNNING = "vote-running";
    /// Of votes: The result of one whose ballot has a form, `data-final`, `data-counted`.
    VOTE_MARKED = "vote-marked";
    /// Of votes: Vote form kind of ballot.
    VOTE_FORM_KIND = "vote-form-kind";
    /// Of votes: Vote form most marks.
    VOTE_FORM_MOST = "vote-form-most";
    /// Of votes: Vote form options.
    VOTE_FORM_OPTIONS = "vote-form-options";
    /// Of votes: Vote form secret.
    VOTE_FORM_SECRET = "vote-form-secret";
    /// Of votes: Vote form item.
    VOTE_FORM_ITEM = "vote-form-item";
    /// Of votes: Vote form open.
    VOTE_FORM_OPEN = "vote-form-open";
    /// Of votes: Vote form profile.
    VOTE_FORM_PROFILE = "vote-form-profile";
    /// Of votes: Vote form question.
    VOTE_FORM_QUESTION = "vote-form-question";
    /// Of votes: Vote form threshold.
    VOTE_FORM_THRESHOLD = "vote-form-threshold";
    /// Of votes: Vote may not.
    VOTE_MAY_NOT = "vote-may-not";
    /// Of votes: Vote none.
    VOTE_NONE = "vote-none";
    /// Of votes: Vote open.
    VOTE_OPEN = "vote-open";
    /// Of votes: `data-code`.
    VOTE_PROBLEM = "vote-problem";
    /// Of votes: Vote question.
    VOTE_QUESTION = "vote-question";
    /// Of votes: Vote received.
    VOTE_RECEIVED = "vote-received";
    /// Of votes: Vote rules.
    VOTE_RULES = "vote-rules";
    /// Of votes: what its rules are called.
    VOTE_RULES_NAME = "vote-rules-name";
    /// Of minutes: Conclusions edit.
    CONCLUSIONS_EDIT = "conclusions-edit";
    /// Of minutes: Conclusions save.
    CONCLUSIONS_SAVE = "conclusions-save";
    /// Of minutes: Conclusions text.
    CONCLUSIONS_TEXT = "conclusions-text";
    /// Of minutes: `data-complete`.
    MINUTES = "minutes";
    /// Of minutes: Minutes draft.
    MINUTES_DRAFT = "minutes-draft";
    /// Of minutes: Minutes export.
    MINUTES_EXPORT = "minutes-export";
    /// Of minutes: Minutes sign.
    MINUTES_SIGN = "minutes-sign";
    /// Of minutes: Minutes view.
    MINUTES_VIEW = "minutes-view";
    /// Of minutes: `data-kind`, `data-complete`.
    OFFICIAL = "official";
    /// Of minutes: Official body.
    OFFICIAL_BODY = "official-body";
    /// Of minutes: Official export.
    OFFICIAL_EXPORT = "official-export";
    /// Of minutes: Official fresh.
    OFFICIAL_FRESH = "official-fresh";
    /// Of minutes: Official save.
    OFFICIAL_SAVE = "official-save";
    /// Of minutes: Official sign.
    OFFICIAL_SIGN = "official-sign";
    /// Of minutes: Official sign dialog.
    OFFICIAL_SIGN_DIALOG = "official-sign-dialog";
    /// Of minutes: Official title.
    OFFICIAL_TITLE = "official-title";
    /// Of minutes: Official view.
    OFFICIAL_VIEW = "official-view";
    /// Of minutes: Official write.
    OFFICIAL_WRITE = "official-write";
    /// Of minutes: a phrase for conclusions.
    PHRASE = "phrase";
    /// Of minutes: Phrases.
    PHRASES = "phrases";
    /// Of minutes: Phrases edit.
    PHRASES_EDIT = "phrases-edit";
    /// Of minutes: Phrases save.
    PHRASES_SAVE = "phrases-save";
    /// Of minutes: Phrases text.
    PHRASES_TEXT = "phrases-text";
    /// Of minutes: `data-status`, `data-signer`.
    SIGNATURE = "signature";
    /// Of minutes: Signatures.
    SIGNATURES = "signatures";
    /// Of minutes: Sign dialog.
    SIGN_DIALOG = "sign-dialog";
    /// Of settings: Dial.
    DIAL = "dial";
    /// Of settings: Dial address.
    DIAL_ADDRESS = "dial-address";
    /// Of settings: Identity export.
    IDENTITY_EXPORT = "identity-export";
    /// Of settings: a device in this person's name that none of the person's devices let in; `data-device`.
    DOUBTED = "doubted-device";
    /// Of settings: ends the trust in it.
    DOUBTED_REVOKE = "doubted-revoke";
    /// Of settings: Takes the key out of the system's keyring.
    FORGET_KEY = "forget-key";
    /// Of settings: Identity backup.
    IDENTITY_BACKUP = "identity-backup";
    /// Of settings: Identity name.
    IDENTITY_NAME = "identity-name";
    /// Of settings: `data-root`: the root's fingerprint.
    IDENTITY_ROOT = "identity-root";
    /// Of settings: Prefix: `-vi`, `-en`.
    LANGUAGE = "language";
    /// Of settings: how long an invitation is good.
    INVITE_HOURS = "invite-hours";
    /// Of settings: an invitation; `data-name`, `data-state`: `open`, `used`, `expired`, `revoked`.
    INVITE_LINE = "invite-line";
    /// Of settings: the invitation that was just made.
    INVITE_MADE = "invite-made";
    /// Of settings: makes an invitation.
    INVITE_MAKE = "invite-make";
    /// Of settings: the name of who is invited.
    INVITE_NAME = "invite-name";
    /// Of settings: withdraws an invitation.
    INVITE_REVOKE = "invite-revoke";
    /// Of settings: prefix: `-member`, `-editor`, `-publisher`.
    INVITE_ROLE = "invite-role";
    /// Of settings: the text of the invitation.
    INVITE_TEXT = "invite-text";
    /// Of settings: the title of who is invited.
    INVITE_TITLE = "invite-title";
    /// Of settings: the unit of who is invited.
    INVITE_UNIT = "invite-unit";
    /// Of settings: the list of persons.
    ROSTER = "roster";
    /// Of settings: makes invitations for the list.
    ROSTER_APPLY = "roster-apply";
    /// Of settings: `data-new`, `data-known`, `data-errors`.
    ROSTER_COUNTS = "roster-counts";
    /// Of settings: how long the invitations are good.
    ROSTER_HOURS = "roster-hours";
    /// Of settings: a row of the list; `data-line`, `data-outcome`: `new`, `exists`, `invited`, `error`.
    ROSTER_ROW = "roster-row";
    /// Of settings: a hub that takes no more.
    SYNC_FULL = "sync-full";
    /// Of settings: somebody of the organisation; `data-name`.
    ORGANISATION_PERSON = "organisation-person";
    /// Of settings: a duty of somebody; `data-duty`.
    ORGANISATION_DUTY = "organisation-duty";
    /// Of settings: the unit that somebody is let into.
    REQUEST_UNIT = "request-unit";
    /// Of settings: the name of a new unit.
    REQUEST_UNIT_NAME = "request-unit-name";
    /// Of settings: A request to join; `data-name`.
    REQUEST = "request";
    /// Of settings: Request administrator.
    REQUEST_ADMINISTRATOR = "request-administrator";
    /// Of settings: Request approve.
    REQUEST_APPROVE = "request-approve";
    /// Of settings: Request compared.
    REQUEST_COMPARED = "request-compared";
    /// Of settings: Request mine.
    REQUEST_MINE = "request-mine";
    /// Of settings: Request refuse.
    REQUEST_REFUSE = "request-refuse";
    /// Of settings: Sync address.
    SYNC_ADDRESS = "sync-address";
    /// Of settings: Sync call: `data-state`: `calling`, `reached`, `failed`; `data-code` of a failed one.
    SYNC_CALL = "sync-call";
    /// Of settings: Sync peer.
    SYNC_PEER = "sync-peer";
    /// Of settings: Sync summary.
    SYNC_SUMMARY = "sync-summary";
    /// Of settings: Prefix: `-100`, `-125`, `-150`.
    TEXT_SIZE = "text-size";
    /// Of settings: Prefix: `-system`, `-light`, `-dark`, `-contrast`.
    THEME = "theme";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn no_two_controls_have_one_name() {
        let parts = [
            super::ALL,
            super::cases::ALL,
            super::drafting::ALL,
            super::lead::ALL,
            super::library::ALL,
            super::paper_ballot::ALL,
            super::presence::ALL,
            super::projector::ALL,
            super::recovery::ALL,
            super::rules::ALL,
            super::tasks::ALL,
        ];
        let all = || parts.into_iter().flatten();
        assert_eq!(all().collect::<BTreeSet<_>>().len(), all().count());
    }
}
