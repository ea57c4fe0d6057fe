//! `credlint new`: what it writes can be filled in, and `check` answers only with what is still empty.

use credlint::language::Language;
use credlint::lint::{Options, Practice, Presence, lint_source};
use credlint::outline::{Wanted, write};
use credlint::rule::set::{RuleSet, profile_names};
use credlint::source::Source;
use serde_json::{Value as Json, json};

use crate::cli::{Scratch, code, err, out, run_in};
use crate::{file, options, root, shared};

fn fresh(set: &RuleSet, language: Language) -> String {
    let wanted = Wanted {
        language,
        ..Wanted::default()
    };
    write(set, &json!({}), wanted)
}

fn lint(set: &RuleSet, text: &str) -> Practice {
    let source = std::sync::Arc::new(Source::new("new.yaml", text.to_string()));
    let own = Options { ..options() };
    let mut practices = lint_source(set, &own, &source, Presence::Named);
    assert_eq!(practices.len(), 1, "one document");
    practices.remove(0)
}

/// The line of a finding, and what it says, in short.
fn said(set: &RuleSet, practice: &Practice, text: &str) -> Vec<(String, String)> {
    let findings = practice.findings.iter().map(|finding| {
        let line = practice.source().position(finding.primary.span.start).line as usize;
        let line = text.lines().nth(line - 1).unwrap_or_default().to_string();
        (set.rules[finding.rule].id.clone(), line)
    });
    findings.collect()
}

