//! Rule packs as folders: written out, run in place of the embedded one, and refused where they cannot be followed; and rules
//! of a user beside the embedded ones (`docs/guide/rules.md` is followed by another test).

use std::path::Path;

use crate::cli::{Scratch, code, err, out, run_in};
use crate::{file, root};

/// A scratch folder with the embedded pack in `pack`, and a course.
fn exported(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let output = run_in(scratch.path(), &["rules", "--export", "pack"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).is_empty(), "nothing of it is output");
    scratch.write("course.yaml", file("fixtures/corpus/faulty.yaml"));
    scratch
}

fn edit(scratch: &Scratch, path: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(scratch.path().join(path)).expect("a file of the pack");
    assert!(text.contains(from), "{path} does not say {from}");
    scratch.write(path, text.replacen(from, to, 1));
}

fn digest(scratch: &Scratch) -> String {
    let output = run_in(scratch.path(), &["--pack", "pack", "rules", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let json: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    json["made_by"]["rules_digest"].as_str().expect("a digest").to_string()
}

fn refused(scratch: &Scratch) -> String {
    let output = run_in(scratch.path(), &["--pack", "pack", "check", "course.yaml"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).is_empty());
    err(&output)
}

#[test]
fn an_exported_pack_is_the_folder_it_was_made_from() {
    let scratch = exported("pack-export");
    let yaml = |folder: &Path| -> Vec<String> {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
        let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        let relative = |path: &Path| {
            path.strip_prefix(folder)
                .expect("inside")
                .to_string_lossy()
                .into_owned()
        };
        let files = files.map(|entry| relative(entry.path()));
        files.filter(|path| path.ends_with(".yaml")).collect()
    };
    let own = yaml(&root().join("rules"));
    assert_eq!(yaml(&scratch.path().join("pack")), own);
    for path in own {
        let written = std::fs::read(scratch.path().join("pack").join(&path)).expect("written");
        assert!(written == file(&format!("rules/{path}")).as_bytes(), "{path}");
    }
    let again = run_in(scratch.path(), &["rules", "--export", "pack"]);
    assert_eq!(code(&again), 2);
    assert!(err(&again).contains("pack is not empty"), "{}", err(&again));
    // A pack in force can be written out as well.
    let copy = run_in(scratch.path(), &["--pack", "pack", "rules", "--export", "copy"]);
    assert_eq!(code(&copy), 0);
    assert_eq!(yaml(&scratch.path().join("copy")), yaml(&scratch.path().join("pack")));
}

#[test]
fn the_same_pack_gives_the_same_bytes() {
    let scratch = exported("pack-same");
    for folder in ["seeds/pt", "fixtures/formats/open-badges-3"] {
        let path = root().join(folder).display().to_string();
        for command in [
            &["check", "--format", "json", "--as-of=2026-11-23", &path][..],
            &["check", "--lang", "fi", "--as-of=2026-11-23", &path],
            &["score", "--format", "csv", "--profile", "mapping", &path],
        ] {
            let embedded = run_in(scratch.path(), command);
            let folder = run_in(scratch.path(), &[&["--pack=pack"], command].concat());
            assert_eq!(code(&folder), code(&embedded), "{command:?}: {}", err(&folder));
            assert!(out(&folder) == out(&embedded), "{command:?}");
        }
    }
    for topic in ["workload/ects-ratio", "open-badges-3", "country", "pt-cnq"] {
        let embedded = run_in(scratch.path(), &["explain", topic, "--lang", "pt"]);
        let folder = run_in(scratch.path(), &["explain", topic, "--lang", "pt", "--pack", "pack"]);
        assert!(out(&folder) == out(&embedded) && !out(&folder).is_empty(), "{topic}");
    }
}

#[test]
fn a_changed_pack_is_another_pack_and_diff_says_so() {
    let scratch = exported("pack-changed");
    let before = digest(&scratch);
    edit(
        &scratch,
        "pack/workload/ects-ratio.yaml",
        "element:",
        "# A remark is no change.\nelement:",
    );
    assert_eq!(digest(&scratch), before);
    let check = |name: &str| {
        let output = run_in(
            scratch.path(),
            &["--pack", "pack", "check", "course.yaml", "--format", "json"],
        );
        scratch.write(name, out(&output));
    };
    check("before.json");
    edit(
        &scratch,
        "pack/workload/ects-ratio.yaml",
        "effect: partial",
        "effect: gap",
    );
    assert_ne!(digest(&scratch), before);
    check("after.json");
    let output = run_in(scratch.path(), &["diff", "before.json", "after.json"]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("because: the rules are others"),
        "{}",
        out(&output)
    );
    assert!(
        out(&output).contains("→ ✘ gap (workload/ects-ratio)"),
        "{}",
        out(&output)
    );
}

#[test]
fn vocabularies_and_profiles_are_exchanged_too() {
    let scratch = exported("pack-vocabulary");
    let course = file("fixtures/corpus/exemplary.yaml").replace("country: ES", "country: Narnia");
    scratch.write("narnia.yaml", course);
    let unknown = |arguments: &[&str]| {
        let output = run_in(scratch.path(), &[arguments, &["check", "narnia.yaml"]].concat());
        out(&output).contains("country/unknown")
    };
    assert!(unknown(&["--pack", "pack"]));
    edit(
        &scratch,
        "pack/vocabularies/country.yaml",
        "entries:\n",
        "entries:\n  - slug: NX\n    uri: https://narnia.example/\n    labels: {en: Narnia}\n",
    );
    assert!(!unknown(&["--pack", "pack"]));
    assert!(unknown(&[]));
    scratch.write(
        "pack/profiles/ours.yaml",
        file("rules/profiles/pt-he.yaml").replace("profile: pt-he", "profile: ours"),
    );
    let score = run_in(
        scratch.path(),
        &["--pack", "pack", "score", "course.yaml", "--profile", "ours"],
    );
    assert_eq!(code(&score), 0, "{}", err(&score));
}

#[test]
fn a_pack_that_cannot_be_followed_is_refused_with_a_reason() {
    let cases: [(&str, &str, &str, &str); 9] = [
        (
            "pack/pack.yaml",
            "credlint-pack/1",
            "credlint-pack/7",
            "credlint: pack: pack.yaml: the form of the pack is `credlint-pack/7`; this version runs `credlint-pack/1`\n",
        ),
        (
            "pack/pack.yaml",
            "\npack: ",
            "\npock: ",
            "the form of the pack is not stated",
        ),
        (
            "pack/workload/ects-ratio.yaml",
            "check: {ratio:",
            "check: {divination:",
            "of the rule file pack/workload/ects-ratio.yaml is wrong",
        ),
        (
            "pack/workload/ects-ratio.yaml",
            "given: ",
            "given: [",
            "workload/ects-ratio.yaml",
        ),
        (
            "pack/vocabularies/country.yaml",
            "entries:\n",
            "entries:\n  - {slug: Spanien, uri: https://spain.example/}\n",
            "vocabularies/country.yaml: ",
        ),
        (
            "pack/profiles/pt-he.yaml",
            "extends: eu",
            "extends: pt-he",
            "profiles/pt-he.yaml: `pt-he` extends itself",
        ),
        (
            "pack/profiles/pt-he.yaml",
            "extends: eu",
            "extends: ue",
            "there is no profile `ue`",
        ),
        ("pack/typology.yaml", "kinds:", "sorts:", "typology.yaml: "),
        (
            "pack/outcomes/fi.yaml",
            "language: fi",
            "language: sv",
            "outcomes/fi.yaml: `language` must be",
        ),
    ];
    let scratch = exported("pack-refused");
    for (path, from, to, reason) in cases {
        let was = std::fs::read_to_string(scratch.path().join(path)).expect("a file of the pack");
        edit(&scratch, path, from, to);
        let said = refused(&scratch);
        assert!(said.contains(reason), "{path}: {said}");
        scratch.write(path, was);
    }
    for (gone, reason) in [
        ("pack/yaml/syntax.yaml", "the rule yaml/syntax.yaml is missing"),
        ("pack/elements.yaml", "the file elements.yaml is missing"),
        ("pack/profiles/eu.yaml", "profiles/eu.yaml is missing"),
        ("pack/pack.yaml", "pack.yaml: not found, so this is no rule pack"),
    ] {
        let was = std::fs::read_to_string(scratch.path().join(gone)).expect("a file of the pack");
        std::fs::remove_file(scratch.path().join(gone)).expect("removed");
        let said = refused(&scratch);
        assert!(said.contains(reason), "{gone}: {said}");
        scratch.write(gone, was);
    }
    let nowhere = run_in(scratch.path(), &["check", "course.yaml", "--pack", "nowhere"]);
    assert_eq!(code(&nowhere), 2);
    assert!(err(&nowhere).starts_with("credlint: nowhere: "), "{}", err(&nowhere));
}

const OWN_RULE: &str = "\
element: further-information
level: warning
obligation: advice
effect: none
since: 0.1.0
message: no page is given
label: \"`{key}` belongs here\"
why: visitors are led there
help: give its address
authority: {source: our-handbook, locator: chapter 2, relation: convention}
given: /further_information
check: {stated: {key: homepage}}
";

#[test]
fn rules_of_a_user_are_known_to_every_command_and_cite_what_is_named() {
    let scratch = Scratch::new("own-rules");
    scratch.write("own/further-information/page-missing.yaml", OWN_RULE);
    scratch.write("credlint.yaml", "rule_packs: [own]\n");
    scratch.write(
        "x.yaml",
        "descriptor: micro-credential/1\nfurther_information: {contact: a@b.example}\n",
    );
    let refused = |wanted: &str| {
        for command in [
            &["check", "x.yaml"][..],
            &["explain", "title/missing"],
            &["rules"],
            &["test"],
        ] {
            let output = run_in(scratch.path(), command);
            assert_eq!(code(&output), 2, "{command:?}");
            assert!(err(&output).contains(wanted), "{command:?}: {}", err(&output));
        }
    };
    refused("page-missing.yaml:10:21");
    refused("`our-handbook: {title: its name}`");
    scratch.write("own/authorities.yaml", "our-handbook: {title: Our handbook, page: 3}\n");
    refused("authorities.yaml:1:37");
    scratch.write(
        "own/authorities.yaml",
        "our-handbook: {title: A}\nelm: {title: European Learning Law}\n",
    );
    refused("authorities.yaml:2:1");
    refused("`elm` is European Learning Model 3 already");
    scratch.write("own/authorities.yaml", "our-handbook: {title: Our handbook}\n");
    let checked = run_in(scratch.path(), &["check", "x.yaml"]);
    let from = "further-information/page-missing (warning)";
    assert!(out(&checked).contains(from) && out(&checked).contains("from: Our handbook, chapter 2 (convention)"));
    let explained = run_in(scratch.path(), &["explain", "further-information/page-missing"]);
    assert!(
        out(&explained).contains("From  Our handbook, chapter 2"),
        "{}",
        err(&explained)
    );
    assert!(out(&run_in(scratch.path(), &["rules"])).contains("further-information/page-missing"));
    // Only what the folder brings is tested, since nobody has fixtures for the rest.
    scratch.write("fixtures/rules/further-information/page-missing/bad.yaml", "");
    let tested = run_in(scratch.path(), &["test"]);
    assert_eq!(code(&tested), 1);
    assert!(
        out(&tested).contains("1 rule, 1 case, 1 rule with failures"),
        "{}",
        out(&tested)
    );
}
