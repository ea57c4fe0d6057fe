//! The gap score: worked examples and what must hold.

use credlint::profile::{Block, Silence};
use credlint::rule::Localized;
use credlint::score::Verdict::{self, Gap, Met, NotApplicable, NotStated, Partial};
use credlint::score::{self, count, gap};
use credlint::standard::Element;
use proptest::prelude::*;

use crate::{check, check_as, drawn, set};

fn themes() -> Block {
    set("mapping").profile.headline().clone()
}

fn of(verdicts: &[Verdict]) -> score::Gap {
    let block = themes();
    gap(&block, Silence::Unknown, |element| {
        verdicts[block.elements.iter().position(|own| *own == element).expect("a theme")]
    })
}

fn shown(verdicts: &[(Verdict, usize)]) -> String {
    let all: Vec<Verdict> = verdicts
        .iter()
        .flat_map(|(verdict, times)| std::iter::repeat_n(*verdict, *times))
        .collect();
    credlint::report::human::gap_words(of(&all), None, credlint::language::Language::ENGLISH)
}

/// Source: scoring, worked examples (profile mapping, equal weights).
#[test]
fn worked_examples() {
    for (verdicts, expected) in [
        (
            &[(Met, 5), (Gap, 3), (NotStated, 2)][..],
            "30–50 % (3 of 10 missing, 2 not stated)",
        ),
        (
            &[(Met, 1), (NotStated, 9)],
            "0–90 % (0 of 10 missing, 9 not stated, too little is stated to compare)",
        ),
        (
            &[(Met, 1), (Gap, 3), (NotStated, 6)],
            "30–90 % (3 of 10 missing, 6 not stated, too little is stated to compare)",
        ),
        (
            &[(Partial, 2), (NotApplicable, 1), (NotStated, 7)],
            "11–89 % (1 of 9 missing, 7 not stated, too little is stated to compare)",
        ),
        (
            &[(Met, 2), (Partial, 1), (Gap, 2), (NotStated, 5)],
            "25–75 % (2½ of 10 missing, 5 not stated)",
        ),
        (&[(Met, 6), (NotStated, 4)], "0–40 % (0 of 10 missing, 4 not stated)"),
        (&[(Met, 10)], "0 % (0 of 10 missing)"),
        (&[(NotApplicable, 10)], "not scorable: nothing applies"),
    ] {
        assert_eq!(shown(verdicts), expected);
    }
}

#[test]
fn one_and_a_half_of_nine_is_seventeen_percent() {
    let text = "1½ of 9";
    let gap = score::Gap {
        missing: 3,
        open: 0,
        applicable: 18,
        silent: 2,
    };
    assert_eq!(
        (gap.low(), count(gap.missing), count(gap.applicable)),
        (17, "1½".to_string(), "9".to_string()),
        "{text}"
    );
}

#[test]
fn silence_is_missing_in_a_providers_descriptor_and_open_in_a_researchers_record() {
    let text = "descriptor: micro-credential/1\ntitle: Safety\n";
    let (_, provider) = check(text).gaps[0].clone();
    assert_eq!((provider.missing, provider.open, provider.applicable), (16, 0, 18));
    let (_, record) = check_as("mapping", "x.yaml", text)[0].gaps[0].clone();
    assert_eq!((record.missing, record.open, record.applicable), (0, 20, 20));
}

#[test]
fn the_definition_is_never_contradicted_by_silence_or_by_partial_statements() {
    let words = |text: &str| {
        check(&format!("descriptor: micro-credential/1\n{text}"))
            .definition
            .expect("checked")
            .words(credlint::language::Language::ENGLISH)
    };
    assert_eq!(words(""), "nothing stated contradicts the definition");
    assert_eq!(
        words("assessment: [{type: quiz}]\n"),
        "nothing stated contradicts the definition"
    );
    assert_eq!(
        words("kind: qualification\n"),
        "contradicted: it is a whole qualification"
    );
    assert_eq!(
        words("kind: cualificación\n"),
        "contradicted: it is a whole qualification"
    );
    assert_eq!(words("assessment: none\n"), "contradicted: nothing is assessed");
    assert_eq!(
        words("learning_outcomes: none\n"),
        "contradicted: it has no learning outcomes"
    );
    assert_eq!(
        words("quality_assurance: none\n"),
        "contradicted: it has no quality assurance"
    );
    assert_eq!(
        words(
            "sources: {s: {title: t}}\nevidence: {definition: {verdict: contradicted, source: s, note: a whole qualification}}\n"
        ),
        "contradicted: a whole qualification"
    );
}

