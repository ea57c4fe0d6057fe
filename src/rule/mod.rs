//! Rules: the written form ([`RuleFile`]), the compiled form ([`Rule`]), and the set of them ([`set::RuleSet`]).

pub mod set;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Across, Check, CheckFile, Context, Failure};
use crate::condition::{Condition, ConditionFile};
use crate::descriptor::FactId;
use crate::fix::{FixFile, Fixer};
use crate::language::{self, Language, mark};
use crate::path::{Base, Path};
use crate::standard::{Element, Obligation};

/// Does it fail the run?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Worth knowing.
    Advice,
    /// Probably wrong, or the authority is soft.
    Warning,
    /// Contradicts the standard or itself, decidable from the file.
    Error,
}

impl Level {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Level::Advice => mark("advice"),
            Level::Warning => mark("warning"),
            Level::Error => mark("error"),
        }
    }
}

/// What does it cost? See [`crate::score`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing.
    None,
    /// Half of the element.
    Partial,
    /// The whole element.
    Gap,
}

/// When in the life of a micro-credential a rule applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Whenever there is something to look at.
    #[default]
    Always,
    /// A descriptor, before anything is issued.
    Descriptor,
    /// An issued credential.
    Issued,
    /// A whole catalogue.
    Catalogue,
}

impl Phase {
    /// Whether a rule of this phase looks at a record of another.
    pub fn includes(self, record: Phase) -> bool {
        self == Phase::Always || self == record
    }
}

/// How strong the claim is that the authority says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The official text was read and says so.
    Verbatim,
    /// Our reading of the text.
    Interprets,
    /// A file or data format demands it.
    Format,
    /// It contradicts itself, or arithmetic.
    Logic,
    /// Good practice; never an error.
    Convention,
}

impl Relation {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Relation::Verbatim => mark("verbatim"),
            Relation::Interprets => mark("interprets"),
            Relation::Format => mark("format"),
            Relation::Logic => mark("logic"),
            Relation::Convention => mark("convention"),
        }
    }
}

/// On whose word a rule rests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The document, by its key in `rules/authorities.yaml`.
    pub source: String,
    /// The exact place in it.
    pub locator: String,
    /// How strong the claim is.
    pub relation: Relation,
}

/// Text by language; a plain string is English.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Localized {
    /// English.
    Plain(String),
    /// By BCP 47 tag; `en` is required.
    ByLanguage(BTreeMap<String, String>),
}

/// By hand: a derived reader of an untagged form copies everything once before it looks, and most of the pack is text.
impl<'de> Deserialize<'de> for Localized {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Localized, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Localized;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text, or texts by language")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Localized, E> {
                Ok(Localized::Plain(text.to_string()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, rows: A) -> Result<Localized, A::Error> {
                let rows = serde::de::value::MapAccessDeserializer::new(rows);
                BTreeMap::deserialize(rows).map(Localized::ByLanguage)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Localized {
    /// The text in a language, else in English.
    pub fn get(&self, language: &str) -> &str {
        match self {
            Localized::Plain(text) => text,
            Localized::ByLanguage(texts) => texts
                .get(language)
                .or_else(|| texts.get("en"))
                .map_or("", String::as_str),
        }
    }

    /// The text in this very language; a plain string is English.
    pub fn only(&self, language: &str) -> Option<&str> {
        match self {
            Localized::Plain(text) => (language == "en").then_some(text.as_str()),
            Localized::ByLanguage(texts) => texts.get(language).map(String::as_str),
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let (plain, texts) = match self {
            Localized::Plain(text) => (Some(text.as_str()), None),
            Localized::ByLanguage(texts) => (None, Some(texts.values().map(String::as_str))),
        };
        plain.into_iter().chain(texts.into_iter().flatten())
    }
}

/// When a rule applies.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhenFile {
    /// The condition, seen from each given fact.
    pub r#if: ConditionFile,
    /// Why the rule does not apply otherwise; printed.
    pub otherwise: Localized,
}

/// One path, or several that are looked at alike.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Given {
    /// One.
    Path(String),
    /// Several; relative paths start at each.
    Paths(Vec<String>),
}

impl Given {
    /// The paths as written.
    pub fn paths(&self) -> &[String] {
        match self {
            Given::Path(path) => std::slice::from_ref(path),
            Given::Paths(paths) => paths,
        }
    }
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.paths().join("`, `"))
    }
}

