//! Who leads a sitting: a deputy is named, takes over, gives back.

use api::error::ApiError;
use api::lead::{LeadTaken, LeadView, NameDeputy, TakeLead};
use api::query::Room;
use domain::calendar::in_words;

use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop meeting deputy`
pub async fn deputy(
    context: &Context,
    session: &mut Session,
    meeting: &str,
    person: Option<&str>,
    none: bool,
) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    if person.is_some() || none {
        let person = match person {
            Some(person) => Some(find::person(session, person).await?),
            None => None,
        };
        session.act(NameDeputy { meeting, person }).await?;
    }
    let lead = session.query(Room { meeting }).await?.lead;
    Reply::new(&lead, show(context, &lead))
}

/// `kyhop meeting take-over`
pub async fn take_over(context: &Context, session: &mut Session, meeting: &str) -> Result<Reply, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    let lead = session.act(TakeLead { meeting }).await?;
    Reply::new(&lead, show(context, &lead))
}

fn show(context: &Context, lead: &LeadView) -> String {
    let lang = context.lang;
    let mut lines = Lines::default();
    if let Some(chair) = &lead.chair {
        lines.add(format_args!("{}: {}", lang.pick("Chủ tọa", "Chair"), chair.name));
    }
    let nobody = lang.pick("chưa chỉ định", "not named");
    let deputy = lead.deputy.as_ref().map_or(nobody, |deputy| deputy.name.as_str());
    lines.add(format_args!("{}: {deputy}", lang.pick("Phó chủ tọa", "Deputy")));
    let taken = |taken: &LeadTaken| {
        let LeadTaken { by, at, acknowledged, devices, .. } = taken;
        format!(
            "{} · {} · {acknowledged}/{devices} {}",
            by.name,
            in_words(*at),
            lang.pick("máy đã xác nhận", "devices have acknowledged")
        )
    };
    if let Some(leading) = &lead.leading {
        lines.add(format_args!("{}: {}", lang.pick("Đang điều hành", "Leading"), taken(leading)));
    }
    if let Some(claimed) = &lead.claimed {
        lines.add(format_args!("{}: {}", lang.pick("Đang nhận điều hành", "Taking the lead"), taken(claimed)));
    }
    lines.or("")
}
