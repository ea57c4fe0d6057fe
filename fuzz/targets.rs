//! What must hold of any input at all: nothing panics, every place lies in its text, the result is JSON, and the same text
//! gives the same result. The targets of `cargo fuzz` and the replay in `tests/it/fuzz.rs` are these functions.

use std::sync::{Arc, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credlint::convert::{ElmVersion, Target, Wanted, convert_file};
use credlint::descriptor::mapped;
use credlint::language::Language;
use credlint::lint::mend::{self, mend};
use credlint::lint::{FormatIn, Options, Practice, Presence, lint_source};
use credlint::report::human::{Human, Style};
use credlint::report::json;
use credlint::rule::set::RuleSet;
use credlint::source::{Source, Span};
use credlint::{sheet, tree};

/// The targets, and the folders of the repository whose files they begin with.
pub(crate) const TARGETS: [(&str, &[&str]); 7] = [
    ("tree", &["fixtures/rules/yaml", "fixtures/corpus"]),
    ("lens", &["fixtures/formats", "fixtures/corpus", "fixtures/units"]),
    (
        "rules",
        &["fixtures/corpus", "fixtures/units", "fixtures/rules", "seeds"],
    ),
    (
        "formats",
        &["fixtures/formats", "fixtures/rules/edc", "fixtures/rules/loq"],
    ),
    (
        "convert",
        &["fixtures/corpus", "fixtures/units", "fixtures/formats", "seeds"],
    ),
    (
        "fixes",
        &[
            "fixtures/corpus",
            "fixtures/rules/country",
            "fixtures/rules/document",
            "fixtures/rules/yaml",
        ],
    ),
    ("sheet", &["fixtures/rules/sheet"]),
];

/// Longer inputs cost time and find nothing else.
const LONGEST: usize = 32 << 10;

/// Runs a target over an input; what does not hold panics.
pub(crate) fn run(target: &str, bytes: &[u8]) {
    if bytes.len() > LONGEST {
        return;
    }
    if target == "sheet" {
        return spreadsheet(bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match target {
        "tree" => trees(text),
        "lens" => lens(text),
        "rules" => rules(text),
        "formats" => formats(text),
        "convert" => conversions(&Source::new("x.yaml", text.to_string())),
        "fixes" => fixes(text),
        _ => unreachable!("{target} is no target"),
    }
}

fn set() -> &'static RuleSet {
    static SET: OnceLock<RuleSet> = OnceLock::new();
    // All rules are awake: those of every profile, and what the formats of Europe demand.
    SET.get_or_init(|| {
        let profiles = credlint::rule::set::profile_names();
        let (first, others): (Vec<&str>, Vec<&str>) = profiles.into_iter().partition(|name| *name == "eu");
        let active: Vec<String> = first.into_iter().chain(others).map(str::to_string).collect();
        RuleSet::load(&active, &[]).expect("the embedded profiles")
    })
}

fn options(format_in: Option<FormatIn>) -> Options {
    Options {
        as_of: jiff::civil::date(2026, 11, 23),
        language: Language::ENGLISH,
        format_in,
    }
}

/// A number that hangs on the content alone, to choose with.
fn chosen(text: &str, of: usize) -> usize {
    let sum = text
        .bytes()
        .fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    sum as usize % of.max(1)
}

fn inside(span: Span, text: &str) {
    assert!(
        text.get(span.range()).is_some(),
        "{span:?} is no place in a text of {} bytes",
        text.len()
    );
}

/// Every place is one, in every tree that is made of a text; the quick road and the full parser agree.
fn trees(text: &str) {
    let trees = tree::parse(text);
    for tree in trees.iter().chain(&tree::parse_yaml(text)) {
        tree.nodes().for_each(|node| inside(node.span, text));
        tree.problems.iter().for_each(|problem| inside(problem.span, text));
        for entry in tree.all_entries() {
            inside(entry.key_span, text);
            inside(entry.use_span, text);
            tree.pointer(entry.value);
        }
    }
    if let Some(quick) = tree::plain::parse(text) {
        assert!(
            quick == tree::parse_fully(text),
            "the two roads through YAML do not agree"
        );
    }
    if let Some(problem) = tree::strict_json_problem(text) {
        inside(problem.span, text);
    }
    tree::comments(text);
}

/// Checks a source twice.
fn checked(source: &Arc<Source>, format_in: Option<FormatIn>) -> Vec<Practice> {
    let options = options(format_in);
    let practices = lint_source(set(), &options, source, Presence::Named);
    assert!(!practices.is_empty(), "nobody says what became of the file");
    let shown = |practices: &[Practice]| -> Vec<String> {
        let result = |practice: &Practice| serde_json::to_string(&json::practice(set(), &options, practice));
        practices
            .iter()
            .map(|practice| result(practice).expect("a result is JSON"))
            .collect()
    };
    for practice in &practices {
        for finding in &practice.findings {
            for label in std::iter::once(&finding.primary).chain(&finding.others) {
                let source = practice
                    .sources
                    .get(label.source.0 as usize)
                    .expect("a source of the practice");
                inside(label.span, source.text());
                let (start, end) = (source.position(label.span.start), source.position(label.span.end));
                assert!(start.line >= 1 && start.column >= 1 && (start.line, start.column) <= (end.line, end.column));
            }
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                inside(edit.span, practice.source().text());
            }
        }
    }
    let again = lint_source(set(), &options, source, Presence::Named);
    assert!(shown(&practices) == shown(&again), "the second result is another one");
    practices
}

/// A text read as what it does not say that it is.
fn lens(text: &str) {
    let formats = mapped::formats();
    let said = match formats.get(chosen(text, formats.len() + 1)) {
        Some(format) => FormatIn::Mapped(format),
        None => FormatIn::Native,
    };
    checked(&Arc::new(Source::new("x.yaml", text.to_string())), Some(said));
}

/// A text as a file of its own, with everything that is drawn of it.
fn rules(text: &str) {
    let source = Arc::new(Source::new("x.yaml", text.to_string()));
    let practices = checked(&source, None);
    lint_source(set(), &options(None), &source, Presence::Walked);
    let style = |plain| Style {
        colour: false,
        plain,
        links: false,
        width: 80,
        quiet: false,
    };
    for practice in practices.iter().take(3) {
        Human::new(set(), style(chosen(text, 2) == 0), Language::ENGLISH).practice(practice);
    }
}

/// A file of somebody else's format, as it is, and sealed.
fn formats(text: &str) {
    checked(&Arc::new(Source::new("x.json", text.to_string())), None);
    let part = |bytes: &str| URL_SAFE_NO_PAD.encode(bytes);
    let sealed = format!("{}.{}.{}", part(r#"{"alg":"ES256"}"#), part(text), part("seal"));
    checked(&Arc::new(Source::new("x.jwt", sealed)), None);
    conversions(&Source::new("x.json", text.to_string()));
}

/// Every practice in every format; what is written in ours can be read again.
fn conversions(source: &Source) {
    for target in [
        Target::Native,
        Target::ElmLoq,
        Target::EdcTemplate,
        Target::OpenBadges3,
        Target::Ooapi,
    ] {
        let wanted = Wanted {
            target,
            version: ElmVersion::default(),
            language: Language::ENGLISH,
            extract: target == Target::Native && chosen(source.text(), 3) == 0,
            as_of: jiff::civil::date(2026, 11, 23),
        };
        let Ok(written) = convert_file(set(), source, None, wanted) else {
            continue;
        };
        for own in written {
            serde_json::to_string(&own.converted.document).expect("what is written is JSON");
            serde_json::to_string(&own.converted.losses).expect("so is what is lost");
            if target == Target::Native {
                let text = credlint::convert::native::yaml(&own.converted.document);
                let source = Arc::new(Source::new("again.yaml", text));
                let again = lint_source(set(), &options(None), &source, Presence::Named);
                let unread = again
                    .iter()
                    .any(|practice| practice.state != credlint::lint::State::Checked);
                assert!(!unread, "what was written is not read again:\n{}", source.text());
            }
        }
    }
}

/// Safe fixes bring no finding, and fixing twice changes nothing.
fn fixes(text: &str) {
    let options = options(None);
    let source = Arc::new(Source::new("x.yaml", text.to_string()));
    let practices = checked(&source, None);
    let mended = |source: &Source, practices: &[Practice], wanted| {
        mend(set(), &options, source, Presence::Named, practices, wanted, &|_| {})
    };
    let counts = |practices: &[Practice]| {
        let mut counts = vec![0_usize; set().rules.len()];
        let findings = practices.iter().flat_map(|practice| &practice.findings);
        findings.for_each(|finding| counts[finding.rule] += 1);
        counts
    };
    if let Some(fixed) = mended(&source, &practices, mend::Wanted::Safe) {
        let after = Arc::new(Source::new("x.yaml", fixed.text.clone()));
        let left = checked(&after, None);
        let full = practices.iter().chain(&left).any(|practice| practice.omitted > 0);
        for (rule, (now, before)) in counts(&left).iter().zip(counts(&practices)).enumerate() {
            let id = &set().rules[rule].id;
            assert!(full || *now <= before, "a safe fix brings {id}:\n{}", fixed.text);
        }
        let again = mended(&after, &left, mend::Wanted::Safe);
        assert!(again.is_none(), "fixing again changes:\n{}", fixed.text);
    }
    if let Some(fixed) = mended(&source, &practices, mend::Wanted::Suggestions) {
        checked(&Arc::new(Source::new("x.yaml", fixed.text)), None);
    }
}

/// Bytes as a text with columns, as a workbook, and with a mapping.
fn spreadsheet(bytes: &[u8]) {
    for name in ["x.csv", "x.xlsx"] {
        let source = Arc::new(sheet::read(name, bytes, None));
        checked(&source, None);
        conversions(&source);
    }
}
