//! `agreement` for people: a table by element, what the figures mean, and every disagreement with both reasons.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::footer;
use super::human::{Style, because_words, glyph};
use crate::agreement::{Agreement, Difference, Disagreement, Measure, Measures};
use crate::elements::Elements;
use crate::language::{Language, mark};
use crate::results::Judged;
use crate::score::Because;

/// The whole report.
pub fn text(elements: &Elements, style: Style, language: Language, found: &Agreement) -> String {
    let report = Report {
        elements,
        style,
        language,
        found,
    };
    let mut out = report.heading();
    out.push('\n');
    out.push_str(&report.table());
    out.push('\n');
    out.push_str(&report.legend());
    out + &report.disagreements()
}

struct Report<'a> {
    elements: &'a Elements,
    style: Style,
    language: Language,
    found: &'a Agreement,
}

impl Report<'_> {
    fn heading(&self) -> String {
        let l = self.language;
        let practices = l.plural(self.found.practices, "{n} practice in both", "{n} practices in both");
        let mut parts = vec![
            format!("{} · {}", self.found.a.name, self.found.b.name),
            l.fill("profile {name}", &[("name", &self.found.a.made_by.profile_name())]),
            practices,
        ];
        for (only, side) in [(&self.found.only_a, &self.found.a), (&self.found.only_b, &self.found.b)] {
            if !only.is_empty() {
                parts.push(l.fill("{n} only in {name}", &[("n", &only.len()), ("name", &side.name)]));
            }
        }
        let mut out = footer("", &parts.join(" · "), self.style.width, 0);
        let judged_by = |made_by: &crate::results::MadeBy| (made_by.rules.clone(), made_by.as_of.clone());
        if judged_by(&self.found.a.made_by) != judged_by(&self.found.b.made_by) {
            let line =
                l.tr("They were judged by other rules or for another day: some differences may come from there.");
            out.push_str(&footer("", &line, self.style.width, 0));
        }
        out
    }

    fn table(&self) -> String {
        let l = self.language;
        let all = l.tr("all together").into_owned();
        let own = self.found.elements.iter();
        let rows: Vec<(String, &Measures)> = own
            .map(|own| (self.elements.name(own.element, l), &own.measures))
            .chain([(all, &self.found.all)])
            .collect();
        if self.style.plain {
            return self.rows_in_words(&rows);
        }
        let heads = [l.tr("judged by both"), l.tr("silence counted")];
        let under = [l.tr("agree"), l.tr("alpha")];
        let name_width = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let (agree_width, alpha_width) = (12, 9);
        let group = agree_width + alpha_width;
        let mut out = " ".repeat(name_width);
        heads.iter().for_each(|head| out.push_str(&right(head, group)));
        let _ = write!(out, "\n{}", " ".repeat(name_width));
        for _ in heads {
            out.push_str(&right(&under[0], agree_width));
            out.push_str(&right(&under[1], alpha_width));
        }
        out.push('\n');
        for (name, measures) in rows {
            let _ = write!(out, "{name}{}", " ".repeat(name_width - name.width()));
            for measure in [&measures.judged_by_both, &measures.silence_counted] {
                out.push_str(&right(&self.agree(measure), agree_width));
                out.push_str(&right(&alpha(measure), alpha_width));
            }
            out.push('\n');
        }
        out
    }

    fn rows_in_words(&self, rows: &[(String, &Measures)]) -> String {
        let l = self.language;
        let words = |measure: &Measure| match measure.undefined {
            Some(why) => format!("{}, {}", self.agree(measure), l.tr(why.words())),
            None => format!("{}, {} {}", self.agree(measure), l.tr("alpha"), alpha(measure)),
        };
        let row = |(name, measures): &(String, &Measures)| {
            format!(
                "{name}: {} {}; {} {}\n",
                l.tr("judged by both"),
                words(&measures.judged_by_both),
                l.tr("silence counted"),
                words(&measures.silence_counted)
            )
        };
        rows.iter().map(row).collect()
    }

    /// `40 of 48`
    fn agree(&self, measure: &Measure) -> String {
        self.language
            .fill("{n} of {all}", &[("n", &measure.agree), ("all", &measure.of)])
    }

    fn legend(&self) -> String {
        let l = self.language;
        let of_all = &self.found.all;
        let percent = |measure: &Measure| match measure.of {
            0 => "–".to_string(),
            of => format!("{} %", (measure.agree * 200 + of) / (of * 2)),
        };
        let lines = [
            l.fill(
                "They agree on {judged} of what both judge, and on {silent} when silence counts as a verdict.",
                &[
                    ("judged", &percent(&of_all.judged_by_both)),
                    ("silent", &percent(&of_all.silence_counted)),
                ],
            ),
            [
                l.tr("alpha is Krippendorff's: 1 is perfect, 0 what chance would give."),
                l.tr("Judged by both: ordinal on gap, partial and met; silence and what does not apply are missing."),
                l.tr("Silence counted: nominal on all five verdicts."),
                l.tr("Krippendorff asks for 0.8, and for 0.667 where conclusions are tentative."),
            ]
            .join(" "),
        ];
        let mut out: String = lines.iter().map(|line| footer("", line, self.style.width, 0)).collect();
        let all = self.found.elements.iter().map(|own| &own.measures).chain([of_all]);
        let measures: Vec<&Measure> = all
            .flat_map(|own| [&own.judged_by_both, &own.silence_counted])
            .collect();
        let why = |undefined| measures.iter().any(|measure| measure.undefined == Some(undefined));
        let reasons = [
            crate::agreement::Undefined::NothingPaired,
            crate::agreement::Undefined::NoVariation,
        ];
        let reasons: Vec<_> = reasons
            .into_iter()
            .filter(|reason| why(*reason))
            .map(|reason| format!("{} {}", dash(reason), l.tr(reason.words())))
            .collect();
        if !reasons.is_empty() && !self.style.plain {
            let line = l.fill("no alpha: {reasons}", &[("reasons", &reasons.join("; "))]);
            out.push_str(&footer("", &line, self.style.width, 0));
        }
        out
    }

    fn disagreements(&self) -> String {
        let l = self.language;
        if self.found.disagreements.is_empty() {
            return format!("\n{}\n", l.tr("They disagree on nothing."));
        }
        let mut out = String::new();
        for group in self.found.disagreements.chunk_by(|a, b| a.kind == b.kind) {
            let phrase = match group[0].kind {
                Difference::Opposite => mark("Opposite, met and gap: {n}"),
                Difference::OneStep => mark("One step apart: {n}"),
                Difference::Applicability => mark("Judged by one, not applicable to the other: {n}"),
                Difference::Silence => mark("Stated by one, not by the other: {n}"),
            };
            let _ = writeln!(out, "\n{}", l.fill(phrase, &[("n", &group.len())]));
            group.iter().for_each(|own| out.push_str(&self.disagreement(own)));
        }
        out
    }

    fn disagreement(&self, own: &Disagreement) -> String {
        let l = self.language;
        let practice = own.id.as_deref().or(own.name.as_deref()).unwrap_or(&own.file_a);
        let element = self.elements.name(own.element, l);
        let mut out = footer("", &format!("{practice} · {element}"), self.style.width, 2);
        for (side, judged) in [(&self.found.a, &own.a), (&self.found.b, &own.b)] {
            let label = format!("{}: ", side.name);
            out.push_str(&footer(&label, &self.judged(judged), self.style.width, 4));
        }
        out
    }

    /// A verdict with everything that it rests on.
    fn judged(&self, judged: &Judged) -> String {
        let l = self.language;
        let words = l.tr(judged.verdict.words());
        let words = match self.style.plain {
            true => words.into_owned(),
            false => format!("{} {words}", glyph(judged.verdict).0),
        };
        let inferred = judged.basis == Some(crate::score::VerdictBasis::Inferred);
        let words = match inferred {
            true => format!("{words}, {}", l.tr("inferred")),
            false => words,
        };
        let telling = judged
            .because
            .iter()
            .filter(|because| !matches!(because, Because::Value(text) if text == "stated"));
        let reasons: Vec<String> = telling.map(|because| because_words(because, l)).collect();
        match reasons.is_empty() {
            true => words,
            false => format!("{words}: {}", reasons.join("; ")),
        }
    }
}

/// Three decimals, or a mark for why there is none.
fn alpha(measure: &Measure) -> String {
    match (measure.alpha, measure.undefined) {
        (Some(alpha), _) => format!("{alpha:.3}"),
        (None, Some(why)) => dash(why).to_string(),
        (None, None) => String::new(),
    }
}

fn dash(why: crate::agreement::Undefined) -> &'static str {
    match why {
        crate::agreement::Undefined::NothingPaired => "–",
        crate::agreement::Undefined::NoVariation => "=",
    }
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
