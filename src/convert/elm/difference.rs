//! What a credential says beyond what its facts make of it: the difference between the credential that was read and the
//! one that would be written in its place, as rows for `extra`.
//!
//! A row names a place in the credential as it is written: a pointer, inside the thing with the id under `in`, else from the
//! document. `value` is what belongs there, `instead_of` what would be written otherwise; `-` at the end of a pointer is the
//! end of a list. A row holds as long as its place says what it said when the row was made: whoever changes a statement
//! in the descriptor finds the change in the credential, and the row on the list of what was left behind.
//!
//! A thing is told by its id. One that has none, or one that is only numbered, is told by all that is said of it, so
//! that nothing is said of another thing after an edit.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json};

use super::super::Unread;
use crate::descriptor::native::is_language_tag;
use crate::tree::{key_of_segment, segment_of_key};

type Object = Map<String, Json>;

/// Where a list of one stands for the one: the claim that the credential is about.
const CLAIMS: &str = "/credentialSubject/hasClaim";
const CLAIM: &str = "/credentialSubject/hasClaim/0";
/// What a template shows is its own.
const DISPLAY: &str = "individualDisplay";
const GRADE: &str = "grade";
const SUBJECT: &str = "credentialSubject";
/// Things are written out wherever they are named, up to this many: chains of them may double with every link.
const WRITTEN_OUT: usize = 5_000;

/// The rows that make the template what the credential was.
pub(in super::super) fn difference(template: &Json, original: &Json) -> Vec<Json> {
    let mut things = FxHashMap::default();
    let original = gathered(original, &mut things);
    let mut differ = Differ {
        things: &things,
        aligned: FxHashMap::default(),
        covered: FxHashSet::default(),
        rows: Vec::new(),
    };
    if let (Json::Object(template), Json::Object(original)) = (template, &original) {
        differ.object(template, original, &Spot::default());
    }
    let Differ { mut covered, rows, .. } = differ;
    let rows = rows.into_iter().map(|row| row.written(&things, &mut covered));
    rows.collect()
}

/// A place in the template.
#[derive(Clone, Debug, Default)]
struct Spot {
    /// The id of the thing it is in; without one it is reckoned from the document.
    within: Option<String>,
    pointer: String,
}

impl Spot {
    fn of(id: &str) -> Spot {
        Spot {
            within: Some(id.to_string()),
            pointer: String::new(),
        }
    }

    fn under(&self, key: &str) -> Spot {
        Spot {
            within: self.within.clone(),
            pointer: format!("{}/{}", self.pointer, segment_of_key(key)),
        }
    }
}

/// A row before the things in it are written out.
struct Row {
    at: Spot,
    instead_of: Option<Json>,
    value: Option<Json>,
}

impl Row {
    fn written(self, things: &FxHashMap<String, Object>, covered: &mut FxHashSet<String>) -> Json {
        let mut row = Object::new();
        row.extend(self.at.within.map(|id| ("in".to_string(), Json::from(id))));
        row.insert("pointer".to_string(), self.at.pointer.into());
        row.extend(self.instead_of.map(|value| ("instead_of".to_string(), value)));
        let value = self.value.map(|value| in_full(&value, things, covered));
        row.extend(value.map(|value| ("value".to_string(), value)));
        Json::Object(row)
    }
}

/// A value with the things in it: each in full where it is first named, and by its id alone after that.
fn in_full(value: &Json, things: &FxHashMap<String, Object>, covered: &mut FxHashSet<String>) -> Json {
    match value {
        Json::Array(items) => items.iter().map(|item| in_full(item, things, covered)).collect(),
        Json::Object(rows) => {
            let thing = id_of(rows)
                .filter(|_| rows.len() == 1)
                .and_then(|id| Some((id, things.get(id)?)));
            let rows = match thing {
                Some((id, thing)) if covered.insert(id.to_string()) => thing,
                _ => rows,
            };
            let rows = rows
                .iter()
                .map(|(key, value)| (key.clone(), in_full(value, things, covered)));
            Json::Object(rows.collect())
        }
        leaf => leaf.clone(),
    }
}

