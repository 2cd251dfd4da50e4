//! Plain scalars whose text YAML does not keep: what Compose passes on is another string than the one that is written.

use crate::syntax::yaml::{Scalar, Style, resolve};

/// In which way a plain scalar arrives as another text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Altered {
    /// `017` arrives as `15`.
    Octal,
    /// `08`, which is no octal number, arrives as `8`.
    LeadingZero,
    /// `0x1F` arrives as `31`.
    Hexadecimal,
    /// `0b11` arrives as `3`.
    Binary,
    /// `1_000` arrives as `1000`.
    Underscore,
    /// `1.10` arrives as `1.1`.
    Decimals,
    /// `1e3` arrives as `1000`, or a long number with an exponent.
    Exponent,
    /// `+5` arrives as `5`.
    Sign,
    /// `2024-01-01` arrives as `2024-01-01 00:00:00 +0000 UTC`.
    Date,
}

impl Altered {
    /// What happens to a plain scalar that is written as `raw` and arrives as `arrives`; `None` when it is kept, quoted,
    /// or no number or date.
    pub fn of(raw: &str, arrives: &str) -> Option<Altered> {
        if raw == arrives {
            return None;
        }
        let digits = raw.trim_start_matches(['+', '-']);
        let lower = digits.to_ascii_lowercase();
        match resolve(raw, Style::Plain, None) {
            Scalar::Timestamp(_) => Some(Altered::Date),
            Scalar::Int(_) | Scalar::Float(_) if lower.starts_with("0x") => Some(Altered::Hexadecimal),
            Scalar::Int(_) | Scalar::Float(_) if lower.starts_with("0b") => Some(Altered::Binary),
            Scalar::Int(_) | Scalar::Float(_) if raw.contains('_') => Some(Altered::Underscore),
            Scalar::Int(_) if digits.len() > 1 && digits.starts_with('0') => Some(Altered::Octal),
            Scalar::Float(_) if digits.len() > 1 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.starts_with('0') => {
                Some(Altered::LeadingZero)
            }
            Scalar::Int(_) | Scalar::Float(_) if raw.starts_with('+') => Some(Altered::Sign),
            Scalar::Float(_) if lower.contains('e') || arrives.contains('e') => Some(Altered::Exponent),
            Scalar::Float(_) => Some(Altered::Decimals),
            _ => None,
        }
    }

    /// What YAML does, for the end of a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Altered::Octal => "YAML reads a number that starts with 0 as octal",
            Altered::LeadingZero => "YAML reads it as a number and drops the 0 before it",
            Altered::Hexadecimal => "YAML reads it as a hexadecimal number",
            Altered::Binary => "YAML reads it as a binary number",
            Altered::Underscore => "YAML reads it as a number and drops the `_`",
            Altered::Decimals => "YAML reads it as a number and drops zeros after the point",
            Altered::Exponent => "YAML reads it as a number and writes it anew",
            Altered::Sign => "YAML reads it as a number and drops the `+`",
            Altered::Date => "YAML reads it as a date and adds a time",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_and_what_is_not() {
        for (raw, arrives, want) in [
            ("017", "15", Some(Altered::Octal)),
            ("0o17", "15", Some(Altered::Octal)),
            ("08", "8", Some(Altered::LeadingZero)),
            ("0x1F", "31", Some(Altered::Hexadecimal)),
            ("0b11", "3", Some(Altered::Binary)),
            ("1_000", "1000", Some(Altered::Underscore)),
            ("1.10", "1.1", Some(Altered::Decimals)),
            ("1e3", "1000", Some(Altered::Exponent)),
            ("+5", "5", Some(Altered::Sign)),
            ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC", Some(Altered::Date)),
            ("15", "15", None),
            ("1.5", "1.5", None),
            ("08", "08", None),
            ("\"017\"", "017", None),
            ("1.2.3", "1.2.3", None),
            ("a b\n  c", "a b c", None),
        ] {
            assert_eq!(Altered::of(raw, arrives), want, "{raw}");
        }
    }
}
