mod loading;
mod problems;
mod properties;
mod start;

use std::path::{Path, PathBuf};

use super::*;
use crate::model::origin::{How, Slot};
use crate::source::{FileKind, Sources, Span};

/// A project of files in memory: the first is the base, those with `override` in their names are laid over it.
/// Loaded as a fragment: the tests say only what they are about.
fn project(files: &[(&str, &str)]) -> (Sources, Project) {
    let sources = Sources::new(Path::new("/p"), 1 << 20);
    for (name, text) in files {
        sources.set_text(Path::new(name), FileKind::Compose, (*text).to_owned());
    }
    let overrides = files.iter().map(|(n, _)| PathBuf::from(n)).filter(|n| n.to_str().unwrap().contains("override")).collect();
    let project = load(&sources, Path::new(files[0].0), &LoadOptions { overrides, fragment: true, ..LoadOptions::default() }).unwrap();
    (sources, project)
}

fn one(text: &str) -> (Sources, Project) {
    project(&[("compose.yml", text)])
}

fn bytes(sources: &Sources, span: Span) -> String {
    sources.get(span.file).slice(span).to_owned()
}

fn set<T>(slot: Slot<T>) -> T {
    match slot {
        Slot::Set(s) => s.value,
        Slot::Absent(_) => panic!("absent"),
        Slot::Broken(_) => panic!("broken"),
    }
}

#[test]
fn ports_have_the_bytes_of_every_part() {
    let text = "services:\n  a:\n    ports: ['127.0.0.1:8080:80/udp', 443, \"[::1]:9000-9001:90-91\", {target: 5, published: 6, host_ip: 10.0.0.1}]\n";
    let (sources, project) = one(text);
    assert_eq!(project.problems, []);
    let ports = project.services[0].ports();
    let show = |p: &Port| {
        let part = |r: &Option<Resolved>| r.as_ref().map_or("-".to_owned(), |r| format!("{}={}", r.as_str(), bytes(&sources, r.span())));
        format!("{} {} {} {} {}", bytes(&sources, p.span), part(&p.host_ip), part(&p.published), part(&p.target), part(&p.protocol))
    };
    assert_eq!(show(&ports[0]), "'127.0.0.1:8080:80/udp' 127.0.0.1=127.0.0.1 8080=8080 80=80 udp=udp");
    assert_eq!(show(&ports[1]), "443 - - 443=443 -");
    assert_eq!(show(&ports[2]), "\"[::1]:9000-9001:90-91\" [::1]=[::1] 9000-9001=9000-9001 90-91=90-91 -");
    assert_eq!(ports[2].address().unwrap().value.to_string(), "::1");
    assert_eq!(show(&ports[3]), "{target: 5, published: 6, host_ip: 10.0.0.1} 10.0.0.1=10.0.0.1 6=6 5=5 -");
    assert!(ports[3].long && !ports[0].long);
}

#[test]
fn a_port_whose_address_a_variable_leaves_empty_says_so() {
    let (_, project) = one("services:\n  a:\n    ports: ['${IP}:80:80', '${IP:-127.0.0.1}:81:81', '${P:?}:82']\n");
    assert_eq!(project.problems, []);
    let ports = project.services[0].ports();
    let ip = ports[0].host_ip.as_ref().unwrap();
    assert_eq!((ip.as_str(), ip.vars.unset().count()), ("", 1));
    assert!(ports[0].published.as_ref().unwrap().is_literal());
    assert_eq!(ports[1].host_ip.as_ref().unwrap().as_str(), "127.0.0.1");
    assert!(ports[1].host_ip.as_ref().unwrap().vars.has_default());
    assert!(!ports[2].published.as_ref().unwrap().is_known());
    assert_eq!(ports[2].published_range(), None);
}

