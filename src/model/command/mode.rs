//! What a mode gives away: `0777`, `u+s,o=rwx`.

/// The permissions in a mode that are dangerous in the wrong place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// Users who are neither the owner nor of the group may write.
    pub other_write: bool,
    /// Only owners may remove what is in the folder, as in `/tmp`.
    pub sticky: bool,
    /// It runs as its owner.
    pub setuid: bool,
    /// It runs as its group; what is made in such a folder belongs to the group.
    pub setgid: bool,
}

impl Mode {
    /// Reads an octal or symbolic mode. Only what it certainly sets is there: `+w` without a who depends on the umask,
    /// `o=g` on the file. `None` when it is no mode or a variable stands in it.
    pub fn parse(text: &str) -> Option<Mode> {
        if text.is_empty() {
            return None;
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let bits = u32::from_str_radix(text, 8).ok().filter(|b| *b <= 0o7777)?;
            let has = |bit: u32| bits & bit != 0;
            return Some(Mode { other_write: has(0o2), sticky: has(0o1000), setuid: has(0o4000), setgid: has(0o2000) });
        }
        let mut mode = Mode::default();
        for clause in text.split(',') {
            mode.apply(clause)?;
        }
        Some(mode)
    }

    /// One clause, `ug+rwx-s`.
    fn apply(&mut self, clause: &str) -> Option<()> {
        let end = clause.find(['+', '-', '='])?;
        let (who, mut rest) = clause.split_at(end);
        if !who.chars().all(|c| "ugoa".contains(c)) {
            return None;
        }
        let all = who.contains('a');
        while let Some(operator) = rest.chars().next() {
            rest = rest.get(1..)?;
            let until = rest.find(['+', '-', '=']).unwrap_or(rest.len());
            let (what, next) = rest.split_at(until);
            rest = next;
            if !what.chars().all(|c| "rwxXstugo".contains(c)) {
                return None;
            }
            let set = |flag: &mut bool, named: bool, applies: bool| {
                if applies && (named || operator == '=') {
                    *flag = named && operator != '-';
                }
            };
            set(&mut self.other_write, what.contains('w'), all || who.contains('o'));
            set(&mut self.setuid, what.contains('s'), all || who.is_empty() || who.contains('u'));
            set(&mut self.setgid, what.contains('s'), all || who.is_empty() || who.contains('g'));
            set(&mut self.sticky, what.contains('t'), true);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Mode;

    fn flags(text: &str) -> String {
        let Some(m) = Mode::parse(text) else { return "none".into() };
        [(m.other_write, 'w'), (m.sticky, 't'), (m.setuid, 'u'), (m.setgid, 'g')].iter().filter(|f| f.0).map(|f| f.1).collect()
    }

    #[test]
    fn octal() {
        assert_eq!(
            ["777", "0666", "1777", "755", "775", "4755", "2775", "6755", "2"].map(flags),
            ["w", "w", "wt", "", "", "u", "g", "ug", "w"]
        );
        assert_eq!(["", "888", "77777", "$MODE", "75x"].map(flags), ["none"; 5]);
    }

    #[test]
    fn symbolic() {
        assert_eq!(["a+rwx", "o+w", "a=rwx", "ugo+rw", "o=rwx"].map(flags), ["w"; 5]);
        assert_eq!(["+w", "g=u", "ug+w", "a+rX", "+x", "o-w", "a+w,o-w", "a=rwx,o=rx"].map(flags), [""; 8]);
        assert_eq!(["u+s", "g+s", "ug+s", "+s", "a-s", "u+s-s", "+t", "a=rwxt"].map(flags), ["u", "g", "ug", "ug", "", "", "t", "wt"]);
    }
}
