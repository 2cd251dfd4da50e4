//! Variables that the commands of a script set: `A=b`, `A=b command`, `env A=b command`, `export A=b`.

use crate::syntax::shell::{Command, Flow, Word};
use crate::syntax::text::Text;

/// The names with their values, quotes removed and variables as they are written, in order.
pub fn variables(flow: &Flow<'_>) -> Vec<(Text, Text)> {
    flow.commands.iter().flat_map(of_command).collect()
}

fn of_command(command: &Command<'_>) -> Vec<(Text, Text)> {
    let exported = command.args().iter().filter(|_| command.is(&["export", "declare", "typeset", "readonly", "local"]));
    let assignments = command.assignments().into_iter().chain(exported.filter_map(Word::assignment));
    assignments.filter_map(|a| Some((a.name, a.value?.unquoted()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;
    use std::path::Path;

    #[test]
    fn every_way_to_set_one() {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let script = parse(&Text::verbatim(id, 0, "A=1; B='2' c && export C=\"$X\" D && env E= f G=3 && echo H=4"));
        let found: Vec<String> = variables(&script.flow()).iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(found, ["A=1", "B=2", "C=$X", "E="]);
    }
}