#[test]
fn bad_ports_are_told_at_the_part_that_is_wrong() {
    for (port, part) in [
        ("abc", "abc"),
        ("80:x", "x"),
        ("-1:80", "-1"),
        ("99999", "99999"),
        ("localhost:80:80", "localhost"),
        ("80-81:80-82", "80-81:80-82"),
        ("80:80/foo", "foo"),
        ("8080:", "8080:"),
    ] {
        let (sources, project) = one(&format!("services:\n  a:\n    ports: ['{port}', '1:1']\n"));
        assert_eq!(project.problems.len(), 1, "{port}");
        assert_eq!(project.problems[0].lint, "compose-value");
        assert_eq!(bytes(&sources, project.problems[0].error.span), part);
        assert_eq!(project.services[0].ports().len(), 1, "the other port is there");
    }
}

#[test]
fn mounts() {
    let text = "services:\n  a:\n    volumes:\n      - ./data:/var/lib/data:ro,z\n      - cache:/cache\n      - /anon\n      - v:/data\n      - c:\\x:/y\n      - {type: bind, source: /etc, target: /e, read_only: true, bind: {propagation: shared}}\n      - ~/h:/h:RO\n";
    let (sources, project) = one(text);
    assert_eq!(project.problems, []);
    let service = &project.services[0];
    let mounts = service.volumes();
    let source = |i: usize| mounts[i].source.as_ref().map(|s| bytes(&sources, s.span()));
    assert_eq!(mounts[0].kind, MountKind::Bind);
    assert_eq!(source(0).unwrap(), "./data");
    assert_eq!(service.source_path(&mounts[0]).unwrap(), Path::new("/p/data"));
    assert_eq!(bytes(&sources, mounts[0].target.as_ref().unwrap().span()), "/var/lib/data");
    assert_eq!(mounts[0].read_only.map(|(ro, at)| (ro, bytes(&sources, at))), Some((true, "ro".to_owned())));
    assert_eq!(mounts[0].options.iter().map(|o| o.as_str()).collect::<Vec<_>>(), ["ro", "z"]);
    assert_eq!((mounts[1].kind.clone(), source(1)), (MountKind::Volume, Some("cache".into())));
    assert_eq!((mounts[2].kind.clone(), source(2)), (MountKind::Volume, None));
    assert_eq!(mounts[3].source, None, "one letter reads as a drive");
    assert_eq!(mounts[3].target.as_ref().unwrap().as_str(), "v:/data");
    assert_eq!((mounts[4].kind.clone(), source(4)), (MountKind::Bind, Some("c:\\x".into())));
    assert!(mounts[5].long && !mounts[5].is_writable());
    assert_eq!(mounts[5].propagation.as_ref().unwrap().as_str(), "shared");
    assert!(mounts[6].is_writable(), "`RO` is no option");
}

#[test]
fn environment_in_both_forms() {
    let (sources, project) =
        one("services:\n  a:\n    environment: ['A=x=y', 'B', \"C=${U:-d}\"]\n  b:\n    environment: {A: 1, B: , C: true}\n");
    let list = project.services[0].environment();
    assert_eq!(bytes(&sources, list[0].name.span()), "A");
    assert_eq!(list[0].value.as_ref().unwrap().as_str(), "x=y");
    assert_eq!(bytes(&sources, list[0].value.as_ref().unwrap().span()), "x=y");
    assert_eq!(list[1].value, None);
    assert!(list[2].value.as_ref().unwrap().vars.has_default());
    assert_eq!(bytes(&sources, list[2].value.as_ref().unwrap().span()), "d");
    let map: Vec<_> = project.services[1].environment().into_iter().map(|v| v.value.map(|v| v.to_string())).collect();
    assert_eq!(map, [Some("1".into()), None, Some("true".into())]);
}

