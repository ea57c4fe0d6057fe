//! For people: drawn diagnostics, the element table, the gap, the next step. Quiet at 80 columns, without colour, and
//! in a screen reader (`plain`: words, no boxes).

use std::fmt::Write as _;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};

use super::{Summary, footer};
use crate::finding::{Finding, Label};
use crate::gather::NotRun;
use crate::language::{Language, mark};
use crate::lint::{Practice, State};
use crate::rule::Level;
use crate::rule::set::RuleSet;
use crate::score::{self, Because, ElementVerdict, Gap, Verdict, VerdictBasis};
use crate::source::sheet::{Sheet, letters};
use crate::source::{Source, Span};
use crate::standard::Element;
use crate::typology::{Ground, Nearest, Reason};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colour for levels and verdicts.
    pub colour: bool,
    /// Words instead of boxes and glyphs.
    pub plain: bool,
    /// Hyperlinks from rule ids to their authority.
    pub links: bool,
    /// Columns.
    pub width: usize,
    /// Findings only, without tables.
    pub quiet: bool,
}

/// Most further files of which a finding shows an excerpt.
const MAX_EXCERPTS: usize = 7;

/// The section of what was found over a catalogue; see [`Human::catalogue`].
#[derive(Debug)]
pub struct CatalogueSection<'a> {
    human: Human<'a>,
    said: Vec<(usize, String)>,
    /// The heading under which findings are shown.
    begun: Option<&'static str>,
}

impl CatalogueSection<'_> {
    /// One finding with the sources of its labels.
    pub fn finding(&mut self, finding: &Finding, sources: &[Arc<Source>]) -> String {
        let mut out = String::new();
        if finding.waived.is_some() {
            return out;
        }
        let is_across = self.human.set.rules[finding.rule].across().is_some();
        let heading = match is_across {
            true => mark("In the catalogue as a whole"),
            false => mark("Among the waivers"),
        };
        if self.begun.replace(heading) != Some(heading) {
            let _ = writeln!(out, "{}\n", self.human.language.tr(heading));
        }
        out + &self.human.finding(sources, finding, &mut self.said)
    }

    /// What stands behind the findings.
    pub fn end(&self, omitted: usize) -> String {
        match omitted {
            0 => String::new(),
            omitted => format!("{}\n\n", self.human.more(omitted)),
        }
    }
}

/// The human report.
#[derive(Clone, Copy, Debug)]
pub struct Human<'a> {
    set: &'a RuleSet,
    style: Style,
    language: Language,
}

impl<'a> Human<'a> {
    /// A report over a rule set.
    pub fn new(set: &'a RuleSet, style: Style, language: Language) -> Human<'a> {
        Human { set, style, language }
    }

    /// One practice.
    pub fn practice(&self, practice: &Practice) -> String {
        let mut out = String::new();
        let mut said = Vec::new();
        for finding in practice.counted() {
            out.push_str(&self.finding(&practice.sources, finding, &mut said));
        }
        if practice.omitted > 0 {
            let _ = writeln!(out, "{}: {}\n", practice.source().name(), self.more(practice.omitted));
        }
        if practice.state == State::Checked && !self.style.quiet {
            out.push_str(&self.summary_of(practice));
            out.push('\n');
        }
        out
    }

    /// What was found over the catalogue, in a section of its own.
    pub fn catalogue(&self) -> CatalogueSection<'a> {
        CatalogueSection {
            human: *self,
            said: Vec::new(),
            begun: None,
        }
    }

    /// One finding, and its footers unless they have just been said of the same rule in the same words.
    fn finding(&self, sources: &[Arc<Source>], finding: &Finding, said: &mut Vec<(usize, String)>) -> String {
        let mut out = if self.style.plain {
            self.plain(sources, finding)
        } else {
            self.drawing(sources, finding)
        };
        let words = (finding.rule, finding.help.clone());
        if said.contains(&words) {
            out.push_str(&self.fix(finding));
        } else {
            out.push_str(&self.footers(finding));
            said.push(words);
        }
        out.push('\n');
        out
    }

    pub(super) fn more(&self, omitted: usize) -> String {
        self.language.plural(
            omitted,
            "{n} more finding of the same kinds is counted, not shown",
            "{n} more findings of the same kinds are counted, not shown",
        )
    }

    /// One finding as a diagnostic with its sources and its footers.
    pub fn drawn(&self, sources: &[Arc<Source>], finding: &Finding) -> String {
        self.drawing(sources, finding) + &self.footers(finding)
    }

