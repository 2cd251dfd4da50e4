"""What is said of the thing under the pointer."""

import pytest

from edits import ask, place, slice_of

DOCKERFILE = """\
ARG VERSION=22
FROM node:${VERSION} AS build
ENV TOKEN=ghp_0123456789abcdefghijklmnopqrstuvwxyzAB PORT=80
RUN --mount=type=cache,target=/c echo $PORT $TOKEN
FROM build
COPY --from=build --chown=node /a /b
USER node
# dockvet: ignore[root-user] known
CMD ["x"]
"""

COMPOSE = """\
services:
  web:
    build: app
    ports: ["80:80"]
    environment:
      PASSWORD: ${PASSWORD:-hunter2hunter2}
      LEVEL: ${LEVEL:-info}
  db:
    image: postgres:9.6
    user: "999"
    depends_on: [web]
    restart: ${RESTART}
"""


@pytest.fixture
def opened(client, project):
    files = {"compose.yaml": COMPOSE, "app/Dockerfile": DOCKERFILE}
    for name, text in files.items():
        project.write(name, text)
    project.write("compose.override.yaml", "services:\n  db:\n    user: postgres\n")
    project.write(".env", "RESTART=always\n")
    client.initialize(folders=[project.root])
    client.open(project.uri("compose.yaml"), COMPOSE, "yaml")
    client.open(project.uri("app/Dockerfile"), DOCKERFILE)
    client.settle()
    return client, project, files


def hover(opened, name, needle, nth=0, inside=1):
    client, project, files = opened
    found = ask(client, "hover", project.uri(name), place(files[name], needle, nth, inside))
    if found is None:
        return None, ""
    return slice_of(files[name], found["range"]), found["contents"]["value"]


@pytest.mark.parametrize(
    ("needle", "nth", "range", "words"),
    [
        ("USER", 0, "USER", ["user"]),
        ("FROM build", 0, "FROM", ["user: `node` — from app/Dockerfile:7", "`node:22` runs as `root`"]),
        ("COPY", 0, "COPY", ["user here: `root`"]),
        ("CMD", 0, "CMD", ["user here: `node` — from app/Dockerfile:7"]),
        ("--from=b", 0, "from", ["in place of the build context"]),
        ("--chown", 0, "chown", ["owner"]),
        ("target=/c", 0, "target", ["mounted"]),
        ("build --chown", 0, "build", ["stage **build**"]),
        ("PORT $TOKEN", 0, "PORT", ["`80`", "app/Dockerfile:3"]),
        ("VERSION}", 0, "VERSION", ["`22`", "app/Dockerfile:1"]),
    ],
)
def test_a_dockerfile(opened, needle, nth, range, words):
    where, text = hover(opened, "app/Dockerfile", needle, nth)
    assert where == range
    for word in words:
        assert word in text


@pytest.mark.parametrize("needle", ["TOKEN=", "TOKEN\n"])
def test_a_secret_is_never_shown(opened, needle):
    _, text = hover(opened, "app/Dockerfile", needle)
    assert "not shown" in text and "ghp_" not in text


def test_what_holds_a_secret_is_not_shown_either(client, project):
    text = "FROM alpine\nENV DB_PASSWORD=tr0ub4dor URL=x\nENV LINE=a$DB_PASSWORD PLAIN=b\nRUN echo $LINE $PLAIN\n"
    project.write(".env", "DB_PASSWORD=tr0ub4dor\n")
    compose = "services:\n  a:\n    image: b:1\n    hostname: x${DB_PASSWORD}\n"
    client.initialize(folders=[project.root])
    client.open(project.uri("Dockerfile"), text)
    client.open(project.uri("compose.yaml"), compose, "yaml")
    said = ask(client, "hover", project.uri("Dockerfile"), place(text, "LINE $"))["contents"]["value"]
    assert "not shown" in said and "tr0ub4dor" not in said
    assert "`b`" in ask(client, "hover", project.uri("Dockerfile"), place(text, "PLAIN\n"))["contents"]["value"]
    for needle in ["hostname", "${DB"]:
        said = ask(client, "hover", project.uri("compose.yaml"), place(compose, needle))["contents"]["value"]
        assert "not shown" in said and "tr0ub4dor" not in said
    [hint] = ask(client, "inlayHint", project.uri("compose.yaml"), range={"start": place(compose, "s"), "end": place(compose, "x$")})
    assert "tr0ub4dor" not in hint["label"]
    for name in ["Dockerfile", "compose.yaml"]:
        assert "tr0ub4dor" not in str(ask(client, "documentSymbol", project.uri(name)))


def test_a_secret_in_a_compose_file_is_never_shown(opened):
    for needle in ["${PASSWORD", "PASSWORD:"]:
        _, text = hover(opened, "compose.yaml", needle, inside=3)
        assert "not shown" in text and "hunter2" not in text.split("---")[0]


@pytest.mark.parametrize(
    ("needle", "range", "words"),
    [
        ("web:", "web", ["user: `node` — from app/Dockerfile:7", "published ports: 1"]),
        ("build:", "build", ["user: `node` — from app/Dockerfile:7"]),
        ("user:", "user", ["value: `postgres` — from compose.override.yaml:3"]),
        ("web]", "web", ["service **web**"]),
        ("postgres:9.6", "postgres:9.6", ["docker.io/library/postgres:9.6", "no fixes since"]),
        ("${LEVEL", "${LEVEL:-info}", ["`info`", "not set"]),
        ("${RESTART", "${RESTART}", ["`always`", ".env:1"]),
        ("restart:", "restart", ["always", "started again"]),
    ],
)
def test_a_compose_file(opened, needle, range, words):
    where, text = hover(opened, "compose.yaml", needle)
    assert where == range
    for word in words:
        assert word in text


def test_a_dockerfile_inside_a_compose_file(client, project):
    text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM node:22 AS é\n        USER node\n        COPY --fr"
    client.initialize(folders=[project.root])
    uri = project.uri("compose.yaml")
    client.open(uri, text, "yaml")
    assert "user: `node` — from compose.yaml:6" in ask(client, "hover", uri, place(text, "FROM"))["contents"]["value"]
    assert "docker.io/library/node:22" in ask(client, "hover", uri, place(text, "node:22"))["contents"]["value"]
    assert [i["label"] for i in ask(client, "completion", uri, place(text, "--fr", inside=4)) if i["label"] == "--from"]


def test_the_page_of_a_lint_on_a_finding(opened):
    client, project, files = opened
    findings = client.diagnostics[project.uri("compose.yaml")]
    assert findings
    for finding in findings:
        found = ask(client, "hover", project.uri("compose.yaml"), finding["range"]["start"])
        assert "\n## " in found["contents"]["value"] and "## Examples" not in found["contents"]["value"]


def test_the_page_of_a_lint_in_a_comment_that_ignores_it(opened):
    client, project, files = opened
    found = ask(client, "hover", project.uri("app/Dockerfile"), place(DOCKERFILE, "root-user"))
    assert "root" in found["contents"]["value"]


def test_nothing_is_known_of_nothing(opened):
    client, project, files = opened
    assert ask(client, "hover", project.uri("app/Dockerfile"), place(DOCKERFILE, "known", inside=2)) is None
