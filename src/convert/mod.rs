//! `convert`: a practice, from whatever format it was read, written in another.
//!
//! A writer takes statements out of the facts and puts them into its format. What it does not take is what the format
//! cannot hold, and the list of that is kept here, for every writer alike: nothing is dropped in silence. What it takes
//! but cannot say in full, it notes itself.

mod badge;
mod elm;
mod lines;
mod names;
pub mod native;
mod ooapi;

use std::cell::RefCell;

use rustc_hash::FxHashSet;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::descriptor::mapped::{self, Rest, Withheld};
use crate::descriptor::model::Shape;
use crate::descriptor::native as native_format;
use crate::descriptor::{Descriptor, FactId, Value};
use crate::digest::sha256;
use crate::language::{Language, Phrase, mark};
use crate::lint::{Document, FormatIn, each_document};
use crate::number::{self, Number};
use crate::rule::set::RuleSet;
use crate::source::sheet::{Note, Sheet};
use crate::vocabulary::{Entry, Vocabulary, embedded};

/// A format that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Our own, as YAML.
    Native,
    /// ELM learning opportunities and qualifications, JSON-LD.
    ElmLoq,
    /// A European Digital Credential with placeholders for what only issuing knows.
    EdcTemplate,
    /// An Open Badges 3.0 achievement.
    #[value(name = "open-badges-3")]
    OpenBadges3,
    /// An OOAPI course (v5).
    Ooapi,
}

impl Target {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Target::Native => "micro-credential/1",
            Target::ElmLoq => "ELM LOQ",
            Target::EdcTemplate => "European Digital Credential",
            Target::OpenBadges3 => "Open Badges 3.0",
            Target::Ooapi => "OOAPI",
        }
    }
}

/// Versions of the European Learning Model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ElmVersion {
    /// 3.2: the last one of which everything is published.
    #[default]
    #[value(name = "3.2")]
    V3_2,
    /// 3.3: other namespaces.
    #[value(name = "3.3")]
    V3_3,
}

/// What a conversion came to.
#[derive(Debug)]
pub struct Converted {
    /// The document.
    pub document: Json,
    /// What the format cannot hold, in the order of the file.
    pub losses: Vec<Loss>,
}

/// A statement that did not make it, or not in full.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// Its canonical path.
    pub path: String,
    /// What it says; shortened.
    pub value: String,
    /// What became of it.
    pub what: String,
}

/// What a conversion needs to know beside the facts.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The format to write.
    pub target: Target,
    /// The version of the European Learning Model.
    pub version: ElmVersion,
    /// The language of what is said about losses.
    pub language: Language,
    /// Whether the units of a qualification are wanted, each as a practice of its own, in the place of the whole.
    pub extract: bool,
    /// The day on which the whole of a unit is judged.
    pub as_of: jiff::civil::Date,
}

/// Where a practice comes from, for `imported_from` and `extra`.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The format of the file; empty for our own.
    pub format: String,
    /// Its name as the user gave it.
    pub file: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// What of it was not read.
    pub rest: Vec<Rest>,
}

/// A practice of a file, written.
#[derive(Debug)]
pub struct Written {
    /// 1-based number of the practice in the file.
    pub number: usize,
    /// What came of it.
    pub converted: Converted,
    /// There was nothing to convert: the text of the file, as it is, says the same with its comments and layout.
    pub is_unchanged: bool,
    /// The id of the unit, where it is one of a qualification.
    pub name: Option<String>,
}

