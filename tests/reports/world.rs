//! A small shop to report on: files in memory, lints with pages, and findings as a lint would make them.

use std::path::Path;

use dockvet::diagnostic::{Diagnostic, Edit, Fix, Group, Label, Level, Safety, Suppressed, SuppressedBy};
use dockvet::lint::Lint;
use dockvet::report::{Format, Report, Style};
use dockvet::source::{DEFAULT_MAX_SIZE, FileId, FileKind, Sources, Span};

/// Files and what was found in them.
pub struct World {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    pub silenced: Vec<Suppressed>,
    pub linted: Vec<FileId>,
    pub secrets: Vec<Span>,
    pub errors: Vec<String>,
    pub notes: Vec<String>,
    pub files: usize,
}

impl World {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let sources = Sources::new(Path::new("/project"), DEFAULT_MAX_SIZE);
        for (name, text) in files {
            let kind = if name.ends_with("yaml") { FileKind::Compose } else { FileKind::Dockerfile };
            sources.set_text(Path::new(name), kind, (*text).to_string());
        }
        World { files: files.len(), ..World::empty(sources) }
    }

    fn empty(sources: Sources) -> Self {
        World {
            sources,
            diagnostics: Vec::new(),
            silenced: Vec::new(),
            linted: Vec::new(),
            secrets: Vec::new(),
            errors: Vec::new(),
            notes: Vec::new(),
            files: 0,
        }
    }

    pub fn file(&self, name: &str) -> FileId {
        self.sources.find(Path::new(name)).expect("a file of the world").id
    }

    /// The first place where `needle` stands in the file.
    pub fn at(&self, name: &str, needle: &str) -> Span {
        let source = self.sources.find(Path::new(name)).expect("a file of the world");
        let start = source.text.find(needle).expect("the needle");
        Span::new(source.id, start, start + needle.len())
    }

    /// Adds findings; they are kept in the order that reports are promised.
    pub fn add(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(found);
        let name = |d: &Diagnostic| self.sources.get(d.primary.span.file).name.clone();
        self.diagnostics.sort_by_key(|d| (name(d), d.primary.span.start, d.lint));
    }

    pub fn report(&self) -> Report<'_> {
        Report {
            diagnostics: &self.diagnostics,
            sources: &self.sources,
            lints: LINTS,
            files: self.files,
            linted: &self.linted,
            suppressed: self.silenced.iter().filter(|s| s.by != SuppressedBy::Baseline).count(),
            baselined: self.silenced.iter().filter(|s| s.by == SuppressedBy::Baseline).count(),
            silenced: &self.silenced,
            errors: &self.errors,
            notes: &self.notes,
            secrets: &self.secrets,
            elapsed: None,
        }
    }

    pub fn write(&self, format: &str, style: &Style) -> String {
        write(&self.report(), format, style)
    }
}

