//! The minutes: conclusions, draft, signatures.

use api::act::{DraftMinutes, ExportMinutes, SignMinutes};
use api::drafting::WriteConclusions;
use api::view::SignatureRow;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::drafting::Drafting;
use super::official::Officials;
use super::phrases::Phrases;
use super::tasks::{Decided, Decision};
use super::{Shown, use_room};
use crate::app::{error_texts, use_app};
use crate::components::{Area, Button, Confirm, Empty, ErrorLine, Icon, Kind, Target, TargetDialog, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

/// The tab.
#[component]
pub fn Minutes() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let minutes = here.room.part(|room| room.minutes.clone());
    let signatures = here.room.part_or(|room| room.minutes.signatures.clone());
    let (drafting, signing, asking) = (Doing::new(), Doing::new(), RwSignal::new(false));
    let (exporting, target_open) = (Doing::new(), RwSignal::new(false));
    let target = Target { title: t!(minutes.export).into(), name: Signal::derive(|| "bien-ban.pdf".to_owned()), folder: false };
    let has = Memo::new(move |_| minutes.with(|minutes| minutes.as_ref().is_some_and(|minutes| minutes.version.is_some())));
    let is = move |read: fn(&api::view::MinutesView) -> bool| {
        Memo::new(move |_| minutes.with(|minutes| minutes.as_ref().is_some_and(read)))
    };
    let (my_turn, may_draft, complete, absent) = (
        is(|minutes| minutes.my_turn),
        is(|minutes| minutes.may_draft),
        is(|minutes| minutes.complete),
        is(|minutes| minutes.version.is_some() && !minutes.here),
    );
    let shown = Memo::new(move |_| here.shown.get() == Some(Shown::Minutes) && here.official.get().is_none());
    view! {
        <Show when=move || !has.get()>
            <Empty icon="sign" title=t!(minutes.none) text=move || if may_draft.get() { say!(minutes.none_draft) } else { say!(minutes.none_text) } />
        </Show>
        <section class="block stack" data-testid=testids::MINUTES data-complete=move || complete.get().to_string()>
            <Show when=move || has.get()>
                <div class="row wrap">
                    {move || if complete.get() {
                        view! { <span class="chip ok"><Icon name="sign" />{t!(minutes.complete)}</span> }.into_any()
                    } else if signatures.with(Vec::is_empty) {
                        view! { <span class="chip">{t!(minutes.draft)}</span> }.into_any()
                    } else {
                        view! { <span class="chip warn">{t!(minutes.partly)}</span> }.into_any()
                    }}
                    <small class="num">{move || minutes.get().filter(|minutes| minutes.pages > 0).map(|minutes| say!(minutes.pages, count = minutes.pages))}</small>
                </div>
                <Show when=move || absent.get()><p class="hintline late"><Icon name="clock" /><span>{t!(minutes.arriving)}</span></p></Show>
                <div class="row wrap">
                    <Button label=t!(minutes.view) icon="doc" testid=testids::MINUTES_VIEW disabled=shown on_press=move |()| {
                        here.official.set(None);
                        here.minutes_shown.set(true);
                        here.pane.set("paper");
                    } />
                    <Button label=t!(minutes.export) icon="drop" kind=Kind::Quiet testid=testids::MINUTES_EXPORT busy=Signal::derive(move || exporting.busy()) on_press=move |()| target_open.set(true) />
                </div>
                <ol class="plain signatures" data-testid=testids::SIGNATURES>
                    <For each=move || signatures.get() key=content_key let(signature)><Signature signature=signature /></For>
                </ol>
                <Show when=move || my_turn.get() fallback=move || view! { <Show when=move || !complete.get()><small>{t!(minutes.waits)}</small></Show> }>
                    <p>{t!(minutes.sign_text)}</p>
                    <Button label=t!(minutes.sign) kind=Kind::Primary icon="sign" testid=testids::MINUTES_SIGN busy=Signal::derive(move || signing.busy()) on_press=move |()| asking.set(true) />
                </Show>
            </Show>
            <Show when=move || may_draft.get()>
                <div class="stack tight">
                    <Button label=move || if has.get() { say!(minutes.redraft) } else { say!(minutes.make_draft) } kind=Kind::Plain icon="doc" testid=testids::MINUTES_DRAFT busy=Signal::derive(move || drafting.busy())
                        on_press=move |()| drafting.run(DraftMinutes { meeting: here.meeting }, move |_| {
                            here.official.set(None);
                            here.minutes_shown.set(true);
                            here.pane.set("paper");
                            here.room.refetch();
                        }) />
                    <ErrorLine doing=drafting />
                </div>
            </Show>
            <Confirm open=asking title=t!(minutes.sign_title) text=t!(minutes.sign_confirm) verb=t!(minutes.sign) testid=testids::SIGN_DIALOG doing=signing
                on_confirm=move |()| signing.run(SignMinutes { meeting: here.meeting }, move |_| {
                    asking.try_set(false);
                    app.say(say!(minutes.signed));
                    here.room.refetch();
                }) />
            <TargetDialog open=target_open target=target doing=exporting on_target=move |path: String| exporting.run(ExportMinutes { meeting: here.meeting, path }, move |written| app.say(say!(file.written, path = written.path))) />
        </section>
        <Drafting />
        <Conclusions />
        <Officials />
    }
    .into_any()
}