/// Writes every practice of a file. `Err` where the file cannot be read; `credlint check` says why.
pub fn convert_file(
    set: &RuleSet,
    source: &crate::source::Source,
    format_in: Option<FormatIn>,
    wanted: Wanted,
) -> Result<Vec<Written>, Phrase> {
    let text = source.text();
    let (mut written, mut unreadable, mut others): (Vec<Written>, bool, bool) = (Vec::new(), false, false);
    let imported = |format: &str, rest: Vec<Rest>| Imported {
        format: format.to_string(),
        file: source.name().to_string(),
        sha256: if format.is_empty() { String::new() } else { sha256(text) },
        rest,
    };
    each_document(source, format_in, &mut |number, document| {
        let fatal = document.tree().problems.iter().any(|problem| problem.kind.is_fatal());
        unreadable |= fatal;
        let descriptor = document.read(set);
        if wanted.extract {
            if !fatal {
                written.extend(extracted(set, number, &descriptor, wanted));
            }
            return;
        }
        let imported = match &document {
            Document::Native { tree, root } => {
                let native = format_in.is_some() || root.is_some_and(|root| tree.get(root, "descriptor").is_some());
                if fatal || !native {
                    others = true;
                    return;
                }
                imported("", descriptor.rest())
            }
            Document::Mapped { document, record } if is_credential(document.format, wanted.target) => {
                let imported = imported(&document.format.format, Vec::new());
                written.push(Written {
                    number,
                    converted: credential(set, document, *record, &imported, wanted),
                    is_unchanged: false,
                    name: None,
                });
                return;
            }
            Document::Mapped { document, record } => {
                imported(&document.format.format, document.rest(*record, &descriptor))
            }
            Document::Unrecognised { .. } => return,
        };
        let is_unchanged =
            wanted.target == Target::Native && source.sheet().is_none() && matches!(document, Document::Native { .. });
        let mut converted = convert(&descriptor, &imported, wanted);
        if wanted.target == Target::EdcTemplate {
            settle(set, &descriptor, &mut converted);
        }
        written.push(Written {
            number,
            converted,
            is_unchanged,
            name: None,
        });
    });
    // Of a file with other things in it, only a part is printed.
    written.iter_mut().for_each(|practice| practice.is_unchanged &= !others);
    if let Some(first) = written.first_mut().filter(|practice| !practice.is_unchanged) {
        first.converted.losses.extend(match source.sheet() {
            None => Vec::from_iter(comments(text, wanted.language)),
            Some(_) if source.rows().start > 0 => Vec::new(),
            Some(sheet) => unread_columns(sheet, wanted.language),
        });
    }
    if unreadable || source.sheet().is_some_and(|sheet| sheet.broken) {
        return Err(Phrase::new(mark(
            "it cannot be read to its end; `credlint check` says why",
        )));
    }
    Ok(written)
}

/// Whether all that a file says is kept, so that it can be written back.
fn is_credential(format: &mapped::Format, target: Target) -> bool {
    format.format == CREDENTIAL && matches!(target, Target::Native | Target::EdcTemplate)
}

/// The name of the format whose files come back whole.
const CREDENTIAL: &str = "edc";

/// A credential in our own format, with what that has no key for under `extra`; or, by way of that, as a template.
fn credential(
    set: &RuleSet,
    document: &mapped::Document<'_>,
    record: crate::tree::NodeId,
    imported: &Imported,
    wanted: Wanted,
) -> Converted {
    let ours = Wanted {
        target: Target::Native,
        ..wanted
    };
    let mut native = convert(&document.read(record, &set.placeholders), imported, ours);
    let lasting = document.lasting(record, &elm::stand_in);
    let rows = reread(set, &native.document, &|descriptor| {
        let template = elm::edc(&Reading::new(descriptor), ElmVersion::default());
        elm::difference(&template, &lasting.document)
    });
    if let (Json::Object(keys), false) = (&mut native.document, rows.is_empty()) {
        let origin = keys.shift_remove("imported_from");
        keys.insert("extra".to_string(), rows.into());
        keys.extend(origin.map(|origin| ("imported_from".to_string(), origin)));
    }
    native.losses.extend(withheld(&lasting.withheld, wanted.language));
    if wanted.target == Target::Native {
        return native;
    }
    let mut template = reread(set, &native.document, &|descriptor| {
        let mut template = convert(descriptor, &Imported::default(), wanted);
        settle(set, descriptor, &mut template);
        template
    });
    native.losses.append(&mut template.losses);
    template.losses = native.losses;
    template
}

