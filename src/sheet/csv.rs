//! Text with separators → cells, each with its place in the file. The encoding and the separator are told by the text.

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::grid::{Broken, ERRORS, Grid, Line, Lost, MAX_CELLS, MAX_COLUMNS, Page, Raw};
use crate::source::sheet::InFile;
use crate::tree::MAX_SCALAR_BYTES;

/// Separators that are looked for.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows by which the separator is told.
const LOOKED_AT: usize = 50;

/// Reads a file of text.
pub(super) fn read(bytes: &[u8], encoding: Option<&'static encoding_rs::Encoding>, separator: Option<u8>) -> Grid {
    let (text, encoding, marks) = decode(bytes, encoding);
    // `sep=;` on the first line is for Excel, and no row.
    let said = text.strip_prefix("sep=").and_then(|rest| {
        let separator = *rest.as_bytes().first()?;
        let rest = rest.get(1..)?;
        let end = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'))?;
        Some((separator, text.len() - end.len()))
    });
    let (said, begin) = said.map_or((None, 0), |(separator, begin)| (Some(separator), begin));
    let separator = separator.or(said).unwrap_or_else(|| tell_separator(&text[begin..]));
    let mut page = Page::default();
    let broken = rows(&text, begin, separator, marks, usize::MAX, &mut |line| {
        if line.cells.iter().any(|cell| !cell.is_blank()) {
            page.lines.push(line);
        }
    });
    Grid {
        workbook: false,
        pages: vec![page],
        encoding,
        broken: broken.err(),
    }
}

/// The text, the name of its encoding where that is not UTF-8, and the bytes of its byte order mark.
fn decode(bytes: &[u8], said: Option<&'static encoding_rs::Encoding>) -> (String, Option<&'static str>, u32) {
    use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
    let (encoding, mark) = match (said, encoding_rs::Encoding::for_bom(bytes)) {
        (_, Some((encoding, mark))) => (encoding, mark),
        (Some(encoding), None) => (encoding, 0),
        (None, None) if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => (UTF_8, 0),
        // Of text in two bytes a character, nearly every second byte of what Europeans write is zero.
        (None, None) => {
            let head = &bytes[..bytes.len().min(4096)];
            let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
            match (zeros(0) * 4 > head.len(), zeros(1) * 4 > head.len()) {
                (false, true) => (UTF_16LE, 0),
                (true, false) => (UTF_16BE, 0),
                _ if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
                _ => (WINDOWS_1252, 0),
            }
        }
    };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let name = (encoding != UTF_8).then(|| encoding.name());
    // In UTF-8 a place in the text is one in the file; the mark stands before it.
    let mark = if encoding == UTF_8 { mark as u32 } else { 0 };
    (text.into_owned(), name, mark)
}

/// The separator by which most rows have as many cells as the first.
fn tell_separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let mut widths: Vec<usize> = Vec::new();
        // What is wrong with the file is found when it is read.
        let _ = rows(text, 0, separator, 0, LOOKED_AT, &mut |line| {
            widths.push(line.cells.len())
        });
        let first = widths.first().copied().unwrap_or(0);
        if first < 2 {
            return (0, 0);
        }
        let alike = widths.iter().filter(|width| **width == first).count();
        (alike * 100 / widths.len(), first)
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator));
    best.filter(|separator| score(*separator).1 > 0).unwrap_or(b',')
}

/// A place that moves forward through a text.
struct Cursor<'t> {
    text: &'t str,
    byte: usize,
    line: u32,
    column: u32,
}

impl Cursor<'_> {
    fn go(&mut self, byte: usize) {
        let passed = self.text.get(self.byte..byte).unwrap_or_default();
        match passed.rfind('\n') {
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count() as u32;
                self.column = passed[last + 1..].chars().count() as u32 + 1;
            }
            None => self.column += passed.chars().count() as u32,
        }
        self.byte = byte;
    }
}

/// Visits the rows that are not empty; their numbers count the empty ones, as spreadsheet programs do.
fn rows(
    text: &str,
    begin: usize,
    separator: u8,
    mark: u32,
    limit: usize,
    each: &mut dyn FnMut(Line),
) -> Result<(), Broken> {
    let mut reader = ReaderBuilder::new().delimiter(separator).build();
    let bytes = text.as_bytes();
    let mut cursor = Cursor {
        text,
        byte: 0,
        line: 1,
        column: 1,
    };
    let (mut field, mut buffer) = (Vec::new(), [0u8; 4096]);
    let (mut at, mut start) = (begin, begin);
    let (mut line, mut next, mut count, mut cells) = (Line::default(), 1, 0, 0usize);
    line.number = next;
    let mut column = 0usize;
    loop {
        let (result, used, written) = reader.read_field(&bytes[at..], &mut buffer);
        at += used;
        field.extend_from_slice(&buffer[..written]);
        if field.len() > MAX_SCALAR_BYTES {
            return Err(Broken::TooLarge(
                crate::language::mark("bytes in one cell"),
                MAX_SCALAR_BYTES,
            ));
        }
        let record_end = match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => continue,
            ReadFieldResult::Field { record_end } => record_end,
            ReadFieldResult::End => break,
        };
        if column == 0 {
            // Empty rows are passed over by the reader, and counted all the same.
            let skipped = breaks(&bytes[start..at]);
            start += skipped.1;
            next += skipped.0;
            line.number = next;
        }
        let raw = &bytes[start..at];
        let quoted = raw.first() == Some(&b'"');
        if quoted && at == bytes.len() && quotes(raw) % 2 == 1 {
            cursor.go(start);
            let place = InFile {
                byte: start as u32 + mark,
                line: cursor.line,
                column: cursor.column,
                verbatim: false,
            };
            return Err(Broken::OpenQuote(place, line.number));
        }
        let value = String::from_utf8_lossy(&field).into_owned();
        let begin = start + usize::from(quoted);
        let verbatim = text
            .get(begin..)
            .is_some_and(|rest| rest.starts_with(value.as_str()) && !value.contains('\r'));
        cursor.go(begin);
        let lost = match value.trim() {
            error if ERRORS.contains(&error) => Some(Lost::Error),
            _ => None,
        };
        line.cells.push(Raw {
            column: column as u16,
            text: value,
            lost,
            anchor: None,
            at: Some(InFile {
                byte: begin as u32 + mark,
                line: cursor.line,
                column: cursor.column,
                verbatim,
            }),
        });
        field.clear();
        (start, column, cells) = (at, column + 1, cells + 1);
        if column > MAX_COLUMNS {
            return Err(Broken::TooLarge(crate::language::mark("columns"), MAX_COLUMNS));
        }
        if cells > MAX_CELLS {
            return Err(Broken::TooLarge(crate::language::mark("cells"), MAX_CELLS));
        }
        if record_end {
            // The reader may leave the second character of a line break to the next row.
            if bytes[..at].ends_with(b"\r") && bytes.get(at) == Some(&b'\n') {
                start = at + 1;
            }
            (column, next, count) = (0, next + 1, count + 1);
            each(std::mem::take(&mut line));
            if count == limit {
                break;
            }
        }
    }
    Ok(())
}

/// The line breaks at the start of some bytes: how many, and how many bytes they take.
fn breaks(bytes: &[u8]) -> (u32, usize) {
    let (mut lines, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => at += 1,
            b'\r' | b'\n' => {}
            _ => break,
        }
        (lines, at) = (lines + 1, at + 1);
    }
    (lines, at)
}

fn quotes(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'"', bytes).count()
}