/// The Recommendation names no number; ours can only withhold support, never contradict.
#[test]
fn a_volume_is_small_below_sixty_credits_and_fifteen_hundred_hours() {
    let verdict = |workload: &str| {
        let text = format!("descriptor: micro-credential/1\ntitle: Diving\nworkload: {workload}\n");
        let definition = check(&text).definition.expect("checked");
        let clause = |own: &&credlint::score::ClauseResult| own.clause == credlint::score::Clause::SmallVolume;
        definition.clauses.iter().find(clause).expect("a clause").verdict
    };
    use credlint::score::ClauseVerdict::{NotStated, Supported};
    assert_eq!(verdict("{hours: 1499}"), Supported);
    assert_eq!(verdict("{hours: 1500}"), NotStated);
    assert_eq!(verdict("{credits: [{system: ECTS, points: 59.9}]}"), Supported);
    assert_eq!(verdict("{credits: [{system: ECTS, points: 60}]}"), NotStated);
    assert_eq!(
        verdict("{hours: 1500, credits: [{system: ECTS, points: 59.9}]}"),
        NotStated
    );
}

#[test]
fn the_exemplary_descriptor_supports_every_clause() {
    let practice = check(&crate::file("fixtures/corpus/exemplary.yaml"));
    assert_eq!(
        practice
            .definition
            .expect("checked")
            .words(credlint::language::Language::ENGLISH),
        "all clauses supported"
    );
}

#[test]
fn order_of_keys_changes_no_verdict() {
    let text = crate::file("fixtures/corpus/exemplary.yaml");
    // Blocks that begin in the first column, reversed; the header stays on top.
    let mut blocks: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) || blocks.is_empty() {
            blocks.push(String::new());
        }
        let block = blocks.last_mut().expect("a block");
        block.push_str(line);
        block.push('\n');
    }
    blocks.reverse();
    let (a, b) = (check(&text), check(&blocks.concat()));
    let verdicts = |practice: &credlint::lint::Practice| {
        practice
            .elements
            .iter()
            .map(|verdict| verdict.verdict)
            .collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&a), verdicts(&b));
    assert_eq!(a.gaps, b.gaps);
}

#[test]
fn switching_a_rule_off_changes_no_score() {
    let text = "descriptor: micro-credential/1\nworkload: {hours: 50, credits: [{system: ECTS, points: 4.5}]}\n";
    let loud = check(text);
    let mut quiet_set = credlint::rule::set::RuleSet::embedded("eu").expect("eu");
    quiet_set.levels = vec![None; quiet_set.rules.len()];
    let source = std::sync::Arc::new(credlint::source::Source::new("x.yaml", text.to_string()));
    let quiet =
        &credlint::lint::lint_source(&quiet_set, &crate::options(), &source, credlint::lint::Presence::Named)[0];
    assert!(quiet.findings.is_empty() && !loud.findings.is_empty());
    assert_eq!(quiet.gaps, loud.gaps);
    assert_eq!(loud.verdict(Element::Workload), Partial);
}

#[test]
fn fewer_rules_inside_an_element_change_no_weight() {
    let text = "descriptor: micro-credential/1\nworkload: {hours: 50, credits: [{system: ECTS, points: 4.5}]}\n";
    let mut few = credlint::rule::set::RuleSet::embedded("eu").expect("eu");
    few.rules.retain(|rule| !rule.id.starts_with("workload/"));
    few.levels.truncate(few.rules.len());
    let source = std::sync::Arc::new(credlint::source::Source::new("x.yaml", text.to_string()));
    let trees = credlint::tree::parse(source.text());
    let facts = credlint::descriptor::native::read(&trees[0], trees[0].root, &few.native, &few.placeholders);
    let (_, without) = credlint::lint::judge_facts(&few, &crate::options(), &facts).gaps[0];
    let (_, with) = check(text).gaps[0];
    assert_eq!(
        (without.applicable, without.missing + 1),
        (with.applicable, with.missing)
    );
}

