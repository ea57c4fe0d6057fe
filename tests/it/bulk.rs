//! Many practices: streams of records, threads, kept results, runs that are interrupted.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use credlint::cli::SchemaName;
use credlint::config::Config;
use credlint::gather::{Gather, NotRun, Scope};
use credlint::input;
use credlint::lint::{Presence, kept, lint_source};
use credlint::source::Source;
use serde_json::Value;

use crate::cli::{DAY, Scratch, code, command, err, out, run_in};
use crate::schemas::{fits, schema};
use crate::{file, options, root, set};

/// A record as one line; every third has a fault.
fn record(number: usize) -> String {
    let points = if number.is_multiple_of(3) { 9 } else { 2 };
    format!(
        "{{\"descriptor\": \"micro-credential/1\", \"id\": \"c-{number}\", \"title\": \"Seguretat número {number}\", \
         \"workload\": {{\"hours\": 50, \"credits\": [{{\"system\": \"ECTS\", \"points\": {points}}}]}}}}"
    )
}

/// The same as a document.
fn document(number: usize) -> String {
    let points = if number.is_multiple_of(3) { 9 } else { 2 };
    format!(
        "descriptor: micro-credential/1\nid: d-{number}\ntitle: Seguretat número {number}\nworkload:\n  hours: 50\n  \
         credits: [{{system: ECTS, points: {points}}}]\ndescription: |\n  Mesures en vehicles.\n  {}\n",
        "Ordre de la feina. ".repeat(40)
    )
}

/// As many long documents as fill a stream of more than `size` bytes: what a stream is cut by is its size.
fn long_documents(size: usize) -> impl Iterator<Item = String> {
    let long = "Ordre de la feina, i de les eines. ".repeat(100);
    let documents = (0..).map(move |number| document(number).replace("Mesures en vehicles.", &long));
    documents.scan(0, move |so_far, document| {
        let before = *so_far;
        *so_far += document.len();
        (before <= size).then_some(document)
    })
}

