//! One document → one [`Practice`]: findings, verdicts, gaps, definition. No I/O, no failure.

use std::sync::Arc;

use jiff::civil::Date;

use crate::check::{Context, Failure};
use crate::descriptor::{Descriptor, FactId, Place, SourceId, Value, native};
use crate::elements::{self, EvidenceEntry, Statement, Statements};
use crate::finding::{Finding, Label};
use crate::rule::set::RuleSet;
use crate::rule::{Effect, Outcome, Rule};
use crate::schema::{self, ShapeKind};
use crate::score::{
    self, Because, Clause, ClauseResult, ClauseVerdict, Definition, ElementVerdict, EvidenceRef, Gap, Verdict,
};
use crate::source::{Source, Span};
use crate::standard::Element;
use crate::tree::{Ambiguity, Entry, Kind, NodeId, ProblemKind, Tree};
use crate::vocabulary::{embedded, nearest};

/// Most findings of one rule in one practice; the rest is counted.
const MAX_FINDINGS_PER_RULE: usize = 50;

/// What the run as a whole decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// The day on which "is this over?" is answered.
    pub as_of: Date,
    /// The language of texts.
    pub language: String,
}

/// Whether a document was named by the user or met on a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always checked.
    Named,
    /// Checked if its content says what it is.
    Walked,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
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
}

/// One document and what was found.
#[derive(Debug)]
pub struct Practice {
    /// Its sources; the first is the file.
    pub sources: Vec<Arc<Source>>,
    /// 1-based number of the document in its file.
    pub document: usize,
    /// What became of it.
    pub state: State,
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// Metadata of the mapping, as written (`practice:`).
    pub metadata: Vec<(String, String)>,
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
            state,
            id: None,
            name: None,
            metadata: Vec::new(),
            findings: Vec::new(),
            omitted: 0,
            elements: Vec::new(),
            gaps: Vec::new(),
            definition: None,
            rules_run: 0,
            rules_not_applicable: 0,
        }
    }

    /// The file.
    pub fn source(&self) -> &Arc<Source> {
        &self.sources[0]
    }

    /// The verdict on an element.
    pub fn verdict(&self, element: Element) -> Verdict {
        self.elements
            .iter()
            .find(|verdict| verdict.element == element)
            .map_or(Verdict::NotStated, |verdict| verdict.verdict)
    }
}

/// What a document says that it is.
enum Header {
    Native,
    NearMiss(Span, NodeId, String),
    None,
}

/// Every practice of a source: one per document, or one per item where a document is a list of descriptors.
pub fn lint_source(set: &RuleSet, options: &Options, source: &Arc<Source>, presence: Presence) -> Vec<Practice> {
    let text = source.text();
    let strict = source.name().ends_with(".json") || source.name().ends_with(".jsonld");
    if let Some(problem) = strict.then(|| crate::tree::strict_json_problem(text)).flatten() {
        let mut practice = Practice::empty(source.clone(), 1, State::Unparsable);
        Findings {
            set,
            options,
            practice: &mut practice,
            seen: Vec::new(),
        }
        .problem(&problem);
        return vec![practice];
    }
    let trees = crate::tree::parse(text);
    let mut practices = Vec::new();
    for tree in &trees {
        let roots = descriptor_roots(tree);
        if roots.is_empty() {
            practices.push(lint_document(
                set,
                options,
                source,
                tree,
                tree.root,
                practices.len() + 1,
                presence,
            ));
        }
        for root in roots {
            practices.push(lint_document(
                set,
                options,
                source,
                tree,
                Some(root),
                practices.len() + 1,
                presence,
            ));
        }
    }
    practices
}