/// A rule as written in `rules/<element>/<problem>.yaml`; the path is the id.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "credlint rule",
    description = "One rule of a credlint rule pack; its file path below the pack's root is its id: <element>/<problem>.yaml"
)]
pub struct RuleFile {
    /// The element that it judges.
    pub element: Element,
    /// Does it fail the run?
    pub level: Level,
    /// What does the standard say?
    pub obligation: Obligation,
    /// What does it cost?
    pub effect: Effect,
    /// The version that brought it.
    pub since: String,
    /// Whether it is in force by itself; a rule that is not waits for a profile that names it.
    #[serde(default = "by_itself", skip_serializing_if = "Clone::clone")]
    pub in_force: bool,
    /// When it applies.
    #[serde(default)]
    pub phase: Phase,
    /// Earlier ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What is wrong: lower case, no full stop, a fact. Placeholders in braces.
    pub message: Localized,
    /// What the primary place is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Localized>,
    /// What the further places are, by the roles of the check kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub also: BTreeMap<String, Localized>,
    /// Why it matters.
    pub why: Localized,
    /// What to do.
    pub help: Localized,
    /// On whose word.
    pub authority: Authority,
    /// A failure contradicts the definition's clause about the element; this is said then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicts: Option<Localized>,
    /// When the rule applies; without it, wherever `given` finds something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<WhenFile>,
    /// The facts that it looks at: a canonical path, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// What is checked.
    pub check: CheckFile,
    /// What can be changed in the file so that the finding goes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixFile>,
}

fn by_itself() -> bool {
    true
}

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// As written.
    pub file: RuleFile,
    /// What it offers to change.
    pub fixer: Option<Fixer>,
    looks: Vec<Look>,
}

/// What a rule does at one of the paths that it is given.
#[derive(Debug)]
struct Look {
    given: Option<Path>,
    when: Option<Condition>,
    check: Check,
}

impl Look {
    fn compile(file: &RuleFile, given: Option<&str>) -> Result<Look, RuleError> {
        let (given, base) = match given {
            Some(text) => {
                let (path, base) = Path::compile(text, &Base::root()).map_err(mistake("/given"))?;
                (Some(path), base)
            }
            None => (None, Base::root()),
        };
        let when = file.when.as_ref().map(|when| Condition::compile(&when.r#if, &base));
        Ok(Look {
            given,
            when: when.transpose().map_err(mistake("/when/if"))?,
            check: Check::compile(&file.check, &base).map_err(mistake("/check"))?,
        })
    }
}

fn mistake(pointer: &str) -> impl Fn(String) -> RuleError {
    move |message| RuleError {
        message,
        pointer: pointer.to_string(),
    }
}

/// What a rule says of one practice.
#[derive(Debug)]
pub enum Outcome {
    /// It looked and found nothing wrong.
    Passed,
    /// It found something wrong.
    Failed(Vec<Failure>),
    /// It does not apply: its condition does not hold anywhere.
    NotApplicable,
    /// Nothing stands where it looks.
    NothingGiven,
}

/// A mistake in a rule file: what, and where (JSON pointer into the file).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// A sentence.
    pub message: String,
    /// Where in the file.
    pub pointer: String,
}

impl Rule {
    /// Checks a written rule and compiles it.
    pub fn compile(id: &str, file: RuleFile) -> Result<Rule, RuleError> {
        let looks = match &file.given {
            None => vec![Look::compile(&file, None)?],
            Some(given) => {
                let paths = given.paths().iter();
                paths
                    .map(|path| Look::compile(&file, Some(path)))
                    .collect::<Result<_, _>>()?
            }
        };
        if looks.is_empty() {
            return Err(mistake("/given")("`given` names no path".to_string()));
        }
        let fixer = file.fix.as_ref().map(Fixer::compile).transpose();
        let rule = Rule {
            id: id.to_string(),
            fixer: fixer.map_err(mistake("/fix"))?,
            file,
            looks,
        };
        rule.house_rules()?;
        Ok(rule)
    }

