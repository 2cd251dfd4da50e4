//! What a team says once: configuration files, comments that silence, known findings, changed lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

mod run;

use std::fs;
use std::path::Path;
use std::process::Command;

use run::{dockvet, project, stderr, stdout};

const ROOT: &str = "FROM debian:12\nCMD [\"true\"]\n";

/// Lints and files of the findings, and the exit code.
fn found(dir: &Path, args: &[&str]) -> (Vec<String>, i32) {
    let out = dockvet(dir, &[args, &["--format", "json"]].concat());
    assert!(out.stdout.starts_with(b"{"), "{}", stderr(&out));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let text = |d: &serde_json::Value, key: &str| d[key].as_str().unwrap().to_string();
    let findings = json["diagnostics"].as_array().unwrap().iter();
    let shown = findings.map(|d| format!("{} {} {}", text(d, "level"), text(d, "lint"), text(d, "file")));
    (shown.collect(), out.status.code().unwrap())
}

#[test]
fn the_nearest_configuration_speaks() {
    let dir = project(&[
        (
            "dockvet.toml",
            "select = [\"root-user\"]\nfail-on = \"error\"\nexclude = [\"vendor\"]\n[[overrides]]\nfiles = [\"test/**\"]\nignore = [\"root-user\"]\n",
        ),
        ("Dockerfile", ROOT),
        ("test/Dockerfile", ROOT),
        ("vendor/Dockerfile", ROOT),
        ("api/Dockerfile", ROOT),
        ("api/pyproject.toml", "[tool.dockvet]\nselect = []\nlevels = { DL3002 = \"error\" }\n"),
        ("web/Dockerfile", ROOT),
        ("web/pyproject.toml", "[project]\nname = \"web\"\n"),
    ]);
    let all = (
        vec!["warning root-user Dockerfile".into(), "error root-user api/Dockerfile".into(), "warning root-user web/Dockerfile".into()],
        1,
    );
    assert_eq!(found(dir.path(), &[]), all);
    assert_eq!(found(dir.path(), &["Dockerfile"]), (vec!["warning root-user Dockerfile".into()], 0), "fail-on is error here");
    assert_eq!(found(dir.path(), &["vendor/Dockerfile"]).0.len(), 1, "what is named is linted");
    assert_eq!(found(&dir.path().join("web"), &[]), (vec!["warning root-user Dockerfile".into()], 0), "from the folder above");
    assert!(found(dir.path(), &["--no-config"]).0.contains(&"warning root-user vendor/Dockerfile".into()));
    assert_eq!(found(dir.path(), &["--config", "api/pyproject.toml", "test"]), (vec!["error root-user test/Dockerfile".into()], 1));
}

