//! Spreadsheets in whole runs: on several threads, from the cache, in every form of report, and saved by LibreOffice.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use credlint::input::stream::PART_ROWS;
use credlint::language::Language;
use credlint::lint::{Presence, kept, lint_source};
use credlint::sheet::template;
use rust_xlsxwriter::Format;
use serde_json::Value;

use crate::cli::{DAY, Scratch, code, command, err, out, run_in};
use crate::sheet::{
    TYPED, are_as_typed, essence, lint_as, native, one_sheet, said, seeds_as_rows, seeds_source, sheet_source,
    type_values, write_row,
};
use crate::{options, set};

const HEADINGS: [&str; 6] = [
    "id",
    "title",
    "description",
    "Hours",
    "/level/eqf",
    "/assessment/*/type",
];

/// The cells of a row; every third has a fault, and no two have the same words, so that a workbook stays large.
fn cells(number: usize) -> [String; 6] {
    let mut state = number as u64 + 1;
    let words: Vec<String> = (0..110)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            format!("{:x}", state >> 20)
        })
        .collect();
    let level = if number.is_multiple_of(3) { "nine" } else { "4" };
    [
        format!("s-{number}"),
        format!("Seguretat número {number}"),
        words.join(" "),
        "50".to_string(),
        level.to_string(),
        "practical-assessment".to_string(),
    ]
}

const MAPPING: &str = "mapping: practices/1\ncolumns:\n  Hours: /workload/hours\n";

