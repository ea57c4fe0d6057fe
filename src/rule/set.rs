//! The rules in force: the embedded pack, further packs from folders, the active profile. The only module beside
//! [`crate::input`] that reads files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Level, Rule, RuleError, RuleFile};
use crate::catalogue::Plan;
use crate::check::Across;
use crate::descriptor::builder::Placeholders;
use crate::descriptor::mapped::Format;
use crate::descriptor::native::NativeFormat;
use crate::digest::hex;
use crate::elements::Elements;
use crate::language::{Language, Phrase, mark};
use crate::pack::{self, Pack};
use crate::profile::{LevelOrOff, Profile, ProfileFile};
use crate::source::{Source, Span};
use crate::typology::Typology;
use crate::vocabulary::{embedded, nearest};
use crate::{schema, tree};

/// A document that rules cite.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthoritySource {
    /// Its name as printed.
    pub title: String,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
}

/// Documents by the keys under which rules cite them.
pub type Authorities = BTreeMap<String, AuthoritySource>;

/// Everything that evaluation needs, compiled once.
#[derive(Debug)]
pub struct RuleSet {
    /// The rules, by id.
    pub rules: Vec<Rule>,
    /// The level of each rule under the active profile; `None` is off.
    pub levels: Vec<Option<Level>>,
    /// What states each element.
    pub elements: Elements,
    /// The kinds of practice.
    pub typology: Typology,
    /// The scoring profile.
    pub profile: Profile,
    /// Profiles that add findings, not scores.
    pub further_profiles: Vec<Profile>,
    /// The native format.
    pub native: NativeFormat,
    /// Words that are no statement.
    pub placeholders: Placeholders,
    /// What the rules over a catalogue need of each practice.
    pub catalogue: Plan,
    /// The documents that rules cite.
    pub authorities: Authorities,
    /// SHA-256 of the embedded pack and of every further rule file.
    pub digest: String,
    /// Latest snapshot date of the vocabularies.
    pub snapshot: &'static str,
    by_id: FxHashMap<String, usize>,
}

/// A problem that keeps a rule set from being built.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A rule file cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A rule file is wrong.
    #[error("{} of the rule file {} is wrong: {}", pointer_words(.error.pointer.as_str()), .source_file.name(), .error.message)]
    Wrong {
        /// The file.
        source_file: std::sync::Arc<Source>,
        /// Where in it.
        span: Span,
        /// What.
        error: RuleError,
    },
    /// There is no such profile.
    #[error("there is no profile `{name}`; known: {known}")]
    NoProfile {
        /// As asked for.
        name: String,
        /// Those that may be meant.
        near: Vec<String>,
        /// All.
        known: String,
    },
    /// Two files define one rule.
    #[error("the rule `{0}` is defined twice")]
    Duplicate(String),
}

fn pointer_words(pointer: &str) -> String {
    if pointer.is_empty() {
        "the content".to_string()
    } else {
        format!("`{}`", pointer.trim_start_matches('/').replace('/', "."))
    }
}

/// Names of the embedded profiles.
pub fn profile_names() -> Vec<&'static str> {
    pack::current().profiles.iter().map(|(name, _)| *name).collect()
}

impl RuleSet {
    /// The embedded pack under a profile.
    pub fn embedded(profile: &str) -> Result<RuleSet, SetError> {
        RuleSet::load(&[profile.to_string()], &[])
    }

    /// The embedded pack and the rule files of further folders under some profiles: the first scores, the others add
    /// findings.
    pub fn load(profiles: &[String], folders: &[PathBuf]) -> Result<RuleSet, SetError> {
        let mut active = profiles
            .iter()
            .map(|name| embedded_profile(name))
            .collect::<Result<Vec<_>, _>>()?;
        if active.is_empty() {
            active.push(embedded_profile("eu")?);
        }
        let mut rules = embedded_rules();
        let mut authorities = embedded_authorities();
        let mut digest = pack::current().digest.to_string();
        for folder in folders {
            let (further, content) = rules_of_folder(folder, &mut authorities)?;
            digest = hex(&Sha256::new().chain_update(&digest).chain_update(content).finalize());
            rules.extend(further);
        }
        RuleSet::assemble(rules, authorities, active, digest)
    }

