//! End of life: until when a release gets fixes.

use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

use super::{Known, sections};

/// A day of the Gregorian calendar. Ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1-12.
    pub month: u8,
    /// 1-31.
    pub day: u8,
}

impl Date {
    /// The day (UTC) of a number of seconds since 1970-01-01; 9999-12-31 for all that is later.
    pub fn from_unix(seconds: u64) -> Date {
        let mut days = (seconds / 86_400).min(LAST_DAY);
        let mut year = 1970;
        while days >= days_in_year(year) {
            days -= days_in_year(year);
            year += 1;
        }
        let mut month = 1;
        while days >= u64::from(days_in_month(year, month)) {
            days -= u64::from(days_in_month(year, month));
            month += 1;
        }
        Date { year, month, day: u8::try_from(days + 1).unwrap_or(31) }
    }
}

/// 9999-12-31 in days since 1970-01-01.
const LAST_DAY: u64 = 2_932_896;

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u16) -> u64 {
    365 + u64::from(is_leap(year))
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A text that is no day written `YYYY-MM-DD`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a date written YYYY-MM-DD")]
pub struct DateError(String);

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Date, DateError> {
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let read = || {
            let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
            let (year, month, day) = (digits(0..4)?, u8::try_from(digits(5..7)?).ok()?, u8::try_from(digits(8..10)?).ok()?);
            let valid = dashes && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
            valid.then_some(Date { year, month, day })
        };
        read().ok_or_else(|| DateError(text.to_owned()))
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;
    fn try_from(text: String) -> Result<Date, DateError> {
        text.parse()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// One release of a product.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its names. The first covers what it continues (`3.8` covers `3.8.20`), the others stand for themselves.
    #[serde(rename = "release")]
    pub names: Vec<String>,
    /// The last day with fixes; `None` when it was supported at the table's date and no end was known.
    pub until: Option<Date>,
}

impl Release {
    /// The release's first name.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Whether it gets fixes on `day` as far as the table knows.
    pub fn is_supported(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }

    fn is_named(&self, word: &str) -> bool {
        self.names.iter().any(|name| name == word) || word.strip_prefix(self.name()).is_some_and(|rest| rest.starts_with('.'))
    }
}

const EOL: &str = include_str!("eol.toml");

/// A product and its releases, which are parsed at first use.
struct Product {
    name: &'static str,
    text: &'static str,
    releases: OnceLock<Vec<Release>>,
}

static PRODUCTS: LazyLock<Vec<Product>> =
    LazyLock::new(|| sections(EOL, "\n[", "]\n").map(|(name, text)| Product { name, text, releases: OnceLock::new() }).collect());

impl Product {
    fn named(name: &str) -> Option<&'static Product> {
        PRODUCTS.iter().find(|product| product.name == name)
    }

    fn releases(&'static self) -> &'static [Release] {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Section {
            releases: Vec<Release>,
        }
        self.releases.get_or_init(|| toml::from_str::<Section>(self.text).map_or(Vec::new(), |section| section.releases))
    }
}

/// The day the table was last brought up to date.
pub fn date() -> Option<Date> {
    EOL.lines().find_map(|line| line.strip_prefix("date = \"")?.strip_suffix('"')?.parse().ok())
}

/// All known releases of a product, oldest first; none when it is not in the table.
pub fn releases(product: &str) -> &'static [Release] {
    Product::named(product).map_or(&[], Product::releases)
}

/// A release that an image's tag names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// The product, as `python` or `debian`.
    pub product: &'static str,
    /// The release of it.
    pub release: &'static Release,
}

impl Found {
    /// The oldest release of the same product that gets fixes on `day` as far as the table knows.
    pub fn oldest_supported(&self, day: Date) -> Option<&'static Release> {
        releases(self.product).iter().find(|r| r.is_supported(day))
    }
}

/// The releases that the tag of a known image names: its own, and that of the system it is built on
/// (`3.8-slim-buster`: python 3.8 and debian 10). Tags that move between releases (`3`, `stable`) name none.
pub fn of_tag(known: &Known<'_>, tag: &str) -> Vec<Found> {
    let own = known.product.and_then(|product| found(product, |word, at| at == 0 || !starts_with_digit(word), tag));
    let os = known.os.unwrap_or_default().iter();
    // The number of a system never stands alone in the tag of something else: 10-buster is node 10.
    own.into_iter().chain(os.filter_map(|product| found(product, |word, _| !starts_with_digit(word), tag))).collect()
}

