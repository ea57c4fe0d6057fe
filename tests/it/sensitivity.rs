//! How firm the order of practices is: what must hold of the draws, and what is said about them.

use credlint::cli::SchemaName;
use credlint::language::Language;
use credlint::profile::{Block, Silence};
use credlint::report;
use credlint::report::human::Style;
use credlint::score::Verdict::{self, Gap, Met, NotApplicable, NotStated, Partial};
use credlint::sensitivity::{Pair, Request, RestsOn, Row, Sensitivity, SilenceDrawn, analyse};
use proptest::prelude::*;

use crate::cli::{Scratch, code, command, err, out, run_in};
use crate::schemas::{fits, schema};
use crate::{check_as, file, root, set};

fn block() -> Block {
    set("mapping").profile.headline().clone()
}

fn request(draws: u32) -> Request {
    Request {
        draws,
        seed: 1,
        threads: 1,
    }
}

fn row(id: &str, verdicts: &[Verdict]) -> Row {
    let mut verdicts = verdicts.to_vec();
    verdicts.resize(block().elements.len(), NotApplicable);
    Row {
        id: Some(id.to_string()),
        name: None,
        file: format!("{id}.yaml"),
        document: 1,
        sha256: None,
        verdicts,
    }
}

fn rows(all: &[Vec<Verdict>]) -> Vec<Row> {
    let numbered = all.iter().enumerate();
    numbered
        .map(|(number, verdicts)| row(&format!("p{number}"), verdicts))
        .collect()
}

fn run(rows: Vec<Row>, draws: u32) -> Sensitivity {
    analyse(&block(), Silence::Unknown, rows, request(draws))
}

/// The pair of two ids, the first named first in the counts.
fn between(found: &Sensitivity, first: &str, second: &str) -> (Pair, u32, u32) {
    let number = |id: &str| {
        let own = |practice: &credlint::sensitivity::Ranked| practice.id.as_deref() == Some(id);
        found.practices.iter().position(own).expect("a ranked practice")
    };
    let (a, b) = (number(first), number(second));
    let pairs = found.pairs.as_ref().expect("pairs");
    let pair = pairs
        .iter()
        .find(|pair| (pair.first, pair.second) == (a.min(b), a.max(b)));
    let pair = *pair.expect("a pair");
    if a < b {
        (pair, pair.before, pair.behind)
    } else {
        (pair, pair.behind, pair.before)
    }
}

fn seeds() -> Vec<Row> {
    let files = walkdir::WalkDir::new(root().join("seeds")).sort_by_file_name();
    let files = files
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path);
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files
        .filter(|path| path.file_name().is_some_and(|name| name != "credlint.yaml"))
        .map(|path| {
            let name = path
                .strip_prefix(root())
                .expect("inside")
                .to_string_lossy()
                .into_owned();
            Row::of(&check_as("mapping", &name, &file(&name))[0], &block())
        })
        .collect()
}

fn words(found: &Sensitivity, plain: bool) -> String {
    let style = Style {
        plain,
        ..crate::style()
    };
    report::sensitivity::text(&set("mapping").elements, style, Language::ENGLISH, found)
}

#[test]
fn the_seeds_in_words() {
    let found = run(seeds(), 1000);
    insta::assert_snapshot!("sensitivity_seeds", words(&found, false));
    insta::assert_snapshot!("sensitivity_seeds_plain", words(&found, true));
}

/// What is stated decides: one practice misses something wherever the other does, nothing is silent.
#[test]
fn safe_comparisons_are_told_from_those_that_rest_on_weights_or_on_silence() {
    let found = run(
        vec![
            row("all-met", &[Met, Met, Met, Met]),
            row("one-missing", &[Met, Met, Gap, Met]),
            row("one-half", &[Partial, Met, Met, Met]),
            row("two-half", &[Partial, Partial, Met, Met]),
            row("half-silent", &[Met, Met, Gap, NotStated]),
        ],
        1000,
    );
    let rests_on = |a: &str, b: &str| between(&found, a, b).0.rests_on;
    assert_eq!(rests_on("all-met", "one-missing"), RestsOn::Stated);
    assert_eq!(rests_on("one-half", "two-half"), RestsOn::Stated);
    // A half at 150 % is three quarters, a whole at 50 % a half.
    assert_eq!(rests_on("one-half", "one-missing"), RestsOn::Weights);
    // Level with two halves at these weights, and not at others.
    assert_eq!(rests_on("two-half", "one-missing"), RestsOn::Weights);
    // The silence may be met: then they are level, and no more.
    assert_eq!(rests_on("one-missing", "half-silent"), RestsOn::Stated);
    assert_eq!(rests_on("two-half", "half-silent"), RestsOn::Weights);
    let more = run(
        vec![row("known", &[Met, Gap]), row("open", &[NotStated, Partial])],
        1000,
    );
    assert_eq!(between(&more, "open", "known").0.rests_on, RestsOn::Silence);
    insta::assert_snapshot!("sensitivity_small", words(&found, false));
}

