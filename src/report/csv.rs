//! Comma-separated values: `csv` has one wide row per practice, `patterns-csv` one row per count of a group.
//!
//! RFC 4180: commas, quotes doubled, lines end in CR LF; UTF-8 without a mark. A gap stands there as the integers that it
//! is made of, never as a rounded number.

use super::form::{End, Form, Job};
use super::json::MadeBy;
use crate::facet;
use crate::lint::{Practice, State};
use crate::patterns::Patterns;
use crate::rule::Level;
use crate::rule::set::RuleSet;
use crate::score::{Clause, ClauseVerdict, Verdict, VerdictBasis};
use crate::standard::Element;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text from a file; may be empty.
    Text,
    /// One of a few words; empty where nothing is said.
    Word,
    /// A whole number, never empty.
    Integer,
    /// `true` or `false`, never empty.
    Flag,
    /// A day, `2026-03-02`.
    Date,
}

impl Type {
    /// Its name in the documentation.
    pub fn word(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Word => "word",
            Type::Integer => "integer",
            Type::Flag => "true or false",
            Type::Date => "date",
        }
    }
}

type Value = Box<dyn Fn(&Practice, &RuleSet) -> String>;

/// A column: its name, what it holds, and how it is read off a practice.
pub struct Column {
    /// Its name.
    pub name: String,
    /// The name of all columns of its kind: `verdict.<element>`.
    pub family: String,
    /// What its cells are.
    pub holds: Type,
    /// What it says, for the documentation.
    pub what: &'static str,
    value: Value,
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// The columns of a wide row, in order. `further` are keys of the metadata that get a column of their own.
pub fn columns(set: &RuleSet, made_by: &MadeBy, further: &[&str]) -> Vec<Column> {
    let mut columns = about_the_practice();
    columns.extend(about_the_mapping(further));
    for element in Element::JUDGED {
        columns.push(column(
            &format!("verdict.{element}"),
            "verdict.<element>",
            Type::Word,
            "`met`, `partial`, `gap`, `not-stated` or `not-applicable`; one column for each of the 17 elements",
            move |practice, _| practice.verdict(element).word().to_string(),
        ));
    }
    for element in Element::JUDGED {
        columns.push(column(
            &format!("basis.{element}"),
            "basis.<element>",
            Type::Word,
            "what the verdict rests on: a `value` of the file, evidence that is `stated`, or `inferred` from something close; \
             empty where nothing is stated",
            move |practice, _| basis(practice, element).to_string(),
        ));
    }
    for (number, block) in set.profile.blocks.iter().enumerate() {
        columns.extend(gap_columns(number, &block.block));
    }
    columns.extend(about_the_definition());
    columns.extend(counts());
    columns.extend(about_the_run(made_by));
    columns
}

fn column(
    name: &str,
    family: &str,
    holds: Type,
    what: &'static str,
    value: impl Fn(&Practice, &RuleSet) -> String + 'static,
) -> Column {
    Column {
        name: name.to_string(),
        family: family.to_string(),
        holds,
        what,
        value: Box::new(value),
    }
}

fn own(name: &str, holds: Type, what: &'static str, value: impl Fn(&Practice, &RuleSet) -> String + 'static) -> Column {
    column(name, name, holds, what, value)
}

fn about_the_practice() -> Vec<Column> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        own("id", Type::Text, "the id, if the file says one", move |own, _| {
            text(&own.id)
        }),
        own(
            "name",
            Type::Text,
            "the name in the mapping, else the title",
            move |own, _| text(&own.name),
        ),
        own("file", Type::Text, "the file, as it was named", |own, _| {
            own.source().name().to_string()
        }),
        own(
            "document",
            Type::Integer,
            "the number of the document in the file, from 1",
            |own, _| own.document.to_string(),
        ),
        own(
            "row",
            Type::Integer,
            "the row, where the file is a spreadsheet; else empty",
            |own, _| own.row().map_or(String::new(), |(_, row)| row.to_string()),
        ),
        own(
            "format",
            Type::Word,
            "the format of the file; empty for our own",
            |own, _| own.format.unwrap_or_default().to_string(),
        ),
        own(
            "country",
            Type::Text,
            "the country of the mapping, else the one that the awarding bodies share; a two-letter code where it is known",
            move |own, _| text(&own.country),
        ),
        own(
            "kind-of-practice",
            Type::Word,
            "the kind that the typology gives, or `undecided`",
            |own, set| facet::kind_of_practice(set, own).to_string(),
        ),
        own(
            "traits",
            Type::Text,
            "what stands out by the typology, with `;` between",
            |own, set| facet::traits(set, own).collect::<Vec<_>>().join(";"),
        ),
    ]
}

