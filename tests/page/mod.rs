//! Reading a lint's page as a test.

use std::path::Path;

use dockvet::config::Preset;
use dockvet::diagnostic::{Diagnostic, Safety};
use dockvet::engine::{Engine, Outcome, Settings};
use dockvet::filter::rules::{Given, RuleBook, Rules};
use dockvet::lint::{Lint, Options};
use dockvet::lints::LINTS;
use dockvet::source::{Column, Span};

/// A page: its headings and the projects under them.
pub struct Page {
    pub title: String,
    pub sections: Vec<String>,
    pub projects: Vec<Project>,
}

/// The files under one heading.
#[derive(Default)]
pub struct Project {
    pub title: String,
    pub files: Vec<(String, String)>,
    pub fixed: Vec<(String, String)>,
    expected: Vec<Expected>,
    /// The heading is followed by `<!-- all -->`: run as with `--all`.
    all: bool,
    /// The heading is followed by `<!-- with LINT LINT -->`: these run too, and their findings are not looked at.
    with: Vec<String>,
    /// What a block `toml dockvet.toml` says under `[lints]`.
    options: Options,
}

/// A finding as a page states it; columns are 0-based characters, the end exclusive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Expected {
    file: String,
    line: u32,
    columns: (u32, u32),
    message: String,
}

impl Page {
    pub fn parse(text: &str) -> Page {
        let mut page = Page { title: String::new(), sections: Vec::new(), projects: Vec::new() };
        let mut lines = text.lines();
        let mut project = Project::default();
        while let Some(line) = lines.next() {
            if let Some(info) = line.strip_prefix("```") {
                let body: Vec<&str> = lines.by_ref().take_while(|l| !l.starts_with("```")).collect();
                project.block(info.trim(), &body);
            } else if line.starts_with('#') {
                let title = line.trim_start_matches('#').trim().to_string();
                page.end(std::mem::take(&mut project));
                project.title.clone_from(&title);
                if page.title.is_empty() { page.title = title } else { page.sections.push(title) }
            } else if line.trim() == "<!-- all -->" {
                project.all = true;
            } else if let Some(lints) = line.trim().strip_prefix("<!-- with ").and_then(|l| l.strip_suffix(" -->")) {
                project.with = lints.split(' ').map(str::to_string).collect();
            }
        }
        page.end(project);
        page
    }

    fn end(&mut self, project: Project) {
        if !project.files.is_empty() {
            self.projects.push(project);
        }
    }
}

impl Project {
    pub fn fires(&self) -> bool {
        !self.expected.is_empty()
    }

    /// A fenced block: `dockerfile [path]`, `yaml [path]`, `fixed [path]`, `expect`, or prose (`text`, `console`).
    fn block(&mut self, info: &str, body: &[&str]) {
        let (tag, path) = info.split_once(' ').map_or((info, None), |(t, p)| (t, Some(p.trim().to_string())));
        let default = match tag {
            "dockerfile" => "Dockerfile",
            "yaml" => "compose.yaml",
            "dockerignore" => ".dockerignore",
            "env" => ".env",
            "sh" | "json" if path.is_some() => "",
            "fixed" => self.files.last().map_or("", |f| f.0.as_str()),
            "expect" => return self.expected.extend(body.iter().map(|l| parse_expect(l))),
            "toml" if path.as_deref() == Some("dockvet.toml") => return self.options = options(&joined(body)),
            "text" | "console" | "toml" | "sh" => return,
            other => panic!("unknown block {other:?}"),
        };
        let path = path.unwrap_or_else(|| default.to_string());
        if tag == "fixed" {
            self.fixed.push((path, joined(body)));
            return;
        }
        let mut kept: Vec<&str> = Vec::new();
        for line in body {
            match caret(line) {
                Some((columns, message)) => {
                    self.expected.push(Expected { file: path.clone(), line: kept.len() as u32 - 1, columns, message })
                }
                None => kept.push(line),
            }
        }
        self.files.push((path, joined(&kept)));
    }