/// Takes every thing with an id out of a value and leaves the id; what is said of it in several places is put together.
fn gathered(value: &Json, things: &mut FxHashMap<String, Object>) -> Json {
    match value {
        Json::Array(items) => items.iter().map(|item| gathered(item, things)).collect(),
        Json::Object(rows) => {
            let own = rows.iter().map(|(key, value)| (key.clone(), gathered(value, things)));
            let own: Object = own.collect();
            let Some(id) = id_of(&own).map(str::to_string) else {
                return Json::Object(own);
            };
            let reference = Json::Object(Object::from_iter([("id".to_string(), Json::from(id.clone()))]));
            if own.len() > 1 {
                let thing = things.entry(id).or_default();
                for (key, value) in own {
                    match thing.get_mut(&key) {
                        Some(there) => join(there, value),
                        None => drop(thing.insert(key, value)),
                    }
                }
            }
            reference
        }
        leaf => leaf.clone(),
    }
}

/// Two values of one property of one thing.
fn join(there: &mut Json, value: Json) {
    if *there == value {
        return;
    }
    if let (true, Json::Object(texts), Json::Object(more)) = (is_texts(there) && is_texts(&value), &mut *there, &value)
    {
        for (language, text) in more {
            match texts.get_mut(language) {
                Some(there) => join(there, text.clone()),
                None => drop(texts.insert(language.clone(), text.clone())),
            }
        }
        return;
    }
    let mut all = items(there).to_vec();
    for item in items(&value) {
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
    *there = Json::Array(all);
}

struct Differ<'d> {
    things: &'d FxHashMap<String, Object>,
    /// Things of the template, and which of the original they are: its id, or all that it says.
    aligned: FxHashMap<String, String>,
    /// Things of the original of which everything is said by the template and its rows.
    covered: FxHashSet<String>,
    rows: Vec<Row>,
}

impl<'d> Differ<'d> {
    fn row(&mut self, at: Spot, instead_of: Option<Json>, value: Option<&Json>) {
        self.rows.push(Row {
            at,
            instead_of,
            value: value.cloned(),
        });
    }

    fn object(&mut self, template: &Object, original: &Object, at: &Spot) {
        // What the facts were read from comes first: who issues it may be another than who awards it.
        let (first, others): (Vec<_>, Vec<_>) = template.iter().partition(|(key, _)| *key == SUBJECT);
        for (key, said) in first.into_iter().chain(others) {
            // The id is the caller's, and what stands for what only issuing knows stays.
            let is_filled_in = key == GRADE && is_placeholder(said);
            if key == "id" || key == DISPLAY || is_filled_in {
                continue;
            }
            match original.get(key) {
                Some(other) => self.value(said, other, at.under(key)),
                // What a published list says of its own value is no statement of the credential; and without a context there
                // would be none at all.
                None if is_placeholder(said) || is_concept(template) && id_of(template).is_some() => {}
                None if key == "@context" => {}
                None => self.row(at.under(key), Some(told(said)), None),
            }
        }
        for (key, other) in original.iter().filter(|(key, _)| *key != "id") {
            if !template.contains_key(key) {
                self.row(at.under(key), None, Some(other));
            }
        }
    }

    fn value(&mut self, said: &Json, other: &Json, at: Spot) {
        let has_things = items(said).iter().any(is_thing);
        if items(said) == items(other) || is_placeholder(said) && !has_things {
            return;
        }
        match (said, other) {
            (Json::Object(texts), Json::Object(others)) if is_texts(said) && is_texts(other) => {
                self.object(texts, others, &at);
            }
            (Json::Object(template), Json::Object(_)) if !is_texts(said) && !is_texts(other) => {
                self.thing(template, other, at);
            }
            _ if has_things => self.list(said, other, at),
            _ => self.row(at, Some(told(said)), Some(other)),
        }
    }