    /// The excerpt with the primary place, and one for each further file.
    fn drawing(&self, sources: &[Arc<Source>], finding: &Finding) -> String {
        let rule = &self.set.rules[finding.rule];
        let labels = || std::iter::once(&finding.primary).chain(&finding.others);
        let of_source = |number: u16| labels().filter(|label| label.source.0 == number).collect();
        let own = finding.primary.source.0;
        let (together, apart) = near(&sources[own as usize], of_source(own));
        let (with_primary, above) = by_excerpt(&sources[own as usize], together);
        let mut drawing = Drawing {
            code: format!("{} ({})", rule.id, self.language.tr(finding.level.word())),
            message: &finding.message,
            level: Some(finding.level),
            url: self.style.links.then_some(()).and_then(|()| {
                self.set
                    .authorities
                    .get(&rule.file.authority.source)
                    .and_then(|source| source.url.as_deref())
            }),
            labels: with_primary,
            source: &sources[own as usize],
        };
        let mut out = self.draw(&drawing);
        let parts = std::iter::once(above).filter(|above| !above.is_empty());
        for labels in parts.chain(apart.into_iter().map(|label| vec![label])) {
            drawing.labels = labels;
            out.push_str(&excerpt(&self.draw(&drawing)));
        }
        let mut others: Vec<u16> = Vec::new();
        for label in labels().filter(|label| label.source.0 != own) {
            if !others.contains(&label.source.0) {
                others.push(label.source.0);
            }
        }
        for number in others.iter().take(MAX_EXCERPTS) {
            drawing.labels = of_source(*number);
            drawing.source = &sources[*number as usize];
            out.push_str(&excerpt(&self.draw(&drawing)));
        }
        if others.len() > MAX_EXCERPTS {
            let more = self.language.plural(
                others.len() - MAX_EXCERPTS,
                "and in {n} further file",
                "and in {n} further files",
            );
            let _ = writeln!(out, "  {more}");
        }
        out
    }

