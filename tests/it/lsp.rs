//! The language server: what reads a text in any state, and a client that drives the real process.

use std::path::Path;

use credlint::lsp::keys::Place;
use credlint::lsp::outline::{Outline, Step};
use credlint::lsp::position::{Encoding, Text};
use credlint::tree::{self, Kind, Tree};
use proptest::prelude::*;

use crate::proofs::{PROGRAM, prove, python};
use crate::{file, root};

/// `/a/0/b` for a path.
fn pointer(path: &[Step]) -> String {
    let segment = |step: &Step| match step {
        Step::Key(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Item(number) => format!("/{number}"),
    };
    path.iter().map(segment).collect()
}

/// Pointer and place of every key that the tree has.
fn keys_of_trees(trees: &[Tree<'_>]) -> Vec<(String, u32, u32)> {
    let mut found = Vec::new();
    for tree in trees {
        for node in tree.root.into_iter().flat_map(|root| all_below(tree, root)) {
            found.push(node);
        }
    }
    found.sort_by_key(|(_, start, _)| *start);
    found
}

fn all_below(tree: &Tree<'_>, node: tree::NodeId) -> Vec<(String, u32, u32)> {
    let mut found = Vec::new();
    for entry in tree.entries(node) {
        if matches!(tree.node(node).kind, Kind::Mapping(_)) {
            let path = format!(
                "{}/{}",
                tree.pointer(node),
                entry.key.replace('~', "~0").replace('/', "~1")
            );
            found.push((path, entry.key_span.start, entry.key_span.end));
        }
        found.extend(all_below(tree, entry.value));
    }
    found
}

fn keys_of_outline(outline: &Outline) -> Vec<(String, u32, u32)> {
    let named = outline.entries.iter().enumerate();
    let keys = named.filter(|(_, entry)| matches!(entry.step, Some(Step::Key(_))));
    keys.map(|(index, entry)| (pointer(&outline.path(Some(index))), entry.key.start, entry.key.end))
        .collect()
}

/// Files that people wrote: descriptors, rules, vocabularies, schemas.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for folder in ["fixtures", "seeds", "rules", "schemas", "tests/proofs/descriptors"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
            let path = entry.expect("a readable folder").into_path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if !["yaml", "json", "jsonld"].contains(&kind) {
                continue;
            }
            if let Ok(text) = std::fs::read_to_string(&path) {
                let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
                texts.push((name, text));
            }
        }
    }
    texts
}

/// Anchors, merge keys, keys that stand twice and strings in brackets over several lines are read by the tree in ways that
/// a reader of lines does not know; a text without them has the same keys at the same places.
#[test]
fn the_outline_agrees_with_the_tree() {
    let (mut compared, mut keys) = (0, 0);
    for (name, text) in texts() {
        let trees = tree::parse(&text);
        let is_plain = trees.iter().all(|tree| tree.problems.is_empty()) && !text.contains(['*', '&', '?', '\t']);
        if !is_plain {
            continue;
        }
        let (wanted, found) = (keys_of_trees(&trees), keys_of_outline(&Outline::of(&text)));
        let first = wanted.iter().zip(&found).find(|(wanted, found)| wanted != found);
        assert!(first.is_none(), "{name}: {first:?}");
        assert_eq!(wanted.len(), found.len(), "{name}: {:?}", wanted.last());
        compared += 1;
        keys += wanted.len();
    }
    println!("{keys} keys of {compared} files");
    assert!(compared > 500 && keys > 10_000, "{compared} files, {keys} keys");
}

/// The paths of what could be typed where `|` stands: of the mapping, and of the value.
fn typed(text: &str) -> (Option<String>, Option<String>) {
    let at = text.find('|').expect("a cursor");
    let text = text.replacen('|', "", 1);
    let cursor = Outline::of(&text).cursor(&text, at);
    let path = |path: Option<Vec<Step>>| path.map(|path| pointer(&path));
    cursor.map_or((None, None), |cursor| (path(cursor.keys), path(cursor.value)))
}

