//! What must hold for any text and any spans.

use dockvet::diagnostic::{Diagnostic, Level, Safety};
use dockvet::report::{FORMATS, Style, github_summary};
use dockvet::source::Span;
use proptest::prelude::*;

use crate::world::*;

/// Characters that have gone wrong somewhere: wide, joined, invisible, obeyed by terminals, ends of lines.
const TEXT: &str = "[a-c \t\r\né𐐀漢👍\u{feff}\u{200d}\u{202e}\u{1b}\u{1}\u{9b}`|%:]{0,120}";

fn harmless(out: &str) -> bool {
    out.chars().all(|c| matches!(c, '\n' | '\t') || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_format_panics_or_drives_a_terminal(
        text in TEXT, other in TEXT, message in TEXT, ends in prop::collection::vec((0usize..200, 0usize..200), 1..6),
        width in 0usize..120, unicode: bool, secret in (0usize..100, 0usize..100),
    ) {
        let mut world = World::new(&[("a.yaml", &text), ("b/Dockerfile", &other)]);
        let files = [world.file("a.yaml"), world.file("b/Dockerfile")];
        let span = |i: usize| {
            let (a, b) = ends[i % ends.len()];
            Span::new(files[i % 2], a.min(b), a.max(b))
        };
        world.secrets.push(Span::new(files[0], secret.0, secret.1));
        let labels = (1..ends.len()).map(|i| label(span(i), &message)).collect();
        let fixes = vec![fix(&message, Safety::Safe, &[(span(1), &message)])];
        let help = Some(message.clone());
        let found = Diagnostic { primary: label(span(0), &message), labels, fixes, help, ..finding("root-user", Level::Error, span(0), &message) };
        world.add([found]);
        let style = Style { width, unicode, ..Style::default() };
        for format in FORMATS {
            let out = world.write(format.name, &style);
            prop_assert!(harmless(&out), "{}: {out:?}", format.name);
            prop_assert!(out.ends_with('\n'));
            prop_assert_eq!(&out, &world.write(format.name, &style));
        }
        prop_assert!(harmless(&github_summary(&world.report())));
    }

    #[test]
    fn the_underline_stands_below_its_text(before in "[ab\té漢]{0,300}", marked in "[c-e]{1,9}", after in "[fgé漢 ]{0,300}", width in 50usize..120) {
        let world = one(&format!("#\n{before}{marked}{after}\n"), &marked, "");
        let out = world.write("text", &Style { width, quiet: true, ..Style::default() });
        let lines: Vec<&str> = out.lines().collect();
        let caret = lines.iter().position(|l| l.contains('^')).expect("an underline");
        // Columns on the screen; every wide character of the input takes two.
        let column = |line: &str, at: usize| line[..at].chars().map(|c| if c == '漢' { 2 } else { 1 }).sum::<usize>();
        let (source, line) = (lines[caret - 1], lines[caret]);
        let text = source.find(&marked).unwrap_or_else(|| panic!("{out}"));
        prop_assert_eq!(column(source, text), column(line, line.find('^').unwrap()));
        prop_assert_eq!(line.matches('^').count(), marked.len());
        prop_assert!(column(source, source.len()) <= width, "{}: {}", width, source);
    }
}

/// The cost of a finding is its own and not that of its file: without that this takes minutes.
#[test]
fn ten_thousand_findings_in_one_file_are_written_at_once() {
    let lines: String = (0..20_000).map(|n| format!("RUN echo é{n} 漢字\n")).collect();
    for text in [lines.replace('\n', " "), lines] {
        let mut world = World::new(&[("Dockerfile", &text)]);
        let file = world.file("Dockerfile");
        let step = text.len() / 10_000;
        world.diagnostics = (0..10_000)
            .map(|n| Diagnostic {
                labels: vec![label(Span::new(file, n * step / 2, n * step / 2 + 3), "related")],
                ..finding("root-user", Level::Info, Span::new(file, n * step, n * step + 9), "the image runs as root")
            })
            .collect();
        let begin = std::time::Instant::now();
        for format in FORMATS {
            world.write(format.name, &Style::default());
        }
        assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
    }
}