#[test]
fn anchors_and_merge_keys_keep_the_bytes_and_tell_the_way() {
    let text = "x-base: &base\n  user: root\n  privileged: true\nx-more: &more {<<: *base, init: true}\nservices:\n  a:\n    <<: [*more]\n    user: app\n  b: *base\n";
    let (sources, project) = one(text);
    assert_eq!(project.problems, []);
    let a = &project.services[0];
    assert_eq!(set(a.user()).as_str(), "app");
    let Slot::Set(privileged) = a.privileged() else { panic!() };
    assert_eq!(bytes(&sources, privileged.span()), "true");
    let hops: Vec<_> = privileged.origin.hops().iter().map(|h| (h.how, bytes(&sources, h.span))).collect();
    assert_eq!(hops, [(How::MergeKey, "*base".to_owned()), (How::MergeKey, "*more".to_owned())]);
    let Slot::Set(user) = project.services[1].user() else { panic!() };
    assert_eq!(user.origin.hops().iter().map(|h| h.how).collect::<Vec<_>>(), [How::Alias]);
    assert!(user.origin.is_shared());
}

#[test]
fn slots_say_where_a_missing_key_would_go() {
    let (sources, project) = one("services:\n  web:\n    image: x\n    healthcheck: {interval: 1s}\n    deploy:\n    cap_drop:\n");
    let web = &project.services[0];
    let absent = |slot: Slot<Resolved>| match slot {
        Slot::Absent(at) => bytes(&sources, at),
        other => panic!("{other:?}"),
    };
    assert_eq!(absent(web.user()), "web");
    assert_eq!(absent(web.text(&["healthcheck", "test"])), "healthcheck");
    assert_eq!(absent(web.text(&["deploy", "resources"])), "deploy");
    assert_eq!(absent(web.text(&["cap_drop"])), "cap_drop");
}

#[test]
fn a_broken_value_breaks_only_itself() {
    let (_, project) =
        one("services:\n  web:\n    image: x\n    ports: [\n    user: app\n  db:\n    image: y\n    cap_drop:\n      - ALL\n      - @x\n");
    assert_eq!(project.problems.len(), 2);
    assert!(project.problems.iter().all(|p| p.lint == "compose-syntax"));
    let web = &project.services[0];
    assert!(matches!(web.get(&["ports"]), Slot::Broken(_)));
    assert_eq!(set(web.user()).as_str(), "app");
    let dropped = set(project.services[1].cap_drop());
    assert_eq!((dropped.len(), dropped.complete), (1, false));
}

#[test]
fn limits_from_either_place() {
    let (sources, project) = one(
        "services:\n  a: {mem_limit: 64m, cpus: '0.5', pids_limit: 5}\n  b: {deploy: {resources: {limits: {memory: 1g, cpus: 2, pids: -1}}}}\n  c: {mem_limit: '${M:?}'}\n  d: {}\n",
    );
    assert_eq!(project.problems, []);
    let [a, b, c, d] = &project.services[..] else { panic!() };
    assert_eq!(set(a.memory_limit()).value, Some(67_108_864.0));
    assert_eq!(set(a.cpu_limit()).value, Some(0.5));
    let memory = set(b.memory_limit());
    assert_eq!(
        (memory.key, memory.value, bytes(&sources, memory.text.span())),
        ("deploy.resources.limits.memory", Some(1_073_741_824.0), "1g".into())
    );
    assert_eq!(set(b.pids_limit()).value, Some(-1.0));
    assert_eq!(set(c.memory_limit()).value, None);
    assert!(d.memory_limit().is_absent());
}

#[test]
fn casts_and_their_errors() {
    let (_, project) = one("services:\n  a: {privileged: '${P:-true}', read_only: \"yes\", cpus: '1.5'}\n");
    assert_eq!(project.problems, []);
    assert!(set(project.services[0].privileged()));
    assert!(set(project.services[0].read_only()));
    for (yaml, part) in [("read_only: maybe", "maybe"), ("cpus: abc", "abc"), ("cpus: '${C:-}'", "'${C:-}'"), ("scale: '1.5'", "'1.5'")] {
        let (sources, project) = one(&format!("services:\n  a:\n    {yaml}\n"));
        assert_eq!(project.problems.len(), 1, "{yaml}");
        assert_eq!(bytes(&sources, project.problems[0].error.span), part);
    }
}

