//! Tests of rules: fixtures beside them, named by the rule's id.
//!
//! `fixtures/rules/<element>/<problem>/{good,bad,not-applicable}.yaml`, each a stream of small descriptors. On a bad
//! line stands `#~ <id>`; where it stands is where the finding must point. A document in another format stands there as
//! YAML, which has the same keys and room for the marks; `# --format-in NAME` as the first line says what the input is.
//!
//! For a rule about spreadsheets the file is one case, `good.csv` or `good.xlsx`, if need be with a mapping beside it; the
//! mark stands in a column of its own, whose heading begins with `x-`.
//!
//! Where a rule offers a fix, `fixed.yaml` is what becomes of `bad.yaml` when that rule alone mends what it can, its
//! suggestions included.
//!
//! For a rule over a catalogue one stream is one catalogue and one case, each document a file of it, and the mark stands
//! on the line of *every* place of a finding, so that each file concerned is tested. What does not belong together in a
//! stream has ids, titles and bodies of its own.
//!
//! Words for what goes wrong: *Noisy* (spoke on good), *Missing* (silent where a mark stands), *Misplaced* (spoke on
//! another line), *Idle* (a good case on which the rule never ran), *Unfixed* (the outcome of its fix is another),
//! *Untested* (no case at all).

use std::path::Path;
use std::sync::Arc;

use crate::descriptor::{mapped, native};
use crate::lint::catalogue::catalogue_of;
use crate::lint::{FormatIn, Options, Practice, Presence, lint_source};
use crate::profile::{EvidencePolicy, LevelOrOff, Silence};
use crate::rule::Phase;
use crate::rule::set::RuleSet;
use crate::sheet::Mapping;
use crate::source::Source;

/// What one rule's cases came to.
#[derive(Debug)]
pub struct RuleResult {
    /// The rule.
    pub id: String,
    /// Cases run.
    pub cases: usize,
    /// What went wrong, in words.
    pub failures: Vec<String>,
}

/// A set in which every rule reports, whatever the profile says, so that every rule can be tested.
pub fn open_set(set: &mut RuleSet) {
    set.profile.levels.retain(|line| line.level != LevelOrOff::Off);
    set.profile.evidence = EvidencePolicy::Scores;
    set.profile.silence = Silence::Unknown;
    set.levels = set.rules.iter().map(|rule| Some(rule.file.level)).collect();
}

/// Runs the cases of one rule.
pub fn run(set: &RuleSet, options: &Options, index: usize, fixtures: &Path) -> RuleResult {
    let rule = &set.rules[index];
    let folder = fixtures.join(&rule.id);
    let mut result = RuleResult {
        id: rule.id.clone(),
        cases: 0,
        failures: Vec::new(),
    };
    let mut bad_seen = false;
    let has_when = rule.file.when.is_some();
    for kind in ["good", "bad", "not-applicable"] {
        let Some((path, bytes)) = find(&folder, kind) else {
            continue;
        };
        let cases = run_file(set, options, index, &path, bytes);
        result.cases += cases.len();
        bad_seen |= kind == "bad";
        for case in cases {
            case.judge(kind, rule.is_reported(), &mut result.failures);
        }
    }
    let need = |kind: &str| find(&folder, kind).is_none();
    if need("good") {
        result.failures.push(format!(
            "Untested: no passing case; add {}",
            folder.join("good.yaml").display()
        ));
    }
    if !bad_seen {
        result.failures.push(format!(
            "Untested: no failing case; add {}",
            folder.join("bad.yaml").display()
        ));
    }
    if rule.fixer.is_some() {
        result.failures.extend(unfixed(set, options, index, &folder));
    }
    if has_when && need("not-applicable") {
        result.failures.push(format!(
            "Untested: the rule has `when` but no such case; add {}",
            folder.join("not-applicable.yaml").display()
        ));
    }
    result
}

/// What becomes of the failing cases of a rule when it mends what it can; nothing where there are none.
pub fn fixed(set: &RuleSet, options: &Options, index: usize, folder: &Path) -> Option<String> {
    let (name, bytes) = find(folder, "bad")?;
    let source = Arc::new(Source::new(name, String::from_utf8(bytes).ok()?));
    let practices = lint_source(set, options, &source, Presence::Named);
    let own = practices.iter().flat_map(|practice| &practice.findings);
    let fixes = own
        .filter(|finding| finding.rule == index)
        .filter_map(|finding| finding.fix.as_ref());
    Some(crate::fix::apply(source.text(), fixes).0)
}

