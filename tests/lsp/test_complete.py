"""What may be written next, at the end of half-typed text."""

import pytest

from edits import apply, ask, position

DOCKERFILE = "ARG BASE=1\nFROM node:$BASE AS build\nARG A\nENV B=2\nFROM build AS final\nENV C=3\n"

COMPOSE = """\
name: x
x-a: &common {restart: always}
networks: {front: {}, back: {}}
volumes: {data: {}}
secrets: {token: {file: t}}
services:
  db:
    image: postgres
    user: ${DB_USER}
  web:
    build:
      context: app
"""


@pytest.fixture
def opened(client, project):
    project.write("app/Dockerfile", DOCKERFILE)
    client.initialize(folders=[project.root])
    return client, project


def offered(opened, name, text, language):
    client, project = opened
    uri = project.uri(name)
    client.open(uri, text, language)
    found = ask(client, "completion", uri, position(text, len(text))) or []
    client.close(uri)
    return {item["label"]: apply(text, [item["textEdit"]]) for item in found}


@pytest.mark.parametrize(
    ("typed", "label", "after"),
    [
        ("", "RUN", "RUN "),
        ("WOR", "WORKDIR", "WORKDIR "),
        ("ONBUILD ", "COPY", "ONBUILD COPY "),
        ("FROM ", "build", "FROM build"),
        ("FROM fi", "final", "FROM final"),
        ("FROM a ", "AS", "FROM a AS"),
        ("FROM --pl", "--platform", "FROM --platform="),
        ("FROM --platform=", "$BUILDPLATFORM", "FROM --platform=$BUILDPLATFORM"),
        ("COPY --", "--chown", "COPY --chown="),
        ("COPY --from=", "build", "COPY --from=build"),
        ("COPY --from=bu", "build", "COPY --from=build"),
        ("RUN --mount=", "type", "RUN --mount=type="),
        ("RUN --mount=type=", "cache", "RUN --mount=type=cache"),
        ("RUN --mount=type=bind,fr", "from", "RUN --mount=type=bind,from="),
        ("RUN --mount=type=bind,from=", "build", "RUN --mount=type=bind,from=build"),
        ("RUN echo $", "C", "RUN echo $C"),
        ("RUN echo \"${", "A", "RUN echo \"${A}"),
        ("USER é$", "B", "USER é$B"),
        ("HEALTHCHECK ", "NONE", "HEALTHCHECK NONE"),
        ("# dockvet: ", "ignore", "# dockvet: ignore["),
        ("# dockvet: ignore[ro", "root-user", "# dockvet: ignore[root-user"),
        ("# dockvet: ignore[a,", "root-user", "# dockvet: ignore[a,root-user"),
    ],
)
def test_in_a_dockerfile(opened, typed, label, after):
    assert offered(opened, "Dockerfile", DOCKERFILE + typed, "dockerfile").get(label) == DOCKERFILE + after


def test_what_is_not_in_scope_is_not_offered(opened):
    names = offered(opened, "Dockerfile", DOCKERFILE + "RUN $", "dockerfile")
    assert "BASE" not in names and "TARGETARCH" not in names
    names = offered(opened, "Dockerfile", "ARG BASE=1\nFROM a AS b\nENV X=1\nFROM $", "dockerfile")
    assert "BASE" in names and "TARGETARCH" in names and "X" not in names
    assert offered(opened, "Dockerfile", DOCKERFILE + "# a comment ", "dockerfile") == {}


def test_flags_stand_before_all_else(opened):
    assert "--chown" in offered(opened, "Dockerfile", DOCKERFILE + "COPY --link ", "dockerfile")
    for typed in ["COPY a ", "COPY --link a --", "RUN apk add "]:
        assert offered(opened, "Dockerfile", DOCKERFILE + typed, "dockerfile") == {}


def test_instructions_in_the_case_of_the_file(opened):
    assert "copy" in offered(opened, "Dockerfile", "from a\nc", "dockerfile")


@pytest.mark.parametrize(
    ("typed", "label", "after"),
    [
        ("", "configs", "configs:"),
        ("    im", "image", "    image: "),
        ("    cap_drop:\n      - ", "ALL", "    cap_drop:\n      - ALL"),
        ("    cap_drop: [NET_RAW, SYS", "SYS_ADMIN", "    cap_drop: [NET_RAW, SYS_ADMIN"),
        ("    depends_on: [", "db", "    depends_on: [db"),
        ("    depends_on:\n      d", "db", "    depends_on:\n      db:"),
        ("    networks:\n    - ", "front", "    networks:\n    - front"),
        ("    volumes:\n      - ", "data", "    volumes:\n      - data:"),
        ("    volumes:\n      - ty", "type", "    volumes:\n      - type: "),
        ("    secrets: [", "token", "    secrets: [token"),
        ("    network_mode: ", "service:db", "    network_mode: service:db"),
        ("    privileged: ", "false", "    privileged: false"),
        ("    cgroup: ", "private", "    cgroup: private"),
        ("    healthcheck:\n      int", "interval", "    healthcheck:\n      interval: "),
        ("      target: ", "final", "      target: final"),
        ("      args:\n        ", "BASE", "      args:\n        BASE: "),
        ("    <<: *", "*common", "    <<: *common"),
        ("    hostname: $", "${DB_USER}", "    hostname: ${DB_USER}"),
        ("    # dockvet: ignore[", "root-user", "    # dockvet: ignore[root-user"),
        ("    image: x # dockvet: ignore[", "root-user", "    image: x # dockvet: ignore[root-user"),
    ],
)
def test_in_a_compose_file(opened, typed, label, after):
    assert offered(opened, "compose.yaml", COMPOSE + typed, "yaml").get(label) == COMPOSE + after


def test_keys_that_are_there_are_not_offered_again(opened):
    assert "build" not in offered(opened, "compose.yaml", COMPOSE + "    ", "yaml")
    assert "context" not in offered(opened, "compose.yaml", COMPOSE + "      ", "yaml")
    assert offered(opened, "compose.yaml", COMPOSE + "    user: ", "yaml") == {}
