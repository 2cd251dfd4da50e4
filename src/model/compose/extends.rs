//! `extends`: a service laid over another one, of the same file or of another.

use super::layer::{Cleared, Layer};
use super::loader::{Fetched, Loader, Scope, remove};
use super::merge::{add_hop, merge};
use super::value::{Map, Node, Resolved, Value};
use super::{canonical, problem, schema};
use crate::model::origin::How;
use crate::source::{FileId, FileKind, Source, Span};
use crate::syntax::SyntaxError;

/// How long a chain of services that extend each other may be.
const MAX_CHAIN: usize = 64;

/// A service on the way, and the bytes that named it.
struct Link {
    file: FileId,
    service: String,
    by: Option<Span>,
}

/// The services of a file that others extend.
#[derive(Clone, Default)]
pub(super) struct Bases {
    services: Option<Map>,
    cleared: Vec<Cleared>,
}

/// Where a service stands that is being worked on.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: FileId,
    cleared: &'a [Cleared],
    scope: &'a Scope,
}

/// What `extends:` says.
struct Request {
    service: Resolved,
    file: Option<Resolved>,
    span: Span,
}

impl Loader<'_> {
    /// Resolves every `extends` of a layer.
    pub fn extend(&mut self, layer: &mut Node, cleared: &[Cleared], file: FileId, scope: &Scope) {
        let Value::Map(root) = &mut layer.value else { return };
        let Some(Node { value: Value::Map(services), .. }) = root.get_mut("services") else { return };
        let names: Vec<String> = services.iter().filter(|(_, e)| e.value.get("extends").is_some()).map(|(n, _)| n.to_owned()).collect();
        for name in names {
            self.extend_service(&name, services, Place { file, cleared, scope }, &mut Vec::new());
        }
    }

    // The recursion is bounded by `MAX_CHAIN`.
    fn extend_service(&mut self, name: &str, services: &mut Map, at: Place, chain: &mut Vec<Link>) {
        let Some(Node { value: Value::Map(service), .. }) = services.get_mut(name) else { return };
        let Some(extends) = service.remove("extends") else { return };
        if extends.value.is_null() {
            return;
        }
        let span = extends.value.span();
        if chain.is_empty() {
            chain.push(Link { file: at.file, service: name.to_owned(), by: None });
        }
        let base = match Request::read(&extends.value) {
            Some(request) => self.base(name, services, &request, at, chain),
            None => {
                if !extends.value.is_broken() {
                    let error = SyntaxError::new("extends", span, format!("`extends` of `{name}` names no service"))
                        .help("write `extends: {service: NAME}`, with `file: FILE` when it stands in another file");
                    self.problems.push(problem::schema(error));
                }
                None
            }
        };
        let Some(Node { value: Value::Map(service), .. }) = services.get_mut(name) else { return };
        let Some(base) = base else {
            // Whatever is missing may stand in the service that could not be found.
            service.lost = Some(span);
            return;
        };
        if let Some(own) = services.get_mut(name) {
            let hole = Node::new(Value::Broken, own.origin.clone());
            let over = std::mem::replace(own, hole);
            let origin = over.origin.clone();
            *own = merge(base, over, &["services", name], &mut self.problems);
            own.origin = origin;
        }
    }

    /// The service to extend, itself resolved.
    fn base(&mut self, name: &str, services: &mut Map, request: &Request, at: Place, chain: &mut Vec<Link>) -> Option<Node> {
        if !request.service.is_known() {
            return None;
        }
        let mut base = match &request.file {
            None => {
                let link = Link { file: at.file, service: request.service.to_string(), by: Some(request.service.span()) };
                self.extended(services, link, request, at, chain)?
            }
            Some(path) => {
                let directory = self.base_of.get(&path.file()).unwrap_or(&at.scope.directory);
                let target = crate::source::normalize(&directory.join(path.as_str()));
                let Fetched::Read(source) = self.fetch(path, &target, FileKind::Compose) else { return None };
                self.extended_elsewhere(&source, request, at, chain)?
            }
        };
        if !self.spend(&base, request.span) {
            return None;
        }
        add_hop(&mut base, How::Extends, request.service.span());
        for path in at.cleared.iter().map(|c| &c.path).filter(|p| p.len() > 2 && p.get(1).is_some_and(|n| n == name)) {
            remove(&mut base, path.get(2..).unwrap_or(&[]));
        }
        Some(base)
    }

    fn extended_elsewhere(&mut self, source: &Source, request: &Request, at: Place, chain: &mut Vec<Link>) -> Option<Node> {
        // Taken out while it is worked on: a file that comes back to itself reads it afresh.
        let key = (at.scope.id, source.id);
        let mut bases = match self.bases.remove(&key) {
            Some(bases) => bases,
            None => self.bases_of(source, at.scope),
        };
        let Bases { services, cleared } = &mut bases;
        let found = match services {
            Some(services) => {
                let link = Link { file: source.id, service: request.service.to_string(), by: Some(request.service.span()) };
                let place = Place { file: source.id, cleared, scope: at.scope };
                self.extended(services, link, request, place, chain)
            }
            None => {
                let message = format!("`{}` has no services to extend", source.name);
                let error = SyntaxError::new("extends", request.file.as_ref().map_or(request.span, Resolved::span), message);
                self.problems.push(problem::reference(error.help("name the file that holds the service")));
                None
            }
        };
        self.bases.insert(key, bases);
        found
    }

    fn extended(&mut self, services: &mut Map, link: Link, request: &Request, at: Place, chain: &mut Vec<Link>) -> Option<Node> {
        let name = link.service.clone();
        if !services.contains(&name) {
            if services.lost.is_none() && !(self.open && request.file.is_none()) {
                self.problems.push(problem::reference(self.not_found(&name, services, request, at.file)));
            }
            return None;
        }
        if self.is_circle(&link, chain) {
            return None;
        }
        self.release_problems(at.file, &name);
        chain.push(link);
        self.extend_service(&name, services, at, chain);
        chain.pop();
        services.get(&name).filter(|n| n.as_map().is_some()).cloned()
    }

    fn not_found(&self, name: &str, services: &Map, request: &Request, file: FileId) -> SyntaxError {
        let message = format!("there is no service `{name}` in `{}`", self.sources.get(file).name);
        let error = SyntaxError::new("extends", request.service.span(), message);
        match schema::nearest(name, services.keys()) {
            Some(near) => error.help(format!("did you mean `{near}`?")).replace(near),
            None => error.help("name a service of that file; only services of the same file and of `file` can be extended"),
        }
    }

    fn is_circle(&mut self, link: &Link, chain: &[Link]) -> bool {
        let here = link.by.unwrap_or_else(|| self.sources.get(link.file).span().at_start());
        let Some(start) = chain.iter().position(|l| l.file == link.file && l.service == link.service) else {
            if chain.len() < MAX_CHAIN {
                return false;
            }
            let error = SyntaxError::new("extends-depth", here, format!("more than {MAX_CHAIN} services extend each other in a row"))
                .help("extend one service that holds what they share");
            self.problems.push(problem::reference(error));
            return true;
        };
        let ring = chain.get(start..).unwrap_or(&[]);
        let names: Vec<&str> = ring.iter().map(|l| l.service.as_str()).chain([link.service.as_str()]).collect();
        let mut error = SyntaxError::new("extends-cycle", here, format!("services extend each other in a circle: {}", names.join(" -> ")))
            .help("take one of these `extends` out");
        for pair in ring.windows(2) {
            if let [from, to] = pair
                && let Some(by) = to.by
            {
                error = error.related(by, format!("`{}` extends `{}`", from.service, to.service));
            }
        }
        self.problems.push(problem::reference(error));
        true
    }

    /// Reads a file for the services in it. What it includes and what else stands in it does not count.
    fn bases_of(&mut self, source: &Source, scope: &Scope) -> Bases {
        let directory = super::service::folder(&source.path);
        let Ok(source) = self.sources.load(&source.path, FileKind::Compose) else { return Bases::default() };
        let parsed = self.parse(source, &directory);
        let mut bases = Bases::default();
        let mut model: Option<Node> = None;
        for Layer { root, cleared, .. } in self.layers(&parsed, scope) {
            self.hold_problems(parsed.source.id, &root);
            let merged = match model.take() {
                None => root,
                Some(mut base) => {
                    cleared.iter().for_each(|c| remove(&mut base, &c.path));
                    merge(base, root, &[], &mut self.problems)
                }
            };
            bases.cleared.extend(cleared);
            model = Some(merged);
        }
        if let Some(mut model) = model {
            let raw = self.raw;
            self.tidy(&mut model, |model, problems| canonical::canonical(model, raw, problems));
            if let Value::Map(root) = &mut model.value
                && let Some(Value::Map(services)) = root.remove("services").map(|e| e.value.value)
            {
                bases.services = Some(services);
            }
        }
        bases
    }

    /// Compose checks of such a file only what is extended.
    fn hold_problems(&mut self, file: FileId, root: &Node) {
        for (name, entry) in root.get("services").and_then(Node::as_map).into_iter().flat_map(Map::iter) {
            let mut problems = Vec::new();
            schema::check_service(name, &entry.value, &mut problems);
            if !problems.is_empty() {
                self.held.entry((file, name.to_owned())).or_default().extend(problems);
            }
        }
    }

    fn release_problems(&mut self, file: FileId, service: &str) {
        if let Some(problems) = self.held.remove(&(file, service.to_owned())) {
            self.problems.extend(problems);
        }
    }
}

impl Request {
    fn read(node: &Node) -> Option<Request> {
        let service = if node.as_map().is_some() { node.get("service")?.resolved()? } else { node.resolved()? };
        let file = node.get("file").and_then(Node::resolved);
        Some(Request { service, file, span: node.span() })
    }
}
