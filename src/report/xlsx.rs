//! `score` as a workbook: the practices, a sheet for each `--by`, the reasons of every verdict, and the method. Verdicts
//! are words with a colour, never a colour alone; text is text and never a formula. The bytes depend on nothing but the
//! result: the only clock is `--as-of`.

use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatText, ConditionalFormatTextRule, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::form::{End, Form, Job, shown_words};
use super::human::because_words;
use super::{csv, method, patterns};
use crate::facet::{self, Facet};
use crate::language::{Language, mark};
use crate::lint::{Practice, State};
use crate::patterns::{Group, Patterns};
use crate::score::{Gap, Verdict};
use crate::standard::Element;

/// Rows of a sheet, the heading counted.
const MAX_ROWS: u32 = 1 << 20;
/// Most groups that a sheet sets side by side.
const MAX_GROUPS: usize = 500;
/// Most keys of the metadata that have a column.
const MAX_KEYS: usize = 10_000;
/// Most characters of a cell.
const MAX_TEXT: usize = 32_767;

/// A sheet that is written row by row. What it cannot take is remembered, not said at once.
struct Sheet {
    inner: Worksheet,
    problem: Option<XlsxError>,
}

impl Sheet {
    fn new(name: &str) -> Sheet {
        let mut inner = Worksheet::new();
        let problem = inner.set_name(sheet_name(name)).err();
        Sheet { inner, problem }
    }

    fn keep(&mut self, result: Result<(), XlsxError>) {
        self.problem = self.problem.take().or(result.err());
    }

    fn text(&mut self, row: u32, column: u16, text: &str, format: &Format) {
        let text: String = text.chars().take(MAX_TEXT).collect();
        let result = self.inner.write_string_with_format(row, column, text, format);
        let result = result.map(|_| ());
        self.keep(result);
    }

    fn number(&mut self, row: u32, column: u16, number: f64, format: &Format) {
        let result = self.inner.write_number_with_format(row, column, number, format);
        let result = result.map(|_| ());
        self.keep(result);
    }

    fn width(&mut self, column: u16, width: f64) {
        let result = self.inner.set_column_width(column, width).map(|_| ());
        self.keep(result);
    }

    /// The first row and some columns stay in sight; every column can be filtered; printed across one page.
    fn frame(&mut self, rows: u32, columns: u16, fixed: u16) {
        let last = columns.saturating_sub(1);
        let frozen = self.inner.set_freeze_panes(1, fixed).map(|_| ());
        self.keep(frozen);
        let filtered = self.inner.autofilter(0, 0, rows, last).map(|_| ());
        self.keep(filtered);
        let repeated = self.inner.set_repeat_rows(0, 0).map(|_| ());
        self.keep(repeated);
        self.inner
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0);
    }

    /// Colours for the words of verdicts in an area, which follow when a cell is changed.
    fn colours(&mut self, language: Language, rows: (u32, u32), columns: (u16, u16)) {
        for (verdict, fill, ink) in COLOURS {
            let word = language.tr(verdict.words()).into_owned();
            let rule = ConditionalFormatText::new()
                .set_rule(ConditionalFormatTextRule::BeginsWith(word))
                .set_format(colour(fill, ink));
            let added = self
                .inner
                .add_conditional_format(rows.0, columns.0, rows.1, columns.1, &rule);
            let added = added.map(|_| ());
            self.keep(added);
        }
    }

    fn into_workbook(self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        match self.problem {
            Some(problem) => Err(problem),
            None => {
                workbook.push_worksheet(self.inner);
                Ok(())
            }
        }
    }
}

/// Fill and ink of each verdict; at least 4.5 to 1 apart.
const COLOURS: [(Verdict, u32, u32); 5] = [
    (Verdict::Met, 0xD7_F0DC, 0x0B_5A2B),
    (Verdict::Partial, 0xFF_F0C2, 0x6B_4A00),
    (Verdict::Gap, 0xFB_D9D5, 0x8C_1414),
    (Verdict::NotStated, 0xEF_EFEF, 0x55_5555),
    (Verdict::NotApplicable, 0xFF_FFFF, 0x6A_6A6A),
];

fn colour(fill: u32, ink: u32) -> Format {
    Format::new()
        .set_background_color(Color::RGB(fill))
        .set_font_color(Color::RGB(ink))
}

