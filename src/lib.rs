//! credlint: a linter for micro-credential descriptors.
//!
//! > [`source::Source`] → [`tree::Tree`] → [`descriptor::Descriptor`] → [`rule::set::RuleSet`] →
//! > [`rule::Outcome`] with [`finding::Finding`]s → [`score`] → [`report`]
//!
//! One direction. Reading is total: bad input becomes findings, never an abort. The middle does no I/O and cannot
//! fail; only [`input`], [`config`], [`rule::set`] and the binary touch files, the clock and the terminal.
//! ARCHITECTURE.md has the map and the invariants.

pub mod agreement;
pub mod app;
pub mod baseline;
pub mod bulk;
pub mod cache;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod condition;
pub mod config;
pub mod convert;
pub mod descriptor;
pub mod diff;
mod digest;
pub mod elements;
pub mod explain;
pub mod facet;
pub mod finding;
pub mod fix;
pub mod gather;
pub mod ignores;
pub mod input;
pub mod jws;
pub mod language;
pub mod lint;
pub mod lsp;
mod normalise;
pub mod number;
pub mod observation;
pub mod ordered;
pub mod outline;
pub mod output;
pub mod pack;
pub mod path;
pub mod pattern;
pub mod patterns;
pub mod plan;
pub mod profile;
pub mod progress;
pub mod reference;
pub mod report;
pub mod results;
pub mod revision;
pub mod rule;
pub mod ruletest;
pub mod schema;
pub mod schemas;
pub mod score;
pub mod sensitivity;
pub mod sheet;
pub mod source;
pub mod standard;
pub mod tree;
pub mod typology;
pub mod units;
pub mod vocabulary;
pub mod waiver;
pub mod waivers;
pub mod weights;
pub mod whole;
pub mod wording;