/// What is wrong with the stated outcome of a rule's fix.
fn unfixed(set: &RuleSet, options: &Options, index: usize, folder: &Path) -> Option<String> {
    let path = folder.join("fixed.yaml");
    let is = fixed(set, options, index, folder)?;
    let bad = find(folder, "bad").and_then(|(_, bytes)| String::from_utf8(bytes).ok());
    if bad.as_ref() == Some(&is) {
        return Some(format!(
            "Unfixed: the rule offers a fix, and mends nothing in {}",
            folder.join("bad.yaml").display()
        ));
    }
    let Some((_, stated)) = find(folder, "fixed") else {
        return Some(format!(
            "Untested: the rule offers a fix; state its outcome in {}",
            path.display()
        ));
    };
    let stated = String::from_utf8_lossy(&stated).into_owned();
    let differs = |(number, (stated, is)): (usize, (&str, &str))| (stated != is).then_some(number + 1);
    let line = stated.lines().zip(is.lines()).enumerate().find_map(differs);
    let line = line.unwrap_or_else(|| stated.lines().count().min(is.lines().count()) + 1);
    (stated != is).then(|| {
        format!(
            "Unfixed: {}, line {line} is not what the fix makes of it",
            path.display()
        )
    })
}

fn find(folder: &Path, kind: &str) -> Option<(String, Vec<u8>)> {
    ["yaml", "csv", "xlsx"].iter().find_map(|extension| {
        let path = folder.join(format!("{kind}.{extension}"));
        let bytes = std::fs::read(&path).ok()?;
        Some((path.display().to_string(), bytes))
    })
}

struct Case {
    name: String,
    ran: bool,
    marks: Vec<u32>,
    lines: Vec<u32>,
}

fn run_file(set: &RuleSet, options: &Options, index: usize, name: &str, bytes: Vec<u8>) -> Vec<Case> {
    if crate::sheet::is_named_so(name) {
        return vec![sheet_case(set, options, index, name, &bytes)];
    }
    let valid_up_to = std::str::from_utf8(&bytes).err().map(|error| error.valid_up_to());
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let id = &set.rules[index].id;
    let mark = format!("#~ {id}");
    let marks: Vec<u32> = (1u32..)
        .zip(text.lines())
        .flat_map(|(number, line)| {
            line.match_indices(&mark)
                .filter(|(at, _)| line[at + mark.len()..].chars().next().is_none_or(char::is_whitespace))
                .map(move |_| number)
                .collect::<Vec<_>>()
        })
        .collect();
    let source = Arc::new(Source::new(name, text));
    let said = source
        .text()
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# --format-in "));
    let options = &Options {
        format_in: said.and_then(FormatIn::named).or(options.format_in),
        ..options.clone()
    };
    if set.rules[index].across().is_some() {
        return vec![catalogue_case(set, options, index, &source, marks)];
    }
    let practices = match valid_up_to {
        Some(offset) => vec![crate::lint::not_utf8(set, options, source.clone(), offset)],
        None => lint_source(set, options, &source, Presence::Named),
    };
    let starts = document_starts(&source, practices.len());
    let inside =
        |number: usize, line: u32| starts[number] <= line && starts.get(number + 1).is_none_or(|next| line < *next);
    let reaches =
        |practice: &Practice| set.rules[index].is_reported() || runs(set, options, index, &source, practice.document);
    practices
        .iter()
        .enumerate()
        .map(|(number, practice)| Case {
            name: format!("{name}, case {}", number + 1),
            ran: reaches(practice),
            marks: marks.iter().copied().filter(|line| inside(number, *line)).collect(),
            lines: practice
                .findings
                .iter()
                .filter(|finding| finding.rule == index)
                .map(|finding| source.position(finding.primary.span.start).line)
                .collect(),
        })
        .collect()
}

