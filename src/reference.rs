//! The reference, written from the data: a page for each element, family of rules, profile, format, check and fix kind and
//! vocabulary, in Markdown and in any language. `explain` prints them; `docs/` holds the English ones (test `docs`).

mod format;

use std::fmt::Write as _;

use rustc_hash::FxHashSet;

use crate::check::{KINDS, KindInfo};
use crate::descriptor::mapped::{Format, formats};
use crate::elements::ElementInfo;
use crate::explain;
use crate::fix;
use crate::language::{Language, mark};
use crate::pack;
use crate::profile::{EvidencePolicy, LevelOrOff, Silence};
use crate::rule::set::{RuleSet, profile_names};
use crate::standard::{Element, Obligation};
use crate::vocabulary::Vocabulary;

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// An element, or a family of rules that is about the file: the first half of their ids.
    Family(&'static str),
    /// A profile.
    Profile(&'static str),
    /// A format of others.
    Format(&'static Format),
    /// A check kind.
    Check(&'static KindInfo),
    /// A fix kind.
    Fix(&'static fix::KindInfo),
    /// A vocabulary.
    Vocabulary(&'static Vocabulary),
}

/// Families of rules that are about the file or the run, not about an element.
const FAMILIES: [&str; 7] = ["yaml", "shape", "evidence", "input", "sheet", "catalogue", "waiver"];

impl Topic {
    /// Every topic, in the order of the reference.
    pub fn all() -> impl Iterator<Item = Topic> {
        let families = Element::ALL.into_iter().map(Element::slug).chain(FAMILIES);
        families
            .map(Topic::Family)
            .chain(profile_names().into_iter().map(Topic::Profile))
            .chain(formats().iter().map(Topic::Format))
            .chain(KINDS.iter().map(Topic::Check))
            .chain(fix::KINDS.iter().map(Topic::Fix))
            .chain(pack::current().vocabularies.iter().map(Topic::Vocabulary))
    }

    /// What somebody means who types a name; where two things have one name, the first in the order of the reference.
    pub fn of(name: &str) -> Option<Topic> {
        Topic::all().find(|topic| topic.name() == name)
    }

    /// Names that somebody may mean who types one that is none: those that begin with it, the shortest first, then the
    /// nearest.
    pub fn near(name: &str) -> Vec<&'static str> {
        let typed = name.to_lowercase();
        let names = || Topic::all().map(Topic::name);
        let mut found: Vec<&str> = names()
            .filter(|own| typed.len() > 1 && own.starts_with(&typed))
            .collect();
        found.sort_by_key(|own| own.len());
        found.extend(crate::vocabulary::nearest(&typed, names()));
        let mut seen = FxHashSet::default();
        found.retain(|own| seen.insert(*own));
        found
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Family(name) | Topic::Profile(name) => name,
            Topic::Format(format) => &format.format,
            Topic::Check(kind) => kind.name,
            Topic::Fix(kind) => kind.name,
            Topic::Vocabulary(list) => list.name,
        }
    }

    /// Its file in the reference.
    pub fn path(self) -> String {
        let folder = match self {
            Topic::Family(_) => "elements",
            Topic::Profile(_) => "profiles",
            Topic::Format(_) => "formats",
            Topic::Check(_) => "checks",
            Topic::Fix(_) => "fixes",
            Topic::Vocabulary(_) => "vocabularies",
        };
        format!("{folder}/{}.md", self.name())
    }

    /// A line about it.
    pub fn title(self, set: &RuleSet, language: Language) -> String {
        match self {
            Topic::Family(name) => family_title(set, name, language),
            Topic::Profile(name) => {
                profile(name).map_or_else(String::new, |set| set.profile.title(language).to_string())
            }
            Topic::Format(format) => format.title.clone(),
            Topic::Check(kind) => language.tr(kind.summary).into_owned(),
            Topic::Fix(kind) => language.tr(kind.summary).into_owned(),
            Topic::Vocabulary(list) => list.title(language).to_string(),
        }
    }

    /// The page.
    pub fn page(self, set: &RuleSet, language: Language) -> String {
        match self {
            Topic::Family(name) => family(set, name, language),
            Topic::Profile(name) => profile(name).map_or_else(String::new, |set| profile_page(&set, language)),
            Topic::Format(format) => format::page(set, format, language),
            Topic::Check(kind) => check(kind, language),
            Topic::Fix(kind) => fix_page(set, kind, language),
            Topic::Vocabulary(list) => vocabulary(list, language),
        }
    }
}

fn family_title(set: &RuleSet, name: &str, language: Language) -> String {
    let words = match name {
        "yaml" => mark("reading YAML and JSON"),
        "shape" => mark("keys and kinds of values"),
        "evidence" => mark("the evidence of a mapping"),
        "input" => mark("opening files"),
        "sheet" => mark("spreadsheets"),
        "catalogue" => mark("a whole catalogue"),
        "waiver" => mark("waiving findings"),
        "document" => mark("the file as a whole"),
        "learner" => mark("the learner (issued credentials only)"),
        "issue-date" => mark("the date of issuing (issued credentials only)"),
        "grade" => mark("the grade achieved (issued credentials only)"),
        _ => return Element::from_slug(name).map_or_else(String::new, |element| set.elements.name(element, language)),
    };
    language.tr(words).into_owned()
}

fn family(set: &RuleSet, name: &str, language: Language) -> String {
    let mut out = format!("# {}\n", family_title(set, name, language));
    if let Some(info) = Element::from_slug(name).and_then(|element| set.elements.info(element)) {
        element(&mut out, info, language);
    }
    let rules = set.rules.iter().enumerate();
    for (index, _) in rules.filter(|(_, rule)| rule.id.split('/').next() == Some(name)) {
        rule(&mut out, set, index, language);
    }
    out
}

fn element(out: &mut String, info: &ElementInfo, language: Language) {
    let obligation = match info.obligation {
        Obligation::Mandatory => mark("mandatory"),
        Obligation::Conditional => mark("mandatory where it applies"),
        Obligation::Optional => mark("optional"),
        Obligation::Advice => mark("not in Annex I"),
    };
    let none = language.fill(
        "`none` stands for: {verdict}",
        &[("verdict", &language.tr(info.verdict_of_none().words()))],
    );
    let _ = writeln!(out, "\n{} · {} · {none}\n", language.tr(obligation), info.source);
    let _ = writeln!(
        out,
        "{}:\n\n```yaml\n{}\n```",
        first_upper(info.ask(language)),
        info.snippet(language).trim_end()
    );
    if let Some(caution) = info.caution(language) {
        let _ = writeln!(out, "\n{}", first_upper(caution));
    }
}

/// A rule as a section; the same text as `explain` prints.
fn rule(out: &mut String, set: &RuleSet, index: usize, language: Language) {
    let text = explain::text(set, index, language);
    let _ = writeln!(
        out,
        "\n## `{}`\n\n{}\n\n{}\n",
        set.rules[index].id,
        text.standing,
        first_upper(&text.message)
    );
    for (label, part) in &text.parts {
        let _ = writeln!(out, "- **{label}** {}", in_a_list(part));
    }
    for (label, example) in &text.examples {
        let _ = writeln!(out, "\n{label}\n\n```yaml\n{example}\n```");
    }
}

/// A text in a list item: what is indented in it is an example.
fn in_a_list(text: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        let example = line.starts_with("  ");
        if example != fenced {
            out.push_str(if example { "\n\n  ```yaml" } else { "\n  ```\n" });
            fenced = example;
        }
        let line = if example { &line[2..] } else { line };
        let _ = if number == 0 {
            write!(out, "{line}")
        } else {
            write!(out, "\n  {line}")
        };
    }
    out + if fenced { "\n  ```" } else { "" }
}

fn profile(name: &str) -> Option<RuleSet> {
    RuleSet::embedded(name).ok()
}

fn profile_page(set: &RuleSet, language: Language) -> String {
    let profile = &set.profile;
    let mut out = format!(
        "# `{}`: {}\n\n{}\n",
        profile.name(),
        profile.title(language),
        profile.description(language)
    );
    let silence = match profile.silence {
        Silence::Gap => mark("What is not stated counts as missing."),
        Silence::Unknown => mark("What is not stated stays open: the gap is an interval."),
    };
    let evidence = match profile.evidence {
        EvidencePolicy::Notes => mark("Evidence is shown, it does not score."),
        EvidencePolicy::Scores => mark("Evidence scores beside the values."),
    };
    let _ = writeln!(out, "\n{} {}\n", language.tr(silence), language.tr(evidence));
    for block in &profile.blocks {
        let elements = block.elements.iter().map(|element| {
            let name = set.elements.name(*element, language);
            let weight = block.weights.get(element).filter(|weight| **weight != 1);
            weight.map_or(name.clone(), |weight| format!("{name} ×{weight}"))
        });
        let _ = writeln!(
            out,
            "- **{}**: {}",
            language.tr(&block.block),
            elements.collect::<Vec<_>>().join(", ")
        );
    }
    if !profile.levels.is_empty() {
        let _ = writeln!(out, "\n| | |\n|---|---|");
        for line in &profile.levels {
            let word = if line.level == LevelOrOff::Off {
                mark("off")
            } else {
                line.level.word()
            };
            let _ = writeln!(out, "| `{}` | {} |", line.rule, language.tr(word));
        }
    }
    out
}

fn check(kind: &KindInfo, language: Language) -> String {
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut out = format!(
        "# `{}`\n\n{}\n\n{}\n",
        kind.name,
        language.tr(kind.summary),
        kind.text(language)
    );
    if !kind.placeholders.is_empty() {
        let _ = writeln!(
            out,
            "\n{}",
            language.fill("Placeholders: {names}.", &[("names", &list(kind.placeholders))])
        );
    }
    if !kind.roles.is_empty() {
        let _ = writeln!(
            out,
            "\n{}",
            language.fill("Further places: {names}.", &[("names", &list(kind.roles))])
        );
    }
    out
}

fn fix_page(set: &RuleSet, kind: &fix::KindInfo, language: Language) -> String {
    let mut out = format!(
        "# `{}`\n\n{}\n\n{}\n",
        kind.name,
        language.tr(kind.summary),
        kind.text(language)
    );
    let offers = |rule: &&crate::rule::Rule| rule.fixer.as_ref().is_some_and(|fixer| fixer.kind().name == kind.name);
    let rules: Vec<String> = set
        .rules
        .iter()
        .filter(offers)
        .map(|rule| format!("`{}`", rule.id))
        .collect();
    let _ = writeln!(
        out,
        "\n{}",
        language.fill("Offered by {rules}.", &[("rules", &rules.join(", "))])
    );
    out
}

fn vocabulary(list: &Vocabulary, language: Language) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let snapshot = language.fill("as of {date}", &[("date", &list.snapshot)]);
    let mut out = format!(
        "# {}\n\n`{}` · {} · {} · {snapshot}\n\n| {} | {} | URI | |\n|---|---|---|---|\n",
        list.title(language),
        list.name,
        list.origin,
        list.licence,
        language.tr("value"),
        language.tr("label"),
    );
    for entry in list.entries {
        let label = entry.label(language.code());
        let label = if label == entry.slug { "" } else { label };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            entry.slug,
            cell(label),
            entry.uri,
            entry.flags.join(", ")
        );
    }
    out
}

fn first_upper(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}
