//! What may stand at a place of a Compose file, for those who help writing one.

use super::rule::{BOOL, Check, Other, Rule};
use super::table;

/// What may stand somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The keys of a mapping, in alphabetical order where the rules are.
    pub keys: Vec<&'static str>,
    /// The values of a string, where there are few.
    pub values: &'static [&'static str],
    /// Whether `true` and `false` may stand here.
    pub is_flag: bool,
    /// Whether a list may stand here.
    pub is_list: bool,
    /// Whether a mapping may stand here.
    pub is_map: bool,
}

/// What may stand at a path of keys; `-` is an item of a list. `None` where the rules know no such place.
pub fn shape(path: &[&str]) -> Option<Shape> {
    let Some((first, rest)) = path.split_first() else {
        let keys = table::FILE.keys.iter().map(|(k, _)| *k).collect();
        return Some(Shape { keys, is_map: true, ..Shape::default() });
    };
    let (_, start) = table::FILE.keys.iter().find(|(k, _)| k == first)?;
    let rule: &Rule = rest.iter().try_fold(*start, |rule: &'static Rule, step| below(rule, step))?;
    let values = match rule.check {
        Check::OneOf(values) => values,
        _ => &[],
    };
    Some(Shape {
        keys: rule.map.map_or_else(Vec::new, |m| m.keys.iter().map(|(k, _)| *k).collect()),
        values,
        is_flag: rule.scalars & BOOL != 0,
        is_list: rule.list.is_some(),
        is_map: rule.map.is_some(),
    })
}

fn below(rule: &'static Rule, step: &str) -> Option<&'static Rule> {
    if step == "-" {
        return rule.list.map(|l| l.item);
    }
    let map = rule.map?;
    if let Some((_, rule)) = map.keys.iter().find(|(k, _)| *k == step) {
        return Some(rule);
    }
    match &map.other {
        Other::Any(rule) | Other::Names(rule) | Other::NamesOrIgnore(rule) | Other::Letters(rule) => Some(rule),
        Other::Refuse | Other::Ignore => None,
    }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn places() {
        assert!(shape(&[]).unwrap().keys.contains(&"services"));
        assert!(shape(&["services", "web", "build"]).unwrap().keys.contains(&"target"));
        assert!(shape(&["services", "web", "privileged"]).unwrap().is_flag);
        assert!(shape(&["services", "web", "ports", "-"]).unwrap().keys.contains(&"published"));
        assert_eq!(shape(&["services", "web", "cgroup"]).unwrap().values, ["host", "private"]);
        assert_eq!(shape(&["services", "web", "nothing"]), None);
    }
}
