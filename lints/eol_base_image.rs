use crate::lint::prelude::*;
use crate::model::image_use::{self, ImageUse, NamedBy};
use crate::model::knowledge::eol::{self, Found};
use crate::model::knowledge::lookup;

pub static LINT: Lint = Lint {
    id: "eol-base-image",
    summary: "an image of a release that gets no more fixes",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(5.5),
    cis: &[],
    aliases: &["tally:tally/ruby/eol-ruby-version"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("eol_base_image.md"),
    checks: &[Check::Build(build), Check::Project(project)],
};

fn build(build: &Build, cx: &mut Cx<'_>) {
    image_use::of_build(build).iter().filter(|u| u.by == NamedBy::From).for_each(|used| check(used, cx));
}

fn project(project: &Project, cx: &mut Cx<'_>) {
    cx.world.pulled_images(project).iter().for_each(|used| check(used, cx));
}

fn check(used: &ImageUse, cx: &mut Cx<'_>) {
    let (Some(known), Some(tag), Some(day)) = (lookup(&used.image), used.image.tag.known(), eol::date()) else { return };
    // The day of the table and not of the clock: the same file is told the same today and in a year, and what was over
    // then stays over.
    let over: Vec<Found> = eol::of_tag(&known, tag).into_iter().filter(|f| !f.release.is_supported(day)).collect();
    let Some(first) = over.first() else { return };
    let end = |f: &Found| f.release.until.map(|until| (format!("{} {}", f.product, f.release.name()), until));
    let ends: Vec<String> = over.iter().filter_map(end).map(|(release, until)| format!("{release} has had no fixes since {until}")).collect();
    let ends = ends.join(", and ");
    cx.report(used.span, format!("image {}: {ends}", used.image.text.as_str()))
        .help(help(first, day))
        .at(used.path.as_str())
        .evidence(format!("{} {}", first.product, first.release.name()))
        .origin(&used.origin);
}

/// The oldest release that gets fixes, and the newest, which gets them longest.
fn help(found: &Found, day: eol::Date) -> String {
    let product = found.product;
    let described = |r: &eol::Release| format!("{product} {}{}", r.name(), r.until.map_or(String::new(), |until| format!(" (until {until})")));
    let newest = eol::releases(product).iter().rfind(|r| r.is_supported(day));
    match (found.oldest_supported(day), newest) {
        (Some(oldest), Some(newest)) if oldest != newest => {
            format!("move to a release that gets fixes: the oldest is {}, the newest {}", described(oldest), described(newest))
        }
        (Some(only), _) => format!("move to {}, which gets fixes", described(only)),
        _ => format!("move to another image: no release of {product} gets fixes"),
    }
}
