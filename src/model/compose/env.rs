//! The variables that a project's files may use.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::dotenv;
use super::interpolate::Lookup;
use super::value::VarSource;
use crate::source::{Source, Span};
use crate::syntax::SyntaxError;

/// The environment of a project: that of the process first, then env files.
#[derive(Clone, Debug, Default)]
pub struct Env {
    process: Arc<BTreeMap<String, String>>,
    files: HashMap<String, (String, Span)>,
    /// The name that Compose puts in itself.
    project_name: Option<String>,
}

impl Env {
    /// The environment of the process alone.
    pub fn new(process: BTreeMap<String, String>) -> Self {
        Env { process: Arc::new(process), ..Env::default() }
    }

    /// Adds what an env file sets. With `replace`, it wins over the files before it, else it only fills gaps; the
    /// process wins over both.
    pub fn add_file(&mut self, file: &Source, replace: bool) -> Vec<SyntaxError> {
        let read = dotenv::parse(file.id, &file.text, self);
        for entry in read.entries {
            let Some(value) = entry.value else { continue };
            let name = entry.name.to_string();
            if replace || !self.files.contains_key(&name) || self.is_of(&name, file) {
                self.files.insert(name, (value.to_string(), value.span()));
            }
        }
        read.errors
    }

    /// These variables and, for those that are not set, what `files` set; of several files the last wins.
    pub fn with_files(&self, files: &[Arc<Source>]) -> (Env, Vec<SyntaxError>) {
        let mut env = self.clone();
        let mut errors = Vec::new();
        for file in files {
            let read = dotenv::parse(file.id, &file.text, &env);
            errors.extend(read.errors);
            for entry in read.entries {
                let name = entry.name.to_string();
                if let Some(value) = entry.value
                    && self.lookup(&name).is_none()
                {
                    env.files.insert(name, (value.to_string(), value.span()));
                }
            }
        }
        (env, errors)
    }

    /// Makes the project's name known as `COMPOSE_PROJECT_NAME`.
    pub fn set_project_name(&mut self, name: &str) {
        self.project_name = Some(name.to_owned());
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.lookup(name).map(|(v, _)| v)
    }

    /// Whether the value known so far is of an earlier line of the same file.
    fn is_of(&self, name: &str, file: &Source) -> bool {
        self.files.get(name).is_some_and(|(_, at)| at.file == file.id)
    }
}

impl Lookup for Env {
    fn lookup(&self, name: &str) -> Option<(&str, VarSource)> {
        if name == "COMPOSE_PROJECT_NAME"
            && let Some(own) = &self.project_name
        {
            return Some((own, VarSource::Environment));
        }
        let process = self.process.get(name).map(|v| (v.as_str(), VarSource::Environment));
        process.or_else(|| self.files.get(name).map(|(v, at)| (v.as_str(), VarSource::EnvFile(*at))))
    }
}
