//! JSON Schema over the tree, in place; its errors become findings at the best place.
//!
//! An unknown key is shown at that key, with the nearest known one; a missing key beside which it belongs; a wrong
//! value at the value. Where a schema offers branches (`anyOf`), the branch that the author meant is explained, not
//! the list of branches.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use jsonschema::{JsonType, ValidationError, Validator};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::descriptor::model::{BARE_SCHEMA, Group, Shape, model};
use crate::language::{Phrase, mark};
use crate::source::Span;
use crate::tree::{Entry, Kind, NodeId, Scalar, ScalarKind, Tree, key_of_segment, segment_of_key};
use crate::vocabulary::nearest;

/// Most schema errors that are explained per document.
const MAX_ERRORS: usize = 100;

/// What is wrong with the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// A key that is not known here.
    UnknownKey {
        /// The nearest known one.
        suggestion: Option<String>,
        /// A way out that depends on what was written.
        hint: Option<Phrase>,
    },
    /// A key that must be here.
    MissingKey,
    /// A value of the wrong kind.
    WrongValue {
        /// What belongs here.
        expected: Phrase,
        /// What stands here.
        found: Phrase,
        /// A way out.
        hint: Phrase,
    },
}

/// One explained error.
#[derive(Clone, Debug)]
pub struct ShapeError {
    /// What.
    pub kind: ShapeKind,
    /// The key in question.
    pub key: String,
    /// Where.
    pub span: Span,
    /// JSON pointer of the place.
    pub pointer: String,
    /// The node, when there is one.
    pub node: Option<NodeId>,
    /// A whole sentence, for files that have no rules of their own.
    pub message: Phrase,
}

/// A compiled schema that validates trees.
pub type TreeValidator = Validator<TreeJson>;

/// The schema of the native descriptor.
pub fn descriptor_validator() -> &'static TreeValidator {
    static VALIDATOR: OnceLock<TreeValidator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let schema = serde_json::from_str(BARE_SCHEMA).expect("the shipped schema is JSON (test `schemas`)");
        // None of its keywords means anything else in draft 7 (test `the_descriptor_schema_reads_alike_in_draft_7`), and
        // checking it against the one meta-schema of draft 7 costs half of what the eight of 2020-12 do.
        let options = jsonschema::options_for::<TreeJson>().with_draft(jsonschema::Draft::Draft7);
        let options = options.with_pattern_options(jsonschema::PatternOptions::regex());
        options
            .build(&schema)
            .expect("the shipped schemas compile (test `schemas`)")
    })
}

/// The schema of a file of ours that is no descriptor, from the type that it is read as.
pub struct OwnSchema {
    validator: TreeValidator,
    /// As written, to tell which keys are known where one is not.
    schema: Value,
}

impl OwnSchema {
    fn of<T: JsonSchema>() -> OwnSchema {
        let schema = schemars::schema_for!(T).to_value();
        let patterns = jsonschema::PatternOptions::regex();
        let options = jsonschema::options_for::<TreeJson>().with_pattern_options(patterns);
        let validator = options
            .build(&schema)
            .expect("the shipped schemas compile (test `schemas`)");
        OwnSchema { validator, schema }
    }

    /// Every error, explained, in the order of the text.
    pub fn errors(&self, tree: &Tree<'_>) -> Vec<ShapeError> {
        let explain = |root| errors_of(&self.validator, Some(&self.schema), tree, root);
        tree.root.map_or_else(Vec::new, explain)
    }

    /// The error to mend first: what is written wrongly comes before what is missing, since one is often the other.
    pub fn first_error(&self, tree: &Tree<'_>) -> Option<ShapeError> {
        let errors = self.errors(tree).into_iter();
        errors.min_by_key(|error| matches!(error.kind, ShapeKind::MissingKey))
    }
}

/// The schema of rule files.
pub static RULE: LazyLock<OwnSchema> = LazyLock::new(OwnSchema::of::<crate::rule::RuleFile>);

/// The schema of `credlint.yaml`.
pub static CONFIG: LazyLock<OwnSchema> = LazyLock::new(OwnSchema::of::<crate::config::ConfigFile>);

/// The schema of a baseline.
pub static BASELINE: LazyLock<OwnSchema> = LazyLock::new(OwnSchema::of::<crate::baseline::BaselineFile>);

