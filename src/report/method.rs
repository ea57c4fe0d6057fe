//! How a score comes about, in words: what a report that travels without its program has to say of itself.

use super::WHAT_IT_IS_NOT;
use super::form::Job;
use crate::language::mark;
use crate::profile::{EvidencePolicy, Silence};
use crate::standard::Element;

/// Headings and texts, in order.
pub fn lines(job: &Job<'_>) -> Vec<(String, String)> {
    let (l, profile, made_by) = (job.options.language, &job.set.profile, job.made_by());
    let silence = match profile.silence {
        Silence::Gap => mark("what is not stated counts as missing: nobody can read it in the description"),
        Silence::Unknown => mark(
            "what is not stated stays open: the gap is an interval, with everything unsaid met at its lower end and missing at its upper end",
        ),
    };
    let evidence = match profile.evidence {
        EvidencePolicy::Notes => mark("evidence is shown and does not count"),
        EvidencePolicy::Scores => {
            mark("evidence that is stated or inferred counts beside the values; the worst counts")
        }
    };
    let said = |heading: &'static str, text: &'static str| (l.tr(heading).into_owned(), l.tr(text).into_owned());
    let mut lines = vec![
        said(
            mark("what it says"),
            mark(
                "how far a description is from the standard elements of Council Recommendation 2022/C 243/02: what is known to be missing, and what nobody has said; 0 is the best",
            ),
        ),
        said(mark("what it does not say"), WHAT_IT_IS_NOT),
        said(mark("silence"), silence),
        said(mark("evidence"), evidence),
        said(
            mark("counting"),
            mark(
                "a gap misses the weight of its element, a partial one half of it; what does not apply is left out; percentages are rounded half up, counts are exact",
            ),
        ),
        said(
            mark("coverage"),
            mark("where under half of what applies is stated, too little is stated to compare"),
        ),
    ];
    let title = format!("{}: {}", profile.name(), profile.title(l));
    lines.push((l.tr("profile").into_owned(), title));
    lines.push((
        l.tr("about the profile").into_owned(),
        profile.description(l).to_string(),
    ));
    if !made_by.chosen.is_empty() {
        lines.push((l.tr("chosen by").into_owned(), made_by.chosen.join(", ")));
    }
    for (heading, text) in [
        (mark("version of credlint"), made_by.credlint),
        (mark("digest of the rules"), made_by.rules),
        (mark("date of the vocabularies"), made_by.vocabularies),
        (mark("as of"), made_by.as_of),
        (mark("language"), made_by.language),
    ] {
        lines.push((l.tr(heading).into_owned(), text));
    }
    lines
}

/// Block, element and weight, in the order of the profile.
pub fn weights<'a>(job: &Job<'a>) -> Vec<(&'a str, Element, u32)> {
    let blocks = job.set.profile.blocks.iter();
    let weights = blocks.flat_map(|block| {
        let weight = |element: &Element| block.weights.get(element).copied().unwrap_or(1);
        let elements = block.elements.iter();
        elements.map(move |element| (block.block.as_str(), *element, weight(element)))
    });
    weights.collect()
}
