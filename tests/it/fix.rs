//! Fixes: what they change and what they leave alone, that they are safe, and what the command does with them.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use credlint::fix::{Fix, apply};
use credlint::lint::mend::{Mended, Wanted, mend};
use credlint::lint::{Practice, Presence, lint_source};
use credlint::rule::set::RuleSet;
use credlint::ruletest;
use credlint::source::{Form, Source};

use crate::cli::{Scratch, command, out, run_in};
use crate::{check_as, file, options, root, set};

fn mended_as(profile: &str, name: &str, text: &str, wanted: Wanted) -> Option<Mended> {
    Checked::new(profile, name, text).mended(wanted)
}

/// A text and what was found in it.
struct Checked<'a> {
    profile: &'a str,
    source: Arc<Source>,
    practices: Vec<Practice>,
}

impl<'a> Checked<'a> {
    fn new(profile: &'a str, name: &str, text: &str) -> Checked<'a> {
        let source = Arc::new(Source::new(name, text.to_string()));
        let practices = lint_source(set(profile), &options(), &source, Presence::Named);
        Checked {
            profile,
            source,
            practices,
        }
    }

    fn mended(&self, wanted: Wanted) -> Option<Mended> {
        mend(
            set(self.profile),
            &options(),
            &self.source,
            Presence::Named,
            &self.practices,
            wanted,
            &|_| (),
        )
    }
}

/// The text after everything that is safe.
fn fixed(text: &str) -> String {
    mended_as("eu", "x.yaml", text, Wanted::Safe).map_or(text.to_string(), |mended| mended.text)
}

fn with_suggestions(text: &str) -> String {
    mended_as("eu", "x.yaml", text, Wanted::Suggestions).map_or(text.to_string(), |mended| mended.text)
}

/// A body of a descriptor, fixed and without its header.
fn body(text: &str) -> String {
    let header = "descriptor: micro-credential/1\n";
    let fixed = fixed(&format!("{header}{text}"));
    fixed.strip_prefix(header).expect("the header stays").to_string()
}

fn fixes(practices: &[Practice]) -> impl Iterator<Item = &Fix> {
    let findings = practices.iter().flat_map(|practice| &practice.findings);
    findings.filter_map(|finding| finding.fix.as_ref())
}

#[test]
fn the_way_in_which_a_value_is_written_stays() {
    for (before, after) in [
        (
            "kind: Micro-Credential   # a remark\n",
            "kind: micro-credential   # a remark\n",
        ),
        ("kind: 'Qualification'\n", "kind: 'qualification'\n"),
        ("kind: \"Programa\"\n", "kind: \"programme\"\n"),
        (
            "participation: {mode: [Blended, \"Online\"], language: Suomi}\n",
            "participation: {mode: [blended, \"online\"], language: fi}\n",
        ),
        ("field: {isced_f: 0716}\n", "field: {isced_f: \"0716\"}\n"),
        ("field: {isced_f: 716}\n", "field: {isced_f: \"0716\"}\n"),
        ("level: {eqf: EQF level 5}\n", "level: {eqf: 5}\n"),
        ("level: {eqf: \"EQF level 5\"}\n", "level: {eqf: \"5\"}\n"),
        ("level: {cycle: 1}\n", "level: {cycle: \"first\"}\n"),
        (
            "assessment:\n- type: Written examination\n",
            "assessment:\n- type: written-examination\n",
        ),
        (
            "assessment:\r\n- type: Quiz\t# tab\r\n",
            "assessment:\r\n- type: quiz\t# tab\r\n",
        ),
        ("workload: {hours: '1 000'}\n", "workload: {hours: 1000}\n"),
        (
            "awarding_bodies: [{name: NO, country: no}]\n",
            "awarding_bodies: [{name: \"NO\", country: \"NO\"}]\n",
        ),
        (
            "\"awarding_bodies\": [{\"name\": \"A\", \"country\": \"Noruega\"}]\n",
            "\"awarding_bodies\": [{\"name\": \"A\", \"country\": \"NO\"}]\n",
        ),
        (
            "title: {English: Care of soil, ES: Cuidado de suelos}\n",
            "title: {en: Care of soil, es: Cuidado de suelos}\n",
        ),
    ] {
        assert_eq!(body(before), after, "{before}");
    }
}

#[test]
fn what_is_said_in_other_places_too_is_left_alone() {
    for text in [
        "kind: &kind Programme\nx-kind: *kind\n",
        "awarding_bodies:\n- &own {name: A, country: Spain}\n- *own\n",
        "x-base: &base\n  mode: Blended\nparticipation: {<<: *base}\n",
        "x-base: &base {langauge: fi}\nparticipation: {<<: *base, mode: online}\n",
        "x-kind: &kind programme\nkind: *kind\n",
        "kind: &kind Programme\nx-own: {*kind : 1}\n",
        "kind: !!str Programme\nworkload: {hours: !!str \"50\"}\n",
        "kind: |\n  Programme\n",
        "kind: >-\n  Programme\n",
        "kind: Micro\n  credential\n",
        "kind: 'Micro\n  credential'\n",
        "assessment:\n- type: {uri: \"https://x.example/t\", label: Quiz}\n",
        "participation: {mode: \"http://data.europa.eu/snb/learning-assessment/920fbb3cbe\"}\n",
        "hours: 50\nworkload: {hours: 3-6}\n",
    ] {
        assert_eq!(body(text), text);
    }
    // An anchor that nobody uses shares nothing.
    assert_eq!(body("kind: &kind Programme\n"), "kind: &kind programme\n");
}

#[test]
fn a_key_is_renamed_only_where_the_right_one_is_free() {
    for (before, after) in [
        ("titel: Care of soil\n", "title: Care of soil\n"),
        ("\"titel\": \"Care of soil\"\n", "\"title\": \"Care of soil\"\n"),
        ("'titel': 'Care of soil'\n", "'title': 'Care of soil'\n"),
        (
            "titel: Care of soil\ntitle: Care of water\n",
            "titel: Care of soil\ntitle: Care of water\n",
        ),
        // `proven_by` is taken for `assessment`.
        (
            "proven_by: [{type: quiz}]\nassesment: [{type: quiz}]\n",
            "proven_by: [{type: quiz}]\nassesment: [{type: quiz}]\n",
        ),
        // Only one of two can be meant.
        (
            "titel: Care of soil\ntitlee: Care of water\n",
            "title: Care of soil\ntitlee: Care of water\n",
        ),
        ("? titel\n: Care of soil\n", "? titel\n: Care of soil\n"),
    ] {
        assert_eq!(body(before), after, "{before}");
    }
    assert_eq!(
        fixed("descriptr: micro-credential/1\n"),
        "descriptor: micro-credential/1\n"
    );
}

/// The whole descriptor is no text in several languages, whatever its keys are called.
#[test]
fn a_key_of_the_descriptor_that_names_a_language_is_only_unknown() {
    for key in ["English", "español", "id-"] {
        let text = format!("descriptor: micro-credential/1\n{key}: Nets\nid: x\n");
        let practices = check_as("eu", "x.yaml", &text);
        assert!(
            practices[0].findings.iter().any(|own| own.pointer.contains(key)),
            "{key}"
        );
        assert_eq!(fixed(&text), text);
    }
}

#[test]
fn what_brings_a_finding_is_a_suggestion() {
    // The outcomes that nobody read are about teaching.
    let text =
        "descriptor: micro-credential/1\ndefault_language: en\nlearning_outcome: [{text: The course covers nets}]\n";
    assert_eq!(fixed(text), text);
    assert_eq!(
        with_suggestions(text),
        text.replace("learning_outcome:", "learning_outcomes:")
    );
    // Of the same rule as what another fix mends.
    let text = "descriptor: micro-credential/1\nworkload: {hours: \"50\"}\nfields: [{isced_f: \"0716\"}]\n";
    assert_eq!(fixed(text), text.replace("\"50\"", "50"));
    // The day is real, and over.
    let text =
        "descriptor: micro-credential/1\nquality_assurance:\n- {type: institutional-license, valid_until: 1.2.2020}\n";
    assert_eq!(fixed(text), text);
    assert!(with_suggestions(text).contains("valid_until: \"2020-02-01\""));
}

#[test]
fn points_that_are_none_of_ects_are_a_suggestion() {
    let text = "descriptor: micro-credential/1\nworkload: {hours: 50, credits: [{system: ECTS, points: 4.5}]} # 50 h\n";
    assert_eq!(fixed(text), text);
    assert_eq!(with_suggestions(text), text.replace("ECTS", "CNQ"));
}

#[test]
fn no_edit_goes_into_the_files_of_others() {
    for format in std::fs::read_dir(root().join("fixtures/formats")).expect("formats") {
        for entry in walkdir::WalkDir::new(format.expect("a folder").path()) {
            let entry = entry.expect("an entry");
            let Ok(text) = std::fs::read_to_string(entry.path()) else {
                continue;
            };
            let name = entry.path().display().to_string();
            for practice in check_as("eu", &name, &text).iter().filter(|own| own.format.is_some()) {
                assert_eq!(fixes(std::slice::from_ref(practice)).count(), 0, "{name}");
            }
        }
    }
}

#[test]
fn fixes_travel_through_the_cache_and_the_result() {
    let text = "descriptor: micro-credential/1\nkind: Programme\ntitle: Cuidado\nlearner: {name: Ana}\n";
    let practices = check_as("eu", "x.yaml", text);
    let source = Arc::new(Source::new("x.yaml", text.to_string()));
    let bytes = credlint::lint::kept::write(&practices).expect("bytes");
    let read = credlint::lint::kept::read(&bytes, &source).expect("practices");
    let all: Vec<&Fix> = fixes(&practices).collect();
    assert!(!all.is_empty());
    assert_eq!(all, fixes(&read).collect::<Vec<_>>());
    let result = credlint::report::json::practice(set("eu"), &options(), &practices[0]);
    let json = serde_json::to_value(&result).expect("JSON");
    let found = json["findings"].as_array().expect("findings");
    let own = found
        .iter()
        .find(|own| own["rule"] == "document/code-not-canonical")
        .expect("the finding");
    assert_eq!(
        own["fix"],
        serde_json::json!({
            "title": "write `programme` instead of `Programme`",
            "applicability": "safe",
            "edits": [{"line": 2, "column": 7, "end_line": 2, "end_column": 16, "span": {"start": 37, "end": 46}, "text": "programme"}],
        })
    );
}

fn err(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every native text of the repository, broken in ways that people break texts.
fn corpus() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in [
        "fixtures/corpus",
        "fixtures/rules",
        "fixtures/catalogue",
        "fixtures/units",
        "seeds",
    ] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
            let entry = entry.expect("an entry");
            if Form::of(entry.path()) == Some(Form::Yaml)
                && let Ok(text) = std::fs::read_to_string(entry.path())
            {
                let path = entry.path().strip_prefix(root()).expect("inside");
                all.push((path.display().to_string(), text));
            }
        }
    }
    assert!(all.len() > 900, "{}", all.len());
    all
}

