//! From files to jobs: small files in batches, and streams of records in parts that are never in memory together.
//! A spreadsheet of some size is read as a whole, and its rows are handed over in parts that share its text.
//!
//! A file with a JSON text on every line is cut behind a line, a YAML stream of some size before a `---`; both on
//! standard input as well. Where a stream is cut changes nothing but memory: every record is read from its own text,
//! knows where it stands in the file, and gets its number from the parts before ([`Turn`]).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde_json::error::Category;

use super::{Item, Items, MAX_SOURCE_BYTES, ReadError, load, load_bytes, text};
use crate::ordered::Push;
use crate::sheet;
use crate::source::{Base, Form, Source};

/// Size of a part, about. Twenty descriptors of usual size, some milliseconds of work.
const PART_BYTES: usize = 64 << 10;

/// Most rows of a spreadsheet in one part: what is found in a row is far larger than the row.
pub const PART_ROWS: usize = 32;

/// YAML below this is read as one text, so that a report can show what stands around a document.
const SPLIT_BYTES: u64 = 1 << 20;

/// Longest line of a stream that is read. Credentials with embedded images have a few hundred kilobytes.
const MAX_LINE_BYTES: usize = 16 << 20;

/// Most small files in one job.
const BATCH: usize = 16;

/// Something to work on.
#[derive(Debug)]
pub struct Job {
    work: Work,
    turn: Option<Turn>,
    /// How much of the run is done when this is done, from 0 to 1; nothing where nobody can know.
    pub progress: Option<f64>,
}

#[derive(Debug)]
enum Work {
    /// Files, read by whoever works on them.
    Files(Vec<usize>),
    /// All of a file that cannot be read again.
    Whole(usize, Vec<u8>),
    /// A part of a stream.
    Part(usize, Cut, Base, Vec<u8>),
    /// Some rows of a spreadsheet.
    Rows(usize, Source),
    /// A place in a stream from which nothing could be read.
    Failed(usize, Base, ReadError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Lines,
    Documents,
}

/// The documents of a stream are counted from part to part, while the parts are worked on in any order.
#[derive(Debug)]
pub struct Turn {
    before: Receiver<usize>,
    after: SyncSender<usize>,
}

impl Turn {
    /// Says how many documents a part has; the number of those before it.
    pub fn pass(self, count: usize) -> usize {
        let before = self.before.recv().unwrap_or(0);
        // Behind the last part nobody counts on.
        let _ = self.after.send(before + count);
        before
    }
}

/// Where a text stands in a stream.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Where the part begins, and how long it is.
    pub part: Base,
    /// The part's bytes.
    pub length: u32,
    /// Where the text begins in it; of a line, which ends at the next line break.
    pub at: u32,
    /// Whether it is a line.
    pub is_line: bool,
}

/// A text: a whole file, or a record or some documents of a stream.
#[derive(Debug)]
pub struct Text {
    /// The number of its file.
    pub item: usize,
    /// Where it stands in the file, if it is not all of it.
    pub place: Option<Place>,
    /// Where it begins.
    pub base: Base,
    /// Its content.
    pub content: Result<Source, ReadError>,
}

impl Job {
    /// The turn in which its documents are counted, if it is a part of a stream.
    pub fn turn(&mut self) -> Option<Turn> {
        self.turn.take()
    }

    /// Leaves out some files, where they are read as a whole.
    pub fn leave_out(&mut self, skip: &[bool]) {
        if let Work::Files(numbers) = &mut self.work {
            numbers.retain(|number| !skip[*number]);
        }
    }

