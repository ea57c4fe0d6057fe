//! Facts → an achievement of Open Badges 3.0: what a badge says before anybody has earned it.
//!
//! The format has one language and few keys. What has no key of its own is written twice: into `criteria.narrative`, for
//! people, as a paragraph or a line `Key: value`; and, where it belongs to one assessment or one alignment, as lines
//! `- key: value` into the description of that, so that a program can tell whose it is. Our mapping reads both.

use std::cell::RefCell;

use rustc_hash::FxHashSet;
use serde_json::{Value as Json, json};

use super::elm::nqf_uri;
use super::lines::word;
use super::names::{address, is_iri, part_iri, practice_iri, segment, slug, text, without_fragment};
use super::{At, Reading, Target, Unread, json_number, object, only_as_text};
use crate::descriptor::Value;
use crate::language::{Phrase, mark};
use crate::number;
use crate::tree::key_of_segment;

const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

/// Writes a practice as an achievement.
pub(super) fn write(reading: &Reading<'_>) -> Json {
    let root = reading.root();
    for key in ["descriptor", "default_language"] {
        root.get(key).and_then(At::line);
    }
    root.get("id").and_then(super::names::name);
    let default = reading.default_language();
    let badge = Badge {
        reading,
        language: spoken(root, &default),
        iri: practice_iri(root, &default),
        used: RefCell::default(),
    };
    badge.achievement()
}

/// Whether something that was kept unread went back: what was said of the achievement, under a key that is free.
pub(super) fn put_back(document: &mut Json, unread: &Unread) -> bool {
    let steps: Vec<&str> = unread.pointer.split('/').skip(1).collect();
    let key = match steps.as_slice() {
        [key] => key,
        [.., "achievement", key] => key,
        [.., "achievement", number, key] if number.parse::<usize>().is_ok() => key,
        _ => return false,
    };
    super::put(document, &key_of_segment(key), unread.value.clone())
}

/// The default language, if the title speaks it, else the first that it does.
fn spoken(root: At<'_>, default: &str) -> String {
    let Some(title) = root.get("title").filter(|at| matches!(at.value(), Value::Texts)) else {
        return default.to_string();
    };
    let languages: Vec<String> = title.children().into_iter().map(|(language, _)| language).collect();
    let own = languages.iter().find(|language| *language == default);
    own.or(languages.first()).map_or(default, String::as_str).to_string()
}

/// One practice on its way into a badge.
struct Badge<'a> {
    reading: &'a Reading<'a>,
    /// The one language that the badge speaks.
    language: String,
    /// The IRI of the practice.
    iri: String,
    used: RefCell<FxHashSet<String>>,
}

/// Lines `- key: value` for programs.
#[derive(Default)]
struct Details(Vec<String>);

impl Details {
    fn push(&mut self, key: &str, value: &str) {
        self.0.push(format!("- {key}: {}", flat(value)));
    }

    fn text(&self) -> Option<Json> {
        (!self.0.is_empty()).then(|| self.0.join("\n").into())
    }
}

