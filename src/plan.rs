//! `plan`: the shortest list of additions that reaches the profile, ordered by the gap that each closes.
//!
//! Nothing is invented: a step says what to state and offers a form to paste, in which `…` is for the user to fill.

use crate::elements::{ElementInfo, placed};
use crate::language::Language;
use crate::lint::Practice;
use crate::profile::Silence;
use crate::report::footer;
use crate::report::human::{because_words, gap_words};
use crate::rule::set::RuleSet;
use crate::score::{Because, Definition, ElementVerdict, Verdict, VerdictBasis, count};
use crate::standard::Element;

/// Why a step is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Known to be missing or short.
    Known,
    /// Inferred to be missing or short.
    Inferred,
    /// Nobody has said, and the profile leaves silence open.
    Open,
}

/// One addition.
#[derive(Debug)]
pub struct Step<'a> {
    /// The element to mend.
    pub element: Element,
    /// What the table says of it.
    pub info: &'a ElementInfo,
    /// Half-weights that it closes.
    pub closes: u32,
    /// Why it is on the list.
    pub standing: Standing,
    /// The verdict to be mended.
    pub verdict: &'a ElementVerdict,
}

/// The steps for the headline block: known first, then inferred, then open; within them the largest first, in the
/// standard's order.
pub fn steps<'a>(set: &'a RuleSet, practice: &'a Practice) -> Vec<Step<'a>> {
    let block = set.profile.headline();
    let step = |element: &Element| {
        let verdict = practice.elements.iter().find(|verdict| verdict.element == *element)?;
        let weight = block.weights.get(element).copied().unwrap_or(1);
        let silent_is_open = set.profile.silence == Silence::Unknown;
        let (closes, standing) = match verdict.verdict {
            Verdict::Met | Verdict::NotApplicable => return None,
            Verdict::NotStated if silent_is_open => (2 * weight, Standing::Open),
            Verdict::Gap | Verdict::NotStated => (2 * weight, Standing::Known),
            Verdict::Partial => (weight, Standing::Known),
        };
        let inferred = verdict.basis == Some(VerdictBasis::Inferred);
        let standing = if inferred { Standing::Inferred } else { standing };
        Some(Step {
            element: *element,
            info: set.elements.info(*element)?,
            closes,
            standing,
            verdict,
        })
    };
    let mut steps: Vec<Step<'a>> = block.elements.iter().filter_map(step).collect();
    steps.sort_by_key(|step| (step.standing, std::cmp::Reverse(step.closes)));
    steps
}

/// The plan of one practice as text.
pub fn text(set: &RuleSet, practice: &Practice, language: Language, width: usize) -> String {
    let title = practice
        .name
        .clone()
        .or_else(|| practice.id.clone())
        .unwrap_or_else(|| practice.source().name().to_string());
    let gap = practice
        .gaps
        .first()
        .map(|(_, gap)| gap_words(*gap, None, language))
        .unwrap_or_default();
    let mut out = footer(
        "",
        &language.fill(
            "{title}: gap {gap}, profile {profile}",
            &[("title", &title), ("gap", &gap), ("profile", &set.profile.name())],
        ),
        width,
        0,
    );
    let steps = steps(set, practice);
    if steps.is_empty() {
        return out + "  " + &language.tr("nothing is left to state") + "\n";
    }
    for (number, step) in steps.iter().enumerate() {
        out.push_str(&format!(
            "\n{}",
            footer(
                &format!("{:>3}  ", number + 1),
                &words(set, practice, step, language),
                width,
                0
            )
        ));
        if let Some(caution) = step.info.caution(language) {
            out.push_str(&footer("", caution, width, 5));
        }
        match shortcoming(set, practice, step) {
            // What is there is to be mended, not to be written anew.
            Some(help) => out.push_str(&footer("", help, width, 5)),
            None => {
                let snippet = with_values(step.info.snippet(language), &practice.known);
                snippet
                    .lines()
                    .for_each(|line| out.push_str(&format!("         {line}\n")));
            }
        }
    }
    out
}

