//! Which lints run, for which files, and at what level: the command line over the configuration files.

use std::path::{Path, PathBuf};

use super::Error;
use super::args::RuleArgs;
use crate::config::{ConfigFile, Preset};
use crate::filter::rules::{Given, RuleBook, Rules, called};
use crate::lint::Lint;
use crate::lints::LINTS;
use crate::model::knowledge;
use crate::source;

/// What the arguments say.
pub fn given(args: &RuleArgs) -> Result<Given, Error> {
    Ok(Given {
        preset: if args.all { Some(Preset::Strict) } else { args.preset },
        select: resolve(&args.select)?,
        ignore: resolve(&args.ignore)?,
        fail_on: args.fail_on,
        baseline: args.baseline.as_deref().map(std::path::absolute).transpose()?,
    })
}

/// The rules for what is in these folders. `baselines` says whether known findings count.
pub fn rules<'p>(args: &RuleArgs, folders: impl IntoIterator<Item = &'p Path>, baselines: bool) -> Result<RuleBook, Error> {
    let given = given(args)?;
    let mut book = match &args.config {
        _ if args.no_config => RuleBook::plain(Rules::plain(LINTS, given)),
        Some(path) => {
            let path = std::path::absolute(path)?;
            let none = || Error::Message(format!("{} has no [tool.dockvet]", path.display()));
            let chain = ConfigFile::read(&path)?.ok_or_else(none)?;
            RuleBook::plain(Rules::configured(LINTS, &chain, given)?)
        }
        None => RuleBook::read(folders, LINTS, &given)?,
    };
    if baselines {
        book.read_baselines()?;
    }
    knowledge::correct(knowledge::own(book.images().map(|(name, entry)| (name.clone(), entry.clone()))));
    Ok(book)
}

/// The folder of a path that is linted, from which configuration is looked for.
pub fn folder_of(path: &Path) -> Result<PathBuf, Error> {
    let path = std::path::absolute(path)?;
    Ok(if source::is_dir(&path) { path } else { path.parent().map_or(PathBuf::new(), Path::to_path_buf) })
}

/// The lints that names mean: an id, a rule of another linter, or a group.
pub fn resolve(names: &[String]) -> Result<Vec<&'static Lint>, Error> {
    let mut lints = Vec::new();
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        lints.extend(called(name, LINTS).map_err(|help| Error::Message(format!("no lint is called {name:?}; {help}")))?);
    }
    Ok(lints)
}