#[test]
fn dot_env_is_read_and_visible() {
    let (_, project) = project(&[("compose.yml", "services:\n  a:\n    image: 'x:${TAG}'\n"), (".env", "TAG=1.2\n")]);
    let image = set(project.services[0].image());
    assert_eq!(image.as_str(), "x:1.2");
    assert!(image.vars.from_env_file());
    assert_eq!(project.inputs.len(), 2);
}

#[test]
fn keys_must_be_strings() {
    let (sources, project) = one("services:\n  1: {image: x}\n  a: {image: y, environment: {true: x}}\n");
    let at: Vec<_> = project.problems.iter().map(|p| bytes(&sources, p.error.span)).collect();
    assert_eq!(at, ["1", "true"]);
}

#[test]
fn commands() {
    let (sources, project) = one("services:\n  a: {command: \"sh -c 'a && b'\", entrypoint: [x, y]}\n  b: {command: run && rm}\n");
    let command = set(project.services[0].command());
    assert_eq!(command.argv().iter().map(|w| bytes(&sources, w.span())).collect::<Vec<_>>(), ["sh", "-c", "a && b"]);
    assert_eq!(set(project.services[0].entrypoint()).argv().len(), 2);
    let Command::Line { words: Some(words), .. } = set(project.services[1].command()) else { panic!() };
    assert_eq!(bytes(&sources, words.dropped.unwrap().span()), "&& rm");
}

#[test]
fn build_and_its_parts() {
    let text = "services:\n  a:\n    build: ./app\n  b:\n    build:\n      context: https://github.com/x/y.git#main\n      args: [A=1, B]\n      dockerfile_inline: |\n        FROM x\n        RUN y\n";
    let (sources, project) = one(text);
    let a = project.services[0].build().unwrap();
    assert_eq!(a.context_path.as_deref().unwrap(), Path::new("/p/app"));
    assert_eq!(bytes(&sources, a.context.as_ref().unwrap().span()), "./app");
    let b = project.services[1].build().unwrap();
    assert_eq!(b.context_path, None);
    assert_eq!(b.args.len(), 2);
    let inline = b.dockerfile_inline.as_ref().unwrap();
    let at = inline.find("RUN").unwrap();
    assert_eq!(bytes(&sources, inline.span_of(at..at + 3)), "RUN");
}

/// What a file in memory and an override of it come to.
fn over(base: &str, over: &str) -> (Sources, Project) {
    project(&[("compose.yml", base), ("compose.override.yml", over)])
}

#[test]
fn an_override_replaces_scalars_and_tells_so() {
    let (sources, project) = over(
        "services:\n  a:\n    image: x\n    user: root\n    privileged: true\n    command: [a]\n",
        "services:\n  a:\n    user: app\n    privileged:\n    command:\n  b:\n    image: y\n",
    );
    assert_eq!(project.problems, []);
    let [a, b] = &project.services[..] else { panic!() };
    let Slot::Set(user) = a.user() else { panic!() };
    assert_eq!((user.value.as_str(), sources.get(user.span().file).name.as_str()), ("app", "compose.override.yml"));
    assert_eq!(user.origin.hops().iter().map(|h| (h.how, bytes(&sources, h.span))).collect::<Vec<_>>(), [(How::Override, "a".into())]);
    assert!(!user.origin.is_shared());
    assert!(set(a.privileged()), "null keeps what is there");
    assert!(a.command().is_absent(), "but not for a command");
    assert_eq!(sources.get(a.key_of(&["user"]).unwrap().file).name, "compose.override.yml");
    assert_eq!(sources.get(a.key.file).name, "compose.yml");
    assert_eq!(sources.get(b.key.file).name, "compose.override.yml");
}

