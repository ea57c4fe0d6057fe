//! `distinct`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{Descriptor, FactId, shorten};
use crate::path::{Base, Path};
use crate::vocabulary::normalise;
use crate::wording;

/// The texts that must say different things.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The texts of outcomes, relative to the given fact.
    pub of: String,
    /// A text from which they must differ; without it, from one another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

#[derive(Debug)]
pub struct Distinct {
    of: Path,
    from: Option<Path>,
}

/// A text, what it is about, and where it stands.
struct Said<'d> {
    tag: &'d str,
    id: FactId,
    text: &'d str,
    sketch: u64,
}

impl Kind for Distinct {
    type File = File;
    const PAGE: &'static str = "\
The texts of learning outcomes on `of` must say different things from one another or, with `from`, from the text there. \
Two texts in one language say the same if they have the same words but for their endings, their order and small words \
such as articles. Texts that are literally the same are left to `unique`, unless `from` is given. The finding points at \
the later text and at the other.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "other"];
    const ROLES: &'static [&'static str] = &["first"];

    fn compile(file: &File, base: &Base) -> Result<Distinct, String> {
        let from = file.from.as_ref().map(|text| Path::compile(text, base)).transpose()?;
        Ok(Distinct { of: Path::compile(&file.of, base)?.0, from: from.map(|(path, _)| path) })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let mut earlier = Vec::new();
        if let Some(from) = &self.from {
            from.visit(descriptor, fact, &mut |id| earlier.extend(said(descriptor, id, wording::sketch)));
        }
        self.of.visit(descriptor, fact, &mut |id| {
            let sketch = |id: FactId| descriptor.reading(id).map_or(0, |reading| reading.sketch);
            for one in said(descriptor, id, |_| 0) {
                let one = Said { sketch: sketch(one.id), ..one };
                if let Some(other) = earlier.iter().find(|other| self.repeats(descriptor, other, &one)) {
                    let args = vec![("value", shorten(one.text, 60)), ("other", shorten(other.text, 60))];
                    failures.push(Failure::new(descriptor.place(one.id), args).also("first", descriptor.place(other.id)));
                }
                if self.from.is_none() {
                    earlier.push(one);
                }
            }
        });
    }
}

impl Distinct {
    fn repeats(&self, descriptor: &Descriptor<'_>, other: &Said<'_>, one: &Said<'_>) -> bool {
        let folded = |text: &str| normalise(text).trim_end_matches(['.', ';', ',', ' ']).to_string();
        let language = || descriptor.reading(one.id).and_then(|reading| reading.language);
        other.tag == one.tag
            && other.sketch == one.sketch
            && wording::same_content(other.text, one.text, language())
            && (self.from.is_some() || folded(other.text) != folded(one.text))
    }
}

fn said<'d>(descriptor: &'d Descriptor<'_>, id: FactId, sketch: impl Fn(&str) -> u64) -> impl Iterator<Item = Said<'d>> {
    descriptor.texts(id).map(move |(tag, id, text)| Said { tag, id, text, sketch: sketch(text) })
}
