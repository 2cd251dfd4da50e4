//! Writing plain data as YAML, for `dockvet config`.

use serde_json::Value;

/// `value` as a YAML document. `note` may say something at the end of the line that a path begins on; paths are
/// `services.web.ports[0]`.
pub fn write(value: &Value, note: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => entries(map, 0, "", note, &mut out),
        Value::Array(items) if !items.is_empty() => list(items, 0, "", note, &mut out),
        other => out.push_str(&(scalar(other) + "\n")),
    }
    out
}

fn entries(map: &serde_json::Map<String, Value>, indent: usize, path: &str, note: &dyn Fn(&str) -> Option<String>, out: &mut String) {
    for (key, value) in map {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        out.push_str(&" ".repeat(indent));
        out.push_str(&string(key));
        out.push(':');
        after(value, indent, &path, note, out);
    }
}

fn list(items: &[Value], indent: usize, path: &str, note: &dyn Fn(&str) -> Option<String>, out: &mut String) {
    for (n, value) in items.iter().enumerate() {
        let path = format!("{path}[{n}]");
        out.push_str(&" ".repeat(indent));
        out.push('-');
        match value {
            // The first key stands on the line of the dash.
            Value::Object(map) if !map.is_empty() => {
                let mut inner = String::new();
                entries(map, indent + 2, &path, note, &mut inner);
                out.push(' ');
                out.push_str(inner.trim_start());
            }
            other => after(other, indent, &path, note, out),
        }
    }
}

/// What stands after `key:` or `-`, to the end of it.
fn after(value: &Value, indent: usize, path: &str, note: &dyn Fn(&str) -> Option<String>, out: &mut String) {
    let comment = note(path).map(|n| format!("  # {n}")).unwrap_or_default();
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push_str(&format!("{comment}\n"));
            entries(map, indent + 2, path, note, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push_str(&format!("{comment}\n"));
            list(items, indent + 2, path, note, out);
        }
        other => out.push_str(&format!(" {}{comment}\n", scalar(other))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(s) => string(s),
        Value::Object(_) => "{}".into(),
        Value::Array(_) => "[]".into(),
        other => other.to_string(),
    }
}

/// A string, plain where every YAML reader takes it as the same string, else in double quotes.
fn string(text: &str) -> String {
    let plain_chars = |c: char| c.is_alphanumeric() || "_-./@+=,;()<>^~%*$ ".contains(c);
    let starts = |c: char| c.is_alphabetic() || "_/.".contains(c);
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", ".inf", ".nan", "-.inf"];
    let reserved = words.contains(&text.to_ascii_lowercase().as_str());
    let number = text.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    let plain = text.starts_with(starts) && text.chars().all(plain_chars) && !text.ends_with(' ') && !reserved && !number;
    if plain { text.to_string() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn written_yaml_reads_back_as_the_same_data() {
        let value = json!({
            "name": "shop",
            "services": {"web": {"ports": [{"target": 80, "published": "8080"}, {"target": 443}], "command": ["sh", "-c", "echo \"a: b\" # c\n"], "environment": {"A": null, "B": "yes", "C": "0644", "D": "", "E": "a: b", "F": "-x", "G": "é"}, "labels": {}}},
            "list": [[1, 2], []],
        });
        let text = write(&value, &|path| (path == "services.web").then(|| "here".to_string()));
        assert!(text.contains("  web:  # here\n"), "{text}");
        let file = crate::source::Sources::new(std::path::Path::new("/"), 1)
            .set_text(std::path::Path::new("f"), crate::source::FileKind::Other, String::new())
            .id;
        let parse = crate::syntax::yaml::parse(file, &text);
        assert_eq!(parse.errors, [], "{text}");
        assert_eq!(read(&parse.tree, parse.tree.documents[0]), value, "{text}");
    }

    fn read(tree: &crate::syntax::yaml::Yaml, id: crate::syntax::yaml::NodeId) -> Value {
        use crate::syntax::yaml::{Kind, Scalar};
        match &tree.node(id).kind {
            Kind::Map { entries, .. } => entries
                .iter()
                .map(|e| (tree.text(e.key).unwrap().to_string(), read(tree, e.value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Kind::Seq { items, .. } => items.iter().map(|i| read(tree, *i)).collect::<Vec<_>>().into(),
            _ => match tree.scalar(id).unwrap() {
                Scalar::Null => Value::Null,
                Scalar::Bool(b) => b.into(),
                Scalar::Int(i) => i.into(),
                Scalar::Float(f) => f.into(),
                Scalar::Str => tree.text(id).unwrap().to_string().into(),
                Scalar::Timestamp(t) => t.into(),
            },
        }
    }
}
