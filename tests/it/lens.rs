//! What is stated, absent, `none`, not applicable: scoring, verdicts 1 to 7.

use credlint::score::Verdict::{self, Gap, Met, NotApplicable, NotStated, Partial};
use credlint::standard::Element;

use crate::{check, check_as, places, said};

const HEAD: &str = "descriptor: micro-credential/1\n";

fn verdict(text: &str, element: Element) -> Verdict {
    check(&format!("{HEAD}{text}")).verdict(element)
}

#[test]
fn null_empty_and_placeholders_are_not_stated_and_the_finding_says_why() {
    for (value, why) in [
        ("", "without a value"),
        (" \"\"", "empty"),
        (" TBD", "placeholder"),
        (" por definir", "placeholder"),
        (" ~", "without a value"),
    ] {
        let practice = check(&format!("{HEAD}title:{value}\n"));
        assert_eq!(practice.verdict(Element::Title), NotStated, "{value}");
        let finding = practice
            .findings
            .iter()
            .find(|finding| crate::set("eu").rules[finding.rule].id == "title/missing");
        let finding = finding.unwrap_or_else(|| panic!("{value}: {:?}", places(&practice)));
        let all = format!("{} {} {}", finding.message, finding.primary.text, finding.help);
        assert!(all.contains(why), "{value}: {all}");
    }
}

#[test]
fn an_empty_list_is_not_stated() {
    assert_eq!(verdict("learning_outcomes: []\n", Element::LearningOutcomes), NotStated);
    assert_eq!(verdict("assessment: [{}]\n", Element::Assessment), NotStated);
}

#[test]
fn a_value_of_the_wrong_shape_is_not_stated_and_said_once() {
    let practice = check(&format!("{HEAD}title: [a, b]\n"));
    assert_eq!(practice.verdict(Element::Title), NotStated);
    assert!(said(&practice, "shape/wrong-value").is_some());
    assert_eq!(said(&practice, "title/missing"), None);
}

#[test]
fn none_means_what_the_element_says() {
    for (text, element, expected) in [
        ("prerequisites: none\n", Element::Prerequisites, Met),
        ("stackability: none\n", Element::Stackability, Met),
        ("level: none\n", Element::Level, NotApplicable),
        ("assessment: none\n", Element::Assessment, Gap),
        ("learning_outcomes: none\n", Element::LearningOutcomes, Gap),
        ("quality_assurance: none\n", Element::QualityAssurance, Gap),
        ("workload: none\n", Element::Workload, Gap),
        ("label: none\n", Element::Labelling, Gap),
        ("issuing: {formats: [none]}\n", Element::DigitalIssuance, Gap),
        ("recognition: none\n", Element::Recognition, Gap),
    ] {
        assert_eq!(verdict(text, element), expected, "{text}");
    }
}

#[test]
fn only_the_level_may_be_not_applicable() {
    assert_eq!(
        verdict("level: {not_applicable: non-formal training}\n", Element::Level),
        NotApplicable
    );
    let practice = check(&format!("{HEAD}workload: {{not_applicable: self-paced}}\n"));
    assert_eq!(practice.verdict(Element::Workload), NotStated);
    assert!(
        said(&practice, "document/not-applicable-misused").is_some(),
        "{:?}",
        places(&practice)
    );
}

#[test]
fn elements_in_lists_are_met_partial_or_not_stated() {
    let bodies = |items: &str| verdict(&format!("awarding_bodies:\n{items}"), Element::Country);
    assert_eq!(bodies("  - {name: A, country: ES}\n  - {name: B, country: FI}\n"), Met);
    assert_eq!(bodies("  - {name: A, country: ES}\n  - {name: B}\n"), Partial);
    assert_eq!(bodies("  - {name: A}\n"), NotStated);
    let supervision = |items: &str| verdict(&format!("assessment:\n{items}"), Element::Supervision);
    assert_eq!(
        supervision("  - {type: quiz, supervision: none, identity_verified: false}\n"),
        Met
    );
    assert_eq!(supervision("  - {type: quiz, supervision: onsite}\n"), Partial);
    assert_eq!(supervision("  - {type: quiz}\n"), NotStated);
}

#[test]
fn themes_follow_from_values() {
    for (text, element, expected) in [
        ("issuing: {formats: [edc]}\n", Element::DigitalIssuance, Met),
        (
            "issuing: {formats: [pdf, open-badges-3]}\n",
            Element::DigitalIssuance,
            Met,
        ),
        ("issuing: {formats: [signed-pdf]}\n", Element::DigitalIssuance, Partial),
        (
            "issuing: {formats: [open-badges-2, paper]}\n",
            Element::DigitalIssuance,
            Partial,
        ),
        ("issuing: {formats: [pdf]}\n", Element::DigitalIssuance, Gap),
        ("issuing: {formats: [edc]}\n", Element::Portability, Met),
        ("issuing: {formats: [paper]}\n", Element::Portability, NotStated),
        ("brand_specific: true\n", Element::Portability, Gap),
        ("brand_specific: false\n", Element::Portability, NotStated),
        (
            "brand_specific: true\nissuing: {formats: [edc]}\n",
            Element::Portability,
            Gap,
        ),
        ("label: micro-credential\n", Element::Labelling, Met),
        ("label: pieni osaamiskokonaisuus\n", Element::Labelling, Met),
        (
            "recognition: [{by: {name: SOC}, for: further-study, status: formal}]\n",
            Element::Recognition,
            Met,
        ),
        (
            "recognition: [{by: {name: Employers}, status: informal}]\n",
            Element::Recognition,
            Partial,
        ),
    ] {
        assert_eq!(verdict(text, element), expected, "{text}");
    }
}

