//! Traps in which peers were caught. Each is a test by name.

use credlint::score::Verdict;
use credlint::standard::Element;

use crate::{check, places, pointed, said};

const HEAD: &str = "descriptor: micro-credential/1\n";

fn with(text: &str) -> credlint::lint::Practice {
    check(&format!("{HEAD}{text}"))
}

#[test]
fn country_no_stays_norway_and_is_flagged() {
    let practice = with("awarding_bodies: [{name: Institutt, country: NO}]\n");
    assert_eq!(practice.verdict(Element::Country), Verdict::Met);
    assert_eq!(said(&practice, "country/unknown"), None);
    assert_eq!(pointed(&practice, "yaml/ambiguous-value"), Some("NO"));
}

#[test]
fn isced_f_keeps_its_leading_zero_and_is_flagged() {
    let practice = with("field: {isced_f: 0716}\n");
    assert_eq!(pointed(&practice, "yaml/ambiguous-value"), Some("0716"));
    assert_eq!(
        said(&practice, "document/isced-f-unknown"),
        None,
        "{:?}",
        places(&practice)
    );
}

#[test]
fn an_underscore_in_a_number_is_said_once_with_the_way_out() {
    let practice = with("workload: {hours: 1_000}\n");
    assert_eq!(
        practice
            .findings
            .iter()
            .filter(|finding| finding.primary.span.slice(practice.source().text()) == "1_000")
            .count(),
        1
    );
    let help = &practice
        .findings
        .iter()
        .find(|finding| finding.message.contains("1_000"))
        .expect("said")
        .help;
    assert!(help.contains("1000"), "{help}");
}

#[test]
fn a_time_in_a_text_is_flagged() {
    assert_eq!(pointed(&with("title: 12:30\n"), "yaml/ambiguous-value"), Some("12:30"));
}

#[test]
fn the_thirtieth_of_february_is_no_date() {
    let practice = with("offers: [{id: a, start: \"2026-02-30\"}]\n");
    assert_eq!(
        pointed(&practice, "document/offer-start-invalid"),
        Some("\"2026-02-30\"")
    );
    assert_eq!(
        said(
            &with("offers: [{id: a, start: 2026-02-28}]\n"),
            "document/offer-start-invalid"
        ),
        None
    );
}

#[test]
fn fifty_hours_with_four_and_a_half_points_are_catalogue_points() {
    let practice = with("workload: {hours: 50, credits: [{system: ECTS, points: 4.5}]}\n");
    assert!(
        practice.findings.iter().any(|finding| finding.help.contains("CNQ")),
        "{:?}",
        places(&practice)
    );
    assert_eq!(
        said(
            &with("workload: {hours: 50, credits: [{system: CNQ, points: 4.5}]}\n"),
            "workload/ects-ratio"
        ),
        None
    );
    assert_eq!(
        said(
            &with("workload: {hours: 50, credits: [{system: CNQ, points: 4.5}]}\n"),
            "workload/cnq-ratio"
        ),
        None
    );
}

#[test]
fn finnish_competence_points_have_no_hours() {
    let practice = with("workload: {hours: 400, credits: [{system: osp, points: 15}]}\n");
    assert!(
        !places(&practice).iter().any(|place| place.contains("-ratio")),
        "{:?}",
        places(&practice)
    );
}

#[test]
fn twenty_five_and_thirty_hours_are_inside() {
    for (hours, points) in [("25", "1"), ("30", "1"), ("60", "2"), ("7.5", "0.3"), ("12.5", "0.5")] {
        let practice = with(&format!(
            "workload: {{hours: {hours}, credits: [{{system: ECTS, points: {points}}}]}}\n"
        ));
        assert_eq!(said(&practice, "workload/ects-ratio"), None, "{hours} h, {points} ECTS");
    }
    for (hours, points) in [("24.99", "1"), ("30.01", "1")] {
        let practice = with(&format!(
            "workload: {{hours: {hours}, credits: [{{system: ECTS, points: {points}}}]}}\n"
        ));
        assert!(
            said(&practice, "workload/ects-ratio").is_some(),
            "{hours} h, {points} ECTS"
        );
    }
}

#[test]
fn irish_levels_seven_and_eight_are_both_eqf_six() {
    for level in [7, 8] {
        let at = |eqf: u8| {
            with(&format!(
                "level: {{eqf: {eqf}, nqf: [{{framework: NFQ, level: {level}}}]}}\n"
            ))
        };
        assert_eq!(said(&at(6), "level/nqf-eqf-mismatch"), None, "NFQ {level}");
        assert!(said(&at(8), "level/nqf-eqf-mismatch").is_some(), "NFQ {level}");
    }
}

