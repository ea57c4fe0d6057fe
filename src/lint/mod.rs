//! One document → one [`Practice`]: findings, verdicts, gaps, definition. No I/O, no failure.

pub mod catalogue;
mod collect;
pub mod kept;
pub mod mend;
mod trial;
mod verdicts;

use std::sync::Arc;

use jiff::civil::Date;

use crate::catalogue::Draft;
use crate::check::{Clock, Context};
use crate::descriptor::{Descriptor, FactId, mapped, native};
use crate::digest::sha256;
use crate::elements;
use crate::finding::Finding;
use crate::language::{Language, mark};
use crate::observation::{self, Observation};
use crate::profile::EvidencePolicy;
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Outcome, Phase, Rule};
use crate::score::{self, Definition, ElementVerdict, Gap, Verdict};
use crate::source::sheet::Sheet;
use crate::source::{Form, Source, Span};
use crate::standard::Element;
use crate::tree::{Entry, Kind, NodeId, Tree};
use crate::typology::{Classification, Record};
use crate::vocabulary::{embedded, nearest};
use crate::waiver::comment::{self, Comment};
use collect::Findings;
use verdicts::Verdicts;

/// Most findings of one rule in one practice; the rest is counted.
const MAX_FINDINGS_PER_RULE: usize = 50;

/// What the run as a whole decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// The day on which "is this over?" is answered.
    pub as_of: Date,
    /// The language of texts.
    pub language: Language,
    /// The format of the input, when the user says it; else it is told by the content.
    pub format_in: Option<FormatIn>,
}

/// What the user says that the input is.
#[derive(Clone, Copy, Debug)]
pub enum FormatIn {
    /// Our own.
    Native,
    /// Somebody else's.
    Mapped(&'static mapped::Format),
}

impl FormatIn {
    /// The format with a name.
    pub fn named(name: &str) -> Option<FormatIn> {
        match name {
            "native" => Some(FormatIn::Native),
            name => mapped::format(name).map(FormatIn::Mapped),
        }
    }
}

/// Whether a document was named by the user or met on a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always checked.
    Named,
    /// Checked if its content says what it is.
    Walked,
}

/// The name of a format of others.
pub type FormatName = &'static str;

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its rules were run.
    Checked,
    /// It does not say that it is one.
    NotADescriptor,
    /// The file could not be opened or is not text.
    Unreadable,
    /// It could not be read to its end.
    Unparsable,
    /// It is no document but the headings of a spreadsheet, with what was found about the sheet as a whole.
    Headings,
}

impl State {
    /// Its words in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            State::Checked => mark("checked"),
            State::NotADescriptor => mark("not a descriptor"),
            State::Unreadable => mark("unreadable"),
            State::Unparsable => mark("unparsable"),
            State::Headings => mark("the headings"),
        }
    }
}

/// A document that evidence cites, as the file names it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cited {
    /// Its id in the file.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Where it can be read, as written: nobody has looked whether it is an address.
    pub url: Option<String>,
}

/// One document and what was found. Everything but the text can be kept ([`kept`]), so nothing in here may be left out
/// when it is written.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Practice {
    /// Its sources; the first is the file.
    #[serde(skip)]
    pub sources: Vec<Arc<Source>>,
    /// 1-based number of the document in its file.
    pub document: usize,
    /// Its part of the text; nothing stands for all of it.
    extent: Option<Span>,
    /// What became of it.
    pub state: State,
    /// Why it was not checked, when it was not.
    pub problem: Option<String>,
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// Metadata of the mapping, as written (`practice:`).
    pub metadata: Vec<(String, String)>,
    /// The country under which it is grouped: the mapping's, else that of the awarding bodies where they share one.
    pub country: Option<String>,
    /// Remarks outside the elements.
    pub observations: Vec<Observation>,
    /// Findings in the order of the text.
    pub findings: Vec<Finding>,
    /// Findings that were counted, not kept.
    pub omitted: usize,
    /// One verdict per judged element.
    pub elements: Vec<ElementVerdict>,
    /// One gap per block.
    pub gaps: Vec<(String, Gap)>,
    /// The definition.
    pub definition: Option<Definition>,
    /// What kind of practice it is, and what stands out in it.
    pub typology: Option<Classification>,
    /// The documents that its evidence cites.
    pub cited: Vec<Cited>,
    /// The units of a qualification, each as if it stood alone.
    pub units: Vec<UnitVerdict>,
    /// Values of learner keys; masked in every excerpt.
    learner_data: Vec<Span>,
    /// Values that `plan` repeats in what it offers to paste: canonical path and value.
    pub known: Vec<(String, String)>,
    /// What the rules over a catalogue need of it, when it was checked.
    pub record: Option<Draft>,
    /// The format of the file, when it is not our own.
    #[serde(deserialize_with = "kept::format")]
    pub format: Option<FormatName>,
    /// Whether what was found depends on the day of the check.
    pub dated: bool,
    /// Rules that looked at it.
    pub rules_run: usize,
    /// Rules that do not apply.
    pub rules_not_applicable: usize,
}