fn csv(rows: std::ops::Range<usize>) -> String {
    let lines = rows.map(|number| cells(number).join(","));
    std::iter::once(HEADINGS.join(","))
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

fn workbook(rows: std::ops::Range<usize>) -> Vec<u8> {
    one_sheet(|sheet| {
        for (row, cells) in (0..).zip(std::iter::once(HEADINGS.map(str::to_string)).chain(rows.map(cells))) {
            write_row(sheet, row, cells);
        }
    })
}

/// A folder with large sheets, which are handed over in parts, small ones, and other files.
fn folder(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    for (name, bytes) in [
        ("a/large.csv", csv(0..130).into_bytes()),
        ("a/book.xlsx", workbook(120..250)),
        ("small.csv", csv(2000..2002).into_bytes()),
    ] {
        let large = name != "small.csv";
        assert_eq!(
            bytes.len() > 64 << 10,
            large,
            "{name} is of the size that the test is about"
        );
        scratch.write(name, bytes);
        scratch.write(
            &format!("{}.mapping.yaml", name.rsplit_once('.').expect("an extension").0),
            MAPPING,
        );
    }
    scratch.write(
        "a/one.yaml",
        "descriptor: micro-credential/1\nid: s-129\ntitle: Safety\n",
    );
    scratch.write("prices.csv", "what,price\nscrew,1\n");
    scratch
}

fn bytes(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = run_in(folder, &[arguments, &DAY].concat());
    assert!(!output.stdout.is_empty(), "{arguments:?}: {}", err(&output));
    output.stdout
}

#[test]
fn rows_are_the_same_bytes_for_any_number_of_threads() {
    let scratch = folder("sheet-threads");
    for arguments in [
        &["check", "."][..],
        &["check", "a/book.xlsx", "--format", "json"],
        &["check", ".", "--format", "ndjson"],
        &["score", ".", "--format", "csv"],
        &["plan", "a/large.csv"],
    ] {
        let one = bytes(scratch.path(), &[arguments, &["--jobs", "1"]].concat());
        assert!(one.len() > 10_000, "{arguments:?}");
        for jobs in ["2", "5"] {
            let many = bytes(scratch.path(), &[arguments, &["--jobs", jobs]].concat());
            assert!(one == many, "{arguments:?} differs with {jobs} jobs");
        }
    }
}

/// Rows that are handed over in parts are what the sheet is as a whole: numbers, places, findings.
#[test]
fn cutting_a_sheet_changes_nothing() {
    let scratch = folder("sheet-parts");
    for (name, rows) in [("a/large.csv", 130), ("a/book.xlsx", 130)] {
        assert!(rows > 3 * PART_ROWS);
        let file = std::fs::read(scratch.path().join(name)).expect("a sheet");
        let source = sheet_source(name, &file, Some(MAPPING));
        let whole = lint_source(set("eu"), &options(), &source, Presence::Named);
        let whole: Vec<Value> = whole
            .iter()
            .map(|own| {
                serde_json::to_value(credlint::report::json::practice(set("eu"), &options(), own)).expect("JSON")
            })
            .collect();
        let run = bytes(scratch.path(), &["check", name, "--format", "json"]);
        let run: Value = serde_json::from_slice(&run).expect("JSON");
        let run = run["practices"].as_array().expect("a list");
        assert_eq!(run.len(), rows, "{name}");
        assert!(*run == whole, "{name}");
        assert_eq!(run[rows - 1]["row"]["row"], rows + 1);
        // The same through standard input, where nobody knows the mapping.
        let mut command = command(
            scratch.path(),
            &[
                "check",
                "-",
                "--stdin-filename",
                name,
                "--mapping",
                "small.mapping.yaml",
                "--format",
                "json",
                DAY[0],
                DAY[1],
            ],
        );
        let input = std::fs::File::open(scratch.path().join(name)).expect("a sheet");
        let piped = command.stdin(Stdio::from(input)).output().expect("the program runs");
        let piped: Value = serde_json::from_slice(&piped.stdout).expect("JSON");
        assert!(piped["practices"].as_array() == Some(run), "{name} on standard input");
    }
}

/// A row that stands twice, in two parts of a sheet and in two sheets.
#[test]
fn a_large_sheet_is_a_catalogue() {
    let scratch = folder("sheet-catalogue-parts");
    let twice = csv(0..130).replace("s-77,", "s-3,");
    scratch.write("twice/list.csv", twice);
    let repeated = |arguments: &[&str]| -> Vec<String> {
        let result: Value = serde_json::from_slice(&bytes(scratch.path(), arguments)).expect("JSON");
        let findings = result["catalogue"]["findings"].as_array().expect("a list").clone();
        let repeated = findings
            .iter()
            .filter(|finding| finding["rule"] == "catalogue/id-repeated");
        repeated
            .map(|finding| {
                let labels = finding["labels"].as_array().expect("labels").iter();
                let places = labels.map(|label| {
                    let cell = &label["cell"];
                    format!("{} {}{}", label["file"], cell["column"], cell["row"]).replace('"', "")
                });
                places.collect::<Vec<_>>().join(", ")
            })
            .collect()
    };
    let one = repeated(&["check", "twice/list.csv", "--format", "json"]);
    assert_eq!(one, ["twice/list.csv A5, twice/list.csv A79"]);
    // A file that is named twice is there once, and its rows are not compared with themselves.
    assert_eq!(
        repeated(&["check", "twice/list.csv", "twice/list.csv", "--format", "json"]),
        one
    );
    let all = repeated(&["check", "a", "--format", "json"]);
    assert_eq!(all.len(), 10, "ten rows stand in both, {all:?}");
    assert!(
        all.contains(&"a/book.xlsx A11, a/large.csv A131, a/one.yaml nullnull".to_string()),
        "{all:?}"
    );
    // The catalogue of the configuration: rows in parts that are not checked themselves.
    let configured = Scratch::new("sheet-catalogue-root");
    configured.write("credlint.yaml", "catalogue: {root: all}\n");
    configured.write("all/list.mapping.yaml", MAPPING);
    configured.write("all/list.csv", csv(0..160));
    configured.write("new.yaml", "descriptor: micro-credential/1\nid: s-150\ntitle: Safety\n");
    let result = bytes(configured.path(), &["check", "new.yaml", "--format", "json"]);
    let result: Value = serde_json::from_slice(&result).expect("JSON");
    let findings = result["catalogue"]["findings"].to_string();
    assert!(
        findings.contains("\"column\":\"A\",\"row\":152"),
        "{}",
        result["catalogue"]
    );
}

fn packs(scratch: &Scratch) -> usize {
    std::fs::read_dir(scratch.path().join("kept")).expect("a cache").count()
}

/// A mapping decides what the columns say, though it changes neither the file nor a letter of its text.
#[test]
fn a_sheet_comes_from_the_cache_only_with_its_mapping() {
    let scratch = folder("sheet-cache");
    let compare = |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "json"]].concat();
        let plain = bytes(scratch.path(), &arguments);
        for _ in 0..2 {
            let cached = bytes(scratch.path(), &[&arguments[..], &["--cache", "kept"]].concat());
            assert!(plain == cached, "{arguments:?}");
        }
        String::from_utf8(plain).expect("text")
    };
    let all = ["check", "small.csv", "a"];
    let with_large = compare(&all);
    assert_eq!(packs(&scratch), 1);
    assert!(compare(&all) == with_large);
    // The large ones need not be read anew for what changes about the small one.
    let run = ["check", "small.csv"];
    let first = compare(&run);
    assert_eq!(packs(&scratch), 1, "the other runs found everything");
    for (mapping, is_new) in [
        (
            "mapping: practices/1\ncolumns:\n  Hours: /workload/contact_hours\n",
            true,
        ),
        ("mapping: practices/1\ncolumns:\n  Hours: ignore\n", true),
        (
            "mapping: practices/1\ncolumns:\n  Hours: {is: /workload/hours, values: {'50': none}}\n",
            true,
        ),
        (MAPPING, false),
    ] {
        scratch.write("small.mapping.yaml", mapping);
        let before = packs(&scratch);
        let found = compare(&run);
        assert_eq!(found != first, is_new, "{mapping}");
        assert_eq!(packs(&scratch) > before, is_new, "{mapping}");
    }
    assert!(compare(&all) == with_large);
    // A mapping that is named, none, and another file of the same rows.
    scratch.write(
        "other.yaml",
        "mapping: practices/1\ncolumns:\n  Hours: /workload/self_study_hours\n",
    );
    assert!(compare(&["check", "small.csv", "a", "--mapping", "other.yaml"]) != with_large);
    std::fs::remove_file(scratch.path().join("small.mapping.yaml")).expect("removed");
    assert!(compare(&run).contains("sheet/column-unknown"));
    scratch.write("small.mapping.yaml", MAPPING);
    scratch.write("small.csv", csv(2000..2002).replace("Seguretat", "Segurança"));
    let other = compare(&run);
    assert!(other != first, "a cell says something else");
    std::fs::rename(scratch.path().join("small.csv"), scratch.path().join("small.tsv")).expect("renamed");
    assert!(compare(&["check", "small.tsv"]).contains("\"unparsable\":1"));
}

