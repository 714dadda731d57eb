//! Stable names of the controls for end-to-end tests (`data-testid`), in one table.
//!
//! The tabs of the room are `room-agenda`, `room-paper` (both only in one column), `room-people`, `room-vote`, `room-notes`,
//! `room-minutes`; those of Settings are `settings-identity`, `settings-devices`, `settings-people`, `settings-sync`, `settings-appearance`.
//! Further `data-` attributes say states in words that no translation changes; they are named beside each constant.

macro_rules! testids {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $value;)*

        /// All of them, for the test that no two are the same.
        pub const ALL: &[&str] = &[$($value),*];
    };
}

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
    /// Of questions and answers: Files unmarked.
    FILES_UNMARKED = "files-unmarked";
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
    /// Of Today and Meetings: Meeting new.
    MEETING_NEW = "meeting-new";
    /// Of Today and Meetings: Meeting place.
    MEETING_PLACE = "meeting-place";
    /// Of Today and Meetings: `data-title`.
    MEETING_ROW = "meeting-row";
    /// Of Today and Meetings: Meeting time.
    MEETING_TIME = "meeting-time";
    /// Of Today and Meetings: Meeting title.
    MEETING_TITLE = "meeting-title";
    /// Of Today and Meetings: Today enter.
    TODAY_ENTER = "today-enter";
    /// Of Today and Meetings: Today next.
    TODAY_NEXT = "today-next";
    /// Of Today and Meetings: Today paper.
    TODAY_PAPER = "today-paper";
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
    /// Of the room and its agenda: `data-present`, `data-needed`, `data-met`.
    QUORUM = "quorum";
    /// Of the room and its agenda: Room.
    ROOM = "room";
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
    /// Of people: Invite.
    INVITE = "invite";
    /// Of people: Invite dialog.
    INVITE_DIALOG = "invite-dialog";
    /// Of people: Invite find.
    INVITE_FIND = "invite-find";
    /// Of people: People.
    PEOPLE = "people";
    /// Of people: `data-name`, `data-present`, `data-connected`.
    PERSON = "person";
    /// Of people: Roles edit.
    ROLES_EDIT = "roles-edit";
    /// Of people: Role pick.
    ROLE_PICK = "role-pick";
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
    /// Of votes: A vote; `data-vote` its id, `data-state`: `open`, `closed`, `final`.
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
    /// Of settings: Identity name.
    IDENTITY_NAME = "identity-name";
    /// Of settings: `data-root`: the root's fingerprint.
    IDENTITY_ROOT = "identity-root";
    /// Of settings: Prefix: `-vi`, `-en`.
    LANGUAGE = "language";
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
    /// Of settings: Sync peer.
    SYNC_PEER = "sync-peer";
    /// Of settings: Sync summary.
    SYNC_SUMMARY = "sync-summary";
    /// Of settings: Prefix: `-100`, `-125`, `-150`.
    TEXT_SIZE = "text-size";
    /// Of settings: Prefix: `-system`, `-light`, `-dark`, `-contrast`.
    THEME = "theme";
    /// Of questions and answers: `data-state`: `proposed`, `approved`, `returned`, `replaced`.
    ANSWER = "answer";
    /// Of questions and answers: Answer approve.
    ANSWER_APPROVE = "answer-approve";
    /// Of questions and answers: Answer cite.
    ANSWER_CITE = "answer-cite";
    /// Of questions and answers: Answer cited.
    ANSWER_CITED = "answer-cited";
    /// Of questions and answers: Answer form.
    ANSWER_FORM = "answer-form";
    /// Of questions and answers: Answer note.
    ANSWER_NOTE = "answer-note";
    /// Of questions and answers: Answer return.
    ANSWER_RETURN = "answer-return";
    /// Of questions and answers: Answer send.
    ANSWER_SEND = "answer-send";
    /// Of questions and answers: Answer shown.
    ANSWER_SHOWN = "answer-shown";
    /// Of questions and answers: Answer text.
    ANSWER_TEXT = "answer-text";
    /// Of questions and answers: Ask article.
    ASK_ARTICLE = "ask-article";
    /// Of questions and answers: Ask field.
    ASK_FIELD = "ask-field";
    /// Of questions and answers: Ask form.
    ASK_FORM = "ask-form";
    /// Of questions and answers: Ask send.
    ASK_SEND = "ask-send";
    /// Of questions and answers: Ask text.
    ASK_TEXT = "ask-text";
    /// Of questions and answers: Ask title.
    ASK_TITLE = "ask-title";
    /// Of questions and answers: Ask to.
    ASK_TO = "ask-to";
    /// Of questions and answers: Ask urgency.
    ASK_URGENCY = "ask-urgency";
    /// Of questions and answers: `data-review`: `true` when it needs review.
    CITATION = "citation";
    /// Of questions and answers: Comment call.
    COMMENT_CALL = "comment-call";
    /// Of questions and answers: Comment send.
    COMMENT_SEND = "comment-send";
    /// Of questions and answers: Comment text.
    COMMENT_TEXT = "comment-text";
    /// Of questions and answers: Explain day.
    EXPLAIN_DAY = "explain-day";
    /// Of questions and answers: Explain dialog.
    EXPLAIN_DIALOG = "explain-dialog";
    /// Of questions and answers: Explain reason.
    EXPLAIN_REASON = "explain-reason";
    /// Of questions and answers: Explain send.
    EXPLAIN_SEND = "explain-send";
    /// Of questions and answers: Link dialog.
    LINK_DIALOG = "link-dialog";
    /// Of questions and answers: Link text.
    LINK_TEXT = "link-text";
    /// Of questions and answers: Personal data.
    PERSONAL_DATA = "personal-data";
    /// Of questions and answers: Personal replace.
    PERSONAL_REPLACE = "personal-replace";
    /// Of questions and answers: Publish answer.
    PUBLISH_ANSWER = "publish-answer";
    /// Of questions and answers: Publish confirm.
    PUBLISH_CONFIRM = "publish-confirm";
    /// Of questions and answers: Publish dialog.
    PUBLISH_DIALOG = "publish-dialog";
    /// Of questions and answers: `data-count`.
    PUBLISH_FOUND = "publish-found";
    /// Of questions and answers: Publish send.
    PUBLISH_SEND = "publish-send";
    /// Of questions and answers: Publish text.
    PUBLISH_TEXT = "publish-text";
    /// Of questions and answers: Publish title.
    PUBLISH_TITLE = "publish-title";
    /// Of questions and answers: `data-id`.
    QUESTION = "question";
    /// Of questions and answers: Questions.
    QUESTIONS = "questions";
    /// Of questions and answers: `data-count`.
    QUESTIONS_WAITING = "questions-waiting";
    /// Of questions and answers: Question accept.
    QUESTION_ACCEPT = "question-accept";
    /// Of questions and answers: Question ask.
    QUESTION_ASK = "question-ask";
    /// Of questions and answers: Question canonical.
    QUESTION_CANONICAL = "question-canonical";
    /// Of questions and answers: `data-kind`.
    QUESTION_EVENT = "question-event";
    /// Of questions and answers: `data-id`.
    QUESTION_EVENTS = "question-events";
    /// Of questions and answers: Question explain.
    QUESTION_EXPLAIN = "question-explain";
    /// Of questions and answers: Question filter field.
    QUESTION_FILTER_FIELD = "question-filter-field";
    /// Of questions and answers: Question filter overdue.
    QUESTION_FILTER_OVERDUE = "question-filter-overdue";
    /// Of questions and answers: Question filter state.
    QUESTION_FILTER_STATE = "question-filter-state";
    /// Of questions and answers: Question filter unit.
    QUESTION_FILTER_UNIT = "question-filter-unit";
    /// Of questions and answers: Question find.
    QUESTION_FIND = "question-find";
    /// Of questions and answers: Question follow.
    QUESTION_FOLLOW = "question-follow";
    /// Of questions and answers: Question link.
    QUESTION_LINK = "question-link";
    /// Of questions and answers: Question make article.
    QUESTION_MAKE_ARTICLE = "question-make-article";
    /// Of questions and answers: Question overdue.
    QUESTION_OVERDUE = "question-overdue";
    /// Of questions and answers: Question publish.
    QUESTION_PUBLISH = "question-publish";
    /// Of questions and answers: Question published.
    QUESTION_PUBLISHED = "question-published";
    /// Of questions and answers: Question reason.
    QUESTION_REASON = "question-reason";
    /// Of questions and answers: Question reassign.
    QUESTION_REASSIGN = "question-reassign";
    /// Of questions and answers: Question reopen.
    QUESTION_REOPEN = "question-reopen";
    /// Of questions and answers: Question review.
    QUESTION_REVIEW = "question-review";
    /// Of questions and answers: `data-title`, `data-id`.
    QUESTION_ROW = "question-row";
    /// Of questions and answers: Prefix: `-all`, `-mine`, `-my_unit`, `-following`.
    QUESTION_SCOPE = "question-scope";
    /// Of questions and answers: `data-state`.
    QUESTION_STATE = "question-state";
    /// Of questions and answers: Question title.
    QUESTION_TITLE = "question-title";
    /// Of questions and answers: Question waiting.
    QUESTION_WAITING = "question-waiting";
    /// Of questions and answers: Question withdraw.
    QUESTION_WITHDRAW = "question-withdraw";
    /// Of questions and answers: Prefix: `-1` to `-5`.
    RATE = "rate";
    /// Of questions and answers: Reassign dialog.
    REASSIGN_DIALOG = "reassign-dialog";
    /// Of questions and answers: Reassign reason.
    REASSIGN_REASON = "reassign-reason";
    /// Of questions and answers: Reassign send.
    REASSIGN_SEND = "reassign-send";
    /// Of questions and answers: Reassign unit.
    REASSIGN_UNIT = "reassign-unit";
    /// Of questions and answers: Reopen dialog.
    REOPEN_DIALOG = "reopen-dialog";
    /// Of questions and answers: Reopen reason.
    REOPEN_REASON = "reopen-reason";
    /// Of questions and answers: Reopen send.
    REOPEN_SEND = "reopen-send";
    /// Of questions and answers: Similar.
    SIMILAR = "similar";
    /// Of questions and answers: `data-id`.
    SIMILAR_ARTICLE = "similar-article";
    /// Of questions and answers: `data-id`.
    SIMILAR_QUESTION = "similar-question";
    /// Of questions and answers: `data-asked`, `data-answered`, `data-overdue`.
    STATISTICS_ALL = "statistics-all";
    /// Of questions and answers: `data-name`.
    STATISTICS_BAR = "statistics-bar";
    /// Of questions and answers: Statistics export.
    STATISTICS_EXPORT = "statistics-export";
    /// Of questions and answers: Statistics open.
    STATISTICS_OPEN = "statistics-open";
    /// Of questions and answers: Prefix: `-30`, `-90`, `-365`, `-0`.
    STATISTICS_SPAN = "statistics-span";
    /// Of questions and answers: Statistics table.
    STATISTICS_TABLE = "statistics-table";
    /// Of questions and answers: Units open.
    UNITS_OPEN = "units-open";
    /// Of questions and answers: Unit approval.
    UNIT_APPROVAL = "unit-approval";
    /// Of questions and answers: Unit days.
    UNIT_DAYS = "unit-days";
    /// Of questions and answers: Unit dialog.
    UNIT_DIALOG = "unit-dialog";
    /// Of questions and answers: Unit edit.
    UNIT_EDIT = "unit-edit";
    /// Of questions and answers: Unit fields.
    UNIT_FIELDS = "unit-fields";
    /// Of questions and answers: Unit head.
    UNIT_HEAD = "unit-head";
    /// Of questions and answers: `data-name`.
    UNIT_ROW = "unit-row";
    /// Of questions and answers: Unit save.
    UNIT_SAVE = "unit-save";
    /// Of searching: As of.
    AS_OF = "as-of";
    /// Of searching: As of day.
    AS_OF_DAY = "as-of-day";
    /// Of searching: As of dialog.
    AS_OF_DIALOG = "as-of-dialog";
    /// Of searching: As of see.
    AS_OF_SEE = "as-of-see";
    /// Of searching: As of today.
    AS_OF_TODAY = "as-of-today";
    /// Of searching: Filter agency.
    FILTER_AGENCY = "filter-agency";
    /// Of searching: Filter field.
    FILTER_FIELD = "filter-field";
    /// Of searching: Filter level.
    FILTER_LEVEL = "filter-level";
    /// Of searching: Filter validity.
    FILTER_VALIDITY = "filter-validity";
    /// Of searching: Nav handbook.
    NAV_HANDBOOK = "nav-handbook";
    /// Of searching: Nav questions.
    NAV_QUESTIONS = "nav-questions";
    /// Of searching: Nav search.
    NAV_SEARCH = "nav-search";
    /// Of searching: Palette.
    PALETTE = "palette";
    /// Of searching: Palette text.
    PALETTE_TEXT = "palette-text";
    /// Of searching: Picker.
    PICKER = "picker";
    /// Of searching: Picker text.
    PICKER_TEXT = "picker-text";
    /// Of searching: Search better.
    SEARCH_BETTER = "search-better";
    /// Of searching: Search clear.
    SEARCH_CLEAR = "search-clear";
    /// Of searching: `data-section`, `data-id`, `data-validity`.
    SEARCH_HIT = "search-hit";
    /// Of searching: Search none.
    SEARCH_NONE = "search-none";
    /// Of searching: Prefix: `-all`, `-procedure` and so on; `data-count`.
    SEARCH_SECTION = "search-section";
    /// Of searching: `data-busy`.
    SEARCH_TEXT = "search-text";
    /// Of searching: `data-total`.
    SEARCH_TOTAL = "search-total";
    /// Of searching: Search understood.
    SEARCH_UNDERSTOOD = "search-understood";
    /// Of searching: Search widen.
    SEARCH_WIDEN = "search-widen";
    /// Of the handbook: An article; `data-id`, `data-validity`.
    ARTICLE = "article";
    /// Of the handbook: Article ask.
    ARTICLE_ASK = "article-ask";
    /// Of the handbook: Article cite.
    ARTICLE_CITE = "article-cite";
    /// Of the handbook: Article find.
    ARTICLE_FIND = "article-find";
    /// Of the handbook: `data-count`.
    ARTICLE_FIND_COUNT = "article-find-count";
    /// Of the handbook: Article find next.
    ARTICLE_FIND_NEXT = "article-find-next";
    /// Of the handbook: Article find text.
    ARTICLE_FIND_TEXT = "article-find-text";
    /// Of the handbook: Article links.
    ARTICLE_LINKS = "article-links";
    /// Of the handbook: Article print.
    ARTICLE_PRINT = "article-print";
    /// Of the handbook: Article reference.
    ARTICLE_REFERENCE = "article-reference";
    /// Of the handbook: Article star.
    ARTICLE_STAR = "article-star";
    /// Of the handbook: Article title.
    ARTICLE_TITLE = "article-title";
    /// Of the handbook: Article validity.
    ARTICLE_VALIDITY = "article-validity";
    /// Of the handbook: Article warning.
    ARTICLE_WARNING = "article-warning";
    /// Of the handbook: Block.
    BLOCK = "block";
    /// Of the handbook: Block add.
    BLOCK_ADD = "block-add";
    /// Of the handbook: Block kind.
    BLOCK_KIND = "block-kind";
    /// Of the handbook: Block text.
    BLOCK_TEXT = "block-text";
    /// Of the handbook: `data-done`, `data-total`.
    CASE = "case";
    /// Of the handbook: Cases closed.
    CASES_CLOSED = "cases-closed";
    /// Of the handbook: Case close.
    CASE_CLOSE = "case-close";
    /// Of the handbook: Case create.
    CASE_CREATE = "case-create";
    /// Of the handbook: Case dialog.
    CASE_DIALOG = "case-dialog";
    /// Of the handbook: Case line.
    CASE_LINE = "case-line";
    /// Of the handbook: Case name.
    CASE_NAME = "case-name";
    /// Of the handbook: Case print.
    CASE_PRINT = "case-print";
    /// Of the handbook: Case row.
    CASE_ROW = "case-row";
    /// Of the handbook: Case start.
    CASE_START = "case-start";
    /// Of the handbook: Conflict side.
    CONFLICT_SIDE = "conflict-side";
    /// Of the handbook: Conflict take.
    CONFLICT_TAKE = "conflict-take";
    /// Of the handbook: Prefix: `-source`, `-field`.
    CONTENTS_BY = "contents-by";
    /// Of the handbook: Contents leaf.
    CONTENTS_LEAF = "contents-leaf";
    /// Of the handbook: Contents node.
    CONTENTS_NODE = "contents-node";
    /// Of the handbook: `data-saved`.
    DRAFT = "draft";
    /// Of the handbook: Draft approve.
    DRAFT_APPROVE = "draft-approve";
    /// Of the handbook: Draft conflicts.
    DRAFT_CONFLICTS = "draft-conflicts";
    /// Of the handbook: Draft create.
    DRAFT_CREATE = "draft-create";
    /// Of the handbook: Draft dialog.
    DRAFT_DIALOG = "draft-dialog";
    /// Of the handbook: Draft discard.
    DRAFT_DISCARD = "draft-discard";
    /// Of the handbook: Draft event.
    DRAFT_EVENT = "draft-event";
    /// Of the handbook: Draft field.
    DRAFT_FIELD = "draft-field";
    /// Of the handbook: Draft new.
    DRAFT_NEW = "draft-new";
    /// Of the handbook: Draft new kind.
    DRAFT_NEW_KIND = "draft-new-kind";
    /// Of the handbook: Draft new title.
    DRAFT_NEW_TITLE = "draft-new-title";
    /// Of the handbook: Draft open.
    DRAFT_OPEN = "draft-open";
    /// Of the handbook: Draft publish.
    DRAFT_PUBLISH = "draft-publish";
    /// Of the handbook: Draft return.
    DRAFT_RETURN = "draft-return";
    /// Of the handbook: Draft review.
    DRAFT_REVIEW = "draft-review";
    /// Of the handbook: Draft review note.
    DRAFT_REVIEW_NOTE = "draft-review-note";
    /// Of the handbook: `data-title`.
    DRAFT_ROW = "draft-row";
    /// Of the handbook: Draft saved.
    DRAFT_SAVED = "draft-saved";
    /// Of the handbook: `data-state`: `draft`, `in_review`, `returned`, `approved`, `published`.
    DRAFT_STATE = "draft-state";
    /// Of the handbook: Draft submit.
    DRAFT_SUBMIT = "draft-submit";
    /// Of the handbook: Draft title.
    DRAFT_TITLE = "draft-title";
    /// Of the handbook: Favourites.
    FAVOURITES = "favourites";
    /// Of the handbook: `data-open`: `true` with something in the pane.
    HANDBOOK = "handbook";
    /// Of the handbook: Import cancel.
    IMPORT_CANCEL = "import-cancel";
    /// Of the handbook: `data-articles`, `data-skipped`.
    IMPORT_REPORT = "import-report";
    /// Of the handbook: `data-code`.
    IMPORT_SKIPPED = "import-skipped";
    /// Of the handbook: Import start.
    IMPORT_START = "import-start";
    /// Of the handbook: Import title.
    IMPORT_TITLE = "import-title";
    /// Of the handbook: Package age.
    PACKAGE_AGE = "package-age";
    /// Of the handbook: Package export.
    PACKAGE_EXPORT = "package-export";
    /// Of the handbook: Package install.
    PACKAGE_INSTALL = "package-install";
    /// Of the handbook: Package remove.
    PACKAGE_REMOVE = "package-remove";
    /// Of the handbook: `data-added`, `data-changed`, `data-removed`.
    PACKAGE_REPORT = "package-report";
    /// Of the handbook: `data-package`, `data-version`.
    PACKAGE_ROW = "package-row";
    /// Of the handbook: Pane back.
    PANE_BACK = "pane-back";
    /// Of the handbook: Recent.
    RECENT = "recent";
    /// Of the handbook: Shelf case.
    SHELF_CASE = "shelf-case";
    /// Of the handbook: `data-id`.
    SHELF_ROW = "shelf-row";
    /// Of the handbook: Synonyms edit.
    SYNONYMS_EDIT = "synonyms-edit";
    /// Of the handbook: Synonyms save.
    SYNONYMS_SAVE = "synonyms-save";
    /// Of the handbook: Synonyms text.
    SYNONYMS_TEXT = "synonyms-text";
    /// Of the handbook: Synonym row.
    SYNONYM_ROW = "synonym-row";
    /// Of the handbook: Use add.
    USE_ADD = "use-add";
    /// Of the handbook: Use dialog.
    USE_DIALOG = "use-dialog";
    /// Of the handbook: Use row.
    USE_ROW = "use-row";
    /// Of the handbook: Use save.
    USE_SAVE = "use-save";
    /// Of the handbook: Use title.
    USE_TITLE = "use-title";
    /// Of the handbook: Vain row.
    VAIN_ROW = "vain-row";
    /// Of the handbook: Way cases.
    WAY_CASES = "way-cases";
    /// Of the handbook: Way contents.
    WAY_CONTENTS = "way-contents";
    /// Of the handbook: Way drafts.
    WAY_DRAFTS = "way-drafts";
    /// Of the handbook: Way packages.
    WAY_PACKAGES = "way-packages";
    /// Of the handbook: Way words.
    WAY_WORDS = "way-words";
    /// Of searching: Search ask.
    SEARCH_ASK = "search-ask";
    /// Of searching: The list of hits; `data-text` is the text that they answer.
    SEARCH_HITS = "search-hits";
    /// Of questions and answers: Question receive.
    QUESTION_RECEIVE = "question-receive";
    /// Of questions and answers: Question asked too.
    QUESTION_ASKED_TOO = "question-asked-too";
    /// Of questions and answers: Question still holds.
    QUESTION_STILL_HOLDS = "question-still-holds";
    /// Of questions and answers: Question flag.
    QUESTION_FLAG = "question-flag";
    /// Of questions and answers: Question unpublish.
    QUESTION_UNPUBLISH = "question-unpublish";
    /// Of questions and answers: Reason dialog.
    REASON_DIALOG = "reason-dialog";
    /// Of questions and answers: Reason text.
    REASON_TEXT = "reason-text";
    /// Of questions and answers: Reason send.
    REASON_SEND = "reason-send";
    /// Of the handbook: Package publish.
    PACKAGE_PUBLISH = "package-publish";
    /// Of the handbook: Publisher row.
    PUBLISHER_ROW = "publisher-row";
    /// Of the handbook: Publisher title.
    PUBLISHER_TITLE = "publisher-title";
    /// Of the handbook: Publisher root.
    PUBLISHER_ROOT = "publisher-root";
    /// Of the handbook: Publisher trust.
    PUBLISHER_TRUST = "publisher-trust";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn no_two_controls_have_one_name() {
        assert_eq!(super::ALL.iter().collect::<BTreeSet<_>>().len(), super::ALL.len());
    }
}