#[test]
fn mistakes_in_it_are_told_with_their_place() {
    let dir = project(&[("dockvet.toml", "ignore = [\"rot-user\"]\n"), ("Dockerfile", ROOT)]);
    let out = dockvet(dir.path(), &[]);
    assert_eq!(out.status.code(), Some(2));
    let told = stderr(&out)
        .replace(&fs::canonicalize(dir.path()).unwrap().display().to_string(), "")
        .replace(&dir.path().display().to_string(), "");
    insta::assert_snapshot!(told, @r#"
    dockvet: /dockvet.toml:1:11: no lint is called `rot-user`
    1 | ignore = ["rot-user"]
      |           ^
    did you mean `root-user`?
    "#);
}

#[test]
fn images_are_known_as_the_team_says() {
    let dir = project(&[
        ("dockvet.toml", "select = [\"root-user\"]\n[images.\"registry.example/base\"]\nuser = \"0\"\n[images.debian]\nuser = \"1000\"\n"),
        ("a.Dockerfile", "FROM registry.example/base:3\nCMD [\"true\"]\n"),
        ("b.Dockerfile", ROOT),
    ]);
    assert_eq!(found(dir.path(), &[]).0, ["warning root-user a.Dockerfile"]);
}

#[test]
fn builds_are_configured_too() {
    let file = "ARG BASE=debian:12\nFROM ${BASE} AS dev\nFROM dev AS prod\nUSER 10001\n";
    let dir = project(&[
        (
            "dockvet.toml",
            "select = [\"root-user\"]\n[build]\ntarget = \"dev\"\n[[overrides]]\nfiles = [\"b.*\"]\nbuild.args = { BASE = \"gcr.io/distroless/static:nonroot\" }\n",
        ),
        ("a.Dockerfile", file),
        ("b.Dockerfile", file),
    ]);
    assert_eq!(found(dir.path(), &[]).0, ["warning root-user a.Dockerfile"]);
    assert_eq!(found(dir.path(), &["--target", "prod"]).0, [""; 0]);
}

#[test]
fn a_baseline_knows_what_was_there() {
    let dir = project(&[("Dockerfile", ROOT), ("compose.yaml", "services:\n  web:\n    image: x:1\n    privileged: true\n")]);
    let select = ["--select", "root-user,privileged"];
    let written = dockvet(dir.path(), &[&["baseline"], &select[..]].concat());
    assert_eq!(written.status.code(), Some(0));
    insta::assert_snapshot!(stderr(&written), @r#"
    .dockvet-baseline knows 2 findings in 2 files
    use it with --baseline, or write `baseline = ".dockvet-baseline"` into dockvet.toml
    "#);
    let text = fs::read_to_string(dir.path().join(".dockvet-baseline")).unwrap();
    insta::assert_snapshot!(text, @"
    # dockvet baseline 1: findings that were known when this was written, and are not reported.
    # `dockvet baseline` writes it anew, `dockvet baseline --shrink` only takes away what is mended.
    83b30489989d8b99	1	root-user	Dockerfile	stage:0
    4e21b2fa2275ce17	1	privileged	compose.yaml	services.web
    ");
    let check = [&select[..], &["--baseline", ".dockvet-baseline"]].concat();
    assert_eq!(found(dir.path(), &check), (vec![], 0));

    // Lines move, one finding is mended, another is new.
    fs::write(dir.path().join("Dockerfile"), "# words\n\nFROM debian:12\n\nCMD [\"true\"]\n").unwrap();
    fs::write(dir.path().join("compose.yaml"), "services:\n  web:\n    image: x:1\n  db:\n    image: x:1\n    privileged: true\n").unwrap();
    assert_eq!(found(dir.path(), &check), (vec!["error privileged compose.yaml".into()], 1));
    let told = stderr(&dockvet(dir.path(), &check));
    insta::assert_snapshot!(told, @"note: .dockvet-baseline: knows privileged of compose.yaml, which is mended: run `dockvet baseline --shrink`");
    dockvet(dir.path(), &[&["baseline", "--shrink"], &select[..]].concat());
    let shrunk = fs::read_to_string(dir.path().join(".dockvet-baseline")).unwrap();
    assert!(shrunk.contains("root-user") && !shrunk.contains("privileged"), "{shrunk}");

    fs::write(dir.path().join("dockvet.toml"), "baseline = \".dockvet-baseline\"\n").unwrap();
    assert_eq!(found(dir.path(), &select).0, ["error privileged compose.yaml"]);
    fs::write(dir.path().join(".dockvet-baseline"), "words\n").unwrap();
    let broken = dockvet(dir.path(), &select);
    assert_eq!(broken.status.code(), Some(2));
    assert!(stderr(&broken).contains(".dockvet-baseline:1: a line of a baseline should begin with"), "{}", stderr(&broken));
}

fn git(dir: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main"];
    assert!(Command::new("git").args(identity).args(args).current_dir(dir).output().unwrap().status.success(), "git {args:?}");
}

#[test]
fn only_changed_lines_are_reported() {
    let dir = project(&[("a/Dockerfile", ROOT), ("a/compose.yaml", "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n")]);
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "-qm", "one"]);
    let lints = ["--select", "root-user,privileged"];
    let changed = |range: &str| found(&dir.path().join("a"), &[&lints[..], &["--changed-lines", range]].concat()).0;
    assert_eq!(changed("HEAD"), [""; 0]);
    fs::write(
        dir.path().join("a/compose.yaml"),
        "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n  db:\n    image: x:1\n    privileged: true\n",
    )
    .unwrap();
    fs::create_dir_all(dir.path().join("a/new")).unwrap();
    fs::write(dir.path().join("a/new/Dockerfile"), ROOT).unwrap();
    assert_eq!(changed("HEAD"), ["error privileged compose.yaml", "warning root-user new/Dockerfile"]);
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "-qm", "two"]);
    assert_eq!(changed("HEAD~1..HEAD"), ["error privileged compose.yaml", "warning root-user new/Dockerfile"]);
    let wrong = dockvet(dir.path(), &["--changed-lines", "nowhere..HEAD"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("nowhere"), "{}", stderr(&wrong));
}