/// A file that is not UTF-8: one finding at the first wrong byte.
pub fn not_utf8(set: &RuleSet, options: &Options, source: Arc<Source>, valid_up_to: usize) -> Practice {
    let mut practice = Practice::empty(source, 1, State::Unreadable);
    let mut findings = Findings {
        set,
        options,
        practice: &mut practice,
        seen: Vec::new(),
    };
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
        let mut findings = Findings {
            set,
            options,
            practice: &mut practice,
            seen: Vec::new(),
        };
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
    let mut findings = Findings {
        set,
        options,
        practice: &mut practice,
        seen: Vec::new(),
    };
    tree.problems.iter().for_each(|problem| findings.problem(problem));
    let foreign = findings.header(&descriptor, tree, &header);
    findings.shape(tree, root, foreign, matches!(header, Header::NearMiss(..)));
    findings.ambiguities(&descriptor);
    findings.claims(&descriptor);
    judge(&mut findings, &descriptor, foreign);
    findings.finish();
    identify(&mut practice, &descriptor);
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

fn identify(practice: &mut Practice, descriptor: &Descriptor<'_>) {
    let text = |id: Option<FactId>| id.and_then(|id| descriptor.text(id, "en")).map(str::to_string);
    let mapped = descriptor.get(FactId::ROOT, "practice");
    let inside = |name: &str| mapped.and_then(|mapped| descriptor.get(mapped, name));
    practice.id = text(descriptor.get(FactId::ROOT, "id")).or_else(|| text(inside("id")));
    practice.name = text(inside("name")).or_else(|| text(descriptor.get(FactId::ROOT, "title")));
    let facts = mapped.map(|mapped| descriptor.children(mapped)).unwrap_or_default();
    practice.metadata = facts
        .iter()
        .filter_map(|id| Some((descriptor.canonical_name(*id), text(Some(*id))?)))
        .collect();
}

/// Rules, verdicts, gaps and definition over facts that are there already, without a file around them; for benches
/// and for readers of other formats.
pub fn judge_facts(set: &RuleSet, options: &Options, descriptor: &Descriptor<'_>) -> Practice {
    let source = Arc::new(Source::new("", String::new()));
    let mut practice = Practice::empty(source, 1, State::Checked);
    let mut findings = Findings {
        set,
        options,
        practice: &mut practice,
        seen: Vec::new(),
    };
    judge(&mut findings, descriptor, false);
    findings.finish();
    practice
}

/// Runs the rules and draws the verdicts.
fn judge(findings: &mut Findings<'_>, descriptor: &Descriptor<'_>, foreign: bool) {
    let set = findings.set;
    let statements = set.elements.statements(descriptor);
    let mut context = Context {
        descriptor,
        as_of: findings.options.as_of,
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
    let rules = || set.rules.iter().enumerate().filter(|(_, rule)| !rule.is_reported());
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
    };
    let practice = &mut *findings.practice;
    practice.elements = Element::JUDGED
        .into_iter()
        .map(|element| verdicts.element(element))
        .collect();
    let blocks = &set.profile.file.blocks;
    let gaps: Vec<(String, Gap)> = blocks
        .iter()
        .map(|block| {
            (
                block.block.clone(),
                score::gap(block, set.profile.file.silence, |element| practice.verdict(element)),
            )
        })
        .collect();
    practice.gaps = gaps;
    practice.definition = Some(verdicts.definition(practice));
}

struct Verdicts<'a, 'd> {
    set: &'a RuleSet,
    descriptor: &'a Descriptor<'d>,
    statements: &'a Statements,
    values: &'a [Option<Verdict>; Element::ALL.len()],
    failed: &'a [(Element, Effect, usize)],
    evidence: &'a [EvidenceEntry<'a>],
}

impl Verdicts<'_, '_> {
    fn element(&self, element: Element) -> ElementVerdict {
        let entries: Vec<&EvidenceEntry<'_>> = self
            .evidence
            .iter()
            .filter(|entry| entry.element == Some(element))
            .collect();
        let value = self.values[element.index()];
        let (verdict, basis) = score::combine(value, &entries, self.set.profile.file.evidence);
        let block = self
            .set
            .profile
            .file
            .blocks
            .iter()
            .find(|block| block.elements.contains(&element));
        let mut because = Vec::new();
        if let Some(value) = value {
            because.extend(self.value_reasons(element, value));
        }
        if self.set.profile.file.evidence == crate::profile::EvidencePolicy::Scores {
            because.extend(entries.iter().map(|entry| Because::Evidence(reference(entry))));
        }
        ElementVerdict {
            element,
            verdict,
            basis,
            block: block.map(|block| block.block.clone()),
            because,
        }
    }