pub fn write(report: &Report, format: &str, style: &Style) -> String {
    let mut out = Vec::new();
    (Format::find(format).expect("a format").write)(report, style, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("text")
}

/// A finding with nothing but a message.
pub fn finding(lint: &'static str, level: Level, span: Span, message: &str) -> Diagnostic {
    let known = LINTS.iter().find(|l| l.id == lint).expect("a lint of the world");
    Diagnostic {
        lint,
        code: None,
        level,
        group: known.group,
        score: known.score,
        message: message.to_string(),
        primary: label(span, ""),
        labels: Vec::new(),
        help: None,
        fixes: Vec::new(),
        path: String::new(),
        secrets: Vec::new(),
        evidence: String::new(),
    }
}

pub fn label(span: Span, note: &str) -> Label {
    Label { span, note: note.to_string() }
}

pub fn fix(title: &str, safety: Safety, edits: &[(Span, &str)]) -> Fix {
    let edits = edits.iter().map(|(span, text)| Edit { span: *span, text: (*text).to_string() }).collect();
    Fix { title: title.to_string(), safety, edits }
}

const fn lint(id: &'static str, summary: &'static str, group: Group, level: Level, score: Option<f32>, page: &'static str) -> Lint {
    let cis: &[&str] = if score.is_some() { &["5.4"] } else { &[] };
    Lint { id, summary, group, level, default: true, score, cis, aliases: &[], fix: None, since: "0.1.0", options: &[], page, checks: &[] }
}

static PRIVILEGED: Lint = lint(
    "privileged",
    "a service runs with every capability and device of the host",
    Group::Security,
    Level::Error,
    Some(9.0),
    "# privileged\n\nA *privileged* container sees the devices of the [host](https://docs.docker.com) and may load modules: who owns the\ncontainer owns the host.\n\n## How to mend it\n\nTake the line out; give single capabilities with `cap_add`.\n",
);
static ROOT_USER: Lint = lint(
    "root-user",
    "the container runs as root",
    Group::Security,
    Level::Warning,
    Some(6.5),
    "# root-user\n\nThe process has the rights of root in the container, and of root on the host if it gets out.\n",
);
static SECRET: Lint = lint(
    "hardcoded-secret",
    "a credential is written into the file",
    Group::Security,
    Level::Error,
    Some(8.0),
    "# hardcoded-secret\n\nWhoever can read the file has the credential.\n",
);
static CAP_DROP: Lint = lint(
    "missing-cap-drop",
    "a service keeps the default capabilities",
    Group::Security,
    Level::Warning,
    Some(4.5),
    "# missing-cap-drop\n\nMost services need none of the fourteen capabilities that they get.\n",
);
static NO_NEW_PRIVILEGES: Lint = lint(
    "missing-no-new-privileges",
    "a process can gain rights through setuid programs",
    Group::Security,
    Level::Warning,
    Some(4.0),
    "# missing-no-new-privileges\n\nA setuid program gives its rights to whoever starts it.\n",
);
static LIMITS: Lint = lint(
    "missing-resource-limits",
    "a service may use all memory and processors",
    Group::Security,
    Level::Warning,
    Some(4.0),
    "# missing-resource-limits\n\nOne service that leaks stops all the others.\n",
);
static CACHE: Lint = lint(
    "apt-lists-kept",
    "package lists stay in the layer",
    Group::Efficiency,
    Level::Info,
    None,
    "# apt-lists-kept\n\nThe lists are of no use in the image and make it larger.\n",
);

pub static LINTS: &[&Lint] = &[&PRIVILEGED, &ROOT_USER, &SECRET, &CAP_DROP, &NO_NEW_PRIVILEGES, &LIMITS, &CACHE];

/// One finding about the first place of `needle` in a file with this text, with `note` on it.
pub fn one(text: &str, needle: &str, note: &str) -> World {
    let mut world = World::new(&[("Dockerfile", text)]);
    let span = world.at("Dockerfile", needle);
    world.add([Diagnostic { primary: label(span, note), ..finding("root-user", Level::Warning, span, "the image runs as root") }]);
    world
}

const COMPOSE: &str = r#"services:
  web:
    build: ./web
    privileged: true
    ports:
      - "8080:80"
  orders:
    image: shop/orders:3.2
    environment:
      PAYMENT_KEY: "pk_live_4242424242"
"#;

const DOCKERFILE: &str = "FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends \\
    ca-certificates \\
    nodejs
WORKDIR /srv/shop
COPY . .
CMD [\"node\", \"server.js\"]
";

/// The shop: a Compose file, a Dockerfile, one finding of each kind.
pub fn shop() -> World {
    let mut world = World::new(&[("compose.yaml", COMPOSE), ("web/Dockerfile", DOCKERFILE), ("jobs/Dockerfile", "FROM scratch\n")]);
    let privileged = world.at("compose.yaml", "privileged: true");
    let line = Span::new(privileged.file, privileged.start as usize - 4, privileged.end as usize + 1);
    let from = world.at("web/Dockerfile", "debian:12-slim");
    let cmd = world.at("web/Dockerfile", "CMD");
    let apt = world.at("web/Dockerfile", "apt-get update");
    let end = world.at("web/Dockerfile", "nodejs").at_end();
    let key = world.at("compose.yaml", "pk_live_4242424242");
    world.secrets.push(key);
    world.add([
        Diagnostic {
            primary: label(privileged, "every device of the host, every capability"),
            help: Some("take the line out; give single capabilities with cap_add".into()),
            fixes: vec![fix("remove `privileged`", Safety::Unsafe, &[(line, "")])],
            path: "services.web.privileged".into(),
            evidence: "true".into(),
            ..finding("privileged", Level::Error, privileged, "service `web` runs privileged")
        },
        Diagnostic {
            primary: label(key, "18 characters, looks like a payment key"),
            path: "services.orders.environment.PAYMENT_KEY".into(),
            ..finding("hardcoded-secret", Level::Error, key, "`PAYMENT_KEY` holds a live key")
        },
        Diagnostic {
            primary: label(from, "its user is root, and no USER follows"),
            labels: vec![label(world.at("compose.yaml", "./web"), "built and run here"), label(cmd, "starts as root")],
            help: Some("RUN useradd --uid 10001 --no-create-home shop\nUSER 10001".into()),
            path: "stage:0/USER".into(),
            ..finding("root-user", Level::Warning, from, "the image runs as root")
        },
        Diagnostic {
            fixes: vec![fix("delete the lists in the same layer", Safety::Safe, &[(end, " && rm -rf /var/lib/apt/lists/*")])],
            path: "stage:0/RUN[0]".into(),
            ..finding("apt-lists-kept", Level::Info, apt.to(end), "the package lists stay in the image")
        },
    ]);
    world
}