    fn assemble(
        mut rules: Vec<Rule>,
        authorities: Authorities,
        mut active: Vec<Profile>,
        digest: String,
    ) -> Result<RuleSet, SetError> {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(SetError::Duplicate(pair[0].id.clone()));
        }
        let format =
            |name: &str| pack::find(pack::current().formats, name).expect("the pack holds its formats (test `rules`)");
        let levels: Vec<Option<Level>> = rules.iter().map(|rule| level(&active, rule)).collect();
        let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
        for (index, rule) in rules.iter().enumerate() {
            for id in std::iter::once(&rule.id).chain(&rule.file.aliases) {
                by_id.entry(id.clone()).or_insert(index);
            }
        }
        let columns = rules.iter().map(|rule| rule.across().map_or(&[][..], Across::columns));
        let catalogue = Plan::new(columns);
        let placeholders = embedded("placeholder")
            .map(|list| list.spellings().map(str::to_string).collect())
            .unwrap_or_default();
        Ok(RuleSet {
            levels,
            catalogue,
            elements: Elements::from_json(format("elements")).expect("the element table is read by a test (`rules`)"),
            typology: Typology::from_json(format("typology")).expect("the typology is read by a test (`typology`)"),
            native: serde_json::from_str(format("native")).expect("the native format is read by a test (`rules`)"),
            authorities,
            rules,
            further_profiles: active.drain(1..).collect(),
            profile: active.remove(0),
            placeholders,
            digest,
            snapshot: pack::current().snapshot,
            by_id,
        })
    }

    /// Whether a rule is looked at: one that waits for a profile is nobody's business until a profile names it, while
    /// one that a profile switches off is not reported and still costs what it costs.
    pub fn is_in_force(&self, index: usize) -> bool {
        self.rules[index].file.in_force || self.levels[index].is_some()
    }

    /// Gives the rules that an id or a pattern (`element/*`, `*/problem`) names a level; the error is a sentence.
    pub fn set_level(&mut self, pattern: &str, level: LevelOrOff) -> Result<(), Phrase> {
        let named: Vec<usize> = match pattern.split_once('/') {
            _ if !pattern.contains('*') => self.get(pattern).map(|(index, _)| index).into_iter().collect(),
            Some((element, problem)) => {
                let matches = |rule: &Rule| {
                    let (own, what) = rule.id.split_once('/').unwrap_or_default();
                    (element == "*" || element == own) && (problem == "*" || problem == what)
                };
                (0..self.rules.len())
                    .filter(|index| matches(&self.rules[*index]))
                    .collect()
            }
            None => Vec::new(),
        };
        if named.is_empty() {
            return Err(self.no_rule(pattern));
        }
        for index in named {
            let rule = &self.rules[index];
            let level = level.level();
            if level == Some(Level::Error) && rule.file.authority.relation == super::Relation::Convention {
                if pattern.contains('*') {
                    continue;
                }
                let message = mark(
                    "`{rule}` is a convention of ours, and a convention is never an error; `fail_on: warning` fails a run on warnings",
                );
                return Err(Phrase::new(message).with("rule", &rule.id));
            }
            self.levels[index] = level;
        }
        Ok(())
    }

    /// That no rule has an id, and which may be meant.
    pub fn no_rule(&self, id: &str) -> Phrase {
        Phrase::new(mark("there is no rule `{rule}`{near}"))
            .with("rule", id)
            .with_phrase("near", Phrase::did_you_mean(self.near(id).first().copied()))
    }

    /// The rule with an id or an earlier id.
    pub fn get(&self, id: &str) -> Option<(usize, &Rule)> {
        let index = *self.by_id.get(id)?;
        Some((index, &self.rules[index]))
    }

    /// Ids that somebody may have meant who typed one that does not exist; at most three.
    pub fn near(&self, id: &str) -> Vec<&str> {
        let (element, problem) = id.split_once('/').unwrap_or(("", id));
        // Somebody who knows the element usually has the problem nearly right.
        let related = |known: &&str| {
            let (own, what) = known.split_once('/').unwrap_or_default();
            let holds = what.starts_with(problem) || what.contains(&format!("-{problem}"));
            (own == element || element.is_empty()) && (holds || problem.contains(what))
        };
        let ids = || self.rules.iter().map(|rule| rule.id.as_str());
        let mut found: Vec<&str> = ids().filter(related).collect();
        if found.is_empty() {
            found.extend(crate::vocabulary::nearest(id, ids()));
        }
        if found.is_empty() {
            found.extend(ids().filter(|known| known.ends_with(&format!("/{problem}"))));
        }
        found.truncate(3);
        found
    }

    /// How an authority is printed.
    pub fn authority_title(&self, key: &str) -> &str {
        self.authorities.get(key).map_or("", |source| &source.title)
    }
}