/// A key that stands there and has no value: `title:`, `- name:`.
fn is_empty_key(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches("- ");
    key.strip_suffix(':')
        .is_some_and(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

#[test]
fn a_fresh_file_lacks_only_what_is_to_be_filled_in() {
    for profile in profile_names() {
        let set = crate::set(profile);
        for language in Language::all() {
            for minimal in [false, true] {
                let wanted = Wanted {
                    language,
                    minimal,
                    ..Wanted::default()
                };
                let text = write(set, &json!({}), wanted);
                let practice = lint(set, &text);
                for (rule, line) in said(set, &practice, &text) {
                    // In few words, what is optional has no key that could be pointed at.
                    let optional = minimal && rule.ends_with("missing");
                    let presence = rule.ends_with("missing") || rule.ends_with("incomplete");
                    assert!(
                        presence && (optional || is_empty_key(&line)),
                        "{profile} {}: {rule} at `{line}`",
                        language.code()
                    );
                }
                if profile == "eu" {
                    let errors = practice
                        .findings
                        .iter()
                        .filter(|own| own.level == credlint::rule::Level::Error);
                    assert_eq!(errors.count(), 8, "the elements that every description has to state");
                }
            }
        }
    }
}

/// The keys and lists of two languages are the same; only remarks differ.
#[test]
fn only_remarks_are_translated() {
    let set = crate::set("eu");
    let keys = |language| {
        let text = fresh(set, language);
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("# ") && line.trim_start() != "#");
        lines.map(str::to_string).collect::<Vec<_>>()
    };
    let english = keys(Language::ENGLISH);
    for language in Language::all().skip(1) {
        assert_eq!(english, keys(language), "{}", language.code());
        let text = fresh(set, language);
        for english in ["What the standard asks for", "One of:", "in two letters", "Such as"] {
            assert!(!text.contains(english), "{}: {english}", language.code());
        }
    }
}

/// Lines of a remark are at most as long as they may be, and nobody sees a tab or a blank at the end.
#[test]
fn lines_are_short_and_clean() {
    for profile in profile_names() {
        let set = crate::set(profile);
        for language in Language::all() {
            let text = fresh(set, language);
            for line in text.lines() {
                let long = line.chars().count() > 100 && !line.contains(": {") && !line.contains("://");
                assert!(!long, "{profile} {}: {line}", language.code());
                assert_eq!(line, line.trim_end());
                assert!(!line.contains('\t'));
            }
            assert!(text.ends_with('\n') && !text.contains("\n\n\n"));
        }
    }
}

/// What is only offered, stated: each block by itself, and all of them at once.
#[test]
fn what_is_offered_can_be_stated() {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let offered = |line: &str| {
        let rest = line.trim_start();
        rest.starts_with('#') && !rest.starts_with("# ") && rest.len() > 1
    };
    for profile in ["eu", "mapping", "europass-publication"] {
        let set = crate::set(profile);
        let text = fresh(set, Language::ENGLISH);
        let lines: Vec<&str> = text.lines().collect();
        let stated = |wanted: &dyn Fn(usize) -> bool| -> String {
            let lines = lines
                .iter()
                .enumerate()
                .map(|(at, line)| match offered(line) && wanted(at) {
                    true => format!("{}{}\n", &line[..indent(line)], &line[indent(line) + 1..]),
                    false => format!("{line}\n"),
                });
            lines.collect()
        };
        let clean = |text: &str, what: &str| {
            let practice = lint(set, text);
            for (rule, line) in said(set, &practice, text) {
                let family = rule.split('/').next().unwrap_or_default();
                assert!(
                    !matches!(family, "shape" | "yaml"),
                    "{profile}, {what}: {rule} at `{line}`"
                );
            }
        };
        let mut blocks = 0;
        for (at, line) in lines.iter().enumerate() {
            // A block begins with a key whose holder is stated, and has what is written further in.
            let inside = (0..at).rev().find(|before| {
                let own = lines[*before];
                !own.trim().is_empty() && !own.trim_start().starts_with("# ") && indent(own) < indent(line)
            });
            if !offered(line) || inside.is_some_and(|holder| offered(lines[holder])) {
                continue;
            }
            let ends = (at + 1..lines.len()).find(|next| {
                let own = lines[*next];
                !own.trim().is_empty() && !own.trim_start().starts_with("# ") && indent(own) <= indent(line)
            });
            let end = ends.unwrap_or(lines.len());
            clean(&stated(&|own| (at..end).contains(&own)), line);
            blocks += 1;
        }
        assert!(blocks > 40, "{blocks} blocks are offered");
        clean(&stated(&|_| true), "everything");
    }
}

/// Fills in what waits from a description: an entry of a list for each of its entries.
fn filled(text: &str, from: &Json) -> Json {
    let tree: Json = serde_yaml::from_str(text).expect("YAML");
    fn fill(waits: &Json, from: &Json) -> Json {
        match (waits, from) {
            (Json::Object(keys), Json::Object(own)) => {
                let rows = keys
                    .iter()
                    .map(|(key, inner)| (key.clone(), fill(inner, own.get(key).unwrap_or(&Json::Null))));
                Json::Object(rows.collect())
            }
            (Json::Array(items), Json::Array(own)) if items.first().is_some_and(Json::is_object) => {
                own.iter().map(|item| fill(&items[0], item)).collect()
            }
            (Json::Null, own) => own.clone(),
            (own, _) => own.clone(),
        }
    }
    fill(&tree, from)
}

#[test]
fn filled_in_it_has_no_finding_and_no_gap() {
    let exemplary: Json = serde_yaml::from_str(&file("fixtures/corpus/exemplary.yaml")).expect("YAML");
    let set = crate::set("eu");
    let mut document = filled(&fresh(set, Language::ENGLISH), &exemplary);
    // Who names European Digital Credentials as the form is asked for the number under which it is registered.
    document["awarding_bodies"][0]["legal_id"] = exemplary["awarding_bodies"][0]["legal_id"].clone();
    let text = serde_yaml::to_string(&document).expect("YAML");
    let practice = lint(set, &text);
    assert_eq!(said(set, &practice, &text), Vec::new());
    assert_eq!(practice.gaps.iter().map(|(_, gap)| gap.missing).sum::<u32>(), 0);
    // In few words, nothing that the standard itself asks for is missing.
    let wanted = Wanted {
        minimal: true,
        ..Wanted::default()
    };
    let document = filled(&write(set, &json!({}), wanted), &exemplary);
    let practice = lint(set, &serde_yaml::to_string(&document).expect("YAML"));
    assert!(
        practice
            .findings
            .iter()
            .all(|own| own.level < credlint::rule::Level::Error)
    );
}

/// A document written as one to fill in says what it said: nulls, which say nothing, are left out, and a plain value stands
/// under the key that it stood for.
fn plain(value: &Json) -> Json {
    match value {
        Json::Object(keys) => {
            let rows = keys.iter().map(|(key, own)| (key.clone(), plain(own)));
            Json::Object(rows.filter(|(_, own)| !is_nothing(own)).collect())
        }
        Json::Array(items) => items.iter().map(plain).filter(|own| !is_nothing(own)).collect(),
        other => other.clone(),
    }
}

fn is_nothing(value: &Json) -> bool {
    value.is_null()
        || value.as_object().is_some_and(serde_json::Map::is_empty)
        || value.as_array().is_some_and(Vec::is_empty)
}

/// The facts of a text: every path and value that the lens reads.
fn facts(set: &RuleSet, text: &str) -> Json {
    let source = Source::new("x.yaml", text.to_string());
    let wanted = crate::convert::wanted(credlint::convert::Target::Native);
    let written = credlint::convert::convert_file(set, &source, None, wanted).expect("readable");
    plain(&written.into_iter().map(|own| own.converted.document).collect())
}

#[test]
fn values_survive_with_their_quotes() {
    let set = crate::set("eu");
    let values = json!({
        "id": "a-1",
        "title": "NO: welding # and more",
        "description": "First line.\n\n  Indented: second # line\nlast\n",
        "awarding_bodies": [{"name": {"en": "A: b", "es": "- c"}, "country": "NO"}, {"name": "Second", "country": "PT"}],
        "learning_outcomes": ["Weld: a seam", {"id": "LO2", "text": "true"}],
        "level": {"eqf": 4, "nqf": [{"framework": "MECU", "level": "04"}]},
        "prerequisites": "none",
        "recognition": "none",
        "field": {"isced_f": "0716"},
        "workload": {"hours": 7.5},
        "x-own": {"b": [1, "2"]},
    });
    let text = write(set, &values, Wanted::default());
    let mut expected = values.as_object().cloned().expect("keys");
    expected.insert("descriptor".into(), "micro-credential/1".into());
    expected.insert(
        "learning_outcomes".into(),
        json!([{"text": "Weld: a seam"}, {"id": "LO2", "text": "true"}]),
    );
    let read: Json = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(plain(&read), Json::Object(expected), "{text}");
    assert!(
        text.contains("country: \"NO\"") && text.contains("isced_f: \"0716\"") || text.contains("isced_f: '0716'"),
        "{text}"
    );
    let practice = lint(set, &text);
    let wrong: Vec<_> = said(set, &practice, &text)
        .into_iter()
        .filter(|(rule, _)| rule.starts_with("shape") || rule.starts_with("yaml"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // The second entry of a list is not explained again.
    assert_eq!(text.matches("# The name under which it is registered.").count(), 1);
}

/// Every practice of a file of another format: the same facts as `convert --to native`, and no new mistakes of form.
fn takes_over(path: &std::path::Path, set: &RuleSet) -> usize {
    let name = path.display().to_string();
    let Ok(text) = std::fs::read_to_string(path) else {
        return 0;
    };
    let source = Source::new(&name, text);
    let wanted = crate::convert::wanted(credlint::convert::Target::Native);
    let written = credlint::convert::convert_file(set, &source, None, wanted).unwrap_or_default();
    for practice in &written {
        let old = credlint::convert::native::yaml(&practice.converted.document);
        let new = write(set, &practice.converted.document, Wanted::default());
        assert_eq!(facts(set, &old), facts(set, &new), "{name}");
        let known = forms(set, &old);
        let fresh: Vec<String> = forms(set, &new)
            .into_iter()
            .filter(|own| !known.contains(own))
            .collect();
        assert!(fresh.is_empty(), "{name}: {fresh:?}");
    }
    written.len()
}

/// What is said of the form of a text.
fn forms(set: &RuleSet, text: &str) -> Vec<String> {
    let practice = lint(set, text);
    let findings = practice
        .findings
        .iter()
        .map(|own| format!("{}: {}", set.rules[own.rule].id, own.message));
    findings
        .filter(|said| said.starts_with("shape/") || said.starts_with("yaml/"))
        .collect()
}

#[test]
fn files_of_other_formats_are_taken_over() {
    let set = crate::set("eu");
    let mut practices = 0;
    for entry in walkdir::WalkDir::new(root().join("fixtures/formats")).sort_by_file_name() {
        let entry = entry.expect("an entry");
        if entry.file_type().is_file() {
            practices += takes_over(entry.path(), set);
        }
    }
    assert!(practices > 15, "{practices} practices");
}

#[test]
fn the_corpora_are_taken_over() {
    let Some(corpora) = shared("corpora") else { return };
    let set = crate::set("eu");
    let files = walkdir::WalkDir::new(corpora)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    let files = files.filter(|entry| {
        let small = entry.metadata().is_ok_and(|own| own.len() < 200_000);
        let json = entry
            .path()
            .extension()
            .is_some_and(|own| own == "json" || own == "jsonld");
        small && json && entry.file_type().is_file()
    });
    // Every fifth: the formats repeat themselves.
    let practices: usize = files.step_by(5).map(|entry| takes_over(entry.path(), set)).sum();
    println!("{practices} practices of the corpora");
    assert!(practices > 5, "{practices} practices");
}

#[test]
fn of_several_practices_one_can_be_chosen_and_nothing_of_a_learner_is_taken() {
    let scratch = Scratch::new("outline-choose");
    let record = root()
        .join("fixtures/formats/open-badges-3/record.json")
        .display()
        .to_string();
    let all = run_in(scratch.path(), &["new", "--from", &record]);
    let converted = run_in(scratch.path(), &["convert", "--to", "native", &record]);
    assert_eq!(err(&all), err(&converted), "the same is lost");
    assert!(out(&all).matches("\ndescriptor: micro-credential/1\n").count() > 1);
    let none = run_in(scratch.path(), &["new", "--from", &record, "--id", "nowhere"]);
    assert_eq!(code(&none), 2);
    assert!(
        err(&none).contains("no practice has the id `nowhere`"),
        "{}",
        err(&none)
    );
    let documents: Vec<Json> = serde_yaml::Deserializer::from_str(&out(&all))
        .map(|document| serde::Deserialize::deserialize(document).expect("YAML"))
        .collect();
    if let Some(id) = documents.iter().find_map(|document| document["id"].as_str()) {
        let one = run_in(scratch.path(), &["new", "--from", &record, "--id", id]);
        assert_eq!(
            out(&one).matches("\ndescriptor: micro-credential/1\n").count(),
            1,
            "{id}"
        );
    }
    let credential = root().join("fixtures/formats/edc/full.json").display().to_string();
    let text = out(&run_in(scratch.path(), &["new", "--from", &credential]));
    let source: Json = serde_json::from_str(&file("fixtures/formats/edc/full.json")).expect("JSON");
    for key in ["givenName", "familyName", "dateOfBirth"] {
        let mut names = Vec::new();
        collect(&source, key, &mut names);
        for name in names.iter().filter(|name| name.len() > 2) {
            assert!(!text.contains(name.as_str()), "{key} {name}");
        }
    }
}

/// A description of ours is written anew, with remarks of its own: what other comments it had is counted, once.
#[test]
fn comments_of_our_own_files_are_counted() {
    let scratch = Scratch::new("outline-comments");
    let two = "descriptor: micro-credential/1 # ours\nid: a\n# of both\n---\ndescriptor: micro-credential/1\nid: b\n";
    scratch.write("two.yaml", two);
    scratch.write("none.yaml", "descriptor: micro-credential/1\nid: c\n");
    let counted = "two.yaml: 2 comments of the file are left out\n";
    for arguments in [
        &["new", "--from", "two.yaml"][..],
        &["new", "--from", "two.yaml", "--id", "b"],
    ] {
        let output = run_in(scratch.path(), arguments);
        assert_eq!((code(&output), err(&output)), (0, counted.to_string()), "{arguments:?}");
    }
    assert_eq!(err(&run_in(scratch.path(), &["new", "--from", "none.yaml"])), "");
}

fn collect(value: &Json, key: &str, names: &mut Vec<String>) {
    match value {
        Json::Object(keys) => {
            for (own, inner) in keys {
                if own == key {
                    let texts = inner
                        .as_object()
                        .into_iter()
                        .flatten()
                        .filter_map(|(_, text)| text.as_str());
                    names.extend(texts.chain(inner.as_str()).map(str::to_string));
                }
                collect(inner, key, names);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, key, names)),
        _ => {}
    }
}

#[test]
fn a_file_is_written_once() {
    let scratch = Scratch::new("outline-file");
    let made = run_in(
        scratch.path(),
        &[
            "new",
            "course.yaml",
            "--id",
            "c-1",
            "--title",
            "NO: welding # one",
            "--kind",
            "programme",
        ],
    );
    assert_eq!((code(&made), err(&made)), (0, String::new()));
    assert_eq!(
        out(&made),
        "course.yaml: open it in any text editor and fill it in\n`credlint check course.yaml` says what is still missing\n"
    );
    let text = std::fs::read_to_string(scratch.path().join("course.yaml")).expect("written");
    let read: Json = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(
        (&read["id"], &read["title"], &read["kind"]),
        (&json!("c-1"), &json!("NO: welding # one"), &json!("programme"))
    );
    let again = run_in(scratch.path(), &["new", "course.yaml"]);
    assert_eq!(code(&again), 2);
    assert_eq!(
        std::fs::read_to_string(scratch.path().join("course.yaml")).expect("there"),
        text
    );
    for wrong in [
        &["new", "a.xlsx"][..],
        &["new", "--profile", "eux"],
        &["new", "--kind", "course"],
        &["new", "--from", "absent.json"],
    ] {
        assert_eq!(code(&run_in(scratch.path(), wrong)), 2, "{wrong:?}");
    }
}

#[test]
fn what_a_course_coordinator_sees() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path(root().join("fixtures/outline"));
    settings.set_omit_expression(true);
    let set = crate::set("eu");
    settings.bind(|| {
        insta::assert_snapshot!("eu.en", fresh(set, Language::ENGLISH));
        let spanish = Language::from_tag("es").expect("bundled");
        insta::assert_snapshot!("eu.es", fresh(set, spanish));
        let set = crate::set("pt-cnq");
        let wanted = Wanted {
            minimal: true,
            language: Language::from_tag("pt").expect("bundled"),
            ..Wanted::default()
        };
        insta::assert_snapshot!("pt-cnq.minimal.pt", write(set, &json!({}), wanted));
    });
}
