//! The form that opens a vote. Its text is its own until it is sent: nothing from elsewhere disturbs it.

use api::act::OpenVote;
use api::query::RuleProfiles;
use leptos::prelude::*;
use ui::testids;

use super::{Shown, use_room};
use crate::components::{Area, Button, ErrorLine, ErrorPanel, Kind, Loading, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, words};

/// Characters of an item's title shown in the list.
const ITEM_CHARS: usize = 80;

/// The form, inside a dialog that it closes.
#[component]
pub fn VoteForm(
    /// The dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let here = use_room();
    let profiles = live(|| Some(RuleProfiles {}));
    let question = RwSignal::new(String::new());
    let profile = RwSignal::new(String::new());
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
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = OpenVote {
            meeting: here.meeting,
            item: item.get_untracked().parse().ok(),
            question: question.get_untracked().trim().to_owned(),
            profile: profile.get_untracked(),
        };
        doing.run(act, move |_| {
            open.try_set(false);
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
                <Pick label=t!(vote.profile) value=profile testid=testids::VOTE_FORM_PROFILE options=Signal::derive(move || profiles.with(|profiles| profiles.into_iter().flatten().map(|profile| (profile.id.clone(), profile.name.clone())).collect::<Vec<_>>())) />
            </Show>
            {move || chosen.get().map(|profile| {
                let (total, present) = roll.get();
                view! {
                    <div class="note stack tight">
                        <b data-testid=testids::VOTE_FORM_THRESHOLD>{words::threshold(&profile, total, present)}</b>
                        <small>{if profile.may_change { say!(vote.may_change) } else { say!(vote.may_not_change) }}</small>
                        <small>{profile.legal_basis.clone()}</small>
                    </div>
                }
            })}
            {move || quorum.get().filter(|quorum| !quorum.met).map(|quorum| view! { <p class="hintline late">{say!(vote.no_quorum, present = quorum.present, needed = quorum.needed)}</p> })}
            <small>{move || { let (total, present) = roll.get(); say!(vote.freezes, present = present, total = total) }}</small>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(vote.open) kind=Kind::Primary submit=true testid=testids::VOTE_FORM_OPEN busy=Signal::derive(move || doing.busy())
                    disabled=Signal::derive(move || question.with(|question| question.trim().is_empty()) || profile.with(String::is_empty)) />
            </footer>
        </form>
    }
    .into_any()
}
