//! Resolution and notice of conclusions, below the minutes: their words, their signatures.

use api::official::{DraftOfficial, ExportOfficial, Official, OfficialKind, OfficialText, SignOfficial};
use leptos::prelude::*;
use ui::testids;

use super::minutes::Signature;
use super::use_room;
use crate::app::use_app;
use crate::components::{Area, Button, Confirm, ErrorLine, Field, Icon, Kind, Target, TargetDialog, content_key};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t};

/// Both documents.
#[component]
pub fn Officials() -> impl IntoView {
    view! {
        <Document kind=OfficialKind::Resolution />
        <Document kind=OfficialKind::Notice />
    }
    .into_any()
}

fn named(kind: OfficialKind) -> String {
    match kind {
        OfficialKind::Minutes => say!(room.minutes),
        OfficialKind::Resolution => say!(official.resolution),
        OfficialKind::Notice => say!(official.notice),
    }
}

/// The words while they are written.
#[derive(Clone, Copy)]
struct Form {
    number: RwSignal<String>,
    symbol: RwSignal<String>,
    place: RwSignal<String>,
    title: RwSignal<String>,
    grounds: RwSignal<String>,
    body: RwSignal<String>,
    recipients: RwSignal<String>,
    signer: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            number: empty(),
            symbol: empty(),
            place: empty(),
            title: empty(),
            grounds: empty(),
            body: empty(),
            recipients: empty(),
            signer: empty(),
        }
    }

    fn fill(self, text: OfficialText) {
        self.number.set(text.number.map(|number| number.to_string()).unwrap_or_default());
        self.symbol.set(text.symbol);
        self.place.set(text.place);
        self.title.set(text.title);
        self.grounds.set(text.grounds.join("\n"));
        self.body.set(text.body.join("\n"));
        self.recipients.set(text.recipients.join("\n"));
        self.signer.set(text.signer.join("\n"));
    }

    fn text(self) -> OfficialText {
        let lines = |field: RwSignal<String>| field.get_untracked().lines().map(str::to_owned).collect();
        OfficialText {
            number: self.number.get_untracked().trim().parse().ok(),
            symbol: self.symbol.get_untracked(),
            place: self.place.get_untracked(),
            title: self.title.get_untracked(),
            grounds: lines(self.grounds),
            body: lines(self.body),
            recipients: lines(self.recipients),
            signer: lines(self.signer),
        }
    }
}