    fn draw(&self, drawing: &Drawing<'_>) -> String {
        if drawing.source.text().is_empty() && drawing.labels.iter().any(|label| label.span.end > 0) {
            let changed = self.language.fill(
                "{file} changed while it was read; the place is not shown",
                &[("file", &drawing.source.name())],
            );
            return format!("{}\n\n  {}\n  ╭─ {changed}\n", drawing.code, drawing.message);
        }
        let theme = if self.style.colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.style.width)
            .with_context_lines(1)
            .with_links(self.style.links);
        let mut out = String::new();
        // Writing to a string cannot fail; a label outside its source could, and would be our own mistake.
        if handler.render_report(&mut out, drawing).is_err() {
            out = format!("{}\n  {}\n", drawing.code, drawing.message);
        }
        if let Some(sheet) = drawing.source.sheet() {
            out = with_letters(&out, drawing.source, sheet);
        }
        // Drawn lines end in spaces where nothing follows; editors and diffs dislike them.
        let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_string() + "\n"
    }

    fn footers(&self, finding: &Finding) -> String {
        let rule = &self.set.rules[finding.rule];
        let authority = &rule.file.authority;
        let from = format!(
            "{}, {} ({})",
            self.set.authority_title(&authority.source),
            authority.locator,
            self.language.tr(authority.relation.word())
        );
        let fix = self.fix_words(finding);
        let texts = [
            (self.language.tr("fix"), &fix),
            (self.language.tr("help"), &finding.help),
            (self.language.tr("why"), &finding.why),
            (self.language.tr("from"), &from),
        ];
        let widest = texts.iter().map(|(label, _)| visible_width(label)).max().unwrap_or(0);
        let mut out = String::new();
        for (label, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            let gap = " ".repeat(widest - visible_width(label) + 1);
            out.push_str(&footer(&format!("{label}:{gap}"), text, self.style.width, 2));
        }
        out
    }

    /// What can be changed, alone, where the rest has just been said.
    fn fix(&self, finding: &Finding) -> String {
        let words = self.fix_words(finding);
        if words.is_empty() {
            return words;
        }
        footer(&format!("{}:  ", self.language.tr("fix")), &words, self.style.width, 2)
    }

    fn fix_words(&self, finding: &Finding) -> String {
        match &finding.fix {
            None => String::new(),
            Some(fix) if fix.is_safe() => fix.title.clone(),
            Some(fix) => format!("{} ({})", fix.title, self.language.tr(fix.applicability.word())),
        }
    }

    fn plain(&self, sources: &[Arc<Source>], finding: &Finding) -> String {
        let rule = &self.set.rules[finding.rule];
        let place = |label: &Label| {
            let source = &sources[label.source.0 as usize];
            (source, source.position(label.span.start))
        };
        let (source, at) = place(&finding.primary);
        let words = |text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!(", {text}")
            }
        };
        let cell = source.cell(finding.primary.span.start).map(|cell| cell.to_string());
        let head = match &cell {
            None => mark("{file}, line {line}, column {column}: {level}: {message}. Rule {rule}."),
            Some(_) => mark("{file}, cell {cell}: {level}: {message}. Rule {rule}."),
        };
        let cell = cell.unwrap_or_default();
        let head = self.language.fill(
            head,
            &[
                ("file", &source.name()),
                ("line", &at.line),
                ("column", &at.column),
                ("cell", &cell),
                ("level", &self.language.tr(finding.level.word())),
                ("message", &finding.message),
                ("rule", &rule.id),
            ],
        );
        let mut out = textwrap::fill(&head, self.style.width) + "\n";
        let line = source.line_around(finding.primary.span.start);
        let excerpt = crate::descriptor::shorten(line.trim(), 100);
        let reads = match cell.is_empty() {
            true => mark("line {line} reads: {excerpt}"),
            false => mark("the cell reads: {excerpt}"),
        };
        let reads = self.language.fill(reads, &[("line", &at.line), ("excerpt", &excerpt)]);
        let _ = writeln!(out, "  {reads}{}", words(&finding.primary.text));
        for label in &finding.others {
            let (other, _) = place(label);
            let elsewhere = label.source != finding.primary.source;
            let see = see_also(other, label.span.start, elsewhere, self.language);
            let _ = writeln!(out, "  {see}{}", words(&label.text));
        }
        out
    }

    /// The element table, the gap, the definition and the next step.
    fn summary_of(&self, practice: &Practice) -> String {
        let mut out = String::new();
        let title = match (&practice.name, &practice.id) {
            (Some(name), Some(id)) => format!("{name} · {id}"),
            (Some(name), None) => name.clone(),
            (None, Some(id)) => id.clone(),
            (None, None) if practice.row().is_some() => practice.place(self.language),
            (None, None) => self.language.fill(
                "{file}, document {n}",
                &[("file", &practice.source().name()), ("n", &practice.document)],
            ),
        };
        let _ = writeln!(out, "{title}");
        for block in &self.set.profile.blocks {
            let marks: Vec<String> = block
                .elements
                .iter()
                .filter_map(|element| practice.elements.iter().find(|verdict| verdict.element == *element))
                .map(|verdict| self.mark(verdict))
                .collect();
            out.push_str(&self.row(&self.language.tr(&block.block), &marks));
        }
        let judged = |verdict: &&ElementVerdict| {
            verdict.block.is_some()
                && matches!(
                    verdict.verdict,
                    Verdict::Partial | Verdict::Gap | Verdict::NotApplicable
                )
        };
        let reasons: Vec<String> = practice
            .elements
            .iter()
            .filter(judged)
            .map(|verdict| self.reason(verdict))
            .collect();
        if !reasons.is_empty() {
            out.push_str(&footer(
                &self.heading(mark("because")),
                &reasons.join("\n"),
                self.style.width,
                2,
            ));
        }
        out.push_str(&footer(
            &self.heading(mark("gap")),
            &self.gap_line(practice),
            self.style.width,
            2,
        ));
        if let Some(definition) = &practice.definition {
            out.push_str(&footer(
                &self.heading(mark("definition")),
                &definition.words(self.language),
                self.style.width,
                2,
            ));
        }
        for (heading, words) in kind_lines(self.set, practice, self.language) {
            out.push_str(&footer(&self.heading(heading), &words, self.style.width, 2));
        }
        if !practice.units.is_empty() {
            let lines = self.units(practice).join("\n");
            out.push_str(&footer(&self.heading(mark("units")), &lines, self.style.width, 2));
        }
        if let Some(next) = self.next(practice) {
            out.push_str(&footer(&self.heading(mark("next")), &next, self.style.width, 2));
        }
        out
    }

    /// How many units could stand alone, and what each of the others lacks.
    fn units(&self, practice: &Practice) -> Vec<String> {
        let described = || practice.units.iter().filter(|unit| !unit.is_reference);
        let ready = described().filter(|unit| unit.meets).count();
        let mut lines = vec![self.language.fill(
            "{ready} of {all} described here meet the profile, with what they take over from the whole",
            &[("ready", &ready), ("all", &described().count())],
        )];
        for unit in &practice.units {
            let name = unit.name.as_deref().unwrap_or(&unit.id);
            let lacks: Vec<String> = unit
                .lacks
                .iter()
                .map(|lack| self.marked(lack.element, lack.verdict, false))
                .collect();
            let what = match (unit.is_reference, unit.meets) {
                (true, _) => self.language.tr(mark("described elsewhere")).into_owned(),
                (_, true) => self.language.tr(mark("meets the profile")).into_owned(),
                _ => lacks.join(", "),
            };
            lines.push(format!("{}. {name}: {what}", unit.number));
        }
        lines
    }

    /// The first column of the closing table.
    fn heading(&self, english: &str) -> String {
        format!("{:12}", self.language.tr(english))
    }

    fn row(&self, block: &str, marks: &[String]) -> String {
        let (gap, head) = (if self.style.plain { ", " } else { "  " }, format!("  {block:12}"));
        let (mut out, mut line) = (String::new(), head);
        let mut empty = true;
        for mark in marks {
            let width = visible_width(&line) + gap.len() + visible_width(mark);
            if !empty && width > self.style.width {
                out.push_str(&format!("{}{}\n", line.trim_end(), gap.trim_end()));
                line = " ".repeat(14);
                empty = true;
            }
            if !empty {
                line.push_str(gap);
            }
            line.push_str(mark);
            empty = false;
        }
        out + line.trim_end() + "\n"
    }

    fn mark(&self, verdict: &ElementVerdict) -> String {
        self.marked(
            verdict.element,
            verdict.verdict,
            verdict.basis == Some(VerdictBasis::Inferred),
        )
    }

    fn marked(&self, element: Element, verdict: Verdict, inferred: bool) -> String {
        let name = self.set.elements.name(element, self.language);
        if self.style.plain {
            let words = self.language.tr(verdict.words());
            let inferred = if inferred {
                format!(" ({})", self.language.tr("inferred"))
            } else {
                String::new()
            };
            return format!("{name} {words}{inferred}");
        }
        format!("{} {name}{}", self.glyph(verdict), if inferred { "~" } else { "" })
    }

    fn glyph(&self, verdict: Verdict) -> String {
        let (glyph, colour) = glyph(verdict);
        if self.style.colour && !colour.is_empty() {
            format!("\u{1b}[{colour}m{glyph}\u{1b}[0m")
        } else {
            glyph.to_string()
        }
    }

    fn reason(&self, verdict: &ElementVerdict) -> String {
        let because: Vec<String> = verdict
            .because
            .iter()
            .filter(|because| !matches!(because, Because::Value(text) if text == "stated"))
            .map(|because| because_words(because, self.language))
            .collect();
        format!("{}: {}", self.mark(verdict), because.join("; "))
    }

    /// The gap of the headline block, and the other blocks beside it, never added.
    fn gap_line(&self, practice: &Practice) -> String {
        let blocks = &self.set.profile.blocks;
        let mut parts = Vec::new();
        for (number, (block, (_, gap))) in blocks.iter().zip(&practice.gaps).enumerate() {
            if number == 0 {
                let what = (blocks.len() > 1).then(|| self.language.tr(&block.block));
                let profile = self
                    .language
                    .fill("profile {name}", &[("name", &self.set.profile.name())]);
                parts.push(format!(
                    "{} · {profile}",
                    gap_words(*gap, what.as_deref(), self.language)
                ));
            } else {
                let missing = self.language.fill(
                    "{missing} of {applicable} missing",
                    &[
                        ("missing", &score::count(gap.missing)),
                        ("applicable", &score::count(gap.applicable)),
                    ],
                );
                parts.push(format!("{} {missing}", self.language.tr(&block.block)));
            }
        }
        let waived = practice
            .findings
            .iter()
            .filter(|finding| finding.waived.is_some())
            .count();
        if waived > 0 {
            parts.push(self.waived(waived));
        }
        parts.join(" · ")
    }

    fn waived(&self, count: usize) -> String {
        self.language.plural(count, "{n} finding waived", "{n} findings waived")
    }

    /// The cheapest next step, if any is left.
    pub(crate) fn next(&self, practice: &Practice) -> Option<String> {
        let (element, closes) = score::next_step(&self.set.profile, |element| practice.verdict(element))?;
        let ask = self.set.elements.info(element)?.ask(self.language);
        let (_, gap) = practice.gaps.first()?;
        let mended = practice.elements.iter().find(|verdict| verdict.element == element);
        let rule = mended.and_then(|verdict| {
            verdict.because.iter().find_map(|because| {
                if let Because::Rule(id) = because {
                    Some(id)
                } else {
                    None
                }
            })
        });
        let what = match rule {
            Some(id) => self.language.fill(
                "mend {element}: {rule}",
                &[
                    ("element", &self.set.elements.name(element, self.language)),
                    ("rule", id),
                ],
            ),
            None => ask.to_string(),
        };
        let worth = if closes > 0 {
            self.language.fill(
                "closes {n} of the {missing}",
                &[("n", &score::count(closes)), ("missing", &score::count(gap.missing))],
            )
        } else {
            self.language.tr("nobody has said").into_owned()
        };
        Some(format!("{what} ({worth})"))
    }

    /// What a run came to, in one line.
    pub(super) fn counts(&self, summary: &Summary) -> String {
        let l = self.language;
        let mut states = vec![l.plural(summary.checked, "{n} checked", "{n} checked")];
        for (count, one, other) in [
            (
                summary.not_descriptors,
                mark("{n} not a descriptor"),
                mark("{n} not descriptors"),
            ),
            (summary.unreadable, mark("{n} unreadable"), mark("{n} unreadable")),
            (summary.unparsable, mark("{n} unparsable"), mark("{n} unparsable")),
        ] {
            if count > 0 {
                states.push(l.plural(count, one, other));
            }
        }
        let mut found = vec![
            l.plural(summary.errors, "{n} error", "{n} errors"),
            l.plural(summary.warnings, "{n} warning", "{n} warnings"),
            l.plural(summary.advice, "{n} advice", "{n} advice"),
        ];
        if summary.waived > 0 {
            found.push(self.waived(summary.waived));
        }
        if summary.left_out > 0 {
            found.push(l.plural(
                summary.left_out,
                "{n} finding in single files left out (--only-catalogue)",
                "{n} findings in single files left out (--only-catalogue)",
            ));
        }
        // With many practices the count of rules that do not apply is a sum over all of them.
        let applicable = if summary.checked == 1 {
            l.fill("{n} not applicable", &[("n", &summary.rules_not_applicable)])
        } else {
            l.fill("{n} times not applicable", &[("n", &summary.rules_not_applicable)])
        };
        let catalogue = match summary.catalogue {
            Some(records) => l.plural(records, "catalogue of {n} practice", "catalogue of {n} practices"),
            None => l.fill(
                "catalogue rules not run: {reason}",
                &[(
                    "reason",
                    &l.tr(summary.catalogue_not_run.unwrap_or(NotRun::Named).words()),
                )],
            ),
        };
        format!(
            "{} · {}, {applicable} · {} · {catalogue}",
            states.join(", "),
            l.plural(summary.rules, "{n} rule", "{n} rules"),
            found.join(", ")
        )
    }

    /// What the result rests on, in one line.
    pub(super) fn versions(&self) -> String {
        let l = self.language;
        let versions = l.fill(
            "credlint {version} · rules {rules} · vocabularies {vocabularies}",
            &[
                ("version", &env!("CARGO_PKG_VERSION")),
                ("rules", &&self.set.digest[..7]),
                ("vocabularies", &self.set.snapshot),
            ],
        );
        let weights = crate::weights::words(&self.set.profile, &self.set.elements, l);
        format!("{versions} · {weights}")
    }

    /// The closing lines.
    pub fn closing(&self, summary: &Summary) -> String {
        let l = self.language;
        let mut out = format!("{}\n", self.counts(summary));
        if summary.fixable + summary.suggestions > 0 {
            let fixable = l.plural(summary.fixable, "{n} fixable with `--fix`", "{n} fixable with `--fix`");
            let suggested = l.plural(
                summary.suggestions,
                "{n} more by a suggestion (`--with-suggestions`)",
                "{n} more by suggestions (`--with-suggestions`)",
            );
            let parts = [(summary.fixable, fixable), (summary.suggestions, suggested)];
            let parts: Vec<String> = parts
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(_, words)| words)
                .collect();
            let _ = writeln!(out, "{}", parts.join(", "));
        }
        if summary.errors + summary.warnings + summary.advice > 0 {
            let _ = writeln!(out, "{}", l.tr("`credlint explain RULE` says more about each."));
        }
        let _ = writeln!(out, "{}", l.tr(super::WHAT_IT_IS_NOT));
        let _ = writeln!(out, "{}", self.versions());
        out.lines()
            .map(|line| textwrap::fill(line, self.style.width) + "\n")
            .collect()
    }

    /// A mistake in a rule file or the configuration, drawn like any other finding.
    pub fn mistake(style: Style, language: Language, what: &str, message: &str, source: &Source, span: Span) -> String {
        let code = format!("{what} ({})", language.tr(Level::Error.word()));
        let label = Label {
            source: crate::descriptor::SourceId(0),
            span,
            text: language.tr("here").into_owned(),
        };
        if style.plain {
            let at = source.position(span.start);
            let message = format!("{code}: {message}");
            let values: [(&str, &dyn std::fmt::Display); 4] = [
                ("file", &source.name()),
                ("line", &at.line),
                ("column", &at.column),
                ("message", &message),
            ];
            return language.fill("{file}, line {line}, column {column}: {message}", &values) + "\n";
        }
        let drawing = Drawing {
            code,
            message,
            level: Some(Level::Error),
            url: None,
            labels: vec![&label],
            source,
        };
        let theme = if style.colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let mut out = String::new();
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(style.width)
            .with_context_lines(1)
            .with_links(false);
        if handler.render_report(&mut out, &drawing).is_err() {
            out = format!("{}: {message}\n", source.name());
        }
        out
    }
}

