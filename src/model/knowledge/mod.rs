//! What is known of images and of Docker itself without asking them: tables with a date and a source for every fact.
//!
//! Three-valued throughout: a fact is known, known not to be, or absent. Entries of the user's configuration go over
//! the bundled ones, fact by fact.

pub mod docker;
pub mod eol;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};
use std::sync::{PoisonError, RwLock};

use serde::Deserialize;

use crate::model::image::{ImageRef, Part, normalize_name};

/// What installs packages in an image.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackageManager {
    /// Debian, Ubuntu.
    Apt,
    /// Alpine, Wolfi.
    Apk,
    /// Fedora, RHEL 8 and later.
    Dnf,
    /// The small images of RHEL and its rebuilds.
    Microdnf,
    /// RHEL 7 and earlier, Amazon Linux 2.
    Yum,
    /// Azure Linux, Photon.
    Tdnf,
    /// SUSE.
    Zypper,
    /// Arch.
    Pacman,
    /// There is none.
    None,
}

/// What a table says of one repository, or, as one of its `variants`, of some of its tags. The keys are explained at the
/// top of `images.toml`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// Globs of the tags this variant is about; only inside `variants`.
    pub tags: Vec<String>,
    /// What differs by tag.
    pub variants: Vec<Entry>,
    /// Shared facts: a name under `[families]` of the bundled table.
    pub family: Option<String>,
    /// The user of the image's configuration, as `name`, `id` or `user:group`.
    pub user: Option<String>,
    /// Whether its own entrypoint steps down from root to a service user.
    pub drops_privileges: Option<bool>,
    /// The best shell it has; empty for none.
    pub shell: Option<String>,
    /// What installs packages.
    pub package_manager: Option<PackageManager>,
    /// Whether it has `curl`.
    pub curl: Option<bool>,
    /// Whether it has `wget`.
    pub wget: Option<bool>,
    /// Whether it declares a HEALTHCHECK.
    pub healthcheck: Option<bool>,
    /// Whether it is a Windows image.
    pub windows: Option<bool>,
    /// Whether it is the runtime of a function service.
    pub function: Option<bool>,
    /// What it is when it holds or manages data.
    pub datastore: Option<String>,
    /// Its WORKDIR.
    pub workdir: Option<String>,
    /// Names of variables it sets.
    pub env: Option<Vec<String>>,
    /// The product of `eol.toml` that its own tags are releases of.
    pub product: Option<String>,
    /// Products it may be built on.
    pub os: Option<Vec<String>>,
    /// Where the facts come from, with the year.
    pub source: Option<String>,
}

/// The facts about one image; `None` is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Known<'a> {
    /// The user of the image's configuration; see [`is_root_user`].
    pub user: Option<&'a str>,
    /// `true`: started as root, its own entrypoint steps down to a service user. `false`: it stays root.
    pub drops_privileges: Option<bool>,
    /// `/bin/bash` (with `/bin/sh`), `/bin/sh` (at least), `cmd` on Windows, or empty for none.
    pub shell: Option<&'a str>,
    /// What installs packages.
    pub package_manager: Option<PackageManager>,
    /// Whether it has `curl`.
    pub curl: Option<bool>,
    /// Whether it has `wget`.
    pub wget: Option<bool>,
    /// Whether it declares a HEALTHCHECK.
    pub healthcheck: Option<bool>,
    /// Whether it is a Windows image.
    pub windows: Option<bool>,
    /// Whether it is the runtime of a function service, which that service calls and watches.
    pub function: Option<bool>,
    /// What it is when it holds or manages data, as `postgres`, `redis` (of all that speak its protocol), `pgadmin`.
    pub datastore: Option<&'a str>,
    /// Its WORKDIR when it is not `/`.
    pub workdir: Option<&'a str>,
    /// Names of variables that it sets in some release; not all of them.
    pub env: Option<&'a [String]>,
    /// What its own tags are releases of; see [`eol`].
    pub product: Option<&'a str>,
    /// What it may be built on.
    pub os: Option<&'a [String]>,
    /// Where the facts come from, with the year.
    pub source: Option<&'a str>,
}

/// Combines two sets of facts, fact by fact.
macro_rules! combine {
    ($a:expr, $b:expr, $with:ident) => {
        Known {
            user: $with($a.user, $b.user),
            drops_privileges: $with($a.drops_privileges, $b.drops_privileges),
            shell: $with($a.shell, $b.shell),
            package_manager: $with($a.package_manager, $b.package_manager),
            curl: $with($a.curl, $b.curl),
            wget: $with($a.wget, $b.wget),
            healthcheck: $with($a.healthcheck, $b.healthcheck),
            windows: $with($a.windows, $b.windows),
            function: $with($a.function, $b.function),
            datastore: $with($a.datastore, $b.datastore),
            workdir: $with($a.workdir, $b.workdir),
            env: $with($a.env, $b.env),
            product: $with($a.product, $b.product),
            os: $with($a.os, $b.os),
            source: $with($a.source, $b.source),
        }
    };
}

fn first<T>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.or(b)
}