    /// Runs the lint over the project; every difference from what the page says is a failure.
    pub fn check(&self, lint: &'static Lint) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in &self.files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (engine, outcome) = self.lint(dir.path(), lint);
        let mut failures: Vec<String> = outcome.notes.iter().filter(|n| n.failure).map(|n| format!("{} {}", n.path, n.text)).collect();
        failures.extend(
            outcome
                .diagnostics
                .iter()
                .filter(|d| d.lint != lint.id && !self.with.iter().any(|w| w == d.lint))
                .map(|d| format!("broken example: {}", d.message)),
        );
        let mut got: Vec<Expected> = outcome.diagnostics.iter().filter(|d| d.lint == lint.id).map(|d| place(&engine, d)).collect();
        let mut want = self.expected.clone();
        got.sort();
        want.sort();
        failures.extend(want.iter().filter(|e| !got.contains(e)).map(|e| format!("missing {e:?}\n  reported: {got:?}")));
        failures.extend(got.iter().filter(|e| !want.contains(e)).map(|e| format!("unexpected {e:?}")));
        if !self.fixed.is_empty() {
            failures.extend(self.check_fixed(dir.path(), lint));
        }
        failures
    }

    fn check_fixed(&self, dir: &Path, lint: &'static Lint) -> Vec<String> {
        let (mut engine, _) = self.lint(dir, lint);
        engine.fix(Safety::Unsafe, &|_| true);
        let differs = |(path, want): &(String, String)| {
            let got = std::fs::read_to_string(dir.join(path)).unwrap();
            (got != *want).then(|| format!("{path} after fixing:\n{got}\n--- expected:\n{want}"))
        };
        self.fixed.iter().filter_map(differs).collect()
    }

    fn lint(&self, dir: &Path, lint: &'static Lint) -> (Engine, Outcome) {
        // Syntax errors of an example are mistakes of the page, so those lints always run.
        let is_syntax = |l: &Lint| {
            ["dockerfile-syntax", "compose-syntax", "compose-schema", "compose-value", "compose-reference", "compose-conflict"]
                .contains(&l.id)
        };
        let select = LINTS.iter().copied().filter(|l| l.id == lint.id || is_syntax(l) || self.with.iter().any(|w| w == l.id)).collect();
        let given = Given { select, preset: self.all.then_some(Preset::Strict), ..Given::default() };
        let settings = Settings {
            today: || "2026-01-01".into(),
            ..Settings::new(RuleBook::plain(Rules::plain(LINTS, given).with_options(self.options.clone())))
        };
        let mut engine = Engine::new(dir, settings);
        engine.add(dir);
        let outcome = engine.lint();
        (engine, outcome)
    }
}

/// The `[lints]` of a configuration.
fn options(text: &str) -> Options {
    let mut table: toml::Table = text.parse().unwrap();
    match table.remove("lints") {
        Some(toml::Value::Table(lints)) => Options::new(lints),
        other => panic!("no [lints.<id>] but {other:?}"),
    }
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|l| format!("{l}\n")).collect()
}

fn place(engine: &Engine, d: &Diagnostic) -> Expected {
    let source = engine.sources().get(d.primary.span.file);
    let Span { start, end, .. } = d.primary.span;
    let (from, to) = (source.lines().locate(start, Column::Chars), source.lines().locate(end, Column::Chars));
    // A span over several lines is stated by its first line.
    let last = if to.line == from.line { to.column } else { u32::MAX };
    Expected { file: source.name.clone(), line: from.line, columns: (from.column, last), message: d.message.clone() }
}

/// `   #   ^^^^ message`: a comment line that points at the line above.
fn caret(line: &str) -> Option<((u32, u32), String)> {
    let body = line.trim_start().strip_prefix('#')?.trim_start();
    let carets = body.chars().take_while(|c| *c == '^').count();
    let message = body.get(carets..)?.trim();
    let start = line.find('^')?;
    (carets > 0 && !message.is_empty()).then(|| ((start as u32, (start + carets) as u32), message.to_string()))
}

/// `compose.yaml:3:5-9 message`, for places where a comment cannot stand; 1-based, the last column exclusive, `-*` for
/// a span that ends on a later line.
fn parse_expect(line: &str) -> Expected {
    let (at, message) = line.split_once(' ').unwrap();
    let parts: Vec<&str> = at.split(':').collect();
    let [file, line, columns] = parts.as_slice() else { panic!("file:line:col-col message, not {at:?}") };
    let (from, to) = columns.split_once('-').unwrap();
    let to = if to == "*" { u32::MAX } else { to.parse::<u32>().unwrap() - 1 };
    Expected {
        file: file.to_string(),
        line: line.parse::<u32>().unwrap() - 1,
        columns: (from.parse::<u32>().unwrap() - 1, to),
        message: message.into(),
    }
}
