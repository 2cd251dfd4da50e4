use super::*;
use crate::source::{FileKind, Sources};
use crate::syntax::text::Text;
use std::collections::HashSet;
use std::path::Path;

pub(super) fn image(reference: &str) -> ImageRef {
    let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
    ImageRef::parse(&Text::verbatim(id, 0, reference)).unwrap()
}

fn known(reference: &str) -> Known<'static> {
    lookup(&image(reference)).unwrap_or_else(|| panic!("{reference} is not in the table"))
}

/// The whole file, read the plain way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    date: String,
    mirrors: BTreeMap<String, String>,
    families: BTreeMap<String, Entry>,
    images: BTreeMap<String, Entry>,
}

fn whole() -> Whole {
    toml::from_str(IMAGES).unwrap()
}

#[test]
fn every_entry_is_found_as_the_file_says_it() {
    let whole = whole();
    assert!(whole.images.len() >= 150);
    let headers: Vec<&str> = IMAGES.lines().filter_map(|l| l.strip_prefix("[images.\"")?.strip_suffix("\"]")).collect();
    assert!(headers.is_sorted(), "sorted by name, for the binary search");
    assert_eq!(headers.len(), whole.images.len());
    for (name, entry) in &whole.images {
        let found = match name.strip_suffix('*') {
            Some(start) => TABLE.prefix(start),
            None => TABLE.exact(name),
        };
        assert_eq!(found, Some(entry), "{name}");
    }
}

#[test]
fn every_name_is_the_one_that_lookups_use() {
    for name in whole().images.keys() {
        let plain = name.replace('*', "x");
        let read = image(&plain);
        assert!(read.tag.is_absent() && read.digest.is_absent(), "{name}");
        assert_eq!(read.name().as_ref(), Some(&plain), "{name} is normalised");
        assert_eq!(canonical(plain.clone()), plain, "{name} is not a copy of another entry");
        assert!(name.find('*').is_none_or(|at| at + 1 == name.len()), "{name}: a star only at the end");
    }
}

#[test]
fn every_entry_is_well_formed() {
    let whole = whole();
    whole.date.parse::<eol::Date>().unwrap();
    let families = &whole.families;
    for (name, entry) in families.iter().chain(&whole.images) {
        assert!(entry.tags.is_empty(), "{name}: tags belong into variants");
        assert!(entry.family.is_none() || !families.contains_key(name), "{name}: families have no family");
        check_facts(name, entry, families);
        let mut globs = Vec::new();
        for variant in &entry.variants {
            assert!(variant.variants.is_empty() && variant.source.is_none(), "{name}");
            assert!(!variant.tags.is_empty(), "{name}: a variant needs tags");
            assert_ne!(own_facts(variant).over(family_facts(variant, families)), Known::default(), "{name}: a variant that says nothing");
            check_facts(name, variant, families);
            for glob in &variant.tags {
                assert!(glob.chars().all(|c| c.is_ascii_alphanumeric() || "*?._-".contains(c)), "{name}: {glob}");
                assert_ne!(glob, "*", "{name}: what holds for all tags belongs into the entry");
                globs.push((glob.clone(), variant));
            }
        }
        // A variant that only repeats what earlier, wider globs have already decided can never be seen.
        for (i, (glob, variant)) in globs.iter().enumerate() {
            let earlier = globs[..i].iter().filter(|(wide, _)| glob_matches(wide, glob));
            let decided = earlier.fold(Known::default(), |k, (_, v)| k.over(own_facts(v)).over(family_facts(v, families)));
            let mine = own_facts(variant).over(family_facts(variant, families));
            assert!(globs[..i].iter().all(|(wide, _)| wide != glob) || decided.over(mine) != decided, "{name}: {glob} is unreachable");
            assert!(decided == Known::default() || decided.over(mine) != decided, "{name}: {glob} is unreachable");
        }
    }
    for (name, entry) in &whole.images {
        let source = layered(entry, &[]).source.unwrap_or_else(|| panic!("{name} has no source"));
        let year: u32 = source.rsplit(' ').next().unwrap().parse().unwrap_or_else(|_| panic!("{name}: {source} has no year"));
        assert!((2015..2100).contains(&year), "{name}");
    }
}

