//! One page to keep or mail: nothing to load, no script, dark or light as the reader's system is.
//!
//! It is well-formed XML too, so that a parser can prove it. The filters are check boxes and radio buttons, and the style sheet does the rest (`:has`); a browser too old for that
//! shows every finding. A policy in the page forbids all but its own style sheet, should a text ever slip through as markup.

mod source;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::canvas::Secrets;
use super::excerpt::{Frame, excerpts, location};
use super::xml::{attribute, body};
use super::{Report, Style, clean, count_of};
use crate::diagnostic::{Diagnostic, Level, Suppressed, SuppressedBy};

/// Columns of quoted source: what is marked is seen without scrolling on a page of the width that the style sheet gives.
const WIDTH: usize = 110;
const STYLE: &str = include_str!("page.css");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Info];

pub(crate) fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let kinds = Kinds::of(report);
    let secrets = Secrets::new(report.hidden());
    let frame = Frame { secrets: &secrets, width: WIDTH, ellipsis: "…" };
    let title = match report.diagnostics.len() {
        0 => "dockvet: no problems".to_string(),
        n => format!("dockvet: {}", count_of(n, "problem")),
    };
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>")?;
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")?;
    writeln!(out, "<meta name=\"generator\" content=\"dockvet {}\"/>", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>", kinds.rules())?;
    writeln!(out, "<header>\n<h1>{title}</h1>\n<p>{}</p>\n</header>", body(&subtitle(report)))?;
    trouble(report, out)?;
    kinds.filters(report, out)?;
    writeln!(out, "<main>")?;
    for findings in report.by_file() {
        file(report, findings, &kinds, frame, out)?;
    }
    writeln!(out, "</main>")?;
    silenced(report, out)?;
    writeln!(out, "</body>\n</html>")
}

fn subtitle(report: &Report) -> String {
    let (files, silence) = (count_of(report.files, "file"), report.silence());
    match report.diagnostics.len() {
        0 => format!("{files} checked{silence}"),
        _ => format!("{} in {} of {files}{silence}", report.levels(), report.files_with_findings().min(report.files)),
    }
}

/// What could not be done; the page does not tell the whole then.
fn trouble(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let lists = [("error", "Not checked", report.errors), ("info", "Notes", report.notes)];
    for (class, title, texts) in lists.into_iter().filter(|(_, _, texts)| !texts.is_empty()) {
        writeln!(out, "<section class=\"trouble {class}\">\n<h2>{title}</h2>\n<ul>")?;
        texts.iter().try_for_each(|t| writeln!(out, "<li>{}</li>", body(&clean::one_line(t))))?;
        writeln!(out, "</ul>\n</section>")?;
    }
    Ok(())
}

/// The pairs of lint and level that there are: what the filters choose between.
struct Kinds<'a> {
    /// How many findings each lint has, and its number on the page.
    lints: BTreeMap<&'a str, (usize, usize)>,
    /// The number of each pair on the page.
    pairs: BTreeMap<(&'a str, Level), usize>,
}

impl<'a> Kinds<'a> {
    fn of(report: &Report<'a>) -> Self {
        let mut kinds = Kinds { lints: BTreeMap::new(), pairs: BTreeMap::new() };
        for d in report.diagnostics {
            kinds.lints.entry(d.lint).or_default().0 += 1;
            kinds.pairs.entry((d.lint, d.level)).or_default();
        }
        kinds.lints.values_mut().enumerate().for_each(|(n, lint)| lint.1 = n);
        kinds.pairs.values_mut().enumerate().for_each(|(n, pair)| *pair = n);
        kinds
    }

    fn number(&self, d: &Diagnostic) -> usize {
        self.pairs.get(&(d.lint, d.level)).copied().unwrap_or(0)
    }

