//! What holds for any input.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::model::compose::{LoadOptions, Node, Project, Value, escape_dollars, group, load, resolved};
use crate::model::origin::Origin;
use crate::source::{FileKind, Sources, Span};

/// Values of all kinds and forms, right and wrong ones.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "1",
        "-5",
        "true",
        "null",
        "''",
        "'80:80'",
        "'a:/b:ro'",
        "'A=b'",
        "\"é\\u00e9 $V\"",
        "'${U:-d}'",
        "'${M:?}'",
        "'${'",
        "[a, b]",
        "[]",
        "{}",
        "{a: b}",
        "[{source: a, target: b}]",
        "[8000-8001:80-81, 8001:81]",
        "[./v:/v, {type: bind}]",
        "{b: {condition: c}}",
        "*s",
        "1g",
        "10s",
        "!reset null",
        "!override [z]",
        ".inf",
        "[A, A]",
        "{default: {aliases: [q]}}",
        "a",
        "b",
        "{service: b}",
        "{service: a, file: other.yml}",
    ]);
    leaf.prop_map(str::to_owned)
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "image",
        "build",
        "ports",
        "volumes",
        "environment",
        "labels",
        "networks",
        "depends_on",
        "extends",
        "command",
        "healthcheck",
        "deploy",
        "secrets",
        "devices",
        "env_file",
        "extra_hosts",
        "ulimits",
        "logging",
        "gpus",
        "dns",
        "tmpfs",
        "cap_add",
        "links",
        "scale",
        "mem_limit",
        "profiles",
        "network_mode",
        "post_start",
        "develop",
        "x-a",
        "nonsense",
        "<<",
    ])
}

fn file() -> impl Strategy<Value = String> {
    let service = prop::collection::btree_map(key(), value(), 0..6);
    let services = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c", "'d e'"]), service, 0..4);
    let rest =
        prop::collection::btree_map(prop::sample::select(vec!["networks", "volumes", "secrets", "include", "name", "x-b"]), value(), 0..3);
    (services, rest).prop_map(|(services, rest)| {
        let mut text = "x-s: &s {image: shared, user: app}\nservices:\n".to_owned();
        for (name, keys) in services {
            text += &format!("  {name}:\n");
            keys.iter().for_each(|(k, v)| text += &format!("    {k}: {v}\n"));
        }
        rest.iter().for_each(|(k, v)| text += &format!("{k}: {v}\n"));
        text
    })
}

fn check_span(sources: &Sources, span: Span) {
    let text = &sources.get(span.file).text;
    assert!(text.get(span.range()).is_some(), "{span:?} of {} bytes", text.len());
}

fn check_origin(sources: &Sources, origin: &Origin) {
    check_span(sources, origin.span);
    origin.hops().iter().for_each(|h| check_span(sources, h.span));
}

fn check_node(sources: &Sources, node: &Node) {
    check_origin(sources, &node.origin);
    node.vars.uses().iter().for_each(|u| check_span(sources, u.span));
    match &node.value {
        Value::Str(text) => check_span(sources, text.span()),
        Value::Seq(items) => items.iter().for_each(|n| check_node(sources, n)),
        Value::Map(map) => map.iter().for_each(|(_, e)| {
            check_origin(sources, &e.key);
            check_node(sources, &e.value);
        }),
        _ => {}
    }
}

/// Reads everything there is to read of a project.
fn check(sources: &Sources, project: &Project) {
    check_node(sources, &project.root);
    for problem in &project.problems {
        check_span(sources, problem.error.span);
        problem.error.related.iter().for_each(|(at, _)| check_span(sources, *at));
        assert!(!problem.error.message.is_empty());
    }
    for service in &project.services {
        service.ports().iter().for_each(|p| check_span(sources, p.span));
        service.volumes().iter().for_each(|m| check_span(sources, m.span));
        service.environment().iter().for_each(|v| check_span(sources, v.span));
        let _ = (service.command(), service.healthcheck(), service.hooks(), service.build(), service.memory_limit(), service.devices());
    }
    let _ = resolved(project);
}

