//! Writing the agenda.

use std::collections::BTreeMap;

use api::act::{AddItem, ItemDraft, MoveItem, PlannedItem, UpdateItem};
use api::error::ApiError;
use domain::id::{ItemId, SpaceId};
use domain::limits::{AGENDA_ITEMS, LimitError, at_most};
use domain::meeting::{AgendaItem, Meeting};
use domain::order;
use sync::DocRef;
use sync::document::meeting as document;

use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn add_item(&self, act: AddItem) -> Result<ItemId, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let meeting = core.meeting(&act.meeting)?;
                // Of one that is gone nobody knows any more whether what is under it is for guests.
                if act.parent.is_some_and(|parent| !meeting.items.iter().any(|item| item.id == parent)) {
                    return Err(not_found("item"));
                }
                let siblings = siblings(&meeting, act.parent);
                let index = match act.after {
                    Some(after) => siblings.iter().position(|item| item.id == after).map_or(siblings.len(), |at| at + 1),
                    None => siblings.len(),
                };
                let orders: Vec<&str> = siblings.iter().map(|item| item.order.as_str()).collect();
                let item = item(ItemId(core.random_id()), act.parent, order::key_at(&orders, index), act.draft)?;
                at_most("agenda items", AGENDA_ITEMS - 1, meeting.items.len()).map_err(|error| limit(&error))?;
                let internal = act.internal || act.parent.is_some_and(|parent| meeting.inner.contains(&parent));
                let home = if internal { core.inner_space(&act.meeting)? } else { act.meeting };
                core.edit_meeting(home, |tx| document::put_item(tx, &item))?;
                Ok(item.id)
            })
            .await
    }

    pub(crate) async fn update_item(&self, act: UpdateItem) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let meeting = core.meeting(&act.meeting)?;
                let old = meeting.items.iter().find(|item| item.id == act.item).ok_or_else(|| not_found("item"))?;
                let changed = item(old.id, old.parent, old.order.clone(), act.draft)?;
                let home = core.home_of_item(&act.meeting, act.item);
                core.edit_meeting(home, |tx| document::put_item(tx, &changed))
            })
            .await
    }

    pub(crate) async fn move_item(&self, act: MoveItem) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let meeting = core.meeting(&act.meeting)?;
                if !meeting.items.iter().any(|item| item.id == act.item) {
                    return Err(not_found("item"));
                }
                if act.parent.is_some_and(|parent| is_within(&meeting, parent, act.item)) {
                    return Err(ApiError::new("item_into_itself", "an item cannot be moved under itself"));
                }
                // On guests' devices it would stand under nothing.
                if act.parent.is_some_and(|parent| meeting.inner.contains(&parent)) && !meeting.inner.contains(&act.item) {
                    return Err(ApiError::new("item_under_internal", "guests have the item and would not have what it is under"));
                }
                let others: Vec<&AgendaItem> =
                    siblings(&meeting, act.parent).into_iter().filter(|item| item.id != act.item).collect();
                let index =
                    act.before.and_then(|before| others.iter().position(|item| item.id == before)).unwrap_or(others.len());
                let orders: Vec<&str> = others.iter().map(|item| item.order.as_str()).collect();
                let key = order::key_at(&orders, index);
                let home = core.home_of_item(&act.meeting, act.item);
                core.edit_meeting(home, |tx| document::move_item(tx, act.item, act.parent, &key))
            })
            .await
    }

    pub(crate) async fn remove_item(&self, meeting: SpaceId, item: ItemId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let below: Vec<ItemId> = {
                    let meeting = core.meeting(&meeting)?;
                    meeting.items.iter().map(|other| other.id).filter(|other| is_within(&meeting, *other, item)).collect()
                };
                if below.is_empty() {
                    return Err(not_found("item"));
                }
                let mut homes: BTreeMap<SpaceId, Vec<ItemId>> = BTreeMap::new();
                for item in below {
                    homes.entry(core.home_of_item(&meeting, item)).or_default().push(item);
                }
                for (home, items) in homes {
                    core.edit_meeting(home, |tx| items.iter().try_for_each(|item| document::remove_item(tx, *item).map(drop)))?;
                }
                Ok(())
            })
            .await
    }
}

fn siblings(meeting: &Meeting, parent: Option<ItemId>) -> Vec<&AgendaItem> {
    meeting.items.iter().filter(|item| item.parent == parent).collect()
}

/// Is `item` the item `top` or somewhere under it.
fn is_within(meeting: &Meeting, item: ItemId, top: ItemId) -> bool {
    let mut at = Some(item);
    for _ in 0..=meeting.items.len() {
        match at {
            Some(id) if id == top => return true,
            Some(id) => at = meeting.items.iter().find(|other| other.id == id).and_then(|other| other.parent),
            None => return false,
        }
    }
    false
}

/// An agenda item from what was typed.
pub(crate) fn item(id: ItemId, parent: Option<ItemId>, order: String, draft: ItemDraft) -> Result<AgendaItem, ApiError> {
    let item = AgendaItem {
        id,
        parent,
        order,
        title: domain::identity::title(&draft.title).map_err(|error| limit(&error))?,
        presenter: draft.presenter.trim().to_owned(),
        starts_at: draft.starts_at,
        minutes: draft.minutes,
        papers_due: draft.papers_due,
    };
    item.validate().map_err(|error| limit(&error))?;
    Ok(item)
}

/// A limit that was passed: `what` is a key that the edges put into words, `limit` and `found` are numbers.
pub(crate) fn limit(error: &LimitError) -> ApiError {
    ApiError::new(error.code(), error.to_string()).with("what", error.what).with("limit", error.limit).with("found", error.found)
}

impl Core {
    /// Changes the document of a meeting, or that of an inner space of one.
    pub fn edit_meeting<R>(
        &mut self,
        space: SpaceId,
        edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<R, sync::document::DocumentError>,
    ) -> Result<R, ApiError> {
        self.shut_out(space)?;
        self.with(|replica, cx| {
            let (result, _, fx) =
                replica.transact(cx, DocRef::meeting(space), &[], |tx, _| edit(tx).map_err(|error| error.to_string()))?;
            Ok((result, fx))
        })
    }

    /// The items of a new agenda, from a list that says levels.
    pub fn planned(&mut self, list: Vec<PlannedItem>) -> Result<Vec<AgendaItem>, ApiError> {
        at_most("agenda items", AGENDA_ITEMS, list.len()).map_err(|error| limit(&error))?;
        let levels: Vec<usize> = list.iter().map(|planned| usize::try_from(planned.depth).unwrap_or(usize::MAX)).collect();
        let mut last: BTreeMap<Option<ItemId>, String> = BTreeMap::new();
        let mut items: Vec<AgendaItem> = Vec::with_capacity(list.len());
        for (planned, above) in list.into_iter().zip(order::parents(&levels)) {
            let parent = above.and_then(|place| items.get(place)).map(|item| item.id);
            let key = order::between(last.get(&parent).map(String::as_str), None);
            last.insert(parent, key.clone());
            items.push(item(ItemId(self.random_id()), parent, key, planned.draft)?);
        }
        Ok(items)
    }

    /// Sixteen random bytes for a new id.
    pub fn random_id(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        rand_core::Rng::fill_bytes(&mut self.rng, &mut id);
        id
    }
}
