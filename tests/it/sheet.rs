//! Spreadsheets: what a person writes in cells is read as our format says it, every finding names its cell, and no file
//! does harm.

use std::path::PathBuf;
use std::sync::Arc;

use credlint::cli::SchemaName;
use credlint::language::Language;
use credlint::lint::{Practice, Presence, State, lint_source};
use credlint::report::json;
use credlint::score::Verdict;
use credlint::sheet::mapping::Mapping;
use credlint::sheet::{self, template};
use credlint::source::Source;
use credlint::standard::Element;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::Value;

use crate::cli::{Scratch, command, out, run_in};
use crate::schemas::{fits, schema};
use crate::{check_as, drawn, options, root, set};

pub(crate) fn sheet_source(name: &str, bytes: &[u8], mapping: Option<&str>) -> Arc<Source> {
    let mapping = mapping.map(|text| {
        let source = Arc::new(Source::new("x.mapping.yaml", text.to_string()));
        Mapping::parse(&source).unwrap_or_else(|error| panic!("{error}"))
    });
    Arc::new(sheet::read(name, bytes, mapping.as_ref()))
}

pub(crate) fn lint_as(profile: &str, name: &str, bytes: &[u8], mapping: Option<&str>) -> Vec<Practice> {
    let source = sheet_source(name, bytes, mapping);
    lint_source(set(profile), &options(), &source, Presence::Named)
}

fn lint(text: &str) -> Vec<Practice> {
    lint_as("eu", "practices.csv", text.as_bytes(), None)
}

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().expect("a workbook")
}

pub(crate) fn one_sheet(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    book(|workbook| fill(workbook.add_worksheet()))
}

pub(crate) fn write_row(sheet: &mut Worksheet, row: u32, cells: impl IntoIterator<Item = impl Into<String>>) {
    for (column, text) in (0..).zip(cells) {
        sheet.write(row, column, text.into()).expect("a cell");
    }
}

/// Headings of what a person types in other ways than as a text: see `type_values`.
pub(crate) const TYPED: [&str; 8] = [
    "id",
    "/workload/hours",
    "/assessment/*/weight",
    "/offers/*/start",
    "/field/isced_f",
    "/safety_critical",
    "/workload/contact_hours",
    "/workload/self_study_hours",
];

/// A number, a percentage, a date, leading zeros, a cross, a duration and a formula.
pub(crate) fn type_values(sheet: &mut Worksheet, row: u32, id: &str) {
    let format = |code: &str| Format::new().set_num_format(code);
    let day = ExcelDateTime::from_ymd(2026, 3, 2).expect("a day");
    sheet.write(row, 0, id).expect("a cell");
    sheet.write(row, 1, 0.1 + 0.2).expect("a cell");
    sheet.write_with_format(row, 2, 0.07, &format("0%")).expect("a cell");
    sheet
        .write_with_format(row, 3, &day, &format("d mmm yyyy"))
        .expect("a cell");
    sheet.write_with_format(row, 4, 716, &format("0000")).expect("a cell");
    sheet.write(row, 5, true).expect("a cell");
    sheet
        .write_with_format(row, 6, 50.5 / 24.0, &format("[h]:mm"))
        .expect("a cell");
    sheet
        .write_formula(row, 7, Formula::new("=20+30").set_result("50"))
        .expect("a cell");
}

/// What `type_values` has typed says what the cells show.
pub(crate) fn are_as_typed(document: &Value) {
    assert_eq!(document["workload"]["hours"], 0.3);
    assert_eq!(document["assessment"][0]["weight"], 7);
    assert_eq!(document["offers"][0]["start"], "2026-03-02");
    assert_eq!(document["field"]["isced_f"], "0716");
    assert_eq!(document["safety_critical"], true);
    assert_eq!(document["workload"]["contact_hours"], 50.5);
    assert_eq!(document["workload"]["self_study_hours"], 50);
}

/// Rule and cell of every finding of the rules about sheets, and of others that are named.
pub(crate) fn said(practices: &[Practice], also: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    for practice in practices {
        for finding in &practice.findings {
            let id = &set("eu").rules[finding.rule].id;
            if id.starts_with("sheet/") || also.contains(&id.as_str()) {
                let cell = practice.source().cell(finding.primary.span.start);
                let cell = cell.map(|cell| cell.to_string()).unwrap_or_default();
                said.push(format!("{id} {cell}: {}", finding.message));
            }
        }
    }
    said
}

/// The descriptor of each row as our own format writes it.
pub(crate) fn native(name: &str, bytes: &[u8], mapping: Option<&str>) -> Vec<Value> {
    let source = sheet_source(name, bytes, mapping);
    let wanted = crate::convert::wanted(credlint::convert::Target::Native);
    let written = credlint::convert::convert_file(set("eu"), &source, None, wanted).unwrap_or_default();
    written.into_iter().map(|written| written.converted.document).collect()
}

fn native_of(text: &str) -> Value {
    native("practices.csv", text.as_bytes(), None).remove(0)
}

/// Everything that must not change on the way through a spreadsheet.
pub(crate) fn essence(practice: &Practice) -> Value {
    let result = serde_json::to_value(json::practice(set("mapping"), &options(), practice)).expect("JSON");
    let traits = result["typology"]["traits"].as_array().cloned().unwrap_or_default();
    serde_json::json!({
        "id": result["id"],
        "name": result["name"],
        "elements": result["elements"],
        "gaps": result["gaps"],
        "definition": result["definition"],
        "kind": result["typology"]["kind"],
        "traits": traits.iter().map(|own| own["trait"].clone()).collect::<Vec<_>>(),
    })
}

