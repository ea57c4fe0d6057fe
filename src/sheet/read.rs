//! A grid of cells → the text in which findings are shown: the headings first, one to a line, then row after row with
//! `Heading: value` for each cell that says something. Columns that nobody knows are told once, and their cells are not
//! in the text.

use sha2::{Digest, Sha256};

use super::grid::{Broken, Grid, Line, Lost, MAX_BYTES, Page, Raw};
use super::headings::{self, Heading};
use super::mapping::{By, Mapping, Sheets};
use super::target::Target;
use super::{csv, template, words, xlsx};
use crate::descriptor::model::Shape;
use crate::language::{Language, Phrase, mark};
use crate::source::sheet::{Cell, Cited, Column, Note, Row, Says, Sheet, letters};
use crate::source::{Source, Span};
use crate::standard::Element;
use crate::vocabulary::{embedded, nearest, normalise};

/// Rows among which the headings are looked for.
const HEADINGS_WITHIN: usize = 20;
/// Headings that make a sheet ours where nobody has named it, and one worth mentioning where it is not read.
const ENOUGH: usize = 3;

/// Reads a spreadsheet. What is wrong with it is noted; the source comes in any case.
pub fn read(name: &str, bytes: &[u8], mapping: Option<&Mapping>) -> Source {
    let default = Mapping::default();
    let workbook = bytes.starts_with(b"PK\x03\x04") || name.to_ascii_lowercase().ends_with("xlsx");
    let workbook = workbook || name.to_ascii_lowercase().ends_with("xlsm");
    let tab = name.to_ascii_lowercase().ends_with(".tsv").then_some(b'\t');
    let grid = if workbook {
        xlsx::read(bytes)
    } else {
        let written = mapping.unwrap_or(&default);
        csv::read(bytes, written.encoding, written.separator.or(tab))
    };
    let mut reader = Reader {
        mapping: mapping.unwrap_or(&default),
        sheet: Sheet {
            workbook,
            ours: mapping.is_some(),
            origin: origin(bytes, workbook, tab, mapping),
            ..Sheet::default()
        },
        text: String::new(),
        row_notes: Vec::new(),
        blocks: 0,
        top: Span::default(),
    };
    reader.sheet(&grid);
    reader.sheet.ours &= mapping.is_some() || !super::is_result(bytes);
    let Reader {
        text,
        mut sheet,
        mut row_notes,
        ..
    } = reader;
    sheet.general = sheet.notes.len();
    let shift = sheet.general as u32;
    for row in &mut sheet.rows {
        row.notes = row.notes.start + shift..row.notes.end + shift;
    }
    sheet.notes.append(&mut row_notes);
    Source::of_sheet(name, text, sheet)
}

/// Everything that decides what is read.
fn origin(bytes: &[u8], workbook: bool, tab: Option<u8>, mapping: Option<&Mapping>) -> [u8; 32] {
    let mut sum = Sha256::new();
    sum.update([u8::from(workbook), tab.unwrap_or_default(), u8::from(mapping.is_some())]);
    let mapping = mapping.map_or("", |mapping| mapping.text.as_str());
    for part in [mapping.as_bytes(), bytes] {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    sum.finalize().into()
}

struct Reader<'m> {
    mapping: &'m Mapping,
    sheet: Sheet,
    text: String,
    row_notes: Vec<Note>,
    blocks: u32,
    /// The first heading.
    top: Span,
}

/// A column with a heading or with cells.
struct Head {
    column: u16,
    heading: String,
    raw: Option<Raw>,
    means: Means,
}

/// What a column means.
enum Means {
    /// It says something.
    Says(Says),
    /// The verdict or the value of an element, as the cells tell.
    Element(Element),
    /// Nothing, and that is as it should be.
    Nothing,
    /// About a learner.
    Learner,
    /// Nothing that is known.
    Unknown,
    /// Cells without a heading.
    Nameless,
}

