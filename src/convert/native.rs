//! Facts → our own format. Everything that was read can be said here; what stands elsewhere in the file of origin is kept
//! under `extra`.

use serde_json::{Map, Value as Json, json};

use super::{At, Imported, Reading, json_number};
use crate::descriptor::Value;
use crate::descriptor::model::Shape;
use crate::source::Span;
use crate::tree::Tree;

pub(super) fn write(reading: &Reading<'_>, imported: &Imported) -> Json {
    let mut document = Map::new();
    document.insert("descriptor".to_string(), "micro-credential/1".into());
    // What only an issued credential states has no key here; it is left alone, and listed.
    let ours = reading.root().children().into_iter().filter(|(key, _)| key != "issued");
    let rows = ours.map(|(key, at)| (key, value(at)));
    document.extend(rows.filter(|(key, value)| key != "descriptor" && !value.is_null()));
    if !imported.format.is_empty() && !imported.rest.is_empty() {
        let rest = imported.rest.iter().map(|rest| match &rest.of {
            Some(of) => json!({ "pointer": rest.pointer, "of": of, "value": rest.value }),
            None => json!({ "pointer": rest.pointer, "value": rest.value }),
        });
        document.insert("extra".to_string(), rest.collect());
    }
    if !imported.format.is_empty() {
        let origin = json!({ "format": imported.format, "file": imported.file, "sha256": imported.sha256 });
        document.insert("imported_from".to_string(), origin);
    }
    Json::Object(document)
}

/// The document as YAML that every reader takes alike: what a YAML 1.1 reader would take for something else is quoted.
pub fn yaml(document: &Json) -> String {
    let text = serde_yaml::to_string(document).unwrap_or_default();
    let trees = crate::tree::parse(&text);
    let mut plain: Vec<Span> = trees.iter().flat_map(Tree::ambiguous).collect();
    plain.sort_unstable();
    let mut out = text.clone();
    for span in plain
        .iter()
        .rev()
        .filter(|span| !span.slice(&text).starts_with(['"', '\'']))
    {
        out.replace_range(span.range(), &format!("\"{}\"", span.slice(&text)));
    }
    out
}

pub(super) fn value(at: At<'_>) -> Json {
    match at.value() {
        Value::Group if at.bare().is_some() => at.bare().map_or(Json::Null, value),
        Value::Group | Value::Texts => {
            let rows = at.children().into_iter().map(|(key, child)| (key, value(child)));
            Json::Object(rows.filter(|(_, value)| !value.is_null()).collect())
        }
        Value::List => Json::Array(at.items().into_iter().map(value).collect()),
        Value::Number(_) => at.number().map_or(Json::Null, json_number),
        Value::Flag(_) => at.flag().into(),
        Value::DeclaredNone => {
            at.take_all();
            "none".into()
        }
        Value::NotApplicable(reason) => {
            at.take_all();
            serde_json::json!({ "not_applicable": reason })
        }
        // A code is written by its slug, which a person can read.
        Value::Text(_) if matches!(at.shape(), Some(Shape::Code(_))) => {
            at.code().map_or(Json::Null, |code| code.slug().into())
        }
        Value::Text(_) | Value::Unreadable(_) => at.line().map_or(Json::Null, Json::from),
        Value::Opaque => at.json().unwrap_or(Json::Null),
        Value::Blank(_) => Json::Null,
    }
}
