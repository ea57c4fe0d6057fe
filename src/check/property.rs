//! `property`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::mapped::{self, Format};
use crate::descriptor::objects::{Held, Name, Names, Object, View};
use crate::descriptor::{Descriptor, FactId, Place};
use crate::language::{Language, mark};
use crate::path::Base;

/// Which properties, and what is demanded of them: one thing for each rule.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The format, by the name of its mapping; files of other formats are not looked at.
    pub format: String,
    /// By class, the properties, under the keys of the format. `issuer/eIDASIdentifier` is the property of what another
    /// property holds. Without it, every object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, Vec<String>>,
    /// At least so many values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<usize>,
    /// At most so many different values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<usize>,
    /// At most one text in each language.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once_per_language: bool,
    /// Every value is an object of a class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class: Vec<OfClass>,
    /// Every value is of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<ValueKind>,
    /// Objects of the class hold nothing but these properties.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only: bool,
    /// Every key is one that the model knows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
}

/// Properties and the class of their values.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfClass {
    /// Any of these classes.
    pub is: Vec<String>,
    /// By class, the properties.
    pub of: BTreeMap<String, Vec<String>>,
}

/// Kinds of value.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ValueKind {
    /// Text, a number, a yes or no; no object.
    Text,
    /// Text with its language.
    LocalText,
    /// A day, with or without a time, as ISO 8601 writes them.
    Day,
    /// Not a day alone: a time, if a day is named at all.
    Time,
    /// A duration, as ISO 8601 writes it.
    Duration,
    /// A number.
    Number,
    /// A number without a fraction.
    WholeNumber,
    /// Something with an address of its own.
    Named,
}

#[derive(Debug)]
pub struct Property {
    file: File,
    demand: Demand,
    /// Names are looked up when a file of the format is met: most runs meet none.
    meant: OnceLock<Option<Meant>>,
}

/// What the names in a rule stand for.
#[derive(Debug)]
struct Meant {
    format: &'static Format,
    names: &'static Names,
    of: Vec<Class>,
}

/// A class and its properties.
#[derive(Debug)]
struct Class {
    name: Name,
    key: String,
    ways: Vec<Way>,
    /// Of which classes their values are, where that is demanded.
    values: Vec<Name>,
    expected: String,
}

/// The way to a property: the properties that lead to it, and its key for messages.
#[derive(Debug)]
struct Way {
    around: Vec<Name>,
    property: Name,
    key: String,
}

#[derive(Debug)]
enum Demand {
    AtLeast(usize),
    AtMost(usize),
    OncePerLanguage,
    Class,
    Is(ValueKind),
    Only,
    Known,
}

impl Kind for Property {
    type File = File;
    const PAGE: &'static str = "\
Looks at the objects of a file in another format, as the model of that format sees them: by class, with their \
properties. What is said of one thing in several places is said of one object, and a reference leads to the thing that \
it names. `of` names classes and their properties by the keys of the format.

A rule demands one thing: `at_least` or `at_most` so many values, `once_per_language`, values of a `class` (a list: what \
the values are, and `of` what), values that \
are (`is`) `text`, a `local-text`, a `day`, a `time` and not a day alone, a `duration`, a `number`, a `whole-number` or `named`, `only` the properties of \
the list, or keys that are `known`.

What is missing is shown at the object that should hold it, a wrong value where it stands. Rules of this kind are worded \
in the keys of the format.";
    const PLACEHOLDERS: &'static [&'static str] = &["key", "class", "expected", "value", "count", "suggestion"];
    const ROLES: &'static [&'static str] = &["first"];

    fn compile(file: &File, _: &Base) -> Result<Property, String> {
        let demands = [
            file.at_least.map(Demand::AtLeast),
            file.at_most.map(Demand::AtMost),
            file.once_per_language.then_some(Demand::OncePerLanguage),
            (!file.class.is_empty()).then_some(Demand::Class),
            file.is.map(Demand::Is),
            file.only.then_some(Demand::Only),
            file.known.then_some(Demand::Known),
        ];
        let mut demands = demands.into_iter().flatten();
        let (Some(demand), None) = (demands.next(), demands.next()) else {
            return Err("a rule demands one thing of a property".to_string());
        };
        if file.of.is_empty() && file.class.is_empty() && !matches!(demand, Demand::Known) {
            return Err("`of` names no property".to_string());
        }
        if !file.of.is_empty() && !file.class.is_empty() {
            return Err("with `class`, the properties stand beside their class".to_string());
        }
        Ok(Property {
            file: file.clone(),
            demand,
            meant: OnceLock::new(),
        })
    }

    fn applies(&self, descriptor: &Descriptor<'_>) -> bool {
        let Some((meant, view)) = self.look(descriptor) else {
            return false;
        };
        let has = |class: &Class| {
            let reached = |object: &Object| match self.demand {
                Demand::AtLeast(_) => class.ways.iter().any(|way| !way.holders(view, object).is_empty()),
                Demand::Only | Demand::Known => true,
                _ => class.ways.iter().any(|way| !way.values(view, object).is_empty()),
            };
            view.of(class.name).any(reached)
        };
        meant.of.iter().any(has) || (meant.of.is_empty() && view.all().next().is_some())
    }

    fn run(&self, context: &Context<'_>, _: FactId, failures: &mut Vec<Failure>) {
        let Some((meant, view)) = self.look(context.descriptor) else {
            return;
        };
        if let Demand::Known = self.demand {
            return view.all().for_each(|object| meant.known(object, failures));
        }
        for class in &meant.of {
            for object in view.of(class.name) {
                if let Demand::Only = self.demand {
                    meant.only(object, class, failures);
                    continue;
                }
                for way in &class.ways {
                    let look = Look {
                        view,
                        way,
                        class,
                        language: context.language,
                        names: meant.names,
                    };
                    look.judge(&self.demand, object, failures);
                }
            }
        }
    }
}

