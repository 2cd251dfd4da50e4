//! `include` and `extends`.

use std::path::Path;

use super::{bytes, set};
use crate::model::compose::{LoadOptions, Project, load, resolved};
use crate::model::origin::{How, Slot};
use crate::source::{FileKind, Sources};

/// A whole project of files in memory below `/p`.
pub(super) fn whole(files: &[(&str, &str)]) -> (Sources, Project) {
    let sources = Sources::new(Path::new("/p"), 1 << 20);
    for (name, text) in files {
        sources.set_text(Path::new(name), FileKind::Compose, (*text).to_owned());
    }
    let project = load(&sources, Path::new(files[0].0), &LoadOptions::default()).unwrap();
    (sources, project)
}

fn clean(files: &[(&str, &str)]) -> (Sources, Project) {
    let (sources, project) = whole(files);
    assert_eq!(project.problems, []);
    (sources, project)
}

#[test]
fn an_extended_service_of_the_same_file() {
    let (sources, project) = clean(&[(
        "compose.yml",
        "services:\n  c: {extends: b, command: c}\n  b: {extends: {service: a}, privileged: false}\n  a: {image: x, privileged: true, cap_add: [KILL]}\n",
    )]);
    let c = project.service("c").unwrap();
    assert_eq!(set(c.image()).as_str(), "x");
    assert!(!set(c.privileged()));
    let Slot::Set(caps) = c.cap_add() else { panic!() };
    let steps: Vec<_> = caps.value[0].origin.hops().iter().map(|h| (h.how, bytes(&sources, h.span))).collect();
    assert_eq!(steps, [(How::Extends, "a".to_owned()), (How::Extends, "b".to_owned())]);
    assert_eq!(bytes(&sources, c.key), "c", "the service is where it is written");
    assert!(c.node.get("extends").is_none());
}

#[test]
fn an_extended_service_of_another_file_keeps_its_folder_but_not_its_variables() {
    let (_, project) = clean(&[
        ("compose.yml", "services:\n  a: {extends: {file: sub/b.yml, service: b}}\n"),
        (".env", "TAG=outer\n"),
        (
            "sub/b.yml",
            "include: [nope.yml]\nservices:\n  b: {image: 'x:$TAG', build: ./d, extends: {file: deep/c.yml, service: c}}\n  z: {nonsense: 1}\n",
        ),
        ("sub/.env", "TAG=inner\n"),
        ("sub/deep/c.yml", "services:\n  c: {volumes: ['./v:/v']}\n"),
    ]);
    let a = &project.services[0];
    assert_eq!(set(a.image()).as_str(), "x:outer");
    assert_eq!(a.build().unwrap().context_path.as_deref().unwrap(), Path::new("/p/sub/d"));
    assert_eq!(a.source_path(&a.volumes()[0]).unwrap(), Path::new("/p/sub/deep/v"));
    assert_eq!(project.files.len(), 3);
}

#[test]
fn a_reset_clears_what_is_extended() {
    let (_, project) = clean(&[(
        "compose.yml",
        "services:\n  a: {image: x, ports: ['80:80'], user: root}\n  b: {extends: a, ports: !reset null, user: !override app}\n",
    )]);
    let b = project.service("b").unwrap();
    assert_eq!(b.ports().len(), 0);
    assert_eq!(project.service("a").unwrap().ports().len(), 1);
    assert_eq!(set(b.user()).as_str(), "app");
}

