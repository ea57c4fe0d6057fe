//! The published schemas: right by their own standard, current, and agreeing with what the program does.

use credlint::cli::SchemaName;
use credlint::report::json;
use serde_json::Value;

use crate::{check, check_as, file, root, set};

const GENERATED: [(SchemaName, &str); 12] = [
    (SchemaName::Baseline, "schemas/baseline.schema.json"),
    (SchemaName::Rule, "schemas/rule.schema.json"),
    (SchemaName::Profile, "schemas/profile.schema.json"),
    (SchemaName::Config, "schemas/config.schema.json"),
    (SchemaName::Typology, "schemas/typology.schema.json"),
    (SchemaName::Weights, "schemas/weights.schema.json"),
    (SchemaName::Diff, "schemas/diff.schema.json"),
    (SchemaName::Agreement, "schemas/agreement.schema.json"),
    (SchemaName::Mapping, "schemas/mapping.schema.json"),
    (SchemaName::Result, "schemas/result.schema.json"),
    (SchemaName::ResultLine, "schemas/result-line.schema.json"),
    (SchemaName::Statistics, "schemas/statistics.schema.json"),
];

/// To write them anew: `UPDATE_DOCS=1 cargo test schemas_are_current`.
#[test]
fn schemas_are_current() {
    for (name, path) in GENERATED {
        let text = credlint::schemas::text(name);
        if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
            std::fs::write(root().join(path), &text).expect("written");
        }
        let stored = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(
            stored == text,
            "{path} is out of date; run: UPDATE_DOCS=1 cargo test schemas_are_current"
        );
    }
}

#[test]
fn every_schema_is_a_schema() {
    for name in [
        SchemaName::Descriptor,
        SchemaName::Rule,
        SchemaName::Profile,
        SchemaName::Config,
        SchemaName::Typology,
        SchemaName::Weights,
        SchemaName::Baseline,
        SchemaName::Diff,
        SchemaName::Agreement,
        SchemaName::Mapping,
        SchemaName::Result,
        SchemaName::ResultLine,
        SchemaName::Statistics,
    ] {
        let schema: Value = serde_json::from_str(&credlint::schemas::text(name)).expect("JSON");
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name:?}");
    }
}

/// A schema as we publish it.
pub(crate) fn schema(name: SchemaName) -> jsonschema::Validator {
    let schema = serde_json::from_str(&credlint::schemas::text(name)).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// What the program writes is valid by what we publish of it.
pub(crate) fn fits(schema: &jsonschema::Validator, written: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(written)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn results_are_valid_by_the_result_schema() {
    let practices = [
        check(&file("fixtures/corpus/exemplary.yaml")),
        check("descriptor: micro-credential/1\nworkload: {hours: 50, credits: [{system: ECTS, points: 4.5}]}\n"),
        check("a: [\n"),
    ];
    let summary = practices
        .iter()
        .fold(credlint::report::Summary::default(), |mut summary, practice| {
            summary.add(practice);
            summary
        });
    let result = json::ResultFile {
        version: json::RESULT_VERSION,
        made_by: json::made_by(set("eu"), &crate::options()),
        practices: practices
            .iter()
            .map(|practice| json::practice(set("eu"), &crate::options(), practice))
            .collect(),
        catalogue: json::catalogue(
            None,
            Some(credlint::gather::NotRun::Named),
            Vec::new(),
            credlint::language::Language::ENGLISH,
        ),
        sensitivity: None,
        patterns: Vec::new(),
        summary,
    };
    let result = serde_json::to_value(&result).expect("JSON");
    fits(&schema(SchemaName::Result), &result);
}

/// An editor helps a provider type: every key says what it is.
#[test]
fn every_key_of_the_descriptor_has_a_title_and_a_description() {
    let schema: Value = serde_json::from_str(&file("schemas/descriptor.schema.json")).expect("JSON");
    let mut missing = Vec::new();
    visit(&schema, &schema, "", &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}

fn visit(root: &Value, at: &Value, path: &str, missing: &mut Vec<String>) {
    for (name, property) in at["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        let target = property["$ref"]
            .as_str()
            .and_then(|reference| root.pointer(reference.trim_start_matches('#')));
        let has = |key: &str| property[key].is_string() || target.is_some_and(|target| target[key].is_string());
        if !has("title") || !has("description") {
            missing.push(path.clone());
        }
    }
    for (name, definition) in at["$defs"].as_object().into_iter().flatten() {
        visit(root, definition, &format!("{path}/$defs/{name}"), missing);
    }
}

/// The slugs that the schema offers to an editor are slugs of the vocabularies.
#[test]
fn enumerations_of_the_schema_are_in_the_vocabularies() {
    let schema: Value = serde_json::from_str(&file("schemas/descriptor.schema.json")).expect("JSON");
    for (name, definition) in schema["$defs"].as_object().expect("$defs") {
        let Some(list) = definition["x-vocabulary"]
            .as_str()
            .and_then(credlint::vocabulary::embedded)
        else {
            continue;
        };
        let slugs = definition["anyOf"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|branch| branch["enum"].as_array().cloned().unwrap_or_default());
        for slug in slugs.filter_map(|slug| slug.as_str().map(str::to_string)) {
            assert!(list.find(&slug).is_some() || slug == "none", "{name}: {slug}");
        }
    }
}

#[test]
fn every_seed_and_the_exemplary_descriptor_have_the_right_shape() {
    for path in [
        "fixtures/corpus/exemplary.yaml",
        "seeds/pt/ufcd-10862.yaml",
        "seeds/es/navarre-teacher-certification.yaml",
    ] {
        for practice in check_as("eu", path, &file(path)) {
            let shape: Vec<_> = practice
                .findings
                .iter()
                .filter(|finding| set("eu").rules[finding.rule].id.starts_with("shape/"))
                .map(|finding| &finding.message)
                .collect();
            assert!(shape.is_empty(), "{path}: {shape:?}");
        }
    }
}

/// The program compiles the bare descriptor schema as draft 7, which is quicker to check. That is the same schema as
/// long as it uses nothing that 2020-12 added or reads otherwise: new keywords, and constraints beside a `$ref`.
#[test]
fn the_descriptor_schema_reads_alike_in_draft_7() {
    let schema: Value = serde_json::from_str(&file("schemas/descriptor.schema.json")).expect("JSON");
    let mut odd = Vec::new();
    collect_odd(&schema, "", &mut odd);
    // The header's value is a rule of its own (`document/version`).
    assert_eq!(odd, ["/properties/descriptor: const beside $ref"]);
}

fn collect_odd(at: &Value, path: &str, odd: &mut Vec<String>) {
    const NEW: [&str; 8] = [
        "unevaluatedProperties",
        "unevaluatedItems",
        "prefixItems",
        "dependentRequired",
        "dependentSchemas",
        "minContains",
        "maxContains",
        "$dynamicRef",
    ];
    let Some(object) = at.as_object() else {
        at.as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .for_each(|(i, item)| collect_odd(item, &format!("{path}/{i}"), odd));
        return;
    };
    let annotation = |key: &str| matches!(key, "$ref" | "title" | "description" | "examples") || key.starts_with("x-");
    let has_ref = object.get("$ref").is_some_and(Value::is_string);
    for (key, value) in object {
        if NEW.contains(&key.as_str()) {
            odd.push(format!("{path}: {key}"));
        }
        if has_ref && !annotation(key) {
            odd.push(format!("{path}: {key} beside $ref"));
        }
        if key != "examples" {
            collect_odd(value, &format!("{path}/{key}"), odd);
        }
    }
}