fn family_facts<'a>(entry: &Entry, families: &'a BTreeMap<String, Entry>) -> Known<'a> {
    entry.family.as_ref().map_or(Known::default(), |f| own_facts(&families[f]))
}

fn check_facts(name: &str, entry: &Entry, families: &BTreeMap<String, Entry>) {
    if let Some(family) = &entry.family {
        assert!(families.contains_key(family), "{name}: no family {family}");
    }
    if let Some(shell) = &entry.shell {
        assert!(["", "/bin/sh", "/bin/bash", "cmd"].contains(&shell.as_str()), "{name}: {shell}");
    }
    if let Some(user) = &entry.user {
        assert!(!user.is_empty() && user.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)), "{name}: {user}");
        assert!(user != "0", "{name}: write root");
    }
    assert!(entry.workdir.as_ref().is_none_or(|w| w.starts_with('/') && w.len() > 1), "{name}");
    for product in entry.product.iter().chain(entry.os.iter().flatten()) {
        assert!(!eol::releases(product).is_empty(), "{name}: no product {product}");
    }
    let env = entry.env.as_deref().unwrap_or_default();
    assert_eq!(env.iter().collect::<HashSet<_>>().len(), env.len(), "{name}");
}

#[test]
fn mirrors_lead_to_entries() {
    let whole = whole();
    for (from, to) in &whole.mirrors {
        assert_ne!(from, to);
        let found = whole.images.keys().any(|name| name.starts_with(to.as_str()));
        assert!(found, "{to}");
        assert_eq!(from.ends_with('/'), to.ends_with('/'), "{from}");
    }
    assert_eq!(known("public.ecr.aws/docker/library/python:3.12"), known("python:3.12"));
    assert_eq!(known("registry.redhat.io/ubi9/ubi-minimal"), known("registry.access.redhat.com/ubi9/ubi-minimal"));
    assert_eq!(known("linuxserver/sonarr"), known("lscr.io/linuxserver/sonarr"));
    assert_eq!(lookup(&image("quay.io/minio/minio-other")), None);
}

#[test]
fn variants_layer_by_tag() {
    let alpine = known("postgres:16-alpine");
    assert_eq!((alpine.shell, alpine.package_manager), (Some("/bin/sh"), Some(PackageManager::Apk)));
    assert_eq!((alpine.user_is_root(), alpine.drops_privileges), (Some(true), Some(true)));
    assert_eq!(known("postgres:16").package_manager, Some(PackageManager::Apt));
    assert_eq!((known("python:3.12").curl, known("python:3.12-slim").curl), (Some(true), Some(false)));
    // Two axes at once: the system and the version.
    let haproxy = known("haproxy:2.2-alpine");
    assert_eq!((haproxy.user, haproxy.package_manager), (Some("root"), Some(PackageManager::Apk)));
    assert_eq!(known("haproxy:3.0").user, Some("haproxy"));
    // A variant's family takes the place of the entry's.
    let windows = known("golang:1.25-nanoserver-ltsc2022");
    assert_eq!((windows.windows, windows.curl, windows.user_is_root()), (Some(true), None, Some(false)));
    assert_eq!((known("nginx:alpine").curl, known("nginx:1.27-alpine-slim").curl), (Some(true), Some(false)));
}

