//! Which changes a revision may make after a signature.
//!
//! Allowed: new signature fields with their widgets, signing a field that was empty, `/Fields`, `/SigFlags`, appending
//! to a page's `/Annots`, `/DSS`, `/Extensions`, `/Version`, document information and metadata. Everything else that
//! was there must be the same, and nothing new may fill a reference that was dangling when the file was signed.

use crate::pdf::{Dict, Entry, Fault, Indirect, Object, View};
use std::collections::{BTreeMap, BTreeSet};

/// Objects under `/DSS`.
const MAX_DSS_OBJECTS: usize = 20_000;
/// Keys that a signature field or its widget may have; no actions, no optional content.
const FIELD_KEYS: [&[u8]; 27] = [
    b"AP",
    b"AS",
    b"BS",
    b"Border",
    b"C",
    b"Contents",
    b"DA",
    b"DR",
    b"F",
    b"FT",
    b"Ff",
    b"H",
    b"Kids",
    b"Lock",
    b"M",
    b"MK",
    b"NM",
    b"P",
    b"Parent",
    b"Q",
    b"Rect",
    b"SV",
    b"Subtype",
    b"T",
    b"TU",
    b"Type",
    b"V",
];
/// Keys that may change when a prepared, empty field is signed.
const SIGNING_KEYS: [&[u8]; 4] = [b"V", b"AP", b"F", b"M"];
/// Keys that may change in a separate widget of such a field.
const WIDGET_KEYS: [&[u8]; 3] = [b"AP", b"F", b"M"];

/// Who refers to the watched objects: target → (source, outermost key). Source 0 is the trailer.
#[derive(Debug, Default)]
pub(crate) struct References {
    watched: BTreeSet<u32>,
    to: BTreeMap<u32, BTreeSet<(u32, Vec<u8>)>>,
}

impl References {
    pub fn collect(view: View<'_>, watched: BTreeSet<u32>) -> Result<Self, Fault> {
        let mut references = Self { watched, to: BTreeMap::new() };
        for section in &view.document.sections[view.from..] {
            references.add(0, &Object::Dict(section.trailer.clone()));
        }
        for number in view.numbers() {
            if let Some(found) = view.object(number)? {
                references.add(number, &found.object);
            }
        }
        Ok(references)
    }

    fn add(&mut self, source: u32, object: &Object) {
        object.each_ref(&mut |key, id| {
            if self.watched.contains(&id.number) {
                self.to.entry(id.number).or_default().insert((source, key.to_vec()));
            }
        });
    }

    /// `source` now refers to what `after` refers to, and no longer to what `before` did.
    fn replace(&mut self, source: u32, before: Option<&Object>, after: &Object) {
        if let Some(before) = before {
            before.each_ref(&mut |key, id| {
                if let Some(sources) = self.to.get_mut(&id.number) {
                    sources.remove(&(source, key.to_vec()));
                }
            });
        }
        self.add(source, after);
    }

    fn sources(&self, target: u32) -> Vec<(u32, &[u8])> {
        self.to.get(&target).into_iter().flatten().map(|(s, k)| (*s, k.as_slice())).collect()
    }

    /// Every reference to `target` is this one.
    fn only(&self, target: u32, source: u32, key: &[u8]) -> bool {
        self.sources(target).iter().all(|s| *s == (source, key))
    }
}

/// Numbers of the objects under `/DSS`.
pub(crate) fn dss_objects(view: View<'_>) -> Result<BTreeSet<u32>, Fault> {
    let (_, catalog) = view.catalog()?;
    let mut found = BTreeSet::new();
    let mut stack = Vec::new();
    if let Some(dss) = catalog.get(b"DSS") {
        Object::Array(vec![dss.clone()]).each_ref(&mut |_, id| stack.push(id.number));
    }
    while let Some(number) = stack.pop() {
        if !found.insert(number) {
            continue;
        }
        if found.len() > MAX_DSS_OBJECTS {
            return Err(Fault::TooComplex);
        }
        if let Some(object) = view.object(number)? {
            object.object.each_ref(&mut |_, id| stack.push(id.number));
        }
    }
    Ok(found)
}

type Verdict = Result<(), String>;

/// One revision against the one before.
pub(crate) struct Step<'d, 'r> {
    old: View<'d>,
    new: View<'d>,
    /// Objects whose place changed: before and after.
    changed: BTreeMap<u32, (Option<Indirect>, Indirect)>,
    references: &'r mut References,
    root: u32,
    /// Signature dictionaries that fields were given.
    signed: BTreeSet<u32>,
}