fn bytes(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = run_in(folder, &[arguments, &DAY].concat());
    assert!(
        output.stderr.is_empty() || !output.stdout.is_empty(),
        "{}",
        err(&output)
    );
    output.stdout
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    assert!(bytes.ends_with(b"\n"), "the last line is whole");
    let text = std::str::from_utf8(bytes).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn practices(lines: &[Value]) -> Vec<Value> {
    lines
        .iter()
        .filter(|line| line["type"] == "practice")
        .cloned()
        .collect()
}

/// What stands on the line of a practice and in the JSON result alike.
fn bare(line: &Value) -> Value {
    let mut line = line.clone();
    let object = line.as_object_mut().expect("an object");
    object.shift_remove("type");
    object.shift_remove("version");
    line
}

fn mixed(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let records: Vec<String> = (0..120).map(record).collect();
    scratch.write("b/records.ndjson", records.join("\n"));
    let documents: Vec<String> = (0..12).map(document).collect();
    scratch.write("b/stream.yaml", documents.join("---\n"));
    for number in 0..30 {
        scratch.write(
            &format!("a/{number}.yaml"),
            document(1000 + number % 25).replace("hours: 50", &format!("hours: {}", 40 + number)),
        );
    }
    scratch.write("a/x.json", record(5));
    scratch.write("a.yaml", file("fixtures/corpus/faulty.yaml"));
    scratch.write("a/broken.yaml", "descriptor: micro-credential/1\ntitle: [\n");
    scratch.write("a/compose.yaml", "services: {}\n");
    scratch
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    let scratch = mixed("threads");
    for arguments in [
        &["check", "."][..],
        &["check", ".", "--format", "json"],
        &["check", "b", "a", "--plain", "--quiet"],
        &["score", "."],
        &["plan", "a.yaml", "a"],
    ] {
        let one = bytes(scratch.path(), &[arguments, &["--jobs", "1"]].concat());
        assert!(one.len() > 1000, "{arguments:?}");
        for jobs in ["2", "3"] {
            let many = bytes(scratch.path(), &[arguments, &["--jobs", jobs]].concat());
            assert!(one == many, "{arguments:?} differs with {jobs} jobs");
        }
    }
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let scratch = Scratch::new("order");
    for name in [
        "b.yaml",
        "a/z.yaml",
        "a/b/c.yaml",
        "a.yaml",
        "a-b/x.yaml",
        "B.yaml",
        "a/b.yaml",
    ] {
        scratch.write(name, document(1));
    }
    let files = |folder: &str| {
        let all = lines(&bytes(scratch.path(), &["check", folder, "--format", "ndjson"]));
        let names = practices(&all)
            .into_iter()
            .map(|line| line["file"].as_str().unwrap_or_default().to_string());
        names.collect::<Vec<_>>()
    };
    let wanted = [
        "B.yaml",
        "a/b/c.yaml",
        "a/b.yaml",
        "a/z.yaml",
        "a-b/x.yaml",
        "a.yaml",
        "b.yaml",
    ];
    assert_eq!(files("."), wanted);
    assert_eq!(files("./a"), ["a/b/c.yaml", "a/b.yaml", "a/z.yaml"]);
    assert_eq!(files("a/"), ["a/b/c.yaml", "a/b.yaml", "a/z.yaml"]);
}

#[test]
fn records_of_a_stream_have_the_places_of_the_file() {
    let scratch = Scratch::new("lines");
    let text = format!("\u{FEFF}{}\r\n\r\n{}\n   \n{}", record(0), record(1), record(3));
    scratch.write("x.ndjson", &text);
    let all = lines(&bytes(scratch.path(), &["check", "x.ndjson", "--format", "ndjson"]));
    let found = practices(&all);
    let place = |practice: &Value| {
        let findings = practice["findings"].as_array().expect("findings");
        let found = findings
            .iter()
            .find(|finding| finding["rule"] == "workload/ects-ratio")?;
        let span = |key: &str| found["span"][key].as_u64().expect("a number") as usize;
        assert_eq!(&text[span("start")..span("end")], "50");
        Some((found["line"].as_u64()?, found["column"].as_u64()?))
    };
    let column = record(0)
        .find("50")
        .map(|at| record(0)[..at].chars().count() as u64 + 1)
        .expect("50");
    assert_eq!(
        found.iter().map(place).collect::<Vec<_>>(),
        [Some((1, column)), None, Some((5, column))]
    );
    let numbers: Vec<_> = found.iter().map(|practice| practice["document"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
    // The places of the catalogue as well, though the file is read again for them.
    scratch.write(
        "y.ndjson",
        format!(
            "{}\n\n{}\n{}\n",
            record(7),
            record(8),
            record(7).replace("Seguretat", "Higiene")
        ),
    );
    let all = lines(&bytes(scratch.path(), &["check", "y.ndjson", "--format", "ndjson"]));
    let found = all
        .iter()
        .find(|line| line["type"] == "catalogue-finding")
        .expect("a finding");
    assert_eq!(found["rule"], "catalogue/id-repeated");
    let places: Vec<_> = found["labels"]
        .as_array()
        .expect("labels")
        .iter()
        .map(|label| label["line"].as_u64())
        .collect();
    assert_eq!(places, [Some(1), Some(4)]);
    assert_eq!(found["pointer"], "/id");
}

#[test]
fn standard_input_is_a_stream_when_it_looks_like_one() {
    let scratch = Scratch::new("stdin-lines");
    let text: String = (0..200).map(|number| record(number) + "\n").collect();
    scratch.write("x.ndjson", &text);
    let given = |text: &str, name: &[&str]| {
        let arguments = [&["check", "-", "--format", "ndjson"], name, &DAY].concat();
        let mut child = command(scratch.path(), &arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdin = child.stdin.take().expect("stdin");
        let text = text.to_string();
        std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        practices(&lines(&child.wait_with_output().expect("ends").stdout))
    };
    let from_file = practices(&lines(&bytes(
        scratch.path(),
        &["check", "x.ndjson", "--format", "ndjson"],
    )));
    assert_eq!(given(&text, &["--stdin-filename", "x.ndjson"]), from_file);
    assert_eq!(given(&text, &[]).len(), 200);
    // One record, or one over several lines, is a document as before.
    assert_eq!(given(&record(1), &[]).len(), 1);
    assert_eq!(given("{\n  \"descriptor\": \"micro-credential/1\"\n}\n", &[]).len(), 1);
    assert_eq!(given(&document(1), &[]).len(), 1);
    let stream: Vec<String> = long_documents(1 << 20).map(|text| format!("---\n{text}")).collect();
    let (count, stream) = (stream.len(), stream.concat());
    assert!(stream.len() > 1 << 20);
    assert_eq!(given(&stream, &[]).len(), count);
}

#[test]
fn one_bad_record_does_not_stop_the_others() {
    let scratch = Scratch::new("bad-lines");
    let mut text = Vec::new();
    for line in [
        record(1).into_bytes(),
        b"{\"descriptor\": \"micro-credential/1\", ".to_vec(),
        b"{\"title\": \"\xff\"}".to_vec(),
        b"{\"services\": {}}".to_vec(),
        format!("[{}, {}]", record(2), record(4)).into_bytes(),
        b"not JSON".to_vec(),
        record(5).into_bytes(),
    ] {
        text.extend(line);
        text.push(b'\n');
    }
    scratch.write("x.ndjson", &text);
    let output = run_in(scratch.path(), &["check", ".", "--format", "ndjson"]);
    let found = practices(&lines(&output.stdout));
    let states: Vec<_> = found
        .iter()
        .map(|line| line["state"].as_str().unwrap_or_default())
        .collect();
    let wanted = [
        "checked",
        "unparsable",
        "unreadable",
        "not-a-descriptor",
        "checked",
        "checked",
        "unparsable",
        "checked",
    ];
    assert_eq!(states, wanted);
    assert_eq!(found[2]["findings"][0]["line"], 3);
    assert_eq!(found[7]["document"], 8);
    assert!(
        err(&output).contains("x.ndjson:3: the file is not UTF-8 text"),
        "{}",
        err(&output)
    );
    assert_eq!(code(&output), 2);
    // JSON over several lines is JSON, whatever its name.
    scratch.write(
        "pretty.jsonl",
        "{\n  \"descriptor\": \"micro-credential/1\",\n  \"title\": \"Safety\"\n}\n",
    );
    let found = practices(&lines(&bytes(
        scratch.path(),
        &["check", "pretty.jsonl", "--format", "ndjson"],
    )));
    assert_eq!((found.len(), found[0]["state"].as_str()), (1, Some("checked")));
}

#[test]
fn a_line_without_an_end_is_passed_over() {
    let scratch = Scratch::new("long-line");
    let text = format!(
        "{}\n{{\"title\": \"{}\"}}\n{}\n",
        record(1),
        "x".repeat(17 << 20),
        record(2)
    );
    scratch.write("x.ndjson", text);
    let output = run_in(scratch.path(), &["check", "x.ndjson", "--format", "ndjson"]);
    let found = practices(&lines(&output.stdout));
    let states: Vec<_> = found
        .iter()
        .map(|line| line["state"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(states, ["checked", "unreadable", "checked"]);
    assert!(err(&output).contains("line 2 is larger than 16 MB"), "{}", err(&output));
    assert_eq!(found[2]["findings"][0]["line"], 3);
}

/// A large stream is cut into parts; what is found is that of the whole text, place by place.
#[test]
fn cutting_a_stream_changes_nothing() {
    let scratch = Scratch::new("cut");
    let mut text = String::from("# a comment\n---\n");
    for (number, document) in long_documents(1 << 20).enumerate() {
        text.push_str(&document);
        text.push_str(match number % 5 {
            0 => "--- # next\n",
            1 => "...\n%YAML 1.2\n---\n",
            2 => "---\r\n",
            // A list of two, and nothing at all.
            3 => "---\n- {descriptor: micro-credential/1, id: one}\n- {descriptor: micro-credential/1, id: two}\n---\n---\n",
            _ => "---\ntitle: |\n  x\n ---\n  y: [\n---\n",
        });
    }
    text.push_str(&document(9999));
    assert!(text.len() > 1 << 20);
    scratch.write("x.yaml", &text);
    let cut = practices(&lines(&bytes(
        scratch.path(),
        &["check", "x.yaml", "--format", "ndjson"],
    )));
    let source = Arc::new(Source::new("x.yaml", text));
    let whole = lint_source(set("eu"), &options(), &source, Presence::Named);
    assert_eq!(cut.len(), whole.len());
    for (cut, whole) in cut.iter().zip(&whole) {
        let whole = credlint::report::json::practice(set("eu"), &options(), whole);
        let whole = serde_json::to_value(whole).expect("JSON");
        assert_eq!(bare(cut), whole);
    }
}

#[test]
fn lines_say_what_the_json_result_says() {
    let scratch = mixed("ndjson");
    let all = lines(&bytes(scratch.path(), &["check", ".", "--format", "ndjson"]));
    let whole: Value =
        serde_json::from_slice(&bytes(scratch.path(), &["check", ".", "--format", "json"])).expect("JSON");
    assert_eq!(
        (&all[0]["type"], &all[0]["made_by"]),
        (&Value::from("made-by"), &whole["made_by"])
    );
    let own: Vec<Value> = practices(&all).iter().map(bare).collect();
    assert_eq!(own, *whole["practices"].as_array().expect("practices"));
    let found = all.iter().filter(|line| line["type"] == "catalogue-finding");
    let found: Vec<Value> = found.map(bare).collect();
    assert!(!found.is_empty());
    assert_eq!(found, *whole["catalogue"]["findings"].as_array().expect("findings"));
    let last = all.last().expect("a line");
    assert_eq!(
        (&last["type"], &last["summary"]),
        (&Value::from("summary"), &whole["summary"])
    );
    assert_eq!(last["catalogue"]["records"], whole["catalogue"]["records"]);
    let schema = schema(SchemaName::ResultLine);
    all.iter().for_each(|line| fits(&schema, line));
    let score = lines(&bytes(scratch.path(), &["score", ".", "--format", "ndjson"]));
    assert_eq!(practices(&score), practices(&all));
}

/// Every text of the repository's fixtures, kept and read again.
#[test]
fn what_is_kept_of_a_practice_is_all_of_it() {
    let mut texts = 0;
    for folder in ["fixtures/corpus", "fixtures/formats", "fixtures/catalogue", "seeds"] {
        for entry in walkdir::WalkDir::new(root().join(folder))
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
        {
            let Ok(text) = std::fs::read_to_string(entry.path()) else {
                continue;
            };
            let source = Arc::new(Source::new(entry.path().display().to_string(), text));
            let practices = lint_source(set("eu"), &options(), &source, Presence::Named);
            let again = kept::read(&kept::write(&practices).expect("bytes"), &source).expect("practices");
            assert_eq!(
                format!("{again:?}"),
                format!("{practices:?}"),
                "{}",
                entry.path().display()
            );
            texts += 1;
        }
    }
    assert!(texts > 20, "{texts}");
}

fn packs(scratch: &Scratch) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(scratch.path().join("kept")).expect("a cache");
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_second_run_finds_everything_in_the_cache() {
    let scratch = mixed("cache");
    let plain = bytes(scratch.path(), &["check", ".", "--format", "json"]);
    let arguments = ["check", ".", "--format", "json", "--cache", "kept"];
    for _ in 0..3 {
        assert!(bytes(scratch.path(), &arguments) == plain);
        assert_eq!(packs(&scratch).len(), 1);
    }
    // Other forms of report, other threads.
    for other in [&["check", "."][..], &["score", ".", "--jobs", "1"], &["plan", "a"]] {
        let plain = bytes(scratch.path(), other);
        assert!(
            bytes(scratch.path(), &[other, &["--cache", "kept"]].concat()) == plain,
            "{other:?}"
        );
        assert_eq!(packs(&scratch).len(), 1);
    }
    // A file that changes, and one that is called otherwise.
    scratch.write("a/1.yaml", document(1).replace("hours: 50", "hours: 51"));
    std::fs::rename(scratch.path().join("a/2.yaml"), scratch.path().join("a/renamed.yaml")).expect("renamed");
    let plain = bytes(scratch.path(), &["check", ".", "--format", "json"]);
    assert!(bytes(scratch.path(), &arguments) == plain);
    assert_eq!(packs(&scratch).len(), 2);
}

#[test]
fn nothing_is_taken_from_the_cache_that_would_be_found_otherwise() {
    let scratch = Scratch::new("cache-keys");
    let text = format!(
        "{}quality_assurance: [{{type: internal, valid_until: '2026-06-30', issued: '2026-01-01'}}]\nlearner: Ana Exemple\n",
        document(3)
    );
    scratch.write("a.yaml", &text);
    scratch.write("b.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write(
        "c.yaml",
        "{\"descriptor\": \"micro-credential/1\", \"title\": \"x\",}\n",
    );
    scratch.write("d.yaml", "title: Safety\nlevel: {eqf: 4}\nworkload: {hours: 3}\n");
    scratch.write(
        "rules/title/short.yaml",
        file("rules/title/missing.yaml").replace("message: ", "message: once more, "),
    );
    let compare = |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "json"]].concat();
        let plain = run_in(scratch.path(), &arguments);
        for _ in 0..2 {
            let cached = run_in(scratch.path(), &[&arguments[..], &["--cache", "kept"]].concat());
            assert!(out(&plain) == out(&cached), "{arguments:?}");
            assert_eq!(err(&plain), err(&cached));
        }
        out(&plain)
    };
    let run = ["check", "a.yaml", "b.yaml", "c.yaml", "d.yaml"];
    let with = |more: &[&'static str]| compare(&[&run[..], more].concat());
    let first = with(&["--as-of", "2026-01-01"]);
    assert!(!first.contains("quality-assurance/expired"));
    assert!(!first.contains("Ana Exemple"));
    assert!(with(&["--as-of", "2026-11-23"]).contains("quality-assurance/expired"));
    assert!(!with(&["--as-of", "2026-01-01"]).contains("quality-assurance/expired"));
    let day = ["--as-of", "2026-01-01"];
    let languages = ["es", "fi", "pt"].map(|lang| with(&[&day[..], &["--lang", lang]].concat()));
    assert!(languages.iter().all(|other| *other != first));
    for other in [
        &["--profile", "mapping"][..],
        &["--profile", "eu", "--profile", "europass-publication"],
        &["--format-in", "ooapi"],
        &["--rules", "rules"],
        &["--only-descriptors"],
    ] {
        // Rules that stand twice are a mistake of the caller; that is said, with a cache or without.
        assert!(with(&[&day[..], other].concat()) != first, "{other:?}");
    }
    with(&[&day[..], &["--format-in", "native"]].concat());
    // The name promises JSON, and the file is none.
    std::fs::rename(scratch.path().join("c.yaml"), scratch.path().join("c.json")).expect("renamed");
    assert!(compare(&["check", "c.json", "--as-of", "2026-01-01"]).contains("unparsable"));
    // Met on a walk, a file without a header is no descriptor.
    assert!(compare(&["check", "d.yaml", "--as-of", "2026-01-01"]).contains("header-missing"));
    assert!(compare(&["check", ".", "--as-of", "2026-01-01"]).contains("not-a-descriptor"));
}

/// Only what a rule has compared with the day is checked anew on another day.
#[test]
fn the_cache_outlives_the_day() {
    let scratch = Scratch::new("cache-day");
    scratch.write("a.yaml", document(1));
    scratch.write("b.yaml", document(2));
    for day in ["2026-01-01", "2026-01-02"] {
        run_in(scratch.path(), &["check", ".", "--cache", "kept", "--as-of", day]);
        assert_eq!(packs(&scratch).len(), 1);
    }
}

#[test]
fn a_damaged_cache_is_no_cache() {
    let scratch = mixed("cache-damage");
    let plain = bytes(scratch.path(), &["check", ".", "--format", "json"]);
    let arguments = ["check", ".", "--format", "json", "--cache", "kept"];
    bytes(scratch.path(), &arguments);
    let whole = std::fs::read(&packs(&scratch)[0]).expect("a pack");
    let step = whole.len() / 7;
    for damage in 0..9 {
        let path = packs(&scratch).remove(0);
        let mut bytes_of_pack = whole.clone();
        match damage {
            0 => bytes_of_pack.truncate(whole.len() / 2),
            1 => bytes_of_pack.clear(),
            2 => bytes_of_pack.extend_from_slice(b"more"),
            at => (0..40).for_each(|byte| bytes_of_pack[(at - 2) * step - byte] ^= 0x55),
        }
        std::fs::write(&path, bytes_of_pack).expect("written");
        let output = run_in(scratch.path(), &[&arguments[..], &DAY].concat());
        assert!(output.stdout == plain, "damage {damage}");
        packs(&scratch)
            .iter()
            .for_each(|path| std::fs::remove_file(path).expect("removed"));
        std::fs::write(path, &whole).expect("written");
    }
    // What cannot be a folder is said.
    scratch.write("file", "");
    let output = run_in(scratch.path(), &["check", ".", "--cache", "file"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("--cache file"), "{}", err(&output));
}

#[test]
fn runs_may_share_a_cache() {
    let scratch = mixed("cache-shared");
    let run = ["check", "a", "a.yaml", "b", "--format", "json"];
    let plain = bytes(scratch.path(), &run);
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (scratch, plain, run) = (&scratch, &plain, &run[..]);
            scope.spawn(move || {
                for turn in 0..3 {
                    // Each time something is new, so that packs come and are put together.
                    scratch.write(&format!("own/{number}-{turn}/x.txt"), "");
                    scratch.write(&format!("kept-apart/{number}.yaml"), document(number * 100 + turn));
                    let own = format!("kept-apart/{number}.yaml");
                    bytes(scratch.path(), &["check", &own, "--cache", "kept"]);
                    let found = bytes(scratch.path(), &[run, &["--cache", "kept"]].concat());
                    assert!(found == *plain);
                }
            });
        }
    });
    assert!(
        packs(&scratch)
            .iter()
            .all(|path| path.extension().is_some_and(|end| end == "pack"))
    );
    assert!(packs(&scratch).len() <= 12);
}

#[test]
fn an_index_that_would_be_too_large_is_given_up() {
    let scratch = mixed("index-bound");
    let (config, options) = (Config::default(), options());
    let items = input::expand(&[scratch.path().to_path_buf()], &config, false, "-", 2);
    let scope = Scope {
        paths: 1,
        folders: true,
        wanted: true,
        threads: 2,
    };
    let gathered = |most: usize| {
        let mut gather = Gather::new(set("eu"), &options, &items, &config, scope).at_most(most);
        for (number, item) in items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.shown.ends_with(".yaml"))
        {
            let source = Arc::new(Source::new(item.shown.clone(), input::read(&item).expect("text")));
            let mut practices = lint_source(set("eu"), &options, &source, item.presence);
            gather.add(number, None, &source, &mut practices);
        }
        (gather.finish().map(|catalogue| catalogue.records), gather.not_run())
    };
    assert_eq!(gathered(1 << 30).1, None);
    assert_eq!(gathered(1 << 10), (None, Some(NotRun::TooLarge)));
    let left_out = bytes(scratch.path(), &["check", ".", "--no-catalogue", "--format", "json"]);
    let left_out: Value = serde_json::from_slice(&left_out).expect("JSON");
    assert_eq!(left_out["catalogue"]["reason"], "they were left out (--no-catalogue)");
}

/// The rest of a catalogue is read in parts as well.
#[test]
fn a_catalogue_may_be_a_stream() {
    let scratch = Scratch::new("catalogue-lines");
    scratch.write("credlint.yaml", "catalogue: {root: all}\n");
    let records: String = (0..500).map(|number| record(number) + "\n").collect();
    scratch.write("all/records.ndjson", records);
    scratch.write("all/new.yaml", document(1).replace("d-1", "c-499"));
    let output = bytes(scratch.path(), &["check", "all/new.yaml", "--format", "json"]);
    let result: Value = serde_json::from_slice(&output).expect("JSON");
    assert_eq!(result["catalogue"]["records"], 501);
    let labels = &result["catalogue"]["findings"][0]["labels"];
    assert_eq!(
        (&labels[0]["file"], &labels[0]["line"]),
        (&Value::from("all/new.yaml"), &Value::from(2))
    );
    assert_eq!(
        (&labels[1]["file"], &labels[1]["line"]),
        (&Value::from("all/records.ndjson"), &Value::from(500))
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_whole_lines() {
    let scratch = Scratch::new("interrupted");
    let mut child = command(
        scratch.path(),
        &["check", "-", "--stdin-filename", "x.ndjson", "--format", "ndjson"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .expect("runs");
    let mut stdin = child.stdin.take().expect("stdin");
    for number in 0..20 {
        writeln!(stdin, "{}", record(number)).expect("written");
    }
    // What is ready comes though the stream goes on.
    let mut reader = BufReader::new(child.stdout.take().expect("stdout"));
    let mut text = String::new();
    for _ in 0..21 {
        reader.read_line(&mut text).expect("a line");
    }
    let number = child.id().to_string();
    let sent = std::process::Command::new("sh")
        .args(["-c", &format!("kill -INT {number}")])
        .status();
    assert!(sent.expect("a shell").success());
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    reader.read_to_string(&mut text).expect("the rest");
    drop(stdin);
    let all = lines(text.as_bytes());
    assert_eq!(practices(&all).len(), 20);
    assert!(all.iter().all(|line| line["type"] != "summary"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let scratch = Scratch::new("enough");
    let records: String = (0..600).map(|number| record(number) + "\n").collect();
    scratch.write("x.ndjson", records);
    let mut child = command(scratch.path(), &["check", "x.ndjson", "--format", "ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut reader = BufReader::new(child.stdout.take().expect("stdout"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    drop(reader);
    let output = child.wait_with_output().expect("ends");
    assert_eq!((code(&output), err(&output)), (0, String::new()));
}

#[test]
fn records_of_a_stream_are_converted_one_by_one() {
    let scratch = Scratch::new("convert-lines");
    let text = format!("{}\n\n{{\"title\": \n{}\n", record(1), record(2));
    scratch.write("x.ndjson", text);
    let output = run_in(
        scratch.path(),
        &["convert", "x.ndjson", "--to", "ooapi", "--format", "json"],
    );
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let documents = result["documents"].as_array().expect("documents");
    let numbers: Vec<_> = documents.iter().map(|document| document["document"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2)]);
    assert!(err(&output).contains("x.ndjson:3: "), "{}", err(&output));
    assert_eq!(code(&output), 2);
}
