//! The collector of findings: words them, places them, drops what the profile switches off. What the stages of the
//! program find by themselves (reader, schema, lens) is worded by rules of the kind `reported`.

use super::{Header, MAX_FINDINGS_PER_RULE, Options, Practice};
use crate::check::Failure;
use crate::descriptor::model::{Shape, model};
use crate::descriptor::native::NativeFormat;
use crate::descriptor::{Blank, Descriptor, FactId, Origin, Place, SourceId, Value, mapped};
use crate::finding::{Finding, Label};
use crate::fix::{Aliases, Fix, Site};
use crate::language::{Language, Phrase, mark};
use crate::rule::Rule;
use crate::rule::set::RuleSet;
use crate::schema::{self, ShapeKind};
use crate::source::Span;
use crate::source::sheet::{Note, Sheet, letters};
use crate::tree::{Ambiguity, Kind, NodeId, ProblemKind, Tree};
use crate::vocabulary::embedded;
use crate::waiver::comment::Comment;

/// Collects findings: words them, places them, drops what the profile switches off.
pub(super) struct Findings<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) options: &'a Options,
    pub(super) practice: &'a mut Practice,
    /// The practice as facts, where what is found in it may be fixed: in files of our own format.
    pub(super) fixable: Option<&'a Descriptor<'a>>,
    seen: Vec<u32>,
}

impl Aliases for NativeFormat {
    fn stands_for(&self, key: &str) -> Option<&str> {
        let path = self.aliases.get(key)?.strip_prefix('/')?;
        path.split('/').next()
    }
}

