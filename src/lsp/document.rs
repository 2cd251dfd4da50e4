//! An open document: the text as the client sees it.

use gen_lsp_types::{Range, Uri};
use serde::Deserialize;

use super::position::Encoding;
use crate::source::{FileKind, Lines};

/// An open document.
#[derive(Debug)]
pub struct Document {
    /// Its address, spelt as the client does.
    pub uri: Uri,
    /// The client's name for its language.
    pub language: String,
    /// Grows with every change.
    pub version: i32,
    /// The text.
    pub text: String,
    /// What it is read as; `None` when it is not ours.
    pub kind: Option<FileKind>,
}

/// One change. Its own type, because the protocol's would take a change with a broken range for the whole text.
#[derive(Debug, Deserialize)]
pub struct Change {
    /// What to replace; nothing for the whole text.
    pub range: Option<Range>,
    /// The text to put there.
    pub text: String,
}

impl Document {
    /// Applies one change. The changes of one notification are each meant for the text after the one before.
    pub fn apply(&mut self, change: Change, encoding: Encoding) {
        let Some(range) = change.range else {
            self.text = change.text;
            return;
        };
        let lines = Lines::new(&self.text);
        let start = encoding.offset(&self.text, &lines, range.start);
        let end = encoding.offset(&self.text, &lines, range.end);
        self.text.replace_range(start.min(end)..end.max(start), &change.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(json: &str) -> Change {
        serde_json::from_str(json).unwrap()
    }

    fn edited(text: &str, changes: &[&str]) -> String {
        let mut document = Document { uri: "x".into(), language: String::new(), version: 1, text: text.into(), kind: None };
        for json in changes {
            document.apply(change(json), Encoding::negotiate([]));
        }
        document.text
    }

    #[test]
    fn changes_apply_one_after_the_other() {
        let insert = r#"{"range":{"start":{"line":0,"character":2},"end":{"line":0,"character":2}},"text":"𐐀"}"#;
        let delete = r#"{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":4}},"text":""}"#;
        assert_eq!(edited("éa\r\nb", &[insert]), "éa𐐀\r\nb");
        assert_eq!(edited("éa\r\nb", &[insert, delete]), "é\r\nb");
    }

    #[test]
    fn a_change_without_range_is_the_whole_text() {
        assert_eq!(edited("a", &[r#"{"text":"b"}"#, r#"{"range":null,"text":"c"}"#]), "c");
    }

    #[test]
    fn ranges_beyond_the_text_or_backwards_are_bent() {
        let beyond = r#"{"range":{"start":{"line":9,"character":0},"end":{"line":99,"character":9}},"text":"x"}"#;
        let backwards = r#"{"range":{"start":{"line":0,"character":2},"end":{"line":0,"character":0}},"text":""}"#;
        let inside = r#"{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":1}},"text":"-"}"#;
        assert_eq!(edited("a\n", &[beyond]), "a\nx");
        assert_eq!(edited("abc", &[backwards]), "c");
        assert_eq!(edited("𐐀", &[inside]), "-𐐀");
    }

    #[test]
    fn a_broken_range_is_no_change() {
        assert!(serde_json::from_str::<Change>(r#"{"range":{"start":{"line":-1,"character":0}},"text":"x"}"#).is_err());
    }
}
