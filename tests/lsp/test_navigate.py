"""Definition, references, highlights and rename."""

import pytest

from edits import apply, ask, by_uri, place, slice_of

DOCKERFILE = """\
# é𐐀
ARG VERSION=22
FROM node:${VERSION} AS build
ARG VERSION
ENV HOME_DIR=/app OTHER=$VERSION
COPY package.json $HOME_DIR/
FROM build AS Final
RUN --mount=type=bind,from=build,target=/x echo "𐐀" $HOME_DIR '$HOME_DIR' ${VERSION:-1}
COPY --from=build /app /app
COPY --from=0 /b /b
USER node
"""

COMPOSE = """\
x-base: &base
  restart: always
  networks: [front]
services:
  web:
    <<: *base
    build:
      context: app
      target: final
      args:
        VERSION: "22"
    depends_on: [db]
    volumes:
      - "data:/var/lib"
      - ./data:/x
    secrets: [token]
  db:
    image: postgres:17
    links: ["web:w"]
    network_mode: service:web
networks:
  front:
volumes:
  data:
secrets:
  token:
    file: ./token.txt
include:
  - more.yaml
"""


@pytest.fixture
def opened(client, project):
    files = {"compose.yaml": COMPOSE, "app/Dockerfile": DOCKERFILE, "app/package.json": "{}\n", "token.txt": "x\n"}
    files["more.yaml"] = "services:\n  extra:\n    image: a:1\n    depends_on:\n      db:\n        condition: service_started\n"
    for name, text in files.items():
        project.write(name, text)
    client.initialize(folders=[project.root], capabilities={"workspace": {"workspaceEdit": {"documentChanges": True}}})
    client.open(project.uri("compose.yaml"), COMPOSE, "yaml")
    client.open(project.uri("app/Dockerfile"), DOCKERFILE)
    client.settle()
    return client, project, files


def defined(opened, name, needle, nth=0, inside=1):
    client, project, files = opened
    found = ask(client, "definition", project.uri(name), place(files[name], needle, nth, inside))
    found = [found] if isinstance(found, dict) else found or []
    text = {project.uri(n): t for n, t in files.items()}
    return [(f["uri"].removeprefix(project.root + "/"), f["range"]["start"]["line"], slice_of(text[f["uri"]], f["range"])) for f in found]


@pytest.mark.parametrize(
    ("needle", "nth", "result"),
    [
        ("build,target", 0, ("app/Dockerfile", 2, "build")),
        ("build AS", 0, ("app/Dockerfile", 2, "build")),
        ("build /app", 0, ("app/Dockerfile", 2, "build")),
        ("0 /b", 0, ("app/Dockerfile", 2, "build")),
        ("VERSION} AS", 0, ("app/Dockerfile", 1, "VERSION")),
        ("VERSION\nCOPY", 0, ("app/Dockerfile", 3, "VERSION")),
        ("VERSION:-1", 0, ("app/Dockerfile", 3, "VERSION")),
        ("HOME_DIR '", 0, ("app/Dockerfile", 4, "HOME_DIR")),
        ("HOME_DIR/", 0, ("app/Dockerfile", 4, "HOME_DIR")),
        ("package.json", 0, ("app/package.json", 0, "")),
    ],
)
def test_definitions_in_a_dockerfile(opened, needle, nth, result):
    assert defined(opened, "app/Dockerfile", needle, nth, 0) == [result]


@pytest.mark.parametrize(
    ("needle", "result"),
    [
        ("final\n", ("app/Dockerfile", 6, "Final")),
        ("app\n", ("app/Dockerfile", 0, "")),
        ("base\n    build", ("compose.yaml", 0, "base")),
        ("front]", ("compose.yaml", 21, "front")),
        ("db]", ("compose.yaml", 16, "db")),
        ("data:/var", ("compose.yaml", 23, "data")),
        ("token]", ("compose.yaml", 25, "token")),
        ("web:w", ("compose.yaml", 4, "web")),
        ("web\nnetworks", ("compose.yaml", 4, "web")),
        ("./token.txt", ("token.txt", 0, "")),
        ("more.yaml", ("more.yaml", 0, "")),
    ],
)
def test_definitions_in_a_compose_file(opened, needle, result):
    assert defined(opened, "compose.yaml", needle, 0, 0) == [result]