/// Each filling is drawn a third of the time, so a silent element beats, equals and loses to a partial one a third each.
#[test]
fn silence_is_met_partial_or_gap_each_as_likely() {
    let found = run(vec![row("silent", &[NotStated]), row("half", &[Partial])], 10_000);
    let (pair, before, behind) = between(&found, "silent", "half");
    for count in [before, pair.level, behind] {
        assert!((3200..=3470).contains(&count), "{pair:?}");
    }
}

#[test]
fn where_a_profile_takes_silence_for_missing_it_stays_missing() {
    let rows = vec![row("silent", &[NotStated, Met]), row("missing", &[Gap, Met])];
    let found = analyse(&block(), Silence::Gap, rows, request(200));
    assert_eq!(found.silence, SilenceDrawn::Missing);
    let (pair, ..) = between(&found, "silent", "missing");
    assert_eq!((pair.level, pair.equal, pair.rests_on), (200, true, RestsOn::Stated));
}

#[test]
fn equals_share_a_place_and_what_does_not_apply_has_none() {
    let found = run(
        vec![
            row("a", &[Met, Met]),
            row("b", &[Gap, Met]),
            row("c", &[Gap, Met]),
            row("d", &[Gap, Gap]),
            row("e", &[]),
        ],
        10,
    );
    let places: Vec<u32> = found.practices.iter().map(|practice| practice.place).collect();
    assert_eq!(places, [1, 2, 2, 4]);
    assert_eq!(found.not_ranked, 1);
    let (pair, ..) = between(&found, "b", "c");
    assert_eq!((pair.level, pair.rests_on), (10, RestsOn::Stated));
}

#[test]
fn one_weight_at_a_time_names_the_places_that_change() {
    let found = run(vec![row("a", &[Gap, Met, Met]), row("b", &[Met, Partial, Partial])], 10);
    let elements = block().elements;
    let of = |element: usize, percent: u32| {
        let own = found.one_at_a_time.iter();
        let mut own = own.filter(|one| one.element == elements[element] && one.percent == percent);
        let changes = &own.next().expect("every weight is changed").changes;
        changes
            .iter()
            .map(|change| (change.practice, change.from, change.to))
            .collect::<Vec<_>>()
    };
    // Level at equal weights. With less weight on the first element the first practice is ahead.
    assert_eq!(of(0, 50), [(1, 1, 2)]);
    assert_eq!(of(0, 150), [(0, 1, 2)]);
    assert_eq!(of(3, 150), []);
}

/// The numbers are the same on every machine: these were drawn once and stay.
#[test]
fn the_draws_are_pinned() {
    let found = run(seeds(), 100);
    let places: Vec<String> = found
        .practices
        .iter()
        .map(|own| {
            let id = own.id.as_deref().unwrap_or_default();
            let (nine, all) = (own.nine_in_ten, own.all);
            format!("{id} {} {}-{} {}-{}", own.median, nine.from, nine.to, all.from, all.to)
        })
        .collect();
    insta::assert_snapshot!("sensitivity_pinned", places.join("\n"));
}

