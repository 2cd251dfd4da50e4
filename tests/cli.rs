//! The program as a person meets it: the real binary, its streams and its exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

mod run;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use run::{command, dockvet, project, stderr, stdout};

const CLEAN: &str = "FROM debian:12\nUSER 10001\nCMD [\"true\"]\n";
const ROOT: &str = "FROM debian:12\nCMD [\"true\"]\n";

#[test]
fn a_finding_in_full() {
    let dir = project(&[("Dockerfile", ROOT), ("compose.yaml", "services:\n\tweb: {}\n")]);
    let out = dockvet(dir.path(), &["--select", "root-user"]);
    insta::assert_snapshot!(stdout(&out), @"
    warning[root-user]: this image runs as root: no USER is set, and debian:12 runs as root
     --> Dockerfile:1:6
      |
    1 | FROM debian:12
      |      ^^^^^^^^^
      |
      = help: add `USER 10001`, or a user that the image creates, before the command it starts
      = fix: add USER 10001 (--unsafe-fixes)

    1 problem (1 warning) in 1 of 2 files; 0.00 s
    1 can be fixed with --unsafe-fixes
    run `dockvet explain root-user` for the why
    ");
    assert_eq!(out.status.code(), Some(1));
}

#[test]
fn a_clean_run_says_so() {
    let dir = project(&[("Dockerfile", CLEAN)]);
    let out = dockvet(dir.path(), &[]);
    insta::assert_snapshot!(stdout(&out), @"1 file checked, no problems; 0.00 s");
    assert_eq!(out.status.code(), Some(0));
    let quiet = dockvet(dir.path(), &["-q"]);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (String::new(), String::new()));
}

#[test]
fn fail_on_decides_the_exit_code() {
    let dir = project(&[("Dockerfile", ROOT)]);
    for (level, code) in [("error", 0), ("warning", 1), ("info", 1), ("never", 0)] {
        assert_eq!(dockvet(dir.path(), &["--fail-on", level]).status.code(), Some(code), "{level}");
    }
}

