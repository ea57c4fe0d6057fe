//! The plan: what to state, in the order of the gap that it closes, and nothing invented.

use credlint::language::Language;
use credlint::plan::{Standing, steps, text};
use credlint::standard::Element;

use crate::{check_as, file, set};

#[test]
fn ufcd_10862_needs_digital_issuance_and_the_level_then_the_label_then_what_nobody_said() {
    let practice = check_as("mapping", "seeds/pt/ufcd-10862.yaml", &file("seeds/pt/ufcd-10862.yaml")).remove(0);
    let found: Vec<(Element, Standing)> = steps(set("mapping"), &practice)
        .iter()
        .map(|step| (step.element, step.standing))
        .collect();
    let expected = [
        (Element::Level, Standing::Known),
        (Element::DigitalIssuance, Standing::Known),
        (Element::Labelling, Standing::Inferred),
        (Element::Workload, Standing::Open),
        (Element::Portability, Standing::Open),
    ];
    assert_eq!(found, expected);
    insta::assert_snapshot!("plan_ufcd", text(set("mapping"), &practice, Language::ENGLISH, 80));
}

#[test]
fn what_is_there_is_mended_and_not_written_anew() {
    let practice = check_as(
        "eu",
        "fixtures/corpus/faulty.yaml",
        &file("fixtures/corpus/faulty.yaml"),
    )
    .remove(0);
    insta::assert_snapshot!("plan_faulty", text(set("eu"), &practice, Language::ENGLISH, 80));
}

#[test]
fn the_label_is_not_suggested_where_the_definition_is_contradicted() {
    let practice = check_as("eu", "x.yaml", "descriptor: micro-credential/1\nassessment: none\n").remove(0);
    let mut set = credlint::rule::set::RuleSet::embedded("eu").expect("eu");
    set.profile.blocks.swap(0, 2);
    assert!(text(&set, &practice, Language::ENGLISH, 300).contains("the label is not suggested"));
}

/// What is offered to paste is YAML with keys that exist.
#[test]
fn every_snippet_has_the_right_keys() {
    for element in Element::JUDGED {
        let snippet = &set("eu")
            .elements
            .info(element)
            .expect("a judged element")
            .snippet(Language::ENGLISH)
            .replace("{/awarding_bodies/*/country}", "ES")
            .replace("{/", "{x/")
            .replace("{x/learning_outcomes/*/id}", "LO1")
            .replace("{x/assessment/*/type}", "practical-assessment")
            .replace("{x/awarding_bodies/*/name}", "A body");
        let practice = check_as("eu", "x.yaml", &format!("descriptor: micro-credential/1\n{snippet}")).remove(0);
        for rule in ["shape/unknown-key", "shape/missing-key", "yaml/syntax"] {
            assert_eq!(crate::said(&practice, rule), None, "{element}");
        }
    }
}

#[test]
fn what_is_offered_repeats_the_users_own_values_and_nothing_else() {
    let source = "descriptor: micro-credential/1\ntitle: A\nawarding_bodies: [{name: 'Centro: Ejemplo'}, {name: Politécnico, country: PT}]\n\
                  learning_outcomes: [{id: LO1, text: Isolate the battery of a vehicle}, {id: LO2, text: Verify the absence of voltage}]\n";
    let practice = check_as("eu", "x.yaml", source).remove(0);
    let plan = text(set("eu"), &practice, Language::ENGLISH, 80);
    assert!(plan.contains("- name: \"Centro: Ejemplo\"\n"), "{plan}");
    assert!(plan.contains("- name: Politécnico\n"), "{plan}");
    assert!(plan.contains("proves: [LO1, LO2]\n"), "{plan}");
    assert_eq!(plan.matches("proves:").count(), 1, "{plan}");
    assert!(!plan.contains('{') || !plan.contains("{/"), "{plan}");
}
