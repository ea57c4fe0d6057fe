//! Forms of `check` for other programs: the same findings at the same places in each, valid by what others publish.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;

use crate::cli::{DAY, Scratch, code, err, out, run_in};
use crate::proofs::python;
use crate::{file, root, shared};

/// Those that are written for other programs, and Markdown.
const FORMS: [&str; 5] = ["sarif", "github", "gitlab", "junit", "markdown"];

const ALL: [&str; 9] = [
    "human", "json", "ndjson", "html", "sarif", "github", "gitlab", "junit", "markdown",
];

fn check(folder: &Path, format: &str, more: &[&str]) -> String {
    let output = run_in(folder, &[&["check", "--format", format][..], &DAY, more].concat());
    assert!(err(&output).is_empty(), "{}", err(&output));
    out(&output)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// File, rule, line, column, line and column of the end.
type Place = (String, String, [u64; 4]);

/// A file in every awkward shape: no two of these tests' counts agree by accident.
fn awkward(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let crlf = file("fixtures/corpus/defectuoso.yaml").replace('\n', "\r\n");
    scratch.write("crlf.yaml", crlf);
    let faulty = file("fixtures/corpus/faulty.yaml");
    scratch.write("bom.yaml", format!("\u{FEFF}{faulty}"));
    // One line: everything stands behind a mark, accents and a character outside the basic plane.
    scratch.write(
        "línea única, 50% #1.json",
        "\u{FEFF}{\"título\": \"😀 ñandú\", \"descriptor\": \"micro-credential/1\", \"title\": \"Seguretat 😀\", \"workload\": {\"hours\": 50, \
         \"credits\": [{\"system\": \"ECTS\", \"points\": 4.5}]}}\n",
    );
    let two = "descriptor: micro-credential/1\nid: same\ntitle: Safety\ncountry: Nowhere\n---\n\
               descriptor: micro-credential/1\nid: same\ntitle: Safety again\ncountry: Nowhere\n";
    scratch.write("sub/two.yaml", two);
    scratch.write("edc.json", file("fixtures/formats/edc/full.json"));
    scratch.write(
        "loq.yaml",
        file("fixtures/rules/loq/accredited-organisation-missing/good.yaml"),
    );
    scratch.write(
        "spans-lines.yaml",
        file("fixtures/rules/edc/awarded-by-missing/good.yaml"),
    );
    let record = "{\"descriptor\": \"micro-credential/1\", \"id\": \"same\", \"title\": \"Seguretat número 1\", \"country\": \"España\"}\n";
    scratch.write("records.ndjson", record.repeat(3));
    scratch
}

fn of_results(findings: &[Value], all: &mut Vec<Place>) {
    for own in findings {
        let number = |key: &str| own[key].as_u64().expect("a number");
        let text = |value: &Value| value.as_str().expect("text").to_string();
        all.push((
            text(&own["labels"][0]["file"]).trim_start_matches("./").to_string(),
            text(&own["rule"]),
            [
                number("line"),
                number("column"),
                number("end_line"),
                number("end_column"),
            ],
        ));
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn in_json(text: &str) -> Vec<Place> {
    let result = json(text);
    let mut all = Vec::new();
    for practice in array(&result["practices"]) {
        of_results(array(&practice["findings"]), &mut all);
    }
    of_results(array(&result["catalogue"]["findings"]), &mut all);
    all
}

fn in_ndjson(text: &str) -> Vec<Place> {
    let mut all = Vec::new();
    for line in text.lines().map(json) {
        match line["type"].as_str() {
            Some("practice") => of_results(array(&line["findings"]), &mut all),
            Some("catalogue-finding") => of_results(&[line], &mut all),
            _ => {}
        }
    }
    all
}

fn in_sarif(text: &str) -> Vec<Place> {
    let log = json(text);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let one = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a reference");
        let number = |key: &str| place["region"][key].as_u64().expect("a number");
        let rule = result["ruleId"].as_str().expect("a rule");
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], rule);
        (
            unescaped(uri),
            rule.to_string(),
            [
                number("startLine"),
                number("startColumn"),
                number("endLine"),
                number("endColumn"),
            ],
        )
    };
    array(&run["results"]).iter().map(one).collect()
}

