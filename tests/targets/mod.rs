//! What is tried with texts that nobody would write: by seeded mutations in `tests/mutate.rs`, which every run of the
//! tests does a little of, and by libFuzzer in `fuzz/`. A target panics when a promise is broken.

#[allow(dead_code)] // Not every test fixes.
pub mod fixing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dockvet::config::Preset;
use dockvet::diagnostic::Safety;
use dockvet::engine::{Engine, Outcome, Settings};
use dockvet::filter::rules::{Given, RuleBook, Rules};
use dockvet::lints::LINTS;
use dockvet::model::compose::{self, LoadOptions};
use dockvet::model::dockerfile::{BuildArg, BuildArgs, Dockerfile};
use dockvet::report::{FORMATS, Report, Style};
use dockvet::source::{DEFAULT_MAX_SIZE, FileKind, Source, Sources, Span};
use dockvet::syntax::glob::Glob;
use dockvet::syntax::text::Text;
use dockvet::syntax::{SyntaxError, dockerfile as syntax, dockerignore, shell, yaml};

/// A target: its name and what it does with a text.
pub type Target = (&'static str, fn(&str));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("dockerfile", dockerfile),
    ("yaml", yaml),
    ("compose", compose),
    ("interpolation", interpolation),
    ("dotenv", dotenv),
    ("shell", shell),
    ("dockerignore", dockerignore),
    ("fix", fix),
];

/// Stands between the files of a project in one text; what is before the first goes to `compose.yaml`.
pub const NEXT_FILE: &str = "\n%%\n";

/// The files that a text of several parts stands for, in order.
const FILES: &[&str] = &[
    "compose.yaml",
    "Dockerfile",
    "compose.override.yaml",
    "base.yaml",
    ".env",
    "app/Dockerfile",
    "web.env",
    "daemon.json",
    ".dockerignore",
];

/// A folder that is nowhere, so that nothing on the disk is read or written.
const ROOT: &str = "/nowhere/dockvet";

/// Runs a target with bytes; what is not UTF-8 is replaced.
#[allow(dead_code)] // Only `fuzz/` has bytes.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(n, _)| *n == name).expect("a target");
    target(&String::from_utf8_lossy(data));
}

fn source(name: &str, kind: FileKind, text: &str) -> Arc<Source> {
    Sources::new(Path::new(ROOT), DEFAULT_MAX_SIZE).set_text(Path::new(name), kind, text.to_string())
}

/// A span must be of the file and lie between characters.
fn check_span(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} does not fit a text of {} bytes", text.len());
}

fn check_errors(errors: &[SyntaxError], text: &str) {
    for error in errors {
        check_span(error.span, text);
        error.related.iter().for_each(|(span, _)| check_span(*span, text));
        assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error:?}");
    }
}

/// Instructions tell where they stand, words expand, and the model answers every question.
fn dockerfile(text: &str) {
    let source = source("Dockerfile", FileKind::Dockerfile, text);
    let defaults = Dockerfile::of(&source);
    check_errors(&defaults.errors, text);
    let args = BuildArgs::from([("VERSION".to_string(), BuildArg { value: Some("1".into()), span: None })]);
    for dockerfile in [&*defaults, &defaults.with_args(&args)] {
        for at in dockerfile.instructions() {
            check_span(at.instruction.span, text);
            let arguments = &at.instruction.args;
            check_span(arguments.span(), text);
            if let Some(value) = at.resolve(arguments).known() {
                check_span(value.span(), text);
            }
            for word in syntax::expand_words(arguments, dockerfile.tree.escape, &|name| (name != "x").then(|| name.to_string())).words {
                check_span(word.span(), text);
            }
            for heredoc in &at.instruction.heredocs {
                check_span(syntax::expand_heredoc(&heredoc.body, &|_| None).value.span(), text);
            }
            let _ = (at.instruction.typed(), syntax::mounts(at.instruction), at.stage_label());
        }
        for stage in 0..dockerfile.stages.len() {
            let reachable = dockerfile.reachable(stage);
            assert!(reachable.contains(&stage) && dockerfile.ancestry(stage).len() <= dockerfile.stages.len());
            let _ = (dockerfile.image_user(stage), dockerfile.workdir_at(stage, usize::MAX), dockerfile.is_windows(stage));
            let _ = (dockerfile.in_force(stage, syntax::Keyword::Cmd), dockerfile.shell_at(stage, usize::MAX));
            let config = dockerfile.image_config(stage);
            config.ports.iter().for_each(|p| check_span(p.word.span(), text));
            config.volumes.iter().for_each(|v| check_span(v.span, text));
            config.labels.iter().for_each(|l| check_span(l.name.span(), text));
        }
    }
}

