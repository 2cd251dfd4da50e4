//! The env files and label files of services.

use super::loader::{Fetched, Loader};
use super::parts::{EnvVar, KeyValue};
use super::value::{Node, Resolved};
use super::{Env, Service, dotenv, problem};
use crate::model::origin::{How, Origin};
use crate::source::FileKind;
use crate::syntax::SyntaxError;

impl Loader<'_> {
    /// Reads what a service's `env_file` names. Compose does so for services that run.
    pub fn env_files(&mut self, service: &Service, env: &Env) -> Vec<EnvVar> {
        let mut out = Vec::new();
        for entry in service.node.get("env_file").and_then(Node::as_seq).unwrap_or(&[]) {
            let Some(path) = entry.get("path").and_then(Node::resolved) else { continue };
            let required = entry.get("required").and_then(Node::as_bool).unwrap_or(true);
            let format = entry.get("format").and_then(Node::resolved);
            let Some(target) = service.path(&path) else { continue };
            if (!required || !service.enabled) && !self.sources.exists(&target) {
                self.missing.push(target);
                continue;
            }
            let Fetched::Read(file) = self.fetch(&path, &target, FileKind::Other) else {
                if let Some(problem) = self.problems.last_mut().filter(|p| p.error.code == "missing-file" && p.error.span == path.span()) {
                    let shown = self.sources.display(&target);
                    problem.error.help = Some(format!("create `{shown}`, or write `required: false` beside `path` if it may be missing"));
                }
                continue;
            };
            let read = match format.as_ref().map(|f| f.as_str()) {
                None => dotenv::parse(file.id, &file.text, env),
                Some("raw") => dotenv::parse_raw(file.id, &file.text),
                Some(other) => {
                    let at = format.as_ref().map_or(path.span(), Resolved::span);
                    let error = SyntaxError::new("env-file-format", at, format!("`{other}` is no format of env files"));
                    self.problems.push(problem::value(error.help("write `raw`, or take `format` out")));
                    continue;
                }
            };
            self.problems.extend(read.errors.into_iter().map(problem::value));
            for entry in read.entries {
                let span = entry.value.as_ref().map_or(entry.name.span(), |v| entry.name.span().to(v.span()));
                let value = entry.value.or_else(|| inherited(&entry.name, env));
                let Some(value) = value else { continue };
                let origin = Origin::here(span).via(How::EnvFile, path.span());
                out.retain(|v: &EnvVar| v.name.as_str() != entry.name.as_str());
                out.push(EnvVar { name: entry.name, value: Some(value), span, origin, from_env_file: true });
            }
        }
        out
    }

    /// Reads what a service's `label_file` names: env files that see no environment.
    pub fn label_files(&mut self, service: &Service) -> Vec<KeyValue> {
        let mut out: Vec<KeyValue> = Vec::new();
        for path in service.node.get("label_file").and_then(Node::as_seq).unwrap_or(&[]).iter().filter_map(Node::resolved) {
            let Some(target) = service.path(&path).filter(|_| service.enabled) else { continue };
            let Fetched::Read(file) = self.fetch(&path, &target, FileKind::Other) else { continue };
            let read = dotenv::parse(file.id, &file.text, &Env::default());
            self.problems.extend(read.errors.into_iter().map(problem::value));
            for entry in read.entries.into_iter().filter(|e| e.value.is_some()) {
                let span = entry.value.as_ref().map_or(entry.name.span(), |v| entry.name.span().to(v.span()));
                let origin = Origin::here(span).via(How::EnvFile, path.span());
                out.retain(|l| l.name.as_str() != entry.name.as_str());
                out.push(KeyValue { name: entry.name, value: entry.value, span, origin });
            }
        }
        out
    }
}

/// A name alone takes the value of the environment.
fn inherited(name: &crate::syntax::text::Text, env: &Env) -> Option<Resolved> {
    let value = env.get(name)?;
    Some(Resolved { text: crate::syntax::text::Text::replaced(name.span(), value), vars: Default::default() })
}
