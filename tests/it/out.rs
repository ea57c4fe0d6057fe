//! What `score` writes: rows for other programs, several files in one run, the same bytes for the same input.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use credlint::report::csv::{Type, columns, inert};
use credlint::report::json::made_by;
use proptest::prelude::*;

use crate::cli::{Scratch, code, command, err, out, run_in};
use crate::{file, options, root, set};

type Rows = Vec<BTreeMap<String, String>>;

fn parsed(text: &str) -> (Vec<String>, Rows) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .expect("a heading")
        .iter()
        .map(str::to_string)
        .collect();
    let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(str::to_string)).collect();
    let rows = reader.records().map(|record| row(record.expect("a row"))).collect();
    (names, rows)
}

fn score(arguments: &[&str]) -> String {
    let mut all = vec!["score", "--as-of", "2026-11-23"];
    all.extend(arguments);
    let output = run_in(&root(), &all);
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}

#[test]
fn a_row_says_the_gap_exactly() {
    let text = score(&["seeds", "--format", "csv"]);
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    let (_, rows) = parsed(&text);
    assert_eq!(rows.len(), 13);
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).expect("a row");
    let sfs = row("fi-sfs-6002");
    let figures =
        ["missing", "open", "applicable", "not-stated"].map(|part| sfs[&format!("gap.themes.{part}")].as_str());
    assert_eq!(figures, ["5", "10", "20", "10"]);
    assert_eq!(sfs["gap.themes.too-little-stated"], "false");
    assert_eq!(
        (sfs["verdict.labelling"].as_str(), sfs["basis.labelling"].as_str()),
        ("gap", "inferred")
    );
    assert_eq!(
        (sfs["country"].as_str(), sfs["practice.kind"].as_str()),
        ("FI", "safety-standard")
    );
    assert_eq!(sfs["kind-of-practice"], "standards-based-certification");
    assert_eq!(sfs["observations.topics"], "governance;provider-variation;updating");
    let cet = row("pt-cet-ev-mechatronics");
    assert_eq!(
        (cet["definition"].as_str(), cet["definition.small-volume"].as_str()),
        ("contradicted", "contradicted")
    );
    assert_eq!(cet["gap.themes.applicable"], "18");
    assert_eq!(row("es-navarre-teacher-certification")["traits"], "dual-anchoring");
}

#[test]
fn every_cell_is_of_the_type_that_is_documented() {
    for (profile, paths) in [
        ("mapping", vec!["seeds"]),
        ("eu", vec!["fixtures/corpus", "fixtures/catalogue"]),
    ] {
        let mut arguments = paths.clone();
        arguments.extend(["--format", "csv", "--profile", profile]);
        let output = run_in(&root(), &[vec!["score"], arguments].concat());
        let (names, rows) = parsed(&out(&output));
        let columns = columns(set(profile), &made_by(set(profile), &options()), &[]);
        assert_eq!(
            names,
            columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
        );
        assert!(!rows.is_empty());
        for row in &rows {
            for column in &columns {
                let cell = &row[&column.name];
                let right = match column.holds {
                    Type::Text | Type::Word => true,
                    // Only a spreadsheet has rows.
                    Type::Integer => cell.parse::<u32>().is_ok() || (column.name == "row" && cell.is_empty()),
                    Type::Flag => ["true", "false"].contains(&cell.as_str()),
                    Type::Date => cell.parse::<jiff::civil::Date>().is_ok(),
                };
                assert!(right, "{}: {cell}", column.name);
            }
        }
    }
}

const NASTY: &str = "descriptor: micro-credential/1\nid: \"=1+1\"\npractice:\n  name: \"=HYPERLINK(\\\"http://x\\\",\\\"a, b\\\")\\nsecond | <b>line</b>\"\n  country: \"+1\"\n  kind: \"@SUM(1)\"\n  cohort: -2024\n  remark: \"a;b\"\n";

#[test]
fn what_could_be_taken_for_a_formula_is_kept_from_it_and_comes_back() {
    let scratch = Scratch::new("nasty");
    scratch.write("a.yaml", NASTY);
    let output = run_in(scratch.path(), &["score", ".", "--format", "csv", "--by", "cohort"]);
    let (names, rows) = parsed(&out(&output));
    let row = &rows[0];
    assert_eq!(row["id"], "'=1+1");
    assert_eq!(row["name"], "'=HYPERLINK(\"http://x\",\"a, b\")\nsecond | <b>line</b>");
    assert_eq!(
        (row["practice.kind"].as_str(), row["country"].as_str()),
        ("'@SUM(1)", "'+1")
    );
    assert_eq!(
        row["practice.cohort"], "'-2024",
        "a key that --by names has its own column"
    );
    assert_eq!(row["practice.other"], "{\"remark\":\"a;b\"}");
    assert!(names.contains(&"practice.cohort".to_string()));
    let starts = ['=', '+', '-', '@'];
    assert!(row.values().all(|cell| !cell.starts_with(starts)), "{row:?}");
}

