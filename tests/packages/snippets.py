"""The fenced blocks of the pages in docs/. As a program it writes those for CI systems out as files:
`snippets.py FOLDER` makes FOLDER/<page>-<n>/<name>, where the first line of a block is `# name`."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.M | re.S)


def pages():
    return sorted(path for path in (ROOT / "docs").rglob("*.md") if "adr" not in path.parts)


def blocks(language):
    """(page, number, text) of every block in that language."""
    for page in pages():
        for number, match in enumerate(FENCE.finditer(page.read_text())):
            if match[1] == language:
                yield page.relative_to(ROOT).as_posix(), number, match[2]


def main(folder):
    for page, number, text in blocks("yaml"):
        name = re.match(r"# (\S+\.ya?ml)\n", text)
        if name:
            path = pathlib.Path(folder, f"{page.replace('/', '-')}-{number}", name[1])
            path.parent.mkdir(parents=True)
            path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