/// What holds of every text: fixing is safe, and fixing twice changes nothing.
fn holds(profile: &str, name: &str, text: &str) -> usize {
    let checked = Checked::new(profile, name, text);
    let before = &checked.practices;
    for fix in fixes(before) {
        assert!(
            fix.edits
                .iter()
                .all(|edit| !edit.span.slice(text).contains('\n') && !edit.text.contains('\n')),
            "{name}"
        );
    }
    let Some(Mended { text: once, .. }) = checked.mended(Wanted::Safe) else {
        assert_eq!(
            fixes(before).filter(|fix| fix.is_safe()).count(),
            0,
            "{name}: a safe fix is not applied\n{text}"
        );
        return 0;
    };
    let after = Checked::new(profile, name, &once);
    assert!(after.mended(Wanted::Safe).is_none(), "{name}: fixing twice\n{once}");
    no_worse(name, before, &after.practices);
    same_elsewhere(name, text, &once);
    // What an editor applies one by one is safe as well.
    let safe: Vec<&Fix> = fixes(before).filter(|fix| fix.is_safe()).collect();
    for fix in safe.iter().take(3).copied() {
        let (alone, _) = apply(text, [fix]);
        no_worse(name, before, &check_as(profile, name, &alone));
    }
    let all = checked
        .mended(Wanted::Suggestions)
        .expect("at least the safe ones")
        .text;
    assert!(
        mended_as(profile, name, &all, Wanted::Suggestions).is_none(),
        "{name}: suggesting twice\n{all}"
    );
    same_elsewhere(name, text, &all);
    1
}

