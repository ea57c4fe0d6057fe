//! The standard's own nouns: elements, obligations, and the authorities that rules cite.
//!
//! Source of the list: Council Recommendation of 16 June 2022 (2022/C 243/02), Annex I, 16 standard elements; which
//! of them apply before issuance follows the ETF guide to micro-credentials (2022), table 8. Themes are not in
//! Annex I: they gather what Annex II (principles) and mapping practice ask of a practice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a finding, a verdict or a piece of evidence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// Title of the micro-credential.
    Title,
    /// Country or region of the issuer.
    Country,
    /// Awarding body.
    AwardingBody,
    /// Learning outcomes.
    LearningOutcomes,
    /// Notional workload needed to achieve the learning outcomes (in ECTS, wherever possible).
    Workload,
    /// Level (and cycle, if applicable) of the learning experience.
    Level,
    /// Type of assessment.
    Assessment,
    /// Form of participation in the learning activity.
    Participation,
    /// Type of quality assurance used to underpin the micro-credential.
    QualityAssurance,
    /// Prerequisites needed to enrol.
    Prerequisites,
    /// Supervision and identity verification during assessment.
    Supervision,
    /// Integration and stackability options.
    Stackability,
    /// Further information.
    FurtherInformation,
    /// Identification of the learner (issuance only).
    Learner,
    /// Date of issuing (issuance only).
    IssueDate,
    /// Grade achieved (issuance only).
    Grade,
    /// Theme: issued in a machine-readable, signed form.
    DigitalIssuance,
    /// Theme: named a micro-credential or the national term.
    Labelling,
    /// Theme: recognised by a competent body, law or agreement.
    Recognition,
    /// Theme: an open format, held by the learner, tied to no brand.
    Portability,
    /// The file itself: keys, dates, codes outside any element. Has no verdict and no cost.
    Document,
}

/// What the standard says about an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Annex I, mandatory.
    Mandatory,
    /// Annex I, mandatory "if applicable" or "wherever possible".
    Conditional,
    /// Annex I, optional.
    Optional,
    /// Not in Annex I: a principle of Annex II, or good practice.
    Advice,
}

impl Element {
    /// Every element, in the standard's order.
    pub const ALL: [Element; 21] = {
        use Element::*;
        [
            Title,
            Country,
            AwardingBody,
            LearningOutcomes,
            Workload,
            Level,
            Assessment,
            Participation,
            QualityAssurance,
            Prerequisites,
            Supervision,
            Stackability,
            FurtherInformation,
            Learner,
            IssueDate,
            Grade,
            DigitalIssuance,
            Labelling,
            Recognition,
            Portability,
            Document,
        ]
    };

    /// The elements that a descriptor is judged by: 13 of Annex I and the four themes.
    pub const JUDGED: [Element; 17] = {
        use Element::*;
        [
            Title,
            Country,
            AwardingBody,
            LearningOutcomes,
            Workload,
            Level,
            Assessment,
            Participation,
            QualityAssurance,
            Prerequisites,
            Supervision,
            Stackability,
            FurtherInformation,
            DigitalIssuance,
            Labelling,
            Recognition,
            Portability,
        ]
    };

    /// The name used everywhere: evidence keys, rule ids, JSON, columns.
    pub fn slug(self) -> &'static str {
        match self {
            Element::Title => "title",
            Element::Country => "country",
            Element::AwardingBody => "awarding-body",
            Element::LearningOutcomes => "learning-outcomes",
            Element::Workload => "workload",
            Element::Level => "level",
            Element::Assessment => "assessment",
            Element::Participation => "participation",
            Element::QualityAssurance => "quality-assurance",
            Element::Prerequisites => "prerequisites",
            Element::Supervision => "supervision",
            Element::Stackability => "stackability",
            Element::FurtherInformation => "further-information",
            Element::Learner => "learner",
            Element::IssueDate => "issue-date",
            Element::Grade => "grade",
            Element::DigitalIssuance => "digital-issuance",
            Element::Labelling => "labelling",
            Element::Recognition => "recognition",
            Element::Portability => "portability",
            Element::Document => "document",
        }
    }

    /// The element with a slug.
    pub fn from_slug(slug: &str) -> Option<Element> {
        Element::ALL.into_iter().find(|element| element.slug() == slug)
    }

    /// Position in [`Element::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Whether only an issued credential can carry it (Annex I elements that the ETF guide removes from an offer).
    pub fn is_issuance_only(self) -> bool {
        matches!(self, Element::Learner | Element::IssueDate | Element::Grade)
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug())
    }
}