fn about_the_mapping(further: &[&str]) -> Vec<Column> {
    let known: Vec<String> = facet::metadata_keys().map(str::to_string).collect();
    let further = further.iter().map(|key| (*key).to_string());
    let further: Vec<String> = further.filter(|key| !known.contains(key)).collect();
    let mut columns = Vec::new();
    for (key, is_known) in known
        .iter()
        .map(|key| (key, true))
        .chain(further.iter().map(|key| (key, false)))
    {
        let family = if is_known {
            format!("practice.{key}")
        } else {
            "practice.<key>".to_string()
        };
        let what = if is_known {
            "the same key of `practice:`; a code of one of our vocabularies by its slug"
        } else {
            "a key of your own in `practice:` that `--by` or `--where` names"
        };
        let own = key.clone();
        columns.push(column(
            &format!("practice.{key}"),
            &family,
            Type::Text,
            what,
            move |practice, _| facet::metadata(practice, &own).unwrap_or_default(),
        ));
    }
    let shown: Vec<String> = known.into_iter().chain(further).collect();
    columns.push(own(
        "practice.other",
        Type::Text,
        "every other key of `practice:` as a JSON object; empty where there is none",
        move |practice, _| {
            let other = practice.metadata.iter().filter(|(key, _)| !shown.contains(key));
            let other: std::collections::BTreeMap<&String, &String> = other.map(|(key, value)| (key, value)).collect();
            match other.is_empty() {
                true => String::new(),
                false => serde_json::to_string(&other).unwrap_or_default(),
            }
        },
    ));
    columns
}

/// What a verdict rests on, as a word.
pub(super) fn basis(practice: &Practice, element: Element) -> &'static str {
    let own = practice.elements.iter().find(|own| own.element == element);
    match own.and_then(|own| own.basis) {
        Some(VerdictBasis::Value) => "value",
        Some(VerdictBasis::Stated) => "stated",
        Some(VerdictBasis::Inferred) => "inferred",
        None => "",
    }
}

/// The gap of a block: between `missing / applicable` and `(missing + open) / applicable`.
fn gap_columns(number: usize, block: &str) -> Vec<Column> {
    let gap = move |practice: &Practice| practice.gaps.get(number).map(|(_, gap)| *gap).unwrap_or_default();
    let part = |name: &str, holds: Type, what: &'static str, value: Box<dyn Fn(&Practice) -> String>| {
        let (own, family) = (format!("gap.{block}.{name}"), format!("gap.<block>.{name}"));
        column(&own, &family, holds, what, move |practice, _| value(practice))
    };
    vec![
        part(
            "missing",
            Type::Integer,
            "known to be missing, in half-weights: an element of weight 1 counts 2, a partial one misses 1. The lower end of the gap is \
             `missing / applicable`",
            Box::new(move |practice| gap(practice).missing.to_string()),
        ),
        part(
            "open",
            Type::Integer,
            "not stated, in half-weights, where the profile leaves silence open; else 0. The upper end of the gap is \
             `(missing + open) / applicable`",
            Box::new(move |practice| gap(practice).open.to_string()),
        ),
        part(
            "applicable",
            Type::Integer,
            "what applies, in half-weights; where it is 0 there is no gap to speak of",
            Box::new(move |practice| gap(practice).applicable.to_string()),
        ),
        part(
            "not-stated",
            Type::Integer,
            "not stated, in half-weights, whatever the profile makes of silence",
            Box::new(move |practice| gap(practice).silent.to_string()),
        ),
        part(
            "too-little-stated",
            Type::Flag,
            "whether under half of what applies is stated: too little to compare",
            Box::new(move |practice| gap(practice).is_thin().to_string()),
        ),
    ]
}

