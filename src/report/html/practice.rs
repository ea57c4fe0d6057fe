//! One practice in full: what is said of it, on what that rests, and what was found.

use std::sync::Arc;

use askama::Template;

use super::markup::{Excerpt, Prose, link};
use super::{Mark, mark_of, metadata_value, remarks};
use crate::finding::{Finding, Label};
use crate::language::{Language, mark};
use crate::lint::{Options, Practice};
use crate::observation::Observation;
use crate::report::human::{Human, Style, because_words, gap_words, kind_lines, see_also};
use crate::rule::set::RuleSet;
use crate::score::{Because, Clause, ClauseVerdict, ElementVerdict, EvidenceRef, VerdictBasis};
use crate::source::Source;

/// Findings of one practice that are shown; the command line shows all.
const MAX_FINDINGS: usize = 40;
/// Observations of one practice that are shown.
const MAX_OBSERVATIONS: usize = 40;
/// Further places that one finding shows.
const MAX_PLACES: usize = 8;

/// The drill-down of a practice.
#[derive(Template)]
#[template(path = "practice.html", config = "src/report/html/askama.toml")]
pub(super) struct InFull {
    l: Language,
    number: usize,
    name: String,
    id: Option<String>,
    percent: String,
    is_thin: bool,
    place: String,
    facts: Vec<(String, String)>,
    gaps: Vec<(String, String)>,
    definition: Option<(String, Vec<(String, String)>)>,
    kinds: Vec<(String, String)>,
    next: Option<String>,
    verdicts: Vec<VerdictView>,
    observations: Vec<ObservationView>,
    more_observations: Option<String>,
    findings: Vec<FindingView>,
    more: Option<String>,
}

/// A remark outside the elements.
struct ObservationView {
    polarity: String,
    topic: String,
    cited: EvidenceView,
}

struct VerdictView {
    element: String,
    block: Option<String>,
    mark: Mark,
    basis: Option<String>,
    reasons: Vec<ReasonView>,
}

enum ReasonView {
    /// In the program's words.
    Words(String),
    /// A rule, which is among the findings.
    Rule(String),
    /// What a source says.
    Evidence(EvidenceView),
}

/// What a source says, and where.
#[derive(Template)]
#[template(path = "evidence.html", config = "src/report/html/askama.toml")]
struct EvidenceView {
    note: Option<String>,
    title: Option<String>,
    url: Option<String>,
    locator: Option<String>,
}

impl InFull {
    pub(super) fn new(set: &RuleSet, options: &Options, practice: &Practice, number: usize, name: String) -> InFull {
        let l = options.language;
        let gap = practice.gaps.first().map(|(_, gap)| *gap).unwrap_or_default();
        let gaps = practice.gaps.iter().map(|(block, gap)| {
            let title = set.profile.blocks.iter().find(|own| own.block == *block);
            let title = title.map_or_else(|| block.clone(), |own| l.tr(&own.block).into_owned());
            (title, gap_words(*gap, None, l))
        });
        let facts = practice.metadata.iter().filter(|(key, _)| key != "name" && key != "id");
        let facts = facts.map(|(key, value)| (metadata_key(key, l), metadata_value(key, value, l)));
        let format = practice
            .format
            .map(|format| (l.tr("format").into_owned(), format.to_string()));
        let kinds = kind_lines(set, practice, l).into_iter();
        let style = Style {
            colour: false,
            plain: true,
            links: false,
            width: 80,
            quiet: false,
        };
        let judged = practice.elements.iter().filter(|verdict| verdict.block.is_some());
        let shown = practice.findings.iter().take(MAX_FINDINGS);
        let observed = practice.observations.iter().take(MAX_OBSERVATIONS);
        let further = practice.observations.len().saturating_sub(MAX_OBSERVATIONS);
        let more = practice.omitted + practice.findings.len().saturating_sub(MAX_FINDINGS);
        InFull {
            l,
            number,
            name,
            id: practice.id.clone(),
            percent: gap.percent(),
            is_thin: gap.is_thin(),
            place: practice.place(l),
            facts: facts.chain(format).collect(),
            gaps: gaps.collect(),
            definition: definition(practice, l),
            kinds: kinds
                .map(|(heading, words)| (l.tr(heading).into_owned(), words))
                .collect(),
            next: Human::new(set, style, l).next(practice),
            verdicts: judged.map(|own| VerdictView::new(set, practice, own, l)).collect(),
            observations: observed.map(|own| ObservationView::new(practice, own, l)).collect(),
            more_observations: super::more(
                l,
                further,
                mark("{n} more observation is not shown"),
                mark("{n} more observations are not shown"),
            ),
            findings: FindingView::all(set, shown.map(|finding| (finding, &practice.sources[..])), l),
            more: (more > 0).then(|| not_shown(more, practice.source().name(), l)),
        }
    }
}

