//! A catalogue as a whole: the rules over it → findings with places in several files. No I/O: files are numbers, and
//! whoever reports a finding reads those concerned once more ([`reread`]).

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Document, FormatIn, Header, Options, Presence, each_document, header, learner_data, mask};
use crate::catalogue::{Conflict, Conflicts, Draft, Index, Spot, View};
use crate::descriptor::SourceId;
use crate::finding::{Finding, Label};
use crate::language::Language;
use crate::rule::Rule;
use crate::rule::set::RuleSet;
use crate::source::{Source, Span};
use crate::tree::Tree;

/// What was found over a catalogue.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Practices in it.
    pub records: usize,
    /// Findings in the order of their primary places, file by file.
    pub findings: Vec<CatalogueFinding>,
    /// Findings that were counted, not kept.
    pub omitted: usize,
    /// Rules that had something to look at.
    pub looked: Vec<usize>,
}

/// A finding whose places lie in several files.
#[derive(Clone, Debug)]
pub struct CatalogueFinding {
    /// The finding; the source of a label is a position in `files`, and the pointer is filled in when it is reported.
    pub finding: Finding,
    /// The numbers of the files concerned, that of the primary place first.
    pub files: Vec<u32>,
}

/// The names of the texts of an index. Texts of one name stand in one file, in the order of their numbers.
pub trait Names {
    /// The name of a text.
    fn name(&self, file: u32) -> String;

    /// The order of the names of two texts.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        self.name(a).cmp(&self.name(b))
    }
}

impl<'n, F: Fn(u32) -> &'n str> Names for F {
    fn name(&self, file: u32) -> String {
        self(file).to_string()
    }
}

/// Runs the rules over a catalogue.
pub fn lint_catalogue(set: &RuleSet, options: &Options, index: &Index, names: impl Names) -> Catalogue {
    let order = View::order(index, |a, b| names.compare(a, b));
    let mut catalogue = Catalogue {
        records: index.len(),
        ..Catalogue::default()
    };
    for (number, rule) in set.rules.iter().enumerate() {
        let (Some(check), Some(level)) = (rule.across(), set.levels[number]) else {
            continue;
        };
        let mut found = Conflicts::default();
        let view = View::new(index, &order, set.catalogue.columns_of(number));
        if check.run(&view, options.language, &mut found) {
            catalogue.looked.push(number);
        }
        catalogue.omitted += found.omitted;
        let worded = found.kept.into_iter().map(|conflict| {
            let (mut finding, files) = word(rule, conflict, options.language);
            finding.rule = number;
            finding.level = level;
            CatalogueFinding { finding, files }
        });
        catalogue.findings.extend(worded);
    }
    let place = |found: &CatalogueFinding| (found.files[0], found.finding.primary.span.start);
    catalogue.findings.sort_by(|a, b| {
        let rules = (&set.rules[a.finding.rule].id, &set.rules[b.finding.rule].id);
        names
            .compare(a.files[0], b.files[0])
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| b.finding.level.cmp(&a.finding.level))
            .then_with(|| rules.0.cmp(rules.1))
    });
    catalogue
}

fn word(rule: &Rule, conflict: Conflict, language: Language) -> (Finding, Vec<u32>) {
    let fill = |text: &str| Rule::fill(text, &conflict.args).trim_end().to_string();
    let mut files: Vec<u32> = Vec::new();
    let mut label = |(role, spot): (&str, Spot), own: &str| {
        let known = files.iter().position(|file| *file == spot.file);
        let source = known.unwrap_or_else(|| {
            files.push(spot.file);
            files.len() - 1
        });
        Label {
            source: SourceId(u16::try_from(source).unwrap_or(u16::MAX)),
            span: spot.span,
            text: fill(if role.is_empty() {
                own
            } else {
                rule.also(role, language)
            }),
        }
    };
    let primary = label(conflict.at, rule.label(language));
    let others = conflict.also.iter().map(|place| label(*place, "")).collect();
    let file = &rule.file;
    let finding = Finding {
        fix: None,
        rule: 0,
        level: file.level,
        effect: file.effect,
        element: file.element,
        message: fill(rule.message(language)),
        help: fill(rule.help(language)),
        why: fill(rule.why(language)),
        pointer: String::new(),
        primary,
        others,
        waived: None,
    };
    (finding, files)
}