/// What a document of our own says when it is read again.
fn reread<T>(set: &RuleSet, document: &Json, then: &dyn Fn(&Descriptor<'_>) -> T) -> T {
    let text = document.to_string();
    let trees = crate::tree::parse(&text);
    let empty = crate::tree::Tree::default();
    let tree = trees.first().unwrap_or(&empty);
    then(&native_format::read(tree, tree.root, &set.native, &set.placeholders))
}

/// What belongs to one credential and to no other. Parts of one thing are one row.
fn withheld(withheld: &[(String, Withheld)], language: Language) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for (pointer, why) in withheld {
        // Of the learner it is enough to say that nothing is kept.
        let pointer = match pointer.split_once("/credentialSubject/") {
            Some((before, key)) if !key.contains("hasClaim") => format!("{before}/credentialSubject"),
            _ => pointer.clone(),
        };
        if losses.iter().any(|loss| loss.path == pointer) {
            continue;
        }
        let what = match why {
            Withheld::Learner => mark("says something of the learner; nothing of that is kept"),
            Withheld::Seal => mark("seals one credential, and is not kept"),
            Withheld::Display => mark("shows one credential, and is not kept"),
            Withheld::Issuing => mark("is another for every credential; the issuer fills it in"),
        };
        losses.push(Loss {
            path: pointer,
            value: String::new(),
            what: Phrase::new(what).say(language),
        });
    }
    losses
}

/// Of what a credential came from, much is written back by the rows under `extra` that its writer has no key for. What
/// says the same when the credential is read again is no loss.
fn settle(set: &RuleSet, descriptor: &Descriptor<'_>, converted: &mut Converted) {
    if descriptor.get(FactId::ROOT, "extra").is_none() || converted.losses.is_empty() {
        return;
    }
    let native = |descriptor: &Descriptor<'_>| native::write(&Reading::new(descriptor), &Imported::default());
    let text = converted.document.to_string();
    let trees = crate::tree::parse(&text);
    let format = mapped::format(CREDENTIAL);
    let documents = trees.first().map(|tree| mapped::Document::all(tree, format));
    let Some(document) = documents.iter().flatten().next() else {
        return;
    };
    let Some(record) = document.records.first() else { return };
    let (said, back) = (native(descriptor), native(&document.read(*record, &set.placeholders)));
    converted.losses.retain(|loss| {
        let mut path = loss.path.as_str();
        while !path.is_empty() && said.pointer(path).is_none() {
            path = path.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        path.is_empty() || path.starts_with("/extra") || said.pointer(path) != back.pointer(path)
    });
}

/// Every unit of a qualification as a practice of its own. One that is only the id of another is left to its own file.
fn extracted(set: &RuleSet, number: usize, whole: &Descriptor<'_>, wanted: Wanted) -> Vec<Written> {
    let options = crate::lint::Options {
        as_of: wanted.as_of,
        language: wanted.language,
        format_in: None,
    };
    let judged = crate::lint::judge_facts(set, &options, whole);
    let units = crate::units::units(whole, &|element| judged.verdict(element)).into_iter();
    let convert_unit = |unit: crate::units::Unit| {
        let text = unit.document?.to_string();
        let trees = crate::tree::parse(&text);
        let tree = trees.first()?;
        let descriptor = crate::descriptor::native::read(tree, tree.root, &set.native, &set.placeholders);
        Some(Written {
            number,
            converted: convert(&descriptor, &Imported::default(), wanted),
            is_unchanged: false,
            name: Some(unit.id),
        })
    };
    units.filter_map(convert_unit).collect()
}

/// Columns and sheets that are not read; `check` says why.
fn unread_columns(sheet: &Sheet, language: Language) -> Vec<Loss> {
    let loss = |note: &Note| {
        let phrase = match note.rule {
            "sheet/column-unknown" | "sheet/column-repeated" | "sheet/learner" => {
                mark("the column `{name}` is not read")
            }
            "sheet/heading-missing" => mark("column {name}, which has no heading, is not read"),
            "sheet/not-read" => mark("of the workbook is not read: {name}"),
            _ => return None,
        };
        let name = note.args.iter().find(|(name, _)| *name == "value")?;
        Some(Loss {
            path: String::new(),
            value: String::new(),
            what: language.fill(phrase, &[("name", &name.1)]),
        })
    };
    sheet.notes[..sheet.general].iter().filter_map(loss).collect()
}

/// Comments are for people who read the file; nothing that is written anew has them.
pub(crate) fn comments(text: &str, language: Language) -> Option<Loss> {
    let number = crate::tree::comments(text);
    (number > 0).then(|| Loss {
        path: String::new(),
        value: String::new(),
        what: language.plural(
            number,
            "{n} comment of the file is left out",
            "{n} comments of the file are left out",
        ),
    })
}

/// Writes a practice in another format.
pub fn convert(descriptor: &Descriptor<'_>, imported: &Imported, wanted: Wanted) -> Converted {
    let Wanted {
        target,
        version,
        language,
        ..
    } = wanted;
    let reading = Reading::new(descriptor);
    let mut document = match target {
        Target::Native => native::write(&reading, imported),
        Target::ElmLoq => elm::loq(&reading, version),
        Target::EdcTemplate => elm::edc(&reading, version),
        Target::OpenBadges3 => badge::write(&reading),
        Target::Ooapi => ooapi::write(&reading),
    };
    let mut unread = Vec::new();
    if target != Target::Native {
        let (kept, source) = reading.unread(imported);
        let mut back = |unread: &Unread| match target {
            Target::ElmLoq if source == "elm-loq" => elm::put_back_loq(&mut document, unread),
            Target::OpenBadges3 if source.starts_with("open-badges-3") => badge::put_back(&mut document, unread),
            Target::Ooapi if source.starts_with("ooapi") => ooapi::put_back(&mut document, unread),
            _ => false,
        };
        let found: Vec<bool> = match target {
            Target::EdcTemplate if source == CREDENTIAL => elm::put_back_edc(&mut document, &kept),
            _ => kept.iter().map(&mut back).collect(),
        };
        let lost = kept.into_iter().zip(found).filter(|(_, found)| !found);
        unread.extend(lost.map(|(unread, _)| unread).filter(Unread::is_statement));
    }
    if target == Target::EdcTemplate {
        elm::name_nodes(&mut document);
        reading
            .demanded
            .borrow_mut()
            .retain(|demand| elm::lacks(&document, demand));
    }
    let what = language.fill("has no place in {format}", &[("format", &target.title())]);
    let unread = unread.into_iter().map(|unread| Loss {
        path: unread.path,
        value: crate::descriptor::shorten(&unread.value.to_string(), 60),
        what: what.clone(),
    });
    let mut losses = reading.losses(target, language);
    losses.extend(unread);
    Converted { document, losses }
}

/// A part of a file that was kept without being read.
#[derive(Debug)]
pub(crate) struct Unread {
    /// Where it is now.
    path: String,
    /// Where it was in the file that it came from: a JSON pointer.
    pub(crate) pointer: String,
    /// The id of the thing in which the pointer is to be followed.
    pub(crate) within: Option<String>,
    /// What would stand there otherwise.
    pub(crate) instead_of: Option<Json>,
    /// What it says; nothing where it says that nothing stands there.
    pub(crate) value: Json,
}

impl Unread {
    /// Whether something would be missing without it, not just called otherwise.
    fn is_statement(&self) -> bool {
        const NAMES: [&str; 3] = ["/id", "/type", "/@context"];
        !self.value.is_null() && !NAMES.iter().any(|name| self.pointer.ends_with(name))
    }
}

/// What the outermost objects of a format must have.
#[derive(Debug)]
pub(crate) struct Demand {
    /// The class of the object, by its key.
    pub(crate) class: String,
    /// The property.
    pub(crate) property: String,
    path: String,
    what: Phrase,
}

/// The facts of a practice, and which of them a writer has taken.
pub(crate) struct Reading<'a> {
    descriptor: &'a Descriptor<'a>,
    taken: RefCell<FxHashSet<FactId>>,
    noted: RefCell<Vec<(FactId, Phrase)>>,
    listed: RefCell<Vec<(String, String, Phrase)>>,
    demanded: RefCell<Vec<Demand>>,
}

