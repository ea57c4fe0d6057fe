//! `credlint config`: what is in force for some paths, and where each value comes from.

use std::io;
use std::path::Path;

use super::{Exit, InForce, Reader, World, failed_with, here, in_force, language, processors};
use crate::cli::{ConfigArgs, Format, Look};
use crate::config::{self, Config};
use crate::language::{Language, mark};
use crate::report::human::Style;
use crate::rule::Level;

/// One value and its origin.
#[derive(Debug, serde::Serialize)]
struct Line {
    key: &'static str,
    value: String,
    /// `option`, `configuration` or `default`.
    from: &'static str,
    /// The option, or the file and the line; nothing for a default.
    place: String,
}

struct Lines<'a> {
    config: &'a Config,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn option(&mut self, key: &'static str, option: &str, value: impl ToString) {
        self.push(key, value, "option", option.to_string());
    }

    fn default(&mut self, key: &'static str, value: impl ToString) {
        self.push(key, value, "default", String::new());
    }

    fn written(&mut self, key: &'static str, pointer: &str, value: impl ToString) {
        let source = self.config.source.as_ref();
        let at = source.zip(self.config.place(pointer)).map(|(source, span)| {
            let line = source.position(span.start).line;
            format!("{}:{line}", source.name())
        });
        self.push(key, value, "configuration", at.unwrap_or_default());
    }

    fn push(&mut self, key: &'static str, value: impl ToString, from: &'static str, place: String) {
        let value = value.to_string();
        self.lines.push(Line {
            key,
            value,
            from,
            place,
        });
    }

    /// A single value: as typed, else as configured, else what holds without either.
    fn one(
        &mut self,
        key: &'static str,
        typed: Option<(&str, String)>,
        configured: Option<(&str, String)>,
        default: Option<String>,
    ) {
        match (typed, configured, default) {
            (Some((option, value)), ..) => self.option(key, option, value),
            (None, Some((pointer, value)), _) => self.written(key, pointer, value),
            (None, None, Some(value)) => self.default(key, value),
            (None, None, None) => {}
        }
    }
}

pub(super) fn show(args: &ConfigArgs, look: &Look, style: Style, world: &mut World<'_>) -> io::Result<Exit> {
    let input = &args.input;
    let here = here();
    let paths = if input.paths.is_empty() {
        &here
    } else {
        &input.paths[..]
    };
    let of = |own| language(look, own, Reader::of(args.format), world);
    let own = match in_force(paths, &input.profile, &input.rules, style, &of) {
        Ok(own) => own,
        Err(words) => return failed_with(world, &words),
    };
    let lines = lines(args, look, &own, world);
    let config = &own.config;
    let file = config.path.as_deref().map(config::display);
    if args.format == Format::Json {
        let all = serde_json::json!({"version": 1, "file": file, "values": lines});
        writeln!(world.out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(Exit::Clean);
    }
    let reading = language(look, config.language, Reader::Person, world);
    let head = match &file {
        Some(file) => reading.fill("configuration: {file}", &[("file", file)]),
        None => reading
            .tr(mark("no credlint.yaml between here and the root of the repository"))
            .into_owned(),
    };
    writeln!(world.out, "{head}\n")?;
    let widest = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
    let (key, width) = (widest(|line| line.key), widest(|line| &line.value).min(60));
    for line in &lines {
        let value = match (line.from, line.value.as_str()) {
            ("default", OF_THE_PROFILE | NONE) => reading.tr(&line.value),
            (_, value) => value.into(),
        };
        let from = match line.from {
            "default" => reading.tr(mark("default")).into_owned(),
            _ => line.place.clone(),
        };
        writeln!(world.out, "{:key$}  {value:width$}  {from}", line.key)?;
    }
    Ok(Exit::Clean)
}

/// Values that are words, not names.
const OF_THE_PROFILE: &str = mark("of the profile");
const NONE: &str = mark("none");

fn lines(args: &ConfigArgs, look: &Look, in_force: &InForce, world: &World<'_>) -> Vec<Line> {
    let (input, config) = (&args.input, &in_force.config);
    let mut lines = Lines {
        config,
        lines: Vec::new(),
    };
    let own = &mut lines;
    let shown = |path: &Path| config::display(path);
    for name in &input.profile {
        own.option("profile", "--profile", name);
    }
    if input.profile.is_empty() {
        let several = config.profiles.len() > 1 || config.place("/profile/0").is_some();
        for (number, name) in config.profiles.iter().enumerate() {
            let pointer = if several {
                format!("/profile/{number}")
            } else {
                "/profile".to_string()
            };
            own.written("profile", &pointer, name);
        }
        if config.profiles.is_empty() {
            own.default("profile", "eu");
        }
    }
    let code = |language: Language| language.code().to_string();
    let of_locale = world.locale.as_deref().and_then(Language::from_tag);
    own.one(
        "language",
        look.lang.map(|language| ("--lang", code(language))),
        config.language.map(|language| ("/language", code(language))),
        Some(of_locale.map_or_else(|| code(Language::default()), code)),
    );
    own.one(
        "as_of",
        input.as_of.map(|day| ("--as-of", day.to_string())),
        config.as_of.map(|day| ("/as_of", day.to_string())),
        Some(world.today.to_string()),
    );
    let word = |level: crate::cli::FailOn| level.level().map_or("never", Level::word).to_string();
    own.one(
        "fail_on",
        None,
        config.fail_on.map(|level| ("/fail_on", word(level))),
        Some("error".to_string()),
    );
    own.one(
        "weights",
        input.weights.clone().map(|weights| ("--weights", weights)),
        config.weights.as_deref().map(|path| ("/weights", shown(path))),
        Some(OF_THE_PROFILE.to_string()),
    );
    own.one(
        "baseline",
        input.baseline.as_deref().map(|path| ("--baseline", shown(path))),
        config.baseline.as_deref().map(|path| ("/baseline", shown(path))),
        Some(NONE.to_string()),
    );
    for (number, pack) in config.rule_packs.iter().enumerate() {
        own.written("rule_packs", &format!("/rule_packs/{number}"), shown(pack));
    }
    for pack in &input.rules {
        own.option("rule_packs", "--rules", shown(pack));
    }
    for (number, pattern) in config.include_patterns.iter().enumerate() {
        own.written("include", &format!("/include/{number}"), pattern);
    }
    for (number, pattern) in config.exclude_patterns.iter().enumerate() {
        own.written("exclude", &format!("/exclude/{number}"), pattern);
    }
    if let Some(root) = &config.catalogue_root {
        own.written("catalogue.root", "/catalogue/root", shown(root));
    }
    let level_word = |level: Option<Level>| level.map_or("off", Level::word);
    for (rule, level) in &config.levels {
        let was = in_force.set.get(rule);
        let was = was.map(|(index, _)| level_word(in_force.levels[index]));
        let value = match was {
            Some(was) if was != level.word() => format!("{rule}: {} (instead of {was})", level.word()),
            _ => format!("{rule}: {}", level.word()),
        };
        own.written("levels", &config::level_pointer(rule), value);
    }
    for (number, ignore) in config.ignores.iter().enumerate() {
        let of = [
            ("files", &ignore.files),
            ("practice", &ignore.practice),
            ("until", &ignore.until),
        ];
        let of = of
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        let of: Vec<String> = of.collect();
        let value = format!("{}: {}", ignore.rule, of.join(", "));
        own.written("ignores", &format!("/ignores/{number}"), value);
    }
    own.one(
        "jobs",
        input.jobs.map(|jobs| ("--jobs", jobs.to_string())),
        None,
        Some(processors().to_string()),
    );
    lines.lines
}
