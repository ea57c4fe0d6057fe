//! The guides are run: every page under `docs/guide` is followed in a scratch folder of its own, from top to bottom.
//!
//! A block ` ```yaml title=NAME ` (or any other language) is a file that the reader writes. In a block ` ```console ` a line
//! `$ credlint …` is typed, and what follows is what the reader sees on both streams; `…` on a line of its own stands for
//! lines that are left out. A line `$ echo $?` shows the exit code. A block ` ```diff title=NAME ` is a change that the
//! reader makes. `UPDATE_DOCS=1 cargo test the_guides` writes anew what is shown without `…`.

use std::process::Output;

use crate::cli::{Scratch, code, err, out, run_in};
use crate::root;

struct Follower {
    scratch: Scratch,
    last: Option<Output>,
}

impl Follower {
    fn typed(&mut self, line: &str) -> String {
        if line == "echo $?" {
            return format!("{}\n", self.last.as_ref().map_or(0, code));
        }
        let words = words(line);
        assert_eq!(words[0], "credlint", "only credlint is typed: {line}");
        let mut arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let into = arguments.iter().position(|word| *word == ">").map(|at| {
            let file = arguments[at + 1].to_string();
            arguments.truncate(at);
            file
        });
        let fixed = ["--as-of=2026-11-23"];
        let dated = ["check", "score", "plan", "config"].contains(&arguments[0]) && !line.contains("--as-of");
        let arguments: Vec<&str> = arguments
            .iter()
            .copied()
            .chain(fixed.into_iter().filter(|_| dated))
            .collect();
        let output = run_in(self.scratch.path(), &arguments);
        let shown = match &into {
            Some(file) => {
                self.scratch.write(file, &output.stdout);
                err(&output)
            }
            None => out(&output) + &err(&output),
        };
        self.last = Some(output);
        let here = self.scratch.path().display().to_string();
        // Any change of a rule changes the digest.
        let digest = regex::Regex::new(r"rules [0-9a-f]{7}\b").expect("a pattern");
        digest
            .replace_all(&shown.replace(&here, "."), "rules 0123abc")
            .into_owned()
    }
}

/// The words of a command line; quotes hold spaces together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (own, Some(open)) if own == open => quote = None,
            (' ', None) => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (own, _) => word.push(own),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether what is shown with gaps is what was said: the parts between the gaps stand in it in this order.
fn agrees(shown: &str, said: &str) -> bool {
    let tidy = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let (shown, said) = (tidy(shown), tidy(said));
    let lines: Vec<&str> = shown.lines().collect();
    if !lines.contains(&"…") {
        return shown.trim_end() == said.trim_end();
    }
    let parts = lines.split(|line| *line == "…").map(|part| part.join("\n"));
    let mut rest = said.as_str();
    for part in parts.filter(|part| !part.is_empty()) {
        match rest.find(&part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Applies the lines of a change: context and `-` lines must stand there in this order.
fn patched(text: &str, change: &str) -> String {
    let old: String = change
        .lines()
        .filter(|line| !line.starts_with('+'))
        .map(|line| format!("{}\n", line.get(1..).unwrap_or_default()))
        .collect();
    let new: String = change
        .lines()
        .filter(|line| !line.starts_with('-'))
        .map(|line| format!("{}\n", line.get(1..).unwrap_or_default()))
        .collect();
    assert!(text.contains(&old), "the change does not fit:\n{old}\n--- to\n{text}");
    text.replacen(&old, &new, 1)
}

fn follow(name: &str, page: &str) -> String {
    let mut follower = Follower {
        scratch: Scratch::new(&format!("guide-{name}")),
        last: None,
    };
    let (mut anew, mut wrong) = (String::new(), Vec::new());
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        anew.push_str(line);
        anew.push('\n');
        let Some(fence) = line.strip_prefix("```").filter(|fence| !fence.is_empty()) else {
            continue;
        };
        let mut block = Vec::new();
        for inside in lines.by_ref() {
            if inside == "```" {
                break;
            }
            block.push(inside);
        }
        let text = block.iter().map(|line| format!("{line}\n")).collect::<String>();
        let title = fence.split_whitespace().find_map(|word| word.strip_prefix("title="));
        match (title, fence) {
            (Some(file), _) if fence.starts_with("diff") => {
                let path = follower.scratch.path().join(file);
                let before = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
                follower.scratch.write(file, patched(&before, &text));
                anew.push_str(&text);
            }
            (Some(file), _) => {
                follower.scratch.write(file, &text);
                anew.push_str(&text);
            }
            (None, "console") => {
                let mut commands: Vec<(&str, String)> = Vec::new();
                for line in block {
                    match line.strip_prefix("$ ") {
                        Some(typed) => commands.push((typed, String::new())),
                        None => {
                            let (_, shown) = commands.last_mut().expect("a block begins with a command");
                            shown.push_str(line);
                            shown.push('\n');
                        }
                    }
                }
                for (typed, shown) in commands {
                    let said = follower.typed(typed);
                    let kept = if agrees(&shown, &said) || shown.lines().any(|line| line == "…") {
                        &shown
                    } else {
                        &said
                    };
                    if !agrees(&shown, &said) {
                        wrong.push(format!("$ {typed}\n{said}"));
                    }
                    anew.push_str(&format!("$ {typed}\n"));
                    kept.lines()
                        .for_each(|line| anew.push_str(&format!("{}\n", line.trim_end())));
                }
            }
            _ => anew.push_str(&text),
        }
        anew.push_str("```\n");
    }
    if std::env::var("UPDATE_DOCS").as_deref() != Ok("1") {
        assert!(
            wrong.is_empty(),
            "docs/guide/{name}.md shows something else than:\n{}",
            wrong.join("\n")
        );
    }
    anew
}

#[test]
fn the_guides_can_be_followed() {
    let mut commands = 0;
    for entry in std::fs::read_dir(root().join("docs/guide")).expect("the guides") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let page = std::fs::read_to_string(&path).expect("a page");
        commands += page.lines().filter(|line| line.starts_with("$ ")).count();
        let anew = follow(&name, &page);
        if std::env::var("UPDATE_DOCS").as_deref() == Ok("1") {
            std::fs::write(&path, &anew).expect("written");
        }
    }
    assert!(commands >= 10, "the guides show {commands} commands");
}

/// Links inside the documentation lead to a file.
#[test]
fn links_between_pages_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#:\s]+)(#[^)]*)?\)").expect("a pattern");
    let pages = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "benches/README.md"].map(|name| root().join(name));
    let docs = walkdir::WalkDir::new(root().join("docs"))
        .into_iter()
        .filter_map(Result::ok);
    let docs = docs
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|own| own == "md"));
    let mut checked = 0;
    for page in pages.into_iter().chain(docs) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for target in link.captures_iter(&text) {
            let full = page.parent().expect("a folder").join(&target[1]);
            assert!(full.exists(), "{}: {} is not there", page.display(), &target[1]);
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked} links");
}