/// The schema of the mapping file of a spreadsheet.
pub static MAPPING: LazyLock<OwnSchema> = LazyLock::new(OwnSchema::of::<crate::sheet::mapping::MappingFile>);

/// The schema of the documents that a rule pack cites.
pub static AUTHORITIES: LazyLock<OwnSchema> = LazyLock::new(OwnSchema::of::<crate::rule::set::Authorities>);

/// A part of a tree as a value of a type; else the place, and what is wrong, as a sentence.
pub fn typed<T: DeserializeOwned>(tree: &Tree<'_>, root: NodeId) -> Result<T, (Span, Phrase)> {
    serde_json::from_value(to_json(tree, root))
        .map_err(|error| (tree.node(root).span, Phrase::new("{error}").with("error", error)))
}

/// Every error of a descriptor, explained, in the order of the text; pointers are relative to `root`.
pub fn errors_at(validator: &TreeValidator, tree: &Tree<'_>, root: NodeId) -> Vec<ShapeError> {
    errors_of(validator, None, tree, root)
}

fn errors_of(validator: &TreeValidator, own: Option<&Value>, tree: &Tree<'_>, root: NodeId) -> Vec<ShapeError> {
    let handle = Handle::At(tree, root);
    // The common case is a clean file, and the yes-or-no question is much cheaper than the list.
    if validator.is_valid(handle) {
        return Vec::new();
    }
    let explainer = Explainer { own, tree, root };
    let mut found = Vec::new();
    for error in validator.iter_errors(handle).take(MAX_ERRORS) {
        explainer.explain(&error, &mut found);
    }
    found.sort_by(|a, b| a.span.cmp(&b.span).then_with(|| a.key.cmp(&b.key)));
    found.dedup_by(|a, b| a.span == b.span && a.kind == b.kind);
    found
}

struct Explainer<'t, 's> {
    /// The schema, where the file is no descriptor.
    own: Option<&'t Value>,
    tree: &'t Tree<'s>,
    root: NodeId,
}

