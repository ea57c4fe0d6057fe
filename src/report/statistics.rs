//! `check --statistics`: how many findings there are of each rule, and in how many practices, instead of the findings.
//! One count for each rule is all that stays, however many files there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Summary;
use super::form::{Choice, End, Form, Job, Pen, json_text};
use super::human::Human;
use super::json::{MadeBy, RESULT_VERSION};
use crate::cli::{ReportFormat, StatisticsFormat};
use crate::finding::Finding;
use crate::fix::Fix;
use crate::language::{Language, mark};
use crate::lint::{Practice, State};
use crate::output::Planned;
use crate::rule::Level;
use crate::source::Source;

/// The counts of a run.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(
    title = "credlint statistics",
    description = "What `credlint check --statistics --format json` prints"
)]
pub struct Statistics {
    /// Version of this form; that of the result, with which it changes.
    pub version: u32,
    /// What the counts rest on.
    pub made_by: MadeBy,
    /// One entry for each rule and level with findings, the most frequent first, equal ones by their id.
    pub rules: Vec<RuleCount>,
    /// Practices with at least one finding that is not waived.
    pub practices: usize,
    /// The counts of the whole run; those of `check --format json`.
    pub summary: Summary,
}

/// The findings of one rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleCount {
    /// The rule's id.
    pub rule: String,
    /// The level of its findings.
    pub level: Level,
    /// Findings that are not waived.
    pub findings: usize,
    /// Practices with such a finding; null for findings over the catalogue or about waivers, which lie between practices.
    pub practices: Option<usize>,
    /// Findings with a fix that is safe.
    pub fixable: usize,
    /// Findings with a fix that a person must decide on.
    pub suggestions: usize,
    /// Waived findings; they are none of the above.
    pub waived: usize,
}

/// The counts in place of every report that is wanted; the error is a sentence.
pub fn planned(wanted: &[Planned<ReportFormat>]) -> Result<Vec<Planned<StatisticsFormat>>, String> {
    let format = |own: &Planned<ReportFormat>| match own.format {
        ReportFormat::Human => Ok(StatisticsFormat::Human),
        ReportFormat::Json => Ok(StatisticsFormat::Json),
        _ => Err("--statistics has the forms human and json".to_string()),
    };
    let one = |own: &Planned<ReportFormat>| {
        Ok(Planned {
            format: format(own)?,
            path: own.path.clone(),
        })
    };
    wanted.iter().map(one).collect()
}

impl Choice for StatisticsFormat {
    const DEFAULT: StatisticsFormat = StatisticsFormat::Human;

    fn of_extension(extension: &str) -> Option<StatisticsFormat> {
        match extension {
            "txt" => Some(StatisticsFormat::Human),
            "json" => Some(StatisticsFormat::Json),
            _ => None,
        }
    }

    fn is_for_people(self) -> bool {
        self == StatisticsFormat::Human
    }

    fn form<'a>(self, job: Job<'a>) -> (Box<dyn Form + 'a>, Option<Pen<'a>>) {
        let counting = Counting {
            job,
            format: self,
            counts: BTreeMap::new(),
            practices: 0,
            with_findings: 0,
        };
        (Box::new(counting), None)
    }
}

/// What is known of one rule and level.
#[derive(Default)]
struct Count {
    findings: usize,
    /// Practices, and the number of the last one that was counted.
    practices: usize,
    last: usize,
    fixable: usize,
    suggestions: usize,
    waived: usize,
    /// Found by comparing practices, or about the run.
    across: bool,
}

struct Counting<'a> {
    job: Job<'a>,
    format: StatisticsFormat,
    counts: BTreeMap<(usize, Level), Count>,
    /// Practices met, from 1, and those with findings.
    practices: usize,
    with_findings: usize,
}

impl Count {
    fn add(&mut self, finding: &Finding) {
        if finding.waived.is_some() {
            self.waived += 1;
            return;
        }
        self.findings += 1;
        match finding.fix.as_ref().map(Fix::is_safe) {
            Some(true) => self.fixable += 1,
            Some(false) => self.suggestions += 1,
            None => {}
        }
    }
}

impl Form for Counting<'_> {
    fn practice(&mut self, practice: &Practice, _drawn: &str, _out: &mut Vec<u8>) {
        self.practices += 1;
        for finding in &practice.findings {
            let count = self.counts.entry((finding.rule, finding.level)).or_default();
            count.add(finding);
            // What is said of the headings of a spreadsheet is said of no practice.
            if finding.waived.is_none() && practice.state != State::Headings && count.last != self.practices {
                count.last = self.practices;
                count.practices += 1;
            }
        }
        let own = |finding: &Finding| finding.waived.is_none();
        if practice.state != State::Headings && practice.findings.iter().any(own) {
            self.with_findings += 1;
        }
    }

    fn across(&mut self, finding: &Finding, _sources: &[Arc<Source>], _out: &mut Vec<u8>) {
        let count = self.counts.entry((finding.rule, finding.level)).or_default();
        count.across = true;
        count.add(finding);
    }

    fn end(&mut self, end: &End<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let rules = self.rules();
        match self.format {
            StatisticsFormat::Json => {
                let all = Statistics {
                    version: RESULT_VERSION,
                    made_by: self.job.made_by(),
                    rules,
                    practices: self.with_findings,
                    summary: end.summary.clone(),
                };
                out.extend((json_text(&all) + "\n").as_bytes());
            }
            StatisticsFormat::Human => {
                if !rules.is_empty() {
                    out.extend((self.table(&rules) + "\n").as_bytes());
                }
                let Job {
                    set, style, options, ..
                } = self.job;
                out.extend(Human::new(set, style, options.language).closing(end.summary).as_bytes());
            }
        }
        Ok(())
    }
}