fn about_the_definition() -> Vec<Column> {
    let mut columns = vec![own(
        "definition",
        Type::Word,
        "`supported` where every clause is, `contradicted` where anything stated contradicts one, else `not-contradicted`",
        |practice, _| {
            let own = practice.definition.as_ref();
            own.map_or("", facet::definition_word).to_string()
        },
    )];
    let clauses = [
        (Clause::LearningOutcomes, "learning-outcomes"),
        (Clause::SmallVolume, "small-volume"),
        (Clause::Assessment, "assessment"),
        (Clause::QualityAssurance, "quality-assurance"),
    ];
    columns.extend(clauses.map(|(clause, name)| {
        column(
            &format!("definition.{name}"),
            "definition.<clause>",
            Type::Word,
            "`supported`, `contradicted` or `not-stated`; clauses: learning-outcomes, small-volume, assessment, quality-assurance",
            move |practice, _| {
                let clauses = practice.definition.iter().flat_map(|own| &own.clauses);
                let verdict = clauses.filter(|own| own.clause == clause).map(|own| own.verdict).next();
                match verdict {
                    Some(ClauseVerdict::Supported) => "supported",
                    Some(ClauseVerdict::Contradicted) => "contradicted",
                    Some(ClauseVerdict::NotStated) => "not-stated",
                    None => "",
                }
                .to_string()
            },
        )
    }));
    columns
}

fn counts() -> Vec<Column> {
    let polarities = ["strength", "weakness", "neutral"].map(|polarity| {
        let what = "how many observations have that polarity; one that says none is neutral. They are not scored";
        column(
            &format!("observations.{polarity}"),
            "observations.<polarity>",
            Type::Integer,
            what,
            move |practice, _| {
                let own = practice.observations.iter().map(|own| own.polarity.as_deref());
                let own = own.map(|own| {
                    own.filter(|own| ["strength", "weakness"].contains(own))
                        .unwrap_or("neutral")
                });
                own.filter(|own| *own == polarity).count().to_string()
            },
        )
    });
    let topics = own(
        "observations.topics",
        Type::Text,
        "what the observations are about, each topic once, with `;` between",
        |practice, set| {
            let topics = facet::Facet::named("topic").answers(set, practice);
            topics.join(";")
        },
    );
    let findings = [
        (Level::Error, "findings.errors"),
        (Level::Warning, "findings.warnings"),
        (Level::Advice, "findings.advice"),
    ];
    let findings = findings.map(|(level, name)| {
        column(
            name,
            "findings.<level>",
            Type::Integer,
            "how many findings, `errors`, `warnings` and `advice`; they do not make the score",
            move |practice, _| practice.counted().filter(|own| own.level == level).count().to_string(),
        )
    });
    let waived = column(
        "findings.waived",
        "findings.waived",
        Type::Integer,
        "how many further findings are waived; a waiver changes no verdict and no score",
        |practice, _| {
            let waived = practice.findings.iter().filter(|own| own.waived.is_some());
            waived.count().to_string()
        },
    );
    let findings = findings.into_iter().chain([waived]);
    polarities.into_iter().chain([topics]).chain(findings).collect()
}