fn seeds() -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(root().join("seeds")).sort_by_file_name();
    let files = files
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path);
    let seeds = files.filter(|path| {
        path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("credlint.yaml")
    });
    seeds.collect()
}

/// What a descriptor says on a path with `*`, one value on each line.
fn values(document: &Value, path: &[&str]) -> Vec<String> {
    let Some((first, rest)) = path.split_first() else {
        return match document {
            Value::String(text) => vec![text.clone()],
            Value::Null | Value::Object(_) => Vec::new(),
            Value::Array(items) => items.iter().flat_map(|item| values(item, &[])).collect(),
            other => vec![other.to_string()],
        };
    };
    match document {
        Value::Array(items) if *first == "*" => items
            .iter()
            .map(|item| values(item, rest).into_iter().next().unwrap_or_default())
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| values(item, path).into_iter().next().unwrap_or_default())
            .collect(),
        // A text in several languages: the seeds have one.
        Value::Object(keys) if rest.is_empty() && keys.get(*first).is_some_and(Value::is_object) => keys[*first]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(_, text)| values(text, &[]))
            .take(1)
            .collect(),
        Value::Object(keys) => keys.get(*first).map_or(Vec::new(), |inner| values(inner, rest)),
        _ => Vec::new(),
    }
}

fn row_of(document: &Value, columns: &[template::Column]) -> Vec<(String, String)> {
    let mut row = Vec::new();
    for column in columns {
        let text = match column.path.as_str() {
            "/evidence/*/source" => "autocredify".to_string(),
            path => {
                let segments: Vec<&str> = path.split('/').skip(1).collect();
                values(document, &segments).join("\n")
            }
        };
        if !text.trim().is_empty() {
            row.push((column.path.clone(), text));
        }
    }
    row
}

/// The thirteen mapped practices as rows of the template, and what must come back of each.
pub(crate) fn seeds_as_rows() -> (Vec<Vec<(String, String)>>, Vec<Value>) {
    let (mut rows, mut wanted) = (Vec::new(), Vec::new());
    let profile = &set("mapping").profile;
    let columns = template::columns(Some(profile), Language::ENGLISH);
    for path in seeds() {
        let text = std::fs::read_to_string(&path).expect("a seed");
        let document: Value = serde_yaml::from_str(&text).expect("YAML");
        rows.push(row_of(&document, &columns));
        let practice = check_as("mapping", &path.display().to_string(), &text).remove(0);
        wanted.push(essence(&practice));
    }
    (rows, wanted)
}

/// The document that the verdicts of the seeds cite: id, title, address, date.
pub(crate) fn seeds_source() -> [String; 4] {
    [
        "autocredify",
        "What Spain, Finland and Portugal are already doing right",
        "https://project-autocredify.eu/",
        "2026-03-24",
    ]
    .map(str::to_string)
}

/// The thirteen mapped practices, written into the template and read back, in every language of the template and with and
/// without its mapping file.
#[test]
fn the_seeds_survive_the_template() {
    let profile = &set("mapping").profile;
    let (rows, wanted) = seeds_as_rows();
    let sources = [seeds_source()];
    let content = template::Content {
        rows: &rows,
        sources: &sources,
    };
    for language in Language::all() {
        let bytes = template::workbook(profile, language, &content).expect("a workbook");
        let mapping = template::mapping(profile, language, "practices.xlsx");
        for mapping in [Some(mapping.as_str()), None] {
            let practices = lint_as("mapping", "practices.xlsx", &bytes, mapping);
            assert_eq!(said(&practices, &[]), Vec::<String>::new(), "{language:?}");
            let read: Vec<Value> = practices.iter().map(essence).collect();
            for (read, wanted) in read.iter().zip(&wanted) {
                assert_eq!(
                    serde_json::to_string_pretty(read).expect("JSON"),
                    serde_json::to_string_pretty(wanted).expect("JSON"),
                    "{language:?}"
                );
            }
            assert_eq!(read.len(), 13, "{language:?}");
        }
    }
}

#[test]
fn the_template_is_the_same_bytes_every_time_and_no_practice() {
    for profile in ["eu", "mapping"] {
        for language in Language::all() {
            let write = || {
                template::workbook(&set(profile).profile, language, &template::Content::default()).expect("a workbook")
            };
            let bytes = write();
            assert!(bytes == write(), "{profile} {language:?}");
            let mapping = template::mapping(&set(profile).profile, language, "p.xlsx");
            let practices = lint_as(profile, "p.xlsx", &bytes, Some(&mapping));
            let found = said(&practices, &[]);
            assert_eq!(found, ["sheet/empty A1: the sheet has no practice"], "{language:?}");
            assert_eq!(practices[0].state, State::Unparsable);
        }
    }
}

#[test]
fn every_column_of_the_template_leads_to_a_value_and_has_a_heading_of_its_own() {
    for language in Language::all() {
        let columns = template::columns(None, language);
        let mut headings: Vec<String> = columns
            .iter()
            .map(|column| credlint::vocabulary::normalise(&column.heading))
            .collect();
        headings.sort_unstable();
        let all = headings.len();
        headings.dedup();
        assert_eq!(headings.len(), all, "{language:?}: two columns have one heading");
        // A mapping is checked path by path.
        let mapping = template::mapping(&set("eu").profile, language, "p.xlsx");
        Mapping::parse(&Arc::new(Source::new("p.mapping.yaml", mapping))).expect("a mapping");
    }
}

