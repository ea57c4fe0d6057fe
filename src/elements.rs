//! What states each element, read from data (`rules/elements.yaml`), and the evidence table.
//!
//! Only the lens decides whether an element is stated; rules judge what is stated.

use serde::Deserialize;

use crate::condition::{Condition, ConditionFile};
use crate::descriptor::{Descriptor, FactId, Place, Value};
use crate::language::Language;
use crate::number::{self, Number};
use crate::path::{Base, Path};
use crate::rule::Localized;
use crate::score::Verdict;
use crate::standard::{Element, Obligation};

/// Whether an element says anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statement {
    /// Nothing readable.
    #[default]
    NotStated,
    /// A value; `complete` is false where the element lives in list items and only some state it.
    Stated {
        /// Whether every item states it.
        complete: bool,
    },
    /// `none`.
    DeclaredNone,
    /// `{not_applicable: reason}`, on an element where that can be said.
    NotApplicable,
}

/// The statement of every element of one practice.
#[derive(Debug, Default)]
pub struct Statements([Statement; Element::ALL.len()]);

impl Statements {
    /// The statement of an element.
    pub fn get(&self, element: Element) -> Statement {
        self.0[element.index()]
    }
}

/// The element table, compiled.
#[derive(Debug)]
pub struct Elements(Vec<ElementInfo>);

/// What the table says of one element.
#[derive(Debug)]
pub struct ElementInfo {
    /// Which.
    pub element: Element,
    name: Localized,
    short: Localized,
    ask: Localized,
    snippet: String,
    caution: Option<Localized>,
    /// Paths of the user's own values in the snippet.
    known: Vec<Path>,
    /// What the standard says.
    pub obligation: Obligation,
    /// Where the standard says it.
    pub source: String,
    homes: Vec<Path>,
    none: NoneMeans,
    can_be_not_applicable: bool,
    stated: StatedBy,
    small: Vec<Bound>,
}

impl ElementInfo {
    /// The key at the top of a descriptor under which the element is said.
    pub fn home(&self) -> Option<&str> {
        self.homes.first()?.text().split('/').nth(1)
    }

    /// Where its statements stand, by the keys on the way.
    pub fn homes(&self) -> Vec<Vec<&str>> {
        let homes = self.homes.iter();
        let is_key = |key: &&str| !key.is_empty() && *key != "*";
        homes
            .map(|path| path.text().split('/').filter(is_key).collect())
            .collect()
    }
}

#[derive(Debug)]
enum StatedBy {
    When(Condition),
    Each {
        of: Path,
        full: Condition,
        partly: Condition,
    },
}

/// What all numbers on a path lie below.
#[derive(Debug)]
struct Bound {
    path: Path,
    below: Number,
}

