//! `date`

use jiff::civil;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{Descriptor, FactId};
use crate::path::{Base, Path};

/// What is asked of the given date; without parameters only that it exists in the calendar.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// It must not be later than the date on this path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// It must not lie before the day of the check (`--as-of`).
    #[serde(default)]
    pub not_over: bool,
    /// It must not lie after the day of the check.
    #[serde(default)]
    pub not_future: bool,
    /// It must not lie longer before the day of the check than this ISO 8601 period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

#[derive(Debug)]
pub struct Date {
    until: Option<Path>,
    not_over: bool,
    not_future: bool,
    within: Option<jiff::Span>,
}

impl Kind for Date {
    type File = File;
    const PAGE: &'static str = "\
Without parameters: the given text must be a day of the calendar, written `2026-03-02` (a time behind it is ignored). \
`until`: it must not be later than another date. `not_over`, `not_future`, `within`: compared with the day of the \
check, which `--as-of` fixes; such rules are warnings at most. Dates that are no dates are left to the plain form.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "other", "as_of"];
    const ROLES: &'static [&'static str] = &["until"];

    fn compile(file: &File, base: &Base) -> Result<Date, String> {
        let until = file.until.as_ref().map(|text| Path::compile(text, base).map(|(path, _)| path)).transpose()?;
        let period = |text: &String| text.parse().map_err(|_| format!("`{text}` is no ISO 8601 period"));
        Ok(Date { until, not_over: file.not_over, not_future: file.not_future, within: file.within.as_ref().map(period).transpose()? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        let Some(text) = descriptor.plain_text(fact) else { return };
        let as_of = || context.clock.as_of();
        let args = |other: String| vec![("value", descriptor.shown(fact)), ("other", other), ("as_of", as_of().to_string())];
        let Some(date) = day(text) else {
            if self.is_plain() {
                failures.push(Failure::new(descriptor.place(fact), args(String::new())));
            }
            return;
        };
        if let Some((id, other)) = self.until.as_ref().and_then(|path| dated(descriptor, path, fact))
            && date > other
        {
            failures.push(Failure::new(descriptor.place(fact), args(other.to_string())).also("until", descriptor.place(id)));
        }
        let too_old = self.within.is_some_and(|period| date.saturating_add(period) < as_of());
        if (self.not_over && date < as_of()) || (self.not_future && date > as_of()) || too_old {
            failures.push(Failure::new(descriptor.place(fact), args(String::new())));
        }
    }
}

impl Date {
    fn is_plain(&self) -> bool {
        self.until.is_none() && !self.not_over && !self.not_future && self.within.is_none()
    }
}

fn dated(descriptor: &Descriptor<'_>, path: &Path, from: FactId) -> Option<(FactId, civil::Date)> {
    let id = path.first(descriptor, from)?;
    Some((id, day(descriptor.plain_text(id)?)?))
}

/// A calendar day at the start of a text: `2026-03-02`, `2026-03-02T10:00:00Z`.
pub(super) fn day(text: &str) -> Option<civil::Date> {
    let text = text.trim();
    let date = text.get(..10)?;
    let rest = &text[10..];
    let plausible = rest.is_empty() || rest.starts_with(['T', ' ']);
    let shaped = date.bytes().enumerate().all(|(i, c)| if i == 4 || i == 7 { c == b'-' } else { c.is_ascii_digit() });
    (plausible && shaped).then(|| date.parse().ok()).flatten()
}
