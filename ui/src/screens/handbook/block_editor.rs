//! The blocks of a draft: each with its kind and its lines, in an order that can be changed.

use api::handbook::DraftBlock;
use leptos::prelude::*;
use ui::blocktext;
use ui::testids;

use crate::components::{Area, Button, IconButton, Kind, Pick};
use crate::{say, t, terms};

/// Blocks that a draft may have.
const BLOCKS_MAX: usize = 200;
/// Longest text of a block, in characters.
const BLOCK_CHARS_MAX: usize = 50_000;

/// A block while it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Tells blocks apart on the screen.
    id: u32,
    key: StoredValue<String>,
    kind: RwSignal<String>,
    text: RwSignal<String>,
}

/// The blocks while they are written.
#[derive(Clone, Copy)]
pub struct Blocks {
    rows: RwSignal<Vec<Written>>,
    next: StoredValue<u32>,
}

impl Blocks {
    /// None yet.
    pub fn new() -> Self {
        Self { rows: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    fn one(self, block: &DraftBlock) -> Written {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        Written {
            id,
            key: StoredValue::new(block.key.clone()),
            kind: RwSignal::new(blocktext::kind(&block.block).to_owned()),
            text: RwSignal::new(blocktext::write(&block.block)),
        }
    }

    /// Takes blocks over; those that stand already keep their fields, so that the place of the caret stays.
    pub fn take(self, blocks: &[DraftBlock]) {
        let old = self.rows.get_untracked();
        let same = old.len() == blocks.len()
            && old.iter().zip(blocks).all(|(row, block)| row.key.with_value(|key| key.is_empty() || *key == block.key));
        if same {
            for (row, block) in old.iter().zip(blocks) {
                row.key.set_value(block.key.clone());
                let (kind, text) = (blocktext::kind(&block.block), blocktext::write(&block.block));
                if row.kind.with_untracked(|old| old != kind) {
                    row.kind.set(kind.to_owned());
                }
                // Spaces and empty lines that reading drops are no change.
                let written = row.text.with_untracked(|old| blocktext::write(&blocktext::read(kind, old)));
                if written != text {
                    row.text.set(text);
                }
            }
        } else {
            self.rows.set(blocks.iter().map(|block| self.one(block)).collect());
        }
    }

    /// What is written now.
    pub fn content(self) -> Vec<DraftBlock> {
        self.rows.with(|rows| {
            rows.iter()
                .map(|row| DraftBlock {
                    key: row.key.get_value(),
                    block: row.kind.with(|kind| row.text.with(|text| blocktext::read(kind, text))),
                })
                .collect()
        })
    }

    fn add(self) {
        let block = DraftBlock { key: String::new(), block: blocktext::read("paragraph", "") };
        let written = self.one(&block);
        self.rows.update(|rows| {
            if rows.len() < BLOCKS_MAX {
                rows.push(written);
            }
        });
    }

    fn move_one(self, id: u32, up: bool) {
        self.rows.update(|rows| {
            let Some(at) = rows.iter().position(|row| row.id == id) else { return };
            let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < rows.len()) };
            if let Some(to) = to {
                rows.swap(at, to);
            }
        });
    }

    fn remove(self, id: u32) {
        self.rows.update(|rows| rows.retain(|row| row.id != id));
    }
}

/// The editor of all blocks.
#[component]
pub fn BlockEditor(
    /// What is written.
    blocks: Blocks,
) -> impl IntoView {
    view! {
        <div class="stack">
            <For each=move || blocks.rows.get() key=|row| row.id let(row)><OneBlock blocks=blocks row=row /></For>
            <div class="row"><Button label=t!(block.add) icon="plus" testid=testids::BLOCK_ADD on_press=move |()| blocks.add() /></div>
        </div>
    }
    .into_any()
}

#[component]
fn OneBlock(blocks: Blocks, row: Written) -> impl IntoView {
    let id = row.id;
    let kinds =
        Signal::derive(|| blocktext::KINDS.iter().map(|kind| ((*kind).to_owned(), terms::block(kind))).collect::<Vec<_>>());
    let hint = move || row.kind.with(|kind| terms::block_hint(kind));
    view! {
        <fieldset class="blockedit" data-testid=testids::BLOCK>
            <legend class="hidden">{move || row.kind.with(|kind| terms::block(kind))}</legend>
            <div class="row">
                <div class="grow"><Pick label=t!(block.kind) value=row.kind options=kinds testid=testids::BLOCK_KIND bare=true /></div>
                <IconButton small=true icon="up" label=t!(block.up) on_press=move |()| blocks.move_one(id, true) />
                <IconButton small=true icon="down" label=t!(block.down) on_press=move |()| blocks.move_one(id, false) />
                <IconButton small=true icon="trash" label=t!(block.remove) on_press=move |()| blocks.remove(id) />
            </div>
            <Area label=move || row.kind.with(|kind| say!(block.content, kind = terms::block(kind))) value=row.text hint=hint testid=testids::BLOCK_TEXT rows=4 most=BLOCK_CHARS_MAX />
        </fieldset>
    }
    .into_any()
}

/// Kind of the main button of a state, so that only one stands out.
pub fn primary(when: bool) -> Kind {
    if when { Kind::Primary } else { Kind::Plain }
}
