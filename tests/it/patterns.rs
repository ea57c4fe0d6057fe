//! What practices have in common: the shared pattern of the seeds from their rows alone, and what must hold of any roll-up.

use std::sync::Arc;

use credlint::cli::SchemaName;
use credlint::facet::{Facet, Filter};
use credlint::lint::{Practice, State};
use credlint::patterns::{Counts, Difference, Patterns, Roll};
use credlint::score::{ElementVerdict, Verdict};
use credlint::source::Source;
use credlint::standard::Element;
use proptest::prelude::*;

use crate::cli::{Scratch, code, err, out, run_in};
use crate::schemas::{fits, schema};
use crate::seeds::practices;
use crate::{check, root, set};

fn roll(by: &str, practices: &[Practice]) -> Patterns {
    let mut roll = Roll::new(set("mapping"), Facet::named(by));
    practices.iter().for_each(|practice| roll.add(practice));
    roll.finish()
}

fn slugs(elements: &[Element]) -> Vec<&'static str> {
    let mut slugs: Vec<&str> = elements.iter().map(|element| element.slug()).collect();
    slugs.sort_unstable();
    slugs
}

/// Source: the mapping article's rows as coded in the seeds; what it says of whole countries is in no row.
#[test]
fn the_shared_pattern_comes_out_of_the_rows_alone() {
    let patterns = roll("country", &practices());
    let groups: Vec<(&str, usize)> = patterns.named().map(|(name, group)| (name, group.practices)).collect();
    assert_eq!(groups, [("ES", 5), ("FI", 4), ("PT", 4)]);
    assert_eq!(
        slugs(&patterns.shared.short),
        ["digital-issuance", "labelling", "level", "recognition", "stackability"],
        "recur as gap or partial in all three countries"
    );
    for element in &patterns.shared.short {
        assert!(
            patterns.named().all(|(_, group)| group.counts(*element).short() > 0),
            "{element}"
        );
    }
    let [portability] = patterns.recurring.as_slice() else {
        panic!("{:?}", patterns.recurring)
    };
    assert_eq!(portability.element, Element::Portability);
    assert_eq!(portability.groups, ["ES", "FI"]);
    assert_eq!(patterns.shared.met, [Element::Assessment], "where the strengths are");
    assert_eq!(slugs(&patterns.hardly_stated), ["learning-outcomes", "workload"]);
    for element in &patterns.hardly_stated {
        assert_eq!(patterns.over_all(*element).stated(), 1, "{element}");
    }
    assert_eq!(patterns.alone("ES", Difference::Stated), [Element::Workload]);
    assert_eq!(patterns.alone("PT", Difference::Stated), [Element::LearningOutcomes]);
    assert_eq!(patterns.alone("PT", Difference::Short), [Element::QualityAssurance]);
}

#[test]
fn the_pattern_in_words() {
    let output = run_in(&root(), &["score", "seeds", "--by", "country", "--as-of", "2026-11-23"]);
    let text = out(&output);
    let start = text.find("13 practices by country").expect("a section");
    let end = text.find("\n13 checked").expect("the closing lines");
    insta::assert_snapshot!("patterns_of_seeds", &text[start..end]);
    let plain = out(&run_in(
        &root(),
        &["score", "seeds", "--by", "kind-of-practice", "--plain"],
    ));
    let start = plain.find("13 practices by").expect("a section");
    let end = plain.find("\n13 checked").expect("the closing lines");
    insta::assert_snapshot!("patterns_of_seeds_plain", &plain[start..end]);
}

#[test]
fn the_pattern_as_data() {
    let output = run_in(&root(), &["score", "seeds", "--by", "country", "--format", "json"]);
    let result: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    fits(&schema(SchemaName::Result), &result);
    let patterns = &result["patterns"][0];
    assert_eq!(patterns["by"], "country");
    assert_eq!(patterns["groups"][2]["group"], "PT");
    assert_eq!(patterns["recurring"][0]["groups"], serde_json::json!(["ES", "FI"]));
    let governance = &patterns["groups"][0]["observations"][2];
    assert_eq!(governance["topic"], "governance");
    assert_eq!(governance["strength"], 2);
}

/// Silence is counted, and counted against nobody.
#[test]
fn an_element_that_hardly_anybody_states_is_not_said_to_fall_short() {
    let mut counts = Counts {
        gap: 1,
        not_stated: 10,
        ..Counts::default()
    };
    assert!(counts.is_hardly_stated() && !counts.falls_short());
    counts.not_stated = 9;
    assert!(!counts.is_hardly_stated() && counts.falls_short());
    counts.met = 3;
    assert!(counts.falls_short() && counts.is_mostly_met(), "one of four");
    counts.met = 4;
    assert!(!counts.falls_short());
    assert!(!Counts::default().is_mostly_met() && !Counts::default().falls_short());
}

#[test]
fn practices_that_do_not_say_stand_last_and_share_nothing() {
    let mut practices = practices();
    practices[0].country = None;
    let patterns = roll("country", &practices);
    let last = patterns.groups.last().expect("a group");
    assert_eq!((last.group.as_deref(), last.practices), (None, 1));
    assert_eq!(patterns.named().count(), 3);
    let none = roll("cohort", &practices);
    assert!(none.named().next().is_none() && none.shared.short.is_empty() && none.apart.is_empty());
}