impl Practice {
    /// A document without verdicts.
    pub fn empty(source: Arc<Source>, document: usize, state: State) -> Practice {
        Practice {
            sources: vec![source],
            document,
            extent: None,
            state,
            problem: None,
            id: None,
            learner_data: Vec::new(),
            name: None,
            metadata: Vec::new(),
            country: None,
            observations: Vec::new(),
            findings: Vec::new(),
            omitted: 0,
            elements: Vec::new(),
            gaps: Vec::new(),
            definition: None,
            typology: None,
            cited: Vec::new(),
            units: Vec::new(),
            known: Vec::new(),
            record: None,
            format: None,
            dated: false,
            rules_run: 0,
            rules_not_applicable: 0,
        }
    }

    /// The file.
    pub fn source(&self) -> &Arc<Source> {
        &self.sources[0]
    }

    /// SHA-256 of its text, in hexadecimal; of a row of a spreadsheet, of what its cells say. Of what is masked in reports it sees the mask. Nothing where the file could
    /// not be opened.
    pub fn digest(&self) -> Option<String> {
        if self.state == State::Unreadable && self.problem.is_some() {
            return None;
        }
        let source = self.source();
        let text = source.text();
        let row = source
            .sheet()
            .and_then(|sheet| Some((sheet, sheet.rows.get(self.document.checked_sub(1)?)?)));
        if let Some((sheet, row)) = row {
            return Some(sha256(sheet.content(row, text)));
        }
        let own = self.extent.map_or(text, |extent| extent.slice(text).trim_end());
        Some(sha256(own.as_bytes()))
    }

    /// Its row, where the file is a spreadsheet: the name of the sheet, and the number.
    pub fn row(&self) -> Option<(&str, u32)> {
        let sheet = self.source().sheet()?;
        let row = sheet.rows.get(self.document.checked_sub(1)?)?;
        let name = sheet.names.get(usize::from(row.sheet)).map_or("", String::as_str);
        Some((name, row.row))
    }

    /// Where it stands, for people: the file, and the number of the document or row where that is not the first.
    pub fn place(&self, language: Language) -> String {
        let file = self.source().name();
        match (self.row(), self.document) {
            (Some((_, row)), _) => language.fill("{file}, row {n}", &[("file", &file), ("n", &row)]),
            (None, 0 | 1) => file.to_string(),
            (None, n) => language.fill("{file}, document {n}", &[("file", &file), ("n", &n)]),
        }
    }

    /// The findings that count: those that nobody has waived.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }

    /// The verdict on an element.
    pub fn verdict(&self, element: Element) -> Verdict {
        self.elements
            .iter()
            .find(|verdict| verdict.element == element)
            .map_or(Verdict::NotStated, |verdict| verdict.verdict)
    }
}

/// What a unit of a qualification would be as a micro-credential of its own, with what it takes over from the whole.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct UnitVerdict {
    /// Its place in the list, from 1.
    pub number: usize,
    /// Its id.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// Whether the unit is only the id of another description, which is judged where it stands.
    pub is_reference: bool,
    /// Whether nothing is missing of what the profile counts first.
    pub meets: bool,
    /// What is missing of that, in the standard's order.
    pub lacks: Vec<UnitLack>,
    /// Keys that it takes over from the whole.
    pub inherited: Vec<String>,
}

/// An element that a unit lacks.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct UnitLack {
    /// Which.
    pub element: Element,
    /// The verdict.
    pub verdict: Verdict,
}

