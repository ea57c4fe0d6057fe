//! `wording`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind, part};
use crate::descriptor::{FactId, shorten};
use crate::path::{Base, Path};
use crate::wording::Reading;

/// What the words of an outcome must show.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The property.
    pub expect: Property,
    /// The outcomes of which one must have it, relative to the given fact; without it, the given text must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub some: Option<String>,
}

/// What can be read from the words of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// It begins with a verb.
    ActionVerb,
    /// Somebody else can see whether what the verb says has happened.
    ObservableVerb,
    /// It has one main verb.
    OneVerb,
    /// It speaks of the learner, not of the teaching.
    LearnersView,
    /// Its verb asks for more than memory.
    BeyondRecall,
    /// It is in the language of its tag.
    OwnLanguage,
}

#[derive(Debug)]
pub struct Wording {
    expect: Property,
    some: Option<Path>,
}

impl Kind for Wording {
    type File = File;
    const PAGE: &'static str = "\
The texts of the given facts, which are texts of learning outcomes, must have the property `expect`: `action-verb`, \
`observable-verb`, `one-verb`, `learners-view`, `beyond-recall` or `own-language`. With `some`, one of the outcomes on \
that path is enough. An outcome is read by the words of its language, which stand in `rules/outcomes`; openings such as \
\"the learner is able to\" are passed over. The language is that of the tag, else the stated one (`default_language`, \
or a single language of teaching), else the one that can be told from all outcomes together; where it cannot be told, \
and wherever a word may be what is expected, nothing is reported.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "match", "second", "language", "other"];
    const ROLES: &'static [&'static str] = &["first"];

    fn compile(file: &File, base: &Base) -> Result<Wording, String> {
        let some = file.some.as_ref().map(|text| Path::compile(text, base)).transpose()?;
        Ok(Wording { expect: file.expect, some: some.map(|(path, _)| path) })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let Some(path) = &self.some else { return self.judge(context, fact, failures) };
        let (mut found, mut looked) = (Vec::new(), 0);
        path.visit(context.descriptor, fact, &mut |id| {
            looked += context.descriptor.texts(id).count();
            self.judge(context, id, &mut found);
        });
        if found.len() == looked {
            failures.extend(found.into_iter().next());
        }
    }
}

impl Wording {
    fn judge(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        for (tag, id, text) in descriptor.texts(fact) {
            let Some(reading) = descriptor.reading(id) else { continue };
            let Some(range) = self.fault(reading, text) else { continue };
            let second = reading.verbs.as_ref().filter(|_| self.expect == Property::OneVerb).map(|(_, second)| second.clone());
            let language = if tag.is_empty() { reading.language.unwrap_or_default() } else { tag };
            let args = vec![
                ("value", shorten(text, 60)),
                ("match", text[range.clone()].to_string()),
                ("second", second.clone().map(|second| text[second].to_string()).unwrap_or_default()),
                ("language", language.to_string()),
                ("other", reading.other_language.unwrap_or_default().to_string()),
            ];
            let at = part(context, id, text, range);
            failures.push(match second.map(|second| part(context, id, text, second)) {
                Some(second) if second != at => Failure::new(second, args).also("first", at),
                _ => Failure::new(at, args),
            });
        }
    }

    /// The part of the text that is at fault.
    fn fault(&self, reading: &Reading, text: &str) -> Option<std::ops::Range<usize>> {
        match self.expect {
            Property::ActionVerb => reading.noun.clone(),
            Property::ObservableVerb => reading.vague.clone(),
            Property::OneVerb => reading.verbs.as_ref().map(|(first, _)| first.clone()),
            Property::LearnersView => reading.teaching.clone(),
            Property::BeyondRecall => reading.recall.clone(),
            Property::OwnLanguage => reading.other_language.map(|_| 0..text.len()),
        }
    }
}