fn found(product: &str, may_name: impl Fn(&str, usize) -> bool, tag: &str) -> Option<Found> {
    let product = Product::named(product)?;
    let words = tag.split('-').enumerate().filter(|(at, word)| may_name(word, *at));
    words.into_iter().find_map(|(_, word)| {
        // `alpine3.18`, `ubuntu22.04`, `centos7`
        let number = word.strip_prefix(product.name).filter(|rest| starts_with_digit(rest));
        let release = product.releases().iter().find(|r| r.is_named(number.unwrap_or(word)))?;
        Some(Found { product: product.name, release })
    })
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::knowledge::lookup;
    use crate::model::knowledge::tests::image;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// `product release` of what the image's tag names.
    fn named(reference: &str) -> Vec<String> {
        let image = image(reference);
        let known = lookup(&image).unwrap();
        of_tag(&known, image.tag.known().unwrap_or("latest")).iter().map(|f| format!("{} {}", f.product, f.release.name())).collect()
    }

    #[test]
    fn the_table_is_well_formed() {
        let date = date().unwrap();
        assert!(PRODUCTS.iter().map(|p| p.name).is_sorted());
        for Product { name: product, text, .. } in PRODUCTS.iter() {
            toml::from_str::<toml::Table>(text).unwrap();
            let releases = releases(product);
            assert!(!releases.is_empty(), "{product} cannot be read");
            let mut names: Vec<&String> = releases.iter().flat_map(|r| &r.names).collect();
            assert!(releases.iter().all(|r| !r.names.is_empty()), "{product}");
            assert!(releases.iter().any(|r| r.is_supported(date)), "{product} has a release to move to");
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{product} names a release twice");
            let versions: Vec<Vec<u32>> = releases.iter().map(|r| numbers(r.name())).collect();
            // These two have counted in another way before.
            assert!(versions.is_sorted() || ["amazonlinux", "opensuse"].contains(product), "{product} is oldest first: {versions:?}");
        }
    }

    fn numbers(version: &str) -> Vec<u32> {
        version.trim_start_matches(|c: char| c.is_alphabetic()).split('.').map(|n| n.parse().unwrap()).collect()
    }

    #[test]
    fn a_tag_names_its_own_release_and_the_systems() {
        assert_eq!(named("python:3.8.20-slim-buster"), ["python 3.8", "debian 10"]);
        assert_eq!(named("python:3.10"), ["python 3.10"], "3.10 is not 3.1");
        assert_eq!(named("node:10-alpine3.9"), ["node 10", "alpine 3.9"]);
        assert_eq!(named("node:14.17-stretch"), ["node 14", "debian 9"]);
        assert_eq!(named("node:hydrogen-slim"), ["node 18"]);
        assert_eq!(named("ubuntu:focal-20240101"), ["ubuntu 20.04"]);
        assert_eq!(named("debian:10.13-slim"), ["debian 10"]);
        assert_eq!(named("centos:centos7.9.2009"), ["centos 7"]);
        assert_eq!(named("mysql:5"), ["mysql 5.7"]);
        assert_eq!(named("nvidia/cuda:11.8.0-base-ubuntu18.04"), ["ubuntu 18.04"]);
        assert_eq!(named("mcr.microsoft.com/dotnet/sdk:6.0-alpine3.14"), ["dotnet 6.0", "alpine 3.14"]);
    }

    #[test]
    fn moving_and_unknown_tags_name_nothing() {
        for reference in ["python:3", "debian:stable-slim", "ubuntu", "node:lts-alpine", "postgres:latest", "python:3.99", "mysql:5.1"] {
            assert_eq!(named(reference), Vec::<String>::new(), "{reference}");
        }
    }

    #[test]
    fn the_oldest_supported_release_depends_on_the_day() {
        let image = image("python:3.8");
        let found = of_tag(&lookup(&image).unwrap(), "3.8")[0];
        assert!(found.release.is_supported(day("2024-10-07")));
        assert!(!found.release.is_supported(day("2024-10-08")));
        assert_eq!(found.oldest_supported(day("2024-10-08")).map(Release::name), Some("3.9"));
        assert_eq!(found.oldest_supported(day("2027-01-01")).map(Release::name), Some("3.11"));
        assert_eq!(found.oldest_supported(day("2050-01-01")), None);
    }

    #[test]
    fn dates() {
        for bad in
            ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "24-01-01", "2024/01/01", "+024-01-01", "2024-01-01 "]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        assert_eq!(Date::from_unix(0), day("1970-01-01"));
        assert_eq!(Date::from_unix(951_782_400), day("2000-02-29"));
        assert_eq!(Date::from_unix(1_735_689_599), day("2024-12-31"));
        assert_eq!(Date::from_unix(u64::MAX), day("9999-12-31"));
    }
}