impl Reader<'_> {
    fn sheet(&mut self, grid: &Grid) {
        self.sources(grid);
        let (chosen, passed) = self.chosen(grid);
        self.sheet.several = grid.workbook && chosen.len() > 1;
        self.sheet.main = self.sheet.names.len() as u16;
        for page in &chosen {
            self.page(page);
            if self.sheet.broken {
                return;
            }
        }
        let top = self.top;
        if let Some(encoding) = grid.encoding {
            self.note("sheet/encoding", top, vec![("value", encoding.to_string())]);
        }
        if !passed.is_empty() {
            let names: Vec<String> = passed.iter().map(|page| format!("`{}`", page.name)).collect();
            self.note("sheet/not-read", top, vec![("value", names.join(", "))]);
        }
        if let (Sheets::Named(names), None, true) = (&self.mapping.sheets, &grid.broken, grid.workbook) {
            let missing = names
                .iter()
                .filter(|name| !grid.pages.iter().any(|page| page.name == **name));
            let there: Vec<&str> = grid.pages.iter().map(|page| page.name.as_str()).collect();
            for name in missing {
                let near = nearest(name, there.iter().copied()).unwrap_or_default();
                let args = vec![("value", name.clone()), ("suggestion", near.to_string())];
                self.note("sheet/sheet-missing", top, args);
            }
        }
        if let Some(broken) = &grid.broken {
            self.broken(broken);
        } else if self.sheet.rows.is_empty() {
            self.sheet.broken = true;
            let known = self.sheet.cells.iter().any(|cell| cell.says.is_some()) || !self.sheet.says.is_empty();
            let rule = if known || self.text.is_empty() {
                "sheet/empty"
            } else {
                "sheet/no-column"
            };
            self.note(rule, top, Vec::new());
        }
    }

    /// The sheets that are read, and those that look as if they should be.
    fn chosen<'g>(&self, grid: &'g Grid) -> (Vec<&'g Page>, Vec<&'g Page>) {
        let pages = || {
            grid.pages
                .iter()
                .filter(|page| !page.lines.is_empty() && !is_sources(page))
        };
        let known = |page: &&Page| self.known(page, self.heading_line(page)) >= ENOUGH.min(2);
        // A file of text is one sheet without a name.
        if !grid.workbook {
            return (pages().collect(), Vec::new());
        }
        match &self.mapping.sheets {
            Sheets::All => (pages().filter(known).collect(), Vec::new()),
            Sheets::Named(names) => (pages().filter(|page| names.contains(&page.name)).collect(), Vec::new()),
            Sheets::First => {
                let visible = || pages().filter(|page| !page.hidden);
                let first = visible().find(known).or_else(|| visible().next());
                let others = visible().filter(|page| first.is_none_or(|first| !std::ptr::eq(first, *page)));
                let alike = others.filter(|page| self.known(page, self.heading_line(page)) >= ENOUGH);
                (first.into_iter().collect(), alike.collect())
            }
        }
    }

    /// The row with the headings, as an index.
    fn heading_line(&self, page: &Page) -> usize {
        if let Some(row) = self.mapping.heading_row {
            return page.lines.iter().position(|line| line.number >= row).unwrap_or(0);
        }
        let within = page.lines.len().min(HEADINGS_WITHIN);
        let best = (0..within).rev().max_by_key(|at| self.known(page, *at));
        best.filter(|at| self.known(page, *at) > 0).unwrap_or(0)
    }

    /// How many headings of a row are known.
    fn known(&self, page: &Page, at: usize) -> usize {
        let Some(line) = page.lines.get(at) else { return 0 };
        let means = |raw: &&Raw| matches!(self.means(&raw.text, raw.column), Means::Says(_) | Means::Element(_));
        line.cells
            .iter()
            .filter(|raw| raw.text.len() < 200)
            .filter(means)
            .count()
    }

    /// What a column means by its heading.
    fn means(&self, heading: &str, column: u16) -> Means {
        let folded = normalise(heading);
        let named = self.mapping.columns.iter().find(|own| match &own.by {
            By::Letter(letter) => *letter == column,
            By::Heading(own) => *own == folded,
        });
        if let Some(own) = named {
            return own.says.clone().map_or(Means::Nothing, Means::Says);
        }
        if folded.is_empty() {
            return Means::Nameless;
        }
        match headings::read(heading) {
            Heading::Says { says, .. } => Means::Says(Says {
                split: self.mapping.split,
                ..says
            }),
            Heading::Element(element) => Means::Element(element),
            Heading::Private => Means::Nothing,
            Heading::Learner => Means::Learner,
            Heading::Unknown => Means::Unknown,
        }
    }

    fn page(&mut self, page: &Page) {
        let sheet = self.sheet.names.len() as u16;
        self.sheet.names.push(page.name.clone());
        let at = self.heading_line(page);
        let Some(line) = page.lines.get(at) else { return };
        let rows = &page.lines[at + 1..];
        let rows: Vec<&Line> = rows.iter().filter(|line| !is_remark(line)).collect();
        let mut heads = self.heads(line, &rows);
        let sure = line.cells.iter().filter(|raw| {
            let mapped = !self.mapping.columns.is_empty();
            mapped || matches!(headings::read(&raw.text), Heading::Says { sure: true, .. })
        });
        self.sheet.ours |= sure.count() >= ENOUGH;
        self.blocks += 1;
        let mut says: Vec<Option<u16>> = Vec::with_capacity(heads.len());
        let mut first: Vec<(String, Span)> = Vec::new();
        for head in &mut heads {
            let span = self.heading(sheet, line.number, head);
            if self.top.is_empty() {
                self.top = span;
            }
            let own = match &head.means {
                Means::Says(own) => own.clone(),
                Means::Element(element) => element_column(*element, head.column, &rows),
                Means::Nothing => {
                    says.push(None);
                    continue;
                }
                Means::Learner => {
                    self.note("sheet/learner", span, vec![("value", head.heading.clone())]);
                    says.push(None);
                    continue;
                }
                Means::Unknown => {
                    let near = headings::near(&head.heading).unwrap_or_default();
                    let args = vec![("value", head.heading.clone()), ("suggestion", near)];
                    self.note("sheet/column-unknown", span, args);
                    says.push(None);
                    continue;
                }
                Means::Nameless => {
                    let args = vec![("value", letters(head.column))];
                    self.note("sheet/heading-missing", span, args);
                    says.push(None);
                    continue;
                }
            };
            if let Some((path, earlier)) = first.iter().find(|(path, _)| *path == own.path) {
                let args = vec![("value", head.heading.clone()), ("detail", path.clone())];
                let earlier = *earlier;
                self.note("sheet/column-repeated", span, args);
                if let Some(note) = self.sheet.notes.last_mut() {
                    note.first = Some(earlier);
                }
                says.push(None);
                continue;
            }
            first.push((own.path.clone(), span));
            let known = self.sheet.says.iter().position(|earlier| *earlier == own);
            let number = known.unwrap_or_else(|| {
                self.sheet.says.push(own);
                self.sheet.says.len() - 1
            });
            let number = u16::try_from(number).ok();
            self.sheet.columns.extend(number.map(|says| Column {
                says,
                column: head.column,
                heading: span,
            }));
            says.push(number);
        }
        self.missing_columns(line, &heads);
        let mut hidden: Vec<u32> = Vec::new();
        let mut first_hidden = None;
        for line in rows {
            let begin = self.sheet.cells.len();
            self.row(sheet, line, &heads, &says);
            if self.sheet.broken {
                return;
            }
            if let (true, Some(cell)) = (line.hidden, self.sheet.cells.get(begin)) {
                first_hidden.get_or_insert(cell.span());
                hidden.push(line.number);
            }
        }
        if let Some(span) = first_hidden {
            self.note("sheet/hidden-rows", span, vec![("value", ranges(&hidden))]);
        }
    }

    /// The columns: those with a heading, and those without one in whose cells something stands.
    fn heads(&self, line: &Line, rows: &[&Line]) -> Vec<Head> {
        let mut columns: Vec<u16> = line
            .cells
            .iter()
            .filter(|raw| !raw.is_blank())
            .map(|raw| raw.column)
            .collect();
        for row in rows {
            let own = row.cells.iter().filter(|raw| !raw.is_blank() && raw.anchor.is_none());
            let further = own
                .map(|raw| raw.column)
                .filter(|column| columns.binary_search(column).is_err());
            let further: Vec<u16> = further.collect();
            if !further.is_empty() {
                columns.extend(further);
                columns.sort_unstable();
                columns.dedup();
            }
        }
        let head = |column: u16| {
            let raw = line.cells.iter().find(|raw| raw.column == column);
            let heading = raw.map_or(String::new(), |raw| one_line(&raw.text));
            Head {
                means: self.means(&heading, column),
                raw: raw.cloned(),
                heading,
                column,
            }
        };
        columns.into_iter().map(head).collect()
    }

    /// Writes a heading on a line of its own.
    fn heading(&mut self, sheet: u16, row: u32, head: &Head) -> Span {
        let start = self.text.len();
        self.text
            .push_str(if head.heading.is_empty() { "…" } else { &head.heading });
        let end = self.text.len();
        self.text.push('\n');
        let verbatim = head.raw.as_ref().is_some_and(|raw| raw.text == head.heading);
        self.sheet.cells.push(Cell {
            start: start as u32,
            value: start as u32,
            end: end as u32,
            row,
            column: head.column,
            sheet,
            says: None,
            block: self.blocks,
            at: head
                .raw
                .as_ref()
                .and_then(|raw| raw.at)
                .map(|at| crate::source::sheet::InFile {
                    verbatim: at.verbatim && verbatim,
                    ..at
                }),
        });
        Span::new(start, end)
    }

    /// Columns of which the mapping speaks and which the sheet has not.
    fn missing_columns(&mut self, line: &Line, heads: &[Head]) {
        let Some(top) = self.sheet.cells.last().map(Cell::span) else {
            return;
        };
        let missing: Vec<(String, String)> = self
            .mapping
            .columns
            .iter()
            .filter(|own| own.says.is_some())
            .filter_map(|own| match &own.by {
                By::Letter(letter) if !heads.iter().any(|head| head.column == *letter) => {
                    Some((own.written.clone(), String::new()))
                }
                By::Heading(folded) if !line.cells.iter().any(|raw| normalise(&raw.text) == *folded) => {
                    let unknown = heads.iter().filter(|head| matches!(head.means, Means::Unknown));
                    let unknown: Vec<String> = unknown.map(|head| head.heading.clone()).collect();
                    let near = nearest(&own.written, unknown.iter().map(String::as_str)).unwrap_or_default();
                    Some((own.written.clone(), near.to_string()))
                }
                _ => None,
            })
            .collect();
        if missing.is_empty() {
            return;
        }
        let near = missing.iter().find(|(_, near)| !near.is_empty());
        let near = near.map_or(String::new(), |(_, near)| near.clone());
        let shown = missing.iter().take(5).map(|(written, _)| format!("`{written}`"));
        let mut names = shown.collect::<Vec<_>>().join(", ");
        if missing.len() > 5 {
            names.push_str(" …");
        }
        let args = vec![
            ("value", names),
            ("detail", missing.len().to_string()),
            ("suggestion", near),
        ];
        self.note("sheet/column-missing", top, args);
    }

    /// Writes a row, where a cell of its own says something.
    fn row(&mut self, sheet: u16, line: &Line, heads: &[Head], says: &[Option<u16>]) {
        let told = |raw: &&Raw| {
            let at = heads.binary_search_by_key(&raw.column, |head| head.column).ok();
            at.and_then(|at| Some((at, says[at]?)))
        };
        let own = line.cells.iter().filter(|raw| !raw.is_blank());
        if !own.clone().any(|raw| raw.anchor.is_none() && told(&raw).is_some()) {
            return;
        }
        self.blocks += 1;
        let (first, notes) = (self.sheet.cells.len() as u32, self.row_notes.len() as u32);
        for raw in own {
            let Some((at, says)) = told(&raw) else { continue };
            let (row, column) = raw.anchor.unwrap_or((line.number, raw.column));
            let start = self.text.len();
            self.text.push_str(&heads[at].heading_or_letter());
            self.text.push_str(": ");
            let value = self.text.len();
            let (clean, place) = clean(raw);
            self.text.push_str(&clean);
            let end = self.text.len();
            self.text.push('\n');
            if self.text.len() > MAX_BYTES {
                self.broken(&Broken::TooLarge(mark("bytes of text"), MAX_BYTES));
                return;
            }
            let lost = raw.lost.is_some();
            self.sheet.cells.push(Cell {
                start: start as u32,
                value: value as u32,
                end: end as u32,
                row,
                column,
                sheet,
                says: (!lost).then_some(says),
                block: self.blocks,
                at: place,
            });
            let span = if value == end {
                Span::new(start, value - 2)
            } else {
                Span::new(value, end)
            };
            self.cell_notes(raw, &clean, usize::from(says), span);
        }
        self.sheet.rows.push(Row {
            sheet,
            row: line.number,
            cells: first..self.sheet.cells.len() as u32,
            notes: notes..self.row_notes.len() as u32,
        });
    }

    /// What is wrong with the value of a cell that only a spreadsheet does.
    fn cell_notes(&mut self, raw: &Raw, text: &str, says: usize, span: Span) {
        let note = |rule, args, phrase: Option<Phrase>| Note {
            rule,
            span,
            first: None,
            args,
            phrase: phrase.map(|phrase| ("detail", phrase)),
        };
        match raw.lost {
            Some(Lost::Error) => {
                let phrase = Phrase::new(mark("the cell shows the error `{error}`")).with("error", text);
                self.row_notes
                    .push(note("sheet/cell-without-value", Vec::new(), Some(phrase)));
            }
            Some(Lost::Formula) => {
                let phrase = Phrase::new(mark("the cell holds a formula that nobody has computed"));
                self.row_notes
                    .push(note("sheet/cell-without-value", Vec::new(), Some(phrase)));
            }
            None => {}
        }
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) || raw.lost.is_some() {
            return;
        }
        let target = Target::of(&self.sheet.says[says].path);
        if let Ok(Target {
            leaf: Shape::Code(list),
            ..
        }) = target
            && let Some(list) = embedded(list)
            && list.find(text).is_none()
        {
            let with_zeros = |zeros: usize| format!("{}{text}", "0".repeat(zeros));
            let meant = (1..=2).map(with_zeros).find(|meant| list.find(meant).is_some());
            if let Some(meant) = meant {
                let args = vec![("value", text.to_string()), ("suggestion", meant)];
                self.row_notes.push(note("sheet/leading-zero", args, None));
            }
        }
    }

    /// The documents that verdicts cite: those of the mapping, and those of a sheet of the workbook.
    fn sources(&mut self, grid: &Grid) {
        let line = |reader: &mut Self, heading: &str, value: &str| {
            let start = reader.text.len();
            reader.text.push_str(heading);
            reader.text.push_str(": ");
            let begin = reader.text.len();
            reader.text.push_str(&value.replace('\n', " "));
            let end = reader.text.len();
            reader.text.push('\n');
            (start, begin, end)
        };
        if let Some(source) = self.mapping.source.clone() {
            let (_, begin, end) = line(self, "source", &source);
            self.sheet.source = Some(Span::new(begin, end));
        }
        for (id, file) in self.mapping.sources.clone() {
            let (_, begin, end) = line(self, "id", &id);
            let mut cited = Cited {
                id: Span::new(begin, end),
                parts: Vec::new(),
            };
            let parts = [("title", Some(file.title)), ("url", file.url), ("date", file.date)];
            for (part, value) in parts {
                if let Some(value) = value {
                    let (_, begin, end) = line(self, part, &value);
                    cited.parts.push((part, Span::new(begin, end)));
                }
            }
            self.sheet.sources.push(cited);
        }
        let Some(page) = grid.pages.iter().find(|page| is_sources(page)) else {
            return;
        };
        let Some((heads, rows)) = page.lines.split_first() else {
            return;
        };
        let sheet = self.sheet.names.len() as u16;
        self.sheet.names.push(page.name.clone());
        let part_of = |column: u16| {
            let heading = heads.cells.iter().find(|raw| raw.column == column)?;
            source_part(&heading.text)
        };
        for row in rows.iter().filter(|row| !is_remark(row)) {
            self.blocks += 1;
            let mut cited: Option<Cited> = None;
            let mut parts = Vec::new();
            for raw in row.cells.iter().filter(|raw| !raw.is_blank() && raw.lost.is_none()) {
                let Some(part) = part_of(raw.column) else { continue };
                let (clean, _) = clean(raw);
                let (start, begin, end) = line(self, part, &clean);
                self.sheet.cells.push(Cell {
                    start: start as u32,
                    value: begin as u32,
                    end: end as u32,
                    row: row.number,
                    column: raw.column,
                    sheet,
                    says: None,
                    block: self.blocks,
                    at: None,
                });
                match part {
                    "id" => {
                        cited = Some(Cited {
                            id: Span::new(begin, end),
                            parts: Vec::new(),
                        })
                    }
                    part => parts.push((part, Span::new(begin, end))),
                }
            }
            if let Some(cited) = cited {
                self.sheet.sources.push(Cited { parts, ..cited });
            }
        }
    }

    fn broken(&mut self, broken: &Broken) {
        self.sheet.broken = true;
        let top = self.top;
        let mut phrase = |rule: &'static str, phrase: Phrase| {
            self.sheet.notes.push(Note {
                rule,
                span: top,
                first: None,
                args: Vec::new(),
                phrase: Some(("detail", phrase)),
            });
        };
        match broken {
            Broken::Unreadable(error) => {
                phrase(
                    "sheet/unreadable",
                    Phrase::new(mark("it is no workbook: {error}")).with("error", error),
                );
            }
            Broken::OldOrProtected => {
                let old = mark("it is protected by a password, or written in the form before 2007");
                phrase("sheet/unreadable", Phrase::new(old));
            }
            Broken::TooLarge(what, limit) => {
                let limit = Phrase::new(mark("more than {limit} {what}")).with("limit", limit);
                phrase("sheet/too-large", limit.with_phrase("what", Phrase::new(what)));
            }
            Broken::OpenQuote(place, row) => {
                let start = self.text.len();
                self.text.push_str("\"…\n");
                self.blocks += 1;
                self.sheet.cells.push(Cell {
                    start: start as u32,
                    value: start as u32,
                    end: start as u32 + 4,
                    row: *row,
                    column: 0,
                    sheet: 0,
                    says: None,
                    block: self.blocks,
                    at: Some(*place),
                });
                self.note(
                    "sheet/quote-open",
                    Span::new(start, start + 1),
                    vec![("value", place.line.to_string())],
                );
            }
        }
    }

    fn note(&mut self, rule: &'static str, span: Span, args: Vec<(&'static str, String)>) {
        self.sheet.notes.push(Note {
            rule,
            span,
            first: None,
            args,
            phrase: None,
        });
    }
}

