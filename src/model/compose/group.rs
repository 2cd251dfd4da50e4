//! Which Compose files form a project together.
//!
//! Compose takes one base of a folder and one override beside it, or what `COMPOSE_FILE` in `.env` names. A file such as
//! `docker-compose.prod.yml` that makes sense only over the base is loaded over it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::interpolate::interpolate;
use super::service::folder;
use super::value::Node;
use super::{Env, layer};
use crate::source::{FileKind, Sources, normalize};
use crate::syntax::text::Text;
use crate::syntax::yaml;

/// The files of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFiles {
    /// The first file, whose folder relative paths start from.
    pub base: PathBuf,
    /// Files that are laid over it, in order.
    pub overrides: Vec<PathBuf>,
    /// It is a part of some project that is not known: what it refers to may stand elsewhere.
    pub fragment: bool,
}

/// Every name that Compose looks for by itself: bases, then overrides.
pub const FILE_NAMES: [&str; 8] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// The names that Compose looks for, in its order.
const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The names of the override beside it, in its order.
const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// Groups discovered Compose files into projects, in the order of their base files. Every file is in at least one
/// project, or is included or extended by one.
///
/// - The first of `compose.yaml`, `compose.yml`, `docker-compose.yml` and `docker-compose.yaml` in a folder is its base,
///   with the first override beside it laid over it. `COMPOSE_FILE` in
///   the folder's `.env` says otherwise. What Compose would pass over is a project of its own.
/// - `<base>.<infix>.yml` with services that have neither `image` nor `build`, or that refers to what only the base
///   has, is laid over the base. Without a base it is a fragment.
/// - A file that another one includes, or that has no default name and another one extends, is seen through that one.
pub fn group(files: &[PathBuf], sources: &Sources) -> Vec<ProjectFiles> {
    let files: BTreeSet<PathBuf> = files.iter().map(|f| sources.absolute(f)).collect();
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in &files {
        folders.entry(folder(file)).or_default().push(file.clone());
    }
    let is_alone = |f: &Path| has_name(f, &BASES) && f.parent().and_then(|f| folders.get(f)).is_some_and(|m| m.len() == 1);
    let known = files.par_iter().filter_map(|f| Some((f.clone(), first_look(f, is_alone(f), sources)?))).collect();
    let mut glances = Glances { sources, known };
    let mains: Vec<_> = folders.par_iter().map(|(path, members)| main(path, members, sources)).collect();
    let mut projects = Vec::new();
    for ((path, members), main) in folders.into_iter().zip(mains) {
        projects.extend(Folder { path, members, glances: &mut glances }.projects(main));
    }
    // Stable: the project that Compose itself would take comes before others with the same base.
    projects.sort_by(|a, b| a.base.cmp(&b.base));
    without_targets(projects, &files, &mut glances)
}

/// Leaves out the projects that others include or extend.
fn without_targets(projects: Vec<ProjectFiles>, files: &BTreeSet<PathBuf>, glances: &mut Glances) -> Vec<ProjectFiles> {
    let mut targets = HashSet::new();
    for file in files {
        let glance = glances.at(file);
        let extended = glance.extends.iter().filter(|t| !has_name(t, &BASES));
        targets.extend(glance.includes.iter().chain(extended).filter(|t| *t != file).cloned());
    }
    let is_seen_elsewhere = |p: &ProjectFiles| p.overrides.is_empty() && targets.contains(&p.base);
    let mut seen = HashSet::new();
    projects.iter().filter(|p| !is_seen_elsewhere(p)).for_each(|p| reach(p, glances, &mut seen));
    let mut out = Vec::new();
    for project in projects {
        // Files that include each other in a circle are seen through the first of them.
        if is_seen_elsewhere(&project) && seen.contains(&project.base) {
            continue;
        }
        reach(&project, glances, &mut seen);
        out.push(project);
    }
    out
}

/// Notes all files that a project reads.
fn reach(project: &ProjectFiles, glances: &mut Glances, seen: &mut HashSet<PathBuf>) {
    let mut open: Vec<PathBuf> = std::iter::once(&project.base).chain(&project.overrides).cloned().collect();
    while let Some(file) = open.pop() {
        if seen.insert(file.clone()) {
            let glance = glances.at(&file);
            open.extend(glance.includes.iter().chain(&glance.extends).cloned());
        }
    }
}

struct Folder<'g, 's> {
    path: PathBuf,
    members: Vec<PathBuf>,
    glances: &'g mut Glances<'s>,
}

