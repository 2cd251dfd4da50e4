//! Overwriting, byte for byte, what the grammar is not to see.

/// The shell option that makes aliases count.
const ALIASES: &str = "expand_aliases";

/// What takes the place of masked bytes.
#[derive(Clone, Copy)]
pub(super) enum Mask {
    /// Part of a word that is no name and no pattern.
    Word,
    /// A number.
    Number,
    /// Nothing.
    Blank,
}

/// `text` with the stretches of `masks` overwritten, later ones over earlier ones.
pub(super) fn masked(text: &str, masks: &[(usize, usize, Mask)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for &(start, end, mask) in masks {
        let Some(part) = bytes.get_mut(start..end) else { continue };
        let with = match mask {
            Mask::Word => b'%',
            Mask::Number => b'1',
            Mask::Blank => b' ',
        };
        part.fill(with);
    }
    continuations(&mut bytes);
    // Masks cover whole characters, so this cannot fail; were it to, the grammar would still get the right length.
    let masked = String::from_utf8(bytes)
        .unwrap_or_else(|e| e.into_bytes().iter().map(|&b| if b.is_ascii() { char::from(b) } else { '%' }).collect());
    // The grammar would put in what aliases stand for: text from elsewhere.
    if masked.contains(ALIASES) { masked.replace(ALIASES, &"%".repeat(ALIASES.len())) } else { masked }
}

/// A backslash before a line break joins two lines: inside a word it is part of the word, otherwise it is blank.
fn continuations(bytes: &mut [u8]) {
    let is_edge = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>');
    let mut before = b' ';
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        if byte == b'\\' && bytes.get(i + 1) == Some(&b'\n') {
            let after = bytes.get(i + 2).copied().unwrap_or(b' ');
            let with = if is_edge(before) || is_edge(after) { b' ' } else { b'%' };
            if let Some(part) = bytes.get_mut(i..i + 2) {
                part.fill(with);
            }
            before = with;
            i += 2;
            continue;
        }
        before = byte;
        i += 1;
    }
}
