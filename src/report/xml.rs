//! Text in XML 1.0.

use std::fmt::Write;

use super::clean;

/// `text` for the value of an attribute in double quotes. Line breaks and tabs are written as references: a parser would
/// make blanks of them otherwise (XML 1.0, 3.3.3).
pub(crate) fn attribute(text: &str) -> String {
    body(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// `text` between tags. Characters that XML cannot carry in any form (2.2) are spelled out, as all that are unsafe.
pub(crate) fn body(text: &str) -> String {
    let text = clean::visible(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Also keeps `]]>` from standing in text.
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "&lt;U+{:04X}&gt;", c as u32);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back_from_a_parser() {
        let text = "a<b>&\"c'\n\td]]>\u{fffe}é𐐀\u{1b}\r\n";
        let xml = format!("<a b=\"{}\">{}</a>", attribute(text), body(text));
        let document = roxmltree::Document::parse(&xml).unwrap();
        let shown = "a<b>&\"c'\n\td]]><U+FFFE>é𐐀<U+001B>\n";
        assert_eq!(document.root_element().attribute("b"), Some(shown));
        assert_eq!(document.root_element().text(), Some(shown));
    }
}
