//! Edits that lints offer. They are refused where the bytes are shared, so that an edit for one place never changes
//! another.

use std::sync::Arc;

use crate::model::compose::{Port, Service};
use crate::model::dockerfile::Dockerfile;
use crate::model::origin::Origin;
use crate::source::{FileKind, Source, Span};
use crate::syntax::yaml::{self, edit};

use super::Cx;

/// Bytes out, text in.
pub type Replacement = (Span, String);

impl Cx<'_> {
    /// Adds `key: value` to a service, in the file where it is written.
    pub fn add_entry(&self, service: &Service, entry: &str) -> Option<Replacement> {
        let (map, origin) = (service.node.span(), &service.node.origin);
        if origin.is_shared() || service.key_origin.is_shared() || map.file != service.key.file {
            return None;
        }
        let source = self.world.sources.get(map.file);
        let (at, text) = edit::add_entry(&source.text, map.start as usize, map.end as usize, entry)?;
        Some((Span::new(map.file, at, at), text))
    }

    /// Takes the key at the end of `path` away with its line.
    pub fn remove_entry(&self, service: &Service, path: &[&str]) -> Option<Replacement> {
        let node = service.node.get_path(path)?;
        let entry = service.entry(path)?;
        if node.origin.is_shared() {
            return None;
        }
        let source = self.world.sources.get(entry.file);
        let lines = edit::whole_lines(&source.text, entry.start as usize, entry.end as usize)?;
        self.cut(Span::new(entry.file, lines.start, lines.end))
    }

    /// Takes bytes out. Comments among them stay, each on a line of its own; refused when they would not.
    fn cut(&self, span: Span) -> Option<Replacement> {
        let source = self.world.sources.get(span.file);
        let comments = comments_in(&source, span);
        let cut = source.slice(span);
        if comments.is_empty() {
            return Some((span, String::new()));
        }
        let line_start = source.text.get(..span.start as usize)?.rfind('\n').map_or(0, |n| n + 1);
        let (takes_end_before, takes_own_end) = (cut.starts_with(['\r', '\n']), line_start == span.start as usize && cut.ends_with('\n'));
        if !takes_end_before && !takes_own_end {
            return None;
        }
        let kept = comments.iter().map(|comment| {
            let line = indent(&source, *comment);
            let text = source.slice(*comment).trim_end();
            if takes_end_before { format!("\n{line}{text}") } else { format!("{line}{text}\n") }
        });
        Some((span, kept.collect()))
    }

    /// Replaces the list at `path` by one of a single item, in its own style. Refused when a comment explains an item.
    pub fn replace_list(&self, service: &Service, path: &[&str], item: &str) -> Option<Replacement> {
        let node = service.node.get_path(path)?;
        if node.origin.is_shared() {
            return None;
        }
        let source = self.world.sources.get(node.span().file);
        let written = source.slice(node.span());
        let kept = written.trim_end().len();
        let span = Span::new(node.span().file, node.span().start as usize, node.span().start as usize + kept);
        let text = if written.starts_with('[') { format!("[{item}]") } else { format!("- {item}") };
        comments_in(&source, span).is_empty().then_some((span, text))
    }

    /// Adds an item to the list at `path`, in its own style.
    pub fn add_item(&self, service: &Service, path: &[&str], item: &str) -> Option<Replacement> {
        let node = service.node.get_path(path).filter(|n| !n.origin.is_shared())?;
        let span = node.span();
        let (at, text) = edit::add_item(&self.world.sources.get(span.file).text, span.start as usize, span.end as usize, item)?;
        Some((Span::new(span.file, at, at), text))
    }

    /// Takes an item out of the list at `path`, and the whole key with the last one.
    pub fn remove_item(&self, service: &Service, path: &[&str], item: &Origin) -> Option<Replacement> {
        if item.is_shared() {
            return None;
        }
        if service.node.get_path(path)?.as_seq()?.len() == 1 {
            return self.remove_entry(service, path);
        }
        let span = item.span;
        let source = self.world.sources.get(span.file);
        let cut = edit::remove_item(&source.text, span.start as usize, span.end as usize)?;
        self.cut(Span::new(span.file, cut.start, cut.end))
    }

    /// Publishes a port on the loopback address alone, with the title of that fix. Refused when a variable says the
    /// address.
    pub fn bind_to_loopback(&self, port: &Port) -> Option<(&'static str, Replacement)> {
        if port.origin.is_shared() {
            return None;
        }
        // A port published on `0.0.0.0` and on `[::]` must not be on the same address twice.
        match &port.host_ip {
            Some(ip) if ip.contains(':') => ip.is_literal().then(|| ("bind it to ::1", (ip.span(), ip.replace("::", "::1")))),
            _ => Some(("bind it to 127.0.0.1", self.bind_to_ipv4_loopback(port)?)),
        }
    }

    fn bind_to_ipv4_loopback(&self, port: &Port) -> Option<Replacement> {
        const LOOPBACK: &str = "127.0.0.1";
        if let Some(ip) = &port.host_ip {
            return ip.is_literal().then(|| (ip.span(), LOOPBACK.to_string()));
        }
        let (file, start, end) = (port.span.file, port.span.start as usize, port.span.end as usize);
        let source = self.world.sources.get(file);
        let text = &source.text;
        let at = |at: usize, text: String| Some((Span::new(file, at, at), text));
        if !port.long {
            let raw = text.get(start..end)?;
            let quote = usize::from(raw.starts_with(['"', '\'']));
            let is_plain = raw.get(quote..)?.starts_with(|c: char| c.is_ascii_digit() || c == '$');
            let gap = if port.published.is_none() { "::" } else { ":" };
            return if is_plain { at(start + quote, format!("{LOOPBACK}{gap}")) } else { None };
        }
        if text.get(start..end)?.starts_with('{') {
            let (place, entry) = edit::add_entry(text, start, end, &format!("host_ip: {LOOPBACK}"))?;
            return at(place, entry);
        }
        let line_start = text.get(..start)?.rfind('\n').map_or(0, |n| n + 1);
        let before = text.get(line_start..start)?;
        let is_item = before.trim() == "-" || before.trim().is_empty();
        if is_item { at(start, format!("host_ip: {LOOPBACK}\n{}", " ".repeat(before.len()))) } else { None }
    }

    /// Takes an entry away that runs from its key to the end of its value. Refused when another entry shares its line or
    /// when it is the only one of a flow mapping.
    pub fn cut_entry(&self, entry: Span) -> Option<Replacement> {
        let source = self.world.sources.get(entry.file);
        // A key without a value ends at its colon.
        let end = edit::after_colon(&source.text, entry.end as usize).unwrap_or(entry.end as usize);
        let cut = edit::remove_entry(&source.text, entry.start as usize, end)?;
        self.cut(Span::new(entry.file, cut.start, cut.end))
    }

    /// Takes the lines away that `span` fills. Refused when something else stands on them.
    pub fn cut_lines(&self, span: Span) -> Option<Replacement> {
        let source = self.world.sources.get(span.file);
        let lines = edit::whole_lines(&source.text, span.start as usize, span.end as usize)?;
        self.cut(Span::new(span.file, lines.start, lines.end))
    }

    /// Puts double quotes around a plain scalar.
    pub fn quote(&self, value: &Origin) -> Option<Replacement> {
        let source = self.world.sources.get(value.span.file);
        let raw = source.slice(value.span);
        let is_simple = !raw.is_empty() && !raw.contains(['"', '\'', '\\', '\n']);
        (is_simple && !value.is_shared()).then(|| (value.span, format!("\"{raw}\"")))
    }

    /// Puts a tag, as `!override`, before the value of the key at these bytes.
    pub fn tag_value(&self, key: Span, tag: &str) -> Option<Replacement> {
        let source = self.world.sources.get(key.file);
        let at = edit::after_colon(&source.text, key.end as usize)?;
        Some((Span::new(key.file, at, at), format!(" {tag}")))
    }
}

/// The comments that lie in `span`.
fn comments_in(source: &Arc<Source>, span: Span) -> Vec<Span> {
    let all: Vec<Span> = match source.kind {
        FileKind::Dockerfile => Dockerfile::of(source).tree.comments().map(|c| c.span).collect(),
        FileKind::Compose => yaml::of(source).tree.comments.iter().map(|c| c.span).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|c| span.contains(*c)).collect()
}

/// The blanks at the start of the line of `span`.
fn indent(source: &Source, span: Span) -> &str {
    let before = source.text.get(..span.start as usize).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.get(..line.len() - line.trim_start_matches(' ').len()).unwrap_or("")
}
