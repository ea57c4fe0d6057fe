//! YAML that nobody would write: documents near the rim of what the plain road reads, and real ones with damage. Shared
//! with `examples/roads.rs`, which runs through millions of them.

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Pieces that mean something to YAML, in one place or another.
const PIECES: [&str; 74] = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "- ",
    "-",
    "--- ",
    "\n---\n",
    "\n...\n",
    "...",
    ":",
    ": ",
    ":\n",
    " : ",
    "? ",
    "?x",
    ":x",
    "#",
    " #",
    " # x",
    "\n# x\n",
    "\n    # x\n",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "<<",
    "<<: ",
    "|",
    ">",
    "|-\n",
    "|+\n",
    ">-\n",
    ">\n",
    "|2\n",
    "| # x\n",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "[a, b]",
    "{a: b}",
    "[]",
    "{}",
    "'",
    "\"",
    "''",
    "\"\"",
    "\\",
    "\\n",
    "\\\"",
    "\\u00e9",
    "\\x41",
    "%",
    "@",
    "`",
    "~",
    "null",
    "0716",
    "NO",
    "é",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "\t",
    "\r\n",
];

/// A text with a few changes of the kind that an editor or a bad day makes.
pub(crate) fn damaged(text: &str, other: &str, random: &mut Random) -> String {
    let mut text = text.to_string();
    for _ in 0..1 + random.below(4) {
        text = changed(&text, other, random);
    }
    text
}

fn changed(text: &str, other: &str, random: &mut Random) -> String {
    let place = |text: &str, random: &mut Random| floor(text, random.below(text.len() + 1));
    let at = place(text, random);
    let (before, after) = text.split_at(at);
    match random.below(9) {
        0 => format!("{before}{}{after}", random.one(&PIECES)),
        1 => {
            let mut rest = after.chars();
            rest.next();
            format!("{before}{}{}", random.one(&PIECES), rest.as_str())
        }
        2 => {
            let mut rest = after.chars();
            rest.next();
            before.to_string() + rest.as_str()
        }
        3 => {
            let byte = char::from(0x20 + random.below(0x5F) as u8);
            format!("{before}{byte}{after}")
        }
        4 => before.to_string(),
        5 => with_line(text, random, |line, random| {
            " ".repeat(random.below(5)) + line.trim_start_matches(' ')
        }),
        6 => with_line(text, random, |line, _| format!("{line}\n{line}")),
        7 => with_line(text, random, |_, _| String::new()),
        _ => {
            let from = place(other, random);
            let to = floor(other, (from + random.below(60)).min(other.len()));
            format!("{before}{}{after}", &other[from..to.max(from)])
        }
    }
}

fn with_line(text: &str, random: &mut Random, change: impl Fn(&str, &mut Random) -> String) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
    let at = random.below(lines.len());
    lines[at] = change(&lines[at], random);
    lines.join("\n")
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A document, or several, built from what YAML has; most of it plain, some of it a trap.
pub(crate) fn document(random: &mut Random) -> String {
    let mut out = String::new();
    for _ in 0..1 + usize::from(random.once_in(6)) + usize::from(random.once_in(12)) {
        if random.once_in(3) || !out.is_empty() {
            out.push_str(random.one(&["---\n", "---\n", "---\n", "--- # x\n", "---  \n", "--- x\n", "...\n"]));
        }
        gap(&mut out, random);
        let column = if random.once_in(8) { 1 + random.below(3) } else { 0 };
        collection(&mut out, column, 0, false, random);
    }
    if random.once_in(5) {
        out.pop();
    }
    out
}

const KEYS: [&str; 24] = [
    "a",
    "b",
    "c",
    "title",
    "learning_outcomes",
    "two words",
    "x-y",
    "é",
    "\"quoted\"",
    "'single'",
    "\"a: b\"",
    "12",
    "a#b",
    "a:b",
    "-x",
    "\"e\\n\"",
    "k ",
    "k  ",
    "\"k\" ",
    "~",
    "<<",
    "? q",
    "&a k",
    "a,b",
];

const VALUES: [&str; 52] = [
    "x",
    "two words",
    "0716",
    "NO",
    "1.5",
    "true",
    "~",
    "2026-01-02",
    "12:30",
    "https://example.org/#a",
    "é – ü",
    "\"quoted\"",
    "'single'",
    "\"a: b # c\"",
    "'it''s'",
    "\"e\\n\\u00e9\\\"\"",
    "''",
    "\"\"",
    "\"\\x41\"",
    "[a, b]",
    "[]",
    "{}",
    "{a: b, c: \"d\"}",
    "[ a , 'b' , ]",
    "[[a], {b: c}]",
    "[a,\n    b]",
    "{a: 1,\n   b: 2\n  }",
    "{a: }",
    "{a}",
    "[a: b]",
    "[a:b, c: d]",
    "{\"a\":1}",
    "{<<: x}",
    "[12:30, C#, a #b]",
    "[-1, - 2]",
    "-1",
    "- x",
    "a: b",
    "a:",
    "a #b",
    "x # comment",
    "x   ",
    "#x",
    "&a x",
    "*a",
    "!t x",
    "%x",
    "@x",
    "x\ty",
    "\"open",
    "\"two\n  lines\"",
    "{a: x, a: y}",
];