impl<'a> Findings<'a> {
    pub(super) fn new(set: &'a RuleSet, options: &'a Options, practice: &'a mut Practice) -> Findings<'a> {
        Findings {
            set,
            options,
            practice,
            fixable: None,
            seen: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, descriptor: &Descriptor<'_>, index: usize, failure: Failure) {
        let pointer = descriptor.pointer(failure.at);
        let before = self.practice.findings.len();
        let key = failure
            .args
            .iter()
            .find(|(name, _)| *name == "key")
            .map(|(_, key)| key.clone());
        self.place(index, failure, pointer);
        if self.set.rules[index].is_about_the_format() {
            return;
        }
        if let (Some(origin), Some(finding)) = (descriptor.origin(), self.practice.findings.get_mut(before)) {
            elsewhere(origin, self.set, self.options.language, finding, key.as_deref());
        }
        let source = self.practice.sources[0].clone();
        if let (Some(sheet), Some(finding)) = (source.sheet(), self.practice.findings.get_mut(before)) {
            in_sheet(
                sheet,
                source.text(),
                self.set,
                self.options.language,
                finding,
                key.as_deref(),
            );
        }
    }

    /// Nothing in a document is of the format that it is said to be of.
    pub(super) fn unrecognised(&mut self, tree: &Tree<'_>, format: &'static mapped::Format) {
        let looks_like = mapped::Document::all(tree, None);
        let span = match tree.root {
            Some(root) => {
                let first = tree.entries(root).first().filter(|entry| !entry.key_span.is_empty());
                first.map_or(tree.node(root).span, |entry| entry.key_span)
            }
            None => Span::new(tree.start as usize, tree.start as usize),
        };
        let span = opening(self.practice.sources[0].text(), span);
        let other = looks_like.first().map_or("", |document| &document.format.format);
        let args = vec![("value", format.title.clone()), ("suggestion", other.to_string())];
        self.reported("document/format-unrecognised", span, String::new(), args, None);
    }

    /// What stands in a file of another format and cannot be read.
    pub(super) fn unreadable(&mut self, descriptor: &Descriptor<'_>) {
        let language = self.options.language;
        for (id, shape) in descriptor.unreadable() {
            let (expected, hint) = expected_there(shape);
            let place = descriptor.place(id);
            let fact = descriptor.fact(id);
            let name = if fact.name.is_empty() {
                descriptor.canonical_name(id)
            } else {
                fact.name.to_string()
            };
            let found = Phrase::new(mark("the text `{text}`")).with("text", descriptor.shown(id));
            let args = vec![
                ("key", name),
                ("expected", expected.say(language)),
                ("value", found.say(language)),
                ("help", hint.say(language)),
            ];
            self.reported("shape/wrong-value", place.span, descriptor.pointer(place), args, None);
        }
    }

    fn place(&mut self, index: usize, failure: Failure, pointer: String) {
        let rule = &self.set.rules[index];
        let Some(level) = self.set.levels[index] else { return };
        self.seen.resize(self.set.rules.len(), 0);
        self.seen[index] += 1;
        if self.seen[index] as usize > MAX_FINDINGS_PER_RULE {
            self.practice.omitted += 1;
            return;
        }
        let language = self.options.language;
        let fill = |text: &str| Rule::fill(text, &failure.args).trim_end().to_string();
        let file = &rule.file;
        let label = |place: Place, text: String| Label {
            source: place.source,
            span: place.span,
            text,
        };
        let others = failure
            .also
            .iter()
            .map(|(role, place)| label(*place, fill(rule.also(role, language))));
        let fix = self.fix(rule, &failure);
        self.practice.findings.push(Finding {
            fix,
            rule: index,
            level,
            effect: file.effect,
            element: failure.element.unwrap_or(file.element),
            message: fill(rule.message(language)),
            help: fill(rule.help(language)),
            why: fill(rule.why(language)),
            pointer,
            others: others.collect(),
            primary: label(failure.at, fill(rule.label(language))),
            waived: None,
        });
    }

    fn fix(&self, rule: &Rule, failure: &Failure) -> Option<Fix> {
        let site = Site {
            text: self.practice.sources[0].text(),
            descriptor: self.fixable?,
            at: failure.at,
            also: &failure.also,
            args: &failure.args,
            aliases: &self.set.native,
            language: self.options.language,
        };
        rule.fixer.as_ref()?.propose(&site)
    }

    pub(super) fn reported(
        &mut self,
        id: &str,
        span: Span,
        pointer: String,
        args: Vec<(&'static str, String)>,
        first: Option<Span>,
    ) {
        let place = |span: Span| Place {
            source: SourceId(0),
            span,
            node: None,
        };
        self.reported_at(id, place(span), pointer, args, first.map(place));
    }

    fn reported_at(
        &mut self,
        id: &str,
        at: Place,
        pointer: String,
        args: Vec<(&'static str, String)>,
        first: Option<Place>,
    ) {
        let Some((index, _)) = self.set.get(id) else { return };
        let mut failure = Failure::new(at, args);
        if let Some(first) = first {
            failure = failure.also("first", first);
        }
        self.place(index, failure, pointer);
    }

    /// What was found while a spreadsheet was read.
    pub(super) fn note(&mut self, note: &Note) {
        let mut args = note.args.clone();
        args.extend(
            note.phrase
                .iter()
                .map(|(name, phrase)| (*name, phrase.say(self.options.language))),
        );
        self.reported(note.rule, note.span, String::new(), args, note.first);
    }

    pub(super) fn problem(&mut self, problem: &crate::tree::Problem) {
        let language = self.options.language;
        let (id, args) = match &problem.kind {
            ProblemKind::Syntax(message, help) => (
                "yaml/syntax",
                vec![
                    ("detail", message.say(language)),
                    ("help", language.tr(help).into_owned()),
                ],
            ),
            ProblemKind::DuplicateKey(key) => ("yaml/duplicate-key", vec![("key", key.clone())]),
            ProblemKind::BadAlias(name) => ("yaml/recursive-alias", vec![("value", name.clone())]),
            ProblemKind::BadMerge => ("yaml/merge-of-no-mapping", Vec::new()),
            ProblemKind::NonTextKey => ("yaml/key-not-text", Vec::new()),
            ProblemKind::UnknownTag(tag) => ("yaml/unknown-tag", vec![("value", tag.clone())]),
            ProblemKind::Limit(what, limit) => {
                let values: [(&str, &dyn std::fmt::Display); 2] = [("limit", limit), ("what", &language.tr(what))];
                (
                    "yaml/too-large",
                    vec![("detail", language.fill("more than {limit} {what}", &values))],
                )
            }
        };
        self.reported(id, problem.span, String::new(), args, problem.related);
    }

    /// Whether the document is something else altogether.
    pub(super) fn header(&mut self, descriptor: &Descriptor<'_>, tree: &Tree<'_>, header: &Header) -> bool {
        match header {
            Header::Native => return false,
            Header::NearMiss(span, node, key) => {
                self.reported(
                    "document/header-misspelt",
                    *span,
                    tree.pointer(*node),
                    vec![("key", key.clone())],
                    None,
                );
                return false;
            }
            Header::None => {}
        }
        let place = descriptor.key_place(FactId::ROOT);
        let found = match (&descriptor.fact(FactId::ROOT).value, tree.root) {
            (_, None) => mark("nothing"),
            (Value::Unreadable(_), Some(root)) if matches!(tree.node(root).kind, Kind::Sequence(_)) => {
                mark("a list without descriptors")
            }
            (Value::Unreadable(_), _) => mark("plain text"),
            (Value::Blank(_), _) => mark("nothing"),
            _ => "",
        };
        let span = opening(self.practice.sources[0].text(), place.span);
        // An id or a title alone is in every file; three keys of ours make a descriptor that forgot to say so.
        let known = descriptor.children(FactId::ROOT).len();
        let foreign = known < 3;
        let id = if found == "nothing" {
            "document/empty"
        } else {
            "document/header-missing"
        };
        self.reported(
            id,
            span,
            String::new(),
            vec![("value", self.options.language.tr(found).into_owned())],
            None,
        );
        foreign
    }

    pub(super) fn shape(&mut self, tree: &Tree<'_>, root: Option<NodeId>, foreign: bool, header_misspelt: bool) {
        let Some(root) = root.filter(|root| matches!(tree.node(*root).kind, Kind::Mapping(_))) else {
            return;
        };
        let (base, language) = (tree.pointer(root), self.options.language);
        for error in schema::errors_at(schema::descriptor_validator(), tree, root) {
            let pointer = format!("{base}{}", error.pointer);
            let top = error.pointer.matches('/').count() == 1;
            match error.kind {
                ShapeKind::UnknownKey { suggestion, hint } => {
                    let is_header = header_misspelt && suggestion.as_deref() == Some("descriptor");
                    let claimed = embedded("learner-key").is_some_and(|list| list.find(&error.key).is_some());
                    if is_header || claimed || (top && self.set.native.is_alias(&error.key)) {
                        continue;
                    }
                    let meant = word_of_the_standard(&error.key)
                        .filter(|meant| *meant != error.key && !error.pointer.starts_with(&format!("/{meant}/")));
                    let successor = self.set.native.successor(&error.pointer).map(str::to_string);
                    let suggestion = successor.or(suggestion).or(meant);
                    if foreign && suggestion.is_none() {
                        continue;
                    }
                    let args = vec![
                        ("key", error.key.clone()),
                        ("suggestion", suggestion.unwrap_or_default()),
                        ("help", hint.map(|hint| hint.say(language)).unwrap_or_default()),
                    ];
                    self.reported("shape/unknown-key", error.span, pointer, args, None);
                }
                ShapeKind::MissingKey if error.key == "descriptor" && error.pointer.is_empty() => {}
                ShapeKind::MissingKey => {
                    self.reported("shape/missing-key", error.span, pointer, vec![("key", error.key)], None)
                }
                ShapeKind::WrongValue { .. } if foreign || error.pointer == "/descriptor" => {}
                ShapeKind::WrongValue { expected, found, hint } => {
                    let args = vec![
                        ("key", error.key),
                        ("expected", expected.say(language)),
                        ("value", found.say(language)),
                        ("help", hint.say(language)),
                    ];
                    let at = Place {
                        source: SourceId(0),
                        span: error.span,
                        node: error.node,
                    };
                    self.reported_at("shape/wrong-value", at, pointer, args, None);
                }
            }
        }
    }

    /// `{not_applicable: …}` where nothing can be exempt.
    pub(super) fn claims(&mut self, descriptor: &Descriptor<'_>) {
        for id in descriptor.all() {
            if !matches!(descriptor.fact(id).value, Value::NotApplicable(_)) {
                continue;
            }
            let path = descriptor.path(id);
            if !self.set.elements.may_be_not_applicable(&path) {
                let place = descriptor.place(id);
                let args = vec![("key", descriptor.canonical_name(id))];
                self.reported(
                    "document/not-applicable-misused",
                    place.span,
                    descriptor.pointer(place),
                    args,
                    None,
                );
            }
        }
    }

    /// Placeholders of which nothing else has been said.
    pub(super) fn placeholders(&mut self, descriptor: &Descriptor<'_>, tree: &Tree<'_>) {
        for id in descriptor.all() {
            let place = descriptor.place(id);
            let (Value::Blank(Blank::Placeholder), Some(node)) = (&descriptor.fact(id).value, place.node) else {
                continue;
            };
            let span = tree.node(node).span;
            let places = [span, place.span, descriptor.key_place(id).span];
            let mut findings = self.practice.findings.iter();
            if findings.any(|finding| places.contains(&finding.primary.span)) {
                continue;
            }
            let text = tree
                .scalar(node)
                .map_or(String::new(), |scalar| scalar.text.to_string());
            let args = vec![("value", text)];
            self.reported("document/placeholder", span, tree.pointer(node), args, None);
        }
    }

    pub(super) fn ambiguities(&mut self, descriptor: &Descriptor<'_>) {
        for id in descriptor.all() {
            let fact = descriptor.fact(id);
            let Some(ambiguity) = fact.ambiguity else { continue };
            let other = match ambiguity {
                Ambiguity::Boolean => mark("true or false"),
                Ambiguity::LeadingZero => mark("a number without its leading zero"),
                Ambiguity::Sexagesimal => mark("a number in base 60"),
                Ambiguity::Underscore => mark("a number"),
                Ambiguity::Date => mark("a date"),
            };
            let place = descriptor.place(id);
            let args = vec![
                ("value", place.span.slice(self.practice.sources[0].text()).to_string()),
                ("detail", self.options.language.tr(other).into_owned()),
            ];
            let pointer = descriptor.pointer(place);
            self.reported_at("yaml/ambiguous-value", place, pointer, args, None);
        }
    }

    /// What is wrong with a comment that waives, given which of its rules have waived something.
    pub(super) fn waiver(&mut self, comment: &Comment, used: &[bool]) {
        let (set, omitted) = (self.set, self.practice.omitted);
        let mut say = |id: &str, span: Span, value: &str, suggestion: &str| {
            let args = vec![("value", value.to_string()), ("suggestion", suggestion.to_string())];
            self.reported(id, span, String::new(), args, None);
        };
        let Some(rules) = &comment.rules else {
            return say("waiver/unreadable", comment.span, "", "");
        };
        if comment.reason.is_empty() {
            let ids: Vec<&str> = rules.iter().map(|(id, _)| id.as_str()).collect();
            say("waiver/no-reason", comment.span, &ids.join(", "), "");
        }
        for ((id, span), used) in rules.iter().zip(used) {
            match set.get(id) {
                None => {
                    let near = set.near(id).first().map(|near| (*near).to_string());
                    say("waiver/unknown-rule", *span, id, near.as_deref().unwrap_or_default());
                }
                // Whether it waives anything in the catalogue, or under another profile, cannot be seen here; and of
                // very many findings of one rule not all are kept.
                Some((index, rule)) => {
                    let seen = rule.across().is_none() && set.levels[index].is_some();
                    if seen && !used && !comment.reason.is_empty() && omitted == 0 {
                        say("waiver/unused", *span, id, "");
                    }
                }
            }
        }
    }

    pub(super) fn finish(&mut self) {
        let rules = &self.set.rules;
        let findings = &mut self.practice.findings;
        findings.sort_by(|a, b| {
            (a.primary.source, a.primary.span.start)
                .cmp(&(b.primary.source, b.primary.span.start))
                .then_with(|| b.level.cmp(&a.level))
                .then_with(|| rules[a.rule].id.cmp(&rules[b.rule].id))
        });
        // Where a rule says what is wrong with a value, that it has the wrong shape as well helps nobody.
        let shape = self.set.get("shape/wrong-value").map(|(index, _)| index);
        let explained: Vec<(Span, crate::rule::Level)> = findings
            .iter()
            .filter(|finding| Some(finding.rule) != shape && self.set.rules[finding.rule].kind().name != "stated")
            .map(|finding| (finding.primary.span, finding.level))
            .collect();
        findings.retain(|finding| {
            Some(finding.rule) != shape
                || !explained
                    .iter()
                    .any(|(span, level)| *span == finding.primary.span && *level >= finding.level)
        });
        // Where the format itself demands a key, that a profile would like to see it as well helps nobody.
        let demanded: Vec<Label> = findings
            .iter()
            .filter(|finding| rules[finding.rule].is_about_the_format())
            .map(|finding| finding.primary.clone())
            .collect();
        findings.retain(|finding| {
            let rule = &rules[finding.rule];
            rule.file.in_force || rule.is_about_the_format() || !demanded.contains(&finding.primary)
        });
        findings.dedup_by(|a, b| a.rule == b.rule && a.primary == b.primary && a.message == b.message);
    }
}

/// What belongs where something else's value could not be read, and the way out.
fn expected_there(shape: Option<&Shape>) -> (Phrase, Phrase) {
    match shape {
        Some(Shape::Number) => (
            Phrase::new(mark("a number")),
            Phrase::new(mark(
                "write a number, or hours as `PT50H`; `P60M` is sixty months, minutes are `PT60M`",
            )),
        ),
        Some(Shape::Flag) => (
            Phrase::new(mark("`true` or `false`")),
            Phrase::new(mark("write `true` or `false`")),
        ),
        _ => (
            Phrase::new(mark("text")),
            Phrase::new(mark("write one text, or one for each language")),
        ),
    }
}

/// A finding about a file of another format speaks of that format: examples in ours help nobody there, and what the
/// format has no place for is never an error.
fn elsewhere(origin: &Origin, set: &RuleSet, language: Language, finding: &mut Finding, key: Option<&str>) {
    let rule = &set.rules[finding.rule];
    let mut help: Vec<&str> = finding.help.lines().filter(|line| !line.starts_with(' ')).collect();
    if help.len() < finding.help.lines().count() {
        help.iter_mut().for_each(|line| *line = line.trim_end_matches(':'));
    }
    let group = set
        .elements
        .info(rule.file.element)
        .and_then(|info| info.home())
        .unwrap_or_default();
    let mut help = in_their_words(&help.join("\n"), origin.format, group, key);
    finding.primary.text = in_their_words(&finding.primary.text, origin.format, group, key);
    if rule.kind().name == "stated" {
        help = help.lines().filter_map(without_none).collect::<Vec<_>>().join("\n");
        let presence = rule
            .id
            .strip_suffix("/missing")
            .is_some_and(|element| element == rule.file.element.to_string());
        let applies = |entry: &&mapped::Inexpressible| presence || !entry.keys.is_empty();
        let (format, element) = (&origin.format, rule.file.element);
        let hint = format.hint(element, &origin.classes, key).filter(applies);
        if let Some(inexpressible) = format.inexpressible(element, &origin.classes, key).filter(applies) {
            finding.level = crate::rule::Level::Advice;
            help = format.fallback(inexpressible, language).to_string();
            let missing = key.unwrap_or_default();
            let is_ours = model().key(missing).is_some() && !origin.knows(missing);
            match inexpressible.write.as_deref() {
                Some(written) if !written.is_empty() && !missing.is_empty() => {
                    let (missing, written) = (format!("`{missing}`"), format!("`{written}`"));
                    finding.primary.text = finding.primary.text.replace(&missing, &written);
                }
                None if !missing.is_empty() && !is_ours => {}
                _ => finding.primary.text = language.tr(mark("this format has no key for it")).into_owned(),
            }
        } else if let Some(hint) = hint {
            help = format.fallback(hint, language).to_string();
            if key.is_some_and(str::is_empty) {
                // The key is there; only its value says something else.
                finding.primary.text.clear();
            }
        } else if let Some(key) = key {
            let there = language.fill(
                "in this file ({format}) it belongs under `{key}`",
                &[("format", &origin.format.title), ("key", &key)],
            );
            help = format!("{help}\n{there}");
        }
    }
    finding.help = help;
    finding.primary.text = without_conditions(&finding.primary.text);
}

/// A label names the key that is written; which of several entries of it is meant, `alignment[targetType=ext:EQF]`, is for
/// the help to say.
fn without_conditions(label: &str) -> String {
    let parts = label.split('`').enumerate();
    let parts = parts.map(|(number, part)| match part.split_once('[') {
        Some((key, _)) if number % 2 == 1 && !key.is_empty() && !key.contains(' ') => key,
        _ => part,
    });
    parts.collect::<Vec<_>>().join("`")
}

/// A finding about what a row does not say names the column that would say it; examples in YAML help nobody there.
fn in_sheet(sheet: &Sheet, text: &str, set: &RuleSet, language: Language, finding: &mut Finding, key: Option<&str>) {
    let rule = &set.rules[finding.rule];
    let help = finding.help.lines().filter(|line| !line.starts_with(' '));
    let mut help: Vec<String> = help.map(|line| line.trim_end_matches(':').to_string()).collect();
    if rule.kind().name == "stated" {
        let element = rule.file.element;
        let presence = rule
            .id
            .strip_suffix("/missing")
            .is_some_and(|own| own == element.slug());
        let home = set.elements.info(element).and_then(|info| info.home());
        let within = |path: &str| home.is_some_and(|home| path.split('/').nth(1) == Some(home));
        let is_key = |path: &str| key.is_some_and(|key| path.rsplit('/').find(|segment| *segment != "*") == Some(key));
        let usual = crate::sheet::value_of(element);
        let found = match presence {
            true => sheet
                .column_for(|path| path == usual)
                .or_else(|| sheet.column_for(within)),
            false => sheet.column_for(|path| is_key(path) && (home.is_none() || within(path))),
        };
        let words = match found {
            Some((column, _)) => {
                let heading = column.heading.slice(text);
                let letters = letters(column.column);
                let values: [(&str, &dyn std::fmt::Display); 2] = [("column", &letters), ("heading", &heading)];
                finding.primary.text = language.fill("column {column} (`{heading}`) says nothing here", &values);
                language.fill("in this sheet it belongs in column {column} (`{heading}`)", &values)
            }
            None if presence => {
                finding.primary.text = language.tr(mark("no column of this row says it")).into_owned();
                let heading = crate::sheet::template::heading_of(usual, language);
                let values: [(&str, &dyn std::fmt::Display); 1] = [("heading", &heading)];
                language.fill(
                    "no column of this sheet says it; add one with the heading `{heading}`",
                    &values,
                )
            }
            None => String::new(),
        };
        if !words.is_empty() {
            help.push(words);
        }
    }
    finding.help = help.join("\n");
}

/// A line without the clauses that offer `none`: only our own format can say that there is nothing.
fn without_none(line: &str) -> Option<String> {
    let clauses = line.split_inclusive([',', ';']).collect::<Vec<_>>();
    let kept: Vec<&str> = clauses
        .into_iter()
        .take_while(|clause| !clause.contains("none`"))
        .collect();
    (!kept.is_empty()).then(|| kept.concat().trim_end_matches([',', ';', ' ']).to_string())
}

/// Our keys in backticks, as the format of the file calls them; the key that is missing is theirs already.
fn in_their_words(text: &str, format: &mapped::Format, group: &str, missing: Option<&str>) -> String {
    let mut parts: Vec<String> = text.split('`').map(str::to_string).collect();
    for part in parts.iter_mut().skip(1).step_by(2) {
        let is_key = |word: &str| word.split('.').all(|key| model().key(key).is_some());
        let theirs = Some(part.as_str())
            .filter(|word| Some(*word) != missing && is_key(word))
            .and_then(|word| format.word_for(word, group));
        if let Some(theirs) = theirs {
            *part = theirs;
        }
    }
    parts.join("`")
}

/// The first word at a place, so that a whole file is never framed.
fn opening(text: &str, span: Span) -> Span {
    const LONGEST: usize = 40;
    let start = span.start as usize;
    let word = text.get(start..).unwrap_or_default();
    let length = word.find(['\n', '\r']).unwrap_or(word.len()).min(span.range().len());
    let kept: usize = word[..length].chars().take(LONGEST).map(char::len_utf8).sum();
    Span::new(start, start + kept)
}

/// The key of ours that a word of the Recommendation in another language, or a usual synonym, stands for.
fn word_of_the_standard(key: &str) -> Option<String> {
    let list = embedded("key-words")?;
    let entry = list.find(key)?;
    let at = entry
        .value("at")
        .and_then(crate::vocabulary::Data::text)
        .map(|path| path.trim_start_matches('/').replace("/*/", "[].").replace('/', "."));
    Some(at.unwrap_or_else(|| entry.slug.to_string()))
}
