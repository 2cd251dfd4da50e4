//! Stages: their names, what they are made from, and what instructions in them take from others.

use std::collections::HashMap;

use super::arguments::{OWN_LINE, literal, missing, place};
use super::{graph, nearest, reference, values};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{Args, Dockerfile, Instruction, Keyword, mounts};
use crate::syntax::text::Text;

/// The stages of a file.
struct Stages<'a> {
    list: Vec<Stage<'a>>,
    /// Lower-case names to the last stage of that name, which is the one BuildKit finds from anywhere but FROM.
    by_name: HashMap<String, usize>,
}

struct Stage<'a> {
    from: &'a Instruction,
    platform: Option<Text>,
    image: Text,
    name: Option<Text>,
}

/// A use of one stage by another, later or earlier.
struct Use {
    by: usize,
    of: usize,
    span: Span,
    what: &'static str,
}

pub(super) fn check(tree: &Dockerfile, errors: &mut Vec<SyntaxError>) {
    before_from(tree, errors);
    let stages = collect(tree);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut uses = Vec::new();
    for (index, stage) in stages.list.iter().enumerate() {
        errors.extend(argument_count(stage.from));
        errors.extend(platform(stage));
        base(&stages, index, &seen, &mut uses, errors);
        if let Some(name) = &stage.name {
            errors.extend(stage_name(name));
            if let Some(first) = seen.insert(name.to_lowercase(), index) {
                errors.extend(stages.list.get(first).and_then(|first| duplicate(name, first)));
            }
        }
    }
    let mut current = None;
    for instruction in tree.instructions() {
        if instruction.keyword == Keyword::From {
            current = Some(current.map_or(0, |c| c + 1));
        } else if let Some(current) = current {
            sources(&stages, current, instruction, &mut uses, errors);
        }
    }
    wrong_order(&stages, &uses, errors);
}

fn collect(tree: &Dockerfile) -> Stages<'_> {
    let mut out = Stages { list: Vec::new(), by_name: HashMap::new() };
    for from in tree.instructions().filter(|i| i.keyword == Keyword::From) {
        let Args::From { platform, image, name } = from.typed() else { continue };
        if let Some(name) = &name {
            out.by_name.insert(name.to_lowercase(), out.list.len());
        }
        out.list.push(Stage { from, platform, image, name });
    }
    out
}

/// Only ARG may stand before the first FROM, and there must be one. A misspelled FROM is told as such.
fn before_from(tree: &Dockerfile, errors: &mut Vec<SyntaxError>) {
    let starts = |i: &&Instruction| i.keyword == Keyword::From || i.keyword == Keyword::Unknown && nearest(&i.name, ["FROM"]).is_some();
    if tree.instructions().find(starts).is_none() {
        let known = tree.instructions().find(|i| i.keyword != Keyword::Unknown);
        errors.extend(
            known.map(|i| SyntaxError::new("no-from", i.name.span(), "no FROM: there is no stage to build").help("begin with FROM")),
        );
        return;
    }
    for i in tree.instructions().take_while(|i| !starts(i)) {
        if !matches!(i.keyword, Keyword::Arg | Keyword::Unknown) {
            let message = format!("{} stands before the first FROM", i.keyword.as_str());
            errors.push(SyntaxError::new("before-from", i.name.span(), message).help("only ARG may stand there"));
        }
    }
}

fn argument_count(from: &Instruction) -> Option<SyntaxError> {
    let words = from.words();
    let at = |text: &Text, message: String| Some(SyntaxError::new("from-arguments", text.span(), message));
    match words.as_slice() {
        [] => Some(missing(from, "an image")),
        [_] => None,
        [_, alias, _] if alias.eq_ignore_ascii_case("as") => None,
        [_, alias] if alias.eq_ignore_ascii_case("as") => at(alias, "no stage name follows AS".into()),
        [_, alias, _, rest, ..] if alias.eq_ignore_ascii_case("as") => surplus(rest),
        [_, rest, ..] => surplus(rest),
    }
}

fn surplus(word: &Text) -> Option<SyntaxError> {
    let message = format!("`{}` is too much: FROM takes an image, or an image, AS and a name", shown(word));
    let error = SyntaxError::new("from-arguments", word.span(), message);
    Some(if word.starts_with('#') { error.help(OWN_LINE) } else { error })
}

/// A letter, then letters, digits, `-`, `_` and `.`; capitals are lowered first.
fn stage_name(name: &Text) -> Option<SyntaxError> {
    let lower = name.to_lowercase();
    let valid = lower.starts_with(|c: char| c.is_ascii_lowercase())
        && lower.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    (!valid).then(|| {
        let message = format!("`{}` is no stage name", shown(name));
        SyntaxError::new("invalid-stage-name", name.span(), message)
            .help("begin with a letter; then letters, digits, `-`, `_` and `.` may follow")
    })
}

fn duplicate(name: &Text, first: &Stage) -> Option<SyntaxError> {
    let message = format!("a second stage named `{}`", shown(name));
    let error = SyntaxError::new("duplicate-stage-name", name.span(), message).warning();
    Some(error.related(first.name.as_ref()?.span(), "the first one"))
}