/// The labels that drop-downs offer are read back as the values that they stand for.
#[test]
fn what_the_drop_downs_offer_is_read() {
    let document =
        native_of("id,kind,verdict,/level/eqf,/participation/mode\nx,micro-credential,,4,in-person;online\n");
    assert_eq!(
        document["participation"]["mode"],
        serde_json::json!(["in-person", "online"])
    );
    let finnish = native_of("id,/awarding_bodies/*/country,/assessment/*/supervision\nx,Suomi,none\n");
    assert_eq!(finnish["awarding_bodies"][0]["country"], "FI");
    assert_eq!(finnish["assessment"][0]["supervision"], "none");
}

#[test]
fn a_row_is_read_like_a_descriptor() {
    let document = native_of(
        "id;título;workload.hours;/workload/credits/*/system;/workload/credits/*/points;assessment/*/type;\
         /assessment/*/proves;learning_outcomes/*/text;brand_specific;prerequisites;/level/eqf\n\
         hv-1;Alta tensión;50;ECTS;4,5;\"practical-assessment\nwritten-examination\";\"LO1, LO2\nLO1\";\
         \"- Isolate a vehicle; check it\n- Measure\";no;ninguno;not applicable: no level below 60 ECTS\n",
    );
    assert_eq!(document["title"], "Alta tensión");
    assert_eq!(document["workload"]["hours"], 50);
    assert_eq!(document["workload"]["credits"][0]["points"], 4.5);
    assert_eq!(document["assessment"][0]["proves"], serde_json::json!(["LO1", "LO2"]));
    assert_eq!(document["assessment"][1]["type"], "written-examination");
    assert_eq!(
        document["learning_outcomes"][0], "Isolate a vehicle; check it",
        "a semicolon of the sentence"
    );
    assert_eq!(document["learning_outcomes"][1], "Measure");
    assert_eq!(document["brand_specific"], false);
    assert_eq!(document["prerequisites"], "none");
    assert_eq!(document["level"]["eqf"]["not_applicable"], "no level below 60 ECTS");
}

#[test]
fn cells_side_by_side_stay_in_step() {
    let document = native_of(
        "id,/awarding_bodies/*/name,/awarding_bodies/*/homepage\nx,\"A\nB\nC\",\"https://a.example\n\nhttps://c.example\"\n",
    );
    assert_eq!(document["awarding_bodies"][1], "B");
    assert_eq!(document["awarding_bodies"][2]["homepage"], "https://c.example");
}

#[test]
fn none_in_a_cell_is_said_of_the_innermost_place_where_it_can_be_said() {
    let document = native_of("id,learning outcomes,workload,/stackability/status\nx,none,ei mitään,nenhum\n");
    assert_eq!(document["learning_outcomes"], "none");
    assert_eq!(document["workload"], "none");
    assert_eq!(document["stackability"], "none");
}

#[test]
fn verdicts_are_read_in_four_languages_and_as_marks() {
    for (language, words) in [
        ("en", ["met", "Partial", "GAP", "not applicable"]),
        ("es", ["cumplido", "parcial", "carencia", "no aplicable"]),
        ("fi", ["täyttyy", "osittain", "puute", "ei sovellu"]),
        ("pt", ["cumprido", "parcial", "lacuna", "não aplicável"]),
        ("marks", ["✔", "◐", "✘", "–"]),
    ] {
        let text = format!(
            "id,learning outcomes,level,assessment,recognition\nx,{}\n",
            words.join(",")
        );
        let practices = lint_as("mapping", "p.csv", text.as_bytes(), None);
        let verdict = |element| practices[0].verdict(element);
        assert_eq!(verdict(Element::LearningOutcomes), Verdict::Met, "{language}");
        assert_eq!(verdict(Element::Level), Verdict::Partial, "{language}");
        assert_eq!(verdict(Element::Assessment), Verdict::Gap, "{language}");
        assert_eq!(verdict(Element::Recognition), Verdict::NotApplicable, "{language}");
    }
}

#[test]
fn a_column_that_is_called_like_an_element_holds_what_its_cells_hold() {
    let values = lint("id,assessment,taso\nx,practical-assessment,4\ny,,met\n");
    assert_ne!(values[0].verdict(Element::Assessment), Verdict::NotStated, "a type");
    assert!(
        said(&values, &["level/eqf-out-of-range"])
            .iter()
            .any(|said| said.contains("C3")),
        "{:?}",
        said(&values, &["level/eqf-out-of-range"])
    );
    let text = "id,assessment\nx,cumplido\ny,?\nz,\"met; partial\"\n";
    let verdicts = lint_as("mapping", "p.csv", text.as_bytes(), None);
    let of = |number: usize| verdicts[number].verdict(Element::Assessment);
    assert_eq!(
        [of(0), of(1), of(2)],
        [Verdict::Met, Verdict::NotStated, Verdict::Partial]
    );
}

#[test]
fn what_belongs_to_several_verdicts_is_shared_out() {
    let document = native_of(
        "id,/evidence/*/source,quality assurance: verdict,quality assurance: where in the source,quality assurance: note,assessment: note\n\
         x,report,\"met; gap\",P7,\"teaching; all of it\ntechnical side\",only a remark\n",
    );
    let entries = &document["evidence"]["quality-assurance"];
    assert_eq!(entries[0]["note"], "teaching; all of it");
    assert_eq!(
        entries[1],
        serde_json::json!({"verdict": "gap", "locator": "P7", "note": "technical side", "source": "report"})
    );
    assert!(
        document["evidence"].get("assessment").is_none(),
        "a note alone is a remark"
    );
}

