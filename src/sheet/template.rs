//! The spreadsheet to fill in: a column for each value and each verdict, drop-downs with labels in the user's language, an
//! explanation on each heading, an example that is not read, and the mapping file that says what the columns are.

use std::fmt::Write as _;
use std::sync::OnceLock;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Note, Workbook, Worksheet, XlsxError,
};

use rustc_hash::FxHashMap;

use super::headings::elements;
use super::mapping::HEADER;
use super::target::{Step, Target};
use crate::descriptor::model::{LineKind, Shape};
use crate::language::{Language, mark};
use crate::profile::Profile;
use crate::standard::Element;
use crate::vocabulary::{Entry, Vocabulary, embedded};

/// The sheet of the documents that verdicts cite.
pub(super) const SOURCES: &str = mark("Sources");
/// Its headings, in the order of the keys id, title, url and date.
pub(super) const SOURCE_HEADINGS: [&str; 4] = [mark("id"), mark("title"), mark("web address"), mark("date")];
const PRACTICES: &str = mark("Practices");
const METHOD: &str = mark("How to fill in");
const LISTS: &str = mark("Lists");

/// Rows that have drop-downs.
const PREPARED_ROWS: u32 = 1000;

/// A column of the template.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it says: a canonical path.
    pub path: String,
    /// Its heading.
    pub heading: String,
    /// The element that it belongs to.
    pub element: Option<Element>,
    example: &'static str,
}