/// What a document says that it is.
enum Header {
    Native,
    NearMiss(Span, NodeId, String),
    None,
}

/// Every practice of a source: one per document, or one per item where a document is a list of descriptors. Findings
/// carry their fixes, and what is called safe among them has been tried where it had to be.
pub fn lint_source(set: &RuleSet, options: &Options, source: &Arc<Source>, presence: Presence) -> Vec<Practice> {
    if let Some(sheet) = source.sheet() {
        return lint_sheet(set, options, source, sheet, presence);
    }
    let mut practices = lint_untried(set, options, source, presence);
    trial::settle(set, options, source, presence, &mut practices);
    practices
}

fn lint_untried(set: &RuleSet, options: &Options, source: &Arc<Source>, presence: Presence) -> Vec<Practice> {
    let text = source.text();
    let strict = Form::is_strict(source.name());
    let json = crate::tree::json::parse(text);
    let problem = || crate::tree::strict_json_problem(text);
    if let Some(problem) = (strict && json.is_none()).then(problem).flatten() {
        let mut practice = Practice::empty(source.clone(), 1, State::Unparsable);
        Findings::new(set, options, &mut practice).problem(&problem);
        return vec![practice];
    }
    let trees = json.map_or_else(|| crate::tree::parse_yaml(text), |tree| vec![tree]);
    let (mut practices, mut extents) = (Vec::new(), Vec::new());
    each_practice(&trees, text, options.format_in, &mut |number, document| {
        extents.push(document.extent());
        practices.push(match document {
            Document::Native { tree, root } => lint_document(set, options, source, tree, root, number, presence),
            Document::Mapped { document, record } => lint_mapped(set, options, source, document, record, number),
            Document::Unrecognised { tree, format } => {
                lint_unrecognised(set, options, source, tree, format, number, presence)
            }
        });
    });
    mask_learner_data(source, &mut practices);
    lay_out(text, &extents, &mut practices);
    if !strict && comment::mentioned(text) {
        waive(set, options, &comment::comments(text, &trees), &mut practices);
    }
    practices
}

/// Honours the comments that waive findings, and says which of them are of no use.
fn waive(set: &RuleSet, options: &Options, comments: &[Comment], practices: &mut [Practice]) {
    for practice in practices.iter_mut().filter(|practice| practice.state == State::Checked) {
        let own = |comment: &&Comment| {
            let at = comment.span.start;
            practice
                .extent
                .is_none_or(|extent| extent.start <= at && at < extent.end)
        };
        let comments: Vec<&Comment> = comments.iter().filter(own).collect();
        if comments.is_empty() {
            continue;
        }
        let mut used: Vec<Vec<bool>> = comments
            .iter()
            .map(|comment| vec![false; comment.rules.as_ref().map_or(0, Vec::len)])
            .collect();
        for finding in &mut practice.findings {
            for (comment, used) in comments.iter().zip(&mut used) {
                if let Some(rule) = comment.waives(set, finding) {
                    used[rule] = true;
                    finding.waived = Some(comment.waiver());
                }
            }
        }
        let mut findings = Findings::new(set, options, practice);
        for (comment, used) in comments.iter().zip(used) {
            findings.waiver(comment, &used);
        }
        findings.finish();
    }
}

/// Every row of a spreadsheet, and in front of them what was found about the sheet as a whole.
fn lint_sheet(
    set: &RuleSet,
    options: &Options,
    source: &Arc<Source>,
    sheet: &Sheet,
    presence: Presence,
) -> Vec<Practice> {
    if presence == Presence::Walked && !sheet.ours {
        return vec![Practice::empty(source.clone(), 1, State::NotADescriptor)];
    }
    let mut practices = Vec::with_capacity(source.rows().len() + 1);
    let (general, of_rows) = sheet.notes.split_at(sheet.general);
    if source.rows().start == 0 && !general.is_empty() {
        let (number, state) = if sheet.broken {
            (1, State::Unparsable)
        } else {
            (0, State::Headings)
        };
        let mut practice = Practice::empty(source.clone(), number, state);
        let mut findings = Findings::new(set, options, &mut practice);
        general.iter().for_each(|note| findings.note(note));
        findings.finish();
        practices.push(practice);
    }
    if sheet.broken {
        return practices;
    }
    each_document(source, None, &mut |number, document| {
        let Document::Native { tree, root } = document else {
            return;
        };
        let mut practice = lint_document(set, options, source, tree, root, number, presence);
        let notes = sheet.rows.get(number - 1).map_or(0..0, |row| row.notes.clone());
        let notes = notes.start as usize - general.len()..notes.end as usize - general.len();
        if let Some(notes) = of_rows.get(notes).filter(|notes| !notes.is_empty()) {
            let mut findings = Findings::new(set, options, &mut practice);
            notes.iter().for_each(|note| findings.note(note));
            findings.finish();
        }
        practices.push(practice);
    });
    mask_learner_data(source, &mut practices);
    practices
}