impl<'a> Reading<'a> {
    fn new(descriptor: &'a Descriptor<'a>) -> Reading<'a> {
        Reading {
            descriptor,
            taken: RefCell::default(),
            noted: RefCell::default(),
            listed: RefCell::default(),
            demanded: RefCell::default(),
        }
    }

    /// Lists something that is no single statement of the file: by the path where it belongs.
    pub(crate) fn list(&self, path: &str, value: &str, what: Phrase) {
        let row = (path.to_string(), value.to_string(), what);
        let mut listed = self.listed.borrow_mut();
        if !listed.contains(&row) {
            listed.push(row);
        }
    }

    /// Lists something that must be there and is not stated.
    pub(crate) fn demand(&self, path: &str, class: &str, property: &str, what: Phrase) {
        let mut demanded = self.demanded.borrow_mut();
        let is_known = |known: &Demand| known.path == path && known.class == class && known.property == property;
        if !demanded.iter().any(is_known) {
            demanded.push(Demand {
                class: class.to_string(),
                property: property.to_string(),
                path: path.to_string(),
                what,
            });
        }
    }

    /// What was kept without being read, of this file or of the one that a native file was made of, and its format.
    fn unread(&self, imported: &Imported) -> (Vec<Unread>, String) {
        let mut unread: Vec<Unread> = Vec::new();
        for rest in &imported.rest {
            unread.push(Unread {
                path: rest.pointer.clone(),
                pointer: rest.pointer.clone(),
                within: None,
                instead_of: None,
                value: rest.value.clone(),
            });
        }
        let descriptor = self.descriptor;
        let written = |key: &str| {
            let id = descriptor.get(FactId::ROOT, key)?;
            Some((At { reading: self, id }, descriptor.json(id)))
        };
        let format = written("imported_from").and_then(|(_, origin)| origin["format"].as_str().map(str::to_string));
        if let Some((at, Json::Array(kept))) = written("extra") {
            at.take();
            for (number, row) in kept.iter().enumerate() {
                let text = |key: &str| row[key].as_str().map(str::to_string);
                unread.push(Unread {
                    path: format!("/extra/{number}"),
                    pointer: text("pointer").unwrap_or_default(),
                    within: text("in"),
                    instead_of: row.get("instead_of").cloned(),
                    value: row["value"].clone(),
                });
            }
        }
        let own = Some(&imported.format).filter(|format| !format.is_empty());
        (unread, own.cloned().or(format).unwrap_or_default())
    }

    /// The whole practice.
    pub(crate) fn root(&'a self) -> At<'a> {
        At {
            reading: self,
            id: FactId::ROOT,
        }
    }

    /// The language of plain strings.
    pub(crate) fn default_language(&self) -> String {
        let said = self.descriptor.get(FactId::ROOT, "default_language");
        let said = said.and_then(|id| self.descriptor.plain_text(id));
        said.unwrap_or("en").to_string()
    }

    /// Statements that were not taken, and those that were noted, in the order of the file.
    fn losses(&self, target: Target, language: Language) -> Vec<Loss> {
        let (descriptor, taken) = (self.descriptor, self.taken.borrow());
        let mut found: Vec<(FactId, String)> = Vec::new();
        for id in descriptor.all().skip(1) {
            let leaf = !matches!(descriptor.fact(id).value, Value::Group | Value::List | Value::Texts);
            if leaf && descriptor.is_stated(id) && !taken.contains(&id) {
                let what = language.fill("has no place in {format}", &[("format", &target.title())]);
                found.push((id, what));
            }
        }
        let noted = self.noted.borrow();
        found.extend(noted.iter().map(|(id, phrase)| (*id, phrase.say(language))));
        found.sort_by_key(|(id, _)| *id);
        // What is noted first is said best.
        found.dedup_by_key(|(id, _)| *id);
        let loss = |(id, what): (FactId, String)| Loss {
            path: descriptor.path(id),
            value: descriptor.shown(id),
            what,
        };
        let listed = self.listed.borrow();
        let unplaced = listed.iter().map(|(path, value, phrase)| Loss {
            path: path.clone(),
            value: value.clone(),
            what: phrase.say(language),
        });
        let demanded = self.demanded.borrow();
        let demands = demanded.iter().map(|demand| Loss {
            path: demand.path.clone(),
            value: String::new(),
            what: demand.what.say(language),
        });
        found.into_iter().map(loss).chain(unplaced).chain(demands).collect()
    }
}