/// A name that a sheet can have: 31 characters, none of those that stand for something in a reference.
fn sheet_name(name: &str) -> String {
    let allowed = |character: char| match character {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'' => ' ',
        character if character.is_control() => ' ',
        character => character,
    };
    name.chars().map(allowed).take(31).collect()
}

struct Formats {
    head: Format,
    upright: Format,
    text: Format,
    verdict: Format,
    number: Format,
    percent: Format,
    wrapped: Format,
    strong: Format,
}

impl Formats {
    fn new() -> Formats {
        let head = Format::new()
            .set_bold()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Thin)
            .set_text_wrap();
        let top = || Format::new().set_align(FormatAlign::Top);
        Formats {
            upright: head.clone().set_rotation(90).set_align(FormatAlign::Center),
            head,
            text: top(),
            verdict: top().set_align(FormatAlign::Center),
            number: top().set_num_format("0.##;-0.##;0"),
            percent: top().set_num_format("0 %"),
            wrapped: top().set_text_wrap(),
            strong: top().set_bold().set_text_wrap(),
        }
    }
}

/// A workbook in the making.
pub(super) struct Xlsx<'a> {
    job: Job<'a>,
    formats: Formats,
    elements: Vec<Element>,
    practices: Sheet,
    rows: u32,
    left_out: usize,
    reasons: Sheet,
    reason_rows: u32,
    reasons_left_out: usize,
    /// Keys of the metadata in the order in which they come.
    keys: Vec<String>,
}

impl<'a> Xlsx<'a> {
    pub(super) fn new(job: Job<'a>) -> Xlsx<'a> {
        let l = job.options.language;
        let known = facet::metadata_keys().filter(|key| !["id", "name", "country"].contains(key));
        Xlsx {
            formats: Formats::new(),
            elements: job
                .set
                .profile
                .blocks
                .iter()
                .flat_map(|block| block.elements.clone())
                .collect(),
            practices: Sheet::new(&l.tr("practices")),
            rows: 0,
            left_out: 0,
            reasons: Sheet::new(&l.tr("reasons")),
            reason_rows: 0,
            reasons_left_out: 0,
            keys: known.map(str::to_string).collect(),
            job,
        }
    }

    fn verdict_words(&self, practice: &Practice, element: Element) -> String {
        let words = self.job.options.language.tr(practice.verdict(element).words());
        let inferred = csv::basis(practice, element) == "inferred";
        format!("{words}{}", if inferred { " ~" } else { "" })
    }

    /// The first columns of both lists.
    fn who(practice: &Practice) -> [String; 2] {
        let name = practice.name.clone().or_else(|| practice.id.clone());
        let name = name.unwrap_or_else(|| practice.source().name().to_string());
        [practice.country.clone().unwrap_or_default(), name]
    }

    fn add_reasons(&mut self, practice: &Practice) {
        let (set, l) = (self.job.set, self.job.options.language);
        for element in &self.elements {
            let own = practice.elements.iter().find(|own| own.element == *element);
            let Some(own) = own.filter(|own| !own.because.is_empty()) else {
                continue;
            };
            let basis = csv::basis(practice, *element);
            for because in &own.because {
                if self.reason_rows + 1 >= MAX_ROWS {
                    self.reasons_left_out += 1;
                    continue;
                }
                self.reason_rows += 1;
                let [country, name] = Xlsx::who(practice);
                let cells = [
                    country,
                    name,
                    set.elements.name(*element, l),
                    l.tr(own.verdict.words()).into_owned(),
                    l.tr(basis_words(basis)).into_owned(),
                    because_words(because, l),
                    practice.source().name().to_string(),
                ];
                for (column, cell) in (0..).zip(&cells) {
                    let format = if column == 5 {
                        &self.formats.wrapped
                    } else {
                        &self.formats.text
                    };
                    self.reasons.text(self.reason_rows, column, cell, format);
                }
            }
        }
    }

    fn gap_cells(&mut self, mut column: u16, gap: Gap) -> u16 {
        let row = self.rows;
        if gap.applicable > 0 {
            let part = |half_weights: u32| f64::from(half_weights) / f64::from(gap.applicable);
            self.practices
                .number(row, column, part(gap.missing), &self.formats.percent);
            self.practices
                .number(row, column + 1, part(gap.missing + gap.open), &self.formats.percent);
        }
        column += 2;
        for half_weights in [gap.missing, gap.silent, gap.applicable] {
            self.practices
                .number(row, column, f64::from(half_weights) / 2.0, &self.formats.number);
            column += 1;
        }
        if gap.is_thin() {
            let thin = self.job.options.language.tr("too little is stated to compare");
            self.practices.text(row, column, &thin, &self.formats.text);
        }
        column + 1
    }

    /// Headings of the list, and how wide each column is: the names of elements stand upright.
    fn heads(&self) -> Vec<(String, f64, bool)> {
        let (set, l) = (self.job.set, self.job.options.language);
        let tr = |text: &'static str| l.tr(text).into_owned();
        let mut heads = vec![
            (tr(mark("country")), 8.0, false),
            (tr(mark("practice")), 44.0, false),
            (tr(mark("kind of practice")), 24.0, false),
        ];
        let names = self
            .elements
            .iter()
            .map(|element| (set.elements.name(*element, l), 12.0, true));
        heads.extend(names);
        for block in &set.profile.blocks {
            let several = set.profile.blocks.len() > 1;
            let of = |text: &'static str| match several {
                true => format!("{}: {}", l.tr(&block.block), l.tr(text)),
                false => tr(text),
            };
            heads.push((of(mark("gap at least")), 9.0, false));
            heads.push((of(mark("gap at most")), 9.0, false));
            heads.push((of(mark("missing")), 9.0, false));
            heads.push((of(mark("not stated")), 9.0, false));
            heads.push((of(mark("of which apply")), 9.0, false));
            heads.push((of(mark("coverage")), 14.0, false));
        }
        heads.extend([
            (tr(mark("definition")), 26.0, false),
            (tr(mark("traits")), 20.0, false),
            (tr(mark("observations, not scored")), 44.0, false),
            ("id".to_string(), 24.0, false),
            (tr(mark("file")), 34.0, false),
            (tr(mark("document")), 9.0, false),
        ]);
        heads
    }

