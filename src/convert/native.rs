//! Facts → our own format. Everything that was read can be said here; what stands elsewhere in the file of origin is kept
//! under `extra`.

use serde_json::{Map, Value as Json};

use super::{At, Reading, json_number};
use crate::descriptor::Value;
use crate::descriptor::model::Shape;

pub(super) fn write(reading: &Reading<'_>) -> Json {
    let mut document = Map::new();
    document.insert("descriptor".to_string(), "micro-credential/1".into());
    if let Json::Object(rows) = value(reading.root()) {
        document.extend(rows.into_iter().filter(|(key, _)| key != "descriptor"));
    }
    Json::Object(document)
}

fn value(at: At<'_>) -> Json {
    match at.value() {
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
        Value::Opaque | Value::Blank(_) => Json::Null,
    }
}
