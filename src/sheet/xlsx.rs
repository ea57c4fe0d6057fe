//! A workbook in memory → cells as a person sees them: percentages, dates in ISO 8601, numbers with the digits that are
//! shown, results of formulas. What it unpacks to is measured first, so that a small file cannot fill the memory.

use std::io::{BufReader, Cursor, Read};

use calamine::{DataRef, Dimensions, Reader as _, SheetVisible, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rustc_hash::{FxHashMap, FxHashSet};

use super::grid::{Broken, Grid, Line, Lost, MAX_BYTES, MAX_CELLS, MAX_COLUMNS, Page, Raw};
use crate::language::mark;

/// Files in a workbook; large ones have a few hundred.
const MAX_PARTS: usize = 10_000;
/// Merged areas of a sheet.
const MAX_MERGED: usize = 100_000;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Grid {
    let mut grid = Grid {
        workbook: true,
        ..Grid::default()
    };
    // The reader of values counts on numbers that a spreadsheet program would write. What is known to trip it is
    // refused beforehand; should anything else do so, the file is at fault, not the run.
    let filled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fill(bytes, &mut grid)));
    let trip = || Err(Broken::Unreadable("it trips the reader".to_string()));
    if let Err(broken) = filled.unwrap_or_else(|_| trip()) {
        grid.broken = Some(broken);
    }
    grid
}

fn fill(bytes: &[u8], grid: &mut Grid) -> Result<(), Broken> {
    // A compound file: what Excel wrote before 2007, and what it writes when there is a password.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Broken::OldOrProtected);
    }
    let mut parts = Parts::measure(bytes)?;
    let unreadable = |error: calamine::XlsxError| Broken::Unreadable(error.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets = workbook.sheets_metadata().to_vec();
    let (mut cells, mut written) = (0usize, 0usize);
    for sheet in sheets {
        if sheet.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let merged = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(unreadable)?;
        if merged.len() > MAX_MERGED {
            return Err(Broken::TooLarge(mark("merged cells"), MAX_MERGED));
        }
        let marks = parts.marks_of(&sheet.name);
        let mut page = Page {
            name: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
            lines: Vec::new(),
        };
        let mut reader = match workbook.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            // A chart or a dialogue that calls itself a sheet.
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(unreadable)? {
            let (row, column) = cell.get_position();
            if column as usize >= MAX_COLUMNS {
                return Err(Broken::TooLarge(mark("columns"), MAX_COLUMNS));
            }
            let column = column as u16;
            let format = reader
                .styles()
                .get(style)
                .and_then(|style| style.number_format.as_ref());
            let format = format.map_or("", |format| format.format_code.as_str());
            let (text, mut lost) = shown(cell.get_value(), format);
            if text.is_empty() && marks.empty_formulas.contains(&(row, column)) {
                lost = Some(Lost::Formula);
            }
            if text.is_empty() && lost.is_none() {
                continue;
            }
            (cells, written) = (cells + 1, written + text.len());
            if cells > MAX_CELLS {
                return Err(Broken::TooLarge(mark("cells"), MAX_CELLS));
            }
            if written > MAX_BYTES {
                return Err(Broken::TooLarge(mark("bytes of text"), MAX_BYTES));
            }
            let raw = Raw {
                column,
                text,
                lost,
                anchor: None,
                at: None,
            };
            match page.lines.last_mut() {
                Some(line) if line.number == row + 1 => line.cells.push(raw),
                _ => page.lines.push(Line {
                    number: row + 1,
                    hidden: marks.hidden_rows.contains(&row),
                    cells: vec![raw],
                }),
            }
        }
        tidy(&mut page);
        spread(&mut page, merged)?;
        grid.pages.push(page);
    }
    Ok(())
}

/// Rows and cells in order, whatever order the file has them in; of two cells in one place the first counts.
fn tidy(page: &mut Page) {
    page.lines.sort_by_key(|line| line.number);
    page.lines.dedup_by(|next, line| {
        let same = next.number == line.number;
        if same {
            line.cells.append(&mut next.cells);
        }
        same
    });
    for line in &mut page.lines {
        line.cells.sort_by_key(|cell| cell.column);
        line.cells.dedup_by_key(|cell| cell.column);
    }
}

