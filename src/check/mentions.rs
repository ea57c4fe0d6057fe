//! `mentions`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind, part};
use crate::condition::vocabulary_named;
use crate::descriptor::{FactId, shorten};
use crate::path::Base;
use crate::vocabulary::{Entry, Vocabulary};

/// Which words must not stand in the text.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The vocabulary of the words.
    pub vocabulary: String,
    /// Only values with this attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// Whether words count only where they begin with a capital letter, as names do.
    #[serde(default)]
    pub names: bool,
}

#[derive(Debug)]
pub struct Mentions {
    vocabulary: &'static Vocabulary,
    flag: Option<String>,
    names: bool,
    /// Most words of a spelling.
    longest: usize,
    /// The first words of all spellings, sorted: most words of a text begin none.
    openings: Vec<&'static str>,
}

impl Kind for Mentions {
    type File = File;
    const PAGE: &'static str = "\
No text of the given facts may contain a spelling of a value of the vocabulary, as whole words; case, spaces and hyphens \
do not matter. With `names`, the words must begin with a capital letter. The finding points at the words.";
    const PLACEHOLDERS: &'static [&'static str] = &["match", "entry", "value", "language", "snapshot"];

    fn compile(file: &File, _: &Base) -> Result<Mentions, String> {
        let vocabulary = vocabulary_named(Some(&file.vocabulary), "")?;
        let mut openings: Vec<&str> = vocabulary.spellings().filter_map(|spelling| words(spelling).next().map(|(start, end)| &spelling[start..end])).collect();
        openings.sort_unstable();
        openings.dedup();
        let longest = vocabulary.spellings().map(|spelling| words(spelling).count()).max().unwrap_or_default();
        Ok(Mentions { vocabulary, flag: file.flag.clone(), names: file.names, longest, openings })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        for (language, id, text) in context.descriptor.texts(fact) {
            let mut read = 0;
            for (start, end) in words(text) {
                if start < read || !self.opens(&text[start..end]) {
                    continue;
                }
                let Some((end, entry)) = self.mention(text, start) else { continue };
                read = end;
                let at = part(context, id, text, start..end);
                let args = vec![
                    ("match", text[start..end].to_string()),
                    ("entry", entry.label(language).to_string()),
                    ("value", shorten(text, 60)),
                    ("language", language.to_string()),
                    ("snapshot", self.vocabulary.snapshot.to_string()),
                ];
                failures.push(Failure::new(at, args));
            }
        }
    }
}

impl Mentions {
    fn opens(&self, word: &str) -> bool {
        let fits = |opening: &&str| opening.chars().cmp(word.chars().flat_map(char::to_lowercase));
        (!self.names || word.starts_with(char::is_uppercase)) && self.openings.binary_search_by(fits).is_ok()
    }

    /// The longest spelling at a place, with its end.
    fn mention(&self, text: &str, start: usize) -> Option<(usize, &'static Entry)> {
        let ends = words(&text[start..]).take(self.longest).map(|(_, end)| start + end);
        let found = ends.filter_map(|end| Some((end, self.vocabulary.find(&text[start..end])?)));
        found.filter(|(_, entry)| self.flag.as_ref().is_none_or(|flag| entry.has_flag(flag))).last()
    }
}

/// Runs of letters and digits, by their bytes.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let length = text[start..].find(|character: char| !character.is_alphanumeric()).unwrap_or(text.len() - start);
        rest = start + length;
        Some((start, rest))
    })
}
