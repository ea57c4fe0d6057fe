//! `rename-key`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{Site, WrittenKey};
use super::{Applicability, Fix, Kind, Needs, shown};
use crate::descriptor::native::is_language_tag;
use crate::schema;
use crate::vocabulary::embedded;

/// What the key becomes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The key, when it is not the one that the finding names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Debug)]
pub struct RenameKey {
    to: Option<String>,
}

impl Kind for RenameKey {
    type File = File;
    const PAGE: &'static str = "\
A key becomes the one that the finding names (`suggestion`), or the one under `to`. Only where that key belongs at the \
place and does not stand there already, by its own name or by another that is taken for it. In a text in several \
languages the name of a language becomes its code: `Spanish` or `ES` is `es`. The value stays as it is. What was read by \
nobody is judged then, so the fix is tried first: where it would bring a finding or a worse verdict, it is a suggestion.";

    fn compile(file: &File) -> Result<RenameKey, String> {
        Ok(RenameKey { to: file.to.clone() })
    }

    fn needs(&self) -> Needs<'_> {
        Needs {
            placeholder: self.to.is_none().then_some("suggestion"),
            role: None,
        }
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let key = site.key()?;
        let named = self.to.as_deref().or_else(|| site.arg("suggestion"));
        let name = named
            .filter(|name| schema::belongs(&site.pointer(key.mapping), name))
            .or_else(|| language_of(site, key))?;
        let taken = |own: &str| own == name || site.aliases.stands_for(own) == Some(name);
        if site.siblings(key).any(taken) {
            return None;
        }
        let title = site.language.fill(
            "rename `{key}` to `{name}`",
            &[("key", &shown(&key.entry.key)), ("name", &name)],
        );
        site.fix(title, Applicability::Safe, false, site.write_key(key, name))
    }
}

/// The code of the language that a key beside other languages names.
fn language_of(site: &Site<'_>, key: WrittenKey<'_>) -> Option<&'static str> {
    let languages = embedded("language")?;
    let entry = languages.find(&key.entry.key).filter(|entry| is_language_tag(entry.slug))?;
    let beside = |own: &str| is_language_tag(own) || languages.find(own).is_some();
    (site.is_text(key.mapping) && site.siblings(key).all(beside)).then_some(entry.slug)
}