/// The level of a rule: its own, unless a profile says otherwise; the last one that says something wins.
fn level(active: &[Profile], rule: &Rule) -> Option<Level> {
    let added = active.iter().skip(1).rev().find_map(|profile| profile.adds(&rule.id));
    let said = added.or_else(|| active.first().and_then(|profile| profile.says(&rule.id)));
    said.unwrap_or(rule.file.in_force.then_some(rule.file.level))
}

fn embedded_profile(name: &str) -> Result<Profile, SetError> {
    let json = pack::find(pack::current().profiles, name).ok_or_else(|| no_profile(name))?;
    let file: ProfileFile = serde_json::from_str(json).expect("embedded profiles are read by a test (`rules`)");
    // The embedded profiles extend in two steps at most, and never themselves (test `rules`).
    let base = file.extends.as_deref().map(embedded_profile).transpose()?;
    Ok(Profile::new(file, base).expect("embedded profiles are whole (test `rules`)"))
}

fn no_profile(name: &str) -> SetError {
    let known = profile_names();
    let near = crate::vocabulary::nearest(name, known.iter().copied());
    // Or somebody has typed the beginning.
    let beginning = known
        .iter()
        .copied()
        .filter(|known| !name.is_empty() && known.starts_with(name));
    let near = near.into_iter().chain(beginning.filter(|own| Some(*own) != near));
    let near = near.map(str::to_string).collect();
    SetError::NoProfile {
        name: name.to_string(),
        near,
        known: known.join(", "),
    }
}

fn embedded_authorities() -> Authorities {
    let file = pack::find(pack::current().formats, "authorities").expect("the pack holds its formats (test `rules`)");
    serde_json::from_str(file).expect("the authorities are read by a test (`rules`)")
}

fn embedded_rules() -> Vec<Rule> {
    let compile = |(id, json): &(&str, &str)| {
        let file: RuleFile =
            serde_json::from_str(json).unwrap_or_else(|error| panic!("embedded rule {id}: {error} (test `rules`)"));
        Rule::compile(id, file)
            .unwrap_or_else(|error| panic!("embedded rule {id}: {error} at {} (test `rules`)", error.pointer))
    };
    pack::current().rules.iter().map(compile).collect()
}

