//! What was found in a text, without the text: written when a text has been checked, and read instead of checking it
//! again. Rules stand in it by number, so it belongs to one rule set; whoever keeps it must know to which.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, de};

use super::{Practice, mask_learner_data};
use crate::descriptor::mapped;
use crate::source::Source;

/// The form of what is kept; part of every key.
pub const VERSION: u32 = 2;

/// The practices of one source, as bytes.
pub fn write(practices: &[Practice]) -> Option<Vec<u8>> {
    postcard::to_stdvec(practices).ok()
}

/// The practices of a source, from the bytes that were made of the same text; nothing where they are not of that form.
pub fn read(bytes: &[u8], source: &Arc<Source>) -> Option<Vec<Practice>> {
    let mut practices: Vec<Practice> = postcard::from_bytes(bytes).ok()?;
    for practice in &mut practices {
        practice.sources = vec![source.clone()];
    }
    mask_learner_data(source, &mut practices);
    Some(practices)
}

/// The name of a format is one of those in the program.
pub(super) fn format<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'static str>, D::Error> {
    let Some(name) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    let known = mapped::format(&name).map(|format| Some(format.format.as_str()));
    known.ok_or_else(|| de::Error::custom("a format that is not known"))
}
