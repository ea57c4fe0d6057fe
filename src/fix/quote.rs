//! `quote`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{As, Site};
use super::{Applicability, Fix, Kind, shown};
use crate::descriptor::model::Shape;
use crate::tree::Style;

/// Nothing to choose.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {}

#[derive(Debug)]
pub struct Quote;

impl Kind for Quote {
    type File = File;
    const PAGE: &'static str = "\
A value that stands without quotation marks gets double ones, and nothing else changes: `NO` is `\"NO\"`, `0716` is \
`\"0716\"`. Not where a number belongs: there the marks would make a text of it.";

    fn compile(_: &File) -> Result<Quote, String> {
        Ok(Quote)
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let written = site.value()?;
        let belongs = !matches!(site.shape(written), None | Some(Shape::Number | Shape::Flag));
        if written.scalar.style != Style::Plain || !belongs {
            return None;
        }
        let text = written.scalar.text.as_ref();
        let title = site.language.fill("put `{value}` in quotation marks", &[("value", &shown(text))]);
        site.fix(title, Applicability::Safe, true, site.write(written, text, As::Text))
    }
}
