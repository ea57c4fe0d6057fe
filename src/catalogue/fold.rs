//! Spellings that are one: case, accents, punctuation and legal forms do not tell names apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::vocabulary::embedded;

/// Ids are compared without case.
pub fn id(text: &str) -> String {
    text.to_lowercase()
}

/// Letters and digits only, without case and accents.
pub fn letters(text: &str) -> String {
    words(text).concat()
}

/// A name without its legal form, and the legal form. "Volt, S.L." and "VOLT SL" are one name and one form; "Volt S.A."
/// is the same name and another form. Where a form stands at both ends, as in "Oy Akku Ab", the first one counts.
pub fn name(text: &str) -> (String, &'static str) {
    let mut words = words(text);
    let mut form = "";
    for leads in [false, true] {
        // The longest form has five words: "sociedad de responsabilidad limitada unipersonal". A form alone is a name.
        for length in (1..words.len().min(6)).rev() {
            let range = if leads {
                0..length
            } else {
                words.len() - length..words.len()
            };
            let found = embedded("legal-form").and_then(|list| list.find(&words[range.clone()].join(" ")));
            if let Some(entry) = found.filter(|entry| !leads || entry.has_flag("leads")) {
                form = entry.slug;
                words.drain(range);
                break;
            }
        }
    }
    (words.concat(), form)
}

/// The words of a text, folded. Letters that stand alone are one word: "S. L." is "SL".
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for part in text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)) {
        if part.is_empty() {
            continue;
        }
        let word = fold(part);
        let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match words.last_mut() {
            Some(last) if joins && single => last.push_str(&word),
            _ => words.push(word),
        }
        joins = single;
    }
    words
}

fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            // Letters that Unicode does not take apart, and that keyboards do.
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            c => out.push(c),
        }
    }
    out
}

/// A spelling in the form in which two that look alike are equal.
pub fn shown(text: &str) -> String {
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_spellings() {
        let expected = name("Institut d'Electromobilitat, S.L.");
        assert_eq!(expected.1, "sl");
        for spelling in [
            "INSTITUT D’ELECTROMOBILITAT SL",
            "Institut d'Electromobilitat, S. L.",
            "Ínstitut d Electromobilitat – Sociedad Limitada",
        ] {
            assert_eq!(name(spelling), expected, "{spelling}");
        }
        assert_eq!(name("Institut d'Electromobilitat").0, expected.0);
    }

    #[test]
    fn other_names_stay_apart() {
        assert_ne!(name("Volt S.L.").1, name("Volt S.A.").1);
        assert_ne!(name("Instituto Técnico 1").0, name("Instituto Técnico 2").0);
        // A legal form alone is a name.
        assert_eq!(name("SA"), ("sa".to_string(), ""));
        // Only some forms stand in front.
        assert_eq!(name("Oy Akku Ab"), name("Akku Oy"));
        assert_eq!(name("As Pontes FP").1, "");
    }
}