/// One signature and what it is worth.
#[component]
pub(super) fn Signature(
    /// The signature.
    signature: SignatureRow,
) -> impl IntoView {
    let SignatureRow { signer, signed_at, status, reason } = signature;
    let good = status.starts_with("valid");
    let class = match status.as_str() {
        "valid" | "valid_later_additions" => "yes",
        "unknown_signer" => "late",
        _ => "no",
    };
    let shown = status.clone();
    view! {
        <li class="p" data-testid=testids::SIGNATURE data-status=status.clone() data-signer=signer.clone()>
            <span class=format!("avatar {class}")><Icon name=if good { "sign" } else { "warn" } /></span>
            <div class="grow">
                <div class="strong">{signer.clone()}</div>
                <small class="num block">{signed_at.map(format::moment)}</small>
                <small class=format!("block {class}")>{move || {
                    let text = words::signature_status(&shown);
                    if reason.is_empty() { text } else { error_texts().map_or(text.clone(), |texts| format!("{text}: {}", texts.signature(&reason))) }
                }}</small>
            </div>
        </li>
    }
    .into_any()
}

/// What was concluded; the secretary writes it, one paragraph a line.
#[component]
fn Conclusions() -> impl IntoView {
    let here = use_room();
    let conclusions = here.room.part_or(|room| room.conclusions.clone());
    let manages = here.room.part_or(|room| room.manages);
    let writing = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    // What stood there when the writer began, or looked last.
    let begun = RwSignal::new(Vec::<String>::new());
    let overtaken = Memo::new(move |_| conclusions.with(|now| begun.with(|seen| now != seen)));
    let doing = Doing::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let lines = text.get_untracked().lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        doing.run(WriteConclusions { meeting: here.meeting, base: begun.get_untracked(), conclusions: lines }, move |()| {
            writing.try_set(false);
            here.room.refetch();
        });
    };
    view! {
        <section class="block stack">
            <div class="row">
                <h2 class="grow">{t!(minutes.conclusions)}</h2>
                <Show when=move || manages.get() && !writing.get()>
                    <Button label=t!(minutes.write) kind=Kind::Quiet icon="edit" testid=testids::CONCLUSIONS_EDIT on_press=move |()| {
                        text.set(conclusions.get_untracked().join("\n"));
                        begun.set(conclusions.get_untracked());
                        writing.set(true);
                    } />
                </Show>
            </div>
            <Show when=move || writing.get() fallback=move || view! {
                <Show when=move || conclusions.with(Vec::is_empty)><p class="none">{t!(minutes.no_conclusions)}</p></Show>
                <ol class="conclusions">{move || conclusions.get().into_iter().map(|line| view! { <li>{line.clone()}<Decided decision=Decision::Conclusion(line) /></li> }).collect_view()}</ol>
            }>
                <form class="stack" on:submit=save>
                    <Area label=t!(minutes.conclusions) value=text rows=7 focus=true hint=t!(minutes.conclusions_hint) most=100_000 testid=testids::CONCLUSIONS_TEXT />
                    <Phrases text=text />
                    <Show when=move || overtaken.get()>
                        <div class="side2">
                            <b>{t!(minutes.theirs)}</b>
                            <ol class="conclusions">{move || conclusions.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ol>
                            <Button label=t!(minutes.theirs_seen) testid=testids::CONCLUSIONS_SEEN on_press=move |()| begun.set(conclusions.get_untracked()) />
                        </div>
                    </Show>
                    <ErrorLine doing=doing />
                    <footer class="row end">
                        <Button label=t!(common.cancel) on_press=move |()| writing.set(false) />
                        <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::CONCLUSIONS_SAVE busy=Signal::derive(move || doing.busy()) />
                    </footer>
                </form>
            </Show>
        </section>
    }
    .into_any()
}