    /// Visits its texts.
    pub fn each(self, items: &Items, each: &mut dyn FnMut(&Item, Text)) {
        let whole = |item, content| Text {
            item,
            place: None,
            base: Base::default(),
            content,
        };
        match self.work {
            Work::Files(numbers) => {
                for number in numbers {
                    let item = items.get(number);
                    let content = load(&item);
                    each(&item, whole(number, content));
                }
            }
            Work::Whole(number, bytes) => {
                let item = items.get(number);
                let content = load_bytes(&item, bytes);
                each(&item, whole(number, content));
            }
            Work::Rows(number, rows) => each(&items.get(number), whole(number, Ok(rows))),
            Work::Failed(number, base, error) => {
                let content = Err(error);
                let failed = Text {
                    base,
                    ..whole(number, content)
                };
                each(&items.get(number), failed);
            }
            Work::Part(number, Cut::Documents, part, bytes) => {
                let place = Place {
                    part,
                    length: bytes.len() as u32,
                    at: 0,
                    is_line: false,
                };
                let item = items.get(number);
                let all = Text {
                    item: number,
                    place: Some(place),
                    base: part,
                    content: text(bytes).map(|text| Source::chunk(item.shown.clone(), text, part)),
                };
                each(&item, all);
            }
            Work::Part(number, Cut::Lines, part, bytes) => {
                let item = items.get(number);
                for (line, at, content) in lines(&bytes) {
                    let place = Place {
                        part,
                        length: bytes.len() as u32,
                        at: at as u32,
                        is_line: true,
                    };
                    let base = Base {
                        offset: part.offset + at as u64,
                        line: part.line + line,
                    };
                    let record = Text {
                        item: number,
                        place: Some(place),
                        base,
                        content: text(content.to_vec()).map(|text| Source::chunk(item.shown.clone(), text, base)),
                    };
                    each(&item, record);
                }
            }
        }
    }
}

/// The lines with something on them: number from zero, offset, bytes without the line break.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u32, usize, &[u8])> {
    let mut at = 0;
    let all = (0..).zip(bytes.split_inclusive(|byte| *byte == b'\n'));
    all.filter_map(move |(number, line)| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let blank = line.iter().all(u8::is_ascii_whitespace);
        (!blank).then_some((number, start, line))
    })
}

/// A text of a stream once more; nothing when the stream is gone or shorter.
pub fn read_again(item: &Item, place: Place) -> Option<Source> {
    let mut file = File::open(item.path.as_ref()?).ok()?;
    file.seek(SeekFrom::Start(place.part.offset)).ok()?;
    let mut bytes = vec![0; place.length as usize];
    file.read_exact(&mut bytes).ok()?;
    let at = place.at as usize;
    let base = Base {
        offset: place.part.offset + at as u64,
        line: place.part.line + breaks(&bytes[..at]),
    };
    let content = if place.is_line {
        lines(&bytes[at..]).next().map(|(.., line)| line.to_vec())?
    } else {
        bytes
    };
    let content = String::from_utf8(content).ok()?;
    Some(Source::chunk(item.shown.clone(), content, base))
}

fn breaks(bytes: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', bytes).count() as u32
}

/// The job of a run over one file that is no stream.
pub fn only_one(items: &Items) -> Option<Job> {
    let single = items.len() == 1 && matches!(reading(&items.get(0)), Reading::Whole(_));
    single.then(|| Job {
        work: Work::Files(vec![0]),
        turn: None,
        progress: None,
    })
}

/// Cuts the files of a run into jobs.
pub fn feed(items: &Items, push: Push<'_, Job>) {
    let mut batch = Batch {
        files: Vec::new(),
        bytes: 0,
        all: items.len(),
    };
    for number in 0..items.len() {
        let item = items.get(number);
        let more = match reading(&item) {
            Reading::Whole(bytes) => batch.add(number, bytes, push),
            Reading::Sheet => batch.push(push) && rows(number, load(&item), items.len(), push),
            Reading::Stream(form, bytes) => {
                let progress = Progress {
                    number,
                    all: items.len(),
                    bytes,
                };
                batch.push(push) && stream(&item, form, progress, push)
            }
        };
        if !more {
            return;
        }
    }
    batch.push(push);
}

struct Batch {
    files: Vec<usize>,
    bytes: u64,
    all: usize,
}

impl Batch {
    fn add(&mut self, number: usize, bytes: u64, push: Push<'_, Job>) -> bool {
        self.files.push(number);
        self.bytes += bytes;
        (self.files.len() < BATCH && self.bytes < PART_BYTES as u64) || self.push(push)
    }

