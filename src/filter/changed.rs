//! Which lines a change touches, as `git diff -U0` tells it.

use std::collections::BTreeMap;

/// The lines of each file that are new or other than before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// 1-based first and last lines, by the path in the repository.
    files: BTreeMap<String, Vec<(u32, u32)>>,
}

impl ChangedLines {
    /// Reads the output of `git diff -U0 --no-prefix`.
    pub fn parse(diff: &str) -> ChangedLines {
        let mut files: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        let mut current = None;
        // How many lines of a hunk are still to come: they may look like headers.
        let mut body = 0_u64;
        for line in diff.lines() {
            if body > 0 && line.starts_with(['+', '-', '\\']) {
                body -= u64::from(!line.starts_with('\\'));
            } else if let Some(name) = line.strip_prefix("+++ ") {
                current = (name != "/dev/null").then(|| unquoted(name));
            } else if let Some((old, new)) = line.strip_prefix("@@ -").and_then(hunk) {
                body = u64::from(old.1) + u64::from(new.1);
                if let Some(file) = current.as_ref().filter(|_| new.1 > 0) {
                    files.entry(file.clone()).or_default().push((new.0, new.0.saturating_add(new.1 - 1)));
                }
            }
        }
        ChangedLines { files }
    }

    /// Adds files that are new from the first line to the last.
    pub fn add_files<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.files.extend(names.into_iter().map(|name| (name.to_owned(), vec![(1, u32::MAX)])));
    }

    /// Whether one of the lines from `first` to `last`, 1-based, of the file at this path in the repository changed.
    pub fn touches(&self, path: &str, first: u32, last: u32) -> bool {
        self.files.get(path).is_some_and(|ranges| ranges.iter().any(|(from, to)| first <= *to && *from <= last))
    }

    /// The paths of the files that changed.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

type Lines = (u32, u32);

/// `12,3 +14,2 @@ ...`: start and length before, and after.
fn hunk(text: &str) -> Option<(Lines, Lines)> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let lines = |text: &str| {
        let (start, length) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, length.parse().ok()?))
    };
    Some((lines(old)?, lines(new)?))
}

/// Git quotes names with unusual bytes as C does, and ends names with blanks by a tab.
fn unquoted(name: &str) -> String {
    let name = name.strip_suffix('\t').unwrap_or(name);
    let Some(inner) = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) else { return name.to_owned() };
    let mut bytes = Vec::new();
    let mut rest = inner.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(next @ b'0'..=b'7') = rest.peek().copied() {
                        value = value * 8 + u32::from(next - b'0');
                        rest.next();
                    }
                }
                bytes.push(u8::try_from(value).unwrap_or(b'?'));
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_become_lines() {
        let diff = "diff --git api/Dockerfile api/Dockerfile\nindex 1..2 100644\n--- api/Dockerfile\n+++ api/Dockerfile\n@@ -3,2 +3 @@ FROM x\n-a\n-b\n+c\n@@ -9,0 +9,3 @@\n+d\n+++ evil\n+f\n@@ -20 +21,0 @@\n-gone\n";
        let changed = ChangedLines::parse(diff);
        assert_eq!(changed.files().collect::<Vec<_>>(), ["api/Dockerfile"]);
        let touched: Vec<u32> = (1..30).filter(|n| changed.touches("api/Dockerfile", *n, *n)).collect();
        assert_eq!(touched, [3, 9, 10, 11]);
        assert!(changed.touches("api/Dockerfile", 5, 40), "a finding over many lines");
        assert!(!changed.touches("Dockerfile", 3, 3));
    }

    #[test]
    fn names_that_git_quotes() {
        let diff = "--- /dev/null\n+++ \"a\\303\\244 \\\"b\\\"\"\n@@ -0,0 +1 @@\n+x\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        assert_eq!(ChangedLines::parse(diff).files().collect::<Vec<_>>(), ["aä \"b\""]);
    }
}
