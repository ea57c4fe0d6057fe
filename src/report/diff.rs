//! `diff` for people: what changed in each practice, and why.

use std::fmt::Write as _;

use super::footer;
use super::human::{Style, because_words, gap_words, glyph};
use crate::diff::{Cause, Diff, Fate, FindingsDiff, GapDiff, PracticeDiff};
use crate::elements::Elements;
use crate::language::{Language, mark};
use crate::results::{Found, Judged};
use crate::rule::Level;
use crate::score::{Because, ClauseVerdict, count};

/// The whole report.
pub fn text(elements: &Elements, style: Style, language: Language, diff: &Diff) -> String {
    let report = Report {
        elements,
        style,
        language,
    };
    let mut out = report.heading(diff);
    let (counted, others): (Vec<_>, Vec<_>) = diff.practices.iter().partition(|own| own.is_only_counted());
    for practice in others {
        out.push('\n');
        out.push_str(&report.practice(practice));
    }
    out.push_str(&report.counted(&counted));
    if let Some(catalogue) = diff.catalogue.as_ref().filter(|found| !found.is_empty()) {
        let _ = writeln!(out, "\n{}", language.tr("the catalogue"));
        out.push_str(&report.findings(catalogue));
    }
    out + &report.closing(diff)
}

struct Report<'a> {
    elements: &'a Elements,
    style: Style,
    language: Language,
}