/// A snippet with the user's own values. An item with `*` in a path is repeated for each item of that list; inside a
/// value, `*` stands for all of them.
fn with_values(snippet: &str, known: &[(String, String)]) -> String {
    let lines: Vec<&str> = snippet.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut out, mut at) = (String::new(), 0);
    while at < lines.len() {
        let line = lines[at];
        let length = if line.trim_start().starts_with("- ") {
            1 + lines[at + 1..]
                .iter()
                .take_while(|next| indent(next) > indent(line))
                .count()
        } else {
            1
        };
        let block = lines[at..at + length].join("\n") + "\n";
        let list = placed(&block)
            .filter(|path| !block.contains(&format!("[{{{path}}}]")))
            .find_map(|path| path.split_once("/*/"))
            .filter(|_| length > 1 || line.contains("- "));
        let count = list.map_or(0, |(list, _)| items(list, known));
        match count {
            0 => out.push_str(&filled(&block, None, known)),
            _ => (0..count).for_each(|number| out.push_str(&filled(&block, Some(number), known))),
        }
        at += length;
    }
    out
}

/// How many items of a list have a known value.
fn items(list: &str, known: &[(String, String)]) -> usize {
    let number = |path: &str| {
        path.strip_prefix(list)?
            .strip_prefix('/')?
            .split('/')
            .next()?
            .parse::<usize>()
            .ok()
    };
    known
        .iter()
        .filter_map(|(path, _)| number(path))
        .max()
        .map_or(0, |last| last + 1)
}

fn filled(block: &str, number: Option<usize>, known: &[(String, String)]) -> String {
    let mut out = block.to_string();
    for path in placed(block) {
        let all = || {
            let (list, key) = path.split_once("/*/").unwrap_or((path, ""));
            let own = |known: &&(String, String)| known.0.starts_with(list) && known.0.ends_with(&format!("/{key}"));
            known
                .iter()
                .filter(own)
                .map(|(_, value)| plain(value))
                .collect::<Vec<_>>()
                .join(", ")
        };
        // In brackets every item is meant, on a line of its own the one that the line is about.
        let value = if block.contains(&format!("[{{{path}}}]")) {
            all()
        } else {
            let wanted = number.map_or(path.to_string(), |number| path.replacen('*', &number.to_string(), 1));
            known
                .iter()
                .find(|(own, _)| *own == wanted)
                .map(|(_, value)| plain(value))
                .unwrap_or_default()
        };
        let value = if value.is_empty() { "…".to_string() } else { value };
        out = out.replace(&format!("{{{path}}}"), &value);
    }
    out
}

/// A value as YAML on one line.
fn plain(value: &str) -> String {
    let risky = value.contains(": ")
        || value.contains(" #")
        || value.contains([',', '[', ']', '{', '}', '"', '\n'])
        || value.starts_with(|c: char| !c.is_alphanumeric())
        || value.ends_with(':')
        || crate::number::parse(value).is_some();
    if risky {
        serde_json::Value::from(value).to_string()
    } else {
        value.to_string()
    }
}

/// The way out of the rule that found the element short, if one did.
fn shortcoming<'a>(set: &RuleSet, practice: &'a Practice, step: &Step<'_>) -> Option<&'a str> {
    let rules = step.verdict.because.iter().filter_map(|because| match because {
        Because::Rule(id) => set.get(id).map(|(index, _)| index),
        _ => None,
    });
    let mut helps = rules.filter_map(|index| practice.findings.iter().find(|finding| finding.rule == index));
    helps.next().map(|finding| finding.help.as_str())
}

fn words(set: &RuleSet, practice: &Practice, step: &Step<'_>, language: Language) -> String {
    let name = set.elements.name(step.element, language);
    let worth = match step.standing {
        Standing::Open => language.tr("nobody has said; stating it narrows the gap").into_owned(),
        Standing::Known => language.fill("closes {n}", &[("n", &count(step.closes))]),
        Standing::Inferred => language.fill("closes {n}, inferred", &[("n", &count(step.closes))]),
    };
    let contradicted = practice.definition.as_ref().is_some_and(Definition::is_contradicted);
    if step.element == Element::Labelling && contradicted {
        return language.fill(
            "{element}: something stated contradicts the definition, so the label is not suggested ({worth})",
            &[("element", &name), ("worth", &worth)],
        );
    }
    let because = step
        .verdict
        .because
        .iter()
        .filter(|because| !matches!(because, Because::Value(text) if text == "stated"));
    let because: Vec<String> = because.map(|because| because_words(because, language)).collect();
    let mend = language.tr("mend what is there");
    let ask = match shortcoming(set, practice, step) {
        Some(_) => mend.as_ref(),
        None => step.info.ask(language),
    };
    let now = if because.is_empty() {
        String::new()
    } else {
        language.fill("; now: {reasons}", &[("reasons", &because.join("; "))])
    };
    format!("{name}: {ask} ({worth}){now}")
}