fn about_the_run(made_by: &MadeBy) -> Vec<Column> {
    let cells = [
        ("credlint", Type::Word, "version of the program", &made_by.credlint),
        ("rules", Type::Word, "SHA-256 of the rules", &made_by.rules),
        (
            "vocabularies",
            Type::Date,
            "latest date of the vocabularies",
            &made_by.vocabularies,
        ),
        ("profile", Type::Word, "the scoring profile", &made_by.profile),
        (
            "as-of",
            Type::Date,
            "the day on which \"is this over?\" was answered",
            &made_by.as_of,
        ),
        (
            "language",
            Type::Word,
            "the language that names are taken in",
            &made_by.language,
        ),
    ];
    let column = |(name, holds, what, value): (&str, Type, &'static str, &String)| {
        let value = value.clone();
        own(&format!("made-by.{name}"), holds, what, move |_, _| value.clone())
    };
    cells.map(column).into()
}

/// One wide row per practice, as they come.
pub(super) struct Csv<'a> {
    job: Job<'a>,
    columns: Vec<Column>,
}

impl<'a> Csv<'a> {
    pub(super) fn new(job: Job<'a>) -> Csv<'a> {
        let further = job
            .by
            .iter()
            .chain(job.filter.facets())
            .filter_map(facet::Facet::metadata_key);
        let mut keys: Vec<&str> = Vec::new();
        further.for_each(|key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        });
        Csv {
            columns: columns(job.set, &job.made_by(), &keys),
            job,
        }
    }
}

impl Form for Csv<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        write_row(names.into_iter(), out);
    }

    fn practice(&mut self, practice: &Practice, _drawn: &str, out: &mut Vec<u8>) {
        if practice.state != State::Checked {
            return;
        }
        let cell = |column: &Column| {
            let value = (column.value)(practice, self.job.set);
            match column.holds {
                Type::Text | Type::Word => inert(value),
                Type::Integer | Type::Flag | Type::Date => value,
            }
        };
        let cells: Vec<String> = self.columns.iter().map(cell).collect();
        write_row(cells.iter().map(String::as_str), out);
    }

    fn end(&mut self, _end: &End<'_>, _out: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }
}

/// The columns of `patterns-csv`, and what each says.
pub const PATTERNS: [(&str, Type, &str); 11] = [
    ("by", Type::Word, "what the groups are made by, as `--by` named it"),
    (
        "group",
        Type::Text,
        "the group; empty for the practices that do not say",
    ),
    ("practices", Type::Integer, "how many practices are in the group"),
    ("about", Type::Word, "`element`, or `observation`, which is not scored"),
    ("name", Type::Text, "the element, or the topic"),
    ("value", Type::Word, "the verdict, or the polarity"),
    (
        "count",
        Type::Integer,
        "how many practices of the group have that verdict; how many observations",
    ),
    ("made-by.credlint", Type::Word, "version of the program"),
    ("made-by.rules", Type::Word, "SHA-256 of the rules"),
    ("made-by.vocabularies", Type::Date, "latest date of the vocabularies"),
    ("made-by.profile", Type::Word, "the scoring profile"),
];

/// Verdicts by group in long form.
pub(super) struct PatternsCsv<'a> {
    job: Job<'a>,
}

impl<'a> PatternsCsv<'a> {
    pub(super) fn new(job: Job<'a>) -> PatternsCsv<'a> {
        PatternsCsv { job }
    }

    fn rows(&self, patterns: &Patterns, out: &mut Vec<u8>) {
        let made_by = self.job.made_by();
        let by = inert(patterns.by.clone());
        for group in &patterns.groups {
            let (name, practices) = (
                inert(group.group.clone().unwrap_or_default()),
                group.practices.to_string(),
            );
            let mut row = |about: &str, what: &str, value: &str, count: usize| {
                let (what, count) = (inert(what.to_string()), count.to_string());
                let cells = [by.as_str(), &name, &practices, about, &what, value, &count];
                let run = [
                    &made_by.credlint,
                    &made_by.rules,
                    &made_by.vocabularies,
                    &made_by.profile,
                ];
                write_row(cells.into_iter().chain(run.map(String::as_str)), out);
            };
            for own in &group.elements {
                for verdict in Verdict::ALL {
                    row("element", own.element.slug(), verdict.word(), own.counts.get(verdict));
                }
            }
            for own in &group.observations {
                row("observation", &own.topic, "strength", own.strength);
                row("observation", &own.topic, "weakness", own.weakness);
                row("observation", &own.topic, "neutral", own.neutral);
            }
        }
    }
}

impl Form for PatternsCsv<'_> {
    fn begin(&mut self, out: &mut Vec<u8>) {
        write_row(PATTERNS.iter().map(|(name, ..)| *name), out);
    }

