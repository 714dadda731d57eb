//! The two-level handbook: articles, packages, favourites and cases of the reader, drafts of the editors.

mod article;
mod draft;
mod package;
mod shelf;

use domain::id::{CaseId, DraftId, Hash32};

use crate::act::FileSource;
use crate::day::Day;
use crate::search::FacetValue;
use crate::view::ExportView;

pub use article::*;
pub use draft::*;
pub use package::*;
pub use shelf::*;

crate::requests! {
    Query: Reads in query;

    /// An article.
    Article { /// Its id.
        article: String, /// As it held on this day; `None`: today.
        #[serde(default)]
        as_of: Option<Day> } -> ArticleView,
    /// Nodes of the tree of contents.
    Contents { /// How the top is ordered.
        by: ContentsBy, /// Below this node; `None`: the top.
        under: Option<String> } -> Vec<ContentsNode>,
    /// All fields of work that the handbook and the units name.
    FieldList {} -> Vec<FacetValue>,
    /// Favourites, recently read, open cases.
    Shelf {} -> ShelfView,
    /// My cases, newest first.
    Cases { /// Also those that are closed.
        closed: bool, /// Only those that have all these words, tone marks or not, in file number, name, note or procedure; empty: all.
        #[serde(default)]
        text: String } -> Vec<CaseRow>,
    /// One case.
    Case { /// The case.
        case: CaseId } -> CaseView,
    /// The installed packages.
    Packages {} -> PackagesView,
    /// The organisations whose packages are taken besides this one's, on this device.
    Publishers {} -> Vec<PublisherRow>,
    /// The last import since the program started; `None` before the first.
    ImportState {} -> Option<ImportView>,
    /// The drafts.
    Drafts {} -> DraftsView,
    /// One draft.
    Draft { /// The draft.
        draft: DraftId } -> DraftView,
    /// Parts of a text that say who somebody is, to be looked at before it is shown to everybody.
    CheckPersonalData { /// The text.
        text: String } -> Vec<Finding>,
}

crate::requests! {
    Act: Does in act;

    /// Tells that an article was opened: it comes first among the recently read ones.
    MarkRead { /// The article.
        article: String } -> (),
    /// Puts an article among my favourites or takes it out.
    ToggleFavourite { /// The article.
        article: String } -> bool,
    /// Notes what an article was used for: a task, a dossier, a file number.
    NoteUse { /// The article.
        article: String, /// What it was used for.
        title: String } -> (),
    /// Removes such a note.
    RemoveUse { /// The article.
        article: String, /// [`UseRow::target`] of the note.
        target: String } -> (),
    /// Begins a case: the checklist of a procedure, as it is now.
    StartCase { /// The procedure.
        article: String, /// The citizen, by name or initials.
        name: String, /// The number of the file; may be empty.
        #[serde(default)]
        file_number: String, /// What to bear in mind; may be empty.
        #[serde(default)]
        note: String } -> CaseId,
    /// Ticks a line or takes the tick away.
    TickCase { /// The case.
        case: CaseId, /// The line's key.
        line: String, /// Ticked or not.
        done: bool } -> CaseView,
    /// Closes a case, or opens it again.
    CloseCase { /// The case.
        case: CaseId, /// Closed or open.
        closed: bool } -> CaseView,
    /// Installs a package from a file. Refused: `package_untrusted`, `package_damaged`, `package_older`.
    InstallPackage { /// The file.
        file: FileSource } -> InstallReport,
    /// Writes a package, in full, to a file that another device can install.
    ExportPackage { /// The package.
        package: String, /// Where to.
        path: String, /// Only what changed since this file of it, signed by this device. Publishers.
        #[serde(default)]
        since: Option<FileSource> } -> ExportView,
    /// Takes a package and its articles off this device.
    RemovePackage { /// The package.
        package: String } -> (),
    /// Gives an installed package to all devices of the organisation, signed by this one. Publishers.
    PublishPackage { /// The package.
        package: String } -> PublishView,
    /// Pins another organisation on this device, so that packages of its administrators are taken; or no longer. Administrators.
    TrustPublisher { /// Fingerprint of its root, as its people read it out.
        root: Hash32, /// What it is called here.
        title: String, /// From here on, or no longer.
        trusted: bool } -> Vec<PublisherRow>,
    /// Makes articles of a folder of JSONL, HTML, DOCX and PDF, as a package of this device. What this person has published under the
    /// same title gets its next version by it, where nothing else is said. Answers when it has ended; its progress is pushed as
    /// operations `handbook_import`, in bytes, and `handbook_install`, in rows. Refused: `not_allowed`, `import_running`,
    /// `import_nothing`, `package_base_missing` if the articles of `base` are not installed here, or why the only file was not taken.
    ImportHandbook { /// The folder, or one file.
        file: FileSource, /// The package's title; empty: the one it has, of a new package the folder's name.
        title: String, /// The package that gets its next version.
        #[serde(default)]
        package: Option<String>, /// The same, said by a file of that package which the new version has to be newer than. Publishers.
        #[serde(default)]
        base: Option<FileSource>, /// Articles that the installed version has and this import does not are removed. Otherwise they stay;
        /// the report names them either way.
        #[serde(default)]
        replace: bool } -> ImportReport,
    /// Ends the running import; nothing of it is kept.
    CancelImport {} -> (),
    /// Notes that an article is used for a case that is under way: a law beside the procedure. Noting it again changes nothing.
    LinkCase { /// The article.
        article: String, /// The case.
        case: CaseId } -> (),
    /// Begins a draft: of an article that is there, or of the content given.
    CreateDraft { /// The article to change.
        article: Option<String>, /// Where to begin without an article.
        content: Option<DraftContent> } -> DraftId,
    /// Saves a draft. What others wrote since `base` stays.
    EditDraft { /// The draft.
        draft: DraftId, /// [`DraftView::base`] that the editor began from.
        base: String, /// All of the content.
        content: DraftContent } -> DraftView,
    /// Throws a draft away that was never published.
    DiscardDraft { /// The draft.
        draft: DraftId } -> (),
    /// Chooses a side where two people wrote differently.
    ResolveConflict { /// The draft.
        draft: DraftId, /// [`ConflictView::place`].
        place: String, /// [`ConflictSide::side`].
        side: String } -> DraftView,
    /// Hands a draft in for review.
    SubmitForReview { /// The draft.
        draft: DraftId } -> DraftView,
    /// Approves a draft or returns it. Never one's own.
    Review { /// The draft.
        draft: DraftId, /// Approved or returned.
        approve: bool, /// Why; needed when it is returned.
        note: String } -> DraftView,
    /// Makes the next version of the organisation's package with these approved drafts, signs and installs it; other devices get it
    /// over sync.
    PublishDrafts { /// Approved drafts.
        drafts: Vec<DraftId> } -> PublishView,
}
