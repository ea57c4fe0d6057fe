//! A baseline: findings that were there when it was written, and need not be dealt with yet. It may only shrink.
//!
//! An entry names the practice (its id, else its file), the rule and a fingerprint of the place and its value, never a
//! line or a position in a list, so that it holds while a file is worked on. Entries stand on lines of their own in a
//! fixed order: two versions are merged line by line, and one that comes twice counts once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::finding::Finding;
use crate::language::{Phrase, mark};
use crate::lint::Practice;
use crate::rule::set::RuleSet;
use crate::schema;
use crate::source::{Source, Span};
use crate::tree;
use crate::waiver::{WaivedBy, Waiver, can_be_waived};

/// A baseline as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint baseline",
    description = "Findings that were there when the file was written; see `credlint check --baseline`."
)]
pub struct BaselineFile {
    /// The version of the form: 1.
    #[serde(rename = "credlint-baseline")]
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The findings.
    pub findings: Vec<EntryFile>,
}

/// A finding as written.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFile {
    /// The id of the practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<String>,
    /// The file, where the practice has no id: relative to the folder of the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The rule.
    pub rule: String,
    /// The beginning of a SHA-256 over the place, without positions in lists, and the value.
    pub value: String,
    /// How often it was found in one practice.
    #[serde(default = "once")]
    #[schemars(range(min = 1))]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// Whose finding it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A practice with an id.
    Practice(String),
    /// A file, where there is none.
    File(String),
}

impl Owner {
    /// The owner of what is found in a practice.
    pub fn of(practice: &Practice, root: &Path, file: Option<&Path>) -> Owner {
        match &practice.id {
            Some(id) => Owner::Practice(id.clone()),
            None => Owner::file(root, file, practice.source().name()),
        }
    }

    /// A file, as it is named from the folder of the baseline.
    pub fn file(root: &Path, file: Option<&Path>, shown: &str) -> Owner {
        let absolute = file.and_then(|file| std::path::absolute(file).ok());
        let relative = absolute.as_deref().and_then(|file| file.strip_prefix(root).ok());
        let name = relative.map_or(shown.to_string(), |path| path.to_string_lossy().replace('\\', "/"));
        Owner::File(name)
    }

    fn name(&self) -> &str {
        match self {
            Owner::Practice(name) | Owner::File(name) => name,
        }
    }
}

/// What tells one finding from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Whose.
    pub owner: Owner,
    /// The rule's id.
    pub rule: String,
    /// The fingerprint of the place and its value.
    pub value: String,
}

impl Key {
    /// The key of a finding.
    pub fn of(set: &RuleSet, finding: &Finding, source: &Source, owner: &Owner) -> Key {
        Key {
            owner: owner.clone(),
            rule: set.rules[finding.rule].id.clone(),
            value: fingerprint(set, finding, source),
        }
    }
}

/// The first 16 digits of a SHA-256 over the place without positions in lists, and the value that stands there. What is
/// missing has no value, and its place is that of the mapping which lacks it.
fn fingerprint(set: &RuleSet, finding: &Finding, source: &Source) -> String {
    let text = source.text();
    let after = text.get(finding.primary.span.end as usize..).unwrap_or_default();
    let is_key = after.trim_start_matches(['"', '\'', ' ']).starts_with(':');
    let is_absence = is_key && set.rules[finding.rule].kind().name == "stated";
    let mut segments: Vec<&str> = finding.pointer.split('/').collect();
    if is_absence {
        segments.pop();
    }
    let in_list = |segment: &&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let mut sum = Sha256::new();
    for segment in segments {
        sum.update(if in_list(&segment) { "*" } else { segment });
        sum.update("/");
    }
    if !is_key {
        for word in finding.primary.span.slice(text).split_whitespace() {
            sum.update([0]);
            sum.update(word);
        }
    }
    hex(&sum.finalize()[..8])
}

