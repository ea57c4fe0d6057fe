//! The page of a format: what it is, by what it is told, what it can say of a practice, and what a conversion into it loses.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::first_upper;
use crate::convert::{ElmVersion, Imported, Target, Wanted, convert};
use crate::descriptor::mapped::{Format, Inexpressible};
use crate::descriptor::model::{Field, LineKind, Shape, model};
use crate::descriptor::native;
use crate::language::{Language, mark};
use crate::rule::Phase;
use crate::rule::set::RuleSet;
use crate::standard::Element;
use crate::vocabulary::{Data, embedded};

pub(super) fn page(set: &RuleSet, format: &Format, language: Language) -> String {
    let phase = match format.phase {
        Phase::Issued => mark("its records are judged as issued credentials"),
        _ => mark("its records are judged as descriptors"),
    };
    let mut out = format!(
        "# {}\n\n`{}` · {}\n\n{}.\n",
        format.title,
        format.format,
        language.tr(phase),
        first_upper(format.about(language))
    );
    recognised(&mut out, format, language);
    elements(&mut out, set, format, language);
    writer(&mut out, set, format, language);
    out
}

fn recognised(out: &mut String, format: &Format, language: Language) {
    let heading = language.tr(mark("How it is recognised"));
    let way = language.fill(
        "By what is in it, never by its name: any of these rows. `--format-in {name}` reads a file as this format all the same.",
        &[("name", &format.format)],
    );
    let _ = writeln!(out, "\n## {heading}\n\n{way}\n");
    for (has, lacks) in format.signatures() {
        let _ = write!(out, "- {}", listed(&has));
        if !lacks.is_empty() {
            let _ = write!(
                out,
                "; {}",
                language.fill("without {names}", &[("names", &listed(&lacks))])
            );
        }
        out.push('\n');
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn elements(out: &mut String, set: &RuleSet, format: &Format, language: Language) {
    let _ = writeln!(
        out,
        "\n## {}\n\n{}\n\n| {} | {} | {} |\n|---|---|---|",
        language.tr(mark("What it can say")),
        language.tr(mark(
            "Where a statement belongs, and what to do where the format has no place for it. What has no place is never an error."
        )),
        language.tr(mark("element")),
        language.tr(mark("place")),
        language.tr(mark("where there is none")),
    );
    for element in Element::JUDGED {
        let homes = match element {
            // These are stated inside what another element is about.
            Element::Supervision => vec![vec!["assessment", "supervision"]],
            Element::Portability => vec![vec!["issuing", "formats"]],
            _ => set.elements.info(element).map(|info| info.homes()).unwrap_or_default(),
        };
        let place = homes.iter().find_map(|keys| format.place_of(keys));
        let gaps = format.gaps().iter().filter(|gap| gap.element == element);
        let gaps: Vec<String> = gaps.map(|gap| fallback(format, gap, language)).collect();
        let whole = format
            .gaps()
            .iter()
            .any(|gap| gap.element == element && gap.is_of_all());
        let place = match place {
            Some(place) if place.is_empty() => language.tr(mark("the format itself says it")).into_owned(),
            Some(place) if !whole => format!("`{place}`"),
            _ => "–".to_string(),
        };
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let name = set.elements.name(element, language);
        let _ = writeln!(
            out,
            "| [{name}](../elements/{}.md) | {} | {} |",
            element.slug(),
            cell(&place),
            cell(&gaps.join("; "))
        );
    }
}

fn fallback(format: &Format, gap: &Inexpressible, language: Language) -> String {
    let text = format.fallback(gap, language);
    let narrower = gap
        .class
        .iter()
        .chain(&gap.keys)
        .map(String::as_str)
        .collect::<Vec<_>>();
    if narrower.is_empty() {
        text.to_string()
    } else {
        format!("({}) {text}", listed(&narrower))
    }
}

/// The writer of a format, if there is one.
fn target(format: &Format) -> Option<Target> {
    match format.format.as_str() {
        "edc" => Some(Target::EdcTemplate),
        "elm-loq" => Some(Target::ElmLoq),
        "open-badges-3" | "open-badges-3-achievement" => Some(Target::OpenBadges3),
        "ooapi" | "ooapi-extended" => Some(Target::Ooapi),
        _ => None,
    }
}

fn writer(out: &mut String, set: &RuleSet, format: &Format, language: Language) {
    let _ = writeln!(out, "\n## {}\n", language.tr(mark("Writing it")));
    let Some(target) = target(format) else {
        let _ = writeln!(
            out,
            "{}",
            language.tr(mark(
                "There is no writer: files of this format are read, checked and converted into others."
            ))
        );
        return;
    };
    let name =
        clap::ValueEnum::to_possible_value(&target).map_or_else(String::new, |value| value.get_name().to_string());
    let head = language.fill(
        "`credlint convert --to {name}` writes {title}. Of a descriptor that states every key, this is not carried over in full; the list of a conversion says what it means for the file at hand.",
        &[("name", &name), ("title", &target.title())],
    );
    let _ = writeln!(out, "{head}\n");
    for (what, keys) in losses(set, target, language) {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let _ = writeln!(out, "- {what}: {}", listed(&keys));
    }
}

/// What becomes of the keys that a conversion of a descriptor with every key loses, each fate with its keys. Where all that
/// stands under a key shares one, the key is named alone.
fn losses(set: &RuleSet, target: Target, language: Language) -> Vec<(String, Vec<String>)> {
    let whole = whole();
    let text = whole.to_string();
    let trees = crate::tree::parse(&text);
    let Some(tree) = trees.first() else { return Vec::new() };
    let descriptor = native::read(tree, tree.root, &set.native, &set.placeholders);
    let wanted = Wanted {
        target,
        version: ElmVersion::default(),
        language,
        extract: false,
        as_of: jiff::civil::Date::ZERO,
    };
    let mut lost: Vec<(String, String)> = Vec::new();
    for loss in convert(&descriptor, &Imported::default(), wanted).losses {
        let steps = loss.path.split('/').filter(|step| !step.is_empty());
        let keys: Vec<&str> = steps.filter(|step| step.parse::<usize>().is_err()).collect();
        let path = keys.join(".");
        if !lost.iter().any(|(known, _)| *known == path) {
            lost.push((path, loss.what));
        }
    }
    let mut stated = Vec::new();
    leaves(&whole, String::new(), &mut stated);
    let shares = |prefix: &str, what: &str| {
        let inside = |path: &str| path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
        let mut inner = stated.iter().filter(|path| inside(path));
        inner.all(|path| lost.iter().any(|(own, fate)| own == path && fate == what))
    };
    let mut fates: Vec<(String, Vec<String>)> = Vec::new();
    for (path, what) in &lost {
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        let shown = ends
            .map(|end| &path[..end])
            .find(|prefix| shares(prefix, what))
            .unwrap_or(path);
        let number = fates.iter().position(|(known, _)| known == what).unwrap_or_else(|| {
            fates.push((what.clone(), Vec::new()));
            fates.len() - 1
        });
        let keys = &mut fates[number].1;
        if !keys.iter().any(|key| key == shown) {
            keys.push(shown.to_string());
        }
    }
    fates
}

fn leaves(value: &Json, path: String, found: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| leaves(item, path.clone(), found)),
        Json::Object(rows) => {
            for (key, value) in rows {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                leaves(value, path, found);
            }
        }
        _ => found.push(path),
    }
}

