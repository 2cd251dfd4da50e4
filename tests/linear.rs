//! The cost of a project grows with its size and not with the square of it. Times are only compared with each other, and
//! generously: eight times the project may take thirty times as long, where a square would take sixty-four.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::path::Path;
use std::time::{Duration, Instant};

use dockvet::config::Preset;
use dockvet::engine::{Engine, Settings};
use dockvet::filter::rules::{Given, RuleBook, Rules};
use dockvet::lints::LINTS;
use dockvet::source::{FileKind, kind_of};

const SMALL: usize = 60;
const TIMES: usize = 8;
const MOST: f64 = 30.0;

type Files = Vec<(&'static str, String)>;

/// The least time of some runs, so that a busy machine disturbs little.
fn cost(files: &Files) -> Duration {
    let once = || {
        let strict = Given { preset: Some(Preset::Strict), ..Given::default() };
        let settings = Settings::new(RuleBook::plain(Rules::plain(LINTS, strict)));
        let mut engine = Engine::new(Path::new("/nowhere/dockvet"), settings);
        for (name, text) in files {
            engine.set_text(Path::new(name), kind_of(Path::new(name)).unwrap_or(FileKind::Other), text.clone());
        }
        let start = Instant::now();
        assert!(!engine.lint().files.is_empty());
        start.elapsed()
    };
    (0..2).map(|_| once()).min().unwrap()
}

#[track_caller]
fn is_linear(name: &str, files: impl Fn(usize) -> Files) {
    let (small, large) = (cost(&files(SMALL)), cost(&files(SMALL * TIMES)));
    let ratio = large.as_secs_f64() / small.as_secs_f64().max(1e-6);
    eprintln!("{name}: {small:?} to {large:?}, {ratio:.1} times");
    assert!(ratio < MOST, "{name}: {TIMES} times the input takes {ratio:.1} times as long");
}

fn services(n: usize, lines: impl Fn(usize) -> String, rest: &str) -> String {
    let mut text = "services:\n".to_owned();
    for i in 0..n {
        text += &format!("  s{i}:\n    image: example.com/s{i}:1\n{}", lines(i));
    }
    text + rest
}

#[test]
fn many_services() {
    is_linear("a chain of dependencies", |n| {
        let lines = |i: usize| {
            let needs = i.checked_sub(1).map_or(String::new(), |p| format!("    depends_on: [s{p}]\n"));
            format!(
                "{needs}    ports: ['127.0.0.1:{}:80']\n    networks: [front]\n    volumes: ['data:/d']\n    container_name: c{i}\n",
                1000 + i
            )
        };
        vec![("compose.yaml", services(n, lines, "networks: {front: {}}\nvolumes: {data: {}}\n"))]
    });
}

#[test]
fn many_wrong_names() {
    is_linear("references to nothing", |n| {
        let lines = |i: usize| format!("    networks: [n{i}x]\n    depends_on: [t{i}]\n");
        vec![("compose.yaml", services(n, lines, ""))]
    });
}

#[test]
fn many_resources_and_overrides() {
    is_linear("secrets, configs, networks, and an override of each service", |n| {
        let lines = |i: usize| {
            format!(
                "    secrets: [r{i}]\n    configs: [r{i}]\n    networks: [r{i}]\n    volumes: ['r{i}:/v']\n    read_only: true\n    environment: {{A: b}}\n"
            )
        };
        let section = |name: &str, value: &str| format!("{name}:\n{}", (0..n).map(|i| format!("  r{i}: {value}\n")).collect::<String>());
        let rest = [
            section("secrets", "{environment: A}"),
            section("configs", "{content: a}"),
            section("networks", "{}"),
            section("volumes", "{}"),
        ];
        let over = services(n, |i| format!("    user: u{i}\n    environment: {{A: c}}\n"), "");
        vec![("compose.yaml", services(n, lines, &rest.concat())), ("compose.override.yaml", over)]
    });
}

#[test]
fn one_service_of_many_parts() {
    is_linear("variables, labels and ports of one service", |n| {
        let of = |format: &dyn Fn(usize) -> String| (0..n * 4).map(format).collect::<String>();
        let text = format!(
            "services:\n  a:\n    image: x\n    env_file: e.env\n    label_file: l.env\n    environment:\n{}    ports:\n{}    labels:\n{}",
            of(&|i| format!("      V{i}: x\n")),
            of(&|i| format!("      - '127.0.0.1:{}:{}'\n", 1 + i % 60000, 1 + i % 60000)),
            of(&|i| format!("      l{i}: x\n")),
        );
        vec![("compose.yaml", text), ("e.env", of(&|i| format!("V{i}=a\nW{i}=b\n"))), ("l.env", of(&|i| format!("l{i}=a\nm{i}=b\n")))]
    });
}

#[test]
fn one_dockerfile_of_many_parts() {
    is_linear("stages, variables and labels", |n| {
        let mut text = "FROM debian:12 AS s0\n".to_owned();
        for i in 1..n {
            text +=
                &format!("FROM debian:12 AS s{i}\nCOPY --from=s{} /a /b\nENV A{i}=1\nLABEL l{i}=1\nEXPOSE {i}\nRUN echo $A{i}\n", i - 1);
        }
        vec![("Dockerfile", text)]
    });
}