/// On one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'a> Badge<'a> {
    fn root(&self) -> At<'a> {
        self.reading.root()
    }

    fn demand(&self, path: &str, property: &str) {
        let what = Phrase::new(mark(
            "{format} demands `{property}`, which the descriptor does not state",
        ))
        .with("format", Target::OpenBadges3.title())
        .with("property", format!("Achievement.{property}"));
        self.reading.list(path, "", what);
    }

    /// A text in the language of the badge. What it says in others is listed.
    fn words(&self, at: At<'a>) -> Option<String> {
        self.words_with(at, None)
    }

    /// The same for a text that is only kept as text.
    fn kept(&self, at: At<'a>) -> Option<String> {
        self.words_with(at, Some(only_as_text()))
    }

    fn words_with(&self, at: At<'a>, what: Option<Phrase>) -> Option<String> {
        if !matches!(at.value(), Value::Texts) {
            let said = word(at)?;
            match what {
                Some(what) => at.note(what),
                None => at.take(),
            }
            return Some(said);
        }
        let texts: Vec<(String, At<'a>)> = at
            .children()
            .into_iter()
            .filter(|(_, at)| matches!(at.value(), Value::Text(_)))
            .collect();
        let own = texts.iter().position(|(language, _)| *language == self.language);
        let (language, chosen) = texts.get(own.unwrap_or(0))?;
        for (other, text) in &texts {
            if other != language {
                let what = Phrase::new(mark("left out: {format} speaks one language"));
                text.note(what.with("format", Target::OpenBadges3.title()));
            }
        }
        let said = chosen.line();
        if *language != self.language {
            chosen.note(Phrase::new(mark("said without its language")));
        } else if let Some(what) = what {
            chosen.note(what);
        }
        said
    }

    /// Takes a statement and everything in it, and lists it as text.
    fn detail(&self, details: &mut Details, at: At<'a>, key: &str) {
        match at.value() {
            Value::Group => {
                for (name, child) in at.children() {
                    let name = name.replace('_', " ");
                    self.detail(
                        details,
                        child,
                        &if key.is_empty() { name } else { format!("{key} {name}") },
                    );
                }
            }
            Value::List => {
                let words: Vec<String> = at.items().into_iter().flat_map(|item| self.all_words(item)).collect();
                if !words.is_empty() {
                    details.push(key, &words.join(", "));
                }
            }
            _ => {
                if let Some(said) = self.kept(at) {
                    details.push(key, &said);
                }
            }
        }
    }

    fn details(&self, group: At<'a>, keys: &[&str]) -> Details {
        let mut details = Details::default();
        for key in keys {
            if let Some(at) = group.get(key) {
                self.detail(&mut details, at, &key.replace('_', " "));
            }
        }
        details
    }

    /// Every word in a group or list, in order; kept as text only.
    fn all_words(&self, at: At<'a>) -> Vec<String> {
        match at.value() {
            Value::Group => at
                .children()
                .into_iter()
                .flat_map(|(_, child)| self.all_words(child))
                .collect(),
            Value::List => at.items().into_iter().flat_map(|item| self.all_words(item)).collect(),
            _ => self.kept(at).into_iter().collect(),
        }
    }

    fn achievement(&self) -> Json {
        let root = self.root();
        let name = root.get("title").and_then(|at| self.words(at));
        let description = root.get("description").and_then(|at| self.words(at));
        for (said, path, property) in [(&name, "/title", "name"), (&description, "/description", "description")] {
            if said.is_none() {
                self.demand(path, property);
            }
        }
        let creator = self.creator();
        let outcomes = self.outcomes();
        let mut alignment = self.levels();
        alignment.extend(outcomes.alignment);
        let (results, assessments) = self.assessments();
        let (quality, quality_lines) = self.quality();
        alignment.extend(quality);
        let stacking = self.stacking();
        alignment.extend(stacking.alignment);
        alignment.extend(self.occupations());
        let credits = self.credits();
        let homepage = root
            .at(&["further_information", "homepage"])
            .filter(|at| address(*at).is_some());
        let mut narrative: Vec<String> = Vec::new();
        narrative.extend(bullets("Learning outcomes", &outcomes.lines));
        narrative.extend(bullets("Assessment", &assessments));
        narrative.extend(credits.iter().flat_map(|(_, lines)| lines.clone()));
        narrative.extend(self.workload());
        narrative.extend(self.participation());
        narrative.extend(self.prerequisites());
        narrative.extend(stacking.lines);
        narrative.extend(bullets("Quality assurance", &quality_lines));
        narrative.extend(self.rest());
        let narrative = (!narrative.is_empty()).then(|| narrative.join("\n\n").into());
        let criteria = object(vec![
            ("id", homepage.and_then(At::line).map(Json::from)),
            ("narrative", narrative),
        ]);
        let mut codes = self.codes(root);
        let human = codes.first().map(|code| code["identifier"].clone());
        if codes.len() == 1 && codes[0]["identifierType"] == "identifier" {
            codes.clear();
        }
        let rows = vec![
            ("@context", Some(json!(CONTEXTS))),
            ("id", Some(self.iri.clone().into())),
            ("type", Some(json!(["Achievement"]))),
            ("achievementType", self.kind()),
            ("name", name.map(Json::from)),
            ("description", description.map(Json::from)),
            ("inLanguage", self.in_language().map(Json::from)),
            ("humanCode", human),
            ("otherIdentifier", Some(codes.into())),
            ("creator", creator),
            ("creditsAvailable", credits.and_then(|(points, _)| points)),
            ("fieldOfStudy", self.field()),
        ];
        let mut achievement = object(rows);
        // Mandatory, and what tells an achievement, so it is there even when it says nothing.
        achievement["criteria"] = criteria;
        let rows = vec![
            ("alignment", Some(alignment.into())),
            ("resultDescription", Some(results.into())),
            ("related", Some(stacking.related.into())),
        ];
        if let (Json::Object(achievement), Json::Object(rows)) = (&mut achievement, object(rows)) {
            achievement.extend(rows);
        }
        achievement
    }

    /// A micro-credential is one if it is called one; nothing else about it says so.
    fn kind(&self) -> Option<Json> {
        let label = self.root().get("label");
        if let Some((at, code)) = label
            .and_then(|at| Some((at, at.peek()?)))
            .filter(|(_, code)| code.entry.is_some())
        {
            at.line();
            if code.slug() != "micro-credential" {
                at.note(Phrase::new(mark("said as `MicroCredential`")));
            }
            return Some("MicroCredential".into());
        }
        let kind = self.root().get("kind")?;
        let named = match kind.peek()?.slug() {
            "programme" => "LearningProgram",
            "qualification" => "ext:Qualification",
            _ => return None,
        };
        kind.code();
        Some(named.into())
    }

    /// The language as the schema wants it: script and region in their usual letters.
    fn in_language(&self) -> Option<String> {
        tag(&self.language).map(str::to_string)
    }

    /// Codes with their schemes. A scheme of nobody's list is an extension, which has a narrow alphabet.
    fn codes(&self, group: At<'a>) -> Vec<Json> {
        let codes = group.each("codes").into_iter();
        let identifier = |code: At<'a>| {
            let value = code.get("value")?.line()?;
            let scheme = code.get("scheme").and_then(|at| extension(at));
            Some(json!({
                "type": "IdentifierEntry",
                "identifier": value,
                "identifierType": scheme.unwrap_or_else(|| "identifier".to_string()),
            }))
        };
        codes.filter_map(identifier).collect()
    }

    /// The first awarding body. Others are kept in the narrative.
    fn creator(&self) -> Option<Json> {
        let bodies = self.root().each("awarding_bodies");
        let at = bodies.into_iter().find(|at| at.get("name").is_some())?;
        let name = at.get("name")?;
        let id = at.get("id").and_then(super::names::name);
        let called = id.as_deref().map(segment).unwrap_or_else(|| {
            let words = name.preferred(&self.language).unwrap_or_default();
            segment(&slug(words))
        });
        let homepage = at.get("homepage").and_then(address);
        let iri = match (id.filter(|id| is_iri(id)), homepage) {
            (Some(iri), _) => iri,
            (None, Some(homepage)) => format!("{}#{called}", without_fragment(homepage)),
            (None, None) => format!("{}/organisation/{called}", self.iri),
        };
        let country = at.get("country").and_then(At::code);
        let (code, named) = match country {
            Some(code) if is_country(code.slug()) => (Some(code.slug().to_string()), None),
            Some(code) => (None, Some(code.slug().to_string())),
            None => (None, None),
        };
        let rows = vec![
            ("type", Some(json!(["Address"]))),
            ("addressCountryCode", code.map(Json::from)),
            ("addressCountry", named.map(Json::from)),
            (
                "addressRegion",
                at.get("region").and_then(At::code).map(|code| code.slug().into()),
            ),
        ];
        let place = Some(object(rows)).filter(|place| place.as_object().is_some_and(|rows| rows.len() > 1));
        let contact = self.root().at(&["further_information", "contact"]);
        let email = contact.filter(|at| text(*at).is_some_and(is_email)).and_then(At::line);
        let rows = vec![
            ("id", Some(iri.into())),
            ("type", Some(json!(["Profile"]))),
            ("name", self.words(name).map(Json::from)),
            ("url", homepage.map(Json::from)),
            ("email", email.map(Json::from)),
            ("address", place),
            ("otherIdentifier", at.get("legal_id").and_then(|at| self.legal_id(at))),
        ];
        if homepage.is_some() {
            at.get("homepage").and_then(At::line);
        }
        Some(object(rows))
    }

    fn legal_id(&self, at: At<'a>) -> Option<Json> {
        let value = at.get("value")?.line()?;
        let kind = at.get("kind").and_then(extension);
        if kind.is_none() {
            at.get("value").into_iter().for_each(|at| at.note(only_as_text()));
        }
        Some(json!([{
            "type": "IdentifierEntry",
            "identifier": value,
            "identifierType": kind.unwrap_or_else(|| "identifier".to_string()),
        }]))
    }

    /// EQF, national levels and the cycle.
    fn levels(&self) -> Vec<Json> {
        let Some(level) = self.root().get("level") else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if let Some((at, entry)) = level.get("eqf").and_then(|at| Some((at, at.peek()?.entry?))) {
            at.line();
            found.push(align(vec![
                ("targetType", Some("ext:EQF".into())),
                ("targetName", Some(format!("EQF level {}", entry.slug).into())),
                ("targetCode", Some(entry.slug.into())),
                ("targetUrl", Some(entry.uri.into())),
                ("targetFramework", Some("European Qualifications Framework".into())),
            ]));
        }
        for at in level.each("nqf") {
            let uri = nqf_uri(at);
            let (Some(framework), Some(own)) = (at.get("framework"), at.get("level")) else {
                continue;
            };
            let (Some(framework), Some(code)) = (framework.code(), own.line()) else {
                continue;
            };
            let made = format!(
                "urn:credlint:concept:level:{}",
                segment(&format!("{}-{code}", framework.slug()))
            );
            if uri.is_none() {
                own.note(Phrase::new(mark(
                    "said with an address of our own: nobody has published one",
                )));
            }
            found.push(align(vec![
                ("targetType", Some("ext:NQF".into())),
                ("targetName", Some(format!("{} level {code}", framework.slug()).into())),
                ("targetCode", Some(code.into())),
                ("targetUrl", Some(uri.unwrap_or(&made).into())),
                ("targetFramework", Some(framework.slug().into())),
            ]));
        }
        if let Some((at, entry)) = level.get("cycle").and_then(|at| Some((at, at.peek()?.entry?))) {
            at.line();
            let made = format!("urn:credlint:concept:cycle:{}", entry.slug);
            found.push(align(vec![
                ("targetType", Some("ext:QF-EHEA".into())),
                ("targetName", Some(entry.label("en").into())),
                ("targetCode", Some(entry.slug.into())),
                (
                    "targetUrl",
                    Some(if entry.uri.is_empty() { made.as_str() } else { entry.uri }.into()),
                ),
                ("targetFramework", Some("QF-EHEA".into())),
            ]));
        }
        if let Some(said) = level
            .get("assigned_by")
            .filter(|_| !found.is_empty())
            .and_then(|at| self.kept(at))
        {
            for level in &mut found {
                level["targetDescription"] = format!("- assigned by: {}", flat(&said)).into();
            }
        }
        found
    }

    /// Each outcome is an alignment, with its first ESCO skill as the target, and a line for people.
    fn outcomes(&self) -> Part {
        let mut part = Part::default();
        for at in self.root().each("learning_outcomes") {
            let Some(said) = at.get("text").and_then(|text| self.words(text)) else {
                continue;
            };
            let own = part_iri(&self.iri, &self.used, "outcome", at);
            let id = at.get("id").and_then(text);
            let mut skill = None;
            for esco in at.each("esco") {
                let uri = address(esco).filter(|uri| uri.contains("data.europa.eu/esco/"));
                match (uri, &skill) {
                    (Some(uri), None) => {
                        esco.line();
                        skill = Some(uri.to_string());
                    }
                    (Some(_), Some(_)) => esco.note(Phrase::new(mark("left out: an alignment has one address"))),
                    (None, _) => {}
                }
            }
            let framework = skill.as_ref().map(|_| Json::from("ESCO"));
            let mut line = flat(&said);
            let further: Vec<String> = ["kind", "skills"]
                .iter()
                .filter_map(|key| Some(self.all_words(at.get(key)?).join(", ")))
                .collect();
            if !further.is_empty() {
                line.push_str(&format!(" ({})", further.join("; ")));
            }
            part.lines.push(line);
            part.alignment.push(align(vec![
                ("targetType", Some("ext:LearningOutcome".into())),
                ("targetName", Some(said.into())),
                ("targetCode", id.map(Json::from)),
                ("targetUrl", Some(skill.unwrap_or(own).into())),
                ("targetFramework", framework),
            ]));
        }
        part
    }

    /// A result for each assessment that has a name or a type, and lines for people.
    fn assessments(&self) -> (Vec<Json>, Vec<String>) {
        const KEYS: [&str; 14] = [
            "type",
            "description",
            "purpose",
            "proves",
            "mode",
            "supervision",
            "identity_verified",
            "criteria",
            "grading",
            "pass_mark",
            "weight",
            "assessor",
            "consistency",
            "language",
        ];
        /// What a candidate wants to know.
        const TELLING: [&str; 5] = [
            "description: ",
            "criteria: ",
            "grading: ",
            "pass mark: ",
            "supervision: ",
        ];
        let (mut results, mut lines) = (Vec::new(), Vec::new());
        for at in self.root().each("assessment") {
            if !matches!(at.value(), Value::Group) {
                continue;
            }
            let kind = at.get("type").and_then(At::peek);
            let title = at.get("title").and_then(|at| self.words(at));
            let label = kind.as_ref().map(|code| code.label(&self.language).to_string());
            let details = self.details(at, &KEYS);
            let lines_of = details.0.iter().map(|line| line.trim_start_matches("- "));
            let tells = |line: &&str| TELLING.iter().any(|key| line.starts_with(key));
            let telling: Vec<&str> = lines_of.filter(tells).collect();
            let named: Vec<String> = title
                .iter()
                .chain(label.iter().filter(|label| Some(*label) != title.as_ref()))
                .cloned()
                .collect();
            let line = named
                .into_iter()
                .chain(telling.into_iter().map(str::to_string))
                .collect::<Vec<_>>()
                .join("; ");
            lines.push(line);
            let Some(name) = title.or(label) else {
                let what = mark("no `ResultDescription` is written: a title or a type must be stated");
                self.reading
                    .list(&format!("{}/title", at.path()), "", Phrase::new(what));
                continue;
            };
            let iri = part_iri(&self.iri, &self.used, "assessment", at);
            let rows = vec![
                ("id", Some(iri.into())),
                ("type", Some(json!(["ResultDescription"]))),
                ("name", Some(name.into())),
                ("resultType", Some("Result".into())),
                ("description", details.text()),
            ];
            results.push(object(rows));
        }
        (results, lines)
    }

    /// The first number of credits, without its unit, and a line for each.
    fn credits(&self) -> Option<(Option<Json>, Vec<String>)> {
        let workload = self.root().get("workload")?;
        let (mut first, mut lines) = (None, Vec::new());
        for at in workload.each("credits") {
            let Some(points) = at.get("points").and_then(At::number) else {
                continue;
            };
            let system = at.get("system").and_then(At::code);
            if let Some(at) = at.get("system") {
                at.note(Phrase::new(mark(
                    "kept as text only: `creditsAvailable` is a number without a unit",
                )));
            }
            let system = system.map(|code| code.slug().to_string()).unwrap_or_default();
            let name = if lines.is_empty() { "Credits" } else { "Further credits" };
            lines.push(
                format!("{name}: {} {system}", number::display(points, 6))
                    .trim_end()
                    .to_string(),
            );
            match first {
                None => first = Some(json_number(points)),
                Some(_) => at.get("points").into_iter().for_each(|at| at.note(only_as_text())),
            }
        }
        Some((first, lines))
    }

    fn workload(&self) -> Vec<String> {
        let Some(workload) = self.root().get("workload") else {
            return Vec::new();
        };
        let kinds = [
            ("hours", "Workload"),
            ("contact_hours", "Contact hours"),
            ("self_study_hours", "Self-study hours"),
            ("workplace_hours", "Workplace hours"),
        ];
        let line = |(key, name): (&str, &str)| {
            let at = workload.get(key)?;
            let hours = at.number()?;
            at.note(only_as_text());
            Some(format!("{name}: {} hours", number::display(hours, 6)))
        };
        kinds.into_iter().filter_map(line).collect()
    }

    fn participation(&self) -> Vec<String> {
        let named = [
            ("mode", "Form of participation"),
            ("language", "Language of teaching"),
            ("schedule", "Schedule"),
            ("setting", "Setting"),
            ("place", "Place"),
        ];
        self.root()
            .get("participation")
            .map_or_else(Vec::new, |at| self.lines(at, &named))
    }

    /// A line for each of some statements of a group.
    fn lines(&self, group: At<'a>, named: &[(&str, &str)]) -> Vec<String> {
        let line = |(key, name): &(&str, &str)| {
            let words = self.all_words(group.get(key)?);
            (!words.is_empty()).then(|| format!("{name}: {}", flat(&words.join(", "))))
        };
        named.iter().filter_map(line).collect()
    }

    fn prerequisites(&self) -> Option<String> {
        let at = self.root().get("prerequisites")?;
        let said = match at.value() {
            Value::List => {
                let items = at.items().into_iter().map(|item| self.reference(item));
                items.filter(|said| !said.is_empty()).collect::<Vec<_>>().join("; ")
            }
            _ => self.kept(at)?,
        };
        (!said.is_empty()).then(|| format!("Prerequisites: {}", flat(&said)))
    }

    /// Another practice, in words.
    fn reference(&self, at: At<'a>) -> String {
        let title = at.get("title").and_then(|title| self.kept(title));
        let further = at.children().into_iter().filter(|(name, _)| name != "title");
        let further: Vec<String> = further.map(|(_, child)| self.all_words(child).join(" ")).collect();
        let further = further.join(", ");
        match title {
            Some(title) if further.is_empty() => title,
            Some(title) => format!("{title} ({further})"),
            None => further,
        }
    }

    /// What it counts towards is an alignment, and what has an address is related.
    fn stacking(&self) -> Part {
        let mut part = Part::default();
        let Some(stackability) = self.root().get("stackability") else {
            return part;
        };
        part.lines = self.lines(stackability, &[("status", "Stackability"), ("pathway", "Pathway")]);
        for (key, words) in [
            ("part_of", "Part of"),
            ("has_part", "Has part"),
            ("exempts", "Exempts from"),
        ] {
            for at in stackability.each(key) {
                let url = at.get("url").and_then(address).map(str::to_string);
                let id = at.get("id").and_then(text);
                let id = id.map(|id| {
                    if is_iri(id) {
                        id.to_string()
                    } else {
                        format!("urn:credlint:practice:{}", segment(id))
                    }
                });
                let target = url.clone().or(id);
                if let Some(target) = target.as_ref().filter(|_| key != "exempts") {
                    part.related.push(json!({ "id": target, "type": ["Related"] }));
                }
                match target.filter(|_| key == "part_of") {
                    Some(target) => part.alignment.push(self.part_of(at, &target, url.is_some())),
                    None => {
                        let said = self.reference(at);
                        if !said.is_empty() {
                            part.lines.push(format!("{words}: {}", flat(&said)));
                        }
                    }
                }
            }
        }
        part
    }

    fn part_of(&self, at: At<'a>, target: &str, by_url: bool) -> Json {
        let title = at.get("title").and_then(|at| self.words(at));
        let code = at.at(&["code", "value"]).and_then(text);
        if let Some(at) = at.get(if by_url { "url" } else { "id" }) {
            at.line();
        }
        let mut details = self.details(at, if by_url { &["id", "code"] } else { &["code"] });
        if let Some(level) = at.get("level") {
            details.push("level", &self.all_words(level).join(" "));
        }
        for credit in at.each("credits") {
            details.push("credits", &self.all_words(credit).join(" "));
        }
        align(vec![
            ("targetType", Some("ceterms:Credential".into())),
            ("targetName", Some(title.as_deref().or(code).unwrap_or(target).into())),
            ("targetCode", code.map(Json::from)),
            ("targetDescription", details.text()),
            ("targetUrl", Some(target.into())),
        ])
    }

    /// Each quality assurance is an alignment with its details, and a line for people.
    fn quality(&self) -> (Vec<Json>, Vec<String>) {
        const KEYS: [&str; 9] = [
            "type",
            "scope",
            "organisation",
            "agent",
            "system",
            "standard",
            "decision",
            "issued",
            "valid_until",
        ];
        let (mut found, mut lines) = (Vec::new(), Vec::new());
        for at in self.root().each("quality_assurance") {
            if !matches!(at.value(), Value::Group) {
                continue;
            }
            let label = at
                .get("type")
                .and_then(At::peek)
                .map(|code| code.label(&self.language).to_string());
            let title = at.get("title").and_then(|at| self.words(at));
            let agent = at
                .at(&["agent", "name"])
                .and_then(|at| at.preferred(&self.language))
                .map(str::to_string);
            let report = at.get("report").filter(|at| address(*at).is_some());
            // No address of a page, so that nobody takes it for a report.
            let own = format!(
                "urn:credlint:quality-assurance:{}:{}",
                segment(&self.iri),
                at.index() + 1
            );
            let details = self.details(at, &KEYS);
            let said: Vec<String> = [title.clone(), label.clone(), agent.clone()]
                .into_iter()
                .flatten()
                .collect();
            if !said.is_empty() {
                lines.push(said.join("; "));
            }
            let Some(name) = title.or(label).or(agent) else {
                lines.extend(details.0.iter().map(|line| line.trim_start_matches("- ").to_string()));
                lines.extend(report.and_then(|at| self.kept(at)));
                continue;
            };
            found.push(align(vec![
                ("targetType", Some("ext:QualityAssurance".into())),
                ("targetName", Some(name.into())),
                ("targetDescription", details.text()),
                ("targetUrl", Some(report.and_then(At::line).unwrap_or(own).into())),
            ]));
        }
        (found, lines)
    }

    fn occupations(&self) -> Vec<Json> {
        let occupations = self.root().each("occupations").into_iter();
        let known = occupations.filter(|at| address(*at).is_some()).filter_map(At::line);
        let align = |uri: String| {
            align(vec![
                ("targetType", Some("ext:Occupation".into())),
                ("targetName", Some(uri.clone().into())),
                ("targetUrl", Some(uri.into())),
            ])
        };
        known.map(align).collect()
    }

    fn field(&self) -> Option<Json> {
        let at = self.root().at(&["field", "isced_f"])?;
        let code = at.code()?;
        if code.entry.is_none() {
            at.note(only_as_text());
        }
        let label = code
            .entry
            .map_or(String::new(), |entry| format!(" {}", entry.label(&self.language)));
        Some(format!("ISCED-F {}{label}", code.slug()).into())
    }

    /// What only people can read.
    fn rest(&self) -> Vec<String> {
        let root = self.root();
        let mut lines = Vec::new();
        let named = |at: &At<'a>| at.get("name").is_some();
        for at in root.each("awarding_bodies").into_iter().filter(named).skip(1) {
            lines.push(format!("Awarding body: {}", flat(&self.all_words(at).join(", "))));
        }
        lines.extend(self.lines(root, &[("target_group", "Target group")]));
        if let Some(issuing) = root.get("issuing") {
            lines.extend(self.lines(issuing, &[("verification", "Verification"), ("validity", "Valid for")]));
        }
        for at in root.each("recognition") {
            let words = self.all_words(at);
            if !words.is_empty() {
                lines.push(format!("Recognition: {}", flat(&words.join(", "))));
            }
        }
        if let Some(further) = root.get("further_information") {
            let is_taken = self.creator_has_email(further);
            let contact: &[(&str, &str)] = if is_taken { &[] } else { &[("contact", "Contact")] };
            lines.extend(self.lines(further, contact));
            for at in further.each("documents") {
                lines.push(format!("Document: {}", self.reference(at)));
            }
            lines.extend(self.lines(further, &[("reviewed", "Reviewed")]));
        }
        lines
    }

    fn creator_has_email(&self, further: At<'a>) -> bool {
        let bodies = self.root().each("awarding_bodies");
        let named = bodies.into_iter().any(|at| at.get("name").is_some());
        named && further.get("contact").and_then(text).is_some_and(is_email)
    }
}

