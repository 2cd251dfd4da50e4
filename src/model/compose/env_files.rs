//! The files that services name beside their build: env files, label files, seccomp profiles and configs.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::loader::{Fetched, Loader};
use super::parts::{EnvVar, KeyValue, Resource};
use super::value::{Node, Resolved};
use super::{Env, Service, dotenv, problem};
use crate::model::origin::{How, Origin};
use crate::source::{FileKind, normalize};
use crate::syntax::SyntaxError;

impl Loader<'_> {
    /// Reads what a service's `env_file` names. Compose does so for services that run.
    pub fn env_files(&mut self, service: &Service, env: &Env) -> Vec<EnvVar> {
        let mut out: IndexMap<String, EnvVar> = IndexMap::new();
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
                out.insert(entry.name.to_string(), EnvVar { name: entry.name, value: Some(value), span, origin, from_env_file: true });
            }
        }
        out.into_values().collect()
    }

    /// Reads what a service's `label_file` names: env files that see no environment.
    pub fn label_files(&mut self, service: &Service) -> Vec<KeyValue> {
        let mut out: IndexMap<String, KeyValue> = IndexMap::new();
        for path in service.node.get("label_file").and_then(Node::as_seq).unwrap_or(&[]).iter().filter_map(Node::resolved) {
            let Some(target) = service.path(&path).filter(|_| service.enabled) else { continue };
            let Fetched::Read(file) = self.fetch(&path, &target, FileKind::Other) else { continue };
            let read = dotenv::parse(file.id, &file.text, &Env::default());
            self.problems.extend(read.errors.into_iter().map(problem::value));
            for entry in read.entries.into_iter().filter(|e| e.value.is_some()) {
                let span = entry.value.as_ref().map_or(entry.name.span(), |v| entry.name.span().to(v.span()));
                let origin = Origin::here(span).via(How::EnvFile, path.span());
                out.insert(entry.name.to_string(), KeyValue { name: entry.name, value: entry.value, span, origin });
            }
        }
        out.into_values().collect()
    }
}

/// What Compose and the engine understand by a seccomp option that names no file.
const BUILT_IN_PROFILES: [&str; 2] = ["builtin", "unconfined"];

impl Loader<'_> {
    /// Looks at the profiles that `seccomp=FILE` names. Compose reads them when it starts the service, from the folder of
    /// the project.
    pub fn seccomp_profiles(&mut self, service: &Service) {
        let options = service.security_opt();
        for option in options.set().into_iter().flat_map(|o| o.value.iter()).filter(|_| service.enabled) {
            let text = &option.value;
            let separator = if text.contains('=') { '=' } else { ':' };
            let Some((name, path)) = text.split_once(separator).filter(|(name, _)| name.as_str() == "seccomp") else { continue };
            if !path.is_certain() || path.is_empty() || BUILT_IN_PROFILES.contains(&path.as_str()) {
                continue;
            }
            let target = normalize(&service.paths.project.join(path.as_str()));
            let read = self.fetch(&path, &target, FileKind::Other);
            if let (Fetched::Failed, Some(problem)) = (&read, self.problems.last_mut()) {
                problem.error.fatal = false;
            }
            let Fetched::Read(file) = read else { continue };
            if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&file.text) {
                let error = SyntaxError::new("seccomp-profile", path.span(), format!("the {} profile is no JSON: {error}", name.as_str()));
                self.problems.push(problem::value(error.help("name a file with a seccomp profile").warning()));
            }
        }
    }

    /// Looks for the files of the configs that a service mounts. Compose starts without them, with a warning of its own.
    /// That the file of a secret is not among the files of a project is as it should be.
    pub fn config_files(&mut self, service: &Service, configs: &HashMap<&str, &Resource>) {
        let refs = service.configs();
        for source in refs.iter().filter_map(|r| r.source.as_ref()).filter(|s| s.is_known()) {
            let Some(resource) = configs.get(source.as_str()) else { continue };
            let Some((text, path)) = resource.file().filter(|(text, _)| text.is_certain() && !text.is_empty()) else { continue };
            if !self.sources.may_read(&path) || self.sources.exists(&path) {
                continue;
            }
            let message = format!("there is no file `{}` for config `{}`", text.as_str(), resource.name);
            let error = SyntaxError::new("missing-file", text.span(), message)
                .help(format!("create `{}`, or correct the path", self.sources.display(&path)));
            self.problems.push(problem::reference(error.warning()));
            self.missing.push(path);
        }
    }
}

/// A name alone takes the value of the environment.
fn inherited(name: &crate::syntax::text::Text, env: &Env) -> Option<Resolved> {
    let value = env.get(name)?;
    Some(Resolved { text: crate::syntax::text::Text::replaced(name.span(), value), vars: Default::default() })
}
