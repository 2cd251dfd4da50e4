//! Where a value is written and how it got here.

use std::sync::Arc;

use crate::source::Span;

/// One step that a value took on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum How {
    /// Through a YAML alias, `*name`.
    Alias,
    /// Through a YAML merge key, `<<: *name`.
    MergeKey,
    /// Inherited by `extends`.
    Extends,
    /// From a file that `include` names.
    Include,
    /// Set or added by an override file.
    Override,
    /// The default word of an interpolation, `${X:-word}`.
    Default,
    /// From `.env` or an env file.
    EnvFile,
}

/// A step with the bytes that made it: the `*name`, the `extends`, the `${..}`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Hop {
    /// What kind of step.
    pub how: How,
    /// Where it is written.
    pub span: Span,
}

/// Where a value is written, and the steps from there to where it is used, first step first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The bytes of the value itself.
    pub span: Span,
    // Shared, because a whole subtree that comes through one alias has the same steps; `None` for most values.
    hops: Option<Arc<[Hop]>>,
}

impl Origin {
    /// Written where it is used.
    pub fn here(span: Span) -> Self {
        Origin { span, hops: None }
    }

    /// Written at `span`, with the steps that a whole subtree shares.
    pub fn shared(span: Span, hops: Option<Arc<[Hop]>>) -> Self {
        Origin { span, hops }
    }

    /// Another span that took the same steps: a part of the value, say.
    #[must_use]
    pub fn at(&self, span: Span) -> Self {
        Origin { span, hops: self.hops.clone() }
    }

    /// The steps it took.
    pub fn hops(&self) -> &[Hop] {
        self.hops.as_deref().unwrap_or(&[])
    }

    /// The same value one step further.
    #[must_use]
    pub fn via(&self, how: How, span: Span) -> Self {
        let mut hops = self.hops().to_vec();
        hops.push(Hop { how, span });
        Origin { span: self.span, hops: Some(hops.into()) }
    }

    /// Whether other places use the same bytes, so that an edit here would change them too.
    pub fn is_shared(&self) -> bool {
        self.hops().iter().any(|h| matches!(h.how, How::Alias | How::MergeKey | How::Extends | How::Include))
    }
}

/// A value that carries where it came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value written at `span` and used there.
    pub fn here(value: T, span: Span) -> Self {
        Sourced { value, origin: Origin::here(span) }
    }

    /// The bytes it is written with.
    pub fn span(&self) -> Span {
        self.origin.span
    }

    /// Another value of the same origin.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: f(self.value), origin: self.origin }
    }

    /// A view that borrows the value.
    pub fn as_ref(&self) -> Sourced<&T> {
        Sourced { value: &self.value, origin: self.origin.clone() }
    }
}

/// A key that may be missing. A missing key has an address too: where it would be added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Slot<T> {
    /// It is there.
    Set(Sourced<T>),
    /// It is not; the span is the place to point at and add it.
    Absent(Span),
    /// Something is there that cannot be read; lints stay silent.
    Broken(Span),
}

impl<T> Slot<T> {
    /// The value, when it is set.
    pub fn set(&self) -> Option<&Sourced<T>> {
        match self {
            Slot::Set(s) => Some(s),
            Slot::Absent(_) | Slot::Broken(_) => None,
        }
    }

    /// Whether the key is missing (and not merely broken).
    pub fn is_absent(&self) -> bool {
        matches!(self, Slot::Absent(_))
    }
}
