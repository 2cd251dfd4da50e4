//! Small edits of YAML text that keep its indentation, line ends and flow or block style.

/// Where to put what: a byte offset and the text to insert there.
pub type Insertion = (usize, String);

/// Adds `entry` (`key: value`) to the mapping that `text[start..end]` holds. `None` when the text does not look like a
/// mapping that can be added to.
pub fn add_entry(text: &str, start: usize, end: usize, entry: &str) -> Option<Insertion> {
    let body = text.get(start..end)?.trim_end();
    let end = start + body.len();
    if let Some(inner) = body.strip_prefix('{') {
        let inner = inner.strip_suffix('}')?.trim_end();
        let at = start + 1 + inner.len();
        let separator = if inner.is_empty() || inner.ends_with(',') { " " } else { ", " };
        return Some((at, format!("{separator}{entry}")));
    }
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
    let indent = text.get(line_start..start)?;
    if !indent.bytes().all(|b| b == b' ') {
        return None;
    }
    // After the last line of the mapping, a comment at its end included.
    let rest = text.get(end..)?;
    let line_end = rest.find('\n').map_or(text.len(), |n| end + n);
    let crlf = text.get(..line_end)?.ends_with('\r');
    let at = if crlf { line_end - 1 } else { line_end };
    let newline = if crlf || text.get(..start)?.ends_with("\r\n") { "\r\n" } else { "\n" };
    Some((at, format!("{newline}{indent}{entry}")))
}

/// The bytes of the whole lines that a block entry from `start` (its key) to `end` takes, its line end included.
/// `None` when something else stands on those lines.
pub fn whole_lines(text: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
    if !text.get(line_start..start)?.bytes().all(|b| b == b' ') {
        return None;
    }
    let end = start + text.get(start..end)?.trim_end().len();
    let line_end = text.get(end..)?.find('\n').map_or(text.len(), |n| end + n + 1);
    text.get(end..line_end)?.trim().is_empty().then(|| with_line_end(text, line_start, line_end))
}

/// The bytes of lines with one line end: their own, or the one before where the text ends without one.
fn with_line_end(text: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let has_end = text.get(start..end).is_some_and(|lines| lines.ends_with('\n'));
    let before = text.get(..start).unwrap_or("");
    let line = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n'));
    if has_end { start..end } else { line.map_or(start, str::len)..end }
}

/// What to cut, and what to leave in its place, to take the entry away that runs from `start` (its key) to `end`. In
/// block style its lines go, and a comment behind it stays; in flow style the comma goes with it. `None` for the only
/// entry of a flow mapping and for an entry that shares its line with others.
pub fn remove_entry(text: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    if let Some(lines) = whole_lines(text, start, end) {
        return Some(lines);
    }
    let end = start + text.get(start..end)?.trim_end().len();
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let space = after.len() - after.trim_start().len();
    let next = after.trim_start();
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let alone = before.get(line_start..)?.bytes().all(|b| b == b' ');
    if alone && next.starts_with('#') && !after.get(..space)?.contains('\n') {
        return Some(start..end + space);
    }
    if let Some(rest) = next.strip_prefix(',') {
        let gap = rest.len() - rest.trim_start().len();
        return Some(start..end + space + 1 + gap);
    }
    if next.starts_with('}') && before.trim_end().ends_with(',') {
        return Some(before.trim_end().len() - 1..end);
    }
    None
}

/// Adds `item` at the end of the list that `text[start..end]` holds. `None` when the text does not look like a list that
/// can be added to.
pub fn add_item(text: &str, start: usize, end: usize, item: &str) -> Option<Insertion> {
    let body = text.get(start..end)?.trim_end();
    let end = start + body.len();
    if let Some(inner) = body.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?.trim_end();
        let separator = match inner.trim_end_matches(',') {
            "" => "",
            shorter if shorter.len() < inner.len() => " ",
            _ => ", ",
        };
        return Some((start + 1 + inner.len(), format!("{separator}{item}")));
    }
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
    let indent = text.get(line_start..start)?;
    if !body.starts_with('-') || !indent.bytes().all(|b| b == b' ') {
        return None;
    }
    let line_end = text.get(end..)?.find('\n').map_or(text.len(), |n| end + n);
    let crlf = text.get(..line_end)?.ends_with('\r');
    let at = if crlf { line_end - 1 } else { line_end };
    Some((at, format!("{}{indent}- {item}", if crlf { "\r\n" } else { "\n" })))
}

/// What to cut to take the item away that `text[start..end]` holds, out of a list with others: in block style its line,
/// in flow style the comma goes with it. `None` when it shares its line with more than its dash and a comment.
pub fn remove_item(text: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let end = start + text.get(start..end)?.trim_end().len();
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let line_end = after.find('\n').map_or(text.len(), |n| end + n + 1);
    let rest = text.get(end..line_end)?.trim();
    if before.get(line_start..)?.trim() == "-" && (rest.is_empty() || rest.starts_with('#')) {
        return Some(with_line_end(text, line_start, line_end));
    }
    let next = after.trim_start();
    let space = after.len() - next.len();
    if let Some(rest) = next.strip_prefix(',') {
        return Some(start..end + space + 1 + (rest.len() - rest.trim_start_matches(' ').len()));
    }
    let kept = before.trim_end();
    (next.starts_with(']') && kept.ends_with(',')).then(|| kept.len() - 1..end)
}

