//! From an id to what bears it: within the file, or in another file of the workspace.

use lsp_types::Range;

use super::outline::{Entry, Outline, Step};
use super::position::Text;
use crate::source::Span;

/// What an id at a place stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referred {
    /// A learning outcome of the file.
    Outcome,
    /// A source of the file.
    Source,
    /// An awarding body of the file.
    Body,
    /// Another practice.
    Practice,
}

/// Something that bears an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The id.
    pub id: String,
    /// What it is called.
    pub title: Option<String>,
    /// Where the id stands.
    pub span: Span,
}

/// The keys of a path.
fn keys(path: &[Step]) -> Vec<&str> {
    path.iter()
        .filter_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Item(_) => None,
        })
        .collect()
}

impl Referred {
    /// What an id at a path stands for.
    pub fn by(path: &[Step]) -> Option<Referred> {
        let keys = keys(path);
        let inside = match keys.as_slice() {
            ["units", inside @ ..] if !inside.is_empty() => inside,
            whole => whole,
        };
        match inside {
            ["assessment", "proves"] => Some(Referred::Outcome),
            ["evidence", _, "source"] | ["observations", "source"] => Some(Referred::Source),
            ["quality_assurance", "organisation"] | ["offers", "provided_by"] => Some(Referred::Body),
            ["stackability", "part_of" | "has_part" | "exempts"]
            | ["stackability", "part_of" | "has_part" | "exempts", "id"]
            | ["prerequisites", "id"]
            | ["units"] => Some(Referred::Practice),
            _ => None,
        }
    }

    fn home(self) -> [&'static str; 2] {
        match self {
            Referred::Outcome => ["learning_outcomes", "id"],
            Referred::Source => ["sources", ""],
            Referred::Body => ["awarding_bodies", "id"],
            Referred::Practice => ["", ""],
        }
    }
}

/// What bears an id of a kind in a text, beside a place in the same description.
pub fn inside(outline: &Outline, text: &str, referred: Referred, near: usize) -> Vec<Known> {
    if referred == Referred::Practice {
        return practices(outline, text);
    }
    let own = &outline.entries[near];
    let around = description(&outline.path(Some(near))).to_vec();
    let [home, id] = referred.home();
    let mut found = Vec::new();
    for (index, entry) in outline.entries.iter().enumerate() {
        if entry.document != own.document || entry.step.is_none() {
            continue;
        }
        let path = outline.path(Some(index));
        let Some(inside) = path.strip_prefix(around.as_slice()) else {
            continue;
        };
        let is_one = match inside {
            [Step::Key(first), Step::Key(_)] => id.is_empty() && first == home,
            [Step::Key(first), Step::Item(_), Step::Key(last)] => !id.is_empty() && first == home && last == id,
            _ => false,
        };
        if is_one {
            let name = if id.is_empty() { Some(index) } else { entry.parent };
            found.extend(known(outline, text, entry, id.is_empty(), name));
        }
    }
    found
}

/// The steps that lead to the description around a place: an item of a list of descriptions, or a unit.
fn description(path: &[Step]) -> &[Step] {
    let list = usize::from(matches!(path.first(), Some(Step::Item(_))));
    match &path[list..] {
        [Step::Key(key), Step::Item(_), _, ..] if key == "units" => &path[..list + 2],
        _ => &path[..list],
    }
}

/// The practices that a text describes, and the units in them.
pub fn practices(outline: &Outline, text: &str) -> Vec<Known> {
    let is_header = |entry: &Entry| entry.step == Some(Step::Key("descriptor".to_string()));
    let headers: Vec<(Option<usize>, usize)> = outline
        .entries
        .iter()
        .filter(|entry| is_header(entry))
        .map(|entry| (entry.parent, entry.document))
        .collect();
    let is_id = |entry: &&Entry| entry.step == Some(Step::Key("id".to_string()));
    let mut found = Vec::new();
    for entry in outline.entries.iter().filter(is_id) {
        let unit = entry.parent.map(|parent| &outline.entries[parent]);
        let list = unit.and_then(|unit| unit.parent).map(|list| &outline.entries[list]);
        let units = list.filter(|list| list.step == Some(Step::Key("units".to_string())));
        let around = units.map_or(entry.parent, |units| units.parent);
        if headers.contains(&(around, entry.document)) {
            found.extend(known(outline, text, entry, false, entry.parent));
        }
    }
    found
}

fn known(outline: &Outline, text: &str, entry: &Entry, is_key: bool, named: Option<usize>) -> Option<Known> {
    let (id, span) = match &entry.step {
        Some(Step::Key(name)) if is_key => (name.clone(), entry.key),
        _ => (outline.scalar(text, entry)?.to_string(), entry.value?),
    };
    let says = |(_, entry): &(usize, &Entry)| {
        let names = ["title", "text", "name"];
        matches!(&entry.step, Some(Step::Key(name)) if names.contains(&name.as_str()))
    };
    let title = outline.children(named, entry.document).find(says);
    let title = title.and_then(|(_, title)| outline.scalar(text, title));
    Some(Known {
        id,
        span,
        title: title.map(str::to_string),
    })
}

/// What the id under the cursor stands for.
pub fn asked(outline: &Outline, text: &str, offset: usize) -> Option<(Referred, String, usize)> {
    let cursor = outline.cursor(text, offset)?;
    let entry = cursor.entry?;
    let referred = Referred::by(cursor.value.as_ref()?)?;
    let id = outline.scalar(text, &outline.entries[entry])?;
    Some((referred, id.to_string(), entry))
}

/// Where an id stands in a text.
pub fn ranges(text: &Text, known: &[Known], id: &str) -> Vec<Range> {
    let named = known.iter().filter(|known| known.id == id);
    named.map(|known| text.range(known.span)).collect()
}