#[test]
fn an_included_project_has_its_own_folder_and_variables() {
    let (sources, project) = clean(&[
        (
            "compose.yml",
            "include:\n  - sub/i.yml\n  - {path: [j.yml, k.yml], project_directory: other, env_file: j.env}\nservices:\n  a: {image: x, depends_on: [i]}\n  i: {command: mine}\n",
        ),
        (".env", "BOTH=outer\n"),
        ("sub/i.yml", "name: inner\nservices:\n  i: {image: 'i:$ONLY', user: '$BOTH', build: .}\nvolumes: {v: }\n"),
        ("sub/.env", "ONLY=sub\nBOTH=inner\n"),
        ("sub/compose.override.yml", "services:\n  i: {privileged: true}\n"),
        ("j.yml", "services:\n  j: {image: '$J', build: b}\n"),
        ("k.yml", "services:\n  j: {user: k}\n"),
        ("j.env", "J=fromenv\n"),
    ]);
    assert_eq!(project.name, "p");
    let i = project.service("i").unwrap();
    assert_eq!((set(i.image()).as_str(), set(i.user()).as_str()), ("i:sub", "outer"));
    assert_eq!(set(i.command()).argv()[0].as_str(), "mine", "what includes wins");
    assert!(i.privileged().is_absent(), "an override beside an included file does not count");
    assert_eq!(i.build().unwrap().context_path.as_deref().unwrap(), Path::new("/p/sub"));
    let Slot::Set(image) = i.image() else { panic!() };
    assert_eq!(image.origin.hops().last().map(|h| (h.how, bytes(&sources, h.span))), Some((How::Include, "sub/i.yml".into())));
    let j = project.service("j").unwrap();
    assert_eq!((set(j.image()).as_str(), set(j.user()).as_str()), ("fromenv", "k"));
    assert_eq!(j.build().unwrap().context_path.as_deref().unwrap(), Path::new("/p/other/b"));
    assert_eq!(project.volumes.len(), 1);
}

#[test]
fn what_lies_elsewhere_is_not_read_and_no_error() {
    let (sources, project) = clean(&[(
        "compose.yml",
        "include: ['https://github.com/x/y.git', ../out.yml]\nservices:\n  a: {extends: {file: ../b.yml, service: b}, networks: [far]}\n",
    )]);
    let unread: Vec<_> = project.unread.iter().map(|(at, why)| (bytes(&sources, *at), why.as_str())).collect();
    assert_eq!(unread[0], ("'https://github.com/x/y.git'"[1..27].to_owned(), "`https://github.com/x/y.git` is not on this machine"));
    assert_eq!(unread[1], ("../out.yml".into(), "`../out.yml` lies outside the project"));
    assert_eq!(unread[2].0, "../b.yml");
    assert!(matches!(project.services[0].image(), Slot::Broken(_)), "it may have one there");
}

#[test]
fn env_files_stand_below_environment() {
    let (sources, project) = clean(&[
        (
            "compose.yml",
            "services:\n  a:\n    image: x\n    env_file: [one.env, {path: two.env}, {path: no.env, required: false}]\n    environment: [B=own]\n",
        ),
        ("one.env", "A=1\nB=1\nC=1\n"),
        ("two.env", "C=2\n"),
    ]);
    let vars: Vec<_> = project.services[0]
        .environment()
        .into_iter()
        .map(|v| (v.name.to_string(), v.value.unwrap().to_string(), v.from_env_file, sources.get(v.span.file).name.clone()))
        .collect();
    let own = |a: &str, b: &str, c: bool, d: &str| (a.to_owned(), b.to_owned(), c, d.to_owned());
    assert_eq!(vars, [own("A", "1", true, "one.env"), own("C", "2", true, "two.env"), own("B", "own", false, "compose.yml")]);
    assert_eq!(project.missing, [Path::new("/p/.env"), Path::new("/p/no.env")]);
}

#[test]
fn raw_env_files_are_literal() {
    let (_, project) = clean(&[
        ("compose.yml", "services:\n  a:\n    image: x\n    env_file: [{path: raw.env, format: raw}, {path: two.env}]\n"),
        ("raw.env", "A='q' # $HOME\nB=$A\nC\n"),
        ("two.env", "D='q' # $A\n"),
        (".env", "C=env\n"),
    ]);
    let vars: Vec<_> =
        project.services[0].environment().iter().map(|v| format!("{}={}", v.name.as_str(), v.value.as_ref().unwrap())).collect();
    assert_eq!(vars, ["A='q' # $HOME", "B=$A", "C=env", "D=q"]);

    let (sources, project) =
        whole(&[("compose.yml", "services:\n  a:\n    image: x\n    env_file: [{path: e, format: rwa}]\n"), ("e", "A=1\n")]);
    let [problem] = &project.problems[..] else { panic!("{:?}", project.problems) };
    assert_eq!((problem.lint, bytes(&sources, problem.error.span).as_str()), ("compose-value", "rwa"));
}

