//! Where text comes from, and how a byte offset becomes a line and a column.
//!
//! A [`Source`] is one piece of text with a name. It may be a whole file, or a chunk of a larger one (a document
//! of a record stream, a decoded payload, a sheet cell): `base` says where in the named file the text begins, so
//! that a reader of a report always finds the place in the file that exists.
//!
//! **The one rule for positions, in every output:** lines and columns are 1-based; a line ends at LF (a CR before
//! it belongs to the line break); columns count characters (Unicode scalar values), a tab is one character, a byte
//! order mark at the start of a file is none.

pub mod sheet;

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use sheet::{CellName, Sheet};

/// A half-open byte range in the text of one [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; offsets past 4 GiB saturate (a source is far smaller, see [`crate::input::MAX_SOURCE_BYTES`]).
    pub fn new(start: usize, end: usize) -> Span {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The bytes covered.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether nothing is covered: a place between two characters.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The text covered; empty when the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// A 1-based line and column; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
}

/// Where a chunk begins in the file that carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// Bytes of the file before the chunk.
    pub offset: u64,
    /// Lines of the file before the chunk.
    pub line: u32,
}

/// What the end of a file's name says about its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One document or several in YAML.
    Yaml,
    /// One JSON text.
    Json,
    /// A JSON text on every line.
    Lines,
}

impl Form {
    /// The form of a file that is looked at on a walk; nothing for any other.
    pub fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()? {
            "yaml" | "yml" => Some(Form::Yaml),
            "json" | "jsonld" => Some(Form::Json),
            "ndjson" | "jsonl" => Some(Form::Lines),
            _ => None,
        }
    }

    /// Whether a text of that name must be JSON.
    pub fn is_strict(name: &str) -> bool {
        matches!(Form::of(Path::new(name)), Some(Form::Json | Form::Lines))
    }
}

/// A named piece of text, with a line index built on first use.
#[derive(Debug)]
pub struct Source {
    name: String,
    base: Base,
    body: Arc<Body>,
    /// What the text is a rendering of, when the file is a spreadsheet.
    sheet: Option<Arc<Sheet>>,
    /// The practices of the spreadsheet that are meant: all of them, or a part, which shares the text with the others.
    rows: Range<usize>,
}

#[derive(Debug)]
struct Body {
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// A whole file (or standard input) under the name the user knows it by.
    pub fn new(name: impl Into<String>, text: String) -> Source {
        Source::chunk(name, text, Base::default())
    }

    /// A chunk of the named file that begins at `base`.
    pub fn chunk(name: impl Into<String>, text: String, base: Base) -> Source {
        let line_starts = OnceLock::new();
        Source {
            name: name.into(),
            base,
            body: Arc::new(Body { text, line_starts }),
            sheet: None,
            rows: 0..0,
        }
    }

    /// A spreadsheet, as a text with one line for each cell.
    pub fn of_sheet(name: impl Into<String>, text: String, sheet: Sheet) -> Source {
        Source {
            rows: 0..sheet.rows.len(),
            sheet: Some(Arc::new(sheet)),
            ..Source::new(name, text)
        }
    }

    /// Some practices of a spreadsheet, by their indices.
    pub fn part(&self, rows: Range<usize>) -> Source {
        Source {
            name: self.name.clone(),
            base: self.base,
            body: self.body.clone(),
            sheet: self.sheet.clone(),
            rows,
        }
    }

    /// All practices of the spreadsheet that this is a part of.
    pub fn whole(&self) -> Source {
        self.part(0..self.sheet().map_or(0, |sheet| sheet.rows.len()))
    }

    /// The indices of the practices of a spreadsheet that are meant.
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// The same file with another text of the same length.
    pub fn with_text(&self, text: String) -> Source {
        Source {
            sheet: self.sheet.clone(),
            rows: self.rows(),
            ..Source::chunk(self.name.clone(), text, self.base)
        }
    }

    /// The cells, when the file is a spreadsheet.
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_deref()
    }

    /// The cell at a byte offset, when the file is a spreadsheet.
    pub fn cell(&self, offset: u32) -> Option<CellName<'_>> {
        let sheet = self.sheet()?;
        Some(sheet.name_of(sheet.cell_at(offset)?))
    }

    /// Where an offset lies among the bytes of the file: in a workbook among those of the cell.
    pub fn byte(&self, offset: u32) -> u64 {
        match self.sheet() {
            Some(sheet) => sheet.byte(offset),
            None => self.base.offset + u64::from(offset),
        }
    }

    /// The name as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.body.text
    }

    /// Where the text begins in the named file.
    pub fn base(&self) -> Base {
        self.base
    }

    /// The position of a byte offset, in the named file. Offsets inside a character count as its start.
    pub fn position(&self, offset: u32) -> Position {
        if let Some(cell) = self.sheet().and_then(|sheet| sheet.position(offset, self.text())) {
            return cell;
        }
        let line = self.line_index(offset as usize);
        let start = self.starts()[line] as usize;
        let end = floor_char_boundary(self.text(), offset as usize);
        let before = self.text().get(start..end).unwrap_or_default();
        let before = if line == 0 {
            before.trim_start_matches('\u{FEFF}')
        } else {
            before
        };
        Position {
            line: self.base.line + line as u32 + 1,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// Where a 1-based line of the text begins.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts().get((line as usize).checked_sub(1)?).copied()
    }

    /// The text of the line that an offset lies in, without its line break.
    pub fn line_around(&self, offset: u32) -> &str {
        self.line_text(self.base.line + self.line_index(offset as usize) as u32 + 1)
    }

    /// The text of the line that an offset lies in: what stands before it, and the rest without the line break.
    pub fn split_line(&self, offset: u32) -> (&str, &str) {
        let line = self.line_around(offset);
        let start = self.starts()[self.line_index(offset as usize)] as usize;
        let at = floor_char_boundary(line, (offset as usize).saturating_sub(start));
        line.split_at(at)
    }

    /// The text of a 1-based line of the file, without its line break.
    pub fn line_text(&self, line: u32) -> &str {
        let index = (line.saturating_sub(1 + self.base.line)) as usize;
        let starts = self.starts();
        let Some(&start) = starts.get(index) else {
            return "";
        };
        let end = starts.get(index + 1).map_or(self.text().len(), |&s| s as usize);
        self.text()[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    fn starts(&self) -> &[u32] {
        self.body.line_starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text().as_bytes());
            std::iter::once(0).chain(breaks.map(|i| i as u32 + 1)).collect()
        })
    }

    fn line_index(&self, offset: usize) -> usize {
        self.starts().partition_point(|&start| start as usize <= offset) - 1
    }
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Lines longer than this are shown as a window around the label, so that a one-line JSON file does not fill the
/// screen. Two terminal widths.
pub const LONG_LINE: usize = 160;