/// The records of a text of the catalogue that is not itself checked: how many documents there are; the number of each
/// that has a record, and the record.
pub fn records(set: &RuleSet, format_in: Option<FormatIn>, source: &Source) -> (usize, Vec<(usize, Draft)>) {
    let sound = |tree: &Tree<'_>| !tree.problems.iter().any(|problem| problem.kind.is_fatal());
    let ours = |document: &Document<'_, '_>| match document {
        Document::Native { tree, root } => root.is_some_and(|root| !matches!(header(tree, root), Header::None)),
        Document::Mapped { .. } => true,
        Document::Unrecognised { .. } => false,
    };
    let (mut documents, mut records) = (0, Vec::new());
    if source.sheet().is_some_and(|sheet| !sheet.ours) {
        return (documents, records);
    }
    each_document(source, format_in, &mut |number, document| {
        documents = number;
        if sound(document.tree()) && ours(&document) {
            records.push((number, set.catalogue.draft(&document.read(set))));
        }
    });
    (documents, records)
}

/// A file that is read again to be shown.
#[derive(Clone, Debug)]
pub struct Reread {
    /// Its text, learner data masked.
    pub source: Arc<Source>,
    pointers: FxHashMap<Span, String>,
}

impl Reread {
    /// A file that is gone, or not the same any more; its places are not shown.
    pub fn gone(name: &str) -> Reread {
        Reread {
            source: Arc::new(Source::new(name, String::new())),
            pointers: FxHashMap::default(),
        }
    }

    /// The JSON pointer of one of the places.
    pub fn pointer(&self, span: Span) -> String {
        self.pointers.get(&span).cloned().unwrap_or_default()
    }
}

/// Makes a file ready to be shown: masks learner data as every report does, and finds the pointers of some places.
pub fn reread(set: &RuleSet, format_in: Option<FormatIn>, source: Arc<Source>, places: &[Span]) -> Reread {
    let wanted: FxHashSet<Span> = places.iter().copied().collect();
    let (mut pointers, mut secret) = (FxHashMap::default(), Vec::new());
    let mut seen = std::ptr::null();
    each_document(&source, format_in, &mut |_, document| {
        match &document {
            Document::Mapped { document, .. } => secret.extend(document.learner.iter().copied()),
            own => secret.extend(learner_data(own.tree(), &own.read(set))),
        }
        let tree = document.tree();
        // The practices of one tree come one after the other; a row of a spreadsheet has a tree of its own.
        let same = std::ptr::addr_eq(
            std::mem::replace(&mut seen, std::ptr::from_ref(tree).cast::<()>()),
            tree,
        );
        if !same || source.sheet().is_some() {
            let entries = tree.all_entries().filter(|entry| wanted.contains(&entry.use_span));
            pointers.extend(entries.map(|entry| (entry.use_span, tree.pointer(entry.value))));
        }
    });
    let source = if secret.is_empty() {
        source
    } else {
        Arc::new(source.with_text(mask(source.text(), &secret)))
    };
    Reread { source, pointers }
}

/// Practices of a text as a catalogue of its own, for tests of rules.
pub fn catalogue_of(set: &RuleSet, options: &Options, source: &Arc<Source>) -> Catalogue {
    let mut index = Index::default();
    for mut practice in super::lint_source(set, options, source, Presence::Named) {
        if let Some(draft) = practice.record.take() {
            index.add(0, Index::fingerprint(source.text()), practice.document, &draft);
        }
    }
    lint_catalogue(set, options, &index, |_| source.name())
}
