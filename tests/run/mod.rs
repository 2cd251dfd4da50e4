//! Running the real binary in a folder of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with these files.
pub fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The program in this folder, with no environment.
pub fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockvet"));
    command.args(args).current_dir(dir).env_clear().env("COLUMNS", "100");
    command
}

/// Runs the program in this folder.
pub fn dockvet(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().unwrap()
}

/// What it said, without the time it took.
pub fn stdout(output: &Output) -> String {
    // How long it took differs from run to run.
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let timeless = |line: &str| match line.split_once("; 0.") {
        Some((head, tail)) if tail.ends_with(" s") => format!("{head}; 0.00 s"),
        _ => line.to_string(),
    };
    text.lines().map(|l| timeless(l) + "\n").collect()
}

/// What it said beside that.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