fn agreed<T: PartialEq>(a: Option<T>, b: Option<T>) -> Option<T> {
    if a == b { a } else { None }
}

impl<'a> Known<'a> {
    /// Whether the configured user is root.
    pub fn user_is_root(&self) -> Option<bool> {
        self.user.map(is_root_user)
    }

    /// Whether it has a shell at `/bin/sh`.
    pub fn has_shell(&self) -> Option<bool> {
        self.shell.map(|shell| shell.starts_with('/'))
    }

    /// These facts, and those of `below` where these say nothing.
    #[must_use]
    pub fn over(self, below: Known<'a>) -> Known<'a> {
        combine!(self, below, first)
    }

    /// What both say.
    fn and(self, other: Known<'a>) -> Known<'a> {
        combine!(self, other, agreed)
    }
}

/// Whether a user as USER and `user:` write it is root: the part before the colon is `root` or the number 0.
pub fn is_root_user(user: &str) -> bool {
    let name = user.split_once(':').map_or(user, |(name, _)| name);
    name == "root" || !name.is_empty() && name.bytes().all(|b| b == b'0')
}

/// Entries of the user's configuration by normalised repository.
pub type Own = BTreeMap<String, Entry>;

/// The user's entries under the names that lookups use; a key may end in `*` and then speaks for every repository that
/// begins so.
pub fn own(entries: impl IntoIterator<Item = (String, Entry)>) -> Own {
    entries.into_iter().map(|(name, entry)| (normalize_name(&name), entry)).collect()
}

/// What the bundled table knows of an image.
///
/// A reference without tag is `latest`. Where a variable or a bare digest hides the tag, only what is the same for all
/// tags is known.
pub fn lookup(image: &ImageRef) -> Option<Known<'static>> {
    match *CORRECTIONS.read().unwrap_or_else(PoisonError::into_inner) {
        Some(own) => lookup_with(own, image),
        None => bundled(image),
    }
}

/// Lays the user's own entries over the bundled ones, for the whole process and until the next call. What is known of an
/// image is asked for deep in the model, and there is one configuration a process; the entries before are never freed,
/// because answers may still point into them.
pub fn correct(own: Own) {
    let mut corrections = CORRECTIONS.write().unwrap_or_else(PoisonError::into_inner);
    if corrections.map_or(own.is_empty(), |old| *old == own) {
        return;
    }
    *corrections = (!own.is_empty()).then(|| &*Box::leak(Box::new(own)));
}

static CORRECTIONS: RwLock<Option<&'static Own>> = RwLock::new(None);

fn bundled(image: &ImageRef) -> Option<Known<'static>> {
    let name = canonical(image.name()?);
    in_table(&*TABLE, &name, Tag::of(image))
}

/// [`lookup`] with the user's own entries over the bundled ones.
pub fn lookup_with<'a>(own: &'a Own, image: &ImageRef) -> Option<Known<'a>> {
    let bundled: Option<Known<'a>> = bundled(image);
    let mine = image.name().and_then(|name| in_table(own, &name, Tag::of(image)));
    match (mine, bundled) {
        (Some(mine), Some(bundled)) => Some(mine.over(bundled)),
        (mine, bundled) => mine.or(bundled),
    }
}

/// The repository that an image of another registry is a copy of, or `name` itself.
pub fn canonical(name: String) -> String {
    let mirrors = &HEAD.mirrors;
    let hit = mirrors.iter().find_map(|(from, to)| {
        let rest = name.strip_prefix(from.as_str())?;
        (rest.is_empty() || from.ends_with('/')).then(|| format!("{to}{rest}"))
    });
    hit.unwrap_or(name)
}

/// Which tag is asked about.
#[derive(Clone, Copy)]
enum Tag<'t> {
    Is(&'t str),
    Hidden,
}

impl<'t> Tag<'t> {
    fn of(image: &'t ImageRef) -> Tag<'t> {
        match (&image.tag, &image.digest) {
            (Part::Known(tag), _) => Tag::Is(tag.as_str()),
            (Part::Absent, Part::Absent) => Tag::Is("latest"),
            _ => Tag::Hidden,
        }
    }
}

/// Where entries are found by name.
trait Table {
    /// The entry of exactly this name.
    fn exact(&self, name: &str) -> Option<&Entry>;
    /// The entry of the longest name ending in `*` that `name` begins with.
    fn prefix(&self, name: &str) -> Option<&Entry>;
}

fn in_table<'a>(table: &'a impl Table, name: &str, tag: Tag<'_>) -> Option<Known<'a>> {
    let exact = table.exact(name).map(|entry| facts(entry, tag));
    let group = table.prefix(name).map(|entry| facts(entry, tag));
    match (exact, group) {
        (Some(exact), Some(group)) => Some(exact.over(group)),
        (exact, group) => exact.or(group),
    }
}

impl Table for Own {
    fn exact(&self, name: &str) -> Option<&Entry> {
        self.get(name)
    }

