//! What a configuration says to single lints.

use std::collections::BTreeMap;

/// One thing that configuration may say to a lint.
#[derive(Clone, Copy, Debug)]
pub struct LintOption {
    /// Its key under `[lints.<id>]`.
    pub key: &'static str,
    /// What stands behind the key.
    pub kind: OptionKind,
    /// What it does, in a few words.
    pub about: &'static str,
}

/// What an option is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// `["a", "b"]`
    Strings,
    /// `true` or `false`
    Flag,
}

impl OptionKind {
    /// Whether a value is one of this kind.
    pub fn fits(self, value: &toml::Value) -> bool {
        match self {
            OptionKind::Strings => value.as_array().is_some_and(|items| items.iter().all(toml::Value::is_str)),
            OptionKind::Flag => value.is_bool(),
        }
    }

    /// How it is written, in words.
    pub fn words(self) -> &'static str {
        match self {
            OptionKind::Strings => "a list of strings",
            OptionKind::Flag => "true or false",
        }
    }
}

/// Options by lint: the tables under `[lints.<id>]` of a configuration. What is not written is not there; every lint has
/// its own idea of that.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options(BTreeMap<String, toml::Table>);

impl Options {
    /// The options in the `lints` table of a configuration; what is no table is left out.
    pub fn new(lints: toml::Table) -> Options {
        let tables = lints.into_iter().filter_map(|(id, value)| match value {
            toml::Value::Table(table) => Some((id, table)),
            _ => None,
        });
        Options(tables.collect())
    }

    /// Lays the options of a lint over those it has.
    pub fn set(&mut self, lint: &str, table: toml::Table) {
        self.0.entry(lint.to_owned()).or_default().extend(table);
    }

    /// Whether a flag is set.
    pub fn flag(&self, lint: &str, key: &str) -> bool {
        self.0.get(lint).and_then(|table| table.get(key)).and_then(toml::Value::as_bool).unwrap_or(false)
    }

    /// The strings of a list option; none when it is not set.
    pub fn list(&self, lint: &str, key: &str) -> Vec<&str> {
        let value = self.0.get(lint).and_then(|table| table.get(key));
        let items = value.and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(toml::Value::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_one_lint() {
        let table = "a = 1\n[b]\nallowed = [\"x\", 2, \"y\"]\nother = \"z\"\n".parse().unwrap();
        let options = Options::new(table);
        assert_eq!(options.list("b", "allowed"), ["x", "y"]);
        assert_eq!(options.list("b", "other"), Vec::<&str>::new());
        assert_eq!(options.list("a", "allowed"), Vec::<&str>::new());
    }
}
