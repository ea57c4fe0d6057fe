//! Texts of others on a page: links that may be followed, prose with its examples, excerpts of files.

use askama::Template;

use crate::source::{Source, Span};

/// The address, if following it does what a link on a report should do: only the web is linked; `javascript:`, `data:`
/// and the like stay text.
pub(super) fn link(url: &str) -> Option<&str> {
    let scheme = url.split_once("://")?.0;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_plain = !url
        .chars()
        .any(|character| character.is_whitespace() || character.is_control());
    (is_web && is_plain).then_some(url)
}

/// A text of a rule: paragraphs, lines that are indented as examples, words in backticks as code.
#[derive(Debug, Template)]
#[template(path = "prose.html", config = "src/report/html/askama.toml")]
pub(super) struct Prose {
    blocks: Vec<Block>,
}

#[derive(Debug, PartialEq, Eq)]
enum Block {
    Text(Vec<(bool, String)>),
    Example(String),
}

impl Prose {
    pub(super) fn new(text: &str) -> Prose {
        let lines: Vec<&str> = text.lines().collect();
        let is_example = |line: &str| line.starts_with(' ');
        let blocks = lines.chunk_by(|a, b| is_example(a) == is_example(b)).map(|lines| {
            if is_example(lines[0]) {
                Block::Example(dedented(lines))
            } else {
                Block::Text(words(&lines.join("\n")))
            }
        });
        Prose {
            blocks: blocks.collect(),
        }
    }
}

fn dedented(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let least = lines.iter().map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| &line[least..]).collect();
    lines.join("\n")
}

/// The text in turns: prose, code, prose …; a backtick without a second one is a character.
fn words(text: &str) -> Vec<(bool, String)> {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![(false, text.to_string())];
    }
    let parts = parts.into_iter().enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(number, part)| (number % 2 == 1, part.to_string()))
        .collect()
}

/// Characters of a line that are shown around a place.
const AROUND: usize = 60;
/// Characters of the place itself.
const MARKED: usize = 120;

/// The line of a place, cut to what fits on paper.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The cell, in a spreadsheet.
    pub(super) cell: Option<String>,
    /// 1-based line.
    pub(super) line: u32,
    /// 1-based column.
    pub(super) column: u32,
    /// What stands before the place.
    pub(super) before: String,
    /// The place; empty where something should stand between two characters.
    pub(super) marked: String,
    /// What stands behind it.
    pub(super) after: String,
}

impl Excerpt {
    pub(super) fn new(source: &Source, span: Span) -> Excerpt {
        let at = source.position(span.start);
        let (before, rest) = source.split_line(span.start);
        let before = before.trim_start_matches('\u{FEFF}');
        let covered = span.slice(source.text()).lines().next().unwrap_or_default();
        let length = if rest.starts_with(covered) { covered.len() } else { 0 };
        let (marked, after) = rest.split_at(length);
        Excerpt {
            cell: source.cell(span.start).map(|cell| cell.to_string()),
            line: at.line,
            column: at.column,
            before: last(before, AROUND),
            marked: first(marked, MARKED),
            after: first(after, AROUND),
        }
    }
}

fn first(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.trim_end().to_string(),
    }
}

fn last(text: &str, most: usize) -> String {
    let count = text.chars().count();
    match text.char_indices().nth(count.saturating_sub(most)) {
        Some((start, _)) if start > 0 => format!("…{}", &text[start..]),
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked() {
        for good in ["https://a.example/x?y=1", "HTTP://a.example"] {
            assert_eq!(link(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "javascript://a.example/%0Aalert(1)",
            " https://a.example",
            "https://a.example/\nx",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//a.example",
            "file:///etc/passwd",
            "a.example",
            "",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
    }

    #[test]
    fn examples_keep_their_form_and_backticks_are_code() {
        let prose = Prose::new("say `x` or `y`:\n    a:\n      - b\nthen stop");
        assert_eq!(
            prose.to_string(),
            "<p>say <code>x</code> or <code>y</code>:</p><pre><code>a:\n  - b</code></pre><p>then stop</p>"
        );
        assert_eq!(Prose::new("one ` <b>").to_string(), "<p>one ` &#60;b&#62;</p>");
        assert_eq!(Prose::new("").to_string(), "");
    }

    #[test]
    fn an_excerpt_is_one_line_around_the_place() {
        let source = Source::new("x", "a: 1\nhours: 5 # á\n".to_string());
        let excerpt = |start, end| Excerpt::new(&source, Span::new(start, end));
        let own = excerpt(12, 13);
        assert_eq!((own.line, own.column), (2, 8));
        assert_eq!(
            (own.before.as_str(), own.marked.as_str(), own.after.as_str()),
            ("hours: ", "5", " # á")
        );
        let across = excerpt(0, 10);
        assert_eq!((across.marked.as_str(), across.after.as_str()), ("a: 1", ""));
        let nothing = excerpt(4, 4);
        assert_eq!((nothing.before.as_str(), nothing.marked.as_str()), ("a: 1", ""));
        let long = Source::new("x", format!("{}!{}", "é".repeat(500), "z".repeat(500)));
        let own = Excerpt::new(&long, Span::new(1_000, 1_001));
        assert_eq!((own.before.chars().count(), own.marked.as_str()), (AROUND + 1, "!"));
        assert_eq!(own.after.chars().count(), AROUND + 1);
    }
}
