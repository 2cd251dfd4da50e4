use std::collections::HashSet;

use crate::lint::prelude::*;
use crate::lint::{LintOption, OptionKind};
use crate::model::suppression::{self, Scope};
use crate::syntax::yaml::reorder::{self, Replacement};
use crate::syntax::yaml::{self, Kind, NodeId};

pub static LINT: Lint = Lint {
    id: "compose-order",
    summary: "services, keys, dependencies or ports out of order",
    group: Group::Style,
    level: Level::Info,
    default: false,
    score: None,
    cis: &[],
    aliases: &[
        "dclint:services-alphabetical-order",
        "dclint:service-keys-order",
        "dclint:top-level-properties-order",
        "dclint:service-dependencies-alphabetical-order",
        "dclint:service-ports-alphabetical-order",
    ],
    fix: Some(Safety::Safe),
    since: "0.1.0",
    options: &[
        LintOption { key: "top-level", kind: OptionKind::Strings, about: "the order of top-level keys; `x-` stands for all extensions, a key that is not named stays behind the one it follows" },
        LintOption { key: "keys", kind: OptionKind::Strings, about: "the order of a service's keys; the others come after them, by name" },
        LintOption { key: "keep", kind: OptionKind::Strings, about: "what may stand in any order: `top-level`, `services`, `keys`, `depends_on`, `ports`" },
    ],
    page: include_str!("compose_order.md"),
    checks: &[Check::Yaml(check)],
};

const TOP_LEVEL: &[&str] = &["name", "include", "services", "networks", "volumes", "secrets", "configs", "x-"];
const KEYS: &[&str] = &["image", "build", "container_name", "command", "entrypoint", "depends_on", "environment", "ports", "networks", "volumes"];

