"""Positions and edits: what the client means and what the server says are the same places."""

import random

import pytest

from client import edit, spans

URI = "untitled:Dockerfile"


def column(text, encoding):
    """The width of a piece of one line."""
    if encoding == "utf-8":
        return len(text.encode())
    if encoding == "utf-16":
        return len(text.encode("utf-16-le")) // 2
    return len(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_ranges_with_wide_characters_before_and_inside(client, encoding, newline):
    lines = [
        "# é𐐀\t漢",
        "FROM alpine:3",
        "ENV\té=𐐀 b𐐀é",
        "EXPOSE 80/é𐐀 99999",
        "USER app",
        "\tCOPY\té𐐀.txt  b𐐀é /app/",
        "CMD [\"é\", \"𐐀\"]",
    ]
    client.initialize(capabilities={"general": {"positionEncodings": [encoding]}})
    client.open(URI, newline.join(lines) + newline)

    def span(line, word, lint):
        before = lines[line].index(word)
        start = column(lines[line][:before], encoding)
        return (line, start, line, start + column(word, encoding), lint)

    assert spans(client.wait(URI)) == [
        span(2, "b𐐀é", "dockerfile-syntax"),
        span(3, "80/é𐐀", "dockerfile-syntax"),
        span(3, "99999", "dockerfile-syntax"),
        span(5, "é𐐀.txt  b𐐀é", "copy-without-chown"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_edits_with_wide_characters_before_and_inside(client, encoding):
    client.initialize(capabilities={"general": {"positionEncodings": [encoding]}})
    client.open(URI, "FROM alpine:3\r\nUSER app\r\nEXPOSE 𐐀/é 80\r\n")
    at = column("EXPOSE 𐐀/é ", encoding)
    client.change(URI, 2, ((2, at), (2, at + 2), "99999"))
    assert [s[1] for s in spans(client.wait(URI, lambda d: len(d) == 2))] == [7, at]
    client.change(URI, 3, ((2, 7), (2, at), "70000 "))
    assert spans(client.wait(URI, lambda d: client.versions[URI] == 3)) == [
        (2, 7, 2, 12, "dockerfile-syntax"),
        (2, 13, 2, 18, "dockerfile-syntax"),
    ]


def test_a_position_past_the_end_of_a_line_is_before_its_break(client):
    client.initialize()
    client.open(URI, "FROM alpine:3\r\nUSER app\r\n")
    client.change(URI, 2, ((0, 11), (0, 99), ":3 AS a b"))
    [finding] = client.wait(URI, lambda d: d)
    assert finding["code"] == "dockerfile-syntax"
    assert finding["range"]["end"]["line"] == 0


PIECES = ["EXPOSE 99999", "USER root", "é", "𐐀", "漢\t", "\n", "\r\n", "COPY a b /c\n", "FROM alpine:3\n", "FROM debian AS é\n", "RUN x \\\n", "ENV a", "$", "\"", "#", " ", "80 "]


class Editor:
    """A buffer that knows where it is edited, in UTF-16."""

    def __init__(self, text):
        self.text = text

    def position(self, offset):
        before = self.text[:offset]
        line = before.count("\n")
        start = before.rfind("\n") + 1
        return (line, column(before[start:], "utf-16"))

    def boundary(self, rng):
        """Somewhere between two characters, not between `\\r` and `\\n`: no client can put its caret there."""
        offset = rng.randint(0, len(self.text))
        return offset - 1 if self.text[offset - 1 : offset + 1] == "\r\n" else offset

    def edit(self, rng):
        start = self.boundary(rng)
        end = self.boundary(rng) if rng.random() < 0.02 else start
        if end == start and rng.random() < 0.3:
            end = min(start + rng.randint(1, 6), len(self.text))
            end += self.text[end - 1 : end + 1] == "\r\n"
        start, end = min(start, end), max(start, end)
        new = rng.choice(PIECES) if rng.random() < 0.8 else ""
        change = edit(self.position(start), self.position(end), new)
        self.text = self.text[:start] + new + self.text[end:]
        return change


@pytest.mark.parametrize("seed", range(4))
def test_500_rapid_edits_end_where_a_fresh_open_begins(start, seed):
    rng = random.Random(seed)
    editor = Editor("FROM alpine:3\r\n" + "EXPOSE 99999 é𐐀/x 80\nCOPY a b c\r\n" * 30)
    client = start()
    client.initialize()
    client.open(URI, editor.text)
    version = 1
    edits = 0
    while edits < 500:
        changes = [editor.edit(rng) for _ in range(rng.choice([1, 1, 1, 3]))]
        version += 1
        client.change(URI, version, *changes)
        edits += len(changes)
    client.settle()
    fresh = start()
    fresh.initialize()
    fresh.open(URI, editor.text)
    fresh.settle()
    assert len(fresh.diagnostics[URI]) > 5
    assert client.diagnostics[URI] == fresh.diagnostics[URI]
    told = [p["version"] for p in client.published if p["uri"] == URI]
    assert told == sorted(told) and told[-1] == version


def test_edits_that_come_one_by_one_are_each_linted(client):
    client.initialize()
    client.open(URI, "FROM alpine:3\nUSER app\n")
    assert client.wait(URI) == []
    for version in range(2, 40):
        port = 99999 if version % 2 == 0 else 80
        client.change(URI, version, f"FROM alpine:3\nUSER app\nEXPOSE {port}\n")
        client.wait(URI, lambda d: len(d) == (version + 1) % 2)


def test_findings_of_an_edited_text_are_told_again(client):
    """The client moved what it shows along with the text; only the server knows that it stands where it stood."""
    client.initialize()
    client.open(URI, "FROM alpine:3\nEXPOSE 99999\nUSER app\n")
    before = client.wait(URI, lambda d: d)
    client.change(URI, 2, ((1, 0), (2, 0), ""), ((1, 0), (1, 0), "EXPOSE 99999\n"))
    client.settle()
    assert client.versions[URI] == 2
    assert client.diagnostics[URI] == before
