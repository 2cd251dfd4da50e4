//! What holds at an instruction.

use std::path::Path;

use super::{Dockerfile, is_absolute};
use crate::source::{FileKind, Sources};

fn read(text: &str) -> std::sync::Arc<Dockerfile> {
    let sources = Sources::new(Path::new("/"), 1 << 20);
    Dockerfile::of(&sources.set_text(Path::new("Dockerfile"), FileKind::Dockerfile, text.to_string()))
}

#[test]
fn a_workdir_is_set_here_or_by_the_base() {
    let has = |text: &str| {
        let file = read(text);
        file.has_workdir(file.stages.len() - 1, usize::MAX)
    };
    assert_eq!(has("FROM debian:12\nWORKDIR app\n"), Some(true));
    assert_eq!(has("FROM debian:12 AS a\nWORKDIR /app\nFROM a\n"), Some(true));
    assert_eq!(has("FROM debian:12\n"), Some(false));
    assert_eq!(has("FROM golang:1.25\n"), Some(true));
    assert_eq!(has("FROM scratch\n"), Some(false));
    assert_eq!(has("FROM registry.example.com/base:1\n"), None);
    assert_eq!(has("ARG BASE\nFROM $BASE\n"), None);
}

#[test]
fn a_later_workdir_is_not_yet_set() {
    let file = read("FROM debian:12\nCOPY a b\nWORKDIR /app\n");
    assert_eq!(file.has_workdir(0, 1), Some(false));
}

#[test]
fn absolute_paths() {
    assert!(["/", "/app", "C:\\app", "c:/app", "\\app"].into_iter().all(is_absolute));
    assert!(["", "app", "./app", "C:", "9:/x"].into_iter().all(|p| !is_absolute(p)));
}