/// What cells that are merged show belongs to every row of them. Across columns it belongs to the first: a heading over
/// three columns says nothing of the other two.
fn spread(page: &mut Page, mut merged: Vec<Dimensions>) -> Result<(), Broken> {
    merged.retain(|area| area.end.0 > area.start.0 && area.start.1 < MAX_COLUMNS as u32);
    merged.sort_by_key(|area| area.start);
    let find = |lines: &[Line], row: u32| lines.binary_search_by_key(&row, |line| line.number).ok();
    // Areas may overlap, against every rule; what they cost is bounded all the same.
    let mut left = MAX_CELLS;
    for area in merged {
        let (first, column) = (area.start.0 + 1, area.start.1 as u16);
        let Some(anchor) = find(&page.lines, first) else {
            continue;
        };
        let own = page.lines[anchor].cells.iter().find(|cell| cell.column == column);
        let Some(own) = own.cloned() else { continue };
        let shared = Raw {
            anchor: Some((first, column)),
            ..own
        };
        // Only rows that hold something else: an area to the end of the sheet makes no million practices.
        let below = page.lines[anchor + 1..].iter_mut();
        for line in below.take_while(|line| line.number <= area.end.0 + 1) {
            left = left.saturating_sub(1 + shared.text.len() / 64);
            if left == 0 {
                return Err(Broken::TooLarge(mark("merged cells"), MAX_CELLS));
            }
            if let Err(place) = line.cells.binary_search_by_key(&column, |cell| cell.column) {
                line.cells.insert(place, shared.clone());
            }
        }
    }
    Ok(())
}

/// What a cell shows, and why that is of no use.
fn shown(value: &DataRef<'_>, format: &str) -> (String, Option<Lost>) {
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::Int(number) => with_format(*number as f64, format),
        DataRef::Float(number) => with_format(*number, format),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_string(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => return (error.to_string(), Some(Lost::Error)),
    };
    (text, None)
}

/// A number as its format shows it, as far as the format changes what it says: a percentage, leading zeros. Rounding and
/// separators are for the eye; the value is what counts.
fn with_format(number: f64, format: &str) -> String {
    let plain = literal_free(format);
    if plain.contains('%') {
        return format!("{} %", decimal(number, 2));
    }
    let text = decimal(number, 0);
    let zeros = !plain.is_empty() && plain.bytes().all(|byte| byte == b'0');
    if zeros && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{text:0>width$}", width = plain.len().min(32));
    }
    text
}

/// A number format without quoted and escaped text, as far as the first `;`.
fn literal_free(format: &str) -> String {
    let (mut out, mut quoted, mut characters) = (String::new(), false, format.chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => {
                characters.next();
            }
            ';' => break,
            other => out.push(other),
        }
    }
    out.trim().to_string()
}

/// A binary number with the 15 digits that a spreadsheet shows of it, times a power of ten: 0.30000000000000004 is 0.3,
/// and 0.07 in percent is 7.
pub(super) fn decimal(number: f64, power: i32) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let text = format!("{number:.14e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_string();
    }
    // The number of digits before the point.
    let whole = exponent.parse::<i32>().unwrap_or(0) + power + 1;
    if !(-12..=21).contains(&whole) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{dot}{rest}e{}", whole - 1);
    }
    if whole <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(whole.unsigned_abs() as usize));
    }
    let whole = whole as usize;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

