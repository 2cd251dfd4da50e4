//! What a lint says: a message, the bytes it is about, related places, and edits that would mend it.

use crate::source::Span;

/// How bad it is. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Should be changed.
    Warning,
    /// Must be changed: a way in, or something that cannot work.
    Error,
}

impl Level {
    /// The name people read and write.
    pub fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// What kind of trouble a lint is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group {
    /// Someone may take over the container, the host, the data or the build.
    Security,
    /// It does not do what it says.
    Correctness,
    /// It is larger or slower than it needs to be.
    Efficiency,
    /// It can be read or maintained more easily.
    Style,
}

impl Group {
    /// The name people read and write.
    pub fn name(self) -> &'static str {
        match self {
            Group::Security => "security",
            Group::Correctness => "correctness",
            Group::Efficiency => "efficiency",
            Group::Style => "style",
        }
    }
}

/// How much a fix may be trusted. Ordered: `Unsafe < Safe`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// May change behaviour; applied only when asked for.
    Unsafe,
    /// Same behaviour, or exactly what the author meant.
    Safe,
}

impl Safety {
    /// The name people read and write.
    pub fn name(self) -> &'static str {
        match self {
            Safety::Unsafe => "unsafe",
            Safety::Safe => "safe",
        }
    }
}

/// Bytes with a note on them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Label {
    /// The bytes, in any file.
    pub span: Span,
    /// What to see there; may be empty on the primary label.
    pub note: String,
}

/// One replacement: these bytes out, this text in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The text to put there.
    pub text: String,
}

/// Edits that belong together: all are applied or none, and they may be in several files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fix {
    /// What it does, as an order: `add USER 10001`.
    pub title: String,
    /// How much it may be trusted.
    pub safety: Safety,
    /// The replacements.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// The lint that says it.
    pub lint: &'static str,
    /// Names the kind of finding where a lint has several: `unknown-instruction`.
    pub code: Option<&'static str>,
    /// How bad this one is.
    pub level: Level,
    /// The group of the lint.
    pub group: Group,
    /// `security-severity` of SARIF, 0.0-10.0; only on security findings.
    pub score: Option<f32>,
    /// What is wrong here, one line.
    pub message: String,
    /// The bytes it is about.
    pub primary: Label,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// What to write instead; may have several lines.
    pub help: Option<String>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix>,
    /// Where it is in the model: `services.web.user`, `stage:final/USER`. Survives moved lines.
    pub path: String,
    /// Bytes that no output may quote.
    pub secrets: Vec<Span>,
    /// What tells it apart from others of the same lint at the same path: the port, the variable's name.
    pub evidence: String,
}

/// A finding that is known but not reported: silenced by a person, or older than the baseline.
#[derive(Clone, PartialEq, Debug)]
pub struct Suppressed {
    /// The finding, as it would have been reported.
    pub finding: Diagnostic,
    /// What silences it.
    pub by: SuppressedBy,
    /// The reason that is written there; may be empty.
    pub reason: String,
}

/// What silences a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SuppressedBy {
    /// A comment: its bytes, from the comment sign to the end of the line.
    Comment(Span),
    /// The configuration.
    Config,
    /// The baseline: the finding was there when it was written.
    Baseline,
}

impl SuppressedBy {
    /// The name people read and write.
    pub fn name(self) -> &'static str {
        match self {
            SuppressedBy::Comment(_) => "comment",
            SuppressedBy::Config => "config",
            SuppressedBy::Baseline => "baseline",
        }
    }
}

impl Diagnostic {
    /// `syntax` or `schema` for what the reference tools would refuse, else the group's name.
    pub fn category(&self) -> &'static str {
        match self.lint {
            "dockerfile-syntax" | "compose-syntax" => "syntax",
            "compose-schema" | "compose-value" | "compose-reference" | "compose-conflict" => "schema",
            _ => self.group.name(),
        }
    }

    /// Identity that survives moved lines and reworded messages: a hash of lint, kind, file name, model path and
    /// evidence, as 16 hexadecimal digits.
    pub fn fingerprint(&self, file_name: &str) -> String {
        let mut hash = Fnv::default();
        for part in [self.lint, self.code.unwrap_or(""), file_name, &self.path, &self.evidence] {
            hash.write(part.as_bytes());
            hash.write(&[0]);
        }
        format!("{:016x}", hash.0)
    }
}

/// FNV-1a, 64 bits: the same on every platform and in every release, which the standard hashers do not promise.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = (self.0 ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