/// Text without percent signs.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'%' {
            let hex = std::str::from_utf8(&behind[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn in_github(text: &str) -> Vec<Place> {
    let one = |line: &str| {
        let (head, _) = line[2..].split_once("::").expect("two colons");
        let (_, properties) = head.split_once(' ').expect("properties");
        let properties: BTreeMap<&str, &str> = properties.split(',').filter_map(|own| own.split_once('=')).collect();
        let number = |key: &str| properties.get(key).map(|own| own.parse::<u64>().expect("a number"));
        let (line, end_line) = (number("line").expect("a line"), number("endLine").expect("a line"));
        let columns = (number("col"), number("endColumn"));
        assert_eq!(
            columns.0.is_some(),
            line == end_line,
            "columns are told on one line only"
        );
        (
            unescaped(properties["file"]),
            properties["title"].to_string(),
            [line, columns.0.unwrap_or(0), end_line, columns.1.unwrap_or(0)],
        )
    };
    text.lines().map(one).collect()
}

fn in_gitlab(text: &str) -> Vec<Place> {
    let one = |issue: &Value| {
        let at = |edge: &str, key: &str| issue["location"]["positions"][edge][key].as_u64().expect("a number");
        (
            issue["location"]["path"].as_str().expect("a path").to_string(),
            issue["check_name"].as_str().expect("a rule").to_string(),
            [
                at("begin", "line"),
                at("begin", "column"),
                at("end", "line"),
                at("end", "column"),
            ],
        )
    };
    array(&json(text)).iter().map(one).collect()
}

const SPAN: &str = r"(\d+):(\d+)-(\d+):(\d+)";

fn numbers(captures: &regex::Captures<'_>, first: usize) -> [u64; 4] {
    [0, 1, 2, 3].map(|place| captures[first + place].parse().expect("a number"))
}

fn in_junit(text: &str) -> Vec<Place> {
    let case = Regex::new(&format!(
        "<testcase name=\"([^ \"]+)[^\"]*\" classname=\"([^\"]*)\">\\s*<failure [^>]*>([^<\n]*):{SPAN}\n"
    ));
    let one = |captures: regex::Captures<'_>| {
        assert_eq!(captures[2], captures[3]);
        (captures[3].to_string(), captures[1].to_string(), numbers(&captures, 4))
    };
    case.expect("a pattern").captures_iter(text).map(one).collect()
}

fn in_markdown(text: &str) -> Vec<Place> {
    let line = Regex::new(&format!(
        "^- \\*\\*[a-z]+\\*\\* `(?:([^`]*):)?{SPAN}` .*\\(`([a-z0-9-]+/[a-z0-9-]+)`\\)"
    ))
    .expect("a pattern");
    let (mut heading, mut all) = (String::new(), Vec::new());
    for own in text.lines() {
        if let Some(own) = own.strip_prefix("### ") {
            heading = own.trim_matches('`').to_string();
        } else if let Some(captures) = line.captures(own) {
            let file = captures.get(1).map_or(heading.as_str(), |file| file.as_str());
            all.push((file.to_string(), captures[6].to_string(), numbers(&captures, 2)));
        }
    }
    all
}

/// Rule and start: a person sees the end.
fn in_human(text: &str) -> Vec<(String, String, [u64; 2])> {
    let heading = Regex::new(r"^([a-z-]+/[a-z0-9-]+) \(\w+\)$").expect("a pattern");
    let place = Regex::new(r"─\[(.*):(\d+):(\d+)\]$").expect("a pattern");
    let (mut rule, mut all) = (None, Vec::new());
    for line in text.lines() {
        if let Some(captures) = heading.captures(line) {
            rule = Some(captures[1].to_string());
        } else if let (Some(captures), true) = (place.captures(line), rule.is_some()) {
            let number = |place: usize| captures[place].parse().expect("a number");
            let file = captures[1].trim_start_matches("./").to_string();
            all.push((file, rule.take().unwrap_or_default(), [number(2), number(3)]));
        }
    }
    all
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all
}

#[test]
fn places_are_the_same_in_every_form() {
    let scratch = awkward("places");
    let text = |format| check(scratch.path(), format, &[".", "--fail-on", "advice"]);
    let expected = in_json(&text("json"));
    let says = |part: &str| expected.iter().any(|(file, ..)| file.contains(part));
    for file in [
        "crlf",
        "bom",
        "línea",
        "sub/two",
        "edc.json",
        "spans-lines",
        "records.ndjson",
    ] {
        assert!(says(file), "{file}: {expected:?}");
    }
    assert!(expected.iter().any(|(_, _, at)| at[0] != at[2]), "one spans lines");
    assert!(
        expected.iter().any(|(_, rule, _)| rule.starts_with("catalogue/")),
        "{expected:?}"
    );
    assert_eq!(in_ndjson(&text("ndjson")), expected);
    assert_eq!(in_sarif(&text("sarif")), expected);
    assert_eq!(in_gitlab(&text("gitlab")), expected);
    let on_lines = |(file, rule, at): &Place| match at[0] == at[2] {
        true => (file.clone(), rule.clone(), *at),
        false => (file.clone(), rule.clone(), [at[0], 0, at[2], 0]),
    };
    assert_eq!(
        in_github(&text("github")),
        expected.iter().map(on_lines).collect::<Vec<_>>()
    );
    assert_eq!(sorted(in_junit(&text("junit"))), sorted(expected.clone()));
    assert_eq!(sorted(in_markdown(&text("markdown"))), sorted(expected.clone()));
    let starts = expected
        .iter()
        .map(|(file, rule, at)| (file.clone(), rule.clone(), [at[0], at[1]]));
    assert_eq!(in_human(&text("human")), starts.collect::<Vec<_>>());
}

/// A column counts characters: neither bytes, nor the halves of a pair, nor the mark at the start of a file.
#[test]
fn columns_count_characters() {
    let scratch = awkward("columns");
    let text = std::fs::read_to_string(scratch.path().join("línea única, 50% #1.json")).expect("written");
    let start = text.find("50,").expect("the hours");
    let characters = text[..start].trim_start_matches('\u{FEFF}').chars().count() as u64 + 1;
    let places = in_sarif(&check(scratch.path(), "sarif", &["."]));
    let ratio = places
        .iter()
        .find(|(file, rule, _)| file.contains("línea") && rule == "workload/ects-ratio");
    assert_eq!(ratio.expect("the ratio").2, [1, characters, 1, characters + 2]);
    assert!(characters + 2 < text[..start].encode_utf16().count() as u64 + 2);
}

/// The schema that OASIS publishes for SARIF 2.1.0.
fn sarif_errors(log: &Value) -> Vec<String> {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let validator = SCHEMA.get_or_init(|| {
        // One of its patterns has a bracket that JavaScript takes for itself and stricter readers refuse.
        let schema = file("tests/data/sarif/sarif-schema-2.1.0.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}\\\\]?$");
        jsonschema::options()
            .should_validate_formats(true)
            .build(&json(&schema))
            .expect("a schema")
    });
    validator
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn sarif_is_valid_whatever_the_run_came_to() {
    let scratch = awkward("sarif");
    scratch.write("clean/a.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("other/compose.yaml", "services: {}\n");
    scratch.write("broken/a.yaml", "descriptor: micro-credential/1\ntitle: [\n");
    scratch.write("broken/b.yaml", b"descriptor: micro-credential/1\ntitle: \xff\n");
    for (path, results, exit) in [
        (".", true, 2),
        ("clean", false, 0),
        ("other", false, 3),
        ("broken", true, 2),
        ("absent.yaml", false, 2),
    ] {
        let output = run_in(scratch.path(), &["check", path, "--format", "sarif"]);
        assert_eq!(code(&output), exit, "{path}: {}", err(&output));
        let log = json(&out(&output));
        assert_eq!(sarif_errors(&log), Vec::<String>::new(), "{path}");
        let run = &log["runs"][0];
        assert_eq!(
            !run["results"].as_array().expect("a list").is_empty(),
            results,
            "{path}"
        );
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], exit != 2, "{path}");
    }
    let all = run_in(
        &root(),
        &[&["check", "fixtures", "--format", "sarif", "--no-catalogue"][..], &DAY].concat(),
    );
    let log = json(&out(&all));
    assert_eq!(sarif_errors(&log), Vec::<String>::new());
    assert!(array(&log["runs"][0]["results"]).len() > 100);
    // The schema can say no.
    let mut wrong = log["runs"][0]["results"][0].clone();
    wrong["message"] = Value::Null;
    let wrong =
        serde_json::json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [wrong]}]});
    assert!(!sarif_errors(&wrong).is_empty());
}

