//! What a service says of the walls around its container: capabilities, namespaces, security options.

use super::compose::{Resolved, Service};
use super::origin::Sourced;
use crate::syntax::text::Text;

/// An entry of `security_opt`, as the engine splits it: at the first `=`, else at the first `:`.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityOption {
    /// `seccomp`, `apparmor`, `label`, `no-new-privileges`, ...
    pub name: Text,
    /// What follows.
    pub value: Option<Text>,
    /// The whole entry.
    pub item: Sourced<Resolved>,
}

impl SecurityOption {
    fn read(item: &Sourced<Resolved>) -> SecurityOption {
        let text = &item.value.text;
        let at = text.find('=').or_else(|| text.find(':'));
        let value = at.map(|at| text.slice(at + 1..text.len()));
        SecurityOption { name: text.slice(0..at.unwrap_or(text.len())), value, item: item.clone() }
    }

    /// Whether it is this name with this value.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.name.as_str() == name && self.value.as_ref().is_some_and(|v| v.as_str() == value)
    }

    /// Whether it switches something on; `None` when the engine would refuse it. No value switches it on.
    pub fn switch(&self) -> Option<bool> {
        // The words of Go's ParseBool.
        match self.value.as_ref().map(Text::as_str) {
            None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Some(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Some(false),
            Some(_) => None,
        }
    }
}

/// The name of a capability as the kernel has it, upper case and without `CAP_`.
pub fn capability_name(text: &str) -> String {
    let name = text.to_ascii_uppercase();
    name.strip_prefix("CAP_").map_or(name.clone(), str::to_string)
}

impl Service {
    /// Whether it is privileged, and so has every capability and device and no security profile.
    pub fn is_privileged(&self) -> bool {
        self.privileged().set().is_some_and(|p| p.value)
    }

    /// Whether it is no Linux container: a `provider` or a Windows container.
    pub fn has_no_linux_container(&self) -> bool {
        self.provider().is_some() || self.is_windows()
    }

    /// The entry of `cap_add` that names this capability, in capitals and without `CAP_`.
    pub fn adds_capability(&self, name: &str) -> Option<Sourced<Resolved>> {
        let added = self.cap_add();
        added.set()?.value.iter().find(|c| capability_name(&c.value) == name).cloned()
    }

    /// Whether it keeps a capability that containers have by default.
    pub fn keeps_capability(&self, name: &str) -> bool {
        let dropped = self.cap_drop();
        let drops = |c: &Sourced<Resolved>| matches!(capability_name(&c.value).as_str(), "ALL") || capability_name(&c.value) == name;
        let is_dropped = dropped.set().is_some_and(|list| list.value.iter().any(drops));
        !is_dropped || self.adds_capability(name).is_some() || self.adds_capability("ALL").is_some()
    }

    /// The value of a namespace key (`pid`, `ipc`, `network_mode`, ...) that says `host`.
    pub fn shares_with_host(&self, key: &str) -> Option<Sourced<Resolved>> {
        let mode = self.text(&[key]);
        mode.set().filter(|m| m.value.is_known() && m.value.as_str() == "host").cloned()
    }

    /// The entries of `security_opt` whose text is known, in order.
    pub fn security_options(&self) -> Vec<SecurityOption> {
        let list = self.security_opt();
        let known = |item: &&Sourced<Resolved>| item.value.is_certain();
        list.set().map_or_else(Vec::new, |l| l.value.iter().filter(known).map(SecurityOption::read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::origin::Sourced;
    use crate::source::{FileKind, Sources};
    use std::path::Path;

    fn option(text: &str) -> SecurityOption {
        let file = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let text = Text::verbatim(file, 0, text);
        let span = text.span();
        SecurityOption::read(&Sourced::here(Resolved { text, vars: crate::model::compose::Vars::default() }, span))
    }

    #[test]
    fn options_are_split_as_the_engine_does() {
        for text in ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=1", "no-new-privileges=T"] {
            assert_eq!((option(text).name.as_str(), option(text).switch()), ("no-new-privileges", Some(true)), "{text}");
        }
        assert_eq!(option("no-new-privileges:false").switch(), Some(false));
        assert_eq!(option("no-new-privileges: true").switch(), None);
        assert!(option("label=type:spc_t").is("label", "type:spc_t"));
        assert!(option("label:disable").is("label", "disable"));
        assert!(option("seccomp=./a=b.json").is("seccomp", "./a=b.json"));
    }

    #[test]
    fn capabilities_in_every_spelling() {
        for text in ["SYS_ADMIN", "cap_sys_admin", "Cap_Sys_Admin"] {
            assert_eq!(capability_name(text), "SYS_ADMIN");
        }
        assert_eq!(capability_name("CAPTAIN"), "CAPTAIN");
    }
}