#[test]
fn what_is_silenced_can_be_listed() {
    let dir = project(&[
        ("Dockerfile", "FROM debian:12\n# hadolint ignore=DL3002 # a test image\nUSER root\n"),
        (
            "compose.yaml",
            "services:\n  web:\n    image: nginx:1.27\n    # dockvet: ignore[privileged] until=2999-01-01 needs the disks\n    privileged: true\n",
        ),
    ]);
    let out = dockvet(dir.path(), &["suppressions", "--select", "root-user,privileged"]);
    insta::assert_snapshot!(stdout(&out), @"
    Dockerfile:2: comment for hadolint: a test image
      warning Dockerfile:3 [root-user] this image runs as root: its last USER is root
    compose.yaml:4: comment for dockvet, until 2999-01-01: needs the disks
      error compose.yaml:5 [privileged] service web is privileged: who gets into it is root on the host
    2 silenced by comments, 0 known to a baseline
    ");
    let json = dockvet(dir.path(), &["suppressions", "--select", "privileged", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json[0]["reason"], "needs the disks");
    assert_eq!(json[0]["until"], "2999-01-01");
}

#[test]
fn the_schema_is_the_parser() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("dockvet.schema.json");
    let now = stdout(&dockvet(Path::new("/"), &["schema"]));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), now, "dockvet.schema.json is old; write it with UPDATE=1 cargo test --test configured");
    let schema = jsonschema::validator_for(&serde_json::from_str(&now).unwrap()).unwrap();
    let valid = |text: &str| schema.is_valid(&serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap());
    assert!(valid(
        "preset = \"strict\"\nselect = [\"security\"]\nfail-on = \"never\"\n[levels]\nroot-user = \"off\"\n[lints.untrusted-registry]\nallowed = [\"x\"]\n"
    ));
    assert!(valid("[images.x]\nuser = \"1\"\npackage_manager = \"apk\"\n[[overrides]]\nfiles = [\"a\"]\nbuild.args = { A = \"b\" }\n"));
    for wrong in [
        "preset = \"strikt\"\n",
        "selct = []\n",
        "[levels]\nroot-user = \"loud\"\n",
        "[[overrides]]\nfile = [\"a\"]\n",
        "[images.x]\nusr = \"1\"\n",
    ] {
        assert!(!valid(wrong), "{wrong}");
    }
}

#[test]
fn a_first_configuration_is_one_that_reads() {
    let dir = project(&[("Dockerfile", ROOT)]);
    let written = dockvet(dir.path(), &["init"]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    let text = fs::read_to_string(dir.path().join("dockvet.toml")).unwrap();
    assert!(text.contains("# \"root-user\",") && text.contains("# 1: "), "{text}");
    let same = |text: &str| {
        found(dir.path(), &["--fail-on", "never"]).0 == found(dir.path(), &["--no-config", "--fail-on", "never"]).0 || panic!("{text}")
    };
    assert!(same(&text));
    // Every line that is commented out may be taken in.
    let open: String = text.lines().map(|l| if l.trim_start().starts_with("# \"") || l.starts_with("# [") || l.contains(" = ") { l.replacen("# ", "", 1) } else { l.to_string() } + "\n").collect();
    fs::write(dir.path().join("dockvet.toml"), &open).unwrap();
    fs::write(dir.path().join(".dockvet-baseline"), "").unwrap();
    assert_eq!(found(dir.path(), &[]), (vec![], 0), "{open}");
    assert_eq!(dockvet(dir.path(), &["init"]).status.code(), Some(2), "nothing is written over");
}

#[test]
fn doctor_says_what_is_seen() {
    let dir = project(&[("Dockerfile", ROOT), ("api/Dockerfile.j2", ROOT), ("dockvet.toml", "select = [\"root-user\"]\n")]);
    let out = stdout(&dockvet(dir.path(), &["doctor"]));
    assert!(
        out.contains("configuration: dockvet.toml\n") && out.contains("Dockerfiles: 1: Dockerfile\n") && out.contains("lints: 1 of "),
        "{out}"
    );
    assert!(out.contains("note: api/Dockerfile.j2: is a template"), "{out}");
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&dockvet(Path::new("/"), &["completions", shell])).contains("suppressions"), "{shell}");
    }
    assert!(stdout(&dockvet(Path::new("/"), &["man"])).contains(".TH dockvet 1"));
    let dir = project(&[]);
    dockvet(dir.path(), &["man", "pages"]);
    assert!(dir.path().join("pages/dockvet-check.1").is_file());
}

#[test]
fn fixes_can_be_seen_and_chosen() {
    let dir = project(&[("Dockerfile", "from debian:12\nMAINTAINER x\nUSER 10001\n")]);
    let diff = dockvet(dir.path(), &["--diff", "--unsafe-fixes", "--select", "maintainer-deprecated,inconsistent-casing"]);
    insta::assert_snapshot!(stdout(&diff), @r#"
    --- a/Dockerfile
    +++ b/Dockerfile
    @@ -1,3 +1,3 @@
    -from debian:12
    -MAINTAINER x
    +FROM debian:12
    +LABEL org.opencontainers.image.authors="x"
     USER 10001
    "#);
    assert_eq!((diff.status.code(), stderr(&diff).as_str()), (Some(1), "2 fixes would change 1 file\n"));
    let before = fs::read_to_string(dir.path().join("Dockerfile")).unwrap();
    assert_eq!(before, "from debian:12\nMAINTAINER x\nUSER 10001\n", "nothing is written");
    dockvet(dir.path(), &["--fix-only", "inconsistent-casing"]);
    assert_eq!(fs::read_to_string(dir.path().join("Dockerfile")).unwrap(), "FROM debian:12\nMAINTAINER x\nUSER 10001\n");
    let nothing = dockvet(dir.path(), &["--diff", "--fix-only", "inconsistent-casing"]);
    assert_eq!((nothing.status.code(), stdout(&nothing).as_str()), (Some(0), ""));
}