#[test]
fn the_country_of_a_providers_own_file_is_that_of_its_awarding_bodies() {
    let head = "descriptor: micro-credential/1\n";
    let country = |text: &str| check(&format!("{head}{text}")).country;
    let one = "awarding_bodies: [{name: A, country: Spain}, {name: B}, {name: C, country: ES}]\n";
    assert_eq!(country(one).as_deref(), Some("ES"));
    assert_eq!(
        country("awarding_bodies: [{name: A, country: ES}, {name: B, country: PT}]\n"),
        None
    );
    let mapped = format!("practice: {{country: FI}}\n{one}");
    assert_eq!(country(&mapped).as_deref(), Some("FI"));
}

#[test]
fn observations_are_read_and_never_scored() {
    let seeds = practices();
    let sfs = seeds
        .iter()
        .find(|own| own.id.as_deref() == Some("fi-sfs-6002"))
        .expect("a seed");
    let topics: Vec<(&str, Option<&str>)> = sfs
        .observations
        .iter()
        .map(|own| (own.topic.as_str(), own.polarity.as_deref()))
        .collect();
    let expected = [
        ("governance", Some("strength")),
        ("updating", Some("strength")),
        ("provider-variation", Some("weakness")),
    ];
    assert_eq!(topics, expected);
    let text = "descriptor: micro-credential/1\ntitle: Safety\n";
    let with = format!("{text}observations: [{{topic: funding, polarity: negative}}]\n");
    let (without, with) = (check(text), check(&with));
    assert_eq!(with.observations[0].polarity.as_deref(), Some("weakness"));
    let cells = |practice: &Practice| practice.elements.iter().map(|own| own.verdict).collect::<Vec<_>>();
    assert_eq!((cells(&without), &without.gaps), (cells(&with), &with.gaps));
}

fn chosen(conditions: &[&str]) -> Vec<String> {
    let written: Vec<String> = conditions.iter().map(|text| (*text).to_string()).collect();
    let filter = Filter::parse(&written, set("mapping")).unwrap_or_else(|problem| panic!("{problem}"));
    let passing = practices().into_iter().filter(|own| filter.passes(set("mapping"), own));
    passing.filter_map(|own| own.id).collect()
}

#[test]
fn conditions_choose_by_metadata_verdicts_kinds_and_observations() {
    assert_eq!(chosen(&["country=Portugal"]).len(), 4, "a name means its code");
    assert_eq!(chosen(&["country=ES,FI"]).len(), 9);
    assert_eq!(chosen(&["country!=ES"]).len(), 8);
    assert_eq!(chosen(&["digital-issuance=gap"]).len(), 4);
    assert_eq!(chosen(&["digital-issuance=gap", "country=FI"]).len(), 2);
    assert_eq!(
        chosen(&["country=not-stated"]).len(),
        13,
        "the element, not the metadata"
    );
    assert_eq!(chosen(&["country="]), [""; 0], "every row says its country");
    assert_eq!(chosen(&["kind=university"]), ["es-fpcat-upc-electromobility"]);
    assert_eq!(chosen(&["kind-of-practice=undecided"]).len(), 3);
    assert_eq!(chosen(&["definition=contradicted"]), ["pt-cet-ev-mechatronics"]);
    assert_eq!(chosen(&["trait=dual-anchoring"]), ["es-navarre-teacher-certification"]);
    assert_eq!(chosen(&["topic="]).len(), 3, "practices without observations");
    assert_eq!(chosen(&["cohort="]).len(), 13);
}

/// Interconnection is a strength of one practice and a weakness of another; each has other observations too.
#[test]
fn conditions_on_observations_hold_of_one_and_the_same() {
    assert_eq!(chosen(&["topic=interconnection"]).len(), 2);
    assert_eq!(
        chosen(&["topic=interconnection", "polarity=weakness"]),
        ["fi-optional-unit-hv-maintenance"]
    );
    assert_eq!(chosen(&["topic=governance", "polarity=weakness"]), [""; 0]);
    let without = chosen(&["topic!=brand"]);
    assert_eq!(without.len(), 11, "two practices are specific to a brand");
}

#[test]
fn a_condition_that_can_never_hold_is_a_mistake() {
    let refuse = |text: &str| Filter::parse(&[text.to_string()], set("mapping")).expect_err("refused");
    assert!(refuse("assessment=gaap").ends_with("did you mean `gap`?"));
    assert!(refuse("polarity=weak").contains("strength, weakness, neutral"));
    assert!(refuse("assessment").contains("country=ES"));
    assert!(refuse("=ES").contains("of what"));
    let scratch = Scratch::new("where");
    scratch.write("a.yaml", "descriptor: micro-credential/1\ntitle: Safety\n");
    let wrong = run_in(scratch.path(), &["score", ".", "--where", "kind-of-practice=micro"]);
    assert_eq!(code(&wrong), 2);
    let none = run_in(
        scratch.path(),
        &["score", ".", "--where", "country=ES", "--by", "contry"],
    );
    assert_eq!(code(&none), 0);
    assert!(
        err(&none).contains("none of 1 checked answers to country=ES"),
        "{}",
        err(&none)
    );
    let near = run_in(scratch.path(), &["score", ".", "--by", "contry"]);
    assert!(err(&near).contains("did you mean `country`?"), "{}", err(&near));
}