#[test]
fn sarif_names_the_rules_in_force_with_their_authority() {
    let rules = |profile: &str| {
        let arguments = [
            "check",
            "fixtures/corpus/exemplary.yaml",
            "--format",
            "sarif",
            "--profile",
            profile,
        ];
        let log = json(&out(&run_in(&root(), &arguments)));
        array(&log["runs"][0]["tool"]["driver"]["rules"]).to_vec()
    };
    let eu = rules("eu");
    let in_force = crate::set("eu").levels.iter().flatten().count();
    assert_eq!(eu.len(), in_force);
    assert!(rules("edc-issuance").len() > eu.len(), "a profile brings rules");
    let missing = eu
        .iter()
        .find(|rule| rule["id"] == "workload/missing")
        .expect("the rule");
    assert_eq!(missing["properties"]["authority"]["relation"], "interprets");
    assert_eq!(missing["defaultConfiguration"]["level"], "error");
    assert!(
        missing["helpUri"]
            .as_str()
            .is_some_and(|uri| uri.starts_with("https://eur-lex.europa.eu/"))
    );
    for rule in &eu {
        for text in [
            &rule["shortDescription"]["text"],
            &rule["fullDescription"]["text"],
            &rule["help"]["text"],
            &rule["help"]["markdown"],
        ] {
            assert!(
                text.as_str().is_some_and(|text| text.contains(char::is_alphabetic)),
                "{rule}"
            );
        }
    }
}

