//! The languages: nothing in them is left over, nothing in them can break a sentence, and what is missing or has aged is
//! written down in `rules/languages/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use credlint::language::Language;
use credlint::lsp::project::{Defaults, Project, Settings};
use credlint::rule::placeholders;
use credlint::rule::set::profile_names;
use credlint::standard::Element;
use regex::Regex;

use crate::cli::{Scratch, err, run_in};
use crate::{file, root, set};

/// Every text of the pack that can be translated, by its key.
fn texts() -> &'static BTreeMap<String, String> {
    static TEXTS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    TEXTS.get_or_init(gather_texts)
}

fn gather_texts() -> BTreeMap<String, String> {
    let set = set("eu");
    let mut texts = BTreeMap::new();
    for rule in &set.rules {
        for (what, english) in rule.texts() {
            texts.insert(rule.text_key(&what), english.to_string());
        }
    }
    for info in Element::JUDGED.iter().filter_map(|element| set.elements.info(*element)) {
        for (what, english) in info.texts() {
            texts.insert(info.text_key(what), english.to_string());
        }
    }
    for name in profile_names() {
        let profile = &crate::set(name).profile;
        for (what, english) in profile.texts() {
            texts.insert(profile.text_key(&what), english.to_string());
        }
    }
    for (key, english) in set.typology.texts() {
        texts.insert(key, english.to_string());
    }
    for list in credlint::pack::current().vocabularies {
        texts.insert(list.title_key(), list.title.to_string());
    }
    for kind in credlint::check::KINDS {
        texts.insert(kind.text_key(), kind.page.to_string());
    }
    for format in credlint::descriptor::mapped::formats() {
        for (what, english) in format.texts() {
            let key = format.text_key(&what);
            let known = texts.insert(key.clone(), english.to_string());
            assert!(
                known.is_none_or(|known| known == english),
                "{key}: two texts have this key"
            );
        }
    }
    texts
}

/// Every phrase of the program: what the sources say, note or hand over to be said.
fn phrases() -> &'static BTreeSet<String> {
    static PHRASES: OnceLock<BTreeSet<String>> = OnceLock::new();
    PHRASES.get_or_init(gather_phrases)
}

fn gather_phrases() -> BTreeSet<String> {
    let literal = r#""((?:[^"\\]|\\.)*)""#;
    let said = Regex::new(&format!(r"(?:\.tr|\bmark|\.fill)\(\s*{literal}")).expect("a pattern");
    let counted = Regex::new(&format!(r"\.plural\(\s*[^,]+,\s*{literal},\s*{literal}")).expect("a pattern");
    let mut phrases = BTreeSet::new();
    for entry in walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .filter_map(Result::ok)
    {
        let is_said_in = |extension: &std::ffi::OsStr| extension == "rs" || extension == "html";
        if !entry.path().extension().is_some_and(is_said_in) {
            continue;
        }
        let source = std::fs::read_to_string(entry.path()).expect("a source file");
        let code: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        for found in said.captures_iter(&code).chain(counted.captures_iter(&code)) {
            phrases.extend(
                found
                    .iter()
                    .skip(1)
                    .flatten()
                    .map(|text| text.as_str().replace("\\\"", "\"").replace("\\n", "\n")),
            );
        }
    }
    phrases.extend(credlint::check::KINDS.iter().map(|kind| kind.summary.to_string()));
    let blocks = profile_names().into_iter().flat_map(|name| &set(name).profile.blocks);
    phrases.extend(blocks.map(|block| block.block.clone()));
    phrases
}

fn others() -> impl Iterator<Item = Language> {
    Language::all().skip(1)
}

#[test]
fn four_languages_and_their_tags() {
    let codes: Vec<&str> = Language::all().map(Language::code).collect();
    assert_eq!(codes, ["en", "es", "fi", "pt"]);
    let code = |tag: &str| Language::from_tag(tag).map(Language::code);
    assert_eq!(code("es_ES.UTF-8"), Some("es"));
    assert_eq!(code("pt-PT"), Some("pt"));
    assert_eq!(
        (code("C"), code("POSIX"), code("C.UTF-8")),
        (Some("en"), Some("en"), Some("en"))
    );
    assert_eq!((code("de"), code("")), (None, None));
}

