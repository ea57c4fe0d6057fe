//! Hostile input: bounded, clear, and the other files are still checked.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::{Scratch, err, out, run_in};
use crate::{check, file, places, said};

#[test]
fn an_alias_bomb_is_a_finding() {
    let mut text = String::from("descriptor: micro-credential/1\nx-a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("x-a{level}: &a{level} [{refs}]\n"));
    }
    let practice = check(&text);
    assert!(said(&practice, "yaml/too-large").is_some(), "{:?}", places(&practice));
}

#[test]
fn a_hundred_thousand_levels_are_a_finding() {
    for text in [
        format!("a: {}", "[".repeat(100_000)),
        format!("a: {}", "{b: ".repeat(100_000)),
        "- ".repeat(100_000),
    ] {
        let practice = check(&text);
        assert!(
            said(&practice, "yaml/too-large").is_some() || said(&practice, "yaml/syntax").is_some(),
            "{:?}",
            places(&practice)
        );
    }
}

#[test]
fn a_fifty_megabyte_text_is_a_finding() {
    let practice = check(&format!(
        "descriptor: micro-credential/1\ntitle: {}\n",
        "x".repeat(50 << 20)
    ));
    assert!(said(&practice, "yaml/too-large").is_some(), "{:?}", places(&practice));
}

#[test]
fn a_million_keys_are_a_finding_or_a_bounded_number_of_them() {
    let mut text = String::from("descriptor: micro-credential/1\n");
    for number in 0..1_000_000 {
        text.push_str(&format!("k{number}: 1\n"));
    }
    let practice = check(&text);
    assert!(practice.findings.len() < 300, "{}", practice.findings.len());
    assert!(said(&practice, "yaml/too-large").is_some() || said(&practice, "shape/unknown-key").is_some());
}

#[test]
fn chained_merge_keys_are_bounded() {
    let mut text = String::from("descriptor: micro-credential/1\nx-0: &m0 {k0: 1}\n");
    for level in 1..2000 {
        text.push_str(&format!("x-{level}: &m{level} {{<<: *m{}, k{level}: 1}}\n", level - 1));
    }
    let practice = check(&text);
    assert!(said(&practice, "yaml/too-large").is_some(), "{:?}", places(&practice));
}

#[test]
fn nul_bytes_and_an_empty_text_are_named() {
    let practice = check("descriptor: micro-credential/1\ntitle: a\0b\n");
    assert!(said(&practice, "yaml/syntax").expect("said").contains("NUL"));
    let practice = check("");
    assert!(said(&practice, "document/empty").is_some(), "{:?}", places(&practice));
}

#[test]
fn json_that_is_no_json_is_named_at_its_place() {
    let practice = crate::check_as("eu", "x.json", "{\"descriptor\": \"micro-credential/1\", // comment\n}").remove(0);
    assert!(said(&practice, "yaml/syntax").expect("said").contains("JSON"));
}

#[test]
fn arbitrary_text_never_panics() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 300,
        failure_persistence: None,
        ..Default::default()
    });
    let pieces = prop_oneof![
        Just("descriptor: micro-credential/1\n".to_string()),
        Just("workload: ".to_string()),
        Just("learning_outcomes:\n".to_string()),
        Just("level: {eqf: ".to_string()),
        Just("  - ".to_string()),
        Just("evidence:\n  level: ".to_string()),
        Just("none\n".to_string()),
        Just("&a ".to_string()),
        Just("*a\n".to_string()),
        Just("<<: *a\n".to_string()),
        Just("|\n".to_string()),
        "\\PC{0,12}",
        "[\\[\\]{}:,\\-#&*!|>'\"% \\n\\t]{0,8}",
    ];
    runner
        .run(&proptest::collection::vec(pieces, 0..24), |pieces| {
            let practice = check(&pieces.concat());
            let _ = crate::drawn("eu", &practice);
            Ok(())
        })
        .expect("no panic");
}

/// Files cut anywhere, as an editor saves them half-written.
#[test]
fn every_prefix_of_a_descriptor_is_answered() {
    let text = file("fixtures/corpus/exemplary.yaml");
    for end in (0..text.len()).step_by(37).filter(|end| text.is_char_boundary(*end)) {
        let practice = check(&text[..end]);
        let _ = crate::drawn("eu", &practice);
    }
}

#[test]
fn odd_things_with_names_are_skipped_visibly_and_the_others_checked() {
    let scratch = Scratch::new("odd");
    scratch.write("good.yaml", file("fixtures/corpus/exemplary.yaml"));
    scratch.write("folder.yaml/inner.yaml", "x: 1\n");
    scratch.write("utf16.yaml", b"\xff\xfed\0e\0");
    scratch.write("empty.yaml", "");
    scratch.write("secret.yaml", "x: 1\n");
    let fifo = Command::new("mkfifo")
        .arg(scratch.path().join("pipe.yaml"))
        .status()
        .is_ok_and(|status| status.success());
    forbid(&scratch.path().join("secret.yaml"));
    let child = Command::new(env!("CARGO_BIN_EXE_credlint"))
        .current_dir(scratch.path())
        .args(["check", "."])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let output = wait(child);
    assert!(out(&output).contains("1 checked"), "{}{}", out(&output), err(&output));
    assert!(err(&output).contains("utf16.yaml"), "{}", err(&output));
    if fifo {
        assert!(
            err(&output).contains("pipe.yaml: this is a pipe or a device"),
            "{}",
            err(&output)
        );
    } else {
        println!("skipped: no mkfifo here");
    }
    if std::fs::read(scratch.path().join("secret.yaml")).is_ok() {
        println!("skipped: this user may read files without permission");
    } else {
        assert!(err(&output).contains("secret.yaml"), "{}", err(&output));
    }
    let named = run_in(scratch.path(), &["check", "empty.yaml", "good.yaml"]);
    assert!(
        out(&named).contains("document/empty") && out(&named).contains("2 checked"),
        "{}",
        out(&named)
    );
}

#[cfg(unix)]
fn forbid(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).expect("permissions");
}

#[cfg(not(unix))]
fn forbid(_: &std::path::Path) {}

/// A program that waits for a pipe for ever must fail the test, not hang it.
fn wait(mut child: std::process::Child) -> std::process::Output {
    for _ in 0..600 {
        if child.try_wait().expect("a status").is_some() {
            return child.wait_with_output().expect("output");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().expect("killed");
    panic!("the program hangs");
}