/// Whether everything in a pack can be read here, so that nothing behind this needs to ask; the error is a sentence. Rule
/// files are looked at by [`read_rule`], which knows the place of a mistake.
pub fn look_through(pack: &Pack) -> Result<(), String> {
    let of = |section: &'static str, name: &str, what: String| match section {
        "" => format!("{name}.yaml: {what}"),
        section => format!("{section}/{name}.yaml: {what}"),
    };
    let format = |name: &str| pack::find(pack.formats, name).unwrap_or_default();
    Elements::from_json(format("elements")).map_err(|what| of("", "elements", what))?;
    Typology::from_json(format("typology")).map_err(|what| of("", "typology", what))?;
    serde_json::from_str::<BTreeMap<String, AuthoritySource>>(format("authorities"))
        .map_err(|error| of("", "authorities", error.to_string()))?;
    serde_json::from_str::<NativeFormat>(format("native"))
        .map_err(|error| of("formats", "native", error.to_string()))?;
    for (id, json) in pack.rules {
        let file = serde_json::from_str::<RuleFile>(json).map_err(|error| of("", id, error.to_string()))?;
        Rule::compile(id, file).map_err(|error| of("", id, error.to_string()))?;
    }
    for (name, json) in pack.mappings {
        Format::from_json(json).map_err(|what| of("mappings", name, what))?;
    }
    for (name, json) in pack.outcomes {
        crate::wording::look_through(name, json).map_err(|what| of("outcomes", name, what))?;
    }
    if pack::find(pack.profiles, "eu").is_none() {
        return Err("profiles/eu.yaml is missing".to_string());
    }
    for (name, _) in pack.profiles {
        profile_of(pack, name, 0).map_err(|what| of("profiles", name, what))?;
    }
    Ok(())
}

/// A profile that may be wrong.
fn profile_of(pack: &Pack, name: &str, depth: usize) -> Result<Profile, String> {
    let json = pack::find(pack.profiles, name).ok_or_else(|| no_profile(name).to_string())?;
    let file: ProfileFile = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let base = match file.extends.as_deref() {
        Some(_) if depth > pack.profiles.len() => return Err(format!("`{name}` extends itself")),
        base => base.map(|base| profile_of(pack, base, depth + 1)).transpose()?,
    };
    let profile = Profile::new(file, base)?;
    if profile.blocks.is_empty() {
        return Err("a profile needs `blocks`".to_string());
    }
    Ok(profile)
}

/// The rules of a folder, and their text for the digest. They may cite what is known already, and what `authorities.yaml`
/// in the folder adds to that.
pub fn rules_of_folder(folder: &Path, authorities: &mut Authorities) -> Result<(Vec<Rule>, Vec<u8>), SetError> {
    let unreadable = |path: &Path, error: std::io::Error| SetError::Unreadable {
        path: path.display().to_string(),
        error,
    };
    std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    let mut files: Vec<PathBuf> = ignore::WalkBuilder::new(folder)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml") && path.is_file())
        .collect();
    files.sort();
    let (mut rules, mut content) = (Vec::new(), Vec::new());
    let own = folder.join("authorities.yaml");
    if own.is_file() {
        let text = std::fs::read_to_string(&own).map_err(|error| unreadable(&own, error))?;
        content.extend_from_slice(text.as_bytes());
        authorities.extend(read_authorities(&own.display().to_string(), text, authorities)?);
    }
    for path in files {
        let relative = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let id = relative.to_string_lossy().replace('\\', "/");
        // Vocabularies, profiles and formats of a pack are not rules.
        if id.matches('/').count() != 1
            || [
                "vocabularies/",
                "profiles/",
                "formats/",
                "mappings/",
                "languages/",
                "outcomes/",
            ]
            .iter()
            .any(|section| id.starts_with(section))
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        content.extend_from_slice(id.as_bytes());
        content.extend_from_slice(text.as_bytes());
        let name = path.display().to_string();
        let rule = read_rule(&name, &id, text.clone())?;
        if !authorities.contains_key(&rule.file.authority.source) {
            return Err(unknown_authority(&name, text, &rule.file.authority.source, authorities));
        }
        rules.push(rule);
    }
    Ok((rules, content))
}

