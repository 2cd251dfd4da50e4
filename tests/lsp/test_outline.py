"""Symbols, folds, selections, links, hints and tokens."""

import pytest

from edits import ask, place, slice_of

DOCKERFILE = """\
# syntax=docker/dockerfile:1
# é
# two lines
ARG V=22
FROM node:${V} AS build
RUN <<EOF
echo 𐐀 $V
EOF
FROM build
COPY --from=ghcr.io/a/b:1 package.json /x
ENV A=1 \\
    B=$V
USER node
CMD ["a", "b"]
"""

COMPOSE = """\
services:
  web:
    image: bitnami/redis:${TAG:-7}
    user: "1"
    environment:
      - A=1
  db: {image: postgres:17}
secrets:
  token:
    file: ./t.txt
"""


@pytest.fixture
def opened(client, project):
    project.write("Dockerfile", DOCKERFILE)
    project.write("package.json", "{}")
    project.write("t.txt", "x")
    project.write("compose.yaml", COMPOSE)
    project.write("compose.override.yaml", "services:\n  web:\n    user: app\n")
    client.initialize(folders=[project.root])
    client.open(project.uri("Dockerfile"), DOCKERFILE)
    client.open(project.uri("compose.yaml"), COMPOSE, "yaml")
    return client, project


def inside(inner, outer):
    key = lambda p: (p["line"], p["character"])
    return key(outer["start"]) <= key(inner["start"]) and key(inner["end"]) <= key(outer["end"])


def names(symbols):
    out = []
    for s in symbols:
        assert inside(s["selectionRange"], s["range"])
        assert all(inside(c["range"], s["range"]) for c in s["children"])
        out.append((s["name"], names(s["children"])) if s["children"] else s["name"])
    return out


def test_symbols(opened):
    client, project = opened
    assert names(ask(client, "documentSymbol", project.uri("Dockerfile"))) == [
        "ARG",
        ("build", ["FROM", "RUN"]),
        ("1", ["FROM", "COPY", "ENV", "USER", "CMD"]),
    ]
    assert names(ask(client, "documentSymbol", project.uri("compose.yaml"))) == [
        ("services", [("web", ["image", "user", "environment"]), ("db", ["image"])]),
        ("secrets", [("token", ["file"])]),
    ]


def test_folds(opened):
    client, project = opened
    folds = ask(client, "foldingRange", project.uri("Dockerfile"))
    lines = {(f["startLine"], f["endLine"], f["kind"]) for f in folds}
    assert {(1, 2, "comment"), (4, 7, "region"), (8, 13, "region"), (5, 7, "region"), (10, 11, "region")} <= lines
    lines = {(f["startLine"], f["endLine"]) for f in ask(client, "foldingRange", project.uri("compose.yaml"))}
    assert lines == {(0, 6), (1, 5), (4, 5), (7, 9), (8, 9)}


@pytest.mark.parametrize(
    ("name", "text", "needle", "steps"),
    [
        ("Dockerfile", DOCKERFILE, "package", ["package.json", "COPY --from=ghcr.io/a/b:1 package.json /x"]),
        ("compose.yaml", COMPOSE, "redis", ["bitnami/redis", "bitnami/redis:${TAG:-7}", "image: bitnami/redis:${TAG:-7}"]),
    ],
)
def test_a_selection_grows_to_the_whole_file(opened, name, text, needle, steps):
    client, project = opened
    [step] = ask(client, "selectionRange", project.uri(name), positions=[place(text, needle, inside=1)])
    seen = []
    while step:
        seen.append(slice_of(text, step["range"]))
        assert "parent" not in step or (inside(step["range"], step["parent"]["range"]) and step["range"] != step["parent"]["range"])
        step = step.get("parent")
    assert seen[-1] == text and len(seen) > 3
    assert [s for s in seen if s in steps] == steps


def test_links(opened):
    client, project = opened
    for name, text, wanted in [
        ("Dockerfile", DOCKERFILE, {"node:${V}": "https://hub.docker.com/_/node", "ghcr.io/a/b:1": "https://ghcr.io/a/b"}),
        (
            "compose.yaml",
            COMPOSE,
            {
                "bitnami/redis:${TAG:-7}": "https://hub.docker.com/r/bitnami/redis",
                "postgres:17": "https://hub.docker.com/_/postgres",
                "./t.txt": project.uri("t.txt"),
            },
        ),
    ]:
        links = ask(client, "documentLink", project.uri(name))
        assert {slice_of(text, l["range"]): l["target"] for l in links} == wanted


def test_a_copied_file_is_a_link(client, project):
    text = "FROM scratch\nCOPY a.txt /\n"
    project.write("a.txt", "x")
    client.initialize(folders=[project.root])
    client.open(project.uri("Dockerfile"), text)
    [link] = ask(client, "documentLink", project.uri("Dockerfile"))
    assert (slice_of(text, link["range"]), link["target"]) == ("a.txt", project.uri("a.txt"))


def hints(client, uri):
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    return {(h["position"]["line"], h["label"]) for h in ask(client, "inlayHint", uri, range=everything)}


def test_hints(opened):
    client, project = opened
    assert hints(client, project.uri("Dockerfile")) == {(4, "user root (base image)"), (8, "user node (line 13)")}
    found = hints(client, project.uri("compose.yaml"))
    assert found == {(2, "= bitnami/redis:7"), (3, "= app (compose.override.yaml:3)")}


def test_hints_of_some_lines(opened):
    client, project = opened
    some = {"start": {"line": 5, "character": 0}, "end": {"line": 9, "character": 0}}
    assert [h["position"]["line"] for h in ask(client, "inlayHint", project.uri("Dockerfile"), range=some)] == [8]


def test_tokens(opened):
    client, project = opened
    legend = ["keyword", "comment", "parameter", "class", "variable", "string", "macro"]
    data = ask(client, "semanticTokens/full", project.uri("Dockerfile"))["data"]
    line = column = 0
    found = []
    for delta, start, length, kind, _ in zip(*[iter(data)] * 5):
        column = start + (0 if delta else column)
        line += delta
        end = {"line": line, "character": column + length}
        found.append((slice_of(DOCKERFILE, {"start": {"line": line, "character": column}, "end": end}), legend[kind]))
    for token in [
        ("# é", "comment"),
        ("FROM", "keyword"),
        ("AS", "keyword"),
        ("build", "class"),
        ("V", "variable"),
        ("<<EOF", "macro"),
        ("--from", "parameter"),
        ('"a"', "string"),
    ]:
        assert token in found
    assert found.count(("V", "variable")) == 4
    assert ask(client, "semanticTokens/full", project.uri("compose.yaml")) is None