/// What one group of statements becomes.
#[derive(Default)]
struct Part {
    alignment: Vec<Json>,
    lines: Vec<String>,
    related: Vec<Json>,
}

/// A heading with a list, as Markdown.
fn bullets(heading: &str, lines: &[String]) -> Option<String> {
    let items: Vec<String> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| format!("- {line}"))
        .collect();
    (!items.is_empty()).then(|| format!("{heading}:\n\n{}", items.join("\n")))
}

fn align(rows: Vec<(&str, Option<Json>)>) -> Json {
    let mut all = vec![("type", Some(json!(["Alignment"])))];
    all.extend(rows);
    object(all)
}

/// The name of a scheme as an extension of a closed list. What the alphabet does not have becomes a hyphen.
fn extension(at: At<'_>) -> Option<String> {
    let said = word(at)?;
    at.line();
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let written: String = said.chars().map(|c| if legal(c) { c } else { '-' }).collect();
    if written != said {
        at.note(Phrase::new(mark(
            "written with hyphens where the format has no such sign",
        )));
    }
    Some(format!("ext:{written}"))
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|c| c.is_ascii_uppercase())
}

fn is_email(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._%+-".contains(c));
    let parts = text.trim().split_once('@');
    parts.is_some_and(|(name, host)| plain(name) && plain(host) && host.contains('.'))
}