/// A mapping or list that has an order.
#[derive(Clone, Copy)]
enum Part<'a> {
    TopLevel,
    Services,
    /// The keys of this service.
    Keys(&'a str),
    DependsOn(&'a str),
    Ports(&'a str),
}

/// Where an entry belongs: first by its place in a list of names, then by name. `None` for one without a place.
type Rank = Option<(usize, Vec<Piece>)>;

/// A piece of a name, so that `web-2` comes before `web-10`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// How many digits, without zeros in front, and the digits.
    Number(usize, String),
    Text(String),
}

fn check(yaml: &Yaml, cx: &mut Cx<'_>) {
    let silencers = silencers(yaml, &cx.world.sources.get(yaml.file).text);
    let mut look = |id, part: Part<'_>| look(yaml, id, part, &silencers, cx);
    for root in yaml.documents.iter().copied() {
        look(root, Part::TopLevel);
        let Some(services) = yaml.get(root, "services") else { continue };
        look(services, Part::Services);
        if !is_map(yaml, services) {
            continue;
        }
        for service in yaml.entries(services) {
            let Some(name) = yaml.text(service.key).filter(|_| is_map(yaml, service.value)) else { continue };
            look(service.value, Part::Keys(name.as_str()));
            for (key, part) in [("depends_on", Part::DependsOn(name.as_str())), ("ports", Part::Ports(name.as_str()))] {
                if let Some(value) = yaml.get(service.value, key) {
                    look(value, part);
                }
            }
        }
    }
}

/// Whether a node is a mapping itself; one behind an alias is written elsewhere.
fn is_map(yaml: &Yaml, id: NodeId) -> bool {
    matches!(yaml.node(id).kind, Kind::Map { .. })
}

fn look(yaml: &Yaml, id: NodeId, part: Part<'_>, silencers: &[Silencer], cx: &mut Cx<'_>) {
    let entries: Vec<NodeId> = match (&yaml.node(id).kind, part) {
        (Kind::Map { entries, .. }, Part::TopLevel | Part::Services | Part::Keys(_) | Part::DependsOn(_)) => entries.iter().map(|e| e.key).collect(),
        (Kind::Seq { items, .. }, Part::DependsOn(_) | Part::Ports(_)) => items.clone(),
        _ => return,
    };
    if entries.len() < 2 || cx.option_list("keep").contains(&part.name()) {
        return;
    }
    let ties = reorder::ties(yaml, id);
    let names = part.names(cx);
    let order = reorder::arrange(&ranks(yaml, &entries, part, &names, &ties.needed()), &ties);
    let Some((entry, place, other)) = misplaced(&order) else { return };
    let (Some(entry), Some(other)) = (entries.get(entry), entries.get(other)) else { return };
    let edits = edits(yaml, id, &order, silencers, cx);
    let (what, against) = (part.label(yaml, *entry), part.label(yaml, *other));
    let help = part.help(&names);
    let mut report = cx
        .report(yaml.node(*entry).full_span(), part.message(&what, place, &against))
        .label(yaml.node(*other).full_span(), format!("{place} this"))
        .help(help)
        .at(part.path())
        .evidence(part.name());
    if let Some(edits) = edits {
        report = report.fix(Safety::Safe, format!("put {} in order", part.words()), edits);
    }
    report.file();
}

/// The first entry that stands too late or too early, and the one it belongs before or after.
fn misplaced(order: &[usize]) -> Option<(usize, &'static str, usize)> {
    let (at, wanted) = order.iter().copied().enumerate().find(|(at, index)| at != index)?;
    let belongs = order.iter().position(|index| *index == at)?;
    // The next one is right here, so it is this one that came too early.
    if wanted == at + 1 && belongs > at + 1 {
        return Some((at, "after", *order.get(belongs - 1)?));
    }
    Some((wanted, "before", at))
}

/// The rank of each entry. One without a place of its own, or that others need before them, stays behind the one it
/// follows.
fn ranks(yaml: &Yaml, entries: &[NodeId], part: Part<'_>, names: &[&str], needed: &HashSet<usize>) -> Vec<Rank> {
    let mut last = None;
    let rank = |(index, entry): (usize, &NodeId)| {
        if let Some(own) = part.rank(yaml, *entry, names).filter(|_| !needed.contains(&index)) {
            last = Some(own);
        }
        last.clone()
    };
    entries.iter().enumerate().map(rank).collect()
}

fn edits(yaml: &Yaml, id: NodeId, order: &[usize], silencers: &[Silencer], cx: &Cx<'_>) -> Option<Vec<(Span, String)>> {
    let source = cx.world.sources.get(yaml.file);
    let edits = reorder::reorder(&source.text, &yaml::of(&source), id, order)?;
    keeps_silencers(silencers, &edits).then(|| edits.into_iter().map(|(at, text)| (Span::new(yaml.file, at.start, at.end), text)).collect())
}

/// A comment that silences findings, by the bytes where it and what it covers begin.
struct Silencer {
    comment: u32,
    covered: u32,
    /// It says more at the top of a file.
    by_place: bool,
}

/// The comments that say something about their place, in the order of the text.
fn silencers(yaml: &Yaml, text: &str) -> Vec<Silencer> {
    let all = suppression::of_yaml(yaml, text).into_iter().filter(|s| !matches!(s.pragma.scope, Scope::File | Scope::Stage));
    all.map(|s| {
        let by_place = s.pragma.scope != Scope::Node;
        let node = s.covers.filter(|c| c.end != u32::MAX);
        let covered = node.map_or(s.comment.start, |c| c.start);
        Silencer { comment: s.comment.start, covered, by_place }
    })
    .collect()
}

/// Whether every one of them moves with what it covers, and none moves that says more at the top.
fn keeps_silencers(silencers: &[Silencer], edits: &[Replacement]) -> bool {
    let (Some((first, _)), Some((last, _))) = (edits.first(), edits.last()) else { return true };
    let from = silencers.partition_point(|s| (s.comment.max(s.covered) as usize) < first.start);
    let near = silencers.iter().skip(from).take_while(|s| (s.comment.min(s.covered) as usize) < last.end);
    let edit_of = |at: u32| {
        let next = edits.partition_point(|(range, _)| range.end <= at as usize);
        edits.get(next).filter(|(range, _)| range.contains(&(at as usize))).map(|_| next)
    };
    near.into_iter().all(|s| edit_of(s.comment) == edit_of(s.covered) && !(s.by_place && edit_of(s.comment).is_some()))
}

impl Part<'_> {
    /// Its name in configuration.
    fn name(self) -> &'static str {
        match self {
            Part::TopLevel => "top-level",
            Part::Services => "services",
            Part::Keys(_) => "keys",
            Part::DependsOn(_) => "depends_on",
            Part::Ports(_) => "ports",
        }
    }

    fn path(self) -> String {
        match self {
            Part::TopLevel => String::new(),
            Part::Services => "services".to_string(),
            Part::Keys(service) => format!("services.{service}"),
            Part::DependsOn(service) | Part::Ports(service) => format!("services.{service}.{}", self.name()),
        }
    }

    fn words(self) -> String {
        match self {
            Part::TopLevel => "the top-level keys".to_string(),
            Part::Services => "the services".to_string(),
            Part::Keys(service) => format!("the keys of {service}"),
            Part::DependsOn(service) | Part::Ports(service) => format!("the {} of {service}", self.name()),
        }
    }

    fn message(self, what: &str, place: &str, other: &str) -> String {
        match self {
            Part::TopLevel => format!("`{what}` belongs {place} `{other}`"),
            Part::Services => format!("service {what} belongs {place} service {other}"),
            Part::Keys(service) => format!("`{what}` belongs {place} `{other}` in service {service}"),
            Part::DependsOn(service) => format!("{what} belongs {place} {other} in the depends_on of {service}"),
            Part::Ports(service) => format!("port {what} belongs {place} {other} in the ports of {service}"),
        }
    }

    fn help(self, names: &[&str]) -> String {
        match self {
            Part::TopLevel => format!("the order is {}", names.join(", ")),
            Part::Keys(_) if names.is_empty() => "keys stand in the order of their names".to_string(),
            Part::Keys(_) => format!("the order is {}, then the rest by name", names.join(", ")),
            Part::Services | Part::DependsOn(_) => "services stand in the order of their names".to_string(),
            Part::Ports(_) => "ports stand in the order of the published ones".to_string(),
        }
    }

    /// The names that have a place of their own.
    fn names<'c>(self, cx: &'c Cx<'_>) -> Vec<&'c str> {
        let default = match self {
            Part::TopLevel => TOP_LEVEL,
            Part::Keys(_) => KEYS,
            Part::Services | Part::DependsOn(_) | Part::Ports(_) => return Vec::new(),
        };
        let chosen = cx.option_list(self.name());
        if chosen.is_empty() { default.to_vec() } else { chosen }
    }

    /// What to call an entry.
    fn label(self, yaml: &Yaml, entry: NodeId) -> String {
        let text = match self {
            Part::Ports(_) if is_map(yaml, entry) => ["published", "target"].iter().find_map(|key| yaml.text(yaml.get(entry, key)?)),
            _ => yaml.text(entry),
        };
        text.map_or_else(|| "this".to_string(), |t| t.to_string())
    }

    fn rank(self, yaml: &Yaml, entry: NodeId, names: &[&str]) -> Rank {
        if matches!(yaml.node(entry).kind, Kind::Alias { .. }) || (!matches!(self, Part::Ports(_)) && yaml.is_merge(entry)) {
            return None;
        }
        let label = self.label(yaml, entry);
        let place = |name: &str| names.iter().position(|n| *n == name);
        match self {
            Part::TopLevel => {
                let place = place(&label).or_else(|| label.starts_with("x-").then(|| place("x-")).flatten())?;
                Some((place, Vec::new()))
            }
            Part::Keys(_) => Some(place(&label).map_or((names.len(), pieces(&label)), |place| (place, Vec::new()))),
            Part::Services => Some((0, pieces(&label))),
            // What a variable brings is not known.
            Part::DependsOn(_) | Part::Ports(_) if label.contains('$') => None,
            Part::DependsOn(_) => Some((0, pieces(&label))),
            Part::Ports(_) => Some((0, pieces(published(&label)))),
        }
    }
}

