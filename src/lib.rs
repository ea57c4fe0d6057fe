//! credlint: a linter for micro-credential descriptors.
//!
//! > [`source::Source`] → [`tree::Tree`] → [`descriptor::Descriptor`] → [`rule::set::RuleSet`] →
//! > [`rule::Outcome`] with [`finding::Finding`]s → [`score`] → [`report`]
//!
//! One direction. Reading is total: bad input becomes findings, never an abort. The middle does no I/O and cannot
//! fail; only [`input`], [`config`], [`rule::set`] and the binary touch files, the clock and the terminal.
//! ARCHITECTURE.md has the map and the invariants.

pub mod app;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod condition;
pub mod config;
pub mod convert;
pub mod descriptor;
pub mod elements;
pub mod explain;
pub mod finding;
pub mod gather;
pub mod input;
pub mod jws;
pub mod language;
pub mod lint;
mod normalise;
pub mod number;
pub mod pack;
pub mod path;
pub mod pattern;
pub mod plan;
pub mod profile;
pub mod reference;
pub mod report;
pub mod rule;
pub mod ruletest;
pub mod schema;
pub mod schemas;
pub mod score;
pub mod sheet;
pub mod source;
pub mod standard;
pub mod tree;
pub mod typology;
pub mod vocabulary;
pub mod wording;
