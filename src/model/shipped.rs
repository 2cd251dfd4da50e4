//! The instructions whose effect is in the image that a build gives.

use super::build::Build;
use super::dockerfile::{InstructionAt, RunUser};
use crate::source::Span;
use crate::syntax::text::Text;

impl Build {
    /// The instructions of the output stage and of the stages it is FROM, in the order they take effect. The trigger of an
    /// ONBUILD comes right after it.
    pub fn instructions(&self) -> Vec<InstructionAt<'_>> {
        let stages = self.dockerfile.ancestry(self.stage).into_iter().rev();
        let own = stages.flat_map(|stage| self.dockerfile.stage_instructions(stage));
        let mut out = Vec::new();
        for at in own {
            out.push(at);
            out.extend(at.instruction.trigger.as_deref().map(|t| InstructionAt { instruction: t, onbuild: true, ..at }));
        }
        out
    }

    /// The last USER of the image, `name[:group]`, with its bytes; `None` when none is set in this file or its value is not
    /// known.
    pub fn last_user(&self) -> Option<(&Text, Span)> {
        match self.dockerfile.image_user(self.stage) {
            RunUser::Set { user, span } => Some((user.known()?, span)),
            _ => None,
        }
    }
}