#[test]
fn markdown_keeps_names_on_their_line_and_out_of_the_markup() {
    let scratch = Scratch::new("markdown");
    scratch.write("a.yaml", NASTY);
    let text = out(&run_in(scratch.path(), &["score", ".", "--format", "markdown"]));
    let row = text.lines().find(|line| line.contains("HYPERLINK")).expect("a row");
    assert!(row.contains("second \\| \\<b\\>line\\</b\\>"), "{row}");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert!(lines.iter().all(|line| cells(line) == cells(lines[0])), "{text}");
}

#[test]
fn markdown_of_the_seeds() {
    let text = score(&["seeds", "--format", "markdown", "--by", "country"]);
    let stable: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("digest") && !line.contains("version"))
        .collect();
    insta::assert_snapshot!("score_seeds_markdown", stable.join("\n"));
}

#[test]
fn counts_of_groups_in_long_form_add_up() {
    let text = score(&["seeds", "--format", "patterns-csv", "--by", "country", "--by", "topic"]);
    let (_, rows) = parsed(&text);
    let mut sums: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|row| row["by"] == "country" && row["about"] == "element")
    {
        let count: usize = row["count"].parse().expect("a number");
        *sums.entry((row["group"].clone(), row["name"].clone())).or_default() += count;
    }
    assert_eq!(sums.len(), 30);
    let practices = BTreeMap::from([("ES", 5), ("FI", 4), ("PT", 4)]);
    assert!(
        sums.iter().all(|((group, _), sum)| practices[group.as_str()] == *sum),
        "{sums:?}"
    );
    let silent = rows.iter().find(|row| row["by"] == "topic" && row["group"].is_empty());
    assert_eq!(silent.expect("practices without observations")["practices"], "3");
    let output = run_in(&root(), &["score", "seeds", "--format", "patterns-csv"]);
    assert_eq!(code(&output), 2);
}

#[test]
fn one_run_writes_several_files_and_a_second_one_the_same_bytes() {
    let scratch = Scratch::new("several");
    scratch.write("a.yaml", file("seeds/fi/sfs-6002.yaml"));
    let names = ["r.csv", "r.json", "r.md", "r.xlsx", "p.csv", "t.txt"];
    let arguments = [
        "score",
        ".",
        "--profile",
        "mapping",
        "--by",
        "country",
        "--as-of",
        "2026-11-23",
        "-o",
        "r.csv",
        "-o",
        "json=r.json",
        "--output",
        "r.md",
        "-o",
        "r.xlsx",
        "-o",
        "patterns-csv=p.csv",
        "-o",
        "table=t.txt",
    ];
    let mut runs = Vec::new();
    for _ in 0..2 {
        let output = run_in(scratch.path(), &arguments);
        assert_eq!(
            (code(&output), out(&output), err(&output)),
            (0, String::new(), String::new())
        );
        let read = |name: &&str| std::fs::read(scratch.path().join(name)).expect("written");
        runs.push(names.iter().map(read).collect::<Vec<_>>());
        std::thread::sleep(std::time::Duration::from_millis(1100));
    }
    assert!(
        runs[0] == runs[1],
        "the second run read what the first one wrote, or the clock"
    );
    let both = run_in(
        scratch.path(),
        &["score", "a.yaml", "--format", "table", "-o", "csv=r.csv"],
    );
    assert!(
        out(&both).contains("SFS 6002"),
        "a format beside other files is printed"
    );
    let one = run_in(scratch.path(), &["score", "a.yaml", "--format", "csv", "-o", "x.data"]);
    assert_eq!(out(&one), "");
    let written = std::fs::read_to_string(scratch.path().join("x.data")).expect("written");
    assert!(written.starts_with("id,name,file,"));
}

#[test]
fn a_file_that_is_read_is_not_written_over() {
    let scratch = Scratch::new("over");
    let text = file("seeds/fi/sfs-6002.yaml");
    scratch.write("a.yaml", &text);
    for arguments in [
        ["score", "a.yaml", "-o", "csv=a.yaml"],
        ["score", ".", "-o", "csv=./a.yaml"],
    ] {
        let output = run_in(scratch.path(), &arguments);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains("would be written over"), "{}", err(&output));
    }
    assert_eq!(
        std::fs::read_to_string(scratch.path().join("a.yaml")).expect("there"),
        text
    );
    let nowhere = run_in(scratch.path(), &["score", "a.yaml", "-o", "csv=absent/r.csv"]);
    assert_eq!(code(&nowhere), 2);
    assert!(err(&nowhere).contains("absent/r.csv"), "{}", err(&nowhere));
}

