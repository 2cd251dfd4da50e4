//! `cargo run --example new-lint -- my-lint`: writes the pair of files of a new lint and registers it.

#![allow(clippy::print_stderr)]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(id) = std::env::args().nth(1) else {
        eprintln!("usage: cargo run --example new-lint -- <id>");
        return ExitCode::from(2);
    };
    match scaffold(Path::new(env!("CARGO_MANIFEST_DIR")), &id) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("new-lint: {message}");
            ExitCode::FAILURE
        }
    }
}

fn scaffold(root: &Path, id: &str) -> Result<(), String> {
    let well_formed = id.starts_with(|c: char| c.is_ascii_lowercase())
        && !id.ends_with('-')
        && !id.contains("--")
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !well_formed {
        return Err(format!("{id:?} is no id; write words in lower case joined by dashes, as in root-user"));
    }
    let module = id.replace('-', "_");
    let lints = root.join("lints");
    let rust = lints.join(format!("{module}.rs"));
    if rust.exists() {
        return Err(format!("{} exists already", rust.display()));
    }
    let registry = lints.join("mod.rs");
    let text = fs::read_to_string(&registry).map_err(|e| e.to_string())?;
    let registered = register(&text, &module).ok_or("lints/mod.rs has no catalogue! block")?;
    fs::write(&rust, RUST.replace("{id}", id).replace("{module}", &module)).map_err(|e| e.to_string())?;
    fs::write(lints.join(format!("{module}.md")), PAGE.replace("{id}", id)).map_err(|e| e.to_string())?;
    fs::write(&registry, registered).map_err(|e| e.to_string())
}

/// `text` with `module` among the words of `catalogue! { .. }`, in alphabetical order.
fn register(text: &str, module: &str) -> Option<String> {
    let open = text.find("catalogue! {\n")? + "catalogue! {\n".len();
    let close = open + text.get(open..)?.find('}')?;
    let mut words: Vec<&str> = text.get(open..close)?.split_whitespace().collect();
    words.push(module);
    words.sort_unstable();
    let words: String = words.iter().map(|w| format!("    {w}\n")).collect();
    Some(format!("{}{words}{}", text.get(..open)?, text.get(close..)?))
}

const RUST: &str = r#"use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "{id}",
    summary: "say in a few words what is wrong when it fires",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.0),
    cis: &[],
    aliases: &[],
    fix: None,
    since: env!("CARGO_PKG_VERSION"),
    options: &[],
    page: include_str!("{module}.md"),
    checks: &[Check::Instruction(&[Keyword::Stopsignal], check)],
};

fn check(at: &InstructionAt<'_>, cx: &mut Cx<'_>) {
    cx.report(at.instruction.args.span(), "name the thing and what is wrong with it").help("write what to write instead");
}
"#;

const PAGE: &str = r#"# {id}

What it finds, in two sentences.

## Why it matters

Who can do what because of it.

## How to fix it

The text to write.

## When not to

When it is right to leave it, and how to say so.

## Examples

### It fires

```dockerfile
FROM alpine:3.22
STOPSIGNAL SIGTERM
#          ^^^^^^^ name the thing and what is wrong with it
```

### A near miss stays silent

```dockerfile
FROM alpine:3.22
```

## References

- The rule's source.
"#;