#[test]
fn roots_and_those_who_step_down() {
    assert_eq!(known("nginx").drops_privileges, Some(false), "its workers are not enough");
    assert_eq!(known("nginxinc/nginx-unprivileged:1.27").user_is_root(), Some(false));
    assert_eq!(known("gcr.io/distroless/static-debian12:nonroot").user, Some("65532"));
    assert_eq!(known("gcr.io/distroless/static-debian12").user_is_root(), Some(true));
    assert_eq!(known("gcr.io/distroless/base:debug-nonroot").shell, None, "the shell of :debug is not /bin/sh");
    assert_eq!(known("cgr.dev/chainguard/static").has_shell(), Some(false));
    assert_eq!(known("cgr.dev/chainguard/python:latest-dev").has_shell(), Some(true));
    assert_eq!(known("bitnami/redis").user_is_root(), Some(false));
    assert_eq!(known("public.ecr.aws/lambda/python:3.12").function, Some(true));
}

#[test]
fn only_what_all_tags_share_is_known_of_a_hidden_tag() {
    let digest = format!("postgres@sha256:{}", "0".repeat(64));
    for reference in ["postgres:${TAG}", "postgres:${MAJOR}-alpine", digest.as_str()] {
        let known = known(reference);
        assert_eq!((known.user, known.datastore), (Some("root"), Some("postgres")), "{reference}");
        assert_eq!((known.package_manager, known.shell, known.wget), (None, None, None), "{reference}");
    }
    assert_eq!(known("gcr.io/distroless/static:$TAG").user, None);
    let both = format!("postgres:16@sha256:{}", "0".repeat(64));
    assert_eq!(known(&both).package_manager, Some(PackageManager::Apt), "a tag beside a digest still tells");
}

#[test]
fn what_is_not_listed_is_unknown() {
    for reference in
        ["example/postgres", "ghcr.io/library/nginx", "docker.io/bitnami/unheard-of", "${IMAGE}", "mycorp.example/distroless/static"]
    {
        assert_eq!(lookup(&image(reference)), None, "{reference}");
    }
    assert_eq!(known("some-official-image").user, None, "only what holds for all official images");
}

#[test]
fn the_users_entries_go_over_the_bundled_ones_fact_by_fact() {
    let entry = |text: &str| toml::from_str::<Entry>(text).unwrap();
    let own = own([
        ("nginx".to_owned(), entry("user = '101'\nvariants = [{ tags = ['old*'], user = 'root' }]")),
        ("registry.example/base/*".to_owned(), entry("shell = '/bin/sh'\ncurl = true")),
        ("registry.example/base/go".to_owned(), entry("family = 'distroless'\nuser = '10001'")),
    ]);
    let with = |reference: &str| lookup_with(&own, &image(reference)).unwrap();
    assert_eq!((with("nginx").user, with("nginx").curl), (Some("101"), Some(true)));
    assert_eq!(with("docker.io/library/nginx:old-1").user, Some("root"));
    assert_eq!(with("registry.example/base/py:1").shell, Some("/bin/sh"));
    let go = with("registry.example/base/go");
    assert_eq!((go.user, go.shell, go.curl), (Some("10001"), Some(""), Some(false)));
    assert_eq!(with("postgres").datastore, Some("postgres"));
    assert!(toml::from_str::<Entry>("usr = 'x'").is_err(), "unknown keys are refused");
}

#[test]
fn root_is_told_by_the_user_part() {
    for root in ["root", "0", "0:0", "root:app", "0:1000", "00"] {
        assert!(is_root_user(root), "{root}");
    }
    for other in ["1000:0", "app:root", "rootless", "10", "", ":0", "65532"] {
        assert!(!is_root_user(other), "{other}");
    }
}

#[test]
fn globs() {
    for (glob, text) in [("*", ""), ("*-alpine*", "3-alpine3.18"), ("3.8*", "3.8"), ("*a*b", "xaybb"), ("?.?", "1.2"), ("latest", "latest")]
    {
        assert!(glob_matches(glob, text), "{glob} {text}");
    }
    for (glob, text) in [("", "x"), ("*-alpine", "alpine"), ("?", ""), ("?.?", "1.22"), ("*a*b", "xaybc"), ("latest", "latest-dev")] {
        assert!(!glob_matches(glob, text), "{glob} {text}");
    }
}