    fn push(&mut self, push: Push<'_, Job>) -> bool {
        self.bytes = 0;
        let files = std::mem::take(&mut self.files);
        let Some(last) = files.last() else { return true };
        push(Job {
            progress: Some((last + 1) as f64 / self.all as f64),
            work: Work::Files(files),
            turn: None,
        })
    }
}

enum Reading {
    /// As one text of that many bytes.
    Whole(u64),
    /// As a spreadsheet whose rows are many.
    Sheet,
    /// Perhaps in parts; the bytes where they are known.
    Stream(Option<Form>, Option<u64>),
}

/// How a file is read. Whatever is wrong with it is found by whoever reads it.
fn reading(item: &Item) -> Reading {
    let Some(path) = &item.path else {
        return Reading::Stream(Form::of(item.shown.as_ref()), None);
    };
    let form = Form::of(path);
    let Ok(metadata) = std::fs::metadata(path) else {
        return Reading::Whole(0);
    };
    if !metadata.is_file() {
        let from_shell = !metadata.is_dir() && super::is_from_shell(path);
        return if from_shell {
            Reading::Stream(form, None)
        } else {
            Reading::Whole(0)
        };
    }
    let bytes = metadata.len();
    match form {
        Some(Form::Yaml) if bytes <= SPLIT_BYTES => Reading::Whole(bytes),
        Some(Form::Json) => Reading::Whole(bytes),
        None if sheet::is_named_so(&item.shown) && bytes <= PART_BYTES as u64 => Reading::Whole(bytes),
        None if sheet::is_named_so(&item.shown) => Reading::Sheet,
        _ => Reading::Stream(form, Some(bytes)),
    }
}

/// Hands over the rows of a spreadsheet part by part.
fn rows(number: usize, read: Result<Source, ReadError>, all: usize, push: Push<'_, Job>) -> bool {
    let done = |share: f64| Some((number as f64 + share) / all as f64);
    let mut give = |work, share| {
        push(Job {
            work,
            turn: None,
            progress: done(share),
        })
    };
    let source = match read {
        Ok(source) => source,
        Err(error) => return give(Work::Failed(number, Base::default(), error), 1.0),
    };
    let count = source.rows().len();
    let Some(sheet) = source.sheet().filter(|_| count > 0) else {
        return give(Work::Rows(number, source), 1.0);
    };
    sheet.parts(PART_ROWS, PART_BYTES).all(|part| {
        give(
            Work::Rows(number, source.part(part.clone())),
            part.end as f64 / count as f64,
        )
    })
}

/// Which part of the run a part of a stream is.
#[derive(Clone, Copy)]
struct Progress {
    number: usize,
    all: usize,
    bytes: Option<u64>,
}

impl Progress {
    fn at(self, offset: u64) -> Option<f64> {
        let own = offset as f64 / self.bytes?.max(1) as f64;
        Some((self.number as f64 + own.min(1.0)) / self.all as f64)
    }
}

/// A stream while it is cut.
struct Stream<'a, 'p> {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    ended: bool,
    base: Base,
    next: Option<Receiver<usize>>,
    parts: usize,
    progress: Progress,
    push: Push<'p, Job>,
    item: &'a Item,
}

fn stream(item: &Item, form: Option<Form>, progress: Progress, push: Push<'_, Job>) -> bool {
    let input: Box<dyn Read> = match &item.path {
        None => Box::new(std::io::stdin()),
        Some(path) => match File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                return push(Job {
                    work: Work::Failed(progress.number, Base::default(), ReadError::System(error)),
                    turn: None,
                    progress: None,
                });
            }
        },
    };
    let mut stream = Stream {
        input,
        buffer: Vec::new(),
        ended: false,
        base: Base::default(),
        next: None,
        parts: 0,
        progress,
        push,
        item,
    };
    match stream.run(form) {
        Ok(more) => more,
        Err(error) => stream.failed(error),
    }
}

/// How a stream is read.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Whole,
    Cut(Cut),
}