fn platform(stage: &Stage) -> Option<SyntaxError> {
    let platform = stage.platform.as_ref()?;
    let flag = stage.from.flag("platform")?;
    let value = literal(platform, stage.from.escape)?;
    let bad = |message: String, span| SyntaxError::new("invalid-platform", span, message);
    if value.is_empty() {
        return Some(bad("the platform is empty".into(), flag.span));
    }
    let problem = values::platform_problem(&value)?;
    let error = bad(format!("`{}` is no platform: {problem}", shown(&value)), platform.span());
    Some(if value.contains('/') { error } else { super::did_you_mean(error, &value, values::platform_names(), "") })
}

/// What the stage is made from: an earlier stage, else an image. `seen` are the stages before it.
fn base(stages: &Stages, index: usize, seen: &HashMap<String, usize>, uses: &mut Vec<Use>, errors: &mut Vec<SyntaxError>) {
    let Some(stage) = stages.list.get(index) else { return };
    if stage.image.is_empty() {
        return;
    }
    let Some(image) = literal(&stage.image, stage.from.escape) else { return };
    let name = image.to_lowercase();
    if let Some(&of) = seen.get(&name) {
        uses.push(Use { by: index, of, span: stage.image.span(), what: "FROM" });
        return;
    }
    if image.is_empty() {
        errors.push(SyntaxError::new("invalid-image", place(&stage.image, stage.from), "the image is empty"));
        return;
    }
    if let Some(later) = stages.by_name.get(&name).and_then(|l| stages.list.get(*l)).filter(|l| l.from.span.start > stage.from.span.start) {
        let message = format!("stage `{}` is defined later; here it is taken for an image", shown(&image));
        let error = SyntaxError::new("stage-defined-later", stage.image.span(), message).warning();
        errors.push(error.related(later.from.line_span(), "defined here"));
    }
    errors.extend(not_an_image(&stage.image, &image));
}

fn not_an_image(written: &Text, image: &str) -> Option<SyntaxError> {
    let problem = reference::problem(image)?;
    let error = SyntaxError::new("invalid-image", written.span(), format!("`{}` is no image: {problem}", shown(image)));
    let lower = image.to_lowercase();
    Some(if reference::problem(&lower).is_none() { error.help(format!("write `{}`", shown(&lower))).replace(lower) } else { error })
}

/// What an instruction takes from other stages.
fn sources(stages: &Stages, current: usize, instruction: &Instruction, uses: &mut Vec<Use>, errors: &mut Vec<SyntaxError>) {
    let from = instruction.flag_value("from").filter(|f| instruction.keyword == Keyword::Copy && !f.is_empty());
    if let Some(from) = from {
        copy_from(stages, current, from, uses, errors);
    }
    for from in mounts(instruction).iter().filter_map(|m| m.from.as_ref()) {
        let Some(name) = literal(from, instruction.escape).filter(|n| !n.is_empty()) else { continue };
        match stages.by_name.get(&name.to_lowercase()) {
            Some(&of) => uses.push(Use { by: current, of, span: from.span(), what: "RUN --mount" }),
            None => errors.extend(not_an_image(from, &name)),
        }
    }
}

fn copy_from(stages: &Stages, current: usize, from: &Text, uses: &mut Vec<Use>, errors: &mut Vec<SyntaxError>) {
    if from.contains('$') {
        let error = SyntaxError::new("from-variable", from.span(), "`--from` takes no variables");
        errors.push(error.help("name a stage `FROM <image with the variable> AS name` and copy from that"));
        return;
    }
    let of = match from.parse::<i64>() {
        Ok(number) => match usize::try_from(number).ok().filter(|n| *n < stages.list.len()) {
            Some(index) => Some(index),
            None => return errors.push(no_such_index(stages, from)),
        },
        Err(_) => stages.by_name.get(&from.to_lowercase()).copied(),
    };
    match of {
        Some(of) => uses.push(Use { by: current, of, span: from.span(), what: "COPY --from" }),
        None => errors.extend(not_an_image(from, from)),
    }
}

fn no_such_index(stages: &Stages, from: &Text) -> SyntaxError {
    let count = stages.list.len();
    let message = format!("there is no stage number {}: the file has {count}, counted from 0", shown(from));
    SyntaxError::new("invalid-stage-index", from.span(), message)
}

/// Uses of the stage itself and of later ones.
fn wrong_order(stages: &Stages, uses: &[Use], errors: &mut Vec<SyntaxError>) {
    if uses.iter().all(|u| u.of < u.by) {
        return;
    }
    let groups = graph::components(stages.list.len(), uses.iter().map(|u| (u.by, u.of)));
    for wrong in uses.iter().filter(|u| u.of >= u.by) {
        let Use { span, what, .. } = wrong;
        let (Some(by), Some(of)) = (stages.list.get(wrong.by), stages.list.get(wrong.of)) else { continue };
        if wrong.by == wrong.of {
            errors.push(
                SyntaxError::new("stage-uses-itself", *span, format!("{what} names the stage it stands in"))
                    .related(by.from.line_span(), "this stage"),
            );
            continue;
        }
        let shown = of.name.as_ref().map_or_else(|| wrong.of.to_string(), |n| shown(n));
        let circular = groups.get(wrong.by) == groups.get(wrong.of);
        let error = if circular {
            SyntaxError::new("circular-dependency", *span, format!("stage `{shown}` needs this one in turn"))
        } else {
            SyntaxError::new("stage-defined-later", *span, format!("stage `{shown}` is defined later")).help("move it up")
        };
        errors.push(error.related(of.from.line_span(), "defined here"));
    }
}