fn sheet_case(set: &RuleSet, options: &Options, index: usize, name: &str, bytes: &[u8]) -> Case {
    let beside = Path::new(name).with_extension(crate::sheet::MAPPING_SUFFIX.trim_start_matches('.'));
    let mapping = std::fs::read_to_string(&beside).ok();
    let mapping = mapping.map(|text| Mapping::parse(&Arc::new(Source::new(beside.display().to_string(), text))));
    let wrong = mapping.as_ref().and_then(|mapping| mapping.as_ref().err());
    let wrong = wrong.map(|error| format!(", mapping: {error}")).unwrap_or_default();
    let source = Arc::new(crate::sheet::read(name, bytes, mapping.and_then(Result::ok).as_ref()));
    let practices = lint_source(set, options, &source, Presence::Named);
    let findings = practices.iter().flat_map(|practice| &practice.findings);
    let own = findings.filter(|finding| finding.rule == index);
    Case {
        name: format!("{name}{wrong}"),
        ran: true,
        marks: crate::sheet::rows_with(bytes, &format!("#~ {}", set.rules[index].id)),
        lines: own
            .map(|finding| source.position(finding.primary.span.start).line)
            .collect(),
    }
}

fn catalogue_case(set: &RuleSet, options: &Options, index: usize, source: &Arc<Source>, marks: Vec<u32>) -> Case {
    let catalogue = catalogue_of(set, options, source);
    let own = catalogue.findings.iter().map(|found| &found.finding);
    let places = own
        .filter(|finding| finding.rule == index)
        .flat_map(|finding| std::iter::once(&finding.primary).chain(&finding.others));
    let mut lines: Vec<u32> = places.map(|label| source.position(label.span.start).line).collect();
    lines.sort_unstable();
    lines.dedup();
    Case {
        name: source.name().to_string(),
        ran: catalogue.looked.contains(&index),
        marks,
        lines,
    }
}

/// The first line of each document: behind its `---`.
fn document_starts(source: &Source, count: usize) -> Vec<u32> {
    let breaks = (1u32..)
        .zip(source.text().lines())
        .filter(|(_, line)| *line == "---" || line.starts_with("--- "))
        .map(|(number, _)| number + 1);
    let mut starts: Vec<u32> = breaks.collect();
    // A stream may or may not open with `---`.
    if starts.len() < count || !source.text().trim_start().starts_with("---") {
        starts.insert(0, 1);
    }
    if starts.len() > 1 && starts.len() > count {
        starts.remove(0);
    }
    starts.resize(count.max(1), u32::MAX);
    starts
}

/// Whether the rule looked at anything in the document.
fn runs(set: &RuleSet, options: &Options, index: usize, source: &Arc<Source>, document: usize) -> bool {
    use crate::check::{Clock, Context};
    use crate::rule::Outcome;
    let trees = crate::tree::parse(source.text());
    let Some(tree) = trees.get(document - 1) else {
        return false;
    };
    let others = mapped::Document::all(tree, None);
    let descriptor = match others.first() {
        Some(other) => other.read(other.records[0], &set.placeholders),
        None => native::read(tree, tree.root, &set.native, &set.placeholders),
    };
    let phase = descriptor
        .origin()
        .map_or(Phase::Descriptor, |origin| origin.format.phase);
    if !set.rules[index].file.phase.includes(phase) {
        return false;
    }
    let statements = set.elements.statements(&descriptor);
    let clock = Clock::new(options.as_of);
    let context = Context {
        language: options.language,
        elements: &set.elements,
        descriptor: &descriptor,
        clock: &clock,
        element: set.rules[index].file.element,
        statements: &statements,
        verdicts: None,
    };
    matches!(
        set.rules[index].evaluate(&context),
        Outcome::Passed | Outcome::Failed(_)
    )
}

impl Case {
    fn judge(self, kind: &str, reported: bool, failures: &mut Vec<String>) {
        let Case {
            name,
            ran,
            marks,
            lines,
        } = self;
        match kind {
            "bad" => {
                if marks.is_empty() {
                    failures.push(format!("Unmarked: {name} has no `#~` on the line that is wrong"));
                }
                for line in marks.iter().filter(|line| !lines.contains(line)) {
                    failures.push(format!("Missing: {name}, nothing is said of line {line}"));
                }
                for line in lines.iter().filter(|line| !marks.contains(line)) {
                    failures.push(format!(
                        "Misplaced: {name} speaks of line {line}, which carries no mark"
                    ));
                }
            }
            _ => {
                failures.extend(lines.iter().map(|line| format!("Noisy: {name} speaks of line {line}")));
                if kind == "good" && !ran && !reported {
                    failures.push(format!(
                        "Idle: {name}, the rule never looks at it, so it proves nothing"
                    ));
                }
                if kind == "not-applicable" && ran {
                    failures.push(format!("Applied: {name}, the rule does apply to it"));
                }
            }
        }
    }
}