/// What `none` means for an element (scoring, verdict 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NoneMeans {
    Met,
    Gap,
    NotApplicable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementsFile {
    elements: Vec<ElementFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementFile {
    element: Element,
    name: Localized,
    short: Localized,
    ask: Localized,
    snippet: String,
    #[serde(default)]
    caution: Option<Localized>,
    obligation: Obligation,
    source: String,
    homes: Vec<String>,
    none: NoneMeans,
    #[serde(default)]
    not_applicable: bool,
    #[serde(default)]
    stated: Option<ConditionFile>,
    #[serde(default)]
    each: Option<EachFile>,
    #[serde(default)]
    small: Vec<BoundFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundFile {
    path: String,
    below: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EachFile {
    of: String,
    full: ConditionFile,
    partly: ConditionFile,
}

impl Elements {
    /// Reads the table from the JSON form of its file; the error is a sentence.
    pub fn from_json(json: &str) -> Result<Elements, String> {
        let file: ElementsFile = serde_json::from_str(json).map_err(|error| error.to_string())?;
        file.elements
            .into_iter()
            .map(ElementInfo::compile)
            .collect::<Result<_, _>>()
            .map(Elements)
    }

    /// What the table says of an element that is judged.
    pub fn info(&self, element: Element) -> Option<&ElementInfo> {
        self.0.iter().find(|info| info.element == element)
    }

    /// The name of an element for people.
    pub fn name(&self, element: Element, language: Language) -> String {
        self.info(element).map_or_else(
            || element.slug().replace('-', " "),
            |info| info.name(language).to_string(),
        )
    }

    /// Whether a fact on this canonical path, or around it, may be claimed not to apply.
    pub fn may_be_not_applicable(&self, path: &str) -> bool {
        let allowed = self
            .0
            .iter()
            .filter(|info| info.can_be_not_applicable)
            .flat_map(|info| &info.homes);
        allowed
            .map(Path::text)
            .any(|home| path == home || path.strip_prefix(home).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Whether the volume of a practice is small: no number that is stated reaches its bound.
    pub fn is_small(&self, descriptor: &Descriptor<'_>) -> bool {
        self.0.iter().flat_map(|info| &info.small).all(|bound| {
            let facts = bound.path.all(descriptor, FactId::ROOT);
            let mut numbers = facts.into_iter().filter_map(|id| descriptor.number(id));
            numbers.all(|number| number < bound.below)
        })
    }

    /// The values of a practice that snippets repeat: canonical path and value.
    pub fn known(&self, descriptor: &Descriptor<'_>) -> Vec<(String, String)> {
        let paths = self.0.iter().flat_map(|info| &info.known);
        let facts = paths.flat_map(|path| path.all(descriptor, FactId::ROOT));
        let mut known: Vec<(String, String)> = facts
            .filter_map(|id| Some((descriptor.path(id), descriptor.text(id, "en")?.to_string())))
            .collect();
        known.dedup();
        known
    }

    /// The statements of a practice.
    pub fn statements(&self, descriptor: &Descriptor<'_>) -> Statements {
        let mut statements = Statements::default();
        for info in &self.0 {
            statements.0[info.element.index()] = info.statement(descriptor);
        }
        statements
    }
}

impl Bound {
    fn compile(file: &BoundFile) -> Result<Bound, String> {
        let (path, _) = Path::compile(&file.path, &Base::root())?;
        let below = number::parse(&file.below).ok_or_else(|| format!("`{}` is no number", file.below))?;
        Ok(Bound { path, below })
    }
}

impl ElementInfo {
    fn compile(file: ElementFile) -> Result<ElementInfo, String> {
        let path = |text: &String| Path::compile(text, &Base::root()).map(|(path, _)| path);
        let stated = match (file.stated, file.each) {
            (Some(condition), None) => StatedBy::When(Condition::compile(&condition, &Base::root())?),
            (None, Some(each)) => {
                let (of, base) = Path::compile(&each.of, &Base::root())?;
                StatedBy::Each {
                    of,
                    full: Condition::compile(&each.full, &base)?,
                    partly: Condition::compile(&each.partly, &base)?,
                }
            }
            _ => return Err(format!("{}: one of `stated` and `each`", file.element)),
        };
        let snippet = file.snippet;
        Ok(ElementInfo {
            element: file.element,
            name: file.name,
            short: file.short,
            ask: file.ask,
            snippet: snippet.clone(),
            caution: file.caution,
            known: placed(&snippet)
                .map(|text| path(&text.to_string()))
                .collect::<Result<_, _>>()?,
            obligation: file.obligation,
            source: file.source,
            homes: file.homes.iter().map(path).collect::<Result<_, _>>()?,
            none: file.none,
            can_be_not_applicable: file.not_applicable,
            stated,
            small: file.small.iter().map(Bound::compile).collect::<Result<_, _>>()?,
        })
    }

    /// Its name for people.
    pub fn name(&self, language: Language) -> &str {
        language.choose(&self.name, || self.text_key("name"))
    }

    /// A column heading.
    pub fn short(&self, language: Language) -> &str {
        language.choose(&self.short, || self.text_key("short"))
    }

    /// What to do when it is missing, as an imperative.
    pub fn ask(&self, language: Language) -> &str {
        language.choose(&self.ask, || self.text_key("ask"))
    }

    /// What has to be said beside it.
    pub fn caution(&self, language: Language) -> Option<&str> {
        let caution = self.caution.as_ref()?;
        Some(language.choose(caution, || self.text_key("caution")))
    }

    /// What can be pasted; `…` is for the user to fill.
    pub fn snippet(&self, language: Language) -> &str {
        language.text(&self.text_key("snippet")).unwrap_or(&self.snippet)
    }

    /// The texts that can be translated: the last part of the key, and the English.
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![
            ("name", self.name.get("en")),
            ("short", self.short.get("en")),
            ("ask", self.ask.get("en")),
            ("snippet", self.snippet.trim_end()),
        ];
        texts.extend(self.caution.iter().map(|caution| ("caution", caution.get("en"))));
        texts
    }

    /// The key of a text in the translations.
    pub fn text_key(&self, what: &str) -> String {
        format!("elements/{}/{what}", self.element.slug())
    }

    /// The verdict that `none` stands for.
    pub fn verdict_of_none(&self) -> Verdict {
        match self.none {
            NoneMeans::Met => Verdict::Met,
            NoneMeans::Gap => Verdict::Gap,
            NoneMeans::NotApplicable => Verdict::NotApplicable,
        }
    }

    fn statement(&self, descriptor: &Descriptor<'_>) -> Statement {
        for home in self
            .homes
            .iter()
            .filter_map(|path| path.first(descriptor, FactId::ROOT))
        {
            if says(descriptor, home, &|value| *value == Value::DeclaredNone) {
                return Statement::DeclaredNone;
            }
            if says(descriptor, home, &|value| matches!(value, Value::NotApplicable(_))) {
                return if self.can_be_not_applicable {
                    Statement::NotApplicable
                } else {
                    Statement::NotStated
                };
            }
        }
        match &self.stated {
            StatedBy::When(condition) if condition.holds(descriptor, FactId::ROOT) => {
                Statement::Stated { complete: true }
            }
            StatedBy::When(_) => Statement::NotStated,
            StatedBy::Each { of, full, partly } => {
                let items = of.all(descriptor, FactId::ROOT);
                let complete = items.iter().filter(|item| full.holds(descriptor, **item)).count();
                let some = complete > 0 || items.iter().any(|item| partly.holds(descriptor, *item));
                if some {
                    Statement::Stated {
                        complete: complete == items.len(),
                    }
                } else {
                    Statement::NotStated
                }
            }
        }
    }
}

/// The paths of `{/path}` in a snippet.
pub fn placed(snippet: &str) -> impl Iterator<Item = &str> {
    let parts = snippet.split("{/").skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(path, _)| &snippet[path.as_ptr() as usize - snippet.as_ptr() as usize - 1..][..path.len() + 1])
}

/// Whether a fact, or everything in it, has such a value.
fn says(descriptor: &Descriptor<'_>, id: FactId, wanted: &dyn Fn(&Value<'_>) -> bool) -> bool {
    match &descriptor.fact(id).value {
        Value::Group | Value::List => {
            let children = descriptor.children(id);
            !children.is_empty() && children.iter().all(|child| says(descriptor, *child, wanted))
        }
        value => wanted(value),
    }
}

/// On what a piece of evidence rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The source says it of this practice.
    #[default]
    Stated,
    /// The source says it of something close.
    Inferred,
    /// Taken over from a whole to a part.
    Inherited,
    /// Supposed.
    Assumed,
    /// Disputed.
    Contested,
}

impl Basis {
    /// The word in files and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::Inferred => "inferred",
            Basis::Inherited => "inherited",
            Basis::Assumed => "assumed",
            Basis::Contested => "contested",
        }
    }

    fn from_word(word: &str) -> Option<Basis> {
        [
            Basis::Stated,
            Basis::Inferred,
            Basis::Inherited,
            Basis::Assumed,
            Basis::Contested,
        ]
        .into_iter()
        .find(|basis| basis.word() == word)
    }
}