/// Texts of mappings have a key each, and what one mapping has from another is translated once.
#[test]
fn texts_of_mappings_have_keys_of_their_own() {
    let texts = texts();
    let of = |prefix: &str| texts.keys().filter(|key| key.starts_with(prefix)).count();
    for key in [
        "mappings/edc/about",
        "mappings/edc/inexpressible/labelling",
        "mappings/elm-loq/inexpressible/level.LearningAchievementSpecification",
        "mappings/open-badges-3/inexpressible/workload",
        "mappings/open-badges-3/inexpressible/workload.system",
        "mappings/ooapi/hints/awarding-body.name",
        "mappings/ooapi/hints/awarding-body",
    ] {
        assert!(
            texts.contains_key(key),
            "{key}: {:#?}",
            texts.keys().filter(|key| key.starts_with("mappings/"))
        );
    }
    assert_eq!(of("mappings/open-badges-3-achievement/"), 1, "what it is");
    for format in credlint::descriptor::mapped::formats() {
        let mut names: Vec<String> = format.texts().into_iter().map(|(name, _)| name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{}: two entries have one name", format.format);
    }
}

#[test]
fn every_translation_translates_something() {
    let (texts, phrases) = (texts(), phrases());
    for language in others() {
        let unknown: Vec<&str> = language
            .texts()
            .map(|(key, _)| key)
            .filter(|key| !texts.contains_key(*key))
            .collect();
        assert!(
            unknown.is_empty(),
            "rules/languages/{}: nothing has these keys: {unknown:#?}",
            language.code()
        );
        let unknown: Vec<&str> = language
            .phrases()
            .map(|(english, _)| english)
            .filter(|english| !phrases.contains(*english))
            .collect();
        assert!(
            unknown.is_empty(),
            "rules/languages/{}/phrases.yaml: the program does not say: {unknown:#?}",
            language.code()
        );
    }
}

#[test]
fn translations_fill_in_what_the_english_fills_in() {
    let texts = texts();
    let names = |text: &str| {
        placeholders(text)
            .iter()
            .map(|name| (*name).to_string())
            .collect::<BTreeSet<_>>()
    };
    let brackets = |text: &str| (text.matches("[[").count(), text.matches("]]").count());
    for language in others() {
        let stamps = stamps(language);
        let of_pack = language.texts().map(|(key, text)| (key, texts[key].as_str(), text));
        let of_program = language.phrases().map(|(english, text)| (english, english, text));
        for (key, english, text) in of_pack.chain(of_program) {
            assert!(
                names(text).is_subset(&names(english)),
                "{} {key}: fills in what is not there",
                language.code()
            );
            // Where the English has changed since, the report says so.
            let aged = stamps.get(key).is_some_and(|(then, _)| *then != digest(english));
            if !aged {
                assert_eq!(names(english), names(text), "{} {key}", language.code());
                assert_eq!(brackets(english), brackets(text), "{} {key}", language.code());
            }
            assert!(!text.trim().is_empty(), "{} {key}", language.code());
        }
        let short = Element::JUDGED
            .iter()
            .filter_map(|element| set("eu").elements.info(*element))
            .map(|info| info.short(language));
        let long: Vec<&str> = short.filter(|short| short.chars().count() > 6).collect();
        assert!(
            long.is_empty(),
            "{}: column headings of more than 6 characters: {long:?}",
            language.code()
        );
    }
}

/// Digests of an English text and of its translation, when they last fitted: `key<tab>english<tab>translation`.
type Stamps = BTreeMap<String, (String, String)>;

fn stamps(language: Language) -> Stamps {
    let path = root().join(format!("rules/languages/{}/originals.tsv", language.code()));
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let rows = stored.lines().filter_map(|line| {
        let mut cells = line.split('\t').map(str::to_string);
        Some((cells.next()?, (cells.next()?, cells.next()?)))
    });
    rows.collect()
}

fn digest(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes())
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A translation is taken to fit its English when it is written or changed. To write that down, and the report:
/// `UPDATE_DOCS=1 cargo test the_report_on_languages`.
#[test]
fn the_report_on_languages_is_current() {
    let (texts, phrases) = (texts(), phrases());
    let update = std::env::var("UPDATE_DOCS").as_deref() == Ok("1");
    let mut report = String::from(
        "# Languages\n\nGenerated; do not edit. `UPDATE_DOCS=1 cargo test the_report_on_languages` writes it anew.\n\n\
         A folder is a language. `phrases.yaml` has the phrases of the program by their English; every other file has texts of \
         the pack by the path of the file and of the keys in it. Placeholders in braces and parts in double brackets stay as they \
         are. What is missing is said in English. `originals.tsv` remembers which English a text was translated from, so that \
         one whose English has changed since is listed here until it is looked at again and changed.\n\n\
         | language | texts of the pack | phrases | English has changed since |\n|---|---|---|---|\n",
    );
    let mut lists = String::new();
    for language in others() {
        let code = language.code();
        let path = root().join(format!("rules/languages/{code}/originals.tsv"));
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        let before = stamps(language);
        let (mut now, mut aged) = (Stamps::new(), Vec::new());
        for (key, text) in language.texts() {
            let fresh = (digest(&texts[key]), digest(text));
            let stamp = match before.get(key) {
                Some(old) if old.1 == fresh.1 && old.0 != fresh.0 => {
                    aged.push(key);
                    old.clone()
                }
                _ => fresh,
            };
            now.insert(key.to_string(), stamp);
        }
        let written: String = now
            .iter()
            .map(|(key, (english, text))| format!("{key}\t{english}\t{text}\n"))
            .collect();
        if update {
            std::fs::write(&path, &written).expect("written");
        } else {
            assert!(
                written == stored,
                "{}: run UPDATE_DOCS=1 cargo test the_report_on_languages",
                path.display()
            );
        }
        let missing: Vec<&String> = texts.keys().filter(|key| language.text(key).is_none()).collect();
        let unsaid: Vec<&String> = phrases
            .iter()
            .filter(|english| !language.phrases().any(|(own, _)| own == **english))
            .collect();
        report.push_str(&format!(
            "| {code} | {} of {} | {} of {} | {} |\n",
            texts.len() - missing.len(),
            texts.len(),
            phrases.len() - unsaid.len(),
            phrases.len(),
            aged.len()
        ));
        let mut list = |title: &str, keys: Vec<&str>| {
            if !keys.is_empty() {
                let lines: String = keys
                    .iter()
                    .map(|key| format!("- `{}`\n", key.replace('`', "'")))
                    .collect();
                lists.push_str(&format!("\n## {code}: {title}\n\n{lines}"));
            }
        };
        list("missing texts", missing.into_iter().map(String::as_str).collect());
        list("missing phrases", unsaid.into_iter().map(String::as_str).collect());
        list("English has changed since", aged);
    }
    report.push_str(&lists);
    if update {
        std::fs::write(root().join("rules/languages/README.md"), &report).expect("written");
    }
    assert!(
        file("rules/languages/README.md") == report,
        "run: UPDATE_DOCS=1 cargo test the_report_on_languages"
    );
}

/// What is said beside a report is said in the language of the report, before the command line or a file is understood too.
#[test]
fn what_goes_wrong_is_said_in_the_language_of_the_reader() {
    let scratch = Scratch::new("languages-errors");
    scratch.write("compose.yaml", "services: {}\n");
    scratch.write("other/compose.yaml", "services: {}\n");
    scratch.write("config/credlint.yaml", "profil: eu\n");
    scratch.write("config/a.yaml", "descriptor: micro-credential/1\n");
    scratch.write("base.yaml", "entries: 1\n");
    for (arguments, words) in [
        (&["--lang", "es"][..], "comprueba"),
        (&["check", "--lang=es"], "no se indica ninguna ruta"),
        (&["check", "--lang=es", "absent.yaml"], "no existe tal archivo"),
        (&["check", "--lang=es", "other"], "no se ha comprobado nada"),
        (&["check", "--lang=es", "config"], "aquí"),
        (&["check", "--lang=fi", "config"], "configuration (virhe)"),
        (&["check", "--lang=pt", "compose.yaml", "--baseline=base.yaml"], "aqui"),
        (
            &["check", "--lang=es", ".", "--profile=euu"],
            "¿se quería escribir `eu`?",
        ),
        (
            &["explain", "--lang=es", "ed"],
            "¿se quería escribir `edc` o bien `edc-issuance`",
        ),
        (&["new", "--lang=fi", "--from=absent.json"], "tällaista tiedostoa"),
    ] {
        let said = err(&run_in(scratch.path(), arguments));
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

/// A mistake in a file of one's own, other than a rule file, is told in the language of the reader, sentence and place.
#[test]
fn mistakes_in_files_of_ones_own_are_told_in_the_language_of_the_reader() {
    let scratch = Scratch::new("languages-mistakes");
    scratch.write("profile/credlint.yaml", "profile: mappin\n");
    scratch.write("key/credlint.yaml", "profil: eu\n");
    scratch.write("value/credlint.yaml", "exclude: drafts\n");
    scratch.write("double/credlint.yaml", "profile: eu\nprofile: eu\n");
    scratch.write("glob/credlint.yaml", "exclude: [\"[a\"]\n");
    scratch.write("level/credlint.yaml", "levels: {level/eqv: off}\n");
    scratch.write(
        "waiver/credlint.yaml",
        "ignores:\n- {rule: workload/ects-ratio, files: a, reason: x, until: soon}\n",
    );
    scratch.write("sheet/a.csv", "id,title\nx,A\n");
    scratch.write(
        "sheet/a.mapping.yaml",
        "mapping: practices/1\ncolumns: {title: /titel}\n",
    );
    scratch.write(
        "base.yaml",
        "credlint-baseline: 1\nfindings:\n- {rule: a/b, value: x}\n",
    );
    scratch.write("plain/a.yaml", "descriptor: micro-credential/1\ntitle: A\n");
    let cases: [(&[&str], [&str; 3]); 10] = [
        (
            &["check", "profile"],
            [
                "línea 1, columna 10: configuration (error): no hay ningún perfil `mappin`; ¿se quería escribir `mapping`?",
                "rivi 1, sarake 10: configuration (virhe): profiilia `mappin` ei ole; tarkoititko `mapping`?",
                "linha 1, coluna 10: configuration (erro): não há nenhum perfil `mappin`; queria escrever `mapping`?",
            ],
        ),
        (
            &["check", "key"],
            [
                "la clave `profil` no se conoce aquí",
                "avainta `profil` ei tunneta tässä",
                "a chave `profil` não é conhecida aqui",
            ],
        ),
        (
            &["check", "value"],
            [
                "`exclude` debe ser una lista, no el texto `drafts`",
                "avaimen `exclude` arvoksi sopii luettelo, ei teksti `drafts`",
                "em `exclude` espera-se uma lista, não o texto `drafts`",
            ],
        ),
        (
            &["check", "double"],
            [
                "la clave `profile` aparece aquí dos veces",
                "avain `profile` on tässä kahdesti",
                "a chave `profile` está aqui duas vezes",
            ],
        ),
        (
            &["check", "glob"],
            [
                "`[a` no es un patrón de rutas: hay un corchete o una llave sin cerrar",
                "`[a` ei ole polkuihin sopiva kuvio: sulje puuttuu",
                "`[a` não é um padrão de caminhos: há um parêntese que não fecha",
            ],
        ),
        (
            &["check", "level"],
            [
                "no hay ninguna regla `level/eqv`",
                "sääntöä `level/eqv` ei ole",
                "não há nenhuma regra `level/eqv`",
            ],
        ),
        (
            &["check", "waiver"],
            ["`soon` no es un día", "`soon` ei ole päivä", "`soon` não é um dia"],
        ),
        (
            &["check", "sheet/a.csv"],
            [
                "línea 2, columna 18: `/titel` no es una ruta de un descriptor; ¿se quería escribir `/title`?",
                "rivi 2, sarake 18: `/titel` ei ole kuvauksen polku; tarkoititko `/title`?",
                "linha 2, coluna 18: `/titel` não é um caminho de um descritor; queria escrever `/title`?",
            ],
        ),
        (
            &["check", "plain", "--baseline=base.yaml"],
            [
                "una entrada nombra su `practice`",
                "merkintä nimeää käytäntönsä avaimella `practice`",
                "uma entrada indica a sua `practice`",
            ],
        ),
        (
            &["score", "plain", "--weights=level=1.5"],
            [
                "un peso es un número entero de 0 a 1000; en lugar de 1 y 1.5, escribir 2 y 3",
                "paino on kokonaisluku väliltä 0–1000; kirjoita lukujen 1 ja 1.5 sijasta 2 ja 3",
                "um peso é um número inteiro de 0 a 1000; em vez de 1 e 1.5, escrever 2 e 3",
            ],
        ),
    ];
    let english = "an the is are not did you mean here there must be known line column text list day pattern path rule \
                   whole number instead write its entry names twice stands";
    let english: Vec<&str> = english.split_whitespace().collect();
    for (arguments, sentences) in cases {
        for (code, sentence) in ["es", "fi", "pt"].into_iter().zip(sentences) {
            let look = ["--plain", "--lang", code];
            let said = err(&run_in(scratch.path(), &[arguments, &look].concat()));
            let line = said.lines().find(|line| line.contains(sentence));
            let line = line.unwrap_or_else(|| panic!("{arguments:?} {code}: {said}"));
            // What is quoted are names and values; the rest is prose.
            let prose: String = line.split('`').step_by(2).collect();
            let mut words = prose.split(|c: char| !c.is_alphabetic());
            let left = words.find(|word| english.contains(word));
            assert_eq!(left, None, "{arguments:?} {code}: {line}");
        }
    }
}

/// The language of an editor, or of its settings, is that of the mistakes it shows in a configuration.
#[test]
fn an_editor_shows_mistakes_in_its_language() {
    let scratch = Scratch::new("languages-editor");
    scratch.write("credlint.yaml", "profil: eu\n");
    let message = |own: &str, asked: Option<&str>| {
        let settings = Settings {
            language: asked.map(str::to_string),
            ..Settings::default()
        };
        let defaults = Defaults {
            asked: None,
            language: Language::from_tag(own).expect("a bundled language"),
            today: jiff::civil::date(2027, 1, 1),
        };
        let failure = Project::of(scratch.path(), &settings, &defaults).expect_err("a mistake");
        failure.mistakes[0].1.clone()
    };
    assert_eq!(
        message("pt", None),
        "a chave `profil` não é conhecida aqui; queria escrever `profile`?"
    );
    assert_eq!(
        message("pt", Some("fi")),
        "avainta `profil` ei tunneta tässä; tarkoititko `profile`?"
    );
}

/// For translators: what is missing in a language, with its English. `MISSING=es cargo test what_is_missing -- --nocapture`.
#[test]
fn what_is_missing() {
    let Ok(code) = std::env::var("MISSING") else { return };
    let language = Language::from_tag(&code).expect("a bundled language");
    let stamps = stamps(language);
    for (key, english) in texts() {
        let aged = stamps.get(key).is_some_and(|(then, _)| *then != digest(english));
        if language.text(key).is_none() || aged {
            println!("{}", serde_json::json!({ "key": key, "english": english }));
        }
    }
    for english in phrases() {
        if !language.phrases().any(|(own, _)| own == *english) {
            println!("{}", serde_json::json!({ "phrase": english }));
        }
    }
}