#[test]
fn an_override_adds_to_lists_and_pairs() {
    let (_, project) = over(
        "services:\n  a:\n    image: x\n    environment: [A=1, B=2]\n    ports: ['80:80']\n    cap_drop: [ALL]\n    dns: 1.1.1.1\n    depends_on: {b: {condition: service_healthy, restart: true}}\n    volumes: ['./x:/data/', 'cache:/c']\n    build: .\n",
        "services:\n  a:\n    environment: {B: 3, C: }\n    ports: ['80:80', '127.0.0.1:80:80']\n    cap_drop: [ALL, CHOWN]\n    dns: [8.8.8.8]\n    depends_on: [b]\n    volumes: [{type: bind, source: ./y, target: /data}]\n    build: {target: t}\n",
    );
    assert_eq!(project.problems, []);
    let a = &project.services[0];
    let env: Vec<_> =
        a.environment().into_iter().map(|v| format!("{}={}", v.name.as_str(), v.value.map_or("-".into(), |v| v.to_string()))).collect();
    assert_eq!(env, ["A=1", "B=3", "C=-"]);
    assert_eq!(a.ports().len(), 2);
    assert_eq!(set(a.cap_drop()).len(), 2);
    assert_eq!(set(a.list(&["dns"])).len(), 2);
    assert_eq!(a.depends_on()[0].condition.as_ref().unwrap().as_str(), "service_started");
    assert!(set(a.bool(&["depends_on", "b", "restart"])));
    let mounts = a.volumes();
    assert_eq!(mounts.iter().map(|m| m.source.as_ref().unwrap().as_str()).collect::<Vec<_>>(), ["./y", "cache"]);
    let build = a.build().unwrap();
    assert_eq!((build.context.as_ref().unwrap().as_str(), build.target.as_ref().unwrap().as_str()), (".", "t"));
    let gone: Vec<_> = project.replaced.iter().map(|r| r.list.as_str()).collect();
    assert_eq!(gone, ["cap_drop", "volumes", "ports"]);
}

#[test]
fn reset_and_override_clear_what_was_there() {
    let (_, project) = over(
        "services:\n  a:\n    image: x\n    ports: ['80:80']\n    cap_add: [NET_ADMIN]\n    environment: [A=1, B=2]\n  b: {image: y}\n",
        "services:\n  a:\n    ports: !override ['127.0.0.1:80:80']\n    cap_add: !reset []\n    environment: {A: !reset null}\n  b: !reset null\n",
    );
    assert_eq!(project.problems, []);
    assert_eq!(project.services.len(), 1);
    let a = &project.services[0];
    assert_eq!(a.ports()[0].host_ip.as_ref().unwrap().as_str(), "127.0.0.1");
    assert_eq!(a.ports().len(), 1);
    assert!(a.cap_add().is_absent());
    assert_eq!(a.environment().len(), 1);
}

#[test]
fn a_mapping_cannot_be_laid_over_a_list() {
    let text = "services:\n  a: {build: {context: ., ssh: {default: }}}\n";
    let (sources, project) = over(text, "services:\n  a: {build: {ssh: [default]}}\n");
    let clash = &project.problems[0];
    assert_eq!((clash.lint, bytes(&sources, clash.error.span).as_str()), ("compose-conflict", "[default]"));
    // One cause, one problem: the wrong type is enough.
    let (_, project) = over("services:\n  a: {image: x, storage_opt: {size: 1G}}\n", "services:\n  a: {storage_opt: [size=1G]}\n");
    assert_eq!(project.problems.iter().map(|p| p.lint).collect::<Vec<_>>(), ["compose-schema"]);
}

#[test]
fn documents_of_one_file_are_laid_over_each_other() {
    let (_, project) = one("services:\n  a: {image: x, user: '1'}\n---\nservices:\n  a: {user: '2'}\n");
    assert_eq!(set(project.services[0].user()).as_str(), "2");
    assert_eq!(set(project.services[0].image()).as_str(), "x");
}