    /// The properties of a thing that is named where it stands, or stands there.
    fn content<'o>(&self, other: &'o Json) -> Option<&'o Object>
    where
        'd: 'o,
    {
        let rows = other.as_object()?;
        let thing = id_of(rows).filter(|_| rows.len() == 1);
        Some(thing.and_then(|id| self.things.get(id)).unwrap_or(rows))
    }

    /// One thing under a key.
    fn thing(&mut self, template: &Object, other: &Json, at: Spot) {
        if let Some(id) = name_of(template) {
            if !self.named(id, template, other) {
                self.row(at, Some(told_by(id)), Some(other));
            }
            return;
        }
        let Some(original) = self
            .content(other)
            .filter(|original| is_of_class(template, original) || at.pointer == CLAIM)
        else {
            return self.row(at, Some(told(&Json::Object(template.clone()))), Some(other));
        };
        let original = original.clone();
        let id = id_of(&original).map(str::to_string);
        if id.as_deref() != id_of(template) {
            let id = id.clone().map(Json::from);
            self.row(at.under("id"), template.get("id").cloned(), id.as_ref());
        }
        self.covered.extend(id);
        self.object(template, &original, &at);
    }

    /// A thing of the template that has an id of its own; false where it is not the same thing.
    fn named(&mut self, id: &str, template: &Object, other: &Json) -> bool {
        let Some(original) = self.content(other) else {
            return false;
        };
        let original = original.clone();
        let other_id = id_of(&original).map(str::to_string);
        let which = other_id
            .clone()
            .unwrap_or_else(|| Json::Object(original.clone()).to_string());
        let is_same = which == id;
        let is_alike = || {
            let typed = template.contains_key("type") && original.contains_key("type");
            is_of_class(template, &original)
                && (typed || words(template).is_some_and(|own| Some(own) == words(&original)))
        };
        // A value of a list is what its address says; anything else may have had another name.
        let may_be = is_same || !is_concept(template) && is_alike();
        match self.aligned.get(id) {
            Some(known) => return *known == which,
            None if !may_be => return false,
            None if other_id.is_some() && self.aligned.values().any(|known| *known == which) => return false,
            None => {}
        }
        self.aligned.insert(id.to_string(), which);
        if !is_same {
            let value = other_id.clone().map(Json::from);
            self.row(Spot::of(id).under("id"), Some(id.into()), value.as_ref());
        }
        self.covered.extend(other_id);
        self.object(template, &original, &Spot::of(id));
        true
    }

    fn list(&mut self, said: &Json, other: &Json, at: Spot) {
        let is_single = said.is_object();
        let (whole, all) = (said, other);
        let (said, others) = (items(said), items(other));
        let pairs = self.pairs(said, others, &at);
        if pairs.iter().all(Option::is_none) && !is_placeholder(whole) {
            return self.row(at, Some(told(whole)), Some(all));
        }
        let is_claim = at.pointer == CLAIMS;
        for (item, found) in said.iter().zip(&pairs) {
            let (Json::Object(template), Some(found)) = (item, found) else {
                if !is_placeholder(item) {
                    self.row(at.clone(), Some(told(item)), None);
                }
                continue;
            };
            let other = &others[*found];
            if let Some(id) = name_of(template) {
                if !self.named(id, template, other) {
                    self.row(at.clone(), Some(told_by(id)), Some(other));
                }
            } else if is_claim {
                self.thing(template, other, at.under("0"));
            } else if is_single {
                self.thing(template, other, at.clone());
            } else if item != other {
                self.row(at.clone(), Some(told(item)), Some(other));
            }
        }
        for (number, other) in others.iter().enumerate() {
            if !pairs.contains(&Some(number)) {
                self.row(at.under("-"), None, Some(other));
            }
        }
    }

    /// For every item of the template the one of the original: the same id, else the same words, else the next.
    fn pairs(&self, said: &[Json], others: &[Json], at: &Spot) -> Vec<Option<usize>> {
        let mut pairs: Vec<Option<usize>> = vec![None; said.len()];
        let same_id = |item: &Object, other: &Object| name_of(item).is_some() && name_of(item) == id_of(other);
        let same_words = |item: &Object, other: &Object| {
            is_of_class(item, other) && words(item).is_some_and(|own| Some(own) == words(other))
        };
        let is_claim = |_: &Object, _: &Object| at.pointer == CLAIMS;
        let ways: [&Way<'_>; 4] = [&same_id, &same_words, &is_of_class, &is_claim];
        for (number_of_way, way) in ways.iter().enumerate() {
            for (number, item) in said.iter().enumerate() {
                let Json::Object(item) = item else { continue };
                // What a published address names is nothing else.
                let fixed = is_concept(item) && name_of(item).is_some();
                if pairs[number].is_some() || fixed && number_of_way > 0 {
                    continue;
                }
                let fits = |other: &usize| {
                    let free = !pairs.contains(&Some(*other));
                    free && self.content(&others[*other]).is_some_and(|other| way(item, other))
                };
                pairs[number] = (0..others.len()).find(fits);
            }
        }
        pairs
    }
}