    fn value_reasons(&self, element: Element, value: Verdict) -> Vec<Because> {
        let rules = self
            .failed
            .iter()
            .filter(|(own, effect, _)| *own == element && *effect != Effect::None);
        let mut reasons: Vec<Because> = rules
            .map(|(.., index)| Because::Rule(self.set.rules[*index].id.clone()))
            .collect();
        match self.statements.get(element) {
            Statement::DeclaredNone => return vec![Because::Value("the file says `none`".to_string())],
            Statement::NotApplicable => {
                return vec![Because::Value("the file says that it does not apply".to_string())];
            }
            Statement::Stated { complete: false } => {
                reasons.push(Because::Value("not every item states it".to_string()))
            }
            _ => {}
        }
        if reasons.is_empty() && value == Verdict::Met {
            reasons.push(Because::Value("stated".to_string()));
        }
        reasons
    }

    /// Clause by clause: only a stated `none`, attendance as the only assessment, a whole qualification, or evidence
    /// contradicts; a partial or missing statement never does.
    fn definition(&self, practice: &Practice) -> Definition {
        let says_none = |element: Element| self.statements.get(element) == Statement::DeclaredNone;
        let failed = |id: &str| self.failed.iter().any(|(.., index)| self.set.rules[*index].id == id);
        let supported = |element: Element| {
            if practice.verdict(element) == Verdict::Met {
                ClauseVerdict::Supported
            } else {
                ClauseVerdict::NotStated
            }
        };
        let clause = |clause: Clause, verdict: ClauseVerdict, reason: Option<&str>| ClauseResult {
            clause,
            verdict: if reason.is_some() {
                ClauseVerdict::Contradicted
            } else {
                verdict
            },
            reason: reason.map(str::to_string),
        };
        let outcomes = says_none(Element::LearningOutcomes).then_some("it has no learning outcomes");
        let kind = self
            .descriptor
            .get(FactId::ROOT, "kind")
            .and_then(|id| self.descriptor.plain_text(id));
        let volume = (kind == Some("qualification")).then_some("it is a whole qualification");
        let small = match (kind.unwrap_or("micro-credential"), self.is_small()) {
            ("micro-credential", true) => supported(Element::Workload),
            _ => ClauseVerdict::NotStated,
        };
        let assessment = match () {
            () if says_none(Element::Assessment) => Some("nothing is assessed"),
            () if failed("assessment/attendance-only") => Some("only attendance is certified"),
            () => None,
        };
        let quality = says_none(Element::QualityAssurance).then_some("it has no quality assurance");
        let contradicting = self.evidence.iter().filter(|entry| {
            entry.contradicts_definition && matches!(entry.basis, elements::Basis::Stated | elements::Basis::Inferred)
        });
        Definition {
            clauses: vec![
                clause(Clause::LearningOutcomes, supported(Element::LearningOutcomes), outcomes),
                clause(Clause::SmallVolume, small, volume),
                clause(Clause::Assessment, supported(Element::Assessment), assessment),
                clause(Clause::QualityAssurance, supported(Element::QualityAssurance), quality),
            ],
            contradicted_by: contradicting
                .map(|entry| entry.note.or(entry.source).unwrap_or("evidence").to_string())
                .collect(),
        }
    }

