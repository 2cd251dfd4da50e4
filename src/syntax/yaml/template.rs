//! Files that become YAML only when a template engine has run over them.

/// Whether `text` holds `{% .. %}`, `<% .. %>` or `{{ .. }}` of a template engine, outside quotes, comments and block
/// scalars. `{{.Name}}` within a value is Docker's own formatting and does not count; a value or line that starts
/// with `{{` does.
pub fn is_template(text: &str) -> bool {
    let mut block: Option<usize> = None;
    let mut quote = None;
    for line in text.lines() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if let Some(parent) = block {
            if content.is_empty() || indent > parent {
                continue;
            }
            block = None;
        }
        let bare = unquoted(content, &mut quote);
        if holds_template(&bare) {
            return true;
        }
        if opens_block_scalar(&bare) {
            block = Some(indent);
        }
    }
    false
}

/// The line with strings and the comment taken out; `quote` is the string that is open between lines.
fn unquoted(line: &str, quote: &mut Option<char>) -> String {
    let mut out = String::with_capacity(line.len());
    let mut before = ' ';
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match *quote {
            Some('"') if c == '\\' => {
                chars.next();
            }
            Some(q) if c == q => *quote = None,
            Some(_) => {}
            None if c == '#' && before.is_whitespace() => break,
            None if (c == '"' || c == '\'') && (before.is_whitespace() || "[{,".contains(before)) => {
                *quote = Some(c);
                out.push('"');
            }
            None => out.push(c),
        }
        before = c;
    }
    out
}

fn holds_template(line: &str) -> bool {
    let pair = |open: &str, close: &str| line.find(open).is_some_and(|i| line.get(i..).is_some_and(|r| r.contains(close)));
    pair("{%", "%}") || pair("<%", "%>") || line.starts_with("{%") || line.match_indices("{{").any(|(i, _)| is_expression(line, i))
}

/// Whether the `{{` at `at` is one of a template engine.
fn is_expression(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or("").trim_end();
    let inner = line.get(at + 2..).unwrap_or("");
    let Some(inner) = inner.find("}}").and_then(|end| inner.get(..end)) else { return before.is_empty() };
    let starts_value = before.is_empty() || before == "-" || (before.ends_with(':') && before.len() < at);
    let words = inner.trim_matches(['-', ' ']);
    starts_value || (words.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !words.contains(" ."))
}

fn opens_block_scalar(line: &str) -> bool {
    let last = line.trim_end().rsplit([' ', '\t']).next().unwrap_or("");
    last.starts_with(['|', '>']) && last.len() <= 3 && last.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'-' || b == b'+')
}

#[cfg(test)]
mod tests {
    use super::is_template;

    #[test]
    fn templates() {
        for text in [
            "{% if x %}\nservices:\n{% endif %}\n",
            "services:\n  {{ name }}:\n    image: x\n",
            "services:\n  a:\n    image: repo:{{ tag }}\n",
            "services:\n  a:\n    image: {{ .Values.image }}\n",
            "services:\n<% apps.each do |a| %>\n  a: {}\n",
            "{{- range .x }}\na: b\n",
        ] {
            assert!(is_template(text), "{text}");
        }
    }

    #[test]
    fn near_misses() {
        for text in [
            "services:\n  a:\n    hostname: \"{{.Node.Hostname}}\"\n",
            "services:\n  a:\n    command: docker ps --format {{.Names}}\n",
            "services:\n  a:\n    command: docker inspect -f {{json .State}} x\n",
            "# {{ not me }}\na: 1 # {% nor me %}\n",
            "a: |\n  {{ x }}\n  {% raw %}\nb: 1\n",
            "a: 'it {{ x }}\n  goes {% on %}'\n",
            "a: {b: {c: d}}\n",
        ] {
            assert!(!is_template(text), "{text}");
        }
    }
}
