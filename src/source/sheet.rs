//! A spreadsheet as text: one line for each cell, `Heading: value`, row after row, so that a place in a cell is a place
//! in a text like any other. This is what is known of that text: which cell stands where in it, and what it says.

use std::ops::Range;

use super::{Position, Span};

/// What stands where in the text of a spreadsheet.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Whether the file is a workbook; else it is text with separators.
    pub workbook: bool,
    /// The sheets that were read.
    pub names: Vec<String>,
    /// Whether a cell is named with its sheet.
    pub several: bool,
    /// The first sheet with practices; of another one the name is always said.
    pub main: u16,
    /// What the columns say.
    pub says: Vec<Says>,
    /// The columns that say something.
    pub columns: Vec<Column>,
    /// The cells in the order of the text.
    pub cells: Vec<Cell>,
    /// The practices in the order of the text.
    pub rows: Vec<Row>,
    /// What was found while the sheet was read.
    pub notes: Vec<Note>,
    /// How many of the notes are about the sheet as a whole; the others belong to rows.
    pub general: usize,
    /// The documents that verdicts cite.
    pub sources: Vec<Cited>,
    /// The source of verdicts that name none.
    pub source: Option<Span>,
    /// Whether it says that its rows are practices: by a mapping, or by columns that nobody else has.
    pub ours: bool,
    /// Whether no practice could be read.
    pub broken: bool,
    /// SHA-256 of everything that it was read from: the file, how it is read by its name, and the mapping.
    pub origin: [u8; 32],
}

/// What a column says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Says {
    /// The canonical path.
    pub path: String,
    /// What separates values in one cell.
    pub split: Split,
    /// What words of the sheet mean in ours, folded.
    pub values: Vec<(String, String)>,
}

/// A column that says something.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What, an index.
    pub says: u16,
    /// The column, counted from 0.
    pub column: u16,
    /// Its heading.
    pub heading: Span,
}

/// What separates values in one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Line breaks; in lists of codes, numbers, ids and addresses also semicolons.
    #[default]
    Auto,
    /// Line breaks only.
    Lines,
    /// Line breaks and semicolons.
    Semicolons,
    /// Line breaks, semicolons and commas.
    Commas,
    /// Nothing: the cell is one value.
    Nothing,
}

/// A cell with its place in the text.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Where its line begins, with the heading.
    pub start: u32,
    /// Where its value begins.
    pub value: u32,
    /// Where its value ends.
    pub end: u32,
    /// The 1-based row.
    pub row: u32,
    /// The column, counted from 0.
    pub column: u16,
    /// The sheet, an index into the names.
    pub sheet: u16,
    /// What it says, an index; a heading says nothing.
    pub says: Option<u16>,
    /// The row of the text that it belongs to: of merged cells, which stand for several rows, each has its own.
    pub block: u32,
    /// Where it stands in a file of text.
    pub at: Option<InFile>,
}

/// A place in a file of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFile {
    /// First byte.
    pub byte: u32,
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// Whether the value stands there letter by letter.
    pub verbatim: bool,
}

/// One practice.
#[derive(Clone, Debug)]
pub struct Row {
    /// The sheet, an index into the names.
    pub sheet: u16,
    /// The 1-based row.
    pub row: u32,
    /// Its cells.
    pub cells: std::ops::Range<u32>,
    /// Its notes.
    pub notes: std::ops::Range<u32>,
}

impl Row {
    /// Where its text begins.
    fn start(&self, cells: &[Cell]) -> u32 {
        cells.get(self.cells.start as usize).map_or(0, |cell| cell.start)
    }
}

/// A document that verdicts cite.
#[derive(Clone, Debug)]
pub struct Cited {
    /// Where its id stands.
    pub id: Span,
    /// What is said of it, and where.
    pub parts: Vec<(&'static str, Span)>,
}

/// Something that was found while the sheet was read, to be worded by a rule.
#[derive(Clone, Debug)]
pub struct Note {
    /// The rule.
    pub rule: &'static str,
    /// Where.
    pub span: Span,
    /// A second place.
    pub first: Option<Span>,
    /// Values for the words of the rule.
    pub args: Vec<(&'static str, String)>,
    /// A value that is a phrase of the program.
    pub phrase: Option<(&'static str, crate::language::Phrase)>,
}

/// The name of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellName<'a> {
    /// The sheet.
    pub sheet: &'a str,
    /// The letters of the column.
    pub column: String,
    /// The 1-based row.
    pub row: u32,
    several: bool,
}

/// `C14`; where the file has several sheets, `Practices!C14`.
impl std::fmt::Display for CellName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.several && self.sheet.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            write!(f, "'{}'!", self.sheet.replace('\'', "''"))?;
        } else if self.several {
            write!(f, "{}!", self.sheet)?;
        }
        write!(f, "{}{}", self.column, self.row)
    }
}

