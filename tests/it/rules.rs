//! The pack: every rule compiles by the road of a user's rule, is tested, and speaks as the house does.

use std::collections::BTreeSet;

use credlint::language::Language;
use credlint::lint::catalogue::catalogue_of;
use credlint::lint::{Options, Presence, lint_source};
use credlint::report::human::Human;
use credlint::rule::set::{RuleSet, read_rule};
use credlint::rule::{Effect, Level, Relation};
use credlint::source::Source;
use credlint::standard::Element;
use credlint::{pack, ruletest};

use crate::{check, file, root, set};

fn open_set() -> RuleSet {
    let mut set = RuleSet::embedded("eu").expect("eu");
    ruletest::open_set(&mut set);
    set
}

#[test]
fn every_rule_has_passing_and_failing_cases_at_the_right_place() {
    let set = open_set();
    let options = Options {
        as_of: jiff::civil::date(2026, 1, 1),
        language: Language::ENGLISH,
        format_in: None,
    };
    let results =
        (0..set.rules.len()).map(|index| ruletest::run(&set, &options, index, &root().join("fixtures/rules")));
    let failures: Vec<String> = results
        .flat_map(|result| {
            result
                .failures
                .into_iter()
                .map(move |failure| format!("{}: {failure}", result.id))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_shipped_rule_file_is_valid_by_the_road_of_a_users_rule() {
    for (id, _) in pack::current().rules {
        let path = format!("rules/{id}.yaml");
        if let Err(error) = read_rule(&path, id, file(&path)) {
            panic!("{error}");
        }
    }
}

#[test]
fn every_vocabulary_and_profile_is_read() {
    for list in pack::current().vocabularies {
        let name = list.name;
        assert!(
            !list.entries.is_empty() && !list.origin.is_empty() && !list.snapshot.is_empty(),
            "{name}"
        );
        for entry in list.entries {
            assert_eq!(
                list.find(entry.slug).map(|found| found.slug),
                Some(entry.slug),
                "{name}: {} is shadowed",
                entry.slug
            );
        }
    }
    for (name, _) in pack::current().profiles {
        assert_eq!(set(name).profile.name(), *name);
    }
}

#[test]
fn every_judged_element_has_a_presence_rule_and_the_pack_is_large_enough() {
    for element in Element::JUDGED {
        assert!(set("eu").get(&format!("{element}/missing")).is_some(), "{element}");
        assert!(set("eu").elements.info(element).is_some(), "{element}");
    }
    assert!(set("eu").rules.len() >= 35, "{}", set("eu").rules.len());
}

#[test]
fn authority_level_and_effect_agree() {
    for rule in &set("eu").rules {
        let file = &rule.file;
        assert!(
            set("eu").authorities.contains_key(&file.authority.source),
            "{}: {}",
            rule.id,
            file.authority.source
        );
        assert!(!file.authority.locator.trim().is_empty(), "{}", rule.id);
        assert!(
            !(file.authority.relation == Relation::Convention && file.level == Level::Error),
            "{}",
            rule.id
        );
        assert_ne!(
            file.authority.relation,
            Relation::Verbatim,
            "{}: nobody has read the official text yet",
            rule.id
        );
        if rule.id.ends_with("/missing") {
            assert_eq!(file.effect, Effect::None, "{}", rule.id);
        }
    }
}

#[test]
fn a_missing_mandatory_element_is_an_error_and_the_level_a_warning() {
    let practice = check("descriptor: micro-credential/1\n");
    for element in &set("eu").profile.headline().elements {
        let expected = if *element == Element::Level {
            Level::Warning
        } else {
            Level::Error
        };
        let finding = practice
            .findings
            .iter()
            .find(|finding| set("eu").rules[finding.rule].id == format!("{element}/missing"));
        assert_eq!(finding.map(|finding| finding.level), Some(expected), "{element}");
    }
}

/// Ids name the defect, in kebab case, and are for ever: a change here must be meant.
#[test]
fn ids_are_stable() {
    let ids: Vec<&str> = set("eu").rules.iter().map(|rule| rule.id.as_str()).collect();
    for id in &ids {
        let halves: Vec<&str> = id.split('/').collect();
        let kebab = |text: &str| {
            text.bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
                && !text.starts_with('-')
        };
        assert!(halves.len() == 2 && halves.iter().all(|half| kebab(half)), "{id}");
        assert!(
            !halves[1].starts_with("invalid-") && !halves[1].starts_with("check-"),
            "{id} names no defect"
        );
    }
    insta::assert_snapshot!("rule_ids", ids.join("\n"));
}

/// Messages are facts: lower case at the start, no full stop at the end, nobody is scolded.
#[test]
fn messages_follow_the_house_style() {
    for rule in &set("eu").rules {
        let message = rule.file.message.get("en");
        let why = rule.file.why.get("en");
        let first = message.chars().next().expect("a message");
        assert!(
            !first.is_uppercase() || message.starts_with("EQF") || message.starts_with("ECTS"),
            "{}: {message}",
            rule.id
        );
        for text in [message, why] {
            assert!(!text.trim_end().ends_with('.'), "{}: {text}", rule.id);
            for word in [
                "please",
                "you must",
                "illegal",
                "required by law",
                "GDPR violation",
                "invalid",
            ] {
                assert!(
                    !text.to_lowercase().contains(&word.to_lowercase()),
                    "{}: {text}",
                    rule.id
                );
            }
        }
        assert_eq!(message.matches('`').count() % 2, 0, "{}: {message}", rule.id);
        assert!(!rule.file.help.get("en").trim().is_empty(), "{}", rule.id);
    }
}

/// The bad case of a rule: a stream of descriptors, else a spreadsheet.
fn bad_case(folder: &str) -> Source {
    let sheet = ["csv", "xlsx"].iter().find_map(|extension| {
        let name = format!("{folder}/bad.{extension}");
        Some((std::fs::read(root().join(&name)).ok()?, name))
    });
    let Some((bytes, name)) = sheet else {
        let name = format!("{folder}/bad.yaml");
        return Source::new(name.clone(), file(&name));
    };
    let mapping = std::fs::read_to_string(root().join(folder).join("bad.mapping.yaml")).ok();
    let mapping = mapping.map(|text| std::sync::Arc::new(Source::new("bad.mapping.yaml", text)));
    let mapping = mapping.map(|source| credlint::sheet::Mapping::parse(&source).expect("a mapping"));
    credlint::sheet::read(&name, &bytes, mapping.as_ref())
}

/// One rendered bad case per rule, beside its fixture.
#[test]
fn bad_cases_look_as_reviewed() {
    let set = open_set();
    let human = Human::new(&set, crate::style(), Language::ENGLISH);
    let options = Options {
        as_of: jiff::civil::date(2026, 1, 1),
        language: Language::ENGLISH,
        format_in: None,
    };
    for (index, rule) in set
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| !rule.id.starts_with("input/"))
    {
        let relative = format!("fixtures/rules/{}", rule.id);
        let source = std::sync::Arc::new(bad_case(&relative));
        let drawn: Vec<String> = if rule.across().is_some() {
            let found = catalogue_of(&set, &options, &source).findings.into_iter();
            found
                .filter(|found| found.finding.rule == index)
                .map(|found| human.drawn(&vec![source.clone(); found.files.len()], &found.finding))
                .collect()
        } else {
            let practices = lint_source(&set, &options, &source, Presence::Named);
            let drawn = practices.iter().flat_map(|practice| {
                let own = practice.findings.iter().filter(|finding| finding.rule == index);
                own.map(|finding| human.drawn(&practice.sources, finding))
            });
            drawn.collect()
        };
        insta::with_settings!({snapshot_path => root().join(&relative), prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!("bad", drawn.join("\n"));
        });
    }
}

#[test]
fn no_snapshot_is_left_without_its_rule() {
    let ids: BTreeSet<String> = set("eu").rules.iter().map(|rule| rule.id.clone()).collect();
    for entry in walkdir::WalkDir::new(root().join("fixtures/rules"))
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .filter_map(Result::ok)
    {
        let id = entry
            .path()
            .strip_prefix(root().join("fixtures/rules"))
            .expect("below")
            .display()
            .to_string()
            .replace('\\', "/");
        assert!(ids.contains(&id), "fixtures/rules/{id} belongs to no rule");
    }
}

#[test]
fn a_mistake_in_a_rule_file_has_a_place_and_a_way_out() {
    let good = file("rules/workload/ects-ratio.yaml");
    let spoil = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let error = read_rule("my/workload/x.yaml", "workload/x", good.replace(from, to)).expect_err("a mistake");
        let credlint::rule::set::SetError::Wrong {
            source_file,
            span,
            error,
        } = error
        else {
            panic!("{error}")
        };
        (span.slice(source_file.text()).to_string(), error.message)
    };
    let (place, message) = spoil("message:", "mesage:");
    assert_eq!(place, "mesage");
    assert!(message.ends_with("did you mean `message`?"), "{message}");
    let (place, message) = spoil("max: \"30\"", "colour: \"30\"");
    assert_eq!(place, "colour");
    assert!(message.contains("; known: of, per, min, max, "), "{message}");
    let (place, message) = spoil("level: warning", "level: severe");
    assert_eq!(place, "severe");
    assert!(message.contains("`warning`"), "{message}");
    let (place, message) = spoil("/workload/credits/*", "/workload/credit/*");
    assert_eq!(place, "\"/workload/credit/*\"");
    assert!(message.contains("did you mean `credits`"), "{message}");
    let (_, message) = spoil("{ratio}", "{quotient}");
    assert!(message.contains("`{quotient}` is not filled by `ratio`"), "{message}");
}

/// Patterns of the pack are not checked at start-up, so they are checked here.
#[test]
fn every_pattern_of_the_pack_is_one() {
    for (id, json) in credlint::pack::current().rules {
        let rule = serde_json::from_str(json).expect("JSON");
        assert_eq!(credlint::pattern::first_wrong(&rule), None, "{id}");
    }
    let wrong = serde_json::json!({"check": {"pattern": {"rejects": "(a"}}});
    assert_eq!(
        credlint::pattern::first_wrong(&wrong).expect("wrong").0,
        "/check/pattern/rejects"
    );
}