#[test]
fn level_four_of_the_spanish_catalogue_is_not_eqf_four() {
    let practice = with("level: {eqf: 6, nqf: [{framework: CNCP, level: 4}]}\n");
    assert_eq!(said(&practice, "level/nqf-eqf-mismatch"), None);
}

#[test]
fn a_bare_level_names_no_framework() {
    let practice = with("level: {nqf: [{level: 4}]}\n");
    assert!(said(&practice, "level/framework-missing").is_some());
    assert_eq!(practice.verdict(Element::Level), Verdict::Partial);
    assert!(said(&with("level: 4\n"), "shape/wrong-value").is_some());
}

#[test]
fn external_assurance_of_the_provider_is_enough() {
    let practice = with(
        "quality_assurance:\n  - {type: internal}\n  - {type: institutional-license, scope: institution, agent: {name: DGERT, country: PT}}\n",
    );
    assert_eq!(
        practice.verdict(Element::QualityAssurance),
        Verdict::Met,
        "{:?}",
        places(&practice)
    );
}

#[test]
fn sixty_months_are_not_sixty_hours() {
    let practice = with("volume_of_learning: P60M\n");
    assert_eq!(practice.verdict(Element::Workload), Verdict::NotStated);
    assert_ne!(
        with("volume_of_learning: PT60H\n").verdict(Element::Workload),
        Verdict::NotStated
    );
}

#[test]
fn understand_is_never_above_advice() {
    let practice = with("learning_outcomes: [Understand the hazards of high voltage in vehicles]\n");
    let about: Vec<_> = practice
        .findings
        .iter()
        .filter(|finding| finding.element == Element::LearningOutcomes)
        .collect();
    assert!(
        about
            .iter()
            .all(|finding| finding.level == credlint::rule::Level::Advice),
        "{:?}",
        places(&practice)
    );
}

#[test]
fn learner_data_does_not_belong_into_a_descriptor_but_assessors_do() {
    assert!(said(&with("learner: {name: Ana}\n"), "learner/in-descriptor").is_some());
    let practice = with(
        "assessment: [{type: quiz, assessor: {name: Ana Puig}}]\nfurther_information: {contact: ana@institut.example}\n",
    );
    assert_eq!(said(&practice, "learner/in-descriptor"), None);
}

#[test]
fn what_is_issued_later_is_never_called_missing() {
    let practice = with("title: Safety\n");
    for element in [Element::Learner, Element::IssueDate, Element::Grade] {
        assert!(
            !practice.findings.iter().any(|finding| finding.element == element),
            "{element}"
        );
    }
}

#[test]
fn an_empty_file_is_never_passed() {
    for text in ["", "---\n", "{}\n", "[]\n", "null\n"] {
        assert!(!check(text).findings.is_empty(), "{text:?}");
    }
}

#[test]
fn learner_data_is_never_echoed() {
    let text = "descriptor: micro-credential/1\ntitle: TBD\nlearner_name: Ana Müller\nlearner:\n  name: Ana Müller\n  id: 4711\nworkload: {hours: x}\n";
    let practice = check(text);
    let mut out = crate::drawn("eu", &practice);
    out.push_str(
        &serde_json::to_string(&credlint::report::json::practice(
            crate::set("eu"),
            &crate::options(),
            &practice,
        ))
        .expect("JSON"),
    );
    assert!(out.contains("learner/in-descriptor"));
    for secret in ["Ana", "Müller", "4711"] {
        assert!(!out.contains(secret), "{secret}: {out}");
    }
    // Nothing moves: positions are those of the file.
    assert!(
        places(&practice).contains(&"learner/in-descriptor 3:1".to_string()),
        "{:?}",
        places(&practice)
    );
}

/// A public sample that was made to show Annex I has faults; put into a descriptor of ours, they are found.
#[test]
fn the_faults_of_the_commissions_sample_are_found() {
    let practice = check(&crate::file("fixtures/corpus/commission-annex1.yaml"));
    for rule in [
        "workload/calendar-duration",
        "level/framework-foreign",
        "learning-outcomes/no-verb",
        "quality-assurance/missing",
        "assessment/type-missing",
    ] {
        assert!(said(&practice, rule).is_some(), "{rule} is silent");
    }
    assert_eq!(
        said(&practice, "workload/ects-ratio"),
        None,
        "30 hours a credit are inside"
    );
    assert_eq!(pointed(&practice, "workload/calendar-duration"), Some("P60M"));
}