    /// The part of the style sheet that shows the findings which the filters let through, and the files that have some.
    fn rules(&self) -> String {
        let mut out = String::from("@supports selector(:has(*)) {\n.file, .finding { display: none; }\n");
        for ((lint, level), n) in &self.pairs {
            let lint = self.lints.get(lint).map_or(0, |l| l.1);
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "body:has(#level-{}:checked):has(#lint-all:checked, #lint-{lint}:checked) :is(.k{n}, .file:has(.k{n})) {{ display: block; }}",
                level.name(),
            );
        }
        out + "}\n"
    }

    fn filters(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if self.pairs.is_empty() {
            return Ok(());
        }
        writeln!(out, "<form class=\"filters\" autocomplete=\"off\">\n<fieldset>\n<legend>Level</legend>")?;
        for level in LEVELS {
            let (name, n) = (level.name(), report.count(level));
            if n > 0 {
                writeln!(
                    out,
                    "<label class=\"{name}\"><input type=\"checkbox\" id=\"level-{name}\" checked=\"checked\"/> {name} <b>{n}</b></label>"
                )?;
            }
        }
        writeln!(out, "</fieldset>\n<fieldset>\n<legend>Lint</legend>")?;
        writeln!(
            out,
            "<label><input type=\"radio\" name=\"lint\" id=\"lint-all\" checked=\"checked\"/> all <b>{}</b></label>",
            report.diagnostics.len()
        )?;
        for (lint, (count, n)) in &self.lints {
            writeln!(out, "<label><input type=\"radio\" name=\"lint\" id=\"lint-{n}\"/> {} <b>{count}</b></label>", body(lint))?;
        }
        writeln!(out, "</fieldset>\n<button type=\"reset\">Show all</button>\n</form>")
    }
}

fn file(report: &Report, findings: &[Diagnostic], kinds: &Kinds, frame: Frame, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let name = body(&clean::one_line(&report.sources.get(first.primary.span.file).name));
    writeln!(out, "<section class=\"file\">\n<h2><bdi>{name}</bdi></h2>")?;
    for d in findings {
        finding(report, d, kinds.number(d), frame, out)?;
    }
    writeln!(out, "</section>")
}

fn finding(report: &Report, d: &Diagnostic, kind: usize, frame: Frame, out: &mut dyn Write) -> io::Result<()> {
    let level = d.level.name();
    writeln!(out, "<article class=\"finding {level} k{kind}\">")?;
    let message = body(&clean::one_line(&d.message));
    writeln!(out, "<h3><span class=\"level\">{level}</span> <bdi>{message}</bdi> {}</h3>", lint(report, d))?;
    let (excerpts, left_out) = excerpts(report, d, frame);
    for e in &excerpts {
        writeln!(out, "<figure>\n<figcaption><bdi>{}</bdi></figcaption>\n{}</figure>", body(&e.at), source::draw(e))?;
    }
    if left_out > 0 {
        writeln!(out, "<p>and {}</p>", count_of(left_out, "more place"))?;
    }
    if let Some(help) = &d.help {
        writeln!(out, "<div class=\"help\"><b>help</b><pre>{}</pre></div>", body(help.trim_end()))?;
    }
    for fix in &d.fixes {
        writeln!(out, "<p class=\"fix\"><b>{} fix</b> <bdi>{}</bdi></p>", fix.safety.name(), body(&clean::one_line(&fix.title)))?;
    }
    writeln!(out, "</article>")
}

/// The lint, linked to its page.
fn lint(report: &Report, d: &Diagnostic) -> String {
    match report.url(d.lint) {
        Some(url) => format!("<a class=\"lint\" href=\"{}\" rel=\"noreferrer\">{}</a>", attribute(&url), body(d.lint)),
        None => format!("<span class=\"lint\">{}</span>", body(d.lint)),
    }
}

/// What is not reported, folded away.
fn silenced(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.silenced.is_empty() {
        return Ok(());
    }
    let title = count_of(report.silenced.len(), "silenced finding");
    writeln!(out, "<details class=\"silenced\">\n<summary>{title}</summary>\n<table>")?;
    writeln!(out, "<thead><tr><th>Where</th><th>Level</th><th>Lint</th><th>Problem</th><th>Silenced by</th></tr></thead>\n<tbody>")?;
    report.silenced.iter().try_for_each(|s| writeln!(out, "{}", silence(report, s)))?;
    writeln!(out, "</tbody>\n</table>\n</details>")
}

fn silence(report: &Report, s: &Suppressed) -> String {
    let d = &s.finding;
    let at = |span: crate::source::Span| body(&location(&report.sources.get(span.file), span));
    let by = match s.by {
        SuppressedBy::Comment(span) => format!("comment at <bdi>{}</bdi>", at(span)),
        SuppressedBy::Config => "the configuration".to_string(),
        SuppressedBy::Baseline => "the baseline".to_string(),
    };
    let reason = if s.reason.is_empty() { String::new() } else { format!(": <bdi>{}</bdi>", body(&clean::one_line(&s.reason))) };
    let (level, lint, message) = (d.level.name(), lint(report, d), body(&clean::one_line(&d.message)));
    let place = at(d.primary.span);
    format!(
        "<tr><td><bdi>{place}</bdi></td><td class=\"{level}\">{level}</td><td>{lint}</td><td><bdi>{message}</bdi></td><td>{by}{reason}</td></tr>"
    )
}