impl<'d, 'r> Step<'d, 'r> {
    pub fn new(old: View<'d>, new: View<'d>, references: &'r mut References) -> Result<Self, String> {
        let unreadable = |fault: Fault| format!("an object cannot be read: {fault:?}");
        let mut changed = BTreeMap::new();
        for (&number, &entry) in &new.document.sections[new.from].entries {
            new.document.spend(0).map_err(unreadable)?;
            if entry == Entry::Free || old.entry(number) == Some(entry) {
                continue;
            }
            let after = new.object(number).map_err(unreadable)?.ok_or("an object is missing")?;
            let before = old.object(number).map_err(unreadable)?;
            changed.insert(number, (before, after));
        }
        let (root, _) = old.catalog().map_err(unreadable)?;
        Ok(Self { old, new, changed, references, root: root.number, signed: BTreeSet::new() })
    }

    /// The signature dictionaries added, or what is not allowed.
    pub fn judge(mut self) -> Result<BTreeSet<u32>, String> {
        let changed = std::mem::take(&mut self.changed);
        let verdicts: Vec<Verdict> =
            changed.iter().map(|(number, (before, after))| self.object(&changed, *number, before, after)).collect();
        for (number, (before, after)) in &changed {
            let before = before.as_ref().map(|b| &b.object);
            self.references.replace(*number, before, &after.object);
        }
        verdicts.into_iter().collect::<Verdict>()?;
        Ok(self.signed)
    }

    fn object(
        &mut self,
        changed: &BTreeMap<u32, (Option<Indirect>, Indirect)>,
        number: u32,
        before: &Option<Indirect>,
        after: &Indirect,
    ) -> Verdict {
        if after.duplicate_keys {
            return Err(format!("object {number} is ambiguous"));
        }
        let Some(before) = before else {
            return match self.references.sources(number).as_slice() {
                [] => Ok(()),
                _ => Err(format!("object {number} fills a reference that was empty when signed")),
            };
        };
        let data = |i: &Indirect| i.stream.clone().map(|range| &self.old.document.data[range]);
        if before.id == after.id && before.object.same(&after.object) && data(before) == data(after) {
            return Ok(());
        }
        let other = || Err(format!("object {number} was changed"));
        if before.stream.is_some() || after.stream.is_some() {
            return if self.may_replace_stream(number, before, after) { Ok(()) } else { other() };
        }
        if number == self.root {
            return match (&before.object, &after.object) {
                (Object::Dict(before), Object::Dict(after)) => self.catalog(changed, before, after),
                _ => other(),
            };
        }
        let form = self.form_reference();
        match (&before.object, &after.object) {
            (Object::Dict(old), Object::Dict(new)) => {
                if form == Some(number) && self.references.only(number, self.root, b"AcroForm") {
                    self.form(changed, Some(old), new)
                } else if old.is_name(b"Type", b"Page") {
                    self.page(changed, old, new).map_err(|why| format!("page {number}: {why}"))
                } else if old.is_name(b"FT", b"Sig") || old.is_name(b"Subtype", b"Widget") {
                    self.sign_existing(changed, old, new).map_err(|why| format!("field {number}: {why}"))
                } else if self.is_info(number) || self.is_dss(number) {
                    Ok(())
                } else {
                    other()
                }
            }
            (Object::Array(old), Object::Array(new)) => {
                if self.is_fields_array(number, form) {
                    self.appended(changed, old, new, Self::new_field)
                } else if self.is_annotations_array(number) {
                    self.appended(changed, old, new, Self::new_widget)
                } else if self.is_dss(number) {
                    Ok(())
                } else {
                    other()
                }
            }
            _ => other(),
        }
    }

    fn may_replace_stream(&self, number: u32, before: &Indirect, after: &Indirect) -> bool {
        let typed = |i: &Indirect, name: &[u8]| i.object.as_dict().is_some_and(|d| d.is_name(b"Type", name));
        // Nothing in a document refers to a cross-reference stream; a page that does uses it as content.
        (typed(before, b"XRef") && typed(after, b"XRef") && self.references.sources(number).is_empty())
            || (typed(before, b"Metadata") && typed(after, b"Metadata") && self.references.only(number, self.root, b"Metadata"))
    }

    fn form_reference(&self) -> Option<u32> {
        let (_, catalog) = self.old.catalog().ok()?;
        catalog.get(b"AcroForm")?.as_ref().map(|id| id.number)
    }

    fn is_info(&self, number: u32) -> bool {
        let info = self.old.trailer().get(b"Info").and_then(Object::as_ref);
        info.is_some_and(|id| id.number == number) && self.references.only(number, 0, b"Info")
    }

