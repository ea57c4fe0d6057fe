//! What is found in an open text, and which of it is shown.

use std::sync::Arc;

use super::documents::Document;
use super::outline::{Outline, Step};
use super::position::Text;
use super::project::Project;
use crate::finding::Finding;
use crate::lint::{Practice, Presence, State, lint_source};
use crate::source::Source;

/// What is found in one version of a text.
#[derive(Debug)]
pub struct Analysis {
    /// The version.
    pub version: i32,
    /// The text.
    pub text: Arc<Text>,
    /// What is in force.
    pub project: Arc<Project>,
    /// The text as it was checked.
    pub source: Arc<Source>,
    /// How it was met; nothing where it is not looked at.
    pub presence: Option<Presence>,
    /// Its practices.
    pub practices: Vec<Practice>,
    /// Whether the file is one of ours: it says so, or said so before it was broken.
    pub is_known: bool,
}

impl Analysis {
    /// Checks a text. `was_known` says that an earlier version was a descriptor.
    pub fn of(document: &Document, project: &Arc<Project>, was_known: bool) -> Analysis {
        let source = Arc::new(Source::new(document.name(), document.text.as_str().to_string()));
        let presence = project.presence(document);
        let (set, options) = (&project.set, &project.options);
        let mut practices = presence.map_or_else(Vec::new, |presence| lint_source(set, options, &source, presence));
        let path = document.path.as_deref();
        project.waivers.apply(set, options.as_of, path, &mut practices);
        let is_checked = practices.iter().any(|practice| practice.state == State::Checked);
        let is_broken = practices.iter().any(|practice| practice.state == State::Unparsable);
        let is_known = is_checked || is_broken && (was_known || says_so(document.text.as_str()));
        Analysis {
            version: document.version,
            text: Arc::clone(&document.text),
            project: Arc::clone(project),
            source,
            presence,
            practices,
            is_known,
        }
    }

    /// The findings that are shown: those that nobody has waived, in files that are descriptors.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let is_shown = self.is_known || self.presence == Some(Presence::Named);
        let practices = self.practices.iter().filter(move |_| is_shown);
        let counted = practices.flat_map(Practice::counted);
        counted.filter(|finding| finding.primary.source.0 == 0)
    }
}

/// Whether a text that cannot be read says that it is a descriptor.
fn says_so(text: &str) -> bool {
    let header = |entry: &super::outline::Entry| entry.step == Some(Step::Key("descriptor".to_string()));
    Outline::of(text).entries.iter().any(header)
}