#[test]
fn decimal_commas_are_read_and_thousands_are_asked_about() {
    let hours = |text: &str| {
        let practices = lint(&format!("id,/workload/hours\nx,\"{text}\"\n"));
        let wrong = said(&practices, &["shape/wrong-value"]);
        (
            native_of(&format!("id,/workload/hours\nx,\"{text}\"\n"))["workload"]["hours"].clone(),
            wrong.len(),
        )
    };
    assert_eq!(hours("7,5"), (serde_json::json!(7.5), 0));
    assert_eq!(hours("60 %"), (serde_json::json!(60), 0));
    assert_eq!(hours("PT50H"), (serde_json::json!(50), 0));
    assert_eq!(hours("1,500").1, 1, "1500 or 1.5: nobody can know");
    assert_eq!(hours("50 h").1, 1);
}

#[test]
fn findings_name_the_cell_and_csv_the_line_of_the_file() {
    let text = "id,title,/workload/hours\nhv-1,\"two\nlines\",50\nhv-2,Second,many\n";
    let practices = lint(text);
    let finding = practices[1]
        .findings
        .iter()
        .find(|finding| set("eu").rules[finding.rule].id == "shape/wrong-value")
        .expect("a finding");
    let result = serde_json::to_value(json::finding(set("eu"), &practices[1].sources, finding)).expect("JSON");
    assert_eq!(
        result["cell"],
        serde_json::json!({"sheet": "", "column": "C", "row": 3})
    );
    assert_eq!([&result["line"], &result["column"]], [4, 13]);
    assert_eq!(result["pointer"], "/workload/hours");
    let (start, end) = (result["span"]["start"].as_u64(), result["span"]["end"].as_u64());
    let range = start.expect("a place") as usize..end.expect("a place") as usize;
    assert_eq!(&text[range], "many", "the bytes of the file");
    let practice = serde_json::to_value(json::practice(set("eu"), &options(), &practices[1])).expect("JSON");
    assert_eq!(practice["row"], serde_json::json!({"sheet": "", "row": 3}));
}

#[test]
fn places_inside_a_cell_are_exact() {
    let text = "id,title,/participation/mode\nx,A,\"online;\n floating\"\n";
    let practices = lint(text);
    let unknown = said(&practices, &["participation/mode-unknown"]);
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    let mut findings = practices[0].findings.iter();
    let finding = findings.find(|finding| set("eu").rules[finding.rule].id == "participation/mode-unknown");
    let (span, source) = (finding.expect("a finding").primary.span, practices[0].source());
    assert_eq!(span.slice(source.text()), "floating");
    let at = source.position(span.start);
    assert_eq!((at.line, at.column, source.byte(span.start)), (3, 2, 43));
}

#[test]
fn a_finding_of_a_workbook_is_drawn_with_its_cell() {
    let bytes = one_sheet(|sheet| {
        let rows = [
            [
                "id",
                "title",
                "workload: hours",
                "/workload/credits/*/system",
                "/workload/credits/*/points",
                "Asessment",
            ],
            ["hv-1", "High-voltage safety", "50", "ECTS", "4.5", "x"],
        ];
        for (row, cells) in (0..).zip(rows) {
            write_row(sheet, row, cells);
        }
    });
    let practices = lint_as("eu", "practices.xlsx", &bytes, None);
    let text = practices
        .iter()
        .map(|practice| drawn("eu", practice))
        .collect::<String>();
    let shown: Vec<&str> = text
        .split("\n\n")
        .filter(|part| part.contains("practices.xlsx!"))
        .collect();
    // In colour the same, under codes and links.
    let style = credlint::report::human::Style {
        colour: true,
        links: true,
        ..crate::style()
    };
    let human = credlint::report::human::Human::new(set("eu"), style, Language::ENGLISH);
    let coloured: String = practices.iter().map(|practice| human.practice(practice)).collect();
    let mut plain = String::new();
    for (number, part) in coloured.split('\u{1b}').enumerate() {
        let code = part
            .strip_prefix("]8;;")
            .and_then(|link| link.find('\\'))
            .map(|end| end + 5);
        let code = code.or_else(|| part.find('m').map(|end| end + 1));
        plain.push_str(if number == 0 { part } else { &part[code.unwrap_or(0)..] });
    }
    for line in text
        .lines()
        .filter(|line| line.contains("practices.xlsx!") || line.contains(" │ "))
    {
        assert!(plain.contains(line), "{line}\n{plain}");
    }
    insta::assert_snapshot!("sheet_human", shown[..shown.len().min(4)].join("\n\n"));
}

#[test]
fn separators_quotes_and_line_breaks_are_told() {
    for text in [
        "id,title,/level/eqf\r\nx,\"A \"\"b\"\", c\",4\r\n",
        "id;title;/level/eqf\nx;\"A \"\"b\"\", c\";4\n",
        "id\ttitle\t/level/eqf\nx\t\"A \"\"b\"\", c\"\t4",
        "sep=;\r\nid;title;/level/eqf\r\nx;\"A \"\"b\"\", c\";4\r\n",
        "id|title|/level/eqf\nx|A \"b\", c|4\n",
        "\u{FEFF}id,title,/level/eqf\n\n\nx,\"A \"\"b\"\", c\",4\n",
    ] {
        let document = native_of(text);
        assert_eq!(document["title"], "A \"b\", c", "{text:?}");
        assert_eq!(document["level"]["eqf"], "4", "{text:?}");
    }
    // A comma in every text is no separator.
    let document = native_of("id;title;description\nx;One, two;a, b, c\ny;One, three;a, b, c\n");
    assert_eq!(document["title"], "One, two");
    // Rows are counted as spreadsheet programs do: empty ones too.
    let practices = lint("id,title,/level/eqf\n\n\nx,A,nine\n");
    assert!(
        said(&practices, &["level/eqf-out-of-range"])
            .iter()
            .any(|said| said.contains("C4"))
    );
}