/// A day, a time of day or both in ISO 8601; a length of time as `PT50H`.
fn moment_of(moment: &calamine::ExcelDateTime) -> String {
    let value = moment.as_f64();
    if moment.is_duration() {
        let minutes = (value * 1440.0).round();
        if !(0.0..1e9).contains(&minutes) {
            return decimal(value, 0);
        }
        let (hours, minutes) = ((minutes / 60.0).floor() as u64, minutes as u64 % 60);
        return match minutes {
            0 => format!("PT{hours}H"),
            minutes => format!("PT{hours}H{minutes}M"),
        };
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = match (hour, minute, second) {
        (0, 0, 0) => String::new(),
        (hour, minute, 0) => format!("{hour:02}:{minute:02}"),
        (hour, minute, second) => format!("{hour:02}:{minute:02}:{second:02}"),
    };
    if (0.0..1.0).contains(&value) && !time.is_empty() {
        return time;
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if time.is_empty() { day } else { format!("{day}T{time}") }
}

/// What a sheet has beside values.
#[derive(Debug, Default)]
struct Marks {
    /// Hidden rows, counted from 0.
    hidden_rows: FxHashSet<u32>,
    /// Formulas that nobody has computed.
    empty_formulas: FxHashSet<(u32, u16)>,
    /// The name of a cell or a row that is none.
    nonsense: Option<String>,
}

/// What the parts of a workbook have that the reader of values passes over.
#[derive(Debug, Default)]
struct Parts {
    marks: FxHashMap<String, Marks>,
    /// The part of each sheet.
    paths: FxHashMap<String, String>,
}

impl Parts {
    /// Unpacks everything once, counting; nothing of it is kept.
    fn measure(bytes: &[u8]) -> Result<Parts, Broken> {
        let unreadable = |error: &dyn std::fmt::Display| Broken::Unreadable(error.to_string());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
        if archive.len() > MAX_PARTS {
            return Err(Broken::TooLarge(mark("files in the workbook"), MAX_PARTS));
        }
        let mut parts = Parts::default();
        let (mut ids, mut targets) = (Vec::new(), FxHashMap::default());
        let mut left = MAX_BYTES as u64;
        for number in 0..archive.len() {
            let file = archive.by_index(number).map_err(|error| unreadable(&error))?;
            let name = file.name().map_err(|error| unreadable(&error))?.to_string();
            let mut counted = file.take(left + 1);
            let text = BufReader::new(&mut counted);
            match name.trim_start_matches('/') {
                "xl/workbook.xml" => ids = sheet_ids(text),
                "xl/_rels/workbook.xml.rels" => targets = sheet_targets(text),
                sheet if sheet.starts_with("xl/worksheets/") && sheet.ends_with(".xml") => {
                    let marks = marks(text);
                    if let Some(name) = marks.nonsense {
                        return Err(Broken::Unreadable(format!("there is no cell `{name}`")));
                    }
                    parts.marks.insert(sheet.to_string(), marks);
                }
                _ => {}
            }
            // Whatever is wrong with the content is for the reader to say; here only its size counts.
            std::io::copy(&mut counted, &mut std::io::sink()).map_err(|error| unreadable(&error))?;
            left = counted.limit().saturating_sub(1);
            if left == 0 {
                return Err(Broken::TooLarge(mark("bytes when unpacked"), MAX_BYTES));
            }
        }
        for (sheet, id) in ids {
            if let Some(path) = targets.get(&id) {
                parts.paths.insert(sheet, path.clone());
            }
        }
        Ok(parts)
    }

    fn marks_of(&mut self, sheet: &str) -> Marks {
        let path = self.paths.get(sheet);
        path.and_then(|path| self.marks.remove(path)).unwrap_or_default()
    }
}

/// Visits the elements of a part, as far as it can be read: the first that begins is no end.
fn elements(text: impl std::io::BufRead, each: &mut dyn FnMut(Tag<'_>)) {
    let mut reader = Reader::from_reader(text);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => each(Tag::Begins(&element)),
            Ok(Event::Empty(element)) => {
                each(Tag::Begins(&element));
                each(Tag::Ends(element.local_name().as_ref()));
            }
            Ok(Event::End(element)) => each(Tag::Ends(element.local_name().as_ref())),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

enum Tag<'a> {
    Begins(&'a BytesStart<'a>),
    Ends(&'a str),
}

/// An attribute by its name, with or without a prefix: `r:id` is found as `id`, but `xmlns:r` is no `r`.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut known = attributes.with_checks(false).flatten();
    let is_meant =
        |key: quick_xml::name::QName<'_>| key.local_name().as_ref() == name && key.as_namespace_binding().is_none();
    let value = known.find(|attribute| is_meant(attribute.key))?.value;
    Some(quick_xml::escape::unescape(&value).map_or_else(|_| value.to_string(), |text| text.into_owned()))
}

/// The names of the sheets with the ids of their parts.
fn sheet_ids(text: impl std::io::BufRead) -> Vec<(String, String)> {
    let mut ids = Vec::new();
    elements(text, &mut |tag| {
        if let Tag::Begins(element) = tag
            && element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
        {
            ids.push((name, id));
        }
    });
    ids
}

/// The parts by their ids.
fn sheet_targets(text: impl std::io::BufRead) -> FxHashMap<String, String> {
    let mut targets = FxHashMap::default();
    elements(text, &mut |tag| {
        if let Tag::Begins(element) = tag
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_string(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, path);
        }
    });
    targets
}

/// Hidden rows, and formulas without a result.
fn marks(text: impl std::io::BufRead) -> Marks {
    let mut marks = Marks::default();
    let (mut cell, mut formula, mut value) = (None, false, false);
    elements(text, &mut |tag| match tag {
        Tag::Begins(element) => {
            for name in ["r", "ref"].iter().filter_map(|name| attribute(element, name)) {
                if !name.split(':').all(is_name) {
                    marks.nonsense.get_or_insert(crate::descriptor::shorten(&name, 40));
                }
            }
            match element.local_name().as_ref() {
                "row" => {
                    let hidden = attribute(element, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
                    let number = attribute(element, "r").and_then(|row| row.parse::<u32>().ok());
                    if let (true, Some(number)) = (hidden, number) {
                        marks.hidden_rows.insert(number.saturating_sub(1));
                    }
                }
                "c" => (cell, formula, value) = (attribute(element, "r").and_then(|name| place(&name)), false, false),
                "f" => formula = true,
                "v" | "is" => value = true,
                _ => {}
            }
        }
        Tag::Ends("c") => {
            if let (Some(place), true, false) = (cell.take(), formula, value)
                && marks.empty_formulas.len() < MAX_CELLS
            {
                marks.empty_formulas.insert(place);
            }
        }
        Tag::Ends(_) => {}
    });
    marks
}

/// Whether a text can be the name of a cell, a row or a column: `C14`, `$C$14`, `14`.
fn is_name(text: &str) -> bool {
    let text = text.replace('$', "");
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(digits);
    let row = digits.parse::<u32>().is_ok_and(|row| (1..=1 << 20).contains(&row));
    letters.len() <= 3 && letters.bytes().all(|byte| byte.is_ascii_alphabetic()) && (row || digits.is_empty())
}

/// Row and column of a name, counted from 0: `C14` is (13, 2).
fn place(name: &str) -> Option<(u32, u16)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let column = crate::source::sheet::column_of(&name[..digits])?;
    let row = name[digits..].parse::<u32>().ok()?.checked_sub(1)?;
    Some((row, column))
}

/// Whether a workbook bears a title.
pub(super) fn is_titled(bytes: &[u8], title: &str) -> bool {
    const LONGEST: u64 = 64 << 10;
    let mut text = String::new();
    let read = zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|mut archive| {
        let part = archive.by_name("docProps/core.xml");
        part.is_ok_and(|part| part.take(LONGEST).read_to_string(&mut text).is_ok())
    });
    read && text.contains(&format!("<dc:title>{title}</dc:title>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_are_shown() {
        for (number, power, text) in [
            (0.1 + 0.2, 0, "0.3"),
            (0.07, 2, "7"),
            (0.6, 2, "60"),
            (4.5, 0, "4.5"),
            (-0.25, 0, "-0.25"),
            (716.0, 0, "716"),
            (0.0, 0, "0"),
            (1500.0, 0, "1500"),
            (1e21, 0, "1e21"),
            (1e-5, 0, "0.00001"),
            (123_456_789_012_345_680.0, 0, "123456789012346000"),
        ] {
            assert_eq!(decimal(number, power), text);
        }
    }

    #[test]
    fn formats_add_zeros_and_percent_signs() {
        for (number, format, text) in [
            (716.0, "0000", "0716"),
            (716.0, "General", "716"),
            (12345.0, "0000", "12345"),
            (1.0, "0%", "100 %"),
            (0.075, "0.00%", "7.5 %"),
            (5.0, "0\"%\"", "5"),
        ] {
            assert_eq!(with_format(number, format), text);
        }
    }
}
