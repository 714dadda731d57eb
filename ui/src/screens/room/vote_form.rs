//! The form that opens a vote. Its text is its own until it is sent: nothing from elsewhere disturbs it.

use api::act::OpenVote;
use api::query::RuleProfiles;
use api::secret::{SecretTerms, TellersStage};
use api::view::MemberRow;
use domain::vote::{BallotForm, BallotOption};
use leptos::prelude::*;
use ui::testids;

use super::tellers::TellersOfVote;
use super::{Shown, use_room};
use crate::components::{Area, Button, Check, ErrorLine, ErrorPanel, Field, Kind, Loading, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, words};

/// Characters of an item's title shown in the list.
const ITEM_CHARS: usize = 80;
/// For, against or not voting.
const DECISION: &str = "decision";
/// At most so many of several options.
const ELECTION: &str = "election";
/// Three levels for each person.
const CONFIDENCE: &str = "confidence";

/// What is typed into the form: it outlives its dialog, because the tellers of a secret vote need a moment for their key.
#[derive(Clone, Copy)]
pub struct VoteDraft {
    question: RwSignal<String>,
    profile: RwSignal<String>,
    secret: RwSignal<bool>,
    kind: RwSignal<String>,
    options: RwSignal<String>,
    most: RwSignal<String>,
}

impl VoteDraft {
    /// Nothing is typed yet.
    pub fn new() -> Self {
        Self {
            question: RwSignal::new(String::new()),
            profile: RwSignal::new(String::new()),
            secret: RwSignal::new(false),
            kind: RwSignal::new(DECISION.to_owned()),
            options: RwSignal::new(String::new()),
            most: RwSignal::new("1".to_owned()),
        }
    }

    /// The ballot that is described. Whose name stands on it as it stands in the meeting is that person, who then cannot count it.
    fn form(self, members: &[MemberRow]) -> BallotForm {
        let options: Vec<BallotOption> = self.options.with_untracked(|options| {
            let lines = options.lines().map(str::trim).filter(|line| !line.is_empty());
            let person = |label: &str| members.iter().find(|member| member.name == label).map(|member| member.person);
            lines.map(|label| BallotOption { label: label.to_owned(), person: person(label) }).collect()
        });
        match self.kind.get_untracked().as_str() {
            ELECTION => BallotForm::AtMost { most: self.most.get_untracked().trim().parse().unwrap_or(1), options },
            CONFIDENCE => BallotForm::Confidence { people: options },
            _ => BallotForm::Decision,
        }
    }

    /// The vote is open: the next one begins empty.
    fn clear(self) {
        for text in [self.question, self.options] {
            text.try_set(String::new());
        }
        self.kind.try_set(DECISION.to_owned());
    }
}

