//! `retype`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::without_zero;
use super::site::{As, Site, Written};
use super::{Applicability, Fix, Kind, shown};
use crate::descriptor::Value;
use crate::descriptor::model::Shape;
use crate::number;
use crate::tree::{ScalarKind, Style};

/// Nothing to choose.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {}

#[derive(Debug)]
pub struct Retype;

impl Kind for Retype {
    type File = File;
    const PAGE: &'static str = "\
Where a number belongs, a text that is exactly one becomes it: `\"50\"`, `1_000`, `1 000`, `7,5` and `PT50H` are `50`, \
`1000`, `1000`, `7.5` and `50`. `1,000` could be one or a thousand, and `50 h` says more than a number: both stay. Where \
`true` or `false` belongs, the words of YAML 1.1 become them: `yes`, `off`. Where a text belongs, a number or a flag gets \
quotation marks.";

    fn compile(_: &File) -> Result<Retype, String> {
        Ok(Retype)
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let written = site.value()?;
        let text = written.scalar.text.as_ref();
        match site.shape(written)? {
            Shape::Number => bare(site, written, &as_number(text)?),
            Shape::Flag => bare(site, written, as_flag(text)?),
            Shape::Text | Shape::Line(_) | Shape::Code(_) => quoted(site, written, text),
            _ => None,
        }
    }
}

fn bare(site: &Site<'_>, written: Written<'_>, new: &str) -> Option<Fix> {
    let read = written.fact.map(|fact| &site.descriptor.fact(fact).value);
    let exact = matches!(read, Some(Value::Number(_) | Value::Flag(_)));
    let edit = site.write(written, new, As::Bare);
    let title = site.title(edit.span.slice(site.text), new);
    site.fix(title, Applicability::Safe, exact, edit)
}

fn quoted(site: &Site<'_>, written: Written<'_>, text: &str) -> Option<Fix> {
    let scalar = written.scalar;
    let typed = matches!(scalar.kind, ScalarKind::Integer | ScalarKind::Float | ScalarKind::Bool(_));
    // A code that has lost its zero is more than a matter of marks.
    let lost_zero = site.vocabulary(written).and_then(|own| without_zero(own, scalar));
    if scalar.style != Style::Plain || !typed || lost_zero.is_some() {
        return None;
    }
    let title = site.language.fill("put `{value}` in quotation marks", &[("value", &shown(text))]);
    site.fix(title, Applicability::Safe, true, site.write(written, text, As::Text))
}

/// The number that a text is, as every reader of YAML and JSON takes it.
fn as_number(text: &str) -> Option<String> {
    let text = text.trim();
    let grouping = |c: char| matches!(c, '_' | ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let hours = || number::parse_duration_hours(text);
    let plain = if let Some(hours) = hours() {
        let shown = number::display(hours, 3);
        (number::parse(&shown) == Some(hours)).then_some(shown)?
    } else if text.contains(grouping) {
        without_groups(text, grouping)?
    } else if let Some((whole, part)) = text.split_once(',') {
        (part.len() < 3).then(|| format!("{whole}.{part}"))?
    } else {
        text.to_string()
    };
    let digits = plain.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "0"));
    if !digits || whole.is_empty() || part.is_empty() || number::parse(&plain).is_none() {
        return None;
    }
    // Zeros in front make an octal number of it, or no JSON.
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if plain.contains('.') { "." } else { "" };
    Some(format!("{whole}{dot}{}", if dot.is_empty() { "" } else { part }))
}

/// `1 000` without the space; only groups of three are groups.
fn without_groups(text: &str, grouping: impl Fn(char) -> bool + Copy) -> Option<String> {
    let mut groups = text.split(grouping);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let rest: Vec<&str> = groups.collect();
    rest.iter().all(|group| group.len() == 3).then(|| format!("{first}{}", rest.concat()))
}

fn as_flag(text: &str) -> Option<&'static str> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" => Some("true"),
        "false" | "no" | "n" | "off" => Some("false"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::as_number;

    #[test]
    fn only_what_is_exactly_a_number_becomes_one() {
        for (text, number) in [
            ("50", "50"),
            (" 50 ", "50"),
            ("050", "50"),
            ("1_000", "1000"),
            ("1 000 000", "1000000"),
            ("7,5", "7.5"),
            ("0,25", "0.25"),
            ("4.50", "4.50"),
            ("00", "0"),
            ("PT50H", "50"),
            ("PT90M", "1.5"),
        ] {
            assert_eq!(as_number(text).as_deref(), Some(number), "{text}");
        }
        for text in [
            "", "1,000", "50 h", "3-6", "-5", "1_00", "12:30", ",5", "5,", "5.", "1e3", "PT10M", "1.000,5", "ten", "12 34",
        ] {
            assert_eq!(as_number(text), None, "{text}");
        }
    }
}