fn no_worse(name: &str, before: &[Practice], after: &[Practice]) {
    assert_eq!(before.len(), after.len(), "{name}");
    for (old, new) in before.iter().zip(after) {
        assert_eq!(old.state, new.state, "{name}");
        for finding in &new.findings {
            let same = |practice: &Practice| practice.findings.iter().filter(|own| own.rule == finding.rule).count();
            let rule = &set("eu").rules[finding.rule].id;
            assert!(same(new) <= same(old), "{name}: {rule} is new: {}", finding.message);
            // Nor may one of them take the place of another that was mended elsewhere. Places move with renamed keys,
            // but those of the shape do not.
            let there = |practice: &Practice| {
                let own = practice.findings.iter();
                own.filter(|own| own.rule == finding.rule && own.pointer == finding.pointer)
                    .count()
            };
            assert!(
                !rule.starts_with("shape/") || there(new) <= there(old),
                "{name}: {rule} is new at {}: {}",
                finding.pointer,
                finding.message
            );
        }
        for ((_, old), (_, new)) in old.gaps.iter().zip(&new.gaps) {
            assert!(
                new.missing <= old.missing && new.missing + new.open <= old.missing + old.open,
                "{name}"
            );
        }
    }
}

/// Lines stay lines, and comments comments; a line that differs keeps what stands around its scalars.
fn same_elsewhere(name: &str, old: &str, new: &str) {
    assert_eq!(old.matches('\n').count(), new.matches('\n').count(), "{name}");
    assert_eq!(old.matches('\r').count(), new.matches('\r').count(), "{name}");
    assert_eq!(credlint::tree::comments(old), credlint::tree::comments(new), "{name}");
    for (old, new) in old.lines().zip(new.lines()).filter(|(old, new)| old != new) {
        let remark = |line: &str| line.split_once(" #").map(|(_, remark)| remark.to_string());
        assert_eq!(remark(old), remark(new), "{name}: {old}");
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
        assert_eq!(indent(old), indent(new), "{name}: {old}");
    }
    let shape = |text: &str| {
        credlint::tree::parse(text)
            .iter()
            .map(|tree| tree.all_entries().count())
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(old), shape(new), "{name}");
}

