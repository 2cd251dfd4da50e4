//! Every format of the same report, as files: `tests/snapshots/formats/`.

use dockvet::report::{FORMATS, Format, Style, github_summary};
use insta::{Settings, assert_snapshot};

use crate::hard::hard;
use crate::world::*;

fn snapshot(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../snapshots/formats");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

/// JSON with a line for each key, so that a change can be reviewed. Cuts between tokens only.
fn unfolded(text: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for c in text.trim_end().chars() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        let line = "\n".to_string() + &"  ".repeat(depth);
        match c {
            '{' | '[' | ',' => out.push_str(&format!("{c}{line}")),
            '}' | ']' => out.push_str(&format!("{line}{c}")),
            _ => out.push(c),
        }
        quoted = c == '"';
    }
    out
}

#[test]
fn every_format() {
    let world = hard();
    for Format { name, .. } in FORMATS {
        let text = world.write(name, &Style::default());
        let json = text.starts_with(['{', '[']) && text.lines().count() == 1;
        snapshot(name, &if json { unfolded(&text) } else { text });
    }
    snapshot("github-summary", &github_summary(&world.report()));
}

#[test]
fn no_format_quotes_a_secret() {
    let mut world = hard();
    // A silenced finding knows a secret that stands on the lines of another.
    let vim = world.at("web/Dockerfile", "vim");
    world.silenced[2].finding.secrets.push(vim);
    for Format { name, .. } in FORMATS {
        let text = world.write(name, &Style::default());
        assert!(!text.contains("kept-quiet-4242"), "{name}");
        assert!(!text.contains("install vim"), "{name}");
    }
}

/// Nothing found is a valid document in every format, and empty where a format has no document.
#[test]
fn a_clean_project() {
    let mut world = World::new(&[("Dockerfile", "FROM scratch\n")]);
    world.linted.push(world.file("Dockerfile"));
    let written: Vec<String> = FORMATS.iter().map(|f| format!("== {}\n{}", f.name, world.write(f.name, &Style::default()))).collect();
    let style = written.iter().position(|w| w.starts_with("== html")).unwrap();
    let html = &written[style];
    assert!(html.contains("<title>dockvet: no problems</title>") && !html.contains("<form"), "{html}");
    snapshot("clean", &[&written[..style], &written[style + 1..]].concat().concat());
}