/// The labels of a file, the primary first: those from its excerpt on, and those that would be drawn in one above it. The
/// first excerpt is headed by the place of the finding, so theirs come behind.
fn by_excerpt<'l>(source: &Source, labels: Vec<&'l Label>) -> (Vec<&'l Label>, Vec<&'l Label>) {
    let Some(primary) = labels.first().map(|label| label.span) else {
        return (labels, Vec::new());
    };
    let lines = |span: Span| {
        let contents = source
            .read_span(&(span.start as usize, span.range().len()).into(), 1, 1)
            .ok()?;
        Some((contents.line(), contents.line() + contents.line_count()))
    };
    let mut upward: Vec<Span> = labels.iter().map(|label| label.span).collect();
    upward.retain(|span| span.start <= primary.start);
    upward.sort_by_key(|span| span.start);
    let mut excerpt = upward[0];
    for span in upward {
        match (lines(excerpt), lines(span)) {
            (Some((_, behind)), Some((first, _))) if behind < first => excerpt = span,
            _ => excerpt.end = excerpt.end.max(span.end),
        }
    }
    labels.into_iter().partition(|label| label.span.start >= excerpt.start)
}

/// Labels that are drawn together with the first, and those that stand so far away on one long line that all between them
/// would have to be drawn too.
fn near<'l>(source: &Source, labels: Vec<&'l Label>) -> (Vec<&'l Label>, Vec<&'l Label>) {
    let Some(first) = labels.first().copied() else {
        return (labels, Vec::new());
    };
    let line = |label: &Label| source.position(label.span.start).line;
    let is_near = |label: &&Label| {
        let (from, to) = (
            label.span.start.min(first.span.start),
            label.span.end.max(first.span.end),
        );
        line(label) != line(first) || (to - from) as usize <= crate::source::LONG_LINE
    };
    labels.into_iter().partition(is_near)
}

