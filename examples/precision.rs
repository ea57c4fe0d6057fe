//! Runs the rules about the wording of learning outcomes over outcomes that other people wrote, and prints every finding
//! with its text, so that a sample can be read and judged:
//!
//!     cargo run --example precision -- CORPORA [MORE.tsv]
//!
//! CORPORA is the folder of corpora beside a development checkout; without it nothing is printed. Further files have
//! lines of language, tab and text. Columns: rule, language, text, message.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use credlint::language::Language;
use credlint::lint::{Options, Presence, lint_source};
use credlint::rule::set::RuleSet;
use credlint::source::Source;
use serde_json::{Value, json};

/// A course: its language, its title, and its outcomes.
struct Course {
    language: String,
    title: Option<String>,
    outcomes: Vec<String>,
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let Some(corpora) = arguments.next().filter(|path| path.is_dir()) else {
        return println!("skipped: the first argument is no folder of corpora");
    };
    let mut courses = generated(&corpora.join("mc-evaluation/derived.ndjson"));
    courses.extend(
        files(&corpora.join("fub-sup"), "yaml")
            .iter()
            .flat_map(|path| german(path)),
    );
    courses.extend(
        files(&corpora.join("sahi-hub"), "md")
            .iter()
            .flat_map(|path| markdown(path)),
    );
    for folder in [
        "elm-official",
        "ooapi-surf/valid",
        "dc4eu-educational-pilot",
        "educredentials",
    ] {
        let json = files(&corpora.join(folder), "json")
            .into_iter()
            .chain(files(&corpora.join(folder), "jsonld"));
        courses.extend(json.flat_map(|path| tagged(&path)));
    }
    courses.extend(arguments.flat_map(|path| lines(&path)));

    let set = RuleSet::embedded("eu").expect("the pack");
    let options = Options {
        as_of: jiff::civil::date(2026, 11, 23),
        language: Language::ENGLISH,
        format_in: None,
    };
    let mut outcomes = 0;
    for course in courses.iter().filter(|course| !course.outcomes.is_empty()) {
        outcomes += course.outcomes.len();
        for finding in findings(&set, &options, course) {
            println!("{finding}");
        }
    }
    println!("# {} courses, {outcomes} outcomes", courses.len());
}

const RULES: [&str; 8] = [
    "learning-outcomes/about-teaching",
    "learning-outcomes/nearly-repeated",
    "learning-outcomes/no-verb",
    "learning-outcomes/not-observable",
    "learning-outcomes/other-language",
    "learning-outcomes/recall-only",
    "learning-outcomes/same-as-title",
    "learning-outcomes/several-verbs",
];

fn findings(set: &RuleSet, options: &Options, course: &Course) -> Vec<String> {
    let in_language = |text: &String| json!({ course.language.as_str(): text });
    let outcomes: Vec<Value> = course
        .outcomes
        .iter()
        .map(|text| json!({"text": in_language(text)}))
        .collect();
    let mut descriptor =
        json!({"descriptor": "micro-credential/1", "learning_outcomes": outcomes, "level": {"eqf": 6}});
    if let Some(title) = &course.title {
        descriptor["title"] = in_language(title);
    }
    let text = serde_json::to_string_pretty(&descriptor).expect("JSON");
    let source = Arc::new(Source::new("x.json", text));
    let practices = lint_source(set, options, &source, Presence::Named);
    let found = practices.iter().flat_map(|practice| &practice.findings);
    let told = found.filter_map(|finding| {
        let rule = &set.rules[finding.rule].id;
        let line = source.text()[..finding.primary.span.start as usize]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let line = source.text()[line..].lines().next().unwrap_or_default().trim();
        let text = line.split_once(": ").map_or(line, |(_, text)| text).trim_matches('"');
        let known = RULES.contains(&rule.as_str());
        known.then(|| format!("{rule}\t{}\t{text}\t{}", course.language, finding.message))
    });
    told.collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path().to_path_buf());
    paths
        .filter(|path| path.is_file() && path.extension().is_some_and(|own| own == extension))
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The items of a list in Markdown, without emphasis.
fn items(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let items = lines.filter_map(|line| line.strip_prefix(['-', '*', '•']).filter(|rest| rest.starts_with(' ')));
    let plain = items.map(|item| item.replace(['*', '_', '`'], "").trim().to_string());
    plain.filter(|item| item.len() > 10).collect()
}

/// Specifications in English and Spanish.
fn generated(path: &Path) -> Vec<Course> {
    let records = read(path);
    let records = records
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let courses = records.filter_map(|record| {
        let elements = &record["elements"];
        let text = elements["outcomes"].as_str()?;
        let spanish = [" los ", " para ", " capaz", " del "]
            .iter()
            .filter(|word| text.contains(*word))
            .count()
            >= 2;
        Some(Course {
            language: if spanish { "es" } else { "en" }.to_string(),
            title: elements["title"].as_str().map(str::to_string),
            outcomes: items(text),
        })
    });
    courses.collect()
}

/// Study regulations: the sentences of `goals`.
fn german(path: &Path) -> Vec<Course> {
    let value: Value = serde_yaml::from_str(&read(path)).unwrap_or_default();
    let modules = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    let courses = modules.iter().filter_map(|module| {
        let goals = module["goals"].as_str()?.replace('\n', " ");
        let sentences = goals
            .split(". ")
            .map(|sentence| sentence.trim().trim_end_matches('.').to_string());
        Some(Course {
            language: "de".to_string(),
            title: module["name"].as_str().map(str::to_string),
            outcomes: sentences.filter(|sentence| sentence.len() > 25).collect(),
        })
    });
    courses.collect()
}

/// Course pages with a section of outcomes.
fn markdown(path: &Path) -> Vec<Course> {
    let text = read(path);
    let section = text
        .split("### Outcomes")
        .nth(1)
        .and_then(|rest| rest.split("\n#").next());
    let course = section.map(|section| Course {
        language: "en".to_string(),
        title: None,
        outcomes: items(section),
    });
    course.into_iter().collect()
}

/// Outcomes with language tags: `{"en": …}` or `[{"language": "en-GB", "value": …}]` below a key about outcomes.
fn tagged(path: &Path) -> Vec<Course> {
    let value: Value = serde_json::from_str(&read(path)).unwrap_or_default();
    let mut found = Vec::new();
    below(&value, false, &mut found);
    found.dedup();
    let course = |(language, text)| Course {
        language,
        title: None,
        outcomes: vec![text],
    };
    found.into_iter().map(course).collect()
}

fn below(value: &Value, inside: bool, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| below(item, inside, found)),
        Value::Object(fields) => {
            if let (true, Some(language), Some(text)) = (inside, fields.get("language"), fields.get("value")) {
                let language = language.as_str().unwrap_or_default().chars().take(2).collect();
                found.push((language, text.as_str().unwrap_or_default().to_string()));
            }
            for (key, value) in fields {
                if let (true, 2, Some(text)) = (inside, key.len(), value.as_str()) {
                    found.push((key.clone(), text.to_string()));
                }
                let outcome = key.to_lowercase().contains("learningoutcome");
                let part = ["title", "prefLabel"].contains(&key.as_str());
                below(value, outcome || inside && (part || !key.starts_with("related")), found);
            }
        }
        _ => {}
    }
}

/// Lines of language, tab and text.
fn lines(path: &Path) -> Vec<Course> {
    let text = read(path);
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    let course = |(language, text): (&str, &str)| Course {
        language: language.to_string(),
        title: None,
        outcomes: vec![text.to_string()],
    };
    lines.map(course).collect()
}