impl Explainer<'_, '_> {
    fn explain(&self, error: &ValidationError<'_>, found: &mut Vec<ShapeError>) {
        let pointer = error.instance_path().as_str().to_string();
        let (node, entry) = self.locate(&pointer);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = self.known(&pointer, error);
                for key in unexpected.iter().take(MAX_ERRORS) {
                    found.push(self.unknown_key(&pointer, node, key, &known));
                }
            }
            ValidationErrorKind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default().to_string();
                found.push(self.unknown_key(&pointer, node, &key, &self.known(&pointer, error)));
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default().to_string();
                found.push(self.missing_key(&pointer, node, entry, &key));
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                match meant(context, &pointer) {
                    Some(branch) => branch.iter().for_each(|error| self.explain(error, found)),
                    None => {
                        found.extend(self.wrong_value(&pointer, node, entry, one_of(expected_of(context, &pointer))))
                    }
                }
            }
            kind => found.extend(self.wrong_value(&pointer, node, entry, one_of(expected(kind)))),
        }
    }

    fn locate(&self, pointer: &str) -> (NodeId, Option<&Entry<'_>>) {
        let mut current = self.root;
        let mut found = None;
        for segment in pointer.split('/').skip(1) {
            let segment = key_of_segment(segment);
            let entry = match &self.tree.node(current).kind {
                Kind::Mapping(_) => self.tree.get(current, &segment),
                Kind::Sequence(_) => segment
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| self.tree.entries(current).get(index)),
                Kind::Scalar(_) => None,
            };
            let Some(entry) = entry else { break };
            current = entry.value;
            found = Some(entry);
        }
        (current, found)
    }

    /// The keys that are known where an error says that one is not.
    fn known<'k>(&'k self, pointer: &str, error: &ValidationError<'_>) -> Vec<&'k str> {
        let Some(schema) = self.own else {
            return known_keys(pointer);
        };
        let keyword = error.schema_path().as_str();
        let group = keyword.rsplit_once('/').and_then(|(group, _)| schema.pointer(group));
        let keys = group.and_then(|group| group.get("properties")?.as_object());
        keys.map(|keys| keys.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }

    fn unknown_key(&self, pointer: &str, node: NodeId, key: &str, known: &[&str]) -> ShapeError {
        let entry = self.tree.get(node, key);
        let siblings: Vec<&str> = self.tree.entries(node).iter().map(|entry| entry.key.as_ref()).collect();
        let free = known.iter().copied().filter(|name| !siblings.contains(name));
        let suggestion = nearest(&key.to_lowercase(), free).map(str::to_string);
        let message = if suggestion.is_none() && !known.is_empty() {
            Phrase::unknown_key(key, known)
        } else {
            Phrase::new(mark("`{key}` is not known here{near}"))
                .with("key", key)
                .with_phrase("near", Phrase::did_you_mean(suggestion.as_deref()))
        };
        ShapeError {
            kind: ShapeKind::UnknownKey {
                suggestion,
                hint: self.comma_hint(node, entry),
            },
            key: key.to_string(),
            span: entry.map_or(self.tree.node(node).span, |entry| entry.key_span),
            pointer: format!("{pointer}/{}", segment_of_key(key)),
            node: entry.map(|entry| entry.value),
            message,
        }
    }

    /// `{reason: one, two}`: the comma began a new key without a value.
    fn comma_hint(&self, node: NodeId, entry: Option<&Entry<'_>>) -> Option<Phrase> {
        let entry = entry?;
        let without_value = self
            .tree
            .scalar(entry.value)
            .is_some_and(|scalar| scalar.kind == ScalarKind::Null && scalar.text.is_empty());
        let first = self
            .tree
            .entries(node)
            .first()
            .is_some_and(|first| first.key_span == entry.key_span);
        let began_a_key = without_value && entry.key.contains(' ') && !first;
        began_a_key.then(|| {
            Phrase::new(mark(
                "inside `{ }` a comma starts a new key: put the whole text in quotation marks",
            ))
        })
    }

    fn missing_key(&self, pointer: &str, node: NodeId, entry: Option<&Entry<'_>>, key: &str) -> ShapeError {
        let first = self.tree.entries(node).first();
        let span = first.map(|first| first.key_span).or(entry.map(|entry| {
            if entry.key_span.is_empty() {
                entry.use_span
            } else {
                entry.key_span
            }
        }));
        ShapeError {
            kind: ShapeKind::MissingKey,
            key: key.to_string(),
            span: span.unwrap_or(self.tree.node(node).span),
            pointer: pointer.to_string(),
            node: Some(node),
            message: Phrase::new(mark("`{key}` is missing here")).with("key", key),
        }
    }

    /// `None` where nothing is written: an absent value is a matter of presence, not of shape.
    fn wrong_value(
        &self,
        pointer: &str,
        node: NodeId,
        entry: Option<&Entry<'_>>,
        expected: Phrase,
    ) -> Option<ShapeError> {
        let scalar = self.tree.scalar(node);
        if scalar.is_some_and(|scalar| scalar.kind == ScalarKind::Null) {
            return None;
        }
        let key = pointer
            .rsplit('/')
            .find(|segment| segment.parse::<usize>().is_err() && !segment.is_empty())
            .map(key_of_segment);
        let found = self.words_for(node);
        let message = match &key {
            Some(key) => Phrase::new(mark("`{key}` must be {expected}, not {found}")).with("key", key),
            None => Phrase::new(mark("the document must be {expected}, not {found}")),
        };
        let message = message
            .with_phrase("expected", expected.clone())
            .with_phrase("found", found.clone());
        let hint = hint(pointer, &expected, scalar);
        let collection = scalar.is_none();
        let span = match entry {
            Some(entry) if collection && !entry.key_span.is_empty() => entry.key_span,
            Some(entry) if collection => self.tree.entries(node).first().map_or(entry.use_span, |first| {
                if first.key_span.is_empty() {
                    first.use_span
                } else {
                    first.key_span
                }
            }),
            Some(entry) => entry.use_span,
            None => self
                .tree
                .entries(node)
                .first()
                .map_or(self.tree.node(node).span, |first| {
                    if first.key_span.is_empty() {
                        first.use_span
                    } else {
                        first.key_span
                    }
                }),
        };
        Some(ShapeError {
            message,
            kind: ShapeKind::WrongValue { expected, found, hint },
            key: key.unwrap_or_else(|| "the document".to_string()),
            span,
            pointer: pointer.to_string(),
            node: Some(node),
        })
    }

    fn words_for(&self, node: NodeId) -> Phrase {
        match &self.tree.node(node).kind {
            Kind::Sequence(_) => Phrase::new(A_LIST),
            Kind::Mapping(_) => Phrase::new(A_GROUP),
            Kind::Scalar(scalar) => {
                let text = crate::descriptor::shorten(&scalar.text, 40);
                match scalar.kind {
                    ScalarKind::Null => Phrase::new(mark("nothing")),
                    ScalarKind::Bool(_) => Phrase::new(mark("`{text}` (true or false)")).with("text", text),
                    ScalarKind::Integer | ScalarKind::Float => {
                        Phrase::new(mark("the number {text}")).with("text", text)
                    }
                    ScalarKind::String => Phrase::new(mark("the text `{text}`")).with("text", text),
                }
            }
        }
    }
}

