//! What a text looks like, by its characters alone.

/// Shannon entropy in bits a byte: 0 for one byte repeated, 4 at most for hexadecimal digits, 6 for base64.
pub fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f64;
    let used = counts.iter().filter(|count| **count > 0);
    used.map(|count| f64::from(*count) / total).map(|p| -p * p.log2()).sum()
}

/// Length of the longest stretch of one byte repeated.
pub fn longest_run(text: &str) -> usize {
    longest(text, |a, b| a == b)
}

/// Length of the longest stretch that counts up, as `12345` and `abcdef`.
pub fn longest_sequence(text: &str) -> usize {
    // 0123456789 goes on with a, and 1234567890 begins anew.
    longest(text, |a, b| b == a.wrapping_add(1) || matches!((a, b), (b'9', b'a' | b'A' | b'0')))
}

fn longest(text: &str, goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let (mut best, mut length, mut last) = (0, 0, None);
    for byte in text.bytes() {
        length = if last.is_some_and(|last| goes_on(last, byte)) { length + 1 } else { 1 };
        best = best.max(length);
        last = Some(byte);
    }
    best
}

/// Whether a text looks drawn at random: at least 16 characters without white space that mix lower case, upper case and
/// digits, or at least 32 hexadecimal digits.
pub fn looks_random(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let hex = text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    text.len() >= 16 && !has(u8::is_ascii_whitespace) && (mixed || hex) && entropy(text) >= 3.0
}

/// The bytes that base64 stands for, in either alphabet, padding or not; `None` when it is not base64.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_in_bits_a_byte() {
        assert_eq!(entropy(""), 0.0);
        assert_eq!(entropy("aaaa"), 0.0);
        assert_eq!(entropy("abab"), 1.0);
        assert!((entropy("0123456789abcdef") - 4.0).abs() < 1e-9);
    }

    #[test]
    fn runs_and_sequences() {
        assert_eq!((longest_run("axxxb"), longest_run("")), (3, 0));
        assert_eq!(longest_sequence("x0123456789abcdefx"), 16);
        assert_eq!(longest_sequence("1234567890"), 10);
        assert_eq!(longest_sequence("9876"), 1);
    }

    #[test]
    fn random_or_words() {
        assert!(looks_random("aB3dE5gH7jK9mN1p"));
        assert!(looks_random(&"0a1b2c3d".repeat(4)));
        for words in ["correct-horse-battery-staple", "MyDatabasePassword", "aB3dE5gH", "Some Words 123 abc DEF", &"aB1".repeat(10)] {
            assert!(!looks_random(words), "{words}");
        }
    }

    #[test]
    fn base64_of_both_alphabets() {
        assert_eq!(decode_base64("dXNlcjpwYXNz").as_deref(), Some(b"user:pass".as_slice()));
        assert_eq!(decode_base64("YQ==").as_deref(), Some(b"a".as_slice()));
        assert_eq!(decode_base64("-_8"), decode_base64("+/8="));
        assert_eq!(decode_base64("a b"), None);
    }
}
