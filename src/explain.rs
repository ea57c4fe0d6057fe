//! The text of one rule: `explain ID`, and its section in the generated reference.

use crate::language::{Language, mark};
use crate::pack;
use crate::report::footer;
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Phase, Rule, placeholders};

/// What the effect costs, in words.
fn cost(effect: Effect) -> &'static str {
    match effect {
        Effect::None => mark("costs nothing"),
        Effect::Partial => mark("costs half of the element"),
        Effect::Gap => mark("costs the whole element"),
    }
}

/// A text of a rule without its values: `{of} hours` → `… hours`.
pub fn without_values(text: &str) -> String {
    let mut out = text.to_string();
    // What is only said when there is something to say is left out.
    while let (Some(start), Some(end)) = (out.find("[["), out.find("]]")) {
        out.replace_range(start..(end + 2).max(start), "");
    }
    let names: Vec<String> = placeholders(&out).iter().map(|name| format!("{{{name}}}")).collect();
    names.iter().fold(out, |text, name| text.replace(name, "…"))
}

/// What is said of a rule, before it is laid out.
#[derive(Debug)]
pub struct RuleText {
    /// Level, cost and age in one line.
    pub standing: String,
    /// What is wrong.
    pub message: String,
    /// What, why, when not, how to fix, on whose word; each with its label.
    pub parts: Vec<(String, String)>,
    /// A bad and a good example, each with its label.
    pub examples: Vec<(String, String)>,
}

/// What is said of a rule.
pub fn text(set: &RuleSet, index: usize, language: Language) -> RuleText {
    let rule = &set.rules[index];
    let file = &rule.file;
    let own = language.tr(file.level.word());
    let profile: &dyn std::fmt::Display = &set.profile.name();
    let level = match set.levels[index] {
        Some(level) if level == file.level => own.into_owned(),
        Some(level) => language.fill(
            "{level} ({other} under profile {profile})",
            &[
                ("level", &own),
                ("other", &language.tr(level.word())),
                ("profile", profile),
            ],
        ),
        None => language.fill(
            "{level} (off under profile {profile})",
            &[("level", &own), ("profile", profile)],
        ),
    };
    let phase = match file.phase {
        Phase::Always => String::new(),
        Phase::Descriptor => format!(" · {}", language.tr("descriptors")),
        Phase::Issued => format!(" · {}", language.tr("issued credentials")),
        Phase::Catalogue => format!(" · {}", language.tr("catalogues")),
    };
    let since = language.fill("since {version}", &[("version", &file.since)]);
    let not = rule
        .otherwise(language)
        .map(|otherwise| language.fill("when {reason}", &[("reason", &otherwise)]));
    let parts = [
        (mark("What"), Some(what(rule, language))),
        (mark("Why"), Some(without_values(rule.why(language)))),
        (mark("Not"), not),
        (mark("Fix"), Some(without_values(rule.help(language)))),
        (mark("Edit"), edit(rule, language)),
        (mark("From"), Some(from(set, rule, language))),
    ];
    let example = pack::current().examples.iter().find(|(id, ..)| *id == rule.id);
    let examples = example.map_or([("", ""), ("", "")], |(_, bad, good)| {
        [(mark("Bad"), *bad), (mark("Good"), *good)]
    });
    RuleText {
        standing: format!("{level} · {} · {since}{phase}", language.tr(cost(file.effect))),
        message: without_values(rule.message(language)),
        parts: parts
            .into_iter()
            .filter_map(|(label, text)| Some((language.tr(label).into_owned(), text?)))
            .collect(),
        // Examples are as long as they need to be; a file of a thousand brackets is none.
        examples: examples
            .iter()
            .filter(|(_, example)| !example.is_empty() && example.lines().all(|line| line.len() < 120))
            .map(|(label, example)| (language.tr(label).into_owned(), (*example).to_string()))
            .collect(),
    }
}

/// The text of one rule for a terminal.
pub fn rule(set: &RuleSet, index: usize, language: Language, width: usize) -> String {
    let text = text(set, index, language);
    let mut out = format!("{} · {}\n", set.rules[index].id, text.standing);
    out.push_str(&footer("", &text.message, width, 0));
    out.push('\n');
    let widest = text
        .parts
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0);
    for (label, part) in &text.parts {
        out.push_str(&footer(&format!("{label:widest$}  "), part, width, 0));
    }
    for (label, example) in &text.examples {
        out.push_str(&format!("\n{label}\n"));
        example
            .lines()
            .for_each(|line| out.push_str(&format!("      {line}\n")));
    }
    out
}

/// What a rule looks at and how.
fn what(rule: &Rule, language: Language) -> String {
    let given = match &rule.file.given {
        Some(path) => format!("`{path}`"),
        None if rule.across().is_some() => language.tr("all descriptors of a catalogue").into_owned(),
        None => language.fill("the element {element}", &[("element", &rule.file.element)]),
    };
    let kind = rule.kind();
    language.fill(
        "looks at {given} by the check `{kind}`: {summary}",
        &[
            ("given", &given),
            ("kind", &kind.name),
            ("summary", &language.tr(kind.summary)),
        ],
    )
}

/// What `check --fix` does about it.
fn edit(rule: &Rule, language: Language) -> Option<String> {
    let kind = rule.fixer.as_ref()?.kind();
    let values: [(&str, &dyn std::fmt::Display); 2] = [("kind", &kind.name), ("summary", &language.tr(kind.summary))];
    Some(language.fill("`check --fix` or an editor offers `{kind}`: {summary}", &values))
}

/// The authority in one line.
pub fn from(set: &RuleSet, rule: &Rule, language: Language) -> String {
    let authority = &rule.file.authority;
    format!(
        "{}, {} ({})",
        set.authority_title(&authority.source),
        authority.locator,
        language.tr(authority.relation.word())
    )
}
