//! Of searching, the handbook, questions and answers.

testids! {
    /// Of questions and answers: Files unmarked.
    FILES_UNMARKED = "files-unmarked";
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
    /// Of the handbook: The block that somebody came for.
    ARTICLE_PASSAGE = "article-passage";
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
    /// Of the handbook: Case row; `data-number`, `data-closed`.
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
    /// Of the handbook: A connection of a draft, `data-kind`.
    DRAFT_LINK = "draft-link";
    /// Of the handbook: Adds a text outside the handbook.
    DRAFT_LINK_ADD = "draft-link-add";
    /// Of the handbook: The day since which a connection holds.
    DRAFT_LINK_FROM = "draft-link-from";
    /// Of the handbook: What a connection is.
    DRAFT_LINK_KIND = "draft-link-kind";
    /// Of the handbook: Chooses an article to be connected with.
    DRAFT_LINK_PICK = "draft-link-pick";
    /// Of the handbook: The name of a text outside the handbook.
    DRAFT_LINK_TITLE = "draft-link-title";
    /// Of the handbook: Draft new.
    DRAFT_NEW = "draft-new";
    /// Of the handbook: Draft new kind.
    DRAFT_NEW_KIND = "draft-new-kind";
    /// Of the handbook: Draft new title.
    DRAFT_NEW_TITLE = "draft-new-title";
    /// Of the handbook: A note on a draft's validity.
    DRAFT_NOTE = "draft-note";
    /// Of the handbook: Draft open.
    DRAFT_OPEN = "draft-open";
    /// Of the handbook: Parts of a draft's text are out of force.
    DRAFT_PARTLY = "draft-partly";
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
    /// Of the handbook: What a draft is part of.
    DRAFT_SOURCE = "draft-source";
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
    /// Of the handbook: a file of which a part was left out.
    IMPORT_CLEANED = "import-cleaned";
    /// Of the handbook: `data-articles`, `data-skipped`, `data-cleaned`.
    IMPORT_REPORT = "import-report";
    /// Of packages: `data-count`, `data-removed`.
    IMPORT_MISSING = "import-missing";
    /// Of packages: Removes what an import lacks.
    IMPORT_REPLACE = "import-replace";
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
    /// Of searching: The list of hits; `data-text` is the text that they answer, `data-whole`: `true` when nothing more is typed.
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
