//! Packages: what is installed and how old it is, taking one in from a file, handing one on, making one of a folder.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::handbook::{
    CancelImport, ExportPackage, ImportHandbook, ImportReport, ImportState, InstallPackage, InstallReport, PackageRow, Packages,
    PackagesView, RemovePackage, Skipped,
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
        <Show when=move || packages.with(|packages| packages.is_some_and(|packages| packages.may_manage))><Import /></Show>
    }
    .into_any()
}

#[component]
fn Rows(packages: Live<PackagesView>) -> impl IntoView {
    let rows = packages.part_or(|packages| packages.packages.clone());
    let manage = packages.part_or(|packages| packages.may_manage);
    view! { <div class="card list"><For each=move || rows.get() key=content_key let(row)><Row row=row manage=manage.into() /></For></div> }
}

#[component]
fn Row(row: PackageRow, manage: Signal<bool>) -> impl IntoView {
    let app = use_app();
    let (exporting, removing) = (RwSignal::new(false), RwSignal::new(false));
    let (doing, removal) = (Doing::new(), Doing::new());
    let package = row.package.clone();
    let (id, removed, name) =
        (package.package.clone(), package.package.clone(), format!("{}-{}.kyhopb", package.package, package.version));
    let title = package.title.clone();
    let (made_at, signer, version) = (package.made_at, package.signer.clone(), package.version);
    let (articles, size, local) = (row.articles, row.size, row.local);
    let write = move |path: String| {
        doing.run(ExportPackage { package: id.clone(), path }, move |written| app.say(say!(file.written, path = written.path)))
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
            <Show when=move || manage.get()><IconButton icon="trash" label=t!(package.remove) testid=testids::PACKAGE_REMOVE on_press=move |()| removing.set(true) /></Show>
        </div>
        <TargetDialog open=exporting target=Target { title: t!(package.export).into(), name: Signal::derive(move || name.clone()), folder: false } doing=doing on_target=write />
        <Confirm open=removing title=t!(package.remove) text=move || say!(package.remove_text, title = title.clone()) verb=t!(package.remove) doing=removal danger=true
            on_confirm=move |()| removal.run(RemovePackage { package: removed.clone() }, move |()| removing.set(false)) />
    }
    .into_any()
}

#[component]
fn Install() -> impl IntoView {
    let chosen = RwSignal::new(None::<Chosen>);
    let report = RwSignal::new(None::<InstallReport>);
    let doing = Doing::new();
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
            {move || report.get().map(|report| view! {
                <p class="hintline" role="status" data-testid=testids::PACKAGE_REPORT data-added=report.added data-changed=report.changed data-removed=report.removed><Icon name="check" /><span>{move || say!(package.installed, title = report.package.title.clone(), version = report.package.version, added = report.added, changed = report.changed, removed = report.removed)}</span></p>
            })}
            <div class="row"><Button label=t!(package.install_verb) kind=Kind::Primary testid=testids::PACKAGE_INSTALL disabled=Signal::derive(move || chosen.with(Option::is_none)) busy=Signal::derive(move || doing.busy()) on_press=install /></div>
        </section>
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
    let progress = Memo::new(move |_| app.feed.progress.with(|all| all.get(IMPORT).copied()).unwrap_or_else(|| known.get()));
    let chosen = RwSignal::new(None::<Chosen>);
    let title = RwSignal::new(String::new());
    let (doing, taking, cancelling) = (Doing::new(), Doing::new(), Doing::new());
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(file) = chosen.get_untracked() else { return };
        doing.run(ImportHandbook { file: file.source, title: title.get_untracked().trim().to_owned() }, move |_| {
            chosen.set(None);
            title.set(String::new());
            state.refetch();
        });
    };
    let busy = Signal::derive(move || doing.busy() || running.get());
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
                    <small class="num">{move || say!(package.progress, done = progress.get().0, total = progress.get().1)}</small>
                    <Button label=t!(common.cancel) testid=testids::IMPORT_CANCEL busy=Signal::derive(move || cancelling.busy()) on_press=move |()| cancelling.run(CancelImport {}, |()| {}) />
                </div>
            </Show>
            <div class="row"><Button label=t!(package.import_verb) submit=true testid=testids::IMPORT_START disabled=Signal::derive(move || chosen.with(Option::is_none)) busy=busy /></div>
            {move || last.get().map(|report| view! { <Report report=report /> })}
        </form>
    }
    .into_any()
}

#[component]
fn Report(report: ImportReport) -> impl IntoView {
    let (files, articles, count, cancelled) = (report.files, report.articles, report.skipped_count, report.cancelled);
    let skipped: Vec<Skipped> = report.skipped.into_iter().take(SKIPPED_SHOWN).collect();
    let reason = |code: String, facts: BTreeMap<String, String>| {
        move || sentence(&ApiError { code: code.clone(), facts: facts.clone(), detail: String::new() })
    };
    view! {
        <section class="stack tight" role="status" data-testid=testids::IMPORT_REPORT data-articles=articles data-skipped=count>
            <p class="strong">{move || if cancelled { say!(package.import_cancelled) } else { say!(package.import_done, files = files, articles = articles, skipped = count) }}</p>
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
