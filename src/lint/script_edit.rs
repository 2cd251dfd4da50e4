//! Edits of scripts: words that go.

use super::Cx;
use super::edit::Replacement;
use crate::model::switched_off::Mend;
use crate::source::Span;
use crate::syntax::shell::cut_words;

impl Cx<'_> {
    /// Takes words of a script out, with the blanks around them. Refused where they are elements of a list.
    pub fn cut_words(&self, span: Span) -> Option<Replacement> {
        let source = self.world.sources.get(span.file);
        let cut = cut_words(&source.text, span.start as usize, span.end as usize)?;
        Some((Span::new(span.file, cut.start, cut.end), String::new()))
    }

    /// The edit that switches a check on again, if there is one.
    pub fn mend(&self, mend: Mend) -> Option<Replacement> {
        match mend {
            Mend::CutWords(span) => self.cut_words(span),
            Mend::CutLetter(span) => (span.len() == 1).then(|| (span, String::new())),
            Mend::Replace(span, text) => Some((span, text.to_string())),
            Mend::Nothing => None,
        }
    }
}
