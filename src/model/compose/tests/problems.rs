//! What is wrong, and at which bytes.

use super::bytes;
use super::loading::whole;
use crate::model::compose::Project;
use crate::source::Sources;

/// Lint, code and bytes of every problem.
fn told(sources: &Sources, project: &Project) -> Vec<(String, String)> {
    let one = |p: &crate::model::compose::Problem| (format!("{}/{}", p.lint, p.error.code), bytes(sources, p.error.span));
    project.problems.iter().map(one).collect()
}

/// Checks that `text` has exactly this one problem.
#[track_caller]
fn only(text: &str, kind: &str, at: &str) -> String {
    let (sources, project) = whole(&[("compose.yml", text)]);
    assert_eq!(told(&sources, &project), [(kind.to_owned(), at.to_owned())], "{text}");
    project.problems[0].error.help.clone().unwrap_or_default()
}

#[track_caller]
fn nothing(text: &str) {
    let (sources, project) = whole(&[("compose.yml", text)]);
    assert_eq!(told(&sources, &project), [], "{text}");
}

/// A service with an image and these lines.
fn service(lines: &str) -> String {
    format!("services:\n  a:\n    image: x\n    {lines}\n")
}

#[test]
fn keys() {
    assert_eq!(only("services:\n  a: {imag: x}\n", "compose-schema/unknown-key", "imag"), "did you mean `image`?");
    assert_eq!(only(&service("priviledged: true"), "compose-schema/unknown-key", "priviledged"), "did you mean `privileged`?");
    assert_eq!(only("web: {image: x}\n", "compose-schema/unknown-key", "web"), "put `web` below `services:`");
    only(&service("deploy: {resources: {limits: {mem: 1g}}}"), "compose-schema/unknown-key", "mem");
    only("services:\n  'a b': {image: x}\n", "compose-schema/bad-name", "'a b'");
    only(&service("depends_on: {b: {}}\n  b: {image: x}"), "compose-schema/missing-key", "b");
    only(&service("ulimits: {nofile: {soft: 1}}"), "compose-schema/missing-key", "nofile");
    nothing(&service("x-mine: 1\nx-top: {a: b}"));
    nothing(&service("ulimits: {nofile: {soft: 1, hard: 2}, n_x: []}"));
    nothing("include: []\nversion: '3'\nservices: {}\n");
}

#[test]
fn a_misspelt_key_is_not_renamed_to_one_that_is_there() {
    let renames = |lines: &str| -> Vec<String> {
        let (_, project) = whole(&[("compose.yml", &service(lines))]);
        project.problems.iter().filter_map(|p| p.error.replacement.clone()).collect()
    };
    assert_eq!(renames("prots: ['80']"), ["ports"]);
    assert_eq!(renames("prots: ['80']\n    ports: ['81']"), Vec::<String>::new());
    assert_eq!(renames("prots: ['80']\n    porst: ['81']"), ["ports"]);
}

#[test]
fn types() {
    assert_eq!(only(&service("user: 1000"), "compose-schema/wrong-type", "1000"), "put it in quotes: `\"1000\"`");
    assert_eq!(only(&service("cap_add: ALL"), "compose-schema/wrong-type", "ALL"), "write a list: `[ALL]`");
    only(&service("healthcheck: {interval: 10}"), "compose-schema/wrong-type", "10");
    only(&service("use_api_socket: 'true'"), "compose-schema/wrong-type", "'true'");
    only("version: 3\nservices: {a: {image: x}}\n", "compose-schema/wrong-type", "3");
    only(&service("volumes:"), "compose-schema/empty-value", "volumes");
    only("services:\n", "compose-schema/empty-value", "services");
    only("[a]\n", "compose-schema/top-level", "[a]");
    only("# nothing\n", "compose-schema/empty", "");
    nothing(&service("command:\n    pid:\n    deploy:\nvolumes: {v: }"));
    nothing(&service("ports: [80, '81', {target: 5}]\n    cpus: 0.5"));
    nothing(&service("pid: 'host'\n    user: '${U:?}'"));
}

