//! The page: what stands on it, that nothing in a file can become markup, that it reads without scripts and in any light,
//! and that its bytes depend on nothing but the practices. A browser, axe-core and the HTML checker of the W3C judge it
//! where they are at hand (`tests/proofs/page`); elsewhere the test says that it was skipped.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use credlint::facet::Facet;
use credlint::language::Language;
use credlint::lint::{Options, Practice, Presence, lint_source};
use credlint::patterns::Roll;
use credlint::profile::Silence;
use credlint::report::Summary;
use credlint::report::html::{MAX_IN_FULL, Page};
use credlint::score::Verdict;
use credlint::sensitivity::{Request, Row, Sensitivity, analyse};
use credlint::source::Source;
use proptest::prelude::*;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::cli::{Scratch, code, err, out, run_in};
use crate::{check_as, file, options, root, set};

fn page_in(profile: &str, practices: &[Practice], options: &Options) -> String {
    let mut page = Page::new(set(profile), options);
    let mut summary = Summary::default();
    for practice in practices {
        summary.add(practice);
        page.add(practice);
    }
    page.document(&summary).to_string()
}

fn page(profile: &str, practices: &[Practice]) -> String {
    page_in(profile, practices, &options())
}

/// The page with everything that can be asked of it.
fn page_asked(profile: &str, practices: &[Practice]) -> String {
    let (set, options) = (set(profile), options());
    let mut page = Page::new(set, &options);
    let mut summary = Summary::default();
    for practice in practices {
        summary.add(practice);
        page.add(practice);
    }
    page.add_choice("2 of 3 practices, chosen by country=<b>".to_string(), 3);
    for name in ["country", "topic", "polarity", "level", "name"] {
        let facet = Facet::named(name);
        let mut roll = Roll::new(set, facet.clone());
        practices.iter().for_each(|practice| roll.add(practice));
        page.add_patterns(&facet, &roll.finish());
    }
    let rows = practices
        .iter()
        .map(|practice| Row::of(practice, set.profile.headline()));
    page.add_sensitivity(&ranked(rows.collect(), 50));
    page.document(&summary).to_string()
}

fn ranked(rows: Vec<Row>, draws: u32) -> Sensitivity {
    let request = Request {
        draws,
        seed: 1,
        threads: 2,
    };
    analyse(set("mapping").profile.headline(), Silence::Unknown, rows, request)
}

/// The page of one descriptor under a profile.
fn page_of(profile: &str, text: &str) -> String {
    page(profile, &check_as(profile, "x.yaml", text))
}

fn seeds() -> Vec<Practice> {
    let mut names: Vec<String> = walkdir::WalkDir::new(root().join("seeds"))
        .min_depth(2)
        .into_iter()
        .filter_map(|entry| {
            let path = entry.ok()?.into_path();
            Some(path.strip_prefix(root()).ok()?.display().to_string())
        })
        .collect();
    names.sort();
    names
        .iter()
        .flat_map(|name| check_as("mapping", name, &file(name)))
        .collect()
}