/// Whether two things may be the same.
type Way<'w> = dyn Fn(&Object, &Object) -> bool + 'w;

/// Where a row belongs: the thing it is in, and the pointer.
type PlaceKey = (Option<String>, String);

/// Puts rows back into a template; for each, whether it found its place.
pub(in super::super) fn put_back(document: &mut Json, unread: &[Unread]) -> Vec<bool> {
    let mut back = Back {
        rows: FxHashMap::default(),
        absent: FxHashMap::default(),
        found: vec![false; unread.len()],
        unread,
    };
    for (number, row) in unread.iter().enumerate() {
        let pointer = plain(&row.pointer);
        let (own, is_item) = pointer
            .strip_suffix("/-")
            .map_or((pointer.as_str(), false), |list| (list, true));
        let adds = row.instead_of.is_none() && !row.value.is_null();
        if let Some((parent, key)) = own.rsplit_once('/').filter(|_| adds) {
            let place = (row.within.clone(), parent.to_string());
            let addition = (key_of_segment(key), number, is_item);
            back.absent.entry(place).or_default().push(addition);
        }
        back.rows.entry((row.within.clone(), pointer)).or_default().push(number);
    }
    if back.unread.is_empty() {
        return back.found;
    }
    let whole = back.rebuilt(document, &Here::default());
    let mut things = FxHashMap::default();
    largest(&whole, &mut things);
    *document = written_out(&whole, &things, &mut Vec::new(), &mut 0);
    back.found
}

/// A pointer without the numbers of list items, from the credential.
fn plain(pointer: &str) -> String {
    let pointer = pointer
        .strip_prefix("/credential/")
        .map_or(pointer, |_| &pointer["/credential".len()..]);
    let steps = pointer.split('/').skip(1).filter(|step| step.parse::<usize>().is_err());
    steps.map(|step| format!("/{step}")).collect()
}

struct Back<'u> {
    rows: FxHashMap<PlaceKey, Vec<usize>>,
    /// Those that add something, by what they add it to: the key, the row, and whether it is an item of a list.
    absent: FxHashMap<PlaceKey, Vec<(String, usize, bool)>>,
    found: Vec<bool>,
    unread: &'u [Unread],
}

/// A place in a document that rows are put back into: inside the nearest thing with a name, and from the document.
#[derive(Clone, Debug, Default)]
struct Here {
    inner: Spot,
    whole: Spot,
}

impl Here {
    fn under(&self, key: &str) -> Here {
        Here {
            inner: self.inner.under(key),
            whole: self.whole.under(key),
        }
    }

    fn places(&self) -> impl Iterator<Item = PlaceKey> {
        let own = |spot: &Spot| (spot.within.clone(), spot.pointer.clone());
        let inner = self.inner.within.is_some().then(|| own(&self.inner));
        inner.into_iter().chain([own(&self.whole)])
    }
}