/// A baseline in force.
#[derive(Debug)]
pub struct Baseline {
    /// Where it stands; a revision has no file.
    pub source: Option<Arc<Source>>,
    by: WaivedBy,
    entries: FxHashMap<Key, Entry>,
    owners: FxHashMap<Owner, AtomicBool>,
}

#[derive(Debug)]
struct Entry {
    times: u32,
    span: Span,
    used: AtomicU32,
}

/// Why a baseline cannot be read.
#[derive(Debug)]
pub struct BaselineError {
    /// The file.
    pub source: Arc<Source>,
    /// Where in it.
    pub span: Span,
    /// What.
    pub message: Phrase,
}

impl Baseline {
    /// Reads a baseline; every mistake has a place.
    pub fn read(name: &str, text: String) -> Result<Baseline, BaselineError> {
        let source = Arc::new(Source::new(name, text));
        let wrong = |span: Span, message: Phrase| BaselineError {
            source: source.clone(),
            span,
            message,
        };
        let tree = &tree::parse_sound(source.text()).map_err(|(span, message)| wrong(span, message))?;
        let Some(root) = tree.root else {
            return Err(wrong(Span::default(), Phrase::new(mark("the file is empty"))));
        };
        if let Some(error) = schema::BASELINE.first_error(tree) {
            return Err(wrong(error.span, error.message));
        }
        let file: BaselineFile = schema::typed(tree, root).map_err(|(span, message)| wrong(span, message))?;
        let items = tree.get(root, "findings").map(|entry| tree.entries(entry.value));
        let spans = items.unwrap_or_default().iter().map(|entry| entry.use_span);
        let mut found = Vec::new();
        for (entry, span) in file.findings.into_iter().zip(spans) {
            let owner = match (entry.practice, entry.file) {
                (Some(id), None) => Owner::Practice(id),
                (None, Some(file)) => Owner::File(file),
                _ => {
                    let message = mark("an entry names its `practice`, or its `file` where the practice has no id");
                    return Err(wrong(span, Phrase::new(message)));
                }
            };
            let key = Key {
                owner,
                rule: entry.rule,
                value: entry.value,
            };
            found.push((key, entry.times, span));
        }
        Ok(Baseline::new(Some(source), WaivedBy::Baseline, found))
    }

    /// A baseline of what was collected over an earlier revision.
    pub fn of_revision(found: Collected) -> Baseline {
        let entries = found.entries.into_iter();
        let entries = entries.map(|(key, times)| (key, times, Span::default()));
        Baseline::new(None, WaivedBy::Revision, entries.collect())
    }

    fn new(source: Option<Arc<Source>>, by: WaivedBy, found: Vec<(Key, u32, Span)>) -> Baseline {
        let mut entries: FxHashMap<Key, Entry> = FxHashMap::default();
        let mut owners: FxHashMap<Owner, AtomicBool> = FxHashMap::default();
        for (key, times, span) in found {
            owners.entry(key.owner.clone()).or_default();
            let used = AtomicU32::new(0);
            let entry = entries.entry(key).or_insert(Entry { times, span, used });
            entry.times = entry.times.max(times);
        }
        Baseline {
            source,
            by,
            entries,
            owners,
        }
    }

    /// Waives the findings of a practice that are in it; what is waived already keeps its reason.
    pub fn apply(&self, set: &RuleSet, owner: &Owner, findings: &mut [(&mut Finding, &Source)]) {
        let Some(met) = self.owners.get(owner) else { return };
        met.store(true, Ordering::Relaxed);
        let mut counts: FxHashMap<Key, u32> = FxHashMap::default();
        for (finding, source) in findings {
            if !can_be_waived(set, finding) {
                continue;
            }
            let key = Key::of(set, finding, source, owner);
            let Some(entry) = self.entries.get(&key) else { continue };
            let count = counts.entry(key).or_default();
            if *count < entry.times {
                *count += 1;
                entry.used.fetch_max(*count, Ordering::Relaxed);
                // It is there, whoever else waives it, so the entry is not stale.
                finding.waived.get_or_insert(Waiver {
                    by: self.by,
                    reason: String::new(),
                });
            }
        }
    }