/// The letters of a column: A, B … Z, AA.
pub fn letters(column: u16) -> String {
    let (mut rest, mut letters) = (u32::from(column) + 1, String::new());
    while rest > 0 {
        rest -= 1;
        letters.insert(0, char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}

/// The column of some letters.
pub fn column_of(letters: &str) -> Option<u16> {
    let mut column = 0u32;
    for letter in letters.bytes() {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        column = column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        if column > 1 << 16 {
            return None;
        }
    }
    u16::try_from(column.checked_sub(1)?).ok()
}

impl Cell {
    /// Its heading, as the text repeats it in front of the value.
    pub fn heading(&self) -> Span {
        Span {
            start: self.start,
            end: self.value.saturating_sub(2).max(self.start),
        }
    }

    /// Its value.
    pub fn span(&self) -> Span {
        Span {
            start: self.value,
            end: self.end,
        }
    }
}

impl Sheet {
    /// The cell in whose lines an offset lies.
    pub fn cell_at(&self, offset: u32) -> Option<&Cell> {
        let after = self.cells.partition_point(|cell| cell.start <= offset);
        self.cells.get(after.checked_sub(1)?)
    }

    /// The practices in parts: of so many at most, and of texts with about a number of bytes.
    pub fn parts(&self, most: usize, bytes: usize) -> impl Iterator<Item = Range<usize>> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let start = next;
            let first = self.rows.get(start)?.start(&self.cells);
            let far = |row: &Row| (row.start(&self.cells) - first) as usize >= bytes;
            let mut rows = self.rows[start..].iter().take(most);
            let count = rows.len();
            next = start + rows.position(far).unwrap_or(count).max(1);
            Some(start..next)
        })
    }

    /// What the cells of a row say, as bytes.
    pub fn content(&self, row: &Row, text: &str) -> Vec<u8> {
        let mut content = Vec::new();
        for cell in self.cells_of(row) {
            let says = cell.says.and_then(|says| self.says.get(usize::from(says)));
            let path = says.map_or("", |says| says.path.as_str());
            for part in [path, cell.span().slice(text)] {
                content.extend_from_slice(part.as_bytes());
                content.push(0);
            }
        }
        content
    }

    /// The cells of a row.
    pub fn cells_of(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.start as usize..row.cells.end as usize]
    }

    /// The row of the text that an offset lies in.
    pub fn block_at(&self, offset: u32) -> u32 {
        self.cell_at(offset).map_or(0, |cell| cell.block)
    }

    /// The first column whose path fits, and the path.
    pub fn column_for(&self, fits: impl Fn(&str) -> bool) -> Option<(&Column, &str)> {
        let path = |column: &Column| self.says.get(usize::from(column.says)).map(|says| says.path.as_str());
        let mut columns = self.columns.iter().filter_map(|column| Some((column, path(column)?)));
        columns.find(|(_, path)| fits(path))
    }

    /// The name of a cell.
    pub fn name_of(&self, cell: &Cell) -> CellName<'_> {
        CellName {
            sheet: self.names.get(usize::from(cell.sheet)).map_or("", String::as_str),
            column: letters(cell.column),
            row: cell.row,
            several: self.several || cell.sheet != self.main,
        }
    }

    /// The line and the column of an offset.
    pub fn position(&self, offset: u32, text: &str) -> Option<Position> {
        let cell = self.cell_at(offset)?;
        let Some(at) = cell.at else {
            return Some(Position {
                line: cell.row,
                column: u32::from(cell.column) + 1,
            });
        };
        let before = if at.verbatim && offset > cell.value {
            text.get(cell.value as usize..offset.min(cell.end) as usize)
                .unwrap_or_default()
        } else {
            ""
        };
        Some(match before.rsplit_once('\n') {
            Some((lines, last)) => Position {
                line: at.line + lines.matches('\n').count() as u32 + 1,
                column: last.chars().count() as u32 + 1,
            },
            None => Position {
                line: at.line,
                column: at.column + before.chars().count() as u32,
            },
        })
    }

    /// The byte of an offset: in the file, or where that is a workbook in the value of the cell.
    pub fn byte(&self, offset: u32) -> u64 {
        let Some(cell) = self.cell_at(offset) else { return 0 };
        let inside = offset.clamp(cell.value, cell.end) - cell.value;
        match cell.at {
            Some(at) if at.verbatim => u64::from(at.byte + inside),
            Some(at) => u64::from(at.byte),
            None => u64::from(inside),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(letters(column), name);
            assert_eq!(column_of(name), Some(column));
        }
        for text in ["", "A1", "é", "AAAAA"] {
            assert_eq!(column_of(text), None, "{text}");
        }
    }
}