/// The kind that a record gives is not the kind that the typology tells.
fn metadata_key(key: &str, l: Language) -> String {
    match key {
        "kind" => l.tr("recorded as").into_owned(),
        "country" => l.tr("country").into_owned(),
        key => key.replace(['_', '-'], " "),
    }
}

fn not_shown(more: usize, file: &str, l: Language) -> String {
    let phrase = match more {
        1 => mark("{n} more finding is counted and not shown here: credlint check {file}"),
        _ => mark("{n} more findings are counted and not shown here: credlint check {file}"),
    };
    l.fill(phrase, &[("n", &more), ("file", &file)])
}

/// The definition in words, and clause by clause.
fn definition(practice: &Practice, l: Language) -> Option<(String, Vec<(String, String)>)> {
    let definition = practice.definition.as_ref()?;
    let clauses = definition.clauses.iter().map(|clause| {
        let name = match clause.clause {
            Clause::LearningOutcomes => mark("learning outcomes"),
            Clause::SmallVolume => mark("small volume of learning"),
            Clause::Assessment => mark("assessment against criteria"),
            Clause::QualityAssurance => mark("quality assurance"),
        };
        let verdict = match clause.verdict {
            ClauseVerdict::Supported => mark("supported"),
            ClauseVerdict::Contradicted => mark("contradicted"),
            ClauseVerdict::NotStated => mark("not stated"),
        };
        (l.tr(name).into_owned(), l.tr(verdict).into_owned())
    });
    Some((definition.words(l), clauses.collect()))
}

impl VerdictView {
    fn new(set: &RuleSet, practice: &Practice, verdict: &ElementVerdict, l: Language) -> VerdictView {
        let reasons = verdict.because.iter().map(|because| match because {
            Because::Value(_) => ReasonView::Words(because_words(because, l)),
            Because::Rule(id) => ReasonView::Rule(id.clone()),
            Because::Evidence(entry) => ReasonView::Evidence(EvidenceView::new(practice, entry)),
        });
        // That a value is a value shows.
        let basis = verdict.basis.and_then(|basis| match basis {
            VerdictBasis::Value => None,
            VerdictBasis::Stated => Some(mark("evidence that states it")),
            VerdictBasis::Inferred => Some(mark("evidence from which it is inferred")),
        });
        VerdictView {
            element: set.elements.name(verdict.element, l),
            block: verdict.block.as_ref().map(|block| l.tr(block).into_owned()),
            mark: mark_of(verdict.verdict, verdict.basis),
            basis: basis.map(|basis| l.tr(basis).into_owned()),
            reasons: reasons.collect(),
        }
    }
}

impl ObservationView {
    fn new(practice: &Practice, observation: &Observation, l: Language) -> ObservationView {
        let entry = EvidenceRef {
            source: observation.source.clone(),
            locator: observation.locator.clone(),
            note: observation.note.clone(),
        };
        ObservationView {
            polarity: remarks::polarity(observation.polarity.as_deref(), l),
            topic: remarks::label(&observation.topic, l),
            cited: EvidenceView::new(practice, &entry),
        }
    }
}