def test_nothing_is_defined_where_nothing_is_named(opened):
    for name, needle in [("app/Dockerfile", "'$HOME_DIR"), ("app/Dockerfile", "node\n"), ("compose.yaml", "./data:"), ("compose.yaml", "always")]:
        assert defined(opened, name, needle, 0, 3) == []


def test_references_cross_files(opened):
    client, project, files = opened
    at = place(files["app/Dockerfile"], "Final")
    found = ask(client, "references", project.uri("app/Dockerfile"), at, context={"includeDeclaration": True})
    assert {f["uri"] for f in found} == {project.uri("app/Dockerfile"), project.uri("compose.yaml")}
    at = place(COMPOSE, "db]")
    found = ask(client, "references", project.uri("compose.yaml"), at, context={"includeDeclaration": False})
    assert {f["uri"] for f in found} == {project.uri("more.yaml"), project.uri("compose.yaml")}


def test_highlights(opened):
    client, project, files = opened
    found = ask(client, "documentHighlight", project.uri("app/Dockerfile"), place(DOCKERFILE, "HOME_DIR"))
    assert [(h["range"]["start"]["line"], h["kind"]) for h in found] == [(4, 3), (5, 2), (7, 2)]


def renamed(opened, name, needle, new, nth=0):
    client, project, files = opened
    at = place(files[name], needle, nth)
    assert ask(client, "prepareRename", project.uri(name), at)["placeholder"]
    edit = ask(client, "rename", project.uri(name), at, newName=new)
    texts = {project.uri(n): (n, t) for n, t in files.items()}
    return {texts[uri][0]: apply(texts[uri][1], edits) for uri, edits in by_uri(edit).items()}


def test_renaming_a_stage_changes_the_compose_file_too(opened):
    after = renamed(opened, "app/Dockerfile", "Final", "release")
    assert after == {
        "app/Dockerfile": DOCKERFILE.replace("AS Final", "AS release"),
        "compose.yaml": COMPOSE.replace("target: final", "target: release"),
    }
    after = renamed(opened, "app/Dockerfile", "build AS", "deps")
    expected = DOCKERFILE.replace("AS build", "AS deps").replace("from=build", "from=deps").replace("FROM build", "FROM deps")
    assert after == {"app/Dockerfile": expected}


def test_renaming_variables(opened):
    after = renamed(opened, "app/Dockerfile", "HOME_DIR", "ROOT")
    expected = DOCKERFILE.replace("HOME_DIR", "ROOT").replace("'$ROOT'", "'$HOME_DIR'")
    assert after == {"app/Dockerfile": expected}
    after = renamed(opened, "compose.yaml", "VERSION", "NODE")
    assert after["compose.yaml"] == COMPOSE.replace("VERSION:", "NODE:")
    assert after["app/Dockerfile"] == DOCKERFILE.replace("VERSION", "NODE")


def test_renaming_in_a_compose_file(opened):
    assert renamed(opened, "compose.yaml", "base\n  restart", "common") == {"compose.yaml": COMPOSE.replace("&base", "&common").replace("*base", "*common")}
    after = renamed(opened, "compose.yaml", "db:", "store")
    assert "depends_on: [store]" in after["compose.yaml"] and "\n  store:\n" in after["compose.yaml"]
    assert "      store:\n" in after["more.yaml"]
    after = renamed(opened, "compose.yaml", "data:/var", "files")
    assert '"files:/var/lib"' in after["compose.yaml"] and "./data:/x" in after["compose.yaml"]


def test_a_service_that_is_the_context_of_another(client, project):
    text = "services:\n  base:\n    build: .\n  web:\n    build:\n      context: .\n      additional_contexts:\n        img: service:base\n"
    client.initialize(folders=[project.root])
    client.open(project.uri("compose.yaml"), text, "yaml")
    edit = ask(client, "rename", project.uri("compose.yaml"), place(text, "base"), newName="first")
    assert apply(text, by_uri(edit)[project.uri("compose.yaml")]) == text.replace("base", "first")