/// What the beginning of a stream says; nothing where more of it is needed. A text that only looks like one record a
/// line, as JSON over several lines does, is read as a whole.
fn kind(head: &[u8], ended: bool, form: Option<Form>) -> Option<Kind> {
    let lines_by_name = form == Some(Form::Lines);
    let otherwise = || {
        Some(if lines_by_name {
            Kind::Cut(Cut::Lines)
        } else {
            Kind::Whole
        })
    };
    let body = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head);
    let mut records = lines(body);
    let first = match records.next() {
        None if ended => return Some(Kind::Whole),
        None => return None,
        Some((.., first)) => first,
    };
    if !matches!(first.trim_ascii_start()[0], b'{' | b'[') {
        return Some(Kind::Cut(if lines_by_name { Cut::Lines } else { Cut::Documents }));
    }
    if matches!(form, Some(Form::Yaml | Form::Json)) {
        return Some(Kind::Whole);
    }
    let whole_line = memchr::memchr(b'\n', body).is_some_and(|_| records.next().is_some());
    if !whole_line && !ended {
        let complete = lines_by_name && first.len() < body.len() && json(first).is_ok();
        return complete.then_some(Kind::Cut(Cut::Lines));
    }
    let Some((.., second)) = lines(body).nth(1) else {
        return otherwise();
    };
    let goes_on = matches!(second[0], b'{' | b'[');
    match json(first) {
        Ok(()) if lines_by_name || goes_on => Some(Kind::Cut(Cut::Lines)),
        Err(Category::Eof) if !goes_on || first.len() == 1 => Some(Kind::Whole),
        _ => otherwise(),
    }
}

fn json(line: &[u8]) -> Result<(), Category> {
    serde_json::from_slice::<serde::de::IgnoredAny>(line)
        .map(drop)
        .map_err(|error| error.classify())
}

impl Stream<'_, '_> {
    fn run(&mut self, form: Option<Form>) -> Result<bool, ReadError> {
        while form.is_none() && !self.ended && self.buffer.len() < sheet::HEAD {
            self.read()?;
        }
        if form.is_none() && sheet::is_sheet(&self.item.shown, &self.buffer) {
            return self.sheet();
        }
        let kind = loop {
            match kind(&self.buffer, self.ended, form) {
                Some(kind) => break kind,
                None if self.ended || self.buffer.len() > MAX_LINE_BYTES => break Kind::Whole,
                None => self.read()?,
            }
        };
        match kind {
            Kind::Whole => self.whole(),
            Kind::Cut(Cut::Lines) => self.lines(),
            Kind::Cut(Cut::Documents) => {
                while !self.ended && (self.buffer.len() as u64) <= SPLIT_BYTES {
                    self.read()?;
                }
                if self.ended && (self.buffer.len() as u64) <= SPLIT_BYTES {
                    self.whole()
                } else {
                    self.documents()
                }
            }
        }
    }

