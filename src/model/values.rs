//! Every string that someone wrote, wherever it stands, for lints that judge values and not places.

use super::dockerfile::{Dockerfile, InstructionAt};
use crate::source::Source;
use crate::syntax::text::Text;
use crate::syntax::yaml::{Kind, NodeId, Yaml};

/// A string with the place it has in the model.
#[derive(Clone, Debug)]
pub struct Value {
    /// The string with its way back to the bytes.
    pub text: Text,
    /// Where it is: `stage:build/RUN`, `services.web.environment.TOKEN`.
    pub path: String,
}

/// The arguments of each instruction and the bodies of its heredocs.
pub fn of_dockerfile(dockerfile: &Dockerfile) -> Vec<Value> {
    dockerfile.instructions().filter(|at| !at.onbuild).flat_map(|at| of_instruction(&at)).collect()
}

fn of_instruction(at: &InstructionAt<'_>) -> Vec<Value> {
    let keyword = at.instruction.keyword.as_str();
    let path = at.stage_label().map_or_else(|| keyword.to_string(), |stage| format!("stage:{stage}/{keyword}"));
    let bodies = at.instruction.heredocs.iter().map(|h| &h.body);
    std::iter::once(&at.instruction.args).chain(bodies).map(|text| Value { text: text.clone(), path: path.clone() }).collect()
}

/// The scalars of a Compose file, each once where it is written; aliases are not followed.
pub fn of_yaml(tree: &Yaml) -> Vec<Value> {
    let mut out = Vec::new();
    let mut todo: Vec<(NodeId, String)> = tree.documents.iter().rev().map(|d| (*d, String::new())).collect();
    while let Some((id, path)) = todo.pop() {
        match &tree.node(id).kind {
            Kind::Scalar { text, .. } => out.push(Value { text: text.clone(), path }),
            Kind::Seq { items, .. } => todo.extend(items.iter().enumerate().rev().map(|(n, item)| (*item, format!("{path}[{n}]")))),
            Kind::Map { entries, .. } => todo.extend(entries.iter().rev().map(|e| (e.value, join(&path, tree.text(e.key))))),
            Kind::Alias { .. } | Kind::Broken => {}
        }
    }
    out
}

fn join(path: &str, key: Option<&Text>) -> String {
    let key = key.map_or("", Text::as_str);
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}

/// A file of `KEY=value` lines that a Compose file names: one string.
pub fn of_env_file(source: &Source) -> Value {
    Value { text: Text::verbatim(source.id, 0, &*source.text), path: "env_file".into() }
}