    /// What the house style demands of every rule, shipped or not.
    fn house_rules(&self) -> Result<(), RuleError> {
        let fail = |pointer: &str, message: String| {
            Err(RuleError {
                message,
                pointer: pointer.to_string(),
            })
        };
        let file = &self.file;
        let family = self.id.split('/').next().unwrap_or_default();
        let is_family = matches!(
            family,
            "yaml" | "shape" | "evidence" | "input" | "sheet" | "catalogue" | "waiver"
        ) || self.check().is_about_the_format();
        if family != file.element.slug() && !is_family {
            return fail(
                "/element",
                format!("the folder says `{family}`, the file says `{}`", file.element),
            );
        }
        if file.authority.relation == Relation::Convention && file.level == Level::Error {
            return fail("/level", "a convention is never an error".to_string());
        }
        if file.element == Element::Document && file.effect != Effect::None {
            return fail(
                "/effect",
                "findings about the file have no verdict, so they cost nothing".to_string(),
            );
        }
        self.catalogue_rules()?;
        let kind = self.check().kind();
        let texts = [
            ("/message", Some(&file.message)),
            ("/help", Some(&file.help)),
            ("/why", Some(&file.why)),
            ("/label", file.label.as_ref()),
        ];
        for (pointer, text) in texts.into_iter().filter_map(|(pointer, text)| Some((pointer, text?))) {
            let unknown = text
                .all()
                .flat_map(placeholders)
                .find(|name| !kind.placeholders.contains(name));
            if let Some(unknown) = unknown {
                let known = kind.placeholders.join("`, `");
                return fail(
                    pointer,
                    format!(
                        "`{{{unknown}}}` is not filled by `{}`; known there: `{known}`",
                        kind.name
                    ),
                );
            }
        }
        if let Some(unmet) = self.fixer.as_ref().and_then(|fixer| fixer.unmet(kind)) {
            return fail("/fix", unmet);
        }
        if let Some(role) = file.also.keys().find(|role| !kind.roles.contains(&role.as_str())) {
            return fail(
                "/also",
                format!(
                    "`{}` has no role `{role}`; known there: `{}`",
                    kind.name,
                    kind.roles.join("`, `")
                ),
            );
        }
        Ok(())
    }

    /// What holds of rules over a catalogue, and only of them.
    fn catalogue_rules(&self) -> Result<(), RuleError> {
        let fail = |pointer: &str, message: String| {
            Err(RuleError {
                message,
                pointer: pointer.to_string(),
            })
        };
        let (file, kind) = (&self.file, self.check().kind().name);
        let is_catalogue = file.phase == Phase::Catalogue;
        if self.check().across().is_none() {
            let message = format!("`{kind}` looks at one descriptor, so the phase is not `catalogue`");
            return if is_catalogue { fail("/phase", message) } else { Ok(()) };
        }
        if !is_catalogue {
            return fail(
                "/check",
                format!("`{kind}` looks at a catalogue; write `phase: catalogue`"),
            );
        }
        if file.given.is_some() || file.when.is_some() {
            let pointer = if file.given.is_some() { "/given" } else { "/when" };
            return fail(pointer, format!("`{kind}` names its paths itself"));
        }
        if file.fix.is_some() {
            let message = "what is found in a catalogue lies in several files, and nothing is changed there";
            return fail("/fix", message.to_string());
        }
        if file.effect != Effect::None {
            return fail(
                "/effect",
                "what is found in a catalogue costs no practice anything".to_string(),
            );
        }
        Ok(())
    }

    /// What is wrong, in a language.
    pub fn message(&self, language: Language) -> &str {
        language.choose(&self.file.message, || self.text_key("message"))
    }

    /// Why it matters, in a language.
    pub fn why(&self, language: Language) -> &str {
        language.choose(&self.file.why, || self.text_key("why"))
    }

    /// What to do, in a language.
    pub fn help(&self, language: Language) -> &str {
        language.choose(&self.file.help, || self.text_key("help"))
    }

    /// What the primary place is, in a language; may be empty.
    pub fn label(&self, language: Language) -> &str {
        let label = self.file.label.as_ref();
        label.map_or("", |label| language.choose(label, || self.text_key("label")))
    }

    /// What a further place is, in a language; may be empty.
    pub fn also(&self, role: &str, language: Language) -> &str {
        let also = self.file.also.get(role);
        also.map_or("", |also| {
            language.choose(also, || self.text_key(&format!("also/{role}")))
        })
    }

    /// Why it does not apply where its condition does not hold, in a language.
    pub fn otherwise(&self, language: Language) -> Option<&str> {
        let otherwise = &self.file.when.as_ref()?.otherwise;
        Some(language.choose(otherwise, || self.text_key("otherwise")))
    }