fn load_all(files: &[(&str, &str)]) -> (Sources, Project) {
    let sources = Sources::new(Path::new("/p"), 1 << 20);
    for (name, text) in files {
        sources.set_text(Path::new(name), FileKind::Compose, (*text).to_owned());
    }
    let overrides = vec![PathBuf::from("over.yml")];
    let project = load(&sources, Path::new("compose.yml"), &LoadOptions { overrides, ..LoadOptions::default() }).unwrap();
    (sources, project)
}

const GOOD: &str = "# é\nx-common: &common\n  restart: always\nservices:\n  web:\n    <<: *common\n    image: 'nginx:1'\n    ports:\n      - \"80:80\"\n    environment:\n      - A=b\n  db:\n    image: postgres\n    volumes:\n      - data:/var/lib\n  last:\n    image: redis\n    cap_drop: [ALL]\nvolumes:\n  data:\n";

/// Lines of a service that Compose takes.
fn good_line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "build: {context: ./c, args: [A=1, B], additional_contexts: {o: ../o}, extra_hosts: ['h:1.1.1.1'], ssh: [default]}",
        "ports: ['80:80', '127.0.0.1:8000-8001:80-81/udp', 9, {target: 5, published: '6', host_ip: '::1'}]",
        "ports: ['[::1]:7:7', '3000-3005', {target: 80, mode: host, name: n, app_protocol: http}]",
        "volumes: ['data:/d/', './x:/x:ro,z', /anon, '~/h:/h', {type: tmpfs, target: /t, tmpfs: {size: 1m}}]",
        "volumes: [{type: bind, source: ./y, target: /y, bind: {propagation: shared, create_host_path: false}}]",
        "environment: ['A=$$b', B, 'C=', \"D=x\\ny\"]",
        "environment: {A: 1, B: true, C: 1.5, D: '${U:-d}', E: }",
        "command: run 'a b' \"c$$d\"",
        "command: []",
        "entrypoint: ['', '$$HOME']",
        "healthcheck: {test: 'curl $$X', interval: 1m30s, retries: 3}",
        "healthcheck: {disable: true}",
        "deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 512m}, reservations: {devices: [{capabilities: [gpu], count: all}]}}}",
        "deploy: {restart_policy: {condition: any, delay: 5s, window: 2h}, labels: [x=y]}",
        "networks: {front: {aliases: [q], priority: 3}, default: }",
        "network_mode: none",
        "depends_on: [b]",
        "depends_on: {b: {condition: service_healthy, required: false, restart: true}}",
        "links: ['b:x']",
        "pid: service:b",
        "labels: {a.b: '$$c', d: }",
        "label_file: l",
        "env_file: [e, {path: no, required: false}, {path: e, format: raw}]",
        "extra_hosts: {h: 1.1.1.1, g: [2.2.2.2, '::1']}",
        "ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}",
        "logging: {driver: json-file, options: {max-size: 1m, max-file: 3}}",
        "gpus: all",
        "gpus: [{driver: nvidia, count: 2}]",
        "devices: ['/dev/a:/dev/b:rw', /dev/c]",
        "secrets: [s, {source: s, target: t, mode: 0440}]",
        "configs: [{source: c, target: /c, mode: '0400'}]",
        "tmpfs: [/run, '/tmp:size=1m']",
        "mem_limit: 1g\n    memswap_limit: -1\n    shm_size: 64m\n    mem_swappiness: 10",
        "stop_grace_period: 1.5s\n    oom_score_adj: -5\n    pids_limit: 5\n    cpus: 0.5",
        "dns: 1.1.1.1\n    dns_search: []\n    dns_opt: [a]",
        "profiles: [p]",
        "expose: [80, '81/udp']\n    group_add: [5, '6']",
        "develop: {watch: [{path: ./w, action: sync, target: /w}]}",
        "post_start: [{command: a b, user: root, environment: [A=1]}]",
        "x-a: {b: null, c: [], d: '$$'}",
        "init: false\n    read_only: true\n    tty: 'no'",
        "pull_policy: if_not_present\n    platform: linux/amd64\n    scale: 0",
        "models: [m]",
        "blkio_config: {device_read_bps: [{path: /dev/a, rate: 1mb}], weight: 10}",
        "sysctls: [net.a=1]\n    storage_opt: {size: 1g}\n    user: '0'\n    working_dir: ''",
    ])
}

