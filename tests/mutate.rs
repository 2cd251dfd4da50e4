//! Seeded mutations of small projects, run through the targets that `fuzz/` has too. `DOCKVET_MUTATIONS=100000` tries
//! more of them; `DOCKVET_SEED=7` others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

mod targets;

use std::panic::catch_unwind;
use std::path::Path;

use targets::{NEXT_FILE, TARGETS};

/// How many mutations each target gets unless asked for more.
const MUTATIONS: u64 = 150;

/// Texts to start from, each for the targets that it is most likely to lead somewhere in.
const SEEDS: &[&str] = &[
    "# syntax=docker/dockerfile:1\nARG V=22\nFROM node:${V} AS build\nWORKDIR /app\nCOPY --chown=node:node package*.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci && \\\n    # a comment\n    npm run build\nFROM scratch\nCOPY --from=build /app/dist /\nUSER 1000:1000\nENTRYPOINT [\"/app\", \"-x\"]\n",
    "FROM alpine AS a\nRUN <<EOF bash\nset -e\ncurl -sSL https://example.com/x | sh\nEOF\nCOPY <<-'X' <<Y /etc/\n\tone $two\n\tX\n${three:-3}\nY\nONBUILD ADD --checksum=sha256:0 http://x/y.tgz /z\nHEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1\n",
    "# escape=`\r\nFROM mcr.microsoft.com/windows/servercore\r\nSHELL [\"powershell\", \"-c\"]\r\nENV A=b C=\"d e\" `\r\n    F=g\r\nRUN dir c:\\\r\n",
    "x-base: &base\n  image: nginx:${TAG:-1.27}\n  cap_add: [ALL]\nservices:\n  web:\n    <<: *base\n    build: {context: ., target: build, args: {V: 20}}\n    ports: [\"80:80\", '127.0.0.1:5432:5432/udp']\n    environment:\n      - DB_PASSWORD=hunter2hunter2\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n  db:\n    extends: {file: base.yaml, service: db}\n    privileged: true # dockvet: ignore[privileged] disks\n\n%%\nFROM debian:12 AS build\nUSER root\nCOPY . /app\n\n%%\nservices:\n  web: {user: root, ports: !override ['81:80']}\n\n%%\nservices:\n  db:\n    image: postgres\n    env_file: web.env\n\n%%\nTAG=2\n\n%%\nFROM node:22\nUSER node\nCOPY a b\n\n%%\nA=1\n\n%%\n{\"hosts\": [\"tcp://0.0.0.0:2375\"]}\n",
    "services:\n  a:\n    image: |\n      x\n    command: >-\n      sh -c \"echo $$HOME\n      && id\"\n    deploy: {resources: {limits: {cpus: '0.5', memory: 512M}}}\n    healthcheck: {test: [CMD, curl], interval: 1m30s}\nnetworks: {n: {external: true}}\nsecrets: {s: {file: ./s}}\n",
    "set -eo pipefail; for f in *.c; do gcc -c \"$f\" -o ${f%.c}.o || exit 1; done\nif [ -n \"$(id -u)\" ]; then sudo -E sh -c 'apt-get update && apt-get install -y curl'; fi\ncat <<-EOF >/etc/x 2>&1\n\t$A `b`\n\tEOF\ncase $x in a|b) echo;; *) ((i++)) ;; esac\n",
    "# logs\n*.log\n!keep.log\n**/node_modules\nsrc/**/*.[ch]\n[^a-z]?\\*\n/dist/\n!dist/app\n./a//b/../c\n",
];

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

/// The seeds, and the project under `examples/`.
fn corpus() -> Vec<String> {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    let read = |name: &str| std::fs::read_to_string(shop.join(name)).unwrap();
    let mut corpus: Vec<String> = SEEDS.iter().map(|s| (*s).to_string()).collect();
    corpus.extend(["api/Dockerfile", "web/Dockerfile", "worker/Dockerfile", "compose.yaml"].map(read));
    corpus.push(["compose.yaml", "api/Dockerfile"].map(read).join(NEXT_FILE));
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