#[test]
fn what_programs_read_does_not_depend_on_the_locale() {
    for format in ["csv", "patterns-csv", "markdown", "json", "xlsx"] {
        let arguments = [
            "score",
            "seeds",
            "--by",
            "country",
            "--as-of",
            "2026-11-23",
            "--format",
            format,
        ];
        let plain = run_in(&root(), &arguments).stdout;
        let located = command(&root(), &arguments)
            .env("LANG", "es_ES.UTF-8")
            .output()
            .expect("runs")
            .stdout;
        assert!(plain == located && !plain.is_empty(), "{format}");
    }
}

#[test]
fn documents_that_cannot_be_read_are_named_beside_the_rows() {
    let scratch = Scratch::new("unread");
    scratch.write("a.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("c.yaml", "descriptor: micro-credential/1\ntitle: [\n");
    let output = run_in(scratch.path(), &["score", ".", "--format", "csv"]);
    assert_eq!(parsed(&out(&output)).1.len(), 1);
    assert!(
        err(&output).contains("could not be read to their end: 1"),
        "{}",
        err(&output)
    );
}

/// The parts of a workbook by name.
fn parts(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut parts = BTreeMap::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        let (name, mut text) = (part.name().expect("a name").to_string(), String::new());
        part.read_to_string(&mut text).expect("XML");
        parts.insert(name, text);
    }
    parts
}

#[test]
fn a_workbook_has_its_sheets_frozen_filtered_coloured_and_free_of_formulas() {
    let scratch = Scratch::new("workbook");
    scratch.write("a.yaml", NASTY);
    scratch.write("b.yaml", file("seeds/fi/sfs-6002.yaml"));
    let output = run_in(
        scratch.path(),
        &[
            "score",
            ".",
            "--profile",
            "mapping",
            "--by",
            "country",
            "--format",
            "xlsx",
            "--as-of",
            "2026-03-02",
        ],
    );
    assert_eq!(code(&output), 0, "{}", err(&output));
    let parts = parts(output.stdout);
    let workbook = &parts["xl/workbook.xml"];
    for name in ["practices", "by country", "reasons", "method"] {
        assert!(workbook.contains(&format!("name=\"{name}\"")), "{name}");
    }
    let practices = &parts["xl/worksheets/sheet1.xml"];
    for part in [
        "<pane xSplit=\"2\" ySplit=\"1\"",
        "<autoFilter ref=\"A1:",
        "beginsWith",
        "dataBar",
    ] {
        assert!(practices.contains(part), "{part}");
    }
    assert!(
        parts.values().all(|part| !part.contains("<f>")),
        "a text became a formula"
    );
    let texts = &parts["xl/sharedStrings.xml"];
    for text in [
        "=1+1",
        "SFS 6002 electrical safety training",
        "gap ~",
        "1 in themes",
        "not an accreditation",
        "cohort",
    ] {
        assert!(texts.contains(text), "{text}");
    }
    let set = set("mapping");
    assert!(texts.contains(&set.digest) && texts.contains(set.snapshot));
    assert!(parts["docProps/core.xml"].contains("2026-03-02T00:00:00Z"));
}

#[test]
fn the_counts_stand_beside_the_percentages_at_every_width() {
    for (width, counts) in [
        ("60", "2½ of 10 missing"),
        ("80", "2½+5/10"),
        ("140", "2½ of 10 missing, 5 not stated"),
    ] {
        let text = out(&run_in(&root(), &["score", "seeds", "--width", width]));
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains(counts), "{width}: {text}");
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(longest <= width.parse().expect("a number"), "{width}: {longest}");
    }
    let plain = out(&run_in(&root(), &["score", "seeds", "--plain"]));
    assert!(plain.contains("2½ of 10 missing") && !plain.contains('✔'), "{plain}");
}

proptest! {
    #[test]
    fn an_inert_text_comes_back(text in "['=+@\\t\\r\\n\\-a ＝]{0,6}") {
        let safe = inert(text.clone());
        prop_assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']));
        let stripped = safe.trim_start_matches('\'');
        let guarded = safe.starts_with('\'') && stripped.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']);
        let back = if guarded { safe[1..].to_string() } else { safe };
        prop_assert_eq!(back, text);
    }
}