type Row = (Option<Element>, &'static str, &'static str, &'static str);

/// Values: element, path, name, example.
#[rustfmt::skip]
const VALUES: [Row; 57] = {
    use Element as E;
    [
        (None, "/id", mark("id"), "# example"),
        (None, "/practice/name", mark("practice"), "High-voltage safety, Example Training Centre"),
        (None, "/practice/country", mark("country of the practice"), "ES"),
        (None, "/practice/kind", mark("kind of practice"), "public-vet"),
        (None, "/kind", mark("size of the practice"), "micro-credential"),
        (None, "/evidence/*/source", mark("source of the verdicts"), "prospectus"),
        (None, "/evidence/*/coder", mark("coder"), ""),
        (None, "/evidence/*/checked", mark("checked on"), "2026-02-16"),
        (Some(E::Title), "/title", mark("text"), "High-voltage safety for body-shop technicians"),
        (Some(E::Country), "/awarding_bodies/*/country", mark("code"), "ES"),
        (Some(E::AwardingBody), "/awarding_bodies/*/name", mark("name"), "Example Training Centre"),
        (Some(E::AwardingBody), "/awarding_bodies/*/homepage", mark("homepage"), "https://centre.example"),
        (Some(E::LearningOutcomes), "/learning_outcomes/*/text", mark("one on each line"), "Isolate the high-voltage system of a vehicle\nMeasure that no voltage is left"),
        (Some(E::LearningOutcomes), "/learning_outcomes/*/id", mark("ids"), "LO1\nLO2"),
        (Some(E::Workload), "/workload/hours", mark("hours"), "50"),
        (Some(E::Workload), "/workload/contact_hours", mark("contact hours"), "20"),
        (Some(E::Workload), "/workload/credits/*/system", mark("credit system"), "ECTS"),
        (Some(E::Workload), "/workload/credits/*/points", mark("credit points"), "2"),
        (Some(E::Level), "/level/eqf", mark("EQF"), "4"),
        (Some(E::Level), "/level/nqf/*/framework", mark("national framework"), "MECU"),
        (Some(E::Level), "/level/nqf/*/level", mark("national level"), "4"),
        (Some(E::Level), "/level/assigned_by", mark("assigned by"), ""),
        (Some(E::Assessment), "/assessment/*/type", mark("type"), "practical-assessment"),
        (Some(E::Assessment), "/assessment/*/title", mark("what it is called"), "Isolation task on a training vehicle"),
        (Some(E::Assessment), "/assessment/*/criteria", mark("criteria"), "Every safety step is carried out in order"),
        (Some(E::Assessment), "/assessment/*/proves", mark("ids of the outcomes that it proves"), "LO1, LO2"),
        (Some(E::Participation), "/participation/mode", mark("mode"), "in-person"),
        (Some(E::Participation), "/participation/language", mark("languages"), "es"),
        (Some(E::QualityAssurance), "/quality_assurance/*/type", mark("type"), "institutional-license"),
        (Some(E::QualityAssurance), "/quality_assurance/*/agent/name", mark("by whom"), "Example Training Agency"),
        (Some(E::QualityAssurance), "/quality_assurance/*/agent/country", mark("country of the agency"), "ES"),
        (Some(E::QualityAssurance), "/quality_assurance/*/title", mark("what it is called"), ""),
        (Some(E::Prerequisites), "/prerequisites", mark("text, or none"), "none"),
        (Some(E::Supervision), "/assessment/*/supervision", mark("of the assessment"), "onsite"),
        (Some(E::Supervision), "/assessment/*/identity_verified", mark("identity is checked"), "true"),
        (Some(E::Stackability), "/stackability/status", mark("status"), "stackable"),
        (Some(E::Stackability), "/stackability/part_of/*/title", mark("part of"), "Hybrid and electric vehicle maintenance"),
        (Some(E::Stackability), "/stackability/pathway", mark("pathway"), ""),
        (Some(E::FurtherInformation), "/further_information/homepage", mark("homepage"), "https://centre.example/hv-safety"),
        (Some(E::FurtherInformation), "/further_information/contact", mark("contact"), ""),
        (Some(E::DigitalIssuance), "/issuing/formats", mark("formats"), "edc"),
        (Some(E::DigitalIssuance), "/issuing/verification", mark("address for checking"), "https://centre.example/verify"),
        (Some(E::Labelling), "/label", mark("label"), "micro-credential"),
        (Some(E::Recognition), "/recognition/*/by/name", mark("by whom"), "Example Vocational College"),
        (Some(E::Recognition), "/recognition/*/for", mark("for what"), "further-study"),
        (Some(E::Recognition), "/recognition/*/basis", mark("rests on"), "agreement"),
        (Some(E::Recognition), "/recognition/*/status", mark("status"), "formal"),
        (Some(E::Portability), "/brand_specific", mark("tied to one brand"), "false"),
        (None, "/field/isced_f", mark("field (ISCED-F)"), "0716"),
        (None, "/codes/*/scheme", mark("code: scheme"), ""),
        (None, "/codes/*/value", mark("code: value"), ""),
        (None, "/codes/*/agency", mark("code: agency"), ""),
        (None, "/observations/*/topic", mark("observation: topic"), ""),
        (None, "/observations/*/polarity", mark("observation: polarity"), ""),
        (None, "/observations/*/source", mark("observation: source"), ""),
        (None, "/observations/*/locator", mark("observation: where in the source"), ""),
        (None, "/observations/*/note", mark("observation: note"), ""),
    ]
};

/// Parts of the evidence of each element, and their examples.
const EVIDENCE: [(&str, &str, &str); 4] = [
    ("verdict", mark("verdict"), "met"),
    ("basis", mark("basis"), "stated"),
    ("locator", mark("where in the source"), "p. 3"),
    ("note", mark("note"), ""),
];

/// The columns of the template for a profile, or of every one.
pub fn columns(profile: Option<&Profile>, language: Language) -> Vec<Column> {
    let judged = |element: &Element| {
        profile.is_none_or(|profile| profile.blocks.iter().any(|block| block.elements.contains(element)))
    };
    // Where verdicts of a source score, they come first.
    let sources_score = profile.is_some_and(|profile| profile.evidence == crate::profile::EvidencePolicy::Scores);
    let general = |behind: bool| {
        let body = VALUES.iter().position(|row| row.0.is_some()).unwrap_or(0);
        let rows = VALUES
            .iter()
            .enumerate()
            .filter(move |(at, row)| row.0.is_none() && (*at > body) == behind);
        rows.map(move |(_, (_, path, name, example))| Column {
            path: (*path).to_string(),
            heading: language.tr(name).into_owned(),
            element: None,
            example,
        })
    };
    let mut columns: Vec<Column> = general(false).collect();
    // What the profile does not count may be stated all the same.
    let (counted, others): (Vec<Element>, Vec<Element>) = Element::JUDGED.into_iter().partition(judged);
    for element in counted.into_iter().chain(others) {
        let named = |what: &str| format!("{}: {}", elements().name(element, language), language.tr(what));
        let values = VALUES.iter().filter(|row| row.0 == Some(element));
        let values = values.map(|(_, path, name, example)| Column {
            path: (*path).to_string(),
            heading: named(name),
            element: Some(element),
            example,
        });
        let evidence = EVIDENCE.iter().map(|(part, name, example)| Column {
            path: format!("/evidence/{}/{part}", element.slug()),
            heading: named(name),
            element: Some(element),
            example,
        });
        match sources_score {
            true => columns.extend(evidence.chain(values)),
            false => columns.extend(values.chain(evidence)),
        }
        if element == Element::QualityAssurance {
            columns.push(Column {
                path: "/evidence/quality-assurance/system".to_string(),
                heading: named(mark("system")),
                element: Some(element),
                example: "",
            });
        }
    }
    columns.push(Column {
        path: "/evidence/definition/verdict".to_string(),
        heading: language.tr(mark("definition: verdict")).into_owned(),
        element: None,
        example: "",
    });
    columns.push(Column {
        path: "/evidence/definition/locator".to_string(),
        heading: language.tr(mark("definition: where in the source")).into_owned(),
        element: None,
        example: "",
    });
    columns.push(Column {
        path: "/evidence/definition/note".to_string(),
        heading: language.tr(mark("definition: note")).into_owned(),
        element: None,
        example: "",
    });
    columns.extend(general(true));
    columns
}

/// The heading of a path in the template, else the path, which is a heading too.
pub fn heading_of(path: &str, language: Language) -> String {
    static HEADINGS: OnceLock<FxHashMap<(&'static str, String), String>> = OnceLock::new();
    let headings = HEADINGS.get_or_init(|| {
        let of = |language: Language| {
            let columns = columns(None, language).into_iter();
            columns.map(move |column| ((language.code(), column.path), column.heading))
        };
        Language::all().flat_map(of).collect()
    });
    let own = headings.get(&(language.code(), path.to_string()));
    own.cloned().unwrap_or_else(|| path.to_string())
}

/// What a template holds beside its columns.
#[derive(Debug, Default)]
pub struct Content<'a> {
    /// Rows: texts by path.
    pub rows: &'a [Vec<(String, String)>],
    /// Documents that verdicts cite: id, title, address, day.
    pub sources: &'a [[String; 4]],
}

/// The workbook, the same bytes for the same arguments. The error is the writer's own; nothing in the table causes one.
pub fn workbook(profile: &Profile, language: Language, content: &Content<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Without a date of its own the writer asks the clock.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?));
    let columns = columns(Some(profile), language);
    let lists = lists(&columns, language);
    let sheet = workbook.add_worksheet();
    practices(sheet, &columns, &lists, language, content)?;
    // Elements that the profile does not count are folded away.
    let counts = |column: &Column| {
        let element = column.element;
        element.is_none_or(|element| profile.blocks.iter().any(|block| block.elements.contains(&element)))
    };
    let first = columns.iter().position(|column| !counts(column));
    let last = columns.iter().rposition(|column| !counts(column));
    if let (Some(first), Some(last)) = (first, last) {
        sheet.group_columns_collapsed(first as u16, last as u16)?;
    }
    sources(workbook.add_worksheet(), language, content)?;
    method(workbook.add_worksheet(), profile, &columns, language)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.tr(LISTS))?;
    for (number, list) in lists.iter().enumerate() {
        let column = number as u16;
        sheet.write_with_format(0, column, list.vocabulary.title(language), &bold())?;
        sheet.set_column_width(column, 28)?;
        for (row, label) in (1..).zip(&list.labels) {
            sheet.write(row, column, *label)?;
        }
    }
    workbook.save_to_buffer()
}

