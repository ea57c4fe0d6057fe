//! The field model: which keys a descriptor has, in which order, and how each value is read.
//!
//! It is taken from `schemas/descriptor.schema.json`, so that the schema an editor shows, the schema that validates
//! and the model by which values are read can never disagree. Two annotations carry what JSON Schema has no word for:
//! `x-kind` (how a leaf is read) and `x-vocabulary` (which list its codes come from). `x-issued` adds what only an
//! issued credential states; it is no part of our own format, and its values are about a learner: facts keep that they
//! are there, never what they are.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

/// The schema of the native descriptor, as shipped.
pub const DESCRIPTOR_SCHEMA: &str = include_str!("../../schemas/descriptor.schema.json");

/// The same without titles, descriptions and examples: what the program itself reads.
pub const BARE_SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/descriptor.schema.json"));

/// An interned key of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u16);

impl Key {
    /// A key that the model does not know by name: list items, free ids, languages.
    pub const OTHER: Key = Key(0);
}

/// How a value is read.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Text in one language or several.
    Text,
    /// One plain string: a name, an id, a URL, a date, a duration.
    Line(LineKind),
    /// A number, exact.
    Number,
    /// `true` or `false`.
    Flag,
    /// A value of a vocabulary, by slug, label, code or URI.
    Code(Box<str>),
    /// Anything; kept but not read.
    Any,
    /// A whole description inside another: kept, and read by itself; see [`super::Descriptor::units`].
    Descriptor,
    /// A mapping with known keys.
    Group(Box<Group>),
    /// A mapping with free keys.
    Table(Box<Shape>),
    /// A list.
    List {
        /// Shape of an item.
        item: Box<Shape>,
        /// Whether a single value may stand for a list of one.
        lenient: bool,
    },
    /// One of several shapes, told apart by what is written.
    Choice(Box<[Shape]>),
}

/// What a plain string is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A name or free remark.
    Line,
    /// An identifier.
    Id,
    /// A date.
    Date,
    /// A web address.
    Url,
    /// An ISO 8601 duration.
    Duration,
}

/// A mapping with known keys, in the standard's order.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Its fields.
    pub fields: Vec<Field>,
    /// The field that a bare value stands for.
    pub shorthand: Option<Key>,
    /// Whether further keys are kept.
    pub open: bool,
    /// Keys without which the others say nothing.
    pub required: Vec<Key>,
}

/// One key of a [`Group`].
#[derive(Clone, Debug)]
pub struct Field {
    /// Its key.
    pub key: Key,
    /// How its value is read.
    pub shape: Shape,
    /// Whether `none` and `{not_applicable: …}` may be said here.
    pub states: bool,
    /// Whether only an issued credential has it: files of ours, which describe an offer, never do.
    pub only_issued: bool,
}

impl Group {
    /// The field with a key, and its place in the standard's order.
    pub fn field(&self, key: Key) -> Option<(usize, &Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.key == key)
    }
}

/// Keys and shapes of the native descriptor.
#[derive(Debug)]
pub struct Model {
    root: Group,
    names: Vec<Box<str>>,
    keys: FxHashMap<Box<str>, Key>,
}

/// The model of the shipped schema.
pub fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let schema: Json = serde_json::from_str(BARE_SCHEMA).expect("the shipped schema is JSON (test `schemas`)");
        Model::new(&schema)
    })
}

impl Model {
    fn new(schema: &Json) -> Model {
        let mut reader = Reader {
            schema,
            names: vec!["".into()],
            keys: FxHashMap::default(),
        };
        let mut root = reader.group(schema);
        for (name, field) in schema["x-issued"].as_object().into_iter().flatten() {
            let (key, shape) = (reader.key(name), reader.shape(field));
            root.fields.push(Field {
                key,
                shape,
                states: false,
                only_issued: true,
            });
        }
        Model {
            root,
            names: reader.names,
            keys: reader.keys,
        }
    }

    /// The outermost mapping.
    pub fn root(&self) -> &Group {
        &self.root
    }

    /// The key with a name.
    pub fn key(&self, name: &str) -> Option<Key> {
        self.keys.get(name).copied()
    }