    /// What a failure contradicts in the definition, in a language.
    pub fn contradicts(&self, language: Language) -> Option<&str> {
        let contradicts = self.file.contradicts.as_ref()?;
        Some(language.choose(contradicts, || self.text_key("contradicts")))
    }

    /// The texts of the rule that can be translated: the last part of the key, and the English.
    pub fn texts(&self) -> Vec<(String, &str)> {
        let file = &self.file;
        let mut texts = vec![("message".to_string(), &file.message)];
        texts.extend(file.label.iter().map(|text| ("label".to_string(), text)));
        texts.extend(file.also.iter().map(|(role, text)| (format!("also/{role}"), text)));
        texts.extend([("why".to_string(), &file.why), ("help".to_string(), &file.help)]);
        texts.extend(file.when.iter().map(|when| ("otherwise".to_string(), &when.otherwise)));
        texts.extend(file.contradicts.iter().map(|text| ("contradicts".to_string(), text)));
        texts.into_iter().map(|(what, text)| (what, text.get("en"))).collect()
    }

    /// The key of a text in the translations.
    pub fn text_key(&self, what: &str) -> String {
        format!("rules/{}/{what}", self.id)
    }

    /// Its check; the same at every path.
    fn check(&self) -> &Check {
        &self.looks[0].check
    }

    /// Whether findings come from another stage.
    pub fn is_reported(&self) -> bool {
        self.check().is_reported()
    }

    /// The check, if it looks at a whole catalogue.
    pub fn across(&self) -> Option<&dyn Across> {
        self.check().across()
    }

    /// Whether it judges the file by its own format, in the words of that format.
    pub fn is_about_the_format(&self) -> bool {
        self.check().is_about_the_format()
    }

    /// What it names of another format and the format does not have, as a sentence.
    pub fn unknown_name(&self) -> Option<String> {
        self.check().unknown_name()
    }

    /// Whether it runs in the second pass.
    pub fn needs_verdicts(&self) -> bool {
        self.check().needs_verdicts()
    }

    /// Whether it judges an element as a whole, which may not be there at all.
    pub fn is_about_the_element(&self) -> bool {
        self.file.given.is_none() && self.check().is_about_the_element()
    }

    /// The kind of its check.
    pub fn kind(&self) -> &'static crate::check::KindInfo {
        self.check().kind()
    }

    /// Looks at one practice.
    pub fn evaluate(&self, context: &Context<'_>) -> Outcome {
        let descriptor = context.descriptor;
        let (mut given, mut applied, mut failures) = (false, false, Vec::new());
        for look in &self.looks {
            if !look.check.applies(descriptor) {
                continue;
            }
            let mut at = |fact: FactId| {
                given = true;
                if look.when.as_ref().is_none_or(|when| when.holds(descriptor, fact)) {
                    applied = true;
                    look.check.run(context, fact, &mut failures);
                }
            };
            match &look.given {
                Some(path) => path.visit(descriptor, FactId::ROOT, &mut at),
                None => at(FactId::ROOT),
            }
        }
        match (given, applied, failures.is_empty()) {
            (_, true, true) => Outcome::Passed,
            (_, true, false) => Outcome::Failed(failures),
            (true, false, _) => Outcome::NotApplicable,
            (false, ..) => Outcome::NothingGiven,
        }
    }

    /// Fills a text of the rule. Parts in double brackets are left out when a placeholder inside is empty.
    pub fn fill(text: &str, args: &[(&'static str, String)]) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some(start) = rest.find("[[") {
            let Some(length) = rest[start..].find("]]") else { break };
            let part = &rest[start + 2..start + length];
            out.push_str(&language::fill(&rest[..start], args));
            if placeholders(part)
                .iter()
                .all(|name| args.iter().any(|(key, value)| key == name && !value.is_empty()))
            {
                out.push_str(&language::fill(part, args));
            }
            rest = &rest[start + length + 2..];
        }
        out.push_str(&language::fill(rest, args));
        out
    }
}

/// Names in braces. YAML in an example (`{system: ECTS}`) is no placeholder: only words of letters and `_` are.
pub fn placeholders(text: &str) -> Vec<&str> {
    let names = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name));
    names
        .filter(|name| !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'))
        .collect()
}
