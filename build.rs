//! Turns the rule pack (YAML under `rules/`) into JSON and static tables inside the binary, so that nothing is parsed
//! from YAML at start-up and a vocabulary costs nothing until it is asked, and keeps the files themselves, compressed, for
//! `rules --export`. What the files mean, and their digest, is in `src/pack/folder.rs`, which the program has too.

#[allow(unreachable_pub, dead_code, reason = "shared with the library, where it is public")]
#[path = "src/normalise.rs"]
mod normalise;

#[allow(dead_code, reason = "shared with the library, which needs more of it")]
#[path = "src/digest.rs"]
mod digest;

#[path = "src/pack/folder.rs"]
mod folder;

use std::fmt::{Debug, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use folder::{Content, List, Section, Translation};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    for read in [
        "rules",
        "build.rs",
        "src/digest.rs",
        "src/normalise.rs",
        "src/pack/folder.rs",
        "schemas/descriptor.schema.json",
        "fixtures/rules",
    ] {
        println!("cargo:rerun-if-changed={read}");
    }
    let texts = folder::texts(Path::new("rules")).map_err(told)?;
    let content = Content::of(&texts).map_err(told)?;
    let mut code = String::from(
        "use super::{Pack, Sources};\nuse crate::language::Texts;\nuse crate::vocabulary::{Data, Entry, Vocabulary};\n\n\
         pub(super) static EMBEDDED: Pack = Pack {\n",
    );
    for section in ["rules", "profiles", "formats", "mappings", "outcomes"] {
        let files = content.section(section).map_err(told)?;
        let rows: Vec<(String, String)> = files
            .into_iter()
            .map(|(name, value)| (name, value.to_string()))
            .collect();
        writeln!(code, "{section}: &{rows:?},")?;
    }
    writeln!(code, "common_words: &{:?},", content.common_words().map_err(told)?)?;
    writeln!(
        code,
        "vocabularies: {},",
        slice(&content.vocabularies().map_err(told)?, vocabulary)
    )?;
    writeln!(
        code,
        "languages: {},",
        slice(&content.languages().map_err(told)?, language)
    )?;
    writeln!(
        code,
        "examples: &{:?},",
        examples(&content.section("rules").map_err(told)?)
    )?;
    writeln!(code, "digest: {:?},\nsnapshot: {:?},", content.digest, content.snapshot)?;
    code.push_str("sources: Sources::Compressed(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/pack.z\"))),\n};\n");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string("schemas/descriptor.schema.json")?)?;
    strip(&mut schema);
    schema.as_object_mut().ok_or("an object")?.shift_remove("$schema");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptor.schema.json"), serde_json::to_string(&schema)?)?;
    std::fs::write(out.join("pack.rs"), code)?;
    let file = std::fs::File::create(out.join("pack.z"))?;
    let mut compressed = flate2::write::ZlibEncoder::new(file, flate2::Compression::best());
    serde_json::to_writer(&mut compressed, &texts)?;
    compressed.finish()?;
    Ok(())
}

fn told(wrong: folder::Wrong) -> Failure {
    format!("rules/{wrong}").into()
}

/// The first bad and the first good case of every rule, for `explain`: the fixtures are the examples.
fn examples(rules: &Section) -> Vec<(&str, String, String)> {
    let case = |id: &str, kind: &str| {
        let read = |extension| std::fs::read(format!("fixtures/rules/{id}/{kind}.{extension}"));
        first_case(id, &read("yaml").or_else(|_| read("csv")).unwrap_or_default())
    };
    let ids = rules.iter().map(|(id, _)| id.as_str());
    ids.map(|id| (id, case(id, "bad"), case(id, "good"))).collect()
}

/// The first document of a stream without its comments, marks and header; of a catalogue the documents up to the next
/// comment.
fn first_case(id: &str, stream: &[u8]) -> String {
    let text = String::from_utf8_lossy(stream);
    let catalogue = id.starts_with("catalogue/");
    let lines = text
        .lines()
        .skip_while(|line| line.starts_with("---") || line.starts_with('#'));
    let case = lines.take_while(|line| (catalogue || !line.starts_with("---")) && !line.starts_with("# "));
    let case = case.map(|line| line.split("  #~ ").next().unwrap_or_default());
    let lines: Vec<&str> = case.filter(|line| *line != "descriptor: micro-credential/1").collect();
    lines.join("\n").trim_end_matches(['-', '\n']).to_string()
}

/// Takes out of a schema what only people and editors read; it is most of the file, and the program reads the rest at
/// every start.
fn strip(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    keywords
        .retain(|key, value| !(key == "examples" || (value.is_string() && (key == "title" || key == "description"))));
    for (key, value) in keywords.iter_mut() {
        match key.as_str() {
            "properties" | "$defs" | "patternProperties" => value
                .as_object_mut()
                .into_iter()
                .flatten()
                .for_each(|(_, inner)| strip(inner)),
            "anyOf" | "oneOf" | "allOf" => value.as_array_mut().into_iter().flatten().for_each(strip),
            "items" | "additionalProperties" | "propertyNames" => strip(value),
            _ => {}
        }
    }
}

/// A slice in the program's own code, an item on each line.
fn slice<T>(items: &[T], code: impl Fn(&T) -> String) -> String {
    let items: String = items.iter().map(|item| code(item) + ",\n").collect();
    format!("&[\n{items}]")
}

fn language(own: &Translation) -> String {
    let Translation { code, texts, phrases } = own;
    format!("Texts {{ code: {code:?}, texts: &{texts:?}, phrases: &{phrases:?} }}")
}

fn vocabulary(list: &List) -> String {
    let field = |name: &str, value: &dyn Debug| format!("{name}: {value:?}, ");
    let entry = |entry: &folder::Item| {
        format!(
            "Entry {{ {}{}labels: &{:?}, flags: &{:?}, values: {} }}",
            field("slug", &entry.slug),
            field("uri", &entry.uri),
            entry.labels,
            entry.flags,
            rows(entry.values.iter().map(|(key, value)| (key, value)))
        )
    };
    format!(
        "Vocabulary {{ {}{}{}{}{}{}index: &{:?}, entries: {} }}",
        field("name", &list.name),
        field("title", &list.title),
        field("origin", &list.origin),
        field("scheme", &list.scheme),
        field("licence", &list.licence),
        field("snapshot", &list.snapshot),
        list.index,
        slice(&list.entries, entry)
    )
}

fn rows<'v>(rows: impl Iterator<Item = (&'v String, &'v Value)>) -> String {
    let rows: String = rows
        .map(|(key, value)| format!("({key:?}, {}), ", data(value)))
        .collect();
    format!("&[{rows}]")
}

fn data(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: String = items.iter().map(|item| data(item) + ", ").collect();
            format!("Data::List(&[{items}])")
        }
        Value::Object(table) => format!("Data::Table({})", rows(table.iter())),
        other => format!("Data::Text({:?})", folder::plain(other)),
    }
}
