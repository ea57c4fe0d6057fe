//! The thirteen mapped practices: every cell of the table, its basis, and the figures of each row.

use credlint::lint::Practice;
use credlint::score::{Verdict, VerdictBasis};
use credlint::standard::Element;

use crate::{check_as, root, set};

/// Source: AutoCredify, "What Spain, Finland and Portugal are already doing right" (2026-03-24), as coded in the seeds.
/// `.` not stated, `m` met, `p` partial, `g` gap, `n` not applicable; a capital letter is inferred. Columns as in the
/// profile: outcomes, workload, level, assessment, quality assurance, stackability, digital issuance, recognition,
/// labelling, portability. Then missing, open and applicable in half-weights.
const ROWS: [(&str, &str, [u32; 3]); 13] = [
    ("es-fpcat-upc-electromobility", ".m.mmmm.m.", [0, 8, 20]),
    ("es-catalogo-especialidades", ".....gg.g.", [6, 14, 20]),
    ("es-dguv-high-voltage", "...mM..p..", [1, 14, 20]),
    ("es-navarre-teacher-certification", "...Mm.....", [0, 16, 20]),
    ("es-oem-training", "..Gm...g.g", [6, 12, 20]),
    ("fi-sfs-6002", "...pm.gmG.", [5, 10, 20]),
    ("fi-live-working-hv-batteries", "...m......", [0, 18, 20]),
    ("fi-optional-unit-hv-maintenance", "...m.PgM..", [3, 12, 20]),
    ("fi-oem-diagnostics", "..P....p.G", [4, 14, 20]),
    ("pt-ufcd-10862", "m.gmMmgmG.", [6, 4, 20]),
    ("pt-cet-ev-mechatronics", "..p..P..n.", [2, 14, 18]),
    ("pt-private-hv-certifications", "...Pp..p..", [3, 14, 20]),
    ("pt-adas-calibration", "...m.g.G..", [4, 14, 20]),
];

pub(crate) fn practices() -> Vec<Practice> {
    let mut files: Vec<_> = walkdir::WalkDir::new(root().join("seeds"))
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "yaml")
                && path.file_name().is_none_or(|name| name != "credlint.yaml")
        })
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            check_as(
                "mapping",
                &path.display().to_string(),
                &std::fs::read_to_string(path).expect("a seed"),
            )
        })
        .collect()
}

fn cell(practice: &Practice, element: Element) -> char {
    let verdict = practice
        .elements
        .iter()
        .find(|verdict| verdict.element == element)
        .expect("every element has a verdict");
    let letter = match verdict.verdict {
        Verdict::Met => 'm',
        Verdict::Partial => 'p',
        Verdict::Gap => 'g',
        Verdict::NotApplicable => 'n',
        Verdict::NotStated => '.',
    };
    if verdict.basis == Some(VerdictBasis::Inferred) {
        letter.to_ascii_uppercase()
    } else {
        letter
    }
}

#[test]
fn all_130_cells_of_the_table_with_their_basis() {
    let practices = practices();
    assert_eq!(practices.len(), ROWS.len());
    for (id, cells, figures) in ROWS {
        let practice = practices
            .iter()
            .find(|practice| practice.id.as_deref() == Some(id))
            .unwrap_or_else(|| panic!("no seed {id}"));
        let found: String = set("mapping")
            .profile
            .headline()
            .elements
            .iter()
            .map(|element| cell(practice, *element))
            .collect();
        assert_eq!(found, cells, "{id}");
        let (_, gap) = practice.gaps[0];
        assert_eq!([gap.missing, gap.open, gap.applicable], figures, "{id}");
    }
}

#[test]
fn sixty_three_percent_of_the_mapping_is_silence() {
    let stated: usize = ROWS
        .iter()
        .map(|(_, cells, _)| cells.chars().filter(|cell| *cell != '.').count())
        .sum();
    assert_eq!(stated, 48);
}

#[test]
fn no_seed_has_an_error() {
    for practice in practices() {
        let wrong: Vec<_> = practice
            .findings
            .iter()
            .filter(|finding| finding.level == credlint::rule::Level::Error)
            .map(|finding| &finding.message)
            .collect();
        assert!(wrong.is_empty(), "{:?}: {wrong:?}", practice.id);
    }
}

#[test]
fn every_verdict_of_evidence_names_its_source_and_place() {
    for practice in practices() {
        for verdict in &practice.elements {
            for because in &verdict.because {
                if let credlint::score::Because::Evidence(entry) = because {
                    assert!(
                        entry.source.is_some() && entry.locator.is_some() && entry.note.is_some(),
                        "{:?} {}",
                        practice.id,
                        verdict.element
                    );
                }
            }
        }
    }
}

#[test]
fn only_the_cet_contradicts_the_definition() {
    let contradicted: Vec<_> = practices()
        .into_iter()
        .filter(|practice| {
            practice.definition.as_ref().is_some_and(|definition| {
                definition
                    .words(credlint::language::Language::ENGLISH)
                    .starts_with("contradicted")
            })
        })
        .filter_map(|practice| practice.id)
        .collect();
    assert_eq!(contradicted, ["pt-cet-ev-mechatronics"]);
}
