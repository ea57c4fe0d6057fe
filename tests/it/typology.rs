//! The kind of a practice: the seeds, thin records, and what must hold of any record.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use credlint::lint::Practice;
use credlint::report::json::{self, TypologyResult};
use credlint::score::Verdict;
use credlint::standard::Element;
use credlint::typology::{DefinitionIs, Typology, WhenFile};
use proptest::prelude::*;

use crate::{check, check_as, drawn, file, root, set};

/// Source: AutoCredify (2026-03-24), paragraph by paragraph, as coded in the seeds. Three rows are undecided:
///
/// - the optional unit (P14) is assessed and governed nationally, but nothing is said of its outcomes, nor whether
///   anybody calls it a micro-credential;
/// - of the private certifications (P21) the validity of the assessment is what the source finds uneven and opaque, so
///   they are neither micro-credentials, labelled or not, nor courses without assessed outcomes;
/// - ADAS calibration (P22) is given by makers of equipment and vehicles, but the source says only that it lies outside
///   formal pathways, not that it counts for nothing outside the brand.
const KINDS: [(&str, &str, &[&str]); 13] = [
    ("es/fpcat-upc-electromobility", "micro-credential", &[]),
    ("es/catalogo-especialidades", "proto-micro-credential", &[]),
    ("es/dguv-high-voltage", "standards-based-certification", &[]),
    (
        "es/navarre-teacher-certification",
        "standards-based-certification",
        &["dual-anchoring"],
    ),
    ("es/oem-training", "brand-specific-training", &[]),
    ("fi/sfs-6002", "standards-based-certification", &[]),
    ("fi/live-working-hv-batteries", "standards-based-certification", &[]),
    ("fi/optional-unit-hv-maintenance", "undecided", &[]),
    ("fi/oem-diagnostics", "brand-specific-training", &[]),
    ("pt/ufcd-10862", "de-facto-micro-credential", &[]),
    ("pt/cet-ev-mechatronics", "qualification-with-units", &[]),
    ("pt/private-hv-certifications", "undecided", &[]),
    ("pt/adas-calibration", "undecided", &[]),
];

fn typology(profile: &str, practice: &Practice) -> TypologyResult {
    json::practice(set(profile), &crate::options(), practice)
        .typology
        .expect("checked")
}

fn kind_of(profile: &str, text: &str) -> String {
    typology(profile, &check_as(profile, "x.yaml", text)[0]).kind
}

/// The lines of the report from the kind on, without what comes after it.
fn lines(profile: &str, practice: &Practice) -> String {
    let all = drawn(profile, practice);
    let from = all.find("\n  kind ").expect("a kind") + 1;
    let rest = &all[from..];
    rest[..rest.find("\n  next ").map_or(rest.len(), |end| end + 1)].to_string()
}

fn seed(path: &str) -> Practice {
    let path = format!("seeds/{path}.yaml");
    check_as("mapping", &path, &file(&path)).remove(0)
}

