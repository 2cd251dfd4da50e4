//! `# check=skip=..;error=..`.

use super::{alternatives, did_you_mean, values};
use crate::syntax::SyntaxError;
use crate::syntax::dockerfile::shown;
use crate::syntax::dockerfile::{Directive, Dockerfile};
use crate::syntax::text::Text;

const OPTIONS: [&str; 3] = ["skip", "error", "experimental"];

pub(super) fn check(tree: &Dockerfile, errors: &mut Vec<SyntaxError>) {
    for directive in tree.directives().filter(|d| d.is("check")) {
        errors.extend(options(directive).iter().filter_map(option));
    }
}

fn options(directive: &Directive) -> Vec<Text> {
    let value = &directive.value;
    let mut start = 0;
    let mut part = |p: &str| {
        let option = value.slice(start..start + p.len()).trim();
        start += p.len() + 1;
        option
    };
    value.split(';').map(&mut part).collect()
}

fn option(option: &Text) -> Option<SyntaxError> {
    let code = "invalid-check-option";
    let Some((name, value)) = option.split_once('=') else {
        let message = format!("check option `{}` is not of the form name=value", shown(option));
        return Some(SyntaxError::new(code, option.span(), message));
    };
    let (name, value) = (name.trim(), value.trim());
    if !OPTIONS.contains(&name.as_str()) {
        let error = SyntaxError::new(code, name.span(), format!("unknown check option `{}`", shown(&name)));
        return Some(did_you_mean(error.help(format!("use {}", alternatives(&OPTIONS))), &name, OPTIONS, ""));
    }
    if name.as_str() == "error" && values::go_bool(&value).is_none() {
        let message = format!("`error` is true or false, not `{}`", shown(&value));
        return Some(SyntaxError::new(code, value.span(), message));
    }
    None
}