/// One of the first, and now and then one of all.
fn rarely<'a>(of: &[&'a str], common: usize, random: &mut Random) -> &'a str {
    let bound = if random.once_in(16) { of.len() } else { common };
    of[random.below(bound)]
}

fn gap(out: &mut String, random: &mut Random) {
    while random.once_in(6) {
        out.push_str(random.one(&["\n", "   \n", "# x\n", "      # deep\n", " #x\n"]));
    }
}

fn collection(out: &mut String, column: usize, depth: usize, on_line: bool, random: &mut Random) {
    let sequence = random.once_in(3);
    for number in 0..1 + random.below(4) {
        if number > 0 || !on_line {
            gap(out, random);
            let slip = if random.once_in(200) { 1 } else { 0 };
            out.push_str(&" ".repeat(column + slip));
        }
        if sequence {
            let before = out.len();
            out.push_str(random.one(&["- ", "- ", "- ", "-   ", "-"]));
            let inside = column + out.len() - before;
            item(out, column, inside, depth, random);
        } else {
            let key = if random.once_in(3) {
                format!("k{}", random.below(50))
            } else {
                format!("{}{number}", rarely(&KEYS, 8, random))
            };
            out.push_str(&key);
            out.push(':');
            value(out, column, depth, random);
        }
    }
}

fn item(out: &mut String, column: usize, inside: usize, depth: usize, random: &mut Random) {
    if depth < 4 && random.once_in(3) && out.ends_with(' ') {
        collection(out, inside, depth + 1, true, random);
    } else {
        out.truncate(out.trim_end_matches(' ').len());
        value(out, column, depth, random);
    }
}

/// What stands behind a colon or a dash, with the line break after it.
fn value(out: &mut String, column: usize, depth: usize, random: &mut Random) {
    match random.below(12) {
        0..=2 if depth < 4 => {
            out.push_str(random.one(&["\n", "\n", "\n", " \n", " # x\n"]));
            let deeper = column + random.below(4);
            collection(out, deeper, depth + 1, false, random);
        }
        3 => out.push_str(random.one(&["\n", " \n", " # x\n"])),
        4 => {
            out.push(' ');
            lines(out, column, random);
        }
        5 => block(out, column, random),
        6 => {
            out.push('\n');
            gap(out, random);
            out.push_str(&" ".repeat(column + 1 + random.below(3)));
            out.push_str(random.one(&VALUES));
            out.push('\n');
        }
        _ => {
            out.push_str(random.one(&[" ", " ", " ", "  "]));
            out.push_str(rarely(&VALUES, 25, random));
            out.push_str(random.one(&["\n", "\n", "\n", " \n", " # x\n", "\n\n"]));
        }
    }
}

const CONTINUED: [&str; 10] = [
    "three",
    "- four",
    "[five",
    "\"six",
    "& seven",
    "a#b",
    "x:y",
    "eight: nine",
    "# ten",
    "eleven #12",
];

/// Plain text over several lines.
fn lines(out: &mut String, column: usize, random: &mut Random) {
    out.push_str(random.one(&["one", "one two", "a-b", "é"]));
    for _ in 0..1 + random.below(3) {
        out.push_str(rarely(&["\n", "\n", " \n", "\n\n", "\n  \n\n", " # x\n"], 5, random));
        out.push_str(&" ".repeat(column + usize::from(!random.once_in(20)) * (1 + random.below(4))));
        out.push_str(rarely(&CONTINUED, 7, random));
    }
    out.push('\n');
}

fn block(out: &mut String, column: usize, random: &mut Random) {
    out.push(' ');
    out.push_str(rarely(
        &[
            "|", ">", "|-", ">-", "|+", ">+", "| ", "> # x", "|- # x", "|2", ">1-", "|#x",
        ],
        9,
        random,
    ));
    out.push('\n');
    let inside = column + usize::from(!random.once_in(20)) * (1 + random.below(4));
    for _ in 0..usize::from(!random.once_in(20)) + random.below(5) {
        match random.below(8) {
            0 => out.push_str(&" ".repeat(random.below(6))),
            1 => {
                out.push_str(&" ".repeat(inside + 1 + random.below(3)));
                out.push_str(random.one(&["more", "- x", "# y"]));
            }
            2 if random.once_in(10) => {
                out.push_str(&" ".repeat(inside.saturating_sub(1)));
                out.push_str("less");
            }
            _ => {
                out.push_str(&" ".repeat(inside));
                out.push_str(random.one(&["text", "a: b", "# no comment", "trailing  ", "é", "- item", "---"]));
            }
        }
        out.push('\n');
    }
}
