//! `RUN --mount=type=cache,target=/x`.

use super::{Flag, Instruction, Keyword};
use crate::source::Span;
use crate::syntax::text::{Text, TextBuilder};

/// One `--mount` of a RUN. Values are as written, variables not expanded; of a repeated key the last counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The whole flag.
    pub span: Span,
    /// `type`; bind when it is missing.
    pub kind: Option<Text>,
    /// `from`: a stage, a build context or an image.
    pub from: Option<Text>,
    /// `source`, `src`.
    pub source: Option<Text>,
    /// `target`, `dst`, `destination`.
    pub target: Option<Text>,
    /// `id`.
    pub id: Option<Text>,
    /// `required`; a bare one is `true`.
    pub required: Option<Text>,
    /// `env` (secret).
    pub env: Option<Text>,
    /// `sharing` (cache).
    pub sharing: Option<Text>,
    /// `readonly`, `ro`; a bare one is `true`.
    pub readonly: Option<Text>,
    /// `readwrite`, `rw`; a bare one is `true`.
    pub readwrite: Option<Text>,
    /// `mode`, octal.
    pub mode: Option<Text>,
    /// `uid`.
    pub uid: Option<Text>,
    /// `gid`.
    pub gid: Option<Text>,
    /// `size` (tmpfs).
    pub size: Option<Text>,
    /// Every field in order, unknown ones too.
    pub fields: Vec<MountField>,
}

/// One `key=value` of a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountField {
    /// The key as written; BuildKit compares without case.
    pub key: Text,
    /// What stands after `=`.
    pub value: Option<Text>,
    /// The whole field.
    pub span: Span,
}

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // their names say all
pub enum MountKind {
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

impl MountKind {
    /// All of them.
    pub const ALL: [MountKind; 5] = [MountKind::Bind, MountKind::Cache, MountKind::Tmpfs, MountKind::Secret, MountKind::Ssh];

    /// The name people write.
    pub fn name(self) -> &'static str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Cache => "cache",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Secret => "secret",
            MountKind::Ssh => "ssh",
        }
    }
}

impl Mount {
    /// What is mounted; `None` when `type` is unknown or a variable.
    pub fn kind(&self) -> Option<MountKind> {
        let Some(kind) = &self.kind else { return Some(MountKind::Bind) };
        MountKind::ALL.into_iter().find(|k| k.name().eq_ignore_ascii_case(kind))
    }

    fn slot(&mut self, key: &str) -> Option<&mut Option<Text>> {
        Some(match key {
            "type" => &mut self.kind,
            "from" => &mut self.from,
            "source" | "src" => &mut self.source,
            "target" | "dst" | "destination" => &mut self.target,
            "id" => &mut self.id,
            "required" => &mut self.required,
            "env" => &mut self.env,
            "sharing" => &mut self.sharing,
            "readonly" | "ro" => &mut self.readonly,
            "readwrite" | "rw" => &mut self.readwrite,
            "mode" => &mut self.mode,
            "uid" => &mut self.uid,
            "gid" => &mut self.gid,
            "size" => &mut self.size,
            _ => return None,
        })
    }
}

/// The mounts of a RUN, in order; none for other instructions.
pub fn mounts(instruction: &Instruction) -> Vec<Mount> {
    if instruction.keyword != Keyword::Run {
        return Vec::new();
    }
    instruction.flags_named("mount").map(mount).collect()
}

fn mount(flag: &Flag) -> Mount {
    let mut mount = Mount {
        span: flag.span,
        kind: None,
        from: None,
        source: None,
        target: None,
        id: None,
        required: None,
        env: None,
        sharing: None,
        readonly: None,
        readwrite: None,
        mode: None,
        uid: None,
        gid: None,
        size: None,
        fields: flag.value.as_ref().map(fields).unwrap_or_default(),
    };
    for field in mount.fields.clone() {
        let bare = || Text::replaced(field.span, "true");
        let key = field.key.to_ascii_lowercase();
        if let Some(slot) = mount.slot(&key) {
            *slot = Some(field.value.unwrap_or_else(bare));
        }
    }
    mount
}

/// The fields between commas; one in double quotes may have commas in it.
pub(super) fn fields(value: &Text) -> Vec<MountField> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = value.get(at..).filter(|r| !r.is_empty()) {
        let (text, length) = match rest.starts_with('"') {
            true => quoted_field(value, at),
            false => {
                let end = rest.find(',').unwrap_or(rest.len());
                (value.slice(at..at + end), end)
            }
        };
        let span = value.span_of(at..at + length);
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (text, None),
        };
        out.push(MountField { key, value, span });
        at += length + 1;
    }
    out
}

/// A field that begins with a double quote at `start`; `""` in it is one quote. Returns its length in `value`.
fn quoted_field(value: &Text, start: usize) -> (Text, usize) {
    let mut out = TextBuilder::new(value.file());
    let mut at = start + 1;
    loop {
        let rest = value.get(at..).unwrap_or("");
        let run = rest.find('"').unwrap_or(rest.len());
        out.push_slice(value, at..at + run);
        at += run + 1;
        if !value.get(at..).unwrap_or("").starts_with('"') {
            break;
        }
        out.push_slice(value, at..at + 1);
        at += 1;
    }
    let rest = value.get(at..).unwrap_or("");
    let end = at.min(value.len()) + rest.find(',').unwrap_or(rest.len());
    (out.finish(value.span_of(start..start).start as usize), end - start)
}
