//! What loads and goes wrong later: warnings, at their bytes.

use super::bytes;
use super::loading::whole;

/// Every problem of these files, none of them fatal: lint, code and bytes.
#[track_caller]
fn warnings(files: &[(&str, &str)]) -> Vec<String> {
    let (sources, project) = whole(files);
    for problem in &project.problems {
        assert!(!problem.error.fatal, "Compose loads it: {problem:?}");
        assert!(problem.error.help.is_some(), "{problem:?}");
    }
    project.problems.iter().map(|p| format!("{}/{} {}", p.lint, p.error.code, bytes(&sources, p.error.span))).collect()
}

#[track_caller]
fn of_service(lines: &str) -> Vec<String> {
    warnings(&[("compose.yml", &format!("services:\n  a:\n    image: x\n    {lines}\n"))])
}

#[test]
fn values_that_the_engine_refuses() {
    for (lines, want) in [
        ("restart: somtimes", "restart somtimes"),
        ("network_mode: hots", "network-mode hots"),
        ("cap_add: [CHOWN, NET_ADMN]", "capability NET_ADMN"),
        ("cap_drop: ['ALLL']", "capability ALLL"),
        ("security_opt: ['no-new-privileges: true']", "security-opt no-new-privileges: true"),
        ("mem_limit: 512", "size 512"),
        ("deploy: {resources: {limits: {memory: 1m}}}", "size 1m"),
        ("volumes: ['./x:data']", "mount-target data"),
        ("volumes: [{type: bind, source: ./x, target: data}]", "mount-target data"),
        ("tmpfs: 'run:size=1m'", "mount-target run"),
        ("dns: [dns.google]", "address dns.google"),
        ("mac_address: 02-42", "mac-address 02-42"),
        ("networks: {default: {ipv4_address: 10.0.0}}", "address 10.0.0"),
        ("networks: {default: {ipv6_address: 10.0.0.1}}", "address 10.0.0.1"),
        ("labels: {'traefik.${NAME}.rule': x}", "variable-in-key 'traefik.${NAME}.rule'"),
    ] {
        // A string in quotes is its content.
        let want = format!("compose-value/{want}");
        let told = of_service(lines);
        assert_eq!(told.len(), 1, "{lines}: {told:?}");
        assert_eq!(told[0].replace('\'', ""), want.replace('\'', ""), "{lines}");
    }
    assert_eq!(
        warnings(&[(
            "compose.yml",
            "services: {a: {image: x/UPPER}}\nnetworks: {n: {ipam: {config: [{subnet: abc, gateway: b, aux_addresses: {h: c}}]}}}\n"
        )]),
        ["compose-value/image x/UPPER", "compose-value/subnet abc", "compose-value/address b", "compose-value/address c"]
    );
}

#[test]
fn a_wrong_type_is_told_once() {
    let (_, project) = whole(&[("compose.yml", "services: {a: {image: x, restart: false}}\n")]);
    assert_eq!(project.problems.iter().map(|p| p.error.code).collect::<Vec<_>>(), ["wrong-type"]);
}

#[test]
fn what_is_not_certain_is_not_judged() {
    assert_eq!(
        of_service("restart: '${R}'\n    network_mode: '${N:?}'\n    cap_add: ['${C:-CHOWN}', 'CAP_${X}']\n    mem_limit: '${M:?}'"),
        [""; 0]
    );
    assert_eq!(of_service("x-labels: {'${NAME}': x}\n    labels: ['${NAME:-n}=x']"), [""; 0]);
}

#[test]
fn a_secret_that_is_no_file_in_a_read_only_service() {
    let with =
        |service: &str, top: &str| warnings(&[("compose.yml", &format!("services:\n  a: {{image: x, {service}}}\n{top}\n")), ("f", "")]);
    let secret = "secrets: {s: {environment: S}, f: {file: ./f}}";
    assert_eq!(with("read_only: true, secrets: [f, s]", secret), ["compose-conflict/read-only s"]);
    assert_eq!(with("read_only: true, configs: [{source: c, target: /c}]", "configs: {c: {content: x}}"), ["compose-conflict/read-only c"]);
    assert_eq!(with("read_only: false, secrets: [f, s]", secret), [""; 0]);
    assert_eq!(with("read_only: true, secrets: [f]", secret), [""; 0]);
}