#[test]
fn the_kinds_of_the_thirteen_practices() {
    let mut said = String::new();
    for (path, kind, traits) in KINDS {
        let practice = seed(path);
        let found = typology("mapping", &practice);
        let named: Vec<&str> = found.traits.iter().map(|own| own.r#trait.as_str()).collect();
        assert_eq!((found.kind.as_str(), &named[..]), (kind, traits), "{path}");
        let _ = write!(said, "{path}\n{}\n", lines("mapping", &practice).trim_end());
    }
    insta::assert_snapshot!("kinds_of_seeds", said);
}

#[test]
fn a_reason_points_at_what_it_rests_on() {
    let found = typology("mapping", &seed("es/catalogo-especialidades"));
    let why: Vec<(&str, usize, Vec<&str>)> = found
        .why
        .iter()
        .map(|reason| {
            let pointers = reason.pointers.iter().map(String::as_str).collect();
            (reason.clause.as_str(), reason.elements.len(), pointers)
        })
        .collect();
    assert_eq!(
        why,
        [
            ("infrastructure", 0, vec!["/practice/kind"]),
            ("steady", 0, vec!["/observations/0", "/observations/1"]),
            ("unfinished", 3, vec![]),
        ]
    );
    let anchored = typology("mapping", &seed("es/navarre-teacher-certification"));
    let pointers: Vec<&String> = anchored.traits[0]
        .why
        .iter()
        .flat_map(|reason| &reason.pointers)
        .collect();
    assert_eq!(
        pointers,
        [
            "/evidence/quality-assurance/0/verdict",
            "/evidence/quality-assurance/1/verdict"
        ]
    );
}

#[test]
fn a_providers_descriptor_has_a_kind_and_its_strength() {
    let practice = check(&file("fixtures/corpus/exemplary.yaml"));
    insta::assert_snapshot!(lines("eu", &practice), @r"
    kind        micro-credential: it is labelled as one and its assessment is met
    strength    dual anchoring: education answers for the teaching and industry
                answers for the technical side
    ");
    let found = typology("eu", &practice);
    assert_eq!(found.traits[0].why[1].pointers, ["/quality_assurance/2"]);
    let unnamed = file("fixtures/corpus/exemplary.yaml").replace("label: micro-credential\n", "");
    insta::assert_snapshot!(lines("eu", &check(&unnamed)), @r"
    kind        de facto micro-credential: its learning outcomes are met, its
                assessment is met and it is recognised or its quality is assured;
                open: micro-credential if it is labelled as one
    strength    dual anchoring: education answers for the teaching and industry
                answers for the technical side
    ");
    let tied = file("fixtures/corpus/exemplary.yaml").replace("brand_specific: false", "brand_specific: true");
    assert_eq!(kind_of("eu", &tied), "brand-specific-training");
    let attended = "descriptor: micro-credential/1\nlabel: micro-credential\nassessment: none\n";
    assert_eq!(kind_of("eu", attended), "short-course");
}

#[test]
fn a_thin_record_is_undecided_and_says_what_is_missing() {
    let practice = check_as("mapping", "x.yaml", "descriptor: micro-credential/1\ntitle: Safety\n").remove(0);
    insta::assert_snapshot!(lines("mapping", &practice), @r"
    kind        undecided: not enough is stated; micro-credential if it is
                labelled as one and its assessment is met; de facto
                micro-credential if its learning outcomes are met, its assessment
                is met and it is recognised or its quality is assured
    ");
    let found = typology("mapping", &practice);
    assert_eq!(found.kind, "undecided");
    let missing: Vec<Element> = found.nearest[0]
        .missing
        .iter()
        .flat_map(|reason| reason.elements.clone())
        .collect();
    assert_eq!(missing, [Element::Labelling, Element::Assessment]);
}

#[test]
fn what_falls_short_of_every_kind_is_undecided_and_says_where() {
    let text = record(
        &BTreeMap::from([
            (Element::Labelling, Verdict::Met),
            (Element::Assessment, Verdict::Partial),
        ]),
        "practice: {id: x, kind: private-provider}\n",
    );
    let practice = check_as("mapping", "x.yaml", &text).remove(0);
    insta::assert_snapshot!(lines("mapping", &practice), @r"
    kind        undecided: what is stated fits no kind; micro-credential falls
                short: assessment is partial
    ");
    let contradicted = "quality_assurance: none\nbrand_specific: false\npractice: {id: x, kind: private-provider}\n";
    let verdicts = BTreeMap::from([
        (Element::Labelling, Verdict::Met),
        (Element::Assessment, Verdict::Met),
        (Element::LearningOutcomes, Verdict::Met),
    ]);
    let practice = check_as("mapping", "x.yaml", &record(&verdicts, contradicted)).remove(0);
    insta::assert_snapshot!(lines("mapping", &practice), @r"
    kind        undecided: what is stated fits no kind; micro-credential falls
                short: something stated contradicts the definition
    ");
}

#[test]
fn dual_anchoring_needs_both_sides_by_system_or_by_type() {
    let anchored = |items: &str| {
        let text = format!("descriptor: micro-credential/1\nquality_assurance: [{items}]\n");
        !typology("eu", &check(&text)).traits.is_empty()
    };
    assert!(anchored(
        "{type: internal, system: public-vet}, {type: internal, system: industry}"
    ));
    assert!(anchored("{type: institutional-license}, {type: sector-standard}"));
    assert!(anchored("{type: licence to provide}, {type: iso 17024}"));
    // The system says more than the type.
    assert!(!anchored(
        "{type: institutional-license, system: industry}, {type: sector-standard}"
    ));
    assert!(!anchored("{type: internal}, {type: sector-standard}"));
    assert!(!anchored("{type: institutional-license}, {type: program-license}"));
}

#[test]
fn a_weakness_speaks_against_a_strength_and_a_neutral_remark_for_nothing() {
    let catalogue = file("seeds/es/catalogo-especialidades.yaml");
    assert_eq!(
        kind_of(
            "mapping",
            &catalogue.replace("polarity: strength", "polarity: weakness")
        ),
        "undecided"
    );
    let neutral = catalogue.replace("polarity: strength", "polarity: neutral");
    let found = typology("mapping", &check_as("mapping", "x.yaml", &neutral)[0]);
    assert_eq!(found.nearest[0].kind, "proto-micro-credential");
    assert_eq!(found.nearest[0].missing[0].clause, "steady");
}

/// Evidence is only shown to a provider, so it tells no kind there either.
#[test]
fn evidence_tells_a_kind_where_it_scores() {
    let seed = file("seeds/es/navarre-teacher-certification.yaml");
    let found = typology("eu", &check(&seed));
    assert_eq!((found.kind.as_str(), found.traits.len()), ("undecided", 0));
}

/// A record under `mapping`, with verdicts as evidence.
fn record(verdicts: &BTreeMap<Element, Verdict>, more: &str) -> String {
    let mut text = format!("descriptor: micro-credential/1\n{more}sources: {{s: {{title: t}}}}\nevidence:\n");
    for (element, verdict) in verdicts {
        let _ = writeln!(text, "  {element}: {{verdict: {}, source: s}}", verdict.word());
    }
    text
}

fn stated() -> impl Strategy<Value = BTreeMap<Element, Verdict>> {
    let element = proptest::sample::select(set("mapping").profile.headline().elements.clone());
    let verdict = proptest::sample::select(vec![Verdict::Met, Verdict::Met, Verdict::Partial, Verdict::Gap]);
    proptest::collection::btree_map(element, verdict, 0..10)
}

fn surroundings() -> impl Strategy<Value = String> {
    let lines = [
        "",
        "kind: programme\n",
        "kind: catalogue\n",
        "practice: {id: x, kind: safety-standard}\n",
        "practice: {id: x, kind: manufacturer}\n",
        "practice: {id: x, kind: public-catalogue}\nobservations: [{topic: updating, polarity: strength}]\n",
        "brand_specific: true\n",
        "observations: [{topic: brand, polarity: neutral}]\n",
    ];
    proptest::sample::select(lines.to_vec()).prop_map(str::to_string)
}

fn contradiction() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "kind: qualification\n",
        "kind: qualificação\n",
        "assessment: none\n",
        "learning_outcomes: none\n",
        "quality_assurance: none\n",
        "assessment: [{type: attendance}]\n",
        "evidence: {definition: {verdict: contradicted, source: s}}\n",
    ])
}

fn rank(kind: &str) -> usize {
    let kinds = &set("mapping").typology.kinds;
    kinds
        .iter()
        .position(|own| own.file.kind == kind)
        .unwrap_or(kinds.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn filling_silence_with_met_leaves_a_micro_credential_one(stated in stated(), more in surroundings(), fill in stated()) {
        let mut own = stated;
        own.insert(Element::Labelling, Verdict::Met);
        own.insert(Element::Assessment, Verdict::Met);
        if kind_of("mapping", &record(&own, &more)) == "micro-credential" {
            for element in fill.into_keys() {
                own.entry(element).or_insert(Verdict::Met);
            }
            prop_assert_eq!(kind_of("mapping", &record(&own, &more)), "micro-credential");
        }
    }

    /// The missing elements are what is missing: once they are met, the kind is given, or one before it.
    #[test]
    fn stating_what_is_missing_for_the_nearest_gives_it(stated in stated(), more in surroundings()) {
        let practice = check_as("mapping", "x.yaml", &record(&stated, &more)).remove(0);
        for near in typology("mapping", &practice).nearest {
            if !near.kind.ends_with("micro-credential") || near.kind.starts_with("proto") || !near.against.is_empty() {
                continue;
            }
            let mut own = stated.clone();
            own.extend(near.missing.iter().flat_map(|reason| &reason.elements).map(|element| (*element, Verdict::Met)));
            let found = kind_of("mapping", &record(&own, &more));
            prop_assert!(rank(&found) <= rank(&near.kind), "{} {}", found, near.kind);
        }
    }

    #[test]
    fn a_contradicted_definition_never_yields_a_micro_credential(stated in stated(), against in contradiction()) {
        let mut own = stated;
        own.insert(Element::Labelling, Verdict::Met);
        let text = match against.strip_prefix("evidence: {") {
            Some(line) => record(&own, "") + "  " + line.trim_end().trim_end_matches('}') + "}\n",
            None => record(&own, against),
        };
        let practice = check_as("mapping", "x.yaml", &text).remove(0);
        prop_assert!(practice.definition.as_ref().is_some_and(|own| own.is_contradicted()), "{}", text);
        let found = typology("mapping", &practice);
        let kind = set("mapping").typology.kinds.iter().find(|own| own.file.kind == found.kind);
        prop_assert!(kind.is_none_or(|kind| kind.file.beside_definition.is_some()), "{}", found.kind);
        prop_assert!(found.nearest.iter().all(|near| near.kind != "micro-credential" || !near.against.is_empty()));
    }
}

fn visit(when: &WhenFile, each: &mut dyn FnMut(&WhenFile)) {
    each(when);
    if let WhenFile::All(items) | WhenFile::Any(items) | WhenFile::First(items) = when {
        items.iter().for_each(|item| visit(item, each));
    }
}

/// Verdicts, metadata, observations, and who answers for quality: nothing else of a descriptor is read.
#[test]
fn the_typology_reads_no_values_but_metadata() {
    let typology = &set("eu").typology;
    let of_kinds = typology
        .kinds
        .iter()
        .flat_map(|kind| kind.file.needs.iter().chain(&kind.file.unless));
    let of_traits = typology.traits.iter().flat_map(|own| &own.file.needs);
    for clause in of_kinds.chain(of_traits) {
        visit(&clause.r#if, &mut |when| {
            if let WhenFile::Metadata(own) = when {
                let known = ["/practice/kind", "/brand_specific", "/safety_critical"];
                assert!(known.contains(&own.path.as_str()), "{}", own.path);
            }
        });
    }
}

#[test]
fn every_kind_says_how_it_stands_to_the_definition_and_on_whose_word() {
    let typology = &set("eu").typology;
    for kind in &typology.kinds {
        let file = &kind.file;
        let ruled_out = file
            .unless
            .iter()
            .any(|clause| matches!(clause.r#if, WhenFile::Definition(DefinitionIs::Contradicted)));
        assert_ne!(ruled_out, file.beside_definition.is_some(), "{}", file.kind);
        assert!(
            set("eu").authorities.contains_key(&file.authority.source),
            "{}",
            file.kind
        );
    }
    let texts = typology.texts();
    for (key, text) in &texts {
        assert_eq!(texts.iter().filter(|(own, _)| own == key).count(), 1, "{key}");
        let first = text.chars().next().expect("a text");
        assert!(!first.is_uppercase() && !text.ends_with('.'), "{key}: {text}");
    }
}

#[test]
fn mistakes_in_the_typology_are_found_before_it_is_used() {
    let good = std::fs::read_to_string(root().join("rules/typology.yaml")).expect("the typology");
    let read = |text: &str| {
        let json: serde_json::Value = serde_yaml::from_str(text).expect("YAML");
        Typology::from_json(&json.to_string()).map(|_| ())
    };
    assert_eq!(read(&good), Ok(()));
    for (from, to, said) in [
        ("element: portability", "element: portable", "portable"),
        ("element: portability", "element: learner", "`learner` has no verdict"),
        (
            "is: [public-catalogue]",
            "is: [public-catalog]",
            "`public-catalog` is no slug",
        ),
        ("topic: [brand]", "topic: [marca]", "`marca` is no slug"),
        (
            "path: /brand_specific",
            "path: /brand_specifc",
            "did you mean `brand_specific`",
        ),
        ("kind: short-course", "kind: micro-credential", "stands here twice"),
        ("id: outcomes", "id: assessed", "`assessed` stands here twice"),
        (
            "      - id: contradicted\n        why: something stated contradicts the definition\n        if: {definition: contradicted}\n",
            "",
            "beside_definition",
        ),
        (
            "    beside_definition: what is tied",
            "    # what is tied",
            "beside_definition",
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let error = read(&good.replacen(from, to, 1)).expect_err("a mistake");
        assert!(error.contains(said), "{from}: {error}");
    }
}