impl Back<'_> {
    fn at(&self, here: &Here) -> Vec<usize> {
        let rows = here.places().filter_map(|place| self.rows.get(&place));
        rows.flatten().copied().collect()
    }

    fn rebuilt(&mut self, value: &Json, here: &Here) -> Json {
        let Json::Object(rows) = value else {
            return value.clone();
        };
        let here = Here {
            inner: name_of(rows).map_or_else(|| here.inner.clone(), Spot::of),
            whole: here.whole.clone(),
        };
        let mut out = Object::new();
        for (key, value) in rows {
            let value = self.slot(value, &here.under(key));
            out.extend(value.map(|value| (key.clone(), value)));
        }
        let absent = here.places().filter_map(|place| self.absent.get(&place).cloned());
        let absent: Vec<_> = absent.flatten().filter(|(key, ..)| !rows.contains_key(key)).collect();
        for (key, number, is_item) in absent {
            let value = self.unread[number].value.clone();
            self.found[number] = true;
            match out.get_mut(&key) {
                Some(there) => {
                    let mut all = items(there).to_vec();
                    all.push(value);
                    *there = Json::Array(all);
                }
                None if is_item => drop(out.insert(key, Json::Array(vec![value]))),
                None => drop(out.insert(key, value)),
            }
        }
        Json::Object(out)
    }

    /// The value of a key with what the rows say of it.
    fn slot(&mut self, value: &Json, here: &Here) -> Option<Json> {
        let rows = self.at(here);
        let is_instead = |row: &usize| self.unread[*row].instead_of.is_some();
        let instead: Vec<usize> = rows.iter().copied().filter(is_instead).collect();
        for row in &rows {
            // What is said already is not lost.
            let unread = &self.unread[*row];
            if unread.instead_of.is_none() && items(&unread.value) == items(value) {
                self.found[*row] = true;
            }
        }
        let mut whole = match instead.iter().find(|row| self.replaces(**row, value)) {
            Some(row) => self.replacement(*row),
            None => Some(self.inner(value, here, &instead)),
        };
        for row in self.at(&here.under("-")) {
            self.found[row] = true;
            let added = self.unread[row].value.clone();
            let mut all = whole.as_ref().map_or(&[][..], items).to_vec();
            if !all.contains(&added) {
                all.push(added);
            }
            whole = Some(Json::Array(all));
        }
        whole.filter(|whole| !whole.as_array().is_some_and(Vec::is_empty))
    }

    /// The value of a key that stays, with what the rows say of the things in it.
    fn inner(&mut self, value: &Json, here: &Here, instead: &[usize]) -> Json {
        let Json::Array(list) = value else {
            return self.rebuilt(value, here);
        };
        let mut kept = Vec::new();
        for item in list {
            match instead.iter().find(|row| self.replaces(**row, item)) {
                Some(row) => kept.extend(self.replacement(*row)),
                // What is said of an item by its place holds only where it is the only one.
                None if list.len() == 1 => kept.push(self.rebuilt(item, here)),
                None => kept.push(self.rebuilt(item, &here.under("*"))),
            }
        }
        Json::Array(kept)
    }

    fn replaces(&self, row: usize, value: &Json) -> bool {
        let Some(before) = &self.unread[row].instead_of else {
            return false;
        };
        items(&told(value)) == items(before)
    }

    fn replacement(&mut self, row: usize) -> Option<Json> {
        self.found[row] = true;
        Some(self.unread[row].value.clone()).filter(|value| !value.is_null())
    }
}

/// The fullest object of each id.
fn largest<'v>(value: &'v Json, things: &mut FxHashMap<&'v str, &'v Object>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| largest(item, things)),
        Json::Object(rows) => {
            if let Some(id) = id_of(rows).filter(|_| rows.len() > 1) {
                let known = things.entry(id).or_insert(rows);
                if known.len() < rows.len() {
                    *known = rows;
                }
            }
            rows.values().for_each(|value| largest(value, things));
        }
        _ => {}
    }
}

/// Credentials are written with every thing in full wherever it is named.
fn written_out<'v>(
    value: &'v Json,
    things: &FxHashMap<&'v str, &'v Object>,
    around: &mut Vec<&'v str>,
    count: &mut usize,
) -> Json {
    match value {
        Json::Array(items) => items
            .iter()
            .map(|item| written_out(item, things, around, count))
            .collect(),
        Json::Object(rows) => {
            let id = id_of(rows);
            let known = id
                .filter(|id| rows.len() == 1 && !around.contains(id))
                .and_then(|id| things.get(id));
            let rows = match known {
                Some(thing) if *count < WRITTEN_OUT => {
                    *count += 1;
                    thing
                }
                _ => rows,
            };
            around.extend(id);
            let rows = rows
                .iter()
                .map(|(key, value)| (key.clone(), written_out(value, things, around, count)));
            let rows: Object = rows.collect();
            around.truncate(around.len() - usize::from(id.is_some()));
            Json::Object(rows)
        }
        leaf => leaf.clone(),
    }
}