    /// Headings, colours and panes, when the last column is known.
    fn finish_practices(&mut self) {
        let heads = self.heads();
        let keys = self.keys.iter().map(|key| (key.clone(), 18.0, false));
        let heads: Vec<(String, f64, bool)> = heads.into_iter().chain(keys).collect();
        let columns = u16::try_from(heads.len()).unwrap_or(u16::MAX);
        for (column, (head, width, upright)) in (0..columns).zip(&heads) {
            let format = if *upright {
                &self.formats.upright
            } else {
                &self.formats.head
            };
            self.practices.text(0, column, head, format);
            self.practices.width(column, *width);
        }
        let height = self.practices.inner.set_row_height(0, 110.0).map(|_| ());
        self.practices.keep(height);
        if self.rows > 0 {
            let first = 3;
            let last = first + u16::try_from(self.elements.len()).unwrap_or(0) - 1;
            let l = self.job.options.language;
            self.practices.colours(l, (1, self.rows), (first, last));
            let bar = ConditionalFormatDataBar::new()
                .set_minimum(rust_xlsxwriter::ConditionalFormatType::Number, 0)
                .set_maximum(rust_xlsxwriter::ConditionalFormatType::Number, 1)
                .set_fill_color(Color::RGB(0xF0_A8A0))
                .set_solid_fill(true);
            for column in [last + 1, last + 2] {
                let added = self
                    .practices
                    .inner
                    .add_conditional_format(1, column, self.rows, column, &bar);
                let added = added.map(|_| ());
                self.practices.keep(added);
            }
        }
        self.practices.frame(self.rows, columns, 2);
    }

    fn finish_reasons(&mut self) {
        let l = self.job.options.language;
        let heads = [
            (mark("country"), 8.0),
            (mark("practice"), 44.0),
            (mark("element"), 20.0),
            (mark("verdict"), 14.0),
            (mark("basis"), 16.0),
            (mark("because"), 70.0),
            (mark("file"), 34.0),
        ];
        for (column, (head, width)) in (0..).zip(heads) {
            self.reasons.text(0, column, &l.tr(head), &self.formats.head);
            self.reasons.width(column, width);
        }
        if self.reason_rows > 0 {
            self.reasons.colours(l, (1, self.reason_rows), (3, 3));
        }
        self.reasons.frame(self.reason_rows, 7, 2);
    }

