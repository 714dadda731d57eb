//! Packages: what is installed and how old it is, taking one in from a file, handing one on, making one of a folder.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::handbook::{
    CancelImport, Cleaned, ExportPackage, ImportHandbook, ImportReport, ImportState, ImportStep, InstallPackage, InstallReport,
    MissingArticle, PackageRow, Packages, PackagesView, Part, PublishPackage, PublisherRow, Publishers as PublishersQuery,
    RemovePackage, Skipped, TrustPublisher,
};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::BackToList;
use crate::app::{sentence, use_app};
use crate::backend::Chosen;
use crate::components::{
    Button, Confirm, Empty, ErrorLine, ErrorPanel, Field, FilePick, Icon, IconButton, Kind, Loading, Target, TargetDialog,
    content_key,
};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, terms, words};

/// The name of an import among the operations whose progress is told.
const IMPORT: &str = "handbook_import";
/// That of an installation.
const INSTALL: &str = "handbook_install";
/// Lines of a report that are shown.
const SKIPPED_SHOWN: usize = 200;

/// The pane.
#[component]
pub fn PackageList() -> impl IntoView {
    let packages = live(|| Some(Packages {}));
    let ready = packages.part(|packages| packages.packages.len());
    view! {
        <header class="row"><BackToList /><h1 class="big grow">{t!(handbook.packages)}</h1></header>
        <p class="lead">{t!(package.text)}</p>
        {move || match (ready.get(), packages.error()) {
            (Some(0), _) => view! { <Empty icon="drop" title=t!(package.none) text=t!(package.none_text) /> }.into_any(),
            (Some(_), _) => view! { <Rows packages=packages /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| packages.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <Install />
        <Publishers />
        <Show when=move || packages.with(|packages| packages.is_some_and(|packages| packages.may_manage))><Import /></Show>
    }
    .into_any()
}

#[component]
fn Rows(packages: Live<PackagesView>) -> impl IntoView {
    let rows = packages.part_or(|packages| packages.packages.clone());
    let manage = packages.part_or(|packages| packages.may_manage);
    let publish = packages.part_or(|packages| packages.may_publish);
    view! { <div class="card list"><For each=move || rows.get() key=content_key let(row)><Row row=row manage=manage.into() publish=publish.into() /></For></div> }
}

#[component]
fn Row(row: PackageRow, manage: Signal<bool>, publish: Signal<bool>) -> impl IntoView {
    let app = use_app();
    let (exporting, removing) = (RwSignal::new(false), RwSignal::new(false));
    let (doing, removal, publishing) = (Doing::new(), Doing::new(), Doing::new());
    let published = row.package.package.clone();
    let package = row.package.clone();
    let (id, removed, name) =
        (package.package.clone(), package.package.clone(), format!("{}-{}.kyhopb", package.package, package.version));
    let title = package.title.clone();
    let (made_at, signer, version) = (package.made_at, package.signer.clone(), package.version);
    let (articles, size, local) = (row.articles, row.size, row.local);
    let write = move |path: String| {
        doing.run(ExportPackage { package: id.clone(), path, since: None }, move |written| {
            app.say(say!(file.written, path = written.path))
        })
    };
    view! {
        <div class="li" data-testid=testids::PACKAGE_ROW data-package=package.package.clone() data-version=version>
            <Icon name="book" />
            <div class="grow">
                <div class="strong">{package.title.clone()}</div>
                <small class="num">{move || say!(package.line, version = version, count = articles, size = words::size(size))}</small>
                <small class="block num">{move || say!(package.made, date = format::date(made_at), age = terms::age(made_at, app.now.get()))}" · "{if local { say!(package.local) } else { say!(package.signed, signer = signer.clone()) }}</small>
                {row.newer.map(|newer| view! { <small class="block late num">{move || say!(package.newer, version = newer)}</small> })}
            </div>
            <Button label=t!(package.export) icon="share" testid=testids::PACKAGE_EXPORT on_press=move |()| exporting.set(true) />
            {local.then(|| {
                let published = StoredValue::new(published);
                view! {
                    <Show when=move || publish.get()>
                        <Button label=t!(package.publish) icon="users" testid=testids::PACKAGE_PUBLISH busy=Signal::derive(move || publishing.busy())
                            on_press=move |()| publishing.run(PublishPackage { package: published.get_value() }, move |made| app.say(say!(draft.published_as, title = made.package.title, version = made.package.version, count = made.articles, size = words::size(made.delta_bytes)))) />
                    </Show>
                }
            })}
            <Show when=move || manage.get()><IconButton icon="trash" label=t!(package.remove) testid=testids::PACKAGE_REMOVE on_press=move |()| removing.set(true) /></Show>
        </div>
        <ErrorLine doing=publishing />
        <TargetDialog open=exporting target=Target { title: t!(package.export).into(), name: Signal::derive(move || name.clone()), folder: false } doing=doing on_target=write />
        <Confirm open=removing title=t!(package.remove) text=move || say!(package.remove_text, title = title.clone()) verb=t!(package.remove) doing=removal danger=true
            on_confirm=move |()| removal.run(RemovePackage { package: removed.clone() }, move |()| removing.set(false)) />
    }
    .into_any()
}

#[component]
fn Install() -> impl IntoView {
    let app = use_app();
    let chosen = RwSignal::new(None::<Chosen>);
    let report = RwSignal::new(None::<InstallReport>);
    let doing = Doing::new();
    let progress = Memo::new(move |_| app.feed.progress.with(|all| all.get(INSTALL).copied()).unwrap_or_default());
    let install = move |()| {
        let Some(file) = chosen.get_untracked() else { return };
        report.set(None);
        doing.run(InstallPackage { file: file.source }, move |done| {
            report.set(Some(done));
            chosen.set(None);
        });
    };
    view! {
        <section class="card stack">
            <h2>{t!(package.install)}</h2>
            <small>{t!(package.install_text)}</small>
            <FilePick chosen=chosen doing=doing accept="" label=t!(file.choose_any) none=t!(file.none_any) />
            <ErrorLine doing=doing />
            <Show when=move || doing.busy()>
                <div class="row" role="status">
                    <progress class="grow" max=move || progress.get().1.max(1) value=move || (progress.get().1 > 0).then(|| progress.get().0.to_string()) aria-label=t!(package.install)></progress>
                    <small class="num">{move || say!(package.installing, done = progress.get().0, total = progress.get().1)}</small>
                </div>
            </Show>
            {move || report.get().map(|report| view! {
                <p class="hintline" role="status" data-testid=testids::PACKAGE_REPORT data-added=report.added data-changed=report.changed data-removed=report.removed><Icon name="check" /><span>{move || say!(package.installed, title = report.package.title.clone(), version = report.package.version, added = report.added, changed = report.changed, removed = report.removed)}</span></p>
            })}
            <div class="row"><Button label=t!(package.install_verb) kind=Kind::Primary testid=testids::PACKAGE_INSTALL disabled=Signal::derive(move || chosen.with(Option::is_none)) busy=Signal::derive(move || doing.busy()) on_press=install /></div>
        </section>
    }
    .into_any()
}

/// Other organisations whose packages are taken on this device.
#[component]
fn Publishers() -> impl IntoView {
    let app = use_app();
    let administrator = app.status.part_or(|status| status.me.as_ref().is_some_and(|me| me.administrator));
    let publishers = live(|| Some(PublishersQuery {}));
    let rows = publishers.part_or(Clone::clone);
    let (root, title) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let doing = Doing::new();
    let trust = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let digits: String = root.get_untracked().chars().filter(|letter| !letter.is_whitespace()).collect();
        match digits.to_lowercase().parse() {
            Ok(root_hash) => {
                let act = TrustPublisher { root: root_hash, title: title.get_untracked().trim().to_owned(), trusted: true };
                doing.run(act, move |_| {
                    root.set(String::new());
                    title.set(String::new());
                    publishers.refetch();
                });
            }
            Err(_) => doing.fail(ApiError::new("bad_fingerprint", "")),
        }
    };
    let row = move |row: PublisherRow| {
        let (hash, name) = (row.root, row.title.clone());
        view! {
            <div class="li" data-testid=testids::PUBLISHER_ROW data-title=row.title.clone()>
                <Icon name="key" />
                <div class="grow"><div class="strong">{row.title.clone()}</div><code>{format::fingerprint(&hash)}</code></div>
                <Show when=move || administrator.get()>
                    <IconButton icon="cross" label=t!(package.distrust) on_press={
                        let name = name.clone();
                        move |()| doing.run(TrustPublisher { root: hash, title: name.clone(), trusted: false }, move |_| publishers.refetch())
                    } />
                </Show>
            </div>
        }
    };
    view! {
        <Show when=move || administrator.get() || rows.with(|rows| !rows.is_empty())>
            <section class="card stack">
                <h2>{t!(package.publishers)}</h2>
                <small>{t!(package.publishers_text)}</small>
                <div class="list"><For each=move || rows.get() key=content_key let(publisher)>{row(publisher)}</For></div>
                <Show when=move || administrator.get()>
                    <form class="stack" on:submit=trust>
                        <div class="pair">
                            <Field label=t!(package.publisher) value=title testid=testids::PUBLISHER_TITLE required=true most=200 />
                            <Field label=t!(identity.root) value=root testid=testids::PUBLISHER_ROOT required=true most=100 />
                        </div>
                        <ErrorLine doing=doing />
                        <div class="row"><Button label=t!(package.trust) submit=true testid=testids::PUBLISHER_TRUST busy=Signal::derive(move || doing.busy()) /></div>
                    </form>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Import() -> impl IntoView {
    let app = use_app();
    let state = live(|| Some(ImportState {}));
    let running = state.part_or(|state| state.as_ref().is_some_and(|state| state.report.is_none()));
    let last = state.part_or(|state| state.as_ref().and_then(|state| state.report.clone()));
    let known = state.part_or(|state| state.as_ref().map(|state| (state.done, state.total)).unwrap_or_default());
    let step = state.part_or(|state| state.as_ref().map(|state| state.step));
    let progress = Memo::new(move |_| {
        let told = match step.get() {
            Some(ImportStep::Signing) => None,
            Some(ImportStep::Installing) => app.feed.progress.with(|all| all.get(INSTALL).copied()),
            Some(ImportStep::Reading) | None => app.feed.progress.with(|all| all.get(IMPORT).copied()),
        };
        told.unwrap_or_else(|| known.get())
    });
    let far = move || {
        let (done, total) = progress.get();
        match step.get() {
            Some(ImportStep::Signing) => say!(package.signing),
            Some(ImportStep::Installing) => say!(package.installing, done = done, total = total),
            Some(ImportStep::Reading) | None => say!(package.reading, done = words::size(done), total = words::size(total)),
        }
    };
    let chosen = RwSignal::new(None::<Chosen>);
    let title = RwSignal::new(String::new());
    let (doing, taking, cancelling) = (Doing::new(), Doing::new(), Doing::new());
    // The same import once more, with what it lacks removed.
    let again = RwSignal::new(None::<ImportHandbook>);
    let (asking, replacing) = (RwSignal::new(false), Doing::new());
    let missing = Memo::new(move |_| {
        last.with(|last| last.as_ref().filter(|last| !last.missing_removed).map_or(0, |last| last.missing_count))
    });
    let replace = move |()| {
        let Some(act) = again.get_untracked() else { return };
        replacing.run(act, move |_| {
            asking.set(false);
            again.set(None);
            state.refetch();
        });
    };
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(file) = chosen.get_untracked() else { return };
        let title_now = title.get_untracked().trim().to_owned();
        let act = ImportHandbook { file: file.source, title: title_now, package: None, base: None, replace: false };
        let whole = ImportHandbook { replace: true, ..act.clone() };
        again.set(None);
        doing.run(act, move |report| {
            again.set((report.missing_count > 0).then_some(whole));
            chosen.set(None);
            title.set(String::new());
            state.refetch();
        });
    };
    let busy = Signal::derive(move || doing.busy() || replacing.busy() || running.get());
    view! {
        <form class="card stack" on:submit=begin>
            <h2>{t!(package.import)}</h2>
            <small>{t!(package.import_text)}</small>
            <FilePick chosen=chosen doing=taking accept="" label=t!(file.choose_any) none=t!(file.none_any) />
            <ErrorLine doing=taking />
            <Field label=t!(package.title) value=title hint=t!(package.title_hint) testid=testids::IMPORT_TITLE most=200 />
            <ErrorLine doing=doing />
            <ErrorLine doing=cancelling />
            <Show when=move || busy.get()>
                <div class="row" role="status">
                    <progress class="grow" max=move || progress.get().1.max(1) value=move || (progress.get().1 > 0).then(|| progress.get().0.to_string()) aria-label=t!(package.importing)></progress>
                    <small class="num">{far}</small>
                    <Button label=t!(common.cancel) testid=testids::IMPORT_CANCEL busy=Signal::derive(move || cancelling.busy()) on_press=move |()| cancelling.run(CancelImport {}, |()| {}) />
                </div>
            </Show>
            <div class="row"><Button label=t!(package.import_verb) submit=true testid=testids::IMPORT_START disabled=Signal::derive(move || chosen.with(Option::is_none)) busy=busy /></div>
            {move || last.get().map(|report| view! { <Report report=report /> })}
            <Show when=move || missing.get() != 0 && again.with(Option::is_some)>
                <div class="row"><Button label=t!(package.missing_remove) icon="trash" testid=testids::IMPORT_REPLACE busy=busy on_press=move |()| asking.set(true) /></div>
            </Show>
        </form>
        <Confirm open=asking title=t!(package.missing_remove) text=move || say!(package.missing_remove_text, count = missing.get()) verb=t!(package.missing_remove) doing=replacing danger=true on_confirm=replace />
    }
    .into_any()
}

#[component]
fn Report(report: ImportReport) -> impl IntoView {
    let (files, articles, count, cancelled) = (report.files, report.articles, report.skipped_count, report.cancelled);
    let skipped: Vec<Skipped> = report.skipped.into_iter().take(SKIPPED_SHOWN).collect();
    let (cleaned_count, made) = (report.cleaned_count, report.made);
    let (missing_count, removed) = (report.missing_count, report.missing_removed);
    let missing: Vec<MissingArticle> = report.missing.into_iter().take(SKIPPED_SHOWN).collect();
    let cleaned: Vec<Cleaned> = report.cleaned.into_iter().take(SKIPPED_SHOWN).collect();
    let lacks = |cleaned: Cleaned| {
        move || {
            let Cleaned { file, part, count } = cleaned.clone();
            match part {
                Part::Scripts => say!(package.cleaned_scripts, file = file, count = count),
                Part::Pages => say!(package.cleaned_pages, file = file, count = count),
            }
        }
    };
    let reason = |code: String, facts: BTreeMap<String, String>| {
        move || sentence(&ApiError { code: code.clone(), facts: facts.clone(), detail: String::new() })
    };
    view! {
        <section class="stack tight" role="status" data-testid=testids::IMPORT_REPORT data-articles=articles data-skipped=count data-cleaned=cleaned_count>
            <p class="strong">{move || if cancelled { say!(package.import_cancelled) } else { say!(package.import_done, files = files, articles = articles, skipped = count) }}</p>
            {made.map(|made| view! {
                <p class="num">{move || match made.base {
                    Some(base) => say!(package.made_update, base = base, added = made.added, changed = made.changed, removed = made.removed, size = words::size(made.bytes)),
                    None => say!(package.made_whole, added = made.added, changed = made.changed, removed = made.removed, size = words::size(made.bytes)),
                }}</p>
            })}
            {(missing_count > 0).then(|| view! {
                <div class="stack tight" data-testid=testids::IMPORT_MISSING data-count=missing_count data-removed=removed.to_string()>
                    <p>{move || if removed { say!(package.missing_removed, count = missing_count) } else { say!(package.missing_kept, count = missing_count) }}</p>
                    <ul class="plain">{missing.into_iter().map(|row| view! { <li class="wrapany">{row.title}" "<small>{row.article}</small></li> }).collect_view()}</ul>
                </div>
            })}
            {(!cleaned.is_empty()).then(|| view! {
                <ul class="plain">{cleaned.into_iter().map(|row| view! { <li class="wrapany" data-testid=testids::IMPORT_CLEANED>{lacks(row)}</li> }).collect_view()}</ul>
            })}
            {(!skipped.is_empty()).then(|| view! {
                <div class="tablewrap"><table class="grid">
                    <thead><tr><th scope="col">{t!(package.file)}</th><th scope="col">{t!(package.reason)}</th></tr></thead>
                    <tbody>{skipped.into_iter().map(|row| view! {
                        <tr data-testid=testids::IMPORT_SKIPPED data-code=row.code.clone()><td class="wrapany">{row.file}" "<small>{row.place}</small></td><td>{reason(row.code.clone(), row.facts)}</td></tr>
                    }).collect_view()}</tbody>
                </table></div>
            })}
        </section>
    }
    .into_any()
}
