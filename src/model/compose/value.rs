//! The tree of a Compose project: plain values that know where they are written and what they depend on.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::model::origin::Origin;
use crate::source::Span;
use crate::syntax::text::Text;

/// A value, where it is written, and the variables in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// The value, variables substituted.
    pub value: Value,
    /// Where it is written and how it got here.
    pub origin: Origin,
    /// The variables that were substituted.
    pub vars: Vars,
}

/// What a node holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string. Literal parts and default words map to their own bytes, substituted parts to their `${..}`.
    Str(Text),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping.
    Map(Map),
    /// Something that could not be read; its error is told elsewhere.
    Broken,
}

/// A mapping in the order of the text.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Map {
    entries: IndexMap<String, Entry, FxBuildHasher>,
    /// A line of this mapping that could not be read: any missing key may have stood there.
    pub lost: Option<Span>,
}

/// One `key: value`.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Where the key is written.
    pub key: Origin,
    /// The value.
    pub value: Node,
}

impl Node {
    /// A value without variables.
    pub fn new(value: Value, origin: Origin) -> Self {
        Node { value, origin, vars: Vars::default() }
    }

    /// A string without variables.
    pub fn text(text: Text, origin: Origin) -> Self {
        Node::new(Value::Str(text), origin)
    }

    /// The bytes of the value.
    pub fn span(&self) -> Span {
        self.origin.span
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The string's characters, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::as_str)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether it could not be read.
    pub fn is_broken(&self) -> bool {
        matches!(self.value, Value::Broken)
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The value at the end of a path of keys.
    pub fn get_path(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value as Compose would write it into a string: strings as they are, numbers and booleans in their plain
    /// form; `None` for `null`, lists, mappings and what is broken.
    pub fn resolved(&self) -> Option<Resolved> {
        let shown = match &self.value {
            Value::Str(text) => return Some(Resolved { text: text.clone(), vars: self.vars.clone() }),
            Value::Bool(b) => b.to_string(),
            Value::Int(i) => i.to_string(),
            Value::Float(f) => show_float(*f),
            Value::Null | Value::Seq(_) | Value::Map(_) | Value::Broken => return None,
        };
        Some(Resolved { text: written(self.origin.span, shown), vars: self.vars.clone() })
    }

    /// What kind of value it is, in words for a message.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Str(_) => "a string",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Broken => "unreadable",
        }
    }
}

/// A number is nearly always written as it is shown, and then every digit has its own byte.
fn written(span: Span, shown: String) -> Text {
    if span.len() == shown.len() { Text::verbatim(span.file, span.start as usize, shown) } else { Text::replaced(span, shown) }
}

/// As Go prints a float with `%v`: the shortest digits, an exponent for very large and very small ones.
pub(super) fn show_float(f: f64) -> String {
    if f.is_nan() {
        return "NaN".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    let scientific = format!("{f:e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if !(-4..21).contains(&exponent) {
        let digits = scientific.split('e').next().unwrap_or("0");
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    f.to_string()
}

impl Map {
    /// An empty mapping.
    pub fn new() -> Self {
        Map::default()
    }

    /// An empty mapping with room for some entries.
    pub fn with_capacity(entries: usize) -> Self {
        Map { entries: IndexMap::with_capacity_and_hasher(entries, FxBuildHasher), lost: None }
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(key).map(|e| &e.value)
    }

    /// The value under `key`, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries.get_mut(key).map(|e| &mut e.value)
    }

    /// The entry of `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// The position of a key among the entries.
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.entries.get_index_of(key)
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Puts an entry at the end, or in the place of the one with the same key.
    pub fn insert(&mut self, key: impl Into<String>, entry: Entry) {
        self.entries.insert(key.into(), entry);
    }

    /// Puts a value whose key is written at `key`.
    pub fn set(&mut self, name: impl Into<String>, key: Origin, value: Node) {
        self.insert(name, Entry { key, value });
    }

    /// Takes an entry out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        self.entries.shift_remove(key)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(k, e)| (k.as_str(), e))
    }

    /// The entries in order, to change their values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Entry)> {
        self.entries.iter_mut().map(|(k, e)| (k.as_str(), e))
    }