/// The labels of one vocabulary.
struct List {
    vocabulary: &'static Vocabulary,
    labels: Vec<&'static str>,
}

/// The list of a column, if its values come from one.
fn list_of(column: &Column) -> Option<&'static Vocabulary> {
    if let Some(part) = super::row_wide(&column.path) {
        return (part == "basis").then(|| embedded("evidence-basis")).flatten();
    }
    match Target::of(&column.path).ok()?.leaf {
        Shape::Code(list) => embedded(list),
        _ => None,
    }
}

fn lists(columns: &[Column], language: Language) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for vocabulary in columns.iter().filter_map(list_of) {
        if lists.iter().any(|list| list.vocabulary.name == vocabulary.name) {
            continue;
        }
        let labels = vocabulary
            .entries
            .iter()
            .map(|entry| label(vocabulary, entry, language));
        lists.push(List {
            labels: labels.collect(),
            vocabulary,
        });
    }
    lists
}

/// The label of a value in a language, where it is read back as that value; else its slug.
fn label(list: &Vocabulary, entry: &'static Entry, language: Language) -> &'static str {
    let label = entry.label(language.code());
    let same = list.find(label).is_some_and(|found| found.slug == entry.slug) && !label.contains(['\n', ';']);
    if same { label } else { entry.slug }
}

fn bold() -> Format {
    Format::new().set_bold()
}

fn practices(
    sheet: &mut Worksheet,
    columns: &[Column],
    lists: &[List],
    language: Language,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    sheet.set_name(language.tr(PRACTICES))?;
    let (dark, light) = (Color::RGB(0x001F_3864), Color::RGB(0x00DD_E6F2));
    let head = bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin);
    let heads = [
        head.clone().set_background_color(light),
        head.set_background_color(dark).set_font_color(Color::White),
    ];
    let cell = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_num_format("@");
    let general = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let example = Format::new()
        .set_italic()
        .set_font_color(Color::RGB(0x0080_8080))
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    sheet.set_row_height(0, 60)?;
    sheet.set_freeze_panes(1, 1)?;
    let last = PREPARED_ROWS.max(content.rows.len() as u32 + 1);
    let mut shade = 0;
    for (number, column) in columns.iter().enumerate() {
        let at = number as u16;
        if number > 0 && columns[number - 1].element != column.element {
            shade = 1 - shade;
        }
        let target = Target::of(&column.path).ok();
        let is_number = target
            .as_ref()
            .is_some_and(|target| matches!(target.leaf, Shape::Number));
        // Text stays as it is typed: 0716 keeps its zero, 3-6 becomes no day in March.
        sheet.set_column_format(at, if is_number { &general } else { &cell })?;
        sheet.set_column_width(at, width(column, target.as_ref()))?;
        sheet.write_with_format(0, at, &column.heading, &heads[shade])?;
        let note = Note::new(explanation(column, target.as_ref(), language))
            .add_author_prefix(false)
            .set_width(320)
            .set_height(140);
        sheet.insert_note(0, at, &note)?;
        let list = list_of(column);
        let shown = list
            .and_then(|list| list.find(column.example).map(|entry| label(list, entry, language)))
            .unwrap_or(column.example);
        if !shown.is_empty() {
            let shown = if number == 0 {
                format!("# {}", language.tr(mark("example")))
            } else {
                shown.to_string()
            };
            sheet.write_with_format(1, at, shown, &example)?;
        }
        if let Some(list) = list.and_then(|own| lists.iter().position(|list| list.vocabulary.name == own.name)) {
            let length = lists[list].labels.len();
            let letters = crate::source::sheet::letters(list as u16);
            let range = format!(
                "='{}'!${letters}$2:${letters}${}",
                language.tr(LISTS).replace('\'', "''"),
                length + 1
            );
            let several = target
                .as_ref()
                .is_some_and(|target| target.is_list || target.steps.contains(&Step::Every));
            let mut validation = DataValidation::new().allow_list_formula(Formula::new(range));
            // Where several values fit into a cell the list is an offer, elsewhere a rule.
            validation = match several || column.path.starts_with("/evidence/") {
                true => validation.show_error_message(false),
                false => validation.set_error_style(DataValidationErrorStyle::Warning),
            };
            sheet.add_data_validation(2, at, last, at, &validation)?;
        }
        for (row, texts) in (2..).zip(content.rows) {
            let Some((_, text)) = texts.iter().find(|(path, _)| *path == column.path) else {
                continue;
            };
            match (is_number, text.parse::<f64>()) {
                (true, Ok(number)) => sheet.write_with_format(row, at, number, &general)?,
                _ => sheet.write_with_format(row, at, text, &cell)?,
            };
        }
    }
    sheet.autofilter(0, 0, last, columns.len().saturating_sub(1) as u16)?;
    Ok(())
}

