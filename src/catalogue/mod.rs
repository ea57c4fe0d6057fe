//! A whole catalogue, as far as the rules over it need it: one small record per practice.
//!
//! A rule over a catalogue names canonical paths in its check. Each path that some rule names is a [`Column`]; while a
//! practice is linted, the values on all columns are copied out of its facts with their places ([`Plan::draft`]), and
//! tree and text can go. The [`Index`] keeps the drafts of all practices, every text once; a [`View`] shows a check the
//! columns that it asked for, record by record in the order of the files' names, so that the order in which files were
//! met changes nothing.
//!
//! Nothing here reads a file. Places are byte spans; whoever draws them reads the file again, and the index keeps a
//! fingerprint of each file by which he sees whether it is still the same.

mod column;
pub mod fold;
mod index;
mod view;

pub use column::{Column, Draft, Plan};
pub use index::Index;
pub use view::{Cell, Conflict, Conflicts, Spot, View};