    /// The name of a key; empty for [`Key::OTHER`].
    pub fn name(&self, key: Key) -> &str {
        &self.names[key.0 as usize]
    }

    /// All key names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().skip(1).map(AsRef::as_ref)
    }
}

struct Reader<'a> {
    schema: &'a Json,
    names: Vec<Box<str>>,
    keys: FxHashMap<Box<str>, Key>,
}

impl<'a> Reader<'a> {
    fn key(&mut self, name: &str) -> Key {
        if let Some(&key) = self.keys.get(name) {
            return key;
        }
        let key = Key(self.names.len() as u16);
        self.names.push(name.into());
        self.keys.insert(name.into(), key);
        key
    }

    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let target = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix("#/$defs/"));
        target.map_or(schema, |name| &self.schema["$defs"][name])
    }

    fn group(&mut self, schema: &'a Json) -> Group {
        let fields = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, field)| {
                let key = self.key(name);
                let states = branches(field).any(is_state);
                Field {
                    key,
                    shape: self.shape(field),
                    states,
                    only_issued: false,
                }
            });
        let fields = fields.collect();
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.filter_map(Json::as_str).map(|name| self.key(name)).collect();
        Group {
            required,
            fields,
            shorthand: None,
            open: schema["additionalProperties"] != Json::Bool(false),
        }
    }

    fn shape(&mut self, written: &'a Json) -> Shape {
        let schema = self.resolve(written);
        let lenient = written["x-list"] == true || schema["x-list"] == true;
        if let Some(kind) = schema["x-kind"].as_str() {
            return leaf(kind, schema);
        }
        let mut shapes: Vec<Shape> = branches(schema)
            .filter(|branch| !is_state(branch))
            .map(|branch| self.shape(branch))
            .collect();
        let shorthand = schema["x-shorthand"].as_str().map(|name| self.key(name));
        if !shapes.is_empty() {
            if lenient {
                shapes.truncate(1);
            }
            let mut first = shapes.remove(0);
            if let (Shape::Group(group), Some(key)) = (&mut first, shorthand) {
                group.shorthand = Some(key);
                return first;
            }
            if let (Shape::List { lenient: flag, .. }, true) = (&mut first, lenient) {
                *flag = true;
            }
            shapes.retain(|shape| std::mem::discriminant(shape) != std::mem::discriminant(&first));
            if shapes.is_empty() {
                return first;
            }
            shapes.insert(0, first);
            return Shape::Choice(shapes.into());
        }
        match schema["type"].as_str() {
            Some("array") => Shape::List {
                item: Box::new(self.shape(&schema["items"])),
                lenient,
            },
            Some("object") if schema["properties"].is_object() => Shape::Group(Box::new(Group {
                shorthand,
                ..self.group(schema)
            })),
            Some("object") if schema["additionalProperties"].is_object() => {
                Shape::Table(Box::new(self.shape(&schema["additionalProperties"])))
            }
            Some("boolean") => Shape::Flag,
            Some("number" | "integer") => Shape::Number,
            Some("string") => Shape::Line(LineKind::Line),
            _ => Shape::Any,
        }
    }
}

fn branches(schema: &Json) -> impl Iterator<Item = &Json> {
    let of = |key: &str| schema[key].as_array().into_iter().flatten();
    of("anyOf").chain(of("oneOf"))
}

/// Whether a branch says `none` or `{not_applicable: …}`.
fn is_state(branch: &Json) -> bool {
    matches!(branch["$ref"].as_str(), Some("#/$defs/none" | "#/$defs/not-applicable")) || branch["const"] == "none"
}

fn leaf(kind: &str, schema: &Json) -> Shape {
    match kind {
        "text" => Shape::Text,
        "number" => Shape::Number,
        "flag" => Shape::Flag,
        "code" => Shape::Code(schema["x-vocabulary"].as_str().unwrap_or_default().into()),
        "any" => Shape::Any,
        "descriptor" => Shape::Descriptor,
        "id" => Shape::Line(LineKind::Id),
        "date" => Shape::Line(LineKind::Date),
        "url" => Shape::Line(LineKind::Url),
        "duration" => Shape::Line(LineKind::Duration),
        _ => Shape::Line(LineKind::Line),
    }
}