#[test]
fn what_is_kept_of_rows_is_all_of_it() {
    let text = csv(0..7).replace("Hours", "Hour") + "s-9,TBD,,5 0,4,attendance\n";
    let source = sheet_source("x.csv", text.as_bytes(), None);
    for source in [source.clone(), Arc::new(source.part(3..8))] {
        let practices = lint_source(set("eu"), &options(), &source, Presence::Named);
        let again = kept::read(&kept::write(&practices).expect("bytes"), &source).expect("practices");
        assert_eq!(format!("{again:?}"), format!("{practices:?}"));
    }
}

/// Every form of `score` shows the rows; what was found about the sheet as a whole counts as no practice.
#[test]
fn every_form_of_report_takes_rows() {
    let scratch = Scratch::new("sheet-forms");
    scratch.write("list.csv", "id,title,/level/eqf,Sala\nx,A course,nine,3\n,,5,\n");
    let run = |arguments: &[&str]| {
        let output = run_in(scratch.path(), &[arguments, &DAY].concat());
        assert!(code(&output) < 2, "{arguments:?}: {}", err(&output));
        out(&output)
    };
    let csv = run(&["score", "list.csv", "--format", "csv"]);
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("a head");
    let row = head.iter().position(|name| *name == "row").expect("the column `row`");
    assert_eq!(lines.map(|line| line[row]).collect::<Vec<_>>(), ["2", "3"]);
    let markdown = run(&["score", "list.csv", "--format", "markdown"]);
    assert!(markdown.contains("A course"), "{markdown}");
    let json: Value = serde_json::from_str(&run(&["score", "list.csv", "--format", "json"])).expect("JSON");
    assert_eq!(json["summary"]["checked"], 2);
    assert_eq!(json["practices"].as_array().map(Vec::len), Some(3));
    let ndjson = run(&["score", "list.csv", "--format", "ndjson"]);
    assert_eq!(ndjson.matches("\"type\":\"practice\"").count(), 3, "{ndjson}");
    let html = run(&["score", "list.csv", "--format", "html"]);
    for words in [
        "list.csv, row 3",
        "list.csv!C2",
        "In the spreadsheets as a whole",
        "list.csv!D1",
    ] {
        assert!(html.contains(words), "{words}");
    }
    run(&["score", "list.csv", "-o", "out.xlsx"]);
    assert!(
        std::fs::read(scratch.path().join("out.xlsx"))
            .expect("a workbook")
            .starts_with(b"PK")
    );
    let plan = run(&["plan", "list.csv"]);
    assert!(plan.contains("A course"), "{plan}");
    let losses = run_in(scratch.path(), &["convert", "--to", "elm-loq", "list.csv"]);
    assert!(
        err(&losses).contains("the column `Sala` is not read"),
        "{}",
        err(&losses)
    );
    // Sheets that say nothing of practices are left alone in a folder, and explained when they are named.
    scratch.write("prices/prices.csv", "what,price\nscrew,1\n");
    assert_eq!(
        code(&run_in(scratch.path(), &["convert", "--to", "native", "prices"])),
        3
    );
    let named = run_in(scratch.path(), &["convert", "--to", "native", "prices/prices.csv"]);
    assert!(err(&named).contains("`credlint check` says why"), "{}", err(&named));
}