/// `miette` scans from byte 0 for every label and counts header columns in bytes; over the line index a label costs
/// the same in a 3 kB and in a 3 MB file, and columns follow the rule above.
impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end > self.text().len() || !self.text().is_char_boundary(start) {
            return Err(MietteError::OutOfBounds);
        }
        let position = self.position(start as u32);
        let (first, last) = (
            self.line_index(start),
            self.line_index(end.saturating_sub(1).max(start)),
        );
        // The text of a spreadsheet has lines of its own, whose numbers nobody knows; the report names the cells.
        let own_line = self.sheet.as_ref().map(|_| first);
        let (line, lines, from, to) = if before == 0 && after == 0 {
            (
                own_line.unwrap_or(position.line as usize - 1),
                last - first + 1,
                start,
                end,
            )
        } else {
            let (from_line, lines, from, to) = self.window(first, last, before, after, start, end);
            (from_line + self.base.line as usize, lines, from, to)
        };
        let column = if before == 0 && after == 0 {
            position.column as usize - 1
        } else {
            0
        };
        let name = match self.cell(start as u32) {
            Some(cell) => format!("{}!{cell}", self.name),
            None => self.name.clone(),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            &self.text().as_bytes()[from..to],
            (from, to - from).into(),
            line,
            column,
            lines,
        )))
    }
}

impl Source {
    /// First line, number of lines, start and end of the excerpt for a label: the label's lines with context, or a clipped part of the
    /// label's own line when that is very long.
    fn window(
        &self,
        first: usize,
        last: usize,
        before: usize,
        after: usize,
        start: usize,
        end: usize,
    ) -> (usize, usize, usize, usize) {
        let starts = self.starts();
        let line_end = |line: usize| starts.get(line + 1).map_or(self.text().len(), |&s| s as usize);
        let line_length = |line: usize| line_end(line) - starts[line] as usize;
        if first == last && line_length(first) > LONG_LINE {
            let line_start = starts[first] as usize;
            let stop = self.text()[..line_end(first)].trim_end_matches(['\n', '\r']).len();
            let from = floor_char_boundary(self.text(), start.saturating_sub(60).max(line_start));
            let to = floor_char_boundary(self.text(), (from + LONG_LINE).max(end).min(stop));
            return (first, 1, from, to.max(end));
        }
        // The row of a spreadsheet is shown by itself.
        let row_of = |line: usize| self.sheet().map(|sheet| sheet.block_at(starts[line]));
        let row = row_of(first);
        let short = |line: usize| line_length(line) <= LONG_LINE && row_of(line) == row;
        let mut from_line = first;
        while from_line > 0 && first - from_line < before && short(from_line - 1) {
            from_line -= 1;
        }
        let mut to_line = last;
        while to_line + 1 < starts.len() && to_line - last < after && short(to_line + 1) {
            to_line += 1;
        }
        let from = starts[from_line] as usize;
        let from = if from_line == 0 && self.text().starts_with('\u{FEFF}') && start >= 3 {
            3
        } else {
            from
        };
        let to = self.text()[..line_end(to_line)].trim_end_matches(['\n', '\r']).len();
        (from_line, to_line - from_line + 1, from, to.max(end).max(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_lf() {
        let source = Source::new("x.yaml", "\u{FEFF}título: á\r\n\tb: 1\n".to_string());
        assert_eq!(source.position(3), Position { line: 1, column: 1 });
        let a = source.text().find('á').expect("á") as u32;
        assert_eq!(source.position(a), Position { line: 1, column: 9 });
        let b = source.text().find("b:").expect("b") as u32;
        assert_eq!(source.position(b), Position { line: 2, column: 2 });
        assert_eq!(source.line_text(1), "\u{FEFF}título: á");
    }

    #[test]
    fn a_chunk_counts_from_the_file_that_carries_it() {
        let source = Source::chunk(
            "big.ndjson",
            "{}\n{\"a\": 1}".to_string(),
            Base { offset: 900, line: 41 },
        );
        assert_eq!(source.position(3), Position { line: 43, column: 1 });
        assert_eq!(source.line_text(43), "{\"a\": 1}");
    }
}