/// Every node and text has its bytes.
fn yaml(text: &str) {
    let source = source("compose.yaml", FileKind::Compose, text);
    let parse = yaml::of(&source);
    check_errors(&parse.errors, text);
    for (id, node) in parse.tree.nodes() {
        check_span(node.full_span(), text);
        if let Some(value) = parse.tree.text(id) {
            check_span(value.span(), text);
        }
    }
    parse.tree.comments.iter().for_each(|c| check_span(c.span, text));
    parse.tree.broken.iter().for_each(|b| check_span(b.span, text));
    let _ = yaml::is_template(text);
}

/// The files of a text that stands for several.
fn files(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    FILES.iter().copied().zip(text.split(NEXT_FILE))
}

fn kind(name: &str) -> FileKind {
    dockvet::source::kind_of(Path::new(name)).unwrap_or(FileKind::Other)
}

/// A project loads, and what it says is written where it says.
fn compose(text: &str) {
    let sources = Sources::new(Path::new(ROOT), DEFAULT_MAX_SIZE);
    for (name, text) in files(text) {
        sources.set_text(Path::new(name), kind(name), text.to_string());
    }
    let env = BTreeMap::from([("TAG".to_string(), "1".to_string())]);
    let options =
        LoadOptions { env, overrides: vec!["compose.override.yaml".into()], profiles: vec!["*".into()], ..LoadOptions::default() };
    let Ok(project) = compose::load(&sources, Path::new("compose.yaml"), &options) else { return };
    for problem in &project.problems {
        check_span(problem.error.span, &sources.get(problem.error.span.file).text);
    }
    for service in &project.services {
        check_span(service.node.span(), &sources.get(service.node.span().file).text);
        let _ = (service.build(), service.image(), service.user(), service.command_words(), service.entrypoint_words());
        let _ = (service.labels(), service.environment(), service.hooks(), service.healthcheck());
    }
    if project.problems.iter().all(|p| !p.error.fatal) && is_settled(&project) {
        check_reload(&project);
    }
}

/// Whether Compose would ask for no variable that is not set: `${X:?}` is no error here, and reads as nothing.
pub fn is_settled(project: &compose::Project) -> bool {
    project.variables.iter().all(|v| !matches!(v.source, compose::VarSource::Unset | compose::VarSource::Required))
}

/// A project that Compose takes prints as one that loads to the same, with its `$` doubled.
pub fn check_reload(project: &compose::Project) {
    let first = compose::resolved(project);
    let mut text = first.clone();
    compose::escape_dollars(&mut text);
    let sources = Sources::new(Path::new(ROOT), DEFAULT_MAX_SIZE);
    sources.set_text(Path::new("resolved.yaml"), FileKind::Compose, text.to_string());
    let options = LoadOptions { profiles: vec!["*".into()], ..LoadOptions::default() };
    let again = compose::load(&sources, Path::new("resolved.yaml"), &options).expect("it is in memory");
    let told: Vec<_> = again.problems.iter().filter(|p| p.error.fatal && p.error.code != "missing-file").collect();
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(compose::resolved(&again), first);
}

/// Variables are substituted in bounded space, with their bytes; what is substituted once is text, and doubling its
/// dollars brings it back.
fn interpolation(text: &str) {
    let source = source("value", FileKind::Other, text);
    let whole = Text::verbatim(source.id, 0, text);
    let env = compose::Env::new(BTreeMap::from([("TAG".to_string(), "1".to_string()), ("V".to_string(), "$TAG".to_string())]));
    let (value, errors) = compose::interpolate::interpolate(&whole, &env);
    check_span(value.span(), text);
    value.vars.uses().iter().for_each(|u| check_span(u.span, text));
    for error in &errors {
        check_span(error.span, text);
        assert!(!error.message.is_empty() && !error.help.is_empty(), "{error:?}");
    }
    assert!(value.len() <= 4 * text.len() + 4, "{} bytes grow to {}", text.len(), value.len());
    for (name, span) in compose::interpolate::variables(&whole) {
        check_span(span, text);
        assert!(text.contains(&name), "{name:?}");
    }
    let doubled = Text::verbatim(source.id, 0, value.replace('$', "$$"));
    let (again, errors) = compose::interpolate::interpolate(&doubled, &env);
    assert!(errors.is_empty() && again.vars.is_empty() && again.as_str() == value.as_str(), "{value}");
}

/// Env files have their bytes in both dialects, and what a raw one says stands there literally.
fn dotenv(text: &str) {
    let source = source("web.env", FileKind::Other, text);
    let mut env = compose::Env::new(BTreeMap::from([("TAG".to_string(), "1".to_string())]));
    check_errors(&env.add_file(&source, false), text);
    let file = compose::dotenv::parse(source.id, text, &env);
    check_errors(&file.errors, text);
    for entry in &file.entries {
        check_span(entry.name.span(), text);
        entry.value.iter().for_each(|v| check_span(v.span(), text));
    }
    let raw = compose::dotenv::parse_raw(source.id, text);
    check_errors(&raw.errors, text);
    for entry in &raw.entries {
        assert_eq!(text.get(entry.name.span().range()), Some(entry.name.as_str()));
        let value = entry.value.as_ref().filter(|v| !v.is_empty());
        value.iter().for_each(|v| assert_eq!(text.get(v.span().range()), Some(v.as_str())));
    }
}

