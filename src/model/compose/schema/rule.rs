//! The shape of rules.

/// Kinds of scalar, as bits.
pub(super) const STR: u8 = 1;
pub(super) const INT: u8 = 2;
/// Any number, whole ones included.
pub(super) const NUM: u8 = 4;
pub(super) const BOOL: u8 = 8;
pub(super) const NULL: u8 = 16;

/// What may stand somewhere: any of these.
pub(super) struct Rule {
    /// Which scalars.
    pub scalars: u8,
    /// What a scalar must be besides.
    pub check: Check,
    /// A list.
    pub list: Option<ListRule>,
    /// A mapping.
    pub map: Option<&'static MapRule>,
    /// Whatever.
    pub any: bool,
}

/// What a scalar must be besides its kind.
pub(super) enum Check {
    None,
    /// A string is one of these.
    OneOf(&'static [&'static str]),
    /// A string passes; the words say what to write.
    Pattern(fn(&str) -> bool, &'static str),
    /// A number lies between these, both included.
    Range(i64, i64),
}

/// A list of one kind of item.
#[derive(Clone, Copy)]
pub(super) struct ListRule {
    pub item: &'static Rule,
    /// No two items are equal.
    pub unique: bool,
}

/// A mapping.
pub(super) struct MapRule {
    /// What has these keys, for messages: `a service`.
    pub what: &'static str,
    pub keys: &'static [(&'static str, &'static Rule)],
    pub required: &'static [&'static str],
    pub other: Other,
    /// Keys that start with `x-` are free.
    pub extensions: bool,
}

/// Keys that are not listed.
pub(super) enum Other {
    /// There are none.
    Refuse,
    /// Compose passes over them.
    Ignore,
    /// Any key.
    Any(&'static Rule),
    /// Names of letters, digits, `.`, `_` and `-`.
    Names(&'static Rule),
    /// The same, but other names are passed over.
    NamesOrIgnore(&'static Rule),
    /// Names of lower-case letters; others are passed over.
    Letters(&'static Rule),
}

/// A scalar of these kinds.
pub(super) const fn scalar(scalars: u8) -> Rule {
    Rule { scalars, check: Check::None, list: None, map: None, any: false }
}

/// A string or number with a check.
pub(super) const fn checked(scalars: u8, check: Check) -> Rule {
    Rule { scalars, check, list: None, map: None, any: false }
}

/// A list.
pub(super) const fn list(item: &'static Rule) -> Rule {
    Rule { scalars: 0, check: Check::None, list: Some(ListRule { item, unique: false }), map: None, any: false }
}

/// A list without equal items.
pub(super) const fn set(item: &'static Rule) -> Rule {
    Rule { scalars: 0, check: Check::None, list: Some(ListRule { item, unique: true }), map: None, any: false }
}

/// A mapping.
pub(super) const fn map(map: &'static MapRule) -> Rule {
    Rule { scalars: 0, check: Check::None, list: None, map: Some(map), any: false }
}

impl Rule {
    /// Or one of these scalars.
    pub const fn or(self, scalars: u8) -> Rule {
        Rule { scalars: self.scalars | scalars, check: self.check, list: self.list, map: self.map, any: self.any }
    }

    /// Or a mapping.
    pub const fn or_map(self, map: &'static MapRule) -> Rule {
        Rule { scalars: self.scalars, check: self.check, list: self.list, map: Some(map), any: self.any }
    }
}

/// A mapping with these keys and `x-` ones.
pub(super) const fn keys(what: &'static str, keys: &'static [(&'static str, &'static Rule)]) -> MapRule {
    MapRule { what, keys, required: &[], other: Other::Refuse, extensions: true }
}

impl MapRule {
    /// With keys that must be there.
    pub const fn requires(self, required: &'static [&'static str]) -> MapRule {
        MapRule { what: self.what, keys: self.keys, required, other: self.other, extensions: self.extensions }
    }

    /// Without `x-` keys.
    pub const fn closed(self) -> MapRule {
        MapRule { what: self.what, keys: self.keys, required: self.required, other: self.other, extensions: false }
    }
}

/// A mapping whose keys are the author's.
pub(super) const fn free(what: &'static str, other: Other) -> MapRule {
    MapRule { what, keys: &[], required: &[], other, extensions: false }
}