impl Folder<'_, '_> {
    fn projects(mut self, main: Option<ProjectFiles>) -> Vec<ProjectFiles> {
        let mut out = Vec::new();
        let mut used: Vec<PathBuf> = Vec::new();
        if let Some(main) = &main {
            used.extend(std::iter::once(&main.base).chain(&main.overrides).cloned());
            // A file that was named alone does not bring its base along, unless it changes it.
            if used.iter().any(|f| self.members.contains(f)) {
                out.push(main.clone());
            }
        }
        for file in std::mem::take(&mut self.members) {
            if !used.contains(&file) {
                out.push(self.other(file, main.as_ref().map(|m| &m.base)));
            }
        }
        out
    }

    /// A file that Compose does not take by itself.
    fn other(&mut self, file: PathBuf, main: Option<&PathBuf>) -> ProjectFiles {
        if has_name(&file, &BASES) {
            return ProjectFiles { base: file, overrides: Vec::new(), fragment: false };
        }
        let is_override = has_name(&file, &OVERRIDES);
        let base = self.base_of(&file).or_else(|| main.filter(|_| is_companion(&file)).cloned());
        if let Some(base) = base.filter(|b| *b != file) {
            let below = self.glances.at(&base).clone();
            let glance = self.glances.at(&file);
            if is_override || glance.needs(&below) {
                let fragment = glance.bare.iter().any(|s| !below.names.contains(&format!("services.{s}")));
                return ProjectFiles { base, overrides: vec![file], fragment };
            }
        }
        let fragment = is_override || !self.glances.at(&file).bare.is_empty();
        ProjectFiles { base: file, overrides: Vec::new(), fragment }
    }

    /// The base with the same stem: `docker-compose.yml` of `docker-compose.prod.yml`.
    fn base_of(&self, file: &Path) -> Option<PathBuf> {
        let name = file.file_name()?.to_str()?;
        let stem = ["docker-compose", "compose"].iter().find(|s| is_infix(name, s))?;
        ["yml", "yaml"].iter().map(|e| self.path.join(format!("{stem}.{e}"))).find(|p| self.glances.sources.exists(p))
    }
}

/// The project that Compose itself would take in a folder.
fn main(folder: &Path, members: &[PathBuf], sources: &Sources) -> Option<ProjectFiles> {
    named_by_environment(folder, sources).or_else(|| by_default_names(folder, members, sources))
}

/// What `COMPOSE_FILE` in `.env` names.
fn named_by_environment(folder: &Path, sources: &Sources) -> Option<ProjectFiles> {
    let env = env(folder, sources);
    let separator = env.get("COMPOSE_PATH_SEPARATOR").filter(|s| !s.is_empty()).unwrap_or(":").to_owned();
    let names = env.get("COMPOSE_FILE")?;
    let mut paths = names.split(separator.as_str()).filter(|n| !n.is_empty()).map(|n| normalize(&folder.join(n)));
    let base = paths.next()?;
    let readable = |p: &PathBuf| sources.may_read(p) && sources.exists(p);
    readable(&base).then(|| ProjectFiles { base, overrides: paths.filter(readable).collect(), fragment: false })
}

fn by_default_names(folder: &Path, members: &[PathBuf], sources: &Sources) -> Option<ProjectFiles> {
    // The first that is a member, or at least there.
    let first = |names: &[&str]| {
        let mut paths = names.iter().map(|n| folder.join(n));
        paths.find(|p| members.contains(p) || sources.exists(p))
    };
    let base = first(&BASES)?;
    Some(ProjectFiles { base, overrides: first(&OVERRIDES).into_iter().collect(), fragment: false })
}

fn has_name(path: &Path, names: &[&str]) -> bool {
    path.file_name().and_then(|n| n.to_str()).is_some_and(|n| names.contains(&n))
}

fn is_companion(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
    ["docker-compose", "compose"].iter().any(|s| is_infix(name, s))
}

/// Whether `name` is `stem` with something between it and its extension.
fn is_infix(name: &str, stem: &str) -> bool {
    let infix = name.strip_prefix(stem).and_then(|r| r.strip_suffix(".yml").or_else(|| r.strip_suffix(".yaml")));
    infix.is_some_and(|i| i.len() > 1 && i.starts_with(['.', '-', '_']))
}