def test_included_files_share_names_and_extended_ones_do_not(client, project):
    files = {
        "compose.yaml": "include: [inc.yaml]\nservices:\n  web:\n    image: a:1\n    depends_on: [db, cache]\n  db:\n    extends: {file: base.yaml, service: store}\n",
        "inc.yaml": "services:\n  cache:\n    image: a:1\n",
        "base.yaml": "services:\n  store:\n    image: a:1\n  db:\n    image: b:1\n",
    }
    for name, text in files.items():
        project.write(name, text)
    client.initialize(folders=[project.root])
    for name, text in files.items():
        client.open(project.uri(name), text, "yaml")
    client.settle()
    opened = (client, project, files)
    after = renamed(opened, "inc.yaml", "cache", "fast")
    assert after == {n: files[n].replace("cache", "fast") for n in ["compose.yaml", "inc.yaml"]}
    assert renamed(opened, "compose.yaml", "db:", "data") == {"compose.yaml": files["compose.yaml"].replace("db", "data")}
    assert renamed(opened, "base.yaml", "db:", "data") == {"base.yaml": files["base.yaml"].replace("db", "data")}
    after = renamed(opened, "base.yaml", "store", "shop")
    assert after == {n: files[n].replace("store", "shop") for n in ["compose.yaml", "base.yaml"]}
    assert defined(opened, "compose.yaml", "store") == [("base.yaml", 1, "store")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_in_every_encoding(client, encoding):
    line = 'RUN echo "é𐐀" $A'
    text = f"FROM a\nENV é𐐀=1 A=2\n{line}\n"
    count = {"utf-8": lambda t: len(t.encode()), "utf-16": lambda t: len(t.encode("utf-16-le")) // 2, "utf-32": len}[encoding]
    client.initialize(capabilities={"general": {"positionEncodings": [encoding]}})
    client.open("untitled:Dockerfile", text)
    found = ask(client, "definition", "untitled:Dockerfile", {"line": 2, "character": count(line)})
    start = count("ENV é𐐀=1 ")
    assert [f["range"] for f in found] == [{"start": {"line": 1, "character": start}, "end": {"line": 1, "character": start + 1}}]


@pytest.mark.parametrize(
    ("name", "needle", "new"),
    [
        ("app/Dockerfile", "Final", "build"),
        ("app/Dockerfile", "Final", "a b"),
        ("app/Dockerfile", "HOME_DIR", "OTHER"),
        ("app/Dockerfile", "HOME_DIR", "1"),
        ("app/Dockerfile", "HOME_DIR", "PATH"),
        ("compose.yaml", "db:", "web"),
        ("compose.yaml", "db:", "a b"),
    ],
)
def test_names_that_cannot_be_given(opened, name, needle, new):
    client, project, files = opened
    params = {"textDocument": {"uri": project.uri(name)}, "position": place(files[name], needle), "newName": new}
    assert client.request("textDocument/rename", params)["error"]["message"]


def test_a_variable_is_defined_in_the_env_file(client, project):
    text = "services:\n  a:\n    image: b:${TAG:-1}\n    user: ${NOBODY}\n"
    project.write(".env", "X=1\nTAG=2\n")
    client.initialize(folders=[project.root])
    client.open(project.uri("compose.yaml"), text, "yaml")
    [found] = ask(client, "definition", project.uri("compose.yaml"), place(text, "TAG"))
    assert (found["uri"], found["range"]["start"]) == (project.uri(".env"), {"line": 1, "character": 4})
    assert ask(client, "definition", project.uri("compose.yaml"), place(text, "NOBODY")) is None


def test_names_with_a_meaning_stay(client, project):
    client.initialize(folders=[project.root])
    compose = "services:\n  a:\n    image: b:1\n    networks: [default]\nnetworks:\n  default: {}\n"
    client.open(project.uri("compose.yaml"), compose, "yaml")
    assert ask(client, "prepareRename", project.uri("compose.yaml"), place(compose, "default]")) is None
    dockerfile = "FROM --platform=$BUILDPLATFORM a:1\nARG TARGETARCH\nARG X\n"
    client.open(project.uri("Dockerfile"), dockerfile)
    assert ask(client, "prepareRename", project.uri("Dockerfile"), place(dockerfile, "TARGETARCH")) is None
    assert ask(client, "prepareRename", project.uri("Dockerfile"), place(dockerfile, "X\n"))["placeholder"] == "X"


def test_half_typed_files(client, project):
    client.initialize()
    for uri, language, text in [("untitled:Dockerfile", "dockerfile", DOCKERFILE), (project.uri("compose.yaml"), "yaml", COMPOSE)]:
        for version, end in enumerate(range(1, len(text), 7), 1):
            client.open(uri, text[:end], language) if version == 1 else client.change(uri, version, text[:end])
            at = place(text[:end], text[end - 1], text[: end - 1].count(text[end - 1]))
            for method in ["definition", "documentHighlight", "prepareRename"]:
                ask(client, method, uri, at)