fn unknown(names: &Names, key: &str) -> String {
    match crate::vocabulary::nearest(key, names.keys()) {
        Some(near) => format!("the format has no key `{key}`, did you mean `{near}`?"),
        None => format!("the format has no key `{key}`"),
    }
}

impl Property {
    fn look<'a>(&self, descriptor: &'a Descriptor<'_>) -> Option<(&Meant, View<'a>)> {
        descriptor
            .origin()
            .filter(|origin| origin.format.format == self.file.format)?;
        let meant = self.meant.get_or_init(|| Meant::of(&self.file).ok()).as_ref()?;
        Some((meant, descriptor.objects(meant.format)?))
    }

    /// The first name that the format does not have, as a sentence.
    pub(super) fn unknown_name(&self) -> Option<String> {
        Meant::of(&self.file).err()
    }
}

impl Meant {
    fn of(file: &File) -> Result<Meant, String> {
        let format = mapped::format(&file.format).ok_or_else(|| format!("there is no format `{}`", file.format))?;
        let names = format
            .objects
            .as_ref()
            .ok_or_else(|| format!("the mapping of `{}` has no `objects`", file.format))?;
        let find = |key: &str| names.find(key).ok_or_else(|| unknown(names, key));
        let mut of = Vec::new();
        let plain = std::iter::once((&file.of, &[][..]));
        for (own, values) in plain.chain(file.class.iter().map(|part| (&part.of, part.is.as_slice()))) {
            for (class, properties) in own {
                of.push(Class {
                    name: find(class)?,
                    key: class.clone(),
                    ways: properties
                        .iter()
                        .map(|written| Way::compile(written, &find))
                        .collect::<Result<_, _>>()?,
                    values: values.iter().map(|class| find(class)).collect::<Result<_, _>>()?,
                    expected: values.join("` / `"),
                });
            }
        }
        Ok(Meant { format, names, of })
    }

    fn known(&self, object: &Object, failures: &mut Vec<Failure>) {
        for (key, place) in &object.unknown {
            let near = crate::vocabulary::nearest(key, self.names.keys()).unwrap_or_default();
            failures.push(Failure::new(
                *place,
                vec![("key", key.clone()), ("suggestion", near.to_string())],
            ));
        }
    }

    fn only(&self, object: &Object, class: &Class, failures: &mut Vec<Failure>) {
        let allowed = |property: Name| class.ways.iter().any(|way| way.property == property);
        let mut seen = BTreeSet::new();
        for (property, held) in object.held.iter().filter(|(property, _)| !allowed(*property)) {
            if seen.insert(*property) {
                let place = Place {
                    span: held.key_span,
                    ..held.place
                };
                let args = vec![
                    ("key", self.names.key(*property).to_string()),
                    ("class", class.key.clone()),
                ];
                failures.push(Failure::new(place, args));
            }
        }
    }
}

impl Way {
    fn compile(written: &str, find: &dyn Fn(&str) -> Result<Name, String>) -> Result<Way, String> {
        let (around, key) = written
            .rsplit_once('/')
            .map_or((None, written), |(around, key)| (Some(around), key));
        let around = around.into_iter().flat_map(|around| around.split('/'));
        Ok(Way {
            around: around.map(find).collect::<Result<_, _>>()?,
            property: find(key)?,
            key: key.to_string(),
        })
    }

    /// What should hold the property: objects, or values that are none.
    fn holders<'a>(&self, view: View<'a>, object: &'a Object) -> Vec<Result<&'a Object, &'a Held>> {
        let mut holders = vec![Ok(object)];
        for property in &self.around {
            let held = holders
                .into_iter()
                .filter_map(Result::ok)
                .flat_map(|object| object.get(*property));
            holders = held.map(|held| view.object(held).ok_or(held)).collect();
        }
        holders
    }

    fn values<'a>(&self, view: View<'a>, object: &'a Object) -> Vec<&'a Held> {
        let holders = self.holders(view, object).into_iter().filter_map(Result::ok);
        holders.flat_map(|object| object.get(self.property)).collect()
    }
}

/// One property of one object.
struct Look<'a, 'r> {
    view: View<'a>,
    way: &'r Way,
    class: &'r Class,
    language: Language,
    names: &'r Names,
}