/// Which part of a text is whose. A document that says where it begins ends where the next one does; a file of one
/// practice is that practice, with every comment in it.
fn lay_out(text: &str, extents: &[Extent], practices: &mut [Practice]) {
    if practices.len() == 1 {
        return;
    }
    for (number, practice) in practices.iter_mut().enumerate() {
        let Extent { start, item } = extents[number];
        practice.extent = Some(item.unwrap_or_else(|| {
            let later = extents[number..].iter().map(|next| next.start);
            let end = later.filter(|next| *next > start).min();
            Span::new(start as usize, end.map_or(text.len(), |end| end as usize))
        }));
    }
}

/// Where the text of a practice lies.
#[derive(Clone, Copy, Debug)]
struct Extent {
    /// Where its document begins.
    start: u32,
    /// The item of the document that it is, where it is one of several.
    item: Option<Span>,
}

/// A learner's name or number in a descriptor is a finding, and must not travel on in a report: reports get a source in
/// which those values are masked, with every place where it was.
fn mask_learner_data(source: &Arc<Source>, practices: &mut [Practice]) {
    let spans: Vec<Span> = practices
        .iter()
        .flat_map(|practice| practice.learner_data.iter().copied())
        .collect();
    if spans.is_empty() {
        return;
    }
    let masked = Arc::new(source.with_text(mask(source.text(), &spans)));
    practices
        .iter_mut()
        .for_each(|practice| practice.sources[0] = masked.clone());
}

/// The text with the characters of some spans replaced by ones of the same length in bytes.
fn mask(text: &str, spans: &[Span]) -> String {
    let inside = |at: usize| spans.iter().any(|span| span.range().contains(&at));
    let masked = |(at, character): (usize, char)| match (inside(at) && !character.is_whitespace(), character.len_utf8())
    {
        (false, _) => character,
        (true, 1) => '*',
        (true, 2) => '·',
        (true, 3) => '•',
        (true, _) => '\u{1F512}',
    };
    text.char_indices().map(masked).collect()
}

/// A file that is not UTF-8: one finding at the first wrong byte.
pub fn not_utf8(set: &RuleSet, options: &Options, source: Arc<Source>, valid_up_to: usize) -> Practice {
    let mut practice = Practice::empty(source, 1, State::Unreadable);
    let mut findings = Findings::new(set, options, &mut practice);
    let replacement = '\u{FFFD}'.len_utf8();
    findings.reported(
        "input/not-utf8",
        Span::new(valid_up_to, valid_up_to + replacement),
        String::new(),
        Vec::new(),
        None,
    );
    practice
}

/// One practice of a text, before it is read.
pub(crate) enum Document<'d, 's> {
    /// In our own format.
    Native {
        /// Its tree.
        tree: &'d Tree<'s>,
        /// Where it begins in it.
        root: Option<NodeId>,
    },
    /// In somebody else's.
    Mapped {
        /// The document that it stands in.
        document: &'d mapped::Document<'s>,
        /// Where it begins in it.
        record: NodeId,
    },
    /// Not of the format that somebody says it is.
    Unrecognised {
        /// Its tree.
        tree: &'d Tree<'s>,
        /// The format.
        format: &'static mapped::Format,
    },
}

impl<'d, 's> Document<'d, 's> {
    /// Its tree.
    pub(crate) fn tree(&self) -> &'d Tree<'s> {
        match self {
            Document::Native { tree, .. } | Document::Unrecognised { tree, .. } => tree,
            Document::Mapped { document, .. } => document.tree(),
        }
    }