/// The published port of `address:published:target/protocol`, else its only one.
fn published(port: &str) -> &str {
    let numbers = port.split('/').next().unwrap_or(port);
    let mut parts = numbers.rsplit(':');
    let target = parts.next().unwrap_or(numbers);
    parts.next().filter(|p| !p.is_empty()).unwrap_or(target)
}

fn pieces(name: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        let digits = piece.trim_start_matches('0');
        out.push(if is_digit { Piece::Number(digits.len(), digits.to_string()) } else { Piece::Text(piece.to_lowercase()) });
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_numbers() {
        let mut names = ["web-10", "Web-2", "db", "web", "web-02b", "9", "10"];
        names.sort_by_key(|n| pieces(n));
        assert_eq!(names, ["9", "10", "db", "web", "Web-2", "web-02b", "web-10"]);
    }

    #[test]
    fn published_ports() {
        for (port, want) in [("80", "80"), ("8080:80", "8080"), ("127.0.0.1:53:5353/udp", "53"), ("[::1]:81:80", "81"), ("127.0.0.1::80", "80"), ("", "")] {
            assert_eq!(published(port), want, "{port}");
        }
    }

    #[test]
    fn the_one_that_moved() {
        assert_eq!(misplaced(&[0, 1, 2]), None);
        assert_eq!(misplaced(&[2, 0, 1]), Some((2, "before", 0)));
        assert_eq!(misplaced(&[1, 2, 0]), Some((0, "after", 2)));
        assert_eq!(misplaced(&[1, 0]), Some((1, "before", 0)));
    }
}