/// One entry of the evidence table.
#[derive(Debug)]
pub struct EvidenceEntry<'d> {
    /// The element; `None` for the definition.
    pub element: Option<Element>,
    /// Its verdict, when it is readable.
    pub verdict: Option<Verdict>,
    /// Whether it says that the definition is contradicted.
    pub contradicts_definition: bool,
    /// On what it rests.
    pub basis: Basis,
    /// The id of its source.
    pub source: Option<&'d str>,
    /// The place in the source.
    pub locator: Option<&'d str>,
    /// The system that it is about, for quality assurance.
    pub system: Option<&'d str>,
    /// What the source says, in the coder's words.
    pub note: Option<&'d str>,
    /// Where the verdict stands.
    pub place: Place,
}

/// The evidence table of a practice, in the order of the file.
pub fn evidence<'d>(descriptor: &'d Descriptor<'_>) -> Vec<EvidenceEntry<'d>> {
    let Some(table) = descriptor.get(FactId::ROOT, "evidence") else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    for about in descriptor.children(table) {
        let name = descriptor.canonical_name(*about);
        let element = Element::from_slug(&name);
        let items: &[FactId] = match descriptor.fact(*about).value {
            Value::List => descriptor.children(*about),
            Value::Group => std::slice::from_ref(about),
            _ => &[],
        };
        let known = element.is_some_and(|element| element != Element::Document) || name == "definition";
        entries.extend(
            items
                .iter()
                .filter(|_| known)
                .map(|item| entry(descriptor, element, *item, *about)),
        );
    }
    entries
}

fn entry<'d>(
    descriptor: &'d Descriptor<'_>,
    element: Option<Element>,
    item: FactId,
    about: FactId,
) -> EvidenceEntry<'d> {
    let text = |key: &str| descriptor.get(item, key).and_then(|id| descriptor.text(id, "en"));
    let said = descriptor.get(item, "verdict");
    let word = text("verdict");
    EvidenceEntry {
        element,
        verdict: word.and_then(Verdict::from_word),
        contradicts_definition: element.is_none() && word == Some("contradicted"),
        basis: text("basis")
            .map_or(Some(Basis::Stated), Basis::from_word)
            .unwrap_or(Basis::Assumed),
        source: text("source"),
        locator: text("locator"),
        system: text("system"),
        note: text("note"),
        place: said.map_or_else(|| descriptor.key_place(about), |id| descriptor.place(id)),
    }
}
