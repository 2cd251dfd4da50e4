//! What a configuration says to single lints.

use std::collections::BTreeMap;

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

    /// Says what a lint is told, in place of what it was told before.
    pub fn set(&mut self, lint: &str, options: toml::Table) {
        self.0.insert(lint.to_string(), options);
    }

    /// Lays others over these, lint by lint.
    pub fn over(&mut self, others: Options) {
        self.0.extend(others.0);
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