/// By what a value of the template is known again: things with a name by that alone, and no number of anything.
fn told(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(told).collect(),
        Json::Object(rows) => match name_of(rows) {
            Some(id) => told_by(id),
            None => {
                let rows = rows.iter().filter(|(key, _)| *key != "id");
                Json::Object(rows.map(|(key, value)| (key.clone(), told(value))).collect())
            }
        },
        // The name of a grade is a number too.
        Json::String(text) if text.starts_with("${grade.") => "${grade}".into(),
        leaf => leaf.clone(),
    }
}

fn told_by(id: &str) -> Json {
    Json::Object(Object::from_iter([("id".to_string(), Json::from(id))]))
}

/// A list is its items, anything else a list of one.
fn items(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

fn id_of(rows: &Object) -> Option<&str> {
    let is_only_tag = || rows.len() > 1 && rows.keys().all(|key| is_language_tag(key));
    rows.get("id")?.as_str().filter(|_| !is_only_tag())
}

/// An id by which a thing of the template can be told again: not one that the issuer fills in, and not its number.
fn name_of(rows: &Object) -> Option<&str> {
    id_of(rows).filter(|id| !id.contains("${") && !is_number(id))
}

/// Whether a thing is named by its place in a list.
fn is_number(id: &str) -> bool {
    const KINDS: [&str; 5] = ["assessment", "exempts", "offer", "outcome", "quality-assurance"];
    let id = id.strip_suffix("/result").unwrap_or(id);
    let mut steps = id.rsplit('/');
    let (last, kind) = (steps.next(), steps.next());
    let is_digits = last.is_some_and(|last| !last.is_empty() && last.bytes().all(|c| c.is_ascii_digit() || c == b'-'));
    is_digits && kind.is_some_and(|kind| KINDS.contains(&kind))
}

fn is_concept(rows: &Object) -> bool {
    items(rows.get("type").unwrap_or(&Json::Null))
        .iter()
        .any(|class| class == "Concept" || class == "ConceptScheme")
}

/// Whether both are said to be of one class, or one of them does not say what it is.
fn is_of_class(template: &Object, original: &Object) -> bool {
    let (Some(own), Some(others)) = (template.get("type"), original.get("type")) else {
        return true;
    };
    // A specification is of either class, by what is known of its level; an awarding body too, by its country.
    const SAME: [[&str; 2]; 2] = [
        ["Qualification", "LearningAchievementSpecification"],
        ["Agent", "Organisation"],
    ];
    let is_same = |own: &Json, other: &Json| {
        let both = |pair: &[&str; 2]| pair.iter().any(|name| own == name) && pair.iter().any(|name| other == name);
        own == other || SAME.iter().any(both)
    };
    items(own)
        .iter()
        .any(|own| items(others).iter().any(|other| is_same(own, other)))
}

/// What a thing is called.
fn words(rows: &Object) -> Option<&Json> {
    const CALLED: [&str; 7] = [
        "title",
        "noteLiteral",
        "legalName",
        "prefLabel",
        "notation",
        "contentURL",
        "point",
    ];
    CALLED.iter().find_map(|key| rows.get(*key))
}

fn is_thing(value: &Json) -> bool {
    value.is_object() && !is_texts(value)
}

/// Text by language.
fn is_texts(value: &Json) -> bool {
    let Json::Object(rows) = value else { return false };
    let is_tag = |key: &String| is_language_tag(key) && (key != "id" || rows.len() > 1);
    !rows.is_empty() && rows.keys().all(is_tag)
}

/// Whether something in a value is left to the issuer.
fn is_placeholder(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains("${"),
        Json::Array(items) => items.iter().any(is_placeholder),
        Json::Object(rows) => rows.values().any(is_placeholder),
        _ => false,
    }
}
