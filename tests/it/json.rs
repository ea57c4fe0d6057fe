//! The JSON road gives what the YAML road gives, value and span, or nothing.

use credlint::tree::{Kind, NodeId, Tree, json, parse_fully};
use proptest::prelude::*;

use crate::shared;

/// Everything that a tree says, in one comparable text.
fn told(tree: &Tree<'_>) -> String {
    fn node(tree: &Tree<'_>, id: NodeId, out: &mut String) {
        let own = tree.node(id);
        match &own.kind {
            Kind::Scalar(scalar) => out.push_str(&format!("{:?}@{:?}", scalar, own.span)),
            Kind::Sequence(_) | Kind::Mapping(_) => {
                out.push_str(&format!("{}@{:?}(", matches!(own.kind, Kind::Mapping(_)), own.span));
                for entry in tree.entries(id) {
                    out.push_str(&format!("{:?}@{:?}/{:?}:", entry.key, entry.key_span, entry.use_span));
                    node(tree, entry.value, out);
                    out.push(',');
                }
                out.push(')');
            }
        }
    }
    let mut out = format!("{} {:?} ", tree.start, tree.problems);
    if let Some(root) = tree.root {
        node(tree, root, &mut out);
    }
    out
}

/// Whether the JSON road took it; what it gives is compared.
fn agrees(text: &str) -> bool {
    let Some(quick) = json::parse(text) else { return false };
    let slow = parse_fully(text);
    assert_eq!(slow.len(), 1, "{text}");
    assert_eq!(told(&quick), told(&slow[0]), "{text}");
    true
}

#[test]
fn both_roads_agree_on_what_people_write() {
    for text in [
        "{}",
        "[]",
        " { \"a\" : [ 1 , -0.5 , 1e3 , true , false , null , \"x\" ] } \n",
        "\u{FEFF}{\"a\": \"b\"}",
        "{\"a\": {\"b\": {\"c\": []}}, \"a\": 2}",
        "{\"\": \"\", \"0716\": \"0716\", \"NO\": \"NO\", \"1_000\": 12}",
        "{\"e\": \"\\u00e9\\n\\t\\\\\\\"\\/\\ud83d\\ude00\", \"ñ\": \"ü – “x”\"}",
        "[[[[1]]]]\r\n",
    ] {
        assert!(agrees(text), "{text}");
    }
}

/// What is not strict JSON goes the long way, where it gets its finding.
#[test]
fn what_is_not_json_is_left_to_the_yaml_road() {
    let deep = "[".repeat(101) + &"]".repeat(101);
    for text in [
        "",
        "a: b",
        "{a: 1}",
        "{\"a\": 1,}",
        "{\"a\": 01}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": NaN}",
        "{'a': 1}",
        "{\"a\": 1} {\"b\": 2}",
        "{\"a\": 1} # no",
        "{\"a\" 1}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": \"line\nbreak\"}",
        "{\"a\": \"open",
        "{\"a\": \"open\\",
        "[1, 2",
        &deep,
    ] {
        assert!(json::parse(text).is_none(), "{text}");
    }
}

#[test]
fn both_roads_agree_on_the_corpora() {
    let Some(folder) = shared("corpora") else { return };
    let mut taken = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        let is_json = entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "json" || extension == "jsonld");
        if let (true, Ok(text)) = (is_json, std::fs::read_to_string(entry.path())) {
            taken += usize::from(agrees(&text));
        }
    }
    assert!(taken > 240, "{taken}");
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        "[a-zA-Z0-9 _:#äñ–\"\\\\/\n-]{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z_: ]{0,6}", inner, 0..6)
                .prop_map(|rows| serde_json::Value::Object(rows.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn both_roads_agree_on_generated_documents(value in prop::collection::vec(value(), 0..4), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        prop_assert!(agrees(&text.expect("JSON")));
    }

    #[test]
    fn a_damaged_document_is_read_alike_or_not_at_all(value in value(), at in any::<prop::sample::Index>(), byte in 0x20u8..0x7F) {
        let mut text = serde_json::to_string(&value).expect("JSON").into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(text) = String::from_utf8(text) {
            let _ = agrees(&text);
        }
    }
}
