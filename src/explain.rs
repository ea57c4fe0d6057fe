//! The text of one rule: `explain ID`, and its section in the generated reference.

use crate::pack;
use crate::report::footer;
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Localized, Phase, Rule};

/// What the effect costs, in words.
fn cost(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "costs nothing",
        Effect::Partial => "costs half of the element",
        Effect::Gap => "costs the whole element",
    }
}

/// A text of a rule without its values: `{of} hours` → `… hours`.
pub fn without_values(text: &Localized, language: &str) -> String {
    let mut text = text.get(language).to_string();
    // What is only said when there is something to say is left out.
    while let (Some(start), Some(end)) = (text.find("[["), text.find("]]")) {
        text.replace_range(start..(end + 2).max(start), "");
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('{') {
        let name = rest[start + 1..].split('}').next().unwrap_or_default();
        let placeholder = !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
        out.push_str(&rest[..start]);
        out.push_str(if placeholder { "…" } else { "{" });
        rest = if placeholder {
            &rest[start + name.len() + 2..]
        } else {
            &rest[start + 1..]
        };
    }
    out.push_str(rest);
    out
}

/// The text of one rule for a terminal.
pub fn rule(set: &RuleSet, index: usize, language: &str, width: usize) -> String {
    let rule = &set.rules[index];
    let file = &rule.file;
    let level = match set.levels[index] {
        Some(level) if level == file.level => level.word().to_string(),
        Some(level) => format!(
            "{} ({} under profile {})",
            file.level.word(),
            level.word(),
            set.profile.name()
        ),
        None => format!("{} (off under profile {})", file.level.word(), set.profile.name()),
    };
    let phase = match file.phase {
        Phase::Descriptor => "",
        Phase::Issued => " · issued credentials",
        Phase::Catalogue => " · catalogues",
    };
    let mut out = format!(
        "{} · {level} · {} · since {}{phase}\n",
        rule.id,
        cost(file.effect),
        file.since
    );
    out.push_str(&footer("", &without_values(&file.message, language), width, 0));
    out.push('\n');
    out.push_str(&footer("What  ", &what(rule), width, 0));
    out.push_str(&footer("Why   ", &without_values(&file.why, language), width, 0));
    if let Some(when) = &file.when {
        out.push_str(&footer(
            "Not   ",
            &format!("when {}", when.otherwise.get(language)),
            width,
            0,
        ));
    }
    out.push_str(&footer("Fix   ", &without_values(&file.help, language), width, 0));
    out.push_str(&footer("From  ", &from(set, rule), width, 0));
    if let Some((_, bad, good)) = pack::EXAMPLES.iter().find(|(id, ..)| *id == rule.id) {
        for (label, example) in [("Bad", bad), ("Good", good)] {
            // Examples are as long as they need to be; a file of a thousand brackets is none.
            if !example.is_empty() && example.lines().all(|line| line.len() < 120) {
                out.push_str(&format!("\n{label}\n"));
                example
                    .lines()
                    .for_each(|line| out.push_str(&format!("      {line}\n")));
            }
        }
    }
    out
}

/// What a rule looks at and how.
fn what(rule: &Rule) -> String {
    let given = match &rule.file.given {
        Some(path) => format!("`{path}`"),
        None => format!("the element {}", rule.file.element),
    };
    let kind = rule.kind();
    format!("looks at {given} by the check `{}`: {}", kind.name, kind.summary)
}

/// The authority in one line.
pub fn from(set: &RuleSet, rule: &Rule) -> String {
    let authority = &rule.file.authority;
    format!(
        "{}, {} ({})",
        set.authority_title(&authority.source),
        authority.locator,
        authority.relation.word()
    )
}
