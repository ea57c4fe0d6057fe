//! Text → tree: right values at right places, and every oddity of YAML that must not catch us.

use credlint::source::Source;
use credlint::tree::{Ambiguity, ProblemKind, ScalarKind, Tree, parse};

fn value<'a>(tree: &'a Tree<'_>, pointer: &str) -> (&'a str, ScalarKind) {
    let entry = tree.at(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let scalar = tree.scalar(entry.value).expect("a scalar");
    (&scalar.text, scalar.kind)
}

fn place(text: &str, pointer: &str) -> (String, String) {
    let trees = parse(text);
    let entry = trees[0].at(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    let source = Source::new("x", text.to_string());
    let show = |span: credlint::source::Span| {
        let at = source.position(span.start);
        format!("{}:{} {}", at.line, at.column, span.slice(text))
    };
    (show(entry.key_span), show(entry.use_span))
}

#[test]
fn block_and_flow_style_have_spans_for_keys_and_values() {
    let text = "a: 1\nb:\n  - {c: x, \"d\": 'y z'}\n  - [p, q]\n";
    assert_eq!(place(text, "/a"), ("1:1 a".into(), "1:4 1".into()));
    assert_eq!(place(text, "/b/0/c"), ("3:6 c".into(), "3:9 x".into()));
    assert_eq!(place(text, "/b/0/d"), ("3:12 \"d\"".into(), "3:17 'y z'".into()));
    assert_eq!(place(text, "/b/1/1").1, "4:9 q");
    assert_eq!(
        parse(text)[0].pointer(parse(text)[0].at("/b/1/1").expect("q").value),
        "/b/1/1"
    );
}

#[test]
fn block_scalars_keep_their_text_and_their_place() {
    let text = "a: |\n  one\n  two\nb: >-\n  folded\n  text\nc: x\n";
    let trees = parse(text);
    assert_eq!(value(&trees[0], "/a").0, "one\ntwo\n");
    assert_eq!(value(&trees[0], "/b").0, "folded text");
    assert_eq!(place(text, "/a").1, "2:3 one\n  two");
    assert_eq!(place(text, "/c").0, "7:1 c");
}

#[test]
fn non_ascii_columns_count_characters() {
    let text = "título: Formação\nx: {ä: ö, b: c}\n";
    assert_eq!(place(text, "/título"), ("1:1 título".into(), "1:9 Formação".into()));
    assert_eq!(place(text, "/x/b"), ("2:11 b".into(), "2:14 c".into()));
}

#[test]
fn a_byte_order_mark_and_crlf_do_not_move_anything() {
    let text = "\u{FEFF}a: 1\r\nb:\r\n  - c: x\r\n";
    assert_eq!(place(text, "/a"), ("1:1 a".into(), "1:4 1".into()));
    assert_eq!(place(text, "/b/0/c"), ("3:5 c".into(), "3:8 x".into()));
    assert_eq!(value(&parse(text)[0], "/b/0/c").0, "x");
}

#[test]
fn an_indentless_list_starts_at_its_dash() {
    assert_eq!(place("a:\n- x\n- y\n", "/a").1, "2:1 - x\n- y");
}

#[test]
fn a_key_without_a_value_stands_behind_its_key() {
    let text = "a:\nb: ~\n";
    let trees = parse(text);
    assert_eq!(value(&trees[0], "/a").1, ScalarKind::Null);
    assert_eq!(trees[0].at("/a").expect("a").use_span.start, 1);
    assert_eq!(value(&trees[0], "/b").1, ScalarKind::Null);
}

#[test]
fn what_yaml_1_1_reads_otherwise_is_kept_as_written() {
    let cases = [
        ("NO", ScalarKind::String, Some(Ambiguity::Boolean)),
        ("yes", ScalarKind::String, Some(Ambiguity::Boolean)),
        ("0716", ScalarKind::Integer, Some(Ambiguity::LeadingZero)),
        ("1_000", ScalarKind::String, Some(Ambiguity::Underscore)),
        ("12:30", ScalarKind::String, Some(Ambiguity::Sexagesimal)),
        ("2026-02-30", ScalarKind::String, Some(Ambiguity::Date)),
        ("true", ScalarKind::Bool(true), None),
        ("7.5", ScalarKind::Float, None),
        ("1e3", ScalarKind::Float, None),
        ("0o17", ScalarKind::Integer, None),
        ("-.5", ScalarKind::Float, None),
        ("1.2.3", ScalarKind::String, None),
        ("\"NO\"", ScalarKind::String, None),
        ("'0716'", ScalarKind::String, None),
    ];
    for (written, kind, ambiguity) in cases {
        let text = format!("a: {written}\n");
        let trees = parse(&text);
        let scalar = trees[0].scalar(trees[0].at("/a").expect("a").value).expect("a scalar");
        assert_eq!((scalar.kind, scalar.ambiguity), (kind, ambiguity), "{written}");
        assert_eq!(scalar.text, written.trim_matches(['"', '\'']), "{written}");
    }
}

#[test]
fn anchors_aliases_and_merge_keys_have_their_values() {
    let text = "base: &b {country: ES, name: X}\nuse: *b\nmore:\n  <<: *b\n  name: Y\n";
    let trees = parse(text);
    assert_eq!(value(&trees[0], "/use/country").0, "ES");
    assert_eq!(value(&trees[0], "/more/country").0, "ES");
    assert_eq!(value(&trees[0], "/more/name").0, "Y");
    assert!(trees[0].problems.is_empty());
}

#[test]
fn documents_of_a_stream_are_apart() {
    let trees = parse("a: 1\n---\na: 2\n...\n---\na: 3\n");
    assert_eq!(trees.len(), 3);
    assert_eq!(value(&trees[2], "/a").0, "3");
}

#[test]
fn a_later_document_survives_a_broken_one() {
    let trees = parse("a: [1\n---\na: 2\n");
    assert!(trees[0].root.is_none() && trees[0].problems.iter().any(|problem| problem.kind.is_fatal()));
    assert_eq!(value(trees.last().expect("a second"), "/a").0, "2");
}

#[test]
fn duplicate_keys_show_both_places_and_the_first_counts() {
    let text = "a: 1\nb: 2\na: 3\n";
    let trees = parse(text);
    let problem = &trees[0].problems[0];
    assert_eq!(problem.kind, ProblemKind::DuplicateKey("a".into()));
    assert_eq!(
        (problem.span.start, problem.related.map(|span| span.start)),
        (10, Some(0))
    );
    assert_eq!(value(&trees[0], "/a").0, "1");
}

#[test]
fn a_tab_in_the_indentation_is_named() {
    let trees = parse("a:\n\tb: 1\n");
    let ProblemKind::Syntax(message, help) = &trees[0].problems[0].kind else {
        panic!("{:?}", trees[0].problems)
    };
    assert!(message.to_string().contains("tab"), "{message}");
    assert!(help.contains("spaces"), "{help}");
}

#[test]
fn json_takes_the_same_road() {
    let text = "{\n\t\"a\":{\"b\":[1,\"\\u00e9\\n\",null]},\"c\":true}";
    let trees = parse(text);
    assert!(trees[0].problems.is_empty(), "{:?}", trees[0].problems);
    assert_eq!(value(&trees[0], "/a/b/1").0, "é\n");
    assert_eq!(value(&trees[0], "/a/b/2").1, ScalarKind::Null);
    assert_eq!(place(text, "/a/b/0").1, "2:12 1");
}

#[test]
fn json_with_a_key_of_two_thousand_characters_is_read() {
    let text = format!("{{\"{}\": 1}}", "k".repeat(2000));
    let trees = parse(&text);
    assert!(trees[0].problems.is_empty(), "{:?}", trees[0].problems);
}

#[test]
fn an_empty_text_is_one_empty_document() {
    for text in ["", "\n\n", "# only a comment\n"] {
        let trees = parse(text);
        assert_eq!(trees.len(), 1, "{text:?}");
        assert!(trees[0].root.is_none(), "{text:?}");
    }
}
