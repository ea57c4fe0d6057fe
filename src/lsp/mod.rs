//! The language server: what `check` finds, shown while a descriptor is written, and what is known about its keys and
//! codes, offered where they are typed.
//!
//! Every answer is a function of text, position and what is in force ([`project::Project`]); only [`server`],
//! [`project`] and [`workspace`] touch anything outside. A text that somebody is typing is broken most of the time, so
//! whatever needs to know where the cursor stands asks [`outline`], which reads any text, and not the tree.
//!
//! Rules over a catalogue are not run: they need all files, and their findings would change with every letter.

pub mod actions;
pub mod analysis;
pub mod complete;
pub mod diagnostics;
pub mod documents;
pub mod goto;
pub mod hover;
pub mod keys;
pub mod outline;
pub mod position;
pub mod project;
pub mod server;
pub mod symbols;
pub mod uri;
pub mod workspace;