#[test]
fn text_may_be_in_one_language_or_in_several() {
    assert_eq!(verdict("title: {en: Safety, es: Seguridad}\n", Element::Title), Met);
    assert_eq!(verdict("title: {en: \"\", es: Seguridad}\n", Element::Title), Met);
    assert_eq!(verdict("title: {en: \"\", es: TBD}\n", Element::Title), NotStated);
}

#[test]
fn vocabulary_values_are_taken_by_slug_label_code_and_uri() {
    for value in [
        "written-examination",
        "Written examination",
        "examen escrito",
        "6e6cb2cc78",
        "http://data.europa.eu/snb/assessment/6e6cb2cc78",
    ] {
        let practice = check(&format!("{HEAD}assessment: [{{type: \"{value}\"}}]\n"));
        assert_eq!(said(&practice, "assessment/type-unknown"), None, "{value}");
    }
    let practice = check(&format!("{HEAD}assessment: [{{type: writen examination}}]\n"));
    assert!(
        said(&practice, "assessment/type-unknown")
            .expect("said")
            .contains("written-examination")
    );
}

#[test]
fn an_absent_key_points_at_the_preceding_sibling_in_the_standards_order() {
    let practice = check(&format!("{HEAD}title: Safety\nparticipation: {{mode: [online]}}\n"));
    // The workload belongs behind the title, the assurance behind the participation.
    let places = places(&practice);
    assert!(places.contains(&"workload/missing 2:1".to_string()), "{places:?}");
    assert!(
        places.contains(&"quality-assurance/missing 3:1".to_string()),
        "{places:?}"
    );
}

#[test]
fn evidence_counts_only_where_the_profile_lets_it() {
    let text =
        format!("{HEAD}sources: {{s: {{title: A report}}}}\nevidence: {{labelling: {{verdict: gap, source: s}}}}\n");
    assert_eq!(check(&text).verdict(Element::Labelling), NotStated);
    assert_eq!(check_as("mapping", "x.yaml", &text)[0].verdict(Element::Labelling), Gap);
}

#[test]
fn assumed_inherited_and_contested_evidence_contributes_nothing() {
    for basis in ["assumed", "inherited", "contested"] {
        let text = format!(
            "{HEAD}sources: {{s: {{title: A report}}}}\nevidence: {{labelling: {{verdict: met, basis: {basis}, source: s}}}}\n"
        );
        assert_eq!(
            check_as("mapping", "x.yaml", &text)[0].verdict(Element::Labelling),
            NotStated,
            "{basis}"
        );
    }
}

#[test]
fn the_worst_of_value_and_evidence_counts_and_disagreement_is_a_finding() {
    let text = format!(
        "{HEAD}label: micro-credential\nsources: {{s: {{title: A report}}}}\nevidence: {{labelling: {{verdict: gap, source: s}}}}\n"
    );
    let practice = &check_as("mapping", "x.yaml", &text)[0];
    assert_eq!(practice.verdict(Element::Labelling), Gap);
    assert!(said(practice, "evidence/disagreement").is_some());
}

#[test]
fn a_value_beats_evidence_that_nothing_applies() {
    let text = format!(
        "{HEAD}level: {{eqf: 4, assigned_by: X}}\nsources: {{s: {{title: A report}}}}\nevidence: {{level: {{verdict: not-applicable, source: s}}}}\n"
    );
    let practice = &check_as("mapping", "x.yaml", &text)[0];
    assert_eq!(practice.verdict(Element::Level), Met);
    assert!(said(practice, "evidence/disagreement").is_some());
}

#[test]
fn attendance_beside_a_real_assessment_is_normal() {
    let attendance = "  - {type: level of attendance}\n";
    let alone = check(&format!("{HEAD}assessment:\n{attendance}"));
    assert_eq!(alone.verdict(Element::Assessment), Gap);
    assert!(said(&alone, "assessment/attendance-only").is_some());
    assert!(
        alone
            .definition
            .expect("a definition")
            .words(credlint::language::Language::ENGLISH)
            .contains("only attendance is certified")
    );
    let beside = check(&format!(
        "{HEAD}assessment:\n{attendance}  - {{type: practical-assessment}}\n"
    ));
    assert_eq!(said(&beside, "assessment/attendance-only"), None);
}
