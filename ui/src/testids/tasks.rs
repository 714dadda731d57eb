//! Of tasks, wherever they are shown.

testids! {
    /// Of the frame: the way to tasks.
    NAV_TASKS = "nav-tasks";
    /// Both panes; `data-open`: one is read.
    TASKS = "tasks";
    /// Gives a new one.
    TASK_NEW = "task-new";
    /// The box of the list.
    TASK_FIND = "task-find";
    /// Prefix of the tabs: `-all`, `-mine`, `-supporting`, `-given`.
    TASK_SCOPE = "task-scope";
    /// Where they stand.
    TASK_FILTER_STATE = "task-filter-state";
    /// Who leads.
    TASK_FILTER_UNIT = "task-filter-unit";
    /// Only what is owed.
    TASK_FILTER_OPEN = "task-filter-open";
    /// Only what is late.
    TASK_FILTER_OVERDUE = "task-filter-overdue";
    /// The figures above the list; `data-waits`, `data-overdue`, `data-soon`.
    TASK_COUNTS = "task-counts";
    /// What has not left this device; `data-count`.
    TASKS_WAITING = "tasks-waiting";
    /// A row of the list; `data-title`, `data-id`.
    TASK_ROW = "task-row";
    /// Where a task stands; `data-state`.
    TASK_STATE = "task-state";
    /// A deadline; `data-due`: `in_time`, `soon`, `overdue`, `explained`, `done_in_time`, `done_late`, `closed`.
    TASK_DUE = "task-due";
    /// It has not left this device.
    TASK_WAITING = "task-waiting";
    /// The task that is read; `data-id`.
    TASK = "task";
    /// Its title.
    TASK_TITLE = "task-title";
    /// What is to be done.
    TASK_TEXT = "task-text";
    /// How much is done; `data-percent`.
    TASK_PERCENT = "task-percent";
    /// Who leads, who supports, who gave it, when it is due.
    TASK_FACTS = "task-facts";
    /// The meeting that decided it.
    TASK_ORIGIN = "task-origin";
    /// Why it is late.
    TASK_REASON = "task-reason";
    /// A later deadline that was asked for.
    TASK_EXTENSION = "task-extension";
    /// An article that it rests on or that is used for it.
    TASK_ARTICLE = "task-article";
    /// Its course.
    TASK_EVENTS = "task-events";
    /// A line of its course; `data-kind`.
    TASK_EVENT = "task-event";
    /// Takes it up.
    TASK_ACCEPT = "task-accept";
    /// Says how far it is.
    TASK_PROGRESS = "task-progress";
    /// Says that it is done.
    TASK_REPORT_DONE = "task-report-done";
    /// Agrees that it is done.
    TASK_CONFIRM = "task-confirm";
    /// Wants more.
    TASK_RETURN = "task-return";
    /// Sets a later deadline.
    TASK_EXTEND = "task-extend";
    /// Keeps the deadline.
    TASK_REFUSE_EXTENSION = "task-refuse-extension";
    /// Asks for a later deadline.
    TASK_ASK_EXTENSION = "task-ask-extension";
    /// Says why it is late.
    TASK_EXPLAIN_LATE = "task-explain-late";
    /// Chases it up.
    TASK_URGE = "task-urge";
    /// Ends it without a result.
    TASK_CLOSE = "task-close";
    /// What is asked before one of these.
    TASK_DIALOG = "task-dialog";
    /// Words with it.
    TASK_NOTE = "task-note";
    /// How much is done, to choose.
    TASK_SHARE = "task-share";
    /// A new deadline.
    TASK_DAY = "task-day";
    /// Says it.
    TASK_TELL = "task-tell";
    /// The form for a new one.
    TASK_FORM = "task-form";
    /// Its title.
    TASK_FORM_TITLE = "task-form-title";
    /// What is to be done.
    TASK_FORM_TEXT = "task-form-text";
    /// The unit that leads.
    TASK_FORM_LEAD = "task-form-lead";
    /// The person who leads.
    TASK_FORM_PERSON = "task-form-person";
    /// Units that support, to choose.
    TASK_FORM_SUPPORT = "task-form-support";
    /// A unit that supports; `data-name`.
    TASK_FORM_SUPPORTS = "task-form-supports";
    /// The deadline.
    TASK_FORM_DAY = "task-form-day";
    /// How urgent.
    TASK_FORM_URGENCY = "task-form-urgency";
    /// The article that it rests on.
    TASK_FORM_ARTICLE = "task-form-article";
    /// The meeting that decided it.
    TASK_FORM_ORIGIN = "task-form-origin";
    /// Gives it.
    TASK_FORM_GIVE = "task-form-give";
    /// Of Today: what is due; `data-count`.
    TODAY_TASKS = "today-tasks";
    /// Of Today: a task; `data-title`.
    TODAY_TASK = "today-task";
    /// Of the handbook: the task that an article is used for, to choose.
    USE_TASK = "use-task";
    /// Of the room: makes a task of what was decided; `data-words`.
    ROOM_GIVE_TASK = "room-give-task";
    /// Of the room: a task that was made of it; `data-words`.
    ROOM_TASK = "room-task";
}