/// Commands and words have their bytes, also inside scripts that are arguments.
fn shell(text: &str) {
    let source = source("script", FileKind::Other, text);
    let script = shell::parse(&Text::verbatim(source.id, 0, text));
    check_span(script.span, text);
    let flow = script.flow();
    for command in &flow.commands {
        command.words().iter().for_each(|w| check_span(w.span(), text));
        let _ = (command.program(), command.args(), command.verb(), command.assignments());
    }
}

/// Patterns have their bytes, and the verdicts going down agree with those asked for at once.
fn dockerignore(text: &str) {
    let source = source(".dockerignore", FileKind::Dockerignore, text);
    let parse = dockerignore::of(&source);
    check_errors(&parse.errors, text);
    parse.tree.patterns.iter().for_each(|p| check_span(p.span, text));
    parse.tree.comments.iter().for_each(|c| check_span(c.span(), text));
    for path in text.lines().take(8).chain(["a", "a/b/c", ".env", "src/main.rs"]) {
        let whole = parse.tree.verdict(path);
        let mut down = parse.tree.root();
        for end in path.match_indices('/').map(|(at, _)| at).chain([path.len()]) {
            down = parse.tree.below(&down, &path[..end]);
        }
        if path.len() <= 1024 && !path.is_empty() && path != "." {
            assert_eq!(whole, down, "{path:?}");
        }
        for pattern in &parse.tree.patterns {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            assert!(!pattern.matches(path) || pattern.may_match_below(folder), "{pattern:?} {path:?}");
        }
        if let Ok(glob) = Glob::shell(path) {
            glob.matches(path);
        }
    }
}

/// The whole engine: findings lie in their files, every format prints them, no lint fails inside, and fixes end, leave
/// texts that parse, and leave nothing for a second run. Texts that can be read keep more promises: [`fixing`].
fn fix(text: &str) {
    let files: fixing::Files = files(text).map(|(name, text)| (name.to_string(), text.to_string())).collect();
    if let Some(broken) = fixing::check_readable(Path::new(ROOT), &files).first() {
        panic!("{broken}");
    }
    let mut engine = engine(text);
    let before = engine.lint();
    check_outcome(&engine, &before);
    for _ in 0..MOST_RUNS {
        let (fixed, after) = engine.fix(Safety::Unsafe, &|_| true);
        check_outcome(&engine, &after);
        let size: usize = engine.sources().all().iter().map(|s| s.text.len()).sum();
        assert!(size <= 20 * text.len() + 20_000, "the fixes grow the text to {size} bytes: {:?}", after.diagnostics);
        if fixed == 0 {
            return;
        }
    }
    panic!("the fixes go on and on: {:?}", engine.lint().diagnostics);
}

/// A run of the fixes ends after ten rounds, and a round may mend one syntax error of many.
const MOST_RUNS: usize = 100;

fn engine(text: &str) -> Engine {
    let strict = Given { preset: Some(Preset::Strict), ..Given::default() };
    let settings = Settings { today: || "2026-01-01".into(), ..Settings::new(RuleBook::plain(Rules::plain(LINTS, strict))) };
    let mut engine = Engine::new(Path::new(ROOT), settings);
    for (name, text) in files(text) {
        engine.set_text(Path::new(name), kind(name), text.to_string());
    }
    engine
}

fn check_outcome(engine: &Engine, outcome: &Outcome) {
    for note in &outcome.notes {
        assert!(!note.text.contains("please report it"), "{note:?}");
    }
    for diagnostic in &outcome.diagnostics {
        let edits = diagnostic.fixes.iter().flat_map(|f| &f.edits).map(|e| e.span);
        let spans = diagnostic.labels.iter().map(|l| l.span).chain(edits).chain([diagnostic.primary.span]);
        spans.for_each(|span| check_span(span, &engine.sources().get(span.file).text));
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
    }
    let report = Report {
        diagnostics: &outcome.diagnostics,
        sources: engine.sources(),
        lints: LINTS,
        files: outcome.files.len(),
        linted: &outcome.files,
        suppressed: outcome.suppressed.len(),
        baselined: 0,
        silenced: &[],
        errors: &[],
        notes: &[],
        secrets: &outcome.secrets,
        elapsed: None,
    };
    for format in FORMATS {
        (format.write)(&report, &Style::default(), &mut Vec::new()).expect("memory can be written to");
    }
}
