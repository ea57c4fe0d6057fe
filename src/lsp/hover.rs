//! What is said of the place under the cursor: what is found there, what the key is for, what the code means.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::analysis::Analysis;
use super::keys::Place;
use super::outline::{Cursor, Outline, Step};
use super::position::Text;
use super::project::Project;
use crate::elements::ElementInfo;
use crate::finding::Finding;
use crate::language::Language;
use crate::rule::set::RuleSet;
use crate::source::Span;
use crate::standard::Element;
use crate::{explain, vocabulary};

/// What is said of a place in a text of which the findings are known.
pub fn at(analysis: &Analysis, offset: usize) -> Option<Hover> {
    let (text, project) = (&analysis.text, &analysis.project);
    let touches = |span: Span| span.start as usize <= offset && offset <= span.end as usize;
    let here: Vec<&Finding> = analysis.findings().filter(|own| touches(own.primary.span)).collect();
    let mut span = here.first().map(|finding| finding.primary.span);
    let mut parts = Vec::new();
    let is_ours = analysis.is_known && analysis.practices.iter().all(|practice| practice.format.is_none());
    if let Some((own, words)) = is_ours.then(|| of_place(text, project, offset)).flatten() {
        span = Some(own);
        parts.push(words);
    }
    parts.extend(here.iter().map(|finding| of_finding(project, finding)));
    let range = text.range(span?);
    let value = parts.join("\n\n---\n\n");
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }),
        range: Some(range),
    })
}

/// What, what to do, why, and on whose word.
fn of_finding(project: &Project, finding: &Finding) -> String {
    let (set, language) = (&project.set, project.options.language);
    let rule = &set.rules[finding.rule];
    let source = set.authorities.get(&rule.file.authority.source);
    let from = explain::from(set, rule, language);
    let from = match source.and_then(|source| source.url.as_deref()) {
        Some(url) => format!("[{from}]({url})"),
        None => from,
    };
    let level = language.tr(finding.level.word());
    let lines = [
        format!("**{}** · {level} `{}`", finding.message, rule.id),
        with_blocks(&finding.help),
        finding.why.clone(),
        from,
    ];
    let said = lines.into_iter().filter(|line| !line.is_empty());
    said.collect::<Vec<_>>().join("\n\n")
}

/// What is to be pasted stands on indented lines; Markdown would run them together.
fn with_blocks(help: &str) -> String {
    let mut out = String::new();
    let mut is_block = false;
    for line in help.lines() {
        let indented = line.strip_prefix("  ");
        if indented.is_some() != is_block {
            out.push_str(if is_block { "```\n" } else { "```yaml\n" });
            is_block = !is_block;
        }
        out.push_str(indented.unwrap_or(line));
        out.push('\n');
    }
    if is_block {
        out.push_str("```\n");
    }
    out.trim_end().to_string()
}

fn of_place(text: &Text, project: &Project, offset: usize) -> Option<(Span, String)> {
    let text = text.as_str();
    let outline = Outline::of(text);
    let cursor = outline.cursor(text, offset)?;
    let entry = &outline.entries[cursor.entry?];
    let is_key = cursor.token == entry.key && matches!(entry.step, Some(Step::Key(_)));
    let path = outline.path(cursor.entry);
    if is_key {
        return Some((cursor.token, key(project, &path)?));
    }
    let words = code(project, &outline, &cursor, text)?;
    Some((cursor.token, words))
}

/// What a key is for.
pub fn key(project: &Project, path: &[Step]) -> Option<String> {
    let language = project.options.language;
    let place = Place::at(path)?;
    let Some(Step::Key(name)) = path.last() else {
        return None;
    };
    let mut lines = vec![format!("**{}** · `{name}`", place.title()?)];
    lines.extend(place.description().map(str::to_string));
    lines.extend(elements(&project.set, path).map(|info| element(&project.set, info, language)));
    if let Some(list) = place.vocabulary() {
        lines.push(language.fill(
            "codes: {title} (`credlint explain {name}`)",
            &[("title", &list.title(language)), ("name", &list.name)],
        ));
    }
    if let Some(example) = place
        .example()
        .filter(|example| !example.is_object() && !example.is_array())
    {
        lines.push(language.fill("for example: {example}", &[("example", &format!("`{example}`"))]));
    }
    Some(lines.join("\n\n"))
}

/// The elements that a key states.
pub fn elements<'s>(set: &'s RuleSet, path: &[Step]) -> impl Iterator<Item = &'s ElementInfo> {
    let keys: Vec<String> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(name) => Some(name.clone()),
            Step::Item(_) => None,
        })
        .collect();
    let judged = Element::JUDGED.iter().filter_map(|element| set.elements.info(*element));
    judged.filter(move |info| {
        let homes = info.homes();
        let said = |home: &Vec<&str>| home.iter().copied().eq(keys.iter().map(String::as_str));
        homes.iter().any(said)
    })
}

fn element(set: &RuleSet, info: &ElementInfo, language: Language) -> String {
    let block = set
        .profile
        .blocks
        .iter()
        .find(|block| block.elements.contains(&info.element));
    let standing = block.map_or_else(String::new, |block| {
        let key = || set.profile.text_key(&format!("blocks/{}", block.block));
        format!(" ({})", language.choose(&block.title, key))
    });
    language.fill(
        "element of the standard: {name}{standing}; it asks to {ask}",
        &[
            ("name", &info.name(language)),
            ("standing", &standing),
            ("ask", &info.ask(language)),
        ],
    )
}

/// What a code means.
fn code(project: &Project, outline: &Outline, cursor: &Cursor, text: &str) -> Option<String> {
    let language = project.options.language;
    let place = Place::at(cursor.value.as_ref()?)?;
    let entry = &outline.entries[cursor.entry?];
    let written = outline.scalar(text, entry)?;
    if written == "none" && place.constants().contains(&"none") {
        return Some(language.tr("there is none, and the description says so").into_owned());
    }
    let list: &vocabulary::Vocabulary = place.vocabulary()?;
    let meant = list.find(written)?;
    let mut lines = vec![format!("**{}** · `{}`", meant.label(language.code()), meant.slug)];
    lines.push(list.title(language).to_string());
    if !meant.uri.is_empty() {
        lines.push(format!("<{}>", meant.uri));
    }
    Some(lines.join("\n\n"))
}
