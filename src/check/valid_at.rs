//! `valid-at`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::date::day;
use super::{Context, Failure, Kind};
use crate::condition::{entry_of, vocabulary_named};
use crate::descriptor::FactId;
use crate::path::{Base, Path};
use crate::vocabulary::{Data, Vocabulary};

/// Whose validity, and by which attributes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The name or code whose vocabulary entry carries the days.
    pub entry: String,
    /// The vocabulary, when the field's own is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
    /// The attribute with the first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The attribute with the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

#[derive(Debug)]
pub struct ValidAt {
    entry: Path,
    vocabulary: &'static Vocabulary,
    from: Option<String>,
    until: Option<String>,
}

impl Kind for ValidAt {
    type File = File;
    const PAGE: &'static str = "\
The name on `entry` means a value of the vocabulary. The given day must not lie before the day in its attribute `from`, \
nor after the one in `until`. What the list does not know cannot fail.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "entry", "from", "until", "snapshot"];
    const ROLES: &'static [&'static str] = &["entry"];

    fn compile(file: &File, base: &Base) -> Result<ValidAt, String> {
        let (entry, end) = Path::compile(&file.entry, base)?;
        let vocabulary = vocabulary_named(file.vocabulary.as_deref().or(end.vocabulary()), &file.entry)?;
        let unknown = |name: &&String| !vocabulary.entries.iter().any(|entry| entry.value(name).is_some());
        if let Some(name) = file.from.iter().chain(&file.until).find(unknown) {
            return Err(format!("no entry of the vocabulary `{}` has the value `{name}`", vocabulary.name));
        }
        Ok(ValidAt { entry, vocabulary, from: file.from.clone(), until: file.until.clone() })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(date) = descriptor.plain_text(fact).and_then(day) else { return };
        let Some(name) = self.entry.first(descriptor, fact) else { return };
        let Some(entry) = entry_of(descriptor, name, self.vocabulary) else { return };
        let bound = |key: &Option<String>| entry.value(key.as_ref()?).and_then(Data::text);
        let (from, until) = (bound(&self.from), bound(&self.until));
        let early = from.and_then(day).is_some_and(|from| date < from);
        let late = until.and_then(day).is_some_and(|until| date > until);
        if early || late {
            let args = vec![
                ("value", descriptor.shown(fact)),
                ("entry", descriptor.text(name, "en").unwrap_or_default().to_string()),
                ("from", from.filter(|_| early).unwrap_or_default().to_string()),
                ("until", until.filter(|_| late).unwrap_or_default().to_string()),
                ("snapshot", self.vocabulary.snapshot.to_string()),
            ];
            failures.push(Failure::new(descriptor.place(fact), args).also("entry", descriptor.place(name)));
        }
    }
}
