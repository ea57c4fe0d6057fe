//! Schema errors as findings: at the best place, with the branch that was meant.

use crate::{check, places, pointed, said};

const HEAD: &str = "descriptor: micro-credential/1\n";

#[test]
fn an_unknown_key_is_shown_at_the_key_with_the_nearest() {
    let practice = check(&format!("{HEAD}learning_outcome: [Isolate a battery]\n"));
    assert_eq!(pointed(&practice, "shape/unknown-key"), Some("learning_outcome"));
    assert!(
        said(&practice, "shape/unknown-key")
            .expect("said")
            .contains("`learning_outcomes`")
    );
}

#[test]
fn the_words_of_the_recommendation_in_other_languages_lead_to_our_keys() {
    for (word, ours) in [
        ("resultados_de_aprendizaje", "learning_outcomes"),
        ("osaamistavoitteet", "learning_outcomes"),
        ("resultados_da_aprendizagem", "learning_outcomes"),
    ] {
        let practice = check(&format!("{HEAD}{word}: x\n"));
        let message = said(&practice, "shape/unknown-key").unwrap_or_else(|| panic!("{word}: {:?}", places(&practice)));
        assert!(message.contains(&format!("`{ours}`")), "{message}");
    }
}

#[test]
fn a_wrong_value_is_shown_at_the_value() {
    let practice = check(&format!("{HEAD}workload:\n  hours: \"50\"\n"));
    assert!(
        places(&practice).contains(&"shape/wrong-value 3:10".to_string()),
        "{:?}",
        places(&practice)
    );
}

#[test]
fn a_missing_key_is_shown_at_the_nearest_existing_key() {
    let practice = check(&format!("{HEAD}codes:\n  - value: \"10862\"\n"));
    assert!(
        places(&practice).contains(&"shape/missing-key 3:5".to_string()),
        "{:?}",
        places(&practice)
    );
}

#[test]
fn of_several_branches_the_one_that_was_meant_is_explained() {
    let practice = check(&format!("{HEAD}assessment:\n  - type: quiz\n    weigth: 50\n"));
    assert_eq!(pointed(&practice, "shape/unknown-key"), Some("weigth"));
    let practice = check(&format!("{HEAD}assessment: written exam\n"));
    assert_eq!(
        said(&practice, "shape/wrong-value"),
        Some("`assessment` must be a list or `none`, not the text `written exam`")
    );
}

#[test]
fn names_of_the_european_learning_model_are_read() {
    let practice = check(&format!(
        "{HEAD}eqf_level: 5\nvolume_of_learning: PT60H\nentry_requirement: none\n"
    ));
    assert_eq!(said(&practice, "shape/unknown-key"), None);
    use credlint::score::Verdict;
    use credlint::standard::Element;
    assert_ne!(practice.verdict(Element::Level), Verdict::NotStated);
    assert_ne!(practice.verdict(Element::Workload), Verdict::NotStated);
    assert_eq!(practice.verdict(Element::Prerequisites), Verdict::Met);
}

#[test]
fn keys_of_the_users_own_are_left_alone() {
    let practice = check(&format!("{HEAD}x-internal: {{anything: [1, 2]}}\n"));
    assert_eq!(said(&practice, "shape/unknown-key"), None);
}