/// The errors of one branch of `anyOf` or `oneOf`.
type Branch = Vec<ValidationError<'static>>;

/// The branch whose outermost type is the one written; between several the one with the least to mend.
fn meant<'e>(branches: &'e [Branch], pointer: &str) -> Option<&'e Branch> {
    let fits = |branch: &&Branch| !branch.iter().any(|error| is_of_another_kind(error, pointer));
    branches.iter().filter(fits).min_by_key(|branch| effort(branch))
}

/// Whether an error says that the value at the pointer is not what the branch is about.
fn is_of_another_kind(error: &ValidationError<'_>, pointer: &str) -> bool {
    use ValidationErrorKind as E;
    error.instance_path().as_str() == pointer
        && match error.kind() {
            E::Type { .. } | E::Constant { .. } | E::Enum { .. } | E::FalseSchema => true,
            // Without its one key this is not a claim that something does not apply.
            E::Required { property } => property == "not_applicable",
            E::AnyOf { context } | E::OneOfNotValid { context } => meant(context, pointer).is_none(),
            _ => false,
        }
}

/// How much is to be mended under a branch.
fn effort(branch: &Branch) -> usize {
    use ValidationErrorKind as E;
    let cost = |error: &ValidationError<'_>| match error.kind() {
        E::AdditionalProperties { unexpected } => 2 * unexpected.len(),
        E::Required { .. } => 3,
        E::PropertyNames { .. } => 4,
        E::AnyOf { context } | E::OneOfNotValid { context } => {
            meant(context, error.instance_path().as_str()).map_or(1, effort)
        }
        _ => 1,
    };
    branch.iter().map(cost).sum()
}

/// The fields of the model at a pointer of a native descriptor.
fn fields_at(pointer: &str) -> Option<&'static Group> {
    fn group(shape: &'static Shape) -> Option<&'static Group> {
        match shape {
            Shape::Group(group) => Some(group),
            Shape::List { item, .. } | Shape::Table(item) => group(item),
            Shape::Choice(shapes) => shapes.iter().find_map(group),
            _ => None,
        }
    }
    let mut current = Some(model().root());
    // A unit has the keys of a description of its own.
    let pointer = match pointer.strip_prefix("/units/") {
        Some(inner) => inner.find('/').map_or("", |at| &inner[at..]),
        None => pointer,
    };
    for segment in pointer
        .split('/')
        .skip(1)
        .filter(|segment| segment.parse::<usize>().is_err())
    {
        current = current.and_then(|fields| {
            model()
                .key(segment)
                .and_then(|key| fields.field(key))
                .and_then(|(_, field)| group(&field.shape))
        });
    }
    current
}

/// Whether a key is one of those that belong to the group at a pointer.
pub(crate) fn belongs(pointer: &str, key: &str) -> bool {
    known_keys(pointer).contains(&key)
}

/// Keys that may stand at a pointer; for files that are no descriptors, none that fits.
fn known_keys(pointer: &str) -> Vec<&'static str> {
    fields_at(pointer)
        .map(|fields| fields.fields.iter().map(|field| model().name(field.key)).collect())
        .unwrap_or_default()
}

/// The key that an entry of the list at a pointer starts with, when a bare value will not do.
fn list_item_key(pointer: &str) -> Option<&'static str> {
    let fields = fields_at(pointer).filter(|fields| fields.shorthand.is_none())?;
    let names: Vec<&str> = fields.fields.iter().map(|field| model().name(field.key)).collect();
    names
        .iter()
        .copied()
        .find(|name| *name == "type")
        .or(names.first().copied())
}

