//! How many bytes of Dockerfile one core reads in a second: the tree, the checks of the syntax, stages and variables;
//! no shell, no lints.
//!
//! ```text
//! cargo bench --bench dockerfile -- [FOLDER]
//! ```
//!
//! Reads every Dockerfile below FOLDER, else those of `examples/shop`, and prints the best and the median of some
//! rounds in MB/s (10^6 bytes), for the tree alone and for tree and model.

#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dockvet::model::dockerfile::Dockerfile;
use dockvet::source::{DEFAULT_MAX_SIZE, FileKind, Sources, kind_of};
use dockvet::syntax::dockerfile;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 15;
/// A round reads the files again and again up to about this many bytes.
const BYTES: usize = 4_000_000;

fn texts(folder: &Path, out: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            texts(&path, out);
        } else if kind_of(&path) == Some(FileKind::Dockerfile) {
            out.extend(std::fs::read_to_string(&path));
        }
    }
}

fn measure(name: &str, texts: &[String], mut read: impl FnMut(&str)) {
    let size: usize = texts.iter().map(String::len).sum();
    let repeats = BYTES / size.max(1) + 1;
    let round = || {
        let start = Instant::now();
        (0..repeats).for_each(|_| texts.iter().for_each(|t| read(t)));
        start.elapsed()
    };
    let mut times: Vec<Duration> = std::iter::repeat_with(round).take(ROUNDS).collect();
    times.sort();
    let rate = |time: Option<&Duration>| time.map_or(0.0, |t| (size * repeats) as f64 / 1e6 / t.as_secs_f64());
    println!("{name:24} best {:7.1} MB/s   median {:7.1} MB/s", rate(times.first()), rate(times.get(ROUNDS / 2)));
}

fn main() {
    let folder = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let folder = folder.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"), PathBuf::from);
    let mut found = Vec::new();
    texts(&folder, &mut found);
    let id = Sources::new(Path::new("/"), DEFAULT_MAX_SIZE).set_text(Path::new("Dockerfile"), FileKind::Dockerfile, String::new()).id;
    println!("{} Dockerfiles, {} bytes", found.len(), found.iter().map(String::len).sum::<usize>());
    measure("tree", &found, |text| drop(std::hint::black_box(dockerfile::parse(id, text))));
    measure("tree, checks and model", &found, |text| drop(std::hint::black_box(Dockerfile::from_parse(id, dockerfile::parse(id, text)))));
}
