//! The embedded rule pack: what `build.rs` made of `rules/`.

use crate::vocabulary::{Data, Entry, Vocabulary};

include!(concat!(env!("OUT_DIR"), "/pack.rs"));

/// The JSON of one file of a section.
pub fn find(section: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    section.iter().find(|(key, _)| *key == name).map(|(_, json)| *json)
}