impl Report<'_> {
    /// What is compared, and in what the two were made otherwise.
    fn heading(&self, diff: &Diff) -> String {
        let l = self.language;
        let mut out = format!("{} → {}\n", diff.old.name, diff.new.name);
        for other in &diff.made_by {
            // Seven digits of a digest, as everywhere.
            let short = |text: &str| match other.what {
                Cause::Rules => text.chars().take(7).collect(),
                _ if text.is_empty() => l.tr("none").into_owned(),
                _ => text.to_string(),
            };
            if other.what == Cause::Weights {
                out.push_str(&self.weights(diff));
                continue;
            }
            let line = format!("{} → {}", short(&other.old), short(&other.new));
            out.push_str(&footer(
                &format!("{} ", l.tr(other.what.heading())),
                &line,
                self.style.width,
                2,
            ));
        }
        out
    }

    /// Only the weights that are others.
    fn weights(&self, diff: &Diff) -> String {
        let (old, new) = (&diff.old.made_by.weights, &diff.new.made_by.weights);
        let weight = |weight: Option<&u32>| weight.map_or("–".to_string(), u32::to_string);
        let elements = old
            .keys()
            .chain(new.keys().filter(|element| !old.contains_key(element)));
        let changed: Vec<String> = elements
            .filter(|element| old.get(element) != new.get(element))
            .map(|element| {
                let name = self.elements.name(*element, self.language);
                format!("{name} {} → {}", weight(old.get(element)), weight(new.get(element)))
            })
            .collect();
        let head = self.language.tr(Cause::Weights.heading());
        footer(&format!("{head} "), &changed.join(", "), self.style.width, 2)
    }

    fn practice(&self, practice: &PracticeDiff) -> String {
        let l = self.language;
        let fate = match practice.fate {
            Fate::Changed => mark("changed"),
            Fate::Appeared => mark("appeared"),
            Fate::Vanished => mark("vanished"),
        };
        let name = practice
            .name
            .as_deref()
            .or(practice.id.as_deref())
            .unwrap_or(&practice.file);
        let mut place = vec![name.to_string()];
        place.extend(practice.id.clone().filter(|id| id != name));
        place.extend(Some(practice.file.clone()).filter(|file| file != name));
        let mut out = footer(&format!("{}: ", l.tr(fate)), &place.join(" · "), self.style.width, 0);
        if practice.fate != Fate::Changed {
            let gaps = practice
                .gaps
                .iter()
                .take(1)
                .filter_map(|gap| gap.old.as_ref().or(gap.new.as_ref()));
            gaps.for_each(|gap| self.line(&mut out, mark("gap"), &gap_words(gap.gap(), None, l)));
            return out;
        }
        if let Some(id) = &practice.id_was {
            let or_none = |id: &Option<String>| id.clone().unwrap_or_else(|| l.tr("none").into_owned());
            self.line(
                &mut out,
                mark("id"),
                &format!("{} → {}", or_none(&id.old), or_none(&practice.id)),
            );
        }
        if let Some(state) = &practice.state {
            let words = format!("{} → {}", l.tr(state.old.words()), l.tr(state.new.words()));
            self.line(&mut out, mark("state"), &words);
        }
        for change in &practice.elements {
            let name = self.elements.name(change.element, l);
            let words = format!("{} → {}", self.verdict(&change.old), self.verdict(&change.new));
            self.line(&mut out, &name, &words);
        }
        for gap in &practice.gaps {
            self.line(&mut out, &l.tr(&gap.block), &self.gap(gap));
        }
        for clause in &practice.definition {
            let verdict = |verdict: Option<ClauseVerdict>| {
                l.tr(match verdict {
                    Some(ClauseVerdict::Supported) => mark("supported"),
                    Some(ClauseVerdict::Contradicted) => mark("contradicted"),
                    Some(ClauseVerdict::NotStated) => mark("not stated"),
                    None => mark("nothing"),
                })
            };
            let words = format!("{} {} → {}", clause.clause, verdict(clause.old), verdict(clause.new));
            self.line(&mut out, mark("definition"), &words);
        }
        if let Some(kind) = &practice.kind {
            self.line(&mut out, mark("kind"), &format!("{} → {}", kind.old, kind.new));
        }
        out.push_str(&self.findings(&practice.findings));
        out + &self.because(&practice.because)
    }

    /// Practices whose verdicts are the same and whose gap is another, by what that may come from.
    fn counted(&self, practices: &[&PracticeDiff]) -> String {
        let l = self.language;
        let mut out = String::new();
        for group in practices.chunk_by(|a, b| a.because == b.because) {
            let head = l.plural(
                group.len(),
                "{n} practice has the same verdicts and another gap",
                "{n} practices have the same verdicts and another gap",
            );
            let why = self.causes(&group[0].because);
            let _ = write!(out, "\n{}", footer("", &format!("{head}: {why}"), self.style.width, 0));
            for practice in group {
                let name = practice
                    .id
                    .as_deref()
                    .or(practice.name.as_deref())
                    .unwrap_or(&practice.file);
                let gaps: Vec<String> = practice.gaps.iter().map(|gap| self.counted_gap(gap)).collect();
                out.push_str(&footer(&format!("{name}: "), &gaps.join(", "), self.style.width, 2));
            }
        }
        out
    }

    fn counted_gap(&self, gap: &GapDiff) -> String {
        let l = self.language;
        let percent = |gap: &Option<crate::results::BlockGap>| match gap {
            Some(gap) => {
                let (missing, applicable) = (count(gap.missing), count(gap.applicable));
                let of = l.fill("{n} of {all}", &[("n", &missing), ("all", &applicable)]);
                format!("{} ({of})", gap.gap().percent())
            }
            None => self.language.tr("not scored").into_owned(),
        };
        let block = self.language.tr(&gap.block);
        format!("{block} {} → {}", percent(&gap.old), percent(&gap.new))
    }

    fn line(&self, out: &mut String, head: &str, text: &str) {
        let head = self.language.tr(head);
        out.push_str(&footer(&format!("{head}: "), text, self.style.width, 2));
    }

    /// A verdict with its mark and its reasons.
    fn verdict(&self, judged: &Option<Judged>) -> String {
        let l = self.language;
        let Some(judged) = judged else {
            return l.tr("not judged").into_owned();
        };
        let words = l.tr(judged.verdict.words());
        let words = match self.style.plain {
            true => words.into_owned(),
            false => format!("{} {words}", glyph(judged.verdict).0),
        };
        let telling = |because: &&Because| !matches!(because, Because::Value(text) if text == "stated");
        let reasons = judged.because.iter().filter(telling);
        let reasons: Vec<String> = reasons.map(|because| because_words(because, l)).collect();
        if reasons.is_empty() {
            return words;
        }
        format!("{words} ({})", reasons.join("; "))
    }

    fn gap(&self, change: &GapDiff) -> String {
        let l = self.language;
        let words = |gap: &Option<crate::results::BlockGap>| match gap {
            Some(gap) => gap_words(gap.gap(), None, l),
            None => l.tr("not scored").into_owned(),
        };
        format!("{} → {}", words(&change.old), words(&change.new))
    }

    fn findings(&self, findings: &FindingsDiff) -> String {
        let l = self.language;
        let mut out = String::new();
        let mut line = |head: &'static str, found: &Found, was: Option<Level>| {
            let level = match was {
                Some(was) => format!("{} → {}", l.tr(was.word()), l.tr(found.level.word())),
                None => l.tr(found.level.word()).into_owned(),
            };
            let words = format!(
                "{} ({level}), {}:{}: {}",
                found.rule, found.line, found.column, found.message
            );
            out.push_str(&footer(&format!("{}: ", l.tr(head)), &words, self.style.width, 2));
        };
        findings
            .vanished
            .iter()
            .for_each(|found| line(mark("no longer found"), found, None));
        findings
            .appeared
            .iter()
            .for_each(|found| line(mark("newly found"), found, None));
        let other = findings.other_level.iter();
        other.for_each(|other| line(mark("other level"), &other.finding, Some(other.was)));
        out
    }

    fn because(&self, causes: &[Cause]) -> String {
        let head = self.language.tr("because");
        footer(&format!("{head}: "), &self.causes(causes), self.style.width, 2)
    }

    /// One reason, or several of which each may be it.
    fn causes(&self, causes: &[Cause]) -> String {
        let l = self.language;
        let words: Vec<String> = causes.iter().map(|cause| l.tr(cause.words()).into_owned()).collect();
        match words.as_slice() {
            [one] => one.clone(),
            several => l.fill("{causes}; each may be why", &[("causes", &several.join(", "))]),
        }
    }

    fn closing(&self, diff: &Diff) -> String {
        let l = self.language;
        let counts = diff.summary;
        let mut parts = vec![
            l.fill("{n} changed", &[("n", &counts.changed)]),
            l.fill("{n} appeared", &[("n", &counts.appeared)]),
            l.fill("{n} vanished", &[("n", &counts.vanished)]),
            l.fill("{n} as before", &[("n", &counts.same)]),
        ];
        if counts.same_though_edited > 0 {
            parts.push(l.fill(
                "{n} of these edited without effect",
                &[("n", &counts.same_though_edited)],
            ));
        }
        let all = counts.changed + counts.appeared + counts.vanished + counts.same;
        let head = l.plural(all, "{n} practice", "{n} practices");
        format!(
            "\n{}",
            footer("", &format!("{head}: {}", parts.join(", ")), self.style.width, 0)
        )
    }
}
