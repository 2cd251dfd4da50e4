//! The instructions as JSON, for people who debug and for comparing with BuildKit.

use serde_json::{Value, json};

use super::{Dockerfile, Keyword};

/// `{"instructions":[{"cmd":"RUN","start":3,"end":5,"heredocs":1,"json":false},..]}`: keywords in upper case, 1-based
/// lines of `text`, which the tree was read from.
pub fn dump(tree: &Dockerfile, text: &str) -> Value {
    let mut lines = LineCounter { text, at: 0, line: 1 };
    let instructions: Vec<Value> = tree
        .instructions()
        .map(|i| {
            let cmd = if i.keyword == Keyword::Unknown { i.name.to_uppercase() } else { i.keyword.as_str().to_string() };
            let start = lines.line_of(i.span.start as usize);
            let end = lines.line_of(i.span.end as usize);
            json!({ "cmd": cmd, "start": start, "end": end, "heredocs": i.heredocs.len(), "json": i.json.is_some() })
        })
        .collect();
    json!({ "instructions": instructions })
}

/// Counts lines forward.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_of(&mut self, offset: usize) -> usize {
        self.line += self.text.get(self.at..offset).map_or(0, |t| t.bytes().filter(|&b| b == b'\n').count());
        self.at = self.at.max(offset);
        self.line
    }
}