    fn prefix(&self, name: &str) -> Option<&Entry> {
        let groups = self.iter().filter(|(key, _)| key.strip_suffix('*').is_some_and(|start| name.starts_with(start)));
        groups.max_by_key(|(key, _)| key.len()).map(|(_, entry)| entry)
    }
}

fn facts<'a>(entry: &'a Entry, tag: Tag<'_>) -> Known<'a> {
    match tag {
        Tag::Is(tag) => {
            let fits: Vec<&Entry> = entry.variants.iter().filter(|v| v.tags.iter().any(|glob| glob_matches(glob, tag))).collect();
            layered(entry, &fits)
        }
        Tag::Hidden => entry.variants.iter().fold(layered(entry, &[]), |known, v| known.and(layered(entry, &[v]))),
    }
}

/// The variants' own facts, then the family of the first variant that names one, then the entry's facts, and the entry's
/// family when no variant took its place.
fn layered<'a>(entry: &'a Entry, variants: &[&'a Entry]) -> Known<'a> {
    let family = |e: &Entry| e.family.as_deref().and_then(|name| HEAD.families.get(name)).map_or(Known::default(), own_facts);
    let mine = variants.iter().fold(Known::default(), |known, v| known.over(own_facts(v)));
    match variants.iter().find(|v| v.family.is_some()) {
        Some(variant) => mine.over(family(variant)).over(own_facts(entry)),
        None => mine.over(own_facts(entry)).over(family(entry)),
    }
}

fn own_facts(entry: &Entry) -> Known<'_> {
    Known {
        user: entry.user.as_deref(),
        drops_privileges: entry.drops_privileges,
        shell: entry.shell.as_deref(),
        package_manager: entry.package_manager,
        curl: entry.curl,
        wget: entry.wget,
        healthcheck: entry.healthcheck,
        windows: entry.windows,
        function: entry.function,
        datastore: entry.datastore.as_deref(),
        workdir: entry.workdir.as_deref(),
        env: entry.env.as_deref(),
        product: entry.product.as_deref(),
        os: entry.os.as_deref(),
        source: entry.source.as_deref(),
    }
}

/// Whether the whole of `text` fits `glob`: `*` stands for any characters, `?` for one.
pub fn glob_matches(glob: &str, text: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), text.as_bytes());
    let (mut g, mut t) = (0, 0);
    // Where to go on when a literal does not fit: after the last star, with one more byte given to it.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some(b'*') => {
                retry = Some((g + 1, t));
                g += 1;
            }
            Some(c) if *c == b'?' || text.get(t) == Some(c) => {
                g += 1;
                t += 1;
            }
            _ => match &mut retry {
                Some((after, from)) => {
                    *from += 1;
                    (g, t) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    glob.get(g..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

/// The parts of a bundled TOML file after headers that begin with `open` and end with `close`, by the name between the
/// two. Every part is TOML by itself and is parsed when it is first asked for: one run needs a handful of the hundreds.
pub(crate) fn sections(text: &'static str, open: &str, close: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.split(open).skip(1).filter_map(move |part| part.split_once(close))
}

const IMAGES: &str = include_str!("images.toml");

/// What the header of an entry begins with.
const HEADER: &str = "\n[images.\"";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    date: String,
    mirrors: BTreeMap<String, String>,
    families: BTreeMap<String, Entry>,
}

static HEAD: LazyLock<Head> = LazyLock::new(|| {
    let head = IMAGES.split(HEADER).next().unwrap_or("");
    toml::from_str(head).unwrap_or_default()
});

static TABLE: LazyLock<Bundled> = LazyLock::new(Bundled::new);

/// The day the bundled table of images was last brought up to date, `YYYY-MM-DD`.
pub fn date() -> &'static str {
    &HEAD.date
}

/// The entries by name, in the order of the file, which is that of the names.
struct Bundled {
    entries: Vec<Slot>,
    groups: Vec<Slot>,
}

struct Slot {
    /// The name; for a group without the star.
    name: &'static str,
    text: &'static str,
    entry: OnceLock<Entry>,
}

impl Bundled {
    fn new() -> Bundled {
        let (mut entries, mut groups) = (Vec::with_capacity(512), Vec::new());
        for (name, text) in sections(IMAGES, HEADER, "\"]\n") {
            match name.strip_suffix('*') {
                Some(start) => groups.push(Slot { name: start, text, entry: OnceLock::new() }),
                None => entries.push(Slot { name, text, entry: OnceLock::new() }),
            }
        }
        Bundled { entries, groups }
    }
}

impl Slot {
    fn entry(&self) -> &Entry {
        self.entry.get_or_init(|| toml::from_str(self.text).unwrap_or_default())
    }
}

impl Table for Bundled {
    fn exact(&self, name: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|slot| slot.name.cmp(name)).ok()?;
        self.entries.get(at).map(Slot::entry)
    }

    fn prefix(&self, name: &str) -> Option<&Entry> {
        let groups = self.groups.iter().filter(|slot| name.starts_with(slot.name));
        groups.max_by_key(|slot| slot.name.len()).map(Slot::entry)
    }
}

#[cfg(test)]
mod tests;