/// What `score` wrote into a folder is no practice of the folder.
#[test]
fn results_of_ours_are_not_read_on_a_walk() {
    let scratch = Scratch::new("sheet-results");
    scratch.write("list.csv", "/id,/title,/level/eqf\nx,A course,4\n");
    scratch.write("list.mapping.yaml", "mapping: practices/1\n");
    let run = [
        "score",
        ".",
        "--profile",
        "mapping",
        "-o",
        "r.csv",
        "-o",
        "r.xlsx",
        "--by",
        "country",
        "-o",
        "patterns-csv=p.csv",
    ];
    assert_eq!(code(&run_in(scratch.path(), &run)), 0);
    let again = run_in(scratch.path(), &run);
    assert_eq!(code(&again), 0, "an earlier result is written over: {}", err(&again));
    let walked = out(&run_in(scratch.path(), &["check", ".", "--format", "json"]));
    let walked: Value = serde_json::from_str(&walked).expect("JSON");
    assert_eq!(walked["summary"]["checked"], 1);
    assert_eq!(walked["summary"]["not_descriptors"], 3);
    // A sheet that somebody fills in is no result, and is never written over.
    scratch.write("practices.xlsx", workbook(0..2));
    scratch.write("practices.mapping.yaml", MAPPING);
    let over = run_in(scratch.path(), &["score", ".", "-o", "practices.xlsx"]);
    assert_eq!(code(&over), 2);
    assert!(err(&over).contains("would be written over"), "{}", err(&over));
}

/// Rows that change are told by what their cells say; order and headings of the columns do not matter.
#[test]
fn a_row_has_a_digest_of_its_own() {
    let digests = |text: &str| {
        let practices = lint_as("eu", "x.csv", text.as_bytes(), None);
        practices
            .iter()
            .map(|own| own.digest().expect("a digest"))
            .collect::<Vec<_>>()
    };
    let first = digests("id,title,/workload/hours\na,One,5\nb,Two,6\n");
    assert_ne!(first[0], first[1]);
    assert_eq!(
        digests("id,title,workload: hours\nb,Two,6\na,One,5\n"),
        [first[1].clone(), first[0].clone()]
    );
    assert_ne!(digests("id,title,/workload/contact_hours\na,One,5\n")[0], first[0]);
    assert_ne!(digests("id,title,/workload/hours\na,One,55\n")[0], first[0]);
}

