//! From outcomes to verdicts, and the definition clause by clause.

use super::Practice;
use crate::descriptor::{Descriptor, FactId};
use crate::elements::{self, EvidenceEntry, Statement, Statements};
use crate::language::{Language, mark};
use crate::rule::Effect;
use crate::rule::set::RuleSet;
use crate::score::{
    self, Because, Clause, ClauseResult, ClauseVerdict, Definition, ElementVerdict, EvidenceRef, Verdict,
};
use crate::standard::Element;
use crate::vocabulary::embedded;

/// The verdicts of one practice, drawn from statements, failed rules and evidence.
pub(super) struct Verdicts<'a, 'd> {
    pub(super) set: &'a RuleSet,
    pub(super) descriptor: &'a Descriptor<'d>,
    pub(super) statements: &'a Statements,
    pub(super) values: &'a [Option<Verdict>; Element::ALL.len()],
    pub(super) failed: &'a [(Element, Effect, usize)],
    pub(super) evidence: &'a [EvidenceEntry<'a>],
    pub(super) language: Language,
}

impl Verdicts<'_, '_> {
    pub(super) fn element(&self, element: Element) -> ElementVerdict {
        let entries: Vec<&EvidenceEntry<'_>> = self
            .evidence
            .iter()
            .filter(|entry| entry.element == Some(element))
            .collect();
        let value = self.values[element.index()];
        let (verdict, basis) = score::combine(value, &entries, self.set.profile.evidence);
        let block = self
            .set
            .profile
            .blocks
            .iter()
            .find(|block| block.elements.contains(&element));
        let mut because = Vec::new();
        if let Some(value) = value {
            because.extend(self.value_reasons(element, value));
        }
        if self.set.profile.evidence == crate::profile::EvidencePolicy::Scores {
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
            Statement::DeclaredNone => return vec![Because::Value(mark("the file says `none`").to_string())],
            Statement::NotApplicable => {
                return vec![Because::Value(mark("the file says that it does not apply").to_string())];
            }
            Statement::Stated { complete: false } => {
                reasons.push(Because::Value(mark("not every item states it").to_string()))
            }
            _ => {}
        }
        if reasons.is_empty() && value == Verdict::Met {
            reasons.push(Because::Value(mark("stated").to_string()));
        }
        reasons
    }

    /// Clause by clause: only a stated `none`, attendance as the only assessment, a whole qualification, or evidence
    /// contradicts; a partial or missing statement never does.
    pub(super) fn definition(&self, practice: &Practice) -> Definition {
        let says_none = |element: Element| self.statements.get(element) == Statement::DeclaredNone;
        let by_rule = |element: Element| {
            let own = self.failed.iter().filter(|(about, ..)| *about == element);
            let mut said = own.filter_map(|(.., index)| self.set.rules[*index].contradicts(self.language));
            said.next()
        };
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
        let outcomes = says_none(Element::LearningOutcomes).then_some(mark("it has no learning outcomes"));
        let kind = self
            .descriptor
            .get(FactId::ROOT, "kind")
            .and_then(|id| self.descriptor.plain_text(id));
        let kind = kind.map(|text| {
            embedded("kind")
                .and_then(|list| list.find(text))
                .map_or(text, |entry| entry.slug)
        });
        let volume = (kind == Some("qualification")).then_some(mark("it is a whole qualification"));
        let is_small = self.set.elements.is_small(self.descriptor);
        let small = match (kind.unwrap_or("micro-credential"), is_small) {
            ("micro-credential", true) => supported(Element::Workload),
            _ => ClauseVerdict::NotStated,
        };
        let assessment = says_none(Element::Assessment)
            .then_some(mark("nothing is assessed"))
            .or_else(|| by_rule(Element::Assessment));
        let quality = says_none(Element::QualityAssurance).then_some(mark("it has no quality assurance"));
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
}

fn reference(entry: &EvidenceEntry<'_>) -> EvidenceRef {
    EvidenceRef {
        source: entry.source.map(str::to_string),
        locator: entry.locator.map(str::to_string),
        note: entry.note.map(str::to_string),
    }
}
