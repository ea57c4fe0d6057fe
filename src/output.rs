//! Where the forms of a result go: standard output, files, several at once.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Finding;
use crate::input::{Item, Items, MAX_SOURCE_BYTES};
use crate::lint::{Practice, Presence};
use crate::report::form::{Choice, End, Form, Job, Pen};
use crate::report::human::Style;
use crate::sheet;
use crate::source::Source;

/// `FORMAT=FILE`, or a file alone, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<F> {
    /// The form, if it is said.
    pub format: Option<F>,
    /// The file; `-` is standard output.
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE`. What stands before the sign and is no form belongs to the name of the file.
pub fn parse<F: Choice>(text: &str) -> Result<Wanted<F>, String> {
    let (format, path) = match text.split_once('=') {
        Some((name, path)) => match F::from_str(name, false) {
            Ok(format) => (Some(format), path),
            Err(_) => (None, text),
        },
        None => (None, text),
    };
    if path.is_empty() {
        return Err("the name of the file is missing".to_string());
    }
    Ok(Wanted {
        format,
        path: path.into(),
    })
}

/// One form and where it goes; `None` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned<F> {
    /// The form.
    pub format: F,
    /// The file.
    pub path: Option<PathBuf>,
}

/// Decides what goes where; the error is a sentence. `--format` is the form of the one report whose place does not name
/// it: a file without a form, else standard output. One for people is not meant for a file whose name tells another.
pub fn plan<F: Choice>(format: Option<F>, wanted: &[Wanted<F>], terminal: bool) -> Result<Vec<Planned<F>>, String> {
    let mut planned = Vec::new();
    let mut used = false;
    for own in wanted {
        let extension = own.path.extension().and_then(|own| own.to_str());
        let told = extension.and_then(F::of_extension);
        let chosen = match (own.format, told, format) {
            (Some(own), ..) => own,
            (None, Some(told), Some(format)) if format.is_for_people() && told != F::DEFAULT => told,
            (None, _, Some(format)) => {
                used = true;
                format
            }
            (None, Some(told), None) => told,
            (None, None, None) => {
                let path = own.path.display();
                return Err(format!(
                    "{path}: its name does not tell the form; write `--output FORMAT={path}`"
                ));
            }
        };
        planned.push(Planned {
            format: chosen,
            path: (own.path.as_os_str() != "-").then(|| own.path.clone()),
        });
    }
    if wanted.is_empty() || (format.is_some() && !used) {
        planned.push(Planned {
            format: format.unwrap_or(F::DEFAULT),
            path: None,
        });
    }
    for (number, own) in planned.iter().enumerate() {
        if planned[..number].iter().any(|other| other.path == own.path) {
            let place = own
                .path
                .as_ref()
                .map_or("standard output".to_string(), |path| path.display().to_string());
            return Err(format!("{place} can take one report only"));
        }
        if own.format.needs_file() && own.path.is_none() && terminal {
            return Err("a workbook is nothing for a terminal; write `--output xlsx=FILE`".to_string());
        }
    }
    Ok(planned)
}

/// Takes the files that are written out of those that are read: our own result of an earlier run is passed over. Any
/// other file that was to be read is not written over; the error is a sentence.
pub fn keep_apart<F>(planned: &[Planned<F>], items: &mut Items) -> Result<(), String> {
    let files = planned
        .iter()
        .filter_map(|own| own.path.as_deref()?.canonicalize().ok());
    let files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    if files.is_empty() {
        return Ok(());
    }
    let written = |item: &Item| {
        let path = item.path.as_ref().and_then(|path| path.canonicalize().ok());
        path.is_some_and(|path| files.contains(&path))
    };
    let own_input = |item: &&Item| {
        let earlier = |path: &Path| item.presence == Presence::Walked && is_result(path);
        written(item) && !item.path.as_deref().is_some_and(earlier)
    };
    if let Some(item) = items.iter().find(|item| own_input(&item)) {
        return Err(format!("{}: this is read, and would be written over", item.shown));
    }
    items.retain(|item| !written(item));
    Ok(())
}

/// Whether a file is a result of ours, or empty.
fn is_result(path: &Path) -> bool {
    const BEGINNINGS: [&[u8]; 3] = [b"{\"version\":", b"{\"type\":\"made-by\",", b"[\n{\"check_name\":"];
    const NOTHING: [&[u8]; 2] = [b"", b"[\n]\n"];
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_SOURCE_BYTES).read_to_end(&mut bytes));
    let begins = || BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning));
    read.is_ok() && (NOTHING.contains(&bytes.as_slice()) || begins() || sheet::is_result(&bytes))
}

/// The forms of a run, each with its place.
pub struct Outputs<'a> {
    sinks: Vec<Sink<'a>>,
    buffer: Vec<u8>,
}

struct Sink<'a> {
    form: Box<dyn Form + 'a>,
    pen: Option<Pen<'a>>,
    file: Option<(PathBuf, BufWriter<File>)>,
    problem: Option<String>,
}

impl<'a> Outputs<'a> {
    /// Opens what is planned. A file that cannot be written is said before anything is read; the error is a sentence.
    /// `in_files` is how a table in a file is drawn.
    pub fn open<F: Choice>(planned: &[Planned<F>], job: Job<'a>, in_files: Style) -> Result<Outputs<'a>, String> {
        let open = |own: &Planned<F>| {
            let file = match &own.path {
                Some(path) => {
                    let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
                    Some((path.clone(), BufWriter::with_capacity(1 << 16, file)))
                }
                None => None,
            };
            let job = match file {
                // A file has neither colours nor the width of a terminal.
                Some(_) => Job {
                    style: Style {
                        colour: false,
                        links: false,
                        ..in_files
                    },
                    ..job
                },
                None => job,
            };
            let (form, pen) = own.format.form(job);
            Ok(Sink {
                form,
                pen,
                file,
                problem: None,
            })
        };
        Ok(Outputs {
            sinks: planned.iter().map(open).collect::<Result<_, String>>()?,
            buffer: Vec::new(),
        })
    }

    /// What makes text of a practice, on any thread: one pen for each form, in their order. Nothing where none has one.
    pub fn pens(&self) -> Option<Vec<Option<Pen<'a>>>> {
        let pens: Vec<Option<Pen<'a>>> = self.sinks.iter().map(|sink| sink.pen.clone()).collect();
        pens.iter().any(Option::is_some).then_some(pens)
    }

    /// Takes a finding over the catalogue, with the files that it speaks of.
    pub fn across(&mut self, finding: &Finding, sources: &[Arc<Source>], out: &mut dyn Write) -> io::Result<()> {
        self.each(out, |_, form, buffer| {
            form.across(finding, sources, buffer);
            Ok(())
        })
    }

    /// Whether one of the forms shows what was found in the catalogue.
    pub fn want_findings(&self) -> bool {
        self.sinks.iter().any(|sink| sink.form.wants_findings())
    }

    /// What stands before the first practice.
    pub fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.each(out, |_, form, buffer| {
            form.begin(buffer);
            Ok(())
        })
    }

    /// One document, with what the pens made of it.
    pub fn practice(&mut self, practice: &Practice, drawn: &[String], out: &mut dyn Write) -> io::Result<()> {
        self.each(out, |number, form, buffer| {
            form.practice(practice, drawn.get(number).map_or("", String::as_str), buffer);
            Ok(())
        })
    }

    /// What stands behind the last one. Returns what went wrong with files, as sentences.
    pub fn end(mut self, end: &End<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
        self.each(out, |_, form, buffer| form.end(end, buffer))?;
        for sink in &mut self.sinks {
            if let (Some((path, writer)), None) = (&mut sink.file, &sink.problem) {
                let problem = writer.flush().err();
                sink.problem = problem.map(|error| format!("{}: {error}", path.display()));
            }
        }
        Ok(self.sinks.into_iter().filter_map(|sink| sink.problem).collect())
    }

    /// A file that fails is left alone from then on; the others go on.
    fn each(
        &mut self,
        out: &mut dyn Write,
        mut write: impl FnMut(usize, &mut dyn Form, &mut Vec<u8>) -> Result<(), String>,
    ) -> io::Result<()> {
        for (number, sink) in self.sinks.iter_mut().enumerate() {
            if sink.problem.is_some() {
                continue;
            }
            self.buffer.clear();
            sink.problem = write(number, sink.form.as_mut(), &mut self.buffer).err();
            match &mut sink.file {
                None => out.write_all(&self.buffer)?,
                Some((path, writer)) => {
                    if let Err(error) = writer.write_all(&self.buffer) {
                        sink.problem = Some(format!("{}: {error}", path.display()));
                    }
                }
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Outputs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} outputs", self.sinks.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{ReportFormat, ScoreFormat};

    fn planned(format: Option<ScoreFormat>, outputs: &[&str]) -> Result<Vec<(ScoreFormat, Option<String>)>, String> {
        let wanted: Vec<Wanted<ScoreFormat>> = outputs.iter().map(|text| parse(text).expect("parses")).collect();
        let shown = |own: Planned<ScoreFormat>| (own.format, own.path.map(|path| path.display().to_string()));
        Ok(plan(format, &wanted, false)?.into_iter().map(shown).collect())
    }

    #[test]
    fn a_format_is_for_the_place_that_names_none() {
        use ScoreFormat::{Csv, Json, Table, Xlsx};
        let file = |name: &str| Some(name.to_string());
        assert_eq!(planned(None, &[]), Ok(vec![(Table, None)]));
        assert_eq!(planned(Some(Csv), &[]), Ok(vec![(Csv, None)]));
        assert_eq!(planned(Some(Csv), &["a.txt"]), Ok(vec![(Csv, file("a.txt"))]));
        assert_eq!(planned(None, &["a.csv"]), Ok(vec![(Csv, file("a.csv"))]));
        assert_eq!(
            planned(None, &["xlsx=a", "json=b=c"]),
            Ok(vec![(Xlsx, file("a")), (Json, file("b=c"))])
        );
        assert_eq!(
            planned(Some(Table), &["csv=a"]),
            Ok(vec![(Csv, file("a")), (Table, None)])
        );
        assert_eq!(
            planned(Some(Table), &["a.csv", "a.txt"]),
            Ok(vec![(Csv, file("a.csv")), (Table, file("a.txt"))]),
            "a form for people is not what `a.csv` asks for"
        );
        assert_eq!(planned(Some(Csv), &["a.json"]), Ok(vec![(Csv, file("a.json"))]));
        assert_eq!(planned(None, &["csv=-"]), Ok(vec![(Csv, None)]));
        assert_eq!(planned(None, &["a=b.json"]), Ok(vec![(Json, file("a=b.json"))]));
    }

    #[test]
    fn check_has_forms_of_its_own() {
        let wanted = |text| parse::<ReportFormat>(text).expect("parses");
        let name = wanted("csv=a");
        assert_eq!((name.format, name.path), (None, "csv=a".into()));
        assert_eq!(wanted("gitlab=a.json").format, Some(ReportFormat::Gitlab));
        let files = ["a.sarif", "a.xml", "a.md", "a.txt", "a.json"].map(wanted);
        let planned = plan(None, &files, false).expect("names that tell the form");
        use ReportFormat::{Human, Json, Junit, Markdown, Sarif};
        let formats: Vec<ReportFormat> = planned.iter().map(|own| own.format).collect();
        assert_eq!(formats, [Sarif, Junit, Markdown, Human, Json]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        assert!(planned(None, &["a"]).is_err());
        assert!(planned(None, &["csv=a", "json=a"]).is_err());
        assert!(planned(None, &["csv=-", "json=-"]).is_err());
        assert!(planned(Some(ScoreFormat::Json), &["csv=-"]).is_err());
        assert!(parse::<ScoreFormat>("csv=").is_err());
        assert!(plan(Some(ScoreFormat::Xlsx), &[], true).is_err());
    }
}
