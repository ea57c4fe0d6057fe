//! Facts → a course of the Open Onderwijs API, version 5.
//!
//! What the API has no key for, it allows under `ext`. There we keep it in our own words, under one key, and our mapping
//! reads it back; other programs will not, and that is said in the list.

use serde_json::{Map, Value as Json, json};

use super::lines::{Lines, words};
use super::names::{address, is_iri, is_uuid, practice_iri, segment, slug, text, uuid, without_fragment};
use super::{At, Reading, Target, Unread, badge, json_number, native, object};
use crate::descriptor::Value;
use crate::language::{Phrase, mark};
use crate::tree::key_of_segment;

/// The key under `ext`.
const OURS: &str = "microCredential";

/// Writes a practice as a course.
pub(super) fn write(reading: &Reading<'_>) -> Json {
    let root = reading.root();
    for key in ["descriptor", "default_language"] {
        root.get(key).and_then(At::line);
    }
    let language = reading.default_language();
    let course = Course {
        reading,
        iri: practice_iri(root, &language),
        language,
    };
    course.write()
}

/// Whether something that was kept unread went back: what was said of the course, under a key that is free.
pub(super) fn put_back(document: &mut Json, unread: &Unread) -> bool {
    let steps: Vec<&str> = unread.pointer.split('/').skip(1).collect();
    let key = match steps.as_slice() {
        [key] => key,
        ["items", _, key] => key,
        [number, key] if number.parse::<usize>().is_ok() => key,
        _ => return false,
    };
    super::put(document, &key_of_segment(key), unread.value.clone())
}

/// One practice on its way into a course.
struct Course<'a> {
    reading: &'a Reading<'a>,
    language: String,
    /// The IRI of the practice, of which its UUID is made.
    iri: String,
}