fn unknown_authority(name: &str, text: String, cited: &str, authorities: &Authorities) -> SetError {
    let pointer = "/authority/source";
    let near = nearest(cited, authorities.keys().map(String::as_str));
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let source = std::sync::Arc::new(Source::new(name, text));
    let trees = tree::parse(source.text());
    SetError::Wrong {
        span: trees[0].at(pointer).map_or(Span::default(), |entry| entry.use_span),
        error: RuleError {
            message: format!(
                "`{cited}` is no document that rules cite; {near}`authorities.yaml` in the folder of the rules can add one: `{cited}: {{title: its name}}`"
            ),
            pointer: pointer.to_string(),
        },
        source_file: source.clone(),
    }
}

/// The documents that a further pack cites. None of them takes the place of one that is known: what other rules cite
/// stays what it is.
fn read_authorities(name: &str, text: String, known: &Authorities) -> Result<Authorities, SetError> {
    let source = std::sync::Arc::new(Source::new(name, text));
    let wrong = |(span, message): (Span, Phrase)| SetError::Wrong {
        source_file: source.clone(),
        span,
        error: RuleError {
            message: message.say(Language::ENGLISH),
            pointer: String::new(),
        },
    };
    let tree = tree::parse_sound(source.text()).map_err(wrong)?;
    let Some(root) = tree.root else {
        return Ok(Authorities::new());
    };
    if let Some(error) = schema::AUTHORITIES.first_error(&tree) {
        return Err(wrong((error.span, error.message)));
    }
    let own: Authorities = schema::typed(&tree, root).map_err(wrong)?;
    for entry in tree.entries(root) {
        let key = entry.key.as_ref();
        if let Some(other) = known.get(key).filter(|other| own.get(key) != Some(other)) {
            let message = Phrase::new("`{key}` is {title} already; give this document another key");
            return Err(wrong((
                entry.key_span,
                message.with("key", key).with("title", &other.title),
            )));
        }
    }
    Ok(own)
}

/// A rule file takes the same road as a descriptor: tree, schema, then the typed form; every mistake has a place.
pub fn read_rule(name: &str, id: &str, text: String) -> Result<Rule, SetError> {
    let source = std::sync::Arc::new(Source::new(name, text));
    let wrong = |span: Span, message: String, pointer: &str| SetError::Wrong {
        source_file: source.clone(),
        span,
        error: RuleError {
            message,
            pointer: pointer.to_string(),
        },
    };
    let tree =
        &tree::parse_sound(source.text()).map_err(|(span, message)| wrong(span, message.say(Language::ENGLISH), ""))?;
    let Some(root) = tree.root else {
        return Err(wrong(Span::default(), "the file is empty".to_string(), ""));
    };
    if let Some(error) = schema::RULE.first_error(tree) {
        return Err(wrong(error.span, error.message.say(Language::ENGLISH), &error.pointer));
    }
    let json = schema::to_json(tree, root);
    if let Some((pointer, message)) = crate::pattern::first_wrong(&json) {
        let span = tree.at(&pointer).map_or(Span::default(), |entry| entry.use_span);
        return Err(wrong(span, message, &pointer));
    }
    let file: RuleFile =
        serde_json::from_value(json).map_err(|error| wrong(tree.node(root).span, error.to_string(), ""))?;
    let compiled = Rule::compile(id, file).and_then(|rule| match rule.unknown_name() {
        Some(message) => Err(RuleError {
            message,
            pointer: "/check/property".to_string(),
        }),
        None => Ok(rule),
    });
    compiled.map_err(|error| {
        let span = tree.at(&error.pointer).map_or_else(
            || {
                tree.entries(root)
                    .first()
                    .map_or(Span::default(), |entry| entry.key_span)
            },
            |entry| match tree.scalar(entry.value) {
                Some(_) => entry.use_span,
                None => entry.key_span,
            },
        );
        wrong(span, error.message.clone(), &error.pointer)
    })
}