#[test]
fn label_files_stand_below_labels() {
    let (sources, project) = clean(&[
        (
            "compose.yml",
            "services:\n  a:\n    image: x\n    label_file: [one.labels, two.labels]\n    labels: [own=1, both=own, bare]\n  b: {extends: {file: sub/b.yml, service: b}}\n",
        ),
        (".env", "OUTER=seen\n"),
        ("one.labels", "# c\nonly=one\nboth=file\ncom.example.late=one\n"),
        ("two.labels", "com.example.late=two\nquoted='a b'\nouter=x$OUTER\n"),
        ("sub/b.yml", "services:\n  b: {image: x, label_file: b.labels}\n"),
        ("sub/b.labels", "from=sub\n"),
    ]);
    let labels: Vec<_> = project.services[0]
        .labels()
        .iter()
        .map(|l| format!("{}={} {}", l.name.as_str(), l.value.as_ref().map_or("-", |v| v.as_str()), sources.get(l.span.file).name))
        .collect();
    assert_eq!(
        labels,
        [
            "only=one one.labels",
            "com.example.late=two two.labels",
            "quoted=a b two.labels",
            "outer=x two.labels",
            "own=1 compose.yml",
            "both=own compose.yml",
            "bare=- compose.yml"
        ]
    );
    let hops = project.services[0].labels()[0].origin.hops().iter().map(|h| (h.how, bytes(&sources, h.span))).collect::<Vec<_>>();
    assert_eq!(hops, [(How::EnvFile, "one.labels".to_owned())]);
    let services = resolved(&project);
    assert_eq!(services["services"]["a"]["labels"]["only"], "one");
    assert_eq!(services["services"]["a"]["labels"]["both"], "own");
    assert_eq!(services["services"]["b"]["labels"], serde_json::json!({"from": "sub"}));
}

#[test]
fn profiles_switch_services_on() {
    let text = "services:\n  a: {image: x}\n  b: {image: x, profiles: [p]}\n";
    let enabled = |files: &[(&str, &str)]| whole(files).1.services.iter().map(|s| s.enabled).collect::<Vec<_>>();
    assert_eq!(enabled(&[("compose.yml", text)]), [true, false]);
    assert_eq!(enabled(&[("compose.yml", text), (".env", "COMPOSE_PROFILES=q,p\n")]), [true, true]);
}

#[test]
fn a_broken_service_leaves_the_others() {
    for broken in ["ports: [", "\timage: y", "image: 'y", "<<: *nope", "ports: {"] {
        let (_, project) =
            whole(&[("compose.yml", &format!("services:\n  a:\n    {broken}\n    user: app\n  b:\n    image: x\n    ports: ['80:80']\n"))]);
        let b = project.service("b").unwrap_or_else(|| panic!("{broken}"));
        assert_eq!((set(b.image()).as_str(), b.ports().len()), ("x", 1), "{broken}");
        assert!(project.problems.iter().all(|p| p.lint == "compose-syntax"), "{broken}: {:?}", project.problems);
    }
}