/// What one file says about its relation to others.
#[derive(Clone, Debug, Default)]
struct Glance {
    /// Services without image, build, provider or extends.
    bare: Vec<String>,
    /// What it defines: `services.web`, `networks.front`.
    names: HashSet<String>,
    /// What its services refer to.
    refers: HashSet<String>,
    includes: Vec<PathBuf>,
    extends: Vec<PathBuf>,
}

impl Glance {
    /// Whether it makes sense only over `below`.
    fn needs(&self, below: &Glance) -> bool {
        !self.bare.is_empty() || self.refers.iter().any(|r| !self.names.contains(r) && below.names.contains(r))
    }
}

struct Glances<'s> {
    sources: &'s Sources,
    known: HashMap<PathBuf, Glance>,
}

impl Glances<'_> {
    fn at(&mut self, path: &Path) -> &Glance {
        if !self.known.contains_key(path) {
            let glance = read(path, self.sources).unwrap_or_default();
            self.known.insert(path.to_path_buf(), glance);
        }
        self.known.entry(path.to_path_buf()).or_default()
    }
}

/// The variables of a folder's `.env`.
fn env(folder: &Path, sources: &Sources) -> Env {
    let mut env = Env::default();
    if let Ok(file) = sources.load(&folder.join(".env"), FileKind::Other) {
        env.add_file(&file, false);
    }
    env
}

/// A look at a file that was found. One that is alone in its folder matters to others only by what it reads.
fn first_look(path: &Path, is_alone: bool, sources: &Sources) -> Option<Glance> {
    let source = sources.load(path, FileKind::Compose).ok()?;
    // Parsed here, because here all threads are at work.
    yaml::of(&source);
    let may_read = source.text.contains("include") || source.text.contains("extends");
    if is_alone && !may_read { Some(Glance::default()) } else { read(path, sources) }
}

fn read(path: &Path, sources: &Sources) -> Option<Glance> {
    let source = sources.load(path, FileKind::Compose).ok()?;
    let parse = yaml::of(&source);
    let folder = folder(path);
    let mut glance = Glance::default();
    for document in &parse.tree.documents {
        let at = |text: &Text| {
            let path = if text.contains('$') { interpolate(text, &env(&folder, sources)).0.text } else { text.clone() };
            normalize(&folder.join(path.as_str()))
        };
        glance.look(&layer::read(&parse.tree, *document).root, &at);
    }
    Some(glance)
}

impl Glance {
    /// Takes note of a document; `at` is the path that a text names.
    fn look(&mut self, root: &Node, at: &dyn Fn(&Text) -> PathBuf) {
        for section in ["services", "networks", "volumes", "secrets", "configs", "models"] {
            let names = root.get(section).and_then(Node::as_map).into_iter().flat_map(|m| m.keys());
            self.names.extend(names.map(|n| format!("{section}.{n}")));
        }
        let include = root.get("include").map_or(&[][..], strings_or_items);
        for entry in include {
            let paths = entry.get("path").map_or(std::slice::from_ref(entry), strings_or_items);
            self.includes.extend(paths.iter().filter_map(Node::as_text).map(at));
        }
        let services = root.get("services").and_then(Node::as_map);
        for (name, entry) in services.into_iter().flat_map(|m| m.iter()) {
            self.look_at_service(name, &entry.value, at);
        }
    }

    fn look_at_service(&mut self, name: &str, service: &Node, at: &dyn Fn(&Text) -> PathBuf) {
        if !["image", "build", "provider", "extends"].iter().any(|k| service.get(k).is_some()) {
            self.bare.push(name.to_owned());
        }
        self.extends.extend(service.get_path(&["extends", "file"]).and_then(Node::as_text).map(at));
        for (key, section) in
            [("depends_on", "services"), ("links", "services"), ("networks", "networks"), ("secrets", "secrets"), ("configs", "configs")]
        {
            let Some(node) = service.get(key) else { continue };
            let keys = node.as_map().into_iter().flat_map(|m| m.keys());
            let items = node.as_seq().unwrap_or(&[]).iter().filter_map(|n| n.as_str().or_else(|| n.get("source")?.as_str()));
            let names = keys.chain(items).map(|n| n.split(':').next().unwrap_or(""));
            self.refers.extend(names.map(|n| format!("{section}.{n}")));
        }
        let volumes = service.get("volumes").and_then(Node::as_seq).unwrap_or(&[]).iter();
        let sources =
            volumes.filter_map(|n| n.as_str().and_then(|t| t.split_once(':')).map(|(s, _)| s).or_else(|| n.get("source")?.as_str()));
        self.refers.extend(sources.map(|s| format!("volumes.{s}")));
    }
}