#[test]
fn the_order_of_documents_changes_no_gap() {
    let (a, b) = (
        crate::file("fixtures/corpus/faulty.yaml"),
        crate::file("fixtures/corpus/exemplary.yaml"),
    );
    let gaps = |text: String| {
        let practices = check_as("eu", "x.yaml", &text);
        let mut gaps: Vec<_> = practices
            .into_iter()
            .map(|practice| (practice.id, practice.gaps))
            .collect();
        gaps.sort_by(|a, b| a.0.cmp(&b.0));
        gaps
    };
    assert_eq!(gaps(format!("{a}---\n{b}")), gaps(format!("{b}---\n{a}")));
}

#[test]
fn the_gap_line_stands_in_the_report() {
    let practice = &check_as(
        "mapping",
        "seeds/pt/ufcd-10862.yaml",
        &crate::file("seeds/pt/ufcd-10862.yaml"),
    )[0];
    let report = drawn("mapping", practice);
    assert!(report.contains("30–50 % (3 of 10 missing, 2 not stated)"), "{report}");
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Met),
        Just(Partial),
        Just(Gap),
        Just(NotStated),
        Just(NotApplicable)
    ]
}

/// Met is better than partial is better than gap.
fn worse(verdict: Verdict) -> Option<Verdict> {
    match verdict {
        Met => Some(Partial),
        Partial => Some(Gap),
        _ => None,
    }
}

fn ends(gap: score::Gap) -> (f64, f64) {
    let whole = f64::from(gap.applicable.max(1));
    (
        f64::from(gap.missing) / whole,
        f64::from(gap.missing + gap.open) / whole,
    )
}

proptest! {
    #[test]
    fn worsening_an_element_never_lowers_either_end(verdicts in proptest::collection::vec(any_verdict(), 10), at in 0usize..10) {
        if let Some(worse) = worse(verdicts[at]) {
            let mut after = verdicts.clone();
            after[at] = worse;
            let ((low, high), (low_after, high_after)) = (ends(of(&verdicts)), ends(of(&after)));
            prop_assert!(low_after >= low && high_after >= high);
        }
    }

    #[test]
    fn stating_something_never_widens_the_interval(verdicts in proptest::collection::vec(any_verdict(), 10), at in 0usize..10, said in prop_oneof![Just(Met), Just(Partial), Just(Gap)]) {
        if verdicts[at] == NotStated {
            let mut after = verdicts.clone();
            after[at] = said;
            let ((low, high), (low_after, high_after)) = (ends(of(&verdicts)), ends(of(&after)));
            prop_assert!(low_after >= low && high_after <= high);
        }
    }

    #[test]
    fn the_gap_lies_between_nothing_and_everything(verdicts in proptest::collection::vec(any_verdict(), 10)) {
        let gap = of(&verdicts);
        prop_assert!(gap.missing + gap.open <= gap.applicable);
        prop_assert!(gap.low() <= gap.high() && gap.high() <= 100);
    }

    #[test]
    fn the_order_of_elements_changes_nothing(verdicts in proptest::collection::vec(any_verdict(), 10), swap in (0usize..10, 0usize..10)) {
        let mut other = themes();
        other.elements.swap(swap.0, swap.1);
        let block = themes();
        let verdict = |element: Element| verdicts[block.elements.iter().position(|own| *own == element).expect("a theme")];
        prop_assert_eq!(gap(&other, Silence::Unknown, verdict), gap(&block, Silence::Unknown, verdict));
    }

    #[test]
    fn weights_multiply(verdicts in proptest::collection::vec(any_verdict(), 10), weight in 1u32..5) {
        let block = themes();
        let heavy = Block { title: Localized::Plain(String::new()), weights: block.elements.iter().map(|element| (*element, weight)).collect(), ..block.clone() };
        let verdict = |element: Element| verdicts[block.elements.iter().position(|own| *own == element).expect("a theme")];
        let (one, many) = (gap(&block, Silence::Unknown, verdict), gap(&heavy, Silence::Unknown, verdict));
        prop_assert_eq!((one.missing * weight, one.open * weight, one.applicable * weight), (many.missing, many.open, many.applicable));
    }
}
