//! Weights: seen, replaced, and never taken for the profile's.

use credlint::cli::SchemaName;
use credlint::language::Language;
use credlint::rule::set::RuleSet;
use credlint::standard::Element;
use credlint::weights::{Weights, WeightsError, in_force, words};

use crate::cli::{Scratch, code, err, out, run_in};
use crate::schemas::schema;

fn mapping() -> RuleSet {
    RuleSet::embedded("mapping").expect("an embedded profile")
}

fn under(weights: Result<Weights, WeightsError>) -> Result<RuleSet, WeightsError> {
    let mut set = mapping();
    weights?.apply(&mut set.profile)?;
    Ok(set)
}

/// The message, and the text that it points at.
fn mistake(weights: Result<Weights, WeightsError>) -> String {
    let error = under(weights).expect_err("a mistake");
    format!("`{}`: {}", error.span.slice(error.source_text.text()), error.message)
}

#[test]
fn inline_and_in_a_file_they_are_the_same() {
    let typed = under(Weights::inline("level=3, recognition=0,")).expect("weights");
    let text = "title: what employers ask for\nweights:\n  level: 3\n  recognition: 0\n";
    let written = under(Weights::file("weights.yaml", text.to_string())).expect("weights");
    assert_eq!(in_force(&typed.profile), in_force(&written.profile));
    assert_eq!(typed.profile.name(), written.profile.name());
    assert_eq!(in_force(&typed.profile)[&Element::Level], 3);
    assert_eq!(
        words(&typed.profile, &typed.elements, Language::ENGLISH),
        "weights: level 3, recognition 0, the others 1"
    );
}

#[test]
fn other_weights_show_in_the_name_of_the_profile_and_the_same_weights_do_not() {
    let name = |text: &str| {
        under(Weights::inline(text))
            .expect("weights")
            .profile
            .name()
            .to_string()
    };
    assert_eq!(name("level=1"), "mapping");
    assert!(name("level=2").starts_with("mapping+weights:"));
    assert_ne!(name("level=2"), name("level=3"));
    assert_eq!(name("level=2,workload=3"), name("workload=3,level=2"));
}

#[test]
fn mistakes_point_at_what_is_wrong() {
    let typed = |text: &str| mistake(Weights::inline(text));
    let written = |text: &str| mistake(Weights::file("w.yaml", text.to_string()));
    let all = [
        typed("levl=2"),
        typed("level=2,Learning Outcomes=1"),
        typed("level=2,x"),
        typed("level=1.5"),
        typed("level=-1"),
        typed("level=1001"),
        typed("level="),
        typed("level=1,level=2"),
        typed("title=2"),
        typed("learner=2"),
        typed(
            "learning-outcomes=0,workload=0,level=0,assessment=0,quality-assurance=0,stackability=0,digital-issuance=0,labelling=0,recognition=0,portability=0",
        ),
        written(""),
        written("- level\n"),
        written("level: 2\n"),
        written("wieghts: {level: 2}\n"),
        written("weights: 2\n"),
        written("weights: {}\n"),
        written("weights: {level: \"2\"}\n"),
        written("weights: {level: [2]}\n"),
        written("weights: {level: 2, level: 3}\n"),
        written("weights: {level: 2\n"),
        written("title: [a]\nweights: {level: 2}\n"),
    ];
    insta::assert_snapshot!("weights_mistakes", all.join("\n"));
}

#[test]
fn results_name_them_everywhere() {
    let scratch = Scratch::new("weights");
    scratch.write("a.yaml", "descriptor: micro-credential/1\ntitle: A\nlevel: none\n");
    scratch.write("heavy.yaml", "weights: {workload: 5}\n");
    let run = |arguments: &[&str]| run_in(scratch.path(), &[&["score", "a.yaml"], arguments].concat());
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&out(&run(&[arguments, &["--format", "json"]].concat()))).expect("JSON")
    };
    let (own, other) = (json(&[]), json(&["--weights", "heavy.yaml"]));
    assert_eq!(own["made_by"]["weights"]["workload"], 1);
    assert_eq!(own["made_by"]["own_weights"], false);
    assert_eq!(other["made_by"]["weights"]["workload"], 5);
    assert_eq!(other["made_by"]["own_weights"], true);
    let name = other["made_by"]["profile"].as_str().expect("a name");
    assert!(name.starts_with("eu+weights:"));
    assert_eq!(other["practices"][0]["gaps"][0]["profile"], name);
    assert_eq!(other["practices"][0]["gaps"][0]["applicable"], 2 * (8 + 4));
    let spoken = out(&run(&["--weights", "workload=5", "--width", "200"]));
    assert!(
        spoken.contains(name) && spoken.contains("weights: workload 5, the others 1"),
        "{spoken}"
    );
    let wrong = run(&["--weights", "nothing.yaml"]);
    assert_eq!(code(&wrong), 2);
    assert!(err(&wrong).contains("nothing.yaml"));
}

/// The published schema takes what the program takes.
#[test]
fn the_schema_agrees_with_the_reader() {
    let validator = schema(SchemaName::Weights);
    for (text, right) in [
        (r#"{"weights": {"level": 2}}"#, true),
        (r#"{"title": "x", "weights": {"level": 0}}"#, true),
        (r#"{"weights": {"levl": 2}}"#, false),
        (r#"{"weights": {"learner": 2}}"#, false),
        (r#"{"weights": {"level": 1.5}}"#, false),
        (r#"{"weights": {"level": 1001}}"#, false),
        (r#"{"weights": {}}"#, false),
        (r#"{"level": 2}"#, false),
    ] {
        let value = serde_json::from_str(text).expect("JSON");
        assert_eq!(validator.is_valid(&value), right, "{text}");
        assert_eq!(Weights::file("w.yaml", text.to_string()).is_ok(), right, "{text}");
    }
}