    /// Less than a full academic year: under 60 ECTS and 1,500 hours. The Recommendation names no number; this is the
    /// bound of DEQAR (under 60 ECTS) and ECTS (60 ECTS are 1,500 to 1,800 hours), and it can only withhold support.
    fn is_small(&self) -> bool {
        let below = |path: &[&str], bound: i128| {
            let id = self.descriptor.at(path);
            self.descriptor
                .number(id)
                .is_none_or(|number| number < crate::number::Number::from_integer(bound))
        };
        let credits = self.descriptor.at(&["workload", "credits"]);
        let points_fine = self.descriptor.children(credits).iter().all(|credit| {
            let points = self
                .descriptor
                .get(*credit, "points")
                .and_then(|id| self.descriptor.number(id));
            points.is_none_or(|points| points < crate::number::Number::from_integer(60))
        });
        below(&["workload", "hours"], 1500) && points_fine
    }
}

fn reference(entry: &EvidenceEntry<'_>) -> EvidenceRef {
    EvidenceRef {
        source: entry.source.map(str::to_string),
        locator: entry.locator.map(str::to_string),
        note: entry.note.map(str::to_string),
    }
}

/// A problem of the reader as a sentence; also used for files that are no descriptors.
pub fn problem_words(kind: &ProblemKind) -> String {
    match kind {
        ProblemKind::Syntax(message, help) => format!("{message}; {help}"),
        ProblemKind::DuplicateKey(key) => format!("`{key}` stands here twice"),
        ProblemKind::BadAlias(name) => format!("the alias `*{name}` stands inside the value that it names"),
        ProblemKind::BadMerge => "`<<` needs a mapping, or a list of mappings".to_string(),
        ProblemKind::NonTextKey => "a list or a mapping cannot be a key".to_string(),
        ProblemKind::UnknownTag(tag) => format!("the tag `{tag}` is not known"),
        ProblemKind::Limit(what, limit) => format!("more than {limit} {what}"),
    }
}

/// Collects findings: words them, places them, drops what the profile switches off.
struct Findings<'a> {
    set: &'a RuleSet,
    options: &'a Options,
    practice: &'a mut Practice,
    seen: Vec<u32>,
}

