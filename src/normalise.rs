//! One folding of spellings, shared with `build.rs`, which writes the index of every vocabulary by it.

/// Most bytes of a folded spelling in a vocabulary; `build.rs` refuses longer ones, so a longer text needs no look-up.
pub(crate) const LONGEST_SPELLING: usize = 192;

/// Case, spaces, hyphens and underscores do not tell spellings apart.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold(text, |character| out.push(character));
    out
}

/// The folded text, written to a buffer; `None` when it is longer than every spelling.
pub(crate) fn normalise_short<'b>(text: &str, buffer: &'b mut [u8; LONGEST_SPELLING]) -> Option<&'b [u8]> {
    let mut length = 0;
    fold(text, |character| {
        let end = length + character.len_utf8();
        if let Some(free) = buffer.get_mut(length..end) {
            character.encode_utf8(free);
        }
        length = end;
    });
    buffer.get(..length)
}

fn fold(text: &str, mut push: impl FnMut(char)) {
    let text = text.trim();
    let (mut begun, mut gap) = (false, false);
    for character in text.chars() {
        if character.is_whitespace() || matches!(character, '-' | '_') {
            gap = begun;
            continue;
        }
        if std::mem::take(&mut gap) {
            push(' ');
        }
        begun = true;
        match character {
            '’' => push('\''),
            other if other.is_ascii() => push(other.to_ascii_lowercase()),
            other => other.to_lowercase().for_each(&mut push),
        }
    }
    // A text of dashes only ("-") is still a spelling of its own.
    if !begun {
        text.chars().for_each(push);
    }
}