impl EvidenceView {
    /// With the title and the address that the file gives for the source.
    fn new(practice: &Practice, entry: &EvidenceRef) -> EvidenceView {
        let id = entry.source.as_deref();
        let cited = practice.cited.iter().find(|cited| Some(cited.id.as_str()) == id);
        EvidenceView {
            note: entry.note.clone(),
            title: cited
                .and_then(|cited| cited.title.clone())
                .or_else(|| entry.source.clone()),
            url: cited.and_then(|cited| link(cited.url.as_deref()?).map(str::to_string)),
            locator: entry.locator.clone(),
        }
    }
}

/// One finding.
#[derive(Template)]
#[template(path = "finding.html", config = "src/report/html/askama.toml")]
pub(super) struct FindingView {
    l: Language,
    level: &'static str,
    rule: String,
    element: String,
    message: Prose,
    excerpt: Option<Excerpt>,
    file: String,
    label: String,
    others: Vec<String>,
    /// Help, reason and authority, unless they have just been said in the same words.
    footer: Option<Footer>,
}

struct Footer {
    help: Prose,
    why: Prose,
    authority: String,
    url: Option<String>,
    locator: String,
    relation: String,
}

impl FindingView {
    /// Findings one after the other; what the same rule says twice is said once.
    pub(super) fn all<'f>(
        set: &RuleSet,
        findings: impl Iterator<Item = (&'f Finding, &'f [Arc<Source>])>,
        l: Language,
    ) -> Vec<FindingView> {
        let mut said: Vec<(usize, &str)> = Vec::new();
        let view = |(finding, sources): (&'f Finding, &'f [Arc<Source>])| {
            let words = (finding.rule, finding.help.as_str());
            let is_new = !said.contains(&words);
            if is_new {
                said.push(words);
            }
            FindingView::new(set, finding, sources, is_new, l)
        };
        findings.map(view).collect()
    }

    pub(super) fn new(
        set: &RuleSet,
        finding: &Finding,
        sources: &[Arc<Source>],
        with_footer: bool,
        l: Language,
    ) -> FindingView {
        let rule = &set.rules[finding.rule];
        let source = &sources[finding.primary.source.0 as usize];
        let authority = &rule.file.authority;
        let known = set.authorities.get(&authority.source);
        let footer = || Footer {
            help: Prose::new(&finding.help),
            why: Prose::new(&finding.why),
            authority: set.authority_title(&authority.source).to_string(),
            url: known.and_then(|known| link(known.url.as_deref()?).map(str::to_string)),
            locator: authority.locator.clone(),
            relation: l.tr(authority.relation.word()).into_owned(),
        };
        let mut others: Vec<String> = finding
            .others
            .iter()
            .take(MAX_PLACES)
            .map(|label| also(label, source, sources, l))
            .collect();
        if let Some(waiver) = &finding.waived {
            let by = l.tr(waiver.by.words());
            let words = match waiver.reason.as_str() {
                "" => l.fill("waived by {by}", &[("by", &by)]),
                reason => l.fill("waived by {by}: {reason}", &[("by", &by), ("reason", &reason)]),
            };
            others.insert(0, words);
        }
        if finding.others.len() > MAX_PLACES {
            others.push(l.plural(
                finding.others.len() - MAX_PLACES,
                "and {n} further place",
                "and {n} further places",
            ));
        }
        FindingView {
            l,
            level: finding.level.word(),
            rule: rule.id.clone(),
            element: set.elements.name(finding.element, l),
            message: Prose::new(&finding.message),
            // A file that changed while it was read has lost its places.
            excerpt: (!source.text().is_empty()).then(|| Excerpt::new(source, finding.primary.span)),
            file: source.name().to_string(),
            label: finding.primary.text.clone(),
            others,
            footer: with_footer.then(footer),
        }
    }
}

fn also(label: &Label, own: &Arc<Source>, sources: &[Arc<Source>], l: Language) -> String {
    let source = &sources[label.source.0 as usize];
    let see = see_also(source, label.span.start, source.name() != own.name(), l);
    match label.text.as_str() {
        "" => see,
        words => format!("{see}: {words}"),
    }
}