#[test]
fn fixing_is_safe_and_fixing_twice_changes_nothing() {
    let mut changed = 0;
    for (name, text) in corpus() {
        changed += holds("eu", &name, &text);
        holds("mapping", &name, &text);
    }
    assert!(changed > 20, "{changed}");
}

/// A descriptor with faults of the kinds that can be fixed, in one of several ways of writing.
fn faulty(random: &mut impl FnMut(usize) -> usize) -> String {
    let mut pick = |words: &[&str]| words[random(words.len())].to_string();
    let country = pick(&[
        "Spain",
        "NO",
        "no",
        "Finlândia",
        "ESP",
        "\"Suomi\"",
        "'portugal'",
        "Atlantis",
        "&c Spain",
        "EL",
    ]);
    let mode = pick(&[
        "Blended",
        "Blendd",
        "[Online, in-person]",
        "\"On Site\"",
        "{en: Blended}",
        "online # so far",
    ]);
    let hours = pick(&["\"50\"", "1_000", "7,5", "050", "50 h", "PT50H", "3-6", "50"]);
    let date = pick(&[
        "15/02/2024",
        "3.2.2024",
        "2024/2/3",
        "03/02/2024",
        "2024-02-30",
        "\"15 febrero 2024\"",
        "20240215",
    ]);
    let outcomes = pick(&[
        "learning_outcome",
        "learning_outcomes",
        "resultados_de_aprendizaje",
        "\"learning_outcoms\"",
        "outcomes",
    ]);
    let text = pick(&[
        "Repair nets",
        "The course covers nets",
        "NO",
        "on",
        "\"Plan a \\u00e9t\\u00e9\"",
        "Understand soil",
    ]);
    let code = pick(&["0716", "716", "\"716\"", "07160", "Motor vehicles", "0x10"]);
    let field = pick(&["field: {isced_f: ", "fields: [{isced_f: ", "feild: {isced_f: "]);
    let level = pick(&["EQF level 5", "\"5\"", "5", "V", "EQF 5", "9"]);
    let yes = pick(&["yes", "\"true\"", "on", "sí", "true", "No"]);
    let end = pick(&["\n", "\r\n"]);
    let title = pick(&["title", "titel", "tittle", "TITLE"]);
    let points = pick(&["4.5", "\"4.5\"", "2", "4,5"]);
    let lines = [
        "descriptor: micro-credential/1".to_string(),
        format!("{title}: {{English: Nets, ES: Redes}} # two"),
        "awarding_bodies:".to_string(),
        format!("  - {{name: Y, country: {country}}}"),
        format!("{outcomes}:"),
        format!("- {{id: LO1, text: {text}}}"),
        format!("workload: {{hours: {hours}, credits: [{{system: ects, points: {points}}}]}}"),
        format!("level: {{eqf: {level}}}"),
        "assessment:".to_string(),
        format!("  - type: Quiz   # {country}"),
        format!("    identity_verified: {yes}"),
        format!("participation: {{mode: {mode}}}"),
        format!("quality_assurance: [{{type: institutional license, issued: {date}}}]"),
        format!("{field}{code}{}", if field.contains('[') { "}]" } else { "}" }),
    ];
    lines.join(&end) + &end
}

