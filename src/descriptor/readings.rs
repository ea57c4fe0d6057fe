//! The readings of the learning outcomes: every rule about their wording asks the same ones.

use rustc_hash::FxHashMap;

use super::{Descriptor, FactId};
use crate::wording::{self, Reading};

/// Readings by the fact of the text.
pub(super) type Readings = FxHashMap<FactId, Reading>;

impl Descriptor<'_> {
    /// How the text of a learning outcome is worded; the outcomes are read when the first is asked for.
    pub fn reading(&self, text: FactId) -> Option<&Reading> {
        self.readings.get_or_init(|| self.read_outcomes()).get(&text)
    }

    fn read_outcomes(&self) -> Readings {
        let outcomes = self.get(FactId::ROOT, "learning_outcomes");
        let outcomes = outcomes.map(|list| self.children(list)).unwrap_or_default();
        let texts = outcomes.iter().filter_map(|outcome| self.get(*outcome, "text"));
        let (plain, tagged): (Vec<_>, Vec<_>) = texts
            .flat_map(|text| self.texts(text))
            .partition(|(tag, ..)| tag.is_empty());
        let mut readings: Readings = tagged
            .into_iter()
            .map(|(tag, id, text)| (id, wording::read_tagged(text, tag)))
            .collect();
        if !plain.is_empty() {
            let read = wording::read_untagged(plain.iter().map(|(.., text)| *text), self.stated_language());
            readings.extend(plain.iter().map(|(_, id, _)| *id).zip(read));
        }
        readings
    }

    /// The language of texts without a tag: as stated for them, else the only one that is taught in.
    fn stated_language(&self) -> Option<&str> {
        let stated = self
            .get(FactId::ROOT, "default_language")
            .and_then(|id| self.plain_text(id));
        let taught = || {
            let participation = self.get(FactId::ROOT, "participation")?;
            let languages = self.children(self.get(participation, "language")?);
            if let [only] = languages {
                self.plain_text(*only)
            } else {
                None
            }
        };
        stated.or_else(taught)
    }
}
