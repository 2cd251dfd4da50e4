//! For people at a terminal: every finding with the lines it is about, then a summary.

use std::collections::BTreeMap;
use std::io::{self, Write};

use annotate_snippets::renderer::{self as ansi, DecorStyle, Renderer};
use annotate_snippets::{AnnotationKind, Element, Group, Level as Heading, Snippet};

use super::canvas::Secrets;
use super::excerpt::{Excerpt, Frame, excerpts};
use super::{Report, Style, absence, clean, concise, count_of, level_style};
use crate::diagnostic::{Diagnostic, Level, Safety};

/// Stands for the place of an excerpt until the drawing is done: the renderer counts columns in the text it is given,
/// which may be cut. Cannot come from a file or a message, where control characters are spelled out.
const PLACE: char = '\u{1}';

/// Writes the findings and, unless quiet, what to do about them and how many there are.
pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let renderer = renderer(*style);
    let secrets = Secrets::new(report.hidden());
    let frame = Frame { secrets: &secrets, width: style.width, ellipsis: if style.unicode { "…" } else { "..." } };
    for file in report.diagnostics.chunk_by(|a, b| a.primary.span.file == b.primary.span.file) {
        let (drawn, rest) = repeated(file);
        for d in drawn {
            writeln!(out, "{}\n", draw(report, d, &renderer, frame))?;
        }
        for d in &rest {
            writeln!(out, "{}", concise::line(report, d, *style))?;
        }
        if !rest.is_empty() {
            writeln!(out)?;
        }
    }
    if style.quiet {
        return Ok(());
    }
    if let Some(remedy) = absence::remedy(report.diagnostics) {
        writeln!(out, "{}{remedy}", style.paint(ansi::DEFAULT_HELP_STYLE, "help: "))?;
    }
    summary(report, *style, out)
}

fn renderer(style: Style) -> Renderer {
    let base = if style.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if style.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    // Lines were cut already, each around what is marked in it.
    base.hyperlink(style.hyperlinks).decor_style(decor).term_width(usize::MAX / 4)
}

/// Splits the findings of one file into those that are drawn and those about missing keys that repeat an earlier one,
/// lint by lint: lines that say the same are easier to pass over when they stand together.
fn repeated(file: &[Diagnostic]) -> (Vec<&Diagnostic>, Vec<&Diagnostic>) {
    let mut seen: Vec<&str> = Vec::new();
    let (drawn, mut rest): (Vec<_>, Vec<_>) = file.iter().partition(|d| {
        let first = !seen.contains(&d.lint);
        if first && absence::is_absence(d.lint) {
            seen.push(d.lint);
        }
        first
    });
    rest.sort_by_key(|d| d.lint);
    (drawn, rest)
}

/// One finding, drawn; without a line break at its end.
fn draw(report: &Report, d: &Diagnostic, renderer: &Renderer, frame: Frame) -> String {
    let (excerpts, left_out) = excerpts(report, d, frame);
    let mut title = heading(d.level).primary_title(clean::one_line(&d.message)).id(d.lint);
    if let Some(url) = report.url(d.lint) {
        title = title.id_url(url);
    }
    let mut group = title.elements(excerpts.iter().map(snippet));
    for (name, text) in footnotes(d, left_out) {
        group = group.element(Element::Message(Heading::HELP.with_name(name).message(text)));
    }
    let places: Vec<&str> = excerpts.iter().map(|e| e.at.as_str()).collect();
    fill_in(&render(renderer, group), &places)
}

fn render(renderer: &Renderer, group: Group) -> String {
    renderer.render(&[group])
}

fn heading(level: Level) -> Heading<'static> {
    match level {
        Level::Error => Heading::ERROR,
        Level::Warning => Heading::WARNING,
        Level::Info => Heading::INFO,
    }
}

fn snippet(e: &Excerpt) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let marks = e.marks.iter().map(|m| {
        let kind = if m.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(m.range.clone()).label((!m.note.is_empty()).then_some(m.note.as_str()))
    });
    let context = e.context.iter().map(|r| AnnotationKind::Visible.span(r.clone()));
    let path = PLACE.to_string();
    Snippet::source(e.text.as_str()).line_start(e.first_line).path(path).annotations(marks).annotations(context)
}

