//! What a reader of LOQ did not understand, put back into a document of that format: under a key that is free, and only
//! where it is certain of what it was said.

use serde_json::{Map, Value as Json};

use super::super::{ElmVersion, Unread, put};
use super::loq;
use crate::descriptor::native::is_language_tag;
use crate::tree::key_of_segment;

/// Whether it went back. The terms of the file that it came from are not ours, so every key of it must be a known one.
pub(in super::super) fn put_back_loq(document: &mut Json, unread: &Unread) -> bool {
    let mut steps = unread.pointer.split('/').skip(1);
    let (Some(key), None) = (steps.next(), steps.next()) else {
        return false;
    };
    let (Some((key, texts)), Some(value)) = (loq::known(&key_of_segment(key)), renamed(&unread.value)) else {
        return false;
    };
    if texts != is_texts(&value) || !put(&mut document["@graph"][0], key, value) {
        return false;
    }
    let nodes = document["@graph"].as_array().cloned().unwrap_or_default();
    let newer = document["@context"]["elm"]
        .as_str()
        .is_some_and(|iri| iri.ends_with("/ontology/"));
    let version = if newer { ElmVersion::V3_3 } else { ElmVersion::V3_2 };
    document["@context"] = loq::context(&nodes, version);
    true
}

/// The same with the names of the model; nothing where a key is not known.
fn renamed(value: &Json) -> Option<Json> {
    match value {
        Json::Array(items) => items.iter().map(renamed).collect::<Option<Vec<_>>>().map(Json::Array),
        Json::Object(rows) if is_texts(value) => Some(Json::Object(rows.clone())),
        Json::Object(rows) => {
            let mut named = Map::new();
            for (key, value) in rows {
                let own = key.strip_prefix('@').unwrap_or(key);
                match own {
                    "id" => named.insert(own.to_string(), value.clone()),
                    "type" => named.insert(own.to_string(), local(value.as_str()?).into()),
                    _ => named.insert(loq::known(key)?.0.to_string(), renamed(value)?),
                };
            }
            Some(Json::Object(named))
        }
        leaf => Some(leaf.clone()),
    }
}

/// Text by language.
fn is_texts(value: &Json) -> bool {
    let rows = value.as_object();
    // `id` is Indonesian, and alone it is the name of a node.
    let tags = |rows: &Map<String, Json>| {
        rows.keys()
            .all(|key| is_language_tag(key) && (key != "id" || rows.len() > 1))
    };
    rows.is_some_and(|rows| !rows.is_empty() && tags(rows))
}

fn local(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}