/// What a page's tags say, comments aside: `(name, attributes)`.
fn tags(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let tag = Regex::new(r"<(/?[a-zA-Z!][a-zA-Z0-9]*)((?:\s[^>]*)?)/?>").expect("a pattern");
    let attribute = Regex::new(r#"([a-zA-Z-]+)(?:=(?:"([^"]*)"|([^\s">]+)))?"#).expect("a pattern");
    let attributes = |text: &str| {
        let found = attribute.captures_iter(text);
        let value =
            |own: &regex::Captures<'_>| own.get(2).or(own.get(3)).map_or("", |value| value.as_str()).to_string();
        found.map(|own| (own[1].to_string(), value(&own))).collect()
    };
    tag.captures_iter(&bare(page))
        .map(|own| (own[1].to_string(), attributes(&own[2])))
        .collect()
}

/// The page without the content of its style and its script.
fn bare(page: &str) -> String {
    let inside = Regex::new(r"(?s)<(style|script)>.*?</(?:style|script)>").expect("a pattern");
    inside.replace_all(page, "<$1></$1>").into_owned()
}

/// The page as somebody reads it who sees no picture: headings, lists, tables; bars as `[class start+length]`.
fn as_text(page: &str) -> String {
    let replace = |text: String, pattern: &str, by: &str| {
        Regex::new(pattern)
            .expect("a pattern")
            .replace_all(&text, by)
            .into_owned()
    };
    let text = page[page.find("<body>").expect("a body")..].to_string();
    let text = replace(bare(&text), r"\n", " ");
    let text = replace(
        text,
        r#"<rect class="(\w)" x="([\d.]+)%" width="([\d.]+)%" height="100%"/>"#,
        "[$1 $2+$3]",
    );
    let text = replace(text, r"<h(\d)[^>]*>", "\n\n$1. ");
    let text = replace(text, r#"<svg class="bar" role="img" aria-label="([^"]*)">"#, "($1) ");
    let text = replace(
        text,
        r"<(tr|li|dt|p|figure|option|label|caption|pre|summary|details)\b[^>]*>",
        "\n",
    );
    let text = replace(text, r"<(td|th|dd)\b[^>]*>", " | ");
    let text = replace(text, r"<[^>]*>", " ");
    let text = replace(text, r"[ \t]+", " ");
    let text = replace(text, r" *\n[ \n]*\n", "\n\n");
    let text = replace(text, r"(?m)^ +| +$", "");
    text.replace("&#39;", "'").replace("&#34;", "\"").replace("&nbsp;", " ")
}

/// Without what every change of a rule changes.
fn unversioned(page: &str) -> String {
    let set = set("eu");
    let page = page
        .replace(&set.digest, "(digest of the rules)")
        .replace(set.snapshot, "(date)");
    page.replace(
        &format!("<code>{}</code>", env!("CARGO_PKG_VERSION")),
        "<code>(version)</code>",
    )
}

#[test]
fn seeds_as_text() {
    insta::assert_snapshot!(as_text(&unversioned(&page("mapping", &seeds()))));
}

/// What was asked of the practices, in words: a choice, patterns by two facets, and how firm the order is.
#[test]
fn what_was_asked_as_text() {
    let arguments = "score seeds --format html --sensitivity --by country --by topic --where kind!=university";
    let arguments: Vec<&str> = arguments.split(' ').chain(["--as-of", "2026-01-01"]).collect();
    let output = run_in(&root(), &arguments);
    let page = as_text(&unversioned(&out(&output)));
    let part = |from: &str, to: &str| &page[page.find(from).expect("a part")..page.find(to).expect("a part")];
    insta::assert_snapshot!(
        [
            part("2. In brief", "2. Practices by element"),
            part("2. How firm the order is", "2. Elements"),
            part("2. By country", "2. By recorded kind"),
            part("2. Observations", "2. Practices in full"),
        ]
        .concat()
    );
}

/// The rows of a table by its class: the text of their cells.
fn table(page: &str, class: &str) -> Vec<Vec<String>> {
    let pattern = format!(r#"(?s)<table class="{class}">.*?<tbody>(.*?)</tbody>"#);
    let found = Regex::new(&pattern).expect("a pattern");
    let body = found.captures(page).unwrap_or_else(|| panic!("no table {class}"))[1].to_string();
    let cells = Regex::new(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>").expect("a pattern");
    let tag = Regex::new(r"<[^>]*>").expect("a pattern");
    let words = |cell: &str| {
        let text = tag.replace_all(cell, " ").replace("&#34;", "\"");
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
    };
    let rows = body.split("</tr>").filter(|row| row.contains("<t"));
    rows.map(|row| cells.captures_iter(row).map(|own| words(&own[1])).collect())
        .collect()
}

#[test]
fn the_page_says_of_the_order_what_json_says() {
    let run = |format: &str, profile: &str, input: &str| {
        let arguments = [
            "score",
            input,
            "--profile",
            profile,
            "--sensitivity",
            "--format",
            format,
        ];
        out(&run_in(&root(), &arguments))
    };
    for (profile, input) in [("mapping", "seeds"), ("eu", "fixtures/corpus")] {
        let page = run("html", profile, input);
        let json: serde_json::Value = serde_json::from_str(&run("json", profile, input)).expect("JSON");
        let found = &json["sensitivity"];
        let range = |own: &serde_json::Value| match (&own["from"], &own["to"]) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from}–{to}"),
        };
        let practices = found["practices"].as_array().expect("practices");
        let wanted: Vec<[String; 4]> = practices
            .iter()
            .map(|own| {
                let place = own["place"].to_string();
                [
                    place,
                    range(&own["nine_in_ten"]),
                    range(&own["all"]),
                    own["median"].to_string(),
                ]
            })
            .collect();
        let shown: Vec<[String; 4]> = table(&page, "bars intervals places")
            .into_iter()
            .map(|row| [row[2].replace('=', ""), row[3].clone(), row[4].clone(), row[5].clone()])
            .collect();
        assert_eq!(shown, wanted);
        let counts = &found["comparisons"];
        let all = found["pairs"].as_array().expect("pairs");
        let line = format!(
            "<p>{} comparisons: {} safe, {} resting on weights, {} resting on silence.</p>",
            all.len(),
            counts["safe"],
            counts["on_weights"],
            counts["on_silence"]
        );
        assert!(page.contains(&line), "{line}");
        // Every pair stands in the table twice, from both sides.
        let matrix = table(&page, "pairs");
        for (word, count) in [
            ("safe", &counts["safe"]),
            ("rests on weights", &counts["on_weights"]),
            ("rests on silence", &counts["on_silence"]),
        ] {
            let cells = matrix
                .iter()
                .flatten()
                .filter(|cell| cell.ends_with(&format!(", {word}")));
            assert_eq!(cells.count() as u64, 2 * count.as_u64().expect("a count"), "{word}");
        }
        for pair in all {
            let number = |key: &str| pair[key].as_u64().expect("a number") as usize;
            let (first, second) = (number("first"), number("second"));
            let draws = found["draws"].as_u64().expect("a number") as usize;
            for (row, column, count) in [(first, second, number("before")), (second, first, number("behind"))] {
                let cell = &matrix[row][column + 1];
                let percent = (count * 200 + draws) / (draws * 2);
                let is_near = cell.starts_with("under") || cell.starts_with("over");
                assert!(is_near || cell.starts_with(&format!("{percent} %,")), "{cell}: {count}");
            }
        }
        let elements = found["one_at_a_time"].as_array().expect("weights");
        let moved: BTreeSet<&str> = elements
            .iter()
            .filter(|own| own["changes"].as_array().is_some_and(|changes| !changes.is_empty()))
            .filter_map(|own| own["element"].as_str())
            .collect();
        assert_eq!(table(&page, "changes").len(), moved.len());
    }
}

#[test]
fn the_page_counts_groups_and_observations_as_json_does() {
    let run = |format: &str| {
        let arguments = ["score", "seeds", "--by", "country", "--by", "topic", "--format", format];
        out(&run_in(&root(), &arguments))
    };
    let page = run("html");
    let json: serde_json::Value = serde_json::from_str(&run("json")).expect("JSON");
    let (country, topic) = (&json["patterns"][0], &json["patterns"][1]);
    let groups = country["groups"].as_array().expect("groups");
    let rows = table(&page, "counts");
    assert_eq!(rows.len(), country["elements"].as_array().expect("elements").len());
    for (number, row) in rows.iter().enumerate() {
        for (group, cell) in groups.iter().zip(&row[1..]) {
            let counts = &group["elements"][number];
            let wanted: Vec<String> = Verdict::ALL
                .iter()
                .map(|verdict| (verdict.words(), counts[verdict.word().replace('-', "_")].as_u64()))
                .filter(|(_, count)| count.is_some_and(|count| count > 0))
                .map(|(words, count)| format!("{words} {}", count.expect("a count")))
                .collect();
            assert_eq!(cell, &wanted.join(" "), "{} in {}", row[0], group["group"]);
        }
    }
    let by_topic: Vec<&serde_json::Value> = topic["groups"].as_array().expect("groups").iter().collect();
    let mut wanted: Vec<[String; 4]> = Vec::new();
    for group in by_topic.iter().filter(|group| !group["group"].is_null()) {
        let own = &group["observations"][0];
        let text = |key: &str| own[key].to_string();
        wanted.push([
            text("strength"),
            text("weakness"),
            text("neutral"),
            group["practices"].to_string(),
        ]);
    }
    let shown: Vec<[String; 4]> = table(&page, "topics")
        .into_iter()
        .map(|row| [row[1].clone(), row[2].clone(), row[3].clone(), row[4].clone()])
        .collect();
    assert_eq!(shown.len(), wanted.len());
    assert!(!shown.is_empty());
    let sorted = |mut rows: Vec<[String; 4]>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(shown), sorted(wanted));
    assert!(page.contains("10 of 13 practices have one. They are not scored"));
    // What a script filters by: each practice with observations carries them.
    let carried = Regex::new(r#"<tr data-o="(?:\d+[swn] ?)+">"#).expect("a pattern");
    assert_eq!(carried.find_iter(&page).count(), 10);
    // The pictures by country are drawn once, from the counts that were asked for.
    assert_eq!(page.matches(">By country</h2>").count(), 1);
    assert!(page.contains("id=\"by-kind\"") && !page.contains("id=\"by-country\""));
}

#[test]
fn a_choice_is_said_on_the_page() {
    let page = |arguments: &[&str]| {
        out(&run_in(
            &root(),
            &[&["score", "seeds", "--format", "html"], arguments].concat(),
        ))
    };
    let chosen = page(&["--where", "topic=funding", "--where", "country=ES"]);
    assert!(chosen.contains("<p class=\"chosen\">1 of 13 practices, chosen by topic=funding, country=ES</p>"));
    assert!(chosen.contains("<dt>findings in all 13 that were checked</dt>"));
    let all = page(&[]);
    assert!(!all.contains("class=\"chosen\"") && !all.contains("id=\"firmness\"") && !all.contains("class=\"counts\""));
}

#[test]
fn the_order_of_many_practices_takes_bounded_room() {
    let practice = check_as("mapping", "many.yaml", &file("seeds/fi/sfs-6002.yaml"));
    let asked = |count: usize| {
        let options = options();
        let mut page = Page::new(set("mapping"), &options);
        page.add(&practice[0]);
        page.add(&practice[0]);
        let row = |number: usize| {
            let verdicts = Verdict::ALL.map(|verdict| match number % 7 {
                0 => Verdict::NotStated,
                own if own % 2 == verdict as usize % 2 => Verdict::Gap,
                _ => verdict,
            });
            Row {
                id: Some(format!("p{number:04}")),
                name: Some("The same name".to_string()),
                verdicts: verdicts.into_iter().cycle().take(10).collect(),
                ..Row::of(&practice[0], set("mapping").profile.headline())
            }
        };
        page.add_sensitivity(&ranked((0..count).map(row).collect(), 10));
        page.document(&Summary::default()).to_string()
    };
    let few = asked(20);
    assert_eq!(
        (table(&few, "pairs").len(), few.matches("class=\"open-pairs\"").count()),
        (20, 0)
    );
    assert!(few.contains("The same name (p0007)"), "equal names are told apart");
    let many = asked(60);
    assert_eq!(many.matches("class=\"pairs\"").count(), 0);
    let open = table(&many, "open-pairs");
    assert_eq!(open.len(), 500);
    assert!(open.iter().all(|row| row[2] != "safe"));
    let too_many = asked(501);
    assert_eq!(table(&too_many, "bars intervals places").len(), 500);
    assert!(too_many.contains("Pairs are compared for up to 500 practices."));
    assert!(too_many.contains("… and 1 more; `--format json` has them all"));
    assert_eq!(too_many.matches("class=\"open-pairs\"").count(), 0);
    assert!(asked(1).contains("there is no order to speak of"));
}

#[test]
fn one_practice_as_markup() {
    let practices = check_as("eu", "courses/faulty.yaml", &file("fixtures/corpus/faulty.yaml"));
    insta::assert_snapshot!(unversioned(&bare(&page("eu", &practices))));
}

#[test]
fn the_same_practices_give_the_same_bytes() {
    assert_eq!(page("mapping", &seeds()), page("mapping", &seeds()));
}

#[test]
fn a_page_has_the_structure_that_readers_of_screens_go_by() {
    for page in [
        page("mapping", &seeds()),
        page_asked("mapping", &seeds()),
        page_asked("eu", &[]),
        page_of("eu", &file("fixtures/corpus/faulty.yaml")),
        page("eu", &[]),
    ] {
        let tags = tags(&page);
        let count = |name: &str| tags.iter().filter(|(own, _)| own == name).count();
        assert_eq!((count("h1"), count("main"), count("title")), (1, 1, 1));
        let mut level = 1;
        let (mut ids, mut targets) = (BTreeSet::new(), Vec::new());
        for (name, attributes) in &tags {
            let get = |wanted: &str| {
                attributes
                    .iter()
                    .find(|(own, _)| own == wanted)
                    .map(|(_, value)| value.as_str())
            };
            if let Some(own) = name.strip_prefix('h').and_then(|own| own.parse::<u32>().ok()) {
                assert!(own <= level + 1, "h{own} under h{level}");
                level = own;
            }
            match name.as_str() {
                "html" => assert_eq!(get("lang"), Some("en")),
                "th" => assert!(
                    matches!(get("scope"), Some("col" | "row" | "colgroup")),
                    "{attributes:?}"
                ),
                "svg" => {
                    let is_named =
                        get("role") == Some("img") && get("aria-label").is_some_and(|label| !label.is_empty());
                    let is_decoration = get("aria-hidden") == Some("true");
                    let in_hidden_list = get("class") == Some("swatch");
                    assert!(is_named || is_decoration || in_hidden_list, "{attributes:?}");
                }
                "form" => assert!(get("hidden").is_some(), "without scripts there is nothing to fill in"),
                _ => {}
            }
            if let Some(id) = get("id") {
                assert!(ids.insert(id), "{id} stands twice");
            }
            let pointers = ["aria-labelledby", "aria-describedby", "for"]
                .into_iter()
                .filter_map(get);
            targets.extend(pointers.chain(get("href").and_then(|link| link.strip_prefix('#'))));
        }
        for target in targets {
            assert!(ids.contains(target), "nothing is called {target}");
        }
        assert_eq!(count("table"), count("caption"));
    }
}

#[test]
fn a_page_needs_nothing_else_and_allows_nothing_else() {
    let page = page_asked("mapping", &seeds());
    for (name, attributes) in tags(&page) {
        assert!(
            !["link", "img", "iframe", "object", "embed", "base"].contains(&name.as_str()),
            "{name}"
        );
        for (key, value) in attributes {
            assert!(
                key != "src" && key != "style" && !key.starts_with("on"),
                "{name} {key}={value}"
            );
        }
    }
    let inside = |name: &str| {
        let pattern = format!("(?s)<{name}>(.*?)</{name}>");
        Regex::new(&pattern).expect("a pattern").captures(&page).expect("one")[1].to_string()
    };
    let style = inside("style");
    assert!(!style.contains("url(http") && !style.contains("@import") && !style.contains("<"));
    for (name, text) in [("style", style), ("script", inside("script"))] {
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(
            page.contains(&format!("{name}-src &#39;sha256-{digest}&#39;")),
            "{name}"
        );
    }
    assert_eq!(
        (page.matches("<script").count(), page.matches("<style").count()),
        (1, 1)
    );
}

/// A record with a text in every place from which the page takes one.
fn record(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text");
    format!(
        "descriptor: micro-credential/1
id: {quoted}
title: {quoted}
practice: {{id: {quoted}, name: {quoted}, country: {quoted}, kind: {quoted}}}
sources:
  a: {{title: {quoted}, url: {quoted}}}
evidence:
  assessment: {{verdict: gap, source: a, locator: {quoted}, note: {quoted}}}
  definition: {{verdict: contradicted, source: a, note: {quoted}}}
observations:
  - {{topic: {quoted}, polarity: {quoted}, source: a, locator: {quoted}, note: {quoted}}}
level: {{eqf: {quoted}}}
workload: {{hours: {quoted}}}
assessment: [{{type: {quoted}}}]
{quoted}: {quoted}
"
    )
}

/// What a browser would make of a page: the names of tags and attributes, in order.
fn skeleton(page: &str) -> Vec<(String, Vec<String>)> {
    let names = |attributes: Vec<(String, String)>| attributes.into_iter().map(|(name, _)| name).collect();
    tags(page)
        .into_iter()
        .map(|(name, attributes)| (name, names(attributes)))
        .collect()
}

const HOSTILE: [&str; 8] = [
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</script><svg onload=alert(1)>",
    "--><!-- ]]> <![CDATA[",
    "</style></details></table></main>",
    "{{ l.tr(\"x\") }} {% raw %} &lt;b&gt; &amp;",
];

#[test]
fn nothing_in_a_file_becomes_markup() {
    for profile in ["eu", "mapping"] {
        for text in HOSTILE {
            let name = format!("{}.yaml", text.replace('/', "|"));
            let practices = check_as(profile, &name, &[record(text), record(text)].join("---\n"));
            let page = page_asked(profile, &practices);
            assert_eq!(page.matches("<script").count(), 1, "{text}");
            for (name, attributes) in tags(&page) {
                assert!(
                    name != "img" && !attributes.iter().any(|(key, _)| key.starts_with("on")),
                    "{text}: {name}"
                );
                let link = attributes.iter().find(|(key, _)| key == "href");
                let leads =
                    |link: &str| link.starts_with('#') || link.starts_with("https://") || link.starts_with("http://");
                assert!(link.is_none_or(|(_, link)| leads(link)), "{text}: {link:?}");
            }
        }
    }
}

#[test]
fn an_address_of_the_web_is_a_link_and_no_other_is() {
    let page = |url: &str| {
        page_of(
            "mapping",
            &record("plain").replace("url: \"plain\"", &format!("url: \"{url}\"")),
        )
    };
    let link = "href=\"https://a.example/x?a=1&#38;b=2\" rel=\"noopener noreferrer\"";
    assert!(page("https://a.example/x?a=1&b=2").contains(link));
    for url in [
        "javascript:alert(1)",
        "JavaScript:https://a.example",
        "data:text/html,x",
        "//a.example",
        "file:///x",
    ] {
        assert!(!page(url).contains(&format!("href=\"{url}")), "{url}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The text of a record changes no tag and no attribute, whatever it says, as long as it says as much.
    #[test]
    fn any_text_is_only_text(text in "[<>&\"'`=/ a-z{}%#!-]{3,40}x") {
        let plain: String = text.chars().map(|_| 'y').collect();
        let of = |title: &str| {
            let quoted = serde_json::to_string(title).expect("a text");
            page_of("mapping", &format!("descriptor: micro-credential/1\nid: a\npractice: {{id: a, name: {quoted}, country: ES}}\nsources: {{a: {{title: {quoted}}}}}\nevidence: {{level: {{verdict: gap, source: a, locator: {quoted}, note: {quoted}}}}}\n"))
        };
        // Backticks in a message are code, in pairs.
        let tags = |page: &str| -> Vec<_> {
            skeleton(page).into_iter().filter(|(name, _)| name != "code" && name != "/code").collect()
        };
        prop_assert_eq!(tags(&of(&text)), tags(&of(&plain)));
    }
}

#[test]
fn nothing_of_a_learner_is_on_the_page() {
    let text = "descriptor: micro-credential/1\ntitle: Safety\nlearner: {name: Quirina Exemple, id: 12345678Z}\n";
    for profile in ["eu", "mapping"] {
        let page = page_of(profile, text);
        assert!(
            page.contains("document/learner-data") || page.contains("learner"),
            "the finding is there"
        );
        assert!(!page.contains("Quirina") && !page.contains("Exemple") && !page.contains("12345678Z"));
    }
}

/// The custom properties of a block of the style, later lines over earlier ones.
fn colours(style: &str, after: &str) -> Vec<(String, [u8; 3])> {
    let start = style.find(after).expect("the block");
    let block = &style[start..start + style[start..].find("\n}").expect("an end")];
    let colour = Regex::new(r"--([a-z-]+): #([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2});").expect("a pattern");
    let part = |text: &str| u8::from_str_radix(text, 16).expect("a number");
    colour
        .captures_iter(block)
        .map(|own| (own[1].to_string(), [part(&own[2]), part(&own[3]), part(&own[4])]))
        .collect()
}

/// Relative luminance. Source: WCAG 2.2, definition of relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Source: WCAG 2.2, 1.4.3 (text, 4.5 to 1) and 1.4.11 (what is needed to understand a picture, 3 to 1).
#[test]
fn colours_have_contrast_in_light_in_the_dark_and_on_paper() {
    let style = file("src/report/html/style.css");
    for scheme in [":root", "@media (prefers-color-scheme: dark)", "@media print"] {
        let colours = colours(&style, scheme);
        let get = |name: &str| {
            let found = colours.iter().find(|(own, _)| own == name);
            found.unwrap_or_else(|| panic!("{scheme}: {name}")).1
        };
        let text = [
            ("ink", "paper"),
            ("ink", "wash"),
            ("muted", "paper"),
            ("muted", "wash"),
            ("link", "paper"),
            ("met-ink", "met"),
            ("partial-ink", "partial"),
            ("gap-ink", "gap"),
            ("open-ink", "open"),
            ("mark-ink", "mark"),
        ];
        for (ink, ground) in text {
            let ratio = contrast(get(ink), get(ground));
            assert!(ratio >= 4.5, "{scheme}: {ink} on {ground} is {ratio:.2}");
        }
        for (line, ground) in [
            ("edge", "paper"),
            ("hatch", "open"),
            ("gap", "paper"),
            ("range", "paper"),
        ] {
            let ratio = contrast(get(line), get(ground));
            assert!(ratio >= 3.0, "{scheme}: {line} on {ground} is {ratio:.2}");
        }
        // On a dark page a dark bar would drown.
        if scheme.contains("dark") {
            for verdict in ["met", "partial", "gap"] {
                let ratio = contrast(get(verdict), get("paper"));
                assert!(ratio >= 3.0, "{scheme}: {verdict} on paper is {ratio:.2}");
            }
        }
        // Verdicts differ in lightness, so that no hue is needed to tell them apart, nor a colour printer.
        for (a, b) in [("met", "partial"), ("partial", "gap"), ("met", "gap")] {
            let ratio = contrast(get(a), get(b));
            assert!(ratio >= 1.4, "{scheme}: {a} and {b} are {ratio:.2} apart");
        }
    }
}

#[test]
fn a_verdict_is_a_word_in_the_page_and_a_glyph_in_the_style() {
    let page = page("mapping", &seeds());
    let cell = Regex::new(r#"<td class="v ([mpgox])( i)?">([^<]*)"#).expect("a pattern");
    let bare = bare(&page);
    let words: BTreeSet<(String, String)> = cell
        .captures_iter(&bare)
        .filter(|own| own.get(2).is_none())
        .map(|own| (own[1].to_string(), own[3].trim().to_string()))
        .collect();
    let own = |class: &str, word: &str| (class.to_string(), word.to_string());
    let met = [
        own("g", "gap"),
        own("m", "met"),
        own("o", "not stated"),
        own("p", "partial"),
        own("x", "not applicable"),
    ];
    assert!(
        words.iter().filter(|(_, word)| !word.is_empty()).eq(met.iter()),
        "{words:?}"
    );
    assert!(page.contains("<td class=\"v m i\">met, inferred"));
    let style = file("src/report/html/style.css");
    for class in ["m", "p", "g", "o", "x", "m.i", "p.i", "g.i", "x.i"] {
        assert!(style.contains(&format!(".v.{class} {{ --glyph: ")), "{class}");
    }
}

#[test]
fn with_many_practices_the_table_comes_in_parts_and_the_rest_is_named() {
    let practice = check_as("mapping", "many.yaml", &file("seeds/fi/sfs-6002.yaml"));
    let options = options();
    let mut page = Page::new(set("mapping"), &options);
    let total = MAX_IN_FULL + 1;
    (0..total).for_each(|_| page.add(&practice[0]));
    let page = page.document(&Summary::default()).to_string();
    assert_eq!(page.matches("<details class=\"practice\"").count(), MAX_IN_FULL);
    assert_eq!(page.matches("<details class=\"page\"").count(), total.div_ceil(500));
    assert_eq!(page.matches("<details class=\"page\" open>").count(), 1);
    assert_eq!(page.matches("<th scope=row>").count(), total);
    assert!(page.contains("SFS 6002 electrical safety training <small>many.yaml</small>"));
    assert!(page.contains(&format!("The first {MAX_IN_FULL} practices are shown in full")));
    let bars = page.matches("aria-label=\"25–75 %\"").count();
    assert!((1..=50).contains(&bars), "{bars}");
    assert!(page.contains("Each line stands for up to 11 practices"));
    assert!(page.contains(&format!("<b>Finland</b> <span>{total} practices</span>")));
}

#[test]
fn a_page_speaks_the_language_that_is_asked_for() {
    let spanish = Options {
        language: Language::from_tag("es").expect("Spanish"),
        ..options()
    };
    let source = Arc::new(Source::new("x.yaml", file("seeds/fi/sfs-6002.yaml")));
    let practices = lint_source(set("mapping"), &spanish, &source, Presence::Named);
    let page = page_in("mapping", &practices, &spanish);
    assert!(page.contains("<html lang=\"es\">"));
    assert!(page.contains("<td>norma de seguridad"), "kinds have names");
    assert!(page.contains("Lee la descripción, no la docencia; no es una acreditación."));
}

#[test]
fn the_command_line_writes_a_page() {
    let scratch = Scratch::new("html");
    scratch.write("good.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("bad.yaml", "descriptor: micro-credential/1\ntitle: Safety\n");
    scratch.write("broken.yaml", "descriptor: micro-credential/1\ntitle: [\n");
    scratch.write("bytes.yaml", b"descriptor: micro-credential/1\ntitle: \xff\n");
    let run = |arguments: &[&str]| run_in(scratch.path(), arguments);
    let good = run(&["score", "good.yaml", "--format", "html", "--as-of", "2026-01-01"]);
    assert_eq!((code(&good), err(&good)), (0, String::new()));
    assert!(out(&good).starts_with("<!doctype html>\n<html lang=\"en\">"));
    assert!(out(&good).ends_with("</html>\n"));
    let again = run(&["score", "good.yaml", "--format", "html", "--as-of", "2026-01-01"]);
    assert_eq!(out(&good), out(&again));
    let both = run(&["check", "good.yaml", "bad.yaml", "--format", "html"]);
    assert_eq!(code(&both), 1, "`check` fails on errors, whatever the format");
    assert!(out(&both).contains("How far 2 practices are from the EU standard elements"));
    let broken = run(&["score", "good.yaml", "broken.yaml", "bytes.yaml", "--format", "html"]);
    assert_eq!(code(&broken), 2);
    let page = out(&broken);
    assert!(page.contains("Documents without a score") && page.contains("<dt>broken.yaml</dt>"));
    assert!(page.contains("<dt>bytes.yaml</dt>") && page.contains("How far 1 practice is"));
    let nothing = run(&["score", "--only-descriptors", "--format", "html", "."]);
    assert!(out(&nothing).contains("In the catalogue as a whole") || out(&nothing).contains("<h1>"));
    scratch.write("empty/x.yaml", "services: {}\n");
    let nothing = run(&["score", "empty", "--format", "html"]);
    assert_eq!((code(&nothing), out(&nothing)), (3, String::new()));
}

#[test]
fn what_is_found_over_a_catalogue_is_on_the_page() {
    let output = run_in(&root(), &["check", "fixtures/catalogue", "--format", "html"]);
    let page = out(&output);
    assert!(page.contains("<h2 id=\"catalogue\">In the catalogue as a whole</h2>"));
    assert!(
        page.contains("<code>catalogue/prerequisite-cycle</code>"),
        "{}",
        err(&output)
    );
}

/// Source: WCAG 2.2 by way of axe-core, and the HTML standard by way of the Nu Html Checker.
#[test]
fn other_peoples_tools_find_nothing_wrong_with_the_page() {
    let modules = std::env::var_os("CREDLINT_NODE_MODULES").map(std::path::PathBuf::from);
    let Some(modules) = modules else {
        println!("skipped: CREDLINT_NODE_MODULES names no folder with the packages in tests/proofs/page/package.json");
        return;
    };
    let chromium = ["/usr/bin/chromium", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists());
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("proofs-page");
    std::fs::create_dir_all(&folder).expect("a writable folder");
    let pages: Vec<std::path::PathBuf> = [
        ("seeds.html", page("mapping", &seeds())),
        ("asked.html", page_asked("mapping", &seeds())),
        ("faulty.html", page_of("eu", &file("fixtures/corpus/faulty.yaml"))),
        (
            "hostile.html",
            page_asked(
                "mapping",
                &check_as("mapping", "x.yaml", &HOSTILE.map(record).join("---\n")),
            ),
        ),
        (
            "catalogue.html",
            out(&run_in(&root(), &["check", "fixtures/catalogue", "--format", "html"])),
        ),
    ]
    .into_iter()
    .map(|(name, page)| {
        let path = folder.join(name);
        std::fs::write(&path, page).expect("a writable folder");
        path
    })
    .collect();
    let judge = |command: &mut std::process::Command| {
        let run = command.output().expect("the tool starts");
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        println!("{said}");
        assert!(run.status.success(), "{said}");
        said
    };
    let mut checker = std::process::Command::new("java");
    checker
        .arg("-jar")
        .arg(modules.join("vnu-jar/build/dist/vnu.jar"))
        .arg("--also-check-css")
        .args(&pages);
    assert_eq!(judge(&mut checker), "", "the checker has nothing to say");
    let Some(chromium) = chromium else {
        println!("skipped: no Chromium");
        return;
    };
    let mut browser = std::process::Command::new("node");
    browser
        .env("NODE_PATH", &modules)
        .arg(root().join("tests/proofs/page/judge.js"))
        .arg(chromium)
        .args(&pages);
    judge(&mut browser);
}