    /// Reads on; what there is of a pipe, and no more.
    fn read(&mut self) -> Result<(), ReadError> {
        let start = self.buffer.len();
        self.buffer.resize(start + PART_BYTES, 0);
        let read = loop {
            match self.input.read(&mut self.buffer[start..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(start + *read.as_ref().unwrap_or(&0));
        self.ended = read.map_err(ReadError::System)? == 0;
        Ok(())
    }

    /// A spreadsheet, all of it.
    fn sheet(&mut self) -> Result<bool, ReadError> {
        let bytes = self.rest()?;
        let (number, all) = (self.progress.number, self.progress.all);
        Ok(rows(number, load_bytes(self.item, bytes), all, self.push))
    }

    /// All bytes.
    fn rest(&mut self) -> Result<Vec<u8>, ReadError> {
        while !self.ended && self.buffer.len() as u64 <= MAX_SOURCE_BYTES {
            self.read()?;
        }
        if self.buffer.len() as u64 > MAX_SOURCE_BYTES {
            return Err(super::too_large());
        }
        Ok(std::mem::take(&mut self.buffer))
    }

    /// All of it as one text. A file is read by whoever works on it.
    fn whole(&mut self) -> Result<bool, ReadError> {
        let number = self.progress.number;
        let work = if self.item.can_be_read_again() {
            Work::Files(vec![number])
        } else {
            Work::Whole(number, self.rest()?)
        };
        Ok((self.push)(Job {
            work,
            turn: None,
            progress: self.progress.at(self.progress.bytes.unwrap_or(0)),
        }))
    }

    fn lines(&mut self) -> Result<bool, ReadError> {
        let mut searched = 0;
        loop {
            let end = memchr::memrchr(b'\n', &self.buffer[searched..]).map(|at| searched + at + 1);
            searched = self.buffer.len();
            // Records of a pipe go on as they come.
            let ready = end.filter(|end| *end >= PART_BYTES / 2 || self.progress.bytes.is_none());
            let end = if self.ended { Some(self.buffer.len()) } else { ready };
            if let Some(end) = end.filter(|end| *end > 0) {
                if !self.part(Cut::Lines, end) {
                    return Ok(false);
                }
                searched = self.buffer.len();
            }
            if self.ended {
                return Ok(true);
            }
            if self.buffer.len() > MAX_LINE_BYTES + PART_BYTES && ready.is_none() && !self.long_line()? {
                return Ok(false);
            }
            searched = searched.min(self.buffer.len());
            self.read()?;
        }
    }

    /// Passes over a line that is too long, and says so.
    fn long_line(&mut self) -> Result<bool, ReadError> {
        let start = memchr::memrchr(b'\n', &self.buffer).map_or(0, |at| at + 1);
        if start > 0 && !self.part(Cut::Lines, start) {
            return Ok(false);
        }
        if self.buffer.len() <= MAX_LINE_BYTES {
            return Ok(true);
        }
        let what = format!("line {}", self.base.line + 1);
        if !self.failed(ReadError::TooLarge {
            what,
            limit: MAX_LINE_BYTES as u64,
        }) {
            return Ok(false);
        }
        loop {
            match memchr::memchr(b'\n', &self.buffer) {
                Some(at) => {
                    self.advance(at + 1);
                    return Ok(true);
                }
                None if self.ended => {
                    self.advance(self.buffer.len());
                    return Ok(true);
                }
                None => {
                    self.advance(self.buffer.len());
                    self.read()?;
                }
            }
        }
    }

    fn documents(&mut self) -> Result<bool, ReadError> {
        let mut seam = Seam::default();
        // Lines before this have been looked at; before that, there is no further line break.
        let (mut at, mut searched) = (0, 0);
        loop {
            while let Some(end) =
                memchr::memchr(b'\n', &self.buffer[searched..]).map(|break_at| searched + break_at + 1)
            {
                if seam.is_before(&self.buffer[at..end]) && at >= PART_BYTES {
                    if !self.part(Cut::Documents, at) {
                        return Ok(false);
                    }
                    (at, searched) = (end - at, end - at);
                } else {
                    (at, searched) = (end, end);
                }
            }
            searched = self.buffer.len();
            if self.ended {
                return Ok(self.buffer.is_empty() || self.part(Cut::Documents, self.buffer.len()));
            }
            if self.buffer.len() as u64 > MAX_SOURCE_BYTES {
                return Err(ReadError::TooLarge {
                    what: format!("the document behind line {}", self.base.line),
                    limit: MAX_SOURCE_BYTES,
                });
            }
            self.read()?;
        }
    }

    /// Hands over what has been read, up to a place.
    fn part(&mut self, cut: Cut, end: usize) -> bool {
        let base = self.base;
        let bytes = self.buffer[..end].to_vec();
        self.advance(end);
        self.give(Work::Part(self.progress.number, cut, base, bytes))
    }

    fn failed(&mut self, error: ReadError) -> bool {
        self.give(Work::Failed(self.progress.number, self.base, error))
    }

    fn give(&mut self, work: Work) -> bool {
        let before = self.next.take().unwrap_or_else(|| {
            let (first, before) = sync_channel(1);
            let _ = first.send(0);
            before
        });
        let (after, next) = sync_channel(1);
        self.next = Some(next);
        self.parts += 1;
        (self.push)(Job {
            work,
            turn: Some(Turn { before, after }),
            progress: self.progress.at(self.base.offset),
        })
    }

    fn advance(&mut self, bytes: usize) {
        self.base.offset += bytes as u64;
        self.base.line += breaks(&self.buffer[..bytes]);
        self.buffer.drain(..bytes);
    }
}

/// Between two documents of a YAML stream. A line that begins with `---` ends whatever stands before it, inside a text
/// of several lines as well; but a directive belongs to the document behind it, and comments alone are no document.
#[derive(Default)]
struct Seam {
    content: bool,
    directive: bool,
}

impl Seam {
    /// Takes a line; whether the stream can be cut before it.
    fn is_before(&mut self, line: &[u8]) -> bool {
        let marker = line.starts_with(b"---") && line.get(3).is_none_or(u8::is_ascii_whitespace);
        let first = line.trim_ascii_start().first();
        if marker {
            let free = self.content && !self.directive;
            self.content = true;
            self.directive = false;
            return free;
        }
        match first {
            None | Some(b'#') => {}
            Some(b'%') if line[0] == b'%' => self.directive = true,
            Some(_) => self.content = true,
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: &str, form: Option<Form>) -> Option<Kind> {
        kind(head.as_bytes(), true, form)
    }

    #[test]
    fn one_record_a_line_is_told_from_json_over_several_lines() {
        let lines = Some(Kind::Cut(Cut::Lines));
        assert_eq!(of("{\"a\": 1}\n{\"a\": 2}\n", None), lines);
        assert_eq!(of("\u{FEFF}\n{\"a\": 1}\r\n\r\n{\"a\": 2}", None), lines);
        assert_eq!(of("{\"a\": 1}\n", None), Some(Kind::Whole));
        assert_eq!(of("{\"a\": 1}\n", Some(Form::Lines)), lines);
        assert_eq!(of("{\"a\": 1}\n}\n", None), Some(Kind::Whole));
        assert_eq!(of("{\n  \"a\": 1\n}\n", None), Some(Kind::Whole));
        assert_eq!(of("{\n  \"a\": 1\n}\n", Some(Form::Lines)), Some(Kind::Whole));
        assert_eq!(
            of("[\n{\"a\": 1},\n{\"a\": 2}\n]\n", Some(Form::Lines)),
            Some(Kind::Whole)
        );
        // A broken first record does not spoil the others.
        assert_eq!(of("{\"a\": \n{\"a\": 2}\n", Some(Form::Lines)), lines);
        assert_eq!(of("a,b\n1,2\n", Some(Form::Lines)), lines);
        assert_eq!(of("title: x\n", None), Some(Kind::Cut(Cut::Documents)));
        assert_eq!(of("{title: x}\n---\n{title: y}\n", Some(Form::Yaml)), Some(Kind::Whole));
        assert_eq!(of(" \n", None), Some(Kind::Whole));
        assert_eq!(kind(b"{\"a\": 1}\n", false, None), None);
        assert_eq!(kind(b"{\"a\": 1}\n", false, Some(Form::Lines)), lines);
        assert_eq!(kind(b"{\"a\": 1}", false, Some(Form::Lines)), None);
    }

    #[test]
    fn a_stream_is_cut_between_documents_only() {
        let cuts = |text: &str| {
            let mut seam = Seam::default();
            let cuts: Vec<bool> = text
                .split_inclusive('\n')
                .map(|line| seam.is_before(line.as_bytes()))
                .collect();
            cuts.iter()
                .enumerate()
                .filter(|(_, cut)| **cut)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        assert_eq!(cuts("a: 1\n---\nb: 1\n--- # c\nc: 1\n"), [1, 3]);
        assert_eq!(cuts("# only words\n---\na: 1\n"), [0; 0]);
        assert_eq!(cuts("a: 1\n...\n%YAML 1.2\n---\nb: 1\n---\n"), [5]);
        assert_eq!(cuts("a: ---\n  ---\n---x: 1\n----\n"), [0; 0]);
        assert_eq!(cuts("---\n---\r\n---"), [1, 2]);
    }
}