    fn practice(&mut self, _practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {}

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        end.patterns.iter().for_each(|patterns| self.rows(patterns, out));
        Ok(())
    }
}

/// Text that no spreadsheet takes for a formula: what begins with `=`, `+`, `-`, `@`, a tab or a line break gets an
/// apostrophe in front, and so does what begins with apostrophes before one of these, so that taking one away again
/// gives the text.
pub fn inert(text: String) -> String {
    let first = text.trim_start_matches('\'').chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text,
    }
}

fn write_row<'a>(cells: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        // A semicolon or a tab parts cells in some spreadsheets.
        if cell.contains([',', '"', '\r', '\n', ';', '\t']) {
            out.extend(format!("\"{}\"", cell.replace('"', "\"\"")).as_bytes());
        } else {
            out.extend(cell.as_bytes());
        }
    }
    out.extend(b"\r\n");
}

/// The page about the columns, in Markdown.
pub fn page(set: &RuleSet, made_by: &MadeBy) -> String {
    let mut out = String::from(
        "# Columns\n\n`credlint score --format csv` writes one row per practice that was checked, \
         `--format patterns-csv` one row per count of a group (with `--by`). Both are UTF-8 without a byte-order mark, \
         as RFC 4180 has it: commas, double quotes, lines that end in CR LF. Columns keep their names; read them \
         by name, since new ones may come between.\n\n\
         - **Counts are exact.** A gap is given by integers, in half-weights; no column is rounded. A percentage is yours to make: \
         `100 * missing / applicable`.\n\
         - **Nothing turns into a formula.** Text out of a file that begins with `=`, `+`, `-`, `@`, a tab or a line break stands \
         behind an apostrophe (`'=1+1`), and so does text that begins with apostrophes before one of these. A program takes one \
         apostrophe away where the pattern `^'+[=+\\-@\\t\\r\\n＝＋－＠]` fits. Names like `-20 °C storage` keep their meaning that way.\n\
         - **Empty means unsaid.** Integers and flags are never empty. `NA` is Namibia: tell pandas `keep_default_na=False`.\n\
         - **Say which columns are text.** Programs that guess take an `id` of digits for a number. Name every column that holds \
         text: `dtype={\"id\": str}` in pandas, `types={'id': 'VARCHAR'}` in DuckDB. Integers and flags need no help, nor do dates in \
         DuckDB; pandas parses them with `parse_dates`.\n\
         - For spreadsheets `--format xlsx` is the better road: it needs no apostrophe and no guess about separators.\n\n\
         ## `csv`\n\n`<element>` is an element by its name, `<block>` a block of the profile (`eu`: mandatory, optional, themes; \
         `mapping`: themes).\n\n| column | holds | what |\n|---|---|---|\n",
    );
    let mut said: Vec<String> = Vec::new();
    for column in columns(set, made_by, &["<key>"]) {
        if !said.contains(&column.family) {
            said.push(column.family.clone());
            out.push_str(&format!(
                "| `{}` | {} | {} |\n",
                column.family,
                column.holds.word(),
                column.what
            ));
        }
    }
    out.push_str("\n## `patterns-csv`\n\n| column | holds | what |\n|---|---|---|\n");
    for (name, holds, what) in PATTERNS {
        out.push_str(&format!("| `{name}` | {} | {what} |\n", holds.word()));
    }
    out
}