/// LibreOffice opens files and saves them in another form; false where it is not installed.
fn saved_by_libreoffice(scratch: &Scratch, to: &str, files: &[&str]) -> bool {
    let profile = scratch.path().join("profile").display().to_string();
    let started = Command::new("soffice")
        .current_dir(scratch.path())
        .arg(format!("-env:UserInstallation=file://{profile}"))
        .args(["--headless", "--norestore", "--convert-to", to, "--outdir", "saved"])
        .args(files)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut office) = started else {
        println!("skipped: LibreOffice is not here");
        return false;
    };
    let begun = Instant::now();
    while office.try_wait().expect("a process").is_none() {
        if begun.elapsed() > Duration::from_secs(240) {
            office.kill().expect("killed");
            panic!("LibreOffice does not come to an end");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

/// The template with the thirteen practices, opened and saved by LibreOffice as a workbook and as text.
#[test]
fn a_template_saved_by_libreoffice_is_read_back() {
    let scratch = Scratch::new("sheet-libreoffice");
    let profile = &set("mapping").profile;
    let (rows, wanted) = seeds_as_rows();
    let sources = [seeds_source()];
    let content = template::Content {
        rows: &rows,
        sources: &sources,
    };
    let bytes = template::workbook(profile, Language::ENGLISH, &content).expect("a workbook");
    scratch.write("practices.xlsx", &bytes);
    let mapping = template::mapping(profile, Language::ENGLISH, "practices.xlsx");
    if !saved_by_libreoffice(&scratch, "xlsx:Calc MS Excel 2007 XML", &["practices.xlsx"]) {
        return;
    }
    let saved = std::fs::read(scratch.path().join("saved/practices.xlsx")).expect("LibreOffice has saved it");
    assert_ne!(saved, bytes);
    let places = |bytes: &[u8]| -> Vec<String> {
        let practices = lint_as("mapping", "practices.xlsx", bytes, Some(&mapping));
        let cell = |own: &credlint::lint::Practice, at: u32| own.source().cell(at).map(|cell| cell.to_string());
        let findings = practices
            .iter()
            .flat_map(|own| own.findings.iter().map(move |found| (own, found)));
        findings
            .map(|(own, found)| format!("{:?} {}", cell(own, found.primary.span.start), found.message))
            .collect()
    };
    assert_eq!(places(&saved), places(&bytes), "findings at the same cells");
    for mapping in [Some(mapping.as_str()), None] {
        let practices = lint_as("mapping", "practices.xlsx", &saved, mapping);
        assert_eq!(said(&practices, &[]), Vec::<String>::new());
        assert_eq!(practices.iter().map(essence).collect::<Vec<_>>(), wanted);
    }
    // As text: commas in UTF-8, and semicolons in the encoding of western Windows. A text has no second sheet, so the
    // mapping says what the verdicts cite.
    let [id, title, url, date] = seeds_source();
    let cites = format!("sources: {{{id}: {{title: \"{title}\", url: \"{url}\", date: {date}}}}}\n");
    for (kind, options) in [("utf-8", "44,34,76,1"), ("windows-1252", "59,34,1,1")] {
        let filter = format!("csv:Text - txt - csv (StarCalc):{options}");
        assert!(saved_by_libreoffice(&scratch, &filter, &["practices.xlsx"]));
        let text = std::fs::read(scratch.path().join("saved/practices.csv")).expect("LibreOffice has saved it");
        let practices = lint_as("mapping", "practices.csv", &text, Some(&(mapping.clone() + &cites)));
        let practices: Vec<_> = practices.iter().filter(|own| own.document > 0).collect();
        assert_eq!(
            practices.iter().map(|own| essence(own)).collect::<Vec<_>>(),
            wanted,
            "{kind}"
        );
    }
}

/// What a person types in LibreOffice: numbers, percentages, dates, durations, crosses, formulas, merged and hidden cells.
#[test]
fn values_saved_by_libreoffice_are_read_as_they_are_shown() {
    let scratch = Scratch::new("sheet-libreoffice-values");
    let bytes = one_sheet(|sheet| {
        let own = ["/learning_outcomes/*/text", "/awarding_bodies/0/name"];
        write_row(sheet, 0, TYPED.into_iter().chain(own));
        for (row, id) in [(1, "x"), (2, "y")] {
            type_values(sheet, row, id);
            sheet
                .write(row, 8, "Mede a tensão\nDesliga, e \"confirma\"")
                .expect("a cell");
        }
        sheet
            .merge_range(1, 9, 2, 9, "Ammattiopisto Väinö", &Format::new())
            .expect("merged");
        sheet.set_row_hidden(2).expect("hidden");
    });
    scratch.write("typed.xlsx", &bytes);
    if !saved_by_libreoffice(&scratch, "xlsx:Calc MS Excel 2007 XML", &["typed.xlsx"]) {
        return;
    }
    let saved = std::fs::read(scratch.path().join("saved/typed.xlsx")).expect("LibreOffice has saved it");
    let documents = native("typed.xlsx", &saved, None);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents, native("typed.xlsx", &bytes, None));
    let one = &documents[1];
    are_as_typed(one);
    assert_eq!(one["learning_outcomes"][1], "Desliga, e \"confirma\"");
    assert_eq!(one["awarding_bodies"][0], "Ammattiopisto Väinö");
    let found = said(&lint_as("eu", "typed.xlsx", &saved, None), &[]);
    assert!(
        found.iter().any(|own| own.starts_with("sheet/hidden-rows A3")),
        "{found:?}"
    );
}
