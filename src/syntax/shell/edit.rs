//! Taking words out of a script, in the bytes of its file.

use std::ops::Range;

/// The bytes to take out, so that the word or words at `start..end` go with the blanks before them, or with what follows on
/// the line when they stand first on a continued one. `None` where they are part of a list or of another word.
pub fn cut_words(source: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let before = source.get(..start)?;
    let after = source.get(end..)?;
    if !before.ends_with([' ', '\t', '\n']) || !after.is_empty() && !after.starts_with(|c: char| c.is_whitespace() || ";|&)\"'".contains(c))
    {
        return None;
    }
    let kept = before.trim_end_matches([' ', '\t']);
    if !kept.ends_with('\n') {
        return Some(kept.len()..end);
    }
    // First on its line: the next word takes its place.
    let rest = after.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix("\\\r\n"));
    match rest.map(|r| r.trim_start_matches([' ', '\t'])) {
        Some(next) if !next.is_empty() && !next.starts_with(['\n', '\r', '#']) => Some(start..source.len() - next.len()),
        Some(_) => None,
        None => {
            let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
            (blanks > 0).then_some(start..end + blanks)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(source: &str, word: &str) -> Option<String> {
        let at = source.find(word).unwrap();
        let cut = cut_words(source, at, at + word.len())?;
        Some(format!("{}{}", &source[..cut.start], &source[cut.end..]))
    }

    #[test]
    fn words_go_with_their_blanks() {
        assert_eq!(without("RUN curl -k https://a", "-k").as_deref(), Some("RUN curl https://a"));
        assert_eq!(without("RUN curl https://a -k && b", "-k").as_deref(), Some("RUN curl https://a && b"));
        assert_eq!(without("RUN wget \\\n    -k \\\n    https://a", "-k").as_deref(), Some("RUN wget \\\n    https://a"));
        assert_eq!(without("RUN wget \\\n    -k https://a", "-k").as_deref(), Some("RUN wget \\\n    https://a"));
        assert_eq!(without("RUN sh -c 'curl a -k'", "-k").as_deref(), Some("RUN sh -c 'curl a'"));
    }

    #[test]
    fn parts_of_something_stay() {
        assert_eq!(without("RUN [\"curl\", \"-k\"]", "-k"), None);
        assert_eq!(without("RUN a \\\n  -k \\\n  # why\n  b", "-k"), None);
        assert_eq!(without("RUN curl -k", "-").as_deref(), None);
    }
}