    /// Reachable through `/DSS` and in no other way.
    fn is_dss(&self, number: u32) -> bool {
        let mut seen = BTreeSet::new();
        let mut stack = vec![number];
        while let Some(number) = stack.pop() {
            if !seen.insert(number) {
                continue;
            }
            let sources = self.references.sources(number);
            if sources.is_empty() || !self.references.watched.contains(&number) {
                return false;
            }
            for (source, key) in sources {
                if source == self.root && key == b"DSS" {
                    continue;
                }
                if source == self.root || source == 0 {
                    return false;
                }
                stack.push(source);
            }
        }
        true
    }

    fn is_fields_array(&self, number: u32, form: Option<u32>) -> bool {
        match form {
            Some(form) => self.references.only(number, form, b"Fields"),
            None => {
                let inline = self.old.catalog().ok().and_then(|(_, c)| c.get(b"AcroForm")?.as_dict().cloned());
                let here = inline.and_then(|f| f.get(b"Fields")?.as_ref()).is_some_and(|id| id.number == number);
                here && self.references.only(number, self.root, b"AcroForm")
            }
        }
    }

    /// The annotations of exactly one page.
    fn is_annotations_array(&self, number: u32) -> bool {
        let [(source, b"Annots")] = self.references.sources(number)[..] else {
            return false;
        };
        let page = self.old.object(source).ok().flatten();
        page.and_then(|p| p.object.as_dict().map(|d| d.is_name(b"Type", b"Page"))).unwrap_or(false)
    }

    fn resolve(&self, view: View<'_>, dict: &Dict, key: &[u8]) -> Result<Object, String> {
        view.value(dict, key).map_err(|fault| format!("a value cannot be read: {fault:?}"))
    }

    fn catalog(&mut self, changed: &Changed, old: &Dict, new: &Dict) -> Verdict {
        for key in old.changed_keys(new) {
            match key {
                b"AcroForm" => {
                    let before = self.resolve(self.old, old, b"AcroForm")?;
                    let after = self.resolve(self.new, new, b"AcroForm")?;
                    let Object::Dict(after) = after else {
                        return Err("the form was removed".into());
                    };
                    self.form(changed, before.as_dict(), &after)?;
                }
                b"DSS" | b"Extensions" | b"Version" | b"Metadata" => {}
                other => {
                    return Err(format!("the catalog's {} was changed", String::from_utf8_lossy(other)));
                }
            }
        }
        Ok(())
    }

    fn form(&mut self, changed: &Changed, old: Option<&Dict>, new: &Dict) -> Verdict {
        let empty = Dict::default();
        let before = old.unwrap_or(&empty);
        let fields = |view, dict| match self.resolve(view, dict, b"Fields")? {
            Object::Array(items) => Ok(items),
            Object::Null => Ok(Vec::new()),
            _ => Err(String::from("the form has no list of fields")),
        };
        let (old_fields, new_fields) = (fields(self.old, before)?, fields(self.new, new)?);
        for key in before.changed_keys(new) {
            match key {
                b"Fields" | b"SigFlags" => {}
                // Defaults for text fields: without effect only while there are none.
                b"DR" | b"DA" if old_fields.is_empty() => {}
                other => {
                    return Err(format!("the form's {} was changed", String::from_utf8_lossy(other)));
                }
            }
        }
        self.appended(changed, &old_fields, &new_fields, Self::new_field)
    }

    fn page(&mut self, changed: &Changed, old: &Dict, new: &Dict) -> Verdict {
        for key in old.changed_keys(new) {
            if key != b"Annots" {
                return Err(format!("{} was changed", String::from_utf8_lossy(key)));
            }
        }
        let annotations = |view, dict| match self.resolve(view, dict, b"Annots")? {
            Object::Array(items) => Ok(items),
            Object::Null => Ok(Vec::new()),
            _ => Err(String::from("there is no list of annotations")),
        };
        let (before, after) = (annotations(self.old, old)?, annotations(self.new, new)?);
        self.appended(changed, &before, &after, Self::new_widget)
    }

    /// `new` is `old` with more items at the end, each of which passes `check`.
    fn appended(
        &mut self,
        changed: &Changed,
        old: &[Object],
        new: &[Object],
        check: impl Fn(&mut Self, &Changed, u32) -> Verdict,
    ) -> Verdict {
        let kept = new.get(..old.len()).is_some_and(|head| head.iter().zip(old).all(|(a, b)| a.same(b)));
        if !kept {
            return Err("entries were removed or replaced".into());
        }
        for item in &new[old.len()..] {
            let id = item.as_ref().ok_or("an entry that is no reference")?;
            check(self, changed, id.number)?;
        }
        Ok(())
    }