#[test]
fn values() {
    let help = only(&service("cgroup: hsot"), "compose-schema/bad-value", "hsot");
    assert_eq!(help, "did you mean `host`?");
    only(&service("container_name: '-'"), "compose-schema/bad-value", "'-'");
    only(&service("oom_score_adj: 2000"), "compose-schema/out-of-range", "2000");
    only(&service("security_opt: [label=a, label=a]"), "compose-schema/duplicate-item", "label=a");
    nothing(&service("cap_add: [CHOWN, CHOWN]"));
    assert_eq!(only(&service("mem_limit: 512Mi"), "compose-value/size", "512Mi"), "write `512mib`");
    assert_eq!(only(&service("stop_grace_period: '10'"), "compose-value/duration", "'10'"), "write `10s` for seconds");
    only(&service("command: echo 'x"), "compose-value/command-line", "echo 'x");
    only(&service("extra_hosts: [db]"), "compose-value/extra-host", "db");
    only(&service("ports: [{target: 80, host_ip: nope}]"), "compose-value/address", "nope");
    only(&service("volumes: [{type: bind, target: /x}]"), "compose-value/bind-source", "{type: bind, target: /x}");
    only(&service("environment: {'A ': 1}"), "compose-value/trailing-space", "'A '");
    only(&service("healthcheck: {test: [curl, x]}"), "compose-value/healthcheck-test", "curl");
    only(&service("cpus: .inf"), "compose-value/not-finite", ".inf");
    only(&service("command: '${a b}'"), "compose-value/interpolation", "${a b}");
    nothing(&service("mem_limit: '${M:?}'\n    stop_grace_period: 1m30s\n    shm_size: 64"));
}

#[test]
fn what_a_variable_leaves_empty_is_told_at_the_variable() {
    assert_eq!(
        only(&service("volumes: ['${D}:/d']"), "compose-value/volume", "${D}"),
        "give it a default, as `${D:-..}`, or set it in `.env`"
    );
    only(&service("ports: ['80:$P']"), "compose-value/port", "$P");
    only(&service("extra_hosts: ['h:$H']"), "compose-value/extra-host", "$H");
    only(&service("mem_limit: '$M'"), "compose-value/size", "$M");
    only(&service("volumes: ['src::/b']"), "compose-value/volume", "src::/b");
    nothing(&service("ports: ['$IP:80:80']"));
}

#[test]
fn references() {
    let (sources, project) = whole(&[(
        "compose.yml",
        "services:\n  a:\n    image: x\n    networks: [frnt]\n    volumes: ['dta:/d']\n    secrets: [s]\n    depends_on: [bb]\n    links: ['l:x']\n    pid: service:q\n  b: {image: y, networks: [default]}\n  n: {command: z}\nnetworks: {front: }\nvolumes: {data: }\n",
    )]);
    let mut all = told(&sources, &project);
    all.sort();
    let undefined = ["bb", "dta", "frnt", "l", "q", "s"].map(|at| ("compose-reference/undefined".to_owned(), at.to_owned()));
    assert_eq!(all[0], ("compose-reference/no-image".to_owned(), "n".to_owned()));
    assert_eq!(all[1..], undefined);
    let help = |name: &str| project.problems.iter().find(|p| bytes(&sources, p.error.span) == name).unwrap().error.help.clone().unwrap();
    assert_eq!(help("frnt"), "did you mean `front`?");
    only(&service("env_file: no.env"), "compose-reference/missing-file", "no.env");
    only("include: [no.yml]\nservices:\n  a: {image: x, depends_on: [b]}\n", "compose-reference/missing-file", "no.yml");
    only("services:\n  a: {extends: {service: c}}\n  cc: {image: x}\n", "compose-reference/extends", "c");
    nothing(&service("network_mode: host\n    volumes_from: ['container:q']"));
    nothing("services:\n  a: {provider: {type: x}}\n");
}

