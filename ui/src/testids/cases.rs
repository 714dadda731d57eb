//! Of cases beyond their checklist: who and which file, and how one is found again.

testids! {
    /// What is said of where cases are kept.
    CASES_PRIVATE = "cases-private";
    /// The box of the list.
    CASES_FIND = "cases-find";
    /// Of a new case: its file's number.
    CASE_NUMBER = "case-number";
    /// Of a new case: what to bear in mind.
    CASE_REMARK = "case-remark";
    /// Its file's number.
    CASE_FILE_NUMBER = "case-file-number";
    /// What to bear in mind.
    CASE_NOTE = "case-note";
    /// An article that was used for it.
    CASE_ARTICLE = "case-article";
    /// Of a use: one of the open cases.
    USE_CASE = "use-case";
}