/// The excerpt of a drawn diagnostic, without what stands above it.
fn excerpt(drawn: &str) -> String {
    let lines = drawn.lines().skip_while(|line| !line.contains('╭'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A further place of a finding, in words.
pub fn see_also(source: &Source, offset: u32, elsewhere: bool, language: Language) -> String {
    let at = source.position(offset);
    let cell = source.cell(offset).map(|cell| cell.to_string());
    let phrase = match (elsewhere, &cell) {
        (false, None) => mark("see also line {line}, column {column}"),
        (false, Some(_)) => mark("see also cell {cell}"),
        (true, None) => mark("see also {file}, line {line}, column {column}"),
        (true, Some(_)) => mark("see also {file}, cell {cell}"),
    };
    let cell = cell.unwrap_or_default();
    let values: [(&str, &dyn std::fmt::Display); 4] = [
        ("line", &at.line),
        ("column", &at.column),
        ("file", &source.name()),
        ("cell", &cell),
    ];
    language.fill(phrase, &values)
}

/// A drawing of a spreadsheet: the letters of the columns stand where the numbers of lines were, and the name of the cell
/// has no line and column behind it.
fn with_letters(drawn: &str, source: &Source, sheet: &Sheet) -> String {
    let letters_of = |line: u32| {
        let offset = source.line_start(line)?;
        sheet.cell_at(offset).map(|cell| letters(cell.column))
    };
    let numbered = |line: &str| {
        let range = line_number(line)?;
        Some((range.clone(), line[range].parse::<u32>().ok()?))
    };
    let numbers = || drawn.lines().filter_map(numbered);
    let widest = numbers().map(|(range, _)| range.len()).max().unwrap_or(0);
    let needed = numbers().filter_map(|(_, line)| Some(letters_of(line)?.len())).max();
    let needed = needed.unwrap_or(widest).min(widest);
    let mut out = String::with_capacity(drawn.len());
    let mut begun = false;
    for line in drawn.lines() {
        begun |= line.contains('╭');
        if let Some((range, number)) = numbered(line).filter(|_| begun) {
            let own = letters_of(number).unwrap_or_default();
            let (before, after) = (&line[..range.start], &line[range.end..]);
            // The numbers are set to the right; so are the letters, in as many columns as they need.
            let pad = (before.len() - before.trim_end_matches(' ').len() + range.len()).saturating_sub(widest);
            let before = &before[..before.trim_end_matches(' ').len() + pad.min(before.len())];
            out.push_str(&format!("{before}{own:>needed$}{after}\n"));
        } else if begun && line.starts_with(' ') {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let line = &line[(widest - needed).min(spaces)..];
            out.push_str(&without_position(line, source.name()));
            out.push('\n');
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Where the number of a drawn line stands: the first thing on it, in front of the bar.
fn line_number(line: &str) -> Option<std::ops::Range<usize>> {
    let bar = line.find('│')?;
    let (mut number, mut in_code) = (None, false);
    for (at, character) in line[..bar].char_indices() {
        match (character, in_code, &mut number) {
            ('\u{1b}', ..) => in_code = true,
            (_, true, _) => in_code = !character.is_ascii_alphabetic(),
            ('0'..='9', _, None) => number = Some(at..at + 1),
            ('0'..='9', _, Some(range)) if range.end == at => range.end += 1,
            (' ', ..) => {}
            _ => return None,
        }
    }
    number
}

/// `[practices.xlsx!C14:9:4]` → `[practices.xlsx!C14]`.
fn without_position(line: &str, name: &str) -> String {
    if !line.contains('╭') || !line.contains(&format!("{name}!")) {
        return line.to_string();
    }
    let cut = |text: &str| {
        let at = text.rfind(':')?;
        text[at + 1..].bytes().all(|byte| byte.is_ascii_digit()).then_some(at)
    };
    for tail in ["\u{1b}[0m]", "]"] {
        let Some(body) = line.strip_suffix(tail) else { continue };
        let kept = cut(body).and_then(|at| cut(&body[..at]));
        return kept.map_or(line.to_string(), |kept| format!("{}{tail}", &body[..kept]));
    }
    line.to_string()
}

/// Columns that a text takes, colour codes not counted.
fn visible_width(text: &str) -> usize {
    let mut width = 0;
    for (number, part) in text.split('\u{1b}').enumerate() {
        let shown = if number == 0 {
            part
        } else {
            part.split_once('m').map_or(part, |(_, rest)| rest)
        };
        width += unicode_width::UnicodeWidthStr::width(shown);
    }
    width
}

/// The mark of a verdict and its ANSI colour.
pub fn glyph(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Met => ("✔", "32"),
        Verdict::Partial => ("◐", "33"),
        Verdict::Gap => ("✘", "31"),
        Verdict::NotStated => ("?", ""),
        Verdict::NotApplicable => ("–", ""),
    }
}

/// A reason in words.
pub fn because_words(because: &Because, language: Language) -> String {
    match because {
        Because::Value(text) => language.tr(text).into_owned(),
        Because::Rule(id) => id.clone(),
        Because::Evidence(entry) => {
            let place = [entry.source.as_deref(), entry.locator.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ");
            match &entry.note {
                Some(note) => format!("{note} ({place})"),
                None => place,
            }
        }
    }
}

/// The kind of a practice and its traits, each with a heading.
pub(crate) fn kind_lines(set: &RuleSet, practice: &Practice, language: Language) -> Vec<(&'static str, String)> {
    let Some(own) = &practice.typology else {
        return Vec::new();
    };
    let kinds = &set.typology;
    let name = kinds.name(own.kind, language);
    let near = own.nearest.iter().map(|near| near_words(set, practice, near, language));
    let near: Vec<String> = near.collect();
    let line = match own.kind {
        Some(kind) => {
            let why = clauses_words(&own.why, |clause| kinds.kinds[kind].why(clause, language), language);
            let given = language.fill("{kind}: {reasons}", &[("kind", &name), ("reasons", &why)]);
            let open = near
                .iter()
                .map(|near| language.fill("open: {kinds}", &[("kinds", near)]));
            std::iter::once(given).chain(open).collect()
        }
        None => {
            let within_reach = |near: &Nearest| near.against.is_empty();
            let reason = match own.nearest.iter().any(within_reach) {
                true => mark("not enough is stated"),
                false => mark("what is stated fits no kind"),
            };
            let reason = language.tr(reason).into_owned();
            let undecided = language.fill("{kind}: {reasons}", &[("kind", &name), ("reasons", &reason)]);
            let mut parts = vec![undecided];
            parts.extend(near);
            parts
        }
    };
    let mut lines = vec![(mark("kind"), line.join("; "))];
    for (number, reasons) in &own.traits {
        let own = &kinds.traits[*number];
        let why = clauses_words(reasons, |clause| own.why(clause, language), language);
        let words = language.fill("{kind}: {reasons}", &[("kind", &own.name(language)), ("reasons", &why)]);
        lines.push((own.file.polarity.word(), words));
    }
    lines
}

/// A kind that the practice has not been given, and what is missing for it.
fn near_words(set: &RuleSet, practice: &Practice, near: &Nearest, language: Language) -> String {
    let kind = &set.typology.kinds[near.kind];
    let missing = clauses_words(&near.missing, |clause| kind.why(clause, language), language);
    let mut against: Vec<String> = Vec::new();
    for reason in &near.against {
        let words = match &reason.on {
            Some(Ground::Element(element)) if kind.is_need(reason.clause) => language.fill(
                "{element} is {verdict}",
                &[
                    ("element", &set.elements.name(*element, language)),
                    ("verdict", &language.tr(practice.verdict(*element).words())),
                ],
            ),
            _ => kind.why(reason.clause, language).to_string(),
        };
        if !against.contains(&words) {
            against.push(words);
        }
    }
    let against = against.join(", ");
    let phrase = match (missing.is_empty(), against.is_empty()) {
        (false, false) => mark("{kind} falls short: {shortcomings}, and nobody has said that {missing}"),
        (false, true) => mark("{kind} if {missing}"),
        (true, _) => mark("{kind} falls short: {shortcomings}"),
    };
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("kind", &kind.name(language)),
        ("missing", &missing),
        ("shortcomings", &against),
    ];
    language.fill(phrase, &values)
}

/// The clauses of some reasons, each once: `a, b and c`.
fn clauses_words<'a>(reasons: &[Reason], why: impl Fn(usize) -> &'a str, language: Language) -> String {
    let mut numbers: Vec<usize> = reasons.iter().map(|reason| reason.clause).collect();
    numbers.dedup();
    let words: Vec<&str> = numbers.into_iter().map(why).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_string(),
        Some((last, rest)) => language.fill("{a} and {b}", &[("a", &rest.join(", ")), ("b", last)]),
        None => String::new(),
    }
}

/// `gap 30–50 % (3 of 10 missing, 2 not stated)`, without the word gap.
pub fn gap_words(gap: Gap, block: Option<&str>, language: Language) -> String {
    if gap.applicable == 0 {
        return language.tr("not scorable: nothing applies").into_owned();
    }
    let (missing, applicable) = (score::count(gap.missing), score::count(gap.applicable));
    let mut counts = vec![match block {
        Some(block) => language.fill(
            "{missing} of {applicable} {block} missing",
            &[("missing", &missing), ("applicable", &applicable), ("block", &block)],
        ),
        None => language.fill(
            "{missing} of {applicable} missing",
            &[("missing", &missing), ("applicable", &applicable)],
        ),
    }];
    if gap.open > 0 {
        counts.push(language.fill("{n} not stated", &[("n", &score::count(gap.open))]));
    }
    if gap.is_thin() {
        counts.push(language.tr("too little is stated to compare").into_owned());
    }
    format!("{} ({})", gap.percent(), counts.join(", "))
}

/// What miette draws.
#[derive(Debug)]
struct Drawing<'a> {
    code: String,
    message: &'a str,
    level: Option<Level>,
    url: Option<&'a str>,
    labels: Vec<&'a Label>,
    source: &'a Source,
}

impl std::fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<Severity> {
        self.level.map(|level| match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Advice => Severity::Advice,
        })
    }

    fn url<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.url.map(|url| Box::new(url) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.labels.iter().enumerate().map(|(number, label)| {
            let text = (!label.text.is_empty()).then(|| label.text.clone());
            let range = (label.span.start as usize, label.span.range().len());
            if number == 0 {
                LabeledSpan::new_primary_with_span(text, range)
            } else {
                LabeledSpan::new_with_span(text, range)
            }
        });
        Some(Box::new(labels))
    }
}