#[test]
fn neither_threads_nor_a_cache_can_be_seen_in_any_form() {
    let (scratch, results) = (awkward("threads"), Scratch::new("threads-results"));
    let run = |name: &str, more: &[&str]| {
        let path = |format: &str| results.path().join(format!("{name}.{format}"));
        let outputs = ALL.map(|format| format!("-o{format}={}", path(format).display()));
        let mut arguments = vec!["check", "."];
        arguments.extend(DAY);
        arguments.extend(more);
        arguments.extend(outputs.iter().map(String::as_str));
        assert_eq!(code(&run_in(scratch.path(), &arguments)), 1);
        ALL.map(|format| std::fs::read_to_string(path(format)).expect("written"))
    };
    let one = run("one", &["--jobs", "1"]);
    assert!(one.iter().all(|text| !text.is_empty()));
    for (name, more) in [
        ("four", &["--jobs", "4"][..]),
        ("filling", &["--cache", "../kept"]),
        ("filled", &["--cache", "../kept", "--jobs", "3"]),
    ] {
        let more: Vec<String> = more
            .iter()
            .map(|own| own.replace("..", &results.path().display().to_string()))
            .collect();
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        for ((text, expected), format) in run(name, &more).iter().zip(&one).zip(ALL) {
            assert!(text == expected, "{format} with {more:?}");
        }
    }
}

#[test]
fn one_run_writes_several_forms_and_a_second_one_the_same_bytes() {
    let scratch = awkward("several-forms");
    let alone: Vec<String> = ALL.iter().map(|format| check(scratch.path(), format, &["."])).collect();
    let names = [
        "human=r.txt",
        "r.json",
        "r.ndjson",
        "r.html",
        "r.sarif",
        "github=r.github",
        "gitlab=gl.json",
        "r.xml",
        "r.md",
    ];
    let mut arguments = vec!["check", ".", "--format", "human"];
    arguments.extend(DAY);
    names.iter().for_each(|name| arguments.extend(["--output", name]));
    // The second run meets what the first one wrote, and reads none of it.
    for _ in 0..2 {
        let output = run_in(scratch.path(), &arguments);
        assert_eq!((code(&output), err(&output)), (1, String::new()));
        assert!(out(&output) == alone[0]);
        for ((name, expected), format) in names.iter().zip(&alone).zip(ALL) {
            let path = name.split_once('=').map_or(*name, |(_, path)| path);
            let written = std::fs::read_to_string(scratch.path().join(path)).expect("written");
            assert!(written == *expected, "{format}");
        }
    }
    let clean = ["check", "a.yaml", "-o", "gitlab=gl.json"];
    scratch.write("a.yaml", file("fixtures/corpus/exemplary.yaml"));
    for paths in ["a.yaml", "."] {
        let output = run_in(scratch.path(), &[&["check", paths][..], &clean[2..]].concat());
        assert_eq!(out(&output), "", "what goes to a file is not printed");
        assert!(code(&output) < 2, "{}", err(&output));
    }
}

