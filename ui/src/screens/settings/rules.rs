//! The rules of votes: those of the program, and the organisation's own, made from others.

use api::rules::{RemoveRuleProfile, RuleBook, RuleRow, SaveRuleProfile};
use domain::limits::{LEGAL_BASIS_CHARS, PROFILE_ID_CHARS, PROFILE_NAME_CHARS};
use domain::vote::{Base, Results, RuleProfile, Share, TieRule};
use leptos::prelude::*;
use ui::testids;

use crate::components::{Area, Button, Check, Confirm, Dialog, ErrorLine, ErrorPanel, Field, Kind, Loading, Pick, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, words};

const SHARES: [(&str, Share); 5] = [
    ("majority", Share::Majority),
    ("two_thirds", Share::TwoThirds),
    ("half", Share::Half),
    ("all", Share::All),
    ("one", Share::One),
];

fn share_name(share: Share) -> String {
    match share {
        Share::Majority => say!(rules.share_majority),
        Share::TwoThirds => say!(rules.share_two_thirds),
        Share::Half => say!(rules.share_half),
        Share::All => say!(rules.share_all),
        Share::One => say!(rules.share_one),
    }
}

fn share_slug(share: Share) -> String {
    SHARES.iter().find(|(_, known)| *known == share).map_or_else(String::new, |(slug, _)| (*slug).to_owned())
}

fn share_of(slug: &str) -> Share {
    SHARES.iter().find(|(known, _)| *known == slug).map_or(Share::Majority, |(_, share)| *share)
}

fn shares() -> Signal<Vec<(String, String)>> {
    Signal::derive(|| SHARES.iter().map(|(slug, share)| ((*slug).to_owned(), share_name(*share))).collect())
}