#[component]
fn Document(kind: OfficialKind) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let document = live(move || Some(Official { meeting: here.meeting, kind }));
    let text = document.part(|view| view.text.clone());
    let edited = document.part_or(|view| view.edited);
    let file = document.part(|view| view.file.clone());
    let signatures = document.part_or(|view| view.file.signatures.clone());
    let (drafting, signing, exporting) = (Doing::new(), Doing::new(), Doing::new());
    let (writing, asking, target_open) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let form = Form::new();
    let has = Memo::new(move |_| file.with(|file| file.as_ref().is_some_and(|file| file.version.is_some())));
    let complete = Memo::new(move |_| file.with(|file| file.as_ref().is_some_and(|file| file.complete)));
    let my_turn = Memo::new(move |_| file.with(|file| file.as_ref().is_some_and(|file| file.my_turn)));
    let may_draft = Memo::new(move |_| file.with(|file| file.as_ref().is_some_and(|file| file.may_draft)));
    let writable = Memo::new(move |_| text.with(|text| text.as_ref().is_some_and(Option::is_some)));
    let show = move |version, arrived| {
        here.official.set(Some((version, arrived)));
        here.minutes_shown.set(true);
        here.pane.set("paper");
    };
    let draft = move |text: Option<OfficialText>| {
        drafting.run(DraftOfficial { meeting: here.meeting, kind, text }, move |view| {
            writing.try_set(false);
            if let Some(version) = view.file.version {
                show(version, view.file.here);
            }
            document.refetch();
        });
    };
    let target =
        Target { title: t!(official.export).into(), name: Signal::derive(move || format!("{}.pdf", kind.stem())), folder: false };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft(Some(form.text()));
    };
    view! {
        <section class="block stack" data-testid=testids::OFFICIAL data-kind=kind.stem() data-complete=move || complete.get().to_string()>
            <div class="row wrap">
                <h2 class="grow">{move || named(kind)}</h2>
                {move || if complete.get() {
                    view! { <span class="chip ok"><Icon name="sign" />{t!(minutes.complete)}</span> }.into_any()
                } else if has.get() {
                    view! { <span class="chip">{t!(minutes.draft)}</span> }.into_any()
                } else {
                    ().into_any()
                }}
            </div>
            <Show when=move || !writable.get() && !has.get()><p class="none">{t!(official.nothing)}</p></Show>
            <Show when=move || has.get()>
                <div class="row wrap">
                    <Button label=t!(official.view) icon="doc" testid=testids::OFFICIAL_VIEW on_press=move |()| {
                        if let Some((Some(version), arrived)) = file.get_untracked().map(|file| (file.version, file.here)) {
                            show(version, arrived);
                        }
                    } />
                    <Button label=t!(official.export) icon="drop" kind=Kind::Quiet testid=testids::OFFICIAL_EXPORT busy=Signal::derive(move || exporting.busy()) on_press=move |()| target_open.set(true) />
                </div>
                <ol class="plain signatures">
                    <For each=move || signatures.get() key=content_key let(signature)><Signature signature=signature /></For>
                </ol>
                <Show when=move || my_turn.get()>
                    <p>{t!(official.sign_text)}</p>
                    <Button label=t!(minutes.sign) kind=Kind::Primary icon="sign" testid=testids::OFFICIAL_SIGN busy=Signal::derive(move || signing.busy()) on_press=move |()| asking.set(true) />
                </Show>
            </Show>
            <Show when=move || may_draft.get() && writable.get() && !writing.get()>
                <div class="row wrap">
                    <Button label=t!(official.write) kind=Kind::Plain icon="edit" testid=testids::OFFICIAL_WRITE on_press=move |()| {
                        if let Some(text) = text.get_untracked().flatten() {
                            form.fill(text);
                            writing.set(true);
                        }
                    } />
                    <Show when=move || edited.get()>
                        <Button label=t!(official.fresh) kind=Kind::Quiet testid=testids::OFFICIAL_FRESH busy=Signal::derive(move || drafting.busy()) on_press=move |()| draft(None) />
                    </Show>
                </div>
            </Show>
            <Show when=move || writing.get()>
                <form class="stack" on:submit=save>
                    <div class="pair">
                        <Field label=t!(official.number) value=form.number kind="number" most=5 />
                        <Field label=t!(official.symbol) value=form.symbol most=200 />
                    </div>
                    <Field label=t!(official.place) value=form.place most=200 />
                    <Field label=t!(official.title) value=form.title required=true most=300 testid=testids::OFFICIAL_TITLE />
                    <Area label=t!(official.grounds) value=form.grounds rows=3 most=50_000 />
                    <Area label=t!(official.body) value=form.body rows=10 hint=t!(official.body_hint) most=100_000 testid=testids::OFFICIAL_BODY />
                    <Area label=t!(official.recipients) value=form.recipients rows=3 />
                    <Area label=t!(official.signer) value=form.signer rows=2 />
                    <footer class="row end">
                        <Button label=t!(common.cancel) on_press=move |()| writing.set(false) />
                        <Button label=t!(official.save) kind=Kind::Primary submit=true testid=testids::OFFICIAL_SAVE busy=Signal::derive(move || drafting.busy()) />
                    </footer>
                </form>
            </Show>
            <ErrorLine doing=drafting />
            <Confirm open=asking title=t!(official.sign_title) text=t!(minutes.sign_confirm) verb=t!(minutes.sign) testid=testids::OFFICIAL_SIGN_DIALOG doing=signing
                on_confirm=move |()| signing.run(SignOfficial { meeting: here.meeting, kind }, move |view| {
                    asking.try_set(false);
                    if let Some(version) = view.file.version {
                        show(version, view.file.here);
                    }
                    app.say(say!(official.signed));
                    document.refetch();
                }) />
            <TargetDialog open=target_open target=target doing=exporting on_target=move |path: String| exporting.run(ExportOfficial { meeting: here.meeting, kind, path }, move |written| app.say(say!(file.written, path = written.path))) />
        </section>
    }
    .into_any()
}
