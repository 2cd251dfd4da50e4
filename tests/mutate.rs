//! Seeded mutations of small projects, run through the targets that `fuzz/` has too. `DOCKVET_MUTATIONS=100000` tries
//! more of them; `DOCKVET_SEED=7` others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

mod targets;

use std::panic::catch_unwind;
use std::path::Path;

use targets::{NEXT_FILE, TARGETS};

/// How many mutations each target gets unless asked for more.
const MUTATIONS: u64 = 150;

/// Pieces that mean something to one of the readers.
const WORDS: &[&str] = &[
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "\\\n",
    "`",
    "'",
    "\"",
    "\\",
    "$",
    "${",
    "}",
    "{",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "? ",
    ",",
    "#",
    "# ",
    "&a ",
    "*a",
    "<<: *a",
    "!reset ",
    "!override ",
    "|\n",
    ">\n",
    "---\n",
    "...\n",
    "%%\n",
    "\n%%\n",
    "\0",
    "é",
    "𐐀",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "FROM ",
    "RUN ",
    "COPY ",
    "ADD ",
    "ARG ",
    "ENV ",
    "USER ",
    "SHELL ",
    "ONBUILD ",
    "HEALTHCHECK ",
    "AS ",
    "--from=",
    "--mount=type=",
    "<<EOF",
    "EOF\n",
    "scratch",
    "${V:-x}",
    "${V:?x}",
    "# syntax=",
    "# escape=`\n",
    "services:\n",
    "extends:",
    "include:",
    "image:",
    "build:",
    "ports:",
    "env_file:",
    "user: root\n",
    "privileged: true\n",
    "&&",
    "||",
    "|",
    ";",
    "$(",
    "))",
    "<(",
    "*",
    "**",
    "?",
    "!",
    "/",
    "..",
    "[a-",
    "99999999999999999999",
    "-1",
    "0x1F",
    "1e999",
    "null",
    "~",
];

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// A stretch of the text, mostly a short one.
    fn stretch(&mut self, len: usize) -> std::ops::Range<usize> {
        let from = self.below(len + 1);
        let most = if self.below(4) == 0 { len } else { 12 };
        from..(from + self.below(most)).min(len)
    }
}

/// The text with a few changes. Characters stay whole.
fn mutate(text: &str, others: &[String], random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(6) {
        let range = random.stretch(chars.len());
        let replacement: Vec<char> = match random.below(7) {
            0 => Vec::new(),
            1 | 2 => random.pick(WORDS).chars().collect(),
            3 => random.pick(WORDS).repeat(random.below(40)).chars().collect(),
            4 => chars[range.clone()].repeat(2),
            5 => chars[random.stretch(chars.len())].to_vec(),
            _ => {
                let other: Vec<char> = others[random.below(others.len())].chars().collect();
                other[random.stretch(other.len())].to_vec()
            }
        };
        let range = if random.below(2) == 0 { range.start..range.start } else { range };
        chars.splice(range, replacement);
    }
    chars.into_iter().take(20_000).collect()
}

/// The texts to start from: `tests/seeds/`, and the project under `examples/`.
fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let mut seeds: Vec<_> = std::fs::read_dir(root.join("tests/seeds")).unwrap().map(|e| e.unwrap().path()).collect();
    seeds.sort();
    let mut corpus: Vec<String> = seeds.iter().map(|s| std::fs::read_to_string(s).unwrap()).collect();
    let shop = ["compose.yaml", "api/Dockerfile", "web/Dockerfile", "worker/Dockerfile"].map(|f| read(&format!("examples/shop/{f}")));
    corpus.push(shop[..2].join(NEXT_FILE));
    corpus.extend(shop);
    corpus
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn no_mutation_breaks_a_promise() {
    let corpus = corpus();
    let mutations = number("DOCKVET_MUTATIONS", MUTATIONS);
    let mut random = Random(number("DOCKVET_SEED", 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for (name, target) in TARGETS {
        for round in 0..mutations {
            let seed = &corpus[random.below(corpus.len())];
            let text = if round < corpus.len() as u64 { corpus[round as usize].clone() } else { mutate(seed, &corpus, &mut random) };
            let outcome = catch_unwind(|| target(&text));
            assert!(outcome.is_ok(), "{name} fails with\n{text}\nas a string {text:?}");
        }
    }
}
