//! Assessments: what is done, and in a credential what came of it.

use serde_json::{Map, Value as Json};

use super::super::{At, Code};
use super::lines::Lines;
use super::specification::one;
use super::{Elm, Profile, Topic, named};
use crate::descriptor::Value;

/// An assessment, in the two shapes that a credential needs.
pub(super) struct Assessment<'a> {
    pub(super) at: At<'a>,
    /// The LearningAssessmentSpecification.
    pub(super) json: Json,
    /// The concept for supervision and identity, where both are known.
    pub(super) verification: Option<Json>,
}

impl<'a> Elm<'a> {
    /// Assessments that can be written as such. A title is mandatory; without one the type is the title.
    pub(super) fn assessments(&self) -> Vec<Assessment<'a>> {
        let all = self.root().each("assessment").into_iter();
        all.filter_map(|at| self.assessment(at)).collect()
    }

    fn assessment(&self, at: At<'a>) -> Option<Assessment<'a>> {
        let kind = at.get("type").and_then(At::peek);
        let named_by_type = || kind.as_ref().map(|code| self.title_of_code(code));
        let title = at.get("title").and_then(At::texts).or_else(named_by_type)?;
        let verification = self.identification(at);
        let mut lines = Lines::new();
        lines.some(at, &["purpose", "proves"]);
        // A credential says with the concept all but how somebody supervises.
        let said = verification.is_some() && self.is_edc();
        if !(said && at.get("supervision").is_some_and(At::says_none)) {
            lines.some(at, &["supervision"]);
        }
        if !(said && at.get("identity_verified").is_some_and(|flag| flag.flag().is_some())) {
            lines.some(at, &["identity_verified"]);
        }
        if let Some((entry, _)) = &verification {
            lines.push(
                "supervision and identity",
                format!("{} ({})", entry.label("en"), entry.uri),
            );
        }
        let grading = at.get("grading").and_then(At::texts);
        let criteria = match grading {
            Some(_) => at.get("criteria").and_then(At::texts),
            None => {
                lines.some(at, &["criteria"]);
                None
            }
        };
        lines.some(at, &["pass_mark", "weight", "assessor", "consistency"]);
        let iri = self.part_iri("assessment", at);
        let scheme = grading.map(|title| {
            let rows = vec![
                ("title", Some(Json::from(title))),
                ("description", criteria.map(Json::from)),
            ];
            named("GradingScheme", Some(format!("{iri}/grading")), rows)
        });
        let language = at.get("language").and_then(|at| self.language(at)).map(one);
        let note = (!lines.is_empty()).then(|| one(self.note(Topic::Assessment, lines.literal(&self.language))));
        let kind = at
            .get("type")
            .and_then(|at| self.any(at))
            .map(|kind| if self.is_edc() { kind } else { one(kind) });
        let proves = (self.profile == Profile::Loq).then(|| one(self.iri.clone().into()));
        let rows = vec![
            ("title", Some(title.into())),
            ("description", at.get("description").and_then(At::texts).map(Json::from)),
            ("dcType", kind),
            ("mode", at.get("mode").and_then(|at| self.any(at)).map(one)),
            ("language", language),
            ("gradingScheme", scheme),
            ("proves", proves),
            ("additionalNote", note),
        ];
        Some(Assessment {
            at,
            json: named("LearningAssessmentSpecification", Some(iri), rows),
            verification: verification.map(|(_, concept)| concept),
        })
    }

    fn title_of_code(&self, code: &Code) -> Map<String, Json> {
        code.entry
            .map_or_else(|| self.said(&code.text), |entry| self.title_of(entry))
    }

    /// Supervision and identity as one concept, where both are known.
    fn identification(&self, at: At<'a>) -> Option<(&'static crate::vocabulary::Entry, Json)> {
        let supervision = at.get("supervision")?;
        let supervised = match supervision.value() {
            Value::DeclaredNone => false,
            _ => {
                let entry = supervision.peek()?.entry?;
                entry.has_flag("supervised")
            }
        };
        let Value::Flag(identified) = *at.get("identity_verified")?.value() else {
            return None;
        };
        self.verification(supervised, identified)
    }
}