const HEADS: [&str; 5] = [
    mark("findings"),
    mark("practices"),
    mark("fixable"),
    mark("waived"),
    mark("level"),
];

impl Counting<'_> {
    fn rules(&self) -> Vec<RuleCount> {
        let row = |((rule, level), count): (&(usize, Level), &Count)| RuleCount {
            rule: self.job.set.rules[*rule].id.clone(),
            level: *level,
            findings: count.findings,
            practices: (!count.across).then_some(count.practices),
            fixable: count.fixable,
            suggestions: count.suggestions,
            waived: count.waived,
        };
        let mut rules: Vec<RuleCount> = self.counts.iter().map(row).collect();
        rules.sort_by(|a, b| {
            let key = |own: &RuleCount| (Reverse(own.findings), Reverse(own.waived));
            key(a)
                .cmp(&key(b))
                .then_with(|| (&a.rule, a.level).cmp(&(&b.rule, b.level)))
        });
        rules
    }

    fn table(&self, rules: &[RuleCount]) -> String {
        let l = self.job.options.language;
        let sum = |of: fn(&RuleCount) -> usize| rules.iter().map(of).sum::<usize>();
        let total = RuleCount {
            rule: l.plural(rules.len(), "{n} rule in all", "{n} rules in all"),
            level: Level::Advice,
            findings: sum(|own| own.findings),
            practices: Some(self.with_findings),
            fixable: sum(|own| own.fixable),
            suggestions: sum(|own| own.suggestions),
            waived: sum(|own| own.waived),
        };
        if self.job.style.plain {
            let lines = rules.iter().map(|own| (own, true)).chain([(&total, false)]);
            return lines.map(|(own, level)| in_words(own, level, l)).collect();
        }
        // A column that would be empty but for its heading is left out.
        let columns: Vec<usize> = [true, true, total.fixable > 0, total.waived > 0, true]
            .iter()
            .enumerate()
            .filter_map(|(number, shown)| shown.then_some(number))
            .collect();
        let cells = |own: &RuleCount, level: String| {
            let practices = own.practices.map_or("–".to_string(), |n| n.to_string());
            let cells = [
                own.findings.to_string(),
                practices,
                own.fixable.to_string(),
                own.waived.to_string(),
                level,
            ];
            (cells, own.rule.clone())
        };
        let heads = (HEADS.map(|head| l.tr(head).into_owned()), l.tr("rule").into_owned());
        let of_rules = rules.iter().map(|own| cells(own, l.tr(own.level.word()).into_owned()));
        let rows: Vec<([String; 5], String)> = std::iter::once(heads)
            .chain(of_rules)
            .chain([cells(&total, String::new())])
            .collect();
        let widths: Vec<usize> = (0..HEADS.len())
            .map(|column| rows.iter().map(|(cells, _)| cells[column].width()).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        for (number, (cells, name)) in rows.iter().enumerate() {
            for column in &columns {
                let cell = &cells[*column];
                let gap = " ".repeat(widths[*column] - cell.width());
                let _ = match column {
                    4 => write!(out, "{}{gap}  ", self.coloured(number, rules, cell)),
                    _ => write!(out, "{gap}{cell}  "),
                };
            }
            let _ = writeln!(out, "{name}");
        }
        out
    }

    /// The level of a row behind the headings in the colour that it has everywhere.
    fn coloured(&self, row: usize, rules: &[RuleCount], word: &str) -> String {
        let level = row.checked_sub(1).and_then(|row| rules.get(row)).map(|own| own.level);
        let code = match level {
            Some(Level::Error) => "31",
            Some(Level::Warning) => "33",
            Some(Level::Advice) => "36",
            None => return word.to_string(),
        };
        if self.job.style.colour {
            format!("\x1b[{code}m{word}\x1b[0m")
        } else {
            word.to_string()
        }
    }
}

/// `workload/missing (error): 3 findings in 2 practices, 1 fixable`.
fn in_words(own: &RuleCount, level: bool, l: Language) -> String {
    let findings = l.plural(own.findings, "{n} finding", "{n} findings");
    let mut parts = vec![match own.practices {
        None => findings,
        Some(n) => {
            let practices = l.plural(n, "in {n} practice", "in {n} practices");
            format!("{findings} {practices}")
        }
    }];
    if own.fixable > 0 {
        parts.push(l.fill("{n} fixable", &[("n", &own.fixable)]));
    }
    if own.waived > 0 {
        parts.push(l.fill("{n} waived", &[("n", &own.waived)]));
    }
    let level = match level {
        true => format!(" ({})", l.tr(own.level.word())),
        false => String::new(),
    };
    format!("{}{level}: {}\n", own.rule, parts.join(", "))
}
