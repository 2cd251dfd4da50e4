//! What a scalar means to Compose: the rules of the YAML library it is built with (go.yaml.in/yaml v4), which are
//! those of YAML 1.2 with some of 1.1 kept: `0644` is octal, `1_000` a number, a date a timestamp, but `on` and `yes`
//! are strings and `22:22` is no sexagesimal number.

use super::Style;

/// A resolved scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Everything else.
    Str,
    /// A date or time, as Compose prints it: `2024-01-01 00:00:00 +0000 UTC`.
    Timestamp(String),
}

/// Resolves a scalar by its text, its style and the name of its tag (see [`super::Tag`]).
pub fn resolve(text: &str, style: Style, tag: Option<&str>) -> Scalar {
    match tag {
        None if style == Style::Plain => implicit(text, true),
        Some("!!null" | "!!bool" | "!!int") => implicit(text, false),
        Some("!!float") => match implicit(text, false) {
            Scalar::Int(i) => Scalar::Float(i as f64),
            other => other,
        },
        Some("!!timestamp") => implicit(text, true),
        _ => Scalar::Str,
    }
}

fn implicit(text: &str, timestamps: bool) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes() {
        [b'.', rest @ ..] if is_decimal(rest) => float(text),
        [b'+' | b'-' | b'0'..=b'9', ..] => match timestamp(text) {
            Some(stamp) if timestamps => Scalar::Timestamp(stamp),
            _ => number(text),
        },
        _ => Scalar::Str,
    }
}

fn float(text: &str) -> Scalar {
    text.parse().map_or(Scalar::Str, Scalar::Float)
}

fn number(text: &str) -> Scalar {
    let plain = text.replace('_', "");
    if plain == "-0" {
        return Scalar::Float(-0.0);
    }
    if let Some(int) = whole(&plain) {
        return match i64::try_from(int) {
            Ok(int) => Scalar::Int(int),
            Err(_) => Scalar::Float(int as f64),
        };
    }
    if is_float(plain.as_bytes()) { float(&plain) } else { Scalar::Str }
}

/// `0x1F`, `0b1`, `0o17`, `017`, `-5`. A leading zero means octal, so `08` is none.
fn whole(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_str() {
        d if d.starts_with("0x") => (16, d.get(2..)?),
        d if d.starts_with("0b") => (2, d.get(2..)?),
        d if d.starts_with("0o") => (8, d.get(2..)?),
        d if d.len() > 1 && d.starts_with('0') => (8, d.get(1..)?),
        d => (10, d),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -value } else { value };
    (value >= i128::from(i64::MIN)).then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &[u8]) -> bool {
    let text = match text {
        [b'-' | b'+', rest @ ..] => rest,
        _ => text,
    };
    if let [b'.', rest @ ..] = text {
        return is_decimal(rest);
    }
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = text.get(digits..).unwrap_or(&[]);
    match (digits, rest) {
        (0, _) => false,
        (_, [b'.', rest @ ..]) => rest.is_empty() || is_exponent(rest) || is_decimal(rest),
        (_, rest) => is_exponent(rest),
    }
}

/// Digits and perhaps an exponent.
fn is_decimal(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    digits > 0 && is_exponent(text.get(digits..).unwrap_or(&[]))
}

fn is_exponent(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b'e' | b'E', b'-' | b'+', rest @ ..] | [b'e' | b'E', rest @ ..] => !rest.is_empty() && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// A date, or a date and a time, in the forms that the library knows: `2001-1-2`, `2001-01-02T3:04:05.6+01:00`
/// (also with `t`), `2001-01-02 03:04:05`.
fn timestamp(text: &str) -> Option<String> {
    let mut cursor = Cursor { rest: text };
    let year = cursor.digits(4, 4)?;
    cursor.literal("-")?;
    let month = cursor.digits(1, 2)?;
    cursor.literal("-")?;
    let day = cursor.digits(1, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if cursor.rest.is_empty() {
        return Some(format!("{date} 00:00:00 +0000 UTC"));
    }
    let zoned = cursor.literal("T").or_else(|| cursor.literal("t")).is_some();
    if !zoned {
        cursor.literal(" ")?;
    }
    let time = cursor.time()?;
    let zone = if zoned { cursor.zone()? } else { "+0000 UTC".to_owned() };
    cursor.rest.is_empty().then(|| format!("{date} {time} {zone}"))
}

struct Cursor<'t> {
    rest: &'t str,
}