    /// The entries in order, to change keys' origins and values.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.values_mut()
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl IntoIterator for Map {
    type Item = (String, Entry);
    type IntoIter = indexmap::map::IntoIter<String, Entry>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl FromIterator<(String, Entry)> for Map {
    fn from_iter<I: IntoIterator<Item = (String, Entry)>>(iter: I) -> Self {
        Map { entries: iter.into_iter().collect(), lost: None }
    }
}

/// One variable that was substituted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VarUse {
    /// Its name.
    pub name: String,
    /// The whole `${..}` or `$NAME`.
    pub span: Span,
    /// What stands in its place.
    pub source: VarSource,
}

/// Where the value of a variable comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VarSource {
    /// The environment that the project is loaded in.
    Environment,
    /// `.env` or another env file; the bytes of the value there.
    EnvFile(Span),
    /// The word in `${X:-word}`, `${X-word}`, `${X:+word}` or `${X+word}`.
    Word,
    /// Nothing sets it, and the empty string stands there.
    Unset,
    /// Nothing sets it, and `${X:?..}` says that something must: the value is unknown.
    Required,
}

/// The variables of one string, in the order of the text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vars(Option<Arc<[VarUse]>>);

impl Vars {
    /// The uses as a list.
    pub fn of(uses: Vec<VarUse>) -> Self {
        Vars((!uses.is_empty()).then(|| uses.into()))
    }

    /// All of them.
    pub fn uses(&self) -> &[VarUse] {
        self.0.as_deref().unwrap_or(&[])
    }

    /// Whether there are none: the value is what is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the value is unknown, because a variable that must be set is not.
    pub fn is_unknown(&self) -> bool {
        self.any(|s| matches!(s, VarSource::Required))
    }

    /// The variables that nothing sets and that have no default: the empty string stands there.
    pub fn unset(&self) -> impl Iterator<Item = &VarUse> {
        self.uses().iter().filter(|u| u.source == VarSource::Unset)
    }

    /// Whether the value depends on a variable that whoever runs the project must set.
    pub fn needs_environment(&self) -> bool {
        self.any(|s| matches!(s, VarSource::Required | VarSource::Unset | VarSource::Environment))
    }

    /// Whether a default word, which the environment may replace, is part of the value.
    pub fn has_default(&self) -> bool {
        self.any(|s| matches!(s, VarSource::Word))
    }

    /// Whether `.env` or another env file sets a part of the value.
    pub fn from_env_file(&self) -> bool {
        self.any(|s| matches!(s, VarSource::EnvFile(_)))
    }

    /// Those that a part of the value with these bytes holds or touches.
    #[must_use]
    pub fn within(&self, span: Span) -> Vars {
        if self.is_empty() {
            return Vars::default();
        }
        let touches = |u: &&VarUse| u.span.file == span.file && u.span.start <= span.end && span.start <= u.span.end;
        Vars::of(self.uses().iter().filter(touches).cloned().collect())
    }

    fn any(&self, test: impl Fn(&VarSource) -> bool) -> bool {
        self.uses().iter().any(|u| test(&u.source))
    }
}

/// A string and the variables that were substituted in it. Reads as its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The string after substitution.
    pub text: Text,
    /// What was substituted.
    pub vars: Vars,
}

impl Resolved {
    /// Whether every character is known, wherever it comes from.
    pub fn is_known(&self) -> bool {
        !self.vars.is_unknown()
    }

    /// Whether it is known and no part of it is empty only because nothing here sets a variable, which may well be set
    /// where the project runs.
    pub fn is_certain(&self) -> bool {
        self.is_known() && self.vars.unset().next().is_none()
    }

    /// Whether it holds no variable at all.
    pub fn is_literal(&self) -> bool {
        self.vars.is_empty()
    }

    /// A part of it; offsets are bytes of the value.
    #[must_use]
    pub fn slice(&self, range: std::ops::Range<usize>) -> Resolved {
        let text = self.text.slice(range);
        let vars = self.vars.within(text.span());
        Resolved { text, vars }
    }

    /// The two parts around the first `separator`.
    pub fn split_once(&self, separator: char) -> Option<(Resolved, Resolved)> {
        let at = self.text.find(separator)?;
        Some((self.slice(0..at), self.slice(at + separator.len_utf8()..self.text.len())))
    }

    /// The bytes it is written with.
    pub fn span(&self) -> Span {
        self.text.span()
    }

    /// As a node that took the same steps as `origin`.
    pub fn into_node(self, origin: &Origin) -> Node {
        let origin = origin.at(self.text.span());
        Node { value: Value::Str(self.text), origin, vars: self.vars }
    }
}

impl std::ops::Deref for Resolved {
    type Target = Text;
    fn deref(&self) -> &Text {
        &self.text
    }
}

impl std::fmt::Display for Resolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}