    /// Where its text lies. A record of a graph may be spread over all of it.
    fn extent(&self) -> Extent {
        let item = match self {
            Document::Native { tree, root } if tree.root != *root => *root,
            Document::Mapped { document, record } if !document.format.graph => Some(*record),
            _ => None,
        };
        let start = self.tree().start;
        let item = item.map(|item| self.tree().node(item).span);
        Extent { start, item }
    }

    /// Its facts.
    pub(crate) fn read(&self, set: &RuleSet) -> Descriptor<'d>
    where
        's: 'd,
    {
        match self {
            Document::Native { tree, root } => native::read(tree, *root, &set.native, &set.placeholders),
            Document::Unrecognised { tree, .. } => native::read(tree, None, &set.native, &set.placeholders),
            Document::Mapped { document, record } => document.read(*record, &set.placeholders),
        }
    }
}

/// Visits the practices of a text with their numbers: one per tree, one per item where a tree is a list, one per record of
/// a file in another format, also inside a signed one, one per row of a spreadsheet.
pub(crate) fn each_document(
    source: &Source,
    format_in: Option<FormatIn>,
    each: &mut dyn FnMut(usize, Document<'_, '_>),
) {
    let text = source.text();
    let Some(sheet) = source.sheet() else {
        return each_practice(&crate::tree::parse(text), text, format_in, each);
    };
    let rows = crate::sheet::tree::Rows::new(sheet, text);
    for index in source.rows() {
        let Some(row) = sheet.rows.get(index) else { continue };
        let tree = rows.tree(row);
        let root = tree.root;
        each(index + 1, Document::Native { tree: &tree, root });
    }
}