fn width(column: &Column, target: Option<&Target>) -> f64 {
    match target.map(|target| target.leaf) {
        _ if column.path.ends_with("/note") => 40.0,
        _ if column.path == "/learning_outcomes/*/text" => 50.0,
        Some(Shape::Text) => 30.0,
        Some(Shape::Number) => 10.0,
        Some(Shape::Line(LineKind::Url)) => 26.0,
        _ => 16.0,
    }
}

/// What a heading explains of its column.
fn explanation(column: &Column, target: Option<&Target>, language: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    let info = column.element.and_then(|element| elements().info(element));
    let part = column.path.rsplit('/').next().unwrap_or_default();
    if column.path.starts_with("/evidence/") {
        let what = match part {
            "verdict" => {
                mark("What the source says of it: met, partial, gap, not applicable; empty where it says nothing.")
            }
            "basis" => mark("Whether the source states it or it is inferred; empty means stated."),
            "locator" => mark("The page, paragraph or section of the source."),
            "note" => mark("What the source says, in your own words. A note without a verdict is not read."),
            "source" => mark("The id of a document on the sheet of sources."),
            "coder" => mark("Who read the source and gave the verdict."),
            "checked" => mark("The day on which the source was read."),
            _ => mark("Who assures quality: higher education, public vocational training or industry."),
        };
        parts.push(language.tr(what).into_owned());
    } else if let Some(info) = info {
        let mut ask = info.ask(language).replace('`', "");
        if let Some(first) = ask.chars().next() {
            ask.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
        }
        parts.push(format!("{ask}."));
    }
    let shape = target.map(|target| target.leaf);
    let several = target.is_some_and(|target| target.is_list || target.steps.contains(&Step::Every));
    let form = match shape {
        Some(Shape::Code(_)) => mark("A value of the list; its code is fine too."),
        Some(Shape::Number) => mark("A number."),
        Some(Shape::Flag) => mark("Yes or no."),
        Some(Shape::Line(LineKind::Date)) => mark("A day, such as 2026-03-02."),
        Some(Shape::Line(LineKind::Url)) => mark("A web address."),
        _ => "",
    };
    if !form.is_empty() {
        parts.push(language.tr(form).into_owned());
    }
    if several || column.path.starts_with("/evidence/") && part == "verdict" {
        parts.push(language.tr(mark("Several: one on each line.")).into_owned());
    }
    parts.push(column.path.clone());
    parts.join("\n")
}