/// The form, inside a dialog that it closes.
#[component]
pub fn VoteForm(
    /// The dialog.
    open: RwSignal<bool>,
    /// What is typed.
    draft: VoteDraft,
) -> impl IntoView {
    let here = use_room();
    let profiles = live(|| Some(RuleProfiles {}));
    let VoteDraft { question, profile, .. } = draft;
    // The item whose paper is being read is most likely the one voted on.
    let reading = here.room.with(|room| {
        let Some(Shown::Paper(paper)) = here.shown.get_untracked() else {
            return None;
        };
        room?.items.iter().find(|row| row.papers.iter().any(|row| row.paper == paper)).map(|row| row.item.id)
    });
    let item = RwSignal::new(reading.map(|item| item.to_string()).unwrap_or_default());
    let doing = Doing::new();
    let items = here.room.part_or(|room| {
        room.items.iter().map(|row| (row.item.id.to_string(), format!("{}. {}", row.number, row.item.title))).collect::<Vec<_>>()
    });
    let roll = here.room.part_or(|room| {
        let voters = || room.members.iter().filter(|member| member.role.votes());
        (
            u32::try_from(voters().count()).unwrap_or(u32::MAX),
            u32::try_from(voters().filter(|member| member.attendance.presence.is_present()).count()).unwrap_or(u32::MAX),
        )
    });
    Effect::new(move |_| {
        if profile.with_untracked(String::is_empty)
            && let Some(first) =
                profiles.with(|profiles| profiles.and_then(|profiles| profiles.first().map(|first| first.id.clone())))
        {
            profile.set(first);
        }
    });
    let chosen = Memo::new(move |_| {
        profile.with(|id| {
            profiles.with(|profiles| profiles.and_then(|profiles| profiles.iter().find(|profile| profile.id == *id).cloned()))
        })
    });
    let quorum = here.room.part(|room| room.quorum);
    // What the rules say goes before what was ticked.
    let secret = Memo::new(move |_| {
        let fixed = chosen.with(|profile| profile.as_ref().and_then(|profile| profile.secret));
        fixed.unwrap_or_else(|| draft.secret.get())
    });
    let election = here.room.part_or(|room| {
        let ready = room.tellers.as_ref().filter(|tellers| tellers.stage == TellersStage::Ready);
        ready.map(|tellers| tellers.election)
    });
    let form = move || untrack(move || here.room.with(|room| draft.form(room.map_or(&[][..], |room| room.members.as_slice()))));
    let terms = move || {
        let election = election.get_untracked().filter(|_| secret.get_untracked())?;
        Some(SecretTerms { election, form: form() })
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = OpenVote {
            meeting: here.meeting,
            item: item.get_untracked().parse().ok(),
            question: question.get_untracked().trim().to_owned(),
            profile: profile.get_untracked(),
            secret: terms(),
            form: (!secret.get_untracked()).then(form),
        };
        doing.run(act, move |_| {
            open.try_set(false);
            draft.clear();
            here.show_side("vote");
            here.room.refetch();
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <Area label=t!(vote.question) value=question rows=3 focus=true most=2_000 hint=t!(vote.question_hint) testid=testids::VOTE_FORM_QUESTION />
            <Pick label=t!(vote.item) value=item testid=testids::VOTE_FORM_ITEM options=Signal::derive(move || {
                let mut options = vec![(String::new(), say!(vote.no_item))];
                options.extend(items.get().into_iter().map(|(id, text)| (id, words::shorten(&text, ITEM_CHARS))));
                options
            }) />
            {move || profiles.error().map(|error| view! { <ErrorPanel error=error retry=move |()| profiles.refetch() /> })}
            <Show when=move || !profiles.is_loading() fallback=|| view! { <Loading /> }>
                <Pick label=t!(vote.profile) value=profile testid=testids::VOTE_FORM_PROFILE options=Signal::derive(move || profiles.with(|profiles| profiles.into_iter().flatten().map(|profile| (profile.id.clone(), words::rules_name(profile))).collect::<Vec<_>>())) />
            </Show>
            {move || chosen.get().map(|profile| {
                let (total, present) = roll.get();
                view! {
                    <div class="note stack tight">
                        <b data-testid=testids::VOTE_FORM_THRESHOLD>{words::threshold(&profile, total, present)}</b>
                        <small>{if profile.may_change { say!(vote.may_change) } else { say!(vote.may_not_change) }}</small>
                        {profile.is_live().then(|| view! { <small>{say!(vote.live)}</small> })}
                        <small>{words::legal_basis(&profile)}</small>
                    </div>
                }
            })}
            {move || match chosen.with(|profile| profile.as_ref().and_then(|profile| profile.secret)) {
                Some(true) => view! { <p class="hintline">{say!(secret.rules_want_it)}</p> }.into_any(),
                Some(false) => ().into_any(),
                None => view! { <Check label=t!(secret.choose) value=draft.secret testid=testids::VOTE_FORM_SECRET /> }.into_any(),
            }}
            <FormPart draft=draft />
            <Show when=move || secret.get()><TellersOfVote /></Show>
            {move || quorum.get().filter(|quorum| !quorum.met).map(|quorum| view! { <p class="hintline late">{say!(vote.no_quorum, present = quorum.present, needed = quorum.needed)}</p> })}
            <small>{move || { let (total, present) = roll.get(); say!(vote.freezes, present = present, total = total) }}</small>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(vote.open) kind=Kind::Primary submit=true testid=testids::VOTE_FORM_OPEN busy=Signal::derive(move || doing.busy())
                    disabled=Signal::derive(move || {
                        let incomplete = question.with(|question| question.trim().is_empty()) || profile.with(String::is_empty);
                        incomplete || secret.get() && election.get().is_none()
                    }) />
            </footer>
        </form>
    }
    .into_any()
}

/// What the ballot looks like.
#[component]
fn FormPart(draft: VoteDraft) -> impl IntoView {
    let VoteDraft { kind, options, most, .. } = draft;
    let kinds = Signal::derive(|| {
        vec![
            (DECISION.to_owned(), say!(secret.form_decision)),
            (ELECTION.to_owned(), say!(secret.form_election)),
            (CONFIDENCE.to_owned(), say!(secret.form_confidence)),
        ]
    });
    view! {
        <Pick label=t!(secret.form) value=kind options=kinds testid=testids::VOTE_FORM_KIND />
        <Show when=move || kind.with(|kind| kind != DECISION)>
            <Area label=t!(secret.options) value=options rows=4 hint=t!(secret.options_hint) testid=testids::VOTE_FORM_OPTIONS />
        </Show>
        <Show when=move || kind.with(|kind| kind == ELECTION)>
            <Field label=t!(secret.most) value=most kind="number" testid=testids::VOTE_FORM_MOST />
        </Show>
    }
    .into_any()
}