/// The items of a list, or the one value.
fn strings_or_items(node: &Node) -> &[Node] {
    node.as_seq().unwrap_or(std::slice::from_ref(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::DEFAULT_MAX_SIZE;

    /// Writes files and groups those that look like Compose files.
    fn grouped(files: &[(&str, &str)]) -> Vec<String> {
        let sources = Sources::new(Path::new("/p"), DEFAULT_MAX_SIZE);
        for (name, text) in files {
            sources.set_text(Path::new(name), FileKind::Compose, (*text).to_owned());
        }
        let named: Vec<PathBuf> = files.iter().map(|(n, _)| PathBuf::from(n)).filter(|n| n.extension().is_some()).collect();
        let shown = |p: &PathBuf| sources.display(p);
        let projects = group(&named, &sources).into_iter();
        projects
            .map(|p| {
                let mut all = vec![shown(&p.base)];
                all.extend(p.overrides.iter().map(shown));
                if p.fragment {
                    all.push("(fragment)".into());
                }
                all.join(" ")
            })
            .collect()
    }

    const WEB: &str = "services:\n  web: {image: x}\n";

    #[test]
    fn the_first_base_takes_the_first_override() {
        assert_eq!(
            grouped(&[("docker-compose.yml", WEB), ("compose.override.yaml", WEB), ("docker-compose.override.yml", WEB)]),
            ["docker-compose.yml compose.override.yaml", "docker-compose.yml docker-compose.override.yml"]
        );
        assert_eq!(grouped(&[("docker-compose.yml", WEB), ("compose.yaml", WEB)]), ["compose.yaml", "docker-compose.yml"]);
        assert_eq!(grouped(&[("a/compose.yml", WEB), ("b/compose.yml", WEB)]), ["a/compose.yml", "b/compose.yml"]);
    }

    #[test]
    fn companions_that_need_the_base_are_laid_over_it() {
        let bare = "services:\n  web: {command: x}\n";
        let refers = "services:\n  job: {image: y, depends_on: [web]}\n";
        let whole = "services:\n  other: {image: y}\n";
        assert_eq!(
            grouped(&[("compose.yml", WEB), ("compose.prod.yml", bare), ("compose.job.yml", refers), ("compose.test.yml", whole)]),
            ["compose.test.yml", "compose.yml", "compose.yml compose.job.yml", "compose.yml compose.prod.yml"]
        );
        assert_eq!(grouped(&[("docker-compose.prod.yml", bare)]), ["docker-compose.prod.yml (fragment)"]);
        assert_eq!(grouped(&[("docker-compose.prod.yml", whole)]), ["docker-compose.prod.yml"]);
        assert_eq!(
            grouped(&[("compose.yml", whole), ("compose.prod.yml", bare)]),
            ["compose.yml", "compose.yml compose.prod.yml (fragment)"],
            "the service may stand in a third file"
        );
    }

    #[test]
    fn compose_file_in_dot_env_names_the_files() {
        let env = "COMPOSE_FILE=compose.yml:extra.yml\n";
        assert_eq!(
            grouped(&[(".env", env), ("compose.yml", WEB), ("compose.override.yml", WEB), ("extra.yml", WEB)]),
            ["compose.yml extra.yml", "compose.yml compose.override.yml"]
        );
    }

    #[test]
    fn included_and_extended_files_are_seen_through_their_users() {
        let root =
            "include: [db/compose.yml, {path: [q.compose.yml]}]\nservices:\n  web: {extends: {file: common.compose.yml, service: base}}\n";
        assert_eq!(
            grouped(&[("compose.yml", root), ("db/compose.yml", WEB), ("q.compose.yml", WEB), ("common.compose.yml", WEB)]),
            ["compose.yml"]
        );
        let circle = |other: &str| format!("include: [{other}]\nservices:\n  web: {{image: x}}\n");
        assert_eq!(
            grouped(&[("a/compose.yml", &circle("../b/compose.yml")), ("b/compose.yml", &circle("../a/compose.yml"))]),
            ["a/compose.yml"]
        );
        let prod = "services:\n  web: {extends: {file: compose.yml, service: web}}\n";
        assert_eq!(grouped(&[("compose.yml", WEB), ("compose.prod.yml", prod)]), ["compose.prod.yml", "compose.yml"]);
    }
}
