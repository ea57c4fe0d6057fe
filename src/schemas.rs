//! The published JSON Schemas. The descriptor's is written by hand; the others come from the types.

use schemars::{JsonSchema, schema_for};

use crate::cli::SchemaName;

/// A schema as pretty JSON with a line break at the end.
pub fn text(name: SchemaName) -> String {
    match name {
        SchemaName::Descriptor => crate::descriptor::model::DESCRIPTOR_SCHEMA.to_string(),
        SchemaName::Rule => pretty::<crate::rule::RuleFile>(),
        SchemaName::Profile => pretty::<crate::profile::ProfileFile>(),
        SchemaName::Config => pretty::<crate::config::ConfigFile>(),
        SchemaName::Baseline => pretty::<crate::baseline::BaselineFile>(),
        SchemaName::Typology => pretty::<crate::typology::TypologyFile>(),
        SchemaName::Diff => pretty::<crate::diff::Diff>(),
        SchemaName::Agreement => pretty::<crate::agreement::Agreement>(),
        SchemaName::Weights => pretty::<crate::weights::WeightsFile>(),
        SchemaName::Mapping => pretty::<crate::sheet::mapping::MappingFile>(),
        SchemaName::Result => pretty::<crate::report::json::ResultFile>(),
        SchemaName::Statistics => pretty::<crate::report::statistics::Statistics>(),
        SchemaName::ResultLine => pretty::<crate::report::ndjson::Line>(),
    }
}

fn pretty<T: JsonSchema>() -> String {
    let schema = schema_for!(T);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