/// One fact as a writer sees it. Reading a value takes it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    reading: &'a Reading<'a>,
    id: FactId,
}

/// A value of a vocabulary, or of nobody's.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    /// The entry, if the vocabulary knows the value.
    pub(crate) entry: Option<&'static Entry>,
    /// As written.
    pub(crate) text: String,
}

impl Code {
    /// The canonical slug, else as written.
    pub(crate) fn slug(&self) -> &str {
        self.entry.map_or(&self.text, |entry| entry.slug)
    }

    /// The URI of the entry, or the value itself where it is one.
    pub(crate) fn uri(&self) -> Option<&str> {
        let own = self.text.contains("://").then_some(self.text.as_str());
        self.entry.map(|entry| entry.uri).filter(|uri| !uri.is_empty()).or(own)
    }

    /// The label in a language, else the slug, else as written.
    pub(crate) fn label(&self, language: &str) -> &str {
        self.entry.map_or(&self.text, |entry| entry.label(language))
    }
}

impl<'a> At<'a> {
    fn descriptor(self) -> &'a Descriptor<'a> {
        self.reading.descriptor
    }

    fn take(self) {
        self.reading.taken.borrow_mut().insert(self.id);
    }

    /// Takes the value although it is not said in full, and says what becomes of it.
    pub(crate) fn note(self, what: Phrase) {
        self.take();
        self.reading.noted.borrow_mut().push((self.id, what));
    }