impl Head {
    fn heading_or_letter(&self) -> String {
        if self.heading.is_empty() {
            letters(self.column)
        } else {
            self.heading.clone()
        }
    }
}

/// A column that is called like an element holds verdicts when nothing else stands in it.
fn element_column(element: Element, column: u16, rows: &[&Line]) -> Says {
    let cells = rows
        .iter()
        .flat_map(|row| row.cells.iter().filter(|raw| raw.column == column && !raw.is_blank()));
    let mut texts = cells.map(|raw| raw.text.as_str()).peekable();
    let is_verdicts = texts.peek().is_some()
        && texts.all(|text| {
            text.split(['\n', ';'])
                .all(|part| part.trim().is_empty() || words::verdict(part).is_some())
        });
    Says {
        path: match is_verdicts {
            true => format!("/evidence/{}/verdict", element.slug()),
            false => headings::value_of(element).to_string(),
        },
        ..Says::default()
    }
}

/// A row that begins with `#` is a remark, such as the example of the template.
fn is_remark(line: &Line) -> bool {
    let first = line.cells.iter().find(|raw| !raw.is_blank());
    first.is_some_and(|raw| raw.text.trim_start().starts_with('#') && raw.lost.is_none())
}

/// Whether a sheet lists the documents that verdicts cite.
fn is_sources(page: &Page) -> bool {
    let folded = normalise(&page.name);
    Language::all().any(|language| normalise(&language.tr(template::SOURCES)) == folded)
        && page
            .lines
            .first()
            .is_some_and(|line| line.cells.iter().any(|raw| source_part(&raw.text) == Some("id")))
}