/// What stands below the source: what to write, what `--fix` would do, and how many places were not drawn.
fn footnotes(d: &Diagnostic, left_out: usize) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if left_out > 0 {
        notes.push(("note", format!("and {}", count_of(left_out, "more place"))));
    }
    if let Some(help) = &d.help {
        notes.push(("help", clean::visible(help.trim_end()).into_owned()));
    }
    if let Some(fix) = d.fixes.first() {
        let option = match fix.safety {
            Safety::Safe => "--fix",
            Safety::Unsafe => "--unsafe-fixes",
        };
        notes.push(("fix", format!("{} ({option})", clean::one_line(&fix.title))));
    }
    notes
}

/// Puts the true places where the drawing has [`PLACE`] and a place of its own.
fn fill_in(drawing: &str, places: &[&str]) -> String {
    let mut parts = drawing.split(PLACE);
    let mut out = parts.next().unwrap_or("").to_string();
    for (part, place) in parts.zip(places) {
        out.push_str(place);
        let end = part.find(['\n', '\u{1b}']).unwrap_or(part.len());
        out.push_str(part.get(end..).unwrap_or(""));
    }
    out
}

/// `12 problems (3 errors, 8 warnings, 1 info) in 4 of 17 files`, and what to do next.
pub(crate) fn summary(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut line = match report.diagnostics.len() {
        0 => style.paint(ansi::DEFAULT_NOTE_STYLE, format!("{} checked, no problems", count_of(report.files, "file"))),
        n => {
            let found = style.paint(ansi::DEFAULT_EMPHASIS_STYLE, count_of(n, "problem"));
            let with = report.files_with_findings().min(report.files);
            format!("{found} ({}) in {with} of {}", levels(report, style), count_of(report.files, "file"))
        }
    };
    line.push_str(&report.silence());
    if let Some(elapsed) = report.elapsed {
        line.push_str(&format!("; {:.2} s", elapsed.as_secs_f64()));
    }
    writeln!(out, "{line}")?;
    hints(report).iter().try_for_each(|hint| writeln!(out, "{hint}"))
}

/// `3 errors, 8 warnings, 1 info`, without the levels that have none.
fn levels(report: &Report, style: Style) -> String {
    let all = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "info")];
    let counted = all.into_iter().filter_map(|(level, noun)| {
        let n = report.count(level);
        let text = if level == Level::Info { format!("{n} {noun}") } else { count_of(n, noun) };
        (n > 0).then(|| style.paint(level_style(level), text))
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn hints(report: &Report) -> Vec<String> {
    let mut hints = Vec::new();
    match report.fixable() {
        (0, 0) => {}
        (0, risky) => hints.push(format!("{risky} can be fixed with --unsafe-fixes")),
        (safe, 0) => hints.push(format!("{safe} can be fixed with --fix")),
        (safe, risky) => hints.push(format!("{safe} can be fixed with --fix, {risky} more with --unsafe-fixes")),
    }
    let worst = report.diagnostics.iter().filter(|d| report.lint(d.lint).is_some()).rev().max_by_key(|d| d.level);
    if let Some(d) = worst {
        hints.push(format!("run `dockvet explain {}` for the why", d.lint));
    }
    hints
}

/// Writes how often each lint fired, most frequent first: `count  lint  what is wrong when it fires`.
///
/// # Errors
/// Those of `out`.
pub fn statistics(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<&str, (usize, Level)> = BTreeMap::new();
    for d in report.diagnostics {
        let entry = counts.entry(d.lint).or_insert((0, d.level));
        *entry = (entry.0 + 1, entry.1.max(d.level));
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|&(lint, (n, _))| (std::cmp::Reverse(n), lint));
    let digits = rows.first().map_or(1, |(_, (n, _))| n.to_string().len());
    let names = rows.iter().map(|(lint, _)| lint.len()).max().unwrap_or(0);
    for (lint, (n, level)) in rows {
        let name = style.paint(level_style(level), style.link(report.url(lint).as_deref(), lint));
        let summary = report.lint(lint).map_or("", |l| l.summary);
        let pad = " ".repeat(names - lint.len());
        writeln!(out, "{}", format!("{n:>digits$}  {name}{pad}  {summary}").trim_end())?;
    }
    Ok(())
}
