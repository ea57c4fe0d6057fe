//! Profiles: what they take over, and what they add.

use credlint::rule::Level;
use credlint::rule::set::{RuleSet, profile_names};

use crate::options;

const COURSE: &str = "descriptor: micro-credential/1\nworkload: {hours: 400, credits: [{system: ECTS, points: 16}]}\n";

fn said(profiles: &[&str]) -> Vec<(String, Level)> {
    let names: Vec<String> = profiles.iter().map(|name| (*name).to_string()).collect();
    let set = RuleSet::load(&names, &[]).expect("profiles");
    let source = std::sync::Arc::new(credlint::source::Source::new("x.yaml", COURSE.to_string()));
    let practice = credlint::lint::lint_source(&set, &options(), &source, credlint::lint::Presence::Named).remove(0);
    practice
        .findings
        .iter()
        .map(|finding| (set.rules[finding.rule].id.clone(), finding.level))
        .collect()
}

fn speaks(profiles: &[&str], rule: &str) -> bool {
    said(profiles).iter().any(|(id, _)| id == rule)
}

#[test]
fn there_is_no_size_limit_for_the_whole_of_europe() {
    assert!(!said(&["eu"]).iter().any(|(id, _)| id.contains("size-outside")));
    assert!(speaks(&["es-university"], "workload/size-outside-es-university"));
    assert!(!speaks(&["nl-he"], "workload/size-outside-nl-he"));
}

#[test]
fn further_profiles_add_findings_and_no_scores() {
    assert!(speaks(&["eu", "es-university"], "workload/size-outside-es-university"));
    // Under the researcher's profile silence stays silent, whatever a further profile says of sizes.
    let both = said(&["mapping", "es-university"]);
    assert!(
        both.iter().any(|(id, _)| id == "workload/size-outside-es-university"),
        "{both:?}"
    );
    let set = RuleSet::load(&["mapping".to_string(), "es-university".to_string()], &[]).expect("profiles");
    assert_eq!(set.profile.name(), "mapping");
    let (gap, _) = set.get("evidence/gap").expect("a rule");
    assert_eq!(
        set.levels[gap],
        Some(Level::Warning),
        "what es-university takes over from eu stays out of it"
    );
}

#[test]
fn every_profile_is_whole_and_names_rules_that_exist() {
    for name in profile_names() {
        let set = RuleSet::embedded(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            !set.profile.blocks.is_empty() && !set.profile.description.get("en").is_empty(),
            "{name}"
        );
        for line in &set.profile.levels {
            let (element, problem) = line.rule.split_once('/').expect("element/problem");
            let exists = set.rules.iter().any(|rule| {
                let (own, what) = rule.id.split_once('/').expect("an id");
                (element == "*" || element == own) && (problem == "*" || problem == what)
            });
            assert!(exists, "{name}: {}", line.rule);
        }
    }
}

#[test]
fn a_rule_that_waits_for_a_profile_is_in_one() {
    let sets: Vec<RuleSet> = profile_names()
        .iter()
        .map(|name| RuleSet::embedded(name).expect("a profile"))
        .collect();
    for (index, rule) in sets[0].rules.iter().enumerate().filter(|(_, rule)| !rule.file.in_force) {
        assert!(
            sets.iter().any(|set| set.levels[index].is_some()),
            "{} is in no profile",
            rule.id
        );
    }
}