    fn patterns(&self, patterns: &Patterns, facet: &Facet) -> Sheet {
        let (set, l) = (self.job.set, self.job.options.language);
        let mut sheet = Sheet::new(&l.fill("by {facet}", &[("facet", &facet.name())]));
        let verdicts = patterns::verdicts_in(patterns);
        let groups: Vec<&Group> = patterns.groups.iter().take(MAX_GROUPS).collect();
        sheet.text(0, 0, &patterns::title(patterns, l), &self.formats.strong);
        sheet.width(0, 26.0);
        let span = u16::try_from(verdicts.len()).unwrap_or(1);
        for (number, group) in (0..).zip(&groups) {
            let first = 1 + number * span;
            let name = patterns::group_name(group, facet, set, l);
            let head = format!("{name} ({})", group.practices);
            let merged = sheet
                .inner
                .merge_range(0, first, 0, first + span - 1, &head, &self.formats.head)
                .map(|_| ());
            sheet.keep(merged);
            for (column, verdict) in (first..).zip(&verdicts) {
                sheet.text(1, column, &l.tr(verdict.words()), &self.formats.head);
                sheet.width(column, 10.0);
            }
        }
        let mut row = 2;
        for own in &patterns.elements {
            sheet.text(row, 0, &set.elements.name(own.element, l), &self.formats.text);
            for (number, group) in (0..).zip(&groups) {
                let counts = group.counts(own.element);
                for (column, verdict) in (1 + number * span..).zip(&verdicts) {
                    let count = counts.get(*verdict);
                    if count > 0 {
                        let (_, fill, ink) = COLOURS[*verdict as usize];
                        sheet.number(row, column, count as f64, &colour(fill, ink));
                    }
                }
            }
            row += 1;
        }
        let frozen = sheet.inner.set_freeze_panes(2, 1).map(|_| ());
        sheet.keep(frozen);
        row += 1;
        let mut said = patterns::lines(patterns, facet, set, l);
        for group in &groups {
            let observed = patterns::observations(group, l);
            if !observed.is_empty() {
                let name = patterns::group_name(group, facet, set, l);
                said.push((
                    l.fill("observations in {group}, not scored", &[("group", &name)]),
                    observed,
                ));
            }
        }
        said.push((String::new(), l.tr(patterns::MEANING).into_owned()));
        if patterns.groups.len() > groups.len() {
            let left = patterns.groups.len() - groups.len();
            let left = l.plural(left, "{n} further group is left out", "{n} further groups are left out");
            said.push((String::new(), left));
        }
        for (heading, text) in said {
            sheet.text(row, 0, &heading, &self.formats.strong);
            sheet.text(row, 1, &text, &self.formats.text);
            row += 1;
        }
        sheet
            .inner
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0);
        sheet
    }

    fn method(&self, end: &End<'_>) -> Sheet {
        let (set, l) = (self.job.set, self.job.options.language);
        let mut sheet = Sheet::new(&l.tr("method"));
        sheet.width(0, 28.0);
        sheet.width(1, 100.0);
        let mut lines = method::lines(&self.job);
        lines.push((l.tr("practices").into_owned(), shown_words(&self.job, end)));
        lines.push((
            "~".to_string(),
            l.tr("inferred from what the source says of something close")
                .into_owned(),
        ));
        for (left, heading) in [
            (self.left_out, mark("practices left out")),
            (self.reasons_left_out, mark("reasons left out")),
        ] {
            if left > 0 {
                let why = l.fill(
                    "{n}: a sheet has no more than {rows} rows; CSV has all",
                    &[("n", &left), ("rows", &MAX_ROWS)],
                );
                lines.push((l.tr(heading).into_owned(), why));
            }
        }
        let mut row = 0;
        for (heading, text) in lines {
            sheet.text(row, 0, &heading, &self.formats.strong);
            sheet.text(row, 1, &text, &self.formats.wrapped);
            row += 1;
        }
        row += 1;
        sheet.text(row, 0, &l.tr("weights"), &self.formats.strong);
        row += 1;
        for (block, element, weight) in method::weights(&self.job) {
            let element = set.elements.name(element, l);
            sheet.text(row, 0, &element, &self.formats.text);
            let weight = l.fill("{weight} in {block}", &[("weight", &weight), ("block", &l.tr(block))]);
            sheet.text(row, 1, &weight, &self.formats.text);
            row += 1;
        }
        sheet
    }

    fn properties(&self) -> Result<DocProperties, XlsxError> {
        let (day, made_by) = (self.job.options.as_of, self.job.made_by());
        let date = |value: i8| u8::try_from(value).unwrap_or(1);
        let created = ExcelDateTime::from_ymd(
            u16::try_from(day.year()).unwrap_or(1900).max(1900),
            date(day.month()),
            date(day.day()),
        )?;
        let versions = format!(
            "credlint {} · rules {} · vocabularies {} · profile {}",
            made_by.credlint, made_by.rules, made_by.vocabularies, made_by.profile
        );
        Ok(DocProperties::new()
            .set_title(crate::sheet::RESULT_TITLE)
            .set_comment(versions)
            .set_creation_datetime(&created))
    }

    fn workbook(&mut self, end: &End<'_>) -> Result<Vec<u8>, XlsxError> {
        self.finish_practices();
        self.finish_reasons();
        let mut workbook = Workbook::new();
        workbook.set_properties(&self.properties()?);
        let blank = || Sheet::new("");
        std::mem::replace(&mut self.practices, blank()).into_workbook(&mut workbook)?;
        for (facet, patterns) in self.job.by.iter().zip(end.patterns) {
            self.patterns(patterns, facet).into_workbook(&mut workbook)?;
        }
        std::mem::replace(&mut self.reasons, blank()).into_workbook(&mut workbook)?;
        self.method(end).into_workbook(&mut workbook)?;
        workbook.save_to_buffer()
    }
}

