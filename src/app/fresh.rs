//! `new`: a description to fill in, empty or with what a file says.

use std::io;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::{Exit, Reader, World, failed, failed_with, language, print_losses, set_words};
use crate::cli::{Look, NewArgs};
use crate::config::Config;
use crate::convert::{ElmVersion, Target, Wanted, comments, convert_file};
use crate::input::{self, stream};
use crate::language::Language;
use crate::lint::FormatIn;
use crate::outline;
use crate::report::human::Style;
use crate::rule::set::RuleSet;

pub(super) fn write(args: &NewArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let language = language(look, None, Reader::Person, world);
    let set = match RuleSet::embedded(&args.profile) {
        Ok(set) => set,
        Err(error) => return failed_with(world, &set_words(style, language, &error)),
    };
    if let Some(path) = &args.file {
        if crate::sheet::is_named_so(&path.to_string_lossy()) {
            let shown = path.display();
            let said = language.fill(
                "{file}: a description is YAML; `--sheet {file}` writes a spreadsheet",
                &[("file", &shown)],
            );
            return failed(world, &said);
        }
        if path.exists() {
            let there = input::system(&io::ErrorKind::AlreadyExists.into()).say(language);
            return failed(world, &format!("{}: {there}", path.display()));
        }
    }
    let documents = match &args.from {
        None => vec![given(args)],
        Some(from) => match taken(from, args, &set, language, world)? {
            Ok(documents) => documents,
            Err(exit) => return Ok(exit),
        },
    };
    let file = args.file.as_ref().map(|path| path.display().to_string());
    let named = args.from.as_ref().filter(|path| path.as_os_str() != "-");
    let from = named.map(|path| path.display().to_string());
    let texts = documents.iter().map(|values| {
        let wanted = outline::Wanted {
            language,
            minimal: args.minimal,
            file: file.as_deref(),
            from: from.as_deref(),
        };
        outline::write(&set, values, wanted)
    });
    let text = texts.collect::<Vec<_>>().join("\n---\n");
    let (Some(path), Some(shown)) = (&args.file, &file) else {
        write!(world.out, "{text}")?;
        return Ok(Exit::Clean);
    };
    if let Err((path, error)) = input::write_new(&[(path.clone(), text.into_bytes())]) {
        let error = input::system(&error).say(language);
        return failed(world, &format!("{}: {error}", path.display()));
    }
    let option = match args.profile.as_str() {
        "eu" => String::new(),
        name => format!(" --profile {name}"),
    };
    let command = format!("credlint check {shown}{option}");
    let fill = language.fill("{file}: open it in any text editor and fill it in", &[("file", shown)]);
    let ask = language.fill("`{command}` says what is still missing", &[("command", &command)]);
    writeln!(world.out, "{fill}\n{ask}")?;
    Ok(Exit::Clean)
}

/// What the command line itself says.
fn given(args: &NewArgs) -> Json {
    let values = [("kind", &args.kind), ("id", &args.id), ("title", &args.title)];
    let values = values
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_string(), Json::from(value.clone()?))));
    Json::Object(Map::from_iter(values))
}

/// The practices of a file in our own format.
fn taken(
    from: &Path,
    args: &NewArgs,
    set: &RuleSet,
    language: Language,
    world: &mut World<'_>,
) -> io::Result<Result<Vec<Json>, Exit>> {
    let wanted = Wanted {
        target: Target::Native,
        version: ElmVersion::default(),
        language,
        extract: false,
        as_of: world.today,
    };
    let format_in = args.format_in.as_deref().and_then(FormatIn::named);
    if from.is_dir() {
        let said = language.fill("{file}: a folder; name one file of it", &[("file", &from.display())]);
        return failed(world, &said).map(Err);
    }
    let items = input::expand(&[from.to_path_buf()], &Config::default(), false, "<stdin>", 1);
    let (mut documents, mut failure): (Vec<Json>, Option<Exit>) = (Vec::new(), None);
    let mut ids: Vec<String> = Vec::new();
    let mut ended = Ok(());
    stream::feed(&items, &mut |job| {
        job.each(&items, &mut |item, text| {
            let one = || -> io::Result<()> {
                let source = match text.content {
                    Ok(source) => source,
                    Err(error) => {
                        failure = Some(Exit::Failed);
                        let error = error.phrase().say(language);
                        return writeln!(world.err, "credlint: {}: {error}", item.shown);
                    }
                };
                let mut written = match convert_file(set, &source, format_in, wanted) {
                    Ok(written) => written,
                    Err(problem) => {
                        failure = Some(Exit::Failed);
                        return writeln!(world.err, "credlint: {}: {}", item.shown, problem.say(language));
                    }
                };
                // What is lost of the file as a whole is told with the first practice of it that is taken.
                let mut of_file = Vec::new();
                if let Some(first) = written.first_mut() {
                    of_file.extend(first.converted.losses.extract_if(.., |loss| loss.path.is_empty()));
                    let comments = first.is_unchanged.then(|| comments(source.text(), language));
                    of_file.extend(comments.flatten());
                }
                for mut practice in written {
                    let id = practice.converted.document["id"]
                        .as_str()
                        .unwrap_or_default()
                        .to_string();
                    let chosen = args.id.as_ref().is_none_or(|wanted| *wanted == id);
                    ids.push(id);
                    if chosen {
                        practice.converted.losses.append(&mut of_file);
                        print_losses(&item.shown, &practice, language, world)?;
                        documents.push(practice.converted.document);
                    }
                }
                Ok(())
            };
            if ended.is_ok() {
                ended = one();
            }
        });
        ended.is_ok()
    });
    ended?;
    if let Some(exit) = failure {
        return Ok(Err(exit));
    }
    if documents.is_empty() {
        let problem = match &args.id {
            Some(id) if !ids.is_empty() => {
                ids.retain(|id| !id.is_empty());
                let more = if ids.len() > 10 { ", …" } else { "" };
                ids.truncate(10);
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("file", &from.display()), ("id", id), ("ids", &(ids.join(", ") + more))];
                language.fill("{file}: no practice has the id `{id}`; there are: {ids}", &values)
            }
            _ => language.fill(
                "{file}: it is not of a format that is known",
                &[("file", &from.display())],
            ),
        };
        return failed(world, &problem).map(Err);
    }
    Ok(Ok(documents))
}
