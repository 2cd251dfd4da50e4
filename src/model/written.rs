//! Text that instructions put into files, as far as it stands in the Dockerfile: `echo .. > file`, `tee <<EOF`,
//! `COPY <<EOF file`.

use super::dockerfile::InstructionAt;
use crate::syntax::dockerfile::Args;
use crate::syntax::shell::{Command, Flow, Redirect, RedirectOp, Word};
use crate::syntax::text::{Text, TextBuilder};

/// Text on its way into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text, quotes removed, variables as they are written.
    pub text: Text,
    /// The file, quotes removed, variables as they are written.
    pub path: Text,
    /// The command that writes it; `None` for COPY and ADD.
    pub command: Option<usize>,
}

/// What `echo`, `printf`, here-documents and `sed -i` write.
pub fn written(flow: &Flow<'_>) -> Vec<Written> {
    flow.commands.iter().flat_map(|command| of_command(flow, command)).collect()
}

/// The heredocs of COPY and ADD.
pub fn copied(at: &InstructionAt<'_>) -> Vec<Written> {
    let (Args::Copy(copy) | Args::Add(copy)) = at.instruction.typed() else { return Vec::new() };
    let Some(path) = copy.destination else { return Vec::new() };
    at.instruction.heredocs.iter().map(|h| Written { text: h.body.clone(), path: path.clone(), command: None }).collect()
}

fn of_command(flow: &Flow<'_>, command: &Command<'_>) -> Vec<Written> {
    if command.is(&["sed", "gsed"]) {
        return edited(command);
    }
    let texts: Vec<Text> = match command.program() {
        "echo" | "printf" => joined(command.args()).into_iter().collect(),
        "cat" | "tee" => inputs(command.redirects).collect(),
        _ => return Vec::new(),
    };
    let paths = if texts.is_empty() { Vec::new() } else { targets(flow, command) };
    let write = |text: &Text| {
        paths.iter().map(|path| Written { text: text.clone(), path: path.clone(), command: Some(command.index) }).collect::<Vec<_>>()
    };
    texts.iter().flat_map(write).collect()
}

fn inputs(redirects: &[Redirect]) -> impl Iterator<Item = Text> {
    redirects.iter().filter_map(|r| match r.op {
        RedirectOp::Heredoc => r.heredoc.as_ref().map(|h| h.body.clone()),
        RedirectOp::HereString => Some(r.target.unquoted()),
        _ => None,
    })
}

/// The files that the output of a command goes to: by its own redirections, by those of a group around it, through `tee`.
fn targets(flow: &Flow<'_>, command: &Command<'_>) -> Vec<Text> {
    let is_output = |r: &&Redirect| r.writes() && r.fd.is_none_or(|fd| fd == 1);
    let own: Vec<Text> = command.redirects.iter().filter(is_output).map(|r| r.target.unquoted()).collect();
    let mut found = own;
    if command.is(&["tee"]) {
        found.extend(tee_files(command));
    }
    if found.is_empty() {
        let around = flow.redirects.iter().filter(|(r, held)| held.contains(&command.index) && is_output(r));
        found.extend(around.map(|(r, _)| r.target.unquoted()));
    }
    if found.is_empty() {
        for reader in flow.readers(command) {
            found.extend(if reader.is(&["tee"]) { tee_files(reader) } else { Vec::new() });
        }
    }
    found.retain(|path| !path.starts_with("/dev/"));
    found
}

fn tee_files(command: &Command<'_>) -> Vec<Text> {
    command.options().operands.iter().map(|w| w.unquoted()).collect()
}

/// The scripts of `sed -i`, which hold what they put in.
fn edited(command: &Command<'_>) -> Vec<Written> {
    let options = command.options();
    if !options.has(&["-i", "--in-place"]) {
        return Vec::new();
    }
    let mut scripts: Vec<Text> = options.values(&["-e", "--expression"]).cloned().collect();
    let mut files = options.operands.iter().map(|w| w.unquoted());
    if scripts.is_empty() && !options.has(&["-f", "--file"]) {
        scripts.extend(files.next());
    }
    let Some(path) = files.next() else { return Vec::new() };
    scripts.into_iter().map(|text| Written { text, path: path.clone(), command: Some(command.index) }).collect()
}

/// Words with blanks between them, as `echo` puts them together; its options are left out.
fn joined(words: &[Word]) -> Option<Text> {
    let is_option =
        |w: &&Word| w.value().is_some_and(|v| v.len() > 1 && v.starts_with('-') && v.chars().skip(1).all(|c| "neE".contains(c)));
    let words: Vec<&Word> = words.iter().skip_while(is_option).collect();
    let first = words.first()?;
    let mut out = TextBuilder::new(first.text.file());
    let mut end = None;
    for word in &words {
        if let Some(end) = end {
            out.push_replaced(" ", end..word.span().start as usize);
        }
        let text = word.unquoted();
        out.push_slice(&text, 0..text.len());
        end = Some(word.span().end as usize);
    }
    Some(out.finish(first.span().start as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileKind, Sources};
    use crate::syntax::shell::parse;
    use std::path::Path;

    fn found(source: &str) -> Vec<String> {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        let script = parse(&Text::verbatim(id, 0, source));
        written(&script.flow()).iter().map(|w| format!("{}: {}", w.path, w.text.trim_end())).collect()
    }

    #[test]
    fn text_that_goes_into_files() {
        assert_eq!(found("echo -e a  \"b c\" > /f"), ["/f: a b c"]);
        assert_eq!(found("printf '%s' \"$T\" | sudo tee -a /f >/dev/null"), ["/f: %s $T"]);
        assert_eq!(found("{ echo a; echo b; } >> /f"), ["/f: a", "/f: b"]);
        assert_eq!(found("cat <<EOF > /f\na\nEOF"), ["/f: a"]);
        assert_eq!(found("tee /f <<< a"), ["/f: a"]);
        assert_eq!(found("sed -i 's/a/b/' /f && sed -i -e s/c/d/ /g"), ["/f: s/a/b/", "/g: s/c/d/"]);
    }

    #[test]
    fn text_that_does_not() {
        for source in ["echo a", "echo a | grep b", "echo a >&2", "echo a > /dev/null", "cat f > g", "sed s/a/b/ f", "echo"] {
            assert_eq!(found(source), [""; 0], "{source}");
        }
    }
}
