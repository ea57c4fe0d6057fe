//! The specification: what the practice is, apart from who gets it and when it is offered.

use serde_json::{Map, Value as Json};

use super::super::{At, object, only_as_text};
use super::assessment::Assessment;
use super::lines::{self, Lines};
use super::organisation::push;
use super::{Class, Elm, Profile, Topic, concept, duration, named, node, page, segment, text, without_fragment};
use crate::descriptor::Value;
use crate::language::{Phrase, mark};
use crate::number;

const ENTITLEMENT: &str = "http://data.europa.eu/snb/entitlement";
const ENTITLEMENT_STATUS: &str = "http://data.europa.eu/snb/entitlement-status";
const ACTIVITY: &str = "http://data.europa.eu/snb/learning-activity";

impl<'a> Elm<'a> {
    /// The Qualification or LearningAchievementSpecification, without what only LOQ or only a credential has.
    pub(super) fn specification(&self, assessments: &[Assessment<'a>]) -> Json {
        let root = self.root();
        let class = self.class.name();
        let mut spec = named(class, Some(self.iri.clone()), Vec::new());
        let rows = [
            ("title", root.get("title").and_then(At::texts).map(Json::from)),
            (
                "description",
                root.get("description").and_then(At::texts).map(Json::from),
            ),
            ("category", root.get("label").and_then(|at| self.category(at))),
            ("identifier", self.identifiers(root)),
            (
                "thematicArea",
                root.at(&["field", "isced_f"]).and_then(|at| self.listed(at)).map(one),
            ),
        ];
        fill(&mut spec, rows.into());
        self.levels(&mut spec);
        if let Some(participation) = root.get("participation") {
            let languages = participation.each("language").into_iter();
            let rows = vec![
                ("language", Some(languages.filter_map(|at| self.language(at)).collect())),
                ("mode", self.every(participation, "mode")),
                (
                    "learningSetting",
                    participation.get("setting").and_then(|at| self.listed(at)),
                ),
            ];
            fill(&mut spec, rows);
        }
        if let Some(workload) = root.get("workload") {
            let rows = vec![
                ("volumeOfLearning", workload.get("hours").and_then(hours)),
                ("creditPoint", self.credits(workload)),
                ("influencedBy", Some(self.activities(workload))),
            ];
            fill(&mut spec, rows);
        }
        let specifications = |item: &Assessment<'a>| item.json.clone();
        let proven = (self.profile == Profile::Loq).then(|| assessments.iter().map(specifications).collect());
        let quality = &self.quality.accreditations;
        let rows = vec![
            ("targetGroup", self.every(root, "target_group")),
            ("learningOutcome", Some(self.outcomes())),
            (
                "entryRequirement",
                root.get("prerequisites").and_then(|at| self.prerequisites(at)),
            ),
            ("provenBy", proven),
            ("accreditation", Some(quality.clone().into())),
        ];
        fill(&mut spec, rows);
        if let Some(further) = root.get("further_information") {
            let rows = vec![
                ("homepage", further.get("homepage").and_then(page).map(one)),
                ("supplementaryDocument", Some(self.documents(further))),
            ];
            fill(&mut spec, rows);
        }
        self.stackability(&mut spec);
        self.notes(&mut spec);
        self.demands(&spec);
        spec
    }

    /// What the shapes demand of the specification.
    fn demands(&self, spec: &Json) {
        let class = self.class.name();
        let mut wanted = vec![("title", "title", "/title")];
        if self.profile == Profile::Loq {
            wanted.push(("thematicArea", "ISCEDFCode", "/field/isced_f"));
            wanted.push(("learningOutcome", "learningOutcome", "/learning_outcomes"));
            if self.class == Class::LearningAchievementSpecification {
                wanted.push(("language", "language", "/participation/language"));
            }
        }
        for (key, property, path) in wanted {
            if spec.get(key).is_none() {
                self.demand(path, class, property);
            }
        }
    }

    /// The name that is used instead of the word micro-credential, or that word.
    fn category(&self, at: At<'a>) -> Option<Json> {
        let code = at.code()?;
        let Some(entry) = code.entry else {
            at.note(only_as_text());
            return Some(self.said(&code.text).into());
        };
        Some(self.title_or_first(entry).into())
    }

    /// The label in the descriptor's language, else the first one there is.
    fn title_or_first(&self, entry: &'static crate::vocabulary::Entry) -> Map<String, Json> {
        let own = entry.labels.iter().find(|(language, _)| *language == self.language);
        let label = own.or(entry.labels.first());
        label.map_or_else(
            || self.said(entry.slug),
            |(language, label)| Map::from_iter([(language.to_string(), Json::from(*label))]),
        )
    }

    fn identifiers(&self, group: At<'a>) -> Option<Json> {
        let codes = group.each("codes").into_iter();
        Some(codes.filter_map(|code| self.identifier(code)).collect())
    }

    /// Levels of a Qualification have properties of their own; all others are levels of education.
    fn levels(&self, spec: &mut Json) {
        let Some(level) = self.root().get("level") else { return };
        let mut others = Vec::new();
        let qualification = self.class == Class::Qualification;
        let eqf = level.get("eqf").and_then(|at| Some((at, self.listed(at)?)));
        match eqf {
            Some((_, concept)) if qualification => spec["eqfLevel"] = concept,
            Some((at, concept)) => {
                at.note(self.moved());
                others.push(concept);
            }
            None => {}
        }
        for at in level.each("nqf") {
            let known = concept::nqf_uri(at).is_some();
            let Some(concept) = self.national_level(at) else {
                continue;
            };
            if known && qualification {
                push(spec, "nqfLevel", concept);
                continue;
            }
            if known {
                at.get("level").into_iter().for_each(|at| at.note(self.moved()));
            }
            others.push(concept);
        }
        others.extend(level.get("cycle").and_then(|at| self.any(at)));
        let whole = || {
            self.root()
                .get("kind")
                .and_then(At::peek)
                .is_some_and(|code| code.slug() == "qualification")
        };
        let rows = vec![
            ("educationLevel", Some(others.into())),
            ("isPartialQualification", qualification.then(|| Json::Bool(!whole()))),
        ];
        fill(spec, rows);
    }

    fn moved(&self) -> Phrase {
        let what = mark(
            "moved to `educationLevel`: only a `Qualification` has levels, and it must have both an EQF and an NQF level",
        );
        Phrase::new(what)
    }

    fn credits(&self, group: At<'a>) -> Option<Json> {
        let credits = group.each("credits").into_iter();
        Some(credits.filter_map(|at| self.credit(at)).collect())
    }

    /// Points without a system are no credits.
    fn credit(&self, at: At<'a>) -> Option<Json> {
        let (system, points) = (at.get("system")?, at.get("points")?.number()?);
        let rows = vec![
            ("framework", Some(self.any(system)?)),
            ("point", Some(number::display(points, 6).into())),
        ];
        Some(node("CreditPoint", rows))
    }

    /// Kinds of hours are activities.
    fn activities(&self, workload: At<'a>) -> Json {
        let titled = |title: &str| Some(Map::from_iter([("en".to_string(), Json::from(title))]).into());
        let activity = |name: &str, title: &str, mut rows: Vec<(&str, Option<Json>)>| {
            rows.insert(0, ("title", titled(title)));
            named(
                "LearningActivitySpecification",
                Some(format!("{}/activity/{name}", self.iri)),
                rows,
            )
        };
        let mut activities = Vec::new();
        if let Some(contact) = workload.get("contact_hours").and_then(At::number) {
            let hours = number::display(contact, 6);
            activities.push(activity(
                "contact",
                "Contact hours",
                vec![("contactHour", Some(hours.into()))],
            ));
        }
        if let Some(hours) = workload.get("self_study_hours").and_then(hours) {
            let scheme = format!("{ACTIVITY}/25831c2");
            let kind = self.published(&format!("{ACTIVITY}/b660f5dcea"), &scheme, "self-motivated study");
            let rows = vec![("dcType", Some(one(kind))), ("volumeOfLearning", Some(hours))];
            activities.push(activity("self-study", "Self-study", rows));
        }
        if let Some(hours) = workload.get("workplace_hours").and_then(hours) {
            activities.push(activity(
                "workplace",
                "Learning at the workplace",
                vec![("volumeOfLearning", Some(hours))],
            ));
        }
        activities.into()
    }

    fn outcomes(&self) -> Json {
        let outcomes = self.root().each("learning_outcomes").into_iter();
        outcomes.filter_map(|at| self.outcome(at)).collect()
    }

    fn outcome(&self, at: At<'a>) -> Option<Json> {
        let title = at.get("text")?.texts()?;
        let kind = at.get("kind").and_then(|at| self.listed(at));
        let mut notes = Lines::new();
        if kind.is_none() {
            notes.some(at, &["kind"]);
        }
        let (mut esco, mut skills) = (Vec::new(), Vec::new());
        for skill in at.each("esco") {
            let Some(uri) = text(skill)
                .filter(|_| super::address(skill).is_some())
                .map(str::to_string)
            else {
                continue;
            };
            skill.line();
            if uri.contains("/esco/skill/") {
                esco.push(self.esco(&uri));
            } else {
                skill.note(Phrase::new(mark("said as a related skill: it is none of ESCO")));
                skills.push(self.published(&uri, "", ""));
            }
        }
        skills.extend(at.each("skills").into_iter().filter_map(|at| self.skill(at)));
        let note = (!notes.is_empty()).then(|| {
            one(node(
                "Note",
                vec![("noteLiteral", Some(notes.literal(&self.language).into()))],
            ))
        });
        let rows = vec![
            ("title", Some(title.into())),
            ("dcType", kind),
            ("relatedESCOSkill", Some(esco.into())),
            ("relatedSkill", Some(skills.into())),
            ("additionalNote", note),
        ];
        Some(named("LearningOutcome", Some(self.part_iri("outcome", at)), rows))
    }

    /// One Note for all of them, a line each.
    fn prerequisites(&self, at: At<'a>) -> Option<Json> {
        let literal = match at.value() {
            Value::List => {
                let mut lines = Lines::new();
                for item in at.items() {
                    self.reference(&mut lines, item, "");
                }
                (!lines.is_empty()).then(|| lines.literal(&self.language))?
            }
            _ => at.texts()?,
        };
        Some(node("Note", vec![("noteLiteral", Some(literal.into()))]))
    }

    /// Another practice, in words.
    fn reference(&self, lines: &mut Lines, at: At<'a>, key: &str) {
        let children = at.children();
        let details = children.iter().filter(|(name, _)| name != "title");
        let details: Vec<String> = details.map(|(_, child)| lines::words(*child).join(" ")).collect();
        lines.titled(key, at.get("title"), &details.join(", "));
    }

    fn documents(&self, further: At<'a>) -> Json {
        let documents = further.each("documents").into_iter().filter_map(|at| {
            let mut document = at.get("url").and_then(page)?;
            fill(
                &mut document,
                vec![("title", at.get("title").and_then(At::texts).map(Json::from))],
            );
            Some(document)
        });
        documents.collect()
    }

    fn stackability(&self, spec: &mut Json) {
        let Some(stackability) = self.root().get("stackability") else {
            return;
        };
        if let Some(pathway) = stackability.get("pathway").and_then(At::texts) {
            push(spec, "additionalNote", self.note(Topic::Pathways, pathway));
        }
        let mut lines = Lines::new();
        lines.some(stackability, &["status"]);
        for (key, property, words) in [("part_of", "isPartOf", "part of"), ("has_part", "hasPart", "has part")] {
            for at in stackability.each(key) {
                // The closed shapes ask of a part all that they ask of the whole; nobody says that in passing.
                match self.is_edc().then(|| self.part(at)).flatten() {
                    Some(part) => push(spec, property, part),
                    None => self.reference(&mut lines, at, words),
                }
            }
        }
        for at in stackability.each("exempts") {
            // The LOQ shapes contradict one another on `status` (a text there, a concept here), so that no entitlement
            // can conform.
            match self.is_edc().then(|| self.entitlement(at)).flatten() {
                Some(entitlement) => push(spec, "entitlesTo", entitlement),
                None => self.reference(&mut lines, at, "exempts"),
            }
        }
        if !lines.is_empty() {
            push(
                spec,
                "additionalNote",
                self.note(Topic::Pathways, lines.literal(&self.language)),
            );
        }
    }

    /// Another practice as a specification of its own.
    fn part(&self, at: At<'a>) -> Option<Json> {
        let title = at.get("title")?.texts()?;
        let id = at.get("id").and_then(At::line).map(|id| segment(&id));
        let address = at
            .get("url")
            .and_then(super::address)
            .map(|address| without_fragment(address).to_string());
        let iri = match (id, address) {
            (Some(id), Some(address)) => Some(format!("{address}#{id}")),
            (Some(id), None) => Some(format!("urn:credlint:practice:{id}")),
            _ => None,
        };
        let level = at.get("level");
        let known = level.is_some_and(|level| concept::nqf_uri(level).is_some());
        let level = level.and_then(|level| self.national_level(level)).map(one);
        let (nqf, other) = if known && self.class == Class::Qualification {
            (level, None)
        } else {
            (None, level)
        };
        let rows = vec![
            ("title", Some(title.into())),
            (
                "identifier",
                at.get("code").and_then(|code| self.identifier(code)).map(one),
            ),
            ("nqfLevel", nqf),
            ("educationLevel", other),
            ("creditPoint", self.credits(at)),
            ("homepage", at.get("url").and_then(page).map(one)),
        ];
        Some(named(self.class.name(), iri, rows))
    }

    /// An exemption is a learning opportunity that one may become entitled to.
    fn entitlement(&self, at: At<'a>) -> Option<Json> {
        let title = at.get("title")?.texts()?;
        let mut lines = Lines::new();
        for (key, child) in at.children() {
            if key == "level" || key == "credits" {
                lines.push(&key, lines::words(child).join(" "));
            }
        }
        let note = (!lines.is_empty()).then(|| {
            one(node(
                "Note",
                vec![("noteLiteral", Some(lines.literal(&self.language).into()))],
            ))
        });
        let (kinds, states) = (
            format!("{ENTITLEMENT}/25831c2"),
            format!("{ENTITLEMENT_STATUS}/25831c2"),
        );
        let rows = vec![
            ("title", Some(title.into())),
            (
                "dcType",
                Some(self.published(&format!("{ENTITLEMENT}/64aad92881"), &kinds, "learning opportunity")),
            ),
            (
                "entitlementStatus",
                Some(self.published(&format!("{ENTITLEMENT_STATUS}/5b8d6b34fb"), &states, "prospective")),
            ),
            (
                "identifier",
                at.get("code").and_then(|code| self.identifier(code)).map(one),
            ),
            ("homepage", at.get("url").and_then(page).map(one)),
            ("additionalNote", note),
        ];
        let entitlement = named(
            "LearningEntitlementSpecification",
            Some(self.part_iri("exempts", at)),
            rows,
        );
        at.note_all(&Phrase::new(mark("said as an entitlement to a learning opportunity")));
        Some(entitlement)
    }

    /// What has no property.
    fn notes(&self, spec: &mut Json) {
        let root = self.root();
        let mut add = |topic: Topic, lines: &Lines| {
            if !lines.is_empty() {
                push(spec, "additionalNote", self.note(topic, lines.literal(&self.language)));
            }
        };
        let mut level = Lines::new();
        if let Some(at) = root.at(&["level", "assigned_by"]) {
            level.all(at, "level assigned by");
        }
        add(Topic::Regulations, &level);
        for at in root.each("assessment") {
            if at.get("title").is_none() && at.get("type").is_none() {
                let mut lines = Lines::new();
                lines.all(at, "");
                add(Topic::Assessment, &lines);
                self.left_out(
                    format!("{}/title", at.path()),
                    mark("no `LearningAssessmentSpecification` is written: a title or a type must be stated"),
                );
            }
        }
        let mut ways = Lines::new();
        if let Some(participation) = root.get("participation") {
            if participation
                .get("setting")
                .is_some_and(|at| concept::official(at).is_none())
            {
                ways.some(participation, &["setting"]);
            }
            if root.each("offers").is_empty() {
                ways.some(participation, &["schedule"]);
            }
            ways.some(participation, &["place"]);
        }
        add(Topic::Ways, &ways);
        for at in root.each("recognition") {
            let mut lines = Lines::new();
            lines.all(at, "");
            add(Topic::Regulations, &lines);
        }
        if let Some(further) = root.get("further_information") {
            if let Some(contact) = further.get("contact").and_then(At::line) {
                let mut lines = Lines::new();
                lines.push("", contact);
                add(Topic::Contact, &lines);
            }
            let mut history = Lines::new();
            history.some(further, &["reviewed"]);
            add(Topic::History, &history);
        }
        for note in &self.quality.notes {
            push(spec, "additionalNote", note.clone());
        }
    }
}

fn hours(at: At<'_>) -> Option<Json> {
    at.number().map(|hours| duration(hours).into())
}

/// A list of one.
pub(super) fn one(value: Json) -> Json {
    Json::Array(vec![value])
}

/// Adds rows to an object; what is absent is left out.
pub(super) fn fill(target: &mut Json, rows: Vec<(&str, Option<Json>)>) {
    if let (Json::Object(target), Json::Object(rows)) = (target, object(rows)) {
        target.extend(rows);
    }
}
