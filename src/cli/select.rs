//! Which lints run: `--all`, `--select`, `--ignore`.

use super::Error;
use super::args::CheckArgs;
use super::lints::find;
use crate::lint::{Dispatch, Lint};
use crate::lints::LINTS;

/// The table of the lints that the arguments ask for.
pub fn dispatch(args: &CheckArgs) -> Result<Dispatch, Error> {
    let selected = resolve(&args.select)?;
    let ignored = resolve(&args.ignore)?;
    let wanted = |l: &&'static Lint| {
        let selected = if selected.is_empty() { l.default || args.all } else { selected.iter().any(|s| s.id == l.id) };
        selected && !ignored.iter().any(|i| i.id == l.id)
    };
    Ok(Dispatch::new(LINTS.iter().copied().filter(wanted), args.all))
}

/// The lints that names mean: an id, a rule of another linter, or a group.
fn resolve(names: &[String]) -> Result<Vec<&'static Lint>, Error> {
    let mut lints = Vec::new();
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        let group: Vec<_> = LINTS.iter().copied().filter(|l| l.group.name() == name).collect();
        if group.is_empty() { lints.push(find(name)?) } else { lints.extend(group) }
    }
    Ok(lints)
}