/// The page.
#[component]
pub fn Rules() -> impl IntoView {
    let book = live(|| Some(RuleBook {}));
    let rules = book.part_or(|book| book.rules.clone());
    let may_edit = book.part_or(|book| book.may_edit);
    let (open, draft) = (RwSignal::new(false), RwSignal::new(None::<RuleRow>));
    view! {
        <section class="card stack">
            <p>{t!(rules.text)}</p>
            <Show when=move || !book.is_loading() fallback=|| view! { <Loading /> }>
                <ul class="plain stack"><For each=move || rules.get() key=content_key let(row)><Row row=row book=book may_edit=may_edit open=open draft=draft /></For></ul>
            </Show>
            {move || book.error().map(|error| view! { <ErrorPanel error=error retry=move |()| book.refetch() /> })}
            <Show when=move || !may_edit.get()><small>{t!(rules.may_not)}</small></Show>
        </section>
        <Dialog open=open title=t!(rules.form) testid=testids::RULE_DIALOG wide=true>
            {move || draft.get_untracked().map(|row| view! { <Editor row=row open=open book=book /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Row(
    row: RuleRow,
    book: Live<api::rules::RuleBookView>,
    may_edit: Memo<bool>,
    open: RwSignal<bool>,
    draft: RwSignal<Option<RuleRow>>,
) -> impl IntoView {
    let RuleRow { profile, built_in } = row.clone();
    let (asking, removing) = (RwSignal::new(false), Doing::new());
    let (id, name) = (profile.id.clone(), profile.name.clone());
    let facts = {
        let profile = profile.clone();
        move || {
            let of = match profile.base {
                Base::Roll => say!(rules.base_roll),
                Base::Present => say!(rules.base_present),
            };
            say!(rules.facts, share = share_name(profile.threshold), of = of, quorum = share_name(profile.quorum))
        }
    };
    let basis = move || words::legal_basis(&profile);
    let row = StoredValue::new(row);
    let removed = StoredValue::new(id.clone());
    // What is made from other rules needs a name of its own.
    let copy = move |()| {
        row.with_value(|row| {
            let profile = RuleProfile { id: String::new(), ..row.profile.clone() };
            draft.set(Some(RuleRow { profile, built_in: true }));
        });
        open.set(true);
    };
    let edit = move |()| {
        draft.set(Some(row.get_value()));
        open.set(true);
    };
    view! {
        <li class="stack tight" data-testid=testids::RULE_ROW data-id=id data-built-in=built_in.to_string()>
            <b>{name}</b>
            <small>{facts}</small>
            <small>{basis}</small>
            <Show when=move || may_edit.get()>
                <div class="row">
                    <Button label=t!(rules.copy) kind=Kind::Quiet testid=testids::RULE_COPY on_press=copy />
                    <Show when=move || !built_in>
                        <Button label=t!(rules.edit) kind=Kind::Quiet testid=testids::RULE_EDIT on_press=edit />
                        <Button label=t!(rules.remove) kind=Kind::Quiet testid=testids::RULE_REMOVE on_press=move |()| asking.set(true) />
                    </Show>
                </div>
            </Show>
            <Confirm open=asking title=t!(rules.remove_title) text=move || say!(rules.remove_text) verb=t!(rules.remove) testid=testids::RULE_REMOVE_DIALOG doing=removing
                on_confirm=move |()| removing.run(RemoveRuleProfile { id: removed.get_value() }, move |_| { asking.try_set(false); book.refetch(); }) />
        </li>
    }
    .into_any()
}

/// The form. Rules of the program are only ever copied.
#[component]
fn Editor(row: RuleRow, open: RwSignal<bool>, book: Live<api::rules::RuleBookView>) -> impl IntoView {
    let RuleRow { profile, built_in: is_new } = row;
    let id = RwSignal::new(profile.id.clone());
    let name = RwSignal::new(profile.name.clone());
    let base = RwSignal::new(if profile.base == Base::Present { "present" } else { "roll" }.to_owned());
    let threshold = RwSignal::new(share_slug(profile.threshold));
    let quorum = RwSignal::new(share_slug(profile.quorum));
    let tie = RwSignal::new(if profile.tie == TieRule::ChairDecides { "chair" } else { "fails" }.to_owned());
    let secret = match profile.secret {
        None => "either",
        Some(true) => "secret",
        Some(false) => "open",
    };
    let secret = RwSignal::new(secret.to_owned());
    let live = RwSignal::new(profile.is_live());
    let may_change = RwSignal::new(profile.may_change);
    let basis = RwSignal::new(profile.legal_basis.clone());
    let doing = Doing::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let profile = RuleProfile {
            id: id.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            base: if base.get_untracked() == "present" { Base::Present } else { Base::Roll },
            threshold: share_of(&threshold.get_untracked()),
            quorum: share_of(&quorum.get_untracked()),
            tie: if tie.get_untracked() == "chair" { TieRule::ChairDecides } else { TieRule::Fails },
            legal_basis: basis.get_untracked().trim().to_owned(),
            may_change: may_change.get_untracked(),
            secret: match secret.get_untracked().as_str() {
                "secret" => Some(true),
                "open" => Some(false),
                _ => None,
            },
            // After the close is written as rules were before there was a choice, so that older programs read them.
            results: live.get_untracked().then_some(Results::Live),
        };
        doing.run(SaveRuleProfile { profile }, move |_| {
            open.try_set(false);
            book.refetch();
        });
    };
    let bases =
        Signal::derive(|| vec![("roll".to_owned(), say!(rules.base_roll)), ("present".to_owned(), say!(rules.base_present))]);
    let ties = Signal::derive(|| vec![("fails".to_owned(), say!(rules.tie_fails)), ("chair".to_owned(), say!(rules.tie_chair))]);
    let kinds = Signal::derive(|| {
        vec![
            ("either".to_owned(), say!(rules.kind_either)),
            ("open".to_owned(), say!(rules.kind_open)),
            ("secret".to_owned(), say!(rules.kind_secret)),
        ]
    });
    view! {
        <form class="stack" on:submit=save>
            <Show when=move || is_new>
                <Field label=t!(rules.id) value=id required=true focus=true most=PROFILE_ID_CHARS hint=t!(rules.id_hint) testid=testids::RULE_ID />
            </Show>
            <Field label=t!(rules.name) value=name required=true most=PROFILE_NAME_CHARS testid=testids::RULE_NAME />
            <div class="pair">
                <Pick label=t!(rules.threshold) value=threshold options=shares() testid=testids::RULE_THRESHOLD />
                <Pick label=t!(rules.base) value=base options=bases testid=testids::RULE_BASE />
            </div>
            <div class="pair">
                <Pick label=t!(rules.quorum) value=quorum options=shares() testid=testids::RULE_QUORUM />
                <Pick label=t!(rules.tie) value=tie options=ties testid=testids::RULE_TIE />
            </div>
            <Pick label=t!(rules.kind) value=secret options=kinds testid=testids::RULE_SECRET />
            <Show when=move || secret.with(|kind| kind != "secret")>
                <Check label=t!(rules.live) value=live testid=testids::RULE_LIVE />
            </Show>
            <Check label=t!(rules.may_change) value=may_change testid=testids::RULE_MAY_CHANGE />
            <Area label=t!(rules.basis) value=basis rows=4 most=LEGAL_BASIS_CHARS hint=t!(rules.basis_hint) testid=testids::RULE_LEGAL_BASIS />
            <small>{t!(rules.frozen)}</small>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::RULE_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