#[test]
fn what_cannot_be_done_is_exit_2_with_a_way_out() {
    let dir = project(&[("Dockerfile", CLEAN)]);
    let missing = dockvet(dir.path(), &["Dockerfile", "nowhere/Dockerfile"]);
    assert_eq!(missing.status.code(), Some(2));
    insta::assert_snapshot!(stderr(&missing), @"error: nowhere/Dockerfile: no such file");
    let lint = dockvet(dir.path(), &["--select", "root-users"]);
    assert_eq!(lint.status.code(), Some(2));
    insta::assert_snapshot!(stderr(&lint), @r#"dockvet: no lint is called "root-users"; did you mean `root-user`?"#);
    assert_eq!(dockvet(dir.path(), &["--no-such-flag"]).status.code(), Some(2));
}

#[test]
fn standard_input_stands_for_a_file() {
    let dir = project(&[]);
    let mut child =
        command(dir.path(), &["check", "-", "--stdin-filename", "deploy/compose.yaml", "--format", "concise", "--select", "privileged"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    child.stdin.take().unwrap().write_all(b"services:\n  a:\n    image: x\n    privileged: true\n").unwrap();
    let out = child.wait_with_output().unwrap();
    insta::assert_snapshot!(stdout(&out), @"deploy/compose.yaml:4:5: error[privileged] service a is privileged: who gets into it is root on the host");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let dir = project(&[("Dockerfile", ROOT)]);
    let has_escape = |out: &Output| out.stdout.contains(&0x1b);
    assert!(!has_escape(&dockvet(dir.path(), &[])), "a pipe gets none");
    assert!(has_escape(&command(dir.path(), &[]).env("CLICOLOR_FORCE", "1").output().unwrap()));
    assert!(!has_escape(&command(dir.path(), &[]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap()));
    assert!(has_escape(&dockvet(dir.path(), &["--color", "always"])));
}

#[test]
fn json_has_the_promised_shape() {
    let dir = project(&[("Dockerfile", "FROM debian:12\nENV é=1 DB_PASSWORD=hunter2\nUSER 10001\n")]);
    let out = dockvet(dir.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["files"], 1);
    let finding = &json["diagnostics"][0];
    assert_eq!(finding["lint"], "secret-in-env");
    assert_eq!(finding["file"], "Dockerfile");
    assert_eq!(finding["span"]["start"], serde_json::json!({"offset": 24, "line": 2, "column": 9}));
    assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 16);
    assert!(!String::from_utf8_lossy(&out.stdout).contains("hunter2"), "secrets are redacted");
}

#[test]
fn secrets_never_reach_any_output() {
    let dir = project(&[
        ("Dockerfile", "FROM debian:12\nENV A=1 DB_PASSWORD=kept-quiet-1f3a\nCMD app --token AKIAQX7RT2M4ZB6WLN3C serve\n"),
        ("compose.yaml", "services:\n  a: {image: x, environment: {API_TOKEN: zyxw-9876-vuts}}\n"),
    ]);
    for format in dockvet::report::FORMATS.iter().map(|f| f.name) {
        let out = dockvet(dir.path(), &["--format", format, "--all"]);
        let text = stdout(&out) + &stderr(&out);
        assert!(text.contains("secret-in-env"), "{format}");
        assert!(!text.contains("kept-quiet") && !text.contains("AKIAQX7RT2M4ZB6WLN3C") && !text.contains("9876"), "{format} tells");
    }
}

#[test]
fn explain_knows_other_linters_rules() {
    let dir = project(&[]);
    for name in ["root-user", "DL3002", "hadolint:DL3002", "ds-0002"] {
        let out = dockvet(dir.path(), &["explain", name]);
        assert!(stdout(&out).starts_with("# root-user\n"), "{name}");
    }
    let typo = dockvet(dir.path(), &["explain", "root-usr"]);
    assert_eq!(typo.status.code(), Some(2));
    assert!(stderr(&typo).contains("did you mean \"root-user\"?"), "{}", stderr(&typo));
}

#[test]
fn lints_as_json_have_the_promised_keys() {
    let dir = project(&[]);
    let json: serde_json::Value = serde_json::from_slice(&dockvet(dir.path(), &["lints", "--format", "json"]).stdout).unwrap();
    let first = json[0].as_object().unwrap();
    let keys: Vec<_> = first.keys().map(String::as_str).collect();
    let mut want = ["id", "summary", "group", "level", "score", "default", "cis", "aliases", "fix", "since", "kinds", "url"];
    want.sort_unstable();
    assert_eq!(keys, want);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let one = dockvet(&shop, &["--jobs", "1", "--format", "json"]);
    let four = dockvet(&shop, &["--jobs", "4", "--format", "json"]);
    assert!(!one.stdout.is_empty());
    assert_eq!(one.stdout, four.stdout);
}

#[test]
fn a_named_file_is_linted_whatever_its_name_and_neighbours_are_only_read() {
    let dir = project(&[
        ("images/web.build", ROOT),
        ("Dockerfile", ROOT),
        ("compose.yaml", "services:\n  a:\n    build: .\n    user: \"1000\"\n    privileged: true\n"),
    ]);
    let named = dockvet(dir.path(), &["images/web.build", "--format", "concise"]);
    assert!(stdout(&named).contains("images/web.build:1:6: warning[root-user]"), "{}", stdout(&named));
    // The Compose file beside it sets a user for this Dockerfile, and is not reported on itself.
    let known = dockvet(dir.path(), &["Dockerfile", "--format", "concise"]);
    assert!(!stdout(&known).contains("root-user") && !stdout(&known).contains("privileged"), "{}", stdout(&known));
}

#[test]
fn comments_silence_with_a_reason() {
    let dir = project(&[
        ("Dockerfile", "FROM debian:12\n# dockvet: ignore[root-user] mounts disks\nUSER root\n"),
        (
            "compose.yaml",
            "services:\n  a:\n    image: x:1\n    cap_drop: [ALL]\n    security_opt: [\"no-new-privileges:true\"]\n    mem_limit: 1g\n    cpus: 1\n    privileged: true # dockvet: ignore[CL-0002] disks\n",
        ),
    ]);
    let out = dockvet(dir.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["diagnostics"], serde_json::json!([]));
    assert_eq!(json["summary"]["suppressed"], 2);
}

#[test]
fn fixes_are_written_and_settle() {
    let dir = project(&[("Dockerfile", "FROM node:22\r\nUSER node\r\nCOPY a /b\r\nCMD [\"node\"]\r\n")]);
    let out = dockvet(dir.path(), &["--unsafe-fixes"]);
    assert_eq!(out.status.code(), Some(0), "{}", stdout(&out));
    let text = fs::read_to_string(dir.path().join("Dockerfile")).unwrap();
    assert_eq!(text, "FROM node:22\r\nUSER node\r\nCOPY --chown=node a /b\r\nCMD [\"node\"]\r\n");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn templates_are_left_alone_with_a_note() {
    let dir = project(&[
        ("Dockerfile", "FROM {{ .Image }}\n{{ if .Root }}\nUSER root\n{{ end }}\n"),
        ("Dockerfile.j2", "FROM {{ image }}\n"),
        ("compose.yaml", "services:\n{% for s in services %}\n  {{ s }}:\n    image: x\n{% endfor %}\n"),
    ]);
    let out = dockvet(dir.path(), &[]);
    assert_eq!(out.status.code(), Some(0), "{}", stdout(&out));
    insta::assert_snapshot!(stderr(&out), @"
    note: Dockerfile: is a template
    note: Dockerfile.j2: is a template
    note: compose.yaml: is a template
    ");
}

#[test]
fn text_that_is_not_utf_8_is_a_finding_with_a_place() {
    let dir = project(&[]);
    fs::write(dir.path().join("Dockerfile"), b"FROM debian:12\n# caf\xe9\nUSER 1\n").unwrap();
    fs::write(dir.path().join("compose.yaml"), b"services:\n  a:\n    image: caf\xe9\n").unwrap();
    let out = dockvet(dir.path(), &["--format", "concise", "--select", "correctness"]);
    insta::assert_snapshot!(stdout(&out), @"
    Dockerfile:2:6: warning[dockerfile-syntax] these bytes are not UTF-8
    compose.yaml:3:15: error[compose-syntax] these bytes are not UTF-8
    compose.yaml:3:15: warning[compose-value] `caf?` names no image: `?` cannot stand in a repository name
    ");
}

/// Inputs made to hurt: each gets an answer, soon.
#[test]
fn hostile_inputs_end_in_an_answer() {
    let nested = format!("services: {}\n", "[".repeat(100_000));
    let mut bomb = String::from("x-a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for n in 1..12 {
        let refs = vec![format!("*a{}", n - 1); 10].join(",");
        bomb += &format!("x-a{n}: &a{n} [{refs}]\n");
    }
    let large = format!("FROM debian:12\n{}", "RUN true\n".repeat(6_000_000));
    let dir = project(&[("nested/compose.yaml", &nested), ("bomb/compose.yaml", &bomb), ("large/Dockerfile", &large)]);
    fs::create_dir(dir.path().join("binary")).unwrap();
    fs::write(dir.path().join("binary/Dockerfile"), b"\x7fELF\0\0\0\0").unwrap();
    fs::create_dir(dir.path().join("utf16")).unwrap();
    fs::write(dir.path().join("utf16/Dockerfile"), b"\xff\xfeF\0R\0").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../loop", dir.path().join("loop")).unwrap();
        fs::create_dir(dir.path().join("pipe")).unwrap();
        let made = Command::new("mkfifo").arg(dir.path().join("pipe/Dockerfile")).status().unwrap();
        assert!(made.success());
    }
    let started = Instant::now();
    let out = dockvet(dir.path(), &["--format", "concise"]);
    assert!(started.elapsed() < Duration::from_secs(60), "no hang: {:?}", started.elapsed());
    assert_eq!(out.status.code(), Some(1));
    insta::assert_snapshot!(stdout(&out) + &stderr(&out), @"
    bomb/compose.yaml:5:1: info[unused-definition] nothing in this file uses the anchor of x-a4
    bomb/compose.yaml:5:40: error[compose-syntax] aliases make this file larger than 100000 values or deeper than 128 levels
    bomb/compose.yaml:9:1: info[unused-definition] nothing in this file uses the anchor of x-a8
    bomb/compose.yaml:12:1: info[unused-definition] nothing in this file uses the anchor of x-a11
    nested/compose.yaml:1:11: error[compose-schema] `services` must be a mapping, not a list
    nested/compose.yaml:1:75: error[compose-syntax] values are nested more than 64 levels deep
    note: binary/Dockerfile: is a binary file
    note: large/Dockerfile: is 54000015 bytes, more than the limit of 8388608
    note: pipe/Dockerfile: is not a regular file
    note: utf16/Dockerfile: is encoded as UTF-16; save it as UTF-8
    ");
    // Named by a person, what cannot be read is a failure.
    let named = dockvet(dir.path(), &["pipe/Dockerfile", "large/Dockerfile", "loop"]);
    assert_eq!(named.status.code(), Some(2));
    insta::assert_snapshot!(stderr(&named), @"
    error: large/Dockerfile: is 54000015 bytes, more than the limit of 8388608
    error: loop: no such file
    error: pipe/Dockerfile: is not a regular file
    ");
}

#[test]
fn a_reader_that_stops_is_no_error() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut child = command(&shop, &["lints"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(stderr(&out), "");
}

#[test]
fn dump_shows_the_instructions() {
    let dir = project(&[("Dockerfile", "FROM a\nRUN <<EOF\nx\nEOF\nCMD [\"b\"]\n")]);
    insta::assert_snapshot!(stdout(&dockvet(dir.path(), &["dump", "Dockerfile"])), @r#"{"instructions":[{"cmd":"FROM","end":1,"heredocs":0,"json":false,"start":1},{"cmd":"RUN","end":4,"heredocs":1,"json":false,"start":2},{"cmd":"CMD","end":5,"heredocs":0,"json":true,"start":5}]}"#);
}

const STAGES: &str = "ARG BASE=debian:12\nFROM $BASE AS build\nCMD [\"true\"]\n\nFROM build AS final\nUSER 10001\n";

#[test]
fn build_arguments_from_outside_replace_defaults() {
    let dir =
        project(&[("Dockerfile", "ARG BASE=debian:12\nFROM $BASE\nCMD [\"true\"]\n"), ("other/Dockerfile", "ARG BASE\nFROM $BASE\n")]);
    let concise = |args: &[&str]| stdout(&dockvet(dir.path(), &[&["--format", "concise", "--select", "root-user"], args].concat()));
    insta::assert_snapshot!(concise(&[]), @"Dockerfile:2:6: warning[root-user] this image runs as root: no USER is set, and debian:12 runs as root");
    insta::assert_snapshot!(concise(&["--build-arg", "BASE=x", "--build-arg", "BASE=nginxinc/nginx-unprivileged:1.27"]), @"");
    insta::assert_snapshot!(concise(&["--build-arg", "BASE=alpine:3.20"]), @r"
    Dockerfile:2:6: warning[root-user] this image runs as root: no USER is set, and alpine:3.20 runs as root
    other/Dockerfile:2:6: warning[root-user] this image runs as root: no USER is set, and alpine:3.20 runs as root
    ");
    let from_env =
        command(dir.path(), &["--format", "concise", "--select", "root-user", "--build-arg", "BASE"]).env("BASE", "alpine:3.20").output();
    assert_eq!(stdout(&from_env.unwrap()), concise(&["--build-arg", "BASE=alpine:3.20"]));
    assert_eq!(concise(&["--build-arg", "BASE"]), concise(&[]), "the environment has none");
}

#[test]
fn a_compose_file_has_the_last_word_on_its_build() {
    let dir = project(&[
        ("Dockerfile", STAGES),
        ("compose.yaml", "services:\n  a:\n    build: {context: ., target: final, args: {BASE: debian:12}}\n"),
    ]);
    let out = dockvet(dir.path(), &["--format", "concise", "--select", "root-user", "--target", "build", "--build-arg", "BASE=x"]);
    assert_eq!(stdout(&out), "");
    insta::assert_snapshot!(stderr(&out), @r"
    note: --build-arg BASE: is not used, because a Compose file says how the Dockerfile that has it is built
    note: --target build: is not used, because a Compose file says how the Dockerfile that has it is built
    ");
}

#[test]
fn the_target_is_the_image_that_is_linted() {
    let dir = project(&[("Dockerfile", STAGES), ("other/Dockerfile", CLEAN)]);
    let concise = |args: &[&str]| dockvet(dir.path(), &[&["--format", "concise", "--select", "root-user"], args].concat());
    assert_eq!(stdout(&concise(&[])), "");
    insta::assert_snapshot!(stdout(&concise(&["--target", "Build"])), @"Dockerfile:2:6: warning[root-user] this image runs as root: no USER is set, and debian:12 runs as root");
    let missing = concise(&["--target", "biuld", "--build-arg", "BASS=x", "--build-arg", "http_proxy=x"]);
    assert_eq!(missing.status.code(), Some(2));
    insta::assert_snapshot!(stderr(&missing), @r#"
    error: --target biuld: no Dockerfile has a stage of that name; did you mean "build"?
    note: --build-arg BASS: no Dockerfile declares it; did you mean "BASE"?
    "#);
    let nameless = concise(&["--build-arg", "=secret"]);
    assert_eq!(nameless.status.code(), Some(2));
    insta::assert_snapshot!(stderr(&nameless), @"dockvet: --build-arg has no name; write NAME=VALUE");
}

#[test]
fn a_clone_is_not_blamed_for_the_env_file_it_must_not_hold() {
    let compose = "services:\n  a:\n    image: x\n    env_file: .env\n    volumes: [\"${DATA}:/data\"]\n";
    let found = |files: &[(&str, &str)]| {
        let dir = project(files);
        let text = stdout(&dockvet(dir.path(), &["--format", "concise", "--select", "compose-value,compose-reference"]));
        text.lines().map(|l| l.split('[').nth(1).unwrap().split(']').next().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[("compose.yaml", compose)]), ["compose-reference"], "the file is missing, and may set DATA");
    assert_eq!(found(&[("compose.yaml", compose), (".gitignore", ".env\n")]), Vec::<String>::new());
}

const LAYERED: [(&str, &str); 4] = [
    ("compose.yaml", "services:\n  web:\n    extends: {file: base.yaml, service: app}\n    image: web:${TAG:-1}\n"),
    ("compose.override.yaml", "services:\n  web:\n    mem_limit: ${MEM}\n"),
    ("base.yaml", "services:\n  app:\n    user: root\n    environment: {DB_PASSWORD: hunter2-hunter2}\n"),
    (".env", "MEM=64m\n"),
];

#[test]
fn the_effective_project_with_where_each_line_comes_from() {
    let dir = project(&LAYERED);
    let path = dir.path().join("app");
    fs::create_dir(&path).unwrap();
    for (name, text) in LAYERED {
        fs::write(path.join(name), text).unwrap();
    }
    insta::assert_snapshot!(stdout(&dockvet(&path, &["config", "--origins"])), @r#"
    name: app
    networks:
      default:
        name: app_default
    services:  # compose.yaml:2:3
      web:  # compose.yaml:3:5
        environment:  # base.yaml:4:18, inherited by extends at compose.yaml:3:41
          DB_PASSWORD: "hu… (15 characters)"  # base.yaml:4:32, inherited by extends at compose.yaml:3:41
        image: "web:1"  # compose.yaml:4:12, the default at compose.yaml:4:16
        mem_limit: "67108864"  # compose.override.yaml:3:16, from the env file at compose.override.yaml:3:16, laid over by the override at compose.override.yaml:2:3
        networks:
          default: null
        user: root  # base.yaml:3:11, inherited by extends at compose.yaml:3:41
    "#);
    let json: serde_json::Value =
        serde_json::from_slice(&dockvet(&path, &["config", "--format", "json", "--show-secrets"]).stdout).unwrap();
    assert_eq!(json["services"]["web"]["environment"]["DB_PASSWORD"], "hunter2-hunter2");
    assert_eq!(stdout(&dockvet(&path, &["config", "--services"])), "web\n");
    assert_eq!(stdout(&dockvet(&path, &["config", "--images"])), "web:1\n");
    let raw = stdout(&dockvet(&path, &["config", "--no-interpolate"]));
    assert!(raw.contains("image: \"web:${TAG:-1}\""), "{raw}");
}

#[test]
fn why_a_value_is_what_it_is() {
    let dir = project(&LAYERED);
    let why = |path: &str| {
        let out = dockvet(dir.path(), &["why", path]);
        stdout(&out) + &stderr(&out)
    };
    let all: String =
        ["services.web.user", "services.web.image", "services.web.mem_limit", "services.web.environment.DB_PASSWORD", "services.web.users"]
            .map(why)
            .concat();
    insta::assert_snapshot!(all, @"
    services.web.user = root
      written at base.yaml:3:11
      inherited by extends at compose.yaml:3:41
    services.web.image = web:1
      written at compose.yaml:4:12
      TAG at compose.yaml:4:16: not set, so the word in it
    services.web.mem_limit = 64m
      written at compose.override.yaml:3:16
      MEM at compose.override.yaml:3:16: from .env:1:5
      laid over by the override at compose.override.yaml:2:3
    services.web.environment.DB_PASSWORD = hu… (15 characters)
      written at base.yaml:4:32
      inherited by extends at compose.yaml:3:41
    dockvet: nothing is at services.web.users; services.web has user, environment, image, mem_limit
    ");
}

#[test]
fn one_run_of_the_fixes_mends_a_file_before_it_changes_what_it_means() {
    let dir = project(&[("compose.yaml", "services:\n  a:\n    image: x\n    cap_dorp: [ALL]\n    hostname: @a\n")]);
    let run =
        || dockvet(dir.path(), &["--unsafe-fixes", "--format", "concise", "--select", "compose-syntax,compose-schema,missing-cap-drop"]);
    let out = run();
    assert_eq!(stderr(&out), "2 fixes applied\n", "{}", stdout(&out));
    let text = fs::read_to_string(dir.path().join("compose.yaml")).unwrap();
    assert_eq!(text, "services:\n  a:\n    image: x\n    cap_drop: [ALL]\n    hostname: '@a'\n");
    assert_eq!(stderr(&run()), "");
}

#[test]
fn what_a_build_names_outside_the_project_is_not_read() {
    let dir = project(&[
        ("outside/Dockerfile", ROOT),
        ("outside/start.sh", "#!/bin/sh\nexec gosu app \"$@\"\n"),
        (
            "inside/compose.yaml",
            "services:\n  a:\n    build: ../outside\n  b:\n    build: {context: ../outside, dockerfile: ../inside/Dockerfile}\n",
        ),
        ("inside/Dockerfile", "FROM debian:12\nCOPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n"),
    ]);
    let inside = dir.path().join("inside");
    let out = dockvet(&inside, &["--format", "concise", "--select", "root-user"]);
    insta::assert_snapshot!(stdout(&out), @"Dockerfile:1:6: warning[root-user] service b runs as root: no USER is set, and debian:12 runs as root");
    insta::assert_snapshot!(stderr(&out).replace(&*dir.path().to_string_lossy(), "DIR"), @"note: DIR/outside/Dockerfile: lies outside the project and is not read");
}

#[test]
fn one_block_settles_what_every_service_lacks() {
    const SERVICES: &str = "services:\n  web:\n    image: example.com/web:1\n  worker:\n    image: example.com/worker:1\n";
    const MISSING: &str = "missing-cap-drop,missing-no-new-privileges,missing-resource-limits";
    let dir = project(&[("compose.yaml", SERVICES)]);
    let text = stdout(&dockvet(dir.path(), &["--select", MISSING]));
    let closing = &text[text.find("help: 6 findings").unwrap()..];
    insta::assert_snapshot!(closing, @r#"
    help: 6 findings about missing keys (2 missing-cap-drop, 2 missing-no-new-privileges, 2 missing-resource-limits)
    one block, merged into every service, settles them; a key that a service has itself wins:

        x-hardening: &hardening
          cap_drop: [ALL]  # then cap_add what a service needs
          security_opt: ["no-new-privileges:true"]
          mem_limit: 512m
          cpus: 1.0
        services:
          web:
            <<: *hardening

    6 problems (6 warnings) in 1 of 1 file; 0.00 s
    4 can be fixed with --unsafe-fixes
    run `dockvet explain missing-cap-drop` for the why
    "#);
    // What it says to write is enough.
    let block: String = closing
        .lines()
        .skip_while(|l| !l.contains("x-hardening"))
        .take_while(|l| !l.contains("services:"))
        .map(|l| format!("{}\n", l.trim_start_matches("    ")))
        .collect();
    let settled = format!("{block}{}", SERVICES.replace("    image", "    <<: *hardening\n    image"));
    let dir = project(&[("compose.yaml", &settled)]);
    insta::assert_snapshot!(stdout(&dockvet(dir.path(), &["--select", MISSING])), @"1 file checked, no problems; 0.00 s");
}

#[test]
fn one_run_writes_several_formats() {
    let dir = project(&[("Dockerfile", ROOT)]);
    let args = ["--select", "root-user", "--format", "concise", "--output", "sarif=a=b.sarif", "--output", "json=out.json"];
    let out = dockvet(dir.path(), &args);
    assert!(stdout(&out).starts_with("Dockerfile:1:6: warning[root-user]"), "{}", stdout(&out));
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    let [sarif, json] = ["a=b.sarif", "out.json"].map(|name| serde_json::from_str::<serde_json::Value>(&read(name)).unwrap());
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "root-user");
    assert_eq!(json["summary"]["total"], 1);
}

#[test]
fn an_output_that_cannot_be_is_refused() {
    let dir = project(&[("Dockerfile", CLEAN)]);
    let said = |output: &str| {
        let out = dockvet(dir.path(), &["--output", output]);
        assert_eq!(out.status.code(), Some(2), "{output}");
        stderr(&out)
    };
    assert!(said("sarif").contains("write FORMAT=FILE"));
    assert!(said("xml=x").contains("no format is called \"xml\"; there are text, concise, grouped, json,"));
    assert!(said("json=").contains("name the file behind json="));
    assert!(said("json=no/such/folder.json").contains("no/such/folder.json: cannot be written"));
}

#[test]
fn the_job_summary_is_written_where_github_wants_it() {
    let dir = project(&[("Dockerfile", ROOT)]);
    let file = dir.path().join("summary.md");
    fs::write(&file, "an earlier step\n").unwrap();
    let run = |args: &[&str]| command(dir.path(), args).env("GITHUB_STEP_SUMMARY", &file).output().unwrap();
    run(&["--format", "json"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "an earlier step\n", "only for github");
    run(&["--select", "root-user", "--output", "github=annotations.txt"]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("an earlier step\n### dockvet: 1 problem\n"), "{text}");
    let lost = command(dir.path(), &["--format", "github"]).env("GITHUB_STEP_SUMMARY", dir.path().join("no/such")).output().unwrap();
    assert_eq!(lost.status.code(), Some(1));
    assert!(stderr(&lost).contains("the job summary cannot be written"), "{}", stderr(&lost));
}

#[test]
fn a_project_is_printed_so_that_it_reads_again() {
    let dir = project(&[("compose.yaml", "name: p\nservices:\n  a:\n    image: x:1\n    command: [echo, \"$$HOME costs $$5\"]\n")]);
    let once = stdout(&dockvet(dir.path(), &["config"]));
    assert!(once.contains("$$HOME costs $$5"), "{once}");
    fs::write(dir.path().join("compose.yaml"), &once).unwrap();
    assert_eq!(stdout(&dockvet(dir.path(), &["config"])), once);
    assert!(stdout(&dockvet(dir.path(), &["config", "--format", "json"])).contains("\"$HOME costs $5\""));
}

#[test]
fn watching_lints_again_when_a_file_changes() {
    let dir = project(&[("Dockerfile", ROOT)]);
    let mut child = command(dir.path(), &["--watch", "--select", "root-user", "--format", "concise"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    assert!(lines.next().unwrap().unwrap().starts_with("Dockerfile:1:6: warning[root-user]"));
    fs::write(dir.path().join("b.Dockerfile"), format!("# words\n{ROOT}")).unwrap();
    // Both are told again, and the new one with them.
    let again: Vec<String> = lines.by_ref().map(Result::unwrap).filter(|l| l.contains("root-user")).take(2).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(again[0].starts_with("Dockerfile:1:6") && again[1].starts_with("b.Dockerfile:2:6"), "{again:?}");
}
