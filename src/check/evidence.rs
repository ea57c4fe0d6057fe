//! `evidence`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, Place};
use crate::elements::{Basis, EvidenceEntry};
use crate::path::Base;
use crate::score::Verdict;

/// What is looked for.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the evidence says.
    pub says: Says,
}

/// What evidence says about an element.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// Its verdict is gap.
    Gap,
    /// Its verdict is partial.
    Partial,
    /// The definition is contradicted.
    Contradicted,
    /// Its verdict is not the one that follows from the value.
    Otherwise,
}

#[derive(Debug)]
pub struct Evidence(Says);

impl Evidence {
    pub(super) fn needs_verdicts(&self) -> bool {
        self.0 == Says::Otherwise
    }
}

impl Kind for Evidence {
    type File = File;
    const PAGE: &'static str = "\
Looks at the evidence table. `says: gap`, `partial`, `contradicted`: an entry with that verdict, whose basis is stated \
or inferred. `says: otherwise`: an entry whose verdict differs from the one that follows from the value of the same \
element. The finding belongs to the element that the entry is about and points at the entry.";
    const PLACEHOLDERS: &'static [&'static str] = &["about", "verdict", "note", "source", "value_verdict"];

    fn compile(file: &File, _: &Base) -> Result<Evidence, String> {
        Ok(Evidence(file.says))
    }

    fn run(&self, context: &Context<'_>, _: FactId, failures: &mut Vec<Failure>) {
        for entry in crate::elements::evidence(context.descriptor) {
            let speaks = matches!(entry.basis, Basis::Stated | Basis::Inferred);
            let found = match self.0 {
                Says::Gap => entry.element.is_some() && entry.verdict == Some(Verdict::Gap),
                Says::Partial => entry.element.is_some() && entry.verdict == Some(Verdict::Partial),
                Says::Contradicted => entry.contradicts_definition,
                Says::Otherwise => self.disagrees(context, &entry),
            };
            if found && speaks {
                failures.push(failure(context, &entry));
            }
        }
    }
}

impl Evidence {
    fn disagrees(&self, context: &Context<'_>, entry: &EvidenceEntry<'_>) -> bool {
        let (Some(element), Some(said), Some(verdicts)) = (entry.element, entry.verdict, context.verdicts) else { return false };
        matches!(verdicts[element.index()], Some(verdict) if verdict != said && verdict != Verdict::NotStated)
    }
}

fn failure(context: &Context<'_>, entry: &EvidenceEntry<'_>) -> Failure {
    let language = context.language;
    let about = match entry.element {
        Some(element) => context.elements.name(element, language),
        None => language.tr("definition").into_owned(),
    };
    let words = |verdict: Option<Verdict>| verdict.map(|verdict| language.tr(verdict.words()).into_owned()).unwrap_or_default();
    let value = entry.element.and_then(|element| context.verdicts.and_then(|verdicts| verdicts[element.index()]));
    let source = [entry.source, entry.locator].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let args = vec![
        ("about", about),
        ("verdict", words(entry.verdict)),
        ("note", entry.note.unwrap_or_default().to_string()),
        ("source", source),
        ("value_verdict", words(value)),
    ];
    let at: Place = entry.place;
    Failure { element: entry.element, ..Failure::new(at, args) }
}
