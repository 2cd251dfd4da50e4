//! What other formats quote from a lint's page.

/// The first paragraph of the page as plain text on one line, at most `limit` bytes; falls back to `summary`.
pub(crate) fn lead(page: &str, summary: &str, limit: usize) -> String {
    let lines = page.lines().skip_while(|l| l.trim().is_empty() || l.starts_with(['#', '-', '+']));
    let paragraph: Vec<&str> = lines.take_while(|l| !l.trim().is_empty() && !l.starts_with("```")).map(str::trim).collect();
    let text = plain(&paragraph.join(" "));
    let text = if text.is_empty() { summary } else { &text };
    sentence(cut(text, limit.saturating_sub(1)))
}

/// `text` up to the last blank within `limit` bytes.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let head = text.get(..text.floor_char_boundary(limit)).unwrap_or("");
    head.rfind(' ').and_then(|at| head.get(..at)).unwrap_or(head)
}

/// `text` with a full stop, unless it ends in something like it.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', ':']) { text.to_string() } else { format!("{text}.") }
}

/// `text` with a capital at its start.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Markdown without code marks, emphasis and the targets of links.
fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        rest = match link(tail) {
            Some((text, after)) => {
                out.push_str(text);
                after
            }
            None => {
                out.push_str(if tail.starts_with('[') { "[" } else { "" });
                tail.get(1..).unwrap_or("")
            }
        };
    }
    out + rest
}

/// The text of the link that `markdown` starts with, and what follows it.
fn link(markdown: &str) -> Option<(&str, &str)> {
    let (text, rest) = markdown.strip_prefix('[')?.split_once(']')?;
    let (_, after) = rest.strip_prefix('(')?.split_once(')')?;
    Some((text, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_the_first_paragraph_without_markup() {
        let page = "# privileged\n\nA *privileged* container [owns](https://a.b/c) the `host`\nit runs on: [ALL].\n\nMore.\n";
        assert_eq!(lead(page, "x", 100), "A privileged container owns the host it runs on: [ALL].");
        assert_eq!(lead(page, "x", 30), "A privileged container owns.");
        assert_eq!(lead("# t\n\n```yaml\na: b\n```\n", "says it", 100), "says it.");
    }
}