/// What belongs at the pointer by any of the branches.
fn expected_of(branches: &[Branch], pointer: &str) -> Vec<Phrase> {
    let mut found: Vec<Phrase> = Vec::new();
    // `{not_applicable: …}` is a way to say something, not what somebody meant who wrote a wrong value.
    let meant = |error: &&ValidationError<'static>| {
        error.instance_path().as_str() == pointer
            && !error.schema_path().as_str().contains("not-applicable")
            && !error.evaluation_path().as_str().contains("not-applicable")
    };
    for error in branches.iter().flatten().filter(meant) {
        let phrases = match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                expected_of(context, pointer)
            }
            kind @ (ValidationErrorKind::Type { .. } | ValidationErrorKind::Constant { .. }) => expected(kind),
            _ => continue,
        };
        for phrase in phrases {
            if !found.contains(&phrase) {
                found.push(phrase);
            }
        }
    }
    // Text in several languages is a group of keys too; nobody who wrote a list meant that.
    if found.contains(&Phrase::new(TEXT)) {
        found.retain(|phrase| *phrase != Phrase::new(A_GROUP));
    }
    found.sort_by_key(|phrase| phrase.to_string().starts_with('`'));
    found
}

fn one_of(phrases: Vec<Phrase>) -> Phrase {
    Phrase::one_of(phrases).unwrap_or(Phrase::new(mark("something else")))
}

const A_LIST: &str = mark("a list");
const A_GROUP: &str = mark("a group of keys");
const TEXT: &str = mark("text");

/// What one error says belongs here; several where a type may be one of several.
fn expected(kind: &ValidationErrorKind) -> Vec<Phrase> {
    let phrase = match kind {
        ValidationErrorKind::Type {
            kind: TypeKind::Single(kind),
        } => Phrase::new(type_words(*kind)),
        ValidationErrorKind::Type {
            kind: TypeKind::Multiple(kinds),
        } => return kinds.iter().map(|kind| Phrase::new(type_words(kind))).collect(),
        ValidationErrorKind::Constant { expected_value } => {
            Phrase::new("`{value}`").with("value", plain(expected_value))
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let shown: Vec<String> = options
                .iter()
                .take(8)
                .map(|option| format!("`{}`", plain(option)))
                .collect();
            let more = if options.len() > 8 { ", …" } else { "" };
            Phrase::new(mark("one of {values}")).with("values", shown.join(", ") + more)
        }
        ValidationErrorKind::Pattern { pattern } if pattern == r"^\S*$" => Phrase::new(mark("one word without spaces")),
        ValidationErrorKind::Pattern { pattern } => {
            Phrase::new(mark("text of the form `{pattern}`")).with("pattern", pattern)
        }
        ValidationErrorKind::MinItems { limit } => Phrase::new(mark("a list of at least {limit}")).with("limit", limit),
        ValidationErrorKind::MaxItems { limit } => Phrase::new(mark("a list of at most {limit}")).with("limit", limit),
        ValidationErrorKind::Minimum { limit } => Phrase::new(mark("at least {limit}")).with("limit", limit),
        ValidationErrorKind::Maximum { limit } => Phrase::new(mark("at most {limit}")).with("limit", limit),
        ValidationErrorKind::MinLength { limit: 1 } => Phrase::new(mark("a text that is not empty")),
        ValidationErrorKind::UniqueItems => Phrase::new(mark("a list without repetitions")),
        _ => return Vec::new(),
    };
    vec![phrase]
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn type_words(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => A_LIST,
        JsonType::Boolean => mark("`true` or `false`"),
        JsonType::Integer => mark("a whole number"),
        JsonType::Null => mark("nothing"),
        JsonType::Number => mark("a number"),
        JsonType::Object => A_GROUP,
        JsonType::String => TEXT,
    }
}