    /// Takes everything in it, and says of every statement what becomes of it.
    pub(crate) fn note_all(self, what: &Phrase) {
        match self.value() {
            Value::Group | Value::List => {
                let children = self.descriptor().children(self.id).iter();
                children.for_each(|id| At { id: *id, ..self }.note_all(what));
            }
            _ if self.descriptor().is_stated(self.id) => {
                self.take_all();
                self.note(what.clone());
            }
            _ => {}
        }
    }

    /// Takes everything below as well.
    pub(crate) fn take_all(self) {
        self.take();
        let children = self.descriptor().children(self.id);
        children.iter().for_each(|child| At { id: *child, ..self }.take_all());
    }

    /// The fact under a key, if it states anything.
    pub(crate) fn get(self, name: &str) -> Option<At<'a>> {
        let id = self.descriptor().get(self.id, name)?;
        self.descriptor().is_stated(id).then_some(At { id, ..self })
    }

    /// The fact on a path of keys.
    pub(crate) fn at(self, path: &[&str]) -> Option<At<'a>> {
        path.iter().try_fold(self, |at, name| at.get(name))
    }

    /// The items of the list under a key; a single value is a list of one.
    pub(crate) fn each(self, name: &str) -> Vec<At<'a>> {
        self.get(name).map_or_else(Vec::new, At::items)
    }

    /// The items of a list; anything else is a list of one.
    pub(crate) fn items(self) -> Vec<At<'a>> {
        match self.descriptor().fact(self.id).value {
            Value::List => {
                let stated = |id: &&FactId| self.descriptor().is_stated(**id);
                let children = self.descriptor().children(self.id).iter().filter(stated);
                children.map(|id| At { id: *id, ..self }).collect()
            }
            _ => vec![self],
        }
    }

    /// The children of a group with their keys, in the order of the model.
    pub(crate) fn children(self) -> Vec<(String, At<'a>)> {
        let descriptor = self.descriptor();
        let mut children: Vec<&FactId> = descriptor.children(self.id).iter().collect();
        children.retain(|id| descriptor.is_stated(**id));
        children.sort_by_key(|id| descriptor.order_of(self.id, &descriptor.canonical_name(**id)));
        children
            .into_iter()
            .map(|id| (descriptor.canonical_name(*id), At { id: *id, ..self }))
            .collect()
    }

    /// The value, for writers that need to tell kinds apart; it is not taken.
    pub(crate) fn value(self) -> &'a Value<'a> {
        &self.descriptor().fact(self.id).value
    }

    /// How the model reads it.
    pub(crate) fn shape(self) -> Option<&'static Shape> {
        self.descriptor().shape_of(self.id)
    }

    /// The one statement of a group that a bare value can stand for.
    pub(crate) fn bare(self) -> Option<At<'a>> {
        let key = self.descriptor().shorthand_of(self.id)?;
        let children = self.children();
        let [(name, child)] = children.as_slice() else {
            return None;
        };
        (crate::descriptor::model::model().name(key) == name).then_some(*child)
    }

    /// `none`.
    pub(crate) fn says_none(self) -> bool {
        let none = *self.value() == Value::DeclaredNone;
        if none {
            self.take();
        }
        none
    }

    /// A value that is kept but not read, as it stands in the file.
    pub(crate) fn json(self) -> Option<Json> {
        let value = self.descriptor().opaque(self.id)?;
        self.take();
        Some(value)
    }

    /// One string, whatever the language.
    pub(crate) fn line(self) -> Option<String> {
        match self.value() {
            Value::Text(text) => {
                self.take();
                Some(text.to_string())
            }
            Value::Texts => {
                let language = self.reading.default_language();
                let (_, id, text) = {
                    let mut texts = self.descriptor().texts(self.id);
                    let preferred = self.descriptor().texts(self.id).find(|(tag, ..)| *tag == language);
                    preferred.or_else(|| texts.next())?
                };
                At { id, ..self }.take();
                Some(text.to_string())
            }
            Value::Number(number) => {
                self.take();
                Some(number::display(*number, 6))
            }
            _ => None,
        }
    }

    /// Text by language; a plain string is in the default language.
    pub(crate) fn texts(self) -> Option<Map<String, Json>> {
        let language = self.reading.default_language();
        let mut map = Map::new();
        for (tag, id, text) in self.descriptor().texts(self.id) {
            At { id, ..self }.take();
            let tag = if tag.is_empty() { language.as_str() } else { tag };
            map.insert(tag.to_string(), text.into());
        }
        (!map.is_empty()).then_some(map)
    }

    /// An exact number.
    pub(crate) fn number(self) -> Option<Number> {
        let number = self.descriptor().number(self.id)?;
        self.take();
        Some(number)
    }

    /// `true` or `false`.
    pub(crate) fn flag(self) -> Option<bool> {
        let Value::Flag(flag) = *self.value() else { return None };
        self.take();
        Some(flag)
    }

    /// A value of the vocabulary that the model names here.
    pub(crate) fn code(self) -> Option<Code> {
        let code = self.peek()?;
        self.take();
        Some(code)
    }

    /// The same without taking it: for writers that must know the value before they know what becomes of it.
    pub(crate) fn peek(self) -> Option<Code> {
        let Value::Text(text) = self.value() else { return None };
        let entry = self.vocabulary().and_then(|list| list.find(text));
        let text = text.to_string();
        Some(Code { entry, text })
    }

    /// The vocabulary that the model names here, if it is bundled.
    pub(crate) fn vocabulary(self) -> Option<&'static Vocabulary> {
        match self.shape() {
            Some(Shape::Code(name)) => embedded(name),
            _ => None,
        }
    }

    /// One text without taking it, preferring a language.
    pub(crate) fn preferred(self, language: &str) -> Option<&'a str> {
        self.descriptor().text(self.id, language)
    }

    /// Whether the texts of this fact include one.
    pub(crate) fn says(self, wanted: &str) -> bool {
        let mut texts = self.descriptor().texts(self.id);
        texts.any(|(.., text)| text.trim() == wanted.trim())
    }

    /// What the file says here, as it is written; not taken.
    pub(crate) fn as_written(self) -> Json {
        self.descriptor().json(self.id)
    }

    /// The canonical path.
    pub(crate) fn path(self) -> String {
        self.descriptor().path(self.id)
    }

    /// The place of a list item among its siblings.
    pub(crate) fn index(self) -> usize {
        let siblings = self.descriptor().children(self.descriptor().parent(self.id));
        siblings.iter().position(|child| *child == self.id).unwrap_or_default()
    }
}

/// A number as JSON: whole where it is whole, else a decimal as written.
pub(crate) fn json_number(number: Number) -> Json {
    let text = number::display(number, 6);
    text.parse::<i64>()
        .map(Json::from)
        .or_else(|_| text.parse::<f64>().map(Json::from))
        .unwrap_or(Json::Null)
}

/// Leaves out what is not there: absent keys, empty lists and empty objects.
pub(crate) fn object(rows: Vec<(&str, Option<Json>)>) -> Json {
    let there = |value: &Json| match value {
        Json::Array(items) => !items.is_empty(),
        Json::Object(rows) => !rows.is_empty(),
        Json::Null => false,
        _ => true,
    };
    let rows = rows
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_string(), value.filter(there)?)));
    Json::Object(rows.collect())
}

/// Puts a value under a key that is free; false where something else stands there.
fn put(object: &mut Json, key: &str, value: Json) -> bool {
    match object {
        Json::Object(rows) => {
            let there = rows.entry(key).or_insert_with(|| value.clone());
            *there == value
        }
        _ => false,
    }
}

/// What becomes of a value that is only kept as text.
pub(crate) fn only_as_text() -> Phrase {
    Phrase::new(mark("kept as text only"))
}