#[test]
fn encodings_are_detected_and_said() {
    let text = "id;título;país\nx;Formación técnica en tensión;España\n";
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    let utf16 = |mark: bool, big: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    for (bytes, name) in [
        (latin, Some("windows-1252")),
        (utf16(true, false), Some("UTF-16LE")),
        (utf16(true, true), Some("UTF-16BE")),
        (utf16(false, false), Some("UTF-16LE")),
        (text.as_bytes().to_vec(), None),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), None),
    ] {
        let practices = lint_as("eu", "p.csv", &bytes, None);
        let practice = practices.last().expect("a practice");
        assert_eq!(
            practice.name.as_deref(),
            Some("Formación técnica en tensión"),
            "{name:?}"
        );
        let said = said(&practices, &[]);
        let wanted = name.map(|name| format!("sheet/encoding A1: the file is not UTF-8; it was read as {name}"));
        assert_eq!(said, wanted.into_iter().collect::<Vec<_>>());
    }
    let mapping = "mapping: practices/1\nencoding: iso-8859-15\n";
    let practices = lint_as("eu", "p.csv", b"id,title\nx,\xA4 in euros\n", Some(mapping));
    assert_eq!(
        practices.last().and_then(|practice| practice.name.as_deref()),
        Some("€ in euros")
    );
}

#[test]
fn workbooks_are_read_as_they_are_shown() {
    let bytes = one_sheet(|sheet| {
        let own = ["/assessment/*/pass_mark", "/codes/*/value"];
        write_row(sheet, 0, TYPED.into_iter().chain(own));
        type_values(sheet, 1, "x");
        let percent = Format::new().set_num_format("0 %");
        sheet.write_with_format(1, 8, 0.6, &percent).expect("a cell");
        sheet.write_string(1, 9, "0716").expect("a cell");
    });
    let document = native("p.xlsx", &bytes, None).remove(0);
    are_as_typed(&document);
    assert_eq!(document["assessment"][0]["pass_mark"], "60 %");
    assert_eq!(document["codes"][0]["value"], "0716");
}

#[test]
fn what_excel_has_eaten_is_flagged() {
    let bytes = one_sheet(|sheet| {
        write_row(sheet, 0, ["id", "title", "/field/isced_f", "/workload/hours"]);
        sheet.write(1, 0, "x").expect("a cell");
        sheet.write(1, 2, 716).expect("a cell");
        sheet
            .write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!"))
            .expect("a cell");
    });
    let found = said(&lint_as("eu", "p.xlsx", &bytes, None), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with("sheet/leading-zero C2: `716` is in no list, `0716` is"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("sheet/cell-without-value D2: the cell shows the error `#DIV/0!`"),
        "{found:#?}"
    );
}

#[test]
fn merged_cells_hold_for_every_row_and_empty_rows_for_none() {
    let bytes = one_sheet(|sheet| {
        write_row(sheet, 0, ["/awarding_bodies/*/country", "id", "title"]);
        sheet
            .merge_range(1, 0, 900, 0, "Narnia", &Format::new())
            .expect("merged");
        sheet.write(1, 1, "a").expect("a cell");
        sheet.write(5, 1, "b").expect("a cell");
        sheet.write(5, 2, "Second").expect("a cell");
    });
    let practices = lint_as("eu", "p.xlsx", &bytes, None);
    assert_eq!(
        practices.len(),
        2,
        "rows of which only the merged cell says something are no practices"
    );
    for practice in &practices {
        assert_ne!(practice.verdict(Element::Country), Verdict::NotStated);
    }
    let found = said(&practices, &["country/unknown"]);
    assert_eq!(found.len(), 2);
    assert!(
        found.iter().all(|said| said.starts_with("country/unknown A2")),
        "{found:?}"
    );
}

#[test]
fn sheets_are_chosen_and_named() {
    let bytes = book(|workbook| {
        for name in ["About", "España", "Suomi 2", "Hidden"] {
            let sheet = workbook.add_worksheet();
            sheet.set_name(name).expect("a name");
            if name == "About" {
                sheet.write(0, 0, "What this is").expect("a cell");
                continue;
            }
            sheet.set_hidden(name == "Hidden");
            write_row(sheet, 2, ["id", "title", "/level/eqf"]);
            sheet.write(0, 0, "List of practices").expect("a cell");
            sheet.write(3, 0, format!("x-{name}")).expect("a cell");
            sheet.write(3, 2, "nine").expect("a cell");
        }
    });
    let also = ["level/eqf-out-of-range"];
    let found = said(&lint_as("eu", "p.xlsx", &bytes, None), &also);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("sheet/not-read A3: `Suomi 2` looks"), "{found:#?}");
    assert!(found[1].starts_with("level/eqf-out-of-range C4"), "{found:#?}");
    let all = said(
        &lint_as("eu", "p.xlsx", &bytes, Some("mapping: practices/1\nsheets: all\n")),
        &also,
    );
    let cells: Vec<&str> = all
        .iter()
        .map(|said| said.split(": ").next().unwrap_or_default())
        .collect();
    assert_eq!(
        cells,
        [
            "level/eqf-out-of-range España!C4",
            "level/eqf-out-of-range 'Suomi 2'!C4",
            "level/eqf-out-of-range Hidden!C4"
        ]
    );
    let one = lint_as("eu", "p.xlsx", &bytes, Some("mapping: practices/1\nsheets: Suomi 2\n"));
    assert_eq!(one[0].id.as_deref(), Some("x-Suomi 2"));
}

