//! Learning outcomes are read by the words of their language, and a doubt is never a defect.

use credlint::wording::{Reading, language, read_tagged, same_content, tags};

use crate::{check, said};

fn read(tag: &str, text: &str) -> Reading {
    read_tagged(text, tag)
}

#[test]
fn every_language_is_read() {
    let tags: Vec<&str> = tags().collect();
    assert_eq!(tags, ["ca", "de", "en", "es", "fi", "fr", "pt", "sv"]);
    for tag in tags {
        assert_eq!(language(tag).map(|language| language.tag), Some(tag));
        assert_eq!(read(tag, "").language, Some(tag), "nothing to read is no trouble");
    }
    assert_eq!(language("pt-BR").map(|language| language.tag), Some("pt"));
    assert!(language("mt").is_none());
}

/// What learners can do in each language, with openings, labels, adverbs and verbs in any of the usual forms.
#[test]
fn actions_are_recognised() {
    let actions = [
        ("en", "• The trainee is able to analyse a fault"),
        (
            "en",
            "On successful completion of this micro-credential, learners will be able to: weld a seam",
        ),
        ("en", "a) Independently plan the repair of a vehicle"),
        ("en", "Containerise an application"),
        ("en", "Sketch the layout of a workshop"),
        ("es", "Se identifican los riesgos del puesto de trabajo"),
        ("es", "RA1. Mide la tensión con un detector bipolar"),
        ("es", "Que el estudiante sea capaz de valorar los riesgos"),
        ("es", "Conectarse a una red local"),
        (
            "pt",
            "No final da formação, o formando deverá ser capaz de desligar a bateria",
        ),
        ("pt", "Procede à consignação do veículo"),
        ("fi", "Opintojakson suoritettuaan opiskelija osaa kuvata akun rakenteen"),
        ("fi", "Kykenee itsenäisesti tulkitsemaan mittaustuloksia"),
        ("fi", "Valmius toimia hätätilanteissa"),
        ("de", "Sie wenden die Regeln der Technik an"),
        ("de", "Die Teilnehmer*innen können Messwerte protokollieren"),
        ("sv", "Studenten förväntas kunna redogöra för regelverket"),
        ("fr", "Tutorer les apprenants à distance"),
        ("ca", "Instal·la i configura equips"),
    ];
    for (tag, text) in actions {
        assert_eq!(read(tag, text).noun, None, "{tag}: {text}");
        assert_eq!(read(tag, text).vague, None, "{tag}: {text}");
    }
}

/// Known and accepted. Each of these is wrong today, for the reason beside it.
#[test]
fn known_mistakes() {
    // Comprehension of a foreign language can be assessed; a word list does not know the subject.
    assert!(
        read("de", "Die Studierenden können einfache Texte verstehen")
            .vague
            .is_some()
    );
    // A prefix in front of the real outcome, without a colon: the noun is what stands there.
    assert!(
        read("en", "Competence in designing and testing a circuit")
            .noun
            .is_some()
    );
    // Two verbs that many would call one action.
    assert!(
        read("en", "Describe and explain the order of isolation")
            .verbs
            .is_some()
    );
    // `Design principles` and `Control systems` are topics, but the word is a verb as well, so nothing is said.
    assert!(read("en", "Control systems in vehicles").noun.is_none());
    // A verb that no list has, at the beginning of a text in which no other verb stands.
    assert!(read("en", "Upholster chairs").noun.is_some());
}

/// The language of a text without a mark: as stated, else the only one that is taught in, else as all outcomes together
/// tell; and never against the words.
#[test]
fn the_language_is_never_guessed() {
    let knowledge = |head: &str, text: &str| {
        let practice = check(&format!(
            "descriptor: micro-credential/1\n{head}learning_outcomes: [{text}]\n"
        ));
        said(&practice, "learning-outcomes/no-verb").is_some()
    };
    let short = "Conocimientos básicos";
    assert!(!knowledge("", short), "two words tell nothing");
    assert!(knowledge("default_language: es\n", short));
    assert!(knowledge("participation: {language: [es]}\n", short));
    assert!(!knowledge("participation: {language: [es, en]}\n", short));
    assert!(!knowledge("default_language: mt\n", short));
    let long = "Conocimiento de los riesgos de la alta tensión y de las medidas para la protección de las personas";
    assert!(knowledge("", long));
    assert!(
        !knowledge("default_language: en\n", long),
        "the words contradict what is stated"
    );
    // A course in Finnish, described in English.
    let english = "Knowledge of the hazards that are part of the work on a battery";
    assert!(!knowledge("participation: {language: [fi]}\n", english));
}

#[test]
fn the_same_is_told_from_the_similar() {
    assert!(same_content("Measure the voltages", "measuring a voltage", Some("en")));
    assert!(!same_content("Measure the voltage", "Measure the current", Some("en")));
    assert!(
        !same_content("of the", "in a", Some("en")),
        "there is nothing that could be the same"
    );
}
