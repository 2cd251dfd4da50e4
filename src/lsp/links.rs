//! Links: files that are named, and images to their pages.

use serde_json::{Value, json};

use super::desk::Desk;
use super::names::{self, Name};
use crate::model::dockerfile::{Base, Dockerfile};
use crate::model::image::ImageRef;
use crate::source::{FileKind, Source, Span, is_file};
use crate::syntax::dockerfile::Args;
use crate::syntax::text::Text;
use crate::syntax::yaml;

/// The links of a file.
pub fn links(desk: &Desk, source: &Source) -> Value {
    let mut out: Vec<(Span, String)> = Vec::new();
    for found in names::of(desk, source) {
        if let Name::File(path) = &found.name
            && is_file(path)
        {
            out.push((found.span, desk.uri(path).0));
        }
    }
    for image in images(source) {
        let page = ImageRef::parse(&image).ok().and_then(|i| page(&i));
        out.extend(page.map(|page| (image.span(), page)));
    }
    out.into_iter().map(|(span, target)| json!({ "range": desk.range(span), "target": target })).collect::<Vec<_>>().into()
}

/// The references to images from outside.
fn images(source: &Source) -> Vec<Text> {
    match source.kind {
        FileKind::Dockerfile => {
            let file = Dockerfile::of(source);
            let bases = file.stages.iter().filter(|s| matches!(s.base, Base::Image(_))).map(|s| s.image.clone());
            let copied = file.instructions().filter_map(|at| match at.instruction.typed() {
                Args::Copy(copy) => copy.from.filter(|f| file.stage_named(f, at.stage.unwrap_or(0)).is_none() && f.contains([':', '/'])),
                _ => None,
            });
            bases.chain(copied).collect()
        }
        FileKind::Compose => {
            let parse = yaml::of(source);
            let tree = &parse.tree;
            let services = tree.documents.iter().filter_map(|d| tree.get(*d, "services")).flat_map(|s| tree.entries(s));
            services.filter_map(|e| tree.text(tree.get(e.value, "image")?).cloned()).collect()
        }
        _ => Vec::new(),
    }
}

/// The page of an image on the registries that have pages.
fn page(image: &ImageRef) -> Option<String> {
    let name = image.name()?;
    let (registry, path) = name.split_once('/')?;
    Some(match registry {
        "docker.io" => match path.strip_prefix("library/") {
            Some(official) => format!("https://hub.docker.com/_/{official}"),
            None => format!("https://hub.docker.com/r/{path}"),
        },
        "quay.io" => format!("https://quay.io/repository/{path}"),
        "ghcr.io" => format!("https://ghcr.io/{path}"),
        "mcr.microsoft.com" => format!("https://mcr.microsoft.com/artifact/mar/{path}"),
        "public.ecr.aws" => format!("https://gallery.ecr.aws/{path}"),
        _ => return None,
    })
}
