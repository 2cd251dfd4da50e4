//! Names that must be defined somewhere in the project.

use super::super::schema::nearest;
use super::super::value::{Map, Node, Resolved};
use super::super::{MountKind, Service, problem};
use super::{Check, before_colon, is_incomplete, known};
use crate::model::origin::Slot;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// A service that another one needs.
pub(in crate::model::compose) struct Edge {
    pub target: Resolved,
    pub key: &'static str,
    /// The service may do without it when it is switched off.
    pub optional: bool,
}

/// The services that a service needs: `depends_on`, links, and those whose namespaces or volumes it shares.
pub(in crate::model::compose) fn edges(service: &Service) -> Vec<Edge> {
    let mut out = Vec::new();
    for dependency in service.depends_on() {
        let text = crate::syntax::text::Text::replaced(dependency.span, dependency.service);
        let target = Resolved { text, vars: Default::default() };
        out.push(Edge { target, key: "depends_on", optional: !dependency.required });
    }
    let mut add = |target: Resolved, key| out.push(Edge { target, key, optional: false });
    for (key, keep) in [("links", None), ("volumes_from", Some("container:"))] {
        if let Slot::Set(list) = service.list(&[key]) {
            for item in list.value.iter().filter(|i| i.value.is_known()) {
                if keep.is_none_or(|prefix| !item.value.starts_with(prefix)) {
                    add(before_colon(&item.value), key);
                }
            }
        }
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(text) = known(service.text(&[key]))
            && let Some(rest) = text.value.strip_prefix("service:")
        {
            let at = text.value.len() - rest.len();
            add(text.value.slice(at..text.value.len()), key);
        }
    }
    out
}

impl Check<'_> {
    pub fn references(&mut self, service: &Service) {
        if !self.references {
            return;
        }
        self.image(service);
        self.dependencies(service);
        self.contexts(service);
        for (name, origin, _) in service.networks() {
            self.defined(service, "networks", "network", name, origin.span, Some("default"));
        }
        for model in service.node.get("models").and_then(Node::as_map).into_iter().flat_map(Map::iter) {
            self.defined(service, "models", "model", model.0, model.1.key.span, None);
        }
        let volumes = service.volumes().into_iter().filter(|m| m.kind == MountKind::Volume);
        for source in volumes.filter_map(|m| m.source).filter(|s| s.is_known() && !s.is_empty()) {
            self.defined(service, "volumes", "volume", &source, source.span(), None);
        }
        let build_secrets = service.build().map(|b| b.secrets.clone()).unwrap_or_default();
        for (section, what, refs) in
            [("configs", "config", service.configs()), ("secrets", "secret", service.secrets()), ("secrets", "secret", build_secrets)]
        {
            for source in refs.into_iter().filter_map(|r| r.source).filter(Resolved::is_known) {
                self.defined(service, section, what, &source, source.span(), None);
            }
        }
    }

    fn defined(&mut self, service: &Service, section: &str, what: &str, name: &str, at: Span, implicit: Option<&str>) {
        let Some(names) = self.names(section) else { return };
        if names.contains(name) || implicit == Some(name) {
            return;
        }
        let error = SyntaxError::new("undefined", at, format!("{what} `{name}` is not defined"));
        let near = self.meant(name, names);
        let error = match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if section == "volumes" && name.contains('/') => error.help(format!("write `./{name}` for a folder of the host")),
            None if section == "volumes" => {
                error.help(format!("add `{name}:` below the top-level `volumes:`, or write `./{name}` for a folder of the host"))
            }
            None => error.help(format!("add `{name}:` below the top-level `{section}:`")),
        };
        self.tell(service, problem::reference, error);
    }

    fn image(&mut self, service: &Service) {
        if service.provider().is_some() || is_incomplete(service) || service.node.get("build").is_some_and(|b| !b.is_null()) {
            return;
        }
        let unset = |text: &Resolved| text.vars.unset().map(|u| u.name.clone()).collect::<Vec<_>>().join(" and ");
        let error = match service.image() {
            Slot::Set(image) if image.value.is_empty() && image.value.is_known() => {
                let unset = unset(&image.value);
                let why = if unset.is_empty() { "empty".to_owned() } else { format!("empty, because nothing sets {unset}") };
                SyntaxError::new("no-image", image.span(), format!("the image of `{}` is {why}", service.name)).help("name an image")
            }
            Slot::Absent(at) => {
                // A key that is nearly `image` or `build` is told as such.
                let mut keys = service.node.as_map().into_iter().flat_map(Map::keys);
                if keys.any(|k| nearest(k, ["image", "build"].into_iter()).is_some()) {
                    return;
                }
                SyntaxError::new("no-image", at, format!("`{}` has neither `image` nor `build`", service.name))
                    .help("add `image: NAME` or `build: FOLDER`")
            }
            _ => return,
        };
        self.tell(service, problem::reference, error);
    }

    fn dependencies(&mut self, service: &Service) {
        let Some(names) = self.names("services") else { return };
        for edge in edges(service) {
            let name = edge.target.as_str();
            let target = self.project.service(name);
            let error = match target {
                Some(target) if target.enabled || edge.optional || !service.enabled => continue,
                Some(target) => {
                    let profiles: Vec<String> =
                        target.profiles().set().map_or_else(Vec::new, |p| p.value.iter().map(|i| i.value.to_string()).collect());
                    let message = format!("`{}` needs `{name}`, which is only there with profile {}", service.name, profiles.join(" or "));
                    SyntaxError::new("disabled-dependency", edge.target.span(), message)
                        .help(format!("give `{}` the same profile, or write `required: false`", service.name))
                        .related(target.key, format!("`{name}` stands here"))
                }
                None => {
                    let message = format!("`{}` refers to service `{name}` in `{}`, which is not defined", service.name, edge.key);
                    let error = SyntaxError::new("undefined", edge.target.span(), message);
                    match self.meant(name, names) {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => error.help(format!("add a service `{name}`, or take the reference out")),
                    }
                }
            };
            self.tell(service, problem::reference, error);
        }
    }

    fn contexts(&mut self, service: &Service) {
        let contexts = service.build().map_or(&[][..], |b| &b.additional_contexts);
        for value in contexts.iter().filter_map(|c| c.value.as_ref()).filter(|v| v.is_known()) {
            let Some(name) = value.strip_prefix("service:") else { continue };
            let error = match self.project.service(name) {
                None if self.names("services").is_none() => continue,
                None => SyntaxError::new("undefined", value.span(), format!("service `{name}` is not defined"))
                    .help("name a service with a `build:`"),
                Some(target) if target.build().is_none() && !is_incomplete(target) => {
                    SyntaxError::new("not-built", value.span(), format!("`{name}` is not built, so it cannot be a build context"))
                        .help(format!("give `{name}` a `build:`, or write `docker-image://` and the name of its image"))
                        .related(target.key, format!("`{name}` stands here"))
                }
                Some(_) => continue,
            };
            self.tell(service, problem::reference, error);
        }
    }
}