fn source_part(heading: &str) -> Option<&'static str> {
    let folded = normalise(heading);
    let parts = ["id", "title", "url", "date"]
        .into_iter()
        .zip(template::SOURCE_HEADINGS);
    let said = |own: &(&str, &'static str)| {
        own.0 == folded || Language::all().any(|language| normalise(&language.tr(own.1)) == folded)
    };
    parts.into_iter().find(said).map(|(part, _)| part)
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text of a cell without the space around it and without characters that no terminal should see, and its place.
fn clean(raw: &Raw) -> (String, Option<crate::source::sheet::InFile>) {
    let trimmed = raw.text.trim();
    let lead = &raw.text[..raw.text.len() - raw.text.trim_start().len()];
    let mut clean = String::with_capacity(trimmed.len());
    let mut characters = trimmed.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => clean.push('\n'),
            '\n' | '\t' => clean.push(character),
            other if other.is_control() => clean.push(char::REPLACEMENT_CHARACTER),
            other => clean.push(other),
        }
    }
    let at = raw.at.map(|at| crate::source::sheet::InFile {
        byte: at.byte + if at.verbatim { lead.len() as u32 } else { 0 },
        column: at.column
            + if at.verbatim && !lead.contains('\n') {
                lead.chars().count() as u32
            } else {
                0
            },
        verbatim: at.verbatim && clean == trimmed && !lead.contains('\n'),
        line: at.line,
    });
    (clean, at)
}

/// Numbers of rows: `3, 5–7, 12`.
fn ranges(rows: &[u32]) -> String {
    let runs = rows.chunk_by(|a, b| *a + 1 == *b);
    let shown = runs.map(|run| match (run.first(), run.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(first), _) => first.to_string(),
        _ => String::new(),
    });
    let shown: Vec<String> = shown.collect();
    match shown.len() {
        0..=8 => shown.join(", "),
        _ => format!("{} …", shown[..8].join(", ")),
    }
}