#[test]
fn fixing_generated_faults_is_safe_too() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    for number in 0..16 {
        let text = faulty(&mut random);
        let profile = if number % 2 == 0 { "eu" } else { "mapping" };
        holds(profile, &format!("generated {number}"), &text);
    }
}

/// Descriptors of the program that makes them for measuring, faults and all.
#[test]
fn fixing_the_descriptors_of_the_generator_is_safe() {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_credlint")).parent();
    let generator = folder.expect("a folder").join("examples/generate");
    if !generator.exists() {
        println!("skipped: {} has not been built", generator.display());
        return;
    }
    let scratch = Scratch::new("fix-generated");
    let stream = scratch.path().join("all.yaml");
    let made = Command::new(generator).arg("60").arg(&stream).arg("7").output();
    assert!(made.expect("it runs").status.success());
    let text = std::fs::read_to_string(stream).expect("written");
    for (number, text) in text.split("---\n").filter(|text| !text.trim().is_empty()).enumerate() {
        holds("eu", &format!("generated {number}"), text);
    }
}

/// The same faults as JSON: what comes out is JSON.
#[test]
fn json_stays_json() {
    let text = r#"{"descriptor": "micro-credential/1", "titel": "Nets and \u00e9", "awarding_bodies": [{"name": "A", "country": "Spain"}],
  "workload": {"hours": "50"}, "field": {"isced_f": 716}, "level": {"cycle": 0, "eqf": "EQF 5"},
  "assessment": [{"type": "Quiz", "identity_verified": "yes"}]}"#;
    let mended = mended_as("eu", "x.json", text, Wanted::Safe).expect("changes");
    let json: serde_json::Value = serde_json::from_str(&mended.text).expect("JSON");
    assert_eq!(json["awarding_bodies"][0]["country"], "ES");
    assert_eq!(json["workload"]["hours"], 50);
    assert_eq!(json["field"]["isced_f"], "0716");
    assert_eq!(json["level"], serde_json::json!({"cycle": "short", "eqf": "5"}));
    assert_eq!(json["assessment"][0]["type"], "quiz");
    assert!(mended.text.contains(r#""title": "Nets and \u00e9""#));
}

/// To write them anew: `UPDATE_DOCS=1 cargo test every_fix_has_a_stated_outcome`; then read them.
#[test]
fn every_fix_has_a_stated_outcome() {
    let mut set = RuleSet::embedded("eu").expect("eu");
    ruletest::open_set(&mut set);
    let options = credlint::lint::Options {
        as_of: jiff::civil::date(2026, 1, 1),
        ..options()
    };
    let fixtures = root().join("fixtures/rules");
    let mut wrong = Vec::new();
    for (index, rule) in set.rules.iter().enumerate() {
        let path = fixtures.join(&rule.id).join("fixed.yaml");
        if rule.fixer.is_none() {
            assert!(
                !path.exists(),
                "{} belongs to nothing: the rule offers no fix",
                path.display()
            );
        } else if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
            let folder = fixtures.join(&rule.id);
            let text = ruletest::fixed(&set, &options, index, &folder);
            let text = text.unwrap_or_else(|| panic!("{} has no failing case", folder.display()));
            std::fs::write(&path, text).expect("written");
        }
        wrong.extend(ruletest::run(&set, &options, index, &fixtures).failures);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_rule_with_a_fix_that_its_check_does_not_feed_is_refused() {
    let text =
        file("rules/country/unknown.yaml").replace("fix: {code: {}}", "fix: {replace: {key: system, with: fits}}");
    let error =
        credlint::rule::set::read_rule("x/unknown.yaml", "country/unknown", text).expect_err("no such placeholder");
    assert!(error.to_string().contains("`fits`"), "{error}");
    let text = file("rules/country/unknown.yaml").replace("fix: {code: {}}", "fix: {cod: {}}");
    assert!(credlint::rule::set::read_rule("x/unknown.yaml", "country/unknown", text).is_err());
}

const FAULTY: &str = "descriptor: micro-credential/1\r\nkind: Programme # so\r\ntitle: Care of soil\r\n";

#[test]
fn files_are_fixed_in_place() {
    let scratch = Scratch::new("fix");
    scratch.write("a.yaml", FAULTY);
    scratch.write("sub/b.yaml", FAULTY.replace("Programme", "programme"));
    let run = |arguments: &[&str]| run_in(scratch.path(), arguments);
    let read = |name: &str| std::fs::read_to_string(scratch.path().join(name)).expect("a file");
    let shown = run(&["check", "--diff", "."]);
    assert_eq!(shown.status.code(), Some(1));
    let expected = "--- a.yaml\n+++ a.yaml\n@@ -1,3 +1,3 @@\n descriptor: micro-credential/1\r\n-kind: Programme # so\r\n+kind: programme # so\r\n title: Care of soil\r\n";
    assert_eq!(out(&shown), expected);
    assert_eq!(read("a.yaml"), FAULTY, "--diff changes nothing");

    let fixed = run(&["check", "--fix", "--format", "json", ".", "a.yaml"]);
    assert_eq!(read("a.yaml"), FAULTY.replace("Programme", "programme"));
    let result: serde_json::Value = serde_json::from_str(&out(&fixed)).expect("only the result");
    assert_eq!(result["summary"]["fixable"], 0);
    assert!(err(&fixed).contains("fixed 1 of "), "{}", err(&fixed));
    assert!(err(&fixed).contains("in 1 file"), "{}", err(&fixed));
    // What is left decides: elements are missing.
    assert_eq!(fixed.status.code(), Some(1));
    assert_eq!(
        run(&["check", "--fix", "--fail-on", "never", "."]).status.code(),
        Some(0)
    );
    let nothing = run(&["check", "--diff", "."]);
    assert_eq!((nothing.status.code(), out(&nothing)), (Some(0), String::new()));
    let names: Vec<_> = std::fs::read_dir(scratch.path()).expect("a folder").collect();
    assert_eq!(names.len(), 3, "nothing is left behind: {names:?}");
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_rights_stay_rights() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("fix-links");
    scratch.write("real/a.yaml", FAULTY);
    let (real, link) = (scratch.path().join("real/a.yaml"), scratch.path().join("link.yaml"));
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("rights");
    run_in(scratch.path(), &["check", "--fix", "link.yaml"]);
    assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink());
    assert!(
        std::fs::read_to_string(&real)
            .expect("a file")
            .contains("kind: programme")
    );
    assert_eq!(
        std::fs::metadata(&real).expect("there").permissions().mode() & 0o777,
        0o640
    );

    scratch.write("locked.yaml", FAULTY);
    let locked = scratch.path().join("locked.yaml");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).expect("rights");
    let refused = run_in(scratch.path(), &["check", "--fix", "locked.yaml"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        err(&refused).contains("locked.yaml: not fixed: it is read-only"),
        "{}",
        err(&refused)
    );
    assert_eq!(std::fs::read_to_string(&locked).expect("a file"), FAULTY);
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let scratch = Scratch::new("fix-stdin");
    let feed = |arguments: &[&str], text: &str| {
        let mut command = command(scratch.path(), arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(text.as_bytes())
            .expect("written");
        child.wait_with_output().expect("it ends")
    };
    let fixed = feed(&["check", "--fix", "-"], FAULTY);
    assert_eq!(out(&fixed), FAULTY.replace("Programme", "programme"));
    assert!(err(&fixed).contains("fixed 1 of "), "{}", err(&fixed));
    assert!(err(&fixed).contains("<stdin>"), "{}", err(&fixed));
    // What has nothing to fix, or is none of ours, comes out as it went in.
    for text in ["", "a: 1\n", "\u{FEFF}a: [\n"] {
        assert_eq!(out(&feed(&["check", "--fix", "-"], text)), text);
    }
    let records = "{\"descriptor\": \"micro-credential/1\", \"kind\": \"Programme\"}\r\n\n{\"descriptor\": \"micro-credential/1\", \"kind\": \"Kurs\"}";
    let fixed = feed(&["check", "--fix", "-", "--stdin-filename", "all.ndjson"], records);
    assert_eq!(out(&fixed), records.replace("Programme", "programme"));
    let refused = feed(&["check", "--with-suggestions", "-"], "");
    assert_eq!(refused.status.code(), Some(2));
}

/// What `patch` makes of the diff is what `--fix` writes.
#[test]
fn other_people_read_the_diff() {
    let scratch = Scratch::new("fix-patch");
    let record = |kind: &str| format!("{{\"descriptor\": \"micro-credential/1\", \"kind\": \"{kind}\"}}\n");
    let records: String = (0..40)
        .map(|n| record(if n % 7 == 3 { "Programa" } else { "programme" }))
        .collect();
    scratch.write(
        "a.yaml",
        FAULTY
            .repeat(3)
            .replace("title: Care of soil\r\n", "title: Care of soil\r\n---\r\n"),
    );
    scratch.write("all.ndjson", &records);
    let diff = run_in(scratch.path(), &["check", "--diff", "."]);
    std::fs::create_dir(scratch.path().join("other")).expect("a folder");
    for name in ["a.yaml", "all.ndjson"] {
        std::fs::copy(scratch.path().join(name), scratch.path().join("other").join(name)).expect("copied");
    }
    let patch = Command::new("patch")
        .args(["-p0", "--binary", "--quiet"])
        .current_dir(scratch.path().join("other"))
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut patch) = patch else {
        println!("skipped: there is no `patch` here");
        return;
    };
    patch
        .stdin
        .take()
        .expect("a pipe")
        .write_all(&diff.stdout)
        .expect("written");
    assert!(patch.wait().expect("it ends").success());
    run_in(scratch.path(), &["check", "--fix", "a.yaml", "all.ndjson"]);
    for name in ["a.yaml", "all.ndjson"] {
        let read = |path: &str| std::fs::read_to_string(scratch.path().join(path)).expect("a file");
        assert_eq!(read(name), read(&format!("other/{name}")));
        assert!(!read(name).contains("Program "), "{name}");
    }
}