/// A way out that depends on what was written.
fn hint(pointer: &str, expected: &Phrase, scalar: Option<&Scalar<'_>>) -> Phrase {
    let write = || Phrase::new(mark("write {expected}")).with_phrase("expected", expected.clone());
    let english = expected.to_string();
    let Some(scalar) = scalar else {
        return if english.starts_with(TEXT) {
            Phrase::new(mark("write one value, without a list or further keys"))
        } else if english.starts_with(A_LIST) {
            Phrase::new(mark(
                "put a dash and a space in front of the first key: each dash begins an entry",
            ))
        } else {
            write()
        };
    };
    let text = scalar.text.trim();
    if english.contains("number") {
        let digits: String = text.chars().filter(|c| !matches!(c, '_' | ' ' | '\'')).collect();
        let digits = digits.replace(',', ".");
        if crate::number::parse(&digits).is_some() {
            return Phrase::new(mark("write {number}, without quotation marks")).with("number", digits);
        }
        let leading: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if !leading.is_empty() && !text.contains(['-', '–', ':', '/']) {
            return Phrase::new(mark("write only the number, {number}; the key says the unit")).with("number", leading);
        }
        return Phrase::new(mark("write one number"));
    }
    if english.starts_with(TEXT) && scalar.kind != ScalarKind::String {
        return Phrase::new(mark("put it in quotation marks: \"{text}\"")).with("text", text);
    }
    if english.starts_with(A_GROUP) {
        let key = fields_at(pointer)
            .and_then(|fields| fields.fields.first())
            .map(|field| model().name(field.key));
        if let Some(key) = key {
            return Phrase::new(mark("put it under a key, such as `{key}: {text}`"))
                .with("key", key)
                .with("text", crate::descriptor::shorten(text, 30));
        }
    }
    if english.starts_with(A_LIST) {
        let key = list_item_key(pointer).map(|key| format!("{key}: ")).unwrap_or_default();
        return Phrase::new(mark("write it as a list, one entry a line: `- {entry}`"))
            .with("entry", format!("{key}{}", crate::descriptor::shorten(text, 30)));
    }
    write()
}

/// The tree as JSON, for files that are read into types.
pub fn to_json(tree: &Tree<'_>, node: NodeId) -> Value {
    Handle::At(tree, node).to_value().into_owned()
}

/// `jsonschema`'s view of a [`Tree`].
#[derive(Debug)]
pub struct TreeJson;

/// A node, or a key that is validated as text.
#[derive(Clone, Copy)]
pub enum Handle<'a> {
    /// A node of a tree.
    At(&'a Tree<'a>, NodeId),
    /// A key.
    Name(&'a str),
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

impl Json for TreeJson {
    type Node<'a> = Handle<'a>;
    type PreparedKey = String;
    type StringBuffer = String;

    /// Aliases that would make a node its own descendant are refused when the tree is built.
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(Handle<'_>) -> T) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(Handle::Name(buffer))
    }
}

/// A number as written.
#[derive(Debug)]
pub struct NumberText<'a>(&'a str);

impl NumberText<'_> {
    fn integer(&self) -> Option<i64> {
        let text = self.0.strip_prefix('+').unwrap_or(self.0);
        let based = |prefix: &str, radix| {
            text.strip_prefix(prefix)
                .and_then(|digits| i64::from_str_radix(digits, radix).ok())
        };
        text.parse().ok().or_else(|| based("0x", 16)).or_else(|| based("0o", 8))
    }

    fn float(&self) -> f64 {
        self.0.parse().unwrap_or(0.0)
    }
}

impl JsonNumber for NumberText<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.integer()
            .and_then(|number| u64::try_from(number).ok())
            .or_else(|| self.0.parse().ok())
    }

    fn as_i64(&self) -> Option<i64> {
        self.integer()
    }

    fn as_f64(&self) -> Option<f64> {
        self.integer()
            .map(|number| number as f64)
            .or_else(|| Some(self.float()))
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_number().to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        let float = || serde_json::Number::from_f64(self.float()).unwrap_or_else(|| 0.into());
        Cow::Owned(self.integer().map_or_else(float, Into::into))
    }

    fn is_integer(&self) -> bool {
        self.integer().is_some() || self.0.bytes().all(|c| c.is_ascii_digit()) || self.float().fract() == 0.0
    }
}

impl<'a> Handle<'a> {
    fn scalar(&self) -> Option<&'a Scalar<'a>> {
        match *self {
            Handle::At(tree, id) => tree.scalar(id),
            Handle::Name(_) => None,
        }
    }

    fn collection(&self, wanted: JsonType) -> Option<Entries<'a>> {
        let Handle::At(tree, id) = *self else { return None };
        (self.json_type() == wanted).then_some(Entries {
            tree,
            entries: tree.entries(id),
        })
    }
}

fn is_finite(scalar: &Scalar<'_>) -> bool {
    !scalar.text.ends_with(|c: char| c.is_ascii_alphabetic()) || scalar.text.starts_with("0x")
}