/// A descriptor that states every key of the model once.
fn whole() -> Json {
    // What only an import writes, and what only an issued credential has.
    const NOT: [&str; 4] = ["descriptor", "extra", "imported_from", "default_language"];
    let root = model().root();
    let own = root
        .fields
        .iter()
        .filter(|field| !field.only_issued && !NOT.contains(&model().name(field.key)));
    let mut rows = Map::from_iter([("descriptor".to_string(), json!("micro-credential/1"))]);
    rows.extend(own.map(stated));
    let mut whole = Json::Object(rows);
    // A level and a skill that are published.
    let levels = embedded("nqf-framework").into_iter().flat_map(|list| list.entries);
    let published = levels.filter_map(|entry| match entry.value("level_uris")? {
        Data::Table(rows) => Some(json!({ "framework": entry.slug, "level": rows.first()?.0 })),
        _ => None,
    });
    whole["level"]["nqf"] = published.take(1).collect();
    whole["learning_outcomes"][0]["esco"] = json!(["http://data.europa.eu/esco/skill/one"]);
    whole
}

fn stated(field: &'static Field) -> (String, Json) {
    (model().name(field.key).to_string(), value(&field.shape))
}

fn value(shape: &'static Shape) -> Json {
    match shape {
        Shape::Text => json!({ "en": "Text" }),
        Shape::Line(LineKind::Id) => "one".into(),
        Shape::Line(LineKind::Date) => "2026-01-01".into(),
        Shape::Line(LineKind::Url) => "https://example.org/page".into(),
        Shape::Line(LineKind::Duration) => "P1Y".into(),
        Shape::Line(LineKind::Line) => "one".into(),
        Shape::Number => 1.into(),
        Shape::Flag => true.into(),
        Shape::Code(name) => {
            let first = embedded(name).and_then(|list| list.entries.first());
            first.map_or("code", |entry| entry.slug).into()
        }
        Shape::Descriptor => json!({ "title": "Part" }),
        Shape::Any => "anything".into(),
        Shape::Group(group) => Json::Object(group.fields.iter().map(stated).collect()),
        Shape::Table(item) => json!({ "one": value(item) }),
        Shape::List { item, .. } => json!([value(item)]),
        Shape::Choice(shapes) => {
            let fullest = shapes
                .iter()
                .find(|shape| matches!(shape, Shape::Group(_) | Shape::List { .. }));
            fullest.or(shapes.first()).map_or(Json::Null, value)
        }
    }
}
