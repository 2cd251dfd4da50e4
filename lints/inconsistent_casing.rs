use std::collections::{HashMap, HashSet};

use crate::lint::prelude::*;
use crate::model::dockerfile::Base;
use crate::syntax::dockerfile::{Args, Instruction, mounts};

pub static LINT: Lint = Lint {
    id: "inconsistent-casing",
    summary: "keywords or stage names in other letters than the rest of the file",
    group: Group::Style,
    level: Level::Info,
    default: true,
    score: None,
    cis: &[],
    aliases: &["buildkit:ConsistentInstructionCasing", "buildkit:FromAsCasing", "buildkit:StageNameCasing"],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[],
    page: include_str!("inconsistent_casing.md"),
    checks: &[Check::Dockerfile(check)],
};

fn check(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    let known = || dockerfile.tree.instructions().filter(|i| i.keyword != Keyword::Unknown);
    let upper = known().filter(|i| is_upper(&i.name)).count();
    let lower = known().filter(|i| is_lower(&i.name)).count();
    let to_lower = lower > upper;
    for instruction in known() {
        keywords(instruction, to_lower, cx);
    }
    let wrong: Vec<_> = dockerfile.stages.iter().filter_map(|s| s.name.as_ref()).filter(|n| !is_lower(n)).collect();
    let references = if wrong.is_empty() { HashMap::new() } else { references(dockerfile) };
    for name in wrong {
        stage_name(name, &references, cx);
    }
}

fn is_upper(word: &str) -> bool {
    !word.contains(|c: char| c.is_ascii_lowercase())
}

fn is_lower(word: &str) -> bool {
    !word.contains(|c: char| c.is_ascii_uppercase())
}

/// The keyword against the others of the file; AS against the case that its FROM has or should have.
fn keywords(instruction: &Instruction, to_lower: bool, cx: &mut Cx<'_>) {
    let (name, kind) = (&instruction.name, if to_lower { "lower" } else { "upper" });
    let is_right = |word: &str| if to_lower { is_lower(word) } else { is_upper(word) };
    let right = |word: &str| if to_lower { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() };
    let join = as_word(instruction).filter(|w| !is_right(w));
    let edits = || join.iter().chain((!is_right(name)).then_some(name)).map(|w| (w.span(), right(w))).collect();
    if !is_right(name) {
        cx.report(name.span(), format!("`{name}` is not in {kind} case as most keywords of this file are"))
            .help(format!("write `{}`", right(name)))
            .evidence(name.as_str())
            .fix(Safety::Safe, format!("write {}", right(name)), edits());
    } else if let Some(word) = &join {
        cx.report(word.span(), format!("`{word}` is in other letters than its `{name}`"))
            .help(format!("write `{}`", right(word)))
            .evidence(word.as_str())
            .fix(Safety::Safe, format!("write {}", right(word)), edits());
    }
}

/// The word AS of a FROM.
fn as_word(instruction: &Instruction) -> Option<Text> {
    let is_from = instruction.keyword == Keyword::From;
    instruction.words().into_iter().nth(1).filter(|w| is_from && w.eq_ignore_ascii_case("as"))
}

/// BuildKit compares the names of stages without case; people and other tools do not.
fn stage_name(name: &Text, references: &HashMap<String, Vec<Text>>, cx: &mut Cx<'_>) {
    let right = name.to_ascii_lowercase();
    let places = std::iter::once(name).chain(references.get(&right).into_iter().flatten());
    let edits = places.map(|p| (p.span(), right.clone())).collect();
    cx.report(name.span(), format!("the name of stage `{name}` is not in lower case"))
        .help(format!("write `{right}` here and where the stage is used"))
        .evidence(name.as_str())
        .fix(Safety::Safe, format!("rename the stage to {right}"), edits);
}

/// Where instructions name stages, by the name in lower case: FROM, COPY --from and RUN --mount from.
fn references(dockerfile: &Dockerfile) -> HashMap<String, Vec<Text>> {
    let names: HashSet<String> = dockerfile.stages.iter().filter_map(|s| s.name.as_ref()).map(|n| n.to_ascii_lowercase()).collect();
    let based = dockerfile.stages.iter().filter(|s| matches!(s.base, Base::Stage(_))).map(|s| s.image.clone());
    let mut words: Vec<Text> = based.collect();
    for at in dockerfile.instructions() {
        match at.instruction.typed() {
            Args::Copy(copy) => words.extend(copy.from),
            Args::Run(_) => words.extend(mounts(at.instruction).into_iter().filter_map(|m| m.from)),
            _ => {}
        }
    }
    let mut out: HashMap<String, Vec<Text>> = HashMap::new();
    for word in words {
        let name = word.to_ascii_lowercase();
        if names.contains(&name) {
            out.entry(name).or_default().push(word);
        }
    }
    out
}