fn sources(sheet: &mut Worksheet, language: Language, content: &Content<'_>) -> Result<(), XlsxError> {
    sheet.set_name(language.tr(SOURCES))?;
    sheet.set_freeze_panes(1, 0)?;
    let example = Format::new().set_italic().set_font_color(Color::RGB(0x0080_8080));
    let text = Format::new().set_num_format("@");
    let examples = [
        format!("# {}", language.tr(mark("example"))),
        "Course prospectus".to_string(),
        "https://centre.example/prospectus".to_string(),
        "2026-02-16".to_string(),
    ];
    for (number, (heading, example_text)) in (0u16..).zip(SOURCE_HEADINGS.iter().zip(examples)) {
        sheet.set_column_format(number, &text)?;
        sheet.set_column_width(number, [16, 50, 40, 14][usize::from(number)])?;
        sheet.write_with_format(0, number, language.tr(heading), &bold())?;
        sheet.write_string_with_format(1, number, example_text, &example)?;
        for (row, texts) in (2..).zip(content.sources) {
            sheet.write_string_with_format(row, number, &texts[usize::from(number)], &text)?;
        }
    }
    Ok(())
}

fn method(sheet: &mut Worksheet, profile: &Profile, columns: &[Column], language: Language) -> Result<(), XlsxError> {
    sheet.set_name(language.tr(METHOD))?;
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 90)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut row = 0;
    let mut line = |left: &str, right: &str, format: &Format| -> Result<(), XlsxError> {
        sheet.write_with_format(row, 0, left, format)?;
        sheet.write_with_format(row, 1, right, &wrap)?;
        row += 1;
        Ok(())
    };
    line(&language.tr(METHOD), "", &bold())?;
    for (left, right) in [
        (
            mark("one row"),
            mark("One row is one practice. A row whose first cell begins with # is a remark and is not read."),
        ),
        (
            mark("empty cells"),
            mark("Nobody has said. Silence is not a gap; write none where you know that there is none."),
        ),
        (
            mark("several values"),
            mark("One on each line of a cell (Alt+Enter). Codes may also be separated by semicolons."),
        ),
        (
            mark("columns side by side"),
            mark("Columns of one list belong together: the second line of each speaks of the second item."),
        ),
        (
            mark("columns of your own"),
            mark("A heading that begins with x- is yours and is not read."),
        ),
        (
            mark("columns that you do not need"),
            mark("Delete them here and in the mapping file, or leave them empty."),
        ),
        (
            mark("learners"),
            mark("No names, numbers or addresses of learners belong into this file."),
        ),
    ] {
        line(&language.tr(left), &language.tr(right), &wrap)?;
    }
    line("", "", &wrap)?;
    line(&language.tr(mark("verdicts")), "", &bold())?;
    for (verdict, meaning) in [
        ("met", mark("The source states it as a strength.")),
        ("partial", mark("The source states it with a qualification.")),
        ("gap", mark("The source states that it is missing.")),
        ("not-applicable", mark("It cannot apply, and the source says why.")),
        (
            "not-stated",
            mark("Searched, and the source is silent; give the day in the column for it."),
        ),
    ] {
        let entry = embedded("evidence-verdict").and_then(|list| Some(label(list, list.find(verdict)?, language)));
        line(entry.unwrap_or(verdict), &language.tr(meaning), &wrap)?;
    }
    line("", "", &wrap)?;
    let counted = language.fill("what counts in profile {profile}", &[("profile", &profile.name())]);
    line(&counted, "", &bold())?;
    for block in &profile.blocks {
        let names = block.elements.iter().map(|element| elements().name(*element, language));
        line(&language.tr(&block.block), &names.collect::<Vec<_>>().join(", "), &wrap)?;
    }
    line("", "", &wrap)?;
    line(&language.tr(mark("columns")), "", &bold())?;
    for column in columns {
        line(&column.heading, &column.path, &wrap)?;
    }
    let versions = format!(
        "credlint {} · {} · {}",
        env!("CARGO_PKG_VERSION"),
        &crate::pack::current().digest[..7],
        crate::pack::current().snapshot
    );
    line("", "", &wrap)?;
    line(&language.tr(mark("made by")), &versions, &wrap)?;
    line("", &language.tr(crate::report::WHAT_IT_IS_NOT), &wrap)
}

/// The mapping file of the template.
pub fn mapping(profile: &Profile, language: Language, sheet_name: &str) -> String {
    let comment = |text: &str| {
        let text = language.fill(text, &[("sheet", &sheet_name)]);
        textwrap::fill(
            &text,
            textwrap::Options::new(100).initial_indent("# ").subsequent_indent("# "),
        ) + "\n"
    };
    let mut out = comment(
        "What the columns of {sheet} say. Left the heading, or a letter such as \"@C\"; right a path of a descriptor, or `ignore`.",
    );
    out.push_str(&comment(
        "A column may also be written as {is: /label, split: lines, values: {yes: micro-credential}}; `credlint schema mapping` says what else there is.",
    ));
    let _ = write!(out, "mapping: {HEADER}\nsheets: {}\n", quoted(&language.tr(PRACTICES)));
    out.push_str("columns:\n");
    for column in columns(Some(profile), language) {
        let _ = writeln!(out, "  {}: {}", quoted(&column.heading), column.path);
    }
    out
}

/// A text as YAML in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
