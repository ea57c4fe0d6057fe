//! Where the forms of a result go: standard output, files, several at once.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use crate::cli::ScoreFormat;
use crate::finding::Finding;
use crate::input::{Item, Items, MAX_SOURCE_BYTES};
use crate::lint::{Practice, Presence};
use crate::report::form::{End, Form, Job, form};
use crate::report::human::Style;
use crate::sheet;
use crate::source::Source;

/// `FORMAT=FILE`, or a file alone, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The form, if it is said.
    pub format: Option<ScoreFormat>,
    /// The file; `-` is standard output.
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE`. What stands before the sign and is no form belongs to the name of the file.
pub fn parse(text: &str) -> Result<Wanted, String> {
    let (format, path) = match text.split_once('=') {
        Some((name, path)) => match ScoreFormat::from_str(name, false) {
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
pub struct Planned {
    /// The form.
    pub format: ScoreFormat,
    /// The file.
    pub path: Option<PathBuf>,
}

/// Decides what goes where; the error is a sentence. `--format` is the form of the one report whose place does not name
/// it: a file without a form, else standard output.
pub fn plan(format: Option<ScoreFormat>, wanted: &[Wanted], terminal: bool) -> Result<Vec<Planned>, String> {
    let mut planned = Vec::new();
    let mut used = false;
    for own in wanted {
        let extension = own.path.extension().and_then(|own| own.to_str());
        let chosen = match (own.format, format) {
            (Some(own), _) => own,
            (None, Some(format)) => {
                used = true;
                format
            }
            (None, None) => extension.and_then(ScoreFormat::of_extension).ok_or_else(|| {
                let path = own.path.display();
                format!("{path}: its name does not tell the form; write `--output FORMAT={path}`")
            })?,
        };
        planned.push(Planned {
            format: chosen,
            path: (own.path.as_os_str() != "-").then(|| own.path.clone()),
        });
    }
    if wanted.is_empty() || (format.is_some() && !used) {
        planned.push(Planned {
            format: format.unwrap_or(ScoreFormat::Table),
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
        if own.format == ScoreFormat::Xlsx && own.path.is_none() && terminal {
            return Err("a workbook is nothing for a terminal; write `--output xlsx=FILE`".to_string());
        }
    }
    Ok(planned)
}

/// Takes the files that are written out of those that are read: our own result of an earlier run is passed over. Any
/// other file that was to be read is not written over; the error is a sentence.
pub fn keep_apart(planned: &[Planned], items: &mut Items) -> Result<(), String> {
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
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_SOURCE_BYTES).read_to_end(&mut bytes));
    read.is_ok() && (bytes.is_empty() || bytes.starts_with(b"{\"version\":") || sheet::is_result(&bytes))
}

/// The forms of a run, each with its place.
pub struct Outputs<'a> {
    sinks: Vec<Sink<'a>>,
    buffer: Vec<u8>,
}

struct Sink<'a> {
    form: Box<dyn Form + 'a>,
    file: Option<(PathBuf, BufWriter<File>)>,
    problem: Option<String>,
}

impl<'a> Outputs<'a> {
    /// Opens what is planned. A file that cannot be written is said before anything is read; the error is a sentence.
    /// `in_files` is how a table in a file is drawn.
    pub fn open(planned: &[Planned], job: Job<'a>, in_files: Style) -> Result<Outputs<'a>, String> {
        let open = |own: &Planned| {
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
            Ok(Sink {
                form: form(own.format, job),
                file,
                problem: None,
            })
        };
        Ok(Outputs {
            sinks: planned.iter().map(open).collect::<Result<_, String>>()?,
            buffer: Vec::new(),
        })
    }

    /// One form on standard output.
    pub fn printed(format: ScoreFormat, job: Job<'a>) -> Outputs<'a> {
        let sink = Sink {
            form: form(format, job),
            file: None,
            problem: None,
        };
        Outputs {
            sinks: vec![sink],
            buffer: Vec::new(),
        }
    }

    /// Takes a finding over the catalogue, with the files that it speaks of.
    pub fn across(&mut self, finding: &Finding, sources: &[Arc<Source>]) {
        self.sinks
            .iter_mut()
            .for_each(|sink| sink.form.across(finding, sources));
    }

    /// Whether one of the forms shows what was found in the catalogue.
    pub fn want_findings(&self) -> bool {
        self.sinks.iter().any(|sink| sink.form.wants_findings())
    }

    /// What stands before the first practice.
    pub fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.each(out, |form, buffer| {
            form.begin(buffer);
            Ok(())
        })
    }

    /// One document.
    pub fn practice(&mut self, practice: &Practice, out: &mut dyn Write) -> io::Result<()> {
        self.each(out, |form, buffer| {
            form.practice(practice, buffer);
            Ok(())
        })
    }

    /// What stands behind the last one. Returns what went wrong with files, as sentences.
    pub fn end(mut self, end: &End<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
        self.each(out, |form, buffer| form.end(end, buffer))?;
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
        mut write: impl FnMut(&mut dyn Form, &mut Vec<u8>) -> Result<(), String>,
    ) -> io::Result<()> {
        for sink in self.sinks.iter_mut().filter(|sink| sink.problem.is_none()) {
            self.buffer.clear();
            sink.problem = write(sink.form.as_mut(), &mut self.buffer).err();
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

    fn planned(format: Option<ScoreFormat>, outputs: &[&str]) -> Result<Vec<(ScoreFormat, Option<String>)>, String> {
        let wanted: Vec<Wanted> = outputs.iter().map(|text| parse(text).expect("parses")).collect();
        let shown = |own: Planned| (own.format, own.path.map(|path| path.display().to_string()));
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
        assert_eq!(planned(None, &["csv=-"]), Ok(vec![(Csv, None)]));
        assert_eq!(planned(None, &["a=b.json"]), Ok(vec![(Json, file("a=b.json"))]));
    }

    #[test]
    fn what_cannot_be_is_said() {
        assert!(planned(None, &["a"]).is_err());
        assert!(planned(None, &["csv=a", "json=a"]).is_err());
        assert!(planned(None, &["csv=-", "json=-"]).is_err());
        assert!(planned(Some(ScoreFormat::Json), &["csv=-"]).is_err());
        assert!(parse("csv=").is_err());
        assert!(plan(Some(ScoreFormat::Xlsx), &[], true).is_err());
    }
}
