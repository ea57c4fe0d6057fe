//! The description as text: remarks begin with `# `, keys that are only offered with `#` alone, so that deleting one
//! character states them.

use serde_json::{Map, Value as Json};

use super::notes::{NONE, NOTES, Note, RECORDS};
use super::{Asked, Node, Part, Wanted, general, nodes, part, spread};
use crate::convert::native::yaml;
use crate::descriptor::model::{LineKind, Shape};
use crate::language::{Language, mark};
use crate::rule::set::RuleSet;
use crate::standard::Element;
use crate::vocabulary::{Entry, Vocabulary, embedded};

/// Columns of a remark.
const WIDTH: usize = 96;
/// A list that is no longer is told in full.
const TOLD: usize = 10;

/// A description to fill in. What `values` says is filled in already; it is a document of our own format.
pub fn write(set: &RuleSet, values: &Json, wanted: Wanted<'_>) -> String {
    let asked = Asked::of(set, wanted.minimal);
    let nodes = nodes(set, &asked);
    let mut writer = Writer {
        set,
        asked: &asked,
        wanted,
        out: String::new(),
    };
    writer.head();
    let parts = [
        (Part::Head, None),
        (Part::Asked, Some(mark("What the standard asks for"))),
        (Part::Judged, Some(mark("What may be left out, and is worth saying"))),
        (
            Part::Further,
            Some(mark(
                "What else can be said; delete the # before what you want to state",
            )),
        ),
    ];
    let mut number = 0;
    for (wanted_part, title) in parts {
        let own: Vec<&Node> = nodes
            .iter()
            .filter(|node| part(set, &asked, node) == wanted_part)
            .filter(|node| writer.is_written(node, values))
            .collect();
        if own.is_empty() {
            continue;
        }
        if let Some(title) = title {
            number += 1;
            writer.banner(number, title);
        }
        for node in own {
            let value = match node.key {
                "descriptor" => Some(Json::from("micro-credential/1")),
                key => values.get(key).cloned(),
            };
            writer.top(node, value.as_ref());
        }
    }
    writer.rest(&nodes, values);
    writer.out
}

struct Writer<'a> {
    set: &'a RuleSet,
    asked: &'a Asked,
    wanted: Wanted<'a>,
    out: String,
}

/// How keys are written.
#[derive(Clone, Copy)]
struct Style {
    /// Whether they are only offered.
    offered: bool,
    /// Whether they are explained; entries of a list are, the first time.
    remarks: bool,
}