/// The same over trees that are there already.
fn each_practice(
    trees: &[Tree<'_>],
    text: &str,
    format_in: Option<FormatIn>,
    each: &mut dyn FnMut(usize, Document<'_, '_>),
) {
    let mut number = 0;
    for tree in trees {
        if let Some(payload) = crate::jws::payload(tree, text) {
            let inner = payload.trees();
            let known = inner
                .iter()
                .filter(|tree| each_record(tree, format_in, &mut number, each));
            if known.count() > 0 {
                continue;
            }
        }
        if each_record(tree, format_in, &mut number, each) {
            continue;
        }
        let fatal = tree.problems.iter().any(|problem| problem.kind.is_fatal());
        if let (Some(FormatIn::Mapped(format)), false) = (format_in, fatal) {
            number += 1;
            each(number, Document::Unrecognised { tree, format });
            continue;
        }
        let items = descriptor_roots(tree);
        let own = items.is_empty().then_some(tree.root);
        for root in own.into_iter().chain(items.into_iter().map(Some)) {
            number += 1;
            each(number, Document::Native { tree, root });
        }
    }
}

/// The same for the records of a tree in another format; false where it is none.
fn each_record(
    tree: &Tree<'_>,
    format_in: Option<FormatIn>,
    number: &mut usize,
    each: &mut dyn FnMut(usize, Document<'_, '_>),
) -> bool {
    let said = match format_in {
        Some(FormatIn::Native) => return false,
        Some(FormatIn::Mapped(format)) => Some(format),
        None => None,
    };
    let native = |node: NodeId| tree.get(node, "descriptor").is_some();
    let is_native = tree
        .root
        .is_some_and(|root| native(root) || tree.entries(root).iter().any(|entry| native(entry.value)));
    let fatal = tree.problems.iter().any(|problem| problem.kind.is_fatal());
    if fatal || (is_native && said.is_none()) {
        return false;
    }
    let documents = mapped::Document::all(tree, said);
    for document in &documents {
        for record in &document.records {
            *number += 1;
            each(
                *number,
                Document::Mapped {
                    document,
                    record: *record,
                },
            );
        }
    }
    !documents.is_empty()
}

/// A practice in somebody else's format.
fn lint_mapped(
    set: &RuleSet,
    options: &Options,
    source: &Arc<Source>,
    document: &mapped::Document<'_>,
    record: NodeId,
    number: usize,
) -> Practice {
    let mut practice = Practice::empty(source.clone(), number, State::Checked);
    let descriptor = document.read(record, &set.placeholders);
    let mut findings = Findings::new(set, options, &mut practice);
    document
        .tree()
        .problems
        .iter()
        .for_each(|problem| findings.problem(problem));
    findings.unreadable(&descriptor);
    judge(&mut findings, &descriptor, false);
    findings.finish();
    identify(&mut practice, &descriptor, options.language);
    practice.known = set.elements.known(&descriptor);
    practice.format = Some(&document.format.format);
    practice.learner_data.clone_from(&document.learner);
    practice.record = Some(set.catalogue.draft(&descriptor));
    practice
}

/// A document that somebody says is of a format, and nothing of that format is in it.
fn lint_unrecognised(
    set: &RuleSet,
    options: &Options,
    source: &Arc<Source>,
    tree: &Tree<'_>,
    format: &'static mapped::Format,
    number: usize,
    presence: Presence,
) -> Practice {
    let mut practice = Practice::empty(source.clone(), number, State::NotADescriptor);
    if presence == Presence::Walked {
        return practice;
    }
    practice.state = State::Checked;
    let descriptor = native::read(tree, None, &set.native, &set.placeholders);
    let mut findings = Findings::new(set, options, &mut practice);
    tree.problems.iter().for_each(|problem| findings.problem(problem));
    findings.unrecognised(tree, format);
    judge(&mut findings, &descriptor, true);
    findings.finish();
    practice
}

/// The items of a list of descriptors.
fn descriptor_roots(tree: &Tree<'_>) -> Vec<NodeId> {
    let Some(root) = tree
        .root
        .filter(|root| matches!(tree.node(*root).kind, Kind::Sequence(_)))
    else {
        return Vec::new();
    };
    let items = tree.entries(root);
    let native = |entry: &Entry<'_>| tree.get(entry.value, "descriptor").is_some();
    if items.iter().any(native) {
        items.iter().map(|entry| entry.value).collect()
    } else {
        Vec::new()
    }
}

fn lint_document(
    set: &RuleSet,
    options: &Options,
    source: &Arc<Source>,
    tree: &Tree<'_>,
    root: Option<NodeId>,
    number: usize,
    presence: Presence,
) -> Practice {
    let mut practice = Practice::empty(source.clone(), number, State::Checked);
    let fatal = tree.problems.iter().any(|problem| problem.kind.is_fatal());
    if fatal {
        practice.state = State::Unparsable;
        let mut findings = Findings::new(set, options, &mut practice);
        tree.problems.iter().for_each(|problem| findings.problem(problem));
        findings.finish();
        return practice;
    }
    let header = root.map_or(Header::None, |root| header(tree, root));
    if presence == Presence::Walked && matches!(header, Header::None) {
        practice.state = State::NotADescriptor;
        return practice;
    }
    let descriptor = native::read(tree, root, &set.native, &set.placeholders);
    let mut findings = Findings::new(set, options, &mut practice);
    findings.fixable = Some(&descriptor);
    tree.problems.iter().for_each(|problem| findings.problem(problem));
    let foreign = findings.header(&descriptor, tree, &header);
    findings.shape(tree, root, foreign, matches!(header, Header::NearMiss(..)));
    findings.ambiguities(&descriptor);
    findings.claims(&descriptor);
    judge(&mut findings, &descriptor, foreign);
    if !foreign {
        findings.placeholders(&descriptor, tree);
    }
    findings.finish();
    identify(&mut practice, &descriptor, options.language);
    practice.known = set.elements.known(&descriptor);
    practice.units = units(set, options, &practice, &descriptor);
    practice.learner_data = learner_data(tree, &descriptor);
    practice.record = (!foreign).then(|| set.catalogue.draft(&descriptor));
    practice
}

fn header(tree: &Tree<'_>, root: NodeId) -> Header {
    if tree.get(root, "descriptor").is_some() {
        return Header::Native;
    }
    for entry in tree.entries(root) {
        let value = tree
            .scalar(entry.value)
            .map(|scalar| scalar.text.as_ref())
            .unwrap_or_default();
        let says_so = value
            .to_lowercase()
            .replace([' ', '_'], "-")
            .starts_with("micro-credential/");
        let near = nearest(&entry.key.to_lowercase(), ["descriptor"].into_iter()).is_some()
            && value.len() < 40
            && value.to_lowercase().contains("credential");
        if says_so || near {
            return Header::NearMiss(entry.key_span, entry.value, entry.key.to_string());
        }
    }
    Header::None
}

fn learner_data(tree: &Tree<'_>, descriptor: &Descriptor<'_>) -> Vec<Span> {
    let Some(keys) = embedded("learner-key") else {
        return Vec::new();
    };
    let about_learners = descriptor
        .unknown_keys()
        .iter()
        .filter(|unknown| keys.find(&unknown.name).is_some_and(|entry| entry.has_flag("learner")));
    about_learners
        .filter_map(|unknown| unknown.place.node)
        .map(|node| tree.node(node).span)
        .collect()
}

fn identify(practice: &mut Practice, descriptor: &Descriptor<'_>, language: Language) {
    let said = |id: FactId| descriptor.text(id, language.code());
    let text = |id: Option<FactId>| id.and_then(said).map(str::to_string);
    let mapped = descriptor.get(FactId::ROOT, "practice");
    let inside = |name: &str| mapped.and_then(|mapped| descriptor.get(mapped, name));
    practice.id = text(descriptor.get(FactId::ROOT, "id")).or_else(|| text(inside("id")));
    practice.name = text(inside("name")).or_else(|| text(descriptor.get(FactId::ROOT, "title")));
    let facts = mapped.map(|mapped| descriptor.children(mapped)).unwrap_or_default();
    practice.metadata = facts
        .iter()
        .filter_map(|id| Some((descriptor.canonical_name(*id), text(Some(*id))?)))
        .collect();
    practice.country = said_country(descriptor, inside("country"));
    practice.observations = observation::observations(descriptor, language);
    let sources = descriptor.get(FactId::ROOT, "sources");
    let sources = sources.map(|sources| descriptor.children(sources)).unwrap_or_default();
    let cited = |id: &FactId| Cited {
        id: descriptor.canonical_name(*id),
        title: text(descriptor.get(*id, "title")),
        url: text(descriptor.get(*id, "url")),
    };
    practice.cited = sources.iter().map(cited).collect();
}

/// The country that the mapping says, else the one that all awarding bodies which say one have in common.
fn said_country(descriptor: &Descriptor<'_>, mapped: Option<FactId>) -> Option<String> {
    let said = |id: FactId| descriptor.plain_text(id).map(|text| observation::slug("country", text));
    if let Some(country) = mapped.and_then(said) {
        return Some(country);
    }
    let bodies = descriptor.get(FactId::ROOT, "awarding_bodies");
    let bodies = bodies.map(|id| descriptor.children(id)).unwrap_or_default();
    let mut countries = bodies.iter().filter_map(|body| said(descriptor.get(*body, "country")?));
    let first = countries.next()?;
    countries.all(|country| country == first).then_some(first)
}

/// Rules, verdicts, gaps and definition over facts that are there already, without a file around them; for benches
/// and for readers of other formats.
pub fn judge_facts(set: &RuleSet, options: &Options, descriptor: &Descriptor<'_>) -> Practice {
    let source = Arc::new(Source::new("", String::new()));
    let mut practice = Practice::empty(source, 1, State::Checked);
    let mut findings = Findings::new(set, options, &mut practice);
    judge(&mut findings, descriptor, false);
    findings.finish();
    practice
}

/// Every unit, judged as the descriptor that it would be by itself.
fn units(set: &RuleSet, options: &Options, whole: &Practice, descriptor: &Descriptor<'_>) -> Vec<UnitVerdict> {
    let found = crate::units::units(descriptor, &|element| whole.verdict(element));
    let judged = |unit: crate::units::Unit| {
        let mut verdict = UnitVerdict {
            number: unit.number,
            id: unit.id,
            name: None,
            is_reference: unit.document.is_none(),
            meets: false,
            lacks: Vec::new(),
            inherited: unit.inherited.iter().map(|key| (*key).to_string()).collect(),
        };
        let Some(document) = unit.document else { return verdict };
        let text = document.to_string();
        for tree in &crate::tree::parse(&text) {
            let descriptor = native::read(tree, tree.root, &set.native, &set.placeholders);
            let mut practice = judge_facts(set, options, &descriptor);
            identify(&mut practice, &descriptor, options.language);
            let open = |verdict: Verdict| !matches!(verdict, Verdict::Met | Verdict::NotApplicable);
            let elements = set.profile.headline().elements.iter().copied();
            let lacks = elements.map(|element| UnitLack {
                element,
                verdict: practice.verdict(element),
            });
            verdict.lacks = lacks.filter(|lack| open(lack.verdict)).collect();
            verdict.meets = verdict.lacks.is_empty();
            verdict.name = practice.name;
        }
        verdict
    };
    found.into_iter().map(judged).collect()
}

/// Runs the rules and draws the verdicts.
fn judge(findings: &mut Findings<'_>, descriptor: &Descriptor<'_>, foreign: bool) {
    let set = findings.set;
    let statements = set.elements.statements(descriptor);
    let clock = Clock::new(findings.options.as_of);
    let mut context = Context {
        descriptor,
        clock: &clock,
        language: findings.options.language,
        elements: &set.elements,
        element: Element::Document,
        statements: &statements,
        verdicts: None,
    };
    let mut failed: Vec<(Element, Effect, usize)> = Vec::new();
    let run = |findings: &mut Findings<'_>,
               failed: &mut Vec<(Element, Effect, usize)>,
               context: Context<'_>,
               index: usize,
               rule: &Rule| {
        let context = Context {
            element: rule.file.element,
            ..context
        };
        findings.practice.rules_run += 1;
        match rule.evaluate(&context) {
            Outcome::Passed => {}
            Outcome::NotApplicable | Outcome::NothingGiven => {
                findings.practice.rules_run -= 1;
                findings.practice.rules_not_applicable += 1;
            }
            Outcome::Failed(failures) => {
                failed.push((rule.file.element, rule.file.effect, index));
                // A file that is no descriptor at all gets one clear answer, not nine complaints.
                if !foreign {
                    failures
                        .into_iter()
                        .for_each(|failure| findings.add(descriptor, index, failure));
                }
            }
        }
    };
    let phase = descriptor
        .origin()
        .map_or(Phase::Descriptor, |origin| origin.format.phase);
    let rules = || {
        let applies = move |rule: &Rule| rule.file.phase.includes(phase) && rule.across().is_none();
        let rules = set.rules.iter().enumerate();
        rules.filter(move |(index, rule)| set.is_in_force(*index) && !rule.is_reported() && applies(rule))
    };
    for (index, rule) in rules().filter(|(_, rule)| !rule.needs_verdicts()) {
        run(findings, &mut failed, context, index, rule);
    }
    let worst = |element: Element| {
        failed
            .iter()
            .filter(|(own, ..)| *own == element)
            .map(|(_, effect, _)| *effect)
            .max()
            .unwrap_or(Effect::None)
    };
    let mut values: [Option<Verdict>; Element::ALL.len()] = [None; Element::ALL.len()];
    for element in Element::JUDGED {
        values[element.index()] = score::value_verdict(&set.elements, &statements, element, worst(element));
    }
    context.verdicts = Some(&values);
    for (index, rule) in rules().filter(|(_, rule)| rule.needs_verdicts()) {
        run(findings, &mut failed, context, index, rule);
    }
    let evidence = elements::evidence(descriptor);
    let verdicts = Verdicts {
        set,
        descriptor,
        statements: &statements,
        values: &values,
        failed: &failed,
        evidence: &evidence,
        language: findings.options.language,
    };
    let practice = &mut *findings.practice;
    practice.dated = clock.was_asked();
    practice.elements = Element::JUDGED
        .into_iter()
        .map(|element| verdicts.element(element))
        .collect();
    let blocks = &set.profile.blocks;
    let gaps: Vec<(String, Gap)> = blocks
        .iter()
        .map(|block| {
            (
                block.block.clone(),
                score::gap(block, set.profile.silence, |element| practice.verdict(element)),
            )
        })
        .collect();
    practice.gaps = gaps;
    let definition = verdicts.definition(practice);
    let speaking = set.profile.evidence == EvidencePolicy::Scores;
    practice.typology = Some(set.typology.classify(&Record {
        descriptor,
        elements: &practice.elements,
        definition: &definition,
        evidence: if speaking { &evidence } else { &[] },
    }));
    practice.definition = Some(definition);
}
