//! Spreadsheets: one row is one practice, and a place is a cell.
//!
//! > bytes → grid of cells ([`csv`], [`xlsx`]) → a text with a line for each cell, and what each says ([`read`]) → a tree
//! > for each row ([`tree`]), which is read as a native descriptor
//!
//! What is wrong with a sheet becomes notes beside what could be read, worded by the rules `sheet/…`.

mod csv;
mod grid;
mod headings;
pub mod mapping;
mod read;
mod target;
pub mod template;
pub(crate) mod tree;
mod words;
mod xlsx;

pub use headings::value_of;
pub use mapping::Mapping;
pub use read::read;

/// What a workbook begins with.
const WORKBOOK: &[u8] = b"PK\x03\x04";

/// By how many bytes at its beginning a workbook is told.
pub const HEAD: usize = WORKBOOK.len();

/// Whether a file is read as a spreadsheet: by its name, or as a workbook by its first bytes.
pub fn is_sheet(name: &str, bytes: &[u8]) -> bool {
    is_named_so(name) || bytes.starts_with(WORKBOOK)
}

/// Whether a name is that of a spreadsheet.
pub fn is_named_so(name: &str) -> bool {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// The title of workbooks that `score` writes.
pub const RESULT_TITLE: &str = "credlint score";

/// Whether a file is a result of ours in the form of a spreadsheet: not something to be read on a walk.
pub fn is_result(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 2] = [b"id,name,file,document,", b"by,group,practices,"];
    let begins = || BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning));
    if bytes.starts_with(WORKBOOK) {
        xlsx::is_titled(bytes, RESULT_TITLE)
    } else {
        begins()
    }
}

/// Extensions of spreadsheets.
pub const EXTENSIONS: [&str; 4] = ["csv", "tsv", "xlsx", "xlsm"];

/// What the name of a mapping file ends in: `practices.mapping.yaml` belongs to `practices.xlsx`.
pub const MAPPING_SUFFIX: &str = ".mapping.yaml";

/// The part of the evidence that a column says for every verdict of its row: `/evidence/*/source`.
fn row_wide(path: &str) -> Option<&str> {
    let part = path.strip_prefix("/evidence/*/")?;
    ["source", "locator", "basis", "coder", "checked"]
        .contains(&part)
        .then_some(part)
}

fn is_row_wide(path: &str) -> bool {
    row_wide(path).is_some()
}

/// The rows in which a text stands, in any column; for the tests of rules.
pub fn rows_with(bytes: &[u8], text: &str) -> Vec<u32> {
    if !bytes.starts_with(b"PK") {
        let lines = (1u32..).zip(bytes.split(|byte| *byte == b'\n'));
        let holds = |line: &[u8]| String::from_utf8_lossy(line).contains(text);
        return lines
            .filter(|(_, line)| holds(line))
            .map(|(number, _)| number)
            .collect();
    }
    let grid = xlsx::read(bytes);
    let lines = grid.pages.iter().flat_map(|page| &page.lines);
    let marked = lines.filter(|line| line.cells.iter().any(|cell| cell.text.contains(text)));
    marked.map(|line| line.number).collect()
}