/// The place right behind the `:` of the key that ends at `end`.
pub fn after_colon(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let space = rest.len() - rest.trim_start_matches(' ').len();
    rest.get(space..)?.starts_with(':').then_some(end + space + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, start: usize, end: usize) -> String {
        let (at, insert) = add_entry(text, start, end, "b: 2").unwrap();
        format!("{}{insert}{}", &text[..at], &text[at..])
    }

    #[test]
    fn a_block_mapping_gets_a_line_of_the_same_indentation() {
        assert_eq!(added("x:\n  a: 1 # one\ny: 3\n", 5, 9), "x:\n  a: 1 # one\n  b: 2\ny: 3\n");
        assert_eq!(added("x:\n  a: 1", 5, 9), "x:\n  a: 1\n  b: 2");
        assert_eq!(added("x:\r\n  a: 1\r\ny: 3\r\n", 6, 10), "x:\r\n  a: 1\r\n  b: 2\r\ny: 3\r\n");
    }

    #[test]
    fn a_flow_mapping_grows_before_its_brace() {
        assert_eq!(added("x: { a: 1 }", 3, 11), "x: { a: 1, b: 2 }");
        assert_eq!(added("x: {}", 3, 5), "x: { b: 2}");
    }

    #[test]
    fn a_mapping_that_begins_in_the_middle_of_a_line_is_left_alone() {
        assert_eq!(add_entry("- a: 1\n  c: 2", 2, 13, "b: 2"), None);
    }

    #[test]
    fn whole_lines_of_an_entry() {
        let text = "a: 1\nb: true\nc: 3\n";
        assert_eq!(whole_lines(text, 5, 12), Some(5..13));
        assert_eq!(whole_lines("{a: 1, b: 2}", 1, 5), None);
        assert_eq!(whole_lines("a: 1 # why\n", 0, 4), None);
        assert_eq!(whole_lines("a: 1\nb: 2", 5, 9), Some(4..9), "the text ended without a line end");
        assert_eq!(whole_lines("a: 1\r\nb: 2", 6, 10), Some(4..10));
        assert_eq!(whole_lines("a: 1", 0, 4), Some(0..4));
    }

    fn removed(text: &str, entry: &str) -> Option<String> {
        let start = text.find(entry)?;
        let range = remove_entry(text, start, start + entry.len())?;
        Some(format!("{}{}", &text[..range.start], &text[range.end..]))
    }

    #[test]
    fn an_entry_goes_and_what_stands_around_it_stays() {
        assert_eq!(removed("a: 1\nb: 2\nc: 3\n", "b: 2").as_deref(), Some("a: 1\nc: 3\n"));
        assert_eq!(removed("a: 1\r\nb: 2\r\nc: 3\r\n", "b: 2").as_deref(), Some("a: 1\r\nc: 3\r\n"));
        assert_eq!(removed("b: 2 # why\nc: 3\n", "b: 2").as_deref(), Some("# why\nc: 3\n"));
        assert_eq!(removed("{a: 1, b: 2, c: 3}", "b: 2").as_deref(), Some("{a: 1, c: 3}"));
        assert_eq!(removed("{a: 1, b: 2}", "b: 2").as_deref(), Some("{a: 1}"));
        assert_eq!(removed("{\n  \"b\": 2,\n  \"c\": 3\n}", "\"b\": 2").as_deref(), Some("{\n  \"c\": 3\n}"));
        assert_eq!(removed("{b: 2}", "b: 2"), None);
        assert_eq!(removed("- b: 2\n  c: 3\n", "b: 2"), None);
    }

    #[test]
    fn an_item_is_added_in_the_style_of_the_list() {
        let added = |text: &str, start: usize, end: usize| {
            let (at, insert) = add_item(text, start, end, "z").unwrap();
            format!("{}{insert}{}", &text[..at], &text[at..])
        };
        assert_eq!(added("x:\n  - a # why\ny: 1\n", 5, 8), "x:\n  - a # why\n  - z\ny: 1\n");
        assert_eq!(added("x:\r\n- a\r\n", 4, 7), "x:\r\n- a\r\n- z\r\n");
        assert_eq!(added("x: [a]", 3, 6), "x: [a, z]");
        assert_eq!(added("x: []", 3, 5), "x: [z]");
        assert_eq!(add_item("x: *a", 3, 5, "z"), None);
    }

    #[test]
    fn an_item_is_taken_out_with_what_belongs_to_it() {
        let removed = |text: &str, item: &str| {
            let start = text.find(item)?;
            let range = remove_item(text, start, start + item.len())?;
            Some(format!("{}{}", &text[..range.start], &text[range.end..]))
        };
        assert_eq!(removed("x:\n  - a\n  - b # why\n", "b").as_deref(), Some("x:\n  - a\n"));
        assert_eq!(removed("x: [a, b, c]", "a").as_deref(), Some("x: [b, c]"));
        assert_eq!(removed("x: [a, b, c]", "c").as_deref(), Some("x: [a, b]"));
        assert_eq!(removed("x: [a]", "a"), None);
    }

    #[test]
    fn the_colon_of_a_key() {
        assert_eq!(after_colon("a: 1", 1), Some(2));
        assert_eq!(after_colon("a : 1", 1), Some(3));
        assert_eq!(after_colon("- a", 3), None);
    }
}