#[test]
fn a_mapping_says_what_columns_are() {
    let mapping = "\
mapping: practices/1
heading_row: 2
separator: \"|\"
source: report
sources:
  report: {title: A report, date: \"2026-03-24\"}
columns:
  Course: /title/es
  Verdict: {is: /evidence/assessment/verdict, values: {sí: met, no: gap}}
  \"@D\": {is: /participation/mode, split: commas}
  Remarks: ignore
";
    let text = "Courses of 2026\nCourse|Verdict|Remarks|Where\nAlta tensión|SÍ|secret|online, in-person\n";
    let document = native("p.csv", text.as_bytes(), Some(mapping)).remove(0);
    assert_eq!(document["title"]["es"], "Alta tensión");
    assert_eq!(
        document["evidence"]["assessment"],
        serde_json::json!([{"verdict": "met", "source": "report"}])
    );
    assert_eq!(
        document["participation"]["mode"],
        serde_json::json!(["online", "in-person"])
    );
    assert_eq!(document["sources"]["report"]["title"], "A report");
    let practices = lint_as("mapping", "p.csv", text.as_bytes(), Some(mapping));
    assert_eq!(practices.len(), 1, "nothing is said of the sheet");
    assert!(!practices[0].source().text().contains("secret"));
}

#[test]
fn mistakes_in_a_mapping_are_told_with_their_place() {
    for (text, line, words) in [
        ("mapping: practices/1\ncolums: {}\n", 2, "did you mean `columns`?"),
        ("mapping: practices/2\n", 1, "begins with `mapping: practices/1`"),
        ("columns: {}\n", 1, "mapping"),
        (
            "mapping: practices/1\ncolumns:\n  Hours: /workload/hour\n",
            3,
            "did you mean `/workload/hours`?",
        ),
        (
            "mapping: practices/1\ncolumns:\n  Hours: workload.hours\n",
            3,
            "did you mean `/workload/hours`?",
        ),
        (
            "mapping: practices/1\ncolumns:\n  Hours: /workload\n",
            3,
            "is a group; a column says one of its values, such as `/workload/hours`",
        ),
        (
            "mapping: practices/1\ncolumns:\n  More: {is: /extra}\n",
            3,
            "cannot stand in one cell",
        ),
        (
            "mapping: practices/1\ncolumns:\n  \"@4\": /title\n",
            3,
            "names no column",
        ),
        ("mapping: practices/1\nencoding: latin-nine\n", 2, "is no encoding"),
        ("mapping: practices/1\nseparator: tabs\n", 2, "one character"),
        ("mapping: [\n", 1, ""),
        ("", 1, "mapping"),
    ] {
        let source = Arc::new(Source::new("x.mapping.yaml", text.to_string()));
        match Mapping::parse(&source) {
            Err(credlint::config::ConfigError::Wrong { file, span, message }) => {
                let message = message.to_string();
                assert!(message.contains(words), "{text}: {message}");
                assert_eq!(file.position(span.start).line, line, "{text}: {message}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn columns_that_nobody_knows_are_told_once_with_what_may_be_meant() {
    let text = "id,Asessment: verdict,Dozent,x-own,/workload/hour,Kuvaus\nx,met,A,1,5,text\ny,met,A,1,5,text\n";
    let found = said(&lint(text), &[]);
    let wanted = [
        "sheet/column-unknown B1: nothing is known of the column `Asessment: verdict`; did you mean `assessment: verdict`?",
        "sheet/column-unknown C1: nothing is known of the column `Dozent`",
        "sheet/column-unknown E1: nothing is known of the column `/workload/hour`; did you mean `/workload/hours`?",
        "sheet/column-unknown F1: nothing is known of the column `Kuvaus`; did you mean `/description`?",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn what_is_said_of_learners_is_nowhere_in_a_report() {
    let text = "id,title,Nombre del alumno\nx,A,Aino Example\n";
    let practices = lint(text);
    assert!(said(&practices, &[])[0].starts_with("sheet/learner C1"));
    for practice in &practices {
        assert!(!drawn("eu", practice).contains("Aino"));
        assert!(!practice.source().text().contains("Aino"));
    }
}

#[test]
fn a_row_that_begins_with_a_hash_is_a_remark() {
    let practices = lint("id,title,/level/eqf\n# example,Not read,99\nx,A,4\n #also,B,99\n");
    assert_eq!(practices.len(), 1);
    assert_eq!(practices[0].id.as_deref(), Some("x"));
}

#[test]
fn a_missing_element_is_asked_for_in_its_column() {
    let practices = lint("id,title,assessment: type,/workload/hours\nx,A,,50\n");
    let missing = practices[0]
        .findings
        .iter()
        .find(|finding| set("eu").rules[finding.rule].id == "assessment/missing");
    let missing = missing.expect("a finding");
    assert_eq!(missing.primary.text, "column C (`assessment: type`) says nothing here");
    assert!(
        missing
            .help
            .ends_with("in this sheet it belongs in column C (`assessment: type`)"),
        "{}",
        missing.help
    );
    assert!(!missing.help.contains("  assessment:"), "no YAML in a spreadsheet");
}

#[test]
fn only_sheets_that_say_so_are_read_on_a_walk() {
    let walked = |text: &str| {
        let source = sheet_source("p.csv", text.as_bytes(), None);
        lint_source(set("eu"), &options(), &source, Presence::Walked)[0].state
    };
    assert_eq!(walked("name,price,stock\nscrew,1,2\n"), State::NotADescriptor);
    assert_eq!(walked("id,title,country\n1,Dune,US\n"), State::NotADescriptor);
    assert_eq!(
        walked("/id,/workload/hours,/level/eqf,assessment: verdict\nx,50,4,met\n"),
        State::Checked
    );
}

// ---- Hostile files

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a part");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A workbook of one sheet with this XML.
fn workbook_of(sheet: &[u8]) -> Vec<u8> {
    let workbook = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Practices" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let relations = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    zip_of(&[
        ("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn sheet_xml(rows: &str) -> Vec<u8> {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells></worksheet>"#
    )
    .into_bytes()
}

const HEADS: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>title</t></is></c></row>"#;

#[test]
fn huge_dimensions_cost_nothing() {
    let far = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let practices = lint_as("eu", "p.xlsx", &workbook_of(&sheet_xml(&format!("{HEADS}{far}"))), None);
    let found = said(&practices, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("column XFD has no heading"), "{found:?}");
    assert_eq!(practices.len(), 2);
}

#[test]
fn a_formula_that_nobody_computed_is_told() {
    let rows =
        r#"<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><f>CONCATENATE("a","b")</f></c></row>"#;
    let found = said(
        &lint_as(
            "eu",
            "p.xlsx",
            &workbook_of(&sheet_xml(&format!("{HEADS}{rows}"))),
            None,
        ),
        &[],
    );
    assert_eq!(
        found,
        ["sheet/cell-without-value B2: the cell holds a formula that nobody has computed"]
    );
}

#[test]
fn bombs_are_told_and_not_unpacked() {
    let mut bomb = sheet_xml(HEADS);
    bomb.resize((256 << 20) + 1, b' ');
    let bytes = workbook_of(&bomb);
    drop(bomb);
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    let practices = lint_as("eu", "p.xlsx", &bytes, None);
    assert!(
        said(&practices, &[])[0].contains("more than 268435456 bytes when unpacked"),
        "{:?}",
        said(&practices, &[])
    );
    assert_eq!(practices[0].state, State::Unparsable);
    // Few bytes, many columns.
    let wide = format!("id,title{}\n", ",".repeat(20_000));
    assert!(said(&lint(&wide), &[])[0].contains("more than 16384 columns"));
    let long = format!("id,title\nx,{}\n", "a".repeat(5 << 20));
    assert!(said(&lint(&long), &[])[0].contains("bytes in one cell"));
}

#[test]
fn what_is_no_workbook_is_told() {
    let compound = [&[0xD0u8, 0xCF, 0x11, 0xE0][..], &[0; 600][..]].concat();
    for (bytes, words) in [
        (b"plain text".to_vec(), "it is no workbook"),
        (Vec::new(), "it is no workbook"),
        (compound, "protected by a password"),
        (zip_of(&[("readme.txt", b"hello")]), "it is no workbook"),
        (workbook_of(b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1"), "it is no workbook"),
        (workbook_of(br#"<worksheet><sheetData><row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>"#), "it is no workbook"),
    ] {
        let practices = lint_as("eu", "p.xlsx", &bytes, None);
        assert_eq!(practices.len(), 1);
        assert_eq!(practices[0].state, State::Unparsable);
        assert!(said(&practices, &[])[0].contains(words), "{:?}", said(&practices, &[]));
    }
}

/// Any byte of a workbook or of a text may be wrong: nothing panics, and something is always said or read.
#[test]
fn damaged_files_never_panic() {
    let bytes = one_sheet(|sheet| {
        write_row(sheet, 0, ["id", "title", "/workload/hours"]);
        write_row(sheet, 1, ["x", "x", "x"]);
    });
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let text = "id;\"tí;tulo\"\r\n/level/eqf,\"x\ny\";'\"\"';\t=1+1;#REF!\n".as_bytes();
    for round in 0..400 {
        let whole: &[u8] = if round % 2 == 0 { &bytes } else { text };
        let mut damaged = whole.to_vec();
        for _ in 0..=random(4) {
            let at = random(damaged.len());
            damaged[at] = random(256) as u8;
        }
        damaged.truncate(whole.len() - random(whole.len() / 2));
        let name = if round % 2 == 0 { "p.xlsx" } else { "p.csv" };
        assert!(!lint_as("eu", name, &damaged, None).is_empty());
    }
    // The same on the inside of the archive, where no checksum is in the way.
    let xml = sheet_xml(&format!(
        "{HEADS}<row r=\"2\" hidden=\"1\"><c r=\"A2\" s=\"1\"><f>A1</f><v>4.5</v></c></row>"
    ));
    for _ in 0..400 {
        let mut damaged = xml.clone();
        for _ in 0..=random(3) {
            let at = random(damaged.len());
            damaged[at] = b" <>/\"=&;A1"[random(10)];
        }
        assert!(!lint_as("eu", "p.xlsx", &workbook_of(&damaged), None).is_empty());
    }
}

#[test]
fn control_characters_reach_no_terminal() {
    let practices = lint("id,title,/level/eqf\nx,\u{1b}[31mred\u{7},nine\n");
    assert!(!drawn("eu", &practices[0]).contains('\u{1b}'));
    assert_eq!(practices[0].name.as_deref(), Some("\u{FFFD}[31mred\u{FFFD}"));
}

// ---- The program

#[test]
fn a_template_is_written_filled_in_and_scored() {
    let scratch = Scratch::new("sheet-new");
    let made = run_in(scratch.path(), &["new", "--sheet", "--profile", "mapping"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert!(out(&made).contains("practices.mapping.yaml"));
    let again = run_in(scratch.path(), &["new", "--sheet", "practices.xlsx"]);
    assert_eq!(again.status.code(), Some(2), "nothing is overwritten");
    let empty = run_in(scratch.path(), &["score", "practices.xlsx"]);
    assert!(
        String::from_utf8_lossy(&empty.stderr).contains("`credlint check` says why"),
        "{empty:?}"
    );
    // A person fills it in with another program and saves it as CSV.
    let rows =
        "id,practice,kind of practice,learning outcomes: verdict,source of the verdicts\nx,Course X,university,met,\n";
    scratch.write("practices.csv", rows);
    let score = run_in(scratch.path(), &["score", "--profile", "mapping", "practices.csv"]);
    assert!(out(&score).contains("Course X"), "{score:?}");
    let check = run_in(scratch.path(), &["check", "--format", "json", "practices.csv"]);
    let result: Value = serde_json::from_slice(&check.stdout).expect("JSON");
    fits(&schema(SchemaName::Result), &result);
    assert_eq!(result["practices"][0]["state"], "headings");
    assert_eq!(result["practices"][1]["row"]["row"], 2);
    assert_eq!(result["summary"]["checked"], 1);
    let plan = run_in(scratch.path(), &["plan", "practices.csv"]);
    assert!(out(&plan).contains("Course X"), "{plan:?}");
    let convert = run_in(scratch.path(), &["convert", "--to", "native", "practices.csv"]);
    assert!(
        out(&convert).starts_with("descriptor: micro-credential/1\n"),
        "{convert:?}"
    );
}

#[test]
fn mapping_files_are_found_beside_the_sheet_and_named() {
    let scratch = Scratch::new("sheet-mapping");
    scratch.write("list.csv", "Course\nHigh-voltage safety\n");
    scratch.write("list.mapping.yaml", "mapping: practices/1\ncolumns: {Course: /title}\n");
    scratch.write("other.yaml", "mapping: practices/1\ncolumns: {Course: /description}\n");
    scratch.write("prices.csv", "what,price\nscrew,1\n");
    scratch.write("~$list.xlsx", "x");
    let title = |arguments: &[&str]| {
        let output = run_in(scratch.path(), arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str::<Value>(&text).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let beside = title(&["check", "--format", "json", "list.csv"]);
    assert_eq!(beside["practices"][0]["name"], "High-voltage safety");
    let named = title(&["check", "--format", "json", "--mapping", "other.yaml", "list.csv"]);
    assert_eq!(named["practices"][0]["name"], Value::Null);
    let walked = title(&["check", "--format", "json", "."]);
    let states = walked["practices"].as_array().expect("a list").iter();
    let states: Vec<String> = states.map(|own| format!("{} {}", own["file"], own["state"])).collect();
    assert_eq!(
        states,
        [
            "\"list.csv\" \"checked\"",
            "\"other.yaml\" \"not-a-descriptor\"",
            "\"prices.csv\" \"not-a-descriptor\""
        ]
    );
    scratch.write("list.mapping.yaml", "mapping: practices/1\ncolumns: {Course: /titel}\n");
    let wrong = run_in(scratch.path(), &["check", "list.csv"]);
    assert_eq!(wrong.status.code(), Some(2));
    let error = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        error.contains("list.mapping.yaml, line 2, column 19") && error.contains("did you mean `/title`?"),
        "{error}"
    );
}

/// Rows are practices of a catalogue like any others; what is found across them names both cells.
#[test]
fn rows_are_compared_with_each_other_and_with_files() {
    let scratch = Scratch::new("sheet-catalogue");
    scratch.write(
        "a/list.csv",
        "/id,/title,/workload/hours,/level/eqf\nhv-1,One,50,4\nhv-2,Two,50,4\nhv-1,Three,60,4\n",
    );
    scratch.write("a/list.mapping.yaml", "mapping: practices/1\n");
    scratch.write("b.yaml", "descriptor: micro-credential/1\nid: hv-2\ntitle: Other\n");
    let output = run_in(scratch.path(), &["check", "--format", "json", "."]);
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = result["catalogue"]["findings"].as_array().expect("a list");
    let repeated = findings
        .iter()
        .filter(|finding| finding["rule"] == "catalogue/id-repeated");
    let places: Vec<String> = repeated
        .flat_map(|finding| finding["labels"].as_array().expect("labels"))
        .map(|label| {
            let cell = &label["cell"];
            format!("{} {}{} {}", label["file"], cell["column"], cell["row"], label["line"]).replace('"', "")
        })
        .collect();
    assert!(places.contains(&"a/list.csv A2 2".to_string()), "{places:?}");
    assert!(places.contains(&"a/list.csv A4 4".to_string()), "{places:?}");
    assert!(places.contains(&"b.yaml nullnull 2".to_string()), "{places:?}");
    let human = out(&run_in(scratch.path(), &["check", "-q", "."]));
    assert!(
        human.contains("list.csv!A2]") && human.contains("list.csv!A4]"),
        "{human}"
    );
}

#[test]
fn a_sheet_comes_through_standard_input() {
    use std::io::Write as _;
    let scratch = Scratch::new("sheet-stdin");
    let mut command = command(scratch.path(), &["check", "--stdin-filename", "list.csv", "-"]);
    let command = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut input = child.stdin.take().expect("a pipe");
    input
        .write_all(b"id,title,/level/eqf\nx,A course,nine\n")
        .expect("written");
    drop(input);
    let output = child.wait_with_output().expect("the program ends");
    assert!(out(&output).contains("list.csv!C2"), "{output:?}");
}
