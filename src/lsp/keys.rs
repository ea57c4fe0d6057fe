//! What may stand at a place of a descriptor: titles, descriptions and codes of the schema, by path.

use std::sync::OnceLock;

use serde_json::Value as Json;

use super::outline::Step;
use crate::descriptor::model::DESCRIPTOR_SCHEMA;
use crate::vocabulary::{self, Vocabulary};

/// A reference leads to a definition, and that seldom to another.
const DEEPEST: usize = 8;

/// The schema of a descriptor with its texts.
fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| serde_json::from_str(DESCRIPTOR_SCHEMA).expect("the shipped schema is JSON (test `schemas`)"))
}

/// What the schema says about a place.
#[derive(Clone, Debug)]
pub struct Place {
    /// What is said of the place itself.
    own: &'static Json,
    /// That, and everything it may be.
    all: Vec<&'static Json>,
}

/// A key that a mapping may have.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    schema: &'static Json,
}

impl Field {
    /// What the schema says about its value.
    pub fn place(&self) -> Place {
        Place::of(self.schema)
    }
}

impl Place {
    /// A descriptor as a whole.
    pub fn root() -> Place {
        Place::of(schema())
    }

    /// The place at the end of a path; nothing where the schema knows none. A list of descriptors begins with an item.
    pub fn at(path: &[Step]) -> Option<Place> {
        let skip = usize::from(matches!(path.first(), Some(Step::Item(_))));
        path[skip..]
            .iter()
            .try_fold(Place::root(), |place, step| place.inside(step))
    }

    fn of(own: &'static Json) -> Place {
        let mut all = Vec::new();
        expand(own, DEEPEST, &mut all);
        Place { own, all }
    }

    fn inside(&self, step: &Step) -> Option<Place> {
        let items = || {
            self.all
                .iter()
                .map(|schema| &schema["items"])
                .find(|items| items.is_object())
        };
        match step {
            Step::Item(_) => items().map(Place::of),
            Step::Key(name) => {
                let own = |place: &Place| {
                    let known = place.all.iter().find_map(|schema| schema["properties"].get(name));
                    let free = || place.all.iter().map(|schema| &schema["additionalProperties"]);
                    known
                        .or_else(|| free().find(|schema| schema.is_object()))
                        .map(Place::of)
                };
                // One mapping where a list is asked for is a slip that many make.
                own(self).or_else(|| own(&Place::of(items()?)))
            }
        }
    }

    fn say(&self, key: &str) -> Option<&'static str> {
        self.own[key]
            .as_str()
            .or_else(|| self.all.iter().find_map(|schema| schema[key].as_str()))
    }

    /// Its title.
    pub fn title(&self) -> Option<&'static str> {
        self.say("title")
    }

    /// What is said of it.
    pub fn description(&self) -> Option<&'static str> {
        self.say("description")
    }

    /// An example of what may stand there.
    pub fn example(&self) -> Option<&'static Json> {
        let examples = |schema: &&'static Json| schema["examples"].get(0);
        examples(&self.own).or_else(|| self.all.iter().find_map(examples))
    }

    /// The list that its codes come from.
    pub fn vocabulary(&self) -> Option<&'static Vocabulary> {
        let name = self.all.iter().find_map(|schema| schema["x-vocabulary"].as_str())?;
        vocabulary::embedded(name)
    }

    /// The keys of the mapping that may stand there, in the order of the standard, and last those that only say why
    /// nothing does.
    pub fn fields(&self) -> Vec<Field> {
        let mappings = self.all.iter().filter_map(|schema| schema["properties"].as_object());
        let mut fields: Vec<Field> = mappings
            .flatten()
            .map(|(name, schema)| Field { name, schema })
            .collect();
        fields.sort_by_key(|field| field.name == "not_applicable");
        fields
    }

    /// Keys without which the mapping is not whole.
    pub fn required(&self) -> Vec<&'static str> {
        let lists = self
            .all
            .iter()
            .filter(|schema| schema["properties"]["not_applicable"].is_null());
        let names = lists.filter_map(|schema| schema["required"].as_array()).flatten();
        names.filter_map(Json::as_str).collect()
    }

    /// Words that are the whole value: `none`, the name of the format.
    pub fn constants(&self) -> Vec<&'static str> {
        self.all.iter().filter_map(|schema| schema["const"].as_str()).collect()
    }

    /// Whether it is `true` or `false`.
    pub fn is_flag(&self) -> bool {
        self.has_type("boolean")
    }

    /// Whether a number may stand there.
    pub fn is_number(&self) -> bool {
        self.has_type("number") || self.has_type("integer")
    }

    /// Whether a list is what stands there.
    pub fn is_list(&self) -> bool {
        self.has_type("array")
    }

    /// Whether free text may stand there, in which nobody looks for keys.
    pub fn is_prose(&self) -> bool {
        let kind = |schema: &&'static Json| matches!(schema["x-kind"].as_str(), Some("text" | "line" | "url"));
        self.all.iter().any(kind)
    }

    /// Whether its keys are the user's to choose.
    pub fn is_table(&self) -> bool {
        !self.is_prose() && self.all.iter().any(|schema| schema["additionalProperties"].is_object())
    }

    /// Whether it holds what a conversion writes and nobody types.
    pub fn is_opaque(&self) -> bool {
        self.all.iter().any(|schema| schema["x-kind"] == "any")
    }

    fn has_type(&self, name: &str) -> bool {
        self.all.iter().any(|schema| schema["type"] == name)
    }
}

fn expand(schema: &'static Json, depth: usize, all: &mut Vec<&'static Json>) {
    if depth == 0 {
        return;
    }
    all.push(schema);
    let pointer = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    if let Some(target) = pointer.and_then(|pointer| self::schema().pointer(pointer)) {
        expand(target, depth - 1, all);
    }
    for branch in ["anyOf", "oneOf"]
        .iter()
        .filter_map(|key| schema[key].as_array())
        .flatten()
    {
        expand(branch, depth - 1, all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Place {
        let step = |segment: &str| match segment {
            "0" => Step::Item(0),
            key => Step::Key(key.to_string()),
        };
        let path: Vec<Step> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(step)
            .collect();
        Place::at(&path).expect("a place")
    }

    #[test]
    fn places_of_the_schema() {
        assert_eq!(at("level/eqf").vocabulary().map(|list| list.name), Some("eqf"));
        assert_eq!(at("level").constants(), ["none"]);
        assert_eq!(
            at("assessment/0/type").vocabulary().map(|list| list.name),
            Some("assessment-type")
        );
        assert_eq!(
            at("assessment/type").title(),
            Some("Type"),
            "a mapping in the place of a list"
        );
        assert_eq!(at("codes/0").required(), ["scheme", "value"]);
        assert_eq!(
            at("units/0/level/nqf/0/framework").vocabulary().map(|list| list.name),
            Some("nqf-framework")
        );
        assert!(at("safety_critical").is_flag() && at("workload/hours").is_number());
        assert!(at("title").is_prose() && !at("level").is_prose());
        assert!(at("sources").is_table() && !at("title").is_table());
        assert!(at("extra").is_opaque() && !at("evidence").is_opaque());
        assert!(Place::at(&[Step::Key("nonsense".to_string())]).is_none());
        let last = at("level").fields().last().map(|field| field.name);
        assert_eq!(last, Some("not_applicable"));
        // A description stands beside the key, or at what the key refers to.
        for field in Place::root().fields() {
            assert!(field.place().description().is_some(), "{}", field.name);
        }
    }
}