#[test]
fn ports_on_the_network_of_the_host() {
    assert_eq!(of_service("network_mode: host\n    ports: ['80:80']"), ["compose-conflict/host-network ports"]);
    assert_eq!(of_service("network_mode: host\n    ports: []"), [""; 0]);
    assert_eq!(of_service("network_mode: bridge\n    ports: ['80:80']"), [""; 0]);
    // The override is told by another lint.
    let (_, project) = super::over("services: {a: {image: x, ports: ['80:80']}}\n", "services: {a: {network_mode: host}}\n");
    assert_eq!(project.problems, []);
}

#[test]
fn a_network_of_the_project_as_a_mode() {
    let with = |network: &str| {
        warnings(&[("compose.yml", &format!("services: {{a: {{image: x, network_mode: back}}}}\nnetworks: {{{network}}}\n"))])
    };
    assert_eq!(with("back: {}"), ["compose-value/network-mode back"]);
    assert_eq!(with("back: {name: back}"), [""; 0]);
    assert_eq!(with("back: {external: true}"), [""; 0]);
    assert_eq!(with("front: {}"), [""; 0]);
}

#[test]
fn health_checks_that_are_switched_off() {
    assert_eq!(of_service("healthcheck: {disable: true, test: [CMD, x]}"), ["compose-conflict/disabled-healthcheck test"]);
    assert_eq!(of_service("healthcheck: {disable: true, test: [NONE]}"), [""; 0]);
    assert_eq!(of_service("healthcheck: {disable: false, test: [CMD, x]}"), [""; 0]);
    let waits = |health: &str| {
        warnings(&[(
            "compose.yml",
            &format!(
                "services:\n  a: {{image: x, depends_on: {{b: {{condition: service_healthy}}}}}}\n  b: {{image: x, healthcheck: {health}}}\n"
            ),
        )])
    };
    assert_eq!(waits("{disable: true}"), ["compose-conflict/disabled-healthcheck service_healthy"]);
    assert_eq!(waits("{test: [NONE]}"), ["compose-conflict/disabled-healthcheck service_healthy"]);
    assert_eq!(waits("{test: NONE}"), [""; 0], "a shell runs it");
    assert_eq!(waits("{test: [CMD, x]}"), [""; 0]);
    let (_, project) =
        super::over("services: {a: {image: x, healthcheck: {test: [CMD, x]}}}\n", "services: {a: {healthcheck: {disable: true}}}\n");
    assert_eq!(project.problems, [], "an override may switch it off");
}

#[test]
fn addresses_and_interfaces_in_two_places() {
    let (one, two) = ("'02:42:ac:11:00:02'", "'02:42:AC:11:00:03'");
    let with = |own: &str, there: &str| of_service(&format!("mac_address: {own}\n    networks: {{default: {{mac_address: {there}}}}}"));
    assert_eq!(with(one, two).len(), 1);
    assert_eq!(with(one, &one.to_uppercase()), [""; 0]);
    let option = "driver_opts: {com.docker.network.endpoint.ifname: e1}";
    assert_eq!(
        of_service(&format!("networks: {{default: {{interface_name: e0, {option}}}}}")),
        ["compose-conflict/exclusive-keys interface_name"]
    );
}

#[test]
fn what_only_a_swarm_has() {
    let with = |service: &str| {
        let text = format!(
            "services:\n  a: {{{service}, secrets: [s]}}\nsecrets:\n  s: {{external: true}}\n  t: {{file: ./t, template_driver: golang}}\n"
        );
        warnings(&[("compose.yml", &text), ("Dockerfile", "FROM x\n")])
    };
    assert_eq!(with("build: ."), ["compose-reference/swarm-only s", "compose-value/swarm-only template_driver"]);
    assert_eq!(with("image: x"), [""; 0], "it may be a stack");
}

#[test]
fn files_of_configs_and_profiles() {
    let text = "services:\n  a:\n    image: x\n    security_opt: ['seccomp=p.json', 'seccomp:no.json', seccomp=unconfined, seccomp=bad.json]\n    configs: [s, t]\n    secrets: [k]\nconfigs: {s: {file: ./s}, t: {file: ./t}, unused: {file: ./u}}\nsecrets: {k: {file: ./k}}\n";
    let told = warnings(&[("compose.yml", text), ("p.json", "{\"syscalls\": []}"), ("bad.json", "{"), ("t", "")]);
    assert_eq!(
        told,
        ["compose-reference/missing-file no.json", "compose-value/seccomp-profile bad.json", "compose-reference/missing-file ./s"]
    );
}