/// The longest part of a language tag that the formats with a narrow pattern take: `xx`, `xx-Xxxx`, `xx-XX`.
pub(super) fn tag(language: &str) -> Option<&str> {
    let is_primary = |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_lowercase());
    let is_script = |part: &str| {
        let mut bytes = part.bytes();
        part.len() == 4 && bytes.next().is_some_and(|c| c.is_ascii_uppercase()) && bytes.all(|c| c.is_ascii_lowercase())
    };
    let is_region = |part: &str| {
        (part.len() == 2 && part.bytes().all(|c| c.is_ascii_uppercase()))
            || (part.len() == 3 && part.bytes().all(|c| c.is_ascii_digit()))
    };
    let mut parts = language.split('-').peekable();
    let mut end = parts.next().filter(|part| is_primary(part))?.len();
    for fits in [&is_script as &dyn Fn(&str) -> bool, &is_region] {
        if let Some(part) = parts.next_if(|part| fits(part)) {
            end += 1 + part.len();
        }
    }
    Some(&language[..end])
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn tags_are_cut_to_what_the_pattern_takes() {
        for (language, expected) in [
            ("en", Some("en")),
            ("pt-PT", Some("pt-PT")),
            ("ca-valencia", Some("ca")),
            ("sr-Latn-RS", Some("sr-Latn-RS")),
            ("es-419", Some("es-419")),
            ("EN", None),
        ] {
            assert_eq!(tag(language), expected, "{language}");
        }
    }
}