/// A project that Compose may take.
fn good_file() -> impl Strategy<Value = String> {
    let service = || prop::collection::vec(good_line(), 0..6);
    (service(), service(), service()).prop_map(|services| {
        let mut text = "name: my\nservices:\n".to_owned();
        for (name, lines) in [("a", services.0), ("b", services.1), ("c", services.2)] {
            text += &format!("  {name}:\n    image: x\n");
            let mut keys = Vec::new();
            for line in lines {
                let key = line.split(':').next().unwrap_or("");
                if !keys.contains(&key) {
                    keys.push(key);
                    text += &format!("    {line}\n");
                }
            }
        }
        text + "networks: {front: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/8}]}, labels: [a=b]}}\nvolumes: {data: {driver_opts: {a: 1}}}\nsecrets: {s: {file: ./s}}\nconfigs: {c: {content: 'a$$b'}}\nmodels: {m: {model: ai/x}}\n"
    })
}

/// A project of these files, and whether Compose takes it.
fn reload(text: &str, no_interpolate: bool) -> (Project, bool) {
    let sources = Sources::new(Path::new("/p"), 1 << 20);
    for (name, text) in [("compose.yml", text), ("e", "E='1' $X\nA=e\n"), ("l", "from=$file\n"), (".env", "B=2\n")] {
        sources.set_text(Path::new(name), FileKind::Compose, text.to_owned());
    }
    // As in Compose itself, an optional dependency on a service that is left out would not load.
    let options = LoadOptions { no_interpolate, profiles: vec!["*".into()], ..LoadOptions::default() };
    let project = load(&sources, Path::new("compose.yml"), &options).unwrap();
    let accepted = project.problems.iter().all(|p| !p.error.fatal);
    (project, accepted)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_resolved_project_reloads_to_itself(text in good_file()) {
        let (project, accepted) = reload(&text, false);
        prop_assume!(accepted);
        let first = resolved(&project);
        let (again, problems) = (reload(&first.to_string(), true).0, "without interpolation");
        prop_assert_eq!(&resolved(&again), &first, "{}: {:?}", problems, again.problems);
        let mut escaped = first.clone();
        escape_dollars(&mut escaped);
        let (again, accepted) = reload(&escaped.to_string(), false);
        prop_assert_eq!(&resolved(&again), &first, "escaped");
        prop_assert!(accepted, "{:?}", again.problems);
    }

    #[test]
    fn any_files_load_and_every_span_lies_in_its_file(base in file(), over in file(), other in file()) {
        let (sources, project) = load_all(&[("compose.yml", &base), ("over.yml", &over), ("other.yml", &other)]);
        check(&sources, &project);
    }

    #[test]
    fn cut_and_spliced_text_loads(at in 0..GOOD.len(), len in 0..20usize, splice in prop::sample::select(vec!["", "\t", "[", "{", "'", "\"", ": ", "- ", "*", "&a ", "!reset ", "|\n", "\r\n", "é", "---\n", "${", "<<: "])) {
        let floor = |i: usize| (0..=i.min(GOOD.len())).rev().find(|i| GOOD.is_char_boundary(*i)).unwrap_or(0);
        let (from, to) = (floor(at), floor(at + len).max(floor(at)));
        let text = [&GOOD[..from], splice, &GOOD[to..]].concat();
        let (sources, project) = load_all(&[("compose.yml", &text), ("over.yml", "services: {web: {user: app}}\n")]);
        check(&sources, &project);
        let _ = group(&[PathBuf::from("compose.yml"), PathBuf::from("over.yml")], &sources);
    }

    #[test]
    fn a_line_that_breaks_in_one_service_leaves_the_others(line in 7..11usize, junk in prop::sample::select(vec!["    ports: [", "\tports: x", "    image: {", "    image: 'x", "    labels: \"x", "    user: *nobody", "    @x", "    %x: y", "    a: b: c", "   - x"])) {
        let mut lines: Vec<&str> = GOOD.lines().collect();
        lines.insert(line, junk);
        let (sources, project) = load_all(&[("compose.yml", &(lines.join("\n") + "\n")), ("over.yml", "{}")]);
        check(&sources, &project);
        let last = project.service("last").map(|s| s.image().set().map(|i| i.value.to_string()));
        prop_assert_eq!(last, Some(Some("redis".to_owned())), "{}", junk);
        prop_assert!(project.problems.iter().any(|p| p.lint == "compose-syntax"), "{}", junk);
    }
}