fn basis_words(basis: &str) -> &'static str {
    match basis {
        "value" => mark("value"),
        "stated" => mark("evidence, stated"),
        "inferred" => mark("evidence, inferred"),
        _ => "",
    }
}

impl Form for Xlsx<'_> {
    fn practice(&mut self, practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {
        if practice.state != State::Checked {
            return;
        }
        if self.rows + 1 >= MAX_ROWS {
            self.left_out += 1;
            return;
        }
        self.rows += 1;
        let (set, l, row) = (self.job.set, self.job.options.language, self.rows);
        let [country, name] = Xlsx::who(practice);
        let kind = set
            .typology
            .name(practice.typology.as_ref().and_then(|own| own.kind), l);
        let mut column = 0;
        for text in [&country, &name, &kind] {
            self.practices.text(row, column, text, &self.formats.text);
            column += 1;
        }
        for element in &self.elements {
            let words = self.verdict_words(practice, *element);
            self.practices.text(row, column, &words, &self.formats.verdict);
            column += 1;
        }
        for (_, gap) in &practice.gaps {
            column = self.gap_cells(column, *gap);
        }
        let traits = Facet::named("trait");
        let traits: Vec<String> = traits
            .answers(set, practice)
            .iter()
            .map(|own| traits.label(own, set, l))
            .collect();
        let topics = Facet::named("topic");
        let polarity = Facet::named("polarity");
        let observations = practice.observations.iter().map(|own| {
            let topic = topics.vocabulary_label(&own.topic, l);
            let polarity = own.polarity.as_deref().map(|own| polarity.vocabulary_label(own, l));
            let note = own.note.as_deref().map(|note| format!(": {note}"));
            let polarity = polarity.map(|own| format!(" ({own})"));
            format!("{topic}{}{}", polarity.unwrap_or_default(), note.unwrap_or_default())
        });
        let observations = observations.collect::<Vec<_>>().join("; ");
        let definition = practice.definition.as_ref().map(|own| own.words(l));
        let texts = [
            definition.unwrap_or_default(),
            traits.join(", "),
            observations,
            practice.id.clone().unwrap_or_default(),
            practice.source().name().to_string(),
        ];
        for text in &texts {
            self.practices.text(row, column, text, &self.formats.text);
            column += 1;
        }
        let document = u32::try_from(practice.document).unwrap_or(u32::MAX);
        self.practices
            .number(row, column, f64::from(document), &self.formats.number);
        column += 1;
        for (key, _) in &practice.metadata {
            let known = ["id", "name", "country"].contains(&key.as_str()) || self.keys.contains(key);
            if !known && self.keys.len() < MAX_KEYS {
                self.keys.push(key.clone());
            }
        }
        for (own, key) in (column..).zip(&self.keys) {
            let value = facet::metadata(practice, key).unwrap_or_default();
            self.practices.text(row, own, &value, &self.formats.text);
        }
        self.add_reasons(practice);
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let written = self.workbook(end);
        out.extend(written.map_err(|error| format!("the workbook cannot be written: {error}"))?);
        Ok(())
    }
}