#[test]
fn disabled_services() {
    let text = "services:\n  a: {image: x, depends_on: {b: {condition: service_started}}}\n  b: {image: x, profiles: [p]}\n";
    only(text, "compose-reference/disabled-dependency", "b");
    nothing(&text.replace("service_started", "service_started, required: false"));
    let (_, project) = whole(&[("compose.yml", "services:\n  a: {image: x}\n  b: {image: x, profiles: [p], networks: [n]}\n")]);
    assert!(!project.problems[0].error.fatal, "Compose does not look at it now");
}

#[test]
fn circles_are_printed_as_a_path_with_their_edges() {
    let (sources, project) = whole(&[(
        "compose.yml",
        "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, network_mode: 'service:c'}\n  c: {image: x, depends_on: [a, d]}\n  d: {image: x}\n",
    )]);
    let [problem] = &project.problems[..] else { panic!("{:?}", project.problems) };
    assert_eq!(problem.error.message, "services depend on each other in a circle: a -> b -> c -> a");
    assert_eq!(problem.error.related.iter().map(|(at, _)| bytes(&sources, *at)).collect::<Vec<_>>(), ["c", "a"]);
    only("services:\n  a: {image: x, depends_on: [a]}\n", "compose-reference/dependency-cycle", "a");

    let (sources, project) = whole(&[
        ("compose.yml", "services:\n  a: {image: x, extends: {file: o.yml, service: b}}\n"),
        ("o.yml", "services:\n  b: {extends: {file: compose.yml, service: a}}\n"),
    ]);
    assert_eq!(project.problems.len(), 1);
    assert_eq!(project.problems[0].error.message, "services extend each other in a circle: a -> b -> a");
    assert_eq!(sources.get(project.problems[0].error.span.file).name, "o.yml");

    let (sources, project) = whole(&[
        ("compose.yml", "include: [o.yml]\nservices: {a: {image: x}}\n"),
        ("o.yml", "include: [compose.yml]\nservices: {b: {image: x}}\n"),
    ]);
    assert_eq!(project.problems.len(), 1);
    assert_eq!(project.problems[0].error.message, "files include each other in a circle: compose.yml -> o.yml -> compose.yml");
    assert_eq!(bytes(&sources, project.problems[0].error.related[0].0), "o.yml");
}

#[test]
fn conflicts() {
    only(&service("network_mode: host\n    networks: [default]"), "compose-conflict/exclusive-keys", "network_mode");
    only(&service("build: {context: ., dockerfile: D, dockerfile_inline: FROM x}"), "compose-conflict/exclusive-keys", "dockerfile_inline");
    only(&service("scale: 2\n    deploy: {replicas: 3}"), "compose-conflict/two-values", "2");
    only(&service("scale: 2\n    container_name: nm"), "compose-conflict/container-name", "container_name");
    only(&service("cpus: 1\n    deploy: {resources: {limits: {memory: 1g}}}"), "compose-conflict/two-values", "cpus");
    only(&service("mem_limit: 1g\n    deploy: {resources: {limits: {memory: 2g}}}"), "compose-conflict/two-values", "mem_limit");
    nothing(&service("mem_limit: 1024m\n    deploy: {resources: {limits: {memory: 1g}}}"));
    only(&service("tmpfs: [/a]\n    volumes: [/a/]"), "compose-conflict/mount-target", "/a/");
    only(&service("gpus: [{count: 1, device_ids: ['0']}]"), "compose-conflict/exclusive-keys", "device_ids");
    only("volumes: {v: {external: true, driver: local}}\nservices: {}\n", "compose-conflict/external", "driver");
    only("secrets: {s: {file: a, environment: B}}\nservices: {}\n", "compose-conflict/exclusive-keys", "environment");
    only("secrets: {s: {name: a}}\nservices: {}\n", "compose-schema/no-source", "s");
    only("services:\n  a: {image: x, container_name: cc}\n  b: {image: x, container_name: cc}\n", "compose-conflict/container-name", "cc");
    nothing("services:\n  a: {image: x, container_name: cc}\n  b: {image: x, container_name: cc, profiles: [p]}\n");
}
