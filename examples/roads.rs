//! Compares the plain road with the full parser: over every YAML file given, over as many documents as asked for that are
//! generated, and over as many that are damaged copies of the files. The first difference ends it.
//!
//!     cargo run --release --example roads -- COUNT SEED PATH…
#![allow(clippy::print_stdout, reason = "it says what it found")]

use credlint::tree::{parse_fully, plain};

#[path = "../tests/it/damage.rs"]
mod damage;

use damage::{Random, damaged, document};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = || std::io::Error::other("usage: roads COUNT SEED PATH…");
    let number = |at: usize| {
        arguments
            .get(at)
            .and_then(|text| text.parse::<u64>().ok())
            .ok_or_else(usage)
    };
    let (count, seed) = (number(0)?, number(1)?);
    let mut texts = Vec::new();
    for entry in arguments[2..]
        .iter()
        .flat_map(walkdir::WalkDir::new)
        .filter_map(Result::ok)
    {
        let is_yaml = entry
            .path()
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml");
        if let (true, Ok(text)) = (is_yaml, std::fs::read_to_string(entry.path())) {
            texts.push(text);
        }
    }
    report("files", texts.iter().map(String::clone));
    let mut random = Random(seed);
    report("generated", (0..count).map(|_| document(&mut random)));
    if !texts.is_empty() {
        let mut random = Random(seed);
        let damaged = (0..count).map(|_| {
            let (one, other) = (random.below(texts.len()), random.below(texts.len()));
            damaged(&texts[one], &texts[other], &mut random)
        });
        report("damaged", damaged);
    }
    Ok(())
}

fn report(what: &str, texts: impl Iterator<Item = String>) {
    let (mut all, mut taken) = (0_u64, 0_u64);
    for text in texts {
        all += 1;
        if let Some(quick) = plain::parse(&text) {
            taken += 1;
            let full = parse_fully(&text);
            assert!(
                quick == full,
                "{what} {all}:\n{text}\n--- {text:?}\nplain: {quick:#?}\nfull: {full:#?}"
            );
        }
    }
    println!("{what}: {all} texts, {taken} taken by the plain road, all equal");
}
