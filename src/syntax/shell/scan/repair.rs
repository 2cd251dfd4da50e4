//! Guessing where something unclosed was meant to end.

use super::{Kind, MAX_REPAIRS, Mask, Scanner};

impl Scanner<'_> {
    /// An unclosed quote or `${` swallows the rest of the script. Most likely it was meant to end with its command:
    /// it is closed there and the scan goes on. Returns whether there is more to scan.
    pub(super) fn repair(&mut self, too_deep: bool) -> bool {
        let Some(index) = self.opaque.or((too_deep && self.frames.len() > 1).then_some(1)) else { return false };
        let Some(frame) = self.frames.get(index) else { return false };
        let (start, kind) = (frame.start, frame.kind);
        self.broken = true;
        self.opaque = None;
        let guess = matches!(kind, Kind::Double | Kind::Parameter(_) | Kind::Group) || too_deep;
        let end = if guess && self.repairs < MAX_REPAIRS { self.guess_end(start) } else { self.bytes.len() };
        self.repairs += 1;
        self.frames.truncate(index);
        self.pending.clear();
        self.mask(start, end, Mask::Word);
        if let Some(frame) = self.frames.last_mut() {
            frame.word.get_or_insert(start);
        }
        self.pos = end;
        self.pos < self.bytes.len()
    }

    /// Where the command around `start` most likely ends.
    pub(super) fn guess_end(&self, start: usize) -> usize {
        let rest = self.bytes.get(start + 1..).unwrap_or(&[]);
        let found = rest.iter().enumerate().position(|(i, &b)| {
            let is = |s: &[u8]| rest.get(i..).is_some_and(|r| r.starts_with(s));
            b == b'\n' || (b == b' ' && (is(b" && ") || is(b" || ") || is(b" | "))) || (b == b';' && is(b"; "))
        });
        found.map_or(self.bytes.len(), |at| start + 1 + at)
    }
}
