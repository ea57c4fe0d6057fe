//! The fuzz targets without a fuzzer: over every file that they begin with, and over a bounded number of damaged copies,
//! the same ones every time. `CREDLINT_FUZZ_SECONDS=600` goes on with other copies for that long; `fuzz/README.md` tells
//! how the targets are run with libFuzzer, and what long runs have found.

use std::time::{Duration, Instant};

use crate::damage::{Random, damaged};
use crate::root;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Damaged copies of each target.
const COPIES: usize = 40;

/// The files that a target begins with, largest last; none that is too large to be quick.
fn corpus(target: &str, folders: &[&str]) -> Vec<(String, Vec<u8>)> {
    let own = format!("fuzz/corpus/{target}");
    let folders = folders.iter().copied().chain([own.as_str()]);
    let mut files = Vec::new();
    for entry in folders.flat_map(|folder| walkdir::WalkDir::new(root().join(folder)).sort_by_file_name()) {
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_file() {
            let name = entry
                .path()
                .strip_prefix(root())
                .unwrap_or(entry.path())
                .display()
                .to_string();
            files.push((name, std::fs::read(entry.path()).expect("a file")));
        }
    }
    files.retain(|(_, bytes)| bytes.len() < 12_000);
    files
}

/// Runs a target, and says with which input it failed.
fn run(target: &str, name: &str, bytes: &[u8]) {
    let held = std::panic::catch_unwind(|| targets::run(target, bytes));
    if held.is_err() {
        let kept = std::env::temp_dir().join(format!("credlint-fuzz-{target}"));
        let _ = std::fs::write(&kept, bytes);
        panic!("{target} over {name}; the input is in {}", kept.display());
    }
}

/// Bytes with a few of them changed.
fn garbled(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(3) {
            0 => bytes.insert(at, u8::try_from(random.below(256)).unwrap_or_default()),
            1 => bytes.truncate(at),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes
}

fn replay(target: &str) {
    let (_, folders) = targets::TARGETS
        .iter()
        .find(|(own, _)| *own == target)
        .expect("a target");
    let files = corpus(target, folders);
    assert!(!files.is_empty(), "{target} begins with nothing");
    let seconds = std::env::var("CREDLINT_FUZZ_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    // Of the many small files of the rules some will do; all of them are checked by the tests of the rules.
    let step = if end.is_some() { 1 } else { files.len().div_ceil(30) };
    for (name, bytes) in files
        .iter()
        .step_by(step)
        .chain(files.iter().filter(|(name, _)| name.starts_with("fuzz/")))
    {
        run(target, name, bytes);
    }
    let mut random = Random(20_261_123);
    let mut copies = 0;
    while end.map_or(copies < COPIES, |end| Instant::now() < end) {
        let (name, bytes) = &files[random.below(files.len())];
        let other = &files[random.below(files.len())].1;
        let changed = match (std::str::from_utf8(bytes), std::str::from_utf8(other)) {
            (Ok(text), Ok(other)) if target != "sheet" || random.below(2) == 0 => {
                damaged(text, other, &mut random).into_bytes()
            }
            _ => garbled(bytes, &mut random),
        };
        run(target, &format!("a damaged copy of {name}"), &changed);
        copies += 1;
    }
    println!("{target}: {} files, {copies} damaged copies", files.len());
}

#[test]
fn tree_holds() {
    replay("tree");
}

#[test]
fn lens_holds() {
    replay("lens");
}

#[test]
fn rules_hold() {
    replay("rules");
}

#[test]
fn formats_hold() {
    replay("formats");
}

#[test]
fn conversions_hold() {
    replay("convert");
}

#[test]
fn fixes_hold() {
    replay("fixes");
}

#[test]
fn sheets_hold() {
    replay("sheet");
}

#[test]
fn every_target_is_one_of_cargo_fuzz() {
    let manifest = crate::file("fuzz/Cargo.toml");
    for (target, _) in targets::TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
        assert!(crate::file(&format!("fuzz/fuzz_targets/{target}.rs")).contains(&format!("\"{target}\"")));
    }
}