#[test]
fn exit_codes_do_not_depend_on_the_form() {
    let scratch = Scratch::new("form-exits");
    scratch.write("clean.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("faulty.yaml", file("fixtures/corpus/faulty.yaml"));
    scratch.write("other/compose.yaml", "services: {}\n");
    for format in FORMS {
        let exit = |arguments: &[&str]| {
            code(&run_in(
                scratch.path(),
                &[&["check", "--format", format], arguments].concat(),
            ))
        };
        assert_eq!(exit(&["clean.yaml"]), 0, "{format}");
        assert_eq!(exit(&["faulty.yaml"]), 1, "{format}");
        assert_eq!(exit(&["faulty.yaml", "--fail-on", "never"]), 0, "{format}");
        assert_eq!(exit(&["faulty.yaml", "absent.yaml"]), 2, "{format}");
        assert_eq!(exit(&["other"]), 3, "{format}");
        assert_eq!(exit(&["clean.yaml", "-o", "absent/x.xml"]), 2, "{format}");
        assert_eq!(
            exit(&["clean.yaml", "-o", "clean.yaml"]),
            2,
            "{format}: what is read is not written over"
        );
    }
}

fn fingerprints(text: &str) -> Vec<(String, String)> {
    let one = |issue: &Value| {
        let text = |key: &str| issue[key].as_str().expect("text").to_string();
        (text("fingerprint"), text("check_name"))
    };
    array(&json(text)).iter().map(one).collect()
}

#[test]
fn fingerprints_stay_when_lines_move_and_differ_otherwise() {
    let scratch = awkward("fingerprints");
    let before = fingerprints(&check(scratch.path(), "gitlab", &["."]));
    let mut unique = before.clone();
    unique.sort();
    unique.dedup_by(|a, b| a.0 == b.0);
    assert_eq!(unique.len(), before.len(), "three records of one id are three findings");
    let sarif = json(&check(scratch.path(), "sarif", &["."]));
    let in_sarif = array(&sarif["runs"][0]["results"]).iter();
    let in_sarif = in_sarif.map(|result| {
        result["partialFingerprints"]["credlintFinding/v1"]
            .as_str()
            .unwrap_or_default()
    });
    assert!(in_sarif.eq(before.iter().map(|(fingerprint, _)| fingerprint.as_str())));

    let faulty = file("fixtures/corpus/faulty.yaml");
    let of = |text: String| {
        scratch.write("own/a.yaml", text);
        fingerprints(&check(scratch.path(), "gitlab", &["own"]))
    };
    let first = of(faulty.clone());
    assert_eq!(first, of(faulty.replacen('\n', "\n# one line more\n\n", 1)));
    let without = faulty.replace(
        "participation:\n  mode: [in-person]\n  language: [ca, es]\n  place: Martorell\n",
        "",
    );
    assert!(without != faulty, "the key beside which something is missing has gone");
    let missing = |all: Vec<(String, String)>| all.into_iter().find(|(_, rule)| rule == "quality-assurance/missing");
    assert_eq!(missing(first), missing(of(without)));
}

const NASTY: &str = "descriptor: micro-credential/1\nid: \"a\\n::error::x%0A\"\ntitle: \"</details><b>`@team` | [x](http://y)\\e[31m\\0\"\n\
    country: \"<script>`x`\\n::warning::no\"\nworkload: {hours: \"]]>{0}[a](b)\"}\n";

#[test]
fn what_a_file_says_stays_text_in_every_form() {
    let scratch = Scratch::new("nasty-forms");
    scratch.write("a,b::c%0A`.yaml", NASTY);
    let text = |format| check(scratch.path(), format, &[".", "--fail-on", "advice"]);
    let github = text("github");
    let command =
        Regex::new("^::(error|warning|notice) file=a%2Cb%3A%3Ac%250A`.yaml,[a-zA-Z0-9=,]*,title=[a-z-]+/[a-z0-9-]+::")
            .expect("a pattern");
    assert!(github.lines().all(|line| command.is_match(line)), "{github}");
    let junit = text("junit");
    assert!(
        !junit.contains(['\0', '\u{1b}']) && !junit.contains("<script>") && !junit.contains("]]>"),
        "{junit}"
    );
    let markdown = text("markdown");
    let fenced = Regex::new("(`+)[^`](?:.*?[^`])?(?:`+)").expect("a pattern");
    for line in markdown
        .lines()
        .filter(|line| !["<details>", "</details>"].contains(line) && !line.starts_with("<summary>"))
    {
        let bare = fenced.replace_all(line, "").replace("\\<", "").replace("\\`", "");
        assert!(!bare.contains('<') && !bare.contains('@'), "{line}");
    }
    assert_eq!(sarif_errors(&json(&text("sarif"))), Vec::<String>::new());
}

#[test]
fn a_summary_fits_into_a_comment_and_counts_what_it_leaves_out() {
    let scratch = Scratch::new("long-summary");
    for number in 0..400 {
        scratch.write(
            &format!("{number:03}.yaml"),
            "descriptor: micro-credential/1\ntitle: Seguretat número\ncountry: Nowhere\n",
        );
    }
    let text = check(scratch.path(), "markdown", &["."]);
    assert!(text.chars().count() < 65_536 && text.len() > 40_000, "{}", text.len());
    let all = in_json(&check(scratch.path(), "json", &["."])).len();
    let shown = in_markdown(&text).len();
    assert!(shown > 50 && shown < all);
    assert!(text.contains(&format!("and {} more findings", all - shown)), "{text}");
    let rows = text.lines().filter(|line| line.contains(".yaml` | ")).count();
    assert!(text.contains(&format!("and {} more practices", 400 - rows)));
    // Errors come first: no warning is shown while one is left out.
    assert!(!text.contains("**warning**") && text.contains("**error**"));
}

#[test]
fn a_case_fails_when_it_fails_the_run() {
    let count = |fail_on: &str| {
        let text = check(&root(), "junit", &["fixtures/corpus/faulty.yaml", "--fail-on", fail_on]);
        let said: usize = Regex::new("failures=\"(\\d+)\"")
            .expect("a pattern")
            .captures(&text)
            .expect("counts")[1]
            .parse()
            .expect("a number");
        assert_eq!(text.matches("<failure ").count(), said);
        said
    };
    assert_eq!(["error", "warning", "advice", "never"].map(count), [1, 2, 2, 0]);
}

/// The schema of JUnit files that Jenkins' xUnit plugin publishes (`junit-10.xsd`) is not part of this repository.
#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    let named = std::env::var_os("CREDLINT_JUNIT_XSD").map(PathBuf::from);
    let Some(schema) = named.or_else(|| shared("reference/junit-10.xsd")) else {
        return;
    };
    let Some(python) = python("lxml") else { return };
    let scratch = awkward("xsd");
    scratch.write("a,b::c%0A`.yaml", NASTY);
    scratch.write("broken.yaml", b"descriptor: micro-credential/1\ntitle: \xff\n");
    scratch.write("other/compose.yaml", "services: {}\n");
    let files = [
        (".", "error", "all.xml"),
        (".", "advice", "strict.xml"),
        ("other", "error", "none.xml"),
        ("absent", "error", "absent.xml"),
    ];
    for (path, fail_on, name) in files {
        let output = run_in(
            scratch.path(),
            &["check", path, "--fail-on", fail_on, "--format", "junit"],
        );
        scratch.write(name, output.stdout);
    }
    let judged = |names: &[&str]| {
        let mut run = Command::new(&python);
        run.arg(root().join("tests/proofs/junit.py")).arg(&schema);
        run.args(names.iter().map(|name| scratch.path().join(name)));
        run.output().expect("Python starts")
    };
    let run = judged(&files.map(|(.., name)| name));
    assert!(run.status.success(), "{}{}", out(&run), err(&run));
    // It can say no.
    scratch.write("wrong.xml", "<testsuites><testsuite name='x'/></testsuites>");
    assert!(!judged(&["wrong.xml"]).status.success());
}

