//! Files that go with a question or an answer, while it is written and when it is read.

use api::handbook::AttachmentRow;
use api::question::ExportQuestionFile;
use domain::id::QuestionId;
use leptos::prelude::*;
use ui::testids;

use crate::app::use_app;
use crate::backend::Chosen;
use crate::components::{Button, Check, ErrorLine, FilePick, Icon, IconButton, Target, TargetDialog};
use crate::doing::Doing;
use crate::{say, t, words};

/// Files that one question or answer may have.
const FILES_MAX: usize = 10;

/// Choosing files.
#[component]
pub fn Files(
    /// Those that are chosen.
    chosen: RwSignal<Vec<Chosen>>,
    /// Somebody has looked for secrecy markings; asked where a program cannot.
    confirmed: RwSignal<bool>,
) -> impl IntoView {
    let one = RwSignal::new(None::<Chosen>);
    let doing = Doing::new();
    Effect::new(move |_| {
        if let Some(file) = one.get() {
            chosen.update(|files| files.push(file));
            one.set(None);
        }
    });
    let numbered = move || chosen.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <div class="stack tight">
            <For each=numbered key=|(at, file)| (*at, file.name.clone()) let((at, file))>
                <div class="row filerow"><Icon name="doc" /><span class="grow ell">{file.name}</span><IconButton small=true icon="cross" label=t!(file.remove) on_press=move |()| chosen.update(|files| { files.remove(at); }) /></div>
            </For>
            <Show when=move || chosen.with(|files| files.len() < FILES_MAX)>
                <FilePick chosen=one doing=doing accept="" label=t!(file.add) none=t!(file.none_any) />
            </Show>
            <Show when=move || chosen.with(|files| !files.is_empty())>
                <Check label=t!(file.confirm_unmarked) value=confirmed testid=testids::FILES_UNMARKED />
            </Show>
            <ErrorLine doing=doing />
        </div>
    }
    .into_any()
}

/// Files that are there.
#[component]
pub fn FileRows(
    /// Whose.
    question: QuestionId,
    /// The files.
    rows: Vec<AttachmentRow>,
) -> impl IntoView {
    rows.into_iter().map(|row| view! { <FileRow question=question row=row /> }).collect_view()
}

#[component]
fn FileRow(question: QuestionId, row: AttachmentRow) -> impl IntoView {
    let app = use_app();
    let open = RwSignal::new(false);
    let doing = Doing::new();
    let (hash, size, here) = (row.hash, row.size, row.here);
    let name = row.name.clone();
    let write = move |path: String| {
        doing.run(ExportQuestionFile { question, hash, path }, move |written| app.say(say!(file.written, path = written.path)));
    };
    view! {
        <div class="row filerow">
            <Icon name="doc" /><span class="grow ell">{row.name}</span><small class="num">{move || words::size(size)}</small>
            {if here {
                view! { <Button label=t!(article.save_file) on_press=move |()| open.set(true) /> }.into_any()
            } else {
                view! { <small class="late">{t!(file.on_its_way)}</small> }.into_any()
            }}
        </div>
        <TargetDialog open=open target=Target { title: t!(article.save_file).into(), name: Signal::derive(move || name.clone()), folder: false } doing=doing on_target=write />
    }
    .into_any()
}