impl<'a> Course<'a> {
    fn root(&self) -> At<'a> {
        self.reading.root()
    }

    fn demand(&self, path: &str, property: &str) {
        let what = Phrase::new(mark(
            "{format} demands `{property}`, which the descriptor does not state",
        ))
        .with("format", Target::Ooapi.title())
        .with("property", format!("Course.{property}"));
        self.reading.list(path, "", what);
    }

    fn write(&self) -> Json {
        let root = self.root();
        let (id, own) = self.id();
        let (primary, others) = self.codes(own);
        let abbreviation = primary.as_ref().map(|code| code["code"].clone());
        let name = root.get("title").and_then(|at| self.texts(at));
        let description = root.get("description").and_then(|at| self.texts(at));
        let teaching = self.teaching_language();
        for (there, path, property) in [
            (primary.is_some(), "/codes", "primaryCode"),
            (abbreviation.is_some(), "/codes", "abbreviation"),
            (name.is_some(), "/title", "name"),
            (description.is_some(), "/description", "description"),
            (teaching.is_some(), "/participation/language", "teachingLanguage"),
        ] {
            if !there {
                self.demand(path, property);
            }
        }
        let link = root
            .at(&["further_information", "homepage"])
            .filter(|at| address(*at).is_some());
        let prerequisites = root.get("prerequisites").and_then(|at| self.requirements(at));
        // What is kept in full is said first; the same in words says less.
        let ext = self.ext();
        let rows = vec![
            ("courseId", Some(id.into())),
            ("primaryCode", primary),
            ("name", name),
            ("abbreviation", abbreviation),
            ("studyLoad", self.study_load()),
            ("modeOfDelivery", self.modes()),
            ("description", description),
            ("teachingLanguage", teaching),
            ("fieldsOfStudy", self.field()),
            ("learningOutcomes", self.outcomes()),
            ("admissionRequirements", prerequisites),
            ("level", Some(self.level().into())),
            ("assessment", self.assessment()),
            ("link", link.and_then(At::line).map(Json::from)),
            ("addresses", self.place()),
            ("otherCodes", Some(others.into())),
            ("programs", self.programmes()),
            ("organization", self.organisation()),
            ("ext", ext),
        ];
        object(rows)
    }

    /// The id, if it is a UUID, else one made of it; then the id itself is a code.
    fn id(&self) -> (String, Option<String>) {
        let Some(at) = self.root().get("id") else {
            return (uuid(&self.iri), None);
        };
        let Some(own) = at.line() else {
            return (uuid(&self.iri), None);
        };
        if is_uuid(&own) {
            return (own.to_lowercase(), None);
        }
        at.note(Phrase::new(mark(
            "said as a code: the format wants a UUID, which is made of it",
        )));
        (uuid(&self.iri), Some(own))
    }

    fn codes(&self, own: Option<String>) -> (Option<Json>, Vec<Json>) {
        let code = |at: At<'a>| {
            let value = at.get("value")?.line()?;
            let kind = at.get("scheme").and_then(At::line);
            let kind = kind.map_or("identifier".to_string(), |scheme| code_type(&scheme));
            Some(json!({ "codeType": kind, "code": value }))
        };
        let mut codes: Vec<Json> = self.root().each("codes").into_iter().filter_map(code).collect();
        codes.extend(own.map(|id| json!({ "codeType": "x-id", "code": id })));
        if codes.is_empty() {
            return (None, codes);
        }
        (Some(codes.remove(0)), codes)
    }

    /// Text with its languages.
    fn texts(&self, at: At<'a>) -> Option<Json> {
        let tags = at.texts()?;
        let mut said: Vec<String> = Vec::new();
        for (language, text) in at.children() {
            let short = badge::tag(&language).unwrap_or("und").to_string();
            if said.contains(&short) {
                text.note(Phrase::new(mark(
                    "left out: its language is already said, as the format writes it",
                )));
            } else if short != language {
                text.note(Phrase::new(mark("its language is shortened to what the format takes")));
            }
            said.push(short);
        }
        Some(typed(&tags))
    }

    fn literal(&self, lines: &Lines) -> Option<Json> {
        (!lines.is_empty()).then(|| typed(&lines.literal(&self.language)))
    }

    /// The first language, by its code of three letters. Others are kept under `ext`.
    fn teaching_language(&self) -> Option<Json> {
        let languages = self.root().get("participation")?.each("language");
        let first = languages.first()?;
        let code = first.peek()?;
        let uri = code
            .entry
            .map(|entry| entry.uri.rsplit('/').next().unwrap_or_default().to_lowercase());
        let own =
            (code.text.len() == 3 && code.text.bytes().all(|c| c.is_ascii_lowercase())).then(|| code.text.clone());
        let said = uri.filter(|code| code.len() == 3).or(own)?;
        first.line();
        Some(said.into())
    }

    /// ECTS points, else all hours; what is not said here is kept under `ext`.
    fn study_load(&self) -> Option<Json> {
        let workload = self.root().get("workload")?;
        let load = |at: At<'a>, unit: &str| {
            let value = at.number()?;
            Some(json!({ "studyLoadUnit": unit, "value": json_number(value) }))
        };
        if let Some(at) = self.ects() {
            at.get("system").and_then(At::line);
            return load(at.get("points")?, "ects");
        }
        workload.get("hours").and_then(|at| load(at, "hour"))
    }

    /// The credits that `studyLoad` holds.
    fn ects(&self) -> Option<At<'a>> {
        let is_ects = |at: &At<'a>| {
            let system = at.get("system").and_then(At::peek);
            let points = at
                .get("points")
                .is_some_and(|at| matches!(at.value(), Value::Number(_)));
            points && system.is_some_and(|code| code.slug() == "ECTS")
        };
        self.root().get("workload")?.each("credits").into_iter().find(is_ects)
    }

    fn modes(&self) -> Option<Json> {
        let mut modes: Vec<&str> = Vec::new();
        for at in self.root().get("participation")?.each("mode") {
            let own: &[&str] = match at.peek().map(|code| code.slug().to_string()).as_deref() {
                Some("in-person") => &["on campus"],
                Some("online") => &["online"],
                Some("hybrid") => &["hybrid"],
                Some("blended") => &["on campus", "online"],
                _ => continue,
            };
            modes.extend(own);
        }
        modes.dedup();
        Some(json!(modes))
    }

    /// Whether every mode has a word of its own.
    fn says_modes(&self, participation: At<'a>) -> bool {
        let modes = participation.each("mode");
        let plain = |at: &At<'a>| {
            at.peek()
                .is_some_and(|code| matches!(code.slug(), "in-person" | "online" | "hybrid"))
        };
        modes.iter().all(plain)
    }

    fn field(&self) -> Option<Json> {
        let at = self.root().at(&["field", "isced_f"])?;
        let code = at.peek()?;
        let short = code.slug().len() <= 4;
        short.then(|| at.code()).flatten().map(|code| code.slug().into())
    }

    fn outcomes(&self) -> Option<Json> {
        let outcomes = self.root().each("learning_outcomes").into_iter();
        Some(outcomes.filter_map(|at| self.texts(at.get("text")?)).collect())
    }

    fn requirements(&self, at: At<'a>) -> Option<Json> {
        if at.says_none() {
            return Some(typed(&Map::from_iter([("en".to_string(), "none".into())])));
        }
        if !matches!(at.value(), Value::List) {
            return self.texts(at);
        }
        let mut lines = Lines::new();
        for item in at.items() {
            let details = item.children().into_iter().filter(|(name, _)| name != "title");
            let details: Vec<String> = details.map(|(_, child)| words(child).join(" ")).collect();
            lines.titled("", item.get("title"), &details.join(", "));
        }
        self.literal(&lines)
    }

    /// The stage of higher education; nothing else is a level of this list without being a school of one country.
    fn level(&self) -> &'static str {
        let cycle = self.root().at(&["level", "cycle"]);
        let known = match cycle.and_then(At::peek).map(|code| code.slug().to_string()).as_deref() {
            Some("short") => "associate degree",
            Some("first") => "bachelor",
            Some("second") => "master",
            Some("third") => "doctoral",
            _ => return "undefined",
        };
        cycle.and_then(At::code);
        known
    }

    /// In words, for people; in full it is kept under `ext`.
    fn assessment(&self) -> Option<Json> {
        let mut lines = Lines::new();
        for at in self.root().each("assessment") {
            if matches!(at.value(), Value::Group) {
                lines.some(
                    at,
                    &[
                        "title",
                        "type",
                        "description",
                        "criteria",
                        "grading",
                        "pass_mark",
                        "supervision",
                    ],
                );
            }
        }
        self.literal(&lines)
    }

    fn place(&self) -> Option<Json> {
        let at = self.root().at(&["participation", "place"])?;
        let texts = self.texts(at)?;
        Some(json!([{ "addressType": "teaching", "additional": texts }]))
    }

    /// Programmes are named by UUIDs; what has none is kept under `ext`.
    fn programmes(&self) -> Option<Json> {
        let stackability = self.root().get("stackability")?;
        let known = stackability.each("part_of").into_iter().filter_map(|at| {
            let id = at.get("id").filter(|at| text(*at).is_some_and(is_uuid))?;
            id.line()
        });
        Some(known.map(|id| Json::from(id.to_lowercase())).collect())
    }

    /// The first awarding body; others are kept under `ext`.
    fn organisation(&self) -> Option<Json> {
        let at = self.body()?;
        let name = at.get("name")?;
        let id = at.get("id");
        let said = id.and_then(text).map(str::to_string);
        let called = said
            .clone()
            .unwrap_or_else(|| slug(name.preferred(&self.language).unwrap_or_default()));
        let homepage = at.get("homepage").filter(|at| address(*at).is_some());
        let iri = match (said.as_deref().filter(|id| is_iri(id)), homepage.and_then(address)) {
            (Some(iri), _) => iri.to_string(),
            (None, Some(homepage)) => format!("{}#{}", without_fragment(homepage), segment(&called)),
            (None, None) => format!("{}/organisation/{}", self.iri, segment(&called)),
        };
        let own = said.as_deref().filter(|id| is_uuid(id)).map(str::to_lowercase);
        let made = own.unwrap_or_else(|| uuid(&iri));
        let names = self.texts(name)?;
        let code = match &said {
            Some(said) if !is_uuid(said) => json!({ "codeType": "x-id", "code": said }),
            _ => json!({ "codeType": "uuid", "code": made }),
        };
        if let Some(id) = id {
            id.line();
            if said.as_deref().is_some_and(|id| !is_uuid(id)) {
                id.note(Phrase::new(mark(
                    "said as a code: the format wants a UUID, which is made of it",
                )));
            }
        }
        let country = at
            .get("country")
            .filter(|at| at.peek().is_some_and(|code| code.slug().len() == 2));
        let country = country
            .and_then(At::code)
            .map(|code| json!([{ "addressType": "postal", "countryCode": code.slug() }]));
        let mut ours = Map::new();
        for key in ["country", "region", "legal_id"] {
            let left = at.get(key).filter(|_| key != "country" || country.is_none());
            if let Some(value) = left.and_then(|at| self.keep(at)) {
                ours.insert(key.to_string(), value);
            }
        }
        let short = name.preferred(&self.language).unwrap_or_default();
        let short: String = said.filter(|id| !is_iri(id)).unwrap_or_else(|| short.to_string());
        let rows = vec![
            ("organizationId", Some(made.into())),
            ("primaryCode", Some(code)),
            ("organizationType", Some("root".into())),
            ("name", Some(names)),
            ("shortName", Some(short.chars().take(256).collect::<String>().into())),
            ("addresses", country),
            ("link", homepage.and_then(At::line).map(Json::from)),
            ("ext", (!ours.is_empty()).then(|| json!({ OURS: ours }))),
        ];
        Some(object(rows))
    }

    /// The awarding body that `organization` holds.
    fn body(&self) -> Option<At<'a>> {
        let bodies = self.root().each("awarding_bodies");
        bodies
            .into_iter()
            .find(|at| at.get("name").is_some_and(|name| name.preferred("").is_some()))
    }

    /// As it is written, and listed.
    fn keep(&self, at: At<'a>) -> Option<Json> {
        let value = native::value(at);
        at.note_all(&kept());
        (!value.is_null()).then_some(value)
    }

    /// Some statements of a group, kept; the key is left out where there are none.
    fn some(&self, ours: &mut Map<String, Json>, group: &str, keys: &[&str]) {
        let Some(at) = self.root().get(group) else { return };
        let found: Map<String, Json> = keys
            .iter()
            .filter_map(|key| Some(((*key).to_string(), self.keep(at.get(key)?)?)))
            .collect();
        if !found.is_empty() {
            ours.insert(group.to_string(), found.into());
        }
    }

    /// What has no key.
    fn ext(&self) -> Option<Json> {
        let root = self.root();
        let mut ours = Map::new();
        // By this the mapping knows our exports.
        ours.insert("descriptor".to_string(), "micro-credential/1".into());
        let whole = |ours: &mut Map<String, Json>, key: &str| {
            if let Some(value) = root.get(key).and_then(|at| self.keep(at)) {
                ours.insert(key.to_string(), value);
            }
        };
        for key in ["kind", "label"] {
            whole(&mut ours, key);
        }
        let body = self.body().map(At::path);
        let others: Vec<Json> = root
            .each("awarding_bodies")
            .into_iter()
            .filter(|at| Some(at.path()) != body)
            .filter_map(|at| self.keep(at))
            .collect();
        if !others.is_empty() {
            ours.insert("awarding_bodies".to_string(), others.into());
        }
        self.workload(&mut ours);
        match root.get("level").map(At::value) {
            Some(Value::Group) => self.level_rest(&mut ours),
            Some(_) => whole(&mut ours, "level"),
            None => {}
        }
        whole(&mut ours, "assessment");
        self.participation(&mut ours);
        for key in ["quality_assurance", "stackability"] {
            whole(&mut ours, key);
        }
        self.some(&mut ours, "further_information", &["contact", "documents", "reviewed"]);
        for key in [
            "issuing",
            "recognition",
            "target_group",
            "safety_critical",
            "brand_specific",
            "occupations",
        ] {
            whole(&mut ours, key);
        }
        Some(json!({ OURS: ours }))
    }

    fn workload(&self, ours: &mut Map<String, Json>) {
        let Some(at) = self
            .root()
            .get("workload")
            .filter(|at| matches!(at.value(), Value::Group))
        else {
            return;
        };
        let ects = self.ects().map(At::path);
        let mut kept = Map::new();
        for key in ["hours", "contact_hours", "self_study_hours", "workplace_hours"] {
            let said = key == "hours" && ects.is_none() && at.get(key).is_some_and(|at| at.number().is_some());
            let left = at.get(key).filter(|_| !said);
            if let Some(value) = left.and_then(|at| self.keep(at)) {
                kept.insert(key.to_string(), value);
            }
        }
        let credits = at.each("credits").into_iter().filter(|at| Some(at.path()) != ects);
        let credits: Vec<Json> = credits.filter_map(|at| self.keep(at)).collect();
        if !credits.is_empty() {
            kept.insert("credits".to_string(), credits.into());
        }
        if !kept.is_empty() {
            ours.insert("workload".to_string(), kept.into());
        }
    }

    fn level_rest(&self, ours: &mut Map<String, Json>) {
        let said = self.level() != "undefined";
        let keys: &[&str] = if said {
            &["eqf", "nqf", "assigned_by"]
        } else {
            &["eqf", "nqf", "cycle", "assigned_by"]
        };
        self.some(ours, "level", keys);
    }

    fn participation(&self, ours: &mut Map<String, Json>) {
        let Some(at) = self.root().get("participation") else {
            return;
        };
        let plain = self.says_modes(at);
        if plain {
            at.each("mode").into_iter().for_each(|at| drop(at.code()));
        }
        let languages = at.each("language");
        let one = languages.len() == 1 && self.teaching_language().is_some();
        let mut keys = vec!["schedule", "setting"];
        if !plain {
            keys.push("mode");
        }
        if !one {
            keys.push("language");
        }
        self.some(ours, "participation", &keys);
    }
}

/// What becomes of a statement under `ext`.
fn kept() -> Phrase {
    Phrase::new(mark("kept under `ext`, where other programs do not look"))
}

/// Text as the API has it. Of two languages that are shortened to the same, the first counts.
fn typed(texts: &Map<String, Json>) -> Json {
    let mut rows: Vec<Json> = Vec::new();
    for (language, text) in texts {
        let language = badge::tag(language).unwrap_or("und");
        if rows.iter().all(|row| row["language"] != language) {
            rows.push(json!({ "language": language, "value": text }));
        }
    }
    rows.into()
}

/// The name of a list of codes: one of theirs, else an extension.
fn code_type(scheme: &str) -> String {
    const THEIRS: [&str; 6] = [
        "brin",
        "crohoCreboCode",
        "programCode",
        "productId",
        "systemId",
        "identifier",
    ];
    if THEIRS.contains(&scheme) || scheme.starts_with("x-") {
        return scheme.to_string();
    }
    format!("x-{scheme}")
}