impl Writer<'_> {
    fn language(&self) -> Language {
        self.wanted.language
    }

    /// Whether anything of a key is written at all.
    fn is_written(&self, node: &Node, values: &Json) -> bool {
        let stated = values.get(node.key).is_some_and(|value| !value.is_null());
        let demanded = || part(self.set, self.asked, node) == Part::Asked || node.key == "id";
        !self.wanted.minimal || stated || node.key == "descriptor" || (node.asked && demanded())
    }

    /// What a person has to know who has never seen such a file.
    fn head(&mut self) {
        let language = self.language();
        let file = self.wanted.file.unwrap_or("FILE");
        let profile = &self.set.profile;
        let option = match profile.name.as_str() {
            super::PLAIN => String::new(),
            name => format!(" --profile {name}"),
        };
        let command = format!("credlint check {file}{option}");
        let mut lines = vec![
            language
                .tr("This file describes a micro-credential. Fill in what is empty, then ask what is still missing:")
                .into_owned(),
            format!("  {command}"),
        ];
        if !option.is_empty() {
            let title = profile.title(language);
            lines.push(language.fill("Profile: {title}.", &[("title", &title)]));
        }
        if let Some(from) = self.wanted.from {
            lines.push(language.fill("What is filled in comes from {file}.", &[("file", &from)]));
        }
        if !self.wanted.minimal {
            lines.push(String::new());
            let rules = [
                mark("A line that begins with # is a remark, which no program reads. Delete remarks as you like."),
                mark("`#key:` without a space offers something that may be left out. To state it, delete the #."),
                mark("Write a value behind the colon and a space. Leave empty what you do not know."),
                mark("A hyphen begins an entry of a list. For one more, copy the lines from the hyphen on."),
                mark("Spaces at the beginning of a line say what belongs to what. Keep them as they are; no tabs."),
                mark(
                    "Put in \"quotes\": a text that has a # or a colon in it, numbers that are codes (\"0716\"), and \"NO\".",
                ),
                mark("A text may be given in several languages: {en: Welding, es: Soldadura}."),
            ];
            lines.extend(rules.iter().map(|rule| format!("- {}", language.tr(rule))));
        }
        for line in &lines {
            let hanging = if line.starts_with("- ") { "  " } else { "" };
            self.remark(0, line, hanging);
        }
        self.out.push('\n');
    }

    fn banner(&mut self, number: usize, title: &str) {
        if self.wanted.minimal {
            return;
        }
        let rule = "-".repeat(WIDTH - 2);
        let title = self.language().tr(title).into_owned();
        self.out
            .push_str(&format!("\n# {rule}\n# {number}. {title}\n# {rule}\n"));
    }

    fn remark(&mut self, indent: usize, text: &str, hanging: &str) {
        let margin = " ".repeat(indent);
        // A command is never broken, and its space says that it is one.
        if text.is_empty() || text.starts_with("  ") {
            let line = format!("{margin}# {text}");
            self.out.push_str(line.trim_end());
            self.out.push('\n');
            return;
        }
        let options = textwrap::Options::new(WIDTH.saturating_sub(indent + 2).max(40))
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .subsequent_indent(hanging);
        for line in textwrap::wrap(text, options) {
            self.out.push_str(&format!("{margin}# {line}\n"));
        }
    }

    /// A key at the top, with a heading if an element is said there.
    fn top(&mut self, node: &Node, value: Option<&Json>) {
        if node.key != "descriptor" {
            self.out.push('\n');
        }
        let here: Vec<(String, Element, usize)> = self
            .asked
            .elements
            .iter()
            .filter(|(path, _)| *path == &node.path || path.starts_with(&format!("{}/", node.path)))
            .flat_map(|(path, elements)| elements.iter().map(|(element, rule)| (path.clone(), *element, *rule)))
            .collect();
        let home = |element: Element| {
            let info = self.set.elements.info(element);
            info.and_then(|info| info.home()) == Some(node.key)
        };
        let own: Vec<(Element, usize)> = Element::JUDGED
            .iter()
            .filter_map(|element| here.iter().find(|(_, own, _)| own == element))
            .filter(|(_, element, _)| home(*element))
            .map(|(_, element, rule)| (*element, *rule))
            .collect();
        if !own.is_empty() && !self.wanted.minimal {
            let names: Vec<String> = own
                .iter()
                .map(|(element, _)| capital(&self.set.elements.name(*element, self.language())))
                .collect();
            let heading = format!("== {} ==", names.join(" · "));
            self.remark(0, &heading, "");
        }
        for (element, rule) in own {
            self.element(0, element, rule);
        }
        let style = Style {
            offered: !node.asked,
            remarks: true,
        };
        self.node(node, value, 0, style);
    }

    /// What an element is and why a reader wants it.
    fn element(&mut self, indent: usize, element: Element, rule: usize) {
        let language = self.language();
        let Some(info) = self.set.elements.info(element) else {
            return;
        };
        let ask = sentence(info.ask(language));
        let text = match self.wanted.minimal {
            true => ask,
            false => format!("{ask} {}", sentence(self.set.rules[rule].why(language))),
        };
        self.remark(indent, &text, "");
        if let Some(caution) = info.caution(language).filter(|_| !self.wanted.minimal) {
            self.remark(indent, &sentence(caution), "");
        }
    }

    fn node(&mut self, node: &Node, value: Option<&Json>, indent: usize, style: Style) {
        let value = value.filter(|value| !value.is_null());
        let Some(value) = value else {
            if style.offered || !node.asked {
                if !self.wanted.minimal {
                    self.empty(node, indent, Style { offered: true, ..style });
                }
                return;
            }
            self.empty(node, indent, style);
            return;
        };
        let style = Style {
            offered: false,
            ..style
        };
        if style.remarks {
            self.remarks(node, indent);
        }
        let margin = " ".repeat(indent);
        let says = |value: &Json| value.get("not_applicable").is_some();
        let value = match value {
            Json::String(_) if !node.is_list && node.shorthand.is_some() => spread(node, value),
            other => Some(other.clone()),
        };
        match value {
            Some(Json::Object(keys))
                if !node.children.is_empty() && !node.is_list && !says(&Json::Object(keys.clone())) =>
            {
                self.out.push_str(&format!("{margin}{}:\n", node.key));
                self.keys(node, &Json::Object(keys), indent + 2, style);
            }
            Some(Json::Array(items)) if node.is_list && !node.children.is_empty() && !items.is_empty() => {
                let spread: Option<Vec<Json>> = items.iter().map(|item| spread(node, item)).collect();
                match spread {
                    Some(items) => {
                        self.out.push_str(&format!("{margin}{}:\n", node.key));
                        for (number, item) in items.iter().enumerate() {
                            let remarks = style.remarks && number == 0;
                            self.item(node, item, indent + 2, Style { remarks, ..style });
                        }
                    }
                    None => self.dump(node.key, &Json::Array(items), indent),
                }
            }
            Some(other) => self.dump(node.key, &other, indent),
            None => {}
        }
    }

    /// A key without a value.
    fn empty(&mut self, node: &Node, indent: usize, style: Style) {
        if style.remarks {
            self.remarks(node, indent);
        }
        let margin = " ".repeat(indent);
        let hash = if style.offered { "#" } else { "" };
        self.out.push_str(&format!("{margin}{hash}{}:\n", node.key));
        if node.children.is_empty() {
            return;
        }
        match node.is_list {
            true => self.item(node, &Json::Null, indent + 2, style),
            false => self.keys(node, &Json::Null, indent + 2, style),
        }
    }

    /// The keys of a group in the standard's order, and those that the model does not know.
    fn keys(&mut self, node: &Node, value: &Json, indent: usize, style: Style) {
        for child in &node.children {
            self.child(child, value, indent, style);
        }
        self.unknown(node, value, indent);
    }

    fn child(&mut self, child: &Node, value: &Json, indent: usize, style: Style) {
        let own = value.get(child.key).filter(|own| !own.is_null());
        // What the others say nothing without waits beside them.
        if own.is_none() && child.required && value.is_object() {
            let waits = Style {
                offered: false,
                ..style
            };
            self.empty(child, indent, waits);
            return;
        }
        // A further entry of a list repeats what waits, not what is offered.
        if own.is_none() && !style.offered && !child.asked && !style.remarks {
            return;
        }
        self.node(child, own, indent, style);
    }

    fn unknown(&mut self, node: &Node, value: &Json, indent: usize) {
        let keys = value.as_object().into_iter().flatten();
        for (key, value) in
            keys.filter(|(key, value)| !value.is_null() && !node.children.iter().any(|own| own.key == *key))
        {
            self.dump(key, value, indent);
        }
    }

    /// An entry of a list: what is stated or waits comes first, so that the hyphen stands before a key.
    fn item(&mut self, node: &Node, value: &Json, indent: usize, style: Style) {
        let stated = |child: &&Node| value.get(child.key).is_some_and(|own| !own.is_null());
        let (first, then): (Vec<&Node>, Vec<&Node>) = match style.offered {
            true => (node.children.iter().collect(), Vec::new()),
            false => node
                .children
                .iter()
                .partition(|child| child.asked || child.required || stated(child)),
        };
        let start = self.out.len();
        for child in first {
            self.child(child, value, indent + 2, style);
        }
        self.unknown(node, value, indent + 2);
        for child in then {
            self.child(child, value, indent + 2, style);
        }
        // The hyphen takes the place of two spaces, in front of the first key; remarks above it stand above the hyphen.
        let hash = if style.offered { "#" } else { "" };
        let (plain, with) = (
            format!("{}{hash}", " ".repeat(indent + 2)),
            format!("{}{hash}- ", " ".repeat(indent)),
        );
        let mut at = start;
        while at < self.out.len() {
            let end = self.out[at..].find('\n').map_or(self.out.len(), |end| at + end + 1);
            let line = &self.out[at..end];
            if line.trim_start().starts_with("# ") {
                self.out.replace_range(at..at + 2, "");
                at = end - 2;
                continue;
            }
            if line.starts_with(&plain) && (style.offered || !line.trim_start().starts_with('#')) {
                self.out.replace_range(at..at + plain.len(), &with);
                return;
            }
            at = end;
        }
    }

    /// A value as it is.
    fn dump(&mut self, key: &str, value: &Json, indent: usize) {
        let document = Json::Object(Map::from_iter([(key.to_string(), value.clone())]));
        let margin = " ".repeat(indent);
        for line in yaml(&document).lines() {
            match line.is_empty() {
                true => self.out.push('\n'),
                false => self.out.push_str(&format!("{margin}{line}\n")),
            }
        }
    }

    /// What is at the top and nobody is asked for: what a conversion keeps, and keys of one's own.
    fn rest(&mut self, nodes: &[Node], values: &Json) {
        let keys = values.as_object().into_iter().flatten();
        let rest: Vec<(&String, &Json)> = keys
            .filter(|(key, value)| !value.is_null() && !nodes.iter().any(|node| node.key == *key))
            .collect();
        for (key, value) in rest {
            self.out.push('\n');
            if key == "extra" {
                let text = self
                    .language()
                    .tr("Kept for a conversion back to the format that it came from; it may be deleted.");
                self.remark(0, &text, "");
            }
            self.dump(key, value, 0);
        }
    }

    /// What stands above a key.
    fn remarks(&mut self, node: &Node, indent: usize) {
        let language = self.language();
        let at = |path: &str| self.asked.elements.get(path).cloned().unwrap_or_default();
        // Elements that have no key of their own at the top are explained where they are said.
        for (element, rule) in at(&node.path) {
            let info = self.set.elements.info(element);
            if info.is_some_and(|info| info.home().is_none()) && (node.asked || !self.wanted.minimal) {
                self.element(indent, element, rule);
            }
        }
        if self.wanted.minimal {
            return;
        }
        if let Some(text) = note(node, language) {
            self.remark(indent, &text, "");
        }
        for rule in self.asked.added.get(&node.path).into_iter().flatten() {
            let rule = &self.set.rules[*rule];
            let own = rule.id == format!("{}/missing", rule.file.element.slug());
            let title = self.set.profile.title(language);
            let why = if own {
                String::new()
            } else {
                rule.why(language).to_string()
            };
            let head = match why.is_empty() {
                true => language.fill(
                    "The profile {name} asks for it ({title}).",
                    &[("name", &self.set.profile.name), ("title", &title)],
                ),
                false => language.fill(
                    "The profile {name} asks for it: {why}.",
                    &[("name", &self.set.profile.name), ("why", &why)],
                ),
            };
            self.remark(indent, &head, "");
            if !own {
                let help = crate::explain::without_values(rule.help(language));
                let mut first = true;
                for line in help.lines() {
                    let line = if std::mem::take(&mut first) {
                        capital(line)
                    } else {
                        line.to_string()
                    };
                    self.remark(indent, &line, "");
                }
            }
        }
    }
}

