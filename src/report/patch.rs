//! What would change in a file, as a unified diff, for people and for `patch`.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{ChangeTag, TextDiff};

/// Lines around a change.
const CONTEXT: usize = 3;

/// A part of a file before and after.
#[derive(Debug)]
pub struct Part<'a> {
    /// Lines of the file before it.
    pub line: u32,
    /// Its text.
    pub old: &'a str,
    /// The text in its place.
    pub new: &'a str,
}

/// The diff of a file of which some parts change, in their order.
pub fn patch(file: &str, parts: &[Part<'_>], colour: bool) -> String {
    let paint = |code: &str, line: &str| match colour {
        true => format!("\u{1b}[{code}m{line}\u{1b}[0m"),
        false => line.to_string(),
    };
    let mut out = format!(
        "{}\n{}\n",
        paint("1", &format!("--- {file}")),
        paint("1", &format!("+++ {file}"))
    );
    let mut grown: isize = 0;
    for part in parts {
        let diff = TextDiff::from_lines(part.old, part.new);
        let before = part.line as usize;
        for ops in diff.grouped_ops(CONTEXT) {
            let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
                continue;
            };
            let old = first.old_range().start..last.old_range().end;
            let new = first.new_range().start..last.new_range().end;
            let head = format!(
                "@@ -{} +{} @@",
                lines(old, before),
                lines(new, before.saturating_add_signed(grown))
            );
            let _ = writeln!(out, "{}", paint("36", &head));
            for change in ops.iter().flat_map(|op| diff.iter_changes(op)) {
                let (sign, code) = match change.tag() {
                    ChangeTag::Equal => (' ', ""),
                    ChangeTag::Delete => ('-', "31"),
                    ChangeTag::Insert => ('+', "32"),
                };
                let line = format!("{sign}{}", change.value().trim_end_matches('\n'));
                let line = if code.is_empty() { line } else { paint(code, &line) };
                let _ = writeln!(out, "{line}");
                if change.missing_newline() {
                    out.push_str("\\ No newline at end of file\n");
                }
            }
        }
        grown += part.new.lines().count() as isize - part.old.lines().count() as isize;
    }
    out
}

/// A range of lines as the head of a hunk writes it.
fn lines(range: Range<usize>, before: usize) -> String {
    let start = before + range.start;
    match range.len() {
        0 => format!("{start},0"),
        1 => (start + 1).to_string(),
        length => format!("{},{length}", start + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_over_the_parts_of_a_file() {
        let parts = [
            Part {
                line: 4,
                old: "{\"a\": 1}\n",
                new: "{\"a\": 2}\n",
            },
            Part {
                line: 9,
                old: "x\ny",
                new: "x\nz",
            },
        ];
        let expected = "--- f\n+++ f\n@@ -5 +5 @@\n-{\"a\": 1}\n+{\"a\": 2}\n@@ -10,2 +10,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n";
        assert_eq!(patch("f", &parts, false), expected);
    }
}