#[test]
fn each_form_of_a_small_run() {
    let paths = ["fixtures/corpus/faulty.yaml", "fixtures/corpus/exemplary.yaml"];
    for format in ["github", "gitlab", "junit", "markdown"] {
        let text = check(&root(), format, &paths);
        let stable: Vec<&str> = text.lines().filter(|line| !line.starts_with("credlint ")).collect();
        insta::assert_snapshot!(format!("form_{format}"), stable.join("\n"));
    }
    let mut log = json(&check(&root(), "sarif", &paths));
    let run = &mut log["runs"][0];
    // All other rules, and what changes with each of them.
    if let Some(rules) = run["tool"]["driver"]["rules"].as_array_mut() {
        rules.retain(|rule| rule["id"] == "quality-assurance/missing");
    }
    array(&run["results"].clone())
        .iter()
        .enumerate()
        .for_each(|(number, _)| run["results"][number]["ruleIndex"] = "…".into());
    for key in ["rules", "weights"] {
        run["properties"]["madeBy"][key] = "…".into();
    }
    run["properties"]["summary"]["rules"] = "…".into();
    run["properties"]["summary"]["rules_not_applicable"] = "…".into();
    insta::assert_snapshot!("form_sarif", serde_json::to_string_pretty(&log).expect("JSON"));
}