#[test]
fn too_many_groups_are_counted_and_said() {
    let practice = |number: usize| {
        let mut practice = made(&[Verdict::Met; 10], "x");
        practice.metadata = vec![("cohort".to_string(), number.to_string())];
        practice
    };
    let mut roll = Roll::new(set("mapping"), Facet::named("cohort"));
    (0..10_003).for_each(|number| roll.add(&practice(number)));
    let patterns = roll.finish();
    assert_eq!(
        (patterns.groups.len(), patterns.left_out, patterns.practices),
        (10_000, 3, 10_003)
    );
}

/// A practice with these verdicts on the ten themes.
fn made(verdicts: &[Verdict], country: &str) -> Practice {
    let source = Arc::new(Source::new("x.yaml", String::new()));
    let mut practice = Practice::empty(source, 1, State::Checked);
    practice.country = (!country.is_empty()).then(|| country.to_string());
    let elements = &set("mapping").profile.headline().elements;
    practice.elements = elements
        .iter()
        .zip(verdicts)
        .map(|(element, verdict)| ElementVerdict {
            element: *element,
            verdict: *verdict,
            basis: None,
            block: None,
            because: Vec::new(),
        })
        .collect();
    practice
}

fn rows() -> impl Strategy<Value = Vec<(Vec<usize>, String)>> {
    let row = (
        prop::collection::vec(0..5usize, 10),
        prop::sample::select(vec!["", "ES", "FI", "PT"]),
    );
    let row = row.prop_map(|(verdicts, country)| (verdicts, country.to_string()));
    prop::collection::vec(row, 0..40)
}

fn built(rows: &[(Vec<usize>, String)]) -> Vec<Practice> {
    let verdicts = |row: &[usize]| row.iter().map(|at| Verdict::ALL[*at]).collect::<Vec<_>>();
    rows.iter()
        .map(|(row, country)| made(&verdicts(row), country))
        .collect()
}

proptest! {
    #[test]
    fn every_practice_is_counted_once_for_each_element(rows in rows()) {
        let patterns = roll("country", &built(&rows));
        prop_assert_eq!(patterns.groups.iter().map(|group| group.practices).sum::<usize>(), rows.len());
        for own in &patterns.elements {
            prop_assert_eq!(own.counts.applicable() + own.counts.not_applicable, rows.len());
            for verdict in Verdict::ALL {
                let sum: usize = patterns.groups.iter().map(|group| group.counts(own.element).get(verdict)).sum();
                prop_assert_eq!(sum, own.counts.get(verdict));
            }
        }
    }

    #[test]
    fn the_order_of_the_practices_changes_nothing(rows in rows(), turn in 0..40usize) {
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len().max(1));
        turned.reverse();
        prop_assert_eq!(roll("country", &built(&rows)), roll("country", &built(&turned)));
    }

    #[test]
    fn what_is_shared_holds_in_every_group(rows in rows()) {
        let patterns = roll("country", &built(&rows));
        let groups = || patterns.named().map(|(_, group)| group);
        for element in &patterns.shared.short {
            prop_assert!(groups().all(|group| group.counts(*element).falls_short()));
            prop_assert!(!patterns.shared.met.contains(element));
        }
        for element in &patterns.shared.met {
            prop_assert!(groups().all(|group| group.counts(*element).is_mostly_met()));
            prop_assert!(patterns.recurring.iter().all(|own| own.element != *element));
        }
        for own in &patterns.recurring {
            prop_assert!(own.groups.len() > 1 && own.groups.len() < groups().count());
        }
        for own in &patterns.apart {
            let others = patterns.named().filter(|(name, _)| *name != own.group);
            let mut others = others.map(|(_, group)| group.counts(own.element));
            let holds = |counts: Counts| match own.alone {
                Difference::Met => counts.is_often_met(),
                Difference::Short => counts.falls_short(),
                Difference::Stated => !counts.is_hardly_stated(),
            };
            prop_assert!(!others.any(holds));
        }
    }

    /// Nobody gains or loses by what others leave unsaid about other elements; saying that an element is met never adds
    /// to what falls short.
    #[test]
    fn stating_that_something_is_met_never_makes_it_fall_short(rows in rows(), at in 0..40usize, column in 0..10usize) {
        prop_assume!(!rows.is_empty());
        let element = set("mapping").profile.headline().elements[column];
        let mut better = rows.clone();
        let row = at % rows.len();
        prop_assume!(better[row].0[column] == 1 || better[row].0[column] == 2);
        better[row].0[column] = 0;
        let short = |rows: &[(Vec<usize>, String)]| {
            let patterns = roll("country", &built(rows));
            patterns.named().filter(|(_, group)| group.counts(element).falls_short()).count()
        };
        prop_assert!(short(&better) <= short(&rows));
    }
}