#[test]
fn a_resolved_project() {
    let (_, project) = clean(&[
        (
            "compose.yml",
            "name: My App\nx-note: {a: null}\nservices:\n  web:\n    build: ./web\n    command: run 'a b'\n    ports: ['127.0.0.1:8000-8001:80-81', '8001:81']\n    environment: [A=1, B]\n    env_file: e\n    mem_limit: 64m\n    stop_grace_period: 90s\n    volumes: ['data:/d/', './x:/x:ro']\n    links: ['db:d']\n    secrets: [s]\n  db: {image: x, network_mode: none, cpus: '0.5', healthcheck: {test: ok}}\n  off: {image: x, profiles: [p]}\nvolumes: {data: }\nsecrets: {s: {file: s.txt}}\n",
        ),
        ("s.txt", ""),
        (".env", "B=env\n"),
        ("e", "C=3\n"),
    ]);
    let want = serde_json::json!({
        "name": "myapp",
        "x-note": {"a": null},
        "services": {
            "web": {
                "build": {"context": "/p/web", "dockerfile": "Dockerfile"},
                "command": ["run", "a b"],
                "ports": [
                    {"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "published": "8000", "protocol": "tcp"},
                    {"mode": "ingress", "host_ip": "127.0.0.1", "target": 81, "published": "8001", "protocol": "tcp"},
                    {"mode": "ingress", "target": 81, "published": "8001", "protocol": "tcp"},
                ],
                "environment": {"A": "1", "B": "env", "C": "3"},
                "env_file": [{"path": "/p/e"}],
                "mem_limit": "67108864",
                "stop_grace_period": "1m30s",
                "volumes": [
                    {"type": "volume", "source": "data", "target": "/d", "volume": {}},
                    {"type": "bind", "source": "/p/x", "target": "/x", "read_only": true, "bind": {}},
                ],
                "links": ["db:d"],
                "depends_on": {"db": {"condition": "service_started", "restart": true, "required": true}},
                "secrets": [{"source": "s", "target": "/run/secrets/s"}],
                "networks": {"default": null},
            },
            "db": {"image": "x", "network_mode": "none", "cpus": 0.5, "healthcheck": {"test": ["CMD-SHELL", "ok"]}},
        },
        "networks": {"default": {"name": "myapp_default"}},
        "volumes": {"data": {"name": "myapp_data"}},
        "secrets": {"s": {"name": "myapp_s", "file": "/p/s.txt"}},
    });
    assert_eq!(resolved(&project), want);
}

#[test]
fn without_interpolation_values_stand_as_they_are_written() {
    let text = "services:\n  web:\n    image: 'x:${TAG:-1}'\n    ports: ['${PORT}:80', '8080:80', {target: '${T}', published: '90'}]\n    volumes: ['${DIR:-./d}:/d:ro', './e:/e']\n    devices: ['${DEV}:/dev/x']\n    mem_limit: ${MEM}\n    privileged: ${P:-true}\n    restart: ${R}\n    command: run $A\n    environment: ['A=$B', C]\n    networks: ['${NET}']\n    env_file: ${E}.env\n    secrets: [s]\nsecrets: {s: {file: './${S}.txt'}}\n";
    let sources = Sources::new(Path::new("/p"), 1 << 20);
    sources.set_text(Path::new("compose.yml"), FileKind::Compose, text.to_owned());
    sources.set_text(Path::new(".env"), FileKind::Other, "PORT=1\n".to_owned());
    let options = LoadOptions { no_interpolate: true, ..LoadOptions::default() };
    let project = load(&sources, Path::new("compose.yml"), &options).unwrap();
    assert_eq!(project.problems, []);
    let resolved = resolved(&project);
    let web = &resolved["services"]["web"];
    assert_eq!(web["image"], "x:${TAG:-1}");
    assert_eq!(web["ports"][0], "${PORT}:80");
    assert_eq!(web["ports"][1]["published"], "8080");
    assert_eq!(web["ports"][2], serde_json::json!({"target": "${T}", "published": "90"}));
    assert_eq!(web["volumes"][0], "${DIR:-./d}:/d:ro");
    assert_eq!(web["volumes"][1]["source"], "/p/e");
    assert_eq!(web["devices"][0], "${DEV}:/dev/x");
    assert_eq!((&web["mem_limit"], &web["privileged"], &web["restart"]), (&"${MEM}".into(), &"${P:-true}".into(), &"${R}".into()));
    assert_eq!((&web["command"], &web["environment"]["A"]), (&"run $A".into(), &"$B".into()));
    assert!(web["networks"].get("${NET}").is_some());
}