#[test]
fn the_cursor_knows_where_it_stands() {
    let key = |path: &str| (Some(path.to_string()), None);
    let value = |path: &str| (None, Some(path.to_string()));
    let both = |keys: &str, value: &str| (Some(keys.to_string()), Some(value.to_string()));
    let nowhere = (None, None);
    for (text, wanted) in [
        ("|", key("")),
        ("lev|", both("", "")),
        ("lev|el: 4", key("")),
        ("level: |", value("/level")),
        ("level:|", value("/level")),
        ("level: |# none yet", value("/level")),
        ("level: # none y|et", nowhere.clone()),
        ("level:\n  eqf|", both("/level", "/level")),
        ("level:\n  |", key("/level")),
        ("level:\n  eqf: 4\n  |\ntitle: x", key("/level")),
        ("level:\r\n  eqf: 4\r\n  |\r\ntitle: x", key("/level")),
        ("level:\n  eqf: 4\n|", key("")),
        ("level: {eqf: |}", value("/level/eqf")),
        ("level: {eqf: 4|}", value("/level/eqf")),
        ("level: {|}", key("/level")),
        ("level: {eqf: 4, |\ntitle: x", key("/level")),
        ("level: {eqf: 4, n|", key("/level")),
        ("level: {eqf: 4} |", nowhere.clone()),
        ("assessment:\n  - |", both("/assessment/0", "/assessment/0")),
        ("assessment:\n  - type: quiz\n    |", key("/assessment/0")),
        (
            "assessment:\n  - type: quiz\n  - ty|",
            both("/assessment/1", "/assessment/1"),
        ),
        ("assessment:\n- type: quiz\n- type: |", value("/assessment/1/type")),
        ("assessment:\n  - type: quiz\n  |", key("/assessment/1")),
        ("x:\n  - - a\n    - |", both("/x/0/1", "/x/0/1")),
        ("mode: [online, |]", value("/mode/1")),
        ("text: >\n  lev|\nx: 1", nowhere.clone()),
        ("text: |".replace('|', "\u{1}|").as_str(), value("/text")),
        ("text: \"a\n  b|\"\nx: 1", nowhere.clone()),
        ("text: \"never closed|\nx: 1", value("/text")),
        ("a: 1\n---\nb:\n  |", key("/b")),
        ("\u{FEFF}|", key("")),
        ("- descriptor: x\n  level:\n    |", key("/0/level")),
        ("{\"level\": {\"eqf\": |", value("/level/eqf")),
        ("{\"level\": {\"eq|", key("/level")),
        ("{\n  \"level\": 4,\n  |\n}", key("")),
    ] {
        assert_eq!(typed(text), wanted, "{text:?}");
    }
}

/// Every key of the schema can be looked up by the path under which the exemplary descriptor writes it.
#[test]
fn every_key_of_the_exemplary_descriptor_has_a_place() {
    let text = file("fixtures/corpus/exemplary.yaml");
    let outline = Outline::of(&text);
    let mut known = 0;
    for index in 0..outline.entries.len() {
        let path = outline.path(Some(index));
        let is_free = pointer(&path).contains("/x-") || pointer(&path).starts_with("/practice/");
        if !is_free {
            assert!(Place::at(&path).is_some(), "{}", pointer(&path));
            known += 1;
        }
    }
    assert!(known > 100, "{known}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is typed, cut off or put in the middle, every place can be asked about.
    #[test]
    fn no_text_is_too_broken(
        cut in 0usize..3000,
        at in 0usize..3000,
        put in r#"[-:{}\[\]"'|>&*!?#,%@` \ta-cé𐐀\r\n]{0,12}"#,
    ) {
        let mut text = file("fixtures/corpus/faulty.yaml");
        let boundary = |text: &str, mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        text.truncate(boundary(&text, cut));
        text.insert_str(boundary(&text, at), &put);
        let outline = Outline::of(&text);
        let lines = Text::new(text.clone(), Encoding::Utf16);
        for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let position = lines.position(offset);
            prop_assert!(lines.offset(position) <= offset);
            if let Some(cursor) = outline.cursor(&text, offset) {
                let token = cursor.token.range();
                prop_assert!(text.get(token.clone()).is_some() && token.start <= offset && offset <= token.end);
            }
        }
        for (index, entry) in outline.entries.iter().enumerate() {
            prop_assert!(entry.parent.is_none_or(|parent| parent < index));
            prop_assert!(entry.end <= text.len() && entry.key.start as usize <= entry.end.max(entry.key.end as usize));
            prop_assert!(text.get(entry.key.range()).is_some());
        }
    }
}

/// A client drives the process: every state of a file on the way, and everything that can be asked.
#[test]
fn an_editor_is_served() {
    let Some(python) = python("json") else { return };
    let said = prove(&python, "lsp.py", &[Path::new(PROGRAM), &root()]);
    assert_eq!(said.matches("ok: ").count(), 11, "{said}");
}