    /// Entries that are found no longer, in the order of the file: of practices that were met, and where all of them have
    /// been looked at also of those that were not.
    pub fn stale(&self, set: &RuleSet, all: bool, catalogue: bool) -> Vec<(Span, &Key)> {
        // What was not looked at may still be so. A rule that has gone finds nothing for good.
        let looked = |key: &Key| match set.get(&key.rule) {
            None => true,
            Some((index, rule)) => set.levels[index].is_some() && (catalogue || rule.across().is_none()),
        };
        let mut stale: Vec<(Span, &Key)> = Vec::new();
        for (key, entry) in &self.entries {
            let met = self
                .owners
                .get(&key.owner)
                .is_some_and(|met| met.load(Ordering::Relaxed));
            if (met || all) && looked(key) && entry.used.load(Ordering::Relaxed) < entry.times {
                stale.push((entry.span, key));
            }
        }
        stale.sort_by_key(|(span, _)| *span);
        stale
    }
}

/// Findings as entries of a baseline that is to be written.
#[derive(Debug, Default)]
pub struct Collected {
    entries: BTreeMap<Key, u32>,
    owners: std::collections::BTreeSet<Owner>,
}

/// What became of a baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Entries in it now.
    pub entries: usize,
    /// Entries that are gone.
    pub gone: usize,
    /// Findings that were not added, since it may only shrink.
    pub not_added: usize,
}

impl Collected {
    /// Takes the findings of an owner that nothing but a baseline waives.
    pub fn add<'f>(&mut self, set: &RuleSet, owner: &Owner, findings: impl Iterator<Item = (&'f Finding, &'f Source)>) {
        self.owners.insert(owner.clone());
        let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
        for (finding, source) in findings {
            let by = finding.waived.as_ref().map(|waiver| waiver.by);
            if matches!(by, None | Some(WaivedBy::Baseline)) && can_be_waived(set, finding) {
                *counts.entry(Key::of(set, finding, source, owner)).or_default() += 1;
            }
        }
        for (key, count) in counts {
            let most = self.entries.entry(key).or_default();
            *most = count.max(*most);
        }
    }

    /// The text of a baseline of what was collected. An earlier one keeps the entries of practices that were not met, and
    /// takes new ones only where it may grow.
    pub fn text(&self, earlier: Option<&Baseline>, grow: bool) -> (String, Written) {
        let mut written = Written::default();
        let mut entries: BTreeMap<&Key, u32> = BTreeMap::new();
        for (key, times) in &self.entries {
            let known = earlier.map(|earlier| earlier.entries.get(key).map_or(0, |entry| entry.times));
            let kept = match known {
                Some(known) if !grow => known.min(*times),
                _ => *times,
            };
            written.not_added += usize::from(kept < *times);
            if kept > 0 {
                entries.insert(key, kept);
            }
        }
        for (key, entry) in earlier.into_iter().flat_map(|earlier| &earlier.entries) {
            if !self.owners.contains(&key.owner) {
                entries.insert(key, entry.times);
            } else if !self.entries.contains_key(key) {
                written.gone += 1;
            }
        }
        written.entries = entries.len();
        let mut text = String::from(HEAD);
        if entries.is_empty() {
            text.push_str("findings: []\n");
        } else {
            text.push_str("findings:\n");
        }
        for (key, times) in entries {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let owner = match &key.owner {
                Owner::Practice(_) => "practice",
                Owner::File(_) => "file",
            };
            let times = if times == 1 {
                String::new()
            } else {
                format!(", times: {times}")
            };
            let name = quoted(key.owner.name());
            let value = quoted(&key.value);
            let _ = writeln!(text, "- {{{owner}: {name}, rule: {}, value: {value}{times}}}", key.rule);
        }
        (text, written)
    }
}

const HEAD: &str = "\
# Findings that were there when this file was written. `credlint check --baseline` does not count them;
# `--write-baseline` takes out what is found no longer, and puts nothing in without `--grow-baseline`.
credlint-baseline: 1
";