impl Cursor<'_> {
    fn literal(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn digits(&mut self, min: usize, max: usize) -> Option<u32> {
        let len = self.rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
        let value = self.rest.get(..len)?;
        self.rest = self.rest.get(len..)?;
        if len < min { None } else { value.parse().ok() }
    }

    fn time(&mut self) -> Option<String> {
        let hour = self.digits(1, 2)?;
        self.literal(":")?;
        let minute = self.digits(1, 2)?;
        self.literal(":")?;
        let second = self.digits(1, 2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut fraction = "";
        if let Some(rest) = self.rest.strip_prefix('.') {
            let len = rest.bytes().take_while(u8::is_ascii_digit).count();
            if len == 0 {
                return None;
            }
            fraction = rest.get(..len.min(9))?.trim_end_matches('0');
            self.rest = rest.get(len..)?;
        }
        let dot = if fraction.is_empty() { "" } else { "." };
        Some(format!("{hour:02}:{minute:02}:{second:02}{dot}{fraction}"))
    }

    fn zone(&mut self) -> Option<String> {
        if self.literal("Z").is_some() {
            return Some("+0000 UTC".to_owned());
        }
        let sign = if self.literal("+").is_some() {
            '+'
        } else {
            self.literal("-")?;
            '-'
        };
        let hour = self.digits(2, 2)?;
        self.literal(":")?;
        let minute = self.digits(2, 2)?;
        if hour > 24 || minute > 59 {
            return None;
        }
        if (hour, minute) == (0, 0) {
            return Some("+0000 UTC".to_owned());
        }
        Some(format!("{sign}{hour:02}{minute:02} {sign}{hour:02}{minute:02}"))
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        resolve(text, Style::Plain, None)
    }

    #[test]
    fn words_that_yaml_1_1_took_for_booleans_are_strings() {
        for text in ["on", "off", "yes", "No", "y", "n", "ON", "truE"] {
            assert_eq!(plain(text), Scalar::Str, "{text}");
        }
        for text in ["true", "True", "TRUE"] {
            assert_eq!(plain(text), Scalar::Bool(true), "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(plain(text), Scalar::Null, "{text}");
        }
        assert_eq!(plain("nULL"), Scalar::Str);
    }

    #[test]
    fn numbers() {
        for (text, value) in
            [("0644", 420), ("0o644", 420), ("0x1F", 31), ("0b101", 5), ("1_000", 1000), ("-12", -12), ("+7", 7), ("0", 0), ("-0x10", -16)]
        {
            assert_eq!(plain(text), Scalar::Int(value), "{text}");
        }
        for (text, value) in
            [("08", 8.0), ("3.10", 3.1), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("18446744073709551616", 18446744073709551616.0)]
        {
            assert_eq!(plain(text), Scalar::Float(value), "{text}");
        }
        assert!(matches!(plain("-0"), Scalar::Float(f) if f == 0.0 && f.is_sign_negative()));
        assert_eq!(plain("-.inf"), Scalar::Float(f64::NEG_INFINITY));
        for text in ["22:22", "190:20:30", "1.2.3", ".", "-", "+", "0x", "0xZ", "1e", "e3", "1,000", "0o8", "--1", "1-2", ".e5", "infinity"]
        {
            assert_eq!(plain(text), Scalar::Str, "{text}");
        }
    }

    #[test]
    fn dates() {
        let stamp = |s: &str| Scalar::Timestamp(s.to_owned());
        assert_eq!(plain("2024-01-01"), stamp("2024-01-01 00:00:00 +0000 UTC"));
        assert_eq!(plain("2024-1-1"), stamp("2024-01-01 00:00:00 +0000 UTC"));
        assert_eq!(plain("2001-12-14t21:59:43.10-05:00"), stamp("2001-12-14 21:59:43.1 -0500 -0500"));
        assert_eq!(plain("2001-12-14 21:59:43"), stamp("2001-12-14 21:59:43 +0000 UTC"));
        for text in ["2024-13-01", "2023-02-29", "2024-01", "2001-12-14 21:59:43Z", "2024-01-01x", "20240-01-01"] {
            assert_eq!(plain(text), Scalar::Str, "{text}");
        }
        assert!(matches!(plain("2024-02-29"), Scalar::Timestamp(_)));
    }

    #[test]
    fn quotes_and_tags_decide() {
        assert_eq!(resolve("1", Style::Double, None), Scalar::Str);
        assert_eq!(resolve("1", Style::Literal, None), Scalar::Str);
        assert_eq!(resolve("1", Style::Plain, Some("!!str")), Scalar::Str);
        assert_eq!(resolve("1", Style::Double, Some("!!int")), Scalar::Int(1));
        assert_eq!(resolve("1", Style::Plain, Some("!!float")), Scalar::Float(1.0));
        assert_eq!(resolve("null", Style::Plain, Some("!reset")), Scalar::Str);
    }
}