impl Findings<'_> {
    fn add(&mut self, descriptor: &Descriptor<'_>, index: usize, failure: Failure) {
        let pointer = descriptor.pointer(failure.at);
        self.place(index, failure, pointer);
    }

    fn place(&mut self, index: usize, failure: Failure, pointer: String) {
        let rule = &self.set.rules[index];
        let Some(level) = self.set.levels[index] else { return };
        self.seen.resize(self.set.rules.len(), 0);
        self.seen[index] += 1;
        if self.seen[index] as usize > MAX_FINDINGS_PER_RULE {
            self.practice.omitted += 1;
            return;
        }
        let language = self.options.language.as_str();
        let fill = |text: &str| Rule::fill(text, &failure.args).trim_end().to_string();
        let file = &rule.file;
        let label = |place: Place, text: String| Label {
            source: place.source,
            span: place.span,
            text,
        };
        let others = failure.also.iter().map(|(role, place)| {
            label(
                *place,
                file.also
                    .get(*role)
                    .map(|text| fill(text.get(language)))
                    .unwrap_or_default(),
            )
        });
        self.practice.findings.push(Finding {
            rule: index,
            level,
            effect: file.effect,
            element: failure.element.unwrap_or(file.element),
            message: fill(file.message.get(language)),
            help: fill(file.help.get(language)),
            why: fill(file.why.get(language)),
            pointer,
            others: others.collect(),
            primary: label(
                failure.at,
                file.label
                    .as_ref()
                    .map(|text| fill(text.get(language)))
                    .unwrap_or_default(),
            ),
        });
    }

    fn reported(
        &mut self,
        id: &str,
        span: Span,
        pointer: String,
        args: Vec<(&'static str, String)>,
        first: Option<Span>,
    ) {
        let Some((index, _)) = self.set.get(id) else { return };
        let place = |span: Span| Place {
            source: SourceId(0),
            span,
            node: None,
        };
        let mut failure = Failure::new(place(span), args);
        if let Some(first) = first {
            failure = failure.also("first", place(first));
        }
        self.place(index, failure, pointer);
    }

    fn problem(&mut self, problem: &crate::tree::Problem) {
        let detail = problem_words(&problem.kind);
        let (id, args) = match &problem.kind {
            ProblemKind::Syntax(message, help) => (
                "yaml/syntax",
                vec![("detail", message.clone()), ("help", (*help).to_string())],
            ),
            ProblemKind::DuplicateKey(key) => ("yaml/duplicate-key", vec![("key", key.clone())]),
            ProblemKind::BadAlias(name) => ("yaml/recursive-alias", vec![("value", name.clone())]),
            ProblemKind::BadMerge => ("yaml/merge-of-no-mapping", Vec::new()),
            ProblemKind::NonTextKey => ("yaml/key-not-text", Vec::new()),
            ProblemKind::UnknownTag(tag) => ("yaml/unknown-tag", vec![("value", tag.clone())]),
            ProblemKind::Limit(..) => ("yaml/too-large", vec![("detail", detail)]),
        };
        self.reported(id, problem.span, String::new(), args, problem.related);
    }

    /// Whether the document is something else altogether.
    fn header(&mut self, descriptor: &Descriptor<'_>, tree: &Tree<'_>, header: &Header) -> bool {
        match header {
            Header::Native => return false,
            Header::NearMiss(span, node, key) => {
                self.reported(
                    "document/header-misspelt",
                    *span,
                    tree.pointer(*node),
                    vec![("key", key.clone())],
                    None,
                );
                return false;
            }
            Header::None => {}
        }
        let place = descriptor.key_place(FactId::ROOT);
        let found = match (&descriptor.fact(FactId::ROOT).value, tree.root) {
            (_, None) => "nothing".to_string(),
            (Value::Unreadable(_), Some(root)) if matches!(tree.node(root).kind, Kind::Sequence(_)) => {
                "a list without descriptors".to_string()
            }
            (Value::Unreadable(_), _) => "plain text".to_string(),
            (Value::Blank(_), _) => "nothing".to_string(),
            _ => String::new(),
        };
        let span = opening(self.practice.sources[0].text(), place.span);
        // An id or a title alone is in every file; three keys of ours make a descriptor that forgot to say so.
        let known = descriptor.children(FactId::ROOT).len();
        let foreign = known < 3;
        let id = if found == "nothing" {
            "document/empty"
        } else {
            "document/header-missing"
        };
        self.reported(id, span, String::new(), vec![("value", found)], None);
        foreign
    }

    fn shape(&mut self, tree: &Tree<'_>, root: Option<NodeId>, foreign: bool, header_misspelt: bool) {
        let Some(root) = root.filter(|root| matches!(tree.node(*root).kind, Kind::Mapping(_))) else {
            return;
        };
        let base = tree.pointer(root);
        for error in schema::errors_at(schema::descriptor_validator(), tree, root) {
            let pointer = format!("{base}{}", error.pointer);
            let top = error.pointer.matches('/').count() == 1;
            match error.kind {
                ShapeKind::UnknownKey { suggestion, hint } => {
                    let is_header = header_misspelt && suggestion.as_deref() == Some("descriptor");
                    let claimed = embedded("learner-key").is_some_and(|list| list.find(&error.key).is_some());
                    if is_header || claimed || (top && self.set.native.is_alias(&error.key)) {
                        continue;
                    }
                    let meant = word_of_the_standard(&error.key)
                        .filter(|meant| *meant != error.key && !error.pointer.starts_with(&format!("/{meant}/")));
                    let successor = self.set.native.successor(&error.pointer).map(str::to_string);
                    let suggestion = successor.or(suggestion).or(meant);
                    if foreign && suggestion.is_none() {
                        continue;
                    }
                    let args = vec![
                        ("key", error.key.clone()),
                        ("suggestion", suggestion.unwrap_or_default()),
                        ("help", hint),
                    ];
                    self.reported("shape/unknown-key", error.span, pointer, args, None);
                }
                ShapeKind::MissingKey if error.key == "descriptor" && error.pointer.is_empty() => {}
                ShapeKind::MissingKey => {
                    self.reported("shape/missing-key", error.span, pointer, vec![("key", error.key)], None)
                }
                ShapeKind::WrongValue { .. } if foreign || error.pointer == "/descriptor" => {}
                ShapeKind::WrongValue { expected, found, hint } => {
                    let args = vec![
                        ("key", error.key),
                        ("expected", expected),
                        ("value", found),
                        ("help", hint),
                    ];
                    self.reported("shape/wrong-value", error.span, pointer, args, None);
                }
            }
        }
    }

    /// `{not_applicable: …}` where nothing can be exempt.
    fn claims(&mut self, descriptor: &Descriptor<'_>) {
        for id in descriptor.all() {
            if !matches!(descriptor.fact(id).value, Value::NotApplicable(_)) {
                continue;
            }
            let path = descriptor.path(id);
            if !self.set.elements.may_be_not_applicable(&path) {
                let place = descriptor.place(id);
                let args = vec![("key", descriptor.canonical_name(id))];
                self.reported(
                    "document/not-applicable-misused",
                    place.span,
                    descriptor.pointer(place),
                    args,
                    None,
                );
            }
        }
    }

    fn ambiguities(&mut self, descriptor: &Descriptor<'_>) {
        for id in descriptor.all() {
            let fact = descriptor.fact(id);
            let Some(ambiguity) = fact.ambiguity else { continue };
            let other = match ambiguity {
                Ambiguity::Boolean => "true or false",
                Ambiguity::LeadingZero => "a number without its leading zero",
                Ambiguity::Sexagesimal => "a number in base 60",
                Ambiguity::Underscore => "a number",
                Ambiguity::Date => "a date",
            };
            let place = descriptor.place(id);
            let args = vec![
                ("value", place.span.slice(self.practice.sources[0].text()).to_string()),
                ("detail", other.to_string()),
            ];
            let pointer = descriptor.pointer(place);
            self.reported("yaml/ambiguous-value", place.span, pointer, args, None);
        }
    }

    fn finish(&mut self) {
        let rules = &self.set.rules;
        let findings = &mut self.practice.findings;
        findings.sort_by(|a, b| {
            (a.primary.source, a.primary.span.start)
                .cmp(&(b.primary.source, b.primary.span.start))
                .then_with(|| b.level.cmp(&a.level))
                .then_with(|| rules[a.rule].id.cmp(&rules[b.rule].id))
        });
        // Where a rule says what is wrong with a value, that it has the wrong shape as well helps nobody.
        let shape = self.set.get("shape/wrong-value").map(|(index, _)| index);
        let explained: Vec<(Span, crate::rule::Level)> = findings
            .iter()
            .filter(|finding| Some(finding.rule) != shape && self.set.rules[finding.rule].kind().name != "stated")
            .map(|finding| (finding.primary.span, finding.level))
            .collect();
        findings.retain(|finding| {
            Some(finding.rule) != shape
                || !explained
                    .iter()
                    .any(|(span, level)| *span == finding.primary.span && *level >= finding.level)
        });
        findings.dedup_by(|a, b| a.rule == b.rule && a.primary == b.primary && a.message == b.message);
    }
}

/// The first word at a place, so that a whole file is never framed.
fn opening(text: &str, span: Span) -> Span {
    const LONGEST: usize = 40;
    let start = span.start as usize;
    let word = text.get(start..).unwrap_or_default();
    let length = word.find(['\n', '\r']).unwrap_or(word.len()).min(span.range().len());
    let kept: usize = word[..length].chars().take(LONGEST).map(char::len_utf8).sum();
    Span::new(start, start + kept)
}

/// The key of ours that a word of the Recommendation in another language, or a usual synonym, stands for.
fn word_of_the_standard(key: &str) -> Option<String> {
    let list = embedded("key-words")?;
    let entry = list.find(key)?;
    let at = entry
        .value("at")
        .and_then(crate::vocabulary::Data::text)
        .map(|path| path.trim_start_matches('/').replace("/*/", "[].").replace('/', "."));
    Some(at.unwrap_or_else(|| entry.slug.to_string()))
}
