//! Words that people write in cells, in the languages of the program.

use crate::language::Language;
use crate::score::Verdict;
use crate::vocabulary::{embedded, normalise};

/// The verdict of a word or of the mark that reports print.
pub(super) fn verdict(text: &str) -> Option<&'static str> {
    let list = embedded("evidence-verdict")?;
    if let Some(entry) = list.find(text) {
        return Some(entry.slug);
    }
    let folded = normalise(text);
    let mark = |verdict: &Verdict| match verdict {
        Verdict::Met => "✔",
        Verdict::Partial => "◐",
        Verdict::Gap => "✘",
        Verdict::NotStated => "?",
        Verdict::NotApplicable => "–",
    };
    let named = |verdict: &Verdict| {
        mark(verdict) == text.trim()
            || Language::all().any(|language| normalise(&language.tr(verdict.words())) == folded)
    };
    Verdict::ALL
        .iter()
        .find(|verdict| named(verdict))
        .map(|verdict| verdict.word())
}

/// Whether a cell says that there is none.
pub(super) fn is_none(text: &str) -> bool {
    const NONE: [&str; 8] = [
        "none",
        "ninguno",
        "ninguna",
        "nenhum",
        "nenhuma",
        "ei mitään",
        "ei ole",
        "ei lainkaan",
    ];
    NONE.contains(&normalise(text).as_str())
}

/// The reason why something does not apply: `not applicable: no level is assigned below 60 ECTS`.
pub(super) fn not_applicable(text: &str) -> Option<&str> {
    let (said, reason) = text.split_once(':')?;
    (verdict(said) == Some(Verdict::NotApplicable.word()) && !reason.trim().is_empty()).then_some(reason.trim())
}

/// Yes or no.
pub(super) fn flag(text: &str) -> Option<bool> {
    const YES: [&str; 14] = [
        "true",
        "yes",
        "y",
        "x",
        "1",
        "✓",
        "✔",
        "sí",
        "si",
        "verdadero",
        "kyllä",
        "tosi",
        "sim",
        "verdadeiro",
    ];
    const NO: [&str; 10] = ["false", "no", "n", "0", "✗", "✘", "ei", "epätosi", "não", "falso"];
    let folded = text.trim().to_lowercase();
    match folded.as_str() {
        yes if YES.contains(&yes) => Some(true),
        no if NO.contains(&no) => Some(false),
        _ => None,
    }
}