impl<'a> Look<'a, '_> {
    fn failure(&self, at: Place, value: String, count: usize) -> Failure {
        let args = vec![
            ("key", self.way.key.clone()),
            ("class", self.class.key.clone()),
            ("expected", self.class.expected.clone()),
            ("value", value),
            ("count", count.to_string()),
        ];
        Failure::new(at, args)
    }

    fn judge(&self, demand: &Demand, object: &'a Object, failures: &mut Vec<Failure>) {
        for holder in self.way.holders(self.view, object) {
            let holder = match (holder, demand) {
                (Ok(holder), _) => holder,
                (Err(held), Demand::AtLeast(_)) => {
                    failures.push(self.failure(held.place, String::new(), 0));
                    continue;
                }
                (Err(_), _) => continue,
            };
            let values: Vec<&Held> = holder.get(self.way.property).collect();
            match demand {
                Demand::AtLeast(least) if values.len() < *least => {
                    failures.push(self.failure(holder.place, String::new(), values.len()));
                }
                Demand::AtMost(most) => failures.extend(self.too_many(&values, *most)),
                Demand::OncePerLanguage => self.repeated(&values, failures),
                Demand::Class => {
                    let wrong = values.into_iter().filter(|held| !self.is_of(held, &self.class.values));
                    failures
                        .extend(wrong.map(|held| self.failure(self.view.place_of_class(held), self.found(held), 0)));
                }
                Demand::Is(kind) => {
                    let wrong = values.into_iter().filter(|held| !self.is(held, *kind));
                    failures.extend(wrong.map(|held| self.failure(held.place, self.found(held), 0)));
                }
                _ => {}
            }
        }
    }

    /// Points at the first value above the number, and back at the first of all.
    fn too_many(&self, values: &[&Held], most: usize) -> Option<Failure> {
        let mut different: Vec<&Held> = Vec::new();
        for held in values {
            if !different.iter().any(|other| self.same(other, held)) {
                different.push(held);
            }
        }
        let above = different.get(most)?;
        let failure = self.failure(above.place, String::new(), different.len());
        Some(failure.also("first", different[0].place))
    }

    fn repeated(&self, values: &[&Held], failures: &mut Vec<Failure>) {
        for (number, held) in values.iter().enumerate() {
            let before = values[..number]
                .iter()
                .filter(|other| held.language.is_some() && other.language == held.language);
            if let Some(first) = before.into_iter().find(|other| !self.same(other, held)) {
                let language = held.language.clone().unwrap_or_default();
                failures.push(self.failure(held.place, language, 0).also("first", first.place));
            }
        }
    }

    fn same(&self, a: &Held, b: &Held) -> bool {
        match (self.view.object(a), self.view.object(b)) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            (None, None) => a.language == b.language && self.view.text(a) == self.view.text(b),
            _ => false,
        }
    }

    fn is_of(&self, held: &Held, classes: &[Name]) -> bool {
        let object = self.view.object(held);
        object.is_some_and(|object| object.classes.iter().any(|class| classes.contains(class)))
    }

    fn is(&self, held: &Held, kind: ValueKind) -> bool {
        let text = self.view.text(held).map(str::trim);
        let reads = |pattern: fn(&str) -> bool| text.is_some_and(pattern);
        match kind {
            ValueKind::Text => text.is_some(),
            ValueKind::LocalText => held.language.is_some(),
            ValueKind::Day => reads(|text| is_day(text) || is_date_time(text)),
            ValueKind::Time => !reads(is_day),
            ValueKind::Duration => reads(is_duration),
            ValueKind::Number => reads(|text| crate::number::parse(text).is_some()),
            ValueKind::WholeNumber => reads(|text| text.parse::<i64>().is_ok()),
            ValueKind::Named => match self.view.object(held) {
                Some(object) => object.is_named,
                None => text.is_some() && !held.is_bare && held.language.is_none(),
            },
        }
    }

    /// What a value is; never the value itself, which may be about the learner.
    fn found(&self, held: &Held) -> String {
        let said = |words: &'static str| self.language.tr(words).into_owned();
        let Some(object) = self.view.object(held) else {
            let is_address = self
                .view
                .text(held)
                .is_some_and(|text| text.contains(':') && !text.contains(' '));
            return said(match held.language {
                None if is_address && !held.is_bare => mark("an address that the file does not describe"),
                None => mark("plain text"),
                Some(_) => mark("text"),
            });
        };
        let known = object.classes.iter().map(|class| self.names.key(*class));
        let own = known.chain(object.types()).next();
        own.map_or_else(|| said(mark("an object without a type")), |class| format!("`{class}`"))
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// `2026-03-02T10:00:00Z`, with or without a fraction and a zone.
fn is_date_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else {
        return false;
    };
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let offset = |text: &str| format!("2000-01-01T00:00:00{text}").parse::<jiff::Timestamp>().is_ok();
    is_day(day) && time.len() >= 8 && time.parse::<jiff::civil::Time>().is_ok() && (zone.is_empty() || offset(zone))
}

/// `PT60H`, `P3M`.
fn is_duration(text: &str) -> bool {
    text.starts_with(['P', '-']) && text.parse::<jiff::Span>().is_ok()
}
