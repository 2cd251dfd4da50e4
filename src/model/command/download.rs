//! Downloads: what `curl`, `wget` and the like fetch, and where it goes.

use super::{is_stdout, output_redirect};
use crate::syntax::shell::{Command, Flow, Options, Word};
use crate::syntax::text::Text;

/// One URL that a command fetches.
#[derive(Clone, Debug)]
pub struct Download<'a> {
    /// The URL, quotes removed, variables as they are written.
    pub url: Text,
    /// The word it stands in.
    pub word: &'a Word,
    /// `curl`, `wget`, ...
    pub program: &'a str,
    /// Where it goes.
    pub output: Output,
    /// The folder that the file goes to, of `-P` and `--output-dir`.
    pub directory: Option<Text>,
    /// The command that fetches it.
    pub command: usize,
    /// The commands that read it from a pipe.
    pub piped_into: Vec<usize>,
    /// The command whose word it fills: `sh -c "$(curl ..)"`, `bash <(curl ..)`.
    pub substituted_into: Option<usize>,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Standard output: into a pipe, a word, or the build log.
    Stdout,
    /// A file: as named by an option or a redirection, or after the last part of the URL.
    File(Text),
    /// A file whose name is not to be seen.
    Unknown,
}

/// Everything that the commands of a script download.
pub fn downloads<'a>(flow: &Flow<'a>) -> Vec<Download<'a>> {
    flow.commands.iter().flat_map(|command| of_command(flow, command)).collect()
}

fn of_command<'a>(flow: &Flow<'a>, command: &Command<'a>) -> Vec<Download<'a>> {
    if !command.is(&["curl", "wget", "wget2", "fetch", "aria2c"]) {
        return Vec::new();
    }
    let options = command.options();
    let urls = urls(&options);
    let directory = options.value(&["-P", "--directory-prefix", "--output-dir"]).cloned();
    let outputs = outputs(command.program(), &options, &urls);
    let redirect = output_redirect(command).map(|r| r.target.unquoted());
    let piped_into: Vec<usize> = flow.readers(command).iter().map(|c| c.index).collect();
    let substituted_into = command.context.within.filter(|_| command.context.substitution);
    let download = |((url, word), output): ((Text, &'a Word), Output)| {
        let output = match (&redirect, output) {
            (Some(file), Output::Stdout) if !is_stdout(file) => Output::File(file.clone()),
            (_, output) => output,
        };
        let is_stdout = output == Output::Stdout;
        Download {
            url,
            word,
            program: command.program(),
            directory: directory.clone(),
            command: command.index,
            piped_into: if is_stdout { piped_into.clone() } else { Vec::new() },
            substituted_into: substituted_into.filter(|_| is_stdout),
            output,
        }
    };
    urls.into_iter().zip(outputs).map(download).collect()
}

/// The URLs in the order they are written, those of `--url` too.
fn urls<'a>(options: &Options<'a>) -> Vec<(Text, &'a Word)> {
    let named = options.flags.iter().filter(|f| f.name == "--url").filter_map(|f| Some((f.value.clone()?, f.value_word?)));
    let operands = options.operands.iter().map(|w| (w.unquoted(), *w));
    let mut urls: Vec<_> = named.chain(operands).filter(|(text, _)| !text.is_empty()).collect();
    urls.sort_by_key(|(_, word)| word.span().start);
    urls
}

/// The output of each URL.
fn outputs(program: &str, options: &Options<'_>, urls: &[(Text, &Word)]) -> Vec<Output> {
    if program == "curl" {
        return curl_outputs(options, urls);
    }
    let name: &[&str] = if program == "wget" || program == "wget2" { &["-O", "--output-document"] } else { &["-o", "--output", "--out"] };
    let file = options.value(name);
    let of_url = |(url, _): &(Text, &Word)| match file {
        Some(file) if is_stdout(file) => Output::Stdout,
        Some(file) => Output::File(file.clone()),
        None => remote_name(url),
    };
    urls.iter().map(of_url).collect()
}

/// Every `-o` and `-O` is for one URL, in order; the URLs that have none go to standard output.
fn curl_outputs(options: &Options<'_>, urls: &[(Text, &Word)]) -> Vec<Output> {
    let all_remote = options.has(&["--remote-name-all"]);
    let mut named = options.flags.iter().filter(|f| matches!(f.name.as_str(), "-o" | "--output" | "-O" | "--remote-name"));
    let of_url = |(url, _): &(Text, &Word)| match named.next() {
        Some(flag) if matches!(flag.name.as_str(), "-O" | "--remote-name") => remote_name(url),
        Some(flag) => match &flag.value {
            Some(file) if is_stdout(file) => Output::Stdout,
            Some(file) => Output::File(file.clone()),
            None => Output::Unknown,
        },
        None if all_remote => remote_name(url),
        None => Output::Stdout,
    };
    urls.iter().map(of_url).collect()
}

/// The file that is named after the last part of the URL.
fn remote_name(url: &Text) -> Output {
    let end = url.find(['?', '#']).filter(|_| !url.contains('$')).unwrap_or(url.len());
    let path = url.get(..end).unwrap_or(url);
    let host = path.find("://").map_or(0, |at| at + 3);
    let start = path.rfind('/').map_or(path.len(), |at| at + 1);
    if start <= host || start >= end { Output::Unknown } else { Output::File(url.slice(start..end)) }
}