impl<'a> JsonNode<'a, TreeJson> for Handle<'a> {
    type Object = Entries<'a>;
    type Array = Entries<'a>;
    type Number = NumberText<'a>;

    fn as_object(&self) -> Option<Entries<'a>> {
        self.collection(JsonType::Object)
    }

    fn as_array(&self) -> Option<Entries<'a>> {
        self.collection(JsonType::Array)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match *self {
            Handle::Name(name) => Some(Cow::Borrowed(name)),
            Handle::At(..) => {
                let scalar = self.scalar()?;
                (scalar.kind == ScalarKind::String).then_some(Cow::Borrowed(scalar.text.as_ref()))
            }
        }
    }

    fn as_number(&self) -> Option<NumberText<'a>> {
        let scalar = self.scalar()?;
        let number = matches!(scalar.kind, ScalarKind::Integer | ScalarKind::Float) && is_finite(scalar);
        number.then_some(NumberText(scalar.text.as_ref()))
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.scalar()?.kind {
            ScalarKind::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn json_type(&self) -> JsonType {
        let Handle::At(tree, id) = *self else {
            return JsonType::String;
        };
        match &tree.node(id).kind {
            Kind::Sequence(_) => JsonType::Array,
            Kind::Mapping(_) => JsonType::Object,
            Kind::Scalar(scalar) => match scalar.kind {
                ScalarKind::Null => JsonType::Null,
                ScalarKind::Bool(_) => JsonType::Boolean,
                ScalarKind::String => JsonType::String,
                ScalarKind::Integer | ScalarKind::Float if is_finite(scalar) => JsonType::Number,
                ScalarKind::Integer | ScalarKind::Float => JsonType::Null,
            },
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.as_string(), expected) {
            (Some(text), Value::String(wanted)) => text == *wanted,
            (Some(_), _) => false,
            _ => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        let (tree, id) = match *self {
            Handle::Name(name) => return Cow::Owned(Value::String(name.to_string())),
            Handle::At(tree, id) => (tree, id),
        };
        let inner = |entry: &Entry<'_>| Handle::At(tree, entry.value).to_value().into_owned();
        Cow::Owned(match &tree.node(id).kind {
            Kind::Sequence(_) => Value::Array(tree.entries(id).iter().map(inner).collect()),
            Kind::Mapping(_) => {
                let mut rows = serde_json::Map::new();
                for entry in tree.entries(id) {
                    // Of a repeated key the first value counts.
                    if !rows.contains_key(entry.key.as_ref()) {
                        rows.insert(entry.key.to_string(), inner(entry));
                    }
                }
                Value::Object(rows)
            }
            Kind::Scalar(scalar) => match scalar.kind {
                ScalarKind::Null => Value::Null,
                ScalarKind::Bool(flag) => Value::Bool(flag),
                ScalarKind::String => Value::String(scalar.text.to_string()),
                ScalarKind::Integer | ScalarKind::Float => self
                    .as_number()
                    .map_or(Value::Null, |number| Value::Number(number.to_number().into_owned())),
            },
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(match self {
            Handle::At(tree, id) => NodeIdentity::tagged(std::ptr::from_ref::<Tree<'a>>(tree) as usize, id.index()),
            Handle::Name(name) => NodeIdentity::tagged(name.as_ptr() as usize, u32::MAX),
        })
    }
}

/// The entries of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a> {
    tree: &'a Tree<'a>,
    entries: &'a [Entry<'a>],
}

impl<'a> Object<'a, TreeJson> for Entries<'a> {
    type Node = Handle<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, key: &String) -> Option<Handle<'a>> {
        self.entries
            .iter()
            .find(|entry| entry.key == *key)
            .map(|entry| Handle::At(self.tree, entry.value))
    }

    fn members(&self) -> Members<'a> {
        Members {
            tree: self.tree,
            entries: self.entries.iter(),
        }
    }
}

impl<'a> Array<'a, TreeJson> for Entries<'a> {
    type Node = Handle<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn elements(&self) -> Elements<'a> {
        Elements(Members {
            tree: self.tree,
            entries: self.entries.iter(),
        })
    }
}

/// Keys and values of a mapping.
#[derive(Debug)]
pub struct Members<'a> {
    tree: &'a Tree<'a>,
    entries: std::slice::Iter<'a, Entry<'a>>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Handle<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries
            .next()
            .map(|entry| (entry.key.as_ref(), Handle::At(self.tree, entry.value)))
    }
}

/// Items of a sequence.
#[derive(Debug)]
pub struct Elements<'a>(Members<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Handle<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(_, node)| node)
    }
}