#[test]
fn the_command_prints_words_or_json_that_fits_the_schema() {
    let text = |arguments: &[&str]| {
        let all = [&["score", "seeds", "--as-of", "2026-11-23"], arguments].concat();
        let output = command(&root(), &all).output().expect("it runs");
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    let spoken = text(&["--sensitivity=50", "--seed", "7"]);
    assert!(spoken.contains("50 draws from seed 7"), "{spoken}");
    let written = text(&["--sensitivity=50", "--format", "json"]);
    let result: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    fits(&schema(SchemaName::Result), &result);
    assert_eq!(
        result["sensitivity"]["pairs"].as_array().map(Vec::len),
        Some(13 * 12 / 2)
    );
    assert_eq!(written, text(&["--sensitivity=50", "--format", "json"]));
    assert!(!text(&["--format", "json"]).contains("sensitivity"));
}

#[test]
fn a_practice_alone_has_no_order() {
    let scratch = Scratch::new("alone");
    scratch.write("a.yaml", "descriptor: micro-credential/1\ntitle: A\n");
    let output = run_in(scratch.path(), &["score", "a.yaml", "--sensitivity=5"]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("fewer than two practices"), "{}", out(&output));
    let none = run_in(scratch.path(), &["score", "a.yaml", "--sensitivity=0"]);
    assert_eq!(code(&none), 2);
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

fn practices(verdicts: impl Strategy<Value = Verdict>) -> impl Strategy<Value = Vec<Vec<Verdict>>> {
    proptest::collection::vec(proptest::collection::vec(verdicts, 10), 2..8)
}

/// How bad at best and at worst.
fn bounds(verdict: Verdict) -> (u8, u8) {
    match verdict {
        Met | NotApplicable => (0, 0),
        Partial => (1, 1),
        Gap => (2, 2),
        NotStated => (0, 2),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A practice that is met wherever the other is at most met, and so on, never stands behind it in any draw, and the
    /// comparison is safe.
    #[test]
    fn dominance(better in proptest::collection::vec(any_verdict(), 10), worse in proptest::collection::vec(any_verdict(), 10)) {
        let better: Vec<Verdict> = better.iter().zip(&worse).map(|(own, other)| match (own, other) {
            (_, NotApplicable) => NotApplicable,
            (own, other) if bounds(*own).1 <= bounds(*other).0 && *own != NotApplicable => *own,
            _ => Met,
        }).collect();
        prop_assume!(worse.iter().any(|verdict| *verdict != NotApplicable));
        let found = run(vec![row("worse", &worse), row("better", &better)], 60);
        let (pair, _, behind) = between(&found, "better", "worse");
        prop_assert_eq!(behind, 0);
        prop_assert!(pair.equal || pair.rests_on == RestsOn::Stated, "{:?}", pair);
    }

    /// Improving a verdict, or stating as met what was silent, puts a practice behind in no draw.
    #[test]
    fn monotony(all in practices(any_verdict()), at in 0usize..10) {
        let before = run(rows(&all), 60);
        let mut improved = all.clone();
        improved[0][at] = match improved[0][at] {
            Gap => Partial,
            NotApplicable => NotApplicable,
            _ => Met,
        };
        let after = run(rows(&improved), 60);
        let own = |found: &Sensitivity| found.practices.iter().find(|practice| practice.id.as_deref() == Some("p0")).cloned();
        if let (Some(before), Some(after)) = (own(&before), own(&after)) {
            prop_assert!(after.median <= before.median);
            prop_assert!(after.nine_in_ten.from <= before.nine_in_ten.from && after.nine_in_ten.to <= before.nine_in_ten.to);
            prop_assert!(after.all.from <= before.all.from && after.all.to <= before.all.to);
        }
    }

    /// The order of the input and the number of threads change nothing; another seed is another set of draws.
    #[test]
    fn repeatable(all in practices(any_verdict()), threads in 1usize..9, by in 0usize..8) {
        let here = run(rows(&all), 40);
        let mut moved = rows(&all);
        let by = by % moved.len();
        moved.rotate_left(by);
        let there = analyse(&block(), Silence::Unknown, moved, Request { threads, ..request(40) });
        prop_assert_eq!(serde_json::to_string(&here).expect("JSON"), serde_json::to_string(&there).expect("JSON"));
    }

    /// What is called safe is never turned: not in the draws, nor with the most adverse weights and silence. What is said
    /// to rest on something can be turned by it, where the same elements apply.
    #[test]
    fn safe_is_safe(all in practices(any_verdict())) {
        let found = run(rows(&all), 60);
        for pair in found.pairs.as_ref().expect("pairs") {
            let verdicts = |number: usize| {
                let id = found.practices[number].id.as_deref().expect("an id");
                &all[id[1..].parse::<usize>().expect("a number")]
            };
            let (first, second) = (verdicts(pair.first), verdicts(pair.second));
            if pair.rests_on == RestsOn::Stated {
                prop_assert_eq!(pair.holds().max(60 - pair.behind), 60, "{:?}", pair);
                prop_assert!(!turned(first, second), "{:?} {:?}", first, second);
            }
            let alike = first.iter().zip(second).all(|(a, b)| (*a == NotApplicable) == (*b == NotApplicable));
            if alike && pair.rests_on != RestsOn::Stated {
                prop_assert!(turned(first, second) || (pair.equal && turned(second, first)), "{:?} {:?}", first, second);
            }
        }
    }

    /// Ranges lie in one another, and every pair is accounted for in every draw.
    #[test]
    fn counts_add_up(all in practices(any_verdict())) {
        let found = run(rows(&all), 50);
        for practice in &found.practices {
            let (nine, every) = (practice.nine_in_ten, practice.all);
            prop_assert!(1 <= every.from && every.from <= nine.from && nine.from <= practice.median);
            prop_assert!(practice.median <= nine.to && nine.to <= every.to && every.to as usize <= found.practices.len());
        }
        for pair in found.pairs.as_ref().expect("pairs") {
            prop_assert_eq!(pair.before + pair.level + pair.behind, 50);
        }
    }
}

/// Whether some weights of 50 or 150 turn the order, silence at its worst for the first and at its best for the second.
/// Where the same elements apply, corners of the range are enough.
fn turned(first: &[Verdict], second: &[Verdict]) -> bool {
    (0..1u32 << 10).any(|corner| {
        let (mut a, mut b) = ((0u64, 0u64), (0u64, 0u64));
        for (at, (one, two)) in first.iter().zip(second).enumerate() {
            let weight = if corner & (1 << at) == 0 { 50 } else { 150 };
            if *one != NotApplicable {
                a = (a.0 + weight * u64::from(bounds(*one).1), a.1 + 2 * weight);
            }
            if *two != NotApplicable {
                b = (b.0 + weight * u64::from(bounds(*two).0), b.1 + 2 * weight);
            }
        }
        a.0 * b.1 > b.0 * a.1
    })
}
