//! `replace`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{As, Site};
use super::{Applicability, Fix, Kind, Needs};

/// What is replaced by what.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The key whose value is replaced; it stands beside the place.
    pub key: String,
    /// The placeholder whose value takes its place; where it is empty there is no fix.
    pub with: String,
    /// A further place of the check, when the key stands beside that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

#[derive(Debug)]
pub struct Replace {
    file: File,
}

impl Kind for Replace {
    type File = File;
    const PAGE: &'static str = "\
The value under `key`, beside the place of the finding or beside the further place that `beside` names, becomes what the \
check has put into the placeholder `with`: hours and points that fit the Portuguese catalogue and no other system make \
`ECTS` a `CNQ`. Whether that or another value is wrong only a person can say, so it is always a suggestion.";

    fn compile(file: &File) -> Result<Replace, String> {
        Ok(Replace { file: file.clone() })
    }

    fn needs(&self) -> Needs<'_> {
        Needs {
            placeholder: Some(&self.file.with),
            role: self.file.beside.as_deref(),
        }
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let new = site.arg(&self.file.with)?;
        let role = |name: &String| site.also.iter().find(|(own, _)| own == name).map(|(_, place)| *place);
        let place = match &self.file.beside {
            Some(name) => role(name)?,
            None => site.at,
        };
        let descriptor = site.descriptor;
        let group = descriptor.parent(descriptor.fact_of_node(place.node?)?);
        let value = descriptor.get(group, &self.file.key)?;
        let written = site.scalar(descriptor.node_of(value)?)?;
        let old = written.scalar.text.trim();
        let edit = site.write(written, new, As::Text);
        site.fix(site.title(old, new), Applicability::Suggestion, false, edit)
    }
}
