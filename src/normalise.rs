//! One folding of spellings, shared with `build.rs`, which writes the index of every vocabulary by it.

/// Case, spaces, hyphens and underscores do not tell spellings apart.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.trim().chars() {
        if character.is_whitespace() || matches!(character, '-' | '_') {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        let character = if character == '’' { '\'' } else { character };
        if character.is_ascii() {
            out.push(character.to_ascii_lowercase());
        } else {
            out.extend(character.to_lowercase());
        }
    }
    // A text of dashes only ("-") is still a spelling of its own.
    if out.is_empty() { text.trim().to_string() } else { out }
}