/// The words about a key, with the values that it takes.
fn note(node: &Node, language: Language) -> Option<String> {
    let path = general(&node.path);
    let note = NOTES.iter().chain(RECORDS).find(|note| note.path == path);
    let mut parts: Vec<String> = Vec::new();
    if let Some(note) = note.filter(|note| !note.text.is_empty()) {
        parts.push(sentence(&language.tr(note.text)));
    }
    if let Some(values) = values(node.shape, note, language) {
        parts.push(values);
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The values that a key takes, where there is a list of them.
fn values(shape: &Shape, note: Option<&Note>, language: Language) -> Option<String> {
    match shape {
        Shape::Flag => Some(language.tr("`true` or `false`.").into_owned()),
        Shape::Line(LineKind::Date) => Some(language.tr("A day, such as 2027-02-15.").into_owned()),
        Shape::List { item, .. } => values(item, note, language),
        Shape::Choice(shapes) => shapes.iter().find_map(|shape| values(shape, note, language)),
        Shape::Code(name) => {
            let list = embedded(name)?;
            let usual = note.map_or(&[][..], |note| note.usual);
            if usual == NONE {
                return None;
            }
            let told = |entry: &'static Entry| told(list, entry, language);
            if usual.is_empty() && list.entries.len() <= TOLD {
                let all: Vec<String> = list.entries.iter().map(told).collect();
                return Some(language.fill("One of: {values}.", &[("values", &all.join(", "))]));
            }
            let some: Vec<String> = usual.iter().filter_map(|slug| list.find(slug)).map(told).collect();
            let some = some.join(", ");
            let mut text = match some.is_empty() {
                true => String::new(),
                false => language.fill("Such as {values}.", &[("values", &some)]),
            };
            // Another page may have the name of the list.
            if Element::ALL.iter().all(|element| element.slug() != list.name) {
                let more = language.fill("`credlint explain {list}` lists them all.", &[("list", &list.name)]);
                text.push_str(if text.is_empty() { "" } else { " " });
                text.push_str(&more);
            }
            (!text.is_empty()).then_some(text)
        }
        _ => None,
    }
}

/// A value as it is written, with its label where that says more.
fn told(list: &Vocabulary, entry: &'static Entry, language: Language) -> String {
    let written = yaml(&Json::from(entry.slug));
    let written = written.trim().trim_matches('\'').trim_matches('"');
    let written = match yaml(&Json::from(entry.slug)).trim() {
        plain if plain == written => written.to_string(),
        _ => format!("\"{written}\""),
    };
    let label = entry.label(language.code());
    let folded = |text: &str| text.to_lowercase().replace(['-', '_'], " ");
    match folded(label) == folded(entry.slug) || list.find(label).is_none() && label.len() > 60 {
        true => written,
        false => format!("{written} ({label})"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// A text of the house, which begins small and has no full stop, as a sentence.
fn sentence(text: &str) -> String {
    // What begins with code stays as it is.
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{stop}", capital(text))
}
