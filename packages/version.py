#!/usr/bin/env python3
"""The version of dockvet, and all the places that repeat it.

    packages/version.py                  prints the version of Cargo.toml
    packages/version.py --check [1.2.3]  fails when a place says another one
    packages/version.py --set 1.2.3      writes it everywhere
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# File, pattern with the version as its group, and how often it must be there.
PLACES = [
    ("Cargo.toml", r'^version = "([^"]+)"', 1),
    ("Cargo.lock", r'^name = "dockvet"\nversion = "([^"]+)"', 1),
    ("packages/npm/dockvet/package.json", r'"(?:version|@dockvet/[\w-]+)": "([^"]+)"', 6),
    ("packages/pre-commit/pyproject.toml", r'(?:^version = "|"dockvet==)([^"]+)"', 2),
    ("action.yml", r"^    default: \"(\d+\.\d+\.\d+)\" # the version of dockvet", 1),
    ("editors/vscode/package.json", r'^  "version": "([^"]+)"', 1),
]


def spans(text, pattern):
    return [m.span(1) for m in re.finditer(pattern, text, flags=re.M)]


def current():
    text = (ROOT / "Cargo.toml").read_text()
    start, end = spans(text, PLACES[0][1])[0]
    return text[start:end]


def check(version):
    wrong = []
    for name, pattern, count in PLACES:
        text = (ROOT / name).read_text()
        found = [text[a:b] for a, b in spans(text, pattern)]
        if found != [version] * count:
            wrong.append(f"{name} says {', '.join(found) or 'nothing'}, not {version}" + (f" {count} times" if count > 1 else ""))
    return wrong


def set_all(version):
    for name, pattern, _ in PLACES:
        path = ROOT / name
        text = path.read_text()
        for start, end in reversed(spans(text, pattern)):
            text = text[:start] + version + text[end:]
        path.write_text(text)


def main(arguments):
    match arguments:
        case []:
            print(current())
        case ["--check", *rest] if len(rest) < 2:
            wrong = check(rest[0] if rest else current())
            print("\n".join(wrong) or "all places agree")
            return 1 if wrong else 0
        case ["--set", version] if re.fullmatch(r"\d+\.\d+\.\d+", version):
            set_all(version)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
