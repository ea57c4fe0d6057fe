//! A file as a grid of cells, before anybody knows what they mean.

use crate::source::sheet::InFile;

/// Most bytes that a workbook may unpack to, and that its text may take. A national catalogue of 20,000 practices with
/// sixty columns is about 60 MB.
pub(super) const MAX_BYTES: usize = 256 << 20;
/// Most cells that are read: a million rows of thirty columns are more than anybody edits by hand.
pub(super) const MAX_CELLS: usize = 10_000_000;
/// Most columns of a row. Workbooks end at 16,384; wider text is no table.
pub(super) const MAX_COLUMNS: usize = 16_384;

/// The sheets of a file.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// Whether the file is a workbook.
    pub(super) workbook: bool,
    /// The sheets, in order.
    pub(super) pages: Vec<Page>,
    /// The encoding, where it is not UTF-8.
    pub(super) encoding: Option<&'static str>,
    /// Why it could not be read to its end.
    pub(super) broken: Option<Broken>,
}

/// Why a file could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is no workbook; what the reader says.
    Unreadable(String),
    /// An old or a protected one.
    OldOrProtected,
    /// A limit is exceeded.
    TooLarge(&'static str, usize),
    /// A quotation mark is never closed: where it stands.
    OpenQuote(InFile, u32),
}

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its name.
    pub(super) name: String,
    /// Whether the user has hidden it.
    pub(super) hidden: bool,
    /// Its rows that hold something, in order.
    pub(super) lines: Vec<Line>,
}

/// One row.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Its 1-based number.
    pub(super) number: u32,
    /// Whether the user has hidden it.
    pub(super) hidden: bool,
    /// Its cells that hold something, by column.
    pub(super) cells: Vec<Raw>,
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    /// The column, counted from 0.
    pub(super) column: u16,
    /// What it shows.
    pub(super) text: String,
    /// Why it shows nothing of use.
    pub(super) lost: Option<Lost>,
    /// The row and the column where it stands, when that is elsewhere: cells that are merged show one value.
    pub(super) anchor: Option<(u32, u16)>,
    /// Where it stands in a file of text.
    pub(super) at: Option<InFile>,
}

/// Why a cell has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It shows an error.
    Error,
    /// It is a formula that nobody has computed.
    Formula,
}

impl Raw {
    pub(super) fn is_blank(&self) -> bool {
        self.lost.is_none() && self.text.trim().is_empty()
    }
}

/// The errors that a spreadsheet shows in place of a value.
pub(super) const ERRORS: [&str; 8] = [
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!",
];