    /// A dictionary that this revision adds.
    fn added<'c>(&self, changed: &'c Changed, number: u32) -> Result<&'c Dict, String> {
        match changed.get(&number) {
            Some((None, after)) if after.stream.is_none() => after.object.as_dict(),
            _ => None,
        }
        .ok_or_else(|| format!("entry {number} is not new"))
    }

    fn new_field(&mut self, changed: &Changed, number: u32) -> Verdict {
        let field = self.added(changed, number)?;
        self.check_field(changed, field)?;
        if let Some(Object::Array(kids)) = field.get(b"Kids") {
            for kid in kids {
                let kid = kid.as_ref().ok_or("a widget that is no reference")?.number;
                let widget = self.added(changed, kid)?;
                if widget.get(b"Parent").and_then(Object::as_ref).is_none_or(|p| p.number != number) {
                    return Err("a widget of another field".into());
                }
                self.new_widget(changed, kid)?;
            }
        }
        Ok(())
    }

    fn new_widget(&mut self, changed: &Changed, number: u32) -> Verdict {
        let widget = self.added(changed, number)?;
        match widget.get(b"Parent").and_then(Object::as_ref) {
            None => self.check_field(changed, widget),
            Some(parent) => {
                let field = self.added(changed, parent.number)?;
                self.check_field(changed, field)?;
                only_keys(widget)?;
                if field.get(b"V").is_none() { shows_nothing(changed, widget) } else { Ok(()) }
            }
        }
    }

    fn check_field(&mut self, changed: &Changed, field: &Dict) -> Verdict {
        only_keys(field)?;
        if !field.is_name(b"FT", b"Sig") {
            return Err("a field that is no signature field".into());
        }
        match field.get(b"V") {
            Some(value) => self.take_signature(changed, value),
            None => shows_nothing(changed, field),
        }
    }

    fn take_signature(&mut self, changed: &Changed, value: &Object) -> Verdict {
        let id = value.as_ref().ok_or("a signature without an object of its own")?;
        let signature = self.added(changed, id.number)?;
        if signature.get(b"ByteRange").is_none() {
            return Err("a signature without a byte range".into());
        }
        self.signed.insert(id.number);
        Ok(())
    }

    /// A field that was prepared empty gets its signature.
    fn sign_existing(&mut self, changed: &Changed, old: &Dict, new: &Dict) -> Verdict {
        let keys = old.changed_keys(new);
        let within = |allowed: &[&[u8]]| keys.iter().all(|k| allowed.contains(k));
        if old.is_name(b"FT", b"Sig") && old.get(b"V").is_none() && within(&SIGNING_KEYS) {
            let value = new.get(b"V").ok_or("an empty field was changed")?;
            return self.take_signature(changed, value);
        }
        let parent = old.get(b"Parent").and_then(Object::as_ref).and_then(|p| changed.get(&p.number));
        let signed_now = parent.is_some_and(|(before, after)| {
            let value = |i: &Indirect| i.object.as_dict().and_then(|d| d.get(b"V").cloned());
            let field = after.object.as_dict().is_some_and(|d| d.is_name(b"FT", b"Sig"));
            field && before.as_ref().is_some_and(|b| value(b).is_none()) && value(after).is_some()
        });
        if signed_now && within(&WIDGET_KEYS) { Ok(()) } else { Err("it was changed".into()) }
    }
}

type Changed = BTreeMap<u32, (Option<Indirect>, Indirect)>;

/// An unsigned field may be prepared with an empty appearance, not with one that draws on the page.
fn shows_nothing(changed: &Changed, field: &Dict) -> Verdict {
    let empty = |appearance: &Object| {
        let normal = appearance.as_dict().filter(|d| d.0.len() == 1)?.get(b"N")?.as_ref()?;
        let (before, after) = changed.get(&normal.number)?;
        Some(before.is_none() && after.stream.as_ref()?.is_empty())
    };
    match field.get(b"AP") {
        Some(appearance) if empty(appearance) != Some(true) => Err("an empty field that shows something".into()),
        _ => Ok(()),
    }
}

fn only_keys(field: &Dict) -> Verdict {
    match field.keys().find(|k| !FIELD_KEYS.contains(k)) {
        Some(key) => Err(format!("a signature field with {}", String::from_utf8_lossy(key))),
        None => Ok(()),
    }
}
