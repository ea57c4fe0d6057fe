//! `iso-date`

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::site::{As, Site};
use super::{Applicability, Fix, Kind};
use crate::vocabulary::embedded;

/// Nothing to choose.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {}

#[derive(Debug)]
pub struct IsoDate;

impl Kind for IsoDate {
    type File = File;
    const PAGE: &'static str = "\
A day that is written in another way becomes `\"2027-02-15\"`: `2027/2/15`, `20270215`, `15.2.2027`, `15 February 2027` and \
the same in the other bundled languages. `15/02/2027` can only be read in one way; `03/02/2027` can be read in two, and \
the one that is usual in Europe, the day first, is a suggestion. A day that the calendar does not have, and a year of two \
digits, are left to people. Other rules may then look at the date, so the fix is tried first.";

    fn compile(_: &File) -> Result<IsoDate, String> {
        Ok(IsoDate)
    }

    fn propose(&self, site: &Site<'_>) -> Option<Fix> {
        let written = site.value()?;
        let text = written.scalar.text.trim();
        let (date, applicability) = read(text)?;
        let iso = date.to_string();
        site.fix(site.title(text, &iso), applicability, false, site.write(written, &iso, As::Text))
    }
}

/// The day that a text means, and whether it can mean no other.
fn read(text: &str) -> Option<(Date, Applicability)> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    if text.len() == 8 && digits(text) {
        return Some((day(&text[..4], &text[4..6], &text[6..])?, Applicability::Safe));
    }
    let separator = ['-', '/', '.'].into_iter().find(|mark| text.contains(*mark));
    if let Some(separator) = separator {
        let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
        if let [a, b, c] = parts[..]
            && parts.iter().all(|part| digits(part))
        {
            return numeric(a, b, c, separator);
        }
    }
    Some((in_words(text)?, Applicability::Safe))
}

fn numeric(a: &str, b: &str, c: &str, separator: char) -> Option<(Date, Applicability)> {
    if a.len() == 4 {
        return Some((day(a, b, c)?, Applicability::Safe));
    }
    match (day(c, b, a), day(c, a, b)) {
        // Dots stand between day and month wherever dates are written with them.
        (Some(date), _) if separator == '.' => Some((date, Applicability::Safe)),
        (Some(date), other) => {
            let sure = other.is_none_or(|other| other == date);
            Some((date, if sure { Applicability::Safe } else { Applicability::Suggestion }))
        }
        (None, other) if separator != '.' => Some((other?, Applicability::Safe)),
        _ => None,
    }
}

/// `15 February 2027`, `February 15, 2027`, `15 de febrero de 2027`, `15. helmikuuta 2027`.
fn in_words(text: &str) -> Option<Date> {
    let months = embedded("month")?;
    let words = text.split([' ', ',', '\u{a0}']).filter(|word| !word.is_empty());
    let (mut month, mut numbers) = (None, Vec::new());
    for word in words {
        let bare = word.trim_end_matches('.');
        let number = bare.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', 'e', 'º', 'ª']);
        if number.starts_with(|c: char| c.is_ascii_digit()) {
            numbers.push(number);
        } else if let Some(entry) = months.find(bare) {
            month.replace(entry.slug).is_none().then_some(())?;
        } else if !matches!(bare, "de" | "del" | "of" | "the" | "den") {
            return None;
        }
    }
    match numbers[..] {
        [a, b] if a.len() == 4 => day(a, month?, b),
        [a, b] => day(b, month?, a),
        _ => None,
    }
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year = year.parse().ok().filter(|year| *year >= 1000)?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_where_it_can_be_told() {
        let safe = |text: &str| read(text).map(|(date, sure)| (date.to_string(), sure));
        for text in [
            "2027/2/15",
            "2027-2-15",
            "20270215",
            "15.2.2027",
            "15. 2. 2027",
            "15/02/2027",
            "02/15/2027",
            "15-2-2027",
            "15 February 2027",
            "February 15, 2027",
            "15th of February 2027",
            "15 de febrero de 2027",
            "15. helmikuuta 2027",
            "15 de fevereiro de 2027",
            "2027 February 15",
        ] {
            assert_eq!(safe(text), Some(("2027-02-15".to_string(), Applicability::Safe)), "{text}");
        }
        assert_eq!(safe("3.2.2027"), Some(("2027-02-03".to_string(), Applicability::Safe)));
        assert_eq!(safe("02/02/2027"), Some(("2027-02-02".to_string(), Applicability::Safe)));
        assert_eq!(safe("03/02/2027"), Some(("2027-02-03".to_string(), Applicability::Suggestion)));
        for text in [
            "2026-02-30",
            "30.2.2026",
            "15/02/27",
            "February 2027",
            "soon",
            "",
            "13/13/2027",
            "2.15.2027",
            "15 February March 2027",
            "in 15 days of 2027",
            "20271315",
        ] {
            assert_eq!(safe(text), None, "{text}");
        }
    }
}
