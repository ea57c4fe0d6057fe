//! What a heading says by itself, without a mapping file: a canonical path, the heading of a template in any of the
//! languages, or the name of an element.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::target::Target;
use super::template;
use crate::elements::Elements;
use crate::language::Language;
use crate::pack;
use crate::source::sheet::Says;
use crate::standard::Element;
use crate::vocabulary::{embedded, nearest, normalise};

/// What a heading says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heading {
    /// A value or a part of the evidence. `sure` where nobody but us writes a heading like that.
    Says { says: Says, sure: bool },
    /// An element: its verdict or its value, as the cells tell.
    Element(Element),
    /// A column of the user's own.
    Private,
    /// A column about a learner.
    Learner,
    /// Nothing that is known.
    Unknown,
}

/// The element table of the pack.
pub(super) fn elements() -> &'static Elements {
    static ELEMENTS: OnceLock<Elements> = OnceLock::new();
    ELEMENTS.get_or_init(|| {
        let file = pack::current().formats.iter().find(|(name, _)| *name == "elements");
        let json = file.map_or("{}", |(_, json)| json);
        Elements::from_json(json).expect("the shipped table is right (the rule set loads it)")
    })
}

/// Headings that are known in any language, folded.
fn known() -> &'static FxHashMap<String, Heading> {
    static KNOWN: OnceLock<FxHashMap<String, Heading>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = FxHashMap::default();
        for language in Language::all() {
            for column in template::columns(None, language) {
                let sure = column.heading.contains(": ");
                let says = Says {
                    path: column.path,
                    ..Says::default()
                };
                known
                    .entry(normalise(&column.heading))
                    .or_insert(Heading::Says { says, sure });
            }
        }
        for element in Element::JUDGED {
            let names = Language::all().map(|language| elements().name(element, language));
            for name in names.chain([element.slug().to_string()]) {
                known.entry(normalise(&name)).or_insert(Heading::Element(element));
            }
        }
        known
    })
}

/// What a heading says.
pub(super) fn read(heading: &str) -> Heading {
    let heading = heading.trim();
    // What a person writes behind a name: a mark for "required", a colon, a unit.
    let folded = normalise(heading.trim_end_matches(['*', ':', ' ']));
    if heading.starts_with("x-") || heading.starts_with("X-") {
        return Heading::Private;
    }
    if let Some(path) = path_of(heading) {
        let sure = path.matches('/').count() > 1;
        let says = Says {
            path,
            ..Says::default()
        };
        return Heading::Says { says, sure };
    }
    if let Some(known) = known().get(&folded) {
        return known.clone();
    }
    let learner = embedded("learner-key").and_then(|list| list.find(heading));
    if learner.is_some_and(|entry| entry.has_flag("learner")) {
        return Heading::Learner;
    }
    Heading::Unknown
}

/// What may be meant by a heading that is not known.
pub(super) fn near(heading: &str) -> Option<String> {
    let heading = heading.trim();
    let folded = normalise(heading.trim_end_matches(['*', ':', ' ']));
    let meant = || {
        let entry = embedded("key-words")?.find(heading)?;
        let path = entry.value("at").and_then(crate::vocabulary::Data::text)?;
        let inside = || Target::all().iter().find(|own| own.starts_with(&format!("{path}/")));
        match Target::of(path) {
            Ok(_) => Some(path.to_string()),
            Err(_) => inside().cloned(),
        }
    };
    let near = || {
        let words = known().keys().map(String::as_str);
        let mut near: Vec<&str> = nearest(&folded, words).into_iter().collect();
        near.sort_unstable();
        near.first().map(|near| shown(near))
    };
    let path = || {
        let slashed = format!("/{}", heading.trim_start_matches('/').replace('.', "/"));
        nearest(&slashed, Target::all().iter().map(String::as_str)).map(str::to_string)
    };
    match heading.starts_with('/') {
        true => path(),
        false => near().or_else(meant).or_else(path),
    }
}

/// A heading as the template writes it, of one that is folded.
fn shown(folded: &str) -> String {
    let columns = Language::all().flat_map(|language| template::columns(None, language));
    let own = columns
        .map(|column| column.heading)
        .find(|heading| normalise(heading) == folded);
    own.unwrap_or_else(|| folded.to_string())
}

/// A canonical path, also without its first slash, or with dots.
fn path_of(heading: &str) -> Option<String> {
    if heading.contains(char::is_whitespace) || heading.is_empty() {
        return None;
    }
    let slashed = format!("/{}", heading.trim_start_matches('/').replace('.', "/"));
    (Target::of(&slashed).is_ok() || super::is_row_wide(&slashed)).then_some(slashed)
}

/// Where the value of an element stands that has a column to itself.
pub fn value_of(element: Element) -> &'static str {
    match element {
        Element::Title => "/title",
        Element::Country => "/awarding_bodies/*/country",
        Element::AwardingBody => "/awarding_bodies/*/name",
        Element::LearningOutcomes => "/learning_outcomes/*/text",
        Element::Workload => "/workload/hours",
        Element::Level => "/level/eqf",
        Element::Assessment => "/assessment/*/type",
        Element::Participation => "/participation/mode",
        Element::QualityAssurance => "/quality_assurance/*/type",
        Element::Prerequisites => "/prerequisites",
        Element::Supervision => "/assessment/*/supervision",
        Element::Stackability => "/stackability/status",
        Element::FurtherInformation => "/further_information/homepage",
        Element::DigitalIssuance => "/issuing/formats",
        Element::Labelling => "/label",
        Element::Recognition => "/recognition/*/by/name",
        // Portability is told from the formats; what a column of that name holds can only be a verdict.
        _ => "/evidence/portability/verdict",
    }
}
